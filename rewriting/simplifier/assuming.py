"""What assumptions say of the signs of forms."""

from __future__ import annotations

from collections.abc import Iterable

from ..syntax import TermTable
from .functions import NEGATIVE, POSITIVE, Functions, Sign
from .reading import Reader
from .vocabulary import Vocabulary

_OF_DIFFERENCE = {  # of left - right
    "<": NEGATIVE,
    "<=": Sign.NOT_POSITIVE,
    ">": POSITIVE,
    ">=": Sign.NOT_NEGATIVE,
    "<>": Sign.NOT_ZERO,
}


def take(reader: Reader, vocabulary: Vocabulary, table: TermTable, formulas: Iterable[int]) -> None:
    """Tell the reader's forms what formulas, rows of its table, say of signs: (s < t) = true, not (s = t) and the like.

    Others are left alone.
    """
    texts = {s.name: s.notation.text for s in vocabulary.symbols}
    for formula in formulas:
        found = difference(table, formula, vocabulary)
        if found is None:
            _take_test(reader, table, formula, texts)
            continue
        left, right, sign = found
        forms: Functions = reader.forms
        a, b = reader.form(left), reader.form(right)
        forms.assume(forms.sum(((a, 1), (b, -1))), sign)
        bound = forms.value(b)
        if bound is not None and bound >= 0 and sign & Sign.NOT_NEGATIVE:
            forms.assume(a, POSITIVE if bound > 0 else sign)
        if bound is not None and bound <= 0 and sign & Sign.NOT_POSITIVE:
            forms.assume(a, NEGATIVE if bound < 0 else sign)


def _take_test(reader: Reader, table: TermTable, formula: int, texts: dict[str, str]) -> None:
    """real(x) = true or whole(x) = true for a variable x."""
    row = table.rows[formula]
    for side in row[1:] if row[0] == "eq" else ():
        tested = table.rows[int(side)]
        if tested[0] == "app" and texts.get(str(tested[1])) in ("real", "whole") and len(tested) == 3:
            only = reader.forms.single(reader.form(int(tested[2])))
            if only is not None and len(only[0][0]) == 1 and only[0][1:] == (0, None):
                reader.forms.reals.add(only[0][0][0][0])


def difference(table: TermTable, formula: int, vocabulary: Vocabulary) -> tuple[int, int, Sign] | None:
    """Two terms that a formula compares, and what it says of the sign of their difference."""
    rows = table.rows
    texts = {name: text for (text, _), name in vocabulary.by_text.items()}
    row = rows[formula]
    if row[0] == "imp" and rows[int(row[2])][0] == "false" and rows[int(row[1])][0] == "eq":
        _, left, right = rows[int(row[1])]
        return int(left), int(right), Sign.NOT_ZERO
    if row[0] != "eq":
        return None
    for truth, test in ((row[1], row[2]), (row[2], row[1])):
        applied = rows[int(test)]
        if rows[int(truth)][0] == "lit" and rows[int(truth)][1] == "true" and applied[0] == "app" and len(applied) == 4:
            sign = _OF_DIFFERENCE.get(texts.get(str(applied[1]), ""))
            if sign is not None:
                return int(applied[2]), int(applied[3]), sign
    return None
