"""Lean's verdict on a certificate.

A theorem is accepted when Lean read the whole file without an error, and answered for this theorem, by its full name
and after it had been stated once more from our goal, that it rests on no axiom. If some theorem is refused, the file
is written again without it and what cites it, once. A Lean that dies, hangs or talks nonsense has `failed`; that says
nothing about the theorem.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..rewriting.certificate import Derivation
from ..rewriting.limits import Limits
from ..rewriting.syntax import TermTable
from ..rewriting.theory import Theory
from .child import Ended, run
from .lean import FORMS, Form, LeanExport, emit
from .lean_names import BANNED
from .lean_toolchain import Lean, find_lean
from .verdicts import Word

_MOST_MESSAGE = 600
_IDENTIFIER = re.compile(r"\w+")
_OPTIONS = re.compile(r"set_option\s+(\S+)")
_ALLOWED_OPTIONS = {"linter.all", "maxRecDepth", "maxHeartbeats"}


@dataclass(frozen=True)
class LeanVerdict:
    """Lean's word on one theorem in one form; `name` is its full Lean name where it has one.

    `assumed` are the hypotheses that Lean was not asked to prove: axioms by their names, and what was computed with
    literals that Lean does not have.
    """

    theorem: str
    form: Form
    name: str | None
    verdict: Word
    why: str | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeanReport:
    """What was asked, of which Lean, and what it said. `text` is the file without the preamble, for any Lean."""

    checker: str
    version: str | None
    seconds: float
    verdicts: tuple[LeanVerdict, ...]
    messages: tuple[str, ...]
    text: str

    @property
    def accepted(self) -> bool:
        """Is every theorem accepted, in every form that could be asked about?"""
        return all(v.verdict in (Word.ACCEPTED, Word.NOT_RUN) for v in self.verdicts)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What Lean was not asked to prove: the hypotheses of the accepted theorems that are not accepted over Lean's
        own types too, in the order of their first use."""
        concrete = {v.theorem for v in self.verdicts if v.form == "concrete" and v.verdict is Word.ACCEPTED}
        accepted = (v for v in self.verdicts if v.verdict is Word.ACCEPTED and v.theorem not in concrete)
        return tuple(dict.fromkeys(a for v in accepted for a in v.assumed))

    def of(self, theorem: str, form: Form = "structure") -> LeanVerdict | None:
        """The verdict on one theorem."""
        return next((v for v in self.verdicts if v.theorem == theorem and v.form == form), None)


def check_lean(
    theory: Theory,
    terms: TermTable,
    derivations: Sequence[Derivation],
    *,
    limits: Limits | None = None,
    forms: Collection[Form] = FORMS,
    lean: Lean | None = None,
) -> LeanReport:
    """Ask Lean about every theorem of a certificate. Raises ToolMissing if there is no Lean.

    The limits are those of the child process: wall seconds (60 unless told) and MB, as Lean counts them.
    """
    within = limits if limits is not None else Limits(seconds=60.0)
    return _Check(theory, terms, derivations, within, frozenset(forms), lean or find_lean()).report()


@dataclass(frozen=True)
class _Answer:
    """What one run of Lean said: `failed` if it did not finish, else the errors and the answers about axioms."""

    failed: str | None
    errors: tuple[tuple[int, str], ...] = ()
    said: frozenset[str] = frozenset()
    messages: tuple[str, ...] = ()


class _Check:
    def __init__(
        self,
        theory: Theory,
        terms: TermTable,
        derivations: Sequence[Derivation],
        limits: Limits,
        forms: frozenset[Form],
        lean: Lean,
    ) -> None:
        self._asked = (theory, terms, derivations)
        self._lemmas = {d.name: d.lemmas for d in derivations}
        self._limits = limits
        self._forms = forms
        self._lean = lean
        self._started = time.monotonic()
        self._messages: list[str] = []

    def report(self) -> LeanReport:
        version = self._lean.version()
        export = emit(*self._asked, forms=self._forms)
        answer = self._ask(export)
        verdicts = _judge(export, answer)
        if answer.errors and answer.failed is None:
            verdicts, export = self._again(export, answer, verdicts)
        seconds = time.monotonic() - self._started
        return LeanReport(self._lean.source, version, seconds, verdicts, tuple(self._messages), export.text)

    def _ask(self, export: LeanExport) -> _Answer:
        if not any(e.name for e in export.exported):
            return _Answer(None)
        banned = banned_words(export.text)
        if banned:
            return _Answer(f"the text has words that it must not have: {', '.join(banned)}")
        preamble = "" if self._lean.library else files(__package__).joinpath("preamble.lean").read_text("utf-8")
        options = ["--json"]
        if self._limits.memory_mb is not None:
            options.append(f"--memory={self._limits.memory_mb}")
        left = None
        if self._limits.seconds is not None:
            left = max(0.0, self._limits.seconds - (time.monotonic() - self._started))
        with tempfile.TemporaryDirectory(prefix="lemmata-lean-") as folder:
            file = Path(folder) / "Certificate.lean"
            file.write_text(preamble + export.text, encoding="utf-8")
            try:
                ended = run([*self._lean.command, *options, file.name], seconds=left, folder=Path(folder))
            except OSError as error:
                return _Answer(f"it could not be started: {error.strerror}")
        answer = _read(ended, preamble.count("\n"))
        self._messages += answer.messages
        return answer

    def _again(
        self, export: LeanExport, answer: _Answer, first: tuple[LeanVerdict, ...]
    ) -> tuple[tuple[LeanVerdict, ...], LeanExport]:
        """Leave out what Lean refused, and ask about the rest, once."""
        blamed: dict[str, str] = {}
        standard: str | None = None
        for line, message in answer.errors:
            piece = export.owner(line)
            if piece is None or (piece.theorem is None and piece.form == "structure"):
                return first, export
            if piece.theorem is None:
                standard = standard or message
            else:
                blamed.setdefault(piece.theorem, message)
        forms = self._forms if standard is None else self._forms - {"concrete"}
        again = emit(*self._asked, without={n: _word(m) for n, m in blamed.items()}, forms=forms)
        answer = self._ask(again)
        verdicts = []
        for verdict in _judge(again, answer):
            cited = [n for n in self._lemmas[verdict.theorem] if n in blamed]
            if verdict.theorem in blamed:
                why = f"it rests on {cited[0]}" if cited else blamed[verdict.theorem]
                verdict = replace(verdict, why=why)
            elif verdict.form == "concrete" and standard is not None:
                verdict = replace(verdict, verdict=_word(standard), why=f"the standard model: {standard}")
            verdicts.append(verdict)
        return tuple(verdicts), again


def banned_words(text: str) -> list[str]:
    """Words in a generated text that could make Lean pass something unproved. The exporter never writes one."""
    found = BANNED.intersection(_IDENTIFIER.findall(text))
    found |= {f"set_option {name}" for name in _OPTIONS.findall(text) if name not in _ALLOWED_OPTIONS}
    return sorted(found)


def _word(error: str) -> Word:
    """What an error means for its theorem: Lean's own limits say nothing about it."""
    return Word.FAILED if "maximum recursion depth" in error else Word.REFUSED


def _judge(export: LeanExport, answer: _Answer) -> tuple[LeanVerdict, ...]:
    out = []
    for e in export.exported:
        if e.name is None:
            out.append(LeanVerdict(e.theorem, e.form, None, e.verdict, e.why, e.assumed))
            continue
        why: str | None
        if answer.failed is not None:
            word, why = Word.FAILED, answer.failed
        elif answer.errors:
            why = answer.errors[0][1]
            word = _word(why)
        elif f"'{e.name}' does not depend on any axioms" in answer.said:
            word, why = Word.ACCEPTED, None
        else:
            depends = [s for s in answer.said if s.startswith(f"'{e.name}' depends on axioms")]
            word, why = (Word.REFUSED, depends[0]) if depends else (Word.FAILED, "Lean did not answer about it")
        out.append(LeanVerdict(e.theorem, e.form, e.name, word, why, e.assumed))
    return tuple(out)


def _read(ended: Ended, skipped: int) -> _Answer:
    """Lean's messages, one JSON object a line; lines are counted after the preamble."""
    if ended.code is None:
        return _Answer(ended.why or "it was killed")
    if ended.code not in (0, 1):
        return _Answer(f"it ended with {_exit(ended.code)}", messages=(ended.errors[-_MOST_MESSAGE:],))
    errors: list[tuple[int, str]] = []
    said: set[str] = set()
    messages: list[str] = []
    for line in filter(None, ended.output.splitlines()):
        message = _message(line)
        if message is None:
            return _Answer("it printed something that is not a message", messages=(line[:_MOST_MESSAGE],))
        at, severity, data = message
        sorry = severity == "warning" and "sorry" in data
        if severity == "error" or sorry:
            errors.append((at - skipped, data[:_MOST_MESSAGE]))
        elif severity == "information":
            said.add(data)
        if severity != "information":
            messages.append(f"line {at - skipped}: {severity}: {data[:_MOST_MESSAGE]}")
    if ended.code == 1 and not errors:
        return _Answer("it ended with 1 and no error message", messages=tuple(messages))
    return _Answer(None, tuple(errors), frozenset(said), tuple(messages))


def _message(line: str) -> tuple[int, str, str] | None:
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    place: Mapping[str, Any] = data.get("pos") or {} if isinstance(data, dict) else {}
    if not isinstance(data, dict) or not isinstance(place, dict):
        return None
    at, severity, text = place.get("line"), data.get("severity"), data.get("data")
    if type(at) is not int or not isinstance(severity, str) or not isinstance(text, str):
        return None
    return at, severity, text


def _exit(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
