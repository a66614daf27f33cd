"""Small terms of algebra and trigonometry, hidden under random identities: the set that simplifiers are measured on.

    python benchmarks/obfuscated.py [--seed N] [--identities N] [--count N] [--json]

prints a set. A puzzle is made from one of the `HIDDEN` terms. So many times over, one of the `IDENTITIES` that fit
anywhere is drawn, then a place where it fits, and what stands there is rewritten from left to right; what only the
right side mentions becomes one of the `FILLERS` over the variables of the hidden term. All of it follows from the seed.
A simplifier has recovered a term when it finds one of at most the hidden term's size.

The variables are real. Every identity holds wherever its left side is defined, so hiding changes no value.

Terms are plain data: a variable is its name, a number an int, any other a tuple of an operator and its operands:

>>> read("2*sin(x)^2 - y")
('-', ('*', 2, ('^', ('sin', 'x'), 2)), 'y')
>>> show(("+", ("neg", "x"), ("/", 1, "y"))), size(("+", ("neg", "x"), ("/", 1, "y")))
('-x + 1/y', 6)
"""

from __future__ import annotations

import argparse
import ast
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Plain = str | int | tuple[Any, ...]

SEED = 20261121
MORE_SEEDS = (1, 2, 3, 5, 8)  # of further sets
COUNT = 40
FEW, MANY = 8, 12  # identities

HIDDEN = (
    *("x", "2*x", "x + 1", "x - y", "x*y", "x^2", "x + y + z", "a*b + c", "a*(b + c)", "2*x + 1", "x^2 + 1"),
    *("x*y*z", "x^2 + y", "(x + 1)^2", "x^3 - x", "x*y - z", "x/2 + y", "x^2 + y^2", "1/(x^2 + 1)"),
    *("sin(x)", "cos(x)", "tan(x)", "cos(x) + y", "x*sin(y)", "sin(x) + cos(x)", "sin(2*x)", "cos(x)^2", "sin(x + y)"),
    *("sin(x)*cos(y)", "cos(x*y)", "a*sin(x) + b", "sin(cos(x))", "3*sin(x) + 1", "tan(x) + 1", "sin(x)^2 + y"),
    *("exp(x)", "exp(-x)", "x*exp(x)", "exp(x + y)", "ln(x^2 + 1)", "x + ln(y^2 + 1)", "sin(exp(x))"),
)

# What may be brought in from nowhere; v and w are variables of the hidden term, perhaps the same one.
FILLERS = ("v", "v", "v", "v", "1", "2", "v + 1", "2*v", "v*w", "v + w", "sin(v)", "v^2")

IDENTITIES = (
    # neutral elements, and what cancels
    "a = a + 0",
    "a = 0 + a",
    "a = a - 0",
    "a = a*1",
    "a = 1*a",
    "a = a/1",
    "a = a^1",
    "a = a + 0*b",
    "a = a + b - b",
    "a = a - b + b",
    "a = b - (b - a)",
    "a = -(-a)",
    "a = 2*a/2",
    "a = a/2 + a/2",
    "a = 3*a - 2*a",
    "a = a*(b^2 + 1)/(b^2 + 1)",
    # rearranging
    "a + b = b + a",
    "a*b = b*a",
    "a + b + c = a + (b + c)",
    "a*b*c = a*(b*c)",
    # signs
    "a + b = a - (-b)",
    "a - b = a + (-b)",
    "a - b = -(b - a)",
    "a*b = (-a)*(-b)",
    # multiplying out, and together
    "a*(b + c) = a*b + a*c",
    "a*(b - c) = a*b - a*c",
    "a*b + a*c = a*(b + c)",
    "(a + b)/c = a/c + b/c",
    "a/b = a*(1/b)",
    "a^2 = a*a",
    "a^3 = a*a^2",
    "(a + b)^2 = a^2 + 2*a*b + b^2",
    "(a - b)^2 = a^2 - 2*a*b + b^2",
    "a^2 - b^2 = (a + b)*(a - b)",
    "a^2 = (a + b)*(a - b) + b^2",
    "a*b = ((a + b)^2 - (a - b)^2)/4",
    # sine, cosine, tangent
    "a = a*(sin(b)^2 + cos(b)^2)",
    "a = a + sin(b)^2 + cos(b)^2 - 1",
    "1 = sin(b)^2 + cos(b)^2",
    "sin(a)^2 = 1 - cos(a)^2",
    "cos(a)^2 = 1 - sin(a)^2",
    "sin(a) = -sin(-a)",
    "cos(a) = cos(-a)",
    "sin(a) = 2*sin(a/2)*cos(a/2)",
    "cos(a) = cos(a/2)^2 - sin(a/2)^2",
    "sin(2*a) = 2*sin(a)*cos(a)",
    "cos(2*a) = 2*cos(a)^2 - 1",
    "sin(a)^2 = (1 - cos(2*a))/2",
    "sin(a)*cos(b) = (sin(a + b) + sin(a - b))/2",
    "sin(a + b) = sin(a)*cos(b) + cos(a)*sin(b)",
    "cos(a + b) = cos(a)*cos(b) - sin(a)*sin(b)",
    "tan(a) = sin(a)/cos(a)",
    # exponential and logarithm
    "a = ln(exp(a))",
    "a^2 + 1 = exp(ln(a^2 + 1))",
    "a = a*exp(b)*exp(-b)",
    "exp(a) = 1/exp(-a)",
    "exp(a) = exp(a/2)^2",
    "exp(a + b) = exp(a)*exp(b)",
    "exp(a)*exp(b) = exp(a + b)",
)


@dataclass(frozen=True)
class Puzzle:
    """A term, the same hidden, and the identities that hid it, in order."""

    hidden: Plain
    shown: Plain
    applied: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Texts and nested lists."""
        return {
            "hidden": show(self.hidden),
            "shown": show(self.shown),
            "sizes": [size(self.hidden), size(self.shown)],
            "applied": list(self.applied),
            "hidden_term": self.hidden,
            "shown_term": self.shown,
        }


def puzzles(seed: int = SEED, identities: int = FEW, count: int = COUNT) -> list[Puzzle]:
    """The set of a seed. Hidden terms come back only when all have had their turn."""
    order = random.Random(f"{seed}, terms")
    terms: list[str] = []
    while len(terms) < count:
        terms += order.sample(HIDDEN, len(HIDDEN))
    return [
        hide(read(text), identities, random.Random(f"{seed}, {identities}, {n}"))
        for n, text in enumerate(terms[:count])
    ]


def hide(term: Plain, identities: int, draw: random.Random) -> Puzzle:
    """A term under so many identities."""
    names = sorted(variables(term))
    shown = term
    applied = []
    for _ in range(identities):
        fitting: dict[str, list[tuple[tuple[int, ...], dict[str, Plain]]]] = {}
        for place, part in places(shown):
            for text, (left, _) in SIDES.items():
                found = match(left, part)
                if found is not None:
                    fitting.setdefault(text, []).append((place, found))
        text = draw.choice([t for t in IDENTITIES if t in fitting])
        place, values = draw.choice(fitting[text])
        right = SIDES[text][1]
        for name in sorted(variables(right) - values.keys()):
            new = {"v": draw.choice(names), "w": draw.choice(names)}
            values[name] = instance(read(draw.choice(FILLERS)), new)
        shown = replaced(shown, place, instance(right, values))
        applied.append(text)
    return Puzzle(term, shown, tuple(applied))


# Plain terms


def children(term: Plain) -> tuple[Plain, ...]:
    return term[1:] if isinstance(term, tuple) else ()


def size(term: Plain) -> int:
    """Nodes of the tree: a - b has three, -a two."""
    return 1 + sum(map(size, children(term)))


def variables(term: Plain) -> set[str]:
    return {term} if isinstance(term, str) else set().union(*map(variables, children(term)))


def places(term: Plain, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Plain]]:
    """Every subterm with the way to it. Exponents are whole numbers, which make a power what it is: they stay."""
    yield at, term
    below = children(term)
    for n, child in enumerate(below[:1] if isinstance(term, tuple) and term[0] == "^" else below, start=1):
        yield from places(child, (*at, n))


def match(pattern: Plain, term: Plain, known: Mapping[str, Plain] | None = None) -> dict[str, Plain] | None:
    """The values of a pattern's variables that make it the term, letter for letter."""
    values = dict(known or {})
    if isinstance(pattern, str):
        return values if values.setdefault(pattern, term) == term else None
    if not isinstance(pattern, tuple) or not isinstance(term, tuple):
        return values if pattern == term else None
    if pattern[0] != term[0] or len(pattern) != len(term):
        return None
    for a, b in zip(pattern[1:], term[1:], strict=True):
        found = match(a, b, values)
        if found is None:
            return None
        values = found
    return values


def instance(pattern: Plain, values: Mapping[str, Plain]) -> Plain:
    if isinstance(pattern, str):
        return values.get(pattern, pattern)
    if isinstance(pattern, tuple):
        return (pattern[0], *(instance(p, values) for p in pattern[1:]))
    return pattern


def replaced(term: Plain, place: Sequence[int], new: Plain) -> Plain:
    if not place:
        return new
    assert isinstance(term, tuple)
    n = place[0]
    return (*term[:n], replaced(term[n], place[1:], new), *term[n + 1 :])


# Texts

_INFIX = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_LEVELS = {"+": 1, "-": 1, "neg": 1, "*": 2, "/": 2, "^": 3}
_TIGHTEST = 4


def read(text: str) -> Plain:
    """The term that a text writes, with ^ or ** for powers. Raises ValueError."""
    return _read(ast.parse(text.strip().replace("^", "**"), mode="eval").body)


def _read(node: ast.AST) -> Plain:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", _read(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _INFIX:
            return (_INFIX[type(op)], _read(left), _read(right))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return ({"log": "ln"}.get(name, name), *map(_read, arguments))
    raise ValueError(f"not a term: {ast.unparse(node)}")


def show(term: Plain) -> str:
    """A term as Lemmata and most others read it, with no more brackets than needed."""
    return _shown(term, 0)


def _shown(term: Plain, around: int) -> str:
    if not isinstance(term, tuple):
        return str(term)
    head, *below = term
    level = _LEVELS.get(head)
    if level is None:
        return f"{head}({', '.join(map(show, below))})"
    if head == "neg":
        text = "-" + _shown(below[0], _LEVELS["^"])
    elif head == "^":
        text = f"{_shown(below[0], _TIGHTEST)}^{_shown(below[1], _TIGHTEST)}"
    else:
        gap = "" if head in "*/" else " "
        text = f"{_shown(below[0], level)}{gap}{head}{gap}{_shown(below[1], level + 1)}"
    return f"({text})" if level < around else text


def as_sympy(term: Plain) -> Any:
    """A term in SymPy, unevaluated, over real symbols."""
    import sympy

    if isinstance(term, str):
        return sympy.Symbol(term, real=True)
    if isinstance(term, int):
        return sympy.Integer(term)
    head, *below = term
    a, *rest = map(as_sympy, below)
    held = {"evaluate": False}
    match head:
        case "neg":
            return sympy.Mul(-1, a, **held)
        case "+":
            return sympy.Add(a, *rest, **held)
        case "-":
            return sympy.Add(a, sympy.Mul(-1, *rest, **held), **held)
        case "*":
            return sympy.Mul(a, *rest, **held)
        case "/":
            return sympy.Mul(a, sympy.Pow(*rest, -1, **held), **held)
        case "^":
            return sympy.Pow(a, *rest, **held)
        case "ln":
            return sympy.log(a, **held)
    return getattr(sympy, head)(a, **held)


def value(term: Plain, values: Mapping[str, Any]) -> Any:
    """What a term is at values of its variables, reckoned by mpmath. Raises ZeroDivisionError."""
    import mpmath

    if isinstance(term, str):
        return mpmath.mpf(values[term])
    if isinstance(term, int):
        return mpmath.mpf(term)
    head, *below = term
    a, *rest = (value(t, values) for t in below)
    match head:
        case "neg":
            return -a
        case "+":
            return a + rest[0]
        case "-":
            return a - rest[0]
        case "*":
            return a * rest[0]
        case "/":
            return a / rest[0]
        case "^":
            return a ** rest[0]
    return getattr(mpmath, head)(a)


SIDES: Mapping[str, tuple[Plain, Plain]] = {
    text: (read(text.split(" = ")[0]), read(text.split(" = ")[1])) for text in IDENTITIES
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Print a set of hidden terms.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--identities", type=int, default=FEW, metavar="N")
    parser.add_argument("--count", type=int, default=COUNT, metavar="N")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write them here instead")
    given = parser.parse_args()
    made = puzzles(given.seed, given.identities, given.count)
    if given.json:
        given.json.write_text(json.dumps([p.as_json() for p in made], indent=1) + "\n", encoding="utf-8")
        return
    for p in made:
        print(f"{show(p.hidden)}  =  {show(p.shown)}")  # noqa: T201


if __name__ == "__main__":
    main()
