"""The native tier: programs of the calculus as machine code (`native_code.py`), run in slices.

Between slices Python looks at the clock, collects the heap, and deals stuck states, whose words it reads back as terms.
The answer is that of the machine with closures (`closures.py`), with the same number of transitions.

>>> from .parsing import parse
>>> program = parse("(c<n>.[n]c.[n].[0].$eq ; #T -> #done ; #F -> c<n>.[n].[1].$sub.<m>.[m]c.#l)^#l ; #done -> *")
>>> ran = execute(Request(program, {"c": [parse("1000000")]}))
>>> ran.exit, ran.memory["c"], ran.transitions
('*', [Term('0')], 19000013)
"""

from __future__ import annotations

import ctypes
import platform
import time
import weakref
from collections.abc import Sequence

from ...rewriting.limits import Clock, Limits
from ...rewriting.machine_code import linked, optimised
from . import native_layout as layout
from .machine import LIMITS, Ending, Frame, Request, Run, State, church, why_stuck
from .native_code import translate
from .native_function import Point, Role, Why
from .native_heap import Area, Heap
from .native_symbols import Value, Word
from .primitives import ARITHMETIC, compare, compute
from .substitution import close
from .terms import Table, Term

_SLICE_SECONDS = 0.02
_FIRST_SLICE = 1 << 18  # transitions
_LARGEST_SLICE = 1 << 29
_STACK = (1 << 28, 1 << 26, 1 << 22)  # words of the main stack and of the continuation stack
_LOCATION = (1 << 26, 1 << 23, 1 << 20)  # of any other stack
_HEAP = (1 << 29, 1 << 27, 1 << 24)  # of each half
_MOST_READ = 100_000  # values of a stack, and frames, that are read of a run that reached no exit, from the top
_MOST_LARGE = 1 << 16  # integers of any size after which a collection is due


def available() -> bool:
    """Are guaranteed tail calls known to work on this machine's processor?"""
    return platform.machine() in ("x86_64", "AMD64")


def execute(request: Request, *, fuel: int | None = None, limits: Limits | None = None) -> Run:
    """Run a request to its end, or for about `fuel` transitions, or to a limit.

    Raises TooLarge for a program of which there would be too much code.
    """
    clock = Clock(limits or Limits())
    with clock.holding_interrupts():
        return NativeMachine(request).run(fuel, clock)


class NativeMachine:
    """A run of a request."""

    def __init__(self, request: Request) -> None:
        self.table = Table()
        root, memory = request.loaded(self.table)
        self._coins = request.coins()
        self._strict = request.strict
        values = [v for values in memory.values() for v in values]
        self.native = native = translate(
            self.table, root, values, memory, strict=request.strict, choices=bool(self._coins)
        )
        self._engine = engine = linked(optimised(native.text))
        self._enter = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(
            engine.get_function_address("enter")
        )
        self._statics = engine.get_global_value_address("statics")
        self._large: list[int] = list(native.large)
        self._vacant: list[int] = []
        self._constants = list(native.constants)
        self._failure: BaseException | None = None
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 3)
        this = weakref.ref(self)  # or the machine, and its memory, would wait for the cyclic collector
        self._callback = kind(lambda operation, x, y: _slowly(this, operation, x, y))
        self._heap = Heap(_HEAP)
        self._frames = Area(_STACK)
        self._stacks = [Area(_STACK if not at else _LOCATION) for at in native.locations]
        most = max((len(p.names) for p in native.points), default=0)
        self._context = context = (ctypes.c_int64 * (layout.values_cell(len(native.locations)) + most))()
        context[layout.SLOW] = ctypes.cast(self._callback, ctypes.c_void_p).value or 0
        for n, at in enumerate(native.locations):
            area = self._stacks[n]
            words = [layout.EMPTY, *(self._word(v) for v in memory.get(at, ()))]
            for i, word in enumerate(words):
                area.cells[i] = word
            self._set_top(n, area.address(len(words)))
            context[layout.limit_cell(n)] = area.limit
        self._frames.cells[0] = layout.signed(layout.frame_header(0, layout.ANY, 0))
        self._frames.cells[1] = layout.frame_header(native.functions[Role.FRAME, root], 0, 0)
        context[layout.KP] = self._frames.address(2)
        context[layout.frames_limit_cell(len(native.locations))] = self._frames.limit
        context[layout.HP] = self._heap.free
        context[layout.HEAP_LIMIT] = self._heap.full
        self._next = native.functions[Role.FRAME, root]
        self.transitions = self.steps = 0

    # Running

    def run(self, fuel: int | None, clock: Clock) -> Run:
        """Go on to the end, or to a limit."""
        slice_ = _FIRST_SLICE
        while True:
            given = slice_ if fuel is None else max(0, min(slice_, fuel - self.transitions))
            began = time.monotonic()
            code = self._advance(given)
            if code == layout.EXIT:
                label = self.native.labels[self._context[layout.SELF]]
                if fuel is not None and self.transitions >= fuel:
                    return self._ended(
                        Ending.FUEL, State(self._memory(None, _MOST_READ), Term(self.table, self.table.jump(label)), ())
                    )
                return Run(Ending.EXIT, dict(self._memory()), self.transitions, self.steps, label)
            chosen: str | None = None
            point = None if code == layout.FUNCTION else self.native.points[code - layout.POINTS]
            if point is not None and point.why is not Why.FUEL:
                if point.why is Why.STACK:
                    return self._ended(Ending.MEMORY, self._state(point))
                chosen = self._stream(point)
                if chosen is None:
                    if fuel is not None and self.transitions >= fuel:
                        return self._ended(Ending.FUEL, self._state(point))
                    last = self._state(point)
                    return self._ended(Ending.STUCK, last, why_stuck(last, self._strict))
            if fuel is not None and self.transitions >= fuel:
                return self._ended(Ending.FUEL, self._state(point))
            if (reason := clock.reason()) is not None:
                return self._ended(LIMITS[reason], self._state(point))
            if point is not None:
                self._write(point)
                if chosen is not None:  # only now is the stack in memory that of the machine
                    self._choose(chosen)
            else:
                self._next = self._context[layout.WHERE]
            if self._context[layout.HP] > self._context[layout.HEAP_LIMIT] and not self._collect():
                return self._ended(Ending.MEMORY, self._state(None))
            if time.monotonic() - began < _SLICE_SECONDS:
                slice_ = min(2 * slice_, _LARGEST_SLICE)
            else:
                slice_ = max(slice_ // 2, _FIRST_SLICE)

    def _advance(self, given: int) -> int:
        context = self._context
        context[layout.FUEL] = given << 32
        code = int(self._enter(ctypes.addressof(context), self._next))
        if self._failure is not None:
            raise self._failure
        left = int(context[layout.FUEL])
        self.transitions += given - (left >> 32)
        self.steps += left & 0xFFFFFFFF
        return code

    def _ended(self, ending: Ending, last: State, reason: str | None = None) -> Run:
        memory = {at: list(values) for at, values in last.memory.items()}
        return Run(ending, memory, self.transitions, self.steps, None, last, reason)

    def _collect(self) -> bool:
        """Collect the heap and the large integers; the whole state is in memory."""
        context = self._context
        ranges = [(area.base, self._top(n)) for n, area in enumerate(self._stacks)]
        ranges.append((self._frames.base, context[layout.KP]))
        own = ctypes.addressof(context) + 8 * layout.SELF
        ranges.append((own, own + 8))
        marks = bytearray(max(1, len(self._large)))
        room = self._heap.collect(ranges, context[layout.HP], marks)
        kept = len(self.native.large)
        self._vacant = [n for n in range(kept, len(self._large)) if not marks[n]]
        for n in self._vacant:
            self._large[n] = 0
        context[layout.HP] = self._heap.free
        context[layout.HEAP_LIMIT] = self._heap.full
        return room

    def _stream(self, point: Point) -> str | None:
        """The stream of choices that was found empty; None where that is not why the run is stuck."""
        row = self.table.rows[point.state.row]
        wants = row[0] == "pop" and row[1] in self._coins and not self._height(point, row[1])
        return str(row[1]) if wants else None

    def _choose(self, location: str) -> None:
        """Put the next choice on an empty stream."""
        choice = church(self.table, next(self._coins[location]))
        self._push(self.native.locations.index(location), self._word(choice))

    # Words

    def _word(self, row: int) -> int:
        """The word of a closed value, which was there when the code was made."""
        kind, *values = self.table.rows[row]
        if kind == "number":
            word = layout.integer(values[0])
            return self._large.index(values[0]) << 3 | 4 if word is None else word
        if kind == "constant":
            return self._constants.index(values[0]) << 3 | 2
        return int(self._statics + 8 * self.native.statics[row])

    def compute(self, operation: int, x: int, y: int) -> int:
        """What a primitive computes that native code leaves to Python; 0 where it is stuck. Never raises."""
        try:
            name = layout.OPERATIONS[operation]
            left, right = self._plain(x), self._plain(y)
            if left is None or right is None:
                return 0
            if name not in ARITHMETIC:
                answer = compare(name, left, right)
                return 0 if answer is None else 3 if answer else 1
            if isinstance(left, str) or isinstance(right, str):
                return 0
            value = compute(name, left, right)
            return 0 if value is None else self._integer(value)
        except BaseException as error:
            self._failure = error
            return 0

    def _plain(self, word: int) -> int | str | None:
        """The number, or the name of the constant; None for a closure."""
        if word & 1:
            return word >> 1
        if word & 7 == 4:
            return self._large[word >> 3]
        return self._constants[word >> 3] if word & 7 == 2 else None

    def _integer(self, value: int) -> int:
        word = layout.integer(value)
        if word is not None:
            return word
        if self._vacant:
            number = self._vacant.pop()
            self._large[number] = value
        else:
            number = len(self._large)
            self._large.append(value)
            if number > _MOST_LARGE and number & (number - 1) == 0:
                self._context[layout.HEAP_LIMIT] = 0
        return number << 3 | 4

    # Stacks

    def _top(self, number: int) -> int:
        return int(self._context[layout.top_cell(number) if number else layout.SP])

    def _set_top(self, number: int, address: int) -> None:
        self._context[layout.top_cell(number) if number else layout.SP] = address

    def _push(self, number: int, word: int) -> None:
        top = self._top(number)
        self._stacks[number].cells[self._stacks[number].index(top)] = word
        self._set_top(number, top + 8)

    def _height(self, point: Point, location: str) -> int:
        number = self.native.locations.index(location)
        stack = point.state.stacks.get(location)
        in_memory = self._stacks[number].index(self._top(number)) - 1
        return in_memory + (len(stack.values) - stack.taken if stack else 0)

    def _write(self, point: Point) -> None:
        """Write the symbolic state of a point to memory, and go on with the function of its row's frame."""
        native, state, context = self.native, point.state, self._context
        words = self._left(point)
        for location, stack in state.stacks.items():
            number = native.locations.index(location)
            self._set_top(number, self._top(number) - 8 * stack.taken)
            for value in [self._built(v, words) for v in stack.values]:
                self._push(number, value)
        captured = [state.environment[-1 - k] for k in native.captured[state.row]]
        values = tuple(v for v in captured if v is not None)
        for label, row, held in [*((h.label, h.row, h.values) for h in state.handlers), ("*", state.row, values)]:
            self._next = native.functions[Role.FRAME, row]
            header = layout.frame_header(self._next, native.labels.index(label), len(held))
            for word in (*(self._built(v, words) for v in held), layout.signed(header)):
                self._frames.cells[self._frames.index(context[layout.KP])] = word
                context[layout.KP] += 8

    def _left(self, point: Point) -> dict[str, int]:
        """The words that code left at a point, by name."""
        first = layout.values_cell(len(self.native.locations))
        return dict(zip(point.names, self._context[first : first + len(point.names)], strict=True))

    def _built(self, value: Value, words: dict[str, int]) -> int:
        """A symbolic value as a word. The heap has slack for the few closures that a state may want."""
        if isinstance(value, Word):
            return words[value.name]
        if not value.values:
            return int(self._statics + 8 * self.native.statics[value.row])
        held = [self._built(v, words) for v in value.values]
        header = layout.closure_header(self.native.functions[Role.CLOSURE, value.row], len(held))
        address = self._context[layout.HP]
        for n, word in enumerate([layout.signed(header), *held]):
            self._heap.area.cells[self._heap.area.index(address) + n] = word
        self._context[layout.HP] = address + 8 * (1 + len(held))
        return address

    # States as terms

    def _memory(self, point: Point | None = None, most: int | None = None) -> dict[str, list[Term]]:
        """All stacks, or of each the upper values."""
        reading = _Reading(self, {} if point is None else self._left(point))
        found = {}
        for n, at in enumerate(self.native.locations):
            area = self._stacks[n]
            stack = None if point is None else point.state.stacks.get(at)
            end = area.index(self._top(n)) - (stack.taken if stack else 0)
            rows = [reading.row(area.cells[i]) for i in range(1 if most is None else max(1, end - most), end)]
            rows += [reading.value(v) for v in (stack.values if stack else ())]
            if rows:
                found[at] = [Term(self.table, row) for row in rows]
        return found

    def _state(self, point: Point | None) -> State:
        """Where the run stands: at a point, or at the beginning of a function."""
        native, context = self.native, self._context
        reading = _Reading(self, {} if point is None else self._left(point))
        frames: list[Frame] = []
        at = self._frames.index(context[layout.KP])
        while at > 1 and len(frames) < _MOST_READ:
            header = self._frames.cells[at - 1]
            size = header >> 48 & 0xFFFF
            row = native.rows[(header & 0xFFFFFFFF) >> 1]
            held = [reading.row(w) for w in self._frames.cells[at - 1 - size : at - 1]]
            frames.append(Frame(native.labels[header >> 32 & 0xFFFF], self._closed(row, held)))
            at -= 1 + size
        frames.reverse()
        if point is not None:
            for h in point.state.handlers:
                frames.append(Frame(h.label, self._closed(h.row, [reading.value(v) for v in h.values])))
            captured = [point.state.environment[-1 - k] for k in native.captured[point.state.row]]
            code = self._closed(point.state.row, [reading.value(v) for v in captured if v is not None])
        elif context[layout.SELF]:
            code = Term(self.table, reading.row(context[layout.SELF]))
        else:
            code = frames.pop().code
        return State(self._memory(point, _MOST_READ), code, tuple(frames))

    def _closed(self, row: int, held: Sequence[int]) -> Term:
        return Term(self.table, self.closed_row(row, held))

    def closed_row(self, row: int, held: Sequence[int]) -> int:
        """A row with closed terms for its captures."""
        values = [0] * self.table.loose[row]
        for k, value in zip(self.native.captured[row], held, strict=True):
            values[k] = value
        return close(self.table, row, values)

    def plain_row(self, word: int) -> int:
        """The row of a number or constant."""
        value = self._plain(word)
        return self.table.constant(value) if isinstance(value, str) else self.table.number(value or 0)

    def object_at(self, address: int) -> tuple[int, Sequence[int]]:
        """The header and the words of a closure."""
        area = self._heap.area
        if not area.base <= address < area.base + 8 * area.size:
            return ctypes.c_int64.from_address(address).value, ()
        at = area.index(address)
        header = area.cells[at]
        return header, area.cells[at + 1 : at + 1 + (header >> 48 & 0xFFFF)].tolist()


def _slowly(this: weakref.ref[NativeMachine], operation: int, x: int, y: int) -> int:
    ran = this()
    return 0 if ran is None else ran.compute(operation, x, y)


class _Reading:
    """Words as rows of terms: each closure once, however often it is met."""

    def __init__(self, ran: NativeMachine, words: dict[str, int]) -> None:
        self._ran = ran
        self._words = words
        self._rows: dict[int, int] = {}  # by address

    def row(self, word: int) -> int:
        """The closed term of a word."""
        stack = [word]
        while stack:
            here = stack[-1]
            if here & 7 or here in self._rows:
                stack.pop()
                continue
            row, held = self._object(here)
            missing = [w for w in held if not w & 7 and w not in self._rows]
            if missing:
                stack.extend(missing)
                continue
            self._rows[here] = self._ran.closed_row(row, [self._known(w) for w in held])
            stack.pop()
        return self._known(word)

    def value(self, value: Value) -> int:
        """The closed term of a symbolic value, whose closures lie but a few levels deep."""
        if isinstance(value, Word):
            return self.row(self._words[value.name])
        return self._ran.closed_row(value.row, [self.value(v) for v in value.values])

    def _known(self, word: int) -> int:
        return self._ran.plain_row(word) if word & 7 else self._rows[word]

    def _object(self, address: int) -> tuple[int, Sequence[int]]:
        """The row of a closure, and its words."""
        header, held = self._ran.object_at(address)
        return self._ran.native.rows[(header & 0xFFFFFFFF) >> 1], held
