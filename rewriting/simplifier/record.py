"""What a simplification has found, why it is so, and the proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..certificate import Certificate, Step
from ..check import Verdict, check
from ..derivation import Builder
from ..display import Formula, as_html, as_latex
from ..egraph.explanation import Explanation
from ..syntax import TermTable
from ..terms import Term
from ..theory import Theory


@dataclass(frozen=True)
class Proved:
    """The step input = result of a builder over a table that begins with the theory's. What it rests on beside axioms
    are "assume" steps."""

    theory: Theory
    builder: Builder
    step: int

    def certificate(self) -> Certificate:
        """The theorem "simplified": the step's assumptions, in the order of their making, imply what it concludes."""
        builder = self.builder
        last = self.step
        for step in sorted(_assumptions(builder, last), reverse=True):
            formula = builder.table.imp(builder.conclusion(step), builder.conclusion(last))
            last = builder.add(Step("imp_intro", formula, (last,)))
        return Certificate(self.theory, self.theory.digest, builder.table, (builder.finish("simplified", last),))


def _assumptions(builder: Builder, last: int) -> list[int]:
    """The "assume" steps on which a step rests, as the checker reckons it."""
    order: list[int] = []
    seen: set[int] = set()
    stack = [last]
    while stack:
        step = stack.pop()
        if step < 0:
            order.append(~step)
        elif step not in seen:
            seen.add(step)
            stack += [~step, *builder.premises(step)]
    made = {builder.conclusion(step): step for step in order if builder.rule(step) == "assume"}
    rests: dict[int, frozenset[int]] = {}
    for step in order:
        found = frozenset[int]().union(*(rests[p] for p in builder.premises(step)))
        rule = builder.rule(step)
        if rule == "assume":
            found = frozenset({builder.conclusion(step)})
        elif rule == "imp_intro":
            found -= {int(builder.table.rows[builder.conclusion(step)][1])}
        rests[step] = found
    return [made[formula] for formula in rests[last]]


@dataclass(frozen=True, repr=False)
class Simplification:
    """A term, `input`, and a simpler one that is equal to it, `result`.

    expression      the result as what was given: a Term, an Expr, or an expression of SymPy
    domain          where they are equal: "real", "complex", "bool", "bv8" (and so on), or "rules"
    cost_before     of the input, by the cost that was asked for, and `cost_after` of the result
    stop            why the search ended: "done", "goal", "steps", "time", "memory" or "interrupted"
    reached         is the result what was asked for? None if there was no goal
    """

    expression: Any
    domain: str
    cost_before: Any
    cost_after: Any
    stop: str
    reached: bool | None
    terms: Callable[[], tuple[Term, Term]] = field(repr=False, compare=False)
    prove: Callable[[], Certificate] = field(repr=False, compare=False)

    @property
    def input(self) -> Term:
        return self._terms[0]

    @property
    def result(self) -> Term:
        return self._terms[1]

    @cached_property
    def _terms(self) -> tuple[Term, Term]:
        return self.terms()

    @cached_property
    def _certificate(self) -> Certificate:
        return self.prove()

    def proof(self) -> Certificate:
        """A certificate of one theorem, "simplified": the assumptions that it needs imply that input = result.

        Raises LemmataError where there is no proof, because a Python function had its say.
        """
        return self._certificate

    def check(self) -> Verdict:
        """What the proof checker says of the proof."""
        return check(self.proof())

    def why(self) -> Explanation:
        """The proof as a chain of equal terms, for people."""
        return Explanation(self.proof(), self.input.signature.printer)

    @property
    def assumed(self) -> tuple[str, ...]:
        """The assumptions that the proof rests on, as texts."""
        return self.why().hypotheses

    def __str__(self) -> str:
        before, _, after, costs = self._row
        return f"{before.text('ascii')} = {after.text('ascii')}  ({costs})"

    def __repr__(self) -> str:
        return f"<Simplification {self}>"

    @property
    def _row(self) -> tuple[Formula, str, Formula, str]:
        table = TermTable()
        before, after = (Formula(t.signature.printer, table, t.dump(table)) for t in self._terms)
        return before, "=", after, f"cost {self.cost_before} to {self.cost_after}, {self.domain}"

    def _repr_html_(self) -> str:
        """For notebooks."""
        return as_html([self._row])

    def _repr_latex_(self) -> str:
        """For notebooks."""
        return as_latex([self._row])
