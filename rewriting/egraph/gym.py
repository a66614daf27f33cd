"""E-graphs in the JSON of extraction-gym and egraph-serialize, the format in which extraction methods are compared.

    {"nodes": {"n0": {"op": "x", "children": [], "eclass": "0", "cost": 1.0},
               "n1": {"op": "neg", "children": ["n0"], "eclass": "1", "cost": 2.5}},
     "root_eclasses": ["1"]}

A child is named by any node of its class. The cost is the node's own, 1 where it is left out. A node marked "subsumed"
may not be extracted. What else stands there is ignored, as the format wants it.

>>> file = Source("two.json", '{"nodes": {"a": {"op": "x", "children": ["b"], "eclass": "0"}}, "root_eclasses": ["0"]}')
>>> read_gym(file)
Traceback (most recent call last):
lemmata.rewriting.source.LemmataError: two.json: node 'a': child 'b' is no node
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ..bank import BankSymbol
from ..source import LemmataError, Source, SourceError
from .costs import LARGEST, node_text
from .history import Op
from .view import View

SORT = "E"  # of all terms, where the format names no sorts
_MOST_REPEATED = 1 << 12  # times that a child is written


@dataclass(frozen=True, eq=False)
class Gym:
    """A serialised e-graph: a view, the own cost of each node (float64), the classes of the roots, and names.

    All nodes are applications of symbols over the one sort "E", in the order of the file. `nodes` and `classes` have
    the names by which the file calls them.
    """

    view: View
    weights: npt.NDArray[np.float64]
    roots: tuple[int, ...]
    nodes: tuple[str, ...]
    classes: tuple[str, ...]


def read_gym(source: Source) -> Gym:
    """The e-graph that a text in this format describes. Raises SourceError and LemmataError, with the place."""
    data = _json(source)
    given = _mapping(data.get("nodes"), source, "'nodes'")
    nodes = {name: _node(source, name, value) for name, value in given.items()}
    class_names: dict[str, int] = {}
    of = [class_names.setdefault(node.eclass, len(class_names)) for node in nodes.values()]
    number = dict(zip(nodes, of, strict=True))
    ops: dict[tuple[str, int], int] = {}
    start, child = [0], list[int]()
    for name, node in nodes.items():
        ops.setdefault((node.op, len(node.children)), len(ops))
        for c in node.children:
            if c not in number:
                _refuse(source, f"node {name!r:.80}: child {c!r:.80} is no node")
            child.append(number[c])
        start.append(len(child))
    roots = data.get("root_eclasses")
    if not isinstance(roots, list):
        _refuse(source, "'root_eclasses' must be a list of the names of classes")
    for root in roots:
        if not isinstance(root, str) or root not in class_names:
            _refuse(source, f"root {root!r:.80} is no class of a node")
    n = len(nodes)
    classes = np.array(of, np.int32)
    view = View(
        tuple(Op(BankSymbol("app", op, (SORT,) * arity, SORT), leaf=False) for op, arity in ops),
        (),
        np.array([ops[node.op, len(node.children)] for node in nodes.values()], np.int32),
        classes,
        np.array(start, np.int32),
        np.array(child, np.int32),
        np.ones(len(child), np.int64),
        np.full(n, -1, np.int32),
        np.arange(n, dtype=np.int32),
        classes,
    )
    weights = np.array([node.cost for node in nodes.values()], np.float64)
    return Gym(view, weights, tuple(class_names[r] for r in roots), tuple(nodes), tuple(class_names))


def write_gym(
    view: View, weights: npt.NDArray[np.float64], roots: Iterable[int], texts: Mapping[str, str] | None = None
) -> str:
    """The text of a view in this format, one node a line; `texts` has the texts of symbols by name.

    A node of infinite weight is written as subsumed. Nodes and classes are called by their numbers. Raises LemmataError
    where a child has a coefficient that is no small positive number, for which the format has no words.
    """
    first, member = (array.tolist() for array in view.members)
    counts = view.count.tolist()
    lines = []
    for i, (c, weight) in enumerate(zip(view.of.tolist(), weights.tolist(), strict=True)):
        children: list[str] = []
        for place, below in enumerate(view.children(i), int(view.start[i])):
            if not 0 < counts[place] <= _MOST_REPEATED:
                raise LemmataError(f"the format has no words for {counts[place]} times a child")
            children += [str(member[first[below]])] * counts[place]
        node: dict[str, object] = {"op": node_text(view, i, texts or {}), "children": children, "eclass": str(c)}
        node["cost"] = 0.0 if weight == math.inf else weight
        if weight == math.inf:
            node["subsumed"] = True
        lines.append(f"{json.dumps(str(i))}: {json.dumps(node)}")
    nodes = ",\n".join(lines)
    return f'{{"nodes": {{\n{nodes}\n}},\n"root_eclasses": {json.dumps([str(r) for r in roots])}}}\n'


@dataclass(frozen=True)
class _Node:
    op: str
    children: list[str]
    eclass: str
    cost: float


def _node(source: Source, name: str, value: object) -> _Node:
    """Check one node."""
    what = f"node {name!r:.80}"
    node = _mapping(value, source, what)
    for key in ("op", "eclass"):
        if not isinstance(node.get(key), str):
            _refuse(source, f"{what}: {key!r} must be a text")
    children = node.get("children", [])
    if not isinstance(children, list) or not all(isinstance(c, str) for c in children):
        _refuse(source, f"{what}: 'children' must be a list of the names of nodes")
    cost = node.get("cost", 1.0)
    if type(cost) not in (int, float) or not 0 <= cost <= LARGEST:
        _refuse(source, f"{what}: the cost is {cost!r:.80}", hint="costs are numbers from 0 to 2^53")
    return _Node(node["op"], children, node["eclass"], math.inf if node.get("subsumed") is True else float(cost))


def _json(source: Source) -> dict[str, Any]:
    try:
        data = json.loads(source.text, object_pairs_hook=_distinct, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise SourceError(f"no JSON: {error.msg}", source, line=error.lineno, column=error.colno) from None
    except RecursionError:
        _refuse(source, "no e-graph: nested too deeply")
    except ValueError as error:
        _refuse(source, str(error))
    return _mapping(data, source, "the whole")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"{twice!r:.80} is there twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _mapping(value: object, source: Source, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(source, f"{what} must be an object")
    return value


def _refuse(source: Source, message: str, hint: str | None = None) -> NoReturn:
    raise LemmataError(f"{source.name}: {message}", hint=hint or _HINT)


_HINT = 'an e-graph is {"nodes": {NAME: {"op", "children", "eclass", "cost"}}, "root_eclasses": [...]}'
