"""Equality saturation, side by side with egglog through its Python package, and terms built from Python.

    python benchmarks/egraph.py [--runs N] [PIECE ...]

prints the part, or the pieces of it that are named: saturation, building, sums, limits; `run.py egraph` writes all of
it to RESULTS.md. Wants egglog (`pip install 'lemmata[egglog]'`).

Both engines run the same rules over the same terms with the simple scheduler and must come out with the same number of
e-nodes; egglog gets them as the text of a program. "Run" is the saturation by itself, with rules compiled and terms
inserted; "whole" is everything, from the texts of rules and terms on. Our log of proofs is always on; egglog keeps
none. Runs take turns, after one of each that does not count. Times are of the processor, so that other work on the
machine counts for nobody; both engines use one thread. Limits of time are measured by the clock.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import ROOT, say
from report import Finding, finding_table, machine, missed

from lemmata.rewriting.egraph.directions import egraph_rules
from lemmata.rewriting.egraph.egglog_graph import bindings
from lemmata.rewriting.egraph.egglog_text import COMPUTING, Writer
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.syntax import TermTable

RUNS = 7
LARGE_RUNS = 3  # of what takes more than half a second
LARGE = 500_000  # e-nodes
ASKED_EACH, ASKED_MEAN, ASKED_BUILD, ASKED_SUM = 2.5, 5, 50, 0.010
ASKED_NODES, ASKED_SECONDS = 0.10, 0.2
MOST_ROUNDS = 1_000
SUMMANDS = 20


def suite(name: str) -> dict[str, Any]:
    """A rule suite of the tests."""
    return tomllib.loads((ROOT / "tests" / "data" / "egraph" / f"{name}.toml").read_text(encoding="utf-8"))


# Saturation


@dataclass(frozen=True)
class Case:
    """Rules and terms as texts, how many rounds, and how many e-nodes must come of it."""

    name: str
    rules: Sequence[str]
    terms: Sequence[str]
    rounds: int
    nodes: int


@dataclass(frozen=True)
class Race:
    """Seconds of each run of a case, by engine; e-nodes by engine."""

    case: Case
    run: Mapping[str, Sequence[float]]
    whole: Mapping[str, Sequence[float]]
    nodes: Mapping[str, int]

    @property
    def equal(self) -> bool:
        return set(self.nodes.values()) == {self.case.nodes}

    @property
    def ratio(self) -> float:
        return _ratio(self.run)

    def row(self) -> str:
        cells = [
            self.case.name,
            f"{self.case.nodes:,}",
            *(_time(self.run[engine]) for engine in ("lemmata", "egglog")),
            f"**{self.ratio:.2f}**",
            *(_time(self.whole[engine]) for engine in ("lemmata", "egglog")),
            f"{_ratio(self.whole):.2f}",
            "yes" if self.equal else f"**no**: {', '.join(f'{n:,}' for n in self.nodes.values())}",
        ]
        return f"| {' | '.join(cells)} |"


def _ratio(seconds: Mapping[str, Sequence[float]]) -> float:
    return statistics.median(seconds["egglog"]) / statistics.median(seconds["lemmata"])


def _time(seconds: Sequence[float]) -> str:
    middle = statistics.median(seconds)
    return f"{middle:.3f} s" if middle >= 1 else f"{middle * 1000:.2f} ms"


def cases() -> Iterator[Case]:
    sums = suite("sums")
    for n, nodes in sums["nodes"].items():
        if int(n) >= 8:
            total = " + ".join(f"x{i}" for i in range(1, int(n) + 1))
            yield Case(f"sum of {n} variables, to saturation", sums["rules"], [total], MOST_ROUNDS, nodes)
    math = suite("math_microbenchmark")
    for rounds, nodes in math["nodes"].items():
        yield Case(f"math, {rounds} rounds", math["rules"], math["terms"], int(rounds), nodes)


def program(ruleset: RuleSet, terms: Sequence[str]) -> str:
    """The rules and terms as a program of egglog's, without its run."""
    read = [ruleset.term(term) for term in terms]
    writer = Writer({s.name: s for term in read for s in term.signature.symbols})
    directed = egraph_rules(ruleset)
    for n, rule in enumerate(directed):
        writer.rule(ruleset.theory.terms, rule, f"r{n}")
    parts = " ".join(f"r{n}" for n in range(len(directed)))
    table, named = TermTable(), dict[int, str]()
    for term in read:
        writer.define(table, term.dump(table), named, lambda: f"$n{len(named)}")
    return "\n".join([f"(ruleset {COMPUTING})", *writer.take(), f"(unstable-combined-ruleset all {parts})"])


def ours(case: Case) -> tuple[float, float, int]:
    """Seconds of the run and of the whole, and e-nodes."""
    started = time.process_time()
    graph = EGraph(rules(*case.rules))
    for term in case.terms:
        graph.add(term)
    _ = graph.plans  # the rules are compiled, as egglog's are when they have been read
    inserted = time.process_time()
    graph.run(rounds=case.rounds)
    ended = time.process_time()
    return ended - inserted, ended - started, graph.nodes


def theirs(text: str, rounds: int) -> tuple[float, float, int]:
    """The same by egglog, of a program."""
    engine = bindings()
    started = time.process_time()
    graph = engine.EGraph()
    graph.run_program(*graph.parse_program(text))
    run = graph.parse_program(f"(run all {rounds})")
    inserted = time.process_time()
    graph.run_program(*run)
    ended = time.process_time()
    (sizes,) = graph.run_program(*graph.parse_program("(print-size)"))
    return ended - inserted, ended - started, sum(size for _, size in sizes.sizes)


def race(case: Case, runs: int) -> Race:
    text = program(rules(*case.rules), case.terms)
    engines: dict[str, Callable[[], tuple[float, float, int]]] = {
        "lemmata": lambda: ours(case),
        "egglog": lambda: theirs(text, case.rounds),
    }
    run: dict[str, list[float]] = {engine: [] for engine in engines}
    whole: dict[str, list[float]] = {engine: [] for engine in engines}
    nodes = {}
    for n in range(runs + 1):
        for engine, measured in engines.items():
            gc.collect()
            alone, everything, nodes[engine] = measured()
            if n:  # the first is for warming up
                run[engine].append(alone)
                whole[engine].append(everything)
    return Race(case, run, whole, nodes)


def saturation(runs: int) -> tuple[list[str], list[Finding]]:
    found = []
    for case in cases():
        say(case.name)
        found.append(race(case, min(runs, LARGE_RUNS) if case.nodes > LARGE else runs))
    least = min(found, key=lambda r: r.ratio)
    mean = statistics.geometric_mean(r.ratio for r in found)
    wrong = ", ".join(r.case.name for r in found if not r.equal)
    lines = [
        "| case | e-nodes | run, ours | egglog | ratio | whole, ours | egglog | ratio | e-nodes equal |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *(r.row() for r in found),
    ]
    return lines, [
        Finding("the same e-nodes in both, as published", wrong or f"in all {len(found)} cases", not wrong),
        Finding(
            f"run, at every size: {ASKED_EACH} times egglog",
            f"least: {least.case.name} {least.ratio:.2f}",
            least.ratio >= ASKED_EACH,
        ),
        Finding(f"run, geometric mean: {ASKED_MEAN} times egglog", f"{mean:.2f} times", mean >= ASKED_MEAN),
    ]


# Building terms from Python


def building(runs: int) -> tuple[list[str], list[Finding]]:
    """A left-nested sum of m products of two variables, by operators; then put into an e-graph."""
    names = [f"x{i}" for i in range(SUMMANDS)]
    ring = rules("x + y = y + x", "x * y = y * x")
    mine = [ring.signature.var(name, "Term") for name in names]
    other = _egglog_variables(names)
    lines = [
        "| products | operators | built, ours, each | egglog | ratio | and in an e-graph, ours, each | egglog |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ratios = []
    for m in (100, 300, 1000, 3000):
        say(f"a sum of {m} products")
        operators = 2 * m - 1
        seconds: dict[str, list[float]] = {"lemmata": [], "egglog": []}
        added: dict[str, list[float]] = {"lemmata": [], "egglog": []}
        for n in range(runs + 1):
            for engine, variables in (("lemmata", mine), ("egglog", other)):
                gc.collect()
                taken, total = _build(variables, m)
                more = _added(ring, total) if engine == "lemmata" else _registered(total)
                if n:
                    seconds[engine].append(taken / operators)
                    added[engine] += [] if more is None else [(taken + more) / operators]
        ratios.append(_ratio(seconds))
        each = [_micro(values) for values in (*seconds.values(), *added.values())]
        lines.append(f"| {m:,} | {operators:,} | {each[0]} | {each[1]} | {ratios[-1]:.0f} | {each[2]} | {each[3]} |")
    claim = f"building terms from Python: {ASKED_BUILD} times egglog's classes"
    return lines, [Finding(claim, f"least: {min(ratios):.1f} times", min(ratios) >= ASKED_BUILD)]


def _micro(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1e6:.2f} us" if seconds else "RecursionError"


def _added(ruleset: RuleSet, term: Any) -> float:
    graph = EGraph(ruleset)
    started = time.process_time()
    graph.add(term)
    return time.process_time() - started


def _registered(expression: Any) -> float | None:
    import egglog

    graph = egglog.EGraph()
    started = time.process_time()
    try:
        graph.register(expression)
    except RecursionError:
        return None
    return time.process_time() - started


def _build(variables: Sequence[Any], m: int) -> tuple[float, Any]:
    """Processor seconds, and the sum."""
    k = len(variables)
    started = time.process_time()
    total = variables[0] * variables[0]
    for i in range(1, m):
        total = total + variables[i % k] * variables[i // k % k]
    return time.process_time() - started, total


def _egglog_variables(names: Sequence[str]) -> list[Any]:
    import egglog

    class Number(egglog.Expr):
        def __init__(self, name: egglog.StringLike) -> None: ...
        def __add__(self, other: Number) -> Number: ...
        def __mul__(self, other: Number) -> Number: ...

    return [Number(name) for name in names]


# Sums under associativity and commutativity


def sums(runs: int) -> tuple[list[str], list[Finding]]:
    """Two sums of the same variables in different order: read, put in normal form and compared; and in an e-graph."""
    ring = rules("x + zero = x", laws={"+": "AC zero"})
    dice = random.Random(20)
    seconds: dict[str, list[float]] = {"normalised": [], "added to an e-graph": []}
    equal, nodes = True, 0
    for n in range(runs + 1):
        names = [f"x{n}{i}" for i in range(SUMMANDS)]
        left, right = (" + ".join(dice.sample(names, SUMMANDS)) for _ in range(2))
        started = time.process_time()
        equal = ring.normalize(left) == ring.normalize(right) and equal
        normalised = time.process_time()
        graph = EGraph(ring)
        equal = graph.equal(left, right) and equal
        ended = time.process_time()
        nodes = graph.nodes
        if n:
            seconds["normalised"].append(normalised - started)
            seconds["added to an e-graph"].append(ended - normalised)
    findings = []
    for how, taken in seconds.items():
        middle = statistics.median(taken)
        found = f"{middle * 1000:.2f} ms, {'equal' if equal else 'not equal'}"
        claim = f"two sums of {SUMMANDS} variables modulo AC, read, {how}, compared: under {ASKED_SUM * 1000:g} ms"
        findings.append(Finding(claim, found, equal and middle < ASKED_SUM))
    found = f"{nodes - SUMMANDS} e-nodes beside the variables"
    return [], [*findings, Finding("both sums are one e-node", found, nodes == SUMMANDS + 1)]


# Limits


def explosive() -> Iterator[tuple[str, RuleSet, Sequence[str]]]:
    """Rule sets that would never end, each with terms."""
    math = suite("math_microbenchmark")
    yield "math", rules(*math["rules"]), math["terms"]
    many = " + ".join(f"x{i}" for i in range(1, 19))
    yield "a sum of 18 variables", rules(*suite("sums")["rules"]), [many]
    both = rules(*suite("sums")["rules"], "a * (b + c) = a * b + a * c", "a * b = b * a", "a + b = (b + a) * one")
    yield "sums and products that feed themselves", both, ["(x + y) * (y + z) * (x + z)"]
    pairs = rules("seen(x) = with(x, p(x, y)) if seen(y) = seen(y)", "p(x, y) = as(p(x, y), seen(p(x, y)))")
    yield "pairs of whatever there is", pairs, ["seen(one)"]


def limits() -> tuple[list[str], list[Finding]]:
    lines = ["| rules | limit | reached | over it | stopped by |", "|---|---:|---:|---:|---|"]
    worst_nodes, worst_seconds = 0.0, 0.0
    for name, ruleset, terms in explosive():
        for most in (10_000, 100_000, 1_000_000):
            say(f"{name}, {most:,} e-nodes")
            graph = _filled(ruleset, terms)
            report = graph.run(nodes=most)
            over = graph.nodes / most - 1
            worst_nodes = max(worst_nodes, over)
            lines.append(f"| {name} | {most:,} e-nodes | {graph.nodes:,} | {over:.1%} | {report.stop.value} |")
            del graph  # or it would be given back, a gigabyte or more, in the middle of the next run
        for seconds in (0.2, 1.0, 3.0):
            say(f"{name}, {seconds:g} s")
            graph = _filled(ruleset, terms)
            started = time.monotonic()
            report = graph.run(Limits(seconds=seconds))
            taken = time.monotonic() - started
            worst_seconds = max(worst_seconds, taken - seconds)
            over_it = f"{taken - seconds:.3f} s"
            lines.append(f"| {name} | {seconds:g} s | {graph.nodes:,} e-nodes | {over_it} | {report.stop.value} |")
            del graph
    return lines, [
        Finding(
            f"over the limit of e-nodes: at most {ASKED_NODES:.0%}", f"{worst_nodes:.1%}", worst_nodes <= ASKED_NODES
        ),
        Finding(
            f"over the limit of time: at most {ASKED_SECONDS:g} s",
            f"{worst_seconds:.3f} s",
            worst_seconds <= ASKED_SECONDS,
        ),
    ]


def _filled(ruleset: RuleSet, terms: Sequence[str]) -> EGraph:
    gc.collect()
    graph = EGraph(ruleset)
    for term in terms:
        graph.add(term)
    return graph


# The page

PIECES: Mapping[str, Callable[[int], tuple[list[str], list[Finding]]]] = {
    "saturation": saturation,
    "building": building,
    "sums": sums,
    "limits": lambda runs: limits(),
}


def measure(runs: int, folder: Path, pieces: Sequence[str] = tuple(PIECES)) -> Iterator[str]:
    """The part of the page: lines of Markdown."""
    runs = runs or RUNS
    tables, claims = [], []
    for piece in pieces:
        lines, found = PIECES[piece](runs)
        tables.append(lines)
        claims += found
    yield "## E-graphs"
    yield ""
    yield from (line.strip() for line in (__doc__ or "").split("\n\n")[3].split("\n"))
    yield "Ratios above 1 are in our favour."
    yield ""
    yield missed(claims)
    yield ""
    yield from machine(("lemmata", "egglog", "numpy", "numba"))
    yield f"- runs: medians of {runs}, of {min(runs, LARGE_RUNS)} above {LARGE:,} e-nodes, interleaved"
    yield ""
    yield from finding_table(claims)
    for lines in tables:
        if lines:
            yield ""
            yield from lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure e-graphs and print the part of the page.")
    parser.add_argument("pieces", nargs="*", metavar="PIECE", choices=[*PIECES, []], help=f"of {', '.join(PIECES)}")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    given = parser.parse_args()
    for line in measure(given.runs, Path(), given.pieces or tuple(PIECES)):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
