"""Walks over all subterms of a term, each distinct one once, without recursion.

What a walk does is two questions: what becomes of a term on the way in, and what becomes of it on the way out, when
its arguments are done. Each is answered by a move:

    done    this is the result
    inside  this is the term, with its arguments still to be walked
    again   this is to be walked in the place of the term

The result of a subterm is remembered for the rest of the run, so a walk that is repeated enters only what is new.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from .interface import TermInterface
from .limits import Stop
from .root import RootRules
from .ruleset import RuleSet
from .source import LemmataError
from .strategy import Function, Halted, Run, Strategy

T = TypeVar("T")
Strategic = Strategy[T] | RuleSet | Callable[[T], T | None]


def strategy(given: Strategic[T]) -> Strategy[T]:
    """What may stand for a strategy, as one: a strategy, a RuleSet (at the root), a Python function.

    Raises LemmataError for anything else.
    """
    if isinstance(given, Strategy):
        return given
    if isinstance(given, RuleSet):
        return RootRules.of(given)
    if isinstance(given, type) or not callable(given):
        raise LemmataError(f"{given!r} is no strategy", hint="give a strategy, a RuleSet or a function of a term")
    return Function(given)


class Single(Strategy[T]):
    """A strategy made of one."""

    def __init__(self, part: Strategic[T]) -> None:
        self.part = strategy(part)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.part!r})"


class Move(NamedTuple, Generic[T]):
    """What becomes of a term; see the module's text."""

    how: Literal["done", "inside", "again"]
    term: T


@dataclass
class _Visit(Generic[T]):
    """A term that is being walked: `entered` is what stands in its place, `done` the results of the first `args`.

    Under "again", `entered` is its own only argument.
    """

    term: T
    entered: T
    args: Sequence[T]
    again: bool = False
    done: list[T] = field(default_factory=list)

    def rebuilt(self, over: TermInterface[T]) -> T:
        """The term with its arguments as far as they are done."""
        args = [*self.done, *self.args[len(self.done) :]]
        if self.again:
            return args[0]
        if all(over.key(new) == over.key(old) for new, old in zip(args, self.args, strict=True)):
            return self.entered
        return over.make(over.head(self.entered), args)


class Walk(Single[T]):
    """A walk with a strategy."""

    @abstractmethod
    def enter(self, term: T, run: Run[T]) -> Move[T]:
        """What becomes of a term on the way in."""

    @abstractmethod
    def leave(self, term: T, run: Run[T]) -> Move[T]:
        """What becomes of it on the way out: "done" or "again"."""

    def apply(self, term: T, run: Run[T]) -> T | None:
        visits: list[_Visit[T]] = []
        try:
            result = self._walk(term, run, visits)
        except Halted as halted:
            inner = halted.term
            for visit in reversed(visits):
                visit.done.append(inner)
                inner = visit.rebuilt(run.over)
            raise Halted(halted.stop, inner) from None
        return None if run.over.key(result) == run.over.key(term) else result

    def _walk(self, term: T, run: Run[T], visits: list[_Visit[T]]) -> T:
        """The result. If it is halted, `visits` are those around the term at which it was."""
        over, memory = run.over, run.memory(self)
        inside: set[Hashable] = set()  # the keys of the terms in `visits`
        while True:
            key = over.key(term)
            if key not in memory:
                if key in inside:
                    raise Halted(Stop.CYCLE, term)
                run.step(term)
                self._follow(term, self.enter(term, run), run, visits, inside)
            if key in memory:
                if not visits:
                    return memory[key][1]
                visits[-1].done.append(memory[key][1])
            while len(visits[-1].done) == len(visits[-1].args):
                visit = visits.pop()
                inside.discard(over.key(visit.term))
                result = visit.rebuilt(over)
                move = Move("done", result) if visit.again else self.leave(result, run)
                self._follow(visit.term, move, run, visits, inside)
                if move.how == "done":
                    if not visits:
                        return move.term
                    visits[-1].done.append(move.term)
            term = visits[-1].args[len(visits[-1].done)]

    def _follow(self, term: T, move: Move[T], run: Run[T], visits: list[_Visit[T]], inside: set[Hashable]) -> None:
        key = run.over.key(term)
        if move.how == "done":
            run.memory(self)[key] = term, move.term  # the term keeps its key good
            return
        inside.add(key)
        if move.how == "again":
            visits.append(_Visit(term, move.term, [move.term], again=True))
        else:
            visits.append(_Visit(term, move.term, run.over.args(move.term)))
