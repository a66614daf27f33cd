"""What a term costs, by the models of `egraph.costs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..egraph.costs import CostModel, Function
from ..syntax import TermTable, children


def row_cost(model: CostModel, table: TermTable, row: int, texts: Mapping[str, str]) -> Any:
    """The cost of a row as a tree; `texts` has how symbols are written, by name. Linear in the DAG.

    >>> from lemmata.rewriting.egraph.costs import DEPTH, SIZE
    >>> table = TermTable()
    >>> x = table.var("x", "N")
    >>> row = table.app("+", table.app("s", x), x)
    >>> row_cost(SIZE, table, row, {}), row_cost(DEPTH, table, row, {})
    (4, 3)
    """
    done: dict[int, Any] = {}
    for t in table.reachable([row]):
        cells = table.rows[t]
        below = [done[c] for c in children(cells)]
        is_leaf = cells[0] != "app"
        text = str(cells[1]) if is_leaf else texts.get(str(cells[1]), str(cells[1]))
        if isinstance(model, Function):
            done[t] = model.call(text, tuple(below))
        else:
            own = model.weights.get(text, model.leaf if is_leaf else model.other)
            done[t] = own + (max(below, default=0) if model.deepest else sum(below))
    return done[row]
