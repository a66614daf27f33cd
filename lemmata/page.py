"""The proof page: a proof graph as one self-contained HTML file, to read, search and print.

List and proofs are plain HTML and need no script; `page.js` adds search, the drawn graph, the view of one proof, and
lemmas unfolded where they are cited. The same graph and footer give the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from .engine.proofgraph import CHECKERS, AxiomNode, Listing, ProofGraph, TheoremNode
from .engine.prose import Line, Reason, Shown
from .shell import escape, shell

_CHECKER_NAMES = {"kernel": "checked", "lean": "Lean", "z3": "Z3"}
_SIGNS = {"accepted": "✓", "refused": "✗", "failed": "!", "not run": "–"}
_SAID = {"failed": "did not finish"}
_DEEPEST = 8  # indentation stops here, so that deep proofs fit a phone
_LONGEST_REASON = 96
_MOST_USERS = 12  # theorems linked from an axiom
_SHORT_FIRST = 26  # a first term up to this length stands left of its chain's equals signs
_LETTER = re.compile(r"(?<![^\W_])([^\W\d_])(?![^\W\d_])")
_ENTITY = re.compile(r"(&[#\w]+;)")


@dataclass(frozen=True)
class Footer:
    """Where a page comes from: the command line, the version, a digest of the input file, seconds the run took."""

    command: str
    version: str
    digest: str
    seconds: float | None = None


def render_page(graph: ProofGraph, footer: Footer) -> str:
    """The page as text. Linear in the graph."""
    files = resources.files(__package__)
    body = "\n".join(
        [
            _header(graph),
            "<main>",
            _goals(graph),
            _axioms(graph.axioms),
            _theorems(graph),
            _remarks("open", "Open", "why", graph.open),
            _remarks("refuted", "Refuted", "counterexample", graph.refuted),
            _remarks("redundant", "Redundant", "follows from", graph.redundant),
            _drawing(),
            "</main>",
            _footer(graph, footer),
        ]
    )
    style = files.joinpath("page.css").read_text("utf-8")
    script = files.joinpath("page.js").read_text("utf-8")
    return shell(f"{graph.theory} · Lemmata", body, _data(graph), style=style, script=script)


def _data(graph: ProofGraph) -> dict[str, object]:
    """What the script needs: the nodes with what they cite, and where they are drawn."""
    places = {node: (x, y) for node, x, y in graph.places}
    nodes = [_node(a, (), a.kind, places) for a in graph.axioms]
    nodes += [_node(t, t.cites, "goal" if t.goal else "theorem", places) for t in graph.theorems]
    return {"nodes": nodes}


def _node(
    node: AxiomNode | TheoremNode, cites: Sequence[str], kind: str, places: Mapping[str, tuple[int, int]]
) -> dict[str, object]:
    return {
        "id": node.id,
        "name": node.name,
        "text": node.text,
        "ascii": node.ascii,
        "symbols": node.symbols,
        "cites": cites,
        "kind": kind,
        "at": places.get(node.id),
    }


# Mathematics.


def _maths(text: str) -> str:
    """Single letters in italics, as mathematicians write them; everything escaped."""
    parts = _ENTITY.split(escape(text))
    return "".join(part if n % 2 else _LETTER.sub(r"<i>\1</i>", part) for n, part in enumerate(parts))


def _shown(shown: Shown) -> str:
    if shown.mark is None:
        return f'<span class="m">{_maths(shown.text)}</span>'
    start, end = shown.mark
    before, changed, after = shown.text[:start], shown.text[start:end], shown.text[end:]
    return f'<span class="m">{_maths(before)}<mark>{_maths(changed)}</mark>{_maths(after)}</span>'


def _statement(text: str) -> str:
    return f'<span class="m">{_maths(text)}</span>'


# Proofs.


def _reason(reason: Reason, theorem: str) -> str:
    if reason.line is not None:
        words = f"{escape(reason.words)} " if reason.words else ""
        return f'{words}(<a href="#{theorem}-s{reason.line}">{reason.line}</a>)'
    if reason.node is None:
        return escape(reason.words) + (f" {_statement(reason.shown)}" if reason.shown else "")
    back = '<span class="back" title="read from right to left">←</span> ' if reason.backward else ""
    text = reason.shown if len(reason.shown) <= _LONGEST_REASON else reason.shown[: _LONGEST_REASON - 1] + "…"
    kind = "lemma" if reason.node.startswith("T") else "axiom"
    ref = f'<span class="ref">{reason.node}</span>'
    return f'{back}<a class="{kind}" href="#{reason.node}">{_statement(text)}&nbsp;{ref}</a>'


def _why(reasons: Sequence[Reason], theorem: str) -> str:
    return f'<span class="why">{"; ".join(_reason(r, theorem) for r in reasons)}</span>' if reasons else ""


def _line(line: Line, theorem: str) -> str:
    said = "".join(escape(piece) if isinstance(piece, str) else _shown(piece) for piece in line.pieces)
    if line.chain:
        first = line.pieces[0]
        short = isinstance(first, Shown) and len(first.text) <= _SHORT_FIRST
        links = "\n".join(
            f'<span class="rel">=</span> {_shown(link.term)} {_why(link.reasons, theorem)}' for link in line.chain
        )
        said = f'<div class="chain{" short" if short else ""}"><span class="first">{said}</span>\n{links}</div>'
    else:
        said = f'<div class="say">{said} {_why(line.reasons, theorem)}</div>'
    anchor = f"{theorem}-s{line.number}"
    depth = min(line.depth, _DEEPEST)
    return f'<li class="line d{depth}" id="{anchor}"><a class="n" href="#{anchor}">{line.number}</a>{said}</li>'


def _proof(theorem: TheoremNode) -> str:
    lines = "\n".join(_line(line, theorem.id) for line in theorem.proof.lines)
    out = f'<ol class="lines">\n{lines}\n</ol>'
    if not theorem.proof.complete:
        out += (
            f'\n<p class="note">Only the beginning is told: {len(theorem.proof.lines):,} lines of a proof of '
            f"{theorem.steps:,} steps. The certificate has them all.</p>"
        )
    return out


# The list.


def _links(ids: Sequence[str], most: int | None = None) -> str:
    out = " ".join(f'<a href="#{i}">{i}</a>' for i in ids[:most]) or "nothing"
    return out if most is None or len(ids) <= most else f"{out} ({most} of {len(ids):,} shown)"


def _badges(checked: Sequence[str]) -> str:
    out = []
    for checker, verdict in zip(CHECKERS, checked, strict=True):
        name, said = _CHECKER_NAMES[checker], _SAID.get(verdict, verdict)
        state = verdict.replace(" ", "-")
        out.append(
            f'<span class="badge {state}" title="{name}: {said}">{name}&nbsp;<span aria-hidden="true">{_SIGNS[verdict]}'
            f'</span><span class="sr">{said}</span></span>'
        )
    return "".join(out)


def _theorem(theorem: TheoremNode) -> str:
    tags = ['<span class="tag">goal</span>'] if theorem.goal else []
    if theorem.follows_from:
        tags.append(f'<span class="tag">redundant: follows from {escape(", ".join(theorem.follows_from))}</span>')
    used = f"used by {len(theorem.used_by)}" if theorem.used_by else "not used"
    return f"""<details class="theorem" id="{theorem.id}">
<summary><span class="no">{theorem.id}</span><span class="head">{_statement(theorem.text)}
<span class="meta"><span class="name">{escape(theorem.name)}</span><span>{escape(theorem.method)}</span>\
<span>{used}</span>{"".join(tags)}{_badges(theorem.checked)}</span></span></summary>
<div class="proof">
{_proof(theorem)}
<p class="refs"><span>Uses {_links(theorem.cites)}</span><span>Rests on {_links(theorem.axioms)}</span>\
<span>Used by {_links(theorem.used_by)}</span></p>
</div>
</details>"""


def _theorems(graph: ProofGraph) -> str:
    total = len(graph.theorems)
    used = [a.symbols for a in graph.axioms] + [t.symbols for t in graph.theorems]
    symbols = dict.fromkeys(s for of_one in used for s in of_one)
    chips = "".join(
        f'<button type="button" class="chip" aria-pressed="false" data-symbol="{escape(s)}">{escape(s)}</button>'
        for s in symbols
    )
    return f"""<section id="theorems"><h2>Theorems <span class="count" id="shown">{total:,}</span></h2>
<div class="search script" role="search">
<input id="query" type="search" placeholder="Search statements and names" aria-label="Search statements and names" \
autocomplete="off" spellcheck="false">
<div class="chips" role="group" aria-label="Theorems that mention">{chips}</div>
</div>
<div class="steer script"><button type="button" id="previous">← Previous</button>\
<button type="button" id="next">Next →</button></div>
{chr(10).join(_theorem(t) for t in graph.theorems)}
<p class="note" id="none" hidden>No theorem matches.</p>
</section>"""


def _axioms(axioms: Sequence[AxiomNode]) -> str:
    if not axioms:
        return ""
    rows = "\n".join(
        f'<li class="row" id="{a.id}"><span class="no">{a.id}</span><span class="head">{_statement(a.text)}'
        f'<span class="meta"><span class="name">{escape(a.name)}</span><span>{a.kind}</span>'
        f"<span>{f'used by {_links(a.used_by, _MOST_USERS)}' if a.used_by else 'not used'}</span></span></span></li>"
        for a in axioms
    )
    return f"""<section class="aside" id="axioms"><details open><summary><h2>Axioms and definitions \
<span class="count">{len(axioms):,}</span></h2></summary>
<ul class="plain">
{rows}
</ul></details></section>"""


def _goals(graph: ProofGraph) -> str:
    if not graph.goals:
        return ""
    rows = []
    for goal in graph.goals:
        state = (
            "accepted" if goal.status == "Theorem" else "refused" if goal.status == "CounterSatisfiable" else "failed"
        )
        where = f'<a href="#{goal.theorem}">{goal.theorem}</a>' if goal.theorem else escape(goal.why)
        rows.append(
            f'<li class="row"><span class="head">{_statement(goal.text)}<span class="meta"><span class="name">'
            f'{escape(goal.name)}</span><span class="badge {state}">{escape(goal.status)}</span><span>{where}</span>'
            "</span></span></li>"
        )
    return f"""<section class="aside" id="goals"><h2>Goals <span class="count">{len(graph.goals):,}</span></h2>
<ul class="plain">
{chr(10).join(rows)}
</ul></section>"""


def _remarks(name: str, title: str, why: str, listing: Listing) -> str:
    if not listing.total:
        return ""
    count = f"{listing.total:,}"
    if len(listing.shown) < listing.total:
        count = f"{len(listing.shown):,} of {listing.total:,} shown"
    rows = "\n".join(
        f"<tr><td>{_statement(remark.text)}</td><td>{escape(remark.why)}</td></tr>" for remark in listing.shown
    )
    return f"""<section class="aside" id="{name}"><details><summary><h2>{title} <span class="count">{count}</span></h2>\
</summary>
<table><thead><tr><th scope="col">statement</th><th scope="col">{why}</th></tr></thead>
<tbody>
{rows}
</tbody></table></details></section>"""


# Head, drawing and foot.


def _header(graph: ProofGraph) -> str:
    return f"""<a class="skip" href="#theorems">Skip to the theorems</a>
<header><div class="bar"><h1>{escape(graph.theory)}</h1>
<nav class="views script" aria-label="Views"><a href="#list" data-view="list">List</a>\
<a href="#proof" data-view="proof">Proof</a><a href="#graph" data-view="graph">Graph</a></nav>
<button type="button" id="theme" class="script" aria-label="Light or dark">◐</button></div>
{_books(graph)}
<noscript><p class="note">Search and the drawn graph need JavaScript; theorems and proofs do not.</p></noscript>
</header>"""


def _books(graph: ProofGraph) -> str:
    books = graph.books
    if not books.enumerated:
        return ""
    counts = [("theorems", books.theorems), ("redundant", books.redundant), ("refuted", books.refuted)]
    counts += [("open", books.open), *books.filtered]
    parts = " + ".join(f"<span><b>{count:,}</b>&nbsp;{escape(what)}</span>" for what, count in counts if count)
    stop = "" if graph.stop == "done" else f" Stopped early: {escape(graph.stop)}."
    return (
        f'<p class="books"><span><b>{books.enumerated:,}</b>&nbsp;enumerated</span> = {parts or "nothing"}.{stop}</p>'
    )


def _drawing() -> str:
    return """<section id="graph" class="script" aria-label="Graph of citations">
<div class="tools"><button type="button" id="zoom-in" aria-label="Zoom in">+</button>\
<button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="fit">Fit</button>\
<button type="button" id="collapse">Collapse all</button><button type="button" id="expand">Expand all</button>\
<span class="count" id="drawn" role="status"></span></div>
<svg id="canvas" tabindex="0" role="group" aria-label="Theorems and what they cite; arrows move, plus and minus zoom">\
<g id="world"></g></svg>
<div id="about" role="status"></div>
</section>"""


def _footer(graph: ProofGraph, footer: Footer) -> str:
    rows = [("Command", f"<code>{escape(footer.command)}</code>"), ("Version", f"Lemmata {escape(footer.version)}")]
    rows += [("Input", f"<code>{escape(footer.digest)}</code>"), ("Theory", f"<code>{escape(graph.digest)}</code>")]
    for n, checker in enumerate(CHECKERS):
        verdicts = Counter(t.checked[n] for t in graph.theorems)
        said = ", ".join(f"{verdicts[v]:,} {_SAID.get(v, v)}" for v in _SIGNS if verdicts[v]) or "nothing to check"
        rows.append((_CHECKER_NAMES[checker].capitalize(), said))
    if footer.seconds is not None:
        rows.append(("Time", f"{footer.seconds:.1f} s"))
    items = "\n".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    return f"<footer><dl>\n{items}\n</dl></footer>"
