"""The table machine against its specification, its limits, and what it remembers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import kernels, opcodes
from lemmata.rewriting.bank import BankSymbol, TermBank, TermId, app_symbol
from lemmata.rewriting.limits import Clock, Limits, Stop, Stopped
from lemmata.rewriting.order import precedence
from lemmata.rewriting.reference import ReferenceRewriter, ground_order
from lemmata.rewriting.rewriter import Rewriter
from lemmata.rewriting.rules import RewriteRule, compile_rules
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Notation, Symbol
from tests.rewriting.systems import Maker, System, system
from tests.samples import peano

SEEDS = st.integers(0, 2**32)
LOOKS = 5000
PLENTY = 400_000


def _rewriter(s: System, bank: TermBank, fuel: int | None = None) -> Rewriter:
    return Rewriter(bank, compile_rules(bank, s.terms, s.signature, s.rules), s.precedence, fuel)


def _run(s: System, bank: TermBank, fuel: int | None) -> tuple[Stop, list[int], int]:
    """Why it stopped, the normal forms as rows, and the count of rewrites."""
    rewriter = _rewriter(s, bank, fuel)
    result = rewriter.normalise(bank.load(s.terms, s.subjects, s.signature))
    return result.stop, bank.dump(result.terms, s.terms), rewriter.rewrites


class TestAgainstTheSpecification:
    @given(SEEDS, st.booleans(), st.sampled_from([1, 1 << 14]))
    def test_normal_forms_and_rewrites_are_the_same(self, seed: int, terminating: bool, capacity: int) -> None:
        s = system(seed, terminating)
        reference = ReferenceRewriter(s.terms, s.rules, s.precedence, LOOKS)
        try:
            expected = [reference.normalise(t) for t in s.subjects]
        except Stopped:
            stop, _, _ = _run(s, TermBank(capacity), LOOKS // 8)
            assert stop is Stop.STEPS
        else:
            assert _run(s, TermBank(capacity), PLENTY) == (Stop.DONE, expected, reference.rewrites)

    @given(SEEDS)
    def test_a_normal_form_is_normal(self, seed: int) -> None:
        s = system(seed, terminating=True)
        bank = TermBank()
        rewriter = _rewriter(s, bank, PLENTY)
        result = rewriter.normalise(bank.load(s.terms, s.subjects, s.signature))
        before = rewriter.rewrites
        assert rewriter.normalise(result.terms).terms == result.terms
        assert rewriter.rewrites == before

    @given(SEEDS)
    def test_rules_added_to_a_base_come_first(self, seed: int) -> None:
        s = system(seed, terminating=True)
        cut = len(s.rules) // 2
        whole, bank = TermBank(), TermBank()
        base = compile_rules(bank, s.terms, s.signature, s.rules[cut:])
        extended = Rewriter(bank, compile_rules(bank, s.terms, s.signature, s.rules[:cut], base), s.precedence, PLENTY)
        result = extended.normalise(bank.load(s.terms, s.subjects, s.signature))
        assert (result.stop, bank.dump(result.terms, s.terms), extended.rewrites) == _run(s, whole, PLENTY)

    @given(SEEDS)
    def test_neither_numbering_nor_history_changes_anything(self, seed: int) -> None:
        s = system(seed, terminating=True)
        bank = TermBank()
        for name in "zyxwvba":
            bank.leaf(bank.symbol_id(BankSymbol("var", "", (), "B")), name)
        for symbol in reversed(s.symbols):
            bank.symbol_id(app_symbol(symbol))
        assert _run(s, bank, PLENTY) == _run(s, TermBank(), PLENTY)

    def test_symbols_without_a_place_in_the_precedence_go_by_name(self) -> None:
        t = TermTable()
        x, y, low, high = t.var("x", "N"), t.var("y", "N"), t.app("a"), t.app("b")
        commute = RewriteRule(t.app("p", x, y), t.app("p", y, x), frozenset([x, y]), ("axiom", "c"), ordered=True)
        symbols = {n: Symbol(n, ("N",) * k, "N", "abstract", Notation(n)) for n, k in (("a", 0), ("b", 0), ("p", 2))}
        for first in ("a", "b"):
            bank = TermBank()
            bank.symbol_id(app_symbol(symbols[first]))
            rewriter = Rewriter(bank, compile_rules(bank, t, symbols, [commute]))
            result = rewriter.normalise(bank.load(t, [t.app("p", high, low)], symbols))
            assert bank.dump(result.terms, t) == [t.app("p", low, high)]

    @given(SEEDS)
    def test_the_path_order_is_the_reference_order(self, seed: int) -> None:
        make = Maker(seed)
        terms = [make.term(sort, make.rigid, 3) for sort in ("A", "A", "B")]
        greater = ground_order(make.terms, make.precedence)
        s = System(make.symbols, make.terms, make.rigid, (), make.precedence, ())
        bank = TermBank()
        ids = bank.load(make.terms, terms, s.signature)
        rewriter = _rewriter(s, bank)
        rewriter.normalise(ids)
        frames = np.zeros((512, 4), np.int32)
        for size in (1, 1 << 12):  # of the memory for comparisons: as good as none, and ample
            compared = np.zeros(size, np.int64)
            for a, i in zip(terms, ids, strict=True):
                for b, j in zip(terms, ids, strict=True):
                    arrays = bank.cells, bank.arity, rewriter._above, rewriter._ranks
                    assert kernels.greater(*arrays, i, j, frames, compared) == greater(a, b)

    def test_the_path_order_of_terms_that_share_is_no_exponential_matter(self) -> None:
        """f(f(..), f(..)) above g(g(..), g(..)), 60 deep: 2^60 pairs as trees, a few thousand as they are."""
        table = TermTable()
        rows = {}
        for symbol in "fg":
            rows[symbol] = table.var("x", "N")
            for _ in range(60):
                rows[symbol] = table.app(symbol, rows[symbol], rows[symbol])
        signature = {n: Symbol(n, ("N", "N"), "N", "abstract", Notation(n)) for n in "fg"}
        bank = TermBank()
        f, g = bank.load(table, [rows["f"], rows["g"]], signature)
        rewriter = Rewriter(bank, compile_rules(bank, table, signature, []), {"f": 1, "g": 0})
        rewriter.normalise([f, g])
        arrays = bank.cells, bank.arity, rewriter._above, rewriter._ranks
        frames, compared = np.zeros((512, 4), np.int32), np.zeros(1 << 12, np.int64)
        assert kernels.greater(*arrays, f, g, frames, compared)
        assert not kernels.greater(*arrays, g, f, frames, compared)


def _peano() -> tuple[TermTable, dict[str, Symbol], list[RewriteRule]]:
    """The definitions of + and *."""
    theory = peano()
    rules = []
    for axiom in theory.axioms:
        row = theory.terms.rows[axiom.formula]
        if row[0] == "eq":
            left, right = int(row[1]), int(row[2])
            variables = frozenset(theory.terms.free_variables(left))
            rules.append(RewriteRule(left, right, variables, ("axiom", axiom.name)))
    return theory.terms, dict(theory.symbol), rules


def _numeral(bank: TermBank, n: int) -> TermId:
    zero, s = (
        bank.symbol_id(BankSymbol("app", name, arguments, "N")) for name, arguments in (("0", ()), ("s", ("N",)))
    )
    term = bank.node(zero, [])
    for _ in range(n):
        term = bank.node(s, [term])
    return term


def _binary(bank: TermBank, name: str, a: int, b: int) -> TermId:
    return bank.node(bank.symbol_id(BankSymbol("app", name, ("N", "N"), "N")), [a, b])


def _diverging() -> tuple[TermTable, dict[str, Symbol], list[RewriteRule], int]:
    """grow(x) -> grow(s(x)), and a term to start from."""
    terms = TermTable()
    x = terms.var("x", "N")
    rule = RewriteRule(terms.app("grow", x), terms.app("grow", terms.app("s", x)), frozenset([x]), ("axiom", "grow"))
    symbols = {name: Symbol(name, ("N",), "N", "abstract", Notation(name)) for name in ("grow", "s")}
    return terms, symbols, [rule], terms.app("grow", terms.var("a", "N"))


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses that the kernel returns."""
    statuses: list[int] = []
    kernel = kernels.normalise

    def spied(*arguments: object) -> int:
        statuses.append(int(kernel(*arguments)))
        return statuses[-1]

    monkeypatch.setattr(kernels, "normalise", spied)
    return statuses


class TestGrowth:
    def test_arena_and_stack_grow_in_the_middle_of_a_run(self, spy: list[int]) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank(1)
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        product = _binary(bank, "*", _numeral(bank, 60), _numeral(bank, 70))
        result = rewriter.normalise([product])
        assert result.terms == (_numeral(bank, 4200),)
        # x * s(y) -> x * y + x and its 0 case; then each sum of n takes n + 1 steps.
        assert rewriter.rewrites == 71 + 70 * 61
        assert {opcodes.GROW_CELLS, opcodes.GROW_STACK} <= set(spy)

    def test_a_wide_symbol_met_after_compilation_fits(self) -> None:
        """Its children must fit on the stack, and its row into the registers."""
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        successor, zero = bank.symbol_id(app_symbol(symbols["s"])), _numeral(bank, 0)
        numerals = [zero]
        while len(numerals) < 3000:
            numerals.append(bank.node(successor, [numerals[-1]]))
        wide = bank.symbol_id(BankSymbol("app", "wide", ("N",) * 3000, "N"))
        sums = [_binary(bank, "+", n, zero) for n in numerals]
        result = rewriter.normalise([bank.node(wide, sums)])
        assert result.terms == (bank.node(wide, numerals),)

    def test_depth_of_a_hundred_thousand(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        one = deep = _numeral(bank, 1)
        for _ in range(100_000):
            deep = _binary(bank, "+", deep, one)
        assert rewriter.normalise([deep]).terms == (_numeral(bank, 100_001),)
        assert rewriter.rewrites == 200_000

    def test_a_tree_of_two_to_the_hundred_costs_its_distinct_nodes(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules), fuel=2000)
        term = _binary(bank, "+", _numeral(bank, 0), _numeral(bank, 0))
        for _ in range(100):
            term = _binary(bank, "+", term, term)
        assert rewriter.normalise([term]).terms == (_numeral(bank, 0),)


class TestMemory:
    def test_nothing_is_done_twice(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        product = _binary(bank, "*", _numeral(bank, 7), _numeral(bank, 6))
        rewriter.normalise([product])
        before = rewriter.rewrites
        assert rewriter.normalise([product]).terms == (_numeral(bank, 42),)
        assert rewriter.rewrites == before

    def test_a_collection_voids_it_and_changes_no_result(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        for _ in range(500):  # rubbish that lies below the term, so that it moves
            _binary(bank, "+", _numeral(bank, _), _numeral(bank, 3))
        handle = bank.handle(_binary(bank, "*", _numeral(bank, 7), _numeral(bank, 6)))
        before = bank.held(handle)
        rewriter.normalise([before])
        assert rewriter.evidence(before) is not None
        assert rewriter.normal(before) is not None
        bank.collect()
        after = bank.held(handle)
        assert after != before
        for term in (before, after):
            assert rewriter.evidence(term) is None
            assert rewriter.normal(term) is None
        assert rewriter.last_term() is None
        assert rewriter.normalise([after]).terms == (_numeral(bank, 42),)

    def test_evidence_leads_from_a_term_to_its_normal_form(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
        term = _binary(bank, "+", _binary(bank, "+", _numeral(bank, 1), _numeral(bank, 0)), _numeral(bank, 1))
        assert rewriter.evidence(term) is None
        (normal,) = rewriter.normalise([term]).terms
        first = rewriter.evidence(term)
        assert first is not None
        assert first.rule is None  # its argument 1 + 0 was rewritten first
        second = rewriter.evidence(first.rewritten_to)
        assert second is not None
        assert second.rule == 1
        assert rewriter.evidence(normal) is None
        assert rewriter.normal(term) == normal


class TestLimits:
    def _run(self, fuel: int | None, limits: Limits, capacity: int = 1 << 12) -> tuple[Rewriter, Stop]:
        terms, symbols, rules, start = _diverging()
        bank = TermBank(capacity)
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules), fuel=fuel)
        result = rewriter.normalise(bank.load(terms, [start], symbols), Clock(limits))
        assert result.terms == ()
        last = rewriter.last_term()
        assert last is not None
        assert bank.head(last).name in ("grow", "s")
        return rewriter, result.stop

    def test_the_clock_stops_it(self) -> None:
        assert self._run(None, Limits(seconds=0.05))[1] is Stop.TIME

    def test_memory_stops_it(self) -> None:
        assert self._run(None, Limits(memory_mb=1, seconds=20))[1] is Stop.MEMORY

    def test_a_full_bank_is_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(self: TermBank, cells: int, rows: int) -> None:
            if len(self) > 5000:
                raise MemoryError

        reserve = TermBank.reserve

        def grow(self: TermBank, cells: int, rows: int) -> None:
            full(self, cells, rows)
            reserve(self, cells, rows)

        monkeypatch.setattr(TermBank, "reserve", grow)
        assert self._run(None, Limits(seconds=20))[1] is Stop.MEMORY

    @pytest.mark.parametrize("fuel", [2, 1000, 5000, 100_000])
    def test_fuel_is_the_same_in_a_small_bank_and_in_a_large_one(self, fuel: int, spy: list[int]) -> None:
        small, stop = self._run(fuel, Limits(), capacity=1)
        large, _ = self._run(fuel, Limits(), capacity=1 << 20)
        assert stop is Stop.STEPS
        assert small.rewrites == large.rewrites
        assert small.rewrites <= fuel
        assert large._run[opcodes.VISITS] == fuel

    def test_a_run_goes_on_where_fuel_stopped_it(self) -> None:
        terms, symbols, rules = _peano()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules), fuel=500)
        product = _binary(bank, "*", _numeral(bank, 20), _numeral(bank, 20))
        stops = [rewriter.normalise([product]).stop for _ in range(30)]
        assert stops[0] is Stop.STEPS
        assert stops[-1] is Stop.DONE
        assert rewriter.normal(product) == _numeral(bank, 400)
        assert rewriter.rewrites == 21 + 20 * 21

    def test_what_was_reached_before_the_stop_is_returned(self) -> None:
        terms, symbols, rules, start = _diverging()
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules), fuel=100)
        (never,) = bank.load(terms, [start], symbols)
        result = rewriter.normalise([_numeral(bank, 3), never, _numeral(bank, 4)])
        assert result.stop is Stop.STEPS
        assert result.terms == (_numeral(bank, 3),)

    def test_a_loop_stops_too(self) -> None:
        terms = TermTable()
        a, b = terms.app("a"), terms.app("b")
        rules = [RewriteRule(s, t, frozenset(), ("axiom", "swap")) for s, t in ((a, b), (b, a))]
        symbols = {n: Symbol(n, (), "N", "abstract", Notation(n)) for n in "ab"}
        bank = TermBank()
        rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules), fuel=10_000)
        assert rewriter.normalise(bank.load(terms, [a], symbols)).stop is Stop.STEPS


_CHILD = """
import sys
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.rewriter import Rewriter
from lemmata.rewriting.rules import compile_rules
from tests.rewriting.test_rewriter import _diverging

terms, symbols, rules, start = _diverging()
bank = TermBank()
rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
(term,) = bank.load(terms, [start], symbols)
rewriter.fuel = 10
rewriter.normalise([term])
rewriter.fuel = None
print("running", flush=True)
try:
    rewriter.normalise([term])
except KeyboardInterrupt:
    print(bank.head(rewriter.last_term()).name, rewriter.rewrites > 5, flush=True)
    sys.exit(130)
"""


class TestInterrupts:
    def test_ctrl_c_stops_a_diverging_run_and_leaves_its_last_term(self) -> None:
        root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
        child = subprocess.Popen([sys.executable, "-c", _CHILD], stdout=subprocess.PIPE, text=True, cwd=root)
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "running\n"
            time.sleep(0.1)
            child.send_signal(signal.SIGINT)
            output, _ = child.communicate(timeout=60)
        finally:
            child.kill()
        assert child.returncode == 130
        assert output in ("grow True\n", "s True\n")

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
    def test_an_interrupt_leaves_the_bank_whole_wherever_it_falls(self) -> None:
        """Hundreds of interrupts at odd moments: every term must still be found under its one number."""

        class Interrupt(Exception):
            pass

        armed: list[bool] = []

        def strike(number: int, frame: FrameType | None) -> None:
            if armed:
                armed.clear()
                raise Interrupt

        terms, symbols, rules = _peano()
        handler = signal.signal(signal.SIGALRM, strike)
        struck = 0
        try:
            for n in range(300):
                bank = TermBank(1)
                rewriter = Rewriter(bank, compile_rules(bank, terms, symbols, rules))
                product = _binary(bank, "*", _numeral(bank, 40), _numeral(bank, 40))
                keep = bank.handle(product)
                try:
                    armed.append(True)
                    signal.setitimer(signal.ITIMER_REAL, 1e-5 * (1 + n % 100))
                    rewriter.normalise([product])
                    bank.collect()
                    rewriter.normalise([bank.held(keep)])
                    armed.clear()
                except Interrupt:
                    struck += 1
                _assert_whole(bank)
                assert rewriter.normalise([bank.held(keep)]).terms == (_numeral(bank, 1600),)
        finally:
            armed.clear()
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
        assert struck > 30


def _assert_whole(bank: TermBank) -> None:
    """Every row of the arena is in the table of slots, once, and is found there."""
    top, count = int(bank.state[opcodes.TOP]), int(bank.state[opcodes.COUNT])
    rows = []
    t = 1
    while t < top:
        rows.append(t)
        t += 1 + int(bank.arity[bank.cells[t]]) + int(bank.payload[bank.cells[t]])
    assert t == top
    assert sorted(bank.slots[bank.slots != 0].tolist()) == rows
    assert count == len(rows)


def test_the_precedence_of_peano_puts_each_function_above_what_it_uses() -> None:
    assert sorted(precedence(peano()).items(), key=lambda item: item[1]) == [
        ("0", 0), ("s", 1), ("+", 2), ("*", 3), ("<=", 4),
    ]  # fmt: skip
