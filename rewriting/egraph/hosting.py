"""Matches that Python decides: conditions on facts, on computed truth values, by the user's functions.

The kernel hands over matches of rules with such conditions; they are looked at between rounds, when congruence holds. A
match that is refused is kept, and asked about again when the graph has changed, for its answer may have, too.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import TYPE_CHECKING

from ..bank import Ints
from ..literals import Value, literal_value
from ..operations import evaluate
from ..syntax import TermTable, children
from ..system import Condition
from .history import CompiledRule
from .plans import Program

if TYPE_CHECKING:
    from .graph import EGraph

# Decides a condition, given the graph and the classes of the arguments.
Decision = Callable[..., bool]

Match = tuple[int, tuple[int, ...], tuple[int, ...]]  # a rule, the nodes of its premises, its registers
_MOST_KEPT = 100_000


def is_computed(table: TermTable, condition: Condition, computed: Container[str]) -> bool:
    """Is it a truth value of a symbol that is computed?"""
    top = table.rows[condition.left]
    return condition.equal and table.rows[condition.right] == ("lit", "true", "Bool") and str(top[1]) in computed


def is_hosted(rule: CompiledRule) -> bool:
    """Has the rule conditions that Python decides? Those that two variables or constants differ the kernel does."""
    rows = rule.table.rows
    return any(
        n not in rule.matched and (c.equal or bool(children(rows[c.left])) or bool(children(rows[c.right])))
        for n, c in enumerate(rule.rule.conditions)
    )


class Hosting:
    """The matches of one graph that wait for an answer."""

    def __init__(self, graph: EGraph, decisions: Mapping[str, Decision]) -> None:
        self._graph = graph
        self._decisions = decisions
        self._kept: dict[Match, None] = {}

    def copy(self) -> Hosting:
        """The same matches, to go another way."""
        other = Hosting(self._graph, self._decisions)
        other._kept = dict(self._kept)
        return other

    def take(self, found: Ints, programs: tuple[Program, ...]) -> int:
        """Decide what the kernel handed over, and what was refused before. How many matches were applied."""
        cells = found.tolist()
        matches = list(self._kept)
        place = 0
        while place < len(cells):
            program = programs[cells[place]]
            middle = place + 1 + program.recorded
            end = middle + program.registers
            matches.append((cells[place], tuple(cells[place + 1 : middle]), tuple(cells[middle:end])))
            place = end
        self._kept = {}
        applied = 0
        seen: set[tuple[int, tuple[int, ...]]] = set()
        for match in matches:
            rule, atoms, registers = match
            now = tuple(self._graph.find(r) for r in registers)
            if (rule, now) in seen:
                continue
            seen.add((rule, now))
            compiled = self._graph.rules[rule]
            if all(
                self.holds(compiled, programs[rule], c, now)
                for n, c in enumerate(compiled.rule.conditions)
                if n not in compiled.matched
            ):
                self._graph.apply(rule, programs[rule], atoms, now)
                applied += 1
            elif len(self._kept) < _MOST_KEPT:
                self._kept[match] = None
        return applied

    def holds(self, rule: CompiledRule, program: Program, condition: Condition, registers: tuple[int, ...]) -> bool:
        """Does a condition hold, given the classes of the program's operands?"""
        table = rule.table
        if is_computed(table, condition, self._decisions):
            name = str(table.rows[condition.left][1])
            classes = [self._class(rule, program, c, registers) for c in children(table.rows[condition.left])]
            return None not in classes and bool(self._decisions[name](self._graph, *classes))
        left, right = (self._value(rule, program, side, registers) for side in (condition.left, condition.right))
        if left is None or right is None:
            return False
        return (left == right) == condition.equal

    def _class(self, rule: CompiledRule, program: Program, row: int, registers: tuple[int, ...]) -> int | None:
        """The class of an argument: a variable, a constant, or a premise."""
        operand = program.operand.get(row)
        if operand is not None and operand >= 0:
            return registers[operand]
        row = program.equated.get(row, row)
        if children(rule.table.rows[row]):
            return None
        return self._graph.leaf_class(rule.table.rows[row])

    def _value(
        self, rule: CompiledRule, program: Program, row: int, registers: tuple[int, ...]
    ) -> tuple[str, type[Value] | None, Value] | None:
        """A literal if the term is equal to one or computes to one, else its class; None if there is no telling."""
        table = rule.table
        known: dict[int, tuple[str, type[Value] | None, Value] | None] = {}
        for at in table.reachable([row]):
            cells = table.rows[at]
            if cells[0] == "lit":
                value: Value | None = literal_value(str(cells[1]))
                known[at] = None if value is None else ("literal", type(value), value)
                continue
            cls = self._class(rule, program, at, registers)
            if cls is not None:
                literal = self._graph.literal(cls)
                known[at] = ("class", None, cls) if literal is None else ("literal", type(literal), literal)
                continue
            below = [known[c] for c in children(cells)]
            if not below:
                known[at] = ("absent", None, at)  # a constant that differs from all that the graph has
                continue
            symbol = self._graph.theory.symbol.get(str(cells[1]))
            value = None
            if symbol is not None and symbol.kind == "builtin" and all(b and b[0] == "literal" for b in below):
                value = evaluate(symbol.notation.text, [b[2] for b in below if b], symbol.arguments)
            known[at] = None if value is None else ("literal", type(value), value)
        return known[row]
