"""The work of `lemmata run`: a program of one of the calculi, what became of it, as lines and as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .calculi.fmc.data import unfold
from .calculi.fmc.machine import Ending, Request, Run, State, Step
from .calculi.fmc.parsing import Program, parse_program
from .calculi.fmc.printing import beginning, shown_label
from .calculi.fmc.terms import Table, Term
from .rewriting.source import LemmataError, Source, read_source

if TYPE_CHECKING:
    from .calculi.fmc.closures import Branch
    from .calculi.fmc.executor import Tier
    from .calculi.fmc.reduction import ReductionStep
    from .calculi.lambda_calculus import Strategy
    from .page import Footer
    from .rewriting.limits import Limits

Calculus = Literal["fmc", "lambda", "imp"]
_ENDINGS: Mapping[str, Calculus] = {".fmc": "fmc", ".lam": "lambda", ".imp": "imp"}
MOST_TRACED = 1_000  # transitions of a trace, where nothing else is said
_LONGEST = 2_000  # characters of a term in an answer
_MOST_VALUES = 100  # of a stack in an answer as text, from the top


class BadRequest(LemmataError):
    """A memory that is not written as it should be, or what cannot be had of a program."""

    kind = "syntax"


@dataclass(frozen=True)
class Given:
    """A program, read: itself, or its translation into the calculus, its memory, and its source."""

    program: Program | Term
    memory: Mapping[str, Sequence[Term]]
    source: Source
    calculus: Calculus

    @property
    def term(self) -> Term:
        """What the machines run: data types stand for terms of the calculus."""
        if isinstance(self.program, Term):
            return self.program
        table = self.program.term.table
        return Term(table, unfold(table, self.program.term.root, self.program.data))

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.source.text.encode()).hexdigest()


def read_program(
    file: str | None,
    text: str | None,
    calculus: Calculus | None,
    strategy: Strategy | None,
    memory: str | None,
    inputs: str | None,
) -> Given:
    """A program from a file, or from the text of a command line. Raises LemmataError."""
    source = Source("<text>", text) if text is not None else read_source(Path(file or ""))
    if calculus is None:
        calculus = _ENDINGS.get(Path(file).suffix, "fmc") if file is not None else "fmc"
    stacks = _memory(memory)
    if inputs is not None:
        if "in" in stacks:
            raise BadRequest("--input and --memory both say what is in the location in")
        stacks["in"] = _values("--input", _json("--input", inputs))[::-1]
    if strategy is not None and calculus != "lambda":
        raise BadRequest("--strategy is for the lambda-calculus", hint="--calculus lambda")
    if calculus == "fmc":
        return Given(parse_program(source), stacks, source, calculus)
    term, cells = _translated(source, calculus, strategy)
    for cell in cells:
        stacks.setdefault(cell, [_number(0)])
    return Given(term, stacks, source, calculus)


def _translated(source: Source, calculus: Calculus, strategy: Strategy | None) -> tuple[Term, Sequence[str]]:
    """The translation of a program, and the cells that it mentions if they may be left out of the memory."""
    if calculus == "lambda":
        from .calculi.lambda_calculus import terms, translate

        return translate(terms.parse_source(source), strategy or "cbv"), ()
    from .calculi.imperative import syntax
    from .calculi.imperative import translate as translate_imperative

    statement = syntax.parse_source(source)
    return translate_imperative(statement), statement.cells


# The memory


def _memory(text: str | None) -> dict[str, list[Term]]:
    if text is None:
        return {}
    given = _json("--memory", text)
    if not isinstance(given, dict):
        raise BadRequest("--memory is an object, from locations to lists", hint="""such as '{"": [1, 2], "c": [5]}'""")
    return {location: _values(f"--memory, at {location!r}", values) for location, values in given.items()}


def _json(option: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"{option} is not JSON: {error.msg}, at {place}", hint="""such as '{"c": [5]}'""") from None
    except (RecursionError, ValueError):
        raise BadRequest(f"{option} is not JSON that can be read") from None


def _values(option: str, given: Any) -> list[Term]:
    """The terms of a list, bottom first: integers, and texts in the notation of the calculus."""
    if not isinstance(given, list):
        raise BadRequest(f"{option}: a list of values is wanted", hint="the last one is the top of the stack")
    values = []
    for value in given:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise BadRequest(f"{option}: {json.dumps(value)[:40]} is neither an integer nor a text")
        if isinstance(value, int):
            values.append(_number(value))
        else:
            term = parse_program(Source(option, value)).term
            if term.table.loose[term.root]:
                raise BadRequest(f"{option}: the value is not closed")
            values.append(term)
    return values


def _number(value: int) -> Term:
    table = Table()
    return Term(table, table.number(value))


# Answers


@dataclass(frozen=True)
class Answer:
    """What became of a run, with what was asked for beside it."""

    given: Given
    run: Run
    type: Term | None = None
    states: Sequence[Step] = ()
    total: int | None = None  # transitions in all, if there are more states
    certificate: str | None = None
    traced: bool = False  # are the states part of the answer?

    @property
    def code(self) -> int:
        """The exit code: 0 at an exit, 1 stuck, 2 at a limit, 130 interrupted."""
        codes = {Ending.EXIT: 0, Ending.STUCK: 1, Ending.INTERRUPTED: 130}
        return codes.get(self.run.ending, 2)

    def lines(self) -> Iterator[str]:
        run = self.run
        if self.traced:
            for n, step in enumerate(self.states):
                yield f"{n:6} {step.rule:10} {step.state}"
            if self.total is not None:
                yield f"       the first {len(self.states) - 1:,} of {self.total:,} transitions"
        if run.exit is not None:
            yield f"exit {shown_label(run.exit)}"
        elif run.reason is not None:
            yield f"stuck: {run.reason}{self._place()}"
        else:
            yield f"stopped by the {run.ending} limit" if run.ending is not Ending.INTERRUPTED else "interrupted"
        if self.type is not None:
            yield f"type: {self.type}"
        yield from memory_lines(run.memory)
        if run.last is not None:
            yield f"state: {run.last}"
        steps = "" if run.steps is None else f", {run.steps:,} of them pushes and pops"
        yield f"{run.transitions:,} transitions{steps}"

    def _place(self) -> str:
        """Where the instruction stands at which a run is stuck, if it stands there as it is."""
        program = self.given.program
        if self.run.last is None or isinstance(program, Term):
            return ""
        place = program.places.of(self.run.last.code.within(program.term.table))
        return "" if place is None else f" (line {place[0]}, column {place[1]})"

    def as_json(self) -> dict[str, Any]:
        """The object of `--json`."""
        run = self.run
        return {
            "exit": run.exit,
            "memory": memory_json(run.memory),
            "output": [_value(v) for v in run.memory.get("out", ())],
            "steps": run.steps,
            "transitions": run.transitions,
            "type": None if self.type is None else str(self.type),
            "stop": run.ending.value,
            "reason": run.reason,
            "state": None if run.last is None else _state_json(run.last),
            "trace": [{"rule": s.rule, **_state_json(s.state)} for s in self.states] if self.traced else None,
        }

    def page(self, footer: Footer) -> str:
        """The states of the run, as HTML."""
        from .run_page import run_page

        return run_page(self.states, self.run, self.total, footer)


def memory_lines(memory: Mapping[str, Sequence[Term]]) -> Iterator[str]:
    """Stacks as lines, the main one first, bottom first."""
    for location, values in sorted(memory.items()):
        shown = [str(_value(v)) for v in values[-_MOST_VALUES:]]
        more = f"({len(values) - len(shown):,} below) " if len(shown) < len(values) else ""
        yield f"{location or 'λ'}: {more}{' '.join(shown)}"


def memory_json(memory: Mapping[str, Sequence[Term]]) -> dict[str, list[int | str]]:
    return {location: [_value(v) for v in values] for location, values in memory.items()}


def _value(term: Term) -> int | str:
    """Numbers as integers, all else as text."""
    kind, *parts = term.row
    return int(parts[0]) if kind == "number" else beginning(term.table, term.root, _LONGEST)


def _state_json(state: State) -> dict[str, Any]:
    return {
        "memory": memory_json(state.memory),
        "term": beginning(state.code.table, state.code.root, _LONGEST),
        "frames": [str(frame) for frame in reversed(state.frames)],
    }


@dataclass(frozen=True)
class Asked:
    """What is wanted of a run."""

    tier: Tier = "auto"
    strict: bool = False
    seed: int | None = None
    fuel: int | None = None
    trace: bool = False
    states: bool = False
    type: bool = False
    streams: bool = False
    proof: bool = False


def answered(given: Given, asked: Asked, limits: Limits) -> Answer:
    """Run a program. Raises LemmataError for a program without the type that was asked for, or without a proof."""
    from .calculi.fmc.executor import execute

    type_ = None
    if asked.type:
        if given.calculus == "lambda":
            raise BadRequest("--type needs annotated binders, and those of a lambda-term have no annotations")
        from .calculi.fmc.typing import STREAMS, infer

        type_ = infer(given.program, streams=STREAMS if asked.streams else frozenset())
    request = Request(given.term, given.memory, asked.strict, asked.seed)
    seen: list[Step] = []
    total = None
    if asked.trace or asked.states:
        from .calculi.fmc.closures import steps

        most = MOST_TRACED if asked.fuel is None else asked.fuel
        seen = list(steps(request, fuel=most))
    run = execute(request, tier=asked.tier, fuel=asked.fuel, limits=limits)
    if seen and run.transitions >= len(seen):
        total = run.transitions
    certificate = None
    if asked.proof:
        from .calculi.fmc.run_proof import proof
        from .rewriting.certificate import dump

        made = proof(request, limits=limits) if asked.fuel is None else proof(request, fuel=asked.fuel, limits=limits)
        certificate = dump(made.theory, made.terms, made.theorems)
    return Answer(given, run, type_, seen, total, certificate, asked.trace)


@dataclass(frozen=True)
class Reduced:
    """The reduction of a term: its steps, as far as they were made, and whether the last term is normal."""

    term: Term
    steps: Sequence[ReductionStep]
    normal: bool

    @property
    def code(self) -> int:
        return 0 if self.normal else 2

    def lines(self) -> Iterator[str]:
        for step in self.steps:
            yield f"{step.rule}: {_text(step.term)}"
        last = self.steps[-1].term if self.steps else self.term
        yield f"normal form: {_text(last)}" if self.normal else "no normal form within the limits"

    def as_json(self) -> dict[str, Any]:
        last = self.steps[-1].term if self.steps else self.term
        steps = [{"rule": step.rule, "term": _text(step.term)} for step in self.steps]
        return {"reduction": steps, "normal_form": _text(last) if self.normal else None}


def reduce_program(given: Given, fuel: int | None) -> Reduced:
    """Reduce a program's term, step by step."""
    from .calculi.fmc.reduction import MOST_STEPS, Reducer, trace

    term = given.term
    made = list(trace(term, most=MOST_STEPS if fuel is None else fuel))
    last = made[-1].term if made else term
    return Reduced(term, made, not Reducer(last.table).is_reducible(last.root))


def _text(term: Term) -> str:
    return beginning(term.table, term.root, _LONGEST)


@dataclass(frozen=True)
class Distribution:
    """All runs of a program, by the choices of `nd`, with equal results of one sequence of them taken together."""

    branches: Sequence[Branch]

    @property
    def code(self) -> int:
        endings = {b.run.ending for b in self.branches}
        return 0 if endings <= {Ending.EXIT} else 1 if endings <= {Ending.EXIT, Ending.STUCK} else 2

    def _together(self) -> dict[tuple[str, str, str], Fraction]:
        found: dict[tuple[str, str, str], Fraction] = {}
        for branch in self.branches:
            chosen = "".join("T" if c else "F" for c in branch.chosen)
            key = chosen, str(branch.run), "  ".join(memory_lines(branch.run.memory))
            found[key] = found.get(key, Fraction(0)) + branch.weight
        return found

    def lines(self) -> Iterator[str]:
        together = self._together()
        width = max((len(str(weight)) for weight in together.values()), default=0)
        for (chosen, ended, memory), weight in together.items():
            yield f"{weight!s:>{width}}  {f'nd {chosen}  ' if chosen else ''}{ended}  {memory}".rstrip()

    def as_json(self) -> dict[str, Any]:
        runs = [
            {
                "weight": str(b.weight),
                "chosen": list(b.chosen),
                "exit": b.run.exit,
                "memory": memory_json(b.run.memory),
                "stop": b.run.ending.value,
            }
            for b in self.branches
        ]
        return {"distribution": runs}


def distributed(given: Given, asked: Asked, limits: Limits) -> Distribution:
    """Run a program in all ways in which `rnd` and `nd` may go on."""
    from .calculi.fmc.closures import branches
    from .calculi.fmc.machine import FUEL

    request = Request(given.term, given.memory, asked.strict)
    return Distribution(tuple(branches(request, fuel=50 * FUEL if asked.fuel is None else asked.fuel, limits=limits)))
