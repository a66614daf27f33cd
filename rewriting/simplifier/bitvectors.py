"""The theories of bit vectors, one for each width, as plain data: what the simplifier may use, and its proofs cite.

Symbols, by name, all built in, of sort `BitVec8` and so on (`operations.py`): `& | xor ~ << >>`, `+ - *` and the sign;
`&`, `|`, `xor`, `+` and `*` with their laws. A bit vector is its digits, and a number modulo 2^width; shifts are by the
number that the second operand is. Each axiom holds for all bit vectors of its width, which a test tries for small ones.

>>> theory = bitvector_theory(8)
>>> from lemmata.rewriting.printing import Printer
>>> Printer(theory.symbols).show(theory.terms, theory.axiom["not_as_minus"].formula)
'~x = -x - 1'
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ..ruleset import rules
from ..theory import Theory
from .booleans import LATTICE, POLYNOMIAL, Lattice, statements

_RING = """
    minus_self       x - x = #0
    plus_minus       x + -x = #0
    minus_minus      -(-x) = x
    minus_as_plus    x - y = x + -y
    minus_sum        -(x + y) = -x + -y
    minus_product    -(x * y) = -x * y
    times_zero       x * #0 = #0
    double           x + x = #2 * x
    one_more         x + y * x = (#1 + y) * x
    collect          y * x + z * x = (y + z) * x
    minus_as_times   -x = #ones * x
    not_as_minus     ~x = -x - #1
    plus_not         x + ~x = #ones
    minus_of_not     -(~x) = x + #1
    not_of_minus     ~(-x) = x - #1
    and_plus_or      (x & y) + (x | y) = x + y
    xor_plus_and     (x xor y) + #2 * (x & y) = x + y
    or_minus_and     (x | y) - (x & y) = x xor y
    plus_minus_and   x + y - (x & y) = x | y
    minus_and        x - (x & y) = x & ~y
    shift_none       x << #0 = x
    shift_none_right x >> #0 = x
    shift_zero       #0 << x = #0
    shift_zero_right #0 >> x = #0
    shift_and        (x & y) << z = (x << z) & (y << z)
    shift_or         (x | y) << z = (x << z) | (y << z)
    shift_xor        (x xor y) << z = (x << z) xor (y << z)
    shift_plus       (x + y) << z = (x << z) + (y << z)
    shift_and_right  (x & y) >> z = (x >> z) & (y >> z)
    shift_or_right   (x | y) >> z = (x >> z) | (y >> z)
    shift_xor_right  (x xor y) >> z = (x >> z) xor (y >> z)
"""


def bit_lattice(width: int) -> Lattice:
    """The Boolean algebra of the bit vectors of a width, digit by digit."""
    names = {"not": "~", "and": "&", "or": "|", "xor": "xor"}
    return Lattice(f"BitVec{width}", names, str(2**width - 1), "0", POLYNOMIAL)


@cache
def bitvector_theory(width: int) -> Theory:
    """The theory called `BitVectors8` and so on. One value for each width, made once: its table is not to be added to.

    Raises ValueError unless the width is between 1 and 4096.
    """
    if not 0 < width <= 4096:
        raise ValueError(f"bit vectors have 1 to 4096 bits, not {width}")
    ones = str(2**width - 1)
    lattice = {"AND": "&", "XOR": "xor", "OR": "|", "NOT ": "~", "1": ones, "0": "0"}
    ring = {"#ones": ones, "#0": "0", "#1": "1", "#2": str(2 % 2**width)}
    read = rules(
        *statements(LATTICE, lattice),
        *statements(_RING, ring),
        *_shifts(width),
        sorts=dict.fromkeys("xyz", f"BitVec{width}"),
        laws={"&": f"AC {ones}", "|": "AC 0", "xor": "AC 0", "+": "AC 0", "*": "AC 1"},
    )
    sort = f"BitVec{width}"
    return replace(read.theory, name=f"BitVectors{width}", sorts=(sort, "Bool"))


def _shifts(width: int) -> list[str]:
    """Shifts by literals, up to 63, that move some digit off and leave another: as products, and under masks."""
    out = []
    for k in range(1, min(width, 64)):
        kept, moved = 2 ** (width - k) - 1, 2**width - 2**k
        out += [
            f"shift_{k}: x << {k} = x * {2**k}",
            f"unshift_{k}: (x << {k}) >> {k} = x & {kept}",
            f"reshift_{k}: (x >> {k}) << {k} = x & {moved}",
            f"mask_{k}: (x << {k}) & {moved} = x << {k}",
            f"unmask_{k}: (x << {k}) & {2**k - 1} = 0",
            f"remask_{k}: (x >> {k}) & {kept} = x >> {k}",
        ]
    return out
