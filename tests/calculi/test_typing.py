"""Types: what errors say, expansion, streams, data types, and row inference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings

from lemmata.calculi.fmc.parsing import parse, parse_program, parse_type
from lemmata.calculi.fmc.rows import accepts
from lemmata.calculi.fmc.stack_types import expands
from lemmata.calculi.fmc.terms import Table, Term, plain
from lemmata.calculi.fmc.typing import STREAMS, TypeFault, checks, infer
from lemmata.rewriting.source import Source, SourceError
from tests.calculi.terms import DEPTHS, SEEDS, typed_term

LIST = "data List = nil | cons(Z List)\n"


def fault(text: str) -> str:
    with pytest.raises(SourceError) as raised:
        infer(parse_program(Source("t", text)))
    assert raised.value.kind == "type"
    return raised.value.render()


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("<x:Z>.x", "t:1:7: error: a value of type Z cannot be executed\n  <x:Z>.x\n        ^"),
            ("[1].<f:(Z => Z)>.f", "(Z => Z) is wanted on the main stack, and Z is there"),
            ("[1].[2]c ; c<x:C>.[x]", "C is wanted on the stack c, and Z is there; what comes here leaves Z c(Z)"),
            ("$eq ; #T -> [1] ; #F -> *", "the exit * leaves Z or nothing"),
            ("([1].#l)^#l", "a round of the loop #l needs nothing and leaves Z"),
            ("[1].<x>", "the type of x is not known"),
            ("[1].y", "the variable y is free, so it has no type"),
            ("[y]", "the variable y is free, so it has no type"),
            ("5", "a value cannot be executed: 5"),
        ],
    )
    def test_they_say_what_is_wanted_and_what_is_there(self, text: str, said: str) -> None:
        assert said in fault(text)

    def test_they_point_at_the_part(self) -> None:
        assert fault("[1].<x:Z>.[[2].<y:C>]").splitlines()[0].startswith("t:1:12")

    def test_a_term_by_itself_has_no_place(self) -> None:
        with pytest.raises(TypeFault):
            infer(parse("<x>"))


class TestExpansion:
    @settings(max_examples=200)
    @given(seed=SEEDS)
    def test_more_below_is_an_expansion_and_other_things_are_not(self, seed: int) -> None:
        term = typed_term(seed)
        assume(term is not None)
        assert term is not None
        type_ = infer(term)
        table = type_.table
        need, exits = dict(type_.row[1]), {label: dict(give) for label, give in type_.row[2]}
        c = table.base("C")
        more = {label: {**give, "": (c, *give.get("", ()))} for label, give in exits.items()}
        larger = table.arrow({**need, "": (*need.get("", ()), c)}, more)
        assert checks(term, Term(table, larger))
        assert not expands(table, type_.root, larger)
        assert not exits or not checks(term, Term(table, table.arrow({**need, "": (*need.get("", ()), c)}, exits)))

    @pytest.mark.parametrize(
        ("text", "type_"),
        [
            ("$eq ; #T -> <x:Z>.[x].[x] ; #F -> <x:Z>.[x].[1]", "Z Z Z => Z Z"),
            ("$eq ; #T -> c<x:C>.#e", "Z Z c(C) => {#F: c(C), #e: }"),
            ("<f:(Z => {*: , #e: Z})>.(f ; * -> <x:C>)", "(Z => {*: , #e: Z}) Z C => {*: , #e: C Z}"),
        ],
    )
    def test_what_one_exit_needs_comes_out_below_at_the_others(self, text: str, type_: str) -> None:
        assert infer(parse(text)) == parse_type(type_)

    def test_more_exits_are_allowed_and_fewer_are_not(self) -> None:
        term = parse("$lt")
        assert checks(term, parse_type("Z Z => {#T: , #F: , #e: Z}"))
        assert not checks(term, parse_type("Z Z => {#T: }"))

    def test_annotations_do_not_change_what_a_term_is(self) -> None:
        table = Table()
        assert plain(table, parse("<x:Z>.[x]").within(table)) == plain(table, parse("<y>.[y]").within(table))


def test_shared_terms_are_typed_once() -> None:
    table = Table()
    row = parse("<x:Z>.[x].[x].$add").within(table)
    for _ in range(200):
        row = table.join("*", row, row)
    assert infer(Term(table, row)) == parse_type("Z => Z")


class TestStreams:
    COUNTING = (
        "(c<n:Z>.[n]c.[n].[0].$eq ; #T -> #done ; #F -> c<n:Z>.[n]out.[n].[1].$sub.<m:Z>.[m]c.#l)^#l ; #done -> *"
    )

    def test_heights_of_streams_do_not_count(self) -> None:
        assert "leaves nothing or out(Z)" in fault("([1].[2].$eq ; #T -> #l ; #F -> [7]out.#l)^#l")
        assert infer(parse(self.COUNTING), streams=STREAMS) == parse_type("c(Z) => c(Z)")

    def test_values_of_a_stream_have_one_type(self) -> None:
        with pytest.raises(TypeFault, match="the stream out has values of type"):
            infer(parse("[1]out.['a]out"), streams=STREAMS)


class TestDataTypes:
    def test_constructors_and_case_analysis_have_the_declared_types(self) -> None:
        for text, type_ in (
            ("$nil", "=> List"),
            ("$cons", "Z List => List"),
            ("$List", "List => {#nil: , #cons: List Z}"),
            ("$nil ; [1] ; $cons ; $List ; #nil -> [0] ; #cons -> <h:Z>.<t:List>.[h]", "=> Z"),
        ):
            assert infer(parse_program(Source("t", LIST + text))) == parse_type(type_)

    def test_a_value_is_not_executed(self) -> None:
        assert "a value of type List cannot be executed" in fault(LIST + "$nil.<l:List>.l")


class TestRows:
    @pytest.mark.parametrize(
        ("text", "accepted"),
        [
            ("<f>.f.f", True),
            ("<x>.[x].x", False),
            ("[<x>.[x].[x]].<f>.[1].f.f", False),
            ("c<x>.[x]c.[x]", True),
            ("[1].<f>.f", False),
            ("$eq ; #T -> [1] ; #F -> [0]", True),
            ("[1].[2].$eqb.<b>.[[3]].[[4]].b", True),
            ("([1].#l)^#l", False),
            ("z", False),
        ],
    )
    def test_acceptance(self, text: str, accepted: bool) -> None:
        assert accepts(parse(text)) == accepted

    @settings(max_examples=200)
    @given(seed=SEEDS)
    def test_what_it_accepts_of_base_types_runs_without_a_clash(self, seed: int) -> None:
        term = typed_term(seed)
        assume(term is not None)
        assert term is not None
        accepts(term)  # may say no, but must say


@pytest.mark.parametrize("n", DEPTHS)
@pytest.mark.parametrize(
    "written",
    [
        lambda n: "[1]." * n + "*",
        lambda n: "<x:Z>." * n + "[x]",
        lambda n: "[" * n + "1" + "]" * n,
        lambda n: " ; ".join(["[1]"] * n),
        lambda n: "(" * n + "#e" + " ; #e -> [1].#e)" * n,
    ],
)
def test_deep_programs_have_types(written: Callable[[int], str], n: int) -> None:
    term = parse(written(n))
    infer(term)
    accepts(term)
