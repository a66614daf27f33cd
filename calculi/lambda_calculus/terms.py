"""Lambda-terms as flat rows, parts before wholes, and their text.

    ("variable", name)  ("number", n)  ("contents", cell)
    ("function", name, body)  ("application", function, argument)  ("choice", M, N)  ("assignment", cell, N, M)

>>> print(parse("a := 3 ; (\\\\x y.!a) (a := 5 ; 7)"))
a := 3 ; (\\x.\\y.!a) (a := 5 ; 7)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lark

from ...rewriting.literals import literal_text
from ...rewriting.source import Source
from ..grammars import Tree, integer, read

Row = tuple[Any, ...]
_GRAMMAR = Path(__file__).with_name("lambda.lark")
_TOKENS: Mapping[str, str] = {
    "NAME": "a name",
    "NUMBER": "a number",
    "LAMBDA": "'\\'",
    "LPAR": "'('",
    "RPAR": "')'",
    "DOT": "'.'",
    "SEMICOLON": "';'",
    "BANG": "'!'",
    "PLUS": "'+'",
    "$END": "the end",
}
_TERM, _BODY, _FUNCTION, _ATOM = range(4)  # what may stand at a place


@dataclass(frozen=True)
class LambdaTerm:
    """A term: the last row. Rows refer to earlier ones."""

    rows: tuple[Row, ...]

    def __str__(self) -> str:
        out: list[str] = []
        stack: list[str | tuple[int, int]] = [(len(self.rows) - 1, _TERM)]
        while stack:
            task = stack.pop()
            if isinstance(task, str):
                out.append(task)
            else:
                stack.extend(reversed(self._tasks(*task)))
        return "".join(out)

    def _tasks(self, root: int, place: int) -> list[str | tuple[int, int]]:
        kind, *parts = self.rows[root]
        if kind == "number":
            return [literal_text(parts[0])]
        if kind in ("variable", "contents"):
            return [f"!{parts[0]}" if kind == "contents" else parts[0]]
        if kind == "choice":
            return ["(", (parts[0], _TERM), " + ", (parts[1], _TERM), ")"]
        if kind == "application":
            tasks: list[str | tuple[int, int]] = [(parts[0], _FUNCTION), " ", (parts[1], _ATOM)]
            return tasks if place < _ATOM else ["(", *tasks, ")"]
        if kind == "function":
            tasks = [f"\\{parts[0]}.", (parts[1], _TERM)]
            return tasks if place < _FUNCTION else ["(", *tasks, ")"]
        tasks = [f"{parts[0]} := ", (parts[1], _BODY), " ; ", (parts[2], _TERM)]
        return tasks if place == _TERM else ["(", *tasks, ")"]


def parse(text: str) -> LambdaTerm:
    """The term in a text. Raises SourceError."""
    return parse_source(Source("<text>", text))


def parse_source(source: Source) -> LambdaTerm:
    """The term in a source. Raises SourceError."""
    rows: list[Row] = []
    made: list[int] = []
    tree = read(_GRAMMAR, source, _TOKENS)
    stack: list[tuple[bool, Tree]] = [(False, tree.children[0])]
    while stack:
        ready, here = stack.pop()
        below = _parts(here)
        if not ready:
            stack.append((True, here))
            stack += [(False, part) for part in reversed(below)]
            continue
        parts = [made.pop() for _ in below][::-1]
        if here.data == "function":
            root = parts[0]
            for name in reversed(here.children[1:-1]):
                rows.append(("function", str(name), root))
                root = len(rows) - 1
        else:
            rows.append(_row(source, here, parts))
        made.append(len(rows) - 1)
    return LambdaTerm(tuple(rows))


def _parts(tree: Tree) -> list[Tree]:
    children: list[Tree] = tree.children
    inside = {"function": children[-1:], "application": children, "choice": children, "assignment": children[1:]}
    return inside.get(tree.data, [])


def _row(source: Source, tree: Tree, parts: list[int]) -> Row:
    if tree.data == "number":
        token = tree.children[0]
        assert isinstance(token, lark.Token)
        return ("number", integer(source, str(token), token.start_pos or 0))
    if tree.data in ("variable", "contents"):
        return (tree.data, str(tree.children[0]))
    if tree.data == "assignment":
        return ("assignment", str(tree.children[0]), *parts)
    return (tree.data, *parts)
