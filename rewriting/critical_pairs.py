"""Critical pairs: the least ways in which two rules can rewrite one term differently (Knuth and Bendix 1970).

Where the left side of a rule unifies with a subterm, no variable, of the left side of another, the instance of the
outer left side is a *peak*: one rule rewrites it at the root, the other one inside. What the two make of it is a
critical pair. A system in which all critical pairs can be joined is locally confluent (Huet 1980, lemma 3.1).

>>> import lemmata
>>> monoid = lemmata.parse('''
... sort M
... var x y z : M
... op e : M
... op _*_ : M M -> M
... axiom unit:          e * x = x
... axiom associativity: (x * y) * z = x * (y * z)
... ''')
>>> for pair in critical_pairs(monoid):
...     print(pair)
e * (x * y) <- e * x * y -> x * y  (associativity, unit at 1)
x * y * (z * x1) <- x * y * z * x1 -> x * (y * z) * x1  (associativity, associativity at 1)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .equations import Rules, rewritten_modulo, rule_name, system_of
from .limits import Clock, Limits
from .matching import Substitution
from .overlaps import Names, Path, apart, overlaps, replace_at
from .source import LemmataError
from .syntax import TermTable
from .system import RewriteRule, RewriteSystem
from .terms import Signature, Term


@dataclass(frozen=True)
class CriticalPair:
    """What two rules make of one term: `left` by `outer` at the root, `right` by `inner` at `position`.

    Positions are paths of argument numbers, which count from 0. The most general unifier is given as the values of the
    variables of each rule: the peak is the outer left side under `outer_values`, its subterm at `position` the inner
    left side under `inner_values`. A pair is `trivial` if its sides are the same term.
    """

    outer: str
    inner: str
    position: Path
    outer_values: Mapping[Term, Term] = field(hash=False)
    inner_values: Mapping[Term, Term] = field(hash=False)
    peak: Term
    left: Term
    right: Term

    @property
    def trivial(self) -> bool:
        return self.left == self.right

    def __str__(self) -> str:
        where = "at the root" if not self.position else "at " + ".".join(str(n + 1) for n in self.position)
        return f"{self.left} <- {self.peak} -> {self.right}  ({self.outer}, {self.inner} {where})"


@dataclass(frozen=True)
class Peak:
    """A critical pair as rows of a table, its variables renamed in order of occurrence."""

    outer: RewriteRule
    inner: RewriteRule
    path: Path
    outer_values: Substitution
    inner_values: Substitution
    peak: int
    left: int
    right: int


def critical_pairs(rules: Rules, limits: Limits | None = None) -> list[CriticalPair]:
    """All critical pairs of the rules, the trivial ones included and marked.

    Pairs that differ in the names of variables or in their direction only are given once, and the overlap of a rule
    with itself at the root is none. Conditions of rules are not looked at. Raises LemmataError for rules with too many
    positions or rewritten modulo laws, and Stopped at the limits. Quadratic in the number of rules with one head inside
    another.
    """
    system = system_of(rules)
    modulo = rewritten_modulo(system.symbols)
    if modulo is not None:
        raise LemmataError(f"{modulo} is rewritten modulo its laws, for which critical pairs are not looked for")
    signature = Signature(system.symbols)
    return [shown(signature, system.terms, peak) for peak in peaks(system, Clock(limits or Limits()))]


def shown(signature: Signature, terms: TermTable, peak: Peak) -> CriticalPair:
    """A critical pair as terms of a signature."""

    def load(row: int) -> Term:
        return signature.load(terms, row)

    return CriticalPair(
        rule_name(peak.outer),
        rule_name(peak.inner),
        peak.path,
        {load(v): load(t) for v, t in peak.outer_values.items()},
        {load(v): load(t) for v, t in peak.inner_values.items()},
        load(peak.peak),
        load(peak.left),
        load(peak.right),
    )


def peaks(system: RewriteSystem, clock: Clock) -> Iterator[Peak]:
    """The same as rows, which are added to the system's table, one at a time: outer rules in order, then inner ones."""
    terms = system.terms
    names = Names(terms, (side for r in system.rules for side in (r.lhs, r.rhs)), _texts(system))
    seen: set[tuple[int, frozenset[int]]] = set()
    for m, outer in enumerate(system.rules):
        heads = {terms.rows[i][:2] for i in terms.reachable([outer.lhs]) if terms.rows[i][0] == "app"}
        for n, inner in enumerate(system.rules):
            clock.check()
            if terms.rows[inner.lhs][:2] not in heads:
                continue
            renaming = apart(terms, [inner.lhs, inner.rhs])
            lhs, rhs = (terms.replace(side, renaming) for side in (inner.lhs, inner.rhs))
            for overlap in overlaps(terms, outer.lhs, lhs):
                if not overlap.path and n <= m:
                    continue  # at the root an overlap is its own mirror image
                peak, left, inside = (terms.replace(i, overlap.unifier) for i in (outer.lhs, outer.rhs, rhs))
                right = replace_at(terms, peak, overlap.path, inside)
                new = names.renaming(terms, (peak, left, right))
                peak, left, right = (terms.replace(i, new) for i in (peak, left, right))
                if (peak, frozenset((left, right))) not in seen:
                    seen.add((peak, frozenset((left, right))))

                    def value(v: int, unifier: Substitution = overlap.unifier, new: Substitution = new) -> int:
                        return terms.replace(unifier.get(v, v), new)

                    outer_values = {v: value(v) for v in terms.free_variables(outer.lhs)}
                    inner_values = {v: value(renaming[v]) for v in terms.free_variables(inner.lhs)}
                    yield Peak(outer, inner, overlap.path, outer_values, inner_values, peak, left, right)


def _texts(system: RewriteSystem) -> list[str]:
    """What a variable must not be called, lest it be read as a symbol."""
    return [s.notation.text for s in system.symbols]
