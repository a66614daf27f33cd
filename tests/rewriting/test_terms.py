"""Terms and rule sets as Python objects."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.certificate import dump
from lemmata.rewriting.check import check
from lemmata.rewriting.limits import Limits, Stop
from lemmata.rewriting.ruleset import RuleSet, Unfinished, rules
from lemmata.rewriting.source import LemmataError, SourceError
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import Eq, Signature, SortError, Term, default_bank
from lemmata.rewriting.theory import IllTyped, Notation, Symbol
from tests.rewriting.systems import Maker
from tests.samples import peano

VARIABLES = {"x": "N", "y": "N", "z": "N"}


def _operator(text: str, *arguments: str, result: str = "N", form: str = "infix", level: int = 40) -> Symbol:
    notation = Notation(text, form, level, "left" if form == "infix" else "none")  # type: ignore[arg-type]
    return Symbol(f"{form} {text} {arguments}", arguments, result, "abstract", notation)


@pytest.fixture
def nat() -> Signature:
    """Peano's symbols, over a bank of their own."""
    return Signature(peano().symbols, VARIABLES, TermBank(1))


def _doubled(sig: Signature, times: int) -> Term:
    term = sig.var("x")
    for _ in range(times):
        term = term + term
    return term


def _tower(sig: Signature, height: int) -> Term:
    term = sig.var("x")
    for _ in range(height):
        term = sig.make("s", term)
    return term


class TestSignature:
    def test_what_it_knows(self, nat: Signature) -> None:
        assert nat.sorts == ("N",)
        assert [(d.sort, d.constructors) for d in nat.datatypes] == [("N", ("0", "s"))]
        assert nat.symbol["+"].arguments == ("N", "N")

    def test_of_a_theory_it_is_over_the_default_bank(self) -> None:
        first, second = (Signature.of(peano(), VARIABLES) for _ in range(2))
        assert first.bank is second.bank is default_bank()
        assert first == second
        assert hash(first) == hash(second)
        assert first.term("x + y") == second.term("x + y")

    def test_terms_are_read_and_built(self, nat: Signature) -> None:
        x, y = nat.var("x"), nat.var("y")
        assert nat.term("x + s(y) * 0") == x + nat.make("s", y) * nat.make("0")
        assert nat.term("u + 1", variables={"u": "N"}) == nat.var("u", "N") + 1
        assert 2 + x == nat.term("s(s(0)) + x")

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda s: s.var("w"), "unknown variable 'w'"),
            (lambda s: s.var("w", "M"), "unknown sort 'M'"),
            (lambda s: s.term("x +"), "operand of '\\+' is wanted"),
            (lambda s: s.term("x = y"), "not a formula"),
            (lambda s: s.make("t", s.var("x")), "unknown symbol 't'"),
            (lambda s: s.make("s"), "'s' cannot be applied to nothing"),
            (lambda s: s.make("<=", s.var("x"), s.var("x")), "cannot be applied"),
            (lambda s: s.var("x") - 1, "no infix operator '-'"),
            (lambda s: -s.var("x"), "no prefix operator '-'"),
            (lambda s: s.var("x") + 10**6, "too many successors"),
            (lambda s: s.term("__import__('os')"), "'_' is not a name"),
            (lambda s: s.make("__import__", s.var("x")), "unknown symbol '__import__'"),
        ],
    )
    def test_what_it_refuses(self, nat: Signature, make: object, message: str) -> None:
        with pytest.raises(LemmataError, match=message):
            make(nat)  # type: ignore[operator]

    def test_a_negative_number_needs_a_sign(self, nat: Signature) -> None:
        with pytest.raises(SourceError):
            nat.var("x") + -1

    def test_overloading_is_settled_by_sorts(self) -> None:
        plain, mixed = _operator("+", "A", "A", result="A"), _operator("+", "A", "B", result="B")
        sig = Signature((plain, mixed), {"a": "A", "b": "B"}, TermBank())
        a, b = sig.var("a"), sig.var("b")
        assert (a + a).symbol == plain
        assert (a + b).symbol == mixed
        assert (a + b).sort == "B"
        with pytest.raises(SortError, match="'\\+' cannot be applied to B, A") as error:
            b + a
        assert error.value.hint == "it is A A -> A; A B -> B"
        with pytest.raises(SortError, match="more than one meaning"):
            a + 1

    def test_every_operator_of_python_finds_the_symbol_of_its_text(self) -> None:
        texts = ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "<<", ">>"]
        signs = [_operator(t, "N", form="prefix", level=70) for t in "-+~"]
        zero = Symbol("0", (), "N", "constructor", Notation("0"))
        s = Symbol("s", ("N",), "N", "constructor", Notation("s"))
        sig = Signature((zero, s, *(_operator(t, "N", "N") for t in texts), *signs), VARIABLES, TermBank())
        x, y = sig.var("x"), sig.var("y")
        made = [x + y, x - y, x * y, x / y, x // y, x % y, x**y, x @ y, x & y, x | y, x << y, x >> y]
        assert [t.head for t in made] == texts
        assert all(t.args == (x, y) for t in made)
        zero_first = [0 + y, 0 - y, 0 * y, 0 / y, 0 // y, 0 % y, 0**y, 0 @ y, 0 & y, 0 | y, 0 << y, 0 >> y]
        assert [t.head for t in zero_first] == texts
        assert all(t.args == (sig.make("0"), y) for t in zero_first)
        assert [t.head for t in (-x, +x, ~x)] == ["-", "+", "~"]
        for other in ("y", 1.5, None, True):
            with pytest.raises(TypeError, match="unsupported operand"):
                x + other  # type: ignore[operator]

    def test_a_power_is_written_with_the_usual_text_where_there_is_one(self) -> None:
        sig = Signature((_operator("^", "N", "N"), _operator("**", "N", "N")), VARIABLES, TermBank())
        assert (sig.var("x") ** sig.var("y")).head == "^"

    def test_loading_a_table_takes_only_well_sorted_terms(self, nat: Signature) -> None:
        t = TermTable()
        x = t.var("x", "N")
        assert nat.load(t, t.app("s", x)) == nat.make("s", nat.var("x"))
        for row in (t.eq(x, x), t.app("<=", x, x), t.app("s"), t.app("nowhere"), t.add(("bound", 0, "N")), t.false()):
            with pytest.raises(IllTyped):
                nat.load(t, row)


class TestTerm:
    def test_its_parts(self, nat: Signature) -> None:
        term = nat.term("x + s(y)")
        assert (term.head, term.sort, term.is_variable) == ("+", "N", False)
        assert term.symbol == nat.symbol["+"]
        assert list(term) == list(term.args) == [nat.var("x"), nat.term("s(y)")]
        x = nat.var("x")
        assert (x.head, x.symbol, x.args, x.is_variable) == ("x", None, (), True)
        assert [str(t) for t in nat.term("(x + y) * x + y").variables] == ["x", "y"]

    def test_it_does_not_change(self, nat: Signature) -> None:
        x = nat.var("x")
        with pytest.raises(AttributeError):
            x.signature = nat  # type: ignore[misc]
        with pytest.raises(AttributeError):
            del x.signature

    def test_equality_is_syntactic_and_fits_the_hash(self, nat: Signature) -> None:
        a, b, c = nat.term("x + y"), nat.term("x + y"), nat.term("y + x")
        assert a == b
        assert a is not b
        assert hash(a) == hash(b)
        assert a != c
        assert a != "x + y"
        assert {a: 1}[b] == 1
        assert len({a, b, c, nat.term("x")}) == 3

    def test_equality_and_hash_survive_collection(self, nat: Signature) -> None:
        for n in range(100):
            nat.term(str(n))  # rubbish
        a = nat.term("x + y")
        before, number = hash(a), a.id
        nat.bank.collect()
        assert a.id != number
        assert hash(a) == before
        assert a == nat.term("x + y")
        assert str(a) == "x + y"

    def test_terms_that_nobody_holds_are_collected(self, nat: Signature) -> None:
        a, b = nat.term("x + y"), nat.term("x * y")
        nat.bank.collect()
        assert len(nat.bank) == 4
        del a
        nat.bank.collect()
        assert len(nat.bank) == 3
        del b
        nat.bank.collect()
        assert len(nat.bank) == 0

    def test_terms_of_two_banks_are_kept_apart_until_adopted(self, nat: Signature) -> None:
        other = Signature(nat.symbols, VARIABLES, TermBank())
        a, b = nat.term("x + y"), other.term("x + y")
        assert a != b
        with pytest.raises(SortError, match="another bank") as error:
            a + b
        assert "adopt" in str(error.value.hint)
        assert nat.adopt(b) == a
        assert nat.adopt(b) + a == nat.term("x + y + (x + y)")

    def test_terms_of_two_signatures_do_not_mix(self, nat: Signature) -> None:
        other = Signature(nat.symbols[:-1], VARIABLES, nat.bank)
        with pytest.raises(SortError, match="another signature"):
            nat.var("x") + other.var("y")

    def test_subterms_come_once_and_arguments_first(self, nat: Signature) -> None:
        term = nat.term("(x + y) * s(x + y)")
        assert [str(t) for t in term.subterms()] == ["x", "y", "x + y", "s(x + y)", "(x + y) * s(x + y)"]

    def test_replacing(self, nat: Signature) -> None:
        x, y = nat.var("x"), nat.var("y")
        assert nat.term("x + y * x").replace({x: y, y: x}) == nat.term("y + x * y")
        assert nat.term("s(x) + x").replace({nat.term("s(x)"): y, x: nat.term("0")}) == nat.term("y + 0")
        assert x.replace({}) == x
        sig = Signature((_operator("+", "A", "B"),), {"a": "A", "b": "B"}, TermBank())
        with pytest.raises(SortError, match="cannot stand"):
            (sig.var("a") + sig.var("b")).replace({sig.var("a"): sig.var("b")})

    def test_matching(self, nat: Signature) -> None:
        x, y = nat.var("x"), nat.var("y")
        assert nat.term("s(y) + 0").match(nat.term("x + y")) == {x: nat.term("s(y)"), y: nat.term("0")}
        assert nat.term("0 + s(0)").match(nat.term("x + x")) is None
        assert nat.term("0").match(x) == {x: nat.term("0")}
        mixed = Signature((_operator("+", "A", "B", result="A"),), {"a": "A", "b": "B"}, TermBank())
        assert (mixed.var("a") + mixed.var("b")).match(mixed.var("b")) is None

    @given(st.integers(0, 2**32))
    def test_what_matches_is_an_instance(self, seed: int) -> None:
        make = Maker(seed)
        sig = Signature(make.symbols, {}, TermBank())
        pattern_row = make.term(make.rng.choice("AB"), make.pattern, 2)
        subject = sig.load(make.terms, make.terms.replace(pattern_row, make.substitution(make.rigid, 1)))
        pattern = sig.load(make.terms, pattern_row)
        found = subject.match(pattern)
        assert found is not None
        assert pattern.replace(found) == subject

    def test_sizes(self, nat: Signature) -> None:
        assert (nat.var("x").size, nat.var("x").tree_size) == (1, 1)
        assert (nat.term("x + x").size, nat.term("x + x").tree_size) == (2, 3)
        wide = _doubled(nat, 100)
        assert wide.size == 101
        assert wide.tree_size == 2**101 - 1

    def test_texts(self, nat: Signature) -> None:
        term = nat.term("(x + y) * x")
        assert str(term) == "(x + y) * x"
        assert repr(term) == "Term('(x + y) * x')"
        assert term._repr_latex_() == r"$(x + y) \cdot x$"

    def test_huge_terms_are_elided(self, nat: Signature) -> None:
        wide = _doubled(nat, 100)
        assert len(repr(wide)) < 250
        assert "…" in repr(wide)
        assert wide._repr_latex_() is None
        assert len(repr(Eq(wide, wide))) < 250
        assert Eq(wide, wide)._repr_latex_() is None

    def test_depth_of_a_hundred_thousand(self, nat: Signature) -> None:
        deep = _tower(nat, 100_000)
        assert deep.size == deep.tree_size == 100_001
        assert len(str(deep)) == 3 * 100_000 + 1
        assert len(repr(deep)) < 250
        assert len(deep.subterms()) == 100_001
        assert deep.replace({nat.var("x"): nat.var("y")}).match(deep) == {nat.var("x"): nat.var("y")}
        assert nat.adopt(pickle.loads(pickle.dumps(deep))) == deep

    def test_wide_terms_cost_their_distinct_nodes(self, nat: Signature) -> None:
        wide = _doubled(nat, 100)
        zero = nat.term("0")
        assert wide.replace({nat.var("x"): zero}).match(wide) == {nat.var("x"): zero}
        assert nat.adopt(pickle.loads(pickle.dumps(wide))) == wide
        assert len(pickle.dumps(wide)) < 10_000

    def test_pickling_goes_by_content(self) -> None:
        sig = Signature.of(peano(), VARIABLES)
        term = sig.term("x + s(y)")
        assert pickle.loads(pickle.dumps(term)) == term
        both = pickle.loads(pickle.dumps([term, Eq(term, sig.var("x"))]))
        assert both == [term, Eq(term, sig.var("x"))]
        assert both[0].signature is both[1].left.signature

    def test_another_process_reads_it(self) -> None:
        term = Signature.of(peano(), VARIABLES).term("x + s(y)")
        code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()) + 1)"
        root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
        child = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(term), capture_output=True, cwd=root)
        assert child.stdout.decode().strip() == "x + s(y) + s(0)"

    def test_copies_are_the_term_itself(self, nat: Signature) -> None:
        term = nat.term("x + y")
        assert copy.copy(term) is copy.deepcopy(term) is term


class TestEq:
    def test_it_states_and_does_not_decide(self, nat: Signature) -> None:
        x, y = nat.var("x"), nat.var("y")
        equation = Eq(x + y, y + x)
        assert (equation.left, equation.right) == (x + y, y + x)
        assert (str(equation), repr(equation)) == ("x + y = y + x", "Eq('x + y = y + x')")
        assert equation._repr_latex_() == "$x + y = y + x$"
        assert equation == Eq(x + y, y + x)
        assert equation != Eq(y + x, x + y)
        with pytest.raises(TypeError, match="a == b"):
            bool(equation)
        with pytest.raises(TypeError, match="a == b"):
            assert equation

    def test_its_sides_belong_together(self, nat: Signature) -> None:
        sig = Signature((_operator("+", "A", "B"),), {"a": "A", "b": "B"}, TermBank())
        with pytest.raises(SortError, match="between A and B"):
            Eq(sig.var("a"), sig.var("b"))
        with pytest.raises(SortError, match="another signature"):
            Eq(nat.var("x"), sig.var("a"))


class TestRuleSet:
    def test_normal_forms_traces_and_proofs(self, nat: Signature) -> None:
        arithmetic = RuleSet(peano())
        term = nat.term("3 * 4 + x * 0")
        assert arithmetic.normalize(term) == nat.term("12")
        certificate = arithmetic.proof(term)
        (derivation,) = certificate.theorems
        rows = certificate.terms
        assert derivation.statement == rows.eq(term.dump(rows), nat.term("12").dump(rows))
        verdict = check(certificate, peano())
        assert verdict.accepted
        assert set(verdict.axioms) == {"+.1", "+.2", "*.1", "*.2"}

    def test_a_trace_leads_from_the_term_to_its_normal_form(self, nat: Signature) -> None:
        term = nat.term("(x + 1) * (x + 1)")
        arithmetic = RuleSet(peano())
        steps = arithmetic.trace(term)
        assert [s.axiom for s in steps] == ["+.2", "+.1", "*.2", "+.2"]
        assert len({s.before for s in steps}) == len(steps)
        known = dict[Term, Term]()
        for step in steps:  # each step starts from a term whose arguments are normal by the steps before
            for argument in step.before:
                assert argument.replace(known) == argument
            known[step.before] = step.after
        for _ in steps:
            term = term.replace(known)
        assert term == arithmetic.normalize(nat.term("(x + 1) * (x + 1)"))
        assert arithmetic.trace(nat.term("x")) == ()
        assert [str(s.before) for s in arithmetic.trace(nat.term("(x + 0) * (y + 0)"))] == ["x + 0", "y + 0"]

    def test_the_proof_of_a_normal_term_is_reflexivity(self, nat: Signature) -> None:
        certificate = RuleSet(peano()).proof(nat.term("s(x)"))
        assert [s.rule for s in certificate.theorems[0].steps] == ["refl"]
        assert check(certificate).accepted

    def test_equations_as_texts_and_as_objects(self, nat: Signature) -> None:
        x = nat.var("x")
        units = rules("x + 0 = x", Eq(0 + x, x), "x * 1 = x", signature=nat)
        assert units.normalize(nat.term("0 + y * s(0) + 0")) == nat.var("y")
        assert check(units.proof(nat.term("0 + y * s(0) + 0"))).accepted
        assert [a.name for a in units.theory.axioms] == ["rule1", "rule2", "rule3"]

    def test_permuting_equations_sort(self, nat: Signature) -> None:
        sums = rules("x + y + z = x + (y + z)", "x + y = y + x", "x + (y + z) = y + (x + z)", signature=nat)
        forms = {sums.normalize(nat.term(t)) for t in ("x + (y + z)", "z + (x + y)", "y + z + x", "z + y + x")}
        assert len(forms) == 1
        assert check(sums.proof(nat.term("z + y + x"))).accepted

    @pytest.mark.parametrize(
        ("equation", "message"),
        [
            ("x + 0", "operand|formula"),
            ("x <= y", "not an equation"),
            ("x + 0 = y", "'y', which the left side lacks"),
            ("x + = x", "operand"),
            ("x + 0 = w", "'w'"),
        ],
    )
    def test_what_is_no_rule(self, nat: Signature, equation: str, message: str) -> None:
        with pytest.raises(LemmataError, match=message):
            rules(equation, signature=nat)

    def test_what_does_not_end_says_where(self, nat: Signature) -> None:
        loop = RuleSet(rules("s(x) + y = s(s(x)) + y", signature=nat).theory, fuel=1000)
        with pytest.raises(Unfinished, match="steps") as error:
            loop.normalize(nat.term("s(x) + y"))
        assert error.value.stop is Stop.STEPS
        assert error.value.last is not None
        endless = RuleSet(loop.theory)
        for ask in (endless.normalize, endless.trace, endless.proof):
            with pytest.raises(Unfinished) as error:
                ask(nat.term("s(x) + y"), Limits(seconds=0.01))
            assert error.value.stop is Stop.TIME

    def test_terms_of_several_banks_and_after_collections(self, nat: Signature) -> None:
        arithmetic = RuleSet(peano())
        other = Signature(nat.symbols, VARIABLES, TermBank())
        for sig in (nat, other, nat):
            term = sig.term("2 * 3")
            assert arithmetic.normalize(term) == sig.term("6")
            sig.bank.collect()
            assert arithmetic.normalize(term) == sig.term("6")
            assert check(arithmetic.proof(term)).accepted

    def test_terms_of_another_signature_are_refused(self, nat: Signature) -> None:
        other = Signature(nat.symbols[:-1], VARIABLES, nat.bank)
        with pytest.raises(SortError, match="another signature"):
            RuleSet(peano()).normalize(other.term("x + 0"))

    def test_it_can_be_pickled_after_use(self, nat: Signature) -> None:
        arithmetic = RuleSet(peano())
        arithmetic.normalize(nat.term("2 * 3"))
        assert pickle.dumps(arithmetic) == pickle.dumps(RuleSet(arithmetic.theory))
        again = pickle.loads(pickle.dumps(arithmetic))
        assert again.normalize(nat.term("2 * 3")) == nat.term("6")

    def test_the_same_bytes_whatever_the_bank_has_seen(self) -> None:
        texts = []
        for first in ("0", "z * y * x * 5"):
            sig = Signature(peano().symbols, VARIABLES, TermBank())
            sig.term(first)
            certificate = RuleSet(peano()).proof(sig.term("(x + 2) * (y + 3)"))
            texts.append(dump(certificate.theory, certificate.terms, certificate.theorems))
        assert texts[0] == texts[1]
