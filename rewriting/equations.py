"""What the functions on rewrite systems take: a theory, anything that has one, or a system of rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, runtime_checkable

from .ac import SEQUENCE
from .matching import match
from .parsing import parse_formula
from .source import LemmataError, Source
from .syntax import TermTable
from .system import Condition, RewriteRule, RewriteSystem
from .terms import Eq, Signature
from .theory import Axiom, Symbol, Theory


class HasTheory(Protocol):
    """A module that was read from a text, or a `RuleSet`."""

    @property
    def theory(self) -> Theory: ...


@runtime_checkable
class _HasFunctions(Protocol):
    """A `RuleSet`, some of whose symbols may be computed by Python functions."""

    @property
    def functions(self) -> Mapping[str, object]: ...


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
    """The rules of a theory, as a `RuleSet` has them; a system as it is.

    Nothing is said yet of whether each equation can be a rule.
    """
    if isinstance(rules, RewriteSystem):
        return rules
    theory = theory_of(rules)
    terms = TermTable(theory.terms.rows, theory.terms.hints)
    return RewriteSystem(theory.name, theory.symbols, terms, tuple(rule for _, rule in directed(theory)))


def rewritten_modulo(symbols: Iterable[Symbol]) -> str | None:
    """The text of a symbol that is rewritten modulo its laws, or that takes runs of arguments, if there is one."""
    for s in symbols:
        if s.attributes or s.unit is not None or any(sort.endswith(SEQUENCE) for sort in s.arguments):
            return s.notation.text
    return None


def computed_in_python(rules: Rules) -> str | None:
    """Why nothing can be proved of rules, if they call Python functions."""
    if isinstance(rules, _HasFunctions) and rules.functions:
        return f"{min(rules.functions)} is computed by a Python function, which may give anything"
    return None


def directed(theory: Theory, meant: Collection[str] = ()) -> list[tuple[Axiom, RewriteRule]]:
    """The axioms that are rules, definitions among them, over the rows of the theory.

    These are the equations, and the implications from equations and negated equations to an equation: conditional
    rules. An implication of which the left side lacks a variable, or is one, is passed over unless it is `meant` to be
    a rule, by its name, and so is all else.
    """
    found = []
    for axiom in theory.axioms:
        rule = rule_of(theory.terms, axiom)
        implied = rule is not None and rule.conditions and axiom.name not in meant
        if rule is not None and not (implied and defect(theory.terms, rule)):
            found.append((axiom, rule))
    return found


def rule_of(terms: TermTable, axiom: Axiom) -> RewriteRule | None:
    """An axiom as a rule from left to right, its premises as conditions; None if it has not the form.

    The rule is ordered if the sides of its equation differ in their variables only.
    """
    rows = terms.rows
    formula = axiom.formula
    conditions: list[Condition] = []
    while rows[formula][0] == "imp":
        premise, conclusion = (int(part) for part in rows[formula][1:])
        equation = premise
        if rows[premise][0] == "imp" and rows[int(rows[premise][2])][0] == "false":
            equation = int(rows[premise][1])
        if rows[equation][0] != "eq":
            return None
        conditions.append(Condition(int(rows[equation][1]), int(rows[equation][2]), equation == premise))
        formula = conclusion
    row = rows[formula]
    if row[0] != "eq":
        return None
    left, right = int(row[1]), int(row[2])
    variables = frozenset(terms.free_variables(left))
    permutes = variables == set(terms.free_variables(right))
    forth = permutes and match(terms, left, right, variables) is not None
    back = forth and match(terms, right, left, variables) is not None
    cites = ("axiom", axiom.name)
    return RewriteRule(left, right, variables, cites, ordered=back, conditions=tuple(conditions))


def defect(terms: TermTable, rule: RewriteRule) -> str | None:
    """Why an equation cannot be used from left to right, if it cannot."""
    if terms.rows[rule.lhs][0] != "app":
        return "the left side of a rule must start with a symbol"
    known = set(terms.free_variables(rule.lhs))
    parts = [("the right side", rule.rhs)]
    parts += [("a condition", side) for c in rule.conditions for side in (c.left, c.right)]
    for what, part in parts:
        missing = [v for v in terms.free_variables(part) if v not in known]
        if missing:
            return f"{what} of a rule has {str(terms.rows[missing[0]][1])!r}, which the left side lacks"
    return None


def useless(terms: TermTable, rule: RewriteRule, computed: Collection[str] = ()) -> str | None:
    """Why neither a rewriter nor an e-graph can use an equation from left to right, if none can.

    An e-graph also finds variables in conditions, all but those that are computed: negated ones, and truth values of
    the symbols named `computed`.
    """
    known = bound_variables(terms, rule, computed)
    parts = [("the right side", rule.rhs)]
    parts += [("a condition", side) for c in rule.conditions for side in (c.left, c.right)]
    for what, part in parts:
        missing = [v for v in terms.free_variables(part) if v not in known]
        if missing:
            return f"{what} of a rule has {str(terms.rows[missing[0]][1])!r}, which the left side lacks"
    return None


def bound_variables(terms: TermTable, rule: RewriteRule, computed: Collection[str] = ()) -> frozenset[int]:
    """The variables that have values once an e-graph has matched the left side and the conditions; see `useless`."""
    sides = [rule.lhs]
    for c in rule.conditions:
        top = terms.rows[c.left]
        decided = terms.rows[c.right] == ("lit", "true", "Bool") and top[0] == "app" and top[1] in computed
        if c.equal and not decided:
            sides += (c.left, c.right)
    return frozenset(v for side in sides for v in terms.free_variables(side))


def rule_name(rule: RewriteRule) -> str:
    """What a rule is called: the axiom or lemma that it comes from."""
    return str(rule.cites[1])
