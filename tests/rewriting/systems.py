"""Random rewrite systems over random signatures, with terms on which their rules fire.

Hypothesis draws a seed; Python's generator does the rest, because a system has hundreds of choices in it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lemmata.rewriting.order import path_order
from lemmata.rewriting.rules import Condition, RewriteRule
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Notation, Symbol

SORTS = ("A", "B")
ARITIES = (0, 1, 1, 2, 2, 3, 20)


@dataclass(frozen=True)
class System:
    """Rules and terms over one table. The variables in `rigid` stand for themselves."""

    symbols: tuple[Symbol, ...]
    terms: TermTable
    rigid: tuple[int, ...]
    rules: tuple[RewriteRule, ...]
    precedence: Mapping[str, int]
    subjects: tuple[int, ...]

    @property
    def signature(self) -> dict[str, Symbol]:
        return {s.name: s for s in self.symbols}


class Maker:
    """Draws symbols, terms and rules."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.terms = TermTable()
        constants = [Symbol(f"c{s}", (), s, "constructor", Notation(f"c{s}")) for s in SORTS]
        others = []
        for n in range(self.rng.randint(1, 6)):
            arguments = tuple(self.rng.choice(SORTS) for _ in range(self.rng.choice(ARITIES)))
            others.append(Symbol(f"f{n}", arguments, self.rng.choice(SORTS), "abstract", Notation(f"f{n}")))
        self.symbols = (*constants, *others)
        order = list(self.symbols)
        self.rng.shuffle(order)
        self.precedence = {s.name: n for n, s in enumerate(order)}
        # Names in an order that differs from that of their numbers in a bank.
        self.rigid = tuple(
            self.terms.var(name, sort) for name, sort in (("z", "A"), ("b", "B"), ("a", "A"), ("y", "B"))
        )
        self.pattern = tuple(self.terms.var(f"x{n}", sort) for sort in SORTS for n in range(2))

    def sort(self, term: int) -> str:
        row = self.terms.rows[term]
        return str(row[2]) if row[0] == "var" else self._symbol(str(row[1])).result

    def _symbol(self, name: str) -> Symbol:
        return next(s for s in self.symbols if s.name == name)

    def term(self, sort: str, leaves: Sequence[int], depth: int) -> int:
        """A term of a sort whose leaves are constants or of `leaves`."""
        fitting = [leaf for leaf in leaves if self.sort(leaf) == sort]
        if fitting and (depth == 0 or self.rng.random() < 0.4):
            return self.rng.choice(fitting)
        heads = [s for s in self.symbols if s.result == sort and (depth > 0 or not s.arguments)]
        head = self.rng.choice(heads)
        below = depth - 1 if len(head.arguments) < 4 else 0  # wide and deep would be huge
        return self.terms.app(head.name, *(self.term(s, leaves, below) for s in head.arguments))

    def substitution(self, leaves: Sequence[int], depth: int) -> dict[int, int]:
        """A term of `leaves` for each pattern variable."""
        return {v: self.term(self.sort(v), leaves, depth) for v in self.pattern}

    def rule(self, terminating: bool) -> RewriteRule | None:
        leaves = (*self.pattern, *self.pattern, *self.rigid)
        left = self.term(self.rng.choice(SORTS), leaves, self.rng.randint(1, 3))
        if self.terms.rows[left][0] != "app":
            return None
        variables = frozenset(self.terms.free_variables(left)) & frozenset(self.pattern)
        right = self.term(
            self.sort(left), (*variables, *self.rigid, *self.terms.rows[left][2:]), self.rng.randint(0, 2)
        )  # type: ignore[arg-type]
        ordered = terminating and not path_order(self.terms, self.precedence)(left, right)
        return RewriteRule(left, right, variables, ("axiom", "rule"), ordered=ordered)

    def subject(self, rules: Sequence[RewriteRule], sort: str) -> int:
        """A term with instances of left sides inside."""
        leaves = list(self.rigid)
        for _ in range(4):
            if rules:
                leaves.append(self.terms.replace(self.rng.choice(rules).lhs, self.substitution(leaves, 1)))
        return self.term(sort, leaves, 3)


def system(seed: int, terminating: bool) -> System:
    """A system whose rules go down in the path order, or apply only where they do; or else any system."""
    make = Maker(seed)
    rules = [r for _ in range(make.rng.randint(1, 6)) if (r := make.rule(terminating)) is not None]
    subjects = tuple(make.subject(rules, make.rng.choice(SORTS)) for _ in range(4))
    return System(make.symbols, make.terms, make.rigid, tuple(rules), make.precedence, subjects)


def conditional_system(seed: int, terminating: bool) -> System:
    """As `system`, but about half of the rules have one or two conditions, which may fail to terminate."""
    s = system(seed, terminating)
    make = Maker(seed)
    make.terms = s.terms
    make.rng.seed(seed + 1)
    rules = []
    for rule in s.rules:
        leaves = (*rule.variables, *make.rigid)
        conditions = []
        for _ in range(make.rng.choice((0, 0, 1, 2))):
            sort = make.rng.choice(SORTS)
            left, right = (make.term(sort, leaves, make.rng.randint(0, 1)) for _ in range(2))
            conditions.append(Condition(left, right, equal=make.rng.random() < 0.6))
        rules.append(replace(rule, conditions=tuple(conditions)))
    return replace(s, rules=tuple(rules))
