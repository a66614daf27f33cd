"""Why two terms are equal under rules: a chain of whole terms that leads from one to the other, and its certificate.

The chain is read off the proof. Each line is the term with one more of the proof's equations applied, wherever its left
side stands; what earlier lines have settled is not shown again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from .certificate import Certificate, Derivation
from .check import Verdict, check
from .printing import Printer
from .syntax import TermTable, children, with_children
from .terms import Term

Side = Literal["left", "right"]
_LINES = 12  # shown of each side
_SHOWN = 100  # characters of a term in a line


@dataclass(frozen=True)
class Line:
    """A term that was made from the one before by an equation, `redex = contractum`; rows of one table.

    `reason` names an axiom, or says in words what else it was.
    """

    term: int
    reason: str
    redex: int
    contractum: int


@dataclass(frozen=True)
class Why:
    """left = right under rules, because both have the normal form `normal`. The certificate proves the equation.

    It prints as a chain of equal terms, long ones in part; `lines` has all of it, read off the derivations of left =
    normal and right = normal over the certificate's table.
    """

    left: Term
    right: Term
    normal: Term
    certificate: Certificate
    down: Derivation
    up: Derivation

    def check(self) -> Verdict:
        """What the proof checker says of the certificate."""
        return check(self.certificate)

    def lines(self, side: Side = "left") -> Iterator[Line]:
        """The terms behind `left` on the way to the normal form, or behind `right`."""
        return _lines(self.certificate.terms, self.down if side == "left" else self.up)

    def __str__(self) -> str:
        shown = self._shown()
        width = min(max(len(text) for text, _ in shown), _SHOWN // 2)
        first, *rest = shown
        return "\n".join([first[0], *(f"  = {text:<{width}}  {why}".rstrip() for text, why in rest)])

    def _shown(self) -> list[tuple[str, str]]:
        """The lines as texts: each term, and why it is equal to the one before."""
        table, printer = self.certificate.terms, self.left.signature.printer
        forth, more = self._some("left")
        back, others = self._some("right")
        out = [(_text(printer, table, self.left.dump(table)), "")]
        out += [(_text(printer, table, line.term), _reason(printer, table, line)) for line in forth]
        if more:
            out += [("…", ""), (_text(printer, table, self.normal.dump(table)), "the normal form")]
        if others:
            out += [("…", ""), (_text(printer, table, back[-1].term), "")]
        before = [self.right.dump(table), *(line.term for line in back)]
        for term, line in reversed(list(zip(before, back, strict=False))):
            out.append((_text(printer, table, term), _reason(printer, table, line, backwards=True)))
        return out

    def _some(self, side: Side) -> tuple[list[Line], bool]:
        found = list(islice(self.lines(side), _LINES + 1))
        return found[:_LINES], len(found) > _LINES


@dataclass(frozen=True)
class Apart:
    """The rules do not make two terms equal: their normal forms differ. False where a truth value is wanted.

    Only for confluent rules does this say that the rules, read as equations, do not prove left = right.
    """

    left: Term
    right: Term
    left_normal: Term
    right_normal: Term

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        sides = ((self.left, self.left_normal), (self.right, self.right_normal))
        forms = [f"  {_short(term)} has the normal form {_short(normal)}" for term, normal in sides]
        return "\n".join(["the normal forms differ:", *forms])


def _lines(table: TermTable, derivation: Derivation) -> Iterator[Line]:
    known: dict[int, int] = {}
    rows = table.rows
    current = int(rows[derivation.statement][1])
    for step in _equations(derivation):
        row = rows[derivation.steps[step].conclusion]
        redex, contractum = int(row[1]), int(row[2])
        if redex in known or redex == contractum:
            continue
        known[redex] = contractum
        new = _settled(table, current, known)
        if new != current:
            current = new
            yield Line(new, _cited(derivation, step), redex, contractum)


def _equations(derivation: Derivation) -> Iterator[int]:
    """The steps below chains and congruences, in the order in which a reader follows them, each once."""
    seen: set[int] = set()
    stack = [len(derivation.steps) - 1]
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        step = derivation.steps[number]
        if step.rule in ("trans", "cong"):
            stack.extend(reversed(step.premises))
        elif step.rule != "refl":
            yield number


def _cited(derivation: Derivation, number: int) -> str:
    """The axiom or lemma that a step rests on, through implications and reversals; otherwise what the step does."""
    words = {"eval": "arithmetic", "ac": "rearranging", "assume": "assumption"}
    while True:
        step = derivation.steps[number]
        if step.cites is not None:
            return str(step.cites)
        if step.rule in words or not step.premises:
            return words.get(step.rule, step.rule)
        number = step.premises[0]


def _settled(table: TermTable, root: int, known: dict[int, int]) -> int:
    """The term with known equations applied from the inside, each term by one equation at a time and none twice."""
    done: dict[int, int] = {}
    begun: set[int] = set()
    stack = [root]
    while stack:
        t = stack[-1]
        if t in done:
            stack.pop()
            continue
        below = children(table.rows[t])
        waiting = [c for c in below if c not in done]
        if waiting:
            stack.extend(waiting)
            continue
        inside = table.add(with_children(table.rows[t], [done[c] for c in below])) if below else t
        to = inside if inside != t else known.get(t, t)
        if to == t or to in begun:
            done[t] = t if to == t else to
            stack.pop()
        elif to in done:
            done[t] = done[to]
            stack.pop()
        else:
            begun.add(t)
            stack.append(to)
    return done[root]


def _reason(printer: Printer, table: TermTable, line: Line, backwards: bool = False) -> str:
    sides = (line.contractum, line.redex) if backwards else (line.redex, line.contractum)
    left, right = (_text(printer, table, side) for side in sides)
    return f"by {line.reason}{', backwards' if backwards else ''}: {left} = {right}"


def _text(printer: Printer, table: TermTable, row: int) -> str:
    return printer.show(table, row, most=_SHOWN)


def _short(term: Term) -> str:
    table = TermTable()
    return _text(term.signature.printer, table, term.dump(table))
