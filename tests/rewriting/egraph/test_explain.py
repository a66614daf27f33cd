"""Explanations: total, accepted by the checker, and refused where there is nothing to explain."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.bank import app_symbol
from lemmata.rewriting.certificate import Certificate, Derivation
from lemmata.rewriting.check import check
from lemmata.rewriting.egraph.explain import Explainer, NotEqual, explain
from lemmata.rewriting.egraph.explanation import Explanation
from lemmata.rewriting.egraph.history import History, Op
from lemmata.rewriting.egraph.layout import ASSERTED, CONGRUENCE
from lemmata.rewriting.egraph.reference import ReferenceEGraph
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Datatype, Theory
from tests.rewriting.egraph.random_rules import FREE, Case, case

SEEDS = st.integers(0, 2**32)


def saturated(given: Case, rounds: int = 3, most: int = 60) -> ReferenceEGraph:
    """After some rounds, none begun at more than `most` nodes."""
    functions = {"p": lambda row: len(given.theory.terms.rows[row]) % 2 == 0}
    graph = ReferenceEGraph(given.theory.terms, given.theory.symbol, given.rules, functions, folding=True)
    for row in given.terms:
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
    drawn = case(seed, **kind)
    graph = saturated(drawn)
    history = graph.history()
    pairs = list(combinations(range(len(history.op)), 2))
    equal = [(a, b) for a, b in pairs if graph.find(a) == graph.find(b)]
    explained(history, drawn.theory, equal[:300])
    explainer = Explainer(history, drawn.theory)
    for a, b in [pair for pair in pairs if graph.find(pair[0]) != graph.find(pair[1])][:20]:
        with pytest.raises(NotEqual):
            explainer.derivation("equal", a, b)


class ByHand:
    """A history written down union by union, for shapes that no run of the reference would reach in time."""

    def __init__(self) -> None:
        self.symbols = {s.name: s for s in FREE}
        self._ops = [Op(app_symbol(s), False) for s in FREE]
        self._nodes: list[tuple[int, int, int]] = []
        self._unions: list[tuple[int, int, int]] = []
        self._log: list[int] = []
        self._asserted: list[str] = []

    def node(self, name: str, *below: int) -> int:
        number = list(self.symbols).index(name)
        self._nodes.append((number, *(*below, 0, 0)[:2]))
        return len(self._nodes) - 1

    def assume(self, left: int, right: int) -> None:
        self._union(left, right, [ASSERTED, len(self._asserted)])
        self._asserted.append("given")

    def congruent(self, left: int, right: int) -> None:
        self._union(left, right, [CONGRUENCE])

    def history(self) -> History:
        nodes = np.array(self._nodes, np.int32)
        unions = np.array(self._unions, np.int32)
        effective = np.ones(len(unions), np.bool_)
        log = np.array(self._log, np.int32)
        return History(
            tuple(self._ops), nodes[:, 0], nodes[:, 1:], (), unions, effective, log, tuple(self._asserted), ()
        )

    def theory(self) -> Theory:
        return Theory("free", ("A",), (Datatype("A", ("a", "b", "g")),), FREE, (), (), TermTable())

    def _union(self, left: int, right: int, why: list[int]) -> None:
        self._unions.append((left, right, len(self._log)))
        self._log += why


@pytest.mark.parametrize("height", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_towers_of_any_height(height: int) -> None:
    """g(g(...(a))) = g(g(...(b))) from a = b."""
    made = ByHand()
    left, right = made.node("a"), made.node("b")
    made.assume(left, right)
    for _ in range(height):
        left, right = made.node("g", left), made.node("g", right)
        made.congruent(left, right)
    (theorem,) = explained(made.history(), made.theory(), [(left, right)])
    assert len(theorem.steps) == height + 2


def test_terms_of_exponential_size() -> None:
    """The same with f(x, x) for g(x), where the term as a tree has 2^100 leaves."""
    made = ByHand()
    left, right = made.node("a"), made.node("b")
    made.assume(left, right)
    for _ in range(100):
        left, right = made.node("f", left, left), made.node("f", right, right)
        made.congruent(left, right)
    (theorem,) = explained(made.history(), made.theory(), [(left, right)])
    assert len(theorem.steps) == 102
    certificate = explain(made.history(), made.theory(), left, right).certificate
    chain = Explanation(certificate, Printer(FREE))
    assert chain.length == 2**100
    assert f"= … {2**100 - 24:,} more" in " ".join(str(chain).split())


def test_long_paths() -> None:
    """c(0) = c(1) = ... = c(50,000): one chain, not one in another."""
    made = ByHand()
    nodes = [made.node("a")]
    for _ in range(50_000):
        nodes.append(made.node("f", nodes[0], nodes[-1]))
    for left, right in pairwise(nodes):
        made.assume(left, right)
    (theorem,) = explained(made.history(), made.theory(), [(nodes[0], nodes[3000])])
    assert len(theorem.steps) == 3000 + 1 + 3000
