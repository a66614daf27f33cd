"""The rule suites in tests/data/egraph, and e-graphs of ours that are to reach their goals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lemmata.rewriting.egraph.analyses import ConstantFolding, Node
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Report
from lemmata.rewriting.egraph.schedules import Backoff, Contains, Simple
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.terms import Term

DATA = Path(__file__).parents[2] / "data" / "egraph"
GOALS = ("simple", "propositional", "math", "lambda")  # the suites that have goals


def read(name: str) -> dict[str, Any]:
    """A suite as it stands in its file."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Goal:
    """A start term, and what must come to be equal to it, or must not, under the rules of a suite.

    `assumed` merges the start with true. `seen` are terms that the graph has from the start. `classes` are how many
    there must be in the end, `smallest` is the smallest term of the start's class. `hard` goals take seconds.
    """

    name: str
    rules: RuleSet
    start: str
    equal: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    assumed: bool = False
    computed: bool = False
    pruned: bool = False
    saturates: bool = False
    classes: int | None = None
    smallest: str | None = None
    rounds: int = 30
    nodes: int = 10_000
    scheduler: str = "backoff"
    hard: bool = False
    sort: str | None = None

    def term(self, text: str) -> Term:
        """A term of the goal."""
        return self.rules.term(text, self.sort)

    def graph(self) -> EGraph:
        """The e-graph to begin with."""
        conditions = {
            "nonzero": lambda graph, x: graph.literal(x) != 0,
            "constant": lambda graph, x: graph.literal(x) is not None,
            "symbol": lambda graph, x: any((row := graph.leaf(n)) and row[0] == "var" for n in graph.members(x)),
            "number": lambda graph, x: graph.literal(x) is not None,
            "truth": lambda graph, p: graph.literal(p) is not None,
            "free": lambda graph, x, e: graph.value("free", x) <= graph.value("free", e),
            "not_free": lambda graph, x, e: not graph.value("free", x) <= graph.value("free", e),
        }
        used = {s.name for s in self.rules.theory.symbols}
        analyses = [
            *([ConstantFolding(prune=self.pruned)] if self.computed else []),
            *([FreeNames()] if "free" in used else []),
        ]
        graph = EGraph(
            self.rules,
            analyses=analyses,
            conditions={name: decide for name, decide in conditions.items() if name in used},
            functions={"fresh": _fresh} if "fresh" in used else {},
        )
        for term in (self.start, *self.seen):
            graph.add(self.term(term))
        if self.assumed:
            graph.union(self.term(self.start), self.term("true"), "assumed")
        return graph

    def reach(self, graph: EGraph) -> Report:
        """Saturate until the equations hold, if there are any, without adding their sides."""

        start, *goals = graph.add(self.term(self.start)), *map(self.term, self.equal)

        def reached(graph: EGraph) -> bool:
            return all(graph.holds(Contains(t)) and graph.equal(start, t) for t in goals)

        return graph.run(
            rounds=self.rounds,
            nodes=self.nodes,
            scheduler=Simple() if self.scheduler == "simple" else Backoff(),
            until=reached if self.equal and not self.classes else None,
        )


def goals(suite: str) -> Iterator[Goal]:
    """The goals of a suite, in order."""
    given = read(suite)
    whole = {key: given[key] for key in ("rounds", "nodes", "computed", "pruned", "sort") if key in given}
    for name, goal in given["goals"].items():
        named = {text.partition(":")[0]: text for text in given["rules"]}
        chosen: Sequence[str] = goal.pop("rules", list(named))
        ruleset = rules(*(named[n] for n in chosen), variables=given.get("variables", ()), sorts=given.get("sorts", {}))
        yield Goal(name, ruleset, **{**whole, **{k: tuple(v) if isinstance(v, list) else v for k, v in goal.items()}})


@dataclass(frozen=True)
class FreeNames:
    """The names that are free in every term of a class; of a name itself, that name."""

    name: str = "free"

    def make(self, node: Node, values: Sequence[Any]) -> frozenset[str] | None:
        if node.leaf is not None:
            return frozenset([str(node.leaf[1])] if node.leaf[0] == "var" else [])
        if node.head.name == "fresh" or None in values:
            return None
        match node.head.name, values:
            case "lam" | "fix", [bound, body]:
                return frozenset(body - bound)
            case "let" | "let_truth", [bound, value, body]:
                return frozenset(body - bound | value)
        return frozenset().union(*values)

    def merge(self, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
        return left & right


def _fresh(graph: EGraph, *classes: int) -> int:
    """A name that nothing else has: by the classes that it is wanted for."""
    return graph.add_leaf(("var", "_".join(["fresh", *map(str, classes)]), "Name"))
