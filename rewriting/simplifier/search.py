"""The search for a term of least cost among the equals of a given one, in algebra, trigonometry and logarithms.

A term is read into its normal form (`normal.py`), in which what cancels has cancelled, and the cheapest way that is
found to write that form is the result (`arranging.py`). It is a function of the form alone; so that simplifying a result
again changes nothing, a result is read again until it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..derivation import Builder
from ..egraph.costs import SIZE, CostModel, symbol_texts
from ..limits import Stop
from ..syntax import TermTable
from ..theory import Theory
from .arranging import Arranger
from .assuming import take
from .costs import Costs
from .functions import Functions
from .normal import TooLarge
from .reading import Reader
from .vocabulary import Vocabulary

_MOST_ROUNDS = 6


@dataclass(frozen=True)
class Found:
    """A row that is equal to another and costs no more. `steps` has the rows on the way, the given one first and the
    result last, each equal to the one before by its form."""

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
    steps: int = 200_000,
) -> Found:
    """A row of the same table that is equal to the given one under the assumptions, formulas of the table.

    `steps` limits the work, in monomials added and multiplied; it is the same on every machine.
    """
    sort = theory.sorts[0]
    way = [row]
    prices = Costs(table, cost, symbol_texts(theory.symbols))
    stop = Stop.DONE
    for _ in range(_MOST_ROUNDS):
        try:
            better = _round(table, way[-1], theory, sort, assumptions, cost, steps)
        except TooLarge:
            stop = Stop.STEPS
            break
        if better == way[-1] or prices.of(better) > prices.of(way[-1]):
            break
        way.append(better)
    return Found(way[-1], prices.of(row)[0], prices.of(way[-1])[0], stop, tuple(way))


def prove(builder: Builder, theory: Theory, found: Found, assumptions: Sequence[int] = ()) -> int:
    """The step given row = found row, over the builder's table. The assumptions that it rests on are "assume" steps.

    Raises NoProof.
    """
    from .proving import prove_way

    return prove_way(builder, theory, found.steps, assumptions)


def _round(
    table: TermTable,
    row: int,
    theory: Theory,
    sort: str,
    assumptions: Iterable[int],
    cost: CostModel,
    steps: int,
) -> int:
    draft = TermTable()
    vocabulary = Vocabulary(theory.symbols, sort)
    (root, *given) = table.copy_into(draft, [row, *assumptions])
    forms = Functions(sort == "Real")
    reader = Reader(forms, vocabulary, draft)
    take(reader, vocabulary, draft, given)
    costs = Costs(draft, cost, symbol_texts(theory.symbols))
    form = reader.form(root)
    best = Arranger(forms, vocabulary, draft, costs).write(form)
    if costs.of(best) > costs.of(root):
        best = root
    return draft.copy_into(table, [best])[0]
