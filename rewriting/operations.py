"""The built-in operations on literals, for search. The checker has its own (`computing.py`).

An operation is named by how it is written and by the sorts of its operands:

    Int      + - * div mod ^   - (unary)   < <= > >= = <>
    Rat      + - * /           - (unary)   < <= > >= = <>
    Bool     not and or
    String   ++ length                     < <= > >= = <>

Comparisons give Bool, `length` an Int. `div` and `mod` round down, as Python's `//` and `%` do:
x = y * (x div y) + x mod y, and x mod y lies between 0 and y. Strings compare by code points.

What has no value stays as it is: division by zero, a negative exponent, and any result of more than 2**19 bits (of a
rational: both parts together) or 2**15 characters, so that no step can take long.

>>> evaluate("div", [-7, 2]), evaluate("div", [-7, 0]), evaluate("<", [1, 2])
(-4, None, True)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from .literals import LITERAL_SORTS, LONGEST_STRING, SORT_OF, Value
from .printing import AND, NOT, OR, RELATION
from .theory import Notation, Symbol

LARGEST_BITS = 1 << 19

_Operation = Callable[..., Value | None]
_COMPARED: Mapping[str, _Operation] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def _power(base: int, exponent: int) -> int | None:
    if exponent < 0 or (abs(base) > 1 and (abs(base).bit_length() - 1) * exponent > LARGEST_BITS):
        return None
    power: int = base ** (exponent if abs(base) > 1 else min(exponent, 2 + exponent % 2))
    return power


def _operations() -> dict[tuple[str, tuple[type[Value], ...]], _Operation]:
    table: dict[tuple[str, tuple[type[Value], ...]], _Operation] = {
        ("div", (int, int)): lambda x, y: x // y if y else None,
        ("mod", (int, int)): lambda x, y: x % y if y else None,
        ("^", (int, int)): _power,
        ("/", (Fraction, Fraction)): lambda x, y: x / y if y else None,
        ("not", (bool,)): operator.not_,
        ("and", (bool, bool)): operator.and_,
        ("or", (bool, bool)): operator.or_,
        ("++", (str, str)): operator.add,
        ("length", (str,)): len,
    }
    for number in (int, Fraction):
        table["-", (number,)] = operator.neg
        for text, compute in (("+", operator.add), ("-", operator.sub), ("*", operator.mul)):
            table[text, (number, number)] = compute
    for kind in (int, Fraction, str):
        for text, compare in _COMPARED.items():
            table[text, (kind, kind)] = compare
    return table


_OPERATIONS = _operations()


def evaluate(operation: str, values: Sequence[Value]) -> Value | None:
    """The value of a built-in operation; None if there is no such operation or it has no value here."""
    compute = _OPERATIONS.get((operation, tuple(type(v) for v in values)))
    result = None if compute is None else compute(*values)
    return None if result is None or _is_large(result) else result


def _is_large(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) > LONGEST_STRING
    return value.numerator.bit_length() + value.denominator.bit_length() - 1 > LARGEST_BITS


def result_sort(operation: str, arguments: Sequence[str]) -> str | None:
    """The sort that a built-in operation gives on literals of these sorts; None if there is no such operation.

    >>> result_sort("<", ["Int", "Int"]), result_sort("div", ["Rat", "Rat"])
    ('Bool', None)
    """
    kinds = tuple(LITERAL_SORTS[sort] for sort in arguments if sort in LITERAL_SORTS)
    if len(kinds) != len(arguments) or (operation, kinds) not in _OPERATIONS:
        return None
    if operation in _COMPARED:
        return "Bool"
    return "Int" if operation == "length" else arguments[0]


_NOTATION: Mapping[str, Notation] = {
    "+": Notation("+", "infix", 40, "left"),
    "-": Notation("-", "infix", 40, "left"),
    "*": Notation("*", "infix", 50, "left"),
    "/": Notation("/", "infix", 50, "left"),
    "div": Notation("div", "infix", 50, "left"),
    "mod": Notation("mod", "infix", 50, "left"),
    "^": Notation("^", "infix", 60, "right"),
    "++": Notation("++", "infix", 40, "left"),
    "not": Notation("not", "prefix", NOT),
    "and": Notation("and", "infix", AND, "right"),
    "or": Notation("or", "infix", OR, "right"),
    "length": Notation("length"),
    **{text: Notation(text, "infix", RELATION) for text in _COMPARED},
}


def notation(text: str, arity: int) -> Notation | None:
    """How an operation of that many operands is written as an operator, whatever its sorts; None if it is not."""
    found = Notation("-", "prefix", 55) if (text, arity) == ("-", 1) else _NOTATION.get(text)
    wanted = {"infix": 2, "prefix": 1}
    return found if found is not None and wanted.get(found.form) == arity else None


def builtin_symbols(sorts: Collection[str] = ("Int", "Bool")) -> tuple[Symbol, ...]:
    """Symbols for all built-in operations among these sorts of literals, in the usual notation.

    A symbol is called by its text where no other has that text, and else by text and sorts.

    >>> [s.name for s in builtin_symbols(["String"])]
    ['++']
    """
    found = [
        (text, arguments, result)
        for text, kinds in _OPERATIONS
        if (arguments := tuple(SORT_OF[k] for k in kinds)) and (result := result_sort(text, arguments)) is not None
        if {*arguments, result} <= set(sorts)
    ]
    texts = [text for text, _, _ in found]
    out = []
    for text, arguments, result in found:
        name = text if texts.count(text) == 1 else f"{text}@{','.join(arguments)}"
        written = notation(text, len(arguments)) or _NOTATION[text]
        out.append(Symbol(name, arguments, result, "builtin", written))
    return tuple(out)
