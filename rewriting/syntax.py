"""Plain terms and formulas: a table of rows, children before parents.

This is the form in which statements leave the program: a theory, a certificate, a message to another process. It is
pure Python, so the checker can read it without trusting any array code. Search uses the term bank instead
(`bank.py`), which loads from and dumps to such a table.

Rows, with children given as indices of earlier rows:

    ("var", name, sort)         free variable of a statement
    ("bound", k, sort)          bound variable, de Bruijn index k
    ("lit", text, sort)         literal, written as its canonical text (`literals.py`)
    ("app", symbol, *children)  operation, constructor or predicate applied to terms
    ("eq", s, t)                equation of two terms of one sort
    ("false",)                  falsity; `not p` is ("imp", p, false)
    ("imp", p, q)  ("and", p, q)  ("or", p, q)
    ("all", sort, body)  ("ex", sort, body)

`p iff q` is the conjunction of both implications. The sort of every formula is "Prop".

>>> table = TermTable()
>>> x = table.add(("var", "x", "N"))
>>> table.add(("app", "s", x)), table.add(("var", "x", "N"))
(1, 0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .literals import literal_value

Row = tuple[str | int, ...]
_LeafMap = Callable[[int, Row], int | None]
PROP = "Prop"
BINDERS = ("all", "ex")
CONNECTIVES = ("imp", "and", "or")
_FIRST_CHILD = {
    "var": None,
    "bound": None,
    "lit": None,
    "false": None,
    "app": 2,
    "eq": 1,
    "imp": 1,
    "and": 1,
    "or": 1,
    "all": 2,
    "ex": 2,
}
_WIDTH = {"var": 3, "bound": 3, "lit": 3, "false": 1, "eq": 3, "imp": 3, "and": 3, "or": 3, "all": 3, "ex": 3}


class MalformedRow(ValueError):
    """A row that does not have the shape of any kind of term."""


def children(row: Row) -> tuple[int, ...]:
    """The indices of a row's children, left to right."""
    first = _FIRST_CHILD[row[0]]  # type: ignore[index]
    return () if first is None else row[first:]  # type: ignore[return-value]


def with_children(row: Row, new: Sequence[int]) -> Row:
    """The same row over other children."""
    first = _FIRST_CHILD[row[0]]  # type: ignore[index]
    return row if first is None else (*row[:first], *new)


class TermTable:
    """Hash-consed rows: equal terms have one index, and every child's index is smaller than its parent's.

    `hints` gives the written name of a binder's variable, by the index of the ("all"/"ex", ...) row. It is not part
    of identity: terms that differ in bound names only are one row, and the first name met is kept.
    """

    def __init__(self, rows: Iterable[Row] = (), hints: Mapping[int, str] | None = None) -> None:
        self.rows: list[Row] = []
        self.hints: dict[int, str] = {}
        self._index: dict[Row, int] = {}
        for row in rows:
            self.add(row)
        self.hints.update(hints or {})

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: Row, hint: str | None = None) -> int:
        """The index of `row`, appended if it is new. Raises MalformedRow if its shape is wrong."""
        found = self._index.get(row)
        if found is None:
            check_shape(row, len(self.rows))
            found = self._index[row] = len(self.rows)
            self.rows.append(row)
        if hint is not None:
            self.hints.setdefault(found, hint)
        return found

    def var(self, name: str, sort: str) -> int:
        return self.add(("var", name, sort))

    def literal(self, text: str, sort: str) -> int:
        return self.add(("lit", text, sort))

    def app(self, symbol: str, *arguments: int) -> int:
        return self.add(("app", symbol, *arguments))

    def eq(self, left: int, right: int) -> int:
        return self.add(("eq", left, right))

    def imp(self, left: int, right: int) -> int:
        return self.add(("imp", left, right))

    def conj(self, left: int, right: int) -> int:
        return self.add(("and", left, right))

    def false(self) -> int:
        return self.add(("false",))

    def negate(self, formula: int) -> int:
        return self.imp(formula, self.false())

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """All indices below `roots`, roots included, in post-order: children before parents, left before right.

        The order depends on the terms alone, not on where their rows happen to stand.
        """
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
                stack.extend(reversed([c for c in children(self.rows[i]) if c not in seen]))
        return out

    def copy_into(self, target: TermTable, roots: Sequence[int]) -> list[int]:
        """Add the terms `roots` to another table; their indices there."""
        moved: dict[int, int] = {}
        for i in self.reachable(roots):
            row = self.rows[i]
            moved[i] = target.add(with_children(row, [moved[c] for c in children(row)]), self.hints.get(i))
        return [moved[r] for r in roots]

    def replace(self, root: int, new: Mapping[int, int]) -> int:
        """`root` with every occurrence of each key of `new` replaced by its value.

        The replacements must not contain loose bound variables; then no capture can happen. Linear in the DAG size.
        """
        moved: dict[int, int] = {}
        for i in self.reachable([root]):
            row = self.rows[i]
            below = children(row)
            if i in new:
                moved[i] = new[i]
            elif below and any(moved[c] != c for c in below):
                moved[i] = self.add(with_children(row, [moved[c] for c in below]), self.hints.get(i))
            else:
                moved[i] = i
        return moved[root]

    def instantiate(self, binder: int, term: int) -> int:
        """The body of a binder with `term` (no loose bound variables) for its bound variable."""
        body = self.rows[binder][2]
        assert isinstance(body, int)
        return self._at_depth(body, lambda depth, row: term if row[1] == depth else None, "bound")

    def abstract(self, kind: str, variable: int, body: int) -> int:
        """The binder `kind` ("all" or "ex") over the free variable `variable` of `body`."""
        name, sort = self.rows[variable][1:]
        target = self.rows[variable]
        inner = self._at_depth(
            body, lambda depth, row: self.add(("bound", depth, sort)) if row == target else None, "var"
        )
        return self.add((kind, sort, inner), str(name))

    def _at_depth(self, root: int, leaf: _LeafMap, kind: str) -> int:
        """Map the leaves of one kind, given the number of binders above each; explicit stack, memo by (row, depth)."""
        done: dict[tuple[int, int], int] = {}
        stack = [(root, 0)]
        while stack:
            i, depth = stack[-1]
            if (i, depth) in done:
                stack.pop()
                continue
            row = self.rows[i]
            below = children(row)
            inner = depth + (row[0] in BINDERS)
            missing = [(c, inner) for c in below if (c, inner) not in done]
            if missing:
                stack.extend(missing)
                continue
            if row[0] == kind:
                mapped = leaf(depth, row)
                done[i, depth] = i if mapped is None else mapped
            elif below:
                done[i, depth] = self.add(with_children(row, [done[c, inner] for c in below]), self.hints.get(i))
            else:
                done[i, depth] = i
            stack.pop()
        return done[root, 0]

    def free_variables(self, root: int) -> list[int]:
        """Indices of the free variables of a term, in order of first occurrence, left to right."""
        seen: set[int] = set()
        found: list[int] = []
        stack = [root]
        while stack:
            i = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            row = self.rows[i]
            if row[0] == "var":
                found.append(i)
            stack.extend(reversed(children(row)))
        return found


def check_shape(row: Row, below: int) -> None:
    """Raise MalformedRow unless `row` is well formed over children with indices less than `below`."""
    kind = row[0] if row else None
    if not isinstance(kind, str) or kind not in _FIRST_CHILD:
        raise MalformedRow(f"unknown kind of term: {row!r}")
    if kind == "app":
        if len(row) < 2 or not isinstance(row[1], str):
            raise MalformedRow(f"an application needs the name of a symbol: {row!r}")
    elif len(row) != _WIDTH[kind]:
        raise MalformedRow(f"a {kind!r} row has {_WIDTH[kind]} cells: {row!r}")
    if kind == "var" and not (isinstance(row[1], str) and isinstance(row[2], str)):
        raise MalformedRow(f"a variable has a name and a sort: {row!r}")
    if kind == "bound" and not (type(row[1]) is int and row[1] >= 0 and isinstance(row[2], str)):
        raise MalformedRow(f"a bound variable has an index and a sort: {row!r}")
    if kind == "lit":
        if not (isinstance(row[1], str) and isinstance(row[2], str)):
            raise MalformedRow(f"a literal has a text and a sort: {row!r:.200}")
        try:
            literal_value(row[1])
        except ValueError as error:
            raise MalformedRow(f"{error}: {row!r:.200}") from None
    if kind in BINDERS and not isinstance(row[1], str):
        raise MalformedRow(f"a binder has a sort: {row!r}")
    for child in children(row):
        if type(child) is not int or not 0 <= child < below:
            raise MalformedRow(f"a child must be the index of an earlier row: {row!r}")
