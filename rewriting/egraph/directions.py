"""The rules of a rule set as an e-graph uses them: from left to right, and both ways where they say so.

>>> from lemmata.rewriting.ruleset import rules
>>> ring = rules("comm: x + y <=> y + x", "assoc: (x + y) + z <=> x + (y + z)", "unit: x + 0 <=> x", "x * 0 <=> 0")
>>> [direction_name(rule) for rule in egraph_rules(ring)]
['comm', 'assoc', 'assoc backwards', 'unit', 'unit backwards', 'rule4']

What is commutative needs one direction only, and 0 says nothing of x. An e-graph may take rules that no rewriter can:
those that begin with a variable, and those whose conditions bring in new ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ..equations import bound_variables, rule_name, rule_of, useless
from ..matching import match, unify
from ..overlaps import apart
from ..ruleset import RuleSet
from ..source import LemmataError, nearest
from ..syntax import TermTable
from ..system import RewriteRule


def egraph_rules(ruleset: RuleSet, decided: Collection[str] = ()) -> tuple[RewriteRule, ...]:
    """The directions in which an e-graph uses the axioms of a rule set, in order, over the rows of its theory.

    Equations are used, and implications from equations and negated equations to an equation, where the left side and
    the premises have all variables. The `variables` of a rule are those of its premises too. The reverse direction is
    `flipped`; it is not made where its left side and premises lack a variable, or where it says the same again.
    Truth values of the symbols named in `decided`, and of those that compute, are no premises but decided by Python.
    """
    terms = ruleset.theory.terms
    computed = {s.name for s in ruleset.theory.symbols if s.kind == "builtin" or s.notation.text in ruleset.functions}
    computed |= set(decided)
    found: list[RewriteRule] = []
    for axiom in ruleset.theory.axioms:
        rule = rule_of(terms, axiom)
        if rule is None:
            continue
        ways = [rule]
        if axiom.name in ruleset.both_ways and not turns_into_itself(terms, rule):
            ways.append(replace(rule, lhs=rule.rhs, rhs=rule.lhs, flipped=True))
        for way in ways:
            if useless(terms, way, computed) is None:
                found.append(replace(way, variables=bound_variables(terms, way, computed), ordered=False))
    return tuple(found)


def direction_name(rule: RewriteRule) -> str:
    """What a direction is called: by its axiom, and `backwards` if it goes from the right side to the left."""
    return rule_name(rule) + (" backwards" if rule.flipped else "")


def meant(rules: Sequence[RewriteRule], names: Collection[str] | None) -> list[int]:
    """The numbers of the directions that names mean, all of them if None: the name of a rule means all its directions.

    Raises LemmataError for a name that no rule has.

    >>> from lemmata.rewriting.ruleset import rules
    >>> ways = egraph_rules(rules("unit: x + 0 = x", "assoc: (x + y) + z <=> x + (y + z)"))
    >>> meant(ways, ["assoc"]), meant(ways, ["assoc backwards"])
    ([1, 2], [2])
    """
    if names is None:
        return list(range(len(rules)))
    known = {rule_name(rule) for rule in rules} | {direction_name(rule) for rule in rules}
    for name in names:
        if name not in known:
            raise LemmataError(f"no rule is called {name!r:.80}", hint=nearest(name, known, "rules"))
    return [n for n, rule in enumerate(rules) if rule_name(rule) in names or direction_name(rule) in names]


def turns_into_itself(terms: TermTable, rule: RewriteRule) -> bool:
    """Are the two sides each other's renaming, as in x + y = y + x?"""
    if rule.conditions:
        return False
    table = TermTable()
    left, right, *variables = terms.copy_into(table, [rule.lhs, rule.rhs, *rule.variables])
    renaming = match(table, left, right, variables)
    return renaming is not None and table.replace(right, renaming) == left


def feeds_itself(terms: TermTable, rule: RewriteRule) -> bool:
    """Can the rule match what it has made: has its left side an instance within an instance of its right side?

    Distributivity can, x * (y + z) = x * y + x * z; x * 0 = 0 cannot. Quadratic in the sizes of the sides.
    """
    table = TermTable()
    left, right, *variables = terms.copy_into(table, [rule.lhs, rule.rhs, *rule.variables])
    made = [row for row in table.reachable([right]) if table.rows[row][0] == "app"]
    renaming = apart(table, [left])
    left = table.replace(left, renaming)
    return any(unify(table, left, row, {*variables, *renaming.values()}) is not None for row in made)
