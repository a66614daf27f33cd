"""A derivation without its detours.

A search leaves traces in its proofs: a witness or a case that nothing makes use of, quantifiers put on and taken off
again, equations that a rewriting was given and did not need, a chain that comes back to where it was. Each is replaced
by the part that does the work. What is left proves the same statement and rests on no more than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..rewriting.certificate import Derivation, Step
from ..rewriting.syntax import TermTable, children
from ..rewriting.theory import Theory
from .scopes import Scopes


def without_detours(derivation: Derivation, terms: TermTable, theory: Theory) -> Derivation:
    """The derivation by its own steps, fewer of them or with fewer premises; the checker accepts it if it accepted the
    given one. About linear in the steps."""
    scopes = Scopes(derivation, terms, theory)
    steps: list[Step] = scopes.steps
    stands_for: list[int] = []
    rests_on: list[int] = []
    for n in range(len(steps)):
        step = replace(steps[n], premises=tuple(stands_for[p] for p in steps[n].premises))
        step = steps[n] = _fewer_premises(scopes.table, steps, step)
        instead = _shortcut(scopes, step, rests_on)
        stands_for.append(n if instead is None else instead)
        rests_on.append(
            scopes.rests_on(step, (rests_on[p] for p in step.premises)) if instead is None else rests_on[instead]
        )
    needed: set[int] = set()
    stack = [stands_for[-1]]
    while stack:
        n = stack.pop()
        if n not in needed:
            needed.add(n)
            stack.extend(steps[n].premises)
    number = {old: new for new, old in enumerate(sorted(needed))}
    kept = tuple(
        replace(derivation.steps[old], premises=tuple(number[p] for p in steps[old].premises)) for old in number
    )
    return replace(derivation, steps=kept)


def _shortcut(scopes: Scopes, step: Step, rests_on: Sequence[int]) -> int | None:
    """An earlier step that concludes the same from no more hypotheses, if the rule shows one at once."""
    steps = scopes.steps
    match step.rule:
        case "ex_elim" | "or_elim" | "cases":
            for premise, discharged in zip(step.premises, scopes.discharged(step), strict=True):
                same = steps[premise].conclusion == step.conclusion
                if same and not rests_on[premise] & scopes.hypotheses(discharged):
                    return premise
        case "all_elim":
            premise = step.premises[0]
            for term in step.terms:
                if steps[premise].rule != "all_intro" or steps[premise].variable != term:
                    return None
                premise = steps[premise].premises[0]
            return premise
        case "sym" if steps[step.premises[0]].rule == "sym":
            return steps[step.premises[0]].premises[0]
        case "trans" | "rewrite" if steps[step.premises[0]].conclusion == step.conclusion:
            return step.premises[0]
    return None


def _fewer_premises(table: TermTable, steps: Sequence[Step], step: Step) -> Step:
    """The step without the premises that it can do without."""
    match step.rule:
        case "trans":
            return replace(step, premises=_straight(table, steps, step.premises))
        case "rewrite":
            start = steps[step.premises[0]].conclusion
            kept = _applied(table, steps, start, step.conclusion, step.premises[1:])
            # One that changes nothing has the conclusion of its first premise, which will stand for it.
            return replace(step, premises=(step.premises[0], *(kept or step.premises[1:])))
        case "cong":
            left, right = (int(side) for side in table.rows[step.conclusion][1:])
            return replace(step, premises=_applied(table, steps, left, right, step.premises) or step.premises)
    return step


def _straight(table: TermTable, steps: Sequence[Step], premises: tuple[int, ...]) -> tuple[int, ...]:
    """The links of a chain but for those between two visits to the same term."""
    kept: list[int] = []
    at = {int(table.rows[steps[premises[0]].conclusion][1]): 0}
    for premise in premises:
        reached = int(table.rows[steps[premise].conclusion][2])
        back = at.get(reached)
        if back is None:
            kept.append(premise)
            at[reached] = len(kept)
        else:
            del kept[back:]
            at = {term: n for term, n in at.items() if n <= back}
    return tuple(kept) or premises


def _applied(table: TermTable, steps: Sequence[Step], old: int, new: int, equations: Sequence[int]) -> tuple[int, ...]:
    """Those of `equations` that change `old` into `new`, in their order."""
    rows = table.rows
    known: dict[tuple[int, int], int] = {}
    for equation in equations:
        row = rows[steps[equation].conclusion]
        known.setdefault((int(row[1]), int(row[2])), equation)
    used: set[int] = set()
    seen: set[tuple[int, int]] = set()
    stack = [(old, new)]
    while stack:
        pair = stack.pop()
        if pair[0] == pair[1] or pair in seen:
            continue
        seen.add(pair)
        if pair in known:
            used.add(known[pair])
        else:
            stack.extend(zip(children(rows[pair[0]]), children(rows[pair[1]]), strict=True))
    return tuple(equation for equation in dict.fromkeys(equations) if equation in used)
