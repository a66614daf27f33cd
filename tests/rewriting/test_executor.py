"""The door to both executors: they agree, a run moves from one to the other, and terms of a bank are written out."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import executor, native
from lemmata.rewriting.arena_text import beginning, text
from lemmata.rewriting.bank import BankSymbol, TermBank, TermId
from lemmata.rewriting.executor import Tier, evaluate
from lemmata.rewriting.limits import Limits, Stop
from lemmata.rewriting.prefix import full_text, short_text, tree_size
from lemmata.rewriting.rec import read_rec
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.system import RewriteRule, RewriteSystem
from lemmata.rewriting.theory import Notation, Symbol
from tests.cli.commands import ROOT, environment
from tests.rewriting.systems import system as random_system

DATA = ROOT / "tests" / "data" / "rec"
QUICK = [
    "calls",
    "check1",
    "confluence",
    "empty",
    "evalexpr",
    "order",
    "garbagecollection",
    "factorial5",
    "quicksort10",
]
PUBLISHED = [*QUICK, "fibonacci05", "fibonacci18", "hanoi4", "revnat100", "sieve20", "bubblesort20", "benchexpr10"]
OPTIMISED = ["calls", "confluence", "evalexpr", "quicksort10"]
MOST = 1_000_000


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEMMATA_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
    importlib.import_module("numba")  # or `auto` would begin in native code


def published(name: str) -> list[str]:
    lines = (DATA / "expected" / f"{name}.txt").read_text(encoding="utf-8").replace(" ", "").split("\n")
    return [line for line in lines if line]


def unary() -> RewriteSystem:
    """f takes s away from its first argument and adds it to the second; still never ends."""
    t = TermTable()
    arities = {"0": 0, "s": 1, "f": 2, "still": 1, "c": 2}
    symbols = tuple(Symbol(n, ("N",) * k, "N", "abstract", Notation(n)) for n, k in arities.items())
    x, y, zero = t.var("x", "N"), t.var("y", "N"), t.app("0")
    pairs = [
        (t.app("f", zero, y), y),
        (t.app("f", t.app("s", x), y), t.app("f", x, t.app("s", y))),
        (t.app("still", x), t.app("still", x)),
    ]
    rules = [RewriteRule(a, b, frozenset(t.free_variables(a)), ("axiom", str(n))) for n, (a, b) in enumerate(pairs)]
    return RewriteSystem("unary", symbols, t, tuple(rules))


def number(t: TermTable, n: int) -> int:
    out = t.app("0")
    for _ in range(n):
        out = t.app("s", out)
    return out


def asking(system: RewriteSystem, *terms: int, rules: tuple[RewriteRule, ...] = ()) -> RewriteSystem:
    return RewriteSystem(system.name, system.symbols, system.terms, (*rules, *system.rules), terms)


class TestTheCollection:
    @pytest.mark.parametrize("name", PUBLISHED)
    def test_the_table_machine_gives_the_published_normal_forms(self, name: str) -> None:
        outcomes = list(evaluate(read_rec(DATA / f"{name}.rec"), tier="table"))
        assert [o.text(MOST) for o in outcomes] == published(name)
        assert {o.tier for o in outcomes} <= {"table"}

    @pytest.mark.skipif(not native.available(), reason="no native code on this processor")
    @pytest.mark.parametrize("name", PUBLISHED)
    def test_so_does_a_run_that_moves_to_native_code_at_once(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(executor, "_PATIENCE", 0)
        monkeypatch.setattr(executor, "_FUEL", 7)
        outcomes = list(evaluate(read_rec(DATA / f"{name}.rec")))
        assert [o.text(MOST) for o in outcomes] == published(name)

    @pytest.mark.skipif(not native.available(), reason="no native code on this processor")
    @pytest.mark.parametrize("name", OPTIMISED)
    def test_so_does_optimised_code_with_the_same_steps(self, name: str) -> None:
        system = read_rec(DATA / f"{name}.rec")
        ours, theirs = (list(evaluate(system, tier=tier, memo="off")) for tier in ("native", "table"))
        assert [o.text(MOST) for o in ours] == published(name)
        assert [(o.term, o.rewrites, o.stop) for o in ours] == [(o.term, o.rewrites, o.stop) for o in theirs]
        assert {o.tier for o in ours} <= {"native"}


@pytest.mark.skipif(not native.available(), reason="no native code on this processor")
class TestMoving:
    def test_in_the_middle_of_a_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(executor, "_PATIENCE", 0)
        monkeypatch.setattr(executor, "_FUEL", 100)
        plain = unary()
        t = plain.terms
        # The second call is nested in the first, so the walk moves too.
        root = t.app("f", number(t, 300), t.app("f", number(t, 70), number(t, 5)))
        (alone,) = evaluate(asking(plain, root), tier="table")
        (moved,) = evaluate(asking(plain, root))
        assert (alone.tier, moved.tier) == ("table", "native")
        assert alone.text(MOST) == moved.text(MOST) == "s(" * 375 + "0" + ")" * 375
        assert alone.rewrites == moved.rewrites == 372

    def test_one_that_ends_soon_stays(self) -> None:
        plain = unary()
        (outcome,) = evaluate(asking(plain, plain.terms.app("f", number(plain.terms, 3), number(plain.terms, 4))))
        assert (outcome.tier, outcome.text(20)) == ("table", "s(s(s(s(s(s(s(0)))))))")

    @pytest.mark.parametrize("tier", ["auto", "native", "table"])
    def test_ordered_rules_never_do(self, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(executor, "_PATIENCE", 0)
        monkeypatch.setattr(executor, "_FUEL", 1)
        plain = unary()
        t = plain.terms
        x, y = t.var("x", "N"), t.var("y", "N")
        swap = RewriteRule(t.app("c", x, y), t.app("c", y, x), frozenset({x, y}), ("axiom", "swap"), ordered=True)
        one = number(t, 1)
        system = asking(plain, t.app("c", one, t.app("f", one, one)), rules=(swap,))
        one_way = list(evaluate(system, tier=tier))
        other = list(evaluate(asking(plain, t.app("c", t.app("f", one, one), one), rules=(swap,)), tier=tier))
        assert {o.tier for o in (*one_way, *other)} == {"table"}
        assert one_way[0].text(20) == other[0].text(20)

    def test_the_processor_may_be_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "available", lambda: False)
        plain = unary()
        t = plain.terms
        (outcome,) = evaluate(asking(plain, t.app("f", number(t, 3), number(t, 4))), tier="native")
        assert (outcome.tier, outcome.text(20)) == ("table", "s(s(s(s(s(s(s(0)))))))")


class TestStops:
    @pytest.mark.parametrize("tier", ["table", "native"])
    def test_what_was_being_worked_on(self, tier: Tier) -> None:
        plain = unary()
        t = plain.terms
        done, endless = t.app("f", number(t, 1), number(t, 1)), t.app("s", t.app("still", number(t, 1)))
        list(evaluate(asking(plain, done), tier=tier))  # now all code is there
        outcomes = list(evaluate(asking(plain, done, endless, done), tier=tier, limits=Limits(seconds=0.6)))
        assert [o.stop for o in outcomes] == [Stop.DONE, Stop.TIME]
        first, last = outcomes
        assert first.reached
        assert first.normal is not None
        assert full_text(first.terms, first.normal) == first.text(3) == "s(s(0))"
        assert first.text(2) is None
        assert first.last is None
        assert (last.reached, last.normal, last.text(MOST)) == (False, None, None)
        assert last.last is not None
        assert full_text(last.terms, last.last) == "still(s(0))"
        assert last.beginning(2) == "still(s(…))"
        assert last.rewrites > 0

    def test_before_anything_was_done(self) -> None:
        plain = unary()
        term = plain.terms.app("still", number(plain.terms, 0))
        (outcome,) = evaluate(asking(plain, term), tier="table", limits=Limits(seconds=0))
        assert (outcome.stop, outcome.rewrites, outcome.beginning(3), outcome.last) == (Stop.TIME, 0, None, None)


_LIGHT = """
import sys
from pathlib import Path
from lemmata.rewriting.executor import evaluate
from lemmata.rewriting.rec import read_rec
(outcome,) = evaluate(read_rec(Path(sys.argv[1])))
print(outcome.tier, len(outcome.text(10**6)), [m for m in ("numba", "sympy", "z3") if m in sys.modules])
"""


@pytest.mark.skipif(not native.available(), reason="no native code on this processor")
def test_a_process_without_numba_stays_without(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LIGHT, str(DATA / "factorial5.rec")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(LEMMATA_CACHE_DIR=str(tmp_path)),
        timeout=100,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    (length,) = {len(line) for line in published("factorial5")}
    assert ran.stdout == f"native {length} []\n"


class TestText:
    @given(st.integers(0, 2**32), st.integers(1, 60))
    def test_it_is_that_of_plain_rows(self, seed: int, most: int) -> None:
        """Some of the terms have variables, which are left to plain rows."""
        s = random_system(seed, terminating=False)
        bank = TermBank()
        for root, t in zip(s.subjects, bank.load(s.terms, s.subjects, s.signature), strict=True):
            whole = full_text(s.terms, root) if tree_size(s.terms, root, most + 1) <= most else None
            assert text(bank, t, most) == whole
            assert beginning(bank, t, most) == short_text(s.terms, root, most)

    def build(self, arity: int, depth: int, leaf: str = "a", name: str = "f") -> tuple[TermBank, TermId]:
        bank = TermBank()
        t = bank.node(bank.symbol_id(BankSymbol("app", leaf, (), "A")), [])
        f = bank.symbol_id(BankSymbol("app", name, ("A",) * arity, "A"))
        for _ in range(depth):
            t = bank.node(f, [t] * arity)
        return bank, t

    def test_at_the_limit(self) -> None:
        bank, t = self.build(2, 3)
        whole = "f(f(f(a,a),f(a,a)),f(f(a,a),f(a,a)))"
        assert (text(bank, t, 15), text(bank, t, 14)) == (whole, None)
        assert beginning(bank, t, 15) == whole
        assert beginning(bank, t, 14) == whole[:-4] + "…" + ")))"

    def test_names_in_any_script_and_very_long_ones(self) -> None:
        bank, t = self.build(1, 2, "été", "⊕𝔽")
        assert text(bank, t, 3) == "⊕𝔽(⊕𝔽(été))"
        bank, t = self.build(1, 50, "e", "n" * 20)
        assert text(bank, t, 51) == ("n" * 20 + "(") * 50 + "e" + ")" * 50

    @pytest.mark.parametrize("value", [0, -5, 2**40])
    def test_numbers_are_left_to_plain_rows(self, value: int) -> None:
        bank = TermBank()
        f = bank.symbol_id(BankSymbol("app", "f", ("Int", "Int"), "Int"))
        t = bank.node(f, [bank.literal(value, "Int"), bank.literal(7, "Int")])
        assert text(bank, t, 3) == beginning(bank, t, 3) == f"f({value},7)"
        assert text(bank, t, 2) is None
        assert text(bank, bank.literal(value, "Int"), 1) == str(value)

    def test_100_000_deep(self) -> None:
        bank, t = self.build(1, 100_000)
        assert text(bank, t, 100_001) == "f(" * 100_000 + "a" + ")" * 100_000
        assert text(bank, t, 100_000) is None
        assert beginning(bank, t, 2) == "f(f(…))"

    def test_a_tree_of_2_to_the_100_symbols(self) -> None:
        bank, t = self.build(2, 100)
        assert text(bank, t, 100_000) is None
        assert beginning(bank, t, 3) == "f(f(f(…,…),…),…)"
