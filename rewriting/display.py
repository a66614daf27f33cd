"""Tables for notebooks: what rule sets, traces and chains show of themselves, as HTML and as LaTeX.

Cells are terms, which are typeset, and words, which are escaped. Long terms and long tables are shown in part.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from .printing import Printer, Style
from .syntax import TermTable

MOST_ROWS = 50
_CHARACTERS = 200  # of a term in HTML
_SYMBOLS = 200  # of a term in LaTeX, which cannot be cut anywhere


@dataclass(frozen=True)
class Formula:
    """A term or formula in a cell."""

    printer: Printer
    table: TermTable
    row: int

    def text(self, style: Style) -> str:
        """As much of it as is shown."""
        if style != "latex":
            return self.printer.show(self.table, self.row, style, most=_CHARACTERS)
        if len(self.printer.show(self.table, self.row, most=2 * _SYMBOLS)) >= 2 * _SYMBOLS:
            return r"\dots"
        return self.printer.show(self.table, self.row, style)


Cell = str | Formula
Rows = Sequence[Sequence[Cell]]


def as_html(rows: Rows, more: int = 0) -> str:
    """A table, of which `more` rows are left out. Nothing in it can be taken for markup."""
    lines = ["<table>"]
    for row in rows:
        cells = "".join(f'<td style="text-align:left">{_html(cell)}</td>' for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    if more:
        lines.append(f"<tr><td>and {more:,} more</td></tr>")
    return "\n".join([*lines, "</table>"])


def as_latex(rows: Rows, more: int = 0) -> str:
    """An array of left-aligned columns."""
    width = max((len(row) for row in rows), default=1)
    lines = [" & ".join(_latex(cell) for cell in row) for row in rows]
    if more:
        lines.append(rf"\text{{and {more} more}}")
    body = "\\\\\n".join(lines)
    return f"$$\\begin{{array}}{{{'l' * width}}}\n{body}\n\\end{{array}}$$"


def _html(cell: Cell) -> str:
    if isinstance(cell, str):
        return html.escape(cell)
    return f"<code>{html.escape(cell.text('unicode'))}</code>"


def _latex(cell: Cell) -> str:
    if isinstance(cell, Formula):
        return cell.text("latex")
    if cell in ("", "="):
        return cell
    marks = {"<": r"$\lt$", ">": r"$\gt$", "\\": "", "^": "", "~": ""}  # in MathJax \text knows no escapes of these
    escaped = "".join("\\" + c if c in "_#$%&{}" else marks.get(c, c) for c in cell)
    return rf"\text{{{escaped}}}"
