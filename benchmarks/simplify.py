"""Simplifying small terms that random identities have hidden (`obfuscated.py`), side by side with SymPy.

    python benchmarks/simplify.py [--runs N] [--seed N] [--identities N]

prints the part, or the lines of one set; `run.py simplify` writes the part to RESULTS.md. Each system is given a term
that it has already read: SymPy an unevaluated expression over real symbols, Lemmata a term over the reals. A term
counts as recovered if the result has at most as many nodes as the term that was hidden, both read from the text that
the system prints and counted alike, and has the same values as what was given. SymPy's cache is emptied before every
term; ours is not there to empty. Times are of the processor, and each is the least of the runs, which differ by what
else the machine does. What the proofs take is told apart: SymPy has none.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
import obfuscated
import sympy
from obfuscated import COUNT, FEW, MANY, MORE_SEEDS, SEED, Puzzle, as_sympy, puzzles, read, show, size, value, variables
from report import Finding, finding_table, machine, missed

from lemmata import simplification
from lemmata.rewriting.simplifier.question import question
from lemmata.rewriting.simplifier.theories import real_theory

RUNS = 5
ASKED = 10  # times SymPy
_PLACES = (0.37, -1.21, 2.06, 0.83, -0.59, 1.48)  # where values are compared


@dataclass(frozen=True)
class Outcome:
    """What became of one puzzle: the text, whether it is small enough, whether it is right, and the seconds it took."""

    text: str
    recovered: bool
    right: bool
    seconds: float


@dataclass(frozen=True)
class Series:
    """One system on one set."""

    system: str
    seed: int
    identities: int
    outcomes: tuple[Outcome, ...]

    @property
    def recovered(self) -> int:
        return sum(o.recovered for o in self.outcomes)

    @property
    def seconds(self) -> float:
        return sum(o.seconds for o in self.outcomes)

    @property
    def wrong(self) -> int:
        return sum(not o.right for o in self.outcomes)

    def cells(self) -> str:
        times = sorted(o.seconds for o in self.outcomes)
        found = [f"{self.recovered}/{len(times)}", *(f"{1000 * s:,.1f} ms" for s in (self.seconds, times[-1]))]
        return " | ".join([*found, str(self.wrong)])


def ours(puzzle: Puzzle, runs: int) -> Outcome:
    term = real_term(puzzle.shown)
    found, seconds = least(lambda: simplification(term).expression, runs, lambda: None)
    return outcome(puzzle, str(found), seconds)


def sympys(puzzle: Puzzle, runs: int) -> Outcome:
    def simplified() -> Any:
        try:
            return sympy.simplify(expression)
        except Exception as error:  # it fails in many ways on what it is given unevaluated
            return error

    expression = as_sympy(puzzle.shown)
    found, seconds = least(simplified, runs, sympy.core.cache.clear_cache)
    if isinstance(found, Exception):
        return Outcome(type(found).__name__, False, False, seconds)
    return outcome(puzzle, str(found), seconds)


def real_term(term: obfuscated.Plain) -> Any:
    asked = question(show(term), "real")
    return asked.forms.write(asked.table, asked.row)


def least(task: Callable[[], Any], runs: int, before: Callable[[], None]) -> tuple[Any, float]:
    """What a task gives, and the least processor time that it took."""
    times = []
    for _ in range(runs):
        before()
        started = time.process_time()
        found = task()
        times.append(time.process_time() - started)
    return found, min(times)


def outcome(puzzle: Puzzle, text: str, seconds: float) -> Outcome:
    found = read(text)
    right = same_values(puzzle.shown, found)
    return Outcome(text, right and size(found) <= size(puzzle.hidden), right, seconds)


def same_values(given: obfuscated.Plain, found: obfuscated.Plain) -> bool:
    """Have both terms the same value at some places?"""
    names = sorted(variables(given) | variables(found))
    with mpmath.workdps(60):
        constants = {"E": mpmath.e, "pi": mpmath.pi}
        for shift in range(3):
            at = {name: _PLACES[(n + shift) % len(_PLACES)] for n, name in enumerate(names)}
            try:
                wanted, got = value(given, at), value(found, {**at, **constants})
            except (AttributeError, TypeError, ZeroDivisionError):
                return False
            if not abs(got - wanted) < mpmath.mpf(10) ** -30 * (1 + abs(wanted)):
                return False
    return True


def series(system: str, seed: int, identities: int, runs: int, count: int = COUNT) -> Series:
    one = {"lemmata": ours, "SymPy": sympys}[system]
    return Series(system, seed, identities, tuple(one(p, runs) for p in puzzles(seed, identities, count)))


@dataclass(frozen=True)
class Proofs:
    """The proofs of one set: how many the checker accepts, and the seconds for making and for checking them all."""

    accepted: int
    made: float
    checked: float
    steps: int


def proofs(seed: int, identities: int) -> Proofs:
    accepted, steps, times = 0, 0, [0.0, 0.0]
    for puzzle in puzzles(seed, identities):
        found = simplification(real_term(puzzle.shown))
        started = time.process_time()
        steps += len(found.proof().theorems[0].steps)
        made = time.process_time()
        accepted += found.check().accepted
        times[0] += made - started
        times[1] += time.process_time() - made
    return Proofs(accepted, times[0], times[1], steps)


def measure(runs: int, folder: Path) -> Iterator[str]:
    """The part of the page: lines of Markdown."""
    runs = runs or RUNS
    real_theory()
    series("lemmata", SEED + 1, FEW, 1, 5)  # what the first term alone pays for
    series("SymPy", SEED + 1, FEW, 1, 5)
    pairs = []
    for seed, identities in sets():
        pairs.append([series(system, seed, identities, runs) for system in ("lemmata", "SymPy")])
    yield "## Simplification"
    yield ""
    yield f"{COUNT} small terms of algebra and trigonometry, each hidden under so many random identities: the committed"
    yield "seed first, then others. Processor time for the whole set and for its slowest term; SymPy's"
    yield "cache is emptied before each. A result is wrong if it has another value than what was given, or is none."
    yield ""
    yield from machine(("sympy", "mpmath"))
    yield ""
    yield "| identities | seed | nodes | system | recovered | total | slowest | wrong | ratio |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for pair in pairs:
        mine, theirs = pair
        nodes = mean_sizes(mine.seed, mine.identities)
        for s in pair:
            ratio = f"{theirs.seconds / mine.seconds:,.1f}" if s is mine else ""
            yield f"| {s.identities} | {s.seed} | {nodes} | {s.system} | {s.cells()} | {ratio} |"
    yield ""
    proved = proofs(SEED, FEW)
    yield f"The {COUNT} proofs of the committed set have {proved.steps:,} steps; to make them took"
    yield f"{proved.made:.2f} s, to check them {proved.checked:.2f} s. They are made when somebody asks for them."
    yield ""
    claims = list(findings(pairs, proved))
    yield from finding_table(claims)
    yield ""
    yield missed(claims)


def sets() -> list[tuple[int, int]]:
    return [(seed, n) for n in (FEW, MANY) for seed in (SEED, *MORE_SEEDS)]


def mean_sizes(seed: int, identities: int) -> str:
    made = puzzles(seed, identities)
    hidden, shown = (sum(map(size, terms)) / len(made) for terms in ([p.hidden for p in made], [p.shown for p in made]))
    return f"{hidden:.1f} in {shown:.0f}"


def findings(pairs: Sequence[Sequence[Series]], proved: Proofs) -> Iterator[Finding]:
    mine, theirs = pairs[0]
    ratio = theirs.seconds / mine.seconds
    yield Finding(
        f"all {COUNT} of the committed set recovered", f"{mine.recovered} of {COUNT}", mine.recovered == COUNT
    )
    yield Finding(f"{ASKED} times as fast as SymPy on it", f"{ratio:.1f} times", ratio >= ASKED)
    for identities in (FEW, MANY):
        others = [p for p in pairs if p[0].identities == identities and p is not pairs[0]]
        found, total = sum(p[0].recovered for p in others), COUNT * len(others)
        yield Finding(f"all of the further sets of {identities} identities", f"{found} of {total}", found == total)
        slowest = min(p[1].seconds / p[0].seconds for p in others)
        yield Finding(f"{ASKED} times as fast on each of them", f"at least {slowest:.1f} times", slowest >= ASKED)
    wrong = sum(p[0].wrong for p in pairs)
    yield Finding("no result is wrong", f"{wrong} wrong", wrong == 0)
    yield Finding("every proof is accepted", f"{proved.accepted} of {COUNT}", proved.accepted == COUNT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N", help="show this set only")
    parser.add_argument("--identities", type=int, default=FEW, metavar="N")
    given = parser.parse_args()
    if given.seed is None:
        for line in measure(given.runs, Path()):
            print(line)  # noqa: T201
        return
    for system in ("lemmata", "SymPy"):
        found = series(system, given.seed, given.identities, given.runs)
        print(system, found.cells())  # noqa: T201
        for puzzle, one in zip(puzzles(given.seed, given.identities), found.outcomes, strict=True):
            mark = " " if one.recovered else "!" if one.right else "WRONG"
            print(f"  {mark} {1000 * one.seconds:8.2f} ms  {show(puzzle.hidden)}  {one.text:.80}")  # noqa: T201


if __name__ == "__main__":
    main()
