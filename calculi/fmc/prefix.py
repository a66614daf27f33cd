"""The machine on prefix terms: sequencing is insertion, and there is no continuation stack (specification A3 (i)) [T].

Only for terms of the calculus without control: all joins are on *, and there are neither other labels nor loops. What
stands behind an executed variable is inserted into the term that takes its place.

>>> from .parsing import parse
>>> run(parse("[<x>.[x].[x]].<f>.f.f"), {"": [parse("7")]}).memory
{'': [Term('7'), Term('7'), Term('7')]}
"""

from __future__ import annotations

from .continuations import computed
from .machine import FUEL, Ending, Memory, Request, Run
from .substitution import instantiate, sequence
from .terms import SKIP, Table, Term, children, with_children


class HasControl(ValueError):
    """A term with exits or loops."""


def prefix(table: Table, root: int) -> int:
    """A term in prefix form: every join `N ; M` whose left side is compound is worked out (A2). Raises HasControl."""
    moved: dict[int, int] = {}
    for i in table.reachable([root]):
        row = table.rows[i]
        if (row[0] in ("join", "jump") and row[1] != SKIP) or row[0] == "loop" or row in _COMPARISONS:
            raise HasControl
        if row[0] == "join":
            moved[i] = sequence(table, moved[row[2]], moved[row[3]])
        else:
            moved[i] = table.add(with_children(row, [moved[c] for c in children(row)]), table.hints.get(i))
    return moved[root]


_COMPARISONS = {("primitive", name) for name in ("eq", "lt", "le")}  # they jump


def run(term: Term, memory: Memory | None = None, *, fuel: int = FUEL) -> Run:
    """Run a term on a memory for at most `fuel` transitions. Raises HasControl. A stuck run does not say why."""
    table = Table()
    root, stacks = Request(term, memory or {}).loaded(table)
    code = prefix(table, root)
    stacks = {at: [prefix(table, v) for v in stack] for at, stack in stacks.items()}
    transitions = steps = 0

    def ended(ending: Ending) -> Run:
        kept = {at: [Term(table, v) for v in stack] for at, stack in sorted(stacks.items()) if stack}
        return Run(ending, kept, transitions, steps, SKIP if ending is Ending.EXIT else None)

    while transitions < fuel:
        kind, *parts = table.rows[code]
        if kind == "push":
            stacks.setdefault(parts[0], []).append(parts[1])
            code = parts[2]
            steps += 1
        elif kind == "pop" and stacks.get(parts[0]):
            code = prefix(table, instantiate(table, parts[2], stacks[parts[0]].pop()))
            steps += 1
        elif kind == "jump":
            return ended(Ending.EXIT)
        elif kind == "primitive" or (kind == "join" and table.rows[parts[1]][0] == "primitive"):
            name = parts[0] if kind == "primitive" else table.rows[parts[1]][1]
            if computed(table, name, stacks.get("", [])) is None:
                return ended(Ending.STUCK)
            code = table.skip() if kind == "primitive" else parts[2]
        elif kind == "join" and table.rows[parts[1]] == ("jump", SKIP):
            code = parts[2]
        else:
            return ended(Ending.STUCK)
        transitions += 1
    return ended(Ending.FUEL)
