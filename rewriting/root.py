"""Rules as strategies: what they do to a term as a whole, not inside it.

>>> import lemmata
>>> nat = lemmata.parse('''
... sort N = 0 | s(N)
... var x y : N
... op _+_ : N N -> N
...   x + 0    = x
...   x + s(y) = s(x + y)
... ''')
>>> sig = Signature.of(nat.theory, nat.variables)
>>> zero = rule("x + 0 = x", sig)
>>> zero(sig.term("s(y) + 0"))
Term('s(y)')
>>> zero(sig.term("s(y + 0)")) is None
True
>>> smaller_first = rule("x + y = y + x", sig, where=lambda x, y: x.size > y.size)
>>> smaller_first(sig.term("s(y) + x"))
Term('x + s(y)')
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast, overload

from .bank import app_symbol, literal_symbol
from .equations import directed
from .function_rules import FunctionRule, rule_of_function
from .interface import Leaf, TableTerms, TermInterface, has_laws, translate
from .literals import literal_text, literal_value
from .operations import evaluate
from .order import precedence
from .parsing import parse_formula
from .pattern import Hole, Node, Pattern, patterns, unifiable
from .recognise import interface_of
from .reference import ground_order
from .ruleset import RuleSet
from .source import LemmataError, Source, nearest
from .strategy import Halted, Run, Strategy
from .syntax import TermTable
from .system import RewriteRule
from .terms import Eq, Signature
from .theory import Symbol, Theory

T = TypeVar("T")


@dataclass(frozen=True)
class Computed:
    """A Python function of the values of some holes, given by name."""

    function: Callable[..., Any]
    holes: tuple[tuple[str, int], ...]

    def __call__(self, values: Mapping[int, Any]) -> Any:
        return self.function(**{name: values[number] for name, number in self.holes})


@dataclass(frozen=True)
class Premise:
    """Two terms over the holes of a rule, whose normal forms must be the same, or (not `equal`) must not be."""

    left: Pattern
    right: Pattern
    equal: bool


@dataclass(frozen=True)
class Rule(Strategy[T]):
    """Where the left side matches and the condition holds, the right side. Made by `Rule.of`, `rule`, `RootRules.of`.

    Matching is by structure: it does not know that a symbol is associative or commutative. Premises are judged by the
    rules among which the rule stands, of which it may be the only one. A rule with an `order` is used only where it
    makes the term smaller in the path order of that theory.
    """

    left: Pattern
    right: Pattern | Computed
    where: Computed | None = None
    premises: tuple[Premise, ...] = ()
    order: Theory | None = None

    @classmethod
    def of(
        cls,
        left: T,
        right: T | Callable[..., T | None],
        variables: Mapping[str, T],
        *,
        where: Callable[..., bool] | None = None,
        over: TermInterface[T] | None = None,
    ) -> Rule[T]:
        """The rule between two terms of any kind, in which the given leaves stand for any term.

        The right side may be a Python function, which may give None for no change, and `where` a predicate: their
        parameters are named after the variables whose values they want. Raises LemmataError if the left side is a
        variable, lacks a variable that is wanted elsewhere, or has a symbol with laws.

        >>> square = Rule.of(("*", "x", "x"), ("^", "x", 2), {"x": "x"})
        >>> square(("*", ("f", "y"), ("f", "y")))
        ('^', ('f', 'y'), 2)
        >>> add = Rule.of(("+", "x", "y"), lambda x, y: x + y, {"x": "x", "y": "y"}, where=lambda x: isinstance(x, int))
        >>> add(("+", 1, 2)), add(("+", "z", 2))
        (3, None)
        """
        over = over or interface_of(left)
        names = tuple(variables)
        condition = None if where is None else _computed(where, names)
        if inspect.isroutine(right):
            (pattern,) = patterns(over, [left], variables)
            return _checked(over, Rule(pattern, _computed(right, names), condition), names)
        pattern, result = patterns(over, [left, cast(T, right)], variables)
        return _checked(over, Rule(pattern, result, condition), names)

    def apply(self, term: T, run: Run[T]) -> T | None:
        return self.among(RootRules((self,)), term, run)

    def among(self, rules: RootRules[T], term: T, run: Run[T]) -> T | None:
        """As `apply`, with premises judged by `rules`."""
        run.step(term)
        values = self.left.match(run.over, term, run.same)
        if values is None or (self.where is not None and not self.where(values)):
            return None
        if not all(rules.hold(premise, values, term, run) for premise in self.premises):
            return None
        result: T | None
        result = self.right.build(run.over.make, values) if isinstance(self.right, Pattern) else self.right(values)
        if result is None or (self.may_rest and run.same(term, result)):
            return None
        if not self.decreases(run.over, term, result):
            return None
        run.rewrites += 1
        return result

    @cached_property
    def may_rest(self) -> bool:
        """Are there terms that the rule would leave as they are, as x + y = y + x does with x + x?"""
        return isinstance(self.right, Computed) or unifiable(self.left, self.right)

    def decreases(self, over: TermInterface[T], before: T, after: T) -> bool:
        """May `before` become `after`, as far as the order of this rule is concerned?"""
        if self.order is None:
            return True
        into = TableTerms(TermTable(), self.order.symbol)
        s, t = translate(over, before, into), translate(over, after, into)
        return ground_order(into.table, precedence(self.order))(s, t)


@overload
def rule(equation: Callable[..., Any]) -> FunctionRule: ...


@overload
def rule(
    equation: str | Eq, signature: Signature | None = None, *, where: Callable[..., bool] | None = None
) -> Rule[Any]: ...


def rule(
    equation: str | Eq | Callable[..., Any],
    signature: Signature | None = None,
    *,
    where: Callable[..., bool] | None = None,
) -> Rule[Any] | FunctionRule:
    """The rule that an equation of Lemmata terms writes, left to right; every variable in it stands for any term.

    As a decorator it makes of a Python function a rule for `rules` (`function_rules.py`).

    A text is read over the signature, which an `Eq` brings along. Raises SourceError for a text that does not parse,
    LemmataError for one that is no equation or no rule.
    """
    if not isinstance(equation, str | Eq):
        return rule_of_function(equation)
    table = TermTable()
    if isinstance(equation, Eq):
        signature = equation.left.signature
        formula = equation.dump(table)
    elif signature is None:
        raise LemmataError("a rule written as a text needs a signature", hint='rule("x + 0 = x", signature)')
    else:
        formula = parse_formula(Source("<text>", equation), signature.symbols, signature.variables, table)
    row = table.rows[formula]
    if row[0] != "eq":
        raise LemmataError("a rule must be an equation", hint="conditions are given by where=")
    variables = {str(table.rows[v][1]): v for v in table.free_variables(formula)}
    over = TableTerms(table, signature.symbol)
    return Rule.of(int(row[1]), int(row[2]), variables, where=where, over=over)


@dataclass(frozen=True)
class RootRules(Strategy[T]):
    """Several rules: the first that fits. Before them come `builtins`, operations on literals, by their heads."""

    rules: tuple[Rule[T], ...]
    builtins: Mapping[Hashable, Symbol] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, rules: RuleSet | RootRules[T] | Iterable[Rule[T]]) -> RootRules[T]:
        """Rules given one by one, or those of a RuleSet, which rewrite terms over its theory's symbols in any bank.

        Raises LemmataError for a RuleSet with symbols with laws on left sides, or with Python functions: those run
        compiled only.
        """
        if isinstance(rules, RootRules):
            return rules
        if isinstance(rules, RuleSet):
            if rules.functions:
                names = ", ".join(sorted(rules.functions))
                raise LemmataError(f"Python computes {names} here, which only compiled rules know")
            builtins: dict[Hashable, Symbol] = {app_symbol(s): s for s in rules.theory.symbols if s.kind == "builtin"}
            return RootRules(tuple(_directed(rules.theory, r) for _, r in directed(rules.theory)), builtins)
        return RootRules(tuple(rules))

    @cached_property
    def by_head(self) -> Mapping[Hashable, tuple[Rule[T], ...]]:
        """In order, for each head that a left side starts with."""
        heads: dict[Hashable, list[Rule[T]]] = {}
        for r in self.rules:
            assert isinstance(r.left.top, Node)
            heads.setdefault(r.left.top.head, []).append(r)
        return {head: tuple(found) for head, found in heads.items()}

    def may_change(self, head: Hashable) -> bool:
        """May terms with this head be rewritten at the root?"""
        return head in self.by_head or head in self.builtins

    def computed(self, head: Hashable, args: Sequence[Hashable]) -> Leaf | None:
        """The literal that a built-in operation gives for arguments with these heads, if it gives one."""
        symbol = self.builtins.get(head)
        texts = [a.text for a in args if isinstance(a, Leaf) and a.symbol.kind == "lit"]
        if symbol is None or len(texts) < len(args):
            return None
        value = evaluate(symbol.notation.text, [literal_value(text) for text in texts], symbol.arguments)
        return None if value is None else Leaf(literal_symbol(symbol.result), literal_text(value))

    def apply(self, term: T, run: Run[T]) -> T | None:
        run.step(term)
        over = run.over
        head = over.head(term)
        if head in self.builtins:
            literal = self.computed(head, [over.head(a) for a in over.args(term)])
            if literal is not None:
                run.rewrites += 1
                return over.make(literal, [])
        for r in self.by_head.get(head, ()):
            result = r.among(self, term, run)
            if result is not None:
                return result
        return None

    def hold(self, premise: Premise, values: Mapping[int, T], term: T, run: Run[T]) -> bool:
        """Is a premise true under these rules? Its sides are made normal lazily; a stop there is a stop at `term`."""
        from .lazy import Lazy  # which knows these rules

        normal = Lazy(self)
        sides = [side.build(run.over.make, values) for side in (premise.left, premise.right)]
        try:
            left, right = (side if (made := normal.apply(side, run)) is None else made for side in sides)
        except Halted as halted:
            raise Halted(halted.stop, term) from None
        return run.same(left, right) == premise.equal


def _directed(theory: Theory, given: RewriteRule) -> Rule[Any]:
    variables = {str(n): v for n, v in enumerate(sorted(given.variables))}
    over = TableTerms(theory.terms, theory.symbol)
    sides = [side for c in given.conditions for side in (c.left, c.right)]
    left, right, *rest = patterns(over, [given.lhs, given.rhs, *sides], variables)
    premises = tuple(Premise(s, t, c.equal) for s, t, c in zip(rest[::2], rest[1::2], given.conditions, strict=True))
    return _checked(over, Rule(left, right, None, premises, theory if given.ordered else None), tuple(variables))


def _computed(function: Callable[..., Any], names: Sequence[str]) -> Computed:
    number = {name: n for n, name in enumerate(names)}
    wanted = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in number or parameter.kind not in (
            parameter.POSITIONAL_OR_KEYWORD,
            parameter.KEYWORD_ONLY,
        ):
            hint = nearest(parameter.name, names, "variables")
            raise LemmataError(f"a function of a rule wants {parameter.name!r}, which is no variable of it", hint=hint)
        wanted.append((parameter.name, number[parameter.name]))
    return Computed(function, tuple(wanted))


def _checked(over: TermInterface[T], made: Rule[T], names: Sequence[str]) -> Rule[T]:
    if any(isinstance(row, Node) and has_laws(over, row.head) for row in made.left.rows):
        raise LemmataError(
            "matching by structure knows nothing of the laws of a symbol on the left side of this rule",
            hint="rules modulo laws belong in a RuleSet, which makes normal forms",
        )
    if isinstance(made.left.top, Hole):
        raise LemmataError("the left side of a rule must start with a symbol", hint="a function of a term fits all")
    known = made.left.occurring()
    wanted = set(made.right.occurring()) if isinstance(made.right, Pattern) else {n for _, n in made.right.holes}
    for premise in made.premises:
        wanted |= premise.left.occurring() | premise.right.occurring()
    if made.where is not None:
        wanted |= {n for _, n in made.where.holes}
    if not wanted <= known:
        raise LemmataError(f"the left side of a rule lacks {names[min(wanted - known)]!r}, which is wanted elsewhere")
    return made
