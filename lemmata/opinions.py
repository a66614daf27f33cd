"""What the checkers say of a report: our own kernel always, Lean and Z3 on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .engine.results import Report
from .rewriting.certificate import Derivation, dump, load
from .rewriting.check import check
from .rewriting.syntax import TermTable
from .rewriting.theory import Theory

if TYPE_CHECKING:
    from .rewriting.limits import Limits
    from .verify import LeanReport, Z3Report

ACCEPTED, REFUSED, FAILED, NOT_RUN = "accepted", "refused", "failed", "not run"


@dataclass(frozen=True)
class Opinions:
    """Verdicts on the theorems of one certificate. `certificate` is its text, which the kernel has replayed."""

    certificate: str
    kernel: Mapping[str, str]
    first_error: str | None
    lean: LeanReport | None = None
    z3: Z3Report | None = None

    def of(self, name: str) -> dict[str, str]:
        """The `checked` object of a theorem."""
        return {"kernel": self.kernel.get(name, NOT_RUN), "lean": self._lean(name), "z3": self._z3(name)}

    def _lean(self, name: str) -> str:
        """The worst word of the forms that Lean was asked about."""
        words = [v.verdict.value for v in self.lean.verdicts if v.theorem == name] if self.lean else []
        return next((w for w in (REFUSED, FAILED, ACCEPTED) if w in words), NOT_RUN)

    def _z3(self, name: str) -> str:
        verdict = self.z3.of(name) if self.z3 else None
        return verdict.verdict.value if verdict else NOT_RUN

    @property
    def words(self) -> set[str]:
        """All words said."""
        return {w for name in self.kernel for w in self.of(name).values()}


def ask(
    theory: Theory,
    terms: TermTable,
    derivations: tuple[Derivation, ...],
    *,
    lean: bool,
    z3: bool,
    limits: Limits | None = None,
) -> Opinions:
    """Replay the certificate from its JSON text, then ask Lean and Z3. Raises ToolMissing where there is no Lean."""
    text = dump(theory, terms, derivations)
    verdict = check(load(text), theory)
    proved = {p.name for p in verdict.proofs}
    kernel = {d.name: ACCEPTED if d.name in proved else REFUSED for d in derivations}
    error = str(verdict.first_error) if verdict.first_error else None
    lean_report = z3_report = None
    if lean:
        from .verify import check_lean

        lean_report = check_lean(theory, terms, derivations, limits=limits)
    if z3:
        from .verify import check_z3

        z3_report = check_z3(theory, terms, derivations, limits=limits)
    return Opinions(text, kernel, error, lean_report, z3_report)


def ask_about(report: Report, *, lean: bool, z3: bool, limits: Limits | None = None) -> Opinions:
    """The same for a report."""
    return ask(report.theory, report.terms, report.certificate, lean=lean, z3=z3, limits=limits)
