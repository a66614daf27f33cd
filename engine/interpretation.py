"""Where the terms of a space are evaluated: in the model of small values, or in finite models.

Values are int32 numbers that mean something to the interpretation only: equal numbers are equal values, but for
`UNKNOWN`, which is a value that would take too long to find. What is unknown at a point refutes nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..rewriting.bank import Ints, TermBank, app_symbol
from ..rewriting.limits import Clock, Stop, Stopped
from ..rewriting.printing import Printer
from ..rewriting.rewriter import Rewriter
from ..rewriting.syntax import TermTable
from ..rewriting.theory import Symbol, Theory
from .models import Model
from .values import make_points, small_values

POINTS = 160
UNKNOWN = -1
FUEL = 4_000  # steps for one application to values: factorials of factorials are not waited for


def differ(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Where two arrays of values hold different ones, both known."""
    different: npt.NDArray[np.bool_] = (a != b) & (a != UNKNOWN) & (b != UNKNOWN)
    return different


class Interpretation(Protocol):
    """Evaluates operations at a number of points at once."""

    def points(self, sorts: Sequence[str]) -> Ints:
        """Values for variables of these sorts: [variable, point]."""

    def apply(self, symbol: Symbol, arguments: Ints) -> Ints:
        """The values [term, point] of an operation on values [term, argument, point]."""

    def show(self, value: int) -> str:
        """A value as text."""

    def where(self, point: int) -> str:
        """What has to be said of a point beside the values of variables; often nothing."""


class SmallValues:
    """The model of `values.py`: values are normal forms in the bank, found by the definitions."""

    def __init__(self, theory: Theory, bank: TermBank, definitions: Rewriter, clock: Clock) -> None:
        self._bank = bank
        self._evaluator = Rewriter(bank, definitions.table, fuel=FUEL)
        self._clock = clock
        self._elements = small_values(theory, bank)
        self._printer = Printer(theory.symbols)
        self._table = TermTable()  # of its own: the elements of abstract sorts are no symbols of the theory
        self._rows: dict[int, int] = {}
        self._texts: dict[int, str] = {}
        self._count = 0

    def points(self, sorts: Sequence[str]) -> Ints:
        values = make_points([self._elements[s] for s in sorts], POINTS)
        self._count = int(values.shape[1])
        return values

    def apply(self, symbol: Symbol, arguments: Ints) -> Ints:
        head = self._bank.symbol_id(app_symbol(symbol))
        count = arguments.shape[0]
        flat = arguments.transpose(0, 2, 1).reshape(count * self._count, symbol.arity)
        known = (flat != UNKNOWN).all(axis=1)
        applications, places = np.unique(self._bank.nodes(head, flat[known]), return_inverse=True)
        values = np.full(count * self._count, UNKNOWN, np.int32)
        values[known] = self._evaluate(applications.tolist())[places]
        return values.reshape(count, self._count)

    def _evaluate(self, terms: Sequence[int]) -> Ints:
        """The values of ground terms. They share the fuel of a call; one that finds little left is tried again."""
        values: list[int] = []
        while len(values) < len(terms):
            first = len(values)
            found = self._evaluator.normalise(terms[first:], self._clock)
            values.extend(found.terms)
            if found.stop is Stop.STEPS and len(values) == first:
                values.append(UNKNOWN)
            elif found.stop not in (Stop.DONE, Stop.STEPS):
                raise Stopped(found.stop)
        return np.array(values, np.int32)

    def show(self, value: int) -> str:
        found = self._texts.get(value)
        if found is None:
            row = self._bank.dump([value], self._table, self._rows)[0]
            found = self._texts[value] = self._printer.show(self._table, row, most=400)
        return found

    def where(self, point: int) -> str:
        return ""


class FiniteModels:
    """Several finite models side by side: each point lies in one of them."""

    def __init__(self, theory: Theory, models: Sequence[Model]) -> None:
        self._theory = theory
        self._models = models
        self._model_of: list[int] = []
        widest = max(m.size for m in models)
        self._widest = widest
        self._tables = {s.name: self._table(s, widest) for s in theory.symbols}

    def _table(self, symbol: Symbol, widest: int) -> Ints:
        """[model, arguments as digits to the base `widest`]"""
        out = np.zeros((len(self._models), widest**symbol.arity), np.int32)
        for m, model in enumerate(self._models):
            for arguments, value in model.tables[symbol.name].items():
                place = 0
                for a in arguments:
                    place = place * widest + a
                out[m, place] = value
        return out

    def points(self, sorts: Sequence[str]) -> Ints:
        columns = []
        for m, model in enumerate(self._models):
            if model.size == 1:
                continue  # everything is equal there
            most = max(1, POINTS // len(self._models))
            picks = list(np.ndindex(*([model.size] * len(sorts))))
            chosen = sorted(picks[:: max(1, len(picks) // most)], key=lambda p: (sum(p), p))
            columns += [list(p) for p in chosen]
            self._model_of += [m] * len(chosen)
        return np.array(columns, np.int32).reshape(len(columns), len(sorts)).T.copy()

    def apply(self, symbol: Symbol, arguments: Ints) -> Ints:
        place = np.zeros((arguments.shape[0], len(self._model_of)), np.int64)
        for a in range(symbol.arity):
            place = place * self._widest + arguments[:, a, :]
        return self._tables[symbol.name][np.array(self._model_of, np.int64)[None, :], place]

    def show(self, value: int) -> str:
        return str(value)

    def where(self, point: int) -> str:
        return f", in a model with {self._models[self._model_of[point]].describe(self._theory.symbols)}"


class Nowhere:
    """No model is known: there are no points, so nothing can be refuted."""

    def points(self, sorts: Sequence[str]) -> Ints:
        return np.zeros((len(sorts), 0), np.int32)

    def apply(self, symbol: Symbol, arguments: Ints) -> Ints:
        return np.zeros((arguments.shape[0], 0), np.int32)

    def show(self, value: int) -> str:
        return str(value)

    def where(self, point: int) -> str:
        return ""
