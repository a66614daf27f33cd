"""The e-graph: many terms at once, in classes of terms that are known to be equal, and why.

>>> from lemmata import rules
>>> G = EGraph(rules("x + y = y + x", "(x + y) + z = x + (y + z)"))
>>> a, b = G.add("a + (b + c)"), G.add("(c + b) + a")
>>> G.equal(a, b)
False
>>> G.run().stop.value, G.equal(a, b), G.nodes, G.classes
('saturated', True, 15, 7)

A node stands for one term for ever, and is called by its number; terms are equal when their nodes have one class, which
is called by the number of one of its nodes. Nothing is forgotten but by `pop`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from ..ac import inner_rows
from ..bank import BankSymbol, Ints, app_symbol
from ..equations import rule_name
from ..laws import law
from ..limits import Clock, Limits
from ..literals import LITERAL_SORTS, Value, has_literal, literal_text, literal_value
from ..printing import Printer
from ..ruleset import RuleSet
from ..source import LemmataError, nearest
from ..syntax import PROP, Row, TermTable, children
from ..system import Condition, RewriteRule
from ..terms import Signature, Term
from ..theory import Symbol, Theory
from .analyses import Analysis, Node, named
from .arena import Arena, Stopping
from .computed import Computed
from .directions import egraph_rules
from .facts import Facts
from .history import CompiledRule, History, Op, compiled
from .hosting import Decision, Hosting, is_computed, is_hosted
from .layout import ASSERTED, EVALUATED, LOG, UNIONS
from .modulo import Modulo
from .multisets import Members, Multisets, is_multiset, multiset_symbol
from .plans import Plans, Program, Vocabulary, compile_plans, width_of
from .report import Report
from .report import Round as RoundReport
from .saturation import Rounds
from .schedules import Contains, Equal, Goal, NodesOver, Run, Saturate, Schedule, Scheduler, Simple
from .view import View

if TYPE_CHECKING:
    from .costs import Given
    from .explain import Written
    from .explanation import Explanation
    from .extracted import Extracted

MOST_NODES = 10_000_000


class EGraph:
    """An e-graph over the rules of a `RuleSet`, which are used from left to right, or both ways where they say so.

    Terms may be given as texts, which the rule set reads. `analyses` keep facts about classes (`analyses.py`).
    `conditions` decide conditions `if p(x, y)` of rules by the name of p: functions of the graph and the classes of the
    arguments. `functions` compute terms of the named symbols: functions of the graph and the classes of the arguments,
    which return a node, a term, or None for "not now"; those of the rule set itself are given values of literals and
    terms, as it says. Explanations carry what such functions decide as hypotheses.

    Not safe for use from several threads at once.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        analyses: Iterable[Analysis] = (),
        conditions: Mapping[str, Decision] | None = None,
        functions: Mapping[str, Callable[..., int | Term | None]] | None = None,
    ) -> None:
        self.ruleset = rules
        self.theory: Theory = rules.theory
        self._table = rules.theory.terms
        self._arena = Arena()
        self.ops: list[Op] = []
        self.leaves: list[Row] = []
        self._op_of: dict[BankSymbol | tuple[str, str], int] = {}
        self._leaf_of: dict[Row, int] = {}
        self._literal_ops: set[int] = set()
        self._symbols: dict[str, Symbol] = dict(rules.theory.symbol)
        self._arity: list[int] = []
        self.asserted: list[str] = []
        decisions = dict(conditions or {})
        self._computed = frozenset(decisions) | {s.name for s in rules.theory.symbols if s.kind == "builtin"}
        directed = egraph_rules(rules, frozenset(decisions))
        self.rules = tuple(self._compiled(rule) for rule in directed if not self._is_built_in(rule))
        self.hosting = Hosting(self, decisions)
        self.multisets = Multisets(self)
        self.modulo = Modulo(self)
        self._facts = Facts(named(analyses), self._seen_as)
        self._lost: list[Ints] = []
        self._functions = Computed(self, functions or {}, rules.functions)
        self._since: Ints = np.full(max(1, len(self.rules)), -1, np.int32)
        self._saved: list[_Saved] = []
        self._plans: Plans | None = None
        self._planned = -1

    # Sizes

    @property
    def nodes(self) -> int:
        """The number of e-nodes, congruent ones counted once."""
        return self._arena.nodes

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self._arena.classes

    # Terms

    def add(self, term: Term | str) -> int:
        """The node of a term, which is added with its subterms where they are missing. Raises SourceError for a text.

        Linear in the distinct subterms.
        """
        given = self.ruleset.term(term) if isinstance(term, str) else term
        for symbol in given.signature.symbols:
            if self._symbols.setdefault(symbol.name, symbol) != symbol:
                raise LemmataError(f"a term over another symbol {symbol.name}")
        table = TermTable()
        node = int(self.add_rows(table, [given.dump(table)])[0])
        if self._facts.analyses:
            self.settle()
        return node

    def add_rows(self, table: TermTable, roots: Sequence[int]) -> Ints:
        """As `add`, for rows of a plain table over the symbols of the graph; their nodes, int32."""
        order = list(table.reachable(roots))
        if any(table.rows[i][0] == "app" and is_multiset(self.theory_symbol(str(table.rows[i][1]))) for i in order):
            return self._add_sums(table, roots, order)
        place = {row: i for i, row in enumerate(order)}
        ops = np.zeros(len(order), np.int32)
        below = []
        for i, row in enumerate(order):
            cells = children(table.rows[row])
            if cells:
                ops[i] = self._application(table, row)
                below.append([place[c] for c in cells])
            else:
                op, name = self._leaf(table.rows[row])
                ops[i] = op
                below.append([name])
        k = self._arena.width - 2
        given = np.zeros((len(order), k), np.int32)
        for i, numbers in enumerate(below):
            given[i, : len(numbers)] = numbers
        nodes = self._arena.add(ops, given, self._arities)
        return nodes[[place[r] for r in roots]]

    def _add_sums(self, table: TermTable, roots: Sequence[int], order: Sequence[int]) -> Ints:
        """As `add_rows` where there are sums, which are single nodes however they are nested."""
        inner = inner_rows(table, roots, order, self._symbols)
        nodes: dict[int, int] = {}
        for row in order:
            below = children(table.rows[row])
            if row in inner:
                continue
            if not below:
                nodes[row] = self.add_leaf(table.rows[row])
            elif is_multiset(self.theory_symbol(str(table.rows[row][1]))):
                nodes[row] = self.multisets.of_row(table, row, nodes)
            else:
                nodes[row] = self.make(table, row, [nodes[c] for c in below])
        self.settle()
        return np.array([nodes[r] for r in roots], np.int32)

    def add_leaf(self, row: Row) -> int:
        """The node of a variable, a literal or a constant."""
        return self.add_named(*self._leaf(row))

    def add_named(self, op: int, name: int) -> int:
        """The node of a leaf's op and the number of its name."""
        return int(self._arena.add(np.array([op], np.int32), self._row([name]), self._arities)[0])

    def make(self, table: TermTable, row: int, below: Sequence[int]) -> int:
        """The node of an application like that of a row, over nodes."""
        return self._make(self._application(table, row), [self.find(c) for c in below])

    def add_literal(self, value: Value, sort: str) -> int:
        """The node of a literal. Raises LemmataError if the sort has no such literals."""
        if type(value) is int and LITERAL_SORTS.get(sort) is Fraction:
            value = Fraction(value)
        if not has_literal(sort, value):
            raise LemmataError(f"{value!r} is no literal of sort {sort}")
        return self.add_leaf(("lit", literal_text(value), sort))

    def term(self, node: int) -> Term:
        """The term that a node stands for; linear in its distinct subterms."""
        arena, table = self._arena, TermTable()
        k = arena.width - 2
        rows: dict[int, int] = {}
        stack = [node]
        while stack:
            n = stack[-1]
            op = arena.op(n)
            below = arena.store.first[n * k : n * k + self._arity[op]].tolist()
            if self.ops[op].symbol.kind == "ac":
                below = [m for m, count in self.multisets.members[self.name(n)] for _ in range(count)]
            missing = [c for c in below if c not in rows]
            if n in rows or not missing:
                stack.pop()
                if self.ops[op].symbol.kind == "ac":
                    rows[n] = reduce(partial(table.app, self.ops[op].symbol.name), [rows[c] for c in below])
                elif self.ops[op].leaf:
                    rows[n] = table.add(self.leaves[int(arena.store.first[n * k])])
                else:
                    rows[n] = table.app(self.ops[op].symbol.name, *(rows[c] for c in below))
            else:
                stack.extend(missing)
        return Signature(tuple(self._symbols.values()), self.ruleset.variables, self.ruleset.bank).load(
            table, rows[node]
        )

    def name(self, node: int) -> int:
        """The number of a leaf's name, or of a multiset."""
        return int(self._arena.store.first[node * (self._arena.width - 2)])

    def op_number(self, node: int) -> int:
        """The number of what a node is made by."""
        return self._arena.op(node)

    def theory_symbol(self, name: str) -> Symbol:
        """The symbol of that name."""
        return self._symbols[name]

    def multiset_op(self, symbol: Symbol) -> int:
        """The number of the op of an associative, commutative symbol."""
        made_by = multiset_symbol(symbol)
        return self._op(made_by, made_by, False)

    def kill(self, node: int) -> None:
        """Leave a node out from now on: another one is its equal."""
        self._arena.kill(node)

    def union_because(self, left: int, right: int, reason: list[int]) -> bool:
        """Merge two classes for what the log is to say; `settle` has to follow. False if they are one already."""
        return self._arena.union(left, right, reason)

    @property
    def changes(self) -> int:
        """A number that grows with every node made and every union."""
        return self._arena.made + int(self._arena.state[UNIONS])

    @property
    def class_names(self) -> list[int]:
        """The names of all classes, ascending."""
        parent = self._arena.store.parent[: self.made]
        return np.flatnonzero(parent == np.arange(self.made)).tolist()

    def shape(self, node: int, table: TermTable, row: int) -> Members | None:
        """The classes that a live sum has, if it is one of the symbol of a row."""
        if self.op(node).symbol != multiset_symbol(self.theory_symbol(str(table.rows[row][1]))):
            return None
        return self.multisets.shapes.get(node)

    def is_application(self, node: int, name: str) -> bool:
        """Is a node made by the symbol of that name?"""
        symbol = self.op(node).symbol
        return symbol.kind == "app" and symbol.name == name

    @property
    def made(self) -> int:
        """Nodes ever made: their numbers are below this one."""
        return self._arena.made

    def applications(self, texts: Collection[str], low: int, high: int) -> list[int]:
        """The live nodes from `low` up to `high` whose symbols have one of these names or are written so."""
        wanted = [n for n, op in enumerate(self.ops) if not op.leaf and self._is_called(op.symbol.name, texts)]
        ops = self._arena.store.rows[low * self._arena.width : high * self._arena.width : self._arena.width]
        return (low + np.flatnonzero(np.isin(ops, wanted))).tolist()

    def _is_called(self, name: str, texts: Collection[str]) -> bool:
        return name in texts or self.text_of(name) in texts

    def text_of(self, name: str) -> str:
        """How the symbol of that name is written."""
        return self._symbols[name].notation.text

    def result_of(self, name: str) -> str:
        """The sort of terms with the symbol of that name."""
        return self._symbols[name].result

    def find(self, node: int) -> int:
        """The class of a node: the number of one of its nodes."""
        return self._arena.find(node)

    def equal(self, left: int | Term | str, right: int | Term | str) -> bool:
        """Are two terms in one class? Terms that the graph does not have are added."""
        return self.find(self._node(left)) == self.find(self._node(right))

    def union(self, left: int | Term | str, right: int | Term | str, reason: str = "asserted") -> bool:
        """Make two terms equal by decree; False if they were equal already.

        Explanations that need it carry the equation as a hypothesis, and give the reason.
        """
        merged = self.union_unsettled(self._node(left), self._node(right), reason)
        self.settle()
        return merged

    def union_unsettled(self, left: int, right: int, reason: str) -> bool:
        """As `union`, but `settle` has to follow before anything is asked."""
        if self.find(left) == self.find(right):
            return False
        self.asserted.append(reason)
        return self._arena.union(left, right, [ASSERTED, len(self.asserted) - 1])

    def settle(self, stop: Stopping | None = None) -> bool:
        """Restore congruence, and bring analyses up to date. Raises Contradiction.

        False if `stop` said so before the end; then the next call goes on.
        """
        touched: set[int] = set()
        while True:
            if not self._congruence(stop):
                return False
            if not self._facts.analyses:
                self._lost.clear()
                return True
            lost, self._lost = np.concatenate(self._lost).tolist() if self._lost else [], []
            touched.update(self._facts.update(self._arena, lost), lost)
            folded = [self._fold(*found) for found in self._facts.folded()]
            if not any(folded):
                self._prune(sorted({*map(self.find, touched)}))
                return True

    def _prune(self, classes: Iterable[int]) -> None:
        """Leave only leaves in those of the classes whose literal is all that is wanted of them."""
        for cls in self._facts.pruned(classes):
            if self.literal_node(cls) is not None:
                for node in self.members(cls):
                    if not self.op(node).leaf:
                        self.kill(node)

    def _congruence(self, stop: Stopping | None) -> bool:
        """Restore congruence, over multisets too; False if `stop` said so before the end."""
        while True:
            lost = self._arena.repair(self._arities, stop)
            if lost is None:
                return False
            self._lost.append(lost)
            if not self.multisets.members:
                return True
            repaired = self.multisets.repair(lost.tolist())
            if not repaired and not self.multisets.flatten():
                return True

    def _fold(self, node: int, cls: int, text: str, sort: str) -> bool:
        """Make a class equal to the literal that a node of it computes; False if it is already."""
        literal = self.add_leaf(("lit", text, sort))
        if self.find(literal) == self.find(cls):
            return False
        below = [self.literal_node(c) for c in self.children(node)]
        if None in below:  # the literal of a child is not yet in its class: congruence comes first
            self._facts.postpone(cls)
            return False
        return self._arena.union(node, literal, [EVALUATED, *(b for b in below if b is not None)])

    # Facts

    def value(self, analysis: str, node: int | Term | str) -> Any:
        """What an analysis, by its name, knows of a term's class, None for nothing. Raises LemmataError."""
        cls = self._node(node)
        if analysis not in self._facts.analyses:
            names = self._facts.analyses
            raise LemmataError(f"no analysis is called {analysis!r}", hint=nearest(analysis, names, "analyses"))
        self.settle()
        return self._facts.value(analysis, self.find(cls))

    def literal(self, node: int) -> Value | None:
        """The value of a literal that is equal to the term of a node, if the graph has one."""
        found = self.literal_node(node)
        return None if found is None else literal_value(str(self.leaves[self._arena.cells(found)[0]][1]))

    def literal_node(self, node: int) -> int | None:
        """The first literal in the class of a node. Linear in the class."""
        literals = self._literal_ops
        found = (m for m in self._arena.members(self.find(node)) if self._arena.op(m) in literals)
        return min(found, default=None)

    def members(self, node: int) -> list[int]:
        """The live nodes of a node's class, ascending."""
        return sorted(self._arena.members(self.find(node)))

    def children(self, node: int) -> list[int]:
        """The classes of a node's children."""
        return self._arena.cells(node)[: self._arity[self._arena.op(node)]]

    def op(self, node: int) -> Op:
        """What a node is made by."""
        return self.ops[self._arena.op(node)]

    def leaf(self, node: int) -> Row | None:
        """The row of a variable or a literal; None for an application."""
        return self.leaves[self._arena.cells(node)[0]] if self.op(node).leaf else None

    def leaf_class(self, row: Row) -> int | None:
        """The class of a variable, a literal or a constant, if the graph has it."""
        found = self.leaf_node(row)
        return None if found is None else self.find(found)

    def leaf_node(self, row: Row) -> int | None:
        """The node of a variable, a literal or a constant, if the graph has it."""
        op, name = self._leaf(row)
        return self._arena.look_up(op, [name])

    def _seen_as(self, node: int) -> Node:
        op = self.op(node)
        return Node(op.symbol, self.leaf(node), None if op.leaf else self._symbols.get(op.symbol.name))

    def apply(self, number: int, program: Program, atoms: Sequence[int], registers: Sequence[int]) -> None:
        """Apply a rule to a match: add its right side and merge. `settle` has to follow."""
        rule = self.rules[number]
        made: dict[int, int] = {}

        def where(row: int) -> int:
            if row in made:
                return made[row]
            operand = program.operand.get(row, -1)
            constant = rule.table.rows[program.equated.get(row, row)]
            found = registers[operand] if operand >= 0 else self.leaf_class(constant)
            assert found is not None, "a constant that was matched is in the graph"
            return found

        for row in rule.results:
            below = [where(c) for c in children(rule.table.rows[row])]
            if below:
                made[row] = self._make(self._application(rule.table, row), below)
            else:
                made[row] = self.add_leaf(rule.table.rows[row])
        reason = [number, *atoms, *(made[row] for row in rule.results)]
        self._arena.union(where(rule.rule.lhs), where(rule.rule.rhs), reason)

    def _make(self, op: int, below: Sequence[int]) -> int:
        """The node of an op over classes."""
        n = len(below)
        ops = np.array([op], np.int32)
        return int(self._arena.add_over(ops, self._row(below), n, self._arities)[0])

    def _row(self, cells: Sequence[int]) -> Ints:
        row = np.zeros((1, self._arena.width - 2), np.int32)
        row[0, : len(cells)] = cells
        return row

    def _node(self, given: int | Term | str) -> int:
        return given if isinstance(given, int) else self.add(given)

    # Saturation

    def run(
        self,
        limits: Limits | None = None,
        *,
        rounds: int | None = None,
        nodes: int = MOST_NODES,
        classes: int | None = None,
        schedule: Schedule | None = None,
        scheduler: Scheduler | None = None,
        until: Goal | None = None,
        progress: Callable[[RoundReport], None] | None = None,
    ) -> Report:
        """Apply the rules in rounds until nothing new comes of it, a goal holds, or a limit is reached.

        `nodes` bounds the live e-nodes, `classes` the classes, `rounds` the rounds of the whole run. Limits of time and
        memory are looked at while matching; what was found until then stays. `progress` is called after each round.
        A later run goes on where this one ended. The graph is the same on every machine unless time or memory ended it.
        """
        run = Rounds(self, Clock(limits or Limits()), rounds, nodes, classes, scheduler or Simple(), progress)
        with run.clock.holding_interrupts():
            return run.run(schedule or Saturate(Run()), until)

    def holds(self, goal: Goal) -> bool:
        """Is a goal reached?"""
        match goal:
            case Equal(left, right):
                return self.equal(left, right)
            case Contains(term):
                return self._has(term)
            case NodesOver(most):
                return self.nodes > most
        return goal(self)

    def _has(self, term: Term | str) -> bool:
        """Has the graph a term? It is looked up from its leaves on."""
        given = self.ruleset.term(term) if isinstance(term, str) else term
        table = TermTable()
        root = given.dump(table)
        nodes: dict[int, int | None] = {}
        order = table.reachable([root])
        for row in order:
            cells = table.rows[row]
            below = [None if (n := nodes[c]) is None else self.find(n) for c in children(cells)]
            if cells[0] == "app" and str(cells[1]) not in self._symbols:
                return False
            if below and is_multiset(self.theory_symbol(str(cells[1]))):
                return self._has_sum(given)
            classes = [c for c in below if c is not None]
            if len(classes) < len(below):
                return False
            nodes[row] = self._arena.look_up(self._application(table, row), classes) if below else self.leaf_node(cells)
            if nodes[row] is None:
                return False
        return True

    def _has_sum(self, term: Term) -> bool:
        before = self.nodes
        self.push()
        self.add(term)
        found = self.nodes == before
        self.pop()
        return found

    # Undoing

    def push(self) -> None:
        """Remember the graph as it is, for `pop`. Takes a copy."""
        self._saved.append(
            _Saved(
                self._arena.copy(),
                self._since.copy(),
                self._facts.copy(),
                self.hosting.copy(),
                self._functions.copy(),
                self.multisets.copy(),
                len(self.asserted),
            )
        )

    def pop(self) -> None:
        """Go back to the last `push` that was not undone. Nodes made since are no longer good.

        Raises LemmataError if there is none.
        """
        if not self._saved:
            raise LemmataError("there is nothing to pop", hint="push first")
        saved = self._saved.pop()
        self._arena, self._since, self._facts = saved.arena, saved.since, saved.facts
        self.hosting, self._functions, self.multisets = saved.hosting, saved.functions, saved.multisets
        if self._arena.width < self._needed_width:
            self._arena.widen(self._needed_width)
        del self.asserted[saved.asserted :]

    # Why

    def explain(self, left: int | Term | str, right: int | Term | str, *, short: bool = True) -> Explanation:
        """Why two terms are equal: a chain for people, with a certificate that `check` accepts.

        What was asserted, and conditions that hold for no reason that can be proved, are hypotheses of the theorem. The
        proof is made `short` by short cuts, which takes longer. Raises NotEqual, and LemmataError for a term that the
        graph does not have.
        """
        from .explain import explain
        from .explanation import Explanation

        history = self.history()
        a, b = self._placed(left, history), self._placed(right, history)
        found = explain(history, self.whole_theory, a, b, short=short)
        printer = Printer(found.certificate.theory.symbols, self.ruleset.variables.values())
        return Explanation(found.certificate, printer, found.reasons)

    def _placed(self, given: int | Term | str, history: History) -> int | Written:
        """A term that the graph has or had, with the nodes of its subterms."""
        from .explain import Written, written

        made = self._arena.made
        if isinstance(given, int):
            if not 0 <= given < made:
                raise LemmataError(f"the graph has no node {given}")
            return given
        term = self.ruleset.term(given) if isinstance(given, str) else given
        table = TermTable()
        root = term.dump(table)
        rows = table.reachable([root])
        sums = {name: symbol for name, symbol in self._symbols.items() if is_multiset(symbol)}
        inside = inner_rows(table, [root], rows, sums)
        rows = [row for row in rows if row not in inside]
        self.push()
        self.add(term)
        nodes = dict(zip(rows, self.add_rows(table, rows).tolist(), strict=True))
        self.pop()
        if max(nodes.values()) < made:
            return Written(table, root, nodes)
        found = written(history, table, root)
        if found is None:
            raise LemmataError("the graph does not have that term", hint="add it, and run the rules")
        return found

    @property
    def whole_theory(self) -> Theory:
        """The theory of the rules, with all symbols and sorts that the graph has met."""
        symbols = tuple(self._symbols.values())
        sorts = [sort for s in symbols for sort in (*s.arguments, s.result) if sort != PROP]
        sorts += [op.symbol.result for op in self.ops]
        return replace(self.theory, symbols=symbols, sorts=tuple(dict.fromkeys([*self.theory.sorts, *sorts])))

    # The best terms

    @overload
    def extract(
        self, term: int | Term | str, cost: Given = "size", *, best: None = None, dag: bool = False
    ) -> Extracted: ...

    @overload
    def extract(
        self, term: int | Term | str, cost: Given = "size", *, best: int, dag: bool = False
    ) -> tuple[Extracted, ...]: ...

    def extract(
        self, term: int | Term | str, cost: Given = "size", *, best: int | None = None, dag: bool = False
    ) -> Extracted | tuple[Extracted, ...]:
        """The cheapest equal of a term, or the `best` ones in order, and what they cost (`costs.py`).

        Of terms that cost the same the smaller comes first, then the lower, then the first by names. With `dag` a
        subterm that occurs many times is paid once; then the answer may not be the least, and says whether it is.
        Raises LemmataError if the cost makes no sense, or forbids all equals.
        """
        from .costs import cost_model
        from .extracted import extract

        model = cost_model(cost)
        node = self._node(term)
        view = self.view()
        signature = Signature(tuple(self._symbols.values()), self.ruleset.variables, self.ruleset.bank)
        return extract(view, signature, view.class_of(node), model, best=best, dag=dag)

    # As data

    def history(self) -> History:
        """All nodes and unions, for explanations. Copies."""
        arena, s = self._arena, self._arena.state
        made, width = arena.made, arena.width
        rows = arena.store.rows[: made * width].reshape(made, width)
        op = np.where(rows[:, 0] < 0, ~rows[:, 0], rows[:, 0]).astype(np.int32)
        unions = arena.store.unions[: 3 * int(s[UNIONS])].reshape(-1, 3).copy()
        effective = unions[:, 0] >= 0
        unions[:, 0] = np.where(effective, unions[:, 0], ~unions[:, 0])
        log = np.append(arena.store.log[: int(s[LOG])], np.int32(-1)).astype(np.int32)
        unions[:, 2] = np.where(unions[:, 2] < 0, len(log) - 1, unions[:, 2])
        first = arena.store.first[: made * (width - 2)].reshape(made, width - 2).copy()
        return History(
            tuple(self.ops),
            op,
            first,
            tuple(self.leaves),
            unions,
            effective,
            log,
            tuple(self.asserted),
            self.rules,
            tuple(self.multisets.members),
        )

    def view(self) -> View:
        """The live nodes in their classes, for extraction and pictures. Copies."""
        arena = self._arena
        made, width = arena.made, arena.width
        rows = arena.store.rows[: made * width].reshape(made, width)
        find = arena.store.parent[:made].copy()
        while not np.array_equal(up := find[find], find):
            find = up
        node = np.flatnonzero(rows[:, 0] >= 0).astype(np.int32)
        op = rows[node, 0]
        arity = self._arities[op]
        sums = [n for n, made_by in enumerate(self.ops) if made_by.symbol.kind == "ac"]
        if sums:
            return self._view_with_sums(find, node, op, np.isin(op, sums))
        leaf_op = np.array([o.leaf for o in self.ops] or [False])
        leaf = np.where(leaf_op[op], rows[node, 2], -1).astype(np.int32)
        start = np.zeros(len(node) + 1, np.int32)
        np.cumsum(arity, out=start[1:])
        used = np.arange(width - 2)[None, :] < arity[:, None]
        child = rows[node, 2:][used]
        return View.build(
            self.ops, self.leaves, find=find, node=node, op=op.copy(), leaf=leaf, start=start, child=child
        )

    def _view_with_sums(self, find: Ints, node: Ints, op: Ints, is_sum: npt.NDArray[np.bool_]) -> View:
        start = [0]
        child: list[int] = []
        count: list[int] = []
        leaf: list[int] = []
        for n, total in zip(node.tolist(), is_sum.tolist(), strict=True):
            below = self.multisets.shapes[n] if total else tuple((c, 1) for c in self.children(n))
            child += [c for c, _ in below]
            count += [m for _, m in below]
            start.append(len(child))
            leaf.append(self.name(n) if self.op(n).leaf else -1)
        return View.build(
            self.ops,
            self.leaves,
            find=find,
            node=node,
            op=op.copy(),
            leaf=np.array(leaf, np.int32),
            start=np.array(start, np.int32),
            child=np.array(child, np.int32),
            count=np.array(count, np.int64),
        )

    # Numbers of ops and leaves

    @property
    def _arities(self) -> Ints:
        if self._arity_array is None or len(self._arity_array) != len(self._arity):
            self._arity_array = np.array(self._arity, np.int32)
        return self._arity_array

    _arity_array: Ints | None = None

    @property
    def _needed_width(self) -> int:
        return width_of(max(self._arity, default=0))

    def _op(self, key: BankSymbol | tuple[str, str], symbol: BankSymbol, leaf: bool) -> int:
        found = self._op_of.get(key)
        if found is None:
            found = self._op_of[key] = len(self.ops)
            self.ops.append(Op(symbol, leaf))
            if symbol.kind == "lit":
                self._literal_ops.add(found)
            self._arity.append(0 if leaf else len(symbol.arguments))
            if self._needed_width > self._arena.width:
                self._arena.widen(self._needed_width)
        return found

    def _application(self, table: TermTable, row: int) -> int:
        name = str(table.rows[row][1])
        symbol = self._app_symbols.get(name)
        if symbol is None:
            if table.rows[row][0] != "app" or name not in self._symbols:
                raise LemmataError(f"an e-graph holds terms over its symbols, not {table.rows[row][0]} {name!r}")
            symbol = self._app_symbols[name] = app_symbol(self._symbols[name])
        return self._op(symbol, symbol, False)

    @cached_property
    def _app_symbols(self) -> dict[str, BankSymbol]:
        return {}

    def _leaf(self, row: Row) -> tuple[int, int]:
        kind, name = str(row[0]), str(row[1])
        if kind == "app":
            symbol = app_symbol(self._symbols[name])
            return self._op(symbol, symbol, False), 0
        if kind not in ("var", "lit"):
            raise LemmataError(f"an e-graph holds terms, not {kind}")
        sort = str(row[2])
        number = self._leaf_of.setdefault(row, len(self.leaves))
        if number == len(self.leaves):
            self.leaves.append(row)
        return self._op((kind, sort), BankSymbol(kind, "", (), sort), True), number

    def _of_sort(self, table: TermTable, row: int) -> list[int]:
        """The ops whose nodes may stand for a variable."""
        sort = str(table.rows[row][2])
        return [n for n, op in enumerate(self.ops) if op.symbol.result == sort]

    # Rules

    def _compiled(self, rule: RewriteRule) -> CompiledRule:
        matched = [n for n, condition in enumerate(rule.conditions) if self._is_premise(condition)]
        return compiled(self._table, rule, matched)

    def _is_built_in(self, rule: RewriteRule) -> bool:
        """Is it a law that multisets obey by themselves?"""
        stated = law(self._table, self.theory.axiom[rule_name(rule)].formula)
        if stated is None or not is_multiset(self.theory.symbol[stated.symbol]):
            return False
        return stated.unit is None or self._table.rows[stated.unit][1] == self.theory.symbol[stated.symbol].unit

    def _is_premise(self, condition: Condition) -> bool:
        return condition.equal and not is_computed(self._table, condition, self._computed)

    @property
    def plans(self) -> Plans:
        """The tables that the kernel executes, made anew when ops have been added."""
        if self._plans is None or self._planned != len(self.ops):
            vocabulary = Vocabulary(self._application, self._leaf, self._of_sort)
            while True:
                self._planned = len(self.ops)
                self._plans = compile_plans(self.rules, vocabulary, is_hosted, self.modulo.rules)
                if len(self.ops) == self._planned:
                    break
        return self._plans


@dataclass(frozen=True)
class _Saved:
    """What `pop` restores."""

    arena: Arena
    since: Ints
    facts: Facts
    hosting: Hosting
    functions: Computed
    multisets: Multisets
    asserted: int
