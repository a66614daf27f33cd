"""Reduction orders as values: the lexicographic path order and the Knuth-Bendix order of a precedence.

A reduction order is a well-founded order on terms, kept by substitutions and by contexts. Rules that all go down in one
terminate (Manna and Ness 1970). Both orders here also put a term above its subterms, and with a total precedence they
are total on terms without variables.

The path order is described in `order.py`. The Knuth-Bendix order (Knuth and Bendix 1970, section 2; with its variables
condition as in Baader and Nipkow 1998, section 5.4.4) weighs first: s > t when no variable occurs more often in t than
in s, and either s is heavier, or they weigh the same and t is a variable, or the head of s is greater in the
precedence, or the heads are equal and the first arguments that differ go down. Literals are constants below every
symbol, as heavy as a variable; no two of them are compared, so the evaluation of built-in operations goes down too.

>>> t = TermTable()
>>> x, y = t.var("x", "G"), t.var("y", "G")
>>> product = t.app("inv", t.app("*", x, y))
>>> turned = t.app("*", t.app("inv", y), t.app("inv", x))
>>> Lpo(("inv", "*", "e")).comparison(t)(product, turned)
True
>>> order = Kbo(("inv", "*", "e"), {"inv": 0, "*": 1, "e": 1})
>>> print(order)
KBO with inv > * > e, weights inv 0, * 1, e 1, variables 1
>>> order.comparison(t)(product, turned), order.comparison(t)(turned, product)
(True, False)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from .order import path_order
from .source import LemmataError
from .syntax import TermTable, children
from .theory import Symbol

Comparison = Callable[[int, int], bool]


@dataclass(frozen=True)
class Lpo:
    """The lexicographic path order of a total precedence: the names of all symbols, the greatest first."""

    precedence: tuple[str, ...]

    def comparison(self, table: TermTable, among: Mapping[int, int] | None = None) -> Comparison:
        """The strict order on rows of the table, for all values of variables that are in the order `among`, if given.

        Memoised, so keep it for as long as the table grows.
        """
        return path_order(table, places(self.precedence), among)

    def expect(self, symbols: Collection[Symbol]) -> None:
        """Raise LemmataError unless this orders terms over the symbols."""
        _expect_total(self.precedence, symbols)

    def __str__(self) -> str:
        return f"LPO with {' > '.join(self.precedence)}"


@dataclass(frozen=True)
class Kbo:
    """The Knuth-Bendix order of a total precedence, the greatest symbol first, and of the weights of all symbols.

    `variable` is what a variable weighs; it is positive, and a constant weighs at least as much. No weight is negative,
    and only the greatest symbol of the precedence may weigh 0, if it is unary.
    """

    precedence: tuple[str, ...]
    weights: Mapping[str, int] = field(hash=False)
    variable: int = 1

    def comparison(self, table: TermTable, among: Mapping[int, int] | None = None) -> Comparison:
        """The strict order on rows of the table, for all values of variables that are in the order `among`, if given.

        Weights are memoised, so keep it for as long as the table grows.
        """
        return weight_order(table, places(self.precedence), self.weights, self.variable, among)

    def total_comparison(self, table: TermTable) -> Comparison:
        """The same with variables as constants below every symbol, ordered by sort and then by name. Then it is total,
        literals excepted."""
        return weight_order(table, places(self.precedence), self.weights, self.variable, constants=True)

    def expect(self, symbols: Collection[Symbol]) -> None:
        """Raise LemmataError unless this is a reduction order on terms over the symbols."""
        _expect_total(self.precedence, symbols)
        if self.variable < 1:
            raise LemmataError("in a Knuth-Bendix order the weight of a variable is positive")
        for symbol in symbols:
            name = symbol.name
            weight = self.weights.get(name)
            if weight is None:
                raise LemmataError(f"the order gives {name!r} no weight")
            if weight < 0 or (weight < self.variable and not symbol.arity):
                raise LemmataError(f"the weight of {name!r} is too small", hint="constants weigh as much as a variable")
            if weight == 0 and symbol.arity == 1 and name != self.precedence[0]:
                raise LemmataError(f"{name!r} weighs nothing, so it must come first in the precedence")

    def __str__(self) -> str:
        weights = ", ".join(f"{name} {self.weights.get(name, '?')}" for name in self.precedence)
        return f"KBO with {' > '.join(self.precedence)}, weights {weights}, variables {self.variable}"


Order = Lpo | Kbo


def places(precedence: Sequence[str]) -> dict[str, int]:
    """A number for every symbol of a precedence, greater for greater ones."""
    return {name: n for n, name in enumerate(reversed(precedence))}


def descending(place: Mapping[str, int]) -> tuple[str, ...]:
    """The precedence that gives the symbols these places, the greatest first."""
    return tuple(sorted(place, key=lambda name: -place[name]))


def _expect_total(precedence: Sequence[str], symbols: Collection[Symbol]) -> None:
    if len(set(precedence)) != len(precedence):
        raise LemmataError("a symbol stands twice in the precedence")
    missing = [s.name for s in symbols if s.name not in precedence]
    if missing:
        raise LemmataError(f"the precedence lacks {missing[0]!r}", hint="it must name every symbol, the greatest first")


def weight_order(
    table: TermTable,
    above: Mapping[str, int],
    weights: Mapping[str, int],
    variable: int,
    among: Mapping[int, int] | None = None,
    constants: bool = False,
) -> Comparison:
    """The Knuth-Bendix order on rows of `table`: a place in the precedence and a weight for every symbol.

    Variables are incomparable; or compared by their numbers in `among`, where s > t then holds for all values in that
    order; or, as `constants`, by sort and name. One comparison is linear in the DAGs of both sides, but for what is
    shared between arguments along the way to the first difference.
    """
    rows = table.rows
    given = among or {}
    ranked = sorted(given, key=lambda v: -given[v])
    memo: dict[int, int] = {}

    def weight(term: int) -> int:
        stack = [term]
        while stack:
            i = stack[-1]
            if i in memo:
                stack.pop()
                continue
            missing = [c for c in children(rows[i]) if c not in memo]
            if missing:
                stack.extend(missing)
                continue
            own = weights[str(rows[i][1])] if rows[i][0] == "app" else variable
            memo[i] = own + sum(memo[c] for c in children(rows[i]))
            stack.pop()
        return memo[term]

    def covered(surplus: Mapping[int, int]) -> bool:
        """Does the surplus of variables weigh nothing less than nothing, whatever their values?

        Those in an order cover one another: what is missing of a small value is made up for by more of a greater one.
        """
        total = 0
        for v in ranked:
            total += surplus.get(v, 0)
            if total < 0:
                return False
        return all(n >= 0 for v, n in surplus.items() if v not in given)

    def greater(s: int, t: int) -> bool:
        surplus: dict[int, int] = {}
        if s != t and not constants:
            surplus = {v: n for v, n in occurrences(table, {s: 1, t: -1}).items() if rows[v][0] == "var"}
        while s != t and covered(surplus):
            a, b = rows[s], rows[t]
            difference = weight(s) - weight(t)
            if difference:
                return difference > 0
            if a[0] == b[0] == "var":
                by_name = (str(a[2]), str(a[1])) > (str(b[2]), str(b[1]))
                return by_name if constants else s in given and t in given and given[s] > given[t]
            if a[0] != "app" or b[0] != "app":
                # Unless variables are constants, t is a variable just if s is that variable below weightless symbols.
                return a[0] == "app" and b[0] != "app"
            if a[1] != b[1]:
                return above[str(a[1])] > above[str(b[1])]
            below, others = children(a), children(b)
            n = next(n for n, (c, d) in enumerate(zip(below, others, strict=True)) if c != d)
            s, t = below[n], others[n]
            later: dict[int, int] = {}
            for c, d in zip(below[n + 1 :], others[n + 1 :], strict=True):
                later[c] = later.get(c, 0) + 1
                later[d] = later.get(d, 0) - 1
            for v, count in occurrences(table, later).items() if not constants else ():
                if rows[v][0] == "var":
                    surplus[v] = surplus.get(v, 0) - count
        return False

    return greater


def occurrences(table: TermTable, roots: Mapping[int, int]) -> dict[int, int]:
    """How often each row occurs in the trees of `roots`, each of which counts as often as it says (even negative).

    Linear in the DAG.
    """
    counts = dict(roots)
    for i in reversed(table.reachable(roots)):
        for c in children(table.rows[i]):
            counts[c] = counts.get(c, 0) + counts.get(i, 0)
    return counts
