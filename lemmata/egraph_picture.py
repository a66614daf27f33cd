"""An e-graph as it is drawn and listed: which classes are shown, their best terms, and where everything stands.

A class is a box of lines, one for each of its e-nodes; a dot on a line is an argument, from which an edge leads to the
argument's class below. Where classes lie on a cycle some edges lead up, round the side.

      +--------------+      the class of a * 1, in which a lies too
      | c0  a        |
      | a            |<-.
      | *        . . |  |   the first argument of * is the class itself
      +----------|-|-+  |
                 | '----'
              +--v-----------+
              | c1  1        |
              | 1            |
              +--------------+
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .engine.layout import ROW, Drawing, draw
from .rewriting.egraph.extract import Choice, choose, tree_costs
from .rewriting.egraph.view import View
from .rewriting.printing import Printer
from .rewriting.syntax import TermTable
from .rewriting.theory import Notation, Symbol

MOST_DRAWN = 300  # classes
MOST_LISTED = 1_000
MOST_LINES = 10  # e-nodes of a class in the drawing
MOST_NODES = 50  # and in the list
MOST_USERS = 40
_CHARACTERS = 120  # of a best term

WIDTH, HEAD, LINE, FOOT = 196, 26, 20, 6  # of a box
_BETWEEN = 26  # rows of boxes of one layer
_DOT, _DOTS = 13, 6  # between dots, and how many at most
_ROUND = 28  # how far to the side an upward edge goes


@dataclass(frozen=True)
class ENode:
    """An e-node: the text of its head and how that is written, the classes of its arguments, and how often each
    occurs (1 but in sums and products)."""

    number: int
    head: str
    notation: Notation
    below: tuple[int, ...]
    counts: tuple[int, ...]
    best: bool


@dataclass(frozen=True)
class EClass:
    """A class: the text of its best term, e-nodes with the best one first, the classes that use it, and how many there
    are of these in all. `root` says that it was asked for."""

    number: int
    text: str
    nodes: tuple[ENode, ...]
    size: int
    users: tuple[int, ...]
    used: int
    root: bool


@dataclass(frozen=True)
class Box:
    """Where a class stands: the middle of its upper side, and its height."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Edge:
    """From the argument of an e-node of one class to another, as a path of SVG; `upward` if it closes a cycle."""

    user: int
    node: int
    used: int
    path: str
    upward: bool


@dataclass(frozen=True)
class Picture:
    """All that a page shows, and the numbers of live e-nodes and of classes that there are."""

    nodes: int
    classes: int
    listed: tuple[EClass, ...]
    boxes: Mapping[int, Box]
    edges: tuple[Edge, ...]


def picture(
    view: View, symbols: Sequence[Symbol] = (), roots: Iterable[int] = (), best: Choice | None = None
) -> Picture:
    """What to show of a view: the classes nearest to the roots, which are ids of the e-graph's, or all if they are few.

    `symbols` tell how terms are written; without them it is in prefix notation. `best` chooses the best terms; it must
    cover what is shown, and is by size if it is left out. Linear in the view, for the number of classes that are shown.
    """
    asked = list(dict.fromkeys(view.class_of(r) for r in roots))
    shown = _nearest(view, asked, MOST_LISTED)
    if best is None:
        best = choose(tree_costs(view, np.ones(len(view.op))), shown)
    texts = _texts(view, symbols, best, shown)
    written = {s.name: s.notation for s in symbols}
    first, member = view.members
    listed = []
    for c in shown:
        chosen = int(best.node[c])
        inside = member[first[c] : first[c + 1]].tolist()
        order = [chosen, *(i for i in inside if i != chosen)]
        users = _users(view, c)
        nodes = tuple(_node(view, i, written, i == chosen) for i in order[:MOST_NODES])
        listed.append(EClass(c, texts[c], nodes, len(inside), tuple(users[:MOST_USERS]), len(users), c in asked))
    boxes, edges = _place(_drawn(listed, asked), asked)
    return Picture(len(view.op), view.classes, tuple(listed), boxes, edges)


def _nearest(view: View, roots: Sequence[int], most: int) -> list[int]:
    """Classes in the order of a walk from the roots through arguments, then of one through users, then the others."""
    starts = roots or [c for c in range(min(view.classes, 50 * most)) if view.users[0][c] == view.users[0][c + 1]]
    found: dict[int, None] = {}
    first, member = view.members
    for through_users in (False, True):
        queue = list(found) if through_users else list(starts[:most])
        at = 0
        found.update(dict.fromkeys(queue))
        while at < len(queue) and len(found) < most:
            c = queue[at]
            at += 1
            inside = member[first[c] : min(first[c + 1], first[c] + MOST_NODES)].tolist()
            near = _users(view, c) if through_users else [d for i in inside for d in view.children(i)]
            for d in near:
                if d not in found and len(found) < most:
                    found[d] = None
                    queue.append(d)
    for c in range(view.classes):
        if len(found) >= most:
            break
        found.setdefault(c)
    return list(found)


def _drawn(listed: Sequence[EClass], roots: Sequence[int]) -> dict[int, EClass]:
    """All that is listed if it fits, else what lies near the roots by the lines that are drawn."""
    if len(listed) <= MOST_DRAWN:
        return {c.number: c for c in listed}
    numbered = {c.number: c for c in listed}
    queue = [r for r in roots if r in numbered] or [c.number for c in listed if not c.used] or [listed[0].number]
    found = {c: numbered[c] for c in queue[:MOST_DRAWN]}
    queue = list(found)
    for c in queue:  # which grows
        for d in (d for node in numbered[c].nodes[:MOST_LINES] for d in node.below):
            if d in numbered and d not in found and len(found) < MOST_DRAWN:
                found[d] = numbered[d]
                queue.append(d)
    return found


def _users(view: View, c: int) -> list[int]:
    """The classes with an e-node that has an argument in the class."""
    first, user = view.users
    return [int(d) for d in np.unique(view.of[user[first[c] : first[c + 1]]])]


def _texts(view: View, symbols: Sequence[Symbol], best: Choice, classes: Sequence[int]) -> dict[int, str]:
    if not symbols:
        applied = (op.symbol for op in view.ops if op.symbol.kind == "app")
        symbols = [Symbol(s.name, s.arguments, s.result, "abstract", Notation(s.name)) for s in applied]
    table = TermTable()
    printer = Printer(symbols)
    rows = best.rows(table, classes)
    return {c: printer.show(table, row, "unicode", most=_CHARACTERS) for c, row in zip(classes, rows, strict=True)}


def _node(view: View, i: int, written: Mapping[str, Notation], best: bool) -> ENode:
    below = tuple(view.children(i))
    counts = tuple(view.count[view.start[i] : view.start[i + 1]].tolist())
    if view.leaf[i] >= 0:
        head = str(view.leaves[int(view.leaf[i])][1])
        return ENode(int(view.node[i]), head, Notation(head), below, counts, best)
    name = view.ops[int(view.op[i])].symbol.name
    notation = written.get(name) or Notation(name)
    return ENode(int(view.node[i]), notation.text, notation, below, counts, best)


# The drawing.


def _place(drawn: Mapping[int, EClass], roots: Sequence[int]) -> tuple[dict[int, Box], tuple[Edge, ...]]:
    below = {c: _distinct(d for n in drawn[c].nodes[:MOST_LINES] for d in n.below if d in drawn) for c in drawn}
    order = _order(below, roots)
    place = {c: n for n, c in enumerate(order)}
    above: dict[str, list[str]] = {str(c): [] for c in order}
    for c in order:
        for d in below[c]:
            if place[d] > place[c]:
                above[str(d)].append(str(c))
    drawing = draw(above)
    heights = {c: HEAD + FOOT + LINE * min(drawn[c].size, MOST_LINES + 1) for c in drawn}
    rows = _rows(drawing, heights)
    boxes = {c: Box(drawing.places[str(c)][0], rows[drawing.places[str(c)][1]][0], heights[c]) for c in order}
    edges = []
    for c in sorted(drawn):
        for k, node in enumerate(drawn[c].nodes[:MOST_LINES]):
            for n, d in enumerate(node.below):
                if d not in drawn:
                    continue
                x, y = dot(node, n)
                start = boxes[c].x + x, boxes[c].y + HEAD + k * LINE + y
                upward = place[d] <= place[c]
                bends = drawing.bends.get((str(d), str(c)), ())
                path = _round(start, boxes[d]) if upward else _down(start, [(x, *rows[y]) for x, y in bends], boxes[d])
                edges.append(Edge(c, node.number, d, path, upward))
    return boxes, tuple(edges)


def dot(node: ENode, argument: int) -> tuple[int, int]:
    """Where the dot of an argument stands, from the upper middle of its line. Of many, the last ones coincide."""
    count = min(len(node.below), _DOTS)
    return WIDTH // 2 - 14 - _DOT * (count - 1 - min(argument, count - 1)), LINE // 2


def _distinct(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def _order(below: Mapping[int, Sequence[int]], roots: Sequence[int]) -> list[int]:
    """All classes so that every one comes before those below it, but for edges that close a cycle: the reverse of the
    order in which a depth-first walk leaves them."""
    used = {d for c in below for d in below[c] if d != c}
    starts = _distinct([*(r for r in roots if r in below), *(c for c in below if c not in used), *below])
    left: list[int] = []
    entered: set[int] = set()
    for start in reversed(starts):  # so that the first one comes first in the reverse
        if start in entered:
            continue
        entered.add(start)
        stack = [(start, iter(reversed(below[start])))]
        while stack:
            c, rest = stack[-1]
            following = next((d for d in rest if d not in entered), None)
            if following is None:
                left.append(c)
                stack.pop()
            else:
                entered.add(following)
                stack.append((following, iter(reversed(below[following]))))
    return left[::-1]


def _rows(drawing: Drawing, heights: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """For each height in a drawing of equal boxes, the upper and the lower end of that row of boxes as they are."""
    tallest: dict[int, int] = {}
    for c, (_, y) in drawing.places.items():
        tallest[y] = max(tallest.get(y, 0), heights[int(c)])
    out: dict[int, tuple[int, int]] = {}
    top = 0
    for y, following in pairwise([*sorted(tallest), max(tallest, default=0)]):
        out[y] = top, top + tallest[y]
        top += tallest[y] + _BETWEEN + max(0, following - y - ROW)
    return out


def _down(start: tuple[int, int], bends: Sequence[tuple[int, int, int]], box: Box) -> str:
    """Curves between the rows, straight through them. Bends have a place across and the ends of their row."""
    x, y = start
    path = f"M{x} {y}"
    for to, upper, lower in [*bends, (box.x, box.y, box.y)]:
        middle = (y + upper) // 2
        path += f"C{x} {middle} {to} {middle} {to} {upper}"
        if lower > upper:
            path += f"V{lower}"
        x, y = to, lower
    return path


def _round(start: tuple[int, int], box: Box) -> str:
    """Round the right sides to the head of a box that stands no lower."""
    x, y = start
    side, head = box.x + WIDTH // 2, box.y + HEAD // 2
    return f"M{x} {y}C{max(x, side) + _ROUND} {y} {side + _ROUND} {head} {side} {head}"
