"""Discovery without a list to look at: the same mathematics in other words, other mathematics, and theories at random.

Nothing in the engine may hang on the names, the notation or the definitions of the examples.
"""

from __future__ import annotations

import re
from itertools import product
from math import factorial
from operator import add, mul

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.laws import PEANO_LAWS
from lemmata.engine.mpl import Module, parse_module
from lemmata.engine.prove import explore
from lemmata.engine.results import RefutedConjecture, Report, Status
from lemmata.rewriting.limits import Limits, Stop
from lemmata.rewriting.source import Source
from lemmata.rewriting.syntax import TermTable, children
from tests.engine.explored import explored, missing, module, must_hold, parses_back

SEMIRING = "a b d f : N"

# Theory, size, and laws that an exploration to that size proves; variables as the report has them.
DISCOVERIES = {
    "double": (5, ["double(x) = x + x", "double(x + y) = double(x) + double(y)", "double(s(x)) = s(s(double(x)))"]),
    "maximum": (
        4,
        [
            "max(x, y) = max(y, x)",
            "max(max(x, y), z) = max(x, max(y, z))",
            "max(x, x) = x",
            "min(x, y) = min(y, x)",
            "max(x, min(x, y)) = x",
            "min(x, max(x, y)) = x",
        ],
    ),
    "monus": (4, ["0 - x = 0", "(x - y) - z = x - (y + z)", "prev(x) - y = prev(x - y)"]),
    "power": (
        5,
        [
            "x ^ (y + z) = x ^ y * x ^ z",
            "(x ^ y) ^ z = x ^ (y * z)",
            "(x * y) ^ z = x ^ z * y ^ z",
            "s(0) ^ x = s(0)",
            "x ^ s(0) = x",
        ],
    ),
    "factorial": (5, ["s(x)! = s(x) * x!", "0! = s(0)", "x * y = y * x"]),
    "even": (4, ["even(x + x) = T", "neg(neg(p)) = p"]),
    "triangular": (5, ["tri(x) + tri(x) = x + x * x", "x * (y + z) = x * y + x * z"]),
    "bushes": (4, ["flip(flip(t)) = t", "count(flip(t)) = count(t)"]),
    "two_maps": (5, ["mapgf(xs) = mapg(mapf(xs))", "mapf(xs ++ ys) = mapf(xs) ++ mapf(ys)"]),
    "sums": (5, ["sum(xs ++ ys) = sum(xs) + sum(ys)", "sum(concat(xss)) = total(xss)"]),
    "queues": (5, ["rev(rev(xs)) = xs", "(xs ++ ys) ++ zs = xs ++ (ys ++ zs)"]),
    "accumulator": (5, ["onto(xs, ys) = rev(xs) ++ ys", "onto(xs, nil) = rev(xs)"]),
    "booleans": (
        4,
        [
            r"p /\ q = q /\ p",
            r"p \/ neg(p) = T",
            r"p /\ (p \/ q) = p",
            "xor(p, q) = xor(q, p)",
        ],
    ),
    "modulo": (4, ["x + y = y + x", "(x + y) + z = x + (y + z)", "x + -x = a0", "next(next(x)) = x + a2"]),
    "only_datatypes": (4, []),
    "one_datatype": (4, []),
    "only_abstract": (4, []),
}
LONGER = {
    "monus": (5, ["x - x = 0", "(x + y) - y = x", "x - (x + y) = 0", "x + (y - x) = y + (x - y)"]),
    "booleans": (5, ["xor(p, xor(q, r)) = xor(xor(p, q), r)"]),
    "modulo": (5, ["next(next(next(x))) = x", "-(x + y) = -x + -y"]),
}


class TestTheSameInOtherWords:
    def test_other_names_and_notations(self) -> None:
        """The zero, the successor, the sort, the variables and the operations all have other names and forms."""
        words = {"0": "null", "s": "nach", "*": "mal", "+": "&"}
        laws = [_in_german(law, words) for law in PEANO_LAWS]
        assert missing("renamed", laws, "a b d f : Zahl") == []

    def test_the_same_theorems_under_other_names(self) -> None:
        """As many of each kind, and by the same methods: names only break ties."""
        peano, renamed = explored("peano"), explored("renamed")
        assert (renamed.enumerated, renamed.filtered) == (peano.enumerated, peano.filtered)
        assert [len(renamed.theorems), len(renamed.redundant)] == [len(peano.theorems), len(peano.redundant)]
        assert len(renamed.refuted) == len(peano.refuted)

    @pytest.mark.parametrize("name", ["first_argument", "mixed"])
    def test_other_recursions(self, name: str) -> None:
        assert missing(name, list(PEANO_LAWS), SEMIRING) == []

    def test_other_recursions_have_other_proofs(self) -> None:
        method = {f.statement: f.method for f in explored("first_argument").theorems}
        assert method["x + y + z = x + (y + z)"] == "induction on x"
        method = {f.statement: f.method for f in explored("peano").theorems}
        assert method["x + y + z = x + (y + z)"] == "induction on z"


def _in_german(law: str, words: dict[str, str]) -> str:
    """A law of Peano arithmetic in the words of the theory `renamed`: infix + stays infix, * becomes a function."""
    peano = module("peano")
    terms = TermTable()
    equation = Module(peano.theory, dict.fromkeys("abdf", "N")).parse(Source("<law>", law), terms)
    text: dict[int, str] = {}
    for i in terms.reachable(children(terms.rows[equation])):
        match terms.rows[i]:
            case ("var", str(name), _):
                text[i] = name
            case ("app", "+", int(a), int(b)):
                text[i] = f"({text[a]} {words['+']} {text[b]})"
            case ("app", str(name), *arguments):
                below = ", ".join(text[int(a)] for a in arguments)
                text[i] = f"{words[name]}({below})" if arguments else words[name]
    left, right = children(terms.rows[equation])
    return f"{text[left]} = {text[right]}"


class TestOtherMathematics:
    @pytest.mark.parametrize("name", DISCOVERIES)
    def test_its_laws_are_found(self, name: str) -> None:
        size, laws = DISCOVERIES[name]
        assert missing(name, laws, size=size) == []

    @pytest.mark.parametrize("name", DISCOVERIES)
    def test_reports(self, name: str) -> None:
        report = explored(name, DISCOVERIES[name][0])
        assert report.stop is Stop.DONE
        must_hold(report)

    @pytest.mark.parametrize("name", ["triangular", "queues", "accumulator"])
    def test_its_goals_are_proved(self, name: str) -> None:
        assert {g.status for g in explored(name).goals} == {Status.THEOREM}

    def test_where_there_is_nothing_to_find(self) -> None:
        assert explored("only_abstract", 4).enumerated == 0
        assert explored("only_datatypes", 4).theorems == ()
        assert len(explored("one_datatype", 4).refuted) == 3  # red, green and blue are different

    @pytest.mark.slow
    @pytest.mark.parametrize("name", LONGER)
    def test_its_larger_laws_are_found(self, name: str) -> None:
        size, laws = LONGER[name]
        assert missing(name, laws, size=size) == []
        must_hold(explored(name, size))

    def test_what_is_too_large_to_evaluate_refutes_nothing(self) -> None:
        """Factorials of factorials are too large; the equations that are refuted fail by Python's arithmetic."""
        report = explored("factorial")
        refuted = [r for r in report.refuted if "!" in r.statement]
        for r in refuted[:: len(refuted) // 500]:
            point = {}
            where = r.counterexample.partition(": ")[0] if ": " in r.counterexample else ""
            for part in where.split(", ") if where else []:
                name, _, value = part.partition(" = ")
                point[name] = value.count("s")
            terms, equation = parses_back(report, r.statement)
            left, right = (_with_factorials(terms, side, point) for side in children(terms.rows[equation]))
            assert left != right, r


def _with_factorials(terms: TermTable, root: int, point: dict[str, int]) -> int:
    values: dict[int, int] = {}
    for i in terms.reachable([root]):
        match terms.rows[i]:
            case ("var", str(name), _):
                values[i] = point[name]
            case ("app", str(name), *below):
                arguments = [values[int(c)] for c in below]
                operation = {"0": lambda: 0, "s": lambda a: a + 1, "+": add, "*": mul, "!": factorial}[name]
                values[i] = operation(*arguments)
    return values[root]


AXIOMATIC = {"group": 4, "monoid": 4, "action": 4, "lattice": 3}
MODELS = ["group", "monoid", "action", pytest.param("lattice", marks=pytest.mark.slow)]


class TestAxiomatic:
    @pytest.mark.parametrize("name", MODELS)
    def test_reports(self, name: str) -> None:
        must_hold(explored(name, AXIOMATIC[name]))

    @pytest.mark.parametrize("name", MODELS)
    def test_every_refuted_equation_fails_in_the_model_that_is_printed(self, name: str) -> None:
        """The model is read from the text and evaluated here: its axioms hold, the equation does not."""
        report = explored(name, AXIOMATIC[name])
        refuted = [r for r in report.refuted if "in a model with" in r.counterexample]
        assert refuted
        for r in refuted[:: max(1, len(refuted) // 150)]:
            model = _Model(report, r)
            for axiom in report.theory.axioms:
                assert model.holds(report.theory.terms, axiom.formula), r
            terms, equation = parses_back(report, r.statement)
            assert not model.equal_at(terms, equation, model.point)

    def test_words_that_differ_in_a_free_group_are_told_apart_and_no_others(self) -> None:
        """What completion decides for groups is what reduction of words decides."""
        report = explored("group", 4)
        assert report.open == ()
        for statement, equal in [
            *((f.statement, True) for f in (*report.theorems, *report.redundant)),
            *((r.statement, False) for r in report.refuted),
        ]:
            terms, equation = parses_back(report, statement)
            left, right = (_word(terms, side) for side in children(terms.rows[equation]))
            assert (left == right) is equal, statement

    def test_an_axiom_that_is_no_equation_is_not_forgotten(self) -> None:
        """f(x) = x follows with injectivity; the free model of the equations alone shows nothing."""
        text = "sort S\nvar x y : S\nop f : S -> S\naxiom f(f(x)) = f(x)\naxiom f(x) = f(y) implies x = y"
        read = parse_module(Source("<text>", text))
        report = explore(read.theory, read.variables, size=3)
        must_hold(report)
        assert not [r for r in report.refuted if r.statement in ("f(x) = x", "x = f(x)")]


class _Model:
    """A model as the report prints it: tables of operations, and the values of variables."""

    def __init__(self, report: Report, refuted: RefutedConjecture) -> None:
        where, text = refuted.counterexample.split(", in a model with ")
        size, _, tables = text.partition(" elements; ")
        self.size = int(size)
        self.tables: dict[str, object] = {}
        by_text = {s.notation.text: s.name for s in report.theory.symbols}
        for part in re.split(r", (?=\S+ = )", tables):
            name, _, table = part.partition(" = ")
            self.tables[by_text[name]] = _table(table)
        self.point = {}
        for part in where.partition(": ")[0].split(", "):
            name, _, value = part.partition(" = ")
            if value:
                self.point[name] = int(value)

    def _value(self, terms: TermTable, root: int, point: dict[str, int]) -> int:
        values: dict[int, int] = {}
        for i in terms.reachable([root]):
            row = terms.rows[i]
            if row[0] == "var":
                values[i] = point[str(row[1])]
                continue
            table = self.tables[str(row[1])]
            for c in children(row):
                assert isinstance(table, list)
                table = table[values[c]]
            assert isinstance(table, int)
            values[i] = table
        return values[root]

    def equal_at(self, terms: TermTable, equation: int, point: dict[str, int]) -> bool:
        left, right = children(terms.rows[equation])
        return self._value(terms, left, point) == self._value(terms, right, point)

    def holds(self, terms: TermTable, equation: int) -> bool:
        names = [str(terms.rows[v][1]) for v in terms.free_variables(equation)]
        points = product(range(self.size), repeat=len(names))
        return all(self.equal_at(terms, equation, dict(zip(names, p, strict=True))) for p in points)


def _table(text: str) -> object:
    """Nested lists of small numbers."""
    stack: list[list[object]] = [[]]
    for token in re.findall(r"\[|\]|\d+", text):
        if token == "[":
            stack.append([])
        elif token == "]":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(int(token))
    return stack[0][0]


def _word(terms: TermTable, root: int) -> tuple[tuple[str, int], ...]:
    """The reduced word of a group term: variables with exponents 1 and -1."""
    words: dict[int, tuple[tuple[str, int], ...]] = {}
    for i in terms.reachable([root]):
        match terms.rows[i]:
            case ("var", str(name), _):
                words[i] = ((name, 1),)
            case ("app", "e"):
                words[i] = ()
            case ("app", "inv", int(a)):
                words[i] = tuple((name, -sign) for name, sign in reversed(words[a]))
            case ("app", "*", int(a), int(b)):
                out = list(words[a])
                for name, sign in words[b]:
                    if out and out[-1] == (name, -sign):
                        out.pop()
                    else:
                        out.append((name, sign))
                words[i] = tuple(out)
            case row:
                raise AssertionError(row)
    return words[root]


# Theories at random: functions over the natural numbers by primitive recursion, each from those before it.

NAMES = ("f", "g", "h")


@st.composite
def primitive_recursive(draw: st.DrawFn) -> str:
    """One to three functions of one or two arguments, by recursion on one of them."""
    lines = ["sort N = 0 | s(N)", "var x y z : N"]
    arities: dict[str, int] = {}
    for name in NAMES[: draw(st.integers(1, 3))]:
        arity, place = draw(st.sampled_from([(1, 0), (2, 0), (2, 1)]))
        heads = ["x", "y"][:arity]
        lines.append(f"op {name} : {' '.join('N' for _ in heads)} -> N")
        other = [v for n, v in enumerate(heads) if n != place]
        for pattern in ("0", f"s({heads[place]})"):
            known = [*other, *([heads[place]] if pattern != "0" else [])]
            parts = [pattern if n == place else v for n, v in enumerate(heads)]
            calls = [f"{name}({', '.join(heads)})"] if pattern != "0" else []
            lines.append(f"  {name}({', '.join(parts)}) = {draw(_body(known + calls, arities))}")
        arities[name] = arity
    return "\n".join(lines)


def _body(leaves: list[str], arities: dict[str, int]) -> st.SearchStrategy[str]:
    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        options = [st.builds("s({})".format, inner)]
        for name, arity in arities.items():
            arguments = st.lists(inner, min_size=arity, max_size=arity)
            options.append(st.builds(lambda args, f=name: f"{f}({', '.join(args)})", arguments))
        return st.one_of(options)

    return st.recursive(st.sampled_from(["0", *leaves]), wider, max_leaves=3)


class TestRandomTheories:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(primitive_recursive())
    def test_reports(self, text: str) -> None:
        _explore_and_look(text, size=3)

    @pytest.mark.slow
    @pytest.mark.timeout(300)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(primitive_recursive())
    def test_many_reports(self, text: str) -> None:
        _explore_and_look(text, size=4)


def _explore_and_look(text: str, size: int) -> None:
    read = parse_module(Source("<text>", text))
    report = explore(read.theory, read.variables, size=size, limits=Limits(seconds=2))
    assert report.stop in (Stop.DONE, Stop.TIME, Stop.STEPS)
    must_hold(report)
