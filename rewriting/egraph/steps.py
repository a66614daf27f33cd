"""Equations put together where many of them say nothing: None is the step that a term equals itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from ..certificate import Step
from ..derivation import Builder
from ..syntax import with_children

Goal = tuple[int, int]  # two nodes
Proving = Generator[Goal, int | None, int | None]  # asks for equations of nodes; a step, or None for nothing to prove


def _alike(one: Step, other: Step) -> bool:
    """Do two steps say why by the same rule and premises?"""
    return replace(one, conclusion=other.conclusion) == other


class Steps:
    """Steps over one builder. Chains are not flattened, because a shared link would be copied each time."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.reasons: dict[int, str] = {}  # of hypotheses, by formula
        self._hypotheses: set[int] = set()

    def reversed(self, step: int | None) -> int | None:
        """The equation with its sides exchanged."""
        if step is None:
            return None
        builder = self.builder
        given = builder.step(step)
        if given.rule == "ac":
            return builder.add(replace(given, conclusion=builder.table.eq(*builder.sides(step)[::-1])))
        return builder.sym(step)

    def chain(self, links: Sequence[int | None]) -> int | None:
        """The equation from where the first link starts to where the last one ends."""
        builder = self.builder
        out: list[int] = []
        reached: dict[int, int] = {}  # terms, and the number of links before them
        for link in links:
            if link is not None:
                before = builder.step(out[-1]) if out else None
                start, end = builder.sides(link)
                if before is not None and before.rule == "ac" and _alike(before, builder.step(link)):
                    start = builder.sides(out.pop())[0]
                    link = builder.add(replace(before, conclusion=builder.table.eq(start, end)))
                reached.setdefault(start, len(out))
                out.append(link)
                if end in reached:  # it was there before: what lies between is a detour
                    del out[reached[end] :]
                    reached = {term: n for term, n in reached.items() if n <= len(out)}
                reached[end] = len(out)
        if len(out) < 2:
            return out[0] if out else None
        ends = builder.sides(out[0])[0], builder.sides(out[-1])[1]
        return builder.add(Step("trans", builder.table.eq(*ends), tuple(out)))

    def congruent(self, left: int, right: int, steps: Sequence[int | None]) -> int | None:
        """left = right, rows of one symbol, from equations of their children."""
        given = [step for step in steps if step is not None]
        return self.builder.cong(left, right, given) if left != right else None

    def over(self, row: int, below: Sequence[int]) -> int:
        """A row over other children."""
        table = self.builder.table
        return table.add(with_children(table.rows[row], below))

    def evaluated(self, row: int, value: int) -> int:
        """A built-in operation on literals has this value."""
        return self.builder.add(Step("eval", self.builder.table.eq(row, value)))

    def hypothesis(self, formula: int, reason: str) -> int:
        """The formula, which the theorem will have as a hypothesis, for a reason that words give."""
        step = self.builder.add(Step("assume", formula))
        self._hypotheses.add(step)
        self.reasons.setdefault(formula, reason)
        return step

    def discharged(self, last: int) -> int:
        """What a step concludes under its hypotheses, as an implication from them in the order of their first use."""
        builder = self.builder
        seen: set[int] = set()
        stack = [last]
        while stack:
            step = stack.pop()
            if step not in seen:
                seen.add(step)
                stack.extend(builder.premises(step))
        for step in sorted(self._hypotheses & seen, reverse=True):
            formula = builder.table.imp(builder.conclusion(step), builder.conclusion(last))
            last = builder.add(Step("imp_intro", formula, (last,)))
        return last
