"""REC files, the notation of the Rewrite Engines Competition (docs/rewrite.md describes it).

A file declares symbols and variables, gives rules `l -> r if a = b and-if c <> d` and lists terms to evaluate. It may
include others of its folder, which are not complete by themselves either: all files together are one system, and only
then are names and sorts looked up.

Reading is part of every run, so text is cut by one regular expression into strings that do not know their places. When
something is wrong the text is cut again, and the place of the token is counted off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal, NoReturn

from .source import FileError, Source, SourceError, nearest, read_source
from .syntax import PROP, TermTable
from .system import Condition, RewriteRule, RewriteSystem
from .theory import Notation, Symbol

SECTIONS = ("SORTS", "CONS", "OPNS", "VARS", "RULES", "EVAL")
_WORDS = frozenset({*SECTIONS, "META", "END-META", "REC-SPEC", "END-SPEC", "if", "and-if"})
_PUNCTUATION = frozenset({"", "(", ")", ",", ";", ":", "=", "<", ">", "->", "<>"})
# What is skipped (blanks and comments), then a token: an arrow, a name, any other character, or the end.
_TOKEN = re.compile(
    r"(?:\s+|\#[^\n]*|---[^\n]*)*(->|<>|[^\s(),;:=<>\#-]+(?:-(?!>|--)[^\s(),;:=<>\#-]*)*|.|\Z)", re.DOTALL
)


def read_rec(path: Path) -> RewriteSystem:
    """The system of a file and of all that it includes; `evaluate` has the terms of the file's own EVAL section.

    Rules of included files come first, in the order of inclusion. Linear in the text. Raises FileError, and SourceError
    for what is wrong inside (kinds "syntax", "name", "sort", "import").
    """
    files = _closure(_File.of(read_source(path)), path.parent)
    reader = _Reader()
    for read in (reader.read_sorts, reader.read_symbols, reader.read_variables, reader.read_rules):
        for file in files:
            read(file)
    evaluate = tuple(reader.read_evaluate(files[-1]))
    return RewriteSystem(files[-1].name, reader.symbols, reader.terms, tuple(reader.rules), evaluate)


@dataclass(frozen=True)
class _File:
    """A file cut into tokens. `sections` gives the stretches of tokens under a keyword, several if it is repeated."""

    source: Source
    tokens: list[str]
    name: str
    includes: range
    sections: dict[str, list[range]]
    variables: dict[str, tuple[int, str]] = field(default_factory=dict)  # row and sort, once they are read

    @classmethod
    def of(cls, source: Source) -> _File:
        text = source.text.removeprefix("\ufeff")
        tokens = _TOKEN.findall(text)
        file = cls(source, tokens, tokens[1] if len(tokens) > 1 else "", range(0), {})
        if tokens[0] != "REC-SPEC":
            file.fail(0, "a REC file begins with REC-SPEC and a name")
        file.name_at(1, "a name for the specification")
        here = [i for i, t in enumerate(tokens) if t in _WORDS and t not in ("if", "and-if")][1:]
        if not here:
            file.fail(len(tokens) - 1, "END-SPEC is missing")
        start, stop = 2, here[0]
        if start < stop and tokens[start] != ":":
            file.fail(start, f"':' or a section is wanted here, not {file.shown(start)}", f"sections: {_SECTIONS}")
        includes = range(start + 1, stop)
        if start < stop and not includes:
            file.fail(stop, "a name of a file to include is wanted after ':'")
        for n, i in enumerate(here):
            keyword = tokens[i]
            if keyword == "END-SPEC":
                if tokens[i + 1]:
                    file.fail(i + 1, "nothing may follow END-SPEC")
                return cls(source, tokens, file.name, includes, file.sections)
            if keyword == "META":
                hint = "run its program yourself and put what it prints in place of the block"
                file.fail(i, "META blocks are programs for awk, and are not run", hint)
            if keyword not in SECTIONS:
                file.fail(i, f"{keyword} has no place here", f"sections: {_SECTIONS}")
            end = here[n + 1] if n + 1 < len(here) else len(tokens) - 1
            file.sections.setdefault(keyword, []).append(range(i + 1, end))
        file.fail(len(tokens) - 1, "END-SPEC is missing")

    def stretches(self, keyword: str) -> Iterator[tuple[int, int]]:
        """First and last-plus-one token of each section of a keyword."""
        for stretch in self.sections.get(keyword, ()):
            yield stretch.start, stretch.stop

    def name_at(self, at: int, what: str) -> str:
        """The name that stands at a token. Raises SourceError."""
        name = self.tokens[at]
        if name in _PUNCTUATION or name in _WORDS:
            self.fail(at, f"{what} is wanted here, not {self.shown(at)}")
        if not name.isprintable():
            self.fail(at, f"a name with an unprintable character: {name!r}")
        return name

    def shown(self, at: int) -> str:
        """A token as messages name it."""
        text = self.tokens[at]
        if not text:
            return "the end"
        return text if text in _WORDS else repr(text if len(text) <= 40 else text[:39] + "…")

    def fail(self, at: int, message: str, hint: str | None = None, kind: str = "syntax") -> NoReturn:
        """Raise a SourceError at a token."""
        text = self.source.text
        skipped = text.startswith("\ufeff")
        match = next(islice(_TOKEN.finditer(text, skipped), at, None))
        offset = match.start(1)
        before = text[:offset]
        column = offset - before.rfind("\n")
        raise SourceError(message, self.source, line=before.count("\n") + 1, column=column, hint=hint, kind=kind)


_SECTIONS = ", ".join(SECTIONS)
_PROP = f"{PROP} (REC)"  # a sort like any other in REC; here the name is that of formulas


def _closure(main: _File, folder: Path) -> list[_File]:
    """A file after those that it includes, each once."""
    done: dict[str, _File] = {}
    loading = {Path(main.source.name).name.lower().removesuffix(".rec"): main}
    pending = [(name, file, iter(file.includes)) for name, file in loading.items()]
    while pending:
        name, file, includes = pending[-1]
        at = next(includes, None)
        if at is None:
            pending.pop()
            done[name] = loading.pop(name)
            continue
        wanted = file.name_at(at, "a name of a file to include").lower()
        if wanted in loading:
            chain = " includes ".join([*islice(loading, list(loading).index(wanted), None), wanted])
            file.fail(at, f"a cycle: {chain}", kind="import")
        if wanted not in done:
            loading[wanted] = _included(file, at, wanted, folder)
            pending.append((wanted, loading[wanted], iter(loading[wanted].includes)))
    return list(done.values())


def _included(file: _File, at: int, name: str, folder: Path) -> _File:
    path = folder / f"{name}.rec"
    if path.parent != folder or "\0" in name:
        file.fail(at, f"{file.shown(at)} is no name of a file of this folder", kind="import")
    try:
        source = read_source(path)
    except FileError as error:
        hint = error.hint
        if not path.exists():
            hint = nearest(path.name, sorted(p.name for p in folder.glob("*.rec")), "files of this folder")
        file.fail(at, f"cannot include {error.message}", hint, "import")
    return _File.of(source)


class _Reader:
    """What the files declare, and the rules read so far."""

    def __init__(self) -> None:
        self.terms = TermTable()
        self.rules: list[RewriteRule] = []
        self._sorts: set[str] = set()
        self._symbols: dict[str, Symbol] = {}
        self._leaves: dict[str, tuple[int, str]] = {}  # constants by name: row and sort
        self._ruled: dict[str, int] = {}  # how many rules begin with a symbol

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """In the order of declaration. A constructor is called one only if no rule begins with it."""
        return tuple(
            replace(s, kind="defined") if s.kind == "constructor" and s.name in self._ruled else s
            for s in self._symbols.values()
        )

    # Declarations

    def read_sorts(self, file: _File) -> None:
        for start, end in file.stretches("SORTS"):
            for at in range(start, end):
                self._sorts.add(file.name_at(at, "a name of a sort"))

    def read_symbols(self, file: _File) -> None:
        for section in ("CONS", "OPNS"):
            for start, end in file.stretches(section):
                at = start
                while at < end:
                    at = self._read_symbol(file, at, end, "constructor" if section == "CONS" else "defined")

    def _read_symbol(self, file: _File, at: int, end: int, kind: Literal["constructor", "defined"]) -> int:
        name, place = file.name_at(at, "a name of a symbol"), at
        at = self._expect(file, at + 1, ":")
        arguments = []
        while at < end and file.tokens[at] != "->":
            arguments.append(self._sort_at(file, at))
            at += 1
        at = self._expect(file, at, "->")
        symbol = Symbol(name, tuple(arguments), self._sort_at(file, at), kind, Notation(name))
        known = self._symbols.setdefault(name, symbol)
        if (known.arguments, known.result) != (symbol.arguments, symbol.result):
            profile = f"{' '.join(known.arguments)} -> {known.result}".strip()
            file.fail(place, f"{name!r} is declared already", f"as {name} : {profile}", "name")
        if not arguments:
            self._leaves[name] = self.terms.app(name), symbol.result
        return at + 1

    def read_variables(self, file: _File) -> None:
        for start, end in file.stretches("VARS"):
            at = start
            while at < end:
                names = []
                while at < end and file.tokens[at] != ":":
                    names.append((file.name_at(at, "a name of a variable"), at))
                    at += 1
                at = self._expect(file, at, ":")
                sort = self._sort_at(file, at)
                for name, place in names:
                    if name in self._symbols:
                        file.fail(place, f"{name!r} is declared already", "as a symbol", "name")
                    if file.variables.setdefault(name, (self.terms.var(name, sort), sort))[1] != sort:
                        file.fail(
                            place, f"{name!r} is declared already", f"as {name} : {file.variables[name][1]}", "name"
                        )
                if not names:
                    file.fail(at - 1, "a name of a variable is wanted here, not ':'")
                at += 1

    def _sort_at(self, file: _File, at: int) -> str:
        sort = file.name_at(at, "a sort")
        if sort not in self._sorts:
            file.fail(at, f"unknown sort {sort!r}", nearest(sort, sorted(self._sorts), "sorts"), "sort")
        return sort if sort != PROP else _PROP

    # Rules and terms

    def read_rules(self, file: _File) -> None:
        for start, end in file.stretches("RULES"):
            at = start
            while at < end:
                at = self._read_rule(file, at)

    def _read_rule(self, file: _File, at: int) -> int:
        bound: dict[int, int] = {}  # variables, and where they are first mentioned
        place = at
        lhs, sort, at = self._read_term(file, at, bound)
        head = file.tokens[place]
        if lhs in bound:
            file.fail(place, f"the left side of a rule is a variable: {head}", "it must begin with a symbol")
        at = self._expect(file, at, "->")
        mentioned: dict[int, int] = {}
        rhs, at = self._read_side(file, at, sort, mentioned)
        conditions = []
        word = "if"
        while file.tokens[at] in ("if", "and-if"):
            if file.tokens[at] != word:
                file.fail(at, f"{word!r} is wanted here, not {file.tokens[at]!r}")
            left, sort, at = self._read_term(file, at + 1, mentioned)
            relation = file.tokens[at]
            if relation not in ("=", "<>"):
                file.fail(at, f"'=' or '<>' is wanted here, not {file.shown(at)}")
            right, at = self._read_side(file, at + 1, sort, mentioned)
            conditions.append(Condition(left, right, relation == "="))
            word = "and-if"
        for variable, where in mentioned.items():
            if variable not in bound:
                file.fail(where, f"the left side of the rule has no variable {file.tokens[where]!r}", kind="name")
        number = self._ruled[head] = self._ruled.get(head, 0) + 1
        cites = ("axiom", f"{head}.{number}")
        self.rules.append(RewriteRule(lhs, rhs, frozenset(bound), cites, conditions=tuple(conditions)))
        return at

    def _read_side(self, file: _File, at: int, sort: str, variables: dict[int, int]) -> tuple[int, int]:
        """A term of a sort: its row, and the token after it."""
        row, found, after = self._read_term(file, at, variables)
        if found != sort:
            file.fail(at, f"the left side has sort {sort}, and this is a term of sort {found}", kind="sort")
        return row, after

    def read_evaluate(self, file: _File) -> Iterator[int]:
        """The terms to evaluate."""
        for start, end in file.stretches("EVAL"):
            at = start
            while at < end:
                variables: dict[int, int] = {}
                row, _, at = self._read_term(file, at, variables)
                for where in variables.values():
                    hint = "terms to evaluate have none"
                    file.fail(where, f"{file.tokens[where]!r} is a variable", hint, "name")
                yield row

    def _read_term(self, file: _File, at: int, variables: dict[int, int]) -> tuple[int, str, int]:
        """A term: its row, its sort, and the token after it. Its variables and their first places are added."""
        tokens, add = file.tokens, self.terms.add
        open_: list[tuple[Symbol, list[int], int]] = []  # applications begun, arguments so far, where the last began
        while True:
            name, begun = tokens[at], at
            if tokens[at + 1 : at + 2] == ["("]:
                symbol = self._symbols.get(name)
                if symbol is None or not symbol.arguments:
                    self._fail_at_symbol(file, at)
                open_.append((symbol, [], at))
                at += 2
                continue
            known = file.variables.get(name)
            if known is not None:
                variables.setdefault(known[0], at)
            else:
                known = self._leaves.get(name)
                if known is None:
                    self._fail_at_leaf(file, at)
            row, sort = known
            at += 1
            while open_:
                symbol, arguments, opened = open_[-1]
                wanted = symbol.arguments
                if len(arguments) == len(wanted):
                    self._fail_at_arity(file, begun, symbol, "more")
                if sort != wanted[len(arguments)]:
                    self._fail_at_argument(file, begun, symbol, len(arguments), sort)
                arguments.append(row)
                token = tokens[at]
                at += 1
                if token in (",", ";"):
                    break
                if token != ")":
                    file.fail(at - 1, f"',' or ')' is wanted here, not {file.shown(at - 1)}")
                if len(arguments) < len(wanted):
                    self._fail_at_arity(file, at - 1, symbol, str(len(arguments)))
                row, sort, begun = add(("app", symbol.name, *arguments)), symbol.result, opened
                open_.pop()
            else:
                return row, sort, at

    # What may be wrong

    @staticmethod
    def _expect(file: _File, at: int, token: str) -> int:
        if file.tokens[at] != token:
            file.fail(at, f"{token!r} is wanted here, not {file.shown(at)}")
        return at + 1

    def _fail_at_leaf(self, file: _File, at: int) -> NoReturn:
        name = file.name_at(at, "a term")
        if name in self._symbols:
            self._fail_at_arity(file, at, self._symbols[name], "none")
        self._fail_at_symbol(file, at)

    def _fail_at_symbol(self, file: _File, at: int) -> NoReturn:
        name = file.name_at(at, "a term")
        if name in self._leaves or name in file.variables:
            file.fail(at + 1, f"{name!r} takes no arguments", "it is written without brackets", "sort")
        hint = nearest(name, [*self._symbols, *file.variables], "symbols")
        file.fail(at, f"unknown symbol {file.shown(at)}", hint, "name")

    @staticmethod
    def _fail_at_arity(file: _File, at: int, symbol: Symbol, given: str) -> NoReturn:
        wanted = f"{symbol.arity} argument{'s' * (symbol.arity != 1)}"
        hint = f"{symbol.name} : {' '.join(symbol.arguments)} -> {symbol.result}"
        file.fail(at, f"{symbol.name!r} takes {wanted}, not {given}", hint, "sort")

    @staticmethod
    def _fail_at_argument(file: _File, at: int, symbol: Symbol, number: int, sort: str) -> NoReturn:
        wanted = symbol.arguments[number]
        which = "the argument" if symbol.arity == 1 else f"argument {number + 1}"
        message = f"{which} of {symbol.name!r} has sort {wanted}, and this is a term of sort {sort}"
        file.fail(at, message, kind="sort")
