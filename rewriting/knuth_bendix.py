"""Completing equations to rules that decide them (Knuth and Bendix 1970), with an order found on the way.

>>> import lemmata
>>> group = lemmata.parse('''
... sort G
... var x y z : G
... op e : G
... op _*_ : G G -> G
... op inv : G -> G
... axiom unit:          e * x = x
... axiom inverse:       inv(x) * x = e
... axiom associativity: (x * y) * z = x * (y * z)
... ''')
>>> completed = complete(group)
>>> print(completed)
10 rules, complete in LPO with inv > * > e
  inv(e) -> e
  e * x -> x
  inv(inv(x)) -> x
  x * e -> x
  inv(x * y) -> inv(y) * inv(x)
  inv(x) * x -> e
  x * inv(x) -> e
  x * y * z -> x * (y * z)
  inv(x) * (x * y) -> y
  x * (inv(x) * y) -> y
>>> lemmata.check(completed.certificate, group.theory).accepted
True
>>> completed.equal("inv(x * inv(y)) = y * inv(x)"), completed.equal("x * y = y * x")
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice, permutations

from .bank import TermId
from .certificate import Certificate, Derivation
from .completion import MOST_SIZE, Completion, Equation
from .derivation import Builder, Explainer
from .equations import HasTheory, rewritten_modulo, theory_of
from .ground_joining import GroundJoining
from .knowledge import Knowledge
from .limits import Clock, Limits, Stop, Stopped
from .matching import match
from .orders import Kbo, Lpo, Order
from .orient import NoOrder, find_kbo, find_lpo
from .overlaps import Names, tree_size
from .parsing import parse_formula
from .source import LemmataError, Source
from .syntax import TermTable
from .terms import Eq, Signature, SortError, Term
from .theory import Axiom, Theory

STEPS = 20_000  # critical pairs looked at in all attempts together
_LARGEST_AXIOM = 1_000
MOST_ORDERS = 40  # that are tried
_TURN = 250  # pairs looked at with one order before the next one is tried
_MOST_PERMUTED = 4  # symbols with arguments of which all precedences are tried


class NotDecided(LemmataError):
    """A system that is not complete cannot tell whether two terms are equal when it does not join them."""

    kind = "limit"


@dataclass(frozen=True)
class Rule:
    """An equation read from left to right; `directed` is false if no order directs it, and it is used both ways where
    it makes a term smaller. `name` is that of the theorem that states it in the certificate."""

    name: str
    left: Term
    right: Term
    directed: bool

    def __str__(self) -> str:
        return f"{self.left} -> {self.right}" if self.directed else f"{self.left} = {self.right}"


@dataclass(frozen=True)
class _System:
    """What a completion has come to, finished or not.

    `rules` stand in a canonical form: no side can be rewritten by another rule, variables are named in order of
    occurrence, small rules come first. `certificate` proves them from the axioms: `check` accepts it. `steps` counts
    the critical pairs looked at, over all orders that were tried.
    """

    theory: Theory
    order: Order
    rules: tuple[Rule, ...]
    certificate: Certificate
    steps: int
    _known: Knowledge = field(repr=False, compare=False)

    def normalize(self, term: Term, limits: Limits | None = None) -> Term:
        """The normal form. Raises LemmataError where it is not reached within the limits."""
        known, table = self._known, TermTable()
        (normal,) = self._ends(known.bank.load(known.terms, [self._row(term)], known.theory.symbol), limits)
        return term.signature.load(table, known.bank.dump([normal], table)[0])

    def proof(self, equation: Eq | str, limits: Limits | None = None) -> Certificate | None:
        """A certificate for the theorem "equation" where the rules join its sides; else None."""
        known, ids = self._known, self._sides(equation)
        left, right = self._ends(ids, limits)
        if left != right:
            return None
        builder = Builder(known.terms)
        joining = Explainer(builder, known.rewriter, known.statements).between(*ids)
        return _certificate(known, [builder.finish("equation", joining)])

    def _joins(self, equation: Eq | str, limits: Limits | None) -> bool:
        left, right = self._ends(self._sides(equation), limits)
        return left == right

    def _sides(self, equation: Eq | str) -> list[TermId]:
        """Both sides in the bank of the rules."""
        known = self._known
        if isinstance(equation, Eq):
            rows = [self._row(equation.left), self._row(equation.right)]
        else:
            variables = _sorts_of_variables(self.theory)
            formula = parse_formula(Source("<text>", equation), self.theory.symbols, variables, known.terms)
            row = known.terms.rows[formula]
            if row[0] != "eq":
                raise LemmataError("only an equation can be decided by rewriting")
            rows = [int(row[1]), int(row[2])]
        return known.bank.load(known.terms, rows, known.theory.symbol)

    def _row(self, term: Term) -> int:
        if term.signature.symbols != self.theory.symbols:
            raise SortError("a term of another signature than the axioms")
        return term.dump(self._known.terms)

    def _ends(self, ids: Sequence[TermId], limits: Limits | None) -> tuple[TermId, ...]:
        """The normal forms."""
        result = self._known.rewriter.normalise(ids, Clock(limits or Limits()))
        if result.stop is not Stop.DONE:
            raise NotDecided(f"no normal form within the limits ({result.stop.value})")
        return result.terms

    def _listed(self) -> str:
        return "".join(f"\n  {rule}" for rule in self.rules)


@dataclass(frozen=True)
class Completed(_System):
    """Rules in which two terms are provably equal just if they have one normal form.

    With equations that no order directs this holds too, the variables of the two terms counting as constants.
    """

    def equal(self, equation: Eq | str, limits: Limits | None = None) -> bool:
        """Does the equation, a text or an `Eq`, follow from the axioms?"""
        return self._joins(equation, limits)

    def __str__(self) -> str:
        undirected = sum(not rule.directed for rule in self.rules)
        beside = f" and {undirected} equations that no order directs" if undirected else ""
        return f"{len(self.rules) - undirected} rules{beside}, complete in {self.order}{self._listed()}"


@dataclass(frozen=True)
class Incomplete(_System):
    """The run was given up. What was found so far is proved, and decides what it joins but nothing that it does not."""

    reason: str = ""

    def __str__(self) -> str:
        return f"not complete: {self.reason}; {len(self.rules)} rules so far, in {self.order}{self._listed()}"


def complete(
    axioms: Theory | HasTheory,
    order: Order | None = None,
    *,
    steps: int = STEPS,
    limits: Limits | None = None,
) -> Completed | Incomplete:
    """Complete the equations of a theory: find rules that decide what follows from them.

    Definitions are equations like the other axioms; induction is not used. With no order given, several are tried, a
    little of each in turn and then more: those that direct the axioms as they are written, then path orders that put
    symbols with one argument above others, then all path orders if there are few symbols. What no order directs is used
    where it makes a term smaller (unfailing completion, `completion.py`). `steps` bounds the critical pairs looked at
    in all, the same on every machine.

    Raises LemmataError for axioms that are no equations or have sides of more than 1,000 symbols, and for an order that
    is none over the symbols.
    """
    theory = theory_of(axioms)
    _expect_equations(theory)
    if order is not None:
        order.expect(theory.symbols)
    clock = Clock(limits or Limits())
    attempts = [
        _Attempt(theory, o) for o in ([order] if order is not None else islice(candidates(theory), MOST_ORDERS))
    ]
    spent, reason = 0, f"{steps:,} critical pairs were looked at"
    try:
        for attempt in _turns(attempts):
            spent += attempt.go_on(min(_TURN, steps - spent), clock)
            if attempt.complete:
                return Completed(theory, attempt.order, *attempt.results(), spent, attempt.known)
            if spent >= steps:
                break
        else:
            reason = attempts[0].failed
    except Stopped as stopped:
        reason = f"stopped by the limits ({stopped.reason.value})"
    best = max(attempts, key=lambda a: (not a.failed, a.looked_at))  # the first of the best
    return Incomplete(theory, best.order, *best.results(), spent, best.known, reason)


def candidates(theory: Theory) -> Iterator[Order]:
    """Orders to try, each once: those that direct the axioms as they are written come first."""
    seen: list[Order] = []
    for given in _orders(theory):
        if given not in seen:
            seen.append(given)
            yield given


def _orders(theory: Theory) -> Iterator[Order]:
    terms, symbols = TermTable(theory.terms.rows), theory.symbols
    sides = [terms.rows[a.formula][1:] for a in theory.axioms]
    pairs = [(int(left), int(right)) for left, right in sides if left != right]
    constants = [s.name for s in reversed(symbols) if not s.arity]
    others = [s for s in reversed(symbols) if s.arity]
    for found in (find_lpo(terms, pairs, symbols), find_kbo(terms, pairs, symbols)):
        if not isinstance(found, NoOrder):
            yield found
    by_arity = sorted(others, key=lambda s: s.arity)
    yield Lpo((*(s.name for s in by_arity), *constants))
    yield Lpo((*(s.name for s in reversed(by_arity)), *constants))
    weights = {s.name: 1 for s in symbols}
    yield Kbo((*(s.name for s in by_arity), *constants), weights)
    for unary in (s.name for s in others if s.arity == 1):
        rest = (s.name for s in by_arity if s.name != unary)
        yield Kbo((unary, *rest, *constants), weights | {unary: 0})
    if len(others) <= _MOST_PERMUTED:
        for chosen in permutations(s.name for s in by_arity):
            yield Lpo((*chosen, *constants))


def _turns(attempts: Sequence[_Attempt]) -> Iterator[_Attempt]:
    """Whose turn it is, until all have failed: the first one alone, then the first two, and so on."""
    for n in count(1):
        if all(a.failed for a in attempts):
            return
        yield from (a for a in attempts[:n] if not a.failed)


class _Attempt:
    """Completion with one order, which can be gone on with."""

    def __init__(self, theory: Theory, order: Order) -> None:
        self.order = order
        self.failed = ""  # why it cannot be gone on with
        self._theory = theory
        self._started: tuple[Knowledge, Completion] | None = None

    @property
    def complete(self) -> bool:
        return self._started is not None and self._started[1].complete

    @property
    def looked_at(self) -> int:
        return 0 if self._started is None else self._started[1].looked_at

    @property
    def known(self) -> Knowledge:
        return self._run(Clock(Limits()))[0]

    def go_on(self, most: int, clock: Clock) -> int:
        """Look at so many pairs, or fewer if that is the end; how many. Raises Stopped."""
        _, completion = self._run(clock)
        before = completion.looked_at
        if completion.run(lambda: self._blocked() is not None, before + most):
            self.failed = self._blocked() or ""
        elif completion.exhausted and not completion.complete:
            self.failed = "equations became too large, or do not join in every order of their variables"
        return completion.looked_at - before

    def _run(self, clock: Clock) -> tuple[Knowledge, Completion]:
        if self._started is None:
            known = Knowledge(self._theory, self.order)
            texts = [s.notation.text for s in self._theory.symbols]
            names = Names(known.terms, [a.formula for a in self._theory.axioms], texts)
            largest = max((_size(self._theory, axiom) for axiom in self._theory.axioms), default=0)
            self._started = known, Completion(known, names, clock, max(MOST_SIZE, 2 * largest))
        return self._started

    def _blocked(self) -> str | None:
        """Why an equation in use keeps this attempt from ever being complete, if one does."""
        known, completion = self._run(Clock(Limits()))
        rows = known.terms.rows
        for e in completion.active:
            if known.greater(e.left, e.right) or known.greater(e.right, e.left):
                continue
            said = known.show(known.terms.eq(e.left, e.right))
            for side, other in ((e.left, e.right), (e.right, e.left)):
                if rows[side][0] == "var" and side not in known.terms.free_variables(other):
                    return f"all terms of sort {rows[side][2]} are equal, {said}, which is no rule"
        return None

    def results(self) -> tuple[tuple[Rule, ...], Certificate]:
        """The equations in use as rules in a canonical form, with their proofs."""
        known, completion = self._run(Clock(Limits()))
        table, signature = TermTable(), Signature(self._theory.symbols)
        rules, derivations = [], []
        stem = _stem(self._theory, "rule")
        for n, (reading, derivation) in enumerate(_reduced(known, completion.active), start=1):
            named = replace(derivation, name=f"{stem}{n}")
            derivations.append(named)
            row = known.terms.rows[derivation.statement]
            left, right = known.terms.copy_into(table, [int(row[1]), int(row[2])])
            rules.append(Rule(named.name, signature.load(table, left), signature.load(table, right), reading.directed))
        return tuple(rules), _certificate(known, derivations)


@dataclass(frozen=True)
class _Read:
    """An equation read from `left` to `right`, its variables renamed by `renaming`."""

    equation: Equation
    left: int
    right: int
    flipped: bool
    directed: bool
    renaming: Mapping[int, int]


def _reduced(known: Knowledge, equations: Sequence[Equation]) -> Iterator[tuple[_Read, Derivation]]:
    """The equations that no others make superfluous, right sides in normal form, with derivations."""
    terms = known.terms
    names = Names(terms, [a.formula for a in known.theory.axioms], [s.notation.text for s in known.theory.symbols])
    read = []
    for equation in equations:
        flipped = known.greater(equation.right, equation.left)
        directed = flipped or known.greater(equation.left, equation.right)
        sides = (equation.right, equation.left) if flipped else (equation.left, equation.right)
        renaming = names.renaming(terms, sides)
        left, right = (terms.replace(side, renaming) for side in sides)
        if left != right:
            read.append(_Read(equation, left, right, flipped, directed, renaming))

    def shown(r: _Read) -> tuple[bool, int, str]:
        return not r.directed, tree_size(terms, r.left), known.show(r.left)

    def general(r: _Read) -> tuple[bool, int, int, str]:
        """Small when others may be instances of it."""
        return *shown(r)[:2], -len(terms.free_variables(r.left)), known.show(r.left)

    kept: list[_Read] = []
    for r in sorted(read, key=general):
        left_sides = (r.left,) if r.directed else (r.left, r.right)
        if any(_rewrites(terms, k, side) for k in kept if k.directed for side in left_sides):
            continue
        if not r.directed and any(_states(terms, k, r) for k in kept):
            continue
        kept.append(r)
    for r in [r for r in reversed(kept) if not r.directed]:
        others = {(k.equation.origin, k.equation.name) for k in kept if k is not r}
        rules = [rule for rule in known.table.rules if rule.cites in others]
        if GroundJoining(terms, known.order, rules).joined(r.left, r.right):
            kept.remove(r)
    for r in sorted(kept, key=shown):
        builder = Builder(terms)
        formula = terms.eq(r.equation.left, r.equation.right)
        step = builder.instance(r.equation.origin, r.equation.name, formula, r.renaming)
        step = builder.sym(step) if r.flipped else step
        if r.directed:
            (right,) = known.bank.load(terms, [r.right], known.theory.symbol)
            if known.rewriter.normalise([right]).stop is Stop.DONE:
                end = Explainer(builder, known.rewriter, known.statements).normal_form(right)
                step = step if end is None else builder.trans([step, end])
        yield r, builder.finish("", step)


def _rewrites(terms: TermTable, rule: _Read, term: int) -> bool:
    variables = set(terms.free_variables(rule.left))
    return any(match(terms, rule.left, i, variables) is not None for i in terms.reachable([term]))


def _states(terms: TermTable, known: _Read, other: _Read) -> bool:
    """Is one equation an instance of another, in either direction?"""
    given = terms.eq(known.left, known.right)
    variables = set(terms.free_variables(given))
    both = (terms.eq(other.left, other.right), terms.eq(other.right, other.left))
    return any(match(terms, given, instance, variables) is not None for instance in both)


def _certificate(known: Knowledge, derivations: Sequence[Derivation]) -> Certificate:
    """The derivations with the lemmas on which they rest."""
    by_name = {d.name: d for d in known.derivations}
    needed: set[str] = set()
    stack = [name for d in derivations for name in d.lemmas]
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(by_name[name].lemmas)
    stem = _stem(known.theory, "lemma")
    lemmas = [d for d in known.derivations if d.name in needed]
    called = {d.name: f"{stem}{n}" for n, d in enumerate(lemmas, start=1)}

    def renamed(d: Derivation) -> Derivation:
        steps = tuple(replace(s, cites=called[str(s.cites)]) if s.rule == "lemma" else s for s in d.steps)
        return Derivation(called.get(d.name, d.name), d.statement, steps)

    theorems = tuple(renamed(d) for d in (*lemmas, *derivations))
    return Certificate(known.theory, known.theory.digest, TermTable(known.terms.rows, known.terms.hints), theorems)


def _stem(theory: Theory, word: str) -> str:
    """The word, lengthened until no axiom begins with it."""
    while any(a.name.startswith(word) for a in theory.axioms):
        word += "_"
    return word


def _sorts_of_variables(theory: Theory) -> dict[str, str]:
    rows = theory.terms.rows
    free = [v for a in theory.axioms for v in theory.terms.free_variables(a.formula)]
    return {str(rows[v][1]): str(rows[v][2]) for v in free}


def _size(theory: Theory, axiom: Axiom) -> int:
    """The symbols and variables of an equation's larger side."""
    return max(tree_size(theory.terms, int(side)) for side in theory.terms.rows[axiom.formula][1:])


def _expect_equations(theory: Theory) -> None:
    for axiom in theory.axioms:
        if theory.terms.rows[axiom.formula][0] != "eq":
            raise LemmataError(f"{axiom.name} is no equation", hint="completion knows equations only")
        if _size(theory, axiom) > _LARGEST_AXIOM:
            raise LemmataError(f"{axiom.name} is too large to be completed: more than {_LARGEST_AXIOM:,} symbols")
    modulo = rewritten_modulo(theory.symbols)
    if modulo is not None:
        hint = "leave the declaration out and state them as axioms"
        raise LemmataError(f"{modulo} has laws that are not stated as equations", hint=hint)
    for symbol in theory.symbols:
        if symbol.kind == "builtin":
            raise LemmataError(f"{symbol.notation.text} computes on literals, which equations do not say")
