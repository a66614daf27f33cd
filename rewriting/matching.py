"""Syntactic matching and unification on plain terms: the obvious algorithms, iterative.

Terms that are equal are one row, so comparing subterms costs nothing. Formulas with quantifiers match by structure;
the value of a variable never mentions a bound variable, which would be captured.
"""

from __future__ import annotations

from collections.abc import Collection

from .syntax import BINDERS, TermTable, children

Substitution = dict[int, int]


def match(table: TermTable, pattern: int, subject: int, variables: Collection[int]) -> Substitution | None:
    """The substitution of `variables` that makes `pattern` equal to `subject`, or None.

    Linear in the DAG of the pattern (and in the values of variables that stand under a quantifier).

    >>> t = TermTable()
    >>> x, zero = t.var("x", "N"), t.app("0")
    >>> match(t, t.app("+", x, x), t.app("+", zero, zero), {x}) == {x: zero}
    True
    >>> match(t, t.app("+", x, x), t.app("+", zero, t.app("s", zero)), {x}) is None
    True
    """
    found: Substitution = {}
    matched: Substitution = {}  # for each row of the pattern what it must become; one row cannot become two
    stack = [(pattern, subject, False)]
    rows = table.rows
    while stack:
        p, s, inside = stack.pop()
        if p in matched:
            if matched[p] != s:
                return None
            continue
        matched[p] = s
        if p in variables:
            if not _same_sort(table, p, s) or (inside and _has_bound(table, s)):
                return None
            found[p] = s
            continue
        a, b = rows[p], rows[s]
        below = children(a)
        if len(a) != len(b) or a[: len(a) - len(below)] != b[: len(b) - len(below)]:
            return None
        inside = inside or a[0] in BINDERS
        stack.extend((c, d, inside) for c, d in zip(below, children(b), strict=True))
    return found


def _has_bound(table: TermTable, term: int) -> bool:
    """Does a term mention a variable of a quantifier around it? (No term has a quantifier inside.)"""
    return any(table.rows[i][0] == "bound" for i in table.reachable([term]))


def _same_sort(table: TermTable, variable: int, term: int) -> bool:
    """Can the variable stand for the term? Where the term is a leaf its sort is visible; under a symbol it fits."""
    row = table.rows[term]
    if row[0] == "bound":
        return False
    return row[0] not in ("var", "lit") or row[2] == table.rows[variable][2]


def unify(table: TermTable, left: int, right: int, variables: Collection[int]) -> Substitution | None:
    """A most general unifier of two terms (Robinson 1965), or None.

    Idempotent: no variable that is substituted occurs in a value. With the occurs check.

    >>> t = TermTable()
    >>> x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    >>> unify(t, t.app("+", x, y), t.app("+", t.app("s", y), zero), {x, y}) == {x: t.app("s", zero), y: zero}
    True
    >>> unify(t, x, t.app("s", x), {x}) is None
    True
    """
    bound: Substitution = {}  # triangular: values may have variables that are bound later

    def walk(i: int) -> int:
        while i in bound:
            i = bound[i]
        return i

    stack = [(left, right, False)]
    seen: set[tuple[int, int]] = set()
    rows = table.rows
    while stack:
        a, b, inside = stack.pop()
        a, b = walk(a), walk(b)
        if a == b or (a, b) in seen:
            continue
        seen.add((a, b))
        if a not in variables and b in variables:
            a, b = b, a
        if a in variables:
            if not _same_sort(table, a, b) or _occurs(table, a, b, bound) or (inside and _has_bound(table, b)):
                return None
            bound[a] = b
            continue
        p, q = rows[a], rows[b]
        below = children(p)
        if len(p) != len(q) or p[: len(p) - len(below)] != q[: len(q) - len(below)]:
            return None
        inside = inside or p[0] in BINDERS
        stack.extend((c, d, inside) for c, d in zip(below, children(q), strict=True))
    solved: Substitution = {}
    for variable in _innermost_first(table, bound):
        solved[variable] = table.replace(bound[variable], solved)
    return solved


def _occurs(table: TermTable, variable: int, term: int, bound: Substitution) -> bool:
    seen: set[int] = set()
    stack = [term]
    while stack:
        i = stack.pop()
        if i == variable:
            return True
        if i not in seen:
            seen.add(i)
            stack.extend([bound[i]] if i in bound else children(table.rows[i]))
    return False


def _innermost_first(table: TermTable, bound: Substitution) -> list[int]:
    """The bound variables in an order in which each value mentions only variables that come before."""
    out: dict[int, None] = {}
    stack = list(bound)
    while stack:
        variable = stack[-1]
        missing = [v for v in table.free_variables(bound[variable]) if v in bound and v not in out]
        if variable in out or not missing:
            out[stack.pop()] = None
        else:
            stack.extend(missing)
    return list(out)
