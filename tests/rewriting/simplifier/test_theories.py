"""The axioms of the real and complex numbers are true, their conditions are needed, and what is false is not there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from lemmata.rewriting.check import Checker
from lemmata.rewriting.laws import law
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.simplifier.random_values import Point, Values, junk, points
from lemmata.rewriting.simplifier.statements import Reader
from lemmata.rewriting.simplifier.theories import SORTS, VARIABLES, Domain, real_theory, symbols, theory_of
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Theory

DOMAINS: tuple[Domain, ...] = ("real", "complex")
MANY = 6000


def points_for(theory: Theory, axiom: Axiom, domain: Domain) -> Iterator[Point]:
    names = sorted(str(theory.terms.rows[v][1]) for v in theory.terms.free_variables(axiom.formula))
    whole = ("m", "n", "x", "y") if "whole" in axiom.name else ("m", "n")
    return points(Values(domain), names, domain, whole=whole)


def parts(table: TermTable, formula: int) -> tuple[list[int], int]:
    """The conditions of an implication, and its conclusion."""
    conditions = []
    while table.rows[formula][0] == "imp" and table.rows[int(table.rows[formula][2])][0] != "false":
        conditions.append(int(table.rows[formula][1]))
        formula = int(table.rows[formula][2])
    return conditions, formula


def false_at(theory: Theory, axiom: Axiom, domain: Domain, count: int) -> str | None:
    """A point at which an axiom is false in total functions with arbitrary values outside their domains."""
    total = [Values(domain, junk(seed)) for seed in (1, 2)]
    for n, point in enumerate(islice(points_for(theory, axiom, domain), count)):
        if total[n % 2].of(theory.terms, axiom.formula, point) is False:
            return f"{axiom.name}: {point}"
    return None


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_axiom_is_true_at_random_points(domain: Domain) -> None:
    theory = theory_of(domain)
    assert [wrong for a in theory.axioms if (wrong := false_at(theory, a, domain, 40))] == []


@pytest.mark.slow
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_axiom_is_true_at_very_many_points(domain: Domain) -> None:
    theory = theory_of(domain)
    assert [wrong for a in theory.axioms if (wrong := false_at(theory, a, domain, 500))] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_condition_is_needed(domain: Domain) -> None:
    """Where it alone does not hold, the conclusion may be false."""
    theory = theory_of(domain)
    table = theory.terms
    printer = Printer(theory.symbols)
    total = Values(domain, junk(3))
    for axiom in theory.axioms:
        conditions, conclusion = parts(table, axiom.formula)
        needed = set(conditions)
        for point in islice(points_for(theory, axiom, domain), MANY):
            if not needed:
                break
            found = total.all(table, [conclusion, *conditions], point)
            missed = [c for c in conditions if found[c] is not True]
            if found[conclusion] is False and len(missed) == 1:
                needed.discard(missed[0])
        assert not needed, f"{axiom.name} without {printer.show(table, needed.pop())}"


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_wrong_axiom_is_noticed(domain: Domain) -> None:
    table = TermTable()
    reader = Reader(symbols(domain), dict.fromkeys(VARIABLES, SORTS[domain]), table)
    wrong = [
        "square_root: sqrt(x^2) = x",
        "logarithm: ln(x * y) = ln(x) + ln(y)",
        "power: (x^y)^z = x^(y * z)",
        "quotient: x / x = 1",
        "square: (x + y)^2 = x^2 + y^2 if x > 0",
        "sign: x + y > x if y >= 0",
        "whole_halves: whole(1/2 * x) if whole(x)",
    ]
    axioms = [Axiom(name, formula, "axiom") for name, formula in map(reader.axiom, wrong)]
    theory = Theory("Wrong", theory_of(domain).sorts, (), symbols(domain), tuple(axioms), (), table)
    assert [a.name for a in axioms if false_at(theory, a, domain, 1000) is None] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_checker_accepts_the_theory(domain: Domain) -> None:
    theory = theory_of(domain)
    Checker(theory, TermTable())
    assert theory.sorts == (SORTS[domain], "Bool")
    assert theory_of(domain) is theory


def test_every_law_of_an_associative_and_commutative_symbol_is_stated() -> None:
    theory = real_theory()
    found = [law(theory.terms, a.formula) for a in theory.axioms]
    kinds = {(stated.symbol, stated.kind) for stated in found if stated is not None}
    assert kinds >= {(s, kind) for s in ("+", "*") for kind in ("assoc", "comm", "right")}
    assert {s.name for s in theory.symbols if len(s.attributes) == 2} == {"+", "*"}


def stated(domain: Domain, text: str) -> bool:
    """Is the statement an axiom?"""
    theory = theory_of(domain)
    table = TermTable(theory.terms.rows)
    _, formula = Reader(theory.symbols, dict.fromkeys(VARIABLES, SORTS[domain]), table).axiom(f"a: {text}")
    return any(a.formula == formula for a in theory.axioms)


def test_real_numbers_need_no_condition_of_being_real() -> None:
    assert stated("real", "sqrt(x^2) = abs(x)")
    assert stated("real", "ln(exp(x)) = x")
    assert "real" not in real_theory().symbol


@pytest.mark.parametrize(
    "text",
    ["sqrt(x^2) = abs(x)", "ln(exp(x)) = x", "(x^y)^z = x^(y * z) if x >= 0", "x^(2 * n) >= 0 if whole(n)"],
)
def test_what_is_false_of_complex_numbers_is_not_there(text: str) -> None:
    assert not stated("complex", text)


@pytest.mark.parametrize("text", ["sqrt(x^2) = abs(x) if real(x)", "ln(exp(x)) = x if real(x)", "i * i = -1"])
def test_of_real_ones_among_complex_numbers_it_is_there(text: str) -> None:
    assert stated("complex", text)
