"""The best term of a class, by tree cost: every occurrence of a shared subterm counts.

`tree_costs` finds the least cost of every class, `choose` one node for each class that the best terms of some roots
pass through. Of several terms of the least cost it takes the smallest, then the lowest, then the first by the names of
its symbols: the result does not depend on how nodes and classes are numbered.

A term may have exponentially more nodes as a tree than the e-graph has. Costs stay exact then: where they pass 2**61
they are computed again with Python's integers.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from ..literals import literal_value
from ..source import LemmataError
from ..structural import Head, head
from ..syntax import TermTable
from .view import Ints, Longs, View

Bools = npt.NDArray[np.bool_]
Evaluate = Callable[[int, Sequence[Any]], Any]  # from a node and the costs of its children to its cost
_LIMIT = 1 << 61  # as extraction_kernels.LIMIT
_SWEEPS = 24  # a sweep takes a fortieth of the time that a heap takes


@dataclass(frozen=True, eq=False)
class TreeCosts:
    """The least tree cost of every class of a view.

    cost    of each class, whatever stands there if its height is -1
    key     [k], numbers in the order of the costs
    size    int64[k], the nodes of the least term as a tree, at most 2**61
    height  int64[k], the nodes of the least term on its longest way down; -1 if there is no term of finite cost
    tight   bool[n], the nodes by which their classes have that cost, size and height
    """

    view: View
    cost: npt.NDArray[Any] | Sequence[Any]
    key: npt.NDArray[Any]
    size: Longs
    height: Longs
    tight: Bools

    def of(self, number: int) -> Any:
        """The least cost of a class; None if it has no term of finite cost."""
        cost = self.cost[number]
        return None if self.height[number] < 0 else cost.item() if isinstance(cost, np.generic) else cost


@dataclass(frozen=True, eq=False)
class Choice:
    """One node for some classes of a view, int32[k], -1 for the others. It covers the children of what it chooses."""

    view: View
    node: Ints

    def rows(self, table: TermTable, classes: Iterable[int]) -> list[int]:
        """Add the chosen terms of classes to a plain table; their rows there. Linear in the DAG."""
        view = self.view
        node = self.node.tolist()
        built: dict[int, int] = {}
        roots = list(classes)
        stack = list(roots)
        while stack:
            c = stack[-1]
            below = view.children(node[c])
            missing = [d for d in below if d not in built] if c not in built else []
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if c not in built:
                built[c] = add_row(view, table, node[c], [built[d] for d in below])
        return [built[c] for c in roots]


def add_row(view: View, table: TermTable, node: int, below: Sequence[int]) -> int:
    """The row of a node over the rows of its children. A multiset becomes nested applications, grouped to the left."""
    if view.leaf[node] >= 0:
        return table.add(view.leaves[int(view.leaf[node])])
    symbol = view.ops[int(view.op[node])].symbol
    if symbol.kind == "ac":
        counts = view.count[view.start[node] : view.start[node + 1]].tolist()
        members = [row for row, n in zip(below, counts, strict=True) for _ in range(n)]
        return reduce(partial(table.app, symbol.name), members)
    name = (symbol.name,) if symbol.kind in ("app", "all", "ex") else ()
    return table.add((symbol.kind, *name, *below))


def tree_costs(view: View, weights: npt.NDArray[np.float64], *, deepest: bool = False) -> TreeCosts:
    """The least cost of every class, where node i costs weights[i] and what its children cost, together or at most.

    Weights are at least 0; infinity bars a node. Costs are int64 if all weights are whole, Python's int where these do
    not suffice, else float64. O(m log k) for m children in k classes, and as a rule a small multiple of m. Raises
    LemmataError if a cost of weights that are not whole passes the largest floating-point number.
    """
    barred = np.isinf(weights)
    own = np.where(barred, 0.0, weights)
    whole = bool((own == np.floor(own)).all())
    if whole and bool((own >= _LIMIT).any()):
        return _in_python(view, barred, additive(view, weights))
    limit = _LIMIT if whole else np.inf
    own = own.astype(np.int64) if whole else own
    worse = barred.copy()
    cost = _least(view, own, worse, deepest, limit)
    if bool((cost >= limit).any()):
        if not whole:
            raise LemmataError("a cost passes the largest floating-point number", hint="use weights that are whole")
        return _in_python(view, barred, additive(view, weights))
    return _by_structure(view, cost, cost, worse)


def _least(view: View, weights: npt.NDArray[Any], barred: Bools, deepest: bool, limit: float) -> npt.NDArray[Any]:
    """The least cost of every class by nodes that are not barred, -1 if it has none. Bars all other nodes."""
    from . import extraction_kernels as kernels

    cost = np.full(view.classes, -1, weights.dtype)
    shape = (weights, barred, deepest, view.of, view.start, view.child, view.count, limit)
    if not kernels.sweep(*shape, _SWEEPS, cost):
        cost[:] = -1
        kernels.settle(*shape, *view.users, cost)
    kernels.bar_others(*shape, cost)
    return cost


def _by_structure(view: View, cost: Any, key: npt.NDArray[Any], barred: Bools) -> TreeCosts:
    """Of the nodes that are not barred, by which classes have their costs, those of the smallest and lowest terms."""
    size = _least(view, view.applications, barred, False, _LIMIT)
    height = _least(view, np.ones(len(view.op), np.int64), barred, True, _LIMIT)
    return TreeCosts(view, cost, key, size, height, ~barred)


def additive(view: View, weights: npt.NDArray[np.float64], *, deepest: bool = False) -> Evaluate:
    """The costs of `tree_costs` one by one, in Python's numbers."""
    whole = all(w == math.floor(w) for w in weights.tolist() if w < math.inf)
    own = [int(w) if whole and w < math.inf else w for w in weights.tolist()]
    start, count = view.start.tolist(), view.count.tolist()

    def cost(node: int, below: Sequence[Any]) -> Any:
        if deepest:
            return own[node] + max(below, default=0)
        total = 0
        for n, c in zip(count[start[node] : start[node + 1]], below, strict=True):
            total += n * c
        return own[node] + total

    return cost


def by_function(view: View, texts: Sequence[str], call: Callable[[str, tuple[Any, ...]], Any]) -> Evaluate:
    """Costs by a function of the user's; `texts` has the text of every node's head.

    The function gets the costs of the arguments, of a multiset's members as often as they count. Raises LemmataError
    where a term costs less than an argument of it, for then the best need not be found.
    """

    start, count = view.start.tolist(), view.count.tolist()

    def cost(node: int, below: Sequence[Any]) -> Any:
        counts = count[start[node] : start[node + 1]]
        found = call(texts[node], tuple(c for n, c in zip(counts, below, strict=True) for _ in range(n)))
        if found != found or any(found < c for c in below):
            raise LemmataError(
                f"by the given function {texts[node]!r:.80} costs {found!r:.80} where its arguments cost "
                f"{', '.join(f'{c!r:.80}' for c in below[:4]) or 'nothing'}",
                hint="a term may not cost less than its arguments",
            )
        return found

    return cost


def function_costs(view: View, texts: Sequence[str], call: Callable[[str, tuple[Any, ...]], Any]) -> TreeCosts:
    """The least cost of every class by a function as in `by_function`, called once for each node at most.

    Costs may be anything that can be compared. A cost of infinity bars the node.
    """
    return _in_python(view, np.zeros(len(view.op), np.bool_), by_function(view, texts, call))


def _in_python(view: View, barred: Bools, evaluate: Evaluate) -> TreeCosts:
    """As the kernel `settle`, for costs that it does not know."""
    of, start, child = view.of.tolist(), view.start.tolist(), view.child.tolist()
    first, user = (array.tolist() for array in view.users)
    found: dict[int, Any] = {}
    offered: dict[int, Any] = {}
    missing = np.diff(view.start).tolist()
    heap: list[tuple[Any, int]] = []
    key, last = np.zeros(view.classes, np.int64), None

    def offer(i: int) -> None:
        cost = evaluate(i, [found[c] for c in child[start[i] : start[i + 1]]])
        if not (isinstance(cost, float) and cost == np.inf):
            offered[i] = cost
            heapq.heappush(heap, (cost, of[i]))

    for i in np.flatnonzero((np.diff(view.start) == 0) & ~barred).tolist():
        offer(i)
    while heap:
        cost, c = heapq.heappop(heap)
        if c in found:
            continue
        found[c] = cost
        if last is not None:
            key[c] = key[last] + (found[last] != cost)
        last = c
        for i in user[first[c] : first[c + 1]]:
            missing[i] -= 1
            if not missing[i] and not barred[i]:
                offer(i)
    worse = np.ones(len(of), np.bool_)
    worse[[i for i, cost in offered.items() if cost == found[of[i]]]] = False
    return _by_structure(view, [found.get(c) for c in range(view.classes)], key, worse)


def choose(costs: TreeCosts, roots: Iterable[int]) -> Choice:
    """The node of the best term for each class that the best terms of the roots pass through.

    Raises LemmataError if a root has no term of finite cost.
    """
    from . import extraction_kernels as kernels

    view = costs.view
    wanted = np.array(list(roots), np.int32)
    if bool((costs.height[wanted] < 0).any()):
        raise LemmataError("no term of finite cost", hint="every term here has a symbol whose cost is infinite")
    k = view.classes
    first, member = view.members
    found, seen = np.empty(k, np.int32), np.zeros(k, np.bool_)
    count = kernels.reach(wanted, costs.tight, first, member, view.start, view.child, seen, found)
    reached = found[:count]
    keys: list[npt.NDArray[Any]] = [costs.height[reached], costs.size[reached], costs.key[reached]]
    by_key = np.lexsort(keys)
    differ = np.any([np.diff(key[by_key]) != 0 for key in keys], axis=0)
    ends = np.append(np.flatnonzero(differ) + 1, count).astype(np.int32)
    rank, chosen = np.full(k, -1, np.int32), np.full(k, -1, np.int32)
    shape = (first, member, view.start, view.child)
    multiset = np.array([op.symbol.kind == "ac" for op in view.ops] or [False])[view.op]
    by_rank = view.child.copy(), view.count.copy()
    rest = (costs.tight, _head_ranks(view), multiset, first, member, view.start)
    kernels.choose(reached[by_key], ends, *rest, *by_rank, rank, chosen)
    taken = np.zeros(len(view.op), np.bool_)
    taken[chosen[reached]] = True
    seen[:] = False
    needed = found[: kernels.reach(wanted, taken, *shape, seen, found)]
    node = np.full(k, -1, np.int32)
    node[needed] = chosen[needed]
    return Choice(view, node)


def heads(view: View) -> tuple[list[Head], Ints]:
    """What distinguishes terms beside their children, and for each node which of these is its head."""
    ops = [(op.symbol, len(op.symbol.arguments)) for op in view.ops]
    found = [head(s.kind, s.name, s.result, s.arguments, arity) for s, arity in ops]
    for kind, cell, sort in view.leaves:
        found.append(head(str(kind), literal_value(str(cell)) if kind == "lit" else cell, str(sort)))
    return found, np.where(view.leaf >= 0, len(ops) + view.leaf, view.op)


def _head_ranks(view: View) -> Ints:
    """int32[n], the place of each node's head among the heads of all: leaves first, then symbols by name."""
    found, index = heads(view)
    rank = np.empty(len(found), np.int32)
    rank[sorted(range(len(found)), key=found.__getitem__)] = np.arange(len(found), dtype=np.int32)
    return rank[index]
