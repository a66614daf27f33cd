"""The theories of the real and of the complex numbers, as plain data for the simplifier, its proofs and the checker.

Symbols, by name. R is the sort `Real` or `Complex`, whose literals are the rationals:

    +  *                     R R -> R      built in, associative and commutative
    -@R,R  /  ^              R R -> R      built in: binary minus, division, power
    -@R                      R -> R        built in: unary minus
    abs                      R -> R        built in among reals; the modulus of a complex number
    sqrt exp ln              R -> R
    sin cos tan asin acos atan sinh cosh tanh
    pi e                     R             and i among complex numbers
    = <>                     R R -> Bool   built in
    < <= > >=                R R -> Bool   built in among reals; among complex numbers x < y: both real, x smaller
    whole                    R -> Bool     is it an integer?
    real                     Complex -> Bool
    not and or ...           Bool          built in

Functions are total, as in first-order logic. Of a function outside its usual domain the axioms say nothing: they hold
whatever its values are there. One thing is fixed: 0 ^ y = 0 for y <> 0, also for y < 0, and 0 ^ 0 = 1. By that
(x * y)^n = x^n * y^n and (x^m)^n = x^(m * n) hold for whole m and n without conditions; x / x = 1 still needs x <> 0.
As all axioms hold together in total functions that have the usual values inside their domains (`random_values.py`), an
equation that is proved holds at every point where both of its sides have their usual values and the assumptions hold.
Among complex numbers functions have their principal values.

>>> theory = real_theory()
>>> from lemmata.rewriting.printing import Printer
>>> Printer(theory.symbols).show(theory.terms, theory.axiom["ln_mul"].formula)
'(x > 0) = true implies (y > 0) = true implies ln(x * y) = ln(x) + ln(y)'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Literal

from ..operations import builtin_symbols, notation
from ..syntax import TermTable
from ..theory import Axiom, Notation, Symbol, Theory
from .axioms import COMPLEX, REAL, SHARED
from .statements import Reader

Domain = Literal["real", "complex"]
SORTS: dict[Domain, str] = {"real": "Real", "complex": "Complex"}
FUNCTIONS = ("sqrt", "exp", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
RELATIONS = ("<", "<=", ">", ">=")
VARIABLES = ("x", "y", "z", "w", "m", "n")  # of axioms


def theory_of(domain: Domain) -> Theory:
    """`real_theory()` or `complex_theory()`."""
    return real_theory() if domain == "real" else complex_theory()


@cache
def real_theory() -> Theory:
    """The theory called `Reals`; see the module's text. One value, made once: its table is not to be added to."""
    return _theory("Reals", "real", (*SHARED, *REAL))


@cache
def complex_theory() -> Theory:
    """The theory called `ComplexNumbers`; see the module's text. One value, made once, as that of the reals."""
    return _theory("ComplexNumbers", "complex", (*SHARED, *COMPLEX))


def symbols(domain: Domain) -> tuple[Symbol, ...]:
    """The symbols of the theory of a domain."""
    sort = SORTS[domain]
    builtin = builtin_symbols((sort, "Bool"))
    made = [replace(s, attributes=frozenset({"assoc", "comm"})) if s.name in ("+", "*") else s for s in builtin]
    functions = FUNCTIONS if domain == "real" else ("abs", *FUNCTIONS)
    constants = ("pi", "e") if domain == "real" else ("pi", "e", "i")
    made += [Symbol(name, (sort,), sort, "abstract", Notation(name)) for name in functions]
    made += [Symbol(name, (), sort, "abstract", Notation(name)) for name in constants]
    if domain == "complex":
        written = [(name, notation(name, 2)) for name in RELATIONS]
        made += [Symbol(name, (sort, sort), "Bool", "abstract", n) for name, n in written if n is not None]
        made.append(_test("real", sort))
    made.append(_test("whole", sort))
    return tuple(made)


def _test(name: str, sort: str) -> Symbol:
    return Symbol(name, (sort,), "Bool", "abstract", Notation(name))


def _theory(name: str, domain: Domain, blocks: Iterable[str]) -> Theory:
    sort = SORTS[domain]
    own = symbols(domain)
    known = own if domain == "complex" else (*own, _test("real", sort))
    drafts = TermTable()
    reader = Reader(known, dict.fromkeys(VARIABLES, sort), drafts)
    read = [reader.axiom(line) for block in blocks for line in block.strip().splitlines()]
    formulas = [formula if domain == "complex" else _without_real(drafts, formula) for _, formula in read]
    terms = TermTable()
    placed = drafts.copy_into(terms, formulas)
    axioms = tuple(Axiom(n, f, "axiom") for (n, _), f in zip(read, placed, strict=True))
    return Theory(name, (sort, "Bool"), (), own, axioms, (), terms)


def _without_real(table: TermTable, formula: int) -> int:
    """A statement about numbers that are real anyhow: without its conditions `real(x)`."""
    premises = []
    while table.rows[formula][0] == "imp" and table.rows[int(table.rows[formula][2])][0] != "false":
        premise, formula = (int(part) for part in table.rows[formula][1:])
        tested = table.rows[int(table.rows[premise][1])]
        if tested[:2] != ("app", "real"):
            premises.append(premise)
    for premise in reversed(premises):
        formula = table.imp(premise, formula)
    return formula
