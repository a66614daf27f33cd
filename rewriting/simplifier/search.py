"""The search for a term of least cost among the equals of a given one, in algebra, trigonometry and logarithms.

A term is read into its normal form (`normal.py`), in which what cancels has cancelled, and the cheapest way that is
found to write that form is the first candidate (`arranging.py`). It is a function of the form alone. Where that is no
great gain, fractions are also left apart, and the parts of the term are simplified each by itself.

The result is the last of a chain of terms, each cheaper than the one before, or as cheap and made from the form alone;
it ends where a round finds nothing. So simplifying a result again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..derivation import Builder
from ..egraph.costs import SIZE, CostModel, symbol_texts
from ..limits import Clock, Limits, Stop, Stopped
from ..syntax import TermTable, children
from ..theory import Theory
from .arranging import Arranger
from .assuming import take
from .costs import Costs
from .functions import Functions
from .normal import TooLarge
from .reading import Reader
from .vocabulary import Vocabulary

SORTS = ("Real", "Complex")
STEPS = 500_000
_MOST_ROUNDS = 100
_MOST_PARTS = 400  # of a term, simplified each by itself
_SHARE = 20  # of the steps allowed, that a part may use
_LARGEST_PART = 300  # nodes
_SMALL = 10  # nodes of a term that is looked at as a whole only


@dataclass(frozen=True)
class Found:
    """A row that is equal to another and costs no more.

    `steps` has the rows on the way, the given one first and this one last; each has the form of the one before.
    """

    row: int
    cost_before: Any
    cost_after: Any
    stop: Stop
    steps: tuple[int, ...]


def simplify_row(
    table: TermTable,
    row: int,
    theory: Theory,
    assumptions: Sequence[int] = (),
    cost: CostModel = SIZE,
    limits: Limits | None = None,
    steps: int = STEPS,
) -> Found:
    """A row of the same table, equal to the given one in the theory of the reals or of the complex numbers.

    `assumptions` are formulas of the table. `steps` limits the work of each round, in monomials that are added and
    multiplied: it is the same on every machine. Where it or one of the `limits` is reached, the best so far is
    returned.
    """
    clock = Clock(limits or Limits())
    prices = Costs(table, cost, symbol_texts(theory.symbols))
    way = [row]
    stop = Stop.DONE
    for _ in range(_MOST_ROUNDS):
        try:
            with clock.holding_interrupts():
                work = _Round(table, way[-1], theory, assumptions, cost, steps, clock)
                better = work.best()
        except Stopped as stopped:
            stop = stopped.reason
            break
        if work.stopped:
            stop = Stop.STEPS
        if better is None:
            break
        way.append(better)
    return Found(way[-1], prices.of(row)[0], prices.of(way[-1])[0], stop, tuple(way))


def prove(builder: Builder, theory: Theory, found: Found, assumptions: Sequence[int] = ()) -> int:
    """The step given row = found row, over the builder's table. The assumptions that it rests on are "assume" steps.

    Raises NoProof.
    """
    from .proving import prove_way

    return prove_way(builder, theory, found.steps, assumptions)


class _Round:
    """One reading of a term, in a table of its own."""

    def __init__(
        self,
        table: TermTable,
        row: int,
        theory: Theory,
        assumptions: Sequence[int],
        cost: CostModel,
        steps: int,
        clock: Clock,
    ) -> None:
        self.stopped = False
        self._given = table
        self._table = TermTable()
        (self._root, *self._assumptions) = table.copy_into(self._table, [row, *assumptions])
        vocabulary = self._vocabulary = Vocabulary(theory.symbols, theory.sorts[0])
        self._operations = {vocabulary.by_text[text, 2]: text for text in "+-*/^"}
        self._forms = Functions(theory.sorts[0] == "Real")
        self._forms.clock = clock
        self._forms.limit = steps
        self._steps = steps
        self._costs = Costs(self._table, cost, symbol_texts(theory.symbols))
        self._reader = Reader(self._forms, vocabulary, self._table)
        self._arranger = Arranger(self._forms, vocabulary, self._table, self._costs)
        take(self._reader, vocabulary, self._table, self._assumptions)

    def best(self) -> int | None:
        """A better row, of the table that was given; None if there is none."""
        found = self._root
        price = self._costs.of(found)
        whole = self._whole()
        if whole is not None and self._costs.of(whole) <= price:
            found, price = whole, self._costs.of(whole)
        nodes = self._costs.of(self._root)[1]
        if nodes > _SMALL and 2 * price[1] > nodes:
            for row in self._others():
                if self._costs.of(row) < price:
                    found, price = row, self._costs.of(row)
        return None if found == self._root else self._table.copy_into(self._given, [found])[0]

    def _whole(self) -> int | None:
        try:
            form = self._reader.form(self._root)
            row = self._arranger.write(form)
            return row if self._reader.form(row) == form else None
        except TooLarge:
            self.stopped = True
            return None

    def _others(self) -> Iterator[int]:
        """Rows equal to the root in which less is changed."""
        try:
            form = self._reader.read(self._root)
            if form != self._forms.closed(form):
                row = self._arranger.write(form)
                if self._reader.form(row) == self._forms.closed(form):
                    yield row
        except TooLarge:
            self.stopped = True
        folded = self._folded()
        if folded is not None:
            yield folded
        yield self._by_parts()

    def _folded(self) -> int | None:
        """The term written from a form in which sums are factors, not multiplied out."""
        forms = Functions(self._forms.real)
        forms.clock, forms.limit = self._forms.clock, self._steps
        reader = Reader(forms, self._vocabulary, self._table)
        take(reader, self._vocabulary, self._table, self._assumptions)
        forms.most, most = 1, forms.most
        try:
            form = reader.read(self._root)
            forms.most = most
            row = Arranger(forms, self._vocabulary, self._table, self._costs).write(form)
            return row if self._reader.form(row) == self._reader.form(self._root) else None
        except TooLarge:
            self.stopped = True
            return None

    def _by_parts(self) -> int:
        """The root with every part simplified, from the inside."""
        done: dict[int, int] = {}
        order = self._table.reachable([self._root])
        for i in order:
            row = self._table.rows[i]
            made = i
            if row[0] == "app":
                made = self._without_units(self._table.add((*row[:2], *(done[c] for c in children(row)))))
                if len(order) <= _MOST_PARTS and self._costs.of(made)[1] <= _LARGEST_PART and i != self._root:
                    made = self._part(made)
            done[i] = made
        return done[self._root]

    def _without_units(self, i: int) -> int:
        """The row without a 0 that is added or a 1 that it is multiplied with, if it has one at its root."""
        row = self._table.rows[i]
        operation = self._operations.get(str(row[1])) if len(row) == 4 else None
        if operation is None:
            return i
        left, right = int(row[2]), int(row[3])
        unit = self._vocabulary.number(self._table, 0 if operation in "+-" else 1)
        if right == unit:
            return left
        return right if left == unit and operation in "+*" else i

    def _part(self, row: int) -> int:
        """A cheaper row of the same form."""
        self._forms.limit = min(self._steps, self._forms.spent + self._steps // _SHARE)
        try:
            form = self._reader.form(row)
            best = self._arranger.write(form)
            if self._costs.of(best) < self._costs.of(row) and self._reader.form(best) == form:
                return best
        except TooLarge:
            self.stopped = True
        return row
