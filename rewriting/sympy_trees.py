"""SymPy expressions as terms.

A compound expression's head is its class (`expr.func`), an atom's is the atom itself. `make` calls the class, and so
evaluates as SymPy always does: `make` with the head of x + y and the arguments 1 and 2 is 3. SymPy is imported by
whoever has expressions, not here.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from .nested import Atom


@dataclass(frozen=True)
class SympyTrees:
    """The term interface of SymPy's `Basic`. Keys are identities, because comparing deep expressions is recursive.

    SymPy's own constructors are recursive for some classes, so very deep expressions may raise RecursionError there.
    """

    interned = False

    def is_leaf(self, term: Any) -> bool:
        return not self.args(term)

    def head(self, term: Any) -> Hashable:
        args = self.args(term)
        return (term.func, len(args)) if args else Atom(term)

    def args(self, term: Any) -> Sequence[Any]:
        return getattr(term, "args", ())

    def make(self, head: Hashable, args: Sequence[Any]) -> Any:
        if isinstance(head, Atom):
            return head.value
        assert isinstance(head, tuple)
        return head[0](*args)

    def key(self, term: Any) -> Hashable:
        return id(term)
