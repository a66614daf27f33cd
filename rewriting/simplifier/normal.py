"""Normal forms of algebra with sine, cosine and exponentials: equal terms, as far as the laws go, have one number.

A form is a sum of monomials with rational coefficients, known by its number. A monomial is

    (powers, exponent, wave)        a1^n1 .. ak^nk * exp(w) * cos(u) or sin(u)

    powers      ((atom, n), ..) sorted by atom, n a whole number that is not 0
    exponent    the number of the form w; 0, which is the form of 0, where there is no such factor
    wave        (COS or SIN, number of the form u) or None

so a product has one exponential and one sine or cosine at most: products of exponentials add their exponents, products
of waves become sums of waves. Sums of waves are linearly independent, and so equal terms meet: sin(x)^2 + cos(x)^2 is
(1/2 - 1/2 cos(2x)) + (1/2 + 1/2 cos(2x)), which is 1. A positive base with an exponent that is no whole number is
exp(exponent * ln(base)).

An atom is a tuple, known by its number: ("var", row of the table it was read from), ("inv", p) for 1/p, ("ln", p),
("abs", p), ("sqrt", p), ("pow", p, q), ("sum", p) for a form too large to multiply out, ("fun", name, p, ..), with
numbers of forms in them. x^-1 cancels with x only where x is known not to be 0: then 1/x is the atom x with the power
-1; else it is an "inv" atom of its own.

Numbers of forms and atoms depend on the order in which they were made, so nothing that is seen is decided by them: what
must be the same in every run goes by `atom_key` and `leading`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction

from ..limits import Clock

Number = int | Fraction
Wave = tuple[int, int]
Powers = tuple[tuple[int, int], ...]
Monomial = tuple[Powers, int, Wave | None]
Terms = dict[Monomial, Number]
Atom = tuple[str | int, ...]

COS, SIN = 0, 1
UNIT: Monomial = ((), 0, None)
ZERO, ONE = 0, 1
_HALF = Fraction(1, 2)
_LONGEST_KEY = 120
_POWER = 8  # a power may have so many times fewer monomials than a product
_WAVE = 30  # the work of making a wave, in monomials
_LOOK = (1 << 12) - 1  # the clock is looked at when so much has been spent
_QUARTERS = {  # sine or cosine of u + n * pi/2, as sign and wave of u
    SIN: ((1, SIN), (1, COS), (-1, SIN), (-1, COS)),
    COS: ((1, COS), (-1, SIN), (-1, COS), (1, SIN)),
}


class TooLarge(Exception):
    """More work than is allowed, or a power that is not multiplied out."""


class Forms:
    """The forms of one run, made once each.

    `most` is the number of monomials that a product may have before like ones meet; beyond it factors become atoms.
    """

    def __init__(self, most: int = 2000) -> None:
        self.most = most
        self.spent = 0  # monomials multiplied and added, the measure of work
        self.limit: int | None = None  # of what is spent
        self.clock: Clock | None = None
        self.terms: list[Terms] = []
        self.atoms: list[Atom] = []
        self.squares: dict[int, int] = {}  # atoms whose square is known: the form it is
        self._form: dict[frozenset[tuple[Monomial, Number]], int] = {}
        self._atom: dict[Atom, int] = {}
        self._atom_keys: list[str] = []
        self._form_keys: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._sums: dict[tuple[int, int], int] = {}
        self._products: dict[tuple[int, int], int] = {}
        self._wave_products: dict[tuple[Wave, Wave], int] = {}
        self._waves: dict[tuple[int, int], int] = {}
        self._split: dict[int, int | None] = {}
        self._leading: dict[int, Monomial] = {}
        self.make({})
        self.make({UNIT: 1})
        self.pi = self.atom(("fun", "pi"), "pi")

    def spend(self, work: int) -> None:
        """Count work. Raises TooLarge where the limit is reached, and Stopped where one of the clock's is."""
        self.spent += work
        if self.limit is not None and self.spent > self.limit:
            raise TooLarge
        if self.clock is not None and self.spent & _LOOK < work:
            self.clock.check()

    # Making

    def make(self, terms: Terms) -> int:
        """The number of a form, given by coefficients that are not 0; the dictionary must not change later."""
        key = frozenset(terms.items())
        found = self._form.get(key)
        if found is None:
            found = self._form[key] = len(self.terms)
            self.terms.append(terms)
        return found

    def atom(self, atom: Atom, name: str | None = None) -> int:
        """The number of an atom. A variable's `name` is what it is ordered by."""
        found = self._atom.get(atom)
        if found is None:
            found = self._atom[atom] = len(self.atoms)
            self.atoms.append(atom)
            self._atom_keys.append(name if name is not None else self._key_of(atom))
        return found

    def of_atom(self, atom: int, n: int = 1) -> int:
        return self.make({(((atom, n),), 0, None): 1})

    def number(self, value: Number) -> int:
        return self.make({UNIT: _plain(value)}) if value else ZERO

    def value(self, form: int) -> Number | None:
        """The rational that a form is, if it is one."""
        terms = self.terms[form]
        if not terms:
            return 0
        return terms.get(UNIT) if len(terms) == 1 else None

    def single(self, form: int) -> tuple[Monomial, Number] | None:
        """The monomial and coefficient of a form that has but one."""
        terms = self.terms[form]
        if len(terms) != 1:
            return None
        (found,) = terms.items()
        return found

    # Order

    def atom_key(self, atom: int) -> str:
        """A text that orders atoms by structure; different atoms have different ones."""
        return self._atom_keys[atom]

    def monomial_key(self, monomial: Monomial) -> tuple[int, str]:
        """Higher degrees come first, then by letters."""
        powers, exponent, wave = monomial
        degree = sum(n for _, n in powers) + (exponent != 0) + (wave is not None)
        parts = sorted(f"{self._atom_keys[a]}^{n}" if n != 1 else self._atom_keys[a] for a, n in powers)
        if exponent:
            parts.append(f"exp({self.form_key(exponent)})")
        if wave:
            parts.append(f"{'sin' if wave[0] == SIN else 'cos'}({self.form_key(wave[1])})")
        return -degree, "*".join(parts)

    def form_key(self, form: int) -> str:
        """A text that orders forms by structure."""
        found = self._form_keys.get(form)
        if found is None:
            parts = sorted((self.monomial_key(m), _told(c)) for m, c in self.terms[form].items())
            text = "+".join(f"{c}*{key[1]}" for key, c in parts)
            found = self._form_keys[form] = _short(text)
        return found

    def leading(self, form: int) -> Monomial:
        """The first monomial of a form that is not 0."""
        found = self._leading.get(form)
        if found is None:
            terms = self.terms[form]
            found = next(iter(terms)) if len(terms) == 1 else min(terms, key=self.monomial_key)
            self._leading[form] = found
        return found

    def _key_of(self, atom: Atom) -> str:
        named = atom[0] in ("fun", "app")
        start, name = (2, str(atom[1])) if named else (1, str(atom[0]))
        return _short(f"{name}({', '.join(self.form_key(int(p)) for p in atom[start:])})")

    # Sums and products

    def add(self, a: int, b: int) -> int:
        if a == ZERO or b == ZERO:
            return a or b
        key = (a, b) if a < b else (b, a)
        found = self._sums.get(key)
        if found is None:
            found = self._sums[key] = self.sum(((a, 1), (b, 1)))
        return found

    def sum(self, parts: Iterable[tuple[int, Number]]) -> int:
        """The sum of forms times numbers."""
        out: Terms = {}
        for form, by in parts:
            terms = self.terms[form]
            self.spend(len(terms))
            for m, c in terms.items():
                total = out.get(m, 0) + c * by
                if total:
                    out[m] = total
                else:
                    out.pop(m, None)
        return self._tidy(out)

    def scale(self, form: int, by: Number) -> int:
        if by == 1:
            return form
        return self._tidy({m: c * by for m, c in self.terms[form].items()}) if by else ZERO

    def _tidy(self, terms: Terms) -> int:
        for m, c in terms.items():
            if type(c) is not int and c.denominator == 1:
                terms[m] = c.numerator
        return self.make(terms)

    def mul(self, a: int, b: int) -> int:
        if a == ONE or b == ZERO:
            return b
        if b == ONE or a == ZERO:
            return a
        key = (a, b) if a < b else (b, a)
        found = self._products.get(key)
        if found is None:
            found = self._products[key] = self._multiplied(a, b)
        return found

    def _multiplied(self, a: int, b: int) -> int:
        if len(self.terms[a]) * len(self.terms[b]) > self.most:
            a, b = sorted((a, b), key=lambda form: len(self.terms[form]))
            return self.mul(a, self.opaque(b)) if len(self.terms[a]) == 1 else self.mul(self.opaque(a), self.opaque(b))
        out: Terms = {}
        for m1, c1 in self.terms[a].items():
            for m2, c2 in self.terms[b].items():
                self._product_into(out, m1, m2, c1 * c2)
        return self._tidy(out)

    def opaque(self, form: int) -> int:
        """The form as an atom, up to a factor."""
        return form if self.single(form) else self.of_atom(self.atom(("sum", form)))

    def _product_into(self, out: Terms, m1: Monomial, m2: Monomial, by: Number) -> None:
        """Add the product of two monomials, times a number."""
        self.spend(1 + len(m1[0]) + len(m2[0]))
        powers, known = self._merged(m1[0], m2[0])
        exponent = m1[1]
        factors: list[int] = [] if known is None else [known]
        if m2[1]:
            exponent = self.add(exponent, m2[1])
            if exponent:
                rest = self.split(exponent)
                if rest is not None:
                    exponent = ZERO
                    factors.append(rest)
        wave = m1[2] or m2[2]
        if m1[2] and m2[2]:
            wave = None
            factors.append(self.wave_product(m1[2], m2[2]))
        if not factors:
            m = (powers, exponent, wave)
            total = out.get(m, 0) + by
            if total:
                out[m] = total
            else:
                out.pop(m, None)
            return
        form = self.make({(powers, exponent, wave): by})
        for factor in factors:
            form = self.mul(form, factor)
        for m, c in self.terms[form].items():
            total = out.get(m, 0) + c
            if total:
                out[m] = total
            else:
                out.pop(m, None)

    def _merged(self, p: Powers, q: Powers) -> tuple[Powers, int | None]:
        """The product of powers; squares that are known come out as a form."""
        if not p or not q:
            return p or q, None
        merged = dict(p)
        known: int | None = None
        for a, n in q:
            total = merged.get(a, 0) + n
            square = self.squares.get(a) if total > 1 else None
            if square is not None:
                power = self.power(square, total // 2)
                known = power if known is None else self.mul(known, power)
                total %= 2
            if total:
                merged[a] = total
            else:
                del merged[a]
        return tuple(sorted(merged.items())), known

    def power(self, form: int, n: int) -> int:
        """A form to a whole power, n >= 0, with form^0 = 1."""
        only = self.single(form)
        if only is not None and only[0][2] is None and not any(a in self.squares for a, _ in only[0][0]):
            (powers, exponent, _), c = only
            if n == 0:
                return ONE
            inner = self.scale(exponent, n)
            rest = self.split(inner) if inner else None
            m: Monomial = (tuple((a, k * n) for a, k in powers), ZERO if rest is not None else inner, None)
            made = self.make({m: c**n})
            return made if rest is None else self.mul(made, rest)
        if len(self.terms[form]) > 1 and _count(len(self.terms[form]), n) * _POWER > self.most:
            return self.of_atom(self.atom(("sum", form)), n)
        out, square = ONE, form
        while n:
            if n & 1:
                out = self.mul(out, square)
            n >>= 1
            if n:
                square = self.mul(square, square)
        return out

    def negative(self, form: int) -> int:
        return self.scale(form, -1)

    def content(self, form: int) -> Number:
        """The rational c for which form / c has whole coefficients without common factor, the leading one positive."""
        terms = self.terms[form]
        over, under = 0, 1
        for c in terms.values():
            over = _gcd(over, c.numerator)
            under = under * c.denominator // _gcd(under, c.denominator)
        sign = -1 if terms[self.leading(form)] < 0 else 1
        return _plain(Fraction(sign * over, under))

    # Sine and cosine

    def wave(self, kind: int, angle: int) -> int:
        """cos or sin of a form, as a form."""
        found = self._waves.get((kind, angle))
        if found is None:
            self.form_key(angle)  # here those inside have theirs
            found = self._waves[kind, angle] = self._wave(kind, angle)
        return found

    def _wave(self, kind: int, angle: int) -> int:
        self.spend(_WAVE)
        if angle == ZERO:
            return ONE if kind == COS else ZERO
        terms = self.terms[angle]
        pi: Monomial = (((self.pi, 1),), 0, None)
        turns = Fraction(terms.get(pi, 0)) * 2  # in quarters
        rest = self.make({m: c for m, c in terms.items() if m != pi}) if turns else angle
        sign = 1
        if rest != ZERO and self.terms[rest][self.leading(rest)] < 0:
            rest, turns, sign = self.negative(rest), -turns, -1 if kind == SIN else 1
        if rest == ZERO and turns < 0:
            turns, sign = -turns, -1 if kind == SIN else 1
        whole = turns.__floor__()
        turns -= whole
        factor, kind = _QUARTERS[kind][whole % 4]
        sign *= factor
        if rest == ZERO and turns > _HALF:
            kind, turns = 1 - kind, 1 - turns
        if rest == ZERO:
            known = self._at_pi(kind, turns)
            if known is not None:
                return self.scale(known, sign)
        angle = self.sum(((rest, 1), (self.make({pi: 1}), turns / 2))) if turns else rest
        return self.make({((), 0, (kind, angle)): sign})

    def _at_pi(self, kind: int, turns: Fraction) -> int | None:
        """cos or sin of 0, pi/6 or pi/4, given in quarters of a turn: no root is among them but those of 2 and 3."""
        if turns == 0:
            return ONE if kind == COS else ZERO
        if turns == Fraction(1, 3):
            return self.number(_HALF) if kind == SIN else self.scale(self.root_of_number(3), _HALF)
        if turns == _HALF:
            return self.scale(self.root_of_number(2), _HALF)
        return None

    def root_of_number(self, prime: int) -> int:
        """The square root of a prime number."""
        log = self.of_atom(self.atom(("ln", self.number(prime))))
        return self.make({((), self.scale(log, _HALF), None): 1})

    def wave_product(self, v: Wave, w: Wave) -> int:
        """The product of two waves as half a sum of waves."""
        key = (v, w) if v <= w else (w, v)
        found = self._wave_products.get(key)
        if found is None:
            (k1, a), (k2, b) = key
            minus, plus = self.sum(((a, 1), (b, -1))), self.add(a, b)
            if k1 == k2 == COS:
                parts = ((self.wave(COS, minus), _HALF), (self.wave(COS, plus), _HALF))
            elif k1 == k2:
                parts = ((self.wave(COS, minus), _HALF), (self.wave(COS, plus), -_HALF))
            else:  # cos a sin b, for COS < SIN
                parts = ((self.wave(SIN, plus), _HALF), (self.wave(SIN, minus), -_HALF))
            found = self._wave_products[key] = self.sum(parts)
        return found

    # Exponentials

    def exp(self, exponent: int) -> int:
        """exp of a form, as a form."""
        if exponent == ZERO:
            return ONE
        self.form_key(exponent)  # here those inside have theirs
        rest = self.split(exponent)
        return self.make({((), exponent, None): 1}) if rest is None else rest

    def split(self, exponent: int) -> int | None:
        """exp of a form with whole multiples of known logarithms, as powers times what is left; None: there are none.

        A logarithm stands in an exponent as a sum's term only where its argument is known to be positive: `functions`
        makes it so. Of a multiple c the whole part below c is taken out.
        """
        if exponent in self._split:
            return self._split[exponent]
        left: Terms = {}
        factors: list[tuple[int, int]] = []
        for m, c in self.terms[exponent].items():
            base = self.logged(m)
            whole = 0 if base is None else c.__floor__()
            if base is not None and whole:
                factors.append((base, whole))
                c -= whole
            if c:
                left[m] = c
        found: int | None = None
        if factors:
            rest = self._tidy(left)
            found = ONE if rest == ZERO else self.make({((), rest, None): 1})
            for base, n in factors:
                found = self.mul(found, self.signed_power(base, n))
        self._split[exponent] = found
        return found

    def logged(self, m: Monomial) -> int | None:
        """What a monomial is the logarithm of, if exp may undo it."""
        powers, exponent, wave = m
        if len(powers) != 1 or powers[0][1] != 1 or exponent or wave is not None:
            return None
        kind = self.atoms[powers[0][0]]
        return int(kind[1]) if kind[0] == "ln" and self.is_undone(int(kind[1])) else None

    def is_undone(self, form: int) -> bool:
        """Is exp(ln(form)) = form known? Overruled by what knows signs."""
        value = self.value(form)
        return value is not None and value > 0

    def signed_power(self, base: int, n: int) -> int:
        """base^n for a base that is known not to be 0, n not 0."""
        return self.power(base, n) if n > 0 else self.power(self.inverse(base), -n)

    def inverse(self, form: int) -> int:
        """1/form, for a form that is not the number 0. Overruled by what knows signs."""
        value = self.value(form)
        if value:
            return self.number(Fraction(1) / value)
        return self.of_atom(self.atom(("inv", form)))


def _plain(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)


def _count(terms: int, n: int) -> int:
    """The monomials of a power, at most; cut off when large."""
    total = 1
    for k in range(1, min(terms - 1, n) + 1):
        total = total * (terms - 1 + n - k + 1) // k
        if total > 1_000_000:
            break
    return total


def _short(text: str) -> str:
    if len(text) <= _LONGEST_KEY:
        return text
    return text[: _LONGEST_KEY // 2] + hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _told(value: Number) -> str:
    """A number as text. Of very large ones in hexadecimal digits: Python refuses to make so many decimal ones."""
    if value.numerator.bit_length() + value.denominator.bit_length() < 4000:
        return str(value)
    return f"{value.numerator:x}/{value.denominator:x}"
