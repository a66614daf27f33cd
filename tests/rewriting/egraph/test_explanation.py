"""Explanations as people read them, and how long they are."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.egraph.analyses import ConstantFolding
from lemmata.rewriting.egraph.explain import NotEqual, explain
from lemmata.rewriting.egraph.explanation import Explanation
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.source import LemmataError
from tests.rewriting.egraph.random_rules import case
from tests.rewriting.egraph.test_explain import saturated

AC = rules("comm: x + y = y + x", "assoc: x + (y + z) = (x + y) + z")
MATHS = rules(
    "add_comm: x + y = y + x",
    "mul_comm: x * y = y * x",
    "add_assoc: x + (y + z) = (x + y) + z",
    "mul_assoc: x * (y * z) = (x * y) * z",
    "add_zero: x + 0 = x",
    "mul_zero: x * 0 = 0",
    "mul_one: x * 1 = x",
    "sub_self: x - x = 0",
    "distribute: x * (y + z) = x * y + x * z",
    "factor: x * y + x * z = x * (y + z)",
)


def grown(given_rules: RuleSet, *terms: str, rounds: int = 8, nodes: int = 3000, folding: bool = False) -> EGraph:
    graph = EGraph(given_rules, analyses=[ConstantFolding()] if folding else ())
    for term in terms:
        graph.add(term)
    graph.run(rounds=rounds, nodes=nodes)
    return graph


def accepted(graph: EGraph, left: str, right: str) -> Explanation:
    found = graph.explain(left, right)
    verdict = found.check()
    assert verdict.accepted, verdict.first_error
    return found


def test_a_chain_reads_as_mathematics() -> None:
    graph = grown(MATHS, "(a + 0) * b", "b * a")
    assert str(accepted(graph, "(a + 0) * b", "b * a")) == "\n".join(
        [
            "(a + 0) * b",
            "  = a * b        by add_zero: a + 0 = a",
            "  = b * a        by mul_comm: a * b = b * a",
        ]
    )


def test_rules_are_used_backwards() -> None:
    graph = grown(rules("left: f(x) = g(x)", "right: h(x) = g(x)"), "f(a)", "h(a)")
    assert str(accepted(graph, "f(a)", "h(a)")) == "\n".join(
        [
            "f(a)",
            "  = g(a)  by left: f(a) = g(a)",
            "  = h(a)  by right, backwards: h(a) = g(a)",
        ]
    )


def test_what_is_asserted_is_assumed() -> None:
    graph = EGraph(rules("unit: f(x, e) = x", constants="e"))
    graph.union("a", "e", "a is the unit")
    graph.add("f(b, a)")
    graph.run()
    found = accepted(graph, "f(b, a)", "b")
    assert str(found) == "\n".join(
        [
            "f(b, a)",
            "  = f(b, e)  by assumption: a = e",
            "  = b        by unit: f(b, e) = b",
            "assuming a = e  (a is the unit)",
        ]
    )
    assert found.hypotheses == ("a = e",)


def test_conditions_are_discharged_where_literals_tell_and_assumed_elsewhere() -> None:
    cancel = rules("cancel: x / x = 1 if x <> 0", "plus: (x + y) / z = x / z + y / z")
    graph = grown(cancel, "5 / 5 + b / b", "1 + 1")
    found = accepted(graph, "5 / 5 + b / b", "1 + 1")
    assert found.hypotheses == ("b != 0",)
    assert found.length == 2


def test_equations_among_conditions_are_proved() -> None:
    """Inverses are unique: y = z if y * x = e and x * z = e, which binds z in a premise."""
    given_rules = rules("unique: f(y) = f(z) if y * x = e and x * z = e", "left: i(x) * x = e", constants="e")
    graph = EGraph(given_rules)
    for term in ("i(a) * a", "f(i(a))", "f(b)"):
        graph.add(term)
    graph.union("a * b", "e")
    graph.run()
    found = accepted(graph, "f(i(a))", "f(b)")
    assert found.hypotheses == ("a * b = e",)


def test_rules_may_begin_with_a_variable() -> None:
    graph = grown(MATHS, "a", "b", rounds=1)
    with pytest.raises(NotEqual):
        graph.explain("a", "b")
    expanding = grown(rules("pad: x = x + 0 if x = a"), "a * b", "(a + 0) * b")
    assert accepted(expanding, "a * b", "(a + 0) * b").length == 1


def test_terms_that_the_graph_has_as_other_nodes_only() -> None:
    """h(h(b)) is no node: the graph found h(h(g(b))) for it."""
    graph = grown(rules("g(x) = x"), "h(h(g(b)))")
    assert graph.nodes == 4
    assert str(accepted(graph, "h(h(b))", "h(h(g(b)))")).startswith("h(h(b))\n  = h(h(g(b)))")
    assert str(accepted(graph, "h(h(b))", "h(h(b))")) == "h(h(b))"


def test_terms_that_were_pruned() -> None:
    graph = EGraph(rules("self: q(x, x) = 1", "n * 0 = 0"), analyses=[ConstantFolding(prune=True)])
    graph.add("q(a, a)")
    graph.run()
    assert graph.nodes == 2
    assert accepted(graph, "q(a, a)", "1").length == 1


@pytest.mark.parametrize(("left", "right"), [("a + b", "a"), ("a * b", "a"), ("a + b", "c")])
def test_what_is_not_equal_is_refused(left: str, right: str) -> None:
    graph = grown(AC, "a + b", rounds=1)
    with pytest.raises(LemmataError):
        graph.explain(left, right)
    assert (graph.nodes, graph.classes) == (4, 3)


def test_egg_associate_adds() -> None:
    """Seven numbers in the reverse order (egg, tests/math.rs): 3^7 - 2^8 + 1 + 7 nodes."""
    names = [f"c{n}" for n in range(1, 8)]
    forth, back = " + (".join(names) + ")" * 6, " + (".join(reversed(names)) + ")" * 6
    graph = grown(AC, forth, nodes=100_000)
    graph.run()
    assert (graph.nodes, graph.classes) == (3**7 - 2**8 + 1 + 7, 127)
    found = accepted(graph, forth, back)
    assert 7 <= found.length <= 200


def test_numbers_are_computed() -> None:
    graph = grown(MATHS, "(2 + 3) * a", "a * 5", folding=True)
    assert "by arithmetic: 2 + 3 = 5" in str(accepted(graph, "(2 + 3) * a", "a * 5"))


def test_what_python_decides_is_assumed() -> None:
    given_rules = rules("step: h(x) = k(x) if ok(x)", "f(x) = twice(x)", "n * 1 = n")
    graph = EGraph(
        given_rules,
        conditions={"ok": lambda graph, x: True},
        functions={"twice": lambda graph, x: None if graph.literal(x) is None else graph.add_literal(6, "Int")},
    )
    for term in ("h(a)", "k(a)", "f(3)", "6"):
        graph.add(term)
    graph.run()
    assert str(accepted(graph, "h(a)", "k(a)")).endswith("\nassuming ok(a)  (a condition of step)")
    assert str(accepted(graph, "f(3)", "6")).endswith("\nassuming twice(3) = 6  (computed by twice)")


def test_sums_are_rearranged() -> None:
    group = rules("neg: x + neg(x) = 0", "double: f(x + y) = f(x) + f(y)", laws={"+": "AC 0"})
    graph = grown(group, "a + b + neg(a) + c", "c + (0 + b)", "f(a + b)", "f(b) + f(a)", nodes=200)
    assert str(accepted(graph, "a + b + neg(a) + c", "b + c")) == "\n".join(
        [
            "a + b + c + neg(a)",
            "  = 0 + b + c           by neg: a + neg(a) = 0",
            "  = b + c               by rearranging: 0 + b + c = b + c",
        ]
    )
    assert accepted(graph, "f(b + a)", "f(a) + f(b)").length <= 3


def test_a_certificate_comes_back_from_its_file() -> None:
    graph = grown(MATHS, "(a + 0) * b", "b * a")
    given_certificate = accepted(graph, "(a + 0) * b", "b * a").certificate
    text = dump(given_certificate.theory, given_certificate.terms, given_certificate.theorems)
    assert check(load(text)).accepted


def test_nothing_in_it_can_be_taken_for_markup() -> None:
    graph = grown(rules("f(x) = x", sorts={"x": "String"}), 'f("<script>")')
    assert "<script>" not in graph.explain('f("<script>")', '"<script>"')._repr_html_()


@given(st.integers(0, 2**32), st.booleans())
def test_short_cuts_never_make_a_proof_longer(seed: int, integers: bool) -> None:
    drawn = case(seed, integers=integers)
    graph = saturated(drawn, most=40)
    history = graph.history()
    pairs = [(a, b) for a, b in combinations(range(len(history.op)), 2) if graph.find(a) == graph.find(b)]
    for a, b in pairs[:: max(1, len(pairs) // 10)]:
        plain, short = (explain(history, drawn.theory, a, b, short=way) for way in (False, True))
        assert len(short.certificate.theorems[0].steps) <= len(plain.certificate.theorems[0].steps)


def test_short_cuts_make_proofs_of_sums_shorter() -> None:
    graph = grown(AC, "a + (b + (c + d))")
    history, theory = graph.history(), graph.whole_theory
    equal = [(a, b) for a, b in combinations(range(len(history.op)), 2) if graph.find(a) == graph.find(b)]
    plain, short = (
        sum(len(explain(history, theory, a, b, short=way).certificate.theorems[0].steps) for a, b in equal)
        for way in (False, True)
    )
    assert short < 0.95 * plain
