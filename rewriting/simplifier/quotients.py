"""Exact division and square roots of forms.

Sines and cosines are taken apart for it: cos(u) = (z + 1/z)/2 and sin(u) = (z - 1/z)/(2i) with z = exp(i u), so that a
form is a polynomial over the Gaussian rationals in atoms, exponentials and such z, whose exponents add and may be
negative or fractions. There division needs no laws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import TYPE_CHECKING

from .normal import COS, SIN, ZERO, Monomial, Number

if TYPE_CHECKING:
    from .normal import Forms

_Key = tuple[str, int | Monomial]
_Place = tuple[Number, ...]  # exponents
_Gauss = tuple[Number, Number]  # real and imaginary part
_Spread = dict[_Place, _Gauss]
_MOST_STEPS = 400


def divided(forms: Forms, form: int, by: int) -> int | None:
    """form / by if the division leaves nothing; `by` is not 0."""
    if form == ZERO:
        return ZERO
    basis = _basis(forms, (form, by))
    quotient = _divided(forms, _spread(forms, form, basis), _spread(forms, by, basis))
    return None if quotient is None else _gathered(forms, quotient, basis)


def square_root(forms: Forms, form: int) -> int | None:
    """A form whose square this is, one of the two."""
    if form == ZERO:
        return ZERO
    basis = _basis(forms, (form,))
    spread = _spread(forms, form, basis)
    if len(spread) == 2:
        return None
    first = max(spread)
    top = _root(spread[first])
    if top is None:
        return None
    root: _Spread = {}
    place = tuple(_half(n) for n in first)
    lowest = tuple(_half(n) for n in min(spread))
    rest = dict(spread)
    part = top
    for _ in range(len(spread)):
        _subtract(rest, root, place, part, twice=True)
        root[place] = part
        if not rest:
            break
        leading = max(rest)
        place = tuple(a - _half(b) for a, b in zip(leading, first, strict=True))
        if place < lowest or place in root:
            return None
        part = _over(rest[leading], (2 * top[0], 2 * top[1]))
    if rest or not _is_whole(root, basis):
        return None
    found = _gathered(forms, root, basis)
    return found if forms.mul(found, found) == form else None  # it may be imaginary


def _is_whole(root: _Spread, basis: list[_Key]) -> bool:
    """Are the powers of atoms in it whole?"""
    return all(
        Fraction(n).denominator == 1 for place in root for n, key in zip(place, basis, strict=True) if key[0] == "atom"
    )


def _half(n: Number) -> Number:
    return Fraction(n) / 2


def _root(value: _Gauss) -> _Gauss | None:
    real, imaginary = (Fraction(part) for part in value)
    if imaginary or real < 0:
        return None
    over, under = isqrt(real.numerator), isqrt(real.denominator)
    return (Fraction(over, under), 0) if over * over == real.numerator and under * under == real.denominator else None


def _basis(forms: Forms, given: tuple[int, ...]) -> list[_Key]:
    """What has exponents in some forms, in an order that depends on the terms alone."""
    found: dict[_Key, tuple[str, object]] = {}
    for form in given:
        for powers, exponent, wave in forms.terms[form]:
            for a, _ in powers:
                found["atom", a] = ("atom", forms.atom_key(a))
            for kind, part in (("exp", exponent), ("wave", 0 if wave is None else wave[1])):
                for m in forms.terms[part]:
                    found[kind, m] = (kind, forms.monomial_key(m))
    return sorted(found, key=lambda key: str(found[key]))


def _spread(forms: Forms, form: int, basis: list[_Key]) -> _Spread:
    at = {key: n for n, key in enumerate(basis)}
    out: _Spread = {}
    for (powers, exponent, wave), c in forms.terms[form].items():
        place: list[Number] = [0] * len(basis)
        for a, k in powers:
            place[at["atom", a]] = k
        for m, n in forms.terms[exponent].items():
            place[at["exp", m]] = n
        if wave is None:
            _into(out, tuple(place), (c, 0))
            continue
        other = list(place)
        for m, n in forms.terms[wave[1]].items():
            place[at["wave", m]] = n
            other[at["wave", m]] = -n
        half = Fraction(c) / 2
        _into(out, tuple(place), (half, 0) if wave[0] == COS else (0, -half))
        _into(out, tuple(other), (half, 0) if wave[0] == COS else (0, half))
    return out


def _gathered(forms: Forms, spread: _Spread, basis: list[_Key]) -> int:
    parts: list[tuple[int, Number]] = []
    for place, (real, imaginary) in spread.items():
        powers = tuple(sorted((int(k[1]), int(n)) for k, n in zip(basis, place, strict=True) if k[0] == "atom" and n))  # type: ignore[arg-type]
        sums = {}
        for kind in ("exp", "wave"):
            found = {k[1]: n for k, n in zip(basis, place, strict=True) if k[0] == kind and n}
            sums[kind] = forms.sum([(forms.make({m: 1}), n) for m, n in found.items()])  # type: ignore[dict-item]
        part = forms.make({(powers, ZERO, None): 1})
        if sums["exp"]:
            part = forms.mul(part, forms.exp(sums["exp"]))
        angle = sums["wave"]
        if angle == ZERO:
            parts.append((part, real))  # the imaginary parts cancel
            continue
        # z^u and z^-u stand in the spread of a real form with conjugate coefficients: half of each from either
        if real:
            parts.append((forms.mul(part, forms.wave(COS, angle)), real))
        if imaginary:
            parts.append((forms.mul(part, forms.wave(SIN, angle)), -imaginary))
    return forms.sum(parts)


def _divided(forms: Forms, form: _Spread, by: _Spread) -> _Spread | None:
    rest = dict(form)
    top = max(by)
    # in every exponent, lowest and highest places of a product are the sums of those of its factors
    lowest, highest = (
        tuple(a - b for a, b in zip(_corner(end, form), _corner(end, by), strict=True)) for end in (min, max)
    )
    if any(low > high for low, high in zip(lowest, highest, strict=True)):
        return None
    if not _may_divide(form, by):
        return None
    out: _Spread = {}
    for _ in range(_MOST_STEPS):
        if not rest:
            return out
        forms.spend(len(by))
        leading = max(rest)
        place = tuple(a - b for a, b in zip(leading, top, strict=True))
        if any(not low <= n <= high for low, n, high in zip(lowest, place, highest, strict=True)):
            return None
        part = _over(rest[leading], by[top])
        out[place] = part
        _subtract(rest, by, place, part)
    return None


def _may_divide(form: _Spread, by: _Spread) -> bool:
    """A quick test: of whole polynomials the divisor, if it has no number as a factor, has values that divide."""
    values = []
    for spread in (form, by):
        low = _corner(min, spread)
        coefficients = [real for real, imaginary in spread.values() if not imaginary]
        whole = all((n - k).denominator == 1 for place in spread for n, k in zip(place, low, strict=True))
        if len(coefficients) < len(spread) or not whole:
            return True
        common = lcm(*(c.denominator for c in coefficients))
        scale = Fraction(common, gcd(*(int(c * common) for c in coefficients)))
        total = 0
        for place, (real, _) in spread.items():
            term = int(real * scale)
            for at, (n, k) in enumerate(zip(place, low, strict=True)):
                term *= (2 * at + 5) ** int(n - k)
            total += term
        values.append(total)
    return values[1] == 0 or values[0] % values[1] == 0


def _corner(end: Callable[[Iterable[Number]], Number], spread: _Spread) -> _Place:
    """The lowest or highest exponents, each by itself."""
    return tuple(end(column) for column in zip(*spread, strict=True))


def _subtract(rest: _Spread, by: _Spread, place: _Place, part: _Gauss, twice: bool = False) -> None:
    """rest -= part z^place * by, or for the square of by + part z^place: twice that, and the square of the part."""
    for other, value in by.items():
        real, imaginary = _times(value, part)
        factor = -2 if twice else -1
        _into(rest, tuple(a + b for a, b in zip(place, other, strict=True)), (factor * real, factor * imaginary))
    if twice:
        real, imaginary = _times(part, part)
        _into(rest, tuple(2 * a for a in place), (-real, -imaginary))


def _into(out: _Spread, place: _Place, value: _Gauss) -> None:
    found = out.get(place, (0, 0))
    total = (found[0] + value[0], found[1] + value[1])
    if total == (0, 0):
        out.pop(place, None)
    else:
        out[place] = total


def _times(a: _Gauss, b: _Gauss) -> _Gauss:
    if not a[1] and not b[1]:
        return a[0] * b[0], 0
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _over(a: _Gauss, b: _Gauss) -> _Gauss:
    if not a[1] and not b[1]:
        return Fraction(a[0]) / b[0], 0
    norm = Fraction(b[0] * b[0] + b[1] * b[1])
    real, imaginary = _times(a, (b[0], -b[1]))
    return real / norm, imaginary / norm
