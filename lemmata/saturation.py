"""The work of `lemmata saturate`: an e-graph over the rules of a file, and what became of it, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .rewriting.certificate import dump
from .rewriting.egraph.analyses import ConstantFolding
from .rewriting.egraph.costs import SIZE
from .rewriting.egraph.extracted import best_term
from .rewriting.egraph.graph import EGraph
from .rewriting.egraph.report import Ended, Report, Round
from .rewriting.egraph.schedules import Backoff, Equal, Simple
from .rewriting.egraph.view import View
from .rewriting.limits import Limits
from .rewriting.ruleset import RuleSet
from .rewriting.source import LemmataError, Source
from .rewriting.terms import Signature, Term
from .rewriting.tokens import error_at, tokenize

if TYPE_CHECKING:
    from .page import Footer
    from .rewriting.egraph.egglog_graph import EgglogReport
    from .rewriting.egraph.explanation import Explanation


@dataclass(frozen=True)
class Request:
    """What to add and to ask for. `goal` is an equation."""

    terms: tuple[str, ...]
    goal: str | None
    nodes: int
    rounds: int | None = None
    scheduler: Literal["simple", "backoff"] = "simple"
    explain: bool = False
    extract: bool = False
    backend: Literal["lemmata", "egglog"] = "lemmata"


@dataclass(frozen=True)
class Answer:
    """What became of a request. `best` goes with `terms`; `shown` says whether the goal was reached.

    `view` is the e-graph at the end, `roots` the ids in it of terms and of the sides of the goal, if they are known,
    `signature` has the symbols of all.
    """

    terms: tuple[Term, ...]
    best: tuple[Term, ...] | None
    goal: tuple[Term, Term] | None
    shown: bool
    report: Report | EgglogReport
    explanation: Explanation | None
    view: View
    roots: tuple[int, ...]
    signature: Signature

    @property
    def code(self) -> int:
        """The exit code: 0 if what was asked is settled, 1 if it cannot be shown by these rules, 2 after a limit."""
        if self.report.stop is Ended.INTERRUPTED:
            return 130
        if self.shown or (self.goal is None and self.report.stop is Ended.SATURATED):
            return 0
        return 1 if self.report.stop in (Ended.SATURATED, Ended.CONTRADICTION) else 2

    def lines(self) -> Iterator[str]:
        yield from str(self.report).splitlines()
        if self.goal is not None:
            left, right = self.goal
            yield f"goal:    {left} = {right}: {'shown' if self.shown else 'not shown'}"
        for term, best in zip(self.terms, self.best or (), strict=False):
            yield f"best:    {term} = {best}"
        if self.explanation is not None:
            yield ""
            yield str(self.explanation)

    def as_json(self) -> dict[str, Any]:
        """The object of `--json`."""
        best = [None] * len(self.terms) if self.best is None else [str(b) for b in self.best]
        goal = None
        if self.goal is not None:
            goal = {"left": str(self.goal[0]), "right": str(self.goal[1]), "shown": self.shown}
        return {
            "terms": [{"term": str(t), "best": b} for t, b in zip(self.terms, best, strict=True)],
            "goal": goal,
            "explanation": None if self.explanation is None else _explanation_json(self.explanation),
            "report": self.report.as_json() if isinstance(self.report, Report) else _egglog_json(self.report),
            "stop": self.report.stop.value,
        }

    def page(self, title: str, footer: Footer) -> str:
        """The picture of the e-graph, as HTML."""
        from .egraph_page import egraph_page

        report = self.report if isinstance(self.report, Report) else None
        symbols = self.signature.symbols
        return egraph_page(self.view, title, report, self.roots, symbols=symbols, footer=footer)

    @property
    def certificate(self) -> str | None:
        """The explanation's certificate, for `lemmata check`."""
        if self.explanation is None:
            return None
        made = self.explanation.certificate
        return dump(made.theory, made.terms, made.theorems)


def saturated(rules: RuleSet, asked: Request, limits: Limits, progress: Callable[[str], None] | None = None) -> Answer:
    """Saturate an e-graph with the terms, and with the sides of the goal, until the goal or a limit is reached.

    Raises SourceError for a text that does not parse, LemmataError for what the back end
    cannot do.
    """
    goal = None if asked.goal is None else _sides(rules, asked.goal)
    terms = tuple(rules.term(text) for text in asked.terms)
    work = _by_egglog if asked.backend == "egglog" else _by_lemmata
    return work(rules, asked, terms, goal, limits, progress)


def _by_lemmata(
    rules: RuleSet,
    asked: Request,
    terms: tuple[Term, ...],
    goal: tuple[Term, Term] | None,
    limits: Limits,
    progress: Callable[[str], None] | None,
) -> Answer:
    def tell(done: Round) -> None:
        if progress is not None:
            progress(f"{done.nodes:,} e-nodes in {done.classes:,} classes")

    graph = EGraph(rules, analyses=_analyses(rules))
    roots = [graph.add(t) for t in (*terms, *(goal or ()))]
    report = graph.run(limits, rounds=asked.rounds, nodes=asked.nodes, progress=tell, **_options(asked, goal))
    shown = goal is not None and graph.equal(*goal)
    signature = _signature(rules, (*terms, *(goal or ())))
    view = graph.view()
    best = explanation = None
    if asked.extract:
        classes = (view.class_of(r) for r in roots[: len(terms)])
        best = tuple(best_term(view, signature, c, SIZE).term for c in classes)
    if asked.explain and shown:
        explanation = graph.explain(roots[-2], roots[-1])
    return Answer(terms, best, goal, shown, report, explanation, view, tuple(roots), signature)


def _by_egglog(
    rules: RuleSet,
    asked: Request,
    terms: tuple[Term, ...],
    goal: tuple[Term, Term] | None,
    limits: Limits,
    progress: Callable[[str], None] | None,
) -> Answer:
    """Without explanations and without progress, which egglog does not give."""
    from .rewriting.egraph.egglog_graph import EgglogGraph

    if asked.explain:
        raise LemmataError("egglog explains nothing", hint="--explain needs --backend lemmata")
    graph = EgglogGraph(rules, analyses=_analyses(rules))
    for t in (*terms, *(goal or ())):
        graph.add(t)
    report = graph.run(limits, rounds=asked.rounds, nodes=asked.nodes, **_options(asked, goal))
    shown = goal is not None and graph.equal(*goal)
    best = tuple(graph.extract(t).term for t in terms) if asked.extract else None
    signature = _signature(rules, (*terms, *(goal or ())))
    return Answer(terms, best, goal, shown, report, None, graph.view(), (), signature)


def _analyses(rules: RuleSet) -> tuple[ConstantFolding, ...]:
    """Numbers and truth values are computed, where the rules have any."""
    return (ConstantFolding(),) if any(s.kind == "builtin" for s in rules.theory.symbols) else ()


def _options(asked: Request, goal: tuple[Term, Term] | None) -> dict[str, Any]:
    scheduler = Backoff() if asked.scheduler == "backoff" else Simple()
    return {"scheduler": scheduler, "until": None if goal is None else Equal(*goal)}


def _sides(rules: RuleSet, text: str) -> tuple[Term, Term]:
    """The sides of an equation; a side that does not tell its sort has that of the other."""
    source = Source("<goal>", text)
    depth = 0
    at = None
    for token in tokenize(source):
        depth += (token.kind == "(") - (token.kind == ")")
        if token.kind == "operator" and token.text in ("=", "==") and not depth:
            if at is not None:
                raise error_at(source, token.offset, f"a second {token.text!r}", "a goal is one equation")
            at = token
    if at is None:
        raise error_at(source, 0, "this is no equation", 'a goal is written "left = right"')
    left, right = text[: at.offset], text[at.end :]
    first = rules.term(left)
    second = rules.term(right)
    if first.sort != second.sort:
        try:
            second = rules.term(right, first.sort)
        except LemmataError:
            first = rules.term(left, second.sort)
    return first, second


def _signature(rules: RuleSet, terms: Sequence[Term]) -> Signature:
    """The symbols of the rules and of the terms."""
    symbols = {s.name: s for s in rules.theory.symbols}
    for term in terms:
        symbols |= {s.name: s for s in term.signature.symbols}
    return Signature(tuple(symbols.values()), rules.variables, rules.bank)


def _explanation_json(explanation: Explanation) -> dict[str, Any]:
    verdict = explanation.check()
    return {
        "lines": str(explanation).splitlines(),
        "hypotheses": list(explanation.hypotheses),
        "checked": "refused" if verdict.first_error else "accepted",
    }


def _egglog_json(report: EgglogReport) -> dict[str, Any]:
    return {
        "stop": report.stop.value,
        "nodes": report.nodes,
        "classes": None,
        "seconds": round(report.seconds, 6),
        "rounds": [{"nodes": r.nodes, "matches": r.matches, "seconds": round(r.seconds, 6)} for r in report.rounds],
        "rules": [{"name": name, "matches": n} for name, n in report.matches.items()],
        "warning": None,
    }
