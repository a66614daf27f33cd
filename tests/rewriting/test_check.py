"""The checker accepts the hand-written proofs, refuses every bad certificate for the right reason, and stands depth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lemmata.rewriting.certificate import Certificate, Derivation, Step, dump, load
from lemmata.rewriting.check import Checker, Proof, Refused, check
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.bad_certificates import Bad, Peano, catalogue
from tests.samples import peano, peano_derivations


def _certificate(bad: Bad) -> Certificate:
    return Certificate(bad.theory, bad.theory.digest, bad.terms, bad.derivations)


def test_the_samples_are_proved_and_their_axioms_named() -> None:
    theory, terms = peano(), TermTable()
    derivations = peano_derivations(theory, terms)
    verdict = check(Certificate(theory, theory.digest, terms, tuple(derivations)))
    assert verdict.accepted
    assert [p.name for p in verdict.proofs] == [d.name for d in derivations]
    rests_on = {p.name: p.axioms for p in verdict.proofs}
    assert rests_on["zero_add"] == {"+.1", "+.2"}
    assert rests_on["ex_falso"] == frozenset()
    assert rests_on["succ_le_succ"] == {"+.1", "+.2", "<="}  # the lemma's axioms too
    assert verdict.axioms == ("+.1", "+.2", "<=")
    assert next(p.lemmas for p in verdict.proofs if p.name == "succ_le_succ") == ("succ_add",)


@pytest.mark.parametrize("bad", catalogue(), ids=lambda bad: bad.name)
def test_a_bad_certificate_is_refused_for_its_reason(bad: Bad) -> None:
    verdict = check(_certificate(bad))
    assert verdict.first_error is not None
    assert bad.why in str(verdict.first_error)


def test_the_catalogue_has_no_two_entries_of_one_name() -> None:
    names = [bad.name for bad in catalogue()]
    assert len(set(names)) == len(names)


def test_the_proofs_before_the_first_error_stand() -> None:
    p = Peano()
    same = p.eq(p.x, p.x)
    good = Derivation("good", same, (Step("refl", same),))
    wrong = Derivation("wrong", p.absurd, (Step("refl", p.absurd),))
    verdict = check(Certificate(p.theory, p.theory.digest, p.t, (good, wrong, good)))
    assert [proof.name for proof in verdict.proofs] == ["good"]
    assert verdict.first_error is not None
    assert (verdict.first_error.theorem, verdict.first_error.step) == ("wrong", 0)


def test_a_checker_goes_on_after_a_refusal_and_cites_only_what_it_proved() -> None:
    p = Peano()
    checker = Checker(p.theory, p.t)
    with pytest.raises(Refused):
        checker.prove(Derivation("r", p.absurd, (Step("refl", p.absurd),)))
    with pytest.raises(Refused, match="no theorem 'r'"):
        checker.prove(Derivation("q", p.absurd, (Step("lemma", p.absurd, cites="r"),)))
    later = p.eq(p.t.var("later", "N"), p.t.var("later", "N"))  # a row added since
    assert checker.prove(Derivation("r", later, (Step("refl", later),))).name == "r"


class TestTheTheory:
    """A certificate is for one theory: the one that it carries, or the one that the reader holds."""

    def test_the_readers_theory_of_the_same_digest_is_taken(self) -> None:
        theory, terms = peano(), TermTable()
        text = dump(theory, terms, peano_derivations(theory, terms))
        assert check(load(text), peano()).accepted

    def test_an_axiom_smuggled_into_the_carried_theory(self) -> None:
        p = Peano()
        honest = p.theory.digest
        t = p.theory.terms
        smuggled = replace(p.theory.axioms[0], name="oops", formula=t.eq(t.app("0"), t.app("s", t.app("0"))))
        theory = replace(p.theory, axioms=(*p.theory.axioms, smuggled))
        wrong = Derivation("wrong", p.absurd, (Step("axiom", p.absurd, cites="oops"),))
        assert check(Certificate(theory, theory.digest, p.t, (wrong,))).accepted  # of its own theory it is a theorem
        for certificate, against in (
            (Certificate(theory, honest, p.t, (wrong,)), None),  # under Peano's digest
            (Certificate(theory, honest, p.t, (wrong,)), peano()),
            (Certificate(theory, theory.digest, p.t, (wrong,)), peano()),
        ):
            verdict = check(certificate, against)
            assert verdict.first_error is not None
            assert verdict.proofs == ()

    def test_every_logical_part_is_in_the_digest(self) -> None:
        theory = peano()
        symbols, axioms = theory.symbols, theory.axioms
        changed = [
            replace(theory, name="Other"),
            replace(theory, sorts=("N", "M")),
            replace(theory, datatypes=()),
            replace(theory, datatypes=(replace(theory.datatypes[0], constructors=("s", "0")),)),
            replace(theory, symbols=symbols[:-1]),
            replace(theory, symbols=(replace(symbols[0], kind="abstract"), *symbols[1:])),
            replace(theory, axioms=axioms[:-1]),
            replace(theory, axioms=(replace(axioms[0], formula=axioms[1].formula), *axioms[1:])),
            replace(theory, axioms=(replace(axioms[0], name="a"), *axioms[1:])),
            replace(theory, axioms=(replace(axioms[0], kind="axiom"), *axioms[1:])),
        ]
        assert len({theory.digest, *(t.digest for t in changed)}) == len(changed) + 1

    def test_the_digest_does_not_depend_on_where_rows_stand(self) -> None:
        theory = peano()
        terms = TermTable([("var", "unused", "N")])
        moved = theory.terms.copy_into(terms, [a.formula for a in reversed(theory.axioms)])[::-1]
        axioms = tuple(replace(a, formula=f) for a, f in zip(theory.axioms, moved, strict=True))
        assert replace(theory, axioms=axioms, terms=terms).digest == theory.digest


class TestAProofIsMadeByTheCheckerOnly:
    def _proof(self) -> Proof:
        p = Peano()
        same = p.eq(p.x, p.x)
        return Checker(p.theory, p.t).prove(Derivation("r", same, (Step("refl", same),)))

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError):
            Proof(self._proof().derivation, frozenset(), (), object())

    def test_it_cannot_be_made_from_another(self) -> None:
        proof = self._proof()
        wrong = Derivation("wrong", 0, ())
        with pytest.raises(ValueError, match="made_by"):
            replace(proof, derivation=wrong)
        assert not hasattr(proof, "made_by")


class TestDepth:
    DEPTH = 100_000

    def test_a_deep_term_and_a_long_chain(self) -> None:
        p = Peano()
        deep = p.x
        for _ in range(self.DEPTH):
            deep = p.s(deep)
        same = p.eq(deep, deep)
        every = p.every(p.x, same)
        steps = [Step("refl", same), *(Step("sym", same, (n,)) for n in range(1000))]
        steps += [Step("all_intro", every, (1000,), variable=p.x), Step("all_elim", same, (1001,), terms=(p.x,))]
        checker = Checker(p.theory, p.t)
        assert checker.prove(Derivation("deep", same, tuple(steps))).name == "deep"
        wrong = p.eq(p.s(deep), deep)
        with pytest.raises(Refused, match="do not justify"):
            checker.prove(Derivation("wrong", wrong, (Step("refl", same), Step("cong", wrong, (0,)))))

    def test_a_dag_whose_tree_is_exponential(self) -> None:
        p = Peano()
        left, right = p.plus(p.x, p.zero), p.x
        for _ in range(200):
            left, right = p.plus(left, left), p.plus(right, right)
        wide = p.eq(left, right)
        steps = (Step("axiom", p.eq(p.plus(p.x, p.zero), p.x), cites="+.1"), Step("cong", wide, (0,)))
        checker = Checker(p.theory, p.t)
        assert checker.prove(Derivation("wide", wide, steps)).axioms == {"+.1"}
        other = p.eq(left, p.plus(right, right))
        with pytest.raises(Refused, match="do not justify"):
            checker.prove(Derivation("wrong", other, (*steps[:1], Step("cong", other, (0,)))))

    def test_a_formula_that_would_fill_the_memory(self) -> None:
        # every row of the chain under 10,000 quantifiers would have a set of up to 10,000 loose variables
        p = Peano()
        wide = p.false
        for k in range(10_000):
            bound = p.t.add(("bound", k, "N"))
            wide = p.imp(p.eq(bound, bound), wide)
        for _ in range(10_000):
            wide = p.t.add(("all", "N", wide))
        claim = p.imp(wide, wide)
        with pytest.raises(Refused, match="more than 100 variables of outer quantifiers"):
            Checker(p.theory, p.t).prove(
                Derivation("claim", claim, (Step("assume", wide), Step("imp_intro", claim, (0,))))
            )
