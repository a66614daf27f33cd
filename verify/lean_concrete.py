"""The standard model of a theory, in Lean: its datatypes as inductive types, its functions by their recursors.

A theory whose axioms are all definitions has such a model, and a theorem about every model becomes a theorem about
Lean's own types, with no hypothesis left. Abstract sorts and functions stay as parameters. A definition is compiled to
`T.rec` by a case tree: one argument may be recursed on, each argument may be split by its constructors, and at each
split every equation must have a constructor there; then each defining equation holds by `Eq.refl`, which Lean checks.
A definition outside this fragment makes `concrete` answer with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from ..rewriting.syntax import Row, TermTable, children
from ..rewriting.theory import Axiom, Datatype, Symbol
from .lean_literals import LeanLiterals
from .lean_names import Names
from .lean_terms import MOST_NODES, LeanTerms, Style, Unwritable
from .sequents import Book

_MOST_PATTERN = 50  # depth of a left side that is compiled
_RECURSOR_WORDS = {"rec", "recOn", "casesOn", "noConfusion", "noConfusionType", "below", "brecOn", "ctorIdx", "sizeOf"}


@dataclass(frozen=True)
class Concrete:
    """Declarations that end in the model; the parameters' binders; the model applied to them; how terms look."""

    declarations: tuple[str, ...]
    binders: str
    model: str
    style: Style


@dataclass(frozen=True)
class Fields:
    """The fields of the theory's structure, in order: what `Concrete` has to give a value for."""

    induction: tuple[str, ...]
    injective: tuple[tuple[str, int], ...]
    distinct: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Clause:
    """One equation of a definition on its way through the case tree."""

    patterns: tuple[int, ...]
    variables: Mapping[int, str]
    right: int


class _Stuck(Exception):
    pass


def concrete(
    book: Book,
    terms: LeanTerms,
    scope: str,
    names: Names,
    tails: Names,
    fields: Fields,
    model: str,
    literals: LeanLiterals,
) -> Concrete | str:
    """The standard model as an instance of the structure `model`, its parts under `scope`; or why there is none.

    `names` are the structure's own names, which serve for the parameters; `tails` has the names taken below `scope`.
    """
    try:
        return _Builder(book, terms, scope, names, tails, fields, model, literals).build()
    except (_Stuck, Unwritable) as error:
        return str(error)


class _Builder:
    def __init__(
        self,
        book: Book,
        terms: LeanTerms,
        scope: str,
        names: Names,
        tails: Names,
        fields: Fields,
        model: str,
        literals: LeanLiterals,
    ) -> None:
        self._book = book
        self._theory = book.theory
        self._table: TermTable = book.terms
        self._terms = terms
        self._names = names
        self._fields = fields
        self._model = model
        self._scope = scope
        self._tails = tails
        self._out: list[str] = []
        self._literals = literals
        self._sorts: dict[str, str] = dict(literals.sorts)
        self._symbols: dict[str, str] = dict(literals.symbols)
        self._default: dict[str, str] = dict(literals.default)
        self._recursor: dict[str, str] = {}
        self._style = Style(self._sorts, self._symbols, self._default, literals.native)
        self._fresh = 0

    def build(self) -> Concrete:
        theory = self._theory
        if self._literals.abstract:
            raise _Stuck(f"Lean's own types do not have the literals of sort {self._literals.abstract[0]}")
        if any(fact.assumed for fact in self._literals.facts.values()):
            raise _Stuck("something is computed with literals that Lean is not asked to compute")
        definitions: dict[str, list[Axiom]] = {s.name: [] for s in theory.symbols}
        for axiom in theory.axioms:
            if axiom.kind != "definition" or axiom.symbol not in definitions:
                raise _Stuck(f"axiom {axiom.name!r} is not a definition")
            definitions[axiom.symbol].append(axiom)
        parameters = self._parameters(definitions)
        self._binders = "".join(f" ({name} : {sort})" for name, sort in parameters)
        self._values = "".join(f" {name}" for name, _ in parameters)
        for datatype in self._ordered_datatypes():
            self._declare(datatype)
        self._defaults()
        for symbol in theory.symbols:
            if symbol.kind in ("abstract", "predicate") and not definitions[symbol.name]:
                arrows = [self._sorts[s] for s in symbol.arguments]
                result = self._sorts.get(symbol.result, "Prop")
                name = self._names.of("symbol", symbol.name)
                self._binders += f" ({name} : {' → '.join([*arrows, result])})"
                self._values += f" {name}"
                self._symbols[symbol.name] = name
        for symbol in self._ordered_symbols(definitions):
            self._define(symbol, definitions[symbol.name])
        instance = f"{self._scope}.model"
        arguments = "".join(f"\n  {value}" for value in self._arguments())
        self._out.append(f"noncomputable def {instance}{self._binders} : {self._model} := {self._model}.mk{arguments}")
        return Concrete(tuple(self._out), self._binders, f"({instance}{self._values})", self._style)

    def _parameters(self, definitions: Mapping[str, Sequence[Axiom]]) -> list[tuple[str, str]]:
        """Abstract sorts and an element of each; abstract functions follow when the datatypes have names."""
        out = []
        for sort in self._theory.sorts:
            if sort not in self._theory.datatype and sort not in self._literals.sorts:
                name = self._names.of("sort", sort)
                self._sorts[sort] = name
                out.append((name, "Type"))
        names = [name for name, _ in out]
        for sort, name in list(self._sorts.items()):
            if sort not in self._literals.sorts:
                self._default[sort] = self._names.of("element", sort, prefix="inh_")
                out.append((self._default[sort], name))
        self._sort_values = "".join(f" {name}" for name in names)
        return out

    def _ordered_datatypes(self) -> Iterator[Datatype]:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for datatype in self._theory.datatypes:
            parts = {s for c in datatype.constructors for s in self._theory.symbol[c].arguments}
            sorter.add(datatype.sort, *sorted(s for s in parts if s in self._theory.datatype and s != datatype.sort))
        try:
            order = list(sorter.static_order())
        except CycleError:
            raise _Stuck("its datatypes are mutually recursive") from None
        return (self._theory.datatype[sort] for sort in order)

    def _declare(self, datatype: Datatype) -> None:
        constructors = [self._theory.symbol[c] for c in datatype.constructors]
        sort = datatype.sort
        profiles = sorted(c.arguments for c in constructors)
        if profiles == [(), (sort,)]:
            self._sorts[sort], self._recursor[sort] = "Nat", "Nat.rec"
            for c in constructors:
                self._symbols[c.name] = "Nat.succ" if c.arguments else "Nat.zero"
            return
        name = f"{self._scope}.{self._tails.of('sort', sort)}"
        self._sorts[sort] = f"({name}{self._sort_values})" if self._sort_values else name
        self._recursor[sort] = f"{name}.rec"
        own = Names(_RECURSOR_WORDS)
        binders = f" ({self._sort_values.strip()} : Type)" if self._sort_values else ""
        lines = [f"inductive {name}{binders} : Type where"]
        for c in constructors:
            local = own.of("constructor", c.name)
            fields = "".join(f" ({_name('x', k + 1)} : {self._sorts[s]})" for k, s in enumerate(c.arguments))
            lines.append(f"  | {local}{fields} : {self._sorts[sort]}")
            self._symbols[c.name] = f"@{name}.{local}{self._sort_values}" if self._sort_values else f"{name}.{local}"
        self._out.append("\n".join(lines))

    def _defaults(self) -> None:
        grown = True
        while grown:
            grown = False
            for datatype in self._theory.datatypes:
                for c in (self._theory.symbol[name] for name in datatype.constructors):
                    if datatype.sort not in self._default and all(s in self._default for s in c.arguments):
                        values = [self._default[s] for s in c.arguments]
                        self._default[datatype.sort] = _applied(self._symbols[c.name], values)
                        grown = True
        if len(self._default) < len(self._theory.sorts):
            raise _Stuck("a datatype has no values")
        if any(len(text) > MOST_NODES for text in self._default.values()):
            raise _Stuck("the least value of a datatype is too large")

    def _ordered_symbols(self, definitions: Mapping[str, Sequence[Axiom]]) -> Iterator[Symbol]:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for symbol in self._theory.symbols:
            if symbol.kind == "constructor" or symbol.name in self._symbols:
                continue
            formulas = [self._book.axioms[a.name] for a in definitions[symbol.name]]
            rows = (self._table.rows[i] for i in self._table.reachable(formulas))
            used = {str(row[1]) for row in rows if row[0] == "app"}
            sorter.add(symbol.name, *sorted(n for n in used if n != symbol.name and n not in self._symbols))
        try:
            order = list(sorter.static_order())
        except CycleError:
            raise _Stuck("its functions are defined by one another") from None
        return (self._theory.symbol[name] for name in order)

    # Definitions.

    def _define(self, symbol: Symbol, axioms: Sequence[Axiom]) -> None:
        known = self._library(symbol, axioms)
        if known is not None:
            self._symbols[symbol.name] = known
            return
        formulas = [self._book.axioms[a.name] for a in axioms]
        name = f"{self._scope}.{self._tails.of('symbol', symbol.name)}"
        columns = tuple(_name("x", k + 1) for k in range(symbol.arity))
        self._fresh = symbol.arity
        if symbol.kind == "predicate":
            body = self._predicate_body(symbol, formulas, columns)
        else:
            body = self._function_body(symbol, formulas, columns)
        binders = "".join(f" ({x} : {self._sorts[s]})" for x, s in zip(columns, symbol.arguments, strict=True))
        result = self._sorts.get(symbol.result, "Prop")
        self._out.append(f"noncomputable def {name}{self._binders}{binders} : {result} :=\n  {body}")
        self._symbols[symbol.name] = f"{name}{self._values}"

    def _library(self, symbol: Symbol, axioms: Sequence[Axiom]) -> str | None:
        """Lean's own addition or multiplication, where the equations are literally the ones that define those."""
        sort = symbol.result
        if symbol.arguments != (sort, sort) or self._sorts.get(sort) != "Nat" or len(axioms) != 2:
            return None
        t = self._table
        by_arity = {self._theory.symbol[c].arity: c for c in self._theory.datatype[sort].constructors}
        formulas = {self._book.axioms[a.name] for a in axioms}
        names = [str(t.rows[v][1]) for f in formulas for v in t.free_variables(f)]
        added = [n for n, text in self._symbols.items() if text == "Nat.add" and self._theory.symbol[n].result == sort]
        zero = t.app(by_arity[0])
        for x, y in {(t.var(a, sort), t.var(b, sort)) for a in names for b in names if a != b}:
            successor, inner = t.app(by_arity[1], y), t.app(symbol.name, x, y)
            at_zero, at_successor = t.app(symbol.name, x, zero), t.app(symbol.name, x, successor)
            if formulas == {t.eq(at_zero, x), t.eq(at_successor, t.app(by_arity[1], inner))}:
                return "Nat.add"
            if added and formulas == {t.eq(at_zero, zero), t.eq(at_successor, t.app(added[0], inner, x))}:
                return "Nat.mul"
        return None

    def _predicate_body(self, symbol: Symbol, formulas: Sequence[int], columns: Sequence[str]) -> str:
        rows = self._table.rows
        if len(formulas) == 1:
            both = rows[formulas[0]]
            sides = [rows[i] for i in children(both)] if both[0] == "and" else []
            if len(sides) == 2 and all(s[0] == "imp" for s in sides) and children(sides[0]) == children(sides[1])[::-1]:
                head, body = children(sides[0])
                arguments = children(rows[head])
                plain = rows[head][:2] == ("app", symbol.name) and all(rows[a][0] == "var" for a in arguments)
                if plain and len(set(arguments)) == len(arguments):
                    return self._lambda(arguments, body, columns)
        raise _Stuck(f"the definition of {symbol.name!r} is not one equivalence")

    def _lambda(self, variables: Sequence[int], body: int, columns: Sequence[str]) -> str:
        """The body as a function of its variables, applied to the columns: Lean renames for us."""
        if self._terms.free(body) - set(variables):
            raise _Stuck("a definition has a variable that its left side lacks")
        used = {str(row[1]) for i in self._table.reachable([body]) if (row := self._table.rows[i])[0] == "app"}
        if not used <= self._symbols.keys():
            raise _Stuck("a predicate is defined by itself")
        text = self._terms.show(body, self._style, frozenset(variables))
        if not variables:
            return text
        binders = " ".join(self._terms.binder(v, self._style) for v in variables)
        return _applied(f"(fun {binders} => {text})", columns)

    def _function_body(self, symbol: Symbol, formulas: Sequence[int], columns: tuple[str, ...]) -> str:
        rows = self._table.rows
        clauses = []
        for formula in formulas:
            sides = children(rows[formula])
            left = rows[sides[0]] if rows[formula][0] == "eq" else ("false",)
            if left[:2] != ("app", symbol.name):
                raise _Stuck(f"the definition of {symbol.name!r} is not by equations")
            self._check_patterns(symbol, children(left))
            clauses.append(_Clause(children(left), {}, sides[1]))
        calls = any(
            rows[i][:2] == ("app", symbol.name) for i in self._table.reachable([clause.right for clause in clauses])
        )
        if not calls:
            body = self._tree(symbol, clauses, list(zip(columns, symbol.arguments, strict=True)), None, {})
            if body is not None:
                return body
        for k in range(symbol.arity if calls else 0):
            body = self._recursion(symbol, clauses, columns, k)
            if body is not None:
                return body
        raise _Stuck(f"the definition of {symbol.name!r} is outside the recursion that is exported")

    def _check_patterns(self, symbol: Symbol, patterns: Sequence[int]) -> None:
        rows = self._table.rows
        seen: set[int] = set()
        stack = [(p, 0) for p in patterns]
        while stack:
            i, depth = stack.pop()
            if rows[i][0] == "var":
                good = i not in seen
                seen.add(i)
            else:
                good = rows[i][0] == "app" and self._theory.symbol[str(rows[i][1])].kind == "constructor"
                stack.extend((c, depth + 1) for c in children(rows[i]))
            if not good or depth > _MOST_PATTERN:
                raise _Stuck(f"the definition of {symbol.name!r} is not by constructor patterns")

    def _recursion(self, symbol: Symbol, clauses: Sequence[_Clause], columns: tuple[str, ...], k: int) -> str | None:
        """Recursion on argument `k`, the other arguments generalised."""
        sort = symbol.arguments[k]
        if not self._splits(clauses, k) or sort not in self._recursor:
            return None
        others = [(x, s) for n, (x, s) in enumerate(zip(columns, symbol.arguments, strict=True)) if n != k]
        motive = " → ".join([*(self._sorts[s] for _, s in others), self._sorts[symbol.result]])
        binders = " ".join(f"({x} : {self._sorts[s]})" for x, s in others)
        branches = []
        for c in self._branch_order(sort):
            fields = [(self._new("x"), s) for s in c.arguments]
            hypotheses = {x: self._new("r") for x, s in fields if s == sort}
            chosen = [e for clause in clauses if (e := self._entered(clause, k, c))]
            body = self._tree(symbol, chosen, [*fields, *others], k, hypotheses)
            if body is None:
                return None
            names = " ".join([*(f"({x} : {self._sorts[s]})" for x, s in fields), *hypotheses.values()])
            opening = f"fun {' '.join(filter(None, [names, binders]))} => " if names or binders else ""
            branches.append(f"({opening}{body})")
        arguments = [f"(motive := fun _ => {motive})", *branches, columns[k], *(x for x, _ in others)]
        return _applied(self._recursor[sort], arguments)

    def _tree(
        self,
        symbol: Symbol,
        clauses: Sequence[_Clause],
        columns: Sequence[tuple[str, str]],
        recursive: int | None,
        hypotheses: Mapping[str, str],
    ) -> str | None:
        """The case tree over the columns (name, sort). Its depth is that of the patterns."""
        split = next((j for j in range(len(columns)) if clauses and self._splits(clauses, j)), None)
        if split is None:
            rows = self._table.rows
            if len(clauses) != 1 or any(rows[p][0] != "var" for p in clauses[0].patterns):
                return None
            bound = {p: x for p, (x, _) in zip(clauses[0].patterns, columns, strict=True)}
            return self._right_side(symbol, clauses[0].right, bound, recursive, hypotheses)
        name, sort = columns[split]
        rest = [*columns[:split], *columns[split + 1 :]]
        branches = []
        for c in self._branch_order(sort):
            fields = [(self._new("x"), s) for s in c.arguments]
            chosen = [e for clause in clauses if (e := self._entered(clause, split, c))]
            body = self._tree(symbol, chosen, [*fields, *rest], recursive, hypotheses)
            if body is None:
                return None
            binders = [f"({x} : {self._sorts[s]})" for x, s in fields] + ["_"] * c.arguments.count(sort)
            branches.append(f"(fun {' '.join(binders)} => {body})" if binders else body)
        motive = f"(motive := fun _ => {self._sorts[symbol.result]})"
        return _applied(self._recursor[sort], [motive, *branches, name])

    def _splits(self, clauses: Sequence[_Clause], column: int) -> bool:
        return all(self._table.rows[clause.patterns[column]][0] == "app" for clause in clauses)

    def _entered(self, clause: _Clause, column: int, constructor: Symbol) -> _Clause | None:
        row: Row = self._table.rows[clause.patterns[column]]
        if row[1] != constructor.name:
            return None
        rest = clause.patterns[:column] + clause.patterns[column + 1 :]
        return _Clause((*children(row), *rest), clause.variables, clause.right)

    def _right_side(
        self,
        symbol: Symbol,
        right: int,
        bound: Mapping[int, str],
        recursive: int | None,
        hypotheses: Mapping[str, str],
    ) -> str | None:
        texts: dict[int, str] = {}
        for i in self._table.reachable([right]):
            row = self._table.rows[i]
            values = [texts[c] for c in children(row)]
            if row[0] == "var":
                if i not in bound:
                    raise _Stuck(f"the definition of {symbol.name!r} has a variable that its left side lacks")
                texts[i] = bound[i]
            elif row[0] == "lit":
                texts[i] = self._style.literals[str(row[1]), str(row[2])]
            elif row[1] == symbol.name:
                if recursive is None or values[recursive] not in hypotheses:
                    return None
                texts[i] = _applied(hypotheses[values[recursive]], [v for n, v in enumerate(values) if n != recursive])
            else:
                texts[i] = _applied(self._symbols[str(row[1])], values)
            if len(texts[i]) > MOST_NODES:
                raise _Stuck(f"the definition of {symbol.name!r} is too large")
        return texts[right]

    def _branch_order(self, sort: str) -> list[Symbol]:
        """The constructors in the order of the Lean recursor's branches."""
        constructors = [self._theory.symbol[c] for c in self._theory.datatype[sort].constructors]
        return sorted(constructors, key=lambda c: c.arity) if self._sorts[sort] == "Nat" else constructors

    def _new(self, letter: str) -> str:
        self._fresh += 1
        return _name(letter, self._fresh)

    # The instance: a value for each field of the structure, in its order.

    def _arguments(self) -> Iterator[str]:
        theory = self._theory
        sorts = [s for s in theory.sorts if s not in self._literals.sorts]
        yield from (self._sorts[s] for s in sorts)
        yield from (self._default[s] for s in sorts)
        for symbol in (s for s in theory.symbols if s.name not in self._literals.symbols):
            text = self._symbols[symbol.name]
            yield f"({text})" if " " in text else text
        for axiom in theory.axioms:
            formula = self._book.axioms[axiom.name]
            count = len(self._table.free_variables(formula))
            proof = "Eq.refl _" if self._table.rows[formula][0] == "eq" else "And.intro (fun h => h) (fun h => h)"
            yield f"(fun {'_ ' * count}=> {proof})" if count else f"({proof})"
        for sort in self._fields.induction:
            constructors = [theory.symbol[c] for c in theory.datatype[sort].constructors]
            given = {c.name: _name("h", k + 1) for k, c in enumerate(constructors)}
            ordered = " ".join(given[c.name] for c in self._branch_order(sort))
            taken = " ".join(given.values())
            yield f"(fun p {taken} x => {self._recursor[sort]} (motive := p) {ordered} x)"
        for name, k in self._fields.injective:
            yield self._injective(theory.symbol[name], k)
        for a, b in self._fields.distinct:
            yield self._distinct(theory.symbol[a], theory.symbol[b])

    def _injective(self, constructor: Symbol, k: int) -> str:
        left = [_name("x", n + 1) for n in range(constructor.arity)]
        right = [_name("y", n + 1) for n in range(constructor.arity)]
        chosen = self._select(constructor, self._sorts[constructor.arguments[k]], f"a{k}", left[k])
        motive = f"(motive := fun z => Eq {left[k]} ({chosen} z))"
        return f"(fun {' '.join(left + right)} h => Eq.subst {motive} h (Eq.refl {left[k]}))"

    def _distinct(self, a: Symbol, b: Symbol) -> str:
        left = [_name("x", n + 1) for n in range(a.arity)]
        right = [_name("y", n + 1) for n in range(b.arity)]
        chosen = self._select(a, "Prop", "True", "False")
        return f"(fun {' '.join([*left, *right, 'h'])} => Eq.subst (motive := fun z => {chosen} z) h True.intro)"

    def _select(self, constructor: Symbol, result: str, there: str, elsewhere: str) -> str:
        """`T.rec` that gives `there` (which may name the fields a0 a1 ...) at one constructor, else `elsewhere`."""
        sort = constructor.result
        branches = []
        for c in self._branch_order(sort):
            binders = [f"a{n}" for n in range(c.arity)] + ["_"] * c.arguments.count(sort)
            body = there if c.name == constructor.name else elsewhere
            branches.append(f"(fun {' '.join(binders)} => {body})" if binders else body)
        return f"{self._recursor[sort]} (motive := fun _ => {result}) {' '.join(branches)}"


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _name(letter: str, n: int) -> str:
    return letter + str(n).translate(_SUBSCRIPTS)


def _applied(head: str, arguments: Sequence[str]) -> str:
    if not arguments:
        return f"({head})" if " " in head else head
    return f"({' '.join([head, *arguments])})"
