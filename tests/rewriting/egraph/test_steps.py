"""Chains of equations: no detours, in them or inside congruences."""

from __future__ import annotations

from lemmata.rewriting.derivation import Builder
from lemmata.rewriting.egraph.steps import Steps
from lemmata.rewriting.syntax import TermTable


class Line:
    """Constants a, b, c, d in a row, each assumed to be equal to the next, under f."""

    def __init__(self) -> None:
        self.table = TermTable()
        self.builder = Builder(self.table)
        self.steps = Steps(self.builder)
        self.rows = [self.table.app(name) for name in "abcd"]

    def link(self, n: int) -> int:
        return self.steps.hypothesis(self.table.eq(self.rows[n], self.rows[n + 1]), "given")

    def f(self, *ns: int) -> int:
        return self.table.app("f", *(self.rows[n] for n in ns))

    def under(self, start: tuple[int, ...], end: tuple[int, ...]) -> int | None:
        """f of some is f of others, where each is the same or the next one."""
        links = [self.link(a) if b > a else None for a, b in zip(start, end, strict=True)]
        return self.steps.congruent(self.f(*start), self.f(*end), links)


def test_a_chain_that_comes_back_is_nothing() -> None:
    line = Line()
    assert line.steps.chain([line.link(0), None, line.steps.reversed(line.link(0))]) is None


def test_detours_are_left_out() -> None:
    line = Line()
    back = line.steps.reversed(line.link(1))
    assert line.steps.chain([line.link(0), line.link(1), back]) == line.link(0)


def test_different_arguments_are_one_congruence() -> None:
    line = Line()
    both = line.steps.chain([line.under((0, 1), (1, 1)), line.under((1, 1), (1, 2))])
    assert both is not None
    assert line.builder.step(both).rule == "cong"
    assert line.builder.sides(both) == (line.f(0, 1), line.f(1, 2))
    assert line.builder.premises(both) == (line.link(0), line.link(1))


def test_detours_within_an_argument_are_left_out() -> None:
    line = Line()
    there = line.under((1,), (2,))
    assert line.steps.chain([line.under((0,), (1,)), there, line.steps.reversed(there)]) == line.under((0,), (1,))
    far = line.steps.congruent(line.f(0), line.f(2), [line.steps.chain([line.link(0), line.link(1)])])
    assert line.steps.chain([far, line.steps.reversed(there)]) == line.under((0,), (1,))


def test_what_gets_no_shorter_stays() -> None:
    line = Line()
    links = [line.under((0,), (1,)), line.under((1,), (2,))]
    chain = line.steps.chain(links)
    assert chain is not None
    assert line.builder.premises(chain) == tuple(links)
