"""Lazy rewriting: call by need, as graph reduction does it.

The term becomes a graph of cells, one for each distinct subterm. To rewrite a cell, the rules of its head are tried in
order. Where a left side has a symbol, the cell there is first brought to a form that can never be rewritten at its root
(a weak head normal form); where a rule compares or computes, what it compares or computes with is made normal. A cell
that is rewritten becomes a reference to its result, so whatever else refers to it never does the same work again. When
the root of a cell is final, its arguments are made normal, left to right.

    first(s(0), from(0))        from(0), wanted by the second rule of `first`, becomes cons(0, from(s(0)))
    cons(0, first(0, from(s(0))))    the first rule of `first` wants nothing of from(s(0)), which is never rewritten

The result is a normal form, whatever the rules: where a rule does not fit, it is at a cell whose root is final. The
textual order of rules and arguments decides what is wanted first, as in Haskell, so where an argument that is wanted
has no normal form lazy rewriting may miss one that parallel-outermost rewriting reaches.

Peyton Jones, "The Implementation of Functional Programming Languages" (1987), chapters 11 and 12; Wadsworth, "Semantics
and Pragmatics of the Lambda Calculus" (1971).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

from .interface import TermInterface
from .pattern import Hole, Pattern
from .root import RootRules, Rule
from .ruleset import RuleSet
from .strategy import Halted, Run, Strategy

T = TypeVar("T")
_RAW, _FINAL, _NORMAL = range(3)  # nothing known; never rewritten at the root; nor anywhere inside


class _Cell(Generic[T]):
    """A node of the graph, or (with `to`) a reference to what it became. `given` holds the term that it was made from,
    if there is one."""

    __slots__ = ("args", "given", "head", "premises", "state", "to")

    def __init__(self, head: Hashable, args: list[_Cell[T]], given: tuple[T, ...] = ()) -> None:
        self.head = head
        self.args = args
        self.given = given
        self.state = _RAW
        self.to: _Cell[T] | None = None
        self.premises: dict[int, _Cell[T]] = {}  # what sides of premises, by identity, stand for here


class _Wanted(NamedTuple, Generic[T]):
    """A cell that must be brought to `state` before a rule can be judged."""

    cell: _Cell[T]
    state: int


class Lazy(Strategy[T]):
    """The lazy normal form under rules; see the module's text.

    Rules are tried in the order given. A Python function in a rule gets normal forms, and is asked again only if the
    rule is.
    """

    def __init__(self, rules: RuleSet | RootRules[T] | Iterable[Rule[T]]) -> None:
        self.rules: RootRules[T] = RootRules.of(rules)

    def __repr__(self) -> str:
        return f"Lazy({self.rules!r})"

    def apply(self, term: T, run: Run[T]) -> T | None:
        graph = _Graph(self.rules, run)
        root = graph.cell(term)
        try:
            graph.normalise(root)
        except Halted as halted:
            raise Halted(halted.stop, graph.term(root)) from None
        result = graph.term(root)
        return None if run.over.key(result) == run.over.key(term) else result


class _Graph(Generic[T]):
    def __init__(self, rules: RootRules[T], run: Run[T]) -> None:
        self.rules = rules
        self.run = run
        self.over: TermInterface[T] = run.over
        self._cells: dict[Hashable, _Cell[T]] = {}  # by the key of the term they were made from
        self._shared: dict[tuple[Hashable, tuple[_Cell[T], ...]], _Cell[T]] = {}
        self._kept: list[T] = []  # those terms, without which their keys would mean others

    def cell(self, term: T) -> _Cell[T]:
        """The graph of a term. Linear in its DAG."""
        over, cells = self.over, self._cells
        stack = [term]
        while stack:
            t = stack[-1]
            args = over.args(t)
            waiting = [a for a in args if over.key(a) not in cells]
            if over.key(t) in cells:
                stack.pop()
            elif waiting:
                stack.extend(reversed(waiting))
            else:
                cells[over.key(t)] = _Cell(over.head(t), [cells[over.key(a)] for a in args], (t,))
                self._kept.append(t)
                stack.pop()
        return cells[over.key(term)]

    def term(self, root: _Cell[T]) -> T:
        """The term that a graph stands for now; what was not touched is the term that it was made from."""
        over = self.over
        made: dict[_Cell[T], T] = {}
        stack = [_target(root)]
        while stack:
            cell = stack[-1]
            args = [_target(a) for a in cell.args]
            waiting = [a for a in args if a not in made]
            if cell in made:
                stack.pop()
            elif waiting:
                stack.extend(reversed(waiting))
            else:
                new = [made[a] for a in args]
                if cell.given and all(
                    over.key(a) == over.key(b) for a, b in zip(new, over.args(cell.given[0]), strict=True)
                ):
                    made[cell] = cell.given[0]
                else:
                    made[cell] = over.make(cell.head, new)
                stack.pop()
        return made[_target(root)]

    def normalise(self, root: _Cell[T]) -> None:
        """Bring a cell to its normal form, and every cell below. Raises Halted, with no particular term."""
        stack = [_Wanted(root, _NORMAL)]
        while stack:
            cell, state = _target(stack[-1].cell), stack[-1].state
            if cell.state >= state:
                stack.pop()
            elif cell.state == _RAW:
                next_ = self._contract(cell)
                if isinstance(next_, _Wanted):
                    stack.append(next_)
                elif next_ is None:
                    cell.state, cell.premises = _FINAL, {}
                else:
                    self.run.rewrites += 1
                    cell.to, cell.args, cell.given, cell.premises = next_, [], (), {}
            else:
                waiting = [a for a in map(_target, cell.args) if a.state != _NORMAL]
                stack.extend(_Wanted(a, _NORMAL) for a in reversed(waiting))
                if not waiting:
                    cell.state = _NORMAL

    def _contract(self, cell: _Cell[T]) -> _Cell[T] | _Wanted[T] | None:
        """What a cell becomes by the first rule that fits; or what must be known first; or None: its root is final."""
        self.run.step(None)  # type: ignore[arg-type]  # whoever catches a stop reads the whole graph
        if cell.head in self.rules.builtins:
            args = [_target(a) for a in cell.args]
            for a in args:
                if a.state == _RAW:
                    return _Wanted(a, _FINAL)
            literal = self.rules.computed(cell.head, [a.head for a in args])
            if literal is not None:
                return _Cell(literal, [])
        for rule in self.rules.by_head.get(cell.head, ()):
            found = self._try(rule, cell)
            if found is not None:
                return found
        return None

    def _try(self, rule: Rule[T], cell: _Cell[T]) -> _Cell[T] | _Wanted[T] | None:
        values = self._match(rule.left, cell)
        if values is None or isinstance(values, _Wanted):
            return values
        for premise in rule.premises:
            sides = [self._premise(side, cell, values) for side in (premise.left, premise.right)]
            wanted = _first_not_normal(sides)
            if wanted is not None:
                return wanted
            if _equal(*sides) != premise.equal:
                return None
        for computed in (rule.where, rule.right):
            if computed is None or isinstance(computed, Pattern):
                continue
            wanted = _first_not_normal(values[number] for _, number in computed.holes)
            if wanted is not None:
                return wanted
            result = computed({number: self.term(values[number]) for _, number in computed.holes})
            if computed is rule.where and not result:
                return None
        if isinstance(rule.right, Pattern):
            made = rule.right.build(_Cell[T], values)
        elif result is None:
            return None
        else:
            made = self.cell(result)
        rests = rule.may_rest and _equal(made, cell)
        if rests or rule.order is not None:
            # What is the same, or not smaller, now may be otherwise when the arguments are normal.
            wanted = _first_not_normal(cell.args)
            if wanted is not None:
                return wanted
            if rests or not rule.decreases(self.over, self.term(cell), self.term(made)):
                return None
        return made

    def _premise(self, side: Pattern, cell: _Cell[T], values: dict[int, _Cell[T]]) -> _Cell[T]:
        """The graph of one side of a premise, the same whenever a cell asks for it."""
        if id(side) not in cell.premises:
            cell.premises[id(side)] = side.build(self._shared_cell, values)
        return cell.premises[id(side)]

    def _shared_cell(self, head: Hashable, args: list[_Cell[T]]) -> _Cell[T]:
        """The cell of premises with that head and those arguments: several rules often ask the same."""
        return self._shared.setdefault((head, tuple(map(_target, args))), _Cell(head, args))

    def _match(self, pattern: Pattern, cell: _Cell[T]) -> dict[int, _Cell[T]] | _Wanted[T] | None:
        """The cells for the holes of a pattern; or what must be known first; or None: it can never match here."""
        found: dict[int, _Cell[T]] = {}
        matched: dict[int, _Cell[T]] = {}
        stack = [(len(pattern.rows) - 1, cell)]
        while stack:
            i, c = stack.pop()
            c = _target(c)
            if i in matched:
                other = _target(matched[i])
                if c is not other:
                    wanted = _first_not_normal((other, c))
                    if wanted is not None:
                        return wanted
                    if not _equal(other, c):
                        return None
                continue
            matched[i] = c
            row = pattern.rows[i]
            if isinstance(row, Hole):
                found[row.number] = c
                continue
            if c is not cell and c.state == _RAW:
                return _Wanted(c, _FINAL)
            if row.head != c.head:
                return None
            stack.extend(reversed(list(zip(row.args, c.args, strict=True))))
        return found


def _target(cell: _Cell[T]) -> _Cell[T]:
    """What a cell has become by now. References on the way are shortened."""
    end = cell
    while end.to is not None:
        end = end.to
    while cell.to is not None:
        cell.to, cell = end, cell.to
    return end


def _first_not_normal(cells: Iterable[_Cell[T]]) -> _Wanted[T] | None:
    for cell in map(_target, cells):
        if cell.state != _NORMAL:
            return _Wanted(cell, _NORMAL)
    return None


def _equal(left: _Cell[T], right: _Cell[T]) -> bool:
    """Do two cells stand for the same term now?"""
    seen: set[tuple[_Cell[T], _Cell[T]]] = set()
    stack = [(left, right)]
    while stack:
        pair = tuple(map(_target, stack.pop()))
        a, b = pair
        if a is b or (a, b) in seen:
            continue
        seen.add((a, b))
        if a.head != b.head:
            return False
        stack.extend(zip(a.args, b.args, strict=True))
    return True
