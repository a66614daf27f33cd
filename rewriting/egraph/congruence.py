"""Equations between terms from equations between their parts, where the parts stand at nodes."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from ..syntax import children
from .node_terms import NodeTerms
from .steps import Goal, Proving, Steps
from .sums import Sums


@dataclass(frozen=True)
class Reached:
    """Where a term is: its row, a node, and the step row = the node's term (None: it is that)."""

    row: int
    node: int
    step: int | None


class Congruence:
    """Congruence over one builder and one history."""

    def __init__(self, steps: Steps, nodes: NodeTerms, sums: Sums) -> None:
        self._steps = steps
        self._nodes = nodes
        self._sums = sums

    def between(self, left: int, right: int) -> Proving:
        """Two nodes of one operation are equal, because their children are."""
        steps = []
        for a, b in zip(self._nodes.below(left), self._nodes.below(right), strict=True):
            steps.append((yield a, b))
        return self._steps.congruent(self._nodes.term(left), self._nodes.term(right), steps)

    def reach(
        self, root: int, given: Mapping[int, Reached], nodes: Mapping[int, int]
    ) -> Generator[Goal, int | None, Reached]:
        """From where some rows are `given` up to the row `root` over them; `nodes` are those of its applications.

        Sums inside a larger sum of their symbol need no nodes.
        """
        table, term = self._nodes.table, self._nodes.term
        reached = dict(given)
        inner: dict[int, _Inner] = {}
        for row in table.reachable([root]):
            if row in reached:
                continue
            cells = children(table.rows[row])
            if not cells:
                node = nodes.get(row, self._nodes.constant(row))
                assert node is not None, "a constant that was matched or made is in the graph"
                reached[row] = Reached(row, node, None)
                continue
            name = str(table.rows[row][1])
            if self._sums.is_sum(name):
                below = [inner[c] if c in inner else _Inner.of(reached[c], term(reached[c].node)) for c in cells]
                instance, beside = (self._steps.over(row, part) for part in zip(*(b.rows for b in below), strict=True))
                inner[row] = _Inner((instance, beside), tuple(step for b in below for step in b.steps))
                if row in nodes:
                    step = self._steps.congruent(instance, beside, inner.pop(row).steps)
                    last = self._sums.same(name, beside, term(nodes[row]))
                    reached[row] = Reached(instance, nodes[row], self._steps.chain([step, last]))
                continue
            parts = [reached[c] for c in cells]
            instance = self._steps.over(row, [r.row for r in parts])
            links = []
            for part, child in zip(parts, self._nodes.below(nodes[row]), strict=True):
                links.append(self._steps.chain([part.step, (yield part.node, child)]))
            step = self._steps.congruent(instance, term(nodes[row]), links)
            reached[row] = Reached(instance, nodes[row], step)
        return reached[root]


@dataclass(frozen=True)
class _Inner:
    """A part of a sum: its row, and that row over the terms of nodes, to which the steps lead inside."""

    rows: tuple[int, int]
    steps: tuple[int | None, ...]

    @classmethod
    def of(cls, part: Reached, term: int) -> _Inner:
        return cls((part.row, term), (part.step,))
