"""The prices of the terms of a growing table, each reckoned once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..egraph.costs import Additive, CostModel, Function
from ..syntax import TermTable, children

Price = tuple[Any, int, int]  # the cost; then size and depth of the tree, which decide between terms of one cost


class Costs:
    """Prices by a cost model. `texts` gives how symbols are written, by name."""

    def __init__(self, table: TermTable, model: CostModel, texts: Mapping[str, str]) -> None:
        self._table = table
        self._model = model
        self._texts = texts
        self._known: dict[int, Price] = {}
        self.deepest = isinstance(model, Additive) and model.deepest  # is it the longest way down that costs?

    def of(self, root: int) -> Price:
        """The price of a row. Linear in the rows below it that are new."""
        known = self._known
        if root in known:
            return known[root]
        rows = self._table.rows
        model = self._model
        stack = [root]
        while stack:
            i = stack[-1]
            if i in known:
                stack.pop()
                continue
            row = rows[i]
            below = children(row)
            waiting = [c for c in below if c not in known]
            if waiting:
                stack.extend(waiting)
                continue
            name = str(row[1])
            text = self._texts.get(name, name)
            costs = [known[c][0] for c in below]
            if isinstance(model, Function):
                cost = model.call(text, tuple(costs))
            else:
                cost = model.weights.get(text, model.other if row[0] == "app" else model.leaf)
                cost += max(costs, default=0) if model.deepest else sum(costs)
            size = 1 + sum([known[c][1] for c in below])
            known[i] = cost, size, 1 + max([known[c][2] for c in below], default=0)
            stack.pop()
        return known[root]
