"""Substitution and sequencing on rows of a table; no recursion, and a subterm that does not change is not visited.

Substituting a term for a variable *inserts its code* wherever the variable stands (specification A2, with erratum 1).
Bound variables are de Bruijn indices, so nothing is captured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .terms import SKIP, Row, Table, children, with_children

_Replace = Callable[[int, int], int]  # the row that replaces a variable: of its index, and the binders above it


def replaced(
    table: Table,
    root: int,
    depth: int,
    leaf: Callable[[Row, int], int | None],
    stays: Callable[[int, int], bool],
) -> int:
    """`root`, which stands under `depth` binders, with some rows in it replaced.

    `leaf` gives the row for a row and the binders above it, or None to look inside; below a row that `stays`, given its
    index and the binders above, nothing changes. Each pair of a row and a number of binders is visited once.
    """
    done: dict[tuple[int, int], int] = {}
    stack = [(root, depth)]
    while stack:
        i, d = key = stack[-1]
        if key in done:
            stack.pop()
            continue
        row = table.rows[i]
        new = i if stays(i, d) else leaf(row, d)
        if new is not None:
            done[key] = new
            stack.pop()
            continue
        inner = d + (row[0] == "pop")
        below = children(row) if row[0] != "pop" else (row[3],)
        missing = [(c, inner) for c in below if (c, inner) not in done]
        if missing:
            stack.extend(missing)
            continue
        parts = [done[c, inner] for c in below]
        if row[0] == "pop":
            done[key] = table.pop(row[1], parts[0], row[2], table.hints.get(i))
        else:
            done[key] = table.add(with_children(row, parts), table.hints.get(i))
        stack.pop()
    return done[root, depth]


def _variables(table: Table, root: int, depth: int, replace: _Replace) -> int:
    """`root`, which stands under `depth` binders, with its variables that are loose there replaced."""
    return replaced(
        table,
        root,
        depth,
        lambda row, d: replace(row[1], d) if row[0] == "bound" else None,
        lambda i, d: table.loose[i] <= d,
    )


def shift(table: Table, root: int, by: int, below: int = 0) -> int:
    """`root` put under `by` more binders; its variables with an index less than `below` stay."""
    if by == 0:
        return root
    return _variables(table, root, below, lambda k, d: table.bound(k + by))


def instantiate(table: Table, body: int, argument: int) -> int:
    """The body of a pop with `argument` for its variable; `argument` stands outside of that pop."""

    def replace(k: int, d: int) -> int:
        return shift(table, argument, d) if k == d else table.bound(k - 1)

    return _variables(table, body, 0, replace)


def close(table: Table, root: int, values: Sequence[int]) -> int:
    """`root` with closed terms for its loose variables, the innermost first."""
    return _variables(table, root, 0, lambda k, d: values[k - d])


def sequence(table: Table, first: int, then: int) -> int:
    """`first ; then` in prefix form: `then` is put where `first` ends (macro sequencing, A2).

    `first` must be prefix: skip, or pushes, pops and executed variables (joins on skip whose left side is a leaf) that
    end in skip. A leaf at the end is executed, and then `then`. Raises ValueError for other control.
    """
    spine: list[int] = []
    at, binders = first, 0
    while table.rows[at] != ("jump", SKIP):
        row = table.rows[at]
        if row[0] in ("push", "pop") or (row[0] == "join" and row[1] == SKIP):
            spine.append(at)
            binders += row[0] == "pop"
            at = row[3]
        elif row[0] in ("join", "loop"):
            raise ValueError("only prefix terms can be sequenced by insertion")
        else:
            break
    end = shift(table, then, binders)
    if table.rows[at] != ("jump", SKIP):
        end = table.join(SKIP, at, end)
    for i in reversed(spine):
        row = table.rows[i]
        end = table.add((*row[:3], end), table.hints.get(i))
    return end
