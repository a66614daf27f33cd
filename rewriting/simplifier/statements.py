"""Statements in the house notation over the symbols of a theory: axioms, conditions and assumptions are written so.

A statement is an equation, `left != right` (also `<>`), or a term of sort Bool, which is meant to be true: `x > 0` is
the formula (x > 0) = true. `0 < x < 1` are two statements; `n in Int` is whole(n), and `z in Real` is real(z), which
among real numbers is z = z. `and` joins conditions, and `conclusion if condition and condition` is an implication from
each of them, in order, to the conclusion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..parsing import Scope, parse_tokens
from ..source import Source, SourceError
from ..syntax import PROP, TermTable
from ..theory import Symbol, literal_sorts
from ..tokens import Token, error_at, shown, tokenize

_RELATION = re.compile("<=|>=|<>|!=|<(?!=|>|->)|>(?!=)|=(?!=|>)|[≤≥≠]")


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
        return [self._statement(source, link) for part in parts for link in _links(part)]

    def _statement(self, source: Source, tokens: Sequence[Token]) -> int:
        """A formula, or else a term of sort Bool that is to be true."""
        if len(tokens) == 1:
            raise error_at(source, tokens[0].offset, "a statement is wanted here", 'such as "x > 0"')
        if len(tokens) > 2 and (tokens[-3].kind, tokens[-3].text) == ("name", "in"):
            return self._membership(source, tokens)
        try:
            return parse_tokens(source, tokens, self._scope, self.table, PROP)
        except SourceError as error:
            try:
                truth = parse_tokens(source, tokens, self._scope, self.table, "Bool")
            except SourceError:
                raise error from None
            row = self.table.rows[truth]
            if row[:2] == ("app", "<>"):
                return self.table.negate(self.table.eq(int(row[2]), int(row[3])))
            return self.table.eq(truth, self.table.literal("true", "Bool"))

    def _membership(self, source: Source, tokens: Sequence[Token]) -> int:
        """`term in Int`, or `term in Real`."""
        *term, word, sort, _ = tokens
        numbers = {"Int": "whole", "Real": "real"}
        end = Token("end", "", word.offset)
        tests = [s for s in self._scope.symbols if s.name in ("whole", "real")]
        if sort.text not in numbers or not tests:
            hint = "x in Real, n in Int" if tests else None
            raise error_at(source, sort.offset, f"nothing is known of being in {shown(sort)}", hint)
        row = parse_tokens(source, [*term, end], self._scope, self.table, tests[0].arguments[0])
        if all(s.name != numbers[sort.text] for s in tests):
            return self.table.eq(row, row)
        return self.table.eq(self.table.app(numbers[sort.text], row), self.table.literal("true", "Bool"))


def _links(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The statements a < b, b < c, ... of a chain a < b < c ...; of anything else itself."""
    depth = 0
    found: list[tuple[int, int]] = []  # relations: which token, how long
    for n, token in enumerate(tokens):
        depth += (token.kind == "(") - (token.kind == ")")
        relation = _RELATION.match(token.text) if token.kind == "operator" and depth == 0 else None
        if relation is not None:
            found.append((n, relation.end()))
    if len(found) < 2:
        return [tokens]
    links = []
    for (n, size), following in zip([(-1, 0), *found], [*found, None], strict=True):
        rest = tokens[n] if n >= 0 else None
        begin = [Token("operator", rest.text[size:], rest.offset + size)] if rest and rest.text[size:] else []
        end = len(tokens) - 1 if following is None else following[0]
        links.append([*begin, *tokens[n + 1 : end]])
    if not all(links):
        return [tokens]
    out: list[Sequence[Token]] = []
    for k, (n, size) in enumerate(found):
        relation_token = Token("operator", tokens[n].text[:size], tokens[n].offset)
        stop = tokens[-1] if k + 1 == len(found) else Token("end", "", tokens[found[k + 1][0]].offset)
        out.append([*links[k], relation_token, *links[k + 1], stop])
    return out


def _tokens(source: Source) -> list[Token]:
    return [t for t in tokenize(source) if t.kind != "end of line"]
