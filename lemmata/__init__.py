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
    from .rewriting.check import check
    from .rewriting.confluence import confluence
    from .rewriting.critical_pairs import critical_pairs
    from .rewriting.knuth_bendix import complete
    from .rewriting.limits import Limits
    from .rewriting.source import LemmataError, SourceError
    from .rewriting.termination import termination
    from .rewriting.terms import Eq, Signature, Term

__version__ = "0.1.0"
__all__ = [
    "Eq",
    "LemmataError",
    "Limits",
    "Module",
    "Report",
    "Signature",
    "SourceError",
    "Term",
    "check",
    "complete",
    "confluence",
    "critical_pairs",
    "explore",
    "parse",
    "prove",
    "read",
    "termination",
]

_MODULES = {
    "Eq": "rewriting.terms",
    "LemmataError": "rewriting.source",
    "Limits": "rewriting.limits",
    "Module": "engine.mpl",
    "Report": "engine.results",
    "Signature": "rewriting.terms",
    "SourceError": "rewriting.source",
    "Term": "rewriting.terms",
    "check": "rewriting.check",
    "complete": "rewriting.knuth_bendix",
    "confluence": "rewriting.confluence",
    "critical_pairs": "rewriting.critical_pairs",
    "explore": "engine.prove",
    "prove": "engine.prove",
    "termination": "rewriting.termination",
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
