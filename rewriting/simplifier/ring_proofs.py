"""Proofs that sums and products of normal forms are what they are said to be.

Every form has one row, its *normal row*: terms `c * (f1 * f2 ..)` joined by +, with powers of atoms, one exponential
and one wave as factors. A lemma is a step that concludes `left = normal row`. Rows that differ in the order of sums
and products only are equal by one `ac` step, whose laws bring the units along.

1/p stands as nf(p)^(-1), where nf(p) is the normal row of p.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..certificate import Step
from ..derivation import Builder, NoProof, discharge
from ..literals import literal_value
from ..syntax import TermTable
from ..theory import Theory
from .functions import Functions
from .normal import COS, ONE, UNIT, ZERO, Monomial, Number, Terms
from .vocabulary import Vocabulary

_LAWS = ("add_comm", "add_assoc", "add_zero", "mul_comm", "mul_assoc", "mul_one")
Term = tuple[Number, Monomial]


class Rows:
    """The builder's table, axioms and plain equational steps, and normal rows."""

    def __init__(self, builder: Builder, theory: Theory, forms: Functions) -> None:
        self.builder = builder
        self.table: TermTable = builder.table
        self.theory = theory
        self.forms = forms
        self.sort = theory.sorts[0]
        self.vocabulary = Vocabulary(theory.symbols, self.sort)
        self._statement: dict[str, int] = {}
        self._nf: dict[int, int] = {}
        self._laws: tuple[int, ...] = ()

    # Rows

    def lit(self, value: Number) -> int:
        return self.vocabulary.number(self.table, Fraction(value))

    def app(self, text: str, *below: int) -> int:
        return self.vocabulary.app(self.table, text, *below)

    def joined(self, text: str, rows: Sequence[int]) -> int:
        """Operands from the left, or the unit."""
        if not rows:
            return self.lit(0 if text == "+" else 1)
        total = rows[0]
        for row in rows[1:]:
            total = self.app(text, total, row)
        return total

    def nf(self, form: int) -> int:
        """The normal row of a form."""
        if form in self._nf:
            return self._nf[form]
        stack = [form]
        while stack:
            f = stack[-1]
            if f in self._nf:
                stack.pop()
                continue
            waiting = [p for p in self._inside(f) if p not in self._nf]
            if waiting:
                stack.extend(waiting)
                continue
            self._nf[f] = self.joined("+", [self.term_row(c, m) for c, m in self.terms(f)])
            stack.pop()
        return self._nf[form]

    def terms(self, form: int) -> list[Term]:
        """The terms of a form in the order of its normal row."""
        terms = self.forms.terms[form]
        return [(terms[m], m) for m in sorted(terms, key=self.forms.monomial_key)]

    def _inside(self, form: int) -> list[int]:
        found: dict[int, None] = {}
        for powers, exponent, wave in self.forms.terms[form]:
            for a, _ in powers:
                kind = self.forms.atoms[a]
                if kind[0] != "row":
                    found.update(dict.fromkeys(int(p) for p in kind[2 if kind[0] in ("fun", "app") else 1 :]))
            if exponent:
                found[exponent] = None
            if wave is not None:
                found[wave[1]] = None
        return list(found)

    def term_row(self, c: Number, m: Monomial) -> int:
        if m == UNIT:
            return self.lit(c)
        row = self.monomial_row(m)
        return row if c == 1 else self.app("*", self.lit(c), row)

    def monomial_row(self, m: Monomial) -> int:
        return self.joined("*", self.factor_rows(m))

    def factor_rows(self, m: Monomial) -> list[int]:
        powers, exponent, wave = m
        rows = [self.power_row(a, n) for a, n in sorted(powers, key=lambda p: self.forms.atom_key(p[0]))]
        if exponent:
            rows.append(self.app("exp", self.nf(exponent)))
        if wave is not None:
            rows.append(self.wave_row(*wave))
        return rows

    def wave_row(self, kind: int, angle: int) -> int:
        return self.app("cos" if kind == COS else "sin", self.nf(angle))

    def power_row(self, atom: int, n: int) -> int:
        base, sign = self.base(atom)
        return base if n * sign == 1 else self.app("^", base, self.lit(n * sign))

    def base(self, atom: int) -> tuple[int, int]:
        """The row of an atom and 1; for 1/p that of p, and -1."""
        kind = self.forms.atoms[atom]
        match kind[0]:
            case "row":
                return int(kind[1]), 1
            case "app":
                return self.table.app(str(kind[1]), *(self.nf(int(p)) for p in kind[2:])), 1
            case "fun":
                return self.app(str(kind[1]), *(self.nf(int(p)) for p in kind[2:])), 1
            case "pow":
                return self.app("^", self.nf(int(kind[1])), self.nf(int(kind[2]))), 1
            case "sum":
                return self.nf(int(kind[1])), 1
            case "inv":
                return self.nf(int(kind[1])), -1
        return self.app(str(kind[0]), *(self.nf(int(p)) for p in kind[1:])), 1

    # Steps

    def axiom(self, name: str, **values: int) -> int:
        """The instance of an axiom at values of its variables, its conditions discharged."""
        if name not in self._statement:
            if name not in self.theory.axiom:
                raise NoProof(f"the theory has no axiom {name}")
            formula = self.theory.axiom[name].formula
            self._statement[name] = self.theory.terms.copy_into(self.table, [formula])[0]
        at = {self.table.var(v, self.sort): row for v, row in values.items()}
        step = self.builder.instance("axiom", name, self._statement[name], at)
        while (row := self.table.rows[self.builder.conclusion(step)])[0] == "imp":
            step = discharge(self.builder, step, self.condition(int(row[1])))
        return step

    def condition(self, formula: int) -> int:
        """The step that concludes a condition. Raises NoProof."""
        raise NotImplementedError

    def left(self, step: int) -> int:
        return self.builder.sides(step)[0]

    def right(self, step: int) -> int:
        return self.builder.sides(step)[1]

    def refl(self, row: int) -> int:
        return self.builder.refl(row)

    def sym(self, step: int) -> int:
        return self.builder.sym(step)

    def chain(self, *steps: int) -> int:
        return self.builder.trans(steps)

    def inside(self, row: int, *steps: int) -> int:
        """row = the row with left sides of equations replaced by their right sides, wherever they stand."""
        new = {self.left(s): self.right(s) for s in steps if self.left(s) != self.right(s)}
        if not new:
            return self.refl(row)
        used = [s for s in steps if self.left(s) in new]
        to = self.table.replace(row, new)
        if row in new and len(used) == 1:
            return used[0]
        return self.builder.cong(row, to, used)

    def arguments(self, row: int, *steps: int) -> int:
        """row = the row with its arguments replaced, one equation for each in order."""
        cells = self.table.rows[row]
        to = self.table.add((*cells[:2], *(self.right(s) for s in steps)))
        if to == row:
            return self.refl(row)
        return self.builder.cong(row, to, [s for s in steps if self.left(s) != self.right(s)])

    def ac(self, left: int, right: int) -> int:
        """left = right, by order and units of sums and products."""
        if left == right:
            return self.refl(left)
        if not self._laws:
            self._laws = tuple(self.axiom(name) for name in _LAWS)
        return self.builder.add(Step("ac", self.table.eq(left, right), self._laws))

    def computed(self, row: int) -> int:
        """The value of a built-in operation applied to literals."""
        cells = self.table.rows[row]
        values = [self.value_of(int(c)) for c in cells[2:]]
        symbol = self.theory.symbol[str(cells[1])]
        match symbol.notation.text, values:
            case "+", [a, b]:
                value = a + b
            case "-", [a]:
                value = -a
            case "*", [a, b]:
                value = a * b
            case "^", [a, b] if b.denominator == 1:
                value = Fraction(a) ** int(b)
            case _:
                raise NoProof("no value of literals")
        return self.builder.add(Step("eval", self.table.eq(row, self.lit(value))))

    def value_of(self, row: int) -> Fraction:
        cells = self.table.rows[row]
        value = literal_value(str(cells[1])) if cells[0] == "lit" else None
        if not isinstance(value, Fraction):
            raise NoProof("a number is wanted")
        return value


class RingProofs(Rows):
    """Lemmas about sums and products."""

    def __init__(self, builder: Builder, theory: Theory, forms: Functions) -> None:
        super().__init__(builder, theory, forms)
        self._product: dict[tuple[int, int], int] = {}
        self._monomials: dict[tuple[Monomial, Monomial], int] = {}

    # Sums

    def distributed(self, factor: int, summands: int, count: int) -> int:
        """factor * (t1 + t2 + ..) = factor * t1 + factor * t2 + .., for so many terms, joined from the left."""
        row = self.app("*", factor, summands)
        steps = [self.refl(row)]
        parts: list[int] = []
        at = summands
        for _ in range(count - 1):
            rest, last = (int(c) for c in self.table.rows[at][2:])
            once = self.axiom("distrib", x=factor, y=rest, z=last)
            whole = self.right(steps[-1])
            to = self.right(once)
            for part in reversed(parts):
                to = self.app("+", to, part)
            steps.append(self.builder.cong(whole, to, [once]) if parts else once)
            parts.append(self.app("*", factor, last))
            at = rest
        return self.chain(*steps)

    def collected(self, row: int, terms: Iterable[Term]) -> int:
        """row = normal row of the sum of terms, where the row is that sum up to order and units."""
        groups: dict[Monomial, list[Number]] = {}
        for c, m in terms:
            groups.setdefault(m, []).append(c)
        total: Terms = {m: t for m, cs in groups.items() if (t := sum(cs))}
        form = self.forms.sum([(self.forms.make(total), 1)])
        if all(len(cs) == 1 for cs in groups.values()) and len(total) == len(groups):
            return self.ac(row, self.nf(form))
        rows: list[int] = []
        steps: list[int] = []
        for m, cs in groups.items():
            numbers = [self.lit(c) for c in cs]
            if m == UNIT:
                grouped = self.joined("+", numbers)
                step = self._added(grouped)
            elif len(cs) == 1 and cs[0]:
                grouped = self.term_row(cs[0], m)
                step = self.refl(grouped)
            else:
                factor = self.monomial_row(m)
                grouped = self.joined("+", [self.app("*", factor, c) for c in numbers])
                together = self.joined("+", numbers)
                value = self._added(together)
                step = self.chain(
                    self.sym(self.distributed(factor, together, len(cs))),
                    self.inside(self.app("*", factor, together), value),
                )
                if m not in total:
                    step = self.chain(step, self.axiom("mul_zero", x=factor))
            rows.append(grouped)
            steps.append(step)
        start = self.joined("+", rows)
        middle = self.joined("+", [self.right(s) for s in steps])
        grouping = self.builder.cong(start, middle, [s for s in steps if self.left(s) != self.right(s)])
        return self.chain(self.ac(row, start), grouping, self.ac(middle, self.nf(form)))

    def _added(self, row: int) -> int:
        """A sum of literals, joined from the left, as its value."""
        plus = self.vocabulary.by_text["+", 2]
        spine = []
        at = row
        while (cells := self.table.rows[at])[:2] == ("app", plus):
            spine.append(int(cells[3]))
            at = int(cells[2])
        step = self.refl(at)
        for last in reversed(spine):
            once = self.app("+", self.right(step), last)
            before = self.app("+", self.left(step), last)
            step = self.chain(self.arguments(before, step, self.refl(last)), self.computed(once))
        return step

    def sum_of(self, a: int, b: int) -> int:
        """nf(a) + nf(b) = nf(a + b)."""
        return self.collected(self.app("+", self.nf(a), self.nf(b)), [*self.terms(a), *self.terms(b)])

    # Products

    def product_of(self, a: int, b: int) -> int:
        """nf(a) * nf(b) = nf(a b)."""
        found = self._product.get((a, b))
        if found is None:
            found = self._product[a, b] = self._product_of(a, b)
            self._expect(found, self.forms.mul(a, b))
        return found

    def _expect(self, step: int, form: int) -> None:
        if self.right(step) != self.nf(form):
            raise NoProof("a lemma ends elsewhere")

    def _product_of(self, a: int, b: int) -> int:
        f = self.forms
        row = self.app("*", self.nf(a), self.nf(b))
        if a == ONE or b == ONE:
            return self.ac(row, self.nf(b if a == ONE else a))
        if b == ZERO:
            return self.axiom("mul_zero", x=self.nf(a))
        if a == ZERO:
            turned = self.ac(row, self.app("*", self.nf(b), self.nf(a)))
            return self.chain(turned, self.axiom("mul_zero", x=self.nf(b)))
        if len(f.terms[a]) * len(f.terms[b]) > f.most:
            return self.product_of(f.opaque(a), f.opaque(b))
        # one factor multiplied out, then the other
        first = self.distributed(self.nf(a), self.nf(b), len(f.terms[b]))
        lines = []
        for c, m in self.terms(b):
            term = self.term_row(c, m)
            line = self.app("*", self.nf(a), term)
            turned = self.app("*", term, self.nf(a))
            lines.append(self.chain(self.ac(line, turned), self.distributed(term, self.nf(a), len(f.terms[a]))))
        to = self.joined("+", [self.right(s) for s in lines])
        second = self.builder.cong(self.right(first), to, lines) if self.right(first) != to else self.refl(to)
        products: list[int] = []
        terms: list[Term] = []
        for d, n in self.terms(b):
            for c, m in self.terms(a):
                step, more = self._terms_product(d, n, c, m)
                products.append(step)
                terms += more
        start = self.right(second)
        end = self._ended(start, products)
        third = self.builder.cong(start, end, products) if start != end else self.refl(start)
        return self.chain(first, second, third, self.collected(end, terms))

    def _ended(self, row: int, products: list[int]) -> int:
        return self.table.replace(row, {self.left(s): self.right(s) for s in products})

    def _terms_product(self, d: Number, n: Monomial, c: Number, m: Monomial) -> tuple[int, list[Term]]:
        """(d n) * (c m) as a sum of terms, and these."""
        f = self.forms
        row = self.app("*", self.term_row(d, n), self.term_row(c, m))
        if n == UNIT or m == UNIT:
            whole = m if n == UNIT else n
            if d == 1 or c == 1:
                to = self.term_row(d * c, whole)
                return self.ac(row, to), [(d * c, whole)]
            numbers = self.app("*", self.lit(d), self.lit(c))
            if whole == UNIT:
                return self.computed(row), [(d * c, UNIT)]
            apart = self.app("*", numbers, self.monomial_row(whole))
            step = self.chain(self.ac(row, apart), self.inside(apart, self.computed(numbers)))
            to = self.term_row(d * c, whole)
            return self.chain(step, self.ac(self.right(step), to)), [(d * c, whole)]
        lemma = self.monomials(n, m)
        form = f.mul(f.make({n: 1}), f.make({m: 1}))
        both = self.left(lemma)
        if d == 1 and c == 1:
            return self.chain(self.ac(row, both), lemma), self.terms(form)
        numbers = self.app("*", self.lit(d), self.lit(c))
        apart = self.app("*", numbers, both)
        by = self.lit(d * c)
        step = self.chain(
            self.ac(row, apart),
            self.arguments(apart, self.computed(numbers), lemma),
        )
        if d * c == 1 or form in (ONE, ZERO):
            if form == ZERO:
                return self.chain(step, self.axiom("mul_zero", x=by)), []
            to = self.nf(form) if d * c == 1 else by
            return self.chain(step, self.ac(self.right(step), to)), [(d * c * k, r) for k, r in self.terms(form)]
        spread = self.distributed(by, self.nf(form), len(f.terms[form]))
        terms = []
        lines = []
        for k, r in self.terms(form):
            line, more = self._terms_product(d * c, UNIT, k, r)
            lines.append(line)
            terms += more
        end = self.joined("+", [self.right(s) for s in lines])
        start = self.right(spread)
        last = self.builder.cong(start, end, lines) if start != end else self.refl(start)
        return self.chain(step, spread, last), terms

    def monomials(self, n: Monomial, m: Monomial) -> int:
        """n * m = normal row of the product, for monomials."""
        found = self._monomials.get((n, m))
        if found is None:
            found = self._monomials[n, m] = self._monomial_product(n, m)
        return found

    def _monomial_product(self, n: Monomial, m: Monomial) -> int:
        f = self.forms
        row = self.app("*", self.monomial_row(n), self.monomial_row(m))
        whole = f.mul(f.make({n: 1}), f.make({m: 1}))
        other = dict(m[0])
        shared = [a for a, _ in n[0] if a in other]
        pairs: list[int] = []  # lemmas: two factors as a normal row
        forms: list[int] = []
        for a in sorted(shared, key=f.atom_key):
            pairs.append(self.powers(a, dict(n[0])[a], other[a]))
            forms.append(f.mul(f.of_atom(a, dict(n[0])[a]), f.of_atom(a, other[a])))
        if n[1] and m[1]:
            pairs.append(self.exponentials(n[1], m[1]))
            forms.append(f.mul(f.make({((), n[1], None): 1}), f.make({((), m[1], None): 1})))
        if n[2] and m[2]:
            pairs.append(self.waves(n[2], m[2]))
            forms.append(f.wave_product(n[2], m[2]))
        if not pairs:
            return self.ac(row, self.nf(whole))
        alone: Monomial = (
            tuple(sorted((a, k) for a, k in (*n[0], *m[0]) if a not in shared)),
            0 if n[1] and m[1] else n[1] or m[1],
            None if n[2] and m[2] else n[2] or m[2],
        )
        rest = [] if alone == UNIT else [self.monomial_row(alone)]
        apart = self.joined("*", [*(self.left(s) for s in pairs), *rest])
        together = self.joined("*", [*(self.right(s) for s in pairs), *rest])
        steps = [self.ac(row, apart)]
        if apart != together:
            steps.append(self.builder.cong(apart, together, [s for s in pairs if self.left(s) != self.right(s)]))
        if alone != UNIT:
            forms.append(f.make({alone: 1}))
        at = forms[0]
        for k, form in enumerate(forms[1:], start=1):
            step = self.product_of(at, form)
            before = self.right(steps[-1])
            after = self.joined("*", [self.right(step), *(self.nf(g) for g in forms[k + 1 :])])
            if before != after:
                steps.append(self.builder.cong(before, after, [step]))
            at = f.mul(at, form)
        if at != whole:
            raise NoProof("products that meet in no order")
        return self.chain(*steps)

    def powers(self, atom: int, m: int, n: int) -> int:
        """a^m * a^n = normal row of the product."""
        f = self.forms
        base, sign = self.base(atom)
        m, n = m * sign, n * sign
        row = self.app("*", self.exponent_row(base, m), self.exponent_row(base, n))
        square = f.squares.get(atom)
        if square is not None and m == n == 1:
            return self.squared(atom, square)
        if square is not None and m + n > 1:
            raise NoProof("a higher power of a root")
        whole = self.exponents(base, m, n)
        return self.chain(self._with_exponents(row, base, m, n), whole)

    def exponent_row(self, base: int, n: int) -> int:
        return base if n == 1 else self.app("^", base, self.lit(n))

    def _with_exponents(self, row: int, base: int, m: int, n: int) -> int:
        """b * b^n = b^1 * b^n, and so on."""
        steps = [
            self.sym(self.axiom("pow_one", x=base)) if k == 1 else self.refl(self.exponent_row(base, k)) for k in (m, n)
        ]
        return self.arguments(row, *steps)

    def exponents(self, base: int, m: int, n: int) -> int:
        """base^m * base^n = base^(m + n), written as powers are."""
        added = self.app("+", self.lit(m), self.lit(n))
        name = "pow_add_whole" if m + n else self.nonzero_law()
        law = self.sym(self.axiom(name, x=base, **self.exponent_names(name, self.lit(m), self.lit(n))))
        step = self.chain(law, self.inside(self.app("^", base, added), self.computed(added)))
        if m + n in (0, 1):
            step = self.chain(step, self.axiom("pow_zero" if m + n == 0 else "pow_one", x=base))
        return step

    def nonzero_law(self) -> str:
        """The law of powers whose exponents may add to 0."""
        return "pow_add_nonzero" if "pow_add_nonzero" in self.theory.axiom else "pow_add"

    def exponent_names(self, name: str, m: int, n: int) -> dict[str, int]:
        return {"y": m, "z": n} if name == "pow_add" else {"m": m, "n": n}

    def squared(self, atom: int, square: int) -> int:
        """a * a = normal row of a known square."""
        raise NotImplementedError

    def exponentials(self, a: int, b: int) -> int:
        """exp(nf a) * exp(nf b) = normal row."""
        raise NotImplementedError

    def waves(self, v: tuple[int, int], w: tuple[int, int]) -> int:
        """The product of two waves as the normal row of their sum."""
        raise NotImplementedError
