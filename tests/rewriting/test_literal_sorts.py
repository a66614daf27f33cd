"""The literal sorts Real, Complex and BitVec<width>, and the connectives xor, implies and iff."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import computing
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.certificate import MalformedCertificate, dump, from_json, load, to_json
from lemmata.rewriting.check import check
from lemmata.rewriting.literals import LITERAL_SORTS, Value, bit_width, has_literal
from lemmata.rewriting.operations import LARGEST_BITS, builtin_symbols, evaluate, result_sort
from lemmata.rewriting.ruleset import RuleSet, rules
from lemmata.rewriting.source import SourceError
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import Signature, SortError
from lemmata.rewriting.theory import Axiom, IllTyped, Theory, extend_sorts

TEXTS = (
    *("+", "-", "*", "/", "div", "mod", "^", "abs", "&", "|", "xor", "~", "<<", ">>", "not", "and", "or", "implies"),
    *("iff", "<", "<=", ">", ">=", "=", "<>", "++", "length"),
)
RESULTS = ("Int", "Rat", "Real", "Complex", "Bool", "String", "BitVec1", "BitVec3", "BitVec8")
FRACTIONS = (*(Fraction(n) for n in (0, 1, -1, 2, -3, 10)), Fraction(1, 2), Fraction(-2, 3), Fraction(10**20, 7))
VALUES: dict[str, tuple[Value, ...]] = {
    "Rat": FRACTIONS,
    "Real": FRACTIONS,
    "Complex": FRACTIONS,
    "Bool": (False, True),
    "BitVec1": (0, 1),
    "BitVec3": tuple(range(8)),
    "BitVec8": (0, 1, 7, 8, 9, 127, 128, 254, 255),
}


def agree(text: str, sorts: tuple[str, ...], values: list[Value]) -> Value | None:
    """The value, which search and checker must agree on."""
    result = result_sort(text, sorts)
    assert [s for s in dict.fromkeys((*RESULTS, *sorts)) if computing.operation(text, sorts, s) is not None] == (
        [] if result is None else [result]
    )
    found = evaluate(text, values, sorts)
    if result is None:
        assert found is None
        return None
    compute = computing.operation(text, sorts, result)
    assert compute is not None
    try:
        expected = compute(*values)
    except computing.NoValue:
        expected = None
    assert found == expected
    assert found is None or has_literal(result, found)
    return found


class TestSorts:
    def test_widths(self) -> None:
        assert [bit_width(f"BitVec{w}") for w in ("1", "64", "4096", "4097", "0", "01", "", "8 ", "\u0661")] == [
            *(1, 64, 4096),
            *[None] * 6,
        ]
        assert "BitVec4096" in LITERAL_SORTS
        assert "BitVec4097" not in LITERAL_SORTS
        assert len(list(LITERAL_SORTS)) == len(LITERAL_SORTS)

    @pytest.mark.parametrize(
        ("sort", "text", "good"),
        [
            *(("Real", "3/4", True), ("Complex", "-2/1", True), ("Real", "3", False), ("Complex", "true", False)),
            *(("BitVec8", "255", True), ("BitVec8", "256", False), ("BitVec8", "-1", False), ("BitVec8", "1/1", False)),
            *(("BitVec9", "256", True), ("BitVec4097", "0", False), ("BitVec1", "true", False)),
        ],
    )
    def test_which_literals_they_have(self, sort: str, text: str, good: bool) -> None:
        terms = TermTable()
        terms.literal(text, sort)
        if good:
            sorts: list[str] = []
            extend_sorts(sorts, terms.rows, {})
            assert sorts == [sort]
        else:
            with pytest.raises(IllTyped):
                extend_sorts([], terms.rows, {})

    def test_literals_of_different_sorts_are_different_terms(self) -> None:
        bank = TermBank(1)
        made = [bank.literal(Fraction(1, 2), s) for s in ("Rat", "Real", "Complex")]
        made += [bank.literal(7, s) for s in ("Int", "BitVec8", "BitVec9")]
        assert len(set(made)) == 6
        assert [bank.literal_value(t) for t in made] == [Fraction(1, 2)] * 3 + [7] * 3
        with pytest.raises(ValueError, match="BitVec8"):
            bank.literal(256, "BitVec8")
        with pytest.raises(ValueError, match="Real"):
            bank.literal(1, "Real")


class TestOperations:
    @pytest.mark.parametrize("text", TEXTS)
    def test_search_and_checker_compute_the_same(self, text: str) -> None:
        for sort, values in VALUES.items():
            for value in values:
                agree(text, (sort,), [value])
            for pair in product(values, repeat=2):
                agree(text, (sort, sort), list(pair))
        for sorts in (("Real", "Complex"), ("BitVec3", "BitVec8"), ("BitVec8", "Int"), ("Rat", "Real"), ()):
            agree(text, sorts, [])

    @given(st.integers(1, 70), st.data())
    def test_bit_vectors_by_their_digits(self, width: int, data: st.DataObject) -> None:
        x, y = (data.draw(st.integers(0, 2**width - 1)) for _ in range(2))
        sorts = (f"BitVec{width}",) * 2
        digits = [(x >> n & 1, y >> n & 1) for n in range(width)]

        def number(bits: list[int]) -> int:
            return sum(bit << n for n, bit in enumerate(bits))

        assert agree("&", sorts, [x, y]) == number([min(a, b) for a, b in digits])
        assert agree("|", sorts, [x, y]) == number([max(a, b) for a, b in digits])
        assert agree("xor", sorts, [x, y]) == number([(a + b) % 2 for a, b in digits])
        assert agree("~", sorts[:1], [x]) == number([1 - a for a, _ in digits])
        shift = data.draw(st.integers(0, min(2**width - 1, width + 2)))
        ones = [a for a, _ in digits]
        assert agree("<<", sorts, [x, shift]) == number(([0] * shift + ones)[:width])
        assert agree(">>", sorts, [x, shift]) == number(ones[shift:])
        for text in ("+", "-", "*"):
            found = agree(text, sorts, [x, y])
            assert isinstance(found, int)
            assert (found - {"+": x + y, "-": x - y, "*": x * y}[text]) % 2**width == 0
        assert agree("-", sorts[:1], [x]) == (2**width - x) % 2**width
        assert agree("<", sorts, [x, y]) is (x < y)

    def test_shifts_by_large_numbers(self) -> None:
        wide = ("BitVec4096",) * 2
        assert agree("<<", wide, [1, 2**4095]) == 0
        assert agree(">>", wide, [2**4095, 2**4095]) == 0
        assert agree("<<", wide, [1, 4095]) == 2**4095

    def test_powers(self) -> None:
        powers: list[tuple[Fraction, int | Fraction, Fraction | None]] = [
            (Fraction(-2, 3), 3, Fraction(-8, 27)),
            (Fraction(-2, 3), -3, Fraction(-27, 8)),
            (Fraction(0), 0, Fraction(1)),
            (Fraction(0), -1, None),
            (Fraction(4), Fraction(1, 2), None),
            (Fraction(-1), 10**30 + 1, Fraction(-1)),
            (Fraction(3, 2), 10**30, None),
            (Fraction(2, 3), -(10**30), None),
            (Fraction(2), LARGEST_BITS, None),
        ]
        for sort, (base, exponent, value) in product(("Real", "Complex"), powers):
            assert agree_small("^", sort, base, Fraction(exponent)) == value

    def test_what_only_reals_have(self) -> None:
        assert result_sort("abs", ["Real"]) == "Real"
        assert [result_sort("abs", [s]) for s in ("Int", "Rat", "Complex")] == [None] * 3
        assert [result_sort("<", [s, s]) for s in ("Real", "Complex")] == ["Bool", None]
        assert evaluate("abs", [Fraction(-3, 4)], ["Real"]) == Fraction(3, 4)

    def test_connectives(self) -> None:
        table = {(x, y): (x != y, not x or y, x == y) for x in (False, True) for y in (False, True)}
        for pair, values in table.items():
            assert tuple(evaluate(t, list(pair)) for t in ("xor", "implies", "iff")) == values
        assert {s.name for s in builtin_symbols(["Bool"])} == {"not", "and", "or"}
        assert {s.name for s in builtin_symbols(["Bool"], connectives=True)} >= {"xor", "implies", "iff"}


def agree_small(text: str, sort: str, x: Fraction, y: Fraction) -> Value | None:
    """As `agree`, but for powers the checker takes larger ones than search computes."""
    found = evaluate(text, [x, y], (sort, sort))
    compute = computing.operation(text, (sort, sort), sort)
    assert compute is not None
    if found is not None:
        assert compute(x, y) == found
    return found


REAL = rules(
    *("x + 0 = x", "x - x = 0", "x ^ 2 = x * x", "abs(abs(x)) = abs(x)", "f(x) = x"),
    sorts={"x": "Real", "f": "Real -> Real"},
)
BITS = rules("x xor x = 0", "~(~x) = x", "x << 1 = x + x", sorts={"x": "BitVec8"})
TRUTH = rules("(a implies a) = true", "not (not a) = a")


class TestRules:
    @pytest.mark.parametrize(
        ("given", "text", "normal"),
        [
            (REAL, "3/4 + (1/2) * 2", "7/4"),
            (REAL, "abs(-3/4) + 2 ^ (-3)", "7/8"),
            (REAL, "y * (2 + 1/2)", "y * (5/2)"),
            (REAL, "(-1/2) ^ y", "(-1/2) ^ y"),
            (REAL, "2 * y - 1", "2 * y - 1"),
            (REAL, "1/2 < 2/3", "true"),
            (REAL, "y / 0", "y / 0"),
            (REAL, "1 / 0", "1 / 0"),
            (BITS, "200 + 100", "44"),
            (BITS, "(y xor y) | 7 & 3 << 2", "4"),
            (BITS, "~(~z) - 1", "z - 1"),
            (BITS, "-(3)", "253"),
            (BITS, "1 < 255", "true"),
            (TRUTH, "b implies b", "true"),
            (TRUTH, "not (true xor false)", "false"),
            (TRUTH, "a iff b implies c", "a iff (b implies c)"),
        ],
    )
    def test_normal_forms_print_and_read_back_and_are_proved(self, given: RuleSet, text: str, normal: str) -> None:
        found = given.normalize(text)
        assert str(found) == normal.replace("iff (b implies c)", "iff b implies c")
        assert given.term(str(found), found.sort) == found
        certificate = given.proof(text)
        assert check(load(dump(certificate.theory, certificate.terms, certificate.theorems))).accepted

    @pytest.mark.parametrize("text", ["x + 256", "x + -1", "x xor 1000000"])
    def test_numbers_that_are_no_bit_vectors(self, text: str) -> None:
        with pytest.raises(SourceError, match="BitVec8 has no literal"):
            BITS.term(text)

    def test_laws_with_a_unit_of_real_numbers(self) -> None:
        sums = rules("f(x) = 2 * x", sorts={"f": "Real -> Real"}, laws={"+": "AC 0", "*": "AC 1"})
        assert str(sums.normalize("1/2 + y + 0 + 1/3 + 1 * y")) == "5/6 + y + y"
        assert check(sums.proof("1/2 + y + 0 + 1/3 + 1 * y")).accepted


class TestSignatures:
    @given(st.fractions(), st.sampled_from(["Rat", "Real", "Complex"]), st.booleans())
    def test_numbers_read_back_whatever_else_there_is(self, value: Fraction, sort: str, alone: bool) -> None:
        sorts = [sort] if alone else ["Int", "Rat", "Real", "Complex", "BitVec8", "BitVec16", "Bool"]
        signature = Signature(builtin_symbols(sorts), {"x": sort}, TermBank(1))
        for term in (signature.literal(value, sort), signature.var("x") * signature.literal(value, sort)):
            assert signature.term(str(term)) == term
        assert alone is False or "@" not in str(signature.literal(value, sort))

    @given(st.integers(0, 255), st.booleans())
    def test_bit_vectors_read_back(self, value: int, alone: bool) -> None:
        signature = Signature(builtin_symbols(["BitVec8"] if alone else ["Int", "BitVec8", "BitVec9"]), {}, TermBank(1))
        term = signature.literal(value, "BitVec8")
        assert signature.term(str(term)) == term
        assert str(term) == (f"{value}" if alone else f"{value}@BitVec8")

    def test_numbers_out_of_range(self) -> None:
        signature = Signature(builtin_symbols(["BitVec8"]), {"x": "BitVec8"}, TermBank(1))
        with pytest.raises(SortError, match="no literal for this number"):
            signature.literal(256, "BitVec8")
        with pytest.raises(SortError, match="no literal for this number"):
            signature.var("x") + (-1)
        with pytest.raises(SourceError, match="no literal for this number"):
            signature.term("x + 256")


class TestFormat:
    @pytest.mark.parametrize(
        ("sorts", "connectives", "version"),
        [
            *((["Int", "Bool"], False, 2), (["Rat", "Bool", "String"], False, 2), (["Bool"], True, 3)),
            *((["Real"], False, 3), (["Complex", "Bool"], False, 3), (["BitVec8"], False, 3), ([], False, 1)),
        ],
    )
    def test_a_file_says_the_first_version_that_has_all(
        self, sorts: list[str], connectives: bool, version: int
    ) -> None:
        symbols = builtin_symbols(sorts, connectives=connectives)
        theory = Theory("t", tuple(sorts), (), symbols, (), (), TermTable())
        data = to_json(theory, TermTable(), [])
        assert data["version"] == version
        assert check(from_json(data)).accepted
        if version == 3:
            with pytest.raises(MalformedCertificate, match="version 2 does not have"):
                from_json({**data, "version": 2})

    def test_literals_alone_need_it_too(self) -> None:
        for text, sort, version in (("1/2", "Rat", 2), ("1/2", "Real", 3), ("7", "BitVec3", 3)):
            terms = TermTable()
            number = terms.literal(text, sort)
            axiom = Axiom("a", terms.eq(number, number), "axiom")
            theory = Theory("t", (sort,), (), (), (axiom,), (), terms)
            assert to_json(theory, TermTable(), [])["version"] == version
