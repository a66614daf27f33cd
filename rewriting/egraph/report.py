"""What a saturation did: why it ended, how the e-graph grew round by round, and what each rule had to do with it.

>>> rounds = (Round(9, 7, 5, 3, 0.001), Round(14, 8, 11, 4, 0.002))
>>> uses = (RuleUse("comm", 10, 6, 5, line="rules.py:3", feeds=True), RuleUse("unit", 6, 0, 2, line="rules.py:4"))
>>> print(Report(Ended.NODES, rounds, uses, 0.004))
stopped: the limit on e-nodes was reached
e-nodes: 14 in 8 classes
rounds:  2, with 9, 14 e-nodes after each
seconds: 0.004, of which the longest round took 0.002
matches: 16; most by comm (rules.py:3) 10, unit (rules.py:4) 6
growth:  6 e-nodes; most by comm (rules.py:3) 6
merges:  7; most by comm (rules.py:3) 5, unit (rules.py:4) 2
warning: comm (rules.py:3) feeds itself: 100 % of the growth is its own, and it can match that again
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_MOST_RULES = 4  # of those that a line of the report names
_MOST_ROUNDS = 8
_LONGEST_NAME = 40


class Ended(StrEnum):
    """Why a saturation ended."""

    SATURATED = "saturated"  # a round with every rule changed nothing
    GOAL = "goal"
    ROUNDS = "rounds"
    NODES = "nodes"
    CLASSES = "classes"
    TIME = "time"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"
    CONTRADICTION = "contradiction"  # two different literals in one class

    @property
    def words(self) -> str:
        """For a person."""
        return _WORDS[self]


_WORDS = {
    Ended.SATURATED: "saturated, no rule has anything to add",
    Ended.GOAL: "the goal was reached",
    Ended.ROUNDS: "all rounds are done, and rules have more to add",
    Ended.NODES: "the limit on e-nodes was reached",
    Ended.CLASSES: "the limit on classes was reached",
    Ended.TIME: "the time limit was reached",
    Ended.MEMORY: "the memory limit was reached",
    Ended.INTERRUPTED: "interrupted",
    Ended.CONTRADICTION: "the rules are inconsistent: two things that differ were found equal",
}


@dataclass(frozen=True)
class Round:
    """One round: live e-nodes and classes after it, matches and effective merges in it, and its wall seconds.

    Merges by congruence are among `unions`.
    """

    nodes: int
    classes: int
    matches: int
    unions: int
    seconds: float


@dataclass(frozen=True)
class RuleUse:
    """What one rule did in all rounds: matches, e-nodes that it added, merges, and how often it was banned.

    `line` is where the rule was written, such as `rules.py:12`, if that is known. `feeds` says that the rule can match
    what it makes (`directions.py`).
    """

    name: str
    matches: int
    added: int
    unions: int
    banned: int = 0
    line: str | None = None
    feeds: bool = False

    @property
    def label(self) -> str:
        """The name, and the line if it is known."""
        name = self.name if len(self.name) <= _LONGEST_NAME else self.name[: _LONGEST_NAME - 1] + "…"
        return f"{name} ({self.line})" if self.line else name


@dataclass(frozen=True)
class Report:
    """How a saturation went. As text it has eight lines, the reason why it stopped first.

    `seconds` is the wall time of the whole run; all else is the same on every machine, unless time or memory ended it.
    """

    stop: Ended
    rounds: tuple[Round, ...]
    rules: tuple[RuleUse, ...]
    seconds: float

    @property
    def nodes(self) -> int:
        """Live e-nodes at the end; 0 if there was no round."""
        return self.rounds[-1].nodes if self.rounds else 0

    @property
    def classes(self) -> int:
        """Classes at the end; 0 if there was no round."""
        return self.rounds[-1].classes if self.rounds else 0

    @property
    def growth(self) -> int:
        """E-nodes that rules added."""
        return sum(use.added for use in self.rules)

    @property
    def feeding(self) -> tuple[RuleUse, int] | None:
        """The rule that made more than half of the growth and can match what it makes, and the e-nodes that it added.

        The directions of a rule count as one. Not of a saturated e-graph, which needs no warning.
        """
        if self.stop in (Ended.SATURATED, Ended.GOAL):
            return None
        added: dict[str, int] = {}
        first: dict[str, RuleUse] = {}
        for use in self.rules:
            if use.feeds:
                rule = use.name.removesuffix(" backwards")
                added[rule] = added.get(rule, 0) + use.added
                first.setdefault(rule, use)
        most = max(added, key=lambda rule: added[rule], default=None)
        return None if most is None or 2 * added[most] <= self.growth else (first[most], added[most])

    def lines(self) -> tuple[str, ...]:
        """The eight lines."""
        longest = max((r.seconds for r in self.rounds), default=0.0)
        matches, unions = (sum(r.matches for r in self.rounds), sum(r.unions for r in self.rounds))
        return (
            f"stopped: {self.stop.words}",
            f"e-nodes: {self.nodes:,} in {self.classes:,} classes",
            f"rounds:  {self._rounds()}",
            f"seconds: {self.seconds:.3g}, of which the longest round took {longest:.3g}",
            f"matches: {matches:,}" + self._most(lambda use: use.matches),
            f"growth:  {self.growth:,} e-nodes" + self._most(lambda use: use.added),
            f"merges:  {unions:,}" + self._most(lambda use: use.unions),
            self._note(),
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_json(self) -> dict[str, object]:
        """As one JSON object."""
        return {
            "stop": self.stop.value,
            "nodes": self.nodes,
            "classes": self.classes,
            "seconds": round(self.seconds, 6),
            "rounds": [
                {
                    "nodes": r.nodes,
                    "classes": r.classes,
                    "matches": r.matches,
                    "unions": r.unions,
                    "seconds": round(r.seconds, 6),
                }
                for r in self.rounds
            ],
            "rules": [
                {
                    "name": use.name,
                    "line": use.line,
                    "matches": use.matches,
                    "added": use.added,
                    "unions": use.unions,
                    "banned": use.banned,
                }
                for use in self.rules
            ],
            "warning": None if self.feeding is None else self._note().removeprefix("warning: "),
        }

    def _rounds(self) -> str:
        counts = [f"{r.nodes:,}" for r in self.rounds]
        if not counts:
            return "none"
        last = counts[-_MOST_ROUNDS:]
        skipped = "… " if len(last) < len(counts) else ""
        return f"{len(counts):,}, with {skipped}{', '.join(last)} e-nodes after each"

    def _most(self, count: Callable[[RuleUse], int], before: str = "; most by ") -> str:
        """The rules that did most of something, those first that come first among equals."""
        busy = sorted((use for use in self.rules if count(use)), key=lambda use: -count(use))
        shown = ", ".join(f"{use.label} {count(use):,}" for use in busy[:_MOST_RULES])
        more = f", {len(busy) - _MOST_RULES} more" if len(busy) > _MOST_RULES else ""
        return f"{before}{shown}{more}" if busy else ""

    def _note(self) -> str:
        """The last line: a warning if there is one, or what else is worth knowing of the rules."""
        if self.feeding is not None:
            use, added = self.feeding
            share = 100 * added // self.growth
            return f"warning: {use.label} feeds itself: {share} % of the growth is its own, and it can match that again"
        if any(use.banned for use in self.rules):
            return "banned:  " + self._most(lambda use: use.banned, "for too many matches in a round, ")
        idle = [use.label for use in self.rules if not use.matches]
        if idle and self.rounds:
            more = f", {len(idle) - _MOST_RULES} more" if len(idle) > _MOST_RULES else ""
            return (
                f"idle:    {len(idle)} of {len(self.rules)} rules never matched, {', '.join(idle[:_MOST_RULES])}{more}"
            )
        return "idle:    none, every rule matched" if self.rounds else "idle:    all rules"
