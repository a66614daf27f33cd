"""Which axioms of `axioms.py` give bounds, signs and realness of what terms, as data for `bounds.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Side = Literal["low", "high"]
Need = tuple[Side, int, bool]
"""A bound: x > 3 is ("low", 3, True), 3 >= x is ("high", 3, False)."""

POSITIVE: Need = ("low", 0, True)
NONNEGATIVE: Need = ("low", 0, False)
ABOVE_ONE: Need = ("low", 1, True)
FROM_ONE: Need = ("low", 1, False)
NEGATIVE: Need = ("high", 0, True)
NONPOSITIVE: Need = ("high", 0, False)
WITHIN_ONE: tuple[Need, ...] = (("low", -1, False), ("high", 1, False))


@dataclass(frozen=True)
class Gives:
    """An axiom gives f(x) a bound, if x has the bounds needed, and is real where it asks for that."""

    axiom: str
    bound: Need
    needs: tuple[Need, ...] = ()
    real: bool = False


def _same_sign(function: str, negative: str) -> tuple[Gives, ...]:
    """Of a function that has the sign of its argument."""
    return (
        Gives(f"{function}_pos", POSITIVE, (POSITIVE,)),
        Gives(f"{function}_nonneg", NONNEGATIVE, (NONNEGATIVE,)),
        Gives(negative, NEGATIVE, (NEGATIVE,)),
        Gives(f"{function}_nonpos", NONPOSITIVE, (NONPOSITIVE,)),
    )


FUNCTIONS: Mapping[str, tuple[Gives, ...]] = {
    "abs": (Gives("abs_nonneg", NONNEGATIVE),),
    "exp": (
        Gives("exp_gt_one", ("low", 1, True), (POSITIVE,)),
        Gives("exp_ge_one", ("low", 1, False), (NONNEGATIVE,)),
        Gives("exp_pos", POSITIVE, real=True),
        Gives("exp_lt_one", ("high", 1, True), (NEGATIVE,)),
        Gives("exp_le_one", ("high", 1, False), (NONPOSITIVE,)),
    ),
    "ln": (
        Gives("ln_pos", POSITIVE, (("low", 1, True),)),
        Gives("ln_nonneg", NONNEGATIVE, (("low", 1, False),)),
        Gives("ln_neg", NEGATIVE, (POSITIVE, ("high", 1, True))),
        Gives("ln_nonpos", NONPOSITIVE, (POSITIVE, ("high", 1, False))),
    ),
    "sin": (
        Gives("sin_ge_minus_one", ("low", -1, False), real=True),
        Gives("sin_le_one", ("high", 1, False), real=True),
    ),
    "cos": (
        Gives("cos_ge_minus_one", ("low", -1, False), real=True),
        Gives("cos_le_one", ("high", 1, False), real=True),
    ),
    "cosh": (Gives("cosh_ge_one", ("low", 1, False), real=True),),
    "sinh": _same_sign("sinh", "sinh_neg_of_neg"),
    "tanh": (
        *_same_sign("tanh", "tanh_neg_of_neg"),
        Gives("tanh_gt_minus_one", ("low", -1, True), real=True),
        Gives("tanh_lt_one", ("high", 1, True), real=True),
    ),
    "atan": (
        *_same_sign("atan", "atan_neg_of_neg"),
        Gives("atan_gt", ("low", -2, True), real=True),
        Gives("atan_lt", ("high", 2, True), real=True),
    ),
    "asin": (
        Gives("asin_gt", ("low", -2, True), WITHIN_ONE),
        Gives("asin_lt", ("high", 2, True), WITHIN_ONE),
    ),
    "acos": (
        Gives("acos_nonneg", NONNEGATIVE, WITHIN_ONE),
        Gives("acos_lt", ("high", 4, True), WITHIN_ONE),
    ),
}

# Functions that are real by the axiom real_f: if the argument is real, or if it has the bounds needed.
REAL_IF_REAL = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "atan"})
REAL_IF: Mapping[str, tuple[Need, ...]] = {"abs": (), "ln": (POSITIVE,), "asin": WITHIN_ONE, "acos": WITHIN_ONE}

CONSTANTS: Mapping[str, tuple[Fraction, Fraction]] = {
    "pi": (Fraction(314159, 100000), Fraction(314160, 100000)),
    "e": (Fraction(271828, 100000), Fraction(271829, 100000)),
}

# Above what a sum is, by what is strict in the bounds of its terms.
SUMS: Mapping[tuple[bool, bool], str] = {
    (True, True): "add_gt_gt",
    (True, False): "add_gt_ge",
    (False, True): "add_ge_gt",
    (False, False): "add_ge_ge",
}

# The sign of a product, and those of its factors.
PRODUCTS: tuple[tuple[str, Need, Need, Need], ...] = (
    ("mul_pos_pos", POSITIVE, POSITIVE, POSITIVE),
    ("mul_neg_neg", POSITIVE, NEGATIVE, NEGATIVE),
    ("mul_pos_neg", NEGATIVE, POSITIVE, NEGATIVE),
    ("mul_neg_pos", NEGATIVE, NEGATIVE, POSITIVE),
    ("mul_nonneg_nonneg", NONNEGATIVE, NONNEGATIVE, NONNEGATIVE),
    ("mul_nonpos_nonpos", NONNEGATIVE, NONPOSITIVE, NONPOSITIVE),
    ("mul_nonneg_nonpos", NONPOSITIVE, NONNEGATIVE, NONPOSITIVE),
    ("mul_nonpos_nonneg", NONPOSITIVE, NONPOSITIVE, NONNEGATIVE),
)
