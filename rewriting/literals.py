"""Literals: the integers, rationals, truth values and strings that stand in terms as themselves.

A literal is written as a canonical text, one for each value, and no two values of different types share a text: 1, the
rational 1, True and "1" are `1`, `1/1`, `true` and `"1"`.

    integers     12  -7  0           digits without leading zeros; no -0
    rationals    3/4  -2/1           reduced, the denominator positive and always written
    booleans     true  false
    strings      "abc"  "\\u00e9"     JSON in ASCII: other characters are escaped, so no text can pass for another

A sort has literals of one type if it has a name in `LITERAL_SORTS` and no constructors.

>>> literal_text(Fraction(6, 8)), literal_value("3/4")
('3/4', Fraction(3, 4))
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction

Value = int | Fraction | bool | str
LITERAL_SORTS: Mapping[str, type[Value]] = {"Int": int, "Rat": Fraction, "Bool": bool, "String": str}
SORT_OF: Mapping[type[Value], str] = {kind: sort for sort, kind in LITERAL_SORTS.items()}

LONGEST_STRING = 1 << 15
LONGEST_TEXT = 200_000  # characters; a string of the greatest length has up to six for each of its own
_SMALL_BITS = 2_000  # of numbers that Python converts whatever its own limit of digits is set to
_NOT_CANONICAL = "not the canonical text of a literal"
_INTEGER = r"0|-?[1-9][0-9]*"
_SHAPE = re.compile(
    rf"(?P<integer>{_INTEGER})|(?P<rational>(?:{_INTEGER})/[1-9][0-9]*)|true|false|(?P<string>\"[ -~]*\")", re.ASCII
)


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
