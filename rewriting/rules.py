"""Rewrite rules compiled to the tables that the kernels execute.

Compilation is a decision tree for each head symbol: columns are registers, the first rule that is still possible
chooses which register to test next, and textual order decides between rules. Milliseconds for hundreds of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import opcodes
from .bank import BankSymbol, Ints, SymbolId, TermBank, app_symbol
from .syntax import TermTable, children
from .system import Condition, RewriteRule
from .theory import Symbol

__all__ = ["Condition", "RewriteRule", "RuleTable", "compile_rules"]


@dataclass(frozen=True)
class RuleTable:
    """Compiled rules. `entry[symbol]` is where the code for a head symbol starts, -1 where it has no rules.

    Tied to the bank's numbering of symbols and names, not to its terms: it survives collections. `margin` bounds what
    one visit of a term can add to arena and stack.
    """

    terms: TermTable
    signature: Mapping[str, Symbol]
    rules: tuple[RewriteRule, ...]
    code: Ints
    jumps: Ints
    entry: Ints
    registers: int
    margin: int


def compile_rules(
    bank: TermBank,
    terms: TermTable,
    signature: Mapping[str, Symbol],
    rules: Sequence[RewriteRule],
    base: RuleTable | None = None,
) -> RuleTable:
    """Compile rules over the rows of `terms`. With `base`, its rules are kept and `rules` come before them.

    Raises ValueError for a rule whose left side is a variable or whose right side has variables that the left lacks.
    Adding to a base recompiles only the head symbols concerned.
    """
    # Numbers first: jumps are as long as the symbols known by now, later symbols take their default.
    used = [row for r in rules for row in (r.lhs, r.rhs)]
    for i in terms.reachable(used):
        row = terms.rows[i]
        if row[0] == "app":
            bank.symbol_id(app_symbol(signature[str(row[1])]))
        elif row[0] == "var":
            bank.symbol_id(BankSymbol("var", "", (), str(row[2])))
            bank.name_id(str(row[1]))
    old = base.rules if base else ()
    everything = (*old, *rules)
    compiler = _Compiler(bank, terms, signature, everything)
    compiler.code = base.code.tolist() if base else []
    compiler.jumps = base.jumps.tolist() if base else []
    entry = np.full(max(64, len(bank.symbols)), -1, np.int32)
    if base:
        entry[: len(base.entry)] = base.entry
    by_head: dict[SymbolId, list[int]] = {}
    for n in range(len(old), len(everything)):
        by_head.setdefault(compiler.head(everything[n].lhs), []).append(n)
    kept: dict[SymbolId, list[int]] = {h: [] for h in by_head}
    for n, rule in enumerate(old):
        head = compiler.head(rule.lhs)
        if head in kept:
            kept[head].append(n)
    for head, numbers in by_head.items():
        entry[head] = len(compiler.code)
        compiler.compile_head([*numbers, *kept[head]])
    widest = max([len(s.arguments) for s in bank.symbols], default=0) + 2
    return RuleTable(
        terms,
        signature,
        everything,
        np.array(compiler.code or [opcodes.STUCK], np.int32),
        np.array(compiler.jumps or [0], np.int32),
        entry,
        max(compiler.registers, base.registers if base else 0) + widest,
        max((compiler.most_rows + 2) * (widest + 1), base.margin if base else 0),
    )


@dataclass(frozen=True)
class _Case:
    """A rule that may still apply: patterns to test by register, and the registers its variables stand in."""

    rule: int
    columns: tuple[tuple[int, int], ...]
    bound: tuple[tuple[int, int], ...]

    def column(self, register: int) -> int | None:
        """The pattern to test in a register, if any."""
        return next((p for r, p in self.columns if r == register), None)

    def without(self, register: int, *more: tuple[int, int]) -> _Case:
        """The case after the test of a register, with further columns to test."""
        return _Case(self.rule, (*(c for c in self.columns if c[0] != register), *more), self.bound)


_Place = tuple[list[int], int]  # a cell of `code` or `jumps` that waits for an address


@dataclass(frozen=True)
class _Branch:
    """A subtree to emit: its cases in order, the next free register, who waits for its address (nobody: it must be
    emitted next), and children to load first, as (register, first target, how many)."""

    cases: list[_Case]
    free: int
    places: list[_Place]
    load: tuple[int, int, int] | None = None


class _Compiler:
    def __init__(
        self, bank: TermBank, terms: TermTable, signature: Mapping[str, Symbol], rules: Sequence[RewriteRule]
    ) -> None:
        self.bank = bank
        self.terms = terms
        self.signature = signature
        self.rules = rules
        self.code: list[int] = []
        self.jumps: list[int] = []
        self.registers = 0
        self.most_rows = 0

    def head(self, row: int) -> SymbolId:
        cells = self.terms.rows[row]
        if cells[0] != "app":
            raise ValueError("the left side of a rule must start with a symbol")
        return self.bank.symbol_id(app_symbol(self.signature[str(cells[1])]))

    def compile_head(self, numbers: Iterable[int]) -> None:
        """Emit the tree for rules with one head symbol, by priority. Registers 0.. hold the children."""
        cases = []
        width = 0
        for n in numbers:
            below = children(self.terms.rows[self.rules[n].lhs])
            width = len(below)
            cases.append(_Case(n, tuple(enumerate(below)), ()))
        pending = [_Branch(cases, width, [])]
        while pending:
            branch = pending.pop()
            for array, index in branch.places:
                array[index] = len(self.code)
            if branch.load and branch.load[2]:
                self.code += [opcodes.LOAD, *branch.load]
            pending.extend(self._emit([self._bind(c) for c in branch.cases], branch.free))

    def _bind(self, case: _Case) -> _Case:
        """Variables match anything: their columns become bindings."""
        variables = self.rules[case.rule].variables
        bound = tuple((p, r) for r, p in case.columns if p in variables)
        return _Case(case.rule, tuple(c for c in case.columns if c[1] not in variables), case.bound + bound)

    def _emit(self, cases: list[_Case], free: int) -> list[_Branch]:
        """The code for a node of the tree; the branches that it leaves to emit, in reverse order."""
        self.registers = max(self.registers, free)
        if not cases:
            self.code.append(opcodes.STUCK)
            return []
        first = cases[0]
        if not first.columns:
            failures = self._fire(first, free)
            return [_Branch(cases[1:], free, failures)] if failures else []
        register = max((r for r, _ in first.columns), key=lambda r: (sum(c.column(r) is not None for c in cases), -r))
        pattern = first.column(register)
        assert pattern is not None
        row = self.terms.rows[pattern]
        if row[0] == "app":
            return self._switch(cases, free, register)
        if row[0] != "var":
            raise ValueError("a rule may not look inside formulas")
        symbol = self.bank.symbol_id(BankSymbol("var", "", (), str(row[2])))
        self.code += [opcodes.LEAF, register, symbol, self.bank.name_id(str(row[1])), -1]
        place = (self.code, len(self.code) - 1)
        alike = [c.without(register) for c in cases if c.column(register) in (None, pattern)]
        return [_Branch([c for c in cases if c.column(register) != pattern], free, [place]), _Branch(alike, free, [])]

    def _switch(self, cases: list[_Case], free: int, register: int) -> list[_Branch]:
        size = len(self.bank.symbols)
        table = len(self.jumps)
        self.jumps += [size, *([-1] * (size + 1))]
        self.code += [opcodes.SWITCH, register, table]
        heads: dict[SymbolId, list[_Case]] = {}
        others = []  # what remains possible under any other head: no test here, or a rigid variable
        for case in cases:
            column = case.column(register)
            if column is not None and self.terms.rows[column][0] == "app":
                heads.setdefault(self.head(column), [])
            else:
                others.append(case)
        for case in cases:
            column = case.column(register)
            if column is None:
                for branch in heads.values():
                    branch.append(case)
            elif self.terms.rows[column][0] == "app":
                below = enumerate(children(self.terms.rows[column]), start=free)
                heads[self.head(column)].append(case.without(register, *below))
        default = [(self.jumps, table + 1 + n) for n in range(size + 1) if n - 1 not in heads]
        branches = [_Branch(others, free, default)]
        for head, inside in heads.items():
            arity = int(self.bank.arity[head])
            place = (self.jumps, table + 2 + head)
            branches.append(_Branch(inside, free + arity, [place], (register, free, arity)))
        return branches

    def _fire(self, case: _Case, free: int) -> list[_Place]:
        """The code that checks what is left to check, builds the right side and ends. Returns where it may fail."""
        rule = self.rules[case.rule]
        where: dict[int, int] = {}
        failures: list[_Place] = []
        for variable, register in case.bound:
            if variable in where:
                self.code += [opcodes.SAME, where[variable], register, -1]
                failures.append((self.code, len(self.code) - 1))
            else:
                where[variable] = register
        built = 0
        for i in self.terms.reachable([rule.rhs]):
            if i in where:
                continue
            row = self.terms.rows[i]
            if row[0] == "var":
                if i in rule.variables:
                    raise ValueError(f"the right side of a rule has a variable {row[1]!r} that its left side lacks")
                symbol = self.bank.symbol_id(BankSymbol("var", "", (), str(row[2])))
                self.code += [opcodes.NAME, free, symbol, self.bank.name_id(str(row[1]))]
            elif row[0] == "app":
                below = [where[c] for c in children(row)]
                self.code += [opcodes.CONS, free, self.head(i), len(below), *below]
            else:
                raise ValueError("a rule may not look inside formulas")
            where[i] = free
            free += 1
            built += 1
        self.registers = max(self.registers, free)
        self.most_rows = max(self.most_rows, built)
        if rule.ordered:
            self.code += [opcodes.BELOW, where[rule.rhs], -1]
            failures.append((self.code, len(self.code) - 1))
        self.code += [opcodes.DONE, case.rule, where[rule.rhs]]
        return failures
