"""Hypothesis strategies: signatures with operators of every form, and well-sorted formulas over them.

A `Language` is a signature with declared variables and the table that its formulas are drawn into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from lemmata.rewriting.printing import RELATION
from lemmata.rewriting.syntax import PROP, TermTable
from lemmata.rewriting.theory import Notation, Symbol

SORTS = ("N", "A", "List(N)", "List(A)")
INFIX_TEXTS = ("+", "*", "^", "#", "-", "<>", "div", "|", "->", "/\\")
PREFIX_TEXTS = ("-", "!", "neg", "~", "#2")
POSTFIX_TEXTS = ("'", "^-1", "!!", "fact", "°")
RELATION_TEXTS = ("<=", "<", "divides", "in")
FUNCTION_TEXTS = ("f", "g", "rev", "h_1", "k'k")
VARIABLES = ("x", "y", "xs", "é", "n0")
BOUND = ("x", "p", "q", "y1")
MANNERS = (("infix", "left"), ("infix", "right"), ("infix", "none"), ("prefix", "none"), ("postfix", "none"))

Grouping = Literal["left", "right", "none"]
Form = Literal["function", "infix", "prefix", "postfix"]


@dataclass(frozen=True)
class Language:
    """Symbols, variables, and a table for terms of them."""

    symbols: tuple[Symbol, ...]
    variables: dict[str, str]
    table: TermTable


@st.composite
def signatures(draw: st.DrawFn) -> tuple[Symbol, ...]:
    """One to four sorts, each with a constant; constructors, operators and predicates, overloaded now and then.

    Every level has one form and grouping; symbols of one text differ in their arguments, but for constructors.
    """
    sorts = SORTS[: draw(st.integers(1, len(SORTS)))]
    sort = st.sampled_from(sorts)
    symbols: list[Symbol] = []
    for s in sorts:
        constants = ("nil",) if s.startswith("List") else (draw(st.sampled_from(("0", "c", "nil"))),)
        symbols += [Symbol(f"{text}@{s}", (), s, "constructor", Notation(text)) for text in constants]
        if draw(st.booleans()):
            arguments = tuple(draw(st.lists(sort, min_size=1, max_size=2)))
            symbols.append(Symbol(f"cons@{s}", arguments, s, "constructor", Notation("cons")))
    manners = draw(st.permutations(MANNERS))
    levels = dict(zip((12, 40, 41, 70, 99), manners, strict=True))
    used: dict[str, Notation] = {}
    taken = {(s.notation.text, s.arguments) for s in symbols}
    for level, (form, grouping) in levels.items():
        texts = {"infix": INFIX_TEXTS, "prefix": PREFIX_TEXTS, "postfix": POSTFIX_TEXTS}[form]
        for text in draw(st.lists(st.sampled_from(texts), max_size=3)):
            notation = Notation(text, form, level, grouping)  # type: ignore[arg-type]
            other = used.setdefault(f"{form} {text}", notation)
            arguments = tuple(draw(sort) for _ in range(2 if form == "infix" else 1))
            if other == notation and (text, arguments) not in taken:
                taken.add((text, arguments))
                symbols.append(Symbol(f"{text}@{arguments}", arguments, draw(sort), "abstract", notation))
    for text in draw(st.lists(st.sampled_from(FUNCTION_TEXTS), max_size=4)):
        arguments = tuple(draw(st.lists(sort, max_size=3)))
        if (text, arguments) not in taken:
            taken.add((text, arguments))
            symbols.append(Symbol(f"{text}@{arguments}", arguments, draw(sort), "abstract", Notation(text)))
    for text in draw(st.lists(st.sampled_from(RELATION_TEXTS), max_size=3)):
        arguments = (draw(sort), draw(sort))
        if (text, arguments) not in taken:
            taken.add((text, arguments))
            notation = Notation(text, "infix", RELATION)
            symbols.append(Symbol(f"{text}@{arguments}", arguments, PROP, "predicate", notation))
    return tuple(symbols)


@st.composite
def formulas(draw: st.DrawFn) -> tuple[Language, int]:
    """A language and a formula of it, built from what was built before, so that subterms are shared."""
    symbols = draw(signatures())
    sorts = sorted({s for symbol in symbols for s in (*symbol.arguments, symbol.result)} - {PROP})
    variables = {v: draw(st.sampled_from(sorts)) for v in VARIABLES}
    table = TermTable()
    terms: dict[str, list[int]] = {s: [] for s in sorts}
    for symbol in symbols:
        if not symbol.arguments:
            terms[symbol.result].append(table.app(symbol.name))
    for name, sort in variables.items():
        terms[sort].append(table.var(name, sort))
    built = [s for s in symbols if s.arguments and s.result != PROP]
    for symbol in draw(st.lists(st.sampled_from(built), max_size=12)) if built else ():
        terms[symbol.result].append(table.app(symbol.name, *_arguments(draw, symbol, terms)))
    atoms = [_atom(draw, table, symbols, terms) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 6))):
        atoms.append(_compound(draw, table, atoms, variables))
    return Language(symbols, variables, table), atoms[-1]


def _arguments(draw: st.DrawFn, symbol: Symbol, terms: dict[str, list[int]]) -> list[int]:
    return [_late(draw, terms[s]) for s in symbol.arguments]


def _late(draw: st.DrawFn, items: Sequence[int]) -> int:
    """One of the items, later ones more often."""
    return items[max(draw(st.integers(0, len(items) - 1)), draw(st.integers(0, len(items) - 1)))]


def _atom(draw: st.DrawFn, table: TermTable, symbols: Sequence[Symbol], terms: dict[str, list[int]]) -> int:
    predicates = [s for s in symbols if s.result == PROP]
    if predicates and draw(st.booleans()):
        symbol = draw(st.sampled_from(predicates))
        return table.app(symbol.name, *_arguments(draw, symbol, terms))
    items = terms[draw(st.sampled_from(sorted(terms)))]
    return table.eq(_late(draw, items), _late(draw, items)) if draw(st.integers(0, 9)) else table.false()


def _compound(draw: st.DrawFn, table: TermTable, atoms: Sequence[int], variables: dict[str, str]) -> int:
    a, b = _late(draw, atoms), _late(draw, atoms)
    match draw(st.sampled_from(("imp", "and", "or", "not", "iff", "all", "ex"))):
        case "not":
            return table.negate(a)
        case "iff":
            return table.conj(table.imp(a, b), table.imp(b, a))
        case "all" | "ex" as kind:
            name = draw(st.sampled_from(sorted(variables)))
            binder = table.abstract(kind, table.var(name, variables[name]), a)
            table.hints[binder] = draw(st.sampled_from(BOUND))
            return binder
        case kind:
            return table.add((kind, a, b))
