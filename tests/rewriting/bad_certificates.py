"""Certificates that must be refused, each aimed at one condition of the checker.

Most of them would prove something false if that condition were missing; the rest would make the checker fail instead
of refuse. `test_check.py` shows that each is refused, and for the reason that it names; `test_check_weakened.py` drops
the checker's conditions one at a time and shows that some entry of this list then gets through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lemmata.rewriting.certificate import RULES, Derivation, Step
from lemmata.rewriting.operations import builtin_symbols
from lemmata.rewriting.syntax import TermTable
from lemmata.rewriting.theory import Axiom, Datatype, Notation, Symbol, Theory
from tests.rewriting.laws import CONSTANTS, cited, laws
from tests.samples import peano, peano_derivations


@dataclass(frozen=True)
class Bad:
    """A theory and derivations over `terms`; the checker's message must contain `why`."""

    name: str
    why: str
    theory: Theory
    terms: TermTable
    derivations: tuple[Derivation, ...]


class Peano:
    """Short names for writing derivations over one table."""

    def __init__(self) -> None:
        self.theory = peano()
        self.t = TermTable()
        self.x, self.y, self.z, self.n, self.w = (self.t.var(v, "N") for v in "xyznw")
        self.zero = self.t.app("0")
        self.one = self.s(self.zero)
        self.absurd = self.eq(self.zero, self.one)
        self.false = self.t.false()

    def s(self, a: int) -> int:
        return self.t.app("s", a)

    def plus(self, a: int, b: int) -> int:
        return self.t.app("+", a, b)

    def eq(self, a: int, b: int) -> int:
        return self.t.eq(a, b)

    def imp(self, a: int, b: int) -> int:
        return self.t.imp(a, b)

    def either(self, a: int, b: int) -> int:
        return self.t.add(("or", a, b))

    def some(self, v: int, body: int) -> int:
        return self.t.abstract("ex", v, body)

    def every(self, v: int, body: int) -> int:
        return self.t.abstract("all", v, body)


Sketch = Callable[[Peano], tuple[int, list[Step]]]
_CATALOGUE: list[Callable[[], Bad]] = []


def _proof(why: str) -> Callable[[Sketch], Sketch]:
    """A single derivation in Peano: the function gives its statement and steps."""

    def register(sketch: Sketch) -> Sketch:
        def build() -> Bad:
            p = Peano()
            statement, steps = sketch(p)
            return Bad(sketch.__name__, why, p.theory, p.t, (Derivation("claim", statement, tuple(steps)),))

        _CATALOGUE.append(build)
        return sketch

    return register


def _theory(why: str) -> Callable[[Callable[[Theory], Theory]], Callable[[Theory], Theory]]:
    """A theory that is not well formed: the function changes Peano's."""

    def register(change: Callable[[Theory], Theory]) -> Callable[[Theory], Theory]:
        _CATALOGUE.append(lambda: Bad(change.__name__, why, change(peano()), TermTable(), ()))
        return change

    return register


def catalogue() -> list[Bad]:
    """All of them, freshly built."""
    return [build() for build in _CATALOGUE]


# The derivation as a whole.


@_proof("needs a step")
def nothing_at_all(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, []


@_proof("concludes something else")
def another_statement(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", p.eq(p.x, p.x))]


@_proof("hypotheses are left")
def an_open_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("assume", p.absurd)]


@_proof("a conclusion must be a formula")
def a_term_for_a_statement(p: Peano) -> tuple[int, list[Step]]:
    return p.imp(p.false, p.false), [
        Step("assume", p.zero),
        Step("assume", p.false),
        Step("imp_intro", p.imp(p.false, p.false), (1,)),
    ]


@_proof("outside its quantifier")
def a_loose_bound_variable(p: Peano) -> tuple[int, list[Step]]:
    loose = p.t.add(("bound", 0, "N"))
    return p.eq(loose, loose), [Step("refl", p.eq(loose, loose))]


@_proof("a term that is not in the table")
def a_term_beyond_the_table(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", 10_000)]


@_proof("a term that is not in the table")
def a_negative_term(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", -1)]


@_proof("a term that is not in the table")
def a_fraction_for_a_term(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", 1.0)]  # type: ignore[arg-type]


@_proof("unknown rule")
def an_unknown_rule(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("sorry", p.absurd)]


@_proof("unknown rule")
def a_method_of_the_checker_for_a_rule(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("type_rows", p.absurd)]


@_proof("wrong number of premises")
def a_symmetry_of_nothing(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("sym", p.absurd)]


@_proof("wrong number of premises")
def a_premise_too_many(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("sym", same, (0, 0))]


@_proof("not before it")
def a_step_that_cites_itself(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("sym", p.absurd, (0,))]


@_proof("not before it")
def a_step_that_counts_from_the_end(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("sym", same, (-1,))]


@_proof("not before it")
def a_premise_given_as_a_truth_value(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("refl", same), Step("sym", same, (True,))]


@_proof("sort 'M' is not declared")
def a_variable_of_an_undeclared_sort(p: Peano) -> tuple[int, list[Step]]:
    m = p.t.var("x", "M")
    return p.eq(m, m), [Step("refl", p.eq(m, m))]


@_proof("not well sorted")
def a_formula_for_an_argument(p: Peano) -> tuple[int, list[Step]]:
    odd = p.eq(p.s(p.false), p.s(p.false))
    return odd, [Step("refl", odd)]


@_proof("not well sorted")
def an_equation_of_formulas(p: Peano) -> tuple[int, list[Step]]:
    odd = p.eq(p.false, p.false)
    return odd, [Step("refl", odd)]


@_proof("not well sorted")
def a_connective_between_terms(p: Peano) -> tuple[int, list[Step]]:
    odd = p.imp(p.zero, p.zero)
    return odd, [Step("assume", p.absurd), Step("imp_intro", odd, (0,))]


@_proof("'s' takes N, not N, N")
def a_successor_of_two(p: Peano) -> tuple[int, list[Step]]:
    odd = p.t.app("s", p.zero, p.zero)
    return p.eq(odd, odd), [Step("refl", p.eq(odd, odd))]


@_proof("unknown symbol")
def a_symbol_that_is_not_declared(p: Peano) -> tuple[int, list[Step]]:
    odd = p.t.app("__import__")
    return p.eq(odd, odd), [Step("refl", p.eq(odd, odd))]


# Axioms, lemmas and substitution.


@_proof("no axiom '+.3'")
def an_axiom_of_no_theory(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("axiom", p.absurd, cites="+.3")]


@_proof("no theorem 'claim' is proved before")
def a_theorem_that_cites_itself(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("lemma", p.absurd, cites="claim")]


@_proof("no theorem '+.1' is proved before")
def an_axiom_cited_as_a_lemma(p: Peano) -> tuple[int, list[Step]]:
    plain = p.eq(p.plus(p.x, p.zero), p.x)
    return plain, [Step("lemma", plain, cites="+.1")]


@_proof("under this substitution")
def an_axiom_that_says_something_else(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("axiom", p.absurd, cites="+.1")]


@_proof("substituted twice")
def a_variable_substituted_twice(p: Peano) -> tuple[int, list[Step]]:
    at_zero = p.eq(p.plus(p.zero, p.zero), p.zero)
    return at_zero, [Step("axiom", at_zero, cites="+.1", substitution=((p.x, p.one), (p.x, p.zero)))]


@_proof("a variable is wanted")
def a_constant_substituted(p: Peano) -> tuple[int, list[Step]]:
    # x + 0 = x with 1 for 0 would give x + 1 = x
    wrong = p.eq(p.plus(p.x, p.one), p.x)
    return wrong, [Step("axiom", wrong, cites="+.1", substitution=((p.zero, p.one),))]


@_proof("a term of sort Prop where N is wanted")
def a_formula_substituted_for_a_number(p: Peano) -> tuple[int, list[Step]]:
    plain = p.eq(p.plus(p.y, p.zero), p.y)
    return plain, [Step("axiom", p.absurd, cites="+.1", substitution=((p.x, p.absurd),))]


@_proof("outside its quantifier")
def capture_by_substitution(p: Peano) -> tuple[int, list[Step]]:
    # (x <= y implies exists p. x + p = y), and back, with the bound p for y, would speak of x + p = p
    loose = p.t.add(("bound", 0, "N"))
    return p.absurd, [Step("axiom", p.absurd, cites="+.1", substitution=((p.x, loose),))]


# Equations.


@_proof("the two sides differ")
def reflexivity_of_two_things(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", p.absurd)]


@_proof("an equation is wanted")
def reflexivity_of_an_implication(p: Peano) -> tuple[int, list[Step]]:
    same = p.imp(p.absurd, p.absurd)
    return same, [Step("refl", same)]


@_proof("an equation is wanted")
def symmetry_of_an_implication(p: Peano) -> tuple[int, list[Step]]:
    # without it, "a implies b" turned round would be "b = a"
    there, back = p.imp(p.false, p.absurd), p.imp(p.absurd, p.false)
    steps = [Step("assume", p.false), Step("false_elim", p.absurd, (0,)), Step("imp_intro", there, (1,))]
    return back, [*steps, Step("sym", back, (2,))]


@_proof("sides exchanged")
def symmetry_that_changes_a_side(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", p.eq(p.zero, p.zero)), Step("sym", p.absurd, (0,))]


@_proof("the chain is broken")
def a_broken_chain(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("refl", p.eq(p.one, p.one)),
        Step("trans", p.absurd, (0, 1)),
    ]


@_proof("the chain ends elsewhere")
def a_chain_that_ends_elsewhere(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", p.eq(p.zero, p.zero)), Step("trans", p.absurd, (0, 0))]


@_proof("do not justify a difference")
def congruence_of_different_heads(p: Peano) -> tuple[int, list[Step]]:
    # s(x) and 0 + x have equal "arguments" if only the arguments are compared
    return p.absurd, [Step("refl", p.eq(p.x, p.x)), Step("cong", p.absurd, (0,))]


@_proof("do not justify a difference")
def congruence_of_two_operations(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.eq(p.plus(p.x, p.y), p.t.app("*", p.x, p.y))
    return wrong, [Step("refl", p.eq(p.x, p.x)), Step("cong", wrong, (0,))]


@_proof("do not justify a difference")
def congruence_used_backwards(p: Peano) -> tuple[int, list[Step]]:
    there, back = p.eq(p.plus(p.x, p.zero), p.x), p.eq(p.s(p.x), p.s(p.plus(p.x, p.zero)))
    return back, [Step("axiom", there, cites="+.1"), Step("cong", back, (0,))]


@_proof("do not justify a difference")
def congruence_of_constants(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.eq(p.x, p.y)
    return wrong, [Step("refl", p.eq(p.x, p.x)), Step("cong", wrong, (0,))]


@_proof("do not justify a difference")
def a_rewriting_of_a_quantifier_into_the_other(p: Peano) -> tuple[int, list[Step]]:
    is_zero = p.eq(p.x, p.zero)
    every, some = p.every(p.x, is_zero), p.some(p.x, is_zero)
    return every, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("ex_intro", some, (0,), terms=(p.zero,)),
        Step("rewrite", every, (1, 0)),
    ]


# Connectives.


@_proof("something else than its premise")
def an_implication_of_something_else(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.imp(p.eq(p.x, p.x), p.absurd)
    return wrong, [Step("refl", p.eq(p.x, p.x)), Step("imp_intro", wrong, (0,))]


@_proof("of the form 'imp' is wanted")
def a_disjunction_introduced_as_an_implication(p: Peano) -> tuple[int, list[Step]]:
    # falsity or 0 = 1, from 0 = 1 under falsity
    wrong = p.either(p.false, p.absurd)
    return wrong, [
        Step("assume", p.false),
        Step("false_elim", p.absurd, (0,)),
        Step("imp_intro", wrong, (1,)),
    ]


@_proof("not what the first one asks for")
def a_premise_that_is_not_asked_for(p: Peano) -> tuple[int, list[Step]]:
    falls = p.imp(p.absurd, p.false)
    return p.false, [
        Step("assume", p.absurd),
        Step("distinct", p.false, (0,)),
        Step("imp_intro", falls, (1,)),
        Step("refl", p.eq(p.x, p.x)),
        Step("imp_elim", p.false, (2, 3)),
    ]


@_proof("not what the first premise gives")
def a_conclusion_that_is_not_given(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return p.absurd, [
        Step("refl", same),
        Step("imp_intro", p.imp(same, same), (0,)),
        Step("imp_elim", p.absurd, (1, 0)),
    ]


@_proof("not the two premises")
def a_conjunction_of_others(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return p.t.conj(same, p.absurd), [Step("refl", same), Step("and_intro", p.t.conj(same, p.absurd), (0, 0))]


@_proof("not a side of the conjunction")
def a_side_of_no_conjunction(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    both = p.t.conj(same, same)
    return p.absurd, [Step("refl", same), Step("and_intro", both, (0, 0)), Step("and_elim", p.absurd, (1,))]


@_proof("not a side of the disjunction")
def a_disjunction_of_others(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.either(p.absurd, p.false)
    return wrong, [Step("refl", p.eq(p.x, p.x)), Step("or_intro", wrong, (0,))]


@_proof("the cases conclude something else")
def cases_with_two_conclusions(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return p.absurd, [
        Step("refl", same),
        Step("or_intro", p.either(same, same), (0,)),
        Step("or_elim", p.absurd, (1, 0, 0)),
    ]


@_proof("hypotheses are left")
def a_case_discharged_on_the_wrong_side(p: Peano) -> tuple[int, list[Step]]:
    # from (x = x or 0 = 1): the second case assumes the first side's formula away only
    same = p.eq(p.x, p.x)
    either = p.either(same, p.absurd)
    return p.absurd, [
        Step("refl", same),
        Step("or_intro", either, (0,)),
        Step("assume", p.absurd),
        Step("or_elim", p.absurd, (1, 2, 2)),
    ]


@_proof("the premise is not falsity")
def anything_from_a_truth(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, [Step("refl", p.eq(p.x, p.x)), Step("false_elim", p.absurd, (0,))]


# Quantifiers.


@_proof("free in a hypothesis")
def a_generalisation_over_a_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    # x = 0 implies forall x. x = 0; at 1: falsity
    is_zero = p.eq(p.x, p.zero)
    every = p.every(p.x, is_zero)
    return p.imp(is_zero, every), [
        Step("assume", is_zero),
        Step("all_intro", every, (0,), variable=p.x),
        Step("imp_intro", p.imp(is_zero, every), (1,)),
    ]


@_proof("not the premise for all values")
def a_generalisation_of_something_else(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.every(p.x, p.eq(p.x, p.zero))
    return wrong, [Step("refl", p.eq(p.x, p.x)), Step("all_intro", wrong, (0,), variable=p.x)]


@_proof("a variable is wanted")
def a_generalisation_over_nothing(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.eq(p.x, p.x))
    return every, [Step("refl", p.eq(p.x, p.x)), Step("all_intro", every, (0,))]


@_proof("a variable is wanted")
def a_generalisation_over_a_constant(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.eq(p.zero, p.zero))
    return every, [Step("refl", p.eq(p.zero, p.zero)), Step("all_intro", every, (0,), variable=p.zero)]


@_proof("not the premise at these terms")
def an_instance_at_another_term(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.eq(p.x, p.x))
    return p.absurd, [
        Step("refl", p.eq(p.x, p.x)),
        Step("all_intro", every, (0,), variable=p.x),
        Step("all_elim", p.absurd, (1,), terms=(p.zero,)),
    ]


@_proof("a term is wanted")
def an_instance_at_no_term(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.eq(p.x, p.x))
    return every, [
        Step("refl", p.eq(p.x, p.x)),
        Step("all_intro", every, (0,), variable=p.x),
        Step("all_elim", every, (1,)),
    ]


@_proof("of the form 'all' is wanted")
def an_instance_of_an_existence(p: Peano) -> tuple[int, list[Step]]:
    # exists x. x = 0, at 1
    some = p.some(p.x, p.eq(p.x, p.zero))
    return p.eq(p.one, p.zero), [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("ex_intro", some, (0,), terms=(p.zero,)),
        Step("all_elim", p.eq(p.one, p.zero), (1,), terms=(p.one,)),
    ]


@_proof("a term of sort Prop where N is wanted")
def an_instance_at_a_formula(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.imp(p.false, p.false))
    plain = p.imp(p.false, p.false)
    return plain, [
        Step("assume", p.false),
        Step("imp_intro", plain, (0,)),
        Step("all_intro", every, (1,), variable=p.x),
        Step("all_elim", plain, (2,), terms=(p.false,)),
    ]


@_proof("not the body at the witness")
def a_witness_that_does_not_fit(p: Peano) -> tuple[int, list[Step]]:
    some = p.some(p.x, p.eq(p.x, p.s(p.x)))
    return some, [Step("refl", p.eq(p.x, p.x)), Step("ex_intro", some, (0,), terms=(p.x,))]


@_proof("one witness is wanted")
def no_witness(p: Peano) -> tuple[int, list[Step]]:
    some = p.some(p.x, p.eq(p.x, p.x))
    return some, [Step("refl", p.eq(p.x, p.x)), Step("ex_intro", some, (0,))]


@_proof("one witness is wanted")
def two_witnesses(p: Peano) -> tuple[int, list[Step]]:
    some = p.some(p.x, p.eq(p.x, p.x))
    return some, [Step("refl", p.eq(p.x, p.x)), Step("ex_intro", some, (0,), terms=(p.x, p.y))]


def _from_some_zero(p: Peano, steps: list[Step]) -> list[Step]:
    """Steps 0 and 1 prove exists x. x = 0; the given ones follow."""
    some = p.some(p.x, p.eq(p.x, p.zero))
    return [Step("refl", p.eq(p.zero, p.zero)), Step("ex_intro", some, (0,), terms=(p.zero,)), *steps]


@_proof("the witness's name is not fresh")
def a_witness_that_escapes(p: Peano) -> tuple[int, list[Step]]:
    # exists x. x = 0, so x = 0
    is_zero = p.eq(p.x, p.zero)
    return is_zero, _from_some_zero(p, [Step("assume", is_zero), Step("ex_elim", is_zero, (1, 2), variable=p.x)])


@_proof("the witness's name is not fresh")
def a_witness_known_to_a_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    # n = 1 implies falsity, for the witness n of exists x. x = 0
    is_zero, is_one = p.eq(p.n, p.zero), p.eq(p.n, p.one)
    return p.imp(is_one, p.false), _from_some_zero(
        p,
        [
            Step("assume", is_zero),
            Step("assume", is_one),
            Step("sym", p.eq(p.zero, p.n), (2,)),
            Step("trans", p.absurd, (4, 3)),
            Step("distinct", p.false, (5,)),
            Step("ex_elim", p.false, (1, 6), variable=p.n),
            Step("imp_intro", p.imp(is_one, p.false), (7,)),
        ],
    )


@_proof("the witness's name is not fresh")
def a_witness_known_to_the_existence(p: Peano) -> tuple[int, list[Step]]:
    # exists y. y = s(x), with x for the witness: x = s(x)
    some = p.some(p.y, p.eq(p.y, p.s(p.x)))
    never = p.some(p.z, p.eq(p.z, p.s(p.z)))
    return never, [
        Step("refl", p.eq(p.s(p.x), p.s(p.x))),
        Step("ex_intro", some, (0,), terms=(p.s(p.x),)),
        Step("assume", p.eq(p.x, p.s(p.x))),
        Step("ex_intro", never, (2,), terms=(p.x,)),
        Step("ex_elim", never, (1, 3), variable=p.x),
    ]


@_proof("concludes something else")
def an_existence_eliminated_into_something_else(p: Peano) -> tuple[int, list[Step]]:
    return p.absurd, _from_some_zero(p, [Step("refl", p.eq(p.x, p.x)), Step("ex_elim", p.absurd, (1, 2), variable=p.x)])


@_proof("a variable is wanted")
def an_existence_eliminated_at_a_constant(p: Peano) -> tuple[int, list[Step]]:
    # exists x. x = 0, with the constant 1 for the witness, gives 1 = 0
    wrong = p.eq(p.one, p.zero)
    return wrong, _from_some_zero(p, [Step("assume", wrong), Step("ex_elim", wrong, (1, 2), variable=p.one)])


@_proof("of the form 'ex' is wanted")
def an_implication_eliminated_as_an_existence(p: Peano) -> tuple[int, list[Step]]:
    every = p.every(p.x, p.eq(p.x, p.x))
    same = p.eq(p.y, p.y)
    return same, [
        Step("refl", p.eq(p.x, p.x)),
        Step("all_intro", every, (0,), variable=p.x),
        Step("refl", same),
        Step("ex_elim", same, (1, 2), variable=p.z),
    ]


@_proof("another sort")
def a_quantifier_over_another_sort(p: Peano) -> tuple[int, list[Step]]:
    p.theory = replace(p.theory, sorts=("N", "M"))
    odd = p.t.add(("all", "N", p.eq(*[p.t.add(("bound", 0, "M"))] * 2)))
    return odd, [Step("assume", p.false), Step("false_elim", odd, (0,)), Step("imp_intro", p.imp(p.false, odd), (1,))]


# Constructors.


@_proof("two different constructors")
def injectivity_across_constructors(p: Peano) -> tuple[int, list[Step]]:
    wrong = p.imp(p.absurd, p.eq(p.x, p.x))
    return wrong, [
        Step("assume", p.absurd),
        Step("injective", p.eq(p.x, p.x), (0,)),
        Step("imp_intro", wrong, (1,)),
    ]


@_proof("not an equation between arguments")
def injectivity_that_gives_something_else(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.s(p.x), p.s(p.x))
    return p.absurd, [Step("refl", same), Step("injective", p.absurd, (0,))]


@_proof("a constructor is wanted")
def injectivity_of_an_operation(p: Peano) -> tuple[int, list[Step]]:
    # x + 0 = y + z implies x = y
    given = p.eq(p.plus(p.x, p.zero), p.plus(p.y, p.z))
    wrong = p.imp(given, p.eq(p.x, p.y))
    return wrong, [
        Step("assume", given),
        Step("injective", p.eq(p.x, p.y), (0,)),
        Step("imp_intro", wrong, (1,)),
    ]


@_proof("a constructor is wanted")
def a_variable_with_the_name_of_a_constructor(p: Peano) -> tuple[int, list[Step]]:
    # for the variable called "0": s(x) != 0
    given = p.eq(p.s(p.x), p.t.var("0", "N"))
    wrong = p.imp(given, p.false)
    return wrong, [Step("assume", given), Step("distinct", p.false, (0,)), Step("imp_intro", wrong, (1,))]


@_proof("the same constructor on both sides")
def distinctness_of_one_constructor(p: Peano) -> tuple[int, list[Step]]:
    return p.false, [Step("refl", p.eq(p.zero, p.zero)), Step("distinct", p.false, (0,))]


@_proof("something else than falsity")
def distinctness_that_gives_something_else(p: Peano) -> tuple[int, list[Step]]:
    return p.imp(p.absurd, p.absurd), [
        Step("assume", p.absurd),
        Step("distinct", p.eq(p.x, p.y), (0,)),
        Step("imp_intro", p.imp(p.absurd, p.absurd), (0,)),
    ]


# Cases and induction.


@_proof("one term is to be split on")
def cases_on_nothing(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("cases", same, (0, 0), fresh=((), (p.n,)))]


@_proof("one term is to be split on")
def cases_on_two_terms(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("cases", same, (0, 0), terms=(p.x, p.y), fresh=((), (p.n,)))]


@_proof("Prop is not a datatype")
def cases_on_a_formula(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("cases", same, (0, 0), terms=(same,), fresh=((), (p.n,)))]


@_proof("outside its quantifier")
def cases_on_a_loose_bound_variable(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    loose = p.t.add(("bound", 0, "N"))
    return same, [Step("refl", same), Step("cases", same, (0, 0), terms=(loose,), fresh=((), (p.n,)))]


@_proof("one case for each constructor")
def a_forgotten_case(p: Peano) -> tuple[int, list[Step]]:
    # x = 0, by cases of which only the first is looked at
    is_zero = p.eq(p.x, p.zero)
    return is_zero, [Step("assume", is_zero), Step("cases", is_zero, (0,), terms=(p.x,), fresh=((), (p.n,)))]


@_proof("one case for each constructor")
def a_forgotten_list_of_variables(p: Peano) -> tuple[int, list[Step]]:
    is_zero = p.eq(p.x, p.zero)
    return is_zero, [Step("assume", is_zero), Step("cases", is_zero, (0,), terms=(p.x,), fresh=((),))]


@_proof("a case concludes something else")
def a_case_with_another_conclusion(p: Peano) -> tuple[int, list[Step]]:
    is_zero, same = p.eq(p.x, p.zero), p.eq(p.x, p.x)
    return is_zero, [
        Step("assume", is_zero),
        Step("refl", same),
        Step("cases", is_zero, (0, 1), terms=(p.x,), fresh=((), (p.n,))),
    ]


@_proof("a case's variables are not fresh")
def a_case_variable_in_the_conclusion(p: Peano) -> tuple[int, list[Step]]:
    # x = 0 or x = s(n), for every n
    wrong = p.either(p.eq(p.x, p.zero), p.eq(p.x, p.s(p.n)))
    return wrong, [
        Step("assume", p.eq(p.x, p.zero)),
        Step("or_intro", wrong, (0,)),
        Step("assume", p.eq(p.x, p.s(p.n))),
        Step("or_intro", wrong, (2,)),
        Step("cases", wrong, (1, 3), terms=(p.x,), fresh=((), (p.n,))),
    ]


@_proof("a case's variables are not fresh")
def a_case_variable_in_the_term(p: Peano) -> tuple[int, list[Step]]:
    # split on n, with n = s(n) for the second case
    never = p.some(p.w, p.eq(p.w, p.s(p.w)))
    claim = p.imp(p.imp(p.eq(p.n, p.zero), p.false), never)
    is_zero = p.eq(p.n, p.zero)
    return claim, [
        Step("assume", p.imp(is_zero, p.false)),
        Step("assume", is_zero),
        Step("imp_elim", p.false, (0, 1)),
        Step("false_elim", never, (2,)),
        Step("assume", p.eq(p.n, p.s(p.n))),
        Step("ex_intro", never, (4,), terms=(p.n,)),
        Step("cases", never, (3, 5), terms=(p.n,), fresh=((), (p.n,))),
        Step("imp_intro", claim, (6,)),
    ]


@_proof("a case's variables are not fresh")
def a_case_variable_in_a_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    # (n = 0 implies (x != 0 implies x = 1)): the predecessor of x is taken for that n
    n_zero, x_zero, x_succ = p.eq(p.n, p.zero), p.eq(p.x, p.zero), p.eq(p.x, p.s(p.n))
    x_one, not_zero = p.eq(p.x, p.one), p.imp(p.eq(p.x, p.zero), p.false)
    claim = p.imp(n_zero, p.imp(not_zero, x_one))
    return claim, [
        Step("assume", n_zero),
        Step("assume", not_zero),
        Step("assume", x_zero),
        Step("imp_elim", p.false, (1, 2)),
        Step("false_elim", x_one, (3,)),
        Step("assume", x_succ),
        Step("rewrite", x_one, (5, 0)),
        Step("cases", x_one, (4, 6), terms=(p.x,), fresh=((), (p.n,))),
        Step("imp_intro", p.imp(not_zero, x_one), (7,)),
        Step("imp_intro", claim, (8,)),
    ]


@_proof("the wrong sorts")
def a_case_without_its_variable(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.x, p.x)
    return same, [Step("refl", same), Step("cases", same, (0, 0), terms=(p.x,), fresh=((), ()))]


@_proof("a variable is wanted")
def a_case_whose_variable_is_a_constant(p: Peano) -> tuple[int, list[Step]]:
    # every x is 0 or 1
    wrong = p.either(p.eq(p.x, p.zero), p.eq(p.x, p.one))
    return wrong, [
        Step("assume", p.eq(p.x, p.zero)),
        Step("or_intro", wrong, (0,)),
        Step("assume", p.eq(p.x, p.one)),
        Step("or_intro", wrong, (2,)),
        Step("cases", wrong, (1, 3), terms=(p.x,), fresh=((), (p.zero,))),
    ]


@_proof("a variable is generalised twice")
def an_induction_generalised_over_its_own_variable(p: Peano) -> tuple[int, list[Step]]:
    # x = x + 1 at x + 1, under its truth for all x
    goal = p.eq(p.x, p.x)
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("refl", p.eq(p.s(p.n), p.s(p.n))),
        Step("induction", goal, (0, 1), variable=p.x, generalised=(p.x,), fresh=((), (p.n,))),
    ]


@_proof("a case proves something else")
def an_induction_that_proves_something_else(p: Peano) -> tuple[int, list[Step]]:
    goal = p.eq(p.x, p.zero)
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("refl", p.eq(p.s(p.n), p.s(p.n))),
        Step("induction", goal, (0, 1), variable=p.x, fresh=((), (p.n,))),
    ]


@_proof("a case's variables are not fresh")
def an_induction_that_assumes_its_next_case(p: Peano) -> tuple[int, list[Step]]:
    goal = p.eq(p.x, p.zero)
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("assume", p.eq(p.s(p.n), p.zero)),
        Step("induction", goal, (0, 1), variable=p.x, fresh=((), (p.n,))),
    ]


@_proof("a case's variables are not fresh")
def an_induction_over_a_generalised_variable(p: Peano) -> tuple[int, list[Step]]:
    # the predecessor y of x is also generalised: the hypothesis would be "forall y. y = 0", and x = 0 would follow
    goal = p.eq(p.x, p.zero)
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("assume", p.every(p.y, p.eq(p.y, p.zero))),
        Step("all_elim", p.eq(p.s(p.y), p.zero), (1,), terms=(p.s(p.y),)),
        Step("induction", goal, (0, 2), variable=p.x, generalised=(p.y,), fresh=((), (p.y,))),
    ]


@_proof("a case's variables are not fresh")
def an_induction_variable_in_the_conclusion(p: Peano) -> tuple[int, list[Step]]:
    # (n = 1 implies (x = 0 or x = 1)) needs nothing else than that s(n) is the next case's x
    given = p.eq(p.n, p.zero)
    goal = p.imp(given, p.either(p.eq(p.x, p.zero), p.eq(p.x, p.one)))
    first = p.either(p.eq(p.zero, p.zero), p.eq(p.zero, p.one))
    second = p.either(p.eq(p.s(p.n), p.zero), p.eq(p.s(p.n), p.one))
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("or_intro", first, (0,)),
        Step("imp_intro", p.imp(given, first), (1,)),
        Step("assume", given),
        Step("cong", p.eq(p.s(p.n), p.one), (3,)),
        Step("or_intro", second, (4,)),
        Step("imp_intro", p.imp(given, second), (5,)),
        Step("induction", goal, (2, 6), variable=p.x, fresh=((), (p.n,))),
    ]


@_proof("a case's variables are not fresh")
def an_induction_case_variable_in_a_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    # n = 0 implies (x = 0 or x = 1)
    given = p.eq(p.n, p.zero)
    goal = p.either(p.eq(p.x, p.zero), p.eq(p.x, p.one))
    first = p.either(p.eq(p.zero, p.zero), p.eq(p.zero, p.one))
    second = p.either(p.eq(p.s(p.n), p.zero), p.eq(p.s(p.n), p.one))
    return p.imp(given, goal), [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("or_intro", first, (0,)),
        Step("assume", given),
        Step("cong", p.eq(p.s(p.n), p.one), (2,)),
        Step("or_intro", second, (3,)),
        Step("induction", goal, (1, 4), variable=p.x, fresh=((), (p.n,))),
        Step("imp_intro", p.imp(given, goal), (5,)),
    ]


@_proof("a variable of the induction is free in a hypothesis")
def an_induction_generalised_over_a_hypothesis(p: Peano) -> tuple[int, list[Step]]:
    # y = 0 implies y = x: true at x = 0, and the hypothesis "forall y. y = n" is absurd
    given, goal = p.eq(p.y, p.zero), p.eq(p.y, p.x)
    return p.imp(given, goal), [
        Step("assume", given),
        Step("assume", p.every(p.y, p.eq(p.y, p.n))),
        Step("all_elim", p.eq(p.zero, p.n), (1,), terms=(p.zero,)),
        Step("all_elim", p.eq(p.one, p.n), (1,), terms=(p.one,)),
        Step("sym", p.eq(p.n, p.one), (3,)),
        Step("trans", p.absurd, (2, 4)),
        Step("distinct", p.false, (5,)),
        Step("false_elim", p.eq(p.y, p.s(p.n)), (6,)),
        Step("induction", goal, (0, 7), variable=p.x, generalised=(p.y,), fresh=((), (p.n,))),
        Step("imp_intro", p.imp(given, goal), (8,)),
    ]


@_proof("a variable is wanted")
def an_induction_on_a_constant(p: Peano) -> tuple[int, list[Step]]:
    # with 1 for the variable, "1 = 0" has the cases "0 = 0" and, under "n = 0", "s(n) = 0" from "s(n) = s(n)"
    goal = p.eq(p.one, p.one)
    return goal, [
        Step("refl", p.eq(p.zero, p.zero)),
        Step("refl", p.eq(p.s(p.n), p.s(p.n))),
        Step("induction", goal, (0, 1), variable=p.one, fresh=((), (p.n,))),
    ]


@_proof("a variable is wanted")
def an_induction_on_nothing(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.y, p.y)
    return same, [Step("refl", same), Step("induction", same, (0, 0), fresh=((), (p.n,)))]


@_proof("a variable is wanted")
def an_induction_generalised_over_a_constant(p: Peano) -> tuple[int, list[Step]]:
    same = p.eq(p.y, p.y)
    return same, [
        Step("refl", same),
        Step("induction", same, (0, 0), variable=p.x, generalised=(p.zero,), fresh=((), (p.n,))),
    ]


# Rules that would forget a hypothesis.


def _under_absurdity(rule: str) -> Callable[[Peano], tuple[int, list[Step]]]:
    """A correct use of `rule` from the hypothesis 0 = 1, which nothing discharges."""

    def sketch(p: Peano) -> tuple[int, list[Step]]:
        t, h = p.t, p.absurd
        one_zero, every, some = p.eq(p.one, p.zero), p.every(p.x, p.absurd), p.some(p.x, p.absurd)
        start = [Step("assume", h)]
        uses = {
            "sym": [Step("sym", one_zero, (0,))],
            "trans": [Step("refl", p.eq(p.zero, p.zero)), Step("trans", h, (1, 0))],
            "cong": [Step("cong", p.eq(p.one, p.s(p.one)), (0,))],
            "ac": [
                Step("distinct", p.false, (0,)),
                Step("false_elim", p.eq(p.plus(p.x, p.y), p.plus(p.y, p.x)), (1,)),
                Step("ac", p.eq(p.plus(p.zero, p.x), p.plus(p.x, p.zero)), (2,)),
            ],
            "rewrite": [Step("rewrite", p.eq(p.one, p.one), (0, 0))],
            "imp_intro": [Step("imp_intro", p.imp(p.eq(p.x, p.x), h), (0,))],
            "imp_elim": [
                Step("imp_intro", p.imp(p.eq(p.x, p.x), h), (0,)),
                Step("refl", p.eq(p.x, p.x)),
                Step("imp_elim", h, (1, 2)),
            ],
            "and_intro": [Step("and_intro", t.conj(h, h), (0, 0))],
            "and_elim": [Step("and_intro", t.conj(h, h), (0, 0)), Step("and_elim", h, (1,))],
            "or_intro": [Step("or_intro", p.either(h, p.false), (0,))],
            "or_elim": [
                Step("or_intro", p.either(h, h), (0,)),
                Step("or_elim", h, (1, 0, 0)),
            ],
            "false_elim": [Step("distinct", p.false, (0,)), Step("false_elim", p.eq(p.x, p.y), (1,))],
            "all_intro": [Step("all_intro", every, (0,), variable=p.x)],
            "all_elim": [Step("all_intro", every, (0,), variable=p.x), Step("all_elim", h, (1,), terms=(p.zero,))],
            "ex_intro": [Step("ex_intro", some, (0,), terms=(p.zero,))],
            "ex_elim": [Step("ex_intro", some, (0,), terms=(p.zero,)), Step("ex_elim", h, (1, 0), variable=p.x)],
            "injective": [
                Step("cong", p.eq(p.one, p.s(p.one)), (0,)),
                Step("injective", h, (1,)),
            ],
            "distinct": [Step("distinct", p.false, (0,))],
            "cases": [Step("cases", h, (0, 0), terms=(p.x,), fresh=((), (p.n,)))],
            "induction": [Step("induction", h, (0, 0), variable=p.x, fresh=((), (p.n,)))],
        }
        steps = start + uses[rule]
        return steps[-1].conclusion, steps

    sketch.__name__ = f"{rule}_forgets_a_hypothesis"
    return sketch


_FREE_OF_HYPOTHESES = {"axiom", "lemma", "refl", "eval", "assume"}
for _rule in RULES:
    if _rule not in _FREE_OF_HYPOTHESES:
        _proof("hypotheses are left")(_under_absurdity(_rule))


# Several theorems, other theories.

_Whole = Callable[[], tuple[Theory, TermTable, list[Derivation]]]


def _whole(why: str) -> Callable[[_Whole], _Whole]:
    """A whole certificate: the function gives its theory, table and derivations."""

    def register(parts: _Whole) -> _Whole:
        def build() -> Bad:
            theory, terms, derivations = parts()
            return Bad(parts.__name__, why, theory, terms, tuple(derivations))

        _CATALOGUE.append(build)
        return parts

    return register


@_whole("proved already")
def two_theorems_of_one_name() -> tuple[Theory, TermTable, list[Derivation]]:
    p = Peano()
    same = p.eq(p.x, p.x)
    return p.theory, p.t, [Derivation("r", same, (Step("refl", same),))] * 2


@_whole("no theorem 'succ_add' is proved before")
def a_lemma_cited_before_it_is_proved() -> tuple[Theory, TermTable, list[Derivation]]:
    p = Peano()
    known = peano_derivations(p.theory, p.t)
    return p.theory, p.t, sorted(known, key=lambda d: d.name == "succ_add")


@_whole("no theorem 'there' is proved before")
def two_theorems_that_cite_each_other() -> tuple[Theory, TermTable, list[Derivation]]:
    p = Peano()
    back = p.eq(p.one, p.zero)
    return (
        p.theory,
        p.t,
        [
            Derivation("back", back, (Step("lemma", p.absurd, cites="there"), Step("sym", back, (0,)))),
            Derivation("there", p.absurd, (Step("lemma", back, cites="back"), Step("sym", p.absurd, (0,)))),
        ],
    )


def _constant(name: str, sort: str) -> Symbol:
    return Symbol(name, (), sort, "constructor", Notation(name))


def _two_sorts() -> tuple[Theory, TermTable]:
    """Unit = u, Two = a | b, Tree = leaf | node(Tree, Tree)."""
    symbols = (
        _constant("u", "Unit"),
        _constant("a", "Two"),
        _constant("b", "Two"),
        _constant("leaf", "Tree"),
        Symbol("node", ("Tree", "Tree"), "Tree", "constructor", Notation("node")),
    )
    datatypes = (Datatype("Unit", ("u",)), Datatype("Two", ("a", "b")), Datatype("Tree", ("leaf", "node")))
    return Theory("Sorts", ("Unit", "Two", "Tree"), datatypes, symbols, (), (), TermTable()), TermTable()


def _everything_is_u(t: TermTable) -> Derivation:
    x = t.var("x", "Unit")
    goal = t.eq(x, t.app("u"))
    return Derivation("one_value", goal, (Step("assume", goal), Step("cases", goal, (0,), terms=(x,), fresh=((),))))


@_whole("a term of sort Two where Unit is wanted")
def a_value_of_another_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    # x = u holds of every x of sort Unit; v, of sort Two, is not to take its place
    theory, t = _two_sorts()
    x, v, u = t.var("x", "Unit"), t.var("x", "Two"), t.app("u")
    same = t.eq(u, u)
    steps = (Step("lemma", same, cites="one_value", substitution=((x, v),)),)
    return theory, t, [_everything_is_u(t), Derivation("wrong", same, steps)]


@_whole("under this substitution")
def a_variable_of_the_same_name_and_another_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    theory, t = _two_sorts()
    v, a, u = t.var("x", "Two"), t.app("a"), t.app("u")
    wrong = t.eq(u, u)
    steps = (Step("lemma", wrong, cites="one_value", substitution=((v, a),)),)
    return theory, t, [_everything_is_u(t), Derivation("wrong", wrong, steps)]


@_whole("a term of sort Two where Unit is wanted")
def a_witness_of_another_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    theory, t = _two_sorts()
    u, a = t.app("u"), t.app("a")
    some = t.abstract("ex", t.var("x", "Unit"), t.eq(u, u))
    steps = (Step("refl", t.eq(u, u)), Step("ex_intro", some, (0,), terms=(a,)))
    return theory, t, [Derivation("wrong", some, steps)]


@_whole("is not a datatype")
def an_induction_over_a_sort_without_constructors() -> tuple[Theory, TermTable, list[Derivation]]:
    theory, t = _two_sorts()
    x = t.var("x", "Any")
    goal = t.eq(x, x)
    steps = (Step("refl", goal), Step("induction", goal, (0,), variable=x, fresh=((),)))
    return replace(theory, sorts=(*theory.sorts, "Any")), t, [Derivation("wrong", goal, steps)]


@_whole("one case for each constructor")
def a_split_along_another_datatype() -> tuple[Theory, TermTable, list[Derivation]]:
    # every x of sort Two is a, split as if Two were Unit
    theory, t = _two_sorts()
    x = t.var("x", "Two")
    goal = t.eq(x, t.app("a"))
    steps = (Step("assume", goal), Step("cases", goal, (0,), terms=(x,), fresh=((),)))
    return theory, t, [Derivation("wrong", goal, steps)]


@_whole("a case's variables are not distinct")
def one_variable_for_two_arguments() -> tuple[Theory, TermTable, list[Derivation]]:
    # every tree is a leaf or node(w, w)
    theory, t = _two_sorts()
    x, n, w = (t.var(v, "Tree") for v in "xnw")
    is_leaf, is_twin = t.eq(x, t.app("leaf")), t.eq(x, t.app("node", n, n))
    some = t.abstract("ex", w, t.eq(x, t.app("node", w, w)))
    goal = t.add(("or", is_leaf, some))
    steps = (
        Step("assume", is_leaf),
        Step("or_intro", goal, (0,)),
        Step("assume", is_twin),
        Step("ex_intro", some, (2,), terms=(n,)),
        Step("or_intro", goal, (3,)),
        Step("cases", goal, (1, 4), terms=(x,), fresh=((), (n, n))),
    )
    return theory, t, [Derivation("wrong", goal, steps)]


@_whole("the wrong sorts")
def a_case_variable_of_another_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    theory, t = _two_sorts()
    x = t.var("x", "Tree")
    goal = t.eq(x, x)
    fresh = ((), (t.var("n", "Tree"), t.var("m", "Two")))
    steps = (Step("refl", goal), Step("cases", goal, (0, 0), terms=(x,), fresh=fresh))
    return theory, t, [Derivation("wrong", goal, steps)]


# The step `ac`. In `tests/rewriting/laws.py` the operation g has no laws, `.` is associative, `#` commutative.


def _claim(t: TermTable, goal: int, *before: Step) -> tuple[Theory, TermTable, list[Derivation]]:
    """A goal said to follow from the last of the steps before it, by `ac`."""
    return laws(), t, [Derivation("claim", goal, (*before, Step("ac", goal, (len(before) - 1,))))]


def _apply(t: TermTable, f: str, *names: str) -> int:
    """f(f(x, y), z) for names x, y, z; a, b, c are constants, the others variables."""
    below = [t.app(n) if n in CONSTANTS else t.var(n, "S") for n in names]
    term = below[0]
    for other in below[1:]:
        term = t.app(f, term, other)
    return term


@_whole("differ by more than these laws")
def operands_exchanged_without_commutativity() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    goal = t.eq(_apply(t, ".", "a", "b"), _apply(t, ".", "b", "a"))
    return _claim(t, goal, *cited(laws(), t, ["..assoc"]))


@_whole("differ by more than these laws")
def brackets_moved_without_associativity() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    goal = t.eq(_apply(t, "#", "a", "a", "b"), t.app("#", t.app("a"), _apply(t, "#", "a", "b")))
    return _claim(t, goal, *cited(laws(), t, ["#.comm"]))


@_whole("differ by more than these laws")
def another_operation_than_the_laws() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    goal = t.eq(_apply(t, "g", "a", "b"), _apply(t, "g", "b", "a"))
    return _claim(t, goal, *cited(laws(), t, ["#.comm"]))


@_whole("differ by more than these laws")
def an_operand_counted_once() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    goal = t.eq(_apply(t, "+", "a", "a", "b"), _apply(t, "+", "a", "b", "b"))
    steps = cited(laws(), t, ["+.assoc", "+.comm"])
    return laws(), t, [Derivation("claim", goal, (*steps, Step("ac", goal, (0, 1))))]


@_whole("differ by more than these laws")
def a_unit_on_one_side_only() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    goal = t.eq(_apply(t, ";", "nil", "a"), t.app("a"))
    return _claim(t, goal, *cited(laws(), t, [";.right_unit"]))


@_whole("a law of associativity, commutativity or a unit is wanted")
def a_law_that_is_none() -> tuple[Theory, TermTable, list[Derivation]]:
    # g(x, k(y)) = x, if it held, would make no unit of k(y)
    t = TermTable()
    x, odd = t.var("x", "S"), t.app("g", t.var("x", "S"), t.app("k", t.var("y", "S")))
    law = t.eq(odd, x)
    goal = t.eq(t.app("g", t.app("a"), t.app("k", t.var("y", "S"))), t.app("a"))
    return _claim(t, goal, Step("assume", law))


@_whole("a law speaks of variables")
def a_law_about_two_constants() -> tuple[Theory, TermTable, list[Derivation]]:
    # g(a, b) = g(b, a) implies g(x, y) = g(y, x)
    t = TermTable()
    known = t.eq(_apply(t, "g", "a", "b"), _apply(t, "g", "b", "a"))
    goal = t.eq(_apply(t, "g", "x", "y"), _apply(t, "g", "y", "x"))
    steps = (Step("assume", known), Step("ac", goal, (0,)), Step("imp_intro", t.imp(known, goal), (1,)))
    return laws(), t, [Derivation("claim", t.imp(known, goal), steps)]


@_whole("a law speaks of distinct variables")
def a_law_about_one_variable() -> tuple[Theory, TermTable, list[Derivation]]:
    # from g(x, x) = g(x, x), which says nothing
    t = TermTable()
    known = t.eq(_apply(t, "g", "x", "x"), _apply(t, "g", "x", "x"))
    goal = t.eq(_apply(t, "g", "a", "b"), _apply(t, "g", "b", "a"))
    return _claim(t, goal, Step("refl", known))


@_whole("a law that a hypothesis restricts")
def a_law_about_two_values() -> tuple[Theory, TermTable, list[Derivation]]:
    # g(x, y) = g(y, x) for one x and y implies g(a, b) = g(b, a)
    t = TermTable()
    known = t.eq(_apply(t, "g", "x", "y"), _apply(t, "g", "y", "x"))
    goal = t.eq(_apply(t, "g", "a", "b"), _apply(t, "g", "b", "a"))
    steps = (Step("assume", known), Step("ac", goal, (0,)), Step("imp_intro", t.imp(known, goal), (1,)))
    return laws(), t, [Derivation("claim", t.imp(known, goal), steps)]


@_whole("too many operands that must stay in order")
def a_sequence_longer_than_the_file() -> tuple[Theory, TermTable, list[Derivation]]:
    # true, but whoever writes 2^40 operands so would keep the checker busy for ever; 2^12 show it
    t = TermTable()
    halves = [t.app("a")]
    for _ in range(12):
        halves.append(t.app(".", halves[-1], halves[-1]))
    quarter, half, whole = halves[-3:]
    goal = t.eq(whole, t.app(".", t.app(".", half, quarter), quarter))
    return _claim(t, goal, *cited(laws(), t, ["..assoc"]))


# Theories that are not well formed.


@_theory("its sorts are not well formed")
def a_sort_declared_twice(theory: Theory) -> Theory:
    return replace(theory, sorts=("N", "N"))


@_theory("its sorts are not well formed")
def formulas_as_a_sort(theory: Theory) -> Theory:
    return replace(theory, sorts=("N", "Prop"))


@_theory("two symbols have one name")
def two_symbols_of_one_name(theory: Theory) -> Theory:
    return replace(theory, symbols=(*theory.symbols, theory.symbols[-1]))


@_theory("takes a sort that is not declared")
def an_argument_of_no_sort(theory: Theory) -> Theory:
    odd = Symbol("f", ("M",), "N", "abstract", Notation("f"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("takes a sort that is not declared")
def an_operation_on_formulas(theory: Theory) -> Theory:
    odd = Symbol("f", ("Prop",), "N", "abstract", Notation("f"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("a predicate or has a sort, not both")
def a_predicate_that_gives_a_number(theory: Theory) -> Theory:
    odd = Symbol("f", ("N",), "N", "predicate", Notation("f"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("a predicate or has a sort, not both")
def a_constructor_of_formulas(theory: Theory) -> Theory:
    odd = Symbol("f", ("N",), "Prop", "abstract", Notation("f"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("gives a sort that is not declared")
def a_result_of_no_sort(theory: Theory) -> Theory:
    odd = Symbol("f", ("N",), "M", "abstract", Notation("f"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("constructor of no datatype")
def a_constructor_of_no_datatype(theory: Theory) -> Theory:
    odd = Symbol("c", (), "N", "constructor", Notation("c"))
    return replace(theory, symbols=(*theory.symbols, odd))


@_theory("constructor of no datatype")
def a_defined_symbol_among_the_constructors(theory: Theory) -> Theory:
    # + would be injective: 0 + 1 = 1 + 0 gives 0 = 1
    return replace(theory, datatypes=(Datatype("N", ("0", "s", "+")),))


@_theory("two datatypes have one sort")
def two_datatypes_of_one_sort(theory: Theory) -> Theory:
    # numbers that are all 0, by the second declaration alone
    return replace(theory, datatypes=(Datatype("N", ("s",)), Datatype("N", ("0",))))


@_theory("a shared constructor")
def a_constructor_listed_twice(theory: Theory) -> Theory:
    return replace(theory, datatypes=(Datatype("N", ("0", "s", "s")),))


@_theory("does not construct")
def a_constructor_of_another_sort(theory: Theory) -> Theory:
    odd = Datatype("M", ("0",))
    return replace(theory, sorts=("N", "M"), datatypes=(Datatype("N", ("s",)), odd))


@_theory("does not construct")
def a_constructor_that_is_not_declared(theory: Theory) -> Theory:
    return replace(theory, datatypes=(Datatype("N", ("0", "s", "t")),))


@_theory("a datatype has no values")
def a_datatype_without_values(theory: Theory) -> Theory:
    # sort M = c(M): induction over it proves falsity
    odd = Symbol("c", ("M",), "M", "constructor", Notation("c"))
    return replace(
        theory,
        sorts=("N", "M"),
        datatypes=(*theory.datatypes, Datatype("M", ("c",))),
        symbols=(*theory.symbols, odd),
    )


@_theory("a datatype has no values")
def a_datatype_without_constructors(theory: Theory) -> Theory:
    return replace(theory, sorts=("N", "M"), datatypes=(*theory.datatypes, Datatype("M", ())))


@_theory("two axioms are called")
def two_axioms_of_one_name(theory: Theory) -> Theory:
    return replace(theory, axioms=(*theory.axioms, replace(theory.axioms[1], name="+.1")))


@_theory("is not a formula")
def a_term_for_an_axiom(theory: Theory) -> Theory:
    zero = theory.terms.app("0")
    return replace(theory, axioms=(*theory.axioms, Axiom("odd", zero, "axiom")))


@_theory("is not a formula")
def an_axiom_with_a_loose_bound_variable(theory: Theory) -> Theory:
    loose = theory.terms.add(("bound", 0, "N"))
    odd = theory.terms.eq(loose, loose)
    return replace(theory, axioms=(*theory.axioms, Axiom("odd", odd, "axiom")))


@_theory("sort 'M' is not declared")
def an_axiom_about_an_undeclared_sort(theory: Theory) -> Theory:
    m = theory.terms.var("x", "M")
    return replace(theory, axioms=(*theory.axioms, Axiom("odd", theory.terms.eq(m, m), "axiom")))


@_theory("takes N, not")
def an_axiom_that_is_ill_sorted(theory: Theory) -> Theory:
    t = theory.terms
    odd = t.app("s", t.false())
    return replace(theory, axioms=(*theory.axioms, Axiom("odd", t.eq(odd, odd), "axiom")))


# Literals and built-in operations.


def _integers(*more: Symbol, sorts: tuple[str, ...] = ("Int", "Rat", "Bool", "String")) -> Theory:
    return Theory("Integers", sorts, (), (*builtin_symbols(sorts), *more), (), (), TermTable())


def _number(t: TermTable, n: int) -> int:
    return t.literal(str(n), "Int")


@_whole("another value here")
def a_sum_that_is_wrong() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    wrong = t.eq(t.app("+@Int,Int", _number(t, 2), _number(t, 2)), _number(t, 5))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("another value here")
def a_quotient_rounded_towards_zero() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    wrong = t.eq(t.app("div", _number(t, -7), _number(t, 2)), _number(t, -3))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("no value here")
def a_division_by_zero() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    wrong = t.eq(t.app("mod", _number(t, 7), _number(t, 0)), _number(t, 0))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("no value here")
def a_power_that_would_fill_the_memory() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    wrong = t.eq(t.app("^", _number(t, 10), _number(t, 10**15)), _number(t, 0))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("a literal is wanted")
def a_sum_with_a_variable() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    x = t.var("x", "Int")
    wrong = t.eq(t.app("+@Int,Int", x, _number(t, 0)), _number(t, 0))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("a literal is wanted")
def a_value_that_is_no_literal() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    two = t.app("+@Int,Int", _number(t, 1), _number(t, 1))
    wrong = t.eq(two, two)
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("a built-in operation is wanted")
def the_value_of_a_variable() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    wrong = t.eq(t.var("x", "Int"), _number(t, 0))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("a built-in operation is wanted")
def the_value_of_any_function() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    f = Symbol("f", ("Int", "Int"), "Int", "abstract", Notation("+"))
    wrong = t.eq(t.app("f", _number(t, 1), _number(t, 1)), _number(t, 2))
    return _integers(f), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("is no built-in operation")
def an_operation_that_nobody_knows() -> tuple[Theory, TermTable, list[Derivation]]:
    odd = Symbol("random", ("Int",), "Int", "builtin", Notation("random"))
    return _integers(odd), TermTable(), []


@_whole("is no built-in operation")
def a_sum_of_other_sorts() -> tuple[Theory, TermTable, list[Derivation]]:
    odd = Symbol("odd", ("Int", "Rat"), "Int", "builtin", Notation("+"))
    return _integers(odd), TermTable(), []


@_whole("a datatype has none")
def a_comparison_with_values_of_a_datatype() -> tuple[Theory, TermTable, list[Derivation]]:
    # a Bool with one value only would make 1 < 1 and 0 < 1 the same
    less = Symbol("<", ("Int", "Int"), "Bool", "builtin", Notation("<"))
    theory = Theory(
        "T", ("Int", "Bool"), (Datatype("Bool", ("a",)),), (less, _constant("a", "Bool")), (), (), TermTable()
    )
    return theory, TermTable(), []


@_whole("a datatype, which has no literals")
def a_literal_among_the_values_of_a_datatype() -> tuple[Theory, TermTable, list[Derivation]]:
    # of Bool = a, which has one value, two literals would be two more
    theory = Theory("T", ("Bool",), (Datatype("Bool", ("a",)),), (_constant("a", "Bool"),), (), (), TermTable())
    t = TermTable()
    x, a = t.var("x", "Bool"), t.app("a")
    same = t.eq(x, a)
    one = Derivation("one", same, (Step("assume", same), Step("cases", same, (0,), terms=(x,), fresh=((),))))
    yes, no = (t.eq(t.literal(text, "Bool"), a) for text in ("true", "false"))
    both, wrong = t.eq(t.literal("true", "Bool"), t.literal("false", "Bool")), t.false()
    back = t.eq(a, t.literal("false", "Bool"))
    steps = (
        Step("lemma", yes, cites="one", substitution=((x, t.literal("true", "Bool")),)),
        Step("lemma", no, cites="one", substitution=((x, t.literal("false", "Bool")),)),
        Step("sym", back, (1,)),
        Step("trans", both, (0, 2)),
        Step("distinct", wrong, (3,)),
    )
    return theory, t, [one, Derivation("wrong", wrong, steps)]


@_whole("sort 'Int' is not declared")
def a_literal_of_no_declared_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    p = Peano()
    same = p.eq(_number(p.t, 1), _number(p.t, 1))
    return p.theory, p.t, [Derivation("same", same, (Step("refl", same),))]


@_whole("not well sorted")
def a_literal_of_another_sort() -> tuple[Theory, TermTable, list[Derivation]]:
    # if the text true were a number, true = 1 would be well sorted, and computing would agree
    t = TermTable()
    wrong = t.eq(t.app("-@Int,Int", t.literal("true", "Int"), _number(t, 1)), _number(t, 0))
    return _integers(), t, [Derivation("wrong", wrong, (Step("eval", wrong),))]


@_whole("the same literal on both sides")
def a_literal_distinct_from_itself() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    same = t.eq(_number(t, 1), _number(t, 1))
    return _integers(), t, [Derivation("wrong", t.false(), (Step("refl", same), Step("distinct", t.false(), (0,))))]


@_whole("a literal is wanted")
def a_literal_distinct_from_a_variable() -> tuple[Theory, TermTable, list[Derivation]]:
    t = TermTable()
    same = t.eq(_number(t, 1), t.var("x", "Int"))
    claim = t.negate(same)
    steps = (Step("assume", same), Step("distinct", t.false(), (0,)), Step("imp_intro", claim, (1,)))
    return _integers(), t, [Derivation("wrong", claim, steps)]
