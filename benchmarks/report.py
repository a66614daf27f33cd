"""Figures and findings as they stand in RESULTS.md, and the page itself: one part for each topic."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Figure:
    """Values of one measure, and the bound that was asked for: the median must lie below it."""

    name: str
    unit: str
    values: tuple[float, ...]
    below: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.below is None else statistics.median(self.values) < self.below

    def row(self) -> str:
        show = _shown(self.unit)
        middle, least, most = (show(f(self.values)) for f in (statistics.median, min, max))
        asked = "" if self.below is None else f"< {self.below:g} {self.unit}"
        return f"| {self.name} | {middle} | {least} to {most} | {len(self.values)} | {asked} | {_yes(self.met)} |"


@dataclass(frozen=True)
class Finding:
    """A yes or no, with what it rests on."""

    name: str
    found: str
    met: bool | None

    def row(self) -> str:
        return f"| {self.name} | {self.found} | {_yes(self.met)} |"


def _shown(unit: str) -> Callable[[float], str]:
    return {
        "s": lambda v: f"{v:.2f} s",
        "MB": lambda v: f"{v:.0f} MB",
        "steps/s": lambda v: f"{v:,.0f} steps/s",
    }[unit]


def _yes(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"


def missed(claims: Iterable[Figure | Finding]) -> str:
    """The line that names the misses."""
    misses = [c.name for c in claims if c.met is False]
    return f"Missed: {'; '.join(misses) if misses else 'nothing'}."


def figure_table(figures: Iterable[Figure]) -> Iterator[str]:
    yield "| measure | median | range | runs | asked for | met |"
    yield "|---|---|---|---|---|---|"
    yield from (f.row() for f in figures)


def finding_table(findings: Iterable[Finding]) -> Iterator[str]:
    yield "| claim | found | met |"
    yield "|---|---|---|"
    yield from (f.row() for f in findings)


def machine(packages: Iterable[str]) -> Iterator[str]:
    """Facts that every figure depends on, as a list."""
    yield f"- processor: {_processor()}, {len(os.sched_getaffinity(0))} cores"
    yield f"- system: {platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    yield "- packages: " + ", ".join(f"{name} {metadata.version(name)}" for name in packages)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


# The page. A part begins at its marker and ends at the next one, so a topic can be measured by itself.

_INTRODUCTION = """# Benchmarks

Written by `python benchmarks/run.py [TOPIC ...]`, one part for each topic, as measured on the machine that it names.
What was asked for stands beside what was reached, and a miss is named as one.
"""


def page_with(page: str, topic: str, lines: Iterable[str], topics: Sequence[str]) -> str:
    """The page with the part of a topic written anew; `topics` gives the order of the parts."""
    pieces = re.split(r"^<!-- ([a-z]+) -->\n", page, flags=re.MULTILINE)
    parts = {name: text.strip("\n") for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    parts[topic] = "\n".join(lines).strip("\n")
    shown = [f"<!-- {name} -->\n{parts[name]}\n" for name in topics if name in parts]
    return "\n".join([_INTRODUCTION, *shown])
