"""Normal forms at once, by running a term as far as it runs (normalisation by evaluation).

A normal form is: pops, then pushes, then a head that cannot go on, with its handlers. So a term is run by the machine
with closures on an empty memory, with two differences. A pop that finds nothing at its location becomes a pop of the
answer, because pushes elsewhere step aside (pi), and its variable stands for itself. And where the machine is stuck, at
such a variable, a free one, a primitive or a loop, the frames that wait become its joins, those of one label grouped to
the right (assoc), and what is pushed, their code, and the body of a loop are answers to be found in the same way.

>>> from .parsing import parse
>>> str(normal_form(parse("[1].[2]c.<x>.c<y>.[x].[y].d<z>.z ; <w>.[w].[w]")))
'd<z>.[1].[2].z.<w>.[w].[w]'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...rewriting.source import LemmataError
from .substitution import replaced
from .terms import Table, Term

MOST_TRANSITIONS = 1_000_000


class NoNormalForm(LemmataError):
    """A normal form was not reached within the number of transitions that was allowed."""

    kind = "limit"


class _Level(NamedTuple):
    """The variable of a pop of the answer, by the number of pops of the answer around it."""

    number: int


# As in `closures.py`: a closure is (row, environment), an environment (value, outer) or None; a value is a closure or a
# level. A frame is (label, row, environment).
_Value = Any
_Frame = tuple[str, int, Any]


@dataclass
class _Answer:
    """A segment of the answer: what was popped (location, type, hint) and pushed (location, value), and the head."""

    depth: int
    pops: list[tuple[str, int, str | None]]
    pushes: list[tuple[str, _Value] | None]
    head: _Value | int  # a level, or the row of a leaf or loop
    environment: Any
    frames: list[_Frame]  # the innermost last


def normal_form(term: Term, *, most: int = MOST_TRANSITIONS) -> Term:
    """The normal form of a term by the rules of `reduction.py`. Raises NoNormalForm after `most` transitions."""
    return Term(term.table, _Normaliser(term.table, most).normal(term.root))


class _Normaliser:
    def __init__(self, table: Table, most: int) -> None:
        self.table = table
        self.left = most

    def normal(self, root: int) -> int:
        """Answers lie on a stack, and those that wait for their parts on another."""
        free = self.table.loose[root]
        environment: Any = None
        for number in range(free):  # loose variables stand for themselves
            environment = (_Level(number), environment)
        answers: list[int] = []
        waiting: list[tuple[str, Any]] = [("run", (root, environment, (), free))]
        while waiting:
            what, task = waiting.pop()
            if what == "run":
                answer = self._run(*task)
                waiting.append(("build", answer))
                waiting += [("run", part) for part in self._parts(answer)]
            else:
                count = len(self._parts(task))
                parts = answers[len(answers) - count :]
                del answers[len(answers) - count :]
                answers.append(self._built(task, parts[::-1]))
        return self._indexed(answers[0], free)

    def _run(self, row: int, environment: Any, given: Sequence[_Frame], depth: int) -> _Answer:
        """Run to where it is stuck. `given` are frames, the innermost last."""
        rows = self.table.rows
        pops: list[tuple[str, int, str | None]] = []
        pushes: list[tuple[str, _Value] | None] = []
        at: dict[str, list[int]] = {}  # of each location, the pushes that are still there
        frames = list(given)
        while True:
            self.left -= 1
            if self.left < 0:
                raise NoNormalForm("no normal form was reached", hint="does the term have one?")
            kind, *parts = rows[row]
            if kind == "push":
                location, argument, row = parts
                at.setdefault(location, []).append(len(pushes))
                pushes.append((location, self._value(argument, environment)))
            elif kind == "pop":
                if at.get(parts[0]):
                    number = at[parts[0]].pop()
                    found = pushes[number]
                    assert found is not None
                    environment = (found[1], environment)
                    pushes[number] = None
                else:
                    environment = (_Level(depth + len(pops)), environment)
                    pops.append((parts[0], parts[1], self.table.hints.get(row)))
                row = parts[2]
            elif kind == "join":
                label, left, right = parts
                frames.append((label, right, environment))
                row = left
            elif kind == "jump" and frames:
                label, right, outer = frames.pop()
                if label == parts[0]:
                    row, environment = right, outer
            elif kind == "bound":
                value = self._value(row, environment)
                if isinstance(value, _Level):
                    return _Answer(depth + len(pops), pops, pushes, value, None, frames)
                row, environment = value
            else:
                return _Answer(depth + len(pops), pops, pushes, row, environment, frames)

    def _value(self, row: int, environment: Any) -> _Value:
        if self.table.rows[row][0] != "bound":
            return row, environment
        for _ in range(self.table.rows[row][1]):
            environment = environment[1]
        return environment[0]

    def _parts(self, answer: _Answer) -> list[tuple[int, Any, Sequence[_Frame], int]]:
        """What has to be run for an answer: the closures that it pushes, the body of its loop, its groups of frames."""
        parts: list[tuple[int, Any, Sequence[_Frame], int]] = [
            (*push[1], (), answer.depth)
            for push in answer.pushes
            if push is not None and not isinstance(push[1], _Level)
        ]
        if isinstance(answer.head, int) and self.table.rows[answer.head][0] == "loop":
            parts.append((self.table.rows[answer.head][2], answer.environment, (), answer.depth))
        for group in _groups(answer.frames):
            _, row, environment = group[-1]
            parts.append((row, environment, group[:-1], answer.depth))
        return parts

    def _built(self, answer: _Answer, parts: Sequence[int]) -> int:
        table = self.table
        rest = iter(parts)
        pushed = [
            (push[0], self._level(push[1]) if isinstance(push[1], _Level) else next(rest))
            for push in answer.pushes
            if push is not None
        ]
        if isinstance(answer.head, _Level):
            root = self._level(answer.head)
        elif table.rows[answer.head][0] == "loop":
            root = table.loop(table.rows[answer.head][1], next(rest))
        else:
            root = answer.head
        for group in _groups(answer.frames):
            root = table.join(group[0][0], root, next(rest))
        for location, argument in reversed(pushed):
            root = table.push(location, argument, root)
        for location, type, hint in reversed(answer.pops):
            root = table.pop(location, root, type, hint)
        return root

    def _level(self, level: _Level) -> int:
        return self.table.add(("level", level.number))

    def _indexed(self, root: int, depth: int) -> int:
        """Levels as de Bruijn indices."""
        return replaced(
            self.table,
            root,
            depth,
            lambda row, d: self.table.bound(d - 1 - row[1]) if row[0] == "level" else None,
            lambda i, d: False,
        )


def _groups(frames: Sequence[_Frame]) -> list[list[_Frame]]:
    """Neighbouring frames of one label, the innermost group first; in a group the innermost frame is the last."""
    groups: list[list[_Frame]] = []
    for frame in reversed(frames):
        if groups and groups[-1][0][0] == frame[0]:
            groups[-1].insert(0, frame)
        else:
            groups.append([frame])
    return groups
