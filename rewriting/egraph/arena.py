"""The arrays of one e-graph, and how they grow: the plain side of `kernels.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..bank import Ints
from . import layout
from .layout import (
    BATCH,
    CELL,
    CLASSES,
    COUNT_ONLY,
    DEAD,
    DONE,
    FILLED,
    FUEL,
    FULL,
    GROW_HOSTED,
    GROW_LOG,
    GROW_NODES,
    GROW_SLOTS,
    HOSTED,
    LAST_PLAN,
    LEVEL,
    LOG,
    LOST,
    MATCHES,
    MOST_BATCHED,
    MOST_MATCHES,
    MOST_NODES,
    NODES,
    NOW,
    PAUSE,
    PLAN,
    REPAIRED,
    SNAPSHOT,
    SPARE,
    STAMP,
    UNIONS,
)
from .plans import Plans

Longs = npt.NDArray[np.int64]
Stopping = Callable[[float], bool]  # asks whether to stop rather than to do what takes so many seconds
_SLICE = 1 << 16  # rows visited between two looks at the clock
_ENTER, _COPY = 1e-7, 1e-7  # seconds for a node: into the table of slots, or copied
_INDEX = 1e-8  # seconds for a node into an index, until they have been measured
_LARGE = 1 << 22  # slots, of which only twice as many are made at a time
_MANY = 10_000  # nodes whose indexing is worth measuring
_SPARE = 1 << 20  # redundant unions that are noted for explanations
_FEW = 1 << 16  # slots up to which their number is doubled
# Sizes for growing, after which comes doubling. Memory that is not touched costs nothing, but copying does.
_NODES = (1 << 16, 1 << 18, 1 << 24)
_CELLS = (1 << 18, 1 << 20, 1 << 24)
_APART = 80  # cells between arrays, so that what belongs to one node is not all in one set of a cache


@dataclass(frozen=True)
class Store:
    """The arrays as `kernels.py` describes them."""

    rows: Ints
    first: Ints
    stamp: Ints
    parent: Ints
    member: Ints
    head: Ints
    link: Ints
    slots: Longs
    unions: Ints
    log: Ints
    lost: Ints


class Arena:
    """Nodes, classes and unions of one e-graph. Mutable; whoever holds its arrays asks again after any call."""

    def __init__(self, width: int = 4) -> None:
        self.width = width
        self.state: Longs = np.zeros(layout.COUNTERS, np.int64)
        self.state[CELL] = -1
        self.state[SPARE] = _SPARE
        self.store = Store(
            **_node_arrays(width, _NODES[0]),
            slots=np.zeros(1 << 12, np.int64),
            unions=np.empty(3 * _NODES[0], np.int32),
            log=np.empty(_CELLS[0], np.int32),
            lost=np.empty(_NODES[0], np.int32),
        )
        self.index_rate = _INDEX  # seconds for a node and an index
        self._hosted: Ints = np.zeros(1 << 10, np.int32)

    @property
    def nodes(self) -> int:
        """Live nodes."""
        return int(self.state[NODES] - self.state[DEAD])

    @property
    def made(self) -> int:
        """Nodes ever made."""
        return int(self.state[NODES])

    @property
    def classes(self) -> int:
        return int(self.state[CLASSES])

    def find(self, node: int) -> int:
        """The name of a node's class."""
        return int(_kernels().find(self.store.parent, node))

    def copy(self) -> Arena:
        """Another arena with the same contents."""
        other = Arena(self.width)
        other.state = self.state.copy()
        other.index_rate = self.index_rate
        s, store = self.state, self.store
        unions = max(int(s[UNIONS]), int(s[LOST]))
        lengths = {"slots": len(store.slots), "unions": 3 * unions, "lost": unions, "log": int(s[LOG])}
        arrays = {name: getattr(store, name) for name in lengths}
        copies = {name: _longer(a, len(a), lengths[name]) for name, a in arrays.items()}
        other.store = replace(store, **copies)
        other._lengthen(len(store.stamp))
        return other

    # Room

    def widen(self, width: int) -> None:
        """Give every row so many cells, which are more than before."""
        old, made, store = self.width, self.made, self.store
        arrays = _node_arrays(width, len(store.stamp))
        for name in ("stamp", "parent", "member"):
            arrays[name][:made] = getattr(store, name)[:made]
        for name, before, after in (("rows", old, width), ("first", old - 2, width - 2), ("link", old - 2, width - 2)):
            cells = getattr(store, name)[: made * before]
            given = _moved(cells, before, after) if name == "link" else cells
            wider = np.zeros((made, after), np.int32)
            wider[:, :before] = given.reshape(made, before)
            arrays[name][: made * after] = wider.reshape(-1)
        head = store.head[: 2 * made].reshape(made, 2).copy()
        head[:, 0] = _moved(head[:, 0], old - 2, width - 2)
        arrays["head"][: 2 * made] = head.reshape(-1)
        self.store = replace(store, **arrays)
        self.width = width
        self._refill(len(store.slots))

    def reserve(self, nodes: int) -> None:
        """Make room for so many more nodes, with their slots."""
        have, needed = len(self.store.stamp), self.made + nodes
        if needed > have:
            try:
                self._lengthen(_size(have, needed, _NODES))
            except MemoryError:  # a system that does not promise memory before it is used
                self._lengthen(max(2 * have, needed))
        self._reserve_slots(nodes)

    def _lengthen(self, size: int) -> None:
        arrays = _node_arrays(self.width, size)
        for name, array in arrays.items():
            used = self.made * (len(array) // size)
            array[:used] = getattr(self.store, name)[:used]
        self.store = replace(self.store, **arrays)

    def _reserve_slots(self, more: int) -> None:
        size = len(self.store.slots)
        if int(self.state[FILLED]) + more <= size // 8 * 5:
            return
        while (self.nodes + more) * 2 > size // 8 * 5:
            size *= 2 if size < _FEW or size >= _LARGE else 8
        self._refill(size)

    def _refill(self, size: int) -> None:
        slots = np.empty(size, np.int64)  # not np.zeros, which would not ask for large pages
        slots.fill(0)
        _kernels().fill_slots(self.store.rows, slots, self.width, self.made)
        self.store = replace(self.store, slots=slots)
        self.state[FILLED] = self.nodes

    def reserve_unions(self, unions: int, log: int) -> None:
        """Make room for so many more unions, and cells in the log."""
        store, s = self.store, self.state
        needed = max(int(s[UNIONS]), int(s[LOST])) + unions + 4
        if needed * 3 > len(store.unions) or needed > len(store.lost):
            size = _size(len(store.lost), needed, _NODES)
            store = replace(
                store,
                unions=_longer(store.unions, 3 * size, 3 * int(s[UNIONS])),
                lost=_longer(store.lost, size, int(s[LOST])),
            )
        if int(s[LOG]) + log + 4 > len(store.log):
            size = _size(len(store.log), int(s[LOG]) + log + 4, _CELLS)
            store = replace(store, log=_longer(store.log, size, int(s[LOG])))
        self.store = store

    # Nodes and unions by hand

    def add(self, ops: Ints, children: Ints, arity: Ints) -> Ints:
        """Nodes for many terms, int32; see `kernels.add`. Between two rounds or in the middle of one."""
        self.reserve(len(ops))
        out = np.zeros(max(1, len(ops)), np.int32)
        self._add(ops, children, out, arity)
        return out[: len(ops)]

    def _add(self, ops: Ints, children: Ints, out: Ints, arity: Ints) -> None:
        st = self.store
        given = np.ascontiguousarray(children, np.int32).reshape(-1)
        _kernels().add(
            st.rows, st.first, st.stamp, st.parent, st.member, st.head, st.link, st.slots,
            arity, np.ascontiguousarray(ops, np.int32), given, out, self.state,
        )  # fmt: skip

    def add_over(self, ops: Ints, children: Ints, known: int, arity: Ints) -> Ints:
        """As `add` for one node, whose children are `known` classes in the graph."""
        self.reserve(1)
        out = np.zeros(1 + known, np.int32)
        out[1:] = children[0, :known]
        given = children.copy()
        given[0, :known] = np.arange(1, 1 + known)
        self._add(ops, given, out, arity)
        return out[:1]

    def union(self, left: int, right: int, reason: list[int]) -> bool:
        """Merge the classes of two nodes, for the reason that is to stand in the log; False if they were one already.

        `repair` has to follow before anything else is asked of the graph.
        """
        self.reserve_unions(1, len(reason))
        st, s = self.store, self.state
        if not _kernels().merge(st.parent, st.head, st.lost, s, left, right):
            return False
        u, place = 3 * int(s[UNIONS]), int(s[LOG])
        st.log[place : place + len(reason)] = reason
        st.unions[u : u + 3] = left, right, place
        s[UNIONS] += 1
        s[LOG] += len(reason)
        return True

    def repair(self, arity: Ints, stop: Stopping | None = None) -> Ints | None:
        """Restore congruence after unions; the names of classes that were lost since the last time.

        None if `stop` said so before the end: then some congruent nodes are still two, which the next call mends.
        """
        while self.state[REPAIRED] < self.state[LOST]:
            self.state[FUEL] = _SLICE
            st = self.store
            status = _kernels().repair(
                st.rows, st.stamp, st.parent, st.member, st.head, st.link, st.slots, arity, st.unions,
                st.lost, self.state,
            )  # fmt: skip
            if status != DONE and stop is not None and stop(self.seconds_to_grow(status)):
                return None
            if status == GROW_SLOTS:
                self._reserve_slots(max(64, int(self.state[LOST])))
            elif status == GROW_LOG:
                self.reserve_unions(max(64, int(self.state[UNIONS])), 0)
        lost = self.store.lost[: int(self.state[LOST])].copy()
        self.state[LOST] = self.state[REPAIRED] = 0
        return lost

    def seconds_to_grow(self, status: int) -> float:
        """About how long it will take to make the room that a kernel asks for."""
        return {GROW_SLOTS: _ENTER, GROW_NODES: _COPY, GROW_LOG: _COPY}.get(status, 0.0) * self.made

    # What is where, node by node

    def is_live(self, node: int) -> bool:
        return bool(self.store.rows[node * self.width] >= 0)

    def kill(self, node: int) -> None:
        """A live node is another one's equal from now on."""
        self.store.rows[node * self.width] = ~self.store.rows[node * self.width]
        self.state[DEAD] += 1

    def op(self, node: int) -> int:
        """The op of a node, live or not."""
        op = int(self.store.rows[node * self.width])
        return op if op >= 0 else ~op

    def cells(self, node: int) -> list[int]:
        """The classes of the children of a node, then cells without meaning; of a leaf, its name."""
        below: list[int] = self.store.rows[node * self.width + 2 : (node + 1) * self.width].tolist()
        return below

    def members(self, cls: int) -> Iterator[int]:
        """The live nodes of a class, which must not change meanwhile."""
        node = cls
        while True:
            if self.is_live(node):
                yield node
            node = int(self.store.member[node])
            if node == cls:
                return

    def users(self, cls: int) -> list[int]:
        """The live nodes that have a class as a child, ascending."""
        found: dict[int, None] = {}
        cell = int(self.store.head[2 * cls])
        while cell >= 0:
            node = cell // (self.width - 2)
            if self.is_live(node):
                found[node] = None
            cell = int(self.store.link[cell])
        return sorted(found)

    def look_up(self, op: int, cells: Sequence[int]) -> int | None:
        """The node of an op over classes, or of a leaf by its name; a symbol without arguments has the name 0."""
        row = np.zeros(self.width, np.int32)
        row[2 : 2 + len(cells)] = cells
        found = int(_kernels().look_up(self.store.rows, self.store.slots, op, row))
        return None if found < 0 else found

    # A round

    def begin(self, plans: Plans, arity: Ints) -> Round:
        """Sort the nodes for matching, as they stand now."""
        return Round(self, plans, arity)


@dataclass
class Round:
    """One round of matching: indices over the nodes as they stood when it began. `counts` is by rule: matches, new
    nodes, unions."""

    arena: Arena
    plans: Plans
    arity: Ints

    def __post_init__(self) -> None:
        arena, plans = self.arena, self.plans
        nodes, ops = arena.made, len(self.arity)
        s, st, kernels = arena.state, arena.store, _kernels()
        s[SNAPSHOT] = nodes
        s[STAMP] = s[NOW] + 1
        bounds = np.zeros(2 * ops + 2, np.int32)
        cursor = np.zeros(2 * ops + 2, np.int32)
        byop = np.empty(max(1, nodes), np.int32)
        kernels.index_ops(st.rows, st.stamp, byop, bounds, cursor, ops, nodes, int(s[NOW]))
        self._byop = byop
        self._bounds = bounds
        self._constants = np.full(2 * len(plans.constants) + 2, -1, np.int32)
        self._leaves = np.array([cell for leaf in plans.constants for cell in leaf] or [0], np.int32)
        for n, (op, name) in enumerate(plans.constants):
            found = arena.look_up(op, [name])
            if found is not None:
                self._constants[2 * n : 2 * n + 2] = st.rows[found * arena.width + 1], found
        self.counts: Longs = np.zeros(3 * max(1, len(plans.first)), np.int64)
        self._registers = np.zeros(plans.registers + 1, np.int32)
        self._low = np.zeros(plans.levels + 1, np.int64)
        self._high = np.zeros(plans.levels + 1, np.int64)
        self._record = np.zeros(plans.record, np.int32)
        self._stride = plans.registers + plans.record
        self._batch = np.zeros(MOST_BATCHED * self._stride, np.int32)
        self._cells = np.zeros(MOST_BATCHED * arena.width, np.int32)
        self._hashes = np.zeros(MOST_BATCHED, np.int64)

    def prepare(self, since: Ints, stop: Stopping) -> bool:
        """Choose an order for each plan, and make the indices that they read; False if `stop` said not to."""
        plans, kernels, bounds = self.plans, _kernels(), self._bounds
        nodes = int(self.arena.state[SNAPSHOT])
        self._renew(since)
        self._chosen = np.empty(len(plans.places), np.int32)
        needed = np.zeros(len(plans.indices) // 2, np.int32)
        count = kernels.choose(
            plans.cells, plans.places, bounds, since, int(self.arena.state[NOW]), self._chosen, needed
        )
        work = nodes * (1 + int(count))
        if stop(2 * self.arena.index_rate * work):  # larger graphs take longer for each node than smaller ones did
            return False
        started = time.monotonic()
        ops = plans.indices[::2]
        total = int(((bounds[2 * ops + 2] - bounds[2 * ops]) * needed).sum())
        self._bucket = np.empty(nodes + total + 1, np.int32)
        self._bucket[:nodes] = self._byop[:nodes]
        self._start = np.empty(count * (nodes + 2) + 1, np.int32)
        self._where = np.zeros(len(needed) + 1, np.int32)
        kernels.index_cells(
            self.arena.store.rows, self._bucket, bounds, self._start, plans.indices, needed, self._where,
            self.arena.width, nodes,
        )  # fmt: skip
        if nodes > _MANY:
            self.arena.index_rate = max(_INDEX, (time.monotonic() - started) / work)
        return True

    def _renew(self, since: Ints) -> None:
        """Make all nodes new to the rules that mention a constant whose class got its name since they were matched.

        The plans of a rule take no account of constants: what they mention must be as it was.
        """
        for rule, program in enumerate(self.plans.programs):
            for constant in program.constants:
                node = int(self._constants[2 * constant + 1])
                if node >= 0 and self.arena.store.stamp[node] > since[rule]:
                    since[rule] = -1

    def match(
        self,
        rules: range,
        since: Ints,
        most_nodes: int,
        stop: Stopping,
        *,
        count_only: int | None = None,
    ) -> int:
        """Match some rules that stand next to each other, and apply what is found unless it is only counted.

        Returns DONE; FULL when there would be more than `most_nodes` live nodes; PAUSE when `stop` said so, which is
        asked now and then, or when more than `count_only` matches were counted.
        """
        arena, s = self.arena, self.arena.state
        s[PLAN], s[LAST_PLAN] = self.plans.first[rules.start], self.plans.first[rules.stop]
        s[LEVEL], s[BATCH], s[MATCHES], s[MOST_NODES] = -1, 0, 0, most_nodes
        s[COUNT_ONLY], s[MOST_MATCHES] = int(count_only is not None), count_only or 0
        while True:
            s[FUEL] = _SLICE
            st = arena.store
            status = _kernels().match(
                st.rows, st.first, st.stamp, st.parent, st.member, st.head, st.link, st.slots, self.arity,
                st.unions, st.log, st.lost, self._bucket, self._bounds, self._start, self._where,
                self.plans.cells, self.plans.places, self._chosen, since, self._constants, self._leaves,
                self.counts, arena._hosted,
                self._registers, self._low, self._high, self._record, self._batch, self._stride, self._cells,
                self._hashes, s,
            )  # fmt: skip
            counted = status == PAUSE and count_only is not None and s[MATCHES] > count_only
            if counted or (status not in (DONE, FULL) and stop(arena.seconds_to_grow(status))):
                return PAUSE
            if status == GROW_NODES:
                arena.reserve(1 << 10)
            elif status == GROW_SLOTS:
                arena._reserve_slots(1 << 10)
            elif status == GROW_LOG:
                arena.reserve_unions(1 << 10, 1 << 12)
            elif status == GROW_HOSTED:
                arena._hosted = _longer(arena._hosted, 4 * len(arena._hosted), int(s[HOSTED]))
            elif status != PAUSE:
                return int(status)

    def hosted(self) -> Ints:
        """What the matches of this round left for Python to decide, and takes from it."""
        found = self.arena._hosted[: int(self.arena.state[HOSTED])].copy()
        self.arena.state[HOSTED] = 0
        return found


def _size(have: int, needed: int, sizes: tuple[int, ...]) -> int:
    """The next size of an array that has to grow: the first of `sizes` that will do, or twice the last and so on."""
    return next((size for size in sizes if size >= needed), max(2 * have, needed))


def _node_arrays(width: int, capacity: int) -> dict[str, npt.NDArray[Any]]:
    """The arrays that have something for every node, within one block of memory, for large pages."""
    k = width - 2
    cells = {"rows": width, "first": k, "stamp": 1, "parent": 1, "member": 1, "head": 2, "link": k}
    block = np.empty(sum(cells.values()) * capacity + len(cells) * _APART, np.int32)
    arrays: dict[str, npt.NDArray[Any]] = {}
    place = 0
    for name, n in cells.items():
        arrays[name] = block[place : place + n * capacity]
        place += n * capacity + _APART
    return arrays


def _longer(array: npt.NDArray[Any], size: int, used: int) -> npt.NDArray[Any]:
    longer = np.empty(size, array.dtype)
    longer[:used] = array[:used]
    return longer


def _moved(cells: Ints, before: int, after: int) -> Ints:
    """Numbers of cells in rows of `before` children, as they are in rows of `after`; negative ones stay."""
    return np.where(cells < 0, cells, cells // before * after + cells % before).astype(np.int32)


@cache
def _kernels() -> ModuleType:
    """The compiled loops, imported when first needed."""
    from . import kernels

    return kernels
