"""Where and how often rules are tried: a small algebra of strategies, over any kind of term.

    Rule, rule              left = right where a condition holds, at the root (`root.py`)
    a RuleSet               the first of its rules that fits, at the root
    a Python function       term -> term, or None
    Chain(s, t, ...)        each in turn, on what the one before left
    First(s, t, ...)        the first that changes the term
    Sequence(s, t, ...)     each in turn; no change unless every one makes one
    If(condition, s, t)     s where the condition holds, elsewhere t, or nothing
    PassThrough(s)          s, and the term itself where s makes no change
    Repeat(s, n)            s until it makes no change, n times at most
    Fixpoint(s)             s until it makes no change
    Prewalk(s)              s on a term, then on the arguments of what that gave
    Postwalk(s)             s on the arguments, then on what they stand in

The names and the meanings are those of SymbolicUtils.jl, as far as it has them. A walk looks at each distinct subterm
once, so a term of 100 nodes that would be 2^100 if it were written out takes 100 looks.

>>> from lemmata.rewriting.root import Rule
>>> zero = Rule.of(("+", "x", 0), "x", {"x": "x"})
>>> simplify = Postwalk(zero)
>>> simplify(("f", ("+", ("+", "y", 0), 0)))
('f', 'y')
>>> simplify(("f", "y")) is None
True
>>> swap = Rule.of(("+", "x", "y"), ("+", "y", "x"), {"x": "x", "y": "y"})
>>> Fixpoint(swap).run(("+", 1, 2)).stop
<Stop.CYCLE: 'cycle'>
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .limits import Stop
from .strategy import Halted, Run, Strategy
from .traversal import Move, Single, Strategic, Walk, strategy

T = TypeVar("T")


class _Several(Strategy[T]):
    """A strategy made of several."""

    def __init__(self, *parts: Strategic[T]) -> None:
        self.parts = tuple(strategy(part) for part in parts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"


class Chain(_Several[T]):
    """Each strategy in turn, on what the one before left; no change if none makes one."""

    def apply(self, term: T, run: Run[T]) -> T | None:
        current = term
        for part in self.parts:
            result = part.apply(current, run)
            current = current if result is None else result
        return None if current is term else current


class First(_Several[T]):
    """The first of several strategies that changes the term."""

    def apply(self, term: T, run: Run[T]) -> T | None:
        for part in self.parts:
            result = part.apply(term, run)
            if result is not None:
                return result
        return None


class Sequence(_Several[T]):
    """Each strategy in turn, on what the one before left; no change unless every one makes one."""

    def apply(self, term: T, run: Run[T]) -> T | None:
        current = term
        for part in self.parts:
            result = part.apply(current, run)
            if result is None:
                return None
            current = result
        return current if self.parts else None


class PassThrough(Single[T]):
    """What the strategy gives, and the term itself where that is no change: never None."""

    def apply(self, term: T, run: Run[T]) -> T:
        result = self.part.apply(term, run)
        return term if result is None else result


class If(Strategy[T]):
    """One strategy where the condition holds of the term; another, or no change, where it does not."""

    def __init__(
        self, condition: Callable[[T], bool], then: Strategic[T], otherwise: Strategic[T] | None = None
    ) -> None:
        self.condition = condition
        self.then = strategy(then)
        self.otherwise = First[T]() if otherwise is None else strategy(otherwise)

    def __repr__(self) -> str:
        return f"If({self.condition!r}, {self.then!r}, {self.otherwise!r})"

    def apply(self, term: T, run: Run[T]) -> T | None:
        return (self.then if self.condition(term) else self.otherwise).apply(term, run)


class Repeat(Strategy[T]):
    """A strategy until it makes no change, but at most so many times; no change if it makes none at first."""

    def __init__(self, part: Strategic[T], times: int) -> None:
        self.part = strategy(part)
        self.times = times

    def __repr__(self) -> str:
        return f"Repeat({self.part!r}, {self.times})"

    def apply(self, term: T, run: Run[T]) -> T | None:
        current: T | None = None
        for _ in range(self.times):
            result = self.part.apply(term if current is None else current, run)
            if result is None:
                break
            current = result
        return current


class Fixpoint(Single[T]):
    """A strategy until it makes no change.

    A term that comes back would do so for ever: that ends the run with `Stop.CYCLE`, at most three times as many
    rounds after the start as it took to come back (Brent 1980). Terms that grow for ever are left to the limits.
    """

    def apply(self, term: T, run: Run[T]) -> T | None:
        current = kept = term  # one term is kept for comparison, for twice as long each time
        rounds, until = 0, 1
        while True:
            result = self.part.apply(current, run)
            if result is None or run.same(result, current):
                return None if current is term else current
            current = result
            if run.same(current, kept):
                raise Halted(Stop.CYCLE, current)
            rounds += 1
            if rounds == until:
                kept, rounds, until = current, 0, 2 * until


class Prewalk(Walk[T]):
    """The strategy on a term, then on the arguments of what that gave, and so on inwards.

    A term that comes to stand inside what it became would be entered for ever: that ends the run with `Stop.CYCLE`.
    """

    def enter(self, term: T, run: Run[T]) -> Move[T]:
        result = self.part.apply(term, run)
        return Move("inside", term if result is None else result)

    def leave(self, term: T, run: Run[T]) -> Move[T]:
        return Move("done", term)


class Postwalk(Walk[T]):
    """The strategy on the arguments of a term, from the innermost, then on the term that they give.

    It looks at each place once: what it makes of an argument is not walked again (`Fixpoint(Postwalk(s))` does that).
    """

    def enter(self, term: T, run: Run[T]) -> Move[T]:
        return Move("inside", term)

    def leave(self, term: T, run: Run[T]) -> Move[T]:
        result = self.part.apply(term, run)
        return Move("done", term if result is None else result)
