"""Which rules run when, as data: schedules, the goals that end them, and the schedulers that hold rules back.

>>> simple = Run(("unit", "fold"))
>>> Saturate(simple) + 3 * (Run(("comm", "assoc")) + simple)
Seq(parts=(Saturate(part=Run(rules=('unit', 'fold'), rounds=1)), Repeat(part=Seq(parts=(Run(rules=('comm', 'assoc'), \
rounds=1), Run(rules=('unit', 'fold'), rounds=1))), times=3)))

A schedule is run by `play`, which is told how to run one round:

>>> left = [3]
>>> def one_round(rules):
...     left[0] -= 1
...     return left[0] > 0
>>> play(Saturate(Run()), one_round, lambda goal: False), left
(False, [0])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..source import LemmataError

if TYPE_CHECKING:
    from ..terms import Term
    from .graph import EGraph

# Schedulers.


@dataclass(frozen=True)
class Simple:
    """Every rule is applied to all of its matches in every round."""


@dataclass(frozen=True)
class Backoff:
    """A rule with more than `match_limit` matches in a round is not applied, and is banned for `ban_length` rounds.

    Each further ban of the same rule doubles both its limit and the length (the BackoffScheduler of Willsey et al.
    2021, "egg"). Raises LemmataError for a limit or a length below 1.
    """

    match_limit: int = 1000
    ban_length: int = 5

    def __post_init__(self) -> None:
        if self.match_limit < 1 or self.ban_length < 1:
            raise LemmataError("the match limit and the length of a ban are at least 1")


Scheduler = Simple | Backoff


class Bans:
    """The books of a backoff scheduler over rules numbered from 0; rounds are numbered from 0 too.

    >>> bans = Bans(Backoff(match_limit=10, ban_length=2), 1)
    >>> bans.count(0, matches=11, now=0)  # too many
    False
    >>> [bans.allowed(0, now) for now in (1, 2)], bans.limit(0)
    ([False, True], 20)
    """

    def __init__(self, scheduler: Backoff, rules: int) -> None:
        self._scheduler = scheduler
        self.times = [0] * rules  # how often each rule was banned
        self._until = [0] * rules  # the first round in which it may run again

    def allowed(self, rule: int, now: int) -> bool:
        """May the rule be matched in this round?"""
        return now >= self._until[rule]

    def limit(self, rule: int) -> int:
        """The matches that the rule may have in one round."""
        return self._scheduler.match_limit << self.times[rule]

    def count(self, rule: int, matches: int, now: int) -> bool:
        """Note how many matches the rule has in this round: may they be applied, or is it banned from now on?"""
        if matches <= self.limit(rule):
            return True
        self._until[rule] = now + (self._scheduler.ban_length << self.times[rule])
        self.times[rule] += 1
        return False

    def shorten(self, now: int) -> None:
        """After a round in which nothing changed, let the first of the banned rules run at once, the others as much
        sooner."""
        banned = [rule for rule, until in enumerate(self._until) if until > now]
        early = min((self._until[rule] for rule in banned), default=now) - now
        for rule in banned:
            self._until[rule] -= early


# Goals.


@dataclass(frozen=True)
class Equal:
    """Two terms, or texts for them, are in one class. Both are added when the run begins."""

    left: Term | str
    right: Term | str


@dataclass(frozen=True)
class Contains:
    """The e-graph has the term, or what the text writes. It is not added."""

    term: Term | str


@dataclass(frozen=True)
class NodesOver:
    """There are more than so many e-nodes."""

    nodes: int


Goal = Equal | Contains | NodesOver | Callable[["EGraph"], bool]

# Schedules.


class Schedule:
    """What to run: one of the kinds below. `s + t` runs one after the other, `s * n` runs n times."""

    def __add__(self, other: Schedule) -> Seq:
        if not isinstance(other, Schedule):
            return NotImplemented
        first, second = (s.parts if isinstance(s, Seq) else (s,) for s in (self, other))
        return Seq((*first, *second))

    def __mul__(self, times: int) -> Repeat:
        return Repeat(self, times) if type(times) is int else NotImplemented

    __rmul__ = __mul__


@dataclass(frozen=True)
class Run(Schedule):
    """So many rounds of the rules of these names (of all rules if None), or fewer if one of them changes nothing.

    A name means both directions of a rule; "assoc backwards" means one.
    """

    rules: tuple[str, ...] | None = None
    rounds: int = 1


@dataclass(frozen=True)
class Seq(Schedule):
    """One schedule after the other."""

    parts: tuple[Schedule, ...]


@dataclass(frozen=True)
class Repeat(Schedule):
    """A schedule so many times, or fewer if it changes nothing."""

    part: Schedule
    times: int


@dataclass(frozen=True)
class Saturate(Schedule):
    """A schedule until it changes nothing."""

    part: Schedule


@dataclass(frozen=True)
class Until(Schedule):
    """A schedule again and again until a goal holds, which is asked before each round, or it changes nothing.

    Only this part of a longer schedule ends when the goal holds.
    """

    part: Schedule
    goal: Goal


def play(
    schedule: Schedule,
    one_round: Callable[[tuple[str, ...] | None], bool],
    reached: Callable[[Goal], bool],
) -> bool:
    """Run a schedule; did it end because the goal of an `Until` around all of it holds?

    `one_round` runs one round of the rules of these names (None: of all), and says whether another such round could
    change anything. What it raises ends the schedule. Explicit stack, so schedules may be nested as deep as they like.
    """
    stack = [_Frame(schedule)]
    while stack:
        frame = stack[-1]
        ended = None
        if not frame.goes_on():
            ended = len(stack) - 1
        elif not isinstance(frame.schedule, Run):
            stack.append(_Frame(frame.part()))
        else:
            goals = ((n, f.schedule.goal) for n, f in enumerate(stack) if isinstance(f.schedule, Until))
            ended = next((n for n, goal in goals if reached(goal)), None)
            if ended is None:
                frame.note(one_round(frame.schedule.rules))
            elif ended == 0:
                return True
        if ended is not None:
            changed = any(f.ever for f in stack[ended:])
            del stack[ended:]
            if stack:
                stack[-1].note(changed)
    return False


@dataclass
class _Frame:
    """A schedule that is being played: its turns (rounds or parts) so far, whether the last one changed anything, and
    whether any did."""

    schedule: Schedule
    turns: int = 0
    changed: bool = True
    ever: bool = False

    def goes_on(self) -> bool:
        """Is there another turn?"""
        match self.schedule:
            case Seq(parts):
                return self.turns < len(parts)
            case Run(rounds=most) | Repeat(times=most):
                return self.turns < most and self.changed
        return self.changed

    def part(self) -> Schedule:
        """What the next turn plays."""
        match self.schedule:
            case Seq(parts):
                return parts[self.turns]
            case Repeat(part) | Saturate(part) | Until(part):
                return part
        raise LemmataError(f"an object of type {type(self.schedule).__name__} is no schedule")

    def note(self, changed: bool) -> None:
        self.turns += 1
        self.changed = changed
        self.ever |= changed
