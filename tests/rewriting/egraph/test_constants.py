"""Constants that a class turns out to have: when they are known, and what pruning leaves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.egraph.analyses import ConstantFolding
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Ended
from lemmata.rewriting.ruleset import rules

GROWING = ("x = x + 0", "x = x * 1", "x + y = y + x")


def test_a_term_is_computed_when_it_is_added() -> None:
    graph = EGraph(rules(*GROWING), analyses=[ConstantFolding()])
    node = graph.add("2 * (3 + 4)")
    assert graph.literal(node) == 14
    assert graph.equal("7 + 7", node)


def test_what_uses_a_class_learns_of_the_constant_that_a_merge_brings() -> None:
    """f(0) has a user before it is known to be 1, and the class of 1 had a constant before."""
    graph = EGraph(rules("f(0) = 1", "f(n) = n * f(n - 1) if n > 0"), analyses=[ConstantFolding()])
    node = graph.add("f(6)")
    graph.run()
    assert graph.literal(node) == 720
    assert graph.explain(node, "720").check().accepted


@given(st.lists(st.sampled_from(["a = 2", "b = a + 1", "c = b * a", "d = c - b", "e = d * d"]), min_size=5, max_size=5))
def test_the_order_of_decrees_does_not_matter(decrees: list[str]) -> None:
    """Whichever equation comes last brings the rest with it."""
    graph = EGraph(rules("x + y = y + x", "x * 1 = x"), analyses=[ConstantFolding()])
    for decree in decrees:
        left, right = decree.split(" = ")
        graph.union(left, right)
    known = {"a": 2, "b": 3, "c": 6, "d": 3, "e": 9}
    needs = {"a": "a", "b": "ab", "c": "abc", "d": "abcd", "e": "abcde"}
    for name, value in known.items():
        decreed = {decree[0] for decree in decrees}
        assert graph.literal(graph.add(name)) == (value if set(needs[name]) <= decreed else None)


def test_pruning_leaves_leaves() -> None:
    graph = EGraph(rules(*GROWING), analyses=[ConstantFolding(prune=True)])
    node = graph.add("2 * 3 + a")
    constant = graph.add("2 * 3")
    report = graph.run()
    assert report.stop is Ended.SATURATED
    assert [str(graph.term(n)) for n in graph.members(constant)] == ["6"]
    assert graph.equal(node, "a + 6")
    assert str(graph.extract(node).term) == "6 + a"
    assert graph.explain(node, "a + 6").check().accepted


def test_without_pruning_numbers_are_written_for_ever() -> None:
    graph = EGraph(rules(*GROWING, "x * (y + z) = x * y + x * z"), analyses=[ConstantFolding()])
    graph.add("a * 2")
    assert graph.run(nodes=2000).stop is Ended.NODES


def test_pruning_can_be_undone() -> None:
    graph = EGraph(rules(*GROWING), analyses=[ConstantFolding(prune=True)])
    node = graph.add("b + c")
    before = (graph.nodes, graph.classes)
    graph.push()
    graph.union("b", "1")
    graph.union("c", "2")
    assert graph.literal(node) == 3
    assert graph.members(node) == [graph.add("3")]
    graph.pop()
    assert graph.literal(node) is None
    assert (graph.nodes, graph.classes) == before
