"""The primitive operations: what they compute, and what they do to a stack.

Arithmetic pops y (the top) and x, and pushes x op y; `$div` and `$mod` round down. Comparisons pop y and x and jump to
#T or #F. `$eqb` compares as `$eq` does, and pushes a Church boolean: <x>.<y>.x for true, <x>.<y>.y for false. `$eq` and
`$eqb` take numbers and value constants, all others numbers only.

Where it has no value a primitive is stuck: division by zero, thunks, and numbers of more than 2^19 bits.

>>> compute("div", -7, 2), compute("div", 1, 0), compare("lt", 1, 2), compare("lt", "a", "b")
(-4, None, True, None)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from ...rewriting.operations import LARGEST_BITS

ARITHMETIC: Mapping[str, str] = {"add": "+", "sub": "-", "mul": "*", "div": "div", "mod": "mod"}
COMPARISONS = ("eq", "lt", "le")
PRIMITIVES = (*ARITHMETIC, *COMPARISONS, "eqb")
TRUE, FALSE = "T", "F"  # labels
_COMPUTED: Mapping[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.floordiv,
    "mod": operator.mod,
}


def compute(name: str, x: int, y: int) -> int | None:
    """What an arithmetic primitive pushes; None where it is stuck."""
    if y == 0 and name in ("div", "mod"):
        return None
    value = _COMPUTED[name](x, y)
    return None if value.bit_length() > LARGEST_BITS else value


def compare(name: str, x: int | str, y: int | str) -> bool | None:
    """The answer of a comparison, `eqb` included; a constant is given by its name. None where it is stuck."""
    if name in ("eq", "eqb"):
        return x == y
    if isinstance(x, str) or isinstance(y, str):
        return None
    return x < y if name == "lt" else x <= y
