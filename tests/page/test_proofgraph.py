"""Proofs told as lines, the graph of citations and its drawing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lemmata.engine.layout import draw
from lemmata.engine.proofgraph import MOST_LISTED, proof_graph
from lemmata.engine.prose import MOST_LINES, Line, Reason, Shown
from lemmata.engine.results import Found
from lemmata.rewriting.certificate import RULES, Derivation, Step, dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.syntax import TermTable
from tests.page.reports import report, sample, tower
from tests.samples import peano


def written(lines: tuple[Line, ...]) -> list[str]:
    """Lines as text: indentation, words, chain, reasons in brackets, the changed part between bars."""

    def maths(shown: Shown) -> str:
        if shown.mark is None:
            return shown.text
        start, end = shown.mark
        return f"{shown.text[:start]}|{shown.text[start:end]}|{shown.text[end:]}"

    def reason(r: Reason) -> str:
        where = "" if r.line is None else str(r.line)
        return ("< " if r.backward else "") + " ".join(p for p in (r.words, r.node or r.shown, where) if p)

    def reasons(rs: tuple[Reason, ...]) -> str:
        return f" [{'; '.join(reason(r) for r in rs)}]" if rs else ""

    out = []
    for line in lines:
        said = "".join(p if isinstance(p, str) else maths(p) for p in line.pieces)
        chain = "".join(f" = {maths(k.term)}{reasons(k.reasons)}" for k in line.chain)
        out.append(f"{line.number} {'. ' * line.depth}{said}{chain}{reasons(line.reasons)}")
    return out


def told(name: str) -> list[str]:
    return written(next(t for t in proof_graph(sample(), {}).theorems if t.name == name).proof.lines)


def told_steps(terms: TermTable, *steps: Step) -> list[str]:
    derivation = Derivation("d", steps[-1].conclusion, steps)
    theory = peano()
    certificate = load(dump(theory, terms, [derivation]))
    verdict = check(certificate)
    assert verdict.accepted, verdict.first_error
    return written(proof_graph(report(theory, terms, [derivation]), {}).theorems[0].proof.lines)


def test_the_sample_uses_every_rule() -> None:
    assert {s.rule for d in sample().certificate for s in d.steps} == set(RULES)


def test_induction_is_told_by_cases_with_chains() -> None:
    assert told("zero_add") == [
        "1 By induction on x.",
        "2 Case x = 0.",
        "3 . 0 + 0 = 0 [definition A1]",
        "4 Case x = s(n), assuming 0 + n = n.",
        "5 . 0 + s(n) = s(0 + n) [definition A2] = s(|n|) [induction hypothesis 4]",
    ]


def test_a_generalised_induction_says_so_and_marks_what_changed() -> None:
    lines = told("succ_add")
    assert lines[0] == "1 By induction on y, for all x."
    assert lines[2] == "3 . s(x) + 0 = s(x) [definition A1] = s(|x + 0|) [< definition A1]"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("succ_injective", ["1 Assume s(x) = s(y).", "2 x = y [constructors are injective; assumption 1]"]),
        (
            "succ_not_zero",
            [
                "1 Assume x = s(y).",
                "2 Suppose x = 0, towards a contradiction.",
                "3 s(y) = x [assumption 1] = 0 [assumption 2]",
                "4 Contradiction: s(y) ≠ 0. [different constructors; 3]",
            ],
        ),
        (
            "zero_or_succ",
            [
                "1 By cases on x.",
                "2 Case x = 0.",
                "3 . x = 0 ∨ (∃w. x = s(w)) [case 2]",
                "4 Case x = s(n).",
                "5 . ∃w. x = s(w) [witness n; case 4]",
                "6 . x = 0 ∨ (∃w. x = s(w)) [5]",
            ],
        ),
        (
            "succ_le_succ",
            [
                "1 Assume x ≤ y.",
                "2 Claim: ∃z. s(x) + z = s(y).",
                "3 . Take w with x + w = y. [definition A5; assumption 1]",
                "4 . s(x) + w = s(x + w) [P2] = s(|y|) [choice of w 3]",
                "5 . ∃z. s(x) + z = s(y) [witness w; 4]",
                "6 s(x) ≤ s(y) [definition A5; 2]",
            ],
        ),
        (
            "logic",
            [
                "1 Assume x = 0 ∨ x = 0.",
                "2 Claim: x = 0.",
                "3 . Either x = 0 ∨ x = 0. [assumption 1]",
                "4 . Case x = 0.",
                "5 . . x = 0 [case 4]",
                "6 . Case x = 0.",
                "7 . . x = 0 [case 6]",
                "8 For all y: y = y [both sides are the same]",
                "9 x = 0 ∧ (∀y. y = y) [2; 8]",
            ],
        ),
        ("ex_falso", ["1 Assume ⊥.", "2 x = y [from falsity anything follows; assumption 1]"]),
    ],
)
def test_each_rule_in_words(name: str, lines: list[str]) -> None:
    assert told(name) == lines


def test_a_step_that_both_cases_need_is_stated_once_before_them() -> None:
    t = TermTable()
    x, n, zero = t.var("x", "N"), t.var("n", "N"), t.app("0")
    twice = t.eq(t.app("+", t.app("+", zero, zero), zero), zero)
    either = t.add(("or", twice, t.eq(x, zero)))
    above = t.app("s", n)
    lines = told_steps(
        t,
        Step("axiom", t.eq(t.app("+", t.app("+", zero, zero), zero), t.app("+", zero, zero)), cites="+.1",
             substitution=((x, t.app("+", zero, zero)),)),
        Step("axiom", t.eq(t.app("+", zero, zero), zero), cites="+.1", substitution=((x, zero),)),
        Step("trans", twice, (0, 1)),
        Step("assume", t.eq(x, zero)),
        Step("and_intro", t.conj(twice, t.eq(x, zero)), (2, 3)),
        Step("and_elim", twice, (4,)),
        Step("or_intro", either, (5,)),
        Step("assume", t.eq(x, above)),
        Step("and_intro", t.conj(twice, t.eq(x, above)), (2, 7)),
        Step("and_elim", twice, (8,)),
        Step("or_intro", either, (9,)),
        Step("cases", either, (6, 10), terms=(x,), fresh=((), (n,))),
    )  # fmt: skip
    assert lines == [
        "1 By cases on x.",
        "2 0 + 0 + 0 = 0 + 0 [definition A1] = 0 [definition A1]",
        "3 Case x = 0.",
        "4 . 0 + 0 + 0 = 0 ∧ x = 0 [2; case 3]",
        "5 . 0 + 0 + 0 = 0 ∨ x = 0 [4]",
        "6 Case x = s(n).",
        "7 . 0 + 0 + 0 = 0 ∧ x = s(n) [2; case 6]",
        "8 . 0 + 0 + 0 = 0 ∨ x = 0 [7]",
    ]


def test_references_point_backwards() -> None:
    for theorem in proof_graph(sample(), {}).theorems:
        for line in theorem.proof.lines:
            cited = [r.line for r in (*line.reasons, *(r for k in line.chain for r in k.reasons)) if r.line]
            assert all(n < line.number for n in cited)


def test_a_deep_proof_and_a_deep_term_are_told() -> None:
    t = TermTable()
    x, zero = t.var("x", "N"), t.app("0")
    deep = x
    for _ in range(100_000):
        deep = t.app("+", deep, zero)
    lines = told_steps(t, Step("refl", t.eq(deep, deep)))
    assert lines[0].endswith("[both sides are the same]")
    formula, steps = t.eq(x, x), [Step("refl", t.eq(x, x))]
    for n in range(3000):
        formula = t.imp(t.eq(x, zero), formula)
        steps.append(Step("imp_intro", formula, (n,)))
    theory = peano()
    [theorem] = proof_graph(report(theory, t, [Derivation("deep", formula, tuple(steps))]), {}).theorems
    assert len(theorem.proof.lines) <= MOST_LINES
    assert not theorem.proof.complete


def test_a_proof_that_doubles_in_every_case_stays_within_bounds() -> None:
    t = TermTable()
    x = t.var("x", "N")
    goal = t.eq(x, x)
    steps = [Step("refl", goal)]
    for n in range(60):
        name = t.eq(x, t.var(f"y{n}", "N"))
        either = t.add(("or", name, name))
        steps += [Step("assume", either), Step("or_elim", goal, (len(steps), len(steps) - 1, len(steps) - 1))]
    theory = peano()
    [theorem] = proof_graph(report(theory, t, [Derivation("d", goal, tuple(steps))]), {}).theorems
    assert len(theorem.proof.lines) <= 2 * MOST_LINES


def test_citations_verdicts_and_axioms() -> None:
    graph = proof_graph(sample(), {"succ_add": {"kernel": "accepted", "z3": "failed"}})
    by_name = {t.name: t for t in graph.theorems}
    assert by_name["succ_le_succ"].cites == ("A5", "P2")
    assert by_name["succ_le_succ"].axioms == ("A1", "A2", "A5")
    assert by_name["succ_add"].used_by == ("P6",)
    assert by_name["succ_add"].checked == ("accepted", "not run", "failed")
    assert by_name["succ_le_succ"].symbols == ("s", "≤")
    assert graph.goals[0].theorem == "P1"


def test_long_listings_show_the_smallest_and_say_how_many_there_are() -> None:
    listing = proof_graph(sample(refuted=1234), {}).refuted
    assert (len(listing.shown), listing.total) == (MOST_LISTED, 1234)
    assert listing.shown[0].text == "x = 0"


def test_redundant_theorems_are_listed_and_kept_only_where_cited() -> None:
    plain = sample()

    def redundant(f: Found) -> Found:
        return replace(f, follows_from=("zero_add",))

    moved = {"succ_add", "ex_falso"}
    changed = replace(
        plain,
        theorems=tuple(f for f in plain.theorems if f.name not in moved),
        redundant=tuple(redundant(f) for f in plain.theorems if f.name in moved),
    )
    graph = proof_graph(changed, {})
    names = {t.name for t in graph.theorems}
    assert "succ_add" in names  # cited by succ_le_succ
    assert "ex_falso" not in names
    assert [(r.name, r.text, r.follows_from) for r in graph.redundant.shown] == [
        ("succ_add", "s(x) + y = s(x + y)", ("zero_add",)),
        ("ex_falso", "⊥ → x = y", ("zero_add",)),
    ]


def test_the_drawing_puts_everything_below_what_it_cites() -> None:
    graph = proof_graph(tower(120), {})
    at = graph.drawing.places
    assert len(set(at.values())) == len(at)
    for theorem in graph.theorems:
        assert all(at[c][1] < at[theorem.id][1] for c in theorem.cites)


def test_sweeps_uncross_edges() -> None:
    above = {"a": (), "b": (), "c": (), "z": ("c",), "y": ("b",), "x": ("a",)}
    at = draw(above).places
    order = {n: at[n][0] for n in above}
    for p, q in (("a", "b"), ("b", "c")):
        below = {"a": "x", "b": "y", "c": "z"}
        assert (order[p] < order[q]) == (order[below[p]] < order[below[q]])
