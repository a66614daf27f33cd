"""Expressions (`Expr`) as rows of a table and back. What the vocabulary has no word for becomes a variable.

>>> from lemmata.rewriting.expressions import sin, symbols
>>> from lemmata.rewriting.printing import Printer
>>> from lemmata.rewriting.simplifier.theories import complex_theory
>>> numbers = Vocabulary(complex_theory().symbols, "Complex")
>>> x, y = symbols("x y")
>>> table, forms = TermTable(), ExpressionForms(numbers, x.algebra)
>>> row = forms.read(x / 2 - 3 * sin(x)**2 / y, table)
>>> Printer(numbers.symbols).show(table, row)
'x / 2 - 3 * sin(x) ^ 2 / y'
>>> forms.write(table, row)
x/2 - 3*sin(x)**2/y
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce

from ..algebra import NUMBER, PRODUCT, SUM, Algebra
from ..expressions import Expr, known, number
from ..literals import literal_value
from ..syntax import TermTable, children
from .vocabulary import Vocabulary

_WRITTEN: Mapping[str, str] = {"log": "ln", "Abs": "abs", "E": "e"}
_CALLED: Mapping[str, str] = {text: name for name, text in _WRITTEN.items()}
_REAL = {"positive", "negative", "nonnegative", "nonpositive", "integer", "rational"}


class ExpressionForms:
    """One reading. `objects` has what each variable stands for, by its name."""

    def __init__(self, vocabulary: Vocabulary, algebra: Algebra) -> None:
        self.vocabulary = vocabulary
        self.algebra = algebra
        self.objects: dict[str, Expr] = {}
        self._texts: dict[str, tuple[str, int]] = {name: key for key, name in vocabulary.by_text.items()}

    def read(self, e: Expr, table: TermTable) -> int:
        """The row of an expression. Each distinct subterm once."""
        algebra, done = self.algebra, dict[int, int]()
        root = e.id
        for t in algebra.below([root]).tolist():
            role = algebra.role_of(t)
            if role == NUMBER:
                done[t] = self.vocabulary.number(table, algebra.value(t))
            elif role == SUM:
                done[t] = self._sum(t, done, table)
            elif role == PRODUCT:
                done[t] = self._product(t, Fraction(1), done, table)
            else:
                done[t] = self._leaf(t, done, table)
        return done[root]

    def _sum(self, term: int, done: Mapping[int, int], table: TermTable) -> int:
        words = self.vocabulary
        constant, pairs = self.algebra.terms_of(term)
        ranks = self.algebra.ranks([term])
        pairs = sorted(pairs, key=lambda pair: ranks[pair[0]])
        made: int | None = None
        for t, c in pairs:
            size = abs(c) if made is not None else c
            row = self._multiple(t, size, done, table)
            made = row if made is None else words.app(table, "+" if c > 0 else "-", made, row)
        assert made is not None
        if constant:
            made = words.app(table, "+" if constant > 0 else "-", made, words.number(table, abs(constant)))
        return made

    def _multiple(self, term: int, c: Fraction, done: Mapping[int, int], table: TermTable) -> int:
        words = self.vocabulary
        if c < 0:
            return words.app(table, "-", self._multiple(term, -c, done, table))
        if c == 1:
            return done[term]
        if self.algebra.role_of(term) == PRODUCT:
            return self._product(term, c, done, table)
        row = done[term] if c.numerator == 1 else words.app(table, "*", words.number(table, c.numerator), done[term])
        return row if c.denominator == 1 else words.app(table, "/", row, words.number(table, c.denominator))

    def _product(self, term: int, c: Fraction, done: Mapping[int, int], table: TermTable) -> int:
        words = self.vocabulary
        above = [] if c.numerator == 1 else [words.number(table, c.numerator)]
        below = [] if c.denominator == 1 else [words.number(table, c.denominator)]
        factors = self.algebra.factors_of(term)
        ranks = self.algebra.ranks([term])
        for base, exponent in sorted(factors, key=lambda f: ranks[f[0]]):
            if isinstance(exponent, Fraction):
                (above if exponent > 0 else below).append(self._power(done[base], abs(exponent), table))
            else:
                above.append(words.app(table, "^", done[base], done[exponent]))

        def product(rows: list[int]) -> int:
            return reduce(lambda a, b: words.app(table, "*", a, b), rows)

        over = product(above) if above else words.number(table, 1)
        return words.app(table, "/", over, product(below)) if below else over

    def _power(self, base: int, exponent: Fraction, table: TermTable) -> int:
        words = self.vocabulary
        if exponent == 1:
            return base
        if exponent == Fraction(1, 2):
            return words.app(table, "sqrt", base)
        return words.app(table, "^", base, words.number(table, exponent))

    def _leaf(self, term: int, done: Mapping[int, int], table: TermTable) -> int:
        """A symbol, or a function that the vocabulary knows or not."""
        head, below = self.algebra.bank.head(term), self.algebra.children(term)
        text = _WRITTEN.get(head.name, head.name)
        if head.kind == "app" and self.vocabulary.has(text, len(below)):
            return self.vocabulary.app(table, text, *(done[c] for c in below))
        wanted = self.algebra.bank.leaf_name(term) if head.kind == "var" else head.name
        name = self.vocabulary.free_name(wanted, self.objects)
        self.objects[name] = Expr.of(self.algebra, term)
        return table.var(name, self.vocabulary.sort)

    def write(self, table: TermTable, root: int) -> Expr:
        """A row over the same variables as an expression."""
        done: dict[int, Expr] = {}
        for row in table.reachable([root]):
            cells = table.rows[row]
            if cells[0] == "var":
                done[row] = self.objects[str(cells[1])]
            elif cells[0] == "lit":
                value = literal_value(str(cells[1]))
                assert isinstance(value, Fraction)
                done[row] = number(value, self.algebra)
            else:
                done[row] = self._written(*self._texts[str(cells[1])], [done[c] for c in children(cells)])
        return done[root]

    def _written(self, text: str, arity: int, below: list[Expr]) -> Expr:
        match text, arity:
            case "+", 2:
                return below[0] + below[1]
            case "-", 2:
                return below[0] - below[1]
            case "-", 1:
                return -below[0]
            case "*", 2:
                return below[0] * below[1]
            case "/", 2:
                return below[0] / below[1]
            case "^", 2:
                return below[0] ** below[1]
            case "sqrt", 1:
                return below[0] ** Fraction(1, 2)
            case "i", 0:
                return number(-1, self.algebra) ** Fraction(1, 2)
        function = known(_CALLED.get(text, text), arity)
        return Expr.of(self.algebra, self.algebra.apply(function, [e.id for e in below]))


def marks_of(symbol: Expr) -> frozenset[str]:
    """What a symbol is declared to be; nothing of an expression that is no symbol."""
    if not symbol.is_symbol:
        return frozenset()
    head = symbol.algebra.bank.head(symbol.id)
    given = {mark.removesuffix("=1") for mark in head.name.split(",") if mark.endswith("=1")}
    return frozenset(given | ({"real"} if given & _REAL else set()))
