"""Does it matter which rule is used, and where? Confluence: what two reductions make of one term can be joined again.

>>> import lemmata
>>> group = lemmata.parse('''
... sort G
... var x y z : G
... op e : G
... op _*_ : G G -> G
... op inv : G -> G
... axiom unit:          e * x = x
... axiom inverse:       inv(x) * x = e
... axiom associativity: (x * y) * z = x * (y * z)
... ''')
>>> print(confluence(group))
not confluent: inv(x) * (x * y) <- inv(x) * x * y -> e * y  (associativity, inverse at 1)
  with normal forms inv(x) * (x * y) and y
"""

from __future__ import annotations

from dataclasses import dataclass

from .critical_pairs import CriticalPair, peaks, shown
from .equations import Rules, computed_in_python, rewritten_modulo, rule_name, system_of
from .limits import Clock, Limits, Stopped
from .reference import ReferenceRewriter
from .source import LemmataError
from .syntax import TermTable, children
from .system import RewriteSystem
from .termination import Terminates, Unknown, termination
from .terms import Signature, Term

FUEL = 100_000  # looks at terms for one normal form
FUEL_BESIDE = 2_000  # the same where nobody knows whether rewriting ends


@dataclass(frozen=True)
class Confluent:
    """Any two reductions of one term can be joined. `why` says by which theorem."""

    why: str

    def __str__(self) -> str:
        return f"confluent: {self.why}"


@dataclass(frozen=True)
class NotConfluent:
    """The two sides of a critical pair have different normal forms, `left` and `right`."""

    pair: CriticalPair
    left: Term
    right: Term

    def __str__(self) -> str:
        return f"not confluent: {self.pair}\n  with normal forms {self.left} and {self.right}"


def confluence(rules: Rules, limits: Limits | None = None) -> Confluent | NotConfluent | Unknown:
    """Is the relation of one rewriting step, by any rule at any place, confluent?

    Rules that terminate are confluent just if all critical pairs join, that is, have one normal form (Newman 1942;
    Knuth and Bendix 1970). Others are if they are left-linear and have trivial critical pairs only: they are orthogonal
    (Rosen 1973) or weakly so. A critical pair with two normal forms refutes confluence in any case. Raises nothing for
    want of time or memory: that is Unknown too.
    """
    clock = Clock(limits or Limits())
    computed = computed_in_python(rules)
    if computed is not None:
        return Unknown(computed)
    system = system_of(rules)
    outside = _outside(system)
    if outside is not None:
        return outside
    try:
        return _decide(system, termination(system, limits), clock)
    except Stopped as stopped:
        return Unknown(f"stopped by the limits ({stopped.reason.value})")
    except LemmataError as error:
        return Unknown(error.message)


def _outside(system: RewriteSystem) -> Unknown | None:
    """Why the theorems used here do not speak of these rules, if they do not."""
    terms, symbols = system.terms, system.symbol
    modulo = rewritten_modulo(system.symbols)
    if modulo is not None:
        return Unknown(f"{modulo} is rewritten modulo its laws, for which critical pairs are not looked for")
    for rule in system.rules:
        name = rule_name(rule)
        if terms.rows[rule.lhs][0] != "app":
            return Unknown(f"the left side of {name} does not start with a symbol", name)
        if not set(terms.free_variables(rule.rhs)) <= set(terms.free_variables(rule.lhs)):
            return Unknown(f"the right side of {name} has a variable that its left side lacks", name)
        if rule.conditions:
            return Unknown(f"{name} has conditions, on which critical pairs would depend", name)
        if rule.ordered:
            return Unknown(f"{name} is used only where it makes a term smaller", name)
        used = {str(terms.rows[i][1]) for i in terms.reachable([rule.lhs]) if terms.rows[i][0] == "app"}
        if any(symbols[s].kind == "builtin" for s in used):
            return Unknown(f"the left side of {name} has a symbol that computes on literals", name)
    return None


def _decide(system: RewriteSystem, ends: object, clock: Clock) -> Confluent | NotConfluent | Unknown:
    terms = system.terms
    terminating = isinstance(ends, Terminates)
    count, trivial = 0, True
    unjoined: CriticalPair | None = None
    signature = Signature(system.symbols)
    for peak in peaks(system, clock):
        count += 1
        trivial = trivial and peak.left == peak.right
        rewriter = ReferenceRewriter(terms, system.rules, fuel=FUEL if terminating else FUEL_BESIDE)
        try:
            left, right = rewriter.normalise(peak.left), rewriter.normalise(peak.right)
        except Stopped:
            unjoined = unjoined or shown(signature, terms, peak)
            continue
        if left != right:
            return NotConfluent(
                shown(signature, terms, peak), signature.load(terms, left), signature.load(terms, right)
            )
    joined = "there are no critical pairs" if not count else f"all {count} critical pairs join"
    if terminating and unjoined is None:
        return Confluent(f"{joined}, and the rules {str(ends).replace('terminates', 'terminate', 1)}")
    if trivial and all(_linear(terms, rule.lhs) for rule in system.rules):
        why = "orthogonal: " if not count else "weakly orthogonal: "
        kind = "there are no critical pairs" if not count else "all critical pairs are trivial"
        return Confluent(f"{why}{kind}, and no left side has a variable twice")
    if unjoined is not None:
        return Unknown(f"{unjoined} was not joined, and termination is open: {ends}")
    return Unknown(f"{joined}, which is enough for rules that terminate; but {ends}")


def _linear(terms: TermTable, term: int) -> bool:
    """Has the term no variable twice?"""
    seen: set[int] = set()
    stack = [term]
    while stack:
        i = stack.pop()
        if i in seen and terms.free_variables(i):
            return False
        if i not in seen:
            seen.add(i)
            stack.extend(children(terms.rows[i]))
    return True
