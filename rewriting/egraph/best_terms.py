"""The n best terms of a class, in order of tree cost.

Huang and Chiang's lazy method (2005, "Better k-best parsing", algorithm 3): every class keeps its best terms so far and
a heap of candidates. When its k-th term is f(t1 .. tr), the next candidates are those with one ti replaced by the next
best term of its class; that one is asked for only then. Terms grow along every cycle, so no class waits for itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

import numpy as np

from ..structural import Head, StructuralOrder
from ..syntax import TermTable
from .extract import Evaluate, TreeCosts, add_row, choose, heads

_LIMIT = 1 << 61  # of sizes


def best_terms(costs: TreeCosts, evaluate: Evaluate, root: int, n: int, table: TermTable) -> list[tuple[Any, int]]:
    """Up to n distinct terms of class `root` with the least costs, ascending: each cost, and the term's row in `table`.

    `costs` are the least by `evaluate`. Terms of one cost stand by size and structure. The terms of a multiset have one
    term for each child, however often it counts. Raises LemmataError if there is no term of finite cost.
    """
    search = _Search(costs, evaluate, root)
    search.extend(root, n)
    found = search.rankings[root].found[:n]
    found.sort(key=lambda d: (d.key, search.place(d.term)))
    return list(zip([d.cost for d in found], search.rows([d.term for d in found], table), strict=True))


@dataclass(frozen=True)
class _Derivation:
    """A term of a class: its node, for each child the place of that one's term in its ranking, and what it costs."""

    node: int
    places: tuple[int, ...]
    cost: Any
    size: int
    term: int

    @property
    def key(self) -> tuple[Any, int]:
        return self.cost, self.size


@dataclass
class _Ranking:
    """The best terms of a class so far, and candidates for the next. `last` has not put up its successors yet."""

    found: list[_Derivation]
    terms: set[int]
    last: _Derivation | None
    heap: list[tuple[Any, int, Any, int, _Derivation]] = field(default_factory=list)
    met: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)
    exhausted: bool = False

    def has(self, place: int) -> bool:
        """Is the term at that place known, or known not to be there?"""
        return self.exhausted or place < len(self.found)


class _Search:
    def __init__(self, costs: TreeCosts, evaluate: Evaluate, root: int) -> None:
        view = costs.view
        self._view, self._evaluate = view, evaluate
        owner = np.repeat(np.arange(len(view.op), dtype=np.int32), np.diff(view.start))
        self._alive = np.ones(len(view.op), np.bool_)
        self._alive[owner[costs.height[view.child] < 0]] = False
        self._best = choose(costs, [root, *np.flatnonzero(costs.height >= 0).tolist()]).node
        self._first, self._member = view.members
        self._heads, self._index = heads(view)
        self._terms: list[tuple[int, tuple[int, ...]]] = []  # node and terms of its children
        self._number: dict[tuple[Head, tuple[int, ...]], int] = {}
        order = StructuralOrder(lambda t: self._head(self._terms[t][0]), lambda t: self._terms[t][1])
        self.place = cmp_to_key(order.compare)
        self._least: dict[int, _Derivation] = {}
        self.rankings: dict[int, _Ranking] = {}

    def extend(self, root: int, n: int) -> None:
        """Find the first n terms of a class, or all."""
        stack = [(root, n - 1)]
        while stack:
            c, place = stack[-1]
            ranking = self.rankings.get(c) or self._begin(c)
            if ranking.has(place):
                stack.pop()
            elif ranking.last is not None:
                last = ranking.last
                below = list(zip(self._view.children(last.node), last.places, strict=True))
                missing = [(d, p + 1) for d, p in below if not (self.rankings.get(d) or self._begin(d)).has(p + 1)]
                stack.extend(missing)
                if not missing:
                    ranking.last = None
                    self._put_up_successors(ranking, last)
            elif not ranking.heap:
                ranking.exhausted = True
            else:
                *_, ranking.last = heapq.heappop(ranking.heap)
                if ranking.last.term not in ranking.terms:
                    ranking.terms.add(ranking.last.term)
                    ranking.found.append(ranking.last)

    def _begin(self, c: int) -> _Ranking:
        """The ranking of a class with its best term, and one candidate for each other node."""
        best = self._best_of(c)
        ranking = self.rankings[c] = _Ranking([best], {best.term}, best)
        ranking.met.add((best.node, best.places))
        for node in self._member[self._first[c] : self._first[c + 1]].tolist():
            if self._alive[node]:
                self._put_up(ranking, node, [self._best_of(d) for d in self._view.children(node)], None)
        return ranking

    def _put_up_successors(self, ranking: _Ranking, last: _Derivation) -> None:
        """The candidates that follow a term: one of its children's terms replaced by the next."""
        lists = [self.rankings[d].found for d in self._view.children(last.node)]
        for k, found in enumerate(lists):
            if last.places[k] + 1 < len(found):
                places = (*last.places[:k], last.places[k] + 1, *last.places[k + 1 :])
                below = [terms[p] for terms, p in zip(lists, places, strict=True)]
                self._put_up(ranking, last.node, below, places)

    def _put_up(
        self, ranking: _Ranking, node: int, below: Sequence[_Derivation], places: tuple[int, ...] | None
    ) -> None:
        places = (0,) * len(below) if places is None else places
        if (node, places) not in ranking.met:
            ranking.met.add((node, places))
            made = self._make(node, below, places)
            if made.cost != float("inf"):
                entry = (made.cost, made.size, self.place(made.term), len(ranking.met), made)
                heapq.heappush(ranking.heap, entry)

    def _make(self, node: int, below: Sequence[_Derivation], places: tuple[int, ...]) -> _Derivation:
        terms = tuple(d.term for d in below)
        key = self._head(node), terms
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self._terms)
            self._terms.append((node, terms))
        counts = self._view.count[self._view.start[node] : self._view.start[node + 1]].tolist()
        size = int(self._view.applications[node]) + sum(n * d.size for n, d in zip(counts, below, strict=True))
        cost = self._evaluate(node, [d.cost for d in below])
        return _Derivation(node, places, cost, min(_LIMIT, size), number)

    def _head(self, node: int) -> Head:
        return self._heads[int(self._index[node])]

    def _best_of(self, c: int) -> _Derivation:
        """The best term of a class, and so of all classes below it."""
        known = self._least
        stack = [] if c in known else [c]
        while stack:
            d = stack[-1]
            node = int(self._best[d])
            below = self._view.children(node)
            missing = [e for e in below if e not in known] if d not in known else []
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            if d not in known:
                known[d] = self._make(node, [known[e] for e in below], (0,) * len(below))
        return known[c]

    def rows(self, terms: Sequence[int], table: TermTable) -> list[int]:
        """Add terms to a plain table; their rows there."""
        built: dict[int, int] = {}
        stack = list(reversed(terms))
        while stack:
            t = stack[-1]
            node, below = self._terms[t]
            missing = [u for u in below if u not in built] if t not in built else []
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if t not in built:
                built[t] = add_row(self._view, table, node, [built[u] for u in below])
        return [built[t] for t in terms]
