"""E-class analyses: facts about classes, kept while the graph grows (Willsey et al. 2021, "egg", section 4).

An analysis gives every class a value from a lattice: `make` says what a node tells from the values of its children,
`merge` joins what is known of two classes that turn out to be one. Values change in one direction only, so there is a
fixpoint. `EGraph.value(analysis, node)` reads them; conditions of rules may ask for them.

>>> from lemmata import rules
>>> from lemmata.rewriting.egraph.graph import EGraph
>>> G = EGraph(rules("x + y = y + x", "x * 0 = 0"), analyses=[ConstantFolding(), FreeVariables()])
>>> n = G.add("a * (2 + (3 - 5))")
>>> _ = G.run()
>>> G.value("constant", n), sorted(G.value("free", n))
(0, [])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from ..bank import BankSymbol
from ..literals import Value, literal_value
from ..operations import evaluate
from ..source import LemmataError
from ..syntax import Row
from ..theory import Symbol


class Contradiction(LemmataError):
    """Two classes were merged that cannot be one, such as those of 1 and 2: the rules are inconsistent."""

    kind = "contradiction"


@dataclass(frozen=True)
class Node:
    """A node as an analysis sees it: `leaf` is the row of a variable or literal, `symbol` that of an application."""

    head: BankSymbol
    leaf: Row | None
    symbol: Symbol | None


class Analysis(Protocol):
    """What users write. `name` is how values are asked for. None means that nothing is known, and is never passed on to
    `merge`."""

    @property
    def name(self) -> str: ...

    def make(self, node: Node, values: Sequence[Any]) -> Any:
        """What a node tells of its class, given the values of its children's classes."""

    def merge(self, left: Any, right: Any) -> Any:
        """What is known when both are."""


@dataclass(frozen=True)
class ConstantFolding:
    """The literal that a class is equal to, by exact computation with built-in operations.

    The graph gets the literal, and the union is proved by `eval`. Raises Contradiction where two literals meet.

    With `prune`, a class that has a literal keeps its leaves only, so that no rule matches what is known already: under
    a = a + 0 and a = a * 1 the ways to write 0 would never end. Other terms of the class are then asked for by the
    numbers that `add` gave for them; the graph would not know them by their texts.
    """

    name: str = "constant"
    prune: bool = False

    def make(self, node: Node, values: Sequence[Any]) -> Value | None:
        if node.leaf is not None:
            return literal_value(str(node.leaf[1])) if node.leaf[0] == "lit" else None
        if node.symbol is None or node.symbol.kind != "builtin" or not values or any(v is None for v in values):
            return None
        return evaluate(node.symbol.notation.text, list(values), node.symbol.arguments)

    def merge(self, left: Value, right: Value) -> Value:
        if type(left) is not type(right) or left != right:
            raise Contradiction(f"{left} and {right} are in one class: the rules are inconsistent")
        return left


@dataclass(frozen=True)
class Interval:
    """The numbers from `low` to `high`; None is no bound."""

    low: Fraction | None = None
    high: Fraction | None = None

    def meet(self, other: Interval) -> Interval:
        """What is in both. Raises Contradiction if nothing is."""
        lows = [x for x in (self.low, other.low) if x is not None]
        highs = [x for x in (self.high, other.high) if x is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:
            raise Contradiction(f"no number is from {low} up and to {high}: the rules or the bounds are inconsistent")
        return Interval(low, high)


@dataclass(frozen=True)
class Intervals:
    """Bounds of the numbers in a class, by interval arithmetic over + - * and minus, from bounds of variables.

    Of squares (x * x, x ^ 2) it is known that they are not negative.
    """

    variables: Mapping[str, Interval]
    name: str = "interval"

    def make(self, node: Node, values: Sequence[Any]) -> Interval | None:
        if node.leaf is not None:
            if node.leaf[0] == "var":
                return self.variables.get(str(node.leaf[1]))
            value = literal_value(str(node.leaf[1]))
            number = Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None
            return None if number is None else Interval(number, number)
        if node.symbol is None or not values:
            return None
        known = [Interval() if v is None else v for v in values]
        match node.symbol.notation.text, known:
            case "+", [x, y]:
                return Interval(_plus(x.low, y.low), _plus(x.high, y.high))
            case "-", [x, y]:
                return Interval(_plus(x.low, _minus(y.high)), _plus(x.high, _minus(y.low)))
            case "-", [x]:
                return Interval(_minus(x.high), _minus(x.low))
            case "*", [x, y]:
                return _product(x, y)
            case "^", [_, Interval(low=e, high=f)] if e is not None and e == f and e > 0 and e % 2 == 0:
                return Interval(Fraction(0), None)
        return None

    def merge(self, left: Interval, right: Interval) -> Interval:
        return left.meet(right)


@dataclass(frozen=True)
class FreeVariables:
    """The variables that occur free in every term of a class.

    `binders` says of a symbol, by name, which argument holds the name that it binds in all later ones.
    """

    binders: Mapping[str, int] = field(default_factory=dict)
    name: str = "free"

    def make(self, node: Node, values: Sequence[Any]) -> frozenset[str] | None:
        if node.leaf is not None:
            return frozenset([str(node.leaf[1])] if node.leaf[0] == "var" else [])
        below: list[frozenset[str]] = [v if v is not None else frozenset() for v in values]
        place = self.binders.get(node.head.name, len(below))
        outside: frozenset[str] = frozenset().union(*below[:place])
        inside: frozenset[str] = frozenset().union(*below[place + 1 :])
        return outside | (inside - below[place]) if place < len(below) else outside

    def merge(self, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
        return left & right


@dataclass(frozen=True)
class Sorts:
    """The sort of a class. Raises Contradiction where two sorts meet."""

    name: str = "sort"

    def make(self, node: Node, values: Sequence[Any]) -> str:
        return node.head.result

    def merge(self, left: str, right: str) -> str:
        if left != right:
            raise Contradiction(f"a term of sort {left} and one of sort {right} are in one class")
        return left


def _product(x: Interval, y: Interval) -> Interval | None:
    if x.low is None or y.low is None:
        return None
    if x.high is None or y.high is None:
        return Interval(x.low * y.low, None) if x.low >= 0 <= y.low else None
    corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
    return Interval(min(corners), max(corners))


def _plus(x: Fraction | None, y: Fraction | None) -> Fraction | None:
    return None if x is None or y is None else x + y


def _minus(x: Fraction | None) -> Fraction | None:
    return None if x is None else -x


def named(analyses: Iterable[Analysis]) -> dict[str, Analysis]:
    """Analyses by name. Raises LemmataError if two have one name."""
    out: dict[str, Analysis] = {}
    for analysis in analyses:
        if out.setdefault(analysis.name, analysis) is not analysis:
            raise LemmataError(f"two analyses are called {analysis.name!r}")
    return out
