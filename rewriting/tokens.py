"""Text cut into tokens, and sorts read from them.

>>> [t.text for t in tokenize(Source("<text>", "x'+0 = x'  -- a comment"))]
["x'", '+', '0', '=', "x'", '']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from .source import Source, SourceError

DEEPEST_SORT = 50
LONGEST_SORT = 1_000

# Words that no sort, variable, operation or theorem may be called.
CONNECTIVE_WORDS = frozenset({"not", "and", "or", "implies", "iff", "forall", "exists", "false"})
# One operator under several spellings; the ASCII one is kept.
SPELLINGS: Mapping[str, str] = {"≤": "<=", "≥": ">=", "·": "*", "×": "*"}
RESERVED_OPERATORS = frozenset({"=", "!=", "≠", ":", "."})

TokenKind = Literal["name", "number", "operator", "(", ")", ",", "string", "hole", "end of line", "end"]


class Token(NamedTuple):
    """A piece of text and the offset where it starts."""

    kind: TokenKind
    text: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.text)


def error_at(source: Source, offset: int, message: str, hint: str | None = None, kind: str = "syntax") -> SourceError:
    """The error at an offset of the source text."""
    before = source.text[:offset]
    line = before.count("\n") + 1
    return SourceError(message, source, line=line, column=offset - before.rfind("\n"), hint=hint, kind=kind)


_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+|\r(?=\n)|\A\ufeff|--[^\n]*)
    | (?P<newline>\n)
    | (?P<name>_?[^\W\d_][\w']*)
    | (?P<number>[0-9]+(?!\w))
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<bracket>[(),])
    | (?P<hole>_)
    | (?P<operator>(?:(?!--)[^\w\s(),"\[\]{};`])+)
    """,
    re.VERBOSE,
)
_SYMBOL_CATEGORIES = frozenset({"Sm", "So", "Sc", "Sk"})


def symbol_character(c: str) -> bool:
    """May the character stand in an operator?"""
    return c in "+-*/^<>=!@#$%&|~?:.\\'·†‡‖" or (ord(c) > 127 and unicodedata.category(c) in _SYMBOL_CATEGORIES)


def tokenize(source: Source, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a text from one offset to another, ends of lines among them; comments run from `--` to the end of
    the line.

    Raises SourceError at a character that belongs to no token.
    """
    tokens: list[Token] = []
    text, at = source.text, start
    stop = len(text) if end is None else end
    while at < stop:
        match = _TOKEN.match(text, at, stop)
        if match is None:
            raise _stray(source, at)
        kind = match.lastgroup
        piece = match.group()
        if kind == "operator":
            for n, c in enumerate(piece):
                if not symbol_character(c):
                    raise _stray(source, at + n)
        if kind == "newline":
            tokens.append(Token("end of line", piece, at))
        elif kind == "bracket":
            tokens.append(Token(piece, piece, at))  # type: ignore[arg-type]
        elif kind != "blank":
            tokens.append(Token(kind, piece, at))  # type: ignore[arg-type]
        at = match.end()
    tokens.append(Token("end", "", stop))
    return tokens


def _stray(source: Source, at: int) -> SourceError:
    c = source.text[at]
    if c.isdigit():
        return error_at(source, at, "a name cannot begin with a digit")
    if c == '"':
        return error_at(source, at, "this string has no closing quote")
    if c in "[]{}":
        return error_at(source, at, f"{c!r} has no meaning here", "group with ( and )")
    code = f"U+{ord(c):04X}"
    named = unicodedata.name(c, "")
    shown = f"{code} {named}".strip() if not (c.isascii() and c.isprintable()) else repr(c)
    hint = None
    if c.isspace():
        hint = "use plain spaces, and line ends as \\n or \\r\\n"
    return error_at(source, at, f"unexpected character {shown}", hint)


# Sorts


def parse_sort(source: Source, tokens: Sequence[Token], start: int) -> tuple[str, int]:
    """The sort written at token `start`, such as `List(Tree(N))`, without blanks, and the position after it."""
    at = start
    open_groups = 0
    out: list[str] = []
    while True:
        token = tokens[at]
        if token.kind != "name" or token.text in CONNECTIVE_WORDS:
            raise error_at(source, token.offset, f"a sort is wanted here, not {shown(token)}")
        out.append(token.text)
        at += 1
        if tokens[at].kind == "(":
            out.append("(")
            open_groups += 1
            at += 1
            if open_groups > DEEPEST_SORT:
                raise error_at(source, token.offset, f"a sort may be {DEEPEST_SORT} levels deep, not more", kind="sort")
            continue
        while open_groups and tokens[at].kind == ")":
            out.append(")")
            open_groups -= 1
            at += 1
        if not open_groups:
            break
        if tokens[at].kind != ",":
            raise error_at(source, tokens[at].offset, f"',' or ')' is wanted here, not {shown(tokens[at])}")
        out.append(",")
        at += 1
    text = "".join(out)
    if len(text) > LONGEST_SORT:
        raise error_at(
            source, tokens[start].offset, f"a sort may have {LONGEST_SORT} characters, not more", kind="sort"
        )
    return text.replace(",", ", "), at


def shown(token: Token) -> str:
    """A token as messages name it."""
    if token.kind in ("end", "end of line"):
        return "the end"
    text = token.text if len(token.text) <= 40 else token.text[:39] + "…"
    return repr(text)


def split_sort(sort: str) -> tuple[str, tuple[str, ...]]:
    """The head and the arguments of a sort.

    >>> split_sort("Map(N, List(A))")
    ('Map', ('N', 'List(A)'))
    """
    stem, bracket, rest = sort.partition("(")
    if not bracket:
        return sort, ()
    arguments, depth, begin = [], 0, 0
    for n, c in enumerate(rest):
        if c == "(":
            depth += 1
        elif c in ",)" and depth == 0:
            arguments.append(rest[begin:n].strip())
            begin = n + 1
        elif c == ")":
            depth -= 1
    return stem, tuple(arguments)


def subsorts(sort: str) -> Iterator[str]:
    """The sort and those inside it, inner ones first. Nests as deep as the sort is, which its length bounds."""
    for argument in split_sort(sort)[1]:
        yield from subsorts(argument)
    yield sort


def substitute_sort(sort: str, given: Mapping[str, str]) -> str:
    """The sort with other sorts for its parameters."""
    return re.sub(r"[\w']+", lambda m: given.get(m[0], m[0]), sort)
