"""A rewrite system as data: symbols, rules in order of priority, and terms to evaluate.

What readers of rule files make (`rec.py`) and what executors run (`executor.py`); plain rows, no bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .rules import RewriteRule
from .syntax import TermTable
from .theory import Symbol


@dataclass(frozen=True)
class RewriteSystem:
    """Rules and terms over the rows of one table. Of several rules that fit, the first is used, innermost.

    `evaluate` lists the rows whose normal forms are asked for.
    """

    name: str
    symbols: tuple[Symbol, ...]
    terms: TermTable
    rules: tuple[RewriteRule, ...]
    evaluate: tuple[int, ...] = ()

    @cached_property
    def symbol(self) -> Mapping[str, Symbol]:
        """Symbols by name."""
        return {s.name: s for s in self.symbols}
