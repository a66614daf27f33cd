"""From forms back to terms: of the ways to write a form, one of least cost.

A form is written as it is; with its waves as products, powers or waves of other angles; with factors taken out, in
whole or from some of its terms; over its denominators. What is found is a function of the form alone, so two terms of
one form become the same term.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import combinations, product
from typing import Any

from ..syntax import TermTable
from .costs import Costs
from .factoring import factors
from .functions import Functions, Sign
from .normal import COS, ONE, SIN, UNIT, ZERO, Monomial, Number, Terms, TooLarge
from .quotients import divided
from .vocabulary import Vocabulary

_ARRANGING = 10  # the work of writing a term of a sum, in monomials
_MOST_ALTERNATIVES = 24
_MOST_ARRANGED = 6  # of them, those with the cheapest sums
_MOST_WAVES = 24
_MOST_TERMS = 60  # of a sum in which factors are looked for
_MOST_ANGLES = 3  # that are written by powers
_MOST_MULTIPLES = 80  # of all angles
_MOST_MULTIPLE = 6  # of an angle that is written by powers of the waves of one
_WAVES = {COS: "cos", SIN: "sin"}
_Part = tuple[bool, int, int | None]  # of a sum: is it subtracted, its row without the sign, and perhaps with it


class Arranger:
    """Writes forms into a table. `rows` gives what the table has for atoms ("row", i)."""

    def __init__(self, forms: Functions, vocabulary: Vocabulary, table: TermTable, costs: Costs) -> None:
        self.forms = forms
        self.table = table
        self.costs = costs
        self._vocabulary = vocabulary
        self._best: dict[int, int] = {}
        self._plain: dict[int, int] = {}

    def write(self, root: int) -> int:
        """The row of a closed form."""
        stack = [root]
        while stack:
            form = stack[-1]
            if form in self._best:
                stack.pop()
                continue
            waiting = [p for p in self._inside(form) if p not in self._best]
            if waiting:
                stack.extend(waiting)
                continue
            self._best[form] = self._least(form)
            stack.pop()
        return self._best[root]

    def _price(self, row: int) -> tuple[Any, int]:
        """Cost and size: of ways that are as good the first is taken, and sums come first."""
        return self.costs.of(row)[:2]

    def _inside(self, form: int) -> list[int]:
        """The forms in a form's atoms, exponents and waves, in an order that does not depend on their numbers."""
        found: dict[int, None] = {}
        for m in sorted(self.forms.terms[form], key=self.forms.monomial_key):
            powers, exponent, wave = m
            for a, _ in powers:
                kind = self.forms.atoms[a]
                if kind[0] != "row":
                    start = 2 if kind[0] in ("fun", "app") else 1
                    found.update(dict.fromkeys(int(p) for p in kind[start:]))
            if exponent:
                found[exponent] = None
                found.update(dict.fromkeys(self._inside_logarithms(exponent)))
            if wave is not None:
                found[wave[1]] = None
        found.pop(form, None)
        return list(found)

    def _inside_logarithms(self, exponent: int) -> Iterator[int]:
        for m, c in self.forms.terms[exponent].items():
            for a, _ in m[0]:
                if self.forms.atoms[a][0] == "ln":
                    yield int(self.forms.atoms[a][1])
            base = self._logarithm(m)
            if base is not None:
                yield self.forms.make({base[1]: c})

    def _angles(self, form: int) -> list[int]:
        return [m[2][1] for m in self.forms.terms[form] if m[2] is not None]

    # Which presentation

    def _least(self, form: int) -> int:
        best = self._arranged(self._presented(form))
        if not self._may_be_other(form):
            return best
        price = self._price(best)
        others = self._alternatives(form)
        if len(others) > _MOST_ARRANGED:
            others = sorted(others, key=lambda other: self.costs.of(self._as_sum(other)))[:_MOST_ARRANGED]
        for other in others:
            row = self._arranged(other)
            cheaper = self._price(row)
            if cheaper < price:
                best, price = row, cheaper
        return best

    def _may_be_other(self, form: int) -> bool:
        """Has it waves that could be written in another way at less cost?"""
        terms = self.forms.terms[form]
        waves = sum(m[2] is not None for m in terms)
        if waves == len(terms) == 1:
            return any(c.denominator % 2 == 0 for c in terms.values())
        return 0 < waves <= _MOST_WAVES

    def _presented(self, form: int) -> int:
        """The form with waves as atoms, of which there may be powers and products."""
        terms = self.forms.terms[form]
        if all(m[2] is None for m in terms):
            return form
        out: Terms = {}
        for (powers, exponent, wave), c in terms.items():
            if wave is not None:
                powers = tuple(sorted((*powers, (self._wave_atom(*wave), 1))))
            out[powers, exponent, None] = c
        return self.forms.make(out)

    def _wave_atom(self, kind: int, angle: int) -> int:
        return self.forms.atom((_WAVES[kind], angle))

    def _wave(self, kind: int, angle: int) -> int:
        """cos or sin of any form, presented."""
        return self._presented(self.forms.wave(kind, angle))

    def _alternatives(self, form: int) -> list[int]:
        """Other presentations of a form with waves, breadth first."""
        start = self._presented(form)
        seen = {start: None}
        queue = [start]
        for other in self._by_powers(form):
            if other not in seen:
                seen[other] = None
        for at in queue:
            if len(seen) >= _MOST_ALTERNATIVES:
                break
            for other in self._moves(at):
                if other not in seen and len(self.forms.terms[other]) <= len(self.forms.terms[start]) + 2:
                    seen[other] = None
                    queue.append(other)
                    if len(seen) >= _MOST_ALTERNATIVES:
                        break
        return list(seen)[1:]

    def _moves(self, form: int) -> Iterator[int]:
        """Presentations in which two waves are made a product, or one is written by half its angle."""
        f = self.forms
        half = Fraction(1, 2)
        lines: dict[Monomial, list[tuple[int, int, Number]]] = {}  # by cofactor: waves that stand alone
        for (powers, exponent, _), c in f.terms[form].items():
            waves = [(a, n) for a, n in powers if f.atoms[a][0] in ("sin", "cos")]
            if len(waves) == 1 and waves[0][1] == 1:
                a = waves[0][0]
                rest = tuple(p for p in powers if p[0] != a)
                kind = SIN if f.atoms[a][0] == "sin" else COS
                lines.setdefault((rest, exponent, None), []).append((kind, int(f.atoms[a][1]), c))
        for cofactor in sorted(lines, key=f.monomial_key):
            waves_here = sorted(lines[cofactor], key=lambda w: (w[0], f.form_key(w[1])))
            if len(waves_here) > _MOST_WAVES:
                continue
            by = f.make({cofactor: 1})
            for (k1, a, c), (k2, b, d) in combinations(waves_here, 2):
                if k1 != k2 or abs(c) != abs(d):
                    continue
                plus, minus = f.scale(f.add(a, b), half), f.scale(f.sum(((a, 1), (b, -1))), half)
                same = c == d
                if k1 == SIN:
                    made = f.mul(self._wave(SIN, plus if same else minus), self._wave(COS, minus if same else plus))
                    factor = 2 * c
                elif same:
                    made, factor = f.mul(self._wave(COS, plus), self._wave(COS, minus)), 2 * c
                else:
                    made, factor = f.mul(self._wave(SIN, plus), self._wave(SIN, minus)), -2 * c
                old = f.sum(((self._wave(k1, a), c), (self._wave(k2, b), d)))
                yield f.sum(((form, 1), (f.mul(by, old), -1), (f.mul(by, made), factor)))
            for kind, a, c in waves_here:
                inner = f.scale(a, half)
                if kind == COS:
                    for half_wave, sign in ((SIN, 1), (COS, -1)):
                        square = self._wave(half_wave, inner)
                        written = f.sum(((ONE, sign), (f.mul(square, square), -2 * sign)))
                        yield f.sum(((form, 1), (f.mul(by, self._wave(COS, a)), -c), (f.mul(by, written), c)))
                else:
                    written = f.mul(self._wave(SIN, inner), self._wave(COS, inner))
                    yield f.sum(((form, 1), (f.mul(by, self._wave(SIN, a)), -c), (f.mul(by, written), 2 * c)))

    def _by_powers(self, form: int) -> Iterator[int]:
        """Presentations by powers of the waves of few angles, in which squares of one kind are eliminated."""
        f = self.forms
        angles = dict.fromkeys(self._angles(form))
        steps: dict[Monomial, Fraction] = {}
        for angle in angles:
            for m, c in f.terms[angle].items():
                steps[m] = _common_step(steps[m], Fraction(c)) if m in steps else abs(Fraction(c))
        if len(steps) > _MOST_ANGLES:
            return
        ordered = sorted(steps, key=f.monomial_key)
        halved = [[], *([m] for m in ordered), ordered] if len(angles) > 1 else [[]]
        for some in halved[: 2 if len(ordered) == 1 else None]:
            yield from self._by_powers_of(form, {m: c / 2 if m in some else c for m, c in steps.items()})

    def _by_powers_of(self, form: int, steps: dict[Monomial, Fraction]) -> Iterator[int]:
        """The same by waves of the angles that are given as monomials and numbers."""
        f = self.forms
        multiples = [abs(c / steps[m]) for angle in set(self._angles(form)) for m, c in f.terms[angle].items()]
        if max(multiples) > _MOST_MULTIPLE or sum(multiples) > _MOST_MULTIPLES:
            return
        bases = {m: f.make({m: step}) for m, step in steps.items()}
        total = ZERO
        for (powers, exponent, wave), c in f.terms[form].items():
            part = f.make({(powers, exponent, None): c})
            if wave is not None:
                cosine, sine = ONE, ZERO
                for m, n in sorted(f.terms[wave[1]].items(), key=lambda term: f.monomial_key(term[0])):
                    count = int(Fraction(n) / steps[m])
                    one_cosine, one_sine = self._multiple(bases[m], count)
                    cosine, sine = (
                        f.sum(((f.mul(cosine, one_cosine), 1), (f.mul(sine, one_sine), -1))),
                        f.sum(((f.mul(sine, one_cosine), 1), (f.mul(cosine, one_sine), 1))),
                    )
                part = f.mul(part, cosine if wave[0] == COS else sine)
            total = f.add(total, part)
        ordered = [bases[m] for m in sorted(bases, key=f.monomial_key)]
        if len(f.terms[total]) > _MOST_TERMS:
            return
        for kinds in product((COS, SIN), repeat=len(ordered)):
            reduced = total
            for angle, kind in zip(ordered, kinds, strict=True):
                reduced = self._without_squares(reduced, kind, angle)
            yield reduced

    def _multiple(self, angle: int, n: int) -> tuple[int, int]:
        """cos and sin of n times an angle, by powers."""
        f = self.forms
        cosine, sine = ONE, ZERO
        c, s = self._wave(COS, angle), self._wave(SIN, angle)
        for _ in range(abs(n)):
            cosine, sine = (
                f.sum(((f.mul(cosine, c), 1), (f.mul(sine, s), -1))),
                f.sum(((f.mul(sine, c), 1), (f.mul(cosine, s), 1))),
            )
        return cosine, f.scale(sine, -1) if n < 0 else sine

    def _without_squares(self, form: int, kind: int, angle: int) -> int:
        """The form with the squares of one wave written by the other."""
        f = self.forms
        wave = f.single(self._wave(kind, angle))
        if wave is None or len(wave[0][0]) != 1 or wave[1] != 1:
            return form
        atom = wave[0][0][0][0]
        other = self._wave(1 - kind, angle)
        square = f.sum(((ONE, 1), (f.mul(other, other), -1)))
        parts: list[tuple[int, Number]] = []
        for (powers, exponent, _), c in f.terms[form].items():
            n = dict(powers).get(atom, 0)
            if n < 2:
                parts.append((f.make({(powers, exponent, None): c}), 1))
                continue
            left = dict(powers)
            left[atom] = n % 2
            rest = f.make({(tuple(sorted((a, k) for a, k in left.items() if k)), exponent, None): c})
            parts.append((f.mul(rest, f.power(square, n // 2)), 1))
        return f.sum(parts)

    # Writing a presentation

    def _arranged(self, form: int) -> int:
        """The cheapest row found for a presentation; those of the forms inside are known."""
        found = self._plain.get(form)
        if found is None:
            self.forms.spend(_ARRANGING * len(self.forms.terms[form]))
            rows = list(self._ways(form))
            found = self._plain[form] = min(rows, key=self._price)
        return found

    def _as_sum(self, form: int) -> int:
        """The sum of its terms as they are."""
        f = self.forms
        terms = f.terms[form]
        return self._signed_sum([self._term(m, terms[m]) for m in sorted(terms, key=f.monomial_key)])

    def _ways(self, form: int) -> Iterator[int]:
        f = self.forms
        terms = f.terms[form]
        yield self._as_sum(form)
        if len(terms) > 1:
            yield from self._factored(form)
        if not 1 < len(terms) <= _MOST_TERMS:
            return
        reduced = self._pythagoras(form)
        if reduced is not None:
            yield self._arranged(reduced)
        logs = self._joined_logarithms(form)
        if logs is not None:
            yield logs
        if len(terms) > 2:
            yield from self._grouped(form)
        yield from self._over(form)

    def _factored(self, form: int) -> Iterator[int]:
        f = self.forms
        by = f.content(form)
        common = f.common(form)
        rest = f.scale(f.without(form, common) if common != UNIT else form, Fraction(1) / by)
        if (common != UNIT or by != 1) and len(f.terms[form]) <= _MOST_TERMS:
            signs = ((by, rest),) if common == UNIT and by == -1 else ((by, rest), (-by, f.negative(rest)))
            for number, inside in sorted(signs, key=lambda s: s[0] < 0):
                yield self._signed_sum([self._term(common, number, (inside, 1))])
                if abs(by) != 1 and common != UNIT:
                    yield self._signed_sum([self._term(common, 1, (f.scale(inside, number), 1))])
        parts = factors(f, rest)
        if len(parts) > 1 or parts[0][1] > 1:
            made = ONE
            for p, n in parts:
                made = f.mul(made, f.power(p, n))
            lead = f.leading(rest)
            ratio = Fraction(f.terms[rest][lead]) / f.terms[made].get(lead, 1)
            if f.scale(made, ratio) == rest:
                yield self._signed_sum([self._term(common, by * ratio, *parts)])
                for k, (p, n) in enumerate(parts):
                    if n % 2:
                        turned = [*parts[:k], (f.negative(p), n), *parts[k + 1 :]]
                        yield self._signed_sum([self._term(common, -by * ratio, *turned)])

    def _grouped(self, form: int) -> Iterator[int]:
        """A common factor taken from some of the terms."""
        f = self.forms
        terms = f.terms[form]
        count: dict[tuple[str, int], int] = {}
        for powers, exponent, _ in terms:
            for a, n in powers:
                if n > 0:
                    count["atom", a] = count.get(("atom", a), 0) + 1
            if exponent:
                count["exp", exponent] = count.get(("exp", exponent), 0) + 1
        shared = [key for key, n in count.items() if 2 <= n < len(terms)]
        names = {k: f.atom_key(k[1]) if k[0] == "atom" else f.form_key(k[1]) for k in shared}
        tried = 3 if len(terms) <= 4 else 2 if len(terms) <= 6 else 1 if len(terms) <= 10 else 0
        for key in sorted(shared, key=lambda k: (-count[k], k[0], names[k]))[:tried]:
            inside: Terms = {}
            outside: Terms = {}
            for m, c in terms.items():
                here = dict(m[0]).get(key[1], 0) > 0 if key[0] == "atom" else m[1] == key[1]
                (inside if here else outside)[m] = c
            yield self._sum_of_forms([f.make(inside), f.make(outside)])

    def _sum_of_forms(self, given: list[int]) -> int:
        f = self.forms
        parts: list[_Part] = []
        for form in sorted(given, key=lambda g: f.monomial_key(f.leading(g))):
            negative = f.terms[form][f.leading(form)] < 0
            row = self._arranged(f.negative(form) if negative else form)
            parts.append((negative, row, row))
        return self._signed_sum(parts)

    def _over(self, form: int) -> Iterator[int]:
        """Terms with one denominator together; and quotient and rest of a division by it."""
        f = self.forms
        groups: dict[Monomial, Terms] = {}
        for (powers, exponent, wave), c in f.terms[form].items():
            under = tuple((a, n) for a, n in powers if n < 0 or f.atoms[a][0] == "inv")
            above = tuple((a, n) for a, n in powers if not (n < 0 or f.atoms[a][0] == "inv"))
            groups.setdefault((under, 0, None), {})[above, exponent, wave] = c
        if set(groups) == {UNIT}:
            return
        if len(groups) > 1:
            parts = []
            for below in sorted(groups, key=f.monomial_key):
                parts.append(f.mul(f.make({below: 1}), f.make(groups[below])))
            yield self._sum_of_forms(parts)
        for below in sorted(groups, key=f.monomial_key):
            if len(below[0]) != 1 or f.atoms[below[0][0][0]][0] != "inv":
                continue
            atom, n = below[0][0]
            denominator = int(f.atoms[atom][1])
            if not f.is_nonzero(denominator):
                continue
            p = self._presented(denominator)
            numerator = f.make(groups[below])
            quotient = ZERO
            while numerator != ZERO and len(f.terms[numerator]) > 1:
                top, lead = f.leading(numerator), f.leading(p)
                step = divided(f, f.make({top: f.terms[numerator][top]}), f.make({lead: f.terms[p][lead]}))
                if step is None or any(k < 0 for powers, _, _ in f.terms[step] for _, k in powers):
                    break
                left = f.sum(((numerator, 1), (f.mul(step, p), -1)))
                if left != ZERO and f.monomial_key(f.leading(left)) <= f.monomial_key(top):
                    break
                numerator, quotient = left, f.add(quotient, step)
            if quotient != ZERO and n == 1:
                rest = f.make({m: c for other, g in groups.items() if other != below for m, c in self._times(g, other)})
                over = f.mul(numerator, f.of_atom(atom))
                yield self._sum_of_forms([g for g in (f.add(quotient, rest), over) if g != ZERO])

    def _times(self, terms: Terms, by: Monomial) -> Iterator[tuple[Monomial, Number]]:
        for (powers, exponent, wave), c in terms.items():
            yield (tuple(sorted((*powers, *by[0]))), exponent, wave), c

    def _pythagoras(self, form: int) -> int | None:
        """M - M cos^2 as M sin^2, and the like; and M sin^2 + M cos^2 as M, with numbers."""
        f = self.forms
        terms = f.terms[form]
        for m in sorted(terms, key=f.monomial_key):
            for a, n in m[0]:
                if n < 2 or f.atoms[a][0] not in ("sin", "cos"):
                    continue
                powers = dict(m[0])
                powers[a] -= 2
                if not powers[a]:
                    del powers[a]
                base: Monomial = (tuple(sorted(powers.items())), m[1], None)
                angle = int(f.atoms[a][1])
                other = f.atom(("cos" if f.atoms[a][0] == "sin" else "sin", angle))
                powers[other] = powers.get(other, 0) + 2
                mate: Monomial = (tuple(sorted(powers.items())), m[1], None)
                c = terms[m]
                if terms.get(base) == -c:
                    return f.sum(((form, 1), (f.make({m: c, base: -c}), -1), (f.make({mate: c}), -1)))
                if mate in terms:
                    return f.sum(((form, 1), (f.make({m: c, mate: c}), -1), (f.make({base: c}), 1)))
        return None

    def _joined_logarithms(self, form: int) -> int | None:
        """Several logarithms as one, of a product."""
        f = self.forms
        logs = {}
        for (powers, exponent, wave), c in f.terms[form].items():
            if len(powers) == 1 and powers[0][1] == 1 and not exponent and wave is None:
                atom = f.atoms[powers[0][0]]
                if atom[0] == "ln" and f.is_positive(int(atom[1])):
                    logs[powers[0][0]] = Fraction(c)
        if len(logs) < 2:
            return None
        step = Fraction(0)
        for c in logs.values():
            step = _common_step(step, c)
        if any(abs(c / step) > _MOST_MULTIPLE for c in logs.values()):
            return None
        inner = ONE
        for a in sorted(logs, key=f.atom_key):
            inner = f.mul(inner, f.signed_power(int(f.atoms[a][1]), int(logs[a] / step)))
        joined = f.sum([(form, 1), *((f.of_atom(a), -c) for a, c in logs.items())])
        log = self._app("ln", self._row_of(inner))
        parts: list[_Part] = [(*self._product([(log, 1)], [], step), None)]
        if joined != ZERO:
            parts = [(False, self._arranged(joined), None), *parts]
        return self._signed_sum(parts)

    # Terms of sums

    def _term(self, m: Monomial, c: Number, *more: tuple[int, int]) -> _Part:
        """A monomial times a number times powers of sums: is it to be subtracted, and its row without the sign; then,
        if a sign costs less inside, the row with it."""
        f = self.forms
        above: list[tuple[int, int]] = []  # base row, exponent
        below: list[tuple[int, int]] = []
        powers = dict(m[0])
        for name in ("abs", "sqrt"):
            above += self._joint(powers, name)
        for a in sorted(powers, key=f.atom_key):
            kind = f.atoms[a]
            n = powers[a]
            if kind[0] == "inv":
                below.append((self._row_of(int(kind[1])), n))
                continue
            if kind[0] in ("sin", "cos"):
                other = f.atom(("inv", f.wave(COS, int(kind[1])))) if kind[0] == "sin" else None
                if other is not None and powers.get(other, 0) > 0 and n > 0:
                    shared = min(n, powers[other])
                    above.append((self._app("tan", self._row_of(int(kind[1]))), shared))
                    n -= shared
                    at = next((k for k, (row, _) in enumerate(below) if row == self._cosine(kind[1])), None)
                    if at is None:
                        powers[other] -= shared
                    else:
                        row, k = below.pop(at)
                        below[at:at] = [(row, k - shared)] if k > shared else []
                    if not n:
                        continue
            (above if n > 0 else below).append((self._atom_row(a), abs(n)))
        below = [(row, n) for row, n in below if n]
        above += self._exponential(m[1])
        for form, n in more:
            above.append((self._arranged(form), n))
        negative, row = self._product(above, below, c)
        signed = None
        if negative and (c != -1 or (m == UNIT and not more)):
            signed = self._product(above, below, c, inside=True)[1]
        return negative, row, signed

    def _joint(self, powers: dict[int, int], name: str) -> list[tuple[int, int]]:
        """Several absolute values as that of the product, and so roots of what is not negative; they leave `powers`."""
        f = self.forms
        found = [a for a in sorted(powers, key=f.atom_key) if f.atoms[a][0] == name and powers[a] == 1]
        if name == "sqrt":
            found = [a for a in found if Sign.NOT_NEGATIVE in f.sign(int(f.atoms[a][1]))]
        if len(found) < 2:
            return []
        for a in found:
            del powers[a]
        inside = self._product([(self._row_of(int(f.atoms[a][1])), 1) for a in found], [], 1)[1]
        return [(self._app(name, inside), 1)]

    def _cosine(self, angle: int | str) -> int:
        return self._row_of(self.forms.wave(COS, int(angle)))

    def _product(
        self, above: list[tuple[int, int]], below: list[tuple[int, int]], c: Number, inside: bool = False
    ) -> tuple[bool, int]:
        """c times a quotient of products of powers; the sign apart unless it is to be `inside`."""
        c = Fraction(c)
        negative = c < 0 and not inside
        if negative:
            c = -c
        tops, bottoms = self._powers(above), self._powers(below)
        if not tops and not bottoms:
            return negative, self._number(c)
        ways = []
        if c.denominator == 1 or c.numerator in (1, -1) or not tops:
            first = [self._number(Fraction(c.numerator))] if c.numerator != 1 or not tops else []
            last = [self._number(Fraction(c.denominator))] if c.denominator != 1 else []
            ways.append(self._quotient([*first, *tops], [*last, *bottoms]))
        if c.denominator != 1:
            ways.append(self._quotient([self._number(c), *tops], bottoms))
        return negative, min(ways, key=self.costs.of)

    def _quotient(self, tops: list[int], bottoms: list[int]) -> int:
        above = self._joined("*", tops)
        return above if not bottoms else self._app("/", above, self._joined("*", bottoms))

    def _powers(self, bases: list[tuple[int, int]]) -> list[int]:
        """Rows of powers; those with one exponent share it."""
        merged: dict[int, int] = {}
        for row, n in bases:
            merged[row] = merged.get(row, 0) + n
        by_exponent: dict[int, list[int]] = {}
        for row, n in merged.items():
            by_exponent.setdefault(n, []).append(row)
        out: list[int] = []
        for row, n in merged.items():
            if n == 1:
                out.append(row)
            elif by_exponent[n]:
                together = by_exponent[n]
                exponent = self._number(Fraction(n))
                apart = [self._app("^", one, exponent) for one in together]
                if len(together) > 1:
                    joint = self._app("^", self._joined("*", together), exponent)
                    if self.costs.of(joint) < self.costs.of(self._joined("*", apart)):
                        apart = [joint]
                out += apart
                by_exponent[n] = []
        return out

    def _exponential(self, exponent: int) -> list[tuple[int, int]]:
        """exp of a form as factors: powers of what it has logarithms of, and exp of the rest."""
        if exponent == ZERO:
            return []
        f = self.forms
        out: list[tuple[int, int]] = []
        left: Terms = {}
        powers: dict[int, Terms] = {}  # exponents by base
        for m in sorted(f.terms[exponent], key=f.monomial_key):
            c = f.terms[exponent][m]
            found = self._logarithm(m)
            if found is None:
                left[m] = c
            else:
                powers.setdefault(found[0], {})[found[1]] = c
        by_exponent: dict[int, list[int]] = {}
        for base, terms in powers.items():
            by_exponent.setdefault(f.make(terms), []).append(base)
        for power, bases in by_exponent.items():
            base_row = self._joined("*", [self._row_of(b) for b in bases])
            product = ONE
            for b in bases:
                product = f.mul(product, b)
            if len(bases) > 1 and f.value(product) is not None:
                base_row = self._row_of(product)
            half = f.value(power) == Fraction(1, 2)
            out.append((self._app("sqrt", base_row) if half else self._app("^", base_row, self._row_of(power)), 1))
        if left:
            rest_form = f.make(left)
            one = rest_form == ONE and self._vocabulary.has("e", 0)
            out.append((self._app("e") if one else self._app("exp", self._row_of(rest_form)), 1))
        return out

    def _logarithm(self, m: Monomial) -> tuple[int, Monomial] | None:
        """A monomial as ln(base) * rest, where exp may undo it."""
        f = self.forms
        for a, n in sorted(m[0], key=lambda p: f.atom_key(p[0])):
            if n == 1 and f.atoms[a][0] == "ln" and f.is_undone(int(f.atoms[a][1])):
                return int(f.atoms[a][1]), (tuple(p for p in m[0] if p[0] != a), m[1], m[2])
        return None

    def _row_of(self, form: int) -> int:
        found = self._best.get(form)
        return self._arranged(self._presented(form)) if found is None else found

    def _atom_row(self, atom: int) -> int:
        kind = self.forms.atoms[atom]
        match kind[0]:
            case "row":
                return int(kind[1])
            case "app":
                return self.table.app(str(kind[1]), *(self._row_of(int(p)) for p in kind[2:]))
            case "fun":
                return self._app(str(kind[1]), *(self._row_of(int(p)) for p in kind[2:]))
            case "pow":
                return self._app("^", self._row_of(int(kind[1])), self._row_of(int(kind[2])))
            case "sum":
                return self._row_of(int(kind[1]))
            case "inv":
                return self._app("/", self._number(Fraction(1)), self._row_of(int(kind[1])))
        return self._app(str(kind[0]), *(self._row_of(int(p)) for p in kind[1:]))

    # Rows

    def _signed_sum(self, parts: list[_Part]) -> int:
        if not parts:
            return self._number(Fraction(0))
        first = next((n for n, part in enumerate(parts) if not part[0]), None)
        if first is None:
            negative, row, signed = parts[0]
            total = self._app("-", row) if signed is None else min((signed, self._app("-", row)), key=self.costs.of)
            rest = parts[1:]
        else:
            total = parts[first][1]
            rest = [part for n, part in enumerate(parts) if n != first]
        if self.costs.deepest and len(rest) > 1:
            added = [row for negative, row, _ in rest if not negative]
            taken = [row for negative, row, _ in rest if negative]
            total = self._joined("+", [total, *added])
            return self._app("-", total, self._joined("+", taken)) if taken else total
        for negative, row, _ in rest:
            total = self._app("-" if negative else "+", total, row)
        return total

    def _joined(self, text: str, rows: list[int]) -> int:
        if not rows:
            return self._number(Fraction(1))
        if self.costs.deepest:
            return self._balanced(text, rows)
        total = rows[0]
        for row in rows[1:]:
            total = self._app(text, total, row)
        return total

    def _balanced(self, text: str, rows: list[int]) -> int:
        """Operands joined so that the tree is not deep: the two cheapest first."""
        heap = [(self.costs.of(row), n, row) for n, row in enumerate(rows)]
        heapify(heap)
        for n in range(len(rows), 2 * len(rows) - 1):
            (_, m, left), (_, k, right) = heappop(heap), heappop(heap)
            joined = self._app(text, *((left, right) if m < k else (right, left)))
            heappush(heap, (self.costs.of(joined), n, joined))
        return heap[0][2]

    def _number(self, value: Fraction) -> int:
        try:
            return self._vocabulary.number(self.table, value)
        except ValueError:
            raise TooLarge from None

    def _app(self, text: str, *below: int) -> int:
        return self._vocabulary.app(self.table, text, *below)


def _common_step(a: Fraction, b: Fraction) -> Fraction:
    """The largest number of which both are whole multiples."""
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a
