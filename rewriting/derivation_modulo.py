"""Proofs of what a rewriter modulo laws has done.

A term of the bank stands for a class of equal terms; here it is the one that `TermBank.dump` writes. So an application
of a rule is a chain: the term with the operands that the rule matches moved together, which the step `ac` justifies;
the same with the instance of the right side in place of the left; and again by `ac` the term written for the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import ac
from .bank import FLAT, TermId
from .certificate import Step
from .derivation import Builder, NoProof, cited_instance, differ, discharge
from .laws import law
from .literals import literal_text, literal_value
from .operations import evaluate
from .rewrite_modulo import ModuloEvidence, ModuloRewriter
from .syntax import children


def law_steps(builder: Builder, statements: Mapping[str, tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    """For each symbol the steps that state its laws, among named statements: origin ("axiom", "lemma") and formula."""
    found: dict[str, tuple[int, ...]] = {}
    for name, (origin, formula) in statements.items():
        stated = law(builder.table, formula)
        if stated is not None:
            step = builder.instance(origin, name, formula, {})
            found[stated.symbol] = (*found.get(stated.symbol, ()), step)
    return found


class ModuloExplainer:
    """Turns what a rewriter remembers into steps: for any normalised term t, the equation t = normal form of t.

    The builder works on the rewriter's table. `statements` gives the formula of every axiom and lemma that rules cite;
    a rule with conditions cites an implication from each of them, in order, to the equation. `laws` are the steps that
    state the laws of each symbol, `hypotheses` those that conclude each formula that rules cite as a hypothesis.
    """

    def __init__(
        self,
        builder: Builder,
        rewriter: ModuloRewriter,
        statements: Mapping[str, int],
        laws: Mapping[str, Sequence[int]],
        hypotheses: Mapping[int, int] | None = None,
    ) -> None:
        self._builder = builder
        self._rewriter = rewriter
        self._bank = rewriter.bank
        self._statements = statements
        self._laws = laws
        self._hypotheses = hypotheses or {}
        self._rows: dict[int, int] = {}
        self._done: dict[int, int | None] = {}

    def row(self, term: int) -> int:
        """A bank term in the builder's table."""
        return self._bank.dump([term], self._builder.table, self._rows)[0]

    def normal_form(self, term: int) -> int | None:
        """The step that concludes term = its normal form; None if they are the same.

        Raises ValueError unless the rewriter has normalised the term, and the bank has not been collected since; and
        NoProof.
        """
        if self._rewriter.normal(term) is None:
            raise ValueError("only a term that was normalised has a proof of its normal form")
        stack = [term]
        while stack:
            t = stack[-1]
            if t in self._done:
                stack.pop()
                continue
            chain = self._chain(t)
            missing = [c for u, why in chain for c in self._needs(u, why) if c not in self._done]
            if missing:
                stack.extend(missing)
                continue
            links = [link for u, why in chain for link in self._links(u, why)]
            self._done[t] = self._builder.trans(links) if links else None
            stack.pop()
        return self._done[term]

    def equal(self, left: int, right: int) -> list[int]:
        """The step left = right between rows that are equal modulo the laws; none if they are one row."""
        if left == right:
            return []
        table = self._builder.table
        used = {str(table.rows[i][1]) for i in table.reachable([left, right]) if table.rows[i][0] == "app"}
        laws = [step for symbol in sorted(used & self._laws.keys()) for step in self._laws[symbol]]
        return [self._builder.add(Step("ac", table.eq(left, right), tuple(laws)))]

    def _chain(self, term: int) -> list[tuple[int, ModuloEvidence]]:
        """The steps from a term to its normal form: each from where, and why."""
        out: list[tuple[int, ModuloEvidence]] = []
        while (evidence := self._rewriter.evidence(term)) is not None:
            out.append((term, evidence))
            term = evidence.rewritten_to
        return out

    def _needs(self, term: int, why: ModuloEvidence) -> list[TermId]:
        """The terms whose normal forms a step rests on."""
        if why.rule is None:
            return [] if why.evaluated else ac.subterms(self._bank, term)
        return [side for sides in self._rewriter.conditions(why) for side in sides]

    def _links(self, term: int, why: ModuloEvidence) -> list[int]:
        """The chain from the row of a term to that of what it is rewritten to."""
        builder, table = self._builder, self._builder.table
        start, end = self.row(term), self.row(why.rewritten_to)
        if why.rule is None and not why.evaluated:
            given = {c: self._done[c] for c in ac.subterms(self._bank, term)}
            steps = {c: step for c, step in given.items() if step is not None}
            to = table.replace(start, {self.row(c): builder.sides(step)[1] for c, step in steps.items()})
            return [builder.cong(start, to, list(steps.values())), *self.equal(to, end)]
        step = self._evaluation(term, why) if why.rule is None else self._instance(why)
        left, right = builder.sides(step)
        around = [self._around(term, why, middle) for middle in (left, right)]
        middle = step if around == [left, right] else builder.cong(around[0], around[1], [step])
        return [*self.equal(start, around[0]), middle, *self.equal(around[1], end)]

    def _around(self, term: int, why: ModuloEvidence, row: int) -> int:
        """A row between the operands that a step does not touch."""
        table = self._builder.table
        head = self._bank.head(term)
        for operands, first in ((why.before, True), (why.behind, False)):
            if operands:
                symbol = self._rewriter.symbols[head.name]
                rest = (
                    ac.ac_term(self._bank, symbol, operands)
                    if ac.is_ac(symbol)
                    else ac.assoc_term(self._bank, symbol, [t for t, _ in operands])
                )
                other = self.row(rest)
                row = table.app(head.name, other, row) if first else table.app(head.name, row, other)
        return row

    def _instance(self, why: ModuloEvidence) -> int:
        """left side = right side of the rule at the values of its variables, its conditions proved."""
        builder, table = self._builder, self._builder.table
        assert why.rule is not None
        rule = self._rewriter.rules[why.rule]
        if any(isinstance(value, tuple) for value in why.values.values()):
            raise NoProof("a rule with sequence variables is no statement of first order")
        values = {self.row(v): self.row(t) for v, t in why.values.items() if not isinstance(t, tuple)}
        step = cited_instance(builder, rule, values, self._statements, self._hypotheses)
        for left, right in self._rewriter.conditions(why):
            row = table.rows[builder.conclusion(step)]
            if row[0] != "imp":
                raise NoProof("what a rule cites does not have the rule's conditions in front")
            step = discharge(builder, step, self._condition(int(row[1]), left, right))
        return builder.sym(step) if rule.flipped else step

    def _condition(self, formula: int, a: TermId, b: TermId) -> int:
        """The step that concludes a condition: the terms of its sides, `a` and `b`, have one normal form or two."""
        builder, rows = self._builder, self._builder.table.rows
        equal = rows[formula][0] == "eq"
        equation = rows[formula] if equal else rows[int(rows[formula][1])]
        left, right = int(equation[1]), int(equation[2])
        first = [*self.equal(left, self.row(a)), *_known(self._done[a])]
        last = [*self.equal(right, self.row(b)), *_known(self._done[b])]
        if not equal:
            chains = [builder.trans(links) if links else None for links in (first, last)]
            return differ(builder, self._rewriter.symbols, left, right, *chains)
        if self._rewriter.normal(a) != self._rewriter.normal(b):
            raise NoProof("what a rule cites does not have the rule's conditions in front")
        links = [*first, *(builder.sym(link) for link in reversed(last))]
        return builder.trans(links) if links else builder.refl(left)

    def _evaluation(self, term: int, why: ModuloEvidence) -> int:
        """The operands that were literals = the value."""
        builder, table = self._builder, self._builder.table
        head = self._bank.head(term)
        symbol = self._rewriter.symbols[head.name]
        computed = self.row(self._literals(term, why) if head.kind in FLAT else term)
        values: dict[int, int] = {}  # by row: the row of its value
        proofs: dict[int, int] = {}  # by row: the step that equates it with its value
        for i in table.reachable([computed]):
            below = children(table.rows[i])
            if not below:
                values[i] = i
                continue
            literals = [literal_value(str(table.rows[values[c]][1])) for c in below]
            value = evaluate(symbol.notation.text, literals, symbol.arguments)
            if value is None:
                raise NoProof("a value that is too large in another order of the operands")
            values[i] = table.literal(literal_text(value), symbol.result)
            inner = table.app(head.name, *(values[c] for c in below))
            inside = [] if inner == i else [builder.cong(i, inner, [proofs[c] for c in below if c in proofs])]
            proofs[i] = builder.trans([*inside, builder.add(Step("eval", table.eq(inner, values[i])))])
        return proofs[computed]

    def _literals(self, term: int, why: ModuloEvidence) -> TermId:
        """The application of an associative operation to the operands that were put together."""
        symbol = self._rewriter.symbols[self._bank.head(term).name]
        if ac.is_ac(symbol):
            kept = dict(why.behind)
            counts = [(t, n - kept.get(t, 0)) for t, n in ac.operands(self._bank, term)]
            return ac.ac_term(self._bank, symbol, counts)
        below = self._bank.arguments(term)
        return ac.assoc_term(self._bank, symbol, below[len(why.before) : len(below) - len(why.behind)])


def _known(step: int | None) -> list[int]:
    return [] if step is None else [step]
