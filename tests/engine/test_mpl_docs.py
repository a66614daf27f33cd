"""Every theory in the language reference reads, and what its tables promise holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lemmata.engine.mpl import parse_theory, print_theory
from lemmata.engine.statements import KEYWORDS
from lemmata.rewriting.parsing import parse_formula
from lemmata.rewriting.source import Source

TEXT = (Path(__file__).parent.parent.parent / "docs" / "mpl.md").read_text(encoding="utf-8")
THEORIES = re.findall(r"```mpl\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("text", THEORIES, ids=lambda text: text.split()[1])
def test_the_theories_read(text: str) -> None:
    theory = parse_theory(Source("<text>", text))
    assert parse_theory(Source("<text>", print_theory(theory))).digest == theory.digest


def test_the_table_of_statements_shows_every_word_that_begins_one() -> None:
    shown = {word for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE) for word in re.findall(r"`(\w+)", row)}
    assert shown >= KEYWORDS - {"infix", "infixl", "infixr", "prefix", "postfix"}


@pytest.mark.parametrize("declaration", re.findall(r"`((?:op|pred) [^`]*? : [^`]*?)`", TEXT))
def test_the_declarations_read(declaration: str) -> None:
    sorts = "".join(f"sort {s}\n" for s in ("A", "B", "C", "L", "N"))
    assert parse_theory(Source("<text>", sorts + declaration)).symbols


@pytest.mark.parametrize(("word", "spellings"), re.findall(r"^\| \d \| `(\w+)` \((.*?)\) \|", TEXT, re.MULTILINE))
def test_the_spellings_of_connectives(word: str, spellings: str) -> None:
    theory = parse_theory(Source("<text>", THEORIES[0]))
    sides = ("", "x = y") if word == "not" else ("x = y", "y = z")
    variables = {"x": "N", "y": "N", "z": "N"}
    read = {
        parse_formula(Source("<text>", f" {w} ".join(sides)), theory.symbols, variables, theory.terms)
        for w in [word, *re.findall("`(.*?)`", spellings)]
    }
    assert len(read) == 1
