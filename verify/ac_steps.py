"""The step `ac` written out for checkers that know only the laws themselves.

Both sides are brought to one form: nested to the right, units dropped, operands in the order of their rows. A tree is
turned into a list by associativity; a commutative one is sorted by merging halves. Each use of a law is an instance of
the premise that states it: its variables are generalised (`all_intro`) and put to terms (`all_elim`). So nothing here
need be believed: the steps that come out are checked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..rewriting.certificate import Step
from ..rewriting.laws import Law, law
from ..rewriting.syntax import TermTable, children, with_children

MOST_STEPS = 20_000  # written out for one step


class TooLong(Exception):
    """The steps would be too many to be handed to another checker."""


class NotByLaws(Exception):
    """A premise states no law, or the laws do not bring both sides to one form."""


Equation = tuple[int, int | None]  # the row that a row equals, and the step that says so (None: the same row)


def expand(table: TermTable, step: Step, conclusions: Sequence[int]) -> list[Step]:
    """The steps that take the place of an `ac` step behind those with the given conclusions; its own is the last.

    Raises TooLong and NotByLaws.
    """
    writer = _Writer(table, len(conclusions))
    for premise in step.premises:
        writer.take(premise, conclusions[premise])
    left, right = children(table.rows[step.conclusion])
    first, down = writer.form(left)
    last, up = writer.form(right)
    if first != last:
        raise NotByLaws("the laws that it cites do not bring both sides to one form")
    links = [*([] if down is None else [down]), *([] if up is None else [writer.sym(up)])]
    if len(links) == 1:
        links.append(writer.refl(right))
    own = Step("trans", step.conclusion, tuple(links)) if links else Step("refl", step.conclusion)
    return [*writer.steps, own]


class _Writer:
    def __init__(self, table: TermTable, offset: int) -> None:
        self._table = table
        self._offset = offset
        self.steps: list[Step] = []
        self._index: dict[Step, int] = {}
        self._laws: dict[tuple[str, str], tuple[Law, int]] = {}
        self._units: dict[str, int] = {}
        self._forms: dict[int, Equation] = {}

    @property
    def last(self) -> int:
        return self._offset + len(self.steps) - 1

    # Steps

    def add(self, step: Step) -> int:
        found = self._index.get(step)
        if found is None:
            if len(self.steps) >= MOST_STEPS:
                raise TooLong("it takes too many uses of the laws to be written out")
            self.steps.append(step)
            found = self._index[step] = self.last
        return found

    def refl(self, term: int) -> int:
        return self.add(Step("refl", self._table.eq(term, term)))

    def sym(self, step: int) -> int:
        left, right = self._sides(step)
        return self.add(Step("sym", self._table.eq(right, left), (step,)))

    def _sides(self, step: int) -> tuple[int, int]:
        left, right = children(self._table.rows[self.steps[step - self._offset].conclusion])
        return left, right

    def _trans(self, steps: Sequence[int | None]) -> int | None:
        links = [s for s in steps if s is not None]
        if len(links) < 2:
            return links[0] if links else None
        conclusion = self._table.eq(self._sides(links[0])[0], self._sides(links[-1])[1])
        return self.add(Step("trans", conclusion, tuple(links)))

    def _cong(self, left: int, right: int, steps: Sequence[int | None]) -> int | None:
        if left == right:
            return None
        return self.add(Step("cong", self._table.eq(left, right), tuple(s for s in steps if s is not None)))

    # Laws

    def take(self, premise: int, formula: int) -> None:
        """A premise that states a law, for all values of its variables."""
        stated = law(self._table, formula)
        if stated is None:
            raise NotByLaws("a premise that states no law")
        for variable in reversed(stated.variables):
            formula = self._table.abstract("all", variable, formula)
            premise = self.add(Step("all_intro", formula, (premise,), variable=variable))
        self._laws.setdefault((stated.symbol, stated.kind), (stated, premise))
        if stated.unit is not None:
            self._units[stated.symbol] = stated.unit

    def _use(self, f: str, kind: str, left: int, right: int, *terms: int) -> int:
        """left = right by a law of f at some terms."""
        stated, general = self._law(f, kind)
        sides = (right, left) if stated.turned else (left, right)
        step = self.add(Step("all_elim", self._table.eq(*sides), (general,), terms=terms))
        return self.sym(step) if stated.turned else step

    def _law(self, f: str, kind: str) -> tuple[Law, int]:
        if (f, kind) not in self._laws:
            raise NotByLaws(f"a law of {f!r} is missing")
        return self._laws[f, kind]

    def _has(self, f: str | None, kind: str) -> bool:
        return f is not None and (f, kind) in self._laws

    def _commuted(self, f: str, a: int, b: int) -> int:
        return self._use(f, "comm", self._table.app(f, a, b), self._table.app(f, b, a), a, b)

    def _rotated(self, f: str, a: int, b: int, c: int) -> int:
        """f(f(a, b), c) = f(a, f(b, c))."""
        t = self._table
        return self._use(f, "assoc", t.app(f, t.app(f, a, b), c), t.app(f, a, t.app(f, b, c)), a, b, c)

    def _without_unit(self, f: str, a: int, b: int) -> Equation:
        """f(a, b) without an argument that is the unit."""
        t = self._table
        unit = self._units.get(f)
        for kind, other, of, x in (("right", "left", b, a), ("left", "right", a, b)):
            if of != unit:
                continue
            if self._has(f, kind):
                return x, self._use(f, kind, t.app(f, a, b), x, x)
            if self._has(f, "comm"):
                turned = self._use(f, other, t.app(f, b, a), x, x)
                return x, self._trans([self._commuted(f, a, b), turned])
        return t.app(f, a, b), None

    # Forms

    def form(self, root: int) -> Equation:
        """The form of a term. Each subterm has one, however often it occurs."""
        known = self._forms
        stack = [root]
        while stack:
            i = stack[-1]
            if i in known:
                stack.pop()
                continue
            region = self._region(i)
            missing = [c for r in region for c in children(self._table.rows[r]) if c not in region and c not in known]
            if missing:
                stack.extend(missing)
            else:
                known[i] = self._formed(i, region)
                stack.pop()
        return known[root]

    def _applied(self, i: int) -> tuple[str | None, int, int]:
        """The symbol with laws that a row applies, and its arguments."""
        row = self._table.rows[i]
        binary = row[0] == "app" and len(row) == 4
        f = str(row[1]) if binary and any(symbol == row[1] for symbol, _ in self._laws) else None
        return (f, int(row[2]), int(row[3])) if f is not None else (None, -1, -1)

    def _region(self, root: int) -> dict[int, None]:
        """The row, and if its symbol is associative the applications of it that are nested there."""
        f = self._applied(root)[0]
        region = {root: None}
        if self._has(f, "assoc"):
            stack = [root]
            while stack:
                for c in children(self._table.rows[stack.pop()]):
                    if c not in region and self._applied(c)[0] == f:
                        region[c] = None
                        stack.append(c)
        return region

    def _formed(self, root: int, region: dict[int, None]) -> Equation:
        rows = self._table.rows
        new: dict[int, int] = {}
        used: dict[int, None] = {}
        for i in sorted(region):
            below = []
            for c in children(rows[i]):
                below.append(new[c] if c in region else self._forms[c][0])
                if c not in region and (step := self._forms[c][1]) is not None:
                    used[step] = None
            new[i] = self._table.add(with_children(rows[i], below), self._table.hints.get(i))
        start = self._cong(root, new[root], list(used))
        f, a, b = self._applied(new[root])
        if f is None:
            return new[root], start
        if self._has(f, "assoc"):
            listed, nest = self._listed(f, new[root])
            whole, sort = self._sorted(f, self._items(f, listed)) if self._has(f, "comm") else (listed, None)
            return whole, self._trans([start, nest, sort])
        whole, dropped = self._without_unit(f, a, b)
        swap = None
        if dropped is None and self._has(f, "comm") and b < a:
            whole, swap = self._table.app(f, b, a), self._commuted(f, a, b)
        return whole, self._trans([start, dropped, swap])

    def _listed(self, f: str, whole: int) -> Equation:
        """A tree of applications of f as a list, nested to the right, without units."""
        t = self._table
        places: list[tuple[int, list[int | None], int]] = []
        while self._applied(whole)[0] == f:
            start = whole
            _, a, c = self._applied(whole)
            turns: list[int | None] = []
            while self._applied(a)[0] == f:
                _, a, b = self._applied(a)
                turns.append(self._rotated(f, a, b, c))
                c = t.app(f, b, c)
            places.append((a, turns, start))
            whole = c
        end, step = whole, None
        for a, turns, start in reversed(places):
            inside = self._cong(t.app(f, a, whole), t.app(f, a, end), [step])
            end, dropped = self._without_unit(f, a, end)
            step, whole = self._trans([*turns, inside, dropped]), start
        return end, step

    def _items(self, f: str, listed: int) -> list[int]:
        out = []
        while self._applied(listed)[0] == f:
            _, a, listed = self._applied(listed)
            out.append(a)
        return [*out, listed]

    def _nested(self, f: str, items: Sequence[int]) -> int:
        whole = items[-1]
        for item in reversed(items[:-1]):
            whole = self._table.app(f, item, whole)
        return whole

    def _sorted(self, f: str, items: Sequence[int]) -> Equation:
        """A list with its items in order. Recursion goes as deep as halving."""
        if list(items) == sorted(items):
            return self._nested(f, items), None
        middle = len(items) // 2
        halves = [items[:middle], items[middle:]]
        split = self._appended(f, *halves)
        (a, first), (b, second) = (self._sorted(f, half) for half in halves)
        before = self._table.app(f, *(self._nested(f, half) for half in halves))
        inside = self._cong(before, self._table.app(f, a, b), [first, second])
        merged, step = self._merged(f, a, b)
        return merged, self._trans([None if split is None else self.sym(split), inside, step])

    def _appended(self, f: str, first: Sequence[int], second: Sequence[int]) -> int | None:
        """f(list, list) = the whole list."""
        t = self._table
        rest, step = self._nested(f, second), None
        start = t.app(f, first[-1], rest)
        whole = start
        tail = first[-1]
        for item in reversed(first[:-1]):
            inside = self._cong(t.app(f, item, start), t.app(f, item, whole), [step])
            step = self._trans([self._rotated(f, item, tail, rest), inside])
            tail = t.app(f, item, tail)
            start, whole = t.app(f, tail, rest), t.app(f, item, whole)
        return step

    def _merged(self, f: str, a: int, b: int) -> Equation:
        """f(sorted list, sorted list) = the sorted list of all."""
        t = self._table
        places: list[tuple[int, int, list[int | None]]] = []
        while True:
            start = t.app(f, a, b)
            turns: list[int | None] = []
            (g, x, tail), (h, y, _) = self._applied(a), self._applied(b)
            if (y if h == f else b) < (x if g == f else a):
                turns.append(self._commuted(f, a, b))
                a, b = b, a
                g, x, tail = self._applied(a)
            if g != f:
                break
            turns.append(self._rotated(f, x, tail, b))
            places.append((x, start, turns))
            a = tail
        end, step = t.app(f, a, b), self._trans(turns)
        rest = start
        for x, start, turns in reversed(places):
            inside = self._cong(t.app(f, x, rest), t.app(f, x, end), [step])
            step = self._trans([*turns, inside])
            end, rest = t.app(f, x, end), start
        return end, step
