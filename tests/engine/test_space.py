"""The space of conjectures against a brute-force enumeration: every equation stands there once."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import numpy as np
import pytest

from lemmata.engine.explore import space_variables
from lemmata.engine.interpretation import SmallValues
from lemmata.engine.mpl import Module, parse_module
from lemmata.engine.space import TermSpace
from lemmata.engine.values import make_points, small_values
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.knowledge import Knowledge
from lemmata.rewriting.limits import Clock, Limits
from lemmata.rewriting.source import Source

PEANO = """
sort N = 0 | s(N)
var x y z : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
"""
MIXED = """
sort A
sort L(X) = nil | cons(X, L(X))
var a b : A
var xs ys : L(A)
op f : A -> A
op rev : L(A) -> L(A)
"""
CLOCK = Clock(Limits())


def space(module: Module, size: int) -> tuple[TermSpace, Knowledge]:
    known = Knowledge(module.theory)
    values = SmallValues(module.theory, known.bank, known.definitions, CLOCK)
    variables = space_variables(module.theory, module.variables)
    terms = TermSpace(module.theory, known.bank, known.definitions, values, variables, CLOCK)
    for n in range(1, (size + 1) // 2 + 1):
        assert terms.count_next(n) == len(terms_added(terms, n))
    return terms, known


def terms_added(terms: TermSpace, n: int) -> range:
    before = len(terms)
    terms.grow(n)
    return range(before, len(terms))


Tree = tuple[object, ...]


def tree(terms: TermSpace, t: int) -> Tree:
    if terms.heads[t] < 0:
        return ("var", t)
    return (terms.heads[t], *(tree(terms, a) for a in terms.arguments[t]))


def brute_force(terms: TermSpace, size: int) -> Counter[frozenset[Tree]]:
    """All equations of a size as sets of two trees, up to renaming of variables within a sort."""
    by_size: dict[int, list[int]] = {}
    for t in range(len(terms)):
        by_size.setdefault(int(terms.size[t]), []).append(t)
    sorts = [v.sort for v in terms.all_variables]
    renamings = [p for p in permutations(range(len(sorts))) if all(sorts[i] == sorts[j] for i, j in enumerate(p))]
    sort_of = {t: sort for (sort, _), group in terms._by_sort.items() for t in group}
    seen: Counter[frozenset[Tree]] = Counter()
    for m in range(size // 2 + 1):
        for left, right in product(by_size.get(size - m, []), by_size.get(m, [])):
            free = [set(terms.order[t]) for t in (left, right)]
            covered = free[1] <= free[0] or (2 * m == size and free[0] <= free[1])
            if left == right or sort_of[left] != sort_of[right] or not covered:
                continue
            forms = [frozenset([rename(tree(terms, left), p), rename(tree(terms, right), p)]) for p in renamings]
            seen[min(forms, key=lambda f: sorted(map(repr, f)))] = 1
    return seen


def rename(t: Tree, renaming: tuple[int, ...]) -> Tree:
    if t[0] == "var":
        return ("var", renaming[t[1]])  # type: ignore[call-overload]
    return (t[0], *(rename(c, renaming) for c in t[1:]))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [PEANO, MIXED])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_equation_once(text: str, size: int) -> None:
    terms, _ = space(parse_module(Source("t", text)), 4)
    expected = brute_force(terms, size)
    sorts = [v.sort for v in terms.all_variables]
    renamings = [p for p in permutations(range(len(sorts))) if all(sorts[i] == sorts[j] for i, j in enumerate(p))]
    found: Counter[frozenset[Tree]] = Counter()
    for left, rights in terms.equations(size, size):
        for right in rights.tolist():
            pair = tree(terms, left), tree(terms, right)
            forms = [frozenset(rename(t, p) for t in pair) for p in renamings]
            found[min(forms, key=lambda f: sorted(map(repr, f)))] += 1
    assert max(found.values()) == 1
    assert found.keys() == {f for f in expected if max_size(f) <= (4 + 1) // 2}


def max_size(form: frozenset[Tree]) -> int:
    def size(t: Tree) -> int:
        return 0 if t[0] == "var" else 1 + sum(size(c) for c in t[1:])  # type: ignore[arg-type]

    return max(size(t) for t in form)


def test_values_are_those_of_arithmetic() -> None:
    terms, _ = space(parse_module(Source("t", PEANO)), 4)
    shown = [terms.interpretation.show(int(v)) for v in np.unique(terms.values)]
    assert all(text.replace("s(", "").rstrip(")") == "0" for text in shown)

    def value(t: int, point: int) -> int:
        if terms.heads[t] < 0:
            return terms.interpretation.show(int(terms.points[t, point])).count("s")
        name = terms.theory.symbols[terms.heads[t]].name
        below = [value(a, point) for a in terms.arguments[t]]
        return {"0": lambda: 0, "s": lambda: below[0] + 1, "+": lambda: below[0] + below[1]}[name]()

    for t in range(0, len(terms), 7):
        for point in range(0, terms.point_count, 11):
            assert terms.interpretation.show(int(terms.values[t, point])).count("s") == value(t, point)


def test_small_values_come_by_size_and_without_repetition() -> None:
    module = parse_module(Source("t", MIXED))
    bank = TermBank()
    values = small_values(module.theory, bank)
    assert len(values["A"]) == 2
    assert len(set(values["L(A)"])) == len(values["L(A)"]) == 7
    assert bank.head(values["L(A)"][0]).name == "nil"


def test_points_are_all_or_a_fixed_mixture() -> None:
    module = parse_module(Source("t", PEANO))
    bank = TermBank()
    numbers = small_values(module.theory, bank)["N"]
    assert make_points([numbers, numbers], 100).shape == (2, 49)
    mixture = make_points([numbers] * 6, 100)
    assert mixture.shape[0] == 6
    assert 50 < mixture.shape[1] <= 100
    assert (mixture[:, 0] == numbers[0]).all()
    assert (mixture == make_points([numbers] * 6, 100)).all()
    assert len({tuple(c) for c in mixture.T.tolist()}) == mixture.shape[1]
    assert make_points([], 10).shape == (0, 1)


def test_variables_are_the_declared_ones_first() -> None:
    module = parse_module(Source("t", "sort N = 0 | s(N)\nsort A\nvar x y : N\nvar z : A\n"))
    names = [(v.name, v.sort, v.number) for v in space_variables(module.theory, module.variables)]
    assert names == [("x", "N", 0), ("y", "N", 1), ("y1", "N", 2), ("z", "A", 0), ("z1", "A", 1), ("z2", "A", 2)]
    module = parse_module(Source("t", "sort N = 0 | s(N)\nvar ks : N\n"))
    assert [v.name for v in space_variables(module.theory, module.variables)] == ["ks", "ls", "ms"]
