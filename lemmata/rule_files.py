"""Rule sets from files: rules one a line, as `rules` reads them, or the equations of a theory in MPL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .rewriting.rule_reading import rule_texts
from .rewriting.ruleset import RuleSet, rules
from .rewriting.source import FileError, LemmataError, read_source


def read_rule_file(file: str, constants: Iterable[str] = (), laws: Iterable[str] = ()) -> RuleSet:
    """The rules in a file, each of which knows its line. A file whose name ends in `.mpl` is a theory.

    `constants` and `laws` are what `rules` is told by the arguments of these names, laws as texts such as "+ AC 0"; a
    theory has its own. Raises LemmataError for a file that cannot be read, and for what is wrong inside it.
    """
    names, operators = tuple(constants), _laws(laws)
    path = Path(file)
    if path.suffix == ".rec":
        raise FileError(
            path,
            "the rules of a REC file are tried in order, so they are no equations",
            hint="write them one a line, as in: plus(x, s(y)) = s(plus(x, y))",
        )
    source = read_source(path)
    if path.suffix == ".mpl":
        if names or operators:
            raise LemmataError(f"{file}: a theory declares its constants and laws itself")
        from .engine.mpl import parse_module

        module = parse_module(source, folder=path.parent)
        return RuleSet(module.theory, variables=module.variables, written=module.written)
    found = rule_texts(source)
    if not found:
        raise LemmataError(f"{file}: no rules", hint="one a line, as in: unit: x + 0 = x")
    return rules(*found, constants=names, laws=operators)


def _laws(texts: Iterable[str]) -> dict[str, str]:
    """The laws of operators, from texts with the operator first."""
    found = {}
    for text in texts:
        operator, _, laws = text.strip().partition(" ")
        if not laws.strip():
            raise LemmataError(f"{text!r:.80} are no laws of an operator", hint='write the operator first: "+ AC 0"')
        found[operator] = laws
    return found
