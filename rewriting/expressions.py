"""Symbolic expressions: what `algebra.py` puts in normal form, as Python values with operators.

>>> x, y = symbols("x y")
>>> 2*(x + y) + x*y/x - 1
2*x + 3*y - 1
>>> (x + y)**2 * (x + y)
(x + y)**3
>>> sin(x)**2 / 4
sin(x)**2/4

An expression is *settled* or *pending*. An operator notes what it was given, which takes a fraction of a microsecond;
when someone looks (prints, compares, hashes, takes apart), all that is pending below is put in normal form by one call
of compiled code, and what is looked at becomes a term of the bank. A sum built by `e = e + t` a thousand times is thus
sorted once, not a thousand times. That 1/(x - x) has no value is noticed when it is settled, too.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from .algebra import NUMBER, PRODUCT, SORT, SUM, Algebra, Undefined, numeral, power
from .bank import BankSymbol, TermBank, TermId
from .literals import literal_value
from .source import LemmataError

Number = int | Fraction
_NONE, _ADD, _MULTIPLY, _POWER, _APPLY = range(5)  # as in algebra_kernels
_WORD = 1 << 31
_SHORT = 16  # twice the factors of a pending product that is copied
_TYPESET = 1000  # nodes of the largest expression that a notebook is given as LaTeX
_SHOWN = 400  # nodes that repr writes in full


@cache
def default_algebra() -> Algebra:
    """The algebra of every expression that is not given another one. The one piece of state that the process shares."""
    return Algebra()


class _Hold:
    """Keeps a term of the bank alive. Apart from `Expr`, so that pending ones go without the cost of a finaliser."""

    __slots__ = ("bank", "handle")

    def __init__(self, bank: TermBank, term: int) -> None:
        self.bank = bank
        self.handle = bank.handle(term)

    def __del__(self) -> None:
        self.bank.release(self.handle)


class Expr:
    """An expression. Immutable; made by `symbols`, by operators and by functions, not by hand.

    Two expressions are `==` when their normal forms are the same, which is comparing two numbers once both are
    settled; a number is `==` to the int or Fraction that it is. `+ - * / **` take ints and Fractions as well.
    """

    __slots__ = ("_hold", "_operands", "_operator", "algebra")
    algebra: Algebra
    _hold: _Hold  # when settled
    _operator: int | BankSymbol  # _NONE when settled
    _operands: tuple[Any, ...]  # flat pairs: Expr or number, and its coefficient or exponent, an int

    def __init__(self, algebra: Algebra, operator: int | BankSymbol, operands: tuple[Any, ...]) -> None:
        self.algebra = algebra
        self._operator = operator
        self._operands = operands

    @staticmethod
    def of(algebra: Algebra, term: int) -> Expr:
        """A term of the algebra's bank as an expression."""
        made = Expr(algebra, _NONE, ())
        made._hold = _Hold(algebra.bank, term)
        return made

    # What it is

    @property
    def id(self) -> TermId:
        """Its number in the bank, until the bank is next collected. Settles it."""
        if self._operator is not _NONE:
            _settle(self)
        return self.algebra.bank.held(self._hold.handle)

    @property
    def value(self) -> Fraction | None:
        """The number that it is, if it is one."""
        term = self.id
        return self.algebra.value(term) if self.algebra.role_of(term) == NUMBER else None

    @property
    def is_symbol(self) -> bool:
        return self.algebra.bank.head(self.id).kind == "var"

    @property
    def head(self) -> str:
        """ "+", "*", "**", the name of the function or symbol, or the numeral."""
        term = self.id
        head = self.algebra.bank.head(term)
        if head.payload or head.kind == "lit":
            return self.algebra.bank.leaf_name(term)
        if head.kind == "mul":
            return "*" if len(head.arguments) > 2 else "**"
        if head.kind == "add":
            constant, pairs = self.algebra.terms_of(term)
            return "*" if constant == 0 and len(pairs) == 1 else "+"
        return head.name

    @property
    def args(self) -> tuple[Expr, ...]:
        """The operands: summands, factors, base and exponent, or arguments."""
        algebra, term = self.algebra, self.id
        role = algebra.role_of(term)
        if role == SUM:
            constant, pairs = algebra.terms_of(term)
            ranks = algebra.ranks([term])
            pairs.sort(key=lambda pair: ranks[pair[0]])
            parts = [Expr.of(algebra, t if c == 1 else algebra.sum(Fraction(0), [(t, c)])) for t, c in pairs]
            if constant == 0 and len(pairs) == 1:
                ((t, c),) = pairs
                return (number(c, algebra), *_factors(algebra, t))
            return (*parts, number(constant, algebra)) if constant else tuple(parts)
        if role == PRODUCT:
            factors = algebra.factors_of(term)
            if len(factors) > 1:
                return _factors(algebra, term)
            ((base, exponent),) = factors
            return Expr.of(algebra, base), _exponent(algebra, exponent)
        return tuple(Expr.of(algebra, c) for c in algebra.children(term))

    def __iter__(self) -> Iterator[Expr]:
        return iter(self.args)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Expr):
            if self is other:
                return True
            return self.algebra is other.algebra and self.id == other.id
        if isinstance(other, int | Fraction):
            return self.value == other
        return NotImplemented

    def __hash__(self) -> int:
        term = self.id  # equal expressions have one handle for as long as any of them lives
        if self.algebra.role_of(term) == NUMBER:
            return hash(self.algebra.value(term))
        return hash((SORT, self._hold.handle))

    def __bool__(self) -> bool:
        """False for the number 0 only, as with numbers."""
        return self.value != 0

    @property
    def symbols(self) -> list[Expr]:
        """Its symbols, by name."""
        ranks = self.algebra.ranks([self.id])
        found = [t for t in ranks if self.algebra.bank.head(t).kind == "var"]
        return [Expr.of(self.algebra, t) for t in sorted(found, key=ranks.__getitem__)]

    @property
    def size(self) -> int:
        """The number of distinct terms below it, itself included."""
        return len(self.algebra.below([self.id]))

    # How it is written

    def __str__(self) -> str:
        """In full: as long as the tree, however much is shared."""
        from .expression_printing import show

        return show(self.algebra, self.id)

    def __repr__(self) -> str:
        from .expression_printing import show

        return show(self.algebra, self.id, most=_SHOWN)

    def _repr_latex_(self) -> str | None:
        """For notebooks; None where it would be unreadably long."""
        from .expression_printing import show, tree_size

        if tree_size(self.algebra, self.id) > _TYPESET:
            return None
        return f"${show(self.algebra, self.id, latex=True)}$"

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, dumped(self)

    def __copy__(self) -> Expr:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Expr:
        return self

    # Operators

    def __add__(self, other: Expr | Number) -> Expr:
        if type(other) is Expr or isinstance(other, _OPERANDS):
            return Expr(self.algebra, _ADD, (self, 1, other, 1))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Expr | Number) -> Expr:
        if type(other) is Expr or isinstance(other, _OPERANDS):
            return Expr(self.algebra, _ADD, (self, 1, other, -1))
        return NotImplemented

    def __rsub__(self, other: Number) -> Expr:
        if isinstance(other, _OPERANDS):
            return Expr(self.algebra, _ADD, (self, -1, other, 1))
        return NotImplemented

    def __neg__(self) -> Expr:
        return Expr(self.algebra, _ADD, (self, -1))

    def __pos__(self) -> Expr:
        return self

    def __mul__(self, other: Expr | Number) -> Expr:
        if type(other) is Expr or isinstance(other, _OPERANDS):
            return Expr(
                self.algebra,
                _MULTIPLY,
                self._as_factors() + (other._as_factors() if type(other) is Expr else (other, 1)),
            )
        return NotImplemented

    def _as_factors(self) -> tuple[Any, ...]:
        """What it is as part of a pending product: a short product is opened at once, which saves looking for it."""
        return self._operands if self._operator is _MULTIPLY and len(self._operands) <= _SHORT else (self, 1)

    __rmul__ = __mul__

    def __truediv__(self, other: Expr | Number) -> Expr:
        if type(other) is Expr:
            return Expr(self.algebra, _MULTIPLY, (self, 1, other, -1))
        if isinstance(other, int | Fraction):
            if other == 0:
                raise Undefined("division by zero")
            return Expr(self.algebra, _MULTIPLY, (self, 1, 1 / Fraction(other), 1))
        return NotImplemented

    def __rtruediv__(self, other: Number) -> Expr:
        if isinstance(other, _OPERANDS):
            return Expr(self.algebra, _MULTIPLY, (other, 1, self, -1))
        return NotImplemented

    def __pow__(self, other: Expr | Number) -> Expr:
        if isinstance(other, int):
            return Expr(self.algebra, _MULTIPLY, (self, int(other)))
        if type(other) is Expr or isinstance(other, _OPERANDS):
            return Expr(self.algebra, _POWER, (self, 1, other, 1))
        return NotImplemented

    def __rpow__(self, other: Number) -> Expr:
        if isinstance(other, _OPERANDS):
            return Expr(self.algebra, _POWER, (other, 1, self, 1))
        return NotImplemented

    def __call__(self, *arguments: Expr | Number) -> Expr:
        """A symbol f may stand for a function: f(x, y)."""
        if not self.is_symbol:
            raise LemmataError(f"{self!r} is no function", hint="only a symbol can be applied: f(x)")
        return apply(BankSymbol("fun", self.head, (SORT,) * len(arguments), SORT), arguments)


_OPERANDS = (int, Fraction, Expr)


def symbols(names: str, algebra: Algebra | None = None) -> tuple[Expr, ...]:
    """The symbols of these names, separated by spaces or commas."""
    algebra = algebra or default_algebra()
    return tuple(Expr.of(algebra, algebra.symbol(name)) for name in names.replace(",", " ").split())


def number(value: Number, algebra: Algebra | None = None) -> Expr:
    """A number as an expression."""
    algebra = algebra or default_algebra()
    return Expr.of(algebra, algebra.number(value))


def expression(value: Expr | Number, algebra: Algebra | None = None) -> Expr:
    """An expression as it is, a number as an expression. Raises LemmataError for anything else."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, int | Fraction):
        return number(value, algebra)
    raise LemmataError(
        f"{type(value).__name__} is no expression",
        hint="expressions are made of symbols, ints and Fractions; lemmata.from_sympy reads SymPy's",
    )


def add(operands: Iterable[Expr | Number]) -> Expr:
    """The sum of many at once."""
    return _combined(_ADD, operands)


def multiply(operands: Iterable[Expr | Number]) -> Expr:
    """The product of many at once."""
    return _combined(_MULTIPLY, operands)


def _combined(operator: int, operands: Iterable[Expr | Number]) -> Expr:
    flat = tuple(x for e in operands for x in (e, 1))
    return Expr(_algebra_of(flat), operator, flat)


def _algebra_of(operands: Iterable[Expr | Number]) -> Algebra:
    return next((e.algebra for e in operands if isinstance(e, Expr)), None) or default_algebra()


def apply(symbol: BankSymbol, arguments: Sequence[Expr | Number]) -> Expr:
    """A function of the algebra applied to expressions."""
    algebra = _algebra_of(arguments)
    return Expr(algebra, symbol, tuple(x for a in arguments for x in (expression(a, algebra), 1)))


def known(name: str, arity: int = 1) -> BankSymbol:
    """The symbol of a known function."""
    return BankSymbol("app", name, (SORT,) * arity, SORT)


def _function(name: str) -> Callable[[Expr | Number], Expr]:
    symbol = known(name)

    def function(argument: Expr | Number) -> Expr:
        return apply(symbol, (argument,))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name} of an expression or number."
    return function


sin, cos, tan = _function("sin"), _function("cos"), _function("tan")
exp, log = _function("exp"), _function("log")


def sqrt(argument: Expr | Number) -> Expr:
    """The principal square root, which is the power 1/2."""
    return expression(argument) ** Fraction(1, 2)


def _factors(algebra: Algebra, product: int) -> tuple[Expr, ...]:
    factors = algebra.factors_of(product)
    if len(factors) == 1:
        return (Expr.of(algebra, product),)
    ranks = algebra.ranks([product])
    factors.sort(key=lambda pair: ranks[pair[0]])
    return tuple(Expr.of(algebra, algebra.product([pair])) for pair in factors)


def _exponent(algebra: Algebra, exponent: Fraction | int) -> Expr:
    return number(exponent, algebra) if isinstance(exponent, Fraction) else Expr.of(algebra, exponent)


# Settling


def _settle(root: Expr) -> None:
    """Put everything pending below `root` in normal form; `root`, and what several operators share, become settled.

    Nested sums become one sum before anything is sorted, and nested products one product: but for operands that are
    used more than once, which are done once. Linear in what is pending, but for sorting.
    """
    algebra = root.algebra
    uses = _uses(root)
    code: list[int] = []
    large: dict[int, Fraction] = {}  # coefficients and exponents that the kernel cannot have, by place in code
    nodes: list[Expr] = []
    begins: list[int] = []  # of each node in code
    place: dict[int, int] = {}  # of each node, by id()
    held = algebra.bank.held
    flats: dict[int, Sequence[Any]] = {}
    numbers: dict[int, int] = {}  # of functions, by id()
    stack = [root]
    while stack:
        e = stack[-1]
        key = id(e)
        flat = flats.get(key)
        if flat is None:
            flats[key], waiting = _flattened(e, uses)
            stack += waiting
            continue
        stack.pop()
        if key in place:
            continue
        operator = e._operator
        place[key] = len(nodes)
        nodes.append(e)
        begins.append(len(code))
        if type(operator) is int:
            code += (operator, len(flat) >> 1, 0)
        else:
            symbol = numbers.get(id(operator))
            if symbol is None:
                symbol = numbers[id(operator)] = algebra.bank.symbol_id(operator)  # type: ignore[arg-type]
            code += (_APPLY, len(flat) >> 1, symbol)
        operands = iter(flat)
        for operand, n in zip(operands, operands, strict=True):
            d = 1
            if type(operand) is Expr:
                at = held(operand._hold.handle) if operand._operator is _NONE else ~place[id(operand)]
            elif operator == _POWER:
                at = algebra.number(operand)
            else:
                at = 0
                if n == 1 and type(operand) is int:
                    n = operand
                else:
                    value = operand * n if operator == _ADD else _power(operand, n)
                    n, d = value.numerator, value.denominator
            if not -_WORD < n < _WORD or d >= _WORD:
                large[len(code)] = Fraction(n, d)
                n = d = 0
            code += (at, n, d)
    results = np.zeros(len(nodes), np.int32)
    kernels = algebra.kernels
    algebra.run[kernels.AT] = algebra.run[kernels.FIRST] = 0

    def ask(node: int) -> None:
        start = begins[node]
        end = start + 3 + 3 * code[start + 1]
        operands = []
        for at in range(start + 3, end, 3):
            by = large[at] if at in large else Fraction(code[at + 1], code[at + 2])
            operands.append((int(results[~code[at]]) if code[at] < 0 else code[at], by))
        results[node] = _exactly(algebra, nodes[node]._operator, operands)
        algebra.run[kernels.AT] = node + 1
        algebra.run[kernels.FIRST] = end

    algebra.execute(kernels.build, (np.frombuffer(array("q", code), np.int64), results), ask)
    for e in nodes:
        if uses[id(e)] > 1:
            e._hold = _Hold(algebra.bank, int(results[place[id(e)]]))
            e._operator, e._operands = _NONE, ()


def _uses(root: Expr) -> dict[int, int]:
    """How often each pending expression below the root is used, by id(); the root counts as shared."""
    uses = {id(root): 2}
    stack = [root]
    while stack:
        for operand in stack.pop()._operands[::2]:
            if type(operand) is Expr:
                if operand.algebra is not root.algebra:
                    raise LemmataError("expressions of two algebras", hint="make all symbols with one algebra")
                if operand._operator is not _NONE:
                    seen = uses.get(id(operand), 0)
                    uses[id(operand)] = seen + 1
                    if not seen:
                        stack.append(operand)
    return uses


def _flattened(e: Expr, uses: dict[int, int]) -> tuple[Sequence[Any], list[Expr]]:
    """The operands of a pending expression, sums in a sum and products in a product opened; those that are pending."""
    operator = e._operator
    if operator is not _ADD and operator is not _MULTIPLY:
        return e._operands, [o for o in e._operands[::2] if type(o) is Expr and o._operator is not _NONE]
    least = -_WORD if operator is _ADD else 0  # 1/(1/0) has no value, so 1/(1/x) is not opened before x is known
    flat: list[Any] = []
    waiting: list[Expr] = []
    stack = [(e._operands, 1)]
    while stack:
        operands, by = stack.pop()
        both = iter(operands)
        for operand, n in zip(both, both, strict=True):
            if by != 1:
                n *= by
            if type(operand) is Expr and (inner := operand._operator) is not _NONE:
                if inner is operator and uses[id(operand)] == 1 and least < n < _WORD:
                    stack.append((operand._operands, n))
                    continue
                waiting.append(operand)
            flat.append(operand)
            flat.append(n)
    return flat, waiting


def _power(value: Number, exponent: int) -> Number:
    if exponent == 1:
        return value
    if value:
        return power(Fraction(value), exponent)
    if exponent < 0:
        raise Undefined("division by zero")
    return Fraction(exponent == 0)


def _exactly(algebra: Algebra, operator: int | BankSymbol, operands: list[tuple[int, Fraction]]) -> TermId:
    """One node of `_settle`, with exact numbers. Operand 0 is the number beside it."""
    if isinstance(operator, BankSymbol):
        return algebra.apply(operator, [t for t, _ in operands])
    if operator == _ADD:
        constant = sum((by for t, by in operands if not t), Fraction(0))
        return algebra.sum(constant, [(t, by) for t, by in operands if t])
    if operator == _MULTIPLY:
        one = Fraction(1)
        return algebra.product([(t, by) if t else (algebra.number(by), one) for t, by in operands])
    (base, _), (exponent, _) = operands
    return algebra.product([(base, exponent)])


# Content, for pickling


def dumped(e: Expr) -> tuple[tuple[tuple[Any, ...], ...], dict[str, Any]]:
    """The rows of an expression as plain data, children before parents and named by position; its foreign objects."""
    algebra = e.algebra
    foreign: dict[str, Any] = {}
    at: dict[int, int] = {}
    rows: list[tuple[Any, ...]] = []
    for t in algebra.below([e.id]).tolist():
        head = algebra.bank.head(t)
        role = algebra.role_of(t)
        if role == SUM:
            constant, pairs = algebra.terms_of(t)
            rows.append(("add", numeral(constant), *((at[u], numeral(c)) for u, c in pairs)))
        elif role == PRODUCT:
            factors = algebra.factors_of(t)
            rows.append(("mul", *((at[b], numeral(x) if isinstance(x, Fraction) else at[x]) for b, x in factors)))
        elif role == NUMBER or head.payload:
            rows.append((head.kind, head.name, algebra.bank.leaf_name(t)))
        else:
            rows.append((head.kind, head.name, *(at[u] for u in algebra.children(t))))
            if head.kind == "foreign":
                foreign[head.name] = algebra.foreign[head.name]
        at[t] = len(at)
    return tuple(rows), foreign


def _number(text: str) -> Fraction:
    value = literal_value(text)
    assert isinstance(value, int | Fraction)
    return Fraction(value)


def _restored(rows: tuple[tuple[Any, ...], ...], foreign: dict[str, Any]) -> Expr:
    algebra = default_algebra()
    algebra.foreign.update(foreign)
    made: list[Expr] = []
    for kind, *rest in rows:
        if kind == "lit":
            made.append(number(_number(rest[1]), algebra))
        elif kind == "var":
            made.append(Expr.of(algebra, algebra.symbol(rest[1], rest[0])))
        elif kind == "add":
            terms = [made[t] * _number(c) for t, c in rest[1:]]
            made.append(terms[0] if rest[0] == "0" and len(terms) == 1 else add([_number(rest[0]), *terms]))
        elif kind == "mul":
            made.append(multiply((made[b] ** (_number(x) if isinstance(x, str) else made[x]) for b, x in rest)))
        else:
            name, *children = rest
            made.append(apply(BankSymbol(kind, name, (SORT,) * len(children), SORT), [made[c] for c in children]))
    return made[-1]
