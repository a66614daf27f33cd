"""Is a set of equations the definition of a total function?

It is when each left side is the operation applied to patterns (constructors and distinct variables), when no two left
sides match one term, when every application to constructor terms is matched, and when each recursive call descends:
compared argument by argument in some fixed order, the first that changes becomes a part of its pattern. Such equations
have exactly one solution, so that they may be called a definition and cannot make a theory inconsistent.

Operations are defined one after another and mention earlier ones only, so a call can descend through itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from ..rewriting.printing import Printer
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Datatype, Symbol

MOST_CASES = 100_000
AS_AXIOMS = "equations that define no total function may stand as axioms: write 'axiom' before each"


class BadDefinition(Exception):
    """Equations that define no total function. `equation` is the number of the one at fault, None if it is all."""

    def __init__(self, message: str, equation: int | None = None, hint: str = AS_AXIOMS) -> None:
        super().__init__(message)
        self.message = message
        self.equation = equation
        self.hint = hint


def check_definition(
    table: TermTable,
    symbol: Symbol,
    equations: Sequence[int],
    symbols: Mapping[str, Symbol],
    datatypes: Mapping[str, Datatype],
) -> None:
    """Raise BadDefinition unless the equations (rows of `table`) define `symbol`.

    Quadratic in the number of equations; otherwise linear, but for coverage, which is bounded by `MOST_CASES`.
    """
    definition = _Definition(table, symbol, equations, symbols, datatypes)
    for n in range(len(equations)):
        definition.check_left_side(n)
    definition.check_overlaps()
    definition.check_coverage()
    definition.check_descent()


@dataclass(frozen=True)
class _Trail:
    before: _Trail | None
    constructor: str | None


@dataclass(frozen=True)
class _Call:
    """A recursive call. `change` says of each argument whether it shrinks (True), stays (False), or neither (None)."""

    equation: int
    term: int
    change: tuple[bool | None, ...]


class _Definition:
    def __init__(
        self,
        table: TermTable,
        symbol: Symbol,
        equations: Sequence[int],
        symbols: Mapping[str, Symbol],
        datatypes: Mapping[str, Datatype],
    ) -> None:
        self._table = table
        self._rows = table.rows
        self._symbol = symbol
        self._equations = equations
        self._symbols = symbols
        self._datatypes = datatypes
        self._printer = Printer(symbols.values())

    def _show(self, term: int) -> str:
        return self._printer.show(self._table, term, most=120)

    def _patterns(self, n: int) -> tuple[int, ...]:
        """The arguments of the left side of equation `n`."""
        left = children(self._rows[self._equations[n]])[0]
        return children(self._rows[left])

    def check_left_side(self, n: int) -> None:
        row = self._rows[self._equations[n]]
        text = self._symbol.notation.text
        if row[0] != "eq":
            raise BadDefinition(f"{text!r} is defined by equations, and this is none", n)
        left, right = children(row)
        head = self._rows[left]
        if head[0] != "app" or head[1] != self._symbol.name:
            raise BadDefinition(f"an equation for {text!r} must have {text!r} outermost on its left", n)
        known: set[int] = set()
        stack = list(reversed(children(head)))
        while stack:
            i = stack.pop()
            below = self._rows[i]
            if below[0] == "var":
                if i in known:
                    raise BadDefinition(f"the variable {below[1]!r} stands twice on the left", n)
                known.add(i)
            elif self._symbols[str(below[1])].kind != "constructor":
                raise BadDefinition(f"{self._show(i)} on the left is no pattern of constructors and variables", n)
            stack.extend(reversed(children(below)))
        for v in self._table.free_variables(right):
            if v not in known:
                raise BadDefinition(f"the variable {self._rows[v][1]!r} stands on the right only", n)

    def check_overlaps(self) -> None:
        for n in range(len(self._equations)):
            for m in range(n):
                if self._overlap(m, n):
                    raise BadDefinition(f"equations {m + 1} and {n + 1} both apply to some terms", n)

    def _overlap(self, m: int, n: int) -> bool:
        """Do two vectors of linear patterns have a common instance?"""
        stack = list(zip(self._patterns(m), self._patterns(n), strict=True))
        while stack:
            a, b = (self._rows[i] for i in stack.pop())
            if a[0] == "var" or b[0] == "var":
                continue
            if a[1] != b[1]:
                return False
            stack.extend(zip(children(a), children(b), strict=True))
        return True

    def check_coverage(self) -> None:
        """Walk through all cases, column by column: L. Maranget, "Warnings for pattern matching" (2007).

        A state has the pattern vectors that may still match, the sorts of their columns (both with the first column
        last), and what the columns passed so far hold, in prefix order: a constructor, or None for anything.
        """
        sorts = list(reversed(self._symbol.arguments))
        vectors = [list(reversed(self._patterns(n))) for n in range(len(self._equations))]
        stack: list[tuple[list[list[int]], list[str], _Trail | None]] = [(vectors, sorts, None)]
        for _ in range(MOST_CASES):
            if not stack:
                return
            vectors, sorts, trail = stack.pop()
            if not vectors:
                raise BadDefinition(f"no equation says what {self._case(trail)} is")
            if not sorts:
                continue
            sort = sorts.pop()
            heads = [v.pop() for v in vectors]
            if all(self._rows[h][0] == "var" for h in heads):
                stack.append((vectors, sorts, _Trail(trail, None)))
                continue
            for name in reversed(self._datatypes[sort].constructors):
                arguments = self._symbols[name].arguments
                inner = []
                for head, vector in zip(heads, vectors, strict=True):
                    row = self._rows[head]
                    if row[0] == "var":
                        inner.append(vector + [head] * len(arguments))
                    elif row[1] == name:
                        inner.append(vector + list(reversed(children(row))))
                stack.append((inner, sorts + list(reversed(arguments)), _Trail(trail, name)))
        raise BadDefinition("the left sides have too many cases to check")

    def _case(self, trail: _Trail | None) -> str:
        """The application whose arguments begin with what the trail holds, with variables for the rest."""
        held: list[str | None] = []
        while trail is not None:
            held.append(trail.constructor)
            trail = trail.before
        taken = {s.notation.text for s in self._symbols.values()}
        names = (v for v in chain("xyzuvw", (f"x{n}" for n in count(1))) if v not in taken)
        prefix: list[tuple[str | None, int]] = []  # a constructor and its arity, or the variable's row
        sorts = list(reversed(self._symbol.arguments))
        while sorts:
            sort = sorts.pop()
            name = held.pop() if held else None
            if name is None:
                prefix.append((None, self._table.var(next(names), sort)))
            else:
                prefix.append((name, self._symbols[name].arity))
                sorts.extend(reversed(self._symbols[name].arguments))
        terms: list[int] = []
        for name, number in reversed(prefix):
            if name is None:
                terms.append(number)
            else:
                arguments = [terms.pop() for _ in range(number)]
                terms.append(self._table.app(name, *arguments))
        return self._show(self._table.app(self._symbol.name, *reversed(terms)))

    def check_descent(self) -> None:
        """Find an order of the arguments under which every recursive call is smaller.

        Any argument that no remaining call enlarges may come first; it settles the calls in which it shrinks.
        """
        calls = [call for n in range(len(self._equations)) for call in self._calls(n)]
        while calls:
            for place in range(self._symbol.arity):
                if all(c.change[place] is not None for c in calls) and any(c.change[place] for c in calls):
                    calls = [c for c in calls if not c.change[place]]
                    break
            else:
                call = next((c for c in calls if not any(c.change)), calls[0])
                message = f"the call {self._show(call.term)} is not seen to terminate"
                hint = f"in some argument it must take a part of the pattern on the left; {AS_AXIOMS}"
                raise BadDefinition(message, call.equation, hint)

    def _calls(self, n: int) -> list[_Call]:
        patterns = self._patterns(n)
        parts = [frozenset(self._table.reachable([p])) - {p} for p in patterns]
        found = []
        for i in self._table.reachable([children(self._rows[self._equations[n]])[1]]):
            row = self._rows[i]
            if row[0] == "app" and row[1] == self._symbol.name:
                change = [
                    False if argument == pattern else True if argument in inner else None
                    for argument, pattern, inner in zip(children(row), patterns, parts, strict=True)
                ]
                found.append(_Call(n, i, tuple(change)))
        return found
