"""Why two terms are equal under rules: a chain of whole terms that leads from one to the other, and its certificate.

The chain is read off the proof. Each line is the term with one more of the proof's equations applied, wherever its left
side stands; what earlier lines have settled is not shown again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from .certificate import Certificate, Derivation
from .check import Verdict, check
from .display import Cell, Formula, Rows, as_html, as_latex
from .syntax import TermTable, children, with_children
from .terms import Term

Side = Literal["left", "right"]
_LINES = 12  # shown of each side
_LOOKED_AT = 200  # lines of each side in which a common term is looked for
_NODES = 1_000_000  # looked at for that and for the lines to show, of which there are fewer where terms are huge
_WIDEST = 60  # characters of the column of terms


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

    def __bool__(self) -> Literal[True]:
        return True

    def check(self) -> Verdict:
        """What the proof checker says of the certificate."""
        return check(self.certificate)

    def lines(self, side: Side = "left") -> Iterator[Line]:
        """The terms behind `left` on the way to the normal form, or behind `right`."""
        return _lines(self.certificate.terms, self.down if side == "left" else self.up)

    def __str__(self) -> str:
        return "\n".join(as_text(self._rows()))

    def _repr_html_(self) -> str:
        """For notebooks."""
        return as_html(self._rows())

    def _repr_latex_(self) -> str:
        """For notebooks."""
        return as_latex(self._rows())

    def _rows(self) -> Rows:
        """The lines as cells: = term, reason: redex = contractum."""
        table, printer = self.certificate.terms, self.left.signature.printer

        def formula(row: int) -> Formula:
            return Formula(printer, table, row)

        def line(term: int, by: Line, backwards: bool) -> tuple[Cell, ...]:
            sides = (by.contractum, by.redex) if backwards else (by.redex, by.contractum)
            reason = f"by {by.reason}{', backwards' if backwards else ''}"
            return ("=", formula(term), reason, formula(sides[0]), "=", formula(sides[1]))

        def plain(term: Cell, reason: str = "") -> tuple[Cell, ...]:
            return ("=", term, reason, "", "", "")

        (forth, more), (back, others) = self._sides()
        out: list[tuple[Cell, ...]] = [("", *plain(formula(self.left.dump(table)))[1:])]
        out += [line(by.term, by, False) for by in forth]
        if more:
            out += [plain("…"), plain(formula(self.normal.dump(table)), "the normal form")]
        if others:
            out += [plain("…"), plain(formula(back[-1].term))]
        before = [self.right.dump(table), *(by.term for by in back)]
        out += [line(term, by, True) for term, by in reversed(list(zip(before, back, strict=False)))]
        return out

    def _sides(self) -> tuple[tuple[list[Line], bool], tuple[list[Line], bool]]:
        """The lines to show behind either side, up to the first term that both reach, and whether some are left out."""
        table = self.certificate.terms
        affordable = 1 + _NODES // len(table)
        shown = min(_LINES, affordable)
        count = max(shown + 1, min(_LOOKED_AT, affordable))
        forth, back = (list(islice(self.lines(side), count)) for side in get_args(Side))
        reached = {line.term: n for n, line in reversed(list(enumerate(back, start=1)))} | {self.right.dump(table): 0}
        ahead = [self.left.dump(table), *(line.term for line in forth)]
        meeting = next((n for n, term in enumerate(ahead) if term in reached), None)
        if meeting is not None:
            forth, back = forth[:meeting], back[: reached[ahead[meeting]]]
        return (forth[:shown], len(forth) > shown), (back[:shown], len(back) > shown)


@dataclass(frozen=True)
class Apart:
    """The rules do not make two terms equal: their normal forms differ. False where a truth value is wanted.

    Only for confluent rules does this say that the rules, read as equations, do not prove left = right.
    """

    left: Term
    right: Term
    left_normal: Term
    right_normal: Term

    def __bool__(self) -> Literal[False]:
        return False

    def __str__(self) -> str:
        sides = ((self.left, self.left_normal), (self.right, self.right_normal))
        forms = [f"  {_short(term)} has the normal form {_short(normal)}" for term, normal in sides]
        return "\n".join(["the normal forms differ:", *forms])


def as_text(rows: Rows) -> list[str]:
    """The lines of a chain for a terminal: the first term, then `= term  reason: equation` in columns."""
    texts = [[cell if isinstance(cell, str) else cell.text("ascii") for cell in row] for row in rows]
    width = min(max(len(row[1]) for row in texts), _WIDEST)
    lines = [texts[0][1]]
    for _, term, reason, *equation in texts[1:]:
        why = f"  {reason}{': ' if equation[0] else ''}{' '.join(equation)}".rstrip()
        lines.append(f"  = {term:<{width}}{why}".rstrip())
    return lines


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
            yield Line(new, cited(derivation, step), redex, contractum)


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


def cited(derivation: Derivation, number: int) -> str:
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
        if to in done or to == t or to in begun:  # those that are begun and not done would lead back here
            done[t] = done.get(to, to)
            stack.pop()
        else:
            begun.add(t)
            stack.append(to)
    return done[root]


def _short(term: Term) -> str:
    table = TermTable()
    return Formula(term.signature.printer, table, term.dump(table)).text("ascii")
