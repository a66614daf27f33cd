"""Formulas about numbers in a table, and facts of the simplest kinds: of literals, and what follows from a bound."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..literals import literal_text, literal_value
from ..syntax import TermTable
from ..theory import Theory
from .facts import Bound, Fact

LARGEST_BITS = 4096  # of a number that is computed on the way to a bound
_SHORT_BITS = 256  # of a literal about which something is put together from its digits
_ROUNDED_BITS = 64  # of a bound; one of more is rounded to a multiple of 1 / _UNIT that is at most _UNIT
_UNIT = 1 << 24

CHAINS: Mapping[tuple[bool, bool], str] = {
    (True, True): "gt_gt",
    (True, False): "gt_ge",
    (False, True): "ge_gt",
    (False, False): "ge_ge",
}
"""The axiom by which x is above z where x is above y and y above z, by what of these is strict."""


def is_moderate(value: Fraction) -> bool:
    """Is a number small enough to be computed with? Larger ones are given up, so that no step can take long."""
    return value.numerator.bit_length() + value.denominator.bit_length() <= LARGEST_BITS


def is_short(value: Fraction) -> bool:
    """May a fact about a literal be put together from its digits? Of longer ones less is known."""
    return value.numerator.bit_length() + value.denominator.bit_length() <= _SHORT_BITS


def rounded(value: Fraction, side: str) -> Fraction | None:
    """A bound of few digits instead of a lower or upper one of many; None if there is none."""
    if value.numerator.bit_length() + value.denominator.bit_length() <= _ROUNDED_BITS:
        return value
    near = value * _UNIT // 1 if side == "low" else -(-value * _UNIT // 1)
    if side == "low":
        return Fraction(min(near, _UNIT * _UNIT), _UNIT) if near >= -_UNIT * _UNIT else None
    return Fraction(max(near, -_UNIT * _UNIT), _UNIT) if near <= _UNIT * _UNIT else None


class Formulas:
    """Rows of one table, and facts about literals.

    Comparisons are written with > and >= only. Among real numbers `real(x)` is no condition of any axiom: there the
    fact ALWAYS stands for it, and is left out of premises.
    """

    ALWAYS = Fact(-1)

    def __init__(self, theory: Theory, table: TermTable) -> None:
        self.theory = theory
        self.table = table
        self.sort = theory.sorts[0]
        self.real = self.sort == "Real"
        self._rows: dict[tuple[int, int], int] = {}
        self._values: dict[int, Fraction | None] = {}
        self._literals: dict[tuple[str, Fraction], Fact] = {}
        self.true = table.literal("true", "Bool")
        self.false = table.false()
        self.zero = self.literal(Fraction(0))
        self.minus_one = self.literal(Fraction(-1))

    # Rows

    def value(self, t: int) -> Fraction | None:
        """The value of a literal; None for any other term."""
        if t not in self._values:
            row = self.table.rows[t]
            value = literal_value(str(row[1])) if row[0] == "lit" else None
            self._values[t] = value if isinstance(value, Fraction) else None
        return self._values[t]

    def literal(self, value: Fraction) -> int:
        key = value.numerator, value.denominator
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self.table.literal(literal_text(value), self.sort)
        return found

    def relation(self, a: int, b: int, strict: bool) -> int:
        """a > b, or a >= b."""
        return self.table.eq(self.table.app(">" if strict else ">=", a, b), self.true)

    def unequal(self, a: int, b: int) -> int:
        return self.table.negate(self.table.eq(a, b))

    def nonzero(self, t: int) -> int:
        return self.unequal(t, self.zero)

    def test(self, name: str, t: int) -> int:
        """whole(t), or real(t)."""
        return self.table.eq(self.table.app(name, t), self.true)

    def difference(self, a: int, b: int) -> int:
        return self.table.app(f"-@{self.sort},{self.sort}", a, b)

    def opposite(self, a: int) -> int:
        """-a, with the sign as an operation."""
        return self.table.app(f"-@{self.sort}", a)

    # Facts by axioms

    def by(
        self,
        axiom: str,
        formula: int,
        values: Mapping[str, int],
        *premises: Fact | None,
        equations: tuple[Fact, ...] = (),
    ) -> Fact | None:
        """The fact by an axiom; None if a premise is missing."""
        given = [p for p in premises if p is not None]
        if len(given) < len(premises):
            return None
        kept = tuple(p for p in given if p is not self.ALWAYS)
        return Fact(formula, axiom, tuple(values.items()), kept, equations)

    def by_real(self, axiom: str, t: int, values: Mapping[str, int], *premises: Fact | None) -> Fact | None:
        """The fact that t is real, by an axiom."""
        return self.ALWAYS if self.real else self.by(axiom, self.test("real", t), values, *premises)

    def equation(self, axiom: str, left: int, right: int, values: Mapping[str, int]) -> Fact:
        return Fact(self.table.eq(left, right), axiom, tuple(values.items()))

    def turned(self, test: int) -> Fact:
        """(a < b) = (b > a), or the same with equality, for the term on the left."""
        row = self.table.rows[test]
        a, b = int(row[2]), int(row[3])
        name, other = ("lt_def", ">") if row[1] == "<" else ("le_def", ">=")
        return self.equation(name, test, self.table.app(other, b, a), {"x": a, "y": b})

    def reworded(self, formula: int, fact: Fact, *equations: Fact) -> Fact:
        """The same in other words."""
        return Fact(formula, None, (), (fact,), equations)

    # Bounds

    def weakened(self, x: int, bound: Bound | None, side: str, value: Fraction, strict: bool) -> Fact | None:
        """From a bound of x: x > value or x >= value if the side is "low", value > x or value >= x if it is "high";
        None if that does not follow."""
        if bound is None:
            return None
        gap = bound.value - value if side == "low" else value - bound.value
        if gap < 0 or (gap == 0 and strict and not bound.strict):
            return None
        if gap and not self.comparable(bound.value, value):
            return None
        v = self.literal(value)
        above, below = (x, v) if side == "low" else (v, x)
        if gap == 0:
            return bound.fact if bound.strict == strict else self.not_less(above, below, bound.fact)
        if side == "low":
            name, premises = CHAINS[bound.strict, True], (bound.fact, self.compared(bound.value, value, True))
        else:
            name, premises = CHAINS[True, bound.strict], (self.compared(value, bound.value, True), bound.fact)
        values = (("x", above), ("y", self.literal(bound.value)), ("z", below))
        found = Fact(self.relation(above, below, True), name, values, premises)
        return found if strict else self.not_less(above, below, found)

    def not_less(self, a: int, b: int, greater: Fact) -> Fact:
        """a >= b, from a > b."""
        return Fact(self.relation(a, b, False), "ge_of_gt", (("x", a), ("y", b)), (greater,))

    # Literals

    def comparable(self, *values: Fraction) -> bool:
        """Can these be compared? Complex literals only if they are short: there comparisons are not built in."""
        return self.real or all(map(is_short, values))

    def compared(self, u: Fraction, v: Fraction, strict: bool) -> Fact:
        """u > v or u >= v, which is so, of comparable values."""
        if self.real:
            return Fact(self.relation(self.literal(u), self.literal(v), strict), computed=True)
        a, b = self.literal(u), self.literal(v)
        if not strict and u > v:
            return self.not_less(a, b, self.compared(u, v, True))
        same = Fact(self.relation(b, b, False), "ge_refl", (("x", b),), (self.real_literal(v),))
        if u == v:
            return same
        values = (("x", self.literal(u - v)), ("y", b), ("z", self.zero), ("w", b))
        return Fact(self.relation(a, b, True), "add_gt_ge", values, (self._positive(u - v), same))

    def real_literal(self, value: Fraction) -> Fact:
        """real(value)."""
        if self.real:
            return self.ALWAYS
        row = self.literal(value)
        formula = self.test("real", row)
        if value > 0:
            return Fact(formula, "real_of_gt", (("x", row), ("y", self.zero)), (self._positive(value),))
        if value == 0:
            one = Fraction(1)
            return Fact(formula, "real_of_lt", (("x", row), ("y", self.literal(one))), (self._positive(one),))
        opposite = (("x", self.literal(-value)),)
        negative = Fact(self.relation(self.zero, row, True), "neg_lt_zero", opposite, (self._positive(-value),))
        return Fact(formula, "real_of_lt", (("x", row), ("y", self.zero)), (negative,))

    def whole_literal(self, value: Fraction) -> Fact | None:
        """whole(value); None if it is not whole, or not short."""
        if value.denominator != 1 or not is_short(value):
            return None
        found = self._literals.get(("whole", value))
        if found is None:
            found = self._literals["whole", value] = self._made_whole(value)
        return found

    def _made_whole(self, value: Fraction) -> Fact:
        row = self.literal(value)
        if value == 0:
            return Fact(self.test("whole", row), "whole_zero")
        size = abs(value)
        one = Fact(self.test("whole", self.literal(Fraction(1))), "whole_one")
        found = self._doubled(size.numerator, one, "whole_add", ())
        if value < 0:
            return Fact(self.test("whole", row), "whole_neg", (("x", self.literal(size)),), (found,))
        return found

    def _positive(self, value: Fraction) -> Fact:
        """value > 0 among complex numbers, where comparisons are not built in: from 1 > 0."""
        found = self._literals.get(("positive", value))
        if found is None:
            found = self._literals["positive", value] = self._made_positive(value)
        return found

    def _made_positive(self, value: Fraction) -> Fact:
        one = Fact(self.relation(self.literal(Fraction(1)), self.zero, True), "one_gt_zero")
        ends = (("z", self.zero), ("w", self.zero))
        over = self._doubled(value.numerator, one, "add_gt_gt", ends)
        if value.denominator == 1:
            return over
        under = self._doubled(value.denominator, one, "add_gt_gt", ends)
        inverse = self.literal(Fraction(1, value.denominator))
        given = (under, self.real_literal(Fraction(-1)))
        values = (("x", self.literal(Fraction(value.denominator))), ("y", self.minus_one))
        part = Fact(self.relation(inverse, self.zero, True), "pow_pos", values, given)
        values = (("x", self.literal(Fraction(value.numerator))), ("y", inverse))
        return Fact(self.relation(self.literal(value), self.zero, True), "mul_pos_pos", values, (over, part))

    def _doubled(self, n: int, one: Fact, axiom: str, ends: tuple[tuple[str, int], ...]) -> Fact:
        """What is known of 1, of n > 0 by an axiom about sums: doubled, and one added, as its digits say."""
        found, number = one, 1
        for digit in bin(n)[3:]:
            for other, added in ((found, number), *([(one, 1)] if digit == "1" else [])):
                values = (("x", self.literal(Fraction(number))), ("y", self.literal(Fraction(added))), *ends)
                number += added
                formula = self.table.replace(one.formula, {self.literal(Fraction(1)): self.literal(Fraction(number))})
                found = Fact(formula, axiom, values, (found, other))
        return found
