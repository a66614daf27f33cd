"""Extraction-gym's JSON: files with known answers, what is written is read again, and what is wrong is said."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given

from lemmata.rewriting.egraph.dag_cost import dag_choice
from lemmata.rewriting.egraph.extract import choose, tree_costs
from lemmata.rewriting.egraph.gym import Gym, read_gym, write_gym
from lemmata.rewriting.source import LemmataError, Source, SourceError, read_source
from tests.rewriting.egraph.small_views import small_gyms

FILES = Path(__file__).parents[2] / "data" / "gym"


def described(gym: Gym) -> object:
    """Symbols, classes, children and costs."""
    view = gym.view
    names = [view.ops[o].symbol.name for o in view.op.tolist()]
    below = [view.children(i) for i in range(len(names))]
    return names, view.of.tolist(), below, gym.weights.tolist(), gym.roots


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "tree", "dag", "chosen"),
        [
            ("shift.json", 8.0, 7.0, {"x", "y", "yy", "p"}),
            ("horner.json", 23.0, 13.0, None),
            ("shared.json", 16.0, 10.0, {"all", "use1", "use2", "use3", "part"}),
            ("subsumed.json", 3.5, 3.5, {"f", "h", "k"}),
        ],
    )
    def test_known_answers(self, name: str, tree: float, dag: float, chosen: set[str] | None) -> None:
        gym = read_gym(read_source(FILES / name))
        costs = tree_costs(gym.view, gym.weights)
        assert sum(costs.of(r) for r in gym.roots) == tree
        found = dag_choice(gym.view, gym.weights, gym.roots)
        assert (found.cost, found.bound, found.proved) == (dag, dag, True)
        if chosen is not None:
            assert {gym.nodes[i] for i in found.choice.node.tolist() if i >= 0} == chosen

    def test_names_are_kept(self) -> None:
        gym = read_gym(read_source(FILES / "subsumed.json"))
        assert gym.nodes == ("f", "g", "h", "k", "cheap")
        assert gym.classes == ("A", "B", "C")
        assert gym.roots == (0,)
        assert gym.weights.tolist() == [1.0, 1.0, 2.0, 0.5, math.inf]


class TestBothWays:
    @given(small_gyms(costs=(0, 1, 2.5, math.inf)))
    def test_what_is_written_is_read_again(self, gym: Gym) -> None:
        text = write_gym(gym.view, gym.weights, gym.roots)
        assert described(read_gym(Source("<test>", text))) == described(gym)

    def test_texts_of_symbols_are_written(self) -> None:
        gym = read_gym(read_source(FILES / "subsumed.json"))
        data = json.loads(write_gym(gym.view, gym.weights, gym.roots, {"f": "<b>f\u0000\u2028"}))
        assert data["nodes"]["0"] == {"op": "<b>f\u0000\u2028", "children": ["1"], "eclass": "0", "cost": 1.0}
        assert data["nodes"]["4"]["subsumed"] is True

    def test_a_file_of_a_deep_term(self) -> None:
        nodes = {f"n{k}": {"op": "f", "children": [f"n{k + 1}"], "eclass": f"c{k}", "cost": 1} for k in range(5000)}
        nodes["n5000"] = {"op": "a", "children": [], "eclass": "c5000", "cost": 1}
        gym = read_gym(Source("<test>", json.dumps({"nodes": nodes, "root_eclasses": ["c0"]})))
        costs = tree_costs(gym.view, gym.weights)
        assert costs.of(0) == 5001
        assert int((choose(costs, [0]).node >= 0).sum()) == 5001


NODE = '{"op": "a", "children": [], "eclass": "0", "cost": 1}'


class TestMalformed:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[]", "the whole must be an object"),
            ("{}", "'nodes' must be an object"),
            ('{"nodes": [], "root_eclasses": []}', "'nodes' must be an object"),
            ('{"nodes": {}}', "'root_eclasses' must be a list"),
            ('{"nodes": {"a": 1}, "root_eclasses": []}', "node 'a' must be an object"),
            ('{"nodes": {"a": {"eclass": "0"}}, "root_eclasses": []}', "node 'a': 'op' must be a text"),
            ('{"nodes": {"a": {"op": "a", "eclass": 0}}, "root_eclasses": []}', "node 'a': 'eclass' must be a text"),
            (f'{{"nodes": {{"a": {NODE}, "a": {NODE}}}, "root_eclasses": []}}', "'a' is there twice"),
            (f'{{"nodes": {{"a": {NODE}}}, "root_eclasses": ["1"]}}', "root '1' is no class"),
            (f'{{"nodes": {{"a": {NODE}}}, "root_eclasses": [0]}}', "root 0 is no class"),
            (f'{{"nodes": {{"a": {NODE.replace("[]", "[1]")}}}, "root_eclasses": []}}', "'children' must be a list"),
            (f'{{"nodes": {{"a": {NODE.replace("[]", "3")}}}, "root_eclasses": []}}', "'children' must be a list"),
            (
                '{"nodes": {"a": {"op": "a", "children": ["b"], "eclass": "0"}}, "root_eclasses": []}',
                "child 'b' is no node",
            ),
            *(
                (f'{{"nodes": {{"a": {NODE.replace("1}", cost + "}")}}}, "root_eclasses": []}}', "cost is|no number")
                for cost in ("-1", "1e400", "NaN", "Infinity", "null", '"1"', "true", "1e17")
            ),
            ("[" * 100_000, "nested too deeply|no JSON"),
            ('{"nodes": {"a": ' + "1" * 5000 + "}}", "gym.json: "),
        ],
    )
    def test_it_is_said_where(self, text: str, words: str) -> None:
        with pytest.raises(LemmataError, match=words) as error:
            read_gym(Source("gym.json", text))
        assert "gym.json" in error.value.render()

    def test_a_syntax_error_has_line_and_column(self) -> None:
        with pytest.raises(SourceError, match="no JSON") as error:
            read_gym(Source("gym.json", '{"nodes":\n  {"a" 3}}'))
        assert (error.value.line, error.value.column) == (2, 8)

    def test_a_coefficient_without_words_is_refused(self) -> None:
        gym = read_gym(read_source(FILES / "subsumed.json"))
        gym.view.count[0] = -1
        with pytest.raises(LemmataError, match="no words for -1 times a child"):
            write_gym(gym.view, gym.weights, gym.roots)
