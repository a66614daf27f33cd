"""Simplification under rules of the user's: normal form first, e-graph second.

The normal form under the rules, if there is one within the steps allowed, and the term itself both go into an e-graph,
which grows by the rules until nothing new comes of them or it is large enough. What is extracted is the cheapest term
that is in the class of either.

>>> search = Search(rule_set("x + 0 = x\\nx * (y + z) = x * y + x * z"), "a * (b + 0)", "size", Limits()).run()
>>> search.result, search.cost_before, search.cost_after, search.stop
(Term('a * b'), 5, 3, 'done')
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..certificate import Certificate, Derivation
from ..derivation import Builder
from ..egraph.costs import Additive, Given, cost_model, node_text, symbol_texts
from ..egraph.extract import choose, function_costs, tree_costs
from ..egraph.graph import EGraph
from ..egraph.report import Ended
from ..egraph.schedules import Backoff
from ..limits import Limits
from ..rule_reading import GivenRule, rule_texts
from ..ruleset import RuleSet, Unfinished, rules
from ..source import LemmataError, Source
from ..syntax import TermTable
from ..terms import SortError, Term
from .costing import row_cost
from .record import Proved

FUEL = 20_000  # visits of subterms on the way to the normal form
MOST_NODES = 20_000
MOST_ROUNDS = 30
_STOPS = {Ended.SATURATED: "done", Ended.ROUNDS: "steps", Ended.NODES: "steps", Ended.CLASSES: "steps"}

GivenRules = RuleSet | str | Sequence[GivenRule]
Goal = Term | str | int | float | Callable[[Term], bool]


def rule_set(given: GivenRules) -> RuleSet:
    """Rules as `rules` reads them; a text may hold several, one on each line. Raises LemmataError."""
    if isinstance(given, RuleSet):
        return given
    return rules(*(rule_texts(Source("<rules>", given)) if isinstance(given, str) else given))


class Search:
    """The search for an equal of a term that costs less; `run` it, then read what it found.

    Texts are read by the rules. Raises LemmataError.
    """

    def __init__(self, given: RuleSet, term: Term | str, cost: Given, limits: Limits, goal: Goal | None = None) -> None:
        self.input = self.result = given.term(term) if isinstance(term, str) else term
        self._goal = given.term(goal, self.input.sort) if isinstance(goal, str) else goal
        if isinstance(self._goal, Term) and self._goal.sort != self.input.sort:
            raise SortError(f"a goal of sort {self._goal.sort} for a term of sort {self.input.sort}")
        self._rules = replace(given, fuel=FUEL)
        self._limits = limits
        self._model = cost_model(cost)
        self._texts = symbol_texts(self.input.signature.symbols)
        self._graph = EGraph(given)
        self._starts = [self.input]
        with suppress(Unfinished):
            self._starts.append(self._rules.recorded(self.input, limits))
        self._nodes = [self._graph.add(start) for start in self._starts]
        self._goal_node = self._graph.add(self._goal) if isinstance(self._goal, Term) else None
        self.cost_before = self.cost_after = self._cost(self.input)
        self.stop = "done"
        self.reached: bool | None = None
        self._from = 0  # the start in whose class the result is

    def run(self) -> Search:
        """Grow the e-graph until the goal is reached, nothing new comes, or a limit is reached."""
        report = self._graph.run(
            self._limits,
            nodes=MOST_NODES,
            rounds=MOST_ROUNDS,
            scheduler=Backoff(),
            until=None if self._goal is None else lambda _: self._meets(),
        )
        self.stop = _STOPS.get(report.stop, report.stop.value)
        if self._goal is None:
            self._take_best()
        else:
            self.reached = self._meets()
        return self

    def _meets(self) -> bool:
        """Is the goal reached? The best term by now is taken in any case."""
        if isinstance(self._goal, Term) and self._goal_node is not None:
            equal = [n for n, node in enumerate(self._nodes) if self._graph.equal(node, self._goal_node)]
            if equal:
                self._from, self.result, self.cost_after = equal[0], self._goal, self._cost(self._goal)
                return True
        self._take_best()
        if callable(self._goal):
            return bool(self._goal(self.result))
        return isinstance(self._goal, int | float) and bool(self.cost_after <= self._goal)

    def _take_best(self) -> None:
        view = self._graph.view()
        if isinstance(self._model, Additive):
            costs = tree_costs(view, self._model.of(view, self._texts), deepest=self._model.deepest)
        else:
            texts = [node_text(view, n, self._texts) for n in range(len(view.op))]
            costs = function_costs(view, texts, self._model.call)
        classes = [view.class_of(node) for node in self._nodes]
        found = [n for n, c in enumerate(classes) if costs.of(c) is not None]
        if not found:
            raise LemmataError("every equal of the term costs infinitely much")
        self._from = min(found, key=lambda n: costs.of(classes[n]))
        table = TermTable()
        (row,) = choose(costs, [classes[self._from]]).rows(table, [classes[self._from]])
        self.cost_after = costs.of(classes[self._from])
        self.result = self.input.signature.load(table, row)

    def _cost(self, term: Term) -> Any:
        table = TermTable()
        return row_cost(self._model, table, term.dump(table), self._texts)

    def prove(self) -> Certificate:
        """The proof: to the normal form first, if the result is equal to that, and from there in the e-graph.

        Raises LemmataError where there is none, because a Python function had its say.
        """
        found = self._graph.explain(self._starts[self._from], self.result).certificate
        builder = Builder(TermTable(found.terms.rows, found.terms.hints))
        steps = [self._rules.derive(builder, self.input)] if self._from else []
        steps.append(_replayed(builder, found.theorems[-1]))
        return Proved(found.theory, builder, builder.trans(steps)).certificate()


def _replayed(builder: Builder, derivation: Derivation) -> int:
    """What a derivation over the builder's table concludes from its hypotheses, as a step that rests on these."""
    made: list[int] = []
    steps = list(derivation.steps)
    while steps[-1].rule == "imp_intro":
        steps.pop()
    for step in steps:
        made.append(builder.add(replace(step, premises=tuple(made[p] for p in step.premises))))
    return made[-1]
