"""The goals of egg's own suites, positive and negative, and the numbers of e-nodes that egg and egglog agree on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Ended
from lemmata.rewriting.ruleset import rules
from tests.rewriting.egraph.suites import GOALS, Goal, goals, read

# What explanations may take for granted: what Python decided, and that names differ.
CONDITION = re.compile(r"(nonzero|constant|symbol|number|truth|free|not_free)\(.*\)|\w+ != \w+")


def every() -> Iterator[object]:
    for suite in GOALS:
        for goal in goals(suite):
            yield pytest.param(goal, id=f"{suite}-{goal.name}", marks=[pytest.mark.slow] if goal.hard else [])


@pytest.mark.parametrize("goal", list(every()))
def test_goal(goal: Goal) -> None:
    graph = goal.graph()
    start = graph.add(goal.term(goal.start))
    report = goal.reach(graph)
    for text in goal.equal:
        assert graph.equal(start, goal.term(text)), text
        explanation = graph.explain(start, goal.term(text))
        verdict = explanation.check()
        assert verdict.accepted, verdict.first_error
        assert goal.assumed or all(CONDITION.fullmatch(h) for h in explanation.hypotheses), explanation.hypotheses
    for text in goal.differ:
        assert not graph.equal(start, goal.term(text)), text
    if goal.saturates:
        assert report.stop is Ended.SATURATED
    if goal.classes is not None:
        assert graph.classes == goal.classes
    if goal.smallest is not None:
        assert str(graph.extract(start).term) == goal.smallest


def test_all_goals_are_there() -> None:
    assert {suite: len(list(goals(suite))) for suite in GOALS} == {
        "simple": 2,
        "propositional": 3,
        "math": 21,
        "lambda": 12,
    }


def test_shared_terms_are_cheaper() -> None:
    """egg finds (x + (x + x)) ^ (x + x) in four nodes where what is shared is paid once."""
    (whole,) = (g for g in goals("math") if g.name == "simplify_add")
    graph = whole.graph()
    start = graph.add(whole.term("(x + (x + x)) ^ (x + x)"))
    graph.run(rounds=3)
    assert graph.extract(start, dag=True).cost == 4
    assert graph.extract(start).cost > 4


def _counts(name: str) -> list[tuple[int, int]]:
    return [(int(n), nodes) for n, nodes in read(name)["nodes"].items()]


def test_nodes_of_math_round_by_round() -> None:
    suite = read("math_microbenchmark")
    graph = EGraph(rules(*suite["rules"]))
    for term in suite["terms"]:
        graph.add(term)
    report = graph.run(rounds=11)
    after = [r.nodes for r in report.rounds]
    assert after == [69, 118, 208, 389, 784, 1576, 3160, 8113, 28303, 136446, 1047896]
    assert after[7:] == [nodes for _, nodes in _counts("math_microbenchmark")]


@pytest.mark.parametrize(("variables", "nodes"), _counts("sums"))
def test_nodes_of_a_sum(variables: int, nodes: int) -> None:
    suite = read("sums")
    assert nodes == 3**variables - 2 ** (variables + 1) + 1 + variables
    graph = EGraph(rules(*suite["rules"]))
    graph.add(" + ".join(f"x{i}" for i in range(variables)))
    report = graph.run()
    assert report.stop is Ended.SATURATED
    assert graph.nodes == nodes
    assert graph.classes == 2**variables - 1
