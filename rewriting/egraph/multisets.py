"""Sums and products as multisets: one node for all orders and groupings of an associative, commutative symbol.

To the kernel a multiset is a leaf whose name is a number here. This module keeps what a leaf has not: which classes it
mentions, congruence when they are merged, and flattening when a member turns out to be such a sum itself. So a sum of
twenty terms is one row, where binary nodes with rules for the laws need 3^20 (Zhang et al., egglog issue 410).

    x + (y + x)   node 7   members {x: 2, y: 1}         coefficients in a sum, exponents in a product

A node's members are nodes, as they were when it was made, so a node still stands for one term for ever: its members
side by side in that order. The *shape* of a live node is what its members' classes are now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..ac import is_ac, row_operands
from ..bank import BankSymbol
from ..source import LemmataError
from ..syntax import Row, TermTable
from ..theory import Symbol
from .layout import REARRANGED

if TYPE_CHECKING:
    from .graph import EGraph

Members = tuple[tuple[int, int], ...]  # nodes, ascending, each with how often it occurs
MOST_MEMBERS = 1 << 12  # of a node that may be flattened once more, counted with their multiplicities
_MOST_COUNT = 1 << 16  # of one member


def multiset_symbol(symbol: Symbol) -> BankSymbol:
    """What nodes of an associative, commutative symbol are made by. It has no fixed number of arguments."""
    return BankSymbol("ac", symbol.name, (), symbol.result)


class Multisets:
    """The multiset nodes of one graph."""

    def __init__(self, graph: EGraph) -> None:
        self._graph = graph
        self.members: list[Members] = []  # by the number that is the name of the node
        self._exact: dict[tuple[int, Members], int] = {}  # the node of an op and members
        self._canonical: dict[tuple[int, Members], int] = {}  # the live node of an op and a shape
        self.shapes: dict[int, Members] = {}  # of live nodes
        self._uses: dict[int, dict[int, None]] = {}  # the live nodes that mention a class
        self._flattened: set[tuple[int, int]] = set()  # nodes and members that were opened there

    def copy(self) -> Multisets:
        """The same multisets, which may then go another way."""
        other = Multisets(self._graph)
        other.members = list(self.members)
        other._exact, other._canonical, other.shapes = dict(self._exact), dict(self._canonical), dict(self.shapes)
        other._uses = {c: dict(nodes) for c, nodes in self._uses.items()}
        other._flattened = set(self._flattened)
        return other

    # Making

    def of_row(self, table: TermTable, row: int, nodes: dict[int, int]) -> int:
        """The node of nested applications in a plain table, whose operands have nodes."""
        symbol = self._graph.theory_symbol(str(table.rows[row][1]))
        return self.make(symbol, [(nodes[i], n) for i, n in row_operands(table, row)])

    def make(self, symbol: Symbol, given: Iterable[tuple[int, int]]) -> int:
        """The node of a sum of nodes, with multiplicities. Its term is theirs side by side, sums among them opened,
        units left out; of one member it is that member.

        Congruence may then be broken: `settle` has to follow.
        """
        graph = self._graph
        counts: Counter[int] = Counter()
        unit = self._unit(symbol)
        for node, n in given:
            for member, m in self.opened(symbol, node):
                if member != unit:
                    counts[member] += n * m
        if any(n > _MOST_COUNT for n in counts.values()):
            raise LemmataError("a member of a sum occurs too often")
        if sum(counts.values()) == 1:
            return next(iter(counts))
        if not counts:
            row = unit_row(symbol)
            if row is None:
                raise LemmataError(f"nothing is left of {symbol.name!r}, which has no unit")
            return graph.add_leaf(row)
        op = graph.multiset_op(symbol)
        members = tuple(sorted(counts.items()))
        found = self._exact.get((op, members))
        if found is None:
            self.members.append(members)
            found = self._exact[op, members] = graph.add_named(op, len(self.members) - 1)
            self._place(found)
        return found

    def opened(self, symbol: Symbol, node: int) -> Members:
        """The members of a node that is made by the symbol; of any other, that node."""
        graph = self._graph
        if graph.op(node).symbol == multiset_symbol(symbol):
            return self.members[graph.name(node)]
        return ((node, 1),)

    def _unit(self, symbol: Symbol) -> int | None:
        """The node of the unit, if the symbol has one and the graph has it."""
        row = unit_row(symbol)
        return None if row is None else self._graph.leaf_node(row)

    # Congruence

    def _shape(self, node: int) -> Members:
        counts: Counter[int] = Counter()
        for member, n in self.members[self._graph.name(node)]:
            counts[self._graph.find(member)] += n
        return tuple(sorted(counts.items()))

    def _place(self, node: int) -> None:
        """Give a live node its shape; if another has it, that one stays alive and the two are merged."""
        graph = self._graph
        shape = self._shape(node)
        key = graph.op_number(node), shape
        other = self._canonical.get(key)
        if other is not None and other != node and other in self.shapes:
            self.shapes.pop(node, None)
            graph.kill(node)
            self.merge(other, node, [(m, m, n) for m, n in self.members[graph.name(other)]])
            return
        self._canonical[key] = node
        self.shapes[node] = shape
        for c, _ in shape:
            self._uses.setdefault(c, {})[node] = None

    def merge(self, left: int, right: int, parts: Sequence[tuple[int, int, int]]) -> None:
        """Merge two sums that are equal once each member of the left one is replaced: (member, by what, how often)."""
        reason = [REARRANGED, len(parts), *(cell for part in parts for cell in part)]
        self._graph.union_because(left, right, reason)

    def repair(self, lost: Iterable[int]) -> bool:
        """Restore congruence after classes lost their names; did that merge others, or make nodes?"""
        graph = self._graph
        touched: dict[int, None] = {}
        for y in lost:
            touched.update(self._uses.pop(y, {}))
        before = graph.changes
        for node in touched:
            if node in self.shapes:
                key = graph.op_number(node), self.shapes[node]
                if self._canonical.get(key) == node:
                    del self._canonical[key]
                self._place(node)
        return graph.changes != before

    def flatten(self) -> bool:
        """Open members of live nodes that are equal to sums of the same symbol, and leave out those that are equal to
        its unit; did that make anything new?

        A sum is put in only if none of its own members is equal to one, so this ends, whatever equals what.
        """
        graph = self._graph
        before = graph.changes
        for node in sorted(self.shapes):
            if node not in self.shapes:
                continue
            op = graph.op_number(node)
            symbol = graph.theory_symbol(graph.op(node).symbol.name)
            unit = self._unit(symbol)
            for c, _ in self.shapes[node]:
                inner = unit if unit is not None and graph.find(unit) == c else self._inner(op, c)
                if inner is None or (node, inner) in self._flattened or graph.find(node) == c:
                    continue
                self._flattened.add((node, inner))
                members = self.members[graph.name(node)]
                parts = [(m, inner if graph.find(m) == c else m, n) for m, n in members]
                if sum(n * len(self.opened(symbol, by)) for _, by, n in parts) > MOST_MEMBERS:
                    continue
                made = self.make(symbol, [(by, n) for _, by, n in parts])
                self.merge(node, made, parts)
        return graph.changes != before

    def _inner(self, op: int, cls: int) -> int | None:
        """The first live node of an op in a class of whose members none is equal to another such node."""
        found = self._sums(op, cls)
        return next((n for n in found if not any(self._sums(op, c) for c, _ in self.shapes[n])), None)

    def _sums(self, op: int, cls: int) -> list[int]:
        return [n for n in self._graph.members(cls) if n in self.shapes and self._graph.op_number(n) == op]


def unit_row(symbol: Symbol) -> Row | None:
    """The unit: a constant of that name, for a built-in operation the literal of that text."""
    if symbol.unit is None:
        return None
    return ("lit", symbol.unit, symbol.result) if symbol.kind == "builtin" else ("app", symbol.unit)


def is_multiset(symbol: Symbol) -> bool:
    """Are terms of the symbol multisets?"""
    return is_ac(symbol)
