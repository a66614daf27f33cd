"""What expressions of one sort are made of, and texts of them: a name that is no known function or constant is a
variable. `**` is `^`, `--` is two signs and not a comment, and x^2/3 a quotient: 2/3 is no literal, as in theories.

>>> from lemmata.rewriting.operations import builtin_symbols
>>> reals = Vocabulary(builtin_symbols(["Real", "Bool"]), "Real")
>>> table = TermTable()
>>> row = reals.read("2*x**2 - rate/4", table)
>>> [table.rows[v][1] for v in table.free_variables(row)]
['x', 'rate']
>>> reals.read("2*x + f(x)", table)
Traceback (most recent call last):
lemmata.rewriting.source.SourceError: unknown function 'f'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import TypeVar

from ..literals import literal_text
from ..parsing import parse_term
from ..source import Source, SourceError, nearest
from ..syntax import TermTable
from ..theory import Symbol
from ..tokens import CONNECTIVE_WORDS, Token, error_at, tokenize
from .statements import Reader

T = TypeVar("T")

NAME = "<expression>"  # of a text in messages
LONGEST = 1 << 24  # characters of a text
_WORD = re.compile(r"[^\W\d_][\w']*")
_LONGEST_NAME = 30
_PARTED = re.compile("-(?=-)|/(?=[0-9])")  # from what follows, by a blank
_CURES = (
    ("begin with a digit", "a product is written with *: 2*x"),
    ("operator '.'", "numbers are exact: write 3/2 for 1.5"),
)


@dataclass(frozen=True)
class Vocabulary:
    """Symbols, and the sort of the variables among them."""

    symbols: tuple[Symbol, ...]
    sort: str

    @cached_property
    def by_text(self) -> Mapping[tuple[str, int], str]:
        """The names of the operations on the sort, by how they are written and how many operands they take."""
        found: dict[tuple[str, int], str] = {}
        for s in self.symbols:
            if all(a == self.sort for a in s.arguments) and (s.arguments or s.result == self.sort):
                found.setdefault((s.notation.text, s.arity), s.name)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """The names that are no variables."""
        return frozenset({s.notation.text for s in self.symbols} | CONNECTIVE_WORDS | {"true"})

    def has(self, text: str, arity: int) -> bool:
        return (text, arity) in self.by_text

    def free_name(self, wanted: str, taken: Container[str]) -> str:
        """A name for a variable: the one that is wanted, if it can be one and is free, or one like it."""
        usable = _WORD.fullmatch(wanted) and len(wanted) <= _LONGEST_NAME and wanted not in self.words
        if usable and wanted not in taken:
            return wanted
        stem = wanted if usable else "x"
        return next(name for n in count(1) if (name := f"{stem}_{n}") not in taken)

    def app(self, table: TermTable, text: str, *below: int) -> int:
        """An operation, by how it is written, applied to rows."""
        return table.app(self.by_text[text, len(below)], *below)

    def number(self, table: TermTable, value: Fraction | int) -> int:
        """A number as a literal of the sort. Raises ValueError where it is too long."""
        return table.literal(literal_text(Fraction(value)), self.sort)

    def read(self, text: str, table: TermTable, sort: str | None = None, name: str = NAME) -> int:
        """The row of a text of that sort, or else of the vocabulary's. Raises SourceError."""
        return self._read(
            Source(name, text), lambda source, names: parse_term(source, self.symbols, names, table, sort or self.sort)
        )

    def conditions(self, text: str, table: TermTable, name: str = "<assumption>") -> list[int]:
        """The formulas that a text states, with `and` between them, such as `x > 0 and y != 0`. Raises SourceError."""
        return self._read(
            Source(name, text), lambda source, names: Reader(self.symbols, names, table).conditions(source)
        )

    def _read(self, given: Source, parse: Callable[[Source, Mapping[str, str]], T]) -> T:
        """What `parse` makes of a text in the spelling of terms, and of the sorts of its variables by name."""
        if len(given.text) > LONGEST:
            raise SourceError(f"longer than {LONGEST:,} characters", given, line=1, column=1)
        source = Source(given.name, _PARTED.sub(r"\g<0> ", given.text.replace("**", "^ ")))
        try:
            return parse(source, dict.fromkeys(self._names(source, tokenize(source)), self.sort))
        except SourceError as error:
            hint = next((cure for words, cure in _CURES if words in error.message), error.hint)
            raise error_at(given, _place(source, given, error), error.message, hint, error.kind) from None

    def _names(self, source: Source, tokens: Sequence[Token]) -> list[str]:
        """The names that are variables."""
        found: dict[str, None] = {}
        for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
            if token.kind != "name" or token.text in self.words:
                continue
            if following.kind == "(":
                functions = [s.notation.text for s in self.symbols if s.notation.form == "function" and s.arguments]
                hint = nearest(token.text, functions, "functions")
                raise error_at(source, token.offset, f"unknown function {token.text!r:.60}", hint, "unknown")
            found[token.text] = None
        return list(found)


def _place(source: Source, given: Source, error: SourceError) -> int:
    """The offset in the given text of an error in the one that was made of it, which has more blanks."""
    lines = source.text.split("\n")
    at = sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1
    blanks = 0
    for parted in _PARTED.finditer(given.text):
        if parted.end() + blanks > at:
            break
        blanks += 1
    return at - blanks
