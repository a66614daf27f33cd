"""What is known of a term from what is known of its arguments, by one axiom each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from ..operations import evaluate
from ..syntax import children
from .facts import Bound, Fact, Known
from .formulas import Formulas, is_moderate, rounded
from .sign_rules import (
    ABOVE_ONE,
    CONSTANTS,
    FROM_ONE,
    FUNCTIONS,
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    POSITIVE,
    PRODUCTS,
    REAL_IF,
    REAL_IF_REAL,
    SUMS,
    Need,
    Side,
)

_ZERO = Fraction(0)
UNKNOWN = Known()


def together(p: Known, *others: Known) -> Known:
    """What several lots of knowledge of one term say; the first one of those that say the same."""
    for q in others:
        p = Known(
            _tighter(p.low, q.low, 1),
            _tighter(p.high, q.high, -1),
            p.nonzero or q.nonzero,
            p.whole or q.whole,
            p.real or q.real,
        )
    return p


def _tighter(p: Bound | None, q: Bound | None, sign: int) -> Bound | None:
    if p is None or q is None:
        return p or q
    return q if (sign * q.value, q.strict) > (sign * p.value, p.strict) else p


class Bounds:
    """Derives what is known of terms. `known` has it of their arguments, and of all literals that come up."""

    def __init__(self, formulas: Formulas, known: Mapping[int, Known]) -> None:
        self._formulas = formulas
        self._table = formulas.table
        self._known = known

    def of(self, t: int) -> Known:
        """What follows from the arguments of t alone."""
        f = self._formulas
        row = self._table.rows[t]
        value = f.value(t)
        if value is not None and not f.comparable(value):
            return UNKNOWN
        if value is not None:
            same = f.compared(value, value, False)
            end = Bound(value, False, same)
            return Known(end, end, None, f.whole_literal(value), f.real_literal(value))
        match row[1] if row[0] == "app" else None, children(row):
            case "+", [a, b]:
                return self._sum(t, a, b)
            case "*", [a, b]:
                return self._product(t, a, b)
            case "^", [a, b]:
                return self._power(t, a, b)
            case ("pi" | "e") as name, []:
                return self._constant(t, name)
            case "i", []:
                return Known(nonzero=f.by("i_ne_zero", f.nonzero(t), {}))
            case str(name), [a] if a in self._known:
                return self._function(t, name, a)
        return UNKNOWN

    def closed(self, t: int, known: Known) -> Known:
        """With what follows from several things that are known of t."""
        f = self._formulas
        known = replace(known, low=self._rounded_bound(t, known.low, "low"))
        known = replace(known, high=self._rounded_bound(t, known.high, "high"))
        known = together(known, self._next_whole(t, known))
        x = {"x": t, "y": f.zero}
        if known.nonzero is None:
            above = f.weakened(t, known.low, "low", _ZERO, True)
            below = f.weakened(t, known.high, "high", _ZERO, True)
            name = "ne_of_gt" if above is not None else "ne_of_lt"
            known = replace(known, nonzero=f.by(name, f.nonzero(t), x, above or below))
        else:
            at_least = f.weakened(t, known.low, "low", _ZERO, False)
            at_most = f.weakened(t, known.high, "high", _ZERO, False)
            known = together(
                known,
                self._one("gt_of_ge_ne", t, POSITIVE, x, at_least, known.nonzero),
                self._one("gt_of_ge_ne_left", t, NEGATIVE, {"x": f.zero, "y": t}, at_most, known.nonzero),
            )
        return known if known.real is not None else replace(known, real=self._real(t, known))

    def moved(self, known: Known, old: int, new: int, equation: Fact) -> Known:
        """What is known of a term, said of another that an equation says to be the same."""
        f = self._formulas

        def bound(given: Bound | None, side: Side) -> Bound | None:
            if given is None:
                return None
            value = f.literal(given.value)
            formula = f.relation(*((new, value) if side == "low" else (value, new)), given.strict)
            return replace(given, fact=f.reworded(formula, given.fact, equation))

        nonzero, whole, real = known.nonzero, known.whole, known.real
        return Known(
            bound(known.low, "low"),
            bound(known.high, "high"),
            nonzero and f.reworded(f.nonzero(new), nonzero, equation),
            whole and f.reworded(f.test("whole", new), whole, equation),
            real if real is None or real is f.ALWAYS else f.reworded(f.test("real", new), real, equation),
        )

    # Sums

    def _sum(self, t: int, a: int, b: int) -> Known:
        f = self._formulas
        p, q = self._known[a], self._known[b]
        low = high = None
        if p.low is not None and q.low is not None:
            values = {"x": a, "y": b, "z": f.literal(p.low.value), "w": f.literal(q.low.value)}
            low = self._added(t, "low", p.low, q.low, values)
        if p.high is not None and q.high is not None:
            values = {"x": f.literal(p.high.value), "y": f.literal(q.high.value), "z": a, "w": b}
            high = self._added(t, "high", p.high, q.high, values)
        both = {"x": a, "y": b}
        whole = f.by("whole_add", f.test("whole", t), both, p.whole, q.whole)
        return Known(low, high, None, whole, f.by_real("real_add", t, both, p.real, q.real))

    def _added(self, t: int, side: Side, p: Bound, q: Bound, values: Mapping[str, int]) -> Bound | None:
        strict = p.strict or q.strict
        return self._bound(SUMS[p.strict, q.strict], t, side, p.value + q.value, strict, values, p.fact, q.fact)

    # Products

    def _product(self, t: int, a: int, b: int) -> Known:
        f = self._formulas
        p, q = self._known[a], self._known[b]
        both = {"x": a, "y": b}
        scale = f.value(a)
        known = Known(
            nonzero=f.by("mul_ne_zero", f.nonzero(t), both, p.nonzero, q.nonzero),
            whole=f.by("whole_mul", f.test("whole", t), both, p.whole, q.whole),
            real=f.by_real("real_mul", t, both, p.real, q.real),
        )
        if scale is not None and scale != 0:
            return together(known, self._scaled(t, scale, a, b)) if f.comparable(scale) else known
        if a == b:
            known = together(known, self._one("mul_self", t, NONNEGATIVE, {"x": a}, p.real))
        for name, result, first, second in PRODUCTS:
            given = self._need(a, first)
            if given is not None:
                known = together(known, self._one(name, t, result, both, given, self._need(b, second)))
        return together(known, self._product_of_nonnegative(t, a, b))

    def _scaled(self, t: int, scale: Fraction, a: int, b: int) -> Known:
        """The bounds of a * b, where a is a literal and not zero."""
        f = self._formulas
        q = self._known[b]
        positive = scale > 0
        sign = f.compared(scale, _ZERO, True) if positive else f.compared(_ZERO, scale, True)
        out: list[Bound | None] = []
        for side, given, lower in (
            ("low", q.low if positive else q.high, positive),
            ("high", q.high if positive else q.low, not positive),
        ):
            if given is None:
                out.append(None)
                continue
            name = f"mul_{'pos' if positive else 'neg'}_{'gt' if given.strict else 'ge'}"
            x, y = (b, f.literal(given.value)) if lower else (f.literal(given.value), b)
            values = {"z": a, "x": x, "y": y}
            value = scale * given.value
            out.append(
                self._bound(name, t, "low" if side == "low" else "high", value, given.strict, values, sign, given.fact)
            )
        return Known(out[0], out[1])

    def _product_of_nonnegative(self, t: int, a: int, b: int) -> Known:
        f = self._formulas
        p, q = self._known[a], self._known[b]
        least = self._need(a, NONNEGATIVE), self._need(b, NONNEGATIVE)
        if None in least or p.low is None or q.low is None:
            return UNKNOWN
        both = {"x": a, "y": b}
        values = {**both, "z": f.literal(p.low.value), "w": f.literal(q.low.value)}
        low = self._bound(
            "mul_lower",
            t,
            "low",
            p.low.value * q.low.value,
            False,
            values,
            f.weakened(a, p.low, "low", p.low.value, False),
            f.weakened(b, q.low, "low", q.low.value, False),
            f.compared(p.low.value, _ZERO, False),
            f.compared(q.low.value, _ZERO, False),
        )
        if p.high is None or q.high is None:
            return Known(low)
        values = {**both, "z": f.literal(p.high.value), "w": f.literal(q.high.value)}
        high = self._bound(
            "mul_upper",
            t,
            "high",
            p.high.value * q.high.value,
            False,
            values,
            f.weakened(a, p.high, "high", p.high.value, False),
            f.weakened(b, q.high, "high", q.high.value, False),
            *least,
        )
        return Known(low, high)

    # Powers

    def _power(self, t: int, a: int, b: int) -> Known:
        f = self._formulas
        p, q = self._known[a], self._known[b]
        both, whole_exponent = {"x": a, "y": b}, {"x": a, "n": b}
        exponent = f.value(b)
        if exponent is not None and not f.comparable(exponent):
            return UNKNOWN
        nonzero = (
            f.by("pow_ne_zero", f.nonzero(t), whole_exponent, p.nonzero, q.whole)
            if f.real
            else f.by("pow_ne_zero", f.nonzero(t), both, p.nonzero)
        )
        given = p.whole, q.whole, self._need(b, NONNEGATIVE)
        known = together(
            Known(
                nonzero=nonzero,
                whole=f.by("whole_pow", f.test("whole", t), whole_exponent, *given),
                real=f.by_real("real_pow_whole", t, whole_exponent, p.real, q.whole),
            ),
            Known(real=f.by_real("real_pow", t, both, self._need(a, NONNEGATIVE), q.real)),
            self._one("pow_pos", t, POSITIVE, both, self._need(a, POSITIVE), q.real),
            self._one("pow_nonneg", t, NONNEGATIVE, both, self._need(a, NONNEGATIVE), q.real),
            self._by_parity(t, a, b, exponent),
        )
        if exponent is None:
            return together(
                known,
                self._one("pow_gt_one", t, ("low", 1, True), both, self._need(a, ABOVE_ONE), self._need(b, POSITIVE)),
                self._one(
                    "pow_ge_one", t, ("low", 1, False), both, self._need(a, FROM_ONE), self._need(b, NONNEGATIVE)
                ),
            )
        if exponent < 0:
            return together(known, self._falling_bounds(t, a, b, exponent))
        return together(known, self._power_bounds(t, a, b, exponent))

    def _by_parity(self, t: int, a: int, b: int, exponent: Fraction | None) -> Known:
        """The sign of a ^ b, where b is 2 * n or a whole number."""
        f = self._formulas
        p = self._known[a]
        row = self._table.rows[b]
        if row[:2] == ("app", "*") and f.value(int(row[2])) == 2:
            half, whole = int(row[3]), self._known[int(row[3])].whole
        elif exponent is not None and exponent.denominator == 1 and exponent % 2 == 0:
            half, whole = f.literal(exponent / 2), f.whole_literal(exponent / 2)
        elif exponent is not None and exponent.denominator == 1:
            half, whole = f.literal((exponent - 1) / 2), f.whole_literal((exponent - 1) / 2)
            values = {"x": a, "n": half}
            return together(
                self._one("odd_neg", t, NEGATIVE, values, whole, self._need(a, NEGATIVE)),
                self._one("odd_nonpos", t, NONPOSITIVE, values, whole, self._need(a, NONPOSITIVE)),
            )
        else:
            return UNKNOWN
        values = {"x": a, "n": half}
        return together(
            self._one("even_nonneg", t, NONNEGATIVE, values, whole, p.real),
            self._one("even_pos", t, POSITIVE, values, whole, p.real, p.nonzero),
        )

    def _power_bounds(self, t: int, a: int, b: int, exponent: Fraction) -> Known:
        """The bounds of a ^ b from those of a, where b is a positive literal."""
        f = self._formulas
        p = self._known[a]
        low, high = p.low, p.high
        nonnegative = self._need(a, NONNEGATIVE)
        if nonnegative is None:
            return self._square_bounds(t, a, low, high) if exponent == 2 else UNKNOWN
        positive = f.compared(exponent, _ZERO, True)
        below = above = None
        if low is not None:
            bases = [low.value, Fraction(low.value >= 1)]
            base, power = next((v, w) for v in bases if (w := self._power_of_number(v, exponent)) is not None)
            strict = low.strict or base < low.value
            values = {"x": a, "y": f.literal(base), "z": b}
            base_given = f.weakened(a, low, "low", base, strict), f.compared(base, _ZERO, False), positive
            below = self._powered(t, "low", base, power, strict, values, *base_given)
        if high is not None:
            bases = [high.value, *([Fraction(1)] if high.value < 1 else [])]
            powers = [(v, w) for v in bases if (w := self._power_of_number(v, exponent)) is not None]
            for base, power in powers[:1]:
                strict = high.strict or base > high.value
                values = {"x": f.literal(base), "y": a, "z": b}
                given = f.weakened(a, high, "high", base, strict), nonnegative, positive
                above = self._powered(t, "high", base, power, strict, values, *given)
        return Known(below, above)

    def _power_of_number(self, base: Fraction, exponent: Fraction) -> Fraction | None:
        """base ^ exponent, of a base that is not negative, if it is rational and not large."""
        if base in (0, 1) and exponent > 0:
            return base
        computed = evaluate("^", [base, exponent], [self._formulas.sort] * 2)
        return computed if isinstance(computed, Fraction) and is_moderate(computed) else None

    def _powered(
        self,
        t: int,
        side: Side,
        base: Fraction,
        power: Fraction,
        strict: bool,
        values: Mapping[str, int],
        *premises: Fact | None,
    ) -> Bound | None:
        """The bound of a ^ b that is a power of a bound of a."""
        f = self._formulas
        exponent = values["z"]
        equations: tuple[Fact, ...] = ()
        number = f.value(exponent)
        if number is not None and number.denominator != 1:
            end = f.literal(power)
            axiom, needs = ("one_pow", ()) if base == 1 else ("zero_pow", (f.compared(number, _ZERO, True),))
            same = Fact(self._table.eq(self._table.app("^", end, exponent), end), axiom, (("x", exponent),), needs)
            equations = (same,)
        name = "pow_lower_gt" if strict else "pow_lower_ge"
        return self._bound(name, t, side, power, strict, values, *premises, equations=equations)

    def _falling_bounds(self, t: int, a: int, b: int, exponent: Fraction) -> Known:
        """The bounds of a ^ b from those of a, which is positive, where b is a negative literal and whole."""
        f = self._formulas
        p = self._known[a]
        below = above = None
        negative = f.compared(_ZERO, exponent, True)
        positive = self._need(a, POSITIVE)
        for given, side in ((p.low, "high"), (p.high, "low")):
            if given is None or given.value <= 0 or positive is None:
                continue
            power = self._power_of_number(given.value, exponent)
            if power is None:
                continue
            end = f.literal(given.value)
            name = "pow_upper_gt" if given.strict else "pow_upper_ge"
            if side == "high":
                values = {"x": a, "y": end, "z": b}
                over_zero = f.compared(given.value, _ZERO, True)
                above = self._bound(name, t, "high", power, given.strict, values, given.fact, over_zero, negative)
            else:
                values = {"x": end, "y": a, "z": b}
                below = self._bound(name, t, "low", power, given.strict, values, given.fact, positive, negative)
        return Known(below, above)

    def _square_bounds(self, t: int, a: int, low: Bound | None, high: Bound | None) -> Known:
        """The bounds of a ^ 2, where a may be negative."""
        below = None
        if high is not None and high.value <= 0:
            f = self._formulas
            m = f.literal(-high.value)
            pair = f.opposite(m), a
            signed = f.reworded(f.relation(*pair, high.strict), high.fact)
            over_zero = f.compared(-high.value, _ZERO, False)
            name = "square_above_gt" if high.strict else "square_above_ge"
            values = {"x": a, "y": m}
            below = self._bound(name, t, "low", high.value**2, high.strict, values, signed, over_zero)
        return Known(below, None if low is None or high is None else self._square_bound(t, a, low, high))

    def _square_bound(self, t: int, a: int, low: Bound, high: Bound) -> Bound | None:
        """m^2 > a^2 where m > a > -m, or the same with equality."""
        f = self._formulas
        most = max(abs(low.value), abs(high.value))
        for strict in (True, False):
            above = f.weakened(a, high, "high", most, strict)
            below = f.weakened(a, low, "low", -most, strict)
            if above is None or below is None:
                continue
            m = f.literal(most)
            signed = f.reworded(f.relation(a, f.opposite(m), strict), below)
            name = "square_below_gt" if strict else "square_below_ge"
            return self._bound(name, t, "high", most**2, strict, {"x": a, "y": m}, above, signed)
        return None

    # Functions

    def _constant(self, t: int, name: str) -> Known:
        least, most = CONSTANTS[name]
        return Known(
            self._bound(f"{name}_gt", t, "low", least, True, {}),
            self._bound(f"{name}_lt", t, "high", most, True, {}),
        )

    def _function(self, t: int, name: str, a: int) -> Known:
        f = self._formulas
        p = self._known[a]
        x = {"x": a}
        known = UNKNOWN
        for gives in FUNCTIONS.get(name, ()):
            premises = [self._need(a, need) for need in gives.needs] + ([p.real] if gives.real else [])
            known = together(known, self._one(gives.axiom, t, gives.bound, x, *premises))
        if name in REAL_IF_REAL:
            known = together(known, Known(real=f.by_real(f"real_{name}", t, x, p.real)))
        elif name in REAL_IF:
            known = together(
                known, Known(real=f.by_real(f"real_{name}", t, x, *(self._need(a, n) for n in REAL_IF[name])))
            )
        if name == "exp":
            return together(known, Known(nonzero=f.by("exp_ne_zero", f.nonzero(t), x)))
        return together(known, self._absolute(t, a)) if name == "abs" else known

    def _absolute(self, t: int, a: int) -> Known:
        f = self._formulas
        p = self._known[a]
        known = together(
            Known(whole=f.by("whole_abs", f.test("whole", t), {"x": a}, p.whole)),
            self._one("abs_pos", t, POSITIVE, {"x": a}, p.nonzero),
        )
        nonnegative = self._need(a, NONNEGATIVE)
        if nonnegative is None:
            return known
        same = Fact(self._table.eq(t, a), "abs_same", (("x", a),), (nonnegative,))
        return together(known, self.moved(p, a, t, same))

    # What follows from several things that are known of one term

    def _rounded_bound(self, t: int, bound: Bound | None, side: Side) -> Bound | None:
        """The same, or one of few digits beside it."""
        value = None if bound is None else rounded(bound.value, side)
        if bound is None or value is None or value == bound.value:
            return bound if value is not None else None
        fact = self._formulas.weakened(t, bound, side, value, True)
        return None if fact is None else Bound(value, True, fact)

    def _next_whole(self, t: int, known: Known) -> Known:
        """A whole number is at least the next whole number above a lower bound."""
        f = self._formulas
        low = high = None
        if known.whole is None:
            return UNKNOWN
        if known.low is not None and (known.low.strict or known.low.value.denominator != 1):
            under = Fraction(known.low.value // 1)
            values = {"x": t, "y": f.literal(under)}
            given = known.whole, f.whole_literal(under), f.weakened(t, known.low, "low", under, True)
            low = self._bound("whole_gt", t, "low", under + 1, False, values, *given)
        if known.high is not None and (known.high.strict or known.high.value.denominator != 1):
            over = Fraction(-(-known.high.value // 1))
            values = {"x": t, "y": f.literal(over)}
            given = known.whole, f.whole_literal(over), f.weakened(t, known.high, "high", over, True)
            high = self._bound("whole_lt", t, "high", over - 1, False, values, *given)
        return Known(low, high)

    def _real(self, t: int, known: Known) -> Fact | None:
        """What is compared, or whole, is real."""
        f = self._formulas
        if f.real:
            return f.ALWAYS
        if known.whole is not None:
            return f.by("real_whole", f.test("real", t), {"x": t}, known.whole)
        for bound, strict, plain in ((known.low, "real_of_gt", "real_of_ge"), (known.high, "real_of_lt", "real_of_le")):
            if bound is not None:
                values = {"x": t, "y": f.literal(bound.value)}
                return f.by(strict if bound.strict else plain, f.test("real", t), values, bound.fact)
        return None

    # Bounds by axioms

    def _need(self, x: int, need: Need) -> Fact | None:
        """The fact that x has a bound; None if that is not known."""
        side, value, strict = need
        known = self._known[x]
        bound = known.low if side == "low" else known.high
        if bound is None or (bound.value < value if side == "low" else bound.value > value):
            return None
        return self._formulas.weakened(x, bound, side, Fraction(value), strict)

    def _one(self, axiom: str, t: int, bound: Need, values: Mapping[str, int], *premises: Fact | None) -> Known:
        """The bound that an axiom gives t; nothing if a premise is missing."""
        side, value, strict = bound
        made = self._bound(axiom, t, side, Fraction(value), strict, values, *premises)
        return Known(low=made) if side == "low" else Known(high=made)

    def _bound(
        self,
        axiom: str,
        t: int,
        side: Side,
        value: Fraction,
        strict: bool,
        values: Mapping[str, int],
        *premises: Fact | None,
        equations: tuple[Fact, ...] = (),
    ) -> Bound | None:
        """A bound of t by an axiom; None if a premise is missing or the bound too large."""
        if None in premises or not is_moderate(value):
            return None
        f = self._formulas
        v = f.literal(value)
        formula = f.relation(*((t, v) if side == "low" else (v, t)), strict)
        fact = f.by(axiom, formula, values, *premises, equations=equations)
        return None if fact is None else Bound(value, strict, fact)
