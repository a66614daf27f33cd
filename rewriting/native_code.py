"""Rule tables translated to LLVM IR: a native function for each symbol that has rules.

The code of a head symbol (`opcodes.py`) is a tree, so registers become SSA values on the way down; where several tests
fail to one place, values that differ are merged there. A function is

    i32 @f<symbol>(ptr context, ptr sp, i32 a0, .. i32 a3)        tail calls guaranteed (tailcc, musttail)

It takes the normal forms of its arguments, from the fifth on in sp[0], sp[1], .., and returns a normal form; or 0 when
the run was stopped. `context` is an array of int64 (the numbers below), `sp` the first free cell of the run's own
stack, whose frames are those of `runs.py`: around a call, the live registers and the address of the CALL lie there and
not only in machine registers, so a collector sees them and another executor can take over.

A run can be stopped, collected or given better code where a function of a cycle of the call graph begins, the
*safepoint*: it compares the machine's stack pointer with context[FLOOR]. Whoever wants attention sets FLOOR to the
largest number; a native stack that is nearly full is the same comparison. What cannot reach a cycle is bounded: it is
called without a frame and without the check, and LLVM may inline it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from . import opcodes as op

# Cells of the context.
CELLS, SLOTS, MASK, TOP, COUNT, TOP_LIMIT, COUNT_LIMIT, FLOOR, FIRED, CALLBACK = range(10)
BASE, DEPTH, SYMBOL, CONSTANTS, FUNCTIONS, PLAIN, MADE, FOUND = range(10, 18)
MEMO, MEMO_MASK, MODE, PROBES, HITS, WORK, MORE_SLOTS, COMPUTE, CONTEXT_CELLS = range(18, 27)
IN_REGISTERS = 4  # arguments passed in registers
MEMO_WIDTH = 6  # cells of a row of the memo: symbol + 1, result, arguments
_BOUNDED_COST = 200  # calls that a function without a safepoint may make, all told
_FACTOR = -7046029254386353131
STOPPED = 1 << 40  # instead of an id, when Python stops the run
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul"}
_RELATIONS = {"<": "slt", "<=": "sle", ">": "sgt", ">=": "sge", "=": "eq", "<>": "ne"}


@dataclass(frozen=True)
class NativeProgram:
    """What there is to translate: the code with its entries by symbol, the arity of every symbol, how many constants
    there are (false and true follow), what memo frames add to their symbol, the symbols that Python computes, whether
    terms may be small integers (negative ids), and whether calls go through the memo.
    """

    code: Sequence[int]
    entry: Mapping[int, int]
    arity: Sequence[int]
    constants: int
    memo_frames: int
    hosts: frozenset[int] = frozenset()
    immediates: bool = False
    memo: bool = False


@dataclass(frozen=True)
class _Calls:
    """Which symbols a symbol's code calls, and how many calls it makes at most."""

    symbols: tuple[int, ...]
    count: int


def memoised(program: NativeProgram) -> list[int]:
    """The symbols whose calls the memo may hold: those that can run for long, and have one to four arguments."""
    bounded, _ = _analyse(program)
    return [f for f in program.entry if f not in bounded and 1 <= program.arity[f] <= IN_REGISTERS]


def largest_frame(program: NativeProgram) -> int:
    """Cells of the run's stack that one function may use."""
    live = [
        program.code[pc + 4 + program.code[pc + 3]]
        for entry in program.entry.values()
        for pc in _instructions(program.code, entry)
        if program.code[pc] == op.CALL
    ]
    return max(live, default=0) + max(program.arity, default=0) + IN_REGISTERS + 2


def translate(program: NativeProgram, direct: bool) -> str:
    """The module. With `direct`, functions call one another by name, so that LLVM can inline; otherwise through
    context[FUNCTIONS], where better code can be put while they run."""
    return "\n".join(_Module(program, direct).text())


def _instructions(code: Sequence[int], entry: int) -> Iterable[int]:
    """The addresses of all instructions that are reached from an entry."""
    pending = [entry]
    seen: set[int] = set()
    while pending:
        pc = pending.pop()
        while pc not in seen:
            seen.add(pc)
            yield pc
            opcode = code[pc]
            if opcode == op.SWITCH:
                k = code[pc + 3]
                pending += [code[pc + 2], *(code[pc + 5 + 2 * i] for i in range(k))]
                break
            if opcode in (op.TAIL, op.RETURN, op.STUCK):
                break
            if opcode in (op.SAME, op.DIFFER, op.IS):
                pending.append(code[pc + 3])
            pc += length(code, pc)


def length(code: Sequence[int], pc: int) -> int:
    """How many cells the instruction at pc takes, for those that the next one follows."""
    opcode = code[pc]
    if opcode == op.CONS:
        return 4 + code[pc + 3]
    if opcode == op.CALL:
        after = pc + 4 + code[pc + 3]
        return after + 1 + code[after] - pc
    if opcode == op.COMPUTE:
        return 3 + code[pc + 2]
    return {op.LOAD: 4, op.SAME: 4, op.DIFFER: 4, op.IS: 4, op.CONST: 3, op.FIRE: 2}[opcode]


def _analyse(program: NativeProgram) -> tuple[frozenset[int], frozenset[int]]:
    """The bounded symbols, and those on a cycle of the call graph."""
    calls = {}
    for f, entry in program.entry.items():
        made = [
            program.code[pc + (2 if program.code[pc] == op.CALL else 1)]
            for pc in _instructions(program.code, entry)
            if program.code[pc] in (op.CALL, op.TAIL)
        ]
        calls[f] = _Calls(tuple(dict.fromkeys(made)), len(made))
    cyclic = frozenset(f for component in _components(calls) for f in component)
    cost: dict[int, int] = dict.fromkeys(cyclic | program.hosts, _BOUNDED_COST)
    for root in calls:
        stack = [root]
        while stack:
            f = stack[-1]
            missing = [] if f in cost else [g for g in calls[f].symbols if g not in cost]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            if f not in cost:
                cost[f] = min(_BOUNDED_COST, calls[f].count * (1 + max((cost[g] for g in calls[f].symbols), default=0)))
    return frozenset(f for f in calls if cost[f] < _BOUNDED_COST), cyclic


def _components(calls: Mapping[int, _Calls]) -> list[list[int]]:
    """The strongly connected components that are cycles (Tarjan 1972, iterative)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    inside: set[int] = set()
    found = []
    for root in calls:
        if root in number:
            continue
        stack = [(root, 0)]
        while stack:
            f, i = stack.pop()
            if i == 0:
                number[f] = low[f] = len(number)
                waiting.append(f)
                inside.add(f)
            below = [g for g in calls[f].symbols if g in calls]
            if i:
                low[f] = min(low[f], low[below[i - 1]])
            while i < len(below) and below[i] in number:
                if below[i] in inside:
                    low[f] = min(low[f], number[below[i]])
                i += 1
            if i < len(below):
                stack += [(f, i + 1), (below[i], 0)]
            elif low[f] == number[f]:
                component: list[int] = []
                while not component or component[-1] != f:
                    component.append(waiting.pop())
                    inside.discard(component[-1])
                if len(component) > 1 or f in calls[f].symbols:
                    found.append(component)
    return found


_Value = str | tuple[str, int]  # an SSA value, or a child that nobody has read yet: the address of its row, and which


@dataclass
class _Path:
    """Where the translation stands: the label of the current block, registers, the address of the arena if known."""

    label: str
    registers: dict[int, _Value]
    cells: str | None = None


@dataclass
class _Block:
    """A block still to be written: the address of its code, and the paths that come to it."""

    pc: int
    comes: list[_Path] = field(default_factory=list)


class _Module:
    def __init__(self, program: NativeProgram, direct: bool) -> None:
        self.program = program
        self.direct = direct
        self.bounded, self.cyclic = _analyse(program)
        self.memoised = set(memoised(program)) if program.memo else set()
        self.lines: list[str] = []
        self.count = 0

    def text(self) -> list[str]:
        program = self.program
        self.lines = [_PRELUDE]
        arities = sorted({program.arity[s] for s in self._made()})
        for n in arities:
            self._cons(n)
        for f, entry in program.entry.items():
            self._function(f, entry)
            if f in self.memoised:
                self._memo(f)
        self._enter()
        return self.lines

    def _made(self) -> set[int]:
        made = set()
        for entry in self.program.entry.values():
            for pc in _instructions(self.program.code, entry):
                if self.program.code[pc] == op.CONS:
                    made.add(self.program.code[pc + 2])
                elif self.program.code[pc] == op.STUCK:
                    made.add(self.program.code[pc + 1])
        return made

    # Small pieces

    def new(self) -> str:
        self.count += 1
        return f"%v{self.count}"

    def label(self) -> str:
        self.count += 1
        return f"L{self.count}"

    def put(self, line: str) -> None:
        self.lines.append(" " + line)

    def let(self, expression: str) -> str:
        name = self.new()
        self.lines.append(f" {name} = {expression}")
        return name

    def begin(self, label: str) -> None:
        self.lines.append(f"{label}:")

    def context(self, which: int) -> str:
        """The address of a cell of the context."""
        return self.let(f"getelementptr i64, ptr %c, i64 {which}")

    def read(self, which: int, kind: str = "i64") -> str:
        return self.let(f"load {kind}, ptr {self.context(which)}")

    def add_to(self, address: str, amount: str = "1") -> None:
        old = self.let(f"load i64, ptr {address}")
        self.put(f"store i64 {self.let(f'add i64 {old}, {amount}')}, ptr {address}")

    def element(self, kind: str, array: str, index: int | str) -> str:
        return self.let(f"getelementptr {kind}, ptr {array}, i64 {index}")

    def counter(self, which: int, symbol: int) -> str:
        """The address of a symbol's cell in one of the context's arrays of int64."""
        return self.element("i64", self.read(which, "ptr"), symbol)

    def store_cells(self, base: str, values: Sequence[str], start: int = 0) -> None:
        for i, value in enumerate(values):
            self.put(f"store i32 {value}, ptr {self.element('i32', base, start + i)}")

    def load_cells(self, base: str, count: int, start: int = 0) -> list[str]:
        return [self.let(f"load i32, ptr {self.element('i32', base, start + i)}") for i in range(count)]

    def parameters(self, f: int) -> list[str]:
        return [f"%a{i}" for i in range(min(IN_REGISTERS, self.program.arity[f]))]

    def signature(self, f: int, name: str) -> str:
        parameters = "".join(f", i32 {p}" for p in self.parameters(f))
        return f"define internal tailcc i32 @{name}{f}(ptr %c, ptr %sp{parameters}) nounwind {{"

    def callee(self, f: int) -> str:
        if self.direct or f in self.bounded:
            return f"@f{f}"
        return self.let(f"load ptr, ptr {self.counter(FUNCTIONS, f)}")

    def passed(self, sp: str, values: Sequence[str]) -> str:
        """The arguments of a call; those beyond the registers are stored."""
        self.store_cells(sp, values[IN_REGISTERS:])
        return f"(ptr %c, ptr {sp}" + "".join(f", i32 {v}" for v in values[:IN_REGISTERS]) + ")"

    # Functions

    def _function(self, f: int, entry: int) -> None:
        self.lines.append(self.signature(f, "f"))
        self.begin("entry")
        arity = self.program.arity[f]
        arguments: list[str] = [*self.parameters(f), *self.load_cells("%sp", max(0, arity - IN_REGISTERS))]
        again: list[tuple[str, list[str]]] = []  # tail calls of itself: from which block, with which arguments
        if f in self.cyclic:
            self.put("br label %head")
            self.begin("head")
            place = len(self.lines)
            given, arguments = arguments, [self.new() for _ in range(arity)]
            self._safepoint(f, arguments)
            start = "body"
        else:
            start = "entry"
        path = _Path(start, dict(enumerate(arguments)))
        if f in self.program.hosts:
            self._host(f, path)
        pending = self._straight(f, entry, path, again)
        while pending:
            label, block = pending.popitem()
            self.begin(label)
            pending.update(self._straight(f, block.pc, self._merge(label, block.comes), again))
        if f in self.cyclic:
            phis = [
                f" {name} = phi i32 [{given[i]}, %entry]"
                + "".join(f", [{values[i]}, %{label}]" for label, values in again)
                for i, name in enumerate(arguments)
            ]
            self.lines[place:place] = phis
        self.begin("stopped")
        self.put("ret i32 0")
        self.lines.append("}")

    def _safepoint(self, f: int, arguments: Sequence[str]) -> None:
        sp = self.let("call i64 @llvm.read_register.i64(metadata !1)")
        floor = self.let(f"load volatile i64, ptr {self.context(FLOOR)}")  # or a loop would read it once
        low = self.let(f"icmp ult i64 {sp}, {floor}")
        self.put(f"br i1 {low}, label %attend, label %body, !prof !0")
        self.begin("attend")
        self.store_cells("%sp", arguments)
        self.put(f"%go = call i32 @attend(ptr %c, ptr %sp, i32 {f}, i32 {len(arguments)})")
        self.put("%stop = icmp eq i32 %go, 0")
        self.put("br i1 %stop, label %stopped, label %proceed")
        self.begin("proceed")
        values = self.load_cells("%sp", len(arguments))
        function = self.let(f"load ptr, ptr {self.counter(FUNCTIONS, f)}")
        result = self.let(f"musttail call tailcc i32 {function}{self.passed('%sp', values)}")
        self.put(f"ret i32 {result}")
        self.begin("body")

    def _merge(self, label: str, comes: Sequence[_Path]) -> _Path:
        first = comes[0]
        if len(comes) == 1:
            return _Path(label, dict(first.registers), first.cells)
        registers: dict[int, _Value] = {}
        for r, value in first.registers.items():
            values = [p.registers.get(r) for p in comes]
            if all(v == value for v in values):
                registers[r] = value
            elif all(isinstance(v, str) for v in values):
                pairs = ", ".join(f"[{v}, %{p.label}]" for v, p in zip(values, comes, strict=True))
                registers[r] = self.let(f"phi i32 {pairs}")
        return _Path(label, registers, first.cells if all(p.cells == first.cells for p in comes) else None)

    def _cells(self, path: _Path) -> str:
        if path.cells is None:
            path.cells = self.read(CELLS, "ptr")
        return path.cells

    def _use(self, path: _Path, register: int) -> str:
        value = path.registers[register]
        if isinstance(value, tuple):
            row, i = value
            value = path.registers[register] = self.let(f"load i32, ptr {self.element('i32', row, i + 1)}")
        return value

    def _row(self, path: _Path, register: int) -> str:
        """The address of the row of a term that is not a small integer."""
        wide = self.let(f"zext i32 {self._use(path, register)} to i64")
        return self.element("i32", self._cells(path), wide)

    def _straight(self, f: int, pc: int, path: _Path, again: list[tuple[str, list[str]]]) -> dict[str, _Block]:
        """Translate up to the end of the path; the blocks that remain, by label."""
        code = self.program.code
        blocks: dict[int, tuple[str, _Block]] = {}

        def block(target: int) -> str:
            label, waiting = blocks.setdefault(target, (self.label(), _Block(target)))
            waiting.comes.append(_Path(path.label, dict(path.registers), path.cells))
            return label

        def test(condition: str, fail: int) -> None:
            good = self.label()
            self.put(f"br i1 {condition}, label %{good}, label %{block(fail)}")
            self.begin(good)
            path.label = good

        while True:
            opcode = code[pc]
            if opcode == op.SWITCH:
                self._switch(pc, path, block)
                break
            if opcode == op.LOAD:
                row = self._row(path, code[pc + 1])
                for i in range(code[pc + 3]):
                    path.registers[code[pc + 2] + i] = (row, i)
            elif opcode in (op.SAME, op.DIFFER):
                kind = "eq" if opcode == op.SAME else "ne"
                for register in path.registers:  # several tests may fail to one place: there, values are merged
                    self._use(path, register)
                left, right = self._use(path, code[pc + 1]), self._use(path, code[pc + 2])
                test(self.let(f"icmp {kind} i32 {left}, {right}"), code[pc + 3])
            elif opcode == op.IS:
                value = self._use(path, code[pc + 1])
                test(self.let(f"icmp eq i32 {value}, {self._constant(code[pc + 2])}"), code[pc + 3])
            elif opcode == op.CONST:
                path.registers[code[pc + 1]] = self._constant(code[pc + 2])
            elif opcode == op.CONS:
                values = [self._use(path, r) for r in code[pc + 4 : pc + 4 + code[pc + 3]]]
                path.registers[code[pc + 1]] = self._construct(code[pc + 2], values)
            elif opcode == op.CALL:
                self._call(pc, path)
            elif opcode == op.COMPUTE:
                self._compute(f, pc, path)
            elif opcode == op.FIRE:
                self.add_to(self.context(FIRED))
            elif opcode == op.TAIL:
                symbol = code[pc + 1]
                values = [self._use(path, r) for r in code[pc + 3 : pc + 3 + code[pc + 2]]]
                if symbol == f:
                    self.put("br label %head")
                    again.append((path.label, values))
                else:
                    arguments = self.passed("%sp", values)
                    result = self.let(f"musttail call tailcc i32 {self.callee(symbol)}{arguments}")
                    self.put(f"ret i32 {result}")
                break
            elif opcode == op.RETURN:
                self.put(f"ret i32 {self._use(path, code[pc + 1])}")
                break
            elif opcode == op.STUCK:
                values = [self._use(path, r) for r in range(code[pc + 2])]
                self.put(f"ret i32 {self._construct(code[pc + 1], values)}")
                break
            else:
                raise ValueError(f"the native tier has no instruction {opcode}")
            pc += length(code, pc)
        return dict(blocks.values())

    def _switch(self, pc: int, path: _Path, block: Callable[[int], str]) -> None:
        code = self.program.code
        register, other, k = code[pc + 1 : pc + 4]
        value = self._use(path, register)
        if self.program.immediates:
            number, inside, joined = self.label(), self.label(), self.label()
            negative = self.let(f"icmp slt i32 {value}, 0")
            self.put(f"br i1 {negative}, label %{joined}, label %{inside}")
            before = path.label
            self.begin(inside)
            cells = self._cells(path)
            row = self.element("i32", cells, self.let(f"zext i32 {value} to i64"))
            loaded = self.let(f"load i32, ptr {row}")
            self.put(f"br label %{joined}")
            self.begin(joined)
            head = self.let(f"phi i32 [0, %{before}], [{loaded}, %{inside}]")
            path.label, path.cells = joined, None
            del number
        else:
            row = self._row(path, register)
            head = self.let(f"load i32, ptr {row}")
        targets = []
        for i in range(k):
            symbol, target = code[pc + 4 + 2 * i], code[pc + 5 + 2 * i]
            targets.append(f"i32 {symbol}, label %{block(target)}")
        self.put(f"switch i32 {head}, label %{block(other)} [{' '.join(targets)}]")

    def _constant(self, which: int) -> str:
        return self.let(f"load i32, ptr {self.element('i32', self.read(CONSTANTS, 'ptr'), which)}")

    def _construct(self, symbol: int, values: Sequence[str]) -> str:
        arguments = "".join(f", i32 {v}" for v in values)
        return self.let(f"call fastcc i32 @cons{len(values)}(ptr %c, i32 {symbol}{arguments})")

    def _call(self, pc: int, path: _Path) -> None:
        code = self.program.code
        target, symbol, n = code[pc + 1 : pc + 4]
        values = [self._use(path, r) for r in code[pc + 4 : pc + 4 + n]]
        kept = code[pc + 5 + n : pc + 5 + n + code[pc + 4 + n]]
        if symbol in self.bounded:
            arguments = self.passed("%sp", values)
            path.registers[target] = self.let(f"call tailcc i32 {self.callee(symbol)}{arguments}")
            return
        self.store_cells("%sp", [self._use(path, r) for r in kept])
        self.store_cells("%sp", [str(~pc)], len(kept))
        sp = self.element("i32", "%sp", len(kept) + 1)
        arguments = self.passed(sp, values)
        if symbol in self.memoised:
            result = self._through_memo(symbol, arguments)
        else:
            result = self.let(f"call tailcc i32 {self.callee(symbol)}{arguments}")
        good = self.label()
        self.put(f"br i1 {self.let(f'icmp eq i32 {result}, 0')}, label %stopped, label %{good}, !prof !0")
        self.begin(good)
        path.label, path.cells = good, None
        path.registers = dict(zip(kept, self.load_cells("%sp", len(kept)), strict=True))
        path.registers[target] = result

    def _through_memo(self, f: int, arguments: str) -> str:
        """A call of f, by the memo unless its mode is 0."""
        plain, memo, joined = self.label(), self.label(), self.label()
        mode = self.let(f"load i8, ptr {self.element('i8', self.read(MODE, 'ptr'), f)}")
        self.put(f"br i1 {self.let(f'icmp eq i8 {mode}, 0')}, label %{plain}, label %{memo}")
        self.begin(plain)
        straight = self.let(f"call tailcc i32 {self.callee(f)}{arguments}")
        self.put(f"br label %{joined}")
        self.begin(memo)
        looked_up = self.let(f"call tailcc i32 @m{f}{arguments}")
        self.put(f"br label %{joined}")
        self.begin(joined)
        return self.let(f"phi i32 [{straight}, %{plain}], [{looked_up}, %{memo}]")

    def _ask_python(self, f: int, arguments: Sequence[str]) -> str:
        """The value that Python gives a term f(arguments): an id, 0 for none, STOPPED."""
        self.store_cells("%sp", arguments)
        return self.let(f"call i64 @compute(ptr %c, ptr %sp, i32 {f}, i32 {len(arguments)})")

    def _host(self, f: int, path: _Path) -> None:
        """At the beginning of a symbol that Python computes; the rules come after it where there is no value."""
        value = self._ask_python(f, [self._use(path, r) for r in range(self.program.arity[f])])
        self.put(f"switch i64 {value}, label %given [i64 0, label %rules i64 {STOPPED}, label %stopped]")
        self.begin("given")
        self.add_to(self.context(FIRED))
        self.put(f"ret i32 {self.let(f'trunc i64 {value} to i32')}")
        self.begin("rules")
        path.label, path.cells = "rules", None

    def _compute(self, f: int, pc: int, path: _Path) -> None:
        """A built-in operation: on small integers here, on other literals by Python, else on to the rules."""
        code = self.program.code
        k, n = code[pc + 1], code[pc + 2]
        heads = code[pc + 3 : pc + 3 + n]
        values = [self._use(path, r) for r in range(n)]
        cells = self._cells(path)
        ask, on, check = self.label(), self.label(), self.label()
        if k >= 0:
            negative = [self.let(f"icmp slt i32 {v}, 0") for v in values]
            small = negative[0] if n == 1 else self.let(f"and i1 {negative[0]}, {negative[1]}")
            quick = self.label()
            self.put(f"br i1 {small}, label %{quick}, label %{check}")
            self.begin(quick)
            self._arithmetic(op.COMPUTED[k], values, ask)
        else:
            self.put(f"br label %{check}")
        self.begin(check)
        for value, head in zip(values, heads, strict=True):
            row, following = self.label(), self.label()
            self.put(f"br i1 {self.let(f'icmp slt i32 {value}, 0')}, label %{following}, label %{row}")
            self.begin(row)
            address = self.element("i32", cells, self.let(f"zext i32 {value} to i64"))
            literal = self.let(f"icmp eq i32 {self.load_cells(address, 1)[0]}, {head}")
            self.put(f"br i1 {literal}, label %{following}, label %{on}")
            self.begin(following)
        self.put(f"br label %{ask}")
        self.begin(ask)
        value = self._ask_python(f, values)
        done = self.label()
        self.put(f"br i1 {self.let(f'icmp eq i64 {value}, 0')}, label %{on}, label %{done}")
        self.begin(done)
        self.add_to(self.context(FIRED))
        self.put(f"ret i32 {self.let(f'trunc i64 {value} to i32')}")
        self.begin(on)
        path.label, path.cells = on, None

    def _arithmetic(self, operation: str, values: Sequence[str], ask: str) -> None:
        """Return the value of an operation on immediates; go to `ask` where it is none."""
        wide = [self.let(f"sext i32 {v} to i64") for v in values]
        x, y = (self.let(f"add i64 {w}, {op.IMMEDIATE}") for w in (wide[0], wide[-1]))
        if operation in _RELATIONS:
            true = self.let(f"icmp {_RELATIONS[operation]} i64 {x}, {y}")
            choices = (self._constant(self.program.constants + i) for i in (1, 0))
            self.add_to(self.context(FIRED))
            result = self.let(f"select i1 {true}, " + ", ".join(f"i32 {c}" for c in choices))
            self.put(f"ret i32 {result}")
            return
        if operation in ("div", "mod"):
            nonzero = self.label()
            self.put(f"br i1 {self.let(f'icmp eq i64 {y}, 0')}, label %{ask}, label %{nonzero}")
            self.begin(nonzero)
            quotient, rest = self.let(f"sdiv i64 {x}, {y}"), self.let(f"srem i64 {x}, {y}")
            inexact = self.let(f"icmp ne i64 {rest}, 0")
            opposed = self.let(f"icmp slt i64 {self.let(f'xor i64 {rest}, {y}')}, 0")
            below = self.let(f"and i1 {inexact}, {opposed}")
            floor = self.let(f"select i1 {below}, i64 {self.let(f'sub i64 {quotient}, 1')}, i64 {quotient}")
            modulus = self.let(f"select i1 {below}, i64 {self.let(f'add i64 {rest}, {y}')}, i64 {rest}")
            value = floor if operation == "div" else modulus
        elif operation == "neg":
            value = self.let(f"sub i64 0, {x}")
        else:
            value = self.let(f"{_ARITHMETIC[operation]} i64 {x}, {y}")
        shifted = self.let(f"add i64 {value}, {op.IMMEDIATE}")
        fits = self.let(f"icmp ult i64 {shifted}, {2 * op.IMMEDIATE}")
        good = self.label()
        self.put(f"br i1 {fits}, label %{good}, label %{ask}")
        self.begin(good)
        self.add_to(self.context(FIRED))
        identity = self.let(f"sub i64 {value}, {op.IMMEDIATE}")
        self.put(f"ret i32 {self.let(f'trunc i64 {identity} to i32')}")

    def _memo(self, f: int) -> None:
        """A call of f through the memo."""
        self.lines.append(self.signature(f, "m").replace("nounwind {", "noinline nounwind {"))
        self.begin("entry")
        parameters = self.parameters(f)
        n = len(parameters)
        self.add_to(self.counter(PROBES, f))
        row = self._memo_row(f, parameters)
        for i, value in enumerate([str(f + 1), *parameters]):
            cell = self.load_cells(row, 1, 0 if i == 0 else i + 1)[0]
            following = self.label()
            self.put(f"br i1 {self.let(f'icmp eq i32 {cell}, {value}')}, label %{following}, label %miss")
            self.begin(following)
        self.add_to(self.counter(HITS, f))
        self.put(f"ret i32 {self.load_cells(row, 1, 1)[0]}")
        self.begin("miss")
        self.store_cells("%sp", [*parameters, str(~(self.program.memo_frames + f))])
        before = self.read(FIRED)
        sp = self.element("i32", "%sp", n + 1)
        result = self.let(f"call tailcc i32 {self.callee(f)}{self.passed(sp, parameters)}")
        self.put(f"br i1 {self.let(f'icmp eq i32 {result}, 0')}, label %stopped, label %enter, !prof !0")
        self.begin("enter")
        values = self.load_cells("%sp", n)
        self.add_to(self.counter(WORK, f), self.let(f"sub i64 {self.read(FIRED)}, {before}"))
        self.store_cells(self._memo_row(f, values), [str(f + 1), result, *values])
        self.put(f"ret i32 {result}")
        self.begin("stopped")
        self.put("ret i32 0")
        self.lines.append("}")

    def _memo_row(self, f: int, values: Sequence[str]) -> str:
        place = self.let(f"and i64 {self._hash([str(f), *values])}, {self.read(MEMO_MASK)}")
        return self.element("i32", self.read(MEMO, "ptr"), self.let(f"mul i64 {place}, {MEMO_WIDTH}"))

    def _hash(self, cells: Sequence[str]) -> str:
        """The hash of `kernels` of a row."""
        h = str(len(cells))
        for cell in cells:
            wide = self.let(f"sext i32 {cell} to i64")
            product = self.let(f"mul i64 {self.let(f'xor i64 {h}, {wide}')}, {_FACTOR}")
            h = self.let(f"xor i64 {product}, {self.let(f'ashr i64 {product}, 29')}")
        return self.let(f"ashr i64 {h}, 5")

    def _cons(self, n: int) -> None:
        """The term of a symbol and n children: interned, or where the symbol's cells are plain just laid down."""
        parameters = [f"%a{i}" for i in range(n)]
        self.lines.append(
            f"define internal fastcc i32 @cons{n}(ptr %c, i32 %s"
            + "".join(f", i32 {p}" for p in parameters)
            + ") nounwind {"
        )
        self.begin("entry")
        self.put("%symbol = zext i32 %s to i64")
        cells = self.read(CELLS, "ptr")
        flag = self.let(f"load i8, ptr {self.element('i8', self.read(PLAIN, 'ptr'), '%symbol')}")
        self.put(f"br i1 {self.let(f'icmp eq i8 {flag}, 0')}, label %look, label %lay")
        self.begin("look")
        slots, mask = self.read(SLOTS, "ptr"), self.read(MASK)
        first = self.let(f"and i64 {self._hash(['%s', *parameters])}, {mask}")
        self.put("br label %probe")
        self.begin("probe")
        place, following = self.new(), self.new()
        self.put(f"{place} = phi i64 [{first}, %look], [{following}, %next]")
        slot = self.element("i32", slots, place)
        term = self.let(f"load i32, ptr {slot}")
        self.put(f"br i1 {self.let(f'icmp eq i32 {term}, 0')}, label %insert, label %compare")
        self.begin("compare")
        row = self.element("i32", cells, self.let(f"zext i32 {term} to i64"))
        for i, value in enumerate(["%s", *parameters]):
            cell = self.load_cells(row, 1, i)[0]
            good = self.label() if i < n else "found"
            self.put(f"br i1 {self.let(f'icmp eq i32 {cell}, {value}')}, label %{good}, label %next")
            self.begin(good)
        self.add_to(self.counter(FOUND, "%symbol"))  # type: ignore[arg-type]
        self.put(f"ret i32 {term}")
        self.begin("next")
        self.put(f"{following} = and i64 {self.let(f'add i64 {place}, 1')}, {mask}")
        self.put("br label %probe")
        self.begin("insert")
        self.add_to(self.counter(MADE, "%symbol"))  # type: ignore[arg-type]
        fresh = self.let(f"trunc i64 {self.read(TOP)} to i32")
        self.put(f"store i32 {fresh}, ptr {slot}")
        self.put(f"store i64 {self.let(f'add i64 {self.read(COUNT)}, 1')}, ptr {self.context(COUNT)}")
        self.put("br label %lay")
        self.begin("lay")
        top = self.read(TOP)
        row = self.element("i32", cells, top)
        self.store_cells(row, ["%s", *parameters])
        after = self.let(f"add i64 {top}, {n + 1}")
        self.put(f"store i64 {after}, ptr {self.context(TOP)}")
        laid = self.let(f"trunc i64 {top} to i32")
        long = self.let(f"icmp uge i64 {after}, {self.read(TOP_LIMIT)}")
        many = self.let(f"icmp uge i64 {self.read(COUNT)}, {self.read(COUNT_LIMIT)}")
        self.put(f"br i1 {self.let(f'or i1 {long}, {many}')}, label %full, label %done, !prof !0")
        self.begin("full")
        self.put("call void @full(ptr %c)")
        self.put("br label %done")
        self.begin("done")
        self.put(f"ret i32 {laid}")
        self.lines.append("}")

    def _enter(self) -> None:
        """For callers in C: run a function whose n arguments are the cells from sp on."""
        self.lines.append("define i32 @enter(ptr %c, ptr %f, ptr %sp, i32 %n) nounwind {")
        self.begin("entry")
        cases = " ".join(f"i32 {n}, label %with{n}" for n in range(IN_REGISTERS))
        self.put(f"switch i32 %n, label %with{IN_REGISTERS} [{cases}]")
        for n in range(IN_REGISTERS + 1):
            self.begin(f"with{n}")
            values = self.load_cells("%sp", n)
            if n == IN_REGISTERS:  # the others move to where the frame begins
                self.put(f"%others = sub i32 %n, {n}")
                self.put("%count = sext i32 %others to i64")
                self.put("br label %each")
                self.begin("each")
                self.put(f"%i = phi i64 [0, %with{n}], [%i1, %move]")
                self.put("%more = icmp slt i64 %i, %count")
                self.put("br i1 %more, label %move, label %go")
                self.begin("move")
                self.put("%i1 = add i64 %i, 1")
                place = self.element("i32", "%sp", "%i")
                self.store_cells(place, self.load_cells(place, 1, n))
                self.put("br label %each")
                self.begin("go")
            arguments = "".join(f", i32 {v}" for v in values)
            self.put(f"ret i32 {self.let(f'call tailcc i32 %f(ptr %c, ptr %sp{arguments})')}")
        self.lines.append("}")
        table = ", ".join(f"ptr @f{f}" for f in self.program.entry) or "ptr null"
        size = max(1, len(self.program.entry))
        self.lines.append(f"@functions = constant [{size} x ptr] [{table}]")


_PRELUDE = f"""
!0 = !{{!"branch_weights", i32 1, i32 100000}}
!1 = !{{!"rsp"}}
declare i64 @llvm.read_register.i64(metadata)

define internal void @pause(ptr %c, ptr %sp, i32 %symbol, i32 %n) noinline nounwind {{
 %base = getelementptr i64, ptr %c, i64 {BASE}
 %b = load i64, ptr %base
 %s = ptrtoint ptr %sp to i64
 %bytes = sub i64 %s, %b
 %cells = ashr i64 %bytes, 2
 %wide = zext i32 %n to i64
 %depth = add i64 %cells, %wide
 %d = getelementptr i64, ptr %c, i64 {DEPTH}
 store i64 %depth, ptr %d
 %f = zext i32 %symbol to i64
 %y = getelementptr i64, ptr %c, i64 {SYMBOL}
 store i64 %f, ptr %y
 ret void
}}

; The arena has passed its limit: the next safepoint shall attend to it. Slots are made at once if they are too few.
define internal void @full(ptr %c) noinline cold nounwind {{
 %fp = getelementptr i64, ptr %c, i64 {FLOOR}
 store i64 -1, ptr %fp
 %np = getelementptr i64, ptr %c, i64 {COUNT}
 %n = load i64, ptr %np
 %lp = getelementptr i64, ptr %c, i64 {COUNT_LIMIT}
 %l = load i64, ptr %lp
 %many = icmp uge i64 %n, %l
 br i1 %many, label %more, label %done
more:
 %p = getelementptr i64, ptr %c, i64 {MORE_SLOTS}
 %f = load ptr, ptr %p
 call void %f()
 br label %done
done:
 ret void
}}

; Let Python compute a term whose arguments lie at sp.
define internal i64 @compute(ptr %c, ptr %sp, i32 %symbol, i32 %n) noinline nounwind {{
 call void @pause(ptr %c, ptr %sp, i32 %symbol, i32 %n)
 %p = getelementptr i64, ptr %c, i64 {COMPUTE}
 %f = load ptr, ptr %p
 %value = call i64 %f()
 ret i64 %value
}}

define internal i32 @attend(ptr %c, ptr %sp, i32 %symbol, i32 %n) noinline cold nounwind {{
 call void @pause(ptr %c, ptr %sp, i32 %symbol, i32 %n)
 %p = getelementptr i64, ptr %c, i64 {CALLBACK}
 %f = load ptr, ptr %p
 %here = call i64 @llvm.read_register.i64(metadata !1)
 %go = call i32 %f(i64 %here)
 ret i32 %go
}}
"""

RUNTIME = f"""
; The stack pointer of the caller, roughly.
define i64 @here() nounwind {{
 %s = alloca i64
 %i = ptrtoint ptr %s to i64
 ret i64 %i
}}

; Enter the `size` old slots in all-zero slots.
define void @rebuild(ptr %cells, ptr %old, i64 %size, ptr %slots, i64 %mask, ptr %arity, ptr %payload) nounwind {{
entry:
 br label %row
row:
 %r = phi i64 [0, %entry], [%following, %onward]
 %more = icmp slt i64 %r, %size
 br i1 %more, label %filled, label %done
filled:
 %rp = getelementptr i32, ptr %old, i64 %r
 %id = load i32, ptr %rp
 %none = icmp eq i32 %id, 0
 br i1 %none, label %onward, label %hash
hash:
 %t = zext i32 %id to i64
 %p = getelementptr i32, ptr %cells, i64 %t
 %s = load i32, ptr %p
 %sw = sext i32 %s to i64
 %ap = getelementptr i32, ptr %arity, i64 %sw
 %a = load i32, ptr %ap
 %pp = getelementptr i32, ptr %payload, i64 %sw
 %y = load i32, ptr %pp
 %ay = add i32 %a, %y
 %n = sext i32 %ay to i64
 %width = add i64 %n, 1
 br label %mix
mix:
 %i = phi i64 [0, %hash], [%i1, %mix]
 %h = phi i64 [%width, %hash], [%h3, %mix]
 %xp = getelementptr i32, ptr %p, i64 %i
 %x = load i32, ptr %xp
 %xw = sext i32 %x to i64
 %h0 = xor i64 %h, %xw
 %h1 = mul i64 %h0, {_FACTOR}
 %h2 = ashr i64 %h1, 29
 %h3 = xor i64 %h1, %h2
 %i1 = add i64 %i, 1
 %on = icmp slt i64 %i1, %width
 br i1 %on, label %mix, label %find
find:
 %h4 = ashr i64 %h3, 5
 %j0 = and i64 %h4, %mask
 br label %probe
probe:
 %j = phi i64 [%j0, %find], [%j2, %next]
 %sp = getelementptr i32, ptr %slots, i64 %j
 %there = load i32, ptr %sp
 %free = icmp eq i32 %there, 0
 br i1 %free, label %place, label %next
next:
 %j1 = add i64 %j, 1
 %j2 = and i64 %j1, %mask
 br label %probe
place:
 store i32 %id, ptr %sp
 br label %onward
onward:
 %following = add i64 %r, 1
 br label %row
done:
 ret void
}}

; Mark what the roots reach: marks[t] = 1. Returns how many rows were new. `stack` has room for as many terms as there
; are. Ids that are not positive are no rows.
define i64 @mark(ptr %cells, ptr %arity, ptr %marks, ptr %roots, i64 %count, ptr %stack) nounwind {{
entry:
 br label %root
root:
 %r = phi i64 [0, %entry], [%r1, %following]
 %found = phi i64 [0, %entry], [%found1, %following]
 %more = icmp slt i64 %r, %count
 br i1 %more, label %first, label %done
first:
 %rp = getelementptr i32, ptr %roots, i64 %r
 %rt = load i32, ptr %rp
 %rows = icmp sgt i32 %rt, 0
 br i1 %rows, label %new, label %following
new:
 %rw = zext i32 %rt to i64
 %rm = getelementptr i32, ptr %marks, i64 %rw
 %rv = load i32, ptr %rm
 %fresh = icmp eq i32 %rv, 0
 br i1 %fresh, label %push, label %following
push:
 store i32 1, ptr %rm
 store i32 %rt, ptr %stack
 br label %pop
pop:
 %n = phi i64 [1, %push], [%n1, %last]
 %popped = phi i64 [%found, %push], [%popped1, %last]
 %popped1 = add i64 %popped, 1
 %n0 = sub i64 %n, 1
 %tp = getelementptr i32, ptr %stack, i64 %n0
 %t = load i32, ptr %tp
 %tw = zext i32 %t to i64
 %row = getelementptr i32, ptr %cells, i64 %tw
 %s = load i32, ptr %row
 %sw = sext i32 %s to i64
 %ap = getelementptr i32, ptr %arity, i64 %sw
 %a = load i32, ptr %ap
 %aw = sext i32 %a to i64
 br label %child
child:
 %k = phi i64 [1, %pop], [%k1, %next]
 %n1 = phi i64 [%n0, %pop], [%n2, %next]
 %inside = icmp sle i64 %k, %aw
 br i1 %inside, label %look, label %last
look:
 %cp = getelementptr i32, ptr %row, i64 %k
 %c = load i32, ptr %cp
 %isrow = icmp sgt i32 %c, 0
 br i1 %isrow, label %marked, label %skip
marked:
 %cw = zext i32 %c to i64
 %cm = getelementptr i32, ptr %marks, i64 %cw
 %cv = load i32, ptr %cm
 %unseen = icmp eq i32 %cv, 0
 br i1 %unseen, label %add, label %skip
add:
 store i32 1, ptr %cm
 %at = getelementptr i32, ptr %stack, i64 %n1
 store i32 %c, ptr %at
 %n4 = add i64 %n1, 1
 br label %next
skip:
 br label %next
next:
 %n2 = phi i64 [%n4, %add], [%n1, %skip]
 %k1 = add i64 %k, 1
 br label %child
last:
 %busy = icmp sgt i64 %n1, 0
 br i1 %busy, label %pop, label %following
following:
 %found1 = phi i64 [%found, %first], [%found, %new], [%popped1, %last]
 %r1 = add i64 %r, 1
 br label %root
done:
 ret i64 %found
}}

; Slide the marked rows of cells[1:top] to the front, each distinct row once, their children renumbered, and enter them
; in all-zero slots, but for those of plain symbols; marks[t] becomes the new offset of the row. Returns the new top;
; rows[0] becomes the number of rows entered.
define i64 @sweep(
 ptr %cells, ptr %slots, i64 %mask, ptr %arity, ptr %payload, ptr %marks, i64 %top, ptr %rows, ptr %plain
) nounwind {{
entry:
 store i64 0, ptr %rows
 br label %scan
scan:
 %t = phi i64 [1, %entry], [%t1, %onward]
 %free = phi i64 [1, %entry], [%free3, %onward]
 %more = icmp slt i64 %t, %top
 br i1 %more, label %test, label %done
test:
 %mp = getelementptr i32, ptr %marks, i64 %t
 %m = load i32, ptr %mp
 %dead = icmp eq i32 %m, 0
 br i1 %dead, label %onward, label %live
live:
 %p = getelementptr i32, ptr %cells, i64 %t
 %q = getelementptr i32, ptr %cells, i64 %free
 %s = load i32, ptr %p
 %sw = sext i32 %s to i64
 %ap = getelementptr i32, ptr %arity, i64 %sw
 %a = load i32, ptr %ap
 %aw = sext i32 %a to i64
 %pp = getelementptr i32, ptr %payload, i64 %sw
 %y = load i32, ptr %pp
 %ay = add i32 %a, %y
 %ayw = sext i32 %ay to i64
 %width = add i64 %ayw, 1
 store i32 %s, ptr %q
 %g0 = xor i64 %width, %sw
 %g1 = mul i64 %g0, {_FACTOR}
 %g2 = ashr i64 %g1, 29
 %g3 = xor i64 %g1, %g2
 br label %cell
cell:
 %i = phi i64 [1, %live], [%i1, %moved]
 %h = phi i64 [%g3, %live], [%h3, %moved]
 %on = icmp slt i64 %i, %width
 br i1 %on, label %copy, label %find
copy:
 %xp = getelementptr i32, ptr %p, i64 %i
 %x = load i32, ptr %xp
 %child = icmp sle i64 %i, %aw
 %isrow = icmp sgt i32 %x, 0
 %remap = and i1 %child, %isrow
 br i1 %remap, label %renumber, label %moved0
renumber:
 %xw = zext i32 %x to i64
 %np = getelementptr i32, ptr %marks, i64 %xw
 %nx = load i32, ptr %np
 br label %moved
moved0:
 br label %moved
moved:
 %v = phi i32 [%nx, %renumber], [%x, %moved0]
 %vp = getelementptr i32, ptr %q, i64 %i
 store i32 %v, ptr %vp
 %vw = sext i32 %v to i64
 %h0 = xor i64 %h, %vw
 %h1 = mul i64 %h0, {_FACTOR}
 %h2 = ashr i64 %h1, 29
 %h3 = xor i64 %h1, %h2
 %i1 = add i64 %i, 1
 br label %cell
find:
 %fp = getelementptr i8, ptr %plain, i64 %sw
 %flag = load i8, ptr %fp
 %stays = icmp ne i8 %flag, 0
 br i1 %stays, label %lay, label %seek
lay:
 %idl = trunc i64 %free to i32
 store i32 %idl, ptr %mp
 %freel = add i64 %free, %width
 br label %onward
seek:
 %h4 = ashr i64 %h, 5
 %j0 = and i64 %h4, %mask
 br label %probe
probe:
 %j = phi i64 [%j0, %seek], [%j2, %next]
 %sp = getelementptr i32, ptr %slots, i64 %j
 %there = load i32, ptr %sp
 %empty = icmp eq i32 %there, 0
 br i1 %empty, label %place, label %compare
compare:
 %tw = zext i32 %there to i64
 %o = getelementptr i32, ptr %cells, i64 %tw
 br label %same
same:
 %k = phi i64 [0, %compare], [%k1, %equal]
 %all = icmp sge i64 %k, %width
 br i1 %all, label %twin, label %one
one:
 %o1 = getelementptr i32, ptr %o, i64 %k
 %ov = load i32, ptr %o1
 %q1 = getelementptr i32, ptr %q, i64 %k
 %qv = load i32, ptr %q1
 %eq = icmp eq i32 %ov, %qv
 br i1 %eq, label %equal, label %next
equal:
 %k1 = add i64 %k, 1
 br label %same
next:
 %j1 = add i64 %j, 1
 %j2 = and i64 %j1, %mask
 br label %probe
twin:
 store i32 %there, ptr %mp
 br label %onward
place:
 %id = trunc i64 %free to i32
 store i32 %id, ptr %sp
 store i32 %id, ptr %mp
 %count = load i64, ptr %rows
 %count1 = add i64 %count, 1
 store i64 %count1, ptr %rows
 %free2 = add i64 %free, %width
 br label %onward
onward:
 %free3 = phi i64 [%free, %test], [%free, %twin], [%free2, %place], [%freel, %lay]
 %t1 = add i64 %t, 1
 br label %scan
done:
 ret i64 %free
}}

; The text of a term in prefix notation; the name of symbol s is bytes[offsets[s] : offsets[s+1]]. Returns its length,
; or -1 if it has more than `most` symbols or `capacity` bytes, -2 if there is an integer in it or a symbol whose
; offset is negative (then its size is where the name before ends). `stack` has room for two int64 for each level of
; the term.
define i64 @write(
 ptr %cells, ptr %arity, i64 %root, ptr %offsets, ptr %bytes, ptr %out, i64 %capacity, i64 %most, ptr %stack
) nounwind {{
entry:
 br label %term
term:
 %t = phi i64 [%root, %entry], [%first, %down], [%sibling, %comma]
 %at = phi i64 [0, %entry], [%opened, %down], [%at5, %comma]
 %n = phi i64 [0, %entry], [%n1, %down], [%n2, %comma]
 %left = phi i64 [%most, %entry], [%left1, %down], [%left2, %comma]
 %none = icmp eq i64 %left, 0
 br i1 %none, label %toolong, label %kind
kind:
 %number = icmp slt i64 %t, 0
 br i1 %number, label %strange, label %name
name:
 %left1 = sub i64 %left, 1
 %p = getelementptr i32, ptr %cells, i64 %t
 %s = load i32, ptr %p
 %sw = zext i32 %s to i64
 %op = getelementptr i64, ptr %offsets, i64 %sw
 %from = load i64, ptr %op
 %unnamed = icmp slt i64 %from, 0
 br i1 %unnamed, label %strange, label %fit
fit:
 %op2 = getelementptr i64, ptr %op, i64 1
 %next0 = load i64, ptr %op2
 %to = call i64 @llvm.abs.i64(i64 %next0, i1 false)
 %length = sub i64 %to, %from
 %at1 = add i64 %at, %length
 %at2 = add i64 %at1, 2
 %fits = icmp ule i64 %at2, %capacity
 br i1 %fits, label %copy, label %toolong
copy:
 %target = getelementptr i8, ptr %out, i64 %at
 %source = getelementptr i8, ptr %bytes, i64 %from
 call void @llvm.memcpy.p0.p0.i64(ptr %target, ptr %source, i64 %length, i1 false)
 %ap = getelementptr i32, ptr %arity, i64 %sw
 %a = load i32, ptr %ap
 %leaf = icmp eq i32 %a, 0
 br i1 %leaf, label %up, label %down
down:
 %bracket = getelementptr i8, ptr %out, i64 %at1
 store i8 40, ptr %bracket
 %opened = add i64 %at1, 1
 %f = getelementptr i64, ptr %stack, i64 %n
 store i64 %t, ptr %f
 %n0 = add i64 %n, 1
 %f1 = getelementptr i64, ptr %stack, i64 %n0
 store i64 1, ptr %f1
 %n1 = add i64 %n, 2
 %cp = getelementptr i32, ptr %p, i64 1
 %c = load i32, ptr %cp
 %first = sext i32 %c to i64
 br label %term
up:
 %at3 = phi i64 [%at1, %copy], [%at4, %close]
 %n2 = phi i64 [%n, %copy], [%n3, %close]
 %left2 = phi i64 [%left1, %copy], [%left2, %close]
 %end = icmp eq i64 %n2, 0
 br i1 %end, label %done, label %parent
parent:
 %room = icmp ult i64 %at3, %capacity
 br i1 %room, label %next, label %toolong
next:
 %n3 = sub i64 %n2, 2
 %gp = getelementptr i64, ptr %stack, i64 %n3
 %g = load i64, ptr %gp
 %kp = getelementptr i64, ptr %gp, i64 1
 %k = load i64, ptr %kp
 %q = getelementptr i32, ptr %cells, i64 %g
 %gs = load i32, ptr %q
 %gsw = zext i32 %gs to i64
 %gap = getelementptr i32, ptr %arity, i64 %gsw
 %ga = load i32, ptr %gap
 %gaw = zext i32 %ga to i64
 %mark = getelementptr i8, ptr %out, i64 %at3
 %last = icmp eq i64 %k, %gaw
 br i1 %last, label %close, label %comma
close:
 store i8 41, ptr %mark
 %at4 = add i64 %at3, 1
 br label %up
comma:
 store i8 44, ptr %mark
 %at5 = add i64 %at3, 1
 %k1 = add i64 %k, 1
 store i64 %k1, ptr %kp
 %sp = getelementptr i32, ptr %q, i64 %k1
 %sc = load i32, ptr %sp
 %sibling = sext i32 %sc to i64
 br label %term
done:
 ret i64 %at3
toolong:
 ret i64 -1
strange:
 ret i64 -2
}}
declare i64 @llvm.abs.i64(i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
