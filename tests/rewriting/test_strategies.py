"""Strategies: their laws, the same in every world of terms; what they do at depth, on DAGs and at limits."""

from __future__ import annotations

import ast
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import lemmata
from lemmata.rewriting import expressions
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.equations import equations
from lemmata.rewriting.interface import BankTerms, TermInterface, Terms, same
from lemmata.rewriting.limits import Limits, Stop
from lemmata.rewriting.nested import NestedTuples
from lemmata.rewriting.python_trees import PythonTrees, expression
from lemmata.rewriting.root import RootRules, Rule, rule
from lemmata.rewriting.ruleset import RuleSet, Unfinished
from lemmata.rewriting.source import LemmataError, SourceError
from lemmata.rewriting.strategies import (
    Chain,
    First,
    Fixpoint,
    If,
    PassThrough,
    Postwalk,
    Prewalk,
    Repeat,
    Sequence,
)
from lemmata.rewriting.strategy import Incomplete, Strategy
from lemmata.rewriting.sympy_trees import SympyTrees
from lemmata.rewriting.terms import Eq, Signature, Term
from lemmata.rewriting.theory import Notation, Symbol

DEEP = 100_000


def _rules(signature: Signature, given: list[str]) -> RuleSet:
    return RuleSet(equations(signature, given))


def _signature() -> Signature:
    arities = {"a": 0, "b": 0, "c": 0, "f": 1, "g": 2}
    symbols = tuple(Symbol(n, ("A",) * k, "A", "abstract", Notation(n)) for n, k in arities.items())
    return Signature(symbols, {"x": "A", "y": "A"}, TermBank())


@dataclass(frozen=True)
class World:
    """A kind of terms: its interface, and how it writes what nested tuples write, over f/1, g/2 and names."""

    over: TermInterface[Any]
    leaf: Callable[[str], Any]
    node: Callable[..., Any]

    def term(self, nested: Any) -> Any:
        if isinstance(nested, tuple):
            return self.node(nested[0], *map(self.term, nested[1:]))
        return self.leaf(nested)

    def rule(self, left: Any, right: Any, **options: Any) -> Rule[Any]:
        variables = {name: self.leaf(name) for name in ("x", "y")}
        right = right if callable(right) else self.term(right)
        return Rule.of(self.term(left), right, variables, over=self.over, **options)

    def gives(self, made: Strategy[Any], before: Any, after: Any) -> bool:
        """Does the strategy make `after` of `before`? None stands for no change."""
        result = made(self.term(before), over=self.over)
        if result is None or after is None:
            return result is after
        return same(self.over, result, self.term(after))


def _worlds() -> dict[str, World]:
    signature = _signature()
    ids = Signature(signature.symbols, signature.variables, TermBank())

    def lemmata_leaf(sig: Signature, name: str) -> Term:
        return sig.var(name) if name in sig.variables else sig.make(name)

    def bank_node(name: str, *args: Any) -> Any:
        return BankTerms(ids.bank).make(Terms(ids).head(ids.make(name, *[ids.var("x") for _ in args])), args)

    return {
        "lemmata": World(Terms(signature), lambda n: lemmata_leaf(signature, n), signature.make),
        "bank": World(BankTerms(ids.bank), lambda n: lemmata_leaf(ids, n).id, bank_node),
        "tuples": World(NestedTuples(), lambda n: n, lambda *parts: parts),
        "sympy": World(SympyTrees(), sympy.Symbol, lambda n, *args: sympy.Function(n)(*args)),
        "python": World(
            PythonTrees(),
            lambda n: ast.Name(n, ast.Load()),
            lambda n, *args: ast.Call(ast.Name(n, ast.Load()), list(args), []),
        ),
    }


WORLDS = _worlds()


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param]


FFA, FA, GAA = ("f", ("f", "a")), ("f", "a"), ("g", "a", "a")


class TestEveryWorld:
    def test_a_rule_looks_at_the_root_only(self, world: World) -> None:
        drop = world.rule(("f", "x"), "x")
        assert world.gives(drop, FFA, FA)
        assert world.gives(drop, ("g", FA, FA), None)

    def test_a_variable_means_one_thing(self, world: World) -> None:
        diagonal = world.rule(("g", "x", "x"), "x")
        assert world.gives(diagonal, ("g", FA, FA), FA)
        assert world.gives(diagonal, ("g", FA, "a"), None)

    def test_other_leaves_mean_themselves(self, world: World) -> None:
        assert world.gives(world.rule(("g", "x", "a"), "x"), ("g", "b", "a"), "b")
        assert world.gives(world.rule(("g", "x", "a"), "x"), ("g", "b", "b"), None)
        assert world.gives(world.rule("a", FA), "a", FA)

    def test_conditions_and_computed_sides(self, world: World) -> None:
        def equal(x: Any, y: Any) -> bool:
            return same(world.over, x, y)

        assert world.gives(world.rule(("g", "x", "y"), "x", where=equal), GAA, "a")
        assert world.gives(world.rule(("g", "x", "y"), "x", where=equal), ("g", "a", "b"), None)
        assert world.gives(world.rule(("g", "x", "y"), lambda y: y), ("g", "a", "b"), "b")
        assert world.gives(world.rule(("g", "x", "y"), lambda: None), ("g", "a", "b"), None)

    def test_the_same_term_is_no_change(self, world: World) -> None:
        swap = world.rule(("g", "x", "y"), ("g", "y", "x"))
        assert world.gives(swap, ("g", "a", "b"), ("g", "b", "a"))
        assert world.gives(swap, ("g", FA, FA), None)
        assert world.gives(Fixpoint(swap), ("g", FA, FA), None)
        again = Chain(lambda t: world.over.make(world.over.head(t), world.over.args(t)))
        assert world.gives(again, ("g", FA, FA), None)
        assert again.run(world.term(FA), over=world.over).rewrites == 0

    def test_one_after_the_other(self, world: World) -> None:
        one, two = world.rule("a", "b"), world.rule("b", "c")
        assert world.gives(Chain(one, two), "a", "c")
        assert world.gives(Chain(two, one), "a", "b")
        assert world.gives(Chain(one, two), "c", None)
        assert world.gives(First(two, one), "a", "b")
        assert world.gives(First(one, two), "a", "b")
        assert world.gives(First(), "a", None)
        assert world.gives(Sequence(one, two), "a", "c")
        assert world.gives(Sequence(two, one), "a", None)
        assert world.gives(Sequence(one, one), "a", None)
        assert world.gives(Sequence(one, PassThrough(one)), "a", "b")

    def test_choices(self, world: World) -> None:
        one, two = world.rule("a", "b"), world.rule("b", "c")
        leaf = world.over.is_leaf
        assert world.gives(If(leaf, one), "a", "b")
        assert world.gives(If(lambda t: not leaf(t), one), "a", None)
        assert world.gives(If(lambda t: not leaf(t), one, First(two, one)), "a", "b")
        assert world.gives(PassThrough(one), "a", "b")
        assert world.gives(PassThrough(one), "c", "c")

    def test_again_and_again(self, world: World) -> None:
        drop = world.rule(("f", "x"), "x")
        four = ("f", ("f", FFA))
        assert world.gives(Repeat(drop, 3), four, FA)
        assert world.gives(Repeat(drop, 9), four, "a")
        assert world.gives(Repeat(drop, 0), four, None)
        assert world.gives(Repeat(drop, 3), "a", None)
        assert world.gives(Fixpoint(drop), four, "a")
        assert world.gives(Fixpoint(drop), "a", None)
        assert world.gives(Fixpoint(PassThrough(drop)), four, "a")

    def test_walks(self, world: World) -> None:
        pair = world.rule(("f", ("f", "x")), ("g", "x", "x"))
        assert world.gives(Prewalk(pair), ("f", FFA), ("g", FA, FA))
        assert world.gives(Postwalk(pair), ("f", FFA), ("f", GAA))
        assert world.gives(Prewalk(pair), ("g", FFA, FFA), ("g", GAA, GAA))
        assert world.gives(Postwalk(pair), ("g", FA, "b"), None)
        assert world.gives(Prewalk(pair), "a", None)
        assert world.gives(Postwalk(world.rule("a", "b")), ("g", FA, "c"), ("g", ("f", "b"), "c"))

    def test_a_walk_keeps_what_it_does_not_change(self, world: World) -> None:
        term = world.term(("g", FA, ("f", "c")))
        result = Postwalk(world.rule("a", "b"))(term, over=world.over)
        assert world.over.key(world.over.args(result)[-1]) == world.over.key(world.over.args(term)[-1])

    def test_a_cycle_ends_the_run(self, world: World) -> None:
        loop = First(world.rule("a", "b"), world.rule("b", "c"), world.rule("c", "a"))
        outcome = Fixpoint(loop).run(world.term("a"), over=world.over)
        assert outcome.stop is Stop.CYCLE
        assert outcome.rewrites <= 9
        with pytest.raises(Unfinished) as error:
            Fixpoint(loop)(world.term("a"), over=world.over)
        assert error.value.stop is Stop.CYCLE

    def test_what_comes_back_to_where_it_was_is_a_fixed_point(self, world: World) -> None:
        there_and_back = Sequence(world.rule("a", "b"), world.rule("b", "a"))
        assert world.gives(there_and_back, "a", "a")
        assert world.gives(Fixpoint(there_and_back), "a", None)

    def test_walking_into_what_a_term_became_ends_the_run(self, world: World) -> None:
        known = (Stop.CYCLE,) if world.over.interned else (Stop.CYCLE, Stop.STEPS)
        assert Prewalk(world.rule("a", FA)).run(world.term("a"), fuel=1000, over=world.over).stop in known
        deeper = Prewalk(world.rule(("f", "x"), ("g", ("f", "x"), "x")))
        assert deeper.run(world.term(FA), fuel=100, over=world.over).stop in known

    def test_a_stop_leaves_the_whole_term_as_far_as_it_got(self, world: World) -> None:
        grow = Postwalk(Fixpoint(world.rule(("f", "x"), ("f", ("f", "x")))))
        outcome = grow.run(world.term(("g", ("g", "b", FA), "c")), fuel=100, over=world.over)
        assert (outcome.stop, outcome.changed, outcome.steps) == (Stop.STEPS, True, 100)
        over, term = world.over, outcome.term
        assert over.head(term) == over.head(world.term(("g", "b", "c")))
        left, right = list(over.args(term))[-2:]
        assert same(over, right, world.term("c"))
        b, tower = list(over.args(left))[-2:]
        assert same(over, b, world.term("b"))
        height = 0
        while not same(over, tower, world.term("a")):
            tower, height = list(over.args(tower))[-1], height + 1
        assert height == outcome.rewrites + 1


def _naive(made: Strategy[Any], term: Any, inwards: bool) -> Any:
    """A walk as one would write it with recursion, on trees."""
    if inwards:
        result = made(term, over=NestedTuples())
        term = term if result is None else result
    if isinstance(term, tuple):
        term = (term[0], *(_naive(made, t, inwards) for t in term[1:]))
    if not inwards:
        result = made(term, over=NestedTuples())
        term = term if result is None else result
    return term


LEAVES = st.sampled_from(["a", "b", "x"])
TERMS = st.recursive(LEAVES, lambda t: st.tuples(st.just("f"), t) | st.tuples(st.just("g"), t, t), max_leaves=12)
TUPLES = WORLDS["tuples"]
SHRINKING = [
    TUPLES.rule(("f", ("f", "x")), "x"),
    TUPLES.rule(("g", "x", "x"), ("f", "x")),
    TUPLES.rule(("g", "a", "x"), "x"),
    TUPLES.rule(("g", "x", "y"), lambda x, y: ("f", y), where=lambda x: x == "b"),
    TUPLES.rule("b", "a"),
]
ANY_RULES = st.lists(st.sampled_from(SHRINKING), min_size=1, max_size=3).map(lambda chosen: First(*chosen))


class TestLaws:
    @given(ANY_RULES, TERMS)
    def test_walks_are_what_recursion_would_do(self, made: First[Any], term: Any) -> None:
        for walk, inwards in ((Prewalk(made), True), (Postwalk(made), False)):
            expected = _naive(made, term, inwards)
            assert walk(term, over=NestedTuples()) == (None if expected == term else expected)

    @given(ANY_RULES, TERMS)
    def test_a_fixed_point_is_one(self, made: First[Any], term: Any) -> None:
        walk = Postwalk(made)
        result = Fixpoint(walk)(term, over=NestedTuples())
        last = term if result is None else result
        assert walk(last, over=NestedTuples()) is None
        assert (result is None) == (walk(term, over=NestedTuples()) is None)
        repeated = Repeat(walk, 1000)(term, over=NestedTuples())
        assert repeated == result

    @given(ANY_RULES, ANY_RULES, TERMS)
    def test_sums_and_products(self, s: First[Any], t: First[Any], term: Any) -> None:
        over = NestedTuples()

        def plain(made: Strategy[Any], on: Any) -> Any:
            return made(on, over=over)

        first, second = plain(s, term), plain(t, term)
        assert plain(First(s, t), term) == (second if first is None else first)
        after = plain(t, term if first is None else first)
        assert plain(Chain(s, t), term) == (first if after is None else after)
        assert plain(Sequence(s, t), term) == (None if first is None else after)
        assert plain(Chain(s, t), term) == plain(Chain(Chain(s), t), term)
        assert plain(PassThrough(s), term) == (term if first is None else first)
        assert plain(If(lambda on: on == term, s, t), term) == first
        assert plain(If(lambda on: on != term, s, t), term) == second

    @given(ANY_RULES, TERMS, st.integers(0, 60))
    def test_a_stopped_run_is_on_the_way(self, made: First[Any], term: Any, fuel: int) -> None:
        """What it left leads to the same end, for rules that lead to one end only."""
        over = NestedTuples()
        one_end = Fixpoint(Postwalk(First(SHRINKING[0], SHRINKING[4])))
        end = PassThrough(one_end)(term, over=over)
        for walk in (Prewalk, Postwalk):
            outcome = Fixpoint(walk(First(SHRINKING[0], SHRINKING[4]))).run(term, fuel=fuel, over=over)
            assert outcome.steps <= fuel
            assert outcome.changed == (outcome.term != term)
            assert PassThrough(one_end)(outcome.term, over=over) == end
            if outcome.stop is Stop.DONE:
                assert outcome.term == end


class TestSize:
    def test_depth(self) -> None:
        signature = _signature()
        names = rule(Eq(signature.make("a"), signature.make("b")))
        lemma: Term = signature.make("a")
        nested: Any = "a"
        tree: ast.expr = ast.Name("a", ast.Load())
        for _ in range(DEEP // 10):
            lemma, nested, tree = signature.make("f", lemma), ("f", nested), ast.UnaryOp(ast.USub(), tree)
        for walk in (Prewalk, Postwalk):
            assert walk(names)(lemma).size == DEEP // 10 + 1  # type: ignore[union-attr]
            result = walk(TUPLES.rule("a", "b"))(nested)
            assert walk(TUPLES.rule("b", "a"))(result) is not None
            assert walk(Rule.of(expression("a"), expression("b"), {}))(tree) is not None

    def test_expressions_of_sympy_that_are_deep(self) -> None:
        f, a, b = sympy.Function("f"), sympy.Symbol("a"), sympy.Symbol("b")
        deep = a
        for _ in range(DEEP // 20):
            deep = f(deep)
        result = Postwalk(Rule.of(a, b, {}))(deep)
        for _ in range(DEEP // 20):
            (result,) = result.args  # type: ignore[union-attr]
        assert result == b

    @pytest.mark.parametrize("name", sorted(WORLDS))
    @pytest.mark.parametrize("walk", [Prewalk, Postwalk])
    def test_a_subterm_is_walked_once_however_often_it_stands(self, walk: Any, name: str) -> None:
        """2^100 nodes as a tree (SymbolicUtils.jl, issue 1015)."""
        world = WORLDS[name]
        term = world.leaf("a")
        function = ast.Name("g", ast.Load())
        for _ in range(100):
            term = ast.Call(function, [term, term], []) if name == "python" else world.node("g", term, term)
        outcome = walk(world.rule("a", "b")).run(term, over=world.over, fuel=1000)
        assert (outcome.stop, outcome.rewrites) == (Stop.DONE, 1)
        assert outcome.steps <= 210
        again = walk(world.rule("b", "a")).run(outcome.term, over=world.over, fuel=1000)
        assert (again.stop, again.rewrites) == (Stop.DONE, 1)
        assert same(world.over, again.term, term)

    def test_sharing_in_expressions_of_sympy_that_are_not_evaluated(self) -> None:
        a, b = sympy.symbols("a b")
        term = a
        for _ in range(100):
            term = sympy.Add(term, term, evaluate=False)
        assert Postwalk(Rule.of(a, b, {}))(term) == 2**100 * b

    def test_matching_a_pattern_that_shares(self) -> None:
        signature = _signature()
        x, a = signature.var("x"), signature.make("a")
        pattern, term = x, a
        for _ in range(100):
            pattern, term = signature.make("g", pattern, pattern), signature.make("g", term, term)
        assert Rule.of(pattern, x, {"x": x})(term) == a
        assert Rule.of(pattern, x, {"x": x})(signature.make("g", term, a)) is None
        assert Rule.of(signature.make("f", x), pattern, {"x": x})(signature.make("f", a)) == term

    def test_a_fixpoint_of_a_walk_enters_only_what_is_new(self) -> None:
        signature = _signature()
        term = signature.make("a")
        for _ in range(200):
            term = signature.make("g", term, signature.make("f", term))
        outcome = Fixpoint(Postwalk(rule("g(x, y) = y", signature))).run(signature.make("f", term))
        assert outcome.steps < 1500


class TestLimits:
    @pytest.mark.parametrize("walk", [Prewalk, Postwalk, Fixpoint])
    def test_no_time_no_work(self, walk: Any) -> None:
        outcome = walk(TUPLES.rule("a", FA)).run(FA, Limits(seconds=0))
        assert (outcome.stop, outcome.term, outcome.changed, outcome.steps) == (Stop.TIME, FA, False, 1)

    def test_growth_is_left_to_the_limits(self) -> None:
        signature = _signature()
        outcome = Fixpoint(rule("f(x) = f(f(x))", signature)).run(signature.term("f(a)"), Limits(seconds=0.05))
        assert outcome.stop is Stop.TIME
        assert outcome.term.size == outcome.rewrites + 2

    def test_the_error_has_the_term(self) -> None:
        with pytest.raises(Incomplete, match="the steps are used up") as error:
            Fixpoint(TUPLES.rule(("f", "x"), ("f", ("f", "x"))))(FA, fuel=5)
        assert error.value.last == ("f", ("f", ("f", ("f", ("f", FA)))))
        assert error.value.stop is Stop.STEPS

    def test_an_error_about_a_deep_term_can_be_shown(self) -> None:
        with pytest.raises(Incomplete) as error:
            Fixpoint(TUPLES.rule(("f", "x"), ("f", ("f", "x"))))(FA, fuel=20_000)
        assert "steps" in str(error.value)

    def test_ctrl_c_is_a_limit_of_a_run(self) -> None:
        def interrupt(term: Any) -> Any:
            if term == "c":
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.02)  # longer than between two looks at the clock
            return "b" if term == "a" else None

        outcome = Postwalk(interrupt).run(("g", "a", ("g", "c", FA)))
        assert (outcome.stop, outcome.term) == (Stop.INTERRUPTED, ("g", "b", ("g", "c", FA)))
        with pytest.raises(KeyboardInterrupt):
            Postwalk(interrupt)(("g", "a", ("g", "c", FA)))

    def test_an_error_of_a_function_comes_out_as_it_is(self) -> None:
        with pytest.raises(ZeroDivisionError):
            Postwalk(lambda term: 1 // 0)(FA)

    def test_steps_are_the_same_whatever_the_machine_does(self) -> None:
        runs = [Fixpoint(Postwalk(First(*SHRINKING))).run(("g", FFA, ("g", "b", FFA))) for _ in range(2)]
        assert runs[0] == runs[1]


class TestRules:
    def test_equations_of_lemmata(self) -> None:
        signature = _signature()
        text = rule("g(x, f(y)) = g(y, x)", signature)
        equation = rule(Eq(signature.term("g(x, f(y))"), signature.term("g(y, x)")))
        term = signature.term("g(a, f(b))")
        assert text(term) == equation(term) == signature.term("g(b, a)")
        assert text(term.id, over=BankTerms(signature.bank)) == signature.term("g(b, a)").id

    def test_a_rule_outlives_a_collection(self) -> None:
        signature = _signature()
        swap = rule("g(x, y) = g(y, x)", signature)
        signature.bank.collect()
        assert swap(signature.term("g(a, b)")) == signature.term("g(b, a)")

    def test_rules_of_a_rule_set_in_order(self) -> None:
        signature = _signature()
        several = _rules(signature, ["f(a) = b", "f(x) = c"])
        assert Chain(several)(signature.term("f(a)")) == signature.term("b")
        assert Chain(several)(signature.term("f(b)")) == signature.term("c")
        assert Chain(several)(signature.term("g(f(a), a)")) is None
        assert Postwalk(several)(signature.term("g(f(a), a)")) == signature.term("g(b, a)")

    def test_an_equation_that_no_order_directs_goes_down(self) -> None:
        signature = _signature()
        commutes = _rules(signature, ["g(x, y) = g(y, x)"])
        results = [Fixpoint(commutes).run(signature.term(t)) for t in ("g(a, b)", "g(b, a)", "g(f(a), a)")]
        assert [str(r.term) for r in results] == ["g(a, b)", "g(a, b)", "g(a, f(a))"]
        assert all(commutes.normalize(r.term) == r.term for r in results)

    def test_predicates_see_terms(self) -> None:
        signature = _signature()
        smaller = rule("g(x, y) = g(y, x)", signature, where=lambda y, x: x.size > y.size)
        assert Fixpoint(smaller)(signature.term("g(f(a), a)")) == signature.term("g(a, f(a))")

    @pytest.mark.parametrize(
        ("left", "right", "options", "message"),
        [
            ("x", FA, {}, "must start with a symbol"),
            (FA, "x", {}, "lacks 'x'"),
            (("f", "x"), ("g", "x", "y"), {}, "lacks 'y'"),
            (("f", "x"), "x", {"where": lambda y: True}, "lacks 'y'"),
            (("f", "x"), lambda y: y, {}, "lacks 'y'"),
            (("f", "x"), lambda z: z, {}, "wants 'z', which is no variable"),
            (("f", "x"), "x", {"where": lambda *values: True}, "wants 'values'"),
        ],
    )
    def test_what_is_no_rule(self, left: Any, right: Any, options: Any, message: str) -> None:
        with pytest.raises(LemmataError, match=message):
            TUPLES.rule(left, right, **options)

    def test_a_variable_is_a_leaf(self) -> None:
        with pytest.raises(LemmataError, match="has arguments"):
            Rule.of(FFA, "a", {"x": FA})

    def test_equations_that_are_no_rules(self) -> None:
        signature = _signature()
        with pytest.raises(LemmataError, match="needs a signature"):
            rule("f(x) = x")
        with pytest.raises(LemmataError, match="must be an equation"):
            rule("f(x) = x implies x = y", signature)
        with pytest.raises(LemmataError, match="must start with a symbol"):
            rule("x = f(x)", signature)
        with pytest.raises(SourceError):
            rule("f(x = x", signature)

    @pytest.mark.parametrize("other", [None, 1, "f(x) = x", int])
    def test_what_is_no_strategy(self, other: Any) -> None:
        with pytest.raises(LemmataError, match="is no strategy"):
            Chain(other)

    def test_a_function_must_keep_sorts(self) -> None:
        module = lemmata.parse("sort N = 0 | s(N)\nsort L = nil | cons(N, L)\nvar n : N\n")
        signature = Signature.of(module.theory, module.variables)
        with pytest.raises(LemmataError, match="takes N, L"):
            Postwalk(lambda t: signature.term("nil") if str(t) == "0" else None)(signature.term("cons(0, nil)"))

    def test_rules_of_python(self) -> None:
        double = Rule.of(expression("x * 2"), expression("x + x"), {"x": expression("x")})
        tree = ast.parse("def f(y):\n    return g(y * 2) * 2\n")
        result = Postwalk(double)(tree)
        assert result is not None
        assert ast.unparse(result) == "def f(y):\n    return g(y + y) + g(y + y)"
        assert result.body[0].lineno == 1  # type: ignore[attr-defined]
        compile(ast.fix_missing_locations(result), "<test>", "exec")

    def test_rules_of_sympy(self) -> None:
        a = sympy.Symbol("a")
        pythagoras = Rule.of(sympy.sin(a) ** 2, 1 - sympy.cos(a) ** 2, {"a": a})
        x = sympy.Symbol("x")
        assert Postwalk(pythagoras)(sympy.sin(2 * x) ** 2 + sympy.cos(2 * x) ** 2) == 1

    def test_rules_of_the_algebra(self) -> None:
        a, x = expressions.symbols("a x")
        pythagoras = Rule.of(expressions.sin(a) ** 2, 1 - expressions.cos(a) ** 2, {"a": a})
        assert Postwalk(pythagoras)(expressions.sin(2 * x) ** 2 + expressions.cos(2 * x) ** 2) == 1

    def test_representations_are_short_names(self) -> None:
        made = Fixpoint(Chain(Postwalk(TUPLES.rule("a", "b")), Repeat(First(), 2)))
        assert repr(made).startswith("Fixpoint(Chain(Postwalk(Rule(")
        assert isinstance(RootRules.of(RuleSet(lemmata.parse("sort N = 0 | s(N)\n").theory)).rules, tuple)
