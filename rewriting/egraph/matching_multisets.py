"""Matching modulo associativity and commutativity in an e-graph, for rules that mention a symbol with these laws.

A slow matcher in Python: one node of the graph stands for very many terms here, so few are looked at. A pattern's sum
is matched to the members of a multiset node, each operand to one member; a variable that stands last takes all that is
left, at least one. A sum at the root of a rule may leave members over: x + neg(x) = 0 applies within a + b + neg(a).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ac import row_operands
from ..syntax import TermTable, children
from .history import CompiledRule
from .multisets import Members, is_multiset

if TYPE_CHECKING:
    from .graph import EGraph

Value = int | tuple[str, Members]  # a class, or what is left of a sum, with the name of its symbol

# A goal: a row of the pattern at a class, or operands in what is left of a sum; nothing may be left of that in the end,
# unless it is the sum at the root.
_Goal = tuple[int, int] | tuple[tuple[int, ...], str, Members, bool]


@dataclass(frozen=True)
class Found:
    """A match: the class or sum that each variable stands for, and what the sum at the root leaves over."""

    values: Mapping[int, Value]
    rest: Members

    @property
    def key(self) -> object:
        """What tells it from other matches of the rule."""
        return tuple(sorted(self.values.items(), key=lambda pair: pair[0])), self.rest


def mentions_laws(graph: EGraph, rule: CompiledRule) -> bool:
    """Has a rule a symbol whose terms are multisets?"""
    sides = [rule.rule.lhs, rule.rule.rhs, *rule.premises]
    return any(_is_sum(graph, rule.table, row) for row in rule.table.reachable(sides))


def _is_sum(graph: EGraph, table: TermTable, row: int) -> bool:
    cells = table.rows[row]
    return cells[0] == "app" and bool(children(cells)) and is_multiset(graph.theory_symbol(str(cells[1])))


def matches(graph: EGraph, rule: CompiledRule) -> Iterator[Found]:
    """All matches of a rule's premises, left side first, in a fixed order. The graph must not change meanwhile."""
    premises = rule.premises
    for cls in graph.class_names:
        top = premises[0]
        if _is_sum(graph, rule.table, top):
            for node in graph.members(cls):
                shape = graph.shape(node, rule.table, top)
                if shape is not None:
                    yield from _solve(graph, rule, ((_operands(rule, top), str(rule.table.rows[top][1]), shape, True),))
        else:
            yield from _solve(graph, rule, ((top, cls),))


def _operands(rule: CompiledRule, row: int) -> tuple[int, ...]:
    """The operands of a sum in a pattern: applications and constants first, then variables."""
    found = [i for i, n in row_operands(rule.table, row) for _ in range(n)]
    return tuple(sorted(found, key=lambda i: i in rule.rule.variables))


def _solve(graph: EGraph, rule: CompiledRule, agenda: tuple[_Goal, ...]) -> Iterator[Found]:
    """Depth first, with a stack of what is still to be matched, the values of variables, and what is left over."""
    pairs = list(zip(rule.premises[1::2], rule.premises[2::2], strict=True))
    stack: list[tuple[tuple[_Goal, ...], dict[int, Value], Members, int]] = [(agenda, {}, (), 0)]
    while stack:
        goals, values, rest, done = stack.pop()
        if not goals:
            if done == len(pairs):
                yield Found(values, rest)
                continue
            first, second = pairs[done]
            stack.extend((((first, c), (second, c)), values, rest, done + 1) for c in reversed(graph.class_names))
            continue
        goal, later = goals[0], goals[1:]
        if len(goal) == 2:
            for more, now in _at(graph, rule, goal[0], goal[1], values):
                stack.append(((*more, *later), now, rest, done))
            continue
        operands, name, left, root = goal
        if not operands:
            if not left or root:
                stack.append((later, values, left if root else rest, done))
            continue
        operand, others = operands[0], operands[1:]
        if not root and not others and operand in rule.rule.variables:
            bound = _bind(values, operand, name, left)
            if bound is not None:
                stack.append((later, bound, rest, done))
            continue
        for c, _ in reversed(left):
            stack.append((((operand, c), (others, name, _without(left, c), root), *later), values, rest, done))


def _at(
    graph: EGraph, rule: CompiledRule, row: int, cls: int, values: dict[int, Value]
) -> list[tuple[tuple[_Goal, ...], dict[int, Value]]]:
    """What is left to match, for each way in which a row may be matched at a class; the last one is tried first."""
    table = rule.table
    if row in rule.rule.variables:
        now = _bind(values, row, "", ((cls, 1),))
        return [] if now is None else [((), now)]
    below = children(table.rows[row])
    if not below:
        return [((), values)] if graph.leaf_class(table.rows[row]) == cls else []
    out: list[tuple[tuple[_Goal, ...], dict[int, Value]]] = []
    for node in reversed(graph.members(cls)):
        if _is_sum(graph, table, row):
            shape = graph.shape(node, table, row)
            if shape is not None:
                out.append((((_operands(rule, row), str(table.rows[row][1]), shape, False),), values))
        elif graph.is_application(node, str(table.rows[row][1])):
            out.append((tuple(zip(below, map(graph.find, graph.children(node)), strict=True)), values))
    return out


def _bind(values: dict[int, Value], variable: int, name: str, given: Members) -> dict[int, Value] | None:
    """The values with one more; None if the variable has another one. What is left of a sum must not be nothing."""
    if not given:
        return None
    value: Value = given[0][0] if len(given) == 1 and given[0][1] == 1 else (name, given)
    if variable not in values:
        return {**values, variable: value}
    return values if values[variable] == value else None


def _without(members: Members, cls: int) -> Members:
    return tuple((c, n - (c == cls)) for c, n in members if n > (c == cls))
