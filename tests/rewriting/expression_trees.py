"""Random expressions as plain trees, and their readings: in Lemmata, in SymPy, and as numbers at a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

# ("x",) for a symbol, an int or Fraction, ("+" or "*" or "-" or "/", left, right), ("^", base, whole exponent),
# ("sin" or "exp" or "sqrt", argument)
Tree = Any
NAMES = ("x", "y", "z")

_names = st.sampled_from([(n,) for n in NAMES])
small: st.SearchStrategy[Tree] = st.one_of(_names, st.integers(-4, 4), st.fractions(-3, 3, max_denominator=4))
leaves: st.SearchStrategy[Tree] = st.one_of(small, st.just(2**40))
# SymPy may look for the sign of what is under a root by its digits, and takes for ever over sin(exp(exp(exp(4)))).
GENTLE = ("sin", "sqrt")


def trees(
    functions: tuple[str, ...] = ("sin", "exp", "sqrt"),
    division: bool = True,
    leaf: st.SearchStrategy[Tree] = leaves,
) -> st.SearchStrategy[Tree]:
    operators = ("+", "*", "-", "/") if division else ("+", "*", "-")
    exponents = st.integers(-2, 3) if division else st.integers(0, 3)

    def grown(below: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        binary = st.tuples(st.sampled_from(operators), below, below)
        power = st.tuples(st.just("^"), below, exponents)
        if not functions:
            return st.one_of(binary, power)
        return st.one_of(binary, power, st.tuples(st.sampled_from(functions), below))

    return st.recursive(leaf, grown, max_leaves=10)


def read(
    tree: Tree, symbol: Callable[[str], Any], number: Callable[[Any], Any], function: Callable[[str, Any], Any]
) -> Any:
    """The tree in a system with Python's operators. Trees here are small, so this may recurse."""
    if not isinstance(tree, tuple):
        return number(tree)
    if len(tree) == 1:
        return symbol(tree[0])
    if len(tree) == 2:
        return function(tree[0], read(tree[1], symbol, number, function))
    head, left, right = tree
    a = read(left, symbol, number, function)
    if head == "^":
        return a**right
    b = read(right, symbol, number, function)
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[head]()


def value(tree: Tree, point: Mapping[str, Fraction]) -> Fraction:
    """The exact value at a point, of a tree without functions. Raises ZeroDivisionError."""
    result: Fraction = read(tree, point.__getitem__, Fraction, lambda name, a: a)
    return result
