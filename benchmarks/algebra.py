"""Building, replacing, differentiating and multiplying out, side by side with SymPy and symengine.

    python benchmarks/algebra.py [--runs N]

prints the part; `run.py algebra` writes it to RESULTS.md. Wants symengine (`pip install symengine`). Every run works on
new coefficients or symbols, so that nothing is found from the run before, and SymPy's cache is emptied before each of
its runs. Ours is timed from expressions to an expression in normal form in the bank (`.id`); for `expand` the bank's
rows of every monomial are made. Each result is compared with SymPy's, outside the timing. Times are of the processor,
so that other work on the machine counts for nobody: all three systems use one thread.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy
from report import Finding, finding_table, machine, missed

from lemmata.rewriting import expressions as ours
from lemmata.rewriting.calculus import diff, substitute
from lemmata.rewriting.expressions import Expr
from lemmata.rewriting.polynomials import expand
from lemmata.rewriting.sympy_bridge import to_sympy

RUNS = 5
VARIABLES = 20
TERMS, MANY_TERMS, NODE_TERMS = 200, 1000, 532
ASKED_BUILD, ASKED_WALK, ASKED_EXPAND = 100, 50, 10


@dataclass(frozen=True)
class Kit:
    """One system: its symbols and its functions."""

    name: str
    symbols: Sequence[Any]
    zero: Any
    sin: Callable[[Any], Any]
    expand: Callable[[Any], Any]
    fresh: Callable[[], None]  # before each run


@dataclass
class Race:
    """One task and the seconds of each run, by system; `right` if all results were SymPy's."""

    name: str
    rival: str
    asked: float
    seconds: dict[str, list[float]]
    right: bool

    @property
    def ratio(self) -> float:
        return statistics.median(self.seconds[self.rival]) / statistics.median(self.seconds["lemmata"])

    def row(self) -> str:
        cells = [_time(self.seconds.get(name)) for name in ("lemmata", "SymPy", "symengine")]
        right = "yes" if self.right else "**no**"
        return f"| {self.name} | {' | '.join(cells)} | {self.ratio:,.0f} times {self.rival} | {right} |"

    def finding(self) -> Finding:
        found = f"{self.ratio:,.1f} times, results {'equal' if self.right else 'differ'}"
        return Finding(
            f"{self.name}: {self.asked:g} times {self.rival}", found, self.right and self.ratio >= self.asked
        )


def _time(seconds: Sequence[float] | None) -> str:
    return f"{statistics.median(seconds) * 1000:,.3f} ms" if seconds else ""


def kits() -> tuple[Kit, Kit, Kit]:
    import symengine

    names = " ".join(f"x{i}" for i in range(VARIABLES))
    clear = sympy.core.cache.clear_cache
    return (
        Kit("lemmata", ours.symbols(names), ours.number(0), ours.sin, expand, lambda: None),
        Kit("SymPy", sympy.symbols(names), sympy.Integer(0), sympy.sin, sympy.expand, clear),
        Kit(
            *("symengine", symengine.symbols(names), symengine.Integer(0)),
            *(symengine.sin, symengine.expand, lambda: None),
        ),
    )


def long_sum(kit: Kit, terms: int, run: int) -> Any:
    """A sum of so many different products, one term after another."""
    v, e, n = kit.symbols, kit.zero, VARIABLES
    for i in range(terms):
        term = v[i % n] ** (i // n**2 + 2) * v[i // n % n] * kit.sin(v[(3 * i + i // n) % n])
        e = e + (i + 1 + 1000 * run) * term
    return e


def values(kit: Kit) -> dict[Any, Any]:
    """What some symbols are replaced by."""
    v = kit.symbols
    return {v[0]: v[1] + v[2], v[3]: kit.sin(v[4]), v[5]: v[6] * 2, v[7]: v[8] ** 2, v[9]: v[10]}


def finished(result: Any) -> Any:
    """Ours is lazy: put it in normal form, as the others are."""
    stack = [result]
    while stack:
        e = stack.pop()
        if isinstance(e, Expr):
            assert e.id is not None
        elif isinstance(e, dict):
            stack += e.values()
        elif isinstance(e, list | tuple):
            stack += e
    return result


def as_sympy(result: Any) -> Any:
    if isinstance(result, list):
        return [as_sympy(e) for e in result]
    return to_sympy(result) if isinstance(result, Expr) else sympy.sympify(result)


def race(
    name: str,
    rival: str,
    asked: float,
    prepare: Callable[[Kit, int], Any],
    task: Callable[[Kit, Any], Any],
    runs: int,
    systems: Sequence[Kit],
) -> Race:
    """Run a task in each system in turn; what `prepare` makes is not timed."""
    seconds: dict[str, list[float]] = {kit.name: [] for kit in systems}
    right = True
    for run in range(runs + 1):
        results = []
        for kit in systems:
            given = finished(prepare(kit, run))
            kit.fresh()
            started = time.process_time()
            result = finished(task(kit, given))
            taken = time.process_time() - started
            if run:  # the first is for warming up
                seconds[kit.name].append(taken)
            results.append(result)
        if run == runs:
            first, *others = map(as_sympy, results)
            right = all(same(first, other) for other in others)
    return Race(name, rival, asked, seconds, right)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return all(same(a, b) for a, b in zip(left, right, strict=True))
    # SymPy sorts operands by hash; its own difference would take minutes here.
    return bool(left == right) or set(sympy.Add.make_args(left)) == set(sympy.Add.make_args(right))


def cube(kit: Kit, n: int, run: int) -> Any:
    """(x + y + z + 1)**n with other symbols in each run."""
    v = kit.symbols
    x, y, z = v[run % VARIABLES], v[(run + 5) % VARIABLES], v[(run + 11) % VARIABLES]
    return (x + y + z + 1) ** n


def races(runs: int) -> Iterator[Race]:
    every = kits()
    fast = (every[0], every[2])
    for terms in (TERMS, MANY_TERMS):
        yield race(
            f"a sum of {terms} terms, e = e + t",
            *("SymPy", ASKED_BUILD, lambda kit, run: run),
            *(lambda kit, run, terms=terms: long_sum(kit, terms, run), runs if terms == TERMS else min(runs, 3), every),
        )
    nodes = sum(1 for _ in sympy.preorder_traversal(long_sum(every[1], NODE_TERMS, 0)))
    yield race(
        f"replacing 5 symbols in {nodes:,} nodes",
        *("SymPy", ASKED_WALK, lambda kit, run: (long_sum(kit, NODE_TERMS, run), values(kit)), replaced, runs, every),
    )
    yield race(
        f"{VARIABLES} partial derivatives of a sum of {TERMS} terms",
        *("SymPy", ASKED_WALK, lambda kit, run: long_sum(kit, TERMS, run), gradient, runs, every),
    )
    for n in (8, 12, 15):
        yield race(
            f"expand p (p + 1), p = (x + y + z + 1)^{n} expanded",
            *("symengine", ASKED_EXPAND, lambda kit, run, n=n: kit.expand(cube(kit, n, run))),
            *(lambda kit, p: kit.expand(p * (p + 1)), runs, fast),
        )
    yield race(
        "expand (x + y + z + 1)^20",
        *("symengine", ASKED_EXPAND, lambda kit, run: cube(kit, 20, run)),
        *(lambda kit, e: kit.expand(e), runs, fast),
    )


def replaced(kit: Kit, given: tuple[Any, dict[Any, Any]]) -> Any:
    e, new = given
    if kit.name == "lemmata":
        return substitute(e, new)
    return e.xreplace(new) if kit.name == "SymPy" else e.subs(new)


def gradient(kit: Kit, e: Any) -> Any:
    derivative: Any = diff if kit.name == "lemmata" else type(e).diff
    return [derivative(e, x) for x in kit.symbols]


def measure(runs: int, folder: Path) -> Iterator[str]:
    """The part of the page: lines of Markdown."""
    found = list(races(runs or RUNS))
    yield "## Algebra"
    yield ""
    yield "Medians of processor time, ours to the normal form in the bank, on new coefficients; SymPy's cache emptied."
    yield ""
    yield from machine(("numba", "numpy", "sympy", "symengine"))
    yield ""
    yield "| task | lemmata | SymPy | symengine | ratio | results equal |"
    yield "|---|---|---|---|---|---|"
    yield from (r.row() for r in found)
    yield ""
    claims = [r.finding() for r in found]
    yield from finding_table(claims)
    yield ""
    yield missed(claims)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    given = parser.parse_args()
    for line in measure(given.runs, Path()):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
