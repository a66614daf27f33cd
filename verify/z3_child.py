"""The process that asks Z3: obligations as one JSON object on standard input, an answer a line on standard output.

A script that imports nothing of Lemmata but runs beside it, so that it starts fast and can be killed. Input:

    {"milliseconds", "megabytes", "symbols": {name: [argument sorts, result, built-in operation or null]},
     "literals": [sort], "rows": [row of a term table],
     "theorems": [[number, [[step, goal, [given], [[formula, [[variable, term]]]], computed]]]]}

where goal and given are sequents [[hypotheses], conclusion] of row indices, and computed is null or the row of an
operation applied to literals, whose value is to be Z3's own. Output, in the order of the theorems:

    {"version"}, then {"theorem": number, "answer": "unsat" | "sat" | "unknown", "step": the first that is not unsat}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import z3

_ARGUMENTS = {"app": 2, "eq": 1, "imp": 1, "and": 1, "or": 1, "all": 2, "ex": 2}
_PROP = "Prop"
_MOST_SHAPE = 20_000


class Translator:
    """Rows as Z3 expressions, built from the leaves up, each once."""

    def __init__(self, rows: list[list[Any]], symbols: dict[str, Any], literals: list[str]) -> None:
        self._rows = rows
        self._symbols = symbols
        self._sort_objects: dict[str, Any] = {_PROP: z3.BoolSort()}
        self._sort_objects |= {s: sort for s in literals if (sort := _own_sort(s)) is not None}
        self._functions = {
            name: z3.Function(f"f{n}", *(self._sort(s) for s in [*arguments, result]))
            for n, (name, (arguments, result, _)) in enumerate(symbols.items())
        }
        self._skeletons: dict[Any, Any] = {}
        self._loose: list[int] = []
        self._made: list[Any] = []
        for i in range(len(rows)):
            below = self._below(i)
            level = rows[i][1] + 1 if rows[i][0] == "bound" else max((self._loose[c] for c in below), default=0)
            self._loose.append(max(0, level - 1) if rows[i][0] in ("all", "ex") else level)
            self._made.append(self._make(i) if self._loose[i] == 0 else None)

    def __getitem__(self, i: int) -> Any:
        return self._made[i]

    def computed(self, i: int) -> Any:
        """That an operation applied to literals has Z3's own value."""
        arguments, result, text = self._symbols[self._rows[i][1]]
        operands = [self._made[c] for c in self._below(i)]
        return self._made[i] == _own_value(text, arguments, result, operands)

    def _sort(self, name: str) -> Any:
        if name not in self._sort_objects:
            self._sort_objects[name] = z3.DeclareSort(f"s{len(self._sort_objects)}")
        return self._sort_objects[name]

    def _below(self, i: int) -> list[int]:
        row = self._rows[i]
        return row[_ARGUMENTS[row[0]] :] if row[0] in _ARGUMENTS else []

    def _make(self, i: int) -> Any:
        row = self._rows[i]
        kind = row[0]
        if kind == "var":
            return z3.Const(f"x{i}", self._sort(row[2]))
        if kind == "lit":
            return self._literal(i, row[1], row[2])
        if kind == "false":
            return z3.BoolVal(False)
        if kind in ("all", "ex"):
            return self._opaque(i)
        parts = [self._made[c] for c in self._below(i)]
        if kind == "app":
            return self._functions[row[1]](*parts)
        if kind == "eq":
            return parts[0] == parts[1]
        return {"imp": z3.Implies, "and": z3.And, "or": z3.Or}[kind](*parts)

    def _literal(self, i: int, text: str, sort: str) -> Any:
        own = self._sort(sort)
        if own == z3.BoolSort():
            return z3.BoolVal(text == "true")
        if own == z3.IntSort():
            return z3.IntVal(text)
        if own == z3.RealSort():
            return z3.RealVal(text)
        return z3.BitVecVal(text, own) if z3.is_bv_sort(own) else z3.Const(f"l{i}", own)

    def _opaque(self, root: int) -> Any:
        """A quantified formula as a predicate of its maximal terms without bound variables, one for each shape.

        The formula is read as a tree, for equal terms in two places may come from different ones by rewriting. One that
        is too large for that is a predicate of nothing: less can then be shown, never more.
        """
        shape: list[Any] = []
        holes: list[int] = []
        stack = [root]
        while stack:
            i = stack.pop()
            row = self._rows[i]
            if self._loose[i] == 0 and self._is_term(row):
                shape.append("hole")
                holes.append(i)
            else:
                below = self._below(i)
                shape.append(tuple(row[: len(row) - len(below)]))
                stack.extend(reversed(below))
            if len(shape) > _MOST_SHAPE:
                shape, holes = [root], []
                break
        key = tuple(shape)
        if key not in self._skeletons:
            sorts = [self._sort(self._sort_of(self._rows[h])) for h in holes]
            self._skeletons[key] = z3.Function(f"q{len(self._skeletons)}", *sorts, z3.BoolSort())
        return self._skeletons[key](*(self._made[h] for h in holes))

    def _is_term(self, row: list[Any]) -> bool:
        return row[0] in ("var", "bound", "lit") or (row[0] == "app" and self._symbols[row[1]][1] != _PROP)

    def _sort_of(self, row: list[Any]) -> str:
        return str(row[2] if row[0] in ("var", "bound", "lit") else self._symbols[row[1]][1])


def _own_sort(name: str) -> Any:
    """Z3's own sort for one that has literals; None for that of strings."""
    if name.startswith("BitVec"):
        return z3.BitVecSort(int(name.removeprefix("BitVec")))
    known = {"Bool": z3.BoolSort, "Int": z3.IntSort, "Rat": z3.RealSort, "Real": z3.RealSort, "Complex": z3.RealSort}
    return known[name]() if name in known else None


def _own_value(text: str, arguments: list[str], result: str, operands: list[Any]) -> Any:
    """A built-in operation as Z3's own expression over literals."""
    bits = arguments[0].startswith("BitVec")
    if len(operands) == 1:
        (x,) = operands
        return {"-": lambda: -x, "~": lambda: ~x, "not": lambda: z3.Not(x), "abs": lambda: z3.If(x < 0, -x, x)}[text]()
    x, y = operands
    relations = {"<": z3.ULT, "<=": z3.ULE, ">": z3.UGT, ">=": z3.UGE} if bits else {}
    if text in relations:
        return relations[text](x, y)
    if text == "^":
        return _power(x, y, result)
    quotient = z3.If(y > 0, x / y, -x / -y) if result == "Int" and text in ("div", "mod") else None
    table: dict[str, Callable[[], Any]] = {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "/": lambda: x / y,
        "div": lambda: quotient,
        "mod": lambda: x - y * quotient,  # Z3 divides so that the rest is not negative
        "<": lambda: x < y,
        "<=": lambda: x <= y,
        ">": lambda: x > y,
        ">=": lambda: x >= y,
        "=": lambda: x == y,
        "<>": lambda: x != y,
        "iff": lambda: x == y,
        "and": lambda: z3.And(x, y),
        "or": lambda: z3.Or(x, y),
        "implies": lambda: z3.Implies(x, y),
        "&": lambda: x & y,
        "|": lambda: x | y,
        "<<": lambda: x << y,
        ">>": lambda: z3.LShR(x, y),
        "xor": lambda: x ^ y if bits else z3.Xor(x, y),
    }
    return table[text]()


def _power(base: Any, exponent: Any, result: str) -> Any:
    """A power with a whole exponent as a product, by squaring; anything where the operation has no value."""
    n = exponent.as_fraction() if result != "Int" else Fraction(exponent.as_long())
    if n.denominator != 1:
        return z3.FreshConst(base.sort())
    one = z3.IntVal(1) if result == "Int" else z3.RealVal(1)
    whole, square, times = one, base, abs(n.numerator)
    while times:
        if times & 1:
            whole = z3.simplify(whole * square)
        times >>= 1
        square = z3.simplify(square * square) if times else square
    if n >= 0:
        return whole
    return z3.FreshConst(base.sort()) if result == "Int" else one / whole


def _sequent(made: Translator, sequent: list[Any]) -> Any:
    hypotheses, conclusion = sequent
    if not hypotheses:
        return made[conclusion]
    return z3.Implies(z3.And(*(made[h] for h in hypotheses)), made[conclusion])


def _say(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    if asked["megabytes"] is not None:
        z3.set_param("memory_max_size", asked["megabytes"])
    _say(version=z3.get_version_string())
    made = Translator(asked["rows"], asked["symbols"], asked["literals"])
    for number, obligations in asked["theorems"]:
        solver = z3.SimpleSolver() if asked["literals"] else z3.SolverFor("QF_UF")
        solver.set("timeout", asked["milliseconds"])
        answer, at = "unsat", None
        for step, goal, given, instances, computed in obligations:
            solver.push()
            solver.add(*(_sequent(made, s) for s in given), z3.Not(_sequent(made, goal)))
            if computed is not None:
                solver.add(made.computed(computed))
            for formula, pairs in instances:
                solver.add(z3.substitute(made[formula], *((made[a], made[b]) for a, b in pairs)))
            answer = str(solver.check())
            solver.pop()
            if answer != "unsat":
                at = step
                break
        _say(theorem=number, answer=answer, step=at)


if __name__ == "__main__":
    main()
