"""Rules as tables for the e-graph's matching kernel: what makes them data.

The premises of a rule are flattened to *atoms*, one for each application: f(x, g(y)) with root r is f(r, x, z) and
g(z, y), relations between classes (Zhang et al. 2022, "Relational e-matching"). Variables and classes are registers.
A rule is planned once for each atom: that one takes nodes which are new to the rule, the atoms before it old ones, and
the others any; so every match is found once, in the first round in which it exists. Each plan comes in as many orders
as there are atoms; the kernel takes the one that begins with the fewest nodes.

    plan    | rule | atoms | program | root | result | .. | place of atom, one after the other |
    atom    | op | age | slot | joins | checks |  joins: (index, operand) ..  | checks: (cell, action, operand) .. |
    program | steps |  op, arity, register, operands ..  |  leaf's op, -1, register, constant  | ..
    named   | count |  slot, operand  ..

An operand is a register, or ~k for the k-th constant: the class of a leaf or of a symbol without arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from ..bank import Ints
from ..source import LemmataError
from ..syntax import Row, TermTable, children
from .history import CompiledRule
from .layout import (
    AHEAD_CELL,
    AHEAD_INDEX,
    ANY,
    ATOMS,
    CONSTANT,
    DIFFER,
    DIFFER_CONSTANT,
    EXACT,
    FIRST,
    HEADER,
    HOST,
    NAMED,
    NEW,
    OLD,
    ORDERS,
    PROGRAM,
    RECORDED,
    REGISTERS,
    RESULT,
    ROOT,
    RULE,
    SAME,
    STORE,
)

Leaf = tuple[int, int]  # an op and the number of a name (0 for a symbol without arguments)


@dataclass(frozen=True)
class Vocabulary:
    """What plans ask of a graph: the number of an application's op, a constant's op and name, the ops of a sort."""

    op: Callable[[TermTable, int], int]
    leaf: Callable[[Row], Leaf]
    of_sort: Callable[[TermTable, int], Sequence[int]]


@dataclass(frozen=True)
class Plans:
    """The tables. Rule r has the plans first[r] up to first[r + 1]; `indices` has the op and
    the cell of each index that joins read, one after the other.

    `registers`, `levels` and `record` are the lengths of the kernel's scratch arrays.
    """

    cells: Ints
    places: Ints
    first: tuple[int, ...]
    indices: Ints
    constants: tuple[Leaf, ...]
    registers: int
    levels: int
    record: int
    programs: tuple[Program, ...]


@dataclass(frozen=True)
class Program:
    """How Python reads a match that the kernel hands over: the registers of the variables, and how many nodes precede.

    `operand` gives the operand of each row of the rule that has one; `recorded` counts the nodes of the premises, and
    `constants` are those that the premises mention. Rows that premises equate with a constant are `equated` with its
    row.
    """

    operand: Mapping[int, int]
    recorded: int
    registers: int
    constants: tuple[int, ...]
    equated: Mapping[int, int] = field(default_factory=dict)


@dataclass
class _Tables:
    cells: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    indices: dict[tuple[int, int], int] = field(default_factory=dict)
    constants: dict[Leaf, int] = field(default_factory=dict)
    levels: int = 1
    record: int = 4
    registers: int = 1


@dataclass(frozen=True)
class _Atom:
    """A relation between classes: `operands` of the class and of the children; for a leaf, the name that is meant."""

    op: int
    operands: tuple[int, ...]
    slot: int
    name: int | None = None


def compile_plans(
    rules: Sequence[CompiledRule],
    vocabulary: Vocabulary,
    hosted: Callable[[CompiledRule], bool] = lambda rule: False,
    elsewhere: Container[int] = (),
) -> Plans:
    """The tables of the rules. Matches of `hosted` rules are handed to Python; those `elsewhere` have no plans.

    Raises LemmataError for a condition that two terms differ unless each is a variable, a constant or a premise.
    """
    tables = _Tables()
    first = [0]
    programs = []
    for number, rule in enumerate(rules):
        if number in elsewhere:
            programs.append(Program({}, 0, 0, ()))
            first.append(len(tables.places))
            continue
        programs.append(_Compiler(tables, vocabulary, rule, number, hosted(rule)).run())
        first.append(len(tables.places))
    return Plans(
        np.array(tables.cells or [0], np.int32),
        np.array(tables.places, np.int32),
        tuple(first),
        np.array([cell for index in tables.indices for cell in index], np.int32),
        tuple(tables.constants),
        tables.registers,
        tables.levels,
        tables.record,
        tuple(programs),
    )


class _Compiler:
    """One rule."""

    def __init__(
        self, tables: _Tables, vocabulary: Vocabulary, compiled: CompiledRule, number: int, hosted: bool
    ) -> None:
        self._tables = tables
        self._vocabulary = vocabulary
        self._compiled = compiled
        self._table = compiled.table
        self._number = number
        self._hosted = hosted
        self._operand: dict[int, int] = {}
        self._equated: dict[int, int] = {}
        self._twins: list[tuple[int, int]] = []  # constants that have to be equal to the one of an operand
        self._registers = 0

    def run(self) -> Program:
        compiled, tables = self._compiled, self._tables
        self._share_classes()
        applications = [a for a in compiled.atoms if children(self._table.rows[a])]
        atoms = [
            _Atom(
                self._vocabulary.op(self._table, row),
                (self._of(row), *(self._of(c) for c in children(self._table.rows[row]))),
                compiled.atoms.index(row),
            )
            for row in applications
        ]
        bound = {operand for atom in atoms for operand in atom.operands}
        named = []
        choices: list[list[_Atom]] = [[]]
        for slot, row in enumerate(compiled.atoms):
            if row in applications:
                continue
            operand = self._of(row)
            if operand < 0 or operand in bound:
                named.append((slot, operand))
                continue
            bound.add(operand)
            ops = self._vocabulary.of_sort(self._table, row)
            choices = [[*chosen, _Atom(op, (operand,), slot)] for chosen in choices for op in ops]
        # Constants that no atom mentions, such as a left side or what a variable equals, have to be in the graph.
        alone = {self._of(compiled.rule.lhs), *(operand for _, operand in named)}
        for operand in sorted((o for o in alone if o < 0), reverse=True):
            op, name = list(tables.constants)[~operand]
            atoms.append(_Atom(op, (operand,), len(compiled.atoms), name))
        for row, operand in self._twins:
            op, name = self._leaf(row)
            atoms.append(_Atom(op, (operand,), len(compiled.atoms), name))
        constants = tuple(sorted({~operand for operand in self._operand.values() if operand < 0}))
        program = self._program()
        for chosen in choices:
            self._plans([*atoms, *chosen], named, program)
        tables.registers = max(tables.registers, self._registers)
        tables.record = max(tables.record, 1 + len(compiled.atoms) + len(compiled.results))
        return Program(dict(self._operand), len(compiled.atoms), self._registers, constants, self._equated)

    def _share_classes(self) -> None:
        """Give both sides of every condition that is matched one operand; a constant where one side is one."""
        rule, matched = self._compiled.rule, self._compiled.matched
        groups: dict[int, list[int]] = {}
        for n, condition in enumerate(rule.conditions):
            if n in matched:
                together = groups.get(condition.left, [condition.left])
                together += groups.get(condition.right, [condition.right])
                for row in together:
                    groups[row] = together
        for group in {id(g): g for g in groups.values()}.values():
            constant = [row for row in group if row not in rule.variables and not children(self._table.rows[row])]
            operand = self._of(constant[0]) if constant else self._new()
            self._twins += [(row, operand) for row in constant[1:]]
            for row in group:
                if row not in constant[1:]:
                    self._operand[row] = operand
                    if constant:
                        self._equated[row] = constant[0]

    def _new(self) -> int:
        self._registers += 1
        return self._registers - 1

    def _leaf(self, row: int) -> Leaf:
        return self._vocabulary.leaf(self._table.rows[row])

    def _of(self, row: int) -> int:
        """The operand of a variable, constant or application."""
        found = self._operand.get(row)
        if found is None:
            if row in self._compiled.rule.variables or children(self._table.rows[row]):
                found = self._new()
            else:
                found = ~self._tables.constants.setdefault(self._leaf(row), len(self._tables.constants))
            self._operand[row] = found
        return found

    def _program(self) -> int:
        """The right-hand side, step by step; where it begins."""
        cells = self._tables.cells
        place = len(cells)
        results = self._compiled.results
        cells.append(len(results))
        made: dict[int, int] = {}
        for row in results:
            below = children(self._table.rows[row])
            to = self._new()
            if below:
                op = self._vocabulary.op(self._table, row)
                cells.extend([op, len(below), to, *(made[c] if c in made else self._bound(c) for c in below)])
            else:
                constant = self._tables.constants.setdefault(self._leaf(row), len(self._tables.constants))
                cells.extend([self._leaf(row)[0], -1, to, constant])
            made[row] = to
        rhs = self._compiled.rule.rhs
        self._result = made[rhs] if rhs in made else self._bound(rhs)
        return place

    def _bound(self, row: int) -> int:
        """The operand of a variable that the premises bind."""
        if row not in self._operand:
            name = self._table.rows[row][1]
            raise LemmataError(f"{self._compiled.rule.cites[1]}: the variable {name} of the right side is not bound")
        return self._operand[row]

    def _plans(self, atoms: list[_Atom], named: Sequence[tuple[int, int]], program: int) -> None:
        tables = self._tables
        place = len(tables.cells)
        tables.cells.extend([len(named), *(cell for pair in named for cell in pair)])
        for first, begin in product(range(len(atoms)), repeat=2):
            order = _ordered(atoms, begin)
            head = [0] * HEADER
            head[RULE], head[ATOMS], head[PROGRAM] = self._number, len(atoms), program
            head[ROOT], head[RESULT] = self._of(self._compiled.rule.lhs), self._result
            head[HOST], head[REGISTERS], head[FIRST] = int(self._hosted), self._registers, first
            head[RECORDED], head[NAMED] = len(self._compiled.atoms), place
            head[AHEAD_CELL], head[AHEAD_INDEX] = self._ahead(atoms, order)
            head[ORDERS] = len(atoms)
            start = len(tables.cells)
            tables.places.append(start)
            tables.cells.extend([*head, *[0] * len(atoms)])
            known: set[int] = set()
            for level, k in enumerate(order):
                tables.cells[start + HEADER + level] = len(tables.cells)
                age = NEW if k == first else OLD if k < first else ANY
                self._atom(atoms[k], age, known, level == len(order) - 1)
        tables.levels = max(tables.levels, len(atoms))

    def _ahead(self, atoms: Sequence[_Atom], order: Sequence[int]) -> tuple[int, int]:
        """Where the second atom will be looked up: the cell of the first that has the class, and the index; or -1."""
        if len(order) > 1:
            have = atoms[order[0]].operands
            for i, operand in enumerate(atoms[order[1]].operands):
                if operand >= 0 and operand in have:
                    index = (atoms[order[1]].op, 1 + i)
                    return 1 + have.index(operand), self._tables.indices.setdefault(index, len(self._tables.indices))
        return -1, -1

    def _atom(self, atom: _Atom, age: int, known: set[int], last: bool) -> None:
        """Add an atom where the registers in `known` are set, and add those that it sets."""
        tables = self._tables
        joins: list[int] = []
        checks: list[int] = []
        inside = set(known)
        for i, operand in enumerate(atom.operands):
            cell = 1 + i
            if operand < 0:
                checks += [cell, CONSTANT, ~operand]
            elif operand in inside:
                checks += [cell, SAME, operand]
            else:
                checks += [cell, STORE, operand]
                inside.add(operand)
            if operand < 0 or operand in known:
                joins += [tables.indices.setdefault((atom.op, cell), len(tables.indices)), operand]
        if atom.name is not None:
            checks += [2, EXACT, atom.name]
        known |= inside
        if last:
            checks += self._differing()
        tables.cells.extend([atom.op, age, atom.slot, len(joins) // 2, len(checks) // 3, *joins, *checks])

    def _differing(self) -> list[int]:
        """Checks for the conditions that two terms differ."""
        out: list[int] = []
        rule = self._compiled.rule
        for n, condition in enumerate(rule.conditions):
            if condition.equal or n in self._compiled.matched:
                continue
            sides = [self._side(condition.left), self._side(condition.right)]
            left, right = sorted(sides, reverse=True)
            if left < 0:
                raise LemmataError(f"{rule.cites[1]}: a condition that two constants differ")
            out += [left, DIFFER, right] if right >= 0 else [left, DIFFER_CONSTANT, ~right]
        return out

    def _side(self, row: int) -> int:
        if row not in self._operand and children(self._table.rows[row]):
            rule = self._compiled.rule
            raise LemmataError(
                f"{rule.cites[1]}: a condition that a term differs from another is on variables and constants",
                hint="give the term a name by another condition: `if y = f(x) and y <> 0`",
            )
        return self._of(row)


def _ordered(atoms: Sequence[_Atom], first: int) -> list[int]:
    """The atoms, beginning with `first`, each time the one with most operands known already."""
    order = [first]
    known = set(atoms[first].operands)
    left = [k for k in range(len(atoms)) if k != first]
    while left:
        best = max(left, key=lambda k: (sum(o < 0 or o in known for o in atoms[k].operands), -k))
        left.remove(best)
        order.append(best)
        known |= set(atoms[best].operands)
    return order


def width_of(arity: int) -> int:
    """The cells of a row for nodes of so many children: a power of two, at least 4."""
    return max(4, 1 << (arity + 1).bit_length())
