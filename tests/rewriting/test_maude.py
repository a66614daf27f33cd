"""The normal forms that Maude, a rewriter by others, gives for the same rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.maude import find_maude, maude_names, maude_text, run_maude, term_digest, text_digest
from lemmata.rewriting.rec import read_rec
from lemmata.rewriting.reference import ReferenceRewriter
from tests.cli.commands import ROOT

DATA = ROOT / "tests" / "data" / "rec"
QUICK = ("benchexpr10", "benchtree10", "bubblesort20", "confluence", "garbagecollection", "hanoi12", "order", "sieve20")


@pytest.mark.skipif(find_maude() is None, reason="Maude is not installed")
@pytest.mark.parametrize("name", QUICK)
def test_the_reference_agrees_with_maude(name: str, tmp_path: Path) -> None:
    system = read_rec(DATA / f"{name}.rec")
    names = maude_names(system)
    answer = run_maude(maude_text(system, show=True), tmp_path, limit=60)
    assert answer is not None
    rewriter = ReferenceRewriter(system.terms, system.rules)
    ours = [term_digest(system.terms, rewriter.normalise(t), names) for t in system.evaluate]
    assert list(answer.digests) == ours
    quiet = run_maude(maude_text(system, show=False), tmp_path, limit=60)
    assert quiet is not None
    assert quiet.rewrites == answer.rewrites + len(ours)
    assert set(quiet.digests) == {""}


def test_digests_of_terms_and_of_texts_are_the_same() -> None:
    system = read_rec(DATA / "hanoi4.rec")
    names = maude_names(system)
    (term,) = system.evaluate
    assert term_digest(system.terms, term, names) == text_digest("solve(a, b, d4)", names)
    assert term_digest(system.terms, term, names) != text_digest("solve(b, a, d4)", names)
