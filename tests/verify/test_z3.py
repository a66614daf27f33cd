"""Z3's verdicts, and children that misbehave in its place."""

from __future__ import annotations

import sys

import pytest

from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.limits import Limits
from lemmata.verify import Word, Z3Report, check_z3
from tests.rewriting.bad_certificates import Bad, catalogue
from tests.verify import cases

# These steps break their rule and yet their conclusions follow from their premises.
SOUND_ALL_THE_SAME = {"swapped side", "congruence_used_backwards", "a_variable_of_the_same_name_and_another_sort"}


def failing(report: Z3Report) -> list[object]:
    return [v for v in report.verdicts if v.verdict is not Word.ACCEPTED]


@pytest.mark.parametrize("case", [cases.peano, cases.lists, cases.hostile, lambda: cases.lists(hard=True)])
def test_every_step_of_a_right_certificate_follows(case: object) -> None:
    report = check_z3(*case())  # type: ignore[operator]
    assert failing(report) == []
    assert report.accepted
    assert report.obligations > 0
    assert report.version is not None


@pytest.mark.parametrize("name", sorted(cases.wrong().keys() - SOUND_ALL_THE_SAME))
def test_wrong_derivations_are_refused_and_the_others_accepted(name: str) -> None:
    report = check_z3(*cases.wrong()[name])
    bad = report.of("bad")
    assert bad is not None
    assert bad.verdict is Word.REFUSED
    assert bad.step is not None
    assert len(failing(report)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "bad", [b for b in cases.told(catalogue()) if b.name not in SOUND_ALL_THE_SAME], ids=lambda bad: bad.name
)
def test_what_the_checker_must_refuse_z3_refuses_too(bad: Bad) -> None:
    report = check_z3(bad.theory, bad.terms, cases.at_least_one(bad))
    assert Word.REFUSED in {v.verdict for v in report.verdicts}


def test_an_induction_hypothesis_generalised_over_the_case_s_own_variable() -> None:
    [bad] = [b for b in catalogue() if b.name == "an_induction_over_a_generalised_variable"]
    assert failing(check_z3(bad.theory, bad.terms, bad.derivations)) != []


def test_a_hypothesis_beside_the_witness_s_stays() -> None:
    theory, t, derivations = cases.peano()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    given, some = t.eq(x, zero), t.abstract("ex", y, t.eq(y, zero))
    goal = t.imp(some, t.imp(given, given))
    steps = (
        Step("assume", some),
        Step("assume", given),
        Step("ex_elim", given, (0, 1), variable=y),
        Step("imp_intro", t.imp(given, given), (2,)),
        Step("imp_intro", goal, (3,)),
    )
    assert check_z3(theory, t, [*derivations, Derivation("beside", goal, steps)]).accepted


def test_rewriting_below_a_quantifier() -> None:
    # From x + 0 = x, two different terms become one under a binder.
    theory, t, derivations = cases.peano()
    x, y = t.var("x", "N"), t.var("y", "N")
    more = t.app("+", x, t.app("0"))
    before = t.abstract("all", y, t.eq(t.app("+", t.app("+", more, y), x), y))
    after = t.abstract("all", y, t.eq(t.app("+", t.app("+", x, y), x), y))
    goal = t.imp(before, after)
    steps = (
        Step("assume", before),
        Step("axiom", t.eq(more, x), cites="+.1"),
        Step("rewrite", after, (0, 1)),
        Step("imp_intro", goal, (2,)),
    )
    assert check_z3(theory, t, [*derivations, Derivation("below", goal, steps)]).accepted


def test_what_cites_a_refused_theorem_is_refused_with_it() -> None:
    theory, t, derivations = cases.wrong()["false instance"]
    statement = derivations[-1].statement
    derivations.append(Derivation("heir", statement, (Step("lemma", statement, cites="bad"),)))
    heir = check_z3(theory, t, derivations).of("heir")
    assert heir is not None
    assert (heir.verdict, heir.why) == (Word.REFUSED, "it rests on bad")


def test_malformed_steps_are_refused_without_asking() -> None:
    theory, t, derivations = cases.peano()
    x = t.var("x", "N")
    goal = t.eq(x, x)
    for steps in (
        (),
        (Step("lemma", goal, cites="later"),),
        (Step("trans", goal, (0, 0)),),
        (Step("trans", goal, (1, 2)),),
        (Step("all_intro", t.abstract("all", x, goal)),),
        (Step("induction", goal, (), variable=x, fresh=((),)),),
        (Step("refl", goal), Step("cases", goal, (0, 0), terms=(goal,), fresh=((), ()))),
        (Step("assume", goal),),
        (Step("refl", x),),
        (Step("refl", goal), Step("refl", t.add(("bound", 0, "N")))),
        (Step("nonsense", goal),),
        (Step("refl", len(t) + 100),),
    ):
        found = check_z3(theory, t, [*derivations, Derivation("odd", goal, steps)]).of("odd")
        assert found is not None
        assert found.verdict is Word.REFUSED, steps


def test_deep_terms() -> None:
    theory, t, derivations = cases.peano()
    deep = t.var("x", "N")
    for _ in range(100_000):
        deep = t.app("s", deep)
    derivations.append(Derivation("deep", t.eq(deep, deep), (Step("refl", t.eq(deep, deep)),)))
    report = check_z3(theory, t, derivations)
    assert report.verdicts[0].verdict is Word.ACCEPTED
    found = report.of("deep")
    assert found is not None
    assert found.verdict in (Word.ACCEPTED, Word.FAILED)  # Z3 may give up on it, but must not harm the others


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(139)",
        "import os; os.kill(os.getpid(), 11)",
        "print('nonsense')",
        'print(\'{"theorem": 0, "answer": "yes", "step": null}\')',
        "print('[' * 100000)",
        "import time; time.sleep(600)",
        "pass",
    ],
)
def test_a_child_that_breaks_has_failed(code: str) -> None:
    report = check_z3(*cases.peano(), command=[sys.executable, "-c", code], limits=Limits(seconds=1.0))
    assert {v.verdict for v in report.verdicts} == {Word.FAILED}
    assert all(v.why for v in report.verdicts)


def test_an_answer_that_came_before_the_end_counts() -> None:
    code = (
        "import json, time; print(json.dumps(dict(theorem=0, answer='unsat', step=None)), flush=True); time.sleep(600)"
    )
    report = check_z3(*cases.peano(), command=[sys.executable, "-c", code], limits=Limits(seconds=1.0))
    assert [v.verdict for v in report.verdicts] == [Word.ACCEPTED] + [Word.FAILED] * 7
