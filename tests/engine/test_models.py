"""Finite models: they satisfy the axioms, and what they refute is false in them."""

from __future__ import annotations

from itertools import product

from lemmata.engine.models import Model, counterexample, find_models, has_finite_models
from lemmata.engine.mpl import Module, parse_module
from lemmata.engine.prove import explore, prove
from lemmata.engine.results import Status
from lemmata.rewriting.limits import Clock, Limits
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable

SEMIGROUP = """
sort S
var x y z : S
op _*_ : S S -> S
axiom assoc: (x * y) * z = x * (y * z)
"""
CLOCK = Clock(Limits())


def read(text: str) -> Module:
    return parse_module(Source("t", text))


def test_models_satisfy_the_axioms() -> None:
    theory = read(SEMIGROUP).theory
    models = find_models(theory, CLOCK)
    assert {m.size for m in models} == {1, 2, 3, 4}
    for model in models:
        table = model.tables["*"]
        for x, y, z in product(range(model.size), repeat=3):
            assert table[table[x, y], z] == table[x, table[y, z]]


def test_axioms_without_models_but_the_trivial_one() -> None:
    theory = read("sort S\nvar x y : S\nop f : S -> S\naxiom f(x) = y\n").theory
    assert [m.size for m in find_models(theory, CLOCK)] == [1]


def test_theories_that_the_finder_declines() -> None:
    assert not has_finite_models(read("sort N = 0 | s(N)\nvar x : N\nop f : N -> N\naxiom f(x) = x\n").theory)
    assert not has_finite_models(read("sort S\nop f : S -> S\n").theory)
    assert not has_finite_models(read("sort S\nvar x y : S\npred p : S\nop e : S\naxiom p(x) implies x = e\n").theory)


def test_a_counterexample_names_its_model() -> None:
    module = read(SEMIGROUP + "theorem comm: x * y = y * x\ntheorem some: exists e. forall x. e * x = x\n")
    goals = {g.name: g for g in prove(module.theory, module.variables).goals}
    assert goals["comm"].status is goals["some"].status is Status.COUNTER_SATISFIABLE
    assert "in a model with 2 elements" in str(goals["comm"].counterexample)


def test_quantifiers_and_connectives_are_evaluated_exactly() -> None:
    module = read("sort S\nvar x y : S\nop f : S -> S\naxiom f(f(x)) = x\n")
    swap = Model(2, {"f": {(0,): 1, (1,): 0}})
    terms = TermTable(module.theory.terms.rows)
    for text, holds in [
        ("forall x. exists y. f(y) = x", True),
        ("exists x. f(x) = x", False),
        ("not (exists x. f(x) = x)", True),
        ("forall x. forall y. x = y or f(x) = y", True),
        ("forall x. forall y. f(x) = y implies x = y", False),
        ("exists x. x = x and f(x) != x", True),
    ]:
        formula = module.parse(Source("f", text), terms)
        assert swap.truth(terms, formula, {}) is holds, text
        assert (counterexample([swap], module.theory, terms, formula, CLOCK) is None) is holds


def test_refuted_equations_fail_in_the_model_that_is_printed() -> None:
    module = read(SEMIGROUP)
    report = explore(module.theory, module.variables, size=3)
    assert len(report.refuted) > 20
    for item in list(report.refuted):
        if "in a model with" not in item.counterexample:
            continue
        place, model = item.counterexample.split(", in a model with ")
        table = eval_table(model.split("* = ")[1])
        values = dict(pair.split(" = ") for pair in place.split(":")[0].split(", "))
        left, right = (evaluate(side, values, table) for side in item.statement.split(" = "))
        assert left != right


def eval_table(text: str) -> list[list[int]]:
    return [[int(n) for n in row.split(", ")] for row in text.strip("[]").split("], [")]


def evaluate(text: str, values: dict[str, str], table: list[list[int]]) -> int:
    """An infix product with parentheses, grouped to the left, as printed."""
    tokens = text.replace("(", " ( ").replace(")", " ) ").split()
    stack: list[list[int]] = [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token != "*":
            value = stack.pop() if token == ")" else [int(values[token])]
            top = stack[-1]
            stack[-1] = value if not top else [table[top[0]][value[0]]]
    return stack[0][0]
