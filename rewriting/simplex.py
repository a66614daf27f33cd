"""Exact linear programming for homogeneous inequalities: which of them can be strict, all at once.

The solutions of `a . w >= 0` for all rows a, with w >= 0, form a cone: sums and multiples of solutions are solutions.
Hence one solution makes every row positive that is positive in any. It maximises the sum of t over rows where
0 <= t <= 1 and a . w >= t: then t = 1 exactly for these rows. The origin is a vertex to start from, and Bland's rule
(1977) keeps the simplex method from going round in circles.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def strictest(rows: Sequence[Sequence[int]]) -> tuple[list[Fraction], list[bool]]:
    """A w >= 0 with a . w >= 0 for every row a, and for each row whether a . w > 0; as many are so as can be.

    All rows have one length. The number of pivots is finite; in practice it is a few times the number of rows.

    >>> strictest([[1, 0, 0], [-1, 1, 0], [0, -1, 1], [0, 0, -1]])
    ([Fraction(0, 1), Fraction(0, 1), Fraction(0, 1)], [False, False, False, False])
    >>> strictest([[1, -1], [0, 1]])
    ([Fraction(2, 1), Fraction(1, 1)], [True, True])
    """
    count, width = len(rows), len(rows[0]) if rows else 0
    # Columns: w, t, slacks of t - a . w <= 0, slacks of t <= 1, right side. The slacks are basic to begin with.
    columns = width + 3 * count
    tableau: list[dict[int, Fraction]] = []
    for n, row in enumerate(rows):
        line = {k: Fraction(-c) for k, c in enumerate(row) if c}
        line[width + n] = line[width + count + n] = Fraction(1)
        tableau.append(line)
    for n in range(count):
        tableau.append({width + n: Fraction(1), width + 2 * count + n: Fraction(1), columns: Fraction(1)})
    basis = [width + count + n for n in range(2 * count)]
    gain = {width + n: Fraction(1) for n in range(count)}
    while True:
        entering = min((k for k, v in gain.items() if k != columns and v > 0), default=None)
        if entering is None:
            break
        ratios = [
            (line.get(columns, Fraction(0)) / line[entering], basis[n], n)
            for n, line in enumerate(tableau)
            if line.get(entering, 0) > 0
        ]
        _, _, leaving = min(ratios)  # bounded: every t is at most 1
        pivot = tableau[leaving][entering]
        tableau[leaving] = {k: v / pivot for k, v in tableau[leaving].items()}
        for n, line in enumerate(tableau):
            if n != leaving and entering in line:
                _subtract(line, tableau[leaving], line[entering])
        _subtract(gain, tableau[leaving], gain[entering])
        basis[leaving] = entering
    values = [Fraction(0)] * width
    for n, k in enumerate(basis):
        if k < width:
            values[k] = tableau[n].get(columns, Fraction(0))
    return values, [sum(c * v for c, v in zip(row, values, strict=True)) > 0 for row in rows]


def _subtract(line: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
    """line -= factor * other, keeping no zeros."""
    for k, v in other.items():
        value = line.get(k, Fraction(0)) - factor * v
        if value:
            line[k] = value
        else:
            line.pop(k, None)
