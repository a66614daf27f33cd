"""Values at points: exact where they can be, none where there is none, and differences found."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from lemmata.rewriting.simplifier.random_values import Values, agree, junk
from lemmata.rewriting.simplifier.theories import SORTS, Domain, symbols
from lemmata.rewriting.simplifier.vocabulary import Vocabulary
from lemmata.rewriting.syntax import TermTable


def value(text: str, domain: Domain = "real", **point: Any) -> Any:
    table = TermTable()
    row = Vocabulary(symbols(domain), SORTS[domain]).read(text, table)
    return Values(domain).of(table, row, point)


def truth(text: str, domain: Domain = "real", **point: Any) -> Any:
    table = TermTable()
    row = Vocabulary(symbols(domain), SORTS[domain]).read(text, table, "Bool")
    return Values(domain).of(table, row, point)


def agreement(left: str, right: str, domain: Domain = "real", *, given: str | None = None) -> Any:
    table = TermTable()
    vocabulary = Vocabulary(symbols(domain), SORTS[domain])
    rows = [vocabulary.read(text, table) for text in (left, right)]
    assumptions = [] if given is None else vocabulary.conditions(given, table)
    return agree(table, rows[0], rows[1], domain, assumptions)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^3 - 2/3*x + 1", Fraction(19, 24)),
        ("abs(-x) / (x + 1)", Fraction(1, 3)),
        ("x^(-2)", 4),
        ("0^0 + x^0", 2),
        ("0*exp(x)", 0),
        ("sin(pi) + cos(x*pi) + tan(pi)", 0),
        ("sin(x*pi)", 1),
        ("ln(e) - exp(0)", 0),
        ("sqrt(2)^2 - 2", 0),
        ("sin(7)^2 + cos(7)^2 - 1", 0),
        ("asin(sin(1)) - 1", 0),
        ("acos(-1) - pi", 0),
    ],
)
def test_rational_values_are_exact(text: str, wanted: Fraction) -> None:
    found = value(text, x=Fraction(1, 2))
    assert found == wanted


def test_other_values_have_fifty_digits() -> None:
    with mpmath.workdps(60):
        assert abs(value("exp(x)*sin(x)", x=3) - mpmath.exp(3) * mpmath.sin(3)) < mpmath.mpf(10) ** -50


@pytest.mark.parametrize(
    "text",
    [
        *("1/0", "0^(-1)", "0/0", "1/(x - 2)", "ln(0)", "ln(-1)", "sqrt(-1)", "(-1)^(1/2)", "(-8)^(1/3)", "asin(x)"),
        *("acos(-x)", "tan(1/2*pi)", "ln(-1) - ln(-1)", "0*ln(0)", "y"),
    ],
)
def test_there_is_no_value_outside_domains(text: str) -> None:
    assert value(text, x=2) is None


@pytest.mark.parametrize(
    "text", ["1/0", "ln(0)", "0^i", "0^(-i - 1)", "atan(i)", "atan(-i)", "tan(1/2*pi)", "tanh(1/2*i*pi)"]
)
def test_complex_numbers_have_fewer_gaps(text: str) -> None:
    assert value(text, "complex") is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sqrt(-4)", "2*i"),
        ("ln(-1)", "i*pi"),
        ("i^2", "-1"),
        ("(-8)^(1/3)", "1 + i*sqrt(3)"),
        ("asin(2) + asin(-2)", "0"),
        ("cos(i)", "cosh(1)"),
        ("abs(3 + 4*i)", "5"),
        ("exp(i*pi) + 1", "0"),
    ],
)
def test_complex_values_are_principal(left: str, right: str) -> None:
    assert agreement(left, right, "complex").compared == 1
    assert agreement(left, right, "complex")


@pytest.mark.parametrize("text", ["exp(exp(exp(10)))", "sin(10^30)", "2^(10^9)", "cosh(10)^(10^9)", "atan(10^40)"])
def test_what_is_too_large_has_no_value(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    "text", ["cosh(800)^2 - sinh(800)^2", "1 - tanh(80)", "(1 + exp(-300)) - 1", "exp(-90) + 1 - 1"]
)
def test_what_rounding_would_spoil_has_no_value(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x < 3", True),
        ("x <= 2", True),
        ("x >= 5/2", False),
        ("x <> 2", False),
        ("whole(x)", True),
        ("whole(x/4)", False),
        ("whole(pi)", False),
        ("sqrt(4) = x", True),
        ("not x > 1 or x = 2 and x < 3", True),
        ("ln(-1) > 0", None),
    ],
)
def test_truth_values(text: str, wanted: bool | None) -> None:
    assert truth(text, x=2) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("i > 0", False), ("1 + i >= i", False), ("2 > 1", True), ("real(i*i)", True)]
)
def test_only_real_numbers_are_compared(text: str, wanted: bool) -> None:
    assert truth(text, "complex") is wanted


@pytest.mark.parametrize(
    ("left", "right", "domain"),
    [
        ("sqrt(x^2)", "x", "real"),
        ("ln(x*y)", "ln(x) + ln(y)", "complex"),
        ("(x^a)^b", "x^(a*b)", "complex"),
        ("sin(x)", "x", "real"),
        ("ln(exp(x))", "x", "complex"),
        ("sqrt(x^2)", "abs(x)", "complex"),
        ("1", "2", "real"),
    ],
)
def test_differences_are_found(left: str, right: str, domain: Domain) -> None:
    found = agreement(left, right, domain)
    assert not found
    assert " on the left, " in str(found.refutation)


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        ("sqrt(x^2)", "x", "x >= 0"),
        ("sqrt(x^2)", "abs(x)", None),
        ("ln(x*y)", "ln(x) + ln(y)", "x > 0 and y > 0"),
        ("cos(n*pi)^2", "1", "n in Int"),
        ("x/x", "1", None),
        ("sin(x + y)", "sin(x)*cos(y) + cos(x)*sin(y)", None),
    ],
)
def test_agreement_is_seen_at_many_points(left: str, right: str, given: str | None) -> None:
    found = agreement(left, right, given=given)
    assert found
    assert found.compared == 30


def test_assumptions_that_hold_nowhere_leave_nothing_to_compare() -> None:
    found = agreement("x", "x + 1", given="x > 0 and x < 0")
    assert found.compared == 0


def test_total_functions_have_arbitrary_values_outside_their_domains() -> None:
    table = TermTable()
    row = Vocabulary(symbols("real"), "Real").read("ln(x)", table)
    first, again, other = (Values("real", junk(seed)).of(table, row, {"x": Fraction(-1)}) for seed in (1, 1, 2))
    assert first == again != other
    zero = Vocabulary(symbols("real"), "Real").read("1/0", table)
    assert Values("real", junk(1)).of(table, zero, {}) == 0


def test_a_point_is_evaluated_once_for_each_distinct_subterm() -> None:
    table = TermTable()
    row = table.var("x", "Real")
    for _ in range(100):
        row = table.app("+", row, row)
    assert Values("real").of(table, row, {"x": Fraction(1)}) == 2**100
    for _ in range(100_000):
        row = table.app("-@Real", row)
    assert Values("real").of(table, row, {"x": Fraction(1)}) == 2**100
