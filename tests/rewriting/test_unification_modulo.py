"""Unification modulo C and AC: known counts, and by property: every unifier unifies, every ground one is covered."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lemmata.rewriting.bank import TermId
from lemmata.rewriting.matching_modulo import Matcher
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import PROP, Notation, Symbol
from lemmata.rewriting.unification_modulo import Unifiers, minimal_solutions, unify_modulo
from tests.rewriting.laws import S
from tests.rewriting.test_matching_modulo import SYMBOLS, Case, total

NAMES = "xyzuvw"


class Problem(Case):
    def term(self, text: object) -> int:
        if isinstance(text, str) and text in NAMES:
            return self.table.var(text, S)
        return super().term(text)

    def unify(self, left: object, right: object, steps: int = 100_000) -> Unifiers:
        return self.unify_rows(self.term(left), self.term(right), steps)

    def unify_rows(self, left: int, right: int, steps: int = 100_000) -> Unifiers:
        variables = self.variables(left, right)
        s, t = self.load(left), self.load(right)
        found = unify_modulo(self.bank, SYMBOLS, s, t, variables, steps)
        for unifier in found.unifiers:
            matcher = Matcher(self.bank, SYMBOLS, variables)
            assert matcher.instance(s, unifier) == matcher.instance(t, unifier)
            assert unifier.keys() <= set(variables)
            assert all(matcher.instance(value, unifier) == value for value in unifier.values())
        return found

    def variables(self, *rows: int) -> list[TermId]:
        return list(dict.fromkeys(self.load(v) for row in rows for v in self.table.free_variables(row)))


def count(left: object, right: object) -> int:
    found = Problem().unify(left, right)
    assert found.complete
    return len(found.unifiers)


def edge_covers(m: int, n: int) -> int:
    """Of the complete bipartite graph: sets of edges that leave no vertex alone."""
    edges = list(product(range(m), range(n)))
    return sum(
        {a for a, _ in chosen} == set(range(m)) and {b for _, b in chosen} == set(range(n))
        for bits in product([False, True], repeat=len(edges))
        for chosen in [[edge for edge, bit in zip(edges, bits, strict=True) if bit]]
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("+", "x", "y"), ("+", "u", "v"), 7),
        (("+", "x", "x"), ("+", "y", "z"), 5),
        (("+", "x", "x"), ("+", "y", "y"), 1),
        (("+", "x", "y"), ("+", "a", "b"), 2),
        (("+", "x", "a"), ("+", "y", "b"), 2),
        (("+", "x", "a"), ("+", "x", "b"), 0),
        (("+", "x", "a"), ("+", "b", "c"), 0),
        (("+", "x", "a"), ("+", "a", "b"), 1),
        (("+", "x", "x"), ("+", "a", "b"), 0),
        (("+", "x", "y"), "x", 0),
        (("+", "x", "y"), ("k", "z"), 0),
        (("+", ("k", "x"), "y"), ("+", ("k", "a"), "z"), 3),
        (("+", ("k", "x"), ("k", "y")), ("+", ("k", "a"), ("k", "b")), 2),
        (("+", "x", ("k", "x")), ("+", "a", ("k", "y")), 1),
        (("g", ("+", "x", "y"), "x"), ("g", ("+", "a", "b"), "a"), 1),
        (("g", ("+", "x", "y"), ("+", "x", "z")), ("g", ("+", "a", "b"), ("+", "a", "c")), 1),
        (("#", "x", "y"), ("#", "a", "b"), 2),
        (("#", "x", "y"), ("#", "a", "a"), 1),
        (("#", "x", "x"), ("#", "a", "b"), 0),
        (("#", "x", "y"), ("#", "y", "x"), 1),
        (("#", ("#", "x", "y"), "z"), ("#", ("#", "a", "b"), "c"), 2),
        (("g", "x", "y"), ("g", "a", "b"), 1),
        (("k", "x"), "x", 0),
        ("x", ("k", "y"), 1),
        ("a", "b", 0),
        ("a", "a", 1),
    ],
)
def test_known_counts(left: object, right: object, expected: int) -> None:
    assert count(left, right) == expected
    assert count(right, left) == expected


def test_sums_of_variables_have_as_many_as_their_graph_has_edge_covers() -> None:
    for m, n in [(1, 3), (2, 2), (2, 3)]:
        assert count(total("+", *NAMES[:m]), total("+", *NAMES[m : m + n])) == edge_covers(m, n)


def test_minimal_solutions_are_those_of_brute_force() -> None:
    for weights in [(1, -1), (2, -3), (1, 1, -1), (2, 3, -4), (3, -2, -2), (1, 2, -1, -3), (5, -3, -7)]:
        bound = 1 + max(map(abs, weights))
        solutions = [
            v
            for v in product(range(bound), repeat=len(weights))
            if any(v) and not sum(a * b for a, b in zip(v, weights, strict=True))
        ]
        minimal = {
            v
            for v in solutions
            if not any(o != v and all(a <= b for a, b in zip(o, v, strict=True)) for o in solutions)
        }
        found = minimal_solutions(weights)
        assert len(set(found)) == len(found)
        assert set(found) == minimal


@st.composite
def problems(draw: st.DrawFn) -> tuple[Problem, int, int]:
    problem = Problem()

    def grow(size: int) -> int:
        known = [problem.term(leaf) for leaf in draw(st.sampled_from([("x", "y", "a"), ("x", "y", "z", "a", "b")]))]
        for _ in range(size):
            f = draw(st.sampled_from(("+", "+", "#", "g", "k")))
            below = [draw(st.sampled_from(known)) for _ in range(1 if f == "k" else 2)]
            known.append(problem.table.app(f, *below))
        return known[-1]

    return problem, grow(draw(st.integers(1, 4))), grow(draw(st.integers(1, 4)))


def covered(problem: Problem, found: Unifiers, variables: list[TermId], values: tuple[TermId, ...]) -> bool:
    """Is a ground substitution an instance of one of the unifiers?"""
    bank = problem.bank
    whole = Symbol("whole", (S,) * len(variables), PROP, "predicate", Notation("whole"))
    symbols = {**SYMBOLS, "whole": whole}
    t = problem.table

    def tupled(parts: list[TermId]) -> int:
        return t.app("whole", *bank.dump(parts, t))

    ground = bank.load(t, [tupled(list(values))], symbols)[0]
    for unifier in found.unifiers:
        row = tupled([unifier.get(v, v) for v in variables])
        pattern = bank.load(t, [row], symbols)[0]
        open_variables = bank.load(t, t.free_variables(row), symbols)
        if next(Matcher(bank, symbols, open_variables).matchers(pattern, ground), None) is not None:
            return True
    return False


@settings(max_examples=80)
@given(problems())
def test_every_ground_unifier_is_an_instance(case: tuple[Problem, int, int]) -> None:
    problem, left, right = case
    found = problem.unify_rows(left, right, 20_000)
    assume(found.complete)
    variables = problem.variables(left, right)
    texts = ["a", "b", ("k", "a"), ("+", "a", "a"), ("+", "a", "b"), ("#", "a", "b")]
    ground = [problem.load(problem.term(text)) for text in texts]
    s, t = problem.load(left), problem.load(right)
    matcher = Matcher(problem.bank, SYMBOLS, variables)
    for values in product(ground, repeat=len(variables)):
        substitution = dict(zip(variables, values, strict=True))
        if matcher.instance(s, substitution) == matcher.instance(t, substitution):
            assert covered(problem, found, variables, values)


def test_a_limit_is_said() -> None:
    wide = total("+", *"xyz"), total("+", "u", "u", "u", "v", "v", "w")
    assert not Problem().unify(*wide, steps=500).complete


def test_what_is_not_offered() -> None:
    for left, right in [((".", "x", "y"), "a"), ((";", "x", "y"), "a"), (("k", ("*", "x", "y")), "z")]:
        with pytest.raises(ValueError, match="unit"):
            Problem().unify(left, right)
    problem = Problem()
    equation = problem.table.eq(problem.term("x"), problem.term("a"))
    with pytest.raises(ValueError, match="formulas"):
        problem.unify_rows(equation, equation)


def test_deep_and_shared_terms() -> None:
    problem = Problem()
    t: TermTable = problem.table
    left, right = problem.term(("+", "x", "a")), problem.term(("+", "b", "a"))
    for _ in range(3_000):
        left, right = t.app("k", left), t.app("k", right)
    assert len(problem.unify_rows(left, right).unifiers) == 1
    left, right = problem.term(("#", "x", "y")), problem.term(("#", "a", "b"))
    for _ in range(40):
        left, right = t.app("g", left, left), t.app("g", right, right)
    assert len(problem.unify_rows(left, right).unifiers) == 2
