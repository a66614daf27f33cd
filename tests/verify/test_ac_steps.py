"""The step `ac` before Lean and Z3: written out, and each of the steps that come out is right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from lemmata.rewriting.certificate import Certificate, Derivation, Step
from lemmata.rewriting.check import check
from lemmata.rewriting.syntax import TermTable
from lemmata.verify import Word, ac_steps, check_lean, check_z3
from lemmata.verify.ac_steps import NotByLaws, TooLong, expand
from tests.rewriting.laws import S, canonical, cited, laws
from tests.rewriting.test_check_ac import pairs

THEORY = laws()
ALL = [a.name for a in THEORY.axioms]


def written_out(table: TermTable, left: int, right: int, names: Sequence[str]) -> tuple[Step, ...]:
    steps = cited(THEORY, table, names)
    step = Step("ac", table.eq(left, right), tuple(range(len(steps))))
    return (*steps, *expand(table, step, [s.conclusion for s in steps]))


@settings(max_examples=150)
@given(pairs())
def test_it_is_written_out_exactly_where_the_sides_are_equal(pair: tuple[TermTable, int, int]) -> None:
    table, left, right = pair
    if canonical(table, left) != canonical(table, right):
        with pytest.raises(NotByLaws):
            written_out(table, left, right, ALL)
        return
    steps = written_out(table, left, right, ALL)
    assert all(step.rule != "ac" for step in steps)
    derivation = Derivation("goal", table.eq(left, right), steps)
    assert check(Certificate(THEORY, THEORY.digest, table, (derivation,))).first_error is None


def total(t: TermTable, f: str, rows: Sequence[int]) -> int:
    whole = rows[0]
    for row in rows[1:]:
        whole = t.app(f, whole, row)
    return whole


def case() -> tuple[TermTable, list[Derivation]]:
    """Sums shuffled, units dropped, inside other operations; and one that no law gives."""
    t = TermTable()
    x, y, one = t.var("x", S), t.var("y", S), t.app("1")
    parts = [t.app("k", x), t.app("a"), t.app("#", x, y), y, t.app("b")]
    left = t.app("k", total(t, "+", [*parts, t.app("*", total(t, "*", [x, y]), one)]))
    other = [total(t, "*", [one, y, x]), t.app("b"), y, t.app("#", y, x), t.app("k", x), t.app("a")]
    right = t.app("k", total(t, "+", other))
    goals = {"equal": (left, right), "bad": (left, t.app("k", total(t, "+", other[1:])))}
    derivations = []
    for name, sides in goals.items():
        steps = cited(THEORY, t, ALL)
        goal = t.eq(*sides)
        derivations.append(Derivation(name, goal, (*steps, Step("ac", goal, tuple(range(len(steps)))))))
    return t, derivations


def test_z3_and_lean_accept_it() -> None:
    t, (good, bad) = case()
    assert check(Certificate(THEORY, THEORY.digest, t, (good,))).accepted
    z3 = check_z3(THEORY, t, [good, bad])
    assert [v.verdict for v in z3.verdicts] == [Word.ACCEPTED, Word.REFUSED]
    assert z3.verdicts[1].step == len(bad.steps) - 1
    lean = check_lean(THEORY, t, [good])
    assert {v.verdict for v in lean.verdicts if v.form == "structure"} == {Word.ACCEPTED}


def test_a_sum_too_long_to_be_written_out_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ac_steps, "MOST_STEPS", 500)
    t = TermTable()
    shared = t.app("+", t.app("a"), t.app("b"))
    for _ in range(40):
        shared = t.app("+", shared, shared)
    goal = t.eq(t.app("+", shared, t.app("c")), t.app("+", t.app("c"), shared))
    steps = cited(THEORY, t, ["+.assoc", "+.comm"])
    derivation = Derivation("long", goal, (*steps, Step("ac", goal, (0, 1))))
    assert check(Certificate(THEORY, THEORY.digest, t, (derivation,))).accepted
    (verdict,) = check_z3(THEORY, t, [derivation]).verdicts
    assert verdict.verdict is Word.NOT_RUN
    with pytest.raises(TooLong):
        written_out(t, *t.rows[goal][1:], ["+.assoc", "+.comm"])  # type: ignore[arg-type]


def test_a_premise_that_is_no_law_is_refused() -> None:
    t = TermTable()
    x = t.var("x", S)
    same = t.eq(t.app("g", x, x), t.app("g", x, x))
    steps = (Step("refl", same), Step("ac", same, (0,)))
    (verdict,) = check_z3(THEORY, t, [Derivation("d", same, steps)]).verdicts
    assert (verdict.verdict, verdict.step) == (Word.REFUSED, 1)
