"""What every machine of the calculus has in common: what it is asked, what it answers, and how states are shown.

    (S_A ; S_a   , [N]a.M       , K)  ->  (S_A ; S_a·N , M , K)                  push
    (S_A ; S_a·N , a<x>.M       , K)  ->  (S_A ; S_a   , {N/x}M , K)             pop
    (S_A         , N ; j -> M   , K)  ->  (S_A , N , (j -> M)·K)                 join
    (S_A         , M^j          , K)  ->  (S_A , M , (j -> M^j)·K)               loop
    (S_A         , j , (j -> M)·K  )  ->  (S_A , M , K)                          select
    (S_A         , i , (j -> M)·K  )  ->  (S_A , i , K)          i /= j          reject
    (S_A         , x            , K)  ->  (S_A , N , K)    x is bound to N       execute (machines with closures)
    (S_A ; S·m·n , $op          , K)  ->  (S_A ; S·(m op n) , * , K)             primitive

Push and pop are [T] (specification A3), the others [M/R] (B2). A run ends at an exit j when K is empty, or is stuck: an
empty stack, an executed free variable, number or constant, or a primitive without a value.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ...rewriting.limits import Stop
from .printing import beginning, shown_label
from .terms import Table, Term

FUEL = 20_000  # transitions, where nothing else is said
READ_ONLY = frozenset({"in", "rnd", "nd"})  # locations of the strict mode
WRITE_ONLY = frozenset({"out"})
CHOICES = ("rnd", "nd")
_SHOWN = 60  # characters of a term in a message
_MOST_SHOWN = 12  # values of a stack in a message, and frames

Memory = Mapping[str, Sequence[Term]]


class Ending(StrEnum):
    """How a run ended: at an exit, stuck, or at a limit."""

    EXIT = "exit"
    STUCK = "stuck"
    FUEL = "fuel"
    TIME = "time"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"


LIMITS: Mapping[Stop, Ending] = {
    Stop.TIME: Ending.TIME,
    Stop.MEMORY: Ending.MEMORY,
    Stop.INTERRUPTED: Ending.INTERRUPTED,
    Stop.STEPS: Ending.FUEL,
}


@dataclass(frozen=True)
class Frame:
    """A handler that waits on the continuation stack: `label -> code`."""

    label: str
    code: Term

    def __str__(self) -> str:
        return f"{shown_label(self.label)} -> {_shown(self.code)}"


@dataclass(frozen=True)
class State:
    """A memory (stacks bottom first, none of them empty), a term, and a continuation stack (the top last)."""

    memory: Memory
    code: Term
    frames: tuple[Frame, ...]

    def __str__(self) -> str:
        """As in the specification: ( memory | term | continuation ), of tall stacks the upper part."""
        stacks = [
            (f"{location or 'λ'}: " if location or len(self.memory) > 1 else "")
            + ("… " if len(values) > _MOST_SHOWN else "")
            + " ".join(map(_shown, values[-_MOST_SHOWN:]))
            for location, values in sorted(self.memory.items())
        ]
        frames = "".join(f"({frame})" for frame in self.frames[: -_MOST_SHOWN - 1 : -1])
        more = "…" if len(self.frames) > _MOST_SHOWN else ""
        return f"( {' ; '.join(stacks) or 'ε'} | {_shown(self.code)} | {frames or 'ε'}{more} )"


@dataclass(frozen=True)
class Step:
    """A transition: its name, and the state that it leads to."""

    rule: str
    state: State


@dataclass(frozen=True)
class Run:
    """What became of a run. `exit` is a label, without its #, where there is one; `memory` has no empty stacks.

    `transitions` counts all of them, `steps` those that push or pop (None where the executor does not count them).
    `last` is the state at which a run that reached no exit stands, `reason` tells why it is stuck; of very tall stacks
    it may have the upper part only.
    """

    ending: Ending
    memory: dict[str, list[Term]]
    transitions: int
    steps: int | None = None
    exit: str | None = None
    last: State | None = None
    reason: str | None = None

    @property
    def stop(self) -> str:
        """The word for `ending`."""
        return self.ending.value

    def __str__(self) -> str:
        if self.exit is not None:
            return f"exit {shown_label(self.exit)}"
        return f"stuck: {self.reason}" if self.reason else f"stopped: {self.ending}"


@dataclass(frozen=True)
class Request:
    """What to run: a term and its memory, bottom first.

    `strict` makes `in`, `rnd` and `nd` pop-only and `out` push-only. With a `seed`, `rnd` and `nd` never run out: they
    go on with random Church booleans, the same for a seed in every executor.
    """

    term: Term
    memory: Memory = field(default_factory=dict)
    strict: bool = False
    seed: int | None = None

    def loaded(self, table: Table) -> tuple[int, dict[str, list[int]]]:
        """The rows of the term and of the memory in a table."""
        root = self.term.within(table)
        return root, {at: [v.within(table) for v in values] for at, values in self.memory.items() if values}

    def coins(self) -> Mapping[str, Iterator[bool]]:
        """What comes from the streams that never run out."""
        return {} if self.seed is None else {at: _bits(f"{at} {self.seed}") for at in CHOICES}


def _bits(seed: str) -> Iterator[bool]:
    generator = random.Random(seed)
    while True:
        yield bool(generator.getrandbits(1))


def church(table: Table, value: bool) -> int:
    """<x>.<y>.x for true, <x>.<y>.y for false."""
    return table.pop("", table.pop("", table.bound(1 if value else 0), hint="y"), hint="x")


def why_stuck(state: State, strict: bool) -> str:
    """Why there is no transition from a state that is no exit, in the same words whichever machine came to it."""
    kind, *parts = state.code.row
    shown = _shown(state.code)
    if kind == "push":
        return f"nothing can be pushed at {parts[0]} in the strict mode: {shown}"
    if kind == "pop":
        if strict and parts[0] in WRITE_ONLY:
            return f"nothing can be popped at {parts[0]} in the strict mode: {shown}"
        return f"the {f'stack {parts[0]}' if parts[0] else 'main stack'} is empty at {shown}"
    if kind == "primitive":
        values = state.memory.get("", ())
        if len(values) < 2:
            return f"${parts[0]} takes two values, and the main stack has {len(values) or 'none'}"
        x, y = (_shown(v) for v in values[-2:])
        if parts[0] in ("div", "mod") and y == "0" and values[-2].row[0] == "number":
            return f"division by zero: {x} ${parts[0]} 0"
        return f"${parts[0]} has no value for {x} and {y}"
    return f"{'a free variable' if kind == 'free' else 'a value'} cannot be executed: {shown}"


def _shown(term: Term) -> str:
    return beginning(term.table, term.root, _SHOWN)
