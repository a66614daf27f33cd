"""The values of built-in operations on literals, as rows of plain tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..literals import literal_text, literal_value
from ..operations import evaluate
from ..syntax import Row
from ..theory import Symbol


def value_row(symbol: Symbol, operands: Sequence[Row]) -> Row | None:
    """The literal that a built-in symbol gives on these rows; None if one is no literal, or it has no value there."""
    if symbol.kind != "builtin" or any(row[0] != "lit" for row in operands):
        return None
    values = [literal_value(str(row[1])) for row in operands]
    value = evaluate(symbol.notation.text, values, symbol.arguments)
    return None if value is None else ("lit", literal_text(value), symbol.result)
