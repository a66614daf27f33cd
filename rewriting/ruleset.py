"""Rewriting from Python: rules, normal forms, their traces and their proofs.

>>> R = rules("x + 0 = x", "x * (y + z) = x * y + x * z")
>>> R.normalize("a * (b + 0)")
Term('a * b')
>>> print(R.trace("a * ((b + 0) + c)"))
b + 0 = b
a * (b + c) = a * b + a * c
>>> print(R.why("a * (b + 0)", "a * b + 0"))
a * (b + 0)
  = a * b        by rule1: b + 0 = b
  = a * b + 0    by rule1, backwards: a * b = a * b + 0
>>> import lemmata
>>> lemmata.check(R.proof("a * (b + 0)")).accepted
True

Conditions stand behind the rules, and numbers are computed exactly:

>>> fact = rules("fact(0) = 1", "fact(n) = n * fact(n - 1) if n > 0")
>>> fact.normalize("fact(20)"), fact.normalize("fact(-1)")
(Term('2432902008176640000'), Term('fact(-1)'))

The equations of any theory are rules as well:

>>> nat = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op _+_ : N N -> N
...   x + 0    = x
...   x + s(y) = s(x + y)
... ''')
>>> addition = RuleSet(nat.theory, variables=nat.variables)
>>> addition.normalize("x + 2")
Term('s(s(x))')
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from .bank import TermBank
from .call_site import places_of_arguments
from .certificate import Certificate
from .chain import Apart, Why
from .derivation import Builder, NoProof
from .display import MOST_ROWS, Formula, Rows, as_html, as_latex
from .equations import defect, directed
from .executor import Execution
from .hosts import Function
from .limits import Clock, Limits, Stop
from .open_signature import Conventions, profile
from .order import precedence
from .recording import Recorder, hosts_of, is_modulo
from .rule_reading import GivenRule, read_open, read_rules, read_term
from .rules import compile_rules
from .source import LemmataError, SourceError
from .syntax import TermTable
from .system import RewriteRule
from .terms import Eq, Signature, SortError, Term, default_bank
from .theory import Axiom, Symbol, Theory

Tier = Literal["auto", "table", "native"]
_SHOWN = 200  # characters of a term in a list of rules


class Unfinished(LemmataError):
    """A normal form was not reached. `stop` says why, `last` is the subterm that was being rewritten."""

    kind = "limit"

    def __init__(self, stop: Stop, last: Term | None) -> None:
        at = f" at {last!r}" if last is not None else ""
        super().__init__(f"no normal form within the limits ({stop.value}){at}", hint="do the rules terminate?")
        self.stop = stop
        self.last = last


class Interrupted(Unfinished, KeyboardInterrupt):
    """Ctrl-C came before a normal form was reached."""


@dataclass(frozen=True)
class RewriteStep:
    """A subterm whose arguments are normal, what it was rewritten to, and the name of the axiom that says so (None: it
    was computed, as a built-in operation or, if `hosted`, by a Python function)."""

    before: Term
    after: Term
    axiom: str | None
    hosted: bool = False

    def __str__(self) -> str:
        return str(Eq(self.before, self.after))

    @property
    def reason(self) -> str:
        """The name of the axiom, or how it was computed."""
        return self.axiom or ("Python" if self.hosted else "arithmetic")


class Trace(tuple[RewriteStep, ...]):
    """The steps from a term to its normal form, in order."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        """For notebooks."""
        return as_html(self._rows(), max(0, len(self) - MOST_ROWS))

    def _repr_latex_(self) -> str:
        """For notebooks."""
        return as_latex(self._rows(), max(0, len(self) - MOST_ROWS))

    def _rows(self) -> Rows:
        return [(_formula(s.before), "=", _formula(s.after), s.reason) for s in self[:MOST_ROWS]]


@dataclass(frozen=True)
class RuleSet:
    """The equations of a theory, definitions and axioms alike, as rewrite rules from left to right; made by `rules`, or
    of any theory.

    Of several rules that fit, the one that the theory states first is used; arguments are rewritten before what they
    stand in. An implication from equations or negated equations to an equation is a rule with conditions: both sides
    of each are rewritten, and must come out the same, or different. An equation whose sides differ in their variables
    only, such as x + y = y + x, is used only where it makes the term smaller in the path order (`order.py`). Other
    axioms are passed over. Symbols with laws, and sequence variables, are rewritten modulo these (`rewrite_modulo.py`).

    `functions` are Python functions that compute the symbols of these names, on the values of literals and on other
    terms as they are; they return a value, a term, or None to leave it to the rules. What they say is trusted, and has
    no proof. They must not rewrite or collect terms of the same bank.

    `both_ways` names the equations that an e-graph may use from right to left as well; rewriting never does. `written`
    says where the rules that were given as such stand, as FILE:LINE.

    `variables` gives the sorts of the variables in texts, which are read by `conventions` if there are any. `fuel`
    bounds the visits of subterms in one call, the same on every machine, by a slower rewriter that counts them; None
    leaves that to the limits.

    Every method takes terms, or texts for them. Rewriting raises LemmataError if the left side of a rule is a variable
    or lacks a variable of the right side or of a condition: only an e-graph can use such a rule.
    """

    theory: Theory
    fuel: int | None = None
    functions: Mapping[str, Function] = field(default_factory=dict, hash=False)
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    conventions: Conventions | None = None
    bank: TermBank = field(default_factory=default_bank, compare=False, repr=False)
    both_ways: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def signature(self) -> Signature:
        """The symbols of the rules, and their variables."""
        return Signature(self.theory.symbols, self.variables, self.bank)

    def term(self, text: str, sort: str | None = None) -> Term:
        """The term that a text writes. Raises SourceError.

        By conventions, a text may have symbols that no rule has; without, it is read over the signature.
        """
        if self.conventions is None:
            return self.signature.term(text, sort)
        symbols, table, row = read_term(text, sort, self.theory.symbols, self.conventions)
        signature = self.signature
        if symbols != self.theory.symbols:
            signature = Signature(symbols, self.variables, self.bank)
        return signature.load(table, row)

    def normalize(self, term: Term | str, limits: Limits | None = None, *, tier: Tier = "auto") -> Term:
        """The normal form. Raises Unfinished when a limit is reached, and Interrupted, which is one, at Ctrl-C.

        The rules run compiled: first in the table machine, and if it lasts as native code; `tier` forces one of them.
        Results are remembered where that pays. Rewriting modulo laws and with `fuel` is done by other means, so it
        takes no tier. The bank may be collected on the way.
        """
        term = self._term(term)
        return self._run(term).normalize(term, Clock(limits or Limits()), tier)

    def recorded(self, term: Term, limits: Limits | None = None) -> Term:
        """The normal form by the rewriter of traces and proofs, which is slower, and never collects the bank."""
        run = self._run(term)
        run.record([term], Clock(limits or Limits()))
        return Term(term.signature, run.recorder.normal(term.id))

    def trace(self, term: Term | str, limits: Limits | None = None) -> Trace:
        """The steps from the term to its normal form, innermost first; each distinct subterm is rewritten once.

        Steps that only decide conditions are left out.
        """
        term = self._term(term)
        run = self._run(term)
        run.record([term], Clock(limits or Limits()))
        names = [str(rule.cites[1]) for rule in self.directed]
        steps = run.recorder.steps(term.id)
        of = term.signature
        return Trace(
            RewriteStep(Term(of, s.before), Term(of, s.after), None if s.rule is None else names[s.rule], s.hosted)
            for s in steps
        )

    def proof(self, term: Term | str, limits: Limits | None = None) -> Certificate:
        """A certificate for the theorem "normal_form": the term equals its normal form.

        It is over the theory of the rules, with the term's symbols. Raises LemmataError where there is no proof,
        because a Python function had its say, or a condition was that two terms differ and no axiom says so.
        """
        term = self._term(term)
        run = self._run(term)
        run.record([term], Clock(limits or Limits()))
        builder, (step,) = run.proofs([term])
        return run.certificate(builder, "normal_form", step)

    def derive(self, builder: Builder, term: Term, limits: Limits | None = None) -> int:
        """The step that equates a term with its normal form, in a builder over the table of `theory_with(term)`.

        Raises LemmataError where there is no proof, as `proof` does.
        """
        run = self._run(term)
        run.record([term], Clock(limits or Limits()))
        return run.steps(builder, [term])[0]

    def theory_with(self, term: Term) -> Theory:
        """The theory of the rules, with the symbols of a term."""
        return self._run(term).theory

    def why(self, left: Term | str, right: Term | str, limits: Limits | None = None) -> Why | Apart:
        """Why two terms are equal under the rules: a chain from one to the other, with its certificate.

        If their normal forms differ the answer is an `Apart`, which has both and counts as false. Raises LemmataError
        where there is no proof, as `proof` does.
        """
        left, right = self._together(*self._pair(left, right))
        if left.sort != right.sort:
            raise SortError(f"a term of sort {left.sort} and one of sort {right.sort} are not equal")
        run = self._run(left)
        run.record([left, right], Clock(limits or Limits()))
        normal, other = (Term(left.signature, run.recorder.normal(t.id)) for t in (left, right))
        if normal != other:
            return Apart(left, right, normal, other)
        builder, (down, up) = run.proofs([left, right])
        certificate = run.certificate(builder, "equal", builder.trans([down, builder.sym(up)]))
        ways = builder.finish("left", down), builder.finish("right", up)
        return Why(left, right, normal, certificate, *ways)

    @property
    def directed(self) -> tuple[RewriteRule, ...]:
        """The rules as data, over `theory.terms`, in order of priority."""
        return tuple(rule for _, rule in self._directed)

    def __str__(self) -> str:
        """The rules, one a line, with their names."""
        return "\n".join(self._line(axiom, rule) for axiom, rule in self._directed)

    def _repr_html_(self) -> str:
        """For notebooks."""
        return as_html(self._rows(), max(0, len(self._directed) - MOST_ROWS))

    def _repr_latex_(self) -> str:
        """For notebooks."""
        return as_latex(self._rows(), max(0, len(self._directed) - MOST_ROWS))

    def __reduce__(self) -> tuple[object, ...]:
        options = self.fuel, dict(self.functions), dict(self.variables), self.conventions
        return _restored, (self.theory, options, self.both_ways, dict(self.written))

    @cached_property
    def _directed(self) -> list[tuple[Axiom, RewriteRule]]:
        return directed(self.theory, self.written)

    @cached_property
    def _refusal(self) -> str | None:
        """Why these rules cannot rewrite, if they cannot."""
        for axiom, rule in self._directed:
            wrong = defect(self.theory.terms, rule)
            if wrong is not None:
                return f"{axiom.name}: {wrong}"
        return None

    def _sign(self, axiom: Axiom) -> str:
        return "<=>" if axiom.name in self.both_ways else "="

    def _line(self, axiom: Axiom, rule: RewriteRule) -> str:
        table, printer = self.theory.terms, self.signature.printer
        left, right = (printer.show(table, row, most=_SHOWN) for row in (rule.lhs, rule.rhs))
        return f"{axiom.name}: {left} {self._sign(axiom)} {right}" + self._conditions(rule)

    def _conditions(self, rule: RewriteRule) -> str:
        """Behind the rule, as `rules` reads them."""
        table, printer = self.theory.terms, self.signature.printer
        texts = []
        for c in rule.conditions:
            left, right = (printer.show(table, row, most=_SHOWN) for row in (c.left, c.right))
            plain = c.equal and table.rows[c.right] == ("lit", "true", "Bool")
            texts.append(left if plain else f"{left} {'=' if c.equal else '<>'} {right}")
        return " if " + " and ".join(texts) if texts else ""

    def _rows(self) -> Rows:
        table, printer = self.theory.terms, self.signature.printer
        return [
            (
                a.name,
                Formula(printer, table, r.lhs),
                self._sign(a),
                Formula(printer, table, r.rhs),
                self._conditions(r).strip(),
            )
            for a, r in self._directed[:MOST_ROWS]
        ]

    @cached_property
    def _runs(self) -> dict[tuple[int, tuple[Symbol, ...]], _Run]:
        """By the bank's identity and the symbols; a run keeps its bank alive."""
        return {}

    def _term(self, given: Term | str) -> Term:
        return self.term(given) if isinstance(given, str) else given

    def _pair(self, left: Term | str, right: Term | str) -> tuple[Term, Term]:
        """Two terms, where a text that does not tell its sort has that of the other."""
        first, second = self._term(left), self._term(right)
        for text, other in ((right, first), (left, second)):
            if first.sort != second.sort and isinstance(text, str):
                try:
                    found = self.term(text, other.sort)
                except SourceError:
                    continue
                return (first, found) if text is right else (found, second)
        return first, second

    def _run(self, term: Term) -> _Run:
        if self._refusal is not None:
            raise LemmataError(self._refusal, hint="rewriting cannot use this rule, an e-graph may")
        signature = term.signature
        key = (id(signature.bank), signature.symbols)
        run = self._runs.get(key)
        if run is None:
            have = signature.symbol
            if any(have.get(s.name) != s for s in self.theory.symbols):
                raise SortError("a term of another signature than the rules")
            run = self._runs[key] = _Run(self, signature)
        return run

    def _together(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both terms over one signature."""
        if left.signature.symbols == right.signature.symbols:
            left.signature.expect(right)
            return left, right
        symbols = {s.name: s for s in right.signature.symbols} | {s.name: s for s in left.signature.symbols}
        both = Signature(tuple(symbols.values()), self.variables, left.signature.bank)
        return both.adopt(left), both.adopt(right)


class _Run:
    """The rewriters of one rule set over the terms of one signature, each made when it is first wanted."""

    def __init__(self, rules: RuleSet, signature: Signature) -> None:
        self._signature = signature
        self._rules = rules.directed
        self._functions = rules.functions
        self._fuel = rules.fuel
        self.theory = rules.theory
        if signature.symbols != rules.theory.symbols:
            sorts = tuple(dict.fromkeys([*rules.theory.sorts, *signature.sorts]))
            self.theory = replace(rules.theory, symbols=signature.symbols, sorts=sorts)
        self._compiled = rules.fuel is None and not is_modulo(self.theory, self._rules)
        self._executions: dict[Tier, Execution] = {}
        self._clock = Clock(Limits())

    @cached_property
    def recorder(self) -> Recorder:
        return Recorder(self._signature, self.theory, self._rules, self._functions, self._fuel)

    def normalize(self, term: Term, clock: Clock, tier: Tier) -> Term:
        if not self._compiled:
            if tier != "auto":
                raise LemmataError("rules modulo laws, and rules with fuel, run in one way only, which is no tier")
            self.record([term], clock)
            return Term(term.signature, self.recorder.normal(term.id))
        self._clock = clock
        execution = self._executions.get(tier) or self._execution(tier)
        with clock.holding_interrupts():
            stop, walk, _, _ = execution.advance([term.id], clock)
        if stop is not Stop.DONE:
            at = walk.term()
            raise _unfinished(stop, None if at is None else Term(term.signature, at))
        return Term(term.signature, walk.results()[0])

    def record(self, terms: Sequence[Term], clock: Clock) -> None:
        """Normalise with a memory."""
        with clock.holding_interrupts():
            stop = self.recorder.run([t.id for t in terms], clock)
        if stop is not Stop.DONE:
            last = self.recorder.rewriter.last_term()
            raise _unfinished(stop, None if last is None else Term(self._signature, last))

    def proofs(self, terms: Sequence[Term]) -> tuple[Builder, list[int]]:
        """The steps that equate terms that were recorded with their normal forms."""
        builder = Builder(TermTable(self.theory.terms.rows, self.theory.terms.hints))
        return builder, self.steps(builder, terms)

    def steps(self, builder: Builder, terms: Sequence[Term]) -> list[int]:
        """The same in a builder over a table that begins with the theory's."""
        try:
            return self.recorder.proof(builder, [t.id for t in terms])
        except NoProof as error:
            raise LemmataError(f"there is no proof: {error}") from None

    def certificate(self, builder: Builder, name: str, last: int) -> Certificate:
        return Certificate(self.theory, self.theory.digest, builder.table, (builder.finish(name, last),))

    def _execution(self, tier: Tier) -> Execution:
        bank = self._signature.bank
        hosted = [s.name for s in self.theory.symbols if s.notation.text in self._functions]
        table = compile_rules(bank, self.theory.terms, self.theory.symbol, self._rules, hosted=hosted)
        hosts = hosts_of(self._signature, self._functions, lambda: (self.recorder, self._clock))
        made = Execution(bank, table, tier, "adaptive", precedence(self.theory), hosts)
        self._executions[tier] = made
        return made


def _formula(term: Term) -> Formula:
    table = TermTable()
    return Formula(term.signature.printer, table, term.dump(table))


def _unfinished(stop: Stop, last: Term | None) -> Unfinished:
    return (Interrupted if stop is Stop.INTERRUPTED else Unfinished)(stop, last)


def rules(
    *given: GivenRule,
    signature: Signature | None = None,
    constants: Iterable[str] = (),
    variables: Iterable[str] = (),
    sorts: Mapping[str, str] | None = None,
    laws: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    fuel: int | None = None,
) -> RuleSet:
    """Rules as mathematics, in order of priority: texts, equations, functions that write a rule (`function_rules.py`).

    A text is `left = right` or `left -> right`, which mean the same; `if` and conditions with `and` between them may
    stand behind it, and a name before it: `"unit: x * e = x"`. Others are called `rule1`, `rule2`, ... by their place.
    A condition is an equation, `s <> t`, or a truth value such as `n > 0`.

    `left <=> right` is the same to rewriting, and an e-graph uses it both ways. The left side may be a variable, and
    conditions may have variables that the left side lacks, as in `"p(x) = q(y) if x = f(y)"`: only an e-graph can use
    such rules, and rewriting with them raises LemmataError.

    Nothing need be declared:

    - One letter, with `s` or digits and primes behind it if need be, is a variable (x, n1, y', xs), unless it is
      applied or among `constants`; so are the names among `variables`. Every other name is a constant, or an operation
      of as many arguments as it is used with.
    - The operators, from the tightest: `^`; `-` and `~` as signs; `* / div mod @`; `+ - ++`; `<< >>`; `&`;
      `xor`; `|`; `< <= > >= = <>`; `not`; `and`; `or`; `implies`; `iff`. `** // % == !=` are other spellings of
      `^ div mod = <>`.
    - Comparisons, `and`, `or`, `not` and conditions are of sort Bool, strings of sort String; everything else has one
      sort: Int if the rules have a number in them, or `<` and its kin, `div` or `mod`, or call Python; otherwise Term,
      whose operators are symbols like any. `sorts` declares what is different:
      {"x": "Nat", "nil": "List", "cons": "Nat List -> List"}.
    - On Int, `+ - * div mod ^` and comparisons are computed exactly, before any rule is tried; so are the operations on
      Bool, on String (`++`) and, where `sorts` has them, on Rat, Real, Complex, BitVec8, ... (`operations.py`).

    `laws` has operators that are rewritten modulo associativity and commutativity, with their unit if they have one:
    {"+": "AC 0", "*": "AC 1", "++": "A nil"}.

    With a `signature`, texts are read over that instead, in MPL's notation, and functions written over it; its own
    declarations take the place of `constants`, `variables`, `sorts` and `laws`. Equations bring theirs along.

    `functions` and `fuel` are those of `RuleSet`. Annotations of a Python function give the sorts of its symbol.

    Raises SourceError for a text that does not parse or has no sorts that fit, LemmataError for what is no rule.

    >>> next_prime = rules(
    ...     "next(n) = n if is_prime(n)",
    ...     "next(n) = next(n + 1)",
    ...     functions={"is_prime": lambda n: n > 1 and all(n % d for d in range(2, n))},
    ... )
    >>> next_prime.normalize("next(90)")
    Term('97')
    >>> sums = rules("x + x = 2 * x", laws={"+": "AC 0"})
    >>> sums.normalize("a + b + a + 0")
    Term('b + 2 * a')
    """
    if signature is None:
        signature = next((g.left.signature for g in given if isinstance(g, Eq)), None)
    places = places_of_arguments(sys._getframe(1), len(given))
    declared = {"constants": constants, "variables": variables, "sorts": sorts, "laws": laws}
    if signature is not None:
        for what, value in declared.items():
            if value:
                raise LemmataError(f"{what} are declared by the signature, where there is one")
        read = read_rules(given, signature, places)
    else:
        profiles = {name: profile(text) for name, text in (sorts or {}).items()}
        conventions = Conventions(_names(constants), _names(variables), profiles)
        read = read_open(given, conventions, laws or {}, functions or {}, places)
    bank = default_bank() if signature is None else signature.bank
    everything = {**read.functions, **(functions or {})}
    notes = read.both_ways, read.written
    return RuleSet(read.theory, fuel, everything, read.variables, read.conventions, bank, *notes)


def _restored(
    theory: Theory,
    options: tuple[int | None, Mapping[str, Function], Mapping[str, str], Conventions | None],
    both_ways: frozenset[str],
    written: Mapping[str, str],
) -> RuleSet:
    """A rule set that was pickled, in the bank of this process."""
    return RuleSet(theory, *options, both_ways=both_ways, written=written)


def _names(given: Iterable[str]) -> frozenset[str]:
    """Names given one by one, or in one text with blanks or commas between."""
    return frozenset(given.replace(",", " ").split() if isinstance(given, str) else given)
