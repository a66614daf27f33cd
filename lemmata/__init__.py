"""Lemmata: from axioms to machine-checked theorems.

The public door. Names are loaded when they are first used, so importing the package costs nothing.

>>> import lemmata
>>> module = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op _+_ : N N -> N
...   x + 0    = x
...   x + s(y) = s(x + y)
... theorem add_comm: x + y = y + x
... ''')
>>> report = lemmata.prove(module.theory, module.variables)
>>> [(goal.name, goal.status.value) for goal in report.goals]
[('add_comm', 'Theorem')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine.mpl import Module
    from .engine.prove import explore, prove
    from .engine.results import Report
    from .rewriting.calculus import diff, substitute
    from .rewriting.check import check
    from .rewriting.confluence import confluence
    from .rewriting.critical_pairs import critical_pairs
    from .rewriting.egraph.graph import EGraph
    from .rewriting.egraph.interface import egraph
    from .rewriting.expressions import Expr, symbols
    from .rewriting.function_rules import function, operations
    from .rewriting.knuth_bendix import complete
    from .rewriting.lazy import Lazy
    from .rewriting.limits import Limits
    from .rewriting.polynomials import expand
    from .rewriting.reduction import Innermost, Outermost, normalize
    from .rewriting.root import Rule, rule
    from .rewriting.ruleset import Interrupted, RuleSet, Unfinished, rules
    from .rewriting.simplifier.record import Simplification
    from .rewriting.simplifier.simplify import simplification, simplify
    from .rewriting.sketch import different, equal
    from .rewriting.source import LemmataError, SourceError
    from .rewriting.strategies import (
        Chain,
        First,
        Fixpoint,
        If,
        PassThrough,
        Postwalk,
        Prewalk,
        Repeat,
        Sequence,
    )
    from .rewriting.sympy_bridge import from_sympy, to_sympy
    from .rewriting.termination import termination
    from .rewriting.terms import Eq, Signature, Term
    from .rewriting.unification import unify

__version__ = "0.1.0"
__all__ = [
    "Chain",
    "EGraph",
    "Eq",
    "Expr",
    "First",
    "Fixpoint",
    "If",
    "Innermost",
    "Interrupted",
    "Lazy",
    "LemmataError",
    "Limits",
    "Module",
    "Outermost",
    "PassThrough",
    "Postwalk",
    "Prewalk",
    "Repeat",
    "Report",
    "Rule",
    "RuleSet",
    "Sequence",
    "Signature",
    "Simplification",
    "SourceError",
    "Term",
    "Unfinished",
    "check",
    "complete",
    "confluence",
    "critical_pairs",
    "diff",
    "different",
    "egraph",
    "equal",
    "expand",
    "explore",
    "from_sympy",
    "function",
    "normalize",
    "operations",
    "parse",
    "prove",
    "read",
    "rule",
    "rules",
    "simplification",
    "simplify",
    "substitute",
    "symbols",
    "termination",
    "to_sympy",
    "unify",
]

_MODULES = {
    "Chain": "rewriting.strategies",
    "EGraph": "rewriting.egraph.graph",
    "Eq": "rewriting.terms",
    "Expr": "rewriting.expressions",
    "First": "rewriting.strategies",
    "Fixpoint": "rewriting.strategies",
    "If": "rewriting.strategies",
    "Innermost": "rewriting.reduction",
    "Interrupted": "rewriting.ruleset",
    "Lazy": "rewriting.lazy",
    "LemmataError": "rewriting.source",
    "Limits": "rewriting.limits",
    "Module": "engine.mpl",
    "Outermost": "rewriting.reduction",
    "PassThrough": "rewriting.strategies",
    "Postwalk": "rewriting.strategies",
    "Prewalk": "rewriting.strategies",
    "Repeat": "rewriting.strategies",
    "Report": "engine.results",
    "Rule": "rewriting.root",
    "RuleSet": "rewriting.ruleset",
    "Sequence": "rewriting.strategies",
    "Signature": "rewriting.terms",
    "Simplification": "rewriting.simplifier.record",
    "SourceError": "rewriting.source",
    "Term": "rewriting.terms",
    "Unfinished": "rewriting.ruleset",
    "check": "rewriting.check",
    "complete": "rewriting.knuth_bendix",
    "confluence": "rewriting.confluence",
    "critical_pairs": "rewriting.critical_pairs",
    "diff": "rewriting.calculus",
    "different": "rewriting.sketch",
    "egraph": "rewriting.egraph.interface",
    "equal": "rewriting.sketch",
    "expand": "rewriting.polynomials",
    "explore": "engine.prove",
    "from_sympy": "rewriting.sympy_bridge",
    "function": "rewriting.function_rules",
    "normalize": "rewriting.reduction",
    "operations": "rewriting.function_rules",
    "prove": "engine.prove",
    "rule": "rewriting.root",
    "rules": "rewriting.ruleset",
    "simplification": "rewriting.simplifier.simplify",
    "simplify": "rewriting.simplifier.simplify",
    "substitute": "rewriting.calculus",
    "symbols": "rewriting.expressions",
    "termination": "rewriting.termination",
    "to_sympy": "rewriting.sympy_bridge",
    "unify": "rewriting.unification",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULES[name]}", __name__), name)


def parse(text: str) -> Module:
    """The theory in a text, with the variables that it declares. Raises SourceError."""
    from .engine.mpl import parse_module
    from .rewriting.source import Source

    return parse_module(Source("<text>", text))


def read(path: str) -> Module:
    """The theory in a file, with the variables that it declares. Raises LemmataError."""
    from pathlib import Path

    from .engine.mpl import parse_module, read_source

    return parse_module(read_source(Path(path)), folder=Path(path).parent)
