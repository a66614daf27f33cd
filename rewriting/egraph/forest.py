"""The forest of effective unions: between two nodes of one class, one path."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .history import History


class Hop(NamedTuple):
    """From one node to an equal one, by a union or (None) because they are congruent."""

    start: int
    end: int
    union: int | None


class Forest:
    """Paths in a history. A class is looked at as a whole when it is first asked about: in time n log n for n nodes."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._above: dict[int, int] = {}  # in trees of their own: the node above one that is not the first of its class
        self._when: dict[int, int] = {}  # the union that put it there; later ones are further up
        self._dated: set[int] = set()  # the nodes that these trees have
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
        """The number of unions that were made before two nodes were equal; None if they are not. Logarithmic time."""
        self._date(left)
        self._date(right)
        older, when = self._above, self._when
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
        self._date(node)
        while self._when.get(node, union) < union:
            node = self._above[node]
        return node

    def _root(self, node: int) -> int:
        while node in self._up:
            node = self._up[node][0]
        return node

    def _orient(self, node: int) -> None:
        """Point the way to a root from all nodes of a class."""
        if node in self._depth:
            return
        start, unions, others = self._edges
        depth, up = self._depth, self._up
        depth[node] = 0
        order = [node]
        for x in order:
            for k in range(start[x], start[x + 1]):
                y = others[k]
                if y not in depth:
                    depth[y] = depth[x] + 1
                    up[y] = (x, unions[k])
                    order.append(y)

    def _date(self, node: int) -> None:
        """Make the tree that tells when nodes of a class became equal.

        The smaller tree is put under the larger, so they are shallow.
        """
        if node in self._dated:
            return
        start, unions, others = self._edges
        dated, inside = self._dated, set[int]()
        dated.add(node)
        order = [node]
        for x in order:
            for k in range(start[x], start[x + 1]):
                inside.add(unions[k])
                if others[k] not in dated:
                    dated.add(others[k])
                    order.append(others[k])
        above, size = self._above, dict[int, int]()

        def top(node: int) -> int:
            while node in above:
                node = above[node]
            return node

        ends = self._history.unions.data
        for union in sorted(inside):
            left, right = top(ends[union, 0]), top(ends[union, 1])
            a, b = size.get(left, 1), size.get(right, 1)
            less, more = (left, right) if a < b else (right, left)
            above[less], self._when[less], size[more] = more, union, a + b

    @cached_property
    def _edges(self) -> Edges:
        """The effective unions at each node."""
        return edges_of(self._history, np.flatnonzero(self._history.effective))


class Edges(NamedTuple):
    """Unions by node: at node n are those with start[n] <= k < start[n + 1], unions[k] to the node others[k]."""

    start: list[int]
    unions: list[int]
    others: list[int]


def edges_of(history: History, unions: npt.NDArray[np.signedinteger]) -> Edges:
    """Some of the unions, given by number, at both of their nodes."""
    left, right, _ = history.unions[unions].T
    nodes, others = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.argsort(nodes, kind="stable")
    start = np.zeros(len(history.op) + 1, np.int64)
    np.cumsum(np.bincount(nodes, minlength=len(history.op)), out=start[1:])
    return Edges(start.tolist(), np.tile(unions, 2)[order].tolist(), others[order].tolist())
