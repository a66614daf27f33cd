"""Rewriting modulo associativity, commutativity and units: innermost, memoised, with evidence for proofs.

The terms are those of `ac.py`, so a term stands for all that the laws make equal to it. A rule applies to a term with
the head of its left side, and where that is associative also to some of its operands: a + b -> c rewrites a + x + b to
c + x. Where a sequence variable stands directly under that head the rule says itself what the other operands are, and
must match them all. No operand of a left side becomes a unit unless it is written so: x * (y + z) wants a sum. Of
several rules that match the first is used, of several matchers the first in the order of `Matcher`; conditions are
decided by normal forms. A built-in operation computes as soon as its operands are literals, and an associative one puts
together those of its operands that are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import ac
from .bank import FLAT, TermBank, TermId
from .limits import Clock, Limits, Stop, Stopped
from .literals import Value as Literal
from .matching_modulo import Matcher, Matching
from .operations import evaluate
from .rewriter import Normalised
from .syntax import TermTable
from .system import RewriteRule
from .theory import Symbol

_LOOKS = 256  # looks at terms, or steps of a search for matchers, between two looks at the clock


@dataclass(frozen=True)
class ModuloEvidence:
    """Why a term is equal to another.

    By a rule (its index) at the values of its variables, between operands that it does not touch; or else (None)
    because built-in operations were `evaluated`, or because of the arguments.
    """

    rewritten_to: TermId
    rule: int | None
    values: Matching = field(default_factory=dict)
    before: tuple[tuple[TermId, int], ...] = ()
    behind: tuple[tuple[TermId, int], ...] = ()
    evaluated: bool = False


@dataclass(frozen=True)
class _Loaded:
    """A rule in the bank. `part`: may it rewrite some operands of a term only?"""

    number: int
    lhs: TermId
    rhs: TermId
    conditions: tuple[tuple[TermId, TermId, bool], ...]
    matcher: Matcher
    part: bool


class ModuloRewriter:
    """Normalises terms of one bank with rules over the rows of `terms`.

    `fuel` bounds the looks at terms and the steps of matching in one call of `normalise`. Raises ValueError for a rule
    whose left side is a variable (modulo the laws), whose right side or conditions have variables that the left lacks,
    or that no order directs (`ordered`). A rule whose sides are equal by the laws is left out.
    """

    def __init__(
        self,
        bank: TermBank,
        terms: TermTable,
        rules: Sequence[RewriteRule],
        symbols: Mapping[str, Symbol],
        fuel: int | None = None,
    ) -> None:
        self.bank = bank
        self.terms = terms
        self.rules = tuple(rules)
        self.symbols = symbols
        self.fuel = fuel
        self.rewrites = 0
        self._looks = 0
        self._clock = Clock(Limits())
        self._last: TermId | None = None
        self._forget()

    def _forget(self) -> None:
        self._normal: dict[int, TermId] = {}
        self._evidence: dict[int, ModuloEvidence] = {}
        self._attempts: dict[int, Iterator[Sequence[TermId]]] = {}
        self._rules_of: dict[tuple[str, str], list[_Loaded]] = {}
        self._loaded: dict[int, _Loaded] = {}
        self._collections = self.bank.collections
        for number, rule in enumerate(self.rules):
            loaded = self._load(number, rule)
            if loaded is not None:
                self._loaded[number] = loaded
                head = self.bank.head(loaded.lhs)
                self._rules_of.setdefault((head.kind, head.name), []).append(loaded)

    def _load(self, number: int, rule: RewriteRule) -> _Loaded | None:
        rows = [rule.lhs, rule.rhs, *(row for c in rule.conditions for row in (c.left, c.right))]
        lhs, rhs, *sides = self.bank.load(self.terms, rows, self.symbols)
        known = self.terms.free_variables(rule.lhs)
        if any(v in rule.variables and v not in known for row in rows[1:] for v in self.terms.free_variables(row)):
            raise ValueError("a rule has a variable that its left side lacks")
        if lhs == rhs:
            return None
        if rule.ordered:
            raise ValueError("an equation that no order directs cannot be a rule here")
        variables = self.bank.load(self.terms, sorted(rule.variables), self.symbols)
        head = self.bank.head(lhs)
        if lhs in variables or head.kind not in ("app", *FLAT):
            raise ValueError("the left side of a rule must start with a symbol")
        runs = any(self.bank.sort(t).endswith(ac.SEQUENCE) for t in ac.subterms(self.bank, lhs))
        pairs = zip(sides[::2], sides[1::2], rule.conditions, strict=True)
        conditions = tuple((left, right, c.equal) for left, right, c in pairs)
        matcher = Matcher(self.bank, self.symbols, variables, self._look, vanish=False)
        return _Loaded(number, lhs, rhs, conditions, matcher, head.kind in FLAT and not runs)

    # What is known

    def normalise(self, terms: Iterable[int], clock: Clock | None = None) -> Normalised:
        """Innermost normal forms. Stops at the clock's limits or when the fuel is spent; what was found is kept."""
        if self._collections != self.bank.collections:
            self._forget()
        self._clock = clock or Clock(Limits())
        self._looks = 0
        found: list[TermId] = []
        try:
            for t in terms:
                found.append(self._normalise(TermId(t)))
        except Stopped as stopped:
            return Normalised(tuple(found), stopped.reason)
        except MemoryError:
            return Normalised(tuple(found), Stop.MEMORY)
        finally:
            self._attempts.clear()
        self._last = None
        return Normalised(tuple(found), Stop.DONE)

    def last_term(self) -> TermId | None:
        """The term on which a stopped run was working, until the next collection."""
        return self._last if self._remembers() else None

    def evidence(self, term: int) -> ModuloEvidence | None:
        """The first step from a term towards its normal form; None if it is normal or has not been normalised."""
        return self._evidence.get(term) if self._remembers() else None

    def normal(self, term: int) -> TermId | None:
        """The normal form, if it is known already."""
        return self._normal.get(term) if self._remembers() else None

    def conditions(self, evidence: ModuloEvidence) -> list[tuple[TermId, TermId]]:
        """Both sides of each condition of the rule that was applied, at the values of its variables."""
        if evidence.rule is None:
            return []
        rule = self._loaded[evidence.rule]
        of = evidence.values
        return [(rule.matcher.instance(a, of), rule.matcher.instance(b, of)) for a, b, _ in rule.conditions]

    def _remembers(self) -> bool:
        """A collection voids the memory."""
        return self._collections == self.bank.collections

    # The work

    def _look(self) -> None:
        if self._looks == self.fuel:
            raise Stopped(Stop.STEPS)
        if self._looks % _LOOKS == 0:
            self._clock.check()
        self._looks += 1

    def _normalise(self, root: TermId) -> TermId:
        normal, evidence = self._normal, self._evidence
        stack = [root]
        while stack:
            t = stack[-1]
            if t in normal:
                stack.pop()
                continue
            self._last = t
            self._look()
            if t in evidence:
                to = evidence[t].rewritten_to
                if to in normal:
                    normal[t] = normal[to]
                else:
                    stack.append(to)
                continue
            below = ac.subterms(self.bank, t)
            waiting = [c for c in below if c not in normal]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            inside = self._rebuilt(t, below)
            if inside != t:
                evidence[t] = ModuloEvidence(inside, None)
                continue
            if t not in self._attempts:
                self._attempts[t] = self._attempt(t)
            wanted = next(self._attempts[t], None)
            if wanted is None:
                del self._attempts[t]
            else:
                stack.extend(reversed(wanted))
        return normal[root]

    def _rebuilt(self, t: TermId, below: Sequence[TermId]) -> TermId:
        """The term with its arguments replaced by their normal forms."""
        new = [self._normal[c] for c in below]
        if new == below:
            return t
        head = self.bank.head(t)
        symbol = self.symbols.get(head.name)
        if head.kind == "ac" and symbol is not None:
            counts = (n for _, n in ac.operands(self.bank, t))
            return ac.ac_term(self.bank, symbol, list(zip(new, counts, strict=True)))
        if head.kind == "assoc" and symbol is not None:
            return ac.assoc_term(self.bank, symbol, new)
        if head.kind == "app" and symbol is not None:
            return ac.term(self.bank, symbol, new)
        return self.bank.node(self.bank.symbol_id(head), new)

    def _attempt(self, t: TermId) -> Iterator[Sequence[TermId]]:
        """Find what a term becomes whose arguments are normal. Gives terms that must have normal forms to go on."""
        computed = self._computed(t)
        if computed is not None:
            self._becomes(t, computed)
            return
        head = self.bank.head(t)
        for rule in self._rules_of.get((head.kind, head.name), ()):
            for found, before, behind in self._matchers(rule, t):
                for left, right, equal in rule.conditions:
                    sides = [rule.matcher.instance(side, found) for side in (left, right)]
                    while any(side not in self._normal for side in sides):
                        yield [side for side in sides if side not in self._normal]
                    if (self._normal[sides[0]] == self._normal[sides[1]]) != equal:
                        break
                else:
                    result = self._around(t, before, rule.matcher.instance(rule.rhs, found), behind)
                    if result != t:
                        evidence = ModuloEvidence(result, rule.number, found, tuple(before), tuple(behind))
                        self._becomes(t, evidence)
                        return
        self._normal[t] = t

    def _becomes(self, t: TermId, evidence: ModuloEvidence) -> None:
        self.rewrites += 1
        self._evidence[t] = evidence

    def _matchers(self, rule: _Loaded, t: TermId) -> Iterator[tuple[Matching, ac.Operands, ac.Operands]]:
        if rule.part:
            return rule.matcher.inside(rule.lhs, t)
        return ((found, [], []) for found in rule.matcher.matchers(rule.lhs, t))

    def _around(self, t: TermId, before: ac.Operands, middle: TermId, behind: ac.Operands) -> TermId:
        """`middle` among the operands of `t` that a rule has not touched."""
        if not before and not behind:
            return middle
        symbol = self.symbols[self.bank.head(t).name]
        if ac.is_ac(symbol):
            return ac.ac_term(self.bank, symbol, [(middle, 1), *behind])
        return ac.assoc_term(self.bank, symbol, [*(u for u, _ in before), middle, *(u for u, _ in behind)])

    # Built-in operations

    def _computed(self, t: TermId) -> ModuloEvidence | None:
        """What becomes of a term with a built-in operation at its head that has a value at literals among its operands.

        Of an associative operation these may be some of the operands: neighbours, or of a commutative one any.
        """
        head = self.bank.head(t)
        symbol = self.symbols.get(head.name)
        if symbol is None or symbol.kind != "builtin" or head.kind not in ("app", *FLAT):
            return None
        if head.kind == "app":
            values = [self.bank.literal_value(c) for c in self.bank.arguments(t)]
            known = [v for v in values if v is not None]
            value = evaluate(symbol.notation.text, known, symbol.arguments) if len(known) == len(values) else None
            return None if value is None else self._value(t, symbol, [], value, [])
        return self._computed_run(t, symbol) if head.kind == "assoc" else self._computed_sum(t, symbol)

    def _value(
        self, t: TermId, symbol: Symbol, before: ac.Operands, value: Literal, behind: ac.Operands
    ) -> ModuloEvidence:
        to = self._around(t, before, self.bank.literal(value, symbol.result), behind)
        return ModuloEvidence(to, None, before=tuple(before), behind=tuple(behind), evaluated=True)

    def _computed_run(self, t: TermId, symbol: Symbol) -> ModuloEvidence | None:
        """The first literals that are neighbours, put together as far as there is a value."""
        below = self.bank.arguments(t)
        values = [self.bank.literal_value(c) for c in below]
        for start, value in enumerate(values):
            end = start + 1
            while value is not None and end < len(below) and (other := values[end]) is not None:
                both = _put_together(symbol, value, other)
                if both is None:
                    break
                value, end = both, end + 1
            if value is not None and end > start + 1:
                around = [[(c, 1) for c in part] for part in (below[:start], below[end:])]
                return self._value(t, symbol, around[0], value, around[1])
        return None

    def _computed_sum(self, t: TermId, symbol: Symbol) -> ModuloEvidence | None:
        """The literals among the operands, put together; one that occurs n times by repeated doubling."""
        kept: ac.Operands = []
        whole: Literal | None = None
        parts = 0
        for c, n in ac.operands(self.bank, t):
            value = self.bank.literal_value(c)
            power = None if value is None else _power(symbol, value, n)
            both = power if whole is None or power is None else _put_together(symbol, whole, power)
            if both is None:
                kept.append((c, n))
            else:
                whole = both
                parts += n
        return self._value(t, symbol, [], whole, kept) if parts > 1 and whole is not None else None


def _put_together(symbol: Symbol, left: Literal, right: Literal) -> Literal | None:
    return evaluate(symbol.notation.text, [left, right], symbol.arguments)


def _power(symbol: Symbol, value: Literal, n: int) -> Literal | None:
    """n operands of one value, n at least 1; None where the operation has no value on the way."""
    whole: Literal | None = value if n & 1 else None
    while n := n >> 1:
        doubled = _put_together(symbol, value, value)
        if doubled is None:
            return None
        value = doubled
        if n & 1:
            whole = value if whole is None else _put_together(symbol, whole, value)
            if whole is None:
                return None
    return whole
