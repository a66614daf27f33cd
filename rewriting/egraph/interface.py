"""What an e-graph does, whoever keeps it: ours (`graph.py`) or egglog (`egglog_graph.py`).

>>> from lemmata.rewriting.ruleset import rules
>>> G = egraph(rules("x + y = y + x", "(x + y) + z = x + (y + z)"))
>>> a, b = G.add("p + (q + r)"), G.add("(r + q) + p")
>>> G.run().stop.value, G.equal(a, b), G.nodes
('saturated', True, 15)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from ..limits import Limits
from ..ruleset import RuleSet
from ..source import LemmataError, nearest
from ..terms import Term
from .analyses import Analysis
from .costs import Given
from .extracted import Extracted
from .report import Ended
from .schedules import Equal, Schedule, Scheduler
from .view import View

BackEnd = Literal["lemmata", "egglog"]
_BACK_ENDS = ("lemmata", "egglog")


class Saturation(Protocol):
    """How a run went: why it stopped, e-nodes at its end, wall seconds."""

    @property
    def stop(self) -> Ended: ...
    @property
    def nodes(self) -> int: ...
    @property
    def seconds(self) -> float: ...


class Backend(Protocol):
    """An e-graph. Terms are given as such, as texts, or by the numbers that `add` gave for them."""

    @property
    def nodes(self) -> int:
        """The number of e-nodes, congruent ones counted once."""
        ...

    @property
    def classes(self) -> int:
        """The number of classes."""
        ...

    def add(self, term: Term | str) -> int:
        """The number of a term, which is added where it is missing."""
        ...

    def union(self, left: int | Term | str, right: int | Term | str, reason: str = ...) -> bool:
        """Make two terms equal by decree; False if they were equal already."""
        ...

    def equal(self, left: int | Term | str, right: int | Term | str) -> bool:
        """Are two terms in one class?"""
        ...

    def run(
        self,
        limits: Limits | None = None,
        *,
        rounds: int | None = ...,
        nodes: int = ...,
        schedule: Schedule | None = ...,
        scheduler: Scheduler | None = ...,
        until: Equal | None = ...,
    ) -> Saturation:
        """Apply the rules in rounds until nothing new comes of it, a goal holds, or a limit is reached."""
        ...

    def extract(self, term: int | Term | str, cost: Given = ...) -> Extracted:
        """The cheapest equal of a term, as a tree."""
        ...

    def view(self) -> View:
        """The e-nodes in their classes, for extraction and pictures."""
        ...

    def push(self) -> None:
        """Remember the graph as it is, for `pop`."""
        ...

    def pop(self) -> None:
        """Go back to the last `push` that was not undone."""
        ...


def egraph(rules: RuleSet, *, backend: BackEnd = "lemmata", analyses: Iterable[Analysis] = ()) -> Backend:
    """An e-graph over some rules, kept by one of the back ends.

    Raises LemmataError where the back end is not installed, or cannot use the rules or an analysis.
    """
    if backend == "lemmata":
        from .graph import EGraph

        return EGraph(rules, analyses=analyses)
    if backend == "egglog":
        from .egglog_graph import EgglogGraph

        return EgglogGraph(rules, analyses=analyses)
    raise LemmataError(f"unknown back end {backend!r:.80}", hint=nearest(str(backend), _BACK_ENDS, "back ends"))
