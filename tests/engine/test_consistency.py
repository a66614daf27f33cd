"""Contradictory axioms are found before anything is proved from them."""

from __future__ import annotations

import pytest

from lemmata.engine.mpl import parse_module
from lemmata.engine.prove import ContradictoryAxioms, prove
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.source import Source

BASE = "sort N = 0 | s(N)\nvar x y : N\nop f : N -> N\nop _+_ : N N -> N\n  x + 0 = x\n  x + s(y) = s(x + y)\n"


@pytest.mark.parametrize(
    ("axioms", "culprit"),
    [
        ("axiom bad: 0 = s(0)", "bad"),
        ("axiom bad: s(x) = x", "bad"),
        ("axiom bad: x + y = x", "bad"),
        ("axiom one: f(x) = 0\naxiom two: f(x) = s(0)", "one"),
        ("axiom one: f(0) = 0\naxiom two: f(x) = s(x)", "one"),
    ],
)
def test_found_and_proved(axioms: str, culprit: str) -> None:
    module = parse_module(Source("t", BASE + axioms + "\ntheorem anything: x = y\n"))
    with pytest.raises(ContradictoryAxioms) as caught:
        prove(module.theory, module.variables)
    assert caught.value.axiom == culprit
    report = caught.value.report
    verdict = check(load(dump(report.theory, report.terms, report.certificate)), module.theory)
    assert verdict.accepted
    assert report.terms.rows[report.certificate[-1].statement] == ("false",)


@pytest.mark.parametrize("axiom", ["axiom fine: f(f(x)) = x", "axiom fine: x + y = y + x", "axiom fine: f(s(x)) = x"])
def test_harmless_axioms_pass(axiom: str) -> None:
    module = parse_module(Source("t", BASE + axiom + "\ntheorem same: x = x\n"))
    assert prove(module.theory, module.variables).goals[0].status.value == "Theorem"
