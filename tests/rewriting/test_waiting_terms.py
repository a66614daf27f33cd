"""Terms made by operators wait outside the bank; nobody can tell but by its size."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.ruleset import rules
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.terms import Signature, SortError, Term

DEEP = 100_000


@pytest.fixture
def ring() -> Signature:
    given = rules("x + y = y + x", "x * y = y * x", "f(x, y) = f(y, x)", "-x = x")
    return Signature(given.theory.symbols, given.variables, TermBank())


MAKERS: list[Callable[[Signature, Term, Term], Term]] = [
    lambda ring, x, y: x + y,
    lambda ring, x, y: x * y,
    lambda ring, x, y: -x,
    lambda ring, x, y: ring.make("f", x, y),
]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_waiting_changes_nothing(steps: list[tuple[int, int, int]]) -> None:
    given = rules("x + y = y + x", "x * y = y * x", "f(x, y) = f(y, x)", "-x = x")
    ring = Signature(given.theory.symbols, given.variables, TermBank())
    late = [ring.var("x"), ring.var("y")]
    early = list(late)
    for which, i, j in steps:
        late.append(MAKERS[which](ring, late[i % len(late)], late[j % len(late)]))
        early.append(MAKERS[which](ring, early[i % len(early)], early[j % len(early)]))
        assert early[-1].id == early[-1].id  # asked for, so in the bank
        assert late[-1].sort == early[-1].sort
    assert late == early
    assert list(map(str, late)) == list(map(str, early))
    assert list(map(hash, late)) == list(map(hash, early))
    assert len({*late, *early}) == len(ring.bank)


def test_nothing_enters_the_bank_unasked(ring: Signature) -> None:
    x, y = ring.var("x"), ring.var("y")
    x + y  # which operand sorts an operator takes is found once
    before = len(ring.bank)
    total = x + y + x
    assert len(ring.bank) == before
    assert total.id
    assert len(ring.bank) == before + 2
    assert type(total) is Term


def test_a_collection_keeps_what_waits_above(ring: Signature) -> None:
    x, y = ring.var("x"), ring.var("y")
    inner = x * y
    inner.id  # noqa: B018  asked for
    outer = inner + inner
    del inner
    ring.bank.collect()
    assert str(outer) == "x * y + x * y"
    assert outer == ring.var("x") * ring.var("y") + ring.var("x") * ring.var("y")


def test_what_is_dropped_leaves_no_handle(ring: Signature) -> None:
    x, y = ring.var("x"), ring.var("y")
    kept = x + y
    (x * y + kept).id  # noqa: B018
    x * y + kept  # never asked for
    kept.id  # noqa: B018
    ring.bank.collect()
    assert len(ring.bank) == 3  # x, y and x + y


def test_depth(ring: Signature) -> None:
    x, y = ring.var("x"), ring.var("y")
    chains = []
    for _ in range(2):
        total = x
        for _ in range(DEEP):
            total = total + y
        chains.append(total)
    assert chains[0].size == DEEP + 2
    del chains, total  # the second never entered the bank


def test_shared_exponentially(ring: Signature) -> None:
    total = ring.var("x")
    for _ in range(100):
        total = total + total
    assert total.size == 101
    assert pickle.loads(pickle.dumps(total)).tree_size == 2**101 - 1
    assert copy.deepcopy(total) is total


def test_terms_do_not_change(ring: Signature) -> None:
    total = ring.var("x") + ring.var("y") + ring.var("x")
    for name in ("_sort", "_waits", "_handle", "signature"):
        with pytest.raises(AttributeError, match="do not change"):
            setattr(total, name, None)


def test_wrong_operands_are_refused_at_once(ring: Signature) -> None:
    x = ring.var("x")
    x + x  # known from now on
    other = Signature(ring.symbols, ring.variables, TermBank())
    with pytest.raises(SortError, match="another bank"):
        x + other.var("x")
    with pytest.raises(LemmataError, match="no infix operator"):
        x % x
    with pytest.raises(SortError, match="cannot be applied"):
        ring.make("f", x)
