"""Factors of forms without waves, as far as divisions and square roots find them.

Contents, perfect squares, quadratics whose discriminant is a square, and factors a v + b that the first and last
coefficients suggest: what people factor by hand, not a complete factorisation.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, product
from math import gcd
from typing import TYPE_CHECKING

from .normal import UNIT, ZERO, Powers, Terms
from .quotients import divided, square_root

if TYPE_CHECKING:
    from .functions import Functions

_MOST_SQUARED = 500  # terms of what may be a square
_MOST_TERMS = 40
_MOST_ATOMS = 12
_MOST_TRIED = 14  # terms of what is tried to be divided by factors
_MOST_TRIALS = 40
_MOST_DIVISORS = 12


def factors(forms: Functions, form: int) -> list[tuple[int, int]]:
    """Forms and multiplicities whose product is the form up to a number; itself where nothing is found.

    No common monomial is looked for: that is the caller's.
    """
    found: dict[int, int] = {}
    stack = [(form, 1)]
    while stack:
        f, n = stack.pop()
        one = forms.scale(f, Fraction(1) / forms.content(f))
        parts = _split(forms, one)
        if parts is None:
            found[one] = found.get(one, 0) + n
        else:
            stack.extend((p, n * k) for p, k in parts if forms.value(p) is None)
    return sorted(found.items(), key=lambda item: forms.form_key(item[0]))


def _split(forms: Functions, form: int) -> list[tuple[int, int]] | None:
    terms = forms.terms[form]
    if not 2 <= len(terms) <= _MOST_SQUARED:
        return None
    if len(terms) > 2:
        root = square_root(forms, forms.scale(form, Fraction(1) / forms.content(form)))
        if root is not None:
            return [(root, 2)]
    atoms = {a for powers, _, _ in terms for a, _ in powers}
    if len(terms) > _MOST_TERMS or len(atoms) > _MOST_ATOMS:
        return None
    degrees = {a: _degrees(forms, form, a) for a in atoms}
    for v in sorted(atoms, key=lambda a: (degrees[a][1], forms.atom_key(a))):
        low, high = degrees[v]
        if low < 0 or high == 0:
            continue
        coefficients = _coefficients(forms, form, v)
        found = None
        if high == 1:
            found = _common(forms, form, coefficients)
        elif high == 2:
            found = _common(forms, form, coefficients) or _quadratic(forms, form, v, coefficients)
        else:
            found = _common(forms, form, coefficients) or _linear(forms, form, v, coefficients)
        if found is not None:
            quotient = divided(forms, form, found)
            if quotient is not None:
                return [(found, 1), (quotient, 1)]
    return None


def _degrees(forms: Functions, form: int, v: int) -> tuple[int, int]:
    all_of = [dict(powers).get(v, 0) for powers, _, _ in forms.terms[form]]
    return min(all_of), max(all_of)


def _coefficients(forms: Functions, form: int, v: int) -> dict[int, int]:
    """The form as a polynomial in v: its coefficients that are not 0, by powers."""
    found: dict[int, Terms] = {}
    for (powers, exponent, wave), c in forms.terms[form].items():
        n = dict(powers).get(v, 0)
        found.setdefault(n, {})[tuple(p for p in powers if p[0] != v), exponent, wave] = c
    return {n: forms.make(terms) for n, terms in found.items()}


def _common(forms: Functions, form: int, coefficients: dict[int, int]) -> int | None:
    """A factor of all coefficients with more than one term."""
    shortest = min(coefficients.values(), key=lambda f: (len(forms.terms[f]), forms.form_key(f)))
    if len(forms.terms[shortest]) < 2:
        return None
    for f, _ in factors(forms, _reduced(forms, shortest)):
        if (
            len(forms.terms[f]) > 1
            and f != form
            and all(divided(forms, c, f) is not None for c in coefficients.values())
        ):
            return f
    return None


def _reduced(forms: Functions, form: int) -> int:
    """Without its common monomial and number."""
    common = forms.common(form)
    rest = forms.without(form, common) if common != UNIT else form
    return forms.scale(rest, Fraction(1) / forms.content(rest))


def _quadratic(forms: Functions, form: int, v: int, coefficients: dict[int, int]) -> int | None:
    a, b, c = (coefficients.get(n, ZERO) for n in (2, 1, 0))
    if c == ZERO:
        return None
    discriminant = forms.sum(((forms.mul(b, b), 1), (forms.mul(a, c), -4)))
    root = square_root(forms, discriminant)
    if root is None:
        return None
    linear = forms.mul(forms.scale(a, 2), forms.of_atom(v))
    factor = forms.sum(((linear, 1), (b, 1), (root, -1)))
    return None if factor == ZERO else _reduced(forms, factor)


def _linear(forms: Functions, form: int, v: int, coefficients: dict[int, int]) -> int | None:
    """A factor q v^k - r, where q divides the first coefficient and r the last."""
    last = coefficients.get(0, ZERO)
    if last == ZERO or len(forms.terms[form]) > _MOST_TRIED:
        return None
    tops = _divisors(forms, coefficients[max(coefficients)])
    bottoms = _divisors(forms, last)
    for k in sorted({1, 2, gcd(*coefficients)}):
        power = forms.of_atom(v, k)
        for q, r, sign in islice(product(tops, bottoms, (1, -1)), _MOST_TRIALS):
            factor = forms.sum(((forms.mul(q, power), 1), (r, -sign)))
            if factor not in (ZERO, form) and divided(forms, form, factor) is not None:
                return factor
    return None


def _divisors(forms: Functions, form: int) -> list[int]:
    """Some divisors: numbers times a root of its monomial."""
    only = forms.single(form)
    if only is None:
        return [form]
    (powers, exponent, wave), c = only
    size = abs(Fraction(c).numerator)
    numbers = [d for d in range(1, min(size, 60) + 1) if size % d == 0][:_MOST_DIVISORS]
    bases: set[Powers] = {()}
    for n in (1, 2, 3):
        if all(k % n == 0 for _, k in powers):
            bases.add(tuple((a, k // n) for a, k in powers))
    if exponent or wave is not None:
        return [form]
    found = [forms.make({(p, 0, None): d}) for d in numbers for p in bases]
    return sorted(found, key=lambda f: forms.form_key(f))
