"""Peano formulas in the numbers, decided by trying small values: independent of the checker.

Free variables range over FREE. A quantifier ranges over BOUND, which holds every witness that the formulas of the
samples can need at such values; for other formulas the answer is an approximation, good enough to tell the false
from the true among small ones.
"""

from __future__ import annotations

from itertools import product

from lemmata.rewriting.syntax import TermTable

FREE = range(4)
BOUND = range(14)


def holds(table: TermTable, formula: int) -> bool:
    """Is the universal closure of `formula` true? Recursive: for the small formulas of tests."""
    variables = table.free_variables(formula)
    return all(
        _truth(table, formula, dict(zip(variables, values, strict=True)), ())
        for values in product(FREE, repeat=len(variables))
    )


def _truth(table: TermTable, i: int, free: dict[int, int], bound: tuple[int, ...]) -> bool:
    match table.rows[i]:
        case ("false",):
            return False
        case ("eq", int(a), int(b)):
            return _value(table, a, free, bound) == _value(table, b, free, bound)
        case ("app", "<=", int(a), int(b)):
            return _value(table, a, free, bound) <= _value(table, b, free, bound)
        case ("imp", int(a), int(b)):
            return not _truth(table, a, free, bound) or _truth(table, b, free, bound)
        case ("and", int(a), int(b)):
            return _truth(table, a, free, bound) and _truth(table, b, free, bound)
        case ("or", int(a), int(b)):
            return _truth(table, a, free, bound) or _truth(table, b, free, bound)
        case ("all", _, int(a)):
            return all(_truth(table, a, free, (*bound, k)) for k in BOUND)
        case ("ex", _, int(a)):
            return any(_truth(table, a, free, (*bound, k)) for k in BOUND)
    raise AssertionError(f"not a formula of Peano: {table.rows[i]}")


def _value(table: TermTable, i: int, free: dict[int, int], bound: tuple[int, ...]) -> int:
    match table.rows[i]:
        case ("var", _, _):
            return free[i]
        case ("bound", int(k), _):
            return bound[-1 - k]
        case ("app", "0"):
            return 0
        case ("app", "s", int(a)):
            return _value(table, a, free, bound) + 1
        case ("app", "+", int(a), int(b)):
            return _value(table, a, free, bound) + _value(table, b, free, bound)
        case ("app", "*", int(a), int(b)):
            return _value(table, a, free, bound) * _value(table, b, free, bound)
    raise AssertionError(f"not a term of Peano: {table.rows[i]}")
