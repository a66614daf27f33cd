"""Normal forms where ordered rules are compared by a Knuth-Bendix order, which the kernels do not know.

The same innermost strategy and the same memory as the table machine's, in Python.
"""

from __future__ import annotations

from collections.abc import Iterable

from .bank import TermBank, TermId
from .limits import Clock, Limits, Stop
from .matching import match
from .orders import Kbo, places
from .rewriter import Evidence, Normalised, Rewriter
from .rules import RuleTable
from .syntax import children, with_children

_SLICE = 256  # looks at terms between two looks at the clock


class WeighingRewriter(Rewriter):
    """Normalises terms of one bank; rows are added to the table of the rules.

    Variables of terms count as constants below every symbol, ordered by sort and then by name. The memory is void after
    a collection of the bank.
    """

    def __init__(self, bank: TermBank, table: RuleTable, order: Kbo, fuel: int) -> None:
        super().__init__(bank, table, places(order.precedence), fuel)
        self._fuel = fuel
        self._terms = table.terms
        self._greater = order.total_comparison(table.terms)
        self._rules_of: dict[tuple[str | int, ...], list[int]] = {}
        for n, rule in enumerate(table.rules):
            self._rules_of.setdefault(self._terms.rows[rule.lhs][:2], []).append(n)
        self._row: dict[int, int] = {}
        self._id: dict[int, TermId] = {}
        self._step: dict[int, tuple[int, int | None]] = {}  # of a row, what it becomes and by which rule
        self._end: dict[int, int] = {}

    def normalise(self, terms: Iterable[int], clock: Clock | None = None) -> Normalised:
        """Innermost normal forms. Stops at the clock's limits or when the fuel is spent."""
        clock = clock or Clock(Limits())
        left = self._fuel
        out: list[TermId] = []
        for term in terms:
            row = self._dumped(term)
            stack = [row]
            while stack:
                if left % _SLICE == 0 and (reason := clock.reason()) is not None:
                    return Normalised(tuple(out), reason)
                if not left:
                    return Normalised(tuple(out), Stop.STEPS)
                left -= 1
                self._look(stack)
            out.append(self._loaded(self._end[row]))
        return Normalised(tuple(out), Stop.DONE)

    def _look(self, stack: list[int]) -> None:
        row = stack[-1]
        before = (self._step[row][0],) if row in self._step else children(self._terms.rows[row])
        missing = [c for c in before if c not in self._end]
        if row in self._end:
            stack.pop()
        elif missing:
            stack += reversed(missing)
        elif row in self._step:
            self._end[row] = self._end[self._step[row][0]]
        else:
            cells = self._terms.rows[row]
            inside = self._terms.add(with_children(cells, [self._end[c] for c in children(cells)]))
            step = (inside, None) if inside != row else self._first(row)
            if step is None:
                self._end[row] = row
            else:
                self._step[row] = step

    def _first(self, row: int) -> tuple[int, int] | None:
        """What the first rule that applies at the root makes of a row."""
        for n in self._rules_of.get(self._terms.rows[row][:2], ()):
            rule = self.table.rules[n]
            values = match(self._terms, rule.lhs, row, rule.variables)
            if values is not None:
                result = self._terms.replace(rule.rhs, values)
                if not rule.ordered or self._greater(row, result):
                    return result, n
        return None

    def _loaded(self, row: int) -> TermId:
        if row not in self._id:
            (self._id[row],) = self.bank.load(self._terms, [row], self.table.signature)
        return self._id[row]

    def _dumped(self, term: int) -> int:
        return self.bank.dump([term], self._terms, self._row)[0]

    def evidence(self, term: int) -> Evidence | None:
        """The first step from a term towards its normal form; None if it is normal or has not been normalised."""
        step = self._step.get(self._dumped(term))
        return None if step is None else Evidence(self._loaded(step[0]), step[1])

    def normal(self, term: int) -> TermId | None:
        """The normal form, if it is known already."""
        end = self._end.get(self._dumped(term))
        return None if end is None else self._loaded(end)
