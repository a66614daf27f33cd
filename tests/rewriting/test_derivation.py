"""Proofs from what a rewriter remembers: the checker accepts them, for any rules and terms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.certificate import Certificate, Derivation, Step, dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder, Explainer
from lemmata.rewriting.limits import Stop
from lemmata.rewriting.rewriter import Rewriter
from lemmata.rewriting.rules import RewriteRule, compile_rules
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Datatype, Theory
from tests.rewriting.systems import SORTS, System, system
from tests.samples import peano

SEEDS = st.integers(0, 2**32)


def _theory(s: System) -> tuple[Theory, tuple[RewriteRule, ...]]:
    """The rules as axioms, each other one stated from right to left; and the rules, citing them."""
    axioms, rules = [], []
    for n, rule in enumerate(s.rules):
        flipped = n % 2 == 1
        sides = (rule.rhs, rule.lhs) if flipped else (rule.lhs, rule.rhs)
        axioms.append(Axiom(f"rule{n}", s.terms.eq(*sides), "axiom"))
        rules.append(replace(rule, cites=("axiom", f"rule{n}"), flipped=flipped))
    datatypes = tuple(Datatype(sort, (f"c{sort}",)) for sort in SORTS)
    return Theory("random", SORTS, datatypes, s.symbols, tuple(axioms), (), s.terms), tuple(rules)


def _accepted(theory: Theory, terms: TermTable, *derivations: Derivation) -> bool:
    """Does the checker accept the certificate, as it is and after a journey through JSON?"""
    verdict = check(Certificate(theory, theory.digest, terms, derivations))
    assert verdict.first_error is None
    return check(load(dump(theory, terms, derivations)), theory).accepted


class TestNormalForms:
    @given(SEEDS)
    def test_every_normal_form_has_a_proof_that_is_accepted(self, seed: int) -> None:
        s = system(seed, terminating=True)
        theory, rules = _theory(s)
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, s.terms, s.signature, rules), s.precedence, 100_000)
        ids = bank.load(s.terms, s.subjects, s.signature)
        result = rewriter.normalise(ids)
        assert result.stop is Stop.DONE
        builder = Builder(s.terms)
        explainer = Explainer(builder, rewriter, {a.name: a.formula for a in theory.axioms})
        for term, row, normal in zip(ids, s.subjects, result.terms, strict=True):
            step = explainer.normal_form(term)
            if step is None:
                assert normal == term
                continue
            derivation = builder.finish("nf", step)
            assert derivation.statement == s.terms.eq(row, explainer.row(normal))
            assert row != explainer.row(normal)
            assert _accepted(theory, s.terms, derivation)

    def test_peano_arithmetic(self) -> None:
        """7 * 6 = 42, with an overlap of shared subterms and a variable."""
        theory = peano()
        terms = theory.terms
        rules = []
        for axiom in theory.axioms:
            if terms.rows[axiom.formula][0] == "eq":
                left, right = (int(c) for c in terms.rows[axiom.formula][1:])
                rules.append(RewriteRule(left, right, frozenset(terms.free_variables(left)), ("axiom", axiom.name)))

        def numeral(n: int, start: int) -> int:
            for _ in range(n):
                start = terms.app("s", start)
            return start

        zero = terms.app("0")
        product = terms.app("*", numeral(7, zero), numeral(6, zero))
        goal = terms.app("+", terms.app("+", product, terms.var("a", "N")), product)
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, theory.symbol, rules))
        (term,) = bank.load(terms, [goal], theory.symbol)
        rewriter.normalise([term])
        builder = Builder(terms)
        step = Explainer(builder, rewriter, {a.name: a.formula for a in theory.axioms}).normal_form(term)
        assert step is not None
        derivation = builder.finish("nf", step)
        expected = numeral(42, terms.app("+", numeral(42, zero), terms.var("a", "N")))
        assert derivation.statement == terms.eq(goal, expected)
        assert _accepted(theory, terms, derivation)

    def test_depth_of_a_hundred_thousand(self) -> None:
        theory = peano()
        terms = TermTable(theory.terms.rows)
        axiom = theory.axioms[0].formula
        left, right = (int(c) for c in terms.rows[axiom][1:])
        rule = RewriteRule(left, right, frozenset(terms.free_variables(left)), ("axiom", "+.1"))
        row = terms.app("+", terms.app("0"), terms.app("0"))
        for _ in range(100_000):
            row = terms.app("s", row)
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, theory.symbol, [rule]))
        (term,) = bank.load(terms, [row], theory.symbol)
        rewriter.normalise([term])
        builder = Builder(terms)
        step = Explainer(builder, rewriter, {"+.1": axiom}).normal_form(term)
        assert step is not None
        assert len(builder.finish("nf", step).steps) == 100_001

    def test_only_what_was_normalised_is_explained(self) -> None:
        s = system(1, terminating=True)
        _, rules = _theory(s)
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, s.terms, s.signature, rules), s.precedence)
        (term, *_) = bank.load(s.terms, s.subjects, s.signature)
        explainer = Explainer(Builder(s.terms), rewriter, {})
        with pytest.raises(ValueError, match="normalised"):
            explainer.normal_form(term)

    def test_hypotheses_are_used_at_terms(self) -> None:
        """From the hypothesis forall x. f(x) = x the term s(f(a)) is s(a); a fixed a of another hypothesis stays."""
        theory = peano()
        t = TermTable(theory.terms.rows)
        x, a, b = (t.var(v, "N") for v in "xab")
        zero_x, fixed = t.app("+", t.app("0"), x), t.eq(a, b)
        general = t.abstract("all", x, t.eq(x, zero_x))
        rules = [
            RewriteRule(zero_x, x, frozenset([x]), ("hypothesis", general), flipped=True, quantified=(x,)),
            RewriteRule(t.app("s", a), t.app("s", b), frozenset(), ("hypothesis", t.eq(t.app("s", a), t.app("s", b)))),
        ]
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, t, theory.symbol, rules))
        (term,) = bank.load(t, [t.app("+", t.app("0"), t.app("s", a))], theory.symbol)
        rewriter.normalise([term])
        builder = Builder(t)
        given = builder.add(Step("assume", general))
        second = builder.cong(t.app("s", a), t.app("s", b), [builder.add(Step("assume", fixed))])
        facts = {general: given, t.eq(t.app("s", a), t.app("s", b)): second}
        step = Explainer(builder, rewriter, {}, facts).normal_form(term)
        assert step is not None
        conclusion = t.eq(t.app("+", t.app("0"), t.app("s", a)), t.app("s", b))
        assert builder.conclusion(step) == conclusion
        inner = builder.add(Step("imp_intro", t.imp(fixed, conclusion), (step,)))
        outer = builder.add(Step("imp_intro", t.imp(general, t.imp(fixed, conclusion)), (inner,)))
        assert _accepted(theory, t, builder.finish("under", outer))


class TestBuilder:
    def _builder(self) -> tuple[Builder, TermTable, list[int]]:
        t = TermTable()
        builder = Builder(t)
        a, b, c = (t.app(k) for k in "abc")
        steps = [builder.add(Step("assume", t.eq(s, e))) for s, e in ((a, b), (b, c), (c, a))]
        return builder, t, steps

    def test_chains_are_flat_and_skip_reflexivity(self) -> None:
        builder, t, (ab, bc, ca) = self._builder()
        refl = builder.refl(t.app("b"))
        inner = builder.trans([ab, refl, bc])
        outer = builder.trans([inner, ca])
        last = builder.finish("x", outer).steps[-1]
        assert (last.rule, last.premises) == ("trans", (0, 1, 2))
        assert builder.trans([refl, ab]) == ab
        assert builder.trans([refl]) == refl

    def test_exchanging_sides_twice_is_nothing(self) -> None:
        builder, t, (ab, *_) = self._builder()
        assert builder.sym(builder.sym(ab)) == ab
        refl = builder.refl(t.app("a"))
        assert builder.sym(refl) == refl

    def test_dead_steps_are_left_out_and_equal_steps_are_one(self) -> None:
        builder, t, (ab, bc, _) = self._builder()
        assert builder.add(Step("assume", t.eq(t.app("a"), t.app("b")))) == ab
        derivation = builder.finish("x", builder.sym(bc))
        assert [step.rule for step in derivation.steps] == ["assume", "sym"]
        assert derivation.steps[1].premises == (0,)
        assert derivation.statement == t.eq(t.app("c"), t.app("b"))

    def test_an_instance_substitutes_all_at_once_and_names_only_what_moves(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        builder = Builder(t)
        formula = t.eq(t.app("p", x, y), y)
        step = builder.instance("axiom", "A", formula, {x: y, y: x, t.var("z", "N"): x})
        derivation = builder.finish("x", step)
        assert derivation.statement == t.eq(t.app("p", y, x), x)
        assert derivation.steps[0].substitution == ((x, y), (y, x))
        assert builder.finish("y", builder.instance("axiom", "A", formula, {x: x})).steps[0].substitution == ()
