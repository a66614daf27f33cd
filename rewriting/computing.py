"""What built-in operations compute, for the checker.

Search computes by itself (`operations.py`), sharing nothing but the texts of literals. Integers are of any size; `div`
and `mod` round down, strings compare by code points. Literals of the sorts Real and Complex are the rational numbers,
with the arithmetic that these have among the real and complex numbers; x ^ n is x times itself n times, or that of 1/x
-n times, and 1 for n = 0, whatever x is. Bit vectors of width w are the numbers from 0 to 2^w - 1: arithmetic is modulo
2^w, comparisons are of numbers, shifts move zeros in. Refused, whatever a file asks for: division by zero, negative
exponents of integers, exponents that are not whole, and powers of more than two million bits. Literals have at most
200,000 characters, so every step is bounded.

>>> less = operation("<", ("Int", "Int"), "Bool")
>>> less(2, 10)
True
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .literals import Value, bit_width

_LARGEST_POWER = 1 << 20


class NoValue(Exception):
    """The operation has no value for these operands."""


def operation(text: str, arguments: tuple[str, ...], result: str) -> Callable[..., Value] | None:
    """The built-in operation written so, of these sorts; None if there is none."""
    width = bit_width(arguments[0]) if arguments and len(set(arguments)) == 1 else None
    if width is not None:
        return _on_bits(text, width, len(arguments), result == arguments[0], result == "Bool")
    match arguments, result:
        case (("Int", "Int"), "Int"):
            return _INTEGERS.get(text)
        case (("Rat", "Rat"), "Rat"):
            return _RATIONALS.get(text)
        case (("Real", "Real"), "Real") | (("Complex", "Complex"), "Complex"):
            return _FIELDS.get(text)
        case (("Int",), "Int") | (("Rat",), "Rat") | (("Complex",), "Complex"):
            return _negative if text == "-" else None
        case (("Real",), "Real"):
            return {"-": _negative, "abs": _absolute}.get(text)
        case (("Int", "Int") | ("Rat", "Rat") | ("Real", "Real") | ("String", "String"), "Bool"):
            return _RELATIONS.get(text)
        case (("Complex", "Complex"), "Bool"):
            return _RELATIONS.get(text) if text in ("=", "<>") else None
        case (("Bool", "Bool"), "Bool"):
            return _CONNECTIVES.get(text)
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


def _fraction_power(x: Fraction, y: Fraction) -> Fraction:
    if y.denominator != 1:
        raise NoValue
    base = x if y >= 0 else _ratio(Fraction(1), x)
    times = abs(y.numerator)
    return Fraction(_power(base.numerator, times), _power(base.denominator, times))


def _negative(x: Any) -> Any:
    return 0 - x


def _absolute(x: Fraction) -> Fraction:
    return x if x >= 0 else 0 - x


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
_FIELDS: dict[str, Callable[..., Any]] = {**_RATIONALS, "^": _fraction_power}
_CONNECTIVES: dict[str, Callable[..., bool]] = {
    "and": _both,
    "or": _either,
    "xor": lambda x, y: _either(_both(x, _opposite(y)), _both(_opposite(x), y)),
    "implies": lambda x, y: _either(_opposite(x), y),
    "iff": lambda x, y: _either(_both(x, y), _both(_opposite(x), _opposite(y))),
}
_RELATIONS: dict[str, Callable[..., bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: not y < x,
    ">": lambda x, y: y < x,
    ">=": lambda x, y: not x < y,
    "=": lambda x, y: x == y,
    "<>": lambda x, y: x != y,
}


# Bit vectors, as the numbers that they write.


def _on_bits(text: str, width: int, arity: int, inner: bool, relation: bool) -> Callable[..., Any] | None:
    if arity == 2 and relation:
        return _RELATIONS.get(text)
    if not inner:
        return None
    size = 2**width
    if arity == 1:
        return {"-": lambda x: (size - x) % size, "~": lambda x: size - 1 - x}.get(text)
    if arity == 2 and text in _RINGS:
        compute = _RINGS[text]
        return lambda x, y: compute(x, y) % size
    shifts: dict[str, Callable[..., Any]] = {
        "<<": lambda x, y: x * 2**y % size if y < width else 0,
        ">>": lambda x, y: x // 2**y if y < width else 0,
    }
    return {**_BITWISE, **shifts}.get(text) if arity == 2 else None


_BITWISE: dict[str, Callable[..., int]] = {
    "&": lambda x, y: x & y,
    "|": lambda x, y: x + y - (x & y),
    "xor": lambda x, y: x + y - 2 * (x & y),
}
