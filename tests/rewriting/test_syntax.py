"""The laws of term tables."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.syntax import BINDERS, CONNECTIVES, MalformedRow, Row, TermTable, children, with_children

SHAPES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20)


def _build(shapes: list[tuple[int, int, int]]) -> tuple[TermTable, list[int]]:
    """A table of terms and formulas without loose bound variables, and their indices."""
    t = TermTable()
    x, y, z = (t.var(v, "N") for v in "xyz")
    terms, formulas = [x, y, z, t.app("0")], [t.eq(x, y)]
    for kind, m, n in shapes:
        a, b = terms[m % len(terms)], terms[n % len(terms)]
        f, g = formulas[m % len(formulas)], formulas[n % len(formulas)]
        variable = (x, y, z)[n % 3]
        match kind:
            case 0:
                terms.append(t.app("s", a))
            case 1 | 2:
                terms.append(t.app("+", a, b))
            case 3:
                formulas.append(t.eq(a, b))
            case 4 | 5 | 6:
                formulas.append(t.add((CONNECTIVES[kind - 4], f, g)))
            case _:
                formulas.append(t.abstract(BINDERS[kind - 7], variable, f))
    return t, terms + formulas


def _tree(t: TermTable, root: int) -> object:
    """The term as nested tuples, without indices."""
    row = t.rows[root]
    return (*row[: len(row) - len(children(row))], *(_tree(t, c) for c in children(row)))


class TestRows:
    @given(SHAPES)
    def test_equal_terms_have_one_index(self, shapes: list[tuple[int, int, int]]) -> None:
        t, _ = _build(shapes)
        assert len(set(t.rows)) == len(t.rows)
        assert [t.add(row) for row in t.rows] == list(range(len(t)))
        trees = [_tree(t, i) for i in range(len(t))]
        assert len(set(map(repr, trees))) == len(t)

    @given(SHAPES)
    def test_children_stand_before_their_parents(self, shapes: list[tuple[int, int, int]]) -> None:
        t, _ = _build(shapes)
        for i, row in enumerate(t.rows):
            assert all(0 <= c < i for c in children(row))
            assert with_children(row, children(row)) == row

    def test_bound_names_are_no_part_of_identity_and_the_first_is_kept(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        first, second = t.abstract("all", x, t.eq(x, x)), t.abstract("all", y, t.eq(y, y))
        assert first == second
        assert t.hints[first] == "x"

    def test_sorts_and_quantifiers_are_part_of_identity(self) -> None:
        t = TermTable()
        x, other = t.var("x", "N"), t.var("x", "M")
        same = t.eq(x, x)
        assert len({x, other, t.abstract("all", x, same), t.abstract("ex", x, same)}) == 4
        assert t.abstract("all", x, t.eq(x, x)) != t.abstract("all", other, t.eq(other, other))

    @pytest.mark.parametrize(
        "row",
        [
            (),
            (1,),
            ("lambda", 0),
            ("var", "x"),
            ("var", 1, "N"),
            ("var", "x", 0),
            ("bound", -1, "N"),
            ("bound", True, "N"),
            ("bound", "0", "N"),
            ("bound", 0, 0),
            ("app",),
            ("app", 0),
            ("app", "s", 1),
            ("app", "s", -1),
            ("app", "s", True),
            ("app", "s", "0"),
            ("eq", 0),
            ("eq", 0, 0, 0),
            ("false", 0),
            ("all", 0, 0),
            ("ex", "N"),
        ],
    )
    def test_a_malformed_row_is_refused(self, row: Row) -> None:
        t = TermTable([("var", "x", "N")])
        with pytest.raises(MalformedRow):
            t.add(row)
        assert len(t) == 1


class TestReachable:
    @given(SHAPES, st.randoms(use_true_random=False))
    def test_the_order_does_not_depend_on_where_rows_stand(
        self, shapes: list[tuple[int, int, int]], chance: random.Random
    ) -> None:
        t, made = _build(shapes)
        roots = made[-3:]
        other = TermTable()
        for i in chance.sample(range(len(t)), len(t)):
            t.copy_into(other, [i])
        moved = t.copy_into(other, roots)
        assert [_tree(t, i) for i in t.reachable(roots)] == [_tree(other, i) for i in other.reachable(moved)]

    @given(SHAPES)
    def test_children_come_first_and_every_row_once(self, shapes: list[tuple[int, int, int]]) -> None:
        t, made = _build(shapes)
        order = t.reachable(made[-2:])
        place = {i: n for n, i in enumerate(order)}
        assert len(place) == len(order)
        assert place.keys() >= set(made[-2:])
        for i in order:
            assert all(place[c] < place[i] for c in children(t.rows[i]))


class TestCopyInto:
    @given(SHAPES)
    def test_a_copy_is_the_same_term_and_brings_only_what_it_needs(self, shapes: list[tuple[int, int, int]]) -> None:
        t, made = _build(shapes)
        fresh = TermTable()
        copies = t.copy_into(fresh, made[-3:])
        assert [_tree(fresh, i) for i in copies] == [_tree(t, i) for i in made[-3:]]
        assert len(fresh) == len(t.reachable(made[-3:]))
        assert fresh.copy_into(t, copies) == made[-3:]

    @given(SHAPES)
    def test_names_come_along(self, shapes: list[tuple[int, int, int]]) -> None:
        t, made = _build(shapes)
        fresh = TermTable()
        [copy] = t.copy_into(fresh, made[-1:])
        assert fresh.hints.get(copy) == t.hints.get(made[-1])


class TestReplace:
    @given(SHAPES)
    def test_all_at_once_and_back(self, shapes: list[tuple[int, int, int]]) -> None:
        t, made = _build(shapes)
        x, y, new = t.var("x", "N"), t.var("y", "N"), t.var("new", "N")
        for root in made:
            assert t.replace(root, {}) == root
            assert t.replace(root, {x: x}) == root
            assert t.replace(t.replace(root, {x: y, y: x}), {x: y, y: x}) == root
            there = t.replace(root, {x: new})
            assert t.replace(there, {new: x}) == root
            assert (there == root) == (x not in t.free_variables(root))

    def test_what_is_replaced_is_not_looked_into(self) -> None:
        t = TermTable()
        x = t.var("x", "N")
        sx = t.app("s", x)
        assert t.replace(t.app("s", sx), {x: sx}) == t.app("s", t.app("s", sx))
        assert t.replace(sx, {sx: x, x: t.app("0")}) == x

    def test_a_bound_variable_captures_nothing(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        some = t.abstract("ex", x, t.eq(x, y))
        captured = t.abstract("ex", x, t.eq(x, x))
        assert t.replace(some, {y: x}) != captured
        assert t.free_variables(t.replace(some, {y: x})) == [x]


class TestBinders:
    @given(SHAPES, st.sampled_from(["all", "ex"]))
    def test_instantiating_what_was_abstracted_gives_it_back(
        self, shapes: list[tuple[int, int, int]], kind: str
    ) -> None:
        t, made = _build(shapes)
        x, value = t.var("x", "N"), t.app("s", t.app("+", t.var("y", "N"), t.var("new", "N")))
        for body in made:
            if t.rows[body][0] in ("var", "app"):
                continue
            binder = t.abstract(kind, x, body)
            assert t.instantiate(binder, x) == body
            assert t.instantiate(binder, value) == t.replace(body, {x: value})
            assert x not in t.free_variables(binder)
            assert t.abstract(kind, x, t.instantiate(binder, x)) == binder
            assert t.hints[binder] in ("x", "y", "z")

    def test_under_other_binders(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        inner = t.abstract("ex", y, t.conj(t.eq(x, y), t.abstract("all", y, t.eq(y, x))))
        outer = t.abstract("all", x, inner)
        one = t.app("s", t.app("0"))
        assert t.instantiate(outer, one) == t.abstract(
            "ex", y, t.conj(t.eq(one, y), t.abstract("all", y, t.eq(y, one)))
        )
        assert t.instantiate(outer, y) == t.replace(inner, {x: y})

    def test_a_variable_of_the_same_name_and_another_sort_stays(self) -> None:
        t = TermTable()
        x, other = t.var("x", "N"), t.var("x", "M")
        binder = t.abstract("all", x, t.conj(t.eq(x, x), t.eq(other, other)))
        assert t.free_variables(binder) == [other]


class TestFreeVariables:
    def test_left_to_right_each_once(self) -> None:
        t = TermTable()
        x, y, z = (t.var(v, "N") for v in "xyz")
        term = t.app("f", t.app("g", z, y), y, t.app("g", x, z))
        assert t.free_variables(term) == [z, y, x]
        assert t.free_variables(t.abstract("ex", y, t.eq(term, y))) == [z, x]
        assert t.free_variables(t.app("0")) == []

    @given(SHAPES)
    def test_they_are_the_first_of_the_reachable_leaves(self, shapes: list[tuple[int, int, int]]) -> None:
        t, made = _build(shapes)
        for root in made:
            assert t.free_variables(root) == [i for i in t.reachable([root]) if t.rows[i][0] == "var"]


class TestSize:
    DEPTH = 100_000

    def test_deep_terms_and_binders(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        deep, formula = x, t.eq(x, y)
        for _ in range(self.DEPTH):
            deep, formula = t.app("s", deep), t.add(("all", "N", formula), "v")
        assert len(t.reachable([deep])) == self.DEPTH + 1
        assert t.free_variables(deep) == [x]
        assert t.replace(t.replace(deep, {x: y}), {y: x}) == deep
        binder = t.abstract("ex", x, t.conj(t.eq(deep, deep), formula))
        assert t.instantiate(binder, x) == t.conj(t.eq(deep, deep), formula)
        fresh = TermTable()
        [copy] = t.copy_into(fresh, [binder])
        assert len(fresh) == len(t.reachable([binder])) == copy + 1

    def test_a_dag_of_two_to_the_hundred(self) -> None:
        t = TermTable()
        x, y = t.var("x", "N"), t.var("y", "N")
        wide = x
        for _ in range(100):
            wide = t.app("+", wide, wide)
        assert len(t.reachable([wide])) == 101
        assert t.free_variables(t.replace(wide, {x: y})) == [y]
        binder = t.abstract("all", x, t.eq(wide, wide))
        assert t.instantiate(binder, y) == t.replace(t.eq(wide, wide), {x: y})
