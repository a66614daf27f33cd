"""Rules that mention associative, commutative symbols, applied in Python to multiset nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..syntax import children
from .history import CompiledRule
from .layout import MODULO
from .matching_multisets import Found, matches, mentions_laws
from .multisets import is_multiset
from .plans import Program

if TYPE_CHECKING:
    from .graph import EGraph

_BETWEEN = 64  # matches between two looks at the clock


Counts = dict[int, tuple[int, int, int]]  # of each rule: matches, nodes made, merges


class Modulo:
    """The rules of one graph that are matched modulo laws."""

    def __init__(self, graph: EGraph) -> None:
        self._graph = graph
        self.rules = frozenset(n for n, rule in enumerate(graph.rules) if mentions_laws(graph, rule))

    def apply(self, chosen: Sequence[int], most_nodes: int, stop: Callable[..., bool]) -> tuple[Counts, bool]:
        """Apply the chosen ones of these rules to all their matches, as the graph stands now; `settle` has to follow.

        Returns what the rules did, and whether the limit or `stop` cut it short. A match is looked for each time anew,
        for few nodes stand for many terms here.
        """
        graph = self._graph
        found: list[tuple[int, Found]] = []
        for number in chosen:
            if number in self.rules:
                for match in matches(graph, graph.rules[number]):
                    found.append((number, match))
                    if len(found) % _BETWEEN == 0 and stop():
                        return self._apply_all(found, most_nodes, lambda: False)[0], True
        return self._apply_all(found, most_nodes, stop)

    def _apply_all(
        self, found: list[tuple[int, Found]], most_nodes: int, stop: Callable[..., bool]
    ) -> tuple[Counts, bool]:
        counts: Counts = {}
        for n, (number, match) in enumerate(found):
            if self._graph.nodes >= most_nodes or (n % _BETWEEN == 0 and stop()):
                return counts, True
            if self._allowed(number, match):
                made = self._graph.made
                merged = self._one(number, match)
                matched, added, unions = counts.get(number, (0, 0, 0))
                counts[number] = matched + 1, added + self._graph.made - made, unions + merged
        return counts, False

    def _allowed(self, number: int, match: Found) -> bool:
        """Do the conditions hold that are no premises?"""
        graph, rule = self._graph, self._graph.rules[number]
        open_ones = [c for n, c in enumerate(rule.rule.conditions) if n not in rule.matched]
        if not open_ones:
            return True
        variables = sorted(match.values)
        program = Program({v: i for i, v in enumerate(variables)}, 0, len(variables), ())
        classes = tuple(graph.find(self._value(match, v)) for v in variables)
        return all(graph.hosting.holds(rule, program, c, classes) for c in open_ones)

    def _value(self, match: Found, variable: int) -> int:
        """The node of a variable's value."""
        value = match.values[variable]
        if isinstance(value, int):
            return value
        return self._graph.multisets.make(self._graph.theory_symbol(value[0]), value[1])

    def _one(self, number: int, match: Found) -> bool:
        """Merge the left side, with what it leaves over, and the right side; False if they are one class already.

        The log gets the node of every row of the premises and of the right side, then what is left over, each a node
        and how often.
        """
        graph, rule = self._graph, self._graph.rules[number]
        order = rows_of(rule)
        nodes: dict[int, int] = {}
        for row in order:
            nodes[row] = self._node(rule, row, match, nodes)
        left, right = nodes[rule.rule.lhs], nodes[rule.rule.rhs]
        if match.rest:
            symbol = graph.theory_symbol(str(rule.table.rows[rule.rule.lhs][1]))
            left, right = (graph.multisets.make(symbol, [(side, 1), *match.rest]) for side in (left, right))
        rest = [cell for pair in match.rest for cell in pair]
        return graph.union_because(
            left, right, [MODULO, number, *(nodes[row] for row in order), len(match.rest), *rest]
        )

    def _node(self, rule: CompiledRule, row: int, match: Found, nodes: dict[int, int]) -> int:
        graph, table = self._graph, rule.table
        if row in match.values:
            return self._value(match, row)
        below = children(table.rows[row])
        if not below:
            return graph.add_leaf(table.rows[row])
        symbol = graph.theory_symbol(str(table.rows[row][1]))
        if is_multiset(symbol):
            return graph.multisets.make(symbol, [(nodes[c], 1) for c in below])
        return graph.make(table, row, [nodes[c] for c in below])


def rows_of(rule: CompiledRule) -> list[int]:
    """The rows of a rule's premises and of its right side, children first."""
    return list(rule.table.reachable([*rule.premises, rule.rule.rhs]))
