"""A theory with one operation for each mix of laws, and the obvious way to tell whether two terms are equal in it.

`+` is associative and commutative, `*` the same with the unit 1, `.` associative, `;` associative with the unit nil,
`#` commutative; `g` is free and binary, `k` free and unary; 1, nil, a, b, c are constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lemmata.rewriting.certificate import Step
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.theory import Attribute, Axiom, Notation, Symbol, Theory

S = "S"
CONSTANTS = ("1", "nil", "a", "b", "c")
AC, A, C = frozenset[Attribute](["assoc", "comm"]), frozenset[Attribute](["assoc"]), frozenset[Attribute](["comm"])
OPERATIONS: dict[str, tuple[frozenset[Attribute], str | None]] = {
    "+": (AC, None),
    "*": (AC, "1"),
    ".": (A, None),
    ";": (A, "nil"),
    "#": (C, None),
}


def laws() -> Theory:
    """The theory, whose axioms are the laws: `+.assoc`, `+.comm`, `*.unit`, `;.left_unit`, `;.right_unit` and so on."""
    t = TermTable()
    x, y, z = (t.var(v, S) for v in "xyz")
    symbols = [Symbol(c, (), S, "abstract", Notation(c)) for c in CONSTANTS]
    symbols += [Symbol("k", (S,), S, "abstract", Notation("k")), Symbol("g", (S, S), S, "abstract", Notation("g"))]
    axioms = []
    for level, (f, (attributes, unit)) in enumerate(OPERATIONS.items(), start=41):
        symbols.append(Symbol(f, (S, S), S, "abstract", Notation(f, "infix", level, "left"), attributes, unit))
        if "assoc" in attributes:
            both = t.eq(t.app(f, t.app(f, x, y), z), t.app(f, x, t.app(f, y, z)))
            axioms.append(Axiom(f"{f}.assoc", both, "axiom"))
        if "comm" in attributes:
            axioms.append(Axiom(f"{f}.comm", t.eq(t.app(f, x, y), t.app(f, y, x)), "axiom"))
        if unit is not None:
            axioms.append(Axiom(f"{f}.right_unit", t.eq(t.app(f, x, t.app(unit)), x), "axiom"))
            if "comm" not in attributes:
                axioms.append(Axiom(f"{f}.left_unit", t.eq(t.app(f, t.app(unit), x), x), "axiom"))
    return Theory("Laws", (S,), (), tuple(symbols), tuple(axioms), (), t)


def cited(theory: Theory, terms: TermTable, names: Iterable[str]) -> list[Step]:
    """The steps that state axioms, as they are."""
    formulas = {a.name: a.formula for a in theory.axioms}
    return [Step("axiom", theory.terms.copy_into(terms, [formulas[n]])[0], cites=n) for n in names]


Canonical = tuple[object, ...]


def canonical(
    table: TermTable, term: int, operations: Mapping[str, tuple[frozenset[Attribute], str | None]] = OPERATIONS
) -> Canonical:
    """Equal for two terms exactly when the laws make them equal. Recursive: for small terms."""
    row = table.rows[term]
    below = [canonical(table, c, operations) for c in children(row)]
    attributes, unit = operations.get(str(row[1]), (frozenset(), None))
    if "assoc" in attributes:
        below = [part for b in below for part in (b[1:] if b[0] == ("app", row[1]) else (b,))]  # type: ignore[misc]
    if unit is not None:
        below = [b for b in below if b != (("app", unit),)]
        if not below:
            return (("app", unit),)
    if len(below) == 1 and row[1] != "k":
        return below[0]
    if "comm" in attributes:
        below.sort(key=repr)
    return (row[: len(row) - len(children(row))], *below)
