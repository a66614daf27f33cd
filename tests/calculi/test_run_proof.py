"""The machine as a theory: what it depends on, and proofs of runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from lemmata.calculi.fmc import closures
from lemmata.calculi.fmc.machine import Ending, Request
from lemmata.calculi.fmc.parsing import parse
from lemmata.calculi.fmc.run_proof import NoRunProof, proof
from lemmata.calculi.fmc.terms import Table
from lemmata.calculi.fmc.transitions import Vocabulary, transitions
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from tests.calculi.terms import SEEDS, any_memory, any_term


def vocabulary(text: str) -> Vocabulary:
    table = Table()
    return Vocabulary.of(table, [parse(text).within(table)], [], False)


class TestTheory:
    def test_it_depends_on_the_words_of_a_program_only(self) -> None:
        one, two = vocabulary("[1]c.c<x>.[x].#e ; #e -> *"), vocabulary("c<y>.([y].[2]c ; #e -> #e)")
        assert one == two
        assert transitions(one).digest == transitions(two).digest
        assert transitions(one).digest != transitions(vocabulary("[1]d")).digest

    def test_each_transition_is_an_axiom(self) -> None:
        names = {axiom.name for axiom in transitions(vocabulary("c<x>.[x].(x ; #e -> *)^#l")).axioms}
        assert {
            "pop_c",
            "push",
            "copy0",
            "join_e",
            "loop_l",
            "select_e",
            "reject_e:*",
            "reject_e:l",
            "execute0",
        } <= names

    def test_the_strict_mode_leaves_out_what_is_forbidden(self) -> None:
        table = Table()
        roots = [parse("in<x>.[x]out").within(table)]
        names = {axiom.name for axiom in transitions(Vocabulary.of(table, roots, [], True)).axioms}
        assert {"pop_in", "push_out"} <= names
        assert not {"push_in", "pop_out"} & names


class TestProofs:
    @settings(max_examples=60)
    @given(seed=SEEDS)
    def test_runs_that_end_have_proofs_that_the_checker_accepts(self, seed: int) -> None:
        request = Request(any_term(seed), any_memory(seed))
        assume(closures.execute(request, fuel=200).ending is not Ending.FUEL)
        certificate = proof(request)
        verdict = check(certificate)
        assert verdict.accepted, verdict
        assert check(load(dump(certificate.theory, certificate.terms, certificate.theorems))).accepted

    def test_another_answer_is_refused(self) -> None:
        good, other = proof(Request(parse("[1].[2].$add"))), proof(Request(parse("[2].[2].$add")))
        (theorem,) = good.theorems
        rows = good.terms.copy_into(good.terms, [theorem.statement])
        assert rows == [theorem.statement]
        table = good.terms
        state = table.rows[theorem.statement]
        wrong = table.eq(state[1], table.app("exit", table.app("empty")))  # type: ignore[arg-type]
        assert check(good).accepted
        assert check(other).accepted
        assert not check(replace(good, theorems=(replace(theorem, statement=wrong),))).accepted

    @pytest.mark.parametrize("text", ["#a ; #b_c -> * ; #c -> * ; #a_b -> *", "#a_ ; #a -> #_", "#_ ; #__ -> *"])
    def test_labels_may_look_like_others_put_together(self, text: str) -> None:
        assert check(proof(Request(parse(text)))).accepted

    def test_what_does_not_end_has_none(self) -> None:
        with pytest.raises(NoRunProof):
            proof(Request(parse("*^*")), fuel=100)

    def test_nor_has_chance(self) -> None:
        with pytest.raises(NoRunProof, match="random"):
            proof(Request(parse("rnd<x>.[x]"), seed=1))

    def test_only_the_transitions_that_were_made_are_used(self) -> None:
        verdict = check(proof(Request(parse("[1].#e ; #e -> <x>.[x].[x]"))))
        assert set(verdict.axioms) == {"join_e", "number", "select_e", "pop", "copy0", "exit"}
