"""Programs of the Functional Machine Calculus, on the native tier and on the table machine, beside CPython.

Every program is run in turn by CPython and by ours, in one process, several times; ratios are those of medians. The
time of a run is what a machine takes from its first transition to its last; the whole is reading, translating,
compiling without anything kept, and running.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fmc_programs import Timed, church, countdown, factorials, krivine, power, primes, takeuchi
from processes import say
from report import Finding, finding_table, machine, missed

from lemmata.calculi.fmc import native, table_machine
from lemmata.calculi.fmc.machine import Ending, Run
from lemmata.rewriting.executor import Tier
from lemmata.rewriting.limits import Clock, Limits, peak_mb

RUNS = 5
ASKED_PYTHON, ASKED_KRIVINE, ASKED_TABLE = 20, 100, 10
_LARGE = (countdown(10_000_000), primes(30_000), factorials(20, 50_000), takeuchi(18, 12, 6), church(20))
_BIG = (factorials(800, 10),)
_SMALL = (countdown(100_000), primes(1_000), factorials(20, 500), takeuchi(12, 8, 4), church(15))
_MIDDLE = (countdown(1_000_000), primes(10_000), factorials(20, 5_000), takeuchi(18, 12, 6), church(20))
_LONG = 100_000_000


@dataclass
class Measured:
    """Seconds of each run."""

    program: Timed
    transitions: int = 0
    python: list[float] = field(default_factory=list)
    run: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.python) / statistics.median(self.run)

    @property
    def rate(self) -> float:
        return self.transitions / statistics.median(self.run)


def measure(runs: int, folder: Path) -> Iterator[str]:
    """The lines of this part."""
    count = runs or RUNS
    large = [_measured(p, _natively, count) for p in (*_LARGE, *_BIG)]
    table_machine.execute(_SMALL[0].read(), fuel=None)  # so that kernels are loaded
    small = [_measured(p, _by_table, count) for p in _SMALL]
    rules = [_measured(p, _by_rules, count) for p in _MIDDLE]
    rate = _krivine_rate(count)
    long, grown = _long_loop()
    yield "## Programs of the Functional Machine Calculus"
    yield ""
    yield from machine(("llvmlite", "numba"))
    yield f"- medians of {count} runs, CPython and ours in turn"
    yield ""
    yield "### The native tier"
    yield ""
    yield "| program | CPython | native | whole, compiled anew | transitions | a second | CPython / native |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_row, large)
    yield ""
    yield "CPython runs plain functions, and for Church numerals a Krivine machine. The factorial of 800 has numbers"
    yield "that no word holds: each product of those is a call to Python, and it is not judged."
    yield ""
    yield "### The table machine"
    yield ""
    yield "| program | CPython | table machine | whole | rewrites | a second | CPython / table machine |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_row, small)
    yield ""
    yield "### The rewriting core with its native code"
    yield ""
    yield "The same rules, compiled once for the locations, labels and primitives that a program names, and kept."
    yield ""
    yield "| program | CPython | core | whole | rewrites | a second | CPython / core |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_row, rules)
    yield ""
    yield f"The Krivine machine in Python makes {rate:,.0f} transitions a second."
    yield ""
    findings = [
        *_findings(large, "imperative", ASKED_PYTHON, "CPython"),
        *_findings(large, "lambda", ASKED_KRIVINE, "the Krivine machine"),
        *_findings(small, "lambda", ASKED_TABLE, "the Krivine machine, on the table machine"),
        *_findings(rules, "lambda", ASKED_TABLE, "the Krivine machine, on the rewriting core with its native code"),
        Finding(
            f"a loop of {_LONG:,} iterations in constant memory",
            f"{long:.2f} s, {grown:.0f} MB more at the peak than before",
            grown < 64,
        ),
    ]
    yield from finding_table(findings)
    yield ""
    yield missed(findings)


def _findings(measured: Sequence[Measured], kind: str, asked: float, beside: str) -> Iterator[Finding]:
    for m in measured:
        if m.program.kind == kind:
            yield Finding(f"{asked} times {beside}: {m.program.name}", f"{m.ratio:,.2f} times", m.ratio >= asked)


def _row(m: Measured) -> str:
    python, run, whole = (statistics.median(v) for v in (m.python, m.run, m.whole))
    times = " | ".join(_time(t) for t in (python, run, whole))
    return f"| {m.program.name} | {times} | {m.transitions:,} | {m.rate / 1e6:,.0f} million | {m.ratio:,.1f} |"


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def _measured(program: Timed, ours: Callable[[Timed], tuple[Run, float, float]], count: int) -> Measured:
    say(program.name)
    measured = Measured(program)
    for _ in range(count):
        began = time.perf_counter()
        expected = program.python()
        measured.python.append(time.perf_counter() - began)
        ran, seconds, whole = ours(program)
        assert ran.ending is Ending.EXIT
        assert program.answer(ran) == expected
        measured.run.append(seconds)
        measured.whole.append(whole)
        measured.transitions = ran.transitions
    return measured


def _natively(program: Timed) -> tuple[Run, float, float]:
    """The run, its seconds, and those of the whole, with no machine code kept from before."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("LEMMATA_CACHE_DIR")
        os.environ["LEMMATA_CACHE_DIR"] = folder
        try:
            began = time.perf_counter()
            machine_ = native.NativeMachine(program.read())
            ready = time.perf_counter()
            ran = machine_.run(None, Clock(Limits()))
            ended = time.perf_counter()
        finally:
            if before is None:
                del os.environ["LEMMATA_CACHE_DIR"]
            else:
                os.environ["LEMMATA_CACHE_DIR"] = before
    return ran, ended - ready, ended - began


def _by_table(program: Timed) -> tuple[Run, float, float]:
    """The same on the table machine, whose rules are compiled in its run."""
    return _by_core(program, "table")


def _by_rules(program: Timed) -> tuple[Run, float, float]:
    """The same on the core's native code, which the first run leaves on disk."""
    return _by_core(program, "native")


def _by_core(program: Timed, executor: Tier) -> tuple[Run, float, float]:
    began = time.perf_counter()
    request = program.read()
    ready = time.perf_counter()
    ran = table_machine.execute(request, fuel=None, executor=executor)
    ended = time.perf_counter()
    return ran, ended - ready, ended - began


def _krivine_rate(count: int) -> float:
    """Transitions a second of the Krivine machine in Python."""
    term: Sequence[Any] = power(16)
    rates = []
    for _ in range(count):
        began = time.perf_counter()
        _, transitions = krivine(tuple(term))
        rates.append(transitions / (time.perf_counter() - began))
    return statistics.median(rates)


def _long_loop() -> tuple[float, float]:
    """Seconds of a long loop, and by how much the peak of memory grew."""
    program = countdown(_LONG)
    before = peak_mb()
    _, seconds, _ = _natively(program)
    return seconds, peak_mb() - before
