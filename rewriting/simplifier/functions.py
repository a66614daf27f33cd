"""Forms of functions, where what is known of signs decides which laws may be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntFlag
from fractions import Fraction
from math import isqrt

from .factoring import factors
from .normal import COS, ONE, SIN, UNIT, ZERO, Forms, Monomial, Number, Terms
from .quotients import divided, square_root


class Sign(IntFlag):
    """What a real number cannot be: `NOT_ZERO | NOT_NEGATIVE` is a positive one."""

    ANY = 0
    NOT_ZERO = 1
    NOT_NEGATIVE = 2
    NOT_POSITIVE = 4


POSITIVE = Sign.NOT_ZERO | Sign.NOT_NEGATIVE
NEGATIVE = Sign.NOT_ZERO | Sign.NOT_POSITIVE
NOTHING = Sign.NOT_NEGATIVE | Sign.NOT_POSITIVE  # it is zero
ODD = ("sinh", "tanh", "atan")  # atan among real numbers only
EVEN = ("cosh",)
# The axioms of some values, by function and argument; the value is a number plus a multiple of pi.
VALUES: Mapping[tuple[str, Fraction], tuple[str, Number, Number]] = {
    ("sinh", Fraction(0)): ("sinh_zero", 0, 0),
    ("cosh", Fraction(0)): ("cosh_zero", 1, 0),
    ("tanh", Fraction(0)): ("tanh_zero", 0, 0),
    ("asin", Fraction(0)): ("asin_zero", 0, 0),
    ("asin", Fraction(1, 2)): ("asin_half", 0, Fraction(1, 6)),
    ("asin", Fraction(1)): ("asin_one", 0, Fraction(1, 2)),
    ("acos", Fraction(0)): ("acos_zero", 0, Fraction(1, 2)),
    ("acos", Fraction(1, 2)): ("acos_half", 0, Fraction(1, 3)),
    ("acos", Fraction(1)): ("acos_one", 0, 0),
    ("acos", Fraction(-1)): ("acos_minus_one", 0, 1),
    ("atan", Fraction(0)): ("atan_zero", 0, 0),
    ("atan", Fraction(1)): ("atan_one", 0, Fraction(1, 4)),
}
_LARGEST_EXPONENT = 10_000
_LARGEST_BITS = 1 << 16  # of a number's power
_PRIMES_BELOW = 1000
_SQUARES_NESTED = 4


def sign_of_number(value: Number) -> Sign:
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else NOTHING


def size_of(value: Number) -> Number:
    """The absolute value of a number."""
    return value if value >= 0 else -value


def opposite(sign: Sign) -> Sign:
    found = sign & Sign.NOT_ZERO
    if sign & Sign.NOT_NEGATIVE:
        found |= Sign.NOT_POSITIVE
    if sign & Sign.NOT_POSITIVE:
        found |= Sign.NOT_NEGATIVE
    return found


def sign_of_product(a: Sign, b: Sign) -> Sign:
    found = a & b & Sign.NOT_ZERO
    for first, second, product in (
        (Sign.NOT_NEGATIVE, Sign.NOT_NEGATIVE, Sign.NOT_NEGATIVE),
        (Sign.NOT_POSITIVE, Sign.NOT_POSITIVE, Sign.NOT_NEGATIVE),
        (Sign.NOT_NEGATIVE, Sign.NOT_POSITIVE, Sign.NOT_POSITIVE),
        (Sign.NOT_POSITIVE, Sign.NOT_NEGATIVE, Sign.NOT_POSITIVE),
    ):
        if a & first and b & second:
            found |= product
    return found


def sign_of_sum(a: Sign, b: Sign) -> Sign:
    found = a & b & (Sign.NOT_NEGATIVE | Sign.NOT_POSITIVE)
    return found | (Sign.NOT_ZERO if found and (a | b) & Sign.NOT_ZERO else Sign.ANY)


def sign_of_power(sign: Sign, n: int) -> Sign:
    """Of a real number to a whole power that is not 0. A negative power of 0 counts as 0."""
    if n % 2 == 0:
        return (sign & Sign.NOT_ZERO) | Sign.NOT_NEGATIVE
    return sign


class Functions(Forms):
    """Forms over the real numbers, or over the complex ones.

    `facts` has what is assumed of the signs of forms; forms are real numbers where `real` is set, and otherwise nothing
    is known of a sign but that it is not zero, and of numbers.
    """

    def __init__(self, real: bool, most: int = 2000) -> None:
        self.real = real
        self.facts: dict[int, Sign] = {}
        self.reals: set[int] = set()  # atoms that are assumed to be real, among complex numbers
        self.wholes: dict[int, int] = {}  # forms that are not zero as factors of others that are not
        self._signs: dict[int, Sign] = {}
        self._pieces: dict[int, tuple[Number, list[tuple[int, int]]]] = {}
        super().__init__(most)
        if not real:
            i = self.atom(("fun", "i"))
            self.squares[i] = self.number(-1)
            self.facts[self.of_atom(i)] = Sign.NOT_ZERO

    # Signs

    def is_real(self, form: int) -> bool:
        """Is the form known to be a real number?"""
        return self.real or all(
            all(self._is_real_atom(a) for a, _ in powers)
            and self.is_real(exponent)
            and (wave is None or self.is_real(wave[1]))
            for powers, exponent, wave in self.terms[form]
        )

    def _is_real_atom(self, atom: int) -> bool:
        kind = self.atoms[atom]
        match kind[0]:
            case "row":
                return atom in self.reals
            case "inv" | "sum":
                return self.is_real(int(kind[1]))
            case "abs":
                return True
            case "fun":
                return kind[1] in ("pi", "e")
            case "ln":
                return self.is_positive(int(kind[1]))
            case "sqrt":
                return Sign.NOT_NEGATIVE in self.sign(int(kind[1]))
        return False

    def assume(self, form: int, sign: Sign) -> None:
        """Take it that a form has a sign. To be called before anything rests on the contrary."""
        if form in (ZERO, ONE):
            return
        by = self.content(form)
        if by < 0:
            sign = opposite(sign)
        primitive = self.scale(form, Fraction(1) / by)
        self.facts[primitive] = self.facts.get(primitive, Sign.ANY) | sign
        only = self.single(primitive)
        if sign & (Sign.NOT_NEGATIVE | Sign.NOT_POSITIVE) and only is not None and len(only[0][0]) == 1:
            self.reals.add(only[0][0][0][0])
        self._signs.clear()

    def note(self, form: int, sign: Sign) -> None:
        """Keep what is known of the sign of a form from the way in which it was written."""
        if sign and self._signs.get(form, Sign.ANY) | sign != self._signs.get(form):
            self._signs[form] = self.sign(form) | sign

    def sign(self, form: int) -> Sign:
        """What is known of a form's sign."""
        found = self._signs.get(form)
        if found is None:
            self._signs[form] = Sign.ANY  # a sign that would rest on itself is not known
            found = self._signs[form] = self._sign(form)
        return found

    def is_positive(self, form: int) -> bool:
        return self.sign(form) & POSITIVE == POSITIVE

    def is_nonzero(self, form: int) -> bool:
        return bool(self.sign(form) & Sign.NOT_ZERO)

    def _sign(self, form: int, depth: int = 0) -> Sign:
        value = self.value(form)
        if value is not None:
            return sign_of_number(value)
        by = self.content(form)
        primitive = self.scale(form, Fraction(1) / by)
        found = self.facts.get(primitive, Sign.ANY)
        terms = self.terms[primitive]
        signs = [(c, m, self._sign_of_monomial(m)) for m, c in terms.items()]
        if not self.is_real(form):
            if len(terms) == 1:
                found |= signs[0][2] & Sign.NOT_ZERO
            return found if by > 0 else opposite(found)
        bounded: Number = 0
        total: Sign | None = None
        for c, m, sign in signs:
            if m[2] is not None and m[:2] == ((), 0) and len(terms) > 1:
                bounded += size_of(c)
                continue
            if m == UNIT:
                continue
            one = sign if c > 0 else opposite(sign)
            total = one if total is None else sign_of_sum(total, one)
        constant = terms.get(UNIT, 0)
        for least, one in ((constant - bounded, Sign.NOT_NEGATIVE), (-constant - bounded, Sign.NOT_POSITIVE)):
            if (bounded or constant) and least >= 0:
                own = one | Sign.NOT_ZERO if least > 0 else one
                found |= own if total is None else sign_of_sum(total, own)
        if not bounded and not constant and total is not None:
            found |= total
        if not found & Sign.NOT_ZERO and len(terms) > 2 and depth < _SQUARES_NESTED:
            found |= self._sign_of_quadratic(primitive, depth)
        return found if by > 0 else opposite(found)

    def quadratic(self, form: int) -> tuple[int, Number, int, int] | None:
        """form = a v^2 + b v + c as (v, a, b, c): v an atom, a a number, b and c without v."""
        candidates = {}
        for powers, exponent, wave in self.terms[form]:
            if len(powers) == 1 and powers[0][1] == 2 and not exponent and wave is None:
                candidates[powers[0][0]] = self.terms[form][powers, exponent, wave]
        for v in sorted(candidates, key=self.atom_key):
            b: Terms = {}
            c: Terms = {}
            fits = True
            for m, by in self.terms[form].items():
                n = dict(m[0]).get(v, 0)
                if n == 0:
                    c[m] = by
                elif n == 1:
                    b[tuple(p for p in m[0] if p[0] != v), m[1], m[2]] = by
                elif n != 2 or m != (((v, 2),), 0, None):
                    fits = False
            if fits:
                return v, candidates[v], self.make(b), self.make(c)
        return None

    def _sign_of_quadratic(self, form: int, depth: int) -> Sign:
        """By completing the square: 4 a form = (2 a v + b)^2 + (4 a c - b^2)."""
        found = self.quadratic(form)
        if found is None:
            return Sign.ANY
        _, a, b, c = found
        rest = self._sign(self.sum(((c, 4 * a), (self.mul(b, b), -1))), depth + 1)
        if not rest & Sign.NOT_NEGATIVE:
            return Sign.ANY
        found_sign = rest & POSITIVE
        return found_sign if a > 0 else opposite(found_sign)

    def _sign_of_monomial(self, monomial: Monomial) -> Sign:
        powers, exponent, wave = monomial
        sign = POSITIVE if self.is_real(exponent) else Sign.NOT_ZERO
        if wave is not None:
            sign &= self._sign_of_wave(monomial)
        for a, n in powers:
            one = self.sign_of_atom(a)
            sign = sign_of_product(sign, sign_of_power(one, n) if self._is_real_power(a) else one & Sign.NOT_ZERO)
        return sign

    def _is_real_power(self, atom: int) -> bool:
        return self.real or self._is_real_atom(atom)

    def _sign_of_wave(self, monomial: Monomial) -> Sign:
        return self.facts.get(self.make({((), 0, monomial[2]): 1}), Sign.ANY)

    def sign_of_atom(self, atom: int) -> Sign:
        kind = self.atoms[atom]
        found = self.facts.get(self.of_atom(atom), Sign.ANY)
        match kind[0]:
            case "inv" | "sum":
                found |= self.sign(int(kind[1]))
            case "abs":
                found |= (self.sign(int(kind[1])) & Sign.NOT_ZERO) | Sign.NOT_NEGATIVE
            case "sqrt" if self.sign(int(kind[1])) & Sign.NOT_NEGATIVE:
                found |= self.sign(int(kind[1]))
            case "fun" if kind[1] in ("pi", "e"):
                found |= POSITIVE
        return found

    # Inverses

    def inverse(self, form: int) -> int:
        value = self.value(form)
        if value:
            return self.number(Fraction(1) / value)
        only = self.single(form)
        if value == 0 or (only is not None and only[0] == UNIT):
            return self.of_atom(self.atom(("inv", form)))
        if only is not None:
            (powers, exponent, wave), c = only
            out = self.scale(self.exp(self.negative(exponent)), Fraction(1) / c)
            for a, n in powers:
                out = self.mul(out, self._inverse_of_power(a, n))
            if wave is not None:
                out = self.mul(out, self.of_atom(self.atom(("inv", self.make({((), 0, wave): 1})))))
            return out
        parts = self.denominator_parts(form)
        known = self.sign(form) & Sign.NOT_ZERO
        out = ONE
        for part in parts:
            if known:
                self._note_part(part, form)
            single = self.single(part) is not None
            inverse = self.inverse(part) if single else self.of_atom(self.atom(("inv", part)))
            out = self.mul(out, inverse)
        return out

    def denominator_parts(self, form: int) -> list[int]:
        """Factors of a form with several terms: a monomial with its coefficient, unless that is 1, and others."""
        common = self.common(form)
        rest = self.without(form, common) if common != UNIT else form
        by, pieces = self.pieces(rest)
        first = self.make({common: by})
        return [*([first] if first != ONE else []), *(p for p, n in pieces for _ in range(n))]

    def pieces(self, form: int) -> tuple[Number, list[tuple[int, int]]]:
        """A number and factors with their multiplicities, of which the form is the product; it has several terms and
        no common monomial."""
        found = self._pieces.get(form)
        if found is None:
            pieces = self._in_pieces(form)
            made = ONE
            for p, n in pieces:
                made = self.mul(made, self.power(p, n))
            lead = self.leading(form)
            by = Fraction(self.terms[form][lead]) / self.terms[made].get(lead, 1)
            if self.scale(made, by) != form:
                by = Fraction(self.content(form))
                pieces = [(self.scale(form, 1 / by), 1)]
            found = self._pieces[form] = by.numerator if by.denominator == 1 else by, pieces
        return found

    def _in_pieces(self, form: int) -> list[tuple[int, int]]:
        """The factors, up to a number."""
        primitive = self.scale(form, Fraction(1) / self.content(form))
        if any(m[2] is not None for m in self.terms[form]):
            for by in (1, 2, -1, -2):  # a square of waves may be half a whole form
                root = square_root(self, self.scale(primitive, by))
                if root is not None and len(self.terms[root]) == 1:
                    return [(self.scale(root, Fraction(1) / self.content(root)), 2)]
                if root is not None:
                    return [(p, 2 * n) for p, n in self.pieces(root)[1]]
            return [(primitive, 1)]
        return factors(self, form) if any(m[0] for m in self.terms[form]) else [(primitive, 1)]

    def _note_part(self, part: int, whole: int) -> None:
        """A factor of what is not zero is not zero."""
        if part != whole and not self.is_nonzero(part):
            self.wholes[part] = whole
            self.note(part, Sign.NOT_ZERO)

    def _inverse_of_power(self, atom: int, n: int) -> int:
        kind = self.atoms[atom]
        one = self.of_atom(atom)
        if atom in self.squares:  # there is one of it: 1/a = a * 1/a^2
            return self.mul(one, self.inverse(self.mul(one, one)))
        if n < 0 or self.is_nonzero(one):
            return self.power(int(kind[1]), n) if kind[0] == "inv" else self.of_atom(atom, -n)
        return self.of_atom(self.atom(("inv", self.of_atom(atom))), n)

    def common(self, form: int) -> Monomial:
        """The greatest monomial that divides every term, waves left out; exponentials if all are the same."""
        terms = list(self.terms[form])
        powers = dict(terms[0][0])
        for m in terms[1:]:
            other = dict(m[0])
            powers = {a: min(n, other[a]) for a, n in powers.items() if a in other and (n > 0) == (other[a] > 0)}
        exponent = terms[0][1] if all(m[1] == terms[0][1] for m in terms) else 0
        return tuple(sorted(powers.items())), exponent, None

    def without(self, form: int, monomial: Monomial) -> int:
        """The form divided by a monomial that divides all its terms."""
        powers, exponent, _ = monomial
        out: Terms = {}
        for m, c in self.terms[form].items():
            left = dict(m[0])
            for a, n in powers:
                left[a] -= n
                if not left[a]:
                    del left[a]
            out[tuple(sorted(left.items())), 0 if exponent else m[1], m[2]] = c
        return self.make(out)

    # Fractions

    def closed(self, form: int) -> int:
        """The form with what cancels cancelled: powers of one atom, as far as its inverse is left, and what stands in
        denominators that are not 0, over which it becomes one fraction."""
        form = self.met(form)
        over = self.denominators(form)
        if not over:
            return form
        denominators = sorted(over, key=self.atom_key)
        numerator = ZERO
        for m, c in self.terms[form].items():
            powers = dict(m[0])
            part = self.make({(tuple(p for p in m[0] if p[0] not in over), m[1], m[2]): c})
            for a in denominators:
                missing = over[a] - powers.get(a, 0)
                if missing:
                    part = self.mul(part, self.power(int(self.atoms[a][1]), missing))
            numerator = self.add(numerator, part)
        for a in denominators:
            while over[a]:
                quotient = divided(self, numerator, int(self.atoms[a][1]))
                if quotient is None:
                    break
                numerator = quotient
                over[a] -= 1
        for a in denominators:
            if over[a]:
                numerator = self.mul(numerator, self.of_atom(a, over[a]))
        return numerator

    def met(self, form: int) -> int:
        """The form in which no term has an atom and a higher power of its inverse than the first: x/x^2 is 1/x."""
        terms = self.terms[form]
        changed = {m: other for m in terms if (other := self.met_powers(m)) is not None}
        if not changed:
            return form
        out: list[tuple[int, Number]] = [(form, 1)]
        for m, other in changed.items():
            out += [(self.make({m: 1}), -terms[m]), (self.make({other: 1}), terms[m])]
        return self.sum(out)

    def met_powers(self, m: Monomial) -> Monomial | None:
        """The monomial so changed; None if nothing is."""
        powers = dict(m[0])
        for a, b in self.meeting(m):
            shared = min(powers[b], powers[a] - 1)
            powers[a] -= shared
            powers[b] -= shared
        left = tuple(sorted((a, n) for a, n in powers.items() if n))
        return None if left == m[0] else (left, m[1], m[2])

    def meeting(self, m: Monomial) -> list[tuple[int, int]]:
        """Of a monomial the atoms 1/b, in higher powers than the first, and b."""
        powers = dict(m[0])
        found = []
        for a, n in m[0]:
            only = self.single(int(self.atoms[a][1])) if n > 1 and self.atoms[a][0] == "inv" else None
            if only is not None and only[1] == 1 and only[0][1:] == (0, None) and len(only[0][0]) == 1:
                ((b, k),) = only[0][0]
                if k == 1 and powers.get(b, 0) > 0:
                    found.append((a, b))
        return sorted(found, key=lambda pair: self.atom_key(pair[1]))

    def quotient(self, form: int, by: int) -> int | None:
        """form / by if the division leaves nothing."""
        return divided(self, form, by)

    def denominators(self, form: int) -> dict[int, int]:
        """The atoms 1/p of a form for which p is known not to be zero, with their highest powers."""
        over: dict[int, int] = {}
        for powers, _, _ in self.terms[form]:
            for a, n in powers:
                kind = self.atoms[a]
                if kind[0] == "inv" and n > over.get(a, 0) and self.is_nonzero(int(kind[1])):
                    over[a] = n
        return over

    # Powers

    def pow(self, base: int, exponent: int) -> int:
        """base ^ exponent."""
        n = self.value(exponent)
        if n is not None and n.denominator == 1:
            n = int(n)
            if not self._is_reckoned(base, n):
                return self.of_atom(self.atom(("pow", base, exponent)))
            if n >= 0:
                return self.power(base, n)
            return self.power(self.inverse(base), -n)
        elif base == ONE:
            return ONE
        elif n == Fraction(1, 2):
            return self.sqrt(base)
        elif base != ZERO and self.is_undone(base):
            return self.exp(self.mul(exponent, self.ln(base)))
        only = self.single(base)
        if only is not None and only[0] == ((), only[0][1], None) and only[1] == 1 and self.is_real(only[0][1]):
            return self.exp(self.mul(exponent, only[0][1]))
        return self.of_atom(self.atom(("pow", base, exponent)))

    def _is_reckoned(self, base: int, n: int) -> bool:
        """Is a whole power not too large to be multiplied out or taken apart?"""
        only = self.single(base)
        if only is None:
            return abs(n) <= _LARGEST_EXPONENT
        (_, _, wave), c = only
        bits = max(abs(c.numerator), c.denominator).bit_length() - 1
        return bits * abs(n) <= _LARGEST_BITS and (wave is None or abs(n) <= _LARGEST_EXPONENT)

    def sqrt(self, form: int) -> int:
        """The square root of a form."""
        if form in (ZERO, ONE):
            return form
        root = square_root(self, form) if self.is_real(form) else None
        if root is not None and self.is_real(root):
            return self.abs(root)
        parts = self.root_parts(form)
        if len(parts) > 1:
            out = ONE
            for part in parts:
                out = self.mul(out, self.sqrt(part))
            return out
        if self.is_undone(form):
            return self.exp(self.scale(self.ln(form), Fraction(1, 2)))
        atom = self.atom(("sqrt", form))
        if not self.real or self.sign(form) & Sign.NOT_NEGATIVE:
            self.squares[atom] = form
        return self.of_atom(atom)

    def root_parts(self, form: int) -> list[int]:
        """Factors of which the roots multiply to that of the form: it alone, unless none can be negative."""
        only = self.single(form)
        if only is None or not self.sign(form) & Sign.NOT_NEGATIVE:
            return [form]
        (powers, exponent, wave), c = only
        found = [] if c == 1 else [self.number(c)]
        for a, n in sorted(powers, key=lambda p: self.atom_key(p[0])):
            alone = n > 0 and Sign.NOT_NEGATIVE in self.sign(self.of_atom(a))
            found += [self.of_atom(a)] * n if alone else [self.of_atom(a, n)]
        if exponent:
            found.append(self.make({((), exponent, None): 1}))
        if wave is not None:
            found.append(self.make({((), 0, wave): 1}))
        return found if all(self.sign(p) & Sign.NOT_NEGATIVE for p in found) else [form]

    def abs(self, form: int) -> int:
        value = self.value(form)
        if value is not None:
            return self.number(size_of(value))
        if self.is_real(form):
            sign = self.sign(form)
            if sign & Sign.NOT_NEGATIVE:
                return form
            if sign & Sign.NOT_POSITIVE:
                return self.negative(form)
        by = size_of(self.content(form))
        out = self.number(by)
        only = self.single(form)
        if only is not None and self.is_real(only[0][1]):
            (powers, exponent, wave), _ = only
            if exponent:
                out = self.mul(out, self.make({((), exponent, None): 1}))
            for a, n in powers:
                one = self.of_atom(a)
                if self.atoms[a][0] == "inv":
                    out = self.mul(out, self.power(self.inverse(self.abs(int(self.atoms[a][1]))), n))
                else:
                    out = self.mul(out, self.signed_power(self._abs(one), n))
            return out if wave is None else self.mul(out, self._abs(self.make({((), 0, wave): 1})))
        return self.mul(out, self._abs(self.scale(form, Fraction(1) / self.content(form))))

    def _abs(self, form: int) -> int:
        sign = self.sign(form) if self.is_real(form) else Sign.ANY
        if sign & Sign.NOT_NEGATIVE:
            return form
        if sign & Sign.NOT_POSITIVE:
            return self.negative(form)
        atom = self.atom(("abs", form))
        if self.is_real(form):
            self.squares[atom] = self.mul(form, form)
        return self.of_atom(atom)

    def ln(self, form: int) -> int:
        """The logarithm; a product's is a sum where its factors are known to be positive."""
        value = self.value(form)
        if value is not None and value > 0:
            return self._ln_of_number(Fraction(value))
        parts = self.logarithm_parts(form)
        if len(parts) > 1:
            return self.sum([(self.ln(p), 1) for p in parts])
        only = self.single(form)
        if only is not None and self.is_positive(form):
            (powers, exponent, wave), _ = only
            if exponent and self.is_real(exponent):
                return exponent
            if wave is None and len(powers) == 1:
                ((a, n),) = powers
                kind = self.atoms[a]
                if kind[0] == "inv" and self.is_positive(int(kind[1])):
                    return self.scale(self.ln(int(kind[1])), -n)
                if n != 1 and self.is_positive(self.of_atom(a)):
                    return self.scale(self.ln(self.of_atom(a)), n)
        return self.of_atom(self.atom(("ln", form)))

    def logarithm_parts(self, form: int) -> list[int]:
        """Factors of which the logarithms add up to the form's: it alone, unless they are known to be positive."""
        if not self.is_positive(form):
            return [form]
        by = self.content(form)
        rest = self.scale(form, Fraction(1) / by) if by > 0 else form
        only = self.single(rest)
        powers, exponent, _ = self.common(rest) if only is None else only[0]
        positive = tuple((a, n) for a, n in powers if self.is_positive(self.of_atom(a)))
        taken: Monomial = (positive, exponent if self.is_real(exponent) else 0, None)
        if taken != UNIT:
            rest = self.without(rest, taken)
        ratio, pieces = (1, []) if rest == ONE else (1, [(rest, 1)]) if self.single(rest) else self.pieces(rest)
        for k, (p, n) in enumerate(pieces):
            if self.sign(p) & NEGATIVE == NEGATIVE:
                pieces = [*pieces[:k], (self.negative(p), n), *pieces[k + 1 :]]
                ratio *= (-1) ** n
        if ratio <= 0 or not all(self.is_positive(p) for p, _ in pieces):
            ratio, pieces = 1, [(rest, 1)]
            if not self.is_positive(rest):
                return [form]
        number = ratio * by if by > 0 else ratio
        found = [self.number(number)] if number != 1 else []
        found += [self.of_atom(a, n) for a, n in sorted(positive, key=lambda p: self.atom_key(p[0]))]
        if taken[1]:
            found.append(self.make({((), exponent, None): 1}))
        return found + [p for p, n in pieces for _ in range(n)]

    def is_undone(self, form: int) -> bool:
        value = self.value(form)
        if value is not None:
            return value > 0
        return self.is_positive(form) if self.real else self.is_nonzero(form)

    def _ln_of_number(self, value: Fraction) -> int:
        parts: list[tuple[int, Number]] = []
        for n, sign in ((value.numerator, 1), (value.denominator, -1)):
            while n > 1:
                prime = self.first_factor(n)
                parts.append((self.of_atom(self.atom(("ln", self.number(prime)))), sign))
                n //= prime
        return self.sum(parts)

    def first_factor(self, n: int) -> int:
        """The least prime factor of n > 1 if it is small, else n."""
        return next((p for p in _PRIMES if n % p == 0), n)

    # Others

    def apply(self, name: str, arguments: Iterable[int]) -> int:
        """A function by the name it is written with."""
        below = list(arguments)
        match name, below:
            case "sin", [u]:
                return self.wave(SIN, u)
            case "cos", [u]:
                return self.wave(COS, u)
            case "tan", [u]:
                return self.mul(self.wave(SIN, u), self.inverse(self.wave(COS, u)))
            case "exp", [u]:
                return self.exp(u)
            case "ln", [u]:
                return self.ln(u)
            case "sqrt", [u]:
                return self.sqrt(u)
            case "abs", [u]:
                return self.abs(u)
            case "pi", []:
                return self.of_atom(self.pi)
            case "e", []:
                return self.exp(ONE)
        if len(below) == 1:
            (u,) = below
            value = self.value(u)
            known = None if value is None else VALUES.get((name, Fraction(value)))
            if known is not None:
                return self.sum(((ONE, known[1]), (self.of_atom(self.pi), known[2])))
            odd, even = name in ODD and (self.real or name != "atan"), name in EVEN
            if (odd or even) and u != ZERO and self.terms[u][self.leading(u)] < 0:
                turned = self.apply(name, [self.negative(u)])
                return self.negative(turned) if odd else turned
        return self.of_atom(self.atom(("fun", name, *below)))


_PRIMES = tuple(n for n in range(2, _PRIMES_BELOW) if all(n % p for p in range(2, isqrt(n) + 1)))
