"""Tree-cost extraction: against slow and plain answers, and where terms are deep, shared, cyclic or forbidden."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.bank import BankSymbol
from lemmata.rewriting.egraph import extract
from lemmata.rewriting.egraph.extract import choose, function_costs, tree_costs
from lemmata.rewriting.egraph.history import Op
from lemmata.rewriting.egraph.view import View
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable, children
from tests.rewriting.egraph.small_views import Node, covered, gym_of, least_costs, show, small_gyms


def written(nodes: Sequence[Node], deepest: bool = False, root: int = 0) -> str:
    """The best term of a class, as symbols in brackets."""
    gym = gym_of(nodes)
    number = gym.classes.index(f"c{root}")
    costs = tree_costs(gym.view, gym.weights, deepest=deepest)
    table = TermTable()
    (row,) = choose(costs, [number]).rows(table, [number])
    return show(table, row)


class TestTreeCosts:
    @given(small_gyms(costs=(0, 1, 2, 3, 0.5)), st.booleans())
    def test_costs_are_the_least(self, gym, deepest: bool) -> None:
        costs = tree_costs(gym.view, gym.weights, deepest=deepest)
        expected = least_costs(gym.view, gym.weights.tolist(), deepest)
        assert [math.inf if (c := costs.of(k)) is None else c for k in range(gym.view.classes)] == expected

    @given(small_gyms(costs=(0, 1, 2)), st.booleans())
    def test_the_heap_alone_finds_the_same(self, gym, deepest: bool) -> None:
        swept = tree_costs(gym.view, gym.weights, deepest=deepest)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(extract, "_SWEEPS", 0)
            settled = tree_costs(gym.view, gym.weights, deepest=deepest)
        for one, other in ((swept.cost, settled.cost), (swept.size, settled.size), (swept.height, settled.height)):
            assert list(one) == list(other)
        assert swept.tight.tolist() == settled.tight.tolist()

    @given(small_gyms(costs=(0, 1, 2)), st.booleans())
    def test_a_function_finds_the_same(self, gym, deepest: bool) -> None:
        view = gym.view
        total = max if deepest else sum
        expected = tree_costs(view, gym.weights, deepest=deepest)
        own = {str(i): weight for i, weight in enumerate(gym.weights.tolist())}
        costs = function_costs(view, list(own), lambda name, below: own[name] + (total(below) if below else 0))
        assert [costs.of(c) for c in range(view.classes)] == [expected.of(c) for c in range(view.classes)]
        assert costs.tight.tolist() == expected.tight.tolist()

    def test_weights_that_are_whole_give_whole_costs(self) -> None:
        gym = gym_of([(0, "f", (1,), 2), (1, "a", (), 3)])
        assert type(tree_costs(gym.view, gym.weights).of(0)) is int
        gym = gym_of([(0, "f", (1,), 2.5), (1, "a", (), 3)])
        assert tree_costs(gym.view, gym.weights).of(0) == 5.5

    def test_a_barred_node_is_left_out(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (0, "g", (1,), 9), (1, "a", (), 1)])
        weights = gym.weights.copy()
        weights[0] = math.inf
        assert tree_costs(gym.view, weights).of(0) == 10
        weights[2] = math.inf
        costs = tree_costs(gym.view, weights)
        assert costs.of(0) is None
        with pytest.raises(LemmataError, match="no term of finite cost"):
            choose(costs, [0])

    def test_a_class_with_nothing_but_cycles_has_no_term(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (1, "g", (0,), 1)])
        assert tree_costs(gym.view, gym.weights).of(0) is None


def tower(height: int, sides: int = 2) -> list[Node]:
    """f(f(f(...), ...), ...), where all arguments are one term: class 0 at the bottom, each above the last."""
    return [(0, "a", (), 1), *((k, "f", (k - 1,) * sides, 1) for k in range(1, height + 1))]


class TestLargeTerms:
    def test_exponential_costs_are_exact(self) -> None:
        gym = gym_of(tower(200))
        costs = tree_costs(gym.view, gym.weights)
        assert [costs.of(k) for k in (0, 50, 59, 60, 61, 62, 200)] == [
            2 ** (k + 1) - 1 for k in (0, 50, 59, 60, 61, 62, 200)
        ]

    def test_exponential_costs_are_compared_exactly(self) -> None:
        gym = gym_of([*tower(100), (101, "cheap", (100,), 1), (101, "cheaper", (99, 99), 0)])
        costs = tree_costs(gym.view, gym.weights)
        assert costs.of(101) == 2**101 - 2
        assert gym.nodes[choose(costs, [101]).node[101]] == "n102"

    def test_weights_too_large_for_the_kernels(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (0, "g", (1,), 2), (1, "a", (), 1)])
        gym.weights[:] = [2.0**70, 2.0**69, 3]
        costs = tree_costs(gym.view, gym.weights)
        assert (costs.of(0), choose(costs, [0]).node[0]) == (2**69 + 3, 1)

    def test_a_cost_too_large_for_floating_point_is_an_error(self) -> None:
        gym = gym_of([(k, op, below, cost / 2) for k, op, below, cost in tower(1100)])
        with pytest.raises(LemmataError, match="floating-point"):
            tree_costs(gym.view, gym.weights)

    @pytest.mark.parametrize("deepest", [False, True])
    @pytest.mark.parametrize("upwards", [False, True])
    def test_deep_terms_in_any_order_of_nodes(self, deepest: bool, upwards: bool) -> None:
        nodes = tower(20_000, sides=1)
        gym = gym_of(nodes if upwards else nodes[::-1])
        top = gym.classes.index("c20000")
        costs = tree_costs(gym.view, gym.weights, deepest=deepest)
        assert costs.of(top) == 20_001
        table = TermTable()
        (row,) = choose(costs, [top]).rows(table, [top])
        assert (row, len(table)) == (20_000, 20_001)

    def test_shared_subterms_are_built_once(self) -> None:
        gym = gym_of(tower(100))
        table = TermTable()
        (row,) = choose(tree_costs(gym.view, gym.weights), [100]).rows(table, [100])
        assert (row, len(table)) == (100, 101)


class TestTies:
    def test_the_smaller_term_then_the_lower_one_then_names(self) -> None:
        free: list[Node] = [(1, "a", (), 1), (2, "b", (), 0)]
        assert written([(0, "f", (1, 2), 1), (0, "g", (1,), 1), *free]) == "g(a)"
        low: list[Node] = [(0, "z", (1, 2), 1), (3, "g", (1,), 1), (0, "h", (3,), 0), *free]
        assert written(low) == "z(a, b)"
        assert written([(0, "g", (1,), 1), (0, "f", (1,), 1), (0, "h", (1,), 1), *free]) == "f(a)"
        even: list[Node] = [(2, "b", (), 1), (1, "a", (), 1)]
        assert written([(0, "f", (2, 1), 1), (0, "f", (1, 2), 1), (0, "f", (2, 2), 1), *even]) == "f(a, b)"

    def test_depth_alone_does_not_make_a_term_large(self) -> None:
        nodes: list[Node] = [(0, "f", (1, 1, 1), 1), (0, "g", (1,), 1), (1, "a", (), 1)]
        assert written(nodes, deepest=True) == "g(a)"

    def test_a_cycle_without_cost_is_not_entered(self) -> None:
        assert written([(0, "f", (0,), 0), (0, "g", (1,), 0), (1, "h", (0,), 0), (1, "a", (), 0)]) == "g(a)"

    @pytest.mark.parametrize("members", [[(3, 0), (2, 1)], [(0, 3), (1, 2)], [(3, 0), (1, 2)]])
    def test_the_order_of_a_multisets_members_does_not_matter(self, members: list[tuple[int, int]]) -> None:
        """a + d comes before b + c."""
        constants = [Op(BankSymbol("app", name, (), "E"), leaf=False) for name in "abcd"]
        ids = np.arange(6, dtype=np.int32)
        view = View.build(
            [*constants, Op(BankSymbol("ac", "+", (), "E"), leaf=False)],
            [],
            find=np.array([0, 1, 2, 3, 4, 4], np.int32),
            node=ids,
            op=np.array([0, 1, 2, 3, 4, 4], np.int32),
            leaf=np.full(6, -1, np.int32),
            start=np.array([0, 0, 0, 0, 0, 2, 4], np.int32),
            child=np.array([*members[0], *members[1]], np.int32),
        )
        table = TermTable()
        (row,) = choose(tree_costs(view, np.ones(6)), [4]).rows(table, [4])
        assert {show(table, c) for c in children(table.rows[row])} == {"a", "d"}

    @given(small_gyms(costs=(0, 1)), st.booleans(), st.randoms())
    def test_the_numbers_of_nodes_and_classes_do_not_matter(self, gym, deepest: bool, rng: random.Random) -> None:
        view = gym.view
        nodes = [
            (c, view.ops[view.op[i]].symbol.name, tuple(view.children(i)), gym.weights[i])
            for i, c in enumerate(view.of.tolist())
        ]
        if tree_costs(view, gym.weights).of(0) is not None:
            mixed = list(nodes)
            rng.shuffle(mixed)
            assert written(mixed, deepest) == written(nodes, deepest)

    @given(small_gyms(costs=(0, 1, 2)), st.booleans())
    def test_what_is_chosen_has_the_cost(self, gym, deepest: bool) -> None:
        view = gym.view
        costs = tree_costs(view, gym.weights, deepest=deepest)
        roots = [c for c in range(view.classes) if costs.of(c) is not None][::2]
        choice = choose(costs, roots)
        order = covered(view, dict(enumerate(choice.node.tolist())), roots)
        assert order is not None
        assert set(order) == set(np.flatnonzero(choice.node >= 0).tolist())
        worth: dict[int, float] = {}
        for c in order:
            below = [worth[d] for d in view.children(int(choice.node[c]))]
            worth[c] = gym.weights[choice.node[c]] + (max(below, default=0) if deepest else sum(below))
            assert worth[c] == costs.of(c)


class TestFunctions:
    def test_costs_may_be_anything_that_is_ordered(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (0, "g", (1,), 1), (1, "a", (), 1)])
        texts = ["f", "g", "a"]
        costs = function_costs(gym.view, texts, lambda head, below: (len(below), head))
        assert costs.of(0) == (1, "f")
        assert choose(costs, [0]).node.tolist() == [0, 2]

    def test_infinity_bars(self) -> None:
        gym = gym_of([(0, "f", (1,), 1), (1, "a", (), 1)])
        costs = function_costs(gym.view, ["f", "a"], lambda head, below: math.inf if head == "f" else 1)
        assert (costs.of(0), costs.of(1)) == (None, 1)

    @pytest.mark.parametrize("worth", [0, math.nan])
    def test_a_term_cheaper_than_its_argument_is_an_error(self, worth: float) -> None:
        gym = gym_of([(0, "f", (1,), 1), (1, "a", (), 1)])
        with pytest.raises(LemmataError, match="by the given function") as error:
            function_costs(gym.view, ["f", "a"], lambda head, below: worth if head == "f" else 3)
        assert "'f'" in error.value.message
