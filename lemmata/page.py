"""The proof page: a proof graph as one self-contained HTML file, to read, search and print.

List and proofs are plain HTML and need no script; `page.js` adds search, the drawn graph, the view of one proof, and
lemmas unfolded where they are cited. The same graph and footer give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from .engine.layout import Drawing
from .engine.proofgraph import CHECKERS, AxiomNode, Listing, ProofGraph, Remark, TheoremNode
from .engine.prose import Line, Reason, Shown
from .shell import escape, shell

_CHECKER_NAMES = {"kernel": "checked", "lean": "Lean", "z3": "Z3"}
_SIGNS = {"accepted": "✓", "refused": "✗", "failed": "!", "not run": "–"}
_SAID = {"failed": "did not finish"}
_DEEPEST = 8  # indentation stops here, so that deep proofs fit a phone
_LONGEST_REASON = 96
_KINDS = frozenset({"", "axiom", "definition"})  # what a link says by itself
_MOST_USERS = 12  # theorems linked from an axiom
_SHORT_FIRST = 26  # a first term up to this length stands left of its chain's equals signs
_SHORT_LABEL = 4  # where all names are this short, their column is narrow
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# The ids that every page has; no theorem's anchor may be one of them.
_RESERVED = frozenset(
    {
        *("theorems", "axioms", "goals", "open", "refuted", "redundant", "list", "proof", "graph"),
        *("query", "shown", "none", "previous", "next", "theme", "data"),
        *("canvas", "world", "drawn", "about", "fit", "collapse", "expand", "definitions"),
    }
)
_STOPS = {
    "time": "the time limit was reached",
    "memory": "the memory limit was reached",
    "steps": "the next size has too many terms",
    "interrupted": "it was interrupted",
    "cycle": "a term is needed for its own normal form",
}
_LETTER = re.compile(r"(?<![^\W_])([^\W\d_])(?![^\W\d_])")
_ENTITY = re.compile(r"(&[#\w]+;)")


@dataclass(frozen=True)
class Footer:
    """Where a page comes from: the command line, the version, a digest of the input, seconds the run took."""

    command: str
    version: str
    digest: str
    seconds: float | None = None

    def rows(self) -> list[tuple[str, str]]:
        """Command, version and input, as names and HTML."""
        texts = ("Command", self.command), ("Input", self.digest)
        command, given = ((name, f"<code>{escape(text)}</code>") for name, text in texts)
        return [command, ("Version", f"Lemmata {escape(self.version)}"), given]


@dataclass(frozen=True)
class _Ref:
    """How a node or a redundant theorem is linked: its anchor, unless the page does not have it, and its name."""

    anchor: str | None
    label: str
    is_theorem: bool = True


@dataclass(frozen=True)
class _Refs:
    """What can be linked: by id of the node, and by name."""

    node: Mapping[str, _Ref]
    name: Mapping[str, _Ref]

    @property
    def short(self) -> bool:
        return all(len(ref.label) <= _SHORT_LABEL for ref in self.node.values())


def render_page(graph: ProofGraph, footer: Footer) -> str:
    """The page as text. Linear in the graph."""
    files = resources.files(__package__)
    refs = _refs(graph)
    body = "\n".join(
        [
            _header(graph),
            f'<main class="{"short" if refs.short else "long"}">',
            _goals(graph, refs),
            _axioms(graph.axioms, refs),
            _theorems(graph, refs),
            _remarks("open", "Open", "why", graph.open, refs),
            _remarks("refuted", "Refuted", "counterexample", graph.refuted, refs),
            _remarks("redundant", "Redundant", "follows from", graph.redundant, refs),
            _drawing(graph),
            "</main>",
            _footer(graph, footer),
        ]
    )
    style = files.joinpath("page.css").read_text("utf-8")
    script = "".join(files.joinpath(name).read_text("utf-8") for name in ("canvas.js", "page.js"))
    return shell(f"{graph.theory} · Lemmata", body, _data(graph, refs), style=style, script=script)


def _refs(graph: ProofGraph) -> _Refs:
    """Anchors are names where these are plain and nothing else has them."""
    node = {a.id: _Ref(a.id, a.name, is_theorem=False) for a in graph.axioms}
    name = {a.name: node[a.id] for a in graph.axioms}
    taken = {*_RESERVED, *node}

    def anchor(label: str) -> str | None:
        if not _PLAIN.fullmatch(label) or label in taken:
            return None
        taken.add(label)
        return label

    for n, theorem in enumerate(graph.theorems, 1):
        name[theorem.name] = node[theorem.id] = _Ref(anchor(theorem.name) or f"t-{n}", theorem.name)
    for theorem in graph.theorems:
        for also in theorem.also:
            name[also] = _Ref(anchor(also), also)
    for remark in graph.redundant.shown:
        if remark.name is not None and remark.name not in name:
            name[remark.name] = _Ref(anchor(remark.name), remark.name)
    return _Refs(node, name)


def _data(graph: ProofGraph, refs: _Refs) -> dict[str, object]:
    """What the script needs: the nodes with what they cite, and where they are drawn."""
    nodes = [_node(a, (), a.kind, graph.drawing, refs) for a in graph.axioms]
    nodes += [_node(t, t.cites, "goal" if t.goal else "theorem", graph.drawing, refs) for t in graph.theorems]
    return {"nodes": nodes}


def _node(
    node: AxiomNode | TheoremNode,
    cites: Sequence[str],
    kind: str,
    drawing: Drawing,
    refs: _Refs,
) -> dict[str, object]:
    return {
        "id": refs.node[node.id].anchor,
        "name": node.name,
        "also": node.also if isinstance(node, TheoremNode) else (),
        "text": node.text,
        "ascii": node.ascii,
        "symbols": node.symbols,
        "cites": [refs.node[c].anchor for c in cites],
        "kind": kind,
        "at": drawing.places.get(node.id),
        "bends": [drawing.bends.get((node.id, c), ()) for c in cites],
    }


# Mathematics.


def maths(text: str) -> str:
    """Single letters in italics, as mathematicians write them; everything escaped."""
    parts = _ENTITY.split(escape(text))
    return "".join(part if n % 2 else _LETTER.sub(r"<i>\1</i>", part) for n, part in enumerate(parts))


def _shown(shown: Shown) -> str:
    if shown.mark is None:
        return f'<span class="m">{maths(shown.text)}</span>'
    start, end = shown.mark
    before, changed, after = shown.text[:start], shown.text[start:end], shown.text[end:]
    return f'<span class="m">{maths(before)}<mark>{maths(changed)}</mark>{maths(after)}</span>'


def _statement(text: str) -> str:
    return f'<span class="m">{maths(text)}</span>'


# Proofs.


def _reason(reason: Reason, theorem: str, refs: _Refs) -> str:
    if reason.line is not None:
        words = f"{escape(reason.words)} " if reason.words else ""
        return f'{words}(<a href="#{theorem}-s{reason.line}">{reason.line}</a>)'
    if reason.node is None:
        return escape(reason.words) + (f" {_statement(reason.shown)}" if reason.shown else "")
    back = '<span class="back" title="read from right to left">←</span> ' if reason.backward else ""
    text = reason.shown if len(reason.shown) <= _LONGEST_REASON else reason.shown[: _LONGEST_REASON - 1] + "…"
    words = "" if reason.words in _KINDS else f"{escape(reason.words)} "
    ref = refs.node[reason.node]
    kind = "lemma" if ref.is_theorem else "axiom"
    name = f'<span class="ref">{escape(ref.label)}</span>'
    return f'{words}{back}<a class="{kind}" href="#{ref.anchor}">{_statement(text)} {name}</a>'


def _why(reasons: Sequence[Reason], theorem: str, refs: _Refs) -> str:
    return f'<span class="why">{"; ".join(_reason(r, theorem, refs) for r in reasons)}</span>' if reasons else ""


def _line(line: Line, theorem: str, refs: _Refs) -> str:
    said = "".join(escape(piece) if isinstance(piece, str) else _shown(piece) for piece in line.pieces)
    if line.chain:
        first = sum(len(piece if isinstance(piece, str) else piece.text) for piece in line.pieces)
        short = first <= _SHORT_FIRST
        links = "\n".join(
            f'<span class="rel">=</span> {_shown(link.term)} {_why(link.reasons, theorem, refs)}' for link in line.chain
        )
        said = f'<div class="chain{" short" if short else ""}"><span class="first">{said}</span>\n{links}</div>'
    else:
        said = f'<div class="say">{said} {_why(line.reasons, theorem, refs)}</div>'
    anchor = f"{theorem}-s{line.number}"
    depth = min(line.depth, _DEEPEST)
    return f'<li class="line d{depth}" id="{anchor}"><a class="n" href="#{anchor}">{line.number}</a>{said}</li>'


def _proof(theorem: TheoremNode, refs: _Refs) -> str:
    anchor = str(refs.node[theorem.id].anchor)
    lines = "\n".join(_line(line, anchor, refs) for line in theorem.proof.lines)
    out = f'<ol class="lines">\n{lines}\n</ol>'
    if not theorem.proof.complete:
        out += (
            f'\n<p class="note">Only the beginning is told: {len(theorem.proof.lines):,} lines of a proof of '
            f"{theorem.steps:,} steps. The certificate has them all.</p>"
        )
    return out


# The list.


def _link(ref: _Ref) -> str:
    return f'<a href="#{ref.anchor}">{escape(ref.label)}</a>' if ref.anchor else escape(ref.label)


def _id(ref: _Ref) -> str:
    return f' id="{ref.anchor}"' if ref.anchor else ""


def _links(refs: Sequence[_Ref], most: int | None = None) -> str:
    out = ", ".join(_link(ref) for ref in refs[:most]) or "nothing"
    return out if most is None or len(refs) <= most else f"{out} ({most} of {len(refs):,} shown)"


def _named(names: Sequence[str], refs: _Refs) -> str:
    return _links([refs.name.get(name) or _Ref(None, name) for name in names])


def _nodes(ids: Sequence[str], refs: _Refs, most: int | None = None) -> str:
    return _links([refs.node[i] for i in ids], most)


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


def _theorem(theorem: TheoremNode, refs: _Refs) -> str:
    tags = ['<span class="tag">goal</span>'] if theorem.goal else []
    tags += [f"<span{_id(refs.name[also])}>also {escape(also)}</span>" for also in theorem.also]
    if theorem.follows_from:
        tags.append(f"<span>redundant: follows from {_named(theorem.follows_from, refs)}</span>")
    used = f"used by {len(theorem.used_by)}" if theorem.used_by else "not used"
    return f"""<details class="theorem" id="{refs.node[theorem.id].anchor}">
<summary><span class="no">{escape(theorem.name)}</span><span class="head">{_statement(theorem.text)}
<span class="meta"><span>{escape(theorem.method)}</span><span>{used}</span>{"".join(tags)}\
{_badges(theorem.checked)}</span></span></summary>
<div class="proof">
{_proof(theorem, refs)}
<p class="refs"><span>Uses {_nodes(theorem.cites, refs)}</span><span>Rests on {_nodes(theorem.axioms, refs)}</span>\
<span>Used by {_nodes(theorem.used_by, refs)}</span></p>
</div>
</details>"""


def _theorems(graph: ProofGraph, refs: _Refs) -> str:
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
{chr(10).join(_theorem(t, refs) for t in graph.theorems)}
<p class="note" id="none" hidden>No theorem matches.</p>
</section>"""


def _axioms(axioms: Sequence[AxiomNode], refs: _Refs) -> str:
    if not axioms:
        return ""
    rows = "\n".join(
        f'<li class="row" id="{a.id}"><span class="no">{escape(a.name)}</span><span class="head">{_statement(a.text)}'
        f'<span class="meta"><span>{a.kind}</span><span>'
        f"{f'used by {_nodes(a.used_by, refs, _MOST_USERS)}' if a.used_by else 'not used'}</span></span></span></li>"
        for a in axioms
    )
    return f"""<section class="aside brief" id="axioms"><details open><summary><h2>Axioms and definitions \
<span class="count">{len(axioms):,}</span></h2></summary>
<ul class="plain">
{rows}
</ul></details></section>"""


def _goals(graph: ProofGraph, refs: _Refs) -> str:
    if not graph.goals:
        return ""
    rows = []
    for goal in graph.goals:
        state = (
            "accepted" if goal.status == "Theorem" else "refused" if goal.status == "CounterSatisfiable" else "failed"
        )
        ref = refs.node[goal.theorem] if goal.theorem else _Ref(None, goal.name)
        name = _link(_Ref(ref.anchor, goal.name))
        rows.append(
            f'<li class="row"><span class="no">{name}</span><span class="head">{_statement(goal.text)}'
            f'<span class="meta"><span class="badge {state}">{escape(goal.status)}</span>'
            f"<span>{maths(goal.why)}</span></span></span></li>"
        )
    return f"""<section class="aside brief" id="goals"><h2>Goals <span class="count">{len(graph.goals):,}</span></h2>
<ul class="plain">
{chr(10).join(rows)}
</ul></section>"""


def _remarks(name: str, title: str, why: str, listing: Listing, refs: _Refs) -> str:
    if not listing.total:
        return ""
    count = f"{listing.total:,}"
    if len(listing.shown) < listing.total:
        count = f"{len(listing.shown):,} of {listing.total:,} shown"
    named = any(remark.name is not None for remark in listing.shown)
    rows = "\n".join(_remark(remark, refs) for remark in listing.shown)
    return f"""<section class="aside" id="{name}"><details><summary><h2>{title} <span class="count">{count}</span></h2>\
</summary>
<table><thead><tr>{'<th scope="col">name</th>' if named else ""}<th scope="col">statement</th>\
<th scope="col">{why}</th></tr></thead>
<tbody>
{rows}
</tbody></table></details></section>"""


def _remark(remark: Remark, refs: _Refs) -> str:
    if remark.name is None:
        return f"<tr><td>{_statement(remark.text)}</td><td>{maths(remark.why)}</td></tr>"
    ref = refs.name[remark.name]
    # A redundant theorem that others cite has its anchor among the theorems.
    here = ref.anchor and ref not in refs.node.values()
    name = escape(remark.name) if here else _link(ref)
    return (
        f"<tr{_id(ref) if here else ''}><td>{name}</td><td>{_statement(remark.text)}</td>"
        f"<td>{_named(remark.follows_from, refs)}</td></tr>"
    )


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
    out = ""
    if books.enumerated:
        filtered = sum(count for _, count in books.filtered)
        counts = [("theorems", books.theorems), ("redundant", books.redundant), ("refuted", books.refuted)]
        counts += [("open", books.open), ("filtered", filtered)]
        parts = " + ".join(f"<span><b>{count:,}</b>&nbsp;{what}</span>" for what, count in counts if count)
        out = f'<p class="books"><span><b>{books.enumerated:,}</b>&nbsp;enumerated</span> = {parts or "nothing"}.</p>'
        if filtered:
            why = "; ".join(f"{escape(what)}: {count:,}" for what, count in books.filtered)
            out += f'\n<p class="books why">Filtered: {why}.</p>'
    if graph.stop != "done":
        why = escape(_STOPS.get(graph.stop, graph.stop))
        out += f'\n<p class="books stopped">Stopped early: {why}. What was found before is shown.</p>'
    return out


def _drawing(graph: ProofGraph) -> str:
    hideable = any(a.kind == "definition" and a.id in graph.drawing.places for a in graph.axioms)
    toggle = '<button type="button" id="definitions" aria-pressed="false">Definitions</button>' if hideable else ""
    return f"""<section id="graph" class="script" aria-label="Graph of citations">
<div class="tools"><button type="button" id="zoom-in" aria-label="Zoom in">+</button>\
<button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="fit">Fit</button>\
{toggle}<button type="button" id="collapse">Collapse all</button><button type="button" id="expand">Expand all</button>\
<span class="count" id="drawn" role="status"></span></div>
<svg id="canvas" tabindex="0" role="group" aria-label="Theorems and what they cite; arrows move, plus and minus zoom">\
<g id="world"></g></svg>
<div id="about" role="status"><span class="note">What a theorem cites stands above it. Choose one to see what it \
rests on and what rests on it; double-click or Enter opens its proof.</span></div>
</section>"""


def _footer(graph: ProofGraph, footer: Footer) -> str:
    rows = [*footer.rows(), ("Theory", f"<code>{escape(graph.digest)}</code>")]
    for checker, counts in zip(CHECKERS, graph.verdicts, strict=True):
        verdicts = dict(counts)
        said = ", ".join(f"{verdicts[v]:,} {_SAID.get(v, v)}" for v in _SIGNS if v in verdicts) or "no proof to check"
        rows.append((_CHECKER_NAMES[checker].capitalize(), said))
    if footer.seconds is not None:
        rows.append(("Time", f"{footer.seconds:.1f} s"))
    return foot(rows)


def foot(rows: Iterable[tuple[str, str]]) -> str:
    """The end of a page: what it says of itself, each a name and HTML."""
    items = "\n".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    return f"<footer><dl>\n{items}\n</dl></footer>"
