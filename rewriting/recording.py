"""Rewriting that remembers why: the rewriter that suits the rules, its steps and its proofs, over one signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import ac
from .bank import TermId, app_symbol
from .derivation import Builder, Explainer, NoProof
from .derivation_modulo import ModuloExplainer, law_steps
from .hosts import Function, HostedRewriter, host
from .limits import Clock, Stop
from .order import precedence
from .rewrite_modulo import ModuloEvidence
from .rewriter import Evidence, Rewriter
from .rules import compile_rules
from .runs import Host
from .source import LemmataError
from .system import RewriteRule
from .terms import Signature
from .theory import Theory


@dataclass(frozen=True)
class Recorded:
    """A step: a term, what it was rewritten to, and by which rule (None: it was computed, by Python if `hosted`)."""

    before: TermId
    after: TermId
    rule: int | None
    hosted: bool


def is_modulo(theory: Theory, rules: Sequence[RewriteRule]) -> bool:
    """Do the rules take more than the table machine: symbols with laws, or sequence variables?"""
    rows = theory.terms.rows
    return any(map(ac.has_laws, theory.symbols)) or any(
        str(rows[v][2]).endswith(ac.SEQUENCE) for rule in rules for v in rule.variables
    )


class Recorder:
    """Rewrites terms of one signature, over one bank, and knows why. It never collects the bank."""

    def __init__(
        self,
        signature: Signature,
        theory: Theory,
        rules: Sequence[RewriteRule],
        functions: Mapping[str, Function],
        fuel: int | None,
    ) -> None:
        self._theory = theory
        self._clock: Clock | None = None
        self.rules = tuple(rules)
        bank, symbols = signature.bank, theory.symbol
        named = [s for s in theory.symbols if s.notation.text in functions]
        self.rewriter: Rewriter | HostedRewriter
        if named or is_modulo(theory, rules):
            hosts = {s.name: host(signature, s, functions[s.notation.text]) for s in named}
            try:
                self.rewriter = HostedRewriter(bank, theory.terms, rules, symbols, fuel, hosts)
            except ValueError as error:
                raise LemmataError(str(error)) from None
        else:
            table = compile_rules(bank, theory.terms, symbols, rules)
            self.rewriter = Rewriter(bank, table, precedence(theory), fuel)

    def run(self, terms: Sequence[int], clock: Clock) -> Stop:
        """Normalise, and remember."""
        return self.rewriter.normalise(terms, clock).stop

    def normal(self, term: int) -> TermId:
        """The normal form of a term that was normalised."""
        found = self.rewriter.normal(term)
        assert found is not None
        return found

    def steps(self, term: int) -> list[Recorded]:
        """The steps from a normalised term to its normal form, innermost first; each distinct subterm once."""
        bank, out = self.rewriter.bank, list[Recorded]()
        seen: set[int] = set()
        stack = [term]
        while stack:
            t = stack.pop()
            evidence: Evidence | ModuloEvidence | None = self.rewriter.evidence(t)
            if t in seen or evidence is None:
                continue
            seen.add(t)
            stack.append(evidence.rewritten_to)
            if evidence.rule is None and not evidence.evaluated:
                stack.extend(reversed(ac.subterms(bank, t)))
                continue
            hosted = isinstance(self.rewriter, HostedRewriter) and evidence.rule is None and self.rewriter.is_hosted(t)
            out.append(Recorded(TermId(t), evidence.rewritten_to, evidence.rule, hosted))
        return out

    def proof(self, builder: Builder, terms: Sequence[int]) -> list[int]:
        """For each term that was normalised the step: term = its normal form. Raises NoProof."""
        statements = {a.name: a.formula for a in self._theory.axioms}
        explainer: Explainer | ModuloExplainer
        if isinstance(self.rewriter, Rewriter):
            explainer = Explainer(builder, self.rewriter, statements)
        else:
            laws = law_steps(builder, {name: ("axiom", formula) for name, formula in statements.items()})
            explainer = _HostedExplainer(builder, self.rewriter, statements, laws)
        found = [explainer.normal_form(t) for t in terms]
        rows = [explainer.row(t) for t in terms]
        return [builder.refl(row) if step is None else step for step, row in zip(found, rows, strict=True)]


class _HostedExplainer(ModuloExplainer):
    """Refuses to explain what Python has computed."""

    def _evaluation(self, term: int, why: ModuloEvidence) -> int:
        rewriter = self._rewriter
        if isinstance(rewriter, HostedRewriter) and rewriter.is_hosted(term):
            name = rewriter.bank.head(term).name
            raise NoProof(f"Python computed {name!r}; what it says is trusted, and no axiom states it")
        return super()._evaluation(term, why)


def hosts_of(
    signature: Signature, functions: Mapping[str, Function], recorder: Callable[[], tuple[Recorder, Clock]]
) -> dict[int, Host]:
    """The same functions for an executor, by the bank's number of the symbol.

    Terms that they give are normalised by the recorder, which leaves the executor's bank as it is.
    """
    bank = signature.bank

    def normal(term: TermId) -> TermId:
        memory, clock = recorder()
        stop = memory.run([term], clock)
        if stop is not Stop.DONE:
            raise LemmataError(f"a term that a function gave has no normal form within the limits ({stop.value})")
        return memory.normal(term)

    return {
        bank.symbol_id(app_symbol(s)): host(signature, s, functions[s.notation.text], normal)
        for s in signature.symbols
        if s.notation.text in functions
    }
