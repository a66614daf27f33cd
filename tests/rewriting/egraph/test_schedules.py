"""Schedules as data, what playing them runs, and the books of the backoff scheduler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.report import Ended
from lemmata.rewriting.egraph.schedules import (
    Backoff,
    Bans,
    Equal,
    Goal,
    NodesOver,
    Repeat,
    Run,
    Saturate,
    Schedule,
    Seq,
    Until,
    play,
)
from lemmata.rewriting.ruleset import rules
from lemmata.rewriting.source import LemmataError

A, B = Run(("a",)), Run(("b",))


def played(
    schedule: Schedule, fuel: dict[str, int], goal: Callable[[str], bool] = lambda log: False
) -> tuple[str, bool]:
    """The rounds that were run, where each rule changes something as often as it has fuel, and whether a goal ended it.

    Goals are asked with the rounds so far.
    """
    left = dict(fuel)
    log: list[str] = []

    def one_round(names: tuple[str, ...] | None) -> bool:
        assert names is not None
        (name,) = names
        log.append(name)
        left[name] -= 1
        return left[name] >= 0

    def reached(wanted: Goal) -> bool:
        return goal("".join(log))

    met = play(schedule, one_round, reached)
    return "".join(log), met


class TestOperators:
    def test_they_build_data(self) -> None:
        assert A + B + A == Seq((A, B, A)) == A + (B + A)
        assert A * 3 == 3 * A == Repeat(A, 3)
        assert Repeat(Seq((A, B)), 2) == (A + B) * 2

    @pytest.mark.parametrize("wrong", [lambda s: s + 1, lambda s: s * 1.5, lambda s: s * True, lambda s: "x" * s])
    def test_nothing_else(self, wrong: Callable[[Any], object]) -> None:
        with pytest.raises(TypeError):
            wrong(A)


class TestPlaying:
    @pytest.mark.parametrize(
        ("schedule", "fuel", "wanted"),
        [
            (A, {"a": 9}, "a"),
            (Run(("a",), 4), {"a": 9}, "aaaa"),
            (Run(("a",), 4), {"a": 2}, "aaa"),
            (Run(("a",), 0), {"a": 2}, ""),
            (A + B, {"a": 0, "b": 9}, "ab"),
            ((A + B) * 2, {"a": 9, "b": 9}, "abab"),
            ((A + B) * 5, {"a": 1, "b": 0}, "abab"),
            (A * 3, {"a": 1}, "aa"),
            (Saturate(A), {"a": 3}, "aaaa"),
            (Saturate(A) + B, {"a": 1, "b": 0}, "aab"),
            (Saturate(Saturate(A) + B), {"a": 2, "b": 1}, "aaabab"),
            (Saturate(Run(("a",), 0)), {"a": 3}, ""),
            (Seq(()), {}, ""),
            (Saturate(Seq(())), {}, ""),
        ],
    )
    def test_rounds(self, schedule: Schedule, fuel: dict[str, int], wanted: str) -> None:
        assert played(schedule, fuel) == (wanted, False)

    @pytest.mark.parametrize(
        ("schedule", "wanted", "met"),
        [
            (Until(A, NodesOver(0)), "aaa", True),
            (Until(A + B, NodesOver(0)), "ababa", True),
            (Until(A, NodesOver(0)) + B, "aaab", False),  # only that part ends
            (Until(Saturate(A), NodesOver(0)), "aaa", True),
            (Until(Until(A, NodesOver(0)) + B, NodesOver(0)), "aaa", True),
        ],
    )
    def test_goals(self, schedule: Schedule, wanted: str, met: bool) -> None:
        assert played(schedule, {"a": 99, "b": 99}, lambda log: log.count("a") >= 3) == (wanted, met)

    def test_an_until_that_changes_nothing_ends(self) -> None:
        assert played(Until(A, NodesOver(0)), {"a": 2}) == ("aaa", False)

    def test_deep_ones(self) -> None:
        deep: Schedule = A
        for _ in range(20_000):
            deep = Seq((deep,))
        assert played(deep, {"a": 1}) == ("a", False)

    def test_what_is_none(self) -> None:
        with pytest.raises(LemmataError, match="no schedule"):
            play(Schedule(), lambda names: True, lambda goal: False)


class TestInAnEGraph:
    def test_a_phase_of_its_own(self) -> None:
        made = rules("unit: x * 1 = x", "comm: x * y = y * x", "assoc: (x * y) * z = x * (y * z)")
        graph = EGraph(made)
        graph.add("((a * 1) * b) * 1")
        report = graph.run(schedule=Saturate(Run(("unit",))))
        assert {use.name for use in report.rules if use.matches} == {"unit"}
        assert graph.equal("((a * 1) * b) * 1", "a * b")
        graph.run(schedule=Saturate(Run(("unit",))) + Run(("comm",)) * 2)
        assert graph.equal("a * b", "b * a")

    def test_until(self) -> None:
        graph = EGraph(rules("f(x) = f(s(x))"))
        graph.add("f(a)")
        report = graph.run(schedule=Until(Run(), NodesOver(20)), nodes=10_000)
        assert report.stop is Ended.GOAL
        assert 20 < graph.nodes < 25
        again = graph.run(until=Equal("f(a)", "f(s(a))"))
        assert (again.stop, again.rounds) == (Ended.GOAL, ())

    def test_backoff_saturates_in_the_end(self) -> None:
        made = rules("comm: x + y = y + x", "assoc: (x + y) + z = x + (y + z)")
        graphs = [EGraph(made) for _ in range(2)]
        for graph in graphs:
            graph.add("a + b + c + d + e")
        graphs[0].run()
        held_back = graphs[1].run(scheduler=Backoff(match_limit=8, ban_length=2))
        assert held_back.stop is Ended.SATURATED
        assert any(use.banned for use in held_back.rules)
        assert (graphs[0].nodes, graphs[0].classes) == (graphs[1].nodes, graphs[1].classes)


class TestBans:
    @given(st.integers(1, 50), st.integers(1, 5), st.lists(st.integers(0, 400), max_size=60))
    def test_against_the_definition(self, most: int, length: int, matches: list[int]) -> None:
        """A rule is applied if it may be matched and has at most most * 2^k matches after k bans; the k-th ban lasts
        length * 2^(k-1) rounds."""
        bans = Bans(Backoff(most, length), 1)
        banned, until = 0, 0
        for now, count in enumerate(matches):
            assert bans.allowed(0, now) == (now >= until)
            if now < until:
                continue
            fits = count <= most * 2**banned
            assert bans.count(0, count, now) == fits
            if not fits:
                until = now + length * 2**banned
                banned += 1
        assert bans.times == [banned]

    def test_where_nothing_changes_the_next_ban_ends_at_once(self) -> None:
        bans = Bans(Backoff(1, 5), 2)
        assert not bans.count(0, 9, 0)
        assert not bans.count(1, 9, 2)
        assert [bans.allowed(r, 3) for r in (0, 1)] == [False, False]
        bans.shorten(3)
        assert [bans.allowed(r, 3) for r in (0, 1)] == [True, False]
        assert [bans.allowed(1, now) for now in (4, 5)] == [False, True]
        bans.shorten(5)  # none is banned
        assert bans.allowed(1, 5)

    @pytest.mark.parametrize("limits", [(0, 1), (1, 0), (-1, 5)])
    def test_limits_that_are_none(self, limits: tuple[int, int]) -> None:
        with pytest.raises(LemmataError, match="at least 1"):
            Backoff(*limits)


class TestNames:
    def test_a_name_means_both_directions(self) -> None:
        made = rules("(x * y) * z <=> x * (y * z)", "unit: x * e = x", constants="e")
        graph = EGraph(made)
        graph.add("(a * b) * c")
        graph.add("a * (b * d)")
        report = graph.run(schedule=Run(("rule1",)))
        assert [use.name for use in report.rules if use.matches] == ["rule1", "rule1 backwards"]
        again = graph.run(schedule=Run(("rule1 backwards",)))
        assert [use.name for use in again.rules if use.matches] in ([], ["rule1 backwards"])

    def test_a_name_that_no_rule_has(self) -> None:
        graph = EGraph(rules("assoc: (x * y) * z <=> x * (y * z)"))
        with pytest.raises(LemmataError, match="no rule is called 'asoc'") as error:
            graph.run(schedule=Run(("asoc",)))
        assert error.value.hint == "did you mean 'assoc'?"
