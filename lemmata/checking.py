"""Reading certificates from files, and the answer of `lemmata check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rewriting.certificate import Certificate, MalformedCertificate, load
from .rewriting.check import Verdict, check
from .rewriting.printing import Printer
from .rewriting.source import LemmataError
from .rewriting.theory import Theory


class CertificateFileError(LemmataError):
    """A certificate's file that cannot be read."""

    kind = "file"


@dataclass(frozen=True)
class Answer:
    """What the checker says of a file, with the theory that it was held against."""

    certificate: Certificate
    theory: Theory
    verdict: Verdict

    @property
    def code(self) -> int:
        return 0 if self.verdict.accepted else 1

    def _statements(self) -> list[tuple[str, str]]:
        printer = Printer(self.theory.symbols)
        terms = self.certificate.terms
        return [(p.name, printer.show(terms, p.derivation.statement, most=2000)) for p in self.verdict.proofs]

    def as_json(self) -> dict[str, Any]:
        error = self.verdict.first_error
        return {
            "verdict": "accepted" if error is None else "refused",
            "theorems": [{"name": name, "statement": statement} for name, statement in self._statements()],
            "axioms": list(self.verdict.axioms),
            "trusted": [],
            "first_error": None
            if error is None
            else {"theorem": error.theorem, "step": error.step, "message": error.why},
        }

    def lines(self) -> Iterator[str]:
        error = self.verdict.first_error
        word = "accepted" if error is None else "refused"
        yield f"{word}: {len(self.verdict.proofs):,} theorems of {self.theory.name}"
        for name, statement in self._statements():
            yield f"  {name}: {statement}"
        if error is not None:
            yield f"first error: {error}"
        yield f"axioms used: {', '.join(self.verdict.axioms) or 'none'}"
        yield "trusted beside them: nothing"


def read_certificate(path: str) -> Certificate:
    """The certificate in a file. Raises CertificateFileError or MalformedCertificate."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise CertificateFileError(f"cannot read {path!r}: {why}") from None
    try:
        return load(content)
    except MalformedCertificate as error:
        raise MalformedCertificate(f"{path}: {error.message}", hint=error.hint) from None


def check_file(path: str, theory: str | None) -> Answer:
    """Replay the certificate in a file against the theory in another, or against the one that it carries."""
    certificate = read_certificate(path)
    against = certificate.theory
    if theory is not None:
        from .engine.mpl import read_theory

        against = read_theory(theory)
    return Answer(certificate, against, check(certificate, against))
