"""Does rewriting with given rules always end? An order that proves it, a loop that refutes it, or the rule in the way.

>>> import lemmata
>>> numbers = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op ack : N N -> N
... axiom zero: ack(0, y) = s(y)
... axiom step: ack(s(x), 0) = ack(x, s(0))
... axiom both: ack(s(x), s(y)) = ack(x, ack(s(x), y))
... ''')
>>> print(termination(numbers))
terminates: LPO with ack > s > 0
>>> from lemmata.rewriting.equations import equations
>>> from lemmata.rewriting.terms import Signature
>>> print(termination(equations(Signature.of(numbers.theory, numbers.variables), ["s(x) = s(s(x))"])))
does not terminate: s(x) -> s(s(x)) by rule1, an instance of s(x)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import dependency_pairs
from .equations import Rules, computed_in_python, rewritten_modulo, rule_name, system_of, theory_of
from .limits import Clock, Limits, Stopped
from .loops import Loop, find_loop
from .order import precedence
from .orders import Lpo, Order, descending
from .orient import NoOrder, Pair, conflict, find_order
from .overlaps import Names, Path
from .source import LemmataError
from .syntax import TermTable, children
from .system import RewriteRule, RewriteSystem
from .terms import Signature, Term
from .theory import Symbol


@dataclass(frozen=True)
class Terminates:
    """Every reduction ends. `why` says it in words; `order` directs every rule, unless it took dependency pairs."""

    why: str
    order: Order | None = None

    def __str__(self) -> str:
        return f"terminates: {self.why}"


@dataclass(frozen=True)
class LoopStep:
    """`term` is what the rule called `rule`, applied at `position` of the term before, makes of it."""

    rule: str
    position: Path
    term: Term


@dataclass(frozen=True)
class Loops:
    """`start` rewrites by `steps` to a term that has at `position` the instance of `start` under `instance`.

    So there is a reduction without end, whatever the strategy; rules of higher priority may still prevent it.
    """

    start: Term
    steps: tuple[LoopStep, ...]
    position: Path
    instance: Mapping[Term, Term] = field(hash=False)

    def __str__(self) -> str:
        chain = " -> ".join([str(self.start), *(str(step.term) for step in self.steps)])
        by = ", ".join(step.rule for step in self.steps)
        inside = self.start.replace(dict(self.instance))
        if inside == self.steps[-1].term:
            end = "" if inside == self.start else f", an instance of {self.start}"
            return f"does not terminate: {chain} by {by}{end}"
        of = "" if inside == self.start else f", an instance of {self.start}"
        return f"does not terminate: {chain} by {by}, which has {inside} inside{of}"


@dataclass(frozen=True)
class Unknown:
    """Neither proved nor refuted. `rule` names the first rule that could not be dealt with, if it was one."""

    reason: str
    rule: str | None = None

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


def termination(rules: Rules, limits: Limits | None = None) -> Terminates | Loops | Unknown:
    """Does every reduction with the rules end?

    Tried in turn: a lexicographic path order and a Knuth-Bendix order with a precedence found for the rules
    (`orient.py`); loops of a few steps (`loops.py`); dependency pairs (`dependency_pairs.py`). Rules that a `RuleSet`
    uses only where they make a term smaller need the very order that it compares by. Conditions of rules must go down
    as well. Every search is bounded; within the bounds the verdict is the same in every run.
    """
    clock = Clock(limits or Limits())
    computed = computed_in_python(rules)
    if computed is not None:
        return Unknown(computed)
    system = system_of(rules)
    signature = Signature(system.symbols)
    modulo = rewritten_modulo(system.symbols)
    if modulo is not None:
        return Unknown(f"{modulo} is rewritten modulo its laws, for which these orders are not made")
    try:
        if any(rule.ordered for rule in system.rules):
            if isinstance(rules, RewriteSystem):
                return Unknown("rules that are used where they make a term smaller, and no order to compare by")
            return _compared(system, Lpo(descending(precedence(theory_of(rules)))))
        return _decide(system, signature, clock)
    except Stopped as stopped:
        return Unknown(f"stopped by the limits ({stopped.reason.value})")
    except LemmataError as error:
        return Unknown(error.message)


def _compared(system: RewriteSystem, order: Lpo) -> Terminates | Unknown:
    """For rule sets with ordered rules: do all others go down in the order that those are compared by?"""
    greater = order.comparison(system.terms)
    for rule in system.rules:
        if not rule.ordered and not all(greater(s, t) for s, t in demands(rule)):
            name = rule_name(rule)
            return Unknown(f"{name} does not go down in the order by which ordered rules are used, {order}", name)
    return Terminates(str(order), order)


def _decide(system: RewriteSystem, signature: Signature, clock: Clock) -> Terminates | Loops | Unknown:
    rules, terms, symbols = system.rules, system.terms, system.symbols
    asked = [pair for rule in rules for pair in demands(rule)]
    order = find_order(terms, asked, symbols)
    if not isinstance(order, NoOrder):
        return Terminates(str(order), order)
    plain = [rule for rule in rules if not rule.conditions]
    loop = _immediate(terms, plain, system.symbol)
    if loop is None:
        sound = [rule for rule in plain if not _unbound(terms, rule)]
        found = find_loop(terms, [(rule.lhs, rule.rhs) for rule in sound], clock)
        loop = None if found is None else (sound, found)
    if loop is not None:
        return _shown(signature, terms, *loop)
    clock.check()
    bound = not any(_unbound(terms, rule) for rule in rules)
    stuck: Sequence[int] = ()
    if bound and len(plain) == len(rules) and all(s.kind != "builtin" for s in symbols):
        proof = dependency_pairs.prove(terms, asked, symbols, clock)
        if isinstance(proof, list):
            said = "; ".join(_said(system, removed) for removed in proof)
            return Terminates(f"dependency pairs, {said or 'none of which can follow themselves'}")
        stuck = proof
    return _blamed(system, asked, stuck)


def demands(rule: RewriteRule) -> list[Pair]:
    """What must go down for a rule: its left side to its right side and to each side of its conditions.

    (Rules that meet this are decreasing, so that the evaluation of conditions ends too: Dershowitz, Okada and
    Sivakumar 1988.)
    """
    return [(rule.lhs, rule.rhs), *((rule.lhs, side) for c in rule.conditions for side in (c.left, c.right))]


def _unbound(terms: TermTable, rule: RewriteRule) -> list[int]:
    """The variables of the right side that the left side lacks."""
    left = set(terms.free_variables(rule.lhs))
    return [v for v in terms.free_variables(rule.rhs) if v not in left]


def _immediate(
    terms: TermTable, rules: Sequence[RewriteRule], symbol: Mapping[str, Symbol]
) -> tuple[list[RewriteRule], Loop] | None:
    """A rule whose right side has a variable of its own, which may stand for the left side."""
    for rule in rules:
        row = terms.rows[rule.lhs]
        sort = symbol[str(row[1])].result if row[0] == "app" else str(row[2])
        for v in _unbound(terms, rule):
            if terms.rows[v][2] == sort:
                end = terms.replace(rule.rhs, {v: rule.lhs})
                return [rule], Loop(rule.lhs, ((0, ()),), (end,), _path_to(terms, rule.rhs, v), {})
    return None


def _path_to(terms: TermTable, term: int, wanted: int) -> Path:
    """The first position of a row inside a term that has it."""
    out = []
    while term != wanted:
        below = children(terms.rows[term])
        n = next(n for n, c in enumerate(below) if wanted in terms.reachable([c]))
        out.append(n)
        term = below[n]
    return tuple(out)


def _shown(signature: Signature, terms: TermTable, rules: Sequence[RewriteRule], loop: Loop) -> Loops:
    """The loop as terms of the signature, under names of variables that people use."""
    names = Names(terms, (side for r in rules for side in (r.lhs, r.rhs)), [s.notation.text for s in signature.symbols])
    new = names.renaming(terms, (loop.start, *loop.terms))

    def load(row: int) -> Term:
        return signature.load(terms, terms.replace(row, new))

    steps = tuple(
        LoopStep(rule_name(rules[n]), path, load(term)) for (n, path), term in zip(loop.steps, loop.terms, strict=True)
    )
    return Loops(load(loop.start), steps, loop.path, {load(v): load(t) for v, t in loop.instance.items()})


def _said(system: RewriteSystem, removed: dependency_pairs.Removed) -> str:
    return f"the calls of {', '.join(rule_name(system.rules[n]) for n in removed.rules)}: {removed.why}"


def _blamed(system: RewriteSystem, asked: Sequence[Pair], stuck: Sequence[int]) -> Unknown:
    """The first rule that cannot be directed with those before it, and with which of them."""
    rules, terms = system.rules, system.terms
    maker = [rule for rule in rules for _ in demands(rule)]

    def find(pairs: Sequence[Pair]) -> Order | NoOrder:
        return find_order(terms, pairs, system.symbols)

    culprits = list(dict.fromkeys(rule_name(maker[n]) for n in conflict(find, asked)))
    blamed = culprits[-1]
    missing = next((_unbound(terms, r) for r in rules if rule_name(r) == blamed and _unbound(terms, r)), [])
    if missing:
        reason = f"the right side of {blamed} has {terms.rows[missing[0]][1]}, which its left side lacks"
    elif len(culprits) == 1:
        reason = f"no path order and no Knuth-Bendix order directs {blamed}"
    else:
        reason = f"no path order and no Knuth-Bendix order directs {blamed} together with {', '.join(culprits[:-1])}"
    if stuck:
        reason += f", and the calls of {', '.join(rule_name(rules[n]) for n in stuck)} were not seen to end"
    return Unknown(reason, blamed)
