"""Why two nodes are equal: a proof in the common format, found in what an e-graph remembers.

The effective unions are a forest, so between two nodes of a class there is one path. Each union on it is one step:

    a rule         left = lhs[sigma]       by congruence down the pattern, where the matched nodes' children were equal
                   lhs[sigma] = rhs[sigma] an instance of the rule's axiom, its conditions discharged
                   rhs[sigma] = right      by congruence up the right side
    congruence     f(a, b) = f(c, d)       from a = c and b = d
    evaluation     f(a, b) = value         from a = literal and b = literal
    by decree      left = right            a hypothesis of the theorem

(after Nieuwenhuis and Oliveras 2005, "Proof-producing congruence closure"). What a union rests on was equal before it,
so this ends. Each pair of nodes is explained once, and each union: the proof is a DAG, however large as a tree.

A condition that cannot be discharged (a Python function decided it, or two classes were different at that time) becomes
a hypothesis of the theorem, as it stands for the matched terms.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..certificate import Certificate, Derivation
from ..derivation import Builder
from ..source import LemmataError
from ..syntax import TermTable
from ..theory import Theory
from .forest import Forest
from .history import ASSERTED, CONGRUENCE, EVALUATED, History
from .node_terms import NodeTerms
from .rule_instances import Goal, Proving, RuleInstances
from .short_cuts import ShortCuts
from .steps import Steps

_Proving = Generator[Goal | int, int | None, int | None]  # may ask for unions too


class NotEqual(LemmataError):
    """Two nodes are not in one class, so there is nothing to explain."""

    kind = "explanation"


def explain(
    history: History, theory: Theory, left: int, right: int, name: str = "equal", *, short: bool = True
) -> Certificate:
    """A certificate of one theorem: the terms of two nodes of one class are equal.

    What was decreed, and each condition that cannot be discharged, is a hypothesis: h implies (... left = right), in
    order of first use. `theory` has the symbols of all nodes and the axioms that the rules cite. Raises NotEqual.

    The proof is the shorter one of that along the forest and, if it is to be `short`, that by short cuts. Linear in the
    proof, but for paths, which take time linear in their length each time that they are walked.
    """
    explainers = [Explainer(history, theory, short=way) for way in ([False, True] if short else [False])]
    found = [(e.derivation(name, left, right), e.builder.table) for e in explainers]
    theorem, table = min(found, key=lambda pair: len(pair[0].steps))
    return Certificate(theory, theory.digest, table, (theorem,))


class Explainer:
    """Explains equalities of one history over one builder, so that whatever they share is explained once."""

    def __init__(self, history: History, theory: Theory, *, short: bool = False) -> None:
        self.builder = Builder(TermTable(theory.terms.rows, theory.terms.hints))
        self._history = history
        self._forest = Forest(history)
        self._steps = Steps(self.builder)
        self._nodes = NodeTerms(history, self.builder.table)
        self._rules = RuleInstances(history, theory, self._steps, self._nodes, self._forest)
        self._short_cuts = ShortCuts(history, self._nodes, self._rules, self._forest) if short else None
        self._proved: dict[Goal | int, int | None] = {}  # equations of nodes, and unions

    def derivation(self, name: str, left: int, right: int) -> Derivation:
        """The theorem that the terms of two nodes are equal, over the builder's table, its hypotheses discharged.

        Raises NotEqual.
        """
        return self.builder.finish(name, self._steps.discharged(self.equation(left, right)))

    def term(self, node: int) -> int:
        """The row of a node's term in the builder's table."""
        return self._nodes.term(node)

    def equation(self, left: int, right: int) -> int:
        """The step that concludes that the terms of two nodes are equal, resting on hypotheses. Raises NotEqual."""
        if not self._forest.same(left, right):
            raise NotEqual("the two terms are in different classes")
        step = self._run((left, right))
        return self.builder.refl(self._nodes.term(left)) if step is None else step

    def _run(self, first: Goal) -> int | None:
        """Prove an equation of nodes. Who needs another equation, or union, for that waits on a stack of ours.

        A union is proved by what was equal before it, and an equation by unions before a number that is given to it.
        """
        latest = len(self._history.unions) + 1
        waiting: list[tuple[Goal | int, int, _Proving]] = [(first, latest, self._equal(first, latest))]
        answer: int | None = None
        while waiting:
            goal, before, proving = waiting[-1]
            try:
                wanted = proving.send(answer)
            except StopIteration as done:
                waiting.pop()
                answer = self._proved[goal] = done.value
                continue
            answer = self._proved.get(wanted)
            if wanted in self._proved:
                continue
            if isinstance(wanted, int):
                waiting.append((wanted, wanted, self._union(wanted)))
            else:
                earlier = before if isinstance(goal, int) else before - 1
                waiting.append((wanted, earlier, self._equal(wanted, earlier)))
        return answer

    def _equal(self, goal: Goal, before: int) -> _Proving:
        left, right = goal
        if self._nodes.term(left) == self._nodes.term(right):
            return None
        path = self._short_cuts.path(*goal, before) if self._short_cuts else self._forest.path(*goal)
        links: list[int | None] = []
        for start, end, union in path:
            if union is None:
                links.append((yield from self._congruence(start, end)))
            else:
                step = yield union
                forwards = int(self._history.unions[union, 0]) == start
                links.append(step if forwards else self._steps.reversed(step))
        return self._steps.chain(links)

    def _union(self, union: int) -> _Proving:
        left, right, place = self._history.unions[union].tolist()
        log = self._history.log
        why = int(log[place])
        if why == CONGRUENCE:
            return (yield from self._congruence(left, right))
        if why == ASSERTED:
            return self._steps.hypothesis(self.builder.table.eq(self._nodes.term(left), self._nodes.term(right)))
        if why == EVALUATED:
            literals = log[place + 1 : place + 1 + len(self._nodes.below(left))].tolist()
            return (yield from self._evaluation(left, right, literals))
        return (yield from self._rules.prove(union))

    def _congruence(self, left: int, right: int) -> Proving:
        steps = []
        for a, b in zip(self._nodes.below(left), self._nodes.below(right), strict=True):
            steps.append((yield a, b))
        return self._steps.congruent(self._nodes.term(left), self._nodes.term(right), steps)

    def _evaluation(self, left: int, right: int, literals: Sequence[int]) -> Proving:
        steps = []
        for child, literal in zip(self._nodes.below(left), literals, strict=True):
            steps.append((yield child, literal))
        row = self._nodes.term(left)
        computed = self._steps.over(row, [self._nodes.term(n) for n in literals])
        value = self._steps.evaluated(computed, self._nodes.term(right))
        return self._steps.chain([self._steps.congruent(row, computed, steps), value])
