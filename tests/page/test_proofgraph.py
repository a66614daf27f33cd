"""Proofs told as lines, the graph of citations and its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from lemmata.engine.layout import COLUMN, draw
from lemmata.engine.proofgraph import MOST_LISTED, proof_graph
from lemmata.engine.prose import MOST_LINES, Line, Reason, Shown
from lemmata.engine.results import Found, GoalResult, OpenConjecture, RefutedConjecture, Report, Status
from lemmata.rewriting.certificate import RULES, Certificate, Derivation, Step, dump, load
from lemmata.rewriting.check import check
from lemmata.rewriting.ruleset import rules
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Goal
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
    assert {s.rule for d in sample().certificate for s in d.steps} == set(RULES) - {"ac", "eval"}


def test_computing_and_rearranging_are_told() -> None:
    computed = rules("f(n) = n * n + 1").proof("f(2)")
    assert told_proof(computed) == [
        "1 2 · 2 = 4 [computed]",
        "2 4 + 1 = 5 [computed]",
        "3 f(2) = 2 · 2 + 1 [axiom A1] = |4| + 1 [1] = 5 [2]",
    ]
    rearranged = rules("red + blue = pink", laws={"+": "AC"}).proof("blue + (dark + red)")
    assert told_proof(rearranged) == [
        "1 blue + dark + red = red + blue + dark [rearranged; axiom A1; axiom A2]",
        "2 pink + dark = dark + pink [rearranged; axiom A1; axiom A2]",
        "3 blue + dark + red = red + blue + dark [1] = |pink| + dark [axiom A3] = dark + pink [2]",
    ]


def told_proof(certificate: Certificate) -> list[str]:
    graph = proof_graph(report(certificate.theory, certificate.terms, list(certificate.theorems)), {})
    return written(graph.theorems[0].proof.lines)


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


def test_a_chain_visits_no_term_twice() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    sum_ = t.app("+", x, zero)
    left = t.app("+", sum_, y)
    lines = told_steps(
        t,
        Step("axiom", t.eq(sum_, x), cites="+.1"),
        Step("cong", t.eq(left, t.app("+", x, y)), (0,)),
        Step("axiom", t.eq(t.app("+", left, zero), left), cites="+.1", substitution=((x, left),)),
        Step("trans", t.eq(t.app("+", left, zero), t.app("+", x, y)), (2, 1)),
        Step("cong", t.eq(left, t.app("+", x, y)), (0,)),
        Step("sym", t.eq(t.app("+", x, y), left), (4,)),
        Step("trans", t.eq(t.app("+", left, zero), left), (3, 5)),
    )  # fmt: skip
    assert lines == ["1 x + 0 + y + 0 = x + 0 + y [definition A1]"]


def test_an_equation_of_one_link_is_no_chain() -> None:
    lines = proof_graph(sample(), {}).theorems[0].proof.lines
    assert [len(line.chain) for line in lines] == [0, 0, 0, 0, 2]


def test_a_general_claim_is_one_line_if_it_can_be() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    law = t.eq(t.app("+", x, t.app("s", y)), t.app("s", t.app("+", x, y)))
    one = t.abstract("all", y, law)
    both = t.abstract("all", x, one)
    at = [t.app("+", zero, t.app("s", zero)), t.app("s", t.app("+", zero, zero)), t.app("s", zero)]
    steps = (
        Step("axiom", law, cites="+.2"),
        Step("all_intro", one, (0,), variable=y),
        Step("all_intro", both, (1,), variable=x),
        Step("all_elim", t.eq(at[0], at[1]), (2,), terms=(zero, zero)),
        Step("axiom", t.eq(t.app("+", zero, zero), zero), cites="+.1", substitution=((x, zero),)),
        Step("cong", t.eq(at[1], at[2]), (4,)),
        Step("trans", t.eq(at[0], at[2]), (3, 5)),
    )
    assert told_steps(t, *steps) == [
        "1 For all x and y: x + s(y) = s(x + y) [definition A2]",
        "2 0 + s(0) = s(0 + 0) [1] = s(|0|) [definition A1]",
    ]
    reflexive = t.conj(t.eq(x, x), t.eq(y, y))
    inner = t.abstract("all", y, reflexive)
    outer = t.abstract("all", x, inner)
    assert told_steps(
        t,
        Step("refl", t.eq(x, x)),
        Step("refl", t.eq(y, y)),
        Step("and_intro", reflexive, (0, 1)),
        Step("all_intro", inner, (2,), variable=y),
        Step("all_intro", outer, (3,), variable=x),
    ) == ["1 Let x and y be arbitrary.", "2 x = x ∧ y = y"]


def test_a_theorem_applied_to_a_line_and_a_rewritten_formula_have_their_lines() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    sum_ = t.app("+", x, zero)
    law = t.imp(t.eq(t.app("s", x), t.app("s", y)), t.eq(x, y))
    lemma = Derivation("inj", law, (
        Step("assume", t.eq(t.app("s", x), t.app("s", y))),
        Step("injective", t.eq(x, y), (0,)),
        Step("imp_intro", law, (1,)),
    ))  # fmt: skip
    start, end = t.app("<=", y, sum_), t.app("<=", x, x)
    step = t.eq(t.app("s", t.app("s", y)), t.app("s", t.app("s", x)))
    use = t.imp(t.eq(t.app("s", y), t.app("s", x)), t.eq(y, x))
    goal = t.imp(step, t.imp(start, end))
    main = Derivation("main", goal, (
        Step("assume", step),
        Step("injective", t.eq(t.app("s", y), t.app("s", x)), (0,)),
        Step("lemma", use, cites="inj", substitution=((x, y), (y, x))),
        Step("imp_elim", t.eq(y, x), (2, 1)),
        Step("axiom", t.eq(sum_, x), cites="+.1"),
        Step("assume", start),
        Step("rewrite", end, (5, 3, 4)),
        Step("imp_intro", t.imp(start, end), (6,)),
        Step("imp_intro", goal, (7,)),
    ))  # fmt: skip
    theory = peano()
    verdict = check(load(dump(theory, t, [lemma, main])))
    assert verdict.accepted, verdict.first_error
    theorem = proof_graph(report(theory, t, [lemma, main]), {}).theorems[1]
    assert written(theorem.proof.lines) == [
        "1 Assume s(s(y)) = s(s(x)).",
        "2 Assume y ≤ x + 0.",
        "3 s(y) = s(x) [constructors are injective; assumption 1]",
        "4 y = x [P1; 3]",
        "5 x ≤ x [rewriting assumption 2; by 4; by definition A1]",
    ]


def test_a_theorem_applied_to_a_line_has_its_line_before_the_chain() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    twice = t.eq(t.app("s", t.app("s", y)), t.app("s", t.app("s", x)))
    law = t.imp(t.eq(t.app("s", x), t.app("s", y)), t.eq(x, y))
    sum_ = t.app("+", x, zero)
    goal = t.imp(twice, t.eq(y, sum_))
    assert told_steps(
        t,
        Step("assume", t.eq(t.app("s", x), t.app("s", y))),
        Step("injective", t.eq(x, y), (0,)),
        Step("imp_intro", law, (1,)),
        Step("all_intro", t.abstract("all", y, law), (2,), variable=y),
        Step("all_intro", t.abstract("all", x, t.abstract("all", y, law)), (3,), variable=x),
        Step("all_elim", t.imp(t.eq(t.app("s", y), t.app("s", x)), t.eq(y, x)), (4,), terms=(y, x)),
        Step("assume", twice),
        Step("injective", t.eq(t.app("s", y), t.app("s", x)), (6,)),
        Step("imp_elim", t.eq(y, x), (5, 7)),
        Step("axiom", t.eq(sum_, x), cites="+.1"),
        Step("sym", t.eq(x, sum_), (9,)),
        Step("trans", t.eq(y, sum_), (8, 10)),
        Step("imp_intro", goal, (11,)),
    ) == [
        "1 Assume s(s(y)) = s(s(x)).",
        "2 Claim: ∀x. ∀y. s(x) = s(y) → x = y.",
        "3 . Let x and y be arbitrary.",
        "4 . Assume s(x) = s(y).",
        "5 . x = y [constructors are injective; assumption 4]",
        "6 s(y) = s(x) [constructors are injective; assumption 1]",
        "7 y = x [2; 6]",
        "8 y = x [7] = x + 0 [< definition A1]",
    ]


def test_a_contradiction_ends_its_block() -> None:
    t = TermTable()
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    absurd = t.eq(t.app("s", x), zero)
    goal = t.imp(absurd, t.eq(x, y))
    assert told_steps(
        t,
        Step("assume", absurd),
        Step("distinct", t.false(), (0,)),
        Step("false_elim", t.eq(x, y), (1,)),
        Step("imp_intro", goal, (2,)),
    ) == ["1 Assume s(x) = 0.", "2 Contradiction: s(x) ≠ 0. [different constructors; assumption 1]"]


def test_an_induction_hypothesis_is_told_for_all_values_of_the_others() -> None:
    assert told("succ_add")[3] == "4 Case y = s(n), assuming for all x that s(x) + n = s(x + n)."


def restated() -> tuple[Report, Derivation]:
    """The sample, in which two goals say what its theorem zero_add says."""
    plain = sample()
    old, t = plain.certificate[0], plain.terms
    x, y = t.var("x", "N"), t.var("y", "N")
    statement = t.replace(old.statement, {x: y})
    goals = [
        Derivation(name, statement, (Step("lemma", statement, cites="zero_add", substitution=((x, y),)),))
        for name in ("left_unit", "again")
    ]
    found = [Found(d.name, "0 + y = y", d, "rewriting", 0.0) for d in goals]
    [formula] = t.copy_into(plain.theory.terms, [statement])
    theory = replace(plain.theory, goals=tuple(Goal(d.name, formula) for d in goals))
    results = tuple(GoalResult(f.name, f.statement, Status.THEOREM, 0.0, f) for f in found)
    theorems = (replace(plain.theorems[0], method="induction"), *plain.theorems[1:])
    certificate = (*plain.certificate, *goals)
    return replace(plain, theory=theory, theorems=theorems, certificate=certificate, goals=results), old


def test_a_goal_that_repeats_a_theorem_gives_it_its_name() -> None:
    changed, old = restated()
    graph = proof_graph(changed, {"zero_add": {"kernel": "accepted"}, "left_unit": {"kernel": "refused"}})
    theorem = graph.theorems[0]
    assert (theorem.name, theorem.also, theorem.goal) == ("left_unit", ("zero_add",), True)
    assert theorem.text == "0 + x = x"
    assert theorem.method == "induction"  # not how the goals were, by citing it
    assert len(theorem.proof.lines) == 5
    assert theorem.checked[0] == "refused"  # the worse of two verdicts
    assert [t.name for t in graph.theorems].count("left_unit") == 1
    assert graph.theorems[-1].name == "again"
    assert graph.theorems[-1].cites == (theorem.id,)
    assert [(g.name, g.text, g.theorem) for g in graph.goals] == [
        ("left_unit", "0 + y = y", theorem.id),
        ("again", "0 + y = y", graph.theorems[-1].id),
    ]
    assert len(old.steps) == theorem.steps


def test_a_theorem_that_repeats_a_goal_leaves_it_its_name() -> None:
    changed, _ = restated()
    t = changed.terms
    z, y = t.var("z", "N"), t.var("y", "N")
    statement = t.eq(t.app("+", t.app("0"), z), z)
    steps = (Step("lemma", statement, cites="left_unit", substitution=((y, z),)),)
    repeated = Found("T1", "0 + z = z", Derivation("T1", statement, steps), "rewriting", 0.0)
    both = replace(
        changed,
        theorems=(*changed.theorems, repeated),
        certificate=(*changed.certificate, repeated.derivation),
    )
    graph = proof_graph(both, {})
    assert (graph.theorems[0].name, graph.theorems[0].also) == ("left_unit", ("zero_add", "T1"))
    assert "T1" not in [n.name for n in graph.theorems]


def test_an_instance_of_a_theorem_is_not_the_theorem() -> None:
    changed, _ = restated()
    t = changed.terms
    zero, x = t.app("0"), t.var("x", "N")
    statement = t.eq(t.app("+", zero, zero), zero)
    goal = Derivation("left_unit", statement, (Step("lemma", statement, cites="zero_add", substitution=((x, zero),)),))
    certificate = tuple(goal if d.name == "left_unit" else d for d in changed.certificate if d.name != "again")
    graph = proof_graph(replace(changed, certificate=certificate, goals=changed.goals[:1]), {})
    assert [(n.name, n.also) for n in graph.theorems if n.goal] == [("left_unit", ())]


def test_what_is_only_text_is_spelled_in_unicode_too() -> None:
    graph = proof_graph(replace(sample(), open=(OpenConjecture("x * y <= y * x", "x * y is out of reach"),)), {})
    assert graph.open.shown[0].text == "x · y ≤ y · x"
    failed = replace(sample().goals[0], status=Status.COUNTER_SATISFIABLE, found=None, counterexample="x * 0 is 0")
    assert proof_graph(replace(sample(), goals=(failed,)), {}).goals[0].why == "x · 0 is 0"


def test_of_very_many_refuted_conjectures_only_the_first_are_made() -> None:
    class Lazy(Sequence[RefutedConjecture]):
        def __len__(self) -> int:
            return 10**6

        def __getitem__(self, n):  # type: ignore[no-untyped-def]
            assert n <= MOST_LISTED
            return RefutedConjecture(f"x = {n}", "")

    listing = proof_graph(replace(sample(), refuted=Lazy()), {}).refuted
    assert (len(listing.shown), listing.total, listing.shown[-1].text) == (MOST_LISTED, 10**6, f"x = {MOST_LISTED - 1}")


def test_verdicts_are_counted_over_all_proofs() -> None:
    names = [d.name for d in sample().certificate]
    checked = {name: {"kernel": "accepted", "lean": "refused" if name == "logic" else "accepted"} for name in names}
    verdicts = proof_graph(sample(), checked).verdicts
    assert verdicts == ((("accepted", 8),), (("accepted", 7), ("refused", 1)), (("not run", 8),))


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


def test_lemmas_that_are_no_theorems_are_kept_only_where_cited() -> None:
    plain = sample()
    theorems = tuple(f for f in plain.theorems if f.name not in ("succ_add", "ex_falso"))
    names = [t.name for t in proof_graph(replace(plain, theorems=theorems), {}).theorems]
    assert "succ_add" in names
    assert "ex_falso" not in names


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


def test_edges_go_round_the_nodes_between() -> None:
    chain: dict[str, list[str]] = {f"n{n}": [f"n{n - 1}"] if n else [] for n in range(6)}
    chain["n5"] = ["n4", "n0", "n2"]
    drawing = draw(chain)
    assert [y for _, y in drawing.bends["n5", "n0"]] == [drawing.places[f"n{n}"][1] for n in range(1, 5)]
    assert drawing.bends["n5", "n4"] == ()
    for points in drawing.bends.values():
        for x, y in points:
            assert all(abs(x - a) > COLUMN / 2 for a, b in drawing.places.values() if b == y)


def test_nodes_of_a_row_do_not_overlap_and_rows_are_not_ribbons() -> None:
    above = {f"n{n}": [f"n{n - 40 + k}" for k in range(0, 30, 7)] if n >= 40 else [] for n in range(200)}
    rows: dict[int, list[int]] = {}
    for x, y in draw(above).places.values():
        rows.setdefault(y, []).append(x)
    for row in rows.values():
        assert len(row) <= 20
        row.sort()
        assert all(b - a >= COLUMN - 1 for a, b in pairwise(row))


def test_a_drawing_with_endless_edges_has_no_bends() -> None:
    above: dict[str, list[str]] = {f"n{n}": [f"n{n - 1}", "n0"] if n > 1 else ["n0"] * n for n in range(2000)}
    assert not any(draw(above).bends.values())


def test_definitions_stand_above_all_else() -> None:
    graph = proof_graph(sample(), {})
    heights = {node: y for node, (_, y) in graph.drawing.places.items()}
    assert max(y for n, y in heights.items() if n[0] == "A") < min(y for n, y in heights.items() if n[0] == "P")
