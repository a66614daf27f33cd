"""The same strategies on four kinds of terms: Lemmata's own, SymPy's, Python's syntax trees, nested tuples.

Run it: python examples/strategies.py
"""

from __future__ import annotations

import ast

import sympy

import lemmata
from lemmata import Chain, Fixpoint, If, Postwalk, Prewalk, Rule, Signature, normalize, rule
from lemmata.rewriting.python_trees import expression
from lemmata.rewriting.ruleset import RuleSet

STREAMS = """
sort N = 0 | s(N)
sort L = nil | cons(N, L)
var n x : N
var xs : L
op first : N L -> L
op from  : N -> L
axiom first(0, xs)             = nil
axiom first(s(n), cons(x, xs)) = cons(x, first(n, xs))
axiom from(n)                  = cons(n, from(s(n)))
"""


def streams() -> list[str]:
    """The first numbers of a list without end: lazily, and one round of rules at a time."""
    module = lemmata.parse(STREAMS)
    sig = Signature.of(module.theory, module.variables)
    rules = RuleSet(module.theory)
    unfold = Prewalk(If(lambda term: term.head == "first", rules))
    return [
        str(normalize(sig.term("first(3, from(0))"), rules, "lazy")),
        str(unfold(sig.term("first(1, cons(x, first(0, xs)))"))),
        str(rule("from(n) = cons(n, nil)", sig)(sig.term("from(x)"))),
    ]


def trigonometry() -> sympy.Expr:
    """sin^2 = 1 - cos^2, wherever it stands."""
    a, x = sympy.symbols("a x")
    pythagoras = Rule.of(sympy.sin(a) ** 2, 1 - sympy.cos(a) ** 2, {"a": a})
    return Postwalk(pythagoras)(x + sympy.sin(2 * x) ** 2 + sympy.cos(2 * x) ** 2)


def compiler() -> str:
    """A peephole optimiser for Python: no text is run, it is read and written."""
    variables = {name: expression(name) for name in "xy"}

    def equation(left: str, right: str) -> Rule[ast.AST]:
        return Rule.of(expression(left), expression(right), variables)

    def fold(node: ast.AST) -> ast.AST | None:
        match node:
            case ast.BinOp(ast.Constant(int(a)), ast.Add(), ast.Constant(int(b))):
                return ast.Constant(a + b)
        return None

    simplify = Fixpoint(
        Postwalk(
            Chain(
                equation("x + 0", "x"),
                equation("x * 1", "x"),
                equation("x ** 2", "x * x"),
                equation("not (x == y)", "x != y"),
                fold,
            )
        )
    )
    tree = ast.parse("def f(n):\n    return not (n * (1 + 0) == n ** 2 + 0)\n")
    return ast.unparse(simplify(tree) or tree)


def circuits() -> object:
    """Nested tuples: double negations go, negations move inwards (De Morgan)."""
    x, y = "x", "y"
    negation = Chain(
        Rule.of(("not", ("not", x)), x, {"x": x}),
        Rule.of(("not", ("and", x, y)), ("or", ("not", x), ("not", y)), {"x": x, "y": y}),
        Rule.of(("not", ("or", x, y)), ("and", ("not", x), ("not", y)), {"x": x, "y": y}),
    )
    return Fixpoint(Prewalk(negation))(("not", ("and", "p", ("or", ("not", "q"), "r"))))


if __name__ == "__main__":
    for line in (*streams(), trigonometry(), compiler(), circuits()):
        print(line)  # noqa: T201
