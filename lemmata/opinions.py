"""What the checkers say of a certificate: our own kernel always, Lean and Z3 on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .rewriting.certificate import Certificate, Derivation
from .rewriting.check import check
from .rewriting.limits import Limits
from .rewriting.syntax import TermTable
from .rewriting.theory import Theory

if TYPE_CHECKING:
    from .verify import LeanReport, Z3Report

ACCEPTED, REFUSED, FAILED, NOT_RUN = "accepted", "refused", "failed", "not run"
SECONDS = 60.0  # that Lean and Z3 have each, unless more is allowed for everything

_Report = TypeVar("_Report")


@dataclass(frozen=True)
class Unfinished:
    """In place of a checker's report: it did not come to an end."""

    why: str
    interrupted: bool = False


@dataclass(frozen=True)
class Opinions:
    """Verdicts on the theorems of one certificate. `lean` and `z3` are None where they were not asked."""

    kernel: Mapping[str, str]
    first_error: str | None
    lean: LeanReport | Unfinished | None = None
    z3: Z3Report | Unfinished | None = None

    def of(self, name: str) -> dict[str, str]:
        """The `checked` object of a theorem."""
        return {"kernel": self.kernel.get(name, NOT_RUN), "lean": self._lean(name), "z3": self._z3(name)}

    def _lean(self, name: str) -> str:
        """The worst word of the forms that Lean was asked about."""
        if self.lean is None or isinstance(self.lean, Unfinished):
            return FAILED if self.lean else NOT_RUN
        words = [v.verdict.value for v in self.lean.verdicts if v.theorem == name]
        return next((w for w in (REFUSED, FAILED, ACCEPTED) if w in words), NOT_RUN)

    def _z3(self, name: str) -> str:
        if self.z3 is None or isinstance(self.z3, Unfinished):
            return FAILED if self.z3 else NOT_RUN
        verdict = self.z3.of(name)
        return verdict.verdict.value if verdict else NOT_RUN

    @property
    def words(self) -> set[str]:
        """All words said."""
        return {w for name in self.kernel for w in self.of(name).values()}

    @property
    def interrupted(self) -> bool:
        """Did Ctrl-C end one of the checkers?"""
        return any(isinstance(r, Unfinished) and r.interrupted for r in (self.lean, self.z3))


def ask(certificate: Certificate, *, lean: bool, z3: bool, limits: Limits) -> Opinions:
    """Replay a certificate, then ask Lean and Z3 about it. Raises ToolMissing where there is no Lean.

    A checker that cannot finish, for whatever reason outside the proofs, has failed and takes nothing else with it.
    """
    kernel, first_error = _replay(certificate)
    lean_report: LeanReport | Unfinished | None = None
    z3_report: Z3Report | Unfinished | None = None
    if lean:
        from .verify import check_lean

        lean_report = _finished(lambda: check_lean(*_parts(certificate), limits=limits))
    if z3 and not (isinstance(lean_report, Unfinished) and lean_report.interrupted):
        from .verify import check_z3

        z3_report = _finished(lambda: check_z3(*_parts(certificate), limits=limits))
    return Opinions(kernel, first_error, lean_report, z3_report)


def _replay(certificate: Certificate) -> tuple[dict[str, str], str | None]:
    """The kernel's words, and its first error. What stands after that error has not been looked at."""
    names = [d.name for d in certificate.theorems]
    verdict = _finished(lambda: check(certificate))
    if isinstance(verdict, Unfinished):
        return dict.fromkeys(names, FAILED), verdict.why
    error = verdict.first_error
    whole = error is not None and error.theorem not in names
    words = dict.fromkeys(names, REFUSED if whole else NOT_RUN)
    words |= dict.fromkeys((p.name for p in verdict.proofs), ACCEPTED)
    if error is not None and not whole:
        words[error.theorem] = REFUSED
    return words, str(error) if error else None


def generous(limits: Limits) -> Limits:
    """What Lean and Z3 may use after a search within `limits`: a minute at least."""
    seconds = SECONDS if limits.seconds is None else max(SECONDS, limits.seconds)
    return Limits(seconds=seconds, memory_mb=limits.memory_mb)


def _parts(certificate: Certificate) -> tuple[Theory, TermTable, tuple[Derivation, ...]]:
    return certificate.theory, certificate.terms, certificate.theorems


def _finished(asked: Callable[[], _Report]) -> _Report | Unfinished:
    try:
        return asked()
    except KeyboardInterrupt:
        return Unfinished("interrupted", interrupted=True)
    except OSError as error:  # a full disk, no more processes
        return Unfinished(f"the system refused: {error.strerror}")
