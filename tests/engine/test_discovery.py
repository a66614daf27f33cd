"""Discovery as a whole: the laws of arithmetic and of lists are found, proved, checked; and what a report owes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from itertools import count
from types import FrameType

import pytest

from benchmarks.laws import LIST_LAWS, LIST_VARIABLES, PEANO_LAWS, PEANO_VARIABLES, find_laws, text_key
from lemmata.engine.explore import Exploration
from lemmata.engine.prove import explore, prove
from lemmata.engine.results import Found, Report, Status
from lemmata.rewriting.certificate import dump
from lemmata.rewriting.limits import Clock, Limits, Stop
from lemmata.rewriting.parsing import parse_term
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable, children
from lemmata.verify import ToolMissing, check_lean, find_lean
from tests.engine.explored import (
    balanced,
    explored,
    found,
    module,
    must_hold,
    parses_back,
    proved_keys,
)


def _lean_answers() -> bool:
    try:
        return find_lean().version() is not None
    except ToolMissing:
        return False


needs_lean = pytest.mark.skipif(not _lean_answers(), reason="no Lean on this machine")


class TestLaws:
    @pytest.mark.parametrize("law", PEANO_LAWS)
    def test_of_arithmetic(self, law: str) -> None:
        assert text_key(module("peano"), law, PEANO_VARIABLES) in proved_keys(explored("peano"))

    @pytest.mark.parametrize("law", LIST_LAWS)
    def test_of_lists(self, law: str) -> None:
        assert text_key(module("lists"), law, LIST_VARIABLES) in proved_keys(explored("lists"))

    def test_all_stand_in_the_report_by_name(self) -> None:
        report = explored("peano")
        statements = {f.name: f.statement for f in found(report)}
        names = find_laws(module("peano"), PEANO_LAWS, PEANO_VARIABLES, statements, report.variables)
        assert None not in names.values()

    def test_list_laws_as_goals(self) -> None:
        read = module("lists")
        report = prove(read.theory, read.variables)
        assert [g.status for g in report.goals] == [Status.THEOREM] * 6
        keys = proved_keys(report)
        assert all(text_key(read, law, LIST_VARIABLES) in keys for law in LIST_LAWS)

    @needs_lean
    @pytest.mark.parametrize("name", ["peano", "lists"])
    def test_lean_accepts_every_proof_in_both_forms(self, name: str) -> None:
        report = explored(name)
        verdict = check_lean(report.theory, report.terms, report.certificate)
        words = {v.verdict.value for v in verdict.verdicts}
        assert words == {"accepted"}
        assert {(v.theorem, v.form) for v in verdict.verdicts} == {
            (d.name, form) for d in report.certificate for form in ("structure", "concrete")
        }

    def test_a_false_equation_is_no_law(self) -> None:
        """The matching itself: renamed and turned round is the same, anything else is not."""
        read, variables = module("peano"), dict.fromkeys("abxy", "N")
        key = text_key(read, "a + b = b + a", variables)
        assert key == text_key(read, "y + x = x + y", variables)
        assert key != text_key(read, "x + x = x + x", variables)
        assert text_key(read, "s(a) = a + b", variables) == text_key(read, "x + y = s(x)", variables)
        assert text_key(read, "s(a) = a + b", variables) != text_key(read, "s(b) = a + b", variables)


@pytest.mark.parametrize("name", ["peano", "lists", "trees", "groups", "order"])
def test_what_every_report_owes(name: str) -> None:
    report = explored(name)
    assert report.stop is Stop.DONE
    must_hold(report)


def test_no_law_is_both_proved_and_refuted_or_open() -> None:
    report = explored("peano")
    keys = proved_keys(report)
    others = [r.statement for r in report.refuted[::500]] + [o.statement for o in report.open]
    assert not [s for s in others if text_key(module("peano"), s, report.variables) in keys]


class TestCounterexamples:
    def test_refute_in_plain_arithmetic(self) -> None:
        """Evaluated here by Python's integers, from the text alone."""
        report = explored("peano")
        for refuted in report.refuted[::97]:
            where, _, values = refuted.counterexample.partition(": ")
            if not values:
                where, values = "", where
            point = {}
            for part in where.split(", ") if where else []:
                name, _, value = part.partition(" = ")
                point[name] = _number(report, value)
            terms, equation = parses_back(report, refuted.statement)
            left, right = (_integer(terms, side, point) for side in children(terms.rows[equation]))
            assert left != right, refuted
            said = [_number(report, part.rpartition(" is ")[2]) for part in values.split(", ")]
            assert said == [left, right]

    def test_theorems_hold_in_plain_arithmetic(self) -> None:
        report = explored("peano")
        for f in found(report):
            row = report.terms.rows[f.derivation.statement]
            for a, b, c in [(0, 1, 2), (3, 2, 1), (2, 2, 2), (4, 0, 3), (1, 5, 1)]:
                point = dict(zip("xyz", (a, b, c), strict=True))
                left, right = (_integer(report.terms, side, point) for side in children(row))
                assert left == right, f.statement


def _number(report: Report, text: str) -> int:
    terms = TermTable()
    return _integer(terms, parse_term(Source("<value>", text), report.theory.symbols, {}, terms), {})


def _integer(terms: TermTable, root: int, point: dict[str, int]) -> int:
    """The value of a term of Peano arithmetic."""
    values: dict[int, int] = {}
    for i in terms.reachable([root]):
        match terms.rows[i]:
            case ("var", str(name), _):
                values[i] = point[name]
            case ("app", "0"):
                values[i] = 0
            case ("app", "s", int(a)):
                values[i] = values[a] + 1
            case ("app", "+", int(a), int(b)):
                values[i] = values[a] + values[b]
            case ("app", "*", int(a), int(b)):
                values[i] = values[a] * values[b]
            case row:
                raise AssertionError(row)
    return values[root]


def _digest(report: Report) -> str:
    """All that a report says, times aside."""
    said = [
        [(f.name, f.statement, f.method, f.follows_from) for f in found(report)],
        [(r.statement, r.counterexample) for r in report.refuted],
        [(o.statement, o.reason) for o in report.open],
        [report.enumerated, dict(report.filtered), dict(report.counts), dict(report.variables)],
        dump(report.theory, report.terms, report.certificate),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class TestDeterminism:
    def test_in_one_process(self) -> None:
        read = module("lists")
        assert _digest(explore(read.theory, read.variables)) == _digest(explored("lists"))

    def test_under_two_hash_seeds(self) -> None:
        code = (
            "from tests.engine.explored import explored; from tests.engine.test_discovery import _digest; "
            "print(_digest(explored('trees', 4)))"
        )
        digests = [
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert digests[0] == digests[1]
        assert digests[0].strip() == _digest(explored("trees", 4))


class TestLimits:
    @pytest.mark.parametrize("looks", [0, 1, 10, 100, 300, 1000])
    @pytest.mark.parametrize("why", [Stop.TIME, Stop.MEMORY])
    def test_what_was_found_is_kept(self, looks: int, why: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
        """The clock ends the run at its n-th look: what was found by then is what the whole run found first."""
        whole = explored("peano")
        counter = count()
        monkeypatch.setattr(Clock, "reason", lambda clock: why if next(counter) >= looks else None)
        report = explore(module("peano").theory, module("peano").variables)
        assert report.stop is why
        assert balanced(report)
        monkeypatch.undo()
        must_hold(report)
        first = [_statement(whole, n) for n in range(len(report.certificate))]
        assert [_statement(report, n) for n in range(len(report.certificate))] == first

    @pytest.mark.parametrize("proofs", [1, 5, 12, 40])
    def test_the_books_balance_after_the_last_proof(self, proofs: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """The stop comes at the first look at the clock after a number of proofs have been recorded."""
        recorded = count(1)
        done = [False]
        record = Exploration.record

        def counting(self: Exploration, *arguments: object) -> object:
            done[0] = done[0] or next(recorded) >= proofs
            return record(self, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(Exploration, "record", counting)
        monkeypatch.setattr(Clock, "reason", lambda clock: Stop.TIME if done[0] else None)
        report = explore(module("monus").theory, module("monus").variables, size=4)
        assert report.stop is Stop.TIME
        assert len(report.certificate) >= proofs
        assert balanced(report)

    def test_the_books_balance_while_theorems_are_set_aside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The stop comes at the first look at the clock after the first theorem has been set aside."""
        aside: list[Found] = []

        class Watched(list[Found]):
            def append(self, found: Found) -> None:
                super().append(found)
                if found.method != "rewriting":
                    aside.append(found)

        def start(self: Exploration, *arguments: object) -> None:
            begin(self, *arguments)  # type: ignore[arg-type]
            self.redundant = Watched()

        begin = Exploration.__init__
        monkeypatch.setattr(Exploration, "__init__", start)
        monkeypatch.setattr(Clock, "reason", lambda clock: Stop.TIME if aside else None)
        report = explore(module("monus").theory, module("monus").variables, size=4)
        assert report.stop is Stop.TIME
        assert balanced(report)

    def test_the_longer_the_run_the_more_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes = []
        for looks in (100, 1000, 2000):
            counter = count()
            monkeypatch.setattr(Clock, "reason", lambda clock, c=counter, n=looks: Stop.TIME if next(c) >= n else None)
            sizes.append(len(explore(module("peano").theory, module("peano").variables).certificate))
            monkeypatch.undo()
        assert sizes[0] < sizes[1] < sizes[2]

    @pytest.mark.parametrize("limits", [Limits(seconds=0), Limits(memory_mb=1)])
    def test_no_room_at_all(self, limits: Limits) -> None:
        report = explore(module("peano").theory, module("peano").variables, limits=limits)
        assert report.stop in (Stop.TIME, Stop.MEMORY)
        must_hold(report)

    @pytest.mark.parametrize("delay", [0.001, 0.02, 0.1])
    def test_interrupt(self, delay: float) -> None:
        """Ctrl-C at some moment after the equations of size 4 have been begun."""

        def ring(number: int, frame: FrameType | None) -> None:
            signal.raise_signal(signal.SIGINT)

        def progress(text: str) -> None:
            if "size 4" in text:
                signal.setitimer(signal.ITIMER_REAL, delay)

        before = signal.signal(signal.SIGALRM, ring)
        try:
            report = explore(module("peano").theory, module("peano").variables, progress=progress)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert report.stop is Stop.INTERRUPTED
        assert len(report.theorems) >= 4
        must_hold(report)

    def test_goals_left_open_by_a_limit_say_so(self) -> None:
        read = module("lists")
        report = prove(read.theory, read.variables, limits=Limits(seconds=0))
        assert {g.status for g in report.goals} == {Status.TIMEOUT}


def _statement(report: Report, n: int) -> str:
    """The n-th statement proved, over the report's variables."""
    return Printer(report.theory.symbols).show(report.terms, report.certificate[n].statement)
