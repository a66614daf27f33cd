"""Expressions, SymPy's and ours, as rows of the simplifier and back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy

import lemmata
from benchmarks.obfuscated import as_sympy, puzzles, read, show, size
from lemmata import Expr, LemmataError, Term, simplification, simplify
from lemmata.rewriting.expressions import cos, exp, log, sin, sqrt
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.simplifier.expression_forms import ExpressionForms
from lemmata.rewriting.simplifier.question import question
from lemmata.rewriting.simplifier.sympy_forms import SympyForms
from lemmata.rewriting.simplifier.theories import complex_theory, real_theory
from lemmata.rewriting.simplifier.vocabulary import Vocabulary
from lemmata.rewriting.sympy_bridge import NotAnExpression
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import Signature, SortError
from lemmata.rewriting.theory import Notation, Symbol

X, Y, Z = sympy.Symbol("x", real=True), sympy.Symbol("y", real=True), sympy.Symbol("z")
P, N = sympy.Symbol("p", positive=True), sympy.Symbol("n", integer=True)
REALS, COMPLEX = Vocabulary(real_theory().symbols, "Real"), Vocabulary(complex_theory().symbols, "Complex")


def written(e: Any, vocabulary: Vocabulary = REALS) -> str:
    table, forms = TermTable(), SympyForms(vocabulary)
    return Printer(vocabulary.symbols).show(table, forms.read(e, table))


def held(kind: Any, *args: Any) -> Any:
    return kind(*args, evaluate=False)


class TestReadingSympy:
    @pytest.mark.parametrize(
        ("e", "text"),
        [
            (X - Y, "x - y"),
            (X - 2 * Y, "x - 2 * y"),
            (-X - Y, "-x - y"),
            (X / Y, "x / y"),
            (1 / X, "1 / x"),
            (X / 2, "x / 2"),
            (3 * X / (2 * Y), "3 * x / (2 * y)"),
            (X**-2, "1 / x ^ 2"),
            (sympy.sqrt(X), "sqrt(x)"),
            (1 / sympy.sqrt(X), "1 / sqrt(x)"),
            (X**Y, "x ^ y"),
            (sympy.exp(X), "exp(x)"),
            (sympy.log(X), "ln(x)"),
            (sympy.Abs(X + Y), "abs(x + y)"),
            (sympy.E * sympy.pi, "e * pi"),
            (sympy.Rational(-3, 4), "-3/4"),
            (held(sympy.Add, X, 0), "x + 0"),
            (held(sympy.Mul, X, held(sympy.Pow, X, -1)), "x / x"),
            (held(sympy.Mul, -1, held(sympy.Mul, -1, X)), "- -x"),
            (held(sympy.exp, held(sympy.log, X)), "exp(ln(x))"),
            (sympy.gamma(X) + sympy.gamma(X) ** 2, "gamma_x ^ 2 + gamma_x"),
            (sympy.Symbol("e", real=True) + sympy.Symbol("sin", real=True), "x_1 + x_2"),
            (sympy.Symbol("alpha beta", real=True), "x_1"),
            (sympy.Function("f")(X) + sympy.Function("sin")(X), "f_x + sin_x"),
        ],
    )
    def test_as_it_stands(self, e: Any, text: str) -> None:
        assert written(e) == text

    def test_the_imaginary_unit(self) -> None:
        assert written(sympy.I * Z, COMPLEX) == "i * z"
        with pytest.raises(NotAnExpression, match="is not real"):
            written(sympy.I * X)

    def test_symbols_of_one_name_stay_apart(self) -> None:
        assert simplify(Z - sympy.Symbol("z", real=True)) == Z - sympy.Symbol("z", real=True)

    @pytest.mark.parametrize("e", [sympy.oo, sympy.eye(2), sympy.S.Naturals, X + sympy.zoo, sympy.nan])
    def test_what_is_no_number(self, e: Any) -> None:
        with pytest.raises(LemmataError):
            simplify(e)

    def test_what_does_not_commute(self) -> None:
        a, b = sympy.symbols("a b", commutative=False)
        with pytest.raises(NotAnExpression):
            simplify(a * b - b * a)

    def test_depth(self) -> None:
        e = X
        for _ in range(3000):
            e = held(sympy.Add, e, 0)
        assert simplify(e) == X


class TestWritingSympy:
    def test_there_and_back(self) -> None:
        for puzzle in puzzles(4, 2):
            e = as_sympy(puzzle.shown)
            table, forms = TermTable(), SympyForms(REALS)
            assert sympy.simplify(forms.write(table, forms.read(e, table)) - e) == 0

    def test_a_number_times_a_sum_stays(self) -> None:
        e = held(sympy.Mul, 2, X + Y)
        assert str(simplify(e)) == "2*(x + y)"

    def test_hidden_terms_are_recovered(self) -> None:
        for puzzle in puzzles(6, count=10):
            found = simplify(as_sympy(puzzle.shown))
            assert size(read(str(found))) <= size(puzzle.hidden), show(puzzle.shown)

    def test_results_are_as_sympy_writes_them(self) -> None:
        assert simplify(X + X) == 2 * X
        assert simplify(sympy.sin(X) ** 2 + sympy.cos(X) ** 2) == 1
        assert simplify(sympy.gamma(Z) ** 2 / sympy.gamma(Z) + 0) == sympy.gamma(Z)


class TestWhatSympyKnows:
    def test_domains(self) -> None:
        assert simplification(X + Y).domain == "real"
        assert simplification(X + Z).domain == "complex"
        assert simplification(X + Z, domain="real").domain == "real"
        assert simplification(X + sympy.gamma(Z)).domain == "complex"

    def test_assumptions(self) -> None:
        root = held(sympy.sqrt, held(sympy.Pow, P, 2))
        assert simplify(root) == P
        assert simplification(root).assumed == ("p > 0",)
        assert [len(question(s).assumptions) for s in (P, N, X, sympy.Symbol("m", negative=True, integer=True))] == [
            *(1, 1, 0, 2)
        ]
        assert len(question(X + Z).assumptions) == 1
        assert simplify(held(sympy.exp, held(sympy.log, P))) == P
        assert simplify(held(sympy.log, held(sympy.exp, Z))) == held(sympy.log, sympy.exp(Z))
        assert simplify(held(sympy.log, held(sympy.exp, X))) == X
        ratio = held(sympy.Mul, P, held(sympy.Pow, P, -1))
        assert simplify(ratio) == 1
        assert str(simplify(held(sympy.Mul, X, held(sympy.Pow, X, -1)))) != ""

    def test_whole_numbers(self) -> None:
        found = simplification(sympy.cos(2 * sympy.pi * N, evaluate=False))
        assert found.domain == "real"
        assert found.check().accepted

    def test_goals(self) -> None:
        found = simplification(sympy.sin(2 * X), goal=2 * sympy.sin(X) * sympy.cos(X))
        assert found.reached
        assert str(found.result) in ("2 * sin(x) * cos(x)", "2 * cos(x) * sin(x)")
        assert simplification(X + X, goal=lambda e: e == 2 * X).reached

    def test_truth_values(self) -> None:
        p, q = sympy.symbols("p q")
        e = sympy.Or(sympy.And(p, q), sympy.And(p, sympy.Not(q)))
        assert simplify(e) == p
        assert simplification(e).domain == "bool"


class TestExpressions:
    def test_there_and_back(self) -> None:
        x, y = lemmata.symbols("x y")
        found = simplify(sin(x) ** 2 + cos(x) ** 2 + exp(x + y) / exp(y))
        assert isinstance(found, Expr)
        assert found == exp(x) + 1
        assert simplification(x + y).domain == "complex"
        assert simplify(sqrt(x**2)) == sqrt(x**2)
        assert simplify(log(exp(x)), domain="real") == x

    def test_as_they_stand(self) -> None:
        x, y = lemmata.symbols("x y")
        for e, text in (
            (sqrt(x), "sqrt(x)"),
            (x ** Fraction(1, 3), "x ^ (1/3)"),
            (x ** Fraction(-3, 2), "1 / x ^ (3/2)"),
            (3 * x / (2 * y), "3 * x / (2 * y)"),
            (-x - y / 2 + 1, "-x - y / 2 + 1"),
            (2 * (x + y), "2 * (x + y)"),
            (x**y * log(x), "x ^ y * ln(x)"),
            (lemmata.from_sympy(sympy.pi + sympy.E), "e + pi"),
        ):
            table, forms = TermTable(), ExpressionForms(COMPLEX, e.algebra)
            row = forms.read(e, table)
            assert Printer(COMPLEX.symbols).show(table, row) == text
            assert forms.write(table, row) == e

    def test_what_is_unknown_stays(self) -> None:
        x, y = lemmata.symbols("x y")
        e = x(y) * sin(x) ** 2 + x(y) * cos(x) ** 2
        assert simplify(e) == x(y)

    def test_marks(self) -> None:
        p = lemmata.from_sympy(P)
        found = simplification(sqrt(p**2))
        assert (found.domain, found.expression) == ("real", p)


class TestTerms:
    def test_a_term_of_another_signature(self) -> None:
        f = Symbol("f", ("Real",), "Real", "abstract", Notation("f"))
        signature = Signature((*real_theory().symbols, f), {"x": "Real"})
        found = simplification(signature.term("f(x + 0) + f(x) * 1"))
        assert isinstance(found.expression, Term)
        assert str(found.expression) == "2 * f(x)"
        assert found.check().accepted

    def test_sorts_without_theory(self) -> None:
        signature = Signature((Symbol("c", (), "N", "abstract", Notation("c")),))
        with pytest.raises(LemmataError, match="nothing is known of terms of sort N"):
            simplify(signature.term("c"))
        assert simplify(signature.term("c"), rules=[]) == signature.term("c")

    def test_assumptions_and_goals_as_terms(self) -> None:
        signature = Signature(real_theory().symbols, {"x": "Real"})
        assert simplify(signature.term("abs(x)"), assume=[signature.term("x > 0")]) == signature.term("x")
        assert simplification(signature.term("x + x"), goal=signature.term("2 * x")).reached
        with pytest.raises(SortError):
            simplify(signature.term("x"), assume=[signature.term("x")])

    def test_questions_name_their_domain(self) -> None:
        assert question("x + y").domain == "real"
        assert question("x and y").domain == "bool"
        assert question("x + y", "bv16").domain == "bv16"
