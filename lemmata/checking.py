"""Reading certificates from files, and the answer of `lemmata check`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import FrameType
from typing import Any, NoReturn

from .rewriting.certificate import Certificate, MalformedCertificate, load
from .rewriting.check import Verdict, check
from .rewriting.limits import Limits, Stop, Stopped, resident_mb
from .rewriting.printing import Printer
from .rewriting.source import LemmataError
from .rewriting.theory import Theory

MOST_MB = 512  # of a certificate's file
_MB = 1024 * 1024


class CertificateFileError(LemmataError):
    """A certificate's file that cannot be read, or is none."""

    def __init__(self, path: str, message: str, *, kind: str = "file", hint: str | None = None) -> None:
        super().__init__(f"{path}: {message}", hint=hint)
        self.kind = kind
        self.path = path

    def as_json(self) -> dict[str, object]:
        return {**super().as_json(), "file": self.path}


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
            "trusted": list(self.verdict.trusted),
            "first_error": None
            if error is None
            else {"theorem": error.theorem, "step": error.step, "message": error.why},
        }

    def lines(self) -> Iterator[str]:
        error = self.verdict.first_error
        word = "accepted" if error is None else "refused"
        count = len(self.verdict.proofs)
        yield f"{word}: {count:,} theorem{'s' * (count != 1)} of {self.theory.name}"
        for name, statement in self._statements():
            yield f"  {name}: {statement}"
        if error is not None:
            yield f"first error: {error}"
        yield f"axioms used: {', '.join(self.verdict.axioms) or 'none'}"
        yield f"trusted beside them: {'; '.join(self.verdict.trusted) or 'nothing'}"


@dataclass(frozen=True)
class NoAnswer:
    """A limit was reached first. It says nothing about the certificate."""

    stop: Stop

    @property
    def code(self) -> int:
        return 2

    @property
    def _why(self) -> str:
        return f"the {self.stop.value} limit was reached"

    def as_json(self) -> dict[str, Any]:
        first_error = {"theorem": None, "step": None, "message": self._why}
        return {"verdict": "failed", "theorems": [], "axioms": [], "trusted": [], "first_error": first_error}

    def lines(self) -> Iterator[str]:
        yield f"failed: {self._why} before there was an answer"


def read_certificate(path: str) -> Certificate:
    """The certificate in a file. Raises CertificateFileError."""
    try:
        with open(path, "rb") as file:
            chunks = iter(lambda: file.read(_MB), b"")  # to ask for all at once would allocate the most there may be
            content = b"".join(islice(chunks, MOST_MB + 1))
    except (OSError, ValueError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise CertificateFileError(path, f"cannot be read: {why}") from None
    if len(content) > MOST_MB * _MB:
        raise CertificateFileError(path, f"larger than {MOST_MB} MB")
    try:
        return load(content)
    except MalformedCertificate as error:
        raise CertificateFileError(path, error.message, kind=error.kind, hint=error.hint) from None


def check_file(path: str, theory: str | None, limits: Limits) -> Answer | NoAnswer:
    """Replay the certificate in a file against the theory in another, or against the one that it carries.

    Raises CertificateFileError, and what reading a theory raises.
    """
    try:
        with bounded(limits):
            certificate = read_certificate(path)
            against = certificate.theory
            if theory is not None:
                from .engine.mpl import read_theory

                against = read_theory(theory)
            return Answer(certificate, against, check(certificate, against))
    except Stopped as stopped:
        return NoAnswer(stopped.reason)


@contextmanager
def bounded(limits: Limits) -> Iterator[None]:
    """Hold code that looks at no limits itself, such as the checker, to them: raises Stopped. For the main thread.

    The clock is the interval timer; memory is the address space, which may grow by what the limit leaves beyond the
    memory in use now.
    """
    with timer(limits.seconds), _ceiling(limits.memory_mb):
        yield


@contextmanager
def timer(seconds: float | None) -> Iterator[None]:
    """Raise Stopped inside, wherever that is, when the time is over. For the main thread."""
    if seconds is None:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> NoReturn:
        raise Stopped(Stop.TIME)

    if seconds == 0:  # which would mean no timer
        raise Stopped(Stop.TIME)
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _ceiling(memory_mb: int | None) -> Iterator[None]:
    if memory_mb is None or sys.platform != "linux":
        yield
        return
    import resource

    left = memory_mb - resident_mb()
    if left <= 0:
        raise Stopped(Stop.MEMORY)
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = size + int(left * _MB)
    softest = wanted if before[0] == resource.RLIM_INFINITY else min(wanted, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (softest, before[1]))
    try:
        yield
    except MemoryError:
        raise Stopped(Stop.MEMORY) from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
