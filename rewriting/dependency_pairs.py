"""Termination by dependency pairs (Arts and Giesl 2000), for what no simplification order directs.

A *dependency pair* F(s) -> G(t) says that a call of the defined symbol f with arguments s makes a call of g with
arguments t. Rules do not terminate just if there is an infinite chain of such calls, with rewriting inside the
arguments between them. Each strong component of an estimate of which calls can follow which is dealt with alone, by

- the subterm criterion (Hirokawa and Middeldorp 2004): one argument of every call never grows, and somewhere shrinks;
- a path order on filtered terms (Arts and Giesl 2000, section 3): an argument filtering drops arguments, or replaces a
  term by one of its arguments; then calls must not go up, nor must the usable rules, which are those that the calls'
  arguments can be rewritten with (Giesl, Thiemann, Schneider-Kamp and Falke 2006).

Calls that go down are dropped, and what is left is divided again, until nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from .limits import Clock
from .matching import unify
from .orders import Lpo
from .orient import FALSE, TRUE, Formulas, Pair, solve
from .overlaps import apart, tree_size
from .syntax import TermTable, children, with_children
from .theory import Notation, Symbol

MOST_PROJECTIONS = 1_000  # tried for one component
MOST_FILTERINGS = 2_000  # tried for one component, fewer where it is large
MOST_SIZE = 200  # of a call whose arguments are looked at when it is asked what can follow it

_SMALL = 100  # rows

_MARK = "#"  # F is written f#
Filtering = Mapping[str, "int | tuple[int, ...]"]  # the argument that a term becomes, or the ones that it keeps


@dataclass(frozen=True)
class Removed:
    """Calls that were dropped, by the rules that make them, and why there are only finitely many of them in a chain."""

    rules: tuple[int, ...]
    why: str


def prove(
    table: TermTable, rules: Sequence[Pair], symbols: Sequence[Symbol], clock: Clock
) -> list[Removed] | tuple[int, ...]:
    """Why the rules terminate, component by component; or the indices of rules whose calls were not dealt with.

    Rules are pairs of rows; every variable of a right side must occur in the left one. Raises Stopped.
    """
    problem = _Problem(table, rules, symbols, clock)
    components = problem.components(range(len(problem.calls)))
    out: list[Removed] = []
    while components:
        component = components.pop()
        removed = problem.by_subterms(component) or problem.by_filtering(component)
        if removed is None:
            return tuple(dict.fromkeys(problem.maker[n] for n in component))
        gone, why = removed
        out.append(Removed(tuple(dict.fromkeys(problem.maker[n] for n in gone)), why))
        components += problem.components([n for n in component if n not in gone])
    return out


class _Problem:
    """The dependency pairs of a system, in a table of their own."""

    def __init__(self, table: TermTable, rules: Sequence[Pair], symbols: Sequence[Symbol], clock: Clock) -> None:
        self.terms = TermTable()
        moved = table.copy_into(self.terms, [side for rule in rules for side in rule])
        self.rules: list[Pair] = list(zip(moved[::2], moved[1::2], strict=True))
        self.clock = clock
        self.symbols = {s.name: s for s in symbols}
        self.defined = {self._head(left) for left, _ in self.rules}
        for name in sorted(self.defined):
            marked = name + _MARK
            self.symbols[marked] = Symbol(marked, self.symbols[name].arguments, "", "abstract", Notation(marked))
        self.calls: list[Pair] = []
        self.maker: list[int] = []  # for each call, the rule that makes it
        for n, (left, right) in enumerate(self.rules):
            inside = set(self.terms.reachable([left])) - {left}
            for u in self.terms.reachable([right]):
                call = self._head(u) in self.defined and u not in inside
                if call and (self._marked(left), self._marked(u)) not in self.calls:
                    self.calls.append((self._marked(left), self._marked(u)))
                    self.maker.append(n)
        self._next = {m: [n for n in range(len(self.calls)) if self._follows(m, n)] for m in range(len(self.calls))}

    def _head(self, term: int) -> str:
        row = self.terms.rows[term]
        return str(row[1]) if row[0] == "app" else ""

    def _marked(self, term: int) -> int:
        row = self.terms.rows[term]
        return self.terms.app(f"{row[1]}{_MARK}", *children(row))

    def _follows(self, m: int, n: int) -> bool:
        """Can the call that m makes be one that n answers? Estimated: the arguments below defined symbols may be
        anything, and two occurrences of a variable may be rewritten differently."""
        made, answered = self.calls[m][1], self.calls[n][0]
        if self._head(made) != self._head(answered):
            return False
        if max(tree_size(self.terms, made), tree_size(self.terms, answered)) > MOST_SIZE:
            return True
        capped = self._capped(made)
        renamed = self.terms.replace(answered, apart(self.terms, [answered]))
        variables = {*self.terms.free_variables(capped), *self.terms.free_variables(renamed)}
        return unify(self.terms, capped, renamed, variables) is not None

    def _capped(self, call: int) -> int:
        """The call with a new variable for each occurrence of a variable or of a term with a defined head."""
        terms, count = self.terms, 0
        results: list[int] = []
        stack: list[tuple[int, str, bool]] = [(call, "", False)]
        while stack:
            i, sort, ready = stack.pop()
            row = terms.rows[i]
            if ready:
                n = len(children(row))
                results[len(results) - n :] = [terms.add(with_children(row, results[len(results) - n :]))]
            elif row[0] == "var" or self._head(i) in self.defined:
                count += 1
                results.append(terms.var(f"{_MARK}{count}", sort))
            else:
                sorts = self.symbols[str(row[1])].arguments if row[0] == "app" else ()
                stack.append((i, sort, True))
                stack += reversed([(c, s, False) for c, s in zip(children(row), sorts, strict=True)])
        return results[0]

    def components(self, calls: Iterable[int]) -> list[list[int]]:
        """The strong components of the graph on some calls that have an edge inside (Tarjan 1972)."""
        among = set(calls)
        order: dict[int, int] = {}
        low: dict[int, int] = {}
        path: list[int] = []
        out: list[list[int]] = []
        for start in sorted(among):
            if start in order:
                continue
            stack = [(start, iter([n for n in self._next[start] if n in among]))]
            order[start] = low[start] = len(order)
            path.append(start)
            while stack:
                m, following = stack[-1]
                n = next(following, None)
                if n is None:
                    stack.pop()
                    if stack:
                        low[stack[-1][0]] = min(low[stack[-1][0]], low[m])
                    if low[m] == order[m]:
                        component = path[path.index(m) :]
                        del path[path.index(m) :]
                        if len(component) > 1 or m in self._next[m]:
                            out.append(sorted(component))
                elif n not in order:
                    order[n] = low[n] = len(order)
                    path.append(n)
                    stack.append((n, iter([k for k in self._next[n] if k in among])))
                elif n in path:
                    low[m] = min(low[m], order[n])
        return out

    # What drops calls from a component: which, and why

    def by_subterms(self, component: Sequence[int]) -> tuple[set[int], str] | None:
        """A projection of each call to an argument that never grows, if it shrinks somewhere."""
        calls = [self.calls[n] for n in component]
        heads = sorted({self._head(side) for call in calls for side in call})
        choices = [range(self.symbols[h].arity) for h in heads]
        for chosen in islice(product(*choices), MOST_PROJECTIONS):
            argument = dict(zip(heads, chosen, strict=True))
            pairs = [tuple(children(self.terms.rows[s])[argument[self._head(s)]] for s in call) for call in calls]
            shrinking = {n for n, (s, t) in zip(component, pairs, strict=True) if s != t and self._inside(t, s)}
            if shrinking and all(s == t or n in shrinking for n, (s, t) in zip(component, pairs, strict=True)):
                said = ", ".join(f"argument {argument[h] + 1} of {h.removesuffix(_MARK)}" for h in heads)
                return shrinking, f"{said} shrinks to a subterm"
        return None

    def _inside(self, t: int, s: int) -> bool:
        return t in self.terms.reachable([s])

    def by_filtering(self, component: Sequence[int]) -> tuple[set[int], str] | None:
        """A filtering and a path order in which no call and no usable rule goes up, and some call goes down."""
        calls = [self.calls[n] for n in component]
        usable = self._usable([t for _, t in calls])
        sides = [side for pair in (*calls, *usable) for side in pair]
        rows, used = self.terms.rows, self.terms.reachable(sides)
        names = sorted({str(rows[i][1]) for i in used if rows[i][0] == "app"})
        symbols = [self.symbols[name] for name in names]
        for filtering in islice(_filterings(symbols), MOST_FILTERINGS * _SMALL // max(_SMALL, len(used))):
            self.clock.check()
            found = self._directed(calls, usable, symbols, filtering)
            if found is not None:
                order, greater = found
                gone = {n for n, (s, t) in zip(component, calls, strict=True) if greater(s, t)}
                return gone, _said(order, filtering, symbols)
        return None

    def _usable(self, calls: Iterable[int]) -> list[Pair]:
        """The rules that can rewrite the arguments of calls, or what these are rewritten to."""
        seen: set[str] = set()
        out: list[Pair] = []
        stack = [c for call in calls for c in children(self.terms.rows[call])]
        while stack:
            for i in self.terms.reachable([stack.pop()]):
                head = self._head(i)
                if head in self.defined and head not in seen:
                    seen.add(head)
                    answering = [rule for rule in self.rules if self._head(rule[0]) == head]
                    out += answering
                    stack += [right for _, right in answering]
        return out

    def _directed(
        self, calls: Sequence[Pair], usable: Sequence[Pair], symbols: Sequence[Symbol], filtering: Filtering
    ) -> tuple[Lpo, Callable[[int, int], bool]] | None:
        terms = TermTable()
        sides = [side for pair in (*calls, *usable) for side in pair]
        filtered = self._filtered(sides, filtering, terms)
        formulas = Formulas(terms, {s.name: n for n, s in enumerate(symbols)})

        def down(s: int, t: int) -> int:
            node = formulas.greater(filtered[s], filtered[t])
            return FALSE if node is None else node

        goals = [TRUE if filtered[s] == filtered[t] else down(s, t) for s, t in (*calls, *usable)]
        if FALSE in goals:
            return None
        goals.append(formulas.any_of(down(s, t) for s, t in calls))
        order = solve(formulas, goals, symbols)
        if not isinstance(order, Lpo):
            return None
        greater = order.comparison(terms)
        return order, lambda s, t: greater(filtered[s], filtered[t])

    def _filtered(self, sides: Sequence[int], filtering: Filtering, target: TermTable) -> dict[int, int]:
        out: dict[int, int] = {}
        for i in self.terms.reachable(sides):
            row = self.terms.rows[i]
            below = [out[c] for c in children(row)]
            kept = filtering[str(row[1])] if row[0] == "app" else ()
            if isinstance(kept, int):
                out[i] = below[kept]
            elif row[0] == "app":
                out[i] = target.app(str(row[1]), *(below[n] for n in kept))
            else:
                out[i] = target.add(row)
        return out


def _filterings(symbols: Sequence[Symbol]) -> Iterator[Filtering]:
    """Argument filterings, those first that leave more symbols as they are."""
    whole: dict[str, int | tuple[int, ...]] = {s.name: tuple(range(s.arity)) for s in symbols}
    ways: dict[str, list[int | tuple[int, ...]]] = {}
    for s in symbols:
        dropping = [tuple(n for n in range(s.arity) if n != m) for m in range(s.arity)] if s.arity > 1 else []
        ways[s.name] = [*range(s.arity), *dropping, *([()] if s.arity else [])]
    names = [s.name for s in symbols if s.arity]
    for count in range(len(names) + 1):
        for changed in combinations(names, count):
            for chosen in product(*(ways[name] for name in changed)):
                yield whole | dict(zip(changed, chosen, strict=True))


def _said(order: Lpo, filtering: Filtering, symbols: Sequence[Symbol]) -> str:
    parts = []
    for s in symbols:
        kept = filtering[s.name]
        if isinstance(kept, int):
            parts.append(f"{s.name} to its argument {kept + 1}")
        elif len(kept) < s.arity:
            parts.append(f"{s.name} to {s.name}({', '.join(f'{n + 1}' for n in kept)})")
    left = [name for name in order.precedence if not isinstance(filtering[name], int)]
    said = f"LPO with {' > '.join(left)}"
    return f"{said} after filtering {', '.join(parts)}" if parts else said
