"""Where the arguments of a call stand in the program that makes it, so that reports can name the line of a rule.

The text of the program is parsed, never run.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

_MOST_LINES = 5_000  # of one call


def place(file: str, line: int) -> str:
    """A line of a file, without the folders that it lies in.

    >>> place("mine/algebra.py", 3)
    'algebra.py:3'
    """
    return f"{Path(file).name}:{line}"


def place_of_function(code: CodeType) -> str:
    """Where a function begins."""
    return place(code.co_filename, code.co_firstlineno)


def places_of_arguments(frame: FrameType, count: int) -> tuple[str, ...]:
    """The places of the `count` positional arguments of the call that a frame is making, as FILE:LINE.

    Where the program's text cannot be had, or the arguments come out of a variable, that is the line of the call.
    """
    lines = _lines(frame, count) or [frame.f_lineno] * count
    return tuple(place(frame.f_code.co_filename, line) for line in lines)


def _lines(frame: FrameType, count: int) -> list[int] | None:
    positions = islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    first, last, start, end = next(positions, (None,) * 4)
    if first is None or last is None or start is None or end is None or last - first >= _MOST_LINES:
        return None
    text = [line.encode() for line in linecache.getlines(frame.f_code.co_filename, frame.f_globals)[first - 1 : last]]
    if len(text) != last - first + 1:
        return None
    text[-1] = text[-1][:end]
    text[0] = text[0][start:]
    try:
        call = ast.parse(b"(" + b"".join(text) + b")", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call):
        return None
    rest = count - sum(not isinstance(a, ast.Starred) for a in call.args)
    out: list[int] = []
    for argument in call.args:
        if not isinstance(argument, ast.Starred):
            out.append(argument.lineno)
        else:
            shown: Sequence[ast.expr] = (
                argument.value.elts if isinstance(argument.value, ast.List | ast.Tuple) else [argument] * rest
            )
            out += [item.lineno for item in shown]
    return [first - 1 + line for line in out] if len(out) == count else None
