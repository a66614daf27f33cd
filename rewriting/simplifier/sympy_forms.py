"""SymPy's expressions as rows of a table and back, evaluated or not.

Unlike `from_sympy`, which puts them in normal form, this leaves everything where it stands, so that what a simplifier
does is proved from what it was given. A difference, a quotient, a sign and a square root are read as such, where SymPy
has x + (-1)*y, x*y**(-1), (-1)*x and x**(1/2).

What the vocabulary has no word for, such as gamma(x), becomes a variable, the same one wherever it stands, and comes
back as it was.

>>> import sympy
>>> from lemmata.rewriting.operations import builtin_symbols
>>> from lemmata.rewriting.printing import Printer
>>> reals = Vocabulary(builtin_symbols(["Real", "Bool"]), "Real")
>>> x = sympy.Symbol("x", real=True)
>>> table, forms = TermTable(), SympyForms(reals)
>>> row = forms.read(sympy.Add(x, sympy.Mul(-1, sympy.gamma(x), evaluate=False), evaluate=False), table)
>>> Printer(reals.symbols).show(table, row)
'x - gamma_x'
>>> forms.write(table, row)
x - gamma(x)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

import sympy
from sympy.logic import boolalg

from ..literals import literal_value
from ..sympy_bridge import NotAnExpression, expect_expression
from ..syntax import TermTable, children
from .vocabulary import Vocabulary

_WRITTEN: Mapping[str, str] = {"log": "ln", "Abs": "abs"}  # functions that SymPy calls otherwise
_CLASSES: Mapping[str, str] = {text: name for name, text in _WRITTEN.items()}
_CONSTANTS: Mapping[str, Any] = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
_CONNECTIVES: Mapping[str, Any] = {
    "and": boolalg.And,
    "or": boolalg.Or,
    "not": boolalg.Not,
    "xor": boolalg.Xor,
    "implies": boolalg.Implies,
    "iff": boolalg.Equivalent,
}
_MARKS = ("real", "integer", "nonzero", "positive", "negative", "nonnegative", "nonpositive")
_SPINES = {"+": ("+", "-"), "-": ("+", "-"), "*": ("*",), "and": ("and",), "or": ("or",)}


class _Opened(NamedTuple):
    """An operation and its operands; without an operation it is the one operand, and without operands a leaf.

    Of a sum, those that are subtracted are marked.
    """

    text: str
    below: tuple[Any, ...]
    minus: tuple[bool, ...] = ()


class SympyForms:
    """One reading. `objects` has what each variable stands for, by its name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.objects: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        self._texts: dict[str, tuple[str, int]] = {name: key for key, name in vocabulary.by_text.items()}

    # From SymPy

    def read(self, root: Any, table: TermTable) -> int:
        """The row of an expression. Each distinct subterm once. Raises NotAnExpression."""
        done: dict[int, int] = {}
        opened: dict[int, _Opened] = {}
        kept = []  # what was made on the way, so that identities last
        stack = [root]
        while stack:
            e = stack[-1]
            if id(e) in done:
                stack.pop()
                continue
            found = opened.get(id(e))
            if found is None:
                found = opened[id(e)] = self._open(e)
                kept.append(found)
            waiting = [a for a in found.below if id(a) not in done]
            if waiting:
                stack += reversed(waiting)
                continue
            rows = [done[id(a)] for a in found.below]
            done[id(e)] = self._row(e, found, rows, table)
            stack.pop()
        return done[id(root)]

    def _row(self, e: Any, found: _Opened, rows: Sequence[int], table: TermTable) -> int:
        words, text = self.vocabulary, found.text
        if found.minus:
            made = words.app(table, "-", rows[0]) if found.minus[0] else rows[0]
            for row, minus in zip(rows[1:], found.minus[1:], strict=True):
                made = words.app(table, "-" if minus else "+", made, row)
            return made
        if text == "1/":
            return words.app(table, "/", words.number(table, 1), rows[0])
        if text in _SPINES and len(rows) > 1:
            return reduce(lambda a, b: words.app(table, text, a, b), rows)
        if rows:
            return words.app(table, text, *rows) if text else rows[0]
        if isinstance(e, sympy.Rational) and words.sort != "Bool":
            return words.number(table, Fraction(int(e.p), int(e.q)))
        if isinstance(e, boolalg.BooleanAtom):
            return table.literal("true" if e else "false", "Bool")
        if text:
            return words.app(table, text)
        if words.sort == "Real" and e.is_real is False:
            raise NotAnExpression(f"{e!s:.60} is not real", hint="the domain may be complex")
        return table.var(self._name(e), words.sort)

    def _open(self, e: Any) -> _Opened:
        if self.vocabulary.sort == "Bool":
            return self._open_truth(e)
        if not isinstance(e, sympy.Add | sympy.Mul | sympy.Pow):  # of these the operands are looked at
            expect_expression(e)
        if isinstance(e, sympy.Add):
            return self._open_sum(e)
        if isinstance(e, sympy.Mul):
            return self._open_product(e)
        if isinstance(e, sympy.Pow):
            return self._open_power(e)
        for text, value in _CONSTANTS.items():
            if e is value and self.vocabulary.has(text, 0):
                return _Opened(text, ())
        if e is sympy.E:
            return _Opened("exp", (sympy.S.One,))
        text = _WRITTEN.get(type(e).__name__, type(e).__name__)
        known = getattr(sympy, type(e).__name__, None) is type(e) and not e.is_Atom
        if known and self.vocabulary.has(text, len(e.args)):
            return _Opened(text, tuple(e.args))
        return _Opened("", ())

    def _open_truth(self, e: Any) -> _Opened:
        if not isinstance(e, boolalg.Boolean):
            raise NotAnExpression(f"a {type(e).__name__} of SymPy is no truth value")
        for text, kind in _CONNECTIVES.items():
            if type(e) is kind and self.vocabulary.has(text, 1 if text == "not" else 2):
                if len(e.args) > 2 and text == "iff":  # all equal, which is no chain of iff
                    pairs = [boolalg.Equivalent(a, b, evaluate=False) for a, b in zip(e.args, e.args[1:], strict=False)]
                    return _Opened("and", tuple(pairs))
                if len(e.args) > 2 and text == "xor":
                    return _Opened("xor", (boolalg.Xor(*e.args[:-1], evaluate=False), e.args[-1]))
                return _Opened(text, tuple(e.args))
        return _Opened("", ())

    def _open_sum(self, e: Any) -> _Opened:
        positive = [_negated(a) for a in e.args]
        below = tuple(a if p is None else p for a, p in zip(e.args, positive, strict=True))
        return _Opened("+", below, tuple(p is not None for p in positive))

    def _open_product(self, e: Any) -> _Opened:
        positive = _negated(e)
        if positive is not None:
            return _Opened("-", (positive,))
        above, below = [], []
        for factor in e.args:
            inverse = _inverse(factor)
            if isinstance(factor, sympy.Rational) and not factor.is_Integer:
                above += [] if factor.p == 1 else [sympy.Integer(factor.p)]
                below.append(sympy.Integer(factor.q))
            elif inverse is not None:
                below.append(inverse)
            else:
                above.append(factor)
        if not below:
            return _Opened("*", tuple(above))
        under = below[0] if len(below) == 1 else sympy.Mul(*below, evaluate=False)
        if not above:
            return _Opened("1/", (under,))
        return _Opened("/", (above[0] if len(above) == 1 else sympy.Mul(*above, evaluate=False), under))

    def _open_power(self, e: Any) -> _Opened:
        inverse = _inverse(e)
        if inverse is not None:
            return _Opened("1/", (inverse,))
        if e.base is sympy.E:
            return _Opened("exp", (e.exp,))
        if e.exp is sympy.S.Half and self.vocabulary.has("sqrt", 1):
            return _Opened("sqrt", (e.base,))
        return _Opened("^", (e.base, e.exp))

    def _name(self, e: Any) -> str:
        """The variable that stands for an object: its own name where it has a good one that is free."""
        if e not in self._names:
            text = e.name if isinstance(e, sympy.Symbol) else re.sub(r"\W+", "_", str(e)).strip("_")
            name = self.vocabulary.free_name(text, self.objects)
            self._names[e] = name
            self.objects[name] = e
        return self._names[e]

    @property
    def is_real(self) -> bool:
        """Does SymPy know that everything a variable stands for is real?"""
        return all(e.is_real is True for e in self.objects.values())

    def marks(self, name: str) -> frozenset[str]:
        """What SymPy knows of what a variable stands for."""
        return frozenset(mark for mark in _MARKS if getattr(self.objects[name], f"is_{mark}", None) is True)

    # To SymPy

    def write(self, table: TermTable, root: int) -> Any:
        """A row over the same variables as SymPy's expression, which evaluates itself as always."""
        done: dict[int, Any] = {}
        stack = [root]
        while stack:
            row = stack[-1]
            if row in done:
                stack.pop()
                continue
            text, below = self._parts(table, row)
            waiting = [r for _, r in below if r not in done]
            if waiting:
                stack += waiting
                continue
            done[row] = self._written(table.rows[row], text, [(sign, done[r]) for sign, r in below])
            stack.pop()
        return done[root]

    def _parts(self, table: TermTable, row: int) -> tuple[str, list[tuple[int, int]]]:
        """How a row is written, and its operands with their signs; of a long sum or product all of them at once."""
        cells = table.rows[row]
        if cells[0] != "app":
            return "", []
        text, arity = self._texts[str(cells[1])]
        below = children(cells)
        if text not in _SPINES or arity != 2:
            return text, [(1, b) for b in below]
        out: list[tuple[int, int]] = []
        at = row
        while True:
            cells = table.rows[at]
            inner, arity = self._texts[str(cells[1])] if cells[0] == "app" else ("", 0)
            if inner not in _SPINES[text] or arity != 2:
                out.append((1, at))
                break
            at, last = children(cells)
            out.append((-1 if inner == "-" else 1, last))
        return "+" if text == "-" else text, out[::-1]

    def _written(self, cells: Sequence[str | int], text: str, below: Sequence[tuple[int, Any]]) -> Any:
        operands = [e if sign > 0 else -e for sign, e in below]
        if cells[0] == "var":
            return self.objects.get(str(cells[1]), sympy.Symbol(str(cells[1])))
        if cells[0] == "lit":
            value = literal_value(str(cells[1]))
            if isinstance(value, bool):
                return sympy.true if value else sympy.false
            assert isinstance(value, int | Fraction)
            return sympy.Rational(value.numerator, value.denominator)
        if text in _CONSTANTS and not operands:
            return _CONSTANTS[text]
        if text in _CONNECTIVES:
            return _CONNECTIVES[text](*operands)
        match text:
            case "+":
                return sympy.Add(*operands)
            case "-":
                return -operands[0]
            case "*":
                held = len(operands) == 2 and any(o.is_Number for o in operands) and any(o.is_Add for o in operands)
                if held and not any(o in (0, 1) for o in operands):  # SymPy would multiply it out
                    return sympy.Mul(*sorted(operands, key=lambda o: not o.is_Number), evaluate=False)
                return sympy.Mul(*operands)
            case "/":
                return operands[0] / operands[1]
            case "^":
                return sympy.Pow(*operands)
        return getattr(sympy, _CLASSES.get(text, text))(*operands)


def _negated(e: Any) -> Any:
    """u where e is a product that begins with a negative number, and so is -u; else None."""
    if not isinstance(e, sympy.Mul) or not isinstance(e.args[0], sympy.Rational) or not e.args[0] < 0:
        return None
    first, *rest = e.args
    if first is not sympy.S.NegativeOne:
        rest = [-first, *rest]
    return rest[0] if len(rest) == 1 else sympy.Mul(*rest, evaluate=False)


def _inverse(e: Any) -> Any:
    """u where e is a power with a negative exponent, and so is 1/u; else None."""
    if not isinstance(e, sympy.Pow) or not isinstance(e.exp, sympy.Rational) or not e.exp < 0:
        return None
    return e.base if e.exp is sympy.S.NegativeOne else sympy.Pow(e.base, -e.exp, evaluate=False)


def is_truth(e: Any) -> bool:
    """Is it a truth value, and no number? Symbols could be either and count as numbers."""
    return isinstance(e, boolalg.Boolean) and not isinstance(e, sympy.Expr)
