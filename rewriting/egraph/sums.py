"""Proofs about sums: nodes of associative, commutative symbols, which have a multiset of members for children.

The term of such a node has its members side by side, grouped to the left. Whatever orders and groups them otherwise,
and leaves out units, is one step `ac`; the rest is congruence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from ..ac import is_ac
from ..certificate import Step
from ..derivation_modulo import law_steps
from ..theory import Theory
from .forest import Forest
from .history import History
from .node_terms import NodeTerms
from .steps import Goal, Proving, Steps

Counted = list[tuple[int, int]]  # nodes, each with how often


class Sums:
    """Sums in one history, over one builder."""

    def __init__(self, history: History, theory: Theory, steps: Steps, nodes: NodeTerms, forest: Forest) -> None:
        self._history = history
        self._theory = theory
        self._steps = steps
        self._nodes = nodes
        self._forest = forest

    def is_sum(self, symbol: str) -> bool:
        """Are terms of the symbol multisets?"""
        return is_ac(self._theory.symbol[symbol])

    def same(self, symbol: str, left: int, right: int) -> int | None:
        """left = right, rows that differ in the order and grouping of sums of the symbol only, and in its units."""
        if left == right:
            return None
        table = self._steps.builder.table
        return self._steps.builder.add(Step("ac", table.eq(left, right), self._laws[symbol]))

    def beside(self, symbol: str, row: int, rest: Iterable[tuple[int, int]]) -> int:
        """The sum of a row and the terms of nodes."""
        return self._nodes.nested(symbol, [(row, 1), *((self._nodes.term(n), count) for n, count in rest)])

    def rearranged(self, union: int) -> Proving:
        """left = right, where left is right when its members are replaced by what they were equal to."""
        left, right, _ = self._history.unions[union].tolist()
        symbol = self._symbol(left)
        term = self._nodes.term
        parts = self._parts(union)
        links = []
        for member, by, _ in parts:
            links.append((yield member, by))
        replaced = self._nodes.nested(symbol, [(term(by), count) for _, by, count in parts])
        first = self._steps.congruent(term(left), replaced, links)
        pairs = self._pairs(union, symbol, parts, right)
        middle = self._nodes.nested(symbol, [(term(a), n) for a, _, n in pairs]) if pairs else term(right)
        links = []
        for a, b, _ in pairs:
            links.append((yield a, b))
        last = self._steps.congruent(middle, term(right), links)
        return self._steps.chain([first, self.same(symbol, replaced, middle), last])

    def needs(self, union: int) -> list[Goal]:
        """The equations of nodes that `rearranged` asks for."""
        left, right, _ = self._history.unions[union].tolist()
        parts = self._parts(union)
        pairs = self._pairs(union, self._symbol(left), parts, right)
        return [(a, b) for a, b, _ in (*parts, *pairs)]

    def _symbol(self, node: int) -> str:
        return self._history.ops[int(self._history.op[node])].symbol.name

    def _parts(self, union: int) -> list[tuple[int, int, int]]:
        """The members of the left side, what each is equal to, and how often it occurs; in the order of its term."""
        left, _, place = self._history.unions[union].tolist()
        log = self._history.log
        cells = log[place + 2 : place + 2 + 3 * int(log[place + 1])].reshape(-1, 3).tolist()
        by = {member: other for member, other, _ in cells}
        return [(member, by[member], count) for member, count in self._nodes.members(left) or ()]

    def _pairs(
        self, union: int, symbol: str, parts: Sequence[tuple[int, int, int]], right: int
    ) -> list[tuple[int, int, int]]:
        """Members of what the parts have become, each with the member of the right side that it was equal to then."""
        given = [(n, count * k) for _, by, count in parts for n, k in self._opened(symbol, by)]
        wanted = self._opened(symbol, right)
        left: dict[int, dict[int, int]] = {}
        for node, count in given:
            there = left.setdefault(self._forest.class_before(node, union), {})
            there[node] = there.get(node, 0) + count
        out: list[tuple[int, int, int]] = []
        for node, count in wanted:
            there = left[self._forest.class_before(node, union)]
            for other in [node, *there] if node in there else list(there):
                used = min(there[other], count)
                there[other] -= used
                count -= used
                out += [(other, node, used)] if used else []
        return out

    def _opened(self, symbol: str, node: int) -> Counted:
        """The members of a sum, but for units; of any other node, itself."""
        members = self._nodes.members(node)
        mine = members is not None and self._symbol(node) == symbol
        unit = self._units.get(symbol)
        return [(n, k) for n, k in (members if mine and members else [(node, 1)]) if self._nodes.term(n) != unit]

    @cached_property
    def _laws(self) -> dict[str, tuple[int, ...]]:
        axioms = {a.name: ("axiom", a.formula) for a in self._theory.axioms}
        return law_steps(self._steps.builder, axioms)

    @cached_property
    def _units(self) -> dict[str, int]:
        """The row of each symbol's unit."""
        table = self._steps.builder.table
        found = [(s, s.unit) for s in self._theory.symbols if s.unit is not None]
        return {s.name: table.literal(u, s.result) if s.kind == "builtin" else table.app(u) for s, u in found}
