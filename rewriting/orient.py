"""Orders that direct given rules: a precedence for the path order, weights too for the Knuth-Bendix order.

*Path order* (as Kurihara and Kondo 2004, without their decision diagrams). That s > t holds in the path order is a
formula of atoms "f > g" without negation: it is built once for each rule, as a DAG. A search over strict precedences
decides whether all formulas hold at once: atoms that every way of making some formula true has in common are added
(they are necessary), then an open atom is decided one way and, if that fails, the other.

*Knuth-Bendix order* (Korovin and Voronkov 2003, after Dick, Kalmus and Martin 1990). That s weighs at least as much
as t is a linear inequality in the weights. Sums of solutions are solutions, so some solution makes every inequality
strict that any solution makes strict; exact linear programming (`simplex.py`) finds it. The rules whose sides then
still weigh the same are decided by the heads, which puts a pair in the precedence, or by the first arguments that
differ, which adds an inequality; so again until nothing is new. No search is needed.

Both are deterministic: of several orders they find the same one in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import lcm

from .orders import Kbo, Lpo, Order, occurrences
from .simplex import strictest
from .syntax import TermTable, children
from .theory import Symbol

MOST_NODES = 100_000  # of the formulas of one search for a path order
MOST_DECISIONS = 2_000  # of one such search
MOST_CELLS = 20_000  # of the linear program of one search for a Knuth-Bendix order

Pair = tuple[int, int]


@dataclass(frozen=True)
class NoOrder:
    """No order was found. `exhaustive` says that there is none of the kind; else the search was given up."""

    exhaustive: bool


def find_order(table: TermTable, pairs: Sequence[Pair], symbols: Collection[Symbol]) -> Order | NoOrder:
    """A path order, or else a Knuth-Bendix order, in which the first row of every pair is above the second."""
    path = find_lpo(table, pairs, symbols)
    if isinstance(path, Lpo):
        return path
    weighing = find_kbo(table, pairs, symbols)
    return weighing if isinstance(weighing, Kbo) else NoOrder(path.exhaustive and weighing.exhaustive)


def conflict(
    find: Callable[[Sequence[Pair]], Order | NoOrder],
    pairs: Sequence[Pair],
) -> list[int]:
    """Indices of pairs that `find` cannot direct together, though it can when any of them is left out.

    The last of them is the first pair that cannot be directed with those before it. `find` must fail on all pairs.
    """
    least, most = 0, len(pairs)  # `least` can be directed, `most` cannot
    while most - least > 1:
        middle = (least + most) // 2
        if isinstance(find(pairs[:middle]), NoOrder):
            most = middle
        else:
            least = middle
    kept = list(range(most))
    for n in range(most - 1):
        without = [k for k in kept if k != n]
        if isinstance(find([pairs[k] for k in without]), NoOrder):
            kept = without
    return kept


# Precedences: `below[f]` is the set, as a bit mask, of the symbols below f; always transitively closed


def _raised(below: Sequence[int], f: int, g: int) -> list[int] | None:
    """The precedence with f > g and what follows from that; None if g >= f already."""
    if f == g or below[g] >> f & 1:
        return None
    gained = below[g] | 1 << g
    return [b | gained if n == f or b >> f & 1 else b for n, b in enumerate(below)]


def _total(below: Sequence[int], symbols: Sequence[Symbol]) -> tuple[str, ...]:
    """The names by a total precedence that extends a partial one: constants as low, later symbols as high as may be."""
    left = sorted(range(len(symbols)), key=lambda n: (symbols[n].arity == 0, -n))
    out: list[str] = []
    while left:
        highest = next(n for n in left if not any(below[m] >> n & 1 for m in left))
        left.remove(highest)
        out.append(symbols[highest].name)
    return tuple(out)


# Path orders

TRUE, FALSE = 0, 1


class Formulas:
    """Negation-free formulas of atoms f > g as nodes of a DAG, children before parents.

    A node is ("atom", f, g), ("and", ...nodes) or ("or", ...nodes); nodes 0 and 1 are true and false.
    """

    def __init__(self, table: TermTable, number: dict[str, int]) -> None:
        self.nodes: list[tuple[str, tuple[int, ...]]] = [("and", ()), ("or", ())]
        self.atoms: list[Pair] = []
        self._table = table
        self._number = number
        self._index: dict[tuple[str, tuple[int, ...]], int] = {}
        self._memo: dict[Pair, int] = {}
        self._variables: dict[int, frozenset[int]] = {}

    def greater(self, s: int, t: int) -> int | None:
        """The node that says s > t; None if there would be too many nodes."""
        if len(self._table.reachable([s])) * len(self._table.reachable([t])) > MOST_NODES:
            return None
        stack = [(s, t)]
        while stack:
            if len(self._memo) > MOST_NODES:
                return None
            pair = stack[-1]
            if pair in self._memo:
                stack.pop()
                continue
            wanted = self._wanted(*pair)
            missing = [p for p in wanted if p not in self._memo]
            if missing:
                stack.extend(missing)
                continue
            self._memo[pair] = self._formula(*pair)
            stack.pop()
        return self._memo[s, t]

    def _wanted(self, s: int, t: int) -> list[Pair]:
        """The pairs on whose formulas that of s > t rests."""
        if self._settled(s, t) is not None:
            return []
        return [*((c, t) for c in children(self._table.rows[s])), *self._by_heads(s, t)[1]]

    def _formula(self, s: int, t: int) -> int:
        settled = self._settled(s, t)
        if settled is not None:
            return settled
        ways = [self._memo[c, t] for c in children(self._table.rows[s])]
        heads, pairs = self._by_heads(s, t)
        ways.append(self.all_of([heads, *(self._memo[p] for p in pairs)]))
        return self.any_of(ways)

    def _settled(self, s: int, t: int) -> int | None:
        """True or false where no precedence matters."""
        a, b = self._table.rows[s], self._table.rows[t]
        if s == t or a[0] != "app" or not self._free(t) <= self._free(s):
            return FALSE
        if b[0] != "app" or t in children(a):
            return TRUE if b[0] != "lit" or a[0] == "app" else FALSE
        return None

    def _by_heads(self, s: int, t: int) -> tuple[int, list[Pair]]:
        """What the heads must satisfy for s > t, and the pairs that must go down besides."""
        a, b = self._table.rows[s], self._table.rows[t]
        below, others = children(a), children(b)
        if a[1] != b[1]:
            return self._atom(self._number[str(a[1])], self._number[str(b[1])]), [(s, d) for d in others]
        n = next(n for n, (c, d) in enumerate(zip(below, others, strict=True)) if c != d)
        return TRUE, [(below[n], others[n]), *((s, d) for d in others[n + 1 :])]

    def _free(self, term: int) -> frozenset[int]:
        known, rows = self._variables, self._table.rows
        if term not in known:
            for i in self._table.reachable([term]):
                below = [known[c] for c in children(rows[i])]
                largest = max(below, key=len, default=frozenset[int]())
                own = largest if all(b <= largest for b in below) else largest.union(*below)
                known[i] = frozenset({i}) if rows[i][0] == "var" else own
        return known[term]

    def _node(self, kind: str, below: tuple[int, ...]) -> int:
        found = self._index.get((kind, below))
        if found is None:
            found = self._index[kind, below] = len(self.nodes)
            self.nodes.append((kind, below))
        return found

    def _atom(self, f: int, g: int) -> int:
        if ("atom", (f, g)) not in self._index:
            self.atoms.append((f, g))
        return self._node("atom", (f, g))

    def all_of(self, parts: Iterable[int]) -> int:
        given = dict.fromkeys(p for p in parts if p != TRUE)
        if FALSE in given:
            return FALSE
        return next(iter(given)) if len(given) == 1 else self._node("and", tuple(given)) if given else TRUE

    def any_of(self, parts: Iterable[int]) -> int:
        given = dict.fromkeys(p for p in parts if p != FALSE)
        if TRUE in given:
            return TRUE
        return next(iter(given)) if len(given) == 1 else self._node("or", tuple(given)) if given else FALSE


def find_lpo(table: TermTable, pairs: Sequence[Pair], symbols: Collection[Symbol]) -> Lpo | NoOrder:
    """A path order in which the first row of every pair is above the second, by search over precedences."""
    ordered = list(symbols)
    formulas = Formulas(table, {s.name: n for n, s in enumerate(ordered)})
    goals: list[int] = []
    for s, t in pairs:
        node = formulas.greater(s, t)
        if node is None:
            return NoOrder(exhaustive=False)
        goals.append(node)
    return solve(formulas, goals, ordered)


def solve(formulas: Formulas, goals: Collection[int], symbols: Sequence[Symbol]) -> Lpo | NoOrder:
    """A path order that makes all `goals`, nodes of the formulas, true."""
    if FALSE in goals:
        return NoOrder(exhaustive=True)
    open_precedences = [[0] * len(symbols)]
    for _ in range(MOST_DECISIONS):
        if not open_precedences:
            return NoOrder(exhaustive=True)
        below, undecided = _propagated(formulas, goals, open_precedences.pop())
        if below is None:
            continue
        if undecided is None:
            return Lpo(_total(below, symbols))
        f, g = undecided
        ways = [_raised(below, g, f), _raised(below, f, g)]
        open_precedences += [way for way in ways if way is not None]
    return NoOrder(exhaustive=not open_precedences)


def _propagated(formulas: Formulas, goals: Collection[int], below: list[int]) -> tuple[list[int] | None, Pair | None]:
    """The precedence with all that is necessary to make the goals true, and an atom to decide next.

    The precedence is None where it cannot be done, the atom where it is done.
    """
    bit = {atom: 1 << n for n, atom in enumerate(formulas.atoms)}
    impossible = (1 << len(formulas.atoms)) - 1, False, True
    while True:
        # Of each node: the atoms that are necessary, whether it is true, whether it is false.
        states: list[tuple[int, bool, bool]] = []
        for kind, parts in formulas.nodes:
            if kind == "atom":
                f, g = parts
                true, false = bool(below[f] >> g & 1), bool(below[g] >> f & 1)
                states.append((0, True, False) if true else impossible if false else (bit[f, g], False, False))
            elif kind == "and":
                given = [states[p] for p in parts]
                mask = 0
                for needed, _, _ in given:
                    mask |= needed
                false = any(s[2] for s in given)
                states.append(impossible if false else (mask, all(s[1] for s in given), False))
            else:
                given = [states[p] for p in parts if not states[p][2]]
                mask = impossible[0]
                for needed, _, _ in given:
                    mask &= needed
                true = any(s[1] for s in given)
                states.append(impossible if not given else (0 if true else mask, true, False))
        if any(states[g][2] for g in goals):
            return None, None
        needed_now = 0
        for g in goals:
            needed_now |= states[g][0]
        if not needed_now:
            unsettled = next((g for g in goals if not states[g][1]), None)
            return below, None if unsettled is None else _undecided(formulas, states, unsettled)
        for f, g in formulas.atoms:
            if needed_now & bit[f, g]:
                raised = _raised(below, f, g)
                if raised is None:
                    return None, None
                below = raised


def _undecided(formulas: Formulas, states: Sequence[tuple[int, bool, bool]], node: int) -> Pair:
    """An atom on which a node that is neither true nor false depends: the first on the way down."""
    while True:
        kind, parts = formulas.nodes[node]
        if kind == "atom":
            return parts[0], parts[1]
        node = next(p for p in parts if not states[p][1] and not states[p][2])


# Knuth-Bendix orders


def find_kbo(table: TermTable, pairs: Sequence[Pair], symbols: Collection[Symbol]) -> Kbo | NoOrder:
    """A Knuth-Bendix order in which the first row of every pair is above the second; complete but for its size."""
    ordered = list(symbols)
    number = {s.name: n for n, s in enumerate(ordered)}
    width = len(ordered) + 1
    # Unknowns: what a variable weighs, and for each symbol its weight, or for a constant how much more than that.
    wanted = [_unit(width, 0), *(_unit(width, 1 + n) for n, s in enumerate(ordered) if s.arity == 1)]
    unary = [n for n, s in enumerate(ordered) if s.arity == 1]
    rows: list[list[int]] = [*wanted]
    compared: list[Pair] = []
    waiting = list(pairs)
    while True:
        for s, t in waiting:
            row = _surplus(table, s, t, ordered, number)
            if row is None:
                return NoOrder(exhaustive=True)
            rows.append(row)
            compared.append((s, t))
        if len(rows) * (len(rows) + width) > MOST_CELLS:
            return NoOrder(exhaustive=False)
        values, strict = strictest(rows)
        if not strict[0]:
            return NoOrder(exhaustive=True)
        waiting = []
        weightless = [n for n, positive in zip(unary, strict[1:], strict=False) if not positive]
        demands = [(n, m) for n in weightless for m in range(len(ordered)) if m != n]
        for (s, t), heavier in zip(compared, strict[len(wanted) :], strict=True):
            if heavier:
                continue
            a, b = table.rows[s], table.rows[t]
            if s == t or a[0] != "app":
                return NoOrder(exhaustive=True)
            if b[0] != "app":
                continue
            if a[1] != b[1]:
                demands.append((number[str(a[1])], number[str(b[1])]))
                continue
            pair = next((c, d) for c, d in zip(children(a), children(b), strict=True) if c != d)
            if pair not in compared and pair not in waiting:
                waiting.append(pair)
        if waiting:
            continue
        below = [0] * len(ordered)
        for f, g in demands:
            raised = _raised(below, f, g)
            if raised is None:
                return NoOrder(exhaustive=True)
            below = raised
        scale = lcm(*(v.denominator for v in values))
        whole = [int(v * scale) for v in values]
        weights = {s.name: whole[1 + n] + (0 if s.arity else whole[0]) for n, s in enumerate(ordered)}
        return Kbo(_total(below, ordered), weights, whole[0])


def _unit(width: int, place: int) -> list[int]:
    return [int(n == place) for n in range(width)]


def _surplus(table: TermTable, s: int, t: int, symbols: Sequence[Symbol], number: dict[str, int]) -> list[int] | None:
    """By how much s outweighs t, as coefficients of the unknowns; None if a variable occurs more often in t."""
    out = [0] * (len(symbols) + 1)
    for i, count in occurrences(table, {s: 1, t: -1} if s != t else {}).items():
        row = table.rows[i]
        if row[0] == "var" and count < 0:
            return None
        if row[0] == "app":
            n = number[str(row[1])]
            out[1 + n] += count
            out[0] += 0 if symbols[n].arity else count
        else:
            out[0] += count
    return out
