"""The table machine: evaluates calls with a rule table by one compiled kernel, ready in no time for any rule set.

It keeps no evidence (`rewriter.py` does) and builds no redex: right-hand sides are evaluated as they are read. Its runs
are those of `runs.py`, made in slices of about 20 ms; between two slices it looks at the clock, makes room, computes
what the kernel asks Python for, tunes the memo, and collects the bank when that has grown.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from . import kernels, opcodes, runs
from .bank import Ints, TermBank, TermId
from .limits import Clock, Limits, Stop, Stopped
from .memo import Memo
from .rewriter import symbol_ranks
from .rules import RuleTable
from .runs import Host, Roots, RunState, compute
from .walk import Walk

# When the arena is full and has so many cells it is collected, later when it has twice as many as survived.
COLLECT_CELLS = 3 << 22

_FIRST_SLICE = 1 << 12
_SLICE_SECONDS = 0.02
_FRAMES = 512  # stack of the path order; deeper comparisons count as "not smaller"
_COMPARED = 1 << 12  # comparisons of terms that are remembered


class TableMachine:
    """Runs calls over one bank with one rule table, which must have been compiled at once, without a base.

    `precedence` orders symbols by name for ordered rules. `hosts` are symbols that Python computes, by number: such a
    function takes the arguments, normal forms, and returns a normal form, or None to leave the term to the rules; it
    must not collect the bank. `collect_cells` is the size of the arena at which it is collected first.
    """

    def __init__(
        self,
        bank: TermBank,
        table: RuleTable,
        precedence: Mapping[str, int] | None = None,
        hosts: Mapping[int, Host] | None = None,
        memo: Memo | None = None,
        collect_cells: int = COLLECT_CELLS,
    ) -> None:
        self.bank = bank
        self.table = table
        self.memo = memo or Memo()
        self._hosts = dict(hosts or {})
        self._order = dict(precedence or {})
        self._ordered = any(rule.ordered for rule in table.rules)
        self._collect_cells = self._collect_at = collect_cells
        self._frames = np.zeros((_FRAMES, 4), np.int32)
        self._compared = np.zeros(_COMPARED, np.int64)
        self._registers: Ints = np.zeros(0, np.int32)
        self._ranks: Ints = np.zeros(1, np.int32)
        self._above: Ints = np.zeros(1, np.int32)
        self._constants: Ints = np.zeros(0, np.int32)
        self._known = (-1, -1)
        self._collections = -1
        self._fit()

    def has_rules(self, symbol: int) -> bool:
        """Must calls of this symbol be run? All others are normal if their arguments are."""
        return symbol in self._hosts or (symbol < len(self.table.entry) and self.table.entry[symbol] >= 0)

    def start(self, symbol: int, arguments: Sequence[int]) -> RunState:
        """A run of symbol(arguments); the arguments must be normal forms."""
        run = RunState(self.bank, self.memo)
        run.call(symbol, arguments)
        return run

    def run(
        self, run: RunState, clock: Clock | None = None, fuel: int | None = None, extra: Iterable[Roots] = ()
    ) -> Stop:
        """Go on with a run, from wherever any executor left it, until it is finished: then Stop.DONE, and `run.value`.

        Stops at the clock's limits, or after `fuel` calls (Stop.STEPS); call again to go on. `extra` are arrays of
        terms that a collection keeps and updates. Ctrl-C raises KeyboardInterrupt between slices, where the run is
        whole. Raises ValueError for a run whose terms a collection elsewhere has moved.
        """
        bank, table, state = self.bank, self.table, run.state
        if run.collections != bank.collections:
            raise ValueError("the bank was collected without this run's roots, so its terms are lost")
        clock = clock or Clock(Limits())
        extra = tuple(extra)
        end = None if fuel is None else int(state[runs.CALLS]) + fuel
        slice_ = _FIRST_SLICE
        try:
            while True:
                self._fit()
                run.reserve(3 * len(self._registers))
                memo = self.memo
                before = int(state[runs.CALLS])
                left = min(slice_, memo.until_decision(), slice_ if end is None else end - before)
                began = time.monotonic()
                status = kernels.evaluate(
                    *(bank.cells, bank.slots, bank.arity, bank.payload),
                    *(bank.state, table.code, self._entry, self._constants, self._above, self._ranks),
                    *(run.stack, state, self._registers, self._frames, self._compared),
                    *(memo.modes, memo.table, memo.counts),
                    *(left, self._margin),
                )
                memo.note(int(state[runs.CALLS]) - before)
                if status == opcodes.FINISHED:
                    return Stop.DONE
                if status == opcodes.EVALUATE:
                    self._compute(run)
                elif status == opcodes.GROW_CELLS:
                    if not self._collect_if_due(run, extra):
                        bank.reserve(2 * self._margin, 2 * self._margin)
                elif status == opcodes.GROW_STACK:
                    run.reserve(len(run.stack))
                else:
                    if end is not None and state[runs.CALLS] >= end:
                        return Stop.STEPS
                    elapsed = time.monotonic() - began
                    if left == slice_:
                        slice_ = slice_ * 2 if elapsed < _SLICE_SECONDS else max(_FIRST_SLICE, slice_ // 2)
                if (reason := clock.reason()) is not None:
                    return reason
        except MemoryError:
            return Stop.MEMORY

    def normal_form(self, root: int, clock: Clock | None = None) -> TermId:
        """The normal form of any term. Raises Stopped at a limit; a `Walk` keeps what was reached."""
        walk = Walk(self.bank, [root], self.has_rules)
        stop = walk.advance(self, clock)
        if stop is not Stop.DONE:
            raise Stopped(stop)
        return walk.results()[0]

    def _compute(self, run: RunState) -> None:
        """Do for the kernel what it asks for: a host's symbol, or a built-in operation on literals."""
        bank = self.bank
        call = run.pending(bank)
        assert call is not None
        symbol, arguments = call
        if symbol in self._hosts:
            run.state[runs.CALLS] += 1  # the kernel counts all others, operations included
        value = compute(bank, self.table, self._hosts, symbol, arguments)
        if value is not None:
            run.answer(bank, value)
            run.state[runs.STEPS] += 1
            return
        entry = int(self.table.entry[symbol]) if symbol < len(self.table.entry) else -1
        if entry < 0:
            run.answer(bank, run.term(bank))
        elif symbol in self._hosts:
            run.state[runs.RESUME] = entry
        else:
            run.state[runs.RESUME] = entry + 3 + len(arguments)

    def _collect_if_due(self, run: RunState, extra: Sequence[Roots]) -> bool:
        """Collect the full bank if it has grown enough since the last time.

        Only there: where slices end depends on the time, and a collection clears the memo.
        """
        bank = self.bank
        if bank.state[opcodes.TOP] < self._collect_at:
            return False
        run.collect(bank, extra)
        self._collect_at = max(self._collect_cells, 2 * int(bank.state[opcodes.TOP]))
        return True

    def _fit(self) -> None:
        """Bring what depends on the bank's ids, symbols and names up to date, and make room for the next slice."""
        bank, table = self.bank, self.table
        if self._collections != bank.collections:
            constants = bank.load(table.terms, table.constants, table.signature)
            # The kernel wants false and true at the end; where nothing is built in, nothing asks for them.
            built_in = any(s.kind == "builtin" for s in table.signature.values())
            truth = [bank.literal(value, "Bool") for value in (False, True)] if built_in else [0, 0]
            self._constants = np.array([*constants, *truth], np.int32)
            self._compared[:] = 0
            self.memo.clear()
            self._collections = bank.collections
        known = (len(bank.symbols), len(bank.names) if self._ordered else 0)
        if known != self._known:
            self._renumber(known)

    def _renumber(self, known: tuple[int, int]) -> None:
        """Make the arrays by symbol and by name as long as the bank wants them."""
        bank, table = self.bank, self.table
        count = len(bank.symbols)
        if self._ordered:
            self._ranks = bank.name_ranks()
            self._above = symbol_ranks(bank, self._order)
        self._entry = np.full(max(count, len(table.entry)), -1, np.int32)
        self._entry[: len(table.entry)] = table.entry
        self._entry[list(self._hosts)] = runs.HOST
        defined = [s for s in range(len(table.entry)) if table.entry[s] >= 0 and s not in self._hosts]
        self.memo.fit(bank.arity, defined, len(self._entry))
        widest = int(bank.arity.max()) + 2
        self._margin = max(table.margin, 2 * widest)
        self._registers = np.zeros(table.registers + widest, np.int32)
        self._known = known
