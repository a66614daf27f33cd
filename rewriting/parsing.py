"""Terms and formulas from text: what `printing.py` writes in ASCII, and what people write besides.

Three passes, none recursive. `tokens.py` cuts the text into tokens. A shunting yard, whose operators are those of the
given symbols, turns them into a flat list of nodes, children before parents. Sorts are then resolved: every node
keeps the set of sorts it may have, narrowed from below by its arguments and from above by its context until only one
reading is left, which is added to a `TermTable`.

Where built-in sorts have literals, a number that could be of several sorts is an integer, or else a rational; `and`,
`or`, `not`, `=` and `false` are of sort Bool where a term is wanted and there are operations of these names; and a `-`
directly before a number binds like any minus: -2 ^ 2 is -(2 ^ 2).

>>> from lemmata.rewriting.theory import Notation
>>> plus = Symbol("+", ("N", "N"), "N", "defined", Notation("+", "infix", 40, "left"))
>>> table = TermTable()
>>> formula = parse_formula(Source("<text>", "exists p. x + p = y"), [plus], {"x": "N", "y": "N"}, table)
>>> table.rows[formula], table.hints[formula]
(('ex', 'N', 4), 'p')
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .literals import (
    LITERAL_SORTS,
    SORT_OF,
    Value,
    has_literal,
    is_number_sort,
    literal_range,
    literal_text,
    literal_value,
)
from .printing import AND, IFF, IMPLIES, NOT, OR, RELATION, sign_level
from .source import Source, SourceError, nearest
from .syntax import PROP, TermTable
from .theory import Symbol, literal_sorts
from .tokens import CONNECTIVE_WORDS, SPELLINGS, Token, error_at, parse_sort, shown, tokenize

LARGEST_NUMERAL = 10_000
# Other spellings of the logical symbols. An operator that the theory declares takes its spelling from them.
_LOGICAL: Mapping[str, str] = {
    "≠": "!=",
    "→": "implies",
    "⇒": "implies",
    "->": "implies",
    "=>": "implies",
    "↔": "iff",
    "⇔": "iff",
    "<->": "iff",
    "<=>": "iff",
    "∧": "and",
    "/\\": "and",
    "∨": "or",
    "\\/": "or",
    "¬": "not",
    "~": "not",
    "∀": "forall",
    "∃": "exists",
    "⊥": "false",
}
_BINARY: Mapping[str, tuple[int, str]] = {
    "=": (RELATION, "none"),
    "!=": (RELATION, "none"),
    "and": (AND, "right"),
    "or": (OR, "right"),
    "implies": (IMPLIES, "right"),
    "iff": (IFF, "none"),
}

# Operators


@dataclass(frozen=True)
class Scope:
    """What an expression may mention. `hidden` gives hints for names that it may not, by name."""

    symbols: Collection[Symbol]
    variables: Mapping[str, str]
    sorts: Collection[str] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    literals: Collection[str] = ()  # the sorts whose literals may be written


class _Operators:
    """The symbols of a scope by how they are written, and the texts to look for in a run of symbol characters."""

    def __init__(self, scope: Scope) -> None:
        self.functions: dict[str, list[Symbol]] = {}
        self.infix: dict[str, list[Symbol]] = {}
        self.prefix: dict[str, list[Symbol]] = {}
        self.postfix: dict[str, list[Symbol]] = {}
        by_form = {"function": self.functions, "infix": self.infix, "prefix": self.prefix, "postfix": self.postfix}
        mentioned = set[str]()
        for symbol in scope.symbols:
            by_form[symbol.notation.form].setdefault(symbol.notation.text, []).append(symbol)
            mentioned.update(symbol.arguments, [symbol.result])
        self.mentioned = frozenset(mentioned - {PROP})
        self.sorts = self.mentioned.union(scope.sorts, scope.variables.values())
        self.numerals = {s: step for s in sorted(self.sorts) if (step := _numeral(s, scope.symbols)) is not None}
        used = {*self.infix, *self.prefix, *self.postfix}
        self._logical = {text: word for text, word in _LOGICAL.items() if text not in used}
        spelled = {a: b for a, b in SPELLINGS.items() if a not in used}
        self.numbers = frozenset(filter(is_number_sort, scope.literals))
        self.fractions = frozenset(sort for sort in self.numbers if LITERAL_SORTS[sort] is Fraction)
        self.sign = sign_level(scope.symbols)
        signs = ["-"] if self.numbers else []
        before = [
            *self.prefix,
            *signs,
            *(t for t, w in self._logical.items() if w in ("not", "forall", "exists", "false")),
        ]
        after = [*self.infix, *self.postfix, "=", "!=", *self._logical, *spelled]
        self._before, self._after = _by_length(before), _by_length(after)
        self._spelled = spelled

    def match(self, source: Source, token: Token, *, after_operand: bool) -> str | None:
        """The longest operator that the text has at `token` and that may stand there."""
        texts = self._after if after_operand else self._before
        for text in texts:
            if source.text.startswith(text, token.offset):
                end = token.offset + len(text)
                if not (text[-1].isdigit() and source.text[end : end + 1].isalnum()):
                    return text
        return None

    def meaning(self, text: str) -> str:
        """The text under its first spelling: a connective's word, or the operator in ASCII."""
        return self._logical.get(text) or self._spelled.get(text, text)


def _by_length(texts: Iterable[str]) -> list[str]:
    return sorted({t for t in texts if not t[0].isalpha()}, key=lambda t: (-len(t), t))


def _numeral(sort: str, symbols: Collection[Symbol]) -> tuple[str, str] | None:
    """The names of zero and successor, if the sort has numerals."""
    own = [s for s in symbols if s.kind == "constructor" and s.result == sort]
    zeros = [s.name for s in own if s.notation.text == "0" and not s.arguments]
    steps = [s.name for s in own if s.arguments == (sort,)]
    return (zeros[0], steps[0]) if len(zeros) == len(steps) == 1 else None


# Nodes: what the shunting yard puts out


@dataclass
class _Node:
    kind: str  # var, bound, app, numeral, literal, eq, ne, imp, and, or, iff, not, false, all, ex
    offset: int
    below: tuple[int, ...] = ()
    text: str = ""
    candidates: Sequence[Symbol] = ()  # the symbols it may be, narrowed in place; eq, and, or, not ... may be formulas
    cell: int = -1  # bound, all, ex: the variable's number
    index: int = 0  # bound: the de Bruijn index
    value: Value = 0  # numeral, literal
    sorts: frozenset[str] = frozenset()  # numeral: those it may have


@dataclass
class _Cell:
    """A bound variable while its sort is looked for."""

    name: str
    offset: int
    sorts: frozenset[str]
    depth: int


@dataclass
class _Waiting:
    """An operator, quantifier or bracket on the stack, waiting for what is right of it."""

    kind: Literal["infix", "prefix", "binder", "group", "call"]
    text: str
    offset: int
    level: int = 0
    grouping: str = "none"
    candidates: Sequence[Symbol] = ()
    cell: int = -1
    base: int = 0  # call: how many operands lay below its arguments
    number: int = -1  # prefix: the offset of the number that it is directly before


class _Yard:
    """One expression on its way from tokens to nodes."""

    def __init__(self, source: Source, tokens: Sequence[Token], scope: Scope, operators: _Operators) -> None:
        self.source = source
        self.tokens = list(tokens)
        self.scope = scope
        self.operators = operators
        self.nodes: list[_Node] = []
        self.cells: list[_Cell] = []
        self._operands: list[int] = []
        self._waiting: list[_Waiting] = []
        self._bound: dict[str, list[int]] = {}
        self._depth = 0
        self._at = 0

    def error(
        self, token: Token | _Node | _Waiting, message: str, hint: str | None = None, kind: str = "syntax"
    ) -> SourceError:
        return error_at(self.source, token.offset, message, hint, kind)

    def run(self) -> int:
        """The root's number. Every token is read."""
        after_operand = False
        while True:
            token = self.tokens[self._at]
            if token.kind == "end of line":
                self._at += 1
            elif after_operand:
                if token.kind == "end":
                    break
                after_operand = self._after(token)
            else:
                after_operand = self._before(token)
        while self._waiting:
            top = self._waiting[-1]
            if top.kind in ("group", "call"):
                raise self.error(top, "this '(' is never closed")
            self._reduce()
        (root,) = self._operands
        return root

    # Where an operand is wanted

    def _before(self, token: Token) -> bool:
        """Read a token where an operand is wanted; was it one?"""
        if token.kind == "(":
            self._at += 1
            self._waiting.append(_Waiting("group", "(", token.offset))
            return False
        if token.kind == "operator":
            matched = self.operators.match(self.source, token, after_operand=False)
            if matched is None:
                raise self._wanted(token)
            self._skip(token, matched)
            return self._word_before(token, self.operators.meaning(matched))
        if token.kind == "name":
            token = self._without_primes(self._at)
            if token.text in CONNECTIVE_WORDS:
                self._at += 1
                return self._word_before(token, token.text)
            return self._name(token)
        if token.kind == "number":
            return self._number(token)
        if token.kind == "string" and "String" in self.scope.literals:
            return self._string(token)
        if token.kind == "hole":
            raise self.error(token, "'_' is not a name", "holes stand in declarations only: op _+_ : N N -> N")
        raise self._wanted(token)

    def _wanted(self, token: Token) -> SourceError:
        before = self._waiting[-1] if self._waiting else None
        if before is not None and before.kind == "call" and token.kind == ")":
            hint = f"a constant is written without brackets: {before.text}"
            return self.error(token, "an argument is wanted here, not ')'", hint)
        if before is not None and before.kind in ("infix", "prefix") and self._at:
            return self.error(token, f"an operand of {before.text!r} is wanted here, not {shown(token)}")
        near = None
        if token.kind == "operator" and not self._operands:
            near = nearest(token.text, self.operators.prefix, "prefix operators")
        return self.error(token, f"a term or formula is wanted here, not {shown(token)}", near)

    def _word_before(self, token: Token, word: str) -> bool:
        match word:
            case "not":
                candidates = self.operators.prefix.get("not", ())
                self._waiting.append(_Waiting("prefix", "not", token.offset, NOT, candidates=candidates))
            case "forall" | "exists":
                self._binder(token, word)
            case "false":
                self._operand(_Node("false", token.offset))
                return True
            case "-" if self.operators.numbers and self._is_sign(token):
                candidates = self.operators.prefix.get("-", ())
                level, number = self.operators.sign, token.offset + 1
                waiting = _Waiting("prefix", "-", token.offset, level, candidates=candidates, number=number)
                self._waiting.append(waiting)
            case _ if word in self.operators.prefix:
                self._prefix(token, word)
            case _:
                raise self._wanted(token)
        return False

    def _is_sign(self, token: Token) -> bool:
        """Does a number that is no name follow directly? The sign has been read already."""
        following = self.tokens[self._at]
        adjacent = following.kind == "number" and following.offset == token.offset + 1
        return adjacent and (following.text not in self.operators.functions or self._named_sort(self._at) is not None)

    def _prefix(self, token: Token, text: str) -> None:
        candidates = self.operators.prefix[text]
        level = candidates[0].notation.level
        self._waiting.append(_Waiting("prefix", text, token.offset, level, candidates=candidates))

    def _name(self, token: Token) -> bool:
        name = token.text
        following = self.tokens[self._at + 1]
        functions = self.operators.functions.get(name, ())
        if self._bound.get(name):
            cell = self._bound[name][-1]
            depth = self.cells[cell].depth
            node = _Node("bound", token.offset, text=name, cell=cell, index=self._depth - depth - 1)
        elif name in self.scope.variables:
            node = _Node("var", token.offset, text=name)
        elif name == "true" and "Bool" in self.scope.literals and not functions:
            node = _Node("literal", token.offset, text=name, value=True)
        elif functions:
            return self._function(token, functions)
        elif name in self.operators.prefix:
            self._at += 1
            self._prefix(token, name)
            return False
        else:
            raise self._unknown(token, applied=following.kind == "(")
        self._at += 1
        if following.kind == "(":
            raise self.error(following, f"{name!r} is a variable, not an operation", kind="sort")
        self._operand(node)
        return True

    def _function(self, token: Token, functions: Sequence[Symbol]) -> bool:
        self._at += 1
        functions = self._qualified(token, functions)
        following = self.tokens[self._at]
        if following.kind == "(":
            if all(not f.arguments for f in functions):
                raise self.error(following, f"{token.text!r} takes no arguments", kind="sort")
            self._at += 1
            waiting = _Waiting("call", token.text, token.offset, candidates=functions, base=len(self._operands))
            self._waiting.append(waiting)
            return False
        self._operand(self._application(token.text, token.offset, functions, ()))
        return True

    def _qualified(self, token: Token, functions: Sequence[Symbol]) -> Sequence[Symbol]:
        """The candidates left by `@Sort` written directly behind the name of a constructor, as in `nil@List(N)`."""
        mark, first = self.tokens[self._at], self.tokens[min(self._at + 1, len(self.tokens) - 1)]
        adjacent = mark.offset == token.end and first.offset == mark.end and first.kind == "name"
        constructors = [f for f in functions if f.kind == "constructor"]
        if mark.text != "@" or not adjacent or not constructors:
            return functions
        first = self._without_primes(self._at + 1)
        for symbol in sorted(constructors, key=lambda f: -len(f.result)):
            after = self._at + 1 + self._written(symbol.result, self._at + 1)
            if after > self._at + 1:
                self._at = after
                return [symbol]
        hint = nearest(first.text, [f.result for f in constructors], "sorts of it")
        raise self.error(first, f"{token.text!r} does not make a {first.text}", hint, "sort")

    def _written(self, sort: str, at: int) -> int:
        """How many tokens from `at` on spell the sort; 0 if they do not."""
        pieces = re.findall(r"[\w']+|[(),]", sort)
        return len(pieces) if [t.text for t in self.tokens[at : at + len(pieces)]] == pieces else 0

    def _number(self, token: Token) -> bool:
        functions = self.operators.functions.get(token.text)
        named = self._named_sort(self._at)
        if functions and named is None:
            return self._function(token, functions)
        if not self.operators.numerals and not self.operators.numbers:
            hint = "a sort has numerals when its constructors are 0 and one like s(N)"
            raise self.error(token, f"no sort has the numeral {token.text}", hint, "unknown")
        self._at += 1
        under = self._denominator(token)
        over, divisor = self._integer(token), 1
        sorts = self.operators.numbers
        if under is not None:
            divisor = self._integer(under)
            if not divisor:
                raise self.error(under, "a denominator is not 0")
            sorts = self.operators.fractions
            self._at += 2
            named = self._named_sort(self._at - 1, sorts)
        elif over <= LARGEST_NUMERAL:
            sorts = sorts.union(self.operators.numerals)
        if not sorts:
            hint = f"{LARGEST_NUMERAL} is the largest numeral; each stands for that many successors"
            raise self.error(token, "this numeral is too large", hint)
        if named is not None:
            sorts = frozenset({named})
            self._at += 2
        value = over if under is None else Fraction(over, divisor)
        self._operand(_Node("numeral", token.offset, text=token.text, value=value, sorts=sorts))
        return True

    def _named_sort(self, at: int, among: Collection[str] | None = None) -> str | None:
        """The sort in a number such as 2@Int, if the token is one; it is among all sorts of numbers, or those given."""
        if at + 2 >= len(self.tokens):
            return None
        token, mark, name = self.tokens[at : at + 3]
        adjacent = mark.text == "@" and mark.offset == token.end and name.offset == mark.end
        known = self.operators.numbers if among is None else among
        return name.text if adjacent and name.text in known else None

    def _denominator(self, token: Token) -> Token | None:
        """The number in a fraction such as 3/4, without blanks, whose beginning has been read."""
        if not self.operators.fractions or self._at + 1 >= len(self.tokens):
            return None
        mark, under = self.tokens[self._at], self.tokens[self._at + 1]
        adjacent = mark.text == "/" and mark.offset == token.end and under.offset == mark.end
        return under if adjacent and under.kind == "number" else None

    def _integer(self, token: Token) -> int:
        try:
            value = literal_value(token.text.lstrip("0") or "0")
        except ValueError:
            raise self.error(token, "this number is too large") from None
        assert isinstance(value, int)
        return value

    def _string(self, token: Token) -> bool:
        try:
            value = json.loads(token.text)
            literal_text(value)
        except ValueError:
            hint = "it has at most 32,768 characters, and escapes as JSON has them"
            raise self.error(token, "this string cannot be read", hint) from None
        self._at += 1
        self._operand(_Node("literal", token.offset, text=token.text, value=value))
        return True

    def _unknown(self, token: Token, *, applied: bool) -> SourceError:
        name = token.text
        words = [t for t in [*self.operators.infix, *self.operators.postfix] if t[0].isalpha()]
        if name in words:
            return self.error(token, f"an operand of {name!r} is wanted before it")
        functions = self.operators.functions
        if name in self.scope.hidden:
            hint = self.scope.hidden[name]
        elif applied:
            hint = nearest(name, functions, "operations")
        else:
            bound = [n for n, cells in self._bound.items() if cells]
            hint = nearest(name, [*bound, *self.scope.variables, *functions, *words], "names")
        return self.error(token, f"unknown {'operation' if applied else 'name'} {name!r}", hint, "unknown")

    def _binder(self, token: Token, word: str) -> None:
        """`forall x y : N.`, the quantifier itself read already."""
        names: list[Token] = []
        while self.tokens[self._at].kind == "name" and self.tokens[self._at].text not in CONNECTIVE_WORDS:
            names.append(self.tokens[self._at])
            self._at += 1
        if not names:
            at = self.tokens[self._at]
            raise self.error(at, f"{word!r} binds a variable: a name is wanted here, not {shown(at)}")
        sorts = self.operators.sorts
        mark = self.tokens[self._at]
        if mark.text == ":":
            first = self.tokens[self._at + 1]
            sort, self._at = parse_sort(self.source, self.tokens, self._at + 1)
            if sort not in sorts:
                raise self.error(first, f"unknown sort {sort!r}", nearest(sort, sorted(sorts), "sorts"), "unknown")
            sorts = frozenset({sort})
            mark = self.tokens[self._at]
        if mark.kind != "operator" or not mark.text.startswith("."):
            hint = f"write {word} {' '.join(t.text for t in names[:5])}. and then the formula"
            raise self.error(mark, f"'.' is wanted here, not {shown(mark)}", hint)
        self._skip(mark, ".")
        for name in names:
            if name.text in self.operators.functions or name.text in self.operators.prefix:
                hint = "choose another name for the variable"
                raise self.error(name, f"{name.text!r} is an operation and cannot be bound", hint, "name")
            cell = len(self.cells)
            self.cells.append(_Cell(name.text, name.offset, sorts, self._depth))
            self._bound.setdefault(name.text, []).append(cell)
            self._depth += 1
            kind = "all" if word == "forall" else "ex"
            self._waiting.append(_Waiting("binder", kind, token.offset, cell=cell))

    # Where an operator is wanted

    def _after(self, token: Token) -> bool:
        """Read a token behind an operand; does one stand there still?"""
        if token.kind in (")", ","):
            self._at += 1
            return self._close(token)
        text: str | None = None
        if token.kind == "operator":
            matched = self.operators.match(self.source, token, after_operand=True)
            if matched is not None and self._splits(token, matched):
                self._skip(token, matched)
                text = self.operators.meaning(matched)
        elif token.kind == "name":
            token = self._without_primes(self._at)
            known = token.text in _BINARY or token.text in self.operators.infix or token.text in self.operators.postfix
            if known:
                self._at += 1
                text = token.text
        if text is None or not (text in _BINARY or text in self.operators.infix or text in self.operators.postfix):
            raise self._no_operator(token)
        if text in self.operators.postfix:
            self._postfix(token, text)
            return True
        self._infix(token, text)
        return False

    def _splits(self, token: Token, text: str) -> bool:
        """Can what follows `text` in a run of symbol characters be an operator of its own?"""
        rest = Token("operator", token.text[len(text) :], token.offset + len(text))
        if not rest.text:
            return True
        after_operand = self.operators.meaning(text) in self.operators.postfix
        return self.operators.match(self.source, rest, after_operand=after_operand) is not None

    def _no_operator(self, token: Token) -> SourceError:
        known = [*self.operators.infix, *self.operators.postfix]
        if token.kind == "operator":
            if token.text.startswith(":"):
                return self.error(token, "':' has no place here", "a sort is given at a quantifier: forall x : N. ...")
            known_or_hidden = self.scope.hidden.get(token.text) or nearest(token.text, known, "operators")
            return self.error(token, f"unknown operator {shown(token)}", known_or_hidden, "unknown")
        words = [t for t in [*known, *_BINARY] if t[0].isalpha()]
        hint = nearest(token.text, words, "word operators") if token.kind == "name" else None
        if token.kind == "name" and (hint is None or not hint.startswith("did")):
            hint = "two terms side by side need an operator between them"
        return self.error(token, f"an operator is wanted here, not {shown(token)}", hint)

    def _infix(self, token: Token, text: str) -> None:
        if text in _BINARY:
            level, grouping = _BINARY[text]
            candidates: Sequence[Symbol] = self.operators.infix.get(text, ())
        else:
            candidates = self.operators.infix[text]
            level, grouping = candidates[0].notation.level, candidates[0].notation.grouping
        while self._waiting:
            top = self._waiting[-1]
            if top.kind not in ("infix", "prefix") or top.level < level:
                break
            if top.kind == "infix" and top.level == level:
                if grouping == "none" or top.grouping != grouping:
                    hint = "group with brackets" if level != RELATION else "join two relations by 'and'"
                    raise self.error(token, f"{top.text!r} and {text!r} cannot be mixed without brackets", hint)
                if grouping == "right":
                    break
            self._reduce()
        self._waiting.append(_Waiting("infix", text, token.offset, level, grouping, candidates))

    def _postfix(self, token: Token, text: str) -> None:
        candidates = self.operators.postfix[text]
        while self._waiting:
            top = self._waiting[-1]
            if top.kind not in ("infix", "prefix") or top.level <= candidates[0].notation.level:
                break
            self._reduce()
        self._operand(self._application(text, token.offset, candidates, (self._operands.pop(),)))

    def _close(self, token: Token) -> bool:
        while self._waiting and self._waiting[-1].kind not in ("group", "call"):
            self._reduce()
        if not self._waiting:
            what = (
                "this ')' closes nothing" if token.kind == ")" else "',' separates arguments, and there are none here"
            )
            raise self.error(token, what)
        top = self._waiting[-1]
        if token.kind == ",":
            if top.kind == "group":
                raise self.error(token, "',' separates arguments, and this bracket has no operation before it")
            return False
        self._waiting.pop()
        if top.kind == "call":
            arguments = tuple(self._operands[top.base :])
            del self._operands[top.base :]
            self._operand(self._application(top.text, top.offset, top.candidates, arguments))
        return True

    def _reduce(self) -> None:
        """Give the operator on top of the stack its operands."""
        top = self._waiting.pop()
        last = self._operands.pop()
        if top.kind == "binder":
            self._bound[self.cells[top.cell].name].pop()
            self._depth -= 1
            self._operand(_Node(top.text, top.offset, (last,), cell=top.cell))
        elif top.kind == "prefix":
            node = self.nodes[last]
            if top.text == "not":
                self._operand(_Node("not", top.offset, (last,), "not", top.candidates))
            elif node.kind == "numeral" and node.offset == top.number:
                self._negate(node, top)
                self._operands.append(last)
            elif not top.candidates:
                raise self.error(top, "there is no operation '-'", "a negative number in brackets: (-2) ^ 2", "unknown")
            else:
                self._operand(self._application(top.text, top.offset, top.candidates, (last,)))
        else:
            pair = (self._operands.pop(), last)
            kinds = {"=": "eq", "!=": "ne", "implies": "imp"}
            if top.text in _BINARY:
                self._operand(_Node(kinds.get(top.text, top.text), top.offset, pair, top.text, top.candidates))
            else:
                self._operand(self._application(top.text, top.offset, top.candidates, pair))

    # Small steps

    def _negate(self, node: _Node, sign: _Waiting) -> None:
        assert isinstance(node.value, int | Fraction)
        node.value, node.offset = -node.value, sign.offset
        node.sorts &= self.operators.numbers

    def _application(self, text: str, offset: int, candidates: Sequence[Symbol], below: tuple[int, ...]) -> _Node:
        fitting = [c for c in candidates if c.arity == len(below)]
        node = _Node("app", offset, below, text, fitting)
        if not fitting:
            wanted = " or ".join(str(n) for n in sorted({c.arity for c in candidates}))
            given = len(below) or "none"
            plural = "" if wanted == "1" else "s"
            raise self.error(node, f"{text!r} takes {wanted} argument{plural}, not {given}", kind="sort")
        return node

    def _operand(self, node: _Node) -> None:
        self._operands.append(len(self.nodes))
        self.nodes.append(node)

    def _skip(self, token: Token, text: str) -> None:
        """Step over an operator, which may be the beginning of a run of them, or a run and a number (`^-1`)."""
        end = token.offset + len(text)
        while self.tokens[self._at].end <= end and self.tokens[self._at].kind != "end":
            self._at += 1
        left = self.tokens[self._at]
        if left.offset < end:
            self.tokens[self._at] = Token(left.kind, left.text[end - left.offset :], end)

    def _without_primes(self, at: int) -> Token:
        """The name at a position. Where `'` is a postfix operator it is no part of a name."""
        token = self.tokens[at]
        stem = token.text.rstrip("'")
        if "'" not in self.operators.postfix or stem == token.text:
            return token
        name = Token("name", stem, token.offset)
        self.tokens[at : at + 1] = [name, Token("operator", token.text[len(stem) :], name.end)]
        return name


# Sorts of nodes


class _Resolver:
    """Finds the one reading of the nodes in which every sort fits. Linear for each time a bound variable narrows."""

    def __init__(self, yard: _Yard, root: int) -> None:
        self._yard = yard
        self._nodes = yard.nodes
        self._cells = yard.cells
        self._root = root
        self._sorts: list[frozenset[str]] = [frozenset()] * len(yard.nodes)
        self._prop = frozenset({PROP})

    def resolve(self, expected: frozenset[str], what: str) -> None:
        """Leave one candidate at each application, one sort in each cell and at each node. Raises SourceError."""
        self._narrow(expected, what)
        for sort in ("Int", "Rat"):
            self._prefer(sort, expected, what)
        usual = self._yard.operators.mentioned
        for cell in self._cells:
            if len(cell.sorts) > 1 and len(usual) == 1 and usual <= cell.sorts:
                cell.sorts = usual
                self._narrow(expected, what)
        for cell in self._cells:
            if len(cell.sorts) != 1:
                hint = f"write {cell.name} : {min(cell.sorts)}" if cell.sorts else "no sort is declared"
                message = f"nothing tells the sort of {cell.name!r}"
                raise error_at(self._yard.source, cell.offset, message, hint, "sort")
        for node, sorts in zip(self._nodes, self._sorts, strict=True):
            if len(node.candidates) > 1 or (node.candidates and len(sorts) > 1) or self._is_open(node, sorts):
                of = " or ".join(sorted({c.result for c in node.candidates} if node.candidates else sorts))
                hint = (
                    f"name the sort, as in {node.text}@{min(c.result for c in node.candidates)}"
                    if (node.candidates and all(c.kind == "constructor" for c in node.candidates))
                    else "use a variable of the sort that is meant"
                )
                raise self._yard.error(node, f"{node.text!r} may be of sort {of}", hint, "sort")

    def _is_open(self, node: _Node, sorts: frozenset[str]) -> bool:
        """Is it a number of which nothing tells the sort?"""
        return node.kind == "numeral" and len(sorts) > 1

    def _prefer(self, sort: str, expected: frozenset[str], what: str) -> None:
        """Numbers that could be of several sorts are of this one where they can."""
        chosen = [n for n, s in zip(self._nodes, self._sorts, strict=True) if self._is_open(n, s) and sort in s]
        for node in chosen:
            node.sorts = frozenset({sort})
        if chosen:
            self._narrow(expected, what)

    def _narrow(self, expected: frozenset[str], what: str) -> None:
        while True:
            before = [len(c.sorts) for c in self._cells]
            for i in range(len(self._nodes)):
                self._sorts[i] = self._upwards(self._nodes[i])
            if not self._sorts[self._root] & expected:
                found = self._said(self._root)
                raise self._yard.error(self._nodes[self._root], f"{what} is wanted here, not {found}", kind="sort")
            self._sorts[self._root] &= expected
            for i in range(len(self._nodes) - 1, -1, -1):
                self._downwards(i)
            if [len(c.sorts) for c in self._cells] == before:
                return

    def _said(self, i: int) -> str:
        sorts = self._sorts[i]
        return "a formula" if sorts == self._prop else f"a term of sort {' or '.join(sorted(sorts))}"

    def _upwards(self, node: _Node) -> frozenset[str]:
        """The sorts that a node may have by what is below it."""
        kind, sorts = node.kind, self._sorts
        match kind:
            case "app":
                fitting = [
                    c
                    for c in node.candidates
                    if all(s in sorts[b] for s, b in zip(c.arguments, node.below, strict=True))
                ]
                if not fitting:
                    raise self._misfit(node)
                node.candidates = fitting
                return frozenset(c.result for c in fitting)
            case "var":
                return frozenset({self._yard.scope.variables[node.text]})
            case "bound":
                return self._cells[node.cell].sorts
            case "numeral":
                return node.sorts
            case "literal":
                return frozenset({SORT_OF[type(node.value)]})
            case "false":
                return self._prop | ({"Bool"} & set(self._yard.scope.literals))
            case "eq" | "and" | "or" | "not" | "imp" | "iff" if node.candidates:
                return self._formula_or_term(node)
            case "eq" | "ne":
                left, right = (sorts[b] for b in node.below)
                if self._prop in (left, right):
                    raise self._yard.error(node, f"{node.text!r} compares terms, not formulas", "use iff", "sort")
                if not (left & right) - self._prop:
                    names = " and ".join(" or ".join(sorted(s)) for s in (left, right))
                    raise self._yard.error(node, f"{node.text!r} between terms of sorts {names}", kind="sort")
            case _:
                for b in node.below:
                    if PROP not in sorts[b]:
                        word = {"all": "forall", "ex": "exists"}.get(kind, node.text)
                        message = f"{word!r} is about formulas, and this is {self._said(b)}"
                        raise self._yard.error(self._nodes[b], message, kind="sort")
        return self._prop

    def _formula_or_term(self, node: _Node) -> frozenset[str]:
        """The same for a logical symbol whose text is also that of operations."""
        given = [self._sorts[b] for b in node.below]
        node.candidates = [c for c in node.candidates if all(s in g for s, g in zip(c.arguments, given, strict=True))]
        found = frozenset(c.result for c in node.candidates)
        equal = frozenset[str].intersection(*given) - self._prop
        if equal if node.kind == "eq" else all(PROP in g for g in given):
            return found | self._prop
        return found or self._upwards(node)  # which tells what is wrong with it

    def _misfit(self, node: _Node) -> SourceError:
        if len(node.candidates) > 1:
            profiles = sorted(", ".join(c.arguments) for c in node.candidates)
            given = ", ".join(" or ".join(sorted(self._sorts[b])) for b in node.below)
            hint = f"{node.text!r} takes " + " or ".join(f"({p})" for p in profiles[:6])
            return self._yard.error(node, f"no {node.text!r} takes ({given})", hint, "sort")
        (symbol,) = node.candidates
        for n, (sort, b) in enumerate(zip(symbol.arguments, node.below, strict=True), 1):
            if sort not in self._sorts[b]:
                where = f"argument {n} of {node.text!r}" if symbol.arity > 1 else f"the argument of {node.text!r}"
                message = f"{where} has sort {sort}, and this is {self._said(b)}"
                return self._yard.error(self._nodes[b], message, kind="sort")
        raise AssertionError("a misfit has an argument that does not fit")

    def _downwards(self, i: int) -> None:
        """Tell the nodes below what the node's own sort leaves them."""
        node, sorts = self._nodes[i], self._sorts
        match node.kind:
            case "app":
                node.candidates = [c for c in node.candidates if c.result in sorts[i]]
                for n, b in enumerate(node.below):
                    sorts[b] &= {c.arguments[n] for c in node.candidates}
            case "eq" | "and" | "or" | "not" | "imp" | "iff" if node.candidates:
                node.candidates = [c for c in node.candidates if c.result in sorts[i]]
                logical = self._prop & sorts[i]
                if node.kind == "eq" and logical:
                    left, right = node.below
                    logical = (sorts[left] & sorts[right]) - self._prop
                for n, b in enumerate(node.below):
                    sorts[b] &= logical.union(c.arguments[n] for c in node.candidates)
            case "eq" | "ne":
                left, right = node.below
                sorts[left] = sorts[right] = (sorts[left] & sorts[right]) - self._prop
            case "bound":
                cell = self._cells[node.cell]
                if not cell.sorts & sorts[i]:
                    of = " and as ".join(" or ".join(sorted(s)) for s in (cell.sorts, sorts[i]))
                    raise self._yard.error(node, f"{cell.name!r} is used as {of}", kind="sort")
                cell.sorts &= sorts[i]
            case "var" | "numeral" | "literal":
                pass
            case _:
                for b in node.below:
                    sorts[b] &= self._prop

    def build(self, table: TermTable) -> int:
        """Add the resolved nodes to the table; the root's index there."""
        place: list[int] = []
        for i, node in enumerate(self._nodes):
            below = [place[b] for b in node.below]
            place.append(self._row(node, self._sorts[i], below, table))
        return place[self._root]

    def _row(self, node: _Node, sorts: frozenset[str], below: list[int], table: TermTable) -> int:
        match node.kind:
            case "app":
                return table.app(node.candidates[0].name, *below)
            case "var":
                return table.var(node.text, *sorts)
            case "bound":
                return table.add(("bound", node.index, *self._cells[node.cell].sorts))
            case "eq" | "and" | "or" | "not" | "imp" | "iff" if PROP not in sorts:
                return table.app(node.candidates[0].name, *below)
            case "false" if PROP not in sorts:
                return table.literal("false", "Bool")
            case "literal":
                return table.literal(literal_text(node.value), *sorts)
            case "numeral" if not sorts.isdisjoint(self._yard.operators.numbers):
                (sort,) = sorts
                assert isinstance(node.value, int | Fraction)
                value = Fraction(node.value) if LITERAL_SORTS[sort] is Fraction else int(node.value)
                if not has_literal(sort, value):
                    hint = f"its literals are {literal_range(sort)}"
                    raise self._yard.error(node, f"{sort} has no literal for this number", hint, "sort")
                return table.literal(literal_text(value), sort)
            case "numeral":
                zero, step = self._yard.operators.numerals[next(iter(sorts))]
                term = table.app(zero)
                assert isinstance(node.value, int)
                for _ in range(node.value):
                    term = table.app(step, term)
                return term
            case "ne":
                return table.negate(table.eq(*below))
            case "not":
                return table.negate(*below)
            case "iff":
                left, right = below
                return table.conj(table.imp(left, right), table.imp(right, left))
            case "all" | "ex":
                cell = self._cells[node.cell]
                return table.add((node.kind, *cell.sorts, *below), cell.name)
            case _:
                return table.add((node.kind, *below))


# The doors


def parse_tokens(
    source: Source,
    tokens: Sequence[Token],
    scope: Scope,
    table: TermTable,
    sort: str | None = PROP,
) -> int:
    """Read tokens of `source`, the last of kind "end", as a term of `sort` (None: of any sort) into the table.

    Returns its index. Raises SourceError. Linear in the tokens, but for the sorts of bound variables (see module).
    """
    yard = _Yard(source, tokens, scope, _Operators(scope))
    root = yard.run()
    resolver = _Resolver(yard, root)
    if sort is None:
        resolver.resolve(yard.operators.sorts, "a term")
    else:
        resolver.resolve(frozenset({sort}), "a formula" if sort == PROP else f"a term of sort {sort}")
    return resolver.build(table)


def parse_formula(source: Source, symbols: Collection[Symbol], variables: Mapping[str, str], table: TermTable) -> int:
    """Read a formula into the table; its index. `variables` gives the sorts of the free variables by name.

    Raises SourceError with kind "syntax", "unknown", "name" or "sort".
    """
    return parse_tokens(source, tokenize(source), _scope(symbols, variables), table)


def parse_term(
    source: Source,
    symbols: Collection[Symbol],
    variables: Mapping[str, str],
    table: TermTable,
    sort: str | None = None,
) -> int:
    """The same for a term, of the given sort if there is one."""
    return parse_tokens(source, tokenize(source), _scope(symbols, variables), table, sort)


def _scope(symbols: Collection[Symbol], variables: Mapping[str, str]) -> Scope:
    return Scope(symbols, variables, literals=literal_sorts(symbols, variables.values()))
