"""Are two terms joined by ordered rewriting, whatever ground terms their variables stand for?

An ordered rule is used where it makes a term smaller, and which of two instances is smaller depends on the values of
the variables. Some of these are equal and the others are in some order; in each of the finitely many cases the sides
must join by steps that go down in every instance of the case (Martin and Nipkow 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .matching import match
from .orders import Order
from .syntax import TermTable, children, with_children
from .system import RewriteRule

MOST_VARIABLES = 5  # in one pair; five have 541 orders
FUEL = 20_000  # looks at terms for one normal form


class GroundJoining:
    """Tests pairs of terms for one set of rules, whose ordered rules are compared by one order."""

    def __init__(self, terms: TermTable, order: Order, rules: Sequence[RewriteRule]) -> None:
        self.terms = terms
        self._order = order
        self._plain = order.comparison(terms)
        self._answers: dict[int, bool] = {}  # by equation, its variables named in order of occurrence
        self._rules: dict[str, list[RewriteRule]] = {}
        for rule in rules:
            self._rules.setdefault(str(terms.rows[rule.lhs][1]), []).append(rule)

    def joined(self, left: int, right: int) -> bool:
        """Do the two join in every case? False where there are too many cases to look at."""
        equation = self.terms.eq(left, right)
        variables = self.terms.free_variables(equation)
        names = {v: self.terms.var(f"{n}~", str(self.terms.rows[v][2])) for n, v in enumerate(variables)}
        renamed = self.terms.replace(equation, names)
        if renamed not in self._answers:
            sides = children(self.terms.rows[renamed])
            self._answers[renamed] = self._in_all_cases([names[v] for v in variables], *sides)
        return self._answers[renamed]

    def _in_all_cases(self, variables: Sequence[int], left: int, right: int) -> bool:
        if self._joined_by(self._plain, left, right):  # without a look at the values
            return True
        if len(variables) > MOST_VARIABLES:
            return False
        return all(self._joined_in(case, left, right) for case in cases(variables))

    def _joined_in(self, case: Sequence[Sequence[int]], left: int, right: int) -> bool:
        """The case gives groups of variables with one value, the smallest first."""
        same = {v: group[0] for group in case for v in group}
        left, right = self.terms.replace(left, same), self.terms.replace(right, same)
        ranks = {group[0]: n for n, group in enumerate(case)}
        return self._joined_by(self._order.comparison(self.terms, ranks), left, right)

    def _joined_by(self, greater: Callable[[int, int], bool], left: int, right: int) -> bool:
        normal: dict[int, int] = {}
        ends = [self._normal(term, greater, normal) for term in (left, right)]
        return ends[0] == ends[1] is not None

    def _normal(self, term: int, greater: Callable[[int, int], bool], normal: dict[int, int]) -> int | None:
        """The innermost normal form; None if that is not reached soon."""
        becomes: dict[int, int] = {}
        stack = [term]
        for _ in range(FUEL):
            if not stack:
                break
            t = stack[-1]
            before = (becomes[t],) if t in becomes else children(self.terms.rows[t])
            missing = [c for c in before if c not in normal]
            if t in normal:
                stack.pop()
            elif missing:
                stack += missing
            elif t in becomes:
                normal[t] = normal[becomes[t]]
            else:
                row = self.terms.rows[t]
                inside = self.terms.add(with_children(row, [normal[c] for c in children(row)]))
                result = inside if inside != t else self._step(t, greater)
                if result is None:
                    normal[t] = t
                else:
                    becomes[t] = result
        return normal.get(term)

    def _step(self, term: int, greater: Callable[[int, int], bool]) -> int | None:
        row = self.terms.rows[term]
        for rule in self._rules.get(str(row[1]), ()) if row[0] == "app" else ():
            values = match(self.terms, rule.lhs, term, rule.variables)
            if values is not None:
                result = self.terms.replace(rule.rhs, values)
                if not rule.ordered or greater(term, result):
                    return result
        return None


def cases(variables: Sequence[int]) -> Iterator[list[list[int]]]:
    """All ways in which values can be ordered: groups of variables with equal values, from the smallest up.

    >>> len(list(cases([1, 2, 3])))
    13
    """
    if not variables:
        yield []
        return
    *others, last = variables
    for case in cases(others):
        for n in range(len(case) + 1):
            yield [*case[:n], [last], *case[n:]]
        for n in range(len(case)):
            yield [*case[:n], [*case[n], last], *case[n + 1 :]]
