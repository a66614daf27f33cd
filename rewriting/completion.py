"""Unfailing completion (Bachmair, Dershowitz and Plaisted 1989) for equations that axioms assume.

Two equations overlap where a side of one unifies with a subterm of a side of the other; the two ways of rewriting the
overlap are equal, and that critical pair, simplified by what is known, is a new equation. Small ones come first, every
sixth time the oldest. Each new equation is a lemma with a derivation of its own; equations that a newer one simplifies
are put back among the pairs.

Where a run ends with every equation directed, the rules are confluent, and rewriting decides equality. Equations that
no order directs, such as x + y = y + x, are used where they make a term smaller; variables then count as constants in
some order, and a pair that is joined in one order need not be joined in another. So at the end of such a run all pairs
are tested again, in every order of their variables (Martin and Nipkow 1990), before the system counts as complete.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from .certificate import Derivation
from .derivation import Builder, Explainer
from .ground_joining import GroundJoining
from .knowledge import Knowledge
from .limits import Clock, Stop
from .matching import Substitution, match
from .overlaps import Overlap, apart, overlaps, replace_at, tree_size
from .syntax import TermTable

MOST_SIZE = 40
_OLDEST_EVERY = 6


@dataclass(frozen=True)
class Equation:
    """A known equation: where it comes from ("axiom" or "lemma", name), and its sides."""

    origin: str
    name: str
    left: int
    right: int


@dataclass(frozen=True)
class Reading:
    """Two equations read from one side to the other, and how the first side of `inner` overlaps with that of `outer`.

    `inner_sides` have been renamed apart by `renaming`.
    """

    outer: Equation
    inner: Equation
    outer_sides: tuple[int, int]
    inner_sides: tuple[int, int]
    renaming: Substitution
    overlap: Overlap


class Completion:
    """Adds lemmas to a knowledge until the given goal holds, or nothing is left, or the budget is spent."""

    def __init__(
        self,
        knowledge: Knowledge,
        names: Callable[[str], Iterator[str]],
        clock: Clock,
        most_size: int = MOST_SIZE,
    ) -> None:
        """`names(sort)` gives variables for the statements of lemmas, as many as are asked for.

        Equations with a side of more than `most_size` symbols and variables are dropped; the run is then not complete.
        """
        self.knowledge = knowledge
        self._names = names
        self.clock = clock
        self.complete = False  # when true, two terms are provably equal just if they have one normal form
        self.found: list[str] = []  # names of the equations that are in use, axioms excepted
        self.looked_at = 0  # pairs so far
        self._active: list[Equation] = []
        self._pairs: list[tuple[int, int, Reading | Equation]] = []
        self._count = 0
        self._dropped = False
        self._most_size = most_size
        terms = knowledge.terms
        for axiom in knowledge.theory.axioms:
            row = terms.rows[axiom.formula]
            if row[0] != "eq" or row[1] == row[2]:
                continue
            if max(tree_size(terms, int(i)) for i in row[1:]) > most_size:
                self._dropped = True
                continue
            self._activate(Equation("axiom", axiom.name, int(row[1]), int(row[2])))

    def run(self, done: Callable[[], bool], most: int) -> bool:
        """Go on until `done()`, which is asked after every new equation, or until `most` pairs have been looked at.

        Is it done? Raises Stopped at the limits of the clock.
        """
        if done():
            return True
        while self._pairs and self.looked_at < most:
            self.clock.check()
            self.looked_at += 1
            item = self._next()
            if self._consider(item) and done():
                return True
        self.complete = not self._pairs and not self._dropped and self._joins_in_any_order()
        return False

    @property
    def active(self) -> tuple[Equation, ...]:
        """The equations in use, axioms first; an axiom stays in use when later equations simplify it."""
        return tuple(self._active)

    @property
    def exhausted(self) -> bool:
        """Has every pair been looked at?"""
        return not self._pairs

    def _next(self) -> Reading | Equation:
        if self.looked_at % _OLDEST_EVERY == 0:
            oldest = min(range(len(self._pairs)), key=lambda n: self._pairs[n][1])
            item = self._pairs.pop(oldest)
            heapq.heapify(self._pairs)
            return item[2]
        return heapq.heappop(self._pairs)[2]

    def _push(self, weight: int, item: Reading | Equation) -> None:
        self._count += 1
        heapq.heappush(self._pairs, (weight, self._count, item))

    def _consider(self, item: Reading | Equation) -> bool:
        """Simplify an equation and use it if anything is left of it. Is there a new one?"""
        known, terms = self.knowledge, self.knowledge.terms
        builder = Builder(terms)
        if isinstance(item, Reading):
            if item.outer not in self._active or item.inner not in self._active:
                return False
            step = self._pair_step(builder, item)
        else:
            step = builder.instance(item.origin, item.name, terms.eq(item.left, item.right), {})
        left, right = builder.sides(step)
        ids = known.bank.load(terms, [left, right], known.theory.symbol)
        result = known.rewriter.normalise(ids, self.clock)
        if result.stop is not Stop.DONE:
            self._dropped = True
            return False
        if result.terms[0] == result.terms[1]:
            return False
        explainer = Explainer(builder, known.rewriter, known.statements)
        step = explainer.simplified(step, *ids)
        left, right = builder.sides(step)
        if max(tree_size(terms, left), tree_size(terms, right)) > self._most_size:
            self._dropped = True
            return False
        if known.greater(right, left):
            step = builder.sym(step)
        elif not known.greater(left, right) and self._is_instance(left, right):
            return False
        name = f"?{len(known.derivations) + 1}"
        derivation = builder.finish(name, step)
        if not known.add(rename_variables(terms, derivation, known.statements, self._names)):
            self._dropped = True
            return False
        row = terms.rows[known.statements[name]]
        known.use_as_rules(name)
        self.found.append(name)
        self._activate(Equation("lemma", name, int(row[1]), int(row[2])))
        return True

    def _activate(self, equation: Equation) -> None:
        """Put back what the new equation simplifies, overlap it with all others, and use it."""
        terms = self.knowledge.terms
        if equation.origin == "lemma":
            for other in list(self._active):
                if other.origin == "lemma" and self._reduces(equation, other):
                    self._active.remove(other)
                    self.found.remove(other.name)
                    self.knowledge.retire(other.name)
                    self._push(tree_size(terms, other.left) + tree_size(terms, other.right), other)
        self._active.append(equation)
        for other in self._active:
            for outer, inner in ((equation, other), (other, equation)) if other is not equation else ((equation,) * 2,):
                for reading in self._overlaps(outer, inner):
                    both = [terms.replace(s, reading.overlap.unifier) for s in reading.outer_sides]
                    self._push(sum(tree_size(terms, side) for side in both), reading)

    def _joins_in_any_order(self) -> bool:
        """Do the pairs of a finished run join for every order of their variables? Only undirected equations ask so."""
        known = self.knowledge
        directed = [known.greater(e.left, e.right) or known.greater(*_turned(e)) for e in self._active]
        if all(directed):
            return True
        if not all(map(self._is_used, self._active)):
            return False
        joins = GroundJoining(known.terms, known.order, known.table.rules)
        for outer, inner in product(self._active, repeat=2):
            for reading in self._overlaps(outer, inner):
                self.clock.check()
                unifier = reading.overlap.unifier
                peak, left, right = (
                    known.terms.replace(i, unifier) for i in (*reading.outer_sides, reading.inner_sides[1])
                )
                if not joins.joined(left, replace_at(known.terms, peak, reading.overlap.path, right)):
                    return False
        return True

    def _is_instance(self, left: int, right: int) -> bool:
        """Does some equation in use say this already? Asked of undirected ones: others would have rewritten a side."""
        terms = self.knowledge.terms
        both = (terms.eq(left, right), terms.eq(right, left))
        for e in self._active:
            given = terms.eq(e.left, e.right)
            variables = set(terms.free_variables(given))
            if any(self.knowledge.match(given, statement, variables) is not None for statement in both):
                return True
        return False

    def _is_used(self, equation: Equation) -> bool:
        """Can rules say all that an equation does? Not where a side has variables that the other lacks."""
        known, terms = self.knowledge, self.knowledge.terms
        left, right = (set(terms.free_variables(side)) for side in (equation.left, equation.right))
        return left == right or known.greater(equation.left, equation.right) or known.greater(*_turned(equation))

    def _reduces(self, equation: Equation, other: Equation) -> bool:
        """Does the new equation rewrite a side of an older one?"""
        known, terms = self.knowledge, self.knowledge.terms
        for left, right in self._directions(equation):
            variables = set(terms.free_variables(left))
            for side in (other.left, other.right):
                for i in terms.reachable([side]):
                    found = match(terms, left, i, variables)
                    if found is None:
                        continue
                    if known.greater(left, right) or known.greater(i, terms.replace(right, found)):
                        return True
        return False

    def _directions(self, equation: Equation) -> list[tuple[int, int]]:
        """The ways to read an equation as a rule: never from the smaller to the greater side."""
        known = self.knowledge
        both = ((equation.left, equation.right), (equation.right, equation.left))
        return [(a, b) for a, b in both if not known.greater(b, a) and known.terms.rows[a][0] == "app"]

    def _overlaps(self, outer: Equation, inner: Equation) -> Iterator[Reading]:
        known, terms = self.knowledge, self.knowledge.terms
        renaming = apart(terms, (inner.left, inner.right))
        for outer_sides, inner_sides in product(self._directions(outer), self._directions(inner)):
            left, right = (terms.replace(i, renaming) for i in inner_sides)
            bound = set(terms.free_variables(outer_sides[1])) <= set(terms.free_variables(outer_sides[0]))
            rows = (*outer_sides, left, right)
            for overlap in overlaps(terms, outer_sides[0], left):
                mirrored = (outer.name, outer_sides) < (inner.name, inner_sides)
                if not overlap.path and (mirrored or (outer, outer_sides, bound) == (inner, inner_sides, True)):
                    continue  # at the root an overlap is its own mirror image, and that of a rule with itself is none
                at = [terms.replace(i, overlap.unifier) for i in rows]
                if not known.greater(at[1], at[0]) and not known.greater(at[3], at[2]):
                    yield Reading(outer, inner, outer_sides, (left, right), renaming, overlap)

    def _pair_step(self, builder: Builder, reading: Reading) -> int:
        """The step that concludes the critical pair."""
        terms, unifier = self.knowledge.terms, reading.overlap.unifier
        outer = self._read(builder, reading.outer, unifier, reading.outer_sides)
        instance = {v: terms.replace(w, unifier) for v, w in reading.renaming.items()}
        read = tuple(terms.replace(s, unifier) for s in reading.inner_sides)
        inner = self._read(builder, reading.inner, instance, read)
        peak = builder.sides(outer)[0]
        replaced = replace_at(terms, peak, reading.overlap.path, builder.sides(inner)[1])
        below = builder.cong(peak, replaced, [inner]) if peak != replaced else builder.refl(peak)
        return builder.trans([builder.sym(outer), below])

    def _read(self, builder: Builder, equation: Equation, unifier: Substitution, sides: tuple[int, ...]) -> int:
        """An instance of an equation, turned so that its left side is the instance of the side that was read first."""
        terms = self.knowledge.terms
        free = terms.free_variables(terms.eq(equation.left, equation.right))
        values = {v: unifier.get(v, v) for v in free}
        step = builder.instance(equation.origin, equation.name, terms.eq(equation.left, equation.right), values)
        wanted = terms.replace(sides[0], unifier)
        return step if builder.sides(step)[0] == wanted else builder.sym(step)


def _turned(equation: Equation) -> tuple[int, int]:
    return equation.right, equation.left


def rename_variables(
    terms: TermTable, derivation: Derivation, statements: Mapping[str, int], names: Callable[[str], Iterator[str]]
) -> Derivation:
    """An equational derivation over other variables: those of `names(sort)` in order of first occurrence."""
    seen = terms.free_variables(derivation.statement)
    for step in derivation.steps:
        seen += terms.free_variables(step.conclusion)
    supply: dict[str, Iterator[str]] = {}
    new: Substitution = {}
    for v in dict.fromkeys(seen):
        sort = str(terms.rows[v][2])
        new[v] = terms.var(next(supply.setdefault(sort, names(sort))), sort)
    steps = []
    for step in derivation.steps:
        substitution = step.substitution
        if step.cites is not None:
            given = dict(step.substitution)
            values = {v: terms.replace(given.get(v, v), new) for v in terms.free_variables(statements[step.cites])}
            substitution = tuple(sorted((v, t) for v, t in values.items() if v != t))
        steps.append(replace(step, conclusion=terms.replace(step.conclusion, new), substitution=substitution))
    return Derivation(derivation.name, terms.replace(derivation.statement, new), tuple(steps))
