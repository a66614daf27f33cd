"""SymPy's expressions into the bank and back.

>>> import sympy
>>> x = sympy.Symbol("x", positive=True)
>>> e = from_sympy(sympy.sqrt(x) * sympy.sin(x)**2 + sympy.Integral(x, (x, 0, 1)))
>>> to_sympy(e)
sqrt(x)*sin(x)**2 + Integral(x, (x, 0, 1))
>>> to_sympy(e) == sympy.sqrt(x) * sympy.sin(x)**2 + sympy.Integral(x, (x, 0, 1))
True
>>> from_sympy(sympy.eye(2))
Traceback (most recent call last):
lemmata.rewriting.sympy_bridge.NotAnExpression: a MutableDenseMatrix of SymPy is no expression here

What becomes what:

    Integer, Rational, Add, Mul, Pow     numbers, sums, products
    I                                    (-1)**(1/2), with which it multiplies as it should
    Symbol                               a symbol; its assumptions are part of it
    sin(x), gamma(x), Max(x, y), pi      a known function, where all arguments are expressions
    f(x, y)                              any other function
    Derivative(f(x, y), x)               a partial derivative of f, at distinct symbols
    Float, Dummy, Integral, ..           a function of its free symbols, which nothing looks into and which comes back

Refused (NotAnExpression): what is no Expr, such as sets, matrices and relations; what does not commute; infinities and
nan, for which oo - oo = 0 would be wrong. What SymPy holds back comes back evaluated: x**y/x as x**(y - 1),
unevaluated sums and products, 12**(1/3) beside 2**(2/3)*3**(1/3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from .algebra import NUMBER, PRODUCT, SORT, SUM, Algebra, Exponent
from .bank import BankSymbol, TermId
from .calculus import derivative_symbol, opened_derivative
from .expressions import Expr, default_algebra
from .source import LemmataError

_CONSTANTS: Mapping[str, sympy.Expr] = {
    "pi": sympy.pi,
    "E": sympy.E,
    "EulerGamma": sympy.EulerGamma,
    "Catalan": sympy.Catalan,
    "GoldenRatio": sympy.GoldenRatio,
    "TribonacciConstant": sympy.TribonacciConstant,
}
_INFINITE = (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan)


class NotAnExpression(LemmataError, TypeError):
    """A SymPy object without counterpart. The message names its class."""

    kind = "not an expression"


def from_sympy(e: Any, algebra: Algebra | None = None) -> Expr:
    """A SymPy expression as an expression. Each distinct subterm once. Raises NotAnExpression."""
    algebra = algebra or default_algebra()
    return Expr.of(algebra, Reader(algebra).read(e))


def to_sympy(e: Expr) -> sympy.Expr:
    """An expression as SymPy's. Each distinct subterm once."""
    return term_to_sympy(e.algebra, e.id)


class Reader:
    """Reads SymPy expressions; `leaf` may read some of them in another way first."""

    def __init__(self, algebra: Algebra, leaf: Callable[[sympy.Basic], TermId | None] | None = None) -> None:
        self.algebra = algebra
        self.leaf = leaf
        self.done: dict[int, TermId] = {}  # by id(): what is being read keeps its parts alive

    def read(self, root: Any) -> TermId:
        stack = [root]
        while stack:
            e = stack[-1]
            if id(e) in self.done:
                stack.pop()
                continue
            parts = self._parts(e)
            waiting = [a for a in parts if id(a) not in self.done]
            if waiting:
                stack += waiting
                continue
            self.done[id(e)] = self._made(e, [self.done[id(a)] for a in parts])
            stack.pop()
        return self.done[id(root)]

    def _parts(self, e: Any) -> tuple[Any, ...]:
        """What is read before e: its operands, or the symbols on which it depends."""
        expect_expression(e)
        if e.is_Atom:
            return ()
        if isinstance(e, sympy.Add | sympy.Mul | sympy.Pow) or _is_application(e):
            return tuple(e.args)
        if _is_partial(e):
            return tuple(e.expr.args)
        return _free(e)

    def _made(self, e: sympy.Expr, parts: list[TermId]) -> TermId:
        algebra = self.algebra
        made = self.leaf(e) if self.leaf is not None else None
        if made is not None:
            return made
        one = Fraction(1)
        if isinstance(e, sympy.Rational):
            return algebra.number(Fraction(int(e.p), int(e.q)))
        if e is sympy.I:
            return algebra.product([(algebra.number(-1), Fraction(1, 2))])
        if type(e) is sympy.Symbol:
            return algebra.symbol(e.name, _marks(e))
        if isinstance(e, sympy.Add):
            return algebra.sum(Fraction(0), [(t, one) for t in parts])
        if isinstance(e, sympy.Mul):
            return algebra.product([(t, one) for t in parts])
        if isinstance(e, sympy.Pow):
            return algebra.product([(parts[0], parts[1])])
        for name, value in _CONSTANTS.items():
            if e is value:
                return algebra.apply(BankSymbol("app", name, (), SORT), [])
        profile = (SORT,) * len(parts)
        if isinstance(e, AppliedUndef) and _is_application(e):
            return algebra.apply(BankSymbol("fun", e.func.__name__, profile, SORT), parts)
        if _is_application(e):
            return algebra.apply(BankSymbol("app", type(e).__name__, profile, SORT), parts)
        if _is_partial(e):
            function = BankSymbol("fun", e.expr.func.__name__, profile, SORT)
            counts = dict(e.variable_count)
            orders = tuple(int(counts.get(a, 0)) for a in e.expr.args)
            return algebra.apply(derivative_symbol(function, orders), parts)
        try:
            text = sympy.srepr(e)
        except Exception:  # printers of rare classes fail in many ways
            raise NotAnExpression(f"a {type(e).__name__} of SymPy that SymPy itself cannot write") from None
        algebra.foreign[text] = e
        return algebra.apply(BankSymbol("foreign", text, profile, SORT), parts)


def expect_expression(e: Any) -> None:
    """Raise NotAnExpression for what stands for no complex number, or does not commute."""
    if not isinstance(e, sympy.Expr) or isinstance(e, sympy.Lambda) or getattr(e, "is_Matrix", False):
        raise NotAnExpression(
            f"a {type(e).__name__} of SymPy is no expression here"
            if isinstance(e, sympy.Basic | sympy.MatrixBase)
            else f"a {type(e).__name__} is no SymPy expression"
        )
    if (type(e).__module__ or "").startswith("sympy.vector"):
        raise NotAnExpression(f"a {type(e).__name__} of SymPy is a vector, not a number")
    if any(e is value for value in _INFINITE):
        raise NotAnExpression(f"{e} ({type(e).__name__}) is no complex number", hint="oo - oo = 0 would be wrong")
    if e.is_commutative is False:
        raise NotAnExpression(f"{e!s:.60} ({type(e).__name__}) does not commute with everything")


def _free(e: sympy.Expr) -> tuple[sympy.Basic, ...]:
    """The symbols on which an expression depends, in an order by name and assumptions."""
    return tuple(sorted((s for s in e.free_symbols if type(s) is sympy.Symbol), key=lambda s: (s.name, _marks(s))))


def _marks(symbol: sympy.Symbol) -> str:
    """The assumptions with which a symbol was made, as text."""
    given: Mapping[str, bool | None] = symbol._assumptions_orig
    return ",".join(f"{name}={int(value)}" for name, value in sorted(given.items()) if value is not None)


def _is_number(e: Any) -> bool:
    """Does it stand for a number, as opposed to a matrix or an operator?"""
    return isinstance(e, sympy.Expr) and not getattr(e, "is_Matrix", False) and e.is_commutative is not False


def _is_application(e: sympy.Expr) -> bool:
    """Is it a function of expressions, and no more than that? Atoms may have arguments that are no operands."""
    if e.is_Atom or not e.args or not all(map(_is_number, e.args)):
        return False
    if isinstance(e, AppliedUndef):
        return e.func == sympy.Function(e.func.__name__)  # type: ignore[no-any-return]
    return getattr(sympy, type(e).__name__, None) is type(e) and e.func(*e.args) == e


def _is_partial(e: sympy.Expr) -> bool:
    """Is it a derivative of f(x, y, ..) by some of its arguments, which are distinct symbols?"""
    if not isinstance(e, sympy.Derivative) or not isinstance(e.expr, AppliedUndef) or not _is_application(e.expr):
        return False
    arguments = e.expr.args
    plain = all(type(a) is sympy.Symbol for a in arguments) and len(set(arguments)) == len(arguments)
    return plain and all(v in arguments and n.is_Integer for v, n in e.variable_count)


def term_to_sympy(algebra: Algebra, root: int) -> sympy.Expr:
    """A term as SymPy's expression."""
    made: dict[int, sympy.Expr] = {}
    for t in algebra.below([root]).tolist():
        role = algebra.role_of(t)
        if role == NUMBER:
            made[t] = _rational(algebra.value(t))
        elif role == SUM:
            constant, pairs = algebra.terms_of(t)
            if algebra.is_multiple(t) and algebra.role_of(pairs[0][0]) == SUM:
                made[t] = sympy.Mul(_rational(pairs[0][1]), made[pairs[0][0]], evaluate=False)
                continue
            terms = [
                sympy.Mul(_rational(c), *(_factor(made, b, x) for b, x in algebra.factors_of(u))) for u, c in pairs
            ]
            made[t] = sympy.Add(_rational(constant), *terms)
        elif role == PRODUCT:
            made[t] = sympy.Mul(*(_factor(made, b, x) for b, x in algebra.factors_of(t)))
        else:
            made[t] = _applied(algebra, t, [made[c] for c in algebra.bank.arguments(t)])
    return made[root]


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _factor(made: Mapping[int, sympy.Expr], base: int, exponent: Exponent) -> sympy.Expr:
    return sympy.Pow(made[base], _rational(exponent) if isinstance(exponent, Fraction) else made[exponent])


def _applied(algebra: Algebra, term: int, arguments: list[sympy.Expr]) -> sympy.Expr:
    head = algebra.bank.head(term)
    if head.kind == "var":
        pairs = (mark.split("=") for mark in head.name.split(",") if mark)
        return sympy.Symbol(algebra.bank.leaf_name(term), **{name: value == "1" for name, value in pairs})
    if head.kind == "foreign":
        e: sympy.Expr = algebra.foreign[head.name]
        changed = {old: new for old, new in zip(_free(e), arguments, strict=False) if old != new}
        return e.subs(changed, simultaneous=True) if changed else e
    if head.kind == "der":
        return _derivative(head, arguments)
    if head.kind == "app" and not arguments:
        return _CONSTANTS[head.name]
    return _function(head)(*arguments)


def _function(head: BankSymbol) -> Any:
    """SymPy's function of that name if the symbol is known, or else an undefined one."""
    found = getattr(sympy, head.name, None) if head.kind == "app" else None
    if isinstance(found, type) and issubclass(found, sympy.Expr) and not isinstance(found, UndefinedFunction):
        return found
    return sympy.Function(head.name)


def _derivative(head: BankSymbol, arguments: list[sympy.Expr]) -> sympy.Expr:
    symbol, orders = opened_derivative(head)
    function = _function(symbol)
    if all(type(a) is sympy.Symbol for a in arguments) and len(set(arguments)) == len(arguments):
        return function(*arguments).diff(*((a, n) for a, n in zip(arguments, orders, strict=True) if n))
    dummies = [sympy.Dummy(f"xi_{i}") if n else a for i, (a, n) in enumerate(zip(arguments, orders, strict=True), 1)]
    by = [(d, n) for d, n in zip(dummies, orders, strict=True) if n]
    at = [a for a, n in zip(arguments, orders, strict=True) if n]
    inner = function(*dummies).diff(*by)
    return (
        sympy.Subs(inner, [d for d, _ in by], at)
        if inner.has(sympy.Derivative)
        else inner.subs(dict(zip([d for d, _ in by], at, strict=True)), simultaneous=True)
    )
