"""Proving equations by rewriting and structural induction.

An equation is proved by rewriting when both sides have one normal form. By induction on a variable x: for every
constructor c the equation at x = c(y...) is proved with the equation at each y of x's sort as a further rule, in which
all other variables stay general. Where that does not close a case, its remaining equation may be proved by a further
induction, down to a given depth, or by splitting a variable for which a definition waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..rewriting.certificate import Derivation, Step
from ..rewriting.derivation import Builder, Explainer
from ..rewriting.knowledge import Knowledge
from ..rewriting.limits import Clock, Stop
from ..rewriting.rewriter import Rewriter
from ..rewriting.rules import RewriteRule
from ..rewriting.syntax import children


@dataclass(frozen=True)
class Context:
    """Where an equation is to be proved: rules from hypotheses, the steps that conclude those hypotheses, and the
    variables that are fixed because a hypothesis mentions them."""

    rules: tuple[RewriteRule, ...] = ()
    facts: dict[int, int] = field(default_factory=dict)
    fixed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Success:
    """The step that concludes the equation, and how it was reached."""

    step: int
    method: str


class EquationProver:
    """Proves equations from what is known. Deterministic; the clock may end a run but not change its outcome."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self.knowledge = knowledge
        self.clock = clock
        self._recursive = recursive_positions(knowledge)

    def prove(self, name: str, left: int, right: int, depth: int) -> tuple[Derivation, str] | None:
        """A derivation of left = right (rows) and its method, with inductions nested at most `depth` deep."""
        builder = Builder(self.knowledge.terms)
        success = self.equation(builder, left, right, Context(), depth)
        return (builder.finish(name, success.step), success.method) if success else None

    def equation(self, builder: Builder, left: int, right: int, context: Context, depth: int) -> Success | None:
        """The step that concludes left = right in a context."""
        self.clock.check()
        rewriter = self.knowledge.rewriter_with(context.rules)
        step = self.by_rewriting(builder, left, right, rewriter, context)
        if step is not None:
            return Success(step, "rewriting")
        if depth == 0:
            return None
        for variable in self.induction_variables(self.knowledge.terms.eq(left, right), context.fixed):
            step = self._by_induction(builder, variable, left, right, context, depth)
            if step is not None:
                return Success(step, f"induction on {self.knowledge.terms.rows[variable][1]}")
        return None

    def by_rewriting(self, builder: Builder, left: int, right: int, rewriter: Rewriter, context: Context) -> int | None:
        """The step that concludes left = right, if both have one normal form."""
        known = self.knowledge
        a, b = known.bank.load(known.terms, [left, right], known.theory.symbol)
        result = rewriter.normalise([a, b], self.clock)
        if result.stop in (Stop.TIME, Stop.MEMORY):
            self.clock.check()
        if len(result.terms) < 2 or result.terms[0] != result.terms[1]:
            return None
        explainer = Explainer(builder, rewriter, known.statements, context.facts)
        return explainer.between(a, b)

    def induction_variables(self, formula: int, fixed: frozenset[int] = frozenset()) -> list[int]:
        """Free variables of datatypes: those in recursive positions first, by the number of such places."""
        terms = self.knowledge.terms
        datatypes = self.knowledge.theory.datatype
        free = [v for v in terms.free_variables(formula) if v not in fixed and terms.rows[v][2] in datatypes]
        places = dict.fromkeys(free, 0)
        for i in terms.reachable([formula]):
            row = terms.rows[i]
            if row[0] == "app":
                for position in self._recursive.get(str(row[1]), ()):
                    if children(row)[position] in places:
                        places[children(row)[position]] += 1
        return sorted(free, key=lambda v: (-places[v], free.index(v)))

    def blocking_variables(self, formula: int, fixed: frozenset[int]) -> list[int]:
        """Free variables for which a definition that looks at several arguments waits, one of them being there.

        In max(s(x), y) it is y. Such a split is no choice but the rest of the one that put the constructor there. It
        counts as no nesting: variables that it brings are fixed, so splits are at most as many as variables.
        """
        terms = self.knowledge.terms
        found: dict[int, None] = {}
        constructors = self.knowledge.theory.constructors
        for i in terms.reachable([formula]):
            row = terms.rows[i]
            if row[0] == "app":
                looked_at = [children(row)[n] for n in sorted(self._recursive.get(str(row[1]), ()))]
                waiting = [a for a in looked_at if terms.rows[a][0] == "var" and a not in fixed]
                if any(terms.rows[a][0] == "app" and terms.rows[a][1] in constructors for a in looked_at):
                    found.update(dict.fromkeys(waiting))
        return list(found)

    def _by_induction(
        self, builder: Builder, variable: int, left: int, right: int, context: Context, depth: int
    ) -> int | None:
        known = self.knowledge
        terms = known.terms
        formula = terms.eq(left, right)
        sort = str(terms.rows[variable][2])
        others = [v for v in terms.free_variables(formula) if v != variable and v not in context.fixed]
        cases: list[int] = []
        fresh: list[tuple[int, ...]] = []
        for constructor in known.theory.datatype[sort].constructors:
            arguments = self._fresh(variable, constructor, [formula, *context.facts])
            pattern = terms.app(constructor, *arguments)
            inner = context
            for argument in arguments:
                if terms.rows[argument][2] == sort:
                    assumed = terms.replace(formula, {variable: argument})
                    inner = self._assume(builder, assumed, others, inner)
            inner = Context(inner.rules, inner.facts, inner.fixed | frozenset(arguments))
            case = terms.replace(formula, {variable: pattern})
            success = self._case(builder, case, inner, depth - 1)
            if success is None:
                return None
            cases.append(success)
            fresh.append(tuple(arguments))
        step = Step(
            "induction",
            formula,
            tuple(cases),
            variable=variable,
            generalised=tuple(others),
            fresh=tuple(fresh),
        )
        return builder.add(step)

    def _case(self, builder: Builder, formula: int, context: Context, depth: int) -> int | None:
        """Prove one case: by rewriting, or by induction on what rewriting leaves of it."""
        known = self.knowledge
        left, right = (int(i) for i in known.terms.rows[formula][1:])
        rewriter = known.rewriter_with(context.rules)
        step = self.by_rewriting(builder, left, right, rewriter, context)
        if step is not None:
            return step
        a, b = known.bank.load(known.terms, [left, right], known.theory.symbol)
        result = rewriter.normalise([a, b], self.clock)
        if len(result.terms) < 2:
            return None
        explainer = Explainer(builder, rewriter, known.statements, context.facts)
        rest = [explainer.row(t) for t in result.terms]
        middle = self._rest(builder, rest[0], rest[1], context, depth)
        if middle is None:
            return None
        return explainer.between(a, b, middle)

    def _rest(self, builder: Builder, left: int, right: int, context: Context, depth: int) -> int | None:
        """Prove what rewriting leaves of a case; where no induction is left, by splitting what blocks computation."""
        if depth > 0:
            success = self.equation(builder, left, right, context, depth)
            return success.step if success else None
        for variable in self.blocking_variables(self.knowledge.terms.eq(left, right), context.fixed):
            step = self._by_induction(builder, variable, left, right, context, depth=1)
            if step is not None:
                return step
        return None

    def _assume(self, builder: Builder, formula: int, others: Sequence[int], context: Context) -> Context:
        """The context with `formula` assumed for all values of `others`, as rules between normal forms."""
        known = self.knowledge
        terms = known.terms
        hypothesis = formula
        for v in reversed(others):
            hypothesis = terms.abstract("all", v, hypothesis)
        step = builder.add(Step("assume", hypothesis))
        rewriter = known.rewriter_with(context.rules)
        left, right = (int(i) for i in terms.rows[formula][1:])
        ids = known.bank.load(terms, [left, right], known.theory.symbol)
        result = rewriter.normalise(ids, self.clock)
        if len(result.terms) == 2 and tuple(result.terms) != tuple(ids):
            explainer = Explainer(builder, rewriter, known.statements, context.facts)
            left, right = (explainer.row(t) for t in result.terms)
            if left == right:
                return context
            if others:
                step = builder.add(Step("all_elim", formula, (step,), terms=tuple(others)))
            step = explainer.simplified(step, *ids)
            for v in reversed(others):
                hypothesis = terms.abstract("all", v, builder.conclusion(step))
                step = builder.add(Step("all_intro", hypothesis, (step,), variable=v))
            hypothesis = builder.conclusion(step)
        rules = known.directed(terms.eq(left, right), ("hypothesis", hypothesis), tuple(others))
        return Context((*rules, *context.rules), {**context.facts, hypothesis: step}, context.fixed)

    def _fresh(self, variable: int, constructor: str, formulas: Iterable[int]) -> list[int]:
        """Variables for a constructor's arguments, named after the variable and free in no given formula."""
        known = self.knowledge
        terms = known.terms
        name, sort = (str(cell) for cell in terms.rows[variable][1:])
        taken = {str(terms.rows[v][1]) for f in formulas for v in terms.free_variables(f)}
        taken |= {s.notation.text for s in known.theory.symbols}
        out = []
        for wanted in known.theory.symbol[constructor].arguments:
            fresh = f"{name}'" if wanted == sort else next(c for c in wanted.lower() if c.isalnum())
            while fresh in taken or fresh[0].isdigit():
                fresh = f"{fresh}'" if not fresh[0].isdigit() else "v"
            taken.add(fresh)
            out.append(terms.var(fresh, wanted))
        return out


def recursive_positions(knowledge: Knowledge) -> dict[str, set[int]]:
    """For every defined function the arguments on which its definition looks for a constructor."""
    found: dict[str, set[int]] = {}
    terms = knowledge.terms
    for axiom in knowledge.theory.axioms:
        row = terms.rows[axiom.formula]
        if axiom.kind == "definition" and row[0] == "eq":
            left = terms.rows[int(row[1])]
            positions = found.setdefault(str(left[1]), set())
            positions |= {n for n, c in enumerate(children(left)) if terms.rows[c][0] == "app"}
    return found
