"""The forest of effective unions: between two nodes of one class, one path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .history import History, Ints


class Hop(NamedTuple):
    """From one node to an equal one, by a union or (None) because they are congruent."""

    start: int
    end: int
    union: int | None


class Forest:
    """Paths in a history. A class is oriented towards a root when it is first asked about, in time linear in it."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._up: dict[int, tuple[int, int]] = {}  # the next node towards the root, and the union between
        self._depth: dict[int, int] = {}

    def same(self, left: int, right: int) -> bool:
        """Are two nodes in one class?"""
        self._orient(left)
        self._orient(right)
        return self._root(left) == self._root(right)

    def path(self, left: int, right: int) -> list[Hop]:
        """The unions from one node to another of its class, in order.

        Linear in the depth of the two nodes' part of the tree.
        """
        self._orient(left)
        ahead: list[Hop] = []
        behind: list[Hop] = []
        depth, up = self._depth, self._up
        while left != right:
            if depth[left] >= depth[right]:
                above, union = up[left]
                ahead.append(Hop(left, above, union))
                left = above
            else:
                above, union = up[right]
                behind.append(Hop(above, right, union))
                right = above
        return ahead + behind[::-1]

    def since(self, left: int, right: int) -> int | None:
        """The number of unions that were made before two nodes were equal; None if they are not.

        Takes logarithmic time, after time linear in the history.
        """
        older, when = self._merged
        at = -1
        while left != right:
            first, second = when.get(left), when.get(right)
            if first is None and second is None:
                return None
            if second is None or (first is not None and first <= second):
                assert first is not None
                at, left = first, older[left]
            else:
                at, right = second, older[right]
        return at + 1

    def last(self, node: int) -> int:
        """What the nodes of its class have in common, and no others."""
        return self.class_before(node, len(self._history.unions))

    def class_before(self, node: int, union: int) -> int:
        """What the nodes that were in its class before a union have in common, and no others. Logarithmic time."""
        above, when = self._merged
        while when.get(node, union) < union:
            node = above[node]
        return node

    def _other(self, union: int, node: int) -> int:
        left, right = self._history.unions[union, :2].tolist()
        return int(right if left == node else left)

    def _root(self, node: int) -> int:
        while node in self._up:
            node = self._up[node][0]
        return node

    def _orient(self, node: int) -> None:
        if node in self._depth:
            return
        start, edges = self._edges
        self._depth[node] = 0
        order = [node]
        for x in order:
            for union in edges[start[x] : start[x + 1]].tolist():
                y = self._other(union, x)
                if y not in self._depth:
                    self._depth[y] = self._depth[x] + 1
                    self._up[y] = (x, union)
                    order.append(y)

    @cached_property
    def _edges(self) -> tuple[Ints, Ints]:
        """The effective unions at each node, oldest first: those of node n are edges[start[n] : start[n + 1]]."""
        history = self._history
        numbers = np.flatnonzero(history.effective).astype(np.int32)
        ends = history.unions[numbers, :2]
        nodes = np.concatenate([ends[:, 0], ends[:, 1]])
        edges = np.concatenate([numbers, numbers])
        order = np.lexsort((edges, nodes))
        start = np.searchsorted(nodes[order], np.arange(len(history.op) + 1)).astype(np.int32)
        return start, edges[order]

    @cached_property
    def _merged(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """For each node that is not the first of its class: the node above it, and the union that put it there.

        The smaller tree is put under the larger, so the trees are shallow; the way up goes from old to new.
        """
        above: dict[int, int] = {}
        when: dict[int, int] = {}
        size: dict[int, int] = {}

        def top(node: int) -> int:
            while node in above:
                node = above[node]
            return node

        for union in np.flatnonzero(self._history.effective).tolist():
            left, right = (top(n) for n in self._history.unions[union, :2].tolist())
            a, b = size.get(left, 1), size.get(right, 1)
            less, more = (left, right) if a < b else (right, left)
            above[less], when[less], size[more] = more, union, a + b
        return above, when
