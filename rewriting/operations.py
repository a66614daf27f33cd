"""The built-in operations on literals, for search. The checker has its own (`computing.py`).

An operation is named by how it is written and by the sorts of its operands:

    Int      + - * div mod ^   - (unary)   < <= > >= = <>
    Rat      + - * /           - (unary)   < <= > >= = <>
    Real     + - * / ^ abs     - (unary)   < <= > >= = <>
    Complex  + - * / ^         - (unary)   = <>
    Bool     not and or xor implies iff
    String   ++ length                     < <= > >= = <>
    BitVec8  + - *  & | xor << >>  - ~ (unary)   < <= > >= = <>     and so on, for each width

Comparisons give Bool, `length` an Int. `div` and `mod` round down, as Python's `//` and `%` do:
x = y * (x div y) + x mod y, and x mod y lies between 0 and y. Strings compare by code points. The exponent of a real or
complex number has a value where it is whole, and 0 ^ 0 = 1. Bit vectors are numbers without sign: they compare as such,
and sums, differences and products are modulo 2^width; a shift moves zeros in, and one by the width or more leaves 0.

What has no value stays as it is: division by zero, a negative exponent (of an integer, or of 0), and any result of more
than 2**19 bits (of a rational: both parts together) or 2**15 characters, so that no step can take long.

>>> evaluate("div", [-7, 2]), evaluate("div", [-7, 0]), evaluate("<", [1, 2])
(-4, None, True)
>>> evaluate("+", [200, 100], ["BitVec8", "BitVec8"])
44
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache

from .literals import LONGEST_STRING, SORT_OF, Value, bit_width
from .printing import AND, IFF, IMPLIES, NOT, OR, RELATION
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


def _quotient(x: Fraction, y: Fraction) -> Fraction | None:
    return x / y if y else None


def _fraction_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator != 1 or (base == 0 and exponent < 0):
        return None
    over, under = (_power(part, abs(exponent.numerator)) for part in (base.numerator, base.denominator))
    if over is None or under is None:
        return None
    return Fraction(over, under) if exponent >= 0 else Fraction(under, over)


def _operations() -> dict[tuple[str, tuple[str, ...]], _Operation]:
    table: dict[tuple[str, tuple[str, ...]], _Operation] = {
        ("div", ("Int", "Int")): lambda x, y: x // y if y else None,
        ("mod", ("Int", "Int")): lambda x, y: x % y if y else None,
        ("^", ("Int", "Int")): _power,
        ("/", ("Rat", "Rat")): _quotient,
        ("not", ("Bool",)): operator.not_,
        ("and", ("Bool", "Bool")): operator.and_,
        ("or", ("Bool", "Bool")): operator.or_,
        ("++", ("String", "String")): operator.add,
        ("length", ("String",)): len,
        ("abs", ("Real",)): abs,
    }
    for sort in ("Real", "Complex"):
        table["/", (sort, sort)] = _quotient
        table["^", (sort, sort)] = _fraction_power
    for sort in ("Int", "Rat", "Real", "Complex"):
        table["-", (sort,)] = operator.neg
        for text, compute in (("+", operator.add), ("-", operator.sub), ("*", operator.mul)):
            table[text, (sort, sort)] = compute
    for sort in ("Int", "Rat", "Real", "String"):
        for text, compare in _COMPARED.items():
            table[text, (sort, sort)] = compare
    for text in ("=", "<>"):
        table[text, ("Complex", "Complex")] = _COMPARED[text]
    return table


_CONNECTIVES: Mapping[str, _Operation] = {
    "xor": operator.ne,
    "implies": lambda x, y: not x or y,
    "iff": operator.eq,
}
_OPERATIONS: Mapping[tuple[str, tuple[str, ...]], _Operation] = {
    **_operations(),
    **{(text, ("Bool", "Bool")): compute for text, compute in _CONNECTIVES.items()},
}


@cache
def _on_bits(width: int) -> Mapping[tuple[str, int], _Operation]:
    """The operations on bit vectors of a width, by text and number of operands."""
    ones = (1 << width) - 1
    table: dict[tuple[str, int], _Operation] = {
        ("+", 2): lambda x, y: (x + y) & ones,
        ("-", 2): lambda x, y: (x - y) & ones,
        ("*", 2): lambda x, y: (x * y) & ones,
        ("-", 1): lambda x: -x & ones,
        ("~", 1): lambda x: x ^ ones,
        ("&", 2): operator.and_,
        ("|", 2): operator.or_,
        ("xor", 2): operator.xor,
        ("<<", 2): lambda x, y: (x << y) & ones if y < width else 0,
        (">>", 2): lambda x, y: x >> y if y < width else 0,
    }
    return {**table, **{(text, 2): compare for text, compare in _COMPARED.items()}}


@lru_cache(maxsize=4096)
def _operation(text: str, sorts: tuple[str, ...]) -> _Operation | None:
    width = bit_width(sorts[0]) if sorts else None
    if width is None:
        return _OPERATIONS.get((text, sorts))
    return _on_bits(width).get((text, len(sorts))) if set(sorts) == {sorts[0]} else None


def evaluate(operation: str, values: Sequence[Value], sorts: Sequence[str] | None = None) -> Value | None:
    """The value of a built-in operation; None if there is no such operation or it has no value here.

    The operands have the sorts given, or else those that values have by themselves: Int, Rat, Bool, String.
    """
    compute = _operation(operation, tuple([SORT_OF[type(v)] for v in values] if sorts is None else sorts))
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
    if _operation(operation, tuple(arguments)) is None:
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
    "|": Notation("|", "infix", 35, "left"),
    "xor": Notation("xor", "infix", 36, "left"),
    "&": Notation("&", "infix", 37, "left"),
    "<<": Notation("<<", "infix", 38, "left"),
    ">>": Notation(">>", "infix", 38, "left"),
    "~": Notation("~", "prefix", 55),
    "^": Notation("^", "infix", 60, "right"),
    "++": Notation("++", "infix", 40, "left"),
    "not": Notation("not", "prefix", NOT),
    "and": Notation("and", "infix", AND, "right"),
    "or": Notation("or", "infix", OR, "right"),
    "implies": Notation("implies", "infix", IMPLIES, "right"),
    "iff": Notation("iff", "infix", IFF),
    "length": Notation("length"),
    "abs": Notation("abs"),
    **{text: Notation(text, "infix", RELATION) for text in _COMPARED},
}


def notation(text: str, arity: int) -> Notation | None:
    """How an operation of that many operands is written as an operator, whatever its sorts; None if it is not."""
    found = Notation("-", "prefix", 55) if (text, arity) == ("-", 1) else _NOTATION.get(text)
    wanted = {"infix": 2, "prefix": 1}
    return found if found is not None and wanted.get(found.form) == arity else None


def builtin_symbols(sorts: Collection[str] = ("Int", "Bool"), *, connectives: bool = False) -> tuple[Symbol, ...]:
    """Symbols for the built-in operations among these sorts of literals, in the usual notation.

    A symbol is called by its text where no other has that text, and else by text and sorts. `xor`, `implies` and `iff`
    on Bool are there if `connectives` are wanted: a theory that has them is no longer what it was without.

    >>> [s.name for s in builtin_symbols(["String"])]
    ['++']
    """
    kinds = [k for k in _OPERATIONS if connectives or k[0] not in _CONNECTIVES]
    for sort in dict.fromkeys(sorts):
        width = bit_width(sort)
        kinds += [] if width is None else [(text, (sort,) * arity) for text, arity in _on_bits(width)]
    found = [
        (text, arguments, result)
        for text, arguments in kinds
        if (result := result_sort(text, arguments)) is not None and {*arguments, result} <= set(sorts)
    ]
    texts = [text for text, _, _ in found]
    out = []
    for text, arguments, result in found:
        name = text if texts.count(text) == 1 else f"{text}@{','.join(arguments)}"
        written = notation(text, len(arguments)) or _NOTATION[text]
        out.append(Symbol(name, arguments, result, "builtin", written))
    return tuple(out)
