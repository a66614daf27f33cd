"""Sums, products and functions as rows of the term bank, in a normal form: equal normal forms are one id.

All terms have the sort Expr. What rows there are, a number at a coefficient or exponent written in brackets:

    number      ("lit", "", (), Expr)           payload: the numeral, "-12" or "3/4"
    symbol      ("var", marks, (), Expr)        payload: the name; marks: "" or assumptions such as "positive"
    function    ("app", name, (Expr, ..), Expr)       one of the known ones: sin, exp, pi ..
    function    ("fun", name, (Expr, ..), Expr)       any other: f(x, y)
    derivative  ("der", "1,0 fun f", (Expr, ..), Expr)     of f, once by its first argument
    foreign     ("foreign", text, (Expr, ..), Expr)   an object of SymPy that depends on these
    sum         ("add", "", (Expr, Expr, Expr, ..), Expr)     [c0] t1 [c1] t2 [c2] ..     c0 + c1 t1 + c2 t2 + ..
    product     ("mul", "", (Expr, Expr, ..), Expr)           b1 e1 b2 e2 ..              b1^e1 b2^e2 ..

    1/2 + 3 x^2 y:    add [1/2] |  [3]          x y = mul x [2] y [1]
                              mul x [2] y [1]

These are the sparse forms of Symbolics.jl (Gowda et al. 2021, arXiv:2105.03949). A coefficient or exponent that is a
whole number below 2**30 is an immediate of the bank; any other is the numeral's leaf. An exponent may also be a term
that is no number: x^y is mul x y. A product has no coefficient: 3 x y is the sum 0 + 3 (x y).

The normal form:

- operands stand in the order of their structural hash, ties broken by structure, never by id;
- the terms of a sum differ, and are no numbers nor, but for c (a + b), sums; its coefficients are not 0;
- the bases of a product differ; its exponents are not 0; a base with a whole exponent is no product, and no number
  or multiple c u either; a number as base is -1 or positive, below a fraction between 0 and 1, without square factors
  and the like as far as small primes show it;
- 0 + 1 t is t and b^1 is b; nothing is multiplied out.

A sum within a sum is opened, with its coefficient: z + 2 (x + y) is 2 x + 2 y + z. A product of a number and a sum
stays one, as in Symbolics.jl, so that products are associative: 2 (x + y) by itself is 0 + 2 (x + y), the one sum that
has a sum as term.

It is made by identities that hold for all complex values for which both sides are defined (powers by their principal
value): x^a x^b = x^(a+b), hence x/x = 1 as on construction in SymPy and Symbolics.jl; (x y)^n = x^n y^n and
(x^a)^n = x^(a n) for whole n only; (x^2)^(1/2) stays as it is. 0^0 = 1. What has no value, such as 1/0, raises
Undefined.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from .bank import BankSymbol, Ints, SymbolId, TermBank, TermId
from .literals import literal_text
from .source import LemmataError

Longs = npt.NDArray[np.int64]
Exponent = Fraction | int  # a number, or the id of a term

SORT = "Expr"
NUMERAL = BankSymbol("lit", "", (), SORT)
OTHER, NUMBER, SUM, PRODUCT = range(4)
_ROLES = {"lit": NUMBER, "add": SUM, "mul": PRODUCT}
_IMMEDIATE = 1 << 30
_WORD, _WHOLE = 1 << 31, 1 << 62  # the kernels reckon with fractions and with whole numbers below these
_PRIMES_BELOW = 1000
_MOST_BITS = 700_000  # of a power

# The values of functions at numbers that the normal form knows.
_VALUES: dict[tuple[str, int], int] = {
    **{(name, 0): 0 for name in ("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "Abs", "sign")},
    **{(name, 0): 1 for name in ("cos", "exp", "cosh")},
    ("log", 1): 0,
    ("acos", 1): 0,
    ("acosh", 1): 0,
}


class Undefined(LemmataError, ZeroDivisionError):
    """An expression without a value, such as 1/0."""

    kind = "undefined"


class TooLarge(LemmataError, OverflowError):
    """A number with more digits than are reckoned with."""

    kind = "too large"


class Algebra:
    """The normal forms over one bank. Not safe for use from several threads at once.

    Terms are ids of the bank, good until it is next collected; `expressions.py` has the handles that users see.
    """

    def __init__(self, bank: TermBank | None = None) -> None:
        self.bank = TermBank() if bank is None else bank
        self.run = np.zeros(10, np.int64)  # the state of a kernel's run, see there
        self.foreign: dict[str, Any] = {}  # what ("foreign", text) symbols stand for, as another system has it
        self.role: Ints = np.zeros(0, np.int32)
        self.recipe: Ints = np.zeros(0, np.int32)
        self._symbol_digest: Longs = np.zeros(0, np.int64)
        self._name_digest: Longs = np.zeros(0, np.int64)
        self._numerator: Longs = np.zeros(0, np.int64)
        self._denominator: Longs = np.zeros(0, np.int64)
        self._numerals: Ints = np.zeros(64, np.int32)
        self._sums: Ints = np.zeros(8, np.int32)
        self.products: Ints = np.zeros(8, np.int32)
        self._digest: Longs = np.zeros(1, np.int64)
        self._digested = 1  # rows before this cell have their digest
        self._collections = 0
        self._seen_symbols = 0
        self._seen_names = 0
        self.blank: list[npt.NDArray[Any]] = []  # of `borrowed`
        self._scratch(64)
        self._leaf = self.bank.symbol_id(NUMERAL)
        for k in range(1, 8):
            self.pair_symbols(k)
        for small in range(-8, 17):
            self.number(small)

    # The arrays of the kernels

    @cached_property
    def kernels(self) -> ModuleType:
        """The compiled loops, imported when first needed."""
        from . import algebra_kernels

        return algebra_kernels

    def _scratch(self, pairs: int) -> None:
        """Room for so many pairs in one node."""
        size = 1 << (pairs - 1).bit_length()
        self._who: Ints = np.zeros(6 * size, np.int32)
        self._many: Longs = np.zeros(6 * size, np.int64)
        self._row: Ints = np.zeros(2 * size + 16, np.int32)

    def pair_symbols(self, k: int) -> None:
        """Make the symbols of sums and products of k pairs known to the kernels."""
        if k < len(self._sums) and self._sums[k]:
            return
        if k >= len(self._sums):
            size = 1 << k.bit_length()
            self._sums = np.concatenate([self._sums, np.zeros(size - len(self._sums), np.int32)])
            self.products = np.concatenate([self.products, np.zeros(size - len(self.products), np.int32)])
        self._sums[k] = self.bank.symbol_id(BankSymbol("add", "", (SORT,) * (2 * k + 1), SORT))
        self.products[k] = self.bank.symbol_id(BankSymbol("mul", "", (SORT,) * (2 * k), SORT))

    def refresh(self) -> None:
        """Bring roles, values and digests up to what the bank has by now."""
        bank = self.bank
        if len(bank.symbols) > self._seen_symbols:
            self._see_symbols()
        if len(bank.names) > self._seen_names:
            self._see_names()
        if bank.collections != self._collections:
            self._collections, self._digested = bank.collections, 1
            self._digest = np.zeros(len(bank.cells), np.int64)
        elif len(self._digest) < len(bank.cells):
            grown = np.zeros(len(bank.cells), np.int64)
            grown[: self._digested] = self._digest[: self._digested]
            self._digest = grown
        top = int(bank.state[0])
        if top > self._digested:
            self.kernels.digest_rows(
                *(bank.cells, bank.arity, bank.payload, self.role),
                *(self._symbol_digest, self._name_digest, self._digest, self._digested, top),
            )
            self._digested = top

    def _see_symbols(self) -> None:
        symbols = self.bank.symbols
        size = max(64, 1 << len(symbols).bit_length())
        if size > len(self.role):
            self.role = _grown(self.role, size)
            self.recipe = _grown(self.recipe, 4 * size)
            self._symbol_digest = _grown(self._symbol_digest, size)
        for number in range(self._seen_symbols, len(symbols)):
            symbol = symbols[number]
            self.role[number] = _ROLES.get(symbol.kind, OTHER) if symbol.result == SORT else OTHER
            arity = "" if symbol.kind in ("add", "mul") else str(len(symbol.arguments))
            self._symbol_digest[number] = _text_digest(symbol.kind, symbol.name, symbol.result, arity)
        self._seen_symbols = len(symbols)

    def _see_names(self) -> None:
        names = self.bank.names
        size = max(64, 1 << len(names).bit_length())
        if size > len(self._name_digest):
            self._name_digest = _grown(self._name_digest, size)
            self._numerator = _grown(self._numerator, size)
            self._denominator = _grown(self._denominator, size)
        start = self._seen_names
        if 2 * size > len(self._numerals):
            self._numerals, start = np.zeros(2 * size, np.int32), 0
        for number in range(self._seen_names, len(names)):
            self._name_digest[number] = _text_digest(names[number])
            value = self.bank.named_value(number)
            if type(value) is int:
                if -_WHOLE < value < _WHOLE:
                    self._numerator[number], self._denominator[number] = value, 1
            elif (
                type(value) is Fraction
                and value.denominator != 1
                and max(abs(value.numerator), value.denominator) < _WORD
            ):
                self._numerator[number], self._denominator[number] = value.numerator, value.denominator
        self.kernels.fill_numerals(self._numerator, self._denominator, self._numerals, start, len(names))
        self._seen_names = len(names)

    def shared(self) -> tuple[Any, ...]:
        """The arrays that every kernel takes first."""
        bank = self.bank
        return (
            *(bank.cells, bank.slots, bank.state, bank.arity, bank.payload),
            *(self.role, self._sums, self.products, self._numerator, self._denominator, self._numerals),
            *(self._symbol_digest, self._name_digest, self._digest, self._who, self._many, self._row, self.run),
            self._leaf,
        )

    @contextmanager
    def borrowed(self, kind: type[np.signedinteger[Any]]) -> Iterator[npt.NDArray[Any]]:
        """An array of zeros with a place for every term that there is now, to be given back all zeros.

        Making one would take time linear in the bank.
        """
        size = int(self.bank.state[0])
        free = [a for a in self.blank if a.dtype == kind]
        array = free[0] if free else np.zeros(0, kind)
        self.blank = [a for a in self.blank if a is not array]
        if len(array) < size:
            array = np.zeros(len(self.bank.cells), kind)
        yield array
        self.blank.append(array)  # not where an exception left it dirty

    def execute(
        self, kernel: Callable[..., int], arguments: Sequence[Any], ask: Callable[[int], None], most: int | None = None
    ) -> bool:
        """Run a kernel over all its nodes, from run[AT] on; False if the bank would have grown beyond `most` cells.

        `ask` is called for a node that the kernel leaves to Python; it must do the node and step run[AT].
        """
        k = self.kernels
        while True:
            self.refresh()
            status = kernel(*self.shared(), *arguments)
            self._digested = int(self.bank.state[0])
            if status == k.FINISHED:
                return True
            if most is not None and self._digested > most:
                return False
            n, d = int(self.run[k.NUMERATOR]), int(self.run[k.DENOMINATOR])
            if status == k.ASK:
                ask(int(self.run[k.AT]))
            elif status == k.NUMERAL:
                self.number(Fraction(n, d))
            elif status == k.SYMBOL:
                self.pair_symbols(n)
            elif status == k.CELLS:
                self.bank.reserve(n, n)
            else:
                self._scratch(max(n, len(self._who) // 3))

    # Leaves

    def number(self, value: int | Fraction) -> TermId:
        """A number as a term. Raises TooLarge above 200,000 digits."""
        try:
            name = self.bank.literal_name(int(value) if value.denominator == 1 else value)
        except ValueError:
            raise TooLarge("a number of more than 200,000 digits") from None
        return self.bank.node(self._leaf, [name])

    def numbers(self, values: Sequence[int]) -> Ints:
        """Many whole numbers as terms."""
        names = np.array([[self.bank.literal_name(value)] for value in values], np.int32)
        return self.bank.nodes(self._leaf, names)

    def symbol(self, name: str, marks: str = "") -> TermId:
        """The symbol of a name. Symbols with other marks (assumptions) are other symbols."""
        return self.bank.leaf(self.bank.symbol_id(BankSymbol("var", marks, (), SORT)), name)

    def value(self, number: int) -> Fraction:
        """The value of a number: a leaf, or the immediate at a coefficient or exponent."""
        if number < 0:
            return Fraction(number + _IMMEDIATE)
        found = self.bank.literal_value(number)
        assert isinstance(found, int | Fraction)
        return Fraction(found)

    def _cell(self, value: Fraction) -> int:
        if value.denominator == 1 and -_IMMEDIATE <= value.numerator < _IMMEDIATE:
            return value.numerator - _IMMEDIATE
        return self.number(value)

    # Taking apart

    def role_of(self, term: int) -> int:
        """NUMBER, SUM, PRODUCT, or OTHER: a symbol or a function."""
        return _ROLES.get(self.bank.head(term).kind, OTHER)

    def terms_of(self, term: int) -> tuple[Fraction, list[tuple[TermId, Fraction]]]:
        """Any term as constant + sum of coefficient * term."""
        role = self.role_of(term)
        if role == NUMBER:
            return self.value(term), []
        if role != SUM:
            return Fraction(0), [(TermId(term), Fraction(1))]
        row = self.bank.arguments(term)
        return self.value(row[0]), [(row[i], self.value(row[i + 1])) for i in range(1, len(row), 2)]

    def opened_terms_of(self, term: int) -> tuple[Fraction, list[tuple[TermId, Fraction]]]:
        """As `terms_of`, but no term is a sum: 2 (x + y) is 2 x + 2 y."""
        constant, pairs = self.terms_of(term)
        if constant == 0 and len(pairs) == 1 and self.role_of(pairs[0][0]) == SUM:
            ((inner, by),) = pairs
            constant, pairs = self.terms_of(inner)
            return constant * by, [(t, c * by) for t, c in pairs]
        return constant, pairs

    def is_multiple(self, term: int) -> bool:
        """Is it a coefficient times one term?"""
        row = self.bank.arguments(term)
        return self.role_of(term) == SUM and len(row) == 3 and self.value(row[0]) == 0

    def factors_of(self, term: int) -> list[tuple[TermId, Exponent]]:
        """A term without coefficient as product of base ** exponent."""
        if self.role_of(term) != PRODUCT:
            return [(TermId(term), Fraction(1))]
        row = self.bank.arguments(term)
        return [(row[i], self.exponent(row[i + 1])) for i in range(0, len(row), 2)]

    def exponent(self, cell: int) -> Exponent:
        """The number in the cell of an exponent, or else its term."""
        return self.value(cell) if cell < 0 or self.role_of(cell) == NUMBER else cell

    def children(self, term: int) -> list[TermId]:
        """The terms right below: bases, exponents that are no immediates, arguments."""
        return [c for c in self.bank.arguments(term) if c > 0]

    def below(self, roots: Iterable[int]) -> Ints:
        """All terms below the roots, themselves included, children before parents."""
        bank = self.bank
        self.refresh()
        given = np.array(list(roots), np.int32)
        room = 8192
        with self.borrowed(np.int32) as marked:
            while True:
                nodes: Ints = np.empty(room, np.int32)
                count = self.kernels.reach(bank.cells, bank.arity, marked, given, nodes)
                if count >= 0:
                    break
                room *= 8
        nodes = nodes[:count]
        nodes.sort()
        return nodes

    # Putting together, exactly: what the kernels do quickly for small numbers

    def sum(self, constant: Fraction, pairs: Iterable[tuple[int, Fraction]]) -> TermId:
        """constant + sum of coefficient * term, for any terms."""
        merged: dict[int, Fraction] = {}
        for term, coefficient in pairs:
            base, inner = self.opened_terms_of(term)
            constant += coefficient * base
            for t, c in inner:
                merged[t] = merged.get(t, Fraction(0)) + c * coefficient
        kept = [(t, c) for t, c in merged.items() if c]
        if not kept:
            return self.number(constant)
        if constant == 0 and len(kept) == 1 and kept[0][1] == 1:
            return TermId(kept[0][0])
        row: list[int] = [self._cell(constant)]
        for term in self.sorted_terms([t for t, _ in kept]):
            row += [term, self._cell(merged[term])]
        return self.bank.node(self.bank.symbol_id(BankSymbol("add", "", (SORT,) * len(row), SORT)), row)

    def sum_of_arrays(self, constant: Fraction, terms: Ints, numerators: Longs, denominator: int) -> TermId:
        """constant + sum of numerators[i] / denominator * terms[i], for distinct terms that are no sums nor numbers."""
        self.refresh()
        digests = self._digest[terms]
        order = np.argsort(digests)
        ordered = digests[order]
        if len(terms) < 2 or (ordered[1:] == ordered[:-1]).any():
            pairs = zip(terms.tolist(), numerators.tolist(), strict=True)
            return self.sum(constant, [(t, Fraction(n, denominator)) for t, n in pairs])
        cells = numerators[order] - _IMMEDIATE
        large = np.flatnonzero((np.abs(numerators[order]) >= _IMMEDIATE) | (denominator != 1))
        if len(large):
            distinct, places = np.unique(numerators[order[large]], return_inverse=True)
            if denominator == 1:
                leaves = self.numbers(distinct.tolist())
            else:
                leaves = np.array([self._cell(Fraction(n, denominator)) for n in distinct.tolist()], np.int32)
            cells[large] = leaves[places]
        row = np.empty((1, 2 * len(terms) + 1), np.int32)
        row[0, 0] = self._cell(constant)
        row[0, 1::2] = terms[order]
        row[0, 2::2] = cells
        self.pair_symbols(len(terms))
        return TermId(int(self.bank.nodes(SymbolId(int(self._sums[len(terms)])), row)[0]))

    def product(self, pairs: Iterable[tuple[int, Exponent]]) -> TermId:
        """The product of base ** exponent, for any terms. Raises Undefined for a negative power of 0."""
        coefficient = Fraction(1)
        numbers: dict[int, Fraction] = {}
        others: dict[int, list[int]] = {}  # exponents that are no numbers
        work = list(pairs)
        while True:
            while work:
                base, exponent = work.pop()
                if not isinstance(exponent, Fraction):
                    if self.role_of(exponent) == NUMBER:
                        work.append((base, self.value(exponent)))
                    elif not (self.role_of(base) == NUMBER and self.value(base) == 1):
                        others.setdefault(base, []).append(exponent)
                    continue
                if exponent == 0:
                    continue
                opened = self._opened(base, exponent)
                if opened is None:
                    numbers[base] = numbers.get(base, Fraction(0)) + exponent
                else:
                    coefficient *= opened[0]
                    for b, e in opened[1]:
                        if isinstance(e, Fraction) and self._opened(b, e) is None:
                            numbers[b] = numbers.get(b, Fraction(0)) + e
                        else:
                            work.append((b, e))
            for base in list(others):
                total = self.sum(numbers.pop(base, Fraction(0)), [(e, Fraction(1)) for e in others[base]])
                others[base] = [total]
                if self.role_of(total) == NUMBER:
                    del others[base]
                    work.append((base, self.value(total)))
            for base, exponent in list(numbers.items()):
                if exponent == 0 or self._opened(base, exponent) is not None:
                    del numbers[base]
                    work.append((base, exponent))
            if not work:
                break
        if coefficient == 0:
            return self.number(0)
        row: list[int] = []
        for base in self.sorted_terms([*numbers, *others]):
            row += [base, others[base][0] if base in others else self._cell(numbers[base])]
        if not row:
            return self.number(coefficient)
        if len(row) == 2 and numbers.get(row[0]) == 1:
            term = TermId(row[0])
        else:
            term = self.bank.node(self.bank.symbol_id(BankSymbol("mul", "", (SORT,) * len(row), SORT)), row)
        return term if coefficient == 1 else self._multiple(coefficient, term)

    def _multiple(self, coefficient: Fraction, term: int) -> TermId:
        """coefficient * term, for a term that is neither a number nor a multiple."""
        row = [self._cell(Fraction(0)), term, self._cell(coefficient)]
        return self.bank.node(self.bank.symbol_id(BankSymbol("add", "", (SORT,) * 3, SORT)), row)

    def _opened(self, base: int, exponent: Fraction) -> tuple[Fraction, list[tuple[int, Exponent]]] | None:
        """base ** exponent as coefficient and factors, where the normal form does not keep it as it is."""
        role = self.role_of(base)
        if role == NUMBER:
            return self._root(self.value(base), exponent)
        if exponent.denominator != 1:
            return None
        if role == SUM:
            constant, terms = self.terms_of(base)
            if constant == 0 and len(terms) == 1:  # (c u)^n = c^n u^n
                return power(terms[0][1], int(exponent)), [(terms[0][0], exponent)]
        if role == PRODUCT:
            return Fraction(1), [(b, self._scaled(e, exponent)) for b, e in self.factors_of(base)]
        return None

    def _scaled(self, exponent: Exponent, by: Fraction) -> Exponent:
        if isinstance(exponent, Fraction):
            return exponent * by
        return self.sum(Fraction(0), [(exponent, by)])

    def _root(self, value: Fraction, exponent: Fraction) -> tuple[Fraction, list[tuple[int, Exponent]]] | None:
        """value ** exponent as coefficient and roots of whole numbers; None if it is such a root already."""
        if value == 0:
            if exponent < 0:
                raise Undefined("division by zero", hint="0 has no negative power")
            return Fraction(0), []
        if exponent.denominator == 1:
            return power(value, int(exponent)), []
        coefficient = Fraction(1)
        roots: list[tuple[int, Fraction]] = []
        bases = [(-1, exponent)] if value < 0 else []
        bases += _root_factors(abs(value.numerator), exponent)
        bases += _root_factors(value.denominator, -exponent)
        for base, e in bases:
            whole = math.floor(e)
            coefficient *= power(Fraction(base), whole)
            if e != whole:
                roots.append((base, e - whole))
        if coefficient == 1 and len(roots) == 1 and value == roots[0][0] and exponent == roots[0][1]:
            return None
        return coefficient, [(self.number(b), e) for b, e in roots]

    def apply(self, symbol: BankSymbol, arguments: Sequence[int]) -> TermId:
        """A function applied to terms; its value where the normal form knows it."""
        if symbol.kind == "app" and len(arguments) == 1 and self.role_of(arguments[0]) == NUMBER:
            value = self.value(arguments[0])
            if value.denominator == 1 and (symbol.name, value.numerator) in _VALUES:
                return self.number(_VALUES[symbol.name, value.numerator])
            if symbol.name == "log" and value == 0:
                raise Undefined("0 has no logarithm")
        return self.bank.node(self.bank.symbol_id(symbol), arguments)

    def rebuilt(self, term: int, image: Callable[[int], int]) -> TermId:
        """The term with every child replaced by its image, in normal form."""
        role = self.role_of(term)
        if role == SUM:
            constant, pairs = self.terms_of(term)
            if constant == 0 and len(pairs) == 1:
                ((t, c),) = pairs
                return self.product([(self.number(c), Fraction(1)), (image(t), Fraction(1))])
            return self.sum(constant, [(image(t), c) for t, c in pairs])
        if role == PRODUCT:
            factors = self.factors_of(term)
            return self.product([(image(b), e if isinstance(e, Fraction) else image(e)) for b, e in factors])
        head = self.bank.head(term)
        if head.payload or not head.arguments:
            return TermId(term)
        return self.apply(head, [image(t) for t in self.bank.arguments(term)])

    # Order

    def sorted_terms(self, terms: list[int]) -> list[int]:
        """By structural hash, then by structure."""
        self.refresh()
        digest = self._digest
        terms.sort(key=lambda t: int(digest[t]))
        if any(digest[a] == digest[b] for a, b in pairwise(terms)):
            ranks = self.ranks(terms)
            terms.sort(key=lambda t: (int(digest[t]), ranks[t]))
        return terms

    def ranks(self, roots: Iterable[int]) -> dict[int, int]:
        """Places of all terms below the roots in an order by structure: by height, then head, then operands.

        The order of any two does not depend on which others there are. n log n in the size of the DAG.
        """
        nodes = self.below(roots).tolist()
        height: dict[int, int] = {}
        levels: list[list[int]] = []
        for t in nodes:
            h = height[t] = 1 + max((height[c] for c in self.children(t)), default=-1)
            if h == len(levels):
                levels.append([])
            levels[h].append(t)
        rank: dict[int, int] = {}
        for level in levels:
            keys = {t: self._rank_key(t, rank) for t in level}
            for t in sorted(level, key=keys.__getitem__):
                rank[t] = len(rank)
        return rank

    def _rank_key(self, term: int, rank: dict[int, int]) -> tuple[Any, ...]:
        head = self.bank.head(term)
        role = self.role_of(term)
        if role == NUMBER:
            return (0, self.value(term))
        if role == SUM:
            constant, pairs = self.terms_of(term)
            return (3, sorted((rank[t], c) for t, c in pairs), constant)
        if role == PRODUCT:
            return (2, sorted(self._factor_key(b, e, rank) for b, e in self.factors_of(term)))
        if head.payload:
            return (1, self.bank.leaf_name(term), head.name, head.kind)
        return (4, head.name, head.kind, [rank[t] for t in self.bank.arguments(term)])

    def _factor_key(self, base: int, exponent: Exponent, rank: dict[int, int]) -> tuple[Any, ...]:
        if isinstance(exponent, Fraction):
            return (rank[base], 0, exponent)
        return (rank[base], 1, Fraction(rank[exponent]))


def numeral(value: int | Fraction) -> str:
    """The text of a number. Raises TooLarge."""
    try:
        return literal_text(value.numerator if value.denominator == 1 else Fraction(value))
    except ValueError:
        raise TooLarge("a number of more than 200,000 digits") from None


def power(value: Fraction, exponent: int) -> Fraction:
    """value ** exponent for value other than 0. Raises TooLarge before it is reckoned."""
    bits = max(abs(value.numerator), value.denominator).bit_length() - 1
    if bits * abs(exponent) > _MOST_BITS:
        raise TooLarge(f"the power {exponent} of {numeral(value)[:20]} has too many digits")
    return value**exponent


def _grown(array: Any, size: int) -> Any:
    return np.concatenate([array, np.zeros(size - len(array), array.dtype)])


def _text_digest(*texts: str) -> int:
    word = hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(word, "little", signed=True)


def _primes() -> Iterator[int]:
    yield 2
    for n in range(3, _PRIMES_BELOW, 2):
        if all(n % p for p in range(3, math.isqrt(n) + 1, 2)):
            yield n


_PRIMES = tuple(_primes())


def _root_factors(n: int, exponent: Fraction) -> list[tuple[int, Fraction]]:
    """n ** exponent, n positive, as powers of small primes and of a rest without such a root."""
    factors: list[tuple[int, Fraction]] = []
    for p in _PRIMES:
        count = 0
        while n % p == 0:
            n //= p
            count += 1
        if count:
            factors.append((p, exponent * count))
        if n == 1:
            break
    if n > 1:
        root = _exact_root(n, exponent.denominator)
        factors.append((n, exponent) if root is None else (root, exponent * exponent.denominator))
    return factors


def _exact_root(n: int, k: int) -> int | None:
    """The k-th root of n > 1, if it is whole."""
    if k >= n.bit_length():
        return None
    low, high = 1, 1 << (-(-n.bit_length() // k))
    while low < high:
        middle = (low + high + 1) // 2
        if middle**k <= n:
            low = middle
        else:
            high = middle - 1
    return low if low**k == n else None
