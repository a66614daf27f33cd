"""The work of `lemmata rewrite`: a REC file's terms, their normal forms or steps, as lines and as JSON.

Start-up is part of every run, so nothing is imported here that reading does not need; the executor comes when a file is
known to be good.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .rewriting.limits import Clock, Limits, Stop, Stopped
from .rewriting.prefix import full_text, short_text, tree_size
from .rewriting.rec import read_rec
from .rewriting.syntax import TermTable
from .rewriting.system import RewriteSystem

if TYPE_CHECKING:
    from .rewriting.executor import Outcome

Tier = Literal["auto", "table", "native"]
Memo = Literal["off", "adaptive"]

MOST_SHOWN = 4_000_000  # symbols of a term that is written in full on a terminal
MOST_WRITTEN = 100_000_000  # and elsewhere
SHORT = 200  # symbols of one that is not
_SHORT_STEP = 60  # symbols on either side of a step
_WHY = {
    Stop.TIME: "the time limit was reached",
    Stop.MEMORY: "the memory limit was reached",
    Stop.STEPS: "too many steps",
    Stop.INTERRUPTED: "interrupted",
    Stop.CYCLE: "a term came back, and would for ever",
    Stop.DONE: "done",
}


@dataclass(frozen=True)
class Result:
    """What became of a term. Texts are in REC's notation; if that of the normal form is not whole, `shortened` is set.

    Without a normal form, `last` is the term that the run stood at.
    """

    term: str
    normal_form: str | None
    rewrites: int
    seconds: float
    stop: Stop
    last: str | None = None
    shortened: bool = False

    def lines(self) -> Iterator[str]:
        if self.normal_form is not None:
            yield self.normal_form

    def as_json(self) -> dict[str, Any]:
        seconds = round(self.seconds, 6)
        return {"term": self.term, "normal_form": self.normal_form, "rewrites": self.rewrites, "seconds": seconds}


@dataclass(frozen=True)
class Stats:
    """Of all terms so far; `cells` is the size of the term store."""

    rewrites: int
    seconds: float
    tier: str
    memo_hits: int
    cells: int

    @property
    def per_second(self) -> int:
        return round(self.rewrites / max(self.seconds, 1e-9))

    def line(self) -> str:
        """A comment of REC, so that the output stays a list of terms."""
        return (
            f"# {self.rewrites:,} rewrites in {self.seconds:.3g} s ({self.per_second:,} a second), tier {self.tier}, "
            f"{self.memo_hits:,} memo hits, {self.cells:,} cells"
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "rewrites": self.rewrites,
            "seconds": round(self.seconds, 6),
            "rewrites_per_second": self.per_second,
            "tier": self.tier,
            "memo_hits": self.memo_hits,
            "cells": self.cells,
        }


@dataclass(frozen=True)
class Step:
    """A step of a trace: the term, the rule by its symbol and number, and what the term became."""

    term: str
    rule: str
    result: str

    def lines(self) -> Iterator[str]:
        yield f"# {self.term} -> {self.result}  [{self.rule}]"

    def as_json(self) -> dict[str, Any]:
        return {"term": self.term, "rule": self.rule, "result": self.result}


def read_within(file: str, limits: Limits) -> tuple[RewriteSystem, Limits]:
    """The system in a file, and what reading it leaves of the limits."""
    started = time.monotonic()
    system = read_rec(Path(file))
    if limits.seconds is None:
        return system, limits
    return system, replace(limits, seconds=max(0.0, limits.seconds - (time.monotonic() - started)))


class Run:
    """The terms of a system, normalised one after another. `results`, `stats` and `stop` tell what has been done.

    Normal forms of at most `most` symbols are written in full.
    """

    def __init__(self, system: RewriteSystem, limits: Limits, most: int = MOST_WRITTEN) -> None:
        self.system = system
        self.limits = limits
        self.most = most
        self.results: list[Result] = []
        self.stats = Stats(0, 0.0, "none", 0, 0)

    @property
    def stop(self) -> Stop:
        return self.results[-1].stop if self.results else Stop.DONE

    def evaluate(self, tier: Tier, memo: Memo) -> Iterator[Result]:
        """A result for each term, until a limit is reached: the last one then has no normal form."""
        from .rewriting.executor import evaluate

        for o in evaluate(self.system, tier=tier, memo=memo, limits=self.limits):
            full = self._full(o)
            part = o.beginning(SHORT)
            if o.reached:
                result = self._result(o.term, part if full is None else full, None, o.rewrites, o.seconds, o.stop)
                result = replace(result, shortened=full is None)
            else:
                result = self._result(o.term, None, part, o.rewrites, o.seconds, o.stop)
            yield self._add(result, o.tier, o.memo_hits, o.cells)

    def trace(self) -> Iterator[Step | Result]:
        """The same by the reference rewriter, with the steps of each term before its result, innermost first.

        A term that was rewritten before is not rewritten again.
        """
        from .rewriting.reference import ReferenceRewriter

        terms = self.system.terms
        rewriter = ReferenceRewriter(terms, self.system.rules, signature=self.system.symbol)
        clock = Clock(self.limits)
        for term in self.system.evaluate:
            started, before = time.monotonic(), rewriter.rewrites
            last = term
            normal: str | None = None
            shortened = False
            stop = Stop.DONE
            with clock.holding_interrupts():
                try:
                    for step in rewriter.steps(term):
                        last = step.result
                        left, right = (short_text(terms, t, _SHORT_STEP) for t in (step.term, step.result))
                        yield Step(left, step.name, right)
                        clock.check()
                    normal, shortened = _text(terms, rewriter.normalise(term), min(self.most, MOST_SHOWN))
                except Stopped as stopped:
                    stop = stopped.reason
            seconds, rewrites = time.monotonic() - started, rewriter.rewrites - before
            part = short_text(terms, last, SHORT) if normal is None else None
            result = replace(self._result(term, normal, part, rewrites, seconds, stop), shortened=shortened)
            yield self._add(result, "reference", 0, len(terms))
            if normal is None:
                return

    def _full(self, outcome: Outcome) -> str | None:
        """The normal form in full, if it is to be. Most are small, and room for large ones is not always to be had."""
        bounds = sorted({min(self.most, MOST_SHOWN), self.most})
        with suppress(MemoryError):
            for bound in bounds:
                text = outcome.text(bound) if bound else None
                if text is not None:
                    return text
        return None

    def _result(
        self, term: int, normal: str | None, last: str | None, rewrites: int, seconds: float, stop: Stop
    ) -> Result:
        terms = self.system.terms
        if normal is None and last is None:  # stopped before it had begun
            last = short_text(terms, term, SHORT)
        return Result(_text(terms, term, MOST_SHOWN)[0], normal, rewrites, seconds, stop, last)

    def _add(self, result: Result, tier: str, memo_hits: int, cells: int) -> Result:
        old = self.stats
        self.stats = Stats(old.rewrites + result.rewrites, old.seconds + result.seconds, tier, memo_hits, cells)
        self.results.append(result)
        return result

    def notes(self) -> Iterator[str]:
        """What a person should know beside the normal forms."""
        asked = len(self.system.evaluate)
        if not asked:
            yield f"{self.system.name} has no terms to evaluate"
        shortened = sum(r.shortened for r in self.results)
        if shortened:
            yield f"{shortened:,} normal forms of more than {self.most:,} symbols are shown in part"
        if self.stop is not Stop.DONE:
            stopped = self.results[-1]
            found = len(self.results) - 1
            yield f"stopped: {_WHY[self.stop]}; {found:,} of {asked:,} normal forms found"
            if stopped.last is not None:
                yield f"last term, after {stopped.rewrites:,} rewrites: {stopped.last}"

    def as_json(self, steps: list[list[dict[str, Any]]] | None, stats: bool) -> dict[str, Any]:
        """The object of `--json`."""
        return {
            "results": [r.as_json() for r in self.results],
            "stop": self.stop.value,
            "last": self.results[-1].last if self.results else None,
            "steps": steps,
            "stats": self.stats.as_json() if stats else None,
        }


def _text(terms: TermTable, root: int, most: int) -> tuple[str, bool]:
    """A term as text, and whether that is shortened because it has more than `most` symbols."""
    if tree_size(terms, root, most + 1) > most:
        return short_text(terms, root, SHORT), True
    return full_text(terms, root), False
