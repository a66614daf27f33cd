"""Whole-term strategies: which redexes of a term are contracted, and in what order.

`Innermost`: a term only when its arguments are normal, from left to right (call by value). Each distinct term once.
`Outermost`: in rounds, all outermost redexes at once (parallel-outermost). See below for what it guarantees.
`Lazy` (`lazy.py`): a subterm only where a rule must know its head, and then once for all its places (call by need).

>>> import lemmata
>>> lazy = lemmata.parse('''
... sort N = 0 | s(N)
... sort L = nil | cons(N, L)
... var n x : N
... var xs : L
... op first : N L -> L
... op from : N -> L
... axiom first(0, xs) = nil
... axiom first(s(n), cons(x, xs)) = cons(x, first(n, xs))
... axiom from(n) = cons(n, from(s(n)))
... ''')
>>> rules, sig = RuleSet(lazy.theory), Signature.of(lazy.theory)
>>> term = sig.term("first(2, from(0))")
>>> normalize(term, rules, "outermost")
Term('cons(0, cons(s(0), nil))')
>>> normalize(term, rules, "lazy")
Term('cons(0, cons(s(0), nil))')
>>> Innermost(rules).run(term, fuel=1000).stop
<Stop.STEPS: 'steps'>
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, TypeVar, get_args

from .interface import BankTerms, TermInterface
from .lazy import Lazy
from .limits import Limits
from .recognise import interface_of
from .root import RootRules, Rule
from .ruleset import RuleSet
from .source import LemmataError, nearest
from .strategy import Run, Strategy
from .terms import Signature, Term
from .traversal import Move, Strategic, Walk

T = TypeVar("T")
Rules = RuleSet | Iterable[Rule[T]]
Order = Literal["innermost", "outermost", "lazy"]


class Innermost(Walk[T]):
    """Leftmost-innermost: the arguments of a term are made normal, then the strategy is tried on it; what that gives is
    made normal in the same way. A term that is needed for its own normal form ends the run with `Stop.CYCLE`.

    Terese, "Term Rewriting Systems" (2003), section 4.9.
    """

    def enter(self, term: T, run: Run[T]) -> Move[T]:
        return Move("inside", term)

    def leave(self, term: T, run: Run[T]) -> Move[T]:
        result = self.part.apply(term, run)
        return Move("done", term) if result is None else Move("again", result)


class OutermostRound(Walk[T]):
    """The strategy on every outermost place where it changes something, all at once."""

    def enter(self, term: T, run: Run[T]) -> Move[T]:
        result = self.part.apply(term, run)
        return Move("inside", term) if result is None else Move("done", result)

    def leave(self, term: T, run: Run[T]) -> Move[T]:
        return Move("done", term)


class Outermost(Walk[T]):
    """Parallel-outermost: in each round every outermost place where the strategy changes something is changed.

    With the rules of an orthogonal system (left-linear, no two left sides overlapping) this reaches the normal form of
    every term that has one (O'Donnell 1977; Terese, section 4.9). Contracting the leftmost outermost redex alone does
    so for left-normal systems only, which is why this is not done here. For other systems: if the rounds end, they end
    with a term that the strategy changes nowhere.

    Arguments of a symbol that no rule starts with go through their rounds apart from each other, with the same results;
    where the strategy is not made of rules, any symbol may start a redex.
    """

    def __init__(self, part: Strategic[T]) -> None:
        super().__init__(part)
        self._round = OutermostRound(self.part)

    def enter(self, term: T, run: Run[T]) -> Move[T]:
        result = self.part.apply(term, run)
        if result is not None:
            return Move("again", result)
        if isinstance(self.part, RootRules) and not self.part.may_change(run.over.head(term)):
            return Move("inside", term)
        result = self._round.apply(term, run)
        return Move("done", term) if result is None else Move("again", result)

    def leave(self, term: T, run: Run[T]) -> Move[T]:
        return Move("done", term)


def normalize(
    term: T,
    rules: Rules[T],
    strategy: Order = "innermost",
    limits: Limits | None = None,
    *,
    fuel: int | None = None,
    over: TermInterface[T] | None = None,
) -> T:
    """The normal form of a term of any kind, under the rules and in the order given.

    Innermost, the rules of a RuleSet run compiled. Raises Unfinished when a limit is reached; its `last` is the whole
    term as far as it got, or under compiled rules the subterm at which they were. `fuel` bounds the steps.
    """
    over = over or interface_of(term)
    if strategy == "innermost" and isinstance(rules, RuleSet):
        compiled: T = _compiled(term, rules if fuel is None else replace(rules, fuel=fuel), limits, over)
        return compiled
    made: Strategy[T]
    match strategy:
        case "innermost":
            made = Innermost(RootRules.of(rules))
        case "outermost":
            made = Outermost(RootRules.of(rules))
        case "lazy":
            made = Lazy(rules)
        case _:
            raise LemmataError(f"unknown strategy {strategy!r}", hint=nearest(strategy, get_args(Order), "strategies"))
    result = made(term, limits, fuel=fuel, over=over)
    return term if result is None else result


def _compiled(term: Any, rules: RuleSet, limits: Limits | None, over: TermInterface[Any]) -> Any:
    if isinstance(over, BankTerms):
        return rules.recorded(Term(Signature(rules.theory.symbols, {}, over.bank), term), limits).id
    return rules.normalize(term, limits)
