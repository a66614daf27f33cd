"""Texts read by the grammar files of this room, with errors that name the place, what was found and what was wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import lark

from ..rewriting.literals import LONGEST_TEXT, literal_value
from ..rewriting.source import Source, SourceError
from ..rewriting.tokens import error_at

Tree = lark.Tree[Any]
_MOST_WANTED = 6  # tokens named in a hint


@cache
def _grammar(path: Path) -> lark.Lark:
    starts = re.findall(r"^(start\w*):", text := path.read_text("utf-8"), re.MULTILINE)
    return lark.Lark(text, parser="lalr", lexer="basic", start=starts)


def read(grammar: Path, source: Source, names: Mapping[str, str], start: str = "start") -> Tree:
    """The tree of a text, by the rule `start` of a grammar file. The tokens in it know their offsets.

    Rules that a text may be read by are those whose names begin with `start`.
    `names` says what messages call the grammar's tokens; one without a name is not suggested. Raises SourceError.
    """
    try:
        return _grammar(grammar).parse(source.text, start=start)
    except lark.UnexpectedCharacters as error:
        raise _stray(source, error.pos_in_stream or 0) from None
    except lark.UnexpectedToken as error:
        token = error.token
        wanted = sorted(names[t] for t in error.accepts or error.expected if t in names)
        hint = None
        if 0 < len(wanted) <= _MOST_WANTED:
            hint = f"wanted here: {', '.join(wanted)}"
        if token.type == "$END":
            raise error_at(source, len(source.text.rstrip()), "the text ends too early", hint) from None
        shown = str(token) if len(token) <= 40 else str(token)[:39] + "…"
        raise error_at(source, token.start_pos or 0, f"{shown!r} is not expected here", hint) from None


def integer(source: Source, digits: str, offset: int) -> int:
    """The number that stands at an offset. Raises SourceError if it has too many digits."""
    if len(digits) > LONGEST_TEXT:
        raise error_at(source, offset, f"a number has at most {LONGEST_TEXT:,} digits")
    value = literal_value(digits.lstrip("0") or "0")
    assert isinstance(value, int)
    return value


def _stray(source: Source, offset: int) -> SourceError:
    c = source.text[offset]
    shown = repr(c) if c.isascii() and c.isprintable() else f"U+{ord(c):04X}"
    return error_at(source, offset, f"unexpected character {shown}")
