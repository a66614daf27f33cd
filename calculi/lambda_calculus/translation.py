"""Lambda-terms as terms of the Functional Machine Calculus: call by name and call by value [T] (specification A9).

                call by name        call by value
    x           x                   [x]
    \\x.M        <x>.M               [<x>.M]
    M N         [N].M               N ; M ; <f>.f              the argument is evaluated first
    n           [n]                 [n]
    (M + N)     [N].[M].rnd<x>.x    the same
    c := N ; M  N ; <x>.c<_>.[x]c ; M                          the same
    !c          c<x>.[x]c.[x]       the same

A term of base type pushes its value. The two differ where an argument has effects:

>>> from ..fmc.closures import run
>>> from .terms import parse
>>> term = parse("c := 3 ; (\\\\x.!c) (c := 5 ; 7)")
>>> for strategy in STRATEGIES:
...     print(strategy, run(translate(term, strategy), {"c": [translate(parse("x"), "cbn")]}).memory[""])
cbn [Term('3')]
cbv [Term('5')]
"""

from __future__ import annotations

from typing import Literal

from ..fmc.encodings import choice, get, pushed, sequenced, set_cell
from ..fmc.naming import binder, resolved
from ..fmc.terms import Table, Term
from .terms import LambdaTerm

Strategy = Literal["cbn", "cbv"]
STRATEGIES: tuple[Strategy, ...] = ("cbn", "cbv")


def translate(term: LambdaTerm, strategy: Strategy) -> Term:
    """The translation of a term. Linear in its rows."""
    by_value = strategy == "cbv"
    table = Table()
    run = table.pop("", table.bound(0), hint="f")
    made: list[int] = []
    for kind, *parts in term.rows:
        if kind == "number":
            root = pushed(table, table.number(parts[0]))
        elif kind == "contents":
            root = get(table, parts[0])
        elif kind == "variable":
            root = table.free(parts[0])
            root = pushed(table, root) if by_value else root
        elif kind == "function":
            root = binder(table, "", parts[0], made[parts[1]])
            root = pushed(table, root) if by_value else root
        elif kind == "assignment":
            root = sequenced(table, [made[parts[1]], set_cell(table, parts[0]), made[parts[2]]])
        elif kind == "choice":
            root = choice(table, made[parts[0]], made[parts[1]])
        elif by_value:
            root = sequenced(table, [made[parts[1]], made[parts[0]], run])
        else:
            root = table.push("", made[parts[1]], made[parts[0]])
        made.append(root)
    return Term(table, resolved(table, made[-1]))
