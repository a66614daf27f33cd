"""MPL, the typed dialect: theories as text (docs/mpl.md describes it).

A text is cut into tokens (`rewriting/tokens.py`) and into statements (`statements.py`). Here they get their meaning,
one after another from the top, so that every name is declared before it is used; only sorts may mention one another
in any order.

>>> module = parse_module(Source("<text>", "sort N = 0 | s(N)\\nvar x : N\\naxiom x != s(x)"))
>>> print(print_theory(module.theory))
theory text
sort N = 0 | s(N)
var x : N
axiom x != s(x)
<BLANKLINE>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from ..rewriting.call_site import place
from ..rewriting.parsing import Scope, parse_tokens
from ..rewriting.printing import RELATION
from ..rewriting.source import FileError, Source, SourceError, nearest, read_source
from ..rewriting.syntax import PROP, Row, TermTable, children, with_children
from ..rewriting.theory import (
    Axiom,
    AxiomKind,
    Datatype,
    Form,
    Goal,
    Notation,
    Symbol,
    SymbolKind,
    Theory,
    uninhabited,
)
from ..rewriting.tokens import (
    CONNECTIVE_WORDS,
    LONGEST_SORT,
    RESERVED_OPERATORS,
    SPELLINGS,
    Token,
    error_at,
    parse_sort,
    shown,
    split_sort,
    subsorts,
    substitute_sort,
    tokenize,
)
from .definitions import BadDefinition, check_definition
from .mpl_text import Grouping, level_word, print_theory, relation_notation, usual_notation
from .statements import KEYWORDS, Statement, layout, statement_of

__all__ = ["FileError", "Module", "parse_module", "parse_theory", "print_theory", "read_source", "read_theory"]
MOST_IMPORTS = 100
MOST_SORTS = 1_000


@dataclass(frozen=True)
class Module:
    """A theory with what its text says beside: the sorts of the variables that it declares, and where each axiom is
    written, as FILE:LINE."""

    theory: Theory
    variables: Mapping[str, str]
    written: Mapping[str, str] = field(default_factory=dict)

    def parse(self, source: Source, table: TermTable) -> int:
        """Read a formula in the notation of the theory into `table`; its index. Raises SourceError."""
        return parse_tokens(
            source, tokenize(source), Scope(self.theory.symbols, self.variables, self.theory.sorts), table
        )


def read_theory(path: str | Path) -> Theory:
    """The theory in a file. Raises FileError, or SourceError for what is wrong inside it or in what it imports."""
    path = Path(path)
    return parse_theory(read_source(path), folder=path.parent)


def parse_theory(source: Source, *, folder: Path | None = None) -> Theory:
    """The theory that a text describes; imports are looked for in `folder`. Raises SourceError and FileError."""
    return parse_module(source, folder=folder).theory


def parse_module(source: Source, *, folder: Path | None = None) -> Module:
    """The same with the variables that the text declares."""
    reader = _Reader(source)
    reader.read(source, folder)
    return reader.finish()


# Meaning

_WORD = re.compile(r"[^\W\d_][\w']*(?<!_)|[0-9]+")


@dataclass(frozen=True)
class _Family:
    """Sorts that share their constructors, such as List(X). Without constructors they are abstract."""

    sort: str
    parameters: tuple[str, ...]
    constructors: tuple[tuple[Token, tuple[str, ...]], ...]

    @property
    def example(self) -> str:
        """An instance to show in hints."""
        return substitute_sort(self.sort, dict.fromkeys(self.parameters, "N"))


@dataclass
class _Definition:
    """An operation whose equations are being read."""

    key: str
    offset: int
    equations: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Axiom:
    name: str | None  # None: made from the symbol or the number
    formula: int
    kind: AxiomKind
    written: str  # FILE:LINE
    key: str | None = None  # the symbol defined
    number: int = 0


class _Reader:
    """Reads texts, statement by statement, into the parts of one theory.

    While it reads, symbols go by keys that are unique whatever else is declared; `finish` gives them their names.
    """

    def __init__(self, source: Source) -> None:
        self._name = _name_from(source.name)
        self._table = TermTable()
        self._sorts: dict[str, tuple[Source, int]] = {}
        self._families: dict[str, _Family] = {}
        self._datatypes: dict[str, tuple[str, ...]] = {}
        self._constructors: dict[str, Symbol] = {}
        self._operations: dict[str, Symbol] = {}
        self._variables: dict[str, str] = {}
        self._axioms: list[_Axiom] = []
        self._goals: list[Goal] = []
        self._named: set[str] = set()
        self._levels: dict[int, tuple[str, str]] = {}
        self._loaded: set[Path] = set()
        self._loading: list[Path] = []  # the files being read, outermost first
        self._later: dict[str, str] = {}
        self._current: _Definition | None = None
        self._source = source
        self._folder: Path | None = None

    def read(self, source: Source, folder: Path | None) -> None:
        """Read one text and what it imports."""
        outside = self._source, self._folder, self._later
        self._source, self._folder = source, folder
        self._loading.append((folder or Path()).resolve() / Path(source.name).name)
        statements = [statement_of(source, line) for line in layout(source, tokenize(source))]
        for statement in statements:
            if statement.kind == "load":
                self._load(statement)
        self._declare_sorts([s for s in statements if s.kind == "sort"])
        heads = [s.parts[0] for s in statements if s.kind in ("operation", "constant", "predicate", "proposition")]
        below = "is declared further down; a statement uses what stands above it"
        texts = ["".join(t.text for t in head).strip("_") for head in heads]
        self._later = {text: f"{text!r} {below}" for text in texts}
        for n, statement in enumerate(statements):
            if statement.kind == "equation":
                self._equation(statement)
                continue
            self._define()
            match statement.kind:
                case "theory":
                    self._theory(statement, first=n == 0)
                case "variables":
                    self._declare_variables(statement)
                case "operation" | "constant":
                    self._operation(statement)
                case "predicate" | "proposition":
                    self._predicate(statement)
                case "equivalence":
                    self._equivalence(statement)
                case "axiom":
                    self._axiom(statement)
                case "theorem":
                    self._theorem(statement)
        self._define()
        self._loading.pop()
        self._source, self._folder, self._later = outside

    def _error(self, at: int | Token, message: str, hint: str | None = None, kind: str = "syntax") -> SourceError:
        return error_at(self._source, at if isinstance(at, int) else at.offset, message, hint, kind)

    def _theory(self, statement: Statement, *, first: bool) -> None:
        if not first:
            raise self._error(statement.offset, "'theory' stands once, on the first line")
        if len(self._loading) == 1:
            self._name = statement.parts[0][0].text

    # Imports

    def _load(self, statement: Statement) -> None:
        (token,) = statement.parts[0]
        if self._folder is None:
            raise self._error(token, "a text without a folder cannot import", kind="import")
        path = self._imported(token, self._folder)
        if path in self._loading:
            chain = " imports ".join(p.name for p in [*self._loading[self._loading.index(path) :], path])
            raise self._error(token, f"a cycle of imports: {chain}", kind="import")
        if path in self._loaded:
            return
        if len(self._loading) > MOST_IMPORTS:
            raise self._error(token, f"imports may be {MOST_IMPORTS} levels deep, not more", kind="import")
        try:
            text = read_source(path).text
        except FileError as error:
            raise self._error(token, error.message, error.hint, "import") from None
        self._loaded.add(path)
        shown_as = Path(self._source.name).parent / path.relative_to(self._folder.resolve())
        self.read(Source(str(shown_as), text), path.parent)

    def _imported(self, token: Token, folder: Path) -> Path:
        stem = token.text
        names = [stem[1:-1]] if token.kind == "string" else [f"{stem}.mpl", f"{stem.lower()}.mpl"]
        root = folder.resolve()
        for name in names:
            if "\0" in name:
                raise self._error(token, "not a file name", kind="import")
            path = (root / name).resolve()
            if not path.is_relative_to(root):
                hint = "a theory imports files of its own folder and of those below"
                raise self._error(token, f"{name!r} is outside the folder of this file", hint, "import")
            if path.is_file():
                return path
        near = nearest(names[-1], sorted(p.name for p in root.glob("*.mpl")), "theories of this folder")
        raise self._error(token, f"there is no file {' or '.join(repr(n) for n in names)} here", near, "import")

    # Sorts

    def _declare_sorts(self, statements: Sequence[Statement]) -> None:
        heads = [self._sort_head(s) for s in statements]
        concrete = {h for h in heads if "(" not in h} | self._sorts.keys()
        wanted: list[tuple[str, int]] = []
        todo: list[tuple[str, Statement]] = []
        for head, statement in zip(heads, statements, strict=True):
            stem, arguments = split_sort(head)
            free = [a for a in arguments if "(" not in a and a not in concrete]
            if not free:
                todo.append((head, statement))
            elif len(set(free)) == len(arguments):
                self._declare_family(stem, tuple(free), statement)
            else:
                raise self._error(
                    statement.offset, f"the parameters of {stem!r} must be different new names", kind="sort"
                )
        for head, statement in todo:
            family = self._families.get(split_sort(head)[0])
            if family is not None and not any(statement.parts[1:]):
                wanted.append((head, statement.offset))
                continue
            if head in self._sorts or family is not None:
                raise self._error(statement.offset, f"the sort {head!r} is declared already", kind="name")
            constructors = self._constructors_of(statement)
            self._add_sort(head, constructors, {}, self._source, statement.offset)
            wanted.extend((sort, token.offset) for token, sorts in constructors for sort in sorts)
        for sort, offset in wanted:
            self._want(sort, offset)

    def _sort_head(self, statement: Statement) -> str:
        head = self._whole_sort(statement.parts[0])
        if split_sort(head)[0] == PROP:
            raise self._error(statement.offset, f"{PROP!r} is the sort of formulas", "choose another name", "name")
        return head

    def _whole_sort(self, tokens: Sequence[Token]) -> str:
        """The sort that the tokens make, all of them."""
        sorts = self._sort_list(tokens)
        if len(sorts) != 1:
            raise self._error(tokens[0], "one sort is wanted here")
        return sorts[0][0]

    def _sort_list(self, tokens: Sequence[Token]) -> list[tuple[str, int]]:
        """The sorts side by side in `tokens`, with their offsets."""
        if not tokens:
            return []
        closed = [*tokens, Token("end", "", tokens[-1].end)]
        found, at = [], 0
        while closed[at].kind != "end":
            offset = closed[at].offset
            sort, at = parse_sort(self._source, closed, at)
            found.append((sort, offset))
        return found

    def _constructors_of(self, statement: Statement) -> list[tuple[Token, tuple[str, ...]]]:
        return [self._constructor(tokens) for tokens in statement.parts[1:] if tokens]

    def _constructor(self, tokens: Sequence[Token]) -> tuple[Token, tuple[str, ...]]:
        """`cons(X, List(X))` as its name and the sorts of its arguments."""
        head = tokens[0]
        if not (head.kind in ("name", "number") and _WORD.fullmatch(head.text)) or head.text in CONNECTIVE_WORDS:
            raise self._error(head, f"a constructor is wanted here, not {shown(head)}", "such as cons(X, List(X))")
        if len(tokens) == 1:
            return head, ()
        sorts, at = [], 1
        closed = [*tokens, Token("end", "", tokens[-1].end)]
        wanted = "("
        while True:
            if closed[at].kind != wanted and not (wanted == "," and closed[at].kind == ")"):
                what = "'('" if wanted == "(" else "',' or ')'"
                raise self._error(closed[at], f"{what} is wanted here, not {shown(closed[at])}")
            at += 1
            if closed[at - 1].kind == ")":
                break
            sort, at = parse_sort(self._source, closed, at)
            sorts.append(sort)
            wanted = ","
        if closed[at].kind != "end":
            raise self._error(closed[at], f"'|' or the end is wanted here, not {shown(closed[at])}")
        return head, tuple(sorts)

    def _declare_family(self, stem: str, parameters: tuple[str, ...], statement: Statement) -> None:
        if stem in self._families or stem in self._sorts:
            raise self._error(statement.offset, f"the sort {stem!r} is declared already", kind="name")
        constructors = self._constructors_of(statement)
        own = f"{stem}({', '.join(parameters)})"
        for token, sorts in constructors:
            for sort in sorts:
                if any(split_sort(s)[0] == stem and s != own for s in subsorts(sort)):
                    message = f"inside its own constructors {stem!r} stands as {own} only"
                    raise self._error(token, message, kind="sort")
        self._families[stem] = _Family(own, parameters, tuple(constructors))

    def _want(self, sort: str, offset: int) -> None:
        """Make sure that a sort and all that it mentions are declared, making instances of families."""
        queue = [sort]
        for wanted in queue:
            if len(wanted) > LONGEST_SORT:
                message = f"{split_sort(sort)[0]!r} needs a sort of more than {LONGEST_SORT} characters"
                raise self._error(offset, message, kind="sort")
            for part in subsorts(wanted):
                if part in self._sorts:
                    continue
                stem, arguments = split_sort(part)
                family = self._families.get(stem)
                if family is None:
                    known = [*self._sorts, *(f.sort for f in self._families.values())]
                    raise self._error(offset, f"unknown sort {part!r}", nearest(part, known, "sorts"), "unknown")
                if len(family.parameters) != len(arguments):
                    takes = f"{len(family.parameters)} sort{'s' * (len(family.parameters) > 1)}"
                    message = f"{stem!r} takes {takes}, not {len(arguments) or 'none'}"
                    raise self._error(offset, message, kind="sort")
                given = dict(zip(family.parameters, arguments, strict=True))
                self._add_sort(part, family.constructors, given, self._source, offset)
                queue.extend(s for key in self._datatypes.get(part, ()) for s in self._constructors[key].arguments)

    def _add_sort(
        self,
        sort: str,
        constructors: Iterable[tuple[Token, tuple[str, ...]]],
        given: Mapping[str, str],
        source: Source,
        offset: int,
    ) -> None:
        if len(self._sorts) == MOST_SORTS:
            raise error_at(source, offset, f"a theory may have {MOST_SORTS} sorts, not more", kind="sort")
        self._sorts[sort] = source, offset
        keys = []
        for token, arguments in constructors:
            key = f"{token.text}@{sort}"
            if key in self._constructors:
                raise self._error(token, f"{token.text!r} stands twice among the constructors of {sort}", kind="name")
            placed = tuple(substitute_sort(a, given) for a in arguments)
            symbol = Symbol(key, placed, sort, "constructor", Notation(token.text))
            self._check_free(symbol, token.offset if not given else offset)
            self._constructors[key] = symbol
            keys.append(key)
        if keys:
            self._datatypes[sort] = tuple(keys)

    # Names

    def _symbols(self) -> dict[str, Symbol]:
        return {**self._constructors, **self._operations}

    def _scope(self, hidden: Mapping[str, str] | None = None) -> Scope:
        unused = {
            token.text: f"the family {family.sort} is used at no sort yet; declare one, such as sort {family.example}"
            for family in self._families.values()
            for token, _ in family.constructors
        }
        hints = {**unused, **self._later, **(hidden or {})}
        return Scope(self._symbols().values(), self._variables, self._sorts.keys(), hints)

    def _parse(self, tokens: Sequence[Token], scope: Scope | None = None) -> int:
        closed = [*tokens, Token("end", "", tokens[-1].end)]
        return parse_tokens(self._source, closed, scope or self._scope(), self._table)

    def _check_free(self, symbol: Symbol, offset: int) -> None:
        """Refuse a symbol that could not be told from what is declared already."""
        text, notation = symbol.notation.text, symbol.notation
        self._check_prime(text, notation.form, offset)
        if text in self._variables:
            raise self._error(offset, f"{text!r} is declared already, as a variable", kind="name")
        for other in self._symbols().values():
            if other.notation.text != text:
                continue
            forms = {other.notation.form, notation.form}
            if len(forms) == 2 and (forms != {"infix", "prefix"} or text[0].isalpha()):
                what = "operation" if other.notation.form == "function" else f"{other.notation.form} operator"
                message = f"{text!r} is declared already, as {_a(what)}"
                raise self._error(offset, message, kind="name")
            both = other.kind == symbol.kind == "constructor"
            if not both and other.arguments == symbol.arguments and len(forms) == 1:
                hint = "two operations of one name must take different sorts"
                raise self._error(offset, f"{text!r} is declared already for these sorts", hint, "name")
            if len(forms) == 1 and other.notation != notation:
                hint = f"its level is {other.notation.level}, grouping {other.notation.grouping}"
                raise self._error(offset, f"the operator {text!r} has another level already", hint, "name")

    def _check_prime(self, text: str, form: Form, offset: int) -> None:
        """Where `'` is a postfix operator, no name may end with it."""
        names = [*self._variables, *(s.notation.text for s in self._symbols().values() if s.notation.text != "'")]
        operator = any(s.notation.text == "'" for s in self._symbols().values())
        if form == "postfix" and text == "'":
            primed = next((n for n in names if n.endswith("'")), None)
        else:
            primed = text if operator and text.endswith("'") else None
        if primed is not None:
            raise self._error(offset, f"{primed!r} reads as the operator ' behind a name", kind="name")

    def _declare_variables(self, statement: Statement) -> None:
        *names, sort_tokens = statement.parts
        sort = self._whole_sort(sort_tokens)
        self._want(sort, sort_tokens[0].offset)
        texts = {s.notation.text for s in self._symbols().values()}
        for (token,) in names:
            if token.text in CONNECTIVE_WORDS:
                raise self._error(token, f"{token.text!r} is a word of the language", "choose another name", "name")
            self._check_prime(token.text, "function", token.offset)
            if token.text in texts or self._variables.get(token.text):
                what = "an operation" if token.text in texts else f"a variable of sort {self._variables[token.text]}"
                raise self._error(token, f"{token.text!r} is declared already, as {what}", kind="name")
            self._variables[token.text] = sort

    # Operations

    def _template(self, tokens: Sequence[Token]) -> tuple[str, Form]:
        """`_+_` as its text and form."""
        first = tokens[0]
        for piece, following in pairwise(tokens):
            if piece.end != following.offset:
                hint = "an operator and its holes stand without blanks: _+_"
                raise self._error(following, "':' is wanted here", hint)
        text = "".join(t.text for t in tokens)
        left, right = text.startswith("_"), text.endswith("_") and len(text) > 1
        core = text[left : len(text) - right]
        form: Form = "infix" if left and right else "postfix" if left else "prefix" if right else "function"
        self._check_operator(first, core, form)
        return SPELLINGS.get(core, core) if form != "function" else core, form

    def _check_operator(self, token: Token, core: str, form: Form) -> None:
        word = _WORD.fullmatch(core) is not None
        symbolic = re.fullmatch(r"[^\w\s()\",]+[0-9]*", core) is not None
        if core in CONNECTIVE_WORDS | KEYWORDS or core in RESERVED_OPERATORS:
            raise self._error(token, f"{core!r} is part of the language and cannot be declared", kind="name")
        if word and (form == "function" or not core.isdigit()):
            return
        if symbolic and form != "function":
            return
        hint = "a name, or an operator with its holes: op f : N -> N, op _+_ : N N -> N, op -_ : N -> N"
        if symbolic:
            hint = f"mark where its arguments stand: op _{core}_, op {core}_ or op _{core}"
        raise self._error(token, f"{core or '_'!r} cannot be declared as an operation", hint, "name")

    def _operation(self, statement: Statement) -> None:
        if statement.kind == "constant":
            head, result_tokens = statement.parts
            arguments: list[tuple[str, int]] = []
            fixity: list[Token] = []
        else:
            head, argument_tokens, result_tokens, fixity = statement.parts
            arguments = self._sort_list(argument_tokens)
        text, form = self._template(head)
        result = self._whole_sort(result_tokens)
        for sort, offset in [*arguments, (result, result_tokens[0].offset)]:
            self._want(sort, offset)
        notation = self._notation(text, form, fixity, head[0])
        symbol = self._declare(notation, tuple(s for s, _ in arguments), result, "defined", head[0].offset)
        self._current = _Definition(symbol.name, head[0].offset)

    def _notation(self, text: str, form: Form, fixity: Sequence[Token], head: Token) -> Notation:
        if form == "function":
            if fixity:
                raise self._error(fixity[0], "only operators have a level")
            return Notation(text)
        usual = usual_notation(text, form)
        if fixity:
            word, number = fixity
            level = int(number.text) if len(number.text) < 4 else 100
            if not RELATION < level < 100:
                raise self._error(number, f"a level is a number from {RELATION + 1} to 99")
            if not word.text.startswith(form):
                raise self._error(word, f"this is {_a(form)} operator", f"write {form} and the level")
            grouping: Grouping = {"infixl": "left", "infixr": "right"}.get(word.text, "none")  # type: ignore[assignment]
            usual = Notation(text, form, level, grouping)
        manner = (form, usual.grouping)
        if self._levels.setdefault(usual.level, manner) != manner:
            hint = f"declare another level, such as {level_word(usual)} {usual.level + 1}"
            raise self._error(head, f"operators of level {usual.level} already group otherwise", hint, "name")
        return usual

    def _declare(
        self, notation: Notation, arguments: tuple[str, ...], result: str, kind: SymbolKind, offset: int
    ) -> Symbol:
        wanted = {"infix": 2, "prefix": 1, "postfix": 1}.get(notation.form, len(arguments))
        if len(arguments) != wanted:
            message = f"{_a(notation.form)} operator takes {wanted} argument{'s' * (wanted > 1)}, not {len(arguments)}"
            raise self._error(offset, message, kind="sort")
        key = f"{notation.text}@{','.join(arguments)}->{result}"
        symbol = Symbol(key, arguments, result, kind, notation)
        self._check_free(symbol, offset)
        self._operations[key] = symbol
        return symbol

    def _equation(self, statement: Statement) -> None:
        if self._current is None:
            hint = "write 'axiom' before it, or put it below the 'op' that it defines"
            raise self._error(statement.offset, "a statement begins with a word such as 'axiom' or 'op'", hint)
        self._current.equations.append(self._parse(statement.parts[0]))
        self._current.offsets.append(statement.offset)

    def _define(self) -> None:
        """Settle the operation whose equations have been read, if there is one: is it defined or abstract?"""
        current, self._current = self._current, None
        if current is None:
            return
        symbol = self._operations[current.key]
        if not current.equations:
            self._operations[current.key] = replace(symbol, kind="abstract")
            return
        datatypes = {s: Datatype(s, c) for s, c in self._datatypes.items()}
        try:
            check_definition(self._table, symbol, current.equations, self._symbols(), datatypes)
        except BadDefinition as error:
            at = current.offset if error.equation is None else current.offsets[error.equation]
            raise self._error(at, error.message, error.hint, "definition") from None
        for n, (equation, offset) in enumerate(zip(current.equations, current.offsets, strict=True), 1):
            self._axioms.append(_Axiom(None, equation, "definition", self._place(offset), current.key, n))

    # Predicates

    def _predicate(self, statement: Statement) -> None:
        head, *rest = statement.parts
        text, form = self._template(head)
        arguments = self._sort_list(rest[0]) if rest else []
        for sort, offset in arguments:
            self._want(sort, offset)
        self._declare(relation_notation(text, form), tuple(s for s, _ in arguments), PROP, "predicate", head[0].offset)

    def _equivalence(self, statement: Statement) -> None:
        head, body = statement.parts
        text, form, tokens = self._predicate_head(head)
        variables = []
        for token in tokens:
            if token.text not in self._variables:
                near = nearest(token.text, self._variables, "variables")
                raise self._error(token, f"unknown variable {token.text!r}", near, "unknown")
            variables.append(self._table.var(token.text, self._variables[token.text]))
        if len(set(variables)) < len(variables):
            raise self._error(tokens[-1], "the variables of a predicate's definition must differ", kind="definition")
        arguments = tuple(self._variables[t.text] for t in tokens)
        hidden = {text: "a definition cannot mention what it defines; declare the predicate and write axioms"}
        formula = self._parse(body, self._scope(hidden))
        for v in self._table.free_variables(formula):
            if v not in variables:
                name = self._table.rows[v][1]
                hint = f"bind it: exists {name}. ..."
                raise self._error(body[0], f"the variable {name!r} stands on the right only", hint, "definition")
        symbol = self._declare(relation_notation(text, form), arguments, PROP, "predicate", head[0].offset)
        left = self._table.app(symbol.name, *variables)
        equivalence = self._table.conj(self._table.imp(left, formula), self._table.imp(formula, left))
        self._axioms.append(_Axiom(None, equivalence, "definition", self._place(statement.offset), symbol.name))

    def _predicate_head(self, tokens: Sequence[Token]) -> tuple[str, Form, list[Token]]:
        """`x <= y` or `even(x)`, not declared yet, as text, form and variables."""
        kinds = [t.kind for t in tokens]
        form: Form
        if len(tokens) == 1 or (len(tokens) > 3 and kinds[1] == "("):
            form, text, arguments = "function", tokens[0], list(tokens[2:-1:2])
            commas = all(k == "," for k in kinds[3:-1:2]) and (len(tokens) == 1 or kinds[-1] == ")")
            well = commas and len(tokens) % 2 == (len(tokens) == 1)
        elif len(tokens) == 3:
            form, text, arguments, well = "infix", tokens[1], [tokens[0], tokens[2]], True
        elif len(tokens) == 2 and tokens[0].text in self._variables:
            form, text, arguments, well = "postfix", tokens[1], [tokens[0]], True
        else:
            form, text, arguments, well = "prefix", tokens[0], [tokens[-1]], len(tokens) == 2
        if not well or any(a.kind != "name" for a in arguments):
            hint = "pred x <= y iff ..., or pred even(x) iff ..."
            raise self._error(tokens[0], "a predicate applied to variables is wanted here", hint)
        self._check_operator(text, text.text, form)
        return SPELLINGS.get(text.text, text.text), form, arguments

    # Axioms and theorems

    def _axiom(self, statement: Statement) -> None:
        (tokens,) = statement.parts
        name = None
        if len(tokens) > 1 and tokens[0].kind == "name" and tokens[1].text == ":":
            name = self._statement_name(tokens[0])
            tokens = tokens[2:]
            if not tokens:
                raise self._error(statement.offset, "a formula is wanted behind the name")
        self._axioms.append(_Axiom(name, self._parse(tokens), "axiom", self._place(statement.offset)))

    def _theorem(self, statement: Statement) -> None:
        (token,), tokens = statement.parts
        formula = self._parse(tokens)
        if len(self._loading) == 1:  # what another theory sets out to prove is its own affair
            name = self._statement_name(token)
            line = self._source.text.count("\n", 0, statement.offset) + 1
            column = statement.offset - self._source.text.rfind("\n", 0, statement.offset)
            self._goals.append(Goal(name, formula, line, column))

    def _place(self, offset: int) -> str:
        """FILE:LINE of the text that is being read."""
        return place(self._source.name, self._source.text.count("\n", 0, offset) + 1)

    def _statement_name(self, token: Token) -> str:
        if token.text in self._named:
            raise self._error(token, f"the name {token.text!r} is taken already", kind="name")
        self._named.add(token.text)
        return token.text

    # The end

    def finish(self) -> Module:
        """The theory read. Raises SourceError for a datatype without values."""
        symbols = self._symbols()
        texts: dict[str, int] = {}
        for symbol in symbols.values():
            texts[symbol.notation.text] = texts.get(symbol.notation.text, 0) + 1
        names = {k: s.notation.text if texts[s.notation.text] == 1 else k for k, s in symbols.items()}
        terms = TermTable()
        formulas = [*(a.formula for a in self._axioms), *(g.formula for g in self._goals)]
        moved = dict(zip(formulas, _renamed(self._table, formulas, names, terms), strict=True))
        axioms, unnamed = [], 0
        written: dict[str, str] = {}
        for axiom in self._axioms:
            symbol_name = names[axiom.key] if axiom.key is not None else None
            if symbol_name is not None:
                name = f"{symbol_name}.{axiom.number}" if axiom.number else symbol_name
            elif axiom.name is not None:
                name = axiom.name
            else:
                unnamed += 1
                name = f"axiom.{unnamed}"
            axioms.append(Axiom(name, moved[axiom.formula], axiom.kind, symbol_name))
            written[name] = axiom.written
        theory = Theory(
            self._name,
            tuple(self._sorts),
            tuple(Datatype(s, tuple(names[k] for k in keys)) for s, keys in self._datatypes.items()),
            tuple(replace(s, name=names[k]) for k, s in symbols.items()),
            tuple(axioms),
            tuple(replace(g, formula=moved[g.formula]) for g in self._goals),
            terms,
        )
        for sort in uninhabited(theory):
            source, offset = self._sorts[sort]
            hint = "give it a constructor that does not take it"
            raise error_at(source, offset, f"no value of sort {sort} can be built", hint, "definition")
        return Module(theory, dict(self._variables), written)


def _renamed(table: TermTable, roots: Sequence[int], names: Mapping[str, str], target: TermTable) -> list[int]:
    """Copy terms into another table, symbols under other names."""
    moved: dict[int, int] = {}
    for i in table.reachable(roots):
        row = table.rows[i]
        below = [moved[c] for c in children(row)]
        new: Row = ("app", names[str(row[1])], *below) if row[0] == "app" else with_children(row, below)
        moved[i] = target.add(new, table.hints.get(i))
    return [moved[r] for r in roots]


def _a(word: str) -> str:
    return ("an " if word[0] in "aeiou" else "a ") + word


def _name_from(source: str) -> str:
    """A theory's name from that of its text."""
    stem = re.sub(r"\W+", "_", Path(source).stem).strip("_")
    return stem if _WORD.fullmatch(stem) and not stem[0].isdigit() else "theory_" + stem if stem else "text"
