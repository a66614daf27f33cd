"""The examples that are programs print what they should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_strategies(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "strategies.py"), run_name="__main__")
    assert capsys.readouterr().out.splitlines() == [
        "cons(0, cons(s(0), cons(s(s(0)), nil)))",
        "cons(x, nil)",
        "cons(x, nil)",
        "x + 1",
        "def f(n):",
        "    return n != n * n",
        "('or', ('not', 'p'), ('and', 'q', ('not', 'r')))",
    ]


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "rules.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "d(sin(var ^ 2)) = cos(var ^ 2) * (2 * var)",
        "sorted: cons(1, cons(2, cons(3, nil)))",
        "the primes to 100 make 1060",
    ]
    assert lines[3] == "(a + b) * (c + d)"
    assert lines[-1] == "accepted by the checker: True"


def test_simplify(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "simplify.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  is x ^ 2: 3 nodes instead of 32"
    assert lines[2].endswith("accepted: True")
    assert lines[3:] == [
        "sqrt(x^2) is abs(x) if x is any real number",
        "sqrt(x^2) is x if x >= 0",
        "sqrt(x^2) is -x if x < 0",
        "the speed sqrt(sin(t)**2 + cos(t)**2) on the unit circle is 1",
        "not (not p or not q) or (p and r and not r) is p and q",
    ]
