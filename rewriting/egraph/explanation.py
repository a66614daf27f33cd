"""An explanation for people: whole terms, each made from the one before by one equation somewhere inside.

It is read off the proof. As a list of lines a proof may be exponentially longer than as a DAG; then its beginning and
its end are shown, and the number of lines between. Where all of it is shown, operands that only change places for the
next line to apply are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from ..certificate import Certificate, Derivation
from ..chain import as_text, cited
from ..check import Verdict, check
from ..display import Cell, Formula, Rows, as_html, as_latex
from ..equations import rule_of
from ..printing import Printer
from ..syntax import TermTable, children, with_children
from .directions import turns_into_itself

_LINES = 12  # shown at either end
_NODES = 1_000_000  # looked at for that, so fewer lines are shown where terms are huge
_REARRANGED = "rearranging"  # as `cited` calls the step `ac`

_Pair = tuple[int, int]  # rows
_Context = tuple["_Context | None", int, int]  # what is around, a row, and which of its children is looked at


@dataclass(frozen=True)
class Line:
    """A term that was made from the one before: the left side of an equation became the right side or, `backwards`,
    the right side the left one. Rows of one table. `reason` names an axiom, or says in words what else it was."""

    term: int
    reason: str
    left: int
    right: int
    backwards: bool


@dataclass(frozen=True)
class Explanation:
    """Why two terms are equal: a certificate of one theorem, h1 implies (... left = right).

    `hypotheses` are what was decreed, and conditions of rules that were decided without a proof; `reasons` say so, by
    row. It prints as a chain of equal terms, long ones in part.
    """

    certificate: Certificate
    printer: Printer
    reasons: Mapping[int, str] = field(default_factory=dict)

    def check(self) -> Verdict:
        """What the proof checker says of the certificate."""
        return check(self.certificate)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the theorem assumes, as texts."""
        return tuple(self._hypothesis(h).text("ascii") for h in self._statement[0])

    @cached_property
    def length(self) -> int:
        """The number of lines in full. May be exponential in the size of the certificate."""
        return self._lengths[-1]

    def lines(self) -> Iterator[Line]:
        """The terms after the first, in order; over a table of their own, which `text` reads."""
        return self._lines(forwards=True)

    def text(self, row: int) -> str:
        """A term of a line, long ones in part."""
        return Formula(self.printer, self._table, row).text("ascii")

    def __str__(self) -> str:
        out = as_text(self._rows())
        for h in self._statement[0]:
            because = f"  ({self.reasons[h]})" if h in self.reasons else ""
            out.append(f"assuming {self._hypothesis(h).text('ascii')}{because}")
        return "\n".join(out)

    def _repr_html_(self) -> str:
        """For notebooks."""
        return as_html([*self._rows(), *self._assumed()])

    def _repr_latex_(self) -> str:
        """For notebooks."""
        return as_latex([*self._rows(), *self._assumed()])

    @property
    def _derivation(self) -> Derivation:
        return self.certificate.theorems[-1]

    @cached_property
    def _table(self) -> TermTable:
        """The certificate's rows, and those of lines."""
        return TermTable(self.certificate.terms.rows, self.certificate.terms.hints)

    @cached_property
    def _statement(self) -> tuple[list[int], int, int]:
        """Hypotheses, left and right side."""
        rows = self.certificate.terms.rows
        formula = self._derivation.statement
        hypotheses = []
        last = len(self._derivation.steps) - 1
        while self._derivation.steps[last].rule == "imp_intro":
            hypotheses.append(int(rows[formula][1]))
            formula = int(rows[formula][2])
            (last,) = self._derivation.steps[last].premises
        return hypotheses, int(rows[formula][1]), int(rows[formula][2])

    @cached_property
    def _lengths(self) -> list[int]:
        """The number of lines that each step stands for."""
        out: list[int] = []
        for step in self._derivation.steps:
            row = self._table.rows[step.conclusion]
            if step.rule in ("sym", "imp_intro", "trans"):
                out.append(sum(out[p] for p in step.premises))
            elif step.rule == "cong":
                out.append(self._length_inside(len(out), out))
            else:
                out.append(int(row[0] == "eq" and row[1] != row[2]))
        return out

    def _length_inside(self, number: int, lengths: list[int]) -> int:
        """The number of lines of a congruence, given those of the steps before it."""
        known: dict[_Pair, int] = {}
        root = self._sides(number)
        stack = [root]
        while stack:
            pair = stack[-1]
            premise = self._premises(number).get(pair)
            inner = [] if premise is not None else self._pairs(pair)
            waiting = [p for p in inner if p not in known]
            if pair not in known and waiting:
                stack.extend(waiting)
                continue
            known[pair] = sum(known[p] for p in inner) if premise is None else lengths[premise]
            stack.pop()
        return known[root]

    def _sides(self, number: int) -> _Pair:
        _, left, right = self._table.rows[self._derivation.steps[number].conclusion]
        return int(left), int(right)

    def _premises(self, number: int) -> dict[_Pair, int]:
        """The premises of a congruence by the sides of their equations."""
        found = self._by_sides.get(number)
        if found is None:
            premises = self._derivation.steps[number].premises
            found = self._by_sides[number] = {self._sides(p): p for p in premises}
        return found

    @cached_property
    def _by_sides(self) -> dict[int, dict[_Pair, int]]:
        return {}

    def _pairs(self, pair: _Pair) -> list[_Pair]:
        """The arguments in which two rows of one symbol differ."""
        lefts, rights = (children(self._table.rows[row]) for row in pair)
        return [(a, b) for a, b in zip(lefts, rights, strict=True) if a != b]

    def _lines(self, forwards: bool) -> Iterator[Line]:
        """The lines from the left, or those from the right, which go the other way."""
        steps, table = self._derivation.steps, self._table
        # A step, or of a congruence two rows that it equates without a premise that says so; then what is around.
        stack: list[tuple[int, _Pair | None, bool, _Context | None]] = [(len(steps) - 1, None, forwards, None)]
        while stack:
            number, pair, forth, context = stack.pop()
            step = steps[number]
            if not self._lengths[number]:
                continue
            if step.rule in ("trans", "imp_intro"):
                order = step.premises if not forth else step.premises[::-1]
                stack.extend((p, None, forth, context) for p in order)
            elif step.rule == "sym":
                stack.append((step.premises[0], None, not forth, context))
            elif step.rule == "cong":
                stack.extend(reversed(self._inside(number, pair or self._sides(number), forth, context)))
            else:
                left, right = (int(side) for side in table.rows[step.conclusion][1:])
                made = right if forth else left
                while context is not None:
                    context, row, at = context
                    below = list(children(table.rows[row]))
                    below[at] = made
                    made = table.add(with_children(table.rows[row], below))
                reason = cited(self._derivation, number)
                if forth or (step.rule != "ac" and reason not in self._symmetric):
                    yield Line(made, reason, left, right, not forth)
                else:
                    yield Line(made, reason, right, left, False)

    @cached_property
    def _symmetric(self) -> frozenset[str]:
        """The axioms that say the same from right to left, such as x + y = y + x."""
        theory = self.certificate.theory
        found = [(a.name, rule_of(theory.terms, a)) for a in theory.axioms]
        return frozenset(name for name, rule in found if rule and turns_into_itself(theory.terms, rule))

    def _inside(
        self, number: int, pair: _Pair, forth: bool, context: _Context | None
    ) -> list[tuple[int, _Pair | None, bool, _Context | None]]:
        """What a congruence does to two rows: first argument first, each in the row that those before have left."""
        table, of = self._table, self._premises(number)
        if pair in of:
            return [(of[pair], None, forth, context)]
        lefts, rights = (children(table.rows[side]) for side in pair)
        row = pair[0] if forth else pair[1]
        out: list[tuple[int, _Pair | None, bool, _Context | None]] = []
        for at, (a, b) in enumerate(zip(lefts, rights, strict=True)):
            if a == b:
                continue
            around = (context, row, at)
            out.append((of[a, b], None, forth, around) if (a, b) in of else (number, (a, b), forth, around))
            below = list(children(table.rows[row]))
            below[at] = b if forth else a
            row = table.add(with_children(table.rows[row], below))
        return out

    def _rows(self) -> Rows:
        """The lines as cells: = term, reason: left = right."""
        _, left, right = self._statement
        shown = min(_LINES, 1 + _NODES // len(self.certificate.terms))
        all_of_it = self.length <= 2 * shown
        out: list[tuple[Cell, ...]] = [("", self._formula(left), "", "", "", "")]
        lines = islice(self._lines(forwards=True), None if all_of_it else shown)
        out += [self._cells(line.term, line, line.backwards) for line in (_told(lines) if all_of_it else lines)]
        if all_of_it:
            return out
        out.append(("=", "…", f"{self.length - 2 * shown:,} more", "", "", ""))
        back = list(islice(self._lines(forwards=False), shown))
        before = [right, *(line.term for line in back)]
        last = [self._cells(term, line, not line.backwards) for term, line in zip(before, back, strict=False)]
        return [*out, ("=", self._formula(before[-1]), "", "", "", ""), *reversed(last)]

    def _assumed(self) -> Rows:
        because = {h: f" ({reason})" for h, reason in self.reasons.items()}
        return [("", self._hypothesis(h), f"assumed{because.get(h, '')}", "", "", "") for h in self._statement[0]]

    def _hypothesis(self, row: int) -> Formula:
        """A hypothesis as people write it: p for p = true."""
        kind, *sides = self._table.rows[row]
        is_truth = kind == "eq" and self._table.rows[int(sides[1])] == ("lit", "true", "Bool")
        return self._formula(int(sides[0]) if is_truth else row)

    def _cells(self, term: int, line: Line, backwards: bool) -> tuple[Cell, ...]:
        reason = f"by {line.reason}{', backwards' if backwards else ''}"
        return ("=", self._formula(term), reason, self._formula(line.left), "=", self._formula(line.right))

    def _formula(self, row: int) -> Formula:
        return Formula(self.printer, self._table, row)


def _told(lines: Iterable[Line]) -> Iterator[Line]:
    """Without the lines that only rearrange operands for the next one, as nobody would tell them."""
    waiting: Line | None = None
    for line in lines:
        if waiting is not None and waiting.reason != _REARRANGED:
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting
