"""Rewrite systems run: the door to both executors of rule tables, and the choice between them.

The table machine (`machine.py`) starts at once; the native tier (`native.py`) is many times faster once it has compiled
the table, which takes it milliseconds for quick code and tenths of a second for good code. So a run begins in the table
machine and moves to the native tier when it has lasted for a while. In a process that has not loaded Numba yet the
native tier is what is ready first, and the run begins there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from . import opcodes
from .arena_text import beginning, text
from .bank import TermBank, app_symbol
from .limits import Clock, Limits, Stop
from .memo import HITS, Memo
from .rules import RuleTable, compile_rules
from .runs import Host
from .syntax import TermTable
from .system import RewriteSystem
from .walk import Walk

if TYPE_CHECKING:
    from .machine import TableMachine
    from .native import NativeMachine

Tier = Literal["auto", "table", "native"]
MemoUse = Literal["off", "adaptive"]

_PATIENCE = 0.03  # seconds in the table machine before the native tier is prepared
_FUEL = 1 << 16  # calls there between two looks at those seconds
_CAPACITY = 1 << 14  # cells of the bank to begin with


@dataclass(frozen=True)
class Outcome:
    """What became of one term of a system. `term` is a row of the system.

    Without a normal form, `stop` tells why. `rewrites` counts the rules applied, `seconds` are those of the run,
    without compilation. `tier` is the executor that ended the run; `memo_hits` and `cells` (of the bank) are totals of
    all terms so far.
    """

    term: int
    rewrites: int
    seconds: float
    stop: Stop
    tier: str
    memo_hits: int
    cells: int
    _bank: TermBank
    _found: int | None  # handles of the normal form, and of the term that a stopped run was working on
    _stood: int | None

    @property
    def reached(self) -> bool:
        """Is there a normal form?"""
        return self._found is not None

    @cached_property
    def terms(self) -> TermTable:
        """The table of `normal` and `last`."""
        return TermTable()

    @cached_property
    def normal(self) -> int | None:
        """The normal form as a row of `terms`. Linear in its distinct subterms, and slow beside `text`."""
        return self._row(self._found)

    @cached_property
    def last(self) -> int | None:
        """What a stopped run was working on, as a row of `terms`."""
        return self._row(self._stood)

    def text(self, most: int) -> str | None:
        """The normal form in prefix notation; None if it has more than `most` symbols."""
        return None if self._found is None else text(self._bank, self._bank.held(self._found), most)

    def beginning(self, most: int) -> str | None:
        """The first `most` symbols of the normal form, or else of what a stopped run was working on."""
        handle = self._stood if self._found is None else self._found
        return None if handle is None else beginning(self._bank, self._bank.held(handle), most)

    def _row(self, handle: int | None) -> int | None:
        return None if handle is None else self._bank.dump([self._bank.held(handle)], self.terms)[0]


def evaluate(
    system: RewriteSystem, *, tier: Tier = "auto", memo: MemoUse = "adaptive", limits: Limits | None = None
) -> Iterator[Outcome]:
    """The outcomes of the terms that a system asks for, in order, up to the first that reached a limit.

    `tier` forces an executor: "native" compiles optimised code before it begins. Ctrl-C raises KeyboardInterrupt at the
    next safe point, unless the caller's clock holds interrupts.
    """
    clock = Clock(limits or Limits())
    bank = TermBank(_CAPACITY)
    for symbol in system.symbols:
        bank.symbol_id(app_symbol(symbol))
    table = compile_rules(bank, system.terms, system.symbol, system.rules)
    executor = Execution(bank, table, tier, memo, private=True)
    with clock.holding_interrupts():
        for term in system.evaluate:
            outcome = executor.evaluate(system, term, clock)
            yield outcome
            if outcome.stop is not Stop.DONE:
                return


class Execution:
    """Both executors of one table over one bank, made when they are first wanted.

    A `private` bank is one in which nobody else makes terms.
    """

    def __init__(
        self,
        bank: TermBank,
        table: RuleTable,
        tier: Tier = "auto",
        memo: MemoUse = "adaptive",
        precedence: Mapping[str, int] | None = None,
        hosts: Mapping[int, Host] | None = None,
        private: bool = False,
    ) -> None:
        self.bank = bank
        self.table = table
        self._tier = tier
        self._memo = memo
        self._precedence = precedence
        self._hosts = dict(hosts or {})
        self._private = private

    def evaluate(self, system: RewriteSystem, term: int, clock: Clock) -> Outcome:
        """Normalise one row of a system."""
        bank = self.bank
        (root,) = bank.load(system.terms, [term], system.symbol)
        stop, walk, seconds, tier = self.advance([root], clock)
        results, stood = walk.results(), walk.term()
        found = bank.handle(results[0]) if results else None
        last = None if results or stood is None else bank.handle(stood)
        counts = walk.steps, seconds, stop, tier, self.memo_hits, int(bank.state[opcodes.TOP])
        return Outcome(term, *counts, bank, found, last)

    def advance(self, roots: Iterable[int], clock: Clock) -> tuple[Stop, Walk, float, str]:
        """Normalise some terms of the bank as far as the clock lets: why it ended, the walk, its seconds, the tier."""
        walk = Walk(self.bank, roots, self._has_rules)
        seconds = 0.0
        if self._begins_in_table:
            machine = self._table_machine
            started = time.perf_counter()
            if self._tier == "auto" and self._native_is_able:
                stop = _for_a_while(walk, machine, clock)
            else:
                stop = walk.advance(machine, clock)
            seconds = time.perf_counter() - started
            if stop is not Stop.STEPS:
                return stop, walk, seconds, "table"
        native = self._native_machine

        def rest() -> tuple[Stop, float]:
            began = time.perf_counter()
            return walk.advance(native, clock), time.perf_counter() - began

        stop, more = native.session(rest, clock)
        return stop, walk, seconds + more, "native"

    @property
    def memo_hits(self) -> int:
        """Calls that the memo has answered so far, in both executors."""
        machine, native = self.__dict__.get("_table_machine"), self.__dict__.get("_native_machine")
        return (int(machine.memo.counts[:, HITS].sum()) if machine else 0) + (native.memo.answered if native else 0)

    def _has_rules(self, symbol: int) -> bool:
        return symbol in self._hosts or (symbol < len(self.table.entry) and self.table.entry[symbol] >= 0)

    @cached_property
    def _native_is_able(self) -> bool:
        """Native code has no path order, and is not made for every processor."""
        if any(rule.ordered for rule in self.table.rules):
            return False
        from .native import available

        return available()

    @property
    def _begins_in_table(self) -> bool:
        if self._tier == "native":
            return not self._native_is_able
        return self._tier == "table" or "numba" in sys.modules or not self._native_is_able

    @cached_property
    def _table_machine(self) -> TableMachine:
        from .machine import TableMachine

        memo = Memo() if self._memo == "adaptive" else Memo(rows=0)
        return TableMachine(self.bank, self.table, self._precedence, self._hosts, memo)

    @cached_property
    def _native_machine(self) -> NativeMachine:
        from .native import NativeMachine

        memo, wait, private = self._memo == "adaptive", self._tier == "native", self._private
        return NativeMachine(self.bank, self.table, self._hosts, memo, wait, private, resumable=False)


def _for_a_while(walk: Walk, machine: TableMachine, clock: Clock) -> Stop:
    """Evaluate in the table machine; Stop.STEPS when that is taking long."""
    end = time.perf_counter() + _PATIENCE
    while (stop := walk.advance(machine, clock, _FUEL)) is Stop.STEPS and time.perf_counter() < end:
        pass
    return stop
