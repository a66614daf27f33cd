"""Expressions for rules and strategies that are written against the term interface (`interface.py`).

>>> from .expressions import sin, symbols
>>> x, y = symbols("x y")
>>> over = Expressions()
>>> over.head(x + y + 1), over.args(3 * x**2)
(Operation(name='+', arity=3), (3, x**2))
>>> e = sin(x + y) * x
>>> over.make(over.head(e), over.args(e)) == e
True
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .bank import BankSymbol
from .expressions import Expr, add, apply, multiply


class Operation(NamedTuple):
    """The head of a sum "+", a product "*" or a power "**"."""

    name: str
    arity: int


@dataclass(frozen=True)
class Expressions:
    """The term interface of `Expr`. A symbol or number is its own head; the head of a function is its symbol."""

    interned: bool = True

    def is_leaf(self, term: Expr) -> bool:
        return not term.args

    def head(self, term: Expr) -> Hashable:
        args = term.args
        if not args:
            return term
        name = term.head
        symbol = term.algebra.bank.head(term.id)
        return Operation(name, len(args)) if symbol.kind in ("add", "mul") else symbol

    def args(self, term: Expr) -> Sequence[Expr]:
        return term.args

    def make(self, head: Hashable, args: Sequence[Expr]) -> Expr:
        if isinstance(head, BankSymbol):
            return apply(head, args)
        if isinstance(head, Operation):
            if head.name == "**":
                base, exponent = args
                return base**exponent
            return add(args) if head.name == "+" else multiply(args)
        assert isinstance(head, Expr)
        return head

    def key(self, term: Expr) -> Hashable:
        return term
