"""Conditions are decided rightly, with proofs that the checker accepts; what is not known stays unknown."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.certificate import Certificate, Derivation, Step
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder
from lemmata.rewriting.simplifier.assumptions import read_assumptions
from lemmata.rewriting.simplifier.random_values import Values, junk, points
from lemmata.rewriting.simplifier.signs import Signs
from lemmata.rewriting.simplifier.theories import Domain, theory_of
from lemmata.rewriting.syntax import TermTable

DOMAINS: tuple[Domain, ...] = ("real", "complex")

BOTH = [  # assumptions, and what holds under them in either domain
    ("", "2 > 1", "3/4 >= 3/4", "-1 < 0", "1/3 != 1/2", "2 + 2 = 4", "whole(12)", "whole(-7)", "whole(2^10 - 1)"),
    ("", "pi > 3", "pi < 22/7", "e > 5/2", "pi > e", "1/2*pi < 2", "-pi < -3", "1 - 1/4*pi > 0", "pi^2 > 9"),
    ("", "exp(x) != 0", "abs(x) >= 0", "exp(1) > 1", "ln(2) > 0", "sqrt(2) > 0", "sqrt(2) >= 1", "1/sqrt(3) > 0"),
    ("x > 0", "x >= 0", "x != 0", "x > -1", "-x < 0", "0 < x", "x^3 > 0", "1/x > 0", "x^(-5) != 0", "x + x^2 > 0"),
    ("x > 0", "sqrt(x) > 0", "x*(x + 1) > 0", "exp(x) > 1", "exp(-x) < 1", "sinh(x) > 0", "atan(x) > 0", "x^pi > 0"),
    ("x > 0 and y > 0", "x*y > 0", "x/y > 0", "x + y > 0", "x^y > 0", "(x + y)/(1 + x*y) > 0", "-(x*y) < 0"),
    ("x > 0 and y < 0", "x*y < 0", "x - y > 0", "x > y", "y != x", "x/y < 0", "y^3 < 0", "y^2 > 0", "y^(-1) < 0"),
    ("x < 0 and y < 0", "x*y > 0", "x + y < 0", "x*y*x < 0"),
    ("x >= 0 and y >= 0", "x*y >= 0", "x + y >= 0", "x^y >= 0", "sqrt(x*y) >= 0", "1 + x*y > 0"),
    ("x <= 0 and y >= 0", "x*y <= 0", "x - y <= 0", "x <= y", "x^3 <= 0"),
    (
        "x > 1",
        "x^2 > 1",
        "ln(x) > 0",
        "x - 1 > 0",
        "1 - x != 0",
        "1/(x - 1) > 0",
        "x^2 - 1 > 0",
        "sqrt(x) > 1",
        "x != 0",
    ),
    ("0 < x < 1", "x^2 < 1", "1 - x > 0", "1 - x^2 > 0", "ln(x) < 0", "x != 1", "x*(1 - x) > 0", "sqrt(x) < 1"),
    ("-1 <= x <= 1", "x^2 <= 1", "1 - x^2 >= 0", "acos(x) >= 0", "acos(x) < 4", "asin(x) > -2", "x + 2 > 0"),
    (
        "x in Real",
        "x^2 >= 0",
        "x^2 + 1 > 0",
        "x^4 + x^2 >= 0",
        "cosh(x) > 0",
        "exp(x) > 0",
        "cos(x) < 2",
        "sin(x) >= -1",
    ),
    (
        "x in Real",
        "2 + sin(x) > 0",
        "1 - sin(x)^2 >= 0",
        "tanh(x) < 1",
        "x*x >= 0",
        "exp(x) + exp(-x) != 0",
        "atan(x) < 2",
    ),
    ("x in Real and x != 0", "x^2 > 0", "abs(x) > 0", "x^(-2) > 0", "x^3 != 0", "1/x != 0", "x*exp(x) != 0"),
    ("x != 0 and y != 0", "x*y != 0", "x/y != 0", "-x != 0", "abs(x*y) > 0", "0 != x", "(x*y)^2 != 0", "2*x != 0"),
    ("n in Int", "whole(n^2 + 3*n)", "whole(abs(n))", "whole(-n)", "n^2 >= 0", "(-1)^(2*n) > 0"),
    ("n in Int and n > 0", "n >= 1", "whole(2^n)", "n != 0", "n - 1 >= 0", "2*n + 1 != 0"),
    ("n in Int and n < 3/2 and n > -5/2", "n <= 1", "n >= -2", "n^2 <= 4"),
    ("x > y and y in Real", "x - y > 0", "x != y", "x + -1*y > 0", "y < x", "x >= y", "y - x != 0", "exp(x - y) > 1"),
    ("x >= y and x != y", "x >= y", "x != y", "x - y != 0", "x - y >= 0", "x - y > 0"),
    ("x < -2", "x^2 > 4", "ln(x^2 - 3) > 0", "x^2 - 4 > 0"),
    ("x <= -1", "x^2 >= 1", "x^2 - 1 >= 0", "1/x < 0"),
    ("x > 2", "1/x < 1/2", "1/x > 0", "1 - 2/x > 0", "x^(-2) < 1/4", "1/(1 + x^2) < 1/5"),
    ("0 < x <= 3", "1/x >= 1/3", "1/(x + 1) >= 1/4", "x^(-2) >= 1/9"),
    ("x > 1 and y > 0", "x^y > 1", "x^y - 1 > 0", "ln(x^y) > 0", "2^y > 1"),
    ("x >= 1 and y >= 0", "x^y >= 1", "ln(x^y) >= 0"),
    ("x != 1", "x - 1 != 0", "x + -1 != 0", "1/(x - 1) != 0", "1 != x"),
    ("cos(x) != 0", "cos(x) != 0", "cos(x)^2 != 0", "1/cos(x) != 0"),
    ("x + y >= 2", "x + y > 1", "ln(x + y) > 0", "sqrt(x + y) > 1"),
]

REAL = [
    ("", "x^2 + 1 > 0", "exp(x) > 0", "abs(x)^3 >= 0", "1 + x^2*y^2 != 0", "sqrt(x^2 + 1) > 0", "cosh(x) >= 1"),
    ("", "x^2 + y^2 >= 0", "(x - y)^2 >= 0", "2 - cos(x*y) > 0", "1/(1 + x^4) > 0", "tanh(x)^2 < 1"),
]

COMPLEX = [
    ("", "i != 0", "real(2)", "real(-1/2)", "real(pi)", "real(abs(x))", "i*exp(x) != 0", "2^x != 0"),
    ("x in Real", "real(x^3 + sin(x))", "real(exp(-x))", "real(tan(x))", "real(x/(1 + x^2))", "real(atan(x))"),
    ("x > 0", "real(x)", "real(ln(x))", "real(x^pi)", "real(sqrt(x))"),
    ("n in Int", "real(n)"),
    ("x >= y", "real(x)", "real(y)"),
    ("-1 <= x <= 1", "real(asin(x))", "real(acos(x))"),
]

UNKNOWN = [  # what must not be said to hold, in either domain
    (
        "",
        "x > 0",
        "x != 0",
        "x^2 > 0",
        "x^3 >= 0",
        "sin(x) != 0",
        "1/x != 0",
        "x - y != 0",
        "1 > 2",
        "0 != 0",
        "ln(x) >= 0",
    ),
    (
        "",
        "whole(x)",
        "whole(1/2)",
        "whole(pi)",
        "sqrt(x) >= 0 and x > 0",
        "x^y > 0",
        "x = y",
        "1 = 2",
        "cos(1/2*pi) > 0",
    ),
    ("x >= 0", "x > 0", "x != 0", "ln(x) > 0", "1/x > 0", "x - 1 >= 0"),
    ("x != 0", "x > 0", "x^2 < 0", "x + 1 != 0", "x + y != 0"),
    ("x > 0", "x > 1", "x - y > 0", "ln(x) > 0", "x^2 > x", "whole(x)", "1 - x > 0"),
    ("x < 1", "x^2 < 1", "1 - x^2 > 0", "x > 0", "ln(x) < 0"),
    ("n in Int", "n > 0", "whole(n/2)", "whole(2^n)", "n != 0", "whole(1/n)"),
    ("x >= y", "x > y", "x != y", "y >= x"),
    ("x <= 1", "asin(x) > -2", "acos(x) >= 0"),
    ("x < 2", "1/x > 1/2", "x^2 < 4"),
    ("x > -2", "1/x < -1/2", "x^2 < 4", "x^(-1) > 0"),
    ("x < 0 and y < 0", "x^y > 0", "x^y < 1"),
    ("x^2 > 4", "x > 2", "x != 0 and x > 0"),
]

ONLY_REAL = [  # what must not be said to hold of complex numbers
    (
        "",
        "x^2 >= 0",
        "x^2 + 1 != 0",
        "exp(x) > 0",
        "cosh(x) > 0",
        "1 >= sin(x)",
        "real(x)",
        "real(ln(x))",
        "cosh(x) != 0",
    ),
    ("x != 0", "x^2 > 0", "abs(x) > x"),
    ("x in Real", "real(ln(x))", "real(sqrt(x))", "real(asin(x))", "real(x^y)"),
    ("x - y > 0", "x > y", "real(x)"),
]


def asked(domain: Domain, assumptions: str, text: str) -> tuple[Signs, TermTable, list[int], list[int]]:
    table = TermTable()
    assumed = read_assumptions([assumptions] if assumptions else [], domain).into(table)
    signs = Signs(theory_of(domain), table, assumed)
    return signs, table, assumed, read_assumptions(text, domain).into(table)


def proof(signs: Signs, table: TermTable, assumed: list[int], formula: int) -> Derivation | None:
    """The theorem that the assumptions imply the formula."""
    builder = Builder(table)
    step = signs.prove(builder, formula)
    if step is None:
        return None
    for assumption in reversed(assumed):
        formula = table.imp(assumption, formula)
        step = builder.add(Step("imp_intro", formula, (step,)))
    return builder.finish("condition", step)


def accepted(domain: Domain, table: TermTable, derivation: Derivation) -> bool:
    theory = theory_of(domain)
    verdict = check(Certificate(theory, theory.digest, table, (derivation,)))
    assert verdict.first_error is None, verdict.first_error
    return True


@pytest.mark.parametrize(
    ("domain", "case"),
    [(d, case) for d in DOMAINS for case in BOTH] + [("real", c) for c in REAL] + [("complex", c) for c in COMPLEX],
)
def test_conditions_hold_and_are_proved(domain: Domain, case: tuple[str, ...]) -> None:
    assumptions, *texts = case
    for text in texts:
        signs, table, assumed, [formula] = asked(domain, assumptions, text)
        assert signs.holds(formula), text
        derivation = proof(signs, table, assumed, formula)
        assert derivation is not None
        assert accepted(domain, table, derivation)


@pytest.mark.parametrize(
    ("domain", "case"), [(d, case) for d in DOMAINS for case in UNKNOWN] + [("complex", c) for c in ONLY_REAL]
)
def test_what_is_not_known_stays_unknown(domain: Domain, case: tuple[str, ...]) -> None:
    assumptions, *texts = case
    for text in texts:
        signs, table, assumed, formulas = asked(domain, assumptions, text)
        assert not all(map(signs.holds, formulas)), text
        assert any(proof(signs, table, assumed, formula) is None for formula in formulas)


def test_steps_of_assumptions_can_be_given() -> None:
    signs, table, [assumed], [formula] = asked("real", "x > 2", "ln(x) > 0")
    builder = Builder(table)
    step = signs.prove(builder, formula, {assumed: builder.add(Step("assume", assumed))})
    assert step is not None
    assert builder.finish("t", step).steps[0] == Step("assume", assumed)


# Random terms

GIVEN = [
    [],
    ["x > 0"],
    ["x >= 1", "y != 0", "n in Int"],
    ["0 < x < 1", "n in Int", "m in Int and m > 0"],
    ["x > y", "y > 0"],
    ["-1 <= x <= 1", "x != 0"],
    ["x < 0", "y in Real", "n in Int"],
    ["cos(x) != 0", "x in Real", "y in Real"],
    ["x != 1", "x >= 0", "n > 5/2", "n in Int"],
]
ASKED = ["{} > 0", "{} >= 0", "{} < 0", "{} <= 0", "{} != 0", "{} in Real", "{} in Int", "{} <= 1", "{} != 1", "x > {}"]
RELATIONS = ("{} > {}", "{} >= {}", "{} < {}", "{} <= {}", "{} != {}", "{} + {} in Int", "{} * {} in Real")
EXPONENTS = ("2", "3", "4", "-1", "-2", "1/2", "n", "2*n", "m")
CALLED = ("abs", "exp", "ln", "sin", "cos", "sinh", "cosh", "tanh", "tan", "sqrt", "atan", "asin", "acos")


def terms(domain: Domain) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(("x", "y", "n", "0", "1", "2", "-1", "-3", "1/2", "pi", "e", *["i"][domain == "real" :]))

    def larger(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("(({}) {} ({}))".format, below, st.sampled_from("++**-/"), below),
            st.builds("(({})^({}))".format, below, st.sampled_from(EXPONENTS)),
            st.builds("(-({}))".format, below),
            st.builds("{}({})".format, st.sampled_from(CALLED), below),
        )

    return st.recursive(leaves, larger, max_leaves=6)


def conditions(domain: Domain) -> st.SearchStrategy[list[str]]:
    """Assumptions of the usual kind, or about any terms, which may contradict one another."""
    term = terms(domain)
    about_any = st.builds(str.format, st.sampled_from(RELATIONS), term, term)
    return st.one_of(st.sampled_from(GIVEN), st.lists(about_any, max_size=3))


def every_answer_is_right(data: st.DataObject) -> None:
    """What is said to hold is proved, and holds in total functions, whatever these are outside their domains."""
    domain = data.draw(st.sampled_from(DOMAINS))
    assumptions = " and ".join(data.draw(conditions(domain)))
    term = data.draw(terms(domain))
    signs, table, assumed, formulas = asked(domain, assumptions, " and ".join(a.format(term) for a in ASKED))
    held = [f for f in formulas if signs.holds(f)]
    for formula in held:
        derivation = proof(signs, table, assumed, formula)
        assert derivation is not None
        assert accepted(domain, table, derivation)
    values = Values(domain, junk(len(term)))
    for point in islice(points(values, ["x", "y", "n", "m"], domain, 0, ("n", "m")), 15 if held else 0):
        found = values.all(table, [*held, *assumed], point)
        if all(found[a] is True for a in assumed):
            assert not [f for f in held if found[f] is False], point


@settings(max_examples=40)
@given(data=st.data())
def test_answers_about_random_terms_are_right(data: st.DataObject) -> None:
    every_answer_is_right(data)


@pytest.mark.slow
@settings(max_examples=200)
@given(data=st.data())
def test_answers_about_many_random_terms_are_right(data: st.DataObject) -> None:
    every_answer_is_right(data)


# Large terms


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_deep_term_is_walked_without_recursion(domain: Domain) -> None:
    signs, table, _, [formula] = asked(domain, "x > 0", "x > 0")
    row = int(table.rows[int(table.rows[formula][1])][2])
    sort = str(table.rows[row][2])
    for n in range(1500):
        row = table.app("+" if n % 2 else "*", table.literal("1/2", sort), row)
    positive = table.eq(table.app(">", row, table.literal("0/1", sort)), table.literal("true", "Bool"))
    assert signs.holds(positive)
    assert proof(signs, table, [], positive) is not None


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_shared_term_is_walked_once(domain: Domain) -> None:
    signs, table, assumed, [formula] = asked(domain, "x > 0", "x > 0")
    row = int(table.rows[int(table.rows[formula][1])][2])
    sort = str(table.rows[row][2])
    for _ in range(100):
        row = table.app("+", row, row)
    nonzero = table.negate(table.eq(row, table.literal("0/1", sort)))
    derivation = proof(signs, table, assumed, nonzero)
    assert derivation is not None
    assert accepted(domain, table, derivation)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("digits", [50, 5000])
def test_long_literals_take_no_time(domain: Domain, digits: int) -> None:
    """A fact that is put together from thousands of digits would take minutes."""
    long = "9" * digits
    for text in (
        f"x < {long}",
        f"x*{long} > 0",
        f"{long}*x != 0",
        f"x^{long} > 0",
        f"x + {long} > 1/{long}",
        f"{long} > 2",
    ):
        signs, table, assumed, [formula] = asked(domain, "x > 1 and x < 2", text)
        derivation = proof(signs, table, assumed, formula)
        assert derivation is not None or digits > 50
        assert derivation is None or accepted(domain, table, derivation)
    asked(domain, f"x > {long} and 1/{long} > y", "x > 0")


def test_large_bounds_are_rounded() -> None:
    signs, table, _, [formula] = asked("real", "x > 2", "x > 0")
    row = int(table.rows[int(table.rows[formula][1])][2])
    for _ in range(40):
        row = table.app("^", row, table.literal("3/1", "Real"))
    known = signs.known(row)
    assert known.low is not None
    assert known.low.value == 2**24
