"""Literals and built-in operations in Lean.

Truth values, integers and bit vectors (of at most 256 bits) are Lean's own: `Bool`, `Int` and `BitVec w`. Their
operations are definitions, written out in the text over a few things that every Lean has, and what an operation gives
at literals is a theorem that Lean computes. All other sorts of literals (rational, real and complex numbers, strings)
are abstract types: the literals that occur are constants of a model, what was computed with them is a field of the
model, and so a hypothesis of every theorem about it; `Fact.assumed` says which. A fact is assumed only if the checker's
own arithmetic (`computing.py`) has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..rewriting.certificate import Step
from ..rewriting.computing import NoValue, operation
from ..rewriting.literals import bit_width, literal_text, literal_value
from ..rewriting.printing import Printer
from ..rewriting.syntax import children
from ..rewriting.theory import Symbol
from .lean_names import Names
from .lean_terms import Unwritable
from .sequents import Book, Laid, Unfit

WIDEST = 256  # bits; Lean computes powers with exponents up to this one
_SHORTEST_NAMED = 40  # characters of a literal that is named by its text
_SCOPE = "Lemmata.builtin'"  # a prime never occurs in the name of a theory


@dataclass(frozen=True)
class Fact:
    """What is known of literals: an equation f(l1, ...) = l or, with `apart`, that two literals differ.

    `name` is its name in Lean: a field of the model if it is `assumed`, else None, for it is proved where it is used.
    """

    left: int
    right: int
    apart: bool
    name: str | None

    @property
    def assumed(self) -> bool:
        return self.name is not None


class LeanLiterals:
    """What stands for the literals and the built-in operations of one laid-out certificate.

    `sorts`, `symbols` and `default` are those that are Lean's own, as `Style` has them; `names` takes up the names of
    all others, which become fields: `constants` by text and sort, and `facts` by the formula.
    """

    def __init__(self, book: Book, names: Names) -> None:
        self._book = book
        self._theory = book.theory
        self._rows = book.terms.rows
        self._literals = sorted({(str(row[1]), str(row[2])) for row in self._rows if row[0] == "lit"}, key=_by_sort)
        built_in = book.literal_sorts
        self.sorts: Mapping[str, str] = {s: _lean_sort(s) for s in built_in if _is_native(s)}
        self.default: Mapping[str, str] = {s: _native_literal(*_least(s)) for s in self.sorts}
        self.symbols: Mapping[str, str] = {
            f.name: _head(f.notation.text, f.arguments)
            for f in book.theory.symbols
            if f.kind == "builtin" and self._is_native(f)
        }
        self.abstract = tuple(s for s in built_in if s not in self.sorts)
        self.constants: Mapping[tuple[str, str], str] = {
            (text, sort): names.of("literal", _short(text), text, sort, prefix="lit_")
            for text, sort in self._literals
            if sort not in self.sorts
        }
        self.native: Mapping[tuple[str, str], str] = {
            (text, sort): _native_literal(text, sort) for text, sort in self._literals if sort in self.sorts
        }
        self.facts: dict[tuple[int, int, bool], Fact] = {}
        count = 0
        for left, right, apart in self._used_facts():
            if self._sort(left) in self.sorts if apart else self._computed_in_lean(left):
                self.facts[left, right, apart] = Fact(left, right, apart, None)
            elif apart or self._is_computed(left, right):
                count += 1
                name = names.of("fact", str(count), prefix="apart_" if apart else "computed_")
                self.facts[left, right, apart] = Fact(left, right, apart, name)

    @property
    def definitions(self) -> str | None:
        """The definitions of the operations on the sorts that are Lean's own; None if there are none."""
        groups = {_group(sort) for sort in self.sorts}
        blocks = [_DEFINITIONS[group] for group in ("Bool", "Int", "BitVec") if group in groups | {"Bool"}]
        return "\n".join(blocks) if groups else None

    def fact(self, laid: Laid, step: Step) -> Fact | None:
        """The fact about literals that a step states; None for any other step.

        Raises Unwritable for one that would have to be assumed and is not so.
        """
        key = self._key(laid, step)
        if key is not None and key not in self.facts:
            raise Unwritable("the operation has another value here, or none")
        return None if key is None else self.facts[key]

    def apart(self, left: str, sort: str, proof: str) -> str:
        """A proof of `False` from one that two literals of a sort of Lean's own are equal, `left` the first of them."""
        equal = _head("=", (sort, sort))
        motive = "(motive := fun (z : Bool) => Bool.rec (motive := fun _ => Prop) False True z)"
        return f"(Eq.subst {motive} (congrArg (fun (z : {_lean_sort(sort)}) => {equal} {left} z) {proof}) True.intro)"

    def shown(self, fact: Fact) -> str:
        """A fact as people write it."""
        printer = Printer(self._theory.symbols)
        sides = [printer.show(self._book.terms, i, most=60) for i in (fact.left, fact.right)]
        of = fact.left if fact.apart else children(self._rows[fact.left])[0]
        return f"{sides[0]} {'!=' if fact.apart else '='} {sides[1]} ({self._sort(of)})"

    def _sort(self, term: int) -> str:
        return self._book.sort(term)

    def _is_native(self, symbol: Symbol) -> bool:
        return all(s in self.sorts for s in (*symbol.arguments, symbol.result))

    def _used_facts(self) -> Iterator[tuple[int, int, bool]]:
        """The distinct facts of all steps, in their order."""
        seen = set()
        for laid in self._book.theorems:
            if isinstance(laid, Unfit):
                continue
            for step in laid.steps:
                key = self._key(laid, step)
                if key is not None and key not in seen:
                    seen.add(key)
                    yield key

    def _key(self, laid: Laid, step: Step) -> tuple[int, int, bool] | None:
        if step.rule not in ("eval", "distinct"):
            return None
        apart = step.rule == "distinct"
        left, right = children(self._rows[laid.steps[step.premises[0]].conclusion if apart else step.conclusion])
        return (left, right, apart) if self._rows[right][0] == "lit" else None

    def _computed_in_lean(self, left: int) -> bool:
        """Does Lean compute f(literals)? It does not raise integers to exponents beyond `WIDEST`."""
        row = self._rows[left]
        if str(row[1]) not in self.symbols:
            return False
        symbol = self._theory.symbol[str(row[1])]
        if (symbol.notation.text, symbol.result) != ("^", "Int"):
            return True
        exponent = literal_value(str(self._rows[children(row)[1]][1]))
        return isinstance(exponent, int) and exponent <= WIDEST

    def _is_computed(self, left: int, right: int) -> bool:
        """Has the operation this value at these literals, by the checker's own arithmetic?"""
        row = self._rows[left]
        symbol = self._theory.symbol[str(row[1])]
        compute = operation(symbol.notation.text, symbol.arguments, symbol.result)
        assert compute is not None
        try:
            found = compute(*(literal_value(str(self._rows[c][1])) for c in children(row)))
        except NoValue:
            return False
        return found == literal_value(str(self._rows[right][1]))


# Texts


def _by_sort(literal: tuple[str, str]) -> tuple[str, int, str]:
    text, sort = literal
    return sort, len(text), text


def _short(text: str) -> str:
    return text if len(text) <= _SHORTEST_NAMED else "long"


def _is_native(sort: str) -> bool:
    width = bit_width(sort)
    return sort in ("Bool", "Int") or (width is not None and width <= WIDEST)


def _lean_sort(sort: str) -> str:
    width = bit_width(sort)
    return sort if width is None else f"(BitVec {width})"


def _least(sort: str) -> tuple[str, str]:
    return ("false" if sort == "Bool" else "0"), sort


def _native_literal(text: str, sort: str) -> str:
    width = bit_width(sort)
    if width is not None:
        return f"(BitVec.ofNat {width} {text})"
    if sort == "Bool":
        return f"Bool.{text}"
    value = literal_value(text)
    assert isinstance(value, int)
    return f"(Int.ofNat {text})" if value >= 0 else f"(Int.negSucc {literal_text(-value - 1)})"


def _group(sort: str) -> str:
    return sort if bit_width(sort) is None else "BitVec"


def _head(text: str, arguments: tuple[str, ...]) -> str:
    """The Lean function that an operation is."""
    width = bit_width(arguments[0])
    name = f"{_group(arguments[0])}.{_NAMES[text, len(arguments)]}"
    if name in _LEANS_OWN:
        return name
    return f"{_SCOPE}.{name}" if width is None else f"@{_SCOPE}.{name} {width}"


_NAMES: Mapping[tuple[str, int], str] = {
    ("+", 2): "add",
    ("-", 2): "sub",
    ("*", 2): "mul",
    ("-", 1): "neg",
    ("^", 2): "pow",
    ("div", 2): "div",
    ("mod", 2): "mod",
    ("&", 2): "and",
    ("|", 2): "or",
    ("xor", 2): "xor",
    ("~", 1): "not",
    ("<<", 2): "shl",
    (">>", 2): "shr",
    ("not", 1): "not",
    ("and", 2): "and",
    ("or", 2): "or",
    ("implies", 2): "imp",
    ("iff", 2): "eq",
    ("<", 2): "lt",
    ("<=", 2): "le",
    (">", 2): "gt",
    (">=", 2): "ge",
    ("=", 2): "eq",
    ("<>", 2): "ne",
}
_LEANS_OWN = frozenset({"Int.add", "Int.sub", "Int.mul", "Int.neg"})


def _define(name: str, binders: str, result: str, body: str) -> str:
    return f"noncomputable def {_SCOPE}.{name} {binders} : {result} := {body}"


def _negated(number: str) -> str:
    return f"Int.neg (Int.ofNat ({number}))"


def _either(result: str, otherwise: str, then: str, test: str) -> str:
    return f"Bool.rec (motive := fun _ => {result}) {otherwise} {then} {test}"


def _by_sign(result: str, of: str, positive: str, negative: str) -> str:
    return f"Int.rec (motive := fun _ => {result}) (fun m => {positive}) (fun m => {negative}) {of}"


def _by_signs(result: str, pp: str, pn: str, np: str, nn: str) -> str:
    """By the signs of x and y: m, n or, below zero, -(m + 1), -(n + 1)."""
    inner = f"(Int.rec (motive := fun _ => {result}) (fun n => {{}}) (fun n => {{}}) y)"
    return _by_sign(result, "x", inner.format(pp, pn), inner.format(np, nn))


def _relations(group: str, binders: str, equal: str, less: str) -> list[str]:
    """The six relations, from two of them."""
    own = f"{_SCOPE}.{group}"
    opposite = f"{_SCOPE}.Bool.not"
    bodies = {
        "eq": equal,
        "lt": less,
        "ne": f"{opposite} ({own}.eq x y)",
        "gt": f"{own}.lt y x",
        "le": f"{opposite} ({own}.lt y x)",
        "ge": f"{opposite} ({own}.lt x y)",
    }
    return [_define(f"{group}.{name}", binders, "Bool", body) for name, body in bodies.items()]


def _bool_definitions() -> list[str]:
    both = "(x y : Bool)"
    negated = _either("Bool", "Bool.true", "Bool.false", "y")
    return [
        _define("Bool.not", "(x : Bool)", "Bool", _either("Bool", "Bool.true", "Bool.false", "x")),
        _define("Bool.and", both, "Bool", _either("Bool", "Bool.false", "y", "x")),
        _define("Bool.or", both, "Bool", _either("Bool", "y", "Bool.true", "x")),
        _define("Bool.xor", both, "Bool", _either("Bool", "y", f"({negated})", "x")),
        _define("Bool.imp", both, "Bool", _either("Bool", "Bool.true", "y", "x")),
        _define("Bool.eq", both, "Bool", _either("Bool", f"({negated})", "y", "x")),
    ]


def _int_definitions() -> list[str]:
    both = "(x y : Int)"
    whole = "Int.ofNat (Nat.div {} {})".format
    less_one = "Int.negSucc (Nat.div {} {})".format
    up = "(Nat.succ {})".format
    # floor(m / -(n + 1)) is 0 for m = 0, and -(k div (n + 1)) - 1 for m = k + 1
    down = f"Nat.rec (motive := fun _ => Int) (Int.ofNat 0) (fun k _ => {less_one('k', up('n'))}) m"
    rest_up = "Int.ofNat (Nat.sub n (Nat.succ (Nat.mod m n)))"
    left = _negated("Nat.sub n (Nat.mod k (Nat.succ n))")
    rest_down = f"Nat.rec (motive := fun _ => Int) (Int.ofNat 0) (fun k _ => {left}) m"
    rest = _negated("Nat.mod (Nat.succ m) (Nat.succ n)")
    power = f"Nat.pow {up('m')} n"
    signed = _either("Int", f"({_negated(power)})", f"(Int.ofNat ({power}))", "(Nat.beq (Nat.mod n 2) 0)")
    return [
        _define(
            "Int.div", both, "Int", _by_signs("Int", whole("m", "n"), down, less_one("m", "n"), whole(up("m"), up("n")))
        ),
        _define("Int.mod", both, "Int", _by_signs("Int", "Int.ofNat (Nat.mod m n)", rest_down, rest_up, rest)),
        _define(
            "Int.pow", both, "Int", _by_signs("Int", "Int.ofNat (Nat.pow m n)", "Int.ofNat 0", signed, "Int.ofNat 0")
        ),
        *_relations(
            "Int",
            both,
            _by_signs("Bool", "Nat.beq m n", "Bool.false", "Bool.false", "Nat.beq m n"),
            _by_signs("Bool", f"Nat.ble {up('m')} n", "Bool.false", "Bool.true", f"Nat.ble {up('n')} m"),
        ),
    ]


def _bit_vector_definitions() -> list[str]:
    one, both, result = "{w : Nat} (x : BitVec w)", "{w : Nat} (x y : BitVec w)", "BitVec w"
    x, y, size = "(BitVec.toNat x)", "(BitVec.toNat y)", "(Nat.pow 2 w)"

    def made(number: str) -> str:
        return f"BitVec.ofNat w ({number})"

    def shifted(by: str) -> str:
        moved = f"(Nat.{by} {x} (Nat.pow 2 {y}))"
        return made(_either("Nat", "0", moved, f"(Nat.ble (Nat.succ {y}) w)"))

    bodies = {
        **{name: made(f"Nat.{name} {x} {y}") for name in ("add", "mul")},
        **{name: made(f"Nat.{of} {x} {y}") for name, of in (("and", "land"), ("or", "lor"), ("xor", "xor"))},
        "sub": made(f"Nat.add {x} (Nat.sub {size} {y})"),
        "shl": shifted("mul"),
        "shr": shifted("div"),
    }
    return [
        _define("BitVec.neg", one, result, made(f"Nat.sub {size} {x}")),
        _define("BitVec.not", one, result, made(f"Nat.sub (Nat.sub {size} 1) {x}")),
        *(_define(f"BitVec.{name}", both, result, body) for name, body in bodies.items()),
        *_relations("BitVec", both, f"Nat.beq {x} {y}", f"Nat.ble (Nat.succ {x}) {y}"),
    ]


_DEFINITIONS: Mapping[str, str] = {
    "Bool": "\n".join(_bool_definitions()),
    "Int": "\n".join(_int_definitions()),
    "BitVec": "\n".join(_bit_vector_definitions()),
}
