"""Terms, their text, and what is said of texts that are none."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from lemmata.calculi.fmc.data import unfold
from lemmata.calculi.fmc.parsing import parse, parse_program, parse_type
from lemmata.calculi.fmc.printing import TooLong, beginning, text
from lemmata.calculi.fmc.substitution import instantiate, sequence
from lemmata.calculi.fmc.terms import Table, Term, same
from lemmata.rewriting.source import Source, SourceError
from tests.calculi.terms import DEPTHS, SEEDS, any_term, typed_term


class TestRoundTrip:
    @settings(max_examples=1000)
    @given(seed=SEEDS)
    def test_what_is_written_reads_back(self, seed: int) -> None:
        term = any_term(seed, 40)
        assert parse(str(term)) == term

    @settings(max_examples=200)
    @given(seed=SEEDS)
    def test_so_do_annotations(self, seed: int) -> None:
        term = typed_term(seed)
        assert term is None or parse(str(term)) == term

    @pytest.mark.parametrize(
        "written", ["Z => Z", "=>", "=> {}", "Z c(Z C) => {*: , #e: (=> Z) Z}", "(Z => Z) Z => out(Z)"]
    )
    def test_so_do_types(self, written: str) -> None:
        assert str(parse_type(written)) == written

    @pytest.mark.parametrize(
        ("given_", "written"),
        [
            ("?!([1].[2])", "[1].[2]"),
            ("[!(x)].?f", "[x].f"),
            ("⋆ ; #e → [1]", "* ; #e -> [1]"),
            ("[1] -- a comment\n ; [2]", "[1] ; [2]"),
            ("<_>.[1]", "<_>.[1]"),
            ("<x>.<x>.[x]", "<x>.<x1>.[x1]"),
            ("[x].<x>.[x]", "[x].<x1>.[x1]"),
            ("[007]", "[7]"),
            ("['m5]", "['m5]"),
        ],
    )
    def test_spellings(self, given_: str, written: str) -> None:
        assert str(parse(given_)) == written

    def test_a_variable_called_underscore_may_be_used(self) -> None:
        assert parse(str(parse("<_>.[_]"))) == parse("<x>.[x]")


class TestErrors:
    @pytest.mark.parametrize(
        ("given_", "said"),
        [
            ("[1", "<text>:1:3: error: the text ends too early\n  [1\n    ^\n  hint: wanted here: ';', ']'"),
            ("[1]]", "<text>:1:4: error: ']' is not expected here\n  [1]]\n     ^"),
            ("x y", "<text>:1:3: error: 'y' is not expected here\n  x y\n    ^"),
            ("[1] ;", "<text>:1:6: error: the text ends too early\n  [1] ;\n       ^"),
            ("$foo", "<text>:1:1: error: unknown primitive $foo"),
            ("$ad", "did you mean '$add'?"),
            ("[1].&", "<text>:1:5: error: unexpected character '&'"),
            ("", "<text>:1:1: error: there is no term here"),
            ("-- nothing", "there is no term here"),
            ("<x:c(Z)>", "a stack is no type by itself"),
            ("__import__('os')", "'__import__(' is not expected here"),
            ("data L = nil | nil\n[1]", "$nil is declared already"),
            ("def $add = *\n[1]", "$add is declared already"),
            ("data L = c(a(Z))\n*", "a constructor takes values from the main stack only"),
        ],
    )
    def test_they_have_a_place_and_a_cure(self, given_: str, said: str) -> None:
        with pytest.raises(SourceError) as raised:
            parse(given_)
        assert said in raised.value.render()

    def test_exits_and_locations_of_a_type_are_there_once(self) -> None:
        for given_ in ("=> {#e: , #e: Z}", "c(Z) c(Z) =>"):
            with pytest.raises(SourceError, match="is there twice"):
                parse_type(given_)

    def test_numbers_have_a_largest_length(self) -> None:
        assert parse("[" + "9" * 10_000 + "]") is not None
        with pytest.raises(SourceError, match="at most"):
            parse("[" + "9" * 300_000 + "]")


class TestPrograms:
    def test_definitions_stand_for_terms(self) -> None:
        program = parse_program(Source("p", "def $two = [2]\ndef $four = $two.$two.$mul\n$four ; $four"))
        assert program.term == parse("([2] ; ([2] ; $mul)) ; ([2] ; ([2] ; $mul))")

    def test_data_types_stand_for_thunks(self) -> None:
        program = parse_program(Source("p", "data L = nil | cons(Z L)\n$cons.$L"))
        table = program.term.table
        unfolded = Term(table, unfold(table, program.term.root, program.data))
        assert unfolded == parse("(<h>.<t>.[[t].[h].#cons]) ; <l>.l")

    def test_places_are_those_of_the_text(self) -> None:
        program = parse_program(Source("p", "[1].\n  <x>.[x]"))
        assert program.places.at([]) == (1, 1)
        assert program.places.at([1]) == (2, 3)
        assert program.places.at([1, 0]) == (2, 7)


class TestTerms:
    def test_equal_up_to_bound_names_across_tables(self) -> None:
        a, b = parse("<x>.[x].[1]"), parse("<y>.[y].[1]")
        assert a == b
        assert hash(a) == hash(b)
        assert a != parse("<x>.[x].[2]")
        assert len({a, b}) == 1

    def test_right_units_and_annotations_are_plain(self) -> None:
        assert same(parse("<x:Z>.[x] ; *"), parse("<y>.[y]"))
        assert same(parse("x ; #e -> #e"), parse("x"))
        assert not same(parse("x ; #e -> #f"), parse("x"))

    def test_they_are_pickled_by_content(self) -> None:
        deep = parse("[" * 20_000 + "x" + "]" * 20_000)
        assert pickle.loads(pickle.dumps(deep)) == deep

    def test_shared_terms_have_a_text_as_long_as_is_asked_for(self) -> None:
        table = Table()
        row = table.number(1)
        for _ in range(200):
            row = table.push("", row, table.push("", row, table.skip()))
        with pytest.raises(TooLong):
            text(table, row, 1_000)
        assert beginning(table, row, 50).endswith("…")
        assert len(beginning(table, row, 50)) == 51


class TestSubstitution:
    @settings(max_examples=300)
    @given(first=SEEDS, then=SEEDS, value=SEEDS)
    def test_it_commutes_with_joins(self, first: int, then: int, value: int) -> None:
        table = Table()
        m, p, n = (any_term(seed, 12).within(table) for seed in (first, then, value))
        m, p = (table.push("", table.bound(0), row) for row in (m, p))
        together = instantiate(table, table.join("e", m, p), n)
        assert together == table.join("e", instantiate(table, m, n), instantiate(table, p, n))

    def test_nothing_is_captured(self) -> None:
        table = Table()
        body = table.pop("", table.push("", table.bound(1), table.push("", table.bound(0), table.skip())), hint="y")
        found = Term(table, instantiate(table, body, table.free("y")))
        assert found == parse("<z>.[y].[z]")

    @pytest.mark.parametrize(
        ("first", "then", "whole"),
        [
            ("*", "[1]", "[1]"),
            ("[2].<x>.[x]", "<y>.[y]", "[2].<x>.[x].<y>.[y]"),
            ("x", "[1]", "x.[1]"),
            ("<x>", "[x]", "<z>.[x]"),
        ],
    )
    def test_sequencing_inserts_at_the_end(self, first: str, then: str, whole: str) -> None:
        table = Table()
        assert Term(table, sequence(table, parse(first).within(table), parse(then).within(table))) == parse(whole)

    def test_only_prefix_terms_are_sequenced(self) -> None:
        table = Table()
        with pytest.raises(ValueError, match="prefix"):
            sequence(table, parse("#e ; #e -> [1]").within(table), table.skip())


@pytest.mark.parametrize("n", DEPTHS)
@pytest.mark.parametrize(
    "written",
    [
        lambda n: "[1]." * n + "*",
        lambda n: "(" * n + "x" + ")" * n,
        lambda n: "[" * n + "1" + "]" * n,
        lambda n: "<x>." * n + "[x]",
        lambda n: "x" + "^#l" * n,
        lambda n: "<f:" + "(=> " * n + "Z" + ")" * n + ">",
    ],
)
def test_texts_may_be_nested_deeply(written: Callable[[int], str], n: int) -> None:
    term = parse(written(n))
    assert parse(str(term)) == term
