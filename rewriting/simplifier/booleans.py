"""The theory of truth values, as plain data: what the simplifier may use of them, and its proofs cite.

Symbols, by name, all built in, of sort `Bool`: `not and or xor implies iff`; `and`, `or` and `xor` with their laws.
Each axiom holds for all truth values, which a test tries.

The *polynomial* form of a term writes it with `xor` and `and` alone, multiplied out: equal terms have the same, up to
the laws of the two (Zhegalkin's polynomials), so the axioms in `Lattice.polynomial` prove every equation that holds.
They hold of bit vectors too (`bitvectors.py`), which have the same axioms under other names.

>>> theory = boolean_theory()
>>> from lemmata.rewriting.printing import Printer
>>> Printer(theory.symbols).show(theory.terms, theory.axiom["absorb_and"].formula)
'(x and (x or y)) = x'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from ..ruleset import rules
from ..theory import Theory

# Of any Boolean algebra: AND, OR, XOR, NOT, 1 and 0 stand for its own operations and constants.
LATTICE = """
    not_not          NOT (NOT x) = x
    and_same         (x AND x) = x
    and_bottom       (x AND 0) = 0
    and_not          (x AND NOT x) = 0
    or_same          (x OR x) = x
    or_top           (x OR 1) = 1
    or_not           (x OR NOT x) = 1
    absorb_and       (x AND (x OR y)) = x
    absorb_or        (x OR (x AND y)) = x
    absorb_and_not   (x AND (NOT x OR y)) = (x AND y)
    absorb_or_not    (x OR (NOT x AND y)) = (x OR y)
    not_and          NOT (x AND y) = (NOT x OR NOT y)
    not_or           NOT (x OR y) = (NOT x AND NOT y)
    split            ((x AND y) OR (x AND NOT y)) = x
    and_over_or      (x AND (y OR z)) = ((x AND y) OR (x AND z))
    or_over_and      (x OR (y AND z)) = ((x OR y) AND (x OR z))
    consensus        ((x AND y) OR (NOT x AND z) OR (y AND z)) = ((x AND y) OR (NOT x AND z))
    xor_same         (x XOR x) = 0
    xor_not          (x XOR NOT x) = 1
    xor_of_not       (NOT x XOR NOT y) = (x XOR y)
    xor_split        (x XOR y) = ((x AND NOT y) OR (NOT x AND y))
    xor_and          (x XOR (x AND y)) = (x AND NOT y)
    xor_or           (x XOR (x OR y)) = (NOT x AND y)
    and_over_xor     (x AND (y XOR z)) = ((x AND y) XOR (x AND z))
    not_as_xor       NOT x = (x XOR 1)
    or_as_xor        (x OR y) = (x XOR y XOR (x AND y))
"""
_MORE = """
    implies_as_or    (x implies y) = (not x or y)
    implies_as_xor   (x implies y) = (true xor x xor (x and y))
    iff_as_xor       (x iff y) = (x xor y xor true)
    iff_same         (x iff x) = true
    iff_true         (x iff true) = x
    implies_same     (x implies x) = true
    implies_false    (x implies false) = not x
    not_xor          not (x xor y) = (x iff y)
"""


@dataclass(frozen=True)
class Lattice:
    """The Boolean algebra among the operations of a theory: the sort, the names of its symbols by what they are called
    on `Bool`, the texts of its greatest and least literals, and the axioms by which terms become polynomials."""

    sort: str
    names: Mapping[str, str]
    top: str
    bottom: str
    polynomial: tuple[str, ...]


POLYNOMIAL = ("not_as_xor", "or_as_xor", "and_same", "xor_same", "and_bottom", "and_over_xor")
BOOLEANS = Lattice(
    "Bool",
    {text: text for text in ("not", "and", "or", "xor", "implies", "iff")},
    "true",
    "false",
    (*POLYNOMIAL, "implies_as_xor", "iff_as_xor"),
)


def statements(block: str, words: Mapping[str, str] | None = None) -> list[str]:
    """The rules that a block of axioms states, one a line, with other words for those in capitals and for 0 and 1."""
    out = []
    for line in block.strip().splitlines():
        name, rule = line.split(maxsplit=1)
        for word, other in (words or {}).items():
            rule = rule.replace(word, other)
        out.append(f"{name}: {rule}")
    return out


@cache
def boolean_theory() -> Theory:
    """The theory called `Booleans`. One value, made once: its table is not to be added to."""
    words = {"AND": "and", "XOR": "xor", "OR": "or", "NOT": "not", "1": "true", "0": "false"}
    read = rules(
        *statements(LATTICE, words),
        *statements(_MORE),
        sorts=dict.fromkeys("xyz", "Bool"),
        laws={"and": "AC true", "or": "AC false", "xor": "AC false"},
    )
    return replace(read.theory, name="Booleans", sorts=("Bool",))
