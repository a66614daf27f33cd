"""Rules for which nothing was declared: conventions, sorts, errors; rules written as Python functions."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata import (
    Eq,
    LemmataError,
    Limits,
    RuleSet,
    Signature,
    SourceError,
    check,
    different,
    equal,
    function,
    operations,
    rule,
    rules,
)
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.theory import Notation, Symbol


def normal(*texts: Any, of: str, **declared: Any) -> str:
    return str(rules(*texts, **declared).normalize(of))


class TestConventions:
    @pytest.mark.parametrize(
        ("given", "term", "wanted"),
        [
            (["x + 0 = x", "x * (y + z) = x * y + x * z"], "a * (b + 0)", "a * b"),
            (["x + 0 -> x"], "q1' + 0", "q1'"),
            (["append(nil, ys) = ys", "append(cons(x, xs), ys) = cons(x, append(xs, ys))"],
             "append(cons(a, nil), cons(b, nil))", "cons(a, cons(b, nil))"),
            (["length(nil) = 0", "length(cons(x, xs)) = 1 + length(xs)"], "length(cons(7, cons(8, nil)))", "2"),
            (["fact(0) = 1", "fact(n) = n * fact(n - 1) if n > 0"], "fact(5) + fact(-5)", "120 + fact(-5)"),
            (["f(x) = x if x > 0 and x < 5"], "f(3) + f(9)", "3 + f(9)"),
            (["f(x, y) = 1 if x = y", "f(x, y) = 0 if x <> y"], "f(2, 3) + f(a, a)", "1"),
            (["f(x, y) = 1 if x == y", "f(x, y) = 0 if x != y"], "f(2, 3) + f(a, a)", "1"),
            (["if(true, x, y) = x", "if(false, x, y) = y"], "if(not false, a, b)", "a"),
            (["f(x) = if(x > 0, 1, 2) if (x > 3)"], "f(2) + f(4)", "f(2) + if(true, 1, 2)"),
            (["x and true = x", "not not x = x"], "p and not not true", "p"),
            (['greet(x) = "hello " ++ x'], 'greet("you")', '"hello you"'),
            (["x ** 2 = x * x"], "(a + 1) ** 2", "(a + 1) * (a + 1)"),
            (["f(x) = x + 0"], "f(17 // 5) + f(17 % 5) - 2 ^ 100", "3 + 2 - 2 ^ 100"),
            (["f(x, y) = x", "f(x) = 2"], "f(f(1), 3)", "2"),
            (["x & x = x", "x | (x & y) = x"], "a | (a & b) & (a & b)", "a"),
            (["x + y = y + x"], "b + a", "a + b"),
            (["-x = 0 - x"], "-a", "0 - a"),
            (["max(x, y) = x if x >= y", "max(x, y) = y if x < y"], "max(3, 4)", "4"),
            (["f(x) = x - 0"], "f(-3)", "-3"),
        ],
    )  # fmt: skip
    def test_rules_and_a_term(self, given: list[str], term: str, wanted: str) -> None:
        made = rules(*given)
        found = made.normalize(term)
        assert found == made.normalize(made.term(wanted, found.sort))
        assert check(made.proof(term)).first_error is None

    def test_constants_and_variables(self) -> None:
        assert normal("e * x = x", of="e * (e * q)", constants="e") == "q"
        assert normal("e * x = x", of="e * (e * q)", constants=["e"]) == "q"
        assert normal("e * x = x", of="d * q") == "q"  # without, e is a variable
        assert normal("keep(this, that) = that", of="keep(a, keep(b, c))", variables="this that") == "c"
        assert normal("keep(this, that) = that", of="keep(a, b)") == "keep(a, b)"

    def test_sorts(self) -> None:
        halves = rules("x / x = 1", sorts={"x": "Rat"})
        assert halves.normalize("y / y + 1 / 2").value == Fraction(3, 2)
        lists = rules("head(cons(x, xs)) = x", sorts={"cons": "Int List -> List", "nil": "List"})
        assert lists.normalize("head(cons(2 + 3, nil))").value == 5
        assert lists.term("nil").sort == "List"
        with pytest.raises(SourceError, match="a number, and of sort List"):
            lists.term("cons(1, 2)")
        with pytest.raises(SourceError) as error:
            rules('f("a") = 1', "f(2) = 1")
        assert (error.value.column, error.value.kind) == (3, "sort")

    def test_without_numbers_operators_are_symbols_like_any(self) -> None:
        group = rules("x * inv(x) = e", constants="e")
        assert {s.kind for s in group.theory.symbols} == {"abstract"}
        with pytest.raises(SourceError, match="no numbers") as error:
            group.normalize("2 * 3")
        assert "sorts=" in str(error.value.hint)
        assert rules("x * y = y * x", sorts={"x": "Int"}).normalize("2 * 3").value == 6

    def test_the_sort_of_a_text_that_does_not_tell(self) -> None:
        logic = rules("x and true = x")
        assert logic.term("p").sort == "Term"
        assert logic.term("p", "Bool").sort == "Bool"
        assert logic.why("p and true", "p")
        assert logic.why("p", "p and true")
        with pytest.raises(LemmataError, match="sort"):
            logic.term("p and q", "Term")

    def test_names(self) -> None:
        named = rules("unit: x + 0 = x", "x * 1 = x", "third: x - 0 = x")
        assert [a.name for a in named.theory.axioms] == ["unit", "rule2", "third"]
        with pytest.raises(LemmataError, match="two rules are called 'a'"):
            rules("a: f(x) = x", "a: g(x) = x")

    def test_laws(self) -> None:
        assert normal("f(x + a1) = x", of="f(q + (a1 + r))", laws={"+": "AC"}, constants="a1") == "q + r"
        assert normal("nil ++ nil = nil", of="a ++ nil ++ b", laws={"++": "A nil"}) == "a ++ b"
        for laws, message in (({"@": "AC"}, "no rule uses"), ({"+": "Q"}, "no laws"), ({"+": "AC e"}, "no unit")):
            with pytest.raises(LemmataError, match=message):
                rules("x + 1 = x", laws=laws)

    def test_terms_may_have_symbols_that_no_rule_has(self) -> None:
        ring = rules("x + 0 = x")
        assert str(ring.normalize("sin(t) + 0")) == "sin(t)"
        assert ring.term("sin(t) + 0").replace({}) == ring.term("sin(t) + 0")


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "message", "column"),
        [
            ("x + 0", "no '='", 1),
            ("x + 0 = ", "a term is wanted here, not the end", 9),
            ("= x", "a term is wanted", 1),
            ("", "a term is wanted", 1),
            ("x = y", "'y', which the left side lacks", 1),
            ("x <=> y", "'y', which the left side lacks", 1),
            ("x <=> y <=> z", "a second '<=>'", 9),
            ("x + 0 = y", "'y', which the left side lacks", 1),
            ("f(x) = x if y > 0", "a condition of a rule has 'y'", 1),
            ("f(x = y", "never closed", 1),
            ("f(x)) = y", "no '\\(' is open", 5),
            ("f(x,) = y", "an argument is wanted", 5),
            ("f() = y", "an argument is wanted", 3),
            ("(x, y) = y", "separates arguments", 3),
            ("x y = y", "an operator is wanted", 3),
            ("2x = x", "begin with a digit", 1),
            ("f(x) = x if", "a term is wanted", 12),
            ("f(x) = x = y", "a second '='", 10),
            ("f(x) = x < 1 < 2", "in one row", 14),
            ("x # y = y", "unknown operator", 3),
            ("f(x) = x; g(x) = x", "unexpected character", 9),
            ("f(\x00) = x", "U\\+0000", 3),
            ("__import__(x) = x", "a term is wanted", 1),
            ("f(x) = " + "1" * 100_001, "more than 100,000 digits", 8),
        ],
    )
    def test_they_say_what_and_where(self, text: str, message: str, column: int) -> None:
        with pytest.raises(SourceError, match=message) as error:
            rules(text)
        assert (error.value.line, error.value.column) == (1, column)
        assert len(error.value.render()) < 600

    @given(st.text(alphabet="xf0(),=+-<>if \"'_;\\n\x00é", max_size=30))
    def test_any_text_gives_rules_or_an_error(self, text: str) -> None:
        with suppress(LemmataError):
            rules(text)
        with suppress(LemmataError):
            rules("x + 0 = x").normalize(text, Limits(seconds=5))

    @pytest.mark.parametrize("given", [3, len, None, ["x + 0 = x"]])
    def test_what_is_no_rule_at_all(self, given: Any) -> None:
        with pytest.raises(LemmataError, match="is no rule"):
            rules(given)

    def test_declarations_beside_a_signature(self) -> None:
        with pytest.raises(LemmataError, match="declared by the signature"):
            rules("e = e", signature=_signature(), constants="e")

    def test_depth(self) -> None:
        ring = rules("x + 0 = x")
        assert str(ring.normalize("(" * 20_000 + "a" + ")" * 20_000 + " + 0")) == "a"
        assert str(ring.normalize("a" + " + 0" * 5_000)) == "a"


def _signature(bank: TermBank | None = None) -> Signature:
    symbols = (
        Symbol("e", (), "G", "abstract", Notation("e")),
        Symbol("inv", ("G",), "G", "abstract", Notation("inv")),
        Symbol("*", ("G", "G"), "G", "abstract", Notation("*", "infix", 50, "left")),
        Symbol("=?", ("G", "G"), "Bool", "abstract", Notation("same")),
    )
    return Signature(symbols, {"x": "G", "y": "G"}, bank or TermBank())


class TestOverASignature:
    def test_texts_equations_and_functions(self) -> None:
        sig = _signature()
        x = sig.var("x")
        (inv,) = operations("inv")

        @rule
        def twice(x: "G") -> Any:  # type: ignore[name-defined]  # noqa: F821, UP037
            return inv(inv(x)), x

        group = rules(Eq(sig.make("e") * x, x), "x * inv(x) -> e", "name: x * e = x", twice)
        assert [a.name for a in group.theory.axioms] == ["rule1", "rule2", "name", "twice"]
        assert group.normalize("inv(inv(y)) * e * inv(y)") == sig.make("e")
        assert group.term("x").signature.bank is sig.bank

    def test_conditions(self) -> None:
        sig = _signature()
        group = rules(
            "inv(x * y) = x if x = y and x != e", "inv(x) = e if same(x, x)", "same(e, e) = true", signature=sig
        )
        assert group.normalize("inv(y * y)") == sig.var("y")
        assert group.normalize("inv(e)") == sig.make("e")
        assert str(group.normalize("inv(e * e)")) == "inv(e * e)"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("x * e", "formula|equation"),
            ("x * e = x if", "a condition is wanted"),
            ("x * e = x if x", "a formula is wanted|a term of sort"),
            ("x * e = x if x * = e", "operand"),
            ("x * z = x", "'z'"),
            ("x * e -> same(x, x)", "sort"),
        ],
    )
    def test_errors(self, text: str, message: str) -> None:
        with pytest.raises(SourceError, match=message):
            rules(text, signature=_signature())


class TestPythonFunctions:
    def test_a_rule_is_called_once(self) -> None:
        calls = []
        fact = operations("fact")[0]

        @rule
        def step(n: int) -> Any:
            calls.append(n)
            return fact(n), n * fact(n - 1), n > 0

        def start() -> Any:
            return fact(0), 1

        factorial = rules(start, step)
        assert factorial.normalize("fact(6)").value == 720
        assert len(calls) == 1
        assert str(factorial) == "start: fact(0) = 1\nstep: fact(n) = n * fact(n - 1) if n > 0"

    def test_it_says_what_the_text_says(self) -> None:
        f, g, nil = operations("f, g nil")
        written = rules(
            lambda x, y: (f(x, y), g(x), equal(x, y), y > 0),
            lambda x, y: (f(x, y), g(-y + 2), (different(x, y), (x > 0) & (y > 0))),
            lambda: (g(nil), -3),
            lambda x: (g(x // x ** 2 % 3), x / 2 - 1),
        )  # fmt: skip
        texts = rules(
            "f(x, y) = g(x) if x = y and y > 0",
            "f(x, y) = g(-y + 2) if x <> y and x > 0 and y > 0",
            "g(nil) = -3",
            "g(x div x ^ 2 mod 3) = x / 2 - 1",
        )
        assert [line.split(": ")[1] for line in str(written).split("\n")] == [
            line.split(": ")[1] for line in str(texts).split("\n")
        ]

    def test_what_no_rule_says(self) -> None:
        (f,) = operations("f")
        for wrong, message in (
            (lambda *x: (f(x), f(x)), "without stars"),
            (lambda x=1: (f(x), x), "without stars and defaults"),
            (lambda x: f(x), "returns left, right"),
            (lambda x: (f(x), [x]), "cannot be made of a list"),
            (lambda x: (f(x)(x), x), "only a symbol can be applied"),
        ):
            with pytest.raises(LemmataError, match=message):
                rules(wrong)
        with pytest.raises(TypeError, match="no truth value"):
            rules(lambda x: (f(x), x if x > 0 else f(x)))

    @pytest.mark.parametrize("name", ["a b()", "f(x)", "<script>", "and", "1f", "f\n"])
    def test_hostile_names(self, name: str) -> None:
        if name in ("a b()", "f\n"):
            assert [s.text for s in operations(name.replace("()", ""))] == name.replace("()", "").split()
            return
        with pytest.raises(LemmataError, match="cannot be the name"):
            operations(name)


class TestHosts:
    @pytest.mark.parametrize("tier", ["table", "native"])
    def test_predicates(self, tier: Any) -> None:
        given = rules(
            "next(n) = n if is_prime(n)",
            "next(n) = next(n + 1)",
            functions={"is_prime": lambda n: n > 1 and all(n % d for d in range(2, n))},
        )
        assert given.normalize("next(90)", tier=tier).value == 97
        assert [s.reason for s in given.trace("next(8)")][:2] == ["rule2", "arithmetic"]
        assert "Python" in {s.reason for s in given.trace("is_prime(7)")}

    def test_decorated(self) -> None:
        @function
        def half(n: int) -> int | None:
            return n // 2 if n % 2 == 0 else None

        (go,) = operations("go")
        given = rules(lambda n: (go(n), half(n)))
        assert given.normalize("go(10)").value == 5
        assert str(given.normalize("go(9)")) == "half(9)"  # None leaves the term to the rules
        assert half(10) == 5

    def test_terms_are_given_and_taken(self) -> None:
        def grow(t: Any) -> Any:
            return t.signature.make("f", t) if not isinstance(t, int) else t + 1

        given = rules("f(x) = g(x)", functions={"grow": grow})
        for tier in ("table", "native"):
            assert str(given.normalize("grow(a) + grow(3)", tier=tier)) == "g(a) + 4"
        assert str(given.trace("grow(a)")) == "grow(a) = f(a)\nf(a) = g(a)"

    @pytest.mark.parametrize("value", ["text", 3, 2.5, [1]])
    def test_wrong_results(self, value: Any) -> None:
        def wrong(n: int) -> bool:
            return value  # type: ignore[no-any-return]

        given = rules("f(n) = n if wrong(n)", functions={"wrong": wrong})
        for ask in (lambda: given.normalize("f(3)", tier="table"), lambda: given.trace("f(3)")):
            with pytest.raises(LemmataError, match="'wrong' gives Bool"):
                ask()

    @pytest.mark.parametrize("tier", ["table", "native"])
    def test_what_a_function_raises_comes_out_as_it_is(self, tier: Any) -> None:
        given = rules("f(n) = n if bad(n)", functions={"bad": lambda n: 1 // (n - n) > 0})
        with pytest.raises(ZeroDivisionError):
            given.normalize("f(3)", tier=tier)
        assert given.normalize("1 + 1", tier=tier).value == 2

    def test_rationals_and_strings(self) -> None:
        def shout(s: str) -> str:
            return s.upper()

        def third(q: Fraction) -> Fraction:
            return q / 3

        assert rules("f(x) = shout(x)", functions={"shout": shout}).normalize('f("a")').value == "A"
        given = rules("f(x) = third(x)", functions={"third": third})
        assert given.normalize("f(2)").value == Fraction(2, 3)

    def test_a_symbol_of_a_signature(self) -> None:
        sig = _signature()
        seen: list[bool] = []

        def same(x: Any, y: Any) -> bool:
            seen.append(x == y)
            return seen[-1]

        given: RuleSet = rules("x * e = x", signature=sig, functions={"same": same})
        assert given.normalize("same(x * e, x)").value is True
        assert seen == [True]
