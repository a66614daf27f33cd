"""Python's syntax trees (`ast`) as terms.

A node's arguments are the nodes in its fields, lists run together, left to right. Its head is the class of the node
and everything else: which fields there are, how long their lists are, names, constants, and the nodes that are mere
words (contexts such as `Load`, operators such as `Add`). So `x + 0` has the head "BinOp with Add", and `x` none but
itself. Positions in the source go with the head and do not count when heads are compared; a term that a rule makes has
none, and `ast.fix_missing_locations` gives it that of what it stands in.

>>> over = PythonTrees()
>>> node = ast.parse("x + 0", mode="eval").body
>>> [ast.unparse(a) for a in over.args(node)], over.head(node) == over.head(ast.parse("1 + 2", mode="eval").body)
(['x', '0'], True)
>>> ast.unparse(over.make(over.head(node), [ast.Name("y"), node]))
'y + (x + 0)'
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .nested import Atom
from .source import LemmataError, Source, SourceError

_WORDS = (ast.boolop, ast.cmpop, ast.expr_context, ast.operator, ast.unaryop)


@dataclass(frozen=True)
class _Items:
    """A field that is a list: one entry for each of its members."""

    entries: tuple[Hashable, ...]


@dataclass(frozen=True)
class _Argument:
    """Where an argument stands."""


_HERE = _Argument()


@dataclass(frozen=True)
class NodeHead:
    """A node without the nodes below it. `fields` pairs the name of each field with what stands there."""

    kind: type[ast.AST]
    fields: tuple[tuple[str, Hashable], ...]
    attributes: tuple[tuple[str, Any], ...] = field(compare=False)


@dataclass(frozen=True)
class PythonTrees:
    """The term interface of `ast` nodes. Keys are identities: a node that stands in two places is walked once.

    Nodes must not be changed in place during a run.
    """

    interned = False

    def is_leaf(self, term: ast.AST) -> bool:
        return not self.args(term)

    def head(self, term: ast.AST) -> Hashable:
        fields = tuple((name, _entry(value)) for name, value in ast.iter_fields(term))
        attributes = tuple((name, getattr(term, name)) for name in term._attributes if hasattr(term, name))
        return NodeHead(type(term), fields, attributes)

    def args(self, term: ast.AST) -> Sequence[ast.AST]:
        out: list[ast.AST] = []
        for _, value in ast.iter_fields(term):
            out.extend(item for item in (value if isinstance(value, list) else (value,)) if _is_argument(item))
        return out

    def make(self, head: Hashable, args: Sequence[ast.AST]) -> ast.AST:
        assert isinstance(head, NodeHead)
        left = iter(args)
        node = head.kind(**{name: _value(entry, left) for name, entry in head.fields})
        for name, value in head.attributes:
            setattr(node, name, value)
        return node

    def key(self, term: ast.AST) -> Hashable:
        return id(term)


def _is_argument(value: object) -> bool:
    return isinstance(value, ast.AST) and not isinstance(value, _WORDS)


def _entry(value: object) -> Any:
    if isinstance(value, list):
        return _Items(tuple(_entry(item) for item in value))
    if _is_argument(value):
        return _HERE
    return type(value) if isinstance(value, ast.AST) else Atom(value)


def _value(entry: Hashable, args: Iterator[ast.AST]) -> Any:
    if isinstance(entry, _Items):
        return [_value(item, args) for item in entry.entries]
    if isinstance(entry, _Argument):
        return next(args)
    return entry.value if isinstance(entry, Atom) else entry()  # type: ignore[operator]


def expression(text: str) -> ast.expr:
    """The expression that a text writes, without positions; it is read, never evaluated. Raises SourceError.

    >>> ast.unparse(expression("f(x)  +  0"))
    'f(x) + 0'
    """
    source = Source("<text>", text)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise SourceError(f"no Python expression: {error.msg}", source, line=line, column=column) from None
    except (ValueError, RecursionError, MemoryError):
        raise LemmataError("no Python expression: nested too deeply, or with characters that Python refuses") from None
    for node in ast.walk(tree):
        for name in node._attributes:
            if hasattr(node, name):
                delattr(node, name)
    return tree.body
