"""What is known of terms, and why: derivations of it from axioms and assumptions, made into proof steps on demand.

A fact is a formula with its reason. Facts share what they rest on, so they form a DAG; `emit` walks it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..certificate import Step
from ..derivation import Builder, discharge
from ..literals import literal_text, literal_value
from ..operations import evaluate
from ..syntax import children
from ..theory import Symbol


@dataclass(frozen=True, eq=False, slots=True)
class Fact:
    """A formula that holds, over the rows of one table.

    `axiom` names the axiom of which it is an instance, at `values` of its variables (rows, by name), once its
    conditions, the `premises`, are discharged in order. The instance may say it in other words: what `equations`
    equate, or what built-in operations on literals compute. Without an axiom the formula says in other words what its
    one premise says; or it is an assumption; or it is `computed`, an equation between a term and its value.
    """

    formula: int
    axiom: str | None = None
    values: tuple[tuple[str, int], ...] = ()
    premises: tuple[Fact, ...] = ()
    equations: tuple[Fact, ...] = ()
    computed: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Bound:
    """A term is at least (or at most) `value`, and not equal to it if `strict`."""

    value: Fraction
    strict: bool
    fact: Fact


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """All that is known of a term: x > low or x >= low, high > x or high >= x, x != 0, whole(x) and real(x)."""

    low: Bound | None = None
    high: Bound | None = None
    nonzero: Fact | None = None
    whole: Fact | None = None
    real: Fact | None = None


class Emitter:
    """Makes proof steps of facts, over the builder's table. `statements` gives the formula of an axiom there, by name;
    `assumed` the steps that conclude assumptions; others become "assume" steps."""

    def __init__(
        self,
        builder: Builder,
        symbols: Mapping[str, Symbol],
        statement: Callable[[str], int],
        assumed: Mapping[int, int],
    ) -> None:
        self.builder = builder
        self._symbols = symbols
        self._statement = statement
        self._assumed = assumed
        self._done: dict[int, int] = {}  # by id() of facts, which `_kept` keeps alive
        self._kept: list[Fact] = []

    def emit(self, fact: Fact) -> int:
        """The step that concludes the fact's formula."""
        stack = [fact]
        while stack:
            top = stack[-1]
            if id(top) in self._done:
                stack.pop()
                continue
            missing = [f for f in (*top.premises, *top.equations) if id(f) not in self._done]
            if missing:
                stack.extend(missing)
                continue
            self._done[id(top)] = self._made(top)
            self._kept.append(top)
            stack.pop()
        return self._done[id(fact)]

    def _made(self, fact: Fact) -> int:
        builder, table = self.builder, self.builder.table
        if fact.computed:
            left, right = children(table.rows[fact.formula])
            return builder.refl(left) if left == right else self._evaluation(left, right)
        if fact.axiom is None and fact.premises:
            return self._reworded(self._done[id(fact.premises[0])], fact)
        if fact.axiom is None:
            given = self._assumed.get(fact.formula)
            return builder.add(Step("assume", fact.formula)) if given is None else given
        formula = self._statement(fact.axiom)
        variables = {str(table.rows[v][1]): v for v in table.free_variables(formula)}
        values = {variables[name]: row for name, row in fact.values if name in variables}
        step = builder.instance("axiom", fact.axiom, formula, values)
        for premise in fact.premises:
            step = discharge(builder, step, self._done[id(premise)])
        return self._reworded(step, fact)

    def _reworded(self, step: int, fact: Fact) -> int:
        """The same with the sides of equations exchanged, and literals computed, so that the formula is the fact's."""
        builder, table = self.builder, self.builder.table
        given = builder.conclusion(step)
        if given == fact.formula:
            return step
        known: dict[tuple[int, int], int] = {}
        for equation in fact.equations:
            made = self._done[id(equation)]
            left, right = builder.sides(made)
            known[left, right] = made
            known[right, left] = builder.sym(made)
        used: dict[tuple[int, int], int] = {}
        stack = [(given, fact.formula)]
        while stack:
            pair = stack.pop()
            old, new = pair
            if old == new or pair in used:
                continue
            if pair in known:
                used[pair] = known[pair]
            elif table.rows[new][0] == "lit":
                used[pair] = self._evaluation(old, new)
            elif table.rows[old][0] == "lit":
                used[pair] = builder.sym(self._evaluation(new, old))
            else:
                stack.extend(zip(children(table.rows[old]), children(table.rows[new]), strict=True))
        return builder.add(Step("rewrite", fact.formula, (step, *used.values())))

    def _evaluation(self, term: int, value: int) -> int:
        """term = value, computed from the inside by built-in operations on literals."""
        builder, table = self.builder, self.builder.table
        values: dict[int, int] = {}
        proofs: dict[int, int] = {}
        for i in table.reachable([term]):
            row = table.rows[i]
            below = children(row)
            if not below:
                values[i] = i
                continue
            symbol = self._symbols[str(row[1])]
            inner = table.app(symbol.name, *(values[c] for c in below))
            operands = [literal_value(str(table.rows[values[c]][1])) for c in below]
            computed = evaluate(symbol.notation.text, operands, symbol.arguments)
            assert computed is not None, "a literal that no computation gives"
            values[i] = table.literal(literal_text(computed), symbol.result)
            steps = [proofs[c] for c in below if c in proofs]
            inside = [builder.cong(i, inner, steps)] if inner != i else []
            proofs[i] = builder.trans([*inside, builder.add(Step("eval", table.eq(inner, values[i])))])
        assert values[term] == value, "a computation that gives another value"
        return proofs[term]
