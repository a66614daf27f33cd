"""What exploring and proving return: plain data, which the command line and the page show.

Statements are text in the ASCII notation, which parses back. Derivations are over `terms` and have all been accepted
by the checker before they got here; `order` of the certificate is theorems and redundant ones as they were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..rewriting.certificate import Derivation
from ..rewriting.limits import Stop
from ..rewriting.syntax import TermTable
from ..rewriting.theory import Theory


class Status(StrEnum):
    """SZS words for the verdict on a goal."""

    THEOREM = "Theorem"
    COUNTER_SATISFIABLE = "CounterSatisfiable"
    CONTRADICTORY_AXIOMS = "ContradictoryAxioms"
    GAVE_UP = "GaveUp"
    TIMEOUT = "Timeout"
    MEMORY_OUT = "MemoryOut"
    USER = "User"  # interrupted


@dataclass(frozen=True)
class Found:
    """A proved statement. `method` is "rewriting", "induction on x", "cases on x", ... ; `follows_from` names the
    theorems (or axioms) that make it redundant, and is None for one that stands by itself."""

    name: str
    statement: str
    derivation: Derivation
    method: str
    seconds: float
    follows_from: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RefutedConjecture:
    """A false statement and values that show it, such as "x = s(0), y = 0: s(0) is not 0"."""

    statement: str
    counterexample: str


@dataclass(frozen=True)
class OpenConjecture:
    """A statement neither proved nor refuted, and why."""

    statement: str
    reason: str


@dataclass(frozen=True)
class GoalResult:
    """The verdict on a named goal. `found` is there when it is proved."""

    name: str
    statement: str
    status: Status
    seconds: float
    found: Found | None = None
    counterexample: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Report:
    """A run of `explore` or `prove`.

    `variables` are those of the statements, with their sorts: the declared ones and those that were made up. Under
    them every statement parses back. `certificate` lists every derivation in an order in which each may be checked.

    The books balance: enumerated = theorems + redundant + refuted + open + the counts in `filtered` (goals that the
    theory names are counted apart). A run of `prove` keeps no such books: its theorems and redundant ones are just the
    lemmas that the proofs of the goals rest on.
    """

    theory: Theory
    variables: Mapping[str, str]
    terms: TermTable
    certificate: tuple[Derivation, ...]
    theorems: tuple[Found, ...]
    redundant: tuple[Found, ...]
    refuted: Sequence[RefutedConjecture]
    open: tuple[OpenConjecture, ...]
    goals: tuple[GoalResult, ...]
    enumerated: int
    filtered: Mapping[str, int]
    stop: Stop
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)
