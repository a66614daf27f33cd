"""Formulas: what the goal prover settles, and that the checker agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from lemmata.engine.mpl import parse_module, read_source
from lemmata.engine.prove import chosen_goals, prove
from lemmata.engine.results import Status
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.source import LemmataError, Source

EXAMPLES = Path(__file__).parents[2] / "examples"
BASE = """
sort N = 0 | s(N)
var x y z : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
pred x <= y  iff  exists p. x + p = y
pred p : N
"""


def settle(*statements: str) -> dict[str, Status]:
    text = BASE + "".join(f"theorem g{n}: {s}\n" for n, s in enumerate(statements))
    module = parse_module(Source("t", text))
    report = prove(module.theory, module.variables, size=3)
    assert check(load(dump(report.theory, report.terms, report.certificate)), module.theory).accepted
    return {s: next(g.status for g in report.goals if g.name == f"g{n}") for n, s in enumerate(statements)}


@pytest.mark.parametrize(
    "statement",
    [
        "s(x) = s(y) implies x = y",
        "s(x) != 0",
        "s(x) != x",
        "x + z = y + z implies x = y",
        "x + y = 0 implies x = 0 and y = 0",
        "x = 0 or (exists y. x = s(y))",
        "x <= x",
        "0 <= x and x <= s(x)",
        "x <= 0 implies x = 0",
        "s(x) <= s(y) implies x <= y",
        "forall y. exists z. y + z = z + y",
        "p(x) and x = y implies p(y)",
        "p(x) implies p(x) or p(y)",
        "p(x) or p(y) implies p(y) or p(x)",
        "p(x) iff p(x)",
        "x = 0 or x = s(0) implies x <= s(0)",
        "(exists x. p(x)) implies (exists y. p(y))",
        "(forall x. p(x)) implies p(s(0))",
        "false implies p(x)",
        "not (p(x) and not p(x))",
    ],
)
def test_proved(statement: str) -> None:
    assert settle(statement)[statement] is Status.THEOREM


@pytest.mark.parametrize(
    "statement",
    [
        "x + y = x",
        "x + y = x + z implies x = y",
        "x = 0 or x = s(0)",
        "forall y. x = y",
        "x != x",
        "not (exists y. x + y = x)",
        "x + y = y implies y = 0",
    ],
)
def test_refuted(statement: str) -> None:
    assert settle(statement)[statement] is Status.COUNTER_SATISFIABLE


@pytest.mark.parametrize("statement", ["p(x)", "p(x) implies p(s(x))", "exists x. p(x)", "exists x. s(x) = 0"])
def test_neither(statement: str) -> None:
    """An undefined predicate may hold or not, and an existential statement is not refuted by a few values."""
    assert settle(statement)[statement] is Status.GAVE_UP


def test_a_goal_is_a_lemma_for_the_others() -> None:
    path = EXAMPLES / "order.mpl"
    module = parse_module(read_source(path), folder=EXAMPLES)
    report = prove(module.theory, module.variables)
    assert {g.status for g in report.goals} == {Status.THEOREM}
    [antisymmetry] = [g.found for g in report.goals if g.name == "le_antisym" and g.found]
    assert "no_detour" in antisymmetry.derivation.lemmas


def test_only_what_the_goals_need_is_kept() -> None:
    path = EXAMPLES / "lists.mpl"
    module = parse_module(read_source(path), folder=EXAMPLES)
    report = prove(module.theory, module.variables, names=["append_nil"])
    assert [d.name for d in report.certificate] == ["append_nil"]


def test_an_unknown_name_has_a_hint() -> None:
    module = parse_module(read_source(EXAMPLES / "lists.mpl"), folder=EXAMPLES)
    with pytest.raises(LemmataError) as caught:
        chosen_goals(module.theory, ["rev_rve"])
    assert "rev_rev" in str(caught.value.hint)


def test_deeply_nested_statements_are_left_alone() -> None:
    deep = "not (" * 200 + "x = x" + ")" * 200
    assert settle(deep)[deep] is Status.GAVE_UP


def test_axioms_that_are_no_equations_are_used_both_ways() -> None:
    text = BASE + "axiom zero: p(0)\naxiom step: p(x) implies p(s(x))\n"
    module = parse_module(Source("t", text + "theorem two: p(s(s(0)))\ntheorem all: p(x)\ntheorem le: p(x + y)\n"))
    report = prove(module.theory, module.variables, size=2)
    assert {g.status for g in report.goals} == {Status.THEOREM}
    assert check(load(dump(report.theory, report.terms, report.certificate)), module.theory).axioms == (
        "step",
        "zero",
    )


def test_equations_of_two_sorts_are_not_mixed_up() -> None:
    """x = y as the head of a lemma is no pattern for an equation between values of another sort."""
    text = """
sort N = 0 | s(N)
sort B = T | F
var x y z : N
op leq : N N -> B
  leq(0, y) = T
  leq(s(x), 0) = F
  leq(s(x), s(y)) = leq(x, y)
theorem antisymmetry: leq(x, y) = T and leq(y, x) = T implies x = y
theorem transitivity: leq(x, y) = T and leq(y, z) = T implies leq(x, z) = T
"""
    module = parse_module(Source("t", text))
    report = prove(module.theory, module.variables)
    assert {g.status for g in report.goals} == {Status.THEOREM}
