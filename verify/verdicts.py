"""What an outside checker says of a theorem."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """`failed` means that the checker itself did not finish: it says nothing about the theorem."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_RUN = "not run"
