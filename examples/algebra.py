"""Symbolic algebra: a Taylor polynomial, a Jacobian, a rule of trigonometry, and SymPy at both ends.

Run it: python examples/algebra.py
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial

import sympy

import lemmata
from lemmata import diff, expand, substitute
from lemmata.rewriting.expressions import Expr, add, cos, exp, number, sin
from lemmata.rewriting.sympy_rules import rewrite, rule_from_sympy


def taylor(e: Expr, x: Expr, terms: int) -> Expr:
    """The Taylor polynomial of e at 0."""
    parts = []
    for n in range(terms):
        parts.append(substitute(e, {x: 0}) * x**n / factorial(n))
        e = diff(e, x)
    return add(parts)


def jacobian(functions: list[Expr], variables: list[Expr]) -> list[list[Expr]]:
    return [[diff(f, v) for v in variables] for f in functions]


def lines() -> Iterator[str]:
    x, y, r, t = lemmata.symbols("x y r t")
    yield f"exp(x) cos(x) is about {taylor(exp(x) * cos(x), x, 7)}"

    rows = jacobian([r * cos(t), r * sin(t)], [r, t])
    for row in rows:
        yield "   ".join(["Jacobian:", *map(str, row)])
    determinant = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    a, b = sympy.Wild("a"), sympy.Wild("b")
    pythagoras = rule_from_sympy(b * sympy.sin(a) ** 2 + b * sympy.cos(a) ** 2, b)
    yield f"Its determinant: {determinant} = {rewrite(determinant, [pythagoras])}"

    p = expand((x + y + 1) ** 12)
    product = expand(p * (p + 1))
    yield f"p (p + 1) has {len(product.args)} terms; at x = y = 1 it is {substitute(product, {x: 1, y: 1})}"
    yield f"and {number(3**12) * (3**12 + 1)} is what it should be"

    integral = sympy.integrate(lemmata.to_sympy(sin(x) * exp(x)), sympy.Symbol("x"))
    yield f"SymPy integrates sin(x) exp(x): {lemmata.from_sympy(integral)}"


if __name__ == "__main__":
    for line in lines():
        print(line)  # noqa: T201
