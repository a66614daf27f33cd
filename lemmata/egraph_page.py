"""The page of an e-graph: its classes as a drawing and as a list, in one self-contained HTML file.

The list is plain HTML, and the drawing plain SVG, so both can be read without a script; `egraph.js` adds search, zoom,
and light on what a class uses and is used by. The same view gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources

from .egraph_picture import HEAD, LINE, MOST_LINES, WIDTH, Box, EClass, ENode, Picture, dot, picture
from .page import Footer, foot, maths
from .rewriting.egraph.extract import Choice
from .rewriting.egraph.report import Report
from .rewriting.egraph.view import View
from .rewriting.theory import Symbol
from .shell import escape, shell

_CHARACTER = 8  # wide, on a line of the drawing
_LONGEST_TEXT = 21  # and of a best term
_MARGIN = 30


def egraph_page(
    view: View,
    title: str,
    report: Report | None = None,
    roots: Iterable[int] = (),
    *,
    symbols: Sequence[Symbol] = (),
    best: Choice | None = None,
    footer: Footer | None = None,
) -> str:
    """A page that shows an e-graph. `roots` are ids of nodes that it is about; of a large graph, what is near them is
    shown. `symbols` tell how terms are written, `best` which terms are best: the smallest, if it is left out. The
    `footer` says where the e-graph comes from.

    Time is linear in the view; the page's size is bounded by `egraph_picture.MOST_LISTED`.
    """
    shown = picture(view, symbols, roots, best)
    files = resources.files(__package__)
    style, script = ("".join(files.joinpath(name).read_text("utf-8") for name in names) for names in _FILES)
    body = "\n".join(
        [
            _header(shown, title, report),
            '<main class="long">',
            _drawing(shown),
            _report(report),
            _list(shown),
            "</main>",
            *([foot(footer.rows())] if footer is not None else []),
        ]
    )
    return shell(f"{title} · Lemmata", body, _data(shown), style=style, script=script)


_FILES = ("page.css", "egraph.css"), ("canvas.js", "egraph.js")


def _data(shown: Picture) -> dict[str, object]:
    """What the script needs: for each class that is listed, what is searched, and its box if it is drawn."""
    classes = []
    for c in shown.listed:
        box = shown.boxes.get(c.number)
        found = "\n".join(dict.fromkeys([f"c{c.number}", c.text, *(n.head for n in c.nodes)]))
        frame = None if box is None else [box.x, box.y + box.height // 2, WIDTH, box.height]
        classes.append({"id": f"c{c.number}", "text": c.text, "found": found, "frame": frame, "used": c.used})
    return {"classes": classes, "total": shown.classes}


def _of(shown: int, total: int) -> str:
    """How many there are, or how many of them are shown."""
    return f"{total:,}" if shown == total else f"{shown:,} of {total:,} shown"


# Head and report.


def _header(shown: Picture, title: str, report: Report | None) -> str:
    stopped = "" if report is None else f'\n<p class="books why">How it ended: {escape(report.stop.words)}.</p>'
    return f"""<a class="skip" href="#classes">Skip to the classes</a>
<header><div class="bar"><h1>{escape(title)}</h1>
<nav class="views script" aria-label="Views"><a href="#graph" data-view="graph">Graph</a>\
<a href="#list" data-view="list">List</a></nav>
<button type="button" id="theme" class="script" aria-label="Light or dark">◐</button></div>
<p class="books"><span><b>{shown.nodes:,}</b>&nbsp;e-nodes</span> in \
<span><b>{shown.classes:,}</b>&nbsp;classes</span></p>{stopped}
<div class="search script"><input type="search" id="query" placeholder="Search: a term, a symbol, a class" \
aria-label="Search" autocomplete="off" spellcheck="false"></div>
<noscript><p class="note">Search, zoom and colours need JavaScript; the drawing and the list do not.</p></noscript>
</header>"""


def _report(report: Report | None) -> str:
    if report is None:
        return ""
    lines = "\n".join(escape(line) for line in report.lines())
    return f'<section class="aside" id="report"><h2>Report</h2>\n<pre class="report">{lines}</pre></section>'


# The list.


def _list(shown: Picture) -> str:
    here = {c.number for c in shown.listed}
    rows = "\n".join(_class(c, here, c.number in shown.boxes) for c in shown.listed)
    count = _of(len(shown.listed), shown.classes)
    return f"""<section id="classes"><h2>Classes</h2> <span class="count" id="shown" role="status">{count}</span>
<p class="note script" id="none" hidden>No class has that.</p>
<ul class="plain">
{rows}
</ul></section>"""


def _class(c: EClass, here: set[int], drawn: bool) -> str:
    said = ' <span class="note">best</span>' if c.size > 1 else ""
    nodes = "".join(
        f'<li class="best">{_written(n, here)}{said}</li>' if n.best else f"<li>{_written(n, here)}</li>"
        for n in c.nodes
    )
    if len(c.nodes) < c.size:
        nodes += f'<li class="note">{len(c.nodes):,} of {c.size:,} e-nodes shown</li>'
    users = ", ".join(_link(u, here) for u in c.users)
    more = f" ({len(c.users)} of {c.used:,} shown)" if len(c.users) < c.used else ""
    used = f"used by {users}{more}" if c.used else "not used"
    place = f'<a href="#at-c{c.number}">in the drawing</a>' if drawn else "<span>not drawn</span>"
    tag = '<span class="tag">root</span>' if c.root else ""
    return (
        f'<li class="row eclass" id="c{c.number}"><span class="no">c{c.number}</span><span class="head">'
        f'<span class="m">{maths(c.text)}</span><ul class="enodes">{nodes}</ul>'
        f'<span class="meta">{tag}<span>{used}</span>{place}</span></span></li>'
    )


def _link(number: int, here: set[int]) -> str:
    return f'<a href="#c{number}">c{number}</a>' if number in here else f"c{number}"


def _written(node: ENode, here: set[int]) -> str:
    """An e-node with links to the classes of its arguments in their places."""
    below = [_times(node, n, _link(c, here)) for c, n in zip(node.below, node.counts, strict=True)]
    return _applied(node, f'<span class="m">{maths(node.head)}</span>', below)


def _plain(node: ENode) -> str:
    """The same as a text."""
    return _applied(node, node.head, [_times(node, n, f"c{c}") for c, n in zip(node.below, node.counts, strict=True)])


def _times(node: ENode, count: int, name: str) -> str:
    """An argument that a sum has so many times, or a product as a power."""
    if count == 1:
        return name
    return f"{name}^{count}" if node.head == "*" else f"{count}×{name}"


def _applied(node: ENode, head: str, below: Sequence[str]) -> str:
    match node.notation.form, below:
        case _, []:
            return head
        case "infix", [_, *_]:
            return f" {head} ".join(below)
        case "prefix", [one]:
            return f"{head} {one}"
        case "postfix", [one]:
            return f"{one} {head}"
    return f"{head}({', '.join(below)})"


# The drawing.


def _drawing(shown: Picture) -> str:
    boxes = shown.boxes
    inside = "".join(_box(c, boxes[c.number]) for c in shown.listed if c.number in boxes)
    edges = "".join(
        f'<path class="{"edge upward" if e.upward else "edge"}" data-from="c{e.user}" data-to="c{e.used}" '
        f'data-node="{e.node}" d="{e.path}"/>'
        for e in shown.edges
    )
    left = min((b.x for b in boxes.values()), default=0) - WIDTH // 2 - _MARGIN
    right = max((b.x for b in boxes.values()), default=0) + WIDTH // 2 + 2 * _MARGIN
    foot = max((b.y + b.height for b in boxes.values()), default=0) + _MARGIN
    frame = f"{left} {-_MARGIN} {right - left} {foot + _MARGIN}"
    few = len(boxes) < shown.classes
    count = f"{len(boxes):,} of {shown.classes:,} classes shown" if few else f"{shown.classes:,} classes"
    return f"""<section id="graph" aria-label="Drawing of the e-graph">
<div class="tools"><span class="script"><button type="button" id="zoom-in" aria-label="Zoom in">+</button> \
<button type="button" id="zoom-out" aria-label="Zoom out">−</button> <button type="button" id="fit">Fit</button></span>
<span class="count" id="drawn">{count}</span> <span class="count" id="found" role="status"></span></div>
<svg id="canvas" tabindex="0" role="group" viewBox="{frame}" \
aria-label="Classes, and below them those that they use; arrows move, plus and minus zoom">
<clipPath id="room"><rect x="{4 - WIDTH // 2}" y="-4" width="{WIDTH - 8}" height="9999"/></clipPath>
<g id="world">{inside}{edges}</g></svg>
<div id="about" role="status"><span class="note">A box is a class of equal terms, a line in it an e-node, a dot an \
argument, from which an edge leads to its class. ★ marks the best term.<span class="script"> Choose a class to see \
what it uses and what uses it; double-click or Enter finds it in the list.</span></span></div>
</section>"""


def _box(c: EClass, box: Box) -> str:
    kind = "node root" if c.root else "node"
    lines = "".join(_line(n, k, c.size > 1) for k, n in enumerate(c.nodes[:MOST_LINES]))
    if c.size > MOST_LINES:
        y = HEAD + MOST_LINES * LINE + LINE // 2 + 4
        lines += f'<text class="more" x="{10 - WIDTH // 2}" y="{y}">{c.size - MOST_LINES:,} more</text>'
    name = f"c{c.number}"
    return (
        f'<g class="{kind}" id="at-{name}" data-id="{name}" transform="translate({box.x} {box.y})" tabindex="0" '
        f'role="button" aria-label="{name}: {escape(c.text)}"><title>{name}: {escape(c.text)}</title>'
        f'<rect x="{-WIDTH // 2}" width="{WIDTH}" height="{box.height}" rx="8"/>'
        f'<g clip-path="url(#room)"><text class="id" x="{10 - WIDTH // 2}" y="17">{name}</text>'
        f'<text class="term" x="{44 - WIDTH // 2}" y="17">{_cut(c.text, _LONGEST_TEXT)}</text>{lines}</g></g>'
    )


def _line(node: ENode, k: int, several: bool) -> str:
    y = HEAD + k * LINE
    star = "★ " if node.best and several else ""
    end = dot(node, 0)[0] if node.below else WIDTH // 2
    most = (end + WIDTH // 2 - 16) // _CHARACTER - len(star)
    dots = ""
    for n, d in enumerate(node.below):
        x, half = dot(node, n)
        dots += f'<circle class="dot" cx="{x}" cy="{y + half}" r="3"><title>c{d}</title></circle>'
    return (
        f'<g class="line{" best" if node.best else ""}" data-node="{node.number}">'
        f'<text x="{10 - WIDTH // 2}" y="{y + LINE // 2 + 4}">{star}{_cut(_plain(node), most)}</text>'
        f"{dots}</g>"
    )


def _cut(text: str, most: int) -> str:
    return escape(text if len(text) <= most else text[: most - 1] + "…")
