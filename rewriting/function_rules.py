"""Rules written as Python functions, and Python functions that rules use.

>>> from lemmata.rewriting.root import rule
>>> @rule
... def distribute(x, y, z):
...     return x * (y + z), x * y + x * z
>>> fact, = operations("fact")
>>> @rule
... def factorial(n):
...     return fact(n), n * fact(n - 1), n > 0

A rule's function is called once, with sketches of its parameters, which are the variables; it returns the left side,
the right side, and conditions if there are any. Its code is no rewriting code: an `if` in it raises TypeError.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .call_site import place_of_function
from .open_signature import Profile
from .sketch import Clause, Given, Sketch, joined, sketch_of
from .source import LemmataError
from .tokens import CONNECTIVE_WORDS

_SORTS: Mapping[object, str] = {int: "Int", bool: "Bool", str: "String", Fraction: "Rat"}
_BY_NAME = {"int": "Int", "bool": "Bool", "str": "String", "Fraction": "Rat"}
_NO_SORTS = frozenset({"Any", "object", "Term", "Sketch", "Value"})
_WORD = re.compile(r"[^\W\d_][\w']*|_[^\W\d_][\w']*")
_SORT = re.compile(r"[^\W\d_][\w']*(?:\([\w', ()]*\))?")


@dataclass(frozen=True)
class FunctionRule:
    """A rule that a Python function has written; `rules` takes it. `written` is where that function stands."""

    name: str | None
    clause: Clause
    written: str | None = None


@dataclass(frozen=True)
class HostFunction:
    """A symbol that Python computes. In a rule it makes an application; called with other things it is the function."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        if not any(isinstance(a, Sketch) for a in arguments):
            return self.function(*arguments)
        return Sketch("app", self.name, tuple(sketch_of(a) for a in arguments), function=self.function)


def rule_of_function(function: Callable[..., Any]) -> FunctionRule:
    """The rule that a function writes: see the module's text. Annotations of parameters give their sorts.

    Raises LemmataError where the function has parameters of other kinds, or returns something else.
    """
    name = function.__name__ if _WORD.fullmatch(function.__name__) else None  # a lambda has none
    shown = name or "a rule"
    variables = []
    for p in inspect.signature(function).parameters.values():
        if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) or p.default is not p.empty:
            raise LemmataError(f"{shown}: the parameters of a rule are its variables, without stars and defaults")
        _check_name(p.name)
        variables.append(Sketch("var", p.name, sort=sort_of(p.annotation)))
    given = function(*variables)
    if not isinstance(given, tuple) or len(given) < 2:
        raise LemmataError(f"{shown}: the function of a rule returns left, right, and conditions if there are any")
    left, right, *rest = given
    conditions: list[Given | Sketch] = []
    for part in rest:
        for condition in part if isinstance(part, tuple) else (part,):
            conditions.append(condition if isinstance(condition, Given) else sketch_of(condition))
    clause = Clause(name, sketch_of(left), sketch_of(right), joined(conditions))
    return FunctionRule(name, clause, place_of_function(function.__code__))


def operations(names: str) -> tuple[Sketch, ...]:
    """Symbols for rules written in Python, by their names with blanks or commas between.

    Each stands for a constant, and called for an operation: `f, nil = operations("f nil")`, then `f(x, nil)`.
    """
    found = []
    for name in names.replace(",", " ").split():
        _check_name(name)
        found.append(Sketch("app", name))
    return tuple(found)


def function(computed: Callable[..., Any]) -> HostFunction:
    """A Python function as a symbol that rules may use; Python computes it, under its own name (see `rules`)."""
    name = computed.__name__
    _check_name(name)
    return HostFunction(name, computed)


def profile_of_function(computed: Callable[..., Any]) -> Profile | None:
    """The sorts of a function by its annotations; None unless all its parameters and its result are annotated."""
    try:
        signature = inspect.signature(computed)
    except (TypeError, ValueError):
        return None
    given = [sort_of(p.annotation) for p in signature.parameters.values()]
    result = sort_of(signature.return_annotation)
    arguments = [sort for sort in given if sort is not None]
    return Profile(tuple(arguments), result) if result is not None and len(arguments) == len(given) else None


def sort_of(annotation: object) -> str | None:
    """The sort that an annotation names: that of a Python type with literals, or a text as it is.

    Names that Python's own typing uses, such as `Any`, are none.
    """
    if isinstance(annotation, str):
        text = annotation.strip("'\" ")
        return _BY_NAME.get(text) or (text if _SORT.fullmatch(text) and text not in _NO_SORTS else None)
    return _SORTS.get(annotation) if isinstance(annotation, type) else None


def _check_name(name: str) -> None:
    if not _WORD.fullmatch(name) or name in CONNECTIVE_WORDS:
        raise LemmataError(f"{name!r} cannot be the name of a symbol or variable", hint="use one word")
