"""Rules written with SymPy's wildcards, for expressions in the bank.

>>> import sympy
>>> from .expressions import cos, sin, symbols
>>> x, y = symbols("x y")
>>> a, b = sympy.Wild("a"), sympy.Wild("b")
>>> pythagoras = rule_from_sympy(sympy.sin(a)**2 + sympy.cos(a)**2, 1)
>>> double = rule_from_sympy(2 * sympy.sin(a) * sympy.cos(a), sympy.sin(2 * a))
>>> rewrite(sin(x*y)**2 + y + cos(x*y)**2, [pythagoras])
y + 1
>>> rewrite(x * sin(y) * cos(y), [pythagoras, double])
x*sin(2*y)/2

A wildcard stands for one value in a whole rule. `exclude` and `properties` mean what they do in SymPy: a value contains
none of the excluded expressions, and every property says yes to it, given SymPy's form of it.

Operands of sums and products match in any order: an operand of the pattern other than a wildcard takes one operand, and
the wildcards among the operands take the rest: each but the last a single operand, the last what is left (0 or 1 if
nothing is), or any one of them all. A rule whose left side is a sum or product without a wildcard as operand also
applies to part of a longer one; a product takes its coefficient out of whatever coefficient there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from .algebra import NUMBER, PRODUCT, SUM, Algebra, Exponent
from .bank import TermId
from .calculus import replaced
from .expressions import Expr, Number, default_algebra, expression
from .source import LemmataError
from .sympy_bridge import Reader, term_to_sympy

_ONE = Fraction(1)
_REST = "wild rest"
_Pairs = tuple[tuple[int, Any], ...]
_Bound = Mapping[int, int]
_Goal = tuple[Any, ...]  # ("term", pattern, subject), or the arguments of `_sum` or `_product`


class NoNormalForm(LemmataError):
    """Rules that did not come to an end within the steps allowed."""

    kind = "no normal form"


@dataclass(frozen=True)
class Wildcard:
    """What a wildcard may stand for."""

    symbol: Expr
    exclude: tuple[Expr, ...]
    properties: tuple[Callable[[Any], bool], ...]


@dataclass(frozen=True)
class WildRule:
    """left -> right, over wildcards. Both sides are expressions in which a wildcard is a marked symbol."""

    left: Expr
    right: Expr
    wildcards: tuple[Wildcard, ...]

    def __str__(self) -> str:
        return f"{self.left} -> {self.right}"


def rule_from_sympy(left: Any, right: Any, algebra: Algebra | None = None) -> WildRule:
    """The rule left -> right, both SymPy's. Raises NotAnExpression; LemmataError for a new wildcard on the right."""
    algebra = algebra or default_algebra()
    found: dict[Any, TermId] = {}

    def leaf(e: sympy.Basic) -> TermId | None:
        if not isinstance(e, sympy.Wild):
            return None
        if e not in found:
            found[e] = algebra.symbol(e.name, f"wild {len(found)}")
        return found[e]

    reader = Reader(algebra, leaf)
    made = Expr.of(algebra, reader.read(sympy.sympify(left)))
    known = set(found)
    replacement = Expr.of(algebra, reader.read(sympy.sympify(right)))
    if unknown := [w.name for w in found if w not in known]:
        raise LemmataError(
            f"the right side has wildcards that the left side has not: {', '.join(sorted(unknown))}",
            hint="what a wildcard stands for is found by matching the left side",
        )
    if made.value is not None or made.id in found.values():
        raise LemmataError("the left side of a rule is more than a number or a wildcard")
    wildcards = tuple(
        Wildcard(
            Expr.of(algebra, t),
            tuple(Expr.of(algebra, reader.read(x)) for x in w.exclude),
            tuple(w.properties),
        )
        for w, t in found.items()
    )
    return WildRule(made, replacement, wildcards)


def rewrite(e: Expr | Number, rules: Sequence[WildRule], steps: int = 100_000) -> Expr:
    """The normal form: innermost parts first, the first rule that matches. Each distinct term is done once.

    Raises NoNormalForm after so many steps.
    """
    e = expression(e)
    algebra = e.algebra
    for rule in rules:
        if rule.left.algebra is not algebra:
            raise LemmataError("a rule of another algebra", hint="make it with rule_from_sympy(left, right, e.algebra)")
    matchers = [_Matcher(algebra, rule) for rule in rules]
    normal: dict[int, int] = {}
    becomes: dict[int, int] = {}
    stack: list[int] = [e.id]
    while stack:
        t = stack[-1]
        if t in normal:
            stack.pop()
            continue
        if t in becomes:
            u = becomes[t]
            if u in normal:
                normal[t] = normal[u]
                continue
            steps -= 1
            if steps < 0:
                raise NoNormalForm(f"no normal form within the steps allowed at {Expr.of(algebra, t)!r}")
            stack.append(u)
            continue
        waiting = [c for c in algebra.children(t) if c not in normal]
        if waiting:
            stack += waiting
            continue
        u = algebra.rebuilt(t, normal.__getitem__)
        if u == t:
            u = next((new for m in matchers if (new := m.rewritten(t)) is not None and new != t), t)
        if u == t:
            normal[t] = t
        else:
            becomes[t] = u
    return Expr.of(algebra, normal[e.id])


class _Matcher:
    """One rule on the terms of a bank, good until it is next collected."""

    def __init__(self, algebra: Algebra, rule: WildRule) -> None:
        self.algebra = algebra
        self.left, self.right = rule.left.id, rule.right.id
        self.wild: dict[int, Wildcard] = {w.symbol.id: w for w in rule.wildcards}
        self.rest = algebra.symbol("", _REST)
        self.open = {t for t in algebra.below([self.left]).tolist() if t in self.wild}
        for t in algebra.below([self.left]).tolist():  # terms with wildcards
            if any(c in self.open for c in algebra.children(t)):
                self.open.add(t)

    def rewritten(self, term: int) -> TermId | None:
        """The term after one step at its root; None if the rule does not match."""
        algebra = self.algebra
        role = algebra.role_of(self.left)
        goal: _Goal = ("term", self.left, term)
        if role == SUM and not self.algebra.is_multiple(self.left):
            constant, pairs = algebra.terms_of(self.left)
            fixed, collectors = self._split(pairs)
            if not collectors:
                own, terms = algebra.opened_terms_of(term)
                goal = ("sum", fixed, ((self.rest, _ONE),), own - constant, tuple(terms))
        elif role in (SUM, PRODUCT):
            coefficient, factors = self._factors(self.left)
            fixed, collectors = self._split(factors)
            if not collectors:
                own, subject = self._factors(term)
                goal = ("product", fixed, ((self.rest, _ONE),), own / coefficient, subject)
        bound = next(self._matches(goal), None)
        if bound is None:
            return None
        result = replaced(algebra, self.right, {w: bound[w] for w in self.wild})
        if self.rest not in bound:
            return result
        if goal[0] == "sum":
            return algebra.sum(Fraction(0), [(result, _ONE), (bound[self.rest], _ONE)])
        return algebra.product([(result, _ONE), (bound[self.rest], _ONE)])

    # Views

    def _factors(self, term: int) -> tuple[Fraction, _Pairs]:
        """Any term as coefficient and factors."""
        algebra = self.algebra
        role = algebra.role_of(term)
        if role == NUMBER:
            return algebra.value(term), ()
        if role == SUM and self.algebra.is_multiple(term):
            ((u, c),) = algebra.terms_of(term)[1]
            return c, tuple(algebra.factors_of(u))
        return _ONE, tuple(algebra.factors_of(term))

    def _split(self, pairs: Sequence[tuple[int, Any]]) -> tuple[_Pairs, _Pairs]:
        """Operands of a pattern: the ones to be found, and the wildcards that take what is left."""
        fixed = [(t, x) for t, x in pairs if t not in self.wild or not isinstance(x, Fraction)]
        collectors = [(t, x) for t, x in pairs if t in self.wild and isinstance(x, Fraction)]
        fixed.sort(key=lambda pair: pair[0] in self.open)  # what has no wildcard first
        return tuple(fixed), tuple(collectors)

    # Search: a stack of alternatives, each a chain of goals and what is bound so far

    def _matches(self, first: _Goal) -> Iterator[_Bound]:
        stack: list[tuple[Any, _Bound]] = [((first, None), {})]
        while stack:
            goals, bound = stack.pop()
            if goals is None:
                yield bound
                continue
            goal, later = goals
            alternatives = list(self._alternatives(goal, bound))
            for subgoals, now in reversed(alternatives):
                chain = later
                for subgoal in reversed(subgoals):
                    chain = (subgoal, chain)
                stack.append((chain, now))

    def _alternatives(self, goal: _Goal, bound: _Bound) -> Iterator[tuple[list[Any], _Bound]]:
        if goal[0] == "term":
            yield from self._term(goal[1], goal[2], bound)
        elif goal[0] == "sum":
            yield from self._sum(bound, *goal[1:])
        else:
            yield from self._product(bound, *goal[1:])

    def _term(self, pattern: int, subject: int, bound: _Bound) -> Iterator[tuple[list[Any], _Bound]]:
        algebra = self.algebra
        if pattern == self.rest:
            yield [], {**bound, pattern: subject}
            return
        if pattern in self.wild:
            if pattern in bound:
                if bound[pattern] == subject:
                    yield [], bound
            elif self._allowed(self.wild[pattern], subject):
                yield [], {**bound, pattern: subject}
            return
        if pattern not in self.open:
            if pattern == subject:
                yield [], bound
            return
        role = algebra.role_of(pattern)
        if role == SUM and not self.algebra.is_multiple(pattern):
            constant, pairs = algebra.terms_of(pattern)
            own, subjects = algebra.opened_terms_of(subject)
            yield [("sum", *self._split(pairs), own - constant, tuple(subjects))], bound
        elif role in (SUM, PRODUCT):
            coefficient, factors = self._factors(pattern)
            own, others = self._factors(subject)
            yield [("product", *self._split(factors), own / coefficient, others)], bound
        elif algebra.bank.head(pattern) == algebra.bank.head(subject):
            below = zip(algebra.bank.arguments(pattern), algebra.bank.arguments(subject), strict=True)
            yield [("term", p, s) for p, s in below], bound

    def _sum(
        self, bound: _Bound, fixed: _Pairs, collectors: _Pairs, constant: Fraction, subject: _Pairs
    ) -> Iterator[tuple[list[Any], _Bound]]:
        """constant + the terms of subject, against the terms of a pattern."""
        algebra = self.algebra
        if fixed:
            (t, c), others = fixed[0], fixed[1:]
            inner, own = self._split(algebra.factors_of(t))
            for i, (u, d) in enumerate(subject):
                left = subject[:i] + subject[i + 1 :]
                if t in self.open:
                    operand = ("product", inner, own, d / c, tuple(algebra.factors_of(u)))
                    yield [operand, ("sum", others, collectors, constant, left)], bound
                elif (t, c) == (u, d):
                    yield [("sum", others, collectors, constant, left)], bound
            return
        if not collectors:
            if not subject and constant == 0:
                yield [], bound
            return
        (w, c), others = collectors[0], collectors[1:]
        if w in bound:  # its value is something to be found
            taken, terms = algebra.opened_terms_of(bound[w])
            yield [("sum", tuple((t, c * d) for t, d in terms), others, constant - c * taken, subject)], bound
            return
        whole = algebra.sum(constant / c, [(t, d / c) for t, d in subject])
        if others:
            for i, (t, d) in enumerate(subject):
                left = subject[:i] + subject[i + 1 :]
                value = algebra.sum(Fraction(0), [(t, d / c)])
                yield [("term", w, value), ("sum", (), others, constant, left)], bound
            yield [("term", w, whole), ("sum", (), others, Fraction(0), ())], bound
        else:
            yield [("term", w, whole)], bound

    def _product(
        self, bound: _Bound, fixed: _Pairs, collectors: _Pairs, coefficient: Fraction, subject: _Pairs
    ) -> Iterator[tuple[list[Any], _Bound]]:
        """coefficient * the factors of subject, against the factors of a pattern."""
        algebra = self.algebra
        if fixed:
            (b, e), others = fixed[0], fixed[1:]
            for i, (c, f) in enumerate(subject):
                after = ("product", others, collectors, coefficient, subject[:i] + subject[i + 1 :])
                if e == f:
                    yield [("term", b, c), after], bound
                elif not isinstance(e, Fraction) and e in self.open:
                    yield [("term", b, c), ("term", e, self._as_term(f)), after], bound
            return
        if not collectors:
            if not subject and coefficient == 1:
                yield [], bound
            return
        (w, e), others = collectors[0], collectors[1:]
        if e != 1:  # a power of a wildcard takes one factor
            yield [("product", ((w, e),), others, coefficient, subject)], bound
            return
        if w in bound:
            if algebra.role_of(bound[w]) == NUMBER and algebra.value(bound[w]) == 0:
                return
            known, factors = self._factors(bound[w])
            yield [("product", factors, others, coefficient / known, subject)], bound
            return
        if others:
            for i, pair in enumerate(subject):
                left = subject[:i] + subject[i + 1 :]
                yield [("term", w, algebra.product([pair])), ("product", (), others, coefficient, left)], bound
        whole = algebra.sum(Fraction(0), [(algebra.product(list(subject)), coefficient)])
        yield [("term", w, whole), ("product", (), others, _ONE, ())], bound

    def _as_term(self, exponent: Exponent) -> TermId:
        return self.algebra.number(exponent) if isinstance(exponent, Fraction) else TermId(exponent)

    def _allowed(self, wildcard: Wildcard, value: int) -> bool:
        if wildcard.exclude:
            below = set(self.algebra.below([value]).tolist())
            if any(x.id in below for x in wildcard.exclude):
                return False
        return all(holds(term_to_sympy(self.algebra, value)) for holds in wildcard.properties)
