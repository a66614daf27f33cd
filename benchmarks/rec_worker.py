"""One process of the benchmark `rec`: evaluates a REC file, or gives first answers of many, and prints JSON.

    python benchmarks/rec_worker.py run TIER MEMO SECONDS FILE
    python benchmarks/rec_worker.py first FILE ...

`run` tells seconds and rewrites as the executor reports them, and the digest of each normal form (see `maude.py`).
`first` tells, for each file, the seconds from a system that has been read to the normal form of one small term, by the
table machine of a process that has run other rules before.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from maude import maude_names, term_digest

from lemmata.rewriting.executor import evaluate
from lemmata.rewriting.limits import Limits
from lemmata.rewriting.rec import read_rec
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.system import RewriteSystem

_FIRST_LIMIT = 5.0  # seconds; a small term may have no normal form


def run(tier: str, memo: str, seconds: float, file: str) -> dict[str, Any]:
    system = read_rec(Path(file))
    outcomes = evaluate(
        system,
        tier=cast(Literal["auto", "table", "native"], tier),
        memo=cast(Literal["off", "adaptive"], memo),
        limits=Limits(seconds=seconds),
    )
    total, rewrites, digests = 0.0, 0, []
    for o in outcomes:
        total += o.seconds
        rewrites += o.rewrites
        normal = o.normal if o.reached else None
        digests.append(None if normal is None else term_digest(o.terms, normal, maude_names(system)))
    return {"seconds": total, "rewrites": rewrites, "digests": digests}


def first(files: list[str]) -> dict[str, float]:
    systems = {file: small(read_rec(Path(file))) for file in files}
    first_answer(next(iter(systems.values())))  # warms the process
    return {file: first_answer(system) for file, system in systems.items()}


def first_answer(system: RewriteSystem) -> float:
    started = time.perf_counter()
    for _ in evaluate(system, tier="table", limits=Limits(seconds=_FIRST_LIMIT)):
        pass
    return time.perf_counter() - started


def small(system: RewriteSystem) -> RewriteSystem:
    """The same rules with one term to evaluate: an instance of a left side by the smallest ground terms there are."""
    terms = TermTable(system.terms.rows)
    ground: dict[str, int] = {}
    grown = True
    while grown:
        grown = False
        for s in system.symbols:
            if s.kind == "constructor" and s.result not in ground and all(a in ground for a in s.arguments):
                ground[s.result] = terms.app(s.name, *(ground[a] for a in s.arguments))
                grown = True
    for rule in system.rules:
        variables = {v: ground.get(str(terms.rows[v][2])) for v in rule.variables}
        if None not in variables.values():
            instance = terms.replace(rule.lhs, cast(dict[int, int], variables))
            return replace(system, terms=terms, evaluate=(instance,))
    return replace(system, terms=terms, evaluate=tuple(i for i in system.evaluate[:1] if not children(terms.rows[i])))


def main() -> None:
    how, *words = sys.argv[1:]
    told = run(words[0], words[1], float(words[2]), words[3]) if how == "run" else first(words)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
