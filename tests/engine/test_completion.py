"""Completion: the classical systems, their proofs, and what a completed system decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lemmata.engine.mpl import Module, parse_module
from lemmata.engine.prove import explore, prove
from lemmata.engine.results import Status
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.completion import Completion
from lemmata.rewriting.knowledge import Knowledge
from lemmata.rewriting.limits import Clock, Limits, Stop
from lemmata.rewriting.source import Source

EXAMPLES = Path(__file__).parents[2] / "examples"


def read(name: str) -> Module:
    path = EXAMPLES / name
    return parse_module(Source(name, path.read_text("utf-8")), folder=EXAMPLES)


def names(sort: str) -> Iterator[str]:
    return iter("xyzuvwabcd")


def test_the_ten_rules_of_groups() -> None:
    module = read("groups.mpl")
    known = Knowledge(module.theory)
    completion = Completion(known, names, Clock(Limits()))
    assert not completion.run(lambda: False, 3_000)
    assert completion.complete
    found = {known.show(known.statements[name]) for name in completion.found}
    assert found == {
        "x * e = x",
        "x * inv(x) = e",
        "inv(e) = e",
        "inv(inv(x)) = x",
        "inv(x) * (x * y) = y",
        "x * (inv(x) * y) = y",
        "inv(x * y) = inv(y) * inv(x)",
    }  # with the three axioms, ten


def test_goals_of_groups_are_proved_and_checked() -> None:
    module = read("groups.mpl")
    report = prove(module.theory, module.variables)
    assert [g.status for g in report.goals] == [Status.THEOREM] * 3
    verdict = check(load(dump(report.theory, report.terms, report.certificate)), module.theory)
    assert verdict.accepted
    assert set(verdict.axioms) == {"left_unit", "left_inverse", "associativity"}


def test_a_completed_system_refutes_what_it_does_not_join() -> None:
    text = (EXAMPLES / "groups.mpl").read_text("utf-8") + "theorem abelian: x * y = y * x\n"
    module = parse_module(Source("g", text))
    [goal] = [g for g in prove(module.theory, module.variables).goals if g.name == "abelian"]
    assert goal.status is Status.COUNTER_SATISFIABLE
    assert goal.counterexample == "in the free model: x * y and y * x are different normal forms"


def test_exploring_groups_leaves_nothing_open() -> None:
    module = read("groups.mpl")
    report = explore(module.theory, module.variables, size=4)
    assert report.stop is Stop.DONE
    assert not report.open
    assert "x * inv(x) = e" in {f.statement for f in report.theorems}
    assert "x * y = y * x" in {r.statement for r in report.refuted}
    books = len(report.theorems) + len(report.redundant) + len(report.refuted) + sum(report.filtered.values())
    assert books == report.enumerated


def test_commutativity_is_completed_by_ordered_rewriting() -> None:
    text = (EXAMPLES / "groups.mpl").read_text("utf-8").replace("theorem", "axiom c: x * y = y * x\ntheorem", 1)
    module = parse_module(Source("g", text + "theorem swap: inv(x * y) = inv(x) * inv(y)\n"))
    report = prove(module.theory, module.variables)
    assert {g.name: g.status for g in report.goals}["swap"] is Status.THEOREM


@pytest.mark.slow
def test_boolean_rings_are_commutative() -> None:
    module = read("boolean_ring.mpl")
    report = prove(module.theory, module.variables)
    assert [g.status for g in report.goals] == [Status.THEOREM] * 2
    assert check(load(dump(report.theory, report.terms, report.certificate)), module.theory).accepted


def test_time_ends_a_completion_that_goes_on() -> None:
    module = read("boolean_ring.mpl")
    report = prove(module.theory, module.variables, limits=Limits(seconds=0.3))
    assert report.stop is Stop.TIME
    assert {g.status for g in report.goals} <= {Status.THEOREM, Status.TIMEOUT}
