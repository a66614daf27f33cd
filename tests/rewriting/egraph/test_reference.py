"""The compiled e-graph does what the reference does, round by round, and its histories explain themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.certificate import Certificate
from lemmata.rewriting.check import check
from lemmata.rewriting.egraph.analyses import ConstantFolding
from lemmata.rewriting.egraph.explain import Explainer
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.reference import ReferenceEGraph
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.egraph.random_rules import Case, case

MOST = 60  # nodes at the beginning of a round


def run_both(drawn: Case, folding: bool) -> EGraph | None:
    """The compiled e-graph after some rounds, compared with the reference after each; None if it has no such rules."""
    table = drawn.theory.terms
    try:
        graph = EGraph(RuleSet(drawn.theory), analyses=[ConstantFolding()] if folding else ())
        graph.plans  # noqa: B018
    except LemmataError as error:
        if "two constants differ" not in str(error):
            raise
        return None
    assert [c.rule.lhs for c in graph.rules] == [rule.lhs for rule in drawn.rules]
    slow = ReferenceEGraph(table, drawn.theory.symbol, drawn.rules, folding=folding)
    graph.add_rows(table, drawn.terms)
    graph.settle()
    for row in drawn.terms:
        slow.add(row)
    changed = True
    for _ in range(4):
        if not (folding and slow.contradiction):  # which literal of a class counts is then nobody's promise
            assert (graph.nodes, graph.classes) == (slow.nodes, slow.classes)
        if slow.nodes > MOST or not changed or (folding and slow.contradiction):
            break
        changed = slow.round()
        graph.run(rounds=1)
    return graph


@pytest.mark.parametrize(("integers", "folding"), [(False, False), (True, False), (True, True)])
@given(seed=st.integers(0, 2**32))
def test_the_compiled_agrees_with_the_reference(integers: bool, folding: bool, seed: int) -> None:
    drawn = case(seed, integers=integers)
    graph = run_both(drawn, folding)
    if graph is None:
        return
    explain_all(graph, short=bool(seed % 2))


CONSTANTS = {
    "a variable that is a constant": ("x = g(x) if x = c",),
    "the same, decided by numbers": ("n = n + 1 if n < 1 and n = 0",),
    "a left side that is a constant, with premises": ("c = f(y, z) if g(y) = z",),
    "a variable that a constant alone binds": ("g(x) = f(x, y) if y = c",),
    "two constants that have to be equal": ("x = g(x) if x = c and x = a",),
}


@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize("terms", [("g(a)",), ("g(a)", "c"), ("f(g(c), 0)", "g(0)")])
def test_constants_in_premises_have_to_be_in_the_graph(name: str, terms: tuple[str, ...]) -> None:
    given_rules = rules(*CONSTANTS[name], "h(x) = 0", constants="a c")
    read = [given_rules.term(text) for text in terms]
    symbols = {s.name: s for s in given_rules.theory.symbols} | {s.name: s for t in read for s in t.signature.symbols}
    theory = replace(given_rules.theory, symbols=tuple(symbols.values()))
    table = TermTable(theory.terms.rows)
    theory = replace(theory, terms=table)
    rows = tuple(term.dump(table) for term in read)
    directed = tuple(c.rule for c in EGraph(given_rules).rules)
    assert run_both(Case(theory, directed, rows), folding=False) is not None


@given(seed=st.integers(0, 2**32))
def test_what_is_equal_modulo_laws_is_explained(seed: int) -> None:
    """f is associative and commutative with a unit, so its terms are multisets; the reference has none of that."""
    drawn = case(seed, laws=True)
    try:
        graph = EGraph(RuleSet(drawn.theory))
        graph.add_rows(drawn.theory.terms, drawn.terms)
        graph.run(rounds=3, nodes=MOST)
    except LemmataError as error:
        if "two constants differ" not in str(error):
            raise
        return
    explain_all(graph, short=bool(seed % 2))


def explain_all(graph: EGraph, short: bool) -> None:
    """Explain up to a hundred pairs of equal nodes."""
    history, theory = graph.history(), graph.whole_theory
    explainer = Explainer(history, theory, short=short)
    pairs = [(a, b) for a, b in combinations(range(len(history.op)), 2) if graph.find(a) == graph.find(b)]
    theorems = tuple(explainer.derivation(f"pair{n}", a, b) for n, (a, b) in enumerate(pairs[:100]))
    verdict = check(Certificate(theory, theory.digest, explainer.builder.table, theorems))
    assert verdict.accepted, verdict.first_error
