"""Proving the theorems that a theory names, with lemmas found on the way; and exploring, which ends with the same.

Each goal is first evaluated on small values. Then it is tried with what is known; a proved goal is a lemma for the
others. While some are left, the theory is explored one size further and they are tried again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import count

from ..rewriting.certificate import Derivation
from ..rewriting.limits import Clock, Limits, Stop, Stopped
from ..rewriting.source import LemmataError, nearest
from ..rewriting.theory import Goal, Theory
from .consistency import find_contradiction
from .detours import without_detours
from .explore import DEFAULT_SIZE, Exploration
from .goals import GoalProver
from .refute import Evaluator
from .results import Found, GoalResult, Report, Status

DEPTH, LAST_DEPTH = 2, 3  # of nested inductions, case splits and backward steps: on the way, and in the end
MOST_PAIRS = 3_000  # critical pairs looked at in one completion
MOST_PAIRS_BESIDE = 200  # the same where datatypes are: completion decides nothing there, induction does the work


class Run:
    """A run of `explore` or `prove`: the exploration, and the verdicts on the named goals."""

    def __init__(
        self,
        theory: Theory,
        variables: Mapping[str, str],
        clock: Clock,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._tell = progress or (lambda text: None)
        self.clock = clock
        self.theory = theory
        self.exploration = Exploration(theory, variables, self.clock)
        self.knowledge = self.exploration.knowledge
        self.prover = GoalProver(self.knowledge, self.clock)
        self.evaluator = Evaluator(self.knowledge, self.clock, self.exploration.models)
        self.results: dict[str, GoalResult] = {}
        self.stop = Stop.DONE
        self._tried: dict[str, tuple[int, int, int]] = {}

    def contradiction(self) -> tuple[str, Found] | None:
        """The axiom at fault and a checked proof of falsity, if the axioms are found contradictory."""
        if not self.theory.axiomatic:
            return None
        try:
            found = find_contradiction(self.knowledge, self.clock)
        except Stopped:  # the search, which comes next, stops for the same reason and reports it
            return None
        if found is None:
            return None
        name, derivation = found
        if not self.knowledge.add(derivation):
            return None
        return name, Found(derivation.name, self.knowledge.show(derivation.statement), derivation, "rewriting", 0.0)

    def refute(self, goals: Sequence[Goal]) -> None:
        """Settle the goals that fail at a small value."""
        for goal in goals:
            started = time.perf_counter()
            counterexample = self.evaluator.counterexample(goal.formula)
            if counterexample is not None:
                seconds = time.perf_counter() - started
                statement = self.knowledge.show(goal.formula)
                status = Status.COUNTER_SATISFIABLE
                self.results[goal.name] = GoalResult(
                    goal.name, statement, status, seconds, counterexample=counterexample
                )

    def attempt(self, goals: Sequence[Goal], depth: int = DEPTH) -> bool:
        """Try the goals that are left, until none of them yields. Are all settled?"""
        progress = True
        while progress:
            progress = False
            for goal in goals:
                state = (len(self.knowledge.statements), self.knowledge.version, depth)
                if goal.name in self.results or self._tried.get(goal.name) == state:
                    continue
                self._tried[goal.name] = state
                started = time.perf_counter()
                result = self.prover.prove_formula(goal.name, goal.formula, depth)
                if result is None:
                    continue
                derivation, method = result
                derivation = without_detours(derivation, self.knowledge.terms, self.theory)
                if self.knowledge.add(derivation):
                    self.knowledge.use_as_rules(goal.name)
                    statement = self.knowledge.show(goal.formula)
                    seconds = time.perf_counter() - started
                    found = Found(goal.name, statement, derivation, method, seconds)
                    self.results[goal.name] = GoalResult(goal.name, statement, Status.THEOREM, seconds, found)
                    progress = True
        return all(g.name in self.results for g in goals)

    def prove(self, goals: Sequence[Goal], size: int) -> None:
        """Settle goals; explore up to `size` for lemmas while some are left."""
        try:
            self.refute(goals)
            settled = self.attempt(goals)
            if not settled:
                self.complete(goals)
                self.attempt(goals)
                self.refute_by_normal_forms(goals)
                settled = self.attempt(goals)
            for n in range(1, size + 1):
                if settled or self.stop is not Stop.DONE:
                    break
                self._say(n)
                self.stop = self.exploration.extend(n, size)
                settled = self.attempt(goals)
            if not settled:
                self.attempt(goals, LAST_DEPTH)
        except Stopped as stopped:
            self.stop = stopped.reason
        except KeyboardInterrupt:
            self.stop = Stop.INTERRUPTED

    def explore(self, goals: Sequence[Goal], size: int) -> None:
        """Complete the axioms, explore up to `size`, then settle the goals."""
        try:
            self.complete(())
        except Stopped as stopped:
            self.stop = stopped.reason
        except KeyboardInterrupt:
            self.stop = Stop.INTERRUPTED
        for n in range(1, size + 1):
            if self.stop is not Stop.DONE:
                break
            self._say(n)
            self.stop = self.exploration.extend(n, size)
        if self.stop in (Stop.DONE, Stop.STEPS):
            self._tell(f"{self.theory.name}: settling the named theorems")
            try:
                self.exploration.set_aside_consequences()
                self.refute(goals)
                self.attempt(goals)
                self.refute_by_normal_forms(goals)
                self.attempt(goals, LAST_DEPTH)
            except Stopped as stopped:
                self.stop = stopped.reason
            except KeyboardInterrupt:
                self.stop = Stop.INTERRUPTED

    def complete(self, goals: Sequence[Goal]) -> None:
        """Complete equational axioms, until the equations among the goals follow by rewriting (none: to the end)."""
        completion = self.exploration.completion
        if completion is None:
            return
        self._tell(f"{self.theory.name}: completing the axioms")
        rows = self.knowledge.terms.rows
        sides = [rows[g.formula] for g in goals if g.name not in self.results and self._is_equation(g)]

        def done() -> bool:
            return bool(sides) and all(self.prover.prove("?", int(r[1]), int(r[2]), depth=0) for r in sides)

        completion.run(done, MOST_PAIRS_BESIDE if self.theory.datatypes else MOST_PAIRS)

    def refute_by_normal_forms(self, goals: Sequence[Goal]) -> None:
        """Settle equations that have not been proved where a completed system decides."""
        for goal in goals:
            if self.exploration.decides and goal.name not in self.results and self._is_equation(goal):
                why = self.exploration.difference(goal.formula)
                statement = self.knowledge.show(goal.formula)
                refuted = GoalResult(goal.name, statement, Status.COUNTER_SATISFIABLE, 0.0, counterexample=why)
                self.results[goal.name] = refuted

    def _is_equation(self, goal: Goal) -> bool:
        return self.knowledge.terms.rows[goal.formula][0] == "eq"

    def _say(self, size: int) -> None:
        run = self.exploration
        self._tell(
            f"{self.theory.name}: size {size}, {run.enumerated:,} equations, {len(run.theorems)} theorems so far"
        )

    def verdicts(self, goals: Sequence[Goal]) -> tuple[GoalResult, ...]:
        """A verdict on every goal; the unsettled ones say why."""
        why = {
            Stop.DONE: (Status.GAVE_UP, "no proof found by rewriting, deduction and induction with the lemmas found"),
            Stop.STEPS: (Status.GAVE_UP, "no proof found; the space of lemmas is too large to explore further"),
            Stop.TIME: (Status.TIMEOUT, "time limit reached"),
            Stop.MEMORY: (Status.MEMORY_OUT, "memory limit reached"),
            Stop.INTERRUPTED: (Status.USER, "interrupted"),
        }
        status, reason = why[self.stop]
        return tuple(
            self.results.get(g.name) or GoalResult(g.name, self.knowledge.show(g.formula), status, 0.0, reason=reason)
            for g in goals
        )

    def report(self, goals: Sequence[Goal], *, lemmas_only: bool) -> Report:
        """What was found. With `lemmas_only`, just the goals' proofs and what they rest on."""
        run, known = self.exploration, self.knowledge
        theorems, redundant = list(run.theorems), list(run.redundant)
        certificate = known.derivations
        if lemmas_only:
            needed = _needed(known.derivations, [g.name for g in goals if g.name in known.statements])
            certificate = [d for d in certificate if d.name in needed]
            theorems = [f for f in theorems if f.name in needed]
            redundant = [f for f in redundant if f.name in needed]
        numbered = _Numbering(self.theory, theorems, redundant, certificate)
        return Report(
            theory=self.theory,
            variables={v.name: v.sort for v in run.space.all_variables},
            terms=known.terms,
            certificate=tuple(numbered.derivation(d) for d in certificate),
            theorems=tuple(numbered.found(f) for f in theorems),
            redundant=tuple(numbered.found(f) for f in redundant),
            refuted=() if lemmas_only else run.refuted,
            open=() if lemmas_only else run.open(),
            goals=tuple(replace(g, found=numbered.found(g.found)) if g.found else g for g in self.verdicts(goals)),
            enumerated=0 if lemmas_only else run.enumerated,
            filtered={} if lemmas_only else {k: n for k, n in run.filtered.items() if n},
            stop=self.stop,
            seconds=self.clock.elapsed(),
            counts={
                "terms": len(run.space),
                "points": run.space.point_count,
                "lemma candidates": run.enumerated,
                "derivations refused": len(known.refused),
            },
        )


class _Numbering:
    """Final names: the theorems found become T1, T2, ..., the redundant ones R1, R2, ..., and lemmas that are neither
    (from completion) L1, L2, ..., each in their order.

    During a run nobody knows yet which of them will stay. Names that the theory itself uses are passed over.
    """

    def __init__(
        self, theory: Theory, theorems: Sequence[Found], redundant: Sequence[Found], certificate: Sequence[Derivation]
    ) -> None:
        taken = {g.name for g in theory.goals} | set(theory.axiom)
        self._names: dict[str, str] = {}
        groups = {"T": [f.name for f in theorems], "R": [f.name for f in redundant]}
        found = {*groups["T"], *groups["R"]}
        groups["L"] = [d.name for d in certificate if d.name.startswith("?") and d.name not in found]
        for letter, given in groups.items():
            names = (name for n in count(1) if (name := f"{letter}{n}") not in taken)
            self._names |= dict(zip(given, names, strict=False))
        self._renamed: dict[str, Derivation] = {}

    def name(self, name: str) -> str:
        return self._names.get(name, name)

    def derivation(self, derivation: Derivation) -> Derivation:
        if derivation.name not in self._renamed:
            steps = tuple(
                replace(s, cites=self.name(s.cites)) if s.rule == "lemma" and s.cites else s for s in derivation.steps
            )
            self._renamed[derivation.name] = replace(derivation, name=self.name(derivation.name), steps=steps)
        return self._renamed[derivation.name]

    def found(self, found: Found) -> Found:
        follows = None if found.follows_from is None else tuple(self.name(n) for n in found.follows_from)
        derivation = self.derivation(found.derivation)
        return replace(found, name=derivation.name, derivation=derivation, follows_from=follows)


def _needed(derivations: Sequence[Derivation], names: Collection[str]) -> set[str]:
    """The named theorems and all lemmas below them."""
    needed = set(names)
    for derivation in reversed(derivations):
        if derivation.name in needed:
            needed.update(derivation.lemmas)
    return needed


def chosen_goals(theory: Theory, names: Sequence[str]) -> tuple[Goal, ...]:
    """The goals of those names, or all. Raises LemmataError for a name that the theory does not have."""
    known = {g.name: g for g in theory.goals}
    for name in names:
        if name not in known:
            hint = nearest(name, known, "theorems")
            raise LemmataError(f"theory {theory.name} names no theorem {name!r}", hint=hint)
    return tuple(known[name] for name in dict.fromkeys(names)) if names else theory.goals


class ContradictoryAxioms(LemmataError):
    """The axioms prove falsity; everything would follow. `report` has the proof."""

    kind = "inconsistent"

    def __init__(self, theory: Theory, axiom: str, report: Report) -> None:
        super().__init__(
            f"the axioms of {theory.name} are contradictory: {axiom!r} is against the others",
            hint="a proof of falsity was found and checked; remove or mend the axiom",
        )
        self.axiom = axiom
        self.report = report


def _start(theory: Theory, variables: Mapping[str, str], clock: Clock, progress: Callable[[str], None] | None) -> Run:
    run = Run(theory, variables, clock, progress)
    found = run.contradiction()
    if found is not None:
        axiom, proof = found
        report = replace(run.report((), lemmas_only=False), theorems=(proof,))
        raise ContradictoryAxioms(theory, axiom, report)
    return run


def explore(
    theory: Theory,
    variables: Mapping[str, str],
    *,
    size: int = DEFAULT_SIZE,
    limits: Limits | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Find and prove the equations of a theory up to a size (symbols of both sides, variables not counted), and settle
    the theorems that it names.

    `variables` are names with their sorts, used for the statements. A limit or Ctrl-C ends the run with what was
    found; `Report.stop` says so. `progress` is told now and then what is going on. Raises ContradictoryAxioms.
    """
    clock = Clock(limits or Limits())
    with clock.holding_interrupts():
        run = _start(theory, variables, clock, progress)
        run.explore(theory.goals, size)
        return run.report(theory.goals, lemmas_only=False)


def prove(
    theory: Theory,
    variables: Mapping[str, str],
    *,
    names: Sequence[str] = (),
    size: int = DEFAULT_SIZE,
    limits: Limits | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Settle the theorems that a theory names (all of them, or those in `names`), exploring for lemmas up to `size`.

    Raises LemmataError for an unknown name and ContradictoryAxioms.
    """
    goals = chosen_goals(theory, names)
    clock = Clock(limits or Limits())
    with clock.holding_interrupts():
        run = _start(theory, variables, clock, progress)
        run.prove(goals, size)
        return run.report(goals, lemmas_only=True)
