"""Theories explored for tests, and what must hold of every report."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from benchmarks.laws import Key, law_key, text_key
from lemmata.engine.mpl import Module, parse_module, read_source
from lemmata.engine.prove import explore
from lemmata.engine.results import Found, Report
from lemmata.rewriting.certificate import dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable

EXAMPLES = Path(__file__).parents[2] / "examples"
THEORIES = Path(__file__).parents[1] / "data" / "theories"


@cache
def module(name: str) -> Module:
    """A theory of the examples or, if there is none of that name, of the tests' own."""
    path = EXAMPLES / f"{name}.mpl"
    path = path if path.exists() else THEORIES / f"{name}.mpl"
    return parse_module(read_source(path), folder=path.parent)


@cache
def explored(name: str, size: int = 5) -> Report:
    """A whole exploration, without limits."""
    read = module(name)
    return explore(read.theory, read.variables, size=size)


def found(report: Report) -> tuple[Found, ...]:
    return (*report.theorems, *report.redundant)


def proved_keys(report: Report) -> dict[Key, str]:
    """The equations whose proofs the checker accepts when it reads the certificate as text, with their names."""
    certificate = load(dump(report.theory, report.terms, report.certificate))
    verdict = check(certificate, report.theory)
    assert verdict.first_error is None
    keys: dict[Key, str] = {}
    for proof in verdict.proofs:
        statement = proof.derivation.statement
        if certificate.terms.rows[statement][0] == "eq":
            keys.setdefault(law_key(certificate.terms, statement), proof.name)
    return keys


def missing(name: str, laws: dict[str, str] | list[str], variables: str = "", size: int = 5) -> list[str]:
    """Those of the laws that no accepted proof of the exploration is about.

    They are read with the variables of the report, or with others, given as "x y : N, xs : List(A)".
    """
    report = explored(name, size)
    sorts = {
        v: sort.strip() for part in variables.split(",") if part for vs, sort in [part.split(":")] for v in vs.split()
    }
    keys = proved_keys(report)
    return [law for law in laws if text_key(module(name), law, sorts or report.variables) not in keys]


def balanced(report: Report) -> bool:
    kept = len(report.theorems) + len(report.redundant) + len(report.refuted) + len(report.open)
    return report.enumerated == kept + sum(report.filtered.values())


def parses_back(report: Report, statement: str) -> tuple[TermTable, int]:
    """A statement of the report, read again with the report's variables."""
    terms = TermTable()
    read = Module(report.theory, report.variables)
    return terms, read.parse(Source("<statement>", statement), terms)


def same_formula(report: Report, row: int, statement: str) -> bool:
    """Does the text say what the row of the report's table says?"""
    terms, parsed = parses_back(report, statement)
    return report.terms.copy_into(terms, [row]) == [parsed]


def must_hold(report: Report) -> None:
    """What every report owes: books that balance, statements that parse back, proofs that the checker accepts."""
    assert balanced(report)
    proved_keys(report)
    for f in found(report):
        assert same_formula(report, f.derivation.statement, f.statement), f.statement
    for o in report.open:
        parses_back(report, o.statement)
    for r in report.refuted[:: max(1, len(report.refuted) // 200)]:
        parses_back(report, r.statement)
