"""The lexicographic path order (Kamin and Levy 1980), which directs equations.

s > t when some argument of s is t or above it; or when s is above all arguments of t and either its head is greater in
the precedence, or the heads are equal and the arguments are greater lexicographically, left to right. Literals are
constants below all symbols. Here on plain terms with variables: s > t then holds for every instance. The kernels have
the same order on terms of the bank, where variables count as constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .literals import literal_order
from .syntax import Row, TermTable, children
from .theory import Theory


def precedence(theory: Theory) -> dict[str, int]:
    """A place for every symbol: constructors lowest, a defined function above all that its equations mention.

    Functions that mention one another share nothing but their order of declaration, which also breaks ties.
    """
    order = {s.name: n for n, s in enumerate(theory.symbols)}
    rank = {s.name: 0 if s.kind == "constructor" else 1 for s in theory.symbols}
    calls: dict[str, set[str]] = {s.name: set() for s in theory.symbols}
    for axiom in theory.axioms:
        if axiom.kind == "definition" and axiom.symbol in calls:
            rows = theory.terms.rows
            used = {str(rows[i][1]) for i in theory.terms.reachable([axiom.formula]) if rows[i][0] == "app"}
            calls[axiom.symbol] |= used - {axiom.symbol}
    for _ in theory.symbols:  # longest path; mutual calls would lengthen for ever, hence the bound
        for name, used in calls.items():
            rank[name] = max([rank[name], *(rank[u] + 1 for u in used)])
    names = sorted(order, key=lambda name: (rank[name], order[name]))
    return {name: n for n, name in enumerate(names)}


def path_order(
    table: TermTable, above: Mapping[str, int], among: Mapping[int, int] | None = None
) -> Callable[[int, int], bool]:
    """The strict order on rows of `table`, under a precedence. Memoised; explicit stack.

    Variables are incomparable, or compared by their numbers in `among`: then s > t holds for every instance in which
    the values of the variables are in that order.
    """
    given = among or {}
    memo: dict[tuple[int, int], bool] = {}
    rows = table.rows

    def known_or_wanted(s: int, t: int) -> bool | tuple[int, int]:
        """The answer, or a pair that must be compared first."""
        if s == t or rows[s][0] == "var":
            return given.get(s, -1) > given[t] if t in given else False
        below = children(rows[s])
        for a in below:
            if a == t:
                return True
            answer = memo.get((a, t))
            if answer is None:
                return (a, t)
            if answer:
                return True
        if rows[t][0] == "lit":  # below every symbol; among themselves by sort, then in their own order
            return rows[s][0] == "app" or literal_key(rows[s]) > literal_key(rows[t])
        if rows[s][0] != "app" or rows[t][0] != "app":
            return False
        f, g = above[str(rows[s][1])], above[str(rows[t][1])]
        others = children(rows[t])
        if f < g:
            return False
        if f == g:
            difference = next(((a, b) for a, b in zip(below, others, strict=True) if a != b), None)
            assert difference is not None
            answer = memo.get(difference)
            if answer is None:
                return difference
            if not answer:
                return False
        for b in others:
            answer = memo.get((s, b))
            if answer is None:
                return (s, b)
            if not answer:
                return False
        return True

    def greater(s: int, t: int) -> bool:
        stack = [(s, t)]
        while stack:
            pair = stack[-1]
            if pair in memo:
                stack.pop()
                continue
            answer = known_or_wanted(*pair)
            if isinstance(answer, bool):
                memo[pair] = answer
                stack.pop()
            else:
                stack.append(answer)
        return memo[s, t]

    return greater


def literal_key(row: Row) -> tuple[str, tuple[int, str, bool]]:
    """What orders the rows of literals."""
    return str(row[2]), literal_order(str(row[1]))
