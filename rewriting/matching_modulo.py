"""Matching modulo associativity, commutativity and units, with sequence variables, on terms of a bank.

Equal terms have one id (`ac.py`), so a matcher is a substitution that turns the pattern into the subject itself. All
of them are found, each once, in an order that depends on the structure of the terms only.

A variable of sort `N...` is a *sequence variable*: it stands for a run of operands, possibly empty, of an associative
symbol or of a variadic one (a symbol whose last argument sort is `N...`); of an associative and commutative symbol the
run is in structural order. A pattern with sequence variables matches applications of its symbol only, not single terms
that would be applications to one operand. An ordinary variable stands for one term, which may be an application of the
symbol around it: modulo associativity x + y has two matchers in a + b + c.

How: free symbols are taken apart at once. Of the operands of an associative and commutative symbol, those without
unknown variables are removed from the subject first; then patterns with a head of their own are paired with operands of
that head, those with the fewest candidates first, unless a bipartite matching shows that not all of them can be served;
what is left is shared out among the variables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import ac
from .bank import FLAT, BankSymbol, TermBank, TermId
from .theory import Symbol

Value = TermId | tuple[TermId, ...]  # of an ordinary variable, of a sequence variable
Matching = dict[TermId, Value]
_DEEP = 64  # pairs looked at to see whether an operand is a candidate for a pattern
_Counts = tuple[tuple[TermId, int], ...]


@dataclass(frozen=True)
class _Pair:
    """The pattern is to become the subject."""

    pattern: TermId
    subject: TermId


@dataclass(frozen=True)
class _Bag:
    """The patterns, with multiplicities, are to become all the operands of an associative and commutative symbol."""

    symbol: Symbol
    patterns: _Counts
    subjects: _Counts


@dataclass(frozen=True)
class _Run:
    """The patterns are to become all the operands, in order, of an associative or variadic symbol."""

    symbol: Symbol
    patterns: tuple[TermId, ...]
    subjects: tuple[TermId, ...]


@dataclass(frozen=True)
class _Choice:
    """One of these sets of goals; no two of them have a solution in common."""

    either: tuple[tuple[_Pair, ...], ...]


_Goal = _Pair | _Bag | _Run | _Choice
_State = tuple[list[_Goal], Matching]


class Matcher:
    """Matches patterns of one bank. `variables` are ids; other variables match themselves only.

    To be made anew when the bank has been collected.
    """

    def __init__(
        self,
        bank: TermBank,
        symbols: Mapping[str, Symbol],
        variables: Collection[TermId],
        look: Callable[[], None] = lambda: None,
        *,
        vanish: bool = True,
    ) -> None:
        """`look` is called at every step of a search, and may raise to end it.

        Without `vanish` no operand of a pattern may disappear by becoming a unit: x + y, with a unit 0, then has no
        matcher in a, where there are {x: a, y: 0} and {x: 0, y: a} otherwise. Rules mean this.
        """
        self.bank = bank
        self._look = look
        self._vanish = vanish
        self.symbols = symbols
        self.variables = frozenset(variables)
        self._open: dict[int, bool] = {}  # has a pattern variables?

    def matchers(
        self, pattern: TermId, subject: TermId, given: Mapping[TermId, Value] | None = None
    ) -> Iterator[Matching]:
        """All substitutions of the variables of `pattern` that make it `subject`, extending the one that is `given`.

        Raises ValueError for a pattern with formulas, or with a sequence variable outside a run.
        """
        return self._search([_Pair(pattern, subject)], dict(given or {}))

    def inside(self, pattern: TermId, subject: TermId) -> Iterator[tuple[Matching, ac.Operands, ac.Operands]]:
        """The same for some of the operands of `subject`, where both are applications of one associative symbol.

        Gives the matcher, and the operands before and behind those matched, with multiplicities. Of a commutative
        symbol all the others stand behind; in sequences those matched are neighbours.
        """
        head = self.bank.head(pattern)
        if head.kind not in FLAT or not ac.is_flat(self.bank, self.symbols[head.name], subject):
            return
        symbol = self.symbols[head.name]
        goal: _Goal
        if head.kind == "ac":
            there = ac.operands(self.bank, subject)
            patterns = (*ac.operands(self.bank, pattern), (self._rest(symbol, "behind"), 1))
            goal = _Bag(symbol, patterns, tuple(there))
            for found in self._search([goal], {}):
                used = dict(ac.ac_operands(self.bank, symbol, self.instance(pattern, found)))
                left = ((t, n - used.get(t, 0)) for t, n in there)
                yield found, [], [(t, n) for t, n in left if n]
            return
        ends = [self._rest(symbol, end) for end in ("before", "behind")]
        goal = _Run(symbol, (ends[0], *self.bank.arguments(pattern), ends[1]), tuple(self.bank.arguments(subject)))
        for found in self._search([goal], {}, frozenset(ends)):
            before, behind = (found.pop(end) for end in ends)
            yield found, [(t, 1) for t in _values(before)], [(t, 1) for t in _values(behind)]

    def _rest(self, symbol: Symbol, end: str) -> TermId:
        """A sequence variable, of a name that no other variable has, for operands that the pattern does not match."""
        sort = self.bank.symbol_id(BankSymbol("var", "", (), symbol.result + ac.SEQUENCE))
        rest = self.bank.leaf(sort, ac.SEQUENCE + end)
        self._open[rest] = True
        return rest

    def instance(self, pattern: TermId, matching: Mapping[TermId, Value]) -> TermId:
        """The pattern with its variables replaced, modulo the laws. Linear in the DAG of the pattern.

        Raises ValueError where a sequence variable stands outside a run.
        """
        bank = self.bank
        made = dict(matching)
        stack = [pattern]
        while stack:
            t = stack[-1]
            if t in made or not self._is_open(t) or t in self.variables:
                made.setdefault(t, t)
                stack.pop()
                continue
            below = ac.subterms(bank, t)
            missing = [c for c in below if c not in made]
            if missing:
                stack.extend(missing)
                continue
            made[t] = self._made(t, made)
            stack.pop()
        found = made[pattern]
        if isinstance(found, tuple):
            raise ValueError("a sequence variable stands outside a run of operands")
        return found

    def _made(self, t: TermId, made: Mapping[TermId, Value]) -> TermId:
        bank = self.bank
        head = bank.head(t)
        symbol = self.symbols.get(head.name)
        if head.kind == "ac" and symbol is not None:
            spread = ((made[c], n) for c, n in ac.operands(bank, t))
            return ac.ac_term(bank, symbol, [(v, n) for value, n in spread for v in _values(value)])
        values = [made[c] for c in bank.arguments(t)]
        if head.kind == "assoc" and symbol is not None:
            return ac.assoc_term(bank, symbol, [v for value in values for v in _values(value)])
        if head.kind != "app" or symbol is None:
            raise ValueError("a rule may not look inside formulas")
        if not ac.is_variadic(symbol) and any(isinstance(v, tuple) for v in values):
            raise ValueError("a sequence variable stands outside a run of operands")
        return ac.term(bank, symbol, [v for value in values for v in _values(value)])

    # The search: goals with one outcome are settled at once; then one of the others is branched on.

    def _search(
        self, goals: list[_Goal], matched: Matching, more: frozenset[TermId] = frozenset()
    ) -> Iterator[Matching]:
        wanted = self.variables | more
        stack: list[Iterator[_State]] = [iter([(goals, matched)])]
        while stack:
            self._look()
            state = next(stack[-1], None)
            if state is None:
                stack.pop()
                continue
            settled = self._settle(*state)
            if settled is None:
                continue
            waiting, matched = settled
            if not waiting:
                yield {v: t for v, t in matched.items() if v in wanted}
                continue
            n = min(range(len(waiting)), key=lambda k: self._width(waiting[k], matched))
            stack.append(self._branches(waiting[n], waiting[:n] + waiting[n + 1 :], matched))

    def _settle(self, goals: list[_Goal], matched: Matching) -> _State | None:
        """What is left when all that has one outcome is done; None if there is no outcome. Works on a copy."""
        matched = dict(matched)
        todo = list(reversed(goals))
        waiting: list[tuple[_Goal, int]] = []  # with how much was matched when the goal was last looked at
        while True:
            while todo:
                goal = todo.pop()
                new = self._step(goal, matched)
                if new is None:
                    return None
                if len(new) == 1 and type(new[0]) is type(goal) is not _Pair:
                    waiting.append((new[0], len(matched)))
                else:
                    todo.extend(reversed(new))
            todo = [goal for goal, known in reversed(waiting) if known < len(matched)]
            if not todo:
                return [goal for goal, _ in waiting], matched
            waiting = [(goal, known) for goal, known in waiting if known == len(matched)]

    def _step(self, goal: _Goal, matched: Matching) -> list[_Goal] | None:
        """The goals that replace a goal, None if it cannot be reached. One of its own kind: it has several outcomes."""
        match goal:
            case _Pair():
                return self._pair(goal, matched)
            case _Bag():
                return self._bag(goal, matched)
            case _Run():
                return self._run(goal, matched)
            case _Choice(either):
                left = tuple(e for e in either if all(self._could(p.pattern, p.subject, matched) for p in e))
                return None if not left else list(left[0]) if len(left) == 1 else [_Choice(left)]

    def _width(self, goal: _Goal, matched: Matching) -> int:
        """A guess at how many branches a goal has; the patterns that share out operands come last."""
        match goal:
            case _Choice(either):
                return len(either)
            case _Bag():
                rigid = self._rigid_patterns(goal, matched)
                return min((len(found) for _, _, found in rigid), default=1 << 20)
            case _Run():
                return 1 << 10
        return 1

    def _branches(self, goal: _Goal, others: list[_Goal], matched: Matching) -> Iterator[_State]:
        match goal:
            case _Choice(either):
                for goals in either:
                    yield [*goals, *others], matched
            case _Bag():
                rigid = self._rigid_patterns(goal, matched)
                if rigid:
                    p, m, candidates = min(rigid, key=lambda r: len(r[2]))
                    for t in candidates:
                        yield [_Pair(p, t), self._without(goal, p, m, t), *others], matched
                    return
                for shares in _shares(goal, [self._may_vanish(goal.symbol, p) for p, _ in goal.patterns], self._look):
                    yield self._shared_out(goal, shares, others, matched)
            case _Run():
                yield from self._run_branches(goal, others, matched)

    # One term against one term.

    def _pair(self, goal: _Pair, matched: Matching) -> list[_Goal] | None:
        bank, p, s = self.bank, goal.pattern, goal.subject
        known = p if not self._is_open(p) else matched.get(p)
        if known is not None:
            return [] if known == s else None
        head = bank.head(p)
        if p in self.variables:
            if head.result.endswith(ac.SEQUENCE):
                raise ValueError("a sequence variable stands outside a run of operands")
            if head.result != bank.sort(s):
                return None
            matched[p] = s
            return []
        symbol = self.symbols.get(head.name)
        if symbol is None or head.kind not in ("app", *FLAT):
            raise ValueError("a rule may not look inside formulas")
        matched[p] = s
        if head.kind in FLAT:
            return self._flat_pair(symbol, p, s)
        if ac.has_laws(symbol):
            return self._binary_pair(symbol, p, s)
        other = bank.head(s)
        if ac.is_variadic(symbol) and other.kind == "app" and other.name == head.name:
            first = len(symbol.arguments) - 1
            below, others = bank.arguments(p), bank.arguments(s)
            pairs = [_Pair(c, d) for c, d in zip(below[:first], others[:first], strict=True)]
            return [*pairs, _Run(symbol, tuple(below[first:]), tuple(others[first:]))]
        if other is not head:
            return None
        return [_Pair(c, d) for c, d in zip(bank.arguments(p), bank.arguments(s), strict=True)]

    def _flat_pair(self, symbol: Symbol, p: TermId, s: TermId) -> list[_Goal] | None:
        bank = self.bank
        if not ac.is_flat(bank, symbol, s):
            runs = any(self._is_sequence(c) for c in ac.subterms(bank, p))
            if not self._unital(symbol) or runs:
                return None
        if ac.is_ac(symbol):
            return [_Bag(symbol, tuple(ac.operands(bank, p)), tuple(ac.ac_operands(bank, symbol, s)))]
        return [_Run(symbol, tuple(bank.arguments(p)), tuple(ac.assoc_operands(bank, symbol, s)))]

    def _binary_pair(self, symbol: Symbol, p: TermId, s: TermId) -> list[_Goal] | None:
        """Commutative or with a unit, but not associative."""
        bank = self.bank
        a, b = bank.arguments(p)
        either: list[tuple[_Pair, ...]] = []
        if bank.head(s) is bank.head(p):
            c, d = bank.arguments(s)
            either.append((_Pair(a, c), _Pair(b, d)))
            if symbol.attributes and c != d:
                either.append((_Pair(a, d), _Pair(b, c)))
        unit = ac.unit_term(bank, symbol) if self._vanish else None
        if unit is not None:
            either.append((_Pair(a, unit), _Pair(b, s)))
            if s != unit:
                either.append((_Pair(b, unit), _Pair(a, s)))
        return [_Choice(tuple(either))] if either else None

    # Operands without an order.

    def _bag(self, goal: _Bag, matched: Matching) -> list[_Goal] | None:
        bank, symbol = self.bank, goal.symbol
        counts = dict(goal.subjects)
        unknown: list[tuple[TermId, int]] = []
        for p, m in goal.patterns:
            value = matched.get(p) if self._is_open(p) else p
            if value is None:
                unknown.append((p, m))
                continue
            parts = [(t, 1) for t in value] if isinstance(value, tuple) else ac.ac_operands(bank, symbol, value)
            for t, n in parts:
                counts[t] = counts.get(t, 0) - n * m
                if counts[t] < 0:
                    return None
        subjects = tuple((t, counts[t]) for t, _ in goal.subjects if counts[t])
        filled = [(p, m) for p, m in unknown if not self._may_vanish(symbol, p)]
        if sum(m for _, m in filled) > sum(n for _, n in subjects):
            return None
        if not unknown:
            return None if subjects else []
        if not subjects:
            return self._all_vanish(symbol, [p for p, _ in unknown], matched)
        if any(all(m > n for _, n in subjects) for _, m in filled):
            return None
        rest = _Bag(symbol, tuple(unknown), subjects)
        rigid = self._rigid_patterns(rest, matched)
        if not rigid and len(unknown) == 1:
            ((p, m),) = unknown
            if any(n % m for _, n in subjects):
                return None
            return self._bind(p, tuple((t, n // m) for t, n in subjects), symbol, matched)
        for p, m, candidates in rigid:
            if not candidates:
                return None
            if len(candidates) == 1:
                return [_Pair(p, candidates[0]), self._without(rest, p, m, candidates[0])]
        return [rest] if _can_serve(rigid, dict(subjects)) else None

    def _all_vanish(self, symbol: Symbol, patterns: Sequence[TermId], matched: Matching) -> list[_Goal]:
        """Each of the patterns, which may, becomes an empty run or the unit."""
        unit = ac.unit_term(self.bank, symbol)
        goals: list[_Goal] = []
        for p in patterns:
            if self._is_sequence(p):
                matched[p] = ()
            else:
                assert unit is not None
                goals.append(_Pair(p, unit))
        return goals

    def _bind(self, p: TermId, share: _Counts, symbol: Symbol, matched: Matching) -> list[_Goal]:
        """`p` becomes the operands of its share."""
        if self._is_sequence(p):
            own = p in self.variables  # of the rest nobody asks what it is; it may be long
            matched[p] = tuple(t for t, n in share for _ in range(n)) if own else ()
            return []
        return [_Pair(p, ac.ac_term(self.bank, symbol, share))]

    def _shared_out(
        self, goal: _Bag, shares: Sequence[Sequence[int]], others: list[_Goal], matched: Matching
    ) -> _State:
        matched = dict(matched)
        goals: list[_Goal] = []
        for n, (p, _) in enumerate(goal.patterns):
            share = tuple((t, of[n]) for (t, _), of in zip(goal.subjects, shares, strict=True) if of[n])
            goals += self._bind(p, share, goal.symbol, matched)
        return [*goals, *others], matched

    def _rigid_patterns(self, goal: _Bag, matched: Matching) -> list[tuple[TermId, int, list[TermId]]]:
        """The patterns that must become single operands, with multiplicities and candidates."""
        return [
            (p, m, [t for t, n in goal.subjects if n >= m and self._could(p, t, matched)])
            for p, m in goal.patterns
            if not self._is_flexible(p)
        ]

    def _without(self, goal: _Bag, p: TermId, m: int, t: TermId) -> _Bag:
        """The rest of a goal when `p`, with multiplicity m, has become `t`."""
        patterns = tuple(pair for pair in goal.patterns if pair[0] != p)
        counts = ((u, n - m if u == t else n) for u, n in goal.subjects)
        return _Bag(goal.symbol, patterns, tuple((u, n) for u, n in counts if n))

    # Operands in order.

    def _run(self, goal: _Run, matched: Matching) -> list[_Goal] | None:
        """Take from both ends what has one outcome."""
        patterns, subjects = list(goal.patterns), list(goal.subjects)
        goals: list[_Goal] = []
        for end in (0, -1):
            while patterns:
                p = patterns[end]
                value = matched.get(p) if self._is_open(p) else p
                if value is not None:
                    part = self._parts(goal.symbol, value)
                    size = len(part)
                    there = subjects[:size] if end == 0 else subjects[len(subjects) - size :]
                    if size > len(subjects) or there != part:
                        return None
                    subjects = subjects[size:] if end == 0 else subjects[: len(subjects) - size]
                elif self._takes_one(goal.symbol, p):
                    if not subjects:
                        return None
                    goals.append(_Pair(p, subjects.pop(end)))
                else:
                    break
                patterns.pop(end)
        if sum(self._least(goal.symbol, p, matched) for p in patterns) > len(subjects) or (subjects and not patterns):
            return None
        if not subjects:
            unknown = [p for p in patterns if self._is_open(p) and p not in matched]
            return [*goals, *self._all_vanish(goal.symbol, unknown, matched)]
        if len(patterns) == 1:
            return goals + self._bind_run(goal.symbol, patterns[0], subjects, matched)
        rest = _Run(goal.symbol, tuple(patterns), tuple(subjects))
        return [*goals, rest]

    def _least(self, symbol: Symbol, p: TermId, matched: Matching) -> int:
        """The least number of operands that a pattern of a run can become."""
        value = matched.get(p) if self._is_open(p) else p
        return len(self._parts(symbol, value)) if value is not None else int(not self._may_vanish(symbol, p))

    def _parts(self, symbol: Symbol, value: Value) -> list[TermId]:
        """What a value is as a run of operands."""
        if isinstance(value, tuple):
            return list(value)
        return [value] if ac.is_variadic(symbol) else ac.assoc_operands(self.bank, symbol, value)

    def _bind_run(self, symbol: Symbol, p: TermId, share: Sequence[TermId], matched: Matching) -> list[_Goal]:
        if self._is_sequence(p):
            matched[p] = tuple(share)
            return []
        return [_Pair(p, ac.assoc_term(self.bank, symbol, share))]

    def _run_branches(self, goal: _Run, others: list[_Goal], matched: Matching) -> Iterator[_State]:
        """The first pattern, which may take several operands, takes few or many."""
        first, *rest = goal.patterns
        least = 0 if self._may_vanish(goal.symbol, first) else 1
        behind = sum(self._least(goal.symbol, p, matched) for p in rest)
        for size in range(least, len(goal.subjects) - behind + 1):
            own = dict(matched)
            goals = self._bind_run(goal.symbol, first, goal.subjects[:size], own)
            yield [*goals, _Run(goal.symbol, tuple(rest), goal.subjects[size:]), *others], own

    # Patterns.

    def _is_open(self, pattern: TermId) -> bool:
        """Has it variables?"""
        known = self._open
        stack = [] if pattern in known else [pattern]
        while stack:
            t = stack[-1]
            below = ac.subterms(self.bank, t)
            missing = [c for c in below if c not in known]
            if missing:
                stack.extend(missing)
            else:
                known[t] = t in self.variables or any(known[c] for c in below)
                stack.pop()
        return known[pattern]

    def _is_sequence(self, pattern: TermId) -> bool:
        return self.bank.head(pattern).result.endswith(ac.SEQUENCE)

    def _is_flexible(self, pattern: TermId) -> bool:
        """Can it become several operands? A variable can, and a pattern that may shrink to one of its variables."""
        head = self.bank.head(pattern)
        return head.kind == "var" or self._unital(self.symbols[head.name])

    def _unital(self, symbol: Symbol) -> bool:
        """Can an operand of the symbol disappear?"""
        return self._vanish and symbol.unit is not None

    def _may_vanish(self, symbol: Symbol, pattern: TermId) -> bool:
        """Can it become no operand at all?"""
        return self._is_sequence(pattern) or (self._unital(symbol) and self._is_flexible(pattern))

    def _takes_one(self, symbol: Symbol, pattern: TermId) -> bool:
        """Must it become one operand of a run?"""
        return not self._is_sequence(pattern) and (ac.is_variadic(symbol) or not self._is_flexible(pattern))

    def _could(self, pattern: TermId, subject: TermId, matched: Matching) -> bool:
        """False only if no matcher extends `matched`: what can be seen without a search."""
        bank = self.bank
        stack = [(pattern, subject)]
        for _ in range(_DEEP):
            if not stack:
                return True
            p, s = stack.pop()
            known = p if not self._is_open(p) else matched.get(p)
            if known is not None:
                if known != s:
                    return False
                continue
            head, other = bank.head(p), bank.head(s)
            if p in self.variables:
                if head.result != other.result:
                    return False
                continue
            symbol = self.symbols.get(head.name)
            if symbol is None or self._unital(symbol):
                continue
            if head.kind in FLAT or ac.is_variadic(symbol):
                if other.name != head.name or other.kind != head.kind:
                    return False
            elif other is not head:
                return False
            elif not symbol.attributes:
                stack.extend(zip(bank.arguments(p), bank.arguments(s), strict=True))
        return True


def _values(value: Value) -> tuple[TermId, ...]:
    return value if isinstance(value, tuple) else (value,)


def _can_serve(rigid: Sequence[tuple[TermId, int, list[TermId]]], capacity: Mapping[TermId, int]) -> bool:
    """Is there for each pattern a candidate, none of them taken more often than its multiplicity? (Kuhn 1955)"""
    taken: dict[TermId, list[int]] = {}
    for start in range(len(rigid)):
        came: dict[TermId, int] = {}  # by candidate: the pattern from which the search came to it
        queue = [start]
        free: TermId | None = None
        for n in queue:
            for t in rigid[n][2]:
                if t in came:
                    continue
                came[t] = n
                holders = taken.setdefault(t, [])
                if len(holders) < capacity[t]:
                    free = t
                    break
                queue.extend(holders)
            if free is not None:
                break
        if free is None:
            return False
        while True:  # back along the path each pattern moves to the candidate that has become free
            n = came[free]
            old = next((t for t, holders in taken.items() if n in holders), None)
            taken[free].append(n)
            if n == start or old is None:
                break
            taken[old].remove(n)
            free = old
    return True


def _shares(goal: _Bag, may_vanish: Sequence[bool], look: Callable[[], None]) -> Iterator[list[tuple[int, ...]]]:
    """All ways to share out the operands: for each of them how many go to each pattern, counted per occurrence.

    The first patterns get the most, first.
    """
    weights = [m for _, m in goal.patterns]
    counts = [n for _, n in goal.subjects]
    if any(next(_splits(weights, n), None) is None for n in set(counts)):
        return
    levels = [_splits(weights, counts[0])]
    chosen: list[tuple[int, ...]] = []
    while levels:
        look()
        split = next(levels[-1], None)
        if split is None:
            levels.pop()
            if chosen:
                chosen.pop()
            continue
        chosen.append(split)
        if len(chosen) < len(counts):
            levels.append(_splits(weights, counts[len(chosen)]))
            continue
        if all(may or any(of[k] for of in chosen) for k, may in enumerate(may_vanish)):
            yield list(chosen)
        chosen.pop()


def _splits(weights: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """All lists of numbers, not negative, whose weighted sum is `total`; the first numbers large first."""
    last = len(weights) - 1
    shares: list[int] = []
    left = total
    while True:
        while len(shares) < last:
            shares.append(left // weights[len(shares)])
            left -= shares[-1] * weights[len(shares) - 1]
        if left % weights[last] == 0:
            yield (*shares, left // weights[last])
        while shares and not shares[-1]:
            shares.pop()
        if not shares:
            return
        shares[-1] -= 1
        left = total - sum(n * w for n, w in zip(shares, weights, strict=False))
