"""Loops: a term that rewrites to one with an instance of itself inside, and so for ever.

Forward closures (Lankford and Musser 1978) are reductions that begin with a rule and go on by narrowing where the
rules before have put something: they are followed for a few steps, the short ones first, until one ends in a term with
an instance of its beginning.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from .limits import Clock
from .matching import Substitution, match
from .orient import Pair
from .overlaps import Names, Path, overlaps, positions, replace_at, tree_size
from .syntax import TermTable

MOST_CLOSURES = 500
MOST_SIZE = 60  # symbols and variables of the term that a closure has reached


@dataclass(frozen=True)
class Loop:
    """`start` is rewritten by rules at positions, one after another; the last term has at `path` the instance of
    `start` under `instance`. All are rows."""

    start: int
    steps: tuple[tuple[int, Path], ...]
    terms: tuple[int, ...]  # after each step
    path: Path
    instance: Substitution


@dataclass(frozen=True)
class _Closure:
    start: int
    end: int
    steps: tuple[tuple[int, Path], ...]


def find_loop(table: TermTable, rules: Sequence[Pair], clock: Clock) -> Loop | None:
    """The shortest loop that forward closures show within the bounds; rows are added to the table. Raises Stopped."""
    names = Names(table, ())  # variables x1, x2, ... of one closure; marked, they are none of the rules'
    queue = deque(_Closure(left, right, ((n, ()),)) for n, (left, right) in enumerate(rules))
    seen: set[Pair] = set()
    looked_at = 0
    while queue and looked_at < MOST_CLOSURES:
        clock.check()
        closure = _renamed(table, names, queue.popleft())
        if (closure.start, closure.end) in seen or tree_size(table, closure.end) > MOST_SIZE:
            continue
        seen.add((closure.start, closure.end))
        looked_at += 1
        loop = _closed(table, rules, closure)
        if loop is not None:
            return loop
        queue += _narrowed(table, rules, closure)
    return None


def _renamed(table: TermTable, names: Names, closure: _Closure) -> _Closure:
    plain = names.renaming(table, (closure.start, closure.end))
    new = {v: table.var(f"{table.rows[w][1]}~", str(table.rows[w][2])) for v, w in plain.items()}
    return _Closure(table.replace(closure.start, new), table.replace(closure.end, new), closure.steps)


def _closed(table: TermTable, rules: Sequence[Pair], closure: _Closure) -> Loop | None:
    """The loop, if the closure's end has an instance of its start; no longer than it must be."""
    if _inside(table, closure.start, closure.end) is None:
        return None
    terms = _replayed(table, rules, closure)
    for n, term in enumerate(terms, start=1):
        found = _inside(table, closure.start, term)
        if found is not None:
            return Loop(closure.start, closure.steps[:n], terms[:n], *found)
    raise AssertionError("the last term is the closure's end")


def _inside(table: TermTable, start: int, term: int) -> tuple[Path, Substitution] | None:
    """Where the term has an instance of `start`, and which."""
    variables = set(table.free_variables(start))
    whole = table.rows[start][0] == "var"  # a variable may only stand for the whole, which has its sort
    for path, position in [((), term)] if whole else positions(table, term):
        instance = match(table, start, position, variables)
        if instance is not None:
            return path, instance
    return None


def _replayed(table: TermTable, rules: Sequence[Pair], closure: _Closure) -> tuple[int, ...]:
    """The terms from the start on, the last being the end."""
    out: list[int] = []
    term = closure.start
    for n, path in closure.steps:
        left, right = rules[n]
        redex = term
        for k in path:
            redex = int(table.rows[redex][2 + k])
        found = match(table, left, redex, set(table.free_variables(left)))
        assert found is not None
        term = replace_at(table, term, path, table.replace(right, found))
        out.append(term)
    return tuple(out)


def _narrowed(table: TermTable, rules: Sequence[Pair], closure: _Closure) -> list[_Closure]:
    """The closures one step longer."""
    out = []
    heads = {table.rows[i][:2] for i in table.reachable([closure.end]) if table.rows[i][0] == "app"}
    for n, (left, right) in enumerate(rules):
        if table.rows[left][:2] not in heads:
            continue
        for overlap in overlaps(table, closure.end, left):
            start, end, inside = (table.replace(i, overlap.unifier) for i in (closure.start, closure.end, right))
            end = replace_at(table, end, overlap.path, inside)
            out.append(_Closure(start, end, (*closure.steps, (n, overlap.path))))
    return out
