"""Run another program within limits, and never wait for it longer."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_OUTPUT = 64 * 1024 * 1024
_LOOK_EVERY = 0.02


@dataclass(frozen=True)
class Ended:
    """How a child ended. `code` is None when it was killed; `why` then says for what."""

    code: int | None
    output: str
    errors: str
    seconds: float
    why: str | None = None


def run(command: Sequence[str], *, given: bytes = b"", seconds: float | None, folder: Path | None = None) -> Ended:
    """Run a program with `given` on its standard input. Its whole process group is killed at the limit.

    More than 64 MB of output is a reason to kill it too. Raises OSError if it cannot be started.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        source.write(given)
        source.seek(0)
        child = subprocess.Popen(
            list(command), stdin=source, stdout=out, stderr=err, cwd=folder, start_new_session=True
        )
        why = None
        try:
            while True:
                try:
                    child.wait(_LOOK_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    if seconds is not None and time.monotonic() - started > seconds:
                        why = f"no answer within {seconds:g} s"
                    elif os.fstat(out.fileno()).st_size + os.fstat(err.fileno()).st_size > _MOST_OUTPUT:
                        why = "it printed without end"
                    if why is not None:
                        break
        finally:
            _kill(child)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read(_MOST_OUTPUT).decode(errors="replace"))
        code = None if why else child.returncode
        return Ended(code, texts[0], texts[1], time.monotonic() - started, why)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child's process group, which is its own; whatever it started goes too."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
    child.wait()
