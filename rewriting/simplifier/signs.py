"""Whether conditions hold under assumptions, decided by the structure of terms, with a proof of each answer.

Of every term are derived, from the inside: a greatest lower and a least upper bound, rational numbers, each strict or
not; and whether it is known not to be zero, to be whole, and (among complex numbers) to be real. The rules are the
axioms of order, signs and whole numbers (`axioms.py`): bounds of sums and products, squares and powers, and what the
functions give. Assumptions add to what is known of the terms that they mention. That decides

    s < t  and the like     s != t     whole(t)     real(t)     formulas that are assumed

The answers are "it holds" and "unknown"; to see that something does not hold, ask for its opposite.

>>> from lemmata.rewriting.simplifier.assumptions import read_assumptions
>>> from lemmata.rewriting.simplifier.theories import real_theory
>>> table = TermTable()
>>> signs = Signs(real_theory(), table, read_assumptions(["x > 1", "n in Int"], "real").into(table))
>>> def ask(text): return signs.holds(*read_assumptions(text, "real").into(table))
>>> ask("ln(x) > 0"), ask("x^2 - 1 > 0"), ask("1 + n^2 != 0"), ask("x < 2")
(True, True, True, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ..derivation import Builder
from ..operations import evaluate
from ..syntax import TermTable, children
from ..theory import Theory
from .bounds import UNKNOWN, Bounds, together
from .facts import Bound, Emitter, Fact, Known
from .formulas import CHAINS, Formulas, is_moderate

_ZERO = Fraction(0)


class Signs:
    """Answers about the terms of one table, to which it adds rows. `assumptions` are formulas, rows of the table.

    What was derived is kept: each distinct subterm is looked at once.
    """

    def __init__(self, theory: Theory, table: TermTable, assumptions: Iterable[int] = ()) -> None:
        self._theory = theory
        self._table = table
        self._formulas = Formulas(theory, table)
        self._known: dict[int, Known] = {}
        self._bounds = Bounds(self._formulas, self._known)
        self._statements: dict[str, int] = {}
        self._assumed: dict[int, Fact] = {}  # by formula
        self._given: dict[int, Known] = {}  # by term: what assumptions say of it
        self._emitter: Emitter | None = None
        for formula in assumptions:
            self._assume(formula)

    def holds(self, formula: int) -> bool:
        """Is the formula known to hold?"""
        return self.fact(formula) is not None

    def prove(self, builder: Builder, formula: int, assumed: Mapping[int, int] | None = None) -> int | None:
        """The step that concludes the formula; None if it is not known to hold. The builder works on the same table.

        `assumed` gives steps that conclude assumptions, by formula; others become "assume" steps.
        """
        fact = self.fact(formula)
        if fact is None:
            return None
        if assumed is not None or self._emitter is None or self._emitter.builder is not builder:
            self._emitter = Emitter(builder, self._theory.symbol, self._statement, assumed or {})
        return self._emitter.emit(fact)

    def known(self, term: int) -> Known:
        """What is known of a term. Linear in the number of its distinct subterms that are new."""
        stack = [term]
        while stack:
            t = stack[-1]
            if t in self._known:
                stack.pop()
                continue
            other = self._other_words(t)
            needed = children(self._table.rows[t]) if other is None else (other[0],)
            missing = [c for c in needed if c not in self._known]
            if missing:
                stack.extend(missing)
                continue
            derived = (
                self._bounds.of(t)
                if other is None
                else self._bounds.moved(self._known[other[0]], other[0], t, other[1])
            )
            self._known[t] = self._bounds.closed(t, together(derived, self._given.get(t, UNKNOWN)))
            stack.pop()
        return self._known[term]

    def fact(self, formula: int) -> Fact | None:
        """Why the formula holds; None if it is not known to hold."""
        if formula in self._assumed:
            return self._assumed[formula]
        rows = self._table.rows
        row = rows[formula]
        if row[0] == "imp" and int(row[2]) == self._formulas.false and rows[int(row[1])][0] == "eq":
            left, right = children(rows[int(row[1])])
            return self._different(left, right)
        if row[0] != "eq":
            return None
        left, right = children(row)
        if right == self._formulas.true and rows[left][0] == "app":
            return self._test(formula, left)
        other = self._other_words(left)
        if left == right or (other is not None and other[0] == right and other[1].computed):
            return Fact(formula, computed=True)
        return None

    # What is asked

    def _test(self, formula: int, test: int) -> Fact | None:
        f = self._formulas
        row = self._table.rows[test]
        match row[1], children(row):
            case ((">" | ">="), [a, b]):
                return self._greater(a, b, row[1] == ">")
            case (("<" | "<="), [a, b]):
                found = self._greater(b, a, row[1] == "<")
                return None if found is None else f.reworded(formula, found, f.turned(test))
            case "whole", [a]:
                return self.known(a).whole
            case "real", [a]:
                return self.known(a).real
        return None

    def _greater(self, a: int, b: int, strict: bool) -> Fact | None:
        """a > b, or a >= b."""
        f = self._formulas
        above = self._assumed.get(f.relation(a, b, True))
        assumed = above if strict else self._assumed.get(f.relation(a, b, False))
        if assumed is None and above is not None:
            assumed = f.not_less(a, b, above)
        if assumed is not None:
            return assumed
        low, high = self.known(a).low, self.known(b).high
        u, v = f.value(a), f.value(b)
        if u is not None and v is not None:
            known = f.comparable(u, v) and (u > v or (u == v and not strict))
            return f.compared(u, v, strict) if known else None
        if v is not None:
            return f.weakened(a, low, "low", v, strict)
        if u is not None:
            return f.weakened(b, high, "high", u, strict)
        return self._apart(a, b, low, high, strict) or self._by_difference(a, b, strict)

    def _apart(self, a: int, b: int, low: Bound | None, high: Bound | None, strict: bool) -> Fact | None:
        """a > b, or a >= b, because the upper bound of b is not above the lower bound of a."""
        f = self._formulas
        if low is None or high is None:
            return None
        whole_way = strict and not high.strict
        first = f.weakened(a, low, "low", high.value, whole_way)
        if first is None:
            return None
        values = {"x": a, "y": f.literal(high.value), "z": b}
        gives = whole_way or high.strict
        found = f.by(CHAINS[whole_way, high.strict], f.relation(a, b, gives), values, first, high.fact)
        return f.not_less(a, b, found) if found is not None and gives and not strict else found

    def _by_difference(self, a: int, b: int, strict: bool) -> Fact | None:
        f = self._formulas
        difference = f.difference(a, b)
        positive = f.weakened(difference, self.known(difference).low, "low", _ZERO, strict)
        name = "gt_of_sub" if strict else "ge_of_sub"
        return f.by(name, f.relation(a, b, strict), {"x": a, "y": b}, positive, self.known(b).real)

    def _different(self, s: int, t: int) -> Fact | None:
        """s != t."""
        f = self._formulas
        formula, values = f.unequal(s, t), {"x": s, "y": t}
        turned = self._assumed.get(f.unequal(t, s))
        if turned is not None or s == f.zero:
            return f.by("ne_sym", formula, values, turned or self.known(t).nonzero)
        if t == f.zero:
            return self.known(s).nonzero
        above = self._greater(s, t, True)
        below = None if above is not None else self._greater(t, s, True)
        if above is not None or below is not None:
            return f.by("ne_of_lt" if above is None else "ne_of_gt", formula, values, above or below)
        return f.by("ne_of_sub", formula, values, self.known(f.difference(s, t)).nonzero)

    # What is assumed

    def _assume(self, formula: int) -> None:
        f = self._formulas
        fact = self._assumed[formula] = Fact(formula)
        rows = self._table.rows
        row = rows[formula]
        if row[0] == "imp" and int(row[2]) == f.false and rows[int(row[1])][0] == "eq":
            s, t = children(rows[int(row[1])])
            self._assume_different(s, t, fact)
        elif row[0] == "eq" and int(row[2]) == f.true and rows[int(row[1])][0] == "app":
            test = int(row[1])
            match rows[test][1], children(rows[test]):
                case ((">" | ">="), [a, b]):
                    self._assume_greater(a, b, rows[test][1] == ">", fact)
                case (("<" | "<="), [a, b]):
                    strict = rows[test][1] == "<"
                    self._assume_greater(b, a, strict, f.reworded(f.relation(b, a, strict), fact, f.turned(test)))
                case "whole", [a]:
                    self._give(a, Known(whole=fact))
                case "real", [a]:
                    self._give(a, Known(real=fact))

    def _assume_greater(self, a: int, b: int, strict: bool, fact: Fact) -> None:
        f = self._formulas
        self._assumed.setdefault(fact.formula, fact)
        (a, first), (b, second) = self._computed(a), self._computed(b)
        if first or second:
            fact = f.reworded(f.relation(a, b, strict), fact, *first, *second)
        u, v = f.value(a), f.value(b)
        kind = "gt" if strict else "ge"
        if not f.real:
            opposite = "lt" if strict else "le"
            self._give(a, Known(real=f.by(f"real_of_{kind}", f.test("real", a), {"x": a, "y": b}, fact)))
            self._give(b, Known(real=f.by(f"real_of_{opposite}", f.test("real", b), {"x": b, "y": a}, fact)))
        if v is not None:
            self._give(a, Known(low=Bound(v, strict, fact)))
        elif u is not None:
            self._give(b, Known(high=Bound(u, strict, fact)))
        else:
            pair = {"x": a, "y": b}
            above = f.by(f"sub_of_{kind}", f.relation(f.difference(a, b), f.zero, strict), pair, fact)
            self._give_difference(a, b, Known(low=_at_zero(strict, above)))
            pair = {"x": b, "y": a}
            less = "sub_of_lt" if strict else "sub_of_le"
            below = f.by(less, f.relation(f.zero, f.difference(b, a), strict), pair, fact)
            self._give_difference(b, a, Known(high=_at_zero(strict, below)))

    def _assume_different(self, s: int, t: int, fact: Fact) -> None:
        f = self._formulas
        (s, first), (t, second) = self._computed(s), self._computed(t)
        if first or second:
            fact = f.reworded(f.unequal(s, t), fact, *first, *second)
        turned = Fact(f.unequal(t, s), "ne_sym", (("x", t), ("y", s)), (fact,))
        if t == f.zero:
            self._give(s, Known(nonzero=fact))
        elif s == f.zero:
            self._give(t, Known(nonzero=turned))
        else:
            for a, b, given in ((s, t, fact), (t, s, turned)):
                made = f.by("sub_of_ne", f.nonzero(f.difference(a, b)), {"x": a, "y": b}, given)
                self._give_difference(a, b, Known(nonzero=made))

    def _computed(self, t: int) -> tuple[int, tuple[Fact, ...]]:
        """The literal that a term without variables is, and the equation; any other term as it is."""
        values: dict[int, Fraction] = {}
        for i in self._table.reachable([t]):
            row = self._table.rows[i]
            number = self._formulas.value(i)
            if number is None:
                symbol = self._theory.symbol.get(str(row[1])) if row[0] == "app" else None
                below = [values[c] for c in children(row)]
                computed = symbol and evaluate(symbol.notation.text, below, symbol.arguments)
                if not isinstance(computed, Fraction) or not is_moderate(computed):
                    return t, ()
                number = computed
            values[i] = number
        other = self._formulas.literal(values[t])
        return other, () if other == t else (Fact(self._table.eq(t, other), computed=True),)

    def _give_difference(self, a: int, b: int, known: Known) -> None:
        """What is assumed of a - b, said also of the sums that it may be written as."""
        f = self._formulas
        value = f.value(b)
        opposite = self._table.app("*", f.minus_one, b) if value is None else f.literal(-value)
        difference = f.difference(a, b)
        total, other = self._table.app("+", a, opposite), self._table.app("+", opposite, a)
        self._give(difference, known)
        same = f.equation("sub_def", difference, total, {"x": a, "y": b})
        known = self._bounds.moved(known, difference, total, same)
        self._give(total, known)
        turned = f.equation("add_comm", total, other, {"x": a, "y": opposite})
        self._give(other, self._bounds.moved(known, total, other, turned))

    def _give(self, term: int, known: Known) -> None:
        self._given[term] = together(self._given.get(term, UNKNOWN), known)

    # Terms in other words

    def _other_words(self, t: int) -> tuple[int, Fact] | None:
        """A term that is equal by definition or by computation, and the equation; None if t is looked at as it is."""
        f, table = self._formulas, self._table
        row = table.rows[t]
        symbol = self._theory.symbol.get(str(row[1])) if row[0] == "app" else None
        if symbol is None or symbol.result != f.sort:
            return None
        below = children(row)
        numbers = [f.value(c) for c in below]
        if symbol.kind == "builtin" and None not in numbers:
            value = evaluate(symbol.notation.text, [n for n in numbers if n is not None], symbol.arguments)
            if isinstance(value, Fraction) and is_moderate(value):
                other = f.literal(value)
                return other, Fact(table.eq(t, other), computed=True)
        one = Fraction(1)
        match symbol.notation.text, below:
            case "-", [a]:
                return self._defined("neg_def", t, table.app("*", f.minus_one, a), below)
            case "-", [a, b]:
                return self._defined("sub_def", t, table.app("+", a, table.app("*", f.minus_one, b)), below)
            case "/", [a, b]:
                return self._defined("div_def", t, table.app("*", a, table.app("^", b, f.minus_one)), below)
            case "*", [a, b] if numbers[1] == 0:
                return self._defined("mul_zero", t, b, below)
            case "*", [a, b] if numbers[0] == 0 or (numbers[1] is not None and numbers[0] is None):
                return self._defined("mul_comm", t, table.app("*", b, a), below)
            case "^", [a, b] if numbers[1] == 0:
                return self._defined("pow_zero", t, f.literal(one), below)
            case "^", [a, b] if numbers[1] == 1:
                return self._defined("pow_one", t, a, below)
            case "sqrt", [a]:
                return self._defined("sqrt_def", t, table.app("^", a, f.literal(one / 2)), below)
            case "tan", [a]:
                inverse = table.app("^", table.app("cos", a), f.minus_one)
                return self._defined("tan_product", t, table.app("*", table.app("sin", a), inverse), below)
        return None

    def _defined(self, axiom: str, t: int, other: int, below: tuple[int, ...]) -> tuple[int, Fact]:
        return other, self._formulas.equation(axiom, t, other, dict(zip(("x", "y"), below, strict=False)))

    def _statement(self, axiom: str) -> int:
        """The formula of an axiom, in the table."""
        if axiom not in self._statements:
            (self._statements[axiom],) = self._theory.terms.copy_into(self._table, [self._theory.axiom[axiom].formula])
        return self._statements[axiom]


def _at_zero(strict: bool, fact: Fact | None) -> Bound | None:
    return None if fact is None else Bound(_ZERO, strict, fact)
