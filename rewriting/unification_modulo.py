"""Unification modulo commutativity, and associativity with commutativity, on terms of a bank.

Free and commutative symbols are taken apart. An equation between sums, common operands removed, is a linear equation
between the multiplicities of its operands over the natural numbers (Stickel 1981): a sum of minimal solutions, each of
which stands for a new variable. Every choice of minimal solutions that leaves no variable without an operand, and gives
an operand that is no variable exactly one, is a branch; there operands that were given the same solution must be equal.
The minimal solutions are found by the method of Contejean and Devie (1994).

What comes out is complete, and minimal: no unifier is an instance of another one. Where the limit of steps was reached
it says so. Modulo associativity alone there may be infinitely many unifiers, and units make terms collapse; neither is
offered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import ac
from .bank import FLAT, BankSymbol, TermBank, TermId
from .matching_modulo import Matcher
from .syntax import PROP
from .theory import Notation, Symbol

Substitution = dict[TermId, TermId]
_Equations = list[tuple[TermId, TermId]]
_TUPLE = "(...)"  # no name of a symbol


@dataclass(frozen=True)
class Unifiers:
    """Idempotent substitutions; the variables that they bring in are new. `complete` unless a limit was reached."""

    unifiers: tuple[Substitution, ...]
    complete: bool


class _Limit(Exception):
    pass


def unify_modulo(
    bank: TermBank,
    symbols: Mapping[str, Symbol],
    left: TermId,
    right: TermId,
    variables: Collection[TermId],
    steps: int = 100_000,
) -> Unifiers:
    """The most general unifiers of two terms; other variables than these stand for themselves.

    `steps` bounds the equations looked at, the choices tried, and the steps of finding minimal solutions and of
    comparing unifiers. Raises ValueError for symbols that are associative only or have a unit, and for formulas.
    """
    unifier = _Unifier(bank, symbols, frozenset(variables), steps)
    for t in unifier.subterms([left, right]):
        head = bank.head(t)
        symbol = symbols.get(head.name)
        if head.kind not in ("app", "var", "lit", *FLAT):
            raise ValueError("only terms are unified, not formulas")
        if head.kind == "assoc" or (symbol is not None and head.kind in ("app", "ac") and symbol.unit is not None):
            raise ValueError(f"{head.name!r}: no unification modulo a unit, or modulo associativity alone")
    found: list[Substitution] = []
    complete = True
    try:
        for solved in unifier.solutions(left, right):
            found.append(solved)
        found = unifier.most_general(found)
    except _Limit:
        complete = False
    return Unifiers(tuple(found), complete)


class _Unifier:
    def __init__(self, bank: TermBank, symbols: Mapping[str, Symbol], variables: frozenset[TermId], steps: int) -> None:
        self.bank = bank
        self.symbols = symbols
        self.given = variables
        self.variables = set(variables)
        self.steps = steps
        self._fresh = 0

    def look(self) -> None:
        if not self.steps:
            raise _Limit
        self.steps -= 1

    def subterms(self, roots: Sequence[TermId]) -> list[TermId]:
        seen: dict[TermId, None] = {}
        stack = list(roots)
        while stack:
            t = stack.pop()
            if t not in seen:
                seen[t] = None
                stack.extend(ac.subterms(self.bank, t))
        return list(seen)

    def solutions(self, left: TermId, right: TermId) -> Iterator[Substitution]:
        """Depth first. In a state the substitution is idempotent; equations are still to be put through it."""
        self._taken = {self.bank.leaf_name(t) for t in self.subterms([left, right]) if self._is_leaf(t)}
        stack: list[Iterator[tuple[_Equations, Substitution]]] = [iter([([(left, right)], {})])]
        while stack:
            state = next(stack[-1], None)
            if state is None:
                stack.pop()
                continue
            equations, bound = list(state[0]), dict(state[1])
            branches = self._settle(equations, bound)
            if branches is not None:
                stack.append(branches)
            elif not equations:
                yield {v: t for v, t in bound.items() if v in self.given}

    def _settle(self, equations: _Equations, bound: Substitution) -> Iterator[tuple[_Equations, Substitution]] | None:
        """Solve what has one outcome, in place. Branches; or None, with no equation left if all are solved."""
        waiting: _Equations = []  # those with several outcomes: later, when more is known
        taken_apart: set[tuple[TermId, TermId]] = set()
        while equations or waiting:
            self.look()
            last = not equations
            s, t = (self._instance(side, bound) for side in (equations or waiting).pop())
            if s == t:
                continue
            if s not in self.variables or (t in self.variables and t not in self.given):
                s, t = t, s
            if s in self.variables:
                if not self._bind(s, t, bound):
                    equations.append((s, t))
                    return None
                continue
            parts = self._parts(s, t)
            if parts is None:
                equations.append((s, t))
                return None
            if isinstance(parts, list):
                if (s, t) not in taken_apart:
                    taken_apart.add((s, t))
                    equations.extend(reversed(parts))
            elif last:
                rest = [*waiting]
                return ((more + rest, bound) for more in self._choices(s, t))
            else:
                waiting.append((s, t))
        return None

    def _bind(self, variable: TermId, term: TermId, bound: Substitution) -> bool:
        if self.bank.sort(variable) != self.bank.sort(term) or variable in self.subterms([term]):
            return False
        one = {variable: term}
        for v, t in bound.items():
            bound[v] = self._instance(t, one)
        bound[variable] = term
        return True

    def _parts(self, s: TermId, t: TermId) -> _Equations | bool | None:
        """The equations between the arguments; None if the heads differ; True if there are several choices."""
        a, b = self.bank.head(s), self.bank.head(t)
        symbol = self.symbols.get(a.name)
        if symbol is None or a.kind not in ("app", "ac") or (a.kind, a.name, a.result) != (b.kind, b.name, b.result):
            return None
        if symbol.attributes:
            return True
        below, others = self.bank.arguments(s), self.bank.arguments(t)
        return list(zip(below, others, strict=True)) if len(below) == len(others) else None

    def _choices(self, s: TermId, t: TermId) -> Iterator[_Equations]:
        symbol = self.symbols[self.bank.head(s).name]
        if ac.is_ac(symbol):
            yield from self._sums(symbol, s, t)
            return
        (a, b), (c, d) = self.bank.arguments(s), self.bank.arguments(t)
        yield [(a, c), (b, d)]
        if a != b and c != d:
            yield [(a, d), (b, c)]

    def _sums(self, symbol: Symbol, s: TermId, t: TermId) -> Iterator[_Equations]:
        """The ways to make two sums equal."""
        counts = dict(ac.operands(self.bank, s))
        for u, n in ac.operands(self.bank, t):
            counts[u] = counts.get(u, 0) - n
        terms = [TermId(u) for u in self.bank.order.sorted(u for u, n in counts.items() if n)]
        weights = [counts[u] for u in terms]
        if min(weights) > 0 or max(weights) < 0:
            return
        single = [u not in self.variables for u in terms]
        basis = [v for v in minimal_solutions(weights, self.look) if self._can_be(v, terms, single)]
        for chosen in self._selections(basis, single):
            sums: list[list[tuple[TermId, int]]] = [[] for _ in terms]
            equations: _Equations = []
            for vector in chosen:
                rigid = [u for u, n, one in zip(terms, vector, single, strict=True) if n and one]
                value = rigid[0] if rigid else self._new(symbol.result)
                equations += [(value, u) for u in rigid[1:]]
                for n, of in zip(vector, sums, strict=True):
                    if n:
                        of.append((value, n))
            for u, of, one in zip(terms, sums, single, strict=True):
                if not one:
                    equations.append((u, ac.ac_term(self.bank, symbol, of)))
            yield equations

    def _can_be(self, vector: Sequence[int], terms: Sequence[TermId], single: Sequence[bool]) -> bool:
        """Can it stand for one operand? Those that are no variables get it once, and must look alike."""
        heads = set()
        for u, n, one in zip(terms, vector, single, strict=True):
            if one and n:
                head = self.bank.head(u)
                heads.add((head.kind, head.name, head.result, None if ac.subterms(self.bank, u) else u))
                if n > 1 or len(heads) > 1:
                    return False
        return True

    def _selections(self, basis: Sequence[tuple[int, ...]], single: Sequence[bool]) -> Iterator[list[tuple[int, ...]]]:
        """Sets of minimal solutions that give each operand something, and those that are `single` one thing."""
        ahead = [[any(v[k] for v in basis[n:]) for k in range(len(single))] for n in range(len(basis) + 1)]
        stack: list[tuple[int, tuple[int, ...], list[tuple[int, ...]]]] = [(0, (0,) * len(single), [])]
        while stack:
            self.look()
            n, total, chosen = stack.pop()
            if any(one and k > 1 for one, k in zip(single, total, strict=True)):
                continue
            if not all(k or more for k, more in zip(total, ahead[n], strict=True)):
                continue
            if n == len(basis):
                yield chosen
                continue
            stack.append((n + 1, total, chosen))
            with_it = tuple(a + b for a, b in zip(total, basis[n], strict=True))
            stack.append((n + 1, with_it, [*chosen, basis[n]]))

    def _new(self, sort: str) -> TermId:
        while True:
            self._fresh += 1
            if f"_v{self._fresh}" not in self._taken:
                break
        variable = self.bank.leaf(self.bank.symbol_id(BankSymbol("var", "", (), sort)), f"_v{self._fresh}")
        self.variables.add(variable)
        return variable

    def _is_leaf(self, t: TermId) -> bool:
        return self.bank.head(t).kind == "var"

    def _instance(self, t: TermId, bound: Substitution) -> TermId:
        return Matcher(self.bank, self.symbols, bound).instance(t, bound) if bound else t

    def most_general(self, found: Sequence[Substitution]) -> list[Substitution]:
        """Those that are no instance of another one; of two that are instances of each other the first."""
        order = sorted(self.given)
        sorts = tuple(self.bank.sort(v) for v in order)
        tuple_symbol = Symbol(_TUPLE, sorts, PROP, "predicate", Notation(_TUPLE))
        number = self.bank.symbol_id(BankSymbol("app", _TUPLE, sorts, PROP))
        symbols = {**self.symbols, _TUPLE: tuple_symbol}
        whole = [self.bank.node(number, [s.get(v, v) for v in order]) for s in found]
        matcher = Matcher(self.bank, symbols, self.variables, self.look, vanish=False)
        kept: list[int] = []
        for n, term in enumerate(whole):
            if any(next(matcher.matchers(whole[k], term), None) is not None for k in kept):
                continue
            kept = [k for k in kept if next(matcher.matchers(term, whole[k]), None) is None]
            kept.append(n)
        return [found[n] for n in kept]


def minimal_solutions(weights: Sequence[int], look: Callable[[], None] = lambda: None) -> list[tuple[int, ...]]:
    """The minimal solutions, in natural numbers and not all 0, of the equation sum of weight * number = 0.

    Sums of them are all solutions. From small vectors to large ones: one is made larger only where that brings the sum
    nearer to 0 (Contejean and Devie 1994).

    >>> minimal_solutions([2, -1, -1])
    [(1, 2, 0), (1, 1, 1), (1, 0, 2)]
    """
    size = len(weights)
    found: list[tuple[int, ...]] = []
    level = {tuple(int(k == n) for k in range(size)): weights[n] for n in range(size)}
    while level:
        found += [v for v, total in level.items() if not total]
        larger: dict[tuple[int, ...], int] = {}
        for vector, total in level.items():
            for n, weight in enumerate(weights):
                look()
                if total * weight < 0:
                    new = (*vector[:n], vector[n] + 1, *vector[n + 1 :])
                    if not any(all(a <= b for a, b in zip(v, new, strict=True)) for v in found):
                        larger[new] = total + weight
        level = larger
    return found
