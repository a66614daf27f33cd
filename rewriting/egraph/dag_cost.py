"""The best term of a class by DAG cost: a subterm that occurs many times is paid once.

To find the least DAG cost is NP-hard. Several searches follow one another, each from the best that is known:

    the best tree       its cost as a DAG
    greedy sets         every class keeps the cheapest set of nodes met so far that makes it; the method that
                        extraction-gym calls greedy DAG
    exchanges           one class after the other gets another node, and what that needs in the cheapest way, given all
                        that is paid already
    branch and bound    over small graphs, within a budget of steps; when it ends the optimum is proved

>>> from .gym import read_gym
>>> from ..source import Source
>>> gym = read_gym(Source("shared.json", '''{"nodes": {
... "0": {"op": "+", "eclass": "sum", "children": ["2", "2"], "cost": 1},
... "1": {"op": "twice", "eclass": "sum", "children": ["3"], "cost": 6},
... "2": {"op": "sin", "eclass": "sin", "children": ["3"], "cost": 4},
... "3": {"op": "x", "eclass": "x", "cost": 1}}, "root_eclasses": ["sum"]}'''))
>>> best = dag_choice(gym.view, gym.weights, gym.roots)
>>> best.cost, best.proved, [gym.nodes[i] for i in best.choice.node if i >= 0]
(6, True, ['0', '2', '3'])
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .extract import Choice, choose, tree_costs
from .view import Ints, View

Floats = npt.NDArray[np.float64]

FUEL = 100_000_000  # classes looked at, in about a second
STEPS = 1_000_000  # of branch and bound, in about a second
_MOST_CELLS = 1 << 26  # of all sets together
_SMALL = 10_000  # classes of a graph that branch and bound looks at


@dataclass(frozen=True, eq=False)
class DagChoice:
    """A choice, its cost as a DAG, and what is known of better ones.

    No choice costs less than `bound`; `proved` says that none costs less than this one. Costs are whole numbers if all
    weights are; proofs about others hold up to rounding.
    """

    choice: Choice
    cost: int | float
    bound: int | float
    proved: bool


@dataclass(frozen=True, eq=False)
class _Graph:
    """What may occur below some roots, as a view: its class 0 has one node over the roots, at no cost.

    No node has its own class as a child. `node` and `number` are the nodes and classes of the whole, -1 for new ones.
    """

    view: View
    weight: Floats
    node: Ints
    number: Ints


def dag_choice(view: View, weights: Floats, roots: Iterable[int], *, fuel: int = FUEL, steps: int = STEPS) -> DagChoice:
    """A choice for the roots together whose nodes have a small total weight; weights as for `tree_costs`.

    `fuel` bounds the greedy search and, once more, the exchanges; `steps` bound branch and bound. Raises LemmataError
    if a root has no term of finite cost.
    """
    wanted = list(dict.fromkeys(roots))
    costs = tree_costs(view, weights)
    tree = choose(costs, wanted).node
    graph = _graph(view, weights, costs.height >= 0, wanted)
    class_of = np.zeros(view.classes, np.int32)
    class_of[graph.number[1:]] = np.arange(1, len(graph.number), dtype=np.int32)
    place = np.zeros(len(view.op), np.int32)
    place[graph.node[1:]] = np.arange(1, len(graph.node), dtype=np.int32)
    inside = np.flatnonzero(tree >= 0)
    best = {0: 0, **dict(zip(class_of[inside].tolist(), place[tree[inside]].tolist(), strict=True))}
    greedy = _greedy(graph, fuel)
    if greedy is not None and _cost(graph, greedy) < _cost(graph, best):
        best = greedy
    best = _exchanged(graph, best, fuel)
    bound, proved = 0.0, False
    if len(graph.number) <= _SMALL:
        best, bound, proved = _exact(graph, best, steps)
    chosen = np.full(view.classes, -1, np.int32)
    for c, i in best.items():
        if c:
            chosen[graph.number[c]] = graph.node[i]
    whole = bool((graph.weight == np.floor(graph.weight)).all())
    paid = [graph.weight[i].item() for i in best.values()]
    cost = sum(map(int, paid)) if whole else math.fsum(paid)
    least = math.ceil(bound) if whole else bound
    return DagChoice(Choice(view, chosen), cost, cost if proved else least, proved)


def _graph(view: View, weights: Floats, finite: npt.NDArray[np.bool_], roots: Sequence[int]) -> _Graph:
    """What the roots reach by nodes of finite cost."""
    from . import extraction_kernels as kernels

    n = len(view.op)
    owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(view.start))
    bad = ~finite[view.child] | (view.child == view.of[owner])
    alive = np.isfinite(weights)
    alive[owner[bad]] = False
    found, seen = np.empty(view.classes, np.int32), np.zeros(view.classes, np.bool_)
    count = kernels.reach(np.array(roots, np.int32), alive, *view.members, view.start, view.child, seen, found)
    kept = alive & seen[view.of]
    number = np.full(view.classes, -1, np.int32)
    number[found[:count]] = np.arange(1, count + 1, dtype=np.int32)
    of = np.append(0, number[view.of[kept]]).astype(np.int32)
    child = number[np.append(np.array(roots, np.int32), view.child[kept[owner]])]
    lengths = np.append(len(roots), np.diff(view.start)[kept])
    part = View(
        ops=(),
        leaves=(),
        op=np.zeros(len(of), np.int32),
        of=of,
        start=np.append(0, np.cumsum(lengths)).astype(np.int32),
        child=child,
        count=np.ones(len(child), np.int64),
        leaf=np.full(len(of), -1, np.int32),
        node=np.arange(len(of), dtype=np.int32),
        numbers=of,
    )
    inside = np.append(-1, np.flatnonzero(kept)).astype(np.int32)
    return _Graph(part, np.append(0.0, weights[kept]), inside, np.append(-1, found[:count]).astype(np.int32))


def _cost(graph: _Graph, choice: Mapping[int, int]) -> float:
    return math.fsum(graph.weight[list(choice.values())].tolist())


def _needed(graph: _Graph, choice: Mapping[int, int]) -> dict[int, int]:
    """What a choice needs for class 0, each class before what it needs."""
    out: dict[int, int] = {}
    stack = [0]
    while stack:
        c = stack.pop()
        if c not in out:
            i = out[c] = choice[c]
            stack.extend(reversed(graph.view.children(i)))
    return out


def _greedy(graph: _Graph, fuel: int) -> dict[int, int] | None:
    """A choice for class 0 by greedy sets; None if the fuel or the room does not suffice to find one."""
    from . import extraction_kernels as kernels

    view = graph.view
    n, k = len(view.of), view.classes
    leaves = np.flatnonzero(np.diff(view.start) == 0)
    queue, queued = np.zeros(n, np.int32), np.zeros(n, np.bool_)
    queue[: len(leaves)] = leaves
    queued[leaves] = True
    classes, nodes = np.empty(4 * k, np.int32), np.empty(4 * k, np.int32)
    begin, length = np.zeros(k, np.int64), np.zeros(k, np.int64)
    cost, mark = np.full(k, np.inf), np.zeros(k, np.int64)
    state = np.zeros(5, np.int64)
    state[kernels.TAIL], state[kernels.FUEL] = len(leaves), fuel
    shape = view.of, view.start, view.child, graph.weight, *view.users, queue, queued
    while kernels.unite(*shape, classes, nodes, mark, begin, length, cost, state) == kernels.NO_ROOM:
        live = int(length.sum())
        if live + k > _MOST_CELLS:
            break
        cells = np.repeat(begin - np.append(0, np.cumsum(length)[:-1]), length) + np.arange(live)
        room = np.empty(max(4 * live, 2 * k) + k, np.int32)
        grown = room, room.copy()
        grown[0][:live], grown[1][:live] = classes[cells], nodes[cells]
        classes, nodes = grown
        begin = np.append(0, np.cumsum(length)[:-1])
        state[kernels.TOP] = live
    if not length[0]:
        return None
    root = slice(int(begin[0]), int(begin[0] + length[0]))
    return _needed(graph, dict(zip(classes[root].tolist(), nodes[root].tolist(), strict=True)))


def _exchanged(graph: _Graph, best: dict[int, int], fuel: int) -> dict[int, int]:
    """A choice that no exchange of one node makes cheaper, unless the fuel is spent before."""
    from . import extraction_kernels as kernels

    view, left = graph.view, np.array([fuel])
    cost = _cost(graph, best)
    while left[0] > 0:
        order = np.array(list(best), np.int32)
        choice = _cheapest_given(graph, best)
        found = kernels.exchange(order, view.start, view.child, graph.weight, *view.members, choice, 0, cost, left)
        if found >= cost:
            break
        best, cost = _needed(graph, dict(enumerate(choice.tolist()))), found
    return best


def _cheapest_given(graph: _Graph, best: Mapping[int, int]) -> Ints:
    """A node for every class: the one that a choice has, or that of its best tree if what is chosen costs nothing."""
    view = graph.view
    paid = np.zeros(view.classes, np.bool_)
    paid[list(best)] = True
    weights = np.where(paid[view.of], np.inf, graph.weight)
    weights[list(best.values())] = 0.0
    tight = np.flatnonzero(tree_costs(view, weights).tight)[::-1]
    choice = np.zeros(view.classes, np.int32)
    choice[view.of[tight]] = tight
    return choice


def _exact(graph: _Graph, best: dict[int, int], steps: int) -> tuple[dict[int, int], float, bool]:
    """The best choice by branch and bound, a bound of any, and whether it is proved."""
    from .branch_and_bound import search

    options: list[dict[int, tuple[float, int]]] = [{} for _ in graph.number]
    for i, (c, weight) in enumerate(zip(graph.view.of.tolist(), graph.weight.tolist(), strict=True)):
        options[c][i] = weight, sum(1 << d for d in set(graph.view.children(i)))
    return search(options, best, _cost(graph, best), steps)
