"""Building derivations: steps are shared, chains are flat, and nothing dead is left at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .bank import TermBank, TermId
from .certificate import Derivation, Step
from .matching import match
from .syntax import TermTable, children
from .system import RewriteRule
from .theory import Symbol

if TYPE_CHECKING:
    from .rewriter import Evidence, Rewriter


class NoProof(ValueError):
    """A rewriting that has no proof in first order: by a rule with sequence variables, by a condition that two terms
    differ where no axiom says so, or by a Python function."""


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

    def rule(self, step: int) -> str:
        return self._steps[step].rule

    def step(self, number: int) -> Step:
        return self._steps[number]

    def premises(self, step: int) -> tuple[int, ...]:
        return self._steps[step].premises

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
        self._sides: dict[int, list[tuple[TermId, TermId]]] = {}

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

    def _needs(self, term: int, why: Evidence) -> list[TermId]:
        """The terms whose normal forms a step rests on."""
        if why.rule is None:
            return [] if why.evaluated else self._bank.arguments(term)
        return [side for sides in self._conditions(term, why.rule) for side in sides]

    def _conditions(self, term: int, rule: int) -> list[tuple[TermId, TermId]]:
        """Both sides of each condition of a rule that was applied to the term."""
        given = self._rewriter.table.rules[rule]
        if not given.conditions:
            return []
        if term not in self._sides:
            table = self._builder.table
            found = match(table, given.lhs, self.row(term), set(given.variables)) or {}
            rows = [table.replace(side, found) for c in given.conditions for side in (c.left, c.right)]
            ids = self._bank.load(table, rows, self._rewriter.table.signature)
            self._rewriter.normalise(ids)  # it knows what is inside them, not always the whole
            self._sides[term] = list(zip(ids[::2], ids[1::2], strict=True))
        return self._sides[term]

    def _link(self, term: int, why: Evidence) -> int:
        builder = self._builder
        to = why.rewritten_to
        if why.evaluated:
            return builder.add(Step("eval", builder.table.eq(self.row(term), self.row(to))))
        if why.rule is not None:
            applied = self._rewriter.table.rules[why.rule]
            if not applied.conditions:
                return apply_rule(builder, applied, self.row(term), self._statements, self._hypotheses)
            return self._conditional(term, why.rule)
        steps = [self._done[c] for c in self._bank.arguments(term)]
        return builder.cong(self.row(term), self.row(to), [s for s in steps if s is not None])

    def _conditional(self, term: int, number: int) -> int:
        """The step that a rule with conditions makes: what it cites is an implication from each of them, in order."""
        builder = self._builder
        rule = self._rewriter.table.rules[number]
        found = match(builder.table, rule.lhs, self.row(term), set(rule.variables)) or {}
        step = cited_instance(builder, rule, found, self._statements, self._hypotheses)
        for condition, (left, right) in zip(rule.conditions, self._conditions(term, number), strict=True):
            first, last = self._done[left], self._done[right]
            rows = self.row(left), self.row(right)
            if condition.equal:
                links = [link for link in (first, None if last is None else builder.sym(last)) if link is not None]
                premise = builder.trans(links) if links else builder.refl(rows[0])
            else:
                premise = differ(builder, self._rewriter.table.signature, *rows, first, last)
            step = discharge(builder, step, premise)
        return builder.sym(step) if rule.flipped else step


def discharge(builder: Builder, step: int, premise: int) -> int:
    """From an implication and what it asks for: its conclusion."""
    row = builder.table.rows[builder.conclusion(step)]
    return builder.add(Step("imp_elim", int(row[2]), (step, premise)))


def differ(
    builder: Builder,
    symbols: Mapping[str, Symbol],
    left: int,
    right: int,
    first: int | None,
    last: int | None,
) -> int:
    """The step: not (left = right). `first` and `last` equate the two with their normal forms (None: they are these).

    Raises NoProof unless those differ somewhere below constructors, in a constructor or a literal.
    """
    table = builder.table
    assumed = builder.add(Step("assume", table.eq(left, right)))
    links = [None if first is None else builder.sym(first), assumed, last]
    falsity = _clash(builder, symbols, builder.trans([link for link in links if link is not None]))
    if falsity is None:
        raise NoProof("a condition that two terms differ, which no axiom says")
    return builder.add(Step("imp_intro", table.negate(table.eq(left, right)), (falsity,)))


def _clash(builder: Builder, symbols: Mapping[str, Symbol], equation: int) -> int | None:
    """Falsity from an equation between terms that differ in a constructor or literal, None if it does not follow."""
    table = builder.table
    seen: set[int] = set()
    stack = [equation]
    while stack:
        step = stack.pop()
        left, right = builder.sides(step)
        a, b = table.rows[left], table.rows[right]
        built = all(row[0] == "app" and symbols[str(row[1])].kind == "constructor" for row in (a, b))
        if (a[0] == b[0] == "lit" and a != b) or (built and a[1] != b[1]):
            return builder.add(Step("distinct", table.false(), (step,)))
        if built:
            inner = [table.eq(x, y) for x, y in zip(children(a), children(b), strict=True) if x != y]
            stack.extend(builder.add(Step("injective", e, (step,))) for e in reversed(inner) if e not in seen)
            seen.update(inner)
    return None


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
