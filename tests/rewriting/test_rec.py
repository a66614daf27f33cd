"""REC files: what is read, what is refused, and the normal forms that others publish."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from lemmata.rewriting.limits import Stopped
from lemmata.rewriting.prefix import full_text
from lemmata.rewriting.rec import read_rec
from lemmata.rewriting.reference import ReferenceRewriter
from lemmata.rewriting.source import FileError, LemmataError, SourceError
from lemmata.rewriting.system import RewriteSystem
from lemmata.rewriting.theory import extend_sorts
from tests.cli.commands import ROOT, write

DATA = ROOT / "tests" / "data" / "rec"
BAD = sorted((ROOT / "tests" / "data" / "rec_bad").glob("*.rec"))
PUBLISHED = sorted(p.stem for p in (DATA / "expected").glob("*.txt"))
META = {"add8", "add16", "add32", "intnat"}
LIBRARIES = {"bit", "block", "blocksum", "half", "halfsum", "int", "nat", "octet", "octetsum", "pair"}
FUEL = 300_000

NAT = """REC-SPEC Nat
SORTS
  Nat
CONS
  d0 : -> Nat
  s : Nat -> Nat
OPNS
  plus : Nat Nat -> Nat
VARS
  N M : Nat
RULES
  plus(N, d0) -> N
  plus(N, s(M)) -> s(plus(N, M))
EVAL
  plus(s(d0), s(d0))
END-SPEC
"""


def read(folder: Path, text: str) -> RewriteSystem:
    return read_rec(write(folder / "text.rec", text))


def normal_forms(system: RewriteSystem) -> list[str]:
    """By the reference. Raises Stopped."""
    rewriter = ReferenceRewriter(system.terms, system.rules, fuel=FUEL)
    return [full_text(system.terms, rewriter.normalise(t)) for t in system.evaluate]


class TestTheCollection:
    @pytest.mark.parametrize("path", sorted(DATA.glob("*.rec")), ids=lambda p: p.stem)
    def test_a_file_is_read_and_its_sorts_fit(self, path: Path) -> None:
        if path.stem in META:
            with pytest.raises(SourceError, match="META"):
                read_rec(path)
            return
        if path.stem in LIBRARIES:
            with pytest.raises(SourceError, match="unknown sort"):
                read_rec(path)
            return
        system = read_rec(path)
        sorts: list[str] = []
        extend_sorts(sorts, system.terms.rows, system.symbol)
        for rule in system.rules:
            assert sorts[rule.lhs] == sorts[rule.rhs]
            assert all(sorts[c.left] == sorts[c.right] for c in rule.conditions)
            assert {*system.terms.free_variables(rule.rhs)} <= rule.variables
            assert {*system.terms.free_variables(rule.lhs)} == rule.variables

    @pytest.mark.parametrize("name", PUBLISHED)
    def test_the_published_normal_forms(self, name: str) -> None:
        published = (DATA / "expected" / f"{name}.txt").read_text(encoding="utf-8").replace(" ", "").split("\n")
        assert normal_forms(read_rec(DATA / f"{name}.rec")) == [line for line in published if line]

    def test_the_sizes_of_the_largest(self) -> None:
        system = read_rec(DATA / "maa.rec")
        assert (len(system.symbols), len(system.rules), len(system.evaluate)) == (708, 750, 203)
        assert max(s.arity for s in system.symbols) == 17


class TestReading:
    def test_what_a_text_says(self, tmp_path: Path) -> None:
        system = read(tmp_path, NAT)
        assert system.name == "Nat"
        assert [(s.name, s.arguments, s.result, s.kind) for s in system.symbols] == [
            ("d0", (), "Nat", "constructor"),
            ("s", ("Nat",), "Nat", "constructor"),
            ("plus", ("Nat", "Nat"), "Nat", "defined"),
        ]
        assert [full_text(system.terms, r.lhs) for r in system.rules] == ["plus(N,d0)", "plus(N,s(M))"]
        assert [r.cites for r in system.rules] == [("axiom", "plus.1"), ("axiom", "plus.2")]
        assert normal_forms(system) == ["s(s(d0))"]

    def test_conditions(self, tmp_path: Path) -> None:
        text = NAT.replace("plus(N, d0) -> N", "plus(N, M) -> N if M = d0 and-if N <> s(d0)\n plus(N, d0) -> d0")
        system = read(tmp_path, text)
        (first, second) = system.rules[0].conditions
        assert (full_text(system.terms, first.left), full_text(system.terms, first.right), first.equal) == (
            "M",
            "d0",
            True,
        )
        assert not second.equal
        assert normal_forms(system) == ["s(d0)"]

    def test_blanks_comments_and_semicolons(self, tmp_path: Path) -> None:
        text = NAT.replace("plus(N, d0) -> N", "plus(N;\u00a0d0)->N # here\n#> -> plus(\n---plus(\n--- # x")
        crlf = text.replace("  ", "\t").replace("\n", "\r\n")
        assert read(tmp_path, text).rules == read(tmp_path, NAT).rules
        assert read(tmp_path, "\ufeff" + crlf).rules == read(tmp_path, NAT).rules

    def test_names_are_what_is_between_blanks_and_punctuation(self, tmp_path: Path) -> None:
        text = NAT.replace("plus", "O'3\"-+é").replace("M", "and-if-x").replace("N", "--x")
        with pytest.raises(SourceError):
            read(tmp_path, text)
        text = NAT.replace("plus", "O'3\"-+é").replace("M)", "B'1)").replace("N M", "N B'1")
        assert read(tmp_path, text).symbols[2].name == "O'3\"-+é"

    def test_sections_in_any_order_and_more_than_once(self, tmp_path: Path) -> None:
        eval_first = NAT.replace("EVAL\n  plus(s(d0), s(d0))\n", "").replace(
            "SORTS", "EVAL\n  plus(s(d0), s(d0))\nSORTS"
        )
        assert normal_forms(read(tmp_path, eval_first)) == ["s(s(d0))"]
        twice = NAT.replace("EVAL", "EVAL d0 EVAL")
        assert normal_forms(read(tmp_path, twice)) == ["d0", "s(s(d0))"]
        assert read(tmp_path, "REC-SPEC Nothing END-SPEC").evaluate == ()

    def test_a_sort_may_be_called_like_that_of_formulas(self, tmp_path: Path) -> None:
        assert normal_forms(read(tmp_path, NAT.replace("Nat", "Prop"))) == ["s(s(d0))"]

    def test_rules_may_begin_with_constructors(self, tmp_path: Path) -> None:
        system = read(tmp_path, NAT.replace("RULES", "RULES s(s(N)) -> N"))
        assert system.symbol["s"].kind == "defined"
        assert normal_forms(system) == ["d0"]

    def test_includes(self, tmp_path: Path) -> None:
        write(tmp_path / "nat.rec", NAT)
        write(tmp_path / "left.rec", "REC-SPEC L : NAT\nVARS X : Nat RULES plus(s(X), X) -> X EVAL d0 END-SPEC")
        write(tmp_path / "right.rec", "REC-SPEC R : Nat\nVARS X : Nat RULES plus(d0, X) -> X END-SPEC")
        system = read(tmp_path, "REC-SPEC Both : Left Right\nEVAL s(d0) END-SPEC")
        assert [full_text(system.terms, r.lhs) for r in system.rules] == [
            "plus(N,d0)",
            "plus(N,s(M))",
            "plus(s(X),X)",
            "plus(d0,X)",
        ]
        assert normal_forms(system) == ["s(d0)"]

    def test_variables_belong_to_their_file(self, tmp_path: Path) -> None:
        write(tmp_path / "nat.rec", NAT)
        text = "REC-SPEC Use : nat\nSORTS B CONS t : -> B OPNS f : B -> B VARS N : B RULES f(N) -> N EVAL f(t) END-SPEC"
        assert normal_forms(read(tmp_path, text)) == ["t"]
        with pytest.raises(SourceError, match="unknown symbol 'M'"):
            read(tmp_path, "REC-SPEC Use : nat\nRULES plus(M, M) -> M END-SPEC")

    def test_a_chain_of_includes_is_as_long_as_it_likes(self, tmp_path: Path) -> None:
        for n in range(1500):
            write(tmp_path / f"f{n}.rec", f"REC-SPEC F : f{n + 1} END-SPEC")
        write(tmp_path / "f1500.rec", NAT)
        assert len(read_rec(tmp_path / "f0.rec").rules) == 2

    def test_terms_100_000_deep(self, tmp_path: Path) -> None:
        deep = "s(" * 100_000 + "d0" + ")" * 100_000
        system = read(tmp_path, NAT.replace("plus(s(d0), s(d0))", deep))
        assert full_text(system.terms, system.evaluate[0]) == deep


class TestMistakes:
    @pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
    def test_a_mistake_gets_its_golden_message(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(path.parent)
        with pytest.raises(LemmataError) as caught:
            read_rec(Path(path.name))
        assert f"[{caught.value.kind}] {caught.value.render()}\n" == path.with_suffix(".err").read_text("utf-8")

    @pytest.mark.parametrize("name", ["absent.rec", ".", "a\0b"])
    def test_a_file_that_cannot_be_read(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(FileError):
            read_rec(tmp_path / name)

    def test_an_include_that_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "bytes.rec").write_bytes(b"\xff\xfe")
        with pytest.raises(SourceError, match=r"cannot include .*bytes\.rec: no UTF-8 text"):
            read(tmp_path, "REC-SPEC X : Bytes END-SPEC")

    def test_a_text_cut_off_or_changed_anywhere_is_read_or_refused(self, tmp_path: Path) -> None:
        text = (DATA / "confluence.rec").read_text("utf-8") + NAT
        rng = random.Random(1)
        pieces = [
            "(",
            ")",
            ",",
            ";",
            ":",
            "->",
            "<>",
            "=",
            "if",
            "EVAL",
            "END-SPEC",
            "META",
            "\0",
            "#",
            "-",
            "s",
            "N",
            "",
        ]
        for end in range(0, len(text), 5):
            with suppress(LemmataError):
                read(tmp_path, text[:end])
            at = rng.randrange(len(NAT))
            with suppress(LemmataError, Stopped):
                normal_forms(read(tmp_path, f"{NAT[:at]} {rng.choice(pieces)} {NAT[at + rng.randrange(3) :]}"))
