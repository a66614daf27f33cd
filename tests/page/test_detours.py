"""Detours of a derivation are cut, and what is left is still a proof."""

from __future__ import annotations

from pathlib import Path

import pytest

import lemmata
from lemmata.engine.detours import without_detours
from lemmata.rewriting.certificate import Derivation, Step, dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.syntax import TermTable
from tests.page.reports import sample
from tests.samples import peano

EXAMPLES = Path(__file__).parents[2] / "examples"


def cut(t: TermTable, *steps: Step) -> list[tuple[str, tuple[int, ...]]]:
    """Rules and premises of what is left; the checker must accept both."""
    theory = peano()
    given = Derivation("d", steps[-1].conclusion, steps)
    short = without_detours(given, t, theory)
    for derivation in (given, short):
        verdict = check(load(dump(theory, t, [derivation])))
        assert verdict.accepted, verdict.first_error
    assert short.statement == given.statement
    assert without_detours(short, t, theory) == short
    return [(step.rule, step.premises) for step in short.steps]


def test_a_proof_without_detours_stays_as_it_is() -> None:
    report = sample()
    for derivation in report.certificate:
        if derivation.name != "logic":  # its cases both use nothing but their own assumption
            assert without_detours(derivation, report.terms, report.theory) == derivation


@pytest.mark.parametrize("name", ["order", "peano"])
def test_found_proofs_are_still_proofs(name: str) -> None:
    module = lemmata.read(str(EXAMPLES / f"{name}.mpl"))
    find = lemmata.prove if module.theory.goals else lemmata.explore
    report = find(module.theory, module.variables)
    short = [without_detours(d, report.terms, report.theory) for d in report.certificate]
    verdict = check(load(dump(report.theory, report.terms, short)))
    assert verdict.accepted, verdict.first_error
    assert all(len(s.steps) <= len(d.steps) for d, s in zip(report.certificate, short, strict=True))


def test_a_witness_that_nothing_uses_is_not_taken() -> None:
    t = TermTable()
    x, y, p, zero = t.var("x", "N"), t.var("y", "N"), t.var("p", "N"), t.app("0")
    below = t.app("<=", x, y)
    some = t.abstract("ex", p, t.eq(t.app("+", x, p), y))
    definition = t.conj(t.imp(below, some), t.imp(some, below))
    sum_ = t.eq(t.app("+", x, zero), x)
    steps = cut(
        t,
        Step("assume", below),
        Step("axiom", definition, cites="<="),
        Step("and_elim", t.imp(below, some), (1,)),
        Step("imp_elim", some, (2, 0)),
        Step("assume", t.eq(t.app("+", x, p), y)),
        Step("axiom", sum_, cites="+.1"),
        Step("ex_elim", sum_, (3, 5), variable=p),
        Step("imp_intro", t.imp(below, sum_), (6,)),
    )
    assert steps == [("axiom", ()), ("imp_intro", (0,))]


def test_a_case_that_proves_the_claim_by_itself_stands_for_all() -> None:
    t = TermTable()
    x, n, zero = t.var("x", "N"), t.var("n", "N"), t.app("0")
    sum_ = t.eq(t.app("+", x, zero), x)
    steps = cut(
        t,
        Step("assume", t.eq(x, zero)),
        Step("axiom", t.eq(t.app("+", x, zero), x), cites="+.1"),
        Step("cong", t.eq(t.app("+", x, zero), t.app("+", zero, zero)), (0,)),
        Step("axiom", t.eq(t.app("+", zero, zero), zero), cites="+.1", substitution=((x, zero),)),
        Step("sym", t.eq(zero, x), (0,)),
        Step("trans", sum_, (2, 3, 4)),
        Step("cases", sum_, (5, 1), terms=(x,), fresh=((), (n,))),
    )
    assert steps == [("axiom", ())]


def test_a_hypothesis_that_is_discharged_inside_a_case_is_not_the_cases() -> None:
    t = TermTable()
    x, zero = t.var("x", "N"), t.app("0")
    empty = t.eq(x, zero)
    either, trivial = t.add(("or", empty, t.false())), t.imp(empty, empty)
    steps = cut(
        t,
        Step("assume", either),
        Step("assume", empty),
        Step("imp_intro", trivial, (1,)),
        Step("assume", t.false()),
        Step("false_elim", trivial, (3,)),
        Step("or_elim", trivial, (0, 2, 4)),
        Step("imp_intro", t.imp(either, trivial), (5,)),
    )
    assert steps == [("assume", ()), ("imp_intro", (0,)), ("imp_intro", (1,))]


def test_cases_that_use_their_hypothesis_stay() -> None:
    report = sample()
    derivation = next(d for d in report.certificate if d.name == "zero_or_succ")
    assert without_detours(derivation, report.terms, report.theory).steps[-1].rule == "cases"


def test_quantifiers_put_on_and_taken_off_again() -> None:
    t = TermTable()
    x, y = t.var("x", "N"), t.var("y", "N")
    law = t.eq(t.app("+", x, t.app("s", y)), t.app("s", t.app("+", x, y)))
    one = t.abstract("all", y, law)
    both = t.abstract("all", x, one)
    inner = (
        Step("axiom", law, cites="+.2"),
        Step("all_intro", one, (0,), variable=y),
        Step("all_intro", both, (1,), variable=x),
    )
    assert cut(t, *inner, Step("all_elim", law, (2,), terms=(x, y))) == [("axiom", ())]
    swapped = t.eq(t.app("+", y, t.app("s", x)), t.app("s", t.app("+", y, x)))
    assert len(cut(t, *inner, Step("all_elim", swapped, (2,), terms=(y, x)))) == 4


def test_equations_that_a_rewriting_did_not_need() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    needed = t.eq(t.app("+", x, zero), x)
    other = t.eq(t.app("*", x, zero), zero)
    goal = t.app("<=", x, y)
    start = t.app("<=", t.app("+", x, zero), y)
    steps = cut(
        t,
        Step("assume", start),
        Step("axiom", other, cites="*.1"),
        Step("axiom", needed, cites="+.1"),
        Step("rewrite", goal, (0, 1, 2)),
        Step("imp_intro", t.imp(start, goal), (3,)),
    )
    assert steps == [("assume", ()), ("axiom", ()), ("rewrite", (0, 1)), ("imp_intro", (2,))]
    steps = cut(
        t,
        Step("assume", start),
        Step("axiom", other, cites="*.1"),
        Step("rewrite", start, (0, 1)),
        Step("imp_intro", t.imp(start, start), (2,)),
    )
    assert steps == [("assume", ()), ("imp_intro", (0,))]


def test_a_chain_does_not_come_back_to_where_it_was() -> None:
    t = TermTable()
    x, zero = t.var("x", "N"), t.app("0")
    sum_, twice = t.app("+", x, zero), t.app("+", t.app("+", x, zero), zero)
    down = Step("axiom", t.eq(sum_, x), cites="+.1")
    steps = cut(
        t,
        down,
        Step("axiom", t.eq(twice, sum_), cites="+.1", substitution=((x, sum_),)),
        Step("sym", t.eq(x, sum_), (0,)),
        Step("sym", t.eq(sum_, x), (2,)),
        Step("trans", t.eq(twice, x), (1, 0, 2, 3)),
    )
    assert steps == [("axiom", ()), ("axiom", ()), ("trans", (1, 0))]


def test_thousands_of_nested_hypotheses() -> None:
    t = TermTable()
    x = t.var("x", "N")
    names = [t.eq(x, t.var(f"y{n}", "N")) for n in range(3000)]
    formula = names[-1]
    steps = [Step("assume", name) for name in names]
    for n, name in enumerate(names):
        formula = t.imp(name, formula)
        steps.append(Step("imp_intro", formula, (len(names) - 1 + n,)))
    theory = peano()
    given = Derivation("deep", formula, tuple(steps))
    assert len(without_detours(given, t, theory).steps) == 3001
