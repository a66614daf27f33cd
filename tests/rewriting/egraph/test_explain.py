"""Explanations: total, accepted by the checker, and refused where there is nothing to explain."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.certificate import Certificate, Derivation
from lemmata.rewriting.check import check
from lemmata.rewriting.egraph.explain import Explainer, NotEqual
from lemmata.rewriting.egraph.history import History
from lemmata.rewriting.egraph.reference import ReferenceEGraph
from lemmata.rewriting.theory import Theory
from tests.rewriting.egraph.random_rules import Case, case

SEEDS = st.integers(0, 2**32)


def saturated(given_case: Case, rounds: int = 3, most: int = 60) -> ReferenceEGraph:
    """After some rounds, none begun at more than `most` nodes."""
    functions = {"p": lambda row: len(given_case.theory.terms.rows[row]) % 2 == 0}
    graph = ReferenceEGraph(given_case.theory.terms, given_case.theory.symbol, given_case.rules, functions)
    for row in given_case.terms:
        graph.add(row)
    for _ in range(rounds):
        if graph.nodes > most or not graph.round():
            break
    return graph


def explained(history: History, theory: Theory, pairs: list[tuple[int, int]]) -> list[Derivation]:
    """A theorem for each pair, all accepted."""
    explainer = Explainer(history, theory)
    theorems = [explainer.derivation(f"pair{n}", a, b) for n, (a, b) in enumerate(pairs)]
    verdict = check(Certificate(theory, theory.digest, explainer.builder.table, tuple(theorems)))
    assert verdict.accepted, verdict.first_error
    rows = explainer.builder.table.rows
    for (a, b), theorem in zip(pairs, theorems, strict=True):
        statement = theorem.statement
        while rows[statement][0] == "imp":
            statement = int(rows[statement][2])
        assert rows[statement] == ("eq", explainer.term(a), explainer.term(b))
    return theorems


@pytest.mark.parametrize("kind", [{}, {"integers": True}, {"python": True}])
@given(SEEDS)
def test_every_pair_in_a_class_is_explained(kind: dict[str, bool], seed: int) -> None:
    given_case = case(seed, **kind)
    graph = saturated(given_case)
    history = graph.history()
    pairs = list(combinations(range(len(history.op)), 2))
    equal = [(a, b) for a, b in pairs if graph.find(a) == graph.find(b)]
    explained(history, given_case.theory, equal[:300])
    explainer = Explainer(history, given_case.theory)
    for a, b in [pair for pair in pairs if graph.find(pair[0]) != graph.find(pair[1])][:20]:
        with pytest.raises(NotEqual):
            explainer.equation(a, b)
