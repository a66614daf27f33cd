"""Statements in the house notation over the symbols of a theory: axioms, conditions and assumptions are written so.

A statement is an equation, `left != right`, or a term of sort Bool, which is meant to be true: `x > 0` is the formula
(x > 0) = true. `and` joins conditions, and `conclusion if condition and condition` is an implication from each of them,
in order, to the conclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..parsing import Scope, parse_tokens
from ..source import Source, SourceError
from ..syntax import PROP, TermTable
from ..theory import Symbol, literal_sorts
from ..tokens import Token, error_at, tokenize


class Reader:
    """Reads statements into a table."""

    def __init__(self, symbols: Iterable[Symbol], variables: Mapping[str, str], table: TermTable) -> None:
        symbols = tuple(symbols)
        self.table = table
        self._scope = Scope(symbols, variables, literals=literal_sorts(symbols, variables.values()))

    def axiom(self, text: str) -> tuple[str, int]:
        """`name: conclusion if condition and condition` as the name and the formula. Raises SourceError."""
        source = Source("<text>", text)
        name, colon, *tokens = _tokens(source)
        if name.kind != "name" or colon.text != ":":
            raise error_at(source, 0, "a name and a colon are wanted here")
        at = next((n for n, t in enumerate(tokens) if (t.kind, t.text) == ("name", "if")), None)
        if at is None:
            return name.text, self._statement(source, tokens)
        formula = self._statement(source, [*tokens[:at], Token("end", "", tokens[at].offset)])
        for condition in reversed(self._conjunction(source, tokens[at + 1 :])):
            formula = self.table.imp(condition, formula)
        return name.text, formula

    def conditions(self, source: Source) -> list[int]:
        """Statements joined by `and`, each as a formula. Raises SourceError."""
        return self._conjunction(source, _tokens(source))

    def _conjunction(self, source: Source, tokens: Sequence[Token]) -> list[int]:
        *given, end = tokens
        depth = 0
        parts: list[list[Token]] = [[]]
        for token in given:
            depth += (token.kind == "(") - (token.kind == ")")
            if depth == 0 and (token.kind, token.text) == ("name", "and"):
                parts[-1].append(Token("end", "", token.offset))
                parts.append([])
            else:
                parts[-1].append(token)
        parts[-1].append(end)
        return [self._statement(source, part) for part in parts]

    def _statement(self, source: Source, tokens: Sequence[Token]) -> int:
        """A formula, or else a term of sort Bool that is to be true."""
        if len(tokens) == 1:
            raise error_at(source, tokens[0].offset, "a statement is wanted here", 'such as "x > 0"')
        try:
            return parse_tokens(source, tokens, self._scope, self.table, PROP)
        except SourceError as error:
            try:
                truth = parse_tokens(source, tokens, self._scope, self.table, "Bool")
            except SourceError:
                raise error from None
            return self.table.eq(truth, self.table.literal("true", "Bool"))


def _tokens(source: Source) -> list[Token]:
    return [t for t in tokenize(source) if t.kind != "end of line"]
