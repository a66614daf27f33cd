"""The specification of rewriting: what the kernels must compute, written to be read, not to be fast.

Innermost: the arguments of a term are normal before a rule looks at it. Of several rules that match and whose
conditions hold, the first one in the list is used. Conditions are decided from the left until one fails: both sides are
normalised and compared. A rigid variable matches only itself. An ordered rule is used only where its result is smaller
in the path order, in which variables are constants below every symbol, ordered by sort and then by name, and literals
lie below them. A built-in operation on literals that has a value there becomes its value, before any rule is tried.
Each distinct term is rewritten once, however often it occurs.

The kernels differ in one thing: a comparison too large for their stack counts as "not smaller".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .limits import Stop, Stopped
from .literals import literal_text, literal_value
from .matching import Substitution, match
from .operations import evaluate
from .order import path_order
from .rules import RewriteRule
from .syntax import Row, TermTable, children, with_children
from .theory import Symbol


@dataclass(frozen=True)
class Step:
    """A term became another by a rule at its root, or by computing a built-in operation there (None)."""

    term: int
    rule: RewriteRule | None
    result: int

    @property
    def name(self) -> str:
        """The name of the rule."""
        return "built in" if self.rule is None else str(self.rule.cites[1])


class ReferenceRewriter:
    """Normalises rows of one table. `precedence` places every symbol by name; it matters to ordered rules only.

    `signature` tells which symbols are built in. `rewrites` counts the rules applied and the operations computed. A run
    raises Stopped after `fuel` looks at terms.
    """

    def __init__(
        self,
        terms: TermTable,
        rules: Sequence[RewriteRule],
        precedence: Mapping[str, int] | None = None,
        fuel: int | None = None,
        signature: Mapping[str, Symbol] | None = None,
    ) -> None:
        self.terms = terms
        self.rules = tuple(rules)
        self.fuel = fuel
        self.rewrites = 0
        self._builtin = {s.name: s for s in (signature or {}).values() if s.kind == "builtin"}
        self._greater = ground_order(terms, precedence or {})
        self._rules_of: dict[Row, list[RewriteRule]] = {}  # by the symbol of the left side
        for rule in rules:
            self._rules_of.setdefault(terms.rows[rule.lhs][:2], []).append(rule)
        self._normal: dict[int, int] = {}
        self._becomes: dict[int, int] = {}  # the term that a term is rewritten to in one step, once that is known

    def normalise(self, term: int) -> int:
        """The normal form of a row."""
        for _ in self.steps(term):
            pass
        return self._normal[term]

    def steps(self, term: int) -> Iterator[Step]:
        """The steps of a normalisation, each as it is made: those that decide a condition, then the one that has it.

        Raises Stopped where a term is needed for its own normal form.
        """
        stack = [term]
        begun: set[int] = set()  # terms above which the stack has what they need
        looks = 0
        while stack:
            if looks == self.fuel:
                raise Stopped(Stop.STEPS)
            looks += 1
            t = stack[-1]
            waiting = [c for c in self._before(t) if c not in self._normal]
            if t in self._normal:
                stack.pop()
            elif not waiting and t in self._becomes:
                self._normal[t] = self._normal[self._becomes[t]]
            else:
                step = waiting or self._step(t)
                if isinstance(step, Step):
                    yield step
                    continue
                begun.add(t)
                if not begun.isdisjoint(step):
                    raise Stopped(Stop.CYCLE)
                stack.extend(reversed(step))

    def _before(self, term: int) -> tuple[int, ...]:
        """The terms whose normal forms are wanted before that of `term`."""
        return (self._becomes[term],) if term in self._becomes else children(self.terms.rows[term])

    def _step(self, term: int) -> Step | list[int]:
        """What a term whose arguments have normal forms becomes; its normal form, if it becomes nothing else.

        A list says that nothing could be settled before the terms in it have normal forms.
        """
        row = self.terms.rows[term]
        inside = self.terms.add(with_children(row, [self._normal[c] for c in children(row)]))
        if inside != term:
            self._becomes[term] = inside
            return []
        computed = self._computed(row)
        if computed is not None:
            self.rewrites += 1
            self._becomes[term] = computed
            return Step(term, None, computed)
        for rule in self._rules_of.get(row[:2], ()):
            values = match(self.terms, rule.lhs, term, rule.variables)
            if values is None:
                continue
            holds = self._holds(rule, values)
            if isinstance(holds, list):
                return holds
            result = self.terms.replace(rule.rhs, values)
            if holds and (not rule.ordered or self._greater(term, result)):
                self.rewrites += 1
                self._becomes[term] = result
                return Step(term, rule, result)
        self._normal[term] = term
        return []

    def _computed(self, row: Row) -> int | None:
        """The value of a built-in operation on literals, if the row is one and has one."""
        symbol = self._builtin.get(str(row[1])) if row[0] == "app" else None
        operands = [self.terms.rows[c] for c in children(row)]
        if symbol is None or any(operand[0] != "lit" for operand in operands):
            return None
        value = evaluate(
            symbol.notation.text, [literal_value(str(operand[1])) for operand in operands], symbol.arguments
        )
        return None if value is None else self.terms.literal(literal_text(value), symbol.result)

    def _holds(self, rule: RewriteRule, values: Substitution) -> bool | list[int]:
        """Do the conditions of a rule hold? A list if that takes more normal forms than are known."""
        for condition in rule.conditions:
            sides = [self.terms.replace(side, values) for side in (condition.left, condition.right)]
            unknown = [side for side in sides if side not in self._normal]
            if unknown:
                return unknown
            left, right = (self._normal[side] for side in sides)
            if (left == right) != condition.equal:
                return False
        return True


def ground_order(terms: TermTable, precedence: Mapping[str, int]) -> Callable[[int, int], bool]:
    """The path order on terms whose variables, all in the table already, count as constants. Then it is total."""
    leaves = sorted({row for row in terms.rows if row[0] == "var"}, key=lambda row: (row[2], row[1]))
    constant = {row: f"variable {n}" for n, row in enumerate(leaves)}
    above = {f"symbol {name}": place for name, place in precedence.items()}
    above.update({name: n - len(leaves) + min(above.values(), default=0) for n, name in enumerate(constant.values())})
    ground = TermTable()
    greater = path_order(ground, above)
    moved: dict[int, int] = {}

    def move(term: int) -> int:
        for i in terms.reachable([term]):
            row = terms.rows[i]
            if row[0] == "lit":
                moved[i] = ground.add(row)
                continue
            name = constant[row] if row[0] == "var" else f"symbol {row[1]}"
            moved[i] = ground.app(name, *(moved[c] for c in children(row)))
        return moved[term]

    return lambda s, t: greater(move(s), move(t))
