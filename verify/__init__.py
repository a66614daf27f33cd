"""Second opinions on a certificate: Lean 4 and Z3, each in a child process.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .lean_check import LeanReport, LeanVerdict, check_lean
    from .lean_toolchain import Lean, ToolMissing, find_lean
    from .verdicts import Word
    from .z3_check import Z3Report, Z3Verdict, check_z3

__all__ = [
    "Lean",
    "LeanReport",
    "LeanVerdict",
    "ToolMissing",
    "Word",
    "Z3Report",
    "Z3Verdict",
    "check_lean",
    "check_z3",
    "find_lean",
]

_MODULES = {
    "Lean": "lean_toolchain",
    "ToolMissing": "lean_toolchain",
    "find_lean": "lean_toolchain",
    "LeanReport": "lean_check",
    "LeanVerdict": "lean_check",
    "check_lean": "lean_check",
    "Word": "verdicts",
    "Z3Report": "z3_check",
    "Z3Verdict": "z3_check",
    "check_z3": "z3_check",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
