"""The terms of nodes."""

from __future__ import annotations

from functools import cached_property

from ..syntax import Row, TermTable
from .history import History


class NodeTerms:
    """The terms of a history's nodes as rows of a table, made when they are asked for."""

    def __init__(self, history: History, table: TermTable) -> None:
        self.table = table
        self._history = history
        self._rows: dict[int, int] = {}

    def below(self, node: int) -> list[int]:
        """The children of a node, none for a leaf."""
        op = self._history.ops[int(self._history.op[node])]
        return [] if op.leaf else self._history.children[node, : len(op.symbol.arguments)].tolist()

    def term(self, node: int) -> int:
        """The row of a node's term."""
        rows = self._rows
        stack = [] if node in rows else [node]
        while stack:
            missing = [c for c in self.below(stack[-1]) if c not in rows]
            if missing:
                stack.extend(missing)
            else:
                top = stack.pop()
                rows[top] = self.table.add(self._cells(top))
        return rows[node]

    def constant(self, row: int) -> int | None:
        """The first node of a constant, a literal or a variable; None if there is none."""
        return self._constants.get(self.table.rows[row])

    def _cells(self, node: int) -> Row:
        op = self._history.ops[int(self._history.op[node])]
        if op.leaf:
            return self._history.leaves[int(self._history.children[node, 0])]
        return ("app", op.symbol.name, *(self._rows[c] for c in self.below(node)))

    @cached_property
    def _constants(self) -> dict[Row, int]:
        found: dict[Row, int] = {}
        bare = [n for n, op in enumerate(self._history.ops) if op.leaf or not op.symbol.arguments]
        for number in bare:
            for node in (self._history.op == number).nonzero()[0].tolist():
                found.setdefault(self._cells(node), node)
        return found
