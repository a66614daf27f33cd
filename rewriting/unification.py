"""Unification of terms as Python objects.

>>> import lemmata
>>> nat = lemmata.parse("sort N = 0 | s(N)\\nvar x y : N\\nop _+_ : N N -> N")
>>> from lemmata.rewriting.terms import Signature
>>> sig = Signature.of(nat.theory, nat.variables)
>>> unify(sig.term("x + 0"), sig.term("s(y) + y"))
{Term('y'): Term('0'), Term('x'): Term('s(0)')}
>>> unify(sig.term("x"), sig.term("s(x)")) is None
True
"""

from __future__ import annotations

from . import matching
from .syntax import TermTable
from .terms import Term


def unify(left: Term, right: Term) -> dict[Term, Term] | None:
    """A most general unifier: what variables must stand for to make the two the same term; None if nothing does.

    `left.replace(u) == right.replace(u)`. A variable means the same in both. Attributes of symbols play no part.
    Raises SortError for terms of different signatures or banks.
    """
    signature = left.signature
    signature.expect(right)
    if left.sort != right.sort:
        return None
    table = TermTable()
    rows = left.dump(table), right.dump(table)
    variables = {v for row in rows for v in table.free_variables(row)}
    found = matching.unify(table, *rows, variables)
    if found is None:
        return None
    return {signature.load(table, v): signature.load(table, t) for v, t in found.items()}
