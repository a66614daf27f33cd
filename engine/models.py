"""Small finite models of axiomatic theories, and conjectures evaluated in them.

A theory without datatypes whose axioms are equations is given tables: each sort has k elements 0, ..., k-1, each
operation a value for all arguments. The search fills tables cell by cell: it looks for an instance of an axiom that
hangs on an empty cell, tries the values there, and takes back what breaks an instance. A value that no earlier cell
has used counts once, since unused elements are alike. Budgets are counted in cells tried.

A formula that is false in such a model does not follow from the axioms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from ..rewriting.limits import Clock, Stopped
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Symbol, Theory

LARGEST = 4  # elements of each sort
MOST_OF_A_SIZE = 3  # models
MOST_CELLS = 4_000  # tried for one size
MOST_ASSIGNMENTS = 256


@dataclass(frozen=True)
class Model:
    """`tables[symbol][arguments]` is the value of an operation; the elements of every sort are 0 .. size-1."""

    size: int
    tables: Mapping[str, Mapping[tuple[int, ...], int]]

    def describe(self, symbols: Sequence[Symbol]) -> str:
        """The model as text: "2 elements; e = 0, inv = [0, 1], * = [[0, 1], [1, 0]]"."""
        parts = [f"{s.notation.text} = {self._table(s.name, s.arity, ())}" for s in symbols if s.name in self.tables]
        return f"{self.size} element{'s' * (self.size > 1)}; {', '.join(parts)}"

    def _table(self, name: str, arity: int, before: tuple[int, ...]) -> str:
        if len(before) == arity:
            return str(self.tables[name][before])
        return "[" + ", ".join(self._table(name, arity, (*before, a)) for a in range(self.size)) + "]"

    def value(self, terms: TermTable, term: int, assignment: Mapping[int, int]) -> int:
        """The value of a term under values of its free variables."""
        found: dict[int, int] = {}
        for i in terms.reachable([term]):
            row = terms.rows[i]
            found[i] = assignment[i] if row[0] == "var" else self.tables[str(row[1])][tuple(found[c] for c in row[2:])]  # type: ignore[index]
        return found[term]

    def truth(self, terms: TermTable, formula: int, assignment: Mapping[int, int]) -> bool:
        """Does a formula hold? Recursive in the nesting of connectives, which callers bound."""
        row = terms.rows[formula]
        kind = row[0]
        if kind == "false":
            return False
        if kind == "eq":
            left, right = (self.value(terms, c, assignment) for c in children(row))
            return left == right
        if kind in ("all", "ex"):
            variable = terms.var(f"%{len(assignment)}", str(row[1]))
            body = terms.instantiate(formula, variable)
            values = (self.truth(terms, body, {**assignment, variable: a}) for a in range(self.size))
            return all(values) if kind == "all" else any(values)
        first, second = (int(i) for i in row[1:])
        if kind == "and":
            return self.truth(terms, first, assignment) and self.truth(terms, second, assignment)
        if kind == "or":
            return self.truth(terms, first, assignment) or self.truth(terms, second, assignment)
        return not self.truth(terms, first, assignment) or self.truth(terms, second, assignment)


def has_finite_models(theory: Theory) -> bool:
    """Is this a theory that the finder understands: no datatypes, no predicates, axioms that are equations?"""
    return (
        theory.axiomatic
        and not theory.datatypes
        and all(theory.terms.rows[a.formula][0] == "eq" for a in theory.axioms)
        and all(s.kind != "predicate" for s in theory.symbols)
    )


def find_models(theory: Theory, clock: Clock) -> list[Model]:
    """Models with 1 to `LARGEST` elements, a few of each size, in a fixed order. A limit ends the search early."""
    out: list[Model] = []
    with suppress(Stopped):  # whoever asked stops for the same reason and reports it
        for size in range(1, LARGEST + 1):
            for n, model in enumerate(_Search(theory, size, clock).models(), 1):
                out.append(model)
                if n == MOST_OF_A_SIZE:
                    break
    return out


class _Search:
    def __init__(self, theory: Theory, size: int, clock: Clock) -> None:
        self._symbols = [s for s in theory.symbols if s.kind != "predicate"]
        self._terms = theory.terms
        self._size = size
        self._clock = clock
        self._cells: dict[tuple[str, tuple[int, ...]], int] = {}
        self._instances: list[tuple[int, int, dict[int, int]]] = []
        for axiom in theory.axioms:
            left, right = (int(i) for i in theory.terms.rows[axiom.formula][1:])
            variables = theory.terms.free_variables(axiom.formula)
            for values in product(range(size), repeat=len(variables)):
                self._instances.append((left, right, dict(zip(variables, values, strict=True))))

    def models(self) -> Iterator[Model]:
        """Depth-first; the stack holds the cells in the order of their filling, with the values yet to try."""
        stack: list[tuple[tuple[str, tuple[int, ...]], list[int]]] = []
        tried = 0
        while True:
            cell = self._look()
            if cell is None:
                yield self._model()
            if cell is None or cell == _BROKEN:
                while stack and not stack[-1][1]:
                    del self._cells[stack.pop()[0]]
                if not stack:
                    return
            else:
                stack.append((cell, self._values(cell)))
            key, values = stack[-1]
            self._cells[key] = values.pop(0)
            tried += 1
            if tried > MOST_CELLS:
                return
            self._clock.check()

    def _look(self) -> tuple[str, tuple[int, ...]] | None:
        """A cell to fill next, `_BROKEN` if an axiom fails, None if all is filled and holds."""
        waiting: tuple[str, tuple[int, ...]] | None = None
        for left, right, assignment in self._instances:
            a, b = self._value(left, assignment), self._value(right, assignment)
            if isinstance(a, int) and isinstance(b, int):
                if a != b:
                    return _BROKEN
            elif waiting is None:
                waiting = a if not isinstance(a, int) else b  # type: ignore[assignment]
        if waiting is not None:
            return waiting
        for symbol in self._symbols:
            for arguments in product(range(self._size), repeat=symbol.arity):
                if (symbol.name, arguments) not in self._cells:
                    return (symbol.name, arguments)
        return None

    def _value(self, term: int, assignment: Mapping[int, int]) -> int | tuple[str, tuple[int, ...]]:
        """The value of a term, or the first empty cell that it needs."""
        found: dict[int, int] = {}
        for i in self._terms.reachable([term]):
            row = self._terms.rows[i]
            if row[0] == "var":
                found[i] = assignment[i]
                continue
            cell = (str(row[1]), tuple(found[int(c)] for c in row[2:]))
            if cell not in self._cells:
                return cell
            found[i] = self._cells[cell]
        return found[term]

    def _values(self, cell: tuple[str, tuple[int, ...]]) -> list[int]:
        used = max([*self._cells.values(), *cell[1], *(a for _, args in self._cells for a in args), -1])
        return list(range(min(self._size, used + 2)))

    def _model(self) -> Model:
        tables: dict[str, dict[tuple[int, ...], int]] = {s.name: {} for s in self._symbols}
        for (name, arguments), value in self._cells.items():
            tables[name][arguments] = value
        return Model(self._size, tables)


_BROKEN = ("", (-1,))


def counterexample(models: Sequence[Model], theory: Theory, terms: TermTable, formula: int, clock: Clock) -> str | None:
    """A model and values in which a formula is false, as text."""
    variables = terms.free_variables(formula)
    for model in models:
        for n, values in enumerate(product(range(model.size), repeat=len(variables))):
            if n == MOST_ASSIGNMENTS:
                break
            clock.check()
            assignment = dict(zip(variables, values, strict=True))
            if not model.truth(terms, formula, assignment):
                where = ", ".join(f"{terms.rows[v][1]} = {a}" for v, a in assignment.items())
                return f"{where or 'as it stands'}, in a model with {model.describe(theory.symbols)}"
    return None
