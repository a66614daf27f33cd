"""Rules and terms from text, when nothing has been declared.

    [name:] left = right [if condition and condition ...]        -> may stand for =, and <=> for both directions

The operators are those of `sketch.py`, in their usual precedence; every other name is applied, `f(x, y)`, or stands
alone. A shunting yard, so texts may be nested as deep as they like.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from .literals import literal_value
from .sketch import OTHER_SPELLINGS, Clause, Kind, Place, Sketch, joined, operator
from .source import Source
from .tokens import Token, error_at, shown, tokenize

_WORDS = frozenset({"and", "or", "not", "div", "mod", "if", "xor", "implies", "iff"})
_TEXTS = sorted(
    {"+", "-", "*", "/", "^", "<", "<=", ">", ">=", "=", "<>", "++", "|", "&", "<<", ">>", "@", "~", "->", "<=>", ":"}
    | set(OTHER_SPELLINGS),
    key=lambda text: (-len(text), text),
)
_MOST_DIGITS = 100_000


class _Waiting(NamedTuple):
    """An operator or an open bracket that waits for what is right of it; `base` counts the operands before it."""

    kind: str  # infix, prefix, group, call
    text: str
    offset: int
    level: int = 0
    base: int = 0


def tokens_of(source: Source, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a text from one offset to another, its operators apart and in their first spelling.

    Raises SourceError.
    """
    out: list[Token] = []
    for token in tokenize(source, start, end):
        if token.kind == "end of line":
            continue
        if token.kind != "operator":
            out.append(token)
            continue
        at = 0
        while at < len(token.text):
            text = next((t for t in _TEXTS if token.text.startswith(t, at)), None)
            if text is None:
                hint = "operators: " + " ".join(t for t in _TEXTS if t.isascii() and t not in (":", "->", "<=>"))
                raise error_at(source, token.offset + at, f"unknown operator {shown(token)}", hint)
            out.append(Token("operator", OTHER_SPELLINGS.get(text, text), token.offset + at))
            at += len(text)
    return out


def parse_clause(source: Source, tokens: Sequence[Token]) -> Clause:
    """The rule that tokens of a source write, the last of kind "end". Raises SourceError."""
    start = tokens[0].offset
    end = tokens[-1]
    name = None
    if len(tokens) > 2 and tokens[0].kind == "name" and (tokens[1].kind, tokens[1].text) == ("operator", ":"):
        name = tokens[0].text
        tokens = tokens[2:]
    given = condition_at(tokens)
    rule, conditions = (tokens, []) if given is None else (tokens[:given], tokens[given + 1 :])
    split = _outside(rule, ("=", "->", "<=>"))
    if not split:
        parse_sketch(source, [*_ended(rule), end])  # which may know better what is wrong
        hint = "a rule is written left = right"
        raise error_at(source, rule[0].offset if rule else start, "this is no rule: it has no '='", hint)
    if len(split) > 1:
        hint = "put an equation between terms in brackets: (x = y)"
        raise error_at(source, rule[split[1]].offset, f"a second {rule[split[1]].text!r}", hint)
    at = split[0]
    stop = end if given is None else tokens[given]
    left = parse_sketch(source, [*rule[:at], Token("end", "", rule[at].offset)])
    right = parse_sketch(source, [*_ended(rule[at + 1 :]), Token("end", "", stop.offset)])
    asked = () if given is None else joined([parse_sketch(source, conditions)])
    return Clause(name, left, right, asked, both=rule[at].text == "<=>")


def condition_at(tokens: Sequence[Token]) -> int | None:
    """Where the `if` of a rule stands: the first one behind an operand and outside all brackets."""
    depth = 0
    for n, token in enumerate(tokens):
        depth += (token.kind == "(") - (token.kind == ")")
        behind = n and (tokens[n - 1].kind in ("number", "string", ")") or _is_operand(tokens[n - 1]))
        if (token.kind, token.text) == ("name", "if") and depth == 0 and behind:
            return n
    return None


def _is_operand(token: Token) -> bool:
    return token.kind == "name" and token.text not in _WORDS


def _ended(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens[:-1] if tokens and tokens[-1].kind == "end" else tokens


def _outside(tokens: Sequence[Token], texts: Sequence[str]) -> list[int]:
    """Where these operators stand outside all brackets."""
    depth = 0
    out = []
    for n, token in enumerate(tokens):
        depth += (token.kind == "(") - (token.kind == ")")
        if depth == 0 and token.kind == "operator" and token.text in texts:
            out.append(n)
    return out


def parse_sketch(source: Source, tokens: Sequence[Token]) -> Sketch:
    """The term that tokens write, the last of kind "end". Raises SourceError. Linear in the tokens."""
    return _Yard(source, tokens).run()


class _Yard:
    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._at = 0
        self._operands: list[Sketch] = []
        self._waiting: list[_Waiting] = []

    def run(self) -> Sketch:
        operand_wanted = True
        while True:
            token = self._tokens[self._at]
            self._at += 1
            if operand_wanted:
                operand_wanted = self._before(token)
            elif token.kind == "end":
                break
            else:
                operand_wanted = self._after(token)
        while self._waiting:
            if self._waiting[-1].kind in ("group", "call"):
                self._fail(self._waiting[-1].offset, "this '(' is never closed")
            self._reduce()
        (root,) = self._operands
        return root

    def _before(self, token: Token) -> bool:
        """Read a token where an operand is wanted; is one still wanted?"""
        if token.kind == "(":
            self._waiting.append(_Waiting("group", "(", token.offset))
            return True
        if token.text in ("-", "~", "not") and token.kind in ("operator", "name"):
            found = operator(token.text, 1)
            assert found is not None
            self._waiting.append(_Waiting("prefix", token.text, token.offset, found.level))
            return True
        following = self._tokens[min(self._at, len(self._tokens) - 1)]
        is_word = token.text in ("and", "or") or (token.text == "if" and following.kind != "(")
        if token.kind == "name" and not is_word:
            if following.kind == "(":
                self._at += 1
                self._waiting.append(_Waiting("call", token.text, token.offset, base=len(self._operands)))
                return True
            literal = token.text in ("true", "false")
            kind: Kind = "lit" if literal else "name"
            self._add(Sketch(kind, token.text, value=token.text == "true", place=self._place(token.offset)))
            return False
        if token.kind == "number":
            if len(token.text) > _MOST_DIGITS:
                self._fail(token.offset, f"a number of more than {_MOST_DIGITS:,} digits")
            value = literal_value(token.text.lstrip("0") or "0")
            self._add(Sketch("lit", token.text, value=value, place=self._place(token.offset)))
            return False
        if token.kind == "string":
            self._add(Sketch("lit", token.text, value=self._string(token), place=self._place(token.offset)))
            return False
        before = self._waiting[-1] if self._waiting else None
        if before is not None and before.kind == "call" and token.kind == ")":
            self._fail(token.offset, "an argument is wanted here, not ')'", f"without arguments: {before.text}")
        if before is not None and before.kind in ("infix", "prefix"):
            self._fail(token.offset, f"an operand of {before.text!r} is wanted here, not {shown(token)}")
        self._fail(token.offset, f"a term is wanted here, not {shown(token)}")

    def _after(self, token: Token) -> bool:
        """Read a token behind an operand; is one wanted next?"""
        found = operator(token.text, 2) if token.kind in ("operator", "name") else None
        if found is not None and found.form == "infix":
            least = found.level + (found.grouping == "right")
            while self._waiting and self._waiting[-1].kind in ("infix", "prefix") and self._waiting[-1].level >= least:
                before = self._waiting[-1]
                if before.kind == "infix" and before.level == found.level and found.grouping == "none":
                    hint = f"bracket one of them: (a {before.text} b) {token.text} c"
                    self._fail(token.offset, f"{before.text!r} and {token.text!r} in one row", hint)
                self._reduce()
            self._waiting.append(_Waiting("infix", token.text, token.offset, found.level))
            return True
        if token.kind in (")", ","):
            while self._waiting and self._waiting[-1].kind in ("infix", "prefix"):
                self._reduce()
            if not self._waiting:
                self._fail(token.offset, f"no '(' is open before this {token.text!r}")
            opening = self._waiting[-1]
            if token.kind == ",":
                if opening.kind == "group":
                    self._fail(token.offset, "',' separates arguments, and these brackets have none")
                return True
            self._waiting.pop()
            if opening.kind == "call":
                below = tuple(self._operands[opening.base :])
                del self._operands[opening.base :]
                self._add(Sketch("app", opening.text, below, place=self._place(opening.offset)))
            return False
        product = "a product is written with '*'" if token.kind in ("name", "number", "(") else None
        self._fail(token.offset, f"an operator is wanted here, not {shown(token)}", product)

    def _reduce(self) -> None:
        top = self._waiting.pop()
        last = self._operands.pop()
        if top.kind == "infix":
            pair = (self._operands.pop(), last)
            self._add(Sketch("app", top.text, pair, "infix", place=self._place(top.offset)))
        elif top.text == "-" and self._is_number_behind(top.offset, last):
            assert isinstance(last.value, int)
            self._add(Sketch("lit", "", value=-last.value, place=self._place(top.offset)))
        else:
            self._add(Sketch("app", top.text, (last,), "prefix", place=self._place(top.offset)))

    def _is_number_behind(self, offset: int, operand: Sketch) -> bool:
        number = operand.kind == "lit" and type(operand.value) is int and operand.value > 0
        return number and operand.place is not None and operand.place.offset == offset + 1

    def _string(self, token: Token) -> str:
        try:
            value = json.loads(token.text)
        except ValueError:
            self._fail(token.offset, "not a string of JSON")
        assert isinstance(value, str)
        return value

    def _add(self, operand: Sketch) -> None:
        self._operands.append(operand)

    def _place(self, offset: int) -> Place:
        return Place(self._source, offset)

    def _fail(self, offset: int, message: str, hint: str | None = None) -> NoReturn:
        raise error_at(self._source, offset, message, hint)
