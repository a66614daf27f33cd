"""Programs and memories as terms of the theory of transitions, and states back as terms of the calculus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...rewriting.literals import literal_text, literal_value
from ...rewriting.syntax import TermTable, children
from .machine import Frame, State
from .substitution import close
from .terms import SKIP, Table, Term
from .transitions import Vocabulary, named


def load(
    vocabulary: Vocabulary, table: Table, root: int, memory: Mapping[str, Sequence[int]], target: TermTable
) -> int:
    """The state in which a program begins, as a row of `target`."""
    loader = _Loader(table, target)
    loader.load([root, *(v for values in memory.values() for v in values)])
    none = target.app("none")
    stacks = []
    for location in vocabulary.locations:
        stack = target.app("empty")
        for value in memory.get(location, ()):
            stack = target.app("on", loader.value(value, none), stack)
        stacks.append(stack)
    return target.app("run", loader.code[root], none, *stacks, target.app("done"))


class _Loader:
    def __init__(self, table: Table, target: TermTable) -> None:
        self.table = table
        self.target = target
        self.code: dict[int, int] = {}

    def load(self, roots: Sequence[int]) -> None:
        for i in self.table.reachable(roots):
            self.code[i] = self._code(*self.table.rows[i])

    def _code(self, kind: str, *parts: object) -> int:
        app = self.target.app
        if kind == "push":
            return self._push(*parts)  # type: ignore[arg-type]
        if kind == "pop":
            return app(named("pop", str(parts[0])), self.code[parts[2]])  # type: ignore[index]
        if kind == "join":
            return app(named("join", str(parts[0])), self.code[parts[1]], self.code[parts[2]])  # type: ignore[index]
        if kind == "loop":
            return app(named("loop", str(parts[0])), self.code[parts[1]])  # type: ignore[index]
        if kind == "jump":
            return app(named("jump", str(parts[0])))
        if kind == "bound":
            return app(f"execute{parts[0]}")
        if kind == "primitive":
            return app(f"prim_{parts[0]}")
        if kind == "number":
            return app("numcode", self._literal(parts[0], "Int"))  # type: ignore[arg-type]
        if kind in ("constant", "free"):
            return app("constcode" if kind == "constant" else "free", self._literal(str(parts[0]), "String"))
        return app("none")  # a type, which nothing refers to

    def _push(self, location: str, argument: int, body: int) -> int:
        app = self.target.app
        kind, *parts = self.table.rows[argument]
        if kind == "bound":
            return app(named(f"copy{parts[0]}", location), self.code[body])
        if kind == "number":
            return app(named("number", location), self._literal(parts[0], "Int"), self.code[body])
        if kind == "constant":
            return app(named("constant", location), self._literal(parts[0], "String"), self.code[body])
        way = "push" if self.table.loose[argument] else "thunk"
        return app(named(way, location), self.code[argument], self.code[body])

    def value(self, row: int, none: int) -> int:
        """A closed value of the memory."""
        kind, *parts = self.table.rows[row]
        if kind == "number":
            return self.target.app("num", self._literal(parts[0], "Int"))
        if kind == "constant":
            return self.target.app("const", self._literal(parts[0], "String"))
        return self.target.app("clos", self.code[row], none)

    def _literal(self, value: int | str, sort: str) -> int:
        return self.target.literal(literal_text(value), sort)


def read(vocabulary: Vocabulary, source: TermTable, root: int, table: Table) -> tuple[State, str | None]:
    """A state of the theory, and the label if it is an exit, with terms of `table`. Linear in the distinct subterms."""
    reader = _Reader(vocabulary, source, table)
    for i in source.reachable([root]):
        reader.read(i)
    _, name, *parts = source.rows[root]
    stacks = parts if name != "run" else parts[2:-1]
    memory = {
        location: [Term(table, row) for row in reader.stack(int(stack))]
        for location, stack in zip(vocabulary.locations, stacks, strict=True)
    }
    memory = {location: values for location, values in memory.items() if values}
    if name != "run":
        label = {named("exit", label): label for label in vocabulary.labels}[str(name)]
        return State(memory, Term(table, table.jump(label)), ()), label
    code, environment = reader.code[int(parts[0])], reader.environment(int(parts[1]))
    frames = tuple(reversed(list(reader.frames(int(parts[-1])))))
    return State(memory, Term(table, close(table, code, environment)), frames), None


class _Reader:
    """Rows of the theory read children first, so that no closure is read twice."""

    def __init__(self, vocabulary: Vocabulary, source: TermTable, table: Table) -> None:
        self.source = source
        self.table = table
        self.code: dict[int, int] = {}
        self.values: dict[int, int] = {}
        self._named: dict[str, tuple[str, str]] = {}
        for location in vocabulary.locations:
            for kind in ("push", "thunk", "number", "constant", "pop"):
                self._named[named(kind, location)] = (kind, location)
        for index, location in vocabulary.copies:
            self._named[named(f"copy{index}", location)] = (f"copy{index}", location)
        for label in vocabulary.labels:
            for kind in ("join", "loop", "jump", "frame"):
                self._named[named(kind, label)] = (kind, label)

    def read(self, i: int) -> None:
        row = self.source.rows[i]
        if row[0] != "app":
            return
        name, parts = str(row[1]), children(row)
        if name == "clos":
            self.values[i] = close(self.table, self.code[parts[0]], self.environment(parts[1]))
        elif name in ("num", "const"):
            value = self._literal(parts[0])
            made = self.table.number(value) if isinstance(value, int) else self.table.constant(str(value))
            self.values[i] = made
        elif (code := self._code(name, parts)) is not None:
            self.code[i] = code

    def _code(self, name: str, parts: Sequence[int]) -> int | None:
        table, code = self.table, self.code
        kind, about = self._named.get(name, (name, ""))
        if kind in ("push", "thunk"):
            return table.push(about, code[parts[0]], code[parts[1]])
        if kind == "number":
            return table.push(about, table.number(int(self._literal(parts[0]))), code[parts[1]])
        if kind == "constant":
            return table.push(about, table.constant(str(self._literal(parts[0]))), code[parts[1]])
        if kind.startswith("copy"):
            return table.push(about, table.bound(int(kind[4:])), code[parts[0]])
        if kind == "pop":
            return table.pop(about, code[parts[0]])
        if kind == "join":
            return table.join(about or SKIP, code[parts[0]], code[parts[1]])
        if kind == "loop":
            return table.loop(about or SKIP, code[parts[0]])
        if kind == "jump":
            return table.jump(about or SKIP)
        if kind.startswith("execute"):
            return table.bound(int(kind[7:]))
        if kind.startswith("prim_"):
            return table.primitive(kind[5:])
        if kind in ("numcode", "constcode", "free"):
            value = self._literal(parts[0])
            return (
                table.number(int(value))
                if kind == "numcode"
                else table.add(({"constcode": "constant", "free": "free"}[kind], value))
            )
        return None

    def _literal(self, i: int) -> int | str:
        row = self.source.rows[i]
        if row[0] != "lit":
            raise TooLargeNumber
        value = literal_value(str(row[1]))
        assert isinstance(value, int | str)
        return value

    def environment(self, i: int) -> list[int]:
        """The values of an environment, the innermost first."""
        found = []
        while self.source.rows[i][1] == "bind":
            value, i = children(self.source.rows[i])
            found.append(self.values[value])
        return found

    def stack(self, i: int) -> list[int]:
        """The values of a stack, bottom first."""
        found = []
        while self.source.rows[i][1] == "on":
            value, i = children(self.source.rows[i])
            found.append(self.values[value])
        return found[::-1]

    def frames(self, i: int) -> Sequence[Frame]:
        """The frames, the innermost first."""
        found = []
        while self.source.rows[i][1] != "done":
            _, label = self._named[str(self.source.rows[i][1])]
            code, environment, i = children(self.source.rows[i])
            row = close(self.table, self.code[code], self.environment(environment))
            found.append(Frame(label or SKIP, Term(self.table, row)))
        return found


class TooLargeNumber(Exception):
    """A number that the rewriting core does not compute, of more than 2^19 bits."""
