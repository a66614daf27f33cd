"""A derivation as Lean theorems with explicit proof terms.

The steps become one expression where they are used once and small; a step that is used more often, or whose expression
grows beyond a block, becomes a theorem of its own, closed over its variables and hypotheses. So no text is copied
twice, every command is short (Lean's parser is slow on long ones), and a long chain is a balanced tree of blocks.

    theorem Peano.zero_add.s4 (M : Peano.Model) (n : M.N) (h₁ : ...) : ... := Eq.trans (...) (...)

A variable that is not in scope where its step is written stands for an arbitrary element of its sort, which every model
has: a proof of p that mentions y proves p whatever y is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..rewriting.certificate import Step
from ..rewriting.syntax import TermTable, children, with_children
from .lean_literals import Fact, LeanLiterals
from .lean_terms import HOLE, LeanTerms, Style, Unwritable
from .sequents import Book, Laid

BLOCK = 12  # steps in one expression
CHAIN = 8  # equations in one block of a chain

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class LeanNames:
    """Full names of what a proof may cite."""

    model: str
    axioms: Mapping[str, str]
    theorems: Mapping[str, str]
    induction: Mapping[str, str]
    injective: Mapping[tuple[str, int], str]
    distinct: Mapping[tuple[str, str], str]


@dataclass
class _Node:
    step: Step
    hypotheses: frozenset[int]
    weight: int = 1
    hoisted: str | None = None
    fact: Fact | None = None  # about literals


@dataclass(frozen=True)
class _Context:
    """What is in scope at a place of a proof: variables, and hypotheses with their names."""

    variables: frozenset[int]
    hypotheses: Mapping[int, str]


class ProofWriter:
    """Writes the theorems of one laid-out certificate over the model `M`."""

    def __init__(self, book: Book, terms: LeanTerms, style: Style, names: LeanNames, literals: LeanLiterals) -> None:
        self._book = book
        self._literals = literals
        self._table: TermTable = book.terms
        self._terms = terms
        self._style = style
        self._names = names
        self._nodes: list[_Node] = []
        self._count = 0
        self._hole = "hole"
        while any(row[0] == "var" and row[1] == self._hole for row in self._table.rows):
            self._hole += "'"

    def theorems(self, laid: Laid) -> Iterator[tuple[str, str]]:
        """The name and the Lean text of each theorem for one derivation, its own last. Raises Unwritable."""
        name = self._names.theorems[laid.name]
        self._nodes = []
        self._count = 0
        self._plan(laid, name)
        for node in self._nodes:
            if node.hoisted is not None:
                yield node.hoisted, self._hoisted_text(node)
        variables = self._table.free_variables(laid.statement)
        top = _Context(frozenset(variables), {})
        binders = "".join(" " + self._terms.binder(v, self._style) for v in variables)
        stated = self._terms.show(laid.statement, self._style, top.variables)
        body = self._write(self._nodes[-1], top)
        yield name, f"theorem {name} (M : {self._names.model}){binders} : {stated} :=\n  {body}"

    # Which steps stand by themselves.

    def _plan(self, laid: Laid, name: str) -> None:
        live = {len(laid.steps) - 1}
        for n in range(len(laid.steps) - 1, -1, -1):
            if n in live:
                live.update(laid.steps[n].premises)
        uses = dict.fromkeys(live, 0)
        for n in live:
            for p in laid.steps[n].premises:
                uses[p] += 1
        place: dict[int, int] = {}
        for n, step in enumerate(laid.steps):
            if n not in live:
                continue
            own = replace(step, premises=tuple(place[p] for p in step.premises))
            if step.rule == "trans":
                own = self._blocks(own, f"{name}.s{n}")
            place[n] = self._add(own, laid.hypotheses[n])
            node = self._nodes[-1]
            node.fact = self._literals.fact(laid, step)
            computed = (
                node.fact is not None and not node.fact.assumed
            )  # which is better done once, and is no short text
            many = node.weight > BLOCK or (uses[n] > 1 and node.weight > 1)
            if n != len(laid.steps) - 1 and (many or computed):
                node.hoisted = f"{name}.s{n}"

    def _add(self, step: Step, hypotheses: frozenset[int]) -> int:
        inline = (p for p in step.premises if self._nodes[p].hoisted is None)
        weight = 1 + sum(self._nodes[p].weight for p in inline)
        self._nodes.append(_Node(step, hypotheses, weight))
        return len(self._nodes) - 1

    def _blocks(self, step: Step, name: str) -> Step:
        """A chain with its links gathered into theorems of at most `CHAIN`, level by level, until few are left."""
        links = list(step.premises)
        count = 0
        while len(links) > CHAIN:
            above = []
            for k in range(0, len(links), CHAIN):
                group = links[k : k + CHAIN]
                first, last = (self._table.rows[self._nodes[p].step.conclusion] for p in (group[0], group[-1]))
                conclusion = self._table.eq(int(first[1]), int(last[2]))
                hypotheses = frozenset[int]().union(*(self._nodes[p].hypotheses for p in group))
                above.append(self._add(Step("trans", conclusion, tuple(group)), hypotheses))
                self._nodes[-1].hoisted = f"{name}_{count}"
                count += 1
            links = above
        return replace(step, premises=tuple(links))

    def _hoisted_text(self, node: _Node) -> str:
        variables, hypotheses = self._parameters(node)
        named = {h: f"h{str(k + 1).translate(_SUBSCRIPTS)}" for k, h in enumerate(hypotheses)}
        self._count = len(named)
        context = _Context(frozenset(variables), named)
        binders = "".join(" " + self._terms.binder(v, self._style) for v in variables)
        binders += "".join(f" ({named[h]} : {self._show(h, context)})" for h in hypotheses)
        stated = self._show(node.step.conclusion, context)
        body = self._write(node, context)
        return f"theorem {node.hoisted} (M : {self._names.model}){binders} : {stated} :=\n  {body}"

    def _parameters(self, node: _Node) -> tuple[list[int], list[int]]:
        hypotheses = sorted(node.hypotheses)
        formulas = [*hypotheses, node.step.conclusion]
        return sorted(frozenset[int]().union(*(self._terms.free(f) for f in formulas))), hypotheses

    # Proof terms. The recursion goes no deeper than a block.

    def _proof(self, place: int, context: _Context) -> str:
        node = self._nodes[place]
        if node.hoisted is None:
            return self._write(node, context)
        variables, hypotheses = self._parameters(node)
        values = [self._terms.value(v, self._style, context.variables) for v in variables]
        return _apply(node.hoisted, "M", *values, *(self._hypothesis(h, context) for h in hypotheses))

    def _hypothesis(self, formula: int, context: _Context) -> str:
        if formula not in context.hypotheses:
            raise Unwritable("a hypothesis is used where it is not assumed")
        return context.hypotheses[formula]

    def _write(self, node: _Node, context: _Context) -> str:
        step = node.step
        premises = step.premises
        match step.rule:
            case "axiom" | "lemma":
                return self._instance(step, context)
            case "assume":
                return self._hypothesis(step.conclusion, context)
            case "eval":
                fact = node.fact
                assert fact is not None
                return _apply("Eq.refl", self._show(fact.right, context)) if fact.name is None else f"M.{fact.name}"
            case "distinct" if node.fact is not None:
                return self._apart(node.fact, self._proof(premises[0], context))
            case "refl":
                return _apply("Eq.refl", self._show(int(self._table.rows[step.conclusion][1]), context))
            case "sym":
                return _apply("Eq.symm", self._proof(premises[0], context))
            case "trans":
                return _balanced([self._proof(p, context) for p in premises])
            case "cong":
                left, right = children(self._table.rows[step.conclusion])
                return self._congruence(left, right, premises, context)
            case "rewrite":
                return self._rewriting(step, context)
            case "imp_intro":
                assumed = int(self._table.rows[step.conclusion][1])
                binder, inner = self._assuming(assumed, context)
                return f"(fun {binder} => {self._proof(premises[0], inner)})"
            case "imp_elim":
                return _apply(self._proof(premises[0], context), self._proof(premises[1], context))
            case "all_intro":
                assert step.variable is not None
                inner = self._binding([step.variable], context)
                binder = self._terms.binder(step.variable, self._style)
                return f"(fun {binder} => {self._proof(premises[0], inner)})"
            case "all_elim":
                values = [self._show(t, context) for t in step.terms]
                return _apply(self._proof(premises[0], context), *values)
            case "ex_intro" | "ex_elim":
                return self._existence(step, context)
            case "cases" | "induction":
                return self._by_cases(step, context)
            case "injective" | "distinct":
                return self._constructors(step, context)
        return self._connective(step, context)

    def _connective(self, step: Step, context: _Context) -> str:
        rows = self._table.rows
        conclusion = step.conclusion
        first = self._nodes[step.premises[0]].step.conclusion
        proofs = step.premises
        match step.rule:
            case "and_intro":
                return _apply("And.intro", *(self._proof(p, context) for p in proofs))
            case "and_elim":
                side = "And.left" if conclusion == rows[first][1] else "And.right"
                return _apply(side, self._proof(proofs[0], context))
            case "or_intro":
                left, right = children(rows[conclusion])
                side = "@Or.inl" if first == left else "@Or.inr"
                sides = (self._show(left, context), self._show(right, context))
                return _apply(side, *sides, self._proof(proofs[0], context))
            case "or_elim":
                left, right = children(rows[first])
                branches = []
                for assumed, premise in ((left, proofs[1]), (right, proofs[2])):
                    binder, inner = self._assuming(assumed, context)
                    branches.append(f"(fun {binder} => {self._proof(premise, inner)})")
                sides = (self._show(left, context), self._show(right, context))
                goal = self._show(conclusion, context)
                return _apply("@Or.elim", *sides, goal, self._proof(proofs[0], context), *branches)
            case "false_elim":
                return _apply("@False.elim", self._show(conclusion, context), self._proof(proofs[0], context))
        raise Unwritable(f"no Lean form for the rule {step.rule!r}")

    def _instance(self, step: Step, context: _Context) -> str:
        cites = str(step.cites)
        if step.rule == "axiom":
            formula, head = self._book.axioms[cites], [f"M.{self._names.axioms[cites]}"]
        else:
            formula, head = self._book.statements[cites], [self._names.theorems[cites], "M"]
        new = dict(step.substitution)
        values = [self._show(new.get(v, v), context) for v in self._table.free_variables(formula)]
        return _apply(*head, *values)

    def _existence(self, step: Step, context: _Context) -> str:
        proofs = step.premises
        formula = step.conclusion if step.rule == "ex_intro" else self._nodes[proofs[0]].step.conclusion
        sort = self._style.sorts[str(self._table.rows[formula][1])]
        # `Exists (fun ...)` is how a formula is shown; its argument is the predicate.
        predicate = self._show(formula, context).removeprefix("(Exists ").removesuffix(")")
        if step.rule == "ex_intro":
            witness = self._show(step.terms[0], context)
            return _apply("@Exists.intro", sort, predicate, witness, self._proof(proofs[0], context))
        assert step.variable is not None
        assumed = self._book.body_at("ex", formula, step.variable)
        bound = self._binding([step.variable], context)
        binder, inner = self._assuming(assumed, bound)
        variable = self._terms.binder(step.variable, self._style)
        branch = f"(fun {variable} {binder} => {self._proof(proofs[1], inner)})"
        goal = self._show(step.conclusion, context)
        return _apply("@Exists.elim", sort, predicate, goal, self._proof(proofs[0], context), branch)

    def _by_cases(self, step: Step, context: _Context) -> str:
        induction = step.rule == "induction"
        of = step.variable if induction else step.terms[0]
        assert of is not None
        sort = self._book.sort(of)
        general = list(step.generalised)
        if induction:
            inside = self._binding([of, *general], context)
            motive = self._show(step.conclusion, inside)
            motive = self._quantified(general) + motive
            head = f"(fun {self._terms.binder(of, self._style)} => {motive})"
            value = self._terms.value(of, self._style, context.variables)
            last = [value, *(self._terms.value(g, self._style, context.variables) for g in general)]
        else:
            value, goal = self._show(of, context), self._show(step.conclusion, context)
            head = f"(fun ({HOLE} : {self._style.sorts[sort]}) => Eq {value} {HOLE} → {goal})"
            last = [value, f"(Eq.refl {value})"]
        branches = []
        for case, premise in zip(self._book.cases(step), step.premises, strict=True):
            inner = self._binding(case.fresh, context)
            binders = [self._terms.binder(v, self._style) for v in case.fresh]
            recursive = [v for v in case.fresh if self._book.sort(v) == sort]
            if not induction:
                binders += ["_"] * len(recursive)  # hypotheses that a case split has no use for
            for assumed in case.assumed:
                binder, inner = self._assuming(assumed, inner)
                binders.append(binder)
            inner = self._binding(general, inner)
            binders += [self._terms.binder(g, self._style) for g in general]
            body = self._proof(premise, inner)
            branches.append(f"(fun {' '.join(binders)} => {body})" if binders else body)
        return _apply(f"M.{self._names.induction[sort]}", head, *branches, *last)

    def _quantified(self, variables: Sequence[int]) -> str:
        binders = " ".join(self._terms.binder(v, self._style) for v in variables)
        return f"∀ {binders}, " if variables else ""

    def _constructors(self, step: Step, context: _Context) -> str:
        rows = self._table.rows
        proof = self._proof(step.premises[0], context)
        left, right = (rows[i] for i in children(rows[self._nodes[step.premises[0]].step.conclusion]))
        a, b = str(left[1]), str(right[1])
        values = [[self._show(c, context) for c in children(row)] for row in (left, right)]
        if step.rule == "injective":
            wanted = children(rows[step.conclusion])
            pairs = list(zip(children(left), children(right), strict=True))
            if wanted not in pairs:
                raise Unwritable("not an equation between the constructors' arguments")
            return _apply(f"M.{self._names.injective[a, pairs.index(wanted)]}", *values[0], *values[1], proof)
        if (a, b) in self._names.distinct:
            return _apply(f"M.{self._names.distinct[a, b]}", *values[0], *values[1], proof)
        return _apply(f"M.{self._names.distinct[b, a]}", *values[1], *values[0], f"(Eq.symm {proof})")

    def _apart(self, fact: Fact, proof: str) -> str:
        """Falsity from a proof that two literals are equal."""
        if fact.name is not None:
            return _apply(f"M.{fact.name}", proof)
        rows = self._table.rows
        text, sort = (str(cell) for cell in rows[fact.left][1:])
        return self._literals.apart(self._style.literals[text, sort], sort, proof)

    # Congruence: for each premise in turn, the context with a hole at the places where it is used.

    def _congruence(self, left: int, right: int, premises: Sequence[int], context: _Context) -> str:
        links = []
        for premise, around, hole in self._holes(left, right, premises):
            proof = self._proof(premise, context)
            if around == hole:
                links.append(proof)
                continue
            sort = self._style.sorts[self._book.sort(hole)]
            text = self._terms.show(around, self._style, context.variables, hole)
            links.append(_apply("congrArg", f"(fun ({HOLE} : {sort}) => {text})", proof))
        return _balanced(links) if links else _apply("Eq.refl", self._show(left, context))

    def _rewriting(self, step: Step, context: _Context) -> str:
        first, *equations = step.premises
        proof = self._proof(first, context)
        for premise, around, hole in self._holes(self._nodes[first].step.conclusion, step.conclusion, equations):
            sort = self._style.sorts[self._book.sort(hole)]
            text = self._terms.show(around, self._style, context.variables, hole)
            motive = f"(motive := fun ({HOLE} : {sort}) => {text})"
            proof = _apply("Eq.subst", motive, self._proof(premise, context), proof)
        return proof

    def _holes(self, old: int, new: int, premises: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """For each premise that is used on the way from `old` to `new`: it, the context, the hole's variable."""
        known: dict[tuple[int, ...], int] = {}
        for n, premise in enumerate(premises):
            known.setdefault(children(self._table.rows[self._nodes[premise].step.conclusion]), n)
        order = self._pairs(old, new, known)
        for n, premise in enumerate(premises):
            if not any(known.get(pair) == n for pair in order):
                continue
            sort = self._book.sort(int(self._table.rows[self._nodes[premise].step.conclusion][1]))
            hole = self._table.var(self._hole, sort)
            made: dict[tuple[int, int], int] = {}
            for pair in order:
                used = known.get(pair)
                if pair[0] == pair[1]:
                    made[pair] = pair[0]
                elif used is not None:
                    made[pair] = hole if used == n else pair[used < n]
                else:
                    below = zip(*(children(self._table.rows[i]) for i in pair), strict=True)
                    row = with_children(self._table.rows[pair[0]], [made[p] for p in below])
                    made[pair] = self._table.add(row, self._table.hints.get(pair[0]))
            yield premise, made[old, new], hole

    def _pairs(self, old: int, new: int, known: Mapping[tuple[int, ...], int]) -> list[tuple[int, int]]:
        """The pairs of subterms met in comparing two terms, the inner ones first. Raises Unwritable."""
        out: list[tuple[int, int]] = []
        seen: set[tuple[int, int]] = set()
        stack = [(old, new, False)]
        while stack:
            a, b, left = stack.pop()
            if left:
                out.append((a, b))
                continue
            if (a, b) in seen:
                continue
            seen.add((a, b))
            stack.append((a, b, True))
            if a == b or (a, b) in known:
                continue
            rows = self._table.rows[a], self._table.rows[b]
            below = children(rows[0]), children(rows[1])
            alike = with_children(rows[0], below[1]) == rows[1] and len(below[0]) == len(below[1])
            if not below[0] or not alike:
                raise Unwritable("the premises do not justify a difference")
            stack.extend((x, y, False) for x, y in zip(*below, strict=True))
        return out

    # Scopes.

    def _show(self, term: int, context: _Context) -> str:
        return self._terms.show(term, self._style, context.variables)

    def _assuming(self, formula: int, context: _Context) -> tuple[str, _Context]:
        self._count += 1
        name = f"h{str(self._count).translate(_SUBSCRIPTS)}"
        binder = f"({name} : {self._show(formula, context)})"
        return binder, replace(context, hypotheses={**context.hypotheses, formula: name})

    def _binding(self, variables: Sequence[int], context: _Context) -> _Context:
        """The context under binders; a hypothesis about an outer variable of the same name is out of reach there."""
        new = frozenset(variables)
        kept = {f: name for f, name in context.hypotheses.items() if new.isdisjoint(self._terms.free(f))}
        return _Context(context.variables | new, kept)


def _apply(head: str, *arguments: str) -> str:
    return f"({' '.join([head, *arguments])})"


def _balanced(proofs: list[str]) -> str:
    """The chain of the equations as a balanced tree of `Eq.trans`."""
    while len(proofs) > 1:
        paired = [_apply("Eq.trans", a, b) for a, b in zip(proofs[::2], proofs[1::2], strict=False)]
        proofs = paired + proofs[len(paired) * 2 :]
    return proofs[0]
