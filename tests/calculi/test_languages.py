"""The lambda-calculus and the imperative language: their syntax, and what their translations do."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from lemmata.calculi import imperative, lambda_calculus
from lemmata.calculi.fmc import closures, encodings
from lemmata.calculi.fmc.executor import execute
from lemmata.calculi.fmc.machine import Ending, Request, Run
from lemmata.calculi.fmc.naming import resolved
from lemmata.calculi.fmc.parsing import parse
from lemmata.calculi.fmc.terms import Table, Term
from lemmata.calculi.fmc.typing import STREAMS, infer
from lemmata.rewriting.source import SourceError
from tests.calculi.terms import SEEDS

_CELLS = ("a", "b", "c")


def run_imperative(text: str, cells: dict[str, int], inputs: list[int], **how: object) -> Run:
    values = {name: [value] for name, value in cells.items()} | {"in": inputs[::-1]}
    memory = {at: [parse(str(v) if v >= 0 else f"'m{-v}") for v in vs] for at, vs in values.items()}
    return execute(Request(imperative.translate(imperative.parse(text)), memory), **how)  # type: ignore[arg-type]


def numbers(run: Run, location: str) -> list[int]:
    return [int(v.row[1]) for v in run.memory.get(location, [])]


class _Random:
    """Draws programs that often end."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)

    def expression(self, size: int) -> str:
        r = self.r
        if size <= 1:
            return r.choice([*_CELLS, "0", "1", "2", "7", "100000000000000000000"])
        left = r.randrange(1, size)
        return f"({self.expression(left)} {r.choice('+-*/%')} {self.expression(size - left)})"

    def condition(self, size: int) -> str:
        r = self.r
        way = r.random()
        if size <= 1 or way < 0.5:
            return f"{self.expression(2)} {r.choice(['=', '<', '<='])} {self.expression(2)}"
        if way < 0.6:
            return r.choice(["true", "false"])
        if way < 0.75:
            return f"!({self.condition(size - 1)})"
        return f"({self.condition(size // 2)}) {r.choice(['&&', '||'])} ({self.condition(size // 2)})"

    def statement(self, size: int) -> str:
        r = self.r
        if size <= 1:
            simple = [f"{r.choice(_CELLS)} := {self.expression(3)}", f"print {self.expression(2)}", "skip", "break"]
            simple += [
                "continue",
                f"read {r.choice(_CELLS)}",
                f"throw {r.choice('EF')} {self.expression(2)}",
                "throw G",
            ]
            return r.choice(simple)
        left = r.randrange(1, size)
        one, two = self.statement(left), self.statement(size - left)
        ways = [
            f"{one}; {two}",
            f"{one}; {two}",
            f"if {self.condition(3)} {{ {one} }} else {{ {two} }}",
            f"if {self.condition(3)} {{ {one}; {two} }}",
            f"b := 3; while 0 < b {{ b := b - 1; {one} }}; {two}",
            f"try {{ {one} }} catch {r.choice('EFG')} {{ {two} }}",
            f"try {{ {one} }} catch {r.choice('EF')}(c) {{ {two} }}",
        ]
        return r.choice(ways)


class TestImperative:
    @settings(max_examples=400)
    @given(seed=SEEDS)
    def test_the_machine_and_the_interpreter_agree(self, seed: int) -> None:
        r = random.Random(seed)
        program = _Random(seed).statement(r.randrange(1, 14))
        cells = {name: r.randrange(-2, 5) for name in _CELLS}
        inputs = [r.randrange(9) for _ in range(r.randrange(4))]
        expected = imperative.interpret(imperative.parse(program), cells, inputs, most=5_000)
        run = run_imperative(program, cells, inputs, fuel=60_000, tier="specification")
        if expected.reason == "too many steps" or run.ending is Ending.FUEL:
            return
        assert (run.exit, numbers(run, "out")) == (expected.exit, expected.output)
        assert (expected.reason is None) == (run.ending is Ending.EXIT)
        if run.exit is not None:
            assert {name: numbers(run, name) for name in _CELLS} == {n: [v] for n, v in expected.cells.items()}
            assert numbers(run, "") == expected.left

    def test_every_translation_without_a_stray_value_has_a_type(self) -> None:
        program = "x := 1; while x < 9 && !(x = 5) { x := x + 1; if x = 3 { continue }; print x }; read x"
        found = infer(imperative.translate(imperative.parse(program)), streams=STREAMS)
        assert str(found) == "x(Z) => x(Z)"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("x := ", "the text ends too early"),
            ("while x { skip }", "'{' is not expected here"),
            ("if 1 { skip }", "'{' is not expected here"),
            ("x = 1", "'=' is not expected here"),
            ("print 1 2", "'2' is not expected here"),
        ],
    )
    def test_mistakes_have_a_place(self, text: str, said: str) -> None:
        with pytest.raises(SourceError) as raised:
            imperative.parse(text)
        assert said in raised.value.render()

    def test_words_may_begin_with_keywords(self) -> None:
        assert imperative.parse("skipper := whiled + printer").cells == ("printer", "skipper", "whiled")

    def test_programs_may_be_nested_deeply(self) -> None:
        text = "{" * 20_000 + "x := 1" + "}" * 20_000 + "; x := x + 1" * 20_000
        assert run_imperative(text, {"x": 0}, [], tier="specification").exit == "*"
        assert imperative.interpret(imperative.parse(text), {"x": 0}).cells == {"x": 20_001}

    def test_so_may_conditions(self) -> None:
        text = f"if {'!(' * 20_001}true{')' * 20_001} {{ x := 1 }} else {{ x := 2 }}"
        run = run_imperative(text, {"x": 0}, [], tier="specification", fuel=10**6)
        assert numbers(run, "x") == [2]
        assert imperative.interpret(imperative.parse(text), {"x": 0}).cells == {"x": 2}

    def test_a_loop_without_end_is_stopped(self) -> None:
        assert run_imperative("while true { x := x + 1 }", {"x": 0}, [], fuel=100_000).ending is Ending.FUEL


class TestLambda:
    @pytest.mark.parametrize(
        ("text", "cbn", "cbv"),
        [
            ("(\\x.\\y.x) 1 2", "1", "1"),
            ("(\\x.7) ((\\x.x x) (\\x.x x))", "7", None),
            ("(\\f x.f (f x)) (\\y.y) 4", "4", "4"),
            ("c := 3 ; (\\x.!c) (c := 5 ; 7)", "3", "5"),
            ("(\\x.(c := 9 ; x)) (!c)", "9", "1"),
        ],
    )
    def test_the_two_strategies(self, text: str, cbn: str | None, cbv: str | None) -> None:
        for strategy, expected in (("cbn", cbn), ("cbv", cbv)):
            term = lambda_calculus.translate(lambda_calculus.parse(text), strategy)  # type: ignore[arg-type]
            run = closures.run(term, {"c": [parse("1")]})
            assert run.ending is (Ending.FUEL if expected is None else Ending.EXIT)
            assert expected is None or str(run.memory[""][-1]) == expected

    def test_a_choice_is_made_by_name_each_time_and_by_value_once(self) -> None:
        text = "(\\x.(\\y.\\z.y) x x) (1 + 2)"
        for strategy in lambda_calculus.STRATEGIES:
            term = lambda_calculus.translate(lambda_calculus.parse(text), strategy)
            assert {str(t): str(w) for t, w in closures.distribution(term).items()} == {"1": "1/2", "2": "1/2"}

    @pytest.mark.parametrize("text", ["\\x.x", "(\\x.x) 1 2", "a := \\x.x ; !a 3", "(1 + \\x.x)", "f (g x) \\y.y"])
    def test_what_is_written_reads_back(self, text: str) -> None:
        term = lambda_calculus.parse(text)
        assert str(lambda_calculus.parse(str(term))) == str(term)

    def test_mistakes_have_a_place(self) -> None:
        with pytest.raises(SourceError) as raised:
            lambda_calculus.parse("(\\x x)")
        assert "<text>:1:6: error: ')' is not expected here" in raised.value.render()

    def test_terms_may_be_nested_deeply(self) -> None:
        text = "(\\x.x) (" * 20_000 + "5" + ")" * 20_000
        for strategy in lambda_calculus.STRATEGIES:
            term = lambda_calculus.translate(lambda_calculus.parse(text), strategy)
            assert closures.run(term, fuel=10**6).memory[""] == [parse("5")]


class TestEncodings:
    def test_a_conditional_is_not_caught_by_its_own_branches(self) -> None:
        t = Table()
        root = encodings.conditional(t, t.jump("T"), t.jump("F"), encodings.pushed(t, t.number(2)))
        assert closures.run(Term(t, root)).exit == "F"
        caught = encodings.conditional(t, root, encodings.pushed(t, t.number(1)), t.skip())
        assert closures.run(Term(t, caught)).exit == "*"

    @pytest.mark.parametrize("b", [True, False])
    @pytest.mark.parametrize("c", [True, False])
    def test_connectives(self, b: bool, c: bool) -> None:
        t = Table()
        one, two = (t.jump("T" if v else "F") for v in (b, c))
        for root, value in (
            (encodings.conjunction(t, one, two), b and c),
            (encodings.disjunction(t, one, two), b or c),
            (encodings.negation(t, one), not b),
            (encodings.negation(t, encodings.negation(t, one)), b),
        ):
            assert closures.run(Term(t, root)).exit == ("T" if value else "F")

    def test_case_analysis_dispatches_by_constructor(self) -> None:
        t = Table()
        value = encodings.constructed(t, "cons", [t.number(7), t.jump("nil")])
        branches = [("nil", encodings.pushed(t, t.number(0))), ("cons", parse("<h>.<t>.[h]").within(t))]
        root = encodings.sequenced(t, [encodings.pushed(t, value), encodings.case(t, branches)])
        assert closures.run(Term(t, root)).memory == {"": [parse("7")]}

    def test_do_while_runs_its_body_first(self) -> None:
        t = Table()
        body = parse("c<n>.[n]out.[n].[1].$sub.<m>.[m]c").within(t)
        root = encodings.do_while(t, body, parse("[0].c<n>.[n]c.[n].$lt").within(t))
        run = closures.run(Term(t, root), {"c": [parse("2")]})
        assert [str(v) for v in run.memory["out"]] == ["2", "1"]

    def test_moggis_let_and_its_first_class_form(self) -> None:
        t = Table()
        one = encodings.returned(t, t.number(3))
        plus = encodings.sequenced(t, [encodings.returned(t, t.free("x")), encodings.returned(t, t.number(1))])
        plus = t.join("*", plus, t.primitive("add"))
        assert closures.run(Term(t, resolved(t, encodings.bind(t, one, "x", plus)))).memory == {"": [parse("4")]}
        first_class = encodings.let_first_class(
            t, encodings.unit_first_class(t, one), "x", encodings.unit_first_class(t, plus)
        )
        run = closures.run(Term(t, t.join("*", resolved(t, first_class), parse("<m>.m").within(t))))
        assert run.memory == {"": [parse("4")]}

    def test_application_pushes_and_throwing_jumps(self) -> None:
        t = Table()
        applied = encodings.apply(t, t.number(5), parse("<x>.[x].[x]").within(t))
        assert closures.run(Term(t, applied)).memory == {"": [parse("5"), parse("5")]}
        thrown = encodings.thrown(t, "e", encodings.pushed(t, t.number(1)))
        assert closures.run(Term(t, encodings.handled(t, thrown, "e", t.skip()))).memory == {"": [parse("1")]}
