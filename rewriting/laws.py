"""The laws modulo which search works, recognised among equations.

assoc   f(f(x, y), z) = f(x, f(y, z))
comm    f(x, y) = f(y, x)
right   f(x, e) = x                    e a constant
left    f(e, x) = x
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from .syntax import TermTable, children


class Law(NamedTuple):
    """Which law of which symbol, about which variables; `turned` if its sides are exchanged. `unit` is a row."""

    kind: Literal["assoc", "comm", "right", "left"]
    symbol: str
    variables: tuple[int, ...]
    turned: bool
    unit: int | None = None


def law(table: TermTable, formula: int) -> Law | None:
    """The law that a formula states, if it is one."""
    rows = table.rows
    variables = tuple(table.free_variables(formula))
    if rows[formula][0] != "eq" or not variables:
        return None
    left, right = children(rows[formula])
    for a, b, turned in ((left, right, False), (right, left, True)):
        if rows[a][0] != "app" or len(rows[a]) != 4:
            continue
        f, p, q = str(rows[a][1]), int(rows[a][2]), int(rows[a][3])
        match variables:
            case (x,) if b == p == x and _is_constant(table, q):
                return Law("right", f, variables, turned, q)
            case (x,) if b == q == x and _is_constant(table, p):
                return Law("left", f, variables, turned, p)
            case (x, y) if (p, q) == (x, y) and rows[b] == ("app", f, y, x):
                return Law("comm", f, variables, turned)
            case (x, y, z) if rows[p] == ("app", f, x, y) and q == z and rows[b][:3] == ("app", f, x):
                if rows[int(rows[b][3])] == ("app", f, y, z):
                    return Law("assoc", f, variables, turned)
    return None


def _is_constant(table: TermTable, row: int) -> bool:
    return table.rows[row][0] in ("app", "lit") and not children(table.rows[row])
