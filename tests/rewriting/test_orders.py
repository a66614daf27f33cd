"""Reduction orders: their laws, their definitions, and that the search for them finds what there is."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.orders import Kbo, Lpo, Order, places, weight_order
from lemmata.rewriting.orient import NoOrder, conflict, find_kbo, find_lpo, find_order
from lemmata.rewriting.simplex import strictest
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable, children
from tests.rewriting.small import Few, symbol
from tests.rewriting.systems import Maker

SEEDS = st.integers(0, 2**32)


def order(few: Few) -> Order:
    """A reduction order on the terms of a small system."""
    precedence = [s.name for s in few.symbols]
    few.rng.shuffle(precedence)
    if few.rng.random() < 0.5:
        return Lpo(tuple(precedence))
    weights = {s.name: few.rng.randint(1, 3) for s in few.symbols}
    if precedence[0] in "fh" and few.rng.random() < 0.5:
        weights[precedence[0]] = 0
    weights["g"] = few.rng.randint(0, 2)
    return Kbo(tuple(precedence), weights)


# The definitions, letter for letter


def lpo(t: TermTable, place: dict[str, int], s: int, u: int) -> bool:
    a, b = t.rows[s], t.rows[u]
    if a[0] == "var":
        return False
    if any(c == u or lpo(t, place, c, u) for c in children(a)):
        return True
    if b[0] == "var" or not all(lpo(t, place, s, d) for d in children(b)):
        return False
    if a[1] != b[1]:
        return place[str(a[1])] > place[str(b[1])]
    first = next(((c, d) for c, d in zip(children(a), children(b), strict=True) if c != d), None)
    return first is not None and lpo(t, place, *first)


def leaves(t: TermTable, s: int) -> list[int]:
    return [s] if t.rows[s][0] == "var" else [v for c in children(t.rows[s]) for v in leaves(t, c)]


def weight(t: TermTable, order: Kbo, s: int) -> int:
    row = t.rows[s]
    own = order.variable if row[0] == "var" else order.weights[str(row[1])]
    return own + sum(weight(t, order, c) for c in children(row))


def kbo(t: TermTable, order: Kbo, s: int, u: int) -> bool:
    a, b = t.rows[s], t.rows[u]
    if any(leaves(t, u).count(v) > leaves(t, s).count(v) for v in leaves(t, u)):
        return False
    if weight(t, order, s) != weight(t, order, u):
        return weight(t, order, s) > weight(t, order, u)
    if a[0] == "var":
        return False
    if b[0] == "var":
        while a[0] == "app" and len(children(a)) == 1 and a[1] == order.precedence[0]:
            a = t.rows[children(a)[0]]
        return a == b
    if a[1] != b[1]:
        return places(order.precedence)[str(a[1])] > places(order.precedence)[str(b[1])]
    first = next(((c, d) for c, d in zip(children(a), children(b), strict=True) if c != d), None)
    return first is not None and kbo(t, order, *first)


def defined(t: TermTable, order: Order, s: int, u: int) -> bool:
    return lpo(t, places(order.precedence), s, u) if isinstance(order, Lpo) else kbo(t, order, s, u)


class TestLaws:
    @given(SEEDS)
    def test_they_agree_with_their_definitions(self, seed: int) -> None:
        few = Few(seed)
        chosen = order(few)
        greater = chosen.comparison(few.terms)
        drawn = [few.term(3) for _ in range(6)]
        for a, b in product(drawn, repeat=2):
            assert greater(a, b) == defined(few.terms, chosen, a, b)

    @given(SEEDS)
    def test_they_are_simplification_orders(self, seed: int) -> None:
        few = Few(seed)
        terms, greater = few.terms, order(few).comparison(few.terms)
        drawn = [few.term(3) for _ in range(5)]
        value = dict(zip(few.variables, (few.term(2), few.term(2)), strict=True))
        for a, b, c in product(drawn, repeat=3):
            assert not (greater(a, b) and greater(b, a))
            assert greater(a, c) or not (greater(a, b) and greater(b, c))
        for a, b in product(drawn, repeat=2):
            if greater(a, b):
                assert greater(terms.replace(a, value), terms.replace(b, value))
                assert greater(terms.app("f", a), terms.app("f", b))
                assert greater(terms.app("g", c, a), terms.app("g", c, b))
                assert greater(terms.app("g", a, c), terms.app("g", b, c))
        for a in drawn:
            for below in set(terms.reachable([a])) - {a}:
                assert greater(a, below)

    @given(SEEDS)
    def test_they_are_total_on_terms_without_variables(self, seed: int) -> None:
        few = Few(seed)
        greater = order(few).comparison(few.terms)
        constant = few.terms.app("c")
        ground = [few.terms.replace(few.term(3), dict.fromkeys(few.variables, constant)) for _ in range(5)]
        for a, b in product(ground, repeat=2):
            assert greater(a, b) + greater(b, a) + (a == b) == 1

    @given(SEEDS)
    def test_with_an_order_of_the_variables(self, seed: int) -> None:
        """What is greater for values in an order is so for such values; and so is all that was greater without."""
        few = Few(seed)
        chosen = order(few)
        x, y = few.variables
        plain, among = chosen.comparison(few.terms), chosen.comparison(few.terms, {x: 0, y: 1})
        drawn = [few.term(3) for _ in range(6)]
        values = [{x: a, y: b} for a, b in product([few.term(1) for _ in range(4)], repeat=2) if plain(b, a)]
        assert among(y, x)
        assert not among(x, y)
        for a, b in product(drawn, repeat=2):
            assert among(a, b) or not plain(a, b)
            if among(a, b):
                assert all(plain(few.terms.replace(a, v), few.terms.replace(b, v)) for v in values)

    @given(SEEDS)
    def test_with_variables_as_constants_weights_give_a_total_order(self, seed: int) -> None:
        few = Few(seed)
        chosen = order(few)
        if isinstance(chosen, Kbo):
            plain, total = chosen.comparison(few.terms), chosen.total_comparison(few.terms)
            for a, b in product([few.term(3) for _ in range(6)], repeat=2):
                assert total(a, b) + total(b, a) + (a == b) == 1
                assert total(a, b) or not plain(a, b)

    def test_depth_of_a_hundred_thousand_and_shared_arguments(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        deep, other, wide, wider = x, y, x, t.app("s", x)
        for _ in range(100_000):
            deep, other = t.app("s", deep), t.app("s", other)
        for _ in range(100):
            wide, wider = t.app("+", wide, wide), t.app("+", wider, wider)
        greater = Kbo(("s", "+"), {"s": 0, "+": 1}).comparison(t)
        assert greater(deep, x)
        assert not greater(deep, other)
        assert greater(t.app("s", deep), deep)
        assert greater(wider, wide)
        assert not greater(wide, wider)

    def test_literals_lie_below_every_symbol(self) -> None:
        t = TermTable()
        one, two = t.literal("1", "Int"), t.literal("2", "Int")
        total, constant = t.app("+", one, one), t.app("c")
        for order in (Lpo(("+", "c")), Kbo(("+", "c"), {"+": 0, "c": 1})):
            greater = order.comparison(t)
            assert greater(total, two)
            assert greater(constant, one)
            assert not greater(one, constant)


@pytest.mark.parametrize(
    "order",
    [
        Lpo(("f", "f", "c")),
        Lpo(("f",)),
        Kbo(("f", "c"), {"f": 1}),
        Kbo(("f", "c"), {"f": -1, "c": 1}),
        Kbo(("c", "f"), {"f": 0, "c": 1}),
        Kbo(("f", "c"), {"f": 1, "c": 1}, 2),
        Kbo(("f", "c"), {"f": 1, "c": 1}, 0),
    ],
    ids=str,
)
def test_what_is_no_reduction_order_is_refused(order: Order) -> None:
    with pytest.raises(LemmataError):
        order.expect([symbol("f", 1), symbol("c", 0)])


class TestSearch:
    @settings(max_examples=60)
    @given(SEEDS)
    def test_a_path_order_is_found_just_if_some_precedence_gives_one(self, seed: int) -> None:
        few = Few(seed)
        pairs = [(few.term(3), few.term(2)) for _ in range(few.rng.randint(1, 4))]
        found = find_lpo(few.terms, pairs, few.symbols)
        names = [s.name for s in few.symbols]
        exists = any(all(lpo(few.terms, places(p), *pair) for pair in pairs) for p in permutations(names))
        if isinstance(found, NoOrder):
            assert found.exhaustive
            assert not exists
        else:
            found.expect(few.symbols)
            assert all(lpo(few.terms, places(found.precedence), *pair) for pair in pairs)

    @settings(max_examples=60)
    @given(SEEDS)
    def test_a_knuth_bendix_order_is_found_if_small_weights_give_one(self, seed: int) -> None:
        few = Few(seed)
        pairs = [(few.term(3), few.term(2)) for _ in range(few.rng.randint(1, 3))]
        found = find_kbo(few.terms, pairs, few.symbols)
        if not isinstance(found, NoOrder):
            found.expect(few.symbols)
            assert all(kbo(few.terms, found, *pair) for pair in pairs)
            return
        assert found.exhaustive
        names = [s.name for s in few.symbols]
        for precedence in permutations(names):
            for chosen in product(range(3), repeat=len(names)):
                order = Kbo(precedence, dict(zip(names, chosen, strict=True)))
                try:
                    order.expect(few.symbols)
                except LemmataError:
                    continue
                assert not all(kbo(few.terms, order, *pair) for pair in pairs)

    @settings(max_examples=40)
    @given(SEEDS)
    def test_over_random_signatures_what_is_found_directs(self, seed: int) -> None:
        make = Maker(seed)
        rules = [r for _ in range(4) if (r := make.rule(terminating=False)) is not None]
        pairs = [(r.lhs, r.rhs) for r in rules]
        found = find_order(make.terms, pairs, make.symbols)
        if not isinstance(found, NoOrder):
            greater = found.comparison(make.terms)
            assert all(greater(s, t) for s, t in pairs)

    def test_the_least_conflict_is_named(self) -> None:
        t = TermTable()
        a, b, c, d = (t.app(n) for n in "abcd")
        pairs = [(d, a), (a, b), (d, b), (b, c), (c, a), (a, c)]
        symbols = [symbol(n, 0) for n in "abcd"]
        assert conflict(lambda p: find_lpo(t, p, symbols), pairs) == [1, 3, 4]

    def test_the_inverse_of_a_product_needs_a_weightless_inverse(self) -> None:
        t = TermTable()
        x, y = t.var("x", "G"), t.var("y", "G")
        pair = (t.app("inv", t.app("*", x, y)), t.app("*", t.app("inv", y), t.app("inv", x)))
        symbols = [symbol("*", 2), symbol("inv", 1)]
        found = find_kbo(t, [pair], symbols)
        assert isinstance(found, Kbo)
        assert found.weights["inv"] == 0
        assert found.precedence[0] == "inv"

    def test_arguments_after_the_first_difference_count(self) -> None:
        t = TermTable()
        x, c = t.var("x", "A"), t.app("c")
        left = t.app("g", t.app("f", x), c)
        symbols = [symbol("c", 0), symbol("f", 1), symbol("g", 2)]
        assert isinstance(find_lpo(t, [(left, t.app("g", x, c))], symbols), Lpo)
        assert find_lpo(t, [(left, t.app("g", x, left))], symbols) == NoOrder(exhaustive=True)

    def test_what_is_too_large_is_given_up_not_denied(self) -> None:
        t = TermTable()
        s = u = t.var("x", "N")
        for n in range(350):
            s, u = t.app("fg"[n % 2], s), t.app("gf"[n % 2], u)
        found = find_lpo(t, [(s, u)], [symbol("f", 1), symbol("g", 1)])
        assert found == NoOrder(exhaustive=False)

    @given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=1, max_size=5))
    def test_the_strictest_solution(self, rows: list[list[int]]) -> None:
        values, strict = strictest(rows)
        assert all(v >= 0 for v in values)
        products = [sum(c * v for c, v in zip(row, values, strict=True)) for row in rows]
        assert all(p >= 0 for p in products)
        assert [p > 0 for p in products] == strict
        for other in product(range(4), repeat=3):
            reached = [sum(c * v for c, v in zip(row, other, strict=True)) for row in rows]
            if all(p >= 0 for p in reached):
                assert all(mine for p, mine in zip(reached, strict, strict=True) if p > 0)


def test_weights_are_remembered_as_the_table_grows() -> None:
    t = TermTable()
    greater = weight_order(t, {"s": 0}, {"s": 1}, 1)
    x = t.var("x", "N")
    one = t.app("s", x)
    assert greater(one, x)
    assert greater(t.app("s", one), one)
