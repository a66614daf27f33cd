"""A layered drawing of an acyclic graph: every node below all that it cites.

Longest-path layers, then a few barycentre sweeps against crossings (Sugiyama, Tagawa and Toda 1981), without dummy
nodes: edges may pass behind nodes of the layers between, and a thousand nodes take milliseconds. A wide layer is
wrapped into several rows, so that a drawing is never a ribbon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

COLUMN, ROW, GAP = 208, 76, 56  # distances of nodes in a row, of rows in a layer; the extra space between layers
_SWEEPS = 6


def place(above: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Centres of the nodes. `above` maps each node to those it cites, all of which come before it.

    Deterministic; O(sweeps * (nodes log nodes + edges)).

    >>> place({"a": [], "b": [], "c": ["a", "b"]})
    {'a': (-104, 0), 'b': (104, 0), 'c': (0, 132)}
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
    widest = max(6, math.ceil(1.3 * math.sqrt(len(above))))
    out: dict[str, tuple[int, int]] = {}
    y = 0
    for nodes in layers:
        rows = math.ceil(len(nodes) / widest)
        for n in range(rows):
            row = nodes[n::rows]  # neighbours in the order stay near each other, one above the other
            for k, node in enumerate(row):
                out[node] = (round((k - (len(row) - 1) / 2) * COLUMN), y)
            y += ROW
        y += GAP
    return out
