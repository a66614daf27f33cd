"""Shorter ways than the forest's: unions that merged nothing, and congruences that nobody needed to make.

Greedy, as in Flatt et al. 2022, "Small proofs from congruence closure": what a union costs is how long its proof along
the forest would be as a tree, and of the ways from one node to another the cheapest by that count is taken. So that the
proof ends, a way for what was equal before union number t keeps to unions before t; and to congruences of children that
were equal before t - 1, which are explained with what is before t - 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from heapq import heappop, heappush

import numpy as np

from .forest import Edges, Forest, Hop, edges_of
from .history import History
from .layout import ASSERTED, CONGRUENCE, EVALUATED, REARRANGED
from .node_terms import NodeTerms
from .rule_instances import RuleInstances
from .steps import Goal
from .sums import Sums

_LARGEST = 1e15  # proofs as trees may be exponentially long; beyond this they are all the same
_VISITED = 256  # nodes in the search for a way
_WALKED = 1_000_000  # hops looked at in all; then what unions cost is not found out any more, and the forest will do


class ShortCuts:
    """The cheapest ways between nodes of one history that a bounded search finds."""

    def __init__(self, history: History, nodes: NodeTerms, rules: RuleInstances, sums: Sums, forest: Forest) -> None:
        self._history = history
        self._nodes = nodes
        self._rules = rules
        self._sums = sums
        self._forest = forest
        self._costs: dict[int, float] = {}
        self._left = _WALKED

    def path(self, left: int, right: int, before: int) -> list[Hop]:
        """A way between two nodes that were equal before union number `before`."""
        plain = self._forest.path(left, right)
        most = sum(self._cost_of(hop) for hop in plain)
        if most <= 1:
            return plain
        on_path = {left, *(hop.end for hop in plain)} if len(plain) < _VISITED else {left, right}
        cost = {left: 0.0}
        came: dict[int, Hop] = {}
        done: set[int] = set()
        heap = [(0.0, left)]
        while heap and len(done) < _VISITED and self._left > 0:
            so_far, node = heappop(heap)
            if node == right:
                return _walked(came, right)
            if node in done:
                continue
            done.add(node)
            for hop in self._hops(node, on_path, before):
                self._left -= 1
                reached = so_far + self._cost_of(hop)
                if reached < most and reached < cost.get(hop.end, np.inf):
                    cost[hop.end], came[hop.end] = reached, hop
                    heappush(heap, (reached, hop.end))
        return plain

    def _hops(self, node: int, on_path: set[int], before: int) -> Iterator[Hop]:
        """Unions at a node, and congruences with nodes on the path."""
        start, unions, others = self._edges
        for k in range(start[node], start[node + 1]):
            if unions[k] < before:
                yield Hop(node, others[k], unions[k])
        below = self._nodes.below(node) if self._nodes.members(node) is None else []
        for other in sorted(on_path) if below else ():
            if other != node and self._history.op[other] == self._history.op[node]:
                pairs = zip(below, self._nodes.below(other), strict=True)
                since = [self._forest.since(a, b) for a, b in pairs]
                if all(at is not None and at < before for at in since):
                    yield Hop(node, other, None)

    def _cost_of(self, hop: Hop) -> float:
        if hop.union is not None:
            return self._cost(hop.union)
        pairs = zip(self._nodes.below(hop.start), self._nodes.below(hop.end), strict=True)
        return 1 + sum(self._cost(h.union) for a, b in pairs for h in self._forest.path(a, b) if h.union is not None)

    def _cost(self, union: int) -> float:
        """The length of a union's proof along the forest, as a tree."""
        parts: dict[int, list[int] | None] = {}
        stack = [union]
        while stack:
            top = stack[-1]
            if top not in parts:
                parts[top] = self._parts(top)
            rests_on = parts[top] or []
            missing = [u for u in rests_on if u not in self._costs]
            if missing:
                stack.extend(missing)
                continue
            known = parts[top] is not None
            self._costs[top] = min(1 + sum(self._costs[u] for u in rests_on), _LARGEST) if known else _LARGEST
            stack.pop()
        return self._costs[union]

    def _parts(self, union: int) -> list[int] | None:
        """The unions that one rests on, along the forest; None if too much was walked to find out."""
        out: list[int] = []
        for left, right in self._needs(union):
            path = self._forest.path(left, right)
            out += [hop.union for hop in path if hop.union is not None]
            self._left -= len(path)
            if self._left < 0:
                return None
        return out

    def _needs(self, union: int) -> list[Goal]:
        left, right, place = self._history.unions[union].tolist()
        why = int(self._history.log[place])
        if why == ASSERTED:
            return []
        if why in (CONGRUENCE, EVALUATED):
            below = self._nodes.below(left)
            others = self._history.log[place + 1 : place + 1 + len(below)].tolist()
            return list(zip(below, self._nodes.below(right) if why == CONGRUENCE else others, strict=True))
        if why == REARRANGED:
            return self._sums.needs(union)
        return self._rules.needs(union) if why >= 0 else self._rules.needs_modulo(union)

    @cached_property
    def _edges(self) -> Edges:
        """All unions at each node."""
        return edges_of(self._history, np.arange(len(self._history.unions)))


def _walked(came: dict[int, Hop], node: int) -> list[Hop]:
    out = []
    while node in came:
        out.append(came[node])
        node = came[node].start
    return out[::-1]
