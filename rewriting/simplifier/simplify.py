"""`simplify`: the cheapest equal of a term that can be found, and the proof that it is one.

>>> simplify("sin(x)^2 + cos(x)^2 + a*2/2")
Term('a + 1')
>>> found = simplification("exp(ln(x)) + 0", assume=["x > 0"])
>>> found.result, found.assumed, found.check().accepted
(Term('x'), ('x > 0',), True)
>>> simplify("exp(ln(x)) + 0")
Term('exp(ln(x))')
>>> simplify("p and (p or q)")
Term('p')
>>> simplify("f(g(a)) + 0", rules=["x + 0 = x", "f(g(x)) = h(x)"])
Term('h(a)')

An equation between terms that was proved here holds at every point where both sides have a value; what the domains are,
and what is so refused, docs/simplify.md says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..certificate import Certificate
from ..derivation import Builder, NoProof
from ..egraph.costs import CostModel, cost_model, symbol_texts
from ..egraph.costs import Given as GivenCost
from ..expressions import Expr
from ..limits import Limits
from ..source import LemmataError
from ..terms import Term
from ..theory import Theory
from .costing import row_cost
from .question import Formula, Given, Question, TermForms, question
from .readable import prove_plainly
from .record import Proved, Simplification
from .search import Found, prove, simplify_row

if TYPE_CHECKING:
    from . import logic
    from .by_rules import GivenRules

Goal = str | Term | Expr | int | float | Callable[[Any], bool]


def simplify(
    expr: Given,
    rules: GivenRules | None = None,
    cost: GivenCost = "size",
    goal: Goal | None = None,
    assume: str | Sequence[Formula] = (),
    domain: str | None = None,
    limits: Limits | None = None,
) -> Any:
    """The cheapest equal of an expression that was found, as what was given: a Term of a text or a Term, an Expr of an
    Expr, and SymPy's of SymPy's, which may be unevaluated.

    `cost` is "size", "depth", "cycles" (of a processor, for each operation), weights by symbol, or a function of a
    symbol's text and the costs of its arguments (`egraph/costs.py`).

    `goal` ends the search: a term, which then is the result if it is proved equal; a number, for any term that costs no
    more; or a function that says of a result whether it will do.

    `assume` has what is to be assumed, as texts such as "x > 0 and y != 0". Assumptions of SymPy's symbols count too.

    `domain` says where the two are equal: "real", "complex", "bool", or for bit vectors of some width "bv8" and so on.
    Left out, it is that of a term's sort; of a text "bool" if it has `and`, `or`, `not` and the like in it, otherwise
    "real"; and of expressions "real" if all their symbols are declared real, otherwise "complex".

    With `rules`, a `RuleSet` or texts that `rules` reads, terms are equal that these make equal, and nothing else is
    known of them; texts are read as the rules' are, and there are no domain and no assumptions.

    The result is never dearer than what was given, and the same on every machine unless `limits` end the search.

    Raises SourceError for texts that do not parse, NotAnExpression for objects of SymPy that are no numbers, and
    LemmataError for costs, domains and terms of which nothing is known.
    """
    return simplification(expr, rules, cost, goal, assume, domain, limits).expression


def simplification(
    expr: Given,
    rules: GivenRules | None = None,
    cost: GivenCost = "size",
    goal: Goal | None = None,
    assume: str | Sequence[Formula] = (),
    domain: str | None = None,
    limits: Limits | None = None,
) -> Simplification:
    """The same with the record of it: costs, why the search ended, the proof."""
    given = [assume] if isinstance(assume, str) else list(assume)
    if rules is not None:
        if given or domain is not None:
            raise LemmataError("rules leave no room for a domain or assumptions", hint="put them into the rules")
        return _by_rules(expr, rules, cost, goal, limits or Limits())
    return answered(question(expr, domain, given), cost, goal, limits)


def _by_rules(expr: Given, rules: GivenRules, cost: GivenCost, goal: Goal | None, limits: Limits) -> Simplification:
    if not isinstance(expr, str | Term):
        raise LemmataError("rules are about terms", hint="give a text or a Term")
    if isinstance(goal, Expr):
        raise LemmataError("a goal under rules is a text, a Term, a cost or a function")
    from .by_rules import Search, rule_set

    s = Search(rule_set(rules), expr, cost, limits, goal).run()
    return Simplification(
        *(s.result, "rules", s.cost_before, s.cost_after, s.stop, s.reached),
        *(lambda: (s.input, s.result), s.prove),
    )


def answered(
    asked: Question, cost: GivenCost = "size", goal: Goal | None = None, limits: Limits | None = None
) -> Simplification:
    """What `simplification` says of a question."""
    table, theory, model = asked.table, asked.theory, cost_model(cost)
    wanted = None if goal is None or isinstance(goal, int | float) or callable(goal) else asked.read(goal)
    logical = asked.domain not in ("real", "complex")
    found = _looked(logical)(table, asked.row, theory, asked.assumptions, model, limits=limits)
    way: list[Found | logic.Found] = [found]
    row, reached = found.row, None
    if wanted is not None:
        back = _looked(logical)(table, wanted, theory, asked.assumptions, model, limits=limits)
        reached = back.row == row
        direct = _directly(asked, wanted, model) if logical else None
        if direct is not None:
            row, way, reached = wanted, [direct], True
        elif reached:
            row, way = wanted, [found, back]
    expression = asked.forms.write(table, row)
    after = row_cost(model, table, row, symbol_texts(theory.symbols))
    if isinstance(goal, int | float):
        reached = bool(after <= goal)
    elif callable(goal):
        reached = bool(goal(expression))

    def proved() -> Certificate:
        plain = None if asked.assumptions or logical else prove_plainly(theory, table, asked.row, row)
        if plain is not None:
            return plain.certificate()
        builder = Builder(table)
        try:
            steps = [_proved(builder, theory, f, asked.assumptions) for f in way]
        except NoProof as error:
            raise LemmataError(f"no proof was found: {error}") from None
        return Proved(theory, builder, builder.trans([steps[0], *map(builder.sym, steps[1:])])).certificate()

    def terms() -> tuple[Term, Term]:
        plain = TermForms(theory.symbols, asked.vocabulary.sort)
        return plain.write(table, asked.row), plain.write(table, row)

    stop = "goal" if reached else found.stop.value
    return Simplification(expression, asked.domain, found.cost_before, after, stop, reached, terms, proved)


def _looked(logical: bool) -> Callable[..., Found | logic.Found]:
    """The search that a theory of logic or of numbers has."""
    if not logical:
        return simplify_row
    from . import logic

    return logic.simplify_row


def _directly(asked: Question, wanted: int, model: CostModel) -> logic.Found | None:
    from . import logic

    return logic.reach(asked.table, asked.row, wanted, asked.theory, asked.assumptions, model)


def _proved(builder: Builder, theory: Theory, found: Found | logic.Found, assumptions: Sequence[int]) -> int:
    if isinstance(found, Found):
        return prove(builder, theory, found, assumptions)
    from . import logic

    return logic.prove(builder, theory, found, assumptions)
