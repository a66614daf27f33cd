"""Small values and points: where conjectures are evaluated.

A value of a datatype is a ground constructor term. A sort without constructors has a few elements of its own, taken
to be different, and a function without definition is interpreted freely: f(a) is just the term f(a). That is a model
of every theory whose axioms are all definitions, so a conjecture that fails there is refuted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..rewriting.bank import BankSymbol, Ints, TermBank, TermId, app_symbol
from ..rewriting.theory import Theory

ELEMENTS = 2  # of a sort without constructors
VALUES = 7  # of a datatype at most


def small_values(theory: Theory, bank: TermBank) -> dict[str, list[TermId]]:
    """For every sort its smallest values, smallest first, in a structural order."""
    found: dict[str, list[TermId]] = {}
    for sort in theory.sorts:
        found[sort] = []
        if sort not in theory.datatype:
            names = _element_names(theory, sort)
            found[sort] = [bank.node(bank.symbol_id(BankSymbol("app", name, (), sort)), []) for name in names]
    # By number of constructors: all values of size n from smaller ones, until enough or nothing new.
    sized: dict[tuple[str, int], list[TermId]] = {(s, 1): list(v) for s, v in found.items()}
    for size in range(1, 2 * VALUES):
        for datatype in theory.datatypes:
            fresh = sized.setdefault((datatype.sort, size), [])
            for name in datatype.constructors:
                symbol = theory.symbol[name]
                number = bank.symbol_id(app_symbol(symbol))
                for sizes in _splits(size - 1, symbol.arity):
                    options = [
                        sized.get(sort_and_size, []) for sort_and_size in zip(symbol.arguments, sizes, strict=True)
                    ]
                    for arguments in _choices(options):
                        if len(found[datatype.sort]) + len(fresh) < VALUES:
                            fresh.append(bank.node(number, arguments))
            found[datatype.sort].extend(fresh)
    return found


def _element_names(theory: Theory, sort: str) -> list[str]:
    """Names for the elements of an abstract sort: a1, a2, ... from the sort's first letter, free in the theory."""
    letter = sort[0].lower() if sort[0].isalpha() else "e"
    taken = {s.notation.text for s in theory.symbols} | {str(row[1]) for row in theory.terms.rows if row[0] == "var"}
    names: list[str] = []
    n = 1
    while len(names) < ELEMENTS:
        if f"{letter}{n}" not in taken:
            names.append(f"{letter}{n}")
        n += 1
    return names


def _splits(total: int, parts: int) -> list[tuple[int, ...]]:
    """All ways to write `total` as a sum of that many positive sizes, in lexicographic order."""
    if parts == 0:
        return [()] if total == 0 else []
    out: list[tuple[int, ...]] = [()]
    for left in range(parts - 1, -1, -1):
        out = [
            (*head, n)
            for head in out
            for n in range(1, total - sum(head) - left + 1)
            if left > 0 or sum(head) + n == total
        ]
    return out


def _choices(options: Sequence[Sequence[TermId]]) -> list[list[TermId]]:
    out: list[list[TermId]] = [[]]
    for group in options:
        out = [[*head, item] for head in out for item in group]
    return out


def make_points(choices: Sequence[Sequence[TermId]], most: int) -> Ints:
    """Points for variables with the given values, [variable, point]: all if they are at most `most`, else a mixture.

    Small points come first, so that the first failure is a readable one. The mixture is drawn by a fixed generator:
    half of it from the two smallest values of each variable, where coincidences are frequent.
    """
    sizes = [len(c) for c in choices]
    total = 1
    for n in sizes:
        total *= n
    if total <= most:
        picks = [tuple(p) for p in np.ndindex(*sizes)] if sizes else [()]
    else:
        state = 12345
        picks = [(0,) * len(sizes)]
        while len(picks) < most:
            pick = []
            for n in sizes:
                state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
                pick.append((state >> 33) % (min(n, 2) if len(picks) % 2 else n))
            picks.append(tuple(pick))
        picks = list(dict.fromkeys(picks))
    picks.sort(key=lambda p: (sum(p), p))
    table = [[int(c[p[v]]) for p in picks] for v, c in enumerate(choices)]
    return np.array(table, np.int32).reshape(len(choices), len(picks))
