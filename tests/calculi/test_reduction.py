"""Reduction: confluence, soundness for the machine, normal forms computed and stepped to, the measure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings

from lemmata.calculi.fmc import closures
from lemmata.calculi.fmc.equivalence import equivalent, same_result
from lemmata.calculi.fmc.machine import Ending
from lemmata.calculi.fmc.measure import NoMeasure, measure
from lemmata.calculi.fmc.normalising import NoNormalForm, normal_form
from lemmata.calculi.fmc.parsing import parse
from lemmata.calculi.fmc.reduction import reduced, trace, unrolled
from lemmata.calculi.fmc.terms import Term
from lemmata.calculi.fmc.typing import TypeFault, infer
from tests.calculi.terms import DEPTHS, SEEDS, any_memory, any_term, typed_term

_MOST = 400


class TestConfluence:
    @settings(max_examples=400)
    @given(seed=SEEDS)
    def test_every_strategy_ends_in_the_normal_form(self, seed: int) -> None:
        term = any_term(seed)
        found = reduced(term, most=_MOST)
        assume(found.normal)
        assert normal_form(term) == found.term
        for strategy in ("innermost", "random"):
            other = reduced(term, strategy, seed=seed, most=_MOST)  # type: ignore[arg-type]
            assert not other.normal or other.term == found.term

    @settings(max_examples=200)
    @given(seed=SEEDS)
    def test_a_normal_form_is_its_own(self, seed: int) -> None:
        try:
            found = normal_form(any_term(seed), most=20_000)
        except NoNormalForm:
            assume(False)
        assert normal_form(found) == found
        assert reduced(found, most=1).normal


class TestSoundness:
    @settings(max_examples=300)
    @given(seed=SEEDS)
    def test_steps_keep_what_the_machine_answers(self, seed: int) -> None:
        term, memory = any_term(seed, 20), any_memory(seed)
        before = closures.run(term, memory, fuel=2_000)
        assume(before.ending is Ending.EXIT)
        for step in trace(term, "random", seed=seed, most=30):
            after = closures.run(step.term, memory, fuel=4_000)
            assert same_result(before, after), step.rule

    @settings(max_examples=150)
    @given(seed=SEEDS)
    def test_normal_forms_of_typed_terms_have_a_type_that_the_term_has(self, seed: int) -> None:
        term = typed_term(seed)
        assume(term is not None)
        assert term is not None
        infer(term)
        infer(normal_form(term))

    @settings(max_examples=100)
    @given(seed=SEEDS)
    def test_unrolling_a_loop_changes_nothing(self, seed: int) -> None:
        inside = any_term(seed, 15)
        loop = Term(inside.table, inside.table.loop("l", inside.root))
        memory = any_memory(seed)
        run = closures.run(loop, memory, fuel=1_000)
        assume(run.ending is Ending.EXIT)
        assert same_result(run, closures.run(unrolled(loop), memory, fuel=2_000))

    def test_only_loops_are_unrolled(self) -> None:
        with pytest.raises(ValueError, match="loop"):
            unrolled(parse("*"))


class TestMeasure:
    @settings(max_examples=300)
    @given(seed=SEEDS)
    def test_it_bounds_the_beta_steps_and_its_weak_form_counts_the_machines(self, seed: int) -> None:
        term = typed_term(seed, control=False)
        if term is None or infer(term).row[1]:
            return  # it needs a memory
        found = measure(term)
        assert found.weak == closures.run(term, fuel=200_000).steps
        for strategy in ("outermost", "innermost", "random"):
            counts = reduced(term, strategy, seed=seed).steps  # type: ignore[arg-type]
            assert 2 * counts.get("beta", 0) <= found.strong

    @pytest.mark.parametrize("text", ["#e", "*^*", "<x>.[x]", "[1].[2].$eq"])
    def test_it_is_for_typed_terms_without_control(self, text: str) -> None:
        with pytest.raises(NoMeasure):
            measure(parse(text))


class TestEquations:
    """Machine equivalences of the specification, A8 [T] and B3 [R]."""

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("<x>.<y>.[y].[x]", "*"),
            ("[[1]].<f>.f", "[1]"),
            ("[1].[2] ; <p>.<q>.[q].[p].[q].[p]", "[1].[2] ; [1].[2]"),
            ("[5]a.a<y>.[y]b", "[5]b"),
            ("[5]b.a<x>.[x]", "a<x>.[5]b.[x]"),
            ("[1]a.[2]b", "[2]b.[1]a"),
            ("[1] ; #e -> [2]", "[1]"),
        ],
    )
    def test_they_hold(self, left: str, right: str) -> None:
        inputs = [{"": [parse("8"), parse("9")], "a": [parse("7")]}]
        assert equivalent(parse(left), parse(right), inputs)

    def test_what_differs_is_not_equivalent(self) -> None:
        assert not equivalent(parse("[1].[2]"), parse("[2].[1]"), [{}])
        assert not equivalent(parse("*"), parse("#e"), [{}])
        assert not equivalent(parse("<x>"), parse("<x>"), [{}])


@pytest.mark.parametrize("n", DEPTHS)
@pytest.mark.parametrize(
    "written",
    [
        lambda n: "[1]." * n + "<x>." * n + "*",
        lambda n: "[" * n + "1" + "]" * n,
        lambda n: "<f>." + "f." * n + "*",
    ],
)
def test_deep_terms_have_normal_forms(written: Callable[[int], str], n: int) -> None:
    found = normal_form(parse(written(n)))
    assert normal_form(found) == found


def test_a_term_without_a_normal_form_is_told() -> None:
    omega = parse("[<x>.[x].x].<x>.[x].x")
    with pytest.raises(NoNormalForm):
        normal_form(omega, most=1_000)
    assert not reduced(omega, most=50).normal
    with pytest.raises(TypeFault):
        infer(omega)
