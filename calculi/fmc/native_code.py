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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from . import native_layout as layout
from .captures import captures
from .machine import CHOICES, READ_ONLY, WRITE_ONLY, church
from .native_symbols import (
    Handler,
    Shapes,
    Stack,
    State,
    Thunk,
    Value,
    Word,
    rebuilt,
    shapes_of,
    widened,
)
from .primitives import ARITHMETIC, FALSE, TRUE
from .terms import LEAVES, SKIP, Table

MOST_ROWS = 20_000
_MOST_BLOCKS = 4_000
_INLINED = 60  # blocks after which closures that are known are built and entered like any other
_VERSIONS = 2  # blocks of one point, at each degree of knowledge
_DEEPEST = 3  # closures in closures that need not be built
_TALLEST = 48  # values of one stack that are kept in registers
_WIDEST = 48  # values in registers where blocks meet
_MOST_BUILT = 1 << 15  # cells of the heap that all code together may take

_REGISTERS = "ptr %c, ptr {sp}, ptr {kp}, ptr {hp}, i64 {self}, i64 {fuel}"
_PARAMETERS = "ptr %c, ptr %sp, ptr %kp, ptr %hp, i64 %self, i64 %fuel"
_COLD = "!prof !0"  # the first of two successors hardly ever comes


class TooLarge(Exception):
    """The program would be too much code."""


class Why(Enum):
    """Why code comes back to Python at a point."""

    STUCK = "stuck"
    FUEL = "fuel"  # or the heap is full
    STACK = "stack"  # a stack has no room


@dataclass(frozen=True)
class Point:
    """Where code comes back: why, the symbolic state there, and the names of the words that it leaves, in order."""

    why: Why
    state: State
    names: tuple[str, ...]


class Role(Enum):
    """What a function is entered by."""

    CLOSURE = "closure"
    FRAME = "frame"


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
    return _Module(table, root, list(values), list(locations), strict, choices).translate()


@dataclass
class _Block:
    label: str
    state: State
    safe: bool
    phis: list[tuple[str, str, list[tuple[str, str]]]]  # type, name, and (value, label of predecessor)
    lines: list[str] = field(default_factory=list)


class _Module:
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
                texts.append(_Function(self, role, row).text())
                done.add((role, row))
            waiting = iter([f for f in self.functions if f not in done])
        parts = [_PRELUDE, self._tables(), *(self._jump(n) for n in range(len(self.labels))), *texts]
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

    # What does not depend on the program's blocks

    def _tables(self) -> str:
        addresses = ", ".join(["ptr @end", *(f"ptr @f{n}" for n in range(1, len(self.rows)))])
        headers = [layout.closure_header(self.functions[Role.CLOSURE, row], 0) for row in self.statics] or [1]
        return (
            f"@functions = constant [{len(self.rows)} x ptr] [{addresses}]\n"
            f"@statics = global [{len(headers)} x i64] [{', '.join(f'i64 {h}' for h in headers)}]"
        )

    def _jump(self, number: int) -> str:
        """The jump to a label whose frame is not known: frames that do not handle it are dropped."""
        return _JUMP.format(parameters=_PARAMETERS, label=number, any=layout.ANY, transition=layout.TRANSITION)


_LABELLED = ("jump", "join", "loop")


class _Function:
    """The code of one function: blocks, made from a list of those that still have to be written."""

    def __init__(self, module: _Module, role: Role, row: int) -> None:
        self.module = module
        self.table = module.table
        self.captured = module.captured
        self.role = role
        self.row = row
        self.blocks: dict[Shapes, _Block] = {}
        self.versions: dict[tuple[int, object], int] = {}
        self.waiting: list[_Block] = []
        self.cold: list[str] = []
        self.out: list[str] = []
        self.here = "entry"

    def text(self) -> str:
        number = self.module.function(self.role, self.row)
        lines = [f"define internal tailcc i64 @f{number}({_PARAMETERS}) nounwind {{", "entry:"]
        self.out = lines
        self._enter(number)
        while self.waiting:
            block = self.waiting.pop()
            self.out = block.lines
            self.here = block.label
            state = block.state.copy()
            if block.safe:
                self._safepoint(state)
            self._straight(state)
        for block in self.blocks.values():
            lines.append(f"{block.label}:")
            for kind, name, incoming in block.phis:
                lines.append(f" {name} = phi {kind} " + ", ".join(f"[ {v}, %{label} ]" for v, label in incoming))
            lines += block.lines
        return "\n".join([*lines, *self.cold, "}"])

    # Writing

    def put(self, line: str) -> None:
        self.out.append(" " + line)

    def let(self, expression: str) -> str:
        name = self.module.name()
        self.out.append(f" {name} = {expression}")
        return name

    def begin(self, label: str) -> None:
        self.out.append(f"{label}:")
        self.here = label

    def cell(self, base: str, offset: int) -> str:
        return self.let(f"getelementptr i64, ptr {base}, i64 {offset}") if offset else base

    def load(self, base: str, offset: int, kind: str = "i64") -> str:
        return self.let(f"load {kind}, ptr {self.cell(base, offset)}")

    def store(self, value: str, base: str, offset: int, kind: str = "i64") -> None:
        self.put(f"store {kind} {value}, ptr {self.cell(base, offset)}")

    def unless(self, condition: str, where: str) -> None:
        """Go to a cold block if a condition holds."""
        rest = self.module.label()
        self.put(f"br i1 {condition}, label %{where}, label %{rest}, {_COLD}")
        self.begin(rest)

    def tail(self, function: str, state: State, self_: str) -> None:
        """Hand over to a function."""
        registers = _REGISTERS.format(sp=state.sp, kp=state.kp, hp=state.hp, self=self_, fuel=self.spent(state))
        result = self.let(f"musttail call tailcc i64 {function}({registers})")
        self.put(f"ret i64 {result}")

    def spent(self, state: State) -> str:
        """The fuel after what is pending."""
        if state.pending:
            state.fuel = self.let(f"sub i64 {state.fuel}, {state.pending}")
            state.pending = 0
        return state.fuel

    # The way in

    def _enter(self, number: int) -> None:
        full = self.module.label()
        self._look("%fuel", "%hp", full)
        self.cold.append(f"{full}:")
        self.cold.append(
            f" %back = call i64 @leave({_PARAMETERS}, i64 {number}, i64 {layout.FUNCTION})\n ret i64 %back"
        )
        captured = self.captured[self.row]
        environment: list[Value | None] = [None] * self.table.loose[self.row]
        kp = "%kp"
        if self.role is Role.CLOSURE:
            if captured:
                base = self.let("inttoptr i64 %self to ptr")
            for n, k in enumerate(captured):
                environment[-1 - k] = Word(self.load(base, 1 + n), "any")
        else:
            size = len(captured)
            for n, k in enumerate(captured):
                environment[-1 - k] = Word(self.load("%kp", n - 1 - size), "any")
            kp = self.cell("%kp", -1 - size)
        state = State(self.row, environment, {}, [], "%sp", kp, "%hp", "%fuel")
        self._straight(state)

    def _look(self, fuel: str, hp: str, full: str) -> None:
        spent = self.let(f"icmp slt i64 {fuel}, 0")
        limit = self.load("%c", layout.HEAP_LIMIT, "ptr")
        crowded = self.let(f"icmp ugt ptr {hp}, {limit}")
        self.unless(self.let(f"or i1 {spent}, {crowded}"), full)

    def _safepoint(self, state: State) -> None:
        """Come back to Python if fuel or heap are used up. It goes on with the function of the row's frame."""
        self._resumable(state)
        self._look(state.fuel, state.hp, self.point(Why.FUEL, state))

    def _resumable(self, state: State) -> None:
        """See to it that Python can write this state to memory and have it gone on with."""
        values = [v for v in state.environment if v is not None]
        values += [v for stack in state.stacks.values() for v in stack.values]
        for row in (state.row, *(h.row for h in state.handlers)):
            self.module.function(Role.FRAME, row)
        pending = values + [v for h in state.handlers for v in h.values]
        while pending:
            value = pending.pop()
            if isinstance(value, Thunk):
                pending += value.values
                if value.values:
                    self.module.function(Role.CLOSURE, value.row)
                else:
                    self.module.static(value.row)

    def point(self, why: Why, state: State) -> str:
        """The label of a cold block that comes back to Python with this state."""
        number = layout.POINTS + len(self.module.points)
        _, names = shapes_of(state, self.captured, False)
        environment: list[Value | None] = [None] * self.table.loose[state.row]
        for k, value in zip(self.captured[state.row], state.captured(self.captured[state.row]), strict=True):
            environment[-1 - k] = value
        kept = state.copy()
        kept.environment = environment
        kept.stacks = {at: Stack(s.taken, [state.current(v) for v in s.values]) for at, s in state.stacks.items()}
        kept.handlers = [Handler(h.label, h.row, tuple(state.current(v) for v in h.values)) for h in state.handlers]
        self.module.points.append(Point(why, kept, tuple(dict.fromkeys(names))))
        label = self.module.label()
        outer, where, self.out = self.out, self.here, self.cold
        self.out.append(f"{label}:")
        for n, name in enumerate(dict.fromkeys(names)):
            self.store(name, "%c", layout.values_cell(len(self.module.locations)) + n)
        fuel = self.let(f"sub i64 {state.fuel}, {state.pending}")
        registers = _REGISTERS.format(sp=state.sp, kp=state.kp, hp=state.hp, self="0", fuel=fuel)
        back = self.let(f"call i64 @leave({registers}, i64 0, i64 {number})")
        self.put(f"ret i64 {back}")
        self.out, self.here = outer, where
        return label

    # Blocks

    def go(self, state: State, safe: bool = False) -> None:
        """End the current block with a jump to the block of a state."""
        if any(len(stack.values) > _TALLEST for stack in state.stacks.values()):
            self.flush_stacks(state)
        self.spent(state)
        control: object = None
        for degree in range(4):
            if degree == 2:
                self.flush_stacks(state)
            if degree == 3:
                self.enter_frame(state)
                return
            key, names = shapes_of(state, self.captured, safe)
            if degree:
                key = _any(key)
            block = self.blocks.get(key)
            control = key.control
            crowded = self.versions.get((degree, control), 0) >= _VERSIONS or len(names) > _WIDEST
            if block is None and crowded:
                continue
            if block is None:
                self.versions[degree, control] = self.versions.get((degree, control), 0) + 1
                block = self._block(key)
            self._jump(block, state, names)
            return

    def enter_frame(self, state: State) -> None:
        """Write everything to memory, and go on in the function of the row."""
        self.flush_stacks(state)
        values = state.captured(self.captured[state.row])
        number = self.module.function(Role.FRAME, state.row)
        self.flush_handlers(state, Handler(SKIP, state.row, values))
        self.tail(f"@f{number}", state, "0")

    def _block(self, key: Shapes) -> _Block:
        self.module.blocks += 1
        if self.module.blocks > _MOST_BLOCKS:
            raise TooLarge
        registers = [self.module.name() for _ in range(4)]
        phis: list[tuple[str, str, list[tuple[str, str]]]] = [
            (kind, name, []) for kind, name in zip(("ptr", "ptr", "ptr", "i64"), registers, strict=True)
        ]

        def fresh() -> Iterable[str]:
            while True:
                name = self.module.name()
                phis.append(("i64", name, []))
                yield name

        names = iter(fresh())
        environment: list[Value | None] = [None] * self.table.loose[key.row]
        for k, given in zip(self.captured[key.row], key.environment, strict=True):
            environment[-1 - k] = rebuilt(given, names)
        stacks = {at: Stack(taken, [rebuilt(s, names) for s in shapes]) for at, taken, shapes in key.stacks}
        handlers = [
            Handler(label, row, tuple(rebuilt(s, names) for s in shapes)) for label, row, shapes in key.handlers
        ]
        sp, kp, hp, fuel = registers
        state = State(key.row, environment, stacks, handlers, sp, kp, hp, fuel)
        block = _Block(self.module.label(), state, key.safe, phis)
        self.blocks[key] = block
        self.waiting.append(block)
        return block

    def _jump(self, block: _Block, state: State, names: Sequence[str]) -> None:
        given = [state.sp, state.kp, state.hp, state.fuel, *names]
        for (_, _, incoming), value in zip(block.phis, given, strict=True):
            incoming.append((value, self.here))
        self.put(f"br label %{block.label}")

    # Memory

    def top(self, state: State, location: str) -> str:
        if not location:
            return state.sp
        if location not in state.tops:
            cell = layout.top_cell(self.module.locations.index(location))
            state.tops[location] = self.load("%c", cell, "ptr")
        return state.tops[location]

    def word(self, state: State, value: Value) -> Word:
        """A value as a word: a closure is built, if it was not."""
        value = state.current(value)
        if isinstance(value, Word):
            return value
        if not value.values:
            return Word(self.module.static(value.row), "pointer")
        names = [self.word(state, v).name for v in value.values]
        number = self.module.function(Role.CLOSURE, value.row)
        self.module.take(1 + len(names))
        header = layout.signed(layout.closure_header(number, len(names)))
        for n, name in enumerate([str(header), *names]):
            self.store(name, state.hp, n)
        built = Word(self.let(f"ptrtoint ptr {state.hp} to i64"), "pointer")
        state.hp = self.cell(state.hp, 1 + len(names))
        state.built[value] = built
        return built

    def flush_stacks(self, state: State) -> None:
        """Write what is known of all stacks to memory."""
        grown: list[tuple[str, int]] = []
        for location in sorted(state.stacks):
            stack = state.stacks.pop(location)
            if not stack.taken and not stack.values:
                continue
            words = [self.word(state, v).name for v in stack.values]
            top = self.top(state, location)
            for n, name in enumerate(words):
                depth = stack.taken - n  # the cell below the top that it goes to, from 1
                if depth < 1 or stack.loaded[depth - 1 : depth] != [name]:
                    self.store(name, top, -depth)
            moved = len(words) - stack.taken
            if moved:
                state.tops[location] = top = self.cell(top, moved)
                number = self.module.locations.index(location)
                if location:
                    self.store(top, "%c", layout.top_cell(number), "ptr")
                else:
                    state.sp = top
                if moved > 0:
                    grown.append((top, layout.limit_cell(number)))
        for top, cell in grown:
            self.room(state, top, cell)

    def flush_handlers(self, state: State, last: Handler | None = None) -> None:
        """Build the frames that are known, and one more."""
        if last is not None:
            state.handlers.append(last)
        handlers, state.handlers = state.handlers, []
        for handler in handlers:
            names = [self.word(state, v).name for v in handler.values]
            for n, name in enumerate([*names, str(self.module.frame_header(handler))]):
                self.store(name, state.kp, n)
            state.kp = self.cell(state.kp, 1 + len(names))
        if handlers:
            self.room(state, state.kp, layout.frames_limit_cell(len(self.module.locations)))

    def room(self, state: State, top: str, cell: int) -> None:
        limit = self.load("%c", cell, "ptr")
        self.unless(self.let(f"icmp ugt ptr {top}, {limit}"), self.point(Why.STACK, state))

    # Instructions

    def _straight(self, state: State) -> None:
        """Run a symbolic state to the end of its block."""
        while True:
            row = self.table.rows[state.row]
            kind = row[0]
            if kind == "push":
                if self.module.strict and row[1] in READ_ONLY:
                    return self._stuck(state)
                state.stack(row[1]).values.append(self._argument(state, row[2]))
                state.row = row[3]
                state.pending += layout.ONE_STEP
            elif kind == "pop":
                if self.module.strict and row[1] in WRITE_ONLY:
                    return self._stuck(state)
                state.environment = [*state.environment, self._pop(state, row[1])]
                state.row = row[3]
                state.pending += layout.ONE_STEP
            elif kind in ("join", "loop"):
                handled = row[3] if kind == "join" else state.row
                values = state.captured(self.captured[handled])
                state.handlers.append(Handler(row[1], handled, values))
                state.row = row[2]
                state.pending += layout.TRANSITION
            elif kind == "jump":
                return self._jump_to(state, row[1])
            elif kind == "bound":
                value = state.environment[-1 - row[1]]
                assert value is not None
                return self._execute(state, state.current(value))
            elif kind == "primitive":
                return self._primitive(state, row[1])
            else:
                return self._stuck(state)

    def _stuck(self, state: State) -> None:
        self.put(f"br label %{self.point(Why.STUCK, state)}")

    def _argument(self, state: State, row: int) -> Value:
        """The value that a push of this row pushes."""
        if self.table.rows[row][0] == "bound":
            value = state.environment[-1 - self.table.rows[row][1]]
            assert value is not None
            return state.current(value)
        literal = self.module.literal(row)
        if literal is not None:
            return literal
        thunk = Thunk(row, state.captured(self.captured[row]))
        return self.word(state, thunk) if thunk.depth > _DEEPEST else thunk

    def _pop(self, state: State, location: str) -> Value:
        stack = state.stack(location)
        if stack.values:
            return state.current(stack.values.pop())
        if self.module.choices and location in CHOICES:
            self._resumable(state)  # after more choices have come
        name = self.load(self.top(state, location), -1 - stack.taken)
        empty = self.let(f"icmp eq i64 {name}, {layout.EMPTY}")
        self.unless(empty, self.point(Why.STUCK, state))
        stack.loaded = [*stack.loaded[: stack.taken], name] if len(stack.loaded) >= stack.taken else []
        stack.taken += 1
        return Word(name, "any")

    def _jump_to(self, state: State, label: str) -> None:
        while state.handlers:
            handler = state.handlers.pop()
            state.pending += layout.TRANSITION
            if handler.label == label:
                state.row = handler.row
                state.environment = [None] * self.table.loose[handler.row]
                for k, value in zip(self.captured[handler.row], handler.values, strict=True):
                    state.environment[-1 - k] = value
                return self.go(state, safe=self.table.rows[handler.row][0] == "loop")
        self.flush_stacks(state)
        self.tail(f"@jump{self.module.labels.index(label)}", state, "0")

    def _execute(self, state: State, value: Value) -> None:
        if isinstance(value, Thunk):
            if self.table.rows[value.row][0] in LEAVES or self.module.blocks < _INLINED:
                state.row = value.row
                state.environment = [None] * self.table.loose[value.row]
                for k, inner in zip(self.captured[value.row], value.values, strict=True):
                    state.environment[-1 - k] = inner
                state.pending += layout.TRANSITION
                return self.go(state, safe=True)
            value = self.word(state, value)
        if value.kind == "int":
            return self._stuck(state)
        if value.kind != "pointer":
            tag = self.let(f"and i64 {value.name}, 7")
            self.unless(self.let(f"icmp ne i64 {tag}, 0"), self.point(Why.STUCK, state))
        state.pending += layout.TRANSITION
        self.flush_stacks(state)
        self.flush_handlers(state)
        header = self.load(self.let(f"inttoptr i64 {value.name} to ptr"), 0)
        number = self.let(f"lshr i64 {self.let(f'and i64 {header}, 4294967295')}, 1")
        function = self.let(f"load ptr, ptr {self.let(f'getelementptr ptr, ptr @functions, i64 {number}')}")
        self.tail(function, state, value.name)

    # Primitives

    def _primitive(self, state: State, name: str) -> None:
        before = state.copy()
        y = self._operand(state, before)
        x = self._operand(state, before)
        if x is None or y is None:
            return
        state.pending += layout.TRANSITION
        slow = self.module.label()
        integers = [w for w in (x, y) if w.kind != "int"]
        if integers:
            both = integers[0].name if len(integers) == 1 else self.let(f"and i64 {x.name}, {y.name}")
            low = self.let(f"trunc i64 {both} to i1")
            self.unless(self.let(f"xor i1 {low}, true"), slow)
        if name in ARITHMETIC:
            self._arithmetic(state, before, name, x.name, y.name, slow)
        else:
            self._comparison(state, before, name, x.name, y.name, slow if integers else None)

    def _operand(self, state: State, before: State) -> Word | None:
        """The top of the main stack as a word; None where it is known that there is none for a primitive."""
        stack = state.stack("")
        if stack.values:
            return self.word(state, stack.values.pop())
        name = self.load(state.sp, -1 - stack.taken)
        empty = self.let(f"icmp eq i64 {name}, {layout.EMPTY}")
        self.unless(empty, self.point(Why.STUCK, before))
        stack.loaded = []
        stack.taken += 1
        return Word(name, "any")

    def _arithmetic(self, state: State, before: State, name: str, x: str, y: str, slow: str) -> None:
        """Tagged integers: with x = 2a + 1 and y = 2b + 1, a op b is computed without taking the tags away first."""
        value = _FAST[name](self, x, y, slow)
        state.row = self.table.skip()
        state.environment = []
        other = state.copy()
        state.stack("").values.append(Word(value, "int"))
        self._jump_to(state, SKIP)
        computed = self._slowly(before, name, x, y, slow)
        other.stack("").values.append(Word(computed, "any"))
        self._jump_to(other, SKIP)

    def _comparison(self, state: State, before: State, name: str, x: str, y: str, slow: str | None) -> None:
        state.environment = []
        relation = {"lt": "slt", "le": "sle"}.get(name, "eq")
        answer = self.let(f"icmp {relation} i64 {x}, {y}")
        if slow is not None:
            fast, both = self.here, self.module.label()
            self.put(f"br label %{both}")
            computed = self._slowly(before, name, x, y, slow)
            true = self.let(f"icmp eq i64 {computed}, 3")
            slowly = self.here
            self.put(f"br label %{both}")
            self.begin(both)
            answer = self.let(f"phi i1 [ {answer}, %{fast} ], [ {true}, %{slowly} ]")
        if name == "eqb":
            yes, no = (self.module.static(self.module.truth[v]) for v in (True, False))
            state.stack("").values.append(Word(self.let(f"select i1 {answer}, i64 {yes}, i64 {no}"), "pointer"))
            state.row = self.table.skip()
            return self._jump_to(state, SKIP)
        yes, no = self.module.label(), self.module.label()
        self.put(f"br i1 {answer}, label %{yes}, label %{no}")
        for label, way, taken in ((yes, TRUE, state.copy()), (no, FALSE, state)):
            self.begin(label)
            taken.row = self.table.jump(way)
            self._jump_to(taken, way)
        return None

    def _slowly(self, before: State, name: str, x: str, y: str, slow: str) -> str:
        """The word that Python computes."""
        self.begin(slow)
        operation = layout.OPERATIONS.index(name)
        computed = self.let(f"call i64 @slowly(ptr %c, i64 {operation}, i64 {x}, i64 {y})")
        self.unless(self.let(f"icmp eq i64 {computed}, 0"), self.point(Why.STUCK, before))
        return computed


def _any(key: Shapes) -> Shapes:
    """The key with all words widened."""
    return Shapes(
        key.row,
        tuple(map(widened, key.environment)),
        tuple((at, taken, tuple(map(widened, shapes))) for at, taken, shapes in key.stacks),
        tuple((label, row, tuple(map(widened, shapes))) for label, row, shapes in key.handlers),
        key.safe,
    )


def _sum(f: _Function, x: str, y: str, slow: str) -> str:
    return _checked(f, "sadd", x, f.let(f"sub i64 {y}, 1"), slow)


def _difference(f: _Function, x: str, y: str, slow: str) -> str:
    return _checked(f, "ssub", x, f.let(f"sub i64 {y}, 1"), slow)


def _product(f: _Function, x: str, y: str, slow: str) -> str:
    twice = _checked(f, "smul", f.let(f"sub i64 {x}, 1"), f.let(f"ashr i64 {y}, 1"), slow)
    return f.let(f"or i64 {twice}, 1")


def _checked(f: _Function, operation: str, x: str, y: str, slow: str) -> str:
    pair = f.let(f"call {{i64, i1}} @llvm.{operation}.with.overflow.i64(i64 {x}, i64 {y})")
    f.unless(f.let(f"extractvalue {{i64, i1}} {pair}, 1"), slow)
    return f.let(f"extractvalue {{i64, i1}} {pair}, 0")


def _quotient(f: _Function, x: str, y: str, slow: str) -> str:
    return _division(f, x, y, slow)[0]


def _remainder(f: _Function, x: str, y: str, slow: str) -> str:
    return _division(f, x, y, slow)[1]


def _division(f: _Function, x: str, y: str, slow: str) -> tuple[str, str]:
    """Rounded down. By 0 there is no value, and by -1 it may not fit. Halves of words divide in half the time."""
    a, b = f.let(f"ashr i64 {x}, 1"), f.let(f"ashr i64 {y}, 1")
    small = f.let(f"icmp ult i64 {f.let(f'add i64 {b}, 1')}, 2")
    f.unless(small, slow)
    half, word, both = (f.module.label() for _ in range(3))
    short = f.let(f"icmp ult i64 {f.let(f'or i64 {a}, {b}')}, 4294967296")
    f.put(f"br i1 {short}, label %{half}, label %{word}")
    f.begin(half)
    narrow = [f.let(f"trunc i64 {n} to i32") for n in (a, b)]
    divided = [f.let(f"{op} i32 {narrow[0]}, {narrow[1]}") for op in ("udiv", "urem")]
    quick = [f.let(f"zext i32 {n} to i64") for n in divided]
    f.put(f"br label %{both}")
    f.begin(word)
    q, r = f.let(f"sdiv i64 {a}, {b}"), f.let(f"srem i64 {a}, {b}")
    apart = f.let(f"icmp slt i64 {f.let(f'xor i64 {r}, {b}')}, 0")
    down = f.let(f"and i1 {apart}, {f.let(f'icmp ne i64 {r}, 0')}")
    lower = f.let(f"sext i1 {down} to i64")
    back = f.let(f"select i1 {down}, i64 {b}, i64 0")
    floored = [f.let(f"add i64 {n}, {m}") for n, m in ((q, lower), (r, back))]
    f.put(f"br label %{both}")
    f.begin(both)
    pairs = zip(quick, floored, strict=True)
    values = [f.let(f"phi i64 [ {fast}, %{half} ], [ {full}, %{word} ]") for fast, full in pairs]
    tagged = [f.let(f"or i64 {f.let(f'shl i64 {n}, 1')}, 1") for n in values]
    return tagged[0], tagged[1]


_FAST: Mapping[str, Callable[[_Function, str, str, str], str]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "mod": _remainder,
}

_PRELUDE = f"""
declare {{i64, i1}} @llvm.sadd.with.overflow.i64(i64, i64)
declare {{i64, i1}} @llvm.ssub.with.overflow.i64(i64, i64)
declare {{i64, i1}} @llvm.smul.with.overflow.i64(i64, i64)
!0 = !{{!"branch_weights", i32 1, i32 1000000}}

define internal i64 @leave({_PARAMETERS}, i64 %function, i64 %code) noinline cold nounwind {{
 %s = getelementptr i64, ptr %c, i64 {layout.SP}
 store ptr %sp, ptr %s
 %k = getelementptr i64, ptr %c, i64 {layout.KP}
 store ptr %kp, ptr %k
 %h = getelementptr i64, ptr %c, i64 {layout.HP}
 store ptr %hp, ptr %h
 %f = getelementptr i64, ptr %c, i64 {layout.FUEL}
 store i64 %fuel, ptr %f
 %o = getelementptr i64, ptr %c, i64 {layout.SELF}
 store i64 %self, ptr %o
 %w = getelementptr i64, ptr %c, i64 {layout.WHERE}
 store i64 %function, ptr %w
 ret i64 %code
}}

define internal i64 @slowly(ptr %c, i64 %operation, i64 %x, i64 %y) noinline cold nounwind {{
 %a = getelementptr i64, ptr %c, i64 {layout.SLOW}
 %compute = load ptr, ptr %a
 %r = call i64 %compute(i64 %operation, i64 %x, i64 %y)
 ret i64 %r
}}

define internal tailcc i64 @end({_PARAMETERS}) nounwind {{
 %r = call i64 @leave({_PARAMETERS}, i64 0, i64 {layout.EXIT})
 ret i64 %r
}}

define i64 @enter(ptr %c, i64 %function) nounwind {{
 %s = getelementptr i64, ptr %c, i64 {layout.SP}
 %sp = load ptr, ptr %s
 %k = getelementptr i64, ptr %c, i64 {layout.KP}
 %kp = load ptr, ptr %k
 %h = getelementptr i64, ptr %c, i64 {layout.HP}
 %hp = load ptr, ptr %h
 %f = getelementptr i64, ptr %c, i64 {layout.FUEL}
 %fuel = load i64, ptr %f
 %o = getelementptr i64, ptr %c, i64 {layout.SELF}
 %self = load i64, ptr %o
 %a = getelementptr ptr, ptr @functions, i64 %function
 %code = load ptr, ptr %a
 %r = call tailcc i64 %code({_PARAMETERS})
 ret i64 %r
}}
"""

_JUMP = """
define internal tailcc i64 @jump{label}({parameters}) nounwind {{
entry:
 br label %look
look:
 %at = phi ptr [ %kp, %entry ], [ %below, %reject ]
 %left = phi i64 [ %fuel, %entry ], [ %less, %reject ]
 %top = getelementptr i64, ptr %at, i64 -1
 %header = load i64, ptr %top
 %high = lshr i64 %header, 32
 %handled = and i64 %high, 65535
 %same = icmp eq i64 %handled, {label}
 %less = sub i64 %left, {transition}
 br i1 %same, label %select, label %other
select:
 %low = and i64 %header, 4294967295
 %number = lshr i64 %low, 1
 %place = getelementptr ptr, ptr @functions, i64 %number
 %function = load ptr, ptr %place
 %r = musttail call tailcc i64 %function(ptr %c, ptr %sp, ptr %at, ptr %hp, i64 0, i64 %less)
 ret i64 %r
other:
 %bottom = icmp eq i64 %handled, {any}
 br i1 %bottom, label %end, label %reject
reject:
 %size = lshr i64 %header, 48
 %out = xor i64 %size, -1
 %below = getelementptr i64, ptr %at, i64 %out
 br label %look
end:
 %e = musttail call tailcc i64 @end(ptr %c, ptr %sp, ptr %at, ptr %hp, i64 {label}, i64 %left)
 ret i64 %e
}}
"""
