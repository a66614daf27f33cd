"""Programs of the calculus run: the door to the three executors, and the choice between them.

The machine with closures (`closures.py`) is slow and starts at once; the native tier (`native.py`) is a thousand times
faster once its code is made, which takes a tenth of a second. So a run begins in the first, and begins again in the
second when it lasts. The table machine (`table_machine.py`) runs what native code cannot be made for.

All three give the same answer.
"""

from __future__ import annotations

from typing import Literal

from ...rewriting.limits import Limits
from ...rewriting.source import LemmataError
from . import closures
from .machine import Ending, Request, Run

Tier = Literal["auto", "specification", "table", "native"]
_PATIENCE = 20_000  # transitions of the machine with closures before native code is made


class NoNativeCode(LemmataError):
    """Native code was asked for, and there can be none."""

    kind = "tool"


def execute(request: Request, *, tier: Tier = "auto", fuel: int | None = None, limits: Limits | None = None) -> Run:
    """Run a request to its end, or for `fuel` transitions (native code looks at them in loops and calls only), or to a
    limit; Ctrl-C is one.

    Raises NoNativeCode if `tier` forces native code for a program that is too large, or on a machine without it.
    """
    if tier == "specification":
        return closures.execute(request, fuel=fuel, limits=limits)
    if tier == "auto":
        first = closures.execute(request, fuel=_PATIENCE if fuel is None else min(fuel, _PATIENCE), limits=limits)
        if first.ending is not Ending.FUEL or (fuel is not None and fuel <= _PATIENCE):
            return first
    if tier != "table" and (ran := _natively(request, fuel, limits)) is not None:
        return ran
    if tier == "native":
        raise NoNativeCode("there is no native code for this program on this machine", hint="--tier table runs it")
    from .table_machine import execute as execute_by_tables

    return execute_by_tables(request, fuel=fuel, limits=limits)


def _natively(request: Request, fuel: int | None, limits: Limits | None) -> Run | None:
    from . import native
    from .native_function import TooLarge

    if not native.available():
        return None
    try:
        return native.execute(request, fuel=fuel, limits=limits)
    except TooLarge:
        return None
