"""A certificate as Lean 4 text.

Every theorem is exported twice. Over a structure `Model` with the theory's sorts, operations and axioms as fields,
induction among them (as a statement about any predicate); and, when the axioms are all definitions, over Lean's own
types, by applying the first to the standard model. Literals and what is computed with them are Lean's own where it has
them, and else fields too (`lean_literals.py`).

    structure Lemmata.Peano.Model where ...
    theorem Lemmata.Peano.zero_add (M : Lemmata.Peano.Model) (x : M.N) : Eq (M.op_plus M.op_00 x) x := ...
    theorem Lemmata.Peano.Concrete.zero_add : ∀ (x : Nat), Eq (Nat.add Nat.zero x) x := ...

The text is core Lean: explicit proof terms, no tactic, no notation, and nothing but what `preamble.lean` declares. So
it is the same for a Lean with its library and for one without (which needs the preamble before it). At its end each
theorem is stated once more, from the goal, and its axioms are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..rewriting.certificate import Derivation
from ..rewriting.syntax import PROP, TermTable, children
from ..rewriting.theory import Datatype, Theory
from .lean_concrete import Concrete, Fields, concrete
from .lean_literals import Fact, LeanLiterals
from .lean_names import Names, mangle
from .lean_steps import LeanNames, ProofWriter
from .lean_terms import LeanTerms, Style, TooLarge, Unwritable
from .sequents import Book, Laid, Unfit
from .verdicts import Word

Texts = Mapping[str, str]
Form = Literal["structure", "concrete"]
FORMS: tuple[Form, ...] = ("structure", "concrete")

# Deep terms take many levels of Lean's recursion; time is limited from outside.
HEADER = "set_option linter.all false\nset_option maxRecDepth 20000\nset_option maxHeartbeats 0\n"


@dataclass(frozen=True)
class Exported:
    """One theorem in one of its forms: its full Lean name, or the verdict that stands without asking, and why.

    `assumed` are the hypotheses that Lean is not asked to prove: the names of the axioms that the theorem rests on, by
    itself and by its lemmas, and facts about literals as people write them. It has none over Lean's own types.
    """

    theorem: str
    form: Form
    name: str | None
    verdict: Word = Word.NOT_RUN
    why: str | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Some commands of the text, and whose they are: a theorem's in a form, or a form's common part (None)."""

    text: str
    theorem: str | None
    form: Form


@dataclass(frozen=True)
class LeanExport:
    """The text in pieces, and what it exports."""

    pieces: tuple[Piece, ...]
    exported: tuple[Exported, ...]

    @property
    def text(self) -> str:
        """All of the text, without the preamble."""
        return HEADER + "".join(piece.text + "\n" for piece in self.pieces)

    def owner(self, line: int) -> Piece | None:
        """The piece that holds line `line` of `text`, counted from 1."""
        at = 1 + HEADER.count("\n")
        for piece in self.pieces:
            at += piece.text.count("\n") + 1
            if line < at:
                return piece if line > HEADER.count("\n") else None
        return None


def emit(
    theory: Theory,
    terms: TermTable,
    derivations: Sequence[Derivation],
    *,
    without: Mapping[str, Word] | None = None,
    forms: Collection[Form] = FORMS,
) -> LeanExport:
    """The Lean text of a certificate whose derivations are over `terms`.

    Derivations named in `without` are left out under that verdict, with all that cite them. Never raises on a bad
    derivation: it is refused, or its error left for Lean to find. About linear in the certificate if no term is deep.
    """
    return _Emitter(theory, terms, derivations, without or {}, frozenset(forms)).export()


class _Emitter:
    def __init__(
        self,
        theory: Theory,
        terms: TermTable,
        derivations: Sequence[Derivation],
        without: Mapping[str, Word],
        forms: frozenset[Form],
    ) -> None:
        self._theory = theory
        self._book = Book(theory, terms, derivations)
        self._without = without
        self._forms = forms
        self._pieces: list[Piece] = []
        self._exported: list[Exported] = []
        self._assumed: dict[str, tuple[str, ...]] = {}  # by theorem
        self._scope = f"Lemmata.{mangle(theory.name)}"

    def export(self) -> LeanExport:
        if self._book.why is not None:
            failed = [(t.name, form) for form in FORMS for t in self._book.theorems]
            self._exported = [Exported(*theorem, None, Word.REFUSED, self._book.why) for theorem in failed]
            return LeanExport((), tuple(self._exported))
        self._names()
        definitions = self._literals.definitions
        if definitions is not None:
            self._pieces.append(Piece(definitions, None, "structure"))
        try:
            self._pieces.append(Piece(self._structure(), None, "structure"))
            why = None
        except Unwritable as error:
            why = f"the theory: {error}"
        written = self._theorems(why)
        model = self._concrete(why)
        if isinstance(model, Concrete):
            self._concrete_theorems(model, written)
        else:
            self._exported += [Exported(t.name, "concrete", None, Word.NOT_RUN, model) for t in self._book.theorems]
        self._checks(model if isinstance(model, Concrete) else None, written)
        return LeanExport(tuple(self._pieces), tuple(self._exported))

    # Names: the structure's fields first, then variables that avoid them all.

    def _names(self) -> None:
        theory = self._theory
        used = self._constructors_used()
        names = self._fields = Names(_OF_A_STRUCTURE)
        self._literals = own = LeanLiterals(self._book, names)
        sorts = {s: names.of("sort", s) for s in theory.sorts if s not in own.sorts}
        default = {s: names.of("element", s, prefix="inh_") for s in theory.sorts if s not in own.sorts}
        symbols = {s.name: names.of("symbol", s.name) for s in theory.symbols if s.name not in own.symbols}
        axioms = {a.name: names.of("axiom", a.name, prefix="ax_") for a in theory.axioms}
        induction = {d.sort: names.of("induction", d.sort, prefix="ind_") for d in theory.datatypes}
        injective: dict[tuple[str, int], str] = {}
        distinct: dict[tuple[str, str], str] = {}
        for datatype in theory.datatypes:
            made = datatype.constructors
            for n, a in enumerate(made):
                for k in range(theory.symbol[a].arity if (a, a) in used else 0):
                    injective[a, k] = names.of("injective", a, str(k), prefix=f"inj{k + 1}_")
                for b in made[n + 1 :]:
                    if (a, b) in used or (b, a) in used:
                        distinct[a, b] = names.of("distinct", a, b, prefix=f"ne_{mangle(b)}_")
        theorems = self._tails = Names({"Model", "Concrete", "model"})
        full = {t.name: f"{self._scope}.{theorems.of('theorem', t.name)}" for t in self._book.theorems}
        self._model = f"{self._scope}.Model"
        self._lean = LeanNames(self._model, axioms, full, induction, injective, distinct)
        self._plain = self._style(sorts, symbols, default, "")
        self._over_model = self._style(sorts, symbols, default, "M.")
        self._terms = LeanTerms(self._book.terms, names)

    def _style(self, sorts: Texts, symbols: Texts, default: Texts, of: str) -> Style:
        """How terms look where the fields are called so, with `of` before their names."""
        own = self._literals
        return Style(
            {**{s: of + n for s, n in sorts.items()}, **own.sorts},
            {**{s: of + n for s, n in symbols.items()}, **own.symbols},
            {**{s: of + n for s, n in default.items()}, **own.default},
            {**{key: of + n for key, n in own.constants.items()}, **own.native},
        )

    def _constructors_used(self) -> set[tuple[str, str]]:
        """The pairs of constructors whose injectivity or distinctness some step uses."""
        rows = self._book.terms.rows
        used = set()
        for laid in self._book.theorems:
            if isinstance(laid, Unfit):
                continue
            for step in laid.steps:
                if step.rule in ("injective", "distinct"):
                    a, b = children(rows[laid.steps[step.premises[0]].conclusion])
                    if rows[a][0] == "app":
                        used.add((str(rows[a][1]), str(rows[b][1])))
        return used

    # The structure.

    def _structure(self) -> str:
        theory, plain, own = self._theory, self._plain, self._literals
        sorts = [s for s in theory.sorts if s not in own.sorts]
        lines = [f"structure {self._model} where"]
        lines += [f"  {plain.sorts[s]} : Type" for s in sorts]
        lines += [f"  {plain.default[s]} : {plain.sorts[s]}" for s in sorts]
        lines += [f"  {name} : {plain.sorts[sort]}" for (_, sort), name in own.constants.items()]
        for symbol in (s for s in theory.symbols if s.name not in own.symbols):
            result = "Prop" if symbol.result == PROP else plain.sorts[symbol.result]
            profile = " → ".join([*(plain.sorts[s] for s in symbol.arguments), result])
            lines.append(f"  {plain.symbols[symbol.name]} : {profile}")
        for axiom in theory.axioms:
            stated = self._terms.closed(self._book.axioms[axiom.name], plain)
            lines.append(f"  {self._lean.axioms[axiom.name]} : {stated}")
        lines += [f"  {fact.name} : {self._fact(fact, plain)}" for fact in own.facts.values() if fact.assumed]
        lines += [f"  {self._lean.induction[d.sort]} : {self._induction(d)}" for d in theory.datatypes]
        lines += [f"  {name} : {self._injective(a, k)}" for (a, k), name in self._lean.injective.items()]
        lines += [f"  {name} : {self._distinct(a, b)}" for (a, b), name in self._lean.distinct.items()]
        return "\n".join(lines)

    def _fact(self, fact: Fact, style: Style) -> str:
        sides = [self._terms.show(i, style, frozenset()) for i in (fact.left, fact.right)]
        return f"Eq {' '.join(sides)}{' → False' if fact.apart else ''}"

    def _arguments(self, constructor: str, letter: str) -> tuple[str, str, list[str]]:
        """Binders for a constructor's arguments, the constructor applied to them, and their names."""
        symbol = self._theory.symbol[constructor]
        names = [f"{letter}{k + 1}".translate(_SUBSCRIPTS) for k in range(symbol.arity)]
        binders = " ".join(f"({n} : {self._plain.sorts[s]})" for n, s in zip(names, symbol.arguments, strict=True))
        head = self._plain.symbols[constructor]
        return binders, f"({' '.join([head, *names])})" if names else head, names

    def _induction(self, datatype: Datatype) -> str:
        sort = self._plain.sorts[datatype.sort]
        cases = []
        for constructor in datatype.constructors:
            binders, term, names = self._arguments(constructor, "x")
            sorts = self._theory.symbol[constructor].arguments
            assumed = "".join(f"motive {n} → " for n, s in zip(names, sorts, strict=True) if s == datatype.sort)
            cases.append(f"(∀ {binders}, {assumed}motive {term})" if binders else f"motive {term}")
        return f"∀ (motive : {sort} → Prop), {''.join(c + ' → ' for c in cases)}∀ (x₁ : {sort}), motive x₁"

    def _injective(self, constructor: str, k: int) -> str:
        (left, a, xs), (right, b, ys) = self._arguments(constructor, "x"), self._arguments(constructor, "y")
        return f"∀ {left} {right}, Eq {a} {b} → Eq {xs[k]} {ys[k]}"

    def _distinct(self, first: str, second: str) -> str:
        (left, a, _), (right, b, _) = self._arguments(first, "x"), self._arguments(second, "y")
        binders = " ".join(filter(None, [left, right]))
        return f"∀ {binders}, Eq {a} {b} → False" if binders else f"Eq {a} {b} → False"

    # Theorems.

    def _theorems(self, why: str | None) -> list[Laid]:
        writer = ProofWriter(self._book, self._terms, self._over_model, self._lean, self._literals)
        written: list[Laid] = []
        left_out: dict[str, Exported] = {}
        for theorem in self._book.theorems:
            name = theorem.name
            if isinstance(theorem, Unfit):
                place = "" if theorem.step is None else f"step {theorem.step}: "
                found = Exported(name, "structure", None, theorem.verdict, place + theorem.why)
            elif why is not None:
                found = Exported(name, "structure", None, Word.FAILED, why)
            elif name in self._without:
                found = Exported(name, "structure", None, self._without[name], "left out")
            else:
                found = self._theorem(writer, theorem, left_out)
            self._exported.append(found)
            if found.name is None:
                left_out.setdefault(name, found)
            elif isinstance(theorem, Laid):
                written.append(theorem)
        return written

    def _theorem(self, writer: ProofWriter, laid: Laid, left_out: dict[str, Exported]) -> Exported:
        for step in laid.steps:
            if step.rule == "lemma" and step.cites in left_out:
                because = left_out[str(step.cites)]
                return Exported(laid.name, "structure", None, because.verdict, f"it rests on {step.cites}")
        try:
            texts = [text for _, text in writer.theorems(laid)]
        except TooLarge as error:
            return Exported(laid.name, "structure", None, Word.FAILED, str(error))
        except Unwritable as error:
            return Exported(laid.name, "structure", None, Word.REFUSED, str(error))
        self._pieces.append(Piece("\n".join(texts), laid.name, "structure"))
        name = self._lean.theorems[laid.name]
        return Exported(laid.name, "structure", name, assumed=self._assumptions(laid))

    def _assumptions(self, laid: Laid) -> tuple[str, ...]:
        """What the theorem rests on that Lean is not asked to prove, its lemmas' included; noted for those to come."""
        found: dict[str, None] = {}
        for step in laid.steps:
            if step.rule == "axiom":
                found[str(step.cites)] = None
            elif step.rule == "lemma":
                found |= dict.fromkeys(self._assumed[str(step.cites)])
            fact = self._literals.fact(laid, step)
            if fact is not None and fact.assumed:
                found[self._literals.shown(fact)] = None
        self._assumed[laid.name] = tuple(found)
        return self._assumed[laid.name]

    def _concrete(self, why: str | None) -> Concrete | str:
        if why is not None or "concrete" not in self._forms:
            return why or "not asked for"
        fields = Fields(tuple(self._lean.induction), tuple(self._lean.injective), tuple(self._lean.distinct))
        made = concrete(
            self._book,
            self._terms,
            f"{self._scope}.Concrete",
            self._fields,
            self._tails,
            fields,
            self._model,
            self._literals,
        )
        if isinstance(made, Concrete):
            self._pieces.append(Piece("\n".join(made.declarations), None, "concrete"))
        return made

    def _concrete_name(self, theorem: str) -> str:
        return f"{self._scope}.Concrete.{self._lean.theorems[theorem].rsplit('.', 1)[1]}"

    def _concrete_theorems(self, model: Concrete, written: Sequence[Laid]) -> None:
        known = {laid.name for laid in written}
        structure = {e.theorem: e for e in self._exported}
        for laid in self._book.theorems:
            if laid.name not in known or isinstance(laid, Unfit):
                found = structure[laid.name]
                self._exported.append(Exported(laid.name, "concrete", None, found.verdict, found.why))
                continue
            name = self._concrete_name(laid.name)
            try:
                stated = self._terms.closed(laid.statement, model.style)
            except Unwritable as error:
                self._exported.append(Exported(laid.name, "concrete", None, Word.FAILED, str(error)))
                continue
            proof = f"{self._lean.theorems[laid.name]} {model.model}"
            text = f"theorem {name}{model.binders} : {stated} :=\n  {proof}"
            self._pieces.append(Piece(text, laid.name, "concrete"))
            self._exported.append(Exported(laid.name, "concrete", name))

    def _checks(self, model: Concrete | None, written: Sequence[Laid]) -> None:
        """Each theorem stated again from its goal, and the question for its axioms."""
        statements = {laid.name: laid.statement for laid in written}
        for exported in self._exported:
            if exported.name is None:
                continue
            statement = statements[exported.theorem]
            if exported.form == "structure":
                stated = f"∀ (M : {self._model}), {self._terms.closed(statement, self._over_model)}"
            else:
                assert model is not None
                binders = f"∀{model.binders}, " if model.binders else ""
                stated = binders + self._terms.closed(statement, model.style)
            text = f"example : {stated} := @{exported.name}\n#print axioms {exported.name}"
            self._pieces.append(Piece(text, exported.theorem, exported.form))


# What Lean declares of itself beside the fields of a structure.
_OF_A_STRUCTURE = {
    *("mk", "rec", "recOn", "casesOn", "noConfusion", "noConfusionType", "ctorIdx", "toCtorIdx", "below", "brecOn"),
    *("ext", "injEq", "sizeOf_spec"),
}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
