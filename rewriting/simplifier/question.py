"""What is to be simplified, as rows of a plain table: from a text, a term, an expression, or SymPy's.

The domain is where two terms are to be equal. Of a term its sort tells the domain. A text is about real numbers, or
about truth values where it has `and`, `or`, `not` and the like in it, unless a domain is given. Expressions and SymPy's
are about complex numbers unless all their symbols are declared real, as SymPy's may be, or a domain is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Protocol

from ..expressions import Expr
from ..literals import bit_width
from ..source import LemmataError, nearest
from ..syntax import TermTable
from ..terms import Signature, SortError, Term
from ..theory import Symbol, Theory
from .vocabulary import Vocabulary

Given = str | Term | Expr | Any  # Any: an expression of SymPy
Formula = str | Term

DOMAINS = ("real", "complex", "bool", "bv8")  # for messages
_TRUTH = re.compile(r"\b(?:and|or|not|xor|implies|iff|true|false)\b")
_MARKS: Mapping[str, str] = {  # of a symbol of SymPy: what it says, as a formula
    "positive": "{} > 0",
    "negative": "{} < 0",
    "nonnegative": "{} >= 0",
    "nonpositive": "{} <= 0",
    "nonzero": "{} != 0",
    "integer": "whole({})",
}


def theory_of_domain(domain: str) -> Theory:
    """The theory in which terms of a domain are equal. Raises LemmataError."""
    if domain in ("real", "complex"):
        from .theories import complex_theory, real_theory

        return real_theory() if domain == "real" else complex_theory()
    if domain == "bool":
        from .booleans import boolean_theory

        return boolean_theory()
    if domain.startswith("bv") and domain[2:].isdecimal() and bit_width(f"BitVec{domain[2:]}") is not None:
        from .bitvectors import bitvector_theory

        return bitvector_theory(int(domain[2:]))
    hint = nearest(domain, DOMAINS, "domains")
    raise LemmataError(f"unknown domain {domain!r:.60}", hint=hint)


def domain_of_sort(sort: str) -> str:
    """Raises LemmataError for a sort of which no theory is known."""
    width = bit_width(sort)
    if width is not None:
        return f"bv{width}"
    found = {"Real": "real", "Complex": "complex", "Bool": "bool"}.get(sort)
    if found is None:
        raise LemmataError(
            f"nothing is known of terms of sort {sort}", hint="give the rules they obey: simplify(term, rules=...)"
        )
    return found


def sort_of_domain(domain: str) -> str:
    return {"real": "Real", "complex": "Complex", "bool": "Bool"}.get(domain) or f"BitVec{domain[2:]}"


class Forms(Protocol):
    """How expressions of a kind are read as rows of a table, and rows written as such."""

    def read(self, given: Any, table: TermTable) -> int: ...

    def write(self, table: TermTable, row: int) -> Any: ...


@dataclass
class Question:
    """A row, the theory in which its equals are looked for, and what may be assumed."""

    domain: str
    theory: Theory
    table: TermTable
    row: int
    forms: Forms
    assumptions: list[int] = field(default_factory=list)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.theory.symbols, sort_of_domain(self.domain))

    def read(self, given: Given) -> int:
        """Another expression of the same variables: of the same kind, or a text. Raises LemmataError."""
        if isinstance(given, str):
            return self.vocabulary.read(given, self.table)
        return self.forms.read(given, self.table)

    def assume(self, given: Formula) -> None:
        """Add assumptions: a text, which may have several with `and` between them, or a term of sort Bool."""
        if isinstance(given, str):
            self.assumptions += self.vocabulary.conditions(given, self.table)
        elif given.sort == "Bool":
            truth = given.dump(self.table)
            self.assumptions.append(self.table.eq(truth, self.table.literal("true", "Bool")))
        else:
            raise SortError(f"a term of sort {given.sort} cannot be assumed")


class TermForms:
    """Terms over the symbols of a theory, whose operators have no laws here: they are written as they were found."""

    def __init__(self, symbols: Sequence[Symbol], sort: str, own: Signature | None = None) -> None:
        self._symbols = tuple(symbols)
        self._sort = sort
        self._own = own

    def read(self, given: Any, table: TermTable) -> int:
        if not isinstance(given, Term):
            raise LemmataError(f"a {type(given).__name__} where a text or a Term is wanted")
        if given.sort != self._sort:
            raise SortError(f"a term of sort {given.sort} where one of sort {self._sort} is wanted")
        return given.dump(table)

    def write(self, table: TermTable, row: int) -> Term:
        """Over the user's own signature, if it has the symbols for it."""
        rows = [table.rows[r] for r in table.reachable([row])]
        own = self._own
        if own is not None and all(cells[0] != "app" or cells[1] in own.symbol for cells in rows):
            return own.load(table, row)
        variables = {str(cells[1]): str(cells[2]) for cells in rows if cells[0] == "var"}
        return Signature(_lawless(self._symbols), variables).load(table, row)


@lru_cache(maxsize=16)
def _lawless(symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    return tuple(replace(s, attributes=frozenset(), unit=None) for s in symbols)


def question(given: Given, domain: str | None = None, assume: Sequence[Formula] = ()) -> Question:
    """What somebody asks. Raises SourceError for a text that does not parse, NotAnExpression for objects of SymPy that
    are none, and LemmataError."""
    if isinstance(given, str):
        asked = _of_text(given, domain)
    elif isinstance(given, Term):
        asked = _of_term(given, domain)
    elif isinstance(given, Expr):
        asked = _of_expression(given, domain)
    elif any(kind.__module__.startswith("sympy.") for kind in type(given).__mro__):
        asked = _of_sympy(given, domain)
    else:
        raise LemmataError(
            f"a {type(given).__name__} cannot be simplified",
            hint="give a text, a Term, an Expr or an expression of SymPy",
        )
    for formula in assume:
        asked.assume(formula)
    return asked


def _asked(domain: str, theory: Theory, forms: Forms, given: Given) -> Question:
    asked = Question(domain, theory, TermTable(), 0, forms)
    asked.row = asked.read(given)
    return asked


def _of_text(text: str, domain: str | None) -> Question:
    if domain is None:
        domain = "real" if _TRUTH.search(text) is None else "bool"
    theory = theory_of_domain(domain)
    return _asked(domain, theory, TermForms(theory.symbols, sort_of_domain(domain)), text)


def _of_term(term: Term, domain: str | None) -> Question:
    own = domain_of_sort(term.sort)
    if domain not in (None, own):
        raise LemmataError(f"a term of sort {term.sort} is not of the domain {domain!r:.60}")
    asked = _asked(own, theory_of_domain(own), TermForms((), term.sort), term)
    known, given = asked.theory.symbol, term.signature.symbol
    more = []
    for name in dict.fromkeys(str(cells[1]) for cells in asked.table.rows if cells[0] == "app"):
        if name not in known:
            more.append(given[name])
        elif _profile(known[name]) != _profile(given[name]):
            raise LemmataError(f"the term's {name!r} is another symbol than that of {asked.theory.name}")
    if more:
        sorts = dict.fromkeys([*asked.theory.sorts, *(s for m in more for s in (*m.arguments, m.result))])
        asked.theory = replace(asked.theory, symbols=(*asked.theory.symbols, *more), sorts=tuple(sorts))
    asked.forms = TermForms(asked.theory.symbols, term.sort, term.signature)
    return asked


def _profile(symbol: Symbol) -> tuple[object, ...]:
    return symbol.arguments, symbol.result, symbol.notation.text


def _of_expression(e: Expr, domain: str | None) -> Question:
    from .expression_forms import ExpressionForms, marks_of

    if domain is None:
        marks = [marks_of(s) for s in e.symbols]
        domain = "real" if marks and all("real" in m for m in marks) else "complex"
    theory = theory_of_domain(domain)
    forms = ExpressionForms(Vocabulary(theory.symbols, sort_of_domain(domain)), e.algebra)
    asked = _asked(domain, theory, forms, e)
    for name, made in forms.objects.items():
        _take_marks(asked, name, marks_of(made))
    return asked


def _of_sympy(e: Any, domain: str | None) -> Question:
    from .sympy_forms import SympyForms, is_truth

    if domain is None and is_truth(e):
        domain = "bool"
    for candidate in ("real", "complex") if domain is None else (domain,):
        theory = theory_of_domain(candidate)
        forms = SympyForms(Vocabulary(theory.symbols, sort_of_domain(candidate)))
        asked = _asked(candidate, theory, forms, e)
        if forms.is_real:
            break
    for name in forms.objects if asked.domain in ("real", "complex") else ():
        _take_marks(asked, name, forms.marks(name))
    return asked


def _take_marks(asked: Question, name: str, marks: frozenset[str]) -> None:
    """What is known of a symbol becomes assumptions: the strongest of what says the same."""
    weaker = {"positive": {"nonnegative", "nonzero"}, "negative": {"nonpositive", "nonzero"}}
    left = marks.difference(*(weaker[m] for m in marks if m in weaker))
    if asked.domain == "complex" and "real" in left and not left & {"positive", "negative", "integer"}:
        asked.assume(f"real({name})")
    for mark, formula in _MARKS.items():
        if mark in left:
            asked.assume(formula.format(name))
