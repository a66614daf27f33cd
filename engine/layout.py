"""A layered drawing of an acyclic graph: every node below all that it cites.

Longest-path layers, then a few barycentre sweeps against crossings (Sugiyama, Tagawa and Toda 1981), without dummy
nodes: edges may pass behind nodes of the layers between, and a thousand nodes take milliseconds. A wide layer is
wrapped into several rows, so that a drawing is never a ribbon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

COLUMN, ROW, GAP = 220, 80, 52  # distances of nodes in a row, of rows in a layer; the extra space between layers
_SWEEPS = 6


def place(above: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Centres of the nodes. `above` maps each node to those it cites, all of which come before it.

    Deterministic; O(sweeps * (nodes log nodes + edges)).

    >>> place({"a": [], "b": [], "c": ["a", "b"]})
    {'a': (-110, 0), 'b': (110, 0), 'c': (0, 132)}
    """
    layer: dict[str, int] = {}
    below: dict[str, list[str]] = {node: [] for node in above}
    for node, cited in above.items():
        layer[node] = 1 + max((layer[c] for c in cited), default=-1)
        for c in cited:
            below[c].append(node)
    layers: list[list[str]] = [[] for _ in range(1 + max(layer.values(), default=-1))]
    for node, n in layer.items():
        layers[n].append(node)
    at = {node: k - (len(nodes) - 1) / 2 for nodes in layers for k, node in enumerate(nodes)}
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        near: Mapping[str, Sequence[str]] = above if downward else below
        for nodes in layers if downward else reversed(layers):
            nodes.sort(key=lambda node: sum(at[c] for c in near[node]) / len(near[node]) if near[node] else at[node])
            for k, node in enumerate(nodes):
                at[node] = k - (len(nodes) - 1) / 2
    out: dict[str, tuple[int, int]] = {}
    y = 0
    for nodes in layers:
        rows = _rows(nodes, len(above))
        out |= _spread(rows, y)
        y += len(rows) * ROW + GAP
    return out


def place_over(users: Mapping[str, Sequence[str]], at: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Centres of further nodes, in rows over the drawing `at`, each near the middle of its users.

    >>> place_over({"p": ["c"], "q": ["a"]}, {"a": (-110, 0), "b": (110, 0), "c": (0, 132)})
    {'q': (-110, -132), 'p': (110, -132)}
    """
    middle = {node: sum(at[u][0] for u in of_one) / len(of_one) for node, of_one in users.items()}
    rows = _rows(sorted(users, key=lambda node: middle[node]), len(at) + len(users))
    top = min((y for _, y in at.values()), default=0)
    return _spread(rows, top - GAP - len(rows) * ROW)


def _rows(layer: Sequence[str], total: int) -> list[Sequence[str]]:
    """A layer in rows, of a width that suits a drawing of `total` nodes."""
    count = math.ceil(len(layer) / max(8, math.ceil(1.3 * math.sqrt(total))))
    return [layer[n::count] for n in range(count)]  # neighbours in the order stay near each other, one above the other


def _spread(rows: Sequence[Sequence[str]], top: int) -> dict[str, tuple[int, int]]:
    return {
        node: (round((k - (len(row) - 1) / 2) * COLUMN), top + n * ROW)
        for n, row in enumerate(rows)
        for k, node in enumerate(row)
    }
