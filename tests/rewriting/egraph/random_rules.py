"""Random rules and terms for e-graphs, over a free signature or over the integers."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from lemmata.rewriting.open_signature import law_axioms
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.system import Condition, RewriteRule
from lemmata.rewriting.theory import Attribute, Axiom, Datatype, Notation, Symbol, SymbolKind, Theory


def _symbol(name: str, sort: str, arity: int, kind: SymbolKind = "abstract") -> Symbol:
    return Symbol(name, (sort,) * arity, sort, kind, Notation(name))


# a, b and g(..) are different values, c and f(..) may be any.
FREE = (
    _symbol("a", "A", 0, "constructor"),
    _symbol("b", "A", 0, "constructor"),
    _symbol("g", "A", 1, "constructor"),
    _symbol("c", "A", 0),
    _symbol("f", "A", 2),
)
INTEGERS = (
    *(s for s in builtin_symbols(["Int", "Bool"]) if s.notation.text in ("+", "*", "<")),
    _symbol("g", "Int", 1),
    _symbol("c", "Int", 0),
)
PYTHON = Symbol("p", ("A",), "Bool", "abstract", Notation("p"))


@dataclass(frozen=True)
class Case:
    """A theory, its axioms as rules over the same rows, and the rows of some terms."""

    theory: Theory
    rules: tuple[RewriteRule, ...]
    terms: tuple[int, ...]


def case(
    seed: int, *, integers: bool = False, conditions: bool = True, python: bool = False, laws: bool = False
) -> Case:
    """One to four rules and two or three terms. With `python`, some conditions are p(x) = true; with `laws`, f is
    associative and commutative, and c its unit."""
    made = _Maker(random.Random(seed), integers, python)
    if laws:
        ac = frozenset[Attribute](["assoc", "comm"])
        made.symbols = tuple(replace(s, attributes=ac, unit="c") if s.name == "f" else s for s in made.symbols)
    rules = [made.rule(f"rule{n}", conditions) for n in range(made.rng.randint(1, 4))]
    axioms = tuple(Axiom(str(rule.cites[1]), made.formula(rule), "axiom") for rule in rules)
    axioms += tuple(Axiom(name, formula, "axiom") for name, formula in law_axioms(made.symbols, made.table))
    terms = tuple(made.term(3) for _ in range(made.rng.randint(2, 3)))
    datatypes = () if integers else (Datatype("A", ("a", "b", "g")),)
    theory = Theory("random", made.sorts, datatypes, made.symbols, axioms, (), made.table)
    return Case(theory, tuple(rules), terms)


class _Maker:
    def __init__(self, rng: random.Random, integers: bool, python: bool) -> None:
        self.rng = rng
        self.table = TermTable()
        self.sort = "Int" if integers else "A"
        self.sorts = ("Int", "Bool") if integers else ("A", "Bool") if python else ("A",)
        self.symbols = INTEGERS if integers else (*FREE, PYTHON) if python else FREE
        self.python = python

    def rule(self, name: str, conditional: bool) -> RewriteRule:
        table = self.table
        left = self.term(2, "xyz")
        known = set(table.free_variables(left))
        conditions: list[Condition] = []
        for _ in range(self.rng.choice([0, 0, 1, 2]) if conditional else 0):
            c = self._condition(sorted(known))
            conditions.append(c)
            known |= {v for side in (c.left, c.right) for v in table.free_variables(side)}
        right = self.term(2, "xyz")
        bound = sorted(known) or [left]
        unbound = {v: self.rng.choice(bound) for v in table.free_variables(right) if v not in known}
        right = table.replace(right, unbound)
        return RewriteRule(left, right, frozenset(known), ("axiom", name), conditions=tuple(conditions))

    def _condition(self, known: list[int]) -> Condition:
        """Equations may bind variables; what is decided may not."""
        table, rng = self.table, self.rng
        if not known or rng.random() < 0.4:
            return Condition(rng.choice([*known, self.applied()]), self.term(0, "xyz"))
        some = rng.choice(known)
        if self.python and rng.random() < 0.5:
            return Condition(table.app("p", some), table.literal("true", "Bool"))
        if self.sort == "Int" and rng.random() < 0.5:
            less = next(s.name for s in self.symbols if s.notation.text == "<")
            left = table.app(less, some, table.literal(str(rng.randint(-1, 2)), "Int"))
            return Condition(left, table.literal("true", "Bool"))
        return Condition(some, rng.choice([*known, self.constant()]), equal=False)

    def formula(self, rule: RewriteRule) -> int:
        formula = self.table.eq(rule.lhs, rule.rhs)
        for c in reversed(rule.conditions):
            equation = self.table.eq(c.left, c.right)
            formula = self.table.imp(equation if c.equal else self.table.negate(equation), formula)
        return formula

    def applied(self) -> int:
        """g of a variable."""
        return self.table.app("g", self.table.var(self.rng.choice("xyz"), self.sort))

    def constant(self) -> int:
        if self.sort == "Int" and self.rng.random() < 0.7:
            return self.table.literal(str(self.rng.randint(-1, 2)), "Int")
        return self.table.app(self.rng.choice([s.name for s in self.symbols if s.arity == 0]))

    def term(self, depth: int, variables: str = "u") -> int:
        table, rng = self.table, self.rng
        if depth == 0 or rng.random() < 0.2:
            if rng.random() < 0.6:
                return table.var(rng.choice(variables), self.sort)
            return self.constant()
        symbol = rng.choice([s for s in self.symbols if s.arity and s.result == self.sort and s.name != "p"])
        return table.app(symbol.name, *(self.term(depth - 1, variables) for _ in symbol.arguments))
