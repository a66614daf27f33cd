"""Values of terms of the theories at points, to fifty digits; whether two terms agree at random ones.

A point gives numbers to variables by name. Rational numbers are computed exactly for as long as they stay rational,
other ones with `DIGITS` digits by mpmath; what is smaller than the errors of that is zero. A term has no value where a
function of it has none in the usual sense, real or complex (principal values; 0 ^ 0 = 1), or where a number grows
beyond what can be computed well.

>>> from lemmata.rewriting.parsing import parse_term
>>> from lemmata.rewriting.simplifier.theories import real_theory
>>> from lemmata.rewriting.source import Source
>>> table = TermTable()
>>> def read(text): return parse_term(Source("<text>", text), real_theory().symbols, {"x": "Real"}, table)
>>> Values("real").of(table, read("(x^2 - 1) / (x - 1)"), {"x": Fraction(1, 2)})
Fraction(3, 2)
>>> Values("real").of(table, read("sqrt(x)"), {"x": Fraction(-1)}) is None
True
>>> print(agree(table, read("sqrt(x^2)"), read("x"), "real").refutation)
x = -1: 1 on the left, -1 on the right
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

from ..literals import literal_value
from ..syntax import TermTable, children
from .theories import Domain

DIGITS = 50
_GUARD = 40  # more digits in between
_LARGEST_BITS = 1 << 14  # of a rational; larger ones lose their exactness
_LARGEST_ARGUMENT = 10**6  # of exp and of what is computed through it
_LARGEST_ANGLE = 10**12
_LARGEST_CANCELLED = 10**15
_LARGEST_SATURATED = 70  # of tanh, which comes too near to 1

Number = Any  # Fraction, or an mpf or mpc of the context of a `Values`
Value = Any  # Number or bool
Point = Mapping[str, Number]
Junk = Callable[[str, Sequence[Number]], Number]


class _Beyond(Exception):
    """A number that cannot be computed well."""


class Values:
    """Values of terms of the theory of a domain.

    `junk(function, arguments)` gives the value of a function outside its domain; then all functions are total, as the
    axioms have them, and 0 ^ y is 0 for y <> 0. Without it there is no value there.
    """

    def __init__(self, domain: Domain, junk: Junk | None = None) -> None:
        self._real = domain == "real"
        self._junk = junk
        self._mp = mpmath.MPContext()
        self._mp.dps = DIGITS + _GUARD
        self._coarse = self._mp.mpf(10) ** -(_GUARD - 5)
        self._small = self._mp.mpf(10) ** -(DIGITS + _GUARD // 2)
        self._functions: dict[str, Callable[[Number], Number | None]] = {
            "sqrt": self._sqrt,
            "exp": self._exp,
            "ln": self._ln,
            "sin": lambda x: self._periodic(self._mp.sin, x),
            "cos": lambda x: self._periodic(self._mp.cos, x),
            "tan": self._tan,
            "asin": lambda x: self._arc(self._mp.asin, x),
            "acos": lambda x: self._arc(self._mp.acos, x),
            "atan": self._atan,
            "sinh": lambda x: self._hyperbolic(self._mp.sinh, x),
            "cosh": lambda x: self._hyperbolic(self._mp.cosh, x),
            "tanh": self._tanh,
            "abs": abs,
        }

    def of(self, table: TermTable, row: int, point: Point) -> Value | None:
        """The value of a term, a number or a truth value, or of a formula without quantifiers; None if it has none.

        An implication from what is false is true, whatever it is that it implies. Each distinct subterm once.
        """
        return self.all(table, [row], point)[row]

    def all(self, table: TermTable, roots: Sequence[int], point: Point) -> dict[int, Value | None]:
        """The values of terms and of everything below them, by row."""
        found: dict[int, Value | None] = {}
        for i in table.reachable(roots):
            row = table.rows[i]
            below = [found[c] for c in children(row)]
            match row[0]:
                case "lit":
                    found[i] = literal_value(str(row[1]))
                case "var":
                    found[i] = self._given(point.get(str(row[1])))
                case "app":
                    name = str(row[1])
                    found[i] = None if None in below else self._tried(name.partition("@")[0], below)
                case "false":
                    found[i] = False
                case "eq":
                    found[i] = None if None in below else self._tried("=", below)
                case "imp":
                    found[i] = True if below[0] is False or below[1] is True else _unless_none(below[1], below[0])
                case _:
                    found[i] = None
        return found

    def close(self, left: Value, right: Value) -> bool:
        """Are two values the same, as far as fifty digits tell?"""
        if isinstance(left, bool) or isinstance(right, bool):
            return left is right
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left == right
        a, b = self._inexact(left), self._inexact(right)
        return bool(abs(a - b) <= self._mp.mpf(10) ** -DIGITS * max(1, abs(a), abs(b)))

    def complex(self, real: Fraction, imaginary: Fraction) -> Number:
        """A complex number, for points."""
        return self._tidy(self._mp.mpc(self._inexact(real), self._inexact(imaginary)))

    def multiple_of_pi(self, number: Fraction) -> Number:
        """That multiple of pi."""
        return self._product(number, +self._mp.pi)

    # Numbers

    def _given(self, value: Number | None) -> Number | None:
        if value is None or isinstance(value, Fraction):
            return value
        return Fraction(value) if isinstance(value, int) else self._tidy(self._mp.convert(value))

    def _inexact(self, x: Number) -> Number:
        return self._mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else self._mp.mpmathify(x)

    def _tidy(self, x: Number) -> Number:
        """A result without imaginary part as a real number, and a rational one of moderate size."""
        if isinstance(x, Fraction):
            size = x.numerator.bit_length() + x.denominator.bit_length()
            return x if size <= _LARGEST_BITS else self._inexact(x)
        if isinstance(x, self._mp.mpc):
            if abs(x.imag) <= self._small * abs(x):
                return x.real
            if abs(x.real) <= self._small * abs(x):
                return self._mp.mpc(0, x.imag)
        return x

    def _is_real(self, x: Number) -> bool:
        return not isinstance(x, self._mp.mpc)

    def _sign(self, x: Number) -> int:
        return int(x > 0) - int(x < 0)

    def _same(self, x: Value, y: Value) -> bool:
        if isinstance(x, bool) or isinstance(y, bool):
            return x is y
        return bool(self.sum(x, -y) == 0)

    def _outside(self, function: str, *arguments: Number) -> Number | None:
        return None if self._junk is None else self._junk(function, arguments)

    # Operations

    def _tried(self, text: str, below: list[Value]) -> Value | None:
        try:
            return self._applied(text, below)
        except _Beyond:
            return None

    def _applied(self, text: str, below: list[Value]) -> Value | None:
        match text, below:
            case "pi", []:
                return +self._mp.pi
            case "e", []:
                return +self._mp.e
            case "i", []:
                return self._mp.j
            case "+", [x, y]:
                return self.sum(x, y)
            case "-", [x, y]:
                return self.sum(x, -y)
            case "-", [x]:
                return -x
            case "*", [x, y]:
                return self._product(x, y)
            case "/", [x, y]:
                inverse = self._power(y, Fraction(-1))
                return None if inverse is None else self._product(x, inverse)
            case "^", [x, y]:
                return self._power(x, y)
            case (("<" | "<=" | ">" | ">="), [x, y]):
                return self._compared(text, x, y)
            case "=", [x, y]:
                return self._same(x, y)
            case "<>", [x, y]:
                return not self._same(x, y)
            case "whole", [x]:
                return self._is_real(x) and self._same(x, Fraction(int(self._mp.nint(self._inexact(x)))))
            case "real", [x]:
                return self._is_real(x)
            case "not", [p]:
                return not p
            case "and", [p, q]:
                return p and q
            case "or", [p, q]:
                return p or q
            case _, [x] if text in self._functions:
                value = self._functions[text](x)
                value = self._outside(text, x) if value is None else value
                return None if value is None else self._tidy(value)
        return None

    def sum(self, x: Number, y: Number) -> Number:
        """x + y, and 0 where the digits do not tell it from that."""
        if isinstance(x, Fraction) and isinstance(y, Fraction):
            return self._tidy(x + y)
        a, b = self._inexact(x), self._inexact(y)
        total = a + b
        smallest, largest = sorted((abs(a), abs(b)))
        if 0 < smallest < largest * self._small:
            raise _Beyond  # it would be lost, and may be all that is left in the end
        if abs(total) > self._coarse * largest:
            return self._tidy(total)
        if abs(total) > self._small * largest or largest > _LARGEST_CANCELLED:
            raise _Beyond  # too few digits are left, or nothing tells a small number from none
        return Fraction(0)

    def _product(self, x: Number, y: Number) -> Number:
        if isinstance(x, Fraction) and isinstance(y, Fraction):
            return self._tidy(x * y)
        if x == 0 or y == 0:
            return Fraction(0)
        return self._tidy(self._inexact(x) * self._inexact(y))

    def _compared(self, text: str, x: Number, y: Number) -> bool:
        if not (self._is_real(x) and self._is_real(y)):
            return False
        sign = self._sign(self.sum(x, -y))
        return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[text]

    def _power(self, x: Number, y: Number) -> Number | None:
        if y == 0:
            return Fraction(1)
        if x == 0:
            # The theories fix 0 ^ y = 0; in the usual sense only an exponent with a positive real part has a value.
            return Fraction(0) if self._junk is not None or self._inexact(y).real > 0 else None
        if isinstance(y, Fraction) and y.denominator == 1:
            return self._whole_power(x, y.numerator)
        if self._is_real(x) and x > 0:
            return self._exp(self._product(y, self._ln(x)))
        if self._real:
            return self._outside("^", x, y)
        return self._exp(self._product(y, self._ln(x)))

    def _whole_power(self, x: Number, n: int) -> Number | None:
        if isinstance(x, Fraction) and abs(n) * (x.numerator.bit_length() + x.denominator.bit_length()) <= 2**16:
            return self._tidy(x**n)
        a = self._inexact(x)
        self._need_short_of(n * self._mp.log(abs(a)), _LARGEST_ARGUMENT)
        return self._tidy(a**n)

    def _need_short_of(self, x: Number, most: int) -> None:
        if abs(x) > most:
            raise _Beyond

    # Functions; None outside their domains

    def _sqrt(self, x: Number) -> Number | None:
        return self._power(x, Fraction(1, 2))

    def _exp(self, x: Number) -> Number:
        self._need_short_of(x, _LARGEST_ARGUMENT)
        return Fraction(1) if x == 0 else self._tidy(self._mp.exp(self._inexact(x)))

    def _ln(self, x: Number) -> Number | None:
        if x == 0 or (self._real and x < 0):
            return None
        value = self._tidy(self._mp.log(self._inexact(x)))
        return Fraction(0) if abs(value) <= self._small else value

    def _periodic(self, function: Callable[[Number], Number], x: Number) -> Number:
        a = self._inexact(x)
        self._need_short_of(a.real, _LARGEST_ANGLE)
        self._need_short_of(a.imag, _LARGEST_ARGUMENT)
        value = self._tidy(function(a))
        return Fraction(0) if abs(value) <= self._small * max(1, abs(a)) else value

    def _tan(self, x: Number) -> Number | None:
        self._need_short_of(x.imag if not isinstance(x, Fraction) else 0, _LARGEST_SATURATED)
        return self._quotient(self._periodic(self._mp.sin, x), self._periodic(self._mp.cos, x))

    def _tanh(self, x: Number) -> Number | None:
        self._need_short_of(x.real if not isinstance(x, Fraction) else x, _LARGEST_SATURATED)
        return self._quotient(self._hyperbolic(self._mp.sinh, x), self._hyperbolic(self._mp.cosh, x))

    def _quotient(self, over: Number, under: Number) -> Number | None:
        inverse = self._power(under, Fraction(-1))
        return None if inverse is None else self._product(over, inverse)

    def _hyperbolic(self, function: Callable[[Number], Number], x: Number) -> Number:
        self._need_short_of(x, _LARGEST_ARGUMENT)
        value = self._tidy(function(self._inexact(x)))
        return Fraction(0) if abs(value) <= self._small else value

    def _arc(self, function: Callable[[Number], Number], x: Number) -> Number | None:
        for end in (Fraction(-1), Fraction(1)):
            if self._same(x, end):
                x = end
        if self._real and abs(x) > 1:
            return None
        value = self._tidy(function(self._inexact(x)))
        return Fraction(0) if abs(value) <= self._small else value

    def _atan(self, x: Number) -> Number | None:
        self._need_short_of(abs(x), _LARGEST_ANGLE)
        if not self._is_real(x) and self._same(self._product(x, x), Fraction(-1)):
            return None
        return self._tidy(self._mp.atan(self._inexact(x)))


def _unless_none(conclusion: Value | None, premise: Value | None) -> Value | None:
    return None if premise is None else conclusion


# Points

_SPECIAL = (0, 0, 1, -1, 2, -2, 3, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2), 5, -3, 10, -7, Fraction(1, 3))


def points(
    values: Values, names: Sequence[str], domain: Domain, seed: int = 0, whole: Collection[str] = ()
) -> Iterator[Point]:
    """Points without end, the same for the same seed: small and special numbers first and often, multiples of pi,
    numbers near those of other variables, and rational numbers of all sizes; complex ones too where the domain has
    them. Those named in `whole` are mostly whole.
    """
    draw = random.Random(f"{seed}, {domain}, {','.join(names)}")
    for special in (-1, 0, 1, 2):
        yield {name: Fraction(special) for name in names}
    while True:
        point: dict[str, Number] = {}
        complex_share = draw.choice((0.0, 0.6)) if domain == "complex" else 0.0
        for name in names:
            kind = draw.random()
            if name in whole and kind < 0.9:
                point[name] = Fraction(draw.randint(-4, 4))
            elif point and kind < 0.2:
                near = draw.choice(list(point.values()))
                point[name] = values.sum(draw.choice((near, near, -near)), Fraction(draw.choice((0, 0, 1, -1))))
            elif draw.random() < complex_share:
                point[name] = values.complex(*(draw.choice((_real, _rational))(values, draw) for _ in range(2)))
            else:
                point[name] = _real(values, draw)
        yield point


def _real(values: Values, draw: random.Random) -> Number:
    if draw.random() < 0.2:
        return values.multiple_of_pi(Fraction(draw.randint(-12, 12), draw.choice((2, 2, 12))))
    return _rational(values, draw)


def _rational(_: Values, draw: random.Random) -> Fraction:
    kind = draw.random()
    if kind < 0.4:
        return Fraction(draw.choice(_SPECIAL))
    if kind < 0.95:
        return Fraction(draw.randint(-6000, 6000), 1000)
    return Fraction(draw.randint(-(10**6), 10**6), 10 ** draw.randint(3, 9))


# Agreement


@dataclass(frozen=True)
class Refutation:
    """A point, as texts of the variables' values, where two terms differ; their values there, as texts."""

    point: Mapping[str, str]
    left: str
    right: str

    def __str__(self) -> str:
        at = ", ".join(f"{name} = {value}" for name, value in self.point.items())
        return f"{at or 'everywhere'}: {self.left} on the left, {self.right} on the right"


@dataclass(frozen=True)
class Agreement:
    """At how many points two terms were looked at, at how many of these both had values, and the first one where these
    differed, if there was one."""

    tried: int
    compared: int
    refutation: Refutation | None

    def __bool__(self) -> bool:
        """Was no difference found?"""
        return self.refutation is None


def agree(
    table: TermTable,
    left: int,
    right: int,
    domain: Domain,
    assumptions: Sequence[int] = (),
    count: int = 30,
    seed: int = 0,
) -> Agreement:
    """Do two terms have the same value at `count` random points where both have one and the assumptions (formulas,
    rows) hold? At most twenty times as many points are tried."""
    values = Values(domain)
    roots = [left, right, *assumptions]
    names = sorted({str(table.rows[v][1]) for root in roots for v in table.free_variables(root)})
    tried = compared = 0
    for point in points(values, names, domain, seed, _said_whole(table, assumptions)):
        if compared == count or tried == 20 * count or (tried and not names):
            break
        tried += 1
        if not all(values.of(table, a, point) is True for a in assumptions):
            continue
        found = values.all(table, [left, right], point)
        if found[left] is None or found[right] is None:
            continue
        compared += 1
        if not values.close(found[left], found[right]):
            shown = {name: _shown(value) for name, value in point.items()}
            return Agreement(tried, compared, Refutation(shown, _shown(found[left]), _shown(found[right])))
    return Agreement(tried, compared, None)


def _said_whole(table: TermTable, assumptions: Sequence[int]) -> set[str]:
    """The variables x of assumptions `whole(x)`."""
    found = set()
    for formula in assumptions:
        row = table.rows[formula]
        tested = table.rows[int(row[1])] if row[0] == "eq" else row
        if tested[:2] == ("app", "whole") and table.rows[int(tested[2])][0] == "var":
            found.add(str(table.rows[int(tested[2])][1]))
    return found


def junk(seed: int) -> Junk:
    """Arbitrary values for functions outside their domains, the same for the same function, arguments and seed."""

    def value(function: str, arguments: Sequence[Number]) -> Number:
        told = f"{seed} {function} {' '.join(_shown(a) for a in arguments)}"
        digest = hashlib.sha256(told.encode()).digest()
        if digest[4] < 64:
            return Fraction(digest[5] % 3 - 1)
        return Fraction(int.from_bytes(digest[:4], "big") - 2**31, 10**8)

    return value


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return str(value)
    return str(mpmath.nstr(value, 15))
