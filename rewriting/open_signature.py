"""The signature of rules for which nothing was declared: sorts found by what the rules say.

The conventions, which `rules` states for users:

- One letter, with `s` or digits and primes behind it if need be, is a variable (x, n1, y', xs), unless it is applied or
  declared a constant. Every other name is a constant, or an operation of as many arguments as it is used with.
- Truth values have the sort Bool: what comparisons, `and`, `or` and `not` give, and what conditions are. Strings have
  the sort String. Everything else has one sort: Int if the rules have a number in them, or `<` and its kin, `div` or
  `mod`, or call Python functions; otherwise Term.
- Where the sorts allow it, operators are the built-in operations (`operations.py`): + - * div mod ^ on Int, and so on.

Sorts are found by unification: the arguments and the result of a function have one sort each wherever it is used, those
of an operator at each place by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .ac import check_laws
from .literals import (
    LITERAL_SORTS,
    SORT_OF,
    Value,
    bit_width,
    has_literal,
    is_number_sort,
    literal_range,
    literal_text,
    literal_value,
)
from .operations import builtin_symbols, result_sort
from .sketch import Clause, Given, Place, Sketch, operator
from .source import LemmataError, Source
from .syntax import PROP, TermTable
from .system import Condition
from .theory import Attribute, Form, IllTyped, Notation, Symbol
from .tokens import error_at, parse_sort, tokenize

MAIN_SORT = "Term"  # where there are no numbers
_VARIABLE = re.compile(r"[^\W\d_](?:s|[0-9]*)'*")
_WHOLE = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_BEFORE_DENOMINATOR = re.compile(r"-?[0-9]+/", re.ASCII)
_TRUTH = ("and", "or", "not", "implies", "iff")
_COMPARISONS = ("<", "<=", ">", ">=", "=", "<>")
_COMPUTED = ("length", "abs")  # the built-in operations that are written as functions
_NUMERIC = ("<", "<=", ">", ">=", "div", "mod")  # what is said of numbers, if nothing else is known of it
_DECLARE = "sorts= declares the sorts of names, as in sorts={'x': 'Int', 'f': 'Int Bool -> Int'}"
_NO_NUMBERS = "the rules have no numbers in them, so their terms are no numbers"
_ADD_NUMBERS = "declare the sort of a variable of the rules to have them: rules(..., sorts={'x': 'Int'})"
_Key = tuple[str, Form, tuple[str, ...]]


@dataclass(frozen=True)
class Profile:
    """The sorts that an operation takes, and the one that it gives; `arguments` is None where a name is a leaf."""

    arguments: tuple[str, ...] | None
    result: str


@dataclass(frozen=True)
class Conventions:
    """What is declared beside the rules: names that are constants and names that are variables in spite of how they
    look, sorts of names, the laws of operators, and the sort of everything that has no other."""

    constants: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    sorts: Mapping[str, Profile] = field(default_factory=dict, hash=False)
    main: str | None = None

    def is_variable(self, name: str) -> bool:
        """Is a name that stands alone a variable?"""
        return name in self.variables or (name not in self.constants and _VARIABLE.fullmatch(name) is not None)


@dataclass(frozen=True)
class Typed:
    """A rule as rows of a table; `both` says that an e-graph uses it in both directions."""

    name: str | None
    left: int
    right: int
    conditions: tuple[Condition, ...]
    both: bool = False


def profile(text: str) -> Profile:
    """The profile that a text writes: `Int`, or `Int List -> List`. Raises SourceError."""
    source = Source("<sorts>", text)
    tokens = [t for t in tokenize(source) if t.kind != "end of line"]
    sorts: list[str] = []
    arrow = None
    at = 0
    while tokens[at].kind != "end":
        if tokens[at].text == "->" and arrow is None:
            arrow = len(sorts)
            at += 1
            continue
        sort, at = parse_sort(source, tokens, at)
        sorts.append(sort)
    if PROP in sorts:
        raise LemmataError(f"{PROP} is the sort of formulas", hint="truth values have the sort Bool")
    if not sorts or (len(sorts) != 1 if arrow is None else arrow != len(sorts) - 1):
        raise LemmataError(f"{text!r} is no profile", hint="write a sort, or for an operation: Int List -> List")
    return Profile(None if arrow is None else tuple(sorts[:-1]), sorts[-1])


class Inference:
    """Collects what sketches say of their sorts; then `finish`, and the sketches can be written as rows.

    `symbols` are known already, with their sorts; `hosted` says that Python computes some.
    """

    def __init__(self, conventions: Conventions, symbols: Iterable[Symbol] = (), hosted: bool = False) -> None:
        self._conventions = conventions
        self._hosted = hosted
        self._above: list[int] = []  # union-find: a class of places that have one sort
        self._fixed: dict[int, tuple[str, Place | None]] = {}
        self._numbers: dict[int, Place | None] = {}
        self._profiles: dict[tuple[str, int], tuple[list[int], int]] = {}
        self._sort_of: dict[int, int] = {}  # of each sketch, by identity
        self._kept: list[Sketch] = []  # whose identities are in use
        self._measured: list[int] = []
        self._main = conventions.main
        symbols = list(symbols)
        self._known = {_key(symbol): symbol for symbol in symbols}
        self._names = {symbol.name for symbol in symbols}
        for symbol in sorted(symbols, key=lambda s: s.kind == "builtin"):
            key = (symbol.notation.text, symbol.arity)
            if symbol.notation.form == "function" and key not in self._profiles:
                self._profile_of(symbol.notation.text, Profile(symbol.arguments, symbol.result))

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols so far, those known before first."""
        return tuple(self._known.values())

    @property
    def main(self) -> str:
        """The sort of what has no other."""
        assert self._main is not None
        return self._main

    # What sketches say

    def take_clause(self, clause: Clause) -> None:
        """Note what a rule says. Raises SourceError where its sorts do not fit."""
        variables: dict[str, int] = {}
        left = self.take(clause.left, variables)
        right = self.take(clause.right, variables)
        self._same(left, right, clause.right.place, "the sides of a rule")
        for condition in clause.conditions:
            if isinstance(condition, Given):
                left, right = (self.take(side, variables) for side in (condition.left, condition.right))
                self._same(left, right, condition.right.place, "the sides of a condition")
            else:
                self._fix(self.take(condition, variables), "Bool", condition.place)

    def take_term(self, root: Sketch, sort: str | None) -> None:
        """Note what a term says, which has that sort if one is given."""
        found = self.take(root, {})
        if sort is not None:
            self._fix(found, sort, root.place)

    def take(self, root: Sketch, variables: dict[str, int]) -> int:
        """Note what a part of a rule says; its class. `variables` has the classes of variables by name."""
        self._kept.append(root)
        for node in root.order():
            if id(node) not in self._sort_of:
                self._sort_of[id(node)] = self._class_of(node, variables)
        return self._sort_of[id(root)]

    def is_variable(self, node: Sketch) -> bool:
        """Does the sketch stand for any term?"""
        if node.kind == "var":
            return True
        if node.kind != "name" or (node.text, 0) in self._profiles:
            return False
        return self._conventions.is_variable(node.text)

    def _class_of(self, node: Sketch, variables: dict[str, int]) -> int:
        if node.kind == "lit":
            return self._literal(node)
        if self.is_variable(node):
            if node.text not in variables:
                variables[node.text] = self._new()
                declared = self._conventions.sorts.get(node.text)
                if declared is not None and declared.arguments is None:
                    self._fix(variables[node.text], declared.result, node.place)
            if node.sort is not None:
                self._fix(variables[node.text], node.sort, node.place)
            return variables[node.text]
        below = [self._sort_of[id(child)] for child in node.below]
        declared = self._conventions.sorts.get(node.text)
        if declared is not None and node.form != "function":
            arguments, result = self._declared(declared)
        elif node.form == "function":
            arguments, result = self._function(node)
        else:
            arguments, result = self._operator(node)
        if len(arguments) != len(below):
            raise _error(node.place, f"{node.text!r} takes {len(arguments)} arguments, not {len(below)}")
        for n, (wanted, given) in enumerate(zip(arguments, below, strict=True), 1):
            what = f"argument {n} of {node.text!r}" if len(below) > 1 else f"what {node.text!r} is applied to"
            self._same(wanted, given, node.below[n - 1].place or node.place, what)
        return result

    def _literal(self, node: Sketch) -> int:
        found = self._new()
        if type(node.value) is int:
            self._numbers[found] = node.place
        else:
            self._fix(found, SORT_OF[type(node.value)], node.place)
        return found

    def _function(self, node: Sketch) -> tuple[list[int], int]:
        key = (node.text, len(node.below))
        if key not in self._profiles:
            declared = self._conventions.sorts.get(node.text)
            if declared is not None:
                self._profile_of(node.text, declared)
            if key not in self._profiles:
                self._profiles[key] = [self._new() for _ in node.below], self._new()
        return self._profiles[key]

    def _operator(self, node: Sketch) -> tuple[list[int], int]:
        one = self._new()
        below = [one] * len(node.below)
        if node.text in _NUMERIC:
            self._measured.append(one)
        if node.text in _COMPARISONS:
            return below, self._of("Bool")
        if node.text in _TRUTH:
            self._fix(one, "Bool", node.place)
        return below, one

    def _profile_of(self, text: str, given: Profile) -> None:
        arguments, result = self._declared(given)
        self._profiles[text, len(arguments)] = arguments, result

    def _declared(self, given: Profile) -> tuple[list[int], int]:
        return [self._of(sort) for sort in given.arguments or ()], self._of(given.result)

    # Classes

    def _new(self) -> int:
        self._above.append(len(self._above))
        return len(self._above) - 1

    def _of(self, sort: str) -> int:
        found = self._new()
        self._fixed[found] = sort, None
        return found

    def _find(self, i: int) -> int:
        while self._above[i] != i:
            self._above[i] = self._above[self._above[i]]
            i = self._above[i]
        return i

    def _fix(self, i: int, sort: str, place: Place | None) -> None:
        self._same(i, self._of(sort), place, "this")

    def _same(self, i: int, j: int, place: Place | None, what: str) -> None:
        i, j = self._find(i), self._find(j)
        if i == j:
            return
        sorts = [self._fixed[k][0] for k in (i, j) if k in self._fixed]
        number = any(k in self._numbers for k in (i, j))
        if len(set(sorts)) > 1:
            raise _error(place, f"{what}: of sort {sorts[0]} and of sort {sorts[1]}")
        if number and sorts and not is_number_sort(sorts[0]):
            if sorts[0] == self._main == MAIN_SORT:
                raise _error(place, _NO_NUMBERS, _ADD_NUMBERS)
            raise _error(place, f"{what}: a number, and of sort {sorts[0]}")
        self._above[j] = i
        if j in self._fixed:
            self._fixed.setdefault(i, self._fixed[j])
        if j in self._numbers:
            self._numbers.setdefault(i, self._numbers[j])

    # Sorts

    def finish(self) -> None:
        """Settle what is open: numbers are integers, and all else of the main sort. Raises SourceError."""
        if self._main is None:
            numbers = [self._find(i) for i in (*self._numbers, *self._measured)]
            sorts = {self._fixed[i][0] if i in self._fixed else "Int" for i in numbers}
            sorts |= {sort for sort, _ in self._fixed.values() if sort == "Int"} | ({"Int"} if self._hosted else set())
            self._main = min(filter(is_number_sort, sorts), key=_by_rank, default=MAIN_SORT)
        for i, place in self._numbers.items():
            if not is_number_sort(self._sort(i)):
                raise _error(place, _NO_NUMBERS, _ADD_NUMBERS)

    def _sort(self, i: int) -> str:
        i = self._find(i)
        if i in self._fixed:
            return self._fixed[i][0]
        return self.main

    def rows(self, root: Sketch, table: TermTable) -> int:
        """The row of a sketch that was taken; new symbols are made as they are met."""
        place: dict[int, int] = {}
        for node in root.order():
            sort = self._sort(self._sort_of[id(node)])
            fraction = _fraction(node) if LITERAL_SORTS.get(sort) is Fraction else None
            if node.kind == "lit":
                place[id(node)] = self._literal_row(node, node.value, sort, table)
            elif fraction is not None:
                place[id(node)] = self._literal_row(node, fraction, sort, table)
            elif self.is_variable(node):
                place[id(node)] = table.var(node.text, sort)
            else:
                below = [self._sort(self._sort_of[id(child)]) for child in node.below]
                symbol = self._symbol(node, tuple(below), sort)
                place[id(node)] = table.app(symbol.name, *(place[id(child)] for child in node.below))
        return place[id(root)]

    def clause(self, clause: Clause, table: TermTable) -> Typed:
        """A rule that was taken, as rows."""
        left, right = self.rows(clause.left, table), self.rows(clause.right, table)
        conditions = []
        for given in clause.conditions:
            if isinstance(given, Given):
                conditions.append(Condition(self.rows(given.left, table), self.rows(given.right, table), given.equal))
            else:
                conditions.append(Condition(self.rows(given, table), table.literal("true", "Bool")))
        return Typed(clause.name, left, right, tuple(conditions), clause.both)

    def _literal_row(self, node: Sketch, value: Value, sort: str, table: TermTable) -> int:
        if LITERAL_SORTS[sort] is Fraction and type(value) is int:
            value = Fraction(value)
        if not has_literal(sort, value):
            hint = f"its literals are {literal_range(sort)}"
            raise _error(node.place, f"{sort} has no literal for this number", hint)
        self._use((sort,))
        try:
            return table.literal(literal_text(value), sort)
        except ValueError as error:
            raise _error(node.place, str(error)) from None

    # Symbols

    def _use(self, sorts: Iterable[str]) -> None:
        """Know the built-in operations on those of the sorts that have literals."""
        literal = {sort for sort in sorts if sort in LITERAL_SORTS}
        have = {sort for s in self._known.values() if s.kind == "builtin" for sort in (*s.arguments, s.result)}
        if literal <= have:
            return
        for symbol in builtin_symbols(sorted({*have, *literal, "Bool"})):
            self._know(symbol)

    def _know(self, symbol: Symbol) -> Symbol:
        known = self._known.get(_key(symbol))
        if known is not None:
            return known
        text = symbol.notation.text
        name = f"{text}@{','.join(symbol.arguments)}" if text in self._names else text
        made = self._known[_key(symbol)] = replace(symbol, name=name)
        self._names.add(name)
        return made

    def _symbol(self, node: Sketch, arguments: tuple[str, ...], result: str) -> Symbol:
        self._use((*arguments, result))
        written = operator(node.text, len(arguments)) if node.form != "function" else Notation(node.text)
        assert written is not None
        builtin = (node.form != "function" or node.text in _COMPUTED) and result_sort(node.text, arguments) == result
        return self._know(Symbol(node.text, arguments, result, "builtin" if builtin else "abstract", written))


def with_laws(symbols: Sequence[Symbol], laws: Mapping[str, str]) -> tuple[Symbol, ...]:
    """The symbols with laws, given by text: letters among A and C, then the unit if there is one, as in "AC 0".

    Raises LemmataError for laws that are not of this form, of unknown symbols, or that sorts do not allow.
    """
    out = list(symbols)
    for text, given in laws.items():
        letters, _, unit = given.strip().partition(" ")
        attributes: set[Attribute] = set()
        for letter in letters:
            if letter not in "AC":
                raise LemmataError(f"{given!r} are no laws", hint="write A, C or AC, and a unit if there is one: AC 0")
            attributes.add("assoc" if letter == "A" else "comm")
        found = [n for n, s in enumerate(out) if s.notation.text == text and s.arity == 2 and s.result != "Bool"]
        found = found or [n for n, s in enumerate(out) if s.notation.text == text and s.arity == 2]
        if not found:
            raise LemmataError(f"laws of {text!r}, which no rule uses with two arguments")
        for n in found:
            constant = unit.strip() or None
            if constant is not None and out[n].kind == "builtin" and LITERAL_SORTS.get(out[n].result) is Fraction:
                constant = f"{constant}/1" if _WHOLE.fullmatch(constant) else constant
            out[n] = replace(out[n], attributes=frozenset(attributes), unit=constant)
            try:
                check_laws(out[n])
            except IllTyped as error:
                raise LemmataError(str(error)) from None
            _check_unit(out[n], symbols)
    return tuple(out)


def _check_unit(symbol: Symbol, symbols: Sequence[Symbol]) -> None:
    unit = symbol.unit
    if unit is None or any(s.name == unit and not s.arguments and s.result == symbol.result for s in symbols):
        return
    try:
        good = symbol.kind == "builtin" and has_literal(symbol.result, literal_value(unit))
    except ValueError:
        good = False
    if not good:
        raise LemmataError(f"{unit!r} is no unit of {symbol.notation.text!r}: no constant or literal of its sort")


def law_axioms(symbols: Iterable[Symbol], table: TermTable) -> list[tuple[str, int]]:
    """The laws of symbols as equations, by name."""
    out = []
    for s in (s for s in symbols if s.attributes or s.unit is not None):
        x, y, z = (table.var(name, s.arguments[0]) for name in "xyz")
        if "assoc" in s.attributes:
            sides = table.app(s.name, table.app(s.name, x, y), z), table.app(s.name, x, table.app(s.name, y, z))
            out.append((f"{s.name}.assoc", table.eq(*sides)))
        if "comm" in s.attributes:
            out.append((f"{s.name}.comm", table.eq(table.app(s.name, x, y), table.app(s.name, y, x))))
        if s.unit is not None:
            unit = table.literal(s.unit, s.result) if s.kind == "builtin" else table.app(s.unit)
            out.append((f"{s.name}.unit", table.eq(table.app(s.name, x, unit), x)))
            if "comm" not in s.attributes:
                out.append((f"{s.name}.unit left", table.eq(table.app(s.name, unit, x), x)))
    return out


def _by_rank(sort: str) -> tuple[int, int]:
    """Which of several sorts of numbers terms have that have no other: the narrowest."""
    width = bit_width(sort)
    return (("Int", "Rat", "Real", "Complex").index(sort), 0) if width is None else (4, width)


def _fraction(node: Sketch) -> Fraction | None:
    """The number that is written as a fraction without blanks, such as 3/4; None if the sketch is none."""
    if node.kind != "app" or (node.text, node.form, len(node.below)) != ("/", "infix", 2):
        return None
    over, under = node.below
    if type(over.value) is not int or type(under.value) is not int or not over.kind == under.kind == "lit":
        return None
    if over.place is None or under.place is None or node.place is None or under.value <= 0:
        return None
    written = node.place.source.text[over.place.offset : under.place.offset]
    return Fraction(over.value, under.value) if _BEFORE_DENOMINATOR.fullmatch(written) else None


def _key(symbol: Symbol) -> _Key:
    return symbol.notation.text, symbol.notation.form, symbol.arguments


def _error(place: Place | None, message: str, hint: str = _DECLARE) -> LemmataError:
    if place is None:
        return LemmataError(message, hint=hint)
    return error_at(place.source, place.offset, message, hint, "sort")
