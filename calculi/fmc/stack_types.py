"""Minimal types as the checker of `typing.py` computes with them: what a term needs, and what each of its exits gives.

    expansion   need => {j: give_j}   also has the types   need·υ => {j: rev(υ)·give_j}      the same υ for all j
    weakening   and those with more exits

Need lists the top first, give lists the bottom first (specification A6 [T], B4 [R]), so υ stands at the end of the one
and, reversed, at the beginning of the other: below everything, in both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .terms import Table

Stacks = dict[str, deque[int]]  # types from the top (left) to the bottom (right)


@dataclass
class Flow:
    """The minimal type of a term, under construction: what is needed, and what each exit gives."""

    need: Stacks
    exits: dict[str, Stacks]

    def below(self, location: str, type: int) -> None:
        """Expand: one more value below everything, which goes in and comes out at every exit."""
        self.need.setdefault(location, deque()).append(type)
        for give in self.exits.values():
            give.setdefault(location, deque()).append(type)


def flow_of(table: Table, arrow: int, without: frozenset[str] = frozenset()) -> Flow:
    """What an arrow type says, apart from some locations."""
    _, need, exits = table.rows[arrow]
    return Flow(
        {at: deque(types) for at, types in need if at not in without},
        {label: {at: deque(reversed(ts)) for at, ts in give if at not in without} for label, give in exits},
    )


def arrow_of(table: Table, flow: Flow) -> int:
    """The row of a flow."""
    exits = {label: {at: tuple(reversed(ts)) for at, ts in give.items()} for label, give in flow.exits.items()}
    return table.arrow({at: tuple(ts) for at, ts in flow.need.items()}, exits)


def expands(table: Table, larger: int, smaller: int) -> bool:
    """Is the first type the second, or an expansion and weakening of it? What is inside of them must be equal."""
    if larger == smaller:
        return True
    row, least = table.rows[larger], table.rows[smaller]
    if row[0] != "arrow" or least[0] != "arrow":
        return False
    need, least_need = dict(row[1]), dict(least[1])
    exits, least_exits = dict(row[2]), dict(least[2])
    if not least_exits.keys() <= exits.keys():
        return False
    rest: dict[str, tuple[int, ...]] = {}
    for at in need.keys() | least_need.keys():
        whole, part = need.get(at, ()), least_need.get(at, ())
        if whole[: len(part)] != part:
            return False
        rest[at] = whole[len(part) :]
    for label, given in least_exits.items():
        least_give, give = dict(given), dict(exits[label])
        for at in give.keys() | least_give.keys() | rest.keys():
            if give.get(at, ()) != (*reversed(rest.get(at, ())), *least_give.get(at, ())):
                return False
    return True


Mismatch = Callable[[str, int, int], None]  # raises: the location, what is given, and what is needed


def follow(table: Table, first: Flow, label: str, then: Flow, mismatch: Mismatch) -> Flow:
    """The type of `first ; label -> then`, but for the exits that both have: those of `first` are left beside.

    Changes both. What `then` needs is matched from the top with what the exit gives; what is missing is needed by the
    whole, and comes out below at the other exits; what is left over stays below at all exits of `then`.
    """
    give = first.exits.pop(label)
    for at, needed in then.need.items():
        given = give.get(at)
        while needed and given:
            provided, demanded = given.popleft(), needed.popleft()
            if not expands(table, demanded, provided):
                mismatch(at, provided, demanded)
        for type in needed:
            first.below(at, type)
    for at, given in give.items():
        _under(at, given, then.exits)
    return Flow(first.need, then.exits)


def _under(location: str, given: deque[int], exits: Mapping[str, Stacks]) -> None:
    """Put the rest of a stack below what every exit gives; the longer of two is kept where that is possible."""
    if not given:
        return
    for number, give in enumerate(exits.values(), 1):
        above = give.get(location)
        if number == len(exits) and above is not None and len(above) < len(given):
            given.extendleft(reversed(above))
            give[location] = given
        elif number == len(exits) and above is None:
            give[location] = given
        else:
            give.setdefault(location, deque()).extend(given)


def agreed(table: Table, left: Stacks, right: Stacks) -> Stacks | None:
    """What an exit gives that is reached in two ways; None where these differ.

    Both must give as many values, of types of which one expands the other.
    """
    together: Stacks = {}
    for at in left.keys() | right.keys():
        ours, theirs = left.get(at, deque()), right.get(at, deque())
        if len(ours) != len(theirs):
            return None
        types = deque[int]()
        for one, other in zip(ours, theirs, strict=True):
            if expands(table, one, other):
                types.append(one)
            elif expands(table, other, one):
                types.append(other)
            else:
                return None
        together[at] = types
    return together
