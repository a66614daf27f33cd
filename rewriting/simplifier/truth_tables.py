"""The cheapest formula for a truth table, by trying all formulas in the order of their costs.

A function of n truth values is a number of 2^n bits, its truth table: bit k is its value where argument i is bit i of
k. What costs least is found by Dijkstra's algorithm over functions in place of nodes (Knuth, "A generalization of
Dijkstra's algorithm", 1977), many functions of one cost at a time.

>>> a, b = columns(2)
>>> tables, costs = [a, b], [1, 1]
>>> cheapest((a & b) | (a & ~b), 0b1111, tables, costs, ["not", "and", "or"], lambda name, below: 1 + sum(below), 6)
0
>>> cheapest(~(~a & ~b), 0b1111, tables, costs, ["not", "and", "or"], lambda name, below: 1 + sum(below), 6)
('or', 0, 1)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_ARGUMENTS = 6
MOST_WORK = 4_000_000  # pairs of functions that are joined
MOST_FUNCTIONS = 30_000

Formula = int | tuple[Any, ...]  # the number of what was given; or a connective's name and the formulas that it joins
Cost = Callable[[str, tuple[Any, ...]], Any]  # of a connective's name and the costs of what it joins
_Tables = npt.NDArray[np.uint64]

_JOINED: Mapping[str, Callable[[_Tables, _Tables, np.uint64], _Tables]] = {
    "and": lambda x, y, ones: x & y,
    "or": lambda x, y, ones: x | y,
    "xor": lambda x, y, ones: x ^ y,
    "iff": lambda x, y, ones: (x ^ y) ^ ones,
    "implies": lambda x, y, ones: (x ^ ones) | y,
}


def columns(n: int) -> list[int]:
    """The truth tables of n arguments."""
    return [sum(1 << k for k in range(1 << n) if k >> i & 1) for i in range(n)]


@dataclass(frozen=True)
class _Batch:
    """Functions of one cost, each made by a connective of one of `left` and, if it has two operands, one of `right`."""

    tables: _Tables
    name: str = ""
    left: _Tables | None = None
    right: _Tables | None = None


def cheapest(
    wanted: int,
    care: int,
    given: Sequence[int],
    costs: Sequence[Any],
    connectives: Sequence[str],
    cost: Cost,
    below: Any,
) -> Formula | None:
    """The cheapest formula for a function that is `wanted` where `care` has ones, if it costs less than `below`.

    `given` are the tables of at most 64 bits of what formulas are made of, and `costs` what these cost. None also if
    the search becomes too long: MOST_WORK and MOST_FUNCTIONS bound it, the same on every machine. Of several formulas
    of one cost the first that was made.
    """
    bits = np.uint64(care)
    goal = np.uint64(wanted & care)
    search = _Search(connectives, cost, below, np.uint64((1 << (max(care, *given, 1)).bit_length()) - 1))
    for number, (table, price) in enumerate(zip(given, costs, strict=True)):
        search.put(price, _Batch(np.array([table], np.uint64), str(number)))
    while search.heap:
        price = search.heap[0][0]
        found = []
        while search.heap and search.heap[0][0] == price:
            found.append(search.settle(heappop(search.heap)[2]))
        new = np.concatenate(found)
        hits = np.flatnonzero((new & bits) == goal)
        if len(hits):
            return search.formula(int(new[hits[0]]))
        if len(new):
            search.join(price, new)
        if search.work > MOST_WORK or len(search.made) > MOST_FUNCTIONS:
            return None
    return None


class _Search:
    def __init__(self, connectives: Sequence[str], cost: Cost, below: Any, ones: np.uint64) -> None:
        self.heap: list[tuple[Any, int, _Batch]] = []
        self.made: dict[int, tuple[str, int, int]] = {}  # by table: the connective, or number, and the tables it joins
        self.work = 0
        self._connectives = connectives
        self._cost = cost
        self._below = below
        self._ones = ones
        self._settled: list[tuple[Any, _Tables]] = []
        self._order = count()
        self._met = np.zeros(0, np.uint64)  # tables that are in the heap or were, ascending, and the least cost of each
        self._prices = np.zeros(0)

    def put(self, price: Any, batch: _Batch) -> None:
        """Put up the functions of a batch that have not been met at this cost or a lower one."""
        if not price < self._below:
            return
        tables, first = np.unique(batch.tables, return_index=True)
        place = np.searchsorted(self._met, tables)
        known = place < len(self._met)
        known[known] = self._met[place[known]] == tables[known]
        dearer = known.copy()
        dearer[known] = self._prices[place[known]] > price
        self._prices[place[dearer]] = price
        fresh = ~known
        self._prices = np.insert(self._prices, place[fresh], price)
        self._met = np.insert(self._met, place[fresh], tables[fresh])
        chosen = first[fresh | dearer]
        if len(chosen):
            left, right = (None if side is None else side[chosen] for side in (batch.left, batch.right))
            heappush(self.heap, (price, next(self._order), _Batch(batch.tables[chosen], batch.name, left, right)))

    def settle(self, batch: _Batch) -> _Tables:
        """The functions of a batch that had not been made; how they are made is noted."""
        new = []
        left, right = batch.left, batch.right
        for place, table in enumerate(batch.tables.tolist()):
            if table not in self.made:
                a = 0 if left is None else int(left[place])
                b = 0 if right is None else int(right[place])
                self.made[table] = batch.name, a, b
                new.append(table)
        return np.array(new, np.uint64)

    def join(self, price: Any, new: _Tables) -> None:
        """Join new functions with themselves and with all that were made before."""
        self._settled.append((price, new))
        if "not" in self._connectives:
            self.put(self._cost("not", (price,)), _Batch(new ^ self._ones, "not", new))
        for name in self._connectives:
            if name == "not":
                continue
            for other, old in self._settled:
                self._join(name, price, new, other, old)
                if name == "implies":
                    self._join(name, other, old, price, new)

    def _join(self, name: str, price: Any, left: _Tables, other: Any, right: _Tables) -> None:
        both = self._cost(name, (price, other))
        if not both < self._below or self.work > MOST_WORK:
            return
        self.work += len(left) * len(right)
        if self.work > MOST_WORK:
            return
        tables = _JOINED[name](left[:, None], right[None, :], self._ones).ravel()
        self.put(both, _Batch(tables, name, np.repeat(left, len(right)), np.tile(right, len(left))))

    def formula(self, table: int) -> Formula:
        """How a function was made. A formula is no deeper than its cost."""
        done: dict[int, Formula] = {}
        stack = [table]
        while stack:
            t = stack[-1]
            name, a, b = self.made[t]
            if name.isdigit():
                done[t] = int(name)
                stack.pop()
                continue
            operands = [a] if name == "not" else [a, b]
            missing = [o for o in operands if o not in done]
            stack.extend(missing)
            if not missing:
                done[t] = (name, *(done[o] for o in operands))
                stack.pop()
        return done[table]
