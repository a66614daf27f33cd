"""Discovery and proof on the examples: time, memory, the laws that are found, and what the checkers say of them."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from laws import LIST_LAWS, LIST_VARIABLES, PEANO_LAWS, PEANO_VARIABLES, find_laws
from processes import ROOT, Run, run, run_cold, say
from report import Figure, Finding, figure_table, finding_table, machine, missed

from lemmata.engine.mpl import Module, parse_module, read_source
from lemmata.rewriting.certificate import Certificate, load
from lemmata.rewriting.check import check
from lemmata.verify import ToolMissing, check_lean, find_lean

PEANO = "examples/peano.mpl"
LISTS = "examples/lists.mpl"
RUNS = 5
COLD_RUNS = 3
FORMS = ("structure", "concrete")

# Measured by us with its published releases, on a machine of two cores; not measured again here.
GENERATIVE_LOGIC = (
    ("v0.1", "proves 13 statements that are given to it", "220 s", "2.7 GB"),
    ("v0.7", "discovers and proves 57 statements", "593 s", "1.3 GB"),
)


@dataclass(frozen=True)
class LawRow:
    """A law with the statement found that is it, and what the checkers say of that statement's proof."""

    law: str
    name: str | None
    statement: str
    words: tuple[str, ...]

    @property
    def settled(self) -> bool:
        return self.name is not None and all(w == "accepted" for w in self.words)

    def row(self) -> str:
        return f"| `{self.law}` | {self.name or 'not found'} | `{self.statement}` | {' | '.join(self.words)} |"


def has_lean() -> bool:
    try:
        return find_lean().version() is not None
    except ToolMissing:
        return False


def measure(runs: int, folder: Path) -> Iterator[str]:
    """All measures, as the lines of their part of RESULTS.md. With Lean where there is one."""
    runs = runs or RUNS
    lean = ["--lean"] if has_lean() else []
    proof, page = folder / "peano.json", folder / "peano.html"

    say("explore, warm")
    run("explore", PEANO, "--quiet")  # fills the caches
    warm = [run("explore", PEANO, "--json") for _ in range(runs)]
    say("explore, with empty caches")
    cold = [run_cold("explore", PEANO, "--quiet") for _ in range(COLD_RUNS)]
    say("explore, with Lean, Z3, certificate and page")
    whole = [
        run("explore", PEANO, "--json", *lean, "--z3", "--proof", str(proof), "--html", str(page)) for _ in range(runs)
    ]
    say("the main job: explore with Lean and page")
    main_job = [run("explore", PEANO, "--quiet", *lean, "--html", str(page)) for _ in range(runs)]
    say("the checker")
    checks = [run("check", str(proof), "--theory", PEANO, "--quiet") for _ in range(runs)]
    certificate = load(proof.read_bytes())
    steps = sum(len(d.steps) for d in certificate.theorems)
    alone = [_seconds_of_check(certificate) for _ in range(runs)]
    say("lists")
    lists = [run("explore", LISTS, "--json", *lean) for _ in range(runs)]
    lists_proved = [run("prove", LISTS, "--json", *lean) for _ in range(runs)]
    say("two hash seeds")
    same = _same_bytes(folder)

    report = whole[-1].report
    figures = [
        Figure("`explore peano`, caches warm", "s", _seconds(warm), 5),
        Figure("the same, peak memory", "MB", _peaks(warm), 500),
        Figure("`explore peano`, caches empty", "s", _seconds(cold), 30),
        Figure("the same, peak memory", "MB", _peaks(cold), 500),
        *(
            [Figure("Lean on all proofs of peano, both forms", "s", _stats(whole, "lean", "seconds"), 10)]
            if lean
            else []
        ),
        Figure("Z3 on all steps of peano", "s", _stats(whole, "z3", "seconds")),
        Figure("`explore peano --lean --html` (the README's job)", "s", _seconds(main_job)),
        Figure("the same, largest process", "MB", _peaks(main_job), 500),
        Figure("the same with `--z3 --proof` too", "s", _seconds(whole)),
        Figure("`check` of the certificate of peano", "s", _seconds(checks)),
        Figure("the kernel checker alone", "steps/s", tuple(steps / s for s in alone)),
        Figure("`explore lists`", "s", _seconds(lists)),
        Figure("`prove lists`", "s", _seconds(lists_proved)),
    ]
    forms = _lean_forms(certificate) if lean else {}
    peano_rows = _law_rows(PEANO, PEANO_LAWS, PEANO_VARIABLES, report, forms)
    list_rows = _law_rows(LISTS, LIST_LAWS, LIST_VARIABLES, lists[-1].report, None)
    findings = _findings(report, peano_rows, list_rows, lists_proved[-1].report, checks, same, bool(lean))
    yield from _page(figures, findings, peano_rows, list_rows, report, steps, len(certificate.theorems), bool(lean))


def _seconds(runs: Sequence[Run]) -> tuple[float, ...]:
    return tuple(r.seconds for r in runs)


def _peaks(runs: Sequence[Run]) -> tuple[float, ...]:
    return tuple(r.peak_mb for r in runs)


def _stats(runs: Sequence[Run], *path: str) -> tuple[float, ...]:
    out = []
    for r in runs:
        value = r.report["stats"]
        for key in path:
            value = value[key]
        out.append(float(value))
    return tuple(out)


def _seconds_of_check(certificate: Certificate) -> float:
    started = time.perf_counter()
    verdict = check(certificate)
    seconds = time.perf_counter() - started
    if not verdict.accepted:
        raise SystemExit(f"the checker refuses the certificate: {verdict.first_error}")
    return seconds


def _same_bytes(folder: Path) -> bool:
    """Are report (times and memory aside) and certificate the same under two hash seeds?"""
    outputs = []
    for seed in ("1", "2"):
        proof = folder / f"seed{seed}.json"
        result = run("explore", PEANO, "--json", "--proof", str(proof), environment={"PYTHONHASHSEED": seed})
        outputs.append((json.dumps(json.loads(result.output, object_hook=_timeless)), proof.read_bytes()))
    return outputs[0] == outputs[1]


def _timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k not in ("seconds", "peak_mb")}


def _lean_forms(certificate: Certificate) -> dict[str, tuple[str, ...]]:
    """Lean's word on every theorem of the certificate in each form."""
    report = check_lean(certificate.theory, certificate.terms, certificate.theorems)
    words: dict[str, dict[str, str]] = {}
    for v in report.verdicts:
        words.setdefault(v.theorem, {})[v.form] = v.verdict.value
    return {name: tuple(by_form.get(form, "not run") for form in FORMS) for name, by_form in words.items()}


def _law_rows(
    example: str,
    laws: Sequence[str],
    law_variables: Mapping[str, str],
    report: Mapping[str, Any],
    forms: Mapping[str, tuple[str, ...]] | None,
) -> list[LawRow]:
    """With `forms`, kernel, Lean in each form and Z3; without, kernel and Lean."""
    found = {f["name"]: f for key in ("theorems", "redundant") for f in report[key]}
    statements = {name: f["statement"] for name, f in found.items()}
    names = find_laws(_module(example), laws, law_variables, statements, report["stats"]["variables"])
    rows = []
    for law, name in names.items():
        checked = found[name]["checked"] if name else {}
        kernel, lean, z3 = (checked.get(k, "not run") for k in ("kernel", "lean", "z3"))
        words = (kernel, lean) if forms is None else (kernel, *forms.get(name or "", ("not run",) * len(FORMS)), z3)
        rows.append(LawRow(law, name, statements[name] if name else "", words))
    return rows


def _module(example: str) -> Module:
    path = ROOT / example
    return parse_module(read_source(path), folder=path.parent)


def _findings(
    report: Mapping[str, Any],
    peano_rows: Sequence[LawRow],
    list_rows: Sequence[LawRow],
    proved: Mapping[str, Any],
    checks: Sequence[Run],
    same: bool,
    lean: bool,
) -> list[Finding]:
    stats = report["stats"]
    filtered = sum(stats["filtered"].values())
    books = " + ".join(f"{stats[k]:,} {k}" for k in ("theorems", "redundant", "refuted", "open"))
    balance = stats["enumerated"] == filtered + sum(stats[k] for k in ("theorems", "redundant", "refuted", "open"))
    everything = [f["checked"] for key in ("theorems", "redundant") for f in report[key]]
    wanted = ("kernel", *(("lean",) if lean else ()), "z3")
    accepted = sum(all(c[k] == "accepted" for k in wanted) for c in everything)
    goals = [g for g in proved["goals"] if g["status"] == "Theorem" and g["checked"]["kernel"] == "accepted"]
    goal_laws = _count_list_laws([g["statement"] for g in goals], proved["stats"]["variables"])
    lean_note = "Lean in both forms" if lean else "Lean not asked"
    return [
        _all_of("the twelve laws found, proved and accepted", peano_rows),
        Finding(
            f"every proof of peano accepted (kernel, {lean_note}, Z3)",
            f"{accepted:,} of {len(everything):,}",
            accepted == len(everything),
        ),
        Finding(
            "the books of peano balance", f"{stats['enumerated']:,} = {books} + {filtered:,} filtered", bool(balance)
        ),
        Finding("nothing left open", f"{stats['open']:,} open; stopped because: {stats['stop']}", stats["open"] == 0),
        Finding("`check` accepts the certificate", f"exit code {checks[-1].code}", all(c.code == 0 for c in checks)),
        Finding("the same bytes under two hash seeds", "report (times and memory aside) and certificate", same),
        _all_of("the six list laws by `explore`", list_rows),
        Finding("the six list laws by `prove`", f"{goal_laws} of {len(LIST_LAWS)} proved", goal_laws == len(LIST_LAWS)),
    ]


def _count_list_laws(statements: Sequence[str], variables: Mapping[str, str]) -> int:
    """How many of the list laws are among these statements."""
    named = {str(n): s for n, s in enumerate(statements)}
    found = find_laws(_module(LISTS), LIST_LAWS, LIST_VARIABLES, named, variables)
    return sum(name is not None for name in found.values())


def _all_of(name: str, rows: Sequence[LawRow]) -> Finding:
    settled = sum(r.settled for r in rows)
    missing = ", ".join(f"`{r.law}`" for r in rows if not r.settled)
    return Finding(name, f"{settled} of {len(rows)}" + (f"; not {missing}" if missing else ""), settled == len(rows))


def _page(
    figures: Sequence[Figure],
    findings: Sequence[Finding],
    peano_rows: Sequence[LawRow],
    list_rows: Sequence[LawRow],
    report: Mapping[str, Any],
    steps: int,
    proofs: int,
    lean: bool,
) -> Iterator[str]:
    yield "## Discovery and proof"
    yield ""
    yield "Every run is a new process. A figure counts as met when its median lies below the bound."
    yield ""
    yield missed([*figures, *findings])
    yield ""
    yield from machine(("lemmata", "numpy", "numba", "llvmlite", "z3-solver", "lark"))
    if lean:
        yield f"- Lean: {report['stats']['lean']['checker']}, {report['stats']['lean']['version']}"
    else:
        yield "- Lean: none on this machine, so nothing below was asked of it"
    yield ""
    yield "### Time and memory"
    yield ""
    yield from figure_table(figures)
    yield ""
    yield "Empty caches: no compiled kernel and no compiled Python, not even of the libraries. Memory is the largest"
    yield "resident set of a single process, Lean's included where it runs."
    yield ""
    yield "### What is found"
    yield ""
    yield from finding_table(findings)
    yield ""
    yield f"The certificate of peano holds {proofs:,} proofs in {steps:,} steps."
    yield ""
    yield "### The twelve laws of Peano arithmetic, from one command"
    yield ""
    yield "A statement counts as a law when it is the same equation up to the names of variables and the order of the"
    yield "sides. T is a theorem that stands by itself, R one that follows by rewriting from those."
    yield ""
    yield "| law | found as | statement | kernel | Lean, any model | Lean, inductive type | Z3 |"
    yield "|---|---|---|---|---|---|---|"
    yield from (r.row() for r in peano_rows)
    yield ""
    yield "### The laws of lists"
    yield ""
    yield "| law | found as | statement | kernel | Lean |"
    yield "|---|---|---|---|---|"
    yield from (r.row() for r in list_rows)
    yield ""
    yield "### Beside Generative Logic"
    yield ""
    yield "Measured by us earlier on a machine of two cores, with its releases as published; not run again here."
    yield ""
    yield "| program | does | wall time | memory |"
    yield "|---|---|---|---|"
    yield from (f"| Generative Logic {v} | {does} | {wall} | {mb} |" for v, does, wall, mb in GENERATIVE_LOGIC)
    warm, peak = figures[0], figures[1]
    stats = report["stats"]
    yield (
        f"| Lemmata {metadata.version('lemmata')} | discovers and proves {stats['theorems']:,} theorems and"
        f" {stats['redundant']:,} that follow from them | {statistics.median(warm.values):.1f} s"
        f" | {statistics.median(peak.values) / 1000:.2f} GB |"
    )
