"""Terms and types of the Functional Machine Calculus: hash-consed rows of one plain table, children before parents.

Rows, with children given as indices of earlier rows:

    ("bound", k)                     execute the variable of the k-th pop outwards (de Bruijn index, from 0)
    ("free", name)                   execute a free variable
    ("number", n)                    an integer of any size
    ("constant", name)               a value constant, written 'name
    ("primitive", name)              an operation, written $name
    ("jump", label)                  leave by an exit; "*" is skip, any other label is written #label
    ("push", location, N, M)         [N]location.M
    ("pop", location, type, M)       location<x:type>.M, where M is under the binder; no type is -1
    ("join", label, N, M)            N ; label -> M
    ("loop", label, M)               M^label

    ("base", name)                   a base type: Z of numbers, C of constants, or a declared data type
    ("arrow", need, exits)           need => exits

The main location is "". A memory type is a tuple of pairs (location, types), sorted by location, none of them empty;
`need` lists every stack top first. `exits` is a tuple of pairs (label, memory type), sorted by label, and these list
every stack bottom first (types [T]: specification A6; exits [R]: B4).

Names of bound variables are hints beside the rows, so terms that are equal up to renaming are one row.

>>> t = Table()
>>> identity = t.pop("", t.push("", t.bound(0), t.skip()), hint="x")
>>> identity == t.pop("", t.push("", t.bound(0), t.skip()), hint="y"), t.loose[identity]
(True, 0)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]
MemoryRow = tuple[tuple[str, tuple[int, ...]], ...]
SKIP = "*"
NO_TYPE = -1
LEAVES = frozenset({"bound", "free", "number", "constant", "primitive", "jump"})


def children(row: Row) -> tuple[int, ...]:
    """The indices of a row's children, left to right; the type of a pop comes before its body."""
    kind = row[0]
    if kind == "push" or kind == "join":
        return row[2], row[3]
    if kind == "pop":
        return (row[3],) if row[2] == NO_TYPE else (row[2], row[3])
    if kind == "loop":
        return (row[2],)
    if kind == "arrow":
        below = [t for _, types in row[1] for t in types]
        below += [t for _, memory in row[2] for _, types in memory for t in types]
        return tuple(below)
    return ()


def with_children(row: Row, new: Sequence[int]) -> Row:
    """The same row over other children."""
    kind = row[0]
    if kind == "push" or kind == "join":
        return (*row[:2], *new)
    if kind == "pop":
        return (*row[:2], *((NO_TYPE,) if row[2] == NO_TYPE else ()), *new)
    if kind == "loop":
        return (*row[:2], new[0])
    if kind == "arrow":
        rest = iter(new)

        def memory(old: MemoryRow) -> MemoryRow:
            return tuple((location, tuple(next(rest) for _ in types)) for location, types in old)

        return ("arrow", memory(row[1]), tuple((label, memory(give)) for label, give in row[2]))
    return row


class Table:
    """Rows of terms and types, each once. It only grows.

    `loose[i]` is how many pops around row i its loose variables need: 0 where it is closed but for free names.
    `hashes[i]` is the same number in every table of a process. `hints[i]` is the written name of a pop's variable.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.loose: list[int] = []
        self.hashes: list[int] = []
        self.hints: dict[int, str] = {}
        self._index: dict[Row, int] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: Row, hint: str | None = None) -> int:
        """The index of a row, appended if it is new. Of two hints the first stays."""
        found = self._index.get(row)
        if found is None:
            below = children(row)
            found = self._index[row] = len(self.rows)
            self.rows.append(row)
            if row[0] == "bound":
                self.loose.append(row[1] + 1)
            else:
                needed = max((self.loose[c] for c in below), default=0)
                self.loose.append(max(0, needed - 1) if row[0] == "pop" else needed)
            self.hashes.append(hash(with_children(row, [self.hashes[c] for c in below])))
        if hint is not None:
            self.hints.setdefault(found, hint)
        return found

    # Terms

    def bound(self, k: int) -> int:
        return self.add(("bound", k))

    def free(self, name: str) -> int:
        return self.add(("free", name))

    def number(self, n: int) -> int:
        return self.add(("number", n))

    def constant(self, name: str) -> int:
        return self.add(("constant", name))

    def primitive(self, name: str) -> int:
        return self.add(("primitive", name))

    def jump(self, label: str) -> int:
        return self.add(("jump", label))

    def skip(self) -> int:
        return self.add(("jump", SKIP))

    def push(self, location: str, argument: int, body: int) -> int:
        return self.add(("push", location, argument, body))

    def pop(self, location: str, body: int, type: int = NO_TYPE, hint: str | None = None) -> int:
        return self.add(("pop", location, type, body), hint)

    def join(self, label: str, left: int, right: int) -> int:
        return self.add(("join", label, left, right))

    def loop(self, label: str, body: int) -> int:
        return self.add(("loop", label, body))

    # Types

    def base(self, name: str) -> int:
        return self.add(("base", name))

    def arrow(self, need: Mapping[str, Sequence[int]], exits: Mapping[str, Mapping[str, Sequence[int]]]) -> int:
        """`need` top first, the memory of every exit bottom first."""
        given = tuple((label, memory_row(give)) for label, give in sorted(exits.items()))
        return self.add(("arrow", memory_row(need), given))

    # Walks

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """All rows below `roots`, which are included, children before parents and left before right."""
        seen: set[int] = set()
        out: list[int] = []
        stack = list(reversed(list(roots)))
        while stack:
            i = stack.pop()
            if i < 0:
                out.append(~i)
            elif i not in seen:
                seen.add(i)
                stack.append(~i)
                stack.extend(c for c in reversed(children(self.rows[i])) if c not in seen)
        return out

    def copy_into(self, target: Table, roots: Sequence[int]) -> list[int]:
        """Add terms to another table; their indices there."""
        if target is self:
            return list(roots)
        moved: dict[int, int] = {}
        for i in self.reachable(roots):
            row = self.rows[i]
            moved[i] = target.add(with_children(row, [moved[c] for c in children(row)]), self.hints.get(i))
        return [moved[r] for r in roots]


def memory_row(stacks: Mapping[str, Sequence[int]]) -> MemoryRow:
    """A memory type as it stands in a row."""
    return tuple((location, tuple(types)) for location, types in sorted(stacks.items()) if types)


@dataclass(frozen=True, eq=False)
class Term:
    """A term, or a type: a row of a table. Equal terms are equal up to the names of bound variables.

    >>> from .parsing import parse
    >>> parse("<x>.[x].[x]") == parse("<y>.[y].[y]"), str(parse("[1].[2] ; <x>"))
    (True, '[1].[2] ; <x>')
    """

    table: Table
    root: int

    @property
    def row(self) -> Row:
        return self.table.rows[self.root]

    @property
    def is_closed(self) -> bool:
        """Has it no free variables?"""
        rows = self.table.rows
        return all(rows[i][0] != "free" for i in self.table.reachable([self.root]))

    def within(self, table: Table) -> int:
        """The row of the same term in another table."""
        return self.table.copy_into(table, [self.root])[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Term):
            return NotImplemented
        if self.table is other.table:
            return self.root == other.root
        if self.table.hashes[self.root] != other.table.hashes[other.root]:
            return False
        scratch = Table()
        return self.within(scratch) == other.within(scratch)

    def __hash__(self) -> int:
        return self.table.hashes[self.root]

    def __str__(self) -> str:
        from .printing import text

        return text(self.table, self.root)

    def __repr__(self) -> str:
        shown = str(self)
        return f"Term({shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """By content: the rows below, which no depth can break."""
        small = Table()
        root = self.within(small)
        return _restored, (small.rows, small.hints, root)


_SHOWN = 200  # characters


def _restored(rows: Sequence[Row], hints: Mapping[int, str], root: int) -> Term:
    table = Table()
    for i, row in enumerate(rows):
        table.add(row, hints.get(i))
    return Term(table, root)


# What is equal though it is written differently


def plain(table: Table, root: int) -> int:
    """The same term without annotations, and without right units: `N ; j -> j` is N (specification D4, B39)."""
    moved: dict[int, int] = {}
    for i in table.reachable([root]):
        row = table.rows[i]
        if row[0] == "pop":
            moved[i] = table.pop(row[1], moved[row[3]], hint=table.hints.get(i))
        elif row[0] == "join" and table.rows[moved[row[3]]] == ("jump", row[1]):
            moved[i] = moved[row[2]]
        else:
            moved[i] = table.add(with_children(row, [moved[c] for c in children(row)]))
    return moved[root]


def same(left: Term, right: Term) -> bool:
    """Are the terms equal up to bound names, annotations and right units?"""
    table = Table()
    return plain(table, left.within(table)) == plain(table, right.within(table))
