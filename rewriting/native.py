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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

from . import native_cache, opcodes
from . import native_code as code
from .bank import Collected, Ints, TermBank, TermId
from .limits import Clock, Stop, Stopped
from .rules import RuleTable

_STARTING = threading.Lock()  # the size of new threads' stacks is one number for all
Result = TypeVar("Result")
_STACK_CELLS = (1 << 30, 1 << 28, 1 << 24)  # of the run's stack, as many as the system will reserve
_ARENA_CELLS = ((1 << 31) - 1, 1 << 30, 1 << 28, 1 << 26)  # of the bank
_THREAD_STACK = (1 << 33, 1 << 30, 1 << 28, 1 << 26)  # bytes of the thread's, the same
_PYTHON_STACK = 1 << 24  # bytes of it left to Python at a safepoint
_FIRST_COLLECTION = 1 << 20  # cells
_SEEN_OFTEN = 10_000  # terms of a symbol that must have been made before it may get plain cells
_RARELY = 8  # and of so many at most one may have been met before
_TICK = 0.01  # seconds between two looks at the clock


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
    rebuild: Callable[[int, int, int, int, int, int], None]
    mark: Callable[[int, int, int, int, int, int], None]
    sweep: Callable[[int, int, int, int, int, int, int, int], int]
    engine: object


def assemble(text: str, optimise: bool) -> bytes:
    """The object file of a module. Milliseconds, or with `optimise` tenths of a second."""
    module = llvm.parse_assembly(text)
    machine = _target(optimise)
    if optimise:
        builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(module, builder)
    binary: bytes = machine.emit_object(module)
    return binary


def optimised(text: str) -> bytes:
    """The same through the cache on disk."""
    name = native_cache.key(text)
    binary = native_cache.find(name)
    if binary is None:
        binary = assemble(text, optimise=True)
        native_cache.keep(name, binary)
    return binary


def load(program: code.NativeProgram, binary: bytes) -> NativeCode:
    """Make the object file of a program executable."""
    engine = _engine(binary)
    table = (ctypes.c_uint64 * max(1, len(program.entry))).from_address(engine.get_global_value_address("functions"))
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, *([ctypes.c_void_p] * 3), ctypes.c_int32)
    enter = kind(engine.get_function_address("enter"))
    return NativeCode(enter, dict(zip(program.entry, table, strict=False)), engine)


@cache
def runtime() -> Runtime:
    """The loops over the bank, compiled once per process."""
    engine = _engine(optimised(code.RUNTIME))
    word, address = ctypes.c_int64, ctypes.c_void_p

    def function(name: str, result: type | None, *arguments: type) -> Callable[..., Any]:
        return ctypes.CFUNCTYPE(result, *arguments)(engine.get_function_address(name))

    return Runtime(
        function("here", word),
        function("rebuild", None, address, address, word, address, address, word),
        function("mark", None, address, address, address, address, word, address),
        function("sweep", word, address, address, word, address, address, address, word, address),
        engine,
    )


def _engine(binary: bytes) -> llvm.ExecutionEngine:
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target(False))
    engine.add_object_file(llvm.ObjectFileRef.from_data(binary))
    engine.finalize_object()
    return engine


def _target(optimise: bool) -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=2 if optimise else 0,
        jit=True,
    )


class NativeMachine:
    """Runs calls of symbols of one table over one bank. Not for use from several threads at once.

    `hosts` are the symbols that Python computes from their arguments. With `memo`, calls go through the adaptive memo.
    With `wait`, optimised code is compiled before anything runs; otherwise it is put in while quick code runs.
    """

    def __init__(
        self,
        bank: TermBank,
        table: RuleTable,
        hosts: Mapping[int, Callable[..., int]] | None = None,
        memo: bool = False,
        wait: bool = False,
    ) -> None:
        self.bank = bank
        self.table = table
        self.hosts = dict(hosts or {})
        self._constants: Ints = np.zeros(1, np.int32)
        self._load_constants()
        symbols = len(bank.symbols)
        self._comparable = _comparable(bank, table)
        entry = {f: e for f, e in enumerate(table.entry.tolist()) if e >= 0}
        self.program = code.NativeProgram(
            code=table.code.tolist(),
            entry=entry | dict.fromkeys(self.hosts, 0),
            arity=bank.arity[:symbols].tolist(),
            hosts=frozenset(self.hosts),
            immediates="Int" in {s.result for s in bank.symbols if s.kind == "app"},
            memo=memo,
        )
        self.context = np.zeros(code.CONTEXT_CELLS, np.int64)
        self._stack = _reserve(_STACK_CELLS)
        self._arena = _reserve(_ARENA_CELLS)
        bank.move_to(self._arena)
        self._marks = _reserve(_ARENA_CELLS)
        self._scratch = _reserve(_ARENA_CELLS)
        self._collect_at = _FIRST_COLLECTION
        self._functions = np.zeros(symbols, np.uint64)
        self._plain = np.zeros(symbols, np.int8)
        self._may_be_plain = np.array([self._unseen(f) for f in range(symbols)])
        self._made = np.zeros(symbols, np.int64)
        self._found = np.zeros(symbols, np.int64)
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64)(self._attend)
        self._stop: Stop | None = None
        self._lowest = 0
        self._slots_callback = ctypes.CFUNCTYPE(None)(self._more_slots)
        context = self.context
        context[code.MORE_SLOTS] = ctypes.cast(self._slots_callback, ctypes.c_void_p).value
        context[code.CALLBACK] = ctypes.cast(self._callback, ctypes.c_void_p).value
        context[code.BASE] = self._stack.ctypes.data
        context[code.FUNCTIONS] = self._functions.ctypes.data
        context[code.PLAIN] = self._plain.ctypes.data
        context[code.MADE] = self._made.ctypes.data
        context[code.FOUND] = self._found.ctypes.data
        text = code.translate(self.program, direct=True)
        name = native_cache.key(text)
        binary = native_cache.find(name)
        self.optimised = wait or binary is not None
        if binary is None:
            binary = optimised(text) if wait else assemble(code.translate(self.program, direct=False), optimise=False)
        self._code = [load(self.program, binary)]
        self._install(self._code[0])

    def _unseen(self, symbol: int) -> bool:
        """Can terms of the symbol not occur in anything that the rules compare?"""
        return self.bank.symbols[symbol].result not in self._comparable

    @property
    def steps(self) -> int:
        """Rewrites so far."""
        return int(self.context[code.FIRED])

    def _install(self, native: NativeCode) -> None:
        for symbol, address in native.functions.items():
            self._functions[symbol] = address

    def _load_constants(self) -> None:
        table = self.table
        constants = self.bank.load(table.terms, table.constants, table.signature)
        self._constants = np.array([*constants, 0], np.int32)

    def session(self, work: Callable[[], Result], clock: Clock) -> Result:
        """The result of `work`, which may call `call`; it runs on a thread with a large stack.

        Raises Stopped at the clock's limits. Ctrl-C raises KeyboardInterrupt unless the clock holds interrupts.
        """
        outcome: list[Result] = []
        failure: list[BaseException] = []
        done = threading.Event()
        self._stop = None

        def run() -> None:
            try:
                self._lowest = runtime().here() - self._stack_bytes + _PYTHON_STACK
                outcome.append(work())
            except BaseException as e:
                failure.append(e)
            finally:
                done.set()

        self._start(run)
        try:
            while not done.wait(_TICK):
                self._stop = self._stop or clock.reason()
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

    def _start(self, run: Callable[[], None]) -> None:
        """Run on a new thread with the largest stack that the system grants."""
        with _STARTING:
            before = threading.stack_size()
            try:
                for size in _THREAD_STACK:
                    try:
                        threading.stack_size(size)
                        self._stack_bytes = size
                        threading.Thread(target=run, daemon=True).start()
                        return
                    except RuntimeError:
                        if size == _THREAD_STACK[-1]:
                            raise
            finally:
                threading.stack_size(before)

    def _ask(self) -> None:
        """Make the run come to a safepoint."""
        self.context[code.FLOOR] = -1

    def call(self, symbol: int, arguments: Sequence[int]) -> TermId:
        """The normal form of symbol(arguments), the arguments normal. Within a session only. Raises Stopped."""
        bank, context = self.bank, self.context
        self._stack[: len(arguments)] = arguments
        self._sync_out()
        address = int(self._functions[symbol])
        result = self._code[0].enter(context.ctypes.data, address, self._stack.ctypes.data, len(arguments))
        self._sync_in()
        if result == 0:
            raise Stopped(self._stop or Stop.MEMORY)
        return TermId(result)

    def _sync_out(self) -> None:
        """Tell the run where the bank stands."""
        bank, context = self.bank, self.context
        context[code.CELLS] = bank.cells.ctypes.data
        context[code.TOP], context[code.COUNT] = bank.state
        context[code.TOP_LIMIT] = self._collect_at
        context[code.CONSTANTS] = self._constants.ctypes.data
        context[code.FLOOR] = self._lowest
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
        self.bank.reserve(0, len(self.bank.slots), _rebuild)
        self._tell_slots()

    def _attend(self, here: int) -> int:
        """Called by running code at a safepoint: stop (0) or go on."""
        self.context[code.FLOOR] = self._lowest
        self._sync_in()
        if self._stop:
            return 0
        if here < self._lowest:
            self._stop = Stop.MEMORY
            return 0
        if self.context[code.TOP] >= self._collect_at:
            self._collect()
        self._sync_out()
        return 1

    def _collect(self) -> None:
        """Collect the bank, and let symbols whose terms are hardly ever met again have plain cells from now on."""
        bank = self.bank
        rare = (self._made > _SEEN_OFTEN) & (self._found * _RARELY < self._made)
        self._plain[rare & self._may_be_plain] = 1
        depth = int(self.context[code.DEPTH])
        bank.collect([self._stack[:depth], self._constants], self._sweep)
        self._collect_at = max(_FIRST_COLLECTION, 3 * int(bank.state[opcodes.TOP]), 4 * depth)

    def _sweep(self, bank: TermBank, roots: Sequence[npt.NDArray[np.int32] | npt.NDArray[np.int64]]) -> Collected:
        """In place. Terms in plain cells that are equal become one row."""
        run = runtime()
        marks, waiting = self._marks, self._scratch.ctypes.data
        top = int(bank.state[opcodes.TOP])
        marks[:top] = 0
        cells, arity, payload = bank.cells.ctypes.data, bank.arity.ctypes.data, bank.payload.ctypes.data
        for array in roots:
            given = np.ascontiguousarray(array, np.int32)
            run.mark(cells, arity, marks.ctypes.data, given.ctypes.data, len(given), waiting)
        slots, state = bank.slots, bank.state
        slots[:] = 0
        rows = ctypes.c_int64()
        sizes = len(slots) - 1, arity, payload, marks.ctypes.data, top, ctypes.addressof(rows)
        state[opcodes.TOP] = run.sweep(cells, slots.ctypes.data, *sizes)
        state[opcodes.COUNT] = rows.value
        return Collected(bank.cells, slots, state, marks)


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


def _rebuild(cells: Ints, slots: Ints, arity: Ints, payload: Ints, top: int) -> None:
    addresses = (a.ctypes.data for a in (arity, payload))
    runtime().rebuild(cells.ctypes.data, slots.ctypes.data, len(slots) - 1, *addresses, top)


def _reserve(sizes: Sequence[int]) -> Ints:
    """Address space for as many cells as the system will give, of which only what is used takes memory."""
    for cells in sizes:
        try:
            flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
            return np.frombuffer(mmap.mmap(-1, 4 * cells, flags=flags), np.int32)
        except OSError:
            continue
    raise MemoryError("no room for a native run")
