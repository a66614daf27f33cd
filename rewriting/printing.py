"""Statements as people write them: ASCII (which parses back), Unicode and LaTeX.

The ASCII form is the reference: what `show` prints, the MPL parser reads back to the same term. Where a signature has
several sorts, quantifiers name theirs, and so do constructors that nothing else tells apart.

Literals stand for themselves: 12, -7, 3/4 (without blanks: 3 / 4 is a division), true, "abc". A rational that is whole
number is written 2/1 where a plain 2 could be of another sort, an integer 2@Int where the signature has numerals too;
other numbers name their sort where the signature has several sorts of numbers: 3/4@Real, 2@BitVec8.

Iterative, so that depth does not matter; `most` elides the middle of very long texts for messages and `repr`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .literals import is_number_sort
from .overloading import Overloads
from .syntax import BINDERS, PROP, Row, TermTable, children
from .theory import Notation, Symbol, literal_sorts

Style = Literal["ascii", "unicode", "latex"]

# Binding levels of the logical symbols; operators of terms lie between RELATION and 99, application at 100.
IFF, IMPLIES, OR, AND, NOT, RELATION, ATOM = 1, 2, 3, 4, 5, 10, 100
FRACTION, NEGATIVE = 50, 55  # of literals such as 3/4 and -7, these where the signature has no sign of its own

_WORDS: Mapping[str, tuple[str, str, str]] = {
    "=": ("=", "=", "="),
    "!=": ("!=", "≠", r"\neq"),
    "implies": ("implies", "→", r"\rightarrow"),
    "iff": ("iff", "↔", r"\leftrightarrow"),
    "and": ("and", "∧", r"\land"),
    "or": ("or", "∨", r"\lor"),
    "not": ("not", "¬", r"\neg"),
    "forall": ("forall", "∀", r"\forall"),
    "exists": ("exists", "∃", r"\exists"),
    "false": ("false", "⊥", r"\bot"),
}
_SYMBOLS: Mapping[str, tuple[str, str]] = {
    "*": ("·", r"\cdot"),
    "<=": ("≤", r"\leq"),
    ">=": ("≥", r"\geq"),
    "->": ("→", r"\to"),
    "++": ("++", r"\mathbin{+\!\!+}"),
    "^": ("^", r"\mathbin{\uparrow}"),
}

Path = tuple[int, ...]
# A piece of a row's text: a string, or a child with its least level, the number of binders above it, and its path.
Part = str | tuple[int, int, int, Path]
# The same on the printer's stack, with its depth along the marked path (None off that path).
_Frame = str | tuple[int, int, int, int | None]


@dataclass(frozen=True)
class Marks:
    """Text to put around the subterm at `path` (child positions from the root)."""

    path: Path
    before: str
    after: str


class _Scope:
    """The names of the bound variables above the place that is being printed, outermost first.

    No two of them are equal, and none is the name of a free variable of `root` or among `reserved`.
    """

    def __init__(self, table: TermTable, root: int, reserved: Collection[str]) -> None:
        self.names: list[str] = []
        self._table = table
        self._root = root
        self._reserved = reserved
        self._taken: set[str] | None = None  # worked out at the first binder
        self._numbered: list[tuple[str, int] | None] = []
        self._next: dict[str, int] = {}  # for each stem, a number below which no other name is free

    def leave(self, binders: int) -> None:
        """Forget all but the outermost names."""
        while len(self.names) > binders:
            assert self._taken is not None
            self._taken.discard(self.names.pop())
            numbered = self._numbered.pop()
            if numbered is not None:
                self._next[numbered[0]] = numbered[1]

    def enter(self, hint: str) -> str:
        """The name of one more bound variable: the written one, with a number if that would capture something."""
        if self._taken is None:
            free = self._table.free_variables(self._root)
            self._taken = {str(self._table.rows[v][1]) for v in free} | set(self._reserved)
        name, numbered = hint, None
        if hint in self._taken:
            stem = hint.rstrip("0123456789") or "x"
            number = self._next.get(stem, 1)
            while f"{stem}{number}" in self._taken:
                number += 1
            name, numbered = f"{stem}{number}", (stem, number)
            self._next[stem] = number + 1
        self._taken.add(name)
        self.names.append(name)
        self._numbered.append(numbered)
        return name


class Printer:
    """Prints the terms of one signature.

    >>> plus = Symbol("+", ("N", "N"), "N", "defined", Notation("+", "infix", 40, "left"))
    >>> table = TermTable()
    >>> x, y = table.var("x", "N"), table.var("y", "N")
    >>> left = table.app("+", x, table.app("+", y, x))
    >>> Printer([plus]).show(table, table.eq(left, y))
    'x + (y + x) = y'
    """

    def __init__(self, symbols: Collection[Symbol], sorts: Collection[str] = ()) -> None:
        """`sorts` are those that terms may have beside the ones that symbols mention."""
        self._overloads = Overloads(symbols)
        literals = literal_sorts(symbols, sorts)
        numbers = {sort for sort in literals if is_number_sort(sort)}
        self._plain = numbers if len(numbers) == 1 and not has_numerals(symbols) else set[str]()
        self._named = {"Int"} if has_numerals(symbols) else set[str]()
        self._named |= numbers - self._plain - {"Int", "Rat"}
        self._negative = sign_level(symbols)
        self._notation = {s.name: s.notation for s in [*symbols, *self._overloads.qualified]}
        self._sorts = {sort for s in symbols for sort in (*s.arguments, s.result)} - {PROP}
        self._reserved = (
            {s.notation.text for s in symbols} | _WORDS.keys() | ({"true"} if "Bool" in literals else set())
        )
        self._unary = {s.notation.text for s in symbols if s.notation.form in ("prefix", "postfix")}

    def show(
        self,
        table: TermTable,
        root: int,
        style: Style = "ascii",
        *,
        marks: Marks | None = None,
        most: int | None = None,
    ) -> str:
        """The text of a term or formula.

        `most` (at least 1) bounds its characters: the middle is then replaced by `…`, or the end if the text would be
        very long. Time is linear in the text, or in the size of the DAG if that is larger.
        """
        table, root = self._overloads.qualify(table, root)
        out: list[str] = []
        marked = marks.path if marks else ()
        scope = _Scope(table, root, self._reserved)
        stack: list[_Frame] = [(root, 0, 0, 0 if marks else None)]
        printed = 0
        while stack:
            top = stack.pop()
            if isinstance(top, str):
                if out and out[-1].strip() in self._unary and top in self._unary:
                    top = f" {top}"  # two signs in a row would read as one
                out.append(top)
                printed += len(top)
                if most is not None and printed > 2 * most + 200:
                    break
                continue
            i, least, binders, depth = top
            scope.leave(binders)
            ahead = None if depth is None else marked[depth : depth + 2]
            parts = self._parts(table, i, least, scope, style, ahead)
            if marks is not None and depth == len(marked):
                parts = [marks.before, *parts, marks.after]
                depth = None
            frames: list[_Frame] = []
            for part in parts:
                if isinstance(part, str):
                    frames.append(part)
                else:
                    child, level, inner, where = part
                    along = None if depth is None else depth + len(where)
                    frames.append((child, level, inner, along if marked[depth:along] == where else None))
            stack.extend(reversed(frames))
        text = "".join(out)
        if most is not None and len(text) > most:
            if stack:  # the text was not printed to its end
                return text[: most - 1] + "…"
            return text[: most // 2] + "…" + text[len(text) - (most - most // 2 - 1) :]
        return text

    def _parts(
        self, table: TermTable, i: int, least: int, scope: _Scope, style: Style, marked: Path | None
    ) -> list[Part]:
        """One row as strings and children; `marked` is the next of the way to the mark, if it lies here or below.

        A shorthand that would swallow the marked subterm is not used.
        """
        row = table.rows[i]
        kind = row[0]
        inner = len(scope.names)
        if kind == "var":
            return [self._name(str(row[1]), style)]
        if kind == "bound":
            k = int(row[1])
            return [self._name(scope.names[-1 - k] if k < inner else f"#{k}", style)]
        if kind == "false":
            return [_word("false", style)]
        if kind == "lit":
            return self._literal(row, least, style)
        if kind == "app":
            notation = self._notation.get(str(row[1]), Notation(str(row[1])))
            arguments = children(row)
            number = notation.form == "prefix" and any(table.rows[c][0] == "lit" for c in arguments)
            return self._application(notation, arguments, number, least, inner, style)
        if kind in BINDERS:
            name = scope.enter(table.hints.get(i, "x"))
            word = _word("forall" if kind == "all" else "exists", style)
            sort = "" if self._sorts == {row[1]} else f" : {self._name(str(row[1]), style)}"
            head = f"{word}{_gap(style)}{self._name(name, style)}{sort}. "
            return _wrapped([head, (int(row[2]), 0, inner + 1, (0,))], least > 0)
        a, b = int(row[1]), int(row[2])
        if kind == "eq":
            return _binary("=", (a, (0,)), (b, (1,)), RELATION, "none", least, inner, style)
        if kind == "imp" and table.rows[b][0] == "false" and (marked is None or marked[:1] != (1,)):
            below = table.rows[a]
            if below[0] == "eq" and marked != (0,):
                sides = (int(below[1]), (0, 0)), (int(below[2]), (0, 1))
                return _binary("!=", *sides, RELATION, "none", least, inner, style)
            return _wrapped([_word("not", style) + _gap(style), (a, NOT, inner, (0,))], least > NOT)
        if kind == "and":
            p, q = table.rows[a], table.rows[b]
            both = p[0] == q[0] == "imp" and p[1] == q[2] and p[2] == q[1] and table.rows[int(p[2])][0] != "false"
            if both and (not marked or (marked[0] == 0 and len(marked) > 1)):
                return _binary("iff", (int(p[1]), (0, 0)), (int(p[2]), (0, 1)), IFF, "none", least, inner, style)
        word, level = {"and": ("and", AND), "or": ("or", OR), "imp": ("implies", IMPLIES)}[str(kind)]
        return _binary(word, (a, (0,)), (b, (1,)), level, "right", least, inner, style)

    def _application(
        self, notation: Notation, below: Sequence[int], number: bool, least: int, binders: int, style: Style
    ) -> list[Part]:
        """A symbol applied; `number` says that it is a prefix before a literal."""
        text = notation.text
        if notation.form == "infix" and len(below) == 2:
            pair = ((below[0], (0,)), (below[1], (1,)))
            return _binary(text, *pair, notation.level, notation.grouping, least, binders, style)
        shown = self._name(text, style) if notation.form == "function" else _symbol(text, style)
        if notation.form == "prefix" and len(below) == 1:
            gap = " " if text[-1].isalnum() else ""
            operand = (below[0], notation.level, binders, (0,))
            body: list[Part] = [shown + gap, *_wrapped([operand], number and not gap)]  # -(3) is no literal
            return _wrapped(body, least > notation.level)
        if notation.form == "postfix" and len(below) == 1:
            gap = " " if text[0].isalnum() else ""
            body = [(below[0], notation.level, binders, (0,)), gap + shown]
            return _wrapped(body, least > notation.level)
        if not below:
            return [shown]
        parts: list[Part] = [shown + "("]
        for n, child in enumerate(below):
            parts += [", "] * (n > 0) + [(child, 0, binders, (n,))]
        return [*parts, ")"]

    def _literal(self, row: Row, least: int, style: Style) -> list[Part]:
        text, sort = str(row[1]), row[2]
        if sort == "String":
            return [text if style != "latex" else rf"\text{{{_escaped(text)}}}"]
        if sort in self._plain or (sort in self._named and text.endswith("/1")):
            text = text.removesuffix("/1")
        negative = text.startswith("-") and least > self._negative
        wrap = negative or ("/" in text and least > FRACTION)
        if style == "latex" and "/" in text:
            over, under = text.split("/")
            text = rf"\frac{{{over}}}{{{under}}}"
        return _wrapped([text + (f"@{sort}" if sort in self._named else "")], wrap)

    def _name(self, name: str, style: Style) -> str:
        if style != "latex" or (len(name) == 1 and name.isalnum()):
            return name
        return rf"\mathit{{{_escaped(name)}}}"


def has_numerals(symbols: Iterable[Symbol]) -> bool:
    """Can a number be the name of a symbol, or a numeral?"""
    return any(s.notation.form == "function" and s.notation.text[:1].isdigit() for s in symbols)


def sign_level(symbols: Iterable[Symbol]) -> int:
    """How tightly the sign of a negative literal binds: as the signature's own minus."""
    signs = (s.notation.level for s in symbols if s.notation.form == "prefix" and s.notation.text == "-")
    return next(signs, NEGATIVE)


def _escaped(text: str) -> str:
    """Text for LaTeX: its special characters escaped, or dropped where that needs a package."""
    return "".join("\\" + c if c in "_#$%&{}" else c for c in text if c not in "\\^~")


def _word(word: str, style: Style) -> str:
    return _WORDS[word][("ascii", "unicode", "latex").index(style)]


def _gap(style: Style) -> str:
    """Between a logical prefix and what it governs."""
    return "" if style == "unicode" else " "


def _symbol(text: str, style: Style) -> str:
    if text in _WORDS:
        return _word(text, style)
    if style != "ascii" and text in _SYMBOLS:
        return _SYMBOLS[text][style == "latex"]
    return _escaped(text) if style == "latex" else text


def _wrapped(parts: list[Part], wrap: bool) -> list[Part]:
    return ["(", *parts, ")"] if wrap else parts


def _binary(
    text: str,
    left: tuple[int, Path],
    right: tuple[int, Path],
    level: int,
    grouping: str,
    least: int,
    binders: int,
    style: Style,
) -> list[Part]:
    """`left text right`; each side is a child and its path from the row."""
    a = (left[0], level + (grouping != "left"), binders, left[1])
    b = (right[0], level + (grouping != "right"), binders, right[1])
    return _wrapped([a, f" {_symbol(text, style)} ", b], least > level)
