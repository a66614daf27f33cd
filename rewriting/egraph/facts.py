"""The values of analyses for the classes of one e-graph, brought up to date after each change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..literals import literal_text
from .analyses import Analysis, ConstantFolding, Node
from .arena import Arena


class Facts:
    """Mutable: for each analysis a value by class, None where nothing is known."""

    def __init__(self, analyses: Mapping[str, Analysis], node: Callable[[int], Node]) -> None:
        self.analyses = analyses
        self._node = node
        self.values: dict[str, dict[int, Any]] = {name: {} for name in analyses}
        self._because: dict[int, int] = {}  # of a class with a constant, the node that it was computed from
        self._seen = 0  # nodes that have been looked at
        self._to_fold: dict[int, None] = {}

    def copy(self) -> Facts:
        """The same facts, which may then go another way."""
        other = Facts(self.analyses, self._node)
        other.values = {name: dict(values) for name, values in self.values.items()}
        other._because, other._seen, other._to_fold = dict(self._because), self._seen, dict(self._to_fold)
        return other

    def value(self, name: str, cls: int) -> Any:
        return self.values[name].get(cls)

    def update(self, arena: Arena, lost: Iterable[int]) -> set[int]:
        """Take in the nodes made since the last call and the classes that lost their names; congruence must hold.

        Returns the classes whose values changed, or which have new nodes. Raises Contradiction.
        """
        changed: dict[int, None] = {}
        for y in lost:
            x = arena.find(y)
            if x == y:
                continue
            for name, analysis in self.analyses.items():
                values = self.values[name]
                if y in values:
                    value = values.pop(y)
                    self._learn(analysis, values, x, value, changed, self._because.pop(y, None))
                if x in values:
                    changed[x] = None  # the users of either saw another name, or nothing at all
        for node in range(self._seen, arena.made):
            if arena.is_live(node):
                self._make(arena, node, changed)
        ever = {*changed, *(arena.find(n) for n in range(self._seen, arena.made) if arena.is_live(n))}
        self._seen = arena.made
        while changed:
            cls = arena.find(next(iter(changed)))
            changed.pop(next(iter(changed)))
            for user in arena.users(cls):
                self._make(arena, user, changed)
            ever.update(changed)
        return {arena.find(c) for c in ever}

    def folded(self) -> list[tuple[int, int, str, str]]:
        """Classes that are equal to a literal since the last call: a node that computes it, class, and the literal's
        text and sort."""
        found = []
        for name, analysis in self.analyses.items():
            if isinstance(analysis, ConstantFolding):
                for cls in self._to_fold:
                    value = self.values[name].get(cls)
                    node = self._because.get(cls)
                    if value is not None and node is not None:
                        found.append((node, cls, literal_text(value), self._node(node).head.result))
        self._to_fold.clear()
        return found

    def pruned(self, classes: Iterable[int]) -> list[int]:
        """Those of the classes that are to keep their leaves only."""
        names = [n for n, a in self.analyses.items() if isinstance(a, ConstantFolding) and a.prune]
        return [c for c in classes if any(c in self.values[n] for n in names)]

    def postpone(self, cls: int) -> None:
        """`folded` is to mention a class again."""
        self._to_fold[cls] = None

    def _make(self, arena: Arena, node: int, changed: dict[int, None]) -> None:
        seen = self._node(node)
        below = arena.cells(node)[: len(seen.head.arguments)]
        cls = arena.find(node)
        for name, analysis in self.analyses.items():
            values = self.values[name]
            value = analysis.make(seen, [values.get(arena.find(c)) for c in below])
            if value is not None:
                self._learn(analysis, values, cls, value, changed, node)

    def _learn(
        self,
        analysis: Analysis,
        values: dict[int, Any],
        cls: int,
        value: Any,
        changed: dict[int, None],
        because: int | None,
    ) -> None:
        old = values.get(cls)
        new = value if old is None else analysis.merge(old, value)
        if old is None or new != old:
            values[cls] = new
            changed[cls] = None
        if isinstance(analysis, ConstantFolding) and old is None:
            if because is not None:
                self._because[cls] = because
            self._to_fold[cls] = None
