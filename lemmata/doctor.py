"""A look at the installation: what works, what is missing, and how to mend it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from .rewriting.source import LemmataError

PACKAGES = ("numpy", "numba", "lark", "click", "rich", "z3-solver")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed`: without it nothing works; `mend` is what to do when it is not well."""

    what: str
    well: bool
    detail: str
    needed: bool = True
    mend: str | None = None

    def line(self) -> str:
        mark = "ok" if self.well else "MISSING" if self.needed else "absent"
        return f"{mark:<8} {self.what}: {self.detail}" + (f"  ({self.mend})" if self.mend and not self.well else "")

    def as_json(self) -> dict[str, object]:
        return {
            "what": self.what,
            "well": self.well,
            "needed": self.needed,
            "detail": self.detail,
            "mend": None if self.well else self.mend,
        }


def examine() -> list[Finding]:
    """Look at Python, the packages, the compiled kernels, the checker, Z3 and Lean. Takes a second or two."""
    version = platform.python_version()
    findings = [Finding("Python", sys.version_info >= (3, 11), version, mend="install Python 3.11 or later")]
    for package in PACKAGES:
        try:
            findings.append(Finding(package, True, metadata.version(package)))
        except metadata.PackageNotFoundError:
            findings.append(Finding(package, False, "not installed", mend=f"pip install {package}"))
    for what, needed, look in (("kernels", True, _kernels), ("Z3", False, _z3), ("Lean", False, _lean)):
        findings.append(_look(what, needed, look))
    return findings


def _look(what: str, needed: bool, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look(), needed)
    except LemmataError as error:
        return Finding(what, False, error.message, needed, error.hint)
    except Exception as error:  # whatever is broken in an installation, the doctor has to report it
        return Finding(what, False, f"{type(error).__name__}: {error}", needed, "reinstall lemmata")


_SAMPLE = """
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
theorem zero_add: 0 + x = x
"""


def _proof() -> tuple[object, ...]:
    from .engine.mpl import parse_module
    from .engine.prove import prove
    from .rewriting.source import Source

    module = parse_module(Source("<doctor>", _SAMPLE))
    report = prove(module.theory, module.variables)
    return report.theory, report.terms, report.certificate


def _kernels() -> str:
    _, _, certificate = _proof()
    if not certificate:
        raise LemmataError("a small induction was not proved")
    return "compiled; a small induction is proved and checked"


def _z3() -> str:
    from .verify import check_z3

    report = check_z3(*_proof())  # type: ignore[arg-type]
    if not report.accepted:
        raise LemmataError("Z3 did not accept a small proof", hint="pip install --force-reinstall z3-solver")
    return f"{report.version} accepts a small proof"


def _lean() -> str:
    from .verify import check_lean

    report = check_lean(*_proof())  # type: ignore[arg-type]
    if not report.accepted:
        raise LemmataError(f"{report.checker} did not accept a small proof")
    return f"{report.checker}, {report.version}, accepts a small proof"
