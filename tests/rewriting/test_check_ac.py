"""The step `ac`: it proves what the laws that it cites prove, no more, and stands depth and sharing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.certificate import Certificate, Derivation, Step, dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.syntax import TermTable, children, with_children
from tests.rewriting.laws import CONSTANTS, OPERATIONS, S, canonical, cited, laws

THEORY = laws()
ALL = [a.name for a in THEORY.axioms]


def accepted(terms: TermTable, left: int, right: int, names: list[str]) -> bool:
    steps = cited(THEORY, terms, names)
    goal = terms.eq(left, right)
    last = Step("ac", goal, tuple(range(len(steps))))
    derivation = Derivation("goal", goal, (*steps, last))
    return check(Certificate(THEORY, THEORY.digest, terms, (derivation,))).accepted


@st.composite
def pairs(draw: st.DrawFn) -> tuple[TermTable, int, int]:
    """A term, and one got from it by a few uses of the laws at random places and perhaps another change."""
    table = TermTable()
    known = [table.app(c) for c in CONSTANTS] + [table.var(v, S) for v in "xy"]
    for _ in range(draw(st.integers(1, 9))):
        f = draw(st.sampled_from((*OPERATIONS, "g", "k")))
        below = [known[draw(st.integers(0, len(known) - 1))] for _ in range(1 if f == "k" else 2)]
        known.append(table.app(f, *below))
    left = known[-1]
    right = left
    for _ in range(draw(st.integers(0, 12))):
        places = table.reachable([right])
        place = places[draw(st.integers(0, len(places) - 1))]
        row = table.rows[place]
        attributes, _ = OPERATIONS.get(str(row[1]), (frozenset(), None))
        below = list(children(row))
        new = place
        if "comm" in attributes and draw(st.booleans()):
            new = table.add(with_children(row, below[::-1]))
        elif "assoc" in attributes and table.rows[below[0]][:2] == row[:2]:
            x, y = children(table.rows[below[0]])
            new = table.add(with_children(row, [x, table.add(with_children(row, [y, below[1]]))]))
        elif draw(st.integers(0, 5)) == 0:
            f, e = draw(st.sampled_from([("*", "1"), (";", "nil"), ("+", "a")]))
            new = table.app(f, *draw(st.permutations([place, table.app(e)])))
        right = table.replace(right, {place: new})
    return table, left, right


@given(pairs())
def test_it_accepts_what_is_equal_and_nothing_else(pair: tuple[TermTable, int, int]) -> None:
    table, left, right = pair
    assert accepted(table, left, right, ALL) == (canonical(table, left) == canonical(table, right))
    assert accepted(table, right, left, ALL) == (canonical(table, left) == canonical(table, right))


@given(pairs(), st.sets(st.sampled_from(ALL), min_size=1))
def test_it_uses_the_laws_that_it_cites_and_no_others(pair: tuple[TermTable, int, int], cites: set[str]) -> None:
    table, left, right = pair
    operations = {
        f: (
            frozenset(a for a in attributes if f"{f}.{a}" in cites),
            unit if f"{f}.right_unit" in cites and {f"{f}.left_unit", f"{f}.comm"} & cites else None,
        )
        for f, (attributes, unit) in OPERATIONS.items()
    }
    equal = canonical(table, left, operations) == canonical(table, right, operations)
    assert accepted(table, left, right, sorted(cites)) == equal


@pytest.mark.parametrize(
    ("f", "needs"),
    [("+", {"+.assoc", "+.comm"}), ("*", {"*.assoc", "*.comm"})],
)
def test_each_law_is_needed(f: str, needs: set[str]) -> None:
    t = TermTable()
    a, b, c = (t.app(x) for x in "abc")
    left, right = t.app(f, t.app(f, a, b), c), t.app(f, c, t.app(f, a, b))
    further = t.app(f, b, t.app(f, c, a))
    assert accepted(t, left, right, [f"{f}.comm"])
    assert not accepted(t, left, right, [f"{f}.assoc"])
    assert accepted(t, left, further, sorted(needs))
    for law in needs:
        assert not accepted(t, left, further, sorted(needs - {law}))


def test_a_unit_must_be_one_on_both_sides() -> None:
    t = TermTable()
    a, e = t.app("a"), t.app("nil")
    left, right = t.app(";", e, a), t.app(";", a, e)
    assert accepted(t, left, a, [";.left_unit", ";.right_unit"])
    assert accepted(t, right, a, [";.left_unit", ";.right_unit"])
    assert not accepted(t, right, a, [";.left_unit"])
    assert not accepted(t, left, a, [";.right_unit"])
    assert accepted(t, t.app("*", t.app("1"), a), a, ["*.right_unit", "*.comm"])
    assert not accepted(t, t.app("*", t.app("1"), a), a, ["*.right_unit", "*.assoc"])


def test_the_counts_of_a_shared_sum_are_exact() -> None:
    t = TermTable()
    left, right = t.app("a"), t.app("a")
    for _ in range(100):
        left = t.app("+", left, left)
    others = [right]
    for _ in range(100):
        others.append(t.app("+", others[-1], others[-1]))
    right = t.app("a")  # 1 + 1 + 2 + 4 + ... = 2^100
    for other in others[:-1]:
        right = t.app("+", other, right)
    assert accepted(t, left, right, ["+.assoc", "+.comm"])
    assert not accepted(t, t.app("+", left, t.app("a")), right, ["+.assoc", "+.comm"])


def test_a_deep_sum_and_a_deep_product_of_no_order() -> None:
    t = TermTable()
    a, b = t.app("a"), t.app("b")
    for f, names in (("+", ["+.assoc", "+.comm"]), (".", ["..assoc"])):
        left, right = a, b
        for _ in range(10_000):
            left, right = t.app(f, left, b), t.app(f, b, right)
        left, right = t.app(f, left, b), t.app(f, a, right)
        assert accepted(t, left, right, names)
        assert not accepted(t, left, t.app(f, right, b), names)
    chain, other = t.app("+", a, b), t.app("+", b, a)
    for _ in range(10_000):
        chain, other = t.app("k", chain), t.app("k", other)
    assert accepted(t, chain, other, ["+.comm"])


def test_laws_under_hypotheses_and_through_lemmas() -> None:
    """A law may be assumed for all values; it is cited where a step states it with free variables."""
    t = TermTable()
    x, y, a, b = t.var("x", S), t.var("y", S), t.app("a"), t.app("b")
    law = t.eq(t.app("g", x, y), t.app("g", y, x))
    every = t.abstract("all", x, t.abstract("all", y, law))
    goal = t.eq(t.app("k", t.app("g", a, b)), t.app("k", t.app("g", b, a)))
    statement = t.imp(every, goal)
    steps = (
        Step("assume", every),
        Step("all_elim", law, (0,), terms=(x, y)),
        Step("ac", goal, (1,)),
        Step("imp_intro", statement, (2,)),
    )
    symmetric = t.eq(t.app("g", a, a), t.app("g", a, a))
    derivations = [
        Derivation("assumed", statement, steps),
        Derivation("mirrored", t.eq(t.app("+", y, x), t.app("+", x, y)), _commuted(t)),
        Derivation("refl", symmetric, (*cited(THEORY, t, ["+.comm"]), Step("ac", symmetric, (0,)))),
    ]
    text = dump(THEORY, t, derivations)
    assert check(load(text), THEORY).accepted


def _commuted(t: TermTable) -> tuple[Step, ...]:
    x, y = t.var("x", S), t.var("y", S)
    (comm,) = cited(THEORY, t, ["+.comm"])
    return (comm, Step("sym", t.eq(t.app("+", y, x), t.app("+", x, y)), (0,)))
