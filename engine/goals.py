"""Proving formulas: implications, connectives, quantifiers and defined predicates around the equation prover.

Goal-directed search in natural deduction, bounded by a depth. Hypotheses are put to use as they come: definitions of
predicates are unfolded, existential ones give witnesses, equations between constructors are taken apart, an equation
with a variable on one side eliminates it, other equations become rewrite rules, and implications (those of induction
hypotheses and of earlier theorems included) are used backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..rewriting.certificate import Derivation, Step
from ..rewriting.derivation import Builder, Explainer
from ..rewriting.limits import Stop
from ..rewriting.matching import Substitution
from ..rewriting.rules import RewriteRule
from ..rewriting.syntax import children
from .induction import Context, EquationProver
from .refute import MOST_NESTED, nesting, unfolding

MOST_FACTS = 60  # in one situation; hypotheses beyond that are not put to use
MOST_SPLIT = 3  # variables on which a goal is split into cases
MOST_VISITS = 600  # goals looked at in one attempt


@dataclass(frozen=True)
class Situation:
    """What holds where a goal stands. All fields are formulas or rules of the knowledge's table.

    `facts` gives the step of every known formula; `implications` those facts that are used backwards; `contradiction`
    is a step that concludes falsity, if there is one. `close` are the witnesses opened on the way, as the step of the
    existential statement and the witness: the proof of the goal has to be closed over them, last opened first.
    """

    facts: dict[int, int] = field(default_factory=dict)
    rules: tuple[RewriteRule, ...] = ()
    rule_facts: dict[int, int] = field(default_factory=dict)
    implications: tuple[int, ...] = ()
    disjunctions: tuple[int, ...] = ()
    fixed: frozenset[int] = frozenset()
    contradiction: int | None = None
    eliminated: tuple[tuple[int, int, int], ...] = ()  # variable, term, step of variable = term
    close: tuple[tuple[int, int], ...] = ()

    @property
    def context(self) -> Context:
        return Context(self.rules, self.rule_facts, self.fixed)


class GoalProver(EquationProver):
    """Proves any formula of the logic, as far as its depth reaches."""

    def prove_formula(self, name: str, formula: int, depth: int) -> tuple[Derivation, str] | None:
        """A derivation of a formula and its method, or None. Deterministic."""
        if nesting(self.knowledge, formula) > MOST_NESTED:
            return None
        terms = self.knowledge.terms
        row = terms.rows[formula]
        if row[0] == "eq":
            return self.prove(name, int(row[1]), int(row[2]), depth)
        for level in range(1, depth + 1):  # the shallow search is cheap, and finds the shorter proof
            found = self._at_depth(formula, level)
            if found is not None:
                builder, step, method = found
                return builder.finish(name, step), method
        return None

    def _at_depth(self, formula: int, depth: int) -> tuple[Builder, int, str] | None:
        terms = self.knowledge.terms
        self._visits = 0
        builder = Builder(terms)
        step = self._solve(builder, formula, Situation(), depth)
        if step is not None:
            return builder, step, "deduction"
        for variable in self.induction_variables(formula):
            self._visits = 0
            builder = Builder(terms)
            step = self._formula_induction(builder, variable, formula, Situation(), depth)
            if step is not None:
                return builder, step, f"induction on {terms.rows[variable][1]}"
        return None

    # Goals

    def _solve(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        """The step that concludes `goal` in a situation."""
        self.clock.check()
        self._visits += 1
        if self._visits > MOST_VISITS:
            return None
        if goal in now.facts:
            return now.facts[goal]
        terms = self.knowledge.terms
        row = terms.rows[goal]
        if now.contradiction is not None and row[0] != "imp":
            if row[0] == "false":
                return now.contradiction
            return builder.add(Step("false_elim", goal, (now.contradiction,)))
        by_shape: dict[str, Callable[[Builder, int, Situation, int], int | None]] = {
            "imp": self._solve_implication,
            "and": self._solve_conjunction,
            "or": self._solve_disjunction,
            "all": self._solve_universal,
            "ex": self._solve_existential,
            "eq": self._solve_equation,
            "app": self._solve_atom,
        }
        solver = by_shape.get(str(row[0]))
        step = solver(builder, goal, now, depth) if solver else None
        if step is None and row[0] in ("eq", "app", "false", "ex", "or"):
            step = self._backwards(builder, goal, now, depth)
        if step is None and row[0] != "imp" and depth > 0:
            step = self._split(builder, goal, now, depth)
        if step is None and row[0] not in ("imp", "all") and depth > 0:
            step = self._by_cases(builder, goal, now, depth)
        return step

    def _solve_implication(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        premise, conclusion = (int(i) for i in self.knowledge.terms.rows[goal][1:])
        assumed = builder.add(Step("assume", premise))
        inner = self._learn(builder, assumed, replace(now, close=(), eliminated=()))
        step = self._solve_inside(builder, conclusion, inner, depth)
        return None if step is None else builder.add(Step("imp_intro", goal, (step,)))

    def _solve_inside(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        """Solve in a situation that has just been extended, and close over what was opened for it."""
        terms = self.knowledge.terms
        target = terms.replace(goal, {v: t for v, t, _ in now.eliminated}) if now.eliminated else goal
        for v, t, _ in now.eliminated:  # a later elimination may have been made inside an earlier value
            target = terms.replace(target, {v: t})
        step = self._solve(builder, target, replace(now, eliminated=(), close=()), depth)
        if step is None:
            return None
        if target != goal:
            equations = [self._closed_form(builder, v, now) for v, _, _ in now.eliminated]
            step = builder.add(Step("rewrite", goal, (step, *(builder.sym(e) for e in equations))))
            if not self._rewrites_to(target, goal, equations, builder):
                return None
        for existence, witness in reversed(now.close):
            step = builder.add(Step("ex_elim", goal, (existence, step), variable=witness))
        return step

    def _closed_form(self, builder: Builder, variable: int, now: Situation) -> int:
        """The step variable = its value, in which all eliminated variables are replaced."""
        terms = self.knowledge.terms
        position = next(n for n, (v, _, _) in enumerate(now.eliminated) if v == variable)
        _, value, step = now.eliminated[position]
        for v, t, _ in now.eliminated[position + 1 :]:
            new = terms.replace(value, {v: t})
            if new != value:
                inner = builder.cong(value, new, [self._closed_form_of(builder, v, now)])
                step = builder.trans([step, inner])
                value = new
        return step

    def _closed_form_of(self, builder: Builder, variable: int, now: Situation) -> int:
        return next(step for v, _, step in now.eliminated if v == variable)

    def _rewrites_to(self, target: int, goal: int, equations: list[int], builder: Builder) -> bool:
        """Does replacing right sides by left sides lead from `target` back to `goal`? (What `rewrite` will ask.)"""
        rows = self.knowledge.terms.rows
        pairs = {(b, a) for a, b in (builder.sides(e) for e in equations)}
        stack = [(target, goal)]
        while stack:
            a, b = stack.pop()
            if a == b or (a, b) in pairs:
                continue
            below = children(rows[a])
            first = len(rows[a]) - len(below)
            if not below or len(rows[a]) != len(rows[b]) or rows[a][:first] != rows[b][:first]:
                return False
            stack.extend(zip(below, children(rows[b]), strict=True))
        return True

    def _solve_conjunction(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        steps = []
        for side in children(self.knowledge.terms.rows[goal]):
            step = self._solve(builder, side, now, depth)
            if step is None:
                return None
            steps.append(step)
        return builder.add(Step("and_intro", goal, tuple(steps)))

    def _solve_disjunction(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        for side in children(self.knowledge.terms.rows[goal]):
            step = self._solve(builder, side, now, max(depth - 1, 0))
            if step is not None:
                return builder.add(Step("or_intro", goal, (step,)))
        return None

    def _solve_universal(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        terms = self.knowledge.terms
        sort = str(terms.rows[goal][1])
        variable = self._new_variable(terms.hints.get(goal, "x"), sort, [goal, *now.facts], now.fixed)
        step = self._solve(builder, terms.instantiate(goal, variable), now, depth)
        return None if step is None else builder.add(Step("all_intro", goal, (step,), variable=variable))

    def _solve_existential(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        terms = self.knowledge.terms
        for witness in self._witnesses(goal, now):
            step = self._solve(builder, terms.instantiate(goal, witness), now, 0)
            if step is not None:
                return builder.add(Step("ex_intro", goal, (step,), terms=(witness,)))
        return None

    def _witnesses(self, goal: int, now: Situation) -> list[int]:
        """Terms to try for an existential goal: what is at hand, then one symbol applied to that."""
        terms, theory = self.knowledge.terms, self.knowledge.theory
        sort = str(terms.rows[goal][1])
        at_hand: dict[str, dict[int, None]] = {}
        for formula in (goal, *now.facts):
            for v in terms.free_variables(formula):
                at_hand.setdefault(str(terms.rows[v][2]), {})[v] = None
        for symbol in theory.symbols:
            if symbol.arity == 0 and symbol.kind != "predicate":
                at_hand.setdefault(symbol.result, {})[terms.app(symbol.name)] = None
        out = dict(at_hand.get(sort, {}))
        for symbol in theory.symbols:
            if symbol.result == sort and symbol.arity:
                tuples: list[tuple[int, ...]] = [()]
                for wanted in symbol.arguments:
                    tuples = [(*head, t) for head in tuples for t in at_hand.get(wanted, {})][:400]
                for arguments in tuples:
                    out[terms.app(symbol.name, *arguments)] = None
        return list(out)

    def _solve_equation(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        known, terms = self.knowledge, self.knowledge.terms
        left, right = (int(i) for i in terms.rows[goal][1:])
        flipped = terms.eq(right, left)
        if flipped in now.facts:
            return builder.sym(now.facts[flipped])
        success = self.equation(builder, left, right, now.context, 0)
        if success is not None or depth == 0:
            return success.step if success else None
        # Facts and lemmas may say the equation between the normal forms.
        rewriter = known.rewriter_with(now.rules)
        ids = known.bank.load(terms, [left, right], known.theory.symbol)
        result = rewriter.normalise(ids, self.clock)
        explainer = Explainer(builder, rewriter, known.statements, now.rule_facts)
        if result.stop is not Stop.DONE:
            return None
        a, b = (explainer.row(t) for t in result.terms)
        middle = self._by_arguments(builder, a, b, now, depth)
        if middle is None and (a, b) != (left, right):
            middle = self._backwards(builder, terms.eq(a, b), now, depth)
        if middle is None:
            return None
        return explainer.between(ids[0], ids[1], middle)

    def _by_arguments(self, builder: Builder, left: int, right: int, now: Situation, depth: int) -> int | None:
        """For two terms with one constructor: their arguments are equal."""
        terms = self.knowledge.terms
        a, b = terms.rows[left], terms.rows[right]
        symbol = self.knowledge.theory.symbol.get(str(a[1])) if a[0] == b[0] == "app" and a[1] == b[1] else None
        if symbol is None or symbol.kind != "constructor":
            return None
        steps = []
        for x, y in zip(children(a), children(b), strict=True):
            step = self._solve(builder, terms.eq(x, y), now, depth) if x != y else None
            if x != y and step is None:
                return None
            steps += [step] if step is not None else []
        return builder.cong(left, right, steps)

    def _solve_atom(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        unfolded = self._unfold(builder, goal)
        if unfolded is None:
            return None
        meaning, _, fold = unfolded
        step = self._solve(builder, meaning, now, depth)
        return None if step is None else builder.add(Step("imp_elim", goal, (fold, step)))

    def _unfold(self, builder: Builder, atom: int) -> tuple[int, int, int] | None:
        """For a defined predicate: its meaning, and the steps atom implies meaning, meaning implies atom."""
        terms = self.knowledge.terms
        found = unfolding(self.knowledge, atom)
        if found is None:
            return None
        axiom, substitution, meaning = found
        step = builder.instance("axiom", axiom.name, axiom.formula, substitution)
        unfold, fold = (int(i) for i in terms.rows[builder.conclusion(step)][1:])
        out = builder.add(Step("and_elim", unfold, (step,)))
        back = builder.add(Step("and_elim", fold, (step,)))
        return meaning, out, back

    def _backwards(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        """Use a theorem, axiom or fact that says the goal, or implies it from premises that can be had."""
        if depth == 0:
            return None
        known, terms = self.knowledge, self.knowledge.terms
        lemmas = [(f, None, n) for n, f in known.statements.items() if terms.rows[f][0] != "eq"]
        for formula, fact, name in [(f, now.facts[f], "") for f in now.implications] + lemmas:
            body = formula
            variables: list[int] = []
            while terms.rows[body][0] == "all":
                sort = str(terms.rows[body][1])
                variables.append(self._new_variable(f"v{len(variables)}", sort, [goal, formula, *now.facts]))
                body = terms.instantiate(body, variables[-1])
            pattern = set(variables) if fact is not None else set(terms.free_variables(formula))
            premises = []
            head = body
            while terms.rows[head][0] == "imp" and head != goal:
                premises.append(int(terms.rows[head][1]))
                head = int(terms.rows[head][2])
            found = known.match(head, goal, pattern)
            if found is None:
                continue
            found = self._complete(found, premises, pattern, now)
            if found is None:
                continue
            instances = [terms.replace(p, found) for p in premises]
            solved = [self._solve(builder, p, now, depth - 1) for p in instances]
            if any(s is None for s in solved):
                continue
            if fact is None:
                step = builder.instance(self._origin(name), name, formula, found)
            elif variables:
                values = tuple(found[v] for v in variables)
                step = builder.add(Step("all_elim", terms.replace(body, found), (fact,), terms=values))
            else:
                step = fact
            for s in solved:
                assert s is not None
                step = builder.add(Step("imp_elim", int(terms.rows[builder.conclusion(step)][2]), (step, s)))
            return step
        return None

    def _origin(self, name: str) -> str:
        return "axiom" if name in self.knowledge.theory.axiom else "lemma"

    def _complete(
        self, found: Substitution, premises: list[int], pattern: set[int], now: Situation
    ) -> Substitution | None:
        """Variables of an implication that its conclusion does not settle, settled by matching premises with facts."""
        terms = self.knowledge.terms
        atoms, pending = [], list(reversed(premises))
        while pending:
            premise = pending.pop()
            if terms.rows[premise][0] == "and":
                pending += reversed(children(terms.rows[premise]))
            else:
                atoms.append(premise)
        for premise in atoms:
            missing = pattern - found.keys()
            if not missing:
                break
            wanted = terms.replace(premise, found)
            for fact in now.facts:
                more = self.knowledge.match(wanted, fact, missing)
                if more:
                    found = {**found, **more}
                    break
        return found if pattern <= found.keys() else None

    def _split(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        """Solve the goal under each side of a known disjunction."""
        terms = self.knowledge.terms
        for formula in now.disjunctions:
            rest = replace(
                now, disjunctions=tuple(d for d in now.disjunctions if d != formula), close=(), eliminated=()
            )
            steps = [now.facts[formula]]
            for side in children(terms.rows[formula]):
                inner = self._learn(builder, builder.add(Step("assume", side)), rest)
                step = self._solve_inside(builder, goal, inner, depth - 1)
                if step is None:
                    break
                steps.append(step)
            else:
                return builder.add(Step("or_elim", goal, tuple(steps)))
        return None

    def _by_cases(self, builder: Builder, goal: int, now: Situation, depth: int) -> int | None:
        """Solve the goal for each constructor that a variable may start with."""
        terms, theory = self.knowledge.terms, self.knowledge.theory
        equations = [f for f in now.facts if terms.rows[f][0] == "eq"]
        candidates: dict[int, None] = {}
        for formula in (goal, *equations):
            candidates |= dict.fromkeys(self.induction_variables(formula))
        outside = replace(now, close=(), eliminated=())
        for variable in list(candidates)[:MOST_SPLIT]:
            steps, fresh = [], []
            for constructor in theory.datatype[str(terms.rows[variable][2])].constructors:
                arguments = self._fresh(variable, constructor, [goal, *now.facts, *now.fixed])
                assumed = terms.eq(variable, terms.app(constructor, *arguments))
                inner = replace(outside, fixed=outside.fixed | set(arguments))
                inner = self._learn(builder, builder.add(Step("assume", assumed)), inner)
                step = self._solve_inside(builder, goal, inner, depth - 1)
                if step is None:
                    break
                steps.append(step)
                fresh.append(tuple(arguments))
            else:
                return builder.add(Step("cases", goal, tuple(steps), terms=(variable,), fresh=tuple(fresh)))
        return None

    # Hypotheses

    def _learn(self, builder: Builder, step: int, now: Situation) -> Situation:
        """The situation with the conclusion of `step` known and put to use."""
        terms = self.knowledge.terms
        pending = [step]
        while pending and now.contradiction is None and len(now.facts) < MOST_FACTS:
            step = pending.pop(0)
            before = now.facts
            formula = builder.conclusion(step)
            if formula in now.facts:
                continue
            now = replace(
                now,
                facts={**now.facts, formula: step},
                fixed=now.fixed | frozenset(terms.free_variables(formula)),
            )
            current = self._current(builder, step, now)
            if current != step and not self._is_spent(formula):
                pending.insert(0, current)
                continue
            row = terms.rows[formula]
            if row[0] == "false":
                now = replace(now, contradiction=step)
            elif row[0] == "and":
                pending += [builder.add(Step("and_elim", side, (step,))) for side in children(row)]
            elif row[0] == "or":
                now = replace(now, disjunctions=(*now.disjunctions, formula))
            elif row[0] == "ex":
                hint = terms.hints.get(formula, "w")
                witness = self._new_variable(hint, str(row[1]), now.facts, now.fixed)
                pending.append(builder.add(Step("assume", terms.instantiate(formula, witness))))
                now = replace(now, close=(*now.close, (step, witness)), fixed=now.fixed | {witness})
            elif row[0] in ("imp", "all"):
                now = replace(now, implications=(*now.implications, formula))
                if row[0] == "imp" and int(row[1]) in now.facts:
                    pending.append(builder.add(Step("imp_elim", int(row[2]), (step, now.facts[int(row[1])]))))
            elif row[0] == "app":
                unfolded = self._unfold(builder, formula)
                if unfolded is not None:
                    pending.append(builder.add(Step("imp_elim", unfolded[0], (unfolded[1], step))))
            elif row[0] == "eq":
                now, more = self._learn_equation(builder, step, now)
                pending += more
            pending += self._forwards(builder, [f for f in now.facts if f not in before], now)
            refuted = [f for f in now.facts if terms.rows[f][0] == "imp" and terms.rows[f][2] in self._false_rows()]
            for f in refuted:
                premise = int(terms.rows[f][1])
                if premise in now.facts and now.contradiction is None:
                    false = builder.add(Step("imp_elim", terms.false(), (now.facts[f], now.facts[premise])))
                    now = replace(now, contradiction=false)
        return now

    def _forwards(self, builder: Builder, facts: Iterable[int], now: Situation) -> list[int]:
        """What theorems with one premise make of new facts, where that settles all their variables."""
        known, terms = self.knowledge, self.knowledge.terms
        out = []
        for name, formula in known.statements.items():
            row = terms.rows[formula]
            if row[0] != "imp" or terms.rows[int(row[2])][0] in ("imp", "false"):
                continue
            variables = set(terms.free_variables(formula))
            for fact in facts:
                found = known.match(int(row[1]), fact, variables)
                if found is not None and found.keys() == variables:
                    step = builder.instance(self._origin(name), name, formula, found)
                    conclusion = int(terms.rows[builder.conclusion(step)][2])
                    if conclusion not in now.facts:
                        out.append(builder.add(Step("imp_elim", conclusion, (step, now.facts[fact]))))
        return out

    def _false_rows(self) -> tuple[int]:
        return (self.knowledge.terms.false(),)

    def _learn_equation(self, builder: Builder, step: int, now: Situation) -> tuple[Situation, list[int]]:
        """Use an equation: simplify it, take constructors apart, eliminate a variable, or make it a rule."""
        known, terms, theory = self.knowledge, self.knowledge.terms, self.knowledge.theory
        left, right = builder.sides(step)
        rewriter = known.rewriter_with(now.rules)
        ids = known.bank.load(terms, [left, right], theory.symbol)
        result = rewriter.normalise(ids, self.clock)
        if result.stop is not Stop.DONE:
            return now, []
        explainer = Explainer(builder, rewriter, known.statements, now.rule_facts)
        a, b = (explainer.row(t) for t in result.terms)
        if a == b:
            return now, []
        if (a, b) != (left, right):
            step = explainer.simplified(step, *ids)
            now = replace(now, facts={**now.facts, terms.eq(a, b): step})
        heads = [str(terms.rows[i][1]) if terms.rows[i][0] == "app" else "" for i in (a, b)]
        if theory.constructors.issuperset(heads):
            if heads[0] != heads[1]:
                return replace(now, contradiction=builder.add(Step("distinct", terms.false(), (step,)))), []
            pairs = zip(children(terms.rows[a]), children(terms.rows[b]), strict=True)
            return now, [builder.add(Step("injective", terms.eq(x, y), (step,))) for x, y in pairs if x != y]
        for variable, value, equation in ((b, a, builder.sym(step)), (a, b, step)):
            free = terms.free_variables(value)
            known_elsewhere = any(v == variable for v, _, _ in now.eliminated)
            if terms.rows[variable][0] == "var" and variable not in free and not known_elsewhere:
                if any(v in free for v, _, _ in now.eliminated):
                    continue
                return self._eliminate(builder, variable, value, equation, now)
        rules = known.directed(terms.eq(a, b), ("hypothesis", terms.eq(a, b)), ())
        facts = {**now.rule_facts, terms.eq(a, b): step}
        return replace(now, rules=(*rules, *now.rules), rule_facts=facts), []

    def _eliminate(
        self, builder: Builder, variable: int, value: int, step: int, now: Situation
    ) -> tuple[Situation, list[int]]:
        """Replace a variable by its value in everything that is known; goals follow in `_solve_inside`."""
        terms = self.knowledge.terms
        same = builder.conclusion(step)
        again = []
        for formula, fact in now.facts.items():
            new = terms.replace(formula, {variable: value})
            spent = self._is_spent(formula) or formula in (same, terms.eq(value, variable))
            if new != formula and not spent:
                again.append(builder.add(Step("rewrite", new, (fact, step))))
        return replace(now, eliminated=(*now.eliminated, (variable, value, step))), again

    def _current(self, builder: Builder, step: int, now: Situation) -> int:
        """The same fact without the variables that have been eliminated."""
        formula = new = builder.conclusion(step)
        for v, t, _ in now.eliminated:
            new = self.knowledge.terms.replace(new, {v: t})
        if new == formula:
            return step
        equations = [self._closed_form(builder, v, now) for v, _, _ in now.eliminated]
        return builder.add(Step("rewrite", new, (step, *equations)))

    def _is_spent(self, fact: int) -> bool:
        """Has everything that the fact says been learnt as facts of its own?"""
        row = self.knowledge.terms.rows[fact]
        return row[0] in ("ex", "and") or (row[0] == "app" and unfolding(self.knowledge, fact) is not None)

    def _new_variable(self, name: str, sort: str, formulas: Iterable[int], fixed: Iterable[int] = ()) -> int:
        terms = self.knowledge.terms
        taken = {str(terms.rows[v][1]) for f in (*formulas, *fixed) for v in terms.free_variables(f)}
        taken |= {s.notation.text for s in self.knowledge.theory.symbols}
        while name in taken:
            name += "'"
        return terms.var(name, sort)

    # Induction on formulas

    def _formula_induction(
        self, builder: Builder, variable: int, formula: int, now: Situation, depth: int
    ) -> int | None:
        terms, theory = self.knowledge.terms, self.knowledge.theory
        sort = str(terms.rows[variable][2])
        others = [v for v in terms.free_variables(formula) if v != variable]
        cases, fresh = [], []
        for constructor in theory.datatype[sort].constructors:
            arguments = self._fresh(variable, constructor, [formula])
            inner = now
            for argument in arguments:
                if terms.rows[argument][2] == sort:
                    hypothesis = terms.replace(formula, {variable: argument})
                    for v in reversed(others):
                        hypothesis = terms.abstract("all", v, hypothesis)
                    inner = replace(inner, fixed=inner.fixed | {argument})
                    inner = self._learn(builder, builder.add(Step("assume", hypothesis)), inner)
            case = terms.replace(formula, {variable: terms.app(constructor, *arguments)})
            step = self._solve_inside(builder, case, inner, depth)
            if step is None:
                return None
            cases.append(step)
            fresh.append(tuple(arguments))
        return builder.add(
            Step(
                "induction",
                formula,
                tuple(cases),
                variable=variable,
                generalised=tuple(others),
                fresh=tuple(fresh),
            )
        )
