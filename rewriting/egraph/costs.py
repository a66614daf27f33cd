"""What a term costs: how extraction is told which of many equal terms is wanted.

A cost model is additive or a function of the user's. The additive ones give every symbol a weight, a number from 0 up;
a term costs the weight of its head and the costs of its arguments, all together or, for depth, only the dearest:

    "size"      1 for every symbol, variable and literal
    "depth"     the same, along the longest way down
    "cycles"    CPU cycles of each numeric operation on 64-bit floating-point numbers (`cycles.py`)
    {"+": 1, "sin": 20, "x": 0, "other": 5}   weights by text, of symbols, variables and literals

A weight of infinity forbids a symbol. A function gets the text of the head and the costs of the arguments:

>>> model = cost_model(lambda head, below: sum(below) + (10 if head == "d" else 1))
>>> model.call("d", (3,))
13
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..source import LemmataError, nearest
from ..theory import Symbol
from .cycles import CALL, CYCLES
from .history import Op
from .view import View

Weight = int | float
Weights = npt.NDArray[np.float64]
OTHER = "other"
LARGEST = 1 << 53  # weight; whole numbers up to here are exact in floating point too


@dataclass(frozen=True)
class Additive:
    """Weights by text. What has none weighs `other`, a variable or literal `leaf`.

    A term costs its head's weight and the sum of its arguments' costs, or if `deepest` their maximum. Raises
    LemmataError for a weight that is no number from 0 to 2**53, nor infinity.
    """

    weights: Mapping[str, Weight] = field(default_factory=dict)
    other: Weight = 1
    leaf: Weight = 1
    deepest: bool = False

    def __post_init__(self) -> None:
        for text, weight in (*self.weights.items(), (OTHER, self.other), (OTHER, self.leaf)):
            number = isinstance(weight, int | float) and not isinstance(weight, bool)
            if not (number and (0 <= weight <= LARGEST or weight == math.inf)):
                shown = "too large" if number and abs(weight) > LARGEST else f"{weight!r:.80}"
                raise LemmataError(
                    f"the weight of {text!r:.80} is {shown}",
                    hint="weights are numbers from 0 to 2^53, or infinity for what must not occur",
                )

    def of(self, view: View, texts: Mapping[str, str]) -> Weights:
        """float64[n], the weight of every node of a view; `texts` has those of the symbols by name.

        A multiset of n members weighs as much as n - 1 applications of its symbol, unless only depth counts.
        """
        by_op = np.array([self._weight(op, texts) for op in view.ops], np.float64)
        by_leaf = np.array([self.weights.get(str(row[1]), self.leaf) for row in view.leaves], np.float64)
        weights = by_op[view.op] if len(by_op) else np.zeros(0)
        weights = weights if self.deepest else weights * view.applications
        return np.where(view.leaf >= 0, by_leaf[np.maximum(view.leaf, 0)], weights) if len(by_leaf) else weights

    def _weight(self, op: Op, texts: Mapping[str, str]) -> Weight:
        return self.leaf if op.leaf else self.weights.get(texts.get(op.symbol.name, op.symbol.name), self.other)


@dataclass(frozen=True)
class Function:
    """A function of the user's, from the text of a head and the costs of the arguments to a cost.

    Costs must be comparable with `<`. A term may not cost less than its arguments, nor less for a dearer argument.
    """

    call: Callable[[str, tuple[Any, ...]], Any]


CostModel = Additive | Function

SIZE = Additive()
DEPTH = Additive(deepest=True)
NUMERIC = Additive(CYCLES, other=CALL, leaf=0)
_NAMED: Mapping[str, Additive] = {"size": SIZE, "depth": DEPTH, "cycles": NUMERIC}

Given = str | Mapping[str, Weight] | Callable[[str, tuple[Any, ...]], Any] | Additive | Function


def cost_model(given: Given) -> CostModel:
    """The model that a user means: by name, as weights (under "other" that of all the rest, else 1), or a function.

    Raises LemmataError.
    """
    if isinstance(given, Additive | Function):
        return given
    if isinstance(given, str):
        if given not in _NAMED:
            raise LemmataError(f"unknown cost {given!r:.80}", hint=nearest(given, _NAMED, "costs"))
        return _NAMED[given]
    if isinstance(given, Mapping):
        other = given.get(OTHER, 1)
        return Additive({text: weight for text, weight in given.items() if text != OTHER}, other, other)
    if callable(given):
        return Function(given)
    raise LemmataError(
        f"a cost cannot be given as {type(given).__name__}",
        hint=f"one of {', '.join(_NAMED)}, a mapping from symbols to weights, or a function (head, costs) -> cost",
    )


def symbol_texts(symbols: Iterable[Symbol]) -> dict[str, str]:
    """How symbols are written, by name."""
    return {s.name: s.notation.text for s in symbols}


def node_text(view: View, node: int, texts: Mapping[str, str]) -> str:
    """The text of a node's head: of its symbol, variable or literal."""
    if view.leaf[node] >= 0:
        return str(view.leaves[int(view.leaf[node])][1])
    name = view.ops[int(view.op[node])].symbol.name
    return texts.get(name, name)
