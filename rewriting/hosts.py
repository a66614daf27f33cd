"""Symbols that Python functions compute: what they are given, what they may give, and rewriting with a memory for them.

What such a function says is trusted, and has no proof: `NoProof` says so where a proof is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from .bank import TermBank, TermId
from .literals import LITERAL_SORTS, Value, has_literal
from .rewrite_modulo import ModuloEvidence, ModuloRewriter
from .runs import Host
from .source import LemmataError
from .syntax import TermTable
from .system import RewriteRule
from .terms import Signature, Term
from .theory import Symbol

Function = Callable[..., Any]


def host(
    signature: Signature, symbol: Symbol, function: Function, normal: Callable[[TermId], TermId] | None = None
) -> Host:
    """What an executor calls for a symbol: the function, on values of literals and on other terms as `Term`.

    Its result, a value of the symbol's sort or a term, becomes a normal form by `normal`; None leaves the term to the
    rules. The executor raises LemmataError for any other result, and lets through what the function raises.
    """
    bank = signature.bank

    def call(arguments: Sequence[TermId]) -> TermId | None:
        values = [bank.literal_value(t) for t in arguments]
        given = [Term(signature, t) if v is None else v for v, t in zip(values, arguments, strict=True)]
        result = function(*given)
        if result is None:
            return None
        if isinstance(result, Term):
            signature.expect(result)
            if result.sort == symbol.result:
                return result.id if normal is None else normal(result.id)
        if type(result) is int and LITERAL_SORTS.get(symbol.result) is Fraction:
            result = Fraction(result)
        if not has_literal(symbol.result, result):
            given_sort = result.sort if isinstance(result, Term) else type(result).__name__
            hint = "it may return None to leave the term as it is"
            raise LemmataError(
                f"the function {symbol.notation.text!r} gives {symbol.result}, not {given_sort}", hint=hint
            )
        value: Value = result
        return bank.literal(value, symbol.result)

    return call


class HostedRewriter(ModuloRewriter):
    """A `ModuloRewriter` that asks Python for some symbols, given by name, before it tries rules."""

    def __init__(
        self,
        bank: TermBank,
        terms: TermTable,
        rules: Sequence[RewriteRule],
        symbols: Mapping[str, Symbol],
        fuel: int | None = None,
        hosts: Mapping[str, Host] | None = None,
    ) -> None:
        self.hosts = dict(hosts or {})
        super().__init__(bank, terms, rules, symbols, fuel)

    def is_hosted(self, term: int) -> bool:
        """Does Python compute the symbol at the head of a term?"""
        head = self.bank.head(term)
        return head.kind == "app" and head.name in self.hosts

    def _computed(self, t: TermId) -> ModuloEvidence | None:
        if not self.is_hosted(t):
            return super()._computed(t)
        value = self.hosts[self.bank.head(t).name](self.bank.arguments(t))
        return None if value is None or value == t else ModuloEvidence(value, None, evaluated=True)
