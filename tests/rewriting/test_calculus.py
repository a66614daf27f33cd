"""Replacing and differentiating, against SymPy and against values."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given

from lemmata.rewriting.algebra import TooLarge, Undefined
from lemmata.rewriting.calculus import derivative, diff, normalize, substitute
from lemmata.rewriting.expressions import apply, exp, known, log, number, sin, sqrt, symbols, tan
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.sympy_bridge import to_sympy
from tests.rewriting.expression_trees import GENTLE, Tree, small, trees
from tests.rewriting.test_algebra import in_lemmata

x, y, z = symbols("x y z")
(f,) = symbols("f")
POINT = {"x": 0.375, "y": 1.25, "z": -0.625}


def close(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Are they equal at a point, to twenty digits?"""
    point = {sympy.Symbol(name): sympy.Rational(value) for name, value in POINT.items()}
    a, b = (sympy.N(e.subs(point), 30) for e in (left, right))
    return bool(a == b or abs(a - b) <= sympy.Float("1e-20") * (1 + abs(a)))


@given(trees(GENTLE, leaf=small))
def test_derivatives_are_sympys(tree: Tree) -> None:
    try:
        e = in_lemmata(tree)
        found = to_sympy(diff(e, x))
    except (Undefined, TooLarge):
        return
    assert found == (wanted := sympy.diff(to_sympy(e), sympy.Symbol("x"))) or close(found, wanted)


@pytest.mark.parametrize("name", ["sin", "cos", "tan", "cot", "exp", "log", "sinh", "cosh", "tanh", "asin", "acos"])
def test_derivatives_of_functions(name: str) -> None:
    check_function(name)


@pytest.mark.parametrize("name", ["atan", "acot", "asinh", "atanh", "gamma", "erf"])
def test_derivatives_of_more_functions(name: str) -> None:
    check_function(name)


def check_function(name: str) -> None:
    e = apply(known(name), [x * y])
    found = to_sympy(diff(e, x))
    assert close(found.doit(), sympy.diff(getattr(sympy, name)(sympy.Symbol("x") * sympy.Symbol("y")), "x"))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (diff(x**y, y), x**y * log(x)),
        (diff(x**x, x), x**x * log(x) + x**x),
        (diff(number(2) ** x, x), 2**x * log(2)),
        (diff(2**40 * x**2, x), 2**41 * x),
        (diff(x ** (2**40), x), 2**40 * x ** (2**40 - 1)),
        (diff(sqrt(x), x), 1 / (2 * sqrt(x))),
        (diff(x**5, x, 3), 60 * x**2),
        (diff(x**5, x, 0), x**5),
        (diff(y, x), number(0)),
        (diff(f(x, y), z), number(0)),
        (diff(diff(f(x, y), x), y), diff(diff(f(x, y), y), x)),
        (diff(exp(tan(x)), x), exp(tan(x)) * (tan(x) ** 2 + 1)),
    ],
)
def test_derivatives(found: object, wanted: object) -> None:
    assert found == wanted


def test_only_symbols_are_differentiated_by() -> None:
    with pytest.raises(LemmataError, match="cannot differentiate by"):
        diff(x, x * y)
    with pytest.raises(LemmataError, match="order"):
        diff(x, x, -1)


def test_a_deep_chain_is_one_product() -> None:
    e = x
    for _ in range(4000):
        e = sin(e)
    found = diff(e, x)
    assert len(found.args) == 4000
    # So small a bound that the kernel gives up: both ways find the same.
    algebra = e.algebra
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lemmata.rewriting.calculus._ROOM", -(1 << 40))
        e = sin(e + y) * x**2 + 3 * e**y
        patch.setattr(algebra, "execute", lambda *a: False if len(a) > 3 else type(algebra).execute(algebra, *a))
        put_off = derivative(algebra, e.id, x.id)
    assert diff(e, x).id == put_off


@given(trees(functions=()), trees(functions=()))
def test_replacing_is_reading_with_another_symbol(tree: Tree, value: Tree) -> None:
    """Put into a tree before it is read or into the expression after: the same."""

    def planted(t: Tree) -> Tree:
        if t == ("x",):
            return value
        if not isinstance(t, tuple) or len(t) == 1:
            return t
        return (t[0], planted(t[1]), t[2] if t[0] == "^" else planted(t[2]))

    try:
        wanted = in_lemmata(planted(tree))
        assert wanted.id
        found = substitute(in_lemmata(tree), {x: in_lemmata(value)})
    except (Undefined, TooLarge):
        return
    point = {x: number(3) / 7, y: number(-11) / 5, z: number(13)}
    try:
        assert substitute(found - wanted, point) == 0
    except (Undefined, TooLarge):
        return


def test_replacing_happens_at_once_and_outermost_first() -> None:
    assert substitute(x + 2 * y, {x: y, y: x}) == y + 2 * x
    assert substitute(sin(x) + x, {sin(x): x, x: y}) == x + y
    assert substitute(x + y + z, {x + y: z}) == x + y + z
    assert substitute(5, {x: y}) == 5
    assert normalize(x + y - x) == y
