"""Optimised machine code kept on disk, keyed by what it was made from."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

_KEPT = 200  # files; those that have not been used for longest go first
_DIGEST = 32  # bytes in front of the machine code, which must be those of its SHA-256


def key(text: str) -> str:
    """Names the machine code of a module on a processor like this one."""
    parts = (text, llvmlite.__version__, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def find(name: str) -> bytes | None:
    """The machine code kept under a key, if there is any. A folder that cannot be read holds none."""
    path = _folder() / f"{name}.o"
    try:
        found = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    digest, binary = found[:_DIGEST], found[_DIGEST:]
    return binary if hashlib.sha256(binary).digest() == digest else None


def keep(name: str, binary: bytes) -> None:
    """Keep machine code. Where the folder cannot be written nothing is kept."""
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / f"{name}.{os.getpid()}"
        scratch.write_bytes(hashlib.sha256(binary).digest() + binary)
        scratch.replace(folder / f"{name}.o")
        for old in sorted(folder.glob("*.o"), key=lambda p: p.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _folder() -> Path:
    """Below LEMMATA_CACHE_DIR if that is set, else in the user's cache folder."""
    chosen = os.environ.get("LEMMATA_CACHE_DIR")
    if chosen:
        return Path(chosen) / "native"
    from platformdirs import user_cache_path

    return user_cache_path("lemmata") / "native"
