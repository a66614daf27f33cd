"""Rewrite rules as data, and rewrite systems: symbols, rules in order of priority, and terms to evaluate.

A rule is two rows of a plain table; its variables are those of its free variables that are listed, any other free
variable is rigid and matches only itself. An `ordered` rule (an equation such as x + y = y + x, which no order
directs) applies only where it makes the term smaller in the path order.

A system is what readers of rule files make (`rec.py`) and what executors run (`executor.py`); plain rows, no bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .syntax import TermTable
from .theory import Symbol


@dataclass(frozen=True)
class Condition:
    """Two rows over the variables of a rule: once instantiated, their normal forms must be the same (or differ)."""

    left: int
    right: int
    equal: bool = True


@dataclass(frozen=True)
class RewriteRule:
    """lhs -> rhs over a table, where all `conditions` hold.

    `cites` says where it comes from ("axiom", "lemma" or "hypothesis", and the name or formula), `flipped` whether the
    cited equation is rhs = lhs. A hypothesis is universally `quantified`, in that order, over at least `variables`;
    the others stand for themselves.
    """

    lhs: int
    rhs: int
    variables: frozenset[int]
    cites: tuple[str, str | int]
    flipped: bool = False
    ordered: bool = False
    quantified: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()


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
