"""Matching and unification against brute force and against their laws."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.matching import match, unify
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.systems import Maker

SEEDS = st.integers(0, 2**32)


def _subterms(terms: TermTable, *roots: int) -> list[int]:
    return terms.reachable(roots)


def _by_brute_force(make: Maker, pattern: int, subject: int) -> dict[int, int] | None:
    """Try every subterm of the subject for every variable."""
    variables = [v for v in make.terms.free_variables(pattern) if v in make.pattern]
    values = _subterms(make.terms, subject)
    for choice in itertools.product(values, repeat=len(variables)):
        new = dict(zip(variables, choice, strict=True))
        sorted_well = all(make.sort(v) == make.sort(t) for v, t in new.items())
        if sorted_well and make.terms.replace(pattern, new) == subject:
            return new
    return None


class TestMatch:
    @given(SEEDS)
    def test_it_agrees_with_brute_force(self, seed: int) -> None:
        make = Maker(seed)
        sort = make.rng.choice("AB")
        pattern = make.term(sort, (*make.pattern, *make.rigid), 2)
        instance = make.terms.replace(pattern, make.substitution(make.rigid, 1))
        other = make.term(sort, make.rigid, 2)
        for subject in (instance, other):
            if len(_subterms(make.terms, subject)) > 12:
                continue
            assert match(make.terms, pattern, subject, make.pattern) == _by_brute_force(make, pattern, subject)

    @given(SEEDS)
    def test_an_instance_matches(self, seed: int) -> None:
        make = Maker(seed)
        pattern = make.term(make.rng.choice("AB"), (*make.pattern, *make.rigid), 3)
        new = make.substitution((*make.rigid, *make.pattern), 2)
        found = match(make.terms, pattern, make.terms.replace(pattern, new), make.pattern)
        assert found == {v: new[v] for v in make.terms.free_variables(pattern) if v in make.pattern}

    def test_a_repeated_variable_stands_for_one_term(self) -> None:
        t = TermTable()
        x, zero = t.var("x", "N"), t.app("0")
        one = t.app("s", zero)
        assert match(t, t.app("+", x, x), t.app("+", one, one), {x}) == {x: one}
        assert match(t, t.app("+", x, x), t.app("+", one, zero), {x}) is None
        inner = t.app("s", x)
        assert match(t, t.app("+", inner, inner), t.app("+", one, t.app("s", one)), {x}) is None

    def test_a_variable_of_another_sort_does_not_match(self) -> None:
        t = TermTable()
        x, a = t.var("x", "A"), t.var("a", "B")
        assert match(t, x, a, {x}) is None
        assert match(t, x, t.var("a", "A"), {x}) == {x: t.var("a", "A")}

    def test_a_quantified_variable_never_becomes_part_of_a_value(self) -> None:
        """forall y. x = y is no more general than forall y. s(y) = y."""
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        pattern = t.abstract("all", y, t.eq(x, y))
        assert match(t, pattern, t.abstract("all", y, t.eq(t.app("s", y), y)), {x}) is None
        assert match(t, pattern, t.abstract("all", y, t.eq(y, y)), {x}) is None
        z = t.var("z", "N")
        closed = t.app("s", z)
        assert match(t, pattern, t.abstract("all", y, t.eq(closed, y)), {x}) == {x: closed}

    def test_it_is_linear_in_the_dag(self) -> None:
        t = TermTable()
        x = t.var("x", "N")
        pattern, subject = x, t.app("0")
        for _ in range(100):
            pattern, subject = t.app("+", pattern, pattern), t.app("+", subject, subject)
        assert match(t, pattern, subject, {x}) == {x: t.app("0")}
        other = t.app("+", subject, t.app("s", subject))
        assert match(t, t.app("+", pattern, pattern), other, {x}) is None

    def test_depth_of_a_hundred_thousand(self) -> None:
        t = TermTable()
        x = t.var("x", "N")
        pattern, subject = x, t.app("0")
        for _ in range(100_000):
            pattern, subject = t.app("s", pattern), t.app("s", subject)
        assert match(t, pattern, subject, {x}) == {x: t.app("0")}


class TestUnify:
    @given(SEEDS)
    def test_the_laws_of_a_most_general_unifier(self, seed: int) -> None:
        make = Maker(seed)
        terms = make.terms
        sort = make.rng.choice("AB")
        left = make.term(sort, (*make.pattern, *make.rigid), 2)
        if make.rng.random() < 0.5:
            right = make.term(sort, (*make.pattern, *make.rigid), 2)
        else:  # likely to unify: the same term, some variables exchanged for terms
            new = make.substitution((*make.rigid, *make.pattern), 1)
            right = terms.replace(left, {v: t for v, t in new.items() if make.rng.random() < 0.5})
        mgu = unify(terms, left, right, make.pattern)
        some = {v: make.term(make.sort(v), make.rigid, 1) for v in make.pattern}
        for _ in range(20):  # other unifiers, found by chance
            if terms.replace(left, some) == terms.replace(right, some):
                assert mgu is not None
                # It factors through the most general one: apply that first, and nothing changes.
                assert all(terms.replace(mgu.get(v, v), some) == some[v] for v in make.pattern)
            some = {v: make.term(make.sort(v), make.rigid, 1) for v in make.pattern}
        if mgu is None:
            return
        assert terms.replace(left, mgu) == terms.replace(right, mgu)
        assert set(mgu) <= set(make.pattern)
        for variable, value in mgu.items():
            assert make.sort(variable) == make.sort(value)
            assert not set(terms.free_variables(value)) & set(mgu)

    @given(SEEDS)
    def test_a_term_unifies_with_its_instance_over_other_variables(self, seed: int) -> None:
        make = Maker(seed)
        left = make.term(make.rng.choice("AB"), (*make.pattern, *make.rigid), 3)
        right = make.terms.replace(left, make.substitution(make.rigid, 2))
        assert unify(make.terms, left, right, make.pattern) == match(make.terms, left, right, make.pattern)

    def test_the_occurs_check_looks_through_bindings(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        assert unify(t, t.app("+", x, y), t.app("+", t.app("s", y), t.app("s", x)), {x, y}) is None
        assert unify(t, t.app("+", x, y), t.app("+", y, x), {x, y}) in ({x: y}, {y: x})

    def test_a_quantified_variable_never_becomes_part_of_a_value(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        left = t.abstract("all", y, t.eq(x, y))
        assert unify(t, left, t.abstract("all", y, t.eq(t.app("s", y), y)), {x}) is None

    def test_unifiers_whose_tree_is_exponential(self) -> None:
        """h(x1, ..., xn, y1, ..., yn, xn) and h(f(x0, x0), ..., f(y0, y0), ..., yn): the classic bad case."""
        t = TermTable()
        count = 60
        x, y = ([t.var(f"{v}{n}", "N") for n in range(count + 1)] for v in "xy")
        doubled = [[t.app("f", v, v) for v in row[:-1]] for row in (x, y)]
        left = t.app("h", *x[1:], *y[1:], x[-1])
        right = t.app("h", *doubled[0], *doubled[1], y[-1])
        mgu = unify(t, left, right, {*x, *y})
        assert mgu is not None
        assert t.replace(left, mgu) == t.replace(right, mgu)

    def test_shared_subterms_are_unified_once(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        left, right = t.app("s", x), t.app("s", y)
        for _ in range(100):
            left, right = t.app("+", left, left), t.app("+", right, right)
        assert unify(t, left, right, {x, y}) in ({x: y}, {y: x})

    def test_depth_of_a_hundred_thousand(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        left, right = x, t.app("+", y, y)
        for _ in range(100_000):
            left, right = t.app("s", left), t.app("s", right)
        assert unify(t, left, right, {x, y}) == {x: t.app("+", y, y)}
