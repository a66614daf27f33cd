"""One run of an e-graph: rounds of matching, applying and repair, until nothing changes or a limit is reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..bank import Ints
from ..equations import rule_name
from ..limits import Clock, Stop
from ..terms import Term
from .analyses import Contradiction
from .directions import direction_name, feeds_itself, meant
from .layout import DONE, FULL, MATCHES, NOW, UNIONS
from .plans import Plans
from .report import Ended, Report, RuleUse
from .report import Round as RoundReport
from .schedules import Backoff, Bans, Equal, Goal, Schedule, Scheduler, play

if TYPE_CHECKING:
    from .graph import EGraph

_NEARLY = 0.95  # of the limit on nodes is as good as reached
_GREW = (Ended.NODES, Ended.CLASSES, Ended.TIME, Ended.MEMORY, Ended.INTERRUPTED, Ended.ROUNDS)
_LIMITS = {Stop.TIME: Ended.TIME, Stop.MEMORY: Ended.MEMORY, Stop.INTERRUPTED: Ended.INTERRUPTED}


@dataclass
class _Ended(Exception):
    """A limit within a round."""

    why: Ended


class Rounds:
    """One call of `EGraph.run`."""

    def __init__(
        self,
        graph: EGraph,
        clock: Clock,
        rounds: int | None,
        nodes: int,
        classes: int | None,
        scheduler: Scheduler,
        progress: Callable[[RoundReport], None] | None,
    ) -> None:
        self.clock = clock
        self._graph = graph
        self._most = rounds, nodes, classes
        self._bans = Bans(scheduler, len(graph.rules)) if isinstance(scheduler, Backoff) else None
        self._progress = progress
        self._rounds: list[RoundReport] = []
        self._counts = np.zeros((len(graph.rules) + 1, 3), np.int64)
        self._names = [direction_name(rule.rule) for rule in graph.rules]

    def run(self, schedule: Schedule, until: Goal | None) -> Report:
        started = time.monotonic()
        graph = self._graph
        if isinstance(until, Equal):
            until = Equal(*(t if isinstance(t, Term) else graph.ruleset.term(t) for t in (until.left, until.right)))
            graph.equal(until.left, until.right)
        self._until = until
        try:
            if until is not None and graph.holds(until):
                raise _Ended(Ended.GOAL)
            ended = Ended.GOAL if play(schedule, self._round, graph.holds) else self._why_done()
        except _Ended as stopped:
            ended = stopped.why
        except Contradiction:
            ended = Ended.CONTRADICTION
        added: dict[str, int] = {}
        for n, rule in enumerate(graph.rules):
            added[rule_name(rule.rule)] = added.get(rule_name(rule.rule), 0) + int(self._counts[n, 1])
        most = max(added, key=lambda name: added[name], default=None)  # only the rule that made most can be warned of
        uses = tuple(
            RuleUse(
                name,
                int(self._counts[n, 0]),
                int(self._counts[n, 1]),
                int(self._counts[n, 2]),
                banned=self._bans.times[n] if self._bans else 0,
                line=graph.ruleset.written.get(rule_name(graph.rules[n].rule)),
                feeds=ended in _GREW
                and rule_name(graph.rules[n].rule) == most
                and feeds_itself(graph.rules[n].table, graph.rules[n].rule),
            )
            for n, name in enumerate(self._names)
        )
        return Report(ended, tuple(self._rounds), uses, time.monotonic() - started)

    def _why_done(self) -> Ended:
        return Ended.SATURATED if self._settled else Ended.ROUNDS

    _settled = False
    _full = 0  # nodes after the last round that the limit cut short

    def _round(self, names: tuple[str, ...] | None) -> bool:
        """One round of the rules of these names; could another one change anything?"""
        graph, (most_rounds, most_nodes, most_classes) = self._graph, self._most
        arena = graph._arena
        if most_rounds is not None and len(self._rounds) >= most_rounds:
            raise _Ended(Ended.ROUNDS)
        self._check()
        started = time.monotonic()
        if not graph.settle(self._time_is_up) or self._time_is_up(arena.index_rate * arena.made):
            raise _Ended(self._limit())
        state = arena.state
        number = len(self._rounds)
        made, unions, merged = arena.made, int(state[UNIONS]), arena.classes
        plans, arity = graph.plans, graph._arities
        wanted = meant([rule.rule for rule in graph.rules], names)
        chosen = [n for n in wanted if self._bans is None or self._bans.allowed(n, number)]
        held_back = len(chosen) < len(wanted)
        matching = arena.begin(plans, arity)
        if not matching.prepare(graph._since, self._time_is_up):
            raise _Ended(self._limit())
        why: Ended | None = None
        matches = 0
        for group in _ranges(chosen) if self._bans is None else [range(n, n + 1) for n in chosen]:
            if self._bans is not None:
                (rule,) = group
                counted = matching.match(
                    group, graph._since, most_nodes, self._time_is_up, count_only=self._bans.limit(rule)
                )
                if not self._bans.count(rule, int(state[MATCHES]), number):
                    held_back = True
                    continue
                if counted != DONE:
                    why = self._limit()
                    break
            status = matching.match(group, graph._since, most_nodes, self._time_is_up)
            matches += int(state[MATCHES])
            if status == DONE:
                graph._since[group.start : group.stop] = state[NOW]
            else:
                why = Ended.NODES if status == FULL else self._limit()
                break
        self._counts[: len(graph.rules)] += matching.counts.reshape(-1, 3)[: len(graph.rules)]
        if not self._repair(matching.hosted(), plans):
            why = why or self._limit()
        if why is None:
            modulo, why = self._modulo(chosen, most_nodes)
            matches += modulo
        state[NOW] += 1
        changed = arena.made != made or int(state[UNIONS]) != unions
        effective = arena.made - made + merged - arena.classes
        report = RoundReport(graph.nodes, graph.classes, matches, effective, time.monotonic() - started)
        self._rounds.append(report)
        if self._progress:
            self._progress(report)
        if why is Ended.NODES and self._full < graph.nodes < _NEARLY * most_nodes:
            self._full, why, changed = graph.nodes, None, True  # congruence made room: go on with what is left
        if why is not None:
            raise _Ended(why)
        if self._until is not None and graph.holds(self._until):
            raise _Ended(Ended.GOAL)
        if most_classes is not None and graph.classes > most_classes:
            raise _Ended(Ended.CLASSES)
        self._settled = not changed and not held_back and names is None
        if self._bans and held_back and not changed:
            self._bans.shorten(number + 1)
        return changed or held_back

    def _repair(self, hosted: Ints, plans: Plans) -> bool:
        """What follows matching; False if there was no time to end it."""
        graph = self._graph
        if not graph.settle(self._time_is_up):
            return False
        if graph.hosting.take(hosted, plans.programs) + graph._functions.compute():
            return graph.settle(self._time_is_up)
        return True

    def _modulo(self, chosen: Sequence[int], most_nodes: int) -> tuple[int, Ended | None]:
        """Apply the rules that are matched modulo laws: how many matches, and what cut it short."""
        graph = self._graph
        if not graph.modulo.rules:
            return 0, None
        counts, cut = graph.modulo.apply(chosen, most_nodes, self._time_is_up)
        graph.settle()
        for number, done in counts.items():
            self._counts[number] += done
        why = None if not cut else self._limit() if self.clock.reason() else Ended.NODES
        return sum(matched for matched, _, _ in counts.values()), why

    def _time_is_up(self, needed: float = 0.0) -> bool:
        """Is there no more time, or less than is needed?"""
        seconds = self.clock.limits.seconds
        if seconds is not None and self.clock.elapsed() + needed >= seconds:
            return True
        return self.clock.reason() is not None

    def _check(self) -> None:
        if self.clock.reason() is not None:
            raise _Ended(self._limit())

    def _limit(self) -> Ended:
        return _LIMITS[self.clock.reason() or Stop.TIME]


def _ranges(numbers: Iterable[int]) -> list[range]:
    """Ascending numbers as ranges."""
    out: list[range] = []
    for n in numbers:
        if out and out[-1].stop == n:
            out[-1] = range(out[-1].start, n + 1)
        else:
            out.append(range(n, n + 1))
    return out
