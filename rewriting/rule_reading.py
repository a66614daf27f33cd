"""Rules from what people write, texts, equations and Python functions, as a small theory: its axioms are the rules.

A condition is a premise: `left = right if s = t and p` becomes the axiom s = t implies (p = true implies left = right).
A rule `left <=> right` is the same axiom, and its name is kept: an e-graph uses it in both directions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .call_site import place
from .equations import rule_of, useless
from .function_rules import FunctionRule, profile_of_function, rule_of_function
from .hosts import Function
from .open_signature import Conventions, Inference, Typed, law_axioms, with_laws
from .parsing import Scope, parse_tokens
from .sketch import Clause, Given, Sketch
from .sketch_parsing import condition_at, parse_clause, parse_sketch, tokens_of
from .source import LemmataError, Source, SourceError
from .syntax import PROP, TermTable
from .system import Condition
from .terms import Eq, Signature, Term
from .theory import Axiom, Symbol, Theory, extend_sorts, literal_sorts
from .tokens import Token, error_at, tokenize

_DIRECTIONS = ("->", "<=>")


@dataclass(frozen=True)
class RuleText:
    """A rule in a text, from one offset to another, and where it was written, as FILE:LINE."""

    source: Source
    start: int
    end: int
    written: str


GivenRule = str | RuleText | Eq | FunctionRule | Callable[..., Any]


def rule_texts(source: Source) -> tuple[RuleText, ...]:
    """The rules of a text with one rule on each line; a line that begins with a blank continues the one before it.

    Raises SourceError for what belongs to no token.

    >>> text = Source("ring.rules", "unit: x + 0 = x   -- a comment\\n\\ncomm: x + y\\n  <=> y + x\\n")
    >>> [rule.written for rule in rule_texts(text)]
    ['ring.rules:1', 'ring.rules:3']
    """
    found: list[RuleText] = []
    line = 1
    for token in tokenize(source):
        if token.kind in ("end of line", "end"):
            line += 1
        elif not found or token.offset == 0 or source.text[token.offset - 1] in "\n\ufeff":
            found.append(RuleText(source, token.offset, token.end, place(source.name, line)))
        else:
            found[-1] = replace(found[-1], end=token.end)
    return tuple(found)


@dataclass(frozen=True)
class Read:
    """The theory of some rules, the sorts of their variables, and the Python functions that they mention.

    `both_ways` has the names of the rules to be used in both directions, `written` the places of rules, by name.
    """

    theory: Theory
    variables: Mapping[str, str]
    functions: Mapping[str, Function]
    conventions: Conventions | None = None
    both_ways: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Stated:
    """A rule as rows, the source that it is told of in errors if there is one, and its place as FILE:LINE."""

    typed: Typed
    source: Source | None
    offset: int
    written: str


def read_open(
    given: Sequence[GivenRule],
    conventions: Conventions,
    laws: Mapping[str, str],
    known: Mapping[str, Function],
    places: Sequence[str],
) -> Read:
    """Rules of which the sorts are found by what they say. Raises SourceError and LemmataError.

    `places` says where each rule was given, as FILE:LINE.
    """
    clauses: list[tuple[RuleText | None, str, Clause]] = []
    functions = dict(known)
    for rule, written in zip(given, places, strict=True):
        if isinstance(rule, str | RuleText):
            text = _text(rule, written)
            clause = parse_clause(text.source, tokens_of(text.source, text.start, text.end))
            clauses.append((text, text.written, clause))
            continue
        if isinstance(rule, Eq):
            raise LemmataError("an Eq is a rule over its own signature", hint="rules(..., signature=...)")
        made = _function_rule(rule)
        clauses.append((None, made.written or written, made.clause))
        functions.update(_functions(made.clause))
    sorts = {n: p for n, f in functions.items() if (p := profile_of_function(f)) is not None}
    conventions = Conventions(
        conventions.constants, conventions.variables, {**sorts, **conventions.sorts}, conventions.main
    )
    inference = Inference(conventions, hosted=bool(functions))
    for _, _, clause in clauses:
        inference.take_clause(clause)
    inference.finish()
    terms = TermTable()
    stated = _named(
        _Stated(inference.clause(clause, terms), text.source if text else None, text.start if text else 0, written)
        for text, written, clause in clauses
    )
    symbols = with_laws(inference.symbols, laws)
    axioms = [Axiom(name, formula, "axiom") for name, formula in law_axioms(symbols, terms)]
    axioms += _axioms(stated, terms, _computed(symbols, functions))
    seen: dict[str, set[str]] = {}
    for i in terms.reachable([a.formula for a in axioms]):
        if terms.rows[i][0] == "var":
            seen.setdefault(str(terms.rows[i][1]), set()).add(str(terms.rows[i][2]))
    variables = {name: next(iter(sorts)) for name, sorts in seen.items() if len(sorts) == 1}
    mentioned = Signature(symbols, variables)
    main = () if inference.main in mentioned.sorts else (inference.main,)
    theory = Theory("rules", (*mentioned.sorts, *main), (), symbols, tuple(axioms), (), terms)
    settled = Conventions(conventions.constants, conventions.variables, conventions.sorts, inference.main)
    return Read(theory, variables, functions, settled, *_notes(stated))


def read_rules(given: Sequence[GivenRule], signature: Signature, places: Sequence[str]) -> Read:
    """Rules over the symbols and variables of a signature. Raises SourceError and LemmataError.

    `places` says where each rule was given, as FILE:LINE.
    """
    terms = TermTable()
    found: list[_Stated] = []
    functions: dict[str, Function] = {}
    for rule, written in zip(given, places, strict=True):
        if isinstance(rule, str | RuleText):
            text = _text(rule, written)
            found.append(_Stated(_declared(text, signature, terms), text.source, text.start, text.written))
        elif isinstance(rule, Eq):
            signature.expect(rule.left)
            found.append(_Stated(Typed(None, rule.left.dump(terms), rule.right.dump(terms), ()), None, 0, written))
        else:
            made = _function_rule(rule)
            functions.update(_functions(made.clause))
            found.append(_Stated(_over(signature, made.clause, terms), None, 0, made.written or written))
    stated = _named(found)
    axioms = _axioms(stated, terms, _computed(signature.symbols, functions))
    theory = Theory("rules", signature.sorts, signature.datatypes, signature.symbols, axioms, (), terms)
    return Read(theory, dict(signature.variables), functions, None, *_notes(stated))


def read_term(
    text: str, sort: str | None, symbols: Sequence[Symbol], conventions: Conventions
) -> tuple[tuple[Symbol, ...], TermTable, int]:
    """A term read by the conventions over known symbols: these and its new ones, and the term as a row."""
    source = Source("<text>", text)
    inference = Inference(conventions, symbols)
    sketch = parse_sketch(source, tokens_of(source))
    inference.take_term(sketch, sort)
    inference.finish()
    table = TermTable()
    row = inference.rows(sketch, table)
    return inference.symbols, table, row


def _text(rule: str | RuleText, written: str) -> RuleText:
    return rule if isinstance(rule, RuleText) else RuleText(Source("<text>", rule), 0, len(rule), written)


def _named(stated: Iterable[_Stated]) -> dict[str, _Stated]:
    """The rules by their names, or else by their places among all. Raises LemmataError if two have one name."""
    named: dict[str, _Stated] = {}
    for n, rule in enumerate(stated, start=1):
        name = rule.typed.name or f"rule{n}"
        if name in named:
            raise LemmataError(f"two rules are called {name!r}")
        named[name] = rule
    return named


def _notes(stated: Mapping[str, _Stated]) -> tuple[frozenset[str], dict[str, str]]:
    """The names of the rules to be used both ways, and where each was written."""
    both_ways = frozenset(name for name, rule in stated.items() if rule.typed.both)
    return both_ways, {name: rule.written for name, rule in stated.items()}


def _computed(symbols: Iterable[Symbol], functions: Collection[str]) -> frozenset[str]:
    """The names of the symbols that arithmetic or Python computes."""
    return frozenset(s.name for s in symbols if s.kind == "builtin" or s.notation.text in functions)


def _axioms(stated: Mapping[str, _Stated], terms: TermTable, computed: Collection[str]) -> tuple[Axiom, ...]:
    """The rules as axioms. Raises LemmataError for what is no rule."""
    axioms: dict[str, Axiom] = {}
    for name, given in stated.items():
        rule = given.typed
        formula = terms.eq(rule.left, rule.right)
        for c in reversed(rule.conditions):
            equation = terms.eq(c.left, c.right)
            formula = terms.imp(equation if c.equal else terms.negate(equation), formula)
        axiom = axioms[name] = Axiom(name, formula, "axiom")
        made = rule_of(terms, axiom)
        wrong = None if made is None else useless(terms, made, computed)
        if wrong is not None and made is not None and rule.both:
            backwards = useless(terms, replace(made, lhs=made.rhs, rhs=made.lhs), computed)
            wrong = None if backwards is None else wrong
        if wrong is not None:
            if given.source is not None:
                raise error_at(given.source, given.offset, f"{name}: {wrong}", kind="rule")
            raise LemmataError(f"{name}: {wrong}")
    return tuple(axioms.values())


def _function_rule(given: FunctionRule | Callable[..., Any]) -> FunctionRule:
    if isinstance(given, FunctionRule):
        return given
    if not inspect.isfunction(given):
        raise LemmataError(
            f"an object of type {type(given).__name__} is no rule",
            hint="give texts, equations (Eq), and functions that write a rule",
        )
    return rule_of_function(given)


def _functions(clause: Clause) -> dict[str, Function]:
    """The Python functions that a rule mentions, by name."""
    roots = [clause.left, clause.right]
    for c in clause.conditions:
        roots += (c.left, c.right) if isinstance(c, Given) else (c,)
    return {node.text: node.function for root in roots for node in root.order() if node.function is not None}


# Over a signature


def _declared(text: RuleText, signature: Signature, terms: TermTable) -> Typed:
    """The rule that a text writes over a signature."""
    source = text.source
    tokens = [t for t in tokenize(source, text.start, text.end) if t.kind != "end of line"]
    name = None
    if len(tokens) > 2 and tokens[0].kind == "name" and (tokens[1].kind, tokens[1].text) == ("operator", ":"):
        name, tokens = tokens[0].text, tokens[2:]
    at = condition_at(tokens)
    rule, rest = (tokens[:-1], []) if at is None else (tokens[:at], tokens[at + 1 : -1])
    end = tokens[-1] if at is None else tokens[at]
    reader = _Reader(source, signature, terms)
    arrow = next((n for n in _outside(rule) if rule[n].kind == "operator" and rule[n].text in _DIRECTIONS), None)
    if arrow is not None:
        left = reader.read(rule[:arrow], rule[arrow].offset, None)
        right = reader.read(rule[arrow + 1 :], end.offset, reader.sort(left))
    else:
        formula = terms.rows[reader.read(rule, end.offset, PROP)]
        if formula[0] != "eq":
            offset = rule[0].offset if rule else end.offset
            raise error_at(source, offset, "this is not an equation", "a rule is written left = right")
        left, right = int(formula[1]), int(formula[2])
    conditions = []
    for part in _conjuncts(rest):
        conditions.append(reader.condition(part, tokens[-1].offset))
    if at is not None and not conditions:
        raise error_at(source, tokens[-1].offset, "a condition is wanted here, not the end")
    return Typed(name, left, right, tuple(conditions), arrow is not None and rule[arrow].text == "<=>")


class _Reader:
    def __init__(self, source: Source, signature: Signature, terms: TermTable) -> None:
        self._source = source
        self._signature = signature
        self._terms = terms
        literals = literal_sorts(signature.symbols, signature.variables.values())
        self._scope = Scope(signature.symbols, signature.variables, literals=literals)
        self._bool = "Bool" in literals

    def read(self, tokens: Sequence[Token], end: int, sort: str | None) -> int:
        return parse_tokens(self._source, [*tokens, Token("end", "", end)], self._scope, self._terms, sort)

    def sort(self, row: int) -> str:
        table = TermTable()
        (root,) = self._terms.copy_into(table, [row])
        sorts: list[str] = []
        extend_sorts(sorts, table.rows, self._signature.symbol)
        return sorts[root]

    def condition(self, tokens: Sequence[Token], end: int) -> Condition:
        """An equation, a negated one, or a term of sort Bool that must become true."""
        try:
            row = self._terms.rows[self.read(tokens, end, PROP)]
        except SourceError:
            if not self._bool:
                raise
            return Condition(self.read(tokens, end, "Bool"), self._terms.literal("true", "Bool"))
        negated = row[0] == "imp" and self._terms.rows[int(row[2])][0] == "false"
        equation = self._terms.rows[int(row[1])] if negated else row
        if equation[0] != "eq":
            hint = "a condition is an equation, its negation, or a term of sort Bool"
            raise error_at(self._source, tokens[0].offset, "this is no condition", hint)
        return Condition(int(equation[1]), int(equation[2]), not negated)


def _outside(tokens: Sequence[Token]) -> list[int]:
    """The tokens outside all brackets."""
    depth = 0
    out = []
    for n, token in enumerate(tokens):
        depth += (token.kind == "(") - (token.kind == ")")
        if depth == 0:
            out.append(n)
    return out


def _conjuncts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    if not tokens:
        return []
    cuts = [n for n in _outside(tokens) if (tokens[n].kind, tokens[n].text) == ("name", "and")]
    ends = zip([-1, *cuts], [*cuts, len(tokens)], strict=True)
    return [tokens[start + 1 : end] for start, end in ends]


def _over(signature: Signature, clause: Clause, terms: TermTable) -> Typed:
    """The rule of a Python function over a signature."""

    def pair(left: Sketch, right: Sketch) -> tuple[int, int]:
        first, second = _term(signature, left), _term(signature, right)
        known = first if isinstance(first, Term) else second
        if not isinstance(known, Term):
            raise LemmataError(f"{clause.name}: nothing tells the sort of a number")
        sides = [t if isinstance(t, Term) else signature.numeral(t, known.sort) for t in (first, second)]
        Eq(*sides)
        return sides[0].dump(terms), sides[1].dump(terms)

    left, right = pair(clause.left, clause.right)
    conditions = []
    for c in clause.conditions:
        given = c if isinstance(c, Given) else Given(c, Sketch("lit", "", value=True))
        conditions.append(Condition(*pair(given.left, given.right), given.equal))
    return Typed(clause.name, left, right, tuple(conditions))


def _term(signature: Signature, root: Sketch) -> Term | int:
    """A sketch as a term of a signature; a whole number by itself is left as it is."""
    made: dict[int, Term | int] = {}
    for node in root.order():
        below = [made[id(child)] for child in node.below]
        if node.kind == "lit":
            value = node.value
            made[id(node)] = value if type(value) is int else signature.literal(value)
        elif node.kind == "var":
            made[id(node)] = signature.var(node.text, node.sort)
        elif node.form == "function":
            made[id(node)] = signature.make(node.text, *below)
        else:
            made[id(node)] = signature.operate((node.text,), node.form, below)
    return made[id(root)]
