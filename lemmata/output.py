"""Reports as the command line's JSON objects and as text. Pure: nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .engine.proofgraph import ProofGraph, TheoremNode
from .engine.prose import Line, Reason, Shown
from .engine.results import Found, GoalResult, Report, Status
from .opinions import ACCEPTED, FAILED, NOT_RUN, REFUSED, Opinions, Unfinished
from .rewriting.limits import Stop, peak_mb

if TYPE_CHECKING:
    from .verify import LeanReport, Z3Report

_MOST_ASSUMED = 40  # hypotheses that are shown
_WIDEST = 60


def stats_json(report: Report, opinions: Opinions) -> dict[str, Any]:
    """The `stats` of explore and prove. Times and memory are the only values that differ between equal runs."""
    lean, z3 = opinions.lean, opinions.z3
    return {
        "theory": report.theory.name,
        "digest": report.theory.digest,
        "variables": dict(report.variables),
        "stop": report.stop.value,
        "enumerated": report.enumerated,
        "theorems": len(report.theorems),
        "redundant": len(report.redundant),
        "refuted": len(report.refuted),
        "open": len(report.open),
        "filtered": dict(report.filtered),
        "counts": dict(report.counts),
        "lean": None if lean is None else _lean_json(lean),
        "z3": None if z3 is None else _z3_json(z3),
        "seconds": round(report.seconds, 3),
        "peak_mb": round(peak_mb(), 1),
    }


def _lean_json(lean: LeanReport | Unfinished) -> dict[str, Any]:
    if isinstance(lean, Unfinished):
        return {"checker": None, "version": None, "seconds": None, "assumed": None, "failed": lean.why}
    return {
        "checker": lean.checker,
        "version": lean.version,
        "seconds": round(lean.seconds, 3),
        "assumed": list(lean.assumed),
        "failed": None,
    }


def _z3_json(z3: Z3Report | Unfinished) -> dict[str, Any]:
    if isinstance(z3, Unfinished):
        return {"version": None, "obligations": None, "seconds": None, "failed": z3.why}
    return {"version": z3.version, "obligations": z3.obligations, "seconds": round(z3.seconds, 3), "failed": None}


def found_json(found: Found, opinions: Opinions) -> dict[str, Any]:
    return {
        "name": found.name,
        "statement": found.statement,
        "method": found.method,
        "checked": opinions.of(found.name),
        "seconds": round(found.seconds, 6),
    }


def goals_json(report: Report, opinions: Opinions) -> list[dict[str, Any]]:
    return [
        {
            "name": g.name,
            "statement": g.statement,
            "status": g.status.value,
            "checked": opinions.of(g.name) if g.found else None,
            "counterexample": g.counterexample,
            "reason": g.reason,
            "seconds": round(g.seconds, 6),
        }
        for g in report.goals
    ]


def explore_json(report: Report, opinions: Opinions) -> dict[str, Any]:
    """The object of `explore`. The refuted ones are an iterator: there may be millions, and their text is made late."""
    return {
        "theorems": [found_json(f, opinions) for f in report.theorems],
        "redundant": [{**found_json(f, opinions), "from": list(f.follows_from or ())} for f in report.redundant],
        "refuted": ({"statement": r.statement, "counterexample": r.counterexample} for r in report.refuted),
        "open": [{"statement": o.statement, "reason": o.reason} for o in report.open],
        "goals": goals_json(report, opinions),
        "stats": stats_json(report, opinions),
    }


def prove_json(report: Report, opinions: Opinions) -> dict[str, Any]:
    return {"goals": goals_json(report, opinions), "stats": stats_json(report, opinions)}


def lean_check_json(opinions: Opinions) -> dict[str, Any]:
    """The object of `lean check`."""
    lean = None if opinions.lean is None else _lean_json(opinions.lean)
    return {"theorems": [{"name": name, "checked": opinions.of(name)} for name in opinions.kernel], "lean": lean}


def explore_text(report: Report, opinions: Opinions) -> Iterator[str]:
    """What `explore` prints for people, line by line."""
    yield f"{report.theory.name}: {_books(report)}"
    if report.stop is not Stop.DONE:
        yield f"stopped early: {_why(report.stop)}; what follows was found before"
    if report.theorems:
        yield ""
        names = max(len(f.name) for f in report.theorems)
        widest = min(_WIDEST, max(len(f.statement) for f in report.theorems))
        for f in report.theorems:
            yield f"  {f.name:<{names}}  {f.statement:<{widest}}  {f.method}"
    if report.open:
        yield ""
        yield "open:"
        for o in report.open[:20]:
            yield f"  {o.statement}  ({o.reason})"
        if len(report.open) > 20:
            yield f"  20 of {len(report.open):,} shown"
    if report.goals:
        yield ""
        for g in report.goals:
            yield f"  {g.name}: {g.status.value}"
            yield from _unproved(g, "    ")
    yield ""
    yield from checked_lines(opinions)


def _books(report: Report) -> str:
    filtered = sum(report.filtered.values())
    return (
        f"{report.enumerated:,} equations = {len(report.theorems):,} theorems + {len(report.redundant):,} redundant"
        f" + {len(report.refuted):,} refuted + {len(report.open):,} open + {filtered:,} filtered"
        f"  ({report.seconds:.1f} s)"
    )


def _why(stop: Stop) -> str:
    return {
        Stop.TIME: "the time limit was reached",
        Stop.MEMORY: "the memory limit was reached",
        Stop.STEPS: "the next size has too many terms",
        Stop.CYCLE: "a term is needed for its own normal form",
        Stop.INTERRUPTED: "interrupted",
        Stop.DONE: "done",
    }[stop]


def checked_lines(opinions: Opinions) -> Iterator[str]:
    """A line for each checker, with the first thing that went wrong."""
    total = len(opinions.kernel)
    accepted = sum(w == ACCEPTED for w in opinions.kernel.values())
    yield f"checked: kernel accepts {accepted:,} of {total:,} proofs"
    if opinions.first_error:
        yield f"  first error: {opinions.first_error}"
    lean, z3 = opinions.lean, opinions.z3
    if isinstance(lean, Unfinished):
        yield f"         Lean failed: {lean.why}"
    elif lean is not None:
        accepted = sum(opinions.of(name)["lean"] == ACCEPTED for name in opinions.kernel)
        version = ", ".join(filter(None, (lean.checker, lean.version)))
        yield f"         Lean accepts {accepted:,} of {total:,} in {lean.seconds:.1f} s ({version})"
        bad = next((v for v in lean.verdicts if v.verdict.value in (REFUSED, FAILED)), None)
        if bad is not None:
            yield f"  {bad.theorem} ({bad.form}): {bad.verdict.value}: {bad.why}"
        left = sorted({v.why for v in lean.verdicts if v.verdict.value == NOT_RUN and v.why})
        yield from (f"  not asked: {why}" for why in left)
        if lean.assumed:
            more = len(lean.assumed) - _MOST_ASSUMED
            names = "; ".join(lean.assumed[:_MOST_ASSUMED]) + (f"; and {more:,} more" if more > 0 else "")
            yield f"  hypotheses, which Lean was not asked to prove: {names}"
    if isinstance(z3, Unfinished):
        yield f"         Z3 failed: {z3.why}"
    elif z3 is not None:
        accepted = sum(opinions.of(name)["z3"] == ACCEPTED for name in opinions.kernel)
        yield f"         Z3 accepts {accepted:,} of {total:,} in {z3.seconds:.1f} s"
        worse = next((v for v in z3.verdicts if v.verdict.value in (REFUSED, FAILED)), None)
        if worse is not None:
            where = worse.theorem if worse.step is None else f"{worse.theorem}, step {worse.step}"
            yield f"  {where}: {worse.verdict.value}: {worse.why}"


def prove_text(report: Report, graph: ProofGraph | None, opinions: Opinions) -> Iterator[str]:
    """SZS lines, with the proof of every goal and of its lemmas, if there is a graph to read them off."""
    if not report.goals:
        yield f"% {report.theory.name} names no theorem"
    for g in report.goals:
        yield f"% SZS status {g.status.value} for {g.name}"
        yield from _unproved(g, "%   ")
        if g.found and graph is not None:
            yield from _proof_of(g.name, g.name, graph)
    for line in checked_lines(opinions):
        yield f"% {line}"


def contradiction_text(report: Report, graph: ProofGraph, opinions: Opinions) -> Iterator[str]:
    """The proof of falsity from contradictory axioms."""
    yield f"% SZS status {Status.CONTRADICTORY_AXIOMS.value} for {report.theory.name}"
    for found in report.theorems:
        yield from _proof_of(found.name, report.theory.name, graph)
    for line in checked_lines(opinions):
        yield f"% {line}"


def _unproved(goal: GoalResult, indent: str) -> Iterator[str]:
    """Why a goal is not proved, if it is not."""
    if goal.counterexample is not None:
        yield f"{indent}{goal.statement}  fails at {goal.counterexample}"
    elif goal.reason:
        yield f"{indent}{goal.statement}: {goal.reason}"


def _proof_of(theorem: str, title: str, graph: ProofGraph) -> Iterator[str]:
    by_name = {t.name: t for t in graph.theorems}
    names = {t.id: t.name for t in graph.theorems} | {a.id: a.name for a in graph.axioms}
    yield f"% SZS output start Proof for {title}"
    for needed in _with_lemmas(by_name[theorem], by_name, names):
        yield from proof_lines(needed, names)
    yield f"% SZS output end Proof for {title}"


def _with_lemmas(theorem: TheoremNode, by_name: dict[str, TheoremNode], names: dict[str, str]) -> list[TheoremNode]:
    """The theorems below one, dependencies first, that one last."""
    needed: set[str] = set()
    stack = [theorem.name]
    while stack:
        name = stack.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            stack.extend(names[node] for node in by_name[name].cites)
    return [t for t in by_name.values() if t.name in needed]


def proof_lines(theorem: TheoremNode, names: dict[str, str]) -> Iterator[str]:
    """A proof as text: what the page shows, in plain lines."""
    yield f"{theorem.name}: {theorem.text}    [{theorem.method}]"
    for line in theorem.proof.lines:
        yield from _line(line, names)
    if not theorem.proof.complete:
        yield "  … (longer than is shown; the certificate has all of it)"


def _line(line: Line, names: dict[str, str]) -> Iterator[str]:
    indent = "  " * (line.depth + 1)
    text = "".join(piece.text if isinstance(piece, Shown) else piece for piece in line.pieces)
    yield f"{indent}{line.number}. {text}{_because(line.reasons, names)}"
    for link in line.chain:
        yield f"{indent}     = {link.term.text}{_because(link.reasons, names)}"


def _because(reasons: Sequence[Reason], names: dict[str, str]) -> str:
    parts = []
    for reason in reasons:
        where = f"line {reason.line}" if reason.line is not None else names.get(reason.node or "", "")
        arrow = " backwards" if reason.backward else ""
        parts.append(" ".join(part for part in (reason.words, where, reason.shown) if part) + arrow)
    return f"    [{'; '.join(parts)}]" if parts else ""
