"""CPU cycles of each numeric operation on 64-bit floating-point numbers, as Numba compiles it.

What counts is latency, the cycles from when the arguments are there until the result is: that does not depend on how
wide a processor's vectors are, nor on what stands beside the operation. `CYCLES` was made by `measure` with Numba 0.68
on an AMD EPYC processor (x86-64, 4.3 GHz), the least of four calls; functions such as `sin` are those of glibc 2.36.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

CYCLES: Mapping[str, int] = {
    "+": 2,
    "-": 2,
    "*": 3,
    "/": 12,
    "^": 86,
    "mod": 56,
    "div": 110,
    "min": 2,
    "max": 2,
    "atan2": 102,
    "abs": 2,
    "ln": 40,
    "sqrt": 20,
    "exp": 33,
    "sin": 47,
    "cos": 45,
    "tan": 79,
    "asin": 60,
    "acos": 64,
    "atan": 56,
    "sinh": 89,
    "cosh": 51,
    "tanh": 119,
    "asinh": 137,
    "atanh": 117,
    "log": 40,
    "floor": 16,
    "ceil": 16,
}
CALL = 100  # cycles of what is not in the table, such as a function of the user's

_Operation = Callable[..., Any]


def measure() -> dict[str, int]:
    """The table for the machine at hand. Takes some ten seconds, most of them to compile.

    An operation is applied 100,000 times to numbers from 0.5 to 0.9, each time to what depends on the last result; the
    time of the same loop without the operation is left out. The least of nine runs counts. A cycle is what one step
    takes in a chain of shifts and exclusive ors that wait for each other.
    """
    import numpy as np

    cycle = _cycle()
    first, second = np.random.default_rng(1).uniform(0.5, 0.9, (2, 100_000))
    idle = _seconds(lambda x, y: x, first, second)
    return {
        text: max(1, round((_seconds(operation, first, second) - idle) / cycle))
        for text, operation in _operations().items()
    }


def _operations() -> dict[str, _Operation]:
    """What is measured, by text; everything takes two numbers, of which some need but one."""
    found: dict[str, _Operation] = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
        "^": lambda x, y: x**y,
        "mod": lambda x, y: x % y,
        "div": lambda x, y: x // y,
        "min": lambda x, y: min(x, y),
        "max": lambda x, y: max(x, y),
        "atan2": lambda x, y: math.atan2(x, y),
        "abs": lambda x, y: abs(x),
        "ln": lambda x, y: math.log(x),
    }
    named = ("sqrt", "exp", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh")
    for name in (*named, "log", "floor", "ceil"):
        found[name] = _unary(getattr(math, name))
    return found


def _unary(function: _Operation) -> _Operation:
    return lambda x, y: function(x)


def _seconds(operation: _Operation, first: Any, second: Any) -> float:
    """Of one application, each waiting for the last."""
    from numba import njit

    apply: Any = njit(operation, error_model="numpy")

    @njit(error_model="numpy")
    def run(first, second, tiny):  # type: ignore[no-untyped-def]
        last = 0.0
        for i in range(len(first)):
            last = float(apply(first[i] + last * tiny, second[i]))
        return last

    return _least(lambda: run(first, second, 1e-30)) / len(first)


def _cycle() -> float:
    """Seconds of a cycle."""
    import numpy as np
    from numba import njit

    steps = 100_000

    @njit
    def run(state):  # type: ignore[no-untyped-def]
        for _ in range(steps):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
        return state

    return _least(lambda: run(np.uint64(1))) / (6 * steps)


def _least(call: Callable[[], object]) -> float:
    """Seconds of a call, the least of nine after the first, in which it is compiled."""
    call()
    least = math.inf
    for _ in range(9):
        start = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - start)
    return least
