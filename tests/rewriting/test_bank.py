"""The term bank: interning, plain tables in and out, handles and collection."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import opcodes
from lemmata.rewriting.bank import BankSymbol, TermBank
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.systems import Maker
from tests.samples import peano
from tests.strategies import Language, formulas

SEEDS = st.integers(0, 2**32)


def _terms(seed: int) -> tuple[Maker, list[int]]:
    make = Maker(seed)
    return make, [make.term(make.rng.choice("AB"), (*make.rigid, *make.pattern), 3) for _ in range(6)]


def _nat(bank: TermBank, n: int) -> int:
    term = bank.node(bank.symbol_id(BankSymbol("app", "0", (), "N")), [])
    for _ in range(n):
        term = bank.node(bank.symbol_id(BankSymbol("app", "s", ("N",), "N")), [term])
    return term


class TestInterning:
    @given(SEEDS, st.sampled_from([1, 2, 1 << 12]))
    def test_equal_terms_have_one_number_and_different_terms_have_two(self, seed: int, capacity: int) -> None:
        make, terms = _terms(seed)
        bank = TermBank(capacity)
        signature = {s.name: s for s in make.symbols}
        first = bank.load(make.terms, terms, signature)
        assert bank.load(make.terms, terms, signature) == first
        assert len(set(first)) == len(set(terms))
        assert len(bank) == len(make.terms.reachable(terms))

    def test_sorts_tell_symbols_and_variables_apart(self) -> None:
        bank = TermBank()
        leaves = [(kind, sort) for kind in ("var", "bound") for sort in ("A", "B")]
        made = {bank.leaf(bank.symbol_id(BankSymbol(kind, "", (), sort)), "#0") for kind, sort in leaves}
        made |= {bank.node(bank.symbol_id(BankSymbol("app", "nil", (), sort)), []) for sort in ("A", "B")}
        assert len(made) == 6

    def test_many_at_once_are_the_same_as_one_by_one(self) -> None:
        bank = TermBank(1)
        plus = bank.symbol_id(BankSymbol("app", "+", ("N", "N"), "N"))
        numerals = [_nat(bank, n) for n in range(30)]
        pairs = np.array([(a, b) for a in numerals for b in numerals], np.int32)
        singly = [bank.node(plus, pair.tolist()) for pair in pairs[:100]]
        together = bank.nodes(plus, pairs)
        assert together[:100].tolist() == singly
        assert len(set(together.tolist())) == 900
        assert [bank.arguments(t) for t in together.tolist()] == pairs.tolist()

    def test_many_more_symbols_than_the_first_arrays_hold(self) -> None:
        bank = TermBank(1)
        zero = _nat(bank, 0)
        symbols = [BankSymbol("app", f"f{n}", ("N",) * (n % 4), "N") for n in range(300)]
        made = [bank.node(bank.symbol_id(s), [zero] * len(s.arguments)) for s in symbols]
        assert [bank.head(t) for t in made] == symbols
        assert [len(bank.arguments(t)) for t in made] == [n % 4 for n in range(300)]

    @pytest.mark.parametrize("capacity", [0, -1, 3, 1000])
    def test_a_capacity_is_a_power_of_two(self, capacity: int) -> None:
        with pytest.raises(ValueError, match="power of two"):
            TermBank(capacity)

    def test_a_bank_that_would_need_more_than_31_bits_is_full(self) -> None:
        with pytest.raises(MemoryError, match="full"):
            TermBank().reserve(2**31, 1)

    @given(st.lists(st.text(max_size=3), unique=True, max_size=20))
    def test_ranks_are_places_in_the_alphabet(self, names: list[str]) -> None:
        bank = TermBank()
        numbers = [bank.name_id(name) for name in names]
        assert [bank.name_id(name) for name in names] == numbers
        ranks = bank.name_ranks()
        assert [names[n] for n in np.argsort(ranks[: len(names)])] == sorted(names)


class TestTables:
    @given(formulas())
    def test_what_is_loaded_is_dumped(self, drawn: tuple[Language, int]) -> None:
        language, formula = drawn
        bank = TermBank(1)
        loaded = bank.load(language.table, [formula], {s.name: s for s in language.symbols})
        rows = len(language.table)
        assert bank.dump(loaded, language.table) == [formula]
        assert len(language.table) == rows
        fresh = TermTable()
        (root,) = bank.dump(loaded, fresh)
        assert fresh.copy_into(language.table, [root]) == [formula]

    def test_binders_of_different_sorts_are_different(self) -> None:
        terms = TermTable()
        made = [terms.abstract(kind, terms.var("x", s), terms.false()) for kind in ("all", "ex") for s in ("A", "B")]
        assert len(set(TermBank().load(terms, made, {}))) == 4

    def test_an_equation_has_the_sort_of_its_sides(self) -> None:
        terms, bank = TermTable(), TermBank()
        a = terms.var("a", "A")
        (equation,) = bank.load(terms, [terms.eq(a, a)], {})
        assert bank.head(equation) == BankSymbol("eq", "", ("A", "A"), "Prop")

    def test_a_memo_is_shared_between_calls(self) -> None:
        bank, terms, known = TermBank(), TermTable(), dict[int, int]()
        three = _nat(bank, 3)
        (row,) = bank.dump([three], terms, known)
        assert known[three] == row
        known[three] = 77
        assert bank.dump([_nat(bank, 3)], terms, known) == [77]

    def test_depth_of_a_hundred_thousand(self) -> None:
        theory = peano()
        terms = TermTable()
        row = terms.app("0")
        for _ in range(100_000):
            row = terms.app("s", row)
        bank = TermBank(1)
        (deep,) = bank.load(terms, [row], theory.symbol)
        assert len(bank) == 100_001
        handle = bank.handle(deep)
        bank.collect()
        assert bank.dump([bank.held(handle)], terms) == [row]

    def test_a_tree_of_two_to_the_hundred_is_a_hundred_rows(self) -> None:
        theory = peano()
        terms = TermTable()
        row = terms.app("0")
        for _ in range(100):
            row = terms.app("+", row, row)
        bank = TermBank(1)
        (wide,) = bank.load(terms, [row], theory.symbol)
        assert len(bank) == 101
        assert bank.dump([wide], terms) == [row]


class TestCollection:
    @given(SEEDS)
    def test_exactly_what_handles_reach_is_kept(self, seed: int) -> None:
        make, terms = _terms(seed)
        signature = {s.name: s for s in make.symbols}
        bank = TermBank(1)
        ids = bank.load(make.terms, terms, signature)
        kept = [n for n in range(len(terms)) if make.rng.random() < 0.5]
        handles = [bank.handle(ids[n]) for n in kept]
        top = int(bank.state[opcodes.TOP])
        freed = bank.collect()
        assert bank.dump([bank.held(h) for h in handles], make.terms) == [terms[n] for n in kept]
        assert len(bank) == len(make.terms.reachable([terms[n] for n in kept]))
        assert freed == top - int(bank.state[opcodes.TOP])
        assert bank.collections == 1
        # What was dropped can be made again, and what was kept is found again.
        again = bank.load(make.terms, terms, signature)
        assert [again[n] for n in kept] == [bank.held(h) for h in handles]
        assert len(bank) == len(make.terms.reachable(terms))

    def test_without_handles_nothing_is_kept(self) -> None:
        bank = TermBank()
        _nat(bank, 10)
        bank.collect()
        assert len(bank) == 0
        assert bank.state[opcodes.TOP] == 1

    def test_equal_terms_have_one_handle_until_it_is_released_as_often_as_it_was_given(self) -> None:
        bank = TermBank()
        two, three = bank.handle(_nat(bank, 2)), bank.handle(_nat(bank, 3))
        assert bank.handle(_nat(bank, 2)) == two != three
        bank.release(two)
        bank.collect()
        assert bank.held(two) == _nat(bank, 2)
        assert bank.handle(_nat(bank, 2)) == two
        bank.release(two)
        bank.release(two)
        bank.release(three)
        bank.collect()
        assert len(bank) == 0

    def test_handles_are_used_again(self) -> None:
        bank = TermBank()
        for n in range(1000):
            handle = bank.handle(_nat(bank, n % 7))
            assert handle == 0
            bank.release(handle)

    @given(SEEDS)
    def test_any_sequence_of_keeping_releasing_and_collecting(self, seed: int) -> None:
        rng = random.Random(seed)
        bank = TermBank(1)
        held: list[tuple[int, int]] = []
        for _ in range(60):
            match rng.randrange(4):
                case 0 | 1:
                    n = rng.randrange(12)
                    held.append((n, bank.handle(_nat(bank, n))))
                case 2 if held:
                    bank.release(held.pop(rng.randrange(len(held)))[1])
                case _:
                    bank.collect()
                    assert len(bank) == max((n for n, _ in held), default=-1) + 1
            for n, handle in held:
                assert bank.held(handle) == _nat(bank, n)
