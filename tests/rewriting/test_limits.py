"""Clocks, their limits, and Ctrl-C held back to a safe point."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from lemmata.rewriting import limits
from lemmata.rewriting.limits import Clock, Limits, Stop, Stopped, peak_mb, resident_mb


class TestClock:
    def test_without_limits_it_never_stops(self) -> None:
        clock = Clock(Limits())
        clock.check()
        assert clock.reason() is None

    def test_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: now)
        clock = Clock(Limits(seconds=5))
        now = 104.9
        assert clock.elapsed() == pytest.approx(4.9)
        assert clock.reason() is None
        now = 105.0
        assert clock.reason() is Stop.TIME
        with pytest.raises(Stopped) as stopped:
            clock.check()
        assert stopped.value.reason is Stop.TIME

    def test_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        used = 50.0
        monkeypatch.setattr(limits, "resident_mb", lambda: used)
        clock = Clock(Limits(memory_mb=50))
        assert clock.reason() is None
        used = 50.5
        assert clock.reason() is Stop.MEMORY

    def test_the_first_limit_named_is_time(self) -> None:
        assert Clock(Limits(seconds=0, memory_mb=0)).reason() is Stop.TIME

    def test_memory_is_counted_in_megabytes(self) -> None:
        before = resident_mb()
        block = bytearray(os.urandom(1)) * (64 << 20)
        assert 60 < resident_mb() - before < 80
        assert peak_mb() > 64
        del block


class TestInterrupts:
    def test_the_first_one_is_a_limit_and_the_second_one_strikes(self) -> None:
        clock = Clock(Limits())
        with clock.holding_interrupts():
            signal.raise_signal(signal.SIGINT)
            assert clock.reason() is Stop.INTERRUPTED
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_afterwards_it_strikes_again(self) -> None:
        clock = Clock(Limits())
        with clock.holding_interrupts():
            assert clock.reason() is None
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert clock.reason() is None

    def test_a_handler_of_the_program_is_left_alone(self) -> None:
        struck = []
        before = signal.signal(signal.SIGINT, lambda number, frame: struck.append(number))
        try:
            clock = Clock(Limits())
            with clock.holding_interrupts():
                signal.raise_signal(signal.SIGINT)
            assert struck == [signal.SIGINT]
            assert clock.reason() is None
        finally:
            signal.signal(signal.SIGINT, before)

    def test_another_thread_may_use_it(self) -> None:
        done = []

        def work() -> None:
            with Clock(Limits()).holding_interrupts():
                done.append(True)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert done == [True]
