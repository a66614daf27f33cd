"""The term interface: what a strategy needs to know about terms, whatever they are made of.

A term has a head and arguments, and can be put together from them again: `make(head(t), args(t))` is `t`. Everything
that is not an argument belongs to the head: the name of a variable, the value of a constant, the shape of a list of
statements. Rules and strategies are written against these five questions alone, so they run on terms of Lemmata
(`Terms`), on ids of a bank (`BankTerms`), on SymPy expressions, on Python's syntax trees and on nested tuples. The
idea is that of TermInterface.jl.

>>> from lemmata.rewriting.nested import NestedTuples
>>> over = NestedTuples()
>>> over.head(("+", "x", 0)) == over.head(("+", 1, 2)), over.args(("+", "x", 0))
(True, ('x', 0))
>>> over.make(over.head(("+", "x", 0)), ["y", 0])
('+', 'y', 0)
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol, TypeVar

from . import ac
from .bank import FLAT, BankSymbol, TermBank, TermId, app_symbol
from .literals import literal_value
from .source import LemmataError
from .syntax import TermTable, children
from .terms import Signature, SortError, Term
from .theory import Symbol

T = TypeVar("T")
U = TypeVar("U")


class TermInterface(Protocol[T]):
    """How terms of a kind are taken apart and put together.

    `interned` says whether equal terms have equal keys; then telling terms apart costs one comparison of keys.
    """

    @property
    def interned(self) -> bool: ...

    def is_leaf(self, term: T) -> bool:
        """Has it no arguments?"""
        ...

    def head(self, term: T) -> Hashable:
        """What is left of a term without its arguments. Equal heads have equally many arguments."""
        ...

    def args(self, term: T) -> Sequence[T]:
        """The arguments, left to right."""
        ...

    def make(self, head: Hashable, args: Sequence[T]) -> T:
        """The term with that head and those arguments."""
        ...

    def key(self, term: T) -> Hashable:
        """What memories know the term by. Terms with equal keys are equal, for as long as somebody holds them."""
        ...


def same(over: TermInterface[T], left: T, right: T) -> bool:
    """Are two terms equal? At once where terms are interned, otherwise linear in their DAGs."""
    if over.key(left) == over.key(right):
        return True
    if over.interned:
        return False
    seen: set[tuple[Hashable, Hashable]] = set()
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        pair = over.key(a), over.key(b)
        if pair[0] == pair[1] or pair in seen:
            continue
        seen.add(pair)
        if over.head(a) != over.head(b):
            return False
        stack.extend(zip(over.args(a), over.args(b), strict=True))
    return True


class Leaf(NamedTuple):
    """The head of a variable or a literal: its kind with its sort, and its name or text."""

    symbol: BankSymbol
    text: str


class Multiset(NamedTuple):
    """The head of a sum, or whatever an associative and commutative symbol makes: the symbol of its row in the bank,
    and how often each argument occurs."""

    symbol: BankSymbol
    counts: tuple[int, ...]


@dataclass(frozen=True)
class BankTerms:
    """Ids of a bank: the fastest terms to walk. A collection voids them, so there must be none during a run.

    Heads are `BankSymbol`s, with a name or text a `Leaf`, with multiplicities a `Multiset`; what `make` makes of it
    obeys the laws of `symbols` (by name), which must be there where symbols have laws. `make` trusts that arguments fit
    their places.
    """

    bank: TermBank
    symbols: Mapping[str, Symbol] = field(default_factory=dict, hash=False)
    interned = True

    def is_leaf(self, term: int) -> bool:
        return not self.bank.arguments(term)

    def head(self, term: int) -> Hashable:
        symbol = self.bank.head(term)
        if symbol.payload:
            return Leaf(symbol, self.bank.leaf_name(term))
        if symbol.kind == "ac":
            return Multiset(symbol, tuple(count for _, count in ac.operands(self.bank, term)))
        return symbol

    def args(self, term: int) -> Sequence[int]:
        return ac.subterms(self.bank, term)

    def make(self, head: Hashable, args: Sequence[int]) -> TermId:
        bank = self.bank
        if isinstance(head, Leaf):
            if head.symbol.kind == "lit":
                return bank.literal(literal_value(head.text), head.symbol.result)
            return bank.leaf(bank.symbol_id(head.symbol), head.text)
        if isinstance(head, Multiset):
            return ac.ac_term(bank, self._lawful(head.symbol), zip(args, head.counts, strict=True))
        assert isinstance(head, BankSymbol)
        if head.kind in FLAT:
            return ac.assoc_term(bank, self._lawful(head), args)
        known = self.symbols.get(head.name)
        if known is not None and ac.has_laws(known):
            return ac.term(bank, known, args)
        return bank.node(bank.symbol_id(head), args)

    def key(self, term: int) -> Hashable:
        return term

    def _lawful(self, head: BankSymbol) -> Symbol:
        if head.name not in self.symbols:
            raise LemmataError(f"{head.name!r} has laws that are not known here", hint="BankTerms(bank, symbols)")
        return self.symbols[head.name]


@dataclass(frozen=True)
class Terms:
    """The terms of a signature. Heads are those of `BankTerms`.

    `make` raises SortError where an argument has not the sort of its place or belongs to another signature.
    """

    signature: Signature
    interned = True

    def is_leaf(self, term: Term) -> bool:
        return self._ids.is_leaf(term.id)

    def head(self, term: Term) -> Hashable:
        return self._ids.head(term.id)

    def args(self, term: Term) -> Sequence[Term]:
        return [Term(self.signature, TermId(a)) for a in self._ids.args(term.id)]

    def make(self, head: Hashable, args: Sequence[Term]) -> Term:
        for argument in args:
            self.signature.expect(argument)
        given = tuple(a.sort for a in args)
        wanted = _sorts(head)
        if given != wanted:
            name = repr(head.symbol.name if isinstance(head, Multiset) else getattr(head, "name", "a leaf"))
            raise SortError(f"{name} takes {', '.join(wanted) or 'nothing'}, not {', '.join(given) or 'nothing'}")
        return Term(self.signature, self._ids.make(head, [a.id for a in args]))

    def key(self, term: Term) -> Hashable:
        return term

    @cached_property
    def _ids(self) -> BankTerms:
        return BankTerms(self.signature.bank, self.signature.symbol)


def has_laws(over: TermInterface[T], head: Hashable) -> bool:
    """Does the head belong to a symbol of Lemmata that is associative or commutative, or has a unit?"""
    symbol = head.symbol if isinstance(head, Multiset) else head
    if not isinstance(symbol, BankSymbol):
        return False
    symbols = over.signature.symbol if isinstance(over, Terms) else getattr(over, "symbols", {})
    known = symbols.get(symbol.name)
    return symbol.kind in FLAT or (symbol.kind == "app" and known is not None and ac.has_laws(known))


def _sorts(head: Hashable) -> tuple[str, ...]:
    """What the arguments under a head must be."""
    if isinstance(head, Multiset):
        return head.symbol.arguments[::2]
    return head.arguments if isinstance(head, BankSymbol) else ()


@dataclass(frozen=True)
class TableTerms:
    """Rows of a plain table, under a signature. Heads are those of `BankTerms`, so a pattern may stand in a table.

    `head` raises LemmataError for a formula.
    """

    table: TermTable
    symbols: Mapping[str, Symbol]
    interned = True

    def is_leaf(self, term: int) -> bool:
        return not self.args(term)

    def head(self, term: int) -> Hashable:
        row = self.table.rows[term]
        if row[0] == "app":
            return app_symbol(self.symbols[str(row[1])])
        if row[0] in ("var", "lit"):
            return Leaf(BankSymbol(str(row[0]), "", (), str(row[2])), str(row[1]))
        raise LemmataError("a rule may not look inside formulas")

    def args(self, term: int) -> Sequence[int]:
        return children(self.table.rows[term])

    def make(self, head: Hashable, args: Sequence[int]) -> int:
        if isinstance(head, Leaf):
            return self.table.add((head.symbol.kind, head.text, head.symbol.result))
        assert isinstance(head, BankSymbol)
        return self.table.app(head.name, *args)

    def key(self, term: int) -> Hashable:
        return term


def translate(source: TermInterface[T], term: T, target: TermInterface[U]) -> U:
    """The same term in another world that has the same heads. Linear in its DAG."""
    moved: dict[Hashable, U] = {}
    stack = [term]
    while stack:
        t = stack[-1]
        args = source.args(t)
        waiting = [a for a in args if source.key(a) not in moved]
        if source.key(t) in moved:
            stack.pop()
        elif waiting:
            stack.extend(reversed(waiting))
        else:
            moved[source.key(t)] = target.make(source.head(t), [moved[source.key(a)] for a in args])
            stack.pop()
    return moved[source.key(term)]
