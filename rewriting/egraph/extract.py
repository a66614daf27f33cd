"""The best term of a class, by tree cost: every occurrence of a shared subterm counts.

`tree_costs` finds the least cost of every class, `choose` one node for each class that the best terms of some roots
pass through. Of several terms of the least cost it takes the smallest, then the lowest, then the first by the names of
its symbols: the result does not depend on how nodes and classes are numbered.

A term may have exponentially more nodes as a tree than the e-graph has. Costs stay exact then: where they pass 2**61
they are computed again with Python's integers.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..literals import literal_value
from ..source import LemmataError
from ..structural import Head, head
from ..syntax import TermTable
from .view import Ints, View

Bools = npt.NDArray[np.bool_]
_LIMIT = 1 << 61  # as extraction_kernels.LIMIT


@dataclass(frozen=True, eq=False)
class TreeCosts:
    """The least tree cost of every class of a view.

    cost   of each class; means nothing where the level is -1
    level  int32[k], the place of a class by cost, then size, then height of its least term; equal for equal ones, and
           -1 for a class without a term of finite cost. A child of a least term has a lower level.
    tight  bool[n], the nodes that reach their class's level
    """

    view: View
    cost: npt.NDArray[Any] | Sequence[Any]
    level: Ints
    tight: Bools

    def of(self, number: int) -> Any:
        """The least cost of a class; None if it has no term of finite cost."""
        cost = self.cost[number]
        return None if self.level[number] < 0 else cost.item() if isinstance(cost, np.generic) else cost


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
    """The row of a node over the rows of its children."""
    if view.leaf[node] >= 0:
        return table.add(view.leaves[int(view.leaf[node])])
    symbol = view.ops[int(view.op[node])].symbol
    name = (symbol.name,) if symbol.kind in ("app", "all", "ex") else ()
    return table.add((symbol.kind, *name, *below))


def tree_costs(view: View, weights: npt.NDArray[np.float64], *, deepest: bool = False) -> TreeCosts:
    """The least cost of every class, where node i costs weights[i] and what its children cost, together or at most.

    Weights are at least 0; infinity bars a node. Costs are int64 if all weights are whole, Python's int where these do
    not suffice, else float64. O(m log k) for m children in k classes. Raises LemmataError if a cost of weights that are
    not whole passes the largest floating-point number.
    """
    from . import extraction_kernels as kernels

    barred = np.isinf(weights)
    own = np.where(barred, 0.0, weights)
    whole = bool((own == np.floor(own)).all())
    k = view.classes
    kind: Any = np.int64 if whole else np.float64
    own = own.astype(kind)
    limit = kernels.LIMIT if whole else np.inf
    cost, size, height = np.zeros(k, kind), np.zeros(k, np.int64), np.zeros(k, np.int32)
    level, tight = np.full(k, -1, np.int32), np.zeros(len(own), np.bool_)
    shape = (deepest, view.of, view.start, view.child, view.count)
    kernels.settle(own, barred, *shape, *view.users, limit, cost, size, height, level)
    if bool((cost[level >= 0] >= limit).any()):
        if not whole:
            raise LemmataError("a cost passes the largest floating-point number", hint="use weights that are whole")
        return _in_python(view, barred, _adding(view, own.tolist()))
    kernels.tighten(own, barred, *shape, limit, cost, size, height, level, tight)
    return TreeCosts(view, cost, level, tight)


def _adding(view: View, weights: Sequence[int]) -> Callable[[int, Sequence[int]], int]:
    """The sum cost of a node in Python's integers."""
    start, count = view.start.tolist(), view.count.tolist()

    def cost(node: int, below: Sequence[int]) -> int:
        total = weights[node]
        for n, c in zip(count[start[node] : start[node + 1]], below, strict=True):
            total += n * c
        return total

    return cost


def function_costs(view: View, texts: Sequence[str], call: Callable[[str, tuple[Any, ...]], Any]) -> TreeCosts:
    """The least cost of every class by a function of the user's; `texts` has the text of every node's head.

    The function is called once for each node at most, children before parents; a cost of infinity bars the node. Raises
    LemmataError where a term costs less than an argument of it, for then the best need not be found.
    """

    def cost(node: int, below: Sequence[Any]) -> Any:
        found = call(texts[node], tuple(below))
        if found != found or any(found < c for c in below):
            raise LemmataError(
                f"by the given function {texts[node]!r:.80} costs {found!r:.80} where its arguments cost "
                f"{', '.join(f'{c!r:.80}' for c in below[:4]) or 'nothing'}",
                hint="a term may not cost less than its arguments",
            )
        return found

    return _in_python(view, np.zeros(len(view.op), np.bool_), cost)


def _in_python(view: View, barred: Bools, evaluate: Callable[[int, Sequence[Any]], Any]) -> TreeCosts:
    """As the kernels `settle` and `tighten`, for costs that they do not know."""
    k = view.classes
    of, start, child, count = view.of.tolist(), view.start.tolist(), view.child.tolist(), view.count.tolist()
    first, user = (array.tolist() for array in view.users)
    found: list[tuple[Any, int, int] | None] = [None] * k  # cost, size (up to a limit) and height
    offered: dict[int, tuple[Any, int, int]] = {}
    missing = np.diff(view.start).tolist()
    level = np.full(k, -1, np.int32)
    heap: list[tuple[tuple[Any, int, int], int]] = []
    last: tuple[Any, int, int] | None = None
    levels = -1

    def offer(i: int) -> None:
        below = [found[c] for c in child[start[i] : start[i + 1]]]
        known = [b for b in below if b is not None]
        cost = evaluate(i, [b[0] for b in known])
        if isinstance(cost, float) and cost == np.inf:
            return
        counts = count[start[i] : start[i + 1]]
        size = min(_LIMIT, 1 + sum(n * b[1] for n, b in zip(counts, known, strict=True)))
        offered[i] = cost, size, 1 + max([b[2] for b in known], default=0)
        heapq.heappush(heap, (offered[i], of[i]))

    for i in np.flatnonzero((np.diff(view.start) == 0) & ~barred).tolist():
        offer(i)
    while heap:
        triple, c = heapq.heappop(heap)
        if found[c] is not None:
            continue
        found[c] = triple
        if last is None or last < triple:
            levels += 1
        last = triple
        level[c] = levels
        for i in user[first[c] : first[c + 1]]:
            missing[i] -= 1
            if not missing[i] and not barred[i]:
                offer(i)
    tight = np.zeros(len(of), np.bool_)
    tight[[i for i, triple in offered.items() if triple == found[of[i]]]] = True
    return TreeCosts(view, [None if f is None else f[0] for f in found], level, tight)


def choose(costs: TreeCosts, roots: Iterable[int]) -> Choice:
    """The node of the best term for each class that the best terms of the roots pass through.

    Raises LemmataError if a root has no term of finite cost.
    """
    from . import extraction_kernels as kernels

    view = costs.view
    wanted = np.array(list(roots), np.int32)
    if bool((costs.level[wanted] < 0).any()):
        raise LemmataError("no term of finite cost", hint="every term here has a symbol whose cost is infinite")
    k = view.classes
    first, member = view.members
    found, seen = np.empty(k, np.int32), np.zeros(k, np.bool_)
    count = kernels.reach(wanted, costs.tight, first, member, view.start, view.child, seen, found)
    reached = found[:count]
    order = reached[np.argsort(costs.level[reached], kind="stable")]
    rank, chosen = np.full(k, -1, np.int32), np.full(k, -1, np.int32)
    shape = (first, member, view.start, view.child, view.count)
    kernels.choose(order, costs.level, costs.tight, head_ranks(view), *shape, rank, chosen)
    return Choice(view, chosen)


def head_ranks(view: View) -> Ints:
    """int32[n], the place of each node's head among the heads of all: leaves first, then symbols by name."""
    heads: list[Head] = []
    for op in view.ops:
        s = op.symbol
        heads.append(head(s.kind, s.name, s.result, s.arguments, len(s.arguments)))
    for kind, cell, sort in view.leaves:
        heads.append(head(str(kind), literal_value(str(cell)) if kind == "lit" else cell, str(sort)))
    rank = np.empty(len(heads), np.int32)
    rank[sorted(range(len(heads)), key=heads.__getitem__)] = np.arange(len(heads), dtype=np.int32)
    return rank[np.where(view.leaf >= 0, len(view.ops) + view.leaf, view.op)]
