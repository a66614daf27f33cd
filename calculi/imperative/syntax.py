"""Imperative programs as flat rows, parts before wholes.

    expressions   ("number", n)  ("cell", c)  ("add", e, e)  sub  mul  div  mod
    conditions    ("true",)  ("false",)  ("eq", e, e)  lt  le  ("not", b)  ("and", b, b)  ("or", b, b)
    statements    ("skip",)  ("assign", c, e)  ("print", e)  ("read", c)  ("sequence", s, s)  ("branch", b, s, s)
                  ("while", b, s)  ("break",)  ("continue",)  ("throw", E, e or None)  ("try", s, E, c or None, s)

>>> parse("while 0 < n { n := n - 1 }").cells
('n',)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lark

from ...rewriting.source import Source
from ..grammars import Tree, integer, read

Row = tuple[Any, ...]
ARITHMETIC = ("add", "sub", "mul", "div", "mod")
COMPARISONS = ("eq", "lt", "le")
_GRAMMAR = Path(__file__).with_name("imperative.lark")
_TOKENS: Mapping[str, str] = {
    "NAME": "a name",
    "NUMBER": "a number",
    "LPAR": "'('",
    "RPAR": "')'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "SEMICOLON": "';'",
    "CATCH": "catch",
    "EQUAL": "'='",
    "LESSTHAN": "'<'",
    "$END": "the end",
}


@dataclass(frozen=True)
class Statement:
    """A program: the last row. Rows refer to earlier ones."""

    rows: tuple[Row, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of the cells that the program mentions, sorted."""
        named = {row[1] for row in self.rows if row[0] in ("cell", "assign", "read")}
        return tuple(sorted(named | {row[3] for row in self.rows if row[0] == "try" and row[3] is not None}))


def parse(text: str) -> Statement:
    """The program in a text. Raises SourceError."""
    return parse_source(Source("<text>", text))


def parse_source(source: Source) -> Statement:
    """The program in a source. Raises SourceError."""
    rows: list[Row] = []
    made: list[int] = []
    stack: list[tuple[bool, Tree]] = [(False, read(_GRAMMAR, source, _TOKENS).children[0])]
    while stack:
        ready, here = stack.pop()
        below = [c for c in here.children if isinstance(c, lark.Tree)]
        if not ready:
            stack.append((True, here))
            stack += [(False, part) for part in reversed(below)]
        elif here.data != "statements":  # of which there is just one statement
            parts = [made.pop() for _ in below][::-1]
            rows.append(_row(source, here, parts, rows))
            made.append(len(rows) - 1)
    return Statement(tuple(rows))


def _row(source: Source, tree: Tree, parts: list[int], rows: list[Row]) -> Row:
    names = [None if c is None else str(c) for c in tree.children if not isinstance(c, lark.Tree)]
    if tree.data == "number":
        token = tree.children[0]
        assert isinstance(token, lark.Token)
        return ("number", integer(source, str(token), token.start_pos or 0))
    if tree.data == "branch" and len(parts) == 2:
        rows.append(("skip",))
        return ("branch", *parts, len(rows) - 1)
    if tree.data == "throw":
        return ("throw", names[0], parts[0] if parts else None)
    if tree.data == "try":
        return ("try", parts[0], *names, parts[1])
    if tree.data in ("cell", "assign", "read"):
        return (tree.data, names[0], *parts)
    return (tree.data, *parts)
