"""Exploring a theory: enumerate equations, refute, prove, set aside what follows, feed back.

Conjectures come by size (see `space.py`). Each one is, in this order: filtered by a named reason, refuted at a point,
found redundant (it follows by rewriting from what is known), proved by induction, or kept and tried again whenever
something new has been proved. What is left in the end is open. So the books balance.

Filters, none of which but the last drops a statement that does not follow from smaller ones:

- "a proper subterm computes": a definition applies inside a side; the equation with that subterm computed is smaller
  or comes elsewhere.
- "both sides compute": a definition applies to both sides as a whole.
- "follows by injectivity": both sides start with one constructor of a datatype.
- "follows by congruence": both sides start with one symbol, and corresponding arguments have equal values everywhere.
- "too many conjectures are open already": the list of those that wait was full, and stayed full when it was worked off;
  this one alone drops statements of which nothing is known.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import numpy.typing as npt

from ..rewriting.certificate import Derivation
from ..rewriting.completion import Completion
from ..rewriting.knowledge import Knowledge
from ..rewriting.limits import Clock, Stop, Stopped
from ..rewriting.rewriter import Rewriter
from ..rewriting.theory import Theory
from .induction import EquationProver
from .interpretation import FiniteModels, Interpretation, Nowhere, SmallValues, differ
from .models import find_models, has_finite_models
from .results import Found, OpenConjecture, RefutedConjecture
from .space import VARIABLES, TermSpace, Variable

DEFAULT_SIZE = 5
MOST_TERMS = 200_000  # of one size; a larger space is not entered

MOST_WAITING = 2_000  # conjectures kept for proving at a time

COMPUTES_INSIDE = "a proper subterm computes"
BOTH_COMPUTE = "both sides compute"
INJECTIVE = "follows by injectivity"
CONGRUENT = "follows by congruence"
TOO_MANY = "too many conjectures are open already"


class RefutedList(Sequence[RefutedConjecture]):
    """Refuted equations as numbers of terms and of the point where the sides differ; text is made when asked for."""

    def __init__(self, knowledge: Knowledge, space: TermSpace) -> None:
        self._knowledge = knowledge
        self._space = space
        self._single: list[RefutedConjecture] = []
        self._blocks: list[tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int16]]] = []
        self._starts: list[int] = [0]
        self._rows: dict[int, int] = {}
        self._texts: dict[int, str] = {}

    def append_block(self, left: int, rights: npt.NDArray[np.int64], points: npt.NDArray[np.int64]) -> None:
        if len(rights):
            self._blocks.append((left, rights.astype(np.int32), points.astype(np.int16)))  # there may be millions
            self._starts.append(self._starts[-1] + len(rights))

    def append(self, conjecture: RefutedConjecture) -> None:
        """Add one that was refuted otherwise; these come last."""
        self._single.append(conjecture)

    def __len__(self) -> int:
        return self._starts[-1] + len(self._single)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index >= self._starts[-1]:
            return self._single[index - self._starts[-1]]
        block = int(np.searchsorted(self._starts, index, side="right")) - 1
        left, rights, points = self._blocks[block]
        offset = index - self._starts[block]
        return self._item(left, int(rights[offset]), int(points[offset]))

    def __iter__(self) -> Iterator[RefutedConjecture]:
        for left, rights, points in self._blocks:
            for right, point in zip(rights.tolist(), points.tolist(), strict=True):
                yield self._item(left, right, point)
        yield from self._single

    def _text(self, term: int) -> str:
        found = self._texts.get(term)
        if found is None:
            known = self._knowledge
            row = known.bank.dump([int(self._space.ids[term])], known.terms, self._rows)[0]
            found = self._texts[term] = known.printer.show(known.terms, row, most=400)
        return found

    def _item(self, left: int, right: int, point: int) -> RefutedConjecture:
        space, model = self._space, self._space.interpretation
        a, b = self._text(left), self._text(right)
        where = ", ".join(
            f"{space.all_variables[v].name} = {model.show(int(space.points[v, point]))}" for v in space.order[left]
        )
        values = [model.show(int(space.values[t, point])) for t in (left, right)]
        found = f"{a} is {values[0]}, {b} is {values[1]}{model.where(point)}"
        return RefutedConjecture(f"{a} = {b}", f"{where}: {found}" if where else found)


@dataclass(frozen=True)
class Conjecture:
    """An equation that no point refutes: rows of its sides in the knowledge's table, its size, how many different
    variables it has, and whether the path order directs it."""

    left: int
    right: int
    size: int
    generality: int
    directed: bool


class Exploration:
    """The enumeration and what comes of it. Holds what was found at any moment, so that a stop loses nothing."""

    def __init__(self, theory: Theory, variables: Mapping[str, str], clock: Clock) -> None:
        self.theory = theory
        self.clock = clock
        self.knowledge = Knowledge(theory)
        self.prover = EquationProver(self.knowledge, clock)
        self.models = find_models(theory, clock) if has_finite_models(theory) else []
        self.space = TermSpace(
            theory,
            self.knowledge.bank,
            self.knowledge.definitions,
            self._interpretation(),
            space_variables(theory, variables),
            clock,
        )
        self.theorems: list[Found] = []
        self.redundant: list[Found] = []
        self.refuted = RefutedList(self.knowledge, self.space)
        self.waiting: list[Conjecture] = []
        self.completion = Completion(self.knowledge, self._names, clock) if theory.axiomatic else None
        self.filtered: dict[str, int] = dict.fromkeys(
            [COMPUTES_INSIDE, BOTH_COMPUTE, INJECTIVE, CONGRUENT, TOO_MANY], 0
        )
        self.enumerated = 0
        self._worked_off = -1  # the knowledge with which a full list of waiting conjectures was worked off
        self.reason_open = "no proof found by rewriting and induction" + self._untested()
        self._rows: dict[int, int] = {}
        self._tried: dict[tuple[Conjecture, int], int] = {}
        self._supposed: tuple[tuple[int, tuple[Conjecture, ...]], Rewriter] = ((-1, ()), self.knowledge.rewriter)

    def _names(self, sort: str) -> Iterator[str]:
        """Names for variables of a sort, as many as are wanted: those of the enumeration, then numbered ones."""
        own = [v.name for v in self.space.all_variables if v.sort == sort]
        yield from own
        taken = {v.name for v in self.space.all_variables} | {s.notation.text for s in self.theory.symbols}
        yield from (name for n in count(1) if (name := f"{own[0]}{n}") not in taken)

    def _untested(self) -> str:
        if self.models:
            return f"; true in all {len(self.models)} models tried"
        return "; no model is known to test it in" if self.theory.axiomatic else ""

    def _interpretation(self) -> Interpretation:
        known = self.knowledge
        if not self.theory.axiomatic:
            return SmallValues(self.theory, known.bank, known.definitions, self.clock)
        return FiniteModels(self.theory, self.models) if any(m.size > 1 for m in self.models) else Nowhere()

    def extend(self, n: int, size: int) -> Stop:
        """Explore the equations of size n, the smaller ones having been explored, as a part of a run up to `size`.

        Returns why it ended; everything found is in the attributes.
        """
        largest = (size + 1) // 2
        try:
            if n <= largest:
                if self.space.count_next(n) > MOST_TERMS:
                    return Stop.STEPS
                self.space.grow(n)
            self.enter(n, largest)
            self.work(depth=1)
            if n == size:
                self.work(depth=1, patient=False)
                self.work(depth=2, patient=False)
        except Stopped as stopped:
            return stopped.reason
        except KeyboardInterrupt:
            return Stop.INTERRUPTED
        return Stop.DONE

    def enter(self, size: int, largest: int) -> None:
        """Enumerate the equations of one size: filter, refute, and put the rest to the waiting ones."""
        space = self.space
        constructors = {n for n, s in enumerate(space.theory.symbols) if s.kind == "constructor"}
        heads = np.array(space.heads, np.int64)
        for left, rights in space.equations(size, largest):
            self.enumerated += len(rights)
            if space.inside[left]:
                self.filtered[COMPUTES_INSIDE] += len(rights)
                continue
            rights = self._filter(rights, ~space.inside[rights], COMPUTES_INSIDE)
            if not space.normal[left]:
                rights = self._filter(rights, space.normal[rights], BOTH_COMPUTE)
            if space.heads[left] in constructors:
                rights = self._filter(rights, heads[rights] != space.heads[left], INJECTIVE)
            differs = differ(space.values[rights], space.values[left])
            false = differs.any(axis=1)
            if false.any():
                self.refuted.append_block(left, rights[false], differs[false].argmax(axis=1))
            for right in rights[~false].tolist():
                if len(self.waiting) >= MOST_WAITING:
                    self.filtered[TOO_MANY] += 1
                elif self._congruent(left, right):
                    self.filtered[CONGRUENT] += 1
                else:
                    self.waiting.append(self._conjecture(left, right, size))
            self.clock.check()
            if len(self.waiting) >= MOST_WAITING and self._worked_off != self.knowledge.version:
                self.work(depth=1)
                self._worked_off = self.knowledge.version

    def _filter(self, rights: npt.NDArray[np.int64], keep: npt.NDArray[np.bool_], reason: str) -> npt.NDArray[np.int64]:
        kept = rights[keep]
        self.filtered[reason] += len(rights) - len(kept)
        return kept

    def _congruent(self, left: int, right: int) -> bool:
        space = self.space
        if space.heads[left] < 0 or space.heads[left] != space.heads[right]:
            return False
        pairs = zip(space.arguments[left], space.arguments[right], strict=True)
        return all(bool((space.values[a] == space.values[b]).all()) for a, b in pairs)

    def _conjecture(self, left: int, right: int, size: int) -> Conjecture:
        """The equation with its greater side first, as it will be used for rewriting."""
        if self.knowledge.greater(self._row(right), self._row(left)):
            renaming = self.space.canonical_renaming(right)
            left, right = self.space.rename(right, renaming), self.space.rename(left, renaming)
        a, b = self._row(left), self._row(right)
        return Conjecture(a, b, size, len(self.space.order[left]), self.knowledge.greater(a, b))

    def _row(self, term: int) -> int:
        return self.knowledge.bank.dump([int(self.space.ids[term])], self.knowledge.terms, self._rows)[0]

    def work(self, depth: int, patient: bool = True) -> None:
        """Prove what can be proved of the waiting conjectures, the smallest and most general first.

        Every new rule starts the round again, since it may bring a smaller one within reach. When `patient`, a
        conjecture that only permutes and would follow by rewriting from one that waits before it is left to wait for
        that one: otherwise the instances of a law that is still out of reach would all be proved one by one. Those
        that simplify do not wait, because the law may be out of reach for want of them (0 + x = x is an instance of
        commutativity, and its base case).
        """
        # Laws that simplify come before laws that only permute; the sort is stable, so enumeration breaks ties.
        self.waiting.sort(key=lambda c: (c.size, -c.generality, not c.directed))
        position = 0
        failed: list[Conjecture] = []
        while position < len(self.waiting):
            before = self.knowledge.version
            if not self._settle(self.waiting[position], depth, failed if patient else []):
                position += 1
                continue
            del self.waiting[position]
            if self.knowledge.version != before:
                position, failed = 0, []
        if self.decides:
            for conjecture in self.waiting:
                formula = self.knowledge.terms.eq(conjecture.left, conjecture.right)
                self.refuted.append(RefutedConjecture(self.knowledge.show(formula), self.difference(formula)))
            self.waiting = []

    @property
    def decides(self) -> bool:
        """Does rewriting decide what follows? It does when completion has come to its end and the axioms are all."""
        rows = self.theory.terms.rows
        equations = all(rows[a.formula][0] == "eq" for a in self.theory.axioms if a.kind == "axiom")
        completed = self.completion is not None and self.completion.complete
        return completed and equations and not self.theory.datatypes

    def difference(self, formula: int) -> str:
        """Why an equation that rewriting does not join fails in the free model, where normal forms are the elements."""
        known = self.knowledge
        ids = known.bank.load(known.terms, [int(i) for i in known.terms.rows[formula][1:]], known.theory.symbol)
        rows = known.bank.dump(known.rewriter.normalise(ids, self.clock).terms, known.terms)
        return f"in the free model: {' and '.join(known.show(r) for r in rows)} are different normal forms"

    def _settle(self, conjecture: Conjecture, depth: int, failed: list[Conjecture]) -> bool:
        """Try a conjecture; one whose induction fails is added to `failed`."""
        started = time.perf_counter()
        left, right = conjecture.left, conjecture.right
        result = self.prover.prove("?", left, right, depth=0)
        if result is None:
            if not conjecture.directed and self._follows_from(left, right, failed):
                return False
            if self._tried.get((conjecture, depth)) != self.knowledge.version:
                self._tried[conjecture, depth] = self.knowledge.version
                result = self.prover.prove("?", left, right, depth)
        if result is None:
            failed.append(conjecture)
            return False
        derivation, method = result
        if method == "rewriting" and self._is_completed(left, right):
            method = "completion"
        follows = method == "rewriting"
        in_any_order = follows and (not conjecture.directed or self._joins_renamed(left, right))
        found = self.record(derivation, method, time.perf_counter() - started, follows)
        if found is None:
            failed.append(conjecture)
            return False
        if not in_any_order and method != "completion":
            self.knowledge.use_as_rules(found.name)
        return True

    def _joins_renamed(self, left: int, right: int) -> bool:
        """Does an equation that follows by rewriting still do so when its variables change their order?

        Laws that only permute bring variables into order, so x - (x + y) = 0 rewrites x - (y + x) but not y - (x + y).
        """
        terms = self.knowledge.terms
        free = terms.free_variables(terms.eq(left, right))
        by_sort: dict[str, list[int]] = {}
        for v in sorted(free, key=lambda v: str(terms.rows[v][1])):
            by_sort.setdefault(str(terms.rows[v][2]), []).append(v)
        turned = {v: w for group in by_sort.values() for v, w in zip(group, reversed(group), strict=True)}
        return self.prover.prove("?", terms.replace(left, turned), terms.replace(right, turned), depth=0) is not None

    def _is_completed(self, left: int, right: int) -> bool:
        """Is the equation one of the completed system's own?"""
        terms = self.knowledge.terms
        sides = {terms.eq(left, right), terms.eq(right, left)}
        for name in self.completion.found if self.completion else ():
            formula = self.knowledge.statements[name]
            variables = set(terms.free_variables(formula))
            for given in sides:
                found = self.knowledge.match(formula, given, variables)
                if (
                    found is not None
                    and len(set(found.values())) == len(found)
                    and set(found.values()) <= set(terms.free_variables(given))
                ):
                    return True
        return False

    def _follows_from(self, left: int, right: int, failed: list[Conjecture]) -> bool:
        """Would the equation follow by rewriting if the failed ones held? (A hint for the search, proves nothing.)"""
        known = self.knowledge
        if self._supposed[0] != (known.version, tuple(failed)):
            formulas = [known.terms.eq(c.left, c.right) for c in failed]
            rules = [rule for f in formulas for rule in known.directed(f, ("hypothesis", f))]
            self._supposed = ((known.version, tuple(failed)), known.rewriter_with(rules))
        ids = known.bank.load(known.terms, [left, right], known.theory.symbol)
        result = self._supposed[1].normalise(ids, self.clock)
        return len(result.terms) == 2 and result.terms[0] == result.terms[1]

    def record(self, derivation: Derivation, method: str, seconds: float, redundant: bool) -> Found | None:
        """Check and keep a proved statement, under a name that no identifier can be; the report gives it another."""
        named = replace(derivation, name=f"?{len(self.knowledge.derivations) + 1}")
        if not self.knowledge.add(named):
            return None
        cited = tuple(dict.fromkeys(s.cites for s in named.steps if s.cites is not None))
        statement = self.knowledge.show(named.statement)
        found = Found(named.name, statement, named, method, seconds, cited if redundant else None)
        (self.redundant if redundant else self.theorems).append(found)
        return found

    def set_aside_consequences(self) -> None:
        """Move a theorem to the redundant ones when it follows by rewriting from others that do not rest on it.

        What was proved early as a stepping stone is often a case of what was proved later. Its own proof stays. A law
        that simplifies is not set aside for laws that only permute: associativity would else give way to
        x + (y + z) = y + (x + z).
        """
        known = self.knowledge
        uses = {d.name: set(d.lemmas) for d in known.derivations}
        for name, lemmas in uses.items():  # certificate order: lemmas come before their users
            uses[name] = lemmas.union(*(uses[other] for other in lemmas))
        directed = {f.name for f in self.theorems if known.greater(*self._sides(f))}
        for found in tuple(self.theorems):
            others = [f.name for f in self.theorems if f is not found and found.name not in uses[f.name]]
            result = EquationProver(known.only(others), self.clock).prove(found.name, *self._sides(found), depth=0)
            if result is None:
                continue
            cited = tuple(dict.fromkeys(s.cites for s in result[0].steps if s.cites is not None))
            if found.name not in directed or directed.intersection(cited):
                self.theorems.remove(found)
                self.redundant.append(replace(found, follows_from=cited))

    def _sides(self, found: Found) -> tuple[int, int]:
        row = self.knowledge.terms.rows[found.derivation.statement]
        return int(row[1]), int(row[2])

    def open(self) -> tuple[OpenConjecture, ...]:
        terms = self.knowledge.terms
        return tuple(
            OpenConjecture(self.knowledge.show(terms.eq(c.left, c.right)), self.reason_open) for c in self.waiting
        )


def space_variables(theory: Theory, declared: Mapping[str, str]) -> list[Variable]:
    """Variables of every sort for the enumeration: the declared ones first, then fresh names that follow them."""
    taken = set(declared) | {s.notation.text for s in theory.symbols}
    out: list[Variable] = []
    for sort in theory.sorts:
        names = [name for name, of in declared.items() if of == sort][:VARIABLES]
        while len(names) < VARIABLES:
            names.append(_next_name(names[-1] if names else None, sort, taken))
            taken.add(names[-1])
        out.extend(Variable(name, sort, n) for n, name in enumerate(names))
    return out


def _next_name(last: str | None, sort: str, taken: Collection[str]) -> str:
    """After x and y comes z, after xs comes ys; where the alphabet ends, x1."""
    stem = last.rstrip("0123456789") if last else next((c.lower() for c in sort if c.isalpha()), "x")
    candidates = [stem] if last is None else [chr(c) + stem[1:] for c in range(ord(stem[0]) + 1, ord("z") + 1)]
    numbered = (f"{stem}{n}" for n in range(1, len(taken) + 2))
    return next(name for name in (*candidates, *numbered) if name not in taken)
