"""Theories as MPL text, and what their operators mean where nothing is declared."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Literal

from ..rewriting.printing import RELATION, Printer
from ..rewriting.source import LemmataError
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Form, Notation, Symbol, Theory

# Binding levels and grouping of operators whose declaration gives none; `_` stands for all other infix operators.
Grouping = Literal["left", "right", "none"]
_USUAL: Mapping[str, tuple[int, Grouping]] = {
    "^": (60, "right"),
    "*": (50, "left"),
    "/": (50, "left"),
    "+": (40, "left"),
    "-": (40, "left"),
    "_": (45, "right"),
}
_PREFIX_LEVEL, _POSTFIX_LEVEL = 70, 80


def relation_notation(text: str, form: Form) -> Notation:
    return Notation(text) if form == "function" else Notation(text, form, RELATION)


def usual_notation(text: str, form: Form) -> Notation:
    """How an operator binds when its declaration does not say."""
    if form != "infix":
        return Notation(text, form, _PREFIX_LEVEL if form == "prefix" else _POSTFIX_LEVEL)
    level, grouping = _USUAL.get(text, _USUAL["_"])
    return Notation(text, form, level, grouping)


def level_word(notation: Notation) -> str:
    """The word that declares a form and grouping."""
    return notation.form + {"left": "l", "right": "r", "none": ""}[notation.grouping]


def print_theory(theory: Theory) -> str:
    """The theory as MPL, which reads back to the same theory (same digest and goals).

    Raises LemmataError if it has two variables of one name, which MPL cannot say.
    """
    return "".join(line + "\n" for line in _lines(theory))


def _lines(theory: Theory) -> Iterator[str]:
    printer = Printer(theory.symbols)
    yield f"theory {theory.name}"
    for sort in theory.sorts:
        datatype = theory.datatype.get(sort)
        shapes = [_constructor_text(theory.symbol[c]) for c in datatype.constructors] if datatype else []
        yield f"sort {sort}" + (" = " + " | ".join(shapes) if shapes else "")
    by_sort: dict[str, list[str]] = {}
    for name, sort in _variables(theory).items():
        by_sort.setdefault(sort, []).append(name)
    for sort, names in by_sort.items():
        yield f"var {' '.join(names)} : {sort}"
    waiting = deque(s for s in theory.symbols if s.kind != "constructor")
    unseen = {s.name for s in waiting}
    for axiom in theory.axioms:
        for name in unseen & _mentioned(theory.terms, axiom.formula):
            while name in unseen:
                symbol = waiting.popleft()
                unseen.remove(symbol.name)
                if symbol.name != axiom.symbol or symbol.kind != "predicate":
                    yield _declaration(symbol)
        if axiom.symbol is None:
            label = "" if axiom.name.startswith("axiom.") else f" {axiom.name}:"
            yield f"axiom{label} {printer.show(theory.terms, axiom.formula)}"
        elif theory.symbol[axiom.symbol].kind == "predicate":
            left, right = children(theory.terms.rows[children(theory.terms.rows[axiom.formula])[0]])
            yield f"pred {printer.show(theory.terms, left)} iff {printer.show(theory.terms, right)}"
        else:
            yield f"  {printer.show(theory.terms, axiom.formula)}"
    yield from map(_declaration, waiting)
    for goal in theory.goals:
        yield f"theorem {goal.name}: {printer.show(theory.terms, goal.formula)}"


def _variables(theory: Theory) -> dict[str, str]:
    found: dict[str, str] = {}
    for formula in [*(a.formula for a in theory.axioms), *(g.formula for g in theory.goals)]:
        for v in theory.terms.free_variables(formula):
            _, name, sort = theory.terms.rows[v]
            if found.setdefault(str(name), str(sort)) != sort:
                raise LemmataError(f"the variable {name!r} has two sorts; MPL declares a variable once")
    return found


def _mentioned(terms: TermTable, formula: int) -> set[str]:
    rows = (terms.rows[i] for i in terms.reachable([formula]))
    return {str(row[1]) for row in rows if row[0] == "app"}


def _constructor_text(symbol: Symbol) -> str:
    arguments = f"({', '.join(symbol.arguments)})" if symbol.arguments else ""
    return symbol.notation.text + arguments


def _declaration(symbol: Symbol) -> str:
    notation = symbol.notation
    left, right = notation.form in ("infix", "postfix"), notation.form in ("infix", "prefix")
    head = "_" * left + notation.text + "_" * right
    sorts = " ".join(symbol.arguments)
    if symbol.kind == "predicate":
        return f"pred {head} : {sorts}" if sorts else f"pred {head}"
    profile = f"{sorts} -> {symbol.result}" if sorts else symbol.result
    usual = notation.form == "function" or notation == usual_notation(notation.text, notation.form)
    level = "" if usual else f" {level_word(notation)} {notation.level}"
    return f"op {head} : {profile}{level}"
