"""Literals and built-in operations: texts, values, the bank, evaluation with proofs, what is written and read."""

from __future__ import annotations

import json
import operator
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from itertools import product

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lemmata
from lemmata.rewriting import computing
from lemmata.rewriting.bank import BankSymbol, TermBank
from lemmata.rewriting.certificate import Certificate, Derivation, MalformedCertificate, Step, dump, from_json, load
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder, Explainer
from lemmata.rewriting.literals import SORT_OF, Value, literal_order, literal_text, literal_value
from lemmata.rewriting.matching import match
from lemmata.rewriting.operations import LARGEST_BITS, builtin_symbols, evaluate, result_sort
from lemmata.rewriting.parsing import parse_formula, parse_term
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.reference import ReferenceRewriter, ground_order
from lemmata.rewriting.rewriter import Rewriter
from lemmata.rewriting.rules import RewriteRule, compile_rules
from lemmata.rewriting.ruleset import RuleSet
from lemmata.rewriting.source import Source, SourceError
from lemmata.rewriting.syntax import MalformedRow, TermTable
from lemmata.rewriting.terms import Signature, SortError, Term
from lemmata.rewriting.theory import Axiom, Datatype, IllTyped, Notation, Symbol, Theory, extend_sorts
from tests.rewriting.computations import (
    EDGES,
    SIGNATURE,
    SORTS,
    SYMBOLS,
    VALUES,
    VARIABLES,
    Computations,
    literal,
)

SEEDS = st.integers(0, 2**32)
NUMBERS = st.integers() | st.sampled_from(EDGES) | st.integers(-(2**80), 2**80)
ANY = NUMBERS | st.fractions() | st.booleans() | st.text()
FAC = Symbol("fac", ("Int",), "Int", "abstract", Notation("fac"))
ARITHMETIC = Signature((*builtin_symbols(("Int", "Bool")), FAC), {"x": "Int", "b": "Bool"})


def _rules(signature: Signature, equations: list[str]) -> RuleSet:
    terms = TermTable()
    axioms = []
    for n, text in enumerate(equations, start=1):
        formula = parse_formula(Source("<text>", text), signature.symbols, signature.variables, terms)
        axioms.append(Axiom(f"rule{n}", formula, "axiom"))
    return RuleSet(Theory("rules", signature.sorts, (), signature.symbols, tuple(axioms), (), terms))


class TestTexts:
    @given(ANY)
    def test_a_text_gives_its_value_back_type_and_all(self, value: Value) -> None:
        text = literal_text(value)
        assert literal_value(text) == value
        assert type(literal_value(text)) is type(value)
        assert text.isascii()
        assert text.isprintable()

    @given(st.lists(ANY, max_size=8))
    def test_values_of_different_types_never_merge(self, values: list[Value]) -> None:
        texts = {literal_text(v) for v in values}
        assert len(texts) == len({(type(v), v) for v in values})

    def test_the_four_ones(self) -> None:
        assert [literal_text(v) for v in (1, Fraction(1), True, "1")] == ["1", "1/1", "true", '"1"']

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                "-0",
                "+1",
                "01",
                "1_0",
                " 1",
                "1\n",
                "١",
                "2/4",
                "1/0",
                "0/2",
                "1/-2",
                "-0/1",
                "3/1.0",
                "1e3",
                "True",
            ),
            *("'a'", '"a', '"\\x"', '"é"', '"\\u0041"', '"\\/"', '"\t"', '"a" "b"', "9" * 200_001, '"' + "a" * 200_000),
        ],
        ids=lambda text: repr(text)[:20],
    )
    def test_no_other_text_is_canonical(self, text: str) -> None:
        with pytest.raises(ValueError, match="not the canonical text"):
            literal_value(text)
        with pytest.raises(MalformedRow):
            TermTable().literal(text, "Int")

    def test_numbers_beyond_pythons_limit_of_digits(self) -> None:
        limit = sys.get_int_max_str_digits()
        for n in (10**limit, 10 ** (limit + 1) - 1, -(7 ** (2 * limit)), 3**30_000):
            text = literal_text(n)
            assert literal_value(text) == n
            size = len(text.lstrip("-"))
            assert 10 ** (size - 1) <= abs(n) < 10**size

    def test_a_string_that_would_be_too_long(self) -> None:
        with pytest.raises(ValueError, match="too large"):
            literal_text("\n" * 100_001)

    @given(st.lists(NUMBERS, max_size=8))
    def test_integers_are_ordered_by_size(self, values: list[int]) -> None:
        ordered = sorted(map(literal_text, values), key=literal_order)
        assert [literal_value(t) for t in ordered] == sorted(values, key=lambda n: (abs(n), n))

    @pytest.mark.parametrize("value", VALUES, ids=repr)
    @pytest.mark.parametrize("sort", [*SORTS, "N"])
    def test_a_literal_has_the_sort_of_its_type(self, value: Value, sort: str) -> None:
        terms = TermTable()
        terms.literal(literal_text(value), sort)
        if sort == SORT_OF[type(value)]:
            sorts: list[str] = []
            extend_sorts(sorts, terms.rows, {})
            assert sorts == [sort]
        else:
            with pytest.raises(IllTyped):
                extend_sorts([], terms.rows, {})


TEXTS = ("+", "-", "*", "/", "div", "mod", "^", "<", "<=", ">", ">=", "=", "<>", "not", "and", "or", "++", "length")


class TestOperations:
    def test_division_rounds_down(self) -> None:
        assert [evaluate("div", p) for p in ([7, 2], [-7, 2], [7, -2], [-7, -2])] == [3, -4, -4, 3]
        assert [evaluate("mod", p) for p in ([7, 2], [-7, 2], [7, -2], [-7, -2])] == [1, 1, -1, -1]

    @pytest.mark.parametrize(
        ("text", "values"),
        [
            *(("div", [1, 0]), ("mod", [1, 0]), ("/", [Fraction(1), Fraction(0)]), ("^", [2, -1]), ("^", [0, -1])),
            *(("^", [2, 10**20]), ("^", [-3, LARGEST_BITS]), ("*", [2 ** (LARGEST_BITS - 1)] * 2)),
            *(("++", ["a" * 30_000] * 2), ("+", [1, Fraction(1)]), ("+", [1, True]), ("<", [True, False])),
            *(("sin", [1]), ("+", [1]), ("-", [])),
        ],
        ids=lambda given: given if isinstance(given, str) else None,
    )
    def test_what_has_no_value(self, text: str, values: list[Value]) -> None:
        assert evaluate(text, values) is None

    def test_powers(self) -> None:
        assert evaluate("^", [2, 1000]) == 2**1000
        assert evaluate("^", [0, 0]) == 1
        for base in (0, 1, -1):
            for exponent in (1, 2, 3, 10**30, 10**30 + 1):
                assert evaluate("^", [base, exponent]) == (base if exponent % 2 else base * base)

    @pytest.mark.parametrize("text", [*TEXTS, "sin"])
    def test_search_and_checker_compute_the_same(self, text: str) -> None:
        smaller = (3, -3, 10, -10, Fraction(-2, 3), Fraction(5, 7), "ab")
        pairs = product((*VALUES, *smaller), repeat=2)
        for values in [[], *([v] for v in VALUES), *map(list, pairs)]:
            self._compare(text, values)

    @given(st.sampled_from(TEXTS), st.lists(ANY, min_size=1, max_size=2))
    def test_and_on_whatever_values(self, text: str, values: list[Value]) -> None:
        self._compare(text, values)

    def _compare(self, text: str, values: list[Value]) -> None:
        sorts = tuple(SORT_OF[type(v)] for v in values)
        result = result_sort(text, sorts)
        known = [s for s in SORTS if computing.operation(text, sorts, s) is not None]
        assert known == ([] if result is None else [result])
        found = evaluate(text, values)
        if result is None:
            assert found is None
            return
        compute = computing.operation(text, sorts, result)
        assert compute is not None
        try:
            expected = compute(*values)
        except computing.NoValue:
            expected = None
        assert found == expected
        assert found is None or SORT_OF[type(found)] == result

    @pytest.mark.parametrize("sorts", [["Int"], ["Int", "Bool"], ["Rat", "Bool"], SORTS, []])
    def test_the_symbols_are_all_of_the_operations_among_the_sorts(self, sorts: list[str]) -> None:
        symbols = builtin_symbols(sorts)
        assert len({s.name for s in symbols}) == len(symbols)
        profiles = {(s.notation.text, s.arguments, s.result) for s in symbols}
        expected = {
            (text, arguments, result)
            for text in TEXTS
            for n in (1, 2)
            for arguments in product(sorts, repeat=n)
            if (result := result_sort(text, arguments)) in sorts
        }
        assert profiles == expected


class TestTheBank:
    @given(ANY)
    def test_a_literal_and_its_value(self, value: Value) -> None:
        bank, sort = TermBank(1), SORT_OF[type(value)]
        term = bank.literal(value, sort)
        assert bank.literal(value, sort) == term
        assert bank.literal_value(term) == value
        assert type(bank.literal_value(term)) is type(value)
        assert bank.head(term) == BankSymbol("lit", "", (), sort)
        assert (bank.arguments(term), bank.sort(term), bank.leaf_name(term)) == ([], sort, literal_text(value))
        small = type(value) is int and -(2**30) <= value < 2**30
        assert (term == value - 2**30 and len(bank) == 0) if small else (term > 0 and len(bank) == 1)  # type: ignore[operator]

    def test_the_symbol_of_integers_is_the_first_in_every_bank(self) -> None:
        assert TermBank().symbol_id(BankSymbol("lit", "", (), "Int")) == 0

    @pytest.mark.parametrize(
        ("value", "sort"), [(1, "Rat"), (1, "Bool"), (True, "Int"), ("a", "N"), (Fraction(2), "Int")]
    )
    def test_a_value_of_another_sort(self, value: Value, sort: str) -> None:
        with pytest.raises(ValueError, match="has no literals of type"):
            TermBank().literal(value, sort)

    def test_a_variable_called_like_a_literal_is_another_term(self) -> None:
        bank = TermBank()
        terms = TermTable()
        true = bank.literal(True, "Bool")
        variable = bank.leaf(bank.symbol_id(BankSymbol("var", "", (), "Bool")), "true")
        rows = [terms.rows[i] for i in bank.dump([true, variable], terms)]
        assert rows == [("lit", "true", "Bool"), ("var", "true", "Bool")]
        assert bank.literal_value(variable) is None

    @given(SEEDS)
    def test_what_is_loaded_is_dumped_and_survives_a_collection(self, seed: int) -> None:
        draw = Computations(seed)
        roots = [draw.term(draw.rng.choice(SORTS), 3, draw.variables) for _ in range(6)]
        bank = TermBank(1)
        ids = bank.load(draw.terms, roots, SIGNATURE)
        handles = [bank.handle(t) for t in ids[::2]]
        assert bank.dump(ids, draw.terms) == roots
        bank.collect()
        assert bank.dump(map(bank.held, handles), draw.terms) == roots[::2]
        assert bank.load(draw.terms, roots[::2], SIGNATURE) == [bank.held(h) for h in handles]
        rows = len(bank)
        for handle in handles:
            bank.release(handle)
        bank.collect()
        assert len(bank) == 0 <= rows

    def test_many_rows_with_integers_at_once(self) -> None:
        bank = TermBank(1)
        pair = bank.symbol_id(BankSymbol("app", "pair", ("Int", "Int"), "P"))
        numbers = np.array([[bank.literal(a, "Int"), bank.literal(b, "Int")] for a in EDGES for b in EDGES], np.int32)
        made = bank.nodes(pair, numbers).tolist()
        assert made == [bank.node(pair, row) for row in numbers.tolist()]
        assert len(set(made)) == len(EDGES) ** 2

    def test_handles_of_integers(self) -> None:
        bank = TermBank()
        terms = [bank.literal(n, "Int") for n in EDGES]
        handles = [bank.handle(t) for t in terms]
        assert len(set(handles)) == len(EDGES)
        bank.collect()
        assert [bank.literal_value(bank.held(h)) for h in handles] == list(EDGES)
        assert [bank.handle(bank.literal(n, "Int")) for n in EDGES] == handles


def _rewriter(bank: TermBank, terms: TermTable, given: list[RewriteRule], **more: object) -> Rewriter:
    return Rewriter(bank, compile_rules(bank, terms, SIGNATURE, given), **more)  # type: ignore[arg-type]


class TestRewriting:
    @given(SEEDS)
    @settings(max_examples=150)
    def test_the_kernel_computes_what_the_reference_computes_and_proves_it(self, seed: int) -> None:
        draw = Computations(seed)
        given, terms = draw.rules(), draw.terms
        subjects = [draw.term(draw.rng.choice(SORTS), draw.rng.randint(0, 4), draw.variables) for _ in range(4)]
        axioms = {f"a{n}": terms.eq(r.lhs, r.rhs) for n, r in enumerate(given)}
        given = [replace(r, cites=("axiom", f"a{n}")) for n, r in enumerate(given)]
        bank = TermBank(1)
        rewriter = _rewriter(bank, terms, given)
        ids = bank.load(terms, subjects, SIGNATURE)
        result = rewriter.normalise(ids)
        reference = ReferenceRewriter(terms, given, signature=SIGNATURE)
        expected = [reference.normalise(s) for s in subjects]
        assert bank.dump(result.terms, terms) == expected
        assert rewriter.rewrites == reference.rewrites
        assert [rewriter.normal(t) for t in ids] == list(result.terms)
        builder = Builder(terms)
        explainer = Explainer(builder, rewriter, axioms)
        derivations = []
        for n, (t, left, right) in enumerate(zip(ids, subjects, expected, strict=True)):
            step = explainer.normal_form(t)
            assert (step is None) == (left == right)
            if step is not None:
                derivations.append(builder.finish(f"t{n}", step))
                assert derivations[-1].statement == terms.eq(left, right)
        theory = Theory(
            "T", SORTS, (), SYMBOLS, tuple(Axiom(name, f, "axiom") for name, f in axioms.items()), (), terms
        )
        certificate = load(dump(theory, terms, derivations))
        verdict = check(certificate)
        assert verdict.accepted, verdict.first_error
        computed = any(s.rule == "eval" for d in derivations for s in d.steps)
        assert bool(verdict.trusted) == computed

    @given(SEEDS)
    def test_literals_have_one_path_order_everywhere(self, seed: int) -> None:
        draw = Computations(seed)
        terms = draw.terms
        x, y = draw.variables[:2]
        precedence = {s.name: n for n, s in enumerate(draw.rng.sample(SYMBOLS, len(SYMBOLS)))}
        swap = RewriteRule(
            terms.app("fInt", x, y), terms.app("fInt", y, x), frozenset({x, y}), ("axiom", "swap"), ordered=True
        )
        rigid = draw.variables[2:] + [terms.var(v, "Int") for v in ("b", "a", "5000000000")]
        leaves = [literal(terms, n) for n in EDGES] + [v for v in rigid if terms.rows[v][2] == "Int"]
        pool = leaves + [terms.app("fInt", *draw.rng.sample(leaves, 2)) for _ in range(3)]
        subjects = [terms.app("fInt", *draw.rng.sample(pool, 2)) for _ in range(6)]
        bank = TermBank(1)
        rewriter = _rewriter(bank, terms, [swap], precedence=precedence)
        result = rewriter.normalise(bank.load(terms, subjects, SIGNATURE))
        reference = ReferenceRewriter(terms, [swap], precedence, signature=SIGNATURE)
        assert bank.dump(result.terms, terms) == [reference.normalise(s) for s in subjects]

    @given(SEEDS)
    def test_the_path_order_is_total_on_literals_and_below_symbols(self, seed: int) -> None:
        draw = Computations(seed)
        terms = [literal(draw.terms, v) for v in draw.rng.sample(VALUES, 8)]
        terms += [draw.variables[0], draw.terms.app("fInt", *[literal(draw.terms, 5)] * 2)]
        greater = ground_order(draw.terms, {s.name: n for n, s in enumerate(SYMBOLS)})
        for a, b in product(terms, terms):
            assert greater(a, b) + greater(b, a) == (a != b)
        kinds = {"lit": 0, "var": 1, "app": 2}
        for a, b in product(terms, terms):
            if kinds[str(draw.terms.rows[a][0])] > kinds[str(draw.terms.rows[b][0])]:
                assert greater(a, b)

    def test_what_has_no_value_stays_and_rules_may_still_apply(self) -> None:
        sig = ARITHMETIC
        stays = sig.term("1 div 0 + (2 ^ -1) + 3 mod 0")
        plain = _rules(sig, [])
        assert plain.normalize(stays) == stays
        mended = _rules(sig, ["x div 0 = 7"])
        assert mended.normalize(sig.term("1 div 0 + 3")) == sig.term("10")
        assert check(mended.proof(sig.term("1 div 0 + 3"))).accepted

    def test_computing_comes_before_rules(self) -> None:
        sig = ARITHMETIC
        assert _rules(sig, ["x + 2 = 0"]).normalize(sig.term("(fac(x) + 2) - (1 + 2)")) == sig.literal(-3)

    def test_rules_with_literals_on_both_sides(self) -> None:
        sig = ARITHMETIC
        factorial = _rules(sig, ["fac(0) = 1", "fac(x) = x * fac(x - 1)"])
        assert factorial.normalize(sig.term("fac(20)")).value == 2432902008176640000
        assert [s.axiom for s in factorial.trace(sig.term("fac(1)"))] == ["rule2", None, "rule1", None]
        big = _rules(sig, [f"fac({10**40}) = -{10**50}"])
        assert big.normalize(sig.term(f"fac({10**39} * 10)")).value == -(10**50)

    def test_a_value_is_remembered_across_a_collection(self) -> None:
        bank = TermBank()
        sig = Signature(ARITHMETIC.symbols, ARITHMETIC.variables, bank)
        factorial = _rules(sig, ["fac(0) = 1", "fac(x) = x * fac(x - 1)"])
        first = factorial.normalize(sig.term("fac(30)"))
        bank.collect()
        assert factorial.normalize(sig.term("fac(30)")) == first
        assert first.value == int("265252859812191058636308480000000")


class TestCertificates:
    def _certificate(self) -> Certificate:
        factorial = _rules(ARITHMETIC, ["fac(0) = 1", "fac(x) = x * fac(x - 1)"])
        return factorial.proof(ARITHMETIC.term("fac(3)"))

    def test_the_checker_names_what_it_computed(self) -> None:
        verdict = check(self._certificate())
        assert verdict.trusted == ("* : Int Int -> Int", "- : Int Int -> Int")

    def test_a_lemma_passes_on_what_it_trusts(self) -> None:
        given = self._certificate()
        (first,) = given.theorems
        again = Derivation("again", first.statement, (Step("lemma", first.statement, cites=first.name),))
        proofs = check(replace(given, theorems=(first, again))).proofs
        assert proofs[0].trusted == proofs[1].trusted != frozenset()

    def test_literals_that_differ(self) -> None:
        t = TermTable()
        one, two = t.literal("1", "Int"), t.literal("2", "Int")
        claim = t.negate(t.eq(one, two))
        steps = (Step("assume", t.eq(one, two)), Step("distinct", t.false(), (0,)), Step("imp_intro", claim, (1,)))
        theory = Theory("T", ("Int",), (), (), (), (), TermTable())
        verdict = check(Certificate(theory, theory.digest, t, (Derivation("r", claim, steps),)))
        assert verdict.accepted
        assert verdict.trusted == ("literals of Int",)

    def test_it_is_of_version_2_and_fits_the_schema(self) -> None:
        given = self._certificate()
        text = dump(given.theory, given.terms, given.theorems)
        data = json.loads(text)
        assert data["version"] == 2
        schema = json.loads(files("lemmata.rewriting").joinpath("certificate.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(data)
        data["version"] = 1
        with pytest.raises(MalformedCertificate, match="version 1 does not have"):
            from_json(data)
        for bad in ("01", "1.0", "", 1, '"\n"', "-0"):
            cells = next(row for row in data["terms"] if row[0] == "lit")
            changed = json.loads(json.dumps(data).replace(json.dumps(cells), json.dumps(["lit", bad, "Int"])))
            changed["version"] = 2
            with pytest.raises(MalformedCertificate):
                from_json(changed)

    def test_what_a_symbol_computes_is_in_the_digest(self) -> None:
        symbols = list(builtin_symbols(["Int"]))
        theory = Theory("T", ("Int",), (), tuple(symbols), (), (), TermTable())
        plus = next(n for n, s in enumerate(symbols) if s.notation.text == "+")
        symbols[plus] = replace(symbols[plus], notation=replace(symbols[plus].notation, text="*"))
        assert replace(theory, symbols=tuple(symbols)).digest != theory.digest
        other = replace(symbols[plus], kind="abstract")
        renamed = replace(other, notation=Notation("plus"))
        assert replace(theory, symbols=(other,)).digest == replace(theory, symbols=(renamed,)).digest

    def test_mutants_of_computed_steps_are_refused(self) -> None:
        given = self._certificate()
        (derivation,) = given.theorems
        rows, refused = given.terms.rows, 0
        equations = [i for i, row in enumerate(rows) if row[0] == "eq"]
        for n, step in enumerate(derivation.steps):
            for conclusion in equations:
                wrong = replace(step, rule="eval", conclusion=conclusion, premises=(), cites=None, substitution=())
                steps = (*derivation.steps[:n], wrong, *derivation.steps[n + 1 :])
                verdict = check(replace(given, theorems=(replace(derivation, steps=steps),)))
                left, right = (rows[int(i)] for i in rows[conclusion][1:])
                true = step.conclusion == conclusion and step.rule == "eval"
                operands = [rows[int(i)] for i in left[2:]] if left[0] == "app" else []
                if verdict.accepted and not true:  # an equation that is not needed as it was, but true
                    computed = evaluate(SIGNATURE_TEXT[str(left[1])], [literal_value(str(o[1])) for o in operands])
                    assert right == ("lit", str(computed), "Int")
                refused += not verdict.accepted
        assert refused > 50

    def test_no_literals_beside_constructors(self) -> None:
        t = TermTable()
        one = t.literal("1", "Int")
        symbols = (Symbol("c", (), "Int", "constructor", Notation("c")),)
        theory = Theory("T", ("Int",), (Datatype("Int", ("c",)),), symbols, (), (), TermTable())
        verdict = check(Certificate(theory, theory.digest, t, (Derivation("r", t.eq(one, one), (Step("refl", 1),)),)))
        assert "which has no literals" in str(verdict.first_error)


SIGNATURE_TEXT = {s.name: s.notation.text for s in ARITHMETIC.symbols}


class TestWrittenAndRead:
    @given(SEEDS)
    @settings(max_examples=300)
    def test_what_is_printed_is_read_back(self, seed: int) -> None:
        draw = Computations(seed)
        symbols = SYMBOLS
        if draw.rng.random() < 0.4:  # signatures with some of the sorts, and signs of other strength
            kept = set(draw.rng.sample(SORTS, draw.rng.randint(1, 3)))
            symbols = tuple(s for s in SYMBOLS if kept.issuperset((*s.arguments, s.result)))
        if draw.rng.random() < 0.5:
            level = draw.rng.choice((20, 45, 99))
            signs = {
                s.name: replace(s.notation, level=level) for s in symbols if (s.notation.text, s.arity) == ("-", 1)
            }
            dropped = signs.keys() if level == 20 else ()
            symbols = tuple(
                replace(s, notation=signs.get(s.name, s.notation)) for s in symbols if s.name not in dropped
            )
        sorts = sorted({s.result for s in symbols}) or ["Int"]
        names = {s.name for s in symbols}
        variables = {v: s for v, s in VARIABLES.items() if s in sorts}
        sort = draw.rng.choice(sorts)
        for _ in range(50):
            term = draw.term(sort, draw.rng.randint(0, 4), draw.variables)
            below = [draw.terms.rows[i] for i in draw.terms.reachable([term])]
            if all(row[1] in names if row[0] == "app" else row[2] in sorts for row in below):
                break
        else:
            return
        table = TermTable(draw.terms.rows)
        text = Printer(symbols, variables.values()).show(table, term)
        assert parse_term(Source("<text>", text), symbols, variables, table, sort) == term
        formula = table.eq(term, term)
        text = Printer(symbols, variables.values()).show(table, formula)
        assert parse_formula(Source("<text>", text), symbols, variables, table) == formula

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            *(("-3", "-3"), ("-3 ^ 2", "-3 ^ 2"), ("(-3)^2", "(-3) ^ 2"), ("- 3", "-(3)"), ("x - -3", "x - -3")),
            *(
                ("007", "7"),
                ("-0", "0"),
                ("-(-3)", "-(-3)"),
                ("2 * -x", "2 * -x"),
                ("not true and b", "not true and b"),
            ),
            ("(x = 3) and not (b or false)", "x = 3 and not (b or false)"),
        ],
    )
    def test_examples(self, text: str, shown: str) -> None:
        assert str(ARITHMETIC.term(text)) == shown

    def test_a_minus_before_a_number_is_its_sign_unless_something_binds_tighter(self) -> None:
        sig = ARITHMETIC
        assert sig.term("-3").value == -3
        assert sig.term("-3 + x") == sig.literal(-3) + sig.var("x")
        assert sig.term("-3 ^ 2") == -(sig.literal(3) ** 2)
        assert sig.term("-(3)") == -sig.literal(3)

    def test_a_fraction_has_no_blanks(self) -> None:
        sig = Signature(builtin_symbols(["Rat"]), {"q": "Rat"})
        assert sig.term("6/4").value == Fraction(3, 2)
        assert sig.term("6 / 4") == sig.make("/", sig.literal(6, "Rat"), 4)
        assert str(sig.term("q + 2/1 - -1/2")) == "q + 2 - -1/2"
        assert sig.term("q / 3") == sig.var("q") / 3

    def test_formulas_and_truth_values(self) -> None:
        sig, terms = ARITHMETIC, TermTable()
        formula = parse_formula(
            Source("<text>", "(x < 2) = true and not (not b = false)"), sig.symbols, sig.variables, terms
        )
        assert [terms.rows[i][0] for i in (formula, *terms.rows[formula][1:])] == ["and", "eq", "imp"]  # type: ignore[index]
        assert Printer(sig.symbols).show(terms, formula) == "(x < 2) = true and not b != false"

    def test_numerals_beside_integers(self) -> None:
        zero = Symbol("0", (), "N", "constructor", Notation("0"))
        step = Symbol("s", ("N",), "N", "constructor", Notation("s"))
        of = Symbol("of", ("N",), "Int", "abstract", Notation("of"))
        sig = Signature((*builtin_symbols(["Int"]), zero, step, of))
        assert str(sig.term("of(2) + 3")) == "of(s(s(0))) + 3@Int"
        assert sig.term("0@Int").value == 0
        assert sig.term("0").value is None
        assert sig.term(str(sig.term("-7@Int"))).value == -7

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            *(("1/0", "a denominator is not 0"), ('"a"', "a term or formula is wanted"), ("9" * 200_001, "too large")),
            *(("-3@Rat", "unknown operator"), ("--3", "a term or formula is wanted")),
            *(("1.5", "unknown operator"), ("0x10", "a name cannot begin with a digit")),
        ],
        ids=lambda given: given[:20],
    )
    def test_what_cannot_be_read(self, text: str, message: str) -> None:
        sorts = ["Int", "Rat"] if "/" in text else ["Int"]
        with pytest.raises(SourceError, match=message):
            Signature(builtin_symbols(sorts)).term(text)

    def test_a_minus_without_an_operation(self) -> None:
        symbols = tuple(s for s in builtin_symbols(["Int"]) if s.notation.text == "^")
        sig = Signature(symbols)
        assert sig.term("(-2) ^ 2") == sig.term(str(sig.term("(-2) ^ 2")))
        with pytest.raises(SourceError, match="no operation '-'"):
            sig.term("-2 ^ 2")

    def test_strings(self) -> None:
        sig = Signature(builtin_symbols(["String"]))
        term = sig.term(r'"a\"b\\" ++ "\u00e9"')
        assert [t.value for t in term.args] == ['a"b\\', "é"]
        assert str(term) == r'"a\"b\\" ++ "\u00e9"'
        for bad in (r'"\x"', '"a', '"\t"', '"' + "é" * 40_000 + '"'):
            with pytest.raises(SourceError):
                sig.term(bad)

    def test_a_theory_of_ones_own_integers_has_no_literals(self) -> None:
        made = lemmata.parse("sort Int = zero | next(Int)\nsort Bool = true | no\nvar x : Int")
        sig = Signature.of(made.theory, made.variables)
        assert sig.literals == frozenset()
        with pytest.raises(SourceError):
            sig.term("2", "Int")
        with pytest.raises(SortError):
            sig.literal(2)
        abstract = lemmata.parse("sort Int\nop f : Int -> Int")
        with pytest.raises(SourceError, match="no sort has the numeral"):
            lemmata.parse("sort Int\nop f : Int -> Int\ntheorem t: f(2) = f(2)")
        assert abstract.theory.digest.startswith("sha256:")


class TestTerms:
    @pytest.mark.parametrize(
        "operation", [operator.add, operator.sub, operator.mul, operator.pow], ids=lambda o: o.__name__
    )
    def test_whole_numbers_become_literals(self, operation: Callable[[object, object], Term]) -> None:
        x = ARITHMETIC.var("x")
        for n in EDGES:
            assert operation(x, n) == operation(x, ARITHMETIC.literal(n))
            assert operation(n, x) == operation(ARITHMETIC.literal(n), x)
        assert ARITHMETIC.make("fac", 10**30).args[0].value == 10**30

    def test_a_literal_is_no_variable_and_has_no_symbol(self) -> None:
        two = ARITHMETIC.literal(2)
        assert (two.is_variable, two.symbol, two.head, two.args, two.value) == (False, None, "2", (), 2)
        assert ARITHMETIC.var("x").value is None
        assert two.variables == []

    def test_pickling_and_adopting(self) -> None:
        own = Signature(SYMBOLS, VARIABLES, TermBank())
        for text in ("xInt * 2 + -5000000000", "xRat + 3/4", '"é" ++ xString', "not true or xBool"):
            text = text.replace("é", "\\u00e9")
            term = own.term(text)
            again = pickle.loads(pickle.dumps(term))
            assert str(again) == str(term)
            assert own.adopt(again) == term

    def test_matching_and_replacing(self) -> None:
        x = ARITHMETIC.var("x")
        term = ARITHMETIC.term("(2 + 3) * (2 + 3)")
        assert term.match(x * x) == {x: ARITHMETIC.term("2 + 3")}
        assert ARITHMETIC.term("2 * 3").match(x * x) is None
        assert term.replace({ARITHMETIC.literal(2): x}) == ARITHMETIC.term("(x + 3) * (x + 3)")
        assert ARITHMETIC.term("b and true").match(ARITHMETIC.term("b and b")) is None
        terms = TermTable()
        x_row, b_row, true = terms.var("x", "Int"), terms.var("b", "Bool"), terms.literal("true", "Bool")
        assert match(terms, x_row, true, {x_row}) is None
        assert match(terms, b_row, true, {b_row}) == {b_row: true}

    def test_a_literal_of_another_sort_is_refused(self) -> None:
        with pytest.raises(SortError):
            ARITHMETIC.literal("a")
        with pytest.raises(SortError):
            ARITHMETIC.literal(True, "Int")
        table = TermTable()
        with pytest.raises(IllTyped):
            ARITHMETIC.load(table, table.literal('"a"', "String"))
