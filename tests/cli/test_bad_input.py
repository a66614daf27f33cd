"""Whatever is wrong with the input is said in a message, with the right exit code, and never as a traceback."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lemmata.cli import run
from tests.cli.commands import EXAMPLES, PEANO, lemmata, write

DEPTH = 100_000
ERROR_KEYS = {"kind", "message", "file", "line", "column", "hint"}
DEEP = "s(" * DEPTH + "0" + ")" * DEPTH


class TestTheories:
    @pytest.mark.parametrize(
        ("text", "kind", "line", "column", "words"),
        [
            ("sort N = 0 | s(N)\nvar x : N\ntheorem t: x = = x\n", "syntax", 3, 16, "x = = x"),
            ("sort N = 0 | s(N)\nvar x : M\n", None, 2, 9, "M"),
            (
                "sort N = 0 | s(N)\nvar x : N\nop f : N -> N\n  f(0) = 0\n  f(s(x)) = f(s(s(x)))\n",
                None,
                5,
                None,
                "f(s(s(x)))",
            ),
            ("sort N = 0 | s(N)\nvar x : N\nop f : N -> N\n  f(0) = 0\n", None, None, None, "f"),
            ("sort N = 0 | s(N)\nvar x : N\ntheorem t: y = y\n", None, 3, 12, "y"),
        ],
        ids=["syntax", "sort", "termination", "cover", "variable"],
    )
    @pytest.mark.parametrize("command", ["explore", "prove"])
    def test_an_error_has_its_place(
        self,
        command: str,
        text: str,
        kind: str | None,
        line: int | None,
        column: int | None,
        words: str,
        tmp_path: Path,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        file = write(tmp_path / "bad.mpl", text)
        assert run([command, str(file), "--json"]) == 65
        spoken = capfd.readouterr()
        error = json.loads(spoken.out)["error"]
        assert error.keys() == ERROR_KEYS
        assert error["file"] == str(file)
        assert kind in (None, error["kind"])
        assert line in (None, error["line"])
        assert column in (None, error["column"])
        assert spoken.err == ""
        assert run([command, str(file)]) == 65
        spoken = capfd.readouterr()
        assert spoken.out == ""
        assert f"{file}:{error['line']}:{error['column']}: error: {error['message']}" in spoken.err
        assert words in spoken.err

    def test_a_false_theorem_is_refuted(self, tmp_path: Path) -> None:
        file = write(tmp_path / "false.mpl", PEANO + "theorem wrong: x + y = x\n")
        spoken = lemmata("prove", file)
        assert spoken.code == 1
        assert "% SZS status CounterSatisfiable for wrong\n" in spoken.out
        assert "y = s(0)" in spoken.out
        told = lemmata("prove", file, "--json")
        assert told.code == 1
        (goal,) = told.json()["goals"]
        assert goal["status"] == "CounterSatisfiable"
        assert "y = s(0)" in goal["counterexample"]
        assert goal["checked"] is None
        assert lemmata("explore", file, "--size", "2").code == 1

    @pytest.mark.parametrize(
        ("axioms", "at_fault"),
        [("axiom bad: 0 = s(0)\n", "bad"), ("op f : N -> N\naxiom a: f(x) = 0\naxiom b: f(x) = s(0)\n", None)],
    )
    @pytest.mark.parametrize("command", ["explore", "prove"])
    def test_contradictory_axioms_come_with_a_proof_of_falsity(
        self, command: str, axioms: str, at_fault: str | None, tmp_path: Path
    ) -> None:
        file = write(tmp_path / "bad.mpl", PEANO + axioms + "theorem t: x = y\n")
        proof = tmp_path / "proof.json"
        spoken = lemmata(command, file, "--proof", proof)
        assert spoken.code == 65
        assert "% SZS status ContradictoryAxioms for Small" in spoken.out
        assert "kernel accepts 1 of 1" in spoken.out
        assert "the axioms of Small are contradictory" in spoken.err
        checked = lemmata("check", proof, "--theory", file, "--json").json()
        assert checked["verdict"] == "accepted"
        assert [t["statement"] for t in checked["theorems"]] == ["false"]
        assert at_fault is None or checked["axioms"] == [at_fault]
        told = lemmata(command, file, "--json")
        assert told.code == 65
        error = told.json()["error"]
        assert error.keys() == ERROR_KEYS
        assert error["kind"] == "inconsistent"

    def test_an_empty_theory(self, tmp_path: Path) -> None:
        file = write(tmp_path / "empty.mpl", "")
        told = lemmata("explore", file, "--json")
        assert told.code == 0
        assert told.json()["theorems"] == []
        spoken = lemmata("prove", file)
        assert spoken.code == 0
        assert "empty names no theorem" in spoken.out

    @pytest.mark.parametrize(
        ("command", "text"),
        [
            ("prove", f"theorem deep: 0 + {DEEP} = {DEEP}"),
            ("prove", "theorem deep: " + "not (" * DEPTH + "x = x" + ")" * DEPTH),
            pytest.param("explore", f"theorem deep: x + {DEEP} = {DEEP}", marks=pytest.mark.slow),
            pytest.param("explore", "theorem deep: " + "x = x implies " * DEPTH + "x = y", marks=pytest.mark.slow),
            pytest.param("prove", f"axiom deep: {'s(' * DEPTH}x{')' * DEPTH} = s(x)", marks=pytest.mark.slow),
        ],
        ids=["sides", "not", "false", "implies", "axiom"],
    )
    def test_terms_may_be_deep(self, command: str, text: str, tmp_path: Path) -> None:
        file = write(tmp_path / "deep.mpl", PEANO + text + "\n")
        proof, page = tmp_path / "proof.json", tmp_path / "page.html"
        ran = lemmata(command, file, "--size", "2", "--time", "20", "--proof", proof, "--html", page)
        assert ran.code in (0, 1, 2, 65)
        assert "internal" not in ran.err
        assert lemmata("check", proof, "--theory", file).code == 0
        assert page.stat().st_size > 0

    def test_names_are_text_and_nothing_else(self, tmp_path: Path) -> None:
        text = (
            "theory X\nsort N = 0 | s(N)\nvar x y : N\nop _<b>_ : N N -> N infixl 60\n"
            "  x <b> 0 = x\n  x <b> s(y) = s(x <b> y)\n"
            "op __import__ : N -> N\n  __import__(x) = x\ntheorem t: 0 <b> x = x\n"
        )
        file = write(tmp_path / "html.mpl", text)
        page = tmp_path / "page.html"
        told = lemmata("prove", file, "--html", page, "--json")
        if told.code == 0:
            assert "&lt;b&gt;" in page.read_text(encoding="utf-8")
            assert "<b>" not in page.read_text(encoding="utf-8")
        else:
            assert told.code == 65
            assert "error" in told.json()


class TestFiles:
    @pytest.mark.parametrize("command", ["explore", "prove", "check", "lean check"])
    def test_what_cannot_be_read(self, command: str, tmp_path: Path) -> None:
        binary = tmp_path / "binary"
        binary.write_bytes(bytes(range(256)))
        unreadable = Path("/proc/self/mem")  # even to root, who may read any file that is only forbidden
        for file in (tmp_path / "absent", tmp_path, binary, unreadable, Path("/dev/zero")):
            told = lemmata(*command.split(), file, "--json")
            assert told.code == 65, file
            error = told.json()["error"]
            assert error.keys() == ERROR_KEYS
            assert error["file"] == str(file)
            spoken = lemmata(*command.split(), file)
            assert (spoken.code, spoken.out) == (65, "")
            assert spoken.err.startswith("error: ")

    def test_a_theory_may_come_through_a_pipe(self) -> None:
        read, put = os.pipe()
        with os.fdopen(put, "w") as pipe:
            pipe.write(PEANO)
        with os.fdopen(read) as pipe:
            ran = lemmata("explore", "/dev/stdin", "--size", "2", "--json", stdin=pipe)
        assert ran.code == 0
        assert ran.json()["stats"]["theory"] == "Small"


class TestWords:
    def test_an_unknown_theorem_has_a_hint(self) -> None:
        told = lemmata("prove", EXAMPLES / "order.mpl", "cancle", "--json")
        assert told.code == 65
        assert told.json()["error"]["hint"] == "did you mean 'cancel'?"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["explore"], "FILE"),
            ([], "Missing command"),
            (["lean"], "Missing command"),
            (["explor", "x"], "No such command"),
            (["explore", "x", "--tiem", "3"], "--time"),
            (["explore", "x", "--time", "nan"], "not a number"),
            (["explore", "x", "--time", "inf"], "inf"),
            (["explore", "x", "--time", "-1"], "-1"),
            (["explore", "x", "--size", "0"], "0"),
            (["explore", "x", "--memory", "much"], "much"),
            (["check", "x", "y"], "y"),
        ],
    )
    def test_usage(self, words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(words) == 64
        spoken = capfd.readouterr()
        assert spoken.out == ""
        assert said in spoken.err
        assert "hint: see 'lemmata" in spoken.err
        assert run([*words, "--json"]) == 64
        error = json.loads(capfd.readouterr().out)["error"]
        assert error.keys() == ERROR_KEYS
        assert error["kind"] == "usage"
