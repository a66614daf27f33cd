"""Machine equivalence on given memories (specification A8): the same exit and the same memory, values by normal form.

>>> from .parsing import parse
>>> equivalent(parse("c<_>.[1]c.c<_>.[2]c"), parse("c<_>.[2]c"), [{"c": [parse("9")]}])
True
"""

from __future__ import annotations

from collections.abc import Iterable

from .closures import run
from .machine import FUEL, Ending, Memory, Run
from .normalising import NoNormalForm, normal_form
from .terms import Term, same


def equivalent(left: Term, right: Term, inputs: Iterable[Memory], *, fuel: int = FUEL) -> bool:
    """Do two closed terms give the same on each of these memories? Runs that do not end are like no run."""
    return all(same_result(run(left, memory, fuel=fuel), run(right, memory, fuel=fuel)) for memory in inputs)


def same_result(left: Run, right: Run) -> bool:
    """Have two runs ended at one exit with the same memory, up to reduction inside of what is stored?"""
    if left.ending is not Ending.EXIT or (left.ending, left.exit) != (right.ending, right.exit):
        return False
    if left.memory.keys() != right.memory.keys():
        return False
    pairs = [(left.memory[at], right.memory[at]) for at in left.memory]
    return all(
        len(ours) == len(theirs) and all(same_value(a, b) for a, b in zip(ours, theirs, strict=True))
        for ours, theirs in pairs
    )


def same_value(left: Term, right: Term) -> bool:
    """Have two terms the same normal form? Terms of which none is found are compared as they are."""
    try:
        return same(normal_form(left), normal_form(right))
    except NoNormalForm:
        return same(left, right)
