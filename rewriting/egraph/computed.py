"""Symbols whose terms Python functions compute: dynamic right-hand sides, substitutions, tables looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..terms import Term

if TYPE_CHECKING:
    from ..hosts import Function
    from .graph import EGraph


class Computed:
    """The nodes of one graph whose functions have not yet answered."""

    def __init__(
        self,
        graph: EGraph,
        functions: Mapping[str, Callable[..., int | Term | None]],
        hosts: Mapping[str, Function],
    ) -> None:
        self._graph = graph
        self._functions = functions
        self._hosts = hosts
        self._seen = 0
        self._waiting: list[int] = []

    def copy(self) -> Computed:
        """The same nodes, to go another way."""
        other = Computed(self._graph, self._functions, self._hosts)
        other._seen, other._waiting = self._seen, list(self._waiting)
        return other

    def compute(self) -> int:
        """Ask the functions about the nodes made since the last call, and again about those that they left; how many
        merges came of it. `settle` has to follow."""
        if not self._functions and not self._hosts:
            return 0
        graph = self._graph
        made = graph.made
        waiting, self._waiting = self._waiting, []
        merged = 0
        for node in [*waiting, *graph.applications(self._texts, self._seen, made)]:
            name = graph.op(node).symbol.name
            result = self._ask(name, graph.children(node))
            if result is None:
                self._waiting.append(node)
                continue
            merged += graph.union_unsettled(node, result, f"computed by {graph.text_of(name)}")
        self._seen = made
        return merged

    @property
    def _texts(self) -> frozenset[str]:
        return frozenset(self._functions) | frozenset(self._hosts)

    def _ask(self, name: str, classes: list[int]) -> int | None:
        """The node of what the function of a symbol says; None if it says nothing."""
        graph = self._graph
        text = graph.text_of(name)
        function = self._functions.get(name, self._functions.get(text))
        if function is not None:
            answer = function(graph, *classes)
        else:
            arguments = []
            for c in classes:
                value = graph.literal(c)
                arguments.append(graph.term(c) if value is None else value)
            answer = self._hosts[text](*arguments)
        if answer is None:
            return None
        if isinstance(answer, Term):
            return graph.add(answer)
        return int(answer) if function is not None else graph.add_literal(answer, graph.result_of(name))
