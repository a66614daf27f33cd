"""The table machine against the reference, against call by value written down plainly, and at its limits."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting import memo as modes
from lemmata.rewriting.bank import TermBank, TermId, app_symbol
from lemmata.rewriting.limits import Clock, Limits, Stop, Stopped
from lemmata.rewriting.machine import TableMachine
from lemmata.rewriting.matching import match
from lemmata.rewriting.memo import Memo
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.reference import ReferenceRewriter, ground_order
from lemmata.rewriting.rules import Condition, RewriteRule, compile_rules
from lemmata.rewriting.runs import BASE, DEPTH, MEMO_HITS, SAVED
from lemmata.rewriting.syntax import TermTable, children, with_children
from lemmata.rewriting.theory import Notation, Symbol
from lemmata.rewriting.walk import Walk
from tests.rewriting.systems import System, conditional_system

SEEDS = st.integers(0, 2**32)
LOOKS = 3000
PLENTY = 100_000


class Endless(Exception):
    """More rewrites than anybody wants to wait for."""


class CallByValue:
    """What the machine is to compute, with what it is to count: by recursion, on rows."""

    def __init__(self, s: System) -> None:
        self.terms = s.terms
        self.rules = s.rules
        self.steps = 0
        self._calls = 0
        self._depth = 0
        self._defined = {s.terms.rows[r.lhs][1] for r in s.rules}
        self._greater = ground_order(s.terms, s.precedence)

    def results(self, subjects: Sequence[int]) -> list[int]:
        values: dict[int, int] = {}
        return [self._value(t, values) for t in subjects]

    def _value(self, row: int, values: dict[int, int]) -> int:
        """The value of a term of which some subterms have theirs: every distinct subterm is evaluated once."""
        if row not in values:
            cells = self.terms.rows[row]
            below = [self._value(c, values) for c in children(cells)]
            values[row] = self._call(self.terms.add(with_children(cells, below)))
        return values[row]

    def _call(self, t: int) -> int:
        if self.terms.rows[t][1] not in self._defined or self.terms.rows[t][0] == "var":
            return t
        self._calls += 1
        self._depth += 1
        if self._calls > LOOKS or self._depth > 40:
            raise Endless
        for rule in self.rules:
            values = match(self.terms, rule.lhs, t, rule.variables)
            if values is None or not self._holds(rule, dict(values)):
                continue
            if rule.ordered and not self._greater(t, self.terms.replace(rule.rhs, values)):
                continue
            self.steps += 1
            t = self._value(rule.rhs, dict(values))
            break
        self._depth -= 1
        return t

    def _holds(self, rule: RewriteRule, values: dict[int, int]) -> bool:
        return all((self._value(c.left, values) == self._value(c.right, values)) == c.equal for c in rule.conditions)


@dataclass(frozen=True)
class How:
    """How to run a system: a tiny bank must grow at every turn; a slice may be one call; `collect` after each."""

    memo: Callable[[], Memo] = Memo
    capacity: int = 1 << 12
    slice_: int = PLENTY
    collect: bool = False


def _run(s: System, how: How) -> tuple[list[int] | None, int]:
    """The normal forms (None: not within PLENTY calls) and the steps."""
    bank = TermBank(how.capacity)
    machine = TableMachine(bank, compile_rules(bank, s.terms, s.signature, s.rules), s.precedence, memo=how.memo())
    walk = Walk(bank, bank.load(s.terms, s.subjects, s.signature), machine.has_rules)
    for _ in range(PLENTY // how.slice_):
        if walk.advance(machine, fuel=how.slice_) is Stop.DONE:
            return bank.dump(walk.results(), s.terms), walk.steps
        if how.collect:
            walk.collect(bank)
    return None, walk.steps


HOWS = [
    How(lambda: Memo(rows=0)),
    How(lambda: Memo(rows=0), capacity=1),
    How(lambda: Memo(rows=1 << 10, always=True)),
    How(lambda: Memo(rows=1, always=True), capacity=1),
    How(lambda: Memo(rows=0), capacity=1, slice_=50, collect=True),
    How(lambda: Memo(rows=16, always=True), slice_=50, collect=True),
]


class TestAgainstTheSpecification:
    @given(SEEDS, st.booleans(), st.sampled_from(HOWS))
    def test_normal_forms_are_those_of_the_reference(self, seed: int, terminating: bool, how: How) -> None:
        s = conditional_system(seed, terminating)
        reference = ReferenceRewriter(s.terms, s.rules, s.precedence, LOOKS)
        try:
            expected = [reference.normalise(t) for t in s.subjects]
        except Stopped:
            return
        found, _ = _run(s, how)
        assert found in (expected, None)

    @given(SEEDS, st.booleans(), st.sampled_from(HOWS))
    def test_it_is_call_by_value_and_counts_every_step(self, seed: int, terminating: bool, how: How) -> None:
        s = conditional_system(seed, terminating)
        oracle = CallByValue(s)
        try:
            expected = oracle.results(s.subjects)
        except Endless:
            return
        found, steps = _run(s, how)
        assert found == expected
        if how.memo().always:
            assert steps <= oracle.steps
        else:
            assert steps == oracle.steps

    @settings(max_examples=30)
    @given(SEEDS)
    def test_a_run_may_stop_at_every_single_call(self, seed: int) -> None:
        s = conditional_system(seed, terminating=True)
        oracle = CallByValue(s)
        try:
            expected = oracle.results(s.subjects)
        except Endless:
            return
        if oracle.steps < 300:
            assert _run(s, How(lambda: Memo(rows=0), slice_=1, collect=True)) == (expected, oracle.steps)
            assert _run(s, How(lambda: Memo(rows=4, always=True), slice_=1, collect=True))[0] == expected


class Peano:
    """Addition that recurs, addition that loops, fibonacci, a function that never returns, one that makes garbage."""

    def __init__(self) -> None:
        t = self.terms = TermTable()
        arities = {"0": 0, "s": 1, "plus": 2, "add": 2, "fib": 1, "double": 1, "ever": 1}
        arities |= {"pair": 2, "second": 1, "waste": 2}
        self.symbols = {n: Symbol(n, ("N",) * k, "N", "abstract", Notation(n)) for n, k in arities.items()}
        x, y = t.var("x", "N"), t.var("y", "N")
        zero, sx = t.app("0"), t.app("s", x)
        pairs = [
            (t.app("plus", zero, y), y),
            (t.app("plus", sx, y), t.app("s", t.app("plus", x, y))),
            (t.app("add", zero, y), y),
            (t.app("add", sx, y), t.app("add", x, t.app("s", y))),
            (t.app("fib", zero), zero),
            (t.app("fib", t.app("s", zero)), t.app("s", zero)),
            (t.app("fib", t.app("s", sx)), t.app("plus", t.app("fib", sx), t.app("fib", x))),
            (t.app("double", zero), zero),
            (t.app("double", sx), t.app("s", t.app("s", t.app("double", x)))),
            (t.app("ever", x), t.app("ever", t.app("s", x))),
            (t.app("second", t.app("pair", x, y)), y),
            (t.app("waste", zero, y), y),
            (t.app("waste", sx, y), t.app("waste", x, t.app("second", t.app("pair", x, y)))),
        ]
        self.rules = [
            RewriteRule(a, b, frozenset(t.free_variables(a)), ("axiom", str(n))) for n, (a, b) in enumerate(pairs)
        ]
        self.bank = TermBank()
        self.table = compile_rules(self.bank, t, self.symbols, self.rules)

    def machine(self, **options: object) -> TableMachine:
        return TableMachine(self.bank, self.table, **options)  # type: ignore[arg-type]

    def symbol(self, name: str) -> int:
        return self.bank.symbol_id(app_symbol(self.symbols[name]))

    def term(self, name: str, *arguments: int) -> TermId:
        return self.bank.node(self.bank.symbol_id(app_symbol(self.symbols[name])), arguments)

    def number(self, n: int) -> TermId:
        t = self.term("0")
        for _ in range(n):
            t = self.term("s", t)
        return t

    def value(self, t: int) -> int:
        n = 0
        while self.bank.head(t).name == "s":
            t, n = self.bank.arguments(t)[0], n + 1
        assert self.bank.head(t).name == "0"
        return n


class TestDepth:
    def test_recursion_is_as_deep_as_the_term(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("plus"), [p.number(100_000), p.number(3)])
        assert m.run(run) is Stop.DONE
        assert p.value(run.value) == 100_003
        assert run.steps == 100_001

    def test_a_loop_keeps_its_stack(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("add"), [p.number(100_000), p.number(0)])
        before = len(run.stack)
        assert m.run(run) is Stop.DONE
        assert p.value(run.value) == 100_000
        assert len(run.stack) == before

    def test_a_walk_is_as_deep_as_the_term_and_sees_a_shared_subterm_once(self) -> None:
        p = Peano()
        deep = p.term("plus", p.number(1), p.number(2))
        for _ in range(20_000):
            deep = p.term("plus", p.term("0"), p.term("s", deep))
        assert p.value(p.machine().normal_form(deep)) == 20_003
        shared = p.term("plus", p.number(0), p.number(0))
        for _ in range(100):
            shared = p.term("plus", shared, shared)
        assert p.machine().normal_form(shared) == p.number(0)


class TestStops:
    def test_fuel_is_a_number_of_calls_and_a_run_goes_on_where_it_stopped(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("plus"), [p.number(50), p.number(0)])
        for n in range(1, 51):
            assert m.run(run, fuel=1) is Stop.STEPS
            assert run.steps == n
            call = run.pending(p.bank)
            assert call == (p.symbol("plus"), [p.number(50 - n), p.number(0)])
        assert m.run(run, fuel=1) is Stop.DONE
        assert run.value == p.number(50)

    def test_time_ends_a_slice_and_shows_the_last_term(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("ever"), [p.number(0)])
        assert m.run(run, Clock(Limits(seconds=0.1))) is Stop.TIME
        steps = run.steps
        last = run.term(p.bank)
        assert p.bank.head(last).name == "ever"
        assert p.value(p.bank.arguments(last)[0]) == steps
        assert m.run(run, fuel=10) is Stop.STEPS
        assert run.steps == steps + 10

    def test_memory_ends_it_too(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("ever"), [p.number(0)])
        assert m.run(run, Clock(Limits(memory_mb=1))) is Stop.MEMORY
        assert m.run(run, fuel=10) is Stop.STEPS

    def test_interrupts_fall_between_slices(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("ever"), [p.number(0)])
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        previous = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
        try:
            with pytest.raises(KeyboardInterrupt):
                m.run(run)
            clock = Clock(Limits())
            with clock.holding_interrupts():
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                assert m.run(run, clock) is Stop.INTERRUPTED
        finally:
            signal.signal(signal.SIGALRM, previous)
        before = run.steps
        assert m.run(run, fuel=10) is Stop.STEPS
        assert run.steps == before + 10

    def test_a_walk_tells_what_it_has_and_goes_on(self) -> None:
        p = Peano()
        m = p.machine()
        roots = [p.number(2), p.term("fib", p.number(5)), p.term("plus", p.number(9), p.number(1))]
        walk = Walk(p.bank, roots, m.has_rules)
        assert walk.advance(m, fuel=3) is Stop.STEPS
        assert walk.results() == [p.number(2)]
        assert walk.term() is not None
        with pytest.raises(Stopped):
            m.normal_form(roots[2], Clock(Limits(seconds=0)))
        assert walk.advance(m, Clock(Limits(seconds=0))) is Stop.TIME
        assert walk.advance(m) is Stop.DONE
        assert walk.results() == [p.number(2), p.number(5), p.number(10)]
        assert walk.term() is None


class TestCollection:
    def test_a_full_bank_is_collected_and_the_run_goes_on(self) -> None:
        p = Peano()
        m = p.machine(collect_cells=1 << 10)
        kept = p.bank.handle(p.number(7))
        other = np.array([p.number(5), -3, 0], np.int32)
        run = m.start(p.symbol("double"), [p.number(3000)])
        assert m.run(run, fuel=2000, extra=[other]) is Stop.STEPS
        assert m.run(run, extra=[other]) is Stop.DONE
        assert p.bank.collections > 0
        assert p.value(run.value) == 6000
        assert p.value(p.bank.held(kept)) == 7
        assert (p.value(int(other[0])), *other[1:]) == (5, -3, 0)

    def test_garbage_does_not_pile_up(self) -> None:
        p = Peano()
        m = p.machine(collect_cells=1 << 12, memo=Memo(rows=0))
        for n in range(100):
            run = m.start(p.symbol("waste"), [p.number(100), p.number(n)])
            assert m.run(run) is Stop.DONE
            assert p.value(run.value) == n
        assert p.bank.collections > 0
        assert len(p.bank.cells) <= 1 << 13

    def test_a_run_whose_terms_are_lost_is_refused(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("plus"), [p.number(3), p.number(0)])
        p.bank.collect()
        with pytest.raises(ValueError, match="collected"):
            m.run(run)

    def test_what_is_remembered_does_not_outlive_its_ids(self) -> None:
        p = Peano()
        m = p.machine(memo=Memo(always=True))
        first = m.start(p.symbol("fib"), [p.number(8)])
        assert m.run(first) is Stop.DONE
        p.bank.collect()
        p.term("double", p.term("0"))  # now every number has the id that its successor had
        again = m.start(p.symbol("fib"), [p.number(7)])
        assert m.run(again) is Stop.DONE
        assert p.value(again.value) == 13

    def test_nor_does_what_was_compared(self) -> None:
        t = TermTable()
        symbols = {n: Symbol(n, ("A",) * k, "A", "abstract", Notation(n)) for n, k in (("a", 0), ("b", 0), ("f", 2))}
        x, y = t.var("x", "A"), t.var("y", "A")
        swap = RewriteRule(t.app("f", x, y), t.app("f", y, x), frozenset({x, y}), ("axiom", "swap"), ordered=True)
        bank = TermBank()
        m = TableMachine(bank, compile_rules(bank, t, symbols, [swap]), {"a": 0, "b": 1, "f": 2})
        a, b, f = (bank.symbol_id(app_symbol(symbols[n])) for n in "abf")
        for order in ((a, b), (b, a)):  # the two constants exchange their ids
            terms = {constant: bank.node(constant, []) for constant in order}
            assert m.normal_form(bank.node(f, [terms[b], terms[a]])) == bank.node(f, [terms[a], terms[b]])
            bank.collect()

    def test_calls_can_stand_on_top_of_a_run(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("plus"), [p.number(3), p.number(4)])
        assert m.run(run, fuel=2) is Stop.STEPS
        before = run.state.copy()
        run.call(p.symbol("fib"), [p.number(6)])
        assert m.run(run) is Stop.DONE
        assert run.value == p.number(8)
        assert run.state[DEPTH] == run.state[BASE] == before[DEPTH]


class TestMemo:
    def test_it_goes_on_where_it_pays(self) -> None:
        p = Peano()
        plain = p.machine(memo=Memo(rows=0))
        without = plain.start(p.symbol("fib"), [p.number(23)])
        assert plain.run(without) is Stop.DONE
        m = p.machine()
        run = m.start(p.symbol("fib"), [p.number(23)])
        assert m.run(run) is Stop.DONE
        assert run.value == without.value
        assert run.steps < without.steps // 2
        assert m.memo.modes[p.symbol("fib")] == modes.ON

    def test_what_it_saved_are_the_steps_that_were_not_made(self) -> None:
        p = Peano()
        plain, m = p.machine(memo=Memo(rows=0)), p.machine(memo=Memo(always=True))
        runs = [machine.start(p.symbol("fib"), [p.number(14)]) for machine in (plain, m)]
        assert [machine.run(run) for machine, run in zip((plain, m), runs, strict=True)] == [Stop.DONE, Stop.DONE]
        assert runs[1].steps < runs[0].steps
        assert runs[1].steps + m.memo.counts[:, modes.SAVED].sum() == runs[0].steps
        assert runs[1].state[SAVED] == m.memo.counts[:, modes.SAVED].sum()
        assert runs[1].state[MEMO_HITS] == m.memo.counts[:, modes.HITS].sum()

    def test_it_stays_off_where_it_does_not(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("plus"), [p.number(100_000), p.number(1)])
        assert m.run(run) is Stop.DONE
        assert m.memo.counts[p.symbol("plus"), modes.PROBES] > 0
        assert m.memo.modes[p.symbol("plus")] == modes.OFF

    def test_short_runs_do_not_pay_for_it(self) -> None:
        p = Peano()
        m = p.machine()
        run = m.start(p.symbol("fib"), [p.number(8)])
        assert m.run(run) is Stop.DONE
        assert not m.memo.counts.any()
        assert len(m.memo.table) == modes.WIDTH

    def test_what_is_counted_does_not_depend_on_slices(self) -> None:
        def steps(fuel: int | None) -> tuple[int, int]:
            p = Peano()
            m = p.machine()
            run = m.start(p.symbol("fib"), [p.number(19)])
            while m.run(run, fuel=fuel) is not Stop.DONE:
                pass
            return run.steps, int(m.memo.counts[:, modes.HITS].sum())

        assert steps(None) == steps(7_777) == steps(50_000)

    @pytest.mark.parametrize("rows", [-1, 3, 100])
    def test_its_size_is_a_power_of_two(self, rows: int) -> None:
        with pytest.raises(ValueError, match="power of two"):
            Memo(rows)


class Integers:
    """Rules over built-in integers: factorial, and a quotient that may have no value."""

    def __init__(self) -> None:
        t = self.terms = TermTable()
        by_text = {(s.notation.text, s.arity): s for s in builtin_symbols(("Int", "Bool"))}
        name = {key: s.name for key, s in by_text.items()}
        n, m = t.var("n", "Int"), t.var("m", "Int")
        zero, one = t.literal("0", "Int"), t.literal("1", "Int")
        fac, safe, even, ask = (
            Symbol(f, ("Int",) * k, "Int", "abstract", Notation(f))
            for f, k in (("fac", 1), ("safe", 2), ("even", 1), ("ask", 1))
        )
        self.symbols = {s.name: s for s in (*by_text.values(), fac, safe, even, ask)}
        less = t.app(name["-", 2], n, one)
        div, mod = name["div", 2], name["mod", 2]
        rules = [
            (t.app("fac", zero), one, ()),
            (t.app("fac", n), t.app(name["*", 2], n, t.app("fac", less)), ()),
            (t.app("safe", n, m), t.app(div, n, m), ()),
            (t.app(div, n, zero), zero, ()),
            (t.app("even", n), one, (Condition(t.app(mod, n, t.literal("2", "Int")), zero),)),
            (t.app("even", n), zero, ()),
            (t.app("ask", zero), one, ()),
        ]
        self.rules = [
            RewriteRule(a, b, frozenset(t.free_variables(a)), ("axiom", "r"), conditions=c) for a, b, c in rules
        ]
        self.bank = TermBank()
        self.table = compile_rules(self.bank, t, self.symbols, self.rules)

    def symbol(self, name: str) -> int:
        return self.bank.symbol_id(app_symbol(self.symbols[name]))

    def call(self, name: str, *arguments: int, machine: TableMachine | None = None) -> object:
        """The value of a call on integers, its name and arguments if it is none."""
        m = machine or TableMachine(self.bank, self.table)
        run = m.start(self.symbol(name), [self.bank.literal(a, "Int") for a in arguments])
        while m.run(run, fuel=1) is not Stop.DONE:
            run.collect(self.bank)
        return self.bank.literal_value(run.value)


class TestBuiltIn:
    def test_numbers_of_any_size(self) -> None:
        expected = 1
        for n in range(1, 31):
            expected *= n
        assert Integers().call("fac", 30) == expected

    def test_a_small_integer_is_its_own_normal_form(self) -> None:
        i = Integers()
        m = TableMachine(i.bank, i.table)
        five = i.bank.literal(5, "Int")
        assert m.normal_form(five) == five
        assert m.normal_form(i.bank.node(i.bank.symbol_id(app_symbol(i.symbols["fac"])), [five])) == five + 115

    def test_conditions_on_numbers(self) -> None:
        i = Integers()
        assert [i.call("even", n) for n in (0, 7, -4, 2**40, 2**40 + 1)] == [1, 0, 1, 1, 0]

    def test_an_operation_without_value_is_left_to_the_rules(self) -> None:
        i = Integers()
        assert i.call("safe", 7, 2) == 3
        assert i.call("safe", 7, 0) == 0
        assert i.call("safe", 2**50, 0) == 0
        assert i.call("safe", 2**50, -(2**31)) == -(2**19)


class TestHosts:
    def test_python_computes_a_symbol_or_leaves_it(self) -> None:
        i = Integers()
        asked: list[Sequence[int]] = []

        def ask(arguments: Sequence[TermId]) -> TermId | None:
            value = i.bank.literal_value(arguments[0])
            asked.append(arguments)
            return i.bank.literal(10 * value, "Int") if isinstance(value, int) and value else None

        m = TableMachine(i.bank, i.table, hosts={i.symbol("ask"): ask})
        assert i.call("ask", 4, machine=m) == 40
        assert i.call("ask", 0, machine=m) == 1  # by its rule
        assert len(asked) == 2

    def test_a_symbol_without_rules_may_be_computed_too(self) -> None:
        p = Peano()
        hosts: Mapping[int, Callable[[Sequence[TermId]], TermId | None]] = {p.symbol("s"): lambda _: None}
        m = p.machine(hosts=hosts)
        three = p.number(3)
        assert m.has_rules(p.symbol("s"))
        assert m.normal_form(p.term("s", p.term("plus", three, three))) == p.number(7)

    def test_what_it_raises_leaves_the_run_whole(self) -> None:
        p = Peano()
        fails = [True]

        def double(arguments: Sequence[TermId]) -> TermId:
            if fails.pop():
                raise ZeroDivisionError
            return p.number(2 * p.value(arguments[0]))

        m = p.machine(hosts={p.symbol("double"): double})
        run = m.start(p.symbol("double"), [p.number(2)])
        with pytest.raises(ZeroDivisionError):
            m.run(run)
        fails.append(False)
        assert m.run(run) is Stop.DONE
        assert p.value(run.value) == 4


def test_a_state_is_made_of_stack_and_cells() -> None:
    """What another executor must be able to rely on: the frame of a CALL, and that of the memo below it."""
    p = Peano()
    m = p.machine(memo=Memo(rows=16, always=True))
    two, one = p.number(2), p.number(1)
    run = m.start(p.symbol("fib"), [two])
    assert m.run(run, fuel=1) is Stop.STEPS
    call = run.pending(p.bank)
    assert call == (p.symbol("fib"), [one])
    cells = run.stack[: int(run.state[DEPTH])].tolist()
    assert cells[-2:] == [~(len(p.table.code) + p.symbol("fib")), one]
    assert cells[-3] == one  # the argument of the memo frame
    assert ~cells[-4] < len(p.table.code)
