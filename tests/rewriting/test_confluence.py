"""Termination, critical pairs and confluence: verdicts on known systems, and against brute force on small ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lemmata
from lemmata.rewriting import dependency_pairs
from lemmata.rewriting.confluence import Confluent, NotConfluent, confluence
from lemmata.rewriting.critical_pairs import critical_pairs, peaks
from lemmata.rewriting.equations import equations
from lemmata.rewriting.limits import Clock, Limits
from lemmata.rewriting.loops import find_loop
from lemmata.rewriting.matching import match
from lemmata.rewriting.overlaps import Names, positions, replace_at, subterm_at
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.system import Condition, RewriteRule, RewriteSystem
from lemmata.rewriting.termination import Loops, Terminates, Unknown, termination
from lemmata.rewriting.terms import Signature
from lemmata.rewriting.theory import Theory
from tests.rewriting.small import Few, places, reducts, symbol

SEEDS = st.integers(0, 2**32)
DECLARATIONS = """
sort N = 0 | s(N)
var x y z : N
op _+_ : N N -> N
op _*_ : N N -> N
op _-_ : N N -> N
op div : N N -> N
op ack : N N -> N
op f : N -> N
op g : N N -> N
op h : N N N -> N
op a : N
op b : N
"""
MODULE = lemmata.parse(DECLARATIONS)
SIGNATURE = Signature.of(MODULE.theory, MODULE.variables)

PEANO = ["x + 0 = x", "x + s(y) = s(x + y)", "x * 0 = 0", "x * s(y) = x * y + x"]
ACKERMANN = ["ack(0, y) = s(y)", "ack(s(x), 0) = ack(x, s(0))", "ack(s(x), s(y)) = ack(x, ack(s(x), y))"]
DIVISION = ["x - 0 = x", "s(x) - s(y) = x - y", "div(0, s(y)) = 0", "div(s(x), s(y)) = s(div(x - y, s(y)))"]
DISTRIBUTION = ["x * (y + z) = x * y + x * z", "(y + z) * x = y * x + z * x", "(x + y) + z = x + (y + z)"]


def system(texts: Sequence[str]) -> Theory:
    return equations(SIGNATURE, texts)


class TestTermination:
    @pytest.mark.parametrize("texts", [PEANO, ACKERMANN, DISTRIBUTION, ["f(f(x)) = x"], []], ids=str)
    def test_an_order_is_found(self, texts: list[str]) -> None:
        verdict = termination(system(texts))
        assert isinstance(verdict, Terminates)
        assert verdict.order is not None
        theory = system(texts)
        greater = verdict.order.comparison(theory.terms)
        for axiom in theory.axioms:
            assert greater(*(int(i) for i in theory.terms.rows[axiom.formula][1:]))

    @pytest.mark.parametrize(
        "texts",
        [
            DIVISION,
            ["f(f(x)) = f(g(f(x), 0))"],  # f(f(x)) is embedded in the right side
            ["x + (y + z) = (x + y) + z"],
            ["f(g(x, y)) = g(f(f(x)), f(x))"],
        ],
        ids=str,
    )
    def test_dependency_pairs_do_what_no_order_does(self, texts: list[str]) -> None:
        verdict = termination(system(texts))
        assert isinstance(verdict, Terminates)
        assert verdict.order is None
        assert verdict.why.startswith("dependency pairs")

    @pytest.mark.parametrize(
        "texts",
        [
            ["f(x) = f(f(x))"],
            ["f(x) = g(f(x), x)"],
            ["a = b", "b = a"],
            ["a = f(b)", "b = g(a, a)"],
            ["x = f(x)"],
            ["f(x) = g(y, x)"],
            ["f(s(x)) = f(g(x, x))", "g(x, y) = s(x)"],
            ["h(x, y, 0) = h(s(x), y, y)"],
        ],
        ids=str,
    )
    def test_loops_are_shown_and_can_be_replayed(self, texts: list[str]) -> None:
        theory = system(texts)
        verdict = termination(theory)
        assert isinstance(verdict, Loops)
        table = TermTable(theory.terms.rows)
        sides = {a.name: [int(i) for i in table.rows[a.formula][1:]] for a in theory.axioms}
        term = verdict.start.dump(table)
        for step in verdict.steps:
            left, right = sides[step.rule]
            variables = set(table.free_variables(left)) | set(table.free_variables(right))
            pattern = table.app("pair", left, right)
            after = subterm_at(table, step.term.dump(table), step.position)
            redex = table.app("pair", subterm_at(table, term, step.position), after)
            assert match(table, pattern, redex, variables) is not None
            assert replace_at(table, term, step.position, after) == step.term.dump(table)
            term = step.term.dump(table)
        start = verdict.start.replace(dict(verdict.instance)).dump(table)
        assert subterm_at(table, term, verdict.position) == start

    @pytest.mark.parametrize(
        "texts", [["f(s(x)) = f(g(x, x))", "g(x, y) = s(x)"], ["a = f(b)", "b = g(a, a)"]], ids=str
    )
    def test_dependency_pairs_prove_nothing_of_loops(self, texts: list[str]) -> None:
        theory = system(texts)
        pairs = [(int(row[1]), int(row[2])) for a in theory.axioms for row in [theory.terms.rows[a.formula]]]
        stuck = dependency_pairs.prove(theory.terms, pairs, theory.symbols, Clock(Limits()))
        assert isinstance(stuck, tuple)

    def test_the_rule_in_the_way_is_named(self) -> None:
        verdict = termination(system([*PEANO, "h(0, s(0), x) = h(x, x, x)", "f(x) = x"]))
        assert isinstance(verdict, Unknown)
        assert verdict.rule == "rule5"
        assert "rule5" in str(verdict)
        verdict = termination(system(["f(x) = g(x, y)"]))
        assert isinstance(verdict, Loops)  # y may be f(x)

    def test_a_law_that_only_permutes_needs_the_order_of_the_rule_set(self) -> None:
        verdict = termination(system(["x + y = y + x", "(x + y) + z = x + (y + z)"]))
        assert isinstance(verdict, Terminates)
        verdict = termination(system(["x + y = y + x", "a = x + a"]))
        assert isinstance(verdict, Unknown)
        assert verdict.rule == "rule2"

    def test_conditions_must_go_down_too(self) -> None:
        t = TermTable()
        x = t.var("x", "A")
        left, right = t.app("f", t.app("g", x)), t.app("f", x)

        def conditional(side: int) -> RewriteSystem:
            rule = RewriteRule(left, right, frozenset({x}), ("axiom", "r"), conditions=(Condition(side, x),))
            return RewriteSystem("t", (symbol("f", 1), symbol("g", 1)), t, (rule,))

        assert isinstance(termination(conditional(right)), Terminates)
        assert isinstance(termination(conditional(t.app("g", left))), Unknown)

    @settings(max_examples=40)
    @given(SEEDS)
    def test_what_is_said_to_terminate_has_no_loop(self, seed: int) -> None:
        few = Few(seed)
        rules = few.rules(few.rng.randint(1, 3))
        verdict = termination(rules)
        found = find_loop(few.terms, [(r.lhs, r.rhs) for r in rules.rules], Clock(Limits()))
        assert not (isinstance(verdict, Terminates) and found)
        if isinstance(verdict, Terminates):
            after: dict[int, set[int]] = {}
            front = [few.term(3)]
            while front and len(after) < 200:
                term = front.pop(0)
                if term not in after:
                    after[term] = {r for _, _, r in reducts(few.terms, rules.rules, term)}
                    front += sorted(after[term])
            while ends := [t for t, later in after.items() if not later & after.keys()]:
                for t in ends:
                    del after[t]
            assert not after, "some terms come back to themselves"

    def test_limits_stop_it(self) -> None:
        verdict = termination(system(["h(0, s(0), x) = h(x, x, x)"]), Limits(seconds=0))
        assert str(verdict) == "unknown: stopped by the limits (time)"


class TestCriticalPairs:
    def test_of_groups(self) -> None:
        theory = lemmata.read("examples/groups.mpl").theory
        pairs = critical_pairs(theory)
        assert [(p.outer, p.inner, p.position) for p in pairs] == [
            ("associativity", "left_unit", (0,)),
            ("associativity", "left_inverse", (0,)),
            ("associativity", "associativity", (0,)),
        ]
        assert not any(p.trivial for p in pairs)
        for pair in pairs:
            assert pair.peak.variables[0].head == "x"
            values = {str(v): str(t) for v, t in pair.outer_values.items()}
            assert values["z"]

    def test_the_values_give_the_peak(self) -> None:
        theory = system(["f(g(x, y)) = x", "g(f(x), y) = f(y)", "f(f(x)) = f(x)"])
        sides = {a.name: theory.terms.rows[a.formula][1:] for a in theory.axioms}
        pairs = critical_pairs(theory)
        assert len(pairs) == 5
        for pair in pairs:
            outer, inner = (SIGNATURE.load(theory.terms, int(sides[name][0])) for name in (pair.outer, pair.inner))
            assert outer.replace(dict(pair.outer_values)) == pair.peak
            at = pair.peak
            for n in pair.position:
                at = at.args[n]
            assert inner.replace(dict(pair.inner_values)) == at

    def test_roots_mirrors_and_trivial_pairs(self) -> None:
        assert critical_pairs(system(["f(x) = x"])) == []
        pairs = critical_pairs(system(["g(x, 0) = x", "g(0, x) = x"]))
        assert [(p.position, p.trivial) for p in pairs] == [((), True)]
        assert len(critical_pairs(system(["f(f(x)) = x"]))) == 1
        assert critical_pairs(system(["f(f(x)) = x"]))[0].trivial

    def test_a_left_side_with_too_many_positions(self) -> None:
        t = TermTable()
        x = t.var("x", "A")
        wide = x
        for _ in range(100):
            wide = t.app("g", wide, wide)
        rules = RewriteSystem("t", (symbol("g", 2),), t, (RewriteRule(wide, x, frozenset({x}), ("axiom", "r")),))
        with pytest.raises(LemmataError, match="100,000"):
            critical_pairs(rules)
        assert isinstance(confluence(rules), Unknown)

    @settings(max_examples=80)
    @given(SEEDS)
    def test_every_overlap_of_redexes_is_an_instance(self, seed: int) -> None:
        """Critical pair lemma by brute force: two steps from one term, at overlapping places, belong to a pair."""
        few = Few(seed)
        rules, terms = few.rules(few.rng.randint(1, 3)), few.terms
        pairs = list(peaks(rules, Clock(Limits())))
        instance = {v: few.term(1) for v in few.variables}
        term = terms.replace(few.rng.choice(rules.rules).lhs, instance)
        term = few.rng.choice([term, terms.app("f", term), terms.app("g", term, few.term(1))])
        steps = reducts(terms, rules.rules, term)
        for m, p, one in steps:
            for n, q, two in steps:
                inside = q[len(p) :]
                skeleton = {path for path, _ in positions(terms, rules.rules[m].lhs)}
                if q[: len(p)] != p or inside not in skeleton or (not inside and m == n):
                    continue
                peak, left, right = (subterm_at(terms, t, p) for t in (term, one, two))
                given = terms.app("three", peak, left, right)
                known = [terms.app("three", k.peak, *s) for k in pairs for s in ((k.left, k.right), (k.right, k.left))]
                assert any(match(terms, k, given, set(terms.free_variables(k))) is not None for k in known)

    @given(SEEDS)
    def test_both_sides_are_one_step_from_the_peak(self, seed: int) -> None:
        few = Few(seed)
        rules = few.rules(3)
        for k in peaks(rules, Clock(Limits())):
            results = {(rules.rules[n].cites, path): r for n, path, r in reducts(few.terms, rules.rules, k.peak)}
            assert results[k.outer.cites, ()] == k.left
            assert results[k.inner.cites, k.path] == k.right


class TestConfluence:
    @pytest.mark.parametrize(
        ("texts", "word"),
        [
            (PEANO, "no critical pairs"),
            (["f(f(x)) = x"], "join"),
            (["g(f(x), y) = f(x)", "f(x) = f(f(x))"], "not joined"),
            (["f(x) = f(f(x))"], "orthogonal"),
            (["g(x, 0) = f(g(x, 0))", "a = g(a, a)"], "orthogonal"),
        ],
        ids=str,
    )
    def test_what_is_confluent_and_why(self, texts: list[str], word: str) -> None:
        verdict = confluence(system(texts))
        if word == "not joined":
            assert isinstance(verdict, Unknown)
        else:
            assert isinstance(verdict, Confluent)
        assert word in str(verdict)

    def test_two_normal_forms(self) -> None:
        verdict = confluence(system(["f(g(x, y)) = x", "g(x, x) = 0"]))
        assert isinstance(verdict, NotConfluent)
        assert str(verdict.pair.peak) == "f(g(x, x))"
        assert {str(verdict.left), str(verdict.right)} == {"x", "f(0)"}

    def test_two_normal_forms_refute_it_without_termination(self) -> None:
        verdict = confluence(system(["a = b", "a = 0", "f(x) = f(f(x))"]))
        assert isinstance(verdict, NotConfluent)

    def test_not_left_linear_and_not_terminating_is_not_decided(self) -> None:
        # Huet's system: no critical pairs, yet not confluent.
        verdict = confluence(system(["g(x, x) = a", "g(x, f(x)) = b", "0 = f(0)"]))
        assert isinstance(verdict, Unknown)

    def test_what_the_theorems_do_not_speak_of(self) -> None:
        for texts in (["x + y = y + x"], ["x = f(x)"], ["f(x) = g(x, y)"]):
            assert isinstance(confluence(system(texts)), Unknown)

    @settings(max_examples=40)
    @given(SEEDS)
    def test_against_all_reductions_of_small_terms(self, seed: int) -> None:
        few = Few(seed)
        rules, terms = few.rules(few.rng.randint(1, 3)), few.terms
        verdict = confluence(rules)
        if isinstance(verdict, NotConfluent):
            ends = {verdict.left.dump(terms), verdict.right.dump(terms)}
            assert len(ends) == 2
            assert ends <= normal_forms(terms, rules.rules, verdict.pair.peak.dump(terms))
        elif isinstance(verdict, Confluent):
            for _ in range(5):
                assert len(normal_forms(terms, rules.rules, few.term(3))) <= 1


def normal_forms(terms: TermTable, rules: tuple[RewriteRule, ...], term: int) -> set[int]:
    """Those found among the first few hundred reducts."""
    seen: set[int] = set()
    out: set[int] = set()
    front = [term]
    while front and len(seen) < 300:
        t = front.pop(0)
        if t not in seen:
            seen.add(t)
            after = [r for _, _, r in reducts(terms, rules, t) if len(places(terms, r)) < 60]
            if not reducts(terms, rules, t):
                out.add(t)
            front += after
    return out


def test_names_of_variables_are_those_of_the_rules_then_new_ones() -> None:
    t = TermTable()
    x, y, n = t.var("x", "A"), t.var("y'", "A"), t.var("n", "B")
    names = Names(t, [t.app("f", x, n), t.app("f", y, n)], ["x1"])
    assert list(islice(names("A"), 4)) == ["x", "y'", "x2", "x3"]
    assert list(islice(names("B"), 2)) == ["n", "n1"]
    assert list(islice(names("C"), 1)) == ["x4"]


@dataclass(frozen=True)
class Computing:
    """Rules beside Python functions, as a `RuleSet` may have them."""

    theory: Theory
    functions: Mapping[str, object]


def test_nothing_is_proved_of_what_python_computes() -> None:
    plain, computing = (Computing(system(PEANO), functions) for functions in ({}, {"f": abs}))
    assert isinstance(termination(plain), Terminates)
    assert isinstance(confluence(plain), Confluent)
    assert isinstance(termination(computing), Unknown)
    assert isinstance(confluence(computing), Unknown)


def test_nothing_is_said_of_rewriting_modulo_laws() -> None:
    theory = system(PEANO)
    laws = tuple(replace(s, attributes=frozenset({"assoc", "comm"})) if s.name == "+" else s for s in theory.symbols)
    modulo = replace(theory, symbols=laws)
    assert isinstance(termination(modulo), Unknown)
    assert isinstance(confluence(modulo), Unknown)
    with pytest.raises(LemmataError):
        critical_pairs(modulo)
    with pytest.raises(LemmataError):
        lemmata.complete(modulo)
