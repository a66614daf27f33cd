"""Random terms and rules over the built-in sorts, with functions of no meaning among the operations."""

from __future__ import annotations

import random
from fractions import Fraction

from lemmata.rewriting.literals import SORT_OF, Value, literal_text
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.system import RewriteRule
from lemmata.rewriting.theory import Notation, Symbol

SORTS = tuple(SORT_OF.values())
EDGES = (0, 1, -1, 2, 7, 2**30 - 1, 2**30, -(2**30), -(2**30) - 1, 2**31, 2**64, -(10**30))
VALUES: tuple[Value, ...] = (
    *EDGES,
    *(Fraction(n, d) for n, d in ((0, 1), (1, 1), (-1, 2), (3, 4), (2**40, 3))),
    *(True, False),
    *("", "a", "1", "true", 'quote " and \\', "é\n\u202e", "\ud800"),
)
FUNCTIONS = (
    *(Symbol(f"f{sort}", (sort, sort), sort, "abstract", Notation(f"f{sort}")) for sort in SORTS),
    *(Symbol(f"if{sort}", ("Bool", sort, sort), sort, "abstract", Notation(f"if{sort}")) for sort in SORTS),
)
SYMBOLS = (*builtin_symbols(SORTS), *FUNCTIONS)
SIGNATURE = {s.name: s for s in SYMBOLS}
VARIABLES = {f"{letter}{sort}": sort for sort in SORTS for letter in "xy"}


def literal(terms: TermTable, value: Value) -> int:
    return terms.literal(literal_text(value), SORT_OF[type(value)])


class Computations:
    """Draws terms and rules into one table."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.terms = TermTable()
        self.variables = [self.terms.var(name, sort) for name, sort in VARIABLES.items()]

    def term(self, sort: str, depth: int, variables: list[int]) -> int:
        if depth == 0 or self.rng.random() < 0.15:
            fitting = [v for v in variables if self.terms.rows[v][2] == sort]
            if fitting and self.rng.random() < 0.5:
                return self.rng.choice(fitting)
            return literal(self.terms, self.rng.choice([v for v in VALUES if SORT_OF[type(v)] == sort]))
        symbol = self.rng.choice([s for s in SYMBOLS if s.result == sort])
        return self.terms.app(symbol.name, *(self.term(s, depth - 1, variables) for s in symbol.arguments))

    def rule(self, place: int) -> RewriteRule:
        """The left side starts with a function, which the right side does not have: it terminates."""
        symbol = FUNCTIONS[place % len(FUNCTIONS)]
        left = self.terms.app(
            symbol.name, *(self.term(s, self.rng.choice((0, 0, 1)), self.variables) for s in symbol.arguments)
        )
        bound = self.terms.free_variables(left)
        right = self.term(symbol.result, 2, bound)
        while any(self.terms.rows[i][1] in {s.name for s in FUNCTIONS} for i in self.terms.reachable([right])):
            right = self.term(symbol.result, 1, bound)
        return RewriteRule(left, right, frozenset(bound), ("axiom", f"rule{place}"))

    def rules(self) -> list[RewriteRule]:
        return [self.rule(self.rng.randrange(len(FUNCTIONS))) for _ in range(self.rng.randint(0, 5))]
