"""Completion: classical systems, their proofs, what they decide, and what is said of those that do not end."""

from __future__ import annotations

from itertools import permutations

import pytest

import lemmata
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.confluence import Confluent, confluence
from lemmata.rewriting.equations import equations
from lemmata.rewriting.ground_joining import GroundJoining, cases
from lemmata.rewriting.knuth_bendix import Completed, Incomplete, candidates, complete
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.orders import Kbo, Lpo
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.system import RewriteRule
from lemmata.rewriting.terms import Eq, Signature

MODULE = lemmata.parse("""
sort G
var x y z : G
op e : G
op _*_ : G G -> G
op inv : G -> G
op f : G -> G
op _/_ : G G -> G
op _|_ : G G -> G
""")
SIGNATURE = Signature.of(MODULE.theory, MODULE.variables)
ASSOCIATIVE = "(x * y) * z = x * (y * z)"
GROUP = ["e * x = x", "inv(x) * x = e", ASSOCIATIVE]
TEN = {
    "e * x -> x",
    "x * e -> x",
    "inv(x) * x -> e",
    "x * inv(x) -> e",
    "inv(e) -> e",
    "inv(inv(x)) -> x",
    "inv(x * y) -> inv(y) * inv(x)",
    "inv(x) * (x * y) -> y",
    "x * (inv(x) * y) -> y",
    "x * y * z -> x * (y * z)",
}
QUASIGROUP = ["x * (x | y) = y", "x | (x * y) = y", "(x / y) * y = x", "(x * y) / y = x"]


def completed(axioms: list[str], **options: int) -> Completed:
    result = complete(equations(SIGNATURE, axioms), **options)
    assert isinstance(result, Completed)
    return result


def accepted(result: Completed | Incomplete) -> bool:
    """Does the checker accept the certificate, after a journey through JSON, and are its last theorems the rules?"""
    text = dump(result.theory, result.certificate.terms, result.certificate.theorems)
    verdict = check(load(text), result.theory)
    proved = {p.name for p in verdict.proofs}
    assert not result._known.refused
    return verdict.accepted and all(rule.name in proved for rule in result.rules)


class TestClassicalSystems:
    @pytest.mark.parametrize(
        "axioms",
        [
            GROUP,
            ["x * e = x", "x * inv(x) = e", ASSOCIATIVE],
            ["inv(x) * x = e", "x * (y * z) = (x * y) * z", "x = e * x"],
        ],
        ids=["left", "right", "as people may write them"],
    )
    def test_the_ten_rules_of_groups(self, axioms: list[str]) -> None:
        result = completed(axioms)
        assert {str(rule) for rule in result.rules} == TEN
        assert len(result.rules) == 10
        assert accepted(result)

    @pytest.mark.parametrize(
        ("axioms", "count"),
        [
            (["x * e = x", "e * x = x", ASSOCIATIVE], 3),
            ([*GROUP, "f(x * y) = f(x) * f(y)"], 13),  # an endomorphism adds f(e), f(inv(x)) and its own law
            (["(x * y) * (y * z) = y"], 3),  # central groupoids: Knuth and Bendix 1970, example 6
            (QUASIGROUP, 6),
            ([*QUASIGROUP, "x * e = x", "e * x = x"], 12),  # loops
            (["x * x = x", ASSOCIATIVE, "x * (y * z) = x * z"], 3),  # rectangular bands
            (["f(f(x)) = x"], 1),
            (["f(f(f(x))) = x", "f(f(f(f(f(x))))) = x"], 1),  # f(x) = x
            ([], 0),
            (["x = x"], 0),
        ],
        ids=str,
    )
    def test_the_number_of_rules(self, axioms: list[str], count: int) -> None:
        result = completed(axioms)
        assert len(result.rules) == count
        assert all(rule.directed for rule in result.rules)
        assert accepted(result)
        system = equations(SIGNATURE, [Eq(rule.left, rule.right) for rule in result.rules])
        assert isinstance(confluence(system), Confluent)
        for text in axioms:
            assert result.equal(text)

    @pytest.mark.parametrize(
        "axioms",
        [["e * x = x", "x * inv(x) = e", ASSOCIATIVE], ["x * e = x", "inv(x) * x = e", ASSOCIATIVE]],
        ids=["left unit, right inverse", "right unit, left inverse"],
    )
    def test_unit_and_inverse_on_different_sides_do_not_make_a_group(self, axioms: list[str]) -> None:
        """Such systems are finite, confluent, and have models that are no groups (Knuth and Bendix 1970, example 4)."""
        result = completed(axioms)
        assert accepted(result)
        assert not (result.equal("x * e = x") and result.equal("e * x = x"))
        assert result.equal("inv(x * y) = inv(y) * inv(x)")
        system = equations(SIGNATURE, [Eq(rule.left, rule.right) for rule in result.rules])
        assert isinstance(confluence(system), Confluent)

    def test_an_instance_of_a_rule_is_no_rule(self) -> None:
        result = completed(["x / y = x", "x / x = f(x)"])
        assert [str(rule) for rule in result.rules] == ["f(x) -> x", "x / y -> x"]

    def test_definitions_are_equations_like_others(self) -> None:
        module = lemmata.parse("""
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op _*_ : N N -> N
  x * 0    = 0
  x * s(y) = x * y + x
""")
        result = complete(module)
        assert isinstance(result, Completed)
        assert len(result.rules) == 4
        assert result.equal("0 + s(x) = s(0 + x)")
        assert not result.equal("0 + x = x")  # true of numbers, by induction, but not in every model
        assert accepted(result)

    def test_the_result_does_not_depend_on_how_the_axioms_are_listed(self) -> None:
        found = {tuple(str(rule) for rule in completed(list(axioms)).rules) for axioms in permutations(GROUP)}
        assert len(found) == 1

    def test_completing_a_completed_system_changes_nothing(self) -> None:
        first = completed(GROUP)
        again = complete(equations(SIGNATURE, [Eq(rule.left, rule.right) for rule in first.rules]))
        assert [str(rule) for rule in again.rules] == [str(rule) for rule in first.rules]


class TestDeciding:
    def test_equations_of_groups(self) -> None:
        result = completed(GROUP)
        assert result.equal("inv(x * inv(y)) = y * inv(x)")
        assert not result.equal("x * y = y * x")
        x, y = SIGNATURE.var("x"), SIGNATURE.var("y")
        assert result.equal(Eq(x * SIGNATURE.make("inv", x) * y, y))
        assert result.normalize(x * SIGNATURE.make("inv", x) * y) == y

    def test_with_a_proof(self) -> None:
        result = completed(GROUP)
        certificate = result.proof("inv(x * inv(y)) = y * inv(x)")
        assert certificate is not None
        verdict = check(certificate, result.theory)
        assert verdict.accepted
        assert verdict.proofs[-1].name == "equation"
        assert result.proof("x * y = y * x") is None

    def test_what_is_no_question(self) -> None:
        result = completed(GROUP)
        with pytest.raises(LemmataError):
            result.equal("x = y implies y = x")
        with pytest.raises(LemmataError):
            result.equal("x * = y")
        other = Signature.of(lemmata.parse("sort N = 0 | s(N)").theory)
        with pytest.raises(LemmataError):
            result.normalize(other.term("0"))


class TestUndirectedEquations:
    def test_commutative_semigroups(self) -> None:
        result = completed([ASSOCIATIVE, "x * y = y * x"])
        assert {str(rule) for rule in result.rules} == {
            "x * y * z -> x * (y * z)",
            "x * y = y * x",
            "x * (y * z) = y * (x * z)",
        }
        assert [rule.directed for rule in result.rules] == [True, False, False]
        assert result.equal("(z * y) * x = x * (y * z)")
        assert not result.equal("x * x = x")
        assert accepted(result)

    def test_commutative_semigroups_by_weights(self) -> None:
        names = tuple(s.name for s in SIGNATURE.symbols)
        result = complete(equations(SIGNATURE, [ASSOCIATIVE, "x * y = y * x"]), Kbo(names, dict.fromkeys(names, 1)))
        assert isinstance(result, Completed)
        assert len(result.rules) == 3
        assert result.equal("(z * y) * x = x * (y * z)")
        assert not result.equal("x * x = x")
        certificate = result.proof("(z * y) * inv(x * e) = inv(e * x) * (y * z)")
        assert certificate is not None
        assert check(certificate, result.theory).accepted
        assert accepted(result)

    def test_semilattices(self) -> None:
        result = completed([ASSOCIATIVE, "x * y = y * x", "x * x = x"])
        assert result.equal("x * (y * x) = y * x")
        assert accepted(result)

    def test_an_equation_with_variables_of_its_own_on_a_side_is_not_passed_over(self) -> None:
        for text in ("f(x) = f(y)", "f(x) = inv(y)"):
            result = complete(equations(SIGNATURE, [text]), steps=300)
            assert isinstance(result, Incomplete)
            assert accepted(result)

    def test_one_equation_that_makes_all_terms_equal(self) -> None:
        result = complete(equations(SIGNATURE, ["e * x = x", "e * x = e"]))
        assert isinstance(result, Incomplete)
        assert "all terms of sort G are equal" in result.reason
        assert accepted(result)

    def test_the_orders_of_three_values(self) -> None:
        assert sorted(map(str, cases([1, 2]))) == ["[[1, 2]]", "[[1], [2]]", "[[2], [1]]"]
        assert len(list(cases([1, 2, 3, 4]))) == 75

    def test_joining_in_every_order_of_the_variables(self) -> None:
        t = TermTable()
        x, y, z = (t.var(v, "G") for v in "xyz")

        def times(a: int, b: int) -> int:
            return t.app("*", a, b)

        both = frozenset({x, y, z})
        swap = RewriteRule(times(x, y), times(y, x), both, ("axiom", "c"), ordered=True)
        right = RewriteRule(times(times(x, y), z), times(x, times(y, z)), both, ("axiom", "a"))
        inside = RewriteRule(times(x, times(y, z)), times(y, times(x, z)), both, ("lemma", "l"), ordered=True)
        order = Lpo(("*",))
        pair = times(x, times(y, z)), times(z, times(y, x))
        assert GroundJoining(t, order, [swap, right, inside]).joined(*pair)
        assert not GroundJoining(t, order, [swap, right]).joined(*pair)
        assert not GroundJoining(t, order, [swap, right, inside]).joined(times(x, y), times(x, z))


class TestGivingUp:
    def test_bands_have_no_finite_system(self) -> None:
        result = complete(equations(SIGNATURE, [ASSOCIATIVE, "x * x = x"]), steps=400)
        assert isinstance(result, Incomplete)
        assert result.steps == 400
        assert result.reason == "400 critical pairs were looked at"
        assert "x * (x * y) -> x * y" in {str(rule) for rule in result.rules}
        assert accepted(result)
        assert result.proof("x * (x * x) = x") is not None

    def test_time(self) -> None:
        result = complete(equations(SIGNATURE, GROUP), limits=Limits(seconds=0))
        assert isinstance(result, Incomplete)
        assert result.reason == "stopped by the limits (time)"
        assert accepted(result)

    def test_a_given_order_is_the_only_one_tried(self) -> None:
        names = [s.name for s in SIGNATURE.symbols if s.arity and s.name not in ("*", "inv")]
        precedence = ("inv", "*", *names, "e")
        weightless = Kbo(precedence, dict.fromkeys(precedence, 1) | {"inv": 0})
        result = complete(equations(SIGNATURE, GROUP), weightless)
        assert isinstance(result, Completed)
        assert result.order == weightless
        assert {str(rule) for rule in result.rules} == TEN

    def test_bad_input(self) -> None:
        with pytest.raises(LemmataError):
            complete(equations(SIGNATURE, GROUP), Lpo(("*", "e")))
        with pytest.raises(LemmataError, match="no equation"):
            complete(lemmata.parse("sort G\nvar x y : G\nop e : G\naxiom a: x = y implies y = e"))

    def test_every_candidate_is_an_order_and_comes_once(self) -> None:
        theory = equations(SIGNATURE, GROUP)
        orders = list(candidates(theory))
        for order in orders:
            order.expect(theory.symbols)
        assert len(orders) == len(set(map(str, orders)))
