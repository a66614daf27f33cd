"""The laws that a discovery is measured against, and how a law is recognised among statements.

The engine knows nothing of this list. A statement is a law when both are one equation up to the names of variables
and the order of the sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lemmata.engine.mpl import Module
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable, children

# The laws of Peano arithmetic that Generative Logic v0.1 is given to prove; 1 is s(0).
PEANO_LAWS = (
    "s(a) = s(0) + a",
    "0 * a = a * 0",
    "0 + a = a + 0",
    "s(a) + b = s(a + b)",
    "a + b = b + a",
    "(a + b) + f = a + (b + f)",
    "(a + b) + d = (a + d) + b",
    "a * (b + d) = a * b + a * d",
    "a * (b * f) = (a * b) * f",
    "s(d) * b = d * b + b",
    "a * b = b * a",
    "(a + b) * d = a * d + b * d",
)
PEANO_VARIABLES = dict.fromkeys("abdf", "N")

LIST_LAWS = (
    "(xs ++ ys) ++ zs = xs ++ (ys ++ zs)",
    "xs ++ nil = xs",
    "rev(xs ++ ys) = rev(ys) ++ rev(xs)",
    "rev(rev(xs)) = xs",
    "length(xs ++ ys) = length(xs) + length(ys)",
    "map(xs ++ ys) = map(xs) ++ map(ys)",
)
LIST_VARIABLES = dict.fromkeys(("xs", "ys", "zs"), "List(A)")

Key = tuple[str, ...]


def law_key(terms: TermTable, equation: int) -> Key:
    """What an equation has in common with all its renamings and its mirror image. Linear in the tree."""
    left, right = children(terms.rows[equation])
    return min(_spelling(terms, (left, right)), _spelling(terms, (right, left)))


def _spelling(terms: TermTable, sides: tuple[int, int]) -> Key:
    """Both sides in prefix order, variables numbered by first occurrence, with their sorts."""
    out: list[str] = []
    numbers: dict[int, int] = {}
    stack = [sides[1], sides[0]]
    while stack:
        i = stack.pop()
        row = terms.rows[i]
        if row[0] == "var":
            out.append(f"?{numbers.setdefault(i, len(numbers))} {row[2]}")
        else:
            out.append(str(row[1]))
            stack.extend(reversed(children(row)))
    return tuple(out)


def text_key(module: Module, text: str, variables: Mapping[str, str]) -> Key:
    """The key of an equation as text. Raises SourceError where it is none of the module's language."""
    terms = TermTable()
    return law_key(terms, Module(module.theory, variables).parse(Source("<law>", text), terms))


def find_laws(
    module: Module,
    laws: Iterable[str],
    law_variables: Mapping[str, str],
    statements: Mapping[str, str],
    variables: Mapping[str, str],
) -> dict[str, str | None]:
    """For each law the name of the first statement that is it, or None. `statements` are texts by name, over
    `variables`."""
    names: dict[Key, str] = {}
    for name, text in statements.items():
        names.setdefault(text_key(module, text, variables), name)
    return {law: names.get(text_key(module, law, law_variables)) for law in laws}
