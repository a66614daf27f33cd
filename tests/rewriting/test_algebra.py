"""Normal forms: they are right, they do not depend on how an expression came about, and size does not matter."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import algebra as algebra_module
from lemmata.rewriting.algebra import PRODUCT, SUM, Algebra, TooLarge, Undefined
from lemmata.rewriting.bank import BankSymbol
from lemmata.rewriting.calculus import substitute
from lemmata.rewriting.expressions import Expr, add, cos, exp, expression, known, multiply, number, sin, sqrt, symbols
from lemmata.rewriting.source import LemmataError
from tests.rewriting.expression_trees import NAMES, Tree, read, trees, value

x, y, z = symbols("x y z")
POINT = {"x": Fraction(3, 2), "y": Fraction(-5), "z": Fraction(2, 7)}


def in_lemmata(tree: Tree, algebra: Algebra | None = None) -> Expr:
    own = dict(zip(NAMES, symbols(" ".join(NAMES), algebra), strict=True))
    functions = {"sin": sin, "exp": exp, "sqrt": sqrt}
    result: Expr = read(tree, own.__getitem__, lambda n: number(n, algebra), lambda name, a: functions[name](a))
    return result


def by_hand(tree: Tree, algebra: Algebra) -> int:
    """The same by the exact constructors alone, one node after the other."""

    def at(e: Tree) -> int:
        one = Fraction(1)
        if not isinstance(e, tuple):
            return algebra.number(e)
        if len(e) == 1:
            return algebra.symbol(e[0])
        if e[0] == "sqrt":
            return algebra.product([(at(e[1]), Fraction(1, 2))])
        if len(e) == 2:
            return algebra.apply(known(e[0]), [at(e[1])])
        head, left, right = e
        if head == "^":
            return algebra.product([(at(left), Fraction(right))])
        if head in "+-":
            return algebra.sum(Fraction(0), [(at(left), one), (at(right), one if head == "+" else -one)])
        return algebra.product([(at(left), one), (at(right), one if head == "*" else -one)])

    return at(tree)


def check_form(algebra: Algebra, root: int) -> None:
    """The normal form as the module describes it."""
    for t in algebra.below([root]).tolist():
        row = algebra.bank.arguments(t)
        operands: list[int] = []
        if algebra.role_of(t) == SUM:
            constant, pairs = algebra.terms_of(t)
            multiple = algebra.is_multiple(t)
            assert all(c and algebra.role_of(u) != algebra_module.NUMBER for u, c in pairs)
            assert all(algebra.role_of(u) != SUM or (multiple and not algebra.is_multiple(u)) for u, _ in pairs)
            assert len(pairs) > 1 or constant or pairs[0][1] != 1
            operands = list(row[1::2])
        elif algebra.role_of(t) == PRODUCT:
            factors = algebra.factors_of(t)
            for base, e in factors:
                assert e != 0
                whole = isinstance(e, Fraction) and e.denominator == 1
                assert not (whole and algebra.role_of(base) in (PRODUCT, algebra_module.NUMBER))
            assert len(factors) > 1 or factors[0][1] != 1
            operands = list(row[::2])
        assert len(set(operands)) == len(operands)
        assert operands == algebra.sorted_terms(list(operands))
        assert algebra.rebuilt(t, lambda c: c) == t


class TestNormalForm:
    @given(trees(functions=()))
    def test_it_has_the_same_value(self, tree: Tree) -> None:
        try:
            wanted = value(tree, POINT)
            e = in_lemmata(tree)
            found = substitute(e, dict(zip((x, y, z), POINT.values(), strict=True))).value
        except (ZeroDivisionError, TooLarge):
            return
        assert found == wanted

    @given(trees())
    def test_it_is_one_and_the_kernels_find_what_the_exact_constructors_find(self, tree: Tree) -> None:
        algebra = x.algebra
        try:
            e = in_lemmata(tree)
            term = e.id
        except Undefined:
            with pytest.raises(Undefined):
                by_hand(tree, algebra)
            return
        except TooLarge:
            return
        assert by_hand(tree, algebra) == term
        check_form(algebra, term)

    @given(trees())
    def test_it_is_written_the_same_in_every_bank_and_pickled_by_content(self, tree: Tree) -> None:
        other = Algebra()
        other.symbol("padding")
        symbols("z y x", other)
        try:
            e = in_lemmata(tree)
            assert str(in_lemmata(tree, other)) == str(e)
        except (Undefined, TooLarge):
            return
        assert pickle.loads(pickle.dumps(e)) == e

    @given(st.permutations(range(7)), st.permutations(range(7)))
    def test_the_order_of_operands_does_not_matter(self, first: list[int], second: list[int]) -> None:
        parts = [x, 2 * y, x * y, sin(x), (x + y) ** 2, sqrt(z), x**y]
        assert add(parts[i] for i in first) == add(parts[i] for i in second)
        assert multiply(parts[i] for i in first) == multiply(parts[i] for i in second)

    @given(trees(), st.randoms(use_true_random=False))
    def test_equal_hashes_of_different_terms_do_no_harm(self, tree: Tree, random: Any) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(algebra_module, "_text_digest", lambda *texts: 1)
            algebra = Algebra()
            a, b, c = symbols("x y z", algebra)
            parts = [a, b, c, a * b, b * c, sin(a), sin(b)]
            wanted = add(parts)
            random.shuffle(parts)
            assert add(parts) == wanted
            try:
                assert by_hand(tree, algebra) == in_lemmata(tree, algebra).id
            except (Undefined, TooLarge):
                return


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: 2 * (x + y) - 2 * x, "2*y"),
        (lambda: 2 * (x + y) * z, "2*z*(x + y)"),
        (lambda: (x * y) ** 3 / x, "x**2*y**3"),
        (lambda: (2 * x) ** -2, "1/(4*x**2)"),
        (lambda: x / x, "1"),
        (lambda: sqrt(x) ** 2, "x"),
        (lambda: sqrt(x**2), "sqrt(x**2)"),
        (lambda: (x**y) ** 2, "x**(2*y)"),
        (lambda: x**y * x ** (1 - y), "x"),
        (lambda: (x * y) ** Fraction(1, 2) * (x * y) ** Fraction(1, 2), "x*y"),
        (lambda: sqrt(number(8)), "2*sqrt(2)"),
        (lambda: sqrt(number(Fraction(1, 2))), "sqrt(2)/2"),
        (lambda: sqrt(number(-4)) ** 2, "-4"),
        (lambda: sqrt(number(6)) * sqrt(number(2)), "2*sqrt(3)"),
        (lambda: number(-8) ** Fraction(1, 3), "2*(-1)**(1/3)"),
        (lambda: number(1) ** x, "1"),
        (lambda: number(2) ** x * number(2) ** -x, "1"),
        (lambda: x**0 + number(0) ** 0, "2"),
        (lambda: cos(x - x) + exp(0 * x), "2"),
        (lambda: (x + y) ** 2 / (x + y), "x + y"),
        (lambda: 3 * ((x + y) ** 2 / (x + y)), "3*(x + y)"),
        (lambda: 3 * (x + y) / 3 - x, "y"),
        (lambda: z + 3 * ((x + y) ** 2 / (x + y)), "3*x + 3*y + z"),
        (lambda: x * (-1 * (x + y)), "-x*(x + y)"),
        (lambda: -(x + 1) / 2, "(-x - 1)/2"),
        (lambda: (3 * (x + y)) ** 2, "9*(x + y)**2"),
        (lambda: x * 10**30 - x * 10**30 + y, "y"),
        (lambda: x**2 * y + x * y**2 + x**3 + 1 + sin(y) * x, "x**3 + x**2*y + x*y**2 + x*sin(y) + 1"),
        (lambda: 2**x, "2**x"),
        (lambda: (x + 1) ** (x + 1), "(x + 1)**(x + 1)"),
        (lambda: x ** Fraction(-2, 3), "1/x**(2/3)"),
        (lambda: x(y, z) - x(z, y), "x(y, z) - x(z, y)"),
    ],
)
def test_simplifications_on_construction(made: Any, text: str) -> None:
    assert str(made()) == text


@pytest.mark.parametrize(
    "made",
    [
        lambda: 1 / (x - x),
        lambda: x / (y - y),
        lambda: (x - x) ** -1 * 0,
        lambda: (1 / (x - x)) ** 0,
        lambda: number(0) ** Fraction(-1, 2),
        lambda: substitute(1 / x, {x: 0}),
        lambda: x / 0,
        lambda: x / Fraction(0),
    ],
)
def test_what_has_no_value_is_refused(made: Any) -> None:
    with pytest.raises(Undefined):
        assert made().id is None


@pytest.mark.parametrize(
    "made", [lambda: number(2) ** (10**9), lambda: (2 * x) ** (10**12), lambda: 3 ** number(10**8)]
)
def test_numbers_beyond_reason_are_refused_before_they_are_made(made: Any) -> None:
    with pytest.raises(TooLarge):
        assert made().id is None


class TestExpr:
    def test_numbers_are_equal_to_pythons(self) -> None:
        assert x - x == 0
        assert (x + 2) - x == 2
        assert hash((x + Fraction(1, 2)) - x) == hash(Fraction(1, 2))
        assert not x - x
        assert x
        assert x != 1

    def test_head_and_operands(self) -> None:
        assert (x + y + 1).head == "+"
        assert [str(a) for a in (3 * x**2 * y).args] == ["3", "x**2", "y"]
        assert (x**2).head == "**"
        assert (x**2).args == (x, 2)
        assert sin(x).args == (x,)
        assert x.args == ()
        assert (x * sin(y)).symbols == [x, y]

    def test_other_types_are_refused(self) -> None:
        with pytest.raises(TypeError):
            x + "1"  # type: ignore[operator]
        with pytest.raises(TypeError):
            x + 0.5  # type: ignore[operator]
        with pytest.raises(LemmataError, match="no expression"):
            expression(0.5)  # type: ignore[arg-type]
        with pytest.raises(LemmataError, match="two algebras"):
            assert (x + symbols("x", Algebra())[0]).id

    def test_latex(self) -> None:
        (alpha, x1, odd) = symbols("alpha x_1 <b>_&")
        assert (x / (2 * y))._repr_latex_() == r"$\frac{x}{2 y}$"
        assert (sqrt(alpha) * x1**2)._repr_latex_() == r"$\sqrt{\alpha} x_{1}^{2}$"
        assert "<b>" not in str(odd._repr_latex_())

    def test_collection_of_the_bank(self) -> None:
        algebra = Algebra()
        a, b = symbols("a b", algebra)
        kept = (a + b) ** 2 + 2**50 * a
        text = str(kept)
        for i in range(50):
            assert (a**i + b).id
        algebra.bank.collect()
        assert str(kept) == text
        assert (a + b) ** 2 + 2**50 * a == kept
        assert (a + b) * (a + b) == kept - 2**50 * a


class TestSize:
    def test_a_long_sum(self) -> None:
        e = number(0)
        for i in range(20_000):
            e = e + x ** (i % 1000) * i
        assert len(e.args) == 1000  # one of them the constant
        assert e.size == 1000

    def test_a_deep_term(self) -> None:
        e = x
        for _ in range(100_000):
            e = sin(e)
        assert e.size == 100_001
        assert repr(e).startswith("sin(sin(sin(")
        assert len(repr(e)) < 10_000
        assert pickle.loads(pickle.dumps(e)) == e
        assert substitute(substitute(e, {x: y}), {y: x}) == e

    def test_a_dag_of_many_tree_nodes(self) -> None:
        e, doubled = x, x
        for _ in range(100):
            e = sin(e) * cos(e)
            doubled = doubled + doubled
        assert doubled == 2**100 * x
        assert e.size < 400
        assert len(repr(e)) < 10_000
        assert e._repr_latex_() is None
        assert pickle.loads(pickle.dumps(e)) == e
        assert substitute(substitute(e, {x: y}), {y: x}) == e


def test_symbols_of_the_bank_are_as_documented() -> None:
    e = Fraction(1, 2) + 3 * x**2 * y
    bank = e.algebra.bank
    assert bank.head(e.id) == BankSymbol("add", "", ("Expr",) * 3, "Expr")
    half, product, three = bank.arguments(e.id)
    assert bank.leaf_name(half) == "1/2"
    assert three == 3 - 2**30
    assert bank.head(product) == BankSymbol("mul", "", ("Expr",) * 4, "Expr")
