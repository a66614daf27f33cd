"""Standard output and standard error as they may turn out to be: closed, full, or read by somebody who has left.

What a command has to say goes through `say` (text) or `say_json` (one object). Either is written as it is made, so an
exploration with a million refuted equations does not stand in memory as text.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from .rewriting.source import LemmataError

_CHUNK = 1 << 16


class OutputError(LemmataError):
    """Standard output, or a file that was asked for, cannot be written."""

    kind = "output"


class CutOff(Exception):
    """Ctrl-C while something was being printed: there is no way to say so inside it."""


def say(lines: Iterable[str]) -> None:
    """Print lines. A reader that has gone away is no error. Raises OutputError and CutOff."""
    _write(line + "\n" for line in lines)


def say_json(value: Mapping[str, object]) -> None:
    """Print one JSON object on a line. Raises OutputError and CutOff.

    A member may be an iterator, which stands for the list of its items. Characters beyond ASCII are escaped, so that
    the same bytes come out whatever the terminal's encoding.
    """
    _write(_object(value))
    _write(["\n"])


def complain(text: str) -> None:
    """Print on standard error, if anybody can hear it."""
    with suppress(OSError, ValueError, AttributeError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def _object(value: Mapping[str, object]) -> Iterator[str]:
    separator = "{"
    for key, member in value.items():
        yield f"{separator}{json.dumps(key)}: "
        if isinstance(member, Iterator):
            before = "["
            for item in member:
                yield before + json.dumps(item)
                before = ", "
            yield "[]" if before == "[" else "]"
        else:
            yield json.dumps(member)
        separator = ", "
    yield "{}" if separator == "{" else "}"


def _write(pieces: Iterable[str]) -> None:
    out = sys.stdout
    if out is None or out.closed:  # started with it closed
        return
    if hasattr(out, "reconfigure"):
        out.reconfigure(errors="backslashreplace")
    try:
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= _CHUNK:
                out.write("".join(waiting))
                waiting, size = [], 0
        out.write("".join(waiting))
        out.flush()
    except KeyboardInterrupt:
        raise CutOff from None
    except BrokenPipeError:
        _abandon_output()
    except OSError as error:
        raise OutputError(f"cannot write standard output: {error.strerror}") from None


def _abandon_output() -> None:
    """Send what is left, and what comes, nowhere: else the interpreter tries again at its end, and complains."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
