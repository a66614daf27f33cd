"""Which variables of the pops around a term it uses: what its closure has to hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .terms import Table


def captures(table: Table, roots: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
    """The indices of the loose variables of every row below `roots`, ascending.

    Rows with the same indices share one tuple. Linear in the sum of their lengths.
    """
    found: dict[int, tuple[int, ...]] = {}
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for i in table.reachable(roots):
        row = table.rows[i]
        kind = row[0]
        if kind == "bound":
            indices: tuple[int, ...] = (row[1],)
        elif kind == "pop":
            inner = found[row[3]]
            indices = tuple(k - 1 for k in inner if k)
        elif kind == "loop":
            indices = found[row[2]]
        elif kind in ("push", "join"):
            left, right = found[row[2]], found[row[3]]
            indices = right if not left or left == right else left if not right else tuple(sorted({*left, *right}))
        else:
            indices = ()
        found[i] = known.setdefault(indices, indices)
    return found
