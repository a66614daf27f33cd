"""Normal forms of the problems of the Rewrite Engines Competition, side by side with Maude.

Each problem is run by Maude and by Lemmata in turn, every run a new process. Maude's time is the real time that it
reports for its reductions; ours is what the executor reports, by native code, compilation and start-up left out. The
whole processes are compared too, with nothing of ours cached. Memory of normal forms is off unless said otherwise.

The environment variable REC_PROBLEMS names another folder of problems, such as the whole collection.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maude import Answer, find_maude, maude_names, maude_text, run_maude, text_digest
from processes import ROOT, run, say
from report import Finding, finding_table, machine, missed

from lemmata.rewriting.rec import read_rec
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.system import RewriteSystem

RUNS = 3
LIMIT = 100.0  # seconds for a run of either
TIMED = 0.008  # seconds of Maude from which on a problem is timed
LONG = 1.0  # and from which on whole processes are compared
LEAST = 20e-6  # seconds of ours that count as no less
JUDGED = 0.001  # seconds without memory from which on the cost of memory is judged
MUCH_TO_PRINT = 1_000_000  # characters of Maude's output from which on neither prints in timed runs

ASKED_RUN, ASKED_WORST, ASKED_WHOLE, ASKED_MEMO, ASKED_COST, ASKED_FIRST = 10, 1, 5, 50, 1.2, 0.05


@dataclass
class Problem:
    """A problem and what was measured: seconds of each run. `shown` are digests of the normal forms."""

    name: str
    path: Path
    system: RewriteSystem
    published: tuple[str, ...] | None
    maude: list[Answer] = field(default_factory=list)
    off: list[float] = field(default_factory=list)
    memo: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    maude_whole: list[float] = field(default_factory=list)
    rewrites: int = 0
    maude_shown: tuple[str, ...] = ()
    shown: dict[str, tuple[str | None, ...]] = field(default_factory=dict)

    @property
    def maude_seconds(self) -> float:
        return statistics.median(a.seconds for a in self.maude) if self.maude else LIMIT

    @property
    def right(self) -> bool:
        """Does every run give the published normal forms, or else Maude's?"""
        wanted = self.published or self.maude_shown
        return bool(wanted) and bool(self.shown) and all(s == wanted for s in self.shown.values())

    def ratio(self, seconds: Sequence[float]) -> float | None:
        """How many times Maude's speed, by medians."""
        if not seconds or not self.maude:
            return None
        return self.maude_seconds / max(LEAST, statistics.median(seconds))

    @property
    def whole_ratio(self) -> float | None:
        if not self.whole or not self.maude_whole:
            return None
        return statistics.median(self.maude_whole) / statistics.median(self.whole)

    @property
    def cost(self) -> float | None:
        """Time with memory over time without, where there is enough of it to compare."""
        if not self.memo or not self.off or statistics.median(self.off) < JUDGED:
            return None
        return statistics.median(self.memo) / statistics.median(self.off)


def measure(runs: int, folder: Path) -> Iterator[str]:
    """All measures, as the lines of their part of RESULTS.md."""
    runs = runs or RUNS
    data = Path(os.environ.get("REC_PROBLEMS", ROOT / "tests" / "data" / "rec"))
    problems, declined = _problems(data)
    with_maude = find_maude() is not None
    for n, problem in enumerate(problems, 1):
        say(f"{n} of {len(problems)}: {problem.name}")
        _measure(problem, runs, folder, with_maude)
    say("first answers")
    first = [_worker("first", *(str(p.path) for p in problems)) for _ in range(runs)]
    worst_first = {file: statistics.median(f[file] for f in first) for file in first[0]}
    yield from _page(problems, declined, worst_first, runs, with_maude)


def _problems(data: Path) -> tuple[list[Problem], list[str]]:
    """The problems that have something to evaluate, and the files that are declined for their META blocks."""
    problems, declined = [], []
    for path in sorted(data.glob("*.rec")):
        try:
            system = read_rec(path)
        except LemmataError as error:
            if "META" in error.message:
                declined.append(path.stem)
            continue  # else a library, which is not complete by itself
        expected = data / "expected" / f"{path.stem}.txt"
        published = None
        if expected.exists():
            lines = expected.read_text(encoding="utf-8").split("\n")
            published = tuple(text_digest(line, maude_names(system)) for line in lines if line.strip())
        if system.evaluate:
            problems.append(Problem(path.stem, path, system, published))
    return problems, declined


def _measure(problem: Problem, runs: int, folder: Path, with_maude: bool) -> None:
    """Run one problem: once if it is short, `runs` times if it is to be timed."""
    show = True
    if with_maude:
        answer = run_maude(maude_text(problem.system, True), folder, LIMIT)
        if answer is not None:
            problem.maude.append(answer)
            problem.maude_shown = answer.digests
            show = (folder / "maude.out").stat().st_size < MUCH_TO_PRINT
    again = runs if problem.maude_seconds >= TIMED else 1
    for n in range(again):
        if n and problem.maude and (answer := run_maude(maude_text(problem.system, True), folder, LIMIT)):
            problem.maude.append(answer)
        for memo, seconds in (("off", problem.off), ("adaptive", problem.memo)):
            told = _worker("run", "native", memo, str(LIMIT), str(problem.path))
            problem.shown[f"{n} {memo}"] = tuple(told["digests"])
            if None not in told["digests"]:
                seconds.append(told["seconds"])
                problem.rewrites = told["rewrites"] if memo == "off" else problem.rewrites
    if problem.maude and problem.maude_seconds >= LONG:
        for _ in range(runs):
            quiet = [] if show else ["--quiet"]
            if answer := run_maude(maude_text(problem.system, show), folder, LIMIT):
                problem.maude_whole.append(answer.whole)
            problem.whole.append(_cold("rewrite", str(problem.path), "--memo", "off", *quiet))


def _worker(*words: str) -> Any:
    script = Path(__file__).parent / "rec_worker.py"
    process = subprocess.run([sys.executable, str(script), *words], capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"{' '.join(words[:4])}: {process.stderr[-2000:]}")
    return json.loads(process.stdout)


def _cold(*words: str) -> float:
    """Wall seconds of a command without a compiled kernel or object code anywhere; Python's bytecode is installed."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {"NUMBA_CACHE_DIR": f"{cache}/numba", "XDG_CACHE_HOME": cache}
        return run(*words, environment=environment).seconds


def geometric(values: Iterable[float]) -> float:
    listed = list(values)
    return statistics.geometric_mean(listed) if listed else float("nan")


# The page

_COLUMNS = (
    "rewrites",
    *("Maude", "ours", "ratio"),
    *("with memory", "ratio", "memory costs"),
    *("Maude, whole", "ours, whole", "ratio"),
)


def _page(
    problems: Sequence[Problem], declined: Sequence[str], first: Mapping[str, float], runs: int, with_maude: bool
) -> Iterator[str]:
    timed = [p for p in problems if p.maude and p.maude_seconds >= TIMED]
    long = [p for p in timed if p.maude_seconds >= LONG]
    findings = [_right(problems), *(_speed(timed, long) if timed else ()), _first(first)]
    yield "## Rewriting beside Maude"
    yield ""
    yield from (line.strip() for line in (__doc__ or "").split("\n\n")[1].split("\n"))
    yield "Ratios above 1 are in our favour."
    yield ""
    yield missed(findings)
    yield ""
    yield from machine(("lemmata", "numpy", "numba", "llvmlite"))
    yield f"- Maude: {_version()}" if with_maude else "- Maude: none on this machine"
    yield f"- runs: medians of {runs} for timed problems, interleaved"
    yield ""
    yield from finding_table(findings)
    yield ""
    yield f"Declined for their META blocks: {', '.join(declined) or 'none'}."
    yield ""
    yield f"| problem | {' | '.join(_COLUMNS)} |"
    yield f"|---|{'---:|' * len(_COLUMNS)}"
    yield from (_row(p) for p in sorted(timed, key=lambda p: p.ratio(p.off) or 0.0))
    yield ""
    short = [p.name for p in problems if p not in timed and p.maude and p.right]
    endless = [p.name for p in problems if with_maude and not p.maude]
    yield f"Right and too short to time ({TIMED * 1000:g} ms of Maude): {', '.join(short) or 'none'}."
    if endless:
        yield f"Longer than {LIMIT:g} s in Maude: {', '.join(f'{n} ({_ours(n, problems)})' for n in endless)}."
    yield "Where normal forms fill more than a megabyte neither program prints them when whole processes are timed."


def _right(problems: Sequence[Problem]) -> Finding:
    judged = [p for p in problems if p.published or p.maude_shown]
    right = sum(p.right for p in judged)
    published = sum(p.published is not None for p in judged)
    wrong = ", ".join(p.name for p in judged if not p.right)
    found = f"{right} of {len(judged)}: {published} by the published ones, the rest by Maude's"
    return Finding("the right normal forms", found + (f"; not {wrong}" if wrong else ""), right == len(judged))


def _speed(timed: Sequence[Problem], long: Sequence[Problem]) -> Iterator[Finding]:
    def mean(name: str, asked: float, of: Sequence[Problem], ratio: Callable[[Problem], float | None]) -> Finding:
        ratios = [r for p in of if (r := ratio(p)) is not None]
        value = geometric(ratios)
        found = f"{value:.3g} times, over {len(ratios)} of {len(of)} problems"
        return Finding(f"{name}: at least {asked:g} times", found, value >= asked and len(ratios) == len(of))

    def worst(
        name: str, of: Sequence[Problem], value: Callable[[Problem], float | None], good: Callable[[float], bool]
    ) -> Finding:
        values = {p.name: v for p in of if (v := value(p)) is not None}
        bad = {n: v for n, v in values.items() if not good(v)}
        shown = ", ".join(f"{n} {v:.2f}" for n, v in sorted(bad.items())) if bad else "none above it"
        return Finding(name, f"{shown} ({len(values)} problems)", not bad)

    def off(p: Problem) -> float | None:
        return p.ratio(p.off)

    yield mean("run time against Maude's, geometric mean", ASKED_RUN, timed, off)
    slower = {p.name: off(p) or 0.0 for p in timed if (off(p) or 0.0) < ASKED_WORST}
    found = ", ".join(f"{n} {v:.2f}" for n, v in sorted(slower.items())) or "none"
    yield Finding("no problem slower than Maude", f"slower: {found}", not slower)
    if long:
        least = min((p for p in long if p.whole_ratio is not None), key=lambda p: p.whole_ratio or 0.0)
        yield mean(
            f"whole processes, nothing cached, {LONG:g} s or more, geometric mean",
            ASKED_WHOLE,
            long,
            lambda p: p.whole_ratio,
        )
        below = [p for p in long if (p.whole_ratio or 0.0) < ASKED_WHOLE]
        found = f"least: {least.name} {least.whole_ratio:.2f} times; {len(below)} of {len(long)} below"
        yield Finding(f"the same for each problem: at least {ASKED_WHOLE} times", found, not below)
    yield mean("run time with adaptive memory, geometric mean", ASKED_MEMO, timed, lambda p: p.ratio(p.memo))
    yield worst(
        f"adaptive memory costs at most {ASKED_COST:g} times the time without",
        timed,
        lambda p: p.cost,
        ASKED_COST.__ge__,
    )


def _first(first: Mapping[str, float]) -> Finding:
    file, seconds = max(first.items(), key=lambda item: item[1])
    middle = statistics.median(first.values())
    found = f"worst {seconds * 1000:.1f} ms ({Path(file).stem}), median {middle * 1000:.1f} ms, {len(first)} rule sets"
    return Finding(
        f"first answer of new rules, table machine, warm: within {ASKED_FIRST * 1000:g} ms",
        found,
        seconds <= ASKED_FIRST,
    )


def _row(p: Problem) -> str:
    def seconds(values: Sequence[float]) -> str:
        if not values:
            return ""
        middle = statistics.median(values)
        return f"{middle:.3g} s" if middle >= LEAST else f"< {LEAST:g} s"

    def times(value: float | None) -> str:
        return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"

    cells = [
        p.name if p.right else f"{p.name} (**wrong**)",
        f"{p.rewrites:,}",
        seconds([a.seconds for a in p.maude]),
        seconds(p.off),
        times(p.ratio(p.off)),
        seconds(p.memo),
        times(p.ratio(p.memo)),
        times(p.cost),
        seconds(p.maude_whole),
        seconds(p.whole),
        times(p.whole_ratio),
    ]
    return f"| {' | '.join(cells)} |"


def _ours(name: str, problems: Sequence[Problem]) -> str:
    p = next(p for p in problems if p.name == name)
    shown = [f"{statistics.median(v):.3g} s {how}" for how, v in (("", p.off), ("with memory", p.memo)) if v]
    return f"ours {', '.join(shown).strip()}" if shown else "longer in ours too"


def _version() -> str:
    program = find_maude()
    assert program is not None
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
