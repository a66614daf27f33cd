"""Types inferred without annotations: row inference, the algorithm T2 of the specification (A6.2) [R]. A convenience.

Every stack is a row: types, and then a variable for what lies below. An arrow has a row for every location going in,
and for every location at every label coming out; first-order unification with an occurs check does the rest. It is
sound, and incomplete: what lies below is one row for all uses of a variable, so a function that is used at two depths
has no type here, although it may have one by expansion (A81, A94). Where T2 says no, annotate, and ask `typing.py`.

>>> from .parsing import parse
>>> accepts(parse("<f>.f.f")), accepts(parse("<x>.[x].x")), accepts(parse("[<x>.[x].[x]].<f>.[1].f.f"))
(True, False, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .primitives import ARITHMETIC, FALSE, TRUE
from .terms import SKIP, Table, Term

Rows = tuple[int, ...]  # by location
Exits = Mapping[str, Rows]
_CONS, _ARROW, _BASE = "cons", "arrow", "base"


class _Clash(Exception):
    """Two types that cannot be one."""


def accepts(term: Term) -> bool:
    """Does row inference find a type for a closed term? Annotations and data types play no part in it."""
    table = term.table
    if not term.is_closed:
        return False
    try:
        unification = _Unification(table, term.root)
        unification.generate(term.root)
        return unification.is_finite()
    except _Clash:
        return False


class _Unification:
    """Nodes of types and rows, joined by unification as a union-find structure joins them.

    A node is a variable until it has content: (name, children).
    """

    def __init__(self, table: Table, root: int) -> None:
        self.table = table
        rows = [table.rows[i] for i in table.reachable([root])]
        self.locations = sorted({"", *(row[1] for row in rows if row[0] in ("push", "pop"))})
        self.labels = sorted({SKIP, TRUE, FALSE, *(row[1] for row in rows if row[0] in ("jump", "join", "loop"))})
        self.parent: list[int] = []
        self.content: list[tuple[str, tuple[int, ...]] | None] = []

    def node(self, name: str | None = None, *children: int) -> int:
        self.parent.append(len(self.parent))
        self.content.append(None if name is None else (name, children))
        return len(self.parent) - 1

    def base(self, name: str) -> int:
        return self.node(f"{_BASE} {name}")

    def rows(self) -> Rows:
        return tuple(self.node() for _ in self.locations)

    def arrow(self, need: Rows, exits: Exits) -> int:
        return self.node(_ARROW, *need, *(row for label in self.labels for row in exits[label]))

    def find(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = node = self.parent[self.parent[node]]
        return node

    def unify(self, left: int, right: int) -> None:
        pending = [(left, right)]
        while pending:
            a, b = (self.find(n) for n in pending.pop())
            if a == b:
                continue
            ours, theirs = self.content[a], self.content[b]
            if ours is not None and theirs is not None:
                if ours[0] != theirs[0]:
                    raise _Clash
                pending += zip(ours[1], theirs[1], strict=True)
            self.parent[a] = b
            self.content[b] = theirs or ours

    def is_finite(self) -> bool:
        """Is no type inside itself?"""
        state: dict[int, bool] = {}  # False while what is below is looked at
        for start in range(len(self.parent)):
            stack = [self.find(start)]
            while stack:
                here = stack[-1]
                if here in state:
                    stack.pop()
                    state[here] = True
                    continue
                state[here] = False
                content = self.content[here]
                for child in content[1] if content else ():
                    below = self.find(child)
                    if below not in state:
                        stack.append(below)
                    elif not state[below]:
                        return False
        return True

    # Constraints

    def generate(self, root: int) -> None:
        """The constraints of a whole term. They may come in any order."""
        exits: Exits = {label: self.rows() for label in self.labels}
        pending: list[tuple[int, Rows, Exits, Any]] = [(root, self.rows(), exits, None)]
        while pending:
            row, need, exits, environment = pending.pop()
            kind, *parts = self.table.rows[row]
            if kind == "jump":
                self._same(need, exits[parts[0]])
            elif kind == "push":
                location, argument, body = parts
                argument_type = self._value(argument, environment, pending)
                pending.append((body, self._on(need, location, argument_type), exits, environment))
            elif kind == "pop":
                location, _, body = parts
                value, rest = self.node(), self.node()
                at = self.locations.index(location)
                self.unify(need[at], self.node(_CONS, value, rest))
                pending.append((body, (*need[:at], rest, *need[at + 1 :]), exits, (value, environment)))
            elif kind == "join":
                label, left, right = parts
                middle = self.rows()
                pending.append((left, need, {**exits, label: middle}, environment))
                pending.append((right, middle, exits, environment))
            elif kind == "loop":
                pending.append((parts[1], need, {**exits, parts[0]: need}, environment))
            elif kind == "bound":
                self.unify(_variable(environment, parts[0]), self.arrow(need, exits))
            elif kind == "primitive":
                self._primitive(parts[0], need, exits)
            else:
                raise _Clash

    def _same(self, left: Rows, right: Rows) -> None:
        for a, b in zip(left, right, strict=True):
            self.unify(a, b)

    def _on(self, rows: Rows, location: str, type: int) -> Rows:
        at = self.locations.index(location)
        return (*rows[:at], self.node(_CONS, type, rows[at]), *rows[at + 1 :])

    def _value(self, row: int, environment: Any, pending: list[tuple[int, Rows, Exits, Any]]) -> int:
        kind, *parts = self.table.rows[row]
        if kind == "bound":
            return _variable(environment, parts[0])
        if kind in ("number", "constant"):
            return self.base("Z" if kind == "number" else "C")
        need, exits = self.rows(), {label: self.rows() for label in self.labels}
        pending.append((row, need, exits, environment))
        return self.arrow(need, exits)

    def _primitive(self, name: str, need: Rows, exits: Exits) -> None:
        at = self.locations.index("")
        rest = (*need[:at], self.node(), *need[at + 1 :])
        self._same(need, self._on(self._on(rest, "", self.base("Z")), "", self.base("Z")))
        if name in ARITHMETIC:
            self._same(exits[SKIP], self._on(rest, "", self.base("Z")))
        elif name == "eqb":
            below, ways = self.rows(), {label: self.rows() for label in self.labels}
            choice = self.arrow(below, ways)
            self._same(
                exits[SKIP], self._on(rest, "", self.arrow(self._on(self._on(below, "", choice), "", choice), ways))
            )
        elif name in ("eq", "lt", "le"):
            self._same(exits[TRUE], rest)
            self._same(exits[FALSE], rest)
        else:
            raise _Clash


def _variable(environment: Any, index: int) -> int:
    for _ in range(index):
        environment = environment[1]
    found: int = environment[0]
    return found
