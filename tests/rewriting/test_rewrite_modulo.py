"""Rewriting modulo laws: normal forms against independent computation, proofs that the checker accepts, limits."""

from __future__ import annotations

import gc
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.bank import TermBank, TermId
from lemmata.rewriting.certificate import Certificate
from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder
from lemmata.rewriting.derivation_modulo import ModuloExplainer, NoProof, law_steps
from lemmata.rewriting.laws import law
from lemmata.rewriting.limits import Clock, Limits, Stop
from lemmata.rewriting.rewrite_modulo import ModuloRewriter
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.system import Condition, RewriteRule
from lemmata.rewriting.theory import Attribute, Axiom, Notation, Symbol, Theory

AC, A = frozenset[Attribute](["assoc", "comm"]), frozenset[Attribute](["assoc"])


class System:
    """A theory that is written down rule by rule; every rule is an axiom."""

    def __init__(self, *symbols: Symbol) -> None:
        self.table = TermTable()
        self.bank = TermBank()
        self.symbols = {s.name: s for s in symbols}
        self.rules: list[RewriteRule] = []
        self.axioms: list[Axiom] = []
        for s in symbols:
            if s.attributes or s.unit is not None:
                self._laws(s)

    def _laws(self, s: Symbol) -> None:
        t = self.table
        x, y, z = (t.var(v, s.result) for v in "xyz")
        equations = {}
        if "assoc" in s.attributes:
            equations["assoc"] = (t.app(s.name, t.app(s.name, x, y), z), t.app(s.name, x, t.app(s.name, y, z)))
        if "comm" in s.attributes:
            equations["comm"] = (t.app(s.name, x, y), t.app(s.name, y, x))
        if s.unit is not None:
            unit = t.literal(s.unit, s.result) if s.kind == "builtin" else t.app(s.unit)
            equations["right"] = (t.app(s.name, x, unit), x)
            equations["left"] = (x, t.app(s.name, unit, x))
        self.axioms += [Axiom(f"{s.name}.{name}", t.eq(*sides), "axiom") for name, sides in equations.items()]

    def rule(self, lhs: int, rhs: int, *conditions: Condition) -> None:
        formula = self.table.eq(lhs, rhs)
        for c in reversed(conditions):
            formula = self.table.imp(self.table.eq(c.left, c.right), formula)
        name = f"rule.{len(self.rules)}"
        self.axioms.append(Axiom(name, formula, "axiom"))
        variables = frozenset(self.table.free_variables(lhs))
        self.rules.append(RewriteRule(lhs, rhs, variables, ("axiom", name), conditions=conditions))

    def rewriter(self, fuel: int | None = None) -> ModuloRewriter:
        return ModuloRewriter(self.bank, self.table, self.rules, self.symbols, fuel)

    def load(self, row: int) -> TermId:
        return self.bank.load(self.table, [row], self.symbols)[0]

    def normal_row(self, row: int) -> int:
        done = self.rewriter().normalise([self.load(row)])
        assert done.stop is Stop.DONE
        return self.bank.dump(done.terms, self.table)[0]

    def proved(self, row: int) -> int:
        """The normal form, after the checker has accepted the proof of row = normal form."""
        rewriter = self.rewriter()
        term = self.load(row)
        (normal,) = rewriter.normalise([term]).terms
        builder = Builder(self.table)
        statements = {a.name: a.formula for a in self.axioms}
        laws = law_steps(builder, {name: ("axiom", formula) for name, formula in statements.items()})
        explainer = ModuloExplainer(builder, rewriter, statements, laws)
        step = explainer.normal_form(term)
        links = [*explainer.equal(row, explainer.row(term)), *([] if step is None else [step])]
        last = builder.trans(links) if links else builder.refl(row)
        derivation = builder.finish("normal", last)
        assert self.table.rows[derivation.statement] == ("eq", row, explainer.row(normal))
        sorts = tuple(dict.fromkeys(s for x in self.symbols.values() for s in (*x.arguments, x.result)))
        theory = Theory("T", sorts, (), tuple(self.symbols.values()), tuple(self.axioms), (), self.table)
        verdict = check(Certificate(theory, theory.digest, self.table, (derivation,)))
        assert verdict.first_error is None
        return explainer.row(normal)


def symbol(text: str, arity: int, attributes: frozenset[Attribute] = frozenset(), unit: str | None = None) -> Symbol:
    notation = Notation(text, "infix", 40, "left") if arity == 2 and not text.isalpha() else Notation(text)
    return Symbol(text, ("B",) * arity, "B", "abstract", notation, attributes, unit)


class Boolean(System):
    """Boolean rings (Hsiang 1985): exclusive or and conjunction; two formulas agree iff their normal forms do."""

    def __init__(self) -> None:
        super().__init__(symbol("0", 0), symbol("1", 0), symbol("^", 2, AC, "0"), symbol("&", 2, AC, "1"))
        t = self.table
        x, y, z = (t.var(v, "B") for v in "xyz")
        self.zero, self.one = t.app("0"), t.app("1")
        self.rule(t.app("^", x, x), self.zero)
        self.rule(t.app("&", x, x), x)
        self.rule(t.app("&", x, self.zero), self.zero)
        self.rule(t.app("&", x, t.app("^", y, z)), t.app("^", t.app("&", x, y), t.app("&", x, z)))

    def value(self, row: int, values: dict[str, bool]) -> bool:
        cells = self.table.rows[row]
        if cells[0] == "var":
            return values[str(cells[1])]
        below = [self.value(c, values) for c in children(cells)]
        return (
            {"0": False, "1": True}.get(str(cells[1]), False)
            if not below
            else (below[0] != below[1] if cells[1] == "^" else below[0] and below[1])
        )


@st.composite
def boolean_terms(draw: st.DrawFn) -> tuple[Boolean, int, int]:
    system = Boolean()
    t = system.table
    known = [t.var(v, "B") for v in ("p", "q", "x")] + [system.zero, system.one]
    for _ in range(draw(st.integers(1, 9))):
        known.append(t.app(draw(st.sampled_from("^&")), *(draw(st.sampled_from(known)) for _ in range(2))))
    return system, known[-1], known[-2]


@settings(max_examples=150)
@given(boolean_terms())
def test_boolean_rings_decide_propositional_logic(case: tuple[Boolean, int, int]) -> None:
    system, left, right = case
    same = all(
        system.value(left, values) == system.value(right, values)
        for bits in product([False, True], repeat=3)
        for values in [dict(zip("pqx", bits, strict=True))]
    )
    assert (system.normal_row(left) == system.normal_row(right)) == same


@settings(max_examples=60)
@given(boolean_terms())
def test_every_normalisation_has_a_proof(case: tuple[Boolean, int, int]) -> None:
    system, row, _ = case
    assert system.proved(row) == system.normal_row(row)


class TestContexts:
    """A rule rewrites some operands of a sum, and neighbours in a sequence."""

    def system(self, attributes: frozenset[Attribute]) -> System:
        system = System(*(symbol(c, 0) for c in "abcd"), symbol("k", 1), symbol("+", 2, attributes))
        t = system.table
        system.rule(t.app("+", t.app("a"), t.app("b")), t.app("c"))
        return system

    @pytest.mark.parametrize(
        ("attributes", "given", "expected"),
        [
            (AC, "adb", "cd"),
            (AC, "ababab", "ccc"),
            (AC, "ab", "c"),
            (A, "dab", "dc"),
            (A, "abd", "cd"),
            (A, "dabd", "dcd"),
            (A, "ba", "ba"),
            (A, "adb", "adb"),
            (frozenset(), "ab", "c"),
        ],
    )
    def test_some_operands(self, attributes: frozenset[Attribute], given: str, expected: str) -> None:
        system = self.system(attributes)

        def total(letters: str) -> int:
            whole = system.table.app(letters[0])
            for letter in letters[1:]:
                whole = system.table.app("+", whole, system.table.app(letter))
            return whole

        for wrap in (lambda row: row, lambda row: system.table.app("k", row)):
            normal = system.normal_row(wrap(total(given)))
            assert system.load(normal) == system.load(wrap(total(expected)))
            assert system.proved(wrap(total(given))) == normal

    def test_a_sequence_variable_says_what_the_rest_is(self) -> None:
        """k(xs + a) drops all a, where a plain rule k(x + a) needs something beside the a."""
        system = self.system(AC)
        t = system.table
        xs, a, c = t.var("xs", "B..."), t.app("a"), t.app("c")
        system.rules.clear()
        system.rule(t.app("k", t.app("+", t.app("+", xs, a), a)), t.app("k", t.app("+", t.app("+", xs, c), c)))
        term = t.app("k", t.app("+", t.app("+", a, t.app("b")), a))
        bare = t.app("k", t.app("+", a, a))
        assert system.load(system.normal_row(term)) == system.load(t.replace(term, {a: c}))
        assert system.load(system.normal_row(bare)) == system.load(t.replace(bare, {a: c}))
        with pytest.raises(NoProof, match="first order"):
            system.proved(bare)


class TestBuiltin:
    """x + 2 + 3 is x + 5, for integers of any size, and strings in order."""

    def system(self) -> System:
        plus = Symbol("+", ("Int", "Int"), "Int", "builtin", Notation("+", "infix", 40, "left"), AC, "0")
        times = Symbol("*", ("Int", "Int"), "Int", "builtin", Notation("*", "infix", 50, "left"), AC, "1")
        minus = Symbol("-", ("Int", "Int"), "Int", "builtin", Notation("-", "infix", 40, "left"))
        joined = Symbol("++", ("String", "String"), "String", "builtin", Notation("++", "infix", 45, "right"), A)
        system = System(plus, times, minus, joined)
        t = system.table
        x, y, z = (t.var(v, "Int") for v in "xyz")
        system.rule(t.app("*", x, t.app("+", y, z)), t.app("+", t.app("*", x, y), t.app("*", x, z)))
        return system

    def test_sums(self) -> None:
        system = self.system()
        t = system.table
        x = t.var("x", "Int")

        def n(value: int) -> int:
            return t.literal(str(value), "Int")

        def plus(*rows: int) -> int:
            whole = rows[0]
            for row in rows[1:]:
                whole = t.app("+", whole, row)
            return whole

        def times(*rows: int) -> int:
            return t.app("*", *rows)

        for row, expected in [
            (plus(x, n(2), n(3)), plus(n(5), x)),
            (plus(n(-5), x, n(2), n(3)), x),
            (plus(n(2), n(2), n(2), x, n(2), n(2)), plus(n(10), x)),
            (times(plus(x, n(2)), plus(x, n(3))), plus(n(6), times(x, n(2)), times(x, n(3)), times(x, x))),
            (t.app("-", plus(n(1), n(2)), n(3)), n(0)),
        ]:
            assert system.proved(row) == system.normal_row(row)
            assert system.load(system.normal_row(row)) == system.load(expected)
        big = n(2**40)
        for _ in range(60):
            big = t.app("+", big, big)
        assert system.proved(big) == n(2**100)

    def test_strings(self) -> None:
        system = self.system()
        t = system.table
        x = t.var("x", "String")
        row = t.literal('"a"', "String")
        for part in (t.literal('"b"', "String"), x, t.literal('"c"', "String"), t.literal('"d"', "String"), x):
            row = t.app("++", row, part)
        ab, cd = t.literal('"ab"', "String"), t.literal('"cd"', "String")
        assert system.proved(row) == t.app("++", t.app("++", t.app("++", ab, x), cd), x)


class TestConditions:
    def system(self) -> System:
        """Numbers as sums of 1; half of 4n is known, half of other numbers is not."""
        system = System(*(symbol(c, 0) for c in "01"), symbol("even", 1), symbol("half", 1), symbol("+", 2, AC, "0"))
        t = system.table
        x, zero, one = t.var("x", "B"), t.app("0"), t.app("1")
        two = t.app("+", one, one)
        system.rule(t.app("even", zero), one)
        system.rule(t.app("even", one), zero)
        system.rule(t.app("even", t.app("+", x, two)), t.app("even", x))
        system.rule(t.app("even", two), one)
        system.rule(t.app("half", t.app("+", x, x)), x, Condition(t.app("even", x), one))
        return system

    def test_conditions_are_decided_by_normal_forms_and_proved(self) -> None:
        system = self.system()
        t = system.table
        one = t.app("1")
        powers = [one]
        for _ in range(5):
            powers.append(t.app("+", powers[-1], powers[-1]))
        assert system.proved(t.app("half", powers[3])) == system.normal_row(powers[2])
        assert system.proved(t.app("half", powers[1])) == t.app("half", powers[1])
        assert system.proved(t.app("even", powers[5])) == one

    def test_a_condition_that_two_terms_differ(self) -> None:
        system = System(*(symbol(c, 0) for c in "ab"), symbol("k", 1), symbol("+", 2, AC))
        t = system.table
        x, a, b = t.var("x", "B"), t.app("a"), t.app("b")
        system.rule(t.app("+", x, a), x, Condition(x, b, equal=False))
        assert system.normal_row(t.app("+", t.app("k", a), a)) == t.app("k", a)
        assert system.normal_row(t.app("+", b, a)) == system.normal_row(t.app("+", a, b)) != b
        with pytest.raises(NoProof):
            system.proved(t.app("+", t.app("k", a), a))


class TestLimits:
    def loop(self) -> tuple[System, int]:
        system = System(*(symbol(c, 0) for c in "ab"), symbol("k", 1), symbol("+", 2, AC))
        t = system.table
        system.rule(t.app("+", t.app("a"), t.app("a")), t.app("k", t.app("+", t.app("a"), t.app("a"))))
        return system, t.app("+", t.app("a"), t.app("a"))

    def test_fuel(self) -> None:
        system, row = self.loop()
        rewriter = system.rewriter(fuel=500)
        good = system.load(system.table.app("b"))
        done = rewriter.normalise([good, system.load(row), good])
        assert (done.terms, done.stop) == ((good,), Stop.STEPS)
        assert rewriter.last_term() is not None
        assert rewriter.normalise([good]).stop is Stop.DONE
        assert rewriter.last_term() is None

    def test_the_clock_also_ends_a_search_for_matchers(self) -> None:
        system = System(*(symbol(c, 0) for c in "ab"), symbol("k", 1), symbol("+", 2, AC))
        t = system.table
        variables = [t.var(f"v{n}", "B") for n in range(6)]
        lhs = variables[0]
        for v in variables[1:]:
            lhs = t.app("+", lhs, v)
        system.rule(lhs, t.app("a"), Condition(t.app("k", lhs), t.app("b")))
        row = t.app("k", t.app("a"))
        subject = row
        for _ in range(40):
            row = t.app("k", row)
            subject = t.app("+", subject, row)
        rewriter = system.rewriter()
        done = rewriter.normalise([system.load(subject)], Clock(Limits(seconds=0.05)))
        assert (done.terms, done.stop) == ((), Stop.TIME)

    def test_a_collection_voids_the_memory(self) -> None:
        system = Boolean()
        t = system.table
        rewriter = system.rewriter()
        term = system.load(t.app("^", system.one, system.one))
        assert rewriter.normalise([term]).stop is Stop.DONE
        assert rewriter.normal(term) is not None
        gc.collect()
        system.bank.collect()
        assert rewriter.normal(term) is None
        again = system.load(t.app("^", system.one, system.one))
        assert system.bank.dump(rewriter.normalise([again]).terms, t) == [system.zero]

    def test_deep_terms_and_exponential_sharing(self) -> None:
        system = Boolean()
        system.symbols["k"] = symbol("k", 1)
        t = system.table
        row = t.app("^", t.var("p", "B"), system.zero)
        for _ in range(20_000):
            row = t.app("k", row)
        assert system.load(system.normal_row(row)) == system.load(row)
        shared = t.app("k", t.app("^", system.one, system.one))
        for _ in range(100):
            shared = t.app("^", shared, shared)
        assert system.normal_row(shared) == system.zero


def test_rules_that_are_none() -> None:
    system = System(*(symbol(c, 0) for c in "0a"), symbol("k", 1), symbol("+", 2, AC, "0"))
    t = system.table
    x, y, zero = t.var("x", "B"), t.var("y", "B"), t.app("0")
    system.rule(t.app("+", x, zero), x)  # holds by the laws already
    system.rule(t.app("+", x, y), t.app("+", y, x))
    assert system.normal_row(t.app("k", t.app("+", zero, t.app("a")))) == t.app("k", t.app("a"))
    for lhs, rhs in [(t.app("k", x), y), (t.app("+", x, zero), zero)]:
        bad = RewriteRule(lhs, rhs, frozenset([x, y]), ("axiom", "bad"))
        with pytest.raises(ValueError, match="rule"):
            ModuloRewriter(system.bank, t, [bad], system.symbols)
    ordered = RewriteRule(t.app("k", t.app("k", x)), t.app("k", x), frozenset([x]), ("axiom", "o"), ordered=True)
    with pytest.raises(ValueError, match="no order"):
        ModuloRewriter(system.bank, t, [ordered], system.symbols)


def test_laws_are_recognised_whatever_the_order_of_their_sides() -> None:
    system = System(symbol("e", 0), symbol("+", 2, AC, "e"), symbol("k", 1))
    t = system.table
    x, y, z, e = t.var("x", "B"), t.var("y", "B"), t.var("z", "B"), t.app("e")
    found = [a.formula for a in system.axioms]
    found += [t.eq(int(t.rows[f][2]), int(t.rows[f][1])) for f in found]
    stated = [law(t, f) for f in found]
    assert [(s.kind, s.symbol) for s in stated if s] == 2 * [(k, "+") for k in ("assoc", "comm", "right", "left")]
    for left, right in [
        (t.app("+", x, x), t.app("+", x, x)),
        (t.app("+", x, e), e),
        (t.app("+", e, e), e),
        (t.app("+", t.app("+", x, y), z), t.app("+", x, t.app("+", z, y))),
        (t.app("k", x), x),
        (x, y),
    ]:
        assert law(t, t.eq(left, right)) is None
    assert law(t, t.false()) is None
