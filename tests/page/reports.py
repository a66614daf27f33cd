"""Reports for the tests of the page, built from the hand-written derivations."""

from __future__ import annotations

from dataclasses import replace

from lemmata.engine.results import (
    Found,
    GoalResult,
    OpenConjecture,
    RefutedConjecture,
    Report,
    Status,
)
from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.limits import Stop
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Goal, Theory
from tests.samples import peano, peano_derivations


def report(theory: Theory, terms: TermTable, derivations: list[Derivation], refuted: int = 1) -> Report:
    """A report in which every derivation is a theorem, the first one a goal of the theory."""
    printer = Printer(theory.symbols)
    found = tuple(Found(d.name, printer.show(terms, d.statement), d, "rewriting", 0.0) for d in derivations)
    false = tuple(RefutedConjecture(f"x = {n}", f"x = {n + 1}: {n + 1} is not {n}") for n in range(refuted))
    first = found[0]
    [goal] = terms.copy_into(theory.terms, [first.derivation.statement])
    theory = replace(theory, goals=(Goal(first.name, goal),))
    return Report(
        theory,
        {},
        terms,
        tuple(derivations),
        found,
        (),
        false,
        (OpenConjecture("x * y = y * x", "nothing applied"),),
        (GoalResult(first.name, first.statement, Status.THEOREM, 0.0, first),),
        len(found) + refuted + 1,
        {},
        Stop.DONE,
        0.0,
    )


def sample(refuted: int = 1) -> Report:
    theory, terms = peano(), TermTable()
    return report(theory, terms, peano_derivations(theory, terms), refuted)


HOSTILE = "</script><img src=x onerror=alert(1)><!-- \u2028 ' \" & \x00 \ud800 \u202e"


def hostile() -> Report:
    """The sample with hostile text wherever a name can stand."""
    plain = sample()
    symbols = tuple(
        replace(s, notation=replace(s.notation, text=s.notation.text + HOSTILE)) for s in plain.theory.symbols
    )
    theory = replace(plain.theory, name=HOSTILE, symbols=symbols)
    derivations = [replace(d, name=f"{n}{HOSTILE}") for n, d in enumerate(plain.certificate)]
    renamed = {old.name: new.name for old, new in zip(plain.certificate, derivations, strict=True)}
    derivations = [
        replace(d, steps=tuple(replace(s, cites=renamed.get(str(s.cites), s.cites)) for s in d.steps))
        for d in derivations
    ]
    out = report(theory, plain.terms, derivations)
    return replace(
        out,
        theorems=tuple(replace(f, method=HOSTILE) for f in out.theorems),
        open=(OpenConjecture(HOSTILE, HOSTILE),),
        refuted=(RefutedConjecture(HOSTILE, HOSTILE),),
        filtered={HOSTILE: 1},
    )


def tower(size: int) -> Report:
    """`size` theorems, each of which cites the one before and the first."""
    theory, t = peano(), TermTable()
    x, zero = t.var("x", "N"), t.app("0")
    derivations = []
    left = x
    for n in range(size):
        inner, left = left, t.app("+", left, zero)
        steps = [Step("axiom", t.eq(left, inner), cites="+.1", substitution=((x, inner),))]
        if n:
            steps.append(Step("lemma", t.eq(inner, x), cites=f"t{n - 1}"))
            steps.append(Step("trans", t.eq(left, x), (0, 1)))
        derivations.append(Derivation(f"t{n}", t.eq(left, x), tuple(steps)))
        if n > 30:
            left = inner
            derivations[-1] = replace(derivations[-2], name=f"t{n}")
    return report(theory, t, derivations)
