"""Whole terms evaluated innermost, by calls that some executor runs.

A walk goes through the distinct subterms of its roots, children before parents. What has no redex inside is normal as
it stands; every other subterm becomes a call on the normal forms of its children, or is put together if its head has no
rules. The shape of the roots is kept by position, so that all ids the walk holds lie in one array, which a collection
can update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np

from .bank import Ints, SymbolId, TermBank, TermId
from .limits import Clock, Limits, Stop
from .opcodes import LIT_INT
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
        self._waiting: list[tuple[int, int, bool, list[int]]] = []  # position, head, is it a call, positions below
        calls = [has_rules(symbol) for symbol in range(len(bank.symbols))]
        for t, head, below in _subterms(bank, roots):
            places = [place[c] for c in below]
            place[t] = len(values)
            if t < 0 or (not calls[head] and all(values[p] for p in places)):
                values.append(t)
            else:
                self._waiting.append((len(values), head, calls[head], places))
                values.append(0)
        self.values: Ints = np.array(values, np.int32)
        self._roots = [place[t] for t in roots]
        self._next = 0
        self._run: RunState | None = None
        self._running = False

    @property
    def steps(self) -> int:
        """Rules fired and operations computed so far."""
        return self._run.steps if self._run else 0

    def advance(self, executor: Executor, clock: Clock | None = None, fuel: int | None = None) -> Stop:
        """Evaluate until all is done or a limit is reached; call again to go on, with any executor of the same table.

        `fuel` bounds the calls.
        """
        clock = clock or Clock(Limits())
        left = fuel
        values = self.values.data
        while self._next < len(self._waiting):
            position, head, is_call, places = self._waiting[self._next]
            if not is_call:
                values[position] = self._bank.node(SymbolId(head), [values[p] for p in places])
                self._next += 1
                continue
            if not self._running:
                if (reason := clock.reason()) is not None:
                    return reason
                arguments = [values[p] for p in places]
                if self._run is None:
                    self._run = executor.start(head, arguments)
                else:
                    self._run.call(head, arguments)
                self._running = True
            run = self._run
            assert run is not None
            calls = int(run.state[CALLS])
            stop = executor.run(run, clock, left, (self.values,))
            if left is not None:
                left -= int(run.state[CALLS]) - calls
            if stop is not Stop.DONE:
                return stop
            values[position] = run.value
            self._running = False
            self._next += 1
        return Stop.DONE

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
        return self._run.term(self._bank) if self._run and self._running else None


def _subterms(bank: TermBank, roots: Iterable[int]) -> Iterator[tuple[int, int, list[int]]]:
    """All distinct subterms with their heads and children, children first: immediates, then rows as they stand."""
    cells, arity = bank.cells.data, bank.arity.tolist()
    below: dict[int, list[int]] = {}
    stack = list(roots)
    while stack:
        t = stack.pop()
        if t not in below:
            children = cells[t + 1 : t + 1 + arity[cells[t]]].tolist() if t > 0 else []
            below[t] = children
            stack.extend(children)
    for t in sorted(below):
        yield t, cells[t] if t > 0 else LIT_INT, below[t]
