"""The proof checker. Believe this file, `computing.py` and `syntax.py`, and you need believe nothing else of Lemmata.

It knows a theory (`theory.py`: plain data), reads derivations (`certificate.py`: plain data) into terms of its own,
and replays them in natural deduction with explicit hypotheses: every step stands for a sequent H |- p, where p is the
conclusion that the step states and H, a set of formulas, is worked out here. A derivation is a proof of its statement
when each step follows by its rule and the last one concludes the statement with no hypotheses left. Free variables of
a proved statement are universally quantified.

Nothing here imports the term bank, the kernels or any search. No recursion: proofs and terms may be deep.

Trusted beside the axioms: that every sort has an element (a step may mention variables that its conclusion does not),
that constructors are injective, distinct and generate their datatype, and that literals and built-in operations mean
what `computing.py` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import InitVar, dataclass
from heapq import heappop, heappush

from .certificate import RULES, Certificate, Derivation, Step
from .computing import NoValue, operation
from .literals import Value, literal_value
from .syntax import BINDERS, Row, TermTable, children
from .theory import IllTyped, LooseBounds, Theory, extend_loose, extend_sorts, uninhabited


class Refused(Exception):
    """A derivation that does not prove its statement: the theorem, the step (None: the theorem as a whole), why."""

    def __init__(self, theorem: str, step: int | None, why: str) -> None:
        where = theorem if step is None else f"{theorem}, step {step}"
        super().__init__(f"{where}: {why}")
        self.theorem = theorem
        self.step = step
        self.why = why


_BY_CHECK = object()


@dataclass(frozen=True)
class Proof:
    """A derivation that the checker has replayed. Only the checker can make one.

    `axioms` are the names of all axioms that it rests on, `trusted` the built-in operations and literals, its lemmas'
    included; `lemmas` are those it cites itself.
    """

    derivation: Derivation
    axioms: frozenset[str]
    lemmas: tuple[str, ...]
    trusted: frozenset[str]
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _BY_CHECK:
            raise TypeError("a Proof is made by check() only")

    @property
    def name(self) -> str:
        return self.derivation.name


@dataclass(frozen=True)
class Verdict:
    """What `check` says of a certificate: the proofs up to the first error, and that error if there is one."""

    proofs: tuple[Proof, ...]
    first_error: Refused | None

    @property
    def accepted(self) -> bool:
        return self.first_error is None

    @property
    def axioms(self) -> tuple[str, ...]:
        """All axioms that the accepted theorems rest on, sorted."""
        return tuple(sorted(frozenset[str]().union(*(p.axioms for p in self.proofs))))

    @property
    def trusted(self) -> tuple[str, ...]:
        """All built-in operations and literals whose meaning the accepted theorems rest on, sorted."""
        return tuple(sorted(frozenset[str]().union(*(p.trusted for p in self.proofs))))


def check(certificate: Certificate, theory: Theory | None = None) -> Verdict:
    """Replay a certificate against `theory`, or against the one it carries.

    Either way the theory must have the digest that the certificate names. Linear in the certificate, up to the
    instances of axioms that it builds.
    """
    against = certificate.theory if theory is None else theory
    proofs: list[Proof] = []
    try:
        if against.digest != certificate.digest:
            raise Refused("the certificate", None, f"it is for another theory than this {against.name!r}")
        checker = Checker(against, certificate.terms)
        for derivation in certificate.theorems:
            proofs.append(checker.prove(derivation))
    except Refused as error:
        return Verdict(tuple(proofs), error)
    return Verdict(tuple(proofs), None)


class _Wrong(Exception):
    pass


def _need(condition: bool, why: str) -> None:
    if not condition:
        raise _Wrong(why)


Sequent = tuple[frozenset[int], int]


class Checker:
    """Proves derivations over one growing table of terms, one after another; each may cite the earlier ones.

    Raises Refused from the constructor if the theory itself is not well formed.
    """

    def __init__(self, theory: Theory, terms: TermTable) -> None:
        self._given = terms
        self._own = TermTable()
        self._place: list[int] = []  # for each row given so far, its index in our own table
        self._sorts: list[str] = []
        self._loose: list[LooseBounds] = []
        self._free: dict[int, frozenset[int]] = {}
        self._sort_names = frozenset(theory.sorts)
        self._symbols = theory.symbol
        self._constructors = {c: d.sort for d in theory.datatypes for c in d.constructors}
        self._datatypes = theory.datatype
        self._axioms: dict[str, int] = {}
        self._theorems: dict[str, int] = {}
        self._rests_on: dict[str, frozenset[str]] = {}
        self._trusts: dict[str, frozenset[str]] = {}
        self._trusted: set[str] = set()  # by the derivation that is being replayed
        formulas = theory.terms.copy_into(self._own, [a.formula for a in theory.axioms])
        try:
            self._check_signature(theory)
            for row in self._own.rows:
                self._need_sort(row)
            self._type_rows()
            extend_loose(self._loose, self._own.rows)
            for axiom, formula in zip(theory.axioms, formulas, strict=True):
                _need(axiom.name not in self._axioms, f"two axioms are called {axiom.name!r}")
                _need(
                    self._sorts[formula] == "Prop" and not self._loose[formula],
                    f"axiom {axiom.name!r} is not a formula",
                )
                self._axioms[axiom.name] = formula
        except _Wrong as wrong:
            raise Refused(f"theory {theory.name}", None, str(wrong)) from None
        except IllTyped as error:
            raise Refused(f"theory {theory.name}", None, str(error)) from None

    def _check_signature(self, theory: Theory) -> None:
        sorts = self._sort_names
        _need(len(sorts) == len(theory.sorts) and "Prop" not in sorts, "its sorts are not well formed")
        _need(len(theory.symbol) == len(theory.symbols), "two symbols have one name")
        for symbol in theory.symbols:
            _need(sorts.issuperset(symbol.arguments), f"{symbol.name!r} takes a sort that is not declared")
            proposition = symbol.kind == "predicate"
            _need((symbol.result == "Prop") == proposition, f"{symbol.name!r} is a predicate or has a sort, not both")
            _need(proposition or symbol.result in sorts, f"{symbol.name!r} gives a sort that is not declared")
            if symbol.kind == "builtin":
                known = operation(symbol.notation.text, symbol.arguments, symbol.result) is not None
                _need(known, f"{symbol.name!r} is no built-in operation")
                free = theory.datatype.keys().isdisjoint((*symbol.arguments, symbol.result))
                _need(free, f"{symbol.name!r} is about literals, and a datatype has none")
            constructor = symbol.kind == "constructor"
            _need(constructor == (symbol.name in self._constructors), f"{symbol.name!r}: constructor of no datatype")
        _need(len(theory.datatype) == len(theory.datatypes), "two datatypes have one sort")
        _need(len(self._constructors) == sum(len(d.constructors) for d in theory.datatypes), "a shared constructor")
        for datatype in theory.datatypes:
            for name in datatype.constructors:
                known = name in self._symbols and self._symbols[name].result == datatype.sort
                _need(known, f"{name!r} does not construct {datatype.sort}")
        _need(not uninhabited(theory), "a datatype has no values")

    def prove(self, derivation: Derivation) -> Proof:
        """The proof, whose name can be cited from now on. Raises Refused; the checker can still be used then."""
        name = derivation.name
        step: int | None = None
        axioms: set[str] = set()
        self._trusted.clear()
        try:
            self._take_terms()
            _need(name not in self._theorems, "a theorem of that name is proved already")
            sequents: list[Sequent] = []
            for n, given in enumerate(derivation.steps):
                step = n
                sequents.append(self._replay(given, sequents))
                if given.rule == "axiom":
                    axioms.add(str(given.cites))
                elif given.rule == "lemma":
                    axioms |= self._rests_on[str(given.cites)]
                    self._trusted |= self._trusts[str(given.cites)]
            step = None
            _need(bool(sequents), "a derivation needs a step")
            hypotheses, conclusion = sequents[-1]
            _need(conclusion == self._term(derivation.statement), "its last step concludes something else")
            _need(not hypotheses, "hypotheses are left at its end")
        except _Wrong as wrong:
            raise Refused(name, step, str(wrong)) from None
        except IllTyped as error:
            raise Refused(name, None, f"a term is not well sorted: {error}") from None
        self._theorems[name] = conclusion
        self._rests_on[name] = frozenset(axioms)
        self._trusts[name] = frozenset(self._trusted)
        return Proof(derivation, frozenset(axioms), derivation.lemmas, frozenset(self._trusted), _BY_CHECK)

    # Terms: rows given from outside become rows of our own, with their sorts and free variables.

    def _take_terms(self) -> None:
        rows = self._given.rows
        for i in range(len(self._place), len(rows)):
            row = rows[i]
            below = children(row)
            first = len(row) - len(below)
            self._need_sort(row)
            self._place.append(self._own.add((*row[:first], *(self._place[c] for c in below))))
        self._type_rows()

    def _need_sort(self, row: Row) -> None:
        sort = row[2] if row[0] in ("var", "bound", "lit") else row[1] if row[0] in BINDERS else None
        _need(sort is None or sort in self._sort_names, f"sort {sort!r} is not declared")
        _need(row[0] != "lit" or sort not in self._datatypes, f"{sort} is a datatype, which has no literals")

    def _type_rows(self) -> None:
        extend_sorts(self._sorts, self._own.rows, self._symbols)

    def _term(self, given: int) -> int:
        _need(type(given) is int and 0 <= given < len(self._place), "a term that is not in the table")
        return self._place[given]

    def _formula(self, given: int) -> int:
        own = self._term(given)
        _need(self._sorts[own] == "Prop", "a conclusion must be a formula")
        _need(self._is_closed(own), "a bound variable stands outside its quantifier")
        return own

    def _value(self, given: int, sort: str) -> int:
        """A term to be put for a variable of `sort`."""
        own = self._term(given)
        _need(self._sorts[own] == sort, f"a term of sort {self._sorts[own]} where {sort} is wanted")
        _need(self._is_closed(own), "a bound variable stands outside its quantifier")
        return own

    def _variable(self, given: int) -> int:
        own = self._term(given)
        _need(self._own.rows[own][0] == "var", "a variable is wanted")
        return own

    def _is_closed(self, own: int) -> bool:
        extend_loose(self._loose, self._own.rows)
        return not self._loose[own]

    def _free_in(self, formulas: Iterable[int]) -> frozenset[int]:
        out: frozenset[int] = frozenset()
        for formula in formulas:
            if formula not in self._free:
                self._free[formula] = frozenset(self._own.free_variables(formula))
            out |= self._free[formula]
        return out

    def _equation(self, formula: int) -> tuple[int, int]:
        row = self._own.rows[formula]
        _need(row[0] == "eq", "an equation is wanted")
        return int(row[1]), int(row[2])

    def _parts(self, formula: int, kind: str) -> tuple[int, int]:
        row = self._own.rows[formula]
        _need(row[0] == kind, f"a formula of the form {kind!r} is wanted")
        return int(row[1]), int(row[2])

    def _is_false(self, formula: int) -> bool:
        return self._own.rows[formula][0] == "false"

    # Steps.

    def _replay(self, step: Step, earlier: Sequence[Sequent]) -> Sequent:
        rule = RULES.get(step.rule)
        _need(rule is not None, f"unknown rule {step.rule!r}")
        assert rule is not None
        count = len(step.premises)
        _need(rule.least <= count and (rule.most is None or count <= rule.most), "wrong number of premises")
        _need(all(type(p) is int and 0 <= p < len(earlier) for p in step.premises), "it cites a step not before it")
        conclusion = self._formula(step.conclusion)
        premises = [earlier[p] for p in step.premises]
        replay: Callable[[Step, int, list[Sequent]], frozenset[int]] = getattr(self, f"_{step.rule}")
        hypotheses = replay(step, conclusion, premises)
        self._type_rows()  # instances built on the way
        return hypotheses, conclusion

    def _axiom(self, step: Step, conclusion: int, _: list[Sequent]) -> frozenset[int]:
        _need(step.cites in self._axioms, f"the theory has no axiom {step.cites!r}")
        return self._instance(self._axioms[str(step.cites)], step, conclusion)

    def _lemma(self, step: Step, conclusion: int, _: list[Sequent]) -> frozenset[int]:
        _need(step.cites in self._theorems, f"no theorem {step.cites!r} is proved before")
        return self._instance(self._theorems[str(step.cites)], step, conclusion)

    def _instance(self, formula: int, step: Step, conclusion: int) -> frozenset[int]:
        new: dict[int, int] = {}
        for variable, term in step.substitution:
            own = self._variable(variable)
            _need(own not in new, "a variable is substituted twice")
            new[own] = self._value(term, self._sorts[own])
        _need(self._own.replace(formula, new) == conclusion, f"not {step.cites!r} under this substitution")
        return frozenset()

    def _refl(self, step: Step, conclusion: int, _: list[Sequent]) -> frozenset[int]:
        left, right = self._equation(conclusion)
        _need(left == right, "the two sides differ")
        return frozenset()

    def _eval(self, step: Step, conclusion: int, _: list[Sequent]) -> frozenset[int]:
        left, right = self._equation(conclusion)
        applied = self._own.rows[left]
        symbol = self._symbols[str(applied[1])] if applied[0] == "app" else None
        _need(symbol is not None and symbol.kind == "builtin", "a built-in operation is wanted")
        assert symbol is not None
        compute = operation(symbol.notation.text, symbol.arguments, symbol.result)
        assert compute is not None
        try:
            value = compute(*(self._literal(c) for c in children(applied)))
        except NoValue:
            raise _Wrong("the operation has no value here") from None
        _need(value == self._literal(right), "the operation has another value here")
        self._trusted.add(f"{symbol.notation.text} : {' '.join(symbol.arguments)} -> {symbol.result}")
        return frozenset()

    def _literal(self, term: int) -> Value:
        row = self._own.rows[term]
        _need(row[0] == "lit", "a literal is wanted")
        return literal_value(str(row[1]))

    def _sym(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        left, right = self._equation(premise)
        _need(self._equation(conclusion) == (right, left), "not the premise with its sides exchanged")
        return hypotheses

    def _trans(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        start, end = self._equation(conclusion)
        for _, premise in premises:
            left, right = self._equation(premise)
            _need(left == start, "the chain is broken")
            start = right
        _need(start == end, "the chain ends elsewhere")
        return _union(premises)

    def _cong(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        left, right = self._equation(conclusion)
        self._congruent(left, right, premises)
        return _union(premises)

    def _ac(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        left, right = self._equation(conclusion)
        laws = _Laws(self._own.rows)
        for hypotheses, formula in premises:
            variables = laws.take(*self._equation(formula))
            _need(variables.isdisjoint(self._free_in(hypotheses)), "a law that a hypothesis restricts")
        numbers = _Numbers(self._own.rows, laws)
        _need(numbers.number(left) == numbers.number(right), "the sides differ by more than these laws")
        return _union(premises)

    def _rewrite(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        self._congruent(premises[0][1], conclusion, premises[1:])
        return _union(premises)

    def _congruent(self, old: int, new: int, equations: list[Sequent]) -> None:
        """`new` is `old` with some left sides of `equations` replaced by their right sides."""
        known = {self._equation(formula) for _, formula in equations}
        seen: set[tuple[int, int]] = set()
        stack = [(old, new)]
        while stack:
            pair = stack.pop()
            if pair[0] == pair[1] or pair in known or pair in seen:
                continue
            seen.add(pair)
            a, b = self._own.rows[pair[0]], self._own.rows[pair[1]]
            below = children(a)
            same_head = len(a) == len(b) and a[: len(a) - len(below)] == b[: len(b) - len(below)]
            _need(same_head, "the premises do not justify a difference")
            stack.extend(zip(below, children(b), strict=True))

    def _assume(self, step: Step, conclusion: int, _: list[Sequent]) -> frozenset[int]:
        return frozenset([conclusion])

    def _imp_intro(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        left, right = self._parts(conclusion, "imp")
        _need(right == premise, "it concludes something else than its premise")
        return hypotheses - {left}

    def _imp_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        left, right = self._parts(premises[0][1], "imp")
        _need(left == premises[1][1], "the second premise is not what the first one asks for")
        _need(right == conclusion, "not what the first premise gives")
        return _union(premises)

    def _and_intro(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        _need(self._parts(conclusion, "and") == (premises[0][1], premises[1][1]), "not the two premises")
        return _union(premises)

    def _and_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        _need(conclusion in self._parts(premise, "and"), "not a side of the conjunction")
        return hypotheses

    def _or_intro(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        _need(premise in self._parts(conclusion, "or"), "the premise is not a side of the disjunction")
        return hypotheses

    def _or_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        (first, disjunction), (second, under_left), (third, under_right) = premises
        left, right = self._parts(disjunction, "or")
        _need(under_left == conclusion == under_right, "the cases conclude something else")
        return first | (second - {left}) | (third - {right})

    def _false_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        _need(self._is_false(premise), "the premise is not falsity")
        return hypotheses

    def _all_intro(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        variable = self._given_variable(step)
        _need(variable not in self._free_in(hypotheses), "the variable is free in a hypothesis")
        _need(self._own.abstract("all", variable, premise) == conclusion, "not the premise for all values")
        return hypotheses

    def _all_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, formula)] = premises
        _need(bool(step.terms), "a term is wanted")
        for term in step.terms:
            formula = self._at("all", formula, term)
        _need(formula == conclusion, "not the premise at these terms")
        return hypotheses

    def _ex_intro(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        _need(len(step.terms) == 1, "one witness is wanted")
        _need(self._at("ex", conclusion, step.terms[0]) == premise, "the premise is not the body at the witness")
        return hypotheses

    def _ex_elim(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        (first, existence), (second, under) = premises
        variable = self._given_variable(step)
        assumed = self._at("ex", existence, step.variable)
        rest = second - {assumed}
        _need(under == conclusion, "the second premise concludes something else")
        _need(variable not in self._free_in([*rest, existence, conclusion]), "the witness's name is not fresh")
        return first | rest

    def _at(self, kind: str, formula: int, given: int | None) -> int:
        """The body of a quantified formula at a given term."""
        row = self._own.rows[formula]
        _need(row[0] == kind, f"a formula of the form {kind!r} is wanted")
        assert given is not None
        instance = self._own.instantiate(formula, self._value(given, str(row[1])))
        self._type_rows()
        return instance

    def _given_variable(self, step: Step) -> int:
        _need(step.variable is not None, "a variable is wanted")
        assert step.variable is not None
        return self._variable(step.variable)

    def _constructor(self, term: int) -> str:
        row = self._own.rows[term]
        _need(row[0] == "app" and row[1] in self._constructors, "a constructor is wanted")
        return str(row[1])

    def _injective(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        left, right = self._equation(premise)
        _need(self._constructor(left) == self._constructor(right), "two different constructors")
        pairs = zip(children(self._own.rows[left]), children(self._own.rows[right]), strict=True)
        _need(self._equation(conclusion) in list(pairs), "not an equation between arguments")
        return hypotheses

    def _distinct(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        [(hypotheses, premise)] = premises
        left, right = self._equation(premise)
        if self._own.rows[left][0] == "lit":
            _need(self._literal(left) != self._literal(right), "the same literal on both sides")
            self._trusted.add(f"literals of {self._sorts[left]}")
        else:
            _need(self._constructor(left) != self._constructor(right), "the same constructor on both sides")
        _need(self._is_false(conclusion), "it concludes something else than falsity")
        return hypotheses

    def _cases(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        _need(len(step.terms) == 1, "one term is to be split on")
        term = self._value(step.terms[0], self._sorts[self._term(step.terms[0])])
        out: frozenset[int] = frozenset()
        for pattern, fresh, (hypotheses, premise) in self._patterns(self._sorts[term], step, premises):
            rest = hypotheses - {self._own.eq(term, pattern)}
            _need(premise == conclusion, "a case concludes something else")
            _need(fresh.isdisjoint(self._free_in([*rest, conclusion, term])), "a case's variables are not fresh")
            out |= rest
        return out

    def _induction(self, step: Step, conclusion: int, premises: list[Sequent]) -> frozenset[int]:
        variable = self._given_variable(step)
        sort = self._sorts[variable]
        generalised = [self._variable(g) for g in step.generalised]
        _need(len({variable, *generalised}) == 1 + len(generalised), "a variable is generalised twice")
        out: frozenset[int] = frozenset()
        for pattern, fresh, (hypotheses, premise) in self._patterns(sort, step, premises):
            assumed = set()
            for argument in children(self._own.rows[pattern]):
                if self._sorts[argument] == sort:
                    hypothesis = self._own.replace(conclusion, {variable: argument})
                    for other in reversed(generalised):
                        hypothesis = self._own.abstract("all", other, hypothesis)
                    assumed.add(hypothesis)
            rest = hypotheses - assumed
            _need(premise == self._own.replace(conclusion, {variable: pattern}), "a case proves something else")
            _need(fresh.isdisjoint(generalised), "a case's variables are not fresh")
            _need(fresh.isdisjoint(self._free_in([*rest, conclusion])), "a case's variables are not fresh")
            bound = {variable, *generalised}
            _need(bound.isdisjoint(self._free_in(rest)), "a variable of the induction is free in a hypothesis")
            out |= rest
        return out

    def _patterns(self, sort: str, step: Step, premises: list[Sequent]) -> list[tuple[int, frozenset[int], Sequent]]:
        """For each constructor of `sort`: it applied to the step's fresh variables, those, and the case's sequent."""
        datatype = self._datatypes.get(sort)
        _need(datatype is not None, f"{sort} is not a datatype")
        assert datatype is not None
        count = len(datatype.constructors)
        _need(len(premises) == count == len(step.fresh), "one case for each constructor is wanted")
        out = []
        for name, given, sequent in zip(datatype.constructors, step.fresh, premises, strict=True):
            fresh = [self._variable(v) for v in given]
            _need(len(set(fresh)) == len(fresh), "a case's variables are not distinct")
            wanted = self._symbols[name].arguments
            _need(tuple(self._sorts[v] for v in fresh) == wanted, "a case's variables have the wrong sorts")
            out.append((self._own.app(name, *fresh), frozenset(fresh), sequent))
        self._type_rows()
        return out


def _union(premises: list[Sequent]) -> frozenset[int]:
    return frozenset().union(*(hypotheses for hypotheses, _ in premises))


# Equality of terms up to associativity, commutativity and units.


class _Laws:
    """The laws that a step cites, by symbol."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.associative: set[str] = set()
        self.commutative: set[str] = set()
        self._rows = rows
        self._unit_sides: dict[str, dict[int, set[str]]] = {}

    def take(self, left: int, right: int) -> frozenset[int]:
        """Read the law left = right; its variables. Up to the exchange of its sides it is one of

        f(f(x, y), z) = f(x, f(y, z)),  f(x, y) = f(y, x),  f(x, e) = x,  f(e, x) = x
        """
        for a, b in ((left, right), (right, left)):
            f, p, q = self._binary(a)
            g, u, v = self._binary(b)
            inner, outer = self._binary(p), self._binary(v)
            if f is not None and f == g and (p, q) == (v, u):
                self.commutative.add(f)
                return self._variables(p, q)
            if f is not None and f == g == inner[0] == outer[0] and (*inner[1:], q) == (u, *outer[1:]):
                self.associative.add(f)
                return self._variables(u, *outer[1:])
            for side, variable, unit in (("right", p, q), ("left", q, p)):
                if f is not None and variable == b and self._is_constant(unit):
                    self._unit_sides.setdefault(f, {}).setdefault(unit, set()).add(side)
                    return self._variables(variable)
        raise _Wrong("a law of associativity, commutativity or a unit is wanted")

    def of(self, symbol: str) -> bool:
        """Is there any law for it?"""
        return symbol in self.associative or symbol in self.commutative or symbol in self._unit_sides

    def units(self, symbol: str) -> list[int]:
        """The constants that are units of the symbol on both sides."""
        given = self._unit_sides.get(symbol, {})
        return [e for e, sides in given.items() if symbol in self.commutative or len(sides) == 2]

    def _binary(self, term: int) -> tuple[str | None, int, int]:
        row = self._rows[term] if term >= 0 else ()
        return (str(row[1]), int(row[2]), int(row[3])) if len(row) == 4 and row[0] == "app" else (None, -1, -1)

    def _variables(self, *terms: int) -> frozenset[int]:
        _need(all(self._rows[t][0] == "var" for t in terms), "a law speaks of variables")
        _need(len(set(terms)) == len(terms), "a law speaks of distinct variables")
        return frozenset(terms)

    def _is_constant(self, term: int) -> bool:
        return self._rows[term][0] != "var" and not children(self._rows[term])


class _Numbers:
    """Numbers terms; two get one number when the laws make them equal.

    The operands of an associative symbol are flattened, and counted if it is commutative too. Linear in the terms for
    each sum that occurs by itself, not as an operand of a larger one.
    """

    def __init__(self, rows: Sequence[Row], laws: _Laws) -> None:
        self._rows = rows
        self._laws = laws
        self._number: dict[int, int] = {}  # by row
        self._by_key: dict[object, int] = {}
        self._sums: dict[int, tuple[str, list[tuple[int, int]]]] = {}  # by number: symbol, operands with their counts
        self._longest = 1000 + len(rows)  # operands that must stay in order, so that sharing cannot blow them up

    def number(self, root: int) -> int:
        operands: dict[int, list[tuple[int, int]]] = {}
        stack = [root]
        while stack:
            i = stack[-1]
            if i in self._number:
                stack.pop()
                continue
            if i not in operands:
                operands[i] = self._operands(i)
                symbol = self._symbol(i)
                stack.extend([] if symbol is None else self._laws.units(symbol))
                stack.extend(c for c, _ in operands[i])
                continue
            self._number[i] = self._combine(i, [(self._number[c], n) for c, n in operands.pop(i)])
        return self._number[root]

    def _symbol(self, i: int) -> str | None:
        """The symbol that a row applies, if there is a law for it."""
        row = self._rows[i]
        return str(row[1]) if row[0] == "app" and self._laws.of(str(row[1])) else None

    def _operands(self, root: int) -> list[tuple[int, int]]:
        """The rows under a row and how often each stands there, nested applications of its symbol flattened."""
        symbol = self._symbol(root)
        if symbol not in self._laws.associative:
            return [(c, 1) for c in children(self._rows[root])]
        if symbol not in self._laws.commutative:
            return [(c, 1) for c in self._sequence(root, symbol)]
        counts, out = Counter({root: 1}), Counter[int]()
        heap = [-root]
        while heap:  # larger rows first: when one comes, all that mention it have come
            i = -heappop(heap)
            for c in children(self._rows[i]):
                if self._symbol(c) != symbol:
                    out[c] += counts[i]
                    continue
                if c not in counts:
                    heappush(heap, -c)
                counts[c] += counts[i]
        return list(out.items())

    def _sequence(self, root: int, symbol: str | None) -> list[int]:
        out: list[int] = []
        stack = [root]
        while stack:
            i = stack.pop()
            if self._symbol(i) == symbol:
                stack.extend(reversed(children(self._rows[i])))
            else:
                out.append(i)
                self._need_short(out)
        return out

    def _need_short(self, operands: Sequence[object]) -> None:
        _need(len(operands) <= self._longest, "too many operands that must stay in order")

    def _combine(self, i: int, operands: list[tuple[int, int]]) -> int:
        """The number of a row whose operands have numbers."""
        symbol = self._symbol(i)
        row = self._rows[i]
        if symbol is None:
            own = row[: len(row) - len(children(row))]
            return self._intern((own, tuple(k for k, _ in operands)))
        units = [self._number[e] for e in self._laws.units(symbol)]
        if symbol in self._laws.commutative:
            counts, merged = Counter[int](), Counter[int]()
            for c, n in operands:
                merged[c] += n
            for c, n in merged.items():
                for k, m in self._inside(c, symbol):
                    counts[k] += n * m
            kept = sorted((k, n) for k, n in counts.items() if k not in units)
        else:
            kept = []
            for c, _ in operands:
                kept.extend((k, 1) for k, _ in self._inside(c, symbol) if k not in units)
                self._need_short(kept)
        if not kept:
            return units[0]
        if len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        number = self._intern((symbol, tuple(kept)))
        self._sums[number] = symbol, kept
        return number

    def _inside(self, number: int, symbol: str) -> list[tuple[int, int]]:
        """The operands of an operand, which is a sum itself where it has lost a unit of another symbol."""
        known = self._sums.get(number)
        nested = known is not None and known[0] == symbol and symbol in self._laws.associative
        return known[1] if known is not None and nested else [(number, 1)]

    def _intern(self, key: object) -> int:
        return self._by_key.setdefault(key, len(self._by_key))
