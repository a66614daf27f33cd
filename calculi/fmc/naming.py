"""Terms built bottom up with named binders, as translations build them, made into rows with de Bruijn indices.

>>> from .terms import Term
>>> t = Table()
>>> inner = binder(t, "", "y", t.push("", t.free("x"), t.push("", t.free("y"), t.skip())))
>>> str(Term(t, resolved(t, binder(t, "", "x", inner))))
'<x>.<y>.[x].[y]'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .terms import NO_TYPE, Row, Table, with_children


def binder(table: Table, location: str, name: str, body: int, type: int = NO_TYPE) -> int:
    """location<name:type>.body, which binds the free variables of this name in the body. Only `resolved` reads it."""
    return table.add(("binder", location, type, name, body))


def resolved(table: Table, root: int) -> int:
    """The term with a pop for every binder. It has no pops of its own with loose variables. Linear in the tree."""
    levels: dict[str, list[int]] = {}
    depth = 0
    made: list[int] = []
    stack: list[tuple[str, int]] = [("enter", root)]
    while stack:
        what, i = stack.pop()
        row = table.rows[i]
        if what == "bind":
            levels.setdefault(row[3], []).append(depth)
            depth += 1
        elif what == "unbind":
            levels[row[3]].pop()
            depth -= 1
        elif what == "exit":
            parts = [made.pop() for _ in _parts(row)]
            if row[0] == "binder":
                made.append(table.pop(row[1], parts[0], row[2], row[3]))
            else:
                made.append(table.add(with_children(row, parts), table.hints.get(i)))
        elif row[0] == "free":
            around = levels.get(row[1])
            made.append(table.bound(depth - 1 - around[-1]) if around else i)
        elif row[0] == "binder":
            stack += [("exit", i), ("unbind", i), ("enter", row[4]), ("bind", i)]
        elif below := _parts(row):
            stack.append(("exit", i))
            stack += [("enter", part) for part in below]
        else:
            made.append(i)
    return made[0]


def _parts(row: Row) -> Sequence[Any]:
    """The parts to look into. A pop is closed, and is left as it is."""
    kind = row[0]
    if kind in ("push", "join"):
        return row[2:]
    return (row[2],) if kind == "loop" else (row[4],) if kind == "binder" else ()
