"""Statements as people write them: ASCII (which parses back), Unicode and LaTeX.

The ASCII form is the reference: what `show` prints, the MPL parser reads back to the same term. Iterative, so that
depth does not matter; `most` elides the middle of very long texts for messages and `repr`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .syntax import TermTable, children
from .theory import Notation, Symbol

Style = Literal["ascii", "unicode", "latex"]

# Binding levels of the logical symbols; operators of terms lie between RELATION and 99, application at 100.
IFF, IMPLIES, OR, AND, NOT, RELATION, ATOM = 1, 2, 3, 4, 5, 10, 100

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
}

Path = tuple[int, ...]
# A piece of a row's text: a string, or a child with its least level, the bound names in scope, and its position.
Part = str | tuple[int, int, tuple[str, ...], int]
# The same on the printer's stack, with its depth along the marked path (None off that path).
_Frame = str | tuple[int, int, tuple[str, ...], int | None]


@dataclass(frozen=True)
class Marks:
    """Text to put around the subterm at `path` (child positions from the root)."""

    path: Path
    before: str
    after: str


class Printer:
    """Prints the terms of one signature.

    >>> plus = Symbol("+", ("N", "N"), "N", "defined", Notation("+", "infix", 40, "left"))
    >>> table = TermTable()
    >>> x, y = table.var("x", "N"), table.var("y", "N")
    >>> left = table.app("+", x, table.app("+", y, x))
    >>> Printer([plus]).show(table, table.eq(left, y))
    'x + (y + x) = y'
    """

    def __init__(self, symbols: Collection[Symbol]) -> None:
        self._notation = {s.name: s.notation for s in symbols}
        self._taken = {s.notation.text for s in symbols}

    def show(
        self,
        table: TermTable,
        root: int,
        style: Style = "ascii",
        *,
        marks: Marks | None = None,
        most: int | None = None,
    ) -> str:
        """The text of a term or formula. `most` bounds its characters: the middle is then replaced by `…`."""
        out: list[str] = []
        marked = marks.path if marks else ()
        stack: list[_Frame] = [(root, 0, (), 0 if marks else None)]
        printed = 0
        while stack:
            top = stack.pop()
            if isinstance(top, str):
                out.append(top)
                printed += len(top)
                if most is not None and printed > 2 * most + 200:
                    break
                continue
            i, least, names, depth = top
            parts = self._parts(table, i, least, names, style)
            if marks is not None and depth == len(marked):
                parts = [marks.before, *parts, marks.after]
                depth = None
            frames: list[_Frame] = []
            for part in parts:
                if isinstance(part, str):
                    frames.append(part)
                else:
                    child, level, inner, where = part
                    along = depth + 1 if depth is not None and marked[depth] == where else None
                    frames.append((child, level, inner, along))
            stack.extend(reversed(frames))
        text = "".join(out)
        if most is not None and len(text) > most:
            if stack:  # the text was not printed to its end
                return text[: most - 1] + "…"
            return text[: most // 2] + "…" + text[len(text) - (most - most // 2 - 1) :]
        return text

    def _parts(self, table: TermTable, i: int, least: int, names: tuple[str, ...], style: Style) -> list[Part]:
        """One row as strings and children (index, least level, bound names, child position in the row)."""
        row = table.rows[i]
        kind = row[0]
        if kind == "var":
            return [self._name(str(row[1]), style)]
        if kind == "bound":
            k = int(row[1])
            return [self._name(names[-1 - k] if k < len(names) else f"#{k}", style)]
        if kind == "false":
            return [_word("false", style)]
        if kind == "app":
            notation = self._notation.get(str(row[1]), Notation(str(row[1])))
            return self._application(notation, children(row), least, names, style)
        if kind in ("all", "ex"):
            hint = self._fresh(table, i, names)
            word = _word("forall" if kind == "all" else "exists", style)
            gap = "" if style == "unicode" else " "
            head = f"{word}{gap}{self._name(hint, style)}. "
            return _wrapped([head, (int(row[2]), 0, (*names, hint), 0)], least > 0, style)
        a, b = int(row[1]), int(row[2])
        if kind == "eq":
            return _binary("=", (a, 0), (b, 1), RELATION, "none", least, names, style)
        if kind == "imp" and table.rows[b][0] == "false":
            inner = table.rows[a]
            if inner[0] == "eq":  # the children of the equation are at path (0, 0) and (0, 1); marks stop at the eq
                return _binary("!=", (int(inner[1]), 0), (int(inner[2]), 0), RELATION, "none", least, names, style)
            gap = "" if style == "unicode" else " "
            return _wrapped([_word("not", style) + gap, (a, NOT, names, 0)], least > NOT, style)
        if kind == "and":
            p, q = table.rows[a], table.rows[b]
            if p[0] == q[0] == "imp" and p[1] == q[2] and p[2] == q[1] and table.rows[int(p[2])][0] != "false":
                return _binary("iff", (int(p[1]), 0), (int(p[2]), 0), IFF, "none", least, names, style)
            return _binary("and", (a, 0), (b, 1), AND, "right", least, names, style)
        if kind == "or":
            return _binary("or", (a, 0), (b, 1), OR, "right", least, names, style)
        return _binary("implies", (a, 0), (b, 1), IMPLIES, "right", least, names, style)

    def _application(
        self, notation: Notation, below: Sequence[int], least: int, names: tuple[str, ...], style: Style
    ) -> list[Part]:
        text = notation.text
        if notation.form == "infix" and len(below) == 2:
            pair = ((below[0], 0), (below[1], 1))
            return _binary(text, *pair, notation.level, notation.grouping, least, names, style)
        shown = self._name(text, style) if notation.form == "function" else _symbol(text, style)
        if notation.form == "prefix" and len(below) == 1:
            gap = " " if text[-1].isalnum() else ""
            body: list[Part] = [shown + gap, (below[0], notation.level, names, 0)]
            return _wrapped(body, least > notation.level, style)
        if notation.form == "postfix" and len(below) == 1:
            body = [(below[0], notation.level, names, 0), shown]
            return _wrapped(body, least > notation.level, style)
        if not below:
            return [shown]
        parts: list[Part] = [shown + "("]
        for n, child in enumerate(below):
            parts += [", "] * (n > 0) + [(child, 0, names, n)]
        return [*parts, ")"]

    def _fresh(self, table: TermTable, binder: int, names: tuple[str, ...]) -> str:
        """A name for a bound variable that captures nothing: the written one, primed with digits if need be."""
        hint = table.hints.get(binder, "x")
        taken = {str(table.rows[v][1]) for v in table.free_variables(binder)} | set(names) | self._taken
        if hint not in taken:
            return hint
        stem = hint.rstrip("0123456789") or "x"
        n = 1
        while f"{stem}{n}" in taken:
            n += 1
        return f"{stem}{n}"

    def _name(self, name: str, style: Style) -> str:
        if style != "latex" or (len(name) == 1 and name.isalnum()):
            return name
        escaped = "".join("\\" + c if c in "_#$%&{}" else c for c in name if c not in "\\^~")
        return rf"\mathit{{{escaped}}}"


def _word(word: str, style: Style) -> str:
    return _WORDS[word][("ascii", "unicode", "latex").index(style)]


def _symbol(text: str, style: Style) -> str:
    if text in _WORDS:
        return _word(text, style)
    if style == "ascii" or text not in _SYMBOLS:
        return text
    return _SYMBOLS[text][style == "latex"]


def _wrapped(parts: list[Part], wrap: bool, style: Style) -> list[Part]:
    return ["(", *parts, ")"] if wrap else parts


def _binary(
    text: str,
    left: tuple[int, int],
    right: tuple[int, int],
    level: int,
    grouping: str,
    least: int,
    names: tuple[str, ...],
    style: Style,
) -> list[Part]:
    """`left text right`; each side is a child and its position in the row."""
    a = (left[0], level + (grouping != "left"), names, left[1])
    b = (right[0], level + (grouping != "right"), names, right[1])
    return _wrapped([a, f" {_symbol(text, style)} ", b], least > level, style)
