"""Terms as nested tuples: ("+", "x", ("s", 0)) has head "+" and the arguments "x" and ("s", 0).

The first member of a tuple is its operation, any hashable value. Everything else that is no tuple is a leaf, and so is
the empty tuple. Values of different types are different leaves, as 1, 1.0 and True are.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """The head of a tuple."""

    name: Hashable
    arity: int


@dataclass(frozen=True)
class Atom:
    """The head of a leaf. Equal by type and value, or for floats by what is written: NaN is not equal to itself."""

    value: Any

    def _token(self) -> tuple[type, Any]:
        number = isinstance(self.value, (float, complex))
        return type(self.value), repr(self.value) if number else self.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self._token() == other._token()

    def __hash__(self) -> int:
        try:
            return hash(self._token())
        except TypeError:  # a list, say, which is a leaf like any other
            return hash(type(self.value))


@dataclass(frozen=True)
class NestedTuples:
    """The term interface of nested tuples. Keys are identities: walks see a shared tuple once, but not equal ones."""

    interned = False

    def is_leaf(self, term: Any) -> bool:
        return not isinstance(term, tuple) or len(term) < 2

    def head(self, term: Any) -> Hashable:
        if isinstance(term, tuple) and term:
            return Operation(term[0], len(term) - 1)
        return Atom(term)

    def args(self, term: Any) -> Sequence[Any]:
        return term[1:] if isinstance(term, tuple) else ()

    def make(self, head: Hashable, args: Sequence[Any]) -> Any:
        if isinstance(head, Operation):
            return (head.name, *args)
        assert isinstance(head, Atom)
        return head.value

    def key(self, term: Any) -> Hashable:
        return id(term)
