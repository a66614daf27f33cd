"""Positions in terms, and overlaps: where the left side of one rule unifies with a subterm of another's.

A position is a path of child numbers from the root, `()` being the root itself. A term with shared subterms has more
positions than rows, possibly exponentially many; they are counted before they are visited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .matching import Substitution, unify
from .source import LemmataError
from .syntax import TermTable, children, with_children

Path = tuple[int, ...]
MOST_POSITIONS = 100_000  # of one term

_Linked = tuple["_Linked", int] | None


@dataclass(frozen=True)
class Overlap:
    """The most general unifier of the subterm at `path` with a left side whose variables were renamed apart."""

    path: Path
    unifier: Substitution


def overlaps(terms: TermTable, outer: int, inner: int) -> Iterator[Overlap]:
    """All overlaps of the left side `inner`, which starts with a symbol, on `outer`, the root first.

    They must have no variable in common. Raises LemmataError if `outer` has too many positions.
    """
    head = terms.rows[inner][:2]
    variables = {*terms.free_variables(outer), *terms.free_variables(inner)}
    for path, position in positions(terms, outer):
        if terms.rows[position][:2] == head:
            unifier = unify(terms, position, inner, variables)
            if unifier is not None:
                yield Overlap(path, unifier)


def positions(terms: TermTable, term: int) -> Iterator[tuple[Path, int]]:
    """The subterms of a term that are no variables, with the paths to them, from the root down, left to right.

    Raises LemmataError if there are too many.
    """
    if tree_size(terms, term) > MOST_POSITIONS:
        raise LemmataError(f"a term with more than {MOST_POSITIONS:,} subterms, repetitions counted")
    stack: list[tuple[_Linked, int]] = [(None, term)]
    while stack:
        linked, i = stack.pop()
        if terms.rows[i][0] != "var":
            yield _path(linked), i
            stack.extend(((linked, n), c) for n, c in reversed(list(enumerate(children(terms.rows[i])))))


def _path(linked: _Linked) -> Path:
    out: list[int] = []
    while linked is not None:
        linked, n = linked
        out.append(n)
    return tuple(reversed(out))


def tree_size(terms: TermTable, term: int) -> int:
    """Symbols and variables of a term, every occurrence counted."""
    sizes: dict[int, int] = {}
    for i in terms.reachable([term]):
        sizes[i] = 1 + sum(sizes[c] for c in children(terms.rows[i]))
    return sizes[term]


def subterm_at(terms: TermTable, term: int, path: Path) -> int:
    for n in path:
        term = children(terms.rows[term])[n]
    return term


def replace_at(terms: TermTable, term: int, path: Path, new: int) -> int:
    """The term with `new` in place of its subterm at `path`."""
    spine = [term]
    for n in path:
        spine.append(children(terms.rows[spine[-1]])[n])
    out = new
    for parent, n in zip(reversed(spine[:-1]), reversed(path), strict=True):
        below = list(children(terms.rows[parent]))
        below[n] = out
        out = terms.add(with_children(terms.rows[parent], below))
    return out


def apart(terms: TermTable, roots: Sequence[int], mark: str = "~") -> Substitution:
    """New variables for those of `roots`: their names with a mark that no name in a statement has."""
    out: Substitution = {}
    for root in roots:
        for v in terms.free_variables(root):
            out[v] = terms.var(f"{terms.rows[v][1]}{mark}", str(terms.rows[v][2]))
    return out


class Names:
    """Names of variables for statements, sort by sort: first those that occur in `roots`, then numbered ones.

    No name serves two sorts, and none is among `reserved`. The same roots give the same names in any order of rows.
    """

    def __init__(self, terms: TermTable, roots: Iterable[int], reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)
        self._by_sort: dict[str, list[str]] = {}
        for root in roots:
            for v in terms.free_variables(root):
                name, sort = (str(cell) for cell in terms.rows[v][1:])
                if name not in self._taken:
                    self._taken.add(name)
                    self._by_sort.setdefault(sort, []).append(name)

    def __call__(self, sort: str) -> Iterator[str]:
        """The names for variables of a sort, without end."""
        known = self._by_sort.setdefault(sort, [])
        n = 0
        while True:
            while n >= len(known):
                known.append(self._fresh(known))
            yield known[n]
            n += 1

    def _fresh(self, known: Sequence[str]) -> str:
        stem = known[0].rstrip("0123456789'") if known else "x"
        number = 1
        while f"{stem}{number}" in self._taken:
            number += 1
        self._taken.add(f"{stem}{number}")
        return f"{stem}{number}"

    def renaming(self, terms: TermTable, roots: Iterable[int]) -> Substitution:
        """Those names for the variables of `roots`, in order of first occurrence."""
        supply: dict[str, Iterator[str]] = {}
        out: Substitution = {}
        for root in roots:
            for v in terms.free_variables(root):
                if v not in out:
                    sort = str(terms.rows[v][2])
                    out[v] = terms.var(next(supply.setdefault(sort, self(sort))), sort)
        return out
