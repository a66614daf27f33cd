"""Reduction step by step: the rules, and strategies that say which redex is next.

    beta        [N]a.a<x>.M               ->  {N/x}M
    pi          [N]a.b<x>.M               ->  b<x>.[N]a.M              a /= b
    select      j ; j -> M                ->  M
    reject      i ; j -> M                ->  i                        i /= j
    push-join   [P]a.N ; j -> M           ->  [P]a.(N ; j -> M)
    pop-join    a<x>.N ; j -> M           ->  a<x>.(N ; j -> M)
    assoc       (N ; j -> M) ; j -> P     ->  N ; j -> (M ; j -> P)    the same label
    unroll      M^j                       ->  M ; j -> M^j             only by `unrolled`

in every context, also inside pushed terms. beta and pi are those of the calculus without control [T] (specification
A5), the others are reconstructed [R] (B3), and the set was tested to be confluent. There is no rule a<x>.[x]a -> *:
with it, normal forms would not be unique (A39). Reduction is optimisation, not evaluation: the machines evaluate.

`normal_form` in `normalising.py` computes what these steps lead to, without making them.

>>> from .parsing import parse
>>> for step in trace(parse("[1].#e ; #e -> a<x>.[x].[2]")):
...     print(f"{step.rule}: {step.term}")
push-join: [1].(#e ; #e -> a<x>.[x].[2])
select: [1].a<x>.[x].[2]
pi: a<x>.[1].[x].[2]
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .substitution import instantiate, shift
from .terms import Table, Term, children, with_children

Strategy = Literal["outermost", "innermost", "random"]
RULES = ("beta", "pi", "select", "reject", "push-join", "pop-join", "assoc")
MOST_STEPS = 10_000


@dataclass(frozen=True)
class ReductionStep:
    """The rule that was used, and the whole term after it."""

    rule: str
    term: Term


@dataclass(frozen=True)
class Reduction:
    """Where steps have led: the term, whether it is normal, and how often each rule was used."""

    term: Term
    normal: bool
    steps: Mapping[str, int]


def contract(table: Table, root: int) -> tuple[str, int] | None:
    """The rule whose left side a term is an instance of, and its right side. No two rules apply to one term."""
    kind, *parts = table.rows[root]
    if kind == "push":
        location, argument, body = parts
        row = table.rows[body]
        if row[0] != "pop":
            return None
        if row[1] == location:
            return "beta", instantiate(table, row[3], argument)
        moved = table.push(location, shift(table, argument, 1), row[3])
        return "pi", table.pop(row[1], moved, row[2], table.hints.get(body))
    if kind != "join":
        return None
    label, left, right = parts
    row = table.rows[left]
    if row[0] == "jump":
        return ("select", right) if row[1] == label else ("reject", left)
    if row[0] == "push":
        return "push-join", table.push(row[1], row[2], table.join(label, row[3], right))
    if row[0] == "pop":
        inside = table.join(label, row[3], shift(table, right, 1))
        return "pop-join", table.pop(row[1], inside, row[2], table.hints.get(left))
    if row[0] == "join" and row[1] == label:
        return "assoc", table.join(label, row[2], table.join(label, row[3], right))
    return None


class Reducer:
    """Makes steps by a strategy. It remembers what is normal, so a step costs its path and its new rows."""

    def __init__(self, table: Table, strategy: Strategy = "outermost", seed: int = 0) -> None:
        self.table = table
        self._strategy = strategy
        self._random = random.Random(seed)
        self._reducible: dict[int, bool] = {}

    def step(self, root: int) -> tuple[str, int] | None:
        """The next step of a term: its rule and what it leads to; None if the term is normal."""
        if not self.is_reducible(root):
            return None
        path: list[tuple[int, int]] = []  # rows, and which of their parts is looked into
        here = root
        while True:
            found = contract(self.table, here)
            below = [n for n, part in enumerate(_parts(self.table, here)) if self.is_reducible(part)]
            if found is not None and (not below or self._takes(len(below))):
                break
            n = below[0] if self._strategy != "random" else self._random.choice(below)
            path.append((here, n))
            here = _parts(self.table, here)[n]
        rule, made = found
        for row, n in reversed(path):
            made = self._replaced(row, n, made)
        return rule, made

    def _takes(self, others: int) -> bool:
        """Is the redex taken, although there are others inside?"""
        if self._strategy == "random":
            return self._random.randrange(others + 1) == 0
        return self._strategy == "outermost"

    def is_reducible(self, root: int) -> bool:
        """Is there a redex in a term?"""
        known = self._reducible
        stack = [root]
        while stack:
            here = stack[-1]
            if here in known:
                stack.pop()
                continue
            parts = _parts(self.table, here)
            if any(known.get(p) for p in parts) or contract(self.table, here) is not None:
                known[here] = True
            elif missing := [p for p in parts if p not in known]:
                stack.extend(missing)
            else:
                known[here] = False
        return known[root]

    def _replaced(self, row: int, number: int, part: int) -> int:
        below = list(children(self.table.rows[row]))
        below[number - len(_parts(self.table, row))] = part  # the type of a pop stands before its parts
        return self.table.add(with_children(self.table.rows[row], below), self.table.hints.get(row))


def _parts(table: Table, root: int) -> tuple[int, ...]:
    """The terms directly inside a term."""
    row = table.rows[root]
    return (row[3],) if row[0] == "pop" else children(row)


def trace(
    term: Term, strategy: Strategy = "outermost", *, seed: int = 0, most: int = MOST_STEPS
) -> Iterator[ReductionStep]:
    """The steps from a term on, up to `most`."""
    reducer = Reducer(term.table, strategy, seed)
    root = term.root
    for _ in range(most):
        found = reducer.step(root)
        if found is None:
            return
        rule, root = found
        yield ReductionStep(rule, Term(term.table, root))


def reduced(term: Term, strategy: Strategy = "outermost", *, seed: int = 0, most: int = MOST_STEPS) -> Reduction:
    """Reduce to normal form, or for `most` steps: terms without types need not have a normal form."""
    counts: Counter[str] = Counter()
    last = term
    for step in trace(term, strategy, seed=seed, most=most):
        counts[step.rule] += 1
        last = step.term
    return Reduction(last, not Reducer(last.table).is_reducible(last.root), counts)


def unrolled(term: Term) -> Term:
    """A loop unrolled once. Raises ValueError for another term."""
    kind, *parts = term.row
    if kind != "loop":
        raise ValueError("only a loop can be unrolled")
    return Term(term.table, term.table.join(parts[0], parts[1], term.root))
