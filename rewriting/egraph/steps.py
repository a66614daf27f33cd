"""Equations put together where many of them say nothing: None is the step that a term equals itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from ..certificate import Step
from ..derivation import Builder
from ..syntax import children, with_children

_SHORT = 8  # links of a chain that is taken apart to see detours in it

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
        out: list[int] = []
        for link in self._direct(links):
            joined = self._joined(out[-1], link) if out else None
            if joined is None:
                out.append(link)
            else:
                out[-1:] = joined
        return self._as_one(out)

    def _as_one(self, links: Sequence[int]) -> int | None:
        """Links as one step."""
        if len(links) < 2:
            return links[0] if links else None
        builder = self.builder
        ends = builder.sides(links[0])[0], builder.sides(links[-1])[1]
        return builder.add(Step("trans", builder.table.eq(*ends), tuple(links)))

    def _direct(self, links: Sequence[int | None]) -> list[int]:
        """The links without detours, that is without what lies between two visits of one term; rearrangements that
        follow one another are one."""
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
                if end in reached:
                    del out[reached[end] :]
                    reached = {term: n for term, n in reached.items() if n <= len(out)}
                reached[end] = len(out)
        return out

    def _joined(self, one: int, other: int) -> list[int] | None:
        """Two congruences of one symbol as one, if that makes a detour inside shorter or they are about different
        arguments; None if not. Nothing is left of them if they cancel out."""
        first, second = self._arguments(one), self._arguments(other)
        if first is None or second is None or len(first) != len(second):
            return None
        steps: list[int | None] = []
        for before, after in zip(first, second, strict=True):
            links = [*before, *after]
            direct = self._direct(links)
            if before and after and len(direct) == len(links):
                return None
            steps.append(self._as_one(direct))
        step = self.congruent(self.builder.sides(one)[0], self.builder.sides(other)[1], steps)
        return [] if step is None else [step]

    def _arguments(self, step: int) -> list[list[int]] | None:
        """The links that lead from each argument to what it becomes, by a congruence or the reverse of one; None if the
        step is nothing of that kind."""
        builder = self.builder
        given = builder.step(step)
        backwards = given.rule == "sym"
        if backwards:
            given = builder.step(given.premises[0])
        if given.rule != "cong":
            return None
        by = {builder.sides(p): p for p in given.premises}
        _, left, right = builder.table.rows[given.conclusion]
        out: list[list[int]] = []
        for pair in zip(*(children(builder.table.rows[int(side)]) for side in (left, right)), strict=True):
            if pair[0] != pair[1] and pair not in by:
                return None
            links = self._links(by[pair]) if pair in by else []
            turned = [self.reversed(link) for link in reversed(links)]
            out.append([link for link in turned if link is not None] if backwards else links)
        return out

    def _links(self, step: int) -> list[int]:
        """A chain's links if it is short, else the chain as one."""
        given = self.builder.step(step)
        return list(given.premises) if given.rule == "trans" and len(given.premises) <= _SHORT else [step]

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
