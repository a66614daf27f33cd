"""Extraction from one large e-graph, and from a folder of extraction-gym's data.

    python benchmarks/extraction.py [--nodes N] [--gym FOLDER]

prints a table of each. The graph is grown by laws of arithmetic and derivatives until it has N nodes (a million). "All
classes" is the least cost of every class and nothing more; the other rows are whole calls, from the graph to a term.
Of gym data there is for each family the sum of the DAG costs: of the trees with the least tree cost, of what is found
without branch and bound, and of what is found at all, with the number of files where that is proved to be the optimum.
Get the data from https://github.com/egraphs-good/extraction-gym; all of it takes some ten minutes. Times are of the
processor, for the large graph the least of three calls.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from processes import say
from report import machine

from lemmata.rewriting.egraph.costs import DEPTH, NUMERIC, SIZE, Additive
from lemmata.rewriting.egraph.dag_cost import dag_choice
from lemmata.rewriting.egraph.extract import choose, tree_costs
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.gym import read_gym
from lemmata.rewriting.ruleset import rules
from lemmata.rewriting.source import LemmataError, Source

RULES = (
    "x + y = y + x",
    "x * y = y * x",
    "(x + y) + z <=> x + (y + z)",
    "(x * y) * z <=> x * (y * z)",
    "x * (y + z) <=> x * y + x * z",
    "x + 0 = x",
    "x * 0 = 0",
    "x * 1 = x",
    "x * x <=> x ^ 2",
    "d(x, x) = 1",
    "d(x, y + z) = d(x, y) + d(x, z)",
    "d(x, y * z) = y * d(x, z) + z * d(x, y)",
)
START = "d(a, (a + 1) * (a + b) * (c + a * b)) + (a + b) * (a + c) * (e + a * a)"
RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--gym", type=Path)
    given = parser.parse_args()
    say("\n".join(machine(["numpy", "numba"])))
    say(large(given.nodes))
    if given.gym is not None:
        say(gym(given.gym))


def large(nodes: int) -> str:
    """The table of the large graph."""
    graph = EGraph(rules(*RULES, constants=["a", "b", "c", "e"]))
    node = graph.add(START)
    graph.run(nodes=nodes)
    view = graph.view()
    weights = {"d": 0.5, "*": 2.25}
    rows = [f"\n{graph.nodes:,} nodes in {graph.classes:,} classes\n", "| what | seconds | cost |", "|---|---|---|"]

    def all_classes(model: Additive) -> Callable[[], object]:
        return lambda: tree_costs(view, model.of(view, {}), deepest=model.deepest).of(view.class_of(node))

    rows += [
        row("a view", lambda: graph.view().classes),
        row("all classes, size", all_classes(SIZE)),
        row("all classes, depth", all_classes(DEPTH)),
        row("all classes, cycles", all_classes(NUMERIC)),
        row("best term by size", lambda: graph.extract(node).cost),
        row("best term by depth", lambda: graph.extract(node, "depth").cost),
        row("best term by weights with fractions", lambda: graph.extract(node, weights).cost),
        row("best 10 terms by size", lambda: graph.extract(node, best=10)[-1].cost),
        row("a small DAG", lambda: graph.extract(node, dag=True).cost),
    ]
    return "\n".join(rows)


def row(what: str, call: Callable[[], object]) -> str:
    result = call()
    return f"| {what} | {min(seconds(call) for _ in range(RUNS)):.3f} | {result} |"


def seconds(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


@dataclass
class Family:
    """Sums over the files of a family."""

    files: int = 0
    refused: int = 0
    proved: int = 0
    tree: float = 0.0
    searched: float = 0.0
    best: float = 0.0
    seconds: float = 0.0


def gym(folder: Path) -> str:
    """The table of gym data."""
    families: dict[str, Family] = {}
    for path in sorted(folder.rglob("*.json")):
        add(families.setdefault(path.parent.name, Family()), path)
    rows = [
        "\n| family | files | proved | best trees | without branch and bound | best | seconds | refused |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, f in families.items():
        costs = f"{f.tree:,.5g} | {f.searched:,.5g} | {f.best:,.5g}" if f.tree < 1e5 else cells(f)
        rows.append(f"| {name} | {f.files} | {f.proved} | {costs} | {f.seconds:.2f} | {f.refused} |")
    return "\n".join(rows)


def cells(f: Family) -> str:
    return f"{f.tree:,.0f} | {f.searched:,.0f} | {f.best:,.0f}"


def add(family: Family, path: Path) -> None:
    try:
        data = read_gym(Source(path.name, path.read_text()))
        tree = choose(tree_costs(data.view, data.weights), data.roots).node
    except LemmataError:
        family.refused += 1
        return
    family.files += 1
    family.tree += math.fsum(data.weights[tree[tree >= 0]].tolist())
    family.searched += dag_choice(data.view, data.weights, data.roots, steps=0).cost
    start = time.thread_time()
    best = dag_choice(data.view, data.weights, data.roots)
    family.seconds += time.thread_time() - start
    family.best += best.cost
    family.proved += best.proved


if __name__ == "__main__":
    main()
