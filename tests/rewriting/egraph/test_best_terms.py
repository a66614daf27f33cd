"""The n best terms against an enumeration of all terms up to a cost."""

from __future__ import annotations

import math
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.egraph.best_terms import best_terms
from lemmata.rewriting.egraph.extract import additive, by_function, choose, function_costs, tree_costs
from lemmata.rewriting.egraph.gym import Gym
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.egraph.small_views import Node, gym_of, show, small_gyms


def best(gym: Gym, n: int, deepest: bool = False) -> list[tuple[float, str]]:
    """The costs and terms of the root."""
    table = TermTable()
    costs = tree_costs(gym.view, gym.weights, deepest=deepest)
    found = best_terms(costs, additive(gym.view, gym.weights, deepest=deepest), gym.roots[0], table)
    return [(cost, show(table, row)) for cost, row in islice(found, n)]


def enumerated(gym: Gym, most: float, deepest: bool = False) -> dict[str, float]:
    """All terms of the root that cost no more than `most`, by rounds until there are no new ones."""
    view = gym.view
    terms: list[dict[str, float]] = [{} for _ in range(view.classes)]
    changed = True
    while changed:
        changed = False
        for i, c in enumerate(view.of.tolist()):
            name = view.ops[view.op[i]].symbol.name
            for below in product(*(list(terms[d].items()) for d in view.children(i))):
                prices = [cost for _, cost in below]
                cost = gym.weights[i] + (max(prices, default=0) if deepest else sum(prices))
                text = f"{name}({', '.join(t for t, _ in below)})" if below else name
                if cost <= most and text not in terms[c]:
                    terms[c][text], changed = cost, True
    return terms[gym.roots[0]]


class TestBest:
    @given(small_gyms(costs=(1, 2, 3)), st.integers(1, 12))
    def test_they_are_the_cheapest_in_order(self, gym: Gym, n: int) -> None:
        if tree_costs(gym.view, gym.weights).of(gym.roots[0]) is None:
            with pytest.raises(LemmataError, match="no term of finite cost"):
                best(gym, n)
            return
        found = best(gym, n)
        expected = enumerated(gym, min(found[-1][0], 8))
        known = [(cost, text) for cost, text in found if cost <= 8]
        assert len({text for _, text in found}) == len(found) <= n
        assert [cost for cost, _ in found] == sorted(cost for cost, _ in found)
        assert all(expected[text] == cost for cost, text in known)
        if len(known) == len(found):
            assert [cost for cost, _ in found] == sorted(expected.values())[: len(found)]

    @given(small_gyms(costs=(1, 2, 3), classes=3))
    def test_all_of_them_if_they_are_few(self, gym: Gym) -> None:
        if tree_costs(gym.view, gym.weights).of(gym.roots[0]) is not None:
            found = best(gym, 60)
            if len(found) < 60 and found[-1][0] < 9:
                assert {text: cost for cost, text in found} == enumerated(gym, 9)

    @given(small_gyms(costs=(0, 1, 2)), st.integers(1, 8))
    def test_the_first_is_the_one_that_is_chosen_and_more_do_not_change_it(self, gym: Gym, n: int) -> None:
        root = gym.roots[0]
        costs = tree_costs(gym.view, gym.weights)
        if costs.of(root) is not None:
            table = TermTable()
            (row,) = choose(costs, [root]).rows(table, [root])
            assert best(gym, 1) == [(costs.of(root), show(table, row))]
            more = best(gym, n)
            assert more[0] == best(gym, 1)[0]
            assert [cost for cost, _ in more] == [cost for cost, _ in best(gym, n + 3)][:n]

    @given(small_gyms(costs=(1, 2), classes=3), st.integers(1, 6))
    def test_by_depth(self, gym: Gym, n: int) -> None:
        if tree_costs(gym.view, gym.weights).of(gym.roots[0]) is not None:
            found = best(gym, n, deepest=True)
            assert [cost for cost, _ in found] == sorted(cost for cost, _ in found)
            if found[-1][0] <= 3:
                expected = enumerated(gym, 3, deepest=True)
                assert all(expected[text] == cost for cost, text in found)
                assert [cost for cost, _ in found] == sorted(expected.values())[: len(found)]

    def test_ties_stand_by_size_and_names(self) -> None:
        nodes: list[Node] = [(0, "f", (1,), 0), (0, "c", (), 1), (0, "b", (), 1), (1, "a", (), 1)]
        assert best(gym_of(nodes), 9) == [(1, "b"), (1, "c"), (1, "f(a)")]

    def test_a_cycle_gives_ever_larger_terms(self) -> None:
        nodes: list[Node] = [(0, "f", (0,), 1), (0, "a", (), 1)]
        assert best(gym_of(nodes), 3) == [(1, "a"), (2, "f(a)"), (3, "f(f(a))")]

    def test_cycles_of_no_cost(self) -> None:
        nodes: list[Node] = [(0, "f", (1,), 0), (1, "g", (0,), 0), (0, "a", (), 2)]
        assert best(gym_of(nodes), 3) == [(2, "a"), (2, "f(g(a))"), (2, "f(g(f(g(a))))")]

    def test_one_term_in_two_nodes_counts_once(self) -> None:
        nodes: list[Node] = [(0, "f", (1,), 1), (0, "f", (1,), 2), (0, "b", (), 9), (1, "a", (), 1)]
        assert best(gym_of(nodes), 9) == [(2, "f(a)"), (9, "b")]

    def test_a_barred_node_is_never_taken(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (0, "b", (), 9), (1, "a", (), 1)])
        gym.weights[2] = math.inf
        assert best(gym, 9) == [(9, "b")]

    def test_by_a_function(self) -> None:
        gym = gym_of([(0, "f", (0,), 1), (0, "g", (1,), 1), (1, "a", (), 1), (1, "b", (), 1)])
        own = {"f": 5, "g": 2, "a": 7, "b": 1}

        def call(head: str, below: tuple[int, ...]) -> int:
            return sum(below) + own[head]

        evaluate = by_function(gym.view, list(own), call)
        table = TermTable()
        found = best_terms(function_costs(gym.view, list(own), call), evaluate, 0, table)
        assert [(cost, show(table, row)) for cost, row in islice(found, 3)] == [
            (3, "g(b)"),
            (8, "f(g(b))"),
            (9, "g(a)"),
        ]

    def test_deep_and_shared(self) -> None:
        """2^300 nodes as a tree, above two ways to write the bottom."""
        height = 300
        nodes: list[Node] = [(0, "a", (), 1), (0, "b", (), 1)]
        nodes += [(k, "f", (k - 1, k - 1), 1) for k in range(1, height + 1)]
        gym = gym_of(nodes, [height])
        table = TermTable()
        costs = tree_costs(gym.view, gym.weights)
        found = list(islice(best_terms(costs, additive(gym.view, gym.weights), height, table), 3))
        assert [cost for cost, _ in found] == [2 ** (height + 1) - 1] * 3
        assert len({row for _, row in found}) == 3

    def test_a_chain_of_five_thousand(self) -> None:
        height = 5_000
        nodes: list[Node] = [(0, "a", (), 1), (0, "b", (), 2), *((k, "f", (k - 1,), 1) for k in range(1, height + 1))]
        gym = gym_of(nodes, [height])
        costs = tree_costs(gym.view, gym.weights)
        found = best_terms(costs, additive(gym.view, gym.weights), height, TermTable())
        assert [cost for cost, _ in found] == [height + 1, height + 2]
