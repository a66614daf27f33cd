"""The path order: a strict order, stable, with the subterm property, total on ground terms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.order import path_order, precedence
from lemmata.rewriting.reference import ground_order
from lemmata.rewriting.syntax import TermTable, children
from tests.rewriting.systems import Maker
from tests.samples import peano

SEEDS = st.integers(0, 2**32)


def _drawn(seed: int) -> tuple[Maker, list[int]]:
    make = Maker(seed)
    return make, [make.term(make.rng.choice("AB"), make.pattern, make.rng.randint(0, 3)) for _ in range(6)]


class TestPathOrder:
    @given(SEEDS)
    def test_it_is_a_strict_order(self, seed: int) -> None:
        make, terms = _drawn(seed)
        greater = path_order(make.terms, make.precedence)
        for a in terms:
            assert not greater(a, a)
            for b in terms:
                assert not (greater(a, b) and greater(b, a))
                for c in terms:
                    if greater(a, b) and greater(b, c):
                        assert greater(a, c)

    @given(SEEDS)
    def test_a_term_is_above_its_subterms(self, seed: int) -> None:
        make, terms = _drawn(seed)
        greater = path_order(make.terms, make.precedence)
        for term in terms:
            for below in set(make.terms.reachable([term])) - {term}:
                assert greater(term, below)

    @given(SEEDS)
    def test_it_is_stable_under_substitution(self, seed: int) -> None:
        make, terms = _drawn(seed)
        greater = path_order(make.terms, make.precedence)
        new = make.substitution((*make.pattern, *make.rigid), 2)
        for a in terms:
            for b in terms:
                if greater(a, b):
                    assert greater(make.terms.replace(a, new), make.terms.replace(b, new))

    @given(SEEDS)
    def test_it_is_monotone(self, seed: int) -> None:
        make, terms = _drawn(seed)
        greater = path_order(make.terms, make.precedence)
        context = make.term("A", make.pattern, 2)
        hole = make.terms.free_variables(context)[:1]
        for a in terms:
            for b in terms:
                if hole and make.sort(a) == make.sort(b) == make.sort(hole[0]) and greater(a, b):
                    left, right = (make.terms.replace(context, {hole[0]: t}) for t in (a, b))
                    assert greater(left, right)

    @given(SEEDS)
    def test_with_variables_as_constants_it_is_total_and_an_extension(self, seed: int) -> None:
        make, terms = _drawn(seed)
        greater, total = path_order(make.terms, make.precedence), ground_order(make.terms, make.precedence)
        for a in terms:
            for b in terms:
                assert total(a, b) + total(b, a) + (a == b) == 1
                if greater(a, b):
                    assert total(a, b)

    def test_constants_for_variables_lie_below_all_symbols_by_sort_then_name(self) -> None:
        t = TermTable()
        b, z, a = t.var("b", "A"), t.var("z", "A"), t.var("a", "B")
        low = t.app("low")
        greater = ground_order(t, {"low": 0})
        assert greater(low, a)
        assert greater(a, z)
        assert greater(z, b)

    def test_the_head_decides_before_the_arguments_and_they_from_left_to_right(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        s = t.app("s", y)
        greater = path_order(t, {"s": 0, "+": 1, "*": 2})
        assert greater(t.app("*", x, s), t.app("+", t.app("*", x, y), x))  # the definition of * goes down
        assert greater(t.app("+", t.app("+", x, y), y), t.app("+", x, t.app("+", y, y)))  # brackets go right
        assert not greater(t.app("+", x, t.app("+", y, y)), t.app("+", t.app("+", x, y), y))
        assert not greater(t.app("+", x, y), t.app("+", y, x))
        assert not greater(x, y)
        assert not greater(t.app("s", x), y)

    def test_depth_of_a_hundred_thousand_and_shared_arguments(self) -> None:
        t = TermTable()
        x = t.var("x", "N")
        deep = wide = x
        wider = t.app("s", x)
        for _ in range(100_000):
            deep = t.app("s", deep)
        for _ in range(60):
            wide, wider = t.app("+", wide, wide), t.app("+", wider, wider)
        greater = path_order(t, {"s": 0, "+": 1})
        assert greater(deep, x)
        assert greater(wider, wide)
        assert not greater(wide, wider)


class TestPrecedence:
    def test_functions_that_call_one_another_keep_their_order_of_declaration(self) -> None:
        theory = peano()
        place = precedence(theory)
        assert sorted(place.values()) == list(range(len(theory.symbols)))

    def test_every_definition_of_peano_goes_down(self) -> None:
        theory = peano()
        greater = path_order(theory.terms, precedence(theory))
        equations = [a.formula for a in theory.axioms if theory.terms.rows[a.formula][0] == "eq"]
        assert len(equations) == 4
        for formula in equations:
            left, right = children(theory.terms.rows[formula])
            assert greater(left, right)
