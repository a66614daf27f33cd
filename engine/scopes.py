"""Which hypotheses each step of a derivation discharges, and on which it rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..rewriting.certificate import Derivation, Step
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Theory


class Scopes:
    """A derivation over a table of its own, which is free to grow. The derivation is one that the checker accepts.

    Sets of hypotheses are integers, a bit for each formula that some step assumes: a proof with thousands of nested
    hypotheses then takes little memory.
    """

    def __init__(self, derivation: Derivation, terms: TermTable, theory: Theory) -> None:
        self.table, self.steps = _own_terms(derivation, terms)
        self._theory = theory
        assumed = dict.fromkeys(s.conclusion for s in self.steps if s.rule == "assume")
        self._bits = {formula: 1 << n for n, formula in enumerate(assumed)}

    def hypotheses(self, formulas: Iterable[int]) -> int:
        """The set of the given formulas, those aside that no step assumes."""
        out = 0
        for formula in formulas:
            out |= self._bits.get(formula, 0)
        return out

    def rests_on(self, step: Step, premises: Iterable[int]) -> int:
        """The hypotheses of a step, given those of its premises."""
        if step.rule == "assume":
            return self.hypotheses([step.conclusion])
        left = 0
        for premise, formulas in zip(premises, self.discharged(step), strict=True):
            left |= premise & ~self.hypotheses(formulas)
        return left

    def discharged(self, step: Step) -> list[list[int]]:
        """For each premise, the hypotheses that the step discharges from it."""
        rows = self.table.rows
        match step.rule:
            case "imp_intro":
                return [[int(rows[step.conclusion][1])]]
            case "or_elim":
                a, b = (int(side) for side in rows[self.steps[step.premises[0]].conclusion][1:])
                return [[], [a], [b]]
            case "ex_elim":
                assert step.variable is not None
                return [[], [self.table.instantiate(self.steps[step.premises[0]].conclusion, step.variable)]]
            case "cases":
                return [[self.table.eq(step.terms[0], pattern)] for pattern in self.patterns(step)]
            case "induction":
                return [self._quantified(step, pattern) for pattern in self.patterns(step)]
        return [[] for _ in step.premises]

    def patterns(self, step: Step) -> list[int]:
        """For each constructor, it applied to the step's fresh variables."""
        split = step.variable if step.rule == "induction" else step.terms[0]
        assert split is not None
        row = self.table.rows[split]
        sort = str(row[2]) if row[0] == "var" else self._theory.symbol[str(row[1])].result
        names = self._theory.datatype[sort].constructors
        return [self.table.app(c, *fresh) for c, fresh in zip(names, step.fresh, strict=True)]

    def inductive(self, step: Step, pattern: int) -> list[int]:
        """The induction hypotheses of one case, without the quantifiers over the generalised variables."""
        assert step.variable is not None
        rows = self.table.rows
        return [
            self.table.replace(step.conclusion, {step.variable: argument})
            for argument in children(rows[pattern])
            if rows[argument][2] == rows[step.variable][2]
        ]

    def _quantified(self, step: Step, pattern: int) -> list[int]:
        out = []
        for hypothesis in self.inductive(step, pattern):
            for other in reversed(step.generalised):
                hypothesis = self.table.abstract("all", other, hypothesis)
            out.append(hypothesis)
        return out


def _own_terms(derivation: Derivation, terms: TermTable) -> tuple[TermTable, list[Step]]:
    """A table with the derivation's terms alone, and the steps over it, without their substitutions."""
    used: list[int] = []
    for step in derivation.steps:
        used += [step.conclusion, *step.terms, *step.generalised, *(v for group in step.fresh for v in group)]
        used += [] if step.variable is None else [step.variable]
    table = TermTable()
    moved = dict(zip(used, terms.copy_into(table, used), strict=True))
    steps = [
        replace(
            step,
            conclusion=moved[step.conclusion],
            substitution=(),
            terms=tuple(moved[t] for t in step.terms),
            generalised=tuple(moved[t] for t in step.generalised),
            fresh=tuple(tuple(moved[v] for v in group) for group in step.fresh),
            variable=None if step.variable is None else moved[step.variable],
        )
        for step in derivation.steps
    ]
    return table, steps
