"""The terms of nodes."""

from __future__ import annotations

from collections.abc import Iterable
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
        """The children of a node: none for a leaf, the distinct members of a sum."""
        op = self._history.ops[int(self._history.op[node])]
        if op.symbol.kind == "ac":
            return [member for member, _ in self._history.multisets[int(self._history.children[node, 0])]]
        return [] if op.leaf else self._history.children[node, : len(op.symbol.arguments)].tolist()

    def members(self, node: int) -> tuple[tuple[int, int], ...] | None:
        """The members of a sum, in the order of its term, and how often each occurs; None for any other node."""
        if self._history.ops[int(self._history.op[node])].symbol.kind != "ac":
            return None
        return self._history.multisets[int(self._history.children[node, 0])]

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
                rows[top] = self._row(top)
        return rows[node]

    def constant(self, row: int) -> int | None:
        """The first node of a constant, a literal or a variable; None if there is none."""
        return self._constants.get(self.table.rows[row])

    def nested(self, symbol: str, operands: Iterable[tuple[int, int]]) -> int:
        """Rows, each so many times, side by side under a symbol, grouped to the left; there must be one."""
        made: int | None = None
        for row, count in operands:
            for _ in range(count):
                made = row if made is None else self.table.app(symbol, made, row)
        assert made is not None, "a sum has members"
        return made

    def _row(self, node: int) -> int:
        members = self.members(node)
        if members is not None:
            symbol = self._history.ops[int(self._history.op[node])].symbol
            return self.nested(symbol.name, [(self._rows[m], count) for m, count in members])
        return self.table.add(self._cells(node))

    def _cells(self, node: int) -> Row:
        op = self._history.ops[int(self._history.op[node])]
        if op.leaf:
            return self._history.leaves[int(self._history.children[node, 0])]
        return ("app", op.symbol.name, *(self._rows[c] for c in self.below(node)))

    @cached_property
    def _constants(self) -> dict[Row, int]:
        found: dict[Row, int] = {}
        ops = self._history.ops
        bare = [n for n, op in enumerate(ops) if op.symbol.kind != "ac" and (op.leaf or not op.symbol.arguments)]
        for number in bare:
            for node in (self._history.op == number).nonzero()[0].tolist():
                found.setdefault(self._cells(node), node)
        return found
