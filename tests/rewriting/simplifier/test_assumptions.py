"""What users state is read, and written again; what is no statement is pointed at."""

from __future__ import annotations

import pytest

from lemmata.rewriting.simplifier.assumptions import read_assumptions
from lemmata.rewriting.simplifier.theories import Domain
from lemmata.rewriting.source import SourceError
from lemmata.rewriting.syntax import TermTable


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x > 0", ("x > 0",)),
        ("x ≥ 0", ("x >= 0",)),
        ("x != 0", ("x != 0",)),
        ("x <> 0", ("x != 0",)),
        ("x ≠ y", ("x != y",)),
        ("not (x = 0)", ("x != 0",)),
        ("x = 2*y", ("x = 2 * y",)),
        ("n in Int", ("n in Int",)),
        ("2*n in Int and n > 0", ("2 * n in Int", "n > 0")),
        ("0 < x < 1", ("0 < x", "x < 1")),
        ("-1 <= x + y <= -x", ("-1 <= x + y", "x + y <= -x")),
        ("0 < x <-y", ("0 < x", "x < -y")),
        ("a < b < c = d", ("a < b", "b < c", "c = d")),
        ("sin(x)**2 >= 1/2 and (x < y)", ("sin(x) ^ 2 >= 1 / 2", "x < y")),
        ("whole(n)", ("n in Int",)),
    ],
)
def test_texts(text: str, wanted: tuple[str, ...]) -> None:
    read = read_assumptions(text, "real")
    assert read.texts == wanted
    assert read_assumptions(wanted, "real").texts == wanted
    assert str(read) == " and ".join(wanted)


def test_being_real_says_nothing_of_real_numbers() -> None:
    assert read_assumptions("x in Real", "real").texts == ("x = x",)
    assert read_assumptions("x in Real", "complex").texts == ("x in Real",)


def test_one_statement_is_kept_once() -> None:
    assert read_assumptions(["x > 0", "x > 0 and y > 0"], "real").texts == ("x > 0", "y > 0")
    assert read_assumptions([], "real").texts == ()


def test_formulas_are_added_to_any_table() -> None:
    read = read_assumptions(["x > 0", "n in Int"], "complex")
    table = TermTable([("var", "a", "Complex")])
    assert [table.rows[f][0] for f in read.into(table)] == ["eq", "eq"]


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("x > > 0", "an operand of '>' is wanted here, not '>'", 5),
        ("x", "a formula is wanted here", 1),
        ("", "a statement is wanted here", 1),
        ("x > 0 and", "a statement is wanted here", 10),
        ("and x > 0", "a statement is wanted here", 1),
        ("x in Rat", "nothing is known of being in 'Rat'", 6),
        ("in Int", "is wanted here", 1),
        ("x > 0 > ", "'>' and '>' cannot be mixed without brackets", 7),
        ("f(x) > 0", "unknown function 'f'", 1),
        ("x > 0.5", "unknown operator '.'", 6),
        ("__import__('os') > 0", "unknown function", 1),
        ("x > 0 <script>", "cannot be mixed", 7),
        ("(" * 5000 + "x > 0", "", 1),
    ],
)
@pytest.mark.parametrize("domain", ["real", "complex"])
def test_mistakes_are_pointed_at(text: str, message: str, column: int, domain: Domain) -> None:
    with pytest.raises(SourceError) as caught:
        read_assumptions(text, domain)
    assert message in caught.value.message
    assert caught.value.line == 1
    if column > 1:
        assert caught.value.column == column
