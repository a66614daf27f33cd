"""Unfailing completion (Bachmair, Dershowitz and Plaisted 1989) for equations that axioms assume.

Two equations overlap where a side of one unifies with a subterm of a side of the other; the two ways of rewriting the
overlap are equal, and that critical pair, simplified by what is known, is a new equation. Small ones come first, every
sixth time the oldest. Each new equation is a lemma with a derivation of its own; equations that a newer one simplifies
are put back among the pairs. Runs that end have a confluent system: then rewriting decides equality.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from .certificate import Derivation
from .derivation import Builder, Explainer
from .knowledge import Knowledge
from .limits import Clock, Stop
from .matching import Substitution, match, unify
from .syntax import TermTable, children, with_children

MOST_PAIRS = 3_000  # critical pairs looked at in one run
MOST_PAIRS_BESIDE = 200  # the same where datatypes are: completion decides nothing there, induction does the work
MOST_SIZE = 40  # symbols and variables of a side; larger equations are dropped, and the run is then not complete
_OLDEST_EVERY = 6


@dataclass(frozen=True)
class Equation:
    """A known equation: where it comes from ("axiom" or "lemma", name), and its sides."""

    origin: str
    name: str
    left: int
    right: int


@dataclass(frozen=True)
class Overlap:
    """`outer` read from `outer_left` to `outer_right`, whose left side at `path` unifies with that of `inner`.

    Variables of `inner` have been renamed apart by `apart`.
    """

    outer: Equation
    inner: Equation
    outer_sides: tuple[int, int]
    inner_sides: tuple[int, int]
    apart: Substitution
    path: tuple[int, ...]
    unifier: Substitution


class Completion:
    """Adds lemmas to a knowledge until the given goal holds, or nothing is left, or the budget is spent."""

    def __init__(self, knowledge: Knowledge, names: Callable[[str], Iterator[str]], clock: Clock) -> None:
        """`names(sort)` gives variables for the statements of lemmas, as many as are asked for."""
        self.knowledge = knowledge
        self._names = names
        self.clock = clock
        self.complete = False  # when true, two terms are provably equal just if they have one normal form
        self.found: list[str] = []  # names of the equations that are in use, axioms excepted
        self._active: list[Equation] = []
        self._pairs: list[tuple[int, int, Overlap | Equation]] = []
        self._count = 0
        self._looked_at = 0
        self._dropped = False
        terms = knowledge.terms
        for axiom in knowledge.theory.axioms:
            row = terms.rows[axiom.formula]
            if row[0] != "eq":
                continue
            if max(self._size(int(i)) for i in row[1:]) > MOST_SIZE:
                self._dropped = True
                continue
            self._activate(Equation("axiom", axiom.name, int(row[1]), int(row[2])))

    def run(self, done: Callable[[], bool]) -> bool:
        """Go on until `done()`, which is asked after every new equation. Is it done?"""
        if done():
            return True
        most = MOST_PAIRS_BESIDE if self.knowledge.theory.datatypes else MOST_PAIRS
        while self._pairs and self._looked_at < most:
            self.clock.check()
            self._looked_at += 1
            item = self._next()
            if self._consider(item) and done():
                return True
        self.complete = not self._pairs and not self._dropped
        return False

    def _next(self) -> Overlap | Equation:
        if self._looked_at % _OLDEST_EVERY == 0:
            oldest = min(range(len(self._pairs)), key=lambda n: self._pairs[n][1])
            item = self._pairs.pop(oldest)
            heapq.heapify(self._pairs)
            return item[2]
        return heapq.heappop(self._pairs)[2]

    def _push(self, weight: int, item: Overlap | Equation) -> None:
        self._count += 1
        heapq.heappush(self._pairs, (weight, self._count, item))

    def _consider(self, item: Overlap | Equation) -> bool:
        """Simplify an equation and use it if anything is left of it. Is there a new one?"""
        known, terms = self.knowledge, self.knowledge.terms
        builder = Builder(terms)
        if isinstance(item, Overlap):
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
        if max(self._size(left), self._size(right)) > MOST_SIZE:
            self._dropped = True
            return False
        if known.greater(right, left):
            step = builder.sym(step)
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
                    self._push(self._size(other.left) + self._size(other.right), other)
        self._active.append(equation)
        for other in self._active:
            for outer, inner in ((equation, other), (other, equation)) if other is not equation else ((equation,) * 2,):
                for overlap in self._overlaps(outer, inner):
                    size = sum(self._size(terms.replace(s, overlap.unifier)) for s in overlap.outer_sides)
                    self._push(size, overlap)

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

    def _overlaps(self, outer: Equation, inner: Equation) -> Iterator[Overlap]:
        known, terms = self.knowledge, self.knowledge.terms
        apart: Substitution = {}
        for v in terms.free_variables(terms.eq(inner.left, inner.right)):
            name, sort = (str(c) for c in terms.rows[v][1:])
            apart[v] = terms.var(f"{name}~", sort)
        for outer_sides, inner_sides in product(self._directions(outer), self._directions(inner)):
            left, right = (terms.replace(i, apart) for i in inner_sides)
            rows = (*outer_sides, left, right)
            variables = {v for i in rows for v in terms.free_variables(i)}
            for path, position in _positions(terms, outer_sides[0]):
                if not path and (outer.name, outer_sides) <= (inner.name, inner_sides):
                    continue  # at the root an overlap is its own mirror image
                unifier = unify(terms, position, left, variables)
                if unifier is None:
                    continue
                at = [terms.replace(i, unifier) for i in rows]
                if not known.greater(at[1], at[0]) and not known.greater(at[3], at[2]):
                    yield Overlap(outer, inner, outer_sides, (left, right), apart, path, unifier)

    def _pair_step(self, builder: Builder, overlap: Overlap) -> int:
        """The step that concludes the critical pair."""
        terms = self.knowledge.terms
        outer = self._read(builder, overlap.outer, overlap.unifier, overlap.outer_sides)
        instance = {v: terms.replace(w, overlap.unifier) for v, w in overlap.apart.items()}
        read = tuple(terms.replace(s, overlap.unifier) for s in overlap.inner_sides)
        inner = self._read(builder, overlap.inner, instance, read)
        peak = builder.sides(outer)[0]
        replaced = self._replace_at(peak, overlap.path, builder.sides(inner)[1])
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

    def _replace_at(self, term: int, path: tuple[int, ...], new: int) -> int:
        terms = self.knowledge.terms
        spine = [term]
        for n in path:
            spine.append(children(terms.rows[spine[-1]])[n])
        out = new
        for parent, n in zip(reversed(spine[:-1]), reversed(path), strict=True):
            below = list(children(terms.rows[parent]))
            below[n] = out
            out = terms.add(with_children(terms.rows[parent], below))
        return out

    def _size(self, term: int) -> int:
        """Symbols and variables of a term, every occurrence counted."""
        terms = self.knowledge.terms
        sizes: dict[int, int] = {}
        for i in terms.reachable([term]):
            sizes[i] = 1 + sum(sizes[c] for c in children(terms.rows[i]))
        return sizes[term]


def _positions(terms: TermTable, term: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """The subterms of a term that are no variables, with the paths to them."""
    stack: list[tuple[tuple[int, ...], int]] = [((), term)]
    while stack:
        path, i = stack.pop()
        row = terms.rows[i]
        if row[0] == "app":
            yield path, i
            stack.extend(((*path, n), c) for n, c in enumerate(children(row)))


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
