"""Terms and types as text, which parses back to the same row (specification D4).

`N ; M` is written `x.M` where N is a leaf or a loop. A name that is taken where it is bound gets a number.
"""

from __future__ import annotations

from ...rewriting.literals import literal_text
from .terms import LEAVES, SKIP, MemoryRow, Row, Table

# What may stand at a place: anything; what stands behind a dot; an atom; and of types, one item of a stack.
_TERM, _DOTTED, _ATOM, _ITEM = range(4)
_Task = str | tuple[int, int] | None  # a text to write, a row at a place, or the end of the scope of a pop


class TooLong(Exception):
    """The text would be longer than was asked for. `beginning` is as much of it as was written."""

    def __init__(self, beginning: str) -> None:
        super().__init__("the text is too long")
        self.beginning = beginning


def text(table: Table, root: int, most: int | None = None) -> str:
    """A term or a type as text.

    Raises TooLong if it has more than about `most` characters: terms are DAGs, but a text is a tree, which may be
    exponentially larger.
    """
    for underscore in ("_", "x"):
        found = _Printer(table, root, most, underscore).text()
        if found is not None:
            return found
    raise AssertionError("a name other than _ can be used")


def beginning(table: Table, root: int, most: int) -> str:
    """The text, or its first `most` characters and an ellipsis."""
    try:
        return text(table, root, most)
    except TooLong as error:
        return error.beginning[:most] + "…"


def shown_label(label: str) -> str:
    """A label as it is written."""
    return SKIP if label == SKIP else f"#{label}"


class _Printer:
    """Writes one text. Variables that are called _ and used are a mistake of whoever made the term, and are renamed."""

    def __init__(self, table: Table, root: int, most: int | None, underscore: str) -> None:
        self.table = table
        self.root = root
        self.most = most
        self.underscore = underscore
        self.scopes: list[tuple[str, str, int]] = []  # of the binders around: name, hint, and the number tried first
        self.numbers: dict[str, int] = {}  # of each hint, the number to try next
        self.taken: dict[str, int] = {}  # how often each name is bound around

    def text(self) -> str | None:
        """The text; None if a variable would have to be called _."""
        rows = self.table.rows
        out: list[str] = []
        length = 0
        for i in self.table.reachable([self.root]):
            if rows[i][0] == "free":
                self.taken[rows[i][1]] = 1
        stack: list[_Task] = [(self.root, _TERM)]
        while stack:
            task = stack.pop()
            if task is None:
                name, hint, number = self.scopes.pop()
                self.numbers[hint] = number
                self.taken[name] -= 1
            elif isinstance(task, str):
                out.append(task)
                length += len(task)
                if self.most is not None and length > self.most:
                    raise TooLong("".join(out))
            else:
                row, place = task
                tasks = self._tasks(row, rows[row], place)
                if tasks is None:
                    return None
                stack.extend(reversed(tasks))
        return "".join(out)

    def _tasks(self, i: int, row: Row, place: int) -> list[_Task] | None:
        kind = row[0]
        if kind == "join":
            dotted = row[1] == SKIP and self.table.rows[row[2]][0] in (*LEAVES, "loop")
            if dotted:
                tasks: list[_Task] = [(row[2], _ATOM), ".", (row[3], _DOTTED)]
            else:
                label = "" if row[1] == SKIP else f"{shown_label(row[1])} -> "
                tasks = [(row[2], _TERM), f" ; {label}", (row[3], _DOTTED)]
            return tasks if place < (_ATOM if dotted else _DOTTED) else ["(", *tasks, ")"]
        if kind == "push":
            tasks = ["[", (row[2], _TERM), f"]{row[1]}", *self._rest(row[3])]
            return tasks if place < _ATOM else ["(", *tasks, ")"]
        if kind == "pop":
            return self._pop(i, row, place)
        if kind == "loop":
            return [(row[2], _ATOM), f"^{shown_label(row[1])}"]
        if kind == "arrow":
            arrow = self._arrow(row)
            return arrow if place < _ITEM else ["(", *arrow, ")"]
        if kind == "bound":
            name = self.scopes[-1 - row[1]][0]
            return None if name == "_" else [name]
        return [_leaf(row)]

    def _rest(self, body: int) -> list[_Task]:
        return [] if self.table.rows[body] == ("jump", SKIP) else [".", (body, _DOTTED)]

    def _pop(self, i: int, row: Row, place: int) -> list[_Task]:
        hint = self.table.hints.get(i, "x")
        name = self._bind(self.underscore if hint == "_" else hint)
        annotation: list[_Task] = [] if row[2] < 0 else [":", (row[2], _ITEM)]
        # A type has no variables, so it does not matter that it is written within the scope.
        tasks: list[_Task] = [f"{row[1]}<{name}", *annotation, ">", *self._rest(row[3]), None]
        return tasks if place < _ATOM else ["(", *tasks, ")"]

    def _bind(self, hint: str) -> str:
        """A name that is not taken, but for _, which nobody uses."""
        before = number = self.numbers.get(hint, 0)
        name = hint if number == 0 else f"{hint}{number}"
        while self.taken.get(name) and name != "_":
            number += 1
            name = f"{hint}{number}"
        self.scopes.append((name, hint, before))
        self.taken[name] = self.taken.get(name, 0) + 1
        if name != "_":
            self.numbers[hint] = number + 1
        return name

    def _arrow(self, row: Row) -> list[_Task]:
        need, exits = row[1:]
        tasks: list[_Task] = [*self._memory(need)]
        tasks.append(" =>" if tasks else "=>")
        if [label for label, _ in exits] == [SKIP]:
            given = self._memory(exits[0][1])
            return [*tasks, *([" "] if given else []), *given]
        for n, (label, give) in enumerate(exits):
            tasks += [", " if n else " {", f"{shown_label(label)}: ", *self._memory(give)]
        return [*tasks, "}" if exits else " {}"]

    def _memory(self, memory: MemoryRow) -> list[_Task]:
        tasks: list[_Task] = []
        for location, types in memory:
            if tasks:
                tasks.append(" ")
            stack = [t for i in types for t in (" ", (i, _ITEM))][1:]
            tasks += [f"{location}(", *stack, ")"] if location else stack
        return tasks


def _leaf(row: Row) -> str:
    kind, value = row
    if kind == "number":
        return literal_text(value) if value >= 0 else f"'m{literal_text(-value)}"
    if kind == "jump":
        return shown_label(value)
    return {"constant": "'", "primitive": "$"}.get(kind, "") + str(value)
