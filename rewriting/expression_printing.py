"""How expressions are written: as text that Python and SymPy read, and as LaTeX.

Summands stand by falling degree, then by structure; a product is one fraction, as in 3*x*y/(2*z). Nothing of it depends
on ids or on the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .algebra import NUMBER, PRODUCT, SUM, Algebra, Exponent, numeral

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly a context binds
_HALF = Fraction(1, 2)
_LATEX_FUNCTIONS = frozenset({"sin", "cos", "tan", "exp", "log", "sinh", "cosh", "tanh"})
_GREEK = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
        *("xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta"),
        *("Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"),
    )
)
_ESCAPES = str.maketrans({c: rf"\{c}" for c in "#$%&_{}"} | {c: rf"\char{ord(c)}{{}}" for c in "\\^~<>\"'`"})
_Part = str | tuple[int, int]  # text, or a term and its context


def show(algebra: Algebra, term: int, *, most: int | None = None, latex: bool = False) -> str:
    """The text of a term; after `most` nodes the rest is written as an ellipsis."""
    return _Writer(algebra, term, most, latex).text()


def latex_name(name: str) -> str:
    """A name in mathematics: a letter, a Greek letter, x_{12} for x12, or else upright, whatever is in it."""
    letters = name.rstrip("0123456789")
    stem, index = letters.removesuffix("_"), name[len(letters) :]
    if len(stem) == 1 and stem.isalpha():
        base = stem
    elif stem in _GREEK:
        base = rf"\{stem}"
    else:
        return rf"\mathrm{{{name.translate(_ESCAPES)}}}"
    return f"{base}_{{{index}}}" if index else base


def tree_size(algebra: Algebra, term: int) -> int:
    """How many nodes writing it in full would take: up to exponential in the number of distinct ones."""
    sizes: dict[int, int] = {}
    for t in algebra.below([term]).tolist():
        sizes[t] = 1 + sum(sizes[c] for c in algebra.children(t))
    return sizes[term]


class _Writer:
    """One term being written: a stack of parts, the next on top."""

    def __init__(self, algebra: Algebra, term: int, most: int | None, latex: bool) -> None:
        self.algebra = algebra
        self.latex = latex
        self.left = -1 if most is None else most
        self.ranks: Mapping[int, int] = algebra.ranks([term])
        self.stack: list[_Part] = [(term, _SUM)]

    def text(self) -> str:
        out: list[str] = []
        while self.stack:
            part = self.stack.pop()
            if isinstance(part, str):
                out.append(part)
            elif self.left == 0:
                out.append(r"\dots" if self.latex else "…")
            else:
                self.left -= 1
                term, context = part
                assert isinstance(term, int)
                self.stack.extend(reversed(self._open(term, context)))
        return "".join(out)

    def _open(self, term: int, context: int) -> list[_Part]:
        algebra = self.algebra
        role = algebra.role_of(term)
        if role == NUMBER:
            value = algebra.value(term)
            plain = value >= 0 and value.denominator == 1
            return self._within([self._fraction(value)], context > (_ATOM if plain else _SUM))
        if role == SUM:
            constant, pairs = algebra.terms_of(term)
            if constant == 0 and len(pairs) == 1:
                ((t, c),) = pairs
                return self._within(self._product(c, t), context > (_SUM if c < 0 else _PRODUCT))
            return self._within(self._sum(constant, pairs), context > _SUM)
        if role == PRODUCT:
            return self._within(self._product(Fraction(1), term), context > self._tightness(term))
        head = algebra.bank.head(term)
        if head.payload:
            return [self._name(algebra.bank.leaf_name(term))]
        if head.kind == "der":
            orders, _, name = head.name.split(" ", 2)
            return self._call(
                f"{name}_{{({orders})}}" if self.latex else f"D[{orders}]({name})", algebra.children(term)
            )
        return self._call(head.name, algebra.children(term))

    def _tightness(self, product: int) -> int:
        factors = self.algebra.factors_of(product)
        if len(factors) > 1:
            return _PRODUCT
        exponent = factors[0][1]
        if exponent == _HALF:
            return _ATOM
        return _PRODUCT if isinstance(exponent, Fraction) and exponent < 0 else _POWER

    def _within(self, parts: list[_Part], brackets: bool) -> list[_Part]:
        if not brackets:
            return parts
        return [r"\left(", *parts, r"\right)"] if self.latex else ["(", *parts, ")"]

    def _name(self, name: str) -> str:
        return latex_name(name) if self.latex else name

    def _fraction(self, value: Fraction) -> str:
        if self.latex and value.denominator != 1:
            sign = "-" if value < 0 else ""
            return rf"{sign}\frac{{{numeral(abs(value.numerator))}}}{{{numeral(value.denominator)}}}"
        return numeral(value)

    def _sum(self, constant: Fraction, pairs: list[tuple[Any, Fraction]]) -> list[_Part]:
        keyed = sorted((self._place(t), t, c) for t, c in pairs)
        parts: list[_Part] = []
        cut = len(keyed) if self.left < 0 else max(1, min(len(keyed), self.left))
        for _, t, c in keyed[:cut]:
            if parts:
                parts.append(" - " if c < 0 else " + ")
                c = abs(c)
            parts += self._product(c, t)
        if cut < len(keyed):
            parts.append(r" + \dots" if self.latex else " + …")
        elif constant:
            parts += [" - " if constant < 0 else " + ", self._fraction(abs(constant))]
        return parts

    def _place(self, term: int) -> tuple[Any, ...]:
        """Where a summand stands: by falling degree, then by its factors."""
        degree = Fraction(0)
        factors = []
        for base, exponent in self.algebra.factors_of(term):
            if isinstance(exponent, Fraction):
                degree += exponent
                factors.append((self.ranks[base], 0, -exponent))
            else:
                factors.append((self.ranks[base], 1, Fraction(self.ranks[exponent])))
        return (-degree, sorted(factors))

    def _product(self, coefficient: Fraction, term: int) -> list[_Part]:
        """coefficient * term, the term a product or not, as one fraction."""
        above: list[list[_Part]] = []
        below: list[list[_Part]] = []
        factors = sorted(self.algebra.factors_of(term), key=lambda pair: self.ranks[pair[0]])
        if abs(coefficient.numerator) != 1:
            above.append([numeral(abs(coefficient.numerator))])
        if coefficient.denominator != 1:
            below.append([numeral(coefficient.denominator)])
        alone = len(factors) == 1 and abs(coefficient) == 1
        for base, exponent in factors:
            if isinstance(exponent, Fraction) and exponent < 0:
                below.append(self._power(base, -exponent, _PRODUCT))
            else:
                above.append(self._power(base, exponent, _SUM if alone and self.latex else _PRODUCT))
        if self.latex:
            return self._latex_product(coefficient < 0, above, below)
        parts: list[_Part] = ["-"] if coefficient < 0 else []
        parts += _joined(above, "*") or ["1"]
        if below:
            parts += ["/", *self._within(_joined(below, "*"), len(below) > 1)]
        return parts

    def _latex_product(self, negative: bool, above: list[list[_Part]], below: list[list[_Part]]) -> list[_Part]:
        parts: list[_Part] = ["-"] if negative else []
        top = _joined(above, " ") or ["1"]
        return [*parts, r"\frac{", *top, "}{", *_joined(below, " "), "}"] if below else [*parts, *top]

    def _power(self, base: int, exponent: Exponent, context: int) -> list[_Part]:
        if exponent == 1:
            return [(base, context)]
        if exponent == _HALF:
            return [r"\sqrt{", (base, _SUM), "}"] if self.latex else ["sqrt(", (base, _SUM), ")"]
        above: _Part
        if isinstance(exponent, Fraction):
            plain = self.latex or (exponent.denominator == 1 and exponent >= 0)
            above = self._fraction(exponent) if plain else f"({self._fraction(exponent)})"
        else:
            above = (exponent, _SUM if self.latex else _ATOM)
        if self.latex:
            return [(base, _ATOM), "^{", above, "}"]
        return [(base, _ATOM), "**", above]

    def _call(self, name: str, arguments: list[Any]) -> list[_Part]:
        shown = name
        if self.latex and not name.endswith(")}"):
            shown = f"\\{name}" if name in _LATEX_FUNCTIONS else latex_name(name)
        if not arguments:
            return [shown]
        return [shown, *self._within(_joined([[(a, _SUM)] for a in arguments], ", "), True)]


def _joined(groups: list[list[_Part]], between: str) -> list[_Part]:
    parts: list[_Part] = []
    for group in groups:
        if parts:
            parts.append(between)
        parts += group
    return parts
