"""`lemmata simplify`: results, explanations, goals, rules, proofs, and input that is wrong or hostile."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from lemmata import simplifying
from lemmata.cli import run
from tests.cli.commands import interrupt, write

LONG = " + ".join(f"sin({n}*x + y)^5*cos(x + {n})^5" for n in range(40))  # takes many seconds
KEYS = ["input", "result", "cost", "explanation", "stop", "domain", "reached"]


def said(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["simplify", *words])
    spoken = capfd.readouterr()
    return code, spoken.out, spoken.err


class TestResults:
    @pytest.mark.parametrize(
        ("words", "result"),
        [
            (["sin(x)^2 + cos(x)^2 + a*2/2"], "a + 1"),
            (["-x + x*1"], "0"),
            (["-x"], "-x"),
            (["--x"], "x"),
            (["-q*1"], "-q"),
            (["--", "-h"], "-h"),
            (["sqrt(x^2)"], "abs(x)"),
            (["sqrt(x^2)", "--assume", "x > 0"], "x"),
            (["exp(ln(x*y))", "--assume", "x > 0", "--assume", "y > 0"], "x * y"),
            (["sqrt(x)*sqrt(x)", "--domain", "complex"], "x"),
            (["p and (p or q)"], "p"),
            (["(x & y) | (x & ~y)", "--domain", "bv8"], "x"),
        ],
    )
    def test_one_line(self, words: list[str], result: str, capfd: pytest.CaptureFixture[str]) -> None:
        assert said(capfd, *words) == (0, result + "\n", "")

    def test_the_object(self, capfd: pytest.CaptureFixture[str]) -> None:
        code, out, err = said(capfd, "x*0 + y", "--json")
        value = json.loads(out)
        assert (code, err, list(value)) == (0, "", KEYS)
        assert value["input"] == "x * 0 + y"
        assert value["result"] == "y"
        assert value["cost"] == {"before": 5, "after": 1}
        assert (value["explanation"], value["stop"], value["domain"], value["reached"]) == (None, "done", "real", None)

    def test_an_explanation_ends_in_the_result(self, capfd: pytest.CaptureFixture[str]) -> None:
        words = ["exp(ln(x)) + 0", "--assume", "x > 0", "--explain"]
        code, out, err = said(capfd, *words)
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert lines[0] == "x"
        assert lines[2] == "exp(ln(x)) + 0"
        assert "accepted by the checker" in out
        assert "assuming" in out
        assert "axioms used: " in lines[-1]
        assert "exp_ln" in lines[-1]
        explanation = json.loads(said(capfd, *words, "--json")[1])["explanation"]
        assert explanation["lines"][-1]["term"] == "x"
        assert explanation["length"] == len(explanation["lines"])
        assert explanation["verdict"] == "accepted"
        assert explanation["first_error"] is None
        assert "exp_ln" in explanation["axioms"]
        assert len(explanation["assumed"]) == 1

    def test_a_proof_can_be_checked(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        proof = tmp_path / "proof.json"
        assert said(capfd, "sqrt(x^2) - x", "--assume", "x >= 0", "--proof", str(proof))[:2] == (0, "0\n")
        assert run(["check", str(proof)]) == 0
        out = capfd.readouterr().out
        assert "accepted: 1 theorem of Reals" in out
        assert "implies sqrt(x ^ 2) - x = 0" in out

    def test_depth_as_cost(self, capfd: pytest.CaptureFixture[str]) -> None:
        value = json.loads(said(capfd, "x + x + x + x", "--cost", "depth", "--json")[1])
        assert value["cost"]["after"] <= value["cost"]["before"] == 4

    def test_quiet_is_silent(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert said(capfd, "x + 0", "--quiet", "--explain") == (0, "", "")
        assert said(capfd, "x", "-q", "--goal", "y") == (1, "", "")

    def test_standard_input(self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        for content, said_ in ((b"x + 0\n", (0, "x\n", "")), (b"\xff", (65, "", "no UTF-8 text"))):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
            code, out, err = said(capfd, "-")
            assert (code, out) == said_[:2]
            assert said_[2] in err
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x + 0")))
        monkeypatch.setattr(simplifying, "MOST_BYTES", 4)
        code, out, err = said(capfd, "-")
        assert (code, out) == (65, "")
        assert "standard input: larger than" in err


class TestGoals:
    def test_a_term(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert said(capfd, "sin(2*x)", "--goal", "2*sin(x)*cos(x)") == (0, "2 * sin(x) * cos(x)\n", "")
        code, out, err = said(capfd, "sin(2*x)", "--goal", "2*sin(x)")
        assert (code, out, err) == (1, "sin(2 * x)\n", "the goal was not reached\n")

    def test_a_cost(self, capfd: pytest.CaptureFixture[str]) -> None:
        value = json.loads(said(capfd, "x + y + 0", "--goal", "3", "--json")[1])
        assert (value["result"], value["stop"], value["reached"]) == ("x + y", "goal", True)
        code, out, _ = said(capfd, "x + y + 0", "--goal", "2", "--json")
        assert (code, json.loads(out)["reached"]) == (1, False)


class TestRules:
    def test_nothing_else_is_known(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "unit.rules", "unit: x * one = x   -- on the right\n\ninv: x * inv(x) = one\n"))
        words = ["(a * inv(a)) * one + b * one", "--rules", file]
        assert said(capfd, *words) == (0, "one + b\n", "")
        code, out, _ = said(capfd, *words, "--explain")
        assert code == 0
        assert "by unit: " in out
        assert "domain: rules" in out
        assert "axioms used: inv, unit" in out

    def test_a_goal_under_rules(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "ac.rules", "x + y = y + x\n(x + y) + z = x + (y + z)\n"))
        words = ["a + (b + (c + d))", "--rules", file, "--goal", "d + c + b + a", "--json"]
        value = json.loads(said(capfd, *words)[1])
        assert (value["result"], value["stop"]) == ("d + c + b + a", "goal")

    def test_rules_without_end_are_stopped(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "grow.rules", "f(x, y) = f(f(y, x), x)\n"))
        code, out, err = said(capfd, "f(a, b)", "--rules", file)
        assert (code, out) == (0, "f(a, b)\n")
        assert err.startswith("stopped: the search reached its own bound")

    @pytest.mark.parametrize(
        ("text", "words", "place"),
        [("x + 0 = x\nx * = x\n", "", "2:5"), ("x = x + y\n", "", "1:1"), ("", "no rules", None)],
    )
    def test_what_is_wrong_in_them(
        self, text: str, words: str, place: str | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        file = str(write(tmp_path / "bad.rules", text))
        code, out, err = said(capfd, "a + 0", "--rules", file)
        assert (code, out) == (65, "")
        assert words in err
        assert place is None or f"bad.rules:{place}: error" in err

    def test_they_exclude_domains_and_assumptions(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        file = str(write(tmp_path / "a.rules", "x + 0 = x\n"))
        for more in (["--domain", "real"], ["--assume", "x > 0"]):
            code, _, err = said(capfd, "x", "--rules", file, *more)
            assert code == 65
            assert "rules leave no room" in err


class TestBadInput:
    @pytest.mark.parametrize(
        ("words", "column", "hint"),
        [
            (["x + * y"], 5, None),
            (["2x + 1"], 1, "a product is written with *: 2*x"),
            (["x + sine(y)"], 5, "did you mean 'sin'?"),
            (["__import__('os')"], 2, None),
            (["<script>alert(1)</script>"], 9, None),
            (["1.5*x"], 2, "numbers are exact: write 3/2 for 1.5"),
            (["x", "--assume", "x > > 0"], 5, None),
            (["x", "--goal", "x +"], 4, None),
            (["a\x1b[31mb"], 2, None),
            ([""], 1, None),
        ],
    )
    def test_errors_have_their_places(
        self, words: list[str], column: int, hint: str | None, capfd: pytest.CaptureFixture[str]
    ) -> None:
        code, out, err = said(capfd, *words, "--json")
        error = json.loads(out)["error"]
        assert (code, err) == (65, "")
        assert error["column"] == column
        assert hint is None or error["hint"] == hint
        code, out, err = said(capfd, *words)
        assert (code, out) == (65, "")
        assert f":1:{column}: error: " in err
        assert "\x1b" not in err

    @pytest.mark.parametrize(
        ("words", "code", "said_"),
        [
            ([], 64, "EXPRESSION"),
            (["x", "y"], 64, "y"),
            (["x", "--explian"], 64, "--explain"),
            (["x", "--cost", "length"], 64, "length"),
            (["x", "--time", "-1"], 64, "-1"),
            (["x", "--domain", "reals"], 65, "did you mean 'real'?"),
            (["x", "--domain", "bv0"], 65, "unknown domain"),
            (["x", "--domain", "bv99999"], 65, "unknown domain"),
            (["x", "--rules", "/absent"], 65, "/absent"),
            (["x", "--proof", "/absent/proof.json"], 73, "/absent"),
        ],
    )
    def test_usage(self, words: list[str], code: int, said_: str, capfd: pytest.CaptureFixture[str]) -> None:
        found, _, err = said(capfd, *words)
        assert found == code
        assert said_ in err

    @pytest.mark.parametrize("shape", ["({})", "-{}", "sin({})", "{} + 1", "{}*x"])
    @pytest.mark.parametrize("depth", [3_000, pytest.param(100_000, marks=pytest.mark.slow)])
    def test_depth(self, depth: int, shape: str, capfd: pytest.CaptureFixture[str]) -> None:
        before, after = shape.split("{}")
        code, _, err = said(capfd, before * depth + "x" + after * depth, "--time", "60")
        assert code in (0, 2)
        assert "internal" not in err

    def test_a_long_search_is_stopped_in_time(self, capfd: pytest.CaptureFixture[str]) -> None:
        code, out, err = said(capfd, LONG, "--time", "0.3")
        assert code == 2
        assert out.startswith("sin(0 * x + y) ^ 5 * cos(x + 0) ^ 5 + ")
        assert err == "stopped: the time limit was reached; this is the best by then\n"

    def test_a_long_text_is_stopped_in_time(self, capfd: pytest.CaptureFixture[str]) -> None:
        code, _, err = said(capfd, "x*" * 2_000_000 + "x", "--time", "0.2")
        assert code == 2
        assert "the time limit was reached while the expression was read" in err

    @pytest.mark.slow
    def test_ctrl_c_ends_it_at_the_best_by_then(self) -> None:
        ran = interrupt(["simplify", LONG], 2.5)
        assert ran.code in (0, 130)
        assert "internal" not in ran.err
