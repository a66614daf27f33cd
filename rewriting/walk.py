"""Whole terms evaluated innermost, by calls that some executor runs.

A walk goes through the distinct subterms of its roots, children before parents. What has no redex inside is normal as
it stands; every other subterm becomes a call on the normal forms of its children, or is put together if its head has no
rules. The shape of the roots is kept by position, so that all ids the walk holds lie in one array, which a collection
can update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from .bank import Ints, SymbolId, TermBank, TermId
from .limits import Clock, Limits, Stop
from .runs import CALLS, Roots, RunState


class Executor(Protocol):
    """What runs single calls."""

    @property
    def bank(self) -> TermBank: ...

    def has_rules(self, symbol: int) -> bool:
        """Must calls of this symbol be run? All others are normal if their arguments are."""

    def start(self, symbol: int, arguments: Sequence[int]) -> RunState:
        """A run with that call pending, whose arguments are normal forms."""

    def run(self, run: RunState, clock: Clock, fuel: int | None = None, extra: Iterable[Roots] = ()) -> Stop:
        """Go on until the run is finished (DONE) or a limit is reached. `extra` are arrays of terms to keep."""


class Walk:
    """The evaluation of some roots. `values` holds the ids, by position; 0 where a value is not known yet."""

    def __init__(self, bank: TermBank, roots: Iterable[int], has_rules: Callable[[int], bool]) -> None:
        self._bank = bank
        roots = list(roots)
        place: dict[int, int] = {}
        values: list[int] = []
        self._heads: list[int] = []  # of the subterms that wait, in order
        self._below: list[list[int]] = []  # the positions of their children
        self._positions: list[int] = []
        for t in _subterms(bank, roots):
            below = bank.arguments(t)
            places = [place[c] for c in below]
            place[t] = len(values)
            head = int(bank.cells[t]) if t > 0 else 0
            if t < 0 or (not has_rules(head) and all(values[p] for p in places)):
                values.append(t)
                continue
            self._heads.append(head)
            self._below.append(places)
            self._positions.append(len(values))
            values.append(0)
        self.values: Ints = np.array(values, np.int32)
        self._roots = [place[t] for t in roots]
        self._has_rules = has_rules
        self._next = 0
        self._run: RunState | None = None
        self._steps = 0

    def advance(self, executor: Executor, clock: Clock | None = None, fuel: int | None = None) -> Stop:
        """Evaluate until all is done or a limit is reached; call again to go on, with any executor of the same table.

        `fuel` bounds the calls.
        """
        clock = clock or Clock(Limits())
        left = fuel
        while self._next < len(self._heads):
            if self._run is None:
                head = self._heads[self._next]
                arguments = self.values[self._below[self._next]].tolist()
                if not self._has_rules(head):
                    self._store(self._bank.node(SymbolId(head), arguments))
                    continue
                if (reason := clock.reason()) is not None:
                    return reason
                self._run = executor.start(head, arguments)
            run = self._run
            calls = int(run.state[CALLS])
            stop = executor.run(run, clock, left, (self.values,))
            if left is not None:
                left -= int(run.state[CALLS]) - calls
            if stop is not Stop.DONE:
                return stop
            self._steps += run.steps
            self._store(run.value)
        return Stop.DONE

    @property
    def steps(self) -> int:
        """Rewrites so far, those of a run that was stopped included."""
        return self._steps + (self._run.steps if self._run else 0)

    def _store(self, value: int) -> None:
        self.values[self._positions[self._next]] = value
        self._run = None
        self._next += 1

    def collect(self, bank: TermBank) -> None:
        """Collect the bank between two calls of `advance`: what the walk needs is kept and updated."""
        if self._run is None:
            bank.collect((self.values,))
        else:
            self._run.collect(bank, (self.values,))

    def results(self) -> list[TermId]:
        """The normal forms of the leading roots, as far as they are known."""
        out = []
        for place in self._roots:
            if not (value := int(self.values[place])):
                break
            out.append(TermId(value))
        return out

    def term(self) -> TermId | None:
        """What was being worked on at a stop."""
        return self._run.term(self._bank) if self._run else None


def _subterms(bank: TermBank, roots: Iterable[int]) -> list[int]:
    """All distinct subterms, children first. Immediates have no row; the others stand after their children."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for c in bank.arguments(stack.pop()):
            if c not in seen:
                seen.add(c)
                stack.append(c)
    return sorted(seen)
