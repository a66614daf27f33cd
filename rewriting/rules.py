"""Rewrite rules compiled to the tables that the kernels execute.

Compilation is a decision tree for each head symbol: columns are registers, the first rule that is still possible
chooses which register to test next, and textual order decides between rules. Milliseconds for hundreds of rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import opcodes
from .bank import Ints, SymbolId, TermBank, app_symbol, literal_symbol
from .syntax import TermTable, children
from .system import Condition, RewriteRule
from .theory import Symbol

__all__ = ["Condition", "RewriteRule", "RuleTable", "compile_rules"]


@dataclass(frozen=True)
class RuleTable:
    """Compiled rules. `entry[symbol]` is where the code for a head symbol starts, -1 where it has no rules.

    Tied to the bank's numbering of symbols and names, not to its terms, so it survives collections: `constants` are
    rows of `terms`. `margin` bounds the cells and rows that one pass through the code can add, and the children that
    it can look at. `compared` are the sorts of which terms are compared: by patterns that are not linear, by
    conditions, and in the path order.
    """

    terms: TermTable
    signature: Mapping[str, Symbol]
    rules: tuple[RewriteRule, ...]
    code: Ints
    entry: Ints
    constants: tuple[int, ...]
    registers: int
    margin: int
    compared: frozenset[str]


def compile_rules(
    bank: TermBank,
    terms: TermTable,
    signature: Mapping[str, Symbol],
    rules: Sequence[RewriteRule],
    base: RuleTable | None = None,
    hosted: Collection[str] = (),
) -> RuleTable:
    """Compile rules over the rows of `terms`. With `base`, its rules are kept and `rules` come before them.

    `hosted` names symbols that executors have hosts for.

    Raises ValueError for a rule whose left side is a variable or whose right side has variables that the left lacks.
    Adding to a base recompiles only the head symbols concerned; what the base takes for a symbol without rules stays
    so inside its right-hand sides, which the recording kernel does not mind (`kernels.normalise` looks at every term
    that it makes), but executors that evaluate right-hand sides directly need a table compiled at once.
    """
    old = base.rules if base else ()
    everything = (*old, *rules)
    compiler = _Compiler(bank, terms, signature, everything, base)
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
    for symbol in () if base else signature.values():
        if symbol.kind == "builtin" or symbol.name in hosted:
            by_head.setdefault(compiler.symbol(symbol.name), [])
    compiler.defined.update(by_head)
    starts = {}
    for head, numbers in by_head.items():
        starts[head] = len(compiler.code)
        compiler.compile_head(head, [*numbers, *kept.get(head, ())])
    if len(bank.symbols) > len(entry):
        entry = np.concatenate([entry, np.full(len(bank.symbols) - len(entry), -1, np.int32)])
    for head, start in starts.items():
        entry[head] = start
    widest = max([len(s.arguments) for s in bank.symbols], default=0) + 2
    return RuleTable(
        terms,
        signature,
        everything,
        np.array(compiler.code or [opcodes.STUCK, 0, 0], np.int32),
        entry,
        tuple(compiler.constants),
        max(compiler.registers, base.registers if base else 0) + widest,
        max((compiler.most_rows + 2) * (widest + 1), base.margin if base else 0),
        frozenset(compiler.compared) | (base.compared if base else frozenset()),
    )


class _Case(NamedTuple):
    """A rule that may still apply: patterns to test by register, and the registers its variables stand in."""

    rule: int
    columns: dict[int, int]
    bound: tuple[tuple[int, int], ...]

    def without(self, register: int, more: Iterable[tuple[int, int]] = ()) -> _Case:
        """The case after the test of a register, with further columns to test."""
        columns = dict(self.columns)
        columns.pop(register, None)
        columns.update(more)
        return _Case(self.rule, columns, self.bound)


class _Branch(NamedTuple):
    """A subtree to emit: its cases in order, the next free register, the cells of the code that wait for its address
    (none: it must be emitted next), and children to load first, as (register, first target, how many)."""

    cases: list[_Case]
    free: int
    places: list[int]
    load: tuple[int, int, int] | None = None


class _Op(NamedTuple):
    """An instruction of a straight piece of code: the register that it sets (-1: none) and those that it reads.
    For a CALL the list of live registers is still to be added."""

    cells: list[int]
    sets: int
    reads: list[int]


class _Compiler:
    def __init__(
        self,
        bank: TermBank,
        terms: TermTable,
        signature: Mapping[str, Symbol],
        rules: Sequence[RewriteRule],
        base: RuleTable | None,
    ) -> None:
        self.bank = bank
        self.terms = terms
        self.signature = signature
        self.rules = rules
        self.code: list[int] = base.code.tolist() if base else []
        self.constants = {row: n for n, row in enumerate(base.constants)} if base else {}
        self.registers = 0
        self.most_rows = 0
        self.compared: set[str] = set()
        self._ground: dict[int, bool] = {}
        self._symbols: dict[str, SymbolId] = {}
        self.defined: set[SymbolId] = {self.head(r.lhs) for r in base.rules} if base else set()

    def head(self, row: int) -> SymbolId:
        cells = self.terms.rows[row]
        if cells[0] != "app":
            raise ValueError("the left side of a rule must start with a symbol")
        return self.symbol(str(cells[1]))

    def symbol(self, name: str) -> SymbolId:
        found = self._symbols.get(name)
        if found is None:
            found = self._symbols[name] = self.bank.symbol_id(app_symbol(self.signature[name]))
        return found

    def sort(self, row: int) -> str:
        cells = self.terms.rows[row]
        return self.signature[str(cells[1])].result if cells[0] == "app" else str(cells[2])

    def compile_head(self, head: SymbolId, numbers: Iterable[int]) -> None:
        """Emit the tree for rules with one head symbol, by priority. Registers 0.. hold the children.

        A built-in operation is computed where it can be, before any rule is tried.
        """
        width = int(self.bank.arity[head])
        symbol = self.signature[self.bank.symbols[head].name]
        if symbol.kind == "builtin":
            literals = [self.bank.symbol_id(literal_symbol(sort)) for sort in symbol.arguments]
            self.code += [opcodes.COMPUTE, _computed(symbol), width, *literals]
        cases = [_Case(n, dict(enumerate(children(self.terms.rows[self.rules[n].lhs]))), ()) for n in numbers]
        pending = [_Branch(cases, width, [])]
        while pending:
            branch = pending.pop()
            for place in branch.places:
                self.code[place] = len(self.code)
            if branch.load and branch.load[2]:
                self.code += [opcodes.LOAD, *branch.load]
            pending.extend(self._emit(head, width, [self._bind(c) for c in branch.cases], branch.free))

    def _bind(self, case: _Case) -> _Case:
        """Variables match anything: their columns become bindings."""
        variables = self.rules[case.rule].variables
        bound = [(p, r) for r, p in case.columns.items() if p in variables]
        if not bound:
            return case
        columns = {r: p for r, p in case.columns.items() if p not in variables}
        return _Case(case.rule, columns, (*case.bound, *bound))

    def _emit(self, head: SymbolId, width: int, cases: list[_Case], free: int) -> list[_Branch]:
        """The code for a node of the tree; the branches that it leaves to emit, in reverse order."""
        self.registers = max(self.registers, free)
        if not cases:
            self.code += [opcodes.STUCK, head, width]
            return []
        first = cases[0]
        if not first.columns:
            failures = self._fire(head, width, cases, free)
            return [_Branch(cases[1:], free, failures)] if failures else []
        tests = {r: sum(r in c.columns for c in cases) for r in first.columns}
        register = max(tests, key=lambda r: (tests[r], -r))
        pattern = first.columns[register]
        row = self.terms.rows[pattern]
        if row[0] == "app":
            return self._switch(cases, free, register)
        if row[0] not in ("var", "lit"):
            raise ValueError("a rule may not look inside formulas")
        self.code += [opcodes.IS, register, self.constant(pattern), -1]
        place = len(self.code) - 1
        alike = [c.without(register) for c in cases if c.columns.get(register, pattern) == pattern]
        others = [c for c in cases if c.columns.get(register) != pattern]
        return [_Branch(others, free, [place]), _Branch(alike, free, [])]

    def _switch(self, cases: list[_Case], free: int, register: int) -> list[_Branch]:
        heads: dict[SymbolId, list[_Case]] = {}
        others = []  # what remains possible under any other head: no test here, or a leaf
        for case in cases:
            column = case.columns.get(register)
            if column is not None and self.terms.rows[column][0] == "app":
                heads.setdefault(self.head(column), [])
            else:
                others.append(case)
        for case in cases:
            column = case.columns.get(register)
            if column is None:
                for inside in heads.values():
                    inside.append(case)
            elif self.terms.rows[column][0] == "app":
                below = enumerate(children(self.terms.rows[column]), start=free)
                heads[self.head(column)].append(case.without(register, below))
        start = len(self.code)
        self.code += [opcodes.SWITCH, register, -1, len(heads)]
        branches = [_Branch(others, free, [start + 2])]
        for head in sorted(heads):
            arity = int(self.bank.arity[head])
            self.code += [head, -1]
            branches.append(_Branch(heads[head], free + arity, [len(self.code) - 1], (register, free, arity)))
        return branches

    def _fire(self, head: SymbolId, width: int, cases: Sequence[_Case], free: int) -> list[int]:
        """The code that checks what is left to check, builds the right side and ends. Returns where it may fail."""
        case = cases[0]
        rule = self.rules[case.rule]
        ops: list[_Op] = []
        where: dict[int, int] = {}
        for variable, register in case.bound:
            if variable in where:
                ops.append(_Op([opcodes.SAME, where[variable], register, -1], -1, [where[variable], register]))
                self.compared.add(self.sort(variable))
            else:
                where[variable] = register
        built = free
        known = dict(where)
        for condition in rule.conditions:
            for side in (condition.left, condition.right):
                built = self._build(rule, side, known, built, ops, evaluated=True)
            left, right = known[condition.left], known[condition.right]
            test = opcodes.SAME if condition.equal else opcodes.DIFFER
            ops.append(_Op([test, left, right, -1], -1, [left, right]))
            self.compared.add(self.sort(condition.left))
        if rule.ordered:
            raw = dict(where)
            built = self._build(rule, rule.rhs, raw, built, ops, evaluated=False)
            itself, smaller = built, raw[rule.rhs]
            ops.append(_Op([opcodes.CONS, itself, head, width, *range(width)], itself, list(range(width))))
            ops.append(_Op([opcodes.BELOW, smaller, itself, -1], -1, [smaller, itself]))
            self.compared.update(self.signature[str(self.terms.rows[rule.lhs][1])].arguments)
            built += 1
        ops.append(_Op([opcodes.FIRE, case.rule], -1, []))
        row = self.terms.rows[rule.rhs]
        if row[0] == "app" and self.head(rule.rhs) in self.defined:
            for child in children(row):
                built = self._build(rule, child, where, built, ops, evaluated=True)
            below = [where[c] for c in children(row)]
            ops.append(_Op([opcodes.TAIL, self.head(rule.rhs), len(below), *below], -1, below))
        else:
            built = self._build(rule, rule.rhs, where, built, ops, evaluated=True)
            ops.append(_Op([opcodes.RETURN, where[rule.rhs]], -1, [where[rule.rhs]]))
        self.registers = max(self.registers, built)
        self.most_rows = max(self.most_rows, built - free)
        others = set(range(width))  # what the rules after this one still need, should this one fail
        for other in cases[1:]:
            others.update(other.columns, (r for _, r in other.bound))
        return self._place(ops, others)

    def _build(
        self, rule: RewriteRule, root: int, where: dict[int, int], free: int, ops: list[_Op], evaluated: bool
    ) -> int:
        """Registers for `root` and all it contains, added to `where`; the next free register."""
        for i in self._unbuilt(rule, root, where):
            row = self.terms.rows[i]
            if row[0] not in ("var", "lit", "app"):
                raise ValueError("a rule may not look inside formulas")
            if row[0] == "var" and i in rule.variables:
                raise ValueError(f"the right side of a rule has a variable {row[1]!r} that its left side lacks")
            if self._is_constant(rule, i):
                ops.append(_Op([opcodes.CONST, free, self.constant(i)], free, []))
            else:
                symbol = self.head(i)
                below = [where[c] for c in children(row)]
                op = opcodes.CALL if evaluated and symbol in self.defined else opcodes.CONS
                ops.append(_Op([op, free, symbol, len(below), *below], free, below))
            where[i] = free
            free += 1
        return free

    def _unbuilt(self, rule: RewriteRule, root: int, where: Mapping[int, int]) -> list[int]:
        """The rows to build for `root`, children first: constants are built as a whole."""
        out: dict[int, None] = {}
        stack = [root]
        while stack:
            i = stack.pop()
            if i < 0:
                out[~i] = None
            elif i not in where and i not in out:
                stack.append(~i)
                if not self._is_constant(rule, i):
                    stack.extend(reversed(children(self.terms.rows[i])))
        return list(out)

    def _is_constant(self, rule: RewriteRule, row: int) -> bool:
        """Is it a rigid leaf, a literal, or a ground term without redexes?"""
        if self.terms.rows[row][0] == "var":
            return row not in rule.variables
        if row not in self._ground:
            for i in self.terms.reachable([row]):
                cells = self.terms.rows[i]
                below = all(self._ground.get(c, False) for c in children(cells))
                free = cells[0] == "app" and self.head(i) not in self.defined
                self._ground[i] = cells[0] == "lit" or (below and free)
        return self._ground[row]

    def constant(self, row: int) -> int:
        """The number of a constant, new if it has not been met; its symbols get numbers too."""
        return self.constants.setdefault(row, len(self.constants))

    def _place(self, ops: Sequence[_Op], others: Collection[int]) -> list[int]:
        """Append straight code, each CALL with its live registers; the cells that wait for where to go on failure.

        `others` are the registers that are needed there.
        """
        live: set[int] = set()
        for cells, sets, reads in reversed(ops):
            if cells[0] == opcodes.CALL:
                kept = sorted(live - {sets})
                cells += [len(kept), *kept]
            if cells[0] in _TESTS:
                live.update(others)
            live.discard(sets)
            live.update(reads)
        failures = []
        for cells, _, _ in ops:
            self.code += cells
            if cells[0] in _TESTS:
                failures.append(len(self.code) - 1)
        return failures


def _computed(symbol: Symbol) -> int:
    """The place in COMPUTED of what a built-in operation does to small integers; -1 if it is not there."""
    text = "neg" if symbol.arity == 1 else symbol.notation.text
    integers = set(symbol.arguments) == {"Int"} and (symbol.arity == 2 or symbol.notation.text == "-")
    return opcodes.COMPUTED.index(text) if integers and text in opcodes.COMPUTED else -1


_TESTS = (opcodes.SAME, opcodes.DIFFER, opcodes.BELOW)
