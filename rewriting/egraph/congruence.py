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
        """From where some rows are `given` up to the row `root` over them; `nodes` are those of its applications."""
        table = self._nodes.table
        reached = dict(given)
        for row in table.reachable([root]):
            if row in reached:
                continue
            below = [reached[c] for c in children(table.rows[row])]
            if not below:
                node = nodes.get(row, self._nodes.constant(row))
                assert node is not None, "a constant that was matched or made is in the graph"
                reached[row] = Reached(row, node, None)
                continue
            instance = self._steps.over(row, [r.row for r in below])
            name = str(table.rows[row][1])
            if self._sums.is_sum(name):
                side_by_side = self._steps.over(row, [self._nodes.term(r.node) for r in below])
                step = self._steps.congruent(instance, side_by_side, [r.step for r in below])
                last = self._sums.same(name, side_by_side, self._nodes.term(nodes[row]))
                reached[row] = Reached(instance, nodes[row], self._steps.chain([step, last]))
                continue
            links = []
            for part, child in zip(below, self._nodes.below(nodes[row]), strict=True):
                links.append(self._steps.chain([part.step, (yield part.node, child)]))
            step = self._steps.congruent(instance, self._nodes.term(nodes[row]), links)
            reached[row] = Reached(instance, nodes[row], step)
        return reached[root]
