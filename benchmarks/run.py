"""Measures Lemmata on this machine and writes benchmarks/RESULTS.md.

    python benchmarks/run.py [--runs N] [TOPIC ...]

from the root of a checkout, with the installed lemmata. A topic is a module beside this one; without any, all are
measured. Every figure is the median of N runs (each topic has its own number unless told otherwise).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import algebra
import discovery
import egraph
import fmc
import rec
import simplify
from processes import say
from report import RESULTS, page_with

# Measures, given a number of runs (0: its own) and a folder to write in; returns the lines of its part of the page.
Topic = Callable[[int, Path], Iterator[str]]
TOPICS: dict[str, Topic] = {
    "algebra": algebra.measure,
    "discovery": discovery.measure,
    "egraph": egraph.measure,
    "fmc": fmc.measure,
    "rec": rec.measure,
    "simplify": simplify.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Lemmata and write benchmarks/RESULTS.md.")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"of {', '.join(TOPICS)} (default: all)")
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="runs for each figure")
    given = parser.parse_args()
    unknown = [t for t in given.topics if t not in TOPICS]
    if unknown:
        parser.error(f"unknown topic {unknown[0]!r}; topics: {', '.join(TOPICS)}")
    if given.runs < 0:
        parser.error("--runs must be positive")
    for topic in given.topics or TOPICS:
        with tempfile.TemporaryDirectory() as folder:
            lines = list(TOPICS[topic](given.runs, Path(folder)))
        page = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        RESULTS.write_text(page_with(page, topic, lines, list(TOPICS)), encoding="utf-8")
        say(f"wrote the part {topic} of {RESULTS}")


if __name__ == "__main__":
    main()
