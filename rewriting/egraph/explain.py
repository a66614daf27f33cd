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

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from ..certificate import Certificate, Derivation
from ..derivation import Builder
from ..source import LemmataError
from ..syntax import TermTable, children
from ..theory import Theory
from .congruence import Congruence, Reached
from .forest import Forest
from .history import History
from .layout import ASSERTED, CONGRUENCE, EVALUATED, REARRANGED
from .node_terms import NodeTerms
from .rule_instances import RuleInstances
from .short_cuts import ShortCuts
from .steps import Goal, Proving, Steps
from .sums import Sums

_Proving = Generator[Goal | int, int | None, int | None]  # may ask for unions too


class NotEqual(LemmataError):
    """Two nodes are not in one class, so there is nothing to explain."""

    kind = "explanation"


@dataclass(frozen=True)
class Written:
    """A term, and the node of each of its subterms by row, but for sums inside larger ones.

    What a graph finds for a term may be the node of another, to which it is congruent.
    """

    table: TermTable
    row: int
    nodes: Mapping[int, int]


def written(history: History, table: TermTable, row: int) -> Written | None:
    """A term by the nodes that were made for exactly it, dead ones too; None if there are none.

    Takes time linear in the nodes for each subterm. Sums are not looked for.
    """
    numbers = {
        ("app", op.symbol.name) if not op.leaf else (op.symbol.kind, op.symbol.result): n
        for n, op in enumerate(history.ops)
    }
    found: dict[int, int] = {}
    for i in table.reachable([row]):
        cells = table.rows[i]
        leaf = cells[0] != "app"
        number = numbers.get((str(cells[0]), str(cells[2] if leaf else cells[1])))
        if number is None or (leaf and cells not in history.leaves):
            return None
        below = [history.leaves.index(cells)] if leaf else [found[c] for c in children(cells)]
        same = history.op == number
        for k, child in enumerate(below):
            same &= history.children[:, k] == child
        if not same.any():
            return None
        found[i] = int(same.argmax())
    return Written(table, row, found)


@dataclass(frozen=True)
class Explained:
    """A certificate of one theorem, and why it has its hypotheses: words by the rows of these."""

    certificate: Certificate
    reasons: Mapping[int, str]


def explain(
    history: History,
    theory: Theory,
    left: int | Written,
    right: int | Written,
    name: str = "equal",
    *,
    short: bool = True,
) -> Explained:
    """A theorem: two terms are equal, given by nodes of one class or as `Written`.

    What was decreed, and each condition that cannot be discharged, is a hypothesis: h implies (... left = right), in
    order of first use. `theory` has the symbols of all nodes and the axioms that the rules cite. Raises NotEqual.

    The proof is the shorter one of that along the forest and, if it is to be `short`, that by short cuts. Linear in the
    proof, but for paths, which take time linear in their length each time that they are walked.
    """
    forest = Forest(history)
    ways = [False, True] if short else [False]
    explainers = [Explainer(history, theory, short=way, forest=forest) for way in ways]
    found = [(e.derivation(name, left, right), e) for e in explainers]
    theorem, explainer = min(found, key=lambda pair: len(pair[0].steps))
    certificate = Certificate(theory, theory.digest, explainer.builder.table, (theorem,))
    return Explained(certificate, explainer.reasons)


class Explainer:
    """Explains equalities of one history over one builder, so that whatever they share is explained once."""

    def __init__(self, history: History, theory: Theory, *, short: bool = False, forest: Forest | None = None) -> None:
        self.builder = Builder(TermTable(theory.terms.rows, theory.terms.hints))
        self._history = history
        self._forest = forest or Forest(history)
        self._steps = Steps(self.builder)
        self._nodes = NodeTerms(history, self.builder.table)
        self._sums = Sums(history, theory, self._steps, self._nodes, self._forest)
        self._congruence = Congruence(self._steps, self._nodes, self._sums)
        self._rules = RuleInstances(
            history, theory, self._steps, self._nodes, self._sums, self._congruence, self._forest
        )
        self._short_cuts = ShortCuts(history, self._nodes, self._rules, self._sums, self._forest) if short else None
        self._proved: dict[Goal | int, int | None] = {}  # equations of nodes, and unions

    def derivation(self, name: str, left: int | Written, right: int | Written) -> Derivation:
        """The theorem that two terms are equal, over the builder's table, without hypotheses. Raises NotEqual."""
        return self.builder.finish(name, self._steps.discharged(self.equation(left, right)))

    def equation(self, left: int | Written, right: int | Written) -> int:
        """The step that concludes that two terms are equal, resting on hypotheses. Raises NotEqual."""
        last = self._run(self._between(left, right))
        if last is not None:
            return last
        return self.builder.refl(self._nodes.term(left) if isinstance(left, int) else self._copied(left)[0])

    @property
    def reasons(self) -> Mapping[int, str]:
        """Why there are hypotheses: in words, by their rows in the builder's table."""
        return dict(self._steps.reasons)

    def term(self, node: int) -> int:
        """The row of a node's term in the builder's table."""
        return self._nodes.term(node)

    def _between(self, left: int | Written, right: int | Written) -> _Proving:
        start = yield from self._place(left)
        end = yield from self._place(right)
        if not self._forest.same(start.node, end.node):
            raise NotEqual("the two terms are in different classes")
        middle = yield start.node, end.node
        return self._steps.chain([start.step, middle, self._steps.reversed(end.step)])

    def _place(self, given: int | Written) -> Generator[Goal, int | None, Reached]:
        if isinstance(given, int):
            return Reached(self._nodes.term(given), given, None)
        row, nodes = self._copied(given)
        return (yield from self._congruence.reach(row, {}, nodes))

    def _copied(self, given: Written) -> tuple[int, dict[int, int]]:
        """A term's row in the builder's table, and the nodes of its subterms."""
        rows = given.table.reachable([given.row])
        copied = given.table.copy_into(self.builder.table, rows)
        return copied[-1], {new: given.nodes[row] for new, row in zip(copied, rows, strict=True) if row in given.nodes}

    def _run(self, theorem: _Proving) -> int | None:
        """Prove what is asked for. Who needs an equation of nodes, or a union, for that waits on a stack of ours.

        A union is proved by what was equal before it, and an equation by unions before a number that is given to it.
        """
        latest = len(self._history.unions) + 2
        waiting: list[tuple[Goal | int | None, int, _Proving]] = [(None, latest, theorem)]
        answer: int | None = None
        while waiting:
            goal, before, proving = waiting[-1]
            try:
                wanted = proving.send(answer)
            except StopIteration as done:
                waiting.pop()
                answer = done.value
                if goal is not None:
                    self._proved[goal] = answer
                continue
            answer = self._proved.get(wanted)
            if wanted in self._proved:
                continue
            if isinstance(wanted, int):
                assert wanted < before, "a union rests on what was equal before it"
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
                links.append((yield from self._congruence.between(start, end)))
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
            return (yield from self._congruence.between(left, right))
        if why == ASSERTED:
            equation = self.builder.table.eq(self._nodes.term(left), self._nodes.term(right))
            return self._steps.hypothesis(equation, self._history.asserted[int(log[place + 1])])
        if why == EVALUATED:
            literals = log[place + 1 : place + 1 + len(self._nodes.below(left))].tolist()
            return (yield from self._evaluation(left, right, literals))
        if why == REARRANGED:
            return (yield from self._sums.rearranged(union))
        return (yield from self._rules.prove(union) if why >= 0 else self._rules.prove_modulo(union))

    def _evaluation(self, left: int, right: int, literals: Sequence[int]) -> Proving:
        steps = []
        for child, literal in zip(self._nodes.below(left), literals, strict=True):
            steps.append((yield child, literal))
        row = self._nodes.term(left)
        computed = self._steps.over(row, [self._nodes.term(n) for n in literals])
        value = self._steps.evaluated(computed, self._nodes.term(right))
        return self._steps.chain([self._steps.congruent(row, computed, steps), value])
