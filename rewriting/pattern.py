"""Patterns over any term interface: heads with holes, matched by structure.

A pattern is a small table of its own, rows after the rows of their arguments; it refers to no term and no bank. A row
is a hole, which stands for any term, or a head over earlier rows.

>>> import operator
>>> from lemmata.rewriting.nested import NestedTuples
>>> over = NestedTuples()
>>> (double,) = patterns(over, [("+", "x", "x")], {"x": "x"})
>>> double.match(over, ("+", ("f", 1), ("f", 1)), operator.eq)
{0: ('f', 1)}
>>> double.match(over, ("+", 1, 2), operator.eq) is None
True
>>> double.build(over.make, {0: ("f", 1)})
('+', ('f', 1), ('f', 1))
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .interface import TermInterface
from .matching import unify
from .source import LemmataError
from .syntax import TermTable

T = TypeVar("T")
C = TypeVar("C")


@dataclass(frozen=True)
class Hole:
    """Any term; the same one wherever the number is the same."""

    number: int


@dataclass(frozen=True)
class Node:
    """A head over arguments, given as indices of earlier rows."""

    head: Hashable
    args: tuple[int, ...]


@dataclass(frozen=True)
class Pattern:
    """The last row is the pattern itself."""

    rows: tuple[Hole | Node, ...]

    @property
    def top(self) -> Hole | Node:
        return self.rows[-1]

    def occurring(self) -> frozenset[int]:
        """The numbers of the holes in it."""
        return frozenset(row.number for row in self.rows if isinstance(row, Hole))

    def match(self, over: TermInterface[T], term: T, same: Callable[[T, T], bool]) -> dict[int, T] | None:
        """What the holes must be for the pattern to be the term, or None. `same` compares terms.

        A row must become one term wherever it stands, so this is linear in the rows and in comparisons of terms.
        """
        found: dict[int, T] = {}
        matched: dict[int, T] = {}
        stack = [(len(self.rows) - 1, term)]
        while stack:
            i, t = stack.pop()
            if i in matched:
                if not same(matched[i], t):
                    return None
                continue
            matched[i] = t
            row = self.rows[i]
            if isinstance(row, Hole):
                found[row.number] = t
            elif row.head != over.head(t):
                return None
            else:
                stack.extend(zip(row.args, over.args(t), strict=True))
        return found

    def build(self, make: Callable[[Hashable, list[C]], C], values: Mapping[int, C]) -> C:
        """The pattern with `values` for its holes, in any world where `make` puts heads and arguments together."""
        built: list[C] = []
        for row in self.rows:
            if isinstance(row, Hole):
                built.append(values[row.number])
            else:
                built.append(make(row.head, [built[i] for i in row.args]))
        return built[-1]


def unifiable(left: Pattern, right: Pattern) -> bool:
    """Is there something to put into the holes of both that makes them the same?"""
    table = TermTable()
    heads: dict[Hashable, str] = {}
    holes: dict[int, int] = {}

    def make(head: Hashable, args: list[int]) -> int:
        return table.app(heads.setdefault(head, str(len(heads))), *args)

    for number in left.occurring() | right.occurring():
        holes[number] = table.var(str(number), "")
    return unify(table, left.build(make, holes), right.build(make, holes), set(holes.values())) is not None


def patterns(over: TermInterface[T], terms: Sequence[T], variables: Mapping[str, T]) -> list[Pattern]:
    """The patterns that terms write, with a hole for each variable, numbered in the order of `variables`.

    Linear in the DAGs of the terms. Raises LemmataError for a variable that has arguments.
    """
    number: dict[Hashable, int] = {}
    for n, (name, variable) in enumerate(variables.items()):
        if not over.is_leaf(variable):
            raise LemmataError(f"the variable {name!r} of a rule has arguments", hint="a variable is a leaf")
        number[over.head(variable)] = n
    return [_pattern(over, term, number) for term in terms]


def _pattern(over: TermInterface[T], term: T, number: Mapping[Hashable, int]) -> Pattern:
    rows: list[Hole | Node] = []
    index: dict[Hole | Node, int] = {}  # equal rows are one row
    at: dict[Hashable, int] = {}
    stack = [term]
    while stack:
        t = stack[-1]
        args = over.args(t)
        waiting = [a for a in args if over.key(a) not in at]
        if over.key(t) in at:
            stack.pop()
        elif waiting:
            stack.extend(reversed(waiting))
        else:
            head = over.head(t)
            row = Node(head, tuple(at[over.key(a)] for a in args)) if args or head not in number else Hole(number[head])
            if row not in index:
                index[row] = len(rows)
                rows.append(row)
            at[over.key(t)] = index[row]
            stack.pop()
    # The root is the last row: it comes after its arguments, and nothing comes after it.
    return Pattern(tuple(rows))
