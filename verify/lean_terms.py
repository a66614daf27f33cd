"""Terms and formulas as Lean text, over a model of the theory or over Lean's own types.

Lean reads a text by recursion, and a term is written out as a tree; so a term that is nested too deep or too large is
`Unwritable`, and its theorem is not exported.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..rewriting.syntax import TermTable, children
from .lean_names import Names, mangle

MOST_DEPTH = 1000  # of a term; Lean's time grows with its square, a second here
MOST_NODES = 20_000

HOLE = "z₀"  # subscripts and primes never occur in a mangled name


class Unwritable(Exception):
    """Something has no Lean text: too deep, too large, or not justified."""


class TooLarge(Unwritable):
    """A term that is sound but too deep or too large for Lean's parser."""


@dataclass(frozen=True, eq=False)
class Style:
    """What stands for the sorts, the symbols (applied heads), an arbitrary element of each sort, and the literals, by
    text and sort."""

    sorts: Mapping[str, str]
    symbols: Mapping[str, str]
    default: Mapping[str, str]
    literals: Mapping[tuple[str, str], str]


class LeanTerms:
    """Writes the terms of a growing table. `names` has the identifiers of everything that is in scope everywhere."""

    def __init__(self, table: TermTable, names: Names) -> None:
        self.table = table
        self._variables = Names(set(names.taken))
        self._free: list[frozenset[int]] = []
        self._depth: list[int] = []
        self._nodes: list[int] = []
        self._shown: dict[tuple[Style, int], str] = {}

    def _extend(self) -> None:
        rows = self.table.rows
        for i in range(len(self._free), len(rows)):
            below = children(rows[i])
            if rows[i][0] == "var":
                self._free.append(frozenset([i]))
            elif len(below) == 1:
                self._free.append(self._free[below[0]])
            else:
                self._free.append(frozenset[int]().union(*(self._free[c] for c in below)))
            self._depth.append(1 + max((self._depth[c] for c in below), default=0))
            self._nodes.append(min(2 * MOST_NODES, 1 + sum(self._nodes[c] for c in below)))

    def free(self, root: int) -> frozenset[int]:
        """The free variables of a term."""
        self._extend()
        return self._free[root]

    def variable(self, variable: int) -> str:
        """The identifier of a free variable: distinct for distinct rows."""
        name, sort = self.table.rows[variable][1:]
        return self._variables.of("variable", str(name), str(sort))

    def binder(self, variable: int, style: Style) -> str:
        """`(x : N)`."""
        return f"({self.variable(variable)} : {style.sorts[str(self.table.rows[variable][2])]})"

    def value(self, variable: int, style: Style, scope: Collection[int]) -> str:
        """The variable where it is in scope; elsewhere an arbitrary element, for a proof may not depend on it."""
        if variable in scope:
            return self.variable(variable)
        return style.default[str(self.table.rows[variable][2])]

    def closed(self, formula: int, style: Style) -> str:
        """The formula for all values of its free variables, in the order of their first occurrence."""
        variables = self.table.free_variables(formula)
        binders = " ".join(self.binder(v, style) for v in variables)
        text = self.show(formula, style, frozenset(variables))
        return f"∀ {binders}, {text}" if variables else text

    def show(self, root: int, style: Style, scope: frozenset[int], hole: int | None = None) -> str:
        """The text of a term, in brackets unless it is an identifier. `hole` is a variable to be written `HOLE`.

        Raises TooLarge beyond `MOST_DEPTH` or `MOST_NODES`.
        """
        free = self.free(root)
        if self._depth[root] > MOST_DEPTH or self._nodes[root] > MOST_NODES:
            raise TooLarge("a term is too deep or too large for Lean's parser")
        missing = free - scope
        key = (style, root)
        if not missing and key in self._shown:
            return self._shown[key]
        rows = self.table.rows
        out: list[str] = []
        stack: list[str | tuple[int, tuple[str, ...]]] = [(root, ())]
        while stack:
            top = stack.pop()
            if isinstance(top, str):
                out.append(top)
                continue
            i, bound = top
            row = rows[i]
            kind = row[0]
            if kind == "var":
                out.append(HOLE if i == hole else self.value(i, style, scope))
            elif kind == "bound":
                out.append(bound[-1 - int(row[1])])
            elif kind == "false":
                out.append("False")
            elif kind == "lit":
                out.append(style.literals[str(row[1]), str(row[2])])
            elif kind in ("all", "ex"):
                name = mangle(self.table.hints.get(i, "x")) + "'" * (len(bound) + 1)
                opening = "(∀ ({} : {}), " if kind == "all" else "(Exists (fun ({} : {}) => "
                out.append(opening.format(name, style.sorts[str(row[1])]))
                stack += [")" if kind == "all" else "))", (int(row[2]), (*bound, name))]
            elif kind == "imp":
                stack += [")", (int(row[2]), bound), " → ", (int(row[1]), bound), "("]
            else:
                below = children(row)
                head = style.symbols[str(row[1])] if kind == "app" else _HEADS[str(kind)]
                if not below:
                    out.append(f"({head})" if " " in head else head)
                    continue
                out.append("(" + head)
                stack.append(")")
                for child in reversed(below):
                    stack += [(child, bound), " "]
        text = "".join(out)
        if not missing:
            self._shown[key] = text
        return text


_HEADS = {"eq": "Eq", "and": "And", "or": "Or"}
