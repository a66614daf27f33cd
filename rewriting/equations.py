"""What the functions on rewrite systems take: a theory, anything that has one, or a system of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .matching import match
from .parsing import parse_formula
from .source import LemmataError, Source
from .syntax import TermTable
from .system import RewriteRule, RewriteSystem
from .terms import Eq, Signature
from .theory import Axiom, Theory


class HasTheory(Protocol):
    """A module that was read from a text, or a `RuleSet`."""

    @property
    def theory(self) -> Theory: ...


Rules = Theory | HasTheory | RewriteSystem


def equations(signature: Signature, given: Iterable[str | Eq], name: str = "rule") -> Theory:
    """A small theory over the signature whose axioms are the given equations, called `rule1`, `rule2`, ...

    Every variable in them stands for any term. Raises SourceError for a text that does not parse, LemmataError for one
    that is no equation.
    """
    terms = TermTable()
    axioms = []
    for n, equation in enumerate(given, start=1):
        if isinstance(equation, Eq):
            signature.expect(equation.left)
            formula = equation.dump(terms)
        else:
            formula = parse_formula(Source("<text>", equation), signature.symbols, signature.variables, terms)
        if terms.rows[formula][0] != "eq":
            raise LemmataError(f"{name}{n} is not an equation")
        axioms.append(Axiom(f"{name}{n}", formula, "axiom"))
    return Theory(f"{name}s", signature.sorts, signature.datatypes, signature.symbols, tuple(axioms), (), terms)


def theory_of(given: Theory | HasTheory) -> Theory:
    return given if isinstance(given, Theory) else given.theory


def system_of(rules: Rules) -> RewriteSystem:
    """The equations of a theory, definitions and axioms alike, as the rules of a `RuleSet`; a system as it is.

    Axioms that are no equations are passed over. Nothing is said yet of whether each equation can be a rule.
    """
    if isinstance(rules, RewriteSystem):
        return rules
    theory = theory_of(rules)
    terms = TermTable(theory.terms.rows, theory.terms.hints)
    equational = [axiom for axiom in theory.axioms if terms.rows[axiom.formula][0] == "eq"]
    return RewriteSystem(theory.name, theory.symbols, terms, tuple(rule_of(terms, axiom) for axiom in equational))


def rule_of(terms: TermTable, axiom: Axiom) -> RewriteRule:
    """An equation from left to right; ordered if its sides differ in their variables only."""
    row = terms.rows[axiom.formula]
    left, right = int(row[1]), int(row[2])
    variables = frozenset(terms.free_variables(left))
    permutes = variables == set(terms.free_variables(right)) and match(terms, left, right, variables) is not None
    reflected = permutes and match(terms, right, left, variables) is not None
    return RewriteRule(left, right, variables, ("axiom", axiom.name), ordered=reflected)


def rule_name(rule: RewriteRule) -> str:
    """What a rule is called: the axiom or lemma that it comes from."""
    return str(rule.cites[1])
