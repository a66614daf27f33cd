"""A report as plain data for showing: theorems in dependency order, their proofs as lines, who cites whom.

Nothing here knows of HTML; everything is a tuple, a string or a number, and the same report gives the same data.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..rewriting.certificate import Derivation
from ..rewriting.printing import Printer
from ..rewriting.syntax import TermTable
from ..rewriting.theory import Theory
from .layout import place
from .prose import MOST_TEXT, Citable, Prose, tell
from .results import Found, Report

MOST_LISTED = 200  # refuted, open and redundant conjectures listed
CHECKERS = ("kernel", "lean", "z3")
_NOT_RUN = "not run"


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

    `checked` has a verdict for each of `CHECKERS`. `follows_from` is empty unless the theorem is redundant and stands
    here only because another proof cites it. `goal`: the theory names it.
    """

    id: str
    name: str
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
    """A statement that is listed without a proof, and why: a counterexample, a reason, what it follows from."""

    text: str
    why: str


@dataclass(frozen=True)
class Listing:
    """The smallest of `total` remarks."""

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
    """All that a page shows. `places` has the centre of each node of the drawing."""

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
    places: tuple[tuple[str, int, int], ...]


def proof_graph(report: Report, checked: Mapping[str, Mapping[str, str]]) -> ProofGraph:
    """The data of a report. `checked` maps names of theorems to verdicts by checker: "accepted", "refused", "failed".

    A checker that `checked` does not mention was "not run". Theorems come in the order of the certificate, which cites
    only what came before; redundant ones are among them only as far as others cite them.
    """
    theory, printer = report.theory, Printer(report.theory.symbols)
    found = {f.name: f for f in (*report.theorems, *report.redundant, *(g.found for g in report.goals if g.found))}
    kept = _kept(report)
    redundant = [f for f in report.redundant if f.name not in kept]
    derivations = [d for d in report.certificate if d.name in kept]
    axioms = {
        a.name: Citable(f"A{n}", a.kind, printer.show(theory.terms, a.formula, "unicode", most=MOST_TEXT))
        for n, a in enumerate(theory.axioms, 1)
    }
    lemmas: dict[str, Citable] = {}
    cites: dict[str, tuple[str, ...]] = {citable.node: () for citable in axioms.values()}
    rests_on: dict[str, frozenset[str]] = {}
    proofs: list[Prose] = []
    for n, derivation in enumerate(derivations, 1):
        cited = [(s.rule, str(s.cites)) for s in derivation.steps if s.rule in ("axiom", "lemma")]
        nodes = [(axioms if rule == "axiom" else lemmas)[name].node for rule, name in cited]
        cites[f"T{n}"] = tuple(dict.fromkeys(nodes))
        rests_on[f"T{n}"] = frozenset(axiom for node in nodes for axiom in rests_on.get(node, {node}))
        proofs.append(tell(derivation, report.terms, theory, axioms, lemmas))
        text = printer.show(report.terms, derivation.statement, "unicode", most=MOST_TEXT)
        lemmas[derivation.name] = Citable(f"T{n}", "", text)
    used_by: dict[str, list[str]] = {node: [] for node in cites}
    for node, cited_nodes in cites.items():
        for c in cited_nodes:
            used_by[c].append(node)
    goals = {g.found.name for g in report.goals if g.found}
    theorems = tuple(
        _theorem(
            derivation,
            found.get(derivation.name),
            lemmas[derivation.name],
            proof,
            report.terms,
            theory,
            goal=derivation.name in goals,
            cites=cites[f"T{n}"],
            used_by=tuple(used_by[f"T{n}"]),
            axioms=tuple(c.node for c in axioms.values() if c.node in rests_on[f"T{n}"]),
            checked=tuple(checked.get(derivation.name, {}).get(c, _NOT_RUN) for c in CHECKERS),
        )
        for n, (derivation, proof) in enumerate(zip(derivations, proofs, strict=True), 1)
    )
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
                _symbols(theory, theory.terms, a.formula),
                tuple(used_by[axioms[a.name].node]),
            )
            for a in theory.axioms
        ),
        theorems,
        tuple(
            GoalNode(
                g.name,
                g.statement,
                g.status.value,
                lemmas[g.found.name].node if g.found and g.found.name in lemmas else None,
                g.counterexample or g.reason or "",
            )
            for g in report.goals
        ),
        _smallest(len(redundant), ((f.statement, ", ".join(f.follows_from or ())) for f in redundant)),
        _smallest(len(report.refuted), ((r.statement, r.counterexample) for r in report.refuted)),
        _smallest(len(report.open), ((o.statement, o.reason) for o in report.open)),
        Books(
            report.enumerated,
            len(report.theorems),
            len(report.redundant),
            len(report.refuted),
            len(report.open),
            tuple(sorted(report.filtered.items())),
        ),
        tuple((node, x, y) for node, (x, y) in place(_drawn(cites, used_by)).items()),
    )


def _kept(report: Report) -> set[str]:
    """Names of the derivations to show: all but the redundant ones that no proof shown here cites."""
    kept = {d.name for d in report.certificate} - {f.name for f in report.redundant}
    for derivation in reversed(report.certificate):
        if derivation.name in kept:
            kept.update(derivation.lemmas)
    return kept


def _drawn(cites: Mapping[str, tuple[str, ...]], used_by: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The graph without axioms that nothing cites."""
    return {node: cited for node, cited in cites.items() if node[0] == "T" or used_by[node]}


def _theorem(
    derivation: Derivation,
    found: Found | None,
    citable: Citable,
    proof: Prose,
    terms: TermTable,
    theory: Theory,
    *,
    goal: bool,
    cites: tuple[str, ...],
    used_by: tuple[str, ...],
    axioms: tuple[str, ...],
    checked: tuple[str, ...],
) -> TheoremNode:
    return TheoremNode(
        citable.node,
        derivation.name,
        citable.shown,
        Printer(theory.symbols).show(terms, derivation.statement, most=MOST_TEXT),
        found.method if found else "lemma",
        goal,
        _symbols(theory, terms, derivation.statement),
        cites,
        used_by,
        axioms,
        checked,
        (found.follows_from or ()) if found else (),
        proof,
        len(derivation.steps),
    )


def _symbols(theory: Theory, terms: TermTable, formula: int) -> tuple[str, ...]:
    """How the symbols of a formula are written, in the order of their declaration."""
    used = {terms.rows[i][1] for i in terms.reachable([formula]) if terms.rows[i][0] == "app"}
    return tuple(dict.fromkeys(s.notation.text for s in theory.symbols if s.name in used))


def _smallest(total: int, remarks: Iterable[tuple[str, str]]) -> Listing:
    least = heapq.nsmallest(MOST_LISTED, remarks, key=lambda r: (len(r[0]), r))
    return Listing(tuple(Remark(_elided(text), _elided(why)) for text, why in least), total)


def _elided(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
