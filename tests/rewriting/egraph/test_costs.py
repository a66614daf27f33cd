"""Cost models: what users may give, and what it weighs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lemmata import rules
from lemmata.rewriting.egraph import cycles
from lemmata.rewriting.egraph.costs import DEPTH, SIZE, Additive, Function, cost_model, node_text, symbol_texts
from lemmata.rewriting.egraph.cycles import CALL, CYCLES
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.source import LemmataError


def weights(model: Additive, term: str) -> dict[str, float]:
    """What the nodes of a term weigh, by text."""
    graph = EGraph(rules("x + y = y + x"))
    node = graph.add(term)
    view = graph.view()
    symbols = symbol_texts(graph.term(node).signature.symbols)
    found = model.of(view, symbols)
    return {node_text(view, i, symbols): w for i, w in enumerate(found.tolist())}


class TestModels:
    def test_by_name(self) -> None:
        assert (cost_model("size"), cost_model("depth")) == (SIZE, DEPTH)
        assert cost_model(SIZE) is SIZE

    def test_weights_by_text_of_symbols_variables_and_constants(self) -> None:
        model = cost_model({"+": 2, "sin": 7.5, "x": 0})
        assert isinstance(model, Additive)
        assert weights(model, "sin(x + a)") == {"sin": 7.5, "+": 2, "x": 0, "a": 1}
        model = cost_model({"+": 2, "other": 5, "a": math.inf})
        assert isinstance(model, Additive)
        assert weights(model, "sin(x + a)") == {"sin": 5, "+": 2, "x": 5, "a": math.inf}

    def test_cycles(self) -> None:
        model = cost_model("cycles")
        assert isinstance(model, Additive)
        found = weights(model, "sin(x + y) * f(x)")
        assert found == {"sin": CYCLES["sin"], "+": CYCLES["+"], "*": CYCLES["*"], "f": CALL, "x": 0, "y": 0}

    def test_a_function(self) -> None:
        model = cost_model(lambda head, below: 1)
        assert isinstance(model, Function)
        assert model.call("f", ()) == 1

    @pytest.mark.parametrize("weight", [-1, -0.5, 2.0**54, math.nan, -math.inf, "1", None, True])
    def test_a_weight_must_be_a_number(self, weight: object) -> None:
        with pytest.raises(LemmataError, match="the weight of 'f' is"):
            cost_model({"f": weight})  # type: ignore[dict-item]

    @pytest.mark.parametrize("sign", [1, -1])
    def test_a_weight_too_long_to_print(self, sign: int) -> None:
        with pytest.raises(LemmataError, match="the weight of 'f' is too large"):
            cost_model({"f": sign * 10**5000})

    def test_an_unknown_name_gets_a_hint(self) -> None:
        with pytest.raises(LemmataError) as error:
            cost_model("sise")
        assert error.value.hint == "did you mean 'size'?"


class TestCycles:
    def test_the_table_has_what_is_measured(self) -> None:
        assert set(CYCLES) == set(cycles._operations())
        assert all(0 < n <= 1000 for n in CYCLES.values())

    def test_what_is_measured_computes(self) -> None:
        """The operations themselves, and a loop that waits for each result."""
        operations = cycles._operations()
        assert operations["sqrt"](0.25, 9.0) == 0.5
        assert operations["atan2"](0.0, 1.0) == 0.0
        assert operations["sin"](0.5, 0.0) == math.sin(0.5)
        first, second = np.full((2, 10), 0.75)
        assert cycles._seconds(operations["*"], first, second) > 0

    @pytest.mark.slow
    def test_measuring(self) -> None:
        found = cycles.measure()
        assert set(found) == set(CYCLES)
        assert found["sin"] > found["+"]
