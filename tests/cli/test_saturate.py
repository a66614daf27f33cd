"""`lemmata saturate`: reports, goals, explanations, pictures, limits, and input that is wrong."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lemmata.cli import run
from tests.cli.commands import EXAMPLES, ROOT, environment, interrupt, lemmata, write

RING = str(EXAMPLES / "ring.rules")
GOAL = "a * (b + 1) = a + b * a"


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


class TestGoals:
    def test_a_goal_with_its_explanation(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        proof = tmp_path / "proof.json"
        assert run(["saturate", RING, "--goal", GOAL, "--explain", "--proof", str(proof)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "stopped: the goal was reached"
        assert lines[8] == "goal:    a * (b + 1) = a + b * a: shown"
        assert lines[9:11] == ["", "a * (b + 1)"]
        assert lines[-1].startswith("  = a + b * a")
        assert run(["check", str(proof)]) == 0

    def test_the_report_names_lines_of_the_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "a * 1"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 8
        assert "one (ring.rules:8)" in lines[4]

    def test_saturated_without_the_goal(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "--goal", "a * b = a * c", "--json", "--explain"]) == 1
        value = said(capsys)
        assert value["goal"] == {"left": "a * b", "right": "a * c", "shown": False}
        assert (value["stop"], value["explanation"]) == ("saturated", None)

    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "a * 0 + b", "--goal", GOAL, "--json", "--explain", "--extract"]) == 0
        value = said(capsys)
        assert value.keys() == {"terms", "goal", "explanation", "report", "stop"}
        assert value["terms"] == [{"term": "a * 0 + b", "best": "b"}]
        assert value["explanation"]["checked"] == "accepted"
        assert value["explanation"]["hypotheses"] == []
        assert value["report"]["stop"] == value["stop"] == "goal"
        assert {rule["line"] for rule in value["report"]["rules"]} == {f"ring.rules:{n}" for n in range(2, 11)}

    def test_laws_and_constants(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "sum.rules", "double: x + x = double(x)\nx + e = x\n"))
        words = ["saturate", file, "--goal", "a + (b + a) + e = b + double(a)", "--explain", "--json"]
        assert run([*words, "--laws", "+ AC", "--constants", "e"]) == 0
        assert said(capsys)["explanation"]["checked"] == "accepted"
        assert run([*words, "--constants", "e"]) == 1
        capsys.readouterr()
        many = " + ".join(f"v{n}" for n in range(20))
        back = " + ".join(f"v{n}" for n in reversed(range(20)))
        assert run(["saturate", file, "--laws", "+ AC", "--goal", f"{many} = {back}", "--json"]) == 0
        assert said(capsys)["report"]["nodes"] < 30

    def test_numbers_are_computed(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "a * (7 - 2 * 3)", "--extract", "--json"]) == 0
        assert said(capsys)["terms"][0]["best"] == "a"
        assert run(["saturate", RING, "--goal", "2 + x * 3 - 1 = 3 * x + 1 - 0", "--nodes", "200", "--quiet"]) == 1

    def test_rules_that_contradict_each_other(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "a.rules", "f(x) = 1\nf(g(x)) = 2\n"))
        assert run(["saturate", file, "f(g(a))"]) == 1
        assert capsys.readouterr().out.startswith("stopped: the rules are inconsistent")

    def test_terms_may_begin_with_a_minus_sign(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "-a + 0", "--goal", "-a + b = b + -a", "--extract", "--json"]) == 0
        assert said(capsys)["terms"] == [{"term": "-a + 0", "best": "-a"}]

    def test_a_theory(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        peano = "sort N = 0 | s(N)\nvar x y : N\nop _+_ : N N -> N\n  x + 0 = x\n  x + s(y) = s(x + y)\n"
        file = write(tmp_path / "peano.mpl", peano)
        assert run(["saturate", str(file), "--goal", "x + 2 = s(s(x))"]) == 0
        assert "(peano.mpl:5)" in capsys.readouterr().out

    def test_a_side_that_does_not_tell_its_sort(self, tmp_path: Path) -> None:
        file = str(write(tmp_path / "a.rules", "x and true = x\n"))
        assert run(["saturate", file, "--goal", "q and true = q", "--quiet"]) == 0
        assert run(["saturate", file, "--goal", "q = q and true", "--quiet"]) == 0
        assert run(["saturate", file, "--goal", "f(q) = q and true", "--quiet"]) == 1

    @pytest.mark.slow
    def test_the_same_bytes_under_any_hash_seed(self, tmp_path: Path) -> None:
        pages = []
        for seed in ("1", "2"):
            page = tmp_path / f"{seed}.html"
            words = ("saturate", RING, "(a + b) * (c + d)", "--rounds", "3", "--json", "--html", page)
            ran = lemmata(*words, env=environment(PYTHONHASHSEED=seed))
            assert ran.code == 2
            text = page.read_text("utf-8")
            pages.append(text[: text.index('id="report"')] + text[text.index('id="classes"') :])
        assert pages[0] == pages[1]


class TestLimits:
    @pytest.mark.parametrize(
        ("options", "stop"),
        [
            (["--nodes", "300"], "nodes"),
            (["--rounds", "2"], "rounds"),
            (["--time", "0"], "time"),
            (["--memory", "1"], "memory"),
        ],
    )
    def test_they_end_it(self, options: list[str], stop: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "(a + b) * (c + d) * (e + f)", "--json", *options]) == 2
        assert said(capsys)["stop"] == stop

    def test_a_goal_that_a_limit_forestalls(self) -> None:
        assert run(["saturate", RING, "--goal", "(a+b)*(c+d) = b*d+a*c", "--rounds", "1", "--quiet"]) == 2

    def test_backoff(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["(a + b) * (c + d) * (e + f) * (g + h)", "--rounds", "6", "--scheduler", "backoff", "--json"]
        assert run(["saturate", RING, *words]) == 2
        assert any(rule["banned"] for rule in said(capsys)["report"]["rules"])

    def test_a_warning_for_a_rule_that_feeds_itself(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "grow.rules", "calm: g(x) = x\n\ngrow: f(x) = f(s(x))\n"))
        assert run(["saturate", file, "f(g(a))", "--nodes", "100"]) == 2
        assert capsys.readouterr().out.splitlines()[-1].startswith("warning: grow (grow.rules:3) feeds itself: 100 %")

    @pytest.mark.slow
    def test_interrupted(self) -> None:
        term = " * ".join(f"({c} + 1)" for c in "abcdefgh")
        ran = interrupt(["saturate", RING, term, "--nodes", "100000000"], 6)
        assert ran.code == 130
        assert ran.out.startswith("stopped: interrupted\n")


class TestPicture:
    def test_it_is_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        page = tmp_path / "e.html"
        assert run(["saturate", RING, "<b>", "--html", str(page)]) == 65
        assert run(["saturate", RING, "a * 1", "--html", str(page)]) == 0
        assert "<title>a * 1 · Lemmata</title>" in page.read_text("utf-8")

    def test_a_place_that_cannot_be_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", RING, "a * 1", "--html", str(tmp_path / "no" / "e.html"), "--json"]) == 73
        assert said(capsys)["error"]["kind"] == "output"


class TestBadInput:
    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            ([RING], 64, "nothing to saturate"),
            ([RING, "a", "--explain"], 64, "without --goal"),
            ([RING, "a", "--proof", "p.json"], 64, "without --goal"),
            ([RING, "--goal", "a = a", "--extract"], 64, "--extract is about TERMs"),
            ([RING, "a", "--scheduler", "fast"], 64, "fast"),
            ([RING, "a", "--nodes", "0"], 64, "0"),
            (["nowhere.rules", "a"], 65, "nowhere.rules"),
            ([str(ROOT / "tests/data/rec/order.rec"), "a"], 65, "tried in order"),
            ([RING, "a", "--laws", "+"], 65, "no laws of an operator"),
            ([RING, "a", "--laws", "+ Q"], 65, "no laws"),
            ([str(EXAMPLES / "groups.mpl"), "a", "--constants", "a"], 65, "declares its constants"),
            ([RING, "a +"], 65, "an operand of '\\+'"),
            ([RING, "--goal", "a + b"], 65, "no equation"),
            ([RING, "--goal", "a = b = c"], 65, "a second '='"),
            ([RING, "--goal", "a = "], 65, "a term is wanted"),
            ([RING, "__import__(os)"], 65, "a term is wanted"),
            ([RING, "a", "--goal", "a = b", "--explain", "--backend", "egglog"], 65, "egglog"),
        ],
    )
    def test_it_is_told(self, words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", *words]) == code
        error = capsys.readouterr().err
        assert error.startswith(("error:", "<", str(words[0])))
        assert re.search(message, error)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "no rules"),
            ("-- nothing\n", "no rules"),
            ("x + 0 = x\nx * = x\n", "a.rules:2:5: error: "),
            ("x = y\n", "a.rules:1:1: error: rule1: the right side"),
            ("f(x = y\n", "never closed"),
        ],
    )
    def test_rule_files(self, text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["saturate", str(write(tmp_path / "a.rules", text)), "a"]) == 65
        assert message in capsys.readouterr().err

    def test_deep_terms(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "a.rules", "f(x) = x\n"))
        deep = "f(" * 10_000 + "a" + ")" * 10_000
        assert run(["saturate", file, deep, "--extract", "--json"]) == 0
        assert said(capsys)["terms"][0]["best"] == "a"


@pytest.mark.skipif(importlib.util.find_spec("egglog") is None, reason="egglog is not installed")
class TestEgglog:
    def test_the_same_numbers(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = []
        for backend in ("lemmata", "egglog"):
            words = ["a * 1 + b * 0", "--extract", "--goal", "a + 0 = a * 1", "--json", "--backend", backend]
            assert run(["saturate", RING, *words]) == 0
            value = said(capsys)
            found.append((value["report"]["nodes"], value["goal"], value["terms"]))
        assert found[0] == found[1]

    def test_a_picture(self, tmp_path: Path) -> None:
        page = tmp_path / "e.html"
        assert run(["saturate", RING, "a * 1", "--html", str(page), "--quiet", "--backend", "egglog"]) == 0
        assert "classes</span>" in page.read_text("utf-8")
