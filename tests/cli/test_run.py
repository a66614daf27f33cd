"""`lemmata run`: what it prints, and what it says of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, interrupt, lemmata, write

LADDER = EXAMPLES / "fmc"
COUNT = "(c<n>.[n]c.[n].[0].$eq ; #T -> #done ; #F -> c<n>.[n]out.[n].[1].$sub.<m>.[m]c.#l)^#l ; #done -> *"


class TestAnswers:
    def test_an_exit_and_the_memory(self) -> None:
        ran = lemmata("run", "-e", COUNT, "--memory", '{"c": [3]}')
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines() == [
            "exit *",
            "c: 0",
            "out: 3 2 1",
            "73 transitions, 34 of them pushes and pops",
        ]

    def test_the_exit_is_named(self) -> None:
        ran = lemmata("run", "-e", "[1].#e")
        assert (ran.code, ran.out.splitlines()[0]) == (0, "exit #e")

    def test_stuck_says_why_and_where(self) -> None:
        ran = lemmata("run", "-e", "[1] ; c<x>.[x]")
        assert ran.code == 1
        assert ran.out.startswith("stuck: the stack c is empty at c<x>.[x] (line 1, column 7)\nλ: 1\nstate: ")

    def test_json_is_one_object(self) -> None:
        value = lemmata("run", "-e", "[1].['a].[<x>.[x]]out", "--json", "--type").code
        assert value == 65  # the binder has no annotation
        value = lemmata("run", "-e", "['m3].['a].[<x:Z>.[x]]out", "--json", "--type").json()
        assert value == {
            "exit": "*",
            "memory": {"": [-3, "'a"], "out": ["<x:Z>.[x]"]},
            "output": ["<x:Z>.[x]"],
            "steps": 3,
            "transitions": 3,
            "type": "=> Z C out((Z => Z))",
            "stop": "exit",
            "reason": None,
            "state": None,
            "trace": None,
        }

    def test_a_trace_has_every_state(self) -> None:
        ran = lemmata("run", "-e", "[1].#e ; #e -> <x>.[x].[x]", "--trace")
        assert ran.out.splitlines()[:3] == [
            "     0 start      ( ε | [1].#e ; #e -> <x>.[x].[x] | ε )",
            "     1 join       ( ε | [1].#e | (#e -> <x>.[x].[x]) )",
            "     2 push       ( 1 | #e | (#e -> <x>.[x].[x]) )",
        ]

    def test_a_long_trace_is_cut_and_says_so(self) -> None:
        ran = lemmata("run", "-e", "*^*", "--trace", "--fuel", "5", "--time", "20")
        assert ran.code == 2
        assert "the first 5 of 5 transitions" in ran.out or "stopped by the fuel limit" in ran.out

    def test_a_loop_without_end_stops_at_the_limit_with_its_state(self) -> None:
        ran = lemmata("run", "-e", "([1].<x>.#l)^#l", "--time", "0.5")
        assert ran.code == 2
        assert ran.out.startswith("stopped by the time limit\n")
        assert "\nstate: ( " in ran.out

    @pytest.mark.parametrize("tier", ["auto", "specification", "table", "native"])
    def test_every_tier_gives_the_answer(self, tier: str) -> None:
        ran = lemmata("run", LADDER / "04-loops.fmc", "--tier", tier)
        assert ran.out.splitlines()[:3] == ["exit *", "c: 0", "out: 3 2 1"]

    def test_reduction(self) -> None:
        ran = lemmata("run", "-e", "[3].<x>.[x].[x]", "--reduce")
        assert ran.out == "beta: [3].[3]\nnormal form: [3].[3]\n"
        value = lemmata("run", "-e", "[1]", "--reduce", "--json").json()
        assert value == {"reduction": [], "normal_form": "[1]"}

    def test_the_exact_distribution(self) -> None:
        ran = lemmata("run", LADDER / "07-choice.fmc", "--branches")
        assert ran.out.splitlines() == ["1/4  exit *  λ: 0", "1/2  exit *  λ: 1", "1/4  exit *  λ: 2"]

    def test_streams_have_no_height_if_asked(self) -> None:
        words = ("run", "-e", "(c<n:Z>.[n]c.[n].[3].$lt ; #T -> c<n:Z>.[n]out.[n].[1].$add.<m:Z>.[m]c.#l)^#l")
        memory = ("--memory", '{"c": [0]}')
        assert "and leaves c(Z) out(Z)" in lemmata(*words, *memory, "--type").err
        assert "type: c(Z) => {#F: c(Z)}" in lemmata(*words, *memory, "--type", "--streams").out

    def test_an_interrupt_shows_what_was_reached(self) -> None:
        ran = interrupt(["run", "-e", "([1].<x>.#l)^#l"], 2)
        assert ran.code == 130
        assert ran.out.startswith("interrupted\n")
        assert "\nstate: ( " in ran.out

    def test_a_seed_decides(self) -> None:
        first, again = (lemmata("run", LADDER / "07-choice.fmc", "--seed", "4").out for _ in range(2))
        assert first == again

    def test_a_proof_is_accepted(self, tmp_path: Path) -> None:
        proof = tmp_path / "run.json"
        assert lemmata("run", "-e", "[2].[3].$mul", "--proof", proof).code == 0
        ran = lemmata("check", proof)
        assert ran.code == 0
        assert "exit(on(num(6), empty))" in ran.out

    def test_a_page_is_written(self, tmp_path: Path) -> None:
        path = tmp_path / "run.html"
        assert lemmata("run", LADDER / "04-loops.fmc", "--html", path).code == 0
        assert "77 states" in path.read_text("utf-8")


class TestLadder:
    @pytest.mark.parametrize(
        ("name", "options", "line"),
        [
            ("01-stack.fmc", (), "λ: 7 7 7 7"),
            ("02-state.fmc", ("--type",), "type: => c(Z) out(Z)"),
            ("03-exceptions.fmc", (), "out: 1 25"),
            ("05-lists.fmc", ("--type",), "type: => Z"),
            ("05-lists.fmc", (), "λ: 6"),
            ("06-recursion.fmc", (), "λ: 2432902008176640000"),
            ("08-state.lam", ("--strategy", "cbn", "--memory", '{"c": [0]}'), "λ: 3"),
            ("08-state.lam", ("--strategy", "cbv", "--memory", '{"c": [0]}'), "λ: 5"),
            ("09-primes.imp", (), "out: 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47"),
            ("10-gcd.imp", ("--input", "[48, 36]"), "out: 12"),
        ],
    )
    def test_it_does_what_it_says(self, name: str, options: tuple[str, ...], line: str) -> None:
        ran = lemmata("run", LADDER / name, *options)
        assert ran.code == 0
        assert line in ran.out.splitlines()

    def test_every_step_of_it_is_tested(self) -> None:
        assert len(list(LADDER.iterdir())) == 10


class TestBadInput:
    @pytest.mark.parametrize(
        ("words", "code", "said"),
        [
            ((), 64, "one of FILE and -e TERM is wanted"),
            (("a.fmc", "-e", "[1]"), 64, "one of FILE and -e TERM is wanted"),
            (("missing.fmc",), 65, "missing.fmc: No such file"),
            (("-e", "[1"), 65, "<text>:1:3: error: the text ends too early"),
            (("-e", ""), 65, "there is no term here"),
            (("-e", "__import__('os')"), 65, "is not expected here"),
            (("-e", "[1]", "--memory", "{"), 65, "--memory is not JSON"),
            (("-e", "[1]", "--memory", "[1]"), 65, "--memory is an object"),
            (("-e", "[1]", "--memory", '{"c": 5}'), 65, "a list of values is wanted"),
            (("-e", "[1]", "--memory", '{"c": [1.5]}'), 65, "1.5 is neither an integer nor a text"),
            (("-e", "[1]", "--memory", '{"c": ["<x"]}'), 65, "--memory, at 'c':1:3"),
            (("-e", "[1]", "--memory", "{}", "--memory", "{}"), 64, "--memory is given twice"),
            (("-e", "[1]", "--input", "5"), 65, "--input: a list of values is wanted"),
            (("-e", "[1]", "--strategy", "cbn"), 65, "--strategy is for the lambda-calculus"),
            (("-e", "<x>", "--type"), 65, "the type of x is not known"),
            (("-e", "*", "--reduce", "--trace"), 64, "--trace is about one run"),
            (("-e", "*", "--streams"), 64, "--streams goes with --type"),
            (("-e", "*", "--branches", "--seed", "1"), 64, "--branches makes all choices"),
            (("-e", "\\x", "--calculus", "lambda"), 65, "the text ends too early"),
            (("-e", "\\x.x", "--calculus", "lambda", "--type"), 65, "those of a lambda-term have no annotations"),
            (("-e", "throw e 1; print x", "--calculus", "imp", "--memory", "[]"), 65, "--memory is an object"),
            (("-e", "x :=", "--calculus", "imp"), 65, "the text ends too early"),
            (("-e", "*^*", "--proof", "p.json", "--fuel", "50"), 2, "nothing to prove"),
        ],
    )
    def test_it_is_answered_with_place_and_cure(self, words: tuple[str, ...], code: int, said: str) -> None:
        ran = lemmata("run", *words)
        assert ran.code == code
        assert said in ran.err

    def test_json_has_the_error(self) -> None:
        error = lemmata("run", "-e", "[1", "--json").json()["error"]
        assert (error["kind"], error["line"], error["column"]) == ("syntax", 1, 3)

    def test_programs_may_be_nested_deeply(self, tmp_path: Path) -> None:
        deep = write(tmp_path / "deep.fmc", "[" * 100_000 + "1" + "]" * 100_000)
        ran = lemmata("run", deep, "--type")
        assert ran.code == 0
        assert max(map(len, ran.out.splitlines())) < 250_000 * 5

    def test_names_of_users_are_data(self, tmp_path: Path) -> None:
        page = tmp_path / "run.html"
        memory = json.dumps({"<script>": [1], "__import__('os')": ["'b"]})
        assert lemmata("run", "-e", "[1]", "--memory", memory, "--html", page).code == 0
        assert "<script>alert" not in page.read_text("utf-8")
