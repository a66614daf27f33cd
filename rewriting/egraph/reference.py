"""The specification of equality saturation: what the compiled e-graph must compute, written to be read, not to be fast.

A round matches every rule against the graph as it stands, adds the right sides of all matches, merges each with the
class of its left side, and then restores congruence: as long as two nodes have one operation and equal children they
are merged. Nodes that have become the same count once.

A rule's variable stands for any class of its sort, a variable that the rule does not bind for itself only. Of a rule's
conditions those that are decided do not add to the graph: two sides differ, or a Python function says yes, or built-in
operations on the literals of the variables' classes give the value that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from ..bank import BankSymbol, app_symbol
from ..syntax import Row, TermTable, children
from ..system import Condition, RewriteRule
from ..theory import Symbol
from .evaluation import value_row
from .history import CompiledRule, History, Op, compiled
from .layout import ASSERTED, CONGRUENCE, EVALUATED

_Match = dict[int, int]  # from atoms, and variables, of a rule to the nodes that matched them


class ReferenceEGraph:
    """An e-graph over the rows of one table.

    `functions` decide conditions f(s, t, ...) = true: each is called with the rows of the terms of matched nodes. With
    `folding`, a built-in operation on literals is merged with its value.
    """

    def __init__(
        self,
        table: TermTable,
        symbols: Mapping[str, Symbol],
        rules: Sequence[RewriteRule],
        functions: Mapping[str, Callable[..., bool]] | None = None,
        *,
        folding: bool = False,
    ) -> None:
        self.table = table
        self._symbols = symbols
        self._functions = dict(functions or {})
        self._folding = folding
        self._rules = tuple(compiled(table, r, self._matched(r)) for r in rules)
        self._ops: dict[Op, int] = {}
        self._leaves: dict[Row, int] = {}
        self._op: list[int] = []
        self._children: list[tuple[int, ...]] = []
        self._parent: list[int] = []
        self._live: dict[tuple[int, ...], int] = {}  # by operation and classes of the children
        self._unions: list[tuple[int, int, int]] = []
        self._effective: list[bool] = []
        self._log: list[int] = []
        self._asserted: list[str] = []
        self._applied: set[tuple[int, ...]] = set()  # rules with the nodes that they matched

    # Terms and classes

    def add(self, row: int) -> int:
        """The node of a term."""
        nodes: dict[int, int] = {}
        for i in self.table.reachable([row]):
            nodes[i] = self._node(i, [nodes[c] for c in children(self.table.rows[i])])
        self._restore()
        return nodes[row]

    def union(self, left: int, right: int, reason: str) -> None:
        """Two nodes are equal, by decree."""
        self._merge(left, right, [ASSERTED, len(self._asserted)])
        self._asserted.append(reason)
        self._restore()

    def find(self, node: int) -> int:
        """The class of a node: the least node in it."""
        while self._parent[node] != node:
            node = self._parent[node]
        return node

    @property
    def nodes(self) -> int:
        """The number of nodes, those counted once that have become the same."""
        return len(self._live)

    @property
    def classes(self) -> int:
        """The number of classes."""
        return len({self.find(n) for n in self._live.values()})

    @property
    def contradiction(self) -> bool:
        """Are two different literals in one class?"""
        literals = {n for op, n in self._ops.items() if op.symbol.kind == "lit"}
        nodes = [n for n in self._live.values() if self._op[n] in literals]
        return len({self.find(n) for n in nodes}) < len(nodes)

    def round(self) -> bool:
        """One round; has it changed the number of nodes or of classes?"""
        before = self.nodes, self.classes
        literals = self._literals()
        found = [(n, m) for n, rule in enumerate(self._rules) for m in self._matches(rule, literals)]
        unions = [self._apply(n, m) for n, m in found if self._is_new(n, m)]
        for left, right, why in unions:
            self._merge(left, right, why)
        self._restore()
        return (self.nodes, self.classes) != before

    def history(self) -> History:
        width = max([1, *map(len, self._children)])
        table = np.zeros((len(self._op), width), np.int32)
        for n, below in enumerate(self._children):
            table[n, : len(below)] = below
        return History(
            tuple(self._ops),
            np.array(self._op, np.int32),
            table,
            tuple(self._leaves),
            np.array(self._unions, np.int32).reshape(-1, 3),
            np.array(self._effective, np.bool_),
            np.array(self._log, np.int32),
            tuple(self._asserted),
            self._rules,
        )

    def _node(self, row: int, below: Sequence[int]) -> int:
        """The node of a row over nodes, new if there is none yet."""
        cells = self.table.rows[row]
        leaf = cells[0] in ("var", "lit")
        symbol = BankSymbol(str(cells[0]), "", (), str(cells[2])) if leaf else app_symbol(self._symbols[str(cells[1])])
        number = self._ops.setdefault(Op(symbol, leaf), len(self._ops))
        stored = (self._leaves.setdefault(cells, len(self._leaves)),) if leaf else tuple(below)
        key = (number, *(stored if leaf else map(self.find, stored)))
        if key not in self._live:
            self._live[key] = len(self._op)
            self._op.append(number)
            self._children.append(stored)
            self._parent.append(self._live[key])
        return self._live[key]

    def _merge(self, left: int, right: int, why: Sequence[int]) -> None:
        a, b = sorted((self.find(left), self.find(right)))
        self._unions.append((left, right, len(self._log)))
        self._log.extend(why)
        self._effective.append(a != b)
        self._parent[b] = a

    def _restore(self) -> None:
        """Congruence, and with folding the values of built-in operations, until nothing changes."""
        changed = True
        while changed:
            changed = False
            live: dict[tuple[int, ...], int] = {}
            for node in sorted(self._live.values()):
                below = self._children[node]
                leaf = list(self._ops)[self._op[node]].leaf
                key = (self._op[node], *(below if leaf else map(self.find, below)))
                same = live.setdefault(key, node)
                if self.find(same) != self.find(node):
                    self._merge(same, node, [CONGRUENCE])
                    changed = True
            self._live = live
            if self._folding and not changed:
                changed = self._compute()

    def _compute(self) -> bool:
        """Merge built-in operations on literals with their values; was there one to merge?"""
        literals = self._literals()
        todo: list[tuple[int, int, list[int]]] = []
        for node in sorted(self._live.values()):
            symbol = self._symbols.get(list(self._ops)[self._op[node]].symbol.name)
            if symbol is None:
                continue
            known = [literals[self.find(c)] for c in self._children[node] if self.find(c) in literals]
            if len(known) == len(symbol.arguments):
                value = value_row(symbol, [self._leaf(n) for n in known])
                todo += [] if value is None else [(node, self.table.add(value), known)]
        changed = False
        for node, row, known in todo:
            literal = self._node(row, ())
            if self.find(literal) != self.find(node):
                self._merge(node, literal, [EVALUATED, *known])
                changed = True
        return changed

    def _leaf(self, node: int) -> Row:
        return list(self._leaves)[self._children[node][0]]

    def _literals(self) -> dict[int, int]:
        """A literal node of each class that has one."""
        literal = {n for op, n in self._ops.items() if op.symbol.kind == "lit"}
        return {self.find(n): n for n in sorted(self._live.values(), reverse=True) if self._op[n] in literal}

    # Rules

    def _matched(self, rule: RewriteRule) -> list[int]:
        """The conditions that are premises to match: equations not decided by operations or Python functions."""
        rows = self.table.rows

        def decided(c: Condition) -> bool:
            head = str(rows[c.left][1]) if rows[c.left][0] == "app" else ""
            return head in self._functions or (head in self._symbols and self._symbols[head].kind == "builtin")

        return [n for n, c in enumerate(rule.conditions) if c.equal and not decided(c)]

    def _matches(self, rule: CompiledRule, literals: Mapping[int, int]) -> Iterator[_Match]:
        """Every way to match the premises of a rule for which its other conditions hold."""
        found: list[_Match] = [{}]
        for n, premise in enumerate(rule.premises):
            partner = rule.premises[n - 1] if n and n % 2 == 0 else None
            found = [more for m in found for more in self._premise(rule, premise, partner, m)]
        for match in found:
            others = (c for n, c in enumerate(rule.rule.conditions) if n not in rule.matched)
            if all(self._holds(c, rule, match, literals) for c in others):
                yield match

    def _premise(self, rule: CompiledRule, premise: int, partner: int | None, match: _Match) -> Iterator[_Match]:
        """The ways to match a premise, in the class of the other side of its equation if it is the second side."""
        start = None if partner is None else self._class(rule, partner, match)
        stack: list[tuple[_Match, list[tuple[int, int | None]]]] = [(match, [(premise, start)])]
        while stack:
            found, goals = stack.pop()
            if not goals:
                yield found
                continue
            (row, wanted), *rest = goals
            known = self._class(rule, row, found)
            if known is not None:
                if wanted in (None, known):
                    stack.append((found, rest))
                continue
            for node in sorted(self._live.values(), reverse=True):
                if wanted in (None, self.find(node)) and self._fits(rule, row, node):
                    more = {**found, row: node}
                    below: list[tuple[int, int | None]] = []
                    if row not in rule.rule.variables:
                        for child, argument in zip(children(self.table.rows[row]), self._children[node], strict=True):
                            if child in rule.rule.variables:
                                more.setdefault(child, argument)
                            below.append((child, self.find(argument)))
                    stack.append((more, below + rest))

    def _fits(self, rule: CompiledRule, row: int, node: int) -> bool:
        """Can a node match a row by what stands at its root? A variable is matched by one node of a class."""
        op = list(self._ops)[self._op[node]]
        cells = self.table.rows[row]
        if row in rule.rule.variables:
            return op.symbol.result == cells[2] and self.find(node) == node
        return not op.leaf and cells[0] == "app" and op.symbol.name == cells[1]

    def _is_app(self, row: int) -> bool:
        return bool(children(self.table.rows[row]))

    def _class(self, rule: CompiledRule, row: int, match: _Match) -> int | None:
        """The class of a row that is matched, or that is a constant in the graph; else None."""
        if row in match:
            return self.find(match[row])
        if row in rule.rule.variables or self._is_app(row):
            return None
        cells = self.table.rows[row]
        for node in self._live.values():
            op = list(self._ops)[self._op[node]]
            if (self._leaf(node) == cells) if op.leaf else (not op.symbol.arguments and op.symbol.name == cells[1]):
                return self.find(node)
        return None

    def _holds(self, condition: Condition, rule: CompiledRule, match: _Match, literals: Mapping[int, int]) -> bool:
        """Is a condition so that is decided, not matched?"""
        rows = self.table.rows
        cells = rows[condition.left]
        if cells[0] == "app" and cells[1] in self._functions:
            terms = [self._instance(c, match) for c in children(cells)]
            return self._functions[str(cells[1])](*terms) == condition.equal
        left, right = (self._decided(side, rule, match, literals) for side in (condition.left, condition.right))
        return left is not None and right is not None and (left == right) == condition.equal

    def _decided(
        self, side: int, rule: CompiledRule, match: _Match, literals: Mapping[int, int]
    ) -> tuple[str, int] | None:
        """What a side of a condition is: a literal by its row, a class, or a constant that the graph lacks; None for no
        telling."""
        known: dict[int, tuple[str, int]] = {}
        for row in self.table.reachable([side]):
            found = self._class(rule, row, match)
            cells = self.table.rows[row]
            if cells[0] == "lit":
                known[row] = ("literal", row)
            elif found is not None and found in literals:
                known[row] = ("literal", self.table.add(self._leaf(literals[found])))
            elif found is not None:
                known[row] = ("class", found)
            elif not self._is_app(row):
                known[row] = ("absent", row)
            elif self._symbols[str(cells[1])].kind == "builtin":
                below = [known.get(c, ("class", -1)) for c in children(cells)]
                operands = [self.table.rows[r] for kind, r in below if kind == "literal"]
                value = value_row(self._symbols[str(cells[1])], operands) if len(operands) == len(below) else None
                if value is not None:
                    known[row] = ("literal", self.table.add(value))
        return known.get(side)

    def _instance(self, row: int, match: _Match) -> int:
        """A row with the terms of matched nodes for its variables."""
        terms: dict[int, int] = {}
        names = list(self._leaves)
        for node, below in enumerate(self._children):
            op = list(self._ops)[self._op[node]]
            terms[node] = (
                self.table.add(names[below[0]])
                if op.leaf
                else self.table.app(op.symbol.name, *(terms[c] for c in below))
            )
        return self.table.replace(row, {r: terms[n] for r, n in match.items() if self.table.rows[r][0] == "var"})

    def _is_new(self, number: int, match: _Match) -> bool:
        """A rule is applied to each match once."""
        key = (number, *(match[row] for row in self._rules[number].atoms))
        new = key not in self._applied
        self._applied.add(key)
        return new

    def _apply(self, number: int, match: _Match) -> tuple[int, int, list[int]]:
        """Add the right side; what is to be merged, and why."""
        rule = self._rules[number]
        nodes = dict(match) | {v: match[v] for v in rule.rule.variables if v in match}
        made: dict[int, int] = {v: nodes[v] for v in rule.rule.variables if v in nodes}
        for row in rule.results:
            made[row] = self._node(row, [made[c] for c in children(self.table.rows[row])])
        left = match[rule.rule.lhs] if rule.rule.lhs in match else self._class(rule, rule.rule.lhs, match)
        assert left is not None
        why = [number, *(match[row] for row in rule.atoms), *(made[row] for row in rule.results)]
        return left, made[rule.rule.rhs], why
