"""A layered drawing of an acyclic graph: every node below all that it cites.

Longest-path layers, barycentre sweeps against crossings (Sugiyama, Tagawa and Toda 1981), and places as near to the
neighbours' as the order in a row allows. A wide layer takes several rows, so that a drawing is never a ribbon. An edge
that spans rows gets a bend in each of them, with room of its own; edges from one node share theirs. A thousand nodes
take well under a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[int, int]
# A node, or the bend in some row of the edges that go down from a node.
_Item = str | tuple[str, int]

COLUMN, ROW, GAP = 220, 80, 52  # distances of nodes in a row, of rows in a layer; the extra space between layers
_LANE = 36  # room for the bend of an edge
_SWEEPS = 8
_MOST_BENDS = 10_000  # a drawing with more of them could not be read anyway; its edges pass behind nodes


@dataclass(frozen=True)
class Drawing:
    """The centres of the nodes, and for edges (node, cited) the points that they pass, from the cited node down."""

    places: Mapping[str, Point]
    bends: Mapping[tuple[str, str], tuple[Point, ...]]


def draw(above: Mapping[str, Sequence[str]]) -> Drawing:
    """The drawing of a graph. `above` maps each node to those it cites, all of which come before it.

    Deterministic; O(sweeps * (items log items + edges)), where items are nodes and bends.

    >>> draw({"a": [], "b": [], "c": ["a", "b"]}).places
    {'a': (-110, 0), 'b': (110, 0), 'c': (0, 132)}
    """
    rows, tops = _rows_of(above)
    level = {node: n for n, row in enumerate(rows) for node in row}
    lowest = dict(level)
    for node, cited in above.items():
        for c in cited:
            lowest[c] = max(lowest[c], level[node] - 1)
    spans = sum(level[node] - level[c] - 1 for node, cited in above.items() for c in cited)
    bent = spans <= _MOST_BENDS

    def passed(c: str, node: str) -> list[_Item]:
        """The bends of the edge from `c` down to `node`, both ends included."""
        return [c, *((c, n) for n in range(level[c] + 1, level[node]) if bent), node]

    items: list[list[_Item]] = [list(row) for row in rows]
    up: dict[_Item, list[_Item]] = {node: [] for node in above}
    for node, n in level.items():
        for k in range(n + 1, lowest[node] + 1 if bent else n + 1):
            items[k].append((node, k))
            up[node, k] = []
    for node, cited in above.items():
        for c in cited:
            path = passed(c, node)
            for upper, lower in pairwise(path):
                if upper not in up[lower]:
                    up[lower].append(upper)
    x = _across(items, up)
    return Drawing(
        {node: (round(x[node]), tops[level[node]]) for node in above},
        {
            (node, c): tuple((round(x[bend]), tops[bend[1]]) for bend in passed(c, node) if not isinstance(bend, str))
            for node, cited in above.items()
            for c in cited
        },
    )


def place_over(users: Mapping[str, Sequence[str]], at: Mapping[str, Point]) -> dict[str, Point]:
    """Centres of further nodes, in rows over the drawing `at`, each near the middle of its users.

    >>> place_over({"p": ["c"], "q": ["a"]}, {"a": (-110, 0), "b": (110, 0), "c": (0, 132)})
    {'q': (-110, -132), 'p': (110, -132)}
    """
    middle = {node: sum(at[u][0] for u in of_one) / len(of_one) for node, of_one in users.items()}
    order = sorted(users, key=lambda node: middle[node])
    count = math.ceil(len(order) / _widest(len(at) + len(users)))
    rows = [order[n::count] for n in range(count)]  # neighbours in the order stand one above the other
    top = min((y for _, y in at.values()), default=0) - GAP - count * ROW
    return {
        node: (round((k - (len(row) - 1) / 2) * COLUMN), top + n * ROW)
        for n, row in enumerate(rows)
        for k, node in enumerate(row)
    }


def _widest(total: int) -> int:
    """How many nodes fit a row of a drawing of `total`."""
    return max(8, math.ceil(1.3 * math.sqrt(total)))


def _rows_of(above: Mapping[str, Sequence[str]]) -> tuple[list[list[str]], list[int]]:
    """Rows of nodes, each below what it cites, and the height of each row."""
    layer: dict[str, int] = {}
    next_user: dict[str, float] = dict.fromkeys(above, math.inf)
    for node, cited in above.items():
        layer[node] = 1 + max((layer[c] for c in cited), default=-1)
    for node, cited in above.items():
        for c in cited:
            next_user[c] = min(next_user[c], layer[node])
    layers: list[list[str]] = [[] for _ in range(1 + max(layer.values(), default=-1))]
    for node, n in layer.items():
        layers[n].append(node)
    widest = _widest(len(above))
    rows: list[list[str]] = []
    tops: list[int] = []
    y = 0
    for nodes in layers:
        count = math.ceil(len(nodes) / widest)
        if count > 1:
            nodes.sort(key=lambda node: -next_user[node])  # those that are needed soon stand lowest
        width = math.ceil(len(nodes) / count)
        for n in range(count):
            rows.append(nodes[n * width : (n + 1) * width])
            tops.append(y)
            y += ROW
        y += GAP
    return rows, tops


def _across(rows: list[list[_Item]], up: Mapping[_Item, Sequence[_Item]]) -> dict[_Item, float]:
    """Order each row in place, and give every item its place across."""
    down: dict[_Item, list[_Item]] = {item: [] for item in up}
    for item, uppers in up.items():
        for upper in uppers:
            down[upper].append(item)
    x: dict[_Item, float] = {}
    for row in rows:
        x |= _packed(row)
    for sweep in range(_SWEEPS):
        near: Mapping[_Item, Sequence[_Item]] = down if sweep % 2 else up
        for row in reversed(rows) if sweep % 2 else rows:
            row.sort(key=lambda item: _mean([x[other] for other in near[item]], x[item]))
            x |= _packed(row)
    for sweep in range(_SWEEPS):
        for row in reversed(rows) if sweep % 2 else rows:
            wanted = [_mean([x[other] for other in (*up[item], *down[item])], x[item]) for item in row]
            x |= dict(zip(row, _apart(wanted, row), strict=True))
    return x


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _offsets(row: Sequence[_Item]) -> list[float]:
    """The places of a row's items when they stand as close as they may, the first at 0."""
    out: list[float] = []
    for k, item in enumerate(row):
        room = [COLUMN if isinstance(i, str) else _LANE for i in (row[k - 1], item)]
        out.append(out[-1] + sum(room) / 2 if out else 0.0)
    return out


def _packed(row: Sequence[_Item]) -> dict[_Item, float]:
    offsets = _offsets(row)
    return {item: offset - offsets[-1] / 2 for item, offset in zip(row, offsets, strict=True)}


def _apart(wanted: Sequence[float], row: Sequence[_Item]) -> list[float]:
    """The places nearest to the wanted ones (in the sum of squares) that keep the order and the room of each item."""
    offsets = _offsets(row)
    # Less the offsets, places need only not decrease: pool those that do.
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    means = [mean for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
