"""Replacing and differentiating expressions, each distinct subterm once.

>>> from .expressions import exp, sin, symbols
>>> x, y = symbols("x y")
>>> diff(x**2 * sin(y*x), x)
x**2*y*cos(x*y) + 2*x*sin(x*y)
>>> substitute(x**2 + sin(x), {x: y + 1})
(y + 1)**2 + sin(y + 1)
>>> diff(exp(x)**3, x, 2)
9*exp(x)**3
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from .algebra import PRODUCT, SORT, SUM, Algebra
from .bank import BankSymbol, TermId
from .expressions import Expr, Number, add, apply, expression, known, multiply
from .source import LemmataError

_BY_FUNCTION, _BY_POWER = 1, 2  # recipes, as in algebra_kernels
# f(u)' = c g(u) u', or c u**p u', for the kernel.
_SIMPLE: Mapping[str, tuple[int, int, str | int]] = {
    "sin": (_BY_FUNCTION, 1, "cos"),
    "cos": (_BY_FUNCTION, -1, "sin"),
    "exp": (_BY_FUNCTION, 1, "exp"),
    "sinh": (_BY_FUNCTION, 1, "cosh"),
    "cosh": (_BY_FUNCTION, 1, "sinh"),
    "log": (_BY_POWER, 1, -1),
}
_ONE = Fraction(1)
_HALF = Fraction(-1, 2)
_ROOM, _ROOM_A_NODE = 1 << 20, 64  # cells of the bank that a derivative may take before it is put off
_Recipe = tuple[Fraction, str | None, tuple[Fraction, Fraction, Fraction], Fraction]


def _recipe(
    factor: int, function: str | None, constant: int, scale: int, power: int, exponent: Fraction | int = 1
) -> _Recipe:
    shape = Fraction(constant), Fraction(scale), Fraction(power)
    return Fraction(factor), function, shape, Fraction(exponent)


# factor * (constant + scale * g(u)**power)**exponent, with g(u) = u for None.
_DERIVATIVES: Mapping[str, _Recipe] = {
    "sin": _recipe(1, "cos", 0, 1, 1),
    "cos": _recipe(-1, "sin", 0, 1, 1),
    "tan": _recipe(1, "tan", 1, 1, 2),
    "cot": _recipe(-1, "cot", 1, 1, 2),
    "exp": _recipe(1, "exp", 0, 1, 1),
    "log": _recipe(1, None, 0, 1, -1),
    "sinh": _recipe(1, "cosh", 0, 1, 1),
    "cosh": _recipe(1, "sinh", 0, 1, 1),
    "tanh": _recipe(1, "tanh", 1, -1, 2),
    "asin": _recipe(1, None, 1, -1, 2, _HALF),
    "acos": _recipe(-1, None, 1, -1, 2, _HALF),
    "atan": _recipe(1, None, 1, 1, 2, -1),
    "acot": _recipe(-1, None, 1, 1, 2, -1),
    "asinh": _recipe(1, None, 1, 1, 2, _HALF),
    "atanh": _recipe(1, None, 1, -1, 2, -1),
}


def substitute(e: Expr | Number, mapping: Mapping[Expr, Expr | Number]) -> Expr:
    """All occurrences of the keys replaced by their values, at once; then what is above them in normal form again.

    A key is any expression; of keys within one another the outermost counts, and in what was put in nothing is
    replaced. Parts of a sum or product are no occurrences: x + y does not occur in x + y + z. Linear in `Expr.size`,
    but for sorting. Raises Undefined where a value does not exist, as for x = 0 in 1/x.
    """
    e = expression(e)
    algebra = e.algebra
    image: dict[int, int] = {_own(key, algebra): _own(value, algebra) for key, value in mapping.items()}
    return Expr.of(algebra, replaced(algebra, e.id, image))


def normalize(e: Expr | Number) -> Expr:
    """The expression, settled. Expressions are in normal form whenever they are looked at; this looks."""
    e = expression(e)
    assert e.id is not None
    return e


def diff(e: Expr | Number, x: Expr, times: int = 1) -> Expr:
    """The derivative by a symbol, or one of higher order. Each distinct subterm is differentiated once.

    A function f(u, v) whose derivative is not known gives its partial derivatives as functions. Raises LemmataError if
    x is no symbol.
    """
    e = expression(e)
    if not x.is_symbol:
        raise LemmataError(f"cannot differentiate by {x!r}", hint="differentiate by a symbol")
    if times < 0:
        raise LemmataError("the order of a derivative is not negative")
    term = e.id
    for _ in range(times):
        term = derivative(e.algebra, term, _own(x, e.algebra))
    return Expr.of(e.algebra, term)


def _own(e: Expr | Number, algebra: Algebra) -> TermId:
    if isinstance(e, Expr) and e.algebra is not algebra:
        raise LemmataError("expressions of two algebras", hint="make all symbols with one algebra")
    return expression(e, algebra).id


def replaced(algebra: Algebra, term: int, image: Mapping[int, int]) -> TermId:
    """A term with the keys of `image` replaced by their values."""
    nodes = algebra.below([term])
    with algebra.borrowed(np.int32) as images:
        for key, value in image.items():
            images[key] = value

        def ask(position: int) -> None:
            t = int(nodes[position])
            images[t] = algebra.rebuilt(t, lambda child: int(images[child]))
            algebra.run[0] = position + 1

        algebra.run[0] = 0
        algebra.execute(algebra.kernels.replace, (nodes, images), ask)
        result = TermId(int(images[term]))
        images[nodes] = 0
        images[list(image)] = 0
    return result


def derivative(algebra: Algebra, term: int, symbol: int) -> TermId:
    """The derivative of a term by a symbol."""
    nodes = algebra.below([term])
    zero = algebra.number(0)
    one = algebra.number(1)
    _write_recipes(algebra)
    most = int(algebra.bank.state[0]) + _ROOM + _ROOM_A_NODE * len(nodes)
    with algebra.borrowed(np.int32) as slopes:
        slopes[symbol] = one

        def ask(position: int) -> None:
            t = int(nodes[position])
            slopes[t] = _slope(algebra, t, lambda child: int(slopes[child]))
            algebra.run[0] = position + 1

        algebra.run[0] = 0
        finished = algebra.execute(algebra.kernels.differentiate, (algebra.recipe, nodes, slopes, zero), ask, most)
        result = TermId(int(slopes[term]))
        slopes[nodes] = 0
        slopes[symbol] = 0
    return result if finished else _pending_slope(algebra, nodes.tolist(), symbol)


def _pending_slope(algebra: Algebra, nodes: list[int], symbol: int) -> TermId:
    """The derivative of the last node, by expressions that are settled all at once.

    The chain rule along a deep term multiplies ever more factors. To settle each product on the way would take
    quadratic space; pending products are one in the end.
    """
    slopes: dict[int, Expr] = {symbol: Expr.of(algebra, algebra.number(1))}
    for t in nodes:
        role = algebra.role_of(t)
        below = [c for c in algebra.children(t) if c in slopes]
        if t == symbol or not below:
            continue
        if role == SUM:
            parts = [slopes[u] if c == 1 else c * slopes[u] for u, c in algebra.terms_of(t)[1] if u in slopes]
        elif role == PRODUCT:
            factors = algebra.factors_of(t)
            parts = []
            for i, (base, exponent) in enumerate(factors):
                b = Expr.of(algebra, base)
                if isinstance(exponent, Fraction):
                    if base in slopes:
                        others = algebra.product([*factors[:i], *factors[i + 1 :], (base, exponent - 1)])
                        parts.append(multiply([exponent, Expr.of(algebra, others), slopes[base]]))
                    continue
                if exponent in slopes:
                    parts.append(multiply([Expr.of(algebra, t), slopes[exponent], apply(known("log"), [b])]))
                if base in slopes:
                    parts.append(multiply([Expr.of(algebra, t), Expr.of(algebra, exponent), slopes[base], b**-1]))
        else:
            arguments = enumerate(algebra.bank.arguments(t))
            parts = [Expr.of(algebra, _partial(algebra, t, i)) * slopes[u] for i, u in arguments if u in slopes]
        slopes[t] = parts[0] if len(parts) == 1 else add(parts)
    return slopes[nodes[-1]].id if nodes[-1] in slopes else algebra.number(0)


def _write_recipes(algebra: Algebra) -> None:
    """Tell the kernel the derivatives of simple functions. The table grows with the symbols, hence each time."""
    bank = algebra.bank
    numbers = {name: bank.symbol_id(BankSymbol("app", name, (SORT,), SORT)) for name in _SIMPLE}
    algebra.refresh()
    for name, (kind, factor, how) in _SIMPLE.items():
        at = 4 * numbers[name]
        algebra.recipe[at : at + 3] = kind, factor, numbers[how] if isinstance(how, str) else how


def _slope(algebra: Algebra, term: int, slope: Callable[[int], int]) -> TermId:
    """The derivative of one node from those of its children, with exact numbers."""
    role = algebra.role_of(term)
    zero = algebra.number(0)
    parts: list[tuple[int, Fraction]] = []
    if role == SUM:
        _, pairs = algebra.terms_of(term)
        parts = [(slope(t), c) for t, c in pairs if slope(t) != zero]
    elif role == PRODUCT:
        factors = algebra.factors_of(term)
        for i, (base, exponent) in enumerate(factors):
            inner = slope(base)
            if isinstance(exponent, Fraction):
                if inner != zero:  # (b^n)' = n b^(n-1) b'
                    others = factors[:i] + factors[i + 1 :]
                    parts.append((algebra.product([*others, (base, exponent - 1), (inner, _ONE)]), exponent))
                continue
            if slope(exponent) != zero:  # (b^e)' = b^e (e' log b + e b'/b)
                logarithm = algebra.apply(known("log"), [base])
                parts.append((algebra.product([(term, _ONE), (slope(exponent), _ONE), (logarithm, _ONE)]), _ONE))
            if inner != zero:
                parts.append((algebra.product([(term, _ONE), (exponent, _ONE), (inner, _ONE), (base, -_ONE)]), _ONE))
    else:
        for i, u in enumerate(algebra.bank.arguments(term)):
            if slope(u) != zero:
                parts.append((algebra.product([(_partial(algebra, term, i), _ONE), (slope(u), _ONE)]), _ONE))
    if len(parts) == 1:  # 2 (x + y) is not multiplied out
        return algebra.product([(parts[0][0], _ONE), (algebra.number(parts[0][1]), _ONE)])
    return algebra.sum(Fraction(0), parts)


def _partial(algebra: Algebra, term: int, argument: int) -> TermId:
    """The derivative of f(u, v, ..) by one of its arguments."""
    head = algebra.bank.head(term)
    arguments = algebra.bank.arguments(term)
    if head.kind == "app" and len(arguments) == 1 and head.name in _DERIVATIVES:
        (u,) = arguments
        factor, function, shape, exponent = _DERIVATIVES[head.name]
        constant, scale, power = shape
        inner = u if function is None else algebra.apply(known(function), [u])
        below = algebra.sum(constant, [(algebra.product([(inner, power)]), scale)])
        return algebra.sum(Fraction(0), [(algebra.product([(below, exponent)]), factor)])
    function_of, orders = opened_derivative(head)
    raised = tuple(n + (i == argument) for i, n in enumerate(orders))
    return algebra.bank.node(algebra.bank.symbol_id(derivative_symbol(function_of, raised)), arguments)


def derivative_symbol(function: BankSymbol, orders: tuple[int, ...]) -> BankSymbol:
    """The partial derivative of a function, so many times by each argument; in whatever order, they are one."""
    name = " ".join((",".join(map(str, orders)), function.kind, function.name))
    return BankSymbol("der", name, function.arguments, function.result)


def opened_derivative(symbol: BankSymbol) -> tuple[BankSymbol, tuple[int, ...]]:
    """The function of which a symbol is a partial derivative, and how often by each argument."""
    if symbol.kind != "der":
        return symbol, (0,) * len(symbol.arguments)
    orders, kind, name = symbol.name.split(" ", 2)
    return BankSymbol(kind, name, symbol.arguments, symbol.result), tuple(int(n) for n in orders.split(","))
