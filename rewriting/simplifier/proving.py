"""Proofs that a simplified term is equal to the given one: both have one normal form, each step of it proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ..certificate import Step
from ..derivation import Builder, NoProof
from ..theory import Theory
from .assuming import difference, take
from .function_proofs import FunctionProofs
from .functions import Functions
from .normal import ZERO
from .reading import Reader
from .signs import Signs
from .vocabulary import Vocabulary

_MOST_ROWS = 8  # tried for a condition


class Prover(FunctionProofs):
    """Proves equations between rows of the builder's table. `assumptions` are formulas of it."""

    def __init__(self, builder: Builder, theory: Theory, assumptions: Sequence[int] = ()) -> None:
        vocabulary = Vocabulary(theory.symbols, theory.sorts[0])
        forms = Functions(theory.sorts[0] == "Real")
        reader = Reader(forms, vocabulary, builder.table)
        take(reader, vocabulary, builder.table, assumptions)
        super().__init__(builder, theory, reader)
        self._signs = Signs(theory, builder.table, assumptions)
        self._conditions: dict[int, int] = {}
        self._trying: set[int] = set()
        for formula in assumptions:
            found = difference(builder.table, formula, vocabulary)
            if found is not None and self.table.rows[found[1]] != self.table.rows[self.lit(0)]:
                self.closed(self.app("-", *found[:2]))

    def equal(self, left: int, right: int) -> int:
        """The step left = right. Raises NoProof."""
        form, down = self.closed(left)
        other, up = self.closed(right)
        if form != other:
            raise NoProof("two terms of different forms")
        return self.chain(down, self.sym(up))

    def condition(self, formula: int) -> int:
        found = self._conditions.get(formula)
        if found is None:
            if formula in self._trying:
                raise NoProof("a condition that rests on itself")
            self._trying.add(formula)
            found = self._condition(formula)
            self._trying.discard(formula)
            if found is None:
                raise NoProof("a condition of which there is no proof")
            self._conditions[formula] = found
        return found

    def _condition(self, formula: int) -> int | None:
        step = self._signs.prove(self.builder, formula)
        if step is not None:
            return step
        found = difference(self.table, formula, self.vocabulary)
        if found is None or self.table.rows[found[1]] != self.table.rows[self.lit(0)]:
            return None
        term = found[0]
        form, down = self.closed(term)
        for row in self._other_rows(form):
            moved = self.table.replace(formula, {term: row})
            step = None if row == term else self._signs.prove(self.builder, moved)
            if step is not None:
                equation = self.chain(self.closed(row)[1], self.sym(down))
                return self.builder.add(Step("rewrite", formula, (step, equation)))
        if self.table.rows[formula][0] == "imp":
            return self._of_whole(formula, term, form)
        return None

    def _other_rows(self, form: int) -> Iterator[int]:
        """Rows of the same form, of which more may be known."""
        f = self.forms
        yield from self.rows_of.get(form, [])[:_MOST_ROWS]
        by = f.content(form)
        primitive = f.scale(form, Fraction(1) / by)
        for other in (primitive, f.negative(primitive)):
            ratio = by if other == primitive else -by
            for row in self.rows_of.get(other, [])[:_MOST_ROWS] if other != form else ():
                yield self.app("*", self.lit(ratio), row)
        square = self._square_completed(form, 0)
        if square is not None:
            yield square
        inside = {self.nf(p): row for p, row in self._denominators(form)}
        if inside:
            yield self.table.replace(self.nf(form), inside)

    def _denominators(self, form: int) -> Iterator[tuple[int, int]]:
        f = self.forms
        for powers, _, _ in f.terms[form]:
            for a, _ in powers:
                kind = f.atoms[a]
                if kind[0] in ("inv", "sum"):
                    for row in self._other_rows(int(kind[1])):
                        yield int(kind[1]), row
                        break

    def _square_completed(self, form: int, depth: int) -> int | None:
        """a (v + b/(2a))^2 + rest, for a form a v^2 + b v + c, whose rest is written in the same way."""
        f = self.forms
        if len(f.terms[form]) < 3:
            return None
        found = f.quadratic(form)
        if found is None or depth > 4:
            return None
        v, a, b, c = found
        rest = f.sum(((c, 1), (f.mul(b, b), Fraction(-1) / (4 * a))))
        inner = self.app("+", self.base(v)[0], self.nf(f.scale(b, Fraction(1) / (2 * a))))
        square = self.app("*", self.lit(a), self.app("^", inner, self.lit(2)))
        if rest == ZERO:
            return square
        known = next(iter(self.rows_of.get(rest, [])), None)
        written = self._square_completed(rest, depth + 1) if known is None else known
        return self.app("+", square, self.nf(rest) if written is None else written)

    def _of_whole(self, formula: int, term: int, part: int) -> int | None:
        """A factor is not zero because the product is not: were it zero, so would be the product."""
        f = self.forms
        whole = f.wholes.get(part)
        if whole is None or self.nf(part) != term:
            return None
        rest = f.quotient(whole, part)
        if rest is None:
            return None
        zero = self.lit(0)
        not_zero = self.condition(self.table.negate(self.table.eq(self.nf(whole), zero)))
        assumed = self.builder.add(Step("assume", self.table.eq(term, zero)))
        product = self.sym(self.product_of(part, rest))
        vanishing = self.app("*", zero, self.nf(rest))
        inside = self.arguments(self.right(product), assumed, self.refl(self.nf(rest)))
        turned = self.ac(vanishing, self.app("*", self.nf(rest), zero))
        equation = self.chain(product, inside, turned, self.axiom("mul_zero", x=self.nf(rest)))
        falsity = self.builder.add(Step("imp_elim", self.table.false(), (not_zero, equation)))
        return self.builder.add(Step("imp_intro", formula, (falsity,)))


def prove_way(builder: Builder, theory: Theory, way: Iterable[int], assumptions: Sequence[int] = ()) -> int:
    """The step that equates the first and the last of some rows, each of which has the form of the one before."""
    rows = list(way)
    steps = [Prover(builder, theory, assumptions).equal(before, after) for before, after in pairwise(rows)]
    return builder.trans(steps) if steps else builder.refl(rows[0])
