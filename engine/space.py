"""The space of conjectures: all terms up to a size, their values at the points, and the equations between them.

The size of a term is the number of its symbols, variables not counted. An equation of size n has a left side of at
most n/2 symbols rounded up and a right side of at most n/2 rounded down. Each equation stands there once: variables
are numbered by first occurrence in the left side, the right side has no others, and of an equation and its mirror
image only one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..rewriting.bank import BankSymbol, Ints, TermBank, TermId, app_symbol
from ..rewriting.limits import Clock
from ..rewriting.rewriter import Rewriter
from ..rewriting.theory import Symbol, Theory
from .interpretation import Interpretation

VARIABLES = 3  # of each sort


@dataclass(frozen=True)
class Variable:
    """A variable of the space: the `number`-th of its sort."""

    name: str
    sort: str
    number: int


class TermSpace:
    """Terms of a theory by sort and size. Terms are numbered in a structural order: size, then symbols as declared.

    Arrays, indexed by term: `ids` (bank terms), `size`, `variables` (bit mask), `values[t, p]` (of the interpretation,
    at point p), `normal` (bool: no definition applies to the term), `inside` (bool: one applies to a proper
    subterm).
    """

    def __init__(
        self,
        theory: Theory,
        bank: TermBank,
        definitions: Rewriter,
        interpretation: Interpretation,
        variables: Sequence[Variable],
        clock: Clock,
    ) -> None:
        self.theory = theory
        self.bank = bank
        self.all_variables = tuple(variables)
        self._definitions = definitions
        self._clock = clock
        self.interpretation = interpretation
        self.points = interpretation.points([v.sort for v in variables])
        self.point_count = int(self.points.shape[1])
        self.ids: Ints = np.zeros(0, np.int32)
        self.size: Ints = np.zeros(0, np.int32)
        self.variables: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self.values: Ints = np.zeros((0, self.point_count), np.int32)
        self.normal: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.inside: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.heads: list[int] = []  # index into theory.symbols, or -1 for a variable
        self.arguments: list[tuple[int, ...]] = []
        self.order: list[tuple[int, ...]] = []  # variables by first occurrence
        self._by_sort: dict[tuple[str, int], list[int]] = {}
        self._number: dict[tuple[int, tuple[int, ...]], int] = {}
        self._renamed: dict[tuple[int, tuple[int, ...]], int] = {}
        self._add_variables()

    def _add_variables(self) -> None:
        leaves = []
        for n, v in enumerate(self.all_variables):
            leaves.append(self.bank.leaf(self.bank.symbol_id(BankSymbol("var", "", (), v.sort)), v.name))
            self._record(-1 - n, (), (n,), v.sort, 0)
        count = len(leaves)
        masks = [1 << n for n in range(count)]
        no = np.zeros(count, np.bool_)
        self._extend(np.array(leaves, np.int32), 0, masks, self.points, np.ones(count, np.bool_), no)

    def _record(self, head: int, arguments: tuple[int, ...], order: tuple[int, ...], sort: str, size: int) -> None:
        number = len(self.heads)
        self.heads.append(max(head, -1))
        self.arguments.append(arguments)
        self.order.append(order)
        self._by_sort.setdefault((sort, size), []).append(number)
        self._number[head, arguments] = number

    def _extend(
        self,
        ids: Ints,
        size: int,
        masks: Sequence[int],
        values: Ints,
        normal: npt.NDArray[np.bool_],
        inside: npt.NDArray[np.bool_],
    ) -> None:
        self.ids = np.concatenate([self.ids, ids])
        self.size = np.concatenate([self.size, np.full(len(ids), size, np.int32)])
        self.variables = np.concatenate([self.variables, np.array(masks, np.int64)])
        self.values = np.concatenate([self.values, values])
        self.normal = np.concatenate([self.normal, normal])
        self.inside = np.concatenate([self.inside, inside])

    def __len__(self) -> int:
        return len(self.heads)

    def of(self, sort: str, size: int) -> list[int]:
        """The terms of a sort and size."""
        return self._by_sort.get((sort, size), [])

    def grow(self, size: int) -> None:
        """Add the terms of a size; all smaller ones must be there. Raises Stopped at the clock's limits."""
        for number, symbol in enumerate(self.theory.symbols):
            if symbol.kind != "predicate":
                self._grow_symbol(number, symbol, size)

    def count_next(self, size: int) -> int:
        """How many terms `grow(size)` would add."""
        total = 0
        for symbol in self.theory.symbols:
            if symbol.kind != "predicate":
                ways = {0: 1}  # number of argument tuples by total size
                for sort in symbol.arguments:
                    ways = _convolve(ways, {n: len(self.of(sort, n)) for n in range(size)}, size - 1)
                total += ways.get(size - 1, 0)
        return total

    def _grow_symbol(self, number: int, symbol: Symbol, size: int) -> None:
        tuples = [
            arguments
            for sizes in _sizes(size - 1, symbol.arity)
            for arguments in _product([self.of(s, n) for s, n in zip(symbol.arguments, sizes, strict=True)])
        ]
        if not tuples:
            return
        self._clock.check()
        head = self.bank.symbol_id(app_symbol(symbol))
        below = np.array(tuples, np.int64).reshape(len(tuples), symbol.arity)
        ids = self.bank.nodes(head, self.ids[below])
        values = self.interpretation.apply(symbol, self.values[below])
        own = self._definitions.normalise(ids, self._clock).terms
        self._clock.check()  # a run that was stopped has not normalised them all
        normal = np.asarray(np.array(own, np.int32) == ids)
        inside = np.asarray((~self.normal[below]).any(axis=1) | self.inside[below].any(axis=1))
        masks = np.bitwise_or.reduce(self.variables[below], axis=1) if symbol.arity else np.zeros(len(tuples), np.int64)
        for arguments in tuples:
            order = dict.fromkeys(v for a in arguments for v in self.order[a])
            self._record(number, tuple(arguments), tuple(order), symbol.result, size)
        self._extend(ids, size, masks.tolist(), values, normal, inside)

    # Canonical forms

    def is_canonical(self, term: int) -> bool:
        """Are the variables of each sort numbered by first occurrence?"""
        counts: dict[str, int] = {}
        for v in self.order[term]:
            variable = self.all_variables[v]
            if counts.setdefault(variable.sort, 0) != variable.number:
                return False
            counts[variable.sort] += 1
        return True

    def canonical_renaming(self, term: int) -> tuple[int, ...]:
        """For each variable its new number, so that the term becomes canonical; others follow in their order."""
        new = [-1] * len(self.all_variables)
        first = {v.sort: n for n, v in reversed(list(enumerate(self.all_variables)))}
        counts = dict.fromkeys(first, 0)
        rest = [v for v in range(len(new)) if v not in self.order[term]]
        for v in (*self.order[term], *rest):
            sort = self.all_variables[v].sort
            new[v] = first[sort] + counts[sort]
            counts[sort] += 1
        return tuple(new)

    def rename(self, term: int, renaming: tuple[int, ...]) -> int:
        """The term with its variables renamed; it is in the space too."""
        stack = [term]
        while stack:
            t = stack[-1]
            if (t, renaming) in self._renamed:
                stack.pop()
                continue
            if self.heads[t] < 0:
                self._renamed[t, renaming] = renaming[t]
                continue
            missing = [a for a in self.arguments[t] if (a, renaming) not in self._renamed]
            if missing:
                stack.extend(missing)
                continue
            arguments = tuple(self._renamed[a, renaming] for a in self.arguments[t])
            self._renamed[t, renaming] = self._number[self.heads[t], arguments]
        return self._renamed[term, renaming]

    def is_mirror(self, left: int, right: int) -> bool:
        """Does this equation, read from right to left, stand in the space at an earlier place?

        For a canonical left side and a right side of the same size.
        """
        if self.variables[left] != self.variables[right]:
            return False
        renaming = self.canonical_renaming(right)
        mirrored = (self.rename(right, renaming), self.rename(left, renaming))
        return mirrored < (left, right)

    def equations(self, size: int, largest: int) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        """All equations of exactly this size with no side above `largest`, as a left side with all its right sides.

        The left side is the larger one; of an equation of equal sizes and its mirror image the earlier one is given.
        """
        for left_size in range((size + 1) // 2, min(size, largest) + 1):
            right_size = size - left_size
            for sort in self.theory.sorts:
                rights = np.array(self.of(sort, right_size), np.int64)
                if not len(rights):
                    continue
                masks = self.variables[rights]
                for left in self.of(sort, left_size):
                    if self.is_canonical(left):
                        chosen = rights[(masks & ~self.variables[left]) == 0]
                        if left_size == right_size:
                            kept = [r for r in chosen.tolist() if r != left and not self.is_mirror(left, r)]
                            chosen = np.array(kept, np.int64)
                        if len(chosen):
                            yield left, chosen

    def term_id(self, term: int) -> TermId:
        return TermId(int(self.ids[term]))


def _convolve(ways: dict[int, int], options: dict[int, int], most: int) -> dict[int, int]:
    out: dict[int, int] = {}
    for a, m in ways.items():
        for b, n in options.items():
            if a + b <= most:
                out[a + b] = out.get(a + b, 0) + m * n
    return out


def _sizes(total: int, parts: int) -> list[tuple[int, ...]]:
    """All ways to write `total` as a sum of that many sizes, zero included."""
    if parts == 0:
        return [()] if total == 0 else []
    return [(n, *rest) for n in range(total + 1) for rest in _sizes(total - n, parts - 1)]


def _product(options: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    out: list[tuple[int, ...]] = [()]
    for group in options:
        out = [(*head, item) for head in out for item in group]
    return out
