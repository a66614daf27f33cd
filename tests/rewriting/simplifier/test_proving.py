"""Every simplification has a proof that the checker accepts, with the assumptions that it needs and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.obfuscated import puzzles, show
from lemmata.rewriting.certificate import Certificate
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder, NoProof
from lemmata.rewriting.simplifier.proving import Prover
from lemmata.rewriting.simplifier.record import Proved
from lemmata.rewriting.simplifier.search import prove, simplify_row
from lemmata.rewriting.simplifier.theories import Domain, theory_of
from lemmata.rewriting.simplifier.vocabulary import Vocabulary
from lemmata.rewriting.syntax import TermTable


def equated(left: str, right: str, assumed: Sequence[str] = (), domain: Domain = "real") -> Certificate:
    """The certificate of left = right."""
    theory = theory_of(domain)
    table = TermTable()
    vocabulary = Vocabulary(theory.symbols, theory.sorts[0])
    rows = vocabulary.read(left, table), vocabulary.read(right, table)
    formulas = [f for text in assumed for f in vocabulary.conditions(text, table)]
    builder = Builder(table)
    return Proved(theory, builder, Prover(builder, theory, formulas).equal(*rows)).certificate()


def simplified(text: str, assumed: Sequence[str] = (), domain: Domain = "real") -> Certificate:
    theory = theory_of(domain)
    table = TermTable()
    vocabulary = Vocabulary(theory.symbols, theory.sorts[0])
    formulas = [f for condition in assumed for f in vocabulary.conditions(condition, table)]
    found = simplify_row(table, vocabulary.read(text, table), theory, formulas)
    builder = Builder(table)
    return Proved(theory, builder, prove(builder, theory, found, formulas)).certificate()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(a - b)*(a + b)*(a^2 + b^2)", "a^4 - b^4"),
        ("-(x - y) - -x", "y"),
        ("(x + 2*y)^3/8", "x^3/8 + 3/4*x^2*y + 3/2*x*y^2 + y^3"),
        ("(2*x*y)^(-3)*8", "x^(-3)*y^(-3)"),
        ("((x^2)^(-3))^2*x", "x^(-12)*x"),
        ("1/(2*x^2*y + 2*x*y)", "1/2*x^(-1)*(x + 1)^(-1)*y^(-1)"),
        ("x^5*z/(x^3*y*x)*y", "x^3*z/(x^2*y)*y"),
        ("x*y^2*(x*y)^(-3)", "x^(-2)*y^(-1)"),
        ("1/(x + 1)^2", "1/(x^2 + 2*x + 1)"),
        ("x^2*(x - y)/((x - y)^2 + 1)*((x - y)^2 + 1)", "x^3 - x^2*y"),
        ("x/(y^2 + 1) + 1/(z^2 + 1)", "(x*(z^2 + 1) + y^2 + 1)/((y^2 + 1)*(z^2 + 1))"),
        ("(x^2 + 2*x*y + y^2 + 1)*z/((x + y)^2 + 1)", "z"),
        ("x*(sin(y)^2 + 1)/(3 - cos(2*y))", "x/2"),
        ("sin(x + 7*pi/2)", "-cos(x)"),
        ("cos(-x - 3*pi)", "-cos(x)"),
        ("sin(5/12*pi)^2 + cos(5/12*pi)^2 + sin(2/3*pi)", "1 + sqrt(3)/2"),
        ("cos(x)^4 - sin(x)^4", "cos(2*x)"),
        ("tan(x)*cos(y)", "sin(x)/cos(x)*cos(y)"),
        ("e^x*exp(-x)", "1"),
        ("exp(ln(2)*x)*3^x", "6^x"),
        ("(x^2 + 1)^a*(x^2 + 1)^(3 - a)", "(x^2 + 1)^3"),
        ("ln(12/5)", "2*ln(2) + ln(3) - ln(5)"),
        ("ln((x^2 + 1)^2*exp(y)/3)", "2*ln(x^2 + 1) + y - ln(3)"),
        ("sqrt(x^2 + 2*x*y + y^2)", "abs(x + y)"),
        ("sqrt(x^2 + 1)^3", "(x^2 + 1)^(3/2)"),
        ("1/abs(-2*x*y)", "1/2*abs(x)^(-1)*abs(y)^(-1)"),
        ("abs(x)^3*abs(y)^2", "abs(x)*(x*y)^2"),
        ("atan(1) + acos(-1) - tanh(-x)", "5/4*pi + tanh(x)"),
    ],
)
def test_equations_of_real_numbers(left: str, right: str) -> None:
    for sides in ((left, right), (right, left)):
        verdict = check(equated(*sides))
        assert verdict.accepted, verdict.first_error


@pytest.mark.parametrize(
    ("left", "right", "assumed"),
    [
        ("x/x", "1", "x != 0"),
        ("x^3*x^(-3)", "1", "x < -2"),
        ("(x - y)/(y - x)", "-1", "x != y"),
        ("(x^2 - y^2)/(x - y)", "x + y", "x > y"),
        ("1/(x*(y - 1))*(y - 1)*x", "1", "x*(y - 1) != 0"),
        ("tan(x)*cos(x)", "sin(x)", "cos(x) != 0"),
        ("sqrt(x^2)", "-x", "x <= 0"),
        ("sqrt(x)*sqrt(x*y^2)", "x*abs(y)", "x > 0"),
        ("sqrt(x)*sqrt(x*y^2)", "x*abs(y)", "x > 0 and y != 0"),
        ("x^(5/2)/sqrt(x)", "x^2", "x > 0"),
        ("sqrt(x)*sqrt(y)", "sqrt(x*y)", "x >= 0 and y >= 0"),
        ("exp(2*ln(x) + y*ln(x))", "x^(y + 2)", "x > 0"),
        ("ln(x^3/y)", "3*ln(x) - ln(y)", "x > 0 and y > 0"),
        ("abs(y - x)*abs(x)", "x*(x - y)", "x > y and x > 0"),
    ],
)
def test_equations_under_assumptions(left: str, right: str, assumed: str) -> None:
    certificate = equated(left, right, [assumed])
    verdict = check(certificate)
    assert verdict.accepted, verdict.first_error
    statement = certificate.terms.rows[certificate.theorems[0].statement]
    assert statement[0] == "imp"
    with pytest.raises(NoProof):
        equated(left, right)


@pytest.mark.parametrize(
    ("left", "right", "assumed"),
    [
        ("(1 + i)^2", "2*i", []),
        ("1/i", "-i", []),
        ("sqrt(x)*sqrt(x)", "x", []),
        ("sin(x)^2 + cos(x)^2", "exp(x)*exp(-x)", []),
        ("(x*exp(y))^3", "x^3*exp(3*y)", []),
        ("x^a*x^b", "x^(a + b)", ["x != 0"]),
        ("abs(y)^2", "y^2", ["real(y)"]),
        ("ln(x) + ln(y)", "ln(x*y)", ["x > 0", "y > 0"]),
        ("x*(y^2 + 1)/(y^2 + 1)", "x", ["real(y)"]),
        ("sqrt(2)*sqrt(3)", "sqrt(6)", []),
    ],
)
def test_equations_of_complex_numbers(left: str, right: str, assumed: list[str]) -> None:
    verdict = check(equated(left, right, assumed, "complex"))
    assert verdict.accepted, verdict.first_error


@pytest.mark.parametrize(
    ("left", "right"),
    [("x/x", "1"), ("sqrt(x^2)", "x"), ("ln(x*y)", "ln(x) + ln(y)"), ("(x^a)^b", "x^(a*b)"), ("x + 1", "x + 2")],
)
def test_what_is_not_so_has_no_proof(left: str, right: str) -> None:
    for domain in ("real", "complex"):
        with pytest.raises(NoProof):
            equated(left, right, (), domain)


def test_the_checker_looks_at_every_step() -> None:
    certificate = equated("sin(2*x)*(y^2 + 1)/(y^2 + 1)", "2*sin(x)*cos(x)")
    (theorem,) = certificate.theorems
    refused = 0
    for n, step in enumerate(theorem.steps[:-1]):
        if step.rule in ("cong", "ac", "axiom", "eval"):
            wrong = replace(step, conclusion=theorem.steps[n - 1].conclusion if n else theorem.steps[-1].conclusion)
            steps = (*theorem.steps[:n], wrong, *theorem.steps[n + 1 :])
            broken = replace(certificate, theorems=(replace(theorem, steps=steps),))
            refused += not check(broken).accepted
    assert refused > 20


def test_hidden_terms() -> None:
    for puzzle in puzzles(4, 12, count=15):
        verdict = check(simplified(show(puzzle.shown)))
        assert verdict.accepted, (puzzle, verdict.first_error)


NUMBERS = st.sampled_from([0, 1, 2, 3, ("/", 1, 2), ("neg", 1), ("/", 2, 3)])
LEAVES = st.one_of(st.sampled_from(["x", "y", "z", "x", "y", "pi"]), NUMBERS)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    exponents = st.sampled_from([0, 1, 2, 3, ("neg", 1), ("neg", 2), ("/", 1, 2), ("/", 3, 2), "x", ("+", "x", "y")])
    functions = st.sampled_from(["sin", "cos", "tan", "exp", "ln", "sqrt", "abs", "neg"])
    return st.one_of(
        st.tuples(functions, inner),
        st.tuples(st.sampled_from("+-*/+*"), inner, inner),
        st.tuples(st.just("^"), inner, exponents),
    )


TERMS = st.recursive(LEAVES, grown, max_leaves=9)
ASSUMED: st.SearchStrategy[list[str]] = st.sampled_from(
    [[], ["x > 0"], ["x >= 0", "y != 0"], ["x > 1", "y < 0"], ["x < y"], ["x - y > 1"], ["whole(x)"]]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(TERMS, ASSUMED, st.sampled_from(["real", "complex"]))
def test_whatever_is_simplified_is_proved(term: Any, assumed: list[str], domain: Domain) -> None:
    verdict = check(simplified(show(term).replace("/", " / "), assumed, domain))
    assert verdict.accepted, verdict.first_error
