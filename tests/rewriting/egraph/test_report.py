"""The report of a saturation: eight lines, whatever happened."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Ended, Report, Round, RuleUse
from lemmata.rewriting.egraph.schedules import Backoff
from lemmata.rewriting.ruleset import rules


def uses(**added: int) -> tuple[RuleUse, ...]:
    """Rules that feed themselves and added so many e-nodes; a name ending in `_b` is a reverse direction."""
    names = {name: name[:-2] + " backwards" if name.endswith("_b") else name for name in added}
    return tuple(RuleUse(names[name], n, n, 0, feeds=not name.startswith("calm")) for name, n in added.items())


ROUND = (Round(10, 5, 20, 3, 0.25),)


@given(
    st.sampled_from(Ended),
    st.lists(st.builds(Round, *[st.integers(0, 10**9)] * 4, st.floats(0, 1e6)), max_size=20),
    st.lists(
        st.builds(
            RuleUse,
            st.text(max_size=100).filter(lambda name: "\n" not in name and name.isprintable()),
            *[st.integers(0, 10**9)] * 4,
            line=st.sampled_from([None, "a.rules:3"]),
            feeds=st.booleans(),
        ),
        max_size=12,
    ),
)
def test_eight_lines_and_json(stop: Ended, rounds: list[Round], given: list[RuleUse]) -> None:
    made = Report(stop, tuple(rounds), tuple(given), 1.5)
    assert len(str(made).split("\n")) == len(made.lines()) == 8
    assert made.lines()[0] == f"stopped: {stop.words}"
    data = json.loads(json.dumps(made.as_json()))
    assert (data["stop"], len(data["rounds"]), len(data["rules"])) == (stop.value, len(rounds), len(given))


class TestRulesThatFeedThemselves:
    @pytest.mark.parametrize(
        ("given", "named"),
        [
            ({"assoc": 51, "calm": 49}, "assoc"),
            ({"assoc": 50, "calm": 50}, None),
            ({"calm": 99, "assoc": 1}, None),
            ({"assoc": 40, "assoc_b": 30, "comm": 30}, "assoc"),  # the directions of a rule count as one
            ({}, None),
            ({"assoc": 0}, None),
        ],
    )
    def test_the_one_that_made_most(self, given: dict[str, int], named: str | None) -> None:
        made = Report(Ended.NODES, ROUND, uses(**given), 1.0)
        assert (made.feeding and made.feeding[0].name) == named
        assert made.lines()[-1].startswith("warning: ") == (named is not None)
        assert (made.as_json()["warning"] is None) == (named is None)

    @pytest.mark.parametrize("stop", [Ended.SATURATED, Ended.GOAL])
    def test_none_where_nothing_went_wrong(self, stop: Ended) -> None:
        assert Report(stop, ROUND, uses(assoc=99), 1.0).feeding is None

    def test_in_an_e_graph(self) -> None:
        graph = EGraph(rules("grow: f(x) = f(g(x))", "calm: h(x) = x"))
        graph.add("f(h(a))")
        made = graph.run(nodes=60)
        assert made.stop is Ended.NODES
        last = made.lines()[-1]
        assert last.startswith("warning: grow (test_report.py:")
        assert "feeds itself" in last


class TestTheLastLine:
    def test_bans(self) -> None:
        graph = EGraph(rules("comm: x + y = y + x", "assoc: (x + y) + z = x + (y + z)"))
        graph.add(" + ".join("abcdefgh"))
        made = graph.run(rounds=6, scheduler=Backoff(match_limit=20, ban_length=2))
        assert any(use.banned for use in made.rules)
        calm = replace(made, rules=tuple(replace(use, feeds=False) for use in made.rules))
        assert calm.lines()[-1].startswith("banned:  for too many matches in a round, ")

    def test_idle_rules(self) -> None:
        graph = EGraph(rules("one: f(x) = x", "two: g(x) = x"))
        graph.add("f(a)")
        assert graph.run().lines()[-1].startswith("idle:    1 of 2 rules never matched, two (test_report.py:")


def test_names_are_cut() -> None:
    made = Report(Ended.GOAL, ROUND, (RuleUse("n" * 1000, 1, 1, 1, line="x.py:1"),), 1.0)
    assert max(map(len, made.lines())) < 120


def test_rules_are_named_in_the_order_of_what_they_did() -> None:
    made = Report(Ended.ROUNDS, ROUND, tuple(RuleUse(f"r{n}", n % 3, 0, 0) for n in range(9)), 1.0)
    assert made.lines()[4] == "matches: 20; most by r2 2, r5 2, r8 2, r1 1, 2 more"


def test_rules_modulo_laws_are_counted_too() -> None:
    graph = EGraph(rules("dist: x * (y + z) = x * y + x * z", laws={"+": "AC", "*": "AC"}))
    graph.add("a * (b + c)")
    before = graph.nodes
    (use,) = graph.run().rules
    assert use.unions == 1
    assert graph.nodes == before + use.added == before + 3  # a * b, a * c and their sum
