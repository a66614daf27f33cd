"""A derivation as lines that a person reads: chains of equations, cases, assumptions, numbered in dependency order.

Natural deduction is told from the goal: what discharges a hypothesis opens a *block* (a case, an assumption, a witness)
and the block's lines follow; everything else is stated just before it is needed, once in each block that needs it, or
once before all of them. Congruence, symmetry and transitivity vanish into chains `a = b = c` that visit no term twice;
instances of axioms, lemmas and hypotheses become reasons and take no line of their own.

The lines are flat, with a depth, so that a deep proof is not a deep object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..rewriting.certificate import Derivation, Step
from ..rewriting.printing import Marks, Path, Printer
from ..rewriting.syntax import TermTable, children, with_children
from ..rewriting.theory import Theory
from .scopes import Scopes

MOST_LINES = 1000  # lines and links of chains shown of one proof
MOST_TEXT = 1200  # characters shown of one statement
_MOST_PLACES = 8  # places that one congruence may change and still be told as a chain
_MOST_PATH = 120  # depth of such a place
_SCOPED = frozenset({"imp_intro", "all_intro", "or_elim", "ex_elim", "cases", "induction"})


@dataclass(frozen=True)
class Shown:
    """Mathematics as text; `mark` is the stretch (start, end) of it that a step changed."""

    text: str
    mark: tuple[int, int] | None = None


@dataclass(frozen=True)
class Reason:
    """What a step rests on. `node` ("P3", "A1") or `line` (a number in this proof) is where to look it up.

    `backward`: the equation is used from right to left.
    """

    words: str
    shown: str = ""
    node: str | None = None
    line: int | None = None
    backward: bool = False


@dataclass(frozen=True)
class Link:
    """One `= term` of a chain."""

    term: Shown
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Line:
    """A line of a proof, numbered from 1. `pieces` are words (str) and mathematics in turn.

    With `chain` (two links or more) the last of the pieces is the first term, and each link goes on from there.
    """

    number: int
    depth: int
    pieces: tuple[str | Shown, ...]
    reasons: tuple[Reason, ...] = ()
    chain: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Prose:
    """A proof to read. `complete` is false when it was longer than `MOST_LINES` and its end is not told."""

    lines: tuple[Line, ...]
    complete: bool


@dataclass(frozen=True)
class Citable:
    """An axiom or theorem as proofs cite it."""

    node: str
    words: str
    shown: str


def tell(
    derivation: Derivation,
    terms: TermTable,
    theory: Theory,
    axioms: Mapping[str, Citable],
    lemmas: Mapping[str, Citable],
) -> Prose:
    """The lines of a derivation that the checker has accepted. About linear in its steps."""
    scopes = Scopes(derivation, terms, theory)
    first = _Teller(scopes, theory, axioms, lemmas, frozenset())
    first.run()
    repeated = frozenset(s for s, count in first.times.items() if count > 1)
    if not repeated:
        return first.prose()
    second = _Teller(scopes, theory, axioms, lemmas, repeated)
    second.run()
    return second.prose()


def show(printer: Printer, table: TermTable, root: int, path: Path = ()) -> Shown:
    """A term in Unicode, with the subterm at `path` marked unless it is the whole."""
    plain = printer.show(table, root, "unicode", most=MOST_TEXT)
    if not path or len(plain) >= MOST_TEXT:
        return Shown(plain)
    marked = printer.show(table, root, "unicode", marks=Marks(path, "\x02", "\x03"))
    # The two texts differ by the marks alone, whatever characters the names in them have.
    start = _common(plain, marked)
    end = len(plain) - _common(plain[::-1], marked[::-1])
    return Shown(plain, (start, end) if start < end else None)


def _common(a: Sequence[object], b: Sequence[object]) -> int:
    """The length of the longest common beginning."""
    least = min(len(a), len(b))
    return next((n for n in range(least) if a[n] != b[n]), least)


class _Draft:
    """A line before it has its number. Reasons may point to other drafts."""

    def __init__(self, pieces: Sequence[str | Shown], called: str = "") -> None:
        self.pieces = tuple(pieces)
        self.called = called  # how a citation of this line is introduced: "assumption", "case", ...
        self.reasons: list[_Because] = []
        self.chain: list[tuple[Shown, list[_Because]]] = []
        self.number = 0


@dataclass(frozen=True)
class _Worded:
    """A line cited with words of one's own before it."""

    words: str
    line: _Draft


_Because = Reason | _Draft | _Worded


class _Block:
    """Lines under common hypotheses. `known` maps steps to their lines, `hypotheses` formulas to theirs."""

    def __init__(self, parent: _Block | None, depth: int, known: dict[int, _Draft] | None = None) -> None:
        self.parent = parent
        self.depth = depth
        self.entries: list[_Draft | _Block] = []
        self.known: dict[int, _Draft] = {} if known is None else known
        self.hypotheses: dict[int, _Draft] = {}
        self.fresh: frozenset[int] = frozenset()

    def within(self, header: _Draft, *, deeper: bool) -> _Block:
        """A new last block inside this one, which begins with `header`."""
        inner = _Block(self, self.depth + deeper)
        inner.entries.append(header)
        self.entries.append(inner)
        return inner


@dataclass(frozen=True)
class _Hop:
    """`term` is reached by changing the subterm at `path` by the equation of `step`, read forward or backward."""

    term: int
    path: Path
    step: int
    forward: bool


class _Teller:
    def __init__(
        self,
        scopes: Scopes,
        theory: Theory,
        axioms: Mapping[str, Citable],
        lemmas: Mapping[str, Citable],
        repeated: frozenset[int],
    ) -> None:
        self._scopes = scopes
        self._table = scopes.table
        self._steps = steps = scopes.steps
        self._printer = Printer(theory.symbols)
        self._citable = {"axiom": axioms, "lemma": lemmas}
        self._repeated = repeated
        self._uses = [0] * len(steps)
        for step in steps:
            for premise in step.premises:
                self._uses[premise] += 1
        self._weight = self._weights()
        self._rests_on: list[int] = []
        for step in steps if repeated else ():
            self._rests_on.append(scopes.rests_on(step, (self._rests_on[p] for p in step.premises)))
        self._agenda: list[Callable[[], None]] = []
        self._root = _Block(None, 0)
        self._spent = 0
        self.times: dict[int, int] = {}

    def run(self) -> None:
        """Build the blocks; `times` then says how often each step was given a line."""
        self._agenda.append(partial(self._conclude, len(self._steps) - 1, self._root))
        while self._agenda and self._spent < MOST_LINES:
            self._agenda.pop()()

    def prose(self) -> Prose:
        """Number the lines in reading order and freeze them."""
        drafts: list[tuple[_Draft, int]] = []
        stack: list[tuple[_Draft | _Block, int]] = [(self._root, 0)]
        while stack:
            entry, depth = stack.pop()
            if isinstance(entry, _Block):
                stack.extend((inner, entry.depth) for inner in reversed(entry.entries))
            else:
                entry.number = len(drafts) + 1
                drafts.append((entry, depth))
        lines = [
            Line(
                draft.number,
                depth,
                draft.pieces,
                _frozen(draft.reasons),
                tuple(Link(term, _frozen(reasons)) for term, reasons in draft.chain[:MOST_LINES]),
            )
            for draft, depth in drafts
        ]
        return Prose(tuple(lines), not self._agenda and all(len(d.chain) <= MOST_LINES for d, _ in drafts))

    # What is known of each step beforehand.

    def _weights(self) -> list[int]:
        """0: an instance of something named or of a line; 1: an implication among those, applied; 2: needs a line."""
        out: list[int] = []
        for step in self._steps:
            match step.rule:
                case "axiom" | "lemma" | "assume" | "refl":
                    out.append(0)
                case "sym":
                    out.append(out[step.premises[0]])
                case "all_elim" | "and_elim":
                    out.append(out[step.premises[0]] % 2)
                case "imp_elim":
                    implication, premise = (out[p] for p in step.premises)
                    out.append(2 if premise else max(1, implication))
                case _:
                    out.append(2)
        return out

    # Finding lines and hypotheses from inside a block.

    def _find(self, s: int, block: _Block | None) -> _Draft | None:
        while block is not None:
            if s in block.known:
                return block.known[s]
            block = block.parent
        return None

    def _assumed(self, formula: int, block: _Block | None) -> _Draft | None:
        while block is not None:
            if formula in block.hypotheses:
                return block.hypotheses[formula]
            block = block.parent
        return None

    def _outermost(self, s: int, block: _Block) -> _Block:
        """Where to state a step that several blocks need: as far out as its hypotheses and variables reach.

        An aside before the block that needs it; the lines there are known to all that follow.
        """
        names = frozenset(self._table.free_variables(self._steps[s].conclusion))
        inside: _Block | None = None
        here = block
        while here.parent is not None and names.isdisjoint(here.fresh):
            if self._rests_on[s] & self._scopes.hypotheses(here.hypotheses):
                break
            inside, here = here, here.parent
        if inside is None:
            return block
        aside = _Block(here, here.depth, here.known)
        here.entries.insert(here.entries.index(inside), aside)
        return aside

    # Telling.

    def _then(self, *tasks: Callable[[], None]) -> None:
        self._agenda.extend(reversed(tasks))

    def _show(self, term: int, path: Path = ()) -> Shown:
        return show(self._printer, self._table, term, path)

    def _write(self, block: _Block, draft: _Draft) -> None:
        block.entries.append(draft)
        self._spent += 1 + len(draft.chain)

    def _need(self, s: int, block: _Block) -> None:
        """See to it that step `s` has a line that `block` can cite."""
        if self._find(s, block) is not None:
            return
        if s in self._repeated:
            block = self._outermost(s, block)
        variables, body = self._generalised(s)
        if variables and self._is_chain(body):
            hops = self._hops(body)
            causes = [self._causes(hop, body) for hop in hops]
            if all(self._weight[leaf] == 0 or self._find(leaf, block) for leaves in causes for leaf in leaves):
                prefix = ["For all ", *self._listed(variables), ": "]
                self._chain(body, block, hops, causes, s, prefix)
                return
        if self._steps[s].rule in _SCOPED:
            claim = _Draft(["Claim: ", self._show(self._steps[s].conclusion), "."])
            inner = block.within(claim, deeper=False)
            self._spent += 1
            self._remember(s, block, claim)
            proof = _Block(inner, inner.depth + 1)
            inner.entries.append(proof)
            self._then(partial(self._prove, s, proof))
        else:
            self._state(s, block)

    def _remember(self, s: int, block: _Block, draft: _Draft) -> None:
        block.known[s] = draft
        self.times[s] = self.times.get(s, 0) + 1

    def _conclude(self, s: int, block: _Block) -> None:
        """Tell the proof of the formula that `block` is there to prove."""
        known = self._find(s, block)
        if known is None:
            self._prove(s, block)
        else:
            draft = _Draft([self._show(self._steps[s].conclusion)])
            draft.reasons = [known]
            self._write(block, draft)

    def _prove(self, s: int, block: _Block) -> None:
        step = self._steps[s]
        if step.rule in ("or_elim", "ex_elim"):
            leaves = self._leaves(step.premises[0])
            self._then(*self._needs(leaves, block), partial(self._open, s, block))
        elif step.rule in _SCOPED:
            self._open(s, block)
        elif step.rule == "false_elim" and self._weight[step.premises[0]] and not self._find(step.premises[0], block):
            self._prove(step.premises[0], block)  # a block that ends with a contradiction needs no other end
        else:
            self._state(s, block)

    def _open(self, s: int, block: _Block) -> None:
        """Write the headers of a step's blocks and go on inside them."""
        step = self._steps[s]
        discharged = self._scopes.discharged(step)
        rows = self._table.rows
        if step.rule == "imp_intro":
            [[hypothesis]] = discharged
            refuting = rows[int(rows[step.conclusion][2])][0] == "false"
            words = ("Suppose ", ", towards a contradiction.") if refuting else ("Assume ", ".")
            header = _Draft([words[0], self._show(hypothesis), words[1]], "assumption")
            self._enter(block.within(header, deeper=False), step.premises[0], header, [hypothesis], ())
        elif step.rule == "all_intro":
            variables, body = self._generalised(s)
            header = _Draft(["Let ", *self._listed(variables), " be arbitrary."])
            self._enter(block.within(header, deeper=False), body, header, [], variables)
        elif step.rule == "ex_elim":
            assert step.variable is not None
            name = self._show(step.variable)
            header = _Draft(["Take ", name, " with ", self._show(discharged[1][0]), "."], f"choice of {name.text}")
            header.reasons = self._reasons(step.premises[0], block)
            inner = block.within(header, deeper=False)
            self._enter(inner, step.premises[1], header, discharged[1], (step.variable,))
        else:
            self._split(step, discharged, block)

    def _generalised(self, s: int) -> tuple[list[int], int]:
        """The variables that step `s` and those before it quantify, and the step that they start from."""
        variables: list[int] = []
        while self._steps[s].rule == "all_intro" and (not variables or self._uses[s] == 1):
            variable = self._steps[s].variable
            assert variable is not None
            variables.append(variable)
            s = self._steps[s].premises[0]
        return variables, s

    def _split(self, step: Step, discharged: list[list[int]], block: _Block) -> None:
        """Several cases: of a disjunction, of a term's constructors, or of an induction."""
        cases: list[tuple[int, list[str | Shown], list[int], tuple[int, ...]]] = []
        if step.rule == "or_elim":
            intro = _Draft(["Either ", self._show(self._steps[step.premises[0]].conclusion), "."])
            intro.reasons = self._reasons(step.premises[0], block)
            for premise, assumed in zip(step.premises[1:], discharged[1:], strict=True):
                cases.append((premise, ["Case ", self._show(assumed[0]), "."], assumed, ()))
        elif step.rule == "cases":
            intro = _Draft(["By cases on ", self._show(step.terms[0]), "."])
            for premise, assumed, fresh in zip(step.premises, discharged, step.fresh, strict=True):
                cases.append((premise, ["Case ", self._show(assumed[0]), "."], assumed, fresh))
        else:
            assert step.variable is not None
            pieces: list[str | Shown] = ["By induction on ", self._show(step.variable)]
            if step.generalised:
                pieces += [", for all ", *self._listed(step.generalised)]
            intro = _Draft([*pieces, "."])
            for premise, pattern, assumed, fresh in zip(
                step.premises, self._scopes.patterns(step), discharged, step.fresh, strict=True
            ):
                title: list[str | Shown] = ["Case ", self._show(self._table.eq(step.variable, pattern))]
                hypotheses = self._scopes.inductive(step, pattern)
                if hypotheses:
                    title.append(", assuming ")
                    title += ["for all ", *self._listed(step.generalised), " that "] if step.generalised else []
                    title += self._listed(hypotheses)
                cases.append((premise, [*title, "."], assumed, fresh))
        self._write(block, intro)
        called = "induction hypothesis" if step.rule == "induction" else "case"
        tasks = []
        for premise, title, assumed, fresh in cases:
            tasks.append(partial(self._case, block, _Draft(title, called), premise, assumed, fresh))
        self._then(*tasks)

    def _listed(self, terms: Sequence[int]) -> list[str | Shown]:
        """The terms with commas and an `and`."""
        out: list[str | Shown] = []
        for n, term in enumerate(terms):
            out += [" and " if n == len(terms) - 1 else ", "] * (n > 0) + [self._show(term)]
        return out

    def _case(self, block: _Block, header: _Draft, premise: int, assumed: Sequence[int], fresh: Sequence[int]) -> None:
        inner = block.within(header, deeper=False)
        body = _Block(inner, inner.depth + 1)
        inner.entries.append(body)
        self._enter(body, premise, header, assumed, fresh)

    def _enter(self, inner: _Block, premise: int, header: _Draft, assumed: Sequence[int], fresh: Sequence[int]) -> None:
        self._spent += 1
        inner.hypotheses = dict.fromkeys(assumed, header)
        inner.fresh = frozenset(fresh)
        self._then(partial(self._conclude, premise, inner))

    def _state(self, s: int, block: _Block) -> None:
        """A line for a step that opens no block, after the lines that it cites."""
        if self._is_chain(s):
            hops = self._hops(s)
            causes = [self._causes(hop, s) for hop in hops]
            cited = [leaf for leaves in causes for leaf in leaves]
            self._then(*self._needs(cited, block), partial(self._chain, s, block, hops, causes))
        else:
            leaves = [leaf for p, most in self._grounds(s) for leaf in self._leaves(p, most)]
            self._then(*self._needs(leaves, block), partial(self._fact, s, block))

    def _is_chain(self, s: int) -> bool:
        step = self._steps[s]
        return self._table.rows[step.conclusion][0] == "eq" and (
            self._weight[s] < 2 or step.rule in ("trans", "cong", "sym", "rewrite")
        )

    def _needs(self, leaves: Sequence[int], block: _Block) -> list[Callable[[], None]]:
        return [partial(self._need, leaf, block) for leaf in dict.fromkeys(leaves) if self._weight[leaf] > 0]

    def _grounds(self, s: int) -> list[tuple[int, int]]:
        """The steps that the line of step `s` cites, each with the weight up to which it is seen through.

        An implication applied several times over is one ground beside all its premises.
        """
        step = self._steps[s]
        if step.rule in ("axiom", "lemma", "assume"):
            return [(s, 0)]
        if step.rule == "imp_elim":
            premises = []
            while self._steps[s].rule == "imp_elim":
                s, premise = self._steps[s].premises
                premises.append((premise, 0))
            return [(s, 1), *reversed(premises)]
        # What a rewriting starts from must be seen as a whole.
        return [(p, 0 if step.rule == "rewrite" else 1) for p in step.premises]

    def _fact(self, s: int, block: _Block) -> None:
        step = self._steps[s]
        draft = _Draft([self._show(step.conclusion)])
        if step.rule == "distinct":
            draft.pieces = ("Contradiction: ", self._unequal(step.premises[0]), ".")
        elif self._table.rows[step.conclusion][0] == "false":
            draft.pieces = ("Contradiction.",)
        cited = [self._cite(self._leaves(p, most), block) for p, most in self._grounds(s)]
        if step.rule == "rewrite":
            cited[0] = [_worded("rewriting", reason) for reason in cited[0]]
            cited[1:] = [[_worded("by", reason) for reason in reasons] for reasons in cited[1:]]
        reasons = [*self._rule(step), *(reason for group in cited for reason in group)]
        draft.reasons = list(dict.fromkeys(reasons))
        self._write(block, draft)
        self._remember(s, block, draft)

    def _unequal(self, s: int) -> Shown:
        """That the sides of the equation of step `s` differ."""
        false = self._table.negate(self._steps[s].conclusion)
        return Shown(self._printer.show(self._table, false, "unicode", most=80))

    def _rule(self, step: Step) -> list[_Because]:
        """The rule in words, where the lines it cites do not say enough."""
        match step.rule:
            case "injective":
                return [Reason("constructors are injective")]
            case "distinct":
                return [Reason("different constructors")]
            case "false_elim":
                return [Reason("from falsity anything follows")]
            case "ex_intro":
                return [Reason("witness", self._printer.show(self._table, step.terms[0], "unicode", most=80))]
            case "refl":
                return [Reason("both sides are the same")]
            case "eval":
                return [Reason("computed")]
            case "ac":
                return [Reason("rearranged")]
        return []

    def _chain(
        self,
        s: int,
        block: _Block,
        hops: Sequence[_Hop],
        causes: Sequence[list[int]],
        stated: int | None = None,
        prefix: Sequence[str | Shown] = (),
    ) -> None:
        """The line of an equation. It is known as the line of `stated` where that is another step, of which the
        equation is all but the `prefix`."""
        conclusion = self._steps[s].conclusion
        links = []
        for hop, leaves in zip(hops[:MOST_LINES], causes, strict=False):
            reasons = self._cite(leaves, block)
            if not hop.forward:
                reasons = [_backward(reason) for reason in reasons]
            links.append((hop, reasons))
        if len(links) > 1:
            draft = _Draft([*prefix, self._show(int(self._table.rows[conclusion][1]))])
            draft.chain = [(self._show(hop.term, hop.path), reasons) for hop, reasons in links]
        elif links:
            [(hop, draft_reasons)] = links
            draft = _Draft([*prefix, self._show(conclusion, (1, *hop.path) if hop.path else ())])
            draft.reasons = draft_reasons
        else:
            draft = _Draft([*prefix, self._show(conclusion)])
            draft.reasons = [Reason("both sides are the same")]
        if len(hops) > MOST_LINES:
            self._spent = MOST_LINES
        self._write(block, draft)
        self._remember(s if stated is None else stated, block, draft)

    # Reasons.

    def _leaves(self, s: int, most: int = 1) -> list[int]:
        """What step `s` rests on, seen through instances and applied implications: named things and lines."""
        out: list[int] = []
        stack = [(s, most)]
        while stack:
            s, most = stack.pop()
            step = self._steps[s]
            if self._weight[s] > most or step.rule in ("axiom", "lemma", "assume"):
                out.append(s)
            elif step.rule == "imp_elim":
                stack += reversed(self._grounds(s))
            elif step.rule != "refl":
                stack.append((step.premises[0], most))
        return out

    def _reasons(self, s: int, block: _Block) -> list[_Because]:
        return self._cite(self._leaves(s), block)

    def _cite(self, leaves: Sequence[int], block: _Block) -> list[_Because]:
        out: list[_Because] = []
        for leaf in dict.fromkeys(leaves):
            step = self._steps[leaf]
            if step.rule in self._citable:
                cited = self._citable[step.rule][str(step.cites)]
                out.append(Reason(cited.words, cited.shown, cited.node))
            elif step.rule == "assume":
                out.append(self._assumed(step.conclusion, block) or Reason("assumption"))
            else:
                out.append(self._find(leaf, block) or Reason("an earlier step"))
        return list(dict.fromkeys(out))

    # Chains.

    def _hops(self, s: int) -> list[_Hop]:
        """The equation of step `s` as a walk from its left side to its right side."""
        current = int(self._table.rows[self._steps[s].conclusion][1])
        hops: list[_Hop] = []
        stack: list[tuple[int, bool, Path]] = [(s, True, ())]
        while stack:
            t, forward, path = stack.pop()
            parts = self._expand(t, forward, len(path)) if t == s or self._folds(t) else None
            if parts is not None:
                stack.extend((premise, way, path + below) for premise, way, below in reversed(parts))
                continue
            sides = self._table.rows[self._steps[t].conclusion]
            old, new = (int(sides[1]), int(sides[2])) if forward else (int(sides[2]), int(sides[1]))
            if old == new:
                continue
            current = self._put(current, path, new)
            if hops and (hops[-1].step, hops[-1].forward) == (t, forward):
                common = _common(path, hops[-1].path)
                if common < min(len(path), len(hops[-1].path)):  # one equation at several places: one link
                    path = path[:common]
                    hops.pop()
            hops.append(_Hop(current, path, t, forward))
        return self._straight(s, hops)

    def _straight(self, s: int, hops: Sequence[_Hop]) -> list[_Hop]:
        """The walk of step `s` without what lies between two visits to the same term."""
        at = {int(self._table.rows[self._steps[s].conclusion][1]): 0}
        kept: list[_Hop] = []
        for hop in hops:
            back = at.get(hop.term)
            if back is None:
                kept.append(hop)
                at[hop.term] = len(kept)
            else:
                for gone in kept[back:]:
                    del at[gone.term]
                del kept[back:]
        return kept

    def _folds(self, t: int) -> bool:
        """Is step `t` told inside the chain that uses it, rather than on a line of its own?"""
        step = self._steps[t]
        if self._weight[t] < 2 or self._uses[t] == 1:
            return True
        return step.rule in ("sym", "cong") and len(step.premises) == 1 and self._weight[step.premises[0]] < 2

    def _expand(self, t: int, forward: bool, depth: int) -> list[tuple[int, bool, Path]] | None:
        """The steps that an equational step is made of, in the order of the walk; None if it is one link."""
        step = self._steps[t]
        row = self._table.rows[step.conclusion]
        parts: list[tuple[int, bool, Path]]
        match step.rule:
            case "refl":
                return []
            case "sym":
                return [(step.premises[0], not forward, ())]
            case "trans":
                parts = [(premise, True, ()) for premise in step.premises]
            case "cong":
                places = self._places(int(row[1]), int(row[2]), step.premises, depth)
                if places is None:
                    return None
                parts = [(premise, True, path) for path, premise in places]
            case "rewrite":
                start = self._table.rows[self._steps[step.premises[0]].conclusion]
                before = self._places(int(start[1]), int(row[1]), step.premises[1:], depth)
                after = self._places(int(start[2]), int(row[2]), step.premises[1:], depth)
                if before is None or after is None:
                    return None
                parts = [(premise, False, path) for path, premise in reversed(before)]
                parts += [(step.premises[0], True, ()), *((premise, True, path) for path, premise in after)]
            case _:
                return None
        return parts if forward else [(premise, not way, path) for premise, way, path in reversed(parts)]

    def _places(self, old: int, new: int, premises: Sequence[int], depth: int) -> list[tuple[Path, int]] | None:
        """Where `new` differs from `old`, and the premise that says so; None if too many places or too deep."""
        rows = self._table.rows
        known: dict[tuple[int, int], int] = {}
        for premise in premises:
            row = rows[self._steps[premise].conclusion]
            known.setdefault((int(row[1]), int(row[2])), premise)
        out: list[tuple[Path, int]] = []
        stack: list[tuple[int, int, Path]] = [(old, new, ())]
        while stack:
            a, b, path = stack.pop()
            if a == b:
                continue
            if (a, b) in known:
                out.append((path, known[a, b]))
                if len(out) > _MOST_PLACES:
                    return None
                continue
            if depth + len(path) >= _MOST_PATH:
                return None
            below = list(zip(children(rows[a]), children(rows[b]), strict=True))
            stack.extend((x, y, (*path, n)) for n, (x, y) in reversed(list(enumerate(below))))
        return out

    def _put(self, whole: int, path: Path, new: int) -> int:
        """`whole` with the subterm at `path` replaced."""
        above: list[int] = []
        for n in path:
            above.append(whole)
            whole = children(self._table.rows[whole])[n]
        for term, n in zip(reversed(above), reversed(path), strict=True):
            row = self._table.rows[term]
            below = list(children(row))
            below[n] = new
            new = self._table.add(with_children(row, below), self._table.hints.get(term))
        return new

    def _causes(self, hop: _Hop, root: int) -> list[int]:
        """The leaves to cite for one link. The chain's own step, if it is one link, rests on its premises."""
        if self._weight[hop.step] < 2:
            return self._leaves(hop.step)
        if hop.step != root:
            return [hop.step]
        return [leaf for premise, most in self._grounds(root) for leaf in self._leaves(premise, most)]


def _backward(reason: _Because) -> _Because:
    return replace(reason, backward=True) if isinstance(reason, Reason) else reason


def _worded(words: str, reason: _Because) -> _Because:
    if isinstance(reason, Reason):
        return replace(reason, words=f"{words} {reason.words}".rstrip())
    return reason if isinstance(reason, _Worded) else _Worded(words, reason)


def _frozen(reasons: Sequence[_Because]) -> tuple[Reason, ...]:
    out = []
    for reason in reasons:
        if isinstance(reason, _Worded):
            out.append(Reason(f"{reason.words} {reason.line.called}".rstrip(), line=reason.line.number))
        else:
            out.append(reason if isinstance(reason, Reason) else Reason(reason.called, line=reason.number))
    return tuple(out)
