"""Small rewrite systems of one sort, drawn at random: few symbols, so that rules often overlap."""

from __future__ import annotations

import random

from lemmata.rewriting.matching import match
from lemmata.rewriting.overlaps import replace_at, subterm_at
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.system import RewriteRule, RewriteSystem
from lemmata.rewriting.theory import Notation, Symbol


def symbol(name: str, arity: int) -> Symbol:
    return Symbol(name, ("A",) * arity, "A", "abstract", Notation(name))


class Few:
    """Terms over a constant, one or two unary symbols and a binary one; x and y."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.terms = TermTable()
        self.symbols = [symbol("c", 0), symbol("f", 1), symbol("g", 2), *([symbol("h", 1)] * self.rng.randint(0, 1))]
        self.variables = [self.terms.var(v, "A") for v in "xy"]

    def term(self, depth: int) -> int:
        if depth == 0 or self.rng.random() < 0.2:
            return self.rng.choice([*self.variables, self.terms.app("c")])
        head = self.rng.choice(self.symbols)
        return self.terms.app(head.name, *(self.term(depth - 1) for _ in range(head.arity)))

    def rules(self, count: int) -> RewriteSystem:
        """Rules whose left sides start with a symbol and have all variables of the right sides."""
        out: list[RewriteRule] = []
        while len(out) < count:
            left, right = self.term(2), self.term(2)
            variables = frozenset(self.terms.free_variables(left))
            bound = variables >= set(self.terms.free_variables(right))
            if self.terms.rows[left][0] == "app" and left != right and bound:
                out.append(RewriteRule(left, right, variables, ("axiom", f"r{len(out)}")))
        return RewriteSystem("few", tuple(self.symbols), self.terms, tuple(out))


def places(terms: TermTable, term: int) -> list[tuple[int, ...]]:
    """All positions of a term."""
    below = children(terms.rows[term])
    return [(), *((n, *path) for n, c in enumerate(below) for path in places(terms, c))]


def reducts(terms: TermTable, rules: tuple[RewriteRule, ...], term: int) -> list[tuple[int, tuple[int, ...], int]]:
    """All single steps from a term: the rule's number, the position, the result."""
    out = []
    for path in places(terms, term):
        for n, rule in enumerate(rules):
            found = match(terms, rule.lhs, subterm_at(terms, term, path), rule.variables)
            if found is not None:
                out.append((n, path, replace_at(terms, term, path, terms.replace(rule.rhs, found))))
    return out
