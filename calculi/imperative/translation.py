"""Imperative programs as terms of the Functional Machine Calculus [R] (specification B6).

    n  ->  [n]       c  ->  c<x>.[x]c.[x]       e1 op e2  ->  e1 ; e2 ; $op       c := e  ->  e ; <x>.c<_>.[x]c
    print e  ->  e ; <x>.[x]out                 read c  ->  in<x>.c<_>.[x]c
    throw E e  ->  e ; #E_E                     try s catch E(c) h  ->  s ; #E_E -> (<x>.c<_>.[x]c ; h)

Conditions exit by #T and #F, loops and conditionals are those of `encodings.py`. An exception E is the label E_E, so it
cannot be one of the labels that the translation uses. Every pop is annotated, so that programs have types.

>>> from .syntax import parse
>>> str(translate(parse("c := c + 1")))
'c<x:Z>.[x]c.[x] ; [1] ; $add ; <x:Z>.c<_:Z>.[x]c'
"""

from __future__ import annotations

from ..fmc.encodings import (
    BREAK,
    CONTINUE,
    conditional,
    conjunction,
    disjunction,
    get,
    handled,
    negation,
    pushed,
    sequenced,
    set_cell,
    thrown,
    while_loop,
)
from ..fmc.primitives import FALSE, TRUE
from ..fmc.terms import Table, Term
from .syntax import ARITHMETIC, COMPARISONS, Row, Statement

_TEST, _NOT = "t", "n"  # labels of conditionals and negations; no statement and no condition exits by them


def label_of(exception: str) -> str:
    """The label of an exception."""
    return f"E_{exception}"


def translate(program: Statement) -> Term:
    """The translation of a program. Linear in its rows."""
    table = Table()
    made: list[int] = []
    for row in program.rows:
        made.append(_translated(table, row, made))
    return Term(table, made[-1])


def _translated(table: Table, row: Row, made: list[int]) -> int:
    kind, *parts = row
    z = table.base("Z")
    if kind == "number":
        return pushed(table, table.number(parts[0]))
    if kind == "cell":
        return get(table, parts[0], z)
    if kind in ARITHMETIC or kind in COMPARISONS:
        return sequenced(table, [made[parts[0]], made[parts[1]], table.primitive(kind)])
    if kind in ("true", "false"):
        return table.jump(TRUE if kind == "true" else FALSE)
    if kind == "not":
        return negation(table, made[parts[0]], _NOT)
    if kind in ("and", "or"):
        return (conjunction if kind == "and" else disjunction)(table, made[parts[0]], made[parts[1]])
    if kind == "assign":
        return table.join("*", made[parts[1]], set_cell(table, parts[0], z))
    if kind == "print":
        return table.join("*", made[parts[0]], table.pop("", pushed(table, table.bound(0), "out"), z, "x"))
    if kind == "read":
        return set_cell(table, parts[0], z, "in")
    if kind == "sequence":
        return table.join("*", made[parts[0]], made[parts[1]])
    if kind == "branch":
        return conditional(table, made[parts[0]], made[parts[1]], made[parts[2]], _TEST)
    if kind == "while":
        return while_loop(table, made[parts[0]], made[parts[1]], _TEST)
    if kind in ("break", "continue"):
        return table.jump(BREAK if kind == "break" else CONTINUE)
    if kind == "throw":
        return thrown(table, label_of(parts[0]), None if parts[1] is None else made[parts[1]])
    if kind == "try":
        body, exception, cell, handler = parts
        caught = [made[handler]] if cell is None else [set_cell(table, cell, z), made[handler]]
        return handled(table, made[body], label_of(exception), sequenced(table, caught))
    return table.skip()
