"""Normal forms by the table machine: innermost, memoised, in slices.

A `Rewriter` is a rule table with the memory of what it has normalised. The memory is also the proof: for every term it
knows what it was rewritten to and by which rule, so that a proof can be read off afterwards (`evidence`) and costs
nothing until somebody asks.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from . import kernels, opcodes
from .bank import BankSymbol, Ints, TermBank, TermId
from .limits import Clock, Limits, Stop
from .operations import evaluate
from .rules import RuleTable

# Visits of terms between two looks at the clock and at Ctrl-C: as many as take about that long, whatever the rules.
_FIRST_SLICE = 1 << 12
_SLICE_SECONDS = 0.02
_FRAMES = 512  # stack of the path order; deeper comparisons count as "not smaller"
_COMPARED = 1 << 12  # comparisons of terms that are remembered


@dataclass(frozen=True)
class Evidence:
    """Why a term is equal to another: by a rule of the table (its index), or else (None) because it is a built-in
    operation that was `evaluated`, or because of its children."""

    rewritten_to: TermId
    rule: int | None
    evaluated: bool = False


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
        self._compared = np.zeros(_COMPARED, np.int64)
        self._stack: Ints = np.zeros(max(256, 4 * table.margin), np.int32)
        self._ranks: Ints = np.zeros(1, np.int32)
        self._above: Ints = np.zeros(1, np.int32)
        self._known = (-1, -1)
        self._run = np.zeros(4, np.int64)
        self._margin = table.margin
        self._forget()

    def _forget(self) -> None:
        size = len(self.bank.cells)
        self._normal: Ints = np.zeros(size, np.int32)
        self._link: Ints = np.zeros(size, np.int32)
        self._by: Ints = np.zeros(size, np.int32)
        self._compared[:] = 0
        constants = self.bank.load(self.table.terms, self.table.constants, self.table.signature)
        # The kernel wants false and true at the end; where nothing is built in, nothing asks for them.
        built_in = any(s.kind == "builtin" for s in self.table.signature.values())
        truth = [self.bank.literal(value, "Bool") for value in (False, True)] if built_in else [0, 0]
        self._constants: Ints = np.array([*constants, *truth], np.int32)
        self._collections = self.bank.collections

    @property
    def rewrites(self) -> int:
        """How many rule applications this rewriter has made."""
        return int(self._run[opcodes.STEPS])

    def normalise(self, terms: Iterable[int], clock: Clock | None = None) -> Normalised:
        """Innermost normal forms. Stops at the clock's limits or when the fuel is spent.

        Ctrl-C raises KeyboardInterrupt between slices; what was normalised stays in the memory.
        """
        bank, table, run = self.bank, self.table, self._run
        clock = clock or Clock(Limits())
        roots = np.fromiter(terms, np.int32)
        run[opcodes.STACKED] = run[opcodes.RESULTS] = 0
        end = None if self.fuel is None else int(run[opcodes.VISITS]) + self.fuel
        stop: Stop | None = None
        slice_ = _FIRST_SLICE
        try:
            if self._collections != bank.collections:
                self._forget()
            self._renumber()
            while stop is None:
                self._fit()
                left = slice_ if end is None else min(slice_, end - int(run[opcodes.VISITS]))
                began = time.monotonic()
                status = kernels.normalise(
                    *(bank.cells, bank.slots, bank.arity, bank.payload),
                    *(bank.state, table.code, self._entry, self._constants, self._above, self._ranks),
                    *(self._normal, self._link, self._by),
                    *(run, roots, self._stack, self._registers, self._frames, self._compared),
                    *(left, self._margin),
                )
                if status == opcodes.FINISHED:
                    stop = Stop.DONE
                elif status == opcodes.GROW_CELLS:
                    bank.reserve(len(bank.cells) // 2 + self._margin, len(bank) // 2 + self._margin)
                elif status == opcodes.GROW_STACK:
                    self._stack = np.concatenate([self._stack, np.zeros_like(self._stack)])
                elif status == opcodes.EVALUATE:
                    self._evaluate(int(self._stack[run[opcodes.STACKED] - 1]))
                elif end is not None and run[opcodes.VISITS] >= end:
                    stop = Stop.STEPS
                elif time.monotonic() - began < _SLICE_SECONDS:
                    slice_ *= 2
                else:
                    slice_ = max(_FIRST_SLICE, slice_ // 2)
                stop = stop or clock.reason()
        except MemoryError:
            stop = Stop.MEMORY
        return Normalised(tuple(TermId(t) for t in roots[: int(run[opcodes.RESULTS])].tolist()), stop or Stop.DONE)

    def last_term(self) -> TermId | None:
        """The term on which a stopped run was working, until the next collection."""
        depth = int(self._run[opcodes.STACKED]) if self._remembers() else 0
        return TermId(int(self._stack[depth - 1])) if depth else None

    def evidence(self, term: int) -> Evidence | None:
        """The first step from a term towards its normal form; None if it is normal or has not been normalised."""
        to = int(self._link[term]) if self._remembers() and 0 < term < len(self._link) else 0
        if not to:
            return None
        by = int(self._by[term])
        return Evidence(TermId(to), by if by >= 0 else None, by == opcodes.EVALUATED)

    def normal(self, term: int) -> TermId | None:
        """The normal form, if it is known already."""
        if term < 0:
            return TermId(term)
        known = int(self._normal[term]) if self._remembers() and term < len(self._normal) else 0
        return TermId(known) if known else None

    def _evaluate(self, term: int) -> None:
        """Do for the kernel a built-in operation on literals."""
        bank = self.bank
        symbol = self.table.signature[bank.head(term).name]
        values = [value for t in bank.arguments(term) if (value := bank.literal_value(t)) is not None]
        value = evaluate(symbol.notation.text, values, symbol.arguments)
        if value is None:
            self._by[term] = opcodes.NO_VALUE
            return
        self._link[term] = bank.literal(value, symbol.result)
        self._by[term] = opcodes.EVALUATED
        self._run[opcodes.STEPS] += 1
        if len(bank.symbols) != self._known[0] or any(rule.ordered for rule in self.table.rules):
            self._renumber()

    def _remembers(self) -> bool:
        """A collection voids the memory."""
        return self._collections == self.bank.collections

    def _fit(self) -> None:
        """Make the memory as long as the arena, and the arena roomy enough for the next visit."""
        bank = self.bank
        bank.reserve(4 * self._margin, 4 * self._margin)
        missing = len(bank.cells) - len(self._normal)
        if missing > 0:
            more = np.zeros(missing, np.int32)
            normal, link, by = (np.concatenate([old, more]) for old in (self._normal, self._link, self._by))
            self._normal, self._link, self._by = normal, link, by

    def _renumber(self) -> None:
        """Bring the arrays indexed by symbol and by name up to date with the bank."""
        bank, table = self.bank, self.table
        known = (len(bank.symbols), len(bank.names))
        if known == self._known:
            return
        self._ranks = bank.name_ranks()
        self._entry = np.full(max(len(bank.symbols), len(table.entry)), -1, np.int32)
        self._entry[: len(table.entry)] = table.entry
        self._above = symbol_ranks(bank, self._order)
        widest = int(bank.arity.max()) + 2
        if len(self._registers) < table.registers + widest:
            self._registers = np.zeros(table.registers + widest, np.int32)
        self._margin = max(table.margin, 2 * widest)
        self._known = known


def symbol_ranks(bank: TermBank, precedence: Mapping[str, int]) -> Ints:
    """The place of each symbol number in the order that ordered rules use.

    Literals lie below variables and these below every operation, both by sort; symbols that the precedence does not
    mention lie above all, by name.
    """
    leaves = sorted({_leaf(s) for s in bank.symbols if s.payload})
    others = sorted({_identity(s) for s in bank.symbols if not s.payload and s.name not in precedence})
    below = {leaf: n - len(leaves) for n, leaf in enumerate(leaves)}
    ranks = {other: len(precedence) + n for n, other in enumerate(others)}
    places = (
        below[_leaf(s)] if s.payload else precedence.get(s.name, ranks.get(_identity(s), 0)) for s in bank.symbols
    )
    return np.array([*places] or [0], np.int32)


def _leaf(symbol: BankSymbol) -> tuple[bool, str]:
    return symbol.kind != "lit", symbol.result


def _identity(symbol: BankSymbol) -> tuple[str, str, tuple[str, ...], str]:
    return symbol.name, symbol.kind, symbol.arguments, symbol.result
