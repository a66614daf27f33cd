"""MPL: what reads, how it prints, and what every kind of mistake is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lemmata.engine.mpl import FileError, parse_module, parse_theory, print_theory, read_theory
from lemmata.engine.statements import MALFORMED
from lemmata.rewriting.certificate import Certificate
from lemmata.rewriting.check import check
from lemmata.rewriting.printing import Printer
from lemmata.rewriting.source import LemmataError, Source, SourceError
from lemmata.rewriting.theory import Theory
from tests import samples

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data" / "mpl"
PASS = sorted([*(ROOT / "examples").glob("*.mpl"), *(DATA / "pass").rglob("*.mpl")])
FAIL = sorted((DATA / "fail").glob("*.mpl"))
PEANO = "sort N = 0 | s(N)\nvar x y : N\n"


def parse(text: str) -> Theory:
    return parse_theory(Source("<text>", text))


def error(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        parse(text)
    return caught.value


def goals(theory: Theory) -> list[tuple[str, str]]:
    printer = Printer(theory.symbols)
    return [(g.name, printer.show(theory.terms, g.formula)) for g in theory.goals]


def statements(theory: Theory) -> dict[str, str]:
    printer = Printer(theory.symbols)
    return {a.name: printer.show(theory.terms, a.formula) for a in theory.axioms}


class TestFiles:
    @pytest.mark.parametrize("path", PASS, ids=lambda p: p.stem)
    def test_what_is_printed_reads_back_to_the_same_theory(self, path: Path) -> None:
        theory = read_theory(path)
        text = print_theory(theory)
        again = parse(text)
        assert again.digest == theory.digest
        assert goals(again) == goals(theory)
        assert [s.notation for s in again.symbols] == [s.notation for s in theory.symbols]
        assert print_theory(again) == text

    @pytest.mark.parametrize("path", PASS, ids=lambda p: p.stem)
    def test_the_checker_takes_the_theory(self, path: Path) -> None:
        theory = read_theory(path)
        assert check(Certificate(theory, theory.digest, theory.terms, ())).accepted

    @pytest.mark.parametrize("path", FAIL, ids=lambda p: p.stem)
    def test_a_mistake_gets_its_golden_message(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(path.parent)
        with pytest.raises(LemmataError) as caught:
            read_theory(path.name)
        assert f"[{caught.value.kind}] {caught.value.render()}\n" == path.with_suffix(".err").read_text()

    @pytest.mark.parametrize("path", PASS, ids=lambda p: p.stem)
    def test_a_text_cut_off_anywhere_is_read_or_refused(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        for end in range(0, len(text), 7):
            with suppress(LemmataError):
                parse_theory(Source("<text>", text[:end]), folder=path.parent)

    def test_peano_is_the_theory_written_by_hand(self) -> None:
        by_hand = samples.peano()
        theory = parse(
            "theory Peano\nsort N = 0 | s(N)\nvar x y : N\n"
            "op _+_ : N N -> N\n  x + 0 = x\n  x + s(y) = s(x + y)\n"
            "op _*_ : N N -> N\n  x * 0 = 0\n  x * s(y) = x * y + x\n"
            "pred x <= y iff exists p. x + p = y\n"
        )
        assert theory.digest == by_hand.digest
        assert theory.symbols == by_hand.symbols

    @pytest.mark.parametrize("name", ["absent.mpl", ".", "a\0b"])
    def test_a_file_that_cannot_be_read(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(FileError) as caught:
            read_theory(tmp_path / name)
        assert caught.value.kind == "file"


class TestStatements:
    @pytest.mark.parametrize(
        ("sentence", "example"),
        [(sentence, example) for sentence, examples in MALFORMED.items() for example in examples],
    )
    def test_a_malformed_statement_gets_its_sentence(self, sentence: str, example: str) -> None:
        assert error(example).hint == sentence

    def test_a_goal_knows_its_place(self) -> None:
        (goal,) = parse(PEANO + "\n  theorem a: x = x").goals
        assert (goal.name, goal.line, goal.column) == ("a", 4, 3)

    def test_axioms_without_names_are_numbered(self) -> None:
        theory = parse(PEANO + "axiom x = x\naxiom a: x = y\naxiom y = y")
        assert list(theory.axiom) == ["axiom.1", "a", "axiom.2"]

    def test_definitions_are_numbered_by_their_operation(self) -> None:
        theory = parse(PEANO + "op f : N -> N\n  f(0) = 0\n  f(s(x)) = f(x)\nop g : N -> N\n")
        assert list(theory.axiom) == ["f.1", "f.2"]
        assert [theory.symbol[f].kind for f in "fg"] == ["defined", "abstract"]
        assert not theory.axiomatic

    def test_a_predicate_is_an_equivalence(self) -> None:
        theory = parse(PEANO + "pred x < y iff x = y or exists p. x = s(p)")
        assert statements(theory) == {"<": "x < y iff x = y or (exists p. x = s(p))"}
        assert theory.axiom["<"].symbol == "<"

    def test_the_usual_levels(self) -> None:
        operators = "".join(f"op _{o}_ : N N -> N\n" for o in "+-*/^#") + "op -_ : N -> N\nop _! : N -> N\n"
        theory = parse(PEANO + operators)
        levels = {(s.notation.text, s.notation.form): s.notation for s in theory.symbols if s.kind == "abstract"}
        assert [levels[o, "infix"].level for o in "^*/#+-"] == [60, 50, 50, 45, 40, 40]
        assert [levels[o, "infix"].grouping for o in "^*/#+-"] == ["right", "left", "left", "right", "left", "left"]
        assert (levels["-", "prefix"].level, levels["!", "postfix"].level) == (70, 80)

    def test_the_name_comes_from_the_text_or_the_file(self) -> None:
        assert parse("theory T").name == "T"
        assert parse_theory(Source("dir/my file.mpl", "")).name == "my_file"
        assert parse_theory(Source("3.mpl", "")).name == "theory_3"

    @pytest.mark.parametrize(
        "text",
        [
            "axiom x =\n y",
            "axiom x\n = y",
            "axiom s(\nx\n)\n= y",
            "axiom x = y and\n y = x",
            "axiom x = y\n and y = x",
            "axiom x = y implies\n\n -- why\n x = x",
            "axiom exists z.\n z = x",
        ],
    )
    def test_a_statement_over_several_lines(self, text: str) -> None:
        assert len(parse(PEANO + text).axioms) == 1

    def test_signs_bound_to_a_neighbour_do_not_join_lines(self) -> None:
        theory = parse(PEANO + "op _' : N -> N\n  0' = 0\n  s(x)' = x'\nop -_ : N -> N\n  -0 = 0\n  -s(x) = -x")
        assert list(theory.axiom) == ["'.1", "'.2", "-.1", "-.2"]

    def test_a_bracket_left_open_does_not_swallow_the_file(self) -> None:
        assert error(PEANO + "axiom s(x = y\naxiom x = x\n").line == 3

    def test_deep_terms(self) -> None:
        depth = 100_000
        theory = parse(PEANO + "theorem deep: x = " + "s(" * depth + "y" + ")" * depth)
        assert len(theory.terms) == depth + 3
        assert parse(print_theory(theory)).digest == theory.digest

    def test_deep_patterns(self) -> None:
        depth = 100_000
        tower = "s(" * depth
        text = PEANO + f"op f : N -> N\n  f({tower}x{')' * depth}) = x\n"
        assert error(text).message == "no equation says what f(0) is"


class TestSorts:
    LISTS = "sort A\nsort B\nsort List(X) = nil | cons(X, List(X))\n"

    def test_one_instance_keeps_plain_names(self) -> None:
        theory = parse(self.LISTS + "var xs : List(A)\naxiom nil = xs")
        assert [s.name for s in theory.symbols] == ["nil", "cons"]
        assert theory.sorts == ("A", "B", "List(A)")

    def test_two_instances_carry_their_sorts(self) -> None:
        theory = parse(self.LISTS + "var xs : List(A)\nvar ys : List(B)\naxiom nil = xs\naxiom nil = ys")
        assert [s.name for s in theory.symbols] == ["nil@List(A)", "cons@List(A)", "nil@List(B)", "cons@List(B)"]
        assert {s.notation.text for s in theory.symbols} == {"nil", "cons"}
        first, second = theory.axioms
        assert theory.terms.rows[first.formula] != theory.terms.rows[second.formula]

    def test_an_instance_brings_those_inside_it(self) -> None:
        theory = parse(self.LISTS + "sort Rose(X) = rose(X, List(Rose(X)))\nvar r : List(Rose(B))")
        assert theory.sorts == ("A", "B", "Rose(B)", "List(Rose(B))")

    def test_sorts_may_mention_each_other(self) -> None:
        theory = parse("sort T = node(F)\nsort F = nil | cons(T, F)\n")
        assert [d.constructors for d in theory.datatypes] == [("node",), ("nil", "cons")]

    def test_sorts_that_double_are_stopped(self) -> None:
        doubling = "".join(f"sort D{n}(X) = d{n}(D{n + 1}(P(X, X)))\n" for n in range(40))
        text = f"sort A\nsort P(X, Y) = pair(X, Y)\n{doubling}sort D40(X) = end(X)\nvar x : D0(A)\n"
        assert error(text).kind == "sort"


class TestImports:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "inner").mkdir()
        (tmp_path / "Nat.mpl").write_text("theory Nat\nsort N = 0 | s(N)\nvar x : N\ntheorem t: x = x\n")
        (tmp_path / "left.mpl").write_text('import "Nat.mpl"\nop f : N -> N\n  f(x) = x\n')
        (tmp_path / "right.mpl").write_text("import Nat\nop g : N -> N\n  g(x) = x\n")
        (tmp_path / "inner" / "up.mpl").write_text('import "../Nat.mpl"\n')
        (tmp_path / "one.mpl").write_text("import Two\n")
        (tmp_path / "two.mpl").write_text("import One\n")
        return tmp_path

    def read(self, folder: Path, text: str) -> Theory:
        return parse_theory(Source("top.mpl", text), folder=folder)

    def test_a_theory_met_twice_is_read_once(self, folder: Path) -> None:
        theory = self.read(folder, "import Left\nimport Right\ntheorem t: f(x) = g(x)")
        assert theory.name == "top"
        assert [s.name for s in theory.symbols] == ["0", "s", "f", "g"]
        assert [g.name for g in theory.goals] == ["t"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("import Nothing", "there is no file"),
            ('import "inner"', "there is no file"),
            ('import "inner/up.mpl"', "outside the folder"),
            ("import One", "a cycle of imports: one.mpl imports two.mpl imports one.mpl"),
            ('import "top.mpl"', "there is no file"),
        ],
    )
    def test_refused(self, folder: Path, text: str, message: str) -> None:
        with pytest.raises(SourceError, match=message) as caught:
            self.read(folder, text)
        assert caught.value.kind == "import"

    def test_a_link_leads_outside_no_more_than_a_path(self, folder: Path) -> None:
        (folder / "inner" / "link.mpl").symlink_to(folder / "Nat.mpl")
        with pytest.raises(SourceError, match="outside the folder"):
            self.read(folder / "inner", 'import "link.mpl"')

    def test_a_text_without_a_folder(self) -> None:
        assert error("import Nat").kind == "import"

    def test_a_chain_of_imports_ends(self, folder: Path) -> None:
        for n in range(200):
            (folder / f"c{n}.mpl").write_text(f'import "c{n + 1}.mpl"\n')
        with pytest.raises(SourceError, match="levels deep"):
            self.read(folder, 'import "c0.mpl"')


class TestModule:
    def test_a_statement_in_the_notation_of_the_theory(self) -> None:
        module = parse_module(Source("<text>", PEANO + "op _+_ : N N -> N\nsort A\nvar a : A"))
        table = module.theory.terms
        formula = module.parse(Source("<text>", "exists b : A. a = b and x + 0 = y"), table)
        text = "exists b : A. a = b and x + 0 = y"
        assert Printer(module.theory.symbols).show(table, formula) == text

    def test_two_variables_of_one_name_cannot_be_printed(self) -> None:
        theory = parse("sort A\nsort B\nvar a : A\nvar b : B\naxiom a = a\naxiom b = b")
        a, b = theory.axioms
        x = theory.terms.var("x", "A"), theory.terms.var("x", "B")
        mixed = replace(
            theory,
            axioms=(
                replace(a, formula=theory.terms.eq(x[0], x[0])),
                replace(b, formula=theory.terms.eq(x[1], x[1])),
            ),
        )
        with pytest.raises(LemmataError, match="two sorts"):
            print_theory(mixed)


def test_every_axiom_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "base.mpl").write_text(
        "sort N = 0 | s(N)\nvar x y z : N\nop _+_ : N N -> N\n  x + 0 = x\n\n  x + s(y) = s(x + y)"
    )
    text = "import base\n\npred x <= y iff exists z. x + z = y\naxiom x + x = x\naxiom named: x + y\n  = y + x"
    written = parse_module(Source("folder/main.mpl", text), folder=tmp_path).written
    assert list(written.values()) == [*("base.mpl:4", "base.mpl:6", "main.mpl:3", "main.mpl:4", "main.mpl:5")]
    assert list(written) == ["+.1", "+.2", "<=", "axiom.1", "named"]
