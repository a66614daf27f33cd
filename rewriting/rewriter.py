"""Normal forms by the table machine: innermost, memoised, in slices.

A `Rewriter` is a rule table with the memory of what it has normalised. The memory is also the proof: for every term it
knows what it was rewritten to and by which rule, so that a proof can be read off afterwards (`evidence`) and costs
nothing until somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from . import kernels
from .bank import Ints, TermBank, TermId
from .limits import Clock, Limits, Stop
from .rules import RuleTable

SLICE = 1 << 20  # steps between two looks at the clock and at Ctrl-C: some 20 ms
_FRAMES = 512  # stack of the path order; larger comparisons count as "not smaller"


@dataclass(frozen=True)
class Evidence:
    """Why a term is equal to another: by a rule of the table (its index), or by its children (None)."""

    rewritten_to: TermId
    rule: int | None


@dataclass(frozen=True)
class Normalised:
    """Results in the order asked for, as far as they were reached before the stop."""

    terms: tuple[TermId, ...]
    stop: Stop


class Rewriter:
    """Normalises terms of one bank with one rule table.

    `precedence` orders symbols by name for ordered rules. `fuel` bounds the steps of one call of `normalise` (None:
    only the clock does): a rule set that does not terminate then stops with `Stop.STEPS`.
    """

    def __init__(
        self,
        bank: TermBank,
        table: RuleTable,
        precedence: Mapping[str, int] | None = None,
        fuel: int | None = None,
    ) -> None:
        self.bank = bank
        self.table = table
        self.fuel = fuel
        self._order = dict(precedence or {})
        self._registers: Ints = np.zeros(table.registers + 2, np.int32)
        self._frames = np.zeros((_FRAMES, 4), np.int32)
        self._stack: Ints = np.zeros(max(256, 4 * table.margin), np.int32)
        self._ranks: Ints = np.zeros(1, np.int32)
        self._above: Ints = np.zeros(1, np.int32)
        self._known = (-1, -1)
        self._progress = np.zeros(8, np.int64)
        self._forget()

    def _forget(self) -> None:
        size = len(self.bank.cells)
        self._normal: Ints = np.zeros(size, np.int32)
        self._link: Ints = np.zeros(size, np.int32)
        self._by: Ints = np.zeros(size, np.int32)
        self._collections = self.bank.collections

    @property
    def rewrites(self) -> int:
        """How many rule applications this rewriter has made."""
        return int(self._progress[kernels.STEPS])

    def normalise(self, terms: Iterable[int], clock: Clock | None = None) -> Normalised:
        """Innermost normal forms. Stops at the clock's limits or when the fuel is spent.

        Ctrl-C raises KeyboardInterrupt between slices; what was normalised stays in the memory.
        """
        bank, table = self.bank, self.table
        clock = clock or Clock(Limits())
        roots = np.fromiter(terms, np.int32)
        if self._collections != bank.collections:
            self._forget()
        self._renumber()
        progress = self._progress
        progress[kernels.STACKED] = 0
        progress[kernels.RESULTS] = 0
        left = self.fuel
        stop = Stop.DONE
        while True:
            self._fit()
            allowance = SLICE if left is None else min(SLICE, left)
            # The kernel keeps the bank's counters and this run's in one array.
            progress[kernels.TOP] = bank.state[kernels.TOP]
            progress[kernels.COUNT] = bank.state[kernels.COUNT]
            status = kernels.normalise(
                *(bank.cells, bank.slots, bank.arity, bank.payload),
                *(progress, table.code, table.jumps, self._entry, self._above, self._ranks),
                *(self._normal, self._link, self._by, roots, self._stack, self._registers, self._frames),
                *(allowance, table.margin),
            )
            bank.state[kernels.TOP] = progress[kernels.TOP]
            bank.state[kernels.COUNT] = progress[kernels.COUNT]
            if status == kernels.FINISHED:
                break
            if status == kernels.GROW_CELLS:
                bank.reserve(len(bank.cells) // 2 + table.margin, len(bank) // 2 + table.margin)
            elif status == kernels.GROW_STACK:
                self._stack = np.concatenate([self._stack, np.zeros_like(self._stack)])
            elif left is not None:
                left -= allowance
                if left <= 0:
                    stop = Stop.STEPS
                    break
            reason = clock.reason()
            if reason is not None:
                stop = reason
                break
        done = len(roots) if stop is Stop.DONE else int(progress[kernels.RESULTS])
        return Normalised(tuple(TermId(t) for t in roots[:done].tolist()), stop)

    def last_term(self) -> TermId | None:
        """The term on which a stopped run was working."""
        depth = int(self._progress[kernels.STACKED])
        return TermId(int(self._stack[depth - 1])) if depth else None

    def evidence(self, term: int) -> Evidence | None:
        """The first step from a term towards its normal form; None if it is normal or has not been normalised."""
        to = int(self._link[term]) if term < len(self._link) else 0
        if not to:
            return None
        by = int(self._by[term])
        return Evidence(TermId(to), None if by == kernels.BY_CHILDREN else by)

    def normal(self, term: int) -> TermId | None:
        """The normal form, if it is known already."""
        known = int(self._normal[term]) if term < len(self._normal) else 0
        return TermId(known) if known else None

    def _fit(self) -> None:
        """Make the memory as long as the arena, and the arena roomy enough for the next visit."""
        bank, margin = self.bank, self.table.margin
        bank.reserve(4 * margin, 4 * margin)
        missing = len(bank.cells) - len(self._normal)
        if missing > 0:
            more = np.zeros(missing, np.int32)
            self._normal = np.concatenate([self._normal, more])
            self._link = np.concatenate([self._link, more])
            self._by = np.concatenate([self._by, more])

    def _renumber(self) -> None:
        """Bring the arrays indexed by symbol and by name up to date with the bank."""
        bank = self.bank
        known = (len(bank.symbols), len(bank.names))
        if known == self._known:
            return
        self._known = known
        self._ranks = bank.name_ranks()
        self._entry = np.full(max(len(bank.symbols), len(self.table.entry)), -1, np.int32)
        self._entry[: len(self.table.entry)] = self.table.entry
        self._above = np.zeros(len(bank.symbols), np.int32)
        sorts = sorted({s.result for s in bank.symbols if s.payload})
        for n, symbol in enumerate(bank.symbols):
            if symbol.payload:
                self._above[n] = sorts.index(symbol.result) - len(sorts)  # below every operation
            else:
                self._above[n] = self._order.get(symbol.name, len(self._order) + n)
        widest = int(bank.arity.max()) + 2
        if len(self._registers) < self.table.registers + widest:
            self._registers = np.zeros(self.table.registers + widest, np.int32)
