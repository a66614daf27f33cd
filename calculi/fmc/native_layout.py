"""What native code, its runtime and Python agree on: words, objects, stacks, and the context.

A *word* is 64 bits, and says in its lowest ones what it is:

    ...1      an integer n of 63 bits, as 2n + 1
    .000      the address of an object: a closure
    .010      a value constant, by its number
    .100      an integer of any size, by its number
    .110      no value: the cell below the bottom of every stack

A closure is a header and the values of its captures (`captures.py`), in their order; a frame of the continuation stack
is the values and then the header, so that the header is on top. A header looks like an integer to the collector:

    bits 0 to 31    2 * number of the function + 1
    bits 32 to 47   the label that a frame handles; ANY at the bottom of the stack
    bits 48 to 63   how many values there are

Stacks grow upwards; a top is the address of the first free cell. The *fuel* is one word too: the transitions that are
left in its upper 32 bits, and the pushes and pops made in its lower ones, so that both are counted by one addition.
"""

from __future__ import annotations

# Cells of the context, an array of int64.
SP, KP, HP, FUEL, SELF, HEAP_LIMIT, SLOW, WHERE, LOCATIONS = range(9)
# From LOCATIONS on: for each location its top and the limit of its top, the main one first; then the continuation
# stack's limit; from there on the values that code leaves for Python.

EMPTY = 6
ANY = 0xFFFF
MOST_LABELS = MOST_CAPTURES = 0xFFFF
TRANSITION = 1 << 32  # of fuel
ONE_STEP = TRANSITION - 1  # fuel that a push or a pop takes

# How native code comes back to Python: at an exit, at the beginning of a function, or at a point by its number.
EXIT, FUNCTION, POINTS = 0, 1, 2

OPERATIONS = ("add", "sub", "mul", "div", "mod", "eq", "lt", "le", "eqb")  # numbers of what Python computes


def integer(n: int) -> int | None:
    """The word of an integer, if it has 63 bits."""
    return (2 * n + 1) if -(1 << 62) <= n < (1 << 62) else None


def closure_header(function: int, captured: int) -> int:
    return captured << 48 | function << 1 | 1


def frame_header(function: int, label: int, captured: int) -> int:
    return captured << 48 | label << 32 | function << 1 | 1


def signed(word: int) -> int:
    """A word as int64 holds it."""
    return word - (1 << 64) if word >= 1 << 63 else word


def top_cell(location: int) -> int:
    """Where a location's top stands in the context, but for the main one, whose top is SP."""
    return LOCATIONS + 2 * location


def limit_cell(location: int) -> int:
    return LOCATIONS + 2 * location + 1


def frames_limit_cell(locations: int) -> int:
    return LOCATIONS + 2 * locations


def values_cell(locations: int) -> int:
    return LOCATIONS + 2 * locations + 1
