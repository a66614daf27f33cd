"""Limits of a run, and the reason why it stopped.

A search spends *steps*, which are counted the same on every machine; the clock and the memory bound may end a run but
never change what it finds before its end.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType

if sys.platform != "win32":
    import resource


class Stop(StrEnum):
    """Why a run ended."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    STEPS = "steps"
    INTERRUPTED = "interrupted"
    CYCLE = "cycle"  # a term came back, and would for ever


@dataclass(frozen=True)
class Limits:
    """What a run may use: wall seconds and MB of resident memory; None means no limit."""

    seconds: float | None = None
    memory_mb: int | None = None


class Stopped(Exception):
    """Raised at a safe point when a limit is reached; whoever holds results catches it and returns them."""

    def __init__(self, reason: Stop) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Clock:
    """A running set of limits.

    >>> Clock(Limits()).reason() is None
    True
    >>> Clock(Limits(seconds=0)).reason()
    <Stop.TIME: 'time'>
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.started = time.monotonic()
        self._interrupted = False

    def elapsed(self) -> float:
        """Wall seconds since the clock was made."""
        return time.monotonic() - self.started

    def reason(self) -> Stop | None:
        """The limit that has been reached, if any; Ctrl-C under `holding_interrupts` counts as one."""
        if self._interrupted:
            return Stop.INTERRUPTED
        if self.limits.seconds is not None and self.elapsed() >= self.limits.seconds:
            return Stop.TIME
        if self.limits.memory_mb is not None and resident_mb() > self.limits.memory_mb:
            return Stop.MEMORY
        return None

    def check(self) -> None:
        """Raise Stopped when a limit has been reached."""
        reason = self.reason()
        if reason is not None:
            raise Stopped(reason)

    @contextmanager
    def holding_interrupts(self) -> Iterator[None]:
        """Within it the first Ctrl-C is a limit reached: it acts at the next safe point and leaves no book half done.

        A second one raises KeyboardInterrupt where it falls. A program that handles SIGINT in its own way, or is not in
        its main thread, is left alone.
        """
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return

        def hold(number: int, frame: FrameType | None) -> None:
            self._interrupted = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        signal.signal(signal.SIGINT, hold)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def peak_mb() -> float:
    """Largest resident memory of this process so far, in MB; 0 on Windows, which has no such count."""
    if sys.platform == "win32":
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def resident_mb() -> float:
    """Resident memory of this process now, in MB (its peak where the system does not tell)."""
    if sys.platform != "linux":
        return peak_mb()
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * resource.getpagesize() / (1024 * 1024)
    except OSError:
        return peak_mb()
