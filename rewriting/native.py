"""The native tier: rule tables compiled by LLVM, run on a thread with a stack of its own.

Quick code (LLVM without optimisation) is there in milliseconds; a background thread compiles the same table with
optimisation and puts the functions into the context, from where running code picks them up at its next call. Objects
are kept on disk, keyed by the code, so that a table is optimised once per machine.

The run's terms lie on a stack of the run (`runs.py`), which is why a safepoint can collect the bank, grow it or stop.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from . import native_cache, opcodes, runs
from . import native_code as code
from .bank import BankSymbol, Collected, Ints, TermBank, TermId
from .limits import Clock, Stop, Stopped
from .machine_code import assemble, linked, optimised
from .memo import Memo
from .native_memo import NativeMemo
from .rules import RuleTable
from .runs import Host, Roots, RunState, compute

_STARTING = threading.Lock()  # the size of new threads' stacks is one number for all
Result = TypeVar("Result")
if TYPE_CHECKING:
    from .machine import TableMachine

_STACK_CELLS = (1 << 30, 1 << 28, 1 << 24)  # of the run's stack, as many as the system will reserve
_ARENA_CELLS = ((1 << 31) - 1, 1 << 30, 1 << 28, 1 << 26)  # of the bank
_THREAD_STACK = (1 << 31, 1 << 30, 1 << 28, 1 << 26)  # bytes of the thread's, the same
_VAST = 1 << 20  # cells
_OUTLINE = 200  # symbols
_PYTHON_STACK = 1 << 24  # bytes of it left to Python at a safepoint
_FIRST_COLLECTION = 1 << 16  # cells: early, to see which symbols want plain ones
_COLLECTION = 1 << 18  # cells: later ones, as many as lie in a near cache
_ROOM = 1 << 22  # cells of the arena that are more than a run writes between two safepoints
_SEEN_OFTEN = 10_000  # terms of a symbol that must have been made before it may get plain cells
_MET_AGAIN = 16  # a term that is met again less often than that, on the average, is cheaper made anew than looked up
_FEW = 8  # collections; a run that has had more is long, and gets four times the cells between two
_MANY = 1 << 20  # live terms at which it is checked whether plain cells multiply them
_TOO_MANY = 1 << 22  # above so many that would take too long
_IMPROVE_AFTER = 0.01  # seconds of a run in quick code after which better code is made


def available() -> bool:
    """Can this machine run native code? Its processor must be one whose stack pointer we know how to read."""
    return platform.machine() in ("x86_64", "AMD64")


@dataclass(frozen=True)
class NativeCode:
    """Machine code in memory: the way in, the addresses of the functions by symbol, and what owns the memory."""

    enter: Callable[[int, int, int, int], int]
    functions: Mapping[int, int]
    engine: object


@dataclass(frozen=True)
class Runtime:
    """The loops over the bank that every run needs; see the text in `native_code.py`."""

    here: Callable[[], int]
    rebuild: Callable[[int, int, int, int, int, int, int], None]
    mark: Callable[[int, int, int, int, int, int], int]
    sweep: Callable[[int, int, int, int, int, int, int, int, int], int]
    write: Callable[[int, int, int, int, int, int, int, int, int], int]
    engine: object


def load(program: code.NativeProgram, binary: bytes) -> NativeCode:
    """Make the object file of a program executable."""
    engine = linked(binary)
    table = (ctypes.c_uint64 * max(1, len(program.entry))).from_address(engine.get_global_value_address("functions"))
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, *([ctypes.c_void_p] * 3), ctypes.c_int32)
    enter = kind(engine.get_function_address("enter"))
    return NativeCode(enter, dict(zip(program.entry, table, strict=False)), engine)


@cache
def runtime(optimise: bool) -> Runtime:
    """The loops over the bank: from the cache on disk, or else compiled, quickly unless asked to `optimise`."""
    binary = native_cache.find(native_cache.key(code.RUNTIME))
    if binary is None:
        binary = optimised(code.RUNTIME) if optimise else assemble(code.RUNTIME, optimise=False)
    engine = linked(binary)
    word, address = ctypes.c_int64, ctypes.c_void_p

    def function(name: str, result: type | None, *arguments: type) -> Callable[..., Any]:
        return ctypes.CFUNCTYPE(result, *arguments)(engine.get_function_address(name))

    return Runtime(
        function("here", word),
        function("rebuild", None, address, address, word, address, word, address, address),
        function("mark", word, address, address, address, address, word, address),
        function("sweep", word, address, address, word, *[address] * 3, word, address, address),
        function("write", word, address, address, word, address, address, address, word, word, address),
        engine,
    )


class NativeMachine:
    """Runs calls over one bank with one rule table, which must have been compiled at once, without a base, and without
    ordered rules. The runs are those of `runs.py`; the table machine, which takes the same arguments, makes up for what
    native code cannot do: go on with frames that another executor left.

    With `memo`, calls go through the adaptive memo. With `wait`, optimised code is compiled before anything runs;
    otherwise it is put in while quick code runs, once that has run for a while. A `private` bank is one in which nobody
    else makes terms: then terms may stay in plain cells when a call ends. Where runs are not `resumable`, one that
    is stopped may be dropped with all that it made, but for an outline of the call that it stood at.
    """

    def __init__(
        self,
        bank: TermBank,
        table: RuleTable,
        hosts: Mapping[int, Host] | None = None,
        memo: bool = False,
        wait: bool = False,
        private: bool = False,
        resumable: bool = True,
    ) -> None:
        self.bank = bank
        self.table = table
        self._private = private
        self._resumable = resumable or private or bool(hosts)  # a host may hold terms of its own
        self._hosts = dict(hosts or {})
        symbols = len(bank.symbols)
        entry = {f: e for f, e in enumerate(table.entry.tolist()) if e >= 0}
        instructions = table.code.tolist()
        for f in self._hosts:
            if f not in entry:
                entry[f] = len(instructions)
                instructions += [opcodes.STUCK, f, int(bank.arity[f])]
        self.program = code.NativeProgram(
            code=instructions,
            entry=entry,
            arity=bank.arity[:symbols].tolist(),
            constants=len(table.constants),
            memo_frames=len(table.code),
            hosts=frozenset(self._hosts),
            immediates=any("Int" in (s.result, *s.arguments) for s in table.signature.values()),
            memo=memo,
        )
        self.memo = NativeMemo(code.memoised(self.program) if memo else [], symbols)
        self._constants: Ints = np.zeros(1, np.int32)
        self._collections = -1
        self._stack = _reserve(_STACK_CELLS)
        self._marks = _reserve(_ARENA_CELLS)
        self._scratch = _reserve(_ARENA_CELLS)
        self._arena = _reserve(_ARENA_CELLS)
        bank.rebuild = _rebuild
        self._collect_at = _FIRST_COLLECTION
        self._functions = np.zeros(symbols, np.uint64)
        self._plain = np.zeros(symbols, np.int8)
        self._made = np.zeros(symbols, np.int64)
        self._found = np.zeros(symbols, np.int64)
        comparable = _comparable(bank, table)
        self._may_be_plain = np.array([s.result not in comparable for s in bank.symbols])
        self._stop: Stop | None = None
        self._at_end = False
        self._check_at = _MANY
        self._count = 0  # collections
        self._boundary = 1  # terms above it were made in this session
        self._failure: BaseException | None = None
        self._other: TableMachine | None = None
        self._lowest = 0
        self._runtime = runtime(wait or not private)
        self._extra: tuple[Roots, ...] = ()
        self._callbacks = (
            ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64)(self._attend),
            ctypes.CFUNCTYPE(None)(self._more_slots),
            ctypes.CFUNCTYPE(ctypes.c_int64)(self._compute),
        )
        self.context = context = np.zeros(code.CONTEXT_CELLS, np.int64)
        for place, callback in zip((code.CALLBACK, code.MORE_SLOTS, code.COMPUTE), self._callbacks, strict=True):
            context[place] = ctypes.cast(callback, ctypes.c_void_p).value or 0
        for place, array in (
            *((code.BASE, self._stack), (code.FUNCTIONS, self._functions), (code.PLAIN, self._plain)),
            *((code.MADE, self._made), (code.FOUND, self._found), (code.MEMO, self.memo.table)),
            *((code.MODE, self.memo.modes), (code.PROBES, self.memo.probes), (code.HITS, self.memo.hits)),
            (code.WORK, self.memo.work),
        ):
            context[place] = array.ctypes.data
        context[code.MEMO_MASK] = self.memo.rows - 1
        text = code.translate(self.program, direct=True)
        binary = native_cache.find(native_cache.key(text))
        self._better = None if binary or wait else _Improvement(text)
        if binary is None:
            binary = optimised(text) if wait else assemble(code.translate(self.program, direct=False), optimise=False)
        self._code = [load(self.program, binary)]
        self._install(self._code[0])

    def has_rules(self, symbol: int) -> bool:
        """Must calls of this symbol be run? All others are normal if their arguments are."""
        return symbol in self.program.entry

    def start(self, symbol: int, arguments: Sequence[int]) -> RunState:
        """A run of symbol(arguments); the arguments must be normal forms."""
        run = RunState(self.bank, Memo(rows=0))
        run.call(symbol, arguments)
        return run

    def _install(self, native: NativeCode) -> None:
        for symbol, address in native.functions.items():
            self._functions[symbol] = address

    def session(self, work: Callable[[], Result], clock: Clock) -> Result:
        """The result of `work`, which may call `run`; it is done on a thread with a large stack.

        Meanwhile this thread looks at the clock, at which `run` then stops. Ctrl-C raises KeyboardInterrupt when the
        run has come to a safepoint, unless the clock holds interrupts.
        """
        outcome: list[Result] = []
        failure: list[BaseException] = []
        done = threading.Event()
        self._stop = None

        def whole() -> None:
            try:
                self._lowest = self._runtime.here() - self._usable(self._stack_bytes - _PYTHON_STACK)
                outcome.append(work())
            except BaseException as e:
                failure.append(e)
            finally:
                done.set()

        self._boundary = int(self.bank.state[opcodes.TOP])
        started = time.perf_counter()
        self._start_thread(whole)
        try:
            while not done.wait(self.memo.next_look(time.perf_counter() - started)):
                elapsed = time.perf_counter() - started
                self.memo.look(elapsed)
                self._stop = self._stop or clock.reason()
                if self._better is not None and elapsed > _IMPROVE_AFTER:
                    self._better.start()
                    self._runtime = self._better.runtime or self._runtime
                    if self._better.binary is not None:
                        self._code.append(load(self.program, self._better.binary))
                        self._install(self._code[-1])
                        self._better = None
                        self._ask()
                if self._stop:
                    self._ask()
        except BaseException:
            self._stop = Stop.INTERRUPTED
            self._ask()
            done.wait()
            raise
        if failure:
            raise failure[0]
        return outcome[0]

    def _start_thread(self, whole: Callable[[], None]) -> None:
        """Run on a new thread with the largest stack that the system grants."""
        with _STARTING:
            before = threading.stack_size()
            try:
                for size in _THREAD_STACK:
                    try:
                        threading.stack_size(size)
                        self._stack_bytes = size
                        threading.Thread(target=whole, daemon=True).start()
                        return
                    except RuntimeError:
                        if size == _THREAD_STACK[-1]:
                            raise
            finally:
                threading.stack_size(before)

    def _usable(self, machine_stack: int) -> int:
        """Bytes of the machine's stack with which the run's own stack cannot overflow, at 16 bytes or more a frame."""
        return min(machine_stack, 16 * (len(self._stack) // code.largest_frame(self.program) - 1))

    def _ask(self) -> None:
        """Make the run come to a safepoint."""
        self.context[code.FLOOR] = -1

    def run(self, run: RunState, clock: Clock, fuel: int | None = None, extra: Iterable[Roots] = ()) -> Stop:
        """Go on with a run until it is finished (DONE) or a limit is reached; within a session only.

        `extra` are arrays of terms that a collection keeps and updates. `fuel` bounds the calls that are made from
        here, not those that these make.
        """
        self._extra = tuple(extra)
        state = run.state
        while True:
            if run.collections != self.bank.collections:
                raise ValueError("the bank was collected without this run's roots, so its terms are lost")
            if state[runs.SYMBOL] < 0:
                if state[runs.DEPTH] == state[runs.BASE]:
                    return Stop.DONE
                stop = self._table_machine().run(run, clock, 0, self._extra)
                if stop is not Stop.STEPS:
                    return stop
                continue
            if fuel is not None:
                if fuel <= 0:
                    return Stop.STEPS
                fuel -= 1
            stopped = self._call(run)
            if stopped is not None:
                return stopped

    def _table_machine(self) -> TableMachine:
        if self._other is None:
            from .machine import TableMachine

            self._other = TableMachine(self.bank, self.table, hosts=self._hosts, memo=Memo(rows=0))
        return self._other

    def _call(self, run: RunState) -> Stop | None:
        """Carry out the pending call; if it was stopped, why, and its frames lie on the run's stack."""
        state, context = run.state, self.context
        symbol, depth = int(state[runs.SYMBOL]), int(state[runs.DEPTH])
        arity = self.program.arity[symbol]
        self._stack[:depth] = run.stack[:depth]
        before = int(context[code.FIRED])
        self._failure = None
        self._sync_out()
        result = self._code[0].enter(
            *(context.ctypes.data, int(self._functions[symbol])),
            *(self._stack.ctypes.data + 4 * (depth - arity), arity),
        )
        self._sync_in()
        returned = np.array([result], np.int32)
        if result:
            context[code.DEPTH] = depth - arity
        state[runs.STEPS] += int(context[code.FIRED]) - before
        state[runs.CALLS] += 1
        if not result and not self._resumable and self._is_vast and self._failure is None:
            self._abandon(run)
            return self._stop or Stop.MEMORY
        if self._plain.any() and not self._private:
            self._collect((returned,), at_end=True)
        run.collections = self.bank.collections
        if result:
            run.stack[: depth - arity] = self._stack[: depth - arity]
            run.answer(self.bank, int(returned[0]))
            return None
        now = int(context[code.DEPTH])
        run.reserve(max(0, now - depth))
        run.stack[:now] = self._stack[:now]
        state[[runs.DEPTH, runs.SYMBOL]] = now, int(context[code.SYMBOL])
        if self._failure is not None:
            raise self._failure
        return self._stop or Stop.MEMORY

    def _sync_out(self) -> None:
        """Tell the run where the bank stands."""
        bank, context = self.bank, self.context
        bank.move_to(self._arena)
        if self._collections != bank.collections:
            table = self.table
            constants = bank.load(table.terms, table.constants, table.signature)
            truth = [bank.literal(value, "Bool") for value in (False, True)]
            self._constants = np.array([*constants, *truth], np.int32)
            self._collections = bank.collections
            self.memo.clear()
        context[code.CELLS] = bank.cells.ctypes.data
        context[code.TOP], context[code.COUNT] = bank.state
        context[code.TOP_LIMIT] = self._collect_at
        context[code.CONSTANTS] = self._constants.ctypes.data
        context[code.FLOOR] = self._lowest
        if self._stop or self._failure:  # the thread that wants the run to stop may have asked before that store
            self._ask()
        self._tell_slots()

    def _tell_slots(self) -> None:
        slots, context = self.bank.slots, self.context
        context[code.SLOTS] = slots.ctypes.data
        context[code.MASK] = len(slots) - 1
        context[code.COUNT_LIMIT] = len(slots) * 5 // 8

    def _sync_in(self) -> None:
        """Tell the bank where the run stands."""
        bank = self.bank
        bank.state[:] = self.context[code.TOP], self.context[code.COUNT]
        bank.reserve(0, 0)

    def _more_slots(self) -> None:
        """Called by running code when the table of slots is full enough."""
        self._sync_in()
        self.bank.reserve(0, len(self.bank.slots))
        self._tell_slots()

    def _attend(self, here: int) -> int:
        """Called by running code at a safepoint: stop (0) or go on."""
        self.context[code.FLOOR] = self._lowest
        self._sync_in()
        if self._stop or self._failure:
            return 0
        if here < self._lowest:
            self._stop = Stop.MEMORY
            return 0
        if self.context[code.TOP] >= self._collect_at:
            try:
                self._collect()
            except Stopped:
                return 0
            if self.bank.state[opcodes.TOP] >= self._collect_at:
                self._stop = Stop.MEMORY
        self._sync_out()
        return int(self._stop is not Stop.MEMORY)

    def _compute(self) -> int:
        """Called by running code for a host's symbol, or a built-in operation on literals: an id, 0, or STOPPED."""
        try:
            self._sync_in()
            bank, context = self.bank, self.context
            bank.reserve(0, 64)
            symbol, depth = int(context[code.SYMBOL]), int(context[code.DEPTH])
            arguments = [TermId(t) for t in self._stack[depth - self.program.arity[symbol] : depth].tolist()]
            value: int | None = compute(bank, self.table, self._hosts, symbol, arguments)
        except BaseException as e:
            self._failure = e
            value = code.STOPPED if self.context[code.SYMBOL] in self._hosts else None
        self._sync_out()  # terms may have been made, whatever became of it
        return 0 if value is None else value

    @property
    def _is_vast(self) -> bool:
        """Has the session made so much that a collection would be felt?"""
        return int(self.bank.state[opcodes.TOP]) - self._boundary > _VAST

    def _abandon(self, run: RunState) -> None:
        """Drop all that the session has made, without looking at it. What the run stood at is kept in outline: subterms
        left out are a variable `…`. The run cannot go on."""
        bank, context = self.bank, self.context
        symbol, depth = int(context[code.SYMBOL]), int(context[code.DEPTH])
        arguments = self._stack[depth - self.program.arity[symbol] : depth].tolist()
        outline = _outline(bank, symbol, arguments)
        kept = bank.slots[(bank.slots > 0) & (bank.slots < self._boundary)]
        slots = np.zeros_like(bank.slots)
        _enter(bank, kept, slots)
        bank.rewind(self._boundary, slots, len(kept))
        for array in self._extra:
            array[array >= self._boundary] = 0
        run.state[[runs.DEPTH, runs.SYMBOL, runs.VALUE]] = run.state[runs.BASE], -1, _build(bank, outline)
        run.collections = -1
        self._collections = -1

    def _collect(self, extra: Iterable[Roots] = (), at_end: bool = False) -> None:
        """Collect the bank, and let symbols whose terms are hardly ever met again have plain cells from now on.

        Raises Stopped, with nothing done, if the run is to stop meanwhile. But `at_end` it is done whatever happens,
        and afterwards no term lies in plain cells: so a run ends, unless the bank is private.
        """
        self._at_end = at_end
        bank = self.bank
        rare = (self._made > _SEEN_OFTEN) & (self._found < _MET_AGAIN * self._made)
        self._plain[rare & self._may_be_plain] = 1
        depth = int(self.context[code.DEPTH])
        bank.collect([self._stack[:depth], self._constants, *self._extra, *extra], self._sweep)
        self._collections = bank.collections
        self.memo.clear()
        older = self._marks[: self._boundary]
        last = int(older.max(initial=0))
        self._boundary = last + 1 + self._cells_below(last) if last else 1
        self._count += 1
        least = _COLLECTION if self._count < _FEW else 4 * _COLLECTION
        due = max(least, 3 * int(bank.state[opcodes.TOP]), 4 * depth)
        self._collect_at = min(due, len(self._arena) - _ROOM)

    def _cells_below(self, term: int) -> int:
        symbol = int(self.bank.cells[term])
        return int(self.bank.arity[symbol]) + int(self.bank.payload[symbol])

    def _sweep(self, bank: TermBank, roots: Sequence[npt.NDArray[np.int32] | npt.NDArray[np.int64]]) -> Collected:
        """In place. At the end, terms in plain cells that are equal become one row."""
        run = self._runtime
        marks, waiting = self._marks, self._scratch.ctypes.data
        top = int(bank.state[opcodes.TOP])
        marks[:top] = 0
        cells, arity, payload = bank.cells.ctypes.data, bank.arity.ctypes.data, bank.payload.ctypes.data
        live = 0
        for array in roots:
            given = np.ascontiguousarray(array, np.int32)
            live += run.mark(cells, arity, marks.ctypes.data, given.ctypes.data, len(given), waiting)
        if self._stop and not self._at_end:
            raise Stopped(self._stop)  # nothing has been moved yet
        slots, state = bank.slots, bank.state
        plain = np.zeros(len(bank.symbols), np.int8)  # there may be more of them by now
        checked = self._at_end or self._check_at < live < _TOO_MANY
        if not checked:
            plain[: len(self._plain)] = self._plain
        if checked and live * 8 > len(slots) * 5:  # rows in plain cells have had no slots so far
            slots = np.zeros(1 << (live * 2 - 1).bit_length(), np.int32)
        else:
            slots[:] = 0
        rows = ctypes.c_int64()
        sizes = len(slots) - 1, arity, payload, marks.ctypes.data, top, ctypes.addressof(rows)
        state[opcodes.TOP] = run.sweep(cells, slots.ctypes.data, *sizes, plain.ctypes.data)
        state[opcodes.COUNT] = rows.value
        if checked and live > 2 * rows.value:  # interning shares more than half of them
            self._plain[:] = 0
            self._may_be_plain[:] = False
        if checked:
            self._check_at = max(_MANY, 2 * rows.value)
        return Collected(bank.cells, slots, state, marks)


class _Improvement:
    """Optimised code in the making, on a thread of its own: `runtime` and `binary` are there when they are done.

    An interpreter that exits waits for it: LLVM does not stand being torn down while it works.
    """

    def __init__(self, text: str) -> None:
        self.binary: bytes | None = None
        self.runtime: Runtime | None = None
        self._text = text
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if that has not been done."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._make)
            self._thread.start()

    def _make(self) -> None:
        self.runtime = runtime(True)
        self.binary = optimised(self._text)


def _comparable(bank: TermBank, table: RuleTable) -> frozenset[str]:
    """The sorts of which terms are compared, and those that occur inside such terms."""
    found = set(table.compared)
    pending = list(found)
    while pending:
        sort = pending.pop()
        inside = {a for s in bank.symbols if s.result == sort for a in s.arguments} - found
        found |= inside
        pending += inside
    return frozenset(found)


def _rebuild(bank: TermBank, slots: Ints) -> None:
    """As `kernels.rebuild_slots`, of the rows that are in the old slots: those in plain cells stay out."""
    _enter(bank, bank.slots, slots)


def _enter(bank: TermBank, terms: Ints, slots: Ints) -> None:
    """Enter terms (0 is none) in all-zero slots."""
    cells, by_symbol = bank.cells.ctypes.data, (bank.arity.ctypes.data, bank.payload.ctypes.data)
    mask = len(slots) - 1
    runtime(False).rebuild(cells, terms.ctypes.data, len(terms), slots.ctypes.data, mask, by_symbol[0], by_symbol[1])


_Outline = list[tuple[BankSymbol | int, str, list[int]]]  # symbol or integer, name of a leaf, children further on


def _outline(bank: TermBank, symbol: int, arguments: Sequence[int]) -> _Outline:
    """The topmost symbols of a term, breadth first; children that are left out have no place (-1)."""
    nodes: _Outline = [(bank.symbols[symbol], "", [])]
    waiting = [(0, t) for t in arguments]
    for parent, t in waiting:
        below = nodes[parent][2]
        if len(nodes) >= _OUTLINE:
            below.append(-1)
            continue
        below.append(len(nodes))
        head = bank.head(t)
        nodes.append((t if t < 0 else head, bank.leaf_name(t) if head.payload else "", []))
        waiting += [(len(nodes) - 1, c) for c in bank.arguments(t)]
    return nodes


def _build(bank: TermBank, nodes: _Outline) -> TermId:
    """The term of an outline, with variables for what was left out."""
    made: dict[int, int] = {}
    for n in range(len(nodes) - 1, -1, -1):
        head, name, below = nodes[n]
        if isinstance(head, int):
            made[n] = head
        elif head.payload:
            made[n] = bank.leaf(bank.symbol_id(head), name)
        else:
            given = [
                made[c] if c >= 0 else bank.leaf(bank.symbol_id(BankSymbol("var", "", (), sort)), "…")
                for c, sort in zip(below, head.arguments, strict=True)
            ]
            made[n] = bank.node(bank.symbol_id(head), given)
    return TermId(made[0])


def _reserve(sizes: Sequence[int]) -> Ints:
    """Address space for as many cells as the system will give, of which only what is used takes memory."""
    for cells in sizes:
        try:
            flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
            return np.frombuffer(mmap.mmap(-1, 4 * cells, flags=flags), np.int32)
        except OSError:
            continue
    raise MemoryError("no room for a native run")
