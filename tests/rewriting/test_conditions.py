"""Conditional rules: the reference rewriter against their meaning, written down by recursion on small terms."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.limits import Stopped
from lemmata.rewriting.matching import match
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.syntax import TermTable, children, with_children
from lemmata.rewriting.system import Condition, RewriteRule
from tests.rewriting.systems import SORTS, Maker

LOOKS = 3_000


class Endless(Exception):
    """A term that has no normal form, or takes too long."""


def meaning(terms: TermTable, rules: list[RewriteRule], term: int) -> int:
    """Innermost normal form by the first rule that fits, by definition: no memory, no sharing."""
    left = [LOOKS]

    def normal(t: int, depth: int) -> int:
        left[0] -= 1
        if left[0] < 0 or depth > 60:
            raise Endless
        row = terms.rows[t]
        t = terms.add(with_children(row, [normal(c, depth + 1) for c in children(row)]))
        for rule in rules:
            values = match(terms, rule.lhs, t, rule.variables)
            if values is not None and all(
                (normal(terms.replace(c.left, values), depth + 1) == normal(terms.replace(c.right, values), depth + 1))
                == c.equal
                for c in rule.conditions
            ):
                return normal(terms.replace(rule.rhs, values), depth + 1)
        return t

    return normal(term, 0)


def conditional_system(seed: int) -> tuple[Maker, list[RewriteRule], list[int]]:
    """Rules, half of them with one condition or two, and terms on which they fire."""
    make = Maker(seed)
    rng = random.Random(seed)
    rules = []
    for plain in [r for _ in range(rng.randint(1, 6)) if (r := make.rule(terminating=False)) is not None]:
        conditions = []
        for _ in range(rng.choice((0, 0, 1, 2))):
            sort = rng.choice(SORTS)
            sides = [make.term(sort, [*plain.variables, *make.rigid], rng.randint(0, 1)) for _ in range(2)]
            conditions.append(Condition(*sides, equal=rng.random() < 0.6))
        rules.append(RewriteRule(plain.lhs, plain.rhs, plain.variables, plain.cites, conditions=tuple(conditions)))
    return make, rules, [make.subject(rules, rng.choice(SORTS)) for _ in range(3)]


@given(st.integers(0, 10**6))
def test_the_reference_has_the_meaning(seed: int) -> None:
    make, rules, subjects = conditional_system(seed)
    for subject in subjects:
        try:
            wanted = meaning(make.terms, rules, subject)
        except Endless:
            continue
        assert ReferenceRewriter(make.terms, rules, fuel=100 * LOOKS).normalise(subject) == wanted


def test_what_decides_a_condition_comes_before_the_step_and_is_not_done_in_vain() -> None:
    t = TermTable()
    a, b = t.app("a"), t.app("b")
    x = t.var("x", "A")
    rules = [
        RewriteRule(t.app("f", x), a, frozenset({x}), ("axiom", "f.1"), conditions=(Condition(t.app("g", x), b),)),
        RewriteRule(
            t.app("f", x),
            b,
            frozenset({x}),
            ("axiom", "f.2"),
            conditions=(Condition(t.app("g", x), b, equal=False), Condition(t.app("h", x), a)),
        ),
        RewriteRule(t.app("g", x), x, frozenset({x}), ("axiom", "g.1")),
        RewriteRule(t.app("h", x), x, frozenset({x}), ("axiom", "h.1")),
    ]
    rewriter = ReferenceRewriter(t, rules)
    assert [step.name for step in rewriter.steps(t.app("f", a))] == ["g.1", "h.1", "f.2"]
    assert [step.name for step in ReferenceRewriter(t, rules).steps(t.app("f", b))] == ["g.1", "f.1"]
    assert rewriter.normalise(t.app("f", a)) == b


def test_a_condition_that_waits_for_itself_runs_out_of_fuel() -> None:
    t = TermTable()
    a = t.app("a")
    rules = [RewriteRule(t.app("f", a), a, frozenset(), ("axiom", "f.1"), conditions=(Condition(t.app("f", a), a),))]
    try:
        ReferenceRewriter(t, rules, fuel=1000).normalise(t.app("f", a))
    except Stopped:
        return
    raise AssertionError
