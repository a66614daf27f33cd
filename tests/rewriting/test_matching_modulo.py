"""Matching modulo: the set of matchers is that of brute force, whatever the mix of laws; and cases of known size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations, product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lemmata.rewriting import ac
from lemmata.rewriting.bank import TermBank, TermId
from lemmata.rewriting.matching_modulo import Matcher, Value
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.theory import Notation, Symbol
from tests.rewriting.laws import AC, OPERATIONS, A, S, canonical, laws

SYMBOLS = laws().symbol
RUN = S + ac.SEQUENCE
Image = tuple[object, ...]  # canonical forms: one of an ordinary variable, any number of a sequence variable


class Case:
    """Terms written into one table, and the same in a bank."""

    def __init__(self) -> None:
        self.table = TermTable()
        self.bank = TermBank()

    def term(self, text: object) -> int:
        """("+", "a", ("k", "x")) and so on; x y z are variables, xs ys sequence variables."""
        if isinstance(text, tuple):
            return self.table.app(str(text[0]), *(self.term(t) for t in text[1:]))
        if text in ("xs", "ys"):
            return self.table.var(str(text), RUN)
        return self.table.var(str(text), S) if text in ("x", "y", "z") else self.table.app(str(text))

    def load(self, term: int) -> TermId:
        return self.bank.load(self.table, [term], SYMBOLS)[0]

    def image(self, value: Value) -> Image:
        parts = value if isinstance(value, tuple) else (value,)
        return tuple(canonical(self.table, row) for row in self.bank.dump(parts, self.table))

    def found(self, pattern: int, subject: int) -> list[dict[str, Image]]:
        p, s = self.load(pattern), self.load(subject)
        variables = {self.load(v): str(self.table.rows[v][1]) for v in self.table.free_variables(pattern)}
        matcher = Matcher(self.bank, SYMBOLS, variables)
        out = []
        for matching in matcher.matchers(p, s):
            assert matching.keys() == variables.keys()
            assert matcher.instance(p, matching) == s
            out.append({variables[v]: self.image(t) for v, t in matching.items()})
        return out


# Brute force: every variable gets every part of the subject.


def parts(table: TermTable, subject: int) -> tuple[list[Image], list[Image]]:
    """What an ordinary variable can become, and what a sequence variable can."""
    single: dict[Image, None] = {((("app", "1"),),): None, ((("app", "nil"),),): None}
    runs: dict[Image, None] = {(): None}
    stack: list[Image] = [canonical(table, subject)]
    while stack:
        term = stack.pop()
        single[(term,)] = None
        head, *below = term
        stack.extend(below)  # type: ignore[arg-type]
        attributes, _ = OPERATIONS.get(str(head[1]), (frozenset(), None))  # type: ignore[index]
        if attributes == AC:
            some = [c for n in range(1, len(below) + 1) for c in combinations(below, n)]
        elif attributes == A:
            some = [tuple(below[i:j]) for i in range(len(below)) for j in range(i + 1, len(below) + 1)]
        else:
            continue
        for run in some:
            runs[run] = None
            single[((head, *run),) if len(run) > 1 else run] = None
    return list(single), list(runs)


def instance(table: TermTable, pattern: int, values: dict[int, Image]) -> Image | None:
    """The canonical forms that a pattern becomes; None where a pattern with runs becomes a single operand."""
    row = table.rows[pattern]
    if pattern in values:
        return values[pattern]
    attributes, unit = OPERATIONS.get(str(row[1]), (frozenset(), None))
    below: list[object] = []
    runs = False
    stack = list(reversed(children(row)))
    while stack:
        c = stack.pop()
        if "assoc" in attributes and table.rows[c][:2] == row[:2]:
            stack.extend(reversed(children(table.rows[c])))
            continue
        runs = runs or table.rows[c][-1] == RUN
        part = instance(table, c, values)
        if part is None:
            return None
        below.extend(part)
    flat = [part for b in below for part in (b[1:] if "assoc" in attributes and b[0] == row[:2] else (b,))]  # type: ignore[index]
    if unit is not None:
        flat = [b for b in flat if b != (("app", unit),)]
        if not flat and not runs:
            return ((("app", unit),),)
    if runs and len(flat) < 2:
        return None
    if ("assoc" in attributes or unit is not None) and len(flat) == 1:
        return (flat[0],)
    if "comm" in attributes:
        flat.sort(key=repr)
    return ((row[: len(row) - len(children(row))], *flat),)


def brute(table: TermTable, pattern: int, subject: int) -> Iterator[dict[str, Image]]:
    variables = table.free_variables(pattern)
    single, runs = parts(table, subject)
    choices = [runs if table.rows[v][2] == RUN else single for v in variables]
    assume(prod(len(c) for c in choices) <= 4000)
    goal = (canonical(table, subject),)
    for chosen in product(*choices):
        values = dict(zip(variables, chosen, strict=True))
        if instance(table, pattern, values) == goal:
            yield {str(table.rows[v][1]): value for v, value in values.items()}


def key(matching: dict[str, Image]) -> str:
    return repr(sorted(matching.items()))


def agree(case: Case, pattern: int, subject: int) -> int:
    """Compares the two. How many matchers there are."""
    found = [key(m) for m in case.found(pattern, subject)]
    assert len(set(found)) == len(found)
    assert set(found) == {key(m) for m in brute(case.table, pattern, subject)}
    return len(found)


@st.composite
def problems(draw: st.DrawFn, sequences: bool) -> tuple[Case, int, int]:
    case = Case()
    leaves = draw(st.sampled_from([("x", "y", "a"), ("x", "y", "z", "a", "b", "1"), ("x", "x", "a", "nil")]))
    operations = draw(st.lists(st.sampled_from((*OPERATIONS, "g", "k")), min_size=1, max_size=3))

    def grow(leaves: tuple[str, ...], size: int, runs: bool) -> int:
        known = [case.term(leaf) for leaf in leaves]
        for _ in range(size):
            f = draw(st.sampled_from(operations))
            below = [draw(st.sampled_from(known)) for _ in range(1 if f == "k" else 2)]
            if runs and "assoc" in OPERATIONS.get(f, (frozenset(),))[0] and draw(st.integers(0, 2)) == 0:
                below[draw(st.integers(0, 1))] = case.term(draw(st.sampled_from(("xs", "ys"))))
            known.append(case.table.app(f, *below))
        return known[-1]

    pattern = grow(leaves, draw(st.integers(1, 4)), sequences)
    if draw(st.booleans()):  # an instance, so that there is a matcher
        subject = grow(("a", "b", "1"), draw(st.integers(1, 3)), False)
        values = {v: draw(st.sampled_from([subject, case.term("a")])) for v in case.table.free_variables(pattern)}
        assume(all(case.table.rows[v][2] == S for v in values))
        subject = case.table.replace(pattern, values)
    else:
        subject = grow(("a", "b", "c", "1"), draw(st.integers(1, 6)), False)
    return case, pattern, subject


@settings(max_examples=300)
@given(problems(sequences=False))
def test_the_matchers_are_those_of_brute_force(problem: tuple[Case, int, int]) -> None:
    agree(*problem)


@settings(max_examples=200)
@given(problems(sequences=True))
def test_with_sequence_variables_too(problem: tuple[Case, int, int]) -> None:
    try:
        agree(*problem)
    except ValueError as error:  # xs ; nil is xs, which stands in no run
        assume("outside a run" not in str(error))
        raise


# Cases of known size.


def count(pattern: object, subject: object) -> int:
    case = Case()
    return len(case.found(case.term(pattern), case.term(subject)))


def total(f: str, *operands: object) -> object:
    whole = operands[0]
    for operand in operands[1:]:
        whole = (f, whole, operand)
    return whole


DISTINCT = [("k", "a"), ("k", "b"), ("g", "a", "a"), ("g", "a", "b"), ("g", "b", "a"), "a", "b", "c"]


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_shares_of_distinct_operands(n: int) -> None:
    subject = total("+", *DISTINCT[:n])
    assert count(("+", "x", "y"), subject) == 2**n - 2
    assert count(("+", ("+", "x", "y"), "z"), subject) == 3**n - 3 * 2**n + 3
    assert count(("+", "xs", "y"), subject) == 2**n - 1
    assert count(("+", "xs", "ys"), subject) == 2**n
    assert count(("*", "x", "y"), total("*", *DISTINCT[:n])) == 2**n
    assert count((".", "x", "y"), total(".", *DISTINCT[:n])) == n - 1
    assert count((".", (".", "x", "y"), "z"), total(".", *DISTINCT[:n])) == (n - 1) * (n - 2) // 2
    assert count((";", "x", "y"), total(";", *DISTINCT[:n])) == n + 1
    assert count((".", "xs", ("k", "x")), (".", total(".", *DISTINCT[:n]), ("k", "c"))) == 1


@pytest.mark.parametrize("weights", [(1, 1), (2, 1), (1, 2), (2, 2), (3, 1), (1, 1, 1), (2, 1, 1)])
@pytest.mark.parametrize("counts", [(8,), (4, 4), (5, 3), (2, 2, 2, 2), (3, 2, 2, 1), (2, 1, 1, 1, 1)])
def test_shares_of_repeated_operands(weights: tuple[int, ...], counts: tuple[int, ...]) -> None:
    """Up to 8 operands, against a count that tries every multiset for every variable."""
    pattern = total("+", *(v for v, m in zip("xyz", weights, strict=False) for _ in range(m)))
    subject = total("+", *(t for t, n in zip(DISTINCT, counts, strict=False) for _ in range(n)))
    bags = [bag for bag in product(*(range(n + 1) for n in counts)) if any(bag)]
    expected = 0
    for chosen in product(bags, repeat=len(weights) - 1):
        used = [sum(m * n for m, n in zip(weights[1:], of, strict=True)) for of in zip(*chosen, strict=True)]
        left = [n - u for n, u in zip(counts, used or [0] * len(counts), strict=True)]
        expected += min(left) >= 0 and any(left) and not any(n % weights[0] for n in left)
    assert count(pattern, subject) == expected


def test_rigid_operands_are_assigned() -> None:
    """Pairs that could be served in many ways, in one way, and in none although each has candidates."""
    ks = [("k", c) for c in ("a", "b", "c", ("k", "a"))]
    assert count(total("+", ("k", "x"), ("k", "y")), total("+", *ks[:2])) == 2
    assert count(total("+", ("k", "x"), ("k", "y"), "z"), total("+", *ks)) == 12
    assert count(total("+", ("k", "x"), ("k", "x")), total("+", *ks[:2])) == 0
    assert count(total("+", ("k", "x"), ("g", "x", "y")), total("+", ("g", "b", "c"), ("k", "b"))) == 1
    chain = total("+", ("g", "a", "x"), ("g", "y", "b"), ("g", "z", "b"))
    assert count(chain, total("+", ("g", "a", "b"), ("g", "c", "b"), ("g", "a", "c"))) == 2
    assert count(chain, total("+", ("g", "a", "b"), ("g", "c", "c"), ("g", "a", "c"))) == 0


def test_patterns_that_cannot_all_be_served_are_seen_at_once() -> None:
    """Fourteen patterns, each with candidates, two of which fight for one: not tried in all ways."""
    case = Case()
    t = case.table
    variables = [t.var(f"v{n}", S) for n in range(14)]
    a, b, zero = (case.term(c) for c in ("a", "b", "c"))
    left = [t.app("g", a, variables[0]), t.app("g", a, variables[1])]
    left += [t.app("g", v, b) for v in variables[2:]]
    right = [t.app("g", a, zero)] + [t.app("g", t.app("k", t.var(f"w{n}", S)), b) for n in range(12)]
    pattern, subject = left[0], right[0]
    for p, s in zip(left[1:], [*right[1:], t.app("k", a)], strict=True):
        pattern, subject = t.app("+", pattern, p), t.app("+", subject, s)
    matcher = Matcher(case.bank, SYMBOLS, [case.load(v) for v in variables])
    assert next(matcher.matchers(case.load(pattern), case.load(subject)), None) is None


def test_a_sum_of_thousands_is_matched_at_once() -> None:
    case = Case()
    t = case.table
    subject = case.term("a")
    for n in range(5_000):
        subject = t.app("+", subject, t.var(f"v{n}", S))
    pattern, target = case.load(case.term(("+", ("+", "a", "x"), "y"))), case.load(subject)
    x, y = (case.load(t.var(v, S)) for v in "xy")
    matcher = Matcher(case.bank, SYMBOLS, [x, y])
    first = next(matcher.matchers(pattern, target))
    assert matcher.instance(pattern, first) == target
    assert next(matcher.inside(case.load(case.term(("+", "a", "b"))), target), None) is None


class TestInside:
    """Some of the operands only."""

    @staticmethod
    def rests(pattern: object, subject: object) -> list[tuple[Image, Image]]:
        case = Case()
        p, s = case.term(pattern), case.term(subject)
        variables = {case.load(v) for v in case.table.free_variables(p)}
        matcher = Matcher(case.bank, SYMBOLS, variables)
        found = list(matcher.inside(case.load(p), case.load(s)))
        symbol = SYMBOLS[str(case.table.rows[p][1])]
        images = []
        for matching, before, behind in found:
            assert matching.keys() == variables
            whole = [*before, (matcher.instance(case.load(p), matching), 1), *behind]
            if ac.is_ac(symbol):
                assert case.load(s) == ac.ac_term(case.bank, symbol, whole)
            else:
                assert case.load(s) == ac.assoc_term(case.bank, symbol, [t for t, _ in whole])
            images.append((case.image(tuple(t for t, _ in before)), case.image(tuple(t for t, _ in behind))))
        return images

    def test_of_a_sum(self) -> None:
        assert len(self.rests(("+", "a", "b"), total("+", "a", "b", "c"))) == 1
        assert len(self.rests(("+", "x", "x"), total("+", "a", "b", "a", "b", "c"))) == 3
        assert len(self.rests(("+", "x", "y"), total("+", "a", "b", "c"))) == 12
        assert self.rests(("+", "a", "b"), total("+", "a", "c")) == []
        assert self.rests(("+", "a", "b"), "a") == []
        assert self.rests(("k", "a"), ("k", "a")) == []

    def test_of_a_sequence(self) -> None:
        rests = self.rests((".", "a", "b"), total(".", "a", "b", "a", "b"))
        assert [(len(before), len(behind)) for before, behind in rests] == [(0, 2), (2, 0)]
        assert len(self.rests((".", "x", "x"), total(".", "a", "a", "a", "a"))) == 4
        assert self.rests((".", "b", "a"), total(".", "a", "b")) == []


class TestOther:
    def test_rigid_variables_match_themselves(self) -> None:
        case = Case()
        pattern, subject = case.term(("+", "x", "y")), case.term(("+", "x", ("k", "a")))
        x, y = (case.load(case.term(v)) for v in "xy")
        (matching,) = Matcher(case.bank, SYMBOLS, [y]).matchers(case.load(pattern), case.load(subject))
        assert matching == {y: case.load(case.term(("k", "a")))}
        (given_x,) = Matcher(case.bank, SYMBOLS, [x, y]).matchers(case.load(pattern), case.load(subject), {x: x})
        assert given_x == {x: x, **matching}

    def test_variadic_symbols(self) -> None:
        bank = TermBank()
        bag = Symbol("list", (RUN,), "L", "abstract", Notation("list"))
        pair = Symbol("pair", ("L", RUN), "L", "abstract", Notation("pair"))
        symbols = {**SYMBOLS, "list": bag, "pair": pair}
        t = TermTable()
        a, b, x, xs, ys = t.app("a"), t.app("b"), t.var("x", S), t.var("xs", RUN), t.var("ys", RUN)
        rows = [
            t.app("list", xs, x, ys),
            t.app("list", a, b, b),
            t.app("list", xs, xs),
            t.app("list", a, b, a, b),
            t.app("list"),
            t.app("pair", t.app("list", xs), xs),
            t.app("pair", t.app("list", a, b), a, b),
            t.app("pair", t.app("list", a, b), b, a),
        ]
        one, three, twice, four, none, same, good, bad = bank.load(t, rows, symbols)
        variables = bank.load(t, [x, xs, ys], symbols)
        matcher = Matcher(bank, symbols, variables)

        def count(pattern: TermId, subject: TermId) -> int:
            found = list(matcher.matchers(pattern, subject))
            assert all(matcher.instance(pattern, m) == subject for m in found)
            return len(found)

        assert (count(one, three), count(one, none), count(twice, four), count(twice, three)) == (3, 0, 1, 0)
        assert (count(twice, none), count(same, good), count(same, bad)) == (1, 1, 0)
        assert bank.load(t, bank.dump([four, good], t), symbols) == [four, good]

    def test_what_is_no_pattern(self) -> None:
        bank, t = TermBank(), TermTable()
        xs, x, a = t.var("xs", RUN), t.var("x", S), t.app("a")
        lone, formula, target, equation = bank.load(t, [t.app("k", xs), t.eq(x, a), t.app("k", a), t.eq(a, a)], SYMBOLS)
        matcher = Matcher(bank, SYMBOLS, bank.load(t, [xs, x], SYMBOLS))
        with pytest.raises(ValueError, match="outside a run"):
            list(matcher.matchers(lone, target))
        with pytest.raises(ValueError, match="formulas"):
            list(matcher.matchers(formula, equation))

    def test_deep_and_shared_patterns(self) -> None:
        case = Case()
        t = case.table
        deep, chain = case.term(("#", "x", "a")), case.term(("#", "a", "b"))
        for _ in range(20_000):
            deep, chain = t.app("k", deep), t.app("k", chain)
        assert len(case.found(deep, chain)) == 1
        shared, full = case.term(("+", "x", "y")), case.term(("+", "a", "b"))
        for _ in range(60):
            shared, full = t.app("g", shared, shared), t.app("g", full, full)
        p, s = case.load(shared), case.load(full)
        variables = [case.load(case.term(v)) for v in "xy"]
        assert len(list(Matcher(case.bank, SYMBOLS, variables).matchers(p, s))) == 2

    def test_the_order_of_matchers_does_not_depend_on_ids(self) -> None:
        orders = set()
        for seed in range(6):
            case = Case()
            names = [*"abc1", "nil"]
            random.Random(seed).shuffle(names)
            for name in names:
                case.load(case.term(name))  # ids in another order
            pattern = total("+", "x", ("k", "y"), "z")
            subject = total("+", "a", ("k", "b"), ("k", "a"), "b", ("*", "a", "c"))
            found = case.found(case.term(pattern), case.term(subject))
            orders.add(repr([sorted(m.items()) for m in found]))
        assert len(orders) == 1
