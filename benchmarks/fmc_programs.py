"""Programs of the Functional Machine Calculus to be timed, each with the same in CPython.

Plain functions stand beside the imperative ones and those that recur through the store, and a straightforward Krivine
machine beside the lambda-term. What both sides answer is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lemmata.calculi import imperative
from lemmata.calculi.fmc.machine import Request, Run
from lemmata.calculi.fmc.parsing import parse
from lemmata.calculi.fmc.terms import Term

_IF = "((({test}) ; #T -> #t) ; #F -> ({no})) ; #t -> ({yes})"
_SELF = "f<g>.[g]f.g"


@dataclass(frozen=True)
class Timed:
    """A program of one size: its request from the texts on, the same in CPython, and what an answer says."""

    name: str
    read: Callable[[], Request]
    python: Callable[[], Any]
    answer: Callable[[Run], Any]
    kind: str  # imperative, big, or lambda


def number(n: int) -> Term:
    return parse(str(n))


def _cell(name: str) -> Callable[[Run], int]:
    return lambda run: int(run.memory[name][-1].row[1])


def _imperative(text: str, cells: Mapping[str, int]) -> Request:
    term = imperative.translate(imperative.parse(text))
    return Request(term, {name: [number(value)] for name, value in cells.items()})


# Countdown


def _countdown(n: int) -> int:
    while n > 0:
        n = n - 1
    return n


def countdown(n: int) -> Timed:
    read = lambda: _imperative("while 0 < n { n := n - 1 }", {"n": n})  # noqa: E731
    return Timed(f"countdown from {n:,}", read, lambda: _countdown(n), _cell("n"), "imperative")


# Primes


def _primes(limit: int) -> int:
    count = 0
    p = 2
    while p < limit:
        q = 2
        prime = True
        while q * q <= p:
            if p % q == 0:
                prime = False
                break
            q = q + 1
        if prime:
            count = count + 1
        p = p + 1
    return count


_PRIMES = """p := 2;
while p < limit {
  q := 2;
  try { while q * q <= p { if p % q = 0 { throw composite }; q := q + 1 }; count := count + 1 }
  catch composite { skip };
  p := p + 1
}"""


def primes(limit: int) -> Timed:
    read = lambda: _imperative(_PRIMES, {"p": 0, "q": 0, "count": 0, "limit": limit})  # noqa: E731
    return Timed(f"primes below {limit:,}", read, lambda: _primes(limit), _cell("count"), "imperative")


# Recursion through the store

_FACTORIAL = "<n>.(" + _IF.format(test="[n].[0].$eq", yes="[1]", no=f"[n].[n].[1].$sub.{_SELF}.$mul") + ")"


def _factorial(n: int) -> int:
    return 1 if n == 0 else n * _factorial(n - 1)


def _factorials(n: int, times: int) -> int:
    value = 0
    while times:
        value = _factorial(n)
        times = times - 1
    return value


def factorials(n: int, times: int) -> Timed:
    round_ = (
        f"k<i>.[i]k.[i].[0].$eq ; #T -> #done ; #F -> [{n}] ; {_SELF} ; <r>.v<_>.[r]v.k<i>.[i].[1].$sub.<j>.[j]k.#l"
    )
    text = f"[{_FACTORIAL}]f.[0]v ; ({round_})^#l ; #done -> *"
    read = lambda: Request(parse(text), {"k": [number(times)]})  # noqa: E731
    name = f"factorial of {n} through a cell, {times:,} times"
    return Timed(name, read, lambda: _factorials(n, times), _cell("v"), "big" if n > 20 else "imperative")


_TAK_CALLS = f"[y].[x].[z].[1].$sub.{_SELF}.[x].[z].[y].[1].$sub.{_SELF}.[z].[y].[x].[1].$sub.{_SELF}.{_SELF}"
_TAK = "<x>.<y>.<z>.(" + _IF.format(test="[y].[x].$lt", yes=_TAK_CALLS, no="[z]") + ")"


def _tak(x: int, y: int, z: int) -> int:
    if y < x:
        return _tak(_tak(x - 1, y, z), _tak(y - 1, z, x), _tak(z - 1, x, y))
    return z


def takeuchi(x: int, y: int, z: int) -> Timed:
    text = f"[{_TAK}]f.[{z}].[{y}].[{x}].{_SELF}"
    read = lambda: Request(parse(text))  # noqa: E731
    return Timed(f"Takeuchi's function of {x}, {y}, {z}", read, lambda: _tak(x, y, z), _cell(""), "imperative")


# Church arithmetic, by name: 2 to the n, applied to the identity and a constant

_Node = tuple[Any, ...]


def _numeral(n: int) -> _Node:
    body: _Node = ("variable", 0)
    for _ in range(n):
        body = ("apply", ("variable", 1), body)
    return ("function", ("function", body))


def power(n: int) -> _Node:
    """(n 2) I c, in de Bruijn notation."""
    identity = ("function", ("variable", 0))
    return ("apply", ("apply", ("apply", _numeral(n), _numeral(2)), identity), ("constant",))


def krivine(term: _Node) -> tuple[str, int]:
    """What is in head position at the end, and how many transitions lead there (Krivine 2007)."""
    environment: Any = None
    stack: list[Any] = []
    transitions = 0
    while True:
        kind = term[0]
        if kind == "apply":
            stack.append((term[2], environment))
            term = term[1]
        elif kind == "function":
            environment = (stack.pop(), environment)
            term = term[1]
        elif kind == "variable":
            for _ in range(term[1]):
                environment = environment[1]
            term, environment = environment[0]
        else:
            return kind, transitions
        transitions += 1


def _church(n: int) -> str:
    body = "x"
    for _ in range(n):
        body = f"[{body}].f"
    return f"<f>.<x>.{body}"


def church(n: int) -> Timed:
    text = f"[['constant]].[<x>.x].[{_church(2)}].({_church(n)})"
    read = lambda: Request(parse(text))  # noqa: E731
    term = power(n)
    answer = lambda run: run.memory[""][-1].row[1]  # noqa: E731
    return Timed(f"Church numerals: 2 to the {n}", read, lambda: krivine(term)[0], answer, "lambda")
