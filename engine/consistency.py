"""Looking for a contradiction among axioms before anything is proved from them.

Incomplete, of course: an axiom is taken at small values and in general, both sides are rewritten with all other axioms
and the definitions, and if two different constructors come out the axioms are contradictory. The finding is a
derivation of falsity, which the checker has to accept like any other.
"""

from __future__ import annotations

from ..rewriting.certificate import Derivation, Step
from ..rewriting.derivation import Builder, Explainer
from ..rewriting.knowledge import Knowledge
from ..rewriting.limits import Clock, Stop
from ..rewriting.syntax import children
from .values import make_points, small_values

MOST_POINTS = 40


def find_contradiction(knowledge: Knowledge, clock: Clock) -> tuple[str, Derivation] | None:
    """An axiom that contradicts the rest, with a derivation of falsity; None if none is found."""
    terms, theory = knowledge.terms, knowledge.theory
    elements = small_values(theory, knowledge.bank)
    for axiom in theory.axioms:
        if axiom.kind != "axiom" or terms.rows[axiom.formula][0] != "eq":
            continue
        others = knowledge.without(axiom.name)
        free = terms.free_variables(axiom.formula)
        split = [v for v in free if terms.rows[v][2] in theory.datatype]
        points = make_points([elements[str(terms.rows[v][2])] for v in split], MOST_POINTS)
        assignments: list[dict[int, int]] = [{}] + [
            dict(zip(split, knowledge.bank.dump(points[:, p].tolist(), terms), strict=True))
            for p in range(points.shape[1])
            if split
        ]
        for assignment in assignments:
            clock.check()
            if any(terms.rows[i][0] == "app" and terms.rows[i][1] not in theory.symbol for i in assignment.values()):
                continue
            builder = Builder(terms)
            step = builder.instance("axiom", axiom.name, axiom.formula, assignment)
            false = _clash(builder, step, others, clock)
            if false is not None:
                return axiom.name, builder.finish("contradiction", false)
    return None


def _clash(builder: Builder, step: int, knowledge: Knowledge, clock: Clock) -> int | None:
    """From an equation: rewrite both sides; the step that concludes falsity if two constructors meet."""
    terms, theory = knowledge.terms, knowledge.theory
    ids = knowledge.bank.load(terms, builder.sides(step), theory.symbol)
    rewriter = knowledge.rewriter
    result = rewriter.normalise(ids, clock)
    if result.stop is not Stop.DONE:
        return None
    explainer = Explainer(builder, rewriter, knowledge.statements)
    step = explainer.simplified(step, *ids)
    pending = [step]
    while pending:
        step = pending.pop()
        a, b = (terms.rows[i] for i in builder.sides(step))
        if a[0] == b[0] == "app" and a[1] in theory.constructors and b[1] in theory.constructors:
            if a[1] != b[1]:
                return builder.add(Step("distinct", terms.false(), (step,)))
            pairs = zip(children(a), children(b), strict=True)
            pending += [builder.add(Step("injective", terms.eq(x, y), (step,))) for x, y in pairs if x != y]
    return None
