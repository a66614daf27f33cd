"""Terms without sorts: what a rule says before anybody knows what its symbols are.

Texts are read into sketches (`sketch_parsing.py`), and Python functions are called on them (`function_rules.py`);
`open_signature.py` finds the sorts. A sketch is immutable. Python's operators build sketches; `==` compares them as
objects, and `equal` makes the condition that two terms are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from .literals import Value
from .operations import notation
from .source import LemmataError, Source
from .theory import Form, Notation

Kind = Literal["var", "name", "lit", "app"]

# The operators that a sketch may have, in the usual precedence; those of `operations.py` among them.
_MORE = {
    ("@", 2): Notation("@", "infix", 50, "left"),
}
OTHER_SPELLINGS = {
    "**": "^",
    "//": "div",
    "%": "mod",
    "==": "=",
    "!=": "<>",
    "≠": "<>",
    "≤": "<=",
    "≥": ">=",
    "·": "*",
    "×": "*",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "→": "->",
    "⇔": "<=>",
}


def operator(text: str, arity: int) -> Notation | None:
    """How an operator of that many operands is written; None if there is none of that text."""
    return _MORE.get((text, arity)) or notation(text, arity)


@dataclass(frozen=True)
class Place:
    """Where in a source something stands, from an offset on."""

    source: Source
    offset: int


@dataclass(frozen=True, eq=False)
class Sketch:
    """A variable, a name that stands alone (conventions decide whether it is one), a literal, or an application.

    `form` tells operators from functions of the same name. `function` computes the symbol, if Python does.
    """

    kind: Kind
    text: str
    below: tuple[Sketch, ...] = ()
    form: Form = "function"
    value: Value = 0
    sort: str | None = None
    function: Callable[..., Any] | None = None
    place: Place | None = None

    def order(self) -> list[Sketch]:
        """All distinct nodes, each after those below it."""
        seen: set[int] = set()
        out: list[Sketch] = []
        stack: list[tuple[Sketch, bool]] = [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                out.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.below))
        return out

    def __bool__(self) -> bool:
        raise TypeError(
            "what a rule says has no truth value while the rule is made: give a condition as the third result, "
            "and join conditions with & or by a tuple"
        )

    def __call__(self, *arguments: object) -> Sketch:
        """The operation that a symbol names, applied."""
        if self.kind != "app" or self.below or self.form != "function":
            raise LemmataError("only a symbol can be applied", hint="f, = operations('f'), then f(x)")
        return Sketch("app", self.text, tuple(sketch_of(a) for a in arguments))

    def __add__(self, other: object) -> Sketch:
        return infix("+", self, other)

    def __radd__(self, other: object) -> Sketch:
        return infix("+", other, self)

    def __sub__(self, other: object) -> Sketch:
        return infix("-", self, other)

    def __rsub__(self, other: object) -> Sketch:
        return infix("-", other, self)

    def __mul__(self, other: object) -> Sketch:
        return infix("*", self, other)

    def __rmul__(self, other: object) -> Sketch:
        return infix("*", other, self)

    def __truediv__(self, other: object) -> Sketch:
        return infix("/", self, other)

    def __rtruediv__(self, other: object) -> Sketch:
        return infix("/", other, self)

    def __floordiv__(self, other: object) -> Sketch:
        return infix("div", self, other)

    def __rfloordiv__(self, other: object) -> Sketch:
        return infix("div", other, self)

    def __mod__(self, other: object) -> Sketch:
        return infix("mod", self, other)

    def __rmod__(self, other: object) -> Sketch:
        return infix("mod", other, self)

    def __pow__(self, other: object) -> Sketch:
        return infix("^", self, other)

    def __rpow__(self, other: object) -> Sketch:
        return infix("^", other, self)

    def __matmul__(self, other: object) -> Sketch:
        return infix("@", self, other)

    def __rmatmul__(self, other: object) -> Sketch:
        return infix("@", other, self)

    def __and__(self, other: object) -> Sketch:
        return infix("&", self, other)

    def __rand__(self, other: object) -> Sketch:
        return infix("&", other, self)

    def __or__(self, other: object) -> Sketch:
        return infix("|", self, other)

    def __ror__(self, other: object) -> Sketch:
        return infix("|", other, self)

    def __lshift__(self, other: object) -> Sketch:
        return infix("<<", self, other)

    def __rlshift__(self, other: object) -> Sketch:
        return infix("<<", other, self)

    def __rshift__(self, other: object) -> Sketch:
        return infix(">>", self, other)

    def __rrshift__(self, other: object) -> Sketch:
        return infix(">>", other, self)

    def __lt__(self, other: object) -> Sketch:
        return infix("<", self, other)

    def __le__(self, other: object) -> Sketch:
        return infix("<=", self, other)

    def __gt__(self, other: object) -> Sketch:
        return infix(">", self, other)

    def __ge__(self, other: object) -> Sketch:
        return infix(">=", self, other)

    def __neg__(self) -> Sketch:
        return Sketch("app", "-", (self,), "prefix")

    def __invert__(self) -> Sketch:
        return Sketch("app", "~", (self,), "prefix")


@dataclass(frozen=True)
class Given:
    """A condition: two terms have the same normal form, or (`equal` False) different ones."""

    left: Sketch
    right: Sketch
    equal: bool = True


@dataclass(frozen=True)
class Clause:
    """A rule before its sorts are known. Each sketch that is no `Given` among the conditions is to become true.

    `both` says that an e-graph uses it in both directions.
    """

    name: str | None
    left: Sketch
    right: Sketch
    conditions: tuple[Given | Sketch, ...] = ()
    both: bool = False


def infix(text: str, left: object, right: object) -> Sketch:
    """An operator between two things that are sketches or values."""
    return Sketch("app", text, (sketch_of(left), sketch_of(right)), "infix")


def sketch_of(given: object) -> Sketch:
    """A sketch as it is, a Python value as the literal of it. Raises LemmataError for anything else."""
    if isinstance(given, Sketch):
        return given
    if type(given) in (int, bool, str, Fraction):
        assert isinstance(given, int | bool | str | Fraction)
        return Sketch("lit", "", value=given)
    raise LemmataError(
        f"a rule cannot be made of a {type(given).__name__}",
        hint="write rules with their parameters, numbers, strings, and what `operations` makes",
    )


def equal(left: object, right: object) -> Given:
    """The condition that two terms have one normal form."""
    return Given(sketch_of(left), sketch_of(right))


def different(left: object, right: object) -> Given:
    """The condition that two terms have different normal forms."""
    return Given(sketch_of(left), sketch_of(right), False)


def joined(parts: Sequence[Given | Sketch]) -> tuple[Given | Sketch, ...]:
    """Conditions with those apart that `and` or `&` joins, and comparisons as conditions of their own."""
    out: list[Given | Sketch] = []
    stack = list(reversed(parts))
    while stack:
        part = stack.pop()
        if isinstance(part, Given):
            out.append(part)
        elif part.form == "infix" and part.text in ("and", "&"):
            stack.extend(reversed(part.below))
        elif part.form == "infix" and part.text in ("=", "<>"):
            left, right = part.below
            out.append(Given(left, right, part.text == "="))
        else:
            out.append(part)
    return tuple(out)
