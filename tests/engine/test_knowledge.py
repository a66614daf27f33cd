"""What is known grows by checked derivations only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lemmata.engine.explore import Exploration
from lemmata.engine.induction import EquationProver
from lemmata.engine.mpl import parse_module
from lemmata.engine.prove import explore
from lemmata.rewriting.certificate import Derivation
from lemmata.rewriting.knowledge import Knowledge
from lemmata.rewriting.limits import Clock, Limits
from lemmata.rewriting.source import Source

TEXT = """
sort N = 0 | s(N)
var x y z : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
"""


def test_a_refused_derivation_is_not_used_and_not_fatal() -> None:
    known = Knowledge(parse_module(Source("t", TEXT)).theory)
    terms = known.terms
    x = terms.var("x", "N")
    prover = EquationProver(known, Clock(Limits()))
    result = prover.prove("zero_add", terms.app("+", terms.app("0"), x), x, 1)
    assert result is not None
    derivation, method = result
    assert method == "induction on x"
    broken = replace(derivation, steps=derivation.steps[:-1])
    assert not known.add(broken)
    assert known.refused == ["0 + x = x: its last step concludes something else"]
    assert "zero_add" not in known.statements
    assert known.add(derivation)
    assert not known.add(derivation)  # the name is taken


def test_a_search_that_errs_leaves_its_conjectures_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the prover ever build nonsense, the checker stops it and the run goes on."""
    honest = EquationProver.prove

    def careless(self: EquationProver, name: str, left: int, right: int, depth: int) -> tuple[Derivation, str] | None:
        result = honest(self, name, left, right, depth)
        if result is None or not result[1].startswith("induction"):
            return result
        return replace(result[0], steps=result[0].steps[:-1]), result[1]

    monkeypatch.setattr(EquationProver, "prove", careless)
    module = parse_module(Source("t", TEXT))
    report = explore(module.theory, module.variables, size=3)
    assert not report.theorems
    assert "0 + x = x" in {o.statement for o in report.open}
    assert report.counts["derivations refused"] > 0
    books = len(report.redundant) + len(report.refuted) + len(report.open) + sum(report.filtered.values())
    assert books == report.enumerated


def test_rules_may_be_retired_and_left_out() -> None:
    module = parse_module(Source("t", TEXT))
    run = Exploration(module.theory, module.variables, Clock(Limits()))
    for n in (1, 2):
        run.extend(n, 3)
    known = run.knowledge
    name = next(f.name for f in run.theorems if f.statement == "0 + x = x")
    terms = known.terms
    term = known.bank.load(terms, [terms.app("+", terms.app("0"), terms.var("z", "N"))], known.theory.symbol)
    normal = known.bank.load(terms, [terms.var("z", "N")], known.theory.symbol)
    assert list(known.rewriter.normalise(term).terms) == normal
    assert list(known.only([]).rewriter.normalise(term).terms) == term
    assert list(known.only([name]).rewriter.normalise(term).terms) == normal
    known.retire(name)
    assert list(known.rewriter.normalise(term).terms) == term
    assert name in known.statements
