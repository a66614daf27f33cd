"""Hand-written theories and derivations for tests: small, complete, and using every kind of step."""

from __future__ import annotations

from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Datatype, Notation, Symbol, Theory


def peano() -> Theory:
    """0, s, + and * by recursion on the second argument, and x <= y as a defined predicate."""
    t = TermTable()
    x, y = t.var("x", "N"), t.var("y", "N")
    zero = t.app("0")

    def s(a: int) -> int:
        return t.app("s", a)

    def plus(a: int, b: int) -> int:
        return t.app("+", a, b)

    def times(a: int, b: int) -> int:
        return t.app("*", a, b)

    some = t.abstract("ex", t.var("p", "N"), t.eq(plus(x, t.var("p", "N")), y))
    below = t.app("<=", x, y)
    infix = {"+": 40, "*": 50}
    symbols = (
        Symbol("0", (), "N", "constructor", Notation("0")),
        Symbol("s", ("N",), "N", "constructor", Notation("s")),
        *(Symbol(o, ("N", "N"), "N", "defined", Notation(o, "infix", n, "left")) for o, n in infix.items()),
        Symbol("<=", ("N", "N"), "Prop", "predicate", Notation("<=", "infix", 10, "none")),
    )
    axioms = (
        Axiom("+.1", t.eq(plus(x, zero), x), "definition", "+"),
        Axiom("+.2", t.eq(plus(x, s(y)), s(plus(x, y))), "definition", "+"),
        Axiom("*.1", t.eq(times(x, zero), zero), "definition", "*"),
        Axiom("*.2", t.eq(times(x, s(y)), plus(times(x, y), x)), "definition", "*"),
        Axiom("<=", t.conj(t.imp(below, some), t.imp(some, below)), "definition", "<="),
    )
    return Theory("Peano", ("N",), (Datatype("N", ("0", "s")),), symbols, axioms, (), t)


def peano_derivations(theory: Theory, t: TermTable) -> list[Derivation]:
    """zero_add, add_comm_like lemmas, an implication, a case split and an existential, over the table `t`."""
    x, y, n, w = (t.var(v, "N") for v in "xynw")
    zero = t.app("0")

    def s(a: int) -> int:
        return t.app("s", a)

    def plus(a: int, b: int) -> int:
        return t.app("+", a, b)

    eq, imp = t.eq, t.imp
    out = []
    # 0 + x = x, by induction
    goal = eq(plus(zero, x), x)
    ih = eq(plus(zero, n), n)
    out.append(
        Derivation(
            "zero_add",
            goal,
            (
                Step("axiom", eq(plus(zero, zero), zero), cites="+.1", substitution=((x, zero),)),
                Step("axiom", eq(plus(zero, s(n)), s(plus(zero, n))), cites="+.2", substitution=((x, zero), (y, n))),
                Step("assume", ih),
                Step("cong", eq(s(plus(zero, n)), s(n)), (2,)),
                Step("trans", eq(plus(zero, s(n)), s(n)), (1, 3)),
                Step("induction", goal, (0, 4), variable=x, fresh=((), (n,))),
            ),
        )
    )
    # s(x) + y = s(x + y), by induction on y, generalised over x
    goal = eq(plus(s(x), y), s(plus(x, y)))
    at_zero = eq(plus(s(x), zero), s(plus(x, zero)))
    ih = t.abstract("all", x, eq(plus(s(x), n), s(plus(x, n))))
    ih_x = eq(plus(s(x), n), s(plus(x, n)))
    out.append(
        Derivation(
            "succ_add",
            goal,
            (
                Step("axiom", eq(plus(s(x), zero), s(x)), cites="+.1", substitution=((x, s(x)),)),
                Step("axiom", eq(plus(x, zero), x), cites="+.1"),
                Step("cong", eq(s(plus(x, zero)), s(x)), (1,)),
                Step("sym", eq(s(x), s(plus(x, zero))), (2,)),
                Step("trans", at_zero, (0, 3)),
                Step("axiom", eq(plus(s(x), s(n)), s(plus(s(x), n))), cites="+.2", substitution=((x, s(x)), (y, n))),
                Step("assume", ih),
                Step("all_elim", ih_x, (6,), terms=(x,)),
                Step("cong", eq(s(plus(s(x), n)), s(s(plus(x, n)))), (7,)),
                Step("axiom", eq(plus(x, s(n)), s(plus(x, n))), cites="+.2", substitution=((y, n),)),
                Step("cong", eq(s(plus(x, s(n))), s(s(plus(x, n)))), (9,)),
                Step("sym", eq(s(s(plus(x, n))), s(plus(x, s(n)))), (10,)),
                Step("trans", eq(plus(s(x), s(n)), s(plus(x, s(n)))), (5, 8, 11)),
                Step("induction", goal, (4, 12), variable=y, generalised=(x,), fresh=((), (n,))),
            ),
        )
    )
    # s(x) = s(y) implies x = y
    goal = imp(eq(s(x), s(y)), eq(x, y))
    out.append(
        Derivation(
            "succ_injective",
            goal,
            (
                Step("assume", eq(s(x), s(y))),
                Step("injective", eq(x, y), (0,)),
                Step("imp_intro", goal, (1,)),
            ),
        )
    )
    # x = s(y) implies x != 0
    goal = imp(eq(x, s(y)), t.negate(eq(x, zero)))
    out.append(
        Derivation(
            "succ_not_zero",
            goal,
            (
                Step("assume", eq(x, s(y))),
                Step("assume", eq(x, zero)),
                Step("sym", eq(s(y), x), (0,)),
                Step("trans", eq(s(y), zero), (2, 1)),
                Step("distinct", t.false(), (3,)),
                Step("imp_intro", t.negate(eq(x, zero)), (4,)),
                Step("imp_intro", goal, (5,)),
            ),
        )
    )
    # x = 0 or exists w. x = s(w), by cases
    some = t.abstract("ex", w, eq(x, s(w)))
    goal = t.add(("or", eq(x, zero), some))
    out.append(
        Derivation(
            "zero_or_succ",
            goal,
            (
                Step("assume", eq(x, zero)),
                Step("or_intro", goal, (0,)),
                Step("assume", eq(x, s(n))),
                Step("ex_intro", some, (2,), terms=(n,)),
                Step("or_intro", goal, (3,)),
                Step("cases", goal, (1, 4), terms=(x,), fresh=((), (n,))),
            ),
        )
    )
    # x <= y implies s(x) <= s(y), through the definition, a lemma and a rewriting of a formula
    z = t.var("z", "N")
    below, above = t.app("<=", x, y), t.app("<=", s(x), s(y))
    p_xy = t.abstract("ex", z, eq(plus(x, z), y))
    p_sxy = t.abstract("ex", z, eq(plus(s(x), z), s(y)))
    definition = t.conj(imp(below, p_xy), imp(p_xy, below))
    definition_s = t.conj(imp(above, p_sxy), imp(p_sxy, above))
    goal = imp(below, above)
    out.append(
        Derivation(
            "succ_le_succ",
            goal,
            (
                Step("assume", below),
                Step("axiom", definition, cites="<="),
                Step("and_elim", imp(below, p_xy), (1,)),
                Step("imp_elim", p_xy, (2, 0)),
                Step("assume", eq(plus(x, w), y)),
                Step("lemma", eq(plus(s(x), w), s(plus(x, w))), cites="succ_add", substitution=((y, w),)),
                Step("rewrite", eq(plus(s(x), w), s(y)), (5, 4)),
                Step("ex_intro", p_sxy, (6,), terms=(w,)),
                Step("ex_elim", p_sxy, (3, 7), variable=w),
                Step("axiom", definition_s, cites="<=", substitution=((x, s(x)), (y, s(y)))),
                Step("and_elim", imp(p_sxy, above), (9,)),
                Step("imp_elim", above, (10, 8)),
                Step("imp_intro", goal, (11,)),
            ),
        )
    )
    # (x = 0 or x = 0) implies x = 0 and forall y. y = y; and ex falso; the rules that nothing above uses
    either = t.add(("or", eq(x, zero), eq(x, zero)))
    reflexive = t.abstract("all", y, eq(y, y))
    goal = imp(either, t.conj(eq(x, zero), reflexive))
    out.append(
        Derivation(
            "logic",
            goal,
            (
                Step("assume", either),
                Step("assume", eq(x, zero)),
                Step("or_elim", eq(x, zero), (0, 1, 1)),
                Step("refl", eq(y, y)),
                Step("all_intro", reflexive, (3,), variable=y),
                Step("and_intro", t.conj(eq(x, zero), reflexive), (2, 4)),
                Step("imp_intro", goal, (5,)),
            ),
        )
    )
    goal = imp(t.false(), eq(x, y))
    out.append(
        Derivation(
            "ex_falso",
            goal,
            (
                Step("assume", t.false()),
                Step("false_elim", eq(x, y), (0,)),
                Step("imp_intro", goal, (1,)),
            ),
        )
    )
    return out
