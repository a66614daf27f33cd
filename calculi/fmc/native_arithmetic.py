"""Arithmetic on tagged integers in LLVM IR: with x = 2a + 1 and y = 2b + 1, a op b without taking the tags away first.

Each operation is written by a function that takes the words of its operands, and the label of where to go if the result
does not fit a word, or is none; it gives the word of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol


class Writer(Protocol):
    """Where code is written."""

    def put(self, line: str) -> None: ...

    def let(self, expression: str) -> str: ...

    def label(self) -> str: ...

    def begin(self, label: str) -> None: ...

    def unless(self, condition: str, where: str) -> None: ...


def _sum(f: Writer, x: str, y: str, slow: str) -> str:
    return _checked(f, "sadd", x, f.let(f"sub i64 {y}, 1"), slow)


def _difference(f: Writer, x: str, y: str, slow: str) -> str:
    return _checked(f, "ssub", x, f.let(f"sub i64 {y}, 1"), slow)


def _product(f: Writer, x: str, y: str, slow: str) -> str:
    twice = _checked(f, "smul", f.let(f"sub i64 {x}, 1"), f.let(f"ashr i64 {y}, 1"), slow)
    return f.let(f"or i64 {twice}, 1")


def _checked(f: Writer, operation: str, x: str, y: str, slow: str) -> str:
    pair = f.let(f"call {{i64, i1}} @llvm.{operation}.with.overflow.i64(i64 {x}, i64 {y})")
    f.unless(f.let(f"extractvalue {{i64, i1}} {pair}, 1"), slow)
    return f.let(f"extractvalue {{i64, i1}} {pair}, 0")


def _quotient(f: Writer, x: str, y: str, slow: str) -> str:
    return _division(f, x, y, slow)[0]


def _remainder(f: Writer, x: str, y: str, slow: str) -> str:
    return _division(f, x, y, slow)[1]


def _division(f: Writer, x: str, y: str, slow: str) -> tuple[str, str]:
    """Rounded down. By 0 there is no value, and by -1 it may not fit. Halves of words divide in half the time."""
    a, b = f.let(f"ashr i64 {x}, 1"), f.let(f"ashr i64 {y}, 1")
    small = f.let(f"icmp ult i64 {f.let(f'add i64 {b}, 1')}, 2")
    f.unless(small, slow)
    half, word, both = (f.label() for _ in range(3))
    short = f.let(f"icmp ult i64 {f.let(f'or i64 {a}, {b}')}, 4294967296")
    f.put(f"br i1 {short}, label %{half}, label %{word}")
    f.begin(half)
    narrow = [f.let(f"trunc i64 {n} to i32") for n in (a, b)]
    divided = [f.let(f"{op} i32 {narrow[0]}, {narrow[1]}") for op in ("udiv", "urem")]
    quick = [f.let(f"zext i32 {n} to i64") for n in divided]
    f.put(f"br label %{both}")
    f.begin(word)
    q, r = f.let(f"sdiv i64 {a}, {b}"), f.let(f"srem i64 {a}, {b}")
    apart = f.let(f"icmp slt i64 {f.let(f'xor i64 {r}, {b}')}, 0")
    down = f.let(f"and i1 {apart}, {f.let(f'icmp ne i64 {r}, 0')}")
    lower = f.let(f"sext i1 {down} to i64")
    back = f.let(f"select i1 {down}, i64 {b}, i64 0")
    floored = [f.let(f"add i64 {n}, {m}") for n, m in ((q, lower), (r, back))]
    f.put(f"br label %{both}")
    f.begin(both)
    pairs = zip(quick, floored, strict=True)
    values = [f.let(f"phi i64 [ {fast}, %{half} ], [ {full}, %{word} ]") for fast, full in pairs]
    tagged = [f.let(f"or i64 {f.let(f'shl i64 {n}, 1')}, 1") for n in values]
    return tagged[0], tagged[1]


FAST: Mapping[str, Callable[[Writer, str, str, str], str]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "mod": _remainder,
}
