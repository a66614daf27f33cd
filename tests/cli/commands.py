"""Running the command line as its users do: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"

PEANO = """theory Small
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended. No output of any command may hold a traceback."""

    code: int
    out: str
    err: str
    seconds: float

    def json(self) -> dict[str, Any]:
        """The one object on standard output; fails if anything else is there."""
        assert self.out.count("\n") == 1
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


def environment(**changes: str | None) -> dict[str, str]:
    """This one, without what would change what a command says, and with `changes`; None unsets."""
    changed: dict[str, str | None] = {**os.environ, "LEMMATA_DEBUG": None, "LEMMATA_LEAN": None, "NO_COLOR": None}
    changed |= changes
    return {name: value for name, value in changed.items() if value is not None}


def start(
    words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, code: str | None = None, **options: Any
) -> subprocess.Popen[str]:
    """Begin `lemmata words`; with `code`, that Python text runs first in the same process."""
    how = ["-m", "lemmata"] if code is None else ["-c", f"{code}\nfrom lemmata.cli import main\nmain()"]
    return subprocess.Popen(
        [sys.executable, *how, *map(str, words)],
        env=environment() if env is None else dict(env),
        cwd=ROOT,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options},
    )


def lemmata(*words: str | Path, env: Mapping[str, str] | None = None, code: str | None = None, **options: Any) -> Ran:
    """`lemmata words`, to its end."""
    return ended(start(words, env=env, code=code, **options), time.monotonic())


def ended(process: subprocess.Popen[str], started: float) -> Ran:
    """How a process ends, whenever it does."""
    out, err = process.communicate(timeout=100)
    assert "Traceback" not in (err or "")
    assert "Exception ignored" not in (err or "")
    return Ran(process.returncode, out or "", err or "", time.monotonic() - started)


def interrupt(words: Sequence[str | Path], after: float, *, env: Mapping[str, str] | None = None) -> Ran:
    """`lemmata words`, with Ctrl-C after so many seconds."""
    started = time.monotonic()
    # A shell that runs tests in the background has them ignore the signal, and their children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = start(words, env=env)
    finally:
        signal.signal(signal.SIGINT, before)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    return ended(process, started)


def write(path: Path, text: str) -> Path:
    """A file with a text."""
    path.write_text(text, encoding="utf-8")
    return path
