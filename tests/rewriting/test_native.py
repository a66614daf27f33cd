"""Native code against the reference and the table machine, harried at every safepoint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting import machine_code, native, native_cache
from lemmata.rewriting.bank import TermBank, TermId, app_symbol
from lemmata.rewriting.limits import Clock, Limits, Stop, Stopped
from lemmata.rewriting.machine import TableMachine
from lemmata.rewriting.memo import Memo
from lemmata.rewriting.native import NativeMachine
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.rules import RewriteRule, compile_rules
from lemmata.rewriting.runs import DEPTH, Host, RunState
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Notation, Symbol
from lemmata.rewriting.walk import Walk
from tests.cli.commands import ROOT
from tests.rewriting.systems import System, conditional_system
from tests.rewriting.test_machine import Integers, Peano

SEEDS = st.integers(0, 2**32)
LOOKS = 3000

pytestmark = pytest.mark.skipif(not native.available(), reason="no native code on this processor")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEMMATA_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@dataclass(frozen=True)
class How:
    """`harried`: every safepoint is attended to, and collects; `plain`: all cells are that may be. `stop_every` so
    many safepoints the run is stopped, and the table machine carries out one call before native code has it back."""

    memo: bool = False
    harried: bool = False
    plain: bool = False
    stop_every: int = 0
    optimised: bool = False


class Harried(NativeMachine):
    """A native machine whose every safepoint is attended to."""

    def __init__(self, *arguments: object, how: How, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.how = how
        self.attended = 0
        self.proceeding = False
        if how.plain:
            self._plain[self._may_be_plain] = 1

    def _sync_out(self) -> None:
        super()._sync_out()
        if self.how.harried and not self.proceeding:
            self._ask()

    def _attend(self, here: int) -> int:
        """The function that attends begins again, so only every other call of it may be harried."""
        self.attended += 1
        self.proceeding = not self.proceeding
        if self.how.harried:
            self._collect_at = 0
        if self.how.stop_every and self.attended % self.how.stop_every == 0:
            self._stop = Stop.STEPS
        return super()._attend(here)


def _run(s: System, how: How, seconds: float = 0.4) -> list[int] | None:
    """The normal forms; None if that takes long."""
    bank = TermBank(1 << 6)
    for symbol in s.symbols:
        bank.symbol_id(app_symbol(symbol))
    table = compile_rules(bank, s.terms, s.signature, s.rules)
    roots = bank.load(s.terms, s.subjects, s.signature)
    machine = Harried(bank, table, memo=how.memo, wait=how.optimised, how=how)
    if how.memo:
        machine.memo.modes[machine.memo._can] = 1
        machine.memo._sample_at = float("inf")
    other = TableMachine(bank, table, s.precedence, memo=Memo(rows=0))
    clock = Clock(Limits(seconds=seconds))
    walk = Walk(bank, roots, machine.has_rules)
    while True:
        stop = machine.session(lambda: walk.advance(machine, clock), clock)
        if stop is Stop.DONE:
            return bank.dump(walk.results(), s.terms)
        if stop is not Stop.STEPS:
            return None
        if walk.advance(other, clock, 1) is Stop.DONE:
            return bank.dump(walk.results(), s.terms)


HOWS = [
    How(),
    How(memo=True),
    How(harried=True),
    How(harried=True, plain=True),
    How(harried=True, memo=True),
    How(harried=True, plain=True, stop_every=3),
    How(harried=True, memo=True, stop_every=2),
]


def _native_system(seed: int, terminating: bool) -> System:
    s = conditional_system(seed, terminating)
    return replace(s, rules=tuple(r for r in s.rules if not r.ordered))


class TestAgainstTheSpecification:
    @given(SEEDS, st.booleans(), st.sampled_from(HOWS))
    def test_normal_forms_are_those_of_the_reference(self, seed: int, terminating: bool, how: How) -> None:
        self.compare(seed, terminating, how)

    @settings(max_examples=10)
    @given(SEEDS, st.sampled_from(HOWS))
    def test_so_are_those_of_optimised_code(self, seed: int, how: How) -> None:
        self.compare(seed, True, replace(how, optimised=True))

    def compare(self, seed: int, terminating: bool, how: How) -> None:
        s = _native_system(seed, terminating)
        reference = ReferenceRewriter(s.terms, s.rules, s.precedence, LOOKS)
        try:
            expected = [reference.normalise(t) for t in s.subjects]
        except Stopped:
            return
        assert _run(s, how) in (expected, None)


def _session(m: NativeMachine, run: RunState, limits: Limits | None = None) -> Stop:
    clock = Clock(limits or Limits())
    return m.session(lambda: m.run(run, clock), clock)


def _value(m: NativeMachine, symbol: int, *arguments: int) -> int:
    run = m.start(symbol, arguments)
    assert _session(m, run) is Stop.DONE
    return run.value


def _is_whole(bank: TermBank) -> bool:
    """Are the books of the bank those of its rows: every slot a row, and every row found by its slot?"""
    rows = []
    t = 1
    while t < int(bank.state[0]):
        rows.append(t)
        symbol = int(bank.cells[t])
        t += 1 + int(bank.arity[symbol]) + int(bank.payload[symbol])
    found = all(bank._intern(bank.cells[a:b].tolist()) == a for a, b in zip(rows, [*rows[1:], t], strict=True))
    return found and sorted(bank.slots[bank.slots > 0].tolist()) == rows and len(bank) == len(rows)


class Loops:
    """Functions of integers that loop, recur and never return."""

    def __init__(self) -> None:
        t = self.terms = TermTable()
        by_text = {(s.notation.text, s.arity): s for s in builtin_symbols(("Int", "Bool"))}
        self.own = [
            Symbol(f, ("Int",) * k, "Int", "abstract", Notation(f))
            for f, k in (("down", 2), ("sum", 1), ("still", 1), ("climb", 1), ("call", 1))
        ]
        self.symbols = {s.name: s for s in (*by_text.values(), *self.own)}
        n, m, zero, one = t.var("n", "Int"), t.var("m", "Int"), t.literal("0", "Int"), t.literal("1", "Int")
        plus, minus = by_text["+", 2].name, by_text["-", 2].name
        pairs = [
            (t.app("down", zero, m), m),
            (t.app("down", n, m), t.app("down", t.app(minus, n, one), t.app(plus, m, one))),
            (t.app("sum", zero), zero),
            (t.app("sum", n), t.app(plus, n, t.app("sum", t.app(minus, n, one)))),
            (t.app("still", n), t.app("still", n)),
            (t.app("climb", n), t.app(plus, one, t.app("climb", t.app(plus, n, one)))),
        ]
        rules = [RewriteRule(a, b, frozenset(t.free_variables(a)), ("axiom", str(k))) for k, (a, b) in enumerate(pairs)]
        self.bank = TermBank()
        self.table = compile_rules(self.bank, t, self.symbols, rules)

    def machine(self, hosts: Mapping[int, Host] | None = None, **options: bool) -> NativeMachine:
        return NativeMachine(self.bank, self.table, hosts, **options)

    def symbol(self, name: str) -> int:
        return self.bank.symbol_id(app_symbol(self.symbols[name]))

    def start(self, m: NativeMachine, name: str, *arguments: int) -> RunState:
        return m.start(self.symbol(name), [self.bank.literal(a, "Int") for a in arguments])


class Operations:
    """A function f<k> for each operation k on two integers (and for the negation of one), which calls it."""

    def __init__(self) -> None:
        t = TermTable()
        self.operations = [s for s in builtin_symbols(("Int", "Bool")) if set(s.arguments) == {"Int"}]
        self.own = [replace(s, name=f"f{k}", kind="abstract") for k, s in enumerate(self.operations)]
        rules = []
        for own, operation in zip(self.own, self.operations, strict=True):
            below = [t.var(f"x{k}", "Int") for k in range(own.arity)]
            rules.append(
                RewriteRule(
                    t.app(own.name, *below), t.app(operation.name, *below), frozenset(below), ("axiom", own.name)
                )
            )
        self.bank = TermBank()
        symbols = {s.name: s for s in (*self.operations, *self.own)}
        self.table = compile_rules(self.bank, t, symbols, rules)
        self.native = NativeMachine(self.bank, self.table)
        self.other = TableMachine(self.bank, self.table)


EDGES = (0, 1, -1, 2, 7, -7, 2**15, 2**30 - 1, -(2**30), 2**30, -(2**30) - 1, 2**31, -(2**31), 2**64, -(10**30))


class TestBuiltIn:
    def test_operations_are_those_of_the_table_machine(self) -> None:
        o = Operations()
        assert len(o.own) >= 13
        for own in o.own:
            for n in EDGES:
                for m in EDGES if own.arity == 2 else (0,):
                    if own.notation.text == "^" and abs(m) > 7:
                        continue
                    given = [o.bank.literal(v, "Int") for v in (n, m)[: own.arity]]
                    symbol = o.bank.symbol_id(app_symbol(own))
                    ours, theirs = o.native.start(symbol, given), o.other.start(symbol, given)
                    clock = Clock(Limits())
                    o.native._lowest = 0  # a short call needs no thread of its own
                    assert (o.native.run(ours, clock), o.other.run(theirs)) == (Stop.DONE, Stop.DONE)
                    assert (ours.value, ours.steps) == (theirs.value, theirs.steps), (own.notation.text, n, m)
        assert _is_whole(o.bank)

    def test_numbers_of_any_size(self) -> None:
        i = Integers()
        expected = 1
        for n in range(1, 61):
            expected *= n
        result = _value(NativeMachine(i.bank, i.table), i.symbol("fac"), i.bank.literal(60, "Int"))
        assert i.bank.literal_value(result) == expected

    def test_out_of_the_immediates_and_back(self) -> None:
        o = Loops()
        m = o.machine()
        there, back = o.start(m, "down", 9, 2**30 - 5), o.start(m, "down", 2**30 + 9, -(2**30) - 9)
        assert _session(m, there) is Stop.DONE
        assert o.bank.literal_value(there.value) == 2**30 + 4
        assert _session(m, back, Limits(seconds=0.05)) is Stop.TIME
        call = back.pending(o.bank)
        assert call is not None
        assert sum(v for t in call[1] if isinstance(v := o.bank.literal_value(t), int)) == 0

    def test_an_operation_without_value_is_left_to_the_rules(self) -> None:
        i = Integers()
        m = NativeMachine(i.bank, i.table)
        for n, by, expected in ((7, 2, 3), (7, 0, 0), (2**50, 0, 0), (2**50, -(2**31), -(2**19))):
            result = _value(m, i.symbol("safe"), *(i.bank.literal(v, "Int") for v in (n, by)))
            assert i.bank.literal_value(result) == expected

    def test_conditions_on_numbers(self) -> None:
        i = Integers()
        m = NativeMachine(i.bank, i.table)
        even = [_value(m, i.symbol("even"), i.bank.literal(n, "Int")) for n in (0, 7, -4, 2**40, 2**40 + 1)]
        assert [i.bank.literal_value(t) for t in even] == [1, 0, 1, 1, 0]


class TestHosts:
    def test_python_computes_a_symbol_or_leaves_it(self) -> None:
        i = Integers()

        def ask(arguments: Sequence[TermId]) -> TermId | None:
            value = i.bank.literal_value(arguments[0])
            return i.bank.literal(10 * value, "Int") if isinstance(value, int) and value else None

        m = NativeMachine(i.bank, i.table, {i.symbol("ask"): ask})
        found = [_value(m, i.symbol("ask"), i.bank.literal(n, "Int")) for n in (4, 0, 2**40)]
        assert [i.bank.literal_value(t) for t in found] == [40, 1, 10 * 2**40]

    def test_a_symbol_without_rules_may_be_computed_too(self) -> None:
        p = Peano()
        m = NativeMachine(p.bank, p.table, {p.symbol("s"): lambda _: None})
        assert m.has_rules(p.symbol("s"))
        assert _value(m, p.symbol("plus"), p.number(3), p.number(4)) == p.number(7)

    def test_what_it_raises_leaves_the_run_and_the_bank_whole(self) -> None:
        p = Peano()
        fails = [False, True]
        ends = p.bank.handle(p.number(600))

        def successor(arguments: Sequence[TermId]) -> TermId | None:
            made = p.term("pair", p.term("s", p.term("s", *arguments)), *arguments)
            if fails.pop() if fails else False:
                raise ZeroDivisionError
            return None if made else made

        table = compile_rules(p.bank, p.terms, p.symbols, p.rules, hosted=["s"])
        m = NativeMachine(p.bank, table, {p.symbol("s"): successor})
        run = m.start(p.symbol("plus"), [p.number(500), p.number(100)])
        with pytest.raises(ZeroDivisionError):
            _session(m, run)
        assert _is_whole(p.bank)
        assert run.term(p.bank) == p.term("s", p.number(100))
        fails += [True, False]
        with pytest.raises(ZeroDivisionError):
            _session(m, run)
        assert _session(m, run) is Stop.DONE
        assert run.value == p.bank.held(ends)
        assert run.steps == 501
        assert _is_whole(p.bank)

    def test_many_terms_may_be_made_there(self) -> None:
        p = Peano()
        m = NativeMachine(p.bank, p.table, {p.symbol("second"): lambda _: p.number(30_000)})
        assert _value(m, p.symbol("waste"), p.number(3), p.number(1)) == p.number(30_000)
        assert _is_whole(p.bank)


class TestDepth:
    def test_recursion_is_as_deep_as_the_term(self) -> None:
        p = Peano()
        long, longer = p.number(200_000), p.bank.handle(p.number(200_003))
        run = (m := NativeMachine(p.bank, p.table)).start(p.symbol("plus"), [long, p.number(3)])
        assert _session(m, run) is Stop.DONE
        assert run.value == p.bank.held(longer)
        assert run.steps == 200_001

    def test_a_loop_of_millions_keeps_its_stack(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "_THREAD_STACK", (native._PYTHON_STACK + (1 << 16),))
        o = Loops()
        m = o.machine()
        run = o.start(m, "down", 3_000_000, 0)
        assert _session(m, run) is Stop.DONE
        assert o.bank.literal_value(run.value) == 3_000_000
        assert len(run.stack) == 256

    def test_too_deep_a_recursion_runs_out_of_memory_and_goes_on_with_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        o = Loops()
        m = o.machine()
        run = o.start(m, "sum", 30_000)
        with monkeypatch.context() as small:
            small.setattr(native, "_THREAD_STACK", (native._PYTHON_STACK + (1 << 18),))
            assert _session(m, run) is Stop.MEMORY
            call = run.pending(o.bank)
            assert call is not None
            assert call[0] == o.symbol("sum")
            assert 0 < (o.bank.literal_value(call[1][0]) or 0) < 30_000
            before = int(run.state[DEPTH])
            assert _session(m, run) is Stop.MEMORY
            assert run.state[DEPTH] > before
        assert _session(m, run) is Stop.DONE
        assert o.bank.literal_value(run.value) == 30_000 * 30_001 // 2
        assert run.steps == 90_001

    def test_the_run_s_own_stack_bounds_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "_STACK_CELLS", (1 << 16,))
        o = Loops()
        m = o.machine()
        run = o.start(m, "climb", 0)
        assert _session(m, run) is Stop.MEMORY
        assert 100 < run.state[DEPTH] <= 1 << 16


def _slow(_: Sequence[TermId]) -> None:
    time.sleep(0.0005)


class TestStops:
    def test_time_ends_a_loop_that_writes_nothing(self) -> None:
        o = Loops()
        m = o.machine()
        run = o.start(m, "still", 7)
        assert _session(m, run, Limits(seconds=0.05)) is Stop.TIME
        assert run.pending(o.bank) == (o.symbol("still"), [o.bank.literal(7, "Int")])

    def test_a_full_arena_ends_a_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "_ARENA_CELLS", (1 << 15,))
        for name in ("_FIRST_COLLECTION", "_COLLECTION", "_ROOM"):
            monkeypatch.setattr(native, name, 1 << 12)
        p = Peano()
        m = NativeMachine(p.bank, p.table)
        run = m.start(p.symbol("ever"), [p.number(0)])
        for _ in range(2):
            assert _session(m, run, Limits(seconds=30)) is Stop.MEMORY
            call = run.pending(p.bank)
            assert call is not None
            assert p.value(call[1][0]) == run.steps > 10_000
        assert _is_whole(p.bank)

    @pytest.mark.parametrize("name", ["still", "call", "ever"])
    @pytest.mark.parametrize("held", [False, True])
    def test_interrupts_fall_on_a_safepoint(self, name: str, held: bool) -> None:
        """Be the time spent in native code, in Python, or in collections."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            if name == "ever":
                self.interrupt(Peano(), name, {}, held)
            else:
                o = Loops()
                hosts: Mapping[int, Host] = {o.symbol("still"): _slow} if name == "call" else {}
                self.interrupt(o, "still", hosts, held)
        finally:
            signal.signal(signal.SIGINT, before)

    def interrupt(self, system: Loops | Peano, name: str, hosts: Mapping[int, Host], held: bool) -> None:
        bank = system.bank
        m = NativeMachine(bank, system.table, hosts)
        first = system.number(0) if isinstance(system, Peano) else bank.literal(3, "Int")
        run = m.start(system.symbol(name), [first])
        clock = Clock(Limits(seconds=60))
        begun = threading.Timer(0.08, os.kill, (os.getpid(), signal.SIGINT))

        def work() -> Stop:
            begun.start()
            return m.run(run, clock)

        if held:
            with clock.holding_interrupts():
                assert m.session(work, clock) is Stop.INTERRUPTED
        else:
            with pytest.raises(KeyboardInterrupt):
                m.session(work, clock)
        begun.join()
        assert clock.elapsed() < 30
        steps = run.steps
        call = run.pending(bank)
        assert steps > 0
        assert call is not None
        assert call[0] == system.symbol(name)
        if isinstance(system, Peano):
            assert system.value(call[1][0]) == steps
        assert TableMachine(bank, system.table, hosts=hosts).run(run, fuel=10) is Stop.STEPS
        assert run.steps == steps + 10

    def test_a_run_passes_to_and_fro(self) -> None:
        p = Peano()
        m, other = NativeMachine(p.bank, p.table), TableMachine(p.bank, p.table, memo=Memo(rows=0))
        run = m.start(p.symbol("fib"), [p.number(17)])
        clock = Clock(Limits())
        for fuel in (1, 50, 1000):
            assert other.run(run, clock, fuel) is Stop.STEPS
            assert m.session(lambda: m.run(run, clock, 1), clock) is Stop.STEPS
        assert _session(m, run) is Stop.DONE
        alone = other.start(p.symbol("fib"), [p.number(17)])
        assert other.run(alone) is Stop.DONE
        assert p.value(run.value) == p.value(alone.value) == 1597
        assert run.steps == alone.steps

    def test_a_run_whose_terms_are_lost_is_refused(self) -> None:
        p = Peano()
        m = NativeMachine(p.bank, p.table)
        run = m.start(p.symbol("plus"), [p.number(3), p.number(0)])
        p.bank.collect()
        with pytest.raises(ValueError, match="collected"):
            _session(m, run)


class TestCollection:
    @pytest.fixture(autouse=True)
    def _often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("_FIRST_COLLECTION", "_COLLECTION"):
            monkeypatch.setattr(native, name, 1 << 10)

    def test_what_somebody_holds_survives(self) -> None:
        p = Peano()
        m = NativeMachine(p.bank, p.table)
        kept = p.bank.handle(p.number(7))
        extra = np.array([p.number(5), -3, 0], np.int32)
        run = m.start(p.symbol("waste"), [p.number(20_000), p.number(9)])
        clock = Clock(Limits())
        assert m.session(lambda: m.run(run, clock, extra=[extra]), clock) is Stop.DONE
        assert p.bank.collections > 0
        assert p.value(run.value) == 9
        assert p.value(p.bank.held(kept)) == 7
        assert (p.value(int(extra[0])), *extra[1:]) == (5, -3, 0)
        assert _is_whole(p.bank)

    @pytest.mark.parametrize("private", [False, True])
    def test_equal_results_are_one_term_unless_the_bank_is_private(
        self, private: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(native, "_SEEN_OFTEN", 100)
        p = Peano()
        m = NativeMachine(p.bank, p.table, private=private)
        kept = np.array([p.number(3000), *[0] * 7], np.int32)
        clock = Clock(Limits())
        for place in range(1, 8):
            end = p.term("pair", p.number(min(place, 6)), p.number(0))
            run = m.start(p.symbol("add"), [int(kept[0]), end])
            assert m.session(lambda r=run: m.run(r, clock, extra=[kept]), clock) is Stop.DONE  # type: ignore[misc]
            kept[place] = run.value
        assert m._plain[p.symbol("s")] == 1
        assert (kept[6] == kept[7]) is not private
        for t in kept[6:].tolist():
            for _ in range(3000):
                (t,) = p.bank.arguments(t)
            assert p.bank.head(t).name == "pair"
        assert private or _is_whole(p.bank)

    def test_terms_that_are_compared_have_no_plain_cells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "_SEEN_OFTEN", 100)
        monkeypatch.setattr(native, "_FIRST_COLLECTION", 1 << 13)  # in the middle of `add`
        p = Peano()
        t = p.terms
        x = t.var("x", "N")
        same = RewriteRule(t.app("second", t.app("pair", x, x)), t.app("0"), frozenset({x}), ("axiom", "same"))
        m = NativeMachine(p.bank, compile_rules(p.bank, t, p.symbols, [same, *p.rules]), private=True)
        long, end = p.number(3000), p.term("pair", p.number(0), p.number(0))
        two = p.term("pair", p.term("add", long, end), p.term("plus", long, end))
        walk = Walk(p.bank, [p.term("second", two)], m.has_rules)
        clock = Clock(Limits())
        assert m.session(lambda: walk.advance(m, clock), clock) is Stop.DONE
        assert p.bank.collections > 0
        assert not m._plain.any()
        assert p.value(walk.results()[0]) == 0


class TestMemo:
    def machine(self, p: Peano, on: bool) -> NativeMachine:
        m = NativeMachine(p.bank, p.table, memo=on)
        m.memo.modes[m.memo._can] = 1
        m.memo._sample_at = float("inf")
        return m

    def test_it_saves_steps_and_off_it_saves_none(self) -> None:
        p = Peano()
        other = TableMachine(p.bank, p.table, memo=Memo(rows=0))
        alone = other.start(p.symbol("fib"), [p.number(18)])
        assert other.run(alone) is Stop.DONE
        runs = []
        for on in (False, True):
            m = self.machine(p, on)
            run = m.start(p.symbol("fib"), [p.number(18)])
            assert _session(m, run) is Stop.DONE
            assert p.value(run.value) == 2584
            assert (m.memo.answered > 0) is on
            runs.append(run.steps)
        assert runs[0] == alone.steps
        assert runs[1] < runs[0] // 2

    def test_it_is_tried_and_saves_steps(self) -> None:
        p = Peano()
        runs = []
        for memo in (False, True):
            m = NativeMachine(p.bank, p.table, memo=memo)
            for _ in range(20 if memo else 1):  # a busy machine may look when the run is over
                run = m.start(p.symbol("fib"), [p.number(28)])
                assert _session(m, run) is Stop.DONE
                assert p.value(run.value) == 317811
                if m.memo.answered:
                    break
            assert (m.memo.answered > 0) is memo
            runs.append(run)
            p.bank.collect()
        assert runs[1].steps < runs[0].steps

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_what_is_remembered_does_not_outlive_its_ids(self, elsewhere: bool) -> None:
        p = Peano()
        m = self.machine(p, True)
        assert p.value(_value(m, p.symbol("fib"), p.number(8))) == 21
        if elsewhere:
            p.bank.collect()
        else:
            m._collect(at_end=True)
        p.term("double", p.term("0"))  # now every number has the id that its successor had
        assert p.value(_value(m, p.symbol("fib"), p.number(7))) == 13


class TestTheCache:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("LEMMATA_CACHE_DIR", str(tmp_path / "own"))
        return tmp_path / "own"

    def run(self, wait: bool = False) -> NativeMachine:
        p = Peano()
        m = NativeMachine(p.bank, p.table, wait=wait)
        assert p.value(_value(m, p.symbol("fib"), p.number(10))) == 55
        return m

    def test_a_second_machine_finds_the_object(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run(wait=True)
        assert list(folder.glob("native/*.o"))

        def assemble(*_: object) -> bytes:
            raise AssertionError("compiled again")

        for module in (native, machine_code):
            monkeypatch.setattr(module, "assemble", assemble)
        assert self.run()._better is None
        self.run(wait=True)

    @pytest.mark.parametrize("damage", [lambda b: b[:40], lambda b: b"", lambda b: b[:-9] + b"x" * 9, lambda b: b[32:]])
    def test_a_damaged_object_is_made_again(self, folder: Path, damage: Callable[[bytes], bytes]) -> None:
        self.run(wait=True)
        files = {f: f.read_bytes() for f in folder.glob("native/*.o")}
        for f, content in files.items():
            f.write_bytes(damage(content))
        self.run(wait=True)
        assert any(f.read_bytes() == content for f, content in files.items())

    def test_a_folder_that_cannot_be_is_done_without(self, folder: Path) -> None:
        folder.write_text("a file")
        self.run(wait=True)
        assert folder.read_text() == "a file"

    def test_few_files_are_kept(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native_cache, "_KEPT", 3)
        for k in range(5):
            native_cache.keep(f"k{k}", b"code")
            os.utime(folder / "native" / f"k{k}.o", (k, k))
        assert native_cache.find("k1") is None
        assert native_cache.find("k4") == b"code"
        assert len(list(folder.glob("native/*"))) == 3


_EXITS = """
from lemmata.rewriting import native
from tests.rewriting.test_machine import Peano
p = Peano()
better = native.NativeMachine(p.bank, p.table)._better
better.start()
print(better.binary)
"""


def test_a_process_may_end_while_code_is_being_optimised(tmp_path: Path) -> None:
    environment = {**os.environ, "LEMMATA_CACHE_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", _EXITS], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=100
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "None\n", "")
    assert len(list((tmp_path / "native").glob("*.o"))) == 2
