"""What is known at a point of a search: the theory, the theorems proved so far, and the rules that they give.

Every derivation goes through the checker when it is added; what the checker refuses is never used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy

from .bank import TermBank
from .certificate import Derivation
from .check import Checker, Refused
from .matching import Substitution, match
from .order import precedence
from .orders import Kbo, Lpo, Order, descending, places
from .printing import Printer
from .rewriter import Rewriter
from .rules import RewriteRule, RuleTable, compile_rules
from .syntax import TermTable
from .theory import Theory
from .weighing import WeighingRewriter

FUEL = 200_000  # steps of one normalisation in a search
_MOST_EXTENDED = 16  # rewriters with hypotheses that are kept for the next question


class Knowledge:
    """Grows by `add`. `terms` is the table of all its statements and derivations, `bank` the one of its rewriting.

    Equations are directed by `order`, definitions excepted, which are rules as they are written. With no order given it
    is the path order of the theory's own precedence; with one, definitions are equations like any others.
    """

    def __init__(self, theory: Theory, order: Order | None = None) -> None:
        self.theory = theory
        self.terms = TermTable(theory.terms.rows, theory.terms.hints)
        self.bank = TermBank(1 << 16)
        self.printer = Printer(theory.symbols)
        self.statements: dict[str, int] = {a.name: a.formula for a in theory.axioms}
        self.derivations: list[Derivation] = []
        self.refused: list[str] = []
        self.order = order or Lpo(descending(precedence(theory)))
        self.precedence = places(self.order.precedence)
        self.greater = self.order.comparison(self.terms)
        self._checker = Checker(theory, self.terms)
        defining: list[RewriteRule] = []
        assumed: list[RewriteRule] = []
        for axiom in theory.axioms:
            row = self.terms.rows[axiom.formula]
            if row[0] != "eq":
                continue
            if axiom.kind == "definition" and order is None:
                left, right = int(row[1]), int(row[2])
                variables = frozenset(self.terms.free_variables(left))
                defining.append(RewriteRule(left, right, variables, ("axiom", axiom.name)))
            else:
                assumed.extend(self.directed(axiom.formula, ("axiom", axiom.name)))
        definitions = compile_rules(self.bank, self.terms, theory.symbol, defining)
        self.definitions = Rewriter(self.bank, definitions, self.precedence)
        self.version = 0  # changes whenever the rules do
        self._rules: tuple[RewriteRule, ...] = (*defining, *assumed)
        self._basis = self._rules
        self._table: RuleTable | None = None
        self._rewriter: Rewriter | None = None
        self._extended: dict[tuple[RewriteRule, ...], Rewriter] = {}

    @property
    def table(self) -> RuleTable:
        """All rules. Those that simplify come before those that only permute, whenever they were found."""
        if self._table is None:
            rules = sorted(self._rules, key=lambda r: r.ordered)
            self._table = compile_rules(self.bank, self.terms, self.theory.symbol, rules)
        return self._table

    @property
    def rewriter(self) -> Rewriter:
        """Rewrites with the definitions and all theorems that give rules."""
        if self._rewriter is None:
            self._rewriter = self._rewriter_for(self.table)
        return self._rewriter

    def _rewriter_for(self, table: RuleTable) -> Rewriter:
        """The kernels compare by path orders; where a Knuth-Bendix order is needed it takes the slower way."""
        if isinstance(self.order, Kbo) and any(rule.ordered for rule in table.rules):
            return WeighingRewriter(self.bank, table, self.order, FUEL)
        return Rewriter(self.bank, table, self.precedence, FUEL)

    def rewriter_with(self, rules: Iterable[RewriteRule]) -> Rewriter:
        """The same with more rules, which come first."""
        extra = list(rules)
        if not extra:
            return self.rewriter
        key = tuple(extra)
        found = self._extended.get(key)
        if found is None:
            table = compile_rules(self.bank, self.terms, self.theory.symbol, extra, self.table)
            found = self._extended[key] = self._rewriter_for(table)
            if len(self._extended) > _MOST_EXTENDED:
                del self._extended[next(iter(self._extended))]
        return found

    def only(self, names: Iterable[str]) -> Knowledge:
        """The same knowledge with rules from the definitions, the axioms and these theorems only. For asking, not for
        adding to."""
        other = copy(self)
        other._change(self._basis)
        for name in names:
            other.use_as_rules(name)
        return other

    def without(self, axiom: str) -> Knowledge:
        """The same knowledge without the rules from one axiom. For asking, not for adding to."""
        other = self.only(())
        other._change(tuple(r for r in self._basis if r.cites != ("axiom", axiom)))
        return other

    def add(self, derivation: Derivation) -> bool:
        """Have a derivation checked, and know its statement from now on. False if the checker refuses it: that is a
        mistake of the search, which `refused` remembers, and the statement is not used."""
        try:
            self._checker.prove(derivation)
        except Refused as refusal:
            self.refused.append(f"{self.show(derivation.statement)}: {refusal.why}")
            return False
        self.derivations.append(derivation)
        self.statements[derivation.name] = derivation.statement
        return True

    def use_as_rules(self, name: str) -> None:
        """Rewrite with a proved equation from now on."""
        rules = self.directed(self.statements[name], ("lemma", name))
        if rules:
            self._change((*self._rules, *rules))

    def retire(self, name: str) -> None:
        """Rewrite with a theorem no longer; it stays proved."""
        self._change(tuple(r for r in self._rules if r.cites != ("lemma", name)))

    def _change(self, rules: tuple[RewriteRule, ...]) -> None:
        self.version += 1
        self._rules = rules
        self._table = self._rewriter = None
        self._extended = {}

    def directed(
        self, formula: int, cites: tuple[str, str | int], quantified: tuple[int, ...] | None = None
    ) -> list[RewriteRule]:
        """The rules that an equation gives: one where the order directs it, else ordered ones both ways.

        Its variables are `quantified`, or all of them if that is None.
        """
        row = self.terms.rows[formula]
        if row[0] != "eq" or row[1] == row[2]:
            return []
        left, right = int(row[1]), int(row[2])
        free = frozenset(self.terms.free_variables(formula))
        pattern = free if quantified is None else free & frozenset(quantified)
        given = quantified or ()

        def rule(lhs: int, rhs: int, flipped: bool, ordered: bool) -> list[RewriteRule]:
            inside = frozenset(self.terms.free_variables(lhs)) & pattern
            needed = frozenset(self.terms.free_variables(rhs)) & pattern
            if self.terms.rows[lhs][0] != "app" or not needed <= inside:
                return []
            return [RewriteRule(lhs, rhs, inside, cites, flipped, ordered, given)]

        if self.greater(left, right):
            return rule(left, right, flipped=False, ordered=False)
        if self.greater(right, left):
            return rule(right, left, flipped=True, ordered=False)
        both = rule(left, right, flipped=False, ordered=True)
        if match(self.terms, formula, self.terms.eq(right, left), pattern) is None:
            both += rule(right, left, flipped=True, ordered=True)
        return both

    def match(self, pattern: int, subject: int, variables: Collection[int]) -> Substitution | None:
        """Matching of formulas and terms of any sort. (Below a symbol sorts fit by themselves, at a root they may not:
        x = y is no pattern for an equation of another sort.)"""
        found = match(self.terms, pattern, subject, variables)
        fits = found is not None and all(self.sort(t) == self.sort(v) for v, t in found.items())
        return found if fits else None

    def sort(self, term: int) -> str:
        """The sort of a term (not of a formula)."""
        row = self.terms.rows[term]
        return self.theory.symbol[str(row[1])].result if row[0] == "app" else str(row[2])

    def show(self, row: int) -> str:
        return self.printer.show(self.terms, row)
