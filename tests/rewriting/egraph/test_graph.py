"""The e-graph as users meet it: limits, push and pop, schedulers, conditions, functions, multisets."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.egraph.analyses import (
    ConstantFolding,
    FreeVariables,
    Interval,
    Intervals,
    Sorts,
)
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Ended
from lemmata.rewriting.egraph.schedules import Backoff, Contains, Equal, NodesOver, Run, Saturate
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.source import LemmataError

AC = ("comm: x + y = y + x", "assoc: (x + y) + z <=> x + (y + z)")


def nested(names: list[str]) -> str:
    """A sum, grouped to the right."""
    return " + (".join(names) + ")" * (len(names) - 1)


def ac_graph(summands: int) -> EGraph:
    graph = EGraph(rules(*AC))
    graph.add(nested([f"a{i}" for i in range(summands)]))
    return graph


class TestLimits:
    @pytest.mark.parametrize("most", [100, 1_000, 30_000])
    def test_nodes(self, most: int) -> None:
        graph = ac_graph(14)
        report = graph.run(nodes=most)
        assert report.stop is Ended.NODES
        assert 0.9 * most <= graph.nodes <= most

    def test_time(self) -> None:
        graph = ac_graph(18)
        started = time.monotonic()
        report = graph.run(Limits(seconds=0.3))
        assert report.stop is Ended.TIME
        assert time.monotonic() - started < 30  # not a benchmark: it ends at all
        assert graph.nodes > 1_000

    def test_rounds_and_classes(self) -> None:
        graph = ac_graph(8)
        assert graph.run(rounds=2).stop is Ended.ROUNDS
        assert graph.run(classes=100).stop is Ended.CLASSES
        assert graph.run().stop is Ended.SATURATED
        assert graph.nodes == 3**8 - 2**9 + 1 + 8

    def test_what_a_limit_cut_short_is_taken_up_again(self) -> None:
        graph = ac_graph(7)
        stops = [graph.run(nodes=most).stop for most in range(100, 2_000, 100)]
        assert stops[0] is Ended.NODES
        assert graph.run().stop is Ended.SATURATED
        assert (graph.nodes, graph.classes) == (3**7 - 2**8 + 1 + 7, 2**7 - 1)

    def test_no_rules(self) -> None:
        graph = EGraph(rules("f(a) = f(a)", constants="a"))
        assert graph.run().stop is Ended.SATURATED


class TestUndoing:
    def test_pop_restores_everything(self) -> None:
        graph = ac_graph(6)
        graph.run(rounds=2)
        before = graph.nodes, graph.classes, graph.view().op.tolist()
        graph.push()
        graph.union("a0", "a1")
        graph.run()
        assert graph.equal("a0", "a1")
        graph.pop()
        assert (graph.nodes, graph.classes, graph.view().op.tolist()) == before
        assert not graph.equal("a0", "a1")
        graph.run()
        assert graph.nodes == 3**6 - 2**7 + 1 + 6

    def test_nothing_to_pop(self) -> None:
        with pytest.raises(LemmataError, match="nothing to pop"):
            ac_graph(3).pop()

    def test_facts_and_multisets_are_restored(self) -> None:
        graph = EGraph(rules("x + 0 = x", laws={"+": "AC"}), analyses=[ConstantFolding()])
        n = graph.add("a + b")
        graph.push()
        graph.union("a", "1")
        graph.union("b", "2")
        assert graph.value("constant", "a") == 1
        graph.pop()
        assert graph.value("constant", "a") is None
        assert graph.add("b + a") == n


class TestSchedules:
    def test_backoff_reaches_the_same_end(self) -> None:
        graph = ac_graph(6)
        report = graph.run(scheduler=Backoff(match_limit=20, ban_length=1), rounds=200)
        assert report.stop is Ended.SATURATED
        assert graph.nodes == 3**6 - 2**7 + 1 + 6
        assert sum(use.banned for use in report.rules) > 0

    def test_rules_by_name(self) -> None:
        graph = ac_graph(3)
        report = graph.run(schedule=Saturate(Run(("comm",))))
        assert [use.matches > 0 for use in report.rules] == [True, False, False]

    def test_goals(self) -> None:
        assert ac_graph(4).run(until=Equal("a0 + a1", "a1 + a0")).stop is Ended.GOAL
        assert ac_graph(4).run(until=Contains("a3 + a2")).stop is Ended.GOAL
        assert ac_graph(9).run(until=NodesOver(500)).stop is Ended.GOAL
        assert ac_graph(4).run(until=lambda graph: graph.nodes > 20).stop is Ended.GOAL
        assert ac_graph(3).run(until=Equal("a0", "a1")).stop is Ended.SATURATED

    def test_progress_is_told(self) -> None:
        seen: list[int] = []
        ac_graph(5).run(progress=lambda r: seen.append(r.nodes))
        assert seen[-1] == 185


class TestConditions:
    def test_two_terms_differ(self) -> None:
        graph = EGraph(rules("x / x = one if x <> zero", constants="one zero"))
        same, bad = graph.add("a / a"), graph.add("zero / zero")
        graph.run()
        assert graph.equal(same, "one")
        assert not graph.equal(bad, "one")

    def test_a_condition_binds_variables(self) -> None:
        graph = EGraph(rules("p(x) = q(y) if x = f(y)", constants="a"))
        n = graph.add("p(f(a))")
        graph.run()
        assert graph.equal(n, "q(a)")

    def test_a_condition_that_python_decides(self) -> None:
        asked: list[int] = []

        def small(graph: EGraph, x: int) -> bool:
            asked.append(x)
            value = graph.literal(x)
            return isinstance(value, int) and value < 10

        graph = EGraph(rules("f(x) = x if small(x)", "g(x) = x + 0"), conditions={"small": small})
        few, many = graph.add("f(3)"), graph.add("f(30)")
        graph.run()
        assert asked
        assert graph.equal(few, "3")
        assert not graph.equal(many, "30")

    def test_a_refused_match_is_asked_again(self) -> None:
        def known(graph: EGraph, x: int) -> bool:
            return graph.literal(x) is not None

        graph = EGraph(rules("f(x) = x if known(x)", "h(0) = 1"), conditions={"known": known})
        n = graph.add("f(h(z))")
        graph.run()
        assert not graph.equal(n, "h(z)")
        graph.union("z", "0")
        graph.run()
        assert graph.equal(n, "1")

    def test_comparisons_of_numbers(self) -> None:
        graph = EGraph(rules("max(x, y) = x if x >= y", "max(x, y) = y if x < y"), analyses=[ConstantFolding()])
        n = graph.add("max(3 + 4, 2 * 5)")
        graph.run()
        assert graph.equal(n, "10")


class TestAnalyses:
    def test_constants_are_exact_and_proved(self) -> None:
        graph = EGraph(rules("x * 0 = 0"), analyses=[ConstantFolding()])
        n = graph.add("(2 ^ 100 - 2 ^ 100 + 1) * (3 - 2)")
        graph.run()
        assert graph.value("constant", n) == 1
        explanation = graph.explain(n, "1")
        assert explanation.check().accepted
        assert not explanation.hypotheses

    def test_inconsistent_rules_are_noticed(self) -> None:
        graph = EGraph(rules("f(x) = 1", "f(x) = 2"), analyses=[ConstantFolding()])
        graph.add("f(a)")
        assert graph.run().stop is Ended.CONTRADICTION

    def test_values_rise_through_the_graph(self) -> None:
        graph = EGraph(
            rules("x + y = y + x", "x * 0 = 0"),
            analyses=[FreeVariables(), Intervals({"a": Interval(None, None)}), Sorts()],
        )
        n = graph.add("b * (a - a)")
        assert graph.value("free", n) == {"a", "b"}
        graph.union("a - a", "0")
        graph.run()
        assert graph.value("free", n) == frozenset()
        assert graph.value("interval", n) == Interval(0, 0)  # type: ignore[arg-type]
        assert graph.value("sort", n) == "Int"

    def test_one_of_the_users(self) -> None:
        class Depth:
            name = "depth"

            def make(self, node: object, values: list[int | None]) -> int:
                return 1 + max((v for v in values if v is not None), default=0)

            def merge(self, left: int, right: int) -> int:
                return min(left, right)

        graph = EGraph(rules("f(f(x)) = x"), analyses=[Depth()])
        n = graph.add("f(f(f(a)))")
        assert graph.value("depth", n) == 4
        graph.run()
        assert graph.value("depth", n) == 2

    def test_a_name_that_no_analysis_has(self) -> None:
        with pytest.raises(LemmataError, match="no analysis"):
            ac_graph(3).value("constant", "a0")


class TestFunctions:
    def test_a_dynamic_right_hand_side(self) -> None:
        def successor(graph: EGraph, x: int) -> int | None:
            value = graph.literal(x)
            return graph.add_literal(value + 1, "Int") if isinstance(value, int) else None

        graph = EGraph(rules("f(x) = next(x)", "g(x) = x + 0"), functions={"next": successor})
        n = graph.add("f(f(1))")
        graph.run()
        assert graph.equal(n, "3")
        explanation = graph.explain(n, "3")
        assert explanation.check().accepted
        assert explanation.hypotheses[0].startswith("next(")  # what the function said

    def test_functions_of_the_rule_set(self) -> None:
        graph = EGraph(
            rules("f(x) = double(x) + 1", functions={"double": lambda x: 2 * x}), analyses=[ConstantFolding()]
        )
        n = graph.add("f(20)")
        graph.run()
        assert graph.equal(n, "41")


SUMS = rules("x + neg(x) = 0", "neg(neg(x)) = x", "neg(x + y) = neg(x) + neg(y)", laws={"+": "AC 0"})


class TestMultisets:
    def test_a_sum_is_one_node(self) -> None:
        graph = EGraph(SUMS)
        names = [f"a{i}" for i in range(20)]
        n, m = graph.add(" + ".join(names)), graph.add(nested(names[::-1]))
        assert n == m
        assert graph.nodes == 21

    def test_rules_apply_within_sums(self) -> None:
        graph = EGraph(SUMS)
        n = graph.add("a + b + c + neg(a + b)")
        assert graph.run().stop is Ended.SATURATED
        assert graph.equal(n, "c")
        explanation = graph.explain(n, "c")
        assert explanation.check().accepted
        assert not explanation.hypotheses

    def test_congruence(self) -> None:
        graph = EGraph(SUMS)
        first, second = graph.add("a + b + b"), graph.add("c + c + a")
        assert not graph.equal(first, second)
        graph.union("b", "c")
        assert graph.equal(first, second)
        assert graph.explain(first, second).check().accepted

    def test_members_that_are_sums_are_opened(self) -> None:
        graph = EGraph(SUMS)
        first, second = graph.add("a + d"), graph.add("b + c + d")
        graph.union("a", "b + c")
        assert graph.equal(first, second)
        graph.union("d", "0")
        assert graph.equal(first, "a")
        assert graph.explain(first, "a").check().accepted

    @given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=6), st.randoms(use_true_random=False))
    @settings(max_examples=25, deadline=None)
    def test_order_and_grouping_do_not_matter(self, names: list[str], random: object) -> None:
        graph = EGraph(SUMS)
        shuffled = sorted(names, key=lambda _: random.random())  # type: ignore[attr-defined]
        assert graph.add(" + ".join(names)) == graph.add(nested(shuffled))
        assert graph.nodes == len(set(names)) + 1

    @given(
        st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["a", "b", "a + b", "c + c", "d + a"])), max_size=3)
    )
    @settings(max_examples=30, deadline=None)
    def test_whatever_is_decreed_congruence_agrees_with_binary_nodes(self, decreed: list[tuple[str, str]]) -> None:
        """What multisets call equal, binary nodes with the laws as rules do too."""
        sums, binary = EGraph(rules("f(x + y) = f(y)", laws={"+": "AC"})), EGraph(rules(*AC))
        texts = ["a + b", "a + c + d", "b + b + c", "d + a", "c + a + b"]
        nodes = [sums.add(t) for t in texts]
        for graph in (sums, binary):
            for left, right in decreed:
                graph.union(left, right)
        for text in texts:
            binary.add(text)
        binary.run(nodes=3_000)
        for i, left in enumerate(texts):
            for j, right in enumerate(texts[:i]):
                if sums.equal(nodes[i], nodes[j]):
                    assert binary.equal(left, right), (left, right)


def test_the_same_on_every_run() -> None:
    def once(make: Callable[[], RuleSet]) -> tuple[list[int], list[int]]:
        graph = EGraph(make())
        graph.add("(a + b) * (c + d) * (a + c)")
        graph.run(rounds=4, nodes=3_000)
        view = graph.view()
        return view.op.tolist(), view.of.tolist()

    def given_rules() -> RuleSet:
        return rules(*AC, "x * y = y * x", "x * (y + z) <=> x * y + x * z")

    assert once(given_rules) == once(given_rules)
