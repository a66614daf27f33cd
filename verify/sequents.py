"""A certificate laid out for a second opinion: terms of our own, and the hypotheses that each step rests on.

The outside checkers need what a certificate leaves unwritten. `lay_out` copies its terms into a fresh table, looks
that every step has the parts its rule speaks of, and works out the set of hypotheses of each step from the discharging
rules alone. Whether a step *follows* is not asked here; that is for Lean and Z3 to say. Nothing is shared with
`rewriting/check.py`, so that a slip there is not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..rewriting.certificate import RULES, Derivation, Step
from ..rewriting.computing import operation
from ..rewriting.syntax import BINDERS, PROP, Row, TermTable, children, with_children
from ..rewriting.theory import IllTyped, LooseBounds, Theory, extend_loose, extend_sorts, uninhabited
from .ac_steps import NotByLaws, TooLong, expand
from .verdicts import Word


@dataclass(frozen=True)
class Laid:
    """A derivation over the book's table, with the hypotheses of each step, and for each the step of the certificate
    that it is or, where that is `ac`, belongs to."""

    name: str
    statement: int
    steps: tuple[Step, ...]
    hypotheses: tuple[frozenset[int], ...]
    places: tuple[int, ...]


@dataclass(frozen=True)
class Unfit:
    """A derivation that no checker can be asked about, with the step (None: as a whole) and the reason. One with a step
    of which Lean and Z3 are not told is not refused but not run."""

    name: str
    step: int | None
    why: str
    verdict: Word = Word.REFUSED


@dataclass(frozen=True)
class Case:
    """One case of a step by cases or induction: the constructor applied to fresh variables, and what it may assume."""

    pattern: int
    fresh: tuple[int, ...]
    assumed: tuple[int, ...]


class Wrong(Exception):
    """A step that lacks what its rule speaks of."""


class Untold(Wrong):
    """A step of which Lean and Z3 are not told."""


def _need(condition: bool, why: str) -> None:
    if not condition:
        raise Wrong(why)


class Book:
    """The laid-out certificate. `theorems` has one entry for each derivation, in their order.

    `why` is the reason if the theory itself cannot be handed over; no theorem is fit then.
    """

    def __init__(self, theory: Theory, terms: TermTable, derivations: Sequence[Derivation]) -> None:
        self.theory = theory
        self.terms = TermTable()
        self.sorts: list[str] = []
        self._loose: list[LooseBounds] = []
        self.axioms: dict[str, int] = {}
        self.statements: dict[str, int] = {}
        self.why: str | None = None
        self._given = terms
        self._given_sorts: list[str] = []
        self._given_loose: list[LooseBounds] = []
        self._ill_typed: dict[int, IllTyped] = {}  # by the row of the certificate
        self._moved: dict[int, int] = {}
        self._theory_rows(theory)
        self.theorems: tuple[Laid | Unfit, ...] = tuple(self._lay_out(d) for d in derivations)

    def _theory_rows(self, theory: Theory) -> None:
        formulas = theory.terms.copy_into(self.terms, [a.formula for a in theory.axioms])
        self.axioms = {a.name: f for a, f in zip(theory.axioms, formulas, strict=True)}
        try:
            self._check_signature(theory)
            for name, formula in self.axioms.items():
                _need(self.sort(formula) == PROP and not self._loose[formula], f"axiom {name!r} is not a formula")
        except (Wrong, IllTyped) as error:
            self.why = f"theory {theory.name}: {error}"

    def _check_signature(self, theory: Theory) -> None:
        sorts = set(theory.sorts)
        _need(PROP not in sorts and len(sorts) == len(theory.sorts), "a sort is declared twice")
        _need(len(theory.symbol) == len(theory.symbols), "two symbols have one name")
        _need(len(theory.axiom) == len(theory.axioms), "two axioms have one name")
        _need(len(theory.datatype) == len(theory.datatypes), "two datatypes have one sort")
        for symbol in theory.symbols:
            known = sorts.issuperset(symbol.arguments) and (symbol.result in sorts or symbol.result == PROP)
            _need(known, f"{symbol.name!r} has a sort that is not declared")
            predicate = symbol.kind == "predicate"
            _need((symbol.result == PROP) == predicate, f"{symbol.name!r} is a predicate or has a sort, not both")
            if symbol.kind == "builtin":
                known = operation(symbol.notation.text, symbol.arguments, symbol.result) is not None
                known = known and theory.datatype.keys().isdisjoint((*symbol.arguments, symbol.result))
                _need(known, f"{symbol.name!r} is no built-in operation")
        constructors = [name for datatype in theory.datatypes for name in datatype.constructors]
        _need(len(set(constructors)) == len(constructors), "a constructor is listed twice")
        for symbol in theory.symbols:
            made = symbol.name in constructors
            _need(
                made == (symbol.kind == "constructor"), f"{symbol.name!r} is a constructor of no datatype, or no such"
            )
        for datatype in theory.datatypes:
            _need(datatype.sort in sorts, f"{datatype.sort} is not declared")
            for name in datatype.constructors:
                right = name in theory.symbol and theory.symbol[name].result == datatype.sort
                _need(right, f"{name!r} does not construct {datatype.sort}")
        _need(not uninhabited(theory), "a datatype has no values")

    def sort(self, term: int) -> str:
        """The sort of a row; "Prop" for a formula. Raises IllTyped at the first new row that does not fit."""
        for i in range(len(self.sorts), len(self.terms)):
            self._check_sort(self.terms.rows[i], i)
        extend_sorts(self.sorts, self.terms.rows, self.theory.symbol)
        extend_loose(self._loose, self.terms.rows)
        return self.sorts[term]

    def _check_sort(self, row: Row, i: int) -> None:
        """That a leaf or a binder has a sort of the theory."""
        named = row[2] if row[0] in ("var", "bound", "lit") else row[1] if row[0] in BINDERS else None
        if named is not None and named not in self.theory.sorts:
            raise IllTyped(f"sort {named!r} is not declared", i)
        if row[0] == "lit" and named in self.theory.datatype:
            raise IllTyped(f"{named} is a datatype, which has no literals", i)

    def _check_given(self) -> None:
        """Note the rows of the certificate that are not well sorted: none of them is ever taken over."""
        rows, sorts, loose = self._given.rows, self._given_sorts, self._given_loose
        for i in range(len(sorts), len(rows)):
            try:
                self._check_sort(rows[i], i)
            except IllTyped as error:
                self._ill_typed[i] = error
        while len(sorts) < len(rows):
            try:
                extend_sorts(sorts, rows, self.theory.symbol)
            except IllTyped as error:
                self._ill_typed[error.index] = error
                sorts.append("")
        while len(loose) < len(rows):
            try:
                extend_loose(loose, rows)
            except IllTyped as error:
                self._ill_typed[error.index] = error
                loose.append(frozenset())

    @cached_property
    def literal_sorts(self) -> tuple[str, ...]:
        """The sorts of which there are literals, or operations that compute with them."""
        symbols = (s for s in self.theory.symbols if s.kind == "builtin")
        mentioned = {sort for s in symbols for sort in (*s.arguments, s.result)}
        mentioned |= {str(row[2]) for row in self.terms.rows if row[0] == "lit"}
        return tuple(s for s in self.theory.sorts if s in mentioned and s not in self.theory.datatype)

    def cases(self, step: Step) -> Iterator[Case]:
        """The cases of a laid-out `cases` or `induction` step, in the order of its premises."""
        t = self.terms
        of = step.variable if step.rule == "induction" else step.terms[0]
        assert of is not None
        sort = self.sort(of)
        for name, fresh in zip(self.theory.datatype[sort].constructors, step.fresh, strict=True):
            pattern = t.app(name, *fresh)
            if step.rule == "cases":
                yield Case(pattern, fresh, (t.eq(of, pattern),))
                continue
            assumed = []
            for variable in fresh:
                if self.sort(variable) == sort:
                    hypothesis = t.replace(step.conclusion, {of: variable})
                    for other in reversed(step.generalised):
                        hypothesis = t.abstract("all", other, hypothesis)
                    assumed.append(hypothesis)
            yield Case(pattern, fresh, tuple(assumed))

    def body_at(self, kind: str, formula: int, term: int) -> int:
        """The body of the quantified formula at `term`. Raises Wrong if it is none, or of another sort."""
        row = self.terms.rows[formula]
        _need(row[0] == kind, "a quantified formula is wanted")
        _need(row[1] == self.sort(term), "a term of another sort than the quantifier's")
        return self.terms.instantiate(formula, term)

    # Laying out.

    def _lay_out(self, derivation: Derivation) -> Laid | Unfit:
        step: int | None = None
        try:
            if self.why is not None:
                return Unfit(derivation.name, None, self.why)
            _need(derivation.name not in self.statements, "a theorem of that name comes before")
            _need(bool(derivation.steps), "a derivation needs a step")
            statement = self._own([derivation.statement])[0]
            _need(self.sort(statement) == PROP and not self._loose[statement], "its statement is not a formula")
            steps: list[Step] = []
            hypotheses: list[frozenset[int]] = []
            places: list[int] = []
            number: list[int] = []  # for each step of the certificate its number here
            for step, given in enumerate(derivation.steps):
                own = self._step(given, step)
                own = replace(own, premises=tuple(number[p] for p in own.premises))
                self._parts(own, steps)
                for one in self._written_out(own, steps):
                    hypotheses.append(self._hypotheses(one, steps, hypotheses))
                    steps.append(one)
                    places.append(step)
                number.append(len(steps) - 1)
            step = None
            _need(steps[-1].conclusion == statement, "its last step concludes something else")
            _need(not hypotheses[-1], "hypotheses are left at its end")
        except (Wrong, IllTyped) as error:
            word = Word.NOT_RUN if isinstance(error, Untold) else Word.REFUSED
            return Unfit(derivation.name, step, str(error), word)
        finally:
            if derivation.name not in self.statements and self.why is None:
                self._remember(derivation)
        return Laid(derivation.name, statement, tuple(steps), tuple(hypotheses), tuple(places))

    def _written_out(self, step: Step, steps: Sequence[Step]) -> list[Step]:
        """The step, or what takes its place."""
        if step.rule != "ac":
            return [step]
        try:
            return expand(self.terms, step, [s.conclusion for s in steps])
        except TooLong as error:
            raise Untold(str(error)) from None
        except NotByLaws as error:
            raise Wrong(str(error)) from None

    def _remember(self, derivation: Derivation) -> None:
        try:
            self.statements[derivation.name] = self._own([derivation.statement])[0]
        except (Wrong, IllTyped):
            return

    def _own(self, given: Sequence[int]) -> list[int]:
        """The rows here of terms of the certificate's table; each row is copied once."""
        _need(all(type(i) is int and 0 <= i < len(self._given) for i in given), "a term that is not in the table")
        self._check_given()
        moved, rows = self._moved, self._given.rows
        stack = [i for i in given if i not in moved]
        while stack:
            i = stack[-1]
            if i in self._ill_typed:
                raise self._ill_typed[i]
            missing = [c for c in children(rows[i]) if c not in moved]
            stack.extend(missing)
            if not missing:
                stack.pop()
                row = with_children(rows[i], [moved[c] for c in children(rows[i])])
                moved[i] = self.terms.add(row, self._given.hints.get(i))
        return [moved[i] for i in given]

    def _step(self, step: Step, n: int) -> Step:
        rule = RULES.get(step.rule)
        _need(rule is not None, f"unknown rule {step.rule!r}")
        assert rule is not None
        count = len(step.premises)
        _need(rule.least <= count and (rule.most is None or count <= rule.most), "wrong number of premises")
        _need(all(type(p) is int and 0 <= p < n for p in step.premises), "it cites a step not before it")
        flat = [
            step.conclusion,
            *(i for pair in step.substitution for i in pair),
            *step.terms,
            *step.generalised,
            *(i for group in step.fresh for i in group),
            *([] if step.variable is None else [step.variable]),
        ]
        new = dict(zip(flat, self._own(flat), strict=True))
        for i in new.values():
            self.sort(i)
            _need(not self._loose[i], "a bound variable stands outside its quantifier")
        return Step(
            step.rule,
            new[step.conclusion],
            step.premises,
            step.cites,
            tuple((new[a], new[b]) for a, b in step.substitution),
            None if step.variable is None else new[step.variable],
            tuple(new[i] for i in step.terms),
            tuple(new[i] for i in step.generalised),
            tuple(tuple(new[i] for i in group) for group in step.fresh),
        )

    def _parts(self, step: Step, steps: Sequence[Step]) -> None:
        """That the step has what its rule speaks of: shapes and sorts, so that it can be written down at all."""
        rows = self.terms.rows
        _need(self.sort(step.conclusion) == PROP, "a conclusion must be a formula")
        premises = [steps[p].conclusion for p in step.premises]
        for wanted, formula in zip(_PREMISES.get(step.rule, ()), premises, strict=False):
            _need(wanted is None or rows[formula][0] == wanted, f"a premise of the form {wanted!r} is wanted")
        if step.rule in ("trans", "cong", "ac", "rewrite"):
            equations = premises[1:] if step.rule == "rewrite" else premises
            _need(all(rows[p][0] == "eq" for p in equations), "an equation is wanted")
        shape = _CONCLUSIONS.get(step.rule)
        _need(shape is None or rows[step.conclusion][0] == shape, f"a conclusion of the form {shape!r} is wanted")
        variables = [
            *(a for a, _ in step.substitution),
            *step.generalised,
            *(v for group in step.fresh for v in group),
            *([] if step.variable is None else [step.variable]),
        ]
        _need(all(rows[v][0] == "var" for v in variables), "a variable is wanted")
        _need(all(self.sort(t) != PROP for t in step.terms), "a term is wanted, not a formula")
        fields = RULES[step.rule].fields
        _need("variable" not in fields or step.variable is not None, "a variable is wanted")
        if step.rule in ("axiom", "lemma"):
            known: Mapping[str, int] = self.axioms if step.rule == "axiom" else self.statements
            _need(step.cites in known, f"no {step.rule} {step.cites!r} comes before")
            _need(all(self.sort(a) == self.sort(b) for a, b in step.substitution), "a term of another sort")
            _need(len({a for a, _ in step.substitution}) == len(step.substitution), "a variable is substituted twice")
        _need(step.rule != "all_elim" or bool(step.terms), "a term is wanted")
        if step.rule in ("ex_intro", "cases"):
            _need(len(step.terms) == 1, "one term is wanted")
        if step.rule in ("cases", "induction"):
            self._case_parts(step)
        if step.rule == "eval":
            left, right = (rows[i] for i in children(rows[step.conclusion]))
            computed = left[0] == "app" and self.theory.symbol[str(left[1])].kind == "builtin"
            _need(computed, "a built-in operation is wanted")
            _need(all(rows[i][0] == "lit" for i in children(left)) and right[0] == "lit", "a literal is wanted")
        sides = [rows[c] for c in children(rows[premises[0]])] if step.rule == "distinct" else []
        if any(side[0] == "lit" for side in sides):
            _need(all(side[0] == "lit" for side in sides), "a literal is wanted")
            _need(sides[0] != sides[1], "the same literal on both sides")
        elif step.rule in ("injective", "distinct"):
            heads = [rows[c] for c in children(rows[premises[0]])]
            of = self.theory.datatype.get(self.sort(int(rows[premises[0]][1])))
            made = of is not None and all(h[0] == "app" and h[1] in of.constructors for h in heads)
            _need(made, "an equation between constructors is wanted")
            _need((heads[0][1] == heads[1][1]) == (step.rule == "injective"), "not such constructors")

    def _case_parts(self, step: Step) -> None:
        of = step.variable if step.rule == "induction" else step.terms[0]
        assert of is not None
        datatype = self.theory.datatype.get(self.sort(of))
        _need(datatype is not None, f"{self.sort(of)} is not a datatype")
        assert datatype is not None
        _need(len(step.fresh) == len(step.premises) == len(datatype.constructors), "one case a constructor is wanted")
        for name, fresh in zip(datatype.constructors, step.fresh, strict=True):
            sorts = tuple(self.sort(v) for v in fresh)
            _need(sorts == self.theory.symbol[name].arguments, "a case's variables have the wrong sorts")
            _need(len(set(fresh)) == len(fresh), "a case's variables are not distinct")
            _need(
                step.rule == "cases" or not set(fresh).intersection(step.generalised),
                "a case's variables are not fresh",
            )
        bound = [of, *step.generalised]
        _need(step.rule == "cases" or len(set(bound)) == len(bound), "a variable is generalised twice")

    def _hypotheses(self, step: Step, steps: Sequence[Step], known: Sequence[frozenset[int]]) -> frozenset[int]:
        rows = self.terms.rows
        of = [known[p] for p in step.premises]
        match step.rule:
            case "assume":
                return frozenset([step.conclusion])
            case "imp_intro":
                return of[0] - {int(rows[step.conclusion][1])}
            case "or_elim":
                left, right = children(rows[steps[step.premises[0]].conclusion])
                return of[0] | (of[1] - {left}) | (of[2] - {right})
            case "ex_elim":
                assert step.variable is not None
                assumed = self.body_at("ex", steps[step.premises[0]].conclusion, step.variable)
                return of[0] | (of[1] - {assumed})
            case "cases" | "induction":
                rest = (h.difference(case.assumed) for h, case in zip(of, self.cases(step), strict=True))
                return frozenset[int]().union(*rest)
        return frozenset[int]().union(*of)


# The kinds that a rule's premises (None: any) and its conclusion must have to be written down.
_PREMISES: Mapping[str, tuple[str | None, ...]] = {
    "sym": ("eq",),
    "imp_elim": ("imp",),
    "and_elim": ("and",),
    "or_elim": ("or",),
    "false_elim": ("false",),
    "all_elim": ("all",),
    "ex_elim": ("ex",),
    "injective": ("eq",),
    "distinct": ("eq",),
}
_CONCLUSIONS: Mapping[str, str] = {
    "refl": "eq",
    "eval": "eq",
    "sym": "eq",
    "trans": "eq",
    "cong": "eq",
    "ac": "eq",
    "imp_intro": "imp",
    "and_intro": "and",
    "or_intro": "or",
    "all_intro": "all",
    "ex_intro": "ex",
    "injective": "eq",
    "distinct": "false",
}
