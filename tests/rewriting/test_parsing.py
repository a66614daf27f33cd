"""The parser of terms and formulas: it reads what is printed, and says what is wrong with the rest."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from lemmata.rewriting.parsing import LARGEST_NUMERAL, parse_formula, parse_term
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.source import Source, SourceError
from lemmata.rewriting.syntax import PROP, TermTable
from lemmata.rewriting.theory import Notation, Symbol
from tests.samples import peano
from tests.strategies import Language, formulas

PEANO = peano().symbols
VARIABLES = {"x": "N", "y": "N"}
PRINTER = Printer(PEANO)


def read(text: str) -> tuple[TermTable, int]:
    table = TermTable()
    return table, parse_formula(Source("<text>", text), PEANO, VARIABLES, table)


def reprinted(text: str) -> str:
    return PRINTER.show(*read(text))


def error(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text)
    return caught.value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formulas())
def test_what_is_printed_reads_back_to_the_same_row(drawn: tuple[Language, int]) -> None:
    language, formula = drawn
    text = Printer(language.symbols).show(language.table, formula)
    assert parse_formula(Source("<text>", text), language.symbols, language.variables, language.table) == formula


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formulas())
def test_reading_keeps_the_names_of_bound_variables(drawn: tuple[Language, int]) -> None:
    language, formula = drawn
    printer = Printer(language.symbols)
    text = printer.show(language.table, formula)
    table = TermTable()
    again = parse_formula(Source("<text>", text), language.symbols, language.variables, table)
    assert (
        parse_formula(Source("<text>", printer.show(table, again)), language.symbols, language.variables, table)
        == again
    )


class TestSpellings:
    @pytest.mark.parametrize(
        ("text", "ascii_text"),
        [
            ("x ≤ y ∧ ¬ x ≠ 0 → ∃p. x + p = y", "x <= y and not x != 0 implies (exists p. x + p = y)"),
            ("x · y = y × x", "x * y = y * x"),
            ("~x=y /\\ x<=y \\/ x=x -> y=y", "x != y and x <= y or x = x implies y = y"),
            ("x = y <-> y = x", "x = y iff y = x"),
            ("forall p q : N. p = q", "forall p. forall q. p = q"),
            ("∀p.∃q.p=q", "forall p. exists q. p = q"),
            ("⊥ ⇒ x = y", "false implies x = y"),
            ("x + (\n y) = 2", "x + y = s(s(0))"),
            ("x+y*x=s(y)+0", "x + y * x = s(y) + 0"),
        ],
    )
    def test_spellings_of_one_formula(self, text: str, ascii_text: str) -> None:
        assert reprinted(text) == ascii_text

    def test_a_quantifier_reaches_as_far_right_as_it_can(self) -> None:
        assert reprinted("x = y and forall p. p = x implies p = y") == "x = y and (forall p. p = x implies p = y)"

    def test_a_bound_variable_hides_a_declared_one(self) -> None:
        table, formula = read("exists x. x = y")
        assert table.rows[table.rows[formula][2]] == ("eq", 0, 1)  # type: ignore[index]
        assert table.rows[0][0] == "bound"

    def test_signs_in_a_row(self) -> None:
        minus = Symbol("-", ("N",), "N", "abstract", Notation("-", "prefix", 70))
        table = TermTable()
        term = parse_term(Source("<text>", "- - -x"), [*PEANO, minus], VARIABLES, table)
        assert Printer([*PEANO, minus]).show(table, term) == "- - -x"

    def test_numerals(self) -> None:
        table = TermTable()
        term = parse_term(Source("<text>", "3"), PEANO, {}, table, "N")
        assert PRINTER.show(table, term) == "s(s(s(0)))"

    def test_a_declared_symbol_wins_over_the_numeral(self) -> None:
        one = Symbol("1", (), "N", "abstract", Notation("1"))
        table = TermTable()
        assert parse_term(Source("<text>", "1"), [*PEANO, one], {}, table, "N") == table.app("1")


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "column", "message", "hint"),
        [
            ("x = z", 5, "unknown name 'z'", "declared names: x, y, 0, s"),
            ("x = sss(y)", 5, "unknown operation 'sss'", "declared operations: 0, s"),
            ("x +", 4, "an operand of '+' is wanted here, not the end", None),
            ("+ x = y", 1, "a term or formula is wanted here, not '+'", "no prefix operators are declared yet"),
            ("x = y = x", 7, "'=' and '=' cannot be mixed without brackets", "join two relations by 'and'"),
            (
                "x = y iff y = x iff x = x",
                17,
                "'iff' and 'iff' cannot be mixed without brackets",
                "group with brackets",
            ),
            ("(x = y", 1, "this '(' is never closed", None),
            ("x = y)", 6, "this ')' closes nothing", None),
            ("x, y", 2, "',' separates arguments, and there are none here", None),
            ("s() = x", 3, "an argument is wanted here, not ')'", "a constant is written without brackets: s"),
            ("s(x, y) = x", 1, "'s' takes 1 argument, not 2", None),
            ("s = x", 1, "'s' takes 1 argument, not none", None),
            ("0(x) = x", 2, "'0' takes no arguments", None),
            ("x(y) = x", 2, "'x' is a variable, not an operation", None),
            ("x + y", 3, "a formula is wanted here, not a term of sort N", None),
            ("(x = y) = (x = x)", 9, "'=' compares terms, not formulas", "use iff"),
            ("x and y = x", 1, "'and' is about formulas, and this is a term of sort N", None),
            ("not x", 5, "'not' is about formulas, and this is a term of sort N", None),
            ("forall p. p", 11, "'forall' is about formulas, and this is a term of sort N", None),
            ("s(x = y) = x", 5, "the argument of 's' has sort N, and this is a formula", None),
            (
                "x y = x",
                3,
                "an operator is wanted here, not 'y'",
                "two terms side by side need an operator between them",
            ),
            ("x ++ y = x", 3, "unknown operator '++'", "did you mean '+'?"),
            ("x @ y = x", 3, "unknown operator '@'", "declared operators: +, *, <="),
            ("exists s. s = x", 8, "'s' is an operation and cannot be bound", "choose another name for the variable"),
            ("exists p : M. p = x", 12, "unknown sort 'M'", "declared sorts: N"),
            ("exists p p = x", 12, "'.' is wanted here, not '='", "write exists p p. and then the formula"),
            ("exists . x = x", 8, "'exists' binds a variable: a name is wanted here, not '.'", None),
            (
                "x = 10001",
                5,
                "this numeral is too large",
                "10000 is the largest numeral; each stands for that many successors",
            ),
            ("_ = x", 1, "'_' is not a name", "holes stand in declarations only: op _+_ : N N -> N"),
            ("__import__ = x", 1, "'_' is not a name", None),
            ("x = [y]", 5, "'[' has no meaning here", "group with ( and )"),
            ("x = 3x", 5, "a name cannot begin with a digit", None),
            ("x = \0", 5, "unexpected character U+0000", None),
            (
                "x\u00a0= y",
                2,
                "unexpected character U+00A0 NO-BREAK SPACE",
                "use plain spaces, and line ends as \\n or \\r\\n",
            ),
            ("x = \u202ey", 5, "unexpected character U+202E RIGHT-TO-LEFT OVERRIDE", None),
            ("x = y\rx", 6, "unexpected character U+000D", "use plain spaces, and line ends as \\n or \\r\\n"),
            ("", 1, "a term or formula is wanted here, not the end", None),
        ],
    )
    def test_place_message_and_hint(self, text: str, column: int, message: str, hint: str | None) -> None:
        found = error(text)
        assert (found.line, found.column) == (1, column)
        assert found.message.startswith(message)
        if hint is not None:
            assert found.hint == hint

    def test_a_huge_numeral_is_not_even_converted(self) -> None:
        assert error("x = " + "9" * 5000).message == "this numeral is too large"
        assert len(read(f"x = {LARGEST_NUMERAL}")[0]) == LARGEST_NUMERAL + 3


LISTS = (
    Symbol("nil@L", (), "L", "constructor", Notation("nil")),
    Symbol("nil@M(L)", (), "M(L)", "constructor", Notation("nil")),
    Symbol("cons", ("L", "M(L)"), "M(L)", "constructor", Notation("cons")),
    Symbol("++", ("M(L)", "M(L)"), "M(L)", "abstract", Notation("++", "infix", 45, "right")),
)


class TestOverloading:
    @pytest.mark.parametrize(
        "text",
        ["nil@L = nil", "cons(nil, nil) = nil", "nil ++ nil = nil", "exists x : L. x = nil", "nil@M(L) = nil"],
    )
    def test_a_constructor_names_its_sort_where_nothing_else_does(self, text: str) -> None:
        table = TermTable()
        formula = parse_formula(Source("<text>", text), LISTS, {}, table)
        assert Printer(LISTS).show(table, formula) == text

    def test_what_tells_a_constructor_must_be_told_without_it(self) -> None:
        to_n = Symbol("-@A", ("A",), "N", "abstract", Notation("-", "prefix", 70))
        to_a = Symbol("-@N", ("N",), "A", "abstract", Notation("-", "prefix", 70))
        zeros = [Symbol(f"0@{s}", (), s, "constructor", Notation("0")) for s in "AN"]
        below = [Symbol(f"<=@{s}", ("N", s), PROP, "predicate", Notation("<=", "infix", 10)) for s in "AN"]
        symbols = [to_n, to_a, *zeros, *below]
        table = TermTable()
        formula = table.app("<=@N", table.app("0@N"), table.app("-@A", table.app("0@A")))
        text = Printer(symbols).show(table, formula)
        assert text == "0 <= -0@A"
        assert parse_formula(Source("<text>", text), symbols, {}, table) == formula

    def test_a_prime_behind_a_sort_or_an_operator(self) -> None:
        prime = Symbol("'", ("L",), "L", "abstract", Notation("'", "postfix", 80))
        fact = Symbol("fact", ("L",), "L", "abstract", Notation("fact", "postfix", 80))
        table = TermTable()
        term = parse_term(Source("<text>", "nil@L' fact'"), [*LISTS, prime, fact], {}, table)
        assert Printer([*LISTS, prime, fact]).show(table, term) == "nil' fact '"

    def test_two_readings_are_an_error(self) -> None:
        with pytest.raises(SourceError, match="'nil' may be of sort L or M\\(L\\)") as caught:
            parse_formula(Source("<text>", "nil = nil"), LISTS, {}, TermTable())
        assert caught.value.hint == "name the sort, as in nil@L"

    def test_a_bound_variable_gets_its_sort_from_its_use(self) -> None:
        table = TermTable()
        formula = parse_formula(Source("<text>", "exists x y. cons(x, y) = nil"), LISTS, {}, table)
        assert Printer(LISTS).show(table, formula) == "exists x : L. exists y : M(L). cons(x, y) = nil"

    def test_a_bound_variable_without_a_sort(self) -> None:
        with pytest.raises(SourceError, match="nothing tells the sort of 'x'"):
            parse_formula(Source("<text>", "exists x. x = x"), LISTS, {}, TermTable())

    def test_a_bound_variable_at_two_sorts(self) -> None:
        with pytest.raises(SourceError, match="'x' is used as M\\(L\\) and as L"):
            parse_formula(Source("<text>", "exists x. cons(x, x) = nil"), LISTS, {}, TermTable())


@pytest.mark.parametrize(
    ("before", "middle", "after"),
    [("s(", "0", ")"), ("(", "x", ")"), ("x + ", "x", ""), ("", "x", " + x"), ("s(x + ", "y", ") * y")],
)
def test_deep_terms(before: str, middle: str, after: str) -> None:
    depth = 100_000
    table = TermTable()
    text = before * depth + middle + after * depth
    term = parse_term(Source("<text>", text), PEANO, VARIABLES, table, "N")
    assert len(table.reachable([term])) <= 3 * depth + 2


def test_deep_formulas() -> None:
    assert len(read("not " * 100_000 + "x = y")[0]) > 100_000
    assert error("(" * 100_000).message.startswith("a term or formula")
