"""The process that asks Z3: obligations as one JSON object on standard input, an answer a line on standard output.

A script that imports nothing of Lemmata but runs beside it, so that it starts fast and can be killed. Input:

    {"milliseconds", "megabytes", "symbols": {name: [argument sorts, result]}, "rows": [row of a term table],
     "theorems": [[number, [[step, goal, [given], [[formula, [[variable, term]]]]]]]]}

where goal and given are sequents [[hypotheses], conclusion] of row indices. Output, in the order of the theorems:

    {"version"}, then {"theorem": number, "answer": "unsat" | "sat" | "unknown", "step": the first that is not unsat}
"""

from __future__ import annotations

import json
import sys
from typing import Any

import z3

_ARGUMENTS = {"app": 2, "eq": 1, "imp": 1, "and": 1, "or": 1, "all": 2, "ex": 2}
_PROP = "Prop"
_MOST_SHAPE = 20_000


class Translator:
    """Rows as Z3 expressions, built from the leaves up, each once."""

    def __init__(self, rows: list[list[Any]], symbols: dict[str, Any]) -> None:
        self._rows = rows
        self._symbols = symbols
        self._sort_objects: dict[str, Any] = {_PROP: z3.BoolSort()}
        self._functions = {
            name: z3.Function(f"f{n}", *(self._sort(s) for s in [*arguments, result]))
            for n, (name, (arguments, result)) in enumerate(symbols.items())
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
        return row[0] in ("var", "bound") or (row[0] == "app" and self._symbols[row[1]][1] != _PROP)

    def _sort_of(self, row: list[Any]) -> str:
        return str(row[2] if row[0] in ("var", "bound") else self._symbols[row[1]][1])


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
    made = Translator(asked["rows"], asked["symbols"])
    for number, obligations in asked["theorems"]:
        solver = z3.SolverFor("QF_UF")
        solver.set("timeout", asked["milliseconds"])
        answer, at = "unsat", None
        for step, goal, given, instances in obligations:
            solver.push()
            solver.add(*(_sequent(made, s) for s in given), z3.Not(_sequent(made, goal)))
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
