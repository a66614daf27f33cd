"""The term interface: taking terms apart and putting them together, in every world."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lemmata.rewriting import expressions
from lemmata.rewriting.bank import TermBank
from lemmata.rewriting.expression_interface import Expressions
from lemmata.rewriting.interface import BankTerms, TableTerms, TermInterface, Terms, same, translate
from lemmata.rewriting.nested import NestedTuples
from lemmata.rewriting.python_trees import PythonTrees, expression
from lemmata.rewriting.recognise import interface_of
from lemmata.rewriting.source import LemmataError, SourceError
from lemmata.rewriting.sympy_trees import SympyTrees
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.terms import Signature, SortError
from lemmata.rewriting.theory import Notation, Symbol
from tests.rewriting.systems import system

DEEP = 100_000


def _subterms(over: TermInterface[Any], root: Any) -> Iterator[Any]:
    seen: dict[Any, Any] = {}
    stack = [root]
    while stack:
        t = stack.pop()
        if over.key(t) not in seen:
            seen[over.key(t)] = t
            stack.extend(over.args(t))
    yield from seen.values()


def _comes_back(over: TermInterface[Any], root: Any) -> None:
    """The laws of the interface at every subterm."""
    for t in _subterms(over, root):
        args = list(over.args(t))
        again = over.make(over.head(t), args)
        assert same(over, again, t)
        assert over.head(again) == over.head(t)
        assert hash(over.head(again)) == hash(over.head(t))
        assert len(over.args(again)) == len(args)
        assert all(same(over, a, b) for a, b in zip(over.args(again), args, strict=True))
        assert over.is_leaf(t) == (not args)
        if over.interned:
            assert over.key(again) == over.key(t)


def _signature() -> Signature:
    symbols = (
        Symbol("0", (), "N", "constructor", Notation("0")),
        Symbol("s", ("N",), "N", "constructor", Notation("s")),
        Symbol("+", ("N", "N"), "N", "defined", Notation("+", "infix", 40, "left")),
        Symbol("nil", (), "L", "constructor", Notation("nil")),
        Symbol("cons", ("N", "L"), "L", "constructor", Notation("cons")),
    )
    return Signature(symbols, {"x": "N", "y": "N", "xs": "L"}, TermBank())


class TestLemmataTerms:
    @given(st.integers(0, 2**32))
    def test_they_come_back(self, seed: int) -> None:
        s = system(seed, terminating=True)
        signature = Signature(s.symbols, {}, TermBank())
        table = TableTerms(s.terms, s.signature)
        for row in s.subjects:
            term = signature.load(s.terms, row)
            ids = BankTerms(signature.bank)
            _comes_back(Terms(signature), term)
            _comes_back(ids, term.id)
            _comes_back(table, row)
            assert translate(table, row, Terms(signature)) == term
            assert translate(Terms(signature), term, table) == row
            assert translate(ids, term.id, table) == row

    def test_an_argument_of_another_sort_is_refused(self) -> None:
        signature = _signature()
        over = Terms(signature)
        head = over.head(signature.term("s(x)"))
        with pytest.raises(SortError, match="'s' takes N, not L"):
            over.make(head, [signature.term("xs")])
        with pytest.raises(SortError, match="'s' takes N, not N, N"):
            over.make(head, [signature.term("x"), signature.term("y")])

    def test_a_term_of_another_bank_is_refused(self) -> None:
        signature = _signature()
        over = Terms(signature)
        with pytest.raises(SortError, match="another bank"):
            over.make(over.head(signature.term("s(x)")), [_signature().term("x")])

    def test_variables_of_one_name_and_two_sorts_differ(self) -> None:
        signature = _signature()
        over = Terms(signature)
        assert over.head(signature.var("x", "N")) != over.head(signature.var("x", "L"))

    def test_formulas_are_no_terms(self) -> None:
        table = TermTable()
        x = table.var("x", "N")
        with pytest.raises(LemmataError, match="inside formulas"):
            TableTerms(table, {}).head(table.eq(x, x))


LEAVES = st.one_of(
    st.integers(-3, 3),
    st.booleans(),
    st.none(),
    st.floats(),
    st.sampled_from(["x", "y", ""]),
    st.just(()),
    st.just([1]),
)
TUPLES = st.recursive(LEAVES, lambda t: st.tuples(st.sampled_from("fg"), t) | st.tuples(st.just("+"), t, t))


class TestTuples:
    @given(TUPLES)
    def test_they_come_back(self, term: Any) -> None:
        _comes_back(NestedTuples(), term)

    @given(TUPLES, TUPLES)
    def test_same_is_equality_that_looks_at_types(self, a: Any, b: Any) -> None:
        assert same(NestedTuples(), a, b) == (repr(a) == repr(b))

    def test_values_of_different_types_differ(self) -> None:
        values = [1, 1.0, True, "1", None, 0.0, -0.0]
        over = NestedTuples()
        for i, a in enumerate(values):
            for j, b in enumerate(values):
                assert same(over, ("f", a), ("f", b)) == (i == j)
        assert same(over, ("f", float("nan")), ("f", float("nan")))

    def test_a_name_without_arguments_is_no_atom(self) -> None:
        assert not same(NestedTuples(), ("f",), "f")

    def test_depth_and_sharing(self) -> None:
        over = NestedTuples()
        deep, other = 0, 0
        for _ in range(DEEP):
            deep, other = ("s", deep), ("s", other)  # type: ignore[assignment]
        assert same(over, deep, other)
        assert not same(over, deep, ("s", other))
        wide, broad, tall = 0, 0, 1
        for _ in range(100):
            wide, broad, tall = ("+", wide, wide), ("+", broad, broad), ("+", tall, tall)  # type: ignore[assignment]
        assert same(over, wide, broad)
        assert not same(over, wide, tall)


EVERYTHING = textwrap.dedent(
    '''
    """One of each."""
    from __future__ import annotations
    from . import a as b, c
    import d.e
    @decorated(1)
    class C(Base, metaclass=M, **rest):
        x: int = 1
        y: str
    def f(a, /, b: int = 2, *c: str, d, e=3, **g: bytes) -> None:
        global u, v
        return
    async def h(*, k=None, m):
        nonlocal w
        async for i in xs:
            await i
        else:
            pass
        async with a as b, c:
            yield
        yield from (x async for x in y if x)
    def n(): return lambda *a, k=1: (a, k)
    del a, b[0], c.d
    a = b = c, *d = [1, *e]
    a += 1; a -= 1; a *= 1; a /= 1; a //= 1; a %= 1; a **= 1; a <<= 1; a >>= 1; a |= 1; a ^= 1; a &= 1; a @= b
    (x): int
    for i, j in k:
        continue
    while not (a and b or c):
        break
    else:
        ...
    if a < b <= c > d >= e == f != g is h is not i in j not in k: pass
    elif (y := f(x)): pass
    else: pass
    with a: pass
    match subject:
        case 1 | -1.5 | "s" | None | True: pass
        case [x, *rest] if x: pass
        case {"k": v, **others}: pass
        case Point(0, y=z): pass
        case a.b as c: pass
        case _: pass
    raise E from None
    raise
    try:
        assert a, "message"
    except (A, B) as e: pass
    except: pass
    else: pass
    finally: pass
    try: pass
    except* G: pass
    {1: 2, **d}; {1, 2}; {k: v for k, v in d}; {s for s in t}; [l for l in m if l if n]; ()
    f"a{b!r:>{width}}c" "d"; b"bytes"; u"kind"; 1j; -x; +x; ~x; x if y else z
    f(*args, key=value, **kwargs)
    a[1:2, ::3]; a + b ** c; 1e999; 0.0; -0.0; "\\N{BULLET}"; 12345678901234567890
    '''
)


def _concrete() -> set[type[ast.AST]]:
    deprecated = {
        "Num",
        "Str",
        "Bytes",
        "NameConstant",
        "Ellipsis",
        "Index",
        "ExtSlice",
        "Suite",
        "AugLoad",
        "AugStore",
    }
    found = {c for _, c in inspect.getmembers(ast, inspect.isclass) if issubclass(c, ast.AST)} - {ast.AST}
    return {c for c in found if not any(c is not d and issubclass(d, c) for d in found)} - {
        getattr(ast, name) for name in (*deprecated, "Param") if hasattr(ast, name)
    }


def _trees() -> list[ast.AST]:
    return [
        ast.parse(EVERYTHING, type_comments=True),
        ast.parse("x = 1  # type: int\ny = 2  # type: ignore[z]", type_comments=True),
        ast.parse("f(x)", mode="eval"),
        ast.parse("f(x); y", mode="single"),
        ast.parse("(int, *str, **bytes) -> None", mode="func_type"),
    ]


class TestPythonTrees:
    def test_every_kind_of_node_comes_back(self) -> None:
        over = PythonTrees()
        met: set[type[ast.AST]] = set()
        for tree in _trees():
            _comes_back(over, tree)
            for node in ast.walk(tree):
                met.add(type(node))
                again = over.make(over.head(node), over.args(node))
                assert ast.dump(again, include_attributes=True) == ast.dump(node, include_attributes=True)
        later = {c for c in _concrete() if c.__name__ in ("TypeAlias", "ParamSpec", "TypeVar", "TypeVarTuple")}
        later |= {c for c in _concrete() if c.__name__ in ("TemplateStr", "Interpolation")}
        assert _concrete() - met <= later

    @pytest.mark.parametrize("module", [ast, inspect, copy, textwrap])
    def test_modules_of_the_standard_library_come_back(self, module: Any) -> None:
        tree = ast.parse(inspect.getsource(module))
        over = PythonTrees()
        again = translate(over, tree, over)
        assert again is not tree
        assert ast.dump(again, include_attributes=True) == ast.dump(tree, include_attributes=True)
        assert same(over, again, tree)

    def test_nodes_without_their_optional_fields_come_back(self) -> None:
        over = PythonTrees()
        for node in (ast.Name("x"), ast.Return(), ast.Call(), ast.Constant(1), ast.arguments(), ast.Dict([None], [])):
            again = over.make(over.head(node), over.args(node))
            assert ast.dump(again, include_attributes=True) == ast.dump(node, include_attributes=True)

    def test_what_belongs_to_the_head(self) -> None:
        over = PythonTrees()

        def head(text: str) -> object:
            return over.head(expression(text))

        assert head("x + y") == head("f(1) + 2")
        assert head("x + y") != head("x - y")
        assert head("x") != head("y")
        assert head("f(x)") == head("g(y)")
        assert head("f(x)") != head("f(x, y)")
        assert head("f(k=x)") == head("f(l=x)")
        assert over.head(expression("f(k=x)").keywords[0]) != over.head(expression("f(l=x)").keywords[0])  # type: ignore[attr-defined]
        assert len({head(text) for text in ("1", "1.0", "True", "1j", "'1'", "b'1'", "None", "...", "u'1'")}) == 9
        assert head("x < y") != head("x <= y")
        assert over.head(ast.Name("x", ast.Load())) != over.head(ast.Name("x", ast.Store()))

    def test_positions_do_not_count_but_are_kept(self) -> None:
        over = PythonTrees()
        a, b = ast.parse("x+y", mode="eval").body, ast.parse("(\n  x  +  y)", mode="eval").body
        assert same(over, a, b)
        assert over.make(over.head(b), over.args(a)).lineno == 2  # type: ignore[attr-defined]

    def test_depth(self) -> None:
        over = PythonTrees()
        deep: ast.expr = ast.Name("x", ast.Load())
        for _ in range(DEEP // 10):
            deep = ast.UnaryOp(ast.USub(), deep)
        assert same(over, deep, translate(over, deep, over))

    def test_an_expression_is_read_and_not_run(self) -> None:
        assert ast.unparse(expression("__import__('os').abort()")) == "__import__('os').abort()"

    @pytest.mark.parametrize("text", ["", "x +", "x = 1", "x\n+", "\0", "(" * 1000, "\ud800", "-" * 100_000 + "x"])
    def test_what_is_no_expression_is_refused(self, text: str) -> None:
        with pytest.raises(LemmataError, match="no Python expression"):
            expression(text)

    def test_an_expression_has_no_positions(self) -> None:
        assert not any(hasattr(node, "lineno") for node in ast.walk(expression("f(x) + 0")))

    def test_where_it_is_wrong(self) -> None:
        with pytest.raises(SourceError) as error:
            expression("f(x) +* y")
        assert (error.value.line, error.value.column) == (1, 7)


X, Y = sympy.symbols("x y")
F = sympy.Function("f")
EXPRESSIONS: list[Callable[[], Any]] = [
    lambda: X,
    lambda: X + 2 * Y**3 - sympy.Rational(1, 3),
    lambda: sympy.sin(X) ** 2 + sympy.exp(-(X**2)) * sympy.pi,
    lambda: F(X, Y).diff(X),
    lambda: sympy.Integral(sympy.sin(X), (X, 0, Y)),
    lambda: sympy.Piecewise((X, X > 0), (-X, True)),
    lambda: sympy.And(X > 0, sympy.Or(Y < 0, sympy.Eq(X, Y))),
    lambda: sympy.Matrix([[X, 1], [2, Y]]).as_immutable(),
    lambda: sympy.FiniteSet(1, X) | sympy.Interval(0, 1),
    lambda: sympy.Lambda((X, Y), X + Y),
    lambda: sympy.MatrixSymbol("A", 2, 2) * sympy.MatrixSymbol("B", 2, 2),
    lambda: sympy.Sum(1 / X**2, (X, 1, sympy.oo)),
    lambda: sympy.Tuple(sympy.nan, sympy.Float("1.5"), 1, True),
    lambda: sympy.Tuple(),
]


class TestSympy:
    @pytest.mark.parametrize("number", range(len(EXPRESSIONS)))
    def test_they_come_back(self, number: int) -> None:
        expr = EXPRESSIONS[number]()
        _comes_back(SympyTrees(), expr)
        assert translate(SympyTrees(), expr, SympyTrees()) == expr

    def test_numbers_of_different_kinds_differ(self) -> None:
        over = SympyTrees()
        assert not same(over, sympy.Integer(1), sympy.Float(1))
        assert not same(over, X + 1, X + sympy.Float(1))
        assert same(over, X + 1, 1 + X)

    def test_make_evaluates(self) -> None:
        over = SympyTrees()
        assert over.make(over.head(X + Y), [sympy.Integer(1), sympy.Integer(2)]) == 3


class TestRecognition:
    def test_each_kind_is_known(self) -> None:
        signature = _signature()
        assert interface_of(signature.term("x")) == Terms(signature)
        assert interface_of(ast.Pass()) == PythonTrees()
        assert interface_of(X) == SympyTrees()
        assert interface_of(("f", 1)) == NestedTuples()
        (x,) = expressions.symbols("x")
        assert interface_of(x + 1) == Expressions()

    @pytest.mark.parametrize("other", [1, "x", None, [], object()])
    def test_anything_else_is_refused_with_a_hint(self, other: object) -> None:
        with pytest.raises(LemmataError, match="no term that strategies know") as error:
            interface_of(other)
        assert "over=" in str(error.value.hint)
