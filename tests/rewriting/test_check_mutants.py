"""Mutants of valid proofs: each is refused, or proves what it says, and that is true.

Every field of every step of the samples is replaced by every other value that it could plausibly have, and every cell
of every row of the term table likewise. Whatever a mutant is accepted for is compared with the standard model, by an
evaluator that knows nothing of proofs; its theory is the same, for it is checked against ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from lemmata.rewriting.certificate import (
    RULES,
    Certificate,
    Derivation,
    MalformedCertificate,
    Step,
    from_json,
    to_json,
)
from lemmata.rewriting.check import Checker, Refused, check
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Theory
from tests.rewriting.standard_model import holds
from tests.samples import peano, peano_derivations


@pytest.fixture(scope="module")
def theory() -> Theory:
    return peano()


@pytest.fixture(scope="module")
def terms() -> TermTable:
    return TermTable()


@pytest.fixture(scope="module")
def derivations(theory: Theory, terms: TermTable) -> list[Derivation]:
    return peano_derivations(theory, terms)


def test_the_model_tells_true_from_false(terms: TermTable, derivations: list[Derivation]) -> None:
    assert all(holds(terms, d.statement) for d in derivations)
    x, y, zero = terms.var("x", "N"), terms.var("y", "N"), terms.app("0")
    assert not holds(terms, terms.eq(x, y))
    assert not holds(terms, terms.negate(terms.eq(x, zero)))
    assert not holds(terms, terms.abstract("ex", y, terms.eq(terms.app("s", terms.app("+", x, y)), x)))
    assert holds(terms, terms.abstract("ex", y, terms.eq(terms.app("*", x, y), zero)))


# Every field of every step.


def _lists(given: tuple[Any, ...], values: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Other lists: an element dropped, doubled, replaced or added, or the elements in another order."""
    for n in range(len(given)):
        yield given[:n] + given[n + 1 :]
        yield (*given[: n + 1], *given[n:])
        for value in values:
            yield (*given[:n], value, *given[n + 1 :])
    for value in values:
        yield (*given, value)
    if len(given) <= 4:
        yield from permutations(given)


def _steps(step: Step, place: int, count: int, rows: list[int], names: list[str]) -> Iterator[Step]:
    for rule in RULES:
        yield replace(step, rule=rule)
        yield Step(rule, step.conclusion, step.premises)
        for premises in _lists(step.premises, list(range(place))):
            if rule != step.rule and len(premises) != len(step.premises):
                yield replace(step, rule=rule, premises=premises)
    for row in rows:
        yield replace(step, conclusion=row)
    for premises in _lists(step.premises, list(range(-1, count + 1))):
        yield replace(step, premises=premises)
    for field in RULES[step.rule].fields:
        yield from _fields(step, field, rows, names)


def _fields(step: Step, field: str, rows: list[int], names: list[str]) -> Iterator[Step]:
    match field:
        case "cites":
            for name in [*names, None]:
                for rule in ("axiom", "lemma"):
                    yield replace(step, rule=rule, cites=name)
        case "substitution":
            pairs = step.substitution
            for n, (a, b) in enumerate(pairs):
                for row in rows:
                    for pair in ((a, row), (row, b)):
                        yield replace(step, substitution=(*pairs[:n], pair, *pairs[n + 1 :]))
            for given in _lists(pairs, [(a, b) for a in rows[:8] for b in rows[:8]]):
                yield replace(step, substitution=given)
        case "variable":
            for row in [*rows, None]:
                yield replace(step, variable=row)
        case "terms" | "generalised":
            for given in _lists(getattr(step, field), rows):
                yield replace(step, **{field: given})
        case "fresh":
            for n, group in enumerate(step.fresh):
                for other in _lists(group, rows):
                    yield replace(step, fresh=(*step.fresh[:n], other, *step.fresh[n + 1 :]))
            for given in _lists(step.fresh, [(), (rows[0],)]):
                yield replace(step, fresh=given)


def _mutants(derivation: Derivation, rows: list[int], names: list[str]) -> Iterator[Derivation]:
    steps = derivation.steps
    for place, step in enumerate(steps):
        for other in _steps(step, place, len(steps), rows, names):
            yield replace(derivation, steps=(*steps[:place], other, *steps[place + 1 :]))
        yield replace(derivation, steps=steps[:place] + steps[place + 1 :])
        yield replace(derivation, steps=steps[:place])
        yield replace(derivation, steps=(*steps[: place + 1], *steps[place:]), statement=step.conclusion)
        yield replace(derivation, steps=steps[: place + 1], statement=step.conclusion)
    for row in rows:
        yield replace(derivation, statement=row)
        yield replace(derivation, statement=row, steps=(*steps[:-1], replace(steps[-1], conclusion=row)))
        for rule in RULES:
            yield replace(derivation, statement=row, steps=(*steps, Step(rule, row, (len(steps) - 1,))))


@pytest.mark.parametrize("place", range(len(peano_derivations(peano(), TermTable()))))
def test_every_field_of_every_step(place: int, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
    rows = list(range(len(terms)))
    names = [a.name for a in theory.axioms] + [d.name for d in derivations]

    def fresh_checker() -> Checker:
        checker = Checker(theory, terms)
        for earlier in derivations[:place]:
            checker.prove(earlier)
        return checker

    original = derivations[place]
    checker = fresh_checker()
    count: Counter[str] = Counter()
    for mutant in _mutants(original, rows, names):
        if mutant == original:
            continue
        try:
            proof = checker.prove(mutant)
        except Refused:
            count["refused"] += 1
            continue
        count["accepted"] += 1
        assert proof.derivation == mutant
        assert proof.axioms <= theory.axiom.keys()
        if mutant.statement != original.statement:
            count["another statement"] += 1
            assert holds(terms, mutant.statement), mutant
        checker = fresh_checker()
    assert count["refused"] > 1000
    assert count["refused"] > 10 * count["accepted"]


# Every cell of every row of the table, through the file.


def _cells(rows: list[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    kinds = {3: ["eq", "imp", "and", "or"]}
    for place, row in enumerate(rows):
        for n, cell in enumerate(row):
            if isinstance(cell, int):
                others: list[Any] = [cell - 1, cell + 1, 0, place - 1, place // 2, True, float(cell)]
            elif n == 0:
                others = ["all", "ex", *kinds.get(len(row), [])]
            else:
                others = ["0", "s", "+", "*", "<=", "x", "y", "n", "N", "Prop"]
            for other in others:
                if other is not cell and (other != cell or type(other) is not type(cell)):
                    yield place, [*row[:n], other, *row[n + 1 :]]
        yield place, row[:-1]
        yield place, [*row, row[-1]]


def test_every_cell_of_the_term_table(theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
    data = to_json(theory, terms, derivations)
    statements = {d.name: d.statement for d in from_json(data).theorems}
    count: Counter[str] = Counter()
    for place, row in _cells(data["terms"]):
        original = data["terms"][place]
        data["terms"][place] = row
        try:
            certificate = from_json(data)
        except MalformedCertificate:
            count["malformed"] += 1
            continue
        finally:
            data["terms"][place] = original
        own, ours = check(certificate), check(certificate, theory)
        count["refused" if not ours.accepted else "accepted"] += 1
        if own.first_error is None or own.first_error.theorem != "the certificate":
            assert certificate.theory.digest == theory.digest
        for proof in ours.proofs:
            if proof.derivation.statement != statements[proof.name] or row != original:
                count["proofs"] += 1
                assert holds(certificate.terms, proof.derivation.statement), (proof.name, row)
    assert count["malformed"] > 100
    assert count["refused"] > 300
    assert count["refused"] + count["malformed"] > 5 * count["accepted"]
    assert count["proofs"] > 100


# In named ways.


def _refusal(theory: Theory, terms: TermTable, derivations: list[Derivation]) -> str:
    verdict = check(Certificate(theory, theory.digest, terms, tuple(derivations)))
    assert verdict.first_error is not None
    return str(verdict.first_error)


def _with(derivations: list[Derivation], name: str, place: int, **fields: Any) -> list[Derivation]:
    def changed(d: Derivation) -> Derivation:
        step = replace(d.steps[place], **fields)
        return replace(d, steps=(*d.steps[:place], step, *d.steps[place + 1 :]))

    return [changed(d) if d.name == name else d for d in derivations]


class TestNamedMutants:
    def test_a_wrong_substitution(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        y, zero = terms.var("y", "N"), terms.app("0")
        wrong = _with(derivations, "zero_add", 1, substitution=((terms.var("x", "N"), zero), (y, zero)))
        assert "zero_add, step 1: not '+.2' under this substitution" in _refusal(theory, terms, wrong)

    def test_a_dropped_premise(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        wrong = _with(derivations, "succ_add", 12, premises=(5, 11))
        assert "succ_add, step 12: the chain is broken" in _refusal(theory, terms, wrong)

    def test_a_cyclic_citation(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        wrong = _with(derivations, "zero_add", 3, premises=(4,))
        assert "zero_add, step 3: it cites a step not before it" in _refusal(theory, terms, wrong)

    def test_a_swapped_side(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        left, right = terms.rows[derivations[0].statement][1:]
        assert isinstance(left, int)
        assert isinstance(right, int)
        swapped = terms.eq(right, left)
        wrong = _with(derivations, "zero_add", 5, conclusion=swapped)
        wrong[0] = replace(wrong[0], statement=swapped)
        assert "zero_add, step 5: a case proves something else" in _refusal(theory, terms, wrong)

    def test_a_lemma_before_its_proof(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        wrong = sorted(derivations, key=lambda d: d.name == "succ_add")
        assert "no theorem 'succ_add' is proved before" in _refusal(theory, terms, wrong)

    def test_another_theorys_axiom(self, theory: Theory, terms: TermTable, derivations: list[Derivation]) -> None:
        plus = theory.axioms[0]
        other = replace(theory, axioms=(replace(plus, formula=theory.axioms[2].formula), *theory.axioms[1:]))
        [formula] = theory.terms.copy_into(terms, [other.axioms[0].formula])
        wrong = Derivation("smuggled", formula, (Step("axiom", formula, cites="+.1"),))
        theirs = Certificate(other, other.digest, terms, (wrong,))
        assert check(theirs).accepted
        assert not check(theirs, theory).accepted
        assert "not '+.1' under this substitution" in _refusal(theory, terms, [wrong])
