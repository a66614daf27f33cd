"""Multiplying out: a homomorphism, with SymPy's results, in packed form and without."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting import polynomials
from lemmata.rewriting.algebra import TooLarge, Undefined
from lemmata.rewriting.expressions import add, multiply, number, sin, sqrt, symbols
from lemmata.rewriting.polynomials import expand
from lemmata.rewriting.sympy_bridge import from_sympy, to_sympy
from tests.rewriting.expression_trees import Tree, trees
from tests.rewriting.test_algebra import check_form, in_lemmata

x, y, z = symbols("x y z")
polynomial_trees = trees(functions=(), division=False)


@given(polynomial_trees)
def test_polynomials_expand_as_sympys(tree: Tree) -> None:
    try:
        e = in_lemmata(tree)
        found = expand(e)
    except TooLarge:
        return
    assert to_sympy(found) == sympy.expand(to_sympy(e))
    check_form(found.algebra, found.id)
    assert expand(found) == found


@settings(max_examples=40)
@given(trees(), trees())
def test_it_is_a_homomorphism(left: Tree, right: Tree) -> None:
    try:
        a, b = in_lemmata(left), in_lemmata(right)
        assert expand(a * b) == expand(expand(a) * expand(b))
        assert expand(a + b) == expand(expand(a) + expand(b))
    except (Undefined, TooLarge):
        return


@given(polynomial_trees, st.sampled_from(["word", "dense", "sparse", "terms"]))
def test_every_way_gives_the_same(tree: Tree, way: str) -> None:
    try:
        e = in_lemmata(tree)
        wanted = expand(e).id
        with pytest.MonkeyPatch.context() as patch:
            if way == "word":  # nothing fits 64 bits
                patch.setattr(polynomials, "_WORD", 0)
            elif way == "dense":  # no array may be dense
                patch.setattr(polynomials, "_DENSE", 0)
            elif way == "sparse":
                patch.setattr(polynomials._Packed, "_read", lambda self, term, weights: None)
            else:
                patch.setattr(polynomials._Packed, "result", lambda self: self.island._distributed({}, self.moved))
            assert expand(e).id == wanted
    except TooLarge:
        return


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: (x + 1 / x) ** 2, "x**2 + 2 + x**(-2)"),
        (lambda: (sqrt(x) + 1) ** 2, "x + 2*sqrt(x) + 1"),
        (lambda: (x + y) ** Fraction(3, 2) * x, "x*(x + y)**(3/2)"),
        (lambda: x * (x + 1) / (y + 1) ** 2, "x**2/(y**2 + 2*y + 1) + x/(y**2 + 2*y + 1)"),
        (lambda: sin((x + 1) ** 2) * (x + 1), "x*sin(x**2 + 2*x + 1) + sin(x**2 + 2*x + 1)"),
        (lambda: (x + sin(x * (x + 1)) - sin(x**2 + x)) ** 2, "x**2"),
        (lambda: (x**y + 1) ** 2, "x**(2*y) + 2*x**y + 1"),
        (lambda: (x / 2 + y / 3) ** 2, "x**2/4 + x*y/3 + y**2/9"),
        (lambda: (2**40 * x + 1) ** 3, "2**120*x**3 + 3*2**80*x**2 + 3*2**40*x + 1"),
        (lambda: (x + 1) ** 2 - (x - 1) ** 2 - 4 * x, "0"),
        (lambda: number(7), "7"),
        (lambda: x, "x"),
    ],
)
def test_examples(made: Any, text: str) -> None:
    assert expand(made()) == from_sympy(sympy.sympify(text))


def test_large_coefficients_and_many_symbols() -> None:
    p = expand((x + 2 * y + 3 * z + 4) ** 6)
    assert to_sympy(expand(p**4)) == sympy.Poly(sympy.sympify("x + 2*y + 3*z + 4") ** 24).as_expr()  # beyond 64 bits
    many = symbols(" ".join(f"v{i}" for i in range(35)))  # exponents that do not fit one word
    squares, pairs = [v**2 for v in many], [2 * v * w for i, v in enumerate(many) for w in many[:i]]
    assert expand(add(many) ** 2 * (x**2 - 1)) == add(t * by for t in squares + pairs for by in (x**2, -1))


def test_a_deep_polynomial_and_deep_functions() -> None:
    e = x
    for _ in range(1000):
        e = sin(e) + 1
    assert expand(e) == e
    e = number(1)
    for i in range(60):
        e = e * x + i  # Horner
    assert expand(e) == add([x**60, *(i * x ** (59 - i) for i in range(60))])


def test_too_many_terms_are_refused() -> None:
    many = symbols(" ".join(f"v{i}" for i in range(200)))
    with pytest.raises(TooLarge):
        expand(multiply([add(many) ** 40, add(many) ** 50]))
