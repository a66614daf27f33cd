"""Simplification of truth values and bit vectors, and the axioms behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.check import check
from lemmata.rewriting.derivation import Builder
from lemmata.rewriting.egraph.costs import cost_model
from lemmata.rewriting.literals import Value, literal_value
from lemmata.rewriting.operations import evaluate
from lemmata.rewriting.simplifier import logic
from lemmata.rewriting.simplifier.bitvectors import bitvector_theory
from lemmata.rewriting.simplifier.booleans import boolean_theory
from lemmata.rewriting.simplifier.record import Proved, Simplification
from lemmata.rewriting.simplifier.simplify import simplification
from lemmata.rewriting.simplifier.truth_tables import cheapest, columns
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.terms import Term
from lemmata.rewriting.theory import Symbol, Theory

THEORIES = [
    pytest.param(boolean_theory(), id="Booleans"),
    *(pytest.param(bitvector_theory(w), id=f"{w}", marks=[pytest.mark.slow] * (w == 4)) for w in (1, 2, 3, 4)),
]
NAMES = "abc"


def value(symbols: Mapping[str, Symbol], table: TermTable, root: int, given: Mapping[str, Value]) -> Value:
    values: dict[int, Value] = {}
    for i in table.reachable([root]):
        row = table.rows[i]
        if row[0] == "var":
            values[i] = given[str(row[1])]
        elif row[0] == "lit":
            values[i] = literal_value(str(row[1]))
        else:
            symbol = symbols[str(row[1])]
            found = evaluate(symbol.notation.text, [values[c] for c in children(row)], symbol.arguments)
            assert found is not None
            values[i] = found
    return values[root]


def values_of(sort: str) -> Sequence[Value]:
    return (False, True) if sort == "Bool" else range(2 ** int(sort.removeprefix("BitVec")))


@pytest.mark.parametrize("theory", THEORIES)
def test_each_axiom_holds_for_all_values(theory: Theory) -> None:
    table = theory.terms
    assert len({a.name for a in theory.axioms}) == len(theory.axioms) > 40
    for axiom in theory.axioms:
        left, right = (int(side) for side in table.rows[axiom.formula][1:])
        names = [str(table.rows[v][1]) for v in table.free_variables(axiom.formula)]
        for chosen in product(values_of(theory.sorts[0]), repeat=len(names)):
            given = dict(zip(names, chosen, strict=True))
            sides = [value(theory.symbol, table, side, given) for side in (left, right)]
            assert sides[0] == sides[1], (axiom.name, given)


def test_the_axioms_of_one_width_do_not_hold_of_another() -> None:
    """So the test above is about something: 255 is not all ones of four digits."""
    (axiom,) = [a for a in bitvector_theory(3).axioms if a.name == "plus_not"]
    table = bitvector_theory(3).terms
    left, right = (int(side) for side in table.rows[axiom.formula][1:])
    symbols = {s.name: s for s in bitvector_theory(3).symbols}
    wider = {
        n: Symbol(s.name, tuple("BitVec4" for _ in s.arguments), "BitVec4", s.kind, s.notation)
        for n, s in symbols.items()
    }
    assert value(wider, table, left, {"x": 5}) != value(wider, table, right, {"x": 5})


# Terms at random

TRUTHS = st.recursive(
    st.sampled_from([*NAMES, "true", "false"]),
    lambda inner: st.one_of(
        inner.map("(not {})".format),
        st.tuples(inner, st.sampled_from(["and", "or", "xor", "implies", "iff"]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
    ),
    max_leaves=9,
)
BITS = st.recursive(
    st.sampled_from([*NAMES[:2], "0", "1", "2", "3", "7"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("-~"), inner).map("{0[0]}({0[1]})".format),
        st.tuples(inner, st.sampled_from(["&", "|", "xor", "+", "-", "*", "<<", ">>"]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
    ),
    max_leaves=6,
)


def check_simplification(found: Simplification) -> None:
    table = TermTable()
    before, after = (t.dump(table) for t in (found.input, found.result))
    symbols = {s.name: s for t in (found.input, found.result) for s in t.signature.symbols}
    names = [str(table.rows[v][1]) for v in table.free_variables(before)]
    assert {str(table.rows[v][1]) for v in table.free_variables(after)} <= set(names)
    for chosen in product(values_of(found.input.sort), repeat=len(names)):
        given = dict(zip(names, chosen, strict=True))
        assert value(symbols, table, before, given) == value(symbols, table, after, given), given
    assert found.cost_after <= found.cost_before
    assert found.check().accepted
    (proof,) = found.check().proofs
    assert not found.assumed
    assert proof.name == "simplified"


@settings(max_examples=40, deadline=None)
@given(TRUTHS)
def test_truth_values_at_random(text: str) -> None:
    found = simplification(text, domain="bool")
    check_simplification(found)
    again = simplification(found.result)
    assert again.result == found.result


@settings(max_examples=12, deadline=None)
@given(BITS)
def test_bit_vectors_at_random(text: str) -> None:
    found = simplification(text, domain="bv3")
    check_simplification(found)
    again = simplification(found.result)
    assert again.result == found.result


@pytest.mark.parametrize(
    ("text", "domain", "wanted"),
    [
        ("a and (a or b)", "bool", "a"),
        ("not (a and not b) or b", "bool", "a implies b"),
        ("(a and b) or (a and not b)", "bool", "a"),
        ("(a implies b) and (b implies a)", "bool", "a iff b"),
        ("(a and b) or (not a and c) or (b and c)", "bool", "(a implies b) and (a or c)"),
        ("true and a or false", "bool", "a"),
        ("(a or b or c or d or e or f or g) and a", "bool", "a"),
        ("(x & y) | (x & ~y)", "bv8", "x"),
        ("(x xor y) xor x", "bv64", "y"),
        ("(x & 12) | (x & 3)", "bv8", "15 & x"),
        ("((x >> 4) << 4) | (x & 15)", "bv8", "x"),
        ("x + x + x", "bv8", "3 * x"),
        ("x + ~x", "bv8", "255"),
        ("(x | y) - (x & y)", "bv16", "x xor y"),
        ("(x << 3) >> 3", "bv8", "31 & x"),
        ("~x + 1", "bv32", "-x"),
        ("(x * 2) & 1", "bv8", "0"),
        ("(x & 240) >> 4", "bv8", "x >> 4"),
        ("((x >> 4) << 4) + (x & 15)", "bv64", "x"),
        ("x * x - (x - 1) * (x + 1)", "bv16", "1"),
        ("(x & y) * (x | y) + (x & ~y) * (~x & y)", "bv8", "x * y"),
    ],
)
def test_what_is_found(text: str, domain: str, wanted: str) -> None:
    found = simplification(text, domain=domain)
    assert str(found.result) == wanted
    assert found.check().accepted


def test_under_assumptions() -> None:
    for text, assume, wanted in [
        ("p and q or r", ["p"], "q or r"),
        ("p or q", ["p implies q"], "q"),
        ("p xor q", ["p", "not q or r"], "not q"),
        ("p", ["p"], "true"),
        ("p and q", ["r"], "p and q"),
    ]:
        found = simplification(text, domain="bool", assume=assume)
        assert str(found.result) == wanted
        assert found.check().accepted
        assert bool(found.assumed) is (str(found.result) != text)


def test_costs_and_goals() -> None:
    dear = {"implies": 10, "iff": 10, "xor": 10, "other": 1}
    assert str(simplification("p implies q", cost=dear).result) == "q or not p"
    assert str(simplification("p xor q", cost={"xor": 2, "other": 1}).result) == "p xor q"
    deep = simplification("p and (q and (r and s))", cost="depth")
    assert (deep.cost_before, deep.cost_after) == (4, 3)
    found = simplification("not (p and q)", goal="not p or not q")
    assert found.reached
    assert str(found.result) == "not p or not q"
    assert found.check().accepted
    assert not simplification("p and q", goal="p or q").reached


def test_a_term_over_a_signature_of_one_s_own() -> None:
    from lemmata.rewriting.operations import builtin_symbols
    from lemmata.rewriting.terms import Signature
    from lemmata.rewriting.theory import Notation

    below = Symbol("below", ("Real",), "Bool", "abstract", Notation("below"))
    signature = Signature((*builtin_symbols(["Real", "Bool"]), below), {"x": "Real", "p": "Bool"})
    term = signature.term("(below(x + 1) and p) or (below(x + 1) and not p) or x < 2 and false")
    found = simplification(term)
    assert isinstance(found.result, Term)
    assert str(found.result) == "below(x + 1)"
    assert found.check().accepted


def test_the_cheapest_formula_is_the_cheapest() -> None:
    """Against all formulas of at most seven symbols over two arguments, written out."""
    ones, costs = 0b1111, [1, 1]
    known: dict[int, int] = dict.fromkeys(columns(2), 1)
    levels: dict[int, set[int]] = {1: set(columns(2))}
    for cost in range(2, 8):
        made = {t ^ ones for t in levels.get(cost - 1, ())}
        for left in range(1, cost - 1):
            for x, y in product(levels.get(left, ()), levels.get(cost - 1 - left, ())):
                made |= {x & y, x | y}
        for table in made:
            known.setdefault(table, cost)
        levels[cost] = made
    for table, cost in known.items():
        for below in (cost, cost + 1):
            found = cheapest(
                table, ones, columns(2), costs, ["not", "and", "or"], lambda _, below: 1 + sum(below), below
            )
            assert (found is None) is (below == cost)


def test_costs_that_are_no_numbers_leave_the_tables_alone() -> None:
    words = cost_model(lambda head, below: max((*below, head), key=len))
    found = simplification("p and (p or q)", cost=words.call)  # type: ignore[union-attr]
    assert found.check().accepted


def test_deep_and_shared_terms() -> None:
    theory, table = boolean_theory(), TermTable()
    a, b = table.var("a", "Bool"), table.var("b", "Bool")
    deep, shared = a, a
    for n in range(1500):
        deep = table.app("and" if n % 2 else "or", deep, (a, b)[n % 3 % 2])
    for n in range(100):
        shared = table.app("xor" if n % 3 else "or", shared, shared)
    for row, wanted in ((deep, a), (shared, table.literal("false", "Bool"))):
        found = logic.simplify_row(table, row, theory)
        assert found.row == wanted
        builder = Builder(table)
        step = logic.prove(builder, theory, found)
        assert check(Proved(theory, builder, step).certificate()).accepted
