"""The machine with closures: the specification of every other executor, in plain Python.

A closure is a row with the values of its loose variables; a push captures the environment, a pop extends it, and an
executed variable goes on with its closure (specification A3, formulation iii; control as in B2). Terms are closed when
they leave the machine: their values are put back for their variables.

>>> from .parsing import parse
>>> run(parse("c<f>.[f]c.f"), {"c": [parse("[2].[3].$add")]}).memory[""]
[Term('5')]
>>> for step in steps(Request(parse("[1].#e ; #e -> <x>.[x].[x]"))):
...     print(f"{step.rule:7} {step.state}")
start   ( ε | [1].#e ; #e -> <x>.[x].[x] | ε )
join    ( ε | [1].#e | (#e -> <x>.[x].[x]) )
push    ( 1 | #e | (#e -> <x>.[x].[x]) )
select  ( 1 | <x>.[x].[x] | ε )
pop     ( ε | [1].[1] | ε )
push    ( 1 | [1] | ε )
push    ( 1 1 | * | ε )
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...rewriting.limits import Clock, Limits
from .machine import (
    CHOICES,
    FUEL,
    LIMITS,
    READ_ONLY,
    WRITE_ONLY,
    Ending,
    Frame,
    Memory,
    Request,
    Run,
    State,
    Step,
    church,
    why_stuck,
)
from .primitives import ARITHMETIC, FALSE, TRUE, compare, compute
from .substitution import close
from .terms import Table, Term

_SLICE = 1 << 14  # transitions between two looks at the clock

# A closure is (row, environment), an environment (closure of the innermost variable, outer environment) or None, and
# a continuation (label, row, environment, continuation below) or None. Plain tuples, because they are made so often.
Closure = tuple[int, Any]
Continuation = Any


class Machine:
    """A run, one transition at a time. `ending` is None as long as there may be another."""

    def __init__(self, request: Request) -> None:
        self.table = table = Table()
        root, memory = request.loaded(table)
        self.code: int = root
        self.environment: Any = None
        self.stacks: dict[str, list[Closure]] = {at: [(v, None) for v in values] for at, values in memory.items()}
        self.frames: Continuation = None
        self.transitions = self.steps = 0
        self.ending: Ending | None = None
        self.exit: str | None = None
        self._strict = request.strict
        self._coins = request.coins()

    def step(self) -> str | None:
        """Make a transition, and name it; None where the run ends."""
        row = self.table.rows[self.code]
        kind = row[0]
        if kind == "push":
            if self._strict and row[1] in READ_ONLY:
                return self._stuck()
            self.stacks.setdefault(row[1], []).append(self.value(row[2]))
            self.code = row[3]
            self.steps += 1
        elif kind == "pop":
            if self._strict and row[1] in WRITE_ONLY:
                return self._stuck()
            stack = self.stacks.get(row[1])
            if not stack and row[1] in self._coins:
                stack = self.stacks[row[1]] = [(church(self.table, next(self._coins[row[1]])), None)]
            if not stack:
                return self._stuck()
            self.environment = (stack.pop(), self.environment)
            self.code = row[3]
            self.steps += 1
        elif kind == "join":
            self.frames = (row[1], row[3], self.environment, self.frames)
            self.code = row[2]
        elif kind == "loop":
            self.frames = (row[1], self.code, self.environment, self.frames)
            self.code = row[2]
        elif kind == "jump":
            if self.frames is None:
                self.ending, self.exit = Ending.EXIT, row[1]
                return None
            label, code, environment, self.frames = self.frames
            if label != row[1]:
                self.transitions += 1
                return "reject"
            self.code, self.environment = code, environment
            kind = "select"
        elif kind == "bound":
            self.code, self.environment = self.value(self.code)
            if self.table.rows[self.code][0] in ("number", "constant"):
                return self._stuck()
            kind = "execute"
        elif kind == "primitive":
            return self._primitive(row[1])
        else:
            return self._stuck()
        self.transitions += 1
        return str(kind)

    def value(self, row: int) -> Closure:
        """What a push of this argument pushes: the value of a variable, or a closure."""
        if self.table.rows[row][0] != "bound":
            return row, self.environment if self.table.loose[row] else None
        environment = self.environment
        for _ in range(self.table.rows[row][1]):
            environment = environment[1]
        found: Closure = environment[0]
        return found

    def _primitive(self, name: str) -> str | None:
        table = self.table
        stack = self.stacks.setdefault("", [])
        if len(stack) < 2:
            return self._stuck()
        x, y = (table.rows[closure[0]] for closure in stack[-2:])
        value = answer = None
        if name in ARITHMETIC:
            value = compute(name, x[1], y[1]) if x[0] == y[0] == "number" else None
        elif x[0] in ("number", "constant") and y[0] in ("number", "constant"):
            answer = compare(name, x[1], y[1])
        if value is None and answer is None:
            return self._stuck()
        del stack[-2:]
        self.code = table.skip()
        if value is not None:
            stack.append((table.number(value), None))
        elif name == "eqb":
            stack.append((church(table, bool(answer)), None))
        else:
            self.code = table.jump(TRUE if answer else FALSE)
        self.transitions += 1
        return "primitive"

    def _stuck(self) -> str | None:
        self.ending = Ending.STUCK
        return None

    def run(self, fuel: int, clock: Clock) -> None:
        """Go on to the end, or for `fuel` transitions in all, or to a limit of the clock."""
        while self.ending is None:
            until = min(fuel, self.transitions + _SLICE)
            while self.transitions < until and self.step():
                pass
            if self.ending is None:
                self.ending = Ending.FUEL if self.transitions >= fuel else _limit(clock)

    # States as terms

    def row_of(self, closure: Closure) -> int:
        """The closed term of a closure: linear in the closures below it, each of which is put in once."""
        done: dict[int, int] = {}  # rows, by the identity of closures, which the machine keeps alive
        stack = [closure]
        while stack:
            here = stack[-1]
            if id(here) in done:
                stack.pop()
                continue
            values = self._values(here)
            missing = [v for v in values if id(v) not in done]
            if missing:
                stack.extend(missing)
                continue
            done[id(here)] = close(self.table, here[0], [done[id(v)] for v in values])
            stack.pop()
        return done[id(closure)]

    def _values(self, closure: Closure) -> list[Closure]:
        """The values of the variables that a row may have, the innermost first."""
        values = []
        row, environment = closure
        for _ in range(self.table.loose[row]):
            values.append(environment[0])
            environment = environment[1]
        return values

    def memory(self) -> dict[str, list[Term]]:
        """The stacks that are not empty, as closed terms."""
        stacks = sorted(self.stacks.items())
        return {at: [Term(self.table, self.row_of(v)) for v in stack] for at, stack in stacks if stack}

    def state(self) -> State:
        """Where the run stands."""
        frames = []
        at = self.frames
        while at is not None:
            label, row, environment, at = at
            frames.append(Frame(label, Term(self.table, self.row_of((row, environment)))))
        code = Term(self.table, self.row_of((self.code, self.environment)))
        return State(self.memory(), code, tuple(reversed(frames)))

    def result(self) -> Run:
        """What became of the run, which has ended."""
        assert self.ending is not None
        last = None if self.ending is Ending.EXIT else self.state()
        reason = why_stuck(last, self._strict) if last is not None and self.ending is Ending.STUCK else None
        return Run(self.ending, self.memory(), self.transitions, self.steps, self.exit, last, reason)

    def copy(self) -> Machine:
        """The same state, to go on from in two ways."""
        other = object.__new__(Machine)
        other.__dict__.update(self.__dict__)
        other.stacks = {at: list(stack) for at, stack in self.stacks.items()}
        return other


def _limit(clock: Clock) -> Ending | None:
    reason = clock.reason()
    return None if reason is None else LIMITS[reason]


def execute(request: Request, *, fuel: int | None = FUEL, limits: Limits | None = None) -> Run:
    """Run a request to its end, or for `fuel` transitions, or to a limit; Ctrl-C is one."""
    clock = Clock(limits or Limits())
    ran = Machine(request)
    with clock.holding_interrupts():
        ran.run(sys.maxsize if fuel is None else fuel, clock)
        return ran.result()


def run(term: Term, memory: Memory | None = None, *, fuel: int = FUEL, strict: bool = False) -> Run:
    """Run a term on a memory (stacks bottom first), with an empty continuation stack."""
    return execute(Request(term, memory or {}, strict), fuel=fuel)


def steps(request: Request, *, fuel: int = FUEL) -> Iterator[Step]:
    """The first state, called `start`, then every transition and the state that it leads to."""
    ran = Machine(request)
    yield Step("start", ran.state())
    while ran.transitions < fuel and (rule := ran.step()):
        yield Step(rule, ran.state())


@dataclass(frozen=True)
class Branch:
    """A run under one sequence of choices: the probability of those of `rnd`, and those of `nd`."""

    weight: Fraction
    chosen: tuple[bool, ...]
    run: Run


def branches(request: Request, *, fuel: int = FUEL, limits: Limits | None = None) -> Iterator[Branch]:
    """All runs, where `rnd` and `nd` go on with true and with false when they are empty, true first (A4).

    Exact: the weights of the runs that share the choices of `nd` add up to 1. `fuel` bounds the transitions of all runs
    together; those that it cuts short are among the branches, with what was reached.
    """
    clock = Clock(limits or Limits())
    pending: list[tuple[Fraction, tuple[bool, ...], Machine]] = [(Fraction(1), (), Machine(request))]
    spent = 0
    while pending:
        weight, chosen, ran = pending.pop()
        before = ran.transitions
        while ran.ending is None:
            location = _wants(ran)
            if location is not None:
                for value in (False, True):
                    other = ran.copy()
                    other.stacks[location] = [(church(other.table, value), None)]
                    made = chosen if location == "rnd" else (*chosen, value)
                    pending.append((weight / 2 if location == "rnd" else weight, made, other))
                break
            if spent + ran.transitions - before >= fuel:
                ran.ending = Ending.FUEL
            elif ran.transitions % _SLICE == 0:
                ran.ending = _limit(clock)
            if ran.ending is None:
                ran.step()
        spent += ran.transitions - before
        if ran.ending is not None:
            yield Branch(weight, chosen, ran.result())


def _wants(ran: Machine) -> str | None:
    """The stream of choices that the next transition would find empty."""
    row = ran.table.rows[ran.code]
    return row[1] if row[0] == "pop" and row[1] in CHOICES and not ran.stacks.get(row[1]) else None


def distribution(term: Term, memory: Memory | None = None, *, fuel: int = FUEL) -> dict[Term, Fraction]:
    """The exact distribution of the top of the main stack, where `rnd` is fair. Runs that leave none are left out.

    >>> from .parsing import parse
    >>> {str(t): str(p) for t, p in distribution(parse("[[3]].[[[2]].[[1]].rnd<b>.b].rnd<b>.b")).items()}
    {'1': '1/4', '2': '1/4', '3': '1/2'}
    """
    found: dict[Term, Fraction] = {}
    for branch in branches(Request(term, memory or {}), fuel=fuel):
        if branch.run.memory.get(""):
            top = branch.run.memory[""][-1]
            found[top] = found.get(top, Fraction(0)) + branch.weight
    return found
