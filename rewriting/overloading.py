"""Which occurrences of overloaded constructors must name their sort when they are printed.

Two constructors of one text and the same arguments, such as `nil` of List(A) and of List(N), are told apart by what
stands around them, or else by their sort: `nil@List(N)`. No other symbols need it: operations of one text must differ
in their arguments.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .syntax import Row, TermTable, children, with_children
from .theory import Symbol


def qualified_text(symbol: Symbol) -> str:
    """A constructor as it is written where nothing else tells its sort."""
    return f"{symbol.notation.text}@{symbol.result}"


class Overloads:
    """The symbols of a signature that share their texts.

    `qualified` are copies of the constructors that may need their sorts, under names and texts that have them.
    """

    def __init__(self, symbols: Collection[Symbol]) -> None:
        self._symbols = {s.name: s for s in symbols}
        alike: dict[tuple[str, str, int], list[Symbol]] = {}
        for symbol in symbols:
            alike.setdefault((symbol.notation.text, symbol.notation.form, symbol.arity), []).append(symbol)
        self._rivals = {s.name: rivals for rivals in alike.values() if len(rivals) > 1 for s in rivals}
        self._weak = {
            name: f"{name}@{self._symbols[name].result}"
            for name, rivals in self._rivals.items()
            if self._symbols[name].kind == "constructor"
            and sum(r.arguments == self._symbols[name].arguments for r in rivals) > 1
        }
        self.qualified = [
            replace(s, name=self._weak[s.name], notation=replace(s.notation, text=qualified_text(s)))
            for s in symbols
            if s.name in self._weak
        ]

    def qualify(self, table: TermTable, root: int) -> tuple[TermTable, int]:
        """The same term with qualified constructors wherever the text alone would not tell which one is meant.

        Linear in the DAG; the table itself if no constructor needs it.
        """
        if not any(self._is_weak(table, i) for i in (table.reachable([root]) if self._weak else ())):
            return table, root
        target = TermTable()
        done: dict[tuple[int, bool], int] = {}
        stack = [(root, False)]
        while stack:
            i, fixed = stack[-1]
            if (i, fixed) in done:
                stack.pop()
                continue
            row = table.rows[i]
            new, below = self._settle(table, row, fixed)
            missing = [c for c in below if c not in done]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            done[i, fixed] = target.add(with_children(new, [done[c] for c in below]), table.hints.get(i))
        return target, done[root, False]

    def _is_weak(self, table: TermTable, i: int) -> bool:
        row = table.rows[i]
        return row[0] == "app" and row[1] in self._weak

    def _settle(self, table: TermTable, row: Row, fixed: bool) -> tuple[Row, list[tuple[int, bool]]]:
        """The row with the name that it needs, and of each child whether its sort is known from here.

        `fixed` says that the row's own sort is known from above.
        """
        below = children(row)
        if row[0] == "eq":
            weak = self._is_weak(table, below[0]) and not self._is_weak(table, below[1])
            return row, [(below[0], weak), (below[1], not weak)]
        if row[0] != "app":
            return row, [(c, False) for c in below]
        name = str(row[1])
        symbol = self._symbols.get(name)
        strong = [n for n, c in enumerate(below) if not self._is_weak(table, c)]
        fitting = [
            r for r in self._rivals.get(name, ()) if symbol is not None and (not fixed or r.result == symbol.result)
        ]
        if len(fitting) < 2:
            return row, [(c, True) for c in below]
        telling = [r for r in fitting if symbol and all(r.arguments[n] == symbol.arguments[n] for n in strong)]
        if len(telling) == 1:  # the strong children tell the symbol, so they must be told by themselves
            return row, [(c, n not in strong) for n, c in enumerate(below)]
        if name in self._weak:
            return ("app", self._weak[name], *below), [(c, True) for c in below]
        return row, [(c, False) for c in below]
