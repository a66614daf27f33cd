"""The machine by substitution: a term, a memory and a continuation stack (specification A3 (ii), B2), as it is written.

A pop puts the popped term in for its variable. Slow, and obvious; the machine with closures is held against it.

>>> from .parsing import parse
>>> run(parse("[#e].<x>.(x ; #e -> [1])")).memory
{'': [Term('1')]}
"""

from __future__ import annotations

from .machine import FUEL, Ending, Frame, Memory, Request, Run, State, church, why_stuck
from .primitives import ARITHMETIC, FALSE, TRUE, compare, compute
from .substitution import instantiate
from .terms import Table, Term


def run(term: Term, memory: Memory | None = None, *, fuel: int = FUEL) -> Run:
    """Run a term on a memory, with an empty continuation stack, for at most `fuel` transitions."""
    table = Table()
    code, stacks = Request(term, memory or {}).loaded(table)
    frames: list[tuple[str, int]] = []
    transitions = steps = 0

    def state() -> State:
        kept = {at: [Term(table, v) for v in stack] for at, stack in sorted(stacks.items()) if stack}
        return State(kept, Term(table, code), tuple(Frame(label, Term(table, row)) for label, row in frames))

    def ended(ending: Ending, exit: str | None = None) -> Run:
        last = state()
        reason = why_stuck(last, False) if ending is Ending.STUCK else None
        kept = {at: list(values) for at, values in last.memory.items()}
        return Run(ending, kept, transitions, steps, exit, None if exit else last, reason)

    while transitions < fuel:
        kind, *parts = table.rows[code]
        if kind == "push":
            stacks.setdefault(parts[0], []).append(parts[1])
            code = parts[2]
            steps += 1
        elif kind == "pop" and stacks.get(parts[0]):
            code = instantiate(table, parts[2], stacks[parts[0]].pop())
            steps += 1
        elif kind == "join":
            frames.append((parts[0], parts[2]))
            code = parts[1]
        elif kind == "loop":
            frames.append((parts[0], code))
            code = parts[1]
        elif kind == "jump" and not frames:
            return ended(Ending.EXIT, parts[0])
        elif kind == "jump":
            label, handler = frames.pop()
            code = handler if label == parts[0] else code
        elif kind == "primitive" and (after := computed(table, parts[0], stacks.get("", []))) is not None:
            code = after
        else:
            return ended(Ending.STUCK)
        transitions += 1
    return ended(Ending.FUEL)


def computed(table: Table, name: str, stack: list[int]) -> int | None:
    """Do what a primitive does to the main stack; the jump that it makes, or None where it is stuck."""
    rows = [table.rows[value] for value in stack[-2:]]
    if len(rows) < 2 or any(row[0] not in ("number", "constant") for row in rows):
        return None
    x, y = rows
    if name in ARITHMETIC:
        value = compute(name, x[1], y[1]) if x[0] == y[0] == "number" else None
        if value is None:
            return None
        stack[-2:] = [table.number(value)]
        return table.skip()
    answer = compare(name, x[1], y[1])
    if answer is None:
        return None
    stack[-2:] = [church(table, answer)] if name == "eqb" else []
    return table.skip() if name == "eqb" else table.jump(TRUE if answer else FALSE)
