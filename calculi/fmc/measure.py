"""The measure that strong normalisation is proved with, computed (specification A7.1 [T]).

A term is interpreted on memories of interpreted values, counting:

    *        : 0
    a<x>.M   : 1 + M, with the value popped for x
    [N]a.M   : 1 + M, with the value of N pushed, + the count of that value on zero inputs
    x.M      : the value of x, + M

A zero takes its inputs away, and gives zeros, at no cost. Without the last summand of a push the count is the *weak*
measure, which is the number of pushes and pops that the machine makes. Every beta step lowers the measure by at least
2, and pi leaves it as it is.

>>> from .parsing import parse
>>> measure(parse("[[3].<x:Z>.[x].[x]].<f:(=> Z Z)>.f.f"))
Measure(strong=14, weak=10)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...rewriting.source import LemmataError
from .primitives import ARITHMETIC
from .terms import NO_TYPE, SKIP, Table, Term

MOST = 10_000_000  # steps of the interpretation


class NoMeasure(LemmataError):
    """A term that the measure is not defined for, or too large to be computed."""

    kind = "type"


@dataclass(frozen=True)
class Measure:
    """The measure, and the weak one."""

    strong: int
    weak: int


# A value is a closure (row, environment), or a zero: the row of its type.
_Value = Any


@dataclass
class _Evaluation:
    """A term that is run on a memory; where a stack is empty, there are zeros."""

    row: int
    environment: Any
    memory: dict[str, list[_Value]] = field(default_factory=dict)
    frames: list[tuple[int, Any]] = field(default_factory=list)


def measure(term: Term) -> Measure:
    """The measures of a closed, annotated and typed term without control.

    Raises NoMeasure for joins on other labels than *, loops, missing annotations, and counts that take too long.
    """
    return Measure(_count(term, True), _count(term, False))


def _count(term: Term, strong: bool) -> int:
    table = term.table
    total = 0
    evaluations = [_Evaluation(term.root, None)]
    for _ in range(MOST):
        if not evaluations:
            return total
        here = evaluations[-1]
        kind, *parts = table.rows[here.row]
        if kind == "push":
            location, argument, here.row = parts
            value = _value(table, argument, here.environment)
            here.memory.setdefault(location, []).append(value)
            total += 1
            if strong and isinstance(value, tuple):
                evaluations.append(_Evaluation(*value))
        elif kind == "pop":
            location, type, here.row = parts
            if type == NO_TYPE:
                raise NoMeasure("the measure needs a type at every pop", hint="annotate it, as in <x:Z>")
            stack = here.memory.get(location)
            here.environment = (stack.pop() if stack else type, here.environment)
            total += 1
        elif kind == "join" and parts[0] == SKIP:
            here.frames.append((parts[2], here.environment))
            here.row = parts[1]
        elif kind == "bound":
            value = _value(table, here.row, here.environment)
            if isinstance(value, tuple):
                here.row, here.environment = value
            else:
                _zero(table, value, here)
        elif kind == "primitive" and parts[0] in ARITHMETIC:
            z = table.base("Z")
            _zero(table, table.arrow({"": [z, z]}, {SKIP: {"": [z]}}), here)
        elif kind == "jump" and parts[0] == SKIP:
            if here.frames:
                here.row, here.environment = here.frames.pop()
            else:
                evaluations.pop()
        else:
            raise NoMeasure("the measure is for typed terms without control", hint="no exits, comparisons or loops")
    raise NoMeasure("the measure is too large to be computed")


def _value(table: Table, row: int, environment: Any) -> _Value:
    kind, *parts = table.rows[row]
    if kind in ("number", "constant"):
        return table.base("Z" if kind == "number" else "C")
    if kind != "bound":
        return row, environment
    for _ in range(parts[0]):
        environment = environment[1]
    return environment[0]


def _zero(table: Table, type: int, here: _Evaluation) -> None:
    """Execute a zero of an arrow type."""
    row = table.rows[type]
    if row[0] != "arrow" or dict(row[2]).keys() - {SKIP}:
        raise NoMeasure("the measure is for typed terms without control")
    for location, types in row[1]:
        stack = here.memory.get(location, [])
        del stack[max(0, len(stack) - len(types)) :]
    for location, types in dict(row[2]).get(SKIP, ()):
        here.memory.setdefault(location, []).extend(types)
    here.row = table.skip()
