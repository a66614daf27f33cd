"""The cases of the machine calculi: files of the format fmc-rmc-cases/1, and what a case of each kind demands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lemmata.calculi import imperative, lambda_calculus
from lemmata.calculi.fmc import closures, continuations, native, prefix, table_machine
from lemmata.calculi.fmc.equivalence import equivalent
from lemmata.calculi.fmc.machine import FUEL, Ending, Memory, Request, Run
from lemmata.calculi.fmc.measure import measure
from lemmata.calculi.fmc.normalising import normal_form
from lemmata.calculi.fmc.parsing import parse, parse_program, parse_type
from lemmata.calculi.fmc.reduction import Reducer, reduced
from lemmata.calculi.fmc.rows import accepts
from lemmata.calculi.fmc.terms import Term, same
from lemmata.calculi.fmc.typing import checks, infer
from lemmata.rewriting.source import LemmataError, Source

DATA = Path(__file__).parent.parent / "data"
Case = Mapping[str, Any]


def read_cases(path: Path) -> list[Case]:
    """The cases of parts A and B in a file."""
    data = json.loads(path.read_text("utf-8"))
    assert data["format"] == "fmc-rmc-cases/1"
    return [case for case in data["cases"] if case["part"] in ("A", "B")]


def memory(given: Mapping[str, Any]) -> dict[str, list[Term]]:
    return {at: [parse(str(value)) for value in values] for at, values in given.items()}


def same_memory(found: Memory, expected: Memory) -> bool:
    """Equal, stack by stack, up to names, annotations and right units; absent and empty stacks are one."""
    return all(
        len(found.get(at, ())) == len(expected.get(at, ()))
        and all(same(a, b) for a, b in zip(found.get(at, ()), expected.get(at, ()), strict=True))
        for at in found.keys() | expected.keys()
    )


# Machines, by name: each runs a request for 20,000 transitions, or says that it does not run such requests.


class NotFor(Exception):
    """This machine is not for this request."""


def _prefix(request: Request) -> Run:
    if request.strict:
        raise NotFor
    try:
        return prefix.run(request.term, request.memory)
    except prefix.HasControl:
        raise NotFor from None


def _continuations(request: Request) -> Run:
    if request.strict:
        raise NotFor
    return continuations.run(request.term, request.memory)


MACHINES: Mapping[str, Callable[[Request], Run]] = {
    "closures": closures.execute,
    "continuations": _continuations,
    "prefix": _prefix,
    "native": lambda request: native.execute(request, fuel=FUEL),
    "table": table_machine.execute,
}


def on_all_machines(request: Request, judge: Callable[[Run], None]) -> None:
    """Run a request on every machine that is for it, and judge each."""
    for machine in MACHINES.values():
        try:
            ran = machine(request)
        except NotFor:
            continue
        judge(ran)


# Kinds


def _run(case: Case) -> None:
    request = Request(parse(case["term"]), memory(case["memory"]), bool(case.get("strict")))
    status = case.get("status", "exit")

    def judge(ran: Run) -> None:
        assert ran.ending == Ending(status), ran
        if status == "exit":
            assert ran.exit == case.get("exit", "*")
        if case["expect"] is not None and status != "fuel":
            assert same_memory(ran.memory, memory(case["expect"])), ran.memory
        if "steps" in case:
            assert ran.steps in (case["steps"], None)

    on_all_machines(request, judge)


def _normal_form(case: Case) -> None:
    term, expected = parse(case["term"]), parse(case["expect"])
    assert same(normal_form(term), expected)
    for strategy in ("outermost", "innermost", "random"):
        found = reduced(term, strategy)  # type: ignore[arg-type]
        assert found.normal
        assert same(found.term, expected)


def _not_confluent(case: Case) -> None:
    reducts = [parse(text) for text in case["reducts"]]
    step = Reducer((term := parse(case["term"])).table).step(term.root)
    assert step is not None
    assert same(Term(term.table, step[1]), reducts[0])
    assert all(not Reducer(r.table).is_reducible(r.root) for r in reducts)
    assert not same(reducts[0], reducts[1])


def _equivalent(case: Case) -> None:
    inputs = [memory(given) for given in case["inputs"]]
    assert equivalent(parse(case["left"]), parse(case["right"]), inputs) == case.get("expect", True)


def _type(case: Case) -> None:
    assert infer(parse(case["term"])) == parse_type(case["expect"])


def _type_error(case: Case) -> None:
    with pytest.raises(LemmataError) as raised:
        infer(parse_program(Source("case", case["term"])))
    assert raised.value.kind == "type"


def _checks(case: Case) -> None:
    assert checks(parse(case["term"]), parse_type(case["type"])) == case["expect"]


def _rows(case: Case) -> None:
    assert accepts(parse(case["term"])) == case["expect"]


def _distribution(case: Case) -> None:
    found = closures.distribution(parse(case["term"]), memory(case.get("memory", {})))
    assert {str(term): str(weight) for term, weight in found.items()} == case["expect"]


def _measure(case: Case) -> None:
    term = parse(case["term"])
    found = measure(term)
    ran = closures.run(term)
    assert {"measure": found.strong, "weak": found.weak, "machine": ran.steps} == case["expect"]


def _parse_equal(case: Case) -> None:
    assert parse(case["left"]) == parse(case["right"])


def _lambda(case: Case) -> None:
    term = lambda_calculus.translate(lambda_calculus.parse(case["term"]), case["strategy"])
    status = case.get("status", "exit")

    def judge(ran: Run) -> None:
        assert ran.ending == Ending(status)
        if case["expect"] is not None:
            assert same_memory(ran.memory, memory(case["expect"]))

    on_all_machines(Request(term, memory(case.get("memory", {}))), judge)


def _imperative(case: Case) -> None:
    program = imperative.parse(case["program"])
    expected = case["expect"]
    exit_ = case.get("exit", "*")
    cells = case["cells"]
    given = {name: [value] for name, value in cells.items()} | {"in": case.get("input", [])[::-1]}

    def judge(ran: Run) -> None:
        assert (ran.ending, ran.exit) == (Ending.EXIT, exit_)
        assert [int(_number(v)) for v in ran.memory.get("out", [])] == expected["out"]
        for name, value in expected.get("cells", {}).items():
            assert [_number(v) for v in ran.memory[name]] == [value]
        assert all(len(ran.memory[name]) == 1 for name in cells)
        assert exit_ != "*" or "" not in ran.memory

    request = Request(imperative.translate(program), {at: list(map(_literal, vs)) for at, vs in given.items()})
    on_all_machines(request, judge)
    found = imperative.interpret(program, cells, case.get("input", []))
    assert (found.exit, found.output) == (exit_, expected["out"])
    assert found.cells.items() >= expected.get("cells", {}).items()


def _number(term: Term) -> int:
    kind, value = term.row
    assert kind == "number"
    return int(value)


def _literal(value: int) -> Term:
    return parse(str(value) if value >= 0 else f"'m{-value}")


KINDS: Mapping[str, Callable[[Case], None]] = {
    "fmc.run": _run,
    "fmc.nf": _normal_form,
    "fmc.notconfluent": _not_confluent,
    "fmc.equiv": _equivalent,
    "fmc.type": _type,
    "fmc.typeerror": _type_error,
    "fmc.checks": _checks,
    "fmc.rows": _rows,
    "fmc.dist": _distribution,
    "fmc.measure": _measure,
    "fmc.parse_equal": _parse_equal,
    "lam.run": _lambda,
    "imp.run": _imperative,
}
