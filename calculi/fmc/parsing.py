"""Terms, types and programs from text (the notation of the shared cases; specification 1, A1, B1).

The grammar is `fmc.lark`. Its tree is read without recursion, so a text may be nested as deep as memory allows.

>>> str(parse("[1].[2];<x> . <y:Z>.[x]c"))
'[1].[2] ; <x>.<y:Z>.[x]c'
>>> str(parse_type("c(Z) Z => {#e: Z, *: }"))
'Z c(Z) => {*: , #e: Z}'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lark

from ...rewriting.source import Source, SourceError, nearest
from ...rewriting.tokens import error_at
from ..grammars import Tree, integer, read
from .data import Constructor, DataType
from .primitives import PRIMITIVES
from .printing import shown_label
from .terms import NO_TYPE, SKIP, Table, Term

_GRAMMAR = Path(__file__).with_name("fmc.lark")
_TOKENS: Mapping[str, str] = {
    "NAME": "a name",
    "NUMBER": "a number",
    "PUSH": "'['",
    "PUSHED": "']'",
    "POP": "'<'",
    "LPAR": "'('",
    "RPAR": "')'",
    "MORETHAN": "'>'",
    "DOT": "'.'",
    "SEMICOLON": "';'",
    "_ARROW": "'->'",
    "_IMPLIES": "'=>'",
    "LABEL": "a label such as #e",
    "STAR": "'*'",
    "CIRCUMFLEX": "'^'",
    "COLON": "':'",
    "EQUAL": "'='",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "$END": "the end",
}
_NEGATIVE = re.compile(r"m(0|[1-9][0-9]*)", re.ASCII)


@dataclass(frozen=True)
class Occurrence:
    """Where a part of a term stands in the text: the row it became, its offset, and its parts in the order of
    `children` without types."""

    row: int
    offset: int
    parts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the parts of a parsed term stand; the last occurrence is the whole term."""

    source: Source
    occurrences: Sequence[Occurrence]

    def at(self, path: Sequence[int]) -> tuple[int, int]:
        """Line and column, counted from 1, of the part that a path of child numbers leads to from the root."""
        here = self.occurrences[-1]
        for step in path:
            here = self.occurrences[here.parts[step]]
        return self._place(here.offset)

    def of(self, row: int) -> tuple[int, int] | None:
        """Line and column of the first occurrence of a row."""
        found = [o.offset for o in self.occurrences if o.row == row]
        return self._place(min(found)) if found else None

    def error(self, path: Sequence[int], message: str, hint: str | None = None, kind: str = "type") -> SourceError:
        """An error at the part that a path leads to."""
        line, column = self.at(path)
        return SourceError(message, self.source, line=line, column=column, hint=hint, kind=kind)

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.source.text[:offset]
        return before.count("\n") + 1, offset - before.rfind("\n")


@dataclass(frozen=True, eq=False)
class Program:
    """What a text says: a term, where its parts stand, and the data types that it declares."""

    term: Term
    places: Places
    data: Mapping[str, DataType] = field(default_factory=dict)


def parse(text: str) -> Term:
    """The term in a text. Raises SourceError."""
    return parse_program(Source("<text>", text)).term


def parse_type(text: str) -> Term:
    """The type in a text. Raises SourceError."""
    source = Source("<text>", text)
    reader = _Reader(source)
    tree = read(_GRAMMAR, source, _TOKENS, "start_type").children[0]
    assert isinstance(tree, lark.Tree)
    return Term(reader.table, reader.type(tree))


def parse_program(source: Source) -> Program:
    """The program in a text: declared data types and definitions, then a term. Raises SourceError."""
    reader = _Reader(source)
    tree = read(_GRAMMAR, source, _TOKENS)
    *declared, main = tree.children or [None]
    if not isinstance(main, lark.Tree) or main.data in ("data", "definition"):
        raise error_at(
            source, len(source.text.rstrip()), "there is no term here", "a program ends with the term to run"
        )
    for declaration in declared:
        assert isinstance(declaration, lark.Tree)
        if declaration.data == "data":
            reader.declare(declaration)
        else:
            reader.define(declaration)
    reader.occurrences = []
    root = reader.term(main)
    return Program(Term(reader.table, root), Places(source, tuple(reader.occurrences)), dict(reader.data))


class _Reader:
    """Rows from trees."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.table = Table()
        self.occurrences: list[Occurrence] = []
        self.data: dict[str, DataType] = {}
        self._defined: dict[str, int] = {}  # rows, by the name of the primitive that stands for them
        self._declared: set[str] = set()  # primitives that data types declare

    def term(self, tree: Tree) -> int:
        """The row of a term."""
        levels: dict[str, list[int]] = {}  # of each name, how many binders are around the pops that bind it
        depth = 0
        made: list[int] = []  # occurrences
        stack: list[tuple[str, Tree]] = [("enter", tree)]
        while stack:
            what, here = stack.pop()
            if what == "bind":
                levels.setdefault(str(here.children[1]), []).append(depth)
                depth += 1
            elif what == "unbind":
                levels[str(here.children[1])].pop()
                depth -= 1
            elif what == "exit":
                parts = [made.pop() for _ in _parts(here)][::-1]
                rows = [self.occurrences[p].row for p in parts]
                first = here.children[0]
                offset = self.occurrences[parts[0]].offset if isinstance(first, lark.Tree) else first.start_pos or 0
                made.append(self._occurrence(self._compound(here, rows), offset, parts))
            elif below := _parts(here):
                stack.append(("exit", here))
                if here.data == "pop":
                    stack += [("unbind", here), ("enter", below[0]), ("bind", here)]
                else:
                    stack += [("enter", part) for part in reversed(below)]
            else:
                made.append(self._leaf(here, levels, depth))
        return self.occurrences[made[0]].row

    def _occurrence(self, row: int, offset: int, parts: Sequence[int] = ()) -> int:
        if self.table.rows[row][0] in ("push", "pop") and len(parts) < (2 if self.table.rows[row][0] == "push" else 1):
            # The skip that is not written at the end of a chain.
            parts = [*parts, self._occurrence(self.table.skip(), offset)]
        self.occurrences.append(Occurrence(row, offset, tuple(parts)))
        return len(self.occurrences) - 1

    def _compound(self, tree: Tree, parts: Sequence[int]) -> int:
        table = self.table
        match tree.data:
            case "push":
                location = str(tree.children[2])[1:]
                return table.push(location, parts[0], parts[1] if len(parts) > 1 else table.skip())
            case "pop":
                location, name = str(tree.children[0])[:-1], str(tree.children[1])
                annotation = tree.children[2]
                kind = NO_TYPE if annotation is None else self.type(annotation)
                return table.pop(location, parts[0] if parts else table.skip(), kind, name)
            case "join":
                return table.join(_label(tree.children[1]), *parts)
            case "loop":
                return table.loop(_label(tree.children[1]), parts[0])
            case _:
                return table.join(SKIP, *parts)

    def _leaf(self, tree: Tree, levels: Mapping[str, Sequence[int]], depth: int) -> int:
        """The occurrence of a leaf, or of a push or pop at the end of a chain."""
        table = self.table
        if tree.data == "jump":
            token = _token(tree.children[0])
            return self._occurrence(table.jump(_label(tree.children[0])), token.start_pos or 0)
        token = _token(tree)
        offset = token.start_pos or 0
        name = str(token)
        match tree.data:
            case "variable":
                bound = levels.get(name)
                row = table.bound(depth - 1 - bound[-1]) if bound else table.free(name)
            case "number":
                row = table.number(integer(self.source, name, offset))
            case "constant":
                negative = _NEGATIVE.fullmatch(name[1:])
                row = table.number(-integer(self.source, negative[1], offset)) if negative else table.constant(name[1:])
            case "primitive":
                row = self._primitive(name[1:], offset)
            case _:
                row = self._compound(tree, [])
        return self._occurrence(row, offset)

    def _primitive(self, name: str, offset: int) -> int:
        if name in self._defined:
            return self._defined[name]
        if name not in PRIMITIVES and name not in self._declared:
            known = [f"${n}" for n in (*PRIMITIVES, *self._declared, *self._defined)]
            raise error_at(self.source, offset, f"unknown primitive ${name}", nearest(f"${name}", known, "primitives"))
        return self.table.primitive(name)

    # Types

    def type(self, tree: Tree) -> int:
        """The row of a type."""
        made: dict[int, int] = {}  # rows, by the identity of trees
        stack = [tree]
        while stack:
            here = stack[-1]
            below = [t for t in _types_in(here) if id(t) not in made]
            if below:
                stack.extend(below)
                continue
            stack.pop()
            made[id(here)] = self._type(here, made)
        return made[id(tree)]

    def _type(self, tree: Tree, made: Mapping[int, int]) -> int:
        if tree.data == "base":
            return self.table.base(str(tree.children[0]))
        if tree.data == "stack":
            raise error_at(self.source, _token(tree).start_pos or 0, "a stack is no type by itself", "write (=> a(Z))")
        *need, exits = tree.children
        if exits.data == "one_exit":
            given = {SKIP: self._memory(exits.children, made)}
        else:
            given = {}
            for exit in exits.children:
                if exit is None:
                    continue
                label = _label(exit.children[0])
                if label in given:
                    offset = _token(exit.children[0]).start_pos or 0
                    raise error_at(self.source, offset, f"the exit {shown_label(label)} is there twice")
                given[label] = self._memory(exit.children[1:], made)
        return self.table.arrow(self._memory(need, made), given)

    def _memory(self, items: Sequence[Tree], made: Mapping[int, int]) -> dict[str, list[int]]:
        memory: dict[str, list[int]] = {}
        for item in items:
            if item.data != "stack":
                memory.setdefault("", []).append(made[id(item)])
                continue
            location = str(item.children[0])[:-1]
            if location in memory:
                raise error_at(self.source, _token(item).start_pos or 0, f"the location {location} is there twice")
            memory[location] = [made[id(t)] for t in item.children[1:]]
        return memory

    # Declarations

    def declare(self, tree: Tree) -> None:
        """A data type, `data List = nil | cons(Z List)`: the operations $nil, $cons and $List."""
        name = _named(tree)
        constructors = []
        for part in tree.children[2:]:
            first = _token(part)
            types = [t for t in part.children[1:] if t is not None]
            if any(t.data == "stack" for t in types):
                raise error_at(self.source, first.start_pos or 0, "a constructor takes values from the main stack only")
            arguments = tuple(Term(self.table, self.type(t)) for t in types)
            constructors.append(Constructor(str(first).rstrip("("), arguments))
        names = [_token(part) for part in tree.children[2:]]
        for token, new in ((name, str(name)), *zip(names, (c.name for c in constructors), strict=True)):
            if new in self._declared or new in self._defined or new in PRIMITIVES:
                raise error_at(self.source, token.start_pos or 0, f"${new} is declared already")
            self._declared.add(new)
        self.data[str(name)] = DataType(str(name), tuple(constructors))

    def define(self, tree: Tree) -> None:
        """A definition, `def $double = <x>.[x].[x].$add`: the primitive stands for the term from here on."""
        token = _named(tree)
        name = str(token)[1:]
        if name in self._declared or name in self._defined or name in PRIMITIVES:
            raise error_at(self.source, token.start_pos or 0, f"${name} is declared already")
        self._defined[name] = self.term(tree.children[2])


def _label(tree: Tree) -> str:
    text = str(tree.children[0])
    return text[1:] if text[0] == "#" else SKIP


def _token(tree: Tree) -> lark.Token:
    token = tree.children[0]
    assert isinstance(token, lark.Token)
    return token


def _named(declaration: Tree) -> lark.Token:
    """What a declaration is about: the token after its first word."""
    token = declaration.children[1]
    assert isinstance(token, lark.Token)
    return token


def _parts(tree: Tree) -> list[Tree]:
    """The terms directly inside a term."""
    inside = {"push": (1, 3), "pop": (3,), "join": (0, 2), "sequence": (0, 1), "dotted": (0, 1), "loop": (0,)}
    return [tree.children[n] for n in inside.get(tree.data, ()) if n < len(tree.children)]


def _types_in(tree: Tree) -> list[Tree]:
    """The types directly inside a type: in its memories, not the memories themselves."""
    if tree.data != "arrow":
        return []
    *items, exits = tree.children
    for part in exits.children:
        if part is not None:
            items += part.children[1:] if part.data == "exit" else [part]
    return [t for item in items for t in (item.children[1:] if item.data == "stack" else [item])]
