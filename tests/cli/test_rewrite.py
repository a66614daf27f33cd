"""`lemmata rewrite`: normal forms, limits, traces, and input that is wrong or too large."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lemmata.cli import run
from lemmata.normal_forms import MOST_WRITTEN, SHORT
from tests.cli.commands import ROOT, interrupt, lemmata, write

DATA = ROOT / "tests" / "data" / "rec"

# Each s doubles the tree; `grow` and `spin` have no normal forms, one in ever more space and one in none.
SYSTEM = """REC-SPEC Odd
SORTS N
CONS z : -> N s : N -> N pair : N N -> N
OPNS tree : N -> N grow : N -> N spin : N -> N
VARS X : N
RULES
  tree(z) -> z
  tree(s(X)) -> pair(tree(X), tree(X))
  grow(X) -> grow(s(X))
  spin(X) -> spin(s(z)) if X = z
  spin(X) -> spin(z)
EVAL {}
END-SPEC
"""


def system(folder: Path, *terms: str) -> str:
    return str(write(folder / "odd.rec", SYSTEM.format("\n".join(terms))))


def numeral(n: int) -> str:
    return "s(" * n + "z" + ")" * n


def published(name: str) -> str:
    return (DATA / "expected" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.fixture(autouse=True, scope="module")
def _kernels() -> None:
    """Compiled and loaded before any time is short."""
    assert run(["rewrite", str(DATA / "order.rec"), "--tier", "table", "--quiet"]) == 0


class TestNormalForms:
    @pytest.mark.parametrize("name", ["hanoi4", "calls", "fibonacci05", "garbagecollection"])
    def test_one_a_line(self, name: str) -> None:
        ran = lemmata("rewrite", DATA / f"{name}.rec")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.split() == published(name).split()

    @pytest.mark.parametrize("tier", ["auto", "table", "native"])
    @pytest.mark.parametrize("memo", ["off", "adaptive"])
    def test_they_depend_on_nothing(self, tier: str, memo: str, capfd: pytest.CaptureFixture[str]) -> None:
        for name in ("sieve20", "tak18", "confluence", "bubblesort20"):
            assert run(["rewrite", str(DATA / f"{name}.rec"), "--tier", tier, "--memo", memo]) == 0
            assert capfd.readouterr().out.split() == published(name).split()

    def test_the_object(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", str(DATA / "order.rec"), "--json", "--tier", "table", "--memo", "off"]) == 0
        value = json.loads(capfd.readouterr().out)
        (result,) = value["results"]
        assert result.pop("seconds") >= 0
        assert result == {"term": "f(g(d0))", "normal_form": "s(d0)", "rewrites": 2}
        assert value.keys() == {"results", "stop", "last", "steps", "stats"}
        assert (value["stop"], value["last"], value["steps"], value["stats"]) == ("done", None, None, None)

    def test_statistics_are_a_comment(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", str(DATA / "order.rec"), "--stats", "--tier", "table"]) == 0
        form, line = capfd.readouterr().out.splitlines()
        assert form == "s(d0)"
        assert line.startswith("# 2 rewrites in ")
        assert "tier table" in line
        assert run(["rewrite", str(DATA / "order.rec"), "--stats", "--json"]) == 0
        stats = json.loads(capfd.readouterr().out)["stats"]
        assert stats.keys() == {"rewrites", "seconds", "rewrites_per_second", "tier", "memo_hits", "cells"}
        assert stats["rewrites"] == 2

    def test_a_trace(self, capfd: pytest.CaptureFixture[str]) -> None:
        file = str(DATA / "confluence.rec")
        assert run(["rewrite", file, "--trace", "--stats"]) == 0
        *steps, form, stats = capfd.readouterr().out.splitlines()
        assert steps == ["# f(g(g(d0))) -> f(g(d0))  [f.2]", "# f(g(d0)) -> d0  [f.1]"]
        assert form == "d0"
        assert "tier reference" in stats
        assert run(["rewrite", file, "--trace", "--json"]) == 0
        value = json.loads(capfd.readouterr().out)
        assert value["steps"] == [
            [
                {"term": "f(g(g(d0)))", "rule": "f.2", "result": "f(g(d0))"},
                {"term": "f(g(d0))", "rule": "f.1", "result": "d0"},
            ]
        ]
        assert [r["normal_form"] for r in value["results"]] == ["d0"]

    def test_quiet_is_silent(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", str(DATA / "hanoi4.rec"), "--quiet", "--stats"]) == 0
        assert run(["rewrite", system(tmp_path, "grow(z)"), "--quiet", "--time", "0.1"]) == 2
        assert capfd.readouterr() == ("", "")

    def test_nothing_to_evaluate(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", str(DATA / "hanoi.rec")]) == 0
        assert capfd.readouterr() == ("", "Hanoi has no terms to evaluate\n")
        assert run(["rewrite", str(DATA / "hanoi.rec"), "--json"]) == 0
        assert json.loads(capfd.readouterr().out)["results"] == []


class TestLimits:
    @pytest.mark.parametrize("term", ["grow(z)", "spin(z)"])
    @pytest.mark.parametrize("how", [["--tier", "table"], ["--tier", "native"], ["--memo", "off"]])
    def test_time(self, term: str, how: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", system(tmp_path, "tree(s(z))", term, "z"), "--time", "0.5", "--json", *how]) == 2
        value = json.loads(capfd.readouterr().out)
        assert value["stop"] == "time"
        assert [r["normal_form"] for r in value["results"]] == ["pair(z,z)", None]
        assert value["last"].startswith(("grow(", "spin(", "s(", "z"))
        assert len(value["last"]) < 10 * SHORT

    @pytest.mark.parametrize("how", [[], ["--trace"]])
    def test_what_is_said_of_it(self, how: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", system(tmp_path, "tree(s(z))", "grow(z)", "z"), "--time", "0.5", *how]) == 2
        said = capfd.readouterr()
        assert [line for line in said.out.splitlines() if not line.startswith("#")] == ["pair(z,z)"]
        reason, last = said.err.splitlines()
        assert reason == "stopped: the time limit was reached; 1 of 3 normal forms found"
        assert last.startswith("last term, after ")
        assert "rewrites: grow(s(s(" in last

    def test_a_trace_ends_where_a_term_comes_back(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", system(tmp_path, "spin(z)"), "--trace"]) == 2
        said = capfd.readouterr()
        assert said.out.splitlines() == ["# spin(z) -> spin(s(z))  [spin.1]", "# spin(s(z)) -> spin(z)  [spin.2]"]
        assert "a term came back, and would for ever" in said.err

    def test_no_time_at_all(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", system(tmp_path, "grow(z)"), "--time", "0"]) == 2
        assert "0 of 1 normal forms found" in capfd.readouterr().err

    def test_memory(self, tmp_path: Path) -> None:
        ran = lemmata("rewrite", system(tmp_path, "tree(s(z))", "grow(z)"), "--memory", "300", "--time", "60", "--json")
        assert ran.code == 2
        assert ran.json()["stop"] == "memory"
        assert [r["normal_form"] for r in ran.json()["results"]] == ["pair(z,z)", None]

    @pytest.mark.parametrize("how", ["--quiet", "--json", "--trace"])
    def test_an_interrupt(self, how: str, tmp_path: Path) -> None:
        ran = interrupt(
            ["rewrite", system(tmp_path, "tree(s(z))", "grow(z)" if how == "--trace" else "spin(z)"), how], 2.0
        )
        assert ran.code == 130
        if how == "--json":
            assert ran.json()["stop"] == "interrupted"
            assert ran.json()["results"][0]["normal_form"] == "pair(z,z)"
        if how == "--trace":
            assert "interrupted; 1 of 2 normal forms found" in ran.err


class TestLargeTerms:
    def test_a_normal_form_of_2_to_the_60_symbols(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        file = system(tmp_path, f"tree({numeral(60)})", "z")
        assert run(["rewrite", file]) == 0
        said = capfd.readouterr()
        form, last = said.out.splitlines()
        assert form.startswith("pair(pair(")
        assert form.count("pair(") + form.count("z") == SHORT
        assert last == "z"
        assert f"1 normal forms of more than {MOST_WRITTEN:,} symbols are shown in part" in said.err
        assert run(["rewrite", file, "--json"]) == 0
        assert json.loads(capfd.readouterr().out)["results"][0]["normal_form"] == form

    def test_100_000_deep(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        for tier in ("table", "native"):
            assert run(["rewrite", system(tmp_path, numeral(100_000)), "--tier", tier]) == 0
            assert capfd.readouterr().out == numeral(100_000) + "\n"


class TestBadInput:
    @pytest.mark.parametrize(
        ("text", "kind", "line", "column"),
        [
            (SYSTEM.format("tree(zz)"), "name", 12, 11),
            (SYSTEM.format("tree(z, z)"), "sort", 12, 14),
            (SYSTEM.format("META print 1 END-META"), "syntax", 12, 6),
            ("REC-SPEC A : Absent\nEND-SPEC", "import", 1, 14),
            ("\x1b[31mtheory", "syntax", 1, 1),
        ],
        ids=["symbol", "arity", "meta", "include", "no REC"],
    )
    def test_an_error_has_its_place(
        self, text: str, kind: str, line: int, column: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        file = write(tmp_path / "bad.rec", text)
        assert run(["rewrite", str(file), "--json"]) == 65
        error = json.loads(capfd.readouterr().out)["error"]
        assert (error["kind"], error["file"], error["line"], error["column"]) == (kind, str(file), line, column)
        assert run(["rewrite", str(file)]) == 65
        said = capfd.readouterr()
        assert said.out == ""
        assert f"{file}:{line}:{column}: error: {error['message']}" in said.err
        assert "\x1b" not in said.err

    def test_an_error_is_answered_before_anything_heavy_is_loaded(self) -> None:
        watch = "import atexit, sys; atexit.register(lambda: print('numpy' in sys.modules, file=sys.stderr))"
        ran = lemmata("rewrite", DATA / "add8.rec", code=watch)
        assert ran.code == 65
        assert ran.err.splitlines()[-1] == "False"

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["absent.rec"], 65),
            ([], 64),
            ([str(DATA / "order.rec"), "--tier", "fast"], 64),
            ([str(DATA / "order.rec"), "--trace", "--tier", "table"], 64),
            ([str(DATA / "order.rec"), "--trace", "--memo", "off"], 64),
        ],
    )
    def test_codes(self, words: list[str], code: int, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["rewrite", *words]) == code
        assert capfd.readouterr().out == ""
