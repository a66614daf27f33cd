"""Certificates for the tests of the outside checkers: right ones beside those of `samples`, and wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lemmata.rewriting.certificate import Derivation, Step
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Datatype, Notation, Symbol, Theory
from tests import samples
from tests.rewriting.bad_certificates import Bad

Case = tuple[Theory, TermTable, list[Derivation]]


def peano() -> Case:
    theory = samples.peano()
    return theory, theory.terms, samples.peano_derivations(theory, theory.terms)


def wrong() -> dict[str, Case]:
    """Peano certificates whose theorem "bad" does not follow, by what is wrong with it."""
    out: dict[str, Case] = {}

    def add(name: str, statement: int, *steps: Step) -> None:
        out[name] = (theory, t, [*good, Derivation("bad", statement, steps)])

    theory, t, good = peano()
    x, y, n = (t.var(v, "N") for v in "xyn")
    zero = t.app("0")

    def s(a: int) -> int:
        return t.app("s", a)

    def plus(a: int, b: int) -> int:
        return t.app("+", a, b)

    eq, imp = t.eq, t.imp
    false = eq(plus(x, y), x)
    add("false instance", false, Step("axiom", false, cites="+.1"))
    swapped = eq(x, plus(zero, x))
    add("swapped side", swapped, Step("lemma", swapped, cites="zero_add"))
    goal, hypothesis = eq(plus(x, y), x), eq(plus(x, n), x)
    succ = eq(plus(x, s(n)), s(plus(x, n)))
    add(
        "induction with a wrong step",
        goal,
        Step("axiom", eq(plus(x, zero), x), cites="+.1"),
        Step("axiom", succ, cites="+.2", substitution=((y, n),)),
        Step("assume", hypothesis),
        Step("trans", eq(plus(x, s(n)), x), (1, 2)),
        Step("induction", goal, (0, 3), variable=y, fresh=((), (n,))),
    )
    add(
        "a chain that breaks",
        eq(x, y),
        Step("axiom", eq(plus(x, zero), x), cites="+.1"),
        Step("sym", eq(x, plus(x, zero)), (0,)),
        Step("axiom", eq(plus(y, zero), y), cites="+.1", substitution=((x, y),)),
        Step("trans", eq(x, y), (1, 2)),
    )
    everything_zero = t.abstract("all", x, eq(x, zero))
    add(
        "a variable that is not arbitrary",
        imp(eq(x, zero), everything_zero),
        Step("assume", eq(x, zero)),
        Step("all_intro", everything_zero, (0,), variable=x),
        Step("imp_intro", imp(eq(x, zero), everything_zero), (1,)),
    )
    some = t.abstract("ex", y, eq(y, zero))
    add(
        "a witness that is not fresh",
        imp(some, eq(x, zero)),
        Step("assume", some),
        Step("assume", eq(x, zero)),
        Step("ex_elim", eq(x, zero), (0, 1), variable=x),
        Step("imp_intro", imp(some, eq(x, zero)), (2,)),
    )
    add(
        "congruence from nowhere",
        imp(eq(x, y), eq(s(x), s(zero))),
        Step("assume", eq(x, y)),
        Step("cong", eq(s(x), s(zero)), (0,)),
        Step("imp_intro", imp(eq(x, y), eq(s(x), s(zero))), (1,)),
    )
    add(
        "one side of a disjunction",
        imp(t.add(("or", eq(x, zero), eq(x, y))), eq(x, zero)),
        Step("assume", t.add(("or", eq(x, zero), eq(x, y)))),
        Step("assume", eq(x, zero)),
        Step("assume", eq(x, y)),
        Step("or_elim", eq(x, zero), (0, 1, 2)),
        Step("imp_intro", imp(t.add(("or", eq(x, zero), eq(x, y))), eq(x, zero)), (3,)),
    )
    return out


def told(catalogue: Sequence[Bad]) -> list[Bad]:
    """The bad certificates without the one that is refused only because it would take too long."""
    return [bad for bad in catalogue if bad.name != "a_sequence_longer_than_the_file"]


def at_least_one(bad: Bad) -> list[Derivation]:
    """The derivations of a bad certificate; where only its theory is bad, one of x = x, which must not pass either."""
    if bad.derivations:
        return list(bad.derivations)
    x = bad.terms.var("x", "N")
    same = bad.terms.eq(x, x)
    return [Derivation("anything", same, (Step("refl", same),))]


def lists(*, hard: bool = False) -> Case:
    """Lists of an abstract sort, with an abstract function, recursion with an accumulator and on two arguments.

    With `hard`, a definition by course-of-values recursion, which is not exported.
    """
    t = TermTable()
    x, n, k = t.var("x", "A"), t.var("n", "N"), t.var("k", "N")
    l, m = t.var("l", "List"), t.var("m", "List")  # noqa: E741
    nil, zero = t.app("[]"), t.app("0")

    def cons(a: int, b: int) -> int:
        return t.app("::", a, b)

    def s(a: int) -> int:
        return t.app("s", a)

    def symbol(name: str, arguments: str, result: str, kind: str) -> Symbol:
        return Symbol(name, tuple(arguments.split()), result, kind, Notation(name))  # type: ignore[arg-type]

    equations = {
        "++": [(t.app("++", nil, m), m), (t.app("++", cons(x, l), m), cons(x, t.app("++", l, m)))],
        "map": [(t.app("map", nil), nil), (t.app("map", cons(x, l)), cons(t.app("f", x), t.app("map", l)))],
        "rev": [(t.app("rev", nil, m), m), (t.app("rev", cons(x, l), m), t.app("rev", l, cons(x, m)))],
        "-": [
            (t.app("-", n, zero), n),
            (t.app("-", zero, s(k)), zero),
            (t.app("-", s(n), s(k)), t.app("-", n, k)),
        ],
    }
    if hard:
        half = [(zero, zero), (s(zero), zero), (s(s(n)), s(t.app("half", n)))]
        equations["half"] = [(t.app("half", a), b) for a, b in half]
    symbols = (
        symbol("[]", "", "List", "constructor"),
        symbol("::", "A List", "List", "constructor"),
        symbol("0", "", "N", "constructor"),
        symbol("s", "N", "N", "constructor"),
        symbol("f", "A", "A", "abstract"),
        symbol("P", "A", "Prop", "predicate"),
        symbol("++", "List List", "List", "defined"),
        symbol("map", "List", "List", "defined"),
        symbol("rev", "List List", "List", "defined"),
        symbol("-", "N N", "N", "defined"),
        *([symbol("half", "N", "N", "defined")] if hard else []),
    )
    axioms = tuple(
        Axiom(f"{name}.{i + 1}", t.eq(*sides), "definition", name)
        for name, pairs in equations.items()
        for i, sides in enumerate(pairs)
    )
    datatypes = (Datatype("List", ("[]", "::")), Datatype("N", ("0", "s")))
    theory = Theory("Lists", ("A", "List", "N"), datatypes, symbols, axioms, (), t)
    goal = t.eq(t.app("++", l, nil), l)
    y, r = t.var("y", "A"), t.var("r", "List")
    at, at_cons = t.app("++", r, nil), t.app("++", cons(y, r), nil)
    injective = t.imp(t.eq(cons(x, l), cons(y, m)), t.eq(l, m))
    derivations = [
        Derivation(
            "append_nil",
            goal,
            (
                Step("axiom", t.eq(t.app("++", nil, nil), nil), cites="++.1", substitution=((m, nil),)),
                Step(
                    "axiom",
                    t.eq(at_cons, cons(y, at)),
                    cites="++.2",
                    substitution=((x, y), (l, r), (m, nil)),
                ),
                Step("assume", t.eq(at, r)),
                Step("cong", t.eq(cons(y, at), cons(y, r)), (2,)),
                Step("trans", t.eq(at_cons, cons(y, r)), (1, 3)),
                Step("induction", goal, (0, 4), variable=l, fresh=((), (y, r))),
            ),
        ),
        Derivation(
            "cons_injective",
            injective,
            (
                Step("assume", t.eq(cons(x, l), cons(y, m))),
                Step("injective", t.eq(l, m), (0,)),
                Step("imp_intro", injective, (1,)),
            ),
        ),
    ]
    return theory, t, derivations


def chain(length: int) -> Case:
    """Peano with a theorem s(...s(x)) = s(...s(x)) by a chain of so many links that come and go."""
    theory, t, good = peano()
    x = t.var("x", "N")
    more = t.app("+", x, t.app("0"))
    short, long = t.app("s", x), t.app("s", more)
    steps = [
        Step("axiom", t.eq(more, x), cites="+.1"),
        Step("sym", t.eq(x, more), (0,)),
        Step("cong", t.eq(short, long), (1,)),
        Step("cong", t.eq(long, short), (0,)),
    ]
    steps.append(Step("trans", t.eq(short, short), tuple(2 + i % 2 for i in range(2 * length))))
    return theory, t, [*good, Derivation("there_and_back", t.eq(short, short), tuple(steps))]


def hostile() -> Case:
    """The Peano certificate under names that mean something to Lean, to Python or to HTML."""
    theory, t, derivations = peano()
    new_name = {"zero_add": "sorry", "succ_add": "<script>alert(1)</script>", "logic": "Nat.rec := sorry -- «»"}
    symbols = {"+": "theorem", "s": "M", "0": "__import__('os')", "*": "mk", "<=": "z₀"}
    variables = {"x": "Eq", "n": "axiom", "y": "x'"}
    moved = TermTable()
    place: list[int] = []
    for row in t.rows:
        if row[0] == "var":
            place.append(moved.var(variables.get(str(row[1]), str(row[1])), "Prop → Type"))
        elif row[0] == "bound":
            place.append(moved.add(("bound", row[1], "Prop → Type")))
        elif row[0] == "app":
            place.append(moved.app(symbols[str(row[1])], *(place[int(c)] for c in row[2:])))
        elif row[0] in ("all", "ex"):
            place.append(moved.add((row[0], "Prop → Type", place[int(row[2])]), "fun"))
        else:
            place.append(moved.add((row[0], *(place[int(c)] for c in row[1:]))))
    sort = "Prop → Type"
    new_theory = Theory(
        "end Nat",
        (sort,),
        (Datatype(sort, tuple(symbols[c] for c in theory.datatypes[0].constructors)),),
        tuple(
            replace(
                s,
                name=symbols[s.name],
                arguments=tuple(sort for _ in s.arguments),
                result="Prop" if s.result == "Prop" else sort,
            )
            for s in theory.symbols
        ),
        tuple(replace(a, formula=place[a.formula], symbol=symbols[str(a.symbol)]) for a in theory.axioms),
        (),
        moved,
    )

    def step(given: Step) -> Step:
        return replace(
            given,
            conclusion=place[given.conclusion],
            cites=new_name.get(str(given.cites), given.cites) if given.rule == "lemma" else given.cites,
            substitution=tuple((place[a], place[b]) for a, b in given.substitution),
            variable=None if given.variable is None else place[given.variable],
            terms=tuple(place[i] for i in given.terms),
            generalised=tuple(place[i] for i in given.generalised),
            fresh=tuple(tuple(place[i] for i in group) for group in given.fresh),
        )

    return (
        new_theory,
        moved,
        [
            Derivation(new_name.get(d.name, d.name), place[d.statement], tuple(step(s) for s in d.steps))
            for d in derivations
        ],
    )
