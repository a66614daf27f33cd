"""Views of real e-graphs: numbers, classes, members and users."""

from __future__ import annotations

import pytest

from lemmata import rules
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.view import View

LAWS = {"+": "AC 0"}


def grown(**options: dict[str, str]) -> EGraph:
    graph = EGraph(rules("f(x + y) = f(x) + f(y)", "x + 0 = x", "g(x) = f(x)", constants=["a", "b"], **options))
    graph.add("g(a + (b + 0))")
    graph.add("f(a) + f(b)")
    graph.add("f(c) + f(3)")
    graph.run(rounds=3)
    return graph


@pytest.fixture(params=["binary", "multisets"])
def graph(request: pytest.FixtureRequest) -> EGraph:
    return grown() if request.param == "binary" else grown(laws=LAWS)


def test_all_live_nodes_and_classes_are_there(graph: EGraph) -> None:
    view = graph.view()
    assert (len(view.op), view.classes) == (graph.nodes, graph.classes)
    assert view.node.tolist() == sorted(view.node.tolist())
    assert view.start[-1] == len(view.child) == len(view.count)


def test_classes_are_those_of_the_graph_numbered_by_first_node(graph: EGraph) -> None:
    view = graph.view()
    nodes, of = view.node.tolist(), view.of.tolist()
    assert list(dict.fromkeys(of)) == list(range(view.classes))
    for i, n in enumerate(nodes):
        assert view.class_of(n) == of[i]
        assert [m for m, c in zip(nodes, of, strict=True) if c == of[i]] == sorted(
            m for m in nodes if graph.find(m) == graph.find(n)
        )


def test_an_id_that_is_no_longer_live_has_a_class(graph: EGraph) -> None:
    view = graph.view()
    for n in range(len(view.numbers)):
        assert view.class_of(n) == view.class_of(graph.find(n))


def test_members_and_users(graph: EGraph) -> None:
    view = graph.view()
    n = len(view.op)
    for (first, found), of in ((view.members, [[c] for c in view.of.tolist()]), (view.users, _children(view))):
        assert len(first) == view.classes + 1
        for c in range(view.classes):
            expected = [i for i in range(n) for d in of[i] if d == c]
            assert found[first[c] : first[c + 1]].tolist() == expected


def _children(view: View) -> list[list[int]]:
    return [view.children(i) for i in range(len(view.op))]


def test_leaves_have_their_rows(graph: EGraph) -> None:
    view = graph.view()
    rows = {view.leaves[k] for k in view.leaf.tolist() if k >= 0}
    assert {str(row[1]) for row in rows} >= {"c", "3"}
    for i, k in enumerate(view.leaf.tolist()):
        assert (k >= 0) == view.ops[int(view.op[i])].leaf
        assert not (k >= 0 and view.children(i))


def test_applications_count_what_a_multiset_writes() -> None:
    graph = EGraph(rules("x + 0 = x", laws=LAWS))
    node = graph.add("a + b + a + a")
    view = graph.view()
    place = view.node.tolist().index(graph.find(node))
    assert int(view.applications[place]) == 3
    assert sorted(view.count[view.start[place] : view.start[place + 1]].tolist()) == [1, 3]


def test_an_empty_graph() -> None:
    view = EGraph(rules("x + 0 = x")).view()
    assert (view.classes, len(view.op), view.members[0].tolist(), view.users[1].tolist()) == (0, 0, [0], [])
