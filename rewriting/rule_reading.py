"""Rules from what people write, texts, equations and Python functions, as a small theory: its axioms are the rules.

A condition is a premise: `left = right if s = t and p` becomes the axiom s = t implies (p = true implies left = right).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .equations import defect, rule_of
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

GivenRule = str | Eq | FunctionRule | Callable[..., Any]


@dataclass(frozen=True)
class Read:
    """The theory of some rules, the sorts of their variables, and the Python functions that they mention."""

    theory: Theory
    variables: Mapping[str, str]
    functions: Mapping[str, Function]
    conventions: Conventions | None = None


def read_open(
    given: Sequence[GivenRule],
    conventions: Conventions,
    laws: Mapping[str, str],
    known: Mapping[str, Function],
) -> Read:
    """Rules of which the sorts are found by what they say. Raises SourceError and LemmataError."""
    clauses: list[tuple[Source | None, Clause]] = []
    functions = dict(known)
    for rule in given:
        if isinstance(rule, str):
            source = Source("<text>", rule)
            clauses.append((source, parse_clause(source)))
            continue
        if isinstance(rule, Eq):
            raise LemmataError("an Eq is a rule over its own signature", hint="rules(..., signature=...)")
        clause = _function_rule(rule).clause
        clauses.append((None, clause))
        functions.update(_functions(clause))
    sorts = {n: p for n, f in functions.items() if (p := profile_of_function(f)) is not None}
    conventions = Conventions(
        conventions.constants, conventions.variables, {**sorts, **conventions.sorts}, conventions.main
    )
    inference = Inference(conventions, hosted=bool(functions))
    for _, clause in clauses:
        inference.take_clause(clause)
    inference.finish()
    terms = TermTable()
    typed = [(source, inference.clause(clause, terms)) for source, clause in clauses]
    symbols = with_laws(inference.symbols, laws)
    axioms = [Axiom(name, formula, "axiom") for name, formula in law_axioms(symbols, terms)]
    axioms += _axioms(typed, terms)
    seen: dict[str, set[str]] = {}
    for i in terms.reachable([a.formula for a in axioms]):
        if terms.rows[i][0] == "var":
            seen.setdefault(str(terms.rows[i][1]), set()).add(str(terms.rows[i][2]))
    variables = {name: next(iter(sorts)) for name, sorts in seen.items() if len(sorts) == 1}
    mentioned = Signature(symbols, variables)
    main = () if inference.main in mentioned.sorts else (inference.main,)
    theory = Theory("rules", (*mentioned.sorts, *main), (), symbols, tuple(axioms), (), terms)
    settled = Conventions(conventions.constants, conventions.variables, conventions.sorts, inference.main)
    return Read(theory, variables, functions, settled)


def read_rules(given: Sequence[GivenRule], signature: Signature) -> Read:
    """Rules over the symbols and variables of a signature. Raises SourceError and LemmataError."""
    terms = TermTable()
    typed: list[tuple[Source | None, Typed]] = []
    functions: dict[str, Function] = {}
    for rule in given:
        if isinstance(rule, str):
            source = Source("<text>", rule)
            typed.append((source, _declared(source, signature, terms)))
        elif isinstance(rule, Eq):
            signature.expect(rule.left)
            typed.append((None, Typed(None, rule.left.dump(terms), rule.right.dump(terms), ())))
        else:
            clause = _function_rule(rule).clause
            functions.update(_functions(clause))
            typed.append((None, _over(signature, clause, terms)))
    axioms = _axioms(typed, terms)
    theory = Theory("rules", signature.sorts, signature.datatypes, signature.symbols, axioms, (), terms)
    return Read(theory, dict(signature.variables), functions)


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


def _axioms(typed: Iterable[tuple[Source | None, Typed]], terms: TermTable) -> tuple[Axiom, ...]:
    """The rules as axioms, called by their names or else by their places. Raises LemmataError for what is no rule."""
    axioms: dict[str, Axiom] = {}
    for n, (source, rule) in enumerate(typed, start=1):
        formula = terms.eq(rule.left, rule.right)
        for c in reversed(rule.conditions):
            equation = terms.eq(c.left, c.right)
            formula = terms.imp(equation if c.equal else terms.negate(equation), formula)
        name = rule.name or f"rule{n}"
        if name in axioms:
            raise LemmataError(f"two rules are called {name!r}")
        axiom = axioms[name] = Axiom(name, formula, "axiom")
        made = rule_of(terms, axiom)
        wrong = None if made is None else defect(terms, made)
        if wrong is not None:
            if source is not None:
                raise error_at(source, 0, f"{name}: {wrong}", kind="rule")
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


def _declared(source: Source, signature: Signature, terms: TermTable) -> Typed:
    """The rule that a text writes over a signature."""
    tokens = [t for t in tokenize(source) if t.kind != "end of line"]
    name = None
    if len(tokens) > 2 and tokens[0].kind == "name" and (tokens[1].kind, tokens[1].text) == ("operator", ":"):
        name, tokens = tokens[0].text, tokens[2:]
    at = condition_at(tokens)
    rule, rest = (tokens[:-1], []) if at is None else (tokens[:at], tokens[at + 1 : -1])
    end = tokens[-1] if at is None else tokens[at]
    reader = _Reader(source, signature, terms)
    arrow = next((n for n in _outside(rule) if (rule[n].kind, rule[n].text) == ("operator", "->")), None)
    if arrow is not None:
        left = reader.read(rule[:arrow], rule[arrow].offset, None)
        right = reader.read(rule[arrow + 1 :], end.offset, reader.sort(left))
    else:
        formula = terms.rows[reader.read(rule, end.offset, PROP)]
        if formula[0] != "eq":
            raise error_at(source, rule[0].offset, "this is not an equation", "a rule is written left = right")
        left, right = int(formula[1]), int(formula[2])
    conditions = []
    for part in _conjuncts(rest):
        conditions.append(reader.condition(part, tokens[-1].offset))
    if at is not None and not conditions:
        raise error_at(source, tokens[-1].offset, "a condition is wanted here, not the end")
    return Typed(name, left, right, tuple(conditions))


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
