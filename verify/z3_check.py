"""Z3's verdict on a certificate: does each step follow from its premises?

A step is handed over as a few quantifier-free obligations: the sequents of its premises, the instance of the law that
its rule stands for, and the negation of its own sequent; they must be unsatisfiable together. What a rule says about a
variable (that it is fresh, or arbitrary) is put as a constant that occurs nowhere else, so a variable that is not fresh
leaves the obligation satisfiable. Quantified formulas are opaque predicates of the terms in them; the rules for
quantifiers and induction bring the instances that they mean.

Literals are Z3's own numbers, truth values and bit vectors; a built-in operation is any function of its sorts, and
where a step computes one, it has Z3's own value at these literals. Complex numbers stand as real ones, for a step
without quantifiers cannot tell the two apart. With strings nothing is computed.

Z3 runs in a child process, which is killed at the limit; without an answer from it a theorem has `failed`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..rewriting.certificate import Derivation, Step
from ..rewriting.computing import NoValue, operation
from ..rewriting.limits import Limits
from ..rewriting.literals import literal_value
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Theory
from .child import Ended, run
from .sequents import Book, Case, Laid, Unfit, Untold, Wrong
from .verdicts import Word

STEP_SECONDS = 5.0


@dataclass(frozen=True)
class Z3Verdict:
    """Z3's word on one theorem; the first step that did not pass, and why."""

    theorem: str
    verdict: Word
    step: int | None = None
    why: str | None = None


@dataclass(frozen=True)
class Z3Report:
    """What Z3 said: its version, if it came to say it, wall seconds, and how many obligations there were."""

    version: str | None
    seconds: float
    obligations: int
    verdicts: tuple[Z3Verdict, ...]

    @property
    def accepted(self) -> bool:
        """Is every theorem accepted?"""
        return all(v.verdict is Word.ACCEPTED for v in self.verdicts)

    def of(self, theorem: str) -> Z3Verdict | None:
        """The verdict on one theorem."""
        return next((v for v in self.verdicts if v.theorem == theorem), None)


@dataclass(frozen=True)
class Sequent:
    """Hypotheses and a conclusion."""

    hypotheses: tuple[int, ...]
    conclusion: int


@dataclass(frozen=True)
class Obligation:
    """`goal` must follow from the sequents `given` and the axioms (formula, substitution) in `instances`.

    `computed` is an operation applied to literals, of which Z3's own value there may be used.
    """

    step: int
    goal: Sequent
    given: tuple[Sequent, ...] = ()
    instances: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = ()
    computed: int | None = None


def check_z3(
    theory: Theory,
    terms: TermTable,
    derivations: Sequence[Derivation],
    *,
    limits: Limits | None = None,
    step_seconds: float = STEP_SECONDS,
    command: Sequence[str] | None = None,
) -> Z3Report:
    """Ask Z3 about every step of a certificate, in one child process.

    `limits` bounds the child's wall seconds (60 unless told) and memory; `step_seconds` is what Z3 is told to spend on
    one obligation. `command` runs another child than ours.
    """
    within = limits if limits is not None else Limits(seconds=60.0)
    book = Book(theory, terms, derivations)
    found: dict[int, Z3Verdict] = {}
    asked: list[tuple[int, list[Obligation]]] = []
    for n, theorem in enumerate(book.theorems):
        if isinstance(theorem, Unfit):
            found[n] = Z3Verdict(theorem.name, theorem.verdict, theorem.step, theorem.why)
            continue
        obligations = _Obligations(book).of(theorem)
        if isinstance(obligations, Unfit):
            found[n] = Z3Verdict(theorem.name, obligations.verdict, obligations.step, obligations.why)
        else:
            asked.append((n, obligations))
    message = _message(book, asked, step_seconds, within)
    child = command or (sys.executable, "-I", str(Path(__file__).with_name("z3_child.py")))
    try:
        ended = run(child, given=message, seconds=within.seconds)
    except OSError as error:
        ended = Ended(None, "", "", 0.0, f"Z3 could not be started: {error.strerror}")
    version, answers = _read(ended)
    for n, obligations in asked:
        found[n] = _verdict(book.theorems[n].name, obligations, answers.get(n), ended)
    count = sum(len(o) for _, o in asked)
    return Z3Report(version, ended.seconds, count, _with_lemmas([found[n] for n in sorted(found)], derivations))


def _with_lemmas(verdicts: Sequence[Z3Verdict], derivations: Sequence[Derivation]) -> tuple[Z3Verdict, ...]:
    """A theorem is no better than the lemmas that it cites."""
    words: dict[str, Word] = {}
    out = []
    for verdict, derivation in zip(verdicts, derivations, strict=True):
        for word in (Word.REFUSED, Word.FAILED, Word.NOT_RUN):
            weak = [name for name in derivation.lemmas if words.get(name) is word]
            if verdict.verdict is Word.ACCEPTED and weak:
                verdict = Z3Verdict(verdict.theorem, word, None, f"it rests on {weak[0]}")
        words.setdefault(verdict.theorem, verdict.verdict)
        out.append(verdict)
    return tuple(out)


class _Obligations:
    """Writes the obligations of one derivation; new terms go into the book's table."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._table = book.terms
        self._fresh = 0

    def of(self, laid: Laid) -> list[Obligation] | Unfit:
        out: list[Obligation] = []
        for n, step in enumerate(laid.steps):
            try:
                out += [replace(o, step=laid.places[n]) for o in self._step(laid, n, step)]
            except Wrong as error:
                word = Word.NOT_RUN if isinstance(error, Untold) else Word.REFUSED
                return Unfit(laid.name, laid.places[n], str(error), word)
        return out

    def _step(self, laid: Laid, n: int, step: Step) -> list[Obligation]:
        given = [Sequent(tuple(sorted(laid.hypotheses[p])), laid.steps[p].conclusion) for p in step.premises]
        hypotheses = tuple(sorted(laid.hypotheses[n]))
        goal = Sequent(hypotheses, step.conclusion)
        premises = [s.conclusion for s in given]
        match step.rule:
            case "axiom" | "lemma":
                known: Mapping[str, int] = self._book.axioms if step.rule == "axiom" else self._book.statements
                return [Obligation(n, goal, (), ((known[str(step.cites)], step.substitution),))]
            case "eval":
                applied, _ = children(self._table.rows[step.conclusion])
                sorts = [self._book.sort(i) for i in (applied, *children(self._table.rows[applied]))]
                if "String" in sorts:
                    raise Untold("Z3 is not told what is computed with strings")
                if not self._has_value(applied):
                    raise Wrong("the operation has no value here")
                return [Obligation(n, goal, computed=applied)]
            case "all_intro":
                assert step.variable is not None
                new = self._renaming([step.variable])
                body = self._book.body_at("all", step.conclusion, new[step.variable])
                return [Obligation(n, Sequent(hypotheses, body), (self._renamed(given[0], new),))]
            case "all_elim":
                formulas = premises[:1]
                for term in step.terms:
                    formulas.append(self._book.body_at("all", formulas[-1], term))
                given += [Sequent((a,), b) for a, b in pairwise(formulas)]
            case "ex_intro":
                given.append(Sequent((self._book.body_at("ex", step.conclusion, step.terms[0]),), step.conclusion))
            case "ex_elim":
                assert step.variable is not None
                new = self._renaming([step.variable])
                witness = self._book.body_at("ex", premises[0], new[step.variable])
                given = [given[0], Sequent((premises[0],), witness), self._renamed(given[1], new)]
            case "injective":
                left, right = (self._table.rows[i] for i in children(self._table.rows[premises[0]]))
                pairs = zip(children(left), children(right), strict=True)
                given += [Sequent((premises[0],), self._table.eq(a, b)) for a, b in pairs]
            case "distinct" if not self._are_numbers(premises[0]):
                given.append(Sequent((premises[0],), self._table.false()))
            case "cases":
                given = self._cases(step, given)
            case "induction":
                return self._induction(n, step, hypotheses, given)
        return [Obligation(n, goal, tuple(given))]

    def _has_value(self, applied: int) -> bool:
        """Has the operation a value at these literals, one that is not too large for the checker's own arithmetic?"""
        row = self._table.rows[applied]
        symbol = self._book.theory.symbol[str(row[1])]
        compute = operation(symbol.notation.text, symbol.arguments, symbol.result)
        assert compute is not None
        try:
            compute(*(literal_value(str(self._table.rows[c][1])) for c in children(row)))
        except NoValue:
            return False
        return True

    def _are_numbers(self, equation: int) -> bool:
        """Is it between literals that Z3 tells apart by itself?"""
        row = self._table.rows[children(self._table.rows[equation])[0]]
        return row[0] == "lit" and row[2] != "String"

    def _cases(self, step: Step, given: Sequence[Sequent]) -> list[Sequent]:
        """The cases at new constants, and that one of them holds."""
        out = []
        either: int | None = None
        for case, sequent in zip(self._book.cases(step), given, strict=True):
            new = self._renaming(case.fresh)
            out.append(self._renamed(sequent, new))
            holds = self._table.eq(step.terms[0], self._table.replace(case.pattern, new))
            either = holds if either is None else self._table.add(("or", either, holds))
        assert either is not None
        return [*out, Sequent((), either)]

    def _induction(self, n: int, step: Step, hypotheses: tuple[int, ...], given: Sequence[Sequent]) -> list[Obligation]:
        """For each constructor, that the statement holds at it for new constants under the induction hypotheses."""
        out = []
        for case, sequent in zip(self._book.cases(step), given, strict=True):
            new = self._renaming([*case.fresh, *step.generalised])
            goal = Sequent((*hypotheses, *self._assumed(case, new)), self._at(step, case, new))
            out.append(Obligation(n, goal, (self._renamed(sequent, new),)))
        return out

    def _assumed(self, case: Case, new: Mapping[int, int]) -> list[int]:
        constants = {v: new[v] for v in case.fresh}
        return [self._table.replace(formula, constants) for formula in case.assumed]

    def _at(self, step: Step, case: Case, new: Mapping[int, int]) -> int:
        assert step.variable is not None
        pattern = self._table.replace(case.pattern, new)
        return self._table.replace(step.conclusion, {step.variable: pattern, **{g: new[g] for g in step.generalised}})

    def _renaming(self, variables: Sequence[int]) -> dict[int, int]:
        """For each variable a constant that is in no term so far: a row that the table did not have."""
        new = {}
        for variable in variables:
            sort = self._book.sort(variable)
            before = len(self._table)
            while (row := self._table.var(f"new {self._fresh}", sort)) < before:
                self._fresh += 1
            self._fresh += 1
            new[variable] = row
        return new

    def _renamed(self, sequent: Sequent, new: Mapping[int, int]) -> Sequent:
        hypotheses = tuple(self._table.replace(h, new) for h in sequent.hypotheses)
        return Sequent(hypotheses, self._table.replace(sequent.conclusion, new))


# The child: one JSON object in, one line for each theorem out.


def _message(
    book: Book, asked: Sequence[tuple[int, Sequence[Obligation]]], step_seconds: float, limits: Limits
) -> bytes:
    def sequent(s: Sequent) -> list[Any]:
        return [list(s.hypotheses), s.conclusion]

    content = {
        "milliseconds": max(1, round(1000 * step_seconds)),
        "megabytes": limits.memory_mb,
        "symbols": {
            s.name: [list(s.arguments), s.result, s.notation.text if s.kind == "builtin" else None]
            for s in book.theory.symbols
        },
        "literals": book.literal_sorts,
        "rows": [list(row) for row in book.terms.rows],
        "theorems": [
            [
                n,
                [
                    [o.step, sequent(o.goal), [sequent(s) for s in o.given], o.instances, o.computed]
                    for o in obligations
                ],
            ]
            for n, obligations in asked
        ],
    }
    return json.dumps(content, separators=(",", ":")).encode()


def _read(ended: Ended) -> tuple[str | None, dict[int, tuple[str, int | None]]]:
    """Z3's version and, for each theorem that it finished, its word and the step that did not pass."""
    version: str | None = None
    answers: dict[int, tuple[str, int | None]] = {}
    for line in ended.output.splitlines():
        try:
            data: Any = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(data, dict):
            continue
        if isinstance(data.get("version"), str):
            version = data["version"]
        n, word, step = data.get("theorem"), data.get("answer"), data.get("step")
        if type(n) is int and word in ("unsat", "sat", "unknown") and (step is None or type(step) is int):
            answers[n] = (word, step)
    return version, answers


def _verdict(
    name: str, obligations: Sequence[Obligation], answer: tuple[str, int | None] | None, ended: Ended
) -> Z3Verdict:
    if answer is None:
        why = ended.why or f"Z3 ended with {ended.code} before it came to this theorem"
        return Z3Verdict(name, Word.FAILED, None, why)
    word, step = answer
    if word == "unsat":
        return Z3Verdict(name, Word.ACCEPTED)
    if word == "sat":
        return Z3Verdict(name, Word.REFUSED, step, "the step does not follow")
    return Z3Verdict(name, Word.FAILED, step, "Z3 could not decide the step in time")
