"""Innermost, outermost and lazy: where they agree, where they must not, and what each of them promises."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import lemmata
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.equations import equations
from lemmata.rewriting.interface import BankTerms, TableTerms
from lemmata.rewriting.lazy import Lazy
from lemmata.rewriting.limits import Limits, Stop, Stopped
from lemmata.rewriting.nested import NestedTuples
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.python_trees import expression
from lemmata.rewriting.reduction import Innermost, Outermost, OutermostRound, normalize
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.root import RootRules, Rule
from lemmata.rewriting.ruleset import RuleSet, Unfinished
from lemmata.rewriting.source import LemmataError
from lemmata.rewriting.strategies import Fixpoint
from lemmata.rewriting.strategy import Strategy
from lemmata.rewriting.terms import Signature, Term
from lemmata.rewriting.theory import Notation, Symbol
from tests.rewriting.systems import System, system

ORDERS = ("innermost", "outermost", "lazy")
SEEDS = st.integers(0, 2**32)
OVER = NestedTuples()
NAMES = {name: name for name in ("x0", "x1", "x2", "y")}


def _rules(signature: Signature, given: Sequence[str]) -> RuleSet:
    return RuleSet(equations(signature, given))


def _strategies(root: RootRules[Any]) -> list[Strategy[Any]]:
    return [Innermost(root), Outermost(root), Lazy(root.rules)]


class Program:
    """Random functional programs: each function is defined by one equation, or by cases on one of its arguments.

    So the rules are orthogonal. Where they terminate, a function calls earlier ones, and itself on a smaller argument.
    """

    def __init__(self, seed: int, terminating: bool) -> None:
        self.rng = rng = random.Random(seed)
        self.arities = [rng.randint(1, 3) for _ in range(rng.randint(1, 4))]
        equations = []
        for f, arity in enumerate(self.arities):
            called = range(f) if terminating else range(len(self.arities))
            parameters = [f"x{n}" for n in range(arity)]
            if rng.random() < 0.15:
                equations.append(((f"f{f}", *parameters), self.term(parameters, called, 3)))
                continue
            k = rng.randrange(arity)
            others = [x for n, x in enumerate(parameters) if n != k]
            for pattern in (0, ("s", "y")):
                left = (f"f{f}", *parameters[:k], pattern, *parameters[k + 1 :])
                leaves: list[Any] = list(others)
                if pattern:
                    leaves.append("y")
                    if terminating:
                        leaves.append((f"f{f}", *("y" if n == k else rng.choice(leaves) for n in range(arity))))
                equations.append((left, self.term(leaves, called, 2)))
        self.root: RootRules[Any] = RootRules.of([Rule.of(left, right, NAMES) for left, right in equations])
        self.subject = ("c", self.term(["a", 0, ("s", ("s", 0))], range(len(self.arities)), 4), 0)

    def term(self, leaves: Sequence[Any], called: Sequence[int], depth: int) -> Any:
        rng = self.rng
        if depth == 0 or rng.random() < 0.3:
            return rng.choice([0, *leaves, *leaves])
        head = rng.choice(["s", "c", *called, *called])
        arity = {"s": 1, "c": 2}.get(head) or self.arities[head]
        name = head if isinstance(head, str) else f"f{head}"
        return (name, *(self.term(leaves, called, depth - 1) for _ in range(arity)))


def _table_rules(s: System) -> RootRules[Any]:
    """The rules of a system that need no order."""
    over = TableTerms(s.terms, s.signature)
    made = []
    for r in s.rules:
        if not r.ordered:
            variables = {f"v{v}": v for v in r.variables}
            made.append(Rule.of(r.lhs, r.rhs, variables, over=over))
    return RootRules.of(made)


class TestAgainstTheSpecification:
    @given(SEEDS)
    def test_innermost_is_the_reference(self, seed: int) -> None:
        s = system(seed, terminating=True)
        reference = ReferenceRewriter(s.terms, [r for r in s.rules if not r.ordered], s.precedence, 5000)
        for row in s.subjects:
            try:
                expected = reference.normalise(row)
            except Stopped:
                assume(False)
            outcome = Innermost(_table_rules(s)).run(row, over=TableTerms(s.terms, s.signature))
            assert (outcome.term, outcome.stop) == (expected, Stop.DONE)

    @given(SEEDS)
    def test_all_end_with_normal_forms(self, seed: int) -> None:
        """Rules that overlap have many normal forms; each strategy finds one of them."""
        s = system(seed, terminating=True)
        plain = [r for r in s.rules if not r.ordered]
        over = TableTerms(s.terms, s.signature)
        for made in _strategies(_table_rules(s)):
            for row in s.subjects:
                outcome = made.run(row, over=over, fuel=20_000)
                if outcome.stop is Stop.DONE:
                    reference = ReferenceRewriter(s.terms, plain, s.precedence)
                    assert reference.normalise(outcome.term) == outcome.term
                    assert reference.rewrites == 0
                    assert outcome.changed == (outcome.term != row)

    @given(SEEDS)
    def test_all_agree_where_there_is_one_normal_form(self, seed: int) -> None:
        program = Program(seed, terminating=True)
        outcomes = [made.run(program.subject, fuel=5000) for made in _strategies(program.root)]
        done = [o.term for o in outcomes if o.stop is Stop.DONE]
        assert all(repr(term) == repr(done[0]) for term in done)

    @given(SEEDS)
    def test_outermost_finds_what_any_other_finds(self, seed: int) -> None:
        program = Program(seed, terminating=False)
        root = program.root
        found = [
            o
            for made in (Innermost(root), Lazy(root.rules))
            if (o := made.run(program.subject, fuel=200)).stop is Stop.DONE
        ]
        assume(found)
        outermost = Outermost(root).run(program.subject, fuel=20_000)
        assert outermost.stop is Stop.DONE
        assert all(repr(o.term) == repr(outermost.term) for o in found)
        rounds = Fixpoint(OutermostRound(root)).run(program.subject, fuel=20_000)
        assert rounds.stop is not Stop.DONE or repr(rounds.term) == repr(outermost.term)

    @given(SEEDS, st.integers(0, 100))
    def test_a_stopped_run_is_on_the_way(self, seed: int, fuel: int) -> None:
        program = Program(seed, terminating=True)
        end = Lazy(program.root.rules).run(program.subject, fuel=5000)
        assume(end.stop is Stop.DONE)
        for made in _strategies(program.root):
            outcome = made.run(program.subject, fuel=fuel)
            assert outcome.steps <= fuel
            rest = Lazy(program.root.rules).run(outcome.term, fuel=20_000)
            assert repr(rest.term) == repr(end.term)


STREAMS = """
sort N = 0 | s(N)
sort L = nil | cons(N, L)
var n x y : N
var xs : L
op first : N L -> L
op from : N -> L
op loop : -> N
op swap : -> N
op k : N N -> N
op _+_ : N N -> N
op double : N -> N
op up : N -> N
axiom first(0, xs) = nil
axiom first(s(n), cons(x, xs)) = cons(x, first(n, xs))
axiom from(n) = cons(n, from(s(n)))
axiom loop = s(loop)
axiom swap = swap + 0
axiom k(x, 0) = 0
axiom x + 0 = x
axiom x + s(y) = s(x + y)
axiom double(x) = x + x
axiom up(x) = up(s(x))
"""


@pytest.fixture(scope="module")
def streams() -> tuple[RuleSet, Signature]:
    module = lemmata.parse(STREAMS)
    return RuleSet(module.theory), Signature.of(module.theory, module.variables)


class TestWhatEachPromises:
    @pytest.mark.parametrize("order", ["outermost", "lazy"])
    def test_a_finite_part_of_an_infinite_list(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        system, sig = streams
        result = normalize(sig.term("first(10, from(0))"), system, order)
        expected = sig.term("nil")
        for n in reversed(range(10)):
            expected = sig.make("cons", n, expected)
        assert result == expected

    def test_outermost_does_not_walk_what_is_final_again(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        short, long = (Outermost(system).run(sig.term(f"first({n}, from(0))")).steps for n in (20, 80))
        assert long < 5 * short

    def test_innermost_does_not_end_there(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        for run in (partial(normalize, rules=system), Innermost(system)):
            with pytest.raises(Unfinished) as error:
                run(sig.term("first(10, from(0))"), fuel=1000)
            assert error.value.stop is Stop.STEPS

    @pytest.mark.parametrize("order", ["outermost", "lazy"])
    def test_a_redex_on_the_left_that_never_ends(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        """The leftmost outermost redex alone would be contracted for ever: this system is not left-normal."""
        system, sig = streams
        assert normalize(sig.term("k(loop, 0 + 0)"), system, order, fuel=1000) == sig.term("0")

    def test_berry_and_lazy(self) -> None:
        """Orthogonal, but no order of looking at arguments serves all three rules (Huet and Levy 1991)."""
        left = [("f", 0, 1, "x0"), ("f", "x0", 0, 1), ("f", 1, "x0", 0)]
        loop = Rule.of(("loop",), ("s", ("loop",)), {})
        root: RootRules[Any] = RootRules.of([*(Rule.of(term, n, NAMES) for n, term in enumerate(left)), loop])
        term = ("f", ("loop",), 0, 1)
        assert Outermost(root)(term, fuel=1000) == 1
        outcome = Lazy(root.rules).run(term, fuel=1000)
        assert outcome.stop in (Stop.STEPS, Stop.DONE)

    def test_lazy_contracts_a_shared_redex_once(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        once = Lazy(system).run(sig.term("2 + 3")).rewrites
        term = sig.term("2 + 3")
        for _ in range(10):
            term = sig.make("k", term, sig.make("k", term, term))
        assert Lazy(system).run(term).rewrites <= once + 20
        twice = Lazy(system).run(sig.term("double(2 + 3)")).rewrites
        assert twice == once + 1 + 6  # double, and 5 + 5

    def test_lazy_contracts_what_nobody_wants_not_at_all(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        outcome = Lazy(system).run(sig.term("k(loop + loop, 0)"))
        assert (outcome.rewrites, outcome.term) == (1, sig.term("0"))

    def test_a_cycle_is_found(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        for made in (Innermost(system), Outermost(system)):
            outcome = made.run(sig.term("swap"), fuel=10_000)
            assert outcome.stop is Stop.CYCLE
            assert str(outcome.term).startswith("swap")

    def test_a_rule_that_changes_nothing_yet(self) -> None:
        """f(x, y) = f(y, s(i(0))) leaves f(s(i(0)), s(i(0))) as it is, but not what becomes of it."""
        given_rules = [("f", "x0", "x1"), ("f", "x1", ("s", ("i", 0)))], [("i", 0), 0]
        root: RootRules[Any] = RootRules.of([Rule.of(left, right, NAMES) for left, right in given_rules])
        assert Lazy(root.rules).run(("f", 0, 0), fuel=500).stop is Stop.STEPS

    def test_a_rule_that_changes_nothing_at_all(self) -> None:
        swap, down = Rule.of(("+", "x0", "x1"), ("+", "x1", "x0"), NAMES), Rule.of(("i", "x0"), "x0", NAMES)
        for made in _strategies(RootRules.of([swap, down])):
            outcome = made.run(("+", ("i", 0), ("i", 0)), fuel=500)
            assert (outcome.stop, outcome.term) == (Stop.DONE, ("+", 0, 0))

    def test_equal_arguments_are_compared_when_normal(self) -> None:
        same = Rule.of(("eq", "x0", "x0"), "yes", NAMES)
        other = Rule.of(("eq", "x0", "x1"), "no", NAMES)
        succ = Rule.of(("i", "x0"), ("s", "x0"), NAMES)
        root: RootRules[Any] = RootRules.of([same, other, succ])
        for made in (Innermost(root), Lazy(root.rules)):
            assert made(("eq", ("i", ("i", 0)), ("s", ("i", 0)))) == "yes"
            assert made(("eq", ("i", ("i", 0)), ("i", 0))) == "no"

    def test_python_functions_in_rules_get_normal_forms(self) -> None:
        seen: list[Any] = []

        def note(x: Any) -> bool:
            seen.append(x)
            return isinstance(x, int)

        square = Rule.of(("sq", "x"), lambda x: x * x, {"x": "x"}, where=note)
        two = Rule.of(("two",), 2, {})
        for made in (Innermost(RootRules.of([square, two])), Lazy([square, two])):
            seen.clear()
            assert made(("f", ("sq", ("two",)), ("sq", "z"))) == ("f", 4, ("sq", "z"))
            assert seen == [2, "z"]


class TestEveryWorld:
    def _terms(self, streams: tuple[RuleSet, Signature]) -> list[str]:
        return ["first(2, from(1 + 1))", "double(double(2))", "cons(x + 2, first(1, cons(0 + y, xs)))"]

    @pytest.mark.parametrize("order", ["outermost", "lazy"])
    def test_ids_of_a_bank(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        system, sig = streams
        over = BankTerms(sig.bank)
        for text in self._terms(streams):
            term = sig.term(text)
            assert normalize(term.id, system, order, over=over) == normalize(term, system, order).id

    def test_ids_of_a_bank_by_compiled_rules(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        term = sig.term("double(double(2))")
        assert normalize(term.id, system, over=BankTerms(sig.bank)) == normalize(term, system).id
        assert normalize(term, system) == sig.term("8") == Innermost(system)(term)

    def test_rows_of_a_table(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        table = lemmata.rewriting.syntax.TermTable()  # type: ignore[attr-defined]
        row = sig.term("double(2)").dump(table)
        result = normalize(row, system, "lazy", over=TableTerms(table, sig.symbol))
        assert sig.load(table, result) == sig.term("4")

    def test_python(self) -> None:
        given_rules = [("x + 0", "x"), ("x * 1", "x"), ("x * (y + z)", "x * y + x * z")]
        variables = {name: expression(name) for name in "xyz"}
        made = [Rule.of(expression(a), expression(b), variables) for a, b in given_rules]
        for order in ORDERS:
            result = normalize(expression("f(a * (b * 1 + c)) + 0"), made, order)  # type: ignore[arg-type]
            assert ast.unparse(result) == "f(a * b + a * c)"

    def test_sympy(self) -> None:
        a, b = sympy.symbols("a b")
        f, g = sympy.Function("f"), sympy.Function("g")
        made = [Rule.of(f(g(a)), f(a), {"a": a}), Rule.of(g(a, b), b, {"a": a, "b": b})]
        for order in ORDERS:
            assert normalize(1 + f(g(g(1, g(b)))), made, order) == 1 + f(b)  # type: ignore[arg-type]


CONDITIONS = """
sort N = 0 | s(N)
sort B = yes | no
var x y : N
op max : N N -> N
op le : N N -> B
op odd : N -> B
op stuck : N -> N
op up : N -> N
axiom le(0, y) = yes
axiom le(s(x), 0) = no
axiom le(s(x), s(y)) = le(x, y)
axiom le(x, y) = yes implies max(x, y) = y
axiom not le(x, y) = yes implies max(x, y) = x
axiom odd(0) = no
axiom odd(x) = yes implies odd(s(x)) = no
axiom odd(x) = no implies odd(s(x)) = yes
axiom up(x) = up(s(x))
axiom up(x) = 0 implies stuck(x) = 0
"""


@pytest.fixture(scope="module")
def premises() -> RuleSet:
    return RuleSet(lemmata.parse(CONDITIONS).theory)


class TestSymbolsThatCompute:
    def _signature(self) -> Signature:
        symbols = (
            *builtin_symbols(),
            Symbol("fact", ("Int",), "Int", "defined", Notation("fact")),
            Symbol("if", ("Bool", "Int", "Int"), "Int", "defined", Notation("if")),
        )
        return Signature(symbols, {"n": "Int", "m": "Int"}, TermBank())

    @pytest.mark.parametrize("order", ["outermost", "lazy"])
    def test_built_in_integers(self, order: Any) -> None:
        sig = self._signature()
        system = _rules(sig, ["if(true, n, m) = n", "if(false, n, m) = m", "fact(n) = if(n <= 1, 1, n * fact(n - 1))"])
        assert normalize(sig.term("fact(20)"), system, order).value == 2432902008176640000
        assert normalize(sig.term("1 div 0 + (1 + 1)"), system, order) == sig.term("1 div 0 + 2")
        with pytest.raises(Unfinished):
            Innermost(system)(sig.term("fact(3)"), fuel=2000)  # the branch not taken is evaluated, and so on

    def test_axioms_with_premises(self, premises: RuleSet) -> None:
        sig = Signature.of(premises.theory)
        expected = {"max(2, 5)": "5", "max(5, 2)": "5", "max(3, 3)": "3", "odd(41)": "yes", "odd(40)": "no"}
        for text, value in expected.items():
            results = [made(sig.term(text)) for made in _strategies(RootRules.of(premises))]
            assert results == [sig.term(value)] * 3
            assert normalize(sig.term(text), premises) == sig.term(value)
            assert lemmata.Fixpoint(premises)(sig.term(text)) == sig.term(value)
        deep = sig.term("odd(2001)")
        for order in ORDERS[1:]:
            assert normalize(deep, premises, order) == sig.term("yes")  # type: ignore[arg-type]

    def test_a_premise_that_never_ends(self, premises: RuleSet) -> None:
        sig = Signature.of(premises.theory)
        for made in _strategies(RootRules.of(premises)):
            outcome = made.run(sig.term("s(stuck(0))"), fuel=500)
            assert (outcome.stop, str(outcome.term)) == (Stop.STEPS, "s(stuck(0))")

    def test_what_is_put_under_a_commutative_symbol_is_put_in_order(self) -> None:
        symbols = (
            *(Symbol(n, (), "A", "abstract", Notation(n)) for n in "abc"),
            Symbol("g", ("A", "A"), "A", "abstract", Notation("g"), frozenset(("comm",))),
        )
        sig = Signature(symbols, {}, TermBank())
        result = lemmata.Postwalk(Rule.of(sig.term("a"), sig.term("c"), {}))(sig.term("g(a, b)"))
        assert result == sig.term("g(c, b)") == sig.term("g(b, c)")

    def test_functions_of_a_rule_set_run_compiled_only(self) -> None:
        sig = Signature((*builtin_symbols(), Symbol("f", ("Int",), "Int", "defined", Notation("f"))), {"n": "Int"})
        system = RuleSet(_rules(sig, ["f(0) = 1"]).theory, functions={"f": lambda n: n + 1})
        assert normalize(sig.term("f(41)"), system).value == 42
        with pytest.raises(LemmataError, match="Python computes f"):
            normalize(sig.term("f(41)"), system, "lazy")

    def test_symbols_with_laws_are_walked_but_not_matched(self) -> None:
        symbols = (
            *(Symbol(n, (), "A", "abstract", Notation(n)) for n in "abc"),
            Symbol("+", ("A", "A"), "A", "abstract", Notation("+", "infix", 40, "left"), frozenset(("assoc", "comm"))),
            Symbol("f", ("A",), "A", "abstract", Notation("f")),
        )
        sig = Signature(symbols, {"x": "A"}, TermBank())
        c = Rule.of(sig.term("c"), sig.term("a + b"), {})
        term = sig.term("f(c) + c + b + c")
        result = lemmata.Postwalk(c)(term)
        assert result == sig.term("f(a + b) + a + b + b + a + b")
        assert lemmata.Postwalk(c)(term.id, over=BankTerms(sig.bank, sig.symbol)) == result.id
        with pytest.raises(LemmataError, match="laws that are not known here"):
            lemmata.Postwalk(c)(term.id, over=BankTerms(sig.bank))
        with pytest.raises(LemmataError, match="knows nothing of the laws"):
            Rule.of(sig.term("x + a"), sig.term("x"), {"x": sig.term("x")})
        with pytest.raises(LemmataError, match="knows nothing of the laws"):
            normalize(term, _rules(sig, ["x + a = x"]), "lazy")


class TestSize:
    def _sum(self, signature: Signature, n: int) -> Term:
        deep = signature.term("0")
        for _ in range(n):
            deep = signature.make("s", deep)
        return signature.make("+", signature.var("x"), deep)

    @pytest.mark.parametrize("order", ORDERS)
    def test_depth(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        system, sig = streams
        assert normalize(self._sum(sig, 10_000), system, order).size == 10_001

    @pytest.mark.parametrize("order", ORDERS)
    def test_sharing(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        """2^100 redexes as a tree."""
        system, sig = streams
        term = sig.term("s(0 + 0)")
        for _ in range(100):
            term = sig.make("k", term, sig.make("s", term))
        result = normalize(term, system, order, fuel=20_000)
        assert result.size == term.size - 1
        lone: Strategy[Term] = {"innermost": Innermost(system), "outermost": Outermost(system), "lazy": Lazy(system)}[
            order
        ]
        assert lone.run(term).rewrites == 1

    @pytest.mark.parametrize("order", ORDERS)
    def test_limits(self, streams: tuple[RuleSet, Signature], order: Any) -> None:
        system, sig = streams
        with pytest.raises(Unfinished) as error:
            normalize(sig.term("up(0)"), system, order, Limits(seconds=0.05))
        assert error.value.stop is Stop.TIME
        assert isinstance(error.value.last, Term)

    def test_what_was_reached_is_shown(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        for made in (Outermost(system), Lazy(system)):
            outcome = made.run(sig.term("cons(1 + 1, first(1, cons(up(0), nil)))"), fuel=200)
            assert outcome.stop is Stop.STEPS
            assert str(outcome.term).startswith("cons(s(s(0)), cons(up(s(s(s(")

    def test_an_unknown_strategy(self, streams: tuple[RuleSet, Signature]) -> None:
        system, sig = streams
        with pytest.raises(LemmataError, match="unknown strategy") as error:
            normalize(sig.term("0"), system, "inermost")  # type: ignore[arg-type]
        assert error.value.hint == "did you mean 'innermost'?"
