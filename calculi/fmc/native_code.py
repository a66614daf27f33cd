"""A program of the calculus translated to LLVM IR, by running it on symbolic states.

A *block* of code is made for a program point together with what is known when it is reached (`native_symbols.py`):
which values lie on the stacks, in registers; which frames wait on the continuation stack; which closures are known and
so need not be built. Where one point is reached with the same knowledge again, there is a jump to the same block. So a
loop is a loop of machine code, a jump to a label in sight is a jump, and the cells of an imperative program are
registers.

    i64 @f<n>(ptr context, ptr sp, ptr kp, ptr hp, i64 self, i64 fuel)      tail calls guaranteed (tailcc, musttail)

A *function* is a way in from outside: the code of a closure, whose captures lie in `self`, or that of a frame, whose
values lie on the continuation stack. Where the code that comes next is not known, at a variable or at a jump whose
frame is not in sight, the known tops are written to memory, and control goes there.

Knowledge must not grow for ever. Of one point only so many blocks are made: then integers are taken for any words, then
stacks are written to memory, and at last the frames too, and the rest is the point's function.

Code comes back to Python at a *point*, leaving its symbolic state's words in the context, when it is stuck, when fuel
or memory are used up, which loops and functions look at, and at the end. Integers that do not fit a word, and
comparisons of other values than integers, are computed by a call to Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import native_layout as layout
from .captures import captures
from .machine import church
from .native_function import Function, Point, Role, TooLarge
from .native_runtime import PRELUDE, jump
from .native_symbols import Handler, Word
from .primitives import FALSE, TRUE
from .terms import SKIP, Table

MOST_ROWS = 20_000
_MOST_BUILT = 1 << 15  # cells of the heap that all code together may take
_MOST_WRITTEN = 8_000  # cells of frames in all code
_LABELLED = ("jump", "join", "loop")


@dataclass(frozen=True)
class Native:
    """A module as text, and what Python must know of it. Function 0 is the end of every run."""

    text: str
    functions: Mapping[tuple[Role, int], int]
    rows: Sequence[int]  # by function
    captured: Mapping[int, tuple[int, ...]]
    points: Sequence[Point]
    locations: Sequence[str]
    labels: Sequence[str]
    constants: Sequence[str]
    large: Sequence[int]  # integers that do not fit a word, by their number
    statics: Mapping[int, int]  # closures without captures: the function's row, and the place in @statics


def translate(
    table: Table, root: int, values: Iterable[int], locations: Iterable[str], *, strict: bool, choices: bool
) -> Native:
    """The code of a program and of the closed values that its memory has, which may lie at `locations`.

    With `choices`, code can go on where `rnd` or `nd` was empty. Raises TooLarge.
    """
    return Module(table, root, list(values), list(locations), strict, choices).translate()


class Module:
    """What all functions of a program share."""

    def __init__(
        self, table: Table, root: int, values: list[int], locations: list[str], strict: bool, choices: bool
    ) -> None:
        self.table = table
        self.root = root
        self.values = values
        self.strict = strict
        self.choices = choices
        self.truth = {value: church(table, value) for value in (True, False)}
        exits = [table.jump(label) for label in (SKIP, TRUE, FALSE)]  # of primitives
        roots = [root, *values, *self.truth.values(), *exits]
        rows = table.reachable(roots)
        if len(rows) > MOST_ROWS:
            raise TooLarge
        self.captured = captures(table, roots)
        self.locations = sorted(
            {"", *locations, *(table.rows[i][1] for i in rows if table.rows[i][0] in ("push", "pop"))}
        )
        self.labels = sorted({SKIP, TRUE, FALSE} | {table.rows[i][1] for i in rows if table.rows[i][0] in _LABELLED})
        if len(self.labels) >= layout.MOST_LABELS or max(map(len, self.captured.values())) > layout.MOST_CAPTURES:
            raise TooLarge
        self.constants = sorted({table.rows[i][1] for i in rows if table.rows[i][0] == "constant"})
        numbers = {table.rows[i][1] for i in rows if table.rows[i][0] == "number"}
        self.large = sorted(n for n in numbers if layout.integer(n) is None)
        self.functions: dict[tuple[Role, int], int] = {}
        self.rows: list[int] = [-1]
        self.statics: dict[int, int] = {}
        self.points: list[Point] = []
        self.blocks = 0
        self.built = 0
        self.written = 0
        self.count = 0

    def translate(self) -> Native:
        self.function(Role.FRAME, self.root)
        for value in (*self.values, *(self.truth.values() if self.choices else ())):
            if self.table.rows[value][0] not in ("number", "constant"):
                self.static(value)
        texts: list[str] = []
        waiting = iter(self.functions.copy())
        done: set[tuple[Role, int]] = set()
        while len(done) < len(self.functions):
            for role, row in waiting:
                texts.append(Function(self, role, row).text())
                done.add((role, row))
            waiting = iter([f for f in self.functions if f not in done])
        parts = [PRELUDE, self._tables(), *(jump(n) for n in range(len(self.labels))), *texts]
        return Native(
            "\n".join(parts),
            self.functions,
            self.rows,
            self.captured,
            self.points,
            self.locations,
            self.labels,
            self.constants,
            self.large,
            self.statics,
        )

    # Numbers

    def name(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def label(self) -> str:
        self.count += 1
        return f"L{self.count}"

    def function(self, role: Role, row: int) -> int:
        """The number of a function, which is made if it is new."""
        number = self.functions.get((role, row))
        if number is None:
            number = self.functions[role, row] = len(self.rows)
            self.rows.append(row)
        return number

    def static(self, row: int) -> str:
        """The address of the closure of a row without captures, as a constant."""
        self.function(Role.CLOSURE, row)
        place = self.statics.setdefault(row, len(self.statics))
        return f"ptrtoint (ptr getelementptr (i64, ptr @statics, i64 {place}) to i64)"

    def literal(self, row: int) -> Word | None:
        """The word of a number or constant; None for other rows."""
        kind, *values = self.table.rows[row]
        if kind == "number":
            small = layout.integer(values[0])
            return Word(str(self.large.index(values[0]) << 3 | 4), "any") if small is None else Word(str(small), "int")
        if kind == "constant":
            return Word(str(self.constants.index(values[0]) << 3 | 2), "any")
        return None

    def frame_header(self, handler: Handler) -> int:
        number = self.function(Role.FRAME, handler.row)
        return layout.signed(layout.frame_header(number, self.labels.index(handler.label), len(handler.values)))

    def take(self, cells: int) -> None:
        """Book what code may take from the heap between two looks at it."""
        self.built += cells
        if self.built > _MOST_BUILT:
            raise TooLarge

    def write(self, cells: int) -> None:
        """Book what code writes of frames: wide ones, many times over, take LLVM minutes."""
        self.written += cells
        if self.written > _MOST_WRITTEN:
            raise TooLarge

    # What does not depend on the program's blocks

    def _tables(self) -> str:
        addresses = ", ".join(["ptr @end", *(f"ptr @f{n}" for n in range(1, len(self.rows)))])
        headers = [layout.closure_header(self.functions[Role.CLOSURE, row], 0) for row in self.statics] or [1]
        return (
            f"@functions = constant [{len(self.rows)} x ptr] [{addresses}]\n"
            f"@statics = global [{len(headers)} x i64] [{', '.join(f'i64 {h}' for h in headers)}]"
        )
