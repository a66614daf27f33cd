"""Rule sets as people use them: normal forms, traces, proofs, reasons, limits, notebooks."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lemmata
from lemmata import (
    Interrupted,
    LemmataError,
    Limits,
    RuleSet,
    Signature,
    Term,
    Unfinished,
    check,
    confluence,
    rules,
    termination,
)
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.chain import Apart, Why
from lemmata.rewriting.limits import Stop, Stopped
from lemmata.rewriting.order import precedence
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import SortError
from lemmata.rewriting.theory import Axiom, Datatype, Notation, Symbol, Theory
from tests.rewriting.systems import System, conditional_system

SEEDS = st.integers(0, 2**32)
LOOKS = 3000
DEEP = 100_000

RING = rules("x + 0 = x", "x * (y + z) = x * y + x * z", "x * 0 = 0")
FACTORIAL = rules("fact(0) = 1", "fact(n) = n * fact(n - 1) if n > 0")


def _theory(s: System) -> tuple[Theory, list[int]]:
    """A random system as a theory, in which rigid variables are constructors; the subjects as rows of it."""
    terms = TermTable(s.terms.rows)
    fixed = {}
    symbols = list(s.symbols)
    for v in s.rigid:
        name, sort = map(str, terms.rows[v][1:])
        symbols.append(Symbol(f"k{name}", (), sort, "constructor", Notation(f"k{name}")))
        fixed[v] = terms.app(f"k{name}")
    axioms = []
    for n, rule in enumerate(s.rules):
        formula = terms.eq(rule.lhs, rule.rhs)
        for c in reversed(rule.conditions):
            equation = terms.eq(c.left, c.right)
            formula = terms.imp(equation if c.equal else terms.negate(equation), formula)
        axioms.append(Axiom(f"a{n}", terms.replace(formula, fixed), "axiom"))
    datatypes = tuple(
        Datatype(sort, tuple(x.name for x in symbols if x.kind == "constructor" and x.result == sort)) for sort in "AB"
    )
    theory = Theory("random", ("A", "B"), datatypes, tuple(symbols), tuple(axioms), (), terms)
    return theory, [terms.replace(t, fixed) for t in s.subjects]


def _ask(seed: int) -> tuple[RuleSet, list[Term], list[Term]]:
    """A random rule set, terms, and their normal forms by the reference; none where there are none soon."""
    s = conditional_system(seed, terminating=True)
    theory, rows = _theory(s)
    bank = TermBank()
    rule_set = RuleSet(theory, bank=bank)
    sig = rule_set.signature
    terms = [sig.load(theory.terms, t) for t in rows]
    reference = ReferenceRewriter(theory.terms, rule_set.directed, precedence(theory), LOOKS)
    try:
        return rule_set, terms, [sig.load(theory.terms, reference.normalise(t)) for t in rows]
    except Stopped:
        return rule_set, [], []


class TestNormalForms:
    @settings(max_examples=60)
    @given(SEEDS)
    def test_they_are_those_of_the_reference(self, seed: int) -> None:
        rule_set, terms, expected = _ask(seed)
        for term, normal in zip(terms, expected, strict=True):
            try:
                assert rule_set.normalize(term, Limits(seconds=2), tier="table") == normal
            except Unfinished as error:
                if error.stop is not Stop.TIME:  # call by value may take much longer than the reference
                    raise
            assert rule_set.recorded(term) == normal

    @settings(max_examples=5, deadline=None)
    @given(SEEDS)
    def test_both_tiers_and_fuel_agree(self, seed: int) -> None:
        rule_set, terms, expected = _ask(seed)
        counted = RuleSet(rule_set.theory, fuel=100 * LOOKS, bank=rule_set.bank)
        for term, normal in zip(terms, expected, strict=True):
            try:
                assert rule_set.normalize(term, Limits(seconds=2), tier="native") == normal
            except Unfinished as error:
                if error.stop is not Stop.TIME:  # call by value may take much longer than the reference
                    raise
            assert counted.normalize(term) == normal

    def test_terms_and_texts(self) -> None:
        term = RING.term("a * (b + 0)")
        assert RING.normalize(term) == RING.normalize("a * (b + 0)") == RING.term("a * b")

    def test_built_in_operations_compute_in_every_tier(self) -> None:
        for tier in ("auto", "table", "native"):
            assert FACTORIAL.normalize("fact(25)", tier=tier).value == 15511210043330985984000000
        assert str(FACTORIAL.normalize("fact(-1)")) == "fact(-1)"

    def test_terms_survive_the_collections_of_a_run(self) -> None:
        bank = TermBank()
        sums = RuleSet(rules("down(0) = done", "down(n) = down(n - 1) if n > 0").theory, bank=bank)
        sig = sums.signature
        kept = sig.make("down", sig.make("done"))
        assert sums.normalize(sig.make("down", 1000)) == sig.make("done")
        bank.collect()
        assert sums.normalize(sig.make("down", 1000)) == sig.make("done")
        assert str(kept) == "down(done)"

    def test_terms_of_several_banks(self) -> None:
        other = Signature(RING.theory.symbols, RING.variables, TermBank())
        for sig in (RING.signature, other):
            assert RING.normalize(sig.var("x") * (sig.var("y") + 0)) == sig.var("x") * sig.var("y")

    def test_terms_of_another_signature_are_refused(self) -> None:
        with pytest.raises(SortError, match="another signature"):
            FACTORIAL.normalize(RING.term("a + 1"))
        assert str(RING.normalize(FACTORIAL.term("fact(1) + 0"))) == "fact(1)"  # it has all symbols of the rules

    def test_depth(self) -> None:
        sums = rules("s(x) + y = s(x + y)", "zero + y = y")
        one = sums.signature.make("zero")
        for _ in range(DEEP):
            one = sums.signature.make("s", one)
        total = sums.normalize(one + one)
        assert total.size == 2 * DEEP + 1
        assert total.match(sums.signature.make("s", sums.signature.var("x"))) is not None
        assert len(repr(total)) < 300
        assert pickle.loads(pickle.dumps(one)) == one
        assert len(sums.trace(one + one)) == DEEP + 1

    def test_terms_of_which_the_tree_is_exponential(self) -> None:
        double = rules("h(x) = k(x, x)")
        term = double.term("a")
        for _ in range(100):
            term = term.signature.make("h", term)
        normal = double.normalize(term)
        assert (normal.size, normal.tree_size) == (101, 2**101 - 1)
        assert pickle.loads(pickle.dumps(normal)) == normal
        assert len(double.trace(term)) == 100
        assert check(double.proof(term)).accepted
        why = double.why(term, normal)
        assert isinstance(why, Why)
        assert len(list(why.lines())) == 100
        assert len(str(why)) < 20_000
        assert len(why._repr_html_()) < 60_000
        assert len(why._repr_latex_()) < 60_000


class TestProofs:
    @settings(max_examples=40)
    @given(SEEDS)
    def test_they_are_accepted_or_refused_with_a_reason(self, seed: int) -> None:
        rule_set, terms, expected = _ask(seed)
        for term, normal in zip(terms, expected, strict=True):
            try:
                certificate = rule_set.proof(term)
            except LemmataError as error:
                if "two terms differ" not in str(error):
                    raise
                continue
            verdict = check(certificate, rule_set.theory)
            assert verdict.first_error is None
            table = certificate.terms
            assert certificate.theorems[0].statement == table.eq(term.dump(table), normal.dump(table))

    def test_conditions_are_premises(self) -> None:
        verdict = check(FACTORIAL.proof("fact(3)"))
        assert verdict.accepted
        assert verdict.axioms == ("rule1", "rule2")
        assert "> : Int Int -> Bool" in verdict.trusted

    def test_a_condition_that_is_not_a_term_of_its_own_run(self) -> None:
        given = rules("f(x) = g(x) if not p(x)", "p(one) = true", "p(two) = false")
        assert str(given.normalize("h(f(one), f(two))")) == "h(f(one), g(two))"
        assert check(given.proof("h(f(one), f(two))")).first_error is None

    def test_differing_literals_and_constructors_are_proved(self) -> None:
        given = rules("f(x, y) = x if x <> y", "f(x, x) = 0")
        assert check(given.proof("f(3, 4) + f(5, 5)")).first_error is None
        module = lemmata.parse(
            "sort N = 0 | s(N)\nvar x y : N\nop max : N N -> N\n"
            "axiom low: x = 0 implies max(x, y) = y\naxiom high: x != 0 implies max(x, s(y)) = s(x)\n"
            "axiom inj: s(x) = s(y) implies x = y\n"
        )
        largest = RuleSet(module.theory, variables=module.variables)
        assert [str(r) for r in str(largest).split("\n")] == [
            "low: max(x, y) = y if x = 0",
            "high: max(x, s(y)) = s(x) if x <> 0",
        ]
        certificate = largest.proof("max(s(0), s(0))")
        assert "distinct" in {step.rule for step in certificate.theorems[0].steps}
        assert check(certificate, module.theory).first_error is None

    def test_that_constants_differ_has_no_proof(self) -> None:
        given = rules("f(x) = a1 if x <> b1", constants=["a1", "b1"])
        assert str(given.normalize("f(c)")) == "a1"
        with pytest.raises(LemmataError, match="two terms differ"):
            given.proof("f(c)")

    def test_the_theory_of_a_term_with_symbols_of_its_own(self) -> None:
        certificate = RING.proof("sin(q) + 0")
        assert check(certificate).accepted
        assert "sin" in certificate.theory.symbol
        assert certificate.theory.axioms == RING.theory.axioms

    def test_what_python_computes_has_no_proof(self) -> None:
        given = rules("f(n) = n if small(n)", functions={"small": lambda n: n < 10})
        assert given.normalize("f(3)").value == 3
        for ask in (given.proof, lambda t: given.why(t, "3")):
            with pytest.raises(LemmataError, match="Python computed 'small'"):
                ask("f(3)")
        assert check(given.proof("3 + 4")).accepted

    def test_laws_are_cited(self) -> None:
        sums = rules("x + x = 2 * x", laws={"+": "AC 0"})
        assert str(sums.normalize("a + b + a + 0")) == "b + 2 * a"
        verdict = check(sums.proof("a + b + a + 0"))
        assert verdict.first_error is None
        assert {"+.assoc", "+.comm", "rule1"} <= set(verdict.axioms)
        why = sums.why("b + a + a", "2 * a + b")
        assert isinstance(why, Why)
        assert why.check().accepted


class TestWhy:
    def test_a_chain(self) -> None:
        why = RING.why("a * (b + 0)", "a * b + 0")
        assert isinstance(why, Why)
        assert str(why).split("\n") == [
            "a * (b + 0)",
            "  = a * b        by rule1: b + 0 = b",
            "  = a * b + 0    by rule1, backwards: a * b = a * b + 0",
        ]
        assert why
        assert why.check().accepted
        table = why.certificate.terms
        assert why.certificate.theorems[0].statement == table.eq(why.left.dump(table), why.right.dump(table))

    def test_the_chain_ends_where_both_sides_meet(self) -> None:
        shown = str(FACTORIAL.why("fact(30)", "30 * fact(29)")).split("\n")
        assert [line.split("  by")[0].strip() for line in shown] == [
            "fact(30)",
            "= 30 * fact(30 - 1)",
            "= 30 * fact(29)",
        ]

    def test_long_chains_are_shown_in_part(self) -> None:
        shown = str(FACTORIAL.why("fact(30)", "fact(29) * 30")).split("\n")
        assert len(shown) < 40
        assert sum("…" in line for line in shown) == 2
        assert any("the normal form" in line for line in shown)

    def test_what_was_settled_before_is_not_shown_again(self) -> None:
        given = rules("h(zero) = one", "f(x) = g(h(zero))")
        why = given.why("k(h(zero), f(a))", "k(one, g(one))")
        assert isinstance(why, Why)
        assert [line.reason for line in why.lines()] == ["rule1", "rule2"]
        assert str(why).split("\n")[-1].startswith("  = k(one, g(one))")

    def test_a_term_is_itself(self) -> None:
        why = RING.why("a", "a")
        assert isinstance(why, Why)
        assert str(why) == "a"
        assert why.check().accepted

    def test_different_normal_forms(self) -> None:
        answer = RING.why("a + (b + 0)", "c")
        assert isinstance(answer, Apart)
        assert not answer
        assert "a + (b + 0) has the normal form a + b" in str(answer)
        assert "c has the normal form c" in str(answer)

    def test_terms_of_two_sorts_are_not_equal(self) -> None:
        with pytest.raises(LemmataError, match="sort"):
            RING.why("1 < 2", "3")

    def test_terms_with_different_symbols_of_their_own(self) -> None:
        why = RING.why("sin(q) + 0", "sin(q) + cos(q) * 0 + 0")
        assert isinstance(why, Why)
        assert why.check().accepted

    @settings(max_examples=40)
    @given(SEEDS)
    def test_every_line_is_equal_to_the_one_before(self, seed: int) -> None:
        rule_set, terms, expected = _ask(seed)
        for (s, n), (t, m) in zip(
            zip(terms, expected, strict=True), [*zip(terms, expected, strict=True)][1:], strict=False
        ):
            if s.sort != t.sort:
                continue
            try:
                why = rule_set.why(s, t)
            except LemmataError as error:
                if "two terms differ" not in str(error):
                    raise
                continue
            assert bool(why) == (n == m)
            if isinstance(why, Why):
                assert why.check().first_error is None
                for side, start in (("left", s), ("right", t)):
                    table = why.certificate.terms
                    seen = [start.dump(table), *(line.term for line in why.lines(side))]  # type: ignore[arg-type]
                    assert seen[-1] == n.dump(table)
                    assert len(set(seen)) == len(seen)
                    assert {rule_set.recorded(rule_set.signature.load(table, row)) for row in seen} == {n}


class TestLimits:
    LOOP = rules("f(x) = f(g(x))")

    def test_what_does_not_end_shows_where_it_is(self) -> None:
        for ask in (self.LOOP.normalize, self.LOOP.trace, self.LOOP.proof):
            with pytest.raises(Unfinished) as error:
                ask("f(a)", Limits(seconds=0.05))
            assert error.value.stop is Stop.TIME
            assert isinstance(error.value.last, Term)
            assert len(str(error.value)) < 400

    def test_ctrl_c(self) -> None:
        self.LOOP.normalize("g(a)")
        timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt) as error:
            self.LOOP.normalize("f(a)", Limits(seconds=20), tier="table")
        timer.join()
        assert isinstance(error.value, Interrupted)
        assert error.value.stop is Stop.INTERRUPTED
        assert error.value.last is not None
        time.sleep(0)
        assert str(self.LOOP.normalize("g(a)")) == "g(a)"

    def test_fuel(self) -> None:
        loop = rules("f(x) = f(g(x))", fuel=500)
        with pytest.raises(Unfinished) as error:
            loop.normalize("f(a)")
        assert error.value.stop is Stop.STEPS
        with pytest.raises(LemmataError, match="tier"):
            loop.normalize("a", tier="native")


class TestAsObjects:
    def test_pickling(self) -> None:
        for rule_set in (RING, FACTORIAL, rules("x + x = 2 * x", laws={"+": "AC 0"})):
            again = pickle.loads(pickle.dumps(rule_set))
            assert again == rule_set
            assert again.normalize("2 + 3").value == 5

    def test_the_rules_as_text_can_be_read_again(self) -> None:
        given = rules("x + 0 = x", "named: f(n) = g(n) if n > 0 and n <> 7 and h(n) = 3", "g(x) = x * -2 ^ 2")
        again = rules(*str(given).split("\n"))
        assert str(again) == str(given)
        assert again.theory.digest == given.theory.digest

    def test_the_theory_of_rewriting_knows_conditions(self) -> None:
        assert "conditions" in str(confluence(rules("f(x) = x if x = a1", constants="a1")))
        assert "terminates" in str(termination(rules("f(g(x)) = x if g(x) = a1", constants="a1")))
        assert "unknown" in str(termination(rules("f(x) = a1 if f(g(x)) = a1", constants="a1")))

    def test_notebooks(self) -> None:
        hostile = rules('f(x) = "<script>alert(\'x\')</script>" if x <> "<b>&amp;"')
        assert "<b>" not in hostile._repr_html_()
        assert "&lt;b&gt;&amp;amp;" in hostile._repr_html_()
        for text in (hostile._repr_html_(), hostile.trace('f("y")')._repr_html_()):
            assert "<script" not in text
            assert "&lt;script&gt;" in text
        why = hostile.why('f("y")', "\"<script>alert('x')</script>\"")
        assert isinstance(why, Why)
        assert "<script" not in why._repr_html_()
        assert RING._repr_latex_().startswith("$$\\begin{array}")
        assert r"x \cdot (y + z)" in RING._repr_latex_()
        assert r"\text{if n $\gt$ 0}" in FACTORIAL._repr_latex_()
        assert "and 101 more" in FACTORIAL.trace("fact(50)")._repr_html_()  # of 50 * 3 + 1
