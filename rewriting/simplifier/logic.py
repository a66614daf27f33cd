"""The search for a term of least cost among the equals of a given one, for truth values and for bit vectors.

Three things are done in turn until none of them lowers the cost, so simplifying a result again changes nothing:

- A *region*, that is what `and`, `or`, `not` and the like join, has a truth table over its atoms, which are whatever
  stands below. If there are few, the cheapest formula of that table takes its place (`truth_tables.py`). Of a truth
  value the table may differ where the assumptions do not hold. So of bit vectors, digit by digit.
- The whole grows in an e-graph by the axioms of the theory, within limits, and its cheapest equal is taken: where there
  is arithmetic, or a region has many atoms.

That two formulas have one table is proved by polynomials (`booleans.py`), the rest by the e-graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key, lru_cache
from typing import Any

from ..certificate import Derivation, Step
from ..derivation import Builder, NoProof
from ..derivation_modulo import law_steps
from ..egraph.analyses import ConstantFolding
from ..egraph.costs import SIZE, CostModel, Function, symbol_texts
from ..egraph.graph import EGraph
from ..egraph.report import Ended
from ..egraph.schedules import Backoff
from ..limits import Limits, Stop
from ..literals import bit_width
from ..ruleset import RuleSet
from ..structural import table_order
from ..syntax import TermTable, children
from ..terms import Signature, Term
from ..theory import Theory
from .bitvectors import bit_lattice
from .booleans import BOOLEANS, Lattice
from .costs import Costs
from .truth_tables import MOST_ARGUMENTS, Formula, cheapest, columns

SOME_NODES, MOST_NODES = 1_500, 12_000  # of an e-graph: first, and if that brings nothing
NODES_EACH = 1_000  # for each node of the term, up to the most
MOST_ROUNDS = 12
LARGEST = 200  # nodes of a term that goes into an e-graph
_MOST_TURNS = 20
_MOST_ROWS = 300  # of a region, roughly
_SMALL, _FEW_NODES, _FEW_ROUNDS = 40, 600, 3  # of e-graphs that look for a short proof: nodes of its terms, and limits
_TRIES = (0.4, 0.7, 1)  # parts of the cost of a region that its formula may have, the least first: that is quick
_COMMUTING = frozenset({"and", "or", "xor", "iff"})
_BOTH_WAYS = frozenset(
    {
        "and_over_or",
        "or_over_and",
        "and_over_xor",
        "and_plus_or",
        "not_and",
        "not_or",
        "collect",
        "one_more",
        "minus_as_plus",
    }
    | {"minus_sum", "minus_product", "not_as_minus", "double", "minus_and", "implies_as_or", "xor_split"}
    | {"shift_and", "shift_or", "shift_xor", "shift_plus", "shift_and_right", "shift_or_right", "shift_xor_right"}
)
_STOPS = {Ended.TIME: Stop.TIME, Ended.MEMORY: Stop.MEMORY, Ended.INTERRUPTED: Stop.INTERRUPTED}


@dataclass(frozen=True)
class _Region:
    """In a row that was rebuilt `before` has become `after` by its truth table; if `given`, under the assumptions."""

    row: int
    before: int
    after: int
    given: bool


@dataclass(frozen=True)
class _Turn:
    """One row has become another: by its regions, the inner ones first, or in an e-graph."""

    before: int
    after: int
    regions: tuple[_Region, ...] = ()
    graph: tuple[EGraph, Term, Term] | None = None


@dataclass(frozen=True)
class Found:
    """A row that is equal to another and costs no more, and the way to it."""

    row: int
    cost_before: Any
    cost_after: Any
    stop: Stop
    given: int
    turns: tuple[_Turn, ...]


def is_logical(theory: Theory) -> bool:
    """Is the theory that of truth values or of bit vectors, with further symbols perhaps?"""
    return lattice_of(theory) is not None


def lattice_of(theory: Theory) -> Lattice | None:
    """The Boolean algebra of the theory's first sort."""
    width = bit_width(theory.sorts[0])
    if width is not None:
        return bit_lattice(width)
    return BOOLEANS if theory.sorts[0] == BOOLEANS.sort else None


def simplify_row(
    table: TermTable,
    row: int,
    theory: Theory,
    assumptions: Sequence[int] = (),
    cost: CostModel = SIZE,
    limits: Limits | None = None,
) -> Found:
    """A row of the same table that is equal to the given one under the assumptions, formulas of the table.

    Of assumptions only those count that state a truth value, p = true. The theory is that of truth values or of bit
    vectors. What is found is the same on every machine unless `limits` end the search.
    """
    return _Search(table, theory, assumptions, cost, limits or Limits()).run(row)


def reach(
    table: TermTable,
    row: int,
    goal: int,
    theory: Theory,
    assumptions: Sequence[int] = (),
    cost: CostModel = SIZE,
    limits: Limits | None = None,
) -> Found | None:
    """The goal, a row of the table too, as what was found; None if its truth table is another, or has many atoms."""
    return _Search(table, theory, assumptions, cost, limits or Limits()).reach(row, goal)


def prove(builder: Builder, theory: Theory, found: Found, assumptions: Sequence[int] = ()) -> int:
    """The step given row = found row, over the builder's table. The assumptions that it rests on are "assume" steps.

    Raises NoProof.
    """
    return _Prover(builder, theory, assumptions).way(found)


class _Search:
    def __init__(
        self, table: TermTable, theory: Theory, assumptions: Sequence[int], cost: CostModel, limits: Limits
    ) -> None:
        lattice = lattice_of(theory)
        assert lattice is not None, "a theory of truth values or bit vectors"
        self._table = table
        self._theory = theory
        self._model = cost
        self._limits = limits
        self._lattice = lattice
        self._called = {symbol: name for name, symbol in lattice.names.items()}
        self._texts = symbol_texts(theory.symbols)
        self._prices = Costs(table, cost, self._texts)
        self._assumed = _conjunction(table, lattice, _truths(table, assumptions))
        self._stop = Stop.DONE

    def run(self, row: int) -> Found:
        turns: list[_Turn] = []
        at = row
        while len(turns) < _MOST_TURNS:
            turn = self._by_tables(at) or self._by_graph(at)
            if turn is None:
                break
            turns.append(turn)
            at = turn.after
        return Found(at, self._cost(row), self._cost(at), self._stop, row, tuple(turns))

    def reach(self, row: int, goal: int) -> Found | None:
        """The goal, if its table is that of the row where the assumptions hold."""
        for assumed in dict.fromkeys([None, self._assumed]):
            found = self._tables([row, goal] if assumed is None else [row, goal, assumed])
            if found is None:
                continue
            values, _, ones = found
            if not (values[row] ^ values[goal]) & (ones if assumed is None else values[assumed]):
                region = _Region(row, row, goal, assumed is not None)
                turn = _Turn(row, goal, (region,))
                return Found(goal, self._cost(row), self._cost(goal), Stop.DONE, row, (turn,))
        return None

    def _cost(self, row: int) -> Any:
        return self._prices.of(row)[0]

    # Regions

    def _by_tables(self, root: int) -> _Turn | None:
        table = self._table
        chosen = self._chosen(root)
        new: dict[int, int] = {}
        regions: list[_Region] = []
        for i in table.reachable([root]):
            row = table.rows[i]
            below = children(row)
            made = table.app(str(row[1]), *(new[c] for c in below)) if row[0] == "app" else i
            new[i] = made
            if i in chosen:
                better, given = self._better(made, whole=i == root)
                if better is not None:
                    regions.append(_Region(i, made, better, given))
                    new[i] = better
        if not regions or not self._is_progress(root, new[root]):
            return None
        return _Turn(root, new[root], tuple(regions))

    def _is_progress(self, before: int, after: int) -> bool:
        """Does a row cost less, or is it a literal that costs no more in place of something else?"""
        literal = self._table.rows[after][0] == "lit" != self._table.rows[before][0]
        return bool(self._cost(after) < self._cost(before) or (literal and self._cost(after) == self._cost(before)))

    def _chosen(self, root: int) -> frozenset[int]:
        """The roots of the regions whose tables are looked at: the largest that have few atoms, and parts of those that
        are very large, for a proof takes more than linear time."""
        table = self._table
        order = table.reachable([root])
        atoms: dict[int, frozenset[int] | None] = {}  # None: too many
        sizes: dict[int, int] = {}  # of the region below, down to what was chosen
        chosen = {root}
        for i in order:
            sizes[i] = 1 + sum(sizes[c] for c in children(table.rows[i])) if self._joins(i) else 0
            if sizes[i] > _MOST_ROWS:
                chosen.add(i)
                sizes[i] = 0
            if not self._joins(i):
                atoms[i] = frozenset() if self._is_constant(i) else frozenset({i})
                continue
            parts = [atoms[c] for c in children(table.rows[i])]
            known = [p for p in parts if p is not None]
            union = frozenset[int]().union(*known)
            digits = any(table.rows[a][0] == "lit" for a in union)  # in which tables see one digit, not all
            few = len(known) == len(parts) and len(union) <= MOST_ARGUMENTS and not digits
            atoms[i] = union if few else None
        for i in order:
            if not self._joins(i) or atoms[i] is None:
                chosen.update(children(table.rows[i]))
        some = {root} if self._assumed is not None else frozenset[int]()
        return frozenset(i for i in chosen if (self._joins(i) or i in some) and atoms[i] is not None)

    def _joins(self, i: int) -> bool:
        row = self._table.rows[i]
        return row[0] == "app" and str(row[1]) in self._called

    def _is_constant(self, i: int) -> bool:
        row = self._table.rows[i]
        return row[0] == "lit" and row[1] in (self._lattice.top, self._lattice.bottom)

    def _better(self, root: int, *, whole: bool) -> tuple[int | None, bool]:
        """A row that costs less than the root of a region, and whether the assumptions are needed for it."""
        if whole and self._assumed is not None:
            better = self._cheapest(root, self._assumed)
            if better is not None:
                plain = self._cheapest(root, None)
                if plain is not None and not self._cost(better) < self._cost(plain):
                    return plain, False
                return better, True
        return self._cheapest(root, None), False

    def _cheapest(self, root: int, assumed: int | None) -> int | None:
        table = self._table
        tables_of = self._tables([root] if assumed is None else [root, assumed])
        if tables_of is None:
            return None
        values, atoms, ones = tables_of
        constants = [table.literal(text, self._lattice.sort) for text in (self._lattice.bottom, self._lattice.top)]
        given = [*atoms, *constants]
        costs = [self._cost(i) for i in given]
        price = self._cost(root)
        if not all(isinstance(c, int | float) for c in [*costs, price]):
            return None
        care = ones if assumed is None else values[assumed]
        tables = [*(values[i] for i in atoms), 0, ones]
        for constant, table_of in zip(constants, (0, ones), strict=True):
            if not (values[root] ^ table_of) & care and self._is_progress(root, constant):
                return constant
        connectives = list(self._lattice.names)
        for part in _TRIES:
            found = cheapest(values[root], care, tables, costs, connectives, self._join_cost, part * price)
            if found is not None:
                return self._written(found, given)
        return None

    def _tables(self, roots: Sequence[int]) -> tuple[dict[int, int], list[int], int] | None:
        """The truth tables of the rows of a region, its atoms, and the table of what is true. None if there are too
        many atoms, or one is a literal, whose digits differ."""
        table = self._table
        inner = self._inner(roots)
        leaves = {c for i in inner for c in children(table.rows[i]) if c not in inner} | (set(roots) - inner)
        atoms = table_order(table).sorted(i for i in leaves if not self._is_constant(i))
        if len(atoms) > MOST_ARGUMENTS or any(table.rows[i][0] == "lit" for i in atoms):
            return None
        ones = (1 << (1 << len(atoms))) - 1
        values = dict(zip(atoms, columns(len(atoms)), strict=True))
        values |= {i: ones if table.rows[i][1] == self._lattice.top else 0 for i in leaves if self._is_constant(i)}
        for i in sorted(inner):
            row = table.rows[i]
            values[i] = _value(self._called[str(row[1])], [values[c] for c in children(row)], ones)
        return values, atoms, ones

    def _inner(self, roots: Sequence[int]) -> set[int]:
        """The rows of a region that are no atoms."""
        found: set[int] = set()
        stack = list(roots)
        while stack:
            i = stack.pop()
            if i not in found and self._joins(i):
                found.add(i)
                stack.extend(children(self._table.rows[i]))
        return found

    def _join_cost(self, name: str, below: tuple[Any, ...]) -> Any:
        text = self._texts[self._lattice.names[name]]
        model = self._model
        if isinstance(model, Function):
            return model.call(text, below)
        return model.weights.get(text, model.other) + (max(below) if model.deepest else sum(below))

    def _written(self, formula: Formula, given: Sequence[int]) -> int:
        """The row of a formula."""
        table = self._table
        order = table_order(table)
        done: dict[int, int] = {}  # by the identity of a part of the formula
        stack = [formula]
        while stack:
            part = stack[-1]
            if isinstance(part, int):
                done[id(part)] = given[part]
                stack.pop()
                continue
            missing = [p for p in part[1:] if id(p) not in done]
            stack.extend(missing)
            if not missing:
                below = [done[id(p)] for p in part[1:]]
                if part[0] in _COMMUTING:
                    below.sort(key=cmp_to_key(order.compare))
                done[id(part)] = table.app(self._lattice.names[part[0]], *below)
                stack.pop()
        return done[id(formula)]

    # E-graph

    def _by_graph(self, row: int) -> _Turn | None:
        table = self._table
        below = table.reachable([row])
        tried = row in self._chosen(row) and all(self._joins(i) or not children(table.rows[i]) for i in below)
        if len(below) > LARGEST or tried or not children(table.rows[row]):
            return None
        rules = graph_rules(self._theory, table, row)
        term = rules.signature.load(table, row)
        graph = EGraph(rules, analyses=[ConstantFolding()])
        node = graph.add(term)
        for nodes in sorted({SOME_NODES, max(SOME_NODES, min(MOST_NODES, NODES_EACH * len(below)))}):
            report = graph.run(self._limits, nodes=nodes, rounds=MOST_ROUNDS, scheduler=Backoff())
            self._stop = _STOPS.get(report.stop, self._stop)
            best = graph.extract(node, self._model).term
            after = best.dump(table)
            if self._cost(after) < self._cost(row):
                return _Turn(row, after, (), (graph, term, best))
        return None


def _value(name: str, values: Sequence[int], ones: int) -> int:
    """A connective's truth table from those of its operands."""
    x, y = values[0], values[-1]
    match name:
        case "not":
            return x ^ ones
        case "and":
            return x & y
        case "or":
            return x | y
        case "xor":
            return x ^ y
        case "implies":
            return (x ^ ones) | y
    return x ^ y ^ ones


def _truths(table: TermTable, assumptions: Sequence[int]) -> list[int]:
    """The truth values that are assumed to be true."""
    out = []
    for formula in assumptions:
        row = table.rows[formula]
        if row[0] == "eq" and table.rows[int(row[2])] == ("lit", "true", BOOLEANS.sort):
            out.append(int(row[1]))
    return out


def _conjunction(table: TermTable, lattice: Lattice, truths: Sequence[int]) -> int | None:
    if lattice is not BOOLEANS or not truths:
        return None
    whole = truths[0]
    for other in truths[1:]:
        whole = table.app("and", whole, other)
    return whole


class _Theory:
    """A theory as a key: two of one digest are the same."""

    def __init__(self, theory: Theory) -> None:
        self.theory = theory
        self._digest = theory.digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Theory) and self._digest == other._digest


@lru_cache(maxsize=64)
def _polynomial_rules(key: _Theory) -> RuleSet:
    """The rules by which terms become polynomials."""
    theory = key.theory
    lattice = lattice_of(theory)
    assert lattice is not None
    kept = [a for a in theory.axioms if "." in a.name or a.name in lattice.polynomial]
    return RuleSet(replace(theory, axioms=tuple(kept)))


def graph_rules(theory: Theory, table: TermTable, row: int) -> RuleSet:
    """The rules of an e-graph for a term: all, but of those for shifts by literals the ones that have to do with it."""
    rows = (table.rows[i] for i in table.reachable([row]))
    return _graph_rules(frozenset(str(cells[1]) for cells in rows if cells[0] == "lit"), _Theory(theory))


@lru_cache(maxsize=64)
def _graph_rules(literals: frozenset[str], key: _Theory) -> RuleSet:
    theory = key.theory
    symbols = tuple(replace(s, attributes=frozenset(), unit=None) for s in theory.symbols)
    kept = []
    for axiom in theory.axioms:
        number = axiom.name.rpartition("_")[2]
        shift = int(number) if number.isdecimal() else None
        if shift is None or shift == 1 or literals & {number, str(1 << shift), str((1 << shift) - 1)}:
            kept.append(axiom)
    ways = _BOTH_WAYS | {a.name for a in kept if a.name.endswith(".assoc") or a.name.startswith("shift_")}
    return RuleSet(
        replace(theory, symbols=symbols, axioms=tuple(kept)),
        both_ways=frozenset(a.name for a in kept if a.name in ways),
    )


class _Prover:
    def __init__(self, builder: Builder, theory: Theory, assumptions: Sequence[int]) -> None:
        self._builder = builder
        self._table = builder.table
        self._theory = theory
        self._assumptions = assumptions

    def way(self, found: Found) -> int:
        steps = [self._builder.refl(found.given), *map(self._turn, found.turns)]
        return self._builder.trans(steps)

    def _turn(self, turn: _Turn) -> int:
        if turn.graph is not None:
            graph, before, after = turn.graph
            certificate = graph.explain(before, after).certificate
            return self._adopted(certificate.terms, certificate.theorems[-1])
        builder, table = self._builder, self._table
        by_row = {region.row: region for region in turn.regions}
        proofs: dict[int, int] = {}  # by row of the old term: the step that equates it with what it became
        now: dict[int, int] = {}
        for i in table.reachable([turn.before]):
            below = children(table.rows[i])
            now[i] = i
            if any(c in proofs for c in below):
                now[i] = table.app(str(table.rows[i][1]), *(now[c] for c in below))
                proofs[i] = builder.cong(i, now[i], [proofs[c] for c in below if c in proofs])
            region = by_row.get(i)
            if region is not None:
                equal = self._region(region)
                proofs[i] = builder.trans([proofs[i], equal]) if i in proofs else equal
                now[i] = region.after
        return proofs[turn.before]

    def _region(self, region: _Region) -> int:
        if not region.given:
            return self._by_few_steps(region) or self._by_polynomials(region.before, region.after)
        builder, table = self._builder, self._table
        assumed = _conjunction(table, BOOLEANS, _truths(table, self._assumptions))
        assert assumed is not None
        true = table.literal("true", BOOLEANS.sort)
        holds = self._true(assumed)
        (unit,) = table_copy(self._theory, table, ["and.unit"])
        ways = []
        for row in (region.before, region.after):
            (variable,) = table.free_variables(unit)
            with_true, with_it = table.app("and", row, true), table.app("and", row, assumed)
            dropped = builder.instance("axiom", "and.unit", unit, {variable: row})
            ways.append(builder.trans([builder.cong(with_it, with_true, [holds]), dropped]))
        joined = [table.app("and", row, assumed) for row in (region.before, region.after)]
        same = self._by_polynomials(*joined)
        return builder.trans([builder.sym(ways[0]), same, ways[1]])

    def _true(self, assumed: int) -> int:
        """That the conjunction of the assumptions is true."""
        builder, table = self._builder, self._table
        true = table.literal("true", BOOLEANS.sort)
        whole: int | None = None
        row = -1
        for truth in _truths(table, self._assumptions):
            one = builder.add(Step("assume", table.eq(truth, true)))
            if whole is None:
                whole, row = one, truth
                continue
            row = table.app("and", row, truth)
            both = table.app("and", true, true)
            computed = builder.add(Step("eval", table.eq(both, true)))
            whole = builder.trans([builder.cong(row, both, [whole, one]), computed])
        assert whole is not None
        assert row == assumed
        return whole

    def _by_few_steps(self, region: _Region) -> int | None:
        """A proof by an e-graph, which is shorter and better to read, if it is soon found."""
        table = self._table
        rows = table.reachable([region.before, region.after])
        if len(rows) > _SMALL:
            return None
        rules = graph_rules(self._theory, table, region.before)
        before, after = (rules.signature.load(table, row) for row in (region.before, region.after))
        graph = EGraph(rules)
        left, right = graph.add(before), graph.add(after)
        graph.run(nodes=_FEW_NODES, rounds=_FEW_ROUNDS, until=lambda g: g.equal(left, right))
        if not graph.equal(left, right):
            return None
        certificate = graph.explain(before, after).certificate
        return self._adopted(certificate.terms, certificate.theorems[-1])

    def _by_polynomials(self, left: int, right: int) -> int:
        """That two terms are equal: both become one polynomial."""
        rules = _polynomial_rules(_Theory(self._theory))
        own = Builder(TermTable(rules.theory.terms.rows, rules.theory.terms.hints))
        statements = {a.name: ("axiom", a.formula) for a in rules.theory.axioms}
        laws = [step for steps in law_steps(own, statements).values() for step in steps]
        ways = []
        for row in self._table.copy_into(own.table, [left, right]):
            variables = {str(own.table.rows[v][1]): str(own.table.rows[v][2]) for v in own.table.free_variables(row)}
            term = Signature(rules.theory.symbols, variables, rules.bank).load(own.table, row)
            step = rules.derive(own, term)
            start = own.sides(step)[0]
            regrouped = own.refl(row) if start == row else own.add(Step("ac", own.table.eq(row, start), tuple(laws)))
            ways.append(own.trans([regrouped, step]))
        if own.sides(ways[0])[1] != own.sides(ways[1])[1]:
            raise NoProof("two formulas of one truth table have different polynomials")
        return self._adopted(own.table, own.finish("equal", own.trans([ways[0], own.sym(ways[1])])))

    def _adopted(self, terms: TermTable, derivation: Derivation) -> int:
        """The last step of a derivation over another table, in the builder."""
        used = dict.fromkeys(
            t for s in derivation.steps for t in (s.conclusion, *(i for p in s.substitution for i in p))
        )
        moved = dict(zip(used, terms.copy_into(self._table, list(used)), strict=True))
        made: list[int] = []
        for step in derivation.steps:
            pairs = tuple(sorted((moved[a], moved[b]) for a, b in step.substitution))
            premises = tuple(made[p] for p in step.premises)
            made.append(
                self._builder.add(
                    replace(step, conclusion=moved[step.conclusion], premises=premises, substitution=pairs)
                )
            )
        return made[-1]


def table_copy(theory: Theory, table: TermTable, names: Sequence[str]) -> list[int]:
    """Axioms of a theory, by name, as rows of a table."""
    return theory.terms.copy_into(table, [theory.axiom[name].formula for name in names])
