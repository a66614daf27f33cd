"""What a strategy is, and how one is run.

A strategy takes a term and gives a new one, or None: *no change* is said in so many words, as in SymbolicUtils'
rewriters and in Stratego, where it is called failure. It must be a function of the term alone, because walks ask once
for each distinct subterm and remember the answer.

A run counts its steps, looks at its limits before each, and when one is reached it ends with the whole term as far as
it got: the exception that leaves the innermost strategy carries what had become of its term, and every strategy on the
way out puts that where it stood.

Visser, Benaissa and Tolmach, "Building program optimizers with rewriting strategies" (ICFP 1998).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .interface import TermInterface
from .limits import Clock, Limits, Stop
from .recognise import interface_of
from .ruleset import Unfinished
from .source import LemmataError

T = TypeVar("T")
_LOOK_SECONDS = 0.01  # between two looks at the clock
_REASONS = {
    Stop.TIME: "time is up",
    Stop.MEMORY: "memory is used up",
    Stop.STEPS: "the steps are used up",
    Stop.INTERRUPTED: "it was interrupted",
    Stop.CYCLE: "a term came back, and would for ever",
}


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """Where a run ended: the result if `stop` is `Stop.DONE`, otherwise the whole term as far as it got.

    `rewrites` counts the changes that rules and functions made, `steps` every look at a term.
    """

    term: T
    changed: bool
    rewrites: int
    steps: int
    stop: Stop


class Incomplete(Unfinished):
    """A strategy reached a limit, or a cycle. `last` is the whole term, of whatever kind, as far as it got."""

    last: Any

    def __init__(self, stop: Stop, last: Any) -> None:
        text = f"the strategy did not end: {_REASONS[stop]}"
        LemmataError.__init__(self, text, hint="`last` of this error is the term as far as it got")
        self.stop = stop
        self.last = last


class Halted(Exception):
    """Leaves `Strategy.apply` when a limit is reached, with what had become of the term it was given."""

    def __init__(self, stop: Stop, term: Any) -> None:
        super().__init__(stop.value)
        self.stop = stop
        self.term = term


class Run(Generic[T]):
    """One run: the interface of its terms, what it has spent, and what its walks remember. `fuel` bounds the steps."""

    def __init__(self, over: TermInterface[T], clock: Clock, fuel: int | None = None) -> None:
        self.over = over
        self.clock = clock
        self.steps = 0
        self.rewrites = 0
        self._fuel = fuel
        self._next_look = 0.0
        self._memories: dict[int, dict[Hashable, tuple[T, T]]] = {}
        self._numbers: dict[tuple[Hashable, ...], int] = {}  # of heads with the numbers of arguments
        self._number: dict[Hashable, tuple[int, T]] = {}  # by key, with the term that keeps the key good

    def step(self, term: T) -> None:
        """Count a look at a term: a safe point. Raises Halted with the term when a limit is reached."""
        if self.steps == self._fuel:
            raise Halted(Stop.STEPS, term)
        self.steps += 1
        if time.monotonic() >= self._next_look:
            stop = self.clock.reason()
            if stop is not None:
                raise Halted(stop, term)
            self._next_look = time.monotonic() + _LOOK_SECONDS

    def same(self, left: T, right: T) -> bool:
        """As `interface.same`, with a memory: a term is taken apart once, however often it is compared."""
        over = self.over
        if over.key(left) == over.key(right):
            return True
        if over.interned or over.head(left) != over.head(right):
            return False
        return self._numbered(left) == self._numbered(right)

    def _numbered(self, term: T) -> int:
        """A number that a term shares with its equals alone."""
        over, number = self.over, self._number
        stack = [term]
        while stack:
            t = stack[-1]
            args = over.args(t)
            waiting = [a for a in args if over.key(a) not in number]
            if over.key(t) in number:
                stack.pop()
            elif waiting:
                stack.extend(reversed(waiting))
            else:
                row = (over.head(t), *(number[over.key(a)][0] for a in args))
                number[over.key(t)] = self._numbers.setdefault(row, len(self._numbers)), t
                stack.pop()
        return number[over.key(term)][0]

    def memory(self, walk: Strategy[T]) -> dict[Hashable, tuple[T, T]]:
        """For the terms that a walk has finished, by key: the term, which keeps its key good, and what it became."""
        return self._memories.setdefault(id(walk), {})


class Strategy(ABC, Generic[T]):
    """Call it with a term: the new term, or None for no change."""

    @abstractmethod
    def apply(self, term: T, run: Run[T]) -> T | None:
        """The same as part of a run. Raises Halted."""

    def __call__(
        self,
        term: T,
        limits: Limits | None = None,
        *,
        fuel: int | None = None,
        over: TermInterface[T] | None = None,
    ) -> T | None:
        """The new term, or None for no change. Raises Incomplete when a limit is reached, or when a term comes back.

        `fuel` bounds the steps, the same on every machine. Without `over`, the interface is that of the kind of term
        (`interface_of`).
        """
        outcome = self._outcome(term, Clock(limits or Limits()), fuel, over)
        if outcome.stop is not Stop.DONE:
            raise Incomplete(outcome.stop, outcome.term)
        return outcome.term if outcome.changed else None

    def run(
        self,
        term: T,
        limits: Limits | None = None,
        *,
        fuel: int | None = None,
        over: TermInterface[T] | None = None,
    ) -> Outcome[T]:
        """The same with its counts, the reason of a stop as a value. The first Ctrl-C is a limit like the others."""
        clock = Clock(limits or Limits())
        with clock.holding_interrupts():
            return self._outcome(term, clock, fuel, over)

    def _outcome(self, term: T, clock: Clock, fuel: int | None, over: TermInterface[T] | None) -> Outcome[T]:
        run = Run[T](over or interface_of(term), clock, fuel)
        try:
            result = self.apply(term, run)
        except Halted as halted:
            changed = not run.same(term, halted.term)
            return Outcome(halted.term, changed, run.rewrites, run.steps, halted.stop)
        return Outcome(term if result is None else result, result is not None, run.rewrites, run.steps, Stop.DONE)


@dataclass(frozen=True)
class Function(Strategy[T]):
    """A Python function that gives a term, or None for no change. A term equal to the one given is no change either."""

    function: Callable[[T], T | None]

    def apply(self, term: T, run: Run[T]) -> T | None:
        run.step(term)
        result = self.function(term)
        if result is None or run.same(term, result):
            return None
        run.rewrites += 1
        return result
