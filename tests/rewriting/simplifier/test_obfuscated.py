"""The benchmark's hidden terms: every identity is true, and hiding a term changes no value of it."""

from __future__ import annotations

import random

import mpmath
import pytest

from benchmarks.obfuscated import (
    FEW,
    HIDDEN,
    IDENTITIES,
    MANY,
    SEED,
    SIDES,
    Plain,
    as_sympy,
    puzzles,
    read,
    show,
    size,
    value,
    variables,
)


def agree(left: Plain, right: Plain, draws: int) -> None:
    """Both terms have the same value at random places where the left one has any."""
    draw = random.Random(show(left))
    names = sorted(variables(left) | variables(right))
    with mpmath.workdps(60):
        for _ in range(draws):
            at = {name: draw.uniform(-3, 3) for name in names}
            wanted = value(left, at)
            assert abs(value(right, at) - wanted) < mpmath.mpf(10) ** -20 * (1 + abs(wanted)), (show(left), at)


@pytest.mark.parametrize("text", IDENTITIES)
def test_the_identities_hold(text: str) -> None:
    agree(*SIDES[text], draws=20)


@pytest.mark.parametrize("identities", [FEW, MANY])
def test_hiding_changes_no_value(identities: int) -> None:
    for puzzle in puzzles(SEED, identities):
        agree(puzzle.hidden, puzzle.shown, draws=2)
        assert len(puzzle.applied) == identities


def test_sets_follow_from_their_seeds() -> None:
    assert puzzles(3) == puzzles(3)
    assert puzzles(3) != puzzles(4)
    assert len({p.hidden for p in puzzles(3, count=len(HIDDEN))}) == len(HIDDEN)
    sizes = [(size(p.hidden), size(p.shown)) for p in puzzles()]
    assert sum(s for s, _ in sizes) < 5 * len(sizes)
    assert sum(s for _, s in sizes) > 35 * len(sizes)


def test_terms_survive_their_texts() -> None:
    for puzzle in puzzles(5, 12):
        assert read(show(puzzle.shown)) == puzzle.shown


def test_sympy_is_given_them_unevaluated() -> None:
    assert str(as_sympy(read("x + 0"))) == "x + 0"
    assert str(as_sympy(read("2*x/2"))) == "(2*x)/2"
    assert as_sympy("x").is_real
