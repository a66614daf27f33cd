"""Literals: the numbers, truth values, strings and bit vectors that stand in terms as themselves.

A literal is written as a canonical text, one for each value, and no two values of different types share a text: 1, the
rational 1, True and "1" are `1`, `1/1`, `true` and `"1"`.

    integers     12  -7  0           digits without leading zeros; no -0
    rationals    3/4  -2/1           reduced, the denominator positive and always written
    booleans     true  false
    strings      "abc"  "\\u00e9"     JSON in ASCII: other characters are escaped, so no text can pass for another

A sort has literals of one type if it has a name in `LITERAL_SORTS` and no constructors:

    Int  Bool  String        all values of their types
    Rat  Real  Complex       all rationals, as a real or complex number in the last two, whose other values have none
    BitVec1 ... BitVec4096   the whole numbers n with 0 <= n < 2^width, n standing for its binary digits

>>> literal_text(Fraction(6, 8)), literal_value("3/4")
('3/4', Fraction(3, 4))
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

Value = int | Fraction | bool | str
SORT_OF: Mapping[type[Value], str] = {int: "Int", Fraction: "Rat", bool: "Bool", str: "String"}  # of a value by itself

WIDEST = 4096  # bits

LONGEST_STRING = 1 << 15
LONGEST_TEXT = 200_000  # characters; a string of the greatest length has up to six for each of its own
_SMALL_BITS = 2_000  # of numbers that Python converts whatever its own limit of digits is set to
_NOT_CANONICAL = "not the canonical text of a literal"
_INTEGER = r"0|-?[1-9][0-9]*"
_SHAPE = re.compile(
    rf"(?P<integer>{_INTEGER})|(?P<rational>(?:{_INTEGER})/[1-9][0-9]*)|true|false|(?P<string>\"[ -~]*\")", re.ASCII
)
_BIT_VECTOR = re.compile(r"BitVec([1-9][0-9]{0,3})", re.ASCII)


def bit_width(sort: str) -> int | None:
    """The width of a sort of bit vectors; None for any other sort.

    >>> bit_width("BitVec8"), bit_width("BitVec0"), bit_width("Int")
    (8, None, None)
    """
    found = _BIT_VECTOR.fullmatch(sort)
    width = 0 if found is None else int(found[1])
    return width if 0 < width <= WIDEST else None


class _LiteralSorts(Mapping[str, type[Value]]):
    _NAMED: Mapping[str, type[Value]] = {
        **{sort: kind for kind, sort in SORT_OF.items()},
        "Real": Fraction,
        "Complex": Fraction,
    }

    def __getitem__(self, sort: str) -> type[Value]:
        if sort in self._NAMED:
            return self._NAMED[sort]
        if bit_width(sort) is None:
            raise KeyError(sort)
        return int

    def __iter__(self) -> Iterator[str]:
        yield from self._NAMED
        yield from (f"BitVec{width}" for width in range(1, WIDEST + 1))

    def __len__(self) -> int:
        return len(self._NAMED) + WIDEST


LITERAL_SORTS: Mapping[str, type[Value]] = _LiteralSorts()


def is_number_sort(sort: str) -> bool:
    """Are the sort's literals numbers?"""
    return LITERAL_SORTS.get(sort) in (int, Fraction)


def has_literal(sort: str, value: Value) -> bool:
    """Is the value one of the sort's literals? Types count: the integer 1, the rational 1 and True are three values.

    >>> has_literal("BitVec8", 255), has_literal("BitVec8", 256), has_literal("Real", 1)
    (True, False, False)
    """
    if LITERAL_SORTS.get(sort) is not type(value):
        return False
    width = bit_width(sort)
    return width is None or (isinstance(value, int) and value >= 0 and value.bit_length() <= width)


def literal_range(sort: str) -> str:
    """What the literals of a sort of numbers are, for messages.

    >>> literal_range("BitVec8"), literal_range("Real")
    ('0 to 2^8 - 1', 'the rationals')
    """
    width = bit_width(sort)
    if width is not None:
        return f"0 to 2^{width} - 1"
    return "the integers" if LITERAL_SORTS.get(sort) is int else "the rationals"


def literal_text(value: Value) -> str:
    """The canonical text. Raises ValueError for a value whose text would have more than 200,000 characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = json.dumps(value)
    elif isinstance(value, Fraction):
        text = f"{_decimal(value.numerator)}/{_decimal(value.denominator)}"
    else:
        text = _decimal(value)
    if len(text) > LONGEST_TEXT:
        raise ValueError("the literal is too large")
    return text


def literal_value(text: str) -> Value:
    """The value of a canonical text. Raises ValueError for any other text."""
    found = _SHAPE.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if found is None:
        raise ValueError(_NOT_CANONICAL)
    value: Value
    match found.lastgroup:
        case "integer":
            return _integer(text)
        case "rational":
            over, under = text.split("/")
            value = Fraction(_integer(over), _integer(under))
        case "string":
            try:
                value = json.loads(text)
            except ValueError:
                raise ValueError(_NOT_CANONICAL) from None
        case _:
            return text == "true"
    if literal_text(value) != text:
        raise ValueError(_NOT_CANONICAL)
    return value


def literal_order(text: str) -> tuple[int, str, bool]:
    """What orders the literals of one sort: by length, then by digits or letters; -n stands before n.

    Well-founded, as an order of terms must be: 0, -1, 1, -2, 2, ... for integers.
    """
    size = text.lstrip("-") if text[:1] == "-" else text
    return len(size), size, text[:1] != "-"


def _decimal(n: int) -> str:
    """The digits of a number of any size. Python's own conversion has a limit, and takes quadratic time."""
    if n < 0:
        return "-" + _decimal(-n)
    if n.bit_length() <= _SMALL_BITS:
        return str(n)
    half = n.bit_length() * 3 // 20  # about half the digits
    high, low = divmod(n, 10**half)
    return _decimal(high) + _decimal(low).zfill(half)


def _integer(digits: str) -> int:
    if digits[0] == "-":
        return -_integer(digits[1:])
    if len(digits) * 3 <= _SMALL_BITS // 2:
        return int(digits)
    half = len(digits) // 2
    power: int = 10**half
    return _integer(digits[:-half]) * power + _integer(digits[-half:])
