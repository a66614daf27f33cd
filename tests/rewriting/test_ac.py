"""Terms modulo laws in the bank: equal terms are one id, whatever they are made of; and the structural order."""

from __future__ import annotations

import gc
import pickle
import random
from functools import cmp_to_key
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import ac
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.structural import StructuralOrder, table_order
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import Signature
from lemmata.rewriting.theory import IllTyped, Notation, Symbol
from tests.rewriting.laws import AC, A, C, S, canonical, laws
from tests.rewriting.test_check_ac import pairs

SYMBOLS = laws().symbol


@given(pairs())
def test_two_terms_are_one_id_when_the_laws_make_them_equal(pair: tuple[TermTable, int, int]) -> None:
    table, left, right = pair
    bank = TermBank()
    s, t = bank.load(table, [left, right], SYMBOLS)
    assert (s == t) == (canonical(table, left) == canonical(table, right))


@given(pairs())
def test_what_is_dumped_is_equal_and_loads_again(pair: tuple[TermTable, int, int]) -> None:
    table, left, right = pair
    bank = TermBank()
    terms = bank.load(table, [left, right], SYMBOLS)
    rows = bank.dump(terms, table)
    assert [canonical(table, row) for row in rows] == [canonical(table, left), canonical(table, right)]
    assert bank.load(table, rows, SYMBOLS) == terms
    other = TermBank()
    other.load(table, list(range(len(table))), SYMBOLS)  # other ids
    assert other.dump(other.load(table, [left, right], SYMBOLS), table) == rows


@given(pairs())
def test_terms_made_one_by_one_are_those_that_are_loaded(pair: tuple[TermTable, int, int]) -> None:
    table, left, _ = pair
    bank = TermBank()
    made: dict[int, int] = {}
    for i in table.reachable([left]):
        row = table.rows[i]
        below = [made[int(c)] for c in row[2:]] if row[0] == "app" else []
        made[i] = ac.term(bank, SYMBOLS[str(row[1])], below) if below else bank.load(table, [i], SYMBOLS)[0]
    assert made[left] == bank.load(table, [left], SYMBOLS)[0]


class TestRows:
    def test_the_row_of_a_sum(self) -> None:
        bank, t = TermBank(), TermTable()
        b, a, k = t.app("b"), t.app("a"), t.app("k", t.app("a"))
        row = t.app("+", t.app("+", k, b), t.app("+", t.app("+", a, b), b))
        (term,) = bank.load(t, [row], SYMBOLS)
        assert (bank.head(term).kind, bank.head(term).arguments) == ("ac", (S, "Int") * 3)
        assert ac.operands(bank, term) == list(zip(bank.load(t, [a, b, k], SYMBOLS), (1, 3, 1), strict=True))
        written = t.app("+", t.app("+", t.app("+", t.app("+", a, b), b), b), k)
        assert bank.dump([term], t) == [written]

    def test_one_operand_and_none(self) -> None:
        bank = TermBank()
        one, a = (bank.load(t, [t.app(c)], SYMBOLS)[0] for t in [TermTable()] for c in ("1", "a"))
        times, plus, joined = SYMBOLS["*"], SYMBOLS["+"], SYMBOLS[";"]
        assert ac.ac_term(bank, times, [(one, 5), (a, 1), (a, 0)]) == a
        assert ac.ac_term(bank, times, []) == one
        assert ac.ac_operands(bank, times, one) == []
        assert ac.assoc_term(bank, joined, [a]) == a
        assert ac.assoc_operands(bank, joined, ac.assoc_term(bank, joined, [])) == []
        for empty in (lambda: ac.ac_term(bank, plus, []), lambda: ac.assoc_term(bank, SYMBOLS["."], [])):
            with pytest.raises(ValueError, match="without a unit"):
                empty()

    def test_multiplicities_of_any_size(self) -> None:
        bank, t = TermBank(), TermTable()
        row = t.app("a")
        for _ in range(100):
            row = t.app("+", row, row)
        (term,) = bank.load(t, [row], SYMBOLS)
        assert [n for _, n in ac.operands(bank, term)] == [2**100]
        (back,) = bank.dump([term], t)
        assert len(t) < 1000
        assert bank.load(t, [back], SYMBOLS) == [term]

    def test_too_long_a_sequence(self) -> None:
        bank, t = TermBank(), TermTable()
        row = t.app("a")
        for _ in range(40):
            row = t.app(".", row, row)
        with pytest.raises(MemoryError):
            bank.load(t, [row], SYMBOLS)

    def test_a_collection_keeps_the_order_of_operands(self) -> None:
        bank, t = TermBank(), TermTable()
        rows = [t.app("k", t.app(c)) for c in "cba"]
        bank.load(t, rows, SYMBOLS)
        (term,) = bank.load(t, [t.app("+", t.app("+", *rows[:2]), rows[2])], SYMBOLS)
        handle = bank.handle(term)
        written = bank.dump([term], t)
        gc.collect()
        bank.collect()
        assert bank.dump([bank.held(handle)], t) == written
        assert bank.load(t, written, SYMBOLS) == [bank.held(handle)]

    def test_thousands_of_operands_nested_either_way(self) -> None:
        bank, t = TermBank(), TermTable()
        leaves = [t.app("k", t.var(f"x{n}", S)) for n in range(3000)]
        random.Random(0).shuffle(leaves)
        left = right = leaves[0]
        for leaf in leaves[1:]:
            left, right = t.app("*", left, leaf), t.app("*", leaf, right)
        s, u = bank.load(t, [left, right], SYMBOLS)
        assert s == u
        assert len(ac.operands(bank, s)) == 3000


def test_symbols_that_cannot_have_their_laws() -> None:
    def symbol(arguments: tuple[str, ...], result: str, attributes: object, unit: str | None = None) -> Symbol:
        return Symbol("f", arguments, result, "abstract", Notation("f"), attributes, unit)  # type: ignore[arg-type]

    for fine in (symbol(("S", "S"), "S", AC, "e"), symbol(("S", "S"), "T", C), symbol(("S", "T"), "S", frozenset())):
        ac.check_laws(fine)
    for wrong in (
        symbol(("S", "T"), "S", C),
        symbol(("S", "S"), "T", A),
        symbol(("S", "S"), "T", C, "e"),
        symbol(("S",), "S", AC),
        symbol((), "S", frozenset(), "e"),
    ):
        with pytest.raises(IllTyped):
            ac.check_laws(wrong)


class TestStructuralOrder:
    @given(pairs(), st.randoms(use_true_random=False))
    def test_it_is_total_and_does_not_depend_on_numbers(
        self, pair: tuple[TermTable, int, int], shuffler: random.Random
    ) -> None:
        table, left, right = pair
        rows = table.reachable([left, right])
        order = table_order(table)
        ordered = order.sorted(rows)
        assert sorted(ordered) == sorted(rows)
        assert all(order.compare(a, b) < 0 < order.compare(b, a) for a, b in pairwise(ordered))
        shuffler.shuffle(rows)
        assert order.sorted(rows) == sorted(rows, key=cmp_to_key(order.compare)) == ordered
        other = TermTable()
        moved = dict(zip(rows, table.copy_into(other, rows), strict=True))
        assert table_order(other).sorted(moved.values()) == [moved[row] for row in ordered]

    def test_its_criteria(self) -> None:
        t = TermTable()
        ordered = [
            *(t.literal(text, "Int") for text in ("-10", "-9", "2", "10")),
            t.literal('"a"', "String"),
            t.add(("bound", 0, S)),
            t.add(("bound", 1, S)),
            t.var("x", S),
            t.var("y", "R"),
            t.var("y", S),
            t.app("a"),
            t.app("k", t.var("y", S)),
            t.app("k", t.app("a")),
            t.app("g", t.var("x", S), t.app("k", t.app("a"))),
            t.app("g", t.app("k", t.app("a")), t.var("x", S)),
        ]
        assert table_order(t).sorted(reversed(ordered)) == ordered

    def test_large_and_small_terms_together(self) -> None:
        """Beyond twenty nodes terms are compared along one path; below, as tuples."""
        t = TermTable()
        towers = []
        for top in ("a", "b", "c"):
            for size in (2, 30, 31):
                row = t.app(top)
                for _ in range(size):
                    row = t.app("g", row, t.app("a"))
                towers.append(row)
        order = table_order(t)
        ordered = order.sorted(towers)
        assert ordered == sorted(towers, key=cmp_to_key(order.compare))
        assert [order.height(row) for row in ordered] == [3] * 3 + [31] * 3 + [32] * 3

    def test_depth_and_sharing(self) -> None:
        t = TermTable()
        left, right = t.app("a"), t.app("b")
        for _ in range(30_000):
            left, right = t.app("k", left), t.app("k", right)
        shared, other = left, right
        for _ in range(100):
            shared, other = t.app("g", shared, shared), t.app("g", shared, other)
        order = table_order(t)
        assert isinstance(order, StructuralOrder)
        assert order.sorted([other, right, shared, left]) == [left, right, shared, other]


class TestInTheHand:
    """Terms as Python objects."""

    @pytest.fixture
    def signature(self) -> Signature:
        return Signature(laws().symbols, {"x": S, "y": S, "z": S}, bank=TermBank())

    def test_operators_work_modulo_the_laws(self, signature: Signature) -> None:
        a, b, x = (signature.term(text) for text in "abx")
        assert a + b + x == x + (a + b) == signature.term("b + (x + a)")
        assert a * signature.term("1") == a
        assert a * b == b * a
        assert (a + b + a).args == (a, a, b)
        assert (a + b + a).symbol == SYMBOLS["+"]
        assert str(b + x + a) == "x + a + b"
        assert (a + b + a).subterms() == [a, b, a + b + a]
        assert str(pickle.loads(pickle.dumps(a + b + x))) == str(a + b + x)

    def test_replacing_and_matching(self, signature: Signature) -> None:
        a, b, c, x, y = (signature.term(text) for text in "abcxy")
        assert (x + y + a).replace({x: b + a}) == y + b + a + a
        found = list((a + b + c).matches(x + y))
        assert len(found) == 6
        assert all((x + y).replace(m) == a + b + c for m in found)
        assert (a + b + c).match(x + a) == {x: b + c}
        assert (a + b).match(x + c) is None
