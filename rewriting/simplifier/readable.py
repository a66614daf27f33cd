"""Proofs that people can follow, where there are any: both terms have one normal form under a few plain laws.

The search's own proofs go by way of its normal forms, in which a sine squared is a sum of waves. Where laws suffice
that everybody knows by name, used from left to right modulo associativity and commutativity, this finds a chain of
them.

>>> from lemmata.rewriting.printing import Printer
>>> from lemmata.rewriting.egraph.explanation import Explanation
>>> from lemmata.rewriting.simplifier.theories import real_theory
>>> from lemmata.rewriting.simplifier.vocabulary import Vocabulary
>>> theory, table = real_theory(), TermTable()
>>> words = Vocabulary(theory.symbols, "Real")
>>> left, right = (words.read(text, table) for text in ("sin(x)^2 + cos(x)^2", "1"))
>>> proved = prove_plainly(theory, table, left, right)
>>> print(Explanation(proved.certificate(), Printer(theory.symbols)))
sin(x) ^ 2 + cos(x) ^ 2
  = 1                        by pythagoras: sin(x) ^ 2 + cos(x) ^ 2 = 1
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..bank import TermBank
from ..certificate import Step
from ..derivation import Builder
from ..derivation_modulo import law_steps
from ..laws import law
from ..limits import Limits
from ..ruleset import RuleSet, Unfinished
from ..source import LemmataError
from ..syntax import TermTable
from ..terms import Signature
from ..theory import Theory
from .record import Proved

_FUEL = 2_000  # visits of subterms
_LARGEST = 400  # rows that are looked at
_LAWS = """
    add_zero mul_one mul_zero neg_def sub_def div_def pow_zero pow_one one_pow inv_mul inv_inv
    sqrt_square sqrt_mul_self sqrt_squared sqrt_times_sqrt sqrt_zero sqrt_one abs_same abs_abs abs_squared
    ln_exp exp_ln exp_zero exp_one ln_one ln_e i_squared pythagoras sin_zero cos_zero
"""


def prove_plainly(theory: Theory, table: TermTable, left: int, right: int) -> Proved | None:
    """The proof of left = right by plain laws of the theory, over a table of its own; None if they do not suffice."""
    if left == right or len(table) > _LARGEST:
        return None
    rules = _plain(theory)
    variables = {str(cells[1]): str(cells[2]) for cells in table.rows if cells[0] == "var"}
    signature = Signature(theory.symbols, variables, rules.bank)
    sides = [signature.load(table, row) for row in (left, right)]
    try:
        first, second = (rules.recorded(side, Limits()) for side in sides)
        if first != second:
            return None
        builder = Builder(TermTable(theory.terms.rows, theory.terms.hints))
        down, up = (rules.derive(builder, side) for side in sides)
    except (Unfinished, LemmataError):
        return None
    given = table.copy_into(builder.table, [left, right])
    laws = law_steps(builder, {a.name: ("axiom", a.formula) for a in theory.axioms if law(theory.terms, a.formula)})
    stated = [step for steps in laws.values() for step in steps]
    chain = [
        *_rearranged(builder, given[0], builder.sides(down)[0], stated),
        down,
        builder.sym(up),
        *_rearranged(builder, builder.sides(up)[0], given[1], stated),
    ]
    return Proved(theory, builder, _without_loops(builder, builder.trans(chain)))


def _without_loops(builder: Builder, step: int) -> int:
    """The same equation by a chain in which no term comes twice."""
    if builder.rule(step) != "trans":
        return step
    path: list[int] = []
    rows = [builder.sides(step)[0]]
    for link in builder.premises(step):
        end = builder.sides(link)[1]
        if end in rows:
            at = rows.index(end)
            del path[at:], rows[at + 1 :]
        else:
            path.append(link)
            rows.append(end)
    return builder.trans(path)


def _rearranged(builder: Builder, left: int, right: int, laws: Iterable[int]) -> list[int]:
    return [] if left == right else [builder.add(Step("ac", builder.table.eq(left, right), tuple(laws)))]


def _plain(theory: Theory) -> RuleSet:
    """The plain laws. Made anew each time: rule sets remember all that they have rewritten."""
    names = set(_LAWS.split())
    axioms = tuple(a for a in theory.axioms if a.name in names or law(theory.terms, a.formula))
    return RuleSet(replace(theory, axioms=axioms), fuel=_FUEL, bank=TermBank())
