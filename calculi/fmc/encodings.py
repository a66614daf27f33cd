"""What other calculi and languages are made of, as terms of the calculus: building blocks for translations.

All functions take the table that the terms are rows of. Binders are named (`naming.py`): a translation ends with
`resolved`. The state, choice, metalanguage and call-by-push-value are [T] (specification A4, A9); control is [R] (B5).

>>> from .terms import Term
>>> t = Table()
>>> yes, no = (t.push("", t.number(n), t.skip()) for n in (1, 0))
>>> str(Term(t, conditional(t, t.jump("T"), yes, no)))
'#T ; #T -> #t ; #F -> [0] ; #t -> [1]'
>>> from .naming import resolved
>>> x = t.free("x")
>>> str(Term(t, resolved(t, bind(t, yes, "x", returned(t, x)))))
'[1] ; <x>.[x]'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .naming import binder
from .primitives import FALSE, TRUE
from .terms import NO_TYPE, SKIP, Table

BREAK, CONTINUE, REPEAT = "brk", "cnt", "lp"  # labels of loops


def sequenced(table: Table, terms: Iterable[int]) -> int:
    """M1 ; M2 ; ..., grouped to the left."""
    root: int | None = None
    for term in terms:
        root = term if root is None else table.join(SKIP, root, term)
    return table.skip() if root is None else root


def pushed(table: Table, argument: int, location: str = "") -> int:
    """[N]a"""
    return table.push(location, argument, table.skip())


# State and choice (A4)


def get(table: Table, cell: str, type: int = NO_TYPE) -> int:
    """c<x>.[x]c.[x]: push the contents of a cell."""
    x = table.bound(0)
    return table.pop(cell, table.push(cell, x, pushed(table, x)), type, "x")


def set_cell(table: Table, cell: str, type: int = NO_TYPE, source: str = "") -> int:
    """<x>.c<_>.[x]c: put the top of a stack, the main one or `source`, into a cell."""
    return table.pop(source, table.pop(cell, pushed(table, table.bound(1), cell), type, "_"), type, "x")


def choice(table: Table, first: int, second: int, location: str = "rnd") -> int:
    """[second].[first].rnd<x>.x: the first where the stream says true. Both are thunks, which are executed."""
    chosen = table.pop(location, table.bound(0), hint="x")
    return table.push("", second, table.push("", first, chosen))


# Booleans and conditionals (B5): a Boolean is a computation that exits by #T or #F


def conditional(table: Table, condition: int, then: int, otherwise: int, label: str | None = None) -> int:
    """((B ; #T -> #t) ; #F -> N) ; #t -> M, where B, M and N must not exit by t. If it is not given it is a new label.

    The shorter (B ; #T -> M) ; #F -> N is wrong where M exits by #F (B19).
    """
    t = label or fresh_label(table, (condition, then, otherwise), "t")
    tested = table.join(TRUE, condition, table.jump(t))
    return table.join(t, table.join(FALSE, tested, otherwise), then)


def conjunction(table: Table, left: int, right: int) -> int:
    """B ; #T -> C"""
    return table.join(TRUE, left, right)


def disjunction(table: Table, left: int, right: int) -> int:
    """B ; #F -> C"""
    return table.join(FALSE, left, right)


def negation(table: Table, condition: int, label: str | None = None) -> int:
    """((B ; #T -> #n) ; #F -> #T) ; #n -> #F, where B must not exit by n. If it is not given it is a new label."""
    n = label or fresh_label(table, (condition,), "n")
    renamed = table.join(TRUE, condition, table.jump(n))
    return table.join(n, table.join(FALSE, renamed, table.jump(TRUE)), table.jump(FALSE))


def fresh_label(table: Table, terms: Iterable[int], hint: str) -> str:
    """A label that does not occur in the terms. Linear in them."""
    rows = (table.rows[i] for i in table.reachable(terms))
    taken = {row[1] for row in rows if row[0] in ("jump", "join", "loop")}
    label, number = hint, 1
    while label in taken:
        label, number = f"{hint}{number}", number + 1
    return label


# Loops and exceptions (B5)


def while_loop(table: Table, condition: int, body: int, label: str | None = None) -> int:
    """((B ; #T -> #t) ; #F -> #brk) ; #t -> ((M ; #cnt -> *) ; #lp), looped on lp, and #brk ends it.

    The body may leave by #brk and #cnt, which are those of the innermost loop.
    """
    t = label or fresh_label(table, (condition, body), "t")
    round_ = table.join(SKIP, table.join(CONTINUE, body, table.skip()), table.jump(REPEAT))
    tested = conditional(table, condition, round_, table.jump(BREAK), t)
    return table.join(BREAK, table.loop(REPEAT, tested), table.skip())


def do_while(table: Table, body: int, condition: int) -> int:
    """(M ; (B ; #T -> #lp))^#lp ; #F -> *, where M must not exit by #F."""
    tested = table.join(SKIP, body, table.join(TRUE, condition, table.jump(REPEAT)))
    return table.join(FALSE, table.loop(REPEAT, tested), table.skip())


def thrown(table: Table, exception: str, value: int | None = None) -> int:
    """Throw: M ; #e, where M, if it is given, pushes the argument."""
    jump = table.jump(exception)
    return jump if value is None else table.join(SKIP, value, jump)


def handled(table: Table, body: int, exception: str, handler: int) -> int:
    """Try M catch e: M ; #e -> H, where H finds the argument, if there is one, on the main stack."""
    return table.join(exception, body, handler)


# Data (B5): a value is the thunk that pushes its arguments and jumps


def constructed(table: Table, constructor: str, arguments: Sequence[int]) -> int:
    """[vn]...[v1].#c, to be pushed: the value of a constructor, of which the first argument is the uppermost."""
    value = table.jump(constructor)
    for argument in arguments:
        value = table.push("", argument, value)
    return value


def case(table: Table, branches: Sequence[tuple[str, int]]) -> int:
    """<v>.v ; #c1 -> k1 ; ... ; #k1 -> N1 ; ...: execute a value, and go on by its constructor, the arguments on the
    stack. All labels are renamed before a branch runs, so no branch can be caught by another."""
    root = table.pop("", table.bound(0), hint="v")
    taken = [body for _, body in branches]
    names: list[str] = []
    for constructor, _ in branches:
        names.append(fresh_label(table, [*taken, *map(table.jump, names)], f"k_{constructor}"))
    for (constructor, _), name in zip(branches, names, strict=True):
        root = table.join(constructor, root, table.jump(name))
    for (_, body), name in zip(branches, names, strict=True):
        root = table.join(name, root, body)
    return root


# Moggi's metalanguage, and call-by-push-value (A9)


def returned(table: Table, value: int) -> int:
    """[V]: `return V`, and the unit of the monad."""
    return pushed(table, value)


def bind(table: Table, first: int, name: str, then: int) -> int:
    """N ; <x>.M: `N to x. M`, and `let x <= N in M`. `name` is free in M."""
    return table.join(SKIP, first, binder(table, "", name, then))


def apply(table: Table, value: int, function: int) -> int:
    """[V].M: M applied to V, where a function is λx.M = <x>.M. Thunk and force are no more than M and V themselves."""
    return table.push("", value, function)


def unit_first_class(table: Table, value: int) -> int:
    """[M]: the unit where TA is a type of values, thunks [R]. `value` is a computation that pushes its value."""
    return pushed(table, value)


def let_first_class(table: Table, first: int, name: str, then: int) -> int:
    """[N ; <n>.n ; <x>.M ; <m>.m]: let where TA is a type of values [R] (A93)."""
    run = table.pop("", table.bound(0), hint="n")
    return pushed(table, sequenced(table, [first, run, binder(table, "", name, then), run]))
