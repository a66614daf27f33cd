"""A total order on terms by their structure, the same in every bank, table and process.

Lower terms come first. Among terms of one height literals come before bound variables, these before variables and these
before applications; then names, sorts and the number of children decide; then the first children that differ. Equal
terms have one number, so a comparison follows a single path down and never looks at a subterm twice.

What is ordered are numbers with a head and children: ids of a bank or rows of a table.

>>> table = TermTable()
>>> x, b, a = table.var("x", "N"), table.app("b"), table.app("a")
>>> order = table_order(table)
>>> order.sorted([table.app("s", a), b, a, x, table.app("s", x)]) == [x, a, b, table.app("s", x), table.app("s", a)]
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from itertools import groupby
from typing import Any

from .literals import Value, literal_value
from .syntax import TermTable, children

Head = tuple[object, ...]  # what distinguishes terms beside their children; comparable with any other head
_Key = tuple[Any, ...]  # height, head, keys of the children

_RANKS = {kind: n for n, kind in enumerate(("lit", "bound", "var", "app", "assoc", "ac"))}
_SMALL = 20  # nodes of a term that is compared as a whole


def head(kind: str, cell: int | str | Value, sort: str, arguments: Sequence[str] = (), count: int = 0) -> Head:
    """The head of a term: its kind, its name, index or value, its sorts, the number of its children."""
    rank = _RANKS.get(kind, len(_RANKS))
    if kind == "lit":
        return rank, sort, type(cell).__name__, cell
    return rank, kind, cell, sort, count, tuple(arguments)


class StructuralOrder:
    """Compares numbers whose `head` and `children` the two functions give; these must not change."""

    def __init__(self, head: Callable[[int], Head], children: Callable[[int], Sequence[int]]) -> None:
        self._head = head
        self._children = children
        self._heights: dict[int, int] = {}
        self._small: dict[int, tuple[int, _Key] | None] = {}  # size and key of terms; None for those that are not small
        self._by_path = cmp_to_key(self.compare)

    def height(self, term: int) -> int:
        """The number of terms on the longest way down. Linear in the DAG, once."""
        known = self._heights
        stack = [] if term in known else [term]
        while stack:
            below = self._children(stack[-1])
            missing = [c for c in below if c not in known]
            if missing:
                stack.extend(missing)
            else:
                known[stack.pop()] = 1 + max([known[c] for c in below], default=0)
        return known[term]

    def compare(self, left: int, right: int) -> int:
        """Negative, zero or positive as `left` comes before, is or comes after `right`."""
        self.height(left)
        self.height(right)
        while left != right:
            a, b = (self._heights[left], self._head(left)), (self._heights[right], self._head(right))
            if a != b:
                return -1 if a < b else 1
            pairs = zip(self._children(left), self._children(right), strict=True)
            left, right = next(pair for pair in pairs if pair[0] != pair[1])
        return 0

    def sorted(self, terms: Iterable[int]) -> list[int]:
        """The terms in this order."""
        given = list(terms)
        keys = [self._key(t) for t in given]
        if None not in keys:
            return [t for _, t in sorted(zip(keys, given, strict=True))]
        first = {t: (self.height(t), self._head(t)) for t in given}
        given.sort(key=first.__getitem__)
        out: list[int] = []
        for _, group in groupby(given, key=first.__getitem__):
            alike = list(group)
            out.extend(alike if len(alike) == 1 else sorted(alike, key=self._by_path))
        return out

    def _key(self, term: int) -> _Key | None:
        """The term as nested tuples, which compare as the terms do; None if it is not small."""
        known = self._small
        stack = [] if term in known else [term]
        while stack:
            t = stack[-1]
            below = self._children(t)
            missing = [c for c in below if c not in known] if len(below) < _SMALL else []
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            parts = [known.get(c) for c in below]
            whole = [part for part in parts if part is not None]
            size = 1 + sum(part[0] for part in whole)
            if len(whole) < len(parts) or size > _SMALL:
                known[t] = None
            else:
                height = 1 + max([part[1][0] for part in whole], default=0)
                known[t] = (size, (height, self._head(t), *(key for _, key in whole)))
        found = known[term]
        return found[1] if found else None


def table_order(table: TermTable) -> StructuralOrder:
    """The order on the rows of a table."""

    def row_head(row: int) -> Head:
        cells = table.rows[row]
        below = children(cells)
        kind, *rest = cells[: len(cells) - len(below)]
        match kind:
            case "lit":
                return head("lit", literal_value(str(rest[0])), str(rest[1]))
            case "var" | "bound":
                return head(str(kind), rest[0], str(rest[1]))
        return head(str(kind), str(rest[0]) if rest else "", "", count=len(below))

    return StructuralOrder(row_head, lambda row: children(table.rows[row]))
