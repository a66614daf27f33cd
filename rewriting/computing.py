"""What built-in operations compute, for the checker.

Search computes by itself (`operations.py`), sharing nothing but the texts of literals. Integers are of any size; `div`
and `mod` round down, strings compare by code points. Refused, whatever a file asks for: division by zero, negative
exponents, and powers of more than two million bits. Literals have at most 200,000 characters, so every step is bounded.

>>> less = operation("<", ("Int", "Int"), "Bool")
>>> less(2, 10)
True
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .literals import Value

_LARGEST_POWER = 1 << 20


class NoValue(Exception):
    """The operation has no value for these operands."""


def operation(text: str, arguments: tuple[str, ...], result: str) -> Callable[..., Value] | None:
    """The built-in operation written so, of these sorts; None if there is none."""
    match arguments, result:
        case (("Int", "Int"), "Int"):
            return _INTEGERS.get(text)
        case (("Rat", "Rat"), "Rat"):
            return _RATIONALS.get(text)
        case (("Int",), "Int") | (("Rat",), "Rat"):
            return _negative if text == "-" else None
        case (("Int", "Int") | ("Rat", "Rat") | ("String", "String"), "Bool"):
            return _RELATIONS.get(text)
        case (("Bool", "Bool"), "Bool"):
            return {"and": _both, "or": _either}.get(text)
        case (("Bool",), "Bool"):
            return _opposite if text == "not" else None
        case (("String", "String"), "String"):
            return _joined if text == "++" else None
        case (("String",), "Int"):
            return _length if text == "length" else None
    return None


def _power(x: int, y: int) -> int:
    if y < 0 or (abs(x) > 1 and (x.bit_length() - 1) * y > _LARGEST_POWER):
        raise NoValue
    power: int = x**y
    return power


def _quotient(x: int, y: int) -> int:
    if y == 0:
        raise NoValue
    return x // y


def _remainder(x: int, y: int) -> int:
    if y == 0:
        raise NoValue
    return x - y * (x // y)


def _ratio(x: Fraction, y: Fraction) -> Fraction:
    if y == 0:
        raise NoValue
    return Fraction(x.numerator * y.denominator, x.denominator * y.numerator)


def _negative(x: Any) -> Any:
    return 0 - x


def _both(x: bool, y: bool) -> bool:
    return x and y


def _either(x: bool, y: bool) -> bool:
    return x or y


def _opposite(x: bool) -> bool:
    return not x


def _joined(x: str, y: str) -> str:
    return x + y


def _length(x: str) -> int:
    return len(x)


_RINGS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
}
_INTEGERS: dict[str, Callable[..., Any]] = {**_RINGS, "div": _quotient, "mod": _remainder, "^": _power}
_RATIONALS: dict[str, Callable[..., Any]] = {**_RINGS, "/": _ratio}
_RELATIONS: dict[str, Callable[..., bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: not y < x,
    ">": lambda x, y: y < x,
    ">=": lambda x, y: not x < y,
    "=": lambda x, y: x == y,
    "<>": lambda x, y: x != y,
}
