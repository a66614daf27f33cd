"""Rules and terms as text for egglog.

>>> from lemmata.rewriting.ruleset import rules
>>> R = rules("unit: x + zero = x", "pick: f(x, y) = y if x + y = zero")
>>> writer = Writer(R.theory.symbol)
>>> for n, rule in enumerate(R.directed):
...     writer.rule(R.theory.terms, rule, f"r{n}")
>>> print("\\n".join(writer.take()))
(sort s0_Term)
(constructor f0_zero () s0_Term)
(constructor f1_+ (s0_Term s0_Term) s0_Term)
(ruleset r0)
(rule ((= p0 (f1_+ v0 (f0_zero)))) ((union p0 v0)) :name "r0" :ruleset r0)
(constructor f2_f (s0_Term s0_Term) s0_Term)
(ruleset r1)
(rule ((= p0 (f2_f v0 v1)) (= p1 (f1_+ v0 v1)) (= p1 (f0_zero))) ((union p0 v1)) :name "r1" :ruleset r1)

What users named is numbered, with those letters behind that egglog takes in a name; leaves are strings, where whatever
might end one is percent-encoded. So no name can be taken for anything else. No text nests deeply, because egglog's
reader spends stack and quadratic time on that: what is large is bound to names in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NoReturn
from urllib.parse import quote, unquote

from ..literals import LITERAL_SORTS, Value, literal_text, literal_value
from ..source import LemmataError
from ..syntax import Row, TermTable, children
from ..system import RewriteRule
from ..theory import Symbol

COMPUTING = "computing"  # the ruleset of the built-in operations
_MOST_SYMBOLS = 40  # of one nested text
_UNQUOTED = "".join(chr(c) for c in range(32, 127) if chr(c) not in '"\\%')
_STRANGE = re.compile(r"[^A-Za-z0-9_+*/<>=^&|~-]")
_LONGEST_NAME = 30
_SMALL = 1 << 62  # numbers below it are written as such

_BASES: Mapping[type[Value], str] = {int: "BigInt", Fraction: "BigRat", bool: "bool", str: "String"}

# The built-in operations that egglog can compute, on operands a and b: a fact about q, if one is needed, and the value.
_Way = tuple[str, str]
_QUOTIENT = "(= q (floor (/ (bigrat a (bigint 1)) (bigrat b (bigint 1)))))"
_NUMBERS = ("Int", "Rat", "Real", "Complex")


def _computed() -> dict[tuple[str, tuple[str, ...]], _Way]:
    table: dict[tuple[str, tuple[str, ...]], _Way] = {
        ("div", ("Int", "Int")): (_QUOTIENT, "(numer q)"),
        ("mod", ("Int", "Int")): (_QUOTIENT, "(- a (* b (numer q)))"),
        ("-", ("Int",)): ("", "(- (bigint 0) a)"),
        ("not", ("Bool",)): ("", "(not a)"),
        ("and", ("Bool", "Bool")): ("", "(and a b)"),
        ("or", ("Bool", "Bool")): ("", "(or a b)"),
        ("xor", ("Bool", "Bool")): ("", "(xor a b)"),
        ("implies", ("Bool", "Bool")): ("", "(or (not a) b)"),
        ("iff", ("Bool", "Bool")): ("", "(not (xor a b))"),
        ("++", ("String", "String")): ("", "(+ a b)"),
        ("abs", ("Real",)): ("", "(abs a)"),
    }
    for sort in _NUMBERS:
        for text in ("+", "-", "*"):
            table[text, (sort, sort)] = ("", f"({text} a b)")
        if sort != "Int":
            table["-", (sort,)] = ("", "(neg a)")
            table["/", (sort, sort)] = ("(= q (/ a b))", "q")
        difference = "(- a b)" if sort == "Int" else "(numer (- a b))"
        for text in ("<", "<=", ">", ">=", "=") if sort != "Complex" else ("=",):
            table[text, (sort, sort)] = ("", f"(bool-{text} {difference} (bigint 0))")
        table["<>", (sort, sort)] = ("", f"(not (bool-= {difference} (bigint 0)))")
    return table


_COMPUTED = _computed()


@dataclass(frozen=True)
class Maker:
    """A constructor of egglog's: of the applications of a symbol, or of the variables or the literals of a sort."""

    name: str
    kind: Literal["app", "var", "lit"]
    meant: str  # the symbol's name, or the sort
    arguments: tuple[str, ...]
    result: str


@dataclass
class Writer:
    """Writes rules and terms over some symbols, which may grow. Commands wait, in order, until they are taken."""

    symbols: Mapping[str, Symbol]
    makers: dict[str, Maker] = field(default_factory=dict)  # by egglog's names
    _known: dict[tuple[str, ...], Maker] = field(default_factory=dict)
    _sorts: dict[str, str] = field(default_factory=dict)
    _anywhere: list[tuple[str, Callable[[str, str], str]]] = field(default_factory=list)
    _commands: list[str] = field(default_factory=list)

    def copy(self) -> Writer:
        """The same declarations, to go on from."""
        return Writer(
            self.symbols,
            dict(self.makers),
            dict(self._known),
            dict(self._sorts),
            list(self._anywhere),
            list(self._commands),
        )

    def take(self) -> list[str]:
        """The commands that were written since the last call. They are best read one by one: the package copies the
        whole text that it is given for every expression in it."""
        taken = list(self._commands)
        self._commands.clear()
        return taken

    # Terms

    def define(self, table: TermTable, root: int, named: dict[int, str], name: Callable[[], str]) -> str:
        """Write a term as definitions of global names; the one that stands for it.

        `named` has the rows that have one, and is added to.
        """
        if root not in named:
            text, bound = self._spelled(table, [root], {}, named, name)
            self._commands += (f"(let {n} {definition})" for n, definition in bound)
            if root not in named:
                named[root] = name()
                self._commands.append(f"(let {named[root]} {text[root]})")
        return named[root]

    def facts(self, table: TermTable, root: int) -> str:
        """What holds if a term is there."""
        names = _names("p")
        text, bound = self._spelled(table, [root], {}, {}, names)
        return " ".join(f"(= {n} {part})" for n, part in [*bound, (names(), text[root])])

    # Rules

    def rule(self, table: TermTable, rule: RewriteRule, name: str) -> None:
        """Write a rule, in a ruleset of its own of that name; raises LemmataError for what egglog cannot do.

        A rule from a variable becomes a rule for each constructor, called by `name` with a dot and something behind.
        """
        order = [v for v in table.free_variables(rule.lhs) if v in rule.variables]
        order += [v for c in rule.conditions for s in (c.left, c.right) for v in table.free_variables(s)]
        variables = {v: f"v{n}" for n, v in enumerate(v for v in dict.fromkeys(order) if v in rule.variables)}
        names, values = _names("p"), _names("a")
        facts: list[str] = []
        named: dict[int, str] = {}

        def premise(row: int, at: str | None = None) -> str:
            """The class of a term that must be there."""
            if at is None and row in variables:
                return variables[row]
            if row not in named:
                at = at or names()
                text, bound = self._spelled(table, [row], variables, named, names)
                facts.extend(f"(= {n} {part})" for n, part in bound)
                facts.append(f"(= {at} {named.get(row, text[row])})")
                named[row] = at
            elif at is not None:
                facts.append(f"(= {at} {named[row]})")
            return named[row]

        def constant(row: int) -> str | None:
            """A global name of a leaf or constant, which has to be there for anything to differ from it."""
            if row in variables or children(table.rows[row]):
                return None
            return self.define(table, row, constants, global_names)

        constants: dict[int, str] = {}
        global_names = _names(f"${name}_")
        root = premise(rule.lhs)
        for c in rule.conditions:
            if self._decides(table, c.left, c.right):
                facts += self._decided(table, c.left, (table.rows[c.right][1] == "true") == c.equal, variables, values)
            elif c.equal:
                at = premise(c.left)
                if c.right in variables:
                    facts.append(f"(= {at} {variables[c.right]})")
                else:
                    premise(c.right, at)
            else:
                facts.append(f"(!= {' '.join(constant(side) or premise(side) for side in (c.left, c.right))})")
        text, bound = self._spelled(table, [rule.rhs], variables, {}, _names("t"))
        actions = [f"(let {n} {part})" for n, part in bound] + [f"(union {root} {text[rule.rhs]})"]
        body, head = " ".join(facts), " ".join(actions)
        self._commands.append(f"(ruleset {name})")
        if rule.lhs not in variables:
            self._commands.append(f'(rule ({body}) ({head}) :name "{name}" :ruleset {name})')
            return

        def anywhere(call: str, maker: str) -> str:
            everything = f"(= {root} {call}) {body}".rstrip()
            return f'(rule ({everything}) ({head}) :name "{name}.{maker}" :ruleset {name})'

        sort = self._sort(str(table.rows[rule.lhs][2]))
        self._anywhere.append((sort, anywhere))
        self._commands += (anywhere(_call(m), m.name) for m in self.makers.values() if m.result == sort)

    def _decides(self, table: TermTable, left: int, right: int) -> bool:
        """Is a condition that built-in operations alone come out true or false?"""
        if table.rows[right][0] != "lit" or table.rows[right][2] != "Bool" or table.rows[left][0] != "app":
            return False
        applied = [table.rows[i] for i in table.reachable([left]) if table.rows[i][0] == "app"]
        return all(self.symbols[str(row[1])].kind == "builtin" for row in applied)

    def _decided(
        self, table: TermTable, root: int, wanted: bool, variables: Mapping[int, str], fresh: Callable[[], str]
    ) -> list[str]:
        """Facts on literals by which a term of built-in operations comes out as wanted."""
        facts: list[str] = []
        values: dict[int, str] = {}
        for i in table.reachable([root]):
            row = table.rows[i]
            values[i] = fresh()
            if i in variables:
                facts.append(f"(= {variables[i]} ({self._leaf('lit', str(row[2])).name} {values[i]}))")
            elif row[0] == "lit":
                facts.append(f"(= {values[i]} {_literal(str(row[1]))})")
            else:
                symbol = self.symbols.get(str(row[1])) if row[0] == "app" else None
                way = None if symbol is None else _way(symbol)
                if way is None:
                    _cannot(f"decide a condition on {symbol.notation.text if symbol else str(row[1])!r}")
                meant = dict(zip("ab", (values[c] for c in children(row)), strict=False)) | {"q": fresh()}
                fact, result = (_renamed(text, meant) for text in way)
                facts += [*([fact] if fact else []), f"(= {values[i]} {result})"]
        return [*facts, f"(= {values[root]} {'true' if wanted else 'false'})"]

    # Rows

    def _spelled(
        self,
        table: TermTable,
        roots: Sequence[int],
        variables: Mapping[int, str],
        named: dict[int, str],
        name: Callable[[], str],
    ) -> tuple[dict[int, str], list[tuple[str, str]]]:
        """The texts of rows, and in order the names that were bound in them, with their texts; these join `named`."""
        texts: dict[int, str] = {}
        sizes: dict[int, int] = {}
        bound: list[tuple[str, str]] = []
        for i in table.reachable(roots):
            row = table.rows[i]
            sizes[i] = 1
            if i in variables or i in named:
                texts[i] = variables.get(i) or named[i]
            elif row[0] in ("var", "lit"):
                text = _literal(str(row[1])) if row[0] == "lit" else _string(str(row[1]))
                texts[i] = f"({self._leaf(str(row[0]), str(row[2])).name} {text})"
            else:
                below = children(row)
                texts[i] = f"({' '.join([self._application(row).name, *(texts[c] for c in below)])})"
                sizes[i] += sum(sizes[c] for c in below)
            if sizes[i] > _MOST_SYMBOLS:
                named[i] = name()
                bound.append((named[i], texts[i]))
                texts[i], sizes[i] = named[i], 1
        return texts, bound

    def _application(self, row: Row) -> Maker:
        name = str(row[1])
        key = ("app", name)
        if row[0] != "app" or name not in self.symbols:
            raise LemmataError(f"an e-graph holds terms over its symbols, not {row[0]} {name!r}")
        if key not in self._known:
            symbol = self.symbols[name]
            if symbol.attributes or symbol.unit is not None:
                _cannot(f"work modulo the laws of {symbol.notation.text!r}")
            sorts = tuple(self._sort(s) for s in symbol.arguments)
            made = _readable(f"f{len(self.makers)}", symbol.notation.text)
            self._declare(key, Maker(made, "app", name, sorts, self._sort(symbol.result)))
            self._commands += self._computing(symbol)
        return self._known[key]

    def _leaf(self, kind: str, sort: str) -> Maker:
        key = (kind, sort)
        if key not in self._known:
            own = self._sort(sort)
            base = "String" if kind == "var" else _base(sort)
            made = Maker(f"{kind}_{own}", "lit" if kind == "lit" else "var", sort, (base,), own)
            self._declare(key, made)
        return self._known[key]

    def _declare(self, key: tuple[str, ...], maker: Maker) -> None:
        self.makers[maker.name] = self._known[key] = maker
        self._commands.append(f"(constructor {maker.name} ({' '.join(maker.arguments)}) {maker.result})")
        self._commands += (rule(_call(maker), maker.name) for sort, rule in self._anywhere if sort == maker.result)

    def _computing(self, symbol: Symbol) -> list[str]:
        way = _way(symbol)
        if way is None:
            return []
        operands = [
            f"({self._leaf('lit', sort).name} {name})" for sort, name in zip(symbol.arguments, "ab", strict=False)
        ]
        found = f"(= p ({self._known['app', symbol.name].name} {' '.join(operands)}))"
        facts = " ".join(f for f in (found, way[0], f"(= c {way[1]})") if f)
        result = f"({self._leaf('lit', symbol.result).name} c)"
        return [f"(rule ({facts}) ((union p {result})) :ruleset {COMPUTING})"]

    def _sort(self, sort: str) -> str:
        if sort not in self._sorts:
            self._sorts[sort] = _readable(f"s{len(self._sorts)}", sort)
            self._commands.append(f"(sort {self._sorts[sort]})")
        return self._sorts[sort]


def leaf_row(maker: Maker, value: Value) -> Row:
    """The row of a leaf whose constructor holds that value."""
    plain = unquote(value) if isinstance(value, str) else value
    return ("var", str(plain), maker.meant) if maker.kind == "var" else ("lit", literal_text(plain), maker.meant)


# Pieces


def _names(letter: str) -> Callable[[], str]:
    """Makes names: the letter with numbers from 0 on."""
    numbers = iter(range(1 << 62))
    return lambda: f"{letter}{next(numbers)}"


def _readable(name: str, text: str) -> str:
    return f"{name}_{_STRANGE.sub('', text)[:_LONGEST_NAME]}"


def _call(maker: Maker) -> str:
    return f"({' '.join([maker.name, *(f'c{n}' for n in range(len(maker.arguments)))])})"


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\b[abq]\b", lambda m: names[m[0]], text)


def _string(text: str) -> str:
    return f'"{quote(text, safe=_UNQUOTED)}"'


def _literal(text: str) -> str:
    value = literal_value(text)
    if isinstance(value, bool):
        return text
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Fraction):
        return f"(bigrat {_whole(value.numerator)} {_whole(value.denominator)})"
    return _whole(value)


def _whole(value: int) -> str:
    return f"(bigint {value})" if abs(value) < _SMALL else f'(from-string "{literal_text(value)}")'


def _base(sort: str) -> str:
    if sort not in LITERAL_SORTS:
        raise LemmataError(f"the sort {sort} has no literals")
    return _BASES[LITERAL_SORTS[sort]]


def _way(symbol: Symbol) -> _Way | None:
    """How a built-in symbol is computed; None for one that is not, or that egglog cannot compute."""
    return _COMPUTED.get((symbol.notation.text, symbol.arguments)) if symbol.kind == "builtin" else None


def _cannot(what: str) -> NoReturn:
    raise LemmataError(f"egglog cannot {what}", hint="the e-graph of Lemmata can: leave out backend='egglog'")
