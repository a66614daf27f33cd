"""What imperative programs do, told without any machine: a big-step interpreter, which shares nothing with the others.

A statement ends normally, or by break, continue or an exception, which is what the rules of an enclosing statement are
about. What is still to be done lies on a list, so that programs may be nested deeply.

>>> from .syntax import parse
>>> interpret(parse("while 0 < n { print n; n := n - 1 }"), {"n": 2})
Outcome(exit='*', cells={'n': 0}, output=[2, 1], left=[], reason=None)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .syntax import ARITHMETIC, COMPARISONS, Statement

MOST_STEPS = 1_000_000
NORMAL = "*"
_LARGEST_BITS = 1 << 19


@dataclass(frozen=True)
class Outcome:
    """How a program ended: at an exit (*, brk, cnt, or E_ and an exception), or with a reason why it could not go on.

    `left` are the arguments of exceptions that nobody took: a handler without a cell leaves them where they are.
    """

    exit: str | None
    cells: dict[str, int]
    output: list[int]
    left: list[int]
    reason: str | None


class _Stuck(Exception):
    """A program that cannot go on."""


_OPERATIONS: Mapping[str, Callable[[int, int], Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x // y,
    "mod": lambda x, y: x % y,
    "eq": lambda x, y: x == y,
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
}


def interpret(
    program: Statement, cells: Mapping[str, int], inputs: Sequence[int] = (), *, most: int = MOST_STEPS
) -> Outcome:
    """Run a program. `inputs` are what it reads, the first one first."""
    running = _Interpreter(program, dict(cells), list(reversed(inputs)))
    try:
        running.run(most)
    except _Stuck as stuck:
        return Outcome(None, running.cells, running.output, running.left, str(stuck))
    return Outcome(running.signal, running.cells, running.output, running.left, None)


class _Interpreter:
    def __init__(self, program: Statement, cells: dict[str, int], inputs: list[int]) -> None:
        self.rows = program.rows
        self.cells = cells
        self.inputs = inputs
        self.output: list[int] = []
        self.left: list[int] = []
        self.values: list[Any] = []
        self.signal = NORMAL  # how the statement that was done last has ended
        self.pending: list[tuple[str, Any]] = []

    def run(self, most: int) -> None:
        self.pending.append(("do", len(self.rows) - 1))
        for _ in range(most):
            if not self.pending:
                return
            act, about = self.pending.pop()
            getattr(self, f"_{act}")(about)
        raise _Stuck("too many steps")

    def _do(self, number: int) -> None:
        kind, *parts = self.rows[number]
        later = self.pending.append
        if kind == "number":
            self.values.append(parts[0])
        elif kind == "cell":
            self.values.append(self._cell(parts[0]))
        elif kind in ("true", "false"):
            self.values.append(kind == "true")
        elif kind in ARITHMETIC or kind in COMPARISONS:
            later(("compute", kind))
            later(("do", parts[1]))
            later(("do", parts[0]))
        elif kind == "not":
            later(("invert", None))
            later(("do", parts[0]))
        elif kind in ("and", "or"):
            later(("decide", (kind == "or", parts[1])))
            later(("do", parts[0]))
        elif kind in ("assign", "print"):
            later((kind, parts[0]))
            later(("do", parts[-1]))
        elif kind == "read":
            if not self.inputs:
                raise _Stuck("nothing to read")
            self.values.append(self.inputs.pop())
            self._assign(parts[0])
        elif kind == "sequence":
            later(("second", parts[1]))
            later(("do", parts[0]))
        elif kind == "branch":
            later(("choose", parts[1:]))
            later(("do", parts[0]))
        elif kind == "while":
            later(("round", number))
            later(("do", parts[0]))
        elif kind == "throw":
            later(("throw", parts))
            if parts[1] is not None:
                later(("do", parts[1]))
        elif kind == "try":
            later(("caught", parts))
            later(("do", parts[0]))
        else:
            self.signal = {"skip": NORMAL, "break": "brk", "continue": "cnt"}[kind]

    # What is done with values

    def _compute(self, kind: str) -> None:
        y, x = self.values.pop(), self.values.pop()
        if kind in ("div", "mod") and y == 0:
            raise _Stuck("division by zero")
        value = _OPERATIONS[kind](x, y)
        if value.bit_length() > _LARGEST_BITS:
            raise _Stuck("the number is too large")
        self.values.append(value)

    def _invert(self, _: None) -> None:
        self.values.append(not self.values.pop())

    def _decide(self, about: tuple[bool, int]) -> None:
        decided, other = about
        if self.values[-1] is not decided:
            self.values.pop()
            self.pending.append(("do", other))

    def _cell(self, name: str) -> int:
        if name not in self.cells:
            raise _Stuck(f"there is no cell {name}")
        return self.cells[name]

    def _assign(self, name: str) -> None:
        self._cell(name)
        self.cells[name] = self.values.pop()
        self.signal = NORMAL

    def _print(self, _: int) -> None:
        self.output.append(self.values.pop())
        self.signal = NORMAL

    # What is done after statements

    def _second(self, other: int) -> None:
        if self.signal == NORMAL:
            self.pending.append(("do", other))

    def _choose(self, ways: Sequence[int]) -> None:
        self.pending.append(("do", ways[0] if self.values.pop() else ways[1]))

    def _round(self, number: int) -> None:
        if self.values.pop():
            self.pending.append(("again", number))
            self.pending.append(("do", self.rows[number][2]))
        else:
            self.signal = NORMAL

    def _again(self, number: int) -> None:
        if self.signal in (NORMAL, "cnt"):
            self.pending.append(("do", number))
        elif self.signal == "brk":
            self.signal = NORMAL

    def _throw(self, parts: Sequence[Any]) -> None:
        if parts[1] is not None:
            self.left.append(self.values.pop())
        self.signal = f"E_{parts[0]}"

    def _caught(self, parts: Sequence[Any]) -> None:
        _, exception, cell, handler = parts
        if self.signal != f"E_{exception}":
            return
        if cell is not None:
            if not self.left:
                raise _Stuck(f"{exception} came without a value")
            self.values.append(self.left.pop())
            self._assign(cell)
        self.signal = NORMAL
        self.pending.append(("do", handler))
