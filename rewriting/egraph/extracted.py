"""The best terms of a class of an e-graph, as terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..source import LemmataError
from ..syntax import TermTable
from ..terms import Signature, Term
from .best_terms import best_terms
from .costs import Additive, CostModel, node_text, symbol_texts
from .dag_cost import dag_choice
from .extract import Evaluate, TreeCosts, additive, by_function, choose, function_costs, tree_costs
from .view import View

_LOOKED_AT = 100  # terms for each that is asked for


@dataclass(frozen=True)
class Extracted:
    """A term of a class and what it costs.

    `proved` says that no term costs less, but for those that stand before it in a list of the best. Tree costs are
    always the least; the least DAG cost is not always found, or not known to be the least.
    """

    term: Term
    cost: Any
    proved: bool = True


def extract(
    view: View, signature: Signature, number: int, model: CostModel, *, best: int | None = None, dag: bool = False
) -> Extracted | tuple[Extracted, ...]:
    """The cheapest term of class `number`, or the `best` ones in order, by tree cost or (one only) by DAG cost.

    Raises LemmataError if the costs are none for DAGs, or no term has a finite cost.
    """
    if best is None:
        return (best_by_dag if dag else best_term)(view, signature, number, model)
    if dag:
        raise LemmataError("the best terms in order are found by tree cost", hint="leave out `best` or `dag`")
    return n_best(view, signature, number, model, best)


def best_term(view: View, signature: Signature, number: int, model: CostModel) -> Extracted:
    """The term of class `number` with the least tree cost. Raises LemmataError if none has a finite cost."""
    costs = least_costs(view, model, symbol_texts(signature.symbols))
    table = TermTable()
    (row,) = choose(costs, [number]).rows(table, [number])
    return Extracted(signature.load(table, row), costs.of(number))


def best_by_dag(view: View, signature: Signature, number: int, model: CostModel) -> Extracted:
    """A term of class `number` with a small DAG cost, where a subterm is paid once. Raises LemmataError."""
    if not isinstance(model, Additive) or model.deepest:
        raise LemmataError("a DAG cost is a sum of weights", hint="depth and functions of your own are tree costs")
    found = dag_choice(view, model.of(view, symbol_texts(signature.symbols)), [number])
    table = TermTable()
    (row,) = found.choice.rows(table, [number])
    return Extracted(signature.load(table, row), found.cost, found.proved)


def n_best(view: View, signature: Signature, number: int, model: CostModel, n: int) -> tuple[Extracted, ...]:
    """Up to n terms of class `number` with the least tree costs, ascending. Raises LemmataError.

    Terms that differ only by laws of their symbols are one; no more than 100 n are looked at.
    """
    if n < 1:
        raise LemmataError(f"{n} terms are none", hint="ask for 1 or more")
    texts = symbol_texts(signature.symbols)
    costs, table = least_costs(view, model, texts), TermTable()
    found: dict[Term, Any] = {}
    for cost, row in islice(best_terms(costs, _evaluate(view, model, texts), number, table), _LOOKED_AT * n):
        found.setdefault(signature.load(table, row), cost)
        if len(found) == n:
            break
    return tuple(Extracted(term, cost) for term, cost in found.items())


def least_costs(view: View, model: CostModel, texts: Mapping[str, str]) -> TreeCosts:
    """The least tree cost of every class by a cost model; `texts` has the texts of symbols by name."""
    if isinstance(model, Additive):
        return tree_costs(view, model.of(view, texts), deepest=model.deepest)
    return function_costs(view, _node_texts(view, texts), model.call)


def _evaluate(view: View, model: CostModel, texts: Mapping[str, str]) -> Evaluate:
    if isinstance(model, Additive):
        return additive(view, model.of(view, texts), deepest=model.deepest)
    return by_function(view, _node_texts(view, texts), model.call)


def _node_texts(view: View, texts: Mapping[str, str]) -> list[str]:
    return [node_text(view, i, texts) for i in range(len(view.op))]
