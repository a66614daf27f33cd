"""Rewriting from Python: the equations of a theory as rules, normal forms, their traces and their proofs.

>>> import lemmata
>>> from lemmata.rewriting.terms import Signature
>>> nat = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op _+_ : N N -> N
...   x + 0    = x
...   x + s(y) = s(x + y)
... ''')
>>> addition = RuleSet(nat.theory)
>>> sig = Signature.of(nat.theory, nat.variables)
>>> addition.normalise(sig.term("x + 2"))
Term('s(s(x))')
>>> for step in addition.trace(sig.term("x + 2")):
...     print(step)
x + s(s(0)) = s(x + s(0))
x + s(0) = s(x + 0)
x + 0 = x
>>> lemmata.check(addition.proof(sig.term("x + 2"))).accepted
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .bank import TermId
from .certificate import Certificate
from .derivation import Builder, Explainer
from .equations import equations as equational_theory
from .equations import rule_of
from .limits import Clock, Limits, Stop
from .order import precedence
from .rewriter import Rewriter
from .rules import RewriteRule, compile_rules
from .source import LemmataError
from .syntax import TermTable
from .terms import Eq, Signature, SortError, Term
from .theory import Axiom, Theory


class Unfinished(LemmataError):
    """A normal form was not reached. `stop` says why, `last` is the subterm that was being rewritten."""

    kind = "limit"

    def __init__(self, stop: Stop, last: Term | None) -> None:
        at = f" at {last!r}" if last is not None else ""
        super().__init__(f"no normal form within the limits ({stop.value}){at}", hint="do the rules terminate?")
        self.stop = stop
        self.last = last


@dataclass(frozen=True)
class RewriteStep:
    """A subterm whose arguments are normal, what it was rewritten to, and the name of the axiom that says so (None: it
    is a built-in operation, and was computed)."""

    before: Term
    after: Term
    axiom: str | None

    def __str__(self) -> str:
        return str(Eq(self.before, self.after))


@dataclass(frozen=True)
class RuleSet:
    """The equations of a theory, definitions and axioms alike, as rewrite rules from left to right.

    Of several rules that fit, the one that the theory states first is used; arguments are rewritten before what they
    stand in. An equation whose sides differ in their variables only, such as x + y = y + x, is used only where it makes
    the term smaller in the path order (`order.py`). Axioms that are no equations are passed over. Raises LemmataError
    if the left side of an equation is a variable or lacks a variable of the right side.

    `fuel` bounds the visits of subterms in one call, the same on every machine; None leaves that to the limits.
    """

    theory: Theory
    fuel: int | None = None

    def __post_init__(self) -> None:
        for axiom, rule in zip(self._equations, self._rules, strict=True):
            rows = self.theory.terms.rows
            missing = set(self.theory.terms.free_variables(rule.rhs)) - rule.variables
            if rows[rule.lhs][0] != "app":
                raise LemmataError(f"{axiom.name}: the left side of a rule must start with a symbol")
            if missing:
                name = rows[min(missing)][1]
                raise LemmataError(f"{axiom.name}: the right side of a rule has {name!r}, which the left side lacks")

    def normalise(self, term: Term, limits: Limits | None = None) -> Term:
        """The normal form. Raises Unfinished when a limit is reached; Ctrl-C raises KeyboardInterrupt.

        What was rewritten before is remembered, until the bank of the terms is collected.
        """
        rewriter = self._run(term, limits)
        normal = rewriter.normal(term.id)
        assert normal is not None
        return Term(term.signature, normal)

    def trace(self, term: Term, limits: Limits | None = None) -> list[RewriteStep]:
        """The steps from the term to its normal form, innermost first; each distinct subterm is rewritten once."""
        rewriter = self._run(term, limits)
        out: list[RewriteStep] = []
        seen: set[int] = set()
        stack = [term.id]
        while stack:
            t = stack.pop()
            evidence = rewriter.evidence(t)
            if t in seen or evidence is None:
                continue
            seen.add(t)
            stack.append(evidence.rewritten_to)
            if evidence.rule is None and not evidence.evaluated:
                stack.extend(reversed(rewriter.bank.arguments(t)))
                continue
            before, after = (Term(term.signature, TermId(i)) for i in (t, evidence.rewritten_to))
            name = None if evidence.rule is None else str(self._rules[evidence.rule].cites[1])
            out.append(RewriteStep(before, after, name))
        return out

    def proof(self, term: Term, limits: Limits | None = None) -> Certificate:
        """A certificate over the theory for the theorem "normal_form": the term equals its normal form."""
        rewriter = self._run(term, limits)
        terms = TermTable(self.theory.terms.rows, self.theory.terms.hints)
        builder = Builder(terms)
        explainer = Explainer(builder, rewriter, {a.name: a.formula for a in self.theory.axioms})
        last = explainer.normal_form(term.id)
        if last is None:
            last = builder.refl(explainer.row(term.id))
        return Certificate(self.theory, self.theory.digest, terms, (builder.finish("normal_form", last),))

    @property
    def directed(self) -> tuple[RewriteRule, ...]:
        """The rules as data, over `theory.terms`, in order of priority."""
        return self._rules

    def __reduce__(self) -> tuple[object, ...]:
        return RuleSet, (self.theory, self.fuel)

    @cached_property
    def _equations(self) -> tuple[Axiom, ...]:
        return tuple(a for a in self.theory.axioms if self.theory.terms.rows[a.formula][0] == "eq")

    @cached_property
    def _rules(self) -> tuple[RewriteRule, ...]:
        return tuple(rule_of(self.theory.terms, axiom) for axiom in self._equations)

    @cached_property
    def _rewriters(self) -> dict[int, Rewriter]:
        """By the bank's identity; a rewriter keeps its bank alive."""
        return {}

    def _run(self, term: Term, limits: Limits | None) -> Rewriter:
        """A rewriter that has normalised the term."""
        if term.signature.symbols != self.theory.symbols:
            raise SortError("a term of another signature than the rules")
        bank = term.signature.bank
        rewriter = self._rewriters.get(id(bank))
        if rewriter is None:
            table = compile_rules(bank, self.theory.terms, self.theory.symbol, self._rules)
            rewriter = self._rewriters[id(bank)] = Rewriter(bank, table, precedence(self.theory), self.fuel)
        result = rewriter.normalise([term.id], Clock(limits or Limits()))
        if result.stop is not Stop.DONE:
            last = rewriter.last_term()
            raise Unfinished(result.stop, None if last is None else Term(term.signature, last))
        return rewriter


def rules(signature: Signature, equations: Iterable[str | Eq]) -> RuleSet:
    """The rules that equations give, as the axioms `rule1`, `rule2`, ... of a small theory over the signature.

    Every variable in them stands for any term. Raises SourceError for a text that does not parse, LemmataError for one
    that is no equation or no rule.

    >>> from lemmata.rewriting.theory import Notation, Symbol
    >>> sig = Signature((Symbol("e", (), "G", "abstract", Notation("e")),
    ...                  Symbol("inv", ("G",), "G", "abstract", Notation("inv"))), {"x": "G"})
    >>> rules(sig, ["inv(inv(x)) = x", "inv(e) = e"]).normalise(sig.term("inv(inv(inv(e)))"))
    Term('e')
    """
    return RuleSet(equational_theory(signature, equations))
