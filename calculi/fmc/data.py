"""Declared data types: base types with constructors and case analysis [R] (specification B5).

`data List = nil | cons(Z List)` declares the base type List and three operations. A constructor pops its arguments, the
first one from the top, and pushes a value; case analysis, which is called like the type, pops a value and leaves by the
exit of its constructor, with the arguments back on the stack, the first one on top:

    $nil : => List      $cons : Z List => List      $List : List => {#nil: , #cons: List Z}

They stand for terms of the calculus: a value is the thunk that pushes its arguments and jumps, and is executed.

    $cons = <h>.<t>.[[t].[h].#cons]      $List = <l>.l
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .terms import Table, Term, children, with_children


@dataclass(frozen=True)
class Constructor:
    """A name, and the types of the arguments, the first one on top of the stack."""

    name: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True)
class DataType:
    """A base type whose values are made by constructors only."""

    name: str
    constructors: tuple[Constructor, ...]


def construction(table: Table, constructor: Constructor) -> int:
    """The term that a constructor stands for."""
    count = len(constructor.arguments)
    names = [f"a{n + 1}" for n in range(count)]
    value = table.jump(constructor.name)
    for k in range(count - 1, -1, -1):  # the first argument was popped first, so it has the highest index
        value = table.push("", table.bound(k), value)
    body = table.push("", value, table.skip())
    for name in reversed(names):
        body = table.pop("", body, hint=name)
    return body


def unfold(table: Table, root: int, data: Mapping[str, DataType]) -> int:
    """A term with the operations of data types replaced by what they stand for, as the machines run it."""
    if not data:
        return root
    meaning = {c.name: construction(table, c) for d in data.values() for c in d.constructors}
    meaning.update(dict.fromkeys(data, table.pop("", table.bound(0), hint="v")))
    moved: dict[int, int] = {}
    for i in table.reachable([root]):
        row = table.rows[i]
        if row[0] == "primitive" and row[1] in meaning:
            moved[i] = meaning[row[1]]
        else:
            moved[i] = table.add(with_children(row, [moved[c] for c in children(row)]), table.hints.get(i))
    return moved[root]
