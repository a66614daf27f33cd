"""Small e-graphs as views, cycles included, and slow but plain answers about them."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

from lemmata.rewriting.egraph.gym import Gym, read_gym
from lemmata.rewriting.egraph.view import View
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable, children

Node = tuple[int, str, tuple[int, ...], float]  # class, symbol, classes of the children, own cost


def gym_of(nodes: Sequence[Node], roots: Sequence[int] = (0,)) -> Gym:
    """The e-graph of these nodes. Classes are numbered as they occur first, every class must have a node."""
    first: dict[int, int] = {}
    for i, (c, *_) in enumerate(nodes):
        first.setdefault(c, i)
    written = {}
    for i, (c, op, below, cost) in enumerate(nodes):
        price = {"subsumed": True} if cost == math.inf else {"cost": cost}
        written[f"n{i}"] = {"op": op, "children": [f"n{first[d]}" for d in below], "eclass": f"c{c}", **price}
    text = json.dumps({"nodes": written, "root_eclasses": [f"c{r}" for r in roots]})
    return read_gym(Source("<test>", text))


@st.composite
def small_gyms(draw: st.DrawFn, costs: Sequence[float] = (1, 2, 3, 5), classes: int = 5) -> Gym:
    """One to five classes with up to three nodes each, any class a child of any; class 0 is the root.

    No two nodes are one symbol over the same children, as in an e-graph whose congruences are all found.
    """
    k = draw(st.integers(1, classes))
    seen: set[tuple[str, tuple[int, ...]]] = set()
    nodes: list[Node] = []
    for c in range(k):
        size = draw(st.integers(1, 3))
        for _ in range(size):
            below = tuple(draw(st.lists(st.integers(0, k - 1), max_size=2)))
            op = draw(st.sampled_from("abc"))
            if (op, below) in seen:
                op = f"{op}{len(nodes)}"
            seen.add((op, below))
            nodes.append((c, op, below, draw(st.sampled_from(list(costs)))))
    return gym_of(nodes)


def least_costs(view: View, weights: Sequence[float], deepest: bool) -> list[float]:
    """By rounds over all nodes until nothing changes; infinity for a class without terms."""
    cost = [float("inf")] * view.classes
    changed = True
    while changed:
        changed = False
        for i, c in enumerate(view.of.tolist()):
            below = [cost[d] for d in view.children(i)]
            here = weights[i] + (max(below, default=0) if deepest else sum(below))
            if here < cost[c]:
                cost[c], changed = here, True
    return cost


def choices(view: View) -> Iterator[dict[int, int]]:
    """Every way to choose one node for each class."""
    members: list[list[int]] = [[] for _ in range(view.classes)]
    for i, c in enumerate(view.of.tolist()):
        members[c].append(i)
    for chosen in itertools.product(*members):
        yield dict(enumerate(chosen))


def covered(view: View, chosen: dict[int, int], roots: Sequence[int]) -> list[int] | None:
    """The classes below the roots by a choice, children first; None if it has a cycle there."""
    done: list[int] = []
    inside: set[int] = set()
    stack = list(reversed(roots))
    while stack:
        c = stack.pop()
        if c < 0:
            done.append(~c)
        elif c in inside and c not in done:
            if ~c in stack:
                return None
        elif c not in done:
            inside.add(c)
            stack.append(~c)
            below = view.children(chosen[c])
            if any(~d in stack for d in below):
                return None
            stack.extend(d for d in below if d not in done)
    return done


def show(table: TermTable, row: int) -> str:
    """A term as symbols in brackets."""
    texts: list[str] = []
    for cells in table.rows[: row + 1]:
        below = [texts[c] for c in children(cells)]
        texts.append(f"{cells[1]}({', '.join(below)})" if below else str(cells[1]))
    return texts[row]
