"""Extraction from real e-graphs."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata import rules
from lemmata.rewriting.egraph.costs import Additive
from lemmata.rewriting.egraph.extract import tree_costs
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.gym import read_gym, write_gym
from lemmata.rewriting.source import LemmataError, Source
from lemmata.rewriting.terms import Term

ARITHMETIC = ("x + y = y + x", "(x + y) + z = x + (y + z)", "x * (y + z) = x * y + x * z", "x * 0 = 0", "x + 0 = x")


def saturated(*texts: str, start: str, rounds: int = 4) -> tuple[EGraph, int]:
    graph = EGraph(rules(*texts))
    node = graph.add(start)
    graph.run(rounds=rounds)
    return graph, node


class TestExtract:
    def test_the_smallest_equal(self) -> None:
        graph, node = saturated(*ARITHMETIC, start="(a * 0 + b) + (c * 0)")
        found = graph.extract(node)
        assert (str(found.term), found.cost, found.proved) == ("b", 1, True)

    def test_a_term_may_be_given_as_text(self) -> None:
        graph, _ = saturated(*ARITHMETIC, start="a + 0")
        assert str(graph.extract("a + 0").term) == "a"
        assert str(graph.extract("0 + c").term) == "0 + c"

    def test_by_weights_and_by_depth(self) -> None:
        graph, node = saturated("f(x) = g(h(x))", "f(x) = k(x, x, x, x)", start="f(a)")
        assert str(graph.extract(node, {"f": 9}).term) == "g(h(a))"
        assert str(graph.extract(node, {"f": 9, "h": math.inf}).term) == "k(a, a, a, a)"
        assert str(graph.extract(node, {"f": 9, "a": 0, "h": 3, "other": 2}).term) == "k(a, a, a, a)"
        assert graph.extract(node, "depth").cost == 2
        with pytest.raises(LemmataError, match="no term of finite cost"):
            graph.extract(node, {"a": math.inf})

    def test_by_a_function(self) -> None:
        graph, node = saturated("f(x) = g(h(x))", start="f(a)")
        found = graph.extract(node, lambda head, below: max(below, default=0) + (5 if head == "f" else 1))
        assert (str(found.term), found.cost) == ("g(h(a))", 3)

    def test_by_cycles(self) -> None:
        graph, node = saturated("x^2 = x * x", start="a^2")
        assert str(graph.extract(node, "cycles").term) == "a * a"

    def test_the_best_in_order(self) -> None:
        graph, node = saturated("x + y = y + x", "x + 0 = x", start="(b + a) + 0")
        found = graph.extract(node, best=5)
        assert [(str(e.term), e.cost) for e in found] == [
            ("a + b", 3),
            ("b + a", 3),
            ("0 + (a + b)", 5),
            ("0 + (b + a)", 5),
            ("a + b + 0", 5),
        ]

    def test_what_is_shared_is_paid_once(self) -> None:
        graph, node = saturated("d(x) = p(q(x), q(x))", start="d(s(s(a)))")
        weights = {"d": 5, "s": 1}
        assert str(graph.extract(node, weights).term) == "d(s(s(a)))"
        found = graph.extract(node, weights, dag=True)
        assert (str(found.term), found.cost, found.proved) == ("p(q(s(s(a))), q(s(s(a))))", 5, True)

    @pytest.mark.parametrize(
        ("cost", "options", "words"),
        [
            ("weight", {}, "unknown cost"),
            ({"f": -1}, {}, "the weight of 'f'"),
            ({"f": math.nan}, {}, "the weight of 'f'"),
            ({"f": "1"}, {}, "the weight of 'f'"),
            (7, {}, "a cost cannot be given as int"),
            ("depth", {"dag": True}, "a DAG cost is a sum"),
            (lambda head, below: 1, {"dag": True}, "a DAG cost is a sum"),
            ("size", {"dag": True, "best": 2}, "by tree cost"),
            ("size", {"best": 0}, "0 terms are none"),
        ],
    )
    def test_what_makes_no_sense_is_an_error(self, cost: object, options: dict[str, object], words: str) -> None:
        graph, node = saturated("f(x) = g(x)", start="f(a)")
        with pytest.raises(LemmataError, match=words):
            graph.extract(node, cost, **options)  # type: ignore[call-overload]

    def test_terms_that_are_exponential_as_trees(self) -> None:
        graph = EGraph(rules("x + 0 = x"))
        term = graph.ruleset.term("a + 0")
        for _ in range(100):
            term = term.replace({graph.ruleset.term("a"): graph.ruleset.term("a + a")})
        node = graph.add(term)
        graph.run()
        found = graph.extract(node)
        assert found.cost == 2**101 - 1
        assert found.term.size == 101

    def test_the_same_in_every_process_and_whatever_was_there_before(self) -> None:
        program = """
from lemmata import rules
from lemmata.rewriting.egraph.graph import EGraph
graph = EGraph(rules("x + y = y + x", "(x + y) + z = x + (y + z)"))
before = ["c + b", "b", "d + d"]
for text in before:
    graph.ruleset.term(text)
for text in before:
    graph.add(text)
node = graph.add("d + (c + (b + a))")
graph.run(rounds=3)
print([str(e.term) for e in graph.extract(node, best=9)])
"""
        graph, node = saturated("x + y = y + x", "(x + y) + z = x + (y + z)", start="d + (c + (b + a))", rounds=3)
        found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        assert found.strip() == str([str(e.term) for e in graph.extract(node, best=9)])


RULES = (
    "x + y = y + x",
    "(x + y) + z = x + (y + z)",
    "x + (y + z) = (x + y) + z",
    "f(x + y) = f(x) + f(y)",
    "g(x, x) = f(x)",
    "f(x) = g(x, 0)",
    "f(f(x)) = x",
    "x + 0 = x",
    "g(x, y) = x + f(y)",
)
TERMS = st.recursive(
    st.sampled_from(["a", "b", "0"]),
    lambda below: st.one_of(
        st.builds("f({})".format, below),
        st.builds("g({}, {})".format, below, below),
        st.builds("({} + {})".format, below, below),
    ),
    max_leaves=6,
)


class TestAnyGraph:
    @given(TERMS, st.lists(st.sampled_from(RULES), min_size=1, max_size=4, unique=True), st.booleans())
    @settings(max_examples=40)
    def test_what_is_extracted_is_equal_and_costs_that(self, start: str, texts: list[str], sums: bool) -> None:
        laws = {"+": "AC 0"} if sums else None
        graph = EGraph(rules(*texts, "k(x) = x + 0", laws=laws, constants=["a", "b", "c"]))
        node = graph.add(start)
        graph.run(rounds=3, nodes=300)
        nodes = graph.nodes
        by_size = graph.extract(node, best=6)
        found = [*by_size, graph.extract(node), graph.extract(node, dag=True), graph.extract(node, "depth")]
        assert [e.cost for e in by_size] == [e.term.tree_size for e in by_size]
        assert len({e.term for e in by_size}) == len(by_size)
        assert by_size[0] == graph.extract(node)
        assert found[-2].cost <= by_size[0].cost
        if not sums:  # a sum within a sum is opened, and the graph need not have what comes of it
            assert all(graph.equal(node, e.term) for e in found)
            assert graph.nodes == nodes
            assert found[-2].cost == found[-2].term.size
            assert found[-1].cost == height(found[-1].term)


def height(term: Term) -> int:
    return 1 + max(map(height, term.args), default=0)


class TestMultisets:
    """Sums and products are multiset nodes; they cost what they write."""

    def graph(self) -> tuple[EGraph, int]:
        laws = {"+": "AC 0", "*": "AC 1"}
        graph = EGraph(rules("x + x = 2 * x", "f(x) = x + x + x", laws=laws, constants=["a", "b"]))
        node = graph.add("f(a) + b")
        graph.run(rounds=5)
        return graph, node

    def test_a_sum_costs_what_it_writes(self) -> None:
        graph, node = self.graph()
        found = graph.extract(node, {"f": 9})
        assert (str(found.term), found.cost) == ("a + a + a + b", 7)
        found = graph.extract(node, lambda head, below: sum(below) + (9 if head == "f" else len(below)))
        assert (str(found.term), found.cost) == ("a + a + a + b", 4)

    def test_of_a_term_that_comes_again_the_least_cost_counts(self) -> None:
        graph, node = self.graph()
        found = graph.extract(node, lambda head, below: sum(below) + (9 if head == "f" else len(below)), best=9)
        assert [e.cost for e in found] == sorted(e.cost for e in found)
        assert (str(found[0].term), found[0].cost) == ("a + a + a + b", 4)

    def test_among_equal_costs_a_sum_is_as_large_as_it_is_written(self) -> None:
        graph = EGraph(rules("f(x) = x + x + x + x", "f(x) = h(h(h(h(h(x)))))", laws={"+": "AC"}))
        node = graph.add("f(a)")
        graph.run()
        found = graph.extract(node, {"f": 9, "other": 0})
        assert str(found.term) == "h(h(h(h(h(a)))))"

    def test_terms_equal_by_the_laws_come_once(self) -> None:
        graph, node = self.graph()
        found = graph.extract(node, best=9)
        assert [(str(e.term), e.cost) for e in found] == [("b + f(a)", 4), ("a + a + a + b", 7), ("a + b + 2 * a", 7)]

    def test_as_a_gym_it_costs_the_same(self) -> None:
        graph, node = self.graph()
        view = graph.view()
        text = write_gym(view, Additive({"f": 9}).of(view, {}), [view.class_of(node)])
        gym = read_gym(Source("<test>", text))
        assert tree_costs(gym.view, gym.weights).of(gym.roots[0]) == 7
