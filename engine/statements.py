"""The statements of MPL: a text cut into logical lines, each read by the grammar in `mpl.lark`.

Expressions and sorts are left as tokens; what they mean depends on the declarations above them (`mpl.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import lark

from ..rewriting.source import Source, SourceError
from ..rewriting.tokens import CONNECTIVE_WORDS, RESERVED_OPERATORS, Token, error_at, shown, tokenize

STATEMENT_WORDS = ("theory", "import", "sort", "var", "op", "pred", "axiom", "theorem")
KEYWORDS = frozenset({*STATEMENT_WORDS, "infix", "infixl", "infixr", "prefix", "postfix"})


# Logical lines

_JOINING_WORDS = frozenset({"and", "or", "implies", "iff"})
_OPEN_ENDED = frozenset({"=", "|", ":", "->", "."})


def layout(source: Source, tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens of each statement, closed by a token of kind "end".

    A statement ends with its line unless a bracket is open, the line ends or the next one begins with something that
    joins. An operator joins when a blank stands between it and its neighbour on the same line, so that `x'` at an end
    and `-x` at a beginning do not.
    """
    lines: list[list[Token]] = []
    current: list[Token] = []
    depth = 0
    for n, token in enumerate(tokens):
        if token.kind not in ("end of line", "end"):
            current.append(token)
            depth = max(0, depth + (token.kind == "(") - (token.kind == ")"))
            continue
        following = tokens[n + 1] if token.kind == "end of line" else token
        if following.kind == "end of line" or not current:
            continue
        joined = depth or _joins_next(source, current[-1]) or _joins_previous(source, following)
        if joined and following.kind != "end" and following.text not in KEYWORDS:
            continue
        lines.append([*current, Token("end", "", current[-1].end)])
        current, depth = [], 0
    return lines


def _joins_next(source: Source, last: Token) -> bool:
    if last.kind == "operator":
        return last.text in _OPEN_ENDED or source.text[last.offset - 1 : last.offset] in (" ", "\t", "\n", "")
    return last.kind == "," or last.text in CONNECTIVE_WORDS - {"false"}


def _joins_previous(source: Source, first: Token) -> bool:
    if first.kind == "operator":
        return first.text in ("=", "|") or source.text[first.end : first.end + 1] in (" ", "\t", "\r", "\n", "")
    return first.text in _JOINING_WORDS


# Statements

# Sentences for people, and statements that they are about; the parser that fails like one of them says its sentence.
MALFORMED: Mapping[str, tuple[str, ...]] = {
    "a theory has one name": ("theory", "theory = N", "theory A B", "theory 3", "theory A : B"),
    "import takes a file in quotes or the name of a theory": ("import", "import 3", "import a b", 'import "a" b'),
    "sort takes a name": ("sort", "sort = N", "sort : N", "sort | s"),
    "a sort's constructors follow '=', with '|' between them": (
        "sort N : 0",
        "sort N = ",
        "sort N = 0 | ",
        "sort N = | 0",
        "sort N = 0 = 1",
        "sort N = 0 : 1",
        "sort N iff 0",
        "sort N = a -> b",
    ),
    "var takes names, ':' and a sort": (
        "var",
        "var : N",
        "var x",
        "var x y",
        "var x :",
        "var x, y : N",
        "var x = N",
        "var x + y",
        "var 3 : N",
        "var x : N = 3",
        "var x : N -> N",
        "var ( : N",
    ),
    "op takes a name or an operator with its holes, ':' and sorts: op _+_ : N N -> N": (
        "op",
        "op f",
        "op _+_",
        "op : N",
        "op f :",
        "op f = N",
        "op f -> N",
        "op f : N ->",
        "op f : N = N",
        "op f : N -> N -> N",
        "op f iff x",
        "op f | g",
    ),
    "the level of an operator is a number: infixl 40": (
        "op _+_ : N N -> N infixl",
        "op _+_ : N N -> N infixl x",
        "op _+_ : N N -> N infixl -",
        "op _+_ : N N -> N infixl 4 4",
    ),
    "pred takes a profile, as in pred even : N, or a definition, as in pred x <= y iff ...": (
        "pred",
        "pred : N",
        "pred = x",
        "pred x = y iff z",
        "pred even :",
        "pred even : N -> N",
        "pred x <= y iff",
        "pred even = x",
    ),
    "a formula is wanted after 'axiom'": ("axiom",),
    "theorem takes a name, ':' and a formula": (
        "theorem",
        "theorem :",
        "theorem = x",
        "theorem a",
        "theorem a :",
        "theorem a = b",
        "theorem 3",
        "theorem a b",
        "theorem a + b",
        "theorem (a)",
    ),
}
_NAMED_OPERATORS = {"=": "EQUALS", "|": "BAR", ":": "COLON", "->": "ARROW"}
_BRACKETS = {"(": "OPEN", ")": "CLOSE", ",": "COMMA"}
_KINDS = {"name": "NAME", "number": "NUMBER", "string": "STRING", "hole": "HOLE", "operator": "OPERATOR"}


@dataclass(frozen=True)
class Statement:
    """The rule of the grammar that it follows, and the tokens of each part; a part left out is empty."""

    kind: str
    offset: int
    parts: tuple[list[Token], ...]


@cache
def _grammar() -> lark.Lark:
    return lark.Lark.open("mpl.lark", rel_to=__file__, parser="lalr", lexer="basic")


def _terminal(token: Token) -> str:
    if token.kind == "name" and (token.text in KEYWORDS or token.text == "iff"):
        return token.text.upper()
    if token.kind == "operator":
        return _NAMED_OPERATORS.get(token.text, "OPERATOR")
    return _BRACKETS.get(token.kind) or _KINDS[token.kind]


def _parse_line(line: Sequence[Token]) -> lark.Tree[lark.Token]:
    parser = _grammar().parse_interactive()
    for token in line[:-1]:
        parser.feed_token(lark.Token(_terminal(token), token.text, start_pos=token.offset))
    tree: lark.Tree[lark.Token] = parser.feed_token(lark.Token("$END", "", start_pos=line[-1].offset))
    return tree


def statement_of(source: Source, line: Sequence[Token]) -> Statement:
    tokens = {t.offset: t for t in line}

    def part(child: lark.Tree[lark.Token] | lark.Token | None) -> list[Token]:
        leaves = [] if child is None else child.children if isinstance(child, lark.Tree) else [child]
        return [tokens[t.start_pos] for t in leaves if isinstance(t, lark.Token) and t.start_pos is not None]

    try:
        tree = _parse_line(line)
    except lark.UnexpectedToken as error:
        raise _syntax_error(source, line, error) from None
    return Statement(str(tree.data), line[0].offset, tuple(part(c) for c in tree.children))


def _syntax_error(source: Source, line: Sequence[Token], error: lark.UnexpectedToken) -> SourceError:
    at = error.token.start_pos or 0
    token = next(t for t in line if t.offset == at and (t.kind == "end") == (error.token.type == "$END"))
    if token.text in KEYWORDS and token is not line[0]:
        hint = f"begin a new line for it, or choose another name: {', '.join(sorted(KEYWORDS))} are reserved"
        return error_at(source, at, f"{token.text!r} has no place here", hint)
    if line[0].text in ("op", "pred") and token.text in RESERVED_OPERATORS and line[1].kind == "hole":
        return error_at(source, at, f"{token.text!r} is part of the language and cannot be declared")
    for other in line:
        if other.kind == "operator" and len(other.text) > 1 and other.text.endswith(":"):
            return error_at(source, other.offset, f"{other.text!r} reads as one operator", "put a blank before ':'")
    if token.kind == "operator" and len(token.text) > 1 and token.text[0] in ":=|":
        return error_at(source, at, f"{token.text!r} reads as one operator", f"put a blank after {token.text[0]!r}")

    def parse(example: str) -> lark.Tree[lark.Token]:
        text = Source("<example>", example)
        return _parse_line(layout(text, tokenize(text))[0])

    alike = {s: [e for e in examples if e.split()[0] == line[0].text] for s, examples in MALFORMED.items()}
    sentence = error.match_examples(parse, alike)
    message = f"{shown(token)} has no place here" if token.kind != "end" else "the statement stops too early"
    return error_at(source, at, message, sentence)
