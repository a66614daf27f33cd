"""Multiplying out.

An expression is a polynomial in what its sums and products stand on, its *generators*: symbols, functions, and powers
that are not opened. `expand` reads it into packed form (`polynomial_kernels.py`), reckons there, and writes the result
as rows of the bank. Where exponents or coefficients do not fit 64 bits, the same is done on Python's integers; where
an exponent is no whole number, or a sum stands under a fraction, by the distributive law on terms.

>>> from .expressions import sin, symbols
>>> x, y = symbols("x y")
>>> expand((x + y)**3 - x**3)
3*x**2*y + 3*x*y**2 + y**3
>>> expand(sin((x + 1)**2) / (x + 1)**2 * x)
x*sin(x**2 + 2*x + 1)/(x**2 + 2*x + 1)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import ModuleType

import numpy as np

from .algebra import NUMBER, PRODUCT, SUM, Algebra, Exponent, Longs, TooLarge
from .bank import TermId
from .expressions import Expr, Number, expression

_WORD = 1 << 63
_IMMEDIATE = 1 << 30
_DENSE = 1 << 22  # cells of the largest dense array
_MOST_TERMS = 1 << 24
_MOST_PRODUCTS = 1 << 31  # of terms, in one multiplication; fewer where Python does it
_ONE = Fraction(1)


@cache
def _kernels() -> ModuleType:
    """The compiled loops, imported when first needed."""
    from . import polynomial_kernels

    return polynomial_kernels


def expand(e: Expr | Number) -> Expr:
    """The expression multiplied out: no sum stands under a product or a positive whole power, at any depth.

    Equal polynomials have one expanded form. Raises TooLarge where it would have more than 2**24 terms.
    """
    e = expression(e)
    return Expr.of(e.algebra, expanded(e.algebra, e.id))


def expanded(algebra: Algebra, root: int) -> TermId:
    """A term multiplied out; each polynomial below a function or an odd power once, inner ones first."""
    done: dict[int, int] = {}
    stack = [root]
    while stack:
        t = stack[-1]
        if t in done:
            stack.pop()
            continue
        island = _Island(algebra, t)
        waiting = [u for u in island.inner if u not in done]
        if waiting:
            stack += waiting
            continue
        done[t] = island.expanded(done)
        stack.pop()
    return TermId(done[root])


class _Island:
    """A term down to its generators. `inner` are the terms below those, which are expanded first."""

    def __init__(self, algebra: Algebra, root: int) -> None:
        self.algebra = algebra
        self.root = root
        kernels = _kernels()
        algebra.refresh()
        bank = algebra.bank
        room = 256
        with algebra.borrowed(np.int32) as mark, algebra.borrowed(np.int64) as degree:
            while True:
                found, stack, report = np.empty(room, np.int32), np.empty(room, np.int32), np.zeros(3, np.int64)
                answer = kernels.survey(bank.cells, bank.arity, algebra.role, mark, degree, root, found, stack, report)
                nodes = found[: report[kernels.FOUND]]
                marks = mark[nodes]
                mark[nodes] = 0
                degree[nodes] = 0
                if answer != kernels.FULL:
                    break
                room *= 8
        self.odd = answer == kernels.ODD
        self.nodes: list[int] = []
        self.generators: list[int] = []
        self.inner: list[int] = []
        if self.odd:
            self._open()
            return
        self.generators = [g for g in nodes[marks == kernels.GENERATOR].tolist() if algebra.role_of(g) != NUMBER]
        self.nodes = nodes[marks == kernels.INSIDE].tolist() if self.generators else []
        self.degree, self.negative = int(report[kernels.DEGREE]), bool(report[kernels.NEGATIVE])
        self.inner = list(dict.fromkeys(c for g in self.generators for c in algebra.children(g)))

    def _open(self) -> None:
        """The terms of an odd island, children first; what stands on none of them is a generator."""
        algebra = self.algebra
        self.nodes = []
        seen: dict[int, None] = {}
        inner: dict[int, None] = {}
        stack = [self.root]
        while stack:
            t = stack.pop()
            if t < 0:
                self.nodes.append(~t)
            elif t not in seen:
                seen[t] = None
                stack.append(~t)
                role = algebra.role_of(t)
                if role == SUM:
                    stack += [u for u, _ in algebra.terms_of(t)[1]]
                elif role == PRODUCT:
                    for base, exponent in algebra.factors_of(t):
                        if isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent > 0:
                            stack.append(base)
                        else:
                            inner[base] = None
                            if not isinstance(exponent, Fraction):
                                inner[exponent] = None
                elif role != NUMBER:
                    inner.update(dict.fromkeys(algebra.children(t)))
        self.inner = [u for u in inner if u != self.root]

    def expanded(self, done: dict[int, int]) -> int:
        """The root multiplied out, with what was done below its generators."""
        if self.odd:
            return self._distributed(done)
        moved = {g: self.algebra.rebuilt(g, done.__getitem__) for g in self.generators}
        if any(self.algebra.role_of(g) != 0 for g in moved.values()) or len(set(moved.values())) < len(moved):
            return self._distributed(done, moved)
        return _Packed(self, moved).result()

    def _distributed(self, done: dict[int, int], moved: dict[int, TermId] | None = None) -> int:
        """By the distributive law on terms, one node after the other."""
        algebra = self.algebra
        if moved is not None:
            self._open()
        value: dict[int, int] = {}
        for t in self.nodes:
            role = algebra.role_of(t)
            if role == SUM:
                constant, pairs = algebra.terms_of(t)
                value[t] = algebra.sum(constant, [(value[u], c) for u, c in pairs])
            elif role == PRODUCT:
                value[t] = self._product(algebra.factors_of(t), value, done)
            else:
                value[t] = algebra.rebuilt(t, lambda c: done[c])
        return value[self.root]

    def _product(self, factors: list[tuple[TermId, Exponent]], value: dict[int, int], done: dict[int, int]) -> int:
        algebra = self.algebra
        plain: list[tuple[int, Exponent]] = []
        sums: list[int] = []
        for base, exponent in factors:
            if isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent > 0:
                if algebra.role_of(value[base]) == SUM:
                    sums += [value[base]] * int(exponent)
                else:
                    plain.append((value[base], exponent))
            elif isinstance(exponent, Fraction) and exponent.denominator == 1:
                below = expanded(algebra, algebra.product([(done[base], -exponent)]))
                plain.append((below, -_ONE))
            else:
                plain.append((done[base], exponent if isinstance(exponent, Fraction) else done[exponent]))
        result = algebra.product(plain)
        for factor in sums:
            constant, pairs = algebra.terms_of(factor)
            if (len(pairs) + 1) * len(algebra.terms_of(result)[1]) > _MOST_TERMS:
                raise TooLarge("the expanded form has too many terms")
            parts: list[tuple[int, Fraction]] = [(result, constant)]
            own_constant, own = algebra.terms_of(result)
            parts += [(u, c * own_constant) for u, c in pairs]
            for u, c in pairs:
                parts += [(algebra.product([(u, _ONE), (v, _ONE)]), c * d) for v, d in own]
            result = algebra.sum(Fraction(0), parts)
        return result


@dataclass(frozen=True)
class _Polynomial:
    """Numerators over one denominator, by packed monomial; none twice. int64 arrays, or else Python's integers."""

    keys: Longs | list[int]
    numerators: Longs | list[int]
    denominator: int = 1

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def packed(self) -> bool:
        return isinstance(self.keys, np.ndarray)

    def listed(self) -> tuple[list[int], list[int]]:
        """Both as lists."""
        if isinstance(self.keys, np.ndarray) and isinstance(self.numerators, np.ndarray):
            return self.keys.tolist(), self.numerators.tolist()
        return list(self.keys), list(self.numerators)

    def greatest(self) -> int:
        """The greatest absolute value of a numerator."""
        if isinstance(self.numerators, np.ndarray):
            return max(int(self.numerators.max()), -int(self.numerators.min())) if len(self) else 0
        return max(map(abs, self.numerators), default=0)


def _of_dict(found: dict[int, int], denominator: int) -> _Polynomial:
    kept = {key: n for key, n in found.items() if n}
    return _Polynomial(list(kept), list(kept.values()), denominator)


def _span(*ranges: tuple[int, int]) -> tuple[int, int]:
    """Of sums of one number from each range the least and how many there may be."""
    least = sum(low for low, _ in ranges)
    return least, sum(high for _, high in ranges) - least + 1


def _range(p: _Polynomial) -> tuple[int, int]:
    assert isinstance(p.keys, np.ndarray)
    return int(p.keys.min()), int(p.keys.max())


def _gathered(dense: Longs, least: int, count: int, denominator: int) -> _Polynomial:
    keys, numerators = np.empty(count, np.int64), np.empty(count, np.int64)
    _kernels().gather(dense, least, keys, numerators)
    return _Polynomial(keys, numerators, denominator)


def _times(p: _Polynomial, q: _Polynomial) -> _Polynomial:
    """The product."""
    denominator = p.denominator * q.denominator
    if len(p) == 0 or len(q) == 0:
        return _Polynomial([], [], denominator)
    products = len(p) * len(q)
    if products > (_MOST_PRODUCTS if p.packed and q.packed else _MOST_PRODUCTS >> 6):
        raise TooLarge("the expanded form has too many terms")
    if p.packed and q.packed and p.greatest() * q.greatest() * min(len(p), len(q)) < _WORD:
        least, span = _span(_range(p), _range(q))
        if span <= _DENSE and span <= 64 + 8 * products:
            dense = np.zeros(span, np.int64)
            count = _kernels().multiply_dense(p.keys, p.numerators, q.keys, q.numerators, least, dense)
            return _gathered(dense, least, count, denominator)
        return _times_sparse(p, q, denominator)
    found: dict[int, int] = {}
    keys, numerators = q.listed()
    get = found.get
    for a, n in zip(*p.listed(), strict=True):
        for b, m in zip(keys, numerators, strict=True):
            found[a + b] = get(a + b, 0) + n * m
    return _of_dict(found, denominator)


def _times_sparse(p: _Polynomial, q: _Polynomial, denominator: int) -> _Polynomial:
    size = 1 << (4 * (len(p) + len(q))).bit_length()
    free = -_WORD  # no key: they are below 2**62
    while True:
        table, values = np.full(size, free, np.int64), np.zeros(size, np.int64)
        count = _kernels().multiply_sparse(p.keys, p.numerators, q.keys, q.numerators, table, values, free)
        if count >= 0:
            kept = values != 0
            return _Polynomial(table[kept], values[kept], denominator)
        size *= 4


def _power(p: _Polynomial, n: int) -> _Polynomial:
    """The n-th power, n positive: at once by the multinomial theorem where the result is dense, or else by squaring."""
    m = len(p)
    if n == 1 or m == 0:
        return p
    denominator = p.denominator**n
    if m == 1:
        (key,), (numerator,) = p.listed()
        if p.packed and abs(numerator) ** n < _WORD:
            return _Polynomial(np.array([n * key]), np.array([numerator**n]), denominator)
        return _Polynomial([n * key], [numerator**n], denominator)
    if p.packed and (m * p.greatest()) ** n < _WORD:
        low, high = _range(p)
        least, span = n * low, n * (high - low) + 1
        if span <= _DENSE and math.comb(n + m - 1, m - 1) <= 4 * span:
            assert isinstance(p.numerators, np.ndarray)
            powers = np.cumprod(
                np.concatenate([np.ones((m, 1), np.int64), np.repeat(p.numerators[:, None], n, 1)], 1), 1
            )
            dense = np.zeros(span, np.int64)
            count = _kernels().power_dense(p.keys, p.numerators, n, _binomials(n), powers, least, dense)
            return _gathered(dense, least, count, denominator)
    result: _Polynomial | None = None
    while True:
        if n & 1:
            result = p if result is None else _times(result, p)
        n >>= 1
        if not n:
            assert result is not None
            return result
        p = _times(p, p)


@cache
def _binomials(n: int) -> Longs:
    """C(r, k) for r, k up to n, where they fit."""
    return np.array([[min(math.comb(r, k), _WORD - 1) for k in range(n + 1)] for r in range(n + 1)], np.int64)


def _plus(parts: list[tuple[_Polynomial, Fraction]], constant: Fraction) -> _Polynomial:
    """The sum of multiples and a constant."""
    denominator = math.lcm(constant.denominator, *(p.denominator * c.denominator for p, c in parts))
    factors = [int(c * denominator / p.denominator) for p, c in parts]
    whole = int(constant * denominator)
    bound = sum((p.greatest() * abs(f) for (p, _), f in zip(parts, factors, strict=True)), abs(whole))
    polynomials = [p for p, _ in parts if len(p)]
    if bound < _WORD and polynomials and all(p.packed for p in polynomials):
        ranges = [(0, 0), *map(_range, polynomials)]
        least = min(low for low, _ in ranges)
        span = max(high for _, high in ranges) - least + 1
        if span <= _DENSE and span <= 64 + 8 * sum(map(len, polynomials)):
            dense = np.zeros(span, np.int64)
            dense[-least] = whole
            for (p, _), factor in zip(parts, factors, strict=True):
                if len(p):
                    dense[np.asarray(p.keys) - least] += np.asarray(p.numerators) * factor
            return _gathered(dense, least, int(np.count_nonzero(dense)), denominator)
    found = {0: whole}
    for (p, _), factor in zip(parts, factors, strict=True):
        for key, n in zip(*p.listed(), strict=True):
            found[key] = found.get(key, 0) + n * factor
    result = _of_dict(found, denominator)
    if bound < _WORD and all(p.packed for p in polynomials):
        return _Polynomial(np.array(result.keys, np.int64), np.array(result.numerators, np.int64), denominator)
    return result


class _Packed:
    """One island in packed form: generators with new names, weights, and the terms to be reckoned with."""

    def __init__(self, island: _Island, moved: dict[int, TermId]) -> None:
        self.algebra = algebra = island.algebra
        self.island = island
        self.root = island.root
        self.nodes = island.nodes
        self.moved = moved
        self.least = -island.degree if island.negative else 0
        self.radix = island.degree - self.least + 1
        algebra.refresh()
        back: dict[int, int] = {new: old for old, new in moved.items()}
        self.generators = algebra.sorted_terms(list(back))
        self.weight = {back[g]: self.radix**i for i, g in enumerate(self.generators)}
        self.fits = self.radix ** len(self.generators) < _WORD // 4

    def result(self) -> int:
        """The root, multiplied out."""
        if not self.nodes:
            return self.moved.get(self.root, self.root)
        return self._term(self._value())

    def _value(self) -> _Polynomial:
        values: dict[int, _Polynomial] = {}
        needed = {self.root}
        later: list[int] = []
        with self.algebra.borrowed(np.int64) as weights:
            if self.fits:
                weights[list(self.weight)] = list(self.weight.values())
            for t in reversed(self.nodes):
                if t in needed:
                    value = self._read(t, weights)
                    if value is None:
                        later.append(t)
                        needed.update(self.algebra.children(t))
                    else:
                        values[t] = value
            weights[list(self.weight)] = 0
        for g, weight in self.weight.items():
            if g in needed:
                values[g] = _Polynomial(np.array([weight]), np.array([1])) if self.fits else _Polynomial([weight], [1])
        for t in reversed(later):
            if self.algebra.role_of(t) == SUM:
                constant, pairs = self.algebra.terms_of(t)
                values[t] = _plus([(values[u], c) for u, c in pairs], constant)
            else:
                values[t] = self._product(t, values)
        return values[self.root]

    def _read(self, term: int, weights: Longs) -> _Polynomial | None:
        """A sum of monomials with small coefficients, without a look at each in Python."""
        bank = self.algebra.bank
        if not self.fits or self.algebra.role_of(term) != SUM:
            return None
        room = len(bank.head(term).arguments) // 2 + 1
        keys, numerators = np.empty(room, np.int64), np.empty(room, np.int64)
        count = _kernels().read(bank.cells, bank.arity, self.algebra.role, weights, term, keys, numerators)
        return None if count < 0 else _Polynomial(keys[:count], numerators[:count])

    def _product(self, term: int, values: dict[int, _Polynomial]) -> _Polynomial:
        key = 0
        factors: list[_Polynomial] = []
        for base, exponent in self.algebra.factors_of(term):
            assert isinstance(exponent, Fraction)
            if base in self.weight:
                key += self.weight[base] * int(exponent)
            else:
                factors.append(_power(values[base], int(exponent)))
        result = _Polynomial(np.array([key]), np.array([1])) if self.fits else _Polynomial([key], [1])
        for factor in sorted(factors, key=len):
            result = _times(result, factor)
        return result

    def _term(self, p: _Polynomial) -> int:
        """A polynomial as a term of the bank."""
        algebra, bank = self.algebra, self.algebra.bank
        if not self.fits or not p.packed:
            return self._term_exactly(p)
        keys, numerators = np.asarray(p.keys), np.asarray(p.numerators)
        count, width = len(keys), 2 * len(self.generators) + 1
        if count > _MOST_TERMS:
            raise TooLarge("the expanded form has too many terms")
        bank.reserve(count * width, count)
        terms = np.empty(count, np.int32)
        algebra.pair_symbols(len(self.generators))
        _kernels().write(
            *(bank.cells, bank.slots, bank.state, np.array(self.generators, np.int32), keys),
            *(self.radix, self.least, algebra.products, np.empty(width, np.int32), terms),
        )
        algebra.refresh()
        constant = Fraction(0)
        places = np.flatnonzero(terms == 0)
        if len(places):
            (place,) = places.tolist()
            constant = Fraction(int(numerators[place]), p.denominator)
            last = count - 1  # the order is of no account
            terms[place], numerators[place] = terms[last], numerators[last]
            terms, numerators = terms[:last], numerators[:last]
        return algebra.sum_of_arrays(constant, terms, numerators, p.denominator)

    def _term_exactly(self, p: _Polynomial) -> int:
        pairs: list[tuple[int, Fraction]] = []
        constant = Fraction(0)
        shift = sum(-self.least * self.radix**i for i in range(len(self.generators)))
        for key, n in zip(*p.listed(), strict=True):
            rest = key + shift
            factors: list[tuple[int, Exponent]] = []
            for g in self.generators:
                rest, digit = divmod(rest, self.radix)
                if digit + self.least:
                    factors.append((g, Fraction(digit + self.least)))
            if factors:
                pairs.append((self.algebra.product(factors), Fraction(n, p.denominator)))
            else:
                constant = Fraction(n, p.denominator)
        return self.algebra.sum(constant, pairs)
