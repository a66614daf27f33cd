"""The work of `lemmata simplify`: an expression, what became of it and why, as lines and as JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from .checking import timer
from .rewriting.certificate import dump
from .rewriting.check import Verdict
from .rewriting.limits import Limits
from .rewriting.simplifier.question import question
from .rewriting.simplifier.record import Simplification
from .rewriting.simplifier.simplify import answered, simplification
from .rewriting.source import MOST_BYTES, LemmataError
from .rewriting.syntax import TermTable
from .rewriting.terms import Term

MOST_LINES = 200  # of an explanation in JSON
_LONGEST = 4_000_000  # characters of a term
_STOPPED = {
    "steps": "the search reached its own bound",
    "time": "the time limit was reached",
    "memory": "the memory limit was reached",
    "interrupted": "interrupted",
}


@dataclass(frozen=True)
class Request:
    """What the command is given. `expression` may be `-`, for standard input; `rules` is the name of a file."""

    expression: str
    cost: str
    goal: str | None
    assume: tuple[str, ...]
    domain: str | None
    rules: str | None


def simplified(request: Request, limits: Limits) -> Answer:
    """Raises LemmataError for what cannot be read, Stopped if the time is over before it has been."""
    started = time.monotonic()
    goal = int(request.goal) if request.goal is not None and request.goal.isdecimal() else request.goal
    with timer(limits.seconds):
        text = _standard_input() if request.expression == "-" else request.expression
        if request.rules is not None:
            from .rule_files import read_rule_file

            rules = read_rule_file(request.rules)
            term = rules.term(text)
        else:
            asked = question(text, request.domain, request.assume)
    if limits.seconds is not None:
        limits = replace(limits, seconds=max(0.0, limits.seconds - (time.monotonic() - started)))
    if request.rules is not None:
        return Answer(simplification(term, rules, request.cost, goal, request.assume, request.domain, limits))
    return Answer(answered(asked, request.cost, goal, limits))


def _standard_input() -> str:
    try:
        content = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
    except OSError as error:
        raise LemmataError(f"standard input: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise LemmataError(f"standard input: larger than {MOST_BYTES // 2**20} MB")
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        raise LemmataError("standard input: no UTF-8 text") from None


@dataclass(frozen=True)
class Answer:
    """A simplification as the command tells it."""

    found: Simplification

    @property
    def code(self) -> int:
        """0 for a result, 1 where a goal was not reached and 2 where a limit kept the search from going on, 130 after
        Ctrl-C."""
        found = self.found
        if found.stop == "interrupted":
            return 130
        if found.stop in ("time", "memory"):
            return 2
        return 1 if found.reached is False else 0

    @cached_property
    def verdict(self) -> Verdict:
        return self.found.check()

    @property
    def certificate(self) -> str:
        proof = self.found.proof()
        return dump(proof.theory, proof.terms, proof.theorems)

    def lines(self, explain: bool) -> Iterator[str]:
        """The result; to explain it, a chain from the input to it, and what the checker says of the proof."""
        found = self.found
        yield _text(found.result)
        if not explain:
            return
        yield ""
        yield str(found.why())
        yield ""
        yield f"cost: {found.cost_before} before, {found.cost_after} after; domain: {found.domain}"
        yield f"proof: {len(found.proof().theorems[0].steps):,} steps, {_word(self.verdict)} by the checker"
        yield f"axioms used: {', '.join(self.verdict.axioms) or 'none'}"

    def notes(self) -> Iterator[str]:
        """What a person should know beside the result."""
        if self.found.stop in _STOPPED:
            yield f"stopped: {_STOPPED[self.found.stop]}; this is the best by then"
        if self.found.reached is False:
            yield "the goal was not reached"

    def as_json(self, explain: bool) -> dict[str, Any]:
        """The object of `--json`."""
        found = self.found
        return {
            "input": _text(found.input),
            "result": _text(found.result),
            "cost": {"before": found.cost_before, "after": found.cost_after},
            "explanation": self._explanation() if explain else None,
            "stop": found.stop,
            "domain": found.domain,
            "reached": found.reached,
        }

    def _explanation(self) -> dict[str, Any]:
        why, error = self.found.why(), self.verdict.first_error
        lines = [
            {
                "term": why.text(line.term),
                "reason": line.reason,
                "backwards": line.backwards,
                "left": why.text(line.left),
                "right": why.text(line.right),
            }
            for line in islice(why.lines(), MOST_LINES)
        ]
        return {
            "lines": lines,
            "length": why.length,
            "assumed": list(why.hypotheses),
            "axioms": list(self.verdict.axioms),
            "verdict": _word(self.verdict),
            "first_error": None if error is None else str(error),
        }


def _word(verdict: Verdict) -> str:
    return "accepted" if verdict.accepted else "refused"


def _text(term: Term) -> str:
    table = TermTable()
    return term.signature.printer.show(table, term.dump(table), most=_LONGEST)
