"""Refuting a statement by evaluating it on small values.

Three-valued: True, False, or None where small values cannot tell. An existential statement is true when a small witness
is found and otherwise unknown; a universal one is false when a small value fails and otherwise unknown. So False is
always sound, in the model described in `values.py`. A theory with axioms beyond its definitions need not have that
model; statements about it are refuted in finite models where there are some, and otherwise not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..rewriting.knowledge import FUEL, Knowledge
from ..rewriting.limits import Clock, Stop, Stopped
from ..rewriting.matching import Substitution, match
from ..rewriting.rewriter import Rewriter
from ..rewriting.syntax import children
from ..rewriting.theory import Axiom
from .models import Model, counterexample
from .values import make_points, small_values

MOST_POINTS = 400
MOST_VISITS = 20_000  # subformulas evaluated for one statement
MOST_NESTED = 60


class Evaluator:
    """Evaluates formulas of a knowledge's table at small values."""

    def __init__(self, knowledge: Knowledge, clock: Clock, models: Sequence[Model] = ()) -> None:
        self._models = models
        self._knowledge = knowledge
        self._clock = clock
        self._evaluator = Rewriter(knowledge.bank, knowledge.definitions.table, knowledge.precedence, FUEL)
        self._elements = small_values(knowledge.theory, knowledge.bank)
        # The elements of abstract sorts are no symbols of the theory; in the table they are variables of that name.
        self._rows: dict[int, int] = {}
        self._visits = 0
        for sort in knowledge.theory.sorts:
            if sort not in knowledge.theory.datatype:
                for element in self._elements[sort]:
                    row = knowledge.terms.var(knowledge.bank.head(element).name, sort)
                    self._rows[element] = row

    def counterexample(self, formula: int) -> str | None:
        """Values of the free variables at which a formula is false, as text; None if none was found."""
        known = self._knowledge
        if nesting(known, formula) > MOST_NESTED:
            return None
        if self._models:
            return counterexample(self._models, known.theory, known.terms, formula, self._clock)
        if known.theory.axiomatic:
            return None
        variables = known.terms.free_variables(formula)
        points = make_points([self._elements[str(known.terms.rows[v][2])] for v in variables], MOST_POINTS)
        self._visits = 0
        for p in range(points.shape[1]):
            self._clock.check()
            values = points[:, p].tolist()
            assignment = dict(zip(variables, known.bank.dump(values, known.terms, self._rows), strict=True))
            instance = known.terms.replace(formula, assignment)
            if self._truth(instance) is False:
                shown = [f"{known.show(v)} = {known.show(value)}" for v, value in assignment.items()]
                return ", ".join(shown) + self._explain(formula, instance, bool(shown))
        return None

    def _explain(self, formula: int, instance: int, comma: bool) -> str:
        """For an equation, what its sides come to."""
        terms = self._knowledge.terms
        if terms.rows[formula][0] != "eq":
            return "" if comma else "it is false as it stands"
        parts = [
            f"{self._knowledge.show(side)} is {self._knowledge.show(value)}"
            for side, at in zip(children(terms.rows[formula]), children(terms.rows[instance]), strict=True)
            if (value := self._value(at)) is not None
        ]
        return (": " if comma else "") + ", ".join(parts)

    def _value(self, term: int) -> int | None:
        """The normal form of a ground term, as a row; None if it takes too long. Raises Stopped at a limit."""
        known = self._knowledge
        ids = known.bank.load(known.terms, [term], known.theory.symbol)
        result = self._evaluator.normalise(ids, self._clock)
        if result.stop not in (Stop.DONE, Stop.STEPS):
            raise Stopped(result.stop)
        return known.bank.dump(result.terms, known.terms)[0] if result.stop is Stop.DONE else None

    def _truth(self, formula: int) -> bool | None:
        """Recursive in the nesting of connectives, which is bounded."""
        self._visits += 1
        if self._visits > MOST_VISITS:
            return None
        known, terms = self._knowledge, self._knowledge.terms
        row = terms.rows[formula]
        kind = row[0]
        if kind == "false":
            return False
        if kind == "eq":
            left, right = self._value(int(row[1])), self._value(int(row[2]))
            return None if left is None or right is None else left == right
        if kind in ("all", "ex"):
            decisive = kind == "ex"
            for value in known.bank.dump(self._elements[str(row[1])], terms, self._rows):
                if self._truth(terms.instantiate(formula, value)) is decisive:
                    return decisive
            return None
        if kind == "app":
            unfolded = unfolding(known, formula)
            return None if unfolded is None else self._truth(unfolded[2])
        first = self._truth(int(row[1]))
        if kind == "imp":
            first = None if first is None else not first
        decisive = kind != "and"  # a disjunction or implication is settled by a true side, a conjunction by a false one
        if first is decisive:
            return decisive
        second = self._truth(int(row[2]))
        if second is decisive:
            return decisive
        return None if first is None or second is None else not decisive


def unfolding(knowledge: Knowledge, atom: int) -> tuple[Axiom, Substitution, int] | None:
    """The definition of an atom's predicate, the substitution that makes it speak of the atom, and what it then says
    the atom means; None for a predicate without definition."""
    terms = knowledge.terms
    name = str(terms.rows[atom][1])
    for axiom in knowledge.theory.axioms:
        if axiom.kind == "definition" and axiom.symbol == name and terms.rows[axiom.formula][0] == "and":
            forth = terms.rows[int(terms.rows[axiom.formula][1])]
            head = int(forth[1])
            found = match(terms, head, atom, set(terms.free_variables(head)))
            if found is not None:
                return axiom, found, terms.replace(int(forth[2]), found)
    return None


def nesting(knowledge: Knowledge, formula: int) -> int:
    """How many connectives and quantifiers stand one inside the other."""
    terms = knowledge.terms
    depth: dict[int, int] = {}
    for i in terms.reachable([formula]):
        row = terms.rows[i]
        below: Sequence[int] = children(row)
        depth[i] = (row[0] in ("imp", "and", "or", "all", "ex")) + max((depth[c] for c in below), default=0)
    return depth[formula]
