"""The printer alone: styles, marks, elision, names, depth. Reading back is tested with the parser."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.rewriting.printing import Marks, Path, Printer, Style
from lemmata.rewriting.syntax import BINDERS, TermTable, children
from lemmata.rewriting.theory import Notation, Symbol
from tests.samples import peano, peano_derivations

STYLES: tuple[Style, ...] = ("ascii", "unicode", "latex")
NEGATE = Symbol("neg", ("N",), "N", "defined", Notation("-", "prefix", 60))
FACTORIAL = Symbol("fact", ("N",), "N", "defined", Notation("!", "postfix", 70))
POWER = Symbol("^", ("N", "N"), "N", "defined", Notation("^", "infix", 65, "right"))
MODULO = Symbol("%", ("N", "N"), "N", "defined", Notation("%", "infix", 50, "left"))
PRINTER = Printer([*peano().symbols, NEGATE, FACTORIAL, POWER, MODULO])


class Terms:
    """Terms and formulas over one table."""

    def __init__(self) -> None:
        self.t = TermTable()
        self.x, self.y, self.z = (self.t.var(v, "N") for v in "xyz")
        self.zero = self.t.app("0")

    def some(self, v: int, body: int) -> int:
        return self.t.abstract("ex", v, body)

    def every(self, v: int, body: int) -> int:
        return self.t.abstract("all", v, body)


def test_the_logical_symbols_in_three_styles() -> None:
    p = Terms()
    t = p.t
    a, b = t.eq(p.x, p.y), t.app("<=", p.x, p.zero)
    both = t.conj(t.imp(a, b), t.imp(b, a))
    formula = p.every(p.x, t.imp(t.conj(a, t.negate(b)), t.add(("or", t.negate(a), p.some(p.z, t.false())))))
    assert PRINTER.show(t, both) == "x = y iff x <= 0"
    assert PRINTER.show(t, both, "unicode") == "x = y ↔ x ≤ 0"
    assert PRINTER.show(t, formula) == "forall x. x = y and not x <= 0 implies x != y or (exists z. false)"
    assert PRINTER.show(t, formula, "unicode") == "∀x. x = y ∧ ¬x ≤ 0 → x ≠ y ∨ (∃z. ⊥)"
    assert PRINTER.show(t, formula, "latex") == (
        r"\forall x. x = y \land \neg x \leq 0 \rightarrow x \neq y \lor (\exists z. \bot)"
    )


def test_parentheses_follow_level_and_grouping() -> None:
    p = Terms()
    t, x, y, z = p.t, p.x, p.y, p.z
    shown = {
        t.app("+", t.app("+", x, y), z): "x + y + z",
        t.app("+", x, t.app("+", y, z)): "x + (y + z)",
        t.app("*", t.app("+", x, y), z): "(x + y) * z",
        t.app("+", x, t.app("*", y, z)): "x + y * z",
        t.app("^", x, t.app("^", y, z)): "x ^ y ^ z",
        t.app("^", t.app("^", x, y), z): "(x ^ y) ^ z",
        t.app("neg", t.app("neg", x)): "- -x",
        t.app("neg", t.app("+", x, y)): "-(x + y)",
        t.app("fact", t.app("fact", x)): "x! !",
        t.app("fact", t.app("s", x)): "s(x)!",
        t.imp(t.imp(t.eq(x, y), t.eq(y, z)), t.eq(z, x)): "(x = y implies y = z) implies z = x",
        t.imp(t.eq(x, y), t.imp(t.eq(y, z), t.eq(z, x))): "x = y implies y = z implies z = x",
        t.conj(p.some(x, t.eq(x, x)), t.eq(y, y)): "(exists x. x = x) and y = y",
        t.negate(t.negate(t.eq(x, y))): "not x != y",
        t.imp(t.false(), t.false()): "not false",
    }
    assert {PRINTER.show(t, term) for term in shown} == set(shown.values())
    for term, text in shown.items():
        assert PRINTER.show(t, term) == text


def test_latex_escapes_what_latex_would_read() -> None:
    p = Terms()
    odd = p.t.var("a_b", "N")
    assert PRINTER.show(p.t, p.t.app("%", odd, p.x), "latex") == r"\mathit{a\_b} \% x"
    assert "^" not in PRINTER.show(p.t, p.t.app("^", p.x, p.y), "latex")


def test_an_unknown_symbol_is_shown_by_its_name() -> None:
    p = Terms()
    assert PRINTER.show(p.t, p.t.app("f", p.x, p.t.app("c"))) == "f(x, c)"


class TestBoundNames:
    def test_a_free_variable_is_not_captured(self) -> None:
        p = Terms()
        body = p.t.eq(p.x, p.y)
        inner = p.some(p.x, body)
        renamed = p.t.replace(inner, {p.y: p.x})  # exists x. x = y, with the free x for y
        assert PRINTER.show(p.t, renamed) == "exists x1. x1 = x"

    def test_an_outer_name_is_not_captured(self) -> None:
        t = TermTable()
        inner = t.add(("ex", "N", t.eq(t.add(("bound", 0, "N")), t.add(("bound", 1, "N")))), "v")
        outer = t.add(("all", "N", inner), "v")
        assert PRINTER.show(t, outer) == "forall v. exists v1. v1 = v"

    def test_siblings_use_the_same_name_again(self) -> None:
        t = TermTable()
        bound = t.add(("bound", 0, "N"))
        inner = t.add(("ex", "N", t.eq(bound, t.add(("bound", 1, "N")))), "v")
        outer = t.add(("all", "N", t.conj(inner, t.imp(inner, t.eq(bound, bound)))), "v")
        assert PRINTER.show(t, outer) == "forall v. (exists v1. v1 = v) and ((exists v1. v1 = v) implies v = v)"

    @pytest.mark.parametrize("hint", ["0", "s", "forall", "implies", "x"])
    def test_a_symbol_or_word_is_not_taken_for_a_name(self, hint: str) -> None:
        t = TermTable()
        bound = t.add(("bound", 0, "N"))
        formula = t.add(("ex", "N", t.conj(t.eq(bound, t.app("0")), t.eq(bound, t.var("x", "N")))), hint)
        name = PRINTER.show(t, formula).split()[1].rstrip(".")
        assert name not in {"0", "s", "forall", "implies", "x"}
        assert PRINTER.show(t, formula) == f"exists {name}. {name} = 0 and {name} = x"

    def test_a_hint_of_many_digits(self) -> None:
        t = TermTable()
        hint = "x" + "9" * 5000
        bound = t.add(("bound", 0, "N"))
        formula = t.add(("ex", "N", t.eq(bound, t.var(hint, "N"))), hint)
        assert PRINTER.show(t, formula) == f"exists x1. x1 = {hint}"


# Random terms and formulas: a list of choices builds a table from the leaves up.

CHOICE = st.tuples(
    st.sampled_from(["s", "+", "*", "^", "neg", "fact", "eq", "<=", "imp", "not", "iff", "and", "or", "all", "ex"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def _formula(choices: list[tuple[str, int, int]]) -> tuple[TermTable, int]:
    p = Terms()
    t = p.t
    terms, formulas = [p.x, p.y, p.z, p.zero], [t.eq(p.x, p.y)]
    for kind, m, n in choices:
        a, b = terms[-1 - m % len(terms)], terms[-1 - n % len(terms)]
        f, g = formulas[-1 - m % len(formulas)], formulas[-1 - n % len(formulas)]
        match kind:
            case "s" | "neg" | "fact":
                terms.append(t.app(kind, a))
            case "+" | "*" | "^":
                terms.append(t.app(kind, a, b))
            case "eq":
                formulas.append(t.eq(a, b))
            case "<=":
                formulas.append(t.app("<=", a, b))
            case "not":
                formulas.append(t.negate(f))
            case "iff":
                formulas.append(t.conj(t.imp(f, g), t.imp(g, f)))
            case "all" | "ex":
                formulas.append(t.abstract(kind, [p.x, p.y, p.z][n % 3], f))
            case _:
                formulas.append(t.add((kind, f, g)))
    return t, formulas[-1]


def _paths(t: TermTable, root: int, most: int = 200) -> list[tuple[Path, int]]:
    found: list[tuple[Path, int]] = []
    stack: list[tuple[Path, int]] = [((), root)]
    while stack and len(found) < most:
        path, i = stack.pop()
        found.append((path, i))
        stack.extend(((*path, n), c) for n, c in enumerate(children(t.rows[i])))
    return found


@settings(max_examples=150)
@given(st.lists(CHOICE, max_size=12))
def test_a_mark_wraps_exactly_its_subterm_and_changes_nothing_else(choices: list[tuple[str, int, int]]) -> None:
    t, root = _formula(choices)
    for path, below in _paths(t, root, 60):
        for style in STYLES:
            text = PRINTER.show(t, root, style, marks=Marks(path, "⟦", "⟧"))
            assert text.count("⟦") == text.count("⟧") == 1, (path, text)
            inside = text[text.index("⟦") + 1 : text.index("⟧")]
            if not _under_binder(t, root, path):
                alone = PRINTER.show(t, below, style)
                assert _bare(inside) == _bare(alone), (path, text)


def _under_binder(t: TermTable, root: int, path: Path) -> bool:
    """Does a binder stand above the subterm or in it? Then the names in it may differ from when it stands alone."""
    at, stack = root, []
    for n in path:
        stack.append(at)
        at = children(t.rows[at])[n]
    return any(t.rows[i][0] in BINDERS for i in [*stack, *t.reachable([at])])


def _bare(text: str) -> str:
    """Without the outermost parentheses, if they belong together."""
    depth = 0
    for n, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and n < len(text) - 1:
            return text
    return text[1:-1] if text[:1] == "(" else text


@settings(max_examples=150)
@given(st.lists(CHOICE, max_size=25), st.integers(1, 60), st.sampled_from(STYLES))
def test_elision_keeps_within_its_bound(choices: list[tuple[str, int, int]], most: int, style: Style) -> None:
    t, root = _formula(choices)
    text = PRINTER.show(t, root, style, most=most)
    assert len(text) <= most
    if "…" in text:
        start, end = text.split("…")
        long = PRINTER.show(t, root, style, most=10_000)
        assert len(long) > most
        assert long.startswith(start)
        assert end == "" or long.endswith(end) or "…" in long
    else:
        assert text == PRINTER.show(t, root, style)


@settings(max_examples=150)
@given(st.lists(CHOICE, max_size=14))
def test_different_formulas_have_different_texts(choices: list[tuple[str, int, int]]) -> None:
    t, root = _formula(choices)
    closed = [i for i in t.reachable([root]) if not _loose(t, i)]
    texts = {i: PRINTER.show(t, i, most=5000) for i in closed}
    assert len({text for text in texts.values() if len(text) < 5000}) == sum(len(x) < 5000 for x in texts.values())


def _loose(t: TermTable, root: int) -> bool:
    """Has it a bound variable that no binder inside it binds?"""
    stack = [(root, 0)]
    while stack:
        i, depth = stack.pop()
        row = t.rows[i]
        if row[0] == "bound" and int(row[1]) >= depth:
            return True
        stack.extend((c, depth + (row[0] in BINDERS)) for c in children(row))
    return False


@pytest.mark.parametrize("style", STYLES)
def test_the_samples_in_every_style(style: Style) -> None:
    theory, terms = peano(), TermTable()
    printer = Printer(theory.symbols)
    for derivation in peano_derivations(theory, terms):
        for step in derivation.steps:
            assert printer.show(terms, step.conclusion, style)


class TestSize:
    DEPTH = 100_000

    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize("symbol", ["neg", "fact", "+", "f"])
    def test_deep_terms(self, style: Style, symbol: str) -> None:
        p = Terms()
        arity = 2 if symbol == "+" else 1
        right = left = p.x
        for _ in range(self.DEPTH):
            left = p.t.app(symbol, *([left, p.y][:arity]))
            right = p.t.app(symbol, *([p.y, right][-arity:]))
        for deep in (left, right):
            text = PRINTER.show(p.t, deep, style, marks=Marks((arity - 1,) * self.DEPTH, "⟦", "⟧"))
            assert len(text) >= self.DEPTH
            assert text.count("⟦") == (deep == right)
            assert len(PRINTER.show(p.t, deep, style, most=80)) <= 80

    def test_deep_formulas(self) -> None:
        p = Terms()
        t = p.t
        start = t.eq(p.x, p.y)
        for kind in ("imp", "and", "or"):
            left = right = start
            for _ in range(self.DEPTH):
                left, right = t.add((kind, left, start)), t.add((kind, start, right))
            for deep in (left, right):
                assert PRINTER.show(t, deep).count("x = y") == self.DEPTH + 1
        negated = start
        for _ in range(self.DEPTH):
            negated = t.negate(negated)
        assert PRINTER.show(t, negated).count("not") == self.DEPTH - 1

    @pytest.mark.parametrize("hint", ["x", "v"])
    def test_deep_quantifiers(self, hint: str) -> None:
        t = TermTable()
        bound = t.add(("bound", 0, "N"))
        deep = t.eq(bound, t.add(("bound", 1, "N")))
        for n in range(self.DEPTH):
            deep = t.add((BINDERS[n % 2], "N", t.conj(t.eq(bound, t.var("x", "N")), deep)), hint)
        text = PRINTER.show(t, deep)
        names = [part.partition(".")[0] for part in text.split("exists ")[1:]]
        assert len(set(names)) == len(names) == self.DEPTH // 2

    def test_a_dag_of_two_to_the_hundred(self) -> None:
        p = Terms()
        t = p.t
        for start, join in ((p.x, lambda a: t.app("+", a, a)), (t.eq(p.x, p.y), lambda a: t.conj(a, a))):
            wide = start
            for _ in range(100):
                wide = join(wide)
            for style in STYLES:
                assert len(PRINTER.show(t, wide, style, most=200)) == 200
        wide = t.eq(p.x, p.x)
        for _ in range(100):
            wide = t.abstract("all", p.x, t.imp(wide, wide))
        assert len(PRINTER.show(t, wide, most=200)) == 200
