"""Commands as new processes: how long they took, what memory they held, what they said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, the most memory that it or a process below it held, exit code, standard output."""

    seconds: float
    peak_mb: float
    code: int
    output: str

    @property
    def report(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.output)
        return value


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """`lemmata ARGUMENTS` as a new process."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "lemmata", *arguments],
            cwd=ROOT,
            stdout=output,
            env={**os.environ, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        return Run(seconds, peak, code, output.read())


def run_cold(*arguments: str) -> Run:
    """The same without a compiled kernel or compiled Python anywhere."""
    with tempfile.TemporaryDirectory() as kernels, tempfile.TemporaryDirectory() as bytecode:
        return run(*arguments, environment={"NUMBA_CACHE_DIR": kernels, "PYTHONPYCACHEPREFIX": bytecode})


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
