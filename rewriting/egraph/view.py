"""The live e-graph as plain arrays: what extraction, pictures and reports read.

Nodes and classes have numbers of their own here, 0, 1, 2 ... without gaps. Nodes stand in the order in which they were
made; classes are numbered by their first node. The children of node i are cells start[i] to start[i + 1] of `child`:

    a = f(a), in one class    op     0    1          0 is a, 1 is f
                              of     0    0
                              start  0 0    1
                              child  0               f's child is class 0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..syntax import Row
from .history import Op

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class View:
    """n live nodes in k classes; see the module's text. Nobody may write to the arrays.

    ops      what the numbers in `op` stand for
    leaves   the rows of variables and literals, ("var", name, sort) or ("lit", text, sort)
    op       int32[n], the op of each node
    of       int32[n], the class of each node, 0 .. k-1
    start    int32[n + 1], where the children of each node begin in `child`
    child    int32[m], classes
    count    int64[m], beside `child`: how often a multiset node (of a symbol of kind "ac") has that child; else 1
    leaf     int32[n], its place in `leaves`, or -1
    node     int32[n], its id in the e-graph, ascending
    numbers  int32[ids], the class of every id that the e-graph has given out, live or not
    """

    ops: tuple[Op, ...]
    leaves: tuple[Row, ...]
    op: Ints
    of: Ints
    start: Ints
    child: Ints
    count: Longs = field(repr=False)
    leaf: Ints
    node: Ints
    numbers: Ints = field(repr=False)

    @classmethod
    def build(
        cls,
        ops: Sequence[Op],
        leaves: Sequence[Row],
        *,
        find: Ints,
        node: Ints,
        op: Ints,
        leaf: Ints,
        start: Ints,
        child: Ints,
        count: Longs | None = None,
    ) -> View:
        """Number the classes of a graph, in linear time.

        `find` gives each id ever made the representative of its class, `node` the live ids in ascending order, with at
        least one in every class; the arrays behind it go with `node`, and `child` holds ids, of any member of a class.
        """
        ids = len(find)
        first = np.full(ids, ids, np.int32)  # of each representative, the first live node
        np.minimum.at(first, find[node], node)
        begins = np.zeros(ids + 1, np.bool_)
        begins[first] = True
        number = np.cumsum(begins, dtype=np.int32) - np.int32(1)  # of each class, by its first live node
        numbers = number[first[find]]
        return cls(
            tuple(ops),
            tuple(leaves),
            op,
            numbers[node],
            start,
            numbers[child],
            np.ones(len(child), np.int64) if count is None else count,
            leaf,
            node,
            numbers,
        )

    @cached_property
    def classes(self) -> int:
        """The number of classes, k."""
        return int(self.of.max()) + 1 if len(self.of) else 0

    def class_of(self, node: int) -> int:
        """The class of an id that the e-graph has given out, live or not."""
        return int(self.numbers[node])

    @cached_property
    def members(self) -> tuple[Ints, Ints]:
        """The nodes by class: those of class c are cells first[c] to first[c + 1] of the second array, ascending."""
        return self._grouped(np.arange(len(self.of) + 1, dtype=np.int32), self.of)

    @cached_property
    def users(self) -> tuple[Ints, Ints]:
        """The nodes with a child in each class, laid out as `members`; once for each time it is a child."""
        return self._grouped(self.start, self.child)

    def _grouped(self, start: Ints, classes: Ints) -> tuple[Ints, Ints]:
        from .extraction_kernels import group

        first, owner = np.zeros(self.classes + 1, np.int32), np.empty(len(classes), np.int32)
        group(start, classes, first, owner)
        return first, owner

    @cached_property
    def applications(self) -> Longs:
        """int64[n], how many symbols a node writes: 1, or for a multiset one less than its members."""
        multiset = np.array([op.symbol.kind == "ac" for op in self.ops] or [False])[self.op]
        ends = np.append(0, np.cumsum(self.count))[self.start]
        return np.where(multiset, np.diff(ends) - 1, 1)

    def children(self, node: int) -> list[int]:
        """The classes of a node's children, left to right."""
        below: list[int] = self.child[self.start[node] : self.start[node + 1]].tolist()
        return below
