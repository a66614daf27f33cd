"""Rules as e-graphs use them: which directions there are, what rewriting refuses, and where each was written."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lemmata
from lemmata.rewriting.egraph.directions import direction_name, egraph_rules, feeds_itself
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.prefix import full_text
from lemmata.rewriting.rule_reading import RuleText, rule_texts
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.source import LemmataError, Source, SourceError


def shown(made: RuleSet) -> list[str]:
    """The directions, in prefix notation."""
    terms = made.theory.terms
    sides = [(direction_name(r), full_text(terms, r.lhs), full_text(terms, r.rhs)) for r in egraph_rules(made)]
    return [f"{name}: {left} -> {right}" for name, left, right in sides]


class TestDirections:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("f(x) = g(x)", ["rule1: f(x) -> g(x)"]),
            ("f(x) <=> g(x)", ["rule1: f(x) -> g(x)", "rule1 backwards: g(x) -> f(x)"]),
            ("f(x, y) <=> g(x)", ["rule1: f(x,y) -> g(x)"]),
            ("g(x) <=> f(x, y)", ["rule1 backwards: f(x,y) -> g(x)"]),
            ("x <=> f(x)", ["rule1: x -> f(x)", "rule1 backwards: f(x) -> x"]),
            ("f(x, y) = f(y, x)", ["rule1: f(x,y) -> f(y,x)"]),
            ("f(x, y) <=> f(y, x)", ["rule1: f(x,y) -> f(y,x)"]),
            # Renamings of each other, but not by one exchange.
            (
                "f(x, y, z) <=> f(y, z, x)",
                ["rule1: f(x,y,z) -> f(y,z,x)", "rule1 backwards: f(y,z,x) -> f(x,y,z)"],
            ),
            ("f(x, x) <=> f(x, y)", ["rule1 backwards: f(x,y) -> f(x,x)"]),
            ("p(x) = q(y) if x = f(y)", ["rule1: p(x) -> q(y)"]),
            ("p(x) <=> q(y) if x = f(y)", ["rule1: p(x) -> q(y)", "rule1 backwards: q(y) -> p(x)"]),
            ("p(x) <=> q(y) if x = f(y) and y <> e", ["rule1: p(x) -> q(y)", "rule1 backwards: q(y) -> p(x)"]),
            ("p(x) <=> q(x, y) if r(y)", ["rule1: p(x) -> q(x,y)", "rule1 backwards: q(x,y) -> p(x)"]),
            ("p(x) <=> q(x, y) if x > y", ["rule1 backwards: q(x,y) -> p(x)"]),
        ],
    )
    def test_those_that_have_all_variables(self, text: str, wanted: list[str]) -> None:
        made = rules(text, constants="e")
        before = len(made.theory.terms)
        assert shown(made) == wanted
        assert len(made.theory.terms) == before  # the theory is left as it is

    def test_premises_bring_in_variables(self) -> None:
        made = rules("p(x) = q(y) if x = f(y)")
        (one,) = egraph_rules(made)
        names = {made.theory.terms.rows[v][1] for v in one.variables}
        assert names == {"x", "y"}

    def test_what_python_computes_brings_in_none(self) -> None:
        with pytest.raises(SourceError, match="a condition of a rule has 'y'"):
            rules("p(x) = q(x) if odd(y)", functions={"odd": lambda n: n % 2 == 1})

    @pytest.mark.parametrize(
        ("one", "start"),
        [
            ("(x * y) * z <=> x * (y * z)", "(a * b) * (c * (d * f(a)))"),
            ("f(x * y) <=> f(x) * f(y)", "f(a * (b * c)) * f(a)"),
            ("x <=> g(x, x)", "g(a, b)"),
            ("f(f(x)) <=> x", "f(f(f(a)))"),
        ],
    )
    def test_both_ways_is_as_two_rules(self, one: str, start: str) -> None:
        left, right = one.split(" <=> ")
        graphs = [EGraph(rules(one)), EGraph(rules(f"{left} = {right}", f"{right} = {left}"))]
        for graph in graphs:
            graph.add(start)
            graph.run(rounds=4)
        assert (graphs[0].nodes, graphs[0].classes) == (graphs[1].nodes, graphs[1].classes)

    def test_directions_are_not_ordered(self) -> None:
        made = rules("x + y = y + x")
        assert made.directed[0].ordered
        assert not egraph_rules(made)[0].ordered

    def test_implications_of_a_theory(self) -> None:
        read = lemmata.parse(
            """sort N
var x y z : N
op _+_ : N N -> N
pred even(x) iff exists y. x = y + y
axiom cancel: x + z = y + z implies x = y
axiom same: even(x) implies x = y
"""
        )
        made = RuleSet(read.theory, variables=read.variables)
        assert shown(made) == ["cancel: x -> y"]
        assert made.directed == ()

    @pytest.mark.parametrize(
        ("text", "feeds"),
        [
            ("x * (y + z) = x * y + x * z", True),
            ("x + y = y + x", True),
            ("x = x + 0", True),
            ("x * 0 = 0", False),
            ("f(x) = g(x)", False),
            ("f(g(x)) = g(f(x))", True),
            ("f(g(x)) = g(g(x))", False),
            ("f(x, x) = g(f(x, h(x)))", False),
        ],
    )
    def test_rules_that_match_what_they_make(self, text: str, feeds: bool) -> None:
        made = rules(text)
        (one,) = egraph_rules(made)
        before = len(made.theory.terms)
        assert feeds_itself(made.theory.terms, one) is feeds
        assert len(made.theory.terms) == before


class TestRewriting:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("x = f(x)", "the left side of a rule must start with a symbol"),
            ("x <=> f(x)", "the left side of a rule must start with a symbol"),
            ("g(x) <=> f(x, y)", "the right side of a rule has 'y'"),
            ("p(x) = q(y) if x = f(y)", "the right side of a rule has 'y'"),
            ("p(x) = q(x) if x = f(y)", "a condition of a rule has 'y'"),
        ],
    )
    def test_refuses_what_only_an_e_graph_can_use(self, text: str, message: str) -> None:
        made = rules(text)
        assert made.term("f(a)").sort == "Term"
        for use in (made.normalize, made.trace, made.proof, lambda t: made.why(t, t)):
            with pytest.raises(LemmataError, match=f"rule1: {message}") as error:
                use("c1(a)")
            assert "e-graph" in str(error.value.hint)

    def test_goes_from_left_to_right_only(self) -> None:
        made = rules("f(x) <=> g(x)")
        assert [str(made.normalize(t)) for t in ("f(a)", "g(a)")] == ["g(a)", "g(a)"]

    def test_text_tells_both_ways(self) -> None:
        made = rules("f(x) <=> g(x) if p(x)", "a: x + y = y + x")
        assert str(made).splitlines() == ["rule1: f(x) <=> g(x) if p(x)", "a: x + y = y + x"]
        again = pickle.loads(pickle.dumps(made))
        assert (again, again.both_ways, again.written) == (made, {"rule1"}, made.written)

    def test_over_a_signature(self) -> None:
        signature = rules("f(x) = x", "g(x) = x").signature
        made = rules("f(x) <=> g(x)", "f(x) -> x", signature=signature)
        assert made.both_ways == {"rule1"}
        assert len(egraph_rules(made)) == 3


class TestWritten:
    def test_each_rule_has_its_line(self) -> None:
        here = inspect.currentframe()
        assert here is not None
        start = here.f_lineno
        made = rules(
            "f(x) = x",
            "named: g(x)"
            " = x",
            *["h(x) = x",
              "k(x) = x"],
            _double,
            constants="e",
        )  # fmt: skip
        lines = [start + n for n in (2, 3, 5, 6)]
        name = Path(__file__).name
        assert list(made.written.values()) == [f"{name}:{n}" for n in lines] + [
            f"{name}:{_double.__code__.co_firstlineno}"
        ]
        assert list(made.written) == ["rule1", "named", "rule3", "rule4", "_double"]

    def test_rules_out_of_a_variable_have_the_line_of_the_call(self) -> None:
        texts = ["f(x) = x", "g(x) = x"]
        here = inspect.currentframe()
        assert here is not None
        made = rules(*texts, constants="e")
        assert set(made.written.values()) == {f"{Path(__file__).name}:{here.f_lineno - 1}"}

    def test_without_a_text_of_the_program(self) -> None:
        space: dict[str, object] = {"rules": rules}
        exec(compile("\nmade = rules('f(x) = x')", "<no file>", "exec"), space)
        made = space["made"]
        assert isinstance(made, RuleSet)
        assert made.written == {"rule1": "<no file>:2"}


def _double(x):  # type: ignore[no-untyped-def]
    return x + x, 2 * x


class TestRuleTexts:
    def read(self, text: str) -> RuleSet:
        return rules(*rule_texts(Source("folder/my.rules", text)))

    def test_one_a_line(self) -> None:
        made = self.read("\ufeff-- a ring\nunit: x + 0 = x -- once\n\nx * 1\n\t= x\ncomm: x + y <=> y + x")
        assert made.written == {"unit": "my.rules:2", "rule2": "my.rules:4", "comm": "my.rules:6"}

    def test_lines_may_go_on(self) -> None:
        made = self.read("unit: x + 0\r\n  = x\r\n  if p(x)\r\nx * 1 = x")
        assert made.written == {"unit": "my.rules:1", "rule2": "my.rules:4"}

    def test_nothing(self) -> None:
        assert rule_texts(Source("none.rules", "-- nothing\n\n")) == ()

    @pytest.mark.parametrize(
        ("text", "place", "message"),
        [
            ("f(x) = x\ng(x) = ) x", (2, 8), "a term is wanted"),
            ("f(x) = x\n\n g(x) = x", (3, 7), "a second '='"),
            ("f(x) = x\ng(x) = y", (2, 1), "'y', which the left side lacks"),
            ("f(x) = x\ng(x) # x", (2, 6), "unknown operator"),
            ("f(x) = x\ng[x] = x", (2, 2), "has no meaning here"),
            ("f(x) = x\nf(1) = true", (2, 8), "sort"),
        ],
    )
    def test_errors_tell_the_line_of_the_file(self, text: str, place: tuple[int, int], message: str) -> None:
        with pytest.raises(SourceError, match=message) as error:
            self.read(text)
        assert (error.value.line, error.value.column) == place
        assert error.value.source.name == "folder/my.rules"

    @given(st.text(alphabet="xf01(),=+-<>if \n\t\"'_;é", max_size=40))
    def test_any_text_gives_rules_or_an_error_in_it(self, text: str) -> None:
        wrong: LemmataError | None = None
        try:
            made = self.read(text)
        except LemmataError as error:
            wrong = error
        if wrong is None:
            for way in egraph_rules(made):
                assert set(made.theory.terms.free_variables(way.rhs)) <= way.variables
        else:
            assert wrong.render()
            assert not isinstance(wrong, SourceError) or 1 <= wrong.line <= text.count("\n") + 1

    def test_over_a_signature_too(self) -> None:
        signature = rules("f(x) = x").signature
        made = rules(*rule_texts(Source("s.rules", "f(x) <=> f(f(x))\nback: f(f(x)) -> x")), signature=signature)
        assert made.written == {"rule1": "s.rules:1", "back": "s.rules:2"}

    def test_a_rule_text_is_data(self) -> None:
        (text,) = rule_texts(Source("a.rules", "f(x) = x"))
        assert text == RuleText(text.source, 0, 8, "a.rules:1")
