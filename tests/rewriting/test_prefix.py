"""Terms in prefix notation: in full, in part, and when in full would be too much."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.prefix import full_text, short_text, tree_size
from lemmata.rewriting.syntax import TermTable, children


def plainly(terms: TermTable, root: int) -> str:
    row = terms.rows[root]
    below = ",".join(plainly(terms, c) for c in children(row))
    return f"{row[1]}({below})" if below else str(row[1])


def random_dag(seed: int) -> tuple[TermTable, int]:
    """Up to a dozen rows, each over earlier ones: some shared often, some not at all."""
    rng = random.Random(seed)
    terms = TermTable()
    rows = [terms.app("a"), terms.var("x", "A")]
    for n in range(rng.randint(0, 10)):
        rows.append(terms.app(f"f{n}", *(rng.choice(rows[-4:]) for _ in range(rng.randint(0, 3)))))
    return terms, rows[-1]


@given(st.integers(0, 10**6))
def test_the_text_is_what_recursion_gives(seed: int) -> None:
    terms, root = random_dag(seed)
    text = plainly(terms, root)
    size = len([piece for piece in text.replace("(", ",").replace(")", "").split(",") if piece])
    assert full_text(terms, root) == text
    assert tree_size(terms, root, 10**9) == size
    assert short_text(terms, root, size) == text


@given(st.integers(0, 10**6), st.integers(1, 20))
def test_a_part_has_as_many_symbols_as_asked_for_and_closes_its_brackets(seed: int, most: int) -> None:
    terms, root = random_dag(seed)
    text = short_text(terms, root, most)
    pieces = [piece for piece in text.replace("(", ",").replace(")", "").split(",") if piece != "…"]
    assert len(pieces) == min(most, tree_size(terms, root, 10**9))
    assert text.count("(") == text.count(")")


def test_a_tree_of_2_to_the_100_symbols() -> None:
    terms = TermTable()
    root = terms.app("a")
    for _ in range(100):
        root = terms.app("f", root, root)
    assert tree_size(terms, root, 4_000_000) == 4_000_000
    assert short_text(terms, root, 3) == "f(f(f(…,…),…),…)"


def test_100_000_deep() -> None:
    terms = TermTable()
    root = terms.app("d0")
    for _ in range(100_000):
        root = terms.app("s", root)
    assert tree_size(terms, root, 10**9) == 100_001
    assert full_text(terms, root) == "s(" * 100_000 + "d0" + ")" * 100_000
    assert short_text(terms, root, 2) == "s(s(…))"


def test_much_sharing_costs_no_more_than_the_text() -> None:
    terms = TermTable()
    number = terms.app("d0")
    root = terms.app("nil")
    for _ in range(1000):
        number = terms.app("s", number)
        root = terms.app("pair", number, root)
    text = full_text(terms, root)
    assert text.count("s(") == 1000 * 1001 // 2
