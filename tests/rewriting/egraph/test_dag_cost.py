"""DAG costs against all choices of small graphs; large, deep and cyclic graphs; budgets that do not suffice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.egraph.branch_and_bound import search
from lemmata.rewriting.egraph.dag_cost import dag_choice
from lemmata.rewriting.egraph.extract import choose, tree_costs
from lemmata.rewriting.egraph.gym import Gym
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.egraph.small_views import Node, choices, covered, gym_of, small_gyms


def least(gym: Gym) -> float:
    """By trying every choice; infinity if all have cycles."""
    best = math.inf
    for chosen in choices(gym.view):
        inside = covered(gym.view, chosen, gym.roots)
        if inside is not None:
            best = min(best, math.fsum(gym.weights[chosen[c]] for c in inside))
    return best


def cost_of(gym: Gym, chosen: np.ndarray) -> float:
    """Of a choice, which must be one."""
    inside = covered(gym.view, dict(enumerate(chosen.tolist())), gym.roots)
    assert inside is not None
    assert sorted(inside) == np.flatnonzero(chosen >= 0).tolist()
    return math.fsum(gym.weights[chosen[c]] for c in inside)


class TestSmall:
    @given(small_gyms(costs=(0, 1, 2, 3, 7), classes=6))
    @settings(max_examples=150)
    def test_the_optimum_is_found_and_proved(self, gym: Gym) -> None:
        expected = least(gym)
        if expected == math.inf:
            with pytest.raises(LemmataError, match="no term of finite cost"):
                dag_choice(gym.view, gym.weights, gym.roots)
            return
        found = dag_choice(gym.view, gym.weights, gym.roots)
        assert (found.cost, found.bound, found.proved) == (expected, expected, True)
        assert cost_of(gym, found.choice.node) == expected

    @given(small_gyms(costs=(0, 1, 2, 3, 7), classes=6))
    def test_without_steps_it_is_a_choice_and_the_bound_holds(self, gym: Gym) -> None:
        expected = least(gym)
        if expected < math.inf:
            found = dag_choice(gym.view, gym.weights, gym.roots, steps=0)
            assert found.bound <= expected <= found.cost
            assert cost_of(gym, found.choice.node) == found.cost
            assert not found.proved
            tree = choose(tree_costs(gym.view, gym.weights), gym.roots)
            assert found.cost <= cost_of(gym, tree.node)

    @given(small_gyms(costs=(1, 2, 3.25), classes=6))
    def test_without_fuel_too(self, gym: Gym) -> None:
        expected = least(gym)
        if expected < math.inf:
            found = dag_choice(gym.view, gym.weights, gym.roots, fuel=0)
            assert found.proved
            assert found.cost == pytest.approx(expected)

    def test_several_roots_share(self) -> None:
        nodes: list[Node] = [
            (0, "f", (2,), 1),
            (0, "g", (), 5),
            (1, "f", (2, 2), 1),
            (1, "h", (), 5),
            (2, "big", (), 6),
        ]
        gym = gym_of(nodes, [0, 1])
        found = dag_choice(gym.view, gym.weights, gym.roots)
        assert (found.cost, found.proved) == (8, True)
        assert found.choice.node.tolist() == [0, 2, 4]
        assert dag_choice(gym.view, gym.weights, gym.roots[:1]).cost == 5

    def test_greedy_sets_beat_the_best_tree(self) -> None:
        """A tree pays 7 twice for 14 and takes 12; a DAG pays 8."""
        nodes: list[Node] = [(0, "two", (1, 1), 1), (0, "one", (2,), 6), (1, "s", (), 7), (2, "t", (), 6)]
        gym = gym_of(nodes)
        assert tree_costs(gym.view, gym.weights).of(0) == 12
        assert dag_choice(gym.view, gym.weights, gym.roots, steps=0).cost == 8

    def test_greedy_sets_find_what_is_shared_two_levels_down(self) -> None:
        """The best tree is r1 for 10.5; r2 over p1 costs 11, over p2, whose parts share u, 10."""
        nodes: list[Node] = [
            (0, "r1", (), 10.5),
            (0, "r2", (1,), 1),
            (1, "p1", (), 10),
            (1, "p2", (2, 3), 1),
            (2, "s", (4,), 1),
            (3, "t", (4,), 1),
            (4, "u", (), 6),
        ]
        gym = gym_of(nodes)
        assert dag_choice(gym.view, gym.weights, gym.roots, steps=0).cost == 10

    def test_an_exchange_uses_what_is_paid_elsewhere(self) -> None:
        """Class 1 alone is cheapest by itself, but what class 2 must have makes it cheaper."""
        nodes: list[Node] = [
            (0, "r", (1, 2), 0),
            (1, "own", (), 5),
            (1, "use", (3,), 1),
            (2, "b", (3,), 1),
            (3, "s", (), 4.5),
        ]
        gym = gym_of(nodes)
        assert dag_choice(gym.view, gym.weights, gym.roots, steps=0).cost == 6.5

    def test_branch_and_bound_beats_greedy_sets(self) -> None:
        """Each of three classes alone is cheapest in its own way, all together by what they can share."""
        nodes: list[Node] = [
            (0, "all", (1, 2, 3), 1),
            *((k, "own", (), 5) for k in (1, 2, 3)),
            *((k, "use", (4,), 1) for k in (1, 2, 3)),
            (4, "shared", (), 6),
        ]
        gym = gym_of(nodes)
        assert dag_choice(gym.view, gym.weights, gym.roots, steps=0).cost == 16
        found = dag_choice(gym.view, gym.weights, gym.roots)
        assert (found.cost, found.proved) == (10, True)


class TestBranchAndBound:
    """By itself, with no choice to begin with that could hide what it misses."""

    @given(small_gyms(costs=(0, 1, 2, 3, 7), classes=6))
    @settings(max_examples=150)
    def test_it_finds_the_optimum_from_nothing(self, gym: Gym) -> None:
        expected = least(gym)
        chosen, bound, proved = search(options_of(gym), {}, math.inf, 1_000_000)
        assert (bound, proved) == (expected, True)
        if expected < math.inf:
            node = np.array([chosen.get(c, -1) for c in range(gym.view.classes)])
            assert cost_of(gym, node) == expected

    def test_what_costs_nothing_now_may_close_a_cycle_later(self) -> None:
        nodes: list[Node] = [
            (0, "r", (1, 2), 0),
            (1, "f", (2,), 0),
            (1, "c", (), 1),
            (2, "g", (1,), 0),
            (2, "d", (), 5),
        ]
        chosen, bound, proved = search(options_of(gym_of(nodes)), {}, math.inf, 1000)
        assert (chosen, bound, proved) == ({0: 0, 1: 2, 2: 3}, 1, True)

    def test_what_is_needed_besides_may_cost_more_than_it_seems(self) -> None:
        """Class 2 has a free node, but one over something dear."""
        nodes: list[Node] = [
            (0, "r", (1,), 0),
            (1, "f", (2,), 0),
            (1, "c", (), 1),
            (2, "g", (3,), 0),
            (2, "h", (4,), 0),
            (3, "d", (), 5),
            (4, "e", (), 6),
        ]
        chosen, bound, proved = search(options_of(gym_of(nodes)), {}, math.inf, 1000)
        assert (chosen, bound, proved) == ({0: 0, 1: 2}, 1, True)

    @given(small_gyms(costs=(1, 2, 3), classes=6), st.integers(0, 30))
    def test_the_bound_holds_wherever_it_stops(self, gym: Gym, steps: int) -> None:
        expected = least(gym)
        _, bound, proved = search(options_of(gym), {}, math.inf, steps)
        assert bound <= expected
        assert not proved or bound == expected


def options_of(gym: Gym) -> list[dict[int, tuple[float, int]]]:
    options: list[dict[int, tuple[float, int]]] = [{} for _ in range(gym.view.classes)]
    for i, c in enumerate(gym.view.of.tolist()):
        options[c][i] = gym.weights[i].item(), sum(1 << d for d in set(gym.view.children(i)))
    return options


class TestLarge:
    def test_a_deep_shared_tower(self) -> None:
        """2^3000 nodes as a tree, and no better choice."""
        height = 3_000
        nodes: list[Node] = [(0, "a", (), 1), *((k, "f", (k - 1, k - 1), 1) for k in range(1, height + 1))]
        gym = gym_of(nodes, [height])
        found = dag_choice(gym.view, gym.weights, gym.roots)
        assert found.cost == height + 1
        table = TermTable()
        assert found.choice.rows(table, gym.roots) == [height]

    def test_sets_move_when_there_is_no_room(self) -> None:
        """Each level is first made the dear way, so that sets are replaced again and again."""
        nodes: list[Node] = [(0, "a", (), 1), (500, "b", (), 0)]
        for k in range(1, 400):
            nodes += [(k, "f", (k - 1, 500), 1), (k, "g", (k - 1, k - 1), 2), (k, "h", (k - 1,), 3)]
        gym = gym_of(nodes, [399])
        found = dag_choice(gym.view, gym.weights, gym.roots, steps=0)
        assert found.cost == 400
