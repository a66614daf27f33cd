"""Rules and their compilation: what is refused, and which rule wins."""

from __future__ import annotations

import pytest

from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.limits import Stop
from lemmata.rewriting.rewriter import Rewriter
from lemmata.rewriting.rules import RewriteRule, compile_rules
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Notation, Symbol

N = "N"


def _symbols(**arities: int) -> dict[str, Symbol]:
    return {name: Symbol(name, (N,) * n, N, "abstract", Notation(name)) for name, n in arities.items()}


SYMBOLS = _symbols(a=0, b=0, c=0, f=1, g=1, p=2, q=3)


class _World:
    """A table with rules as pairs of rows; `x`, `y`, `z` are pattern variables, `r` is rigid."""

    def __init__(self) -> None:
        self.t = TermTable()
        self.x, self.y, self.z, self.r = (self.t.var(v, N) for v in "xyzr")
        self.a, self.b, self.c = (self.t.app(k) for k in "abc")

    def rule(self, left: int, right: int, *, ordered: bool = False) -> RewriteRule:
        variables = frozenset(self.t.free_variables(left)) & {self.x, self.y, self.z}
        return RewriteRule(left, right, variables, ("axiom", "r"), ordered=ordered)

    def normal(self, term: int, *rules: RewriteRule, precedence: str = "abcfgpq") -> int:
        bank = TermBank(1)
        table = compile_rules(bank, self.t, SYMBOLS, rules)
        above = {name: n for n, name in enumerate(precedence)}
        result = Rewriter(bank, table, above, fuel=10_000).normalise(bank.load(self.t, [term], SYMBOLS))
        assert result.stop is Stop.DONE
        return bank.dump(result.terms, self.t)[0]


class TestWhichRuleApplies:
    def test_the_first_of_several(self) -> None:
        w = _World()
        general, special = w.rule(w.t.app("f", w.x), w.b), w.rule(w.t.app("f", w.a), w.c)
        assert w.normal(w.t.app("f", w.a), general, special) == w.b
        assert w.normal(w.t.app("f", w.a), special, general) == w.c
        assert w.normal(w.t.app("f", w.b), special, general) == w.b

    def test_a_later_one_where_a_deeper_test_fails(self) -> None:
        w = _World()
        p, f, g = (lambda s, t: w.t.app("p", s, t)), (lambda s: w.t.app("f", s)), (lambda s: w.t.app("g", s))
        rules = (w.rule(p(f(g(w.a)), w.b), w.a), w.rule(p(f(w.x), w.c), w.x), w.rule(p(w.x, w.y), w.y))
        assert w.normal(p(f(g(w.a)), w.b), *rules) == w.a
        assert w.normal(p(f(g(w.a)), w.c), *rules) == g(w.a)
        assert w.normal(p(f(g(w.b)), w.b), *rules) == w.b
        assert w.normal(p(w.r, w.c), *rules) == w.c

    def test_a_repeated_variable_stands_for_equal_terms(self) -> None:
        w = _World()
        rule = w.rule(w.t.app("q", w.x, w.y, w.x), w.y)
        assert w.normal(w.t.app("q", w.a, w.b, w.a), rule) == w.b
        stuck = w.t.app("q", w.a, w.b, w.c)
        assert w.normal(stuck, rule) == stuck
        # Equal after rewriting is equal: arguments come first.
        other = w.rule(w.t.app("f", w.a), w.c)
        assert w.normal(w.t.app("q", w.t.app("f", w.a), w.b, w.c), rule, other) == w.b

    def test_a_rigid_variable_matches_only_itself(self) -> None:
        w = _World()
        rule = w.rule(w.t.app("p", w.r, w.x), w.t.app("f", w.r))
        assert w.normal(w.t.app("p", w.r, w.a), rule) == w.t.app("f", w.r)
        for other in (w.a, w.x, w.t.var("r", "M"), w.t.app("f", w.r)):
            stuck = w.t.app("p", other, w.a)
            assert w.normal(stuck, rule) == stuck

    def test_a_rigid_variable_between_rules_for_symbols(self) -> None:
        w = _World()
        f = w.t.app
        rules = (w.rule(f("f", w.a), w.b), w.rule(f("f", w.r), w.c), w.rule(f("f", f("g", w.x)), w.x))
        assert [w.normal(f("f", t), *rules) for t in (w.a, w.r, f("g", w.a))] == [w.b, w.c, w.a]

    def test_an_ordered_rule_sorts_and_stops(self) -> None:
        w = _World()
        p = w.t.app
        commute = w.rule(p("p", w.x, w.y), p("p", w.y, w.x), ordered=True)
        assert w.normal(p("p", w.b, w.a), commute) == p("p", w.a, w.b)
        assert w.normal(p("p", w.a, w.b), commute) == p("p", w.a, w.b)
        assert w.normal(p("p", w.a, w.b), commute, precedence="bacfgpq") == p("p", w.b, w.a)
        assert w.normal(p("p", w.a, w.r), commute) == p("p", w.r, w.a)  # variables are least
        assert w.normal(p("p", w.z, w.r), commute) == p("p", w.r, w.z)  # and go by their names

    def test_after_an_ordered_rule_that_does_not_apply_the_next_one_is_tried(self) -> None:
        w = _World()
        p = w.t.app
        commute = w.rule(p("p", w.x, w.y), p("p", w.y, w.x), ordered=True)
        assert w.normal(p("p", w.b, w.a), commute, w.rule(p("p", w.a, w.x), w.x)) == w.b


class TestWhatIsRefused:
    @pytest.mark.parametrize("ordered", [False, True])
    def test_a_variable_that_only_the_right_side_has(self, ordered: bool) -> None:
        w = _World()
        rule = RewriteRule(w.t.app("f", w.x), w.y, frozenset([w.x, w.y]), ("axiom", "r"), ordered=ordered)
        with pytest.raises(ValueError, match="'y'"):
            compile_rules(TermBank(), w.t, SYMBOLS, [rule])

    def test_a_left_side_that_is_a_variable(self) -> None:
        w = _World()
        with pytest.raises(ValueError, match="start with a symbol"):
            compile_rules(TermBank(), w.t, SYMBOLS, [w.rule(w.x, w.a)])

    def test_a_rule_that_looks_inside_a_formula(self) -> None:
        w = _World()
        symbols = {**SYMBOLS, "h": Symbol("h", ("Prop",), N, "abstract", Notation("h"))}
        formula = w.t.eq(w.a, w.b)
        with pytest.raises(ValueError, match="formulas"):
            compile_rules(TermBank(), w.t, symbols, [w.rule(w.t.app("h", formula), w.a)])
        with pytest.raises(ValueError, match="formulas"):
            compile_rules(TermBank(), w.t, symbols, [w.rule(w.t.app("f", w.a), formula)])


def test_without_rules_everything_is_normal() -> None:
    w = _World()
    term = w.t.app("p", w.a, w.t.app("f", w.r))
    assert w.normal(term) == term


def test_rules_survive_collections_and_symbols_met_later() -> None:
    w = _World()
    bank = TermBank(1)
    table = compile_rules(bank, w.t, SYMBOLS, [w.rule(w.t.app("f", w.t.app("f", w.x)), w.x)])
    rewriter = Rewriter(bank, table)
    bank.collect()
    later = {**SYMBOLS, **_symbols(**{f"later{n}": 1 for n in range(200)})}
    term, expected = w.a, w.a
    for n in range(200):
        term = w.t.app("f", w.t.app("f", w.t.app(f"later{n}", term)))
        expected = w.t.app(f"later{n}", expected)
    result = rewriter.normalise(bank.load(w.t, [term], later))
    assert bank.dump(result.terms, w.t) == [expected]
