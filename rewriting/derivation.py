"""Building derivations: steps are shared, chains are flat, and nothing dead is left at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .bank import TermBank
from .certificate import Derivation, Step
from .matching import match
from .rewriter import Evidence, Rewriter
from .rules import RewriteRule
from .syntax import TermTable


class Builder:
    """Collects the steps of one derivation over a table. A step is named by its index; equal steps are one."""

    def __init__(self, table: TermTable) -> None:
        self.table = table
        self._steps: list[Step] = []
        self._index: dict[Step, int] = {}

    def add(self, step: Step) -> int:
        found = self._index.get(step)
        if found is None:
            found = self._index[step] = len(self._steps)
            self._steps.append(step)
        return found

    def conclusion(self, step: int) -> int:
        return self._steps[step].conclusion

    def sides(self, step: int) -> tuple[int, int]:
        """Left and right of the equation that a step concludes."""
        row = self.table.rows[self.conclusion(step)]
        return int(row[1]), int(row[2])

    def instance(self, rule: str, name: str, formula: int, substitution: Mapping[int, int]) -> int:
        """The "axiom" or "lemma" called `name`, which states `formula`, at a substitution of its variables."""
        moving = {v: t for v, t in substitution.items() if v != t}
        used = set(self.table.free_variables(formula))
        pairs = tuple(sorted((v, t) for v, t in moving.items() if v in used))
        return self.add(Step(rule, self.table.replace(formula, dict(pairs)), cites=name, substitution=pairs))

    def refl(self, term: int) -> int:
        return self.add(Step("refl", self.table.eq(term, term)))

    def sym(self, step: int) -> int:
        left, right = self.sides(step)
        given = self._steps[step]
        if given.rule == "sym":
            return given.premises[0]
        return step if left == right else self.add(Step("sym", self.table.eq(right, left), (step,)))

    def trans(self, steps: Sequence[int]) -> int:
        """The chain of the given equations, in which each starts where the one before ends."""
        flat: list[int] = []
        for step in steps:
            given = self._steps[step]
            if given.rule == "trans":
                flat.extend(given.premises)
            elif given.rule != "refl":
                flat.append(step)
        if not flat:
            return steps[0]
        if len(flat) == 1:
            return flat[0]
        conclusion = self.table.eq(self.sides(flat[0])[0], self.sides(flat[-1])[1])
        return self.add(Step("trans", conclusion, tuple(flat)))

    def cong(self, left: int, right: int, steps: Sequence[int]) -> int:
        """left = right, where right is left with the left sides of the given equations replaced."""
        return self.add(Step("cong", self.table.eq(left, right), tuple(dict.fromkeys(steps))))

    def finish(self, name: str, last: int) -> Derivation:
        """The derivation of what step `last` concludes, without the steps that it does not need."""
        needed: set[int] = set()
        stack = [last]
        while stack:
            i = stack.pop()
            if i not in needed:
                needed.add(i)
                stack.extend(self._steps[i].premises)
        number = {old: new for new, old in enumerate(sorted(needed))}  # `last` comes last: it needs earlier steps only
        steps = [
            replace(self._steps[old], premises=tuple(number[p] for p in self._steps[old].premises)) for old in number
        ]
        return Derivation(name, self.conclusion(last), tuple(steps))


class Explainer:
    """Turns what a rewriter remembers into steps: for any normalised term t, the equation t = normal form of t."""

    def __init__(
        self,
        builder: Builder,
        rewriter: Rewriter,
        statements: Mapping[str, int],
        hypotheses: Mapping[int, int] | None = None,
    ) -> None:
        """`statements` gives the formula, in the builder's table, of every axiom and lemma that rules cite;
        `hypotheses` the step that concludes each formula that they cite as a hypothesis."""
        self._builder = builder
        self._rewriter = rewriter
        self._bank: TermBank = rewriter.bank
        self._statements = statements
        self._hypotheses = hypotheses or {}
        self._rows: dict[int, int] = {}
        self._done: dict[int, int | None] = {}

    def row(self, term: int) -> int:
        """A bank term in the builder's table."""
        return self._bank.dump([term], self._builder.table, self._rows)[0]

    def normal_form(self, term: int) -> int | None:
        """The step that concludes term = its normal form; None if they are the same.

        Raises ValueError unless the rewriter has normalised the term, and the bank has not been collected since.
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
            missing = [
                c
                for u, why in chain
                if why.rule is None and not why.evaluated
                for c in self._bank.arguments(u)
                if c not in self._done
            ]
            if missing:
                stack.extend(missing)
                continue
            links = [self._link(u, why) for u, why in chain]
            self._done[t] = self._builder.trans(links) if links else None
            stack.pop()
        return self._done[term]

    def between(self, left: int, right: int, middle: int | None = None) -> int:
        """The step left = right, where `middle` equates their normal forms (None: these are the same)."""
        builder = self._builder
        first, last = self.normal_form(left), self.normal_form(right)
        links = [first, middle, None if last is None else builder.sym(last)]
        given = [step for step in links if step is not None]
        return builder.trans(given) if given else builder.refl(self.row(left))

    def simplified(self, step: int, left: int, right: int) -> int:
        """From the step left = right, the equation of their normal forms."""
        builder = self._builder
        first, last = self.normal_form(left), self.normal_form(right)
        links = [None if first is None else builder.sym(first), step, last]
        return builder.trans([link for link in links if link is not None])

    def _chain(self, term: int) -> list[tuple[int, Evidence]]:
        """The steps from a term to its normal form: each from where, and why."""
        out: list[tuple[int, Evidence]] = []
        while (evidence := self._rewriter.evidence(term)) is not None:
            out.append((term, evidence))
            term = evidence.rewritten_to
        return out

    def _link(self, term: int, why: Evidence) -> int:
        builder = self._builder
        to = why.rewritten_to
        if why.evaluated:
            return builder.add(Step("eval", builder.table.eq(self.row(term), self.row(to))))
        if why.rule is not None:
            applied = self._rewriter.table.rules[why.rule]
            return apply_rule(builder, applied, self.row(term), self._statements, self._hypotheses)
        steps = [self._done[c] for c in self._bank.arguments(term)]
        return builder.cong(self.row(term), self.row(to), [s for s in steps if s is not None])


def apply_rule(
    builder: Builder,
    rule: RewriteRule,
    subject: int,
    statements: Mapping[str, int],
    hypotheses: Mapping[int, int],
) -> int:
    """The step that concludes subject = what the rule rewrites it to, at the root."""
    table = builder.table
    found = match(table, rule.lhs, subject, set(rule.variables))
    if found is None:
        raise AssertionError("the rule does not match the term that it is said to have rewritten")
    step = cited_instance(builder, rule, found, statements, hypotheses)
    return builder.sym(step) if rule.flipped else step


def cited_instance(
    builder: Builder,
    rule: RewriteRule,
    found: Mapping[int, int],
    statements: Mapping[str, int],
    hypotheses: Mapping[int, int],
) -> int:
    """The step that concludes what the rule cites, at the given values of its variables."""
    table = builder.table
    origin, what = rule.cites
    if origin == "hypothesis":
        step = hypotheses[int(what)]
        if rule.quantified:
            sides = (rule.rhs, rule.lhs) if rule.flipped else (rule.lhs, rule.rhs)
            conclusion = table.replace(table.eq(*sides), found)
            terms = tuple(found.get(v, v) for v in rule.quantified)
            step = builder.add(Step("all_elim", conclusion, (step,), terms=terms))
        return step
    return builder.instance(origin, str(what), statements[str(what)], found)
