"""A report as plain data for showing: theorems in dependency order, their proofs as lines, who cites whom.

Nothing here knows of HTML; everything is a tuple, a string or a number, and the same report gives the same data.
Nodes have ids ("P3", "A1") by which they refer to each other; people know them by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ..rewriting.certificate import Derivation
from ..rewriting.printing import Printer
from ..rewriting.syntax import TermTable
from ..rewriting.theory import Theory
from .detours import without_detours
from .layout import Drawing, draw, place_over
from .prose import MOST_TEXT, Citable, Prose, tell
from .results import Found, Report

MOST_LISTED = 200  # refuted, open and redundant conjectures listed
CHECKERS = ("kernel", "lean", "z3")
_NOT_RUN = "not run"
_WORST_FIRST = ("refused", "failed", _NOT_RUN, "accepted")


@dataclass(frozen=True)
class AxiomNode:
    """An axiom or definition. `used_by` are the theorems whose proofs cite it."""

    id: str
    name: str
    text: str
    ascii: str
    kind: str
    symbols: tuple[str, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class TheoremNode:
    """A proved statement. `cites` and `used_by` are ids; `axioms` those it rests on, its lemmas' included.

    `checked` has a verdict for each of `CHECKERS`. `follows_from` (names) is empty unless the theorem is redundant and
    stands here only because another proof cites it. `goal`: the theory names it. `also` has the other names under
    which the certificate has the same statement.
    """

    id: str
    name: str
    also: tuple[str, ...]
    text: str
    ascii: str
    method: str
    goal: bool
    symbols: tuple[str, ...]
    cites: tuple[str, ...]
    used_by: tuple[str, ...]
    axioms: tuple[str, ...]
    checked: tuple[str, ...]
    follows_from: tuple[str, ...]
    proof: Prose
    steps: int


@dataclass(frozen=True)
class Remark:
    """A statement that is listed without a proof, and why: a counterexample or a reason.

    A redundant theorem has its `name` and the names of those it `follows_from` instead.
    """

    text: str
    why: str = ""
    name: str | None = None
    follows_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """The first or smallest of `total` remarks."""

    shown: tuple[Remark, ...]
    total: int


@dataclass(frozen=True)
class GoalNode:
    """A goal of the theory, its SZS status, the theorem that settles it or else what is known."""

    name: str
    text: str
    status: str
    theorem: str | None
    why: str


@dataclass(frozen=True)
class Books:
    """enumerated = theorems + redundant + refuted + open + filtered; goals of the theory are counted apart."""

    enumerated: int
    theorems: int
    redundant: int
    refuted: int
    open: int
    filtered: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ProofGraph:
    """All that a page shows. `verdicts` has, for each of `CHECKERS`, its verdicts on the certificate's proofs with how
    often each was given."""

    theory: str
    digest: str
    stop: str
    axioms: tuple[AxiomNode, ...]
    theorems: tuple[TheoremNode, ...]
    goals: tuple[GoalNode, ...]
    redundant: Listing
    refuted: Listing
    open: Listing
    books: Books
    verdicts: tuple[tuple[tuple[str, int], ...], ...]
    drawing: Drawing


def proof_graph(report: Report, checked: Mapping[str, Mapping[str, str]]) -> ProofGraph:
    """The data of a report. `checked` maps names of theorems to verdicts by checker: "accepted", "refused", "failed".

    A checker that `checked` does not mention was "not run". Theorems come in the order of the certificate, which cites
    only what came before; redundant ones and lemmas are among them only as far as others cite them. Proofs are told
    without detours, and what they then cite is what counts as cited. A theorem that only repeats another shares its
    node.
    """
    theory, printer = report.theory, Printer(report.theory.symbols)
    axioms = {
        a.name: Citable(f"A{n}", a.kind, printer.show(theory.terms, a.formula, "unicode", most=MOST_TEXT))
        for n, a in enumerate(theory.axioms, 1)
    }
    names = _names(report)
    told = _tell_all(report, axioms, names)
    cites: dict[str, tuple[str, ...]] = {a.node: () for a in axioms.values()} | {t.node: t.cites for t in told}
    rests_on: dict[str, frozenset[str]] = {}
    for t in told:
        rests_on[t.node] = frozenset(axiom for node in t.cites for axiom in rests_on.get(node, {node}))
    used_by: dict[str, list[str]] = {node: [] for node in cites}
    for node, cited_nodes in cites.items():
        for c in cited_nodes:
            used_by[c].append(node)
    found = {f.name: f for f in (*report.theorems, *report.redundant, *(g.found for g in report.goals if g.found))}
    goals = {g.found.name for g in report.goals if g.found}
    node_of = {name: t.node for t in told for name in names[t.derivation.name]}
    spelled = _Spelling(theory)
    theorems = tuple(
        _theorem(
            t,
            found,
            names[t.derivation.name],
            report,
            spelled,
            goal=not goals.isdisjoint(names[t.derivation.name]),
            used_by=tuple(used_by[t.node]),
            axioms=tuple(c.node for c in axioms.values() if c.node in rests_on[t.node]),
            checked=checked,
        )
        for t in told
    )
    formulas = {g.name: g.formula for g in theory.goals}
    return ProofGraph(
        theory.name,
        theory.digest,
        report.stop.value,
        tuple(
            AxiomNode(
                axioms[a.name].node,
                a.name,
                axioms[a.name].shown,
                printer.show(theory.terms, a.formula, most=MOST_TEXT),
                a.kind,
                _symbols(theory, spelled, theory.terms, a.formula),
                tuple(used_by[axioms[a.name].node]),
            )
            for a in theory.axioms
        ),
        theorems,
        tuple(
            GoalNode(
                g.name,
                printer.show(theory.terms, formulas[g.name], "unicode", most=MOST_TEXT),
                g.status.value,
                node_of[g.found.name] if g.found else None,
                spelled.text(g.counterexample or g.reason or ""),
            )
            for g in report.goals
        ),
        _redundant(report, printer),
        _first(report.refuted, ((spelled.text(r.statement), spelled.text(r.counterexample)) for r in report.refuted)),
        _first(report.open, ((spelled.text(o.statement), o.reason) for o in report.open)),
        Books(
            report.enumerated,
            len(report.theorems),
            len(report.redundant),
            len(report.refuted),
            len(report.open),
            tuple(sorted(report.filtered.items())),
        ),
        tuple(_count(checked.get(d.name, {}).get(c, _NOT_RUN) for d in report.certificate) for c in CHECKERS),
        _drawing(theory, axioms, cites, used_by),
    )


@dataclass(frozen=True)
class _Told:
    """A derivation, its proof as lines, and the nodes that these cite."""

    node: str
    derivation: Derivation
    shown: str
    proof: Prose
    cites: tuple[str, ...]


def _names(report: Report) -> dict[str, tuple[str, ...]]:
    """The derivations that may be shown, each with all names of its statement, the best first.

    A theorem that only repeats an earlier one, up to the names of variables, shares its derivation: the theory's own
    name for it is better than one that the search has made up. Two names of the theory stay two theorems.
    """
    terms = report.terms
    by_name = {d.name: d for d in report.certificate}
    goals = {g.found.name for g in report.goals if g.found}
    theorems = {f.name for f in report.theorems}
    redundant = {f.name for f in report.redundant}
    first: dict[str, str] = {}
    out: dict[str, list[str]] = {}
    for derivation in report.certificate:
        name, step = derivation.name, derivation.steps[-1]
        first[name] = name
        if step.rule == "lemma" and name not in redundant:
            renamed = all(terms.rows[term][0] == "var" for _, term in step.substitution)
            free = [len(terms.free_variables(d.statement)) for d in (derivation, by_name[str(step.cites)])]
            earlier = first[str(step.cites)]
            if renamed and free[0] == free[1] and not (name in goals and goals.intersection(out[earlier])):
                first[name] = earlier
        out.setdefault(first[name], []).append(name)
    return {k: tuple(sorted(v, key=lambda n: (n not in goals, n not in theorems))) for k, v in out.items()}


def _tell_all(report: Report, axioms: Mapping[str, Citable], names: Mapping[str, Sequence[str]]) -> list[_Told]:
    """The proofs to show: of the theorems and goals, and of redundant ones and lemmas that a proof shown here cites."""
    printer = Printer(report.theory.symbols)
    derivations = {f"P{n}": d for n, d in enumerate(report.certificate, 1) if d.name in names}
    node_of = {name: node for node, d in derivations.items() for name in names[d.name]}
    lemmas: dict[str, Citable] = {}

    def cited(name: str) -> Citable:
        node = node_of[name]
        if node not in lemmas:
            shown = printer.show(report.terms, derivations[node].statement, "unicode", most=MOST_TEXT)
            lemmas[node] = Citable(node, "", shown)
        return lemmas[node]

    kept = {node_of[f.name] for f in (*report.theorems, *(g.found for g in report.goals if g.found))}
    out: list[_Told] = []
    for node, derivation in reversed(derivations.items()):
        if node not in kept:
            continue
        short = without_detours(derivation, report.terms, report.theory)
        proof = tell(short, report.terms, report.theory, axioms, {name: cited(name) for name in short.lemmas})
        if proof.complete:
            reasons = (r for line in proof.lines for r in (*line.reasons, *(r for k in line.chain for r in k.reasons)))
            nodes = [r.node for r in reasons if r.node is not None]
        else:
            steps = [(s.rule, str(s.cites)) for s in short.steps if s.rule in ("axiom", "lemma")]
            nodes = [(axioms[name] if rule == "axiom" else cited(name)).node for rule, name in steps]
        kept.update(nodes)
        out.append(_Told(node, derivation, cited(derivation.name).shown, proof, tuple(dict.fromkeys(nodes))))
    return out[::-1]


def _theorem(
    told: _Told,
    found: Mapping[str, Found],
    names: Sequence[str],
    report: Report,
    spelled: _Spelling,
    *,
    goal: bool,
    used_by: tuple[str, ...],
    axioms: tuple[str, ...],
    checked: Mapping[str, Mapping[str, str]],
) -> TheoremNode:
    derivation = told.derivation
    verdicts = [[checked.get(name, {}).get(c, _NOT_RUN) for name in names] for c in CHECKERS]
    return TheoremNode(
        told.node,
        names[0],
        tuple(names[1:]),
        told.shown,
        Printer(report.theory.symbols).show(report.terms, derivation.statement, most=MOST_TEXT),
        # A name that only repeats the statement was proved by citing the others.
        next((found[name].method for name in (derivation.name, *reversed(names)) if name in found), "lemma"),
        goal,
        _symbols(report.theory, spelled, report.terms, derivation.statement),
        told.cites,
        used_by,
        axioms,
        tuple(min(of_one, key=_WORST_FIRST.index) for of_one in verdicts),
        (found[derivation.name].follows_from or ()) if derivation.name in found else (),
        told.proof,
        len(derivation.steps),
    )


def _count(verdicts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(verdicts).items()))


def _drawing(
    theory: Theory, axioms: Mapping[str, Citable], cites: Mapping[str, Sequence[str]], used_by: Mapping[str, list[str]]
) -> Drawing:
    """The drawing, without axioms that nothing cites. Definitions stand in rows of their own over all the rest."""
    nodes = {axioms[a.name].node: a.kind for a in theory.axioms}
    drawn = {node: cited for node, cited in cites.items() if node not in nodes or used_by[node]}
    over = {node for node in drawn if nodes.get(node) == "definition"}
    rest = draw({node: [c for c in cited if c not in over] for node, cited in drawn.items() if node not in over})
    definitions = place_over({node: used_by[node] for node in drawn if node in over}, rest.places)
    return Drawing({**definitions, **rest.places}, rest.bends)


def _symbols(theory: Theory, spelled: _Spelling, terms: TermTable, formula: int) -> tuple[str, ...]:
    """How the symbols of a formula are written, in the order of their declaration."""
    used = {terms.rows[i][1] for i in terms.reachable([formula]) if terms.rows[i][0] == "app"}
    return tuple(dict.fromkeys(spelled.text(s.notation.text) for s in theory.symbols if s.name in used))


def _redundant(report: Report, printer: Printer) -> Listing:
    shortest = sorted(report.redundant, key=lambda f: len(f.statement))[:MOST_LISTED]
    return Listing(
        tuple(
            Remark(
                printer.show(report.terms, f.derivation.statement, "unicode", most=MOST_TEXT),
                name=f.name,
                follows_from=f.follows_from or (),
            )
            for f in shortest
        ),
        len(report.redundant),
    )


def _first(all_of_them: Sequence[object], remarks: Iterable[tuple[str, str]]) -> Listing:
    """The first remarks, which a search gives with the smallest statements first; there may be very many more."""
    shown = tuple(Remark(_elided(text), _elided(why)) for text, why in islice(remarks, MOST_LISTED))
    return Listing(shown, len(all_of_them))


class _Spelling:
    """Text in the ASCII notation with its infix operators as Unicode spells them."""

    def __init__(self, theory: Theory) -> None:
        printer, table = Printer(theory.symbols), TermTable()
        self._unicode: dict[str, str] = {}
        for symbol in theory.symbols:
            if symbol.notation.form == "infix" and symbol.arity == 2:
                sides = (table.var(name, sort) for name, sort in zip("ab", symbol.arguments, strict=True))
                term = table.app(symbol.name, *sides)
                ascii_words, words = (printer.show(table, term, style).split(" ") for style in ("ascii", "unicode"))
                if len(ascii_words) == len(words) == 3:
                    self._unicode[ascii_words[1]] = words[1]

    def text(self, ascii_text: str) -> str:
        return " ".join(self._unicode.get(word, word) for word in ascii_text.split(" "))


def _elided(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
