"""Native code against the reference and the table machine, harried at every safepoint."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting import native
from lemmata.rewriting.bank import TermBank, app_symbol
from lemmata.rewriting.limits import Clock, Limits, Stop, Stopped
from lemmata.rewriting.machine import TableMachine
from lemmata.rewriting.memo import Memo
from lemmata.rewriting.native import NativeMachine
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.rules import compile_rules
from lemmata.rewriting.walk import Walk
from tests.rewriting.systems import System, conditional_system

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
