"""Types inferred from annotated binders: the algorithm T1 of the specification (A6.1, B4) [R].

    infer(j)         needs nothing, and gives nothing at the exit j
    infer([N]a.M)    the type of N is given to M at a
    infer(a<x:ρ>.M)  needs ρ at a, then what M needs
    infer(x)         the type of x, an arrow
    infer(N ; j -> M)  what N gives at j is given to M; N's type where j is no exit of N
    infer(M^j)       what M gives at j must be what it needs

The answer is minimal: all other types of the term are expansions and weakenings of it (`stack_types.py`). Pushed
variables, numbers (of type Z) and constants (of type C) are values; any other pushed term is a thunk.

>>> from .parsing import parse, parse_type
>>> str(infer(parse("<f:(Z => Z Z)>.f.f"))), str(infer(parse("$eq ; #T -> [1] ; #F -> [0]")))
('(Z => Z Z) Z => Z Z Z', 'Z Z => Z')
>>> checks(parse("<x:Z>.[x].[x]"), parse_type("Z C => C Z Z"))
True
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

from ...rewriting.source import LemmataError
from .data import DataType
from .parsing import Places, Program
from .primitives import ARITHMETIC, FALSE, TRUE
from .printing import beginning, shown_label
from .stack_types import Flow, Stacks, agreed, arrow_of, expands, flow_of, follow
from .terms import NO_TYPE, SKIP, Table, Term, children

STREAMS = frozenset({"in", "out", "rnd", "nd"})
_SHOWN = 60
_MOST_SHOWN = 8  # types of a stack in a message

_COMPOUND = ("push", "pop", "join", "loop")

Path = tuple["Path", int] | None  # child numbers from the root, the last one outermost in the pair


class TypeFault(LemmataError):
    """A term without a type, where there is no source text to point at."""

    kind = "type"


def infer(program: Program | Term, *, streams: frozenset[str] = frozenset()) -> Term:
    """The minimal type of a closed annotated term: an arrow.

    At the locations in `streams` types are compared, but heights are not counted, and the answer does not show them:
    `in`, `out`, `rnd` and `nd` are used so by loops (B4 [R]). Every stream has values of one type.

    Raises SourceError (of the kind `type`, at the place in the program) or, for a term by itself, TypeFault.
    """
    inference = _Inference(program, streams)
    return Term(inference.table, inference.arrow())


def checks(program: Program | Term, type: Term, *, streams: frozenset[str] = frozenset()) -> bool:
    """Has the term this type: is it an expansion and weakening of the minimal one? Raises as `infer` does."""
    minimal = infer(program, streams=streams)
    return expands(minimal.table, type.within(minimal.table), minimal.root)


class _Inference:
    """One run of T1. Tasks lie on a stack of their own, as do flows and the types of the binders around."""

    def __init__(self, program: Program | Term, streams: frozenset[str]) -> None:
        term = program if isinstance(program, Term) else program.term
        self.table: Table = term.table
        self.root = term.root
        self.places: Places | None = None if isinstance(program, Term) else program.places
        self.streams = streams
        self.operations = operations(self.table, {} if isinstance(program, Term) else program.data)
        self.elements: dict[str, int] = {}  # types of the values on streams
        self.binders: list[int] = []
        self.flows: list[Flow] = []
        self.thunks: dict[int, int] = {}  # types of closed thunks
        self.shared = _shared(self.table, self.root)
        self.known: dict[int, int] = {}  # types of those of the shared rows that have been visited
        self.tasks: list[Callable[[], None]] = []

    def arrow(self) -> int:
        self.visit(self.root, None)
        while self.tasks:
            self.tasks.pop()()
        return arrow_of(self.table, self.flows.pop())

    def visit(self, row: int, path: Path) -> None:
        if row in self.known:
            self.flows.append(flow_of(self.table, self.known[row]))
            return
        if row in self.shared:
            self.tasks.append(lambda: self._remember(row))
        kind, *parts = self.table.rows[row]
        if kind == "jump":
            self.flows.append(Flow({}, {parts[0]: {}}))
        elif kind == "push":
            self._push(row, path)
        elif kind == "pop":
            self._pop(row, path)
        elif kind == "join":
            label, left, right = parts
            self.tasks.append(lambda: self._handle(label, right, path))
            self._later(left, (path, 0))
        elif kind == "loop":
            self.tasks.append(lambda: self._repeat(parts[0], path))
            self._later(parts[1], (path, 0))
        elif kind == "bound":
            self._execute(self.binders[-1 - parts[0]], path)
        elif kind == "primitive":
            self.flows.append(flow_of(self.table, self.operations[parts[0]], self.streams))
        elif kind == "free":
            self.fault(path, f"the variable {parts[0]} is free, so it has no type", "bind it, as in <x:Z>")
        else:
            self.fault(path, f"a value cannot be executed: {self._text(row)}", "push it: [5]")

    def _remember(self, row: int) -> None:
        self.known[row] = arrow_of(self.table, self.flows[-1])

    def _later(self, row: int, path: Path) -> None:
        self.tasks.append(lambda: self.visit(row, path))

    # Push and pop

    def _push(self, row: int, path: Path) -> None:
        _, location, argument, body = self.table.rows[row]
        self.value(argument, (path, 0), lambda type: self._pushing(location, type, body, path))

    def _pushing(self, location: str, type: int, body: int, path: Path) -> None:
        self.tasks.append(lambda: self._pushed(location, type, path))
        self._later(body, (path, 1))

    def _pushed(self, location: str, type: int, path: Path) -> None:
        """What was pushed is given to the rest, whose flow is on top."""
        if location in self.streams:
            self._stream(location, type, path)
            return
        flow = self.flows[-1]
        needed = flow.need.get(location)
        if not needed:
            for give in flow.exits.values():
                give.setdefault(location, deque()).append(type)
        elif not expands(self.table, demanded := needed.popleft(), type):
            self._mismatch(path, {}, location, type, demanded)

    def value(self, row: int, path: Path, then: Callable[[int], None]) -> None:
        """Hand the type of a pushed term on."""
        kind, *parts = self.table.rows[row]
        if kind == "bound":
            then(self.binders[-1 - parts[0]])
        elif kind in ("number", "constant"):
            then(self.table.base("Z" if kind == "number" else "C"))
        elif kind == "free":
            self.fault(path, f"the variable {parts[0]} is free, so it has no type", "bind it, as in <x:Z>")
        elif row in self.thunks:
            then(self.thunks[row])
        else:
            self.tasks.append(lambda: self._thunk(row, then))
            self._later(row, path)

    def _thunk(self, row: int, then: Callable[[int], None]) -> None:
        type = arrow_of(self.table, self.flows.pop())
        if not self.table.loose[row]:
            self.thunks[row] = type
        then(type)

    def _pop(self, row: int, path: Path) -> None:
        _, location, type, body = self.table.rows[row]
        if type == NO_TYPE:
            name = self.table.hints.get(row, "x")
            self.fault(path, f"the type of {name} is not known", f"annotate it, as in {location}<{name}:Z>")
        if location in self.streams:
            self._stream(location, type, path)
        self.binders.append(type)
        self.tasks.append(lambda: self._popped(location, type))
        self._later(body, (path, 0))

    def _popped(self, location: str, type: int) -> None:
        self.binders.pop()
        if location not in self.streams:
            self.flows[-1].need.setdefault(location, deque()).appendleft(type)

    def _stream(self, location: str, type: int, path: Path) -> None:
        known = self.elements.setdefault(location, type)
        if known != type:
            self.fault(path, f"the stream {location} has values of type {self._text(known)}, not {self._text(type)}")

    # Control

    def _execute(self, type: int, path: Path) -> None:
        if self.table.rows[type][0] != "arrow":
            self.fault(
                path, f"a value of type {self._text(type)} cannot be executed", "a thunk has a type such as (=> Z)"
            )
        self.flows.append(flow_of(self.table, type, self.streams))

    def _handle(self, label: str, right: int, path: Path) -> None:
        """The left side of a join has been found. If it never exits by the label, the handler is not looked at (B4)."""
        if label in self.flows[-1].exits:
            self.tasks.append(lambda: self._joined(label, path))
            self._later(right, (path, 1))

    def _joined(self, label: str, path: Path) -> None:
        then, first = self.flows.pop(), self.flows.pop()
        given = {at: deque(types) for at, types in first.exits[label].items()} if then.need else {}

        def mismatch(location: str, provided: int, demanded: int) -> None:
            self._mismatch((path, 1), given, location, provided, demanded)

        flow = follow(self.table, first, label, then, mismatch)
        for exit, give in first.exits.items():
            other = flow.exits.get(exit)
            together = give if other is None else agreed(self.table, give, other)
            if together is None:
                ways = f"{self._stacks(give)} or {self._stacks(other or {})}"
                self.fault((path, 1), f"the exit {shown_label(exit)} leaves {ways}", "both ways must leave the same")
            flow.exits[exit] = together
        self.flows.append(flow)

    def _repeat(self, label: str, path: Path) -> None:
        flow = self.flows[-1]
        give = flow.exits.pop(label, None)
        if give is None:
            return
        locations = give.keys() | flow.need.keys()
        pairs = [(give.get(at, deque()), flow.need.get(at, deque())) for at in locations]
        if not all(
            len(given) == len(needed)
            and all(expands(self.table, demanded, provided) for provided, demanded in zip(given, needed, strict=True))
            for given, needed in pairs
        ):
            need = {at: types for at, types in flow.need.items() if types}
            ends = f"needs {self._stacks(need)} and leaves {self._stacks(give)}"
            hint = "a round must leave what it needs; heights of in, out, rnd and nd do not count with --streams"
            self.fault(path, f"a round of the loop {shown_label(label)} {ends}", hint)

    # Errors

    def _mismatch(self, path: Path, given: Mapping[str, Sequence[int]], location: str, has: int, wants: int) -> None:
        where = f"the stack {location}" if location else "the main stack"
        stack = f"; what comes here leaves {self._stacks(given)}" if given else ""
        self.fault(path, f"{self._text(wants)} is wanted on {where}, and {self._text(has)} is there{stack}")

    def _stacks(self, stacks: Stacks | Mapping[str, Sequence[int]]) -> str:
        """Stacks of types as a memory type is written: bottom first."""
        shown = []
        for at, types in sorted(stacks.items()):
            names = [self._text(t) for t in list(types)[:_MOST_SHOWN]]
            text = " ".join(reversed([*names, *(["…"] if len(types) > _MOST_SHOWN else [])]))
            if types:
                shown.append(f"{at}({text})" if at else text)
        return " ".join(shown) or "nothing"

    def _text(self, row: int) -> str:
        if self.table.rows[row][0] == "arrow":
            return f"({beginning(self.table, row, _SHOWN)})"
        return beginning(self.table, row, _SHOWN)

    def fault(self, path: Path, message: str, hint: str | None = None) -> NoReturn:
        if self.places is None:
            raise TypeFault(message, hint=hint)
        raise self.places.error(list(reversed(list(_numbers(path)))), message, hint)


def _shared(table: Table, root: int) -> frozenset[int]:
    """The closed compound terms that stand in several places of a term, which may be a DAG."""
    places = Counter(c for i in table.reachable([root]) for c in children(table.rows[i]))
    return frozenset(i for i, n in places.items() if n > 1 and not table.loose[i] and table.rows[i][0] in _COMPOUND)


def _numbers(path: Path) -> Iterator[int]:
    while path is not None:
        path, number = path
        yield number


def operations(table: Table, data: Mapping[str, DataType]) -> Mapping[str, int]:
    """The types of all primitives, and of the constructors and the case analysis of data types (B5 [R]).

    That of $eqb is a choice among many: its Church boolean chooses between two thunks that push a number [R].
    """
    z = table.base("Z")
    pushes = table.arrow({}, {SKIP: {"": [z]}})
    church = table.arrow({"": [pushes, pushes]}, {SKIP: {"": [z]}})
    types = {name: table.arrow({"": [z, z]}, {SKIP: {"": [z]}}) for name in ARITHMETIC}
    types |= {name: table.arrow({"": [z, z]}, {FALSE: {}, TRUE: {}}) for name in ("eq", "lt", "le")}
    types["eqb"] = table.arrow({"": [z, z]}, {SKIP: {"": [church]}})
    for name, declared in data.items():
        value = table.base(name)
        exits = {}
        for constructor in declared.constructors:
            arguments = [t.within(table) for t in constructor.arguments]
            types[constructor.name] = table.arrow({"": arguments}, {SKIP: {"": [value]}})
            exits[constructor.name] = {"": arguments[::-1]}
        types[name] = table.arrow({"": [value]}, exits)
    return types
