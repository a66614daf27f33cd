"""E-graphs for the tests of their page."""

from __future__ import annotations

from dataclasses import replace

from lemmata.egraph_page import egraph_page
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.ruleset import rules
from tests.page.reports import HOSTILE


def small() -> str:
    """Eleven classes, one of them on a cycle: a = a * 1."""
    made = rules(
        "comm: x + y = y + x",
        "assoc: (x + y) + z = x + (y + z)",
        "one: x * 1 = x",
        "dist: x * (y + z) = x * y + x * z",
        "mul: x * y = y * x",
    )
    graph = EGraph(made)
    root = graph.add("a * (b + 1) + sin(c)")
    report = replace(graph.run(), seconds=0.0, rounds=())
    return egraph_page(graph.view(), "a * (b + 1) + sin(c)", report, [root], symbols=made.theory.symbols)


def large(nodes: int = 6_000) -> str:
    """More classes than a page shows."""
    made = rules("comm: x + y = y + x", "assoc: (x + y) + z = x + (y + z)")
    graph = EGraph(made)
    root = graph.add(" + ".join("abcdefghijk"))
    graph.run(nodes=nodes)
    return egraph_page(graph.view(), "a large one", None, [root], symbols=made.theory.symbols)


def hostile() -> str:
    """Hostile text wherever a name can stand."""
    made = rules("f(x) = g(x, x)", functions=None)
    graph = EGraph(made)
    root = graph.add(made.term("f(a)"))
    graph.run()
    view = graph.view()
    bad = [
        s if s.name != "f" else replace(s, notation=replace(s.notation, text=s.notation.text + HOSTILE))
        for s in made.theory.symbols
    ]
    leaves = tuple((kind, str(name) + HOSTILE, *rest) for kind, name, *rest in view.leaves)
    view = replace(view, leaves=leaves)
    return egraph_page(view, "t" + HOSTILE, None, [root], symbols=bad)
