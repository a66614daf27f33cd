"""Errors in what a user wrote: where, what, and how to mend it.

>>> source = Source("nat.mpl", "sort N = 0 | s(N)\\nvar x : M\\n")
>>> print(SourceError("unknown sort 'M'", source, line=2, column=9, hint="declared sorts: N").render())
nat.mpl:2:9: error: unknown sort 'M'
  var x : M
          ^
  hint: declared sorts: N
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SHOWN_COLUMNS = 160
MOST_BYTES = 16 * 2**20  # of a file


@dataclass(frozen=True)
class Source:
    """A text and the name it is known by (a path, or `<text>`)."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its end; empty when there is no such line."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 1 <= number <= len(lines) else ""


class LemmataError(Exception):
    """Every error that Lemmata raises on purpose. `kind` is a stable word for programs, `hint` the cure if known."""

    kind = "error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def render(self) -> str:
        """The whole message for a person."""
        return f"error: {self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")

    def as_json(self) -> dict[str, object]:
        """The object of the command line's `--json`."""
        place = {"file": None, "line": None, "column": None}
        return {"kind": self.kind, "message": self.message, **place, "hint": self.hint}


class SourceError(LemmataError):
    """Something wrong at a place in a source text. `line` and `column` count from 1."""

    kind = "syntax"

    def __init__(
        self,
        message: str,
        source: Source,
        *,
        line: int,
        column: int,
        hint: str | None = None,
        kind: str = "syntax",
    ) -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.line = line
        self.column = column
        self.kind = kind

    def render(self) -> str:
        # A control character would move the caret or command the terminal.
        line = self.source.line(self.line).replace("\t", " ")
        text = "".join(c if c.isprintable() else "\ufffd" for c in line)
        start = max(0, self.column - 1 - _SHOWN_COLUMNS // 2)
        shown = text[start : start + _SHOWN_COLUMNS]
        before, after = ("…" if start else ""), ("…" if start + len(shown) < len(text) else "")
        out = [f"{self.source.name}:{self.line}:{self.column}: error: {self.message}"]
        if shown:
            out += [f"  {before}{shown}{after}", "  " + " " * (len(before) + self.column - 1 - start) + "^"]
        if self.hint:
            out.append(f"  hint: {self.hint}")
        return "\n".join(out)

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "message": self.message,
            "file": self.source.name,
            "line": self.line,
            "column": self.column,
            "hint": self.hint,
        }


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """A hint that names the declared thing most like `name`, or lists what is declared.

    >>> nearest("lenght", ["length", "rev"], "operations")
    "did you mean 'length'?"
    >>> nearest("q", ["x", "y"], "variables")
    'declared variables: x, y'
    """
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return f"no {what} are declared yet"
    return f"declared {what}: {', '.join(names[:12])}" + (", …" if len(names) > 12 else "")


class FileError(LemmataError):
    """A file that cannot be read: absent, forbidden, too large, or no UTF-8 text."""

    kind = "file"

    def __init__(self, path: Path, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{path}: {message}", hint=hint)
        self.path = path

    def as_json(self) -> dict[str, object]:
        return {**super().as_json(), "file": str(self.path)}


def read_source(path: Path) -> Source:
    """The text of a file in UTF-8. Raises FileError."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(path, error.strerror or "cannot be read") from None
    except ValueError:  # a NUL in the path
        raise FileError(path, "not a file name") from None
    if len(content) > MOST_BYTES:  # such as a device, which has no end
        raise FileError(path, f"larger than {MOST_BYTES // 2**20} MB")
    try:
        return Source(str(path), content.decode())
    except UnicodeDecodeError as error:
        raise FileError(path, f"no UTF-8 text (byte {error.start})", hint="save the file as UTF-8") from None
