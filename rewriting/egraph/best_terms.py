"""The n best terms of a class, in order of tree cost.

Huang and Chiang's lazy method (2005, "Better k-best parsing", algorithm 3): every class keeps its best terms so far and
a heap of candidates. When its k-th term is f(t1 .. tr), the next candidates are those with one ti replaced by the next
best term of its class; that one is asked for only then. Terms grow along every cycle, so no class waits for itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from itertools import count
from typing import Any

import numpy as np

from ..structural import Head
from ..syntax import TermTable
from .extract import Evaluate, TreeCosts, add_row, choose, heads

_LIMIT = 1 << 61  # of sizes


def best_terms(costs: TreeCosts, evaluate: Evaluate, root: int, table: TermTable) -> Iterator[tuple[Any, int]]:
    """The distinct terms of class `root`, ascending by cost, found one by one: each cost, and the row in `table`.

    `costs` are the least by `evaluate`. The first term is the one that `choose` takes, and others of one cost stand in
    the order by which it does. The terms of a multiset have one term for each child, however often it counts. Raises
    LemmataError if there is no term of finite cost.
    """
    search = _Search(costs, evaluate, root)
    for place in count():
        search.extend(root, place)
        found = search.rankings[root].found
        if place == len(found):
            return
        yield found[place].cost, search.row(found[place].term, table)


@dataclass(frozen=True, eq=False)
class _Derivation:
    """A term of a class: its node, for each child the place of that one's term in its ranking, and what it costs.

    `below` are the derivations of the children with how often each counts; those of a multiset in order.
    """

    node: int
    places: tuple[int, ...]
    term: int
    key: tuple[Any, int, int, Head]  # cost, size, height, head
    below: tuple[tuple[_Derivation, int], ...]

    @property
    def cost(self) -> Any:
        return self.key[0]


def _compare(left: _Derivation, right: _Derivation) -> int:
    """Negative, zero or positive as `left` comes before, is or comes after `right`: the order of `choose`."""
    while left.term != right.term:
        one, other = (left.key, len(left.below)), (right.key, len(right.below))
        if one != other:
            return -1 if one < other else 1
        pairs = zip(left.below, right.below, strict=True)
        (left, n), (right, m) = next((a, b) for a, b in pairs if (a[0].term, a[1]) != (b[0].term, b[1]))
        if left.term == right.term:
            return n - m
    return 0


@dataclass
class _Ranking:
    """The best terms of a class so far, and candidates for the next. `last` has not put up its successors yet."""

    found: list[_Derivation]
    terms: set[int]
    last: _Derivation | None
    heap: list[tuple[Any, int, _Derivation]] = field(default_factory=list)  # place in the order, number, candidate
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
        self._number: dict[tuple[Head, tuple[int, ...], tuple[int, ...]], int] = {}
        self._place = cmp_to_key(_compare)
        self._least: dict[int, _Derivation] = {}
        self._rows: dict[int, int] = {}
        self.rankings: dict[int, _Ranking] = {}

    def extend(self, root: int, place: int) -> None:
        """Find the term of a class at a place, counted from 0, if there are as many."""
        stack = [(root, place)]
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
                heapq.heappush(ranking.heap, (self._place(made), len(ranking.met), made))

    def _make(self, node: int, below: Sequence[_Derivation], places: tuple[int, ...]) -> _Derivation:
        view, head = self._view, self._heads[int(self._index[node])]
        terms = tuple(d.term for d in below)
        counts = tuple(view.count[view.start[node] : view.start[node + 1]].tolist())
        number = self._number.setdefault((head, terms, counts), len(self._terms))
        if number == len(self._terms):
            self._terms.append((node, terms))
        size = int(view.applications[node]) + sum(n * d.key[1] for n, d in zip(counts, below, strict=True))
        height = 1 + max([d.key[2] for d in below], default=0)
        key = self._evaluate(node, [d.cost for d in below]), min(_LIMIT, size), height, head
        if view.ops[int(view.op[node])].symbol.kind == "ac":
            members = sorted(zip(below, counts, strict=True), key=lambda member: self._place(member[0]))
            return _Derivation(node, places, number, key, tuple(members))
        return _Derivation(node, places, number, key, tuple(zip(below, counts, strict=True)))

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

    def row(self, term: int, table: TermTable) -> int:
        """Add a term to the plain table; its row there."""
        built = self._rows
        stack = [term]
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
        return built[term]
