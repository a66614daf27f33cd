"""Terms as Python objects: the door to the bank for people.

A `Signature` says which symbols there are and makes terms; a `Term` is a thin immutable handle on a term of a bank.

>>> import lemmata
>>> nat = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op _+_ : N N -> N
... op _*_ : N N -> N
... ''')
>>> sig = Signature.of(nat.theory, nat.variables)
>>> x, y = sig.var("x"), sig.var("y")
>>> x + y * 2
Term('x + y * s(s(0))')
>>> sig.term("x + s(0)") == x + 1
True
>>> Eq(x + y, y + x)
Eq('x + y = y + x')

`==` compares syntactically, at once: `x + y == y + x` is False. What is provably equal is another question, which an
`Eq` states and a prover answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property, partial, reduce
from typing import NamedTuple

from . import ac
from .bank import FLAT, BankSymbol, SymbolId, TermBank, TermId, app_symbol
from .literals import LITERAL_SORTS, SORT_OF, Value, has_literal, is_number_sort, literal_range
from .matching import match
from .matching_modulo import Matcher
from .parsing import LARGEST_NUMERAL, parse_term
from .printing import Printer
from .source import LemmataError, Source, nearest
from .syntax import PROP, Row, TermTable, children
from .theory import Datatype, IllTyped, Symbol, Theory, extend_sorts, literal_sorts

_SHOWN = 200  # characters of a repr
_LOOKED_AT = 1000  # nodes for it
_TYPESET = 1000  # nodes of the largest term that a notebook is given as LaTeX


class SortError(LemmataError, TypeError):
    """Arguments whose sorts no symbol takes, or terms that do not belong together."""

    kind = "sort"


@cache
def default_bank() -> TermBank:
    """The bank of every signature that is not given another one. The one piece of state that the process shares."""
    return TermBank()


@dataclass(frozen=True)
class Signature:
    """The symbols that terms are made of, the sorts of declared variables, and the bank where the terms live.

    `symbols` may be overloaded: of several with one text, the sorts of the arguments choose. A signature is pickled
    without its bank: it comes back over the default bank of its new process.
    """

    symbols: tuple[Symbol, ...]
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    bank: TermBank = field(default_factory=default_bank, compare=False, repr=False)

    @classmethod
    def of(cls, theory: Theory, variables: Mapping[str, str] | None = None) -> Signature:
        """The signature of a theory, over the default bank, with the sorts of variables by name."""
        return cls(theory.symbols, dict(variables or {}))

    @cached_property
    def symbol(self) -> Mapping[str, Symbol]:
        """Symbols by name."""
        return {s.name: s for s in self.symbols}

    @cached_property
    def sorts(self) -> tuple[str, ...]:
        """The sorts that symbols and declared variables mention, in order."""
        mentioned = [sort for s in self.symbols for sort in (*s.arguments, s.result)]
        return tuple(sort for sort in dict.fromkeys([*mentioned, *self.variables.values()]) if sort != PROP)

    @cached_property
    def datatypes(self) -> tuple[Datatype, ...]:
        """The sorts that have constructors, with them."""
        made: dict[str, list[str]] = {}
        for s in self.symbols:
            if s.kind == "constructor":
                made.setdefault(s.result, []).append(s.name)
        return tuple(Datatype(sort, tuple(names)) for sort, names in made.items())

    @cached_property
    def literals(self) -> frozenset[str]:
        """The sorts that have literals here: those of `literals.LITERAL_SORTS` that are mentioned."""
        return literal_sorts(self.symbols, self.variables.values())

    @cached_property
    def printer(self) -> Printer:
        """Writes terms in the notation of the symbols."""
        return Printer(self.symbols, self.variables.values())

    def var(self, name: str, sort: str | None = None) -> Term:
        """A variable, of its declared sort or of `sort`. Raises LemmataError if neither is known."""
        if sort is None:
            sort = self.variables.get(name)
        if sort is None:
            raise LemmataError(f"unknown variable {name!r}", hint=nearest(name, self.variables, "variables"))
        if sort not in self.sorts:
            raise SortError(f"unknown sort {sort!r}", hint=nearest(sort, self.sorts, "sorts"))
        return Term(self, self.bank.leaf(self.bank.symbol_id(BankSymbol("var", "", (), sort)), name))

    def term(self, text: str, sort: str | None = None, *, variables: Mapping[str, str] | None = None) -> Term:
        """The term that a text writes, over the declared variables and more `variables`. Raises SourceError."""
        table = TermTable()
        known = {**self.variables, **(variables or {})}
        return self.load(table, parse_term(Source("<text>", text), self.symbols, known, table, sort))

    def literal(self, value: Value, sort: str | None = None) -> Term:
        """A literal: an int, a Fraction, a bool or a str of the built-in sort that has such values.

        An int becomes a rational where `sort` is Rat, Real or Complex. Raises SortError if the signature has no such
        literals.

        >>> from lemmata.rewriting.operations import builtin_symbols
        >>> sig = Signature(builtin_symbols(["Int", "Bool"]), {"x": "Int"})
        >>> sig.var("x") * sig.literal(-2) + 1
        Term('x * -2 + 1')
        """
        found = SORT_OF.get(type(value)) if sort is None else sort
        if type(value) is int and found is not None and LITERAL_SORTS.get(found) is Fraction:
            value = Fraction(value)
        if found not in self.literals or LITERAL_SORTS[found] is not type(value):
            raise SortError(f"no literal of type {type(value).__name__} and sort {found} in this signature")
        if not has_literal(found, value):
            raise SortError(f"{found} has no literal for this number", hint=f"its literals are {literal_range(found)}")
        try:
            return Term(self, self.bank.literal(value, found))
        except ValueError as error:
            raise SortError(str(error)) from None

    def make(self, head: str, *arguments: Term | int) -> Term:
        """A symbol, given by its text or its name, applied to arguments; whole numbers stand for numerals.

        Raises SortError if no symbol fits, or more than one.

        >>> from lemmata.rewriting.theory import Notation
        >>> sig = Signature((Symbol("e", (), "G", "abstract", Notation("e")),
        ...                  Symbol("inv", ("G",), "G", "abstract", Notation("inv"))))
        >>> sig.make("inv", sig.make("e"))
        Term('inv(e)')
        """
        met = self._met(((head,), "applied"), arguments)
        if met is not None:
            return met
        named = self.symbol.get(head)
        candidates = [named] if named else [s for s in self.symbols if s.notation.text == head]
        if not candidates:
            raise SortError(f"unknown symbol {head!r}", hint=nearest(head, self._texts, "symbols"))
        return self._apply(((head,), "applied"), head, candidates, arguments)

    def load(self, table: TermTable, row: int) -> Term:
        """A term of a plain table. Raises IllTyped unless it is a well-sorted term of this signature."""
        own = TermTable()
        (root,) = table.copy_into(own, [row])
        sorts: list[str] = []
        extend_sorts(sorts, own.rows, self.symbol)
        for i, cells in enumerate(own.rows):
            if sorts[i] == PROP or cells[0] not in ("var", "lit", "app"):
                raise IllTyped("a formula is not a term", i)
            if cells[0] == "lit" and sorts[i] not in self.literals:
                raise IllTyped(f"the sort {sorts[i]} has no literals here", i)
        return Term(self, self.bank.load(own, [root], self.symbol)[0])

    def adopt(self, term: Term) -> Term:
        """A term of another bank, copied into this signature's. Raises IllTyped if it has other symbols."""
        table = TermTable()
        return self.load(table, term.dump(table))

    @cached_property
    def _texts(self) -> list[str]:
        return [s.notation.text for s in self.symbols]

    def operate(self, texts: Sequence[str], form: str, arguments: Sequence[Term | int]) -> Term:
        """The first operator of these texts that the signature has in that form, applied. Raises SortError."""
        met = self._met((tuple(texts), form), arguments)
        if met is not None:
            return met
        for text in texts:
            candidates = [s for s in self.symbols if s.notation.text == text and s.notation.form == form]
            if candidates:
                return self._apply((tuple(texts), form), text, candidates, arguments)
        declared = dict.fromkeys(s.notation.text for s in self.symbols if s.notation.form == form)
        hint = f"declared {form} operators: {', '.join(declared)}" if declared else f"it has no {form} operators at all"
        raise SortError(f"the signature has no {form} operator {texts[0]!r}", hint=hint)

    @cached_property
    def _quick(self) -> dict[_Key, _Applied]:
        """The symbols without laws that operators and `make` have met, by what was written and the operands' sorts."""
        return {}

    def _met(self, written: _Written, arguments: Sequence[Term | int]) -> Term | None:
        """What was written, if it has been met before with operands of these sorts."""
        terms = [a for a in arguments if isinstance(a, Term) and a.signature is self]
        met = self._quick.get((*written, *[t._sort for t in terms])) if len(terms) == len(arguments) else None
        return None if met is None else _waiting(self, met, tuple(terms))

    def _apply(
        self,
        written: _Written,
        text: str,
        candidates: Sequence[Symbol],
        arguments: Sequence[Term | int],
    ) -> Term:
        sorts = []
        for argument in arguments:
            if isinstance(argument, Term):
                self.expect(argument)
            sorts.append(argument.sort if isinstance(argument, Term) else None)
        fitting = [
            s
            for s in candidates
            if s.arity == len(sorts)
            and s.result != PROP
            and all(given in (None, wanted) for given, wanted in zip(sorts, s.arguments, strict=True))
        ]
        if len(fitting) != 1:
            profiles = "; ".join(f"{' '.join(s.arguments)} -> {s.result}".strip() for s in candidates)
            given = ", ".join(sort or "a number" for sort in sorts) or "nothing"
            if fitting:
                raise SortError(f"{text!r} applied to {given} has more than one meaning", hint=f"it is {profiles}")
            raise SortError(f"{text!r} cannot be applied to {given}", hint=f"it is {profiles}")
        (symbol,) = fitting
        terms = [
            a if isinstance(a, Term) else self.numeral(a, sort)
            for a, sort in zip(arguments, symbol.arguments, strict=True)
        ]
        if ac.has_laws(symbol):
            return Term(self, ac.term(self.bank, symbol, [t.id for t in terms]))
        applied = _Applied(self.bank.symbol_id(app_symbol(symbol)), symbol.result)
        if None not in sorts:
            self._quick[*written, *sorts] = applied
        return _waiting(self, applied, tuple(terms))

    def numeral(self, value: int, sort: str) -> Term:
        """What a whole number stands for where a term of that sort is wanted. Raises SortError and SourceError."""
        if sort in self.literals and is_number_sort(sort):
            return self.literal(value, sort)
        if abs(value) > LARGEST_NUMERAL:
            raise SortError(f"a numeral this large stands for too many successors; the largest is {LARGEST_NUMERAL}")
        return self.term(str(value), sort)

    def expect(self, term: Term) -> None:
        """Raise SortError unless a term is over these symbols and in this bank."""
        other = term.signature
        if other is self:
            return
        if other.symbols != self.symbols:
            raise SortError("a term of another signature")
        if other.bank is not self.bank:
            raise SortError("a term of another bank", hint="copy it first: signature.adopt(term)")

    def __reduce__(self) -> tuple[object, ...]:
        return Signature, (self.symbols, dict(self.variables))


class _Applied(NamedTuple):
    """A symbol's number in the bank, and the sort of what it makes."""

    number: SymbolId
    result: str


_Written = tuple[tuple[str, ...], str]  # texts, form
_Key = tuple[tuple[str, ...] | str | None, ...]  # these, and the sorts of the operands


class Term:
    """A term of a signature. Immutable; made by the signature and by operators, not by hand.

    Two terms of one bank are `==` when they are the same term, letter for letter, which costs no more than comparing
    two numbers; terms of different banks are never `==` (`Signature.adopt` copies). A term may have a node many times
    over: `size` counts it once, and so does every method here; only `str` writes it out each time.

    `+ - * / // % ** @ & | << >>` and the signs `- + ~` are the signature's operators of the same text (`**` is `^`
    where there is one). A whole number stands for a numeral.
    """

    # What operators make waits outside the bank, as a symbol over terms, until somebody asks for its number there.
    __slots__ = ("_handle", "_sort", "_waits", "signature")
    _handle: int
    _sort: str | None
    _waits: tuple[_Applied, tuple[Term, ...]] | None
    signature: Signature

    def __init__(self, signature: Signature, term: TermId) -> None:
        object.__setattr__(self, "_waits", None)
        object.__setattr__(self, "_sort", None)
        object.__setattr__(self, "_handle", signature.bank.handle(term))
        object.__setattr__(self, "signature", signature)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("terms do not change; use replace")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("terms do not change")

    def __del__(self) -> None:
        if getattr(self, "_waits", self) is None:
            signature = getattr(self, "signature", None)
            if signature is not None:
                signature.bank.release(self._handle)

    def _held(self) -> int:
        """Its handle in the bank, which it enters with all that waits below it. Explicit stack."""
        stack = [self] if self._waits is not None else []
        while stack:
            term = stack[-1]
            if term._waits is None:
                stack.pop()
                continue
            applied, below = term._waits
            missing = [t for t in below if t._waits is not None]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            bank = term.signature.bank
            handle = bank.handle(bank.node(applied.number, [bank.held(t._handle) for t in below]))
            object.__setattr__(term, "_handle", handle)
            object.__setattr__(term, "_waits", None)
        return self._handle

    # What it is

    @property
    def id(self) -> TermId:
        """Its number in the bank, until the bank is next collected."""
        return self.signature.bank.held(self._held())

    @property
    def sort(self) -> str:
        if self._sort is None:
            object.__setattr__(self, "_sort", self.signature.bank.sort(self.id))
        assert self._sort is not None
        return self._sort

    @property
    def is_variable(self) -> bool:
        return self.signature.bank.head(self.id).kind == "var"

    @property
    def value(self) -> Value | None:
        """What a literal stands for; None for any other term."""
        return self.signature.bank.literal_value(self.id)

    @property
    def symbol(self) -> Symbol | None:
        """The symbol that it starts with; None for a variable or literal."""
        head = self.signature.bank.head(self.id)
        return self.signature.symbol[head.name] if head.kind in ("app", *FLAT) else None

    @property
    def head(self) -> str:
        """The text of the symbol that it starts with or of the literal, or the name of the variable."""
        symbol = self.symbol
        return self.signature.bank.leaf_name(self.id) if symbol is None else symbol.notation.text

    @property
    def args(self) -> tuple[Term, ...]:
        """The arguments, left to right; none for a constant or variable.

        Of an associative symbol all operands, as often as they occur; of a commutative one in structural order.
        """
        return tuple(Term(self.signature, child) for child in ac.arguments(self.signature.bank, self.id))

    def __iter__(self) -> Iterator[Term]:
        return iter(self.args)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Term):
            return NotImplemented
        return self is other or (self._held() == other._held() and self.signature.bank is other.signature.bank)

    def __hash__(self) -> int:
        return hash(self._held())  # equal terms have one handle for as long as any of them lives

    # The whole of it

    def dump(self, table: TermTable) -> int:
        """Add the term to a plain table; its row there."""
        return self.signature.bank.dump([self.id], table)[0]

    def subterms(self) -> list[Term]:
        """Every distinct subterm once, itself last: arguments before what they stand in, left to right."""
        table, ids = TermTable(), dict[int, int]()
        (root,) = self.signature.bank.dump([self.id], table, ids)
        at = {row: term for term, row in ids.items()}
        return [Term(self.signature, TermId(at[row])) for row in table.reachable([root]) if row in at]

    @property
    def variables(self) -> list[Term]:
        """Its variables in order of first occurrence."""
        table = TermTable()
        row = self.dump(table)
        return [self.signature.load(table, v) for v in table.free_variables(row)]

    @property
    def size(self) -> int:
        """The number of distinct subterms."""
        table = TermTable()
        self.dump(table)
        return len(table)

    @property
    def tree_size(self) -> int:
        """The number of symbols that writing it in full would take: up to exponential in `size`."""
        table = TermTable()
        root = self.dump(table)
        counts: list[int] = []
        for row in table.rows:
            counts.append(1 + sum(counts[c] for c in children(row)))
        return counts[root]

    def replace(self, mapping: Mapping[Term, Term]) -> Term:
        """All occurrences of the keys replaced by their values, at once. Linear in `size`.

        The largest occurrence counts: inside a replaced subterm nothing more is replaced. Raises SortError where a
        value has another sort than its key.
        """
        table, new = TermTable(), dict[int, int]()
        root = self.dump(table)
        for old, value in mapping.items():
            self.signature.expect(old)
            self.signature.expect(value)
            if old.sort != value.sort:
                raise SortError(f"a term of sort {value.sort} cannot stand where {old.sort} is wanted")
            new[old.dump(table)] = value.dump(table)
        return self.signature.load(table, table.replace(root, new))

    def match(self, pattern: Term) -> dict[Term, Term] | None:
        """What the variables of `pattern` must stand for to make it this term; None if nothing does.

        `pattern.replace(term.match(pattern)) == term`. Linear in both sizes, but for symbols with laws: there it is the
        first of `matches`.
        """
        if any(ac.has_laws(s) for s in self.signature.symbols):
            return next(self.matches(pattern), None)
        self.signature.expect(pattern)
        if pattern.sort != self.sort:
            return None
        table = TermTable()
        wanted, row = pattern.dump(table), self.dump(table)
        variables = table.free_variables(wanted)
        found = match(table, wanted, row, set(variables))
        if found is None:
            return None
        load = self.signature.load
        return {load(table, v): load(table, found[v]) for v in variables}

    def matches(self, pattern: Term) -> Iterator[dict[Term, Term]]:
        """All that the variables of `pattern` can stand for to make it this term, modulo the laws of the symbols."""
        self.signature.expect(pattern)
        variables = [v.id for v in pattern.variables]
        matcher = Matcher(self.signature.bank, self.signature.symbol, variables)
        for found in matcher.matchers(pattern.id, self.id) if pattern.sort == self.sort else ():
            pairs = ((v, found[v]) for v in variables)
            yield {Term(self.signature, v): Term(self.signature, t) for v, t in pairs if not isinstance(t, tuple)}

    # How it is written

    def __str__(self) -> str:
        """In full, in the signature's notation: as long as `tree_size`, however much is shared."""
        table = TermTable()
        return self.signature.printer.show(table, self.dump(table))

    def __repr__(self) -> str:
        table = TermTable()
        row = self.dump(table) if self._is_within(_LOOKED_AT) else self._beginning(table)
        return f"Term({self.signature.printer.show(table, row, most=_SHOWN)!r})"

    def _repr_latex_(self) -> str | None:
        """For notebooks; None where it would be unreadably long."""
        if not self._is_within(_TYPESET):
            return None
        table = TermTable()
        return f"${self.signature.printer.show(table, self.dump(table), 'latex')}$"

    def _is_within(self, most: int) -> bool:
        """Does it take at most about so many symbols to write it in full? Linear in that number."""
        bank = self.signature.bank
        stack = [self.id]
        while stack and most >= 0:
            most -= 1
            stack.extend(bank.arguments(stack.pop()))
        return not stack

    def _beginning(self, table: TermTable) -> int:
        """A row for the symbols that come first from left to right, with a variable called `…` for each of the rest.

        So a term of a hundred million nodes is shown at once.
        """
        bank = self.signature.bank
        built: list[int] = []
        waiting: list[tuple[TermId, bool]] = [(self.id, False)]
        left = _LOOKED_AT
        while waiting:
            term, ready = waiting.pop()
            head = bank.head(term)
            if not ready and (left <= 0 or head.kind not in ("app", *FLAT)):
                built.append(table.var("…", head.result) if left <= 0 else bank.dump([term], table)[0])
                continue
            below = ac.subterms(bank, term)[:_LOOKED_AT]
            if not ready:
                left -= 1
                waiting.append((term, True))
                waiting.extend((c, False) for c in reversed(below))
                continue
            row = built[len(built) - len(below) :] if below else []
            del built[len(built) - len(below) :]
            if head.kind == "app":
                built.append(table.app(head.name, *row))
            else:
                built.append(reduce(partial(table.app, head.name), row))
        return built[0]

    def __reduce__(self) -> tuple[object, ...]:
        table = TermTable()
        root = self.dump(table)
        return _restored, (self.signature, tuple(table.rows), root)

    def __copy__(self) -> Term:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Term:
        return self

    # Operators

    def __add__(self, other: Term | int) -> Term:
        return self._infix(("+",), self, other)

    def __radd__(self, other: int) -> Term:
        return self._infix(("+",), other, self)

    def __sub__(self, other: Term | int) -> Term:
        return self._infix(("-",), self, other)

    def __rsub__(self, other: int) -> Term:
        return self._infix(("-",), other, self)

    def __mul__(self, other: Term | int) -> Term:
        return self._infix(("*",), self, other)

    def __rmul__(self, other: int) -> Term:
        return self._infix(("*",), other, self)

    def __truediv__(self, other: Term | int) -> Term:
        return self._infix(("/",), self, other)

    def __rtruediv__(self, other: int) -> Term:
        return self._infix(("/",), other, self)

    def __floordiv__(self, other: Term | int) -> Term:
        return self._infix(("//",), self, other)

    def __rfloordiv__(self, other: int) -> Term:
        return self._infix(("//",), other, self)

    def __mod__(self, other: Term | int) -> Term:
        return self._infix(("%",), self, other)

    def __rmod__(self, other: int) -> Term:
        return self._infix(("%",), other, self)

    def __pow__(self, other: Term | int) -> Term:
        return self._infix(("^", "**"), self, other)

    def __rpow__(self, other: int) -> Term:
        return self._infix(("^", "**"), other, self)

    def __matmul__(self, other: Term | int) -> Term:
        return self._infix(("@",), self, other)

    def __rmatmul__(self, other: int) -> Term:
        return self._infix(("@",), other, self)

    def __and__(self, other: Term | int) -> Term:
        return self._infix(("&",), self, other)

    def __rand__(self, other: int) -> Term:
        return self._infix(("&",), other, self)

    def __or__(self, other: Term | int) -> Term:
        return self._infix(("|",), self, other)

    def __ror__(self, other: int) -> Term:
        return self._infix(("|",), other, self)

    def __lshift__(self, other: Term | int) -> Term:
        return self._infix(("<<",), self, other)

    def __rlshift__(self, other: int) -> Term:
        return self._infix(("<<",), other, self)

    def __rshift__(self, other: Term | int) -> Term:
        return self._infix((">>",), self, other)

    def __rrshift__(self, other: int) -> Term:
        return self._infix((">>",), other, self)

    def __neg__(self) -> Term:
        return self.signature.operate(("-",), "prefix", (self,))

    def __pos__(self) -> Term:
        return self.signature.operate(("+",), "prefix", (self,))

    def __invert__(self) -> Term:
        return self.signature.operate(("~",), "prefix", (self,))

    def _infix(self, texts: tuple[str, ...], left: Term | int, right: Term | int) -> Term:
        # As `operate` does it, in one piece: this is what programs that build terms spend their time on.
        if type(left) is Term and type(right) is Term:
            signature = left.signature
            quick = signature._quick.get((texts, "infix", left._sort, right._sort))
            if quick is not None and right.signature is signature:
                term = _new(_Unsealed)
                term._waits = (quick, (left, right))
                term._sort = quick[1]
                term.signature = signature
                term.__class__ = Term  # type: ignore[assignment]
                return term
        other = right if left is self else left
        if not isinstance(other, Term) and type(other) is not int:
            return NotImplemented  # type: ignore[no-any-return]
        return self.signature.operate(texts, "infix", (left, right))


class _Unsealed(Term):
    """A term while it is made: assigning to attributes, and at last to its class, takes half the time that going round
    `Term.__setattr__` takes."""

    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


_new = object.__new__


def _waiting(signature: Signature, applied: _Applied, arguments: tuple[Term, ...]) -> Term:
    """A symbol over terms of the signature, which waits to enter the bank."""
    term = _new(_Unsealed)
    term._waits = (applied, arguments)
    term._sort = applied.result
    term.signature = signature
    term.__class__ = Term  # type: ignore[assignment]
    return term


def _restored(signature: Signature, rows: tuple[Row, ...], root: int) -> Term:
    return signature.load(TermTable(rows), root)


@dataclass(frozen=True, repr=False)
class Eq:
    """The equation left = right, as a statement. It has no truth value.

    Raises SortError if the sides differ in sort, signature or bank.
    """

    left: Term
    right: Term

    def __post_init__(self) -> None:
        self.left.signature.expect(self.right)
        if self.left.sort != self.right.sort:
            raise SortError(f"an equation between {self.left.sort} and {self.right.sort}")

    def __bool__(self) -> bool:
        raise TypeError(
            "an equation is not true or false by itself: write a == b to ask whether two terms are the same"
        )

    def __str__(self) -> str:
        table = TermTable()
        return self.left.signature.printer.show(table, self.dump(table))

    def __repr__(self) -> str:
        table = TermTable()
        return f"Eq({self.left.signature.printer.show(table, self.dump(table), most=_SHOWN)!r})"

    def _repr_latex_(self) -> str | None:
        """For notebooks; None where it would be unreadably long."""
        if self.left.tree_size + self.right.tree_size > _TYPESET:
            return None
        table = TermTable()
        return f"${self.left.signature.printer.show(table, self.dump(table), 'latex')}$"

    def dump(self, table: TermTable) -> int:
        """Add the equation to a plain table; its row there."""
        return table.eq(self.left.dump(table), self.right.dump(table))
