"""No condition of the checker is idle: drop any one of them and some bad certificate gets through.

The checker's source is changed by program, one place at a time: a conjunct of a `_need` becomes true, a rule forgets
the hypotheses of its premises, a case forgets what it rests on. A change is noticed when a certificate of the
catalogue is no longer refused, be it that the checker now accepts it or that it fails instead of refusing.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import lemmata.rewriting.check as honest
from lemmata.rewriting.certificate import Certificate
from tests.rewriting.bad_certificates import Bad, catalogue

SOURCE = inspect.getsource(honest)

FORGETFUL = "return frozenset()"  # for a rule that rests on nothing: no change

# Conditions behind which another one stands: without them the refusal stays, with a worse message.
SECOND_LINE = {
    "a case's variables have the wrong sorts": "the constructor applied to them is ill sorted",
}


def _is_need(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_need"


def _why(call: ast.Call) -> str:
    return ast.unparse(call.args[1])


class _Edit:
    """One place of the source, counted in the order of `ast.walk`, and what is done to it."""

    def __init__(self, name: str, place: int, conjunct: int | None = None) -> None:
        self.name = name
        self.place = place
        self.conjunct = conjunct

    def apply(self, tree: ast.Module) -> None:
        node = list(ast.walk(tree))[self.place]
        if isinstance(node, ast.Call):
            true = ast.Constant(True)
            if self.conjunct is None:
                node.args[0] = true
            else:
                node.args[0].values[self.conjunct] = true  # type: ignore[attr-defined]
        elif isinstance(node, ast.Return | ast.AugAssign):
            node.value = ast.parse("frozenset()", mode="eval").body
        ast.fix_missing_locations(tree)


def _edits() -> Iterator[_Edit]:
    tree = ast.parse(SOURCE)
    rules = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name.removeprefix("_") in honest.RULES
        for node in ast.walk(function)
    }
    for place, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Call) and _is_need(node):
            condition = node.args[0]
            if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
                for n, part in enumerate(condition.values):
                    yield _Edit(f"line {node.lineno}: {_why(node)}: {ast.unparse(part)}", place, n)
            else:
                yield _Edit(f"line {node.lineno}: {_why(node)}", place)
        elif node in rules and isinstance(node, ast.Return | ast.AugAssign) and ast.unparse(node) != FORGETFUL:
            yield _Edit(f"line {node.lineno}: {ast.unparse(node)}", place)


def _weakened(edit: _Edit) -> ModuleType:
    tree = copy.deepcopy(ast.parse(SOURCE))
    edit.apply(tree)
    name = "lemmata.rewriting._weakened_check"
    module = ModuleType(name)
    module.__package__ = "lemmata.rewriting"
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(tree, name, "exec"), module.__dict__)
    finally:
        del sys.modules[name]
    return module


def _refused(module: ModuleType, bad: Bad) -> bool:
    try:
        verdict = module.check(Certificate(bad.theory, bad.theory.digest, bad.terms, bad.derivations))
    except Exception:
        return False
    return not verdict.accepted


EDITS = list(_edits())
BAD = catalogue()


def test_the_honest_checker_refuses_the_whole_catalogue() -> None:
    assert all(_refused(honest, bad) for bad in BAD)


def test_many_conditions_are_dropped() -> None:
    assert len(EDITS) > 90


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_weakened_checker_lets_something_through(edit: _Edit) -> None:
    module = _weakened(edit)
    through = [bad.name for bad in BAD if not _refused(module, bad)]
    if any(why in edit.name for why in SECOND_LINE):
        assert not through
    else:
        assert through
