"""One function of native code: blocks for symbolic states, made until none is left to be written (`native_code.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from . import native_layout as layout
from .machine import CHOICES, READ_ONLY, WRITE_ONLY
from .native_arithmetic import FAST
from .native_runtime import COLD, PARAMETERS, REGISTERS
from .native_symbols import Handler, Shapes, Stack, State, Thunk, Value, Word, rebuilt, shapes_of, widened
from .primitives import ARITHMETIC, FALSE, TRUE
from .terms import LEAVES, SKIP

if TYPE_CHECKING:
    from .native_code import Module

MOST_BLOCKS = 4_000
_INLINED = 60  # blocks after which closures that are known are built and entered like any other
_VERSIONS = 2  # blocks of one point, at each degree of knowledge
_DEEPEST = 3  # closures in closures that need not be built
_TALLEST = 48  # values of one stack that are kept in registers
_WIDEST = 48  # values in registers where blocks meet


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


@dataclass
class Block:
    label: str
    state: State
    safe: bool
    phis: list[tuple[str, str, list[tuple[str, str]]]]  # type, name, and (value, label of predecessor)
    lines: list[str] = field(default_factory=list)


class Function:
    """The code of one function: blocks, made from a list of those that still have to be written."""

    def __init__(self, module: Module, role: Role, row: int) -> None:
        self.module = module
        self.table = module.table
        self.captured = module.captured
        self.role = role
        self.row = row
        self.blocks: dict[Shapes, Block] = {}
        self.versions: dict[tuple[int, object], int] = {}
        self.waiting: list[Block] = []
        self.cold: list[str] = []
        self.out: list[str] = []
        self.here = "entry"

    def text(self) -> str:
        number = self.module.function(self.role, self.row)
        lines = [f"define internal tailcc i64 @f{number}({PARAMETERS}) nounwind {{", "entry:"]
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

    def label(self) -> str:
        return self.module.label()

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
        rest = self.label()
        self.put(f"br i1 {condition}, label %{where}, label %{rest}, {COLD}")
        self.begin(rest)

    def tail(self, function: str, state: State, self_: str) -> None:
        """Hand over to a function."""
        registers = REGISTERS.format(sp=state.sp, kp=state.kp, hp=state.hp, self=self_, fuel=self.spent(state))
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
        full = self.label()
        self._look("%fuel", "%hp", full)
        self.cold.append(f"{full}:")
        self.cold.append(f" %back = call i64 @leave({PARAMETERS}, i64 {number}, i64 {layout.FUNCTION})\n ret i64 %back")
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
        label = self.label()
        outer, where, self.out = self.out, self.here, self.cold
        self.out.append(f"{label}:")
        for n, name in enumerate(dict.fromkeys(names)):
            self.store(name, "%c", layout.values_cell(len(self.module.locations)) + n)
        fuel = self.let(f"sub i64 {state.fuel}, {state.pending}")
        registers = REGISTERS.format(sp=state.sp, kp=state.kp, hp=state.hp, self="0", fuel=fuel)
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

    def _block(self, key: Shapes) -> Block:
        self.module.blocks += 1
        if self.module.blocks > MOST_BLOCKS:
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
        block = Block(self.label(), state, key.safe, phis)
        self.blocks[key] = block
        self.waiting.append(block)
        return block

    def _jump(self, block: Block, state: State, names: Sequence[str]) -> None:
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
            self.module.write(1 + len(handler.values))
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
        slow = self.label()
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
        value = FAST[name](self, x, y, slow)
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
            fast, both = self.here, self.label()
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
        yes, no = self.label(), self.label()
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
