"""The least DAG cost by branch and bound, for small graphs.

Sets of classes are integers, one bit each. Two facts about the graph do most of the work. What every term of a class
passes through, `must`, is needed as soon as the class is, and costs at least its cheapest nodes: that bounds what a
partial choice can become. And a node whose child must pass through the node's own class can never be chosen.

A class is branched on only if no node of it is forced: because all others cost too much, or because it costs no more
than its class does anyway and needs nothing new. Choices with cycles are left out as they arise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_ROUNDING = 1e-12  # relative; costs that differ by less count as equal


@dataclass(frozen=True)
class _Option:
    """A node: its weight, its children, all that these must pass through, and whether it can lie on a cycle."""

    node: int
    weight: float
    below: int
    needs: int
    cyclic: bool


@dataclass
class _State:
    """A partial choice: the classes that it needs, those of them without a node, and the least that it can cost."""

    needed: int
    open: int
    cost: float


@dataclass
class _Branch:
    """A class to choose a node for, in a partial choice that has decided `trail` classes.

    `left` are the nodes not tried yet with the least that each leads to; the last comes first.
    """

    place: int
    left: list[tuple[float, _Option]]
    state: _State
    trail: int


def search(
    options: Sequence[Mapping[int, tuple[float, int]]], best: dict[int, int], cost: float, steps: int
) -> tuple[dict[int, int], float, bool]:
    """The best choice for class 0, a bound that no choice beats, and whether the search came to its end.

    `options` has for each class its nodes, with the weight and the set of children of each; `best` is a choice of that
    `cost` to begin with. A step looks at one node in one partial choice.
    """
    return _Search(options, best, cost).run(steps)


class _Search:
    def __init__(self, options: Sequence[Mapping[int, tuple[float, int]]], best: dict[int, int], cost: float) -> None:
        self._best, self._cost = best, cost
        kept = [_undominated(nodes) for nodes in options]
        must = _must(kept)
        while _drop_cyclic(kept, must):
            must = _must(kept)
        reach = _reach(kept)
        self._options = [
            [
                _Option(i, weight, below, _union(must, below), bool(_union(reach, below) >> c & 1))
                for i, (weight, below) in sorted(nodes.items(), key=lambda item: item[1][0])
            ]
            for c, nodes in enumerate(kept)
        ]
        self._least = [min((o.weight for o in found), default=0.0) for found in self._options]
        self._start = must[0]
        self._chosen: dict[int, _Option] = {}
        self._trail: list[int] = []

    def run(self, steps: int) -> tuple[dict[int, int], float, bool]:
        branches: list[_Branch] = []
        state: _State | None = _State(self._start, self._start, self._sum(self._start))
        while True:
            found = None
            while state is not None and steps > 0:
                found, state, steps = self._advance(state, steps)
                if found is not None:
                    branches.append(found)
                    break
            if state is not None and found is None:
                left = [state.cost, *(cost for b in branches for cost, _ in b.left)]
                return self._best, min(*left, self._cost), False
            while branches and not branches[-1].left:
                branches.pop()
            if not branches:
                return self._best, self._cost, True
            state = self._take(branches[-1])

    def _take(self, branch: _Branch) -> _State | None:
        """Try the next node of a branch; None if it leads nowhere."""
        while len(self._trail) > branch.trail:
            del self._chosen[self._trail.pop()]
        cost, option = branch.left.pop()
        state = _State(branch.state.needed, branch.state.open, branch.state.cost)
        return state if self._beats(cost) and self._choose(state, branch.place, option, cost) else None

    def _advance(self, state: _State, steps: int) -> tuple[_Branch | None, _State | None, int]:
        """Choose all that is forced. Then a branch, or no state where the choice is complete or leads nowhere."""
        pick: _Branch | None = None
        forced = True
        while forced:
            forced, pick = False, None
            for c in _bits(state.open):
                viable: list[tuple[float, _Option]] = []
                for option in self._options[c]:
                    steps -= 1
                    new = option.needs & ~state.needed
                    extra = option.weight - self._least[c] + self._sum(new)
                    if not (extra or new or option.cyclic):
                        viable = [(state.cost, option)]
                        break
                    if self._beats(state.cost + extra):
                        viable.append((state.cost + extra, option))
                if not viable:
                    return None, None, steps
                if len(viable) == 1:
                    if not self._choose(state, c, viable[0][1], viable[0][0]):
                        return None, None, steps
                    forced = True
                elif pick is None or len(viable) < len(pick.left):
                    pick = _Branch(c, viable, state, 0)
            if steps <= 0:
                return None, state, steps
        if pick is None:
            if self._beats(state.cost):
                self._best = {c: option.node for c, option in self._chosen.items()}
                self._cost = state.cost
            return None, None, steps
        pick.left.sort(key=lambda item: item[0], reverse=True)
        pick.trail = len(self._trail)
        return pick, state, steps

    def _choose(self, state: _State, c: int, option: _Option, cost: float) -> bool:
        """Decide a class; False if that closes a cycle."""
        if option.cyclic and self._closes(c, option):
            return False
        self._chosen[c] = option
        self._trail.append(c)
        state.open = (state.open | (option.needs & ~state.needed)) & ~(1 << c)
        state.needed |= option.needs
        state.cost = cost
        return True

    def _closes(self, c: int, option: _Option) -> bool:
        """Do the nodes chosen so far lead from a child of the node to class c?"""
        seen = new = option.below
        while new:
            if seen >> c & 1:
                return True
            under = 0
            for d in _bits(new):
                if d in self._chosen:
                    under |= self._chosen[d].below
            new = under & ~seen
            seen |= new
        return False

    def _beats(self, cost: float) -> bool:
        return cost < self._cost * (1 - _ROUNDING)

    def _sum(self, classes: int) -> float:
        return sum(self._least[c] for c in _bits(classes))


def _bits(classes: int) -> Iterator[int]:
    """The members of a set, ascending."""
    while classes:
        low = classes & -classes
        yield low.bit_length() - 1
        classes ^= low


def _union(sets: Sequence[int], classes: int) -> int:
    out = 0
    for c in _bits(classes):
        out |= sets[c]
    return out


def _undominated(nodes: Mapping[int, tuple[float, int]]) -> dict[int, tuple[float, int]]:
    """Without the nodes for which another one costs no more and has no other children."""
    kept: dict[int, tuple[float, int]] = {}
    for i, (weight, below) in sorted(nodes.items(), key=lambda item: (item[1][0], item[1][1].bit_count())):
        if not any(other & ~below == 0 for _, other in kept.values()):
            kept[i] = weight, below
    return kept


def _must(options: Sequence[Mapping[int, tuple[float, int]]]) -> list[int]:
    """For each class the classes that every term of it passes through, itself included.

    Classes with greater numbers, which as a rule stand below, are looked at first.
    """
    everything = (1 << len(options)) - 1
    must = [everything] * len(options)
    users: list[list[int]] = [[] for _ in options]
    for c, nodes in enumerate(options):
        for d in _bits(_union_of(below for _, below in nodes.values())):
            users[d].append(c)
    queue = list(range(len(options) - 1, -1, -1))
    waiting = set(queue)
    for c in queue:
        waiting.discard(c)
        common = everything
        for _, below in options[c].values():
            common &= _union(must, below)
        common |= 1 << c
        if common != must[c]:
            must[c] = common
            for u in users[c]:
                if u not in waiting:
                    waiting.add(u)
                    queue.append(u)
    return must


def _union_of(sets: Iterator[int]) -> int:
    out = 0
    for classes in sets:
        out |= classes
    return out


def _drop_cyclic(options: Sequence[dict[int, tuple[float, int]]], must: Sequence[int]) -> bool:
    """Drop the nodes with a child that must pass through their class; were there any?"""
    dropped = False
    for c, nodes in enumerate(options):
        for i, (_, below) in list(nodes.items()):
            if _union(must, below) >> c & 1:
                del nodes[i]
                dropped = True
    return dropped


def _reach(options: Sequence[Mapping[int, tuple[float, int]]]) -> list[int]:
    """For each class the classes that may stand below it, itself included."""
    reach = [1 << c for c in range(len(options))]
    below = [_union_of(under for _, under in nodes.values()) for nodes in options]
    changed = True
    while changed:
        changed = False
        for c in range(len(options) - 1, -1, -1):
            more = reach[c] | _union(reach, below[c])
            if more != reach[c]:
                reach[c], changed = more, True
    return reach
