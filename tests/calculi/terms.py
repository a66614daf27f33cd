"""Random terms of the calculus, drawn by seed: any terms whatever, and closed ones with types."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import strategies as st

from lemmata.calculi.fmc.terms import Table, Term
from lemmata.calculi.fmc.typing import infer
from lemmata.rewriting.source import LemmataError

LOCATIONS = ("", "", "", "c", "d")
LABELS = ("*", "*", "e", "f", "T", "F", "l")
NUMBERS = (0, 1, 2, 3, 7, -1, 2**61, -(2**62), 2**62, 10**30)
PRIMITIVES = ("add", "sub", "mul", "div", "mod", "eq", "lt", "le", "eqb")


def any_term(seed: int, size: int = 30, *, control: bool = True) -> Term:
    """A term with bound names only, one in ten with a free one, about as large as `size`; it may do anything."""
    return _Random(random.Random(seed), control).term(size)


class _Random:
    def __init__(self, r: random.Random, control: bool) -> None:
        self.r = r
        self.table = Table()
        self.control = control

    def term(self, size: int) -> Term:
        return Term(self.table, self._term(self.r.randrange(1, size + 1), 0))

    def _term(self, size: int, depth: int) -> int:
        t, r = self.table, self.r
        if size <= 1:
            return self._leaf(depth)
        way = r.random()
        if way < 0.35:
            left = r.randrange(size)
            return t.push(r.choice(LOCATIONS), self._argument(left, depth), self._term(size - 1 - left, depth))
        if way < 0.6:
            return t.pop(r.choice(LOCATIONS), self._term(size - 1, depth + 1), hint=r.choice("xyzf"))
        if way < 0.93 or not self.control:
            left = r.randrange(size)
            label = r.choice(LABELS) if self.control else "*"
            return t.join(label, self._term(left, depth), self._term(size - 1 - left, depth))
        return t.loop(r.choice(LABELS), self._term(size - 1, depth))

    def _leaf(self, depth: int) -> int:
        t, r = self.table, self.r
        way = r.random()
        if way < 0.35 and depth:
            return t.bound(r.randrange(min(depth, 4)))
        if way < 0.5:
            return t.jump(r.choice(LABELS) if self.control else "*")
        if way < 0.8:
            return t.primitive(r.choice(PRIMITIVES if self.control else PRIMITIVES[:5]))
        return t.free("z") if way < 0.83 else t.skip()

    def _argument(self, size: int, depth: int) -> int:
        t, r = self.table, self.r
        way = r.random()
        if way < 0.45:
            return t.number(r.choice(NUMBERS))
        if way < 0.5:
            return t.constant(r.choice("ab"))
        if way < 0.7 and depth:
            return t.bound(r.randrange(depth))
        return self._term(size, depth)


def any_memory(seed: int) -> Mapping[str, Sequence[Term]]:
    """A memory of a few values at each location."""
    r = random.Random(seed)
    table = Table()

    def value() -> Term:
        if r.random() < 0.7:
            return Term(table, table.number(r.choice(NUMBERS)))
        return any_term(r.randrange(10**9), 6)

    return {at: [value() for _ in range(r.randrange(4))] for at in ("", "c", "d")}


def typed_term(seed: int, size: int = 14, *, control: bool = True) -> Term | None:
    """A closed annotated term without loops; None where what was drawn has no type."""
    drawn = _Typed(random.Random(seed), control)
    term = Term(drawn.table, drawn.term(size, [], {}))
    try:
        infer(term)
    except LemmataError:
        return None
    return term


class _Typed:
    """Draws instructions one after the other, and keeps book of the types on the stacks."""

    def __init__(self, r: random.Random, control: bool) -> None:
        self.r = r
        self.table = Table()
        self.control = control
        self.z = self.table.base("Z")

    def term(self, size: int, binders: list[int], stacks: dict[str, list[int]]) -> int:
        t, r = self.table, self.r
        if size <= 0:
            return t.jump("e") if self.control and r.random() < 0.15 else t.skip()
        at = r.choice(LOCATIONS)
        stack = stacks.setdefault(at, [])
        way = r.random()
        if way < 0.2:
            stack.append(self.z)
            return t.push(at, t.number(r.randrange(9)), self.term(size - 1, binders, stacks))
        if way < 0.32:
            body = self.term(size // 3, [], {})
            stack.append(infer(Term(t, body)).root)
            return t.push(at, body, self.term(size - 1 - size // 3, binders, stacks))
        if way < 0.45 and binders:
            k = r.randrange(len(binders))
            stack.append(binders[-1 - k])
            return t.push(at, t.bound(k), self.term(size - 1, binders, stacks))
        if way < 0.7:
            kind = stack.pop() if stack else self.z
            return t.pop(at, self.term(size - 1, [*binders, kind], stacks), kind, r.choice("xyf"))
        main = stacks.setdefault("", [])
        if way < 0.8 and main[-2:] == [self.z, self.z]:
            if self.control and r.random() < 0.5:
                del main[-2:]
                one, two = (t.push("", t.number(n), t.skip()) for n in (1, 2))
                asked = t.join("F", t.join("T", t.primitive(r.choice(("eq", "lt", "le"))), one), two)
                main.append(self.z)
                return t.join("*", asked, self.term(size - 4, binders, stacks))
            main.pop()
            return t.join("*", t.primitive(r.choice(("add", "sub", "mul"))), self.term(size - 1, binders, stacks))
        if way < 0.9 and binders:
            return self._execute(size, binders, stacks)
        label = r.choice(("*", "e")) if self.control else "*"
        left = self.term(size // 2, binders, stacks)
        return t.join(label, left, self.term(size - 1 - size // 2, binders, stacks))

    def _execute(self, size: int, binders: list[int], stacks: dict[str, list[int]]) -> int:
        k = self.r.randrange(len(binders))
        row = self.table.rows[binders[-1 - k]]
        if row[0] != "arrow" or [label for label, _ in row[2]] != ["*"]:
            return self.term(size - 1, binders, stacks)
        for at, types in row[1]:
            stack = stacks.setdefault(at, [])
            del stack[max(0, len(stack) - len(types)) :]
        for at, types in row[2][0][1]:
            stacks.setdefault(at, []).extend(types)
        return self.table.join("*", self.table.bound(k), self.term(size - 1, binders, stacks))


def inhabitant(table: Table, type: int) -> int:
    """A value of a type: a number, a constant, or a thunk that pops what it needs and pushes what an exit gives."""
    row = table.rows[type]
    if row[0] == "base":
        return table.number(3) if row[1] == "Z" else table.constant("k")
    if not row[2]:
        return table.loop("*", table.skip())
    label, give = row[2][0]
    body = table.jump(label)
    for at, types in reversed(give):
        for kind in reversed(types):
            body = table.push(at, inhabitant(table, kind), body)
    for at, types in reversed(row[1]):
        for kind in reversed(types):
            body = table.pop(at, body, kind)
    return body


SEEDS = st.integers(0, 2**40)
DEPTHS = (10_000, pytest.param(100_000, marks=pytest.mark.slow))  # of terms in terms
