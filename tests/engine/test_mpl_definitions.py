"""Which equations define a total function."""

from __future__ import annotations

import pytest

from lemmata.engine.mpl import parse_theory
from lemmata.rewriting.source import Source, SourceError

HEAD = """sort N = 0 | s(N)
sort B = t | f
sort A
sort Tree = leaf | node(Tree, N, Tree)
var x y z w : N
var u v : Tree
var a : A
op _+_ : N N -> N
  x + 0 = x
  x + s(y) = s(x + y)
"""

TOTAL = {
    "ackermann": "op ack : N N -> N\n ack(0, y) = s(y)\n"
    " ack(s(x), 0) = ack(x, 1)\n ack(s(x), s(y)) = ack(x, ack(s(x), y))",
    "second argument first": "op g : N N -> N\n g(x, 0) = x\n g(0, s(y)) = g(s(y), y)\n g(s(x), s(y)) = g(x, s(y))",
    "two steps": "op half : N -> N\n half(0) = 0\n half(s(0)) = 0\n half(s(s(x))) = s(half(x))",
    "trees": "op size : Tree -> N\n size(leaf) = 0\n size(node(u, x, v)) = size(u) + size(v) + x",
    "a constant": "op two : N\n two = 2",
    "no case": "op k : N A -> N\n k(x, a) = x",
    "out of order": "op p : N B -> N\n p(s(x), f) = x\n p(x, t) = x\n p(0, f) = 0",
    "three by three": "op q : N N N -> N\n q(0, y, z) = y\n q(s(x), 0, z) = q(x, z, z)\n "
    "q(s(x), s(y), 0) = q(s(x), y, y)\n q(s(x), s(y), s(z)) = q(s(x), s(y), z)",
}

PARTIAL = {
    "op h : N -> N\n h(x) = s(h(x))": "the call h(x) is not seen to terminate",
    "op h : N -> N\n h(0) = 0\n h(s(x)) = h(s(s(x)))": "the call h(s(s(x))) is not seen to terminate",
    "op h : N N -> N\n h(x, 0) = x\n h(0, s(y)) = h(s(y), s(y))\n h(s(x), s(y)) = h(x, s(y))": "not seen to terminate",
    "op h : N N -> N\n h(0, y) = y\n h(s(x), 0) = 0\n h(s(x), s(y)) = h(y, x) + h(x, 2)": "not seen to terminate",
    "op h : N -> N\n h(0) = 0\n h(s(0)) = 0": "no equation says what h(s(s(x))) is",
    "op h : B N -> N\n h(t, 0) = 0\n h(f, x) = x": "no equation says what h(t, s(x)) is",
    "op h : Tree B -> N\n h(node(u, 0, leaf), t) = 0": "no equation says what h(leaf, x) is",
    "op h : B B -> B\n h(t, t) = t\n h(t, f) = f\n h(f, t) = t": "no equation says what h(f, f) is",
    "op h : N -> N\n h(x) = x\n h(0) = 0": "equations 1 and 2 both apply to some terms",
    "op h : N N -> N\n h(0, x) = x\n h(s(x), y) = x\n h(y, s(x)) = x": "equations 1 and 3 both apply",
    "op h : N N -> N\n h(x, x) = x": "the variable 'x' stands twice on the left",
    "op h : N -> N\n h(x + y) = x": "x + y on the left is no pattern",
    "op h : N -> N\n h(h(x)) = x": "h(h(x))|h(x) on the left is no pattern",
    "op h : N -> N\n h(x) = y": "the variable 'y' stands on the right only",
    "op h : N -> N\n s(x) = h(x)": "must have 'h' outermost on its left",
    "op h : N -> N\n h(x) != x": "is defined by equations",
    "op h : A -> N\nop c : A\nop k : A -> N\n k(c) = 0": "c on the left is no pattern",
}


@pytest.mark.parametrize("text", TOTAL.values(), ids=TOTAL.keys())
def test_a_definition(text: str) -> None:
    theory = parse_theory(Source("<text>", HEAD + text))
    assert theory.symbols[-1].kind == "defined"


@pytest.mark.parametrize(("text", "message"), PARTIAL.items())
def test_no_definition(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_theory(Source("<text>", HEAD + text))
    assert any(part in caught.value.message for part in message.split("|"))
    assert caught.value.kind == "definition"
    assert caught.value.hint is not None
    assert "axiom" in caught.value.hint


def test_the_error_stands_at_the_equation() -> None:
    with pytest.raises(SourceError) as caught:
        parse_theory(Source("<text>", HEAD + "op h : N -> N\n  h(0) = 0\n  h(s(x)) = h(s(x))\n"))
    assert (caught.value.line, caught.value.column) == (HEAD.count("\n") + 3, 3)


def test_many_cases_are_bounded() -> None:
    names = [f"x{n}" for n in range(16)]
    head = HEAD + f"var {' '.join(names)} : N\nop h : {'N ' * 16}-> N\n"
    # each pair of columns differs in one equation only, so that the cases multiply
    rows = [", ".join("0" if n == m else "s(0)" if n == m - 1 else names[n] for n in range(16)) for m in range(1, 16)]
    with pytest.raises(SourceError) as caught:
        parse_theory(Source("<text>", head + "".join(f"  h({row}) = 0\n" for row in rows)))
    assert caught.value.kind == "definition"
