"""The step that a rule makes: an instance of its axiom between the nodes that it matched and those that it made."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from ..derivation import NoProof, cited_instance, differ, discharge
from ..equations import rule_name
from ..syntax import children
from ..system import Condition, RewriteRule
from ..theory import Theory
from .congruence import Congruence, Reached
from .evaluation import value_row
from .forest import Forest
from .history import CompiledRule, History
from .node_terms import NodeTerms
from .steps import Goal, Proving, Steps
from .sums import Sums

_Valuing = Generator[Goal, int | None, tuple[int, int | None]]


class RuleInstances:
    """Proofs of the unions that rules made."""

    def __init__(
        self,
        history: History,
        theory: Theory,
        steps: Steps,
        nodes: NodeTerms,
        sums: Sums,
        congruence: Congruence,
        forest: Forest,
    ) -> None:
        self._history = history
        self._theory = theory
        self._steps = steps
        self._table = steps.builder.table
        self._nodes = nodes
        self._sums = sums
        self._congruence = congruence
        self._forest = forest
        self._statements = {a.name: a.formula for a in theory.axioms}
        self._rules: dict[int, CompiledRule] = {}

    def prove(self, union: int) -> Proving:
        """left = lhs[sigma] = rhs[sigma] = right, for a union that a rule made."""
        left, right, place = self._history.unions[union].tolist()
        rule = self._rule(int(self._history.log[place]))
        atoms, results = self._found(rule, place)
        given = {v: Reached(self._nodes.term(n), n, None) for v, n in self._values(rule, atoms).items()}
        down = yield from self._congruence.reach(rule.rule.lhs, given, atoms)
        up = yield from self._congruence.reach(rule.rule.rhs, given, results)
        step = yield from self._applied(rule, given, atoms, union)
        first = yield left, down.node
        last = yield up.node, right
        reverse = self._steps.reversed
        return self._steps.chain([first, reverse(down.step), step, up.step, last])

    def prove_modulo(self, union: int) -> Proving:
        """left = right, where a rule was applied to a part of a sum, and the rest stands beside."""
        left, right, _ = self._history.unions[union].tolist()
        rule, nodes, rest = self._found_modulo(union)
        given = {v: Reached(self._nodes.term(nodes[v]), nodes[v], None) for v in rule.rule.variables if v in nodes}
        down = yield from self._congruence.reach(rule.rule.lhs, given, nodes)
        up = yield from self._congruence.reach(rule.rule.rhs, given, nodes)
        step = yield from self._applied(rule, given, nodes, union)
        if not rest:
            return self._steps.chain([self._steps.reversed(down.step), step, up.step])
        symbol = str(self._table.rows[rule.rule.lhs][1])
        before, after = (self._sums.beside(symbol, side.row, rest) for side in (down, up))
        ends = [self._sums.beside(symbol, self._nodes.term(side.node), rest) for side in (down, up)]
        return self._steps.chain(
            [
                self._sums.same(symbol, self._nodes.term(left), ends[0]),
                self._steps.congruent(ends[0], before, [self._steps.reversed(down.step)]),
                self._steps.congruent(before, after, [step]),
                self._steps.congruent(after, ends[1], [up.step]),
                self._sums.same(symbol, ends[1], self._nodes.term(right)),
            ]
        )

    def needs_modulo(self, union: int) -> list[Goal]:
        """The equations of nodes that `prove_modulo` asks for, but for those that conditions may need."""
        rule, nodes, _ = self._found_modulo(union)
        out: list[Goal] = []
        for row, node in nodes.items():
            cells = self._table.rows[row]
            if row not in rule.rule.variables and children(cells) and not self._sums.is_sum(str(cells[1])):
                out += zip((nodes[c] for c in children(cells)), self._nodes.below(node), strict=True)
        return out

    def _found_modulo(self, union: int) -> tuple[CompiledRule, dict[int, int], list[tuple[int, int]]]:
        """The rule, the node of each row of its premises and its right side, and what was left over of the sum."""
        place = int(self._history.unions[union, 2])
        log = self._history.log
        rule = self._rule(int(log[place + 1]))
        rows = self._table.reachable([*rule.premises, rule.rule.rhs])
        end = place + 2 + len(rows)
        rest = log[end + 1 : end + 1 + 2 * int(log[end])].reshape(-1, 2).tolist()
        nodes = dict(zip(rows, log[place + 2 : end].tolist(), strict=True))
        return rule, nodes, [(node, count) for node, count in rest]

    def _applied(
        self, rule: CompiledRule, given: Mapping[int, Reached], nodes: Mapping[int, int], union: int
    ) -> Generator[Goal, int | None, int]:
        """lhs[sigma] = rhs[sigma], the conditions discharged; `nodes` are those of the premises."""
        step = self._cited(rule.rule, given)
        for n, condition in enumerate(rule.rule.conditions):
            if n in rule.matched:
                premise = yield from self._matched(condition, rule_name(rule.rule), given, nodes, union)
            else:
                premise = yield from self._decided(condition, rule_name(rule.rule), given, union)
            step = discharge(self._steps.builder, step, premise)
        if rule.rule.flipped:
            step = self._steps.builder.sym(step)
        return step

    def needs(self, union: int) -> list[Goal]:
        """The equations of nodes that `prove` asks for, but for those that conditions which were decided may need."""
        left, right, place = self._history.unions[union].tolist()
        rule = self._rule(int(self._history.log[place]))
        atoms, results = self._found(rule, place)
        values = self._values(rule, atoms)
        out: list[Goal] = []

        def node(row: int, nodes: Mapping[int, int]) -> int:
            found = values.get(row, nodes.get(row, self._nodes.constant(row)))
            assert found is not None, "a constant that was matched or made is in the graph"
            return found

        for nodes in (atoms, results):
            for row, made in nodes.items():
                if row not in values:
                    pairs = zip(children(self._table.rows[row]), self._nodes.below(made), strict=True)
                    out += [(node(child, nodes), argument) for child, argument in pairs]
        for premise, other in zip(rule.premises[1::2], rule.premises[2::2], strict=True):
            out.append((node(premise, atoms), node(other, atoms)))
        return [(left, node(rule.rule.lhs, atoms)), *out, (node(rule.rule.rhs, results), right)]

    def _found(self, rule: CompiledRule, place: int) -> tuple[dict[int, int], dict[int, int]]:
        """The nodes of a rule's atoms and of its results, which the log has at a place."""
        width = len(rule.atoms), len(rule.results)
        found = self._history.log[place + 1 : place + 1 + sum(width)].tolist()
        atoms = dict(zip(rule.atoms, found[: width[0]], strict=True))
        return atoms, dict(zip(rule.results, found[width[0] :], strict=True))

    def _rule(self, number: int) -> CompiledRule:
        """A rule over the table of the proof."""
        if number not in self._rules:
            given = self._history.rules[number]
            roots = [*given.atoms, *given.results]
            moved: dict[int, int] = {}
            whole = given.rule.conditions
            rows = [given.rule.lhs, given.rule.rhs, *(side for c in whole for side in (c.left, c.right))]
            rows += [*given.rule.variables, *given.rule.quantified, *roots]
            rows += [int(given.rule.cites[1])] if given.rule.cites[0] == "hypothesis" else []
            moved = dict(zip(rows, given.table.copy_into(self._table, rows), strict=True))
            cites = given.rule.cites
            if cites[0] == "hypothesis":
                cites = "hypothesis", moved[int(cites[1])]
            rule = replace(
                given.rule,
                lhs=moved[given.rule.lhs],
                rhs=moved[given.rule.rhs],
                variables=frozenset(moved[v] for v in given.rule.variables),
                quantified=tuple(moved[v] for v in given.rule.quantified),
                conditions=tuple(replace(c, left=moved[c.left], right=moved[c.right]) for c in whole),
                cites=cites,
            )
            atoms, results = (tuple(moved[r] for r in part) for part in (given.atoms, given.results))
            self._rules[number] = CompiledRule(rule, self._table, atoms, results, given.matched)
        return self._rules[number]

    def _values(self, rule: CompiledRule, atoms: Mapping[int, int]) -> dict[int, int]:
        """The node that each variable of a rule stands for."""
        found: dict[int, int] = {}
        for row, node in atoms.items():
            if row in rule.rule.variables:
                found.setdefault(row, node)
                continue
            for child, below in zip(children(self._table.rows[row]), self._nodes.below(node), strict=True):
                if child in rule.rule.variables:
                    found.setdefault(child, below)
        return found

    def _cited(self, rule: RewriteRule, given: Mapping[int, Reached]) -> int:
        """What the rule cites, at the values of its variables."""
        origin, what = rule.cites
        hypotheses = {int(what): self._steps.hypothesis(int(what), "a rule")} if origin == "hypothesis" else {}
        values = {v: r.row for v, r in given.items()}
        return cited_instance(self._steps.builder, rule, values, self._statements, hypotheses)

    # Conditions

    def _matched(
        self, condition: Condition, rule: str, given: Mapping[int, Reached], nodes: Mapping[int, int], union: int
    ) -> Generator[Goal, int | None, int]:
        """The equation that a condition asks for, whose sides were matched in one class.

        Modulo laws a side may have been made anew, and become equal to the matched node after the union only; then the
        equation is a hypothesis.
        """
        first = yield from self._congruence.reach(condition.left, given, nodes)
        second = yield from self._congruence.reach(condition.right, given, nodes)
        since = self._forest.since(first.node, second.node)
        if since is None or since > union:
            equation = self._table.eq(first.row, second.row)
            return self._steps.hypothesis(equation, f"a condition of {rule}")
        middle = yield first.node, second.node
        step = self._steps.chain([first.step, middle, self._steps.reversed(second.step)])
        return self._steps.builder.refl(first.row) if step is None else step

    def _decided(
        self, condition: Condition, rule: str, given: Mapping[int, Reached], union: int
    ) -> Generator[Goal, int | None, int]:
        """The formula that a condition asks for: proved if literals and constructors tell, or else a hypothesis."""
        values = {v: r.row for v, r in given.items()}
        sides = [self._table.replace(side, values) for side in (condition.left, condition.right)]
        left, first = yield from self._value(condition.left, given, union)
        right, last = yield from self._value(condition.right, given, union)
        equation = self._table.eq(*sides)
        if condition.equal:
            if left != right:
                return self._steps.hypothesis(equation, f"a condition of {rule}")
            step = self._steps.chain([first, self._steps.reversed(last)])
            return self._steps.builder.refl(left) if step is None else step
        try:
            return differ(self._steps.builder, self._theory.symbol, sides[0], sides[1], first, last)
        except NoProof:
            return self._steps.hypothesis(self._table.negate(equation), f"a condition of {rule}")

    def _value(self, side: int, given: Mapping[int, Reached], union: int) -> _Valuing:
        """What a side of a condition is by literals, constructors and built-in operations: a row, and the step
        instance of the side = that row."""
        known: dict[int, tuple[int, int | None]] = {}
        instances: dict[int, int] = {v: r.row for v, r in given.items()}
        for row in self._table.reachable([side]):
            cells = self._table.rows[row]
            below = children(cells)
            if below:
                instance = instances[row] = self._steps.over(row, [instances[c] for c in below])
                known[row] = self._computed(instance, [known[c] for c in below])
                continue
            node = given[row].node if row in given else self._nodes.constant(row)
            value = None if node is None else self._telling(node, union)
            instance = instances.setdefault(row, row)
            known[row] = (instance, None)
            if node is not None and value is not None:
                known[row] = self._nodes.term(value), (yield node, value)
        return known[side]

    def _computed(self, instance: int, below: Sequence[tuple[int, int | None]]) -> tuple[int, int | None]:
        """The value of an application whose arguments are known to be equal to certain rows."""
        rows = self._table.rows
        to = self._steps.over(instance, [row for row, _ in below])
        step = self._steps.congruent(instance, to, [s for _, s in below])
        value = value_row(self._theory.symbol[str(rows[to][1])], [rows[row] for row, _ in below])
        if value is None:
            return to, step
        literal = self._table.add(value)
        return literal, self._steps.chain([step, self._steps.evaluated(to, literal)])

    def _telling(self, node: int, union: int) -> int | None:
        """A literal that was equal to a node before a union, or else a node that starts with a constructor."""
        nodes = self._told.get(self._forest.last(node), [])
        return next((n for n in nodes if (at := self._forest.since(node, n)) is not None and at <= union), None)

    @cached_property
    def _told(self) -> dict[int, list[int]]:
        """The literals of each class, and then the nodes that start with constructors."""
        found: dict[int, list[int]] = {}
        ops = self._history.ops
        literal = np.array([op.symbol.kind == "lit" for op in ops])
        built = np.array([op.symbol.kind == "app" and op.symbol.name in self._theory.constructors for op in ops])
        for kind in (literal, built):
            for node in np.flatnonzero(kind[self._history.op]).tolist():
                found.setdefault(self._forest.last(node), []).append(node)
        return found
