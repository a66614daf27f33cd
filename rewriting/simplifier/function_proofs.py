"""Proofs that terms are equal to the normal rows of their forms: rules of functions, and the walk over a term.

Every lemma follows the reckoning of `functions.py` and `normal.py` step by step: it cites the axiom that allows what
was done there, and proves that the other side of the axiom's instance has the normal row that it should have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

from ..certificate import Step
from ..derivation import Builder, NoProof
from ..syntax import children
from ..theory import Theory
from .functions import VALUES, Sign
from .normal import COS, ONE, SIN, UNIT, ZERO, Monomial, Number
from .quotients import divided, square_root
from .reading import Reader
from .ring_proofs import RingProofs


class FunctionProofs(RingProofs):
    """Lemmas about functions, and `proved`, which has one for every row of the table.

    `reader` reads the builder's table; it decides the forms of rows, and these lemmas follow it.
    """

    def __init__(self, builder: Builder, theory: Theory, reader: Reader) -> None:
        super().__init__(builder, theory, reader.forms)
        self._reader = reader
        self._operation = {name: key for key, name in self.vocabulary.by_text.items()}
        self._proved: dict[int, tuple[int, int]] = {}  # by row: its form as it was read, and the lemma
        self._normal: dict[int, int] = {}  # forms by their normal rows
        self.rows_of: dict[int, list[int]] = {}  # rows that were proved equal to the normal row of a form

    def nf(self, form: int) -> int:
        row = super().nf(form)
        self._normal.setdefault(row, form)
        return row

    # Walking

    def closed(self, row: int) -> tuple[int, int]:
        """The closed form of a row, and row = its normal row."""
        form, step = self.proved(row)
        return self.forms.closed(form), self.chain(step, self.closing(form))

    def proved(self, root: int) -> tuple[int, int]:
        """The form of a row as it is read, not closed, and row = its normal row."""
        if root in self._normal and root not in self._proved:
            self._proved[root] = self._normal[root], self.refl(root)
        if root in self._proved:
            return self._proved[root]
        uses = Counter(c for i in self.table.reachable([root]) for c in children(self.table.rows[i]))
        stack = [root]
        leaves: dict[int, list[int]] = {}
        while stack:
            i = stack[-1]
            if i in self._proved:
                stack.pop()
                continue
            if i in self._normal:
                self._proved[i] = self._normal[i], self.refl(i)
                stack.pop()
                continue
            if self._is_sum(i):
                if i not in leaves:
                    leaves[i] = self._leaves(i, uses)
                waiting = [c for c in leaves[i] if c not in self._proved]
            else:
                waiting = [c for c in children(self.table.rows[i]) if c not in self._proved]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            form, step = self._sum(i, frozenset(leaves.pop(i))) if self._is_sum(i) else self._applied(i)
            self._expect(step, form)
            self._proved[i] = form, step
            self.rows_of.setdefault(self.forms.closed(form), []).append(i)
            stack.pop()
        return self._proved[root]

    def _is_sum(self, i: int) -> bool:
        return self._text(i) in (("+", 2), ("-", 2), ("-", 1))

    def _text(self, i: int) -> tuple[str, int]:
        row = self.table.rows[i]
        return self._operation.get(str(row[1]), ("", -1)) if row[0] == "app" else ("", -1)

    def _leaves(self, root: int, uses: Counter[int]) -> list[int]:
        """What a sum is made of, through sums inside that stand nowhere else and are not subtracted."""
        out: list[int] = []
        stack = [root]
        while stack:
            i = stack.pop()
            inner = i == root or (i not in self._proved and i not in self._normal and uses[i] == 1)
            if inner and self._is_sum(i):
                a, *rest = children(self.table.rows[i])
                text = self._text(i)
                if text == ("-", 1):
                    out.append(a)
                elif text == ("+", 2):
                    stack += [rest[0], a]
                else:
                    out.append(rest[0])
                    stack.append(a)
            else:
                out.append(i)
        return out

    def _sum(self, root: int, leaves: frozenset[int]) -> tuple[int, int]:
        """A sum of rows that are proved: collected once."""
        done: dict[tuple[int, bool], tuple[int, list[tuple[int, int]]]] = {}  # step, and forms with signs

        def leaf(i: int) -> tuple[int, list[tuple[int, int]]]:
            form, step = self._proved[i]
            return step, [(form, 1)]

        def minus(i: int) -> tuple[int, list[tuple[int, int]]]:
            form, step = self._proved[i]
            row = self.app("*", self.lit(-1), i)
            negated = self.product_of(self.forms.number(-1), form)
            lemma = self.chain(self.arguments(row, self.refl(self.lit(-1)), step), negated)
            return lemma, [(self.forms.negative(form), 1)]

        stack: list[tuple[int, bool]] = [(root, False)]
        while stack:
            i, subtracted = stack[-1]
            if (i, subtracted) in done:
                stack.pop()
                continue
            if subtracted:
                done[i, True] = minus(i)
                continue
            if i in leaves and i != root:
                done[i, False] = leaf(i)
                continue
            text = self._text(i)
            below = children(self.table.rows[i])
            if text == ("-", 1):
                step, forms = minus(below[0])
                done[i, False] = self.chain(self.axiom("neg_def", x=below[0]), step), forms
                continue
            parts = [(below[0], False), (below[1], text == ("-", 2))]
            waiting = [p for p in parts if p not in done]
            if waiting:
                stack += waiting
                continue
            (first, some), (second, more) = done[parts[0]], done[parts[1]]
            start = self.axiom("sub_def", x=below[0], y=below[1]) if text == ("-", 2) else self.refl(i)
            done[i, False] = self.chain(start, self.arguments(self.right(start), first, second)), some + more
        step, forms = done[root, False]
        terms = [(c, m) for form, _ in forms for c, m in self.terms(form)]
        return self.forms.sum(forms), self.chain(step, self.collected(self.right(step), terms))

    def _applied(self, i: int) -> tuple[int, int]:
        """A row whose arguments are proved."""
        row = self.table.rows[i]
        f = self.forms
        read = self._reader.read(i)  # which also tells the forms what is known of signs
        if row[0] != "app" or self._text(i) == ("", -1) or not children(row):
            if row[0] == "app" and children(row):
                steps = [self._closed_argument(c)[1] for c in children(row)]
                return read, self.arguments(i, *steps)
            if self._text(i) == ("e", 0):
                start = self.sym(self.axiom("exp_one"))
                return read, self.chain(start, self.exp(ONE))
            return read, self.refl(i)
        text, _ = self._text(i)
        below = children(row)
        match text:
            case "*":
                (a, first), (b, second) = (self._proved[c] for c in below)
                inside = self.arguments(i, first, second)
                return f.mul(a, b), self.chain(inside, self.product_of(a, b))
            case "/":
                a, first = self._proved[below[0]]
                b, second = self._closed_argument(below[1])
                inside = self.arguments(i, first, second)
                law = self.axiom("div_def", x=self.nf(a), y=self.nf(b))
                over = self.inverse(b)
                turned = self.arguments(self.right(law), self.refl(self.nf(a)), over)
                inverse = f.inverse(b)
                return f.mul(a, inverse), self.chain(inside, law, turned, self.product_of(a, inverse))
            case "^":
                return self._power_row(i, *below)
        pairs = [self._closed_argument(c) for c in below]
        inside = self.arguments(i, *(step for _, step in pairs))
        forms = [form for form, _ in pairs]
        return f.apply(text, forms), self.chain(inside, self.function(text, forms))

    def _closed_argument(self, i: int) -> tuple[int, int]:
        form, step = self._proved[i]
        return self.forms.closed(form), self.chain(step, self.closing(form))

    def _power_row(self, i: int, base: int, exponent: int) -> tuple[int, int]:
        f = self.forms
        e, second = self._closed_argument(exponent)
        n = f.value(e)
        if n is not None and n.denominator == 1 and n > 0:
            b, first = self._proved[base]
        else:
            b, first = self._closed_argument(base)
        return f.pow(b, e), self.chain(self.arguments(i, first, second), self.pow(b, e))

    def function(self, text: str, forms: Sequence[int]) -> int:
        """f(normal rows) = normal row of f of the forms."""
        lemmas: dict[str, Callable[[int], int]] = {
            "sin": lambda u: self.wave(SIN, u),
            "cos": lambda u: self.wave(COS, u),
            "exp": self.exp,
            "ln": self.ln,
            "sqrt": self.sqrt,
            "abs": self.abs,
            "tan": lambda u: self.then(self.axiom("tan_product", x=self.nf(u))),
        }
        if text in lemmas and len(forms) == 1:
            return lemmas[text](forms[0])
        row = self.app(text, *map(self.nf, forms))
        target = self.nf(self.forms.apply(text, forms))
        return self.refl(row) if row == target else self._other_function(text, row, forms[0])

    def _other_function(self, text: str, row: int, u: int) -> int:
        """A function of which some values are known, or that is odd or even."""
        value = self.forms.value(u)
        known = None if value is None else VALUES.get((text, Fraction(value)))
        if known is not None:
            return self.then(self.axiom(known[0]))
        opposite = self.forms.negative(u)
        start = self.arguments(row, self.sym(self.proved(self.app("-", self.nf(opposite)))[1]))
        return self.chain(start, self.then(self.axiom(f"{text}_neg", x=self.nf(opposite))))

    def then(self, step: int) -> int:
        """From left = right: left = normal row of the right side."""
        return self.chain(step, self.proved(self.right(step))[1])

    def back(self, step: int) -> int:
        """From left = right: right = normal row of the left side."""
        return self.chain(self.sym(step), self.proved(self.left(step))[1])

    def multiplied(self, row: int, forms: Sequence[int]) -> int:
        """A product of normal rows, joined from the left, as the normal row of the product."""
        steps = [self.refl(row)]
        at = forms[0]
        for k, form in enumerate(forms[1:], start=1):
            step = self.product_of(at, form)
            at = self.forms.mul(at, form)
            before = self.right(steps[-1])
            after = self.joined("*", [self.nf(at), *(self.nf(g) for g in forms[k + 1 :])])
            if before != after:
                steps.append(step if before == self.left(step) else self.builder.cong(before, after, [step]))
        return self.chain(*steps)

    def product_row(self, forms: Sequence[int]) -> int:
        return self.joined("*", [self.nf(g) for g in forms])

    def taken_apart(self, form: int, factors: Sequence[int]) -> int:
        """nf(form) = product of the normal rows of factors whose product it is."""
        step = self.multiplied(self.product_row(factors), factors)
        self._expect(step, form)
        return self.sym(step)

    # Powers

    def pow(self, base: int, exponent: int) -> int:
        """nf(base) ^ nf(exponent) = normal row."""
        f = self.forms
        row = self.app("^", self.nf(base), self.nf(exponent))
        target = f.pow(base, exponent)
        if row == self.nf(target):
            return self.refl(row)
        n = f.value(exponent)
        if n is not None and n.denominator == 1:
            return self.power(base, int(n))
        if base == ONE:
            return self.axiom("one_pow", x=self.nf(exponent))
        if n == Fraction(1, 2):
            return self.chain(self.sym(self.axiom("sqrt_def", x=self.nf(base))), self.sqrt(base))
        if f.is_undone(base):
            return self.then(self.axiom("pow_exp_ln", x=self.nf(base), y=self.nf(exponent)))
        only = f.single(base)
        if only is not None:
            return self.then(self.axiom("exp_pow", x=self.nf(only[0][1]), y=self.nf(exponent)))
        raise NoProof("a power")

    def power(self, base: int, n: int) -> int:
        """nf(base) ^ n = normal row, n whole."""
        f = self.forms
        row = self.app("^", self.nf(base), self.lit(n))
        target = f.pow(base, f.number(n))
        if row == self.nf(target):
            return self.refl(row)
        if n in (0, 1):
            return self.axiom("pow_one" if n else "pow_zero", x=self.nf(base))
        if n == -1:
            return self.inverse(base)
        if n < 0:
            law = self.axiom("pow_neg", x=self.nf(base), n=self.lit(-n))
            minus = self.computed(self.app("-", self.lit(-n)))
            start = self.sym(self.arguments(self.left(law), self.refl(self.nf(base)), minus))
            inverse = self.arguments(self.right(law), self.inverse(base), self.refl(self.lit(-n)))
            return self.chain(start, law, inverse, self.power(f.inverse(base), -n))
        only = f.single(base)
        if only is not None and only[0][2] is None and not any(a in f.squares for a, _ in only[0][0]):
            return self._each_factor(base, n)
        half = n // 2
        law = self.sym(self.exponents_apart(self.nf(base), n - half, half))
        a, b = f.power(base, n - half), f.power(base, half)
        inside = self.arguments(self.right(law), self.power_or_one(base, n - half), self.power_or_one(base, half))
        return self.chain(law, inside, self.product_of(a, b))

    def power_or_one(self, base: int, n: int) -> int:
        return self.refl(self.nf(base)) if n == 1 else self.power(base, n)

    def exponents_apart(self, base: int, m: int, n: int) -> int:
        """b^m * b^n = b^(m + n) for m, n > 0, where b^1 is written b."""
        row = self.app("*", self.exponent_row(base, m), self.exponent_row(base, n))
        return self.chain(self._with_exponents(row, base, m, n), self.exponents(base, m, n))

    def _each_factor(self, base: int, n: int) -> int:
        """(c a1^n1 .. exp(w))^n, factor by factor; n is not 0 or 1, and -1 if it is negative."""
        f = self.forms
        only = f.single(base)
        assert only is not None
        m, c = only
        factors: list[int] = [] if m == UNIT else self.factor_rows(m)
        if c != 1 or not factors:
            factors = [self.lit(c), *factors]
        exponent = self.lit(n)
        row = self.app("^", self.nf(base), exponent)
        whole = self.joined("*", factors)
        steps = [self.arguments(row, self.ac(self.nf(base), whole), self.refl(exponent))]
        for k in range(len(factors) - 1, 0, -1):
            before = self.joined("*", factors[:k])
            law = (
                self.axiom("inv_mul", x=before, y=factors[k])
                if n == -1
                else self.axiom("pow_mul_whole", x=before, y=factors[k], n=exponent)
            )
            at = self.right(steps[-1])
            rest = [self.app("^", g, exponent) for g in factors[k + 1 :]]
            to = self.joined(
                "*", [self.app("*", self.app("^", before, exponent), self.app("^", factors[k], exponent)), *rest]
            )
            steps.append(law if at == self.left(law) else self.builder.cong(at, to, [law]))
        lemmas: list[int] = []
        forms: list[int] = []
        for g in factors:
            form, step = self._factor_power(g, n)
            lemmas.append(step)
            forms.append(form)
        at = self.right(steps[-1])
        to = self.joined("*", [self.right(s) for s in lemmas])
        if at != to:
            changed = [s for s in lemmas if self.left(s) != self.right(s)]
            steps.append(changed[0] if len(lemmas) == 1 else self.builder.cong(at, to, changed))
        return self.chain(*steps, self.multiplied(to, forms))

    def _factor_power(self, factor: int, n: int) -> tuple[int, int]:
        """The form of a factor of a normal row to a power, and the lemma."""
        f = self.forms
        exponent = self.lit(n)
        row = self.app("^", factor, exponent)
        cells = self.table.rows[factor]
        if cells[0] == "lit":
            step = self.computed(row)
            return f.number(self.value_of(self.right(step))), step
        text = self._text(factor)
        if text == ("exp", 1):
            w = self._normal[int(cells[2])]
            if n == -1:
                law = self.axiom("exp_neg", x=int(cells[2]))
                return f.exp(f.negative(w)), self.back(law)
            name = "exp_pow" if self.sort == "Real" else "exp_pow_whole"
            law = self.axiom(name, x=int(cells[2]), **{"y" if self.sort == "Real" else "n": exponent})
            return f.exp(f.scale(w, n)), self.then(law)
        if text == ("^", 2) and self.table.rows[int(cells[3])][0] == "lit":
            inner, k = int(cells[2]), int(self.value_of(int(cells[3])))
            nested = self.nested_power(row)  # inner ^ (k n)
            atom_form = self._normal_factor(factor)
            form = f.inverse(atom_form) if n == -1 else f.power(atom_form, n)
            flat = self.nested_power(self.nf(form))
            if self.right(nested) == self.right(flat):
                return form, self.chain(nested, self.sym(flat))
            return form, self.chain(nested, self.power_or_one(self._normal[inner], k * n))
        atom_form = self._normal_factor(factor)
        form = f.inverse(atom_form) if n == -1 else f.power(atom_form, n)
        if row == self.nf(form):
            return form, self.refl(row)
        if n == -1:
            return form, self.inverse(atom_form)
        raise NoProof("the power of a factor")

    def _normal_factor(self, factor: int) -> int:
        """The form of a factor of a normal row."""
        if factor not in self._normal:
            self.proved(factor)
            form = self._proved[factor][0]
            self._normal[factor] = form
        return self._normal[factor]

    def nested_power(self, row: int) -> int:
        """((b^k)^m)^n .. = b^(k m n) with whole literals; b itself for the exponent 1."""
        exponents: list[int] = []
        at = row
        while self._text(at) == ("^", 2) and self.table.rows[int(self.table.rows[at][3])][0] == "lit":
            value = self.value_of(int(self.table.rows[at][3]))
            if value.denominator != 1:
                break
            exponents.append(int(value))
            at = int(self.table.rows[at][2])
        if len(exponents) < 2:
            return self.refl(row)
        base = at
        exponents.reverse()
        total = exponents[0]
        step = self.refl(self.app("^", base, self.lit(total)))
        for n in exponents[1:]:
            outer = self.app("^", self.left(step), self.lit(n))
            inside = self.arguments(outer, step, self.refl(self.lit(n)))
            names = {"m": self.lit(total)} if self.sort == "Real" else {"y": self.lit(total)}
            law = self.axiom("pow_pow_whole", x=base, n=self.lit(n), **names)
            value_step = self.computed(self.app("*", self.lit(total), self.lit(n)))
            total *= n
            step = self.chain(inside, law, self.arguments(self.right(law), self.refl(base), value_step))
        return self.chain(step, self.axiom("pow_one", x=base)) if total == 1 else step

    def inverse(self, form: int) -> int:
        """nf(form) ^ -1 = normal row of the inverse."""
        f = self.forms
        row = self.app("^", self.nf(form), self.lit(-1))
        target = f.inverse(form)
        if row == self.nf(target):
            return self.refl(row)
        only = f.single(form)
        if only is not None:
            if only[0] == UNIT:
                return self.computed(row)
            m, c = only
            if c == 1 and len(self.factor_rows(m)) == 1 and self._text(self.nf(form)) not in (("exp", 1), ("^", 2)):
                if m[2] is None and m[0] and m[0][0][0] in f.squares:
                    return self._inverse_of_root(form)
                raise NoProof("an inverse")
            return self._each_factor(form, -1)
        parts = f.denominator_parts(form)
        if len(parts) == 1:
            raise NoProof("an inverse")
        steps = [self.arguments(row, self.taken_apart(form, parts), self.refl(self.lit(-1)))]
        for k in range(len(parts) - 1, 0, -1):
            law = self.axiom("inv_mul", x=self.product_row(parts[:k]), y=self.nf(parts[k]))
            at = self.right(steps[-1])
            rest = [self.app("^", self.nf(g), self.lit(-1)) for g in parts[k + 1 :]]
            to = self.joined("*", [self.right(law), *rest])
            steps.append(law if at == self.left(law) else self.builder.cong(at, to, [law]))
        lemmas = [self.inverse(p) for p in parts]
        at = self.right(steps[-1])
        to = self.joined("*", [self.right(s) for s in lemmas])
        changed = [s for s in lemmas if self.left(s) != self.right(s)]
        if changed:
            steps.append(self.builder.cong(at, to, changed))
        return self.chain(*steps, self.multiplied(to, [f.inverse(p) for p in parts]))

    def _inverse_of_root(self, form: int) -> int:
        """1/a for an atom a that is not 0 and whose square is known: a * (1/a^2)."""
        f = self.forms
        row = self.app("^", self.nf(form), self.lit(-1))
        square = f.mul(form, form)
        # a^-1 = a^(1 + -2) = a * (a^2)^-1
        exponents = self.sym(self.exponents_of(self.nf(form), 1, -2))
        pair = self.right(exponents)
        nested = self.sym(self.nested_power(self.app("^", self.app("^", self.nf(form), self.lit(2)), self.lit(-1))))
        twice = self.chain(self.axiom("pow_two", x=self.nf(form)), self.product_of(form, form))
        squared = self.arguments(self.right(nested), twice, self.refl(self.lit(-1)))
        over = self.chain(nested, squared, self.inverse(square))
        inside = self.arguments(pair, self.refl(self.nf(form)), over)
        return self.chain(self.refl(row), exponents, inside, self.product_of(form, f.inverse(square)))

    def exponents_of(self, base: int, m: int, n: int) -> int:
        """b^m * b^n = b^(m + n), where b^1 is written b on the left."""
        row = self.app("*", self.exponent_row(base, m), self.exponent_row(base, n))
        return self.chain(self._with_exponents(row, base, m, n), self.exponents(base, m, n))

    # Roots, absolute values

    def squared(self, atom: int, square: int) -> int:
        kind = self.forms.atoms[atom]
        if kind[0] == "sqrt":
            return self.then(self.axiom("sqrt_times_sqrt", x=self.nf(int(kind[1]))))
        if kind[0] == "abs":
            return self.then(self.axiom("abs_times_abs", x=self.nf(int(kind[1]))))
        return self.then(self.axiom("i_squared"))

    def sqrt(self, form: int) -> int:
        f = self.forms
        row = self.app("sqrt", self.nf(form))
        target = f.sqrt(form)
        if row == self.nf(target):
            return self.refl(row)
        if form in (ZERO, ONE):
            return self.axiom("sqrt_one" if form else "sqrt_zero")
        root = square_root(f, form) if f.is_real(form) else None
        if root is not None and not f.is_real(root):
            root = None
        parts = f.root_parts(form)
        if root is None and len(parts) == 1 and f.is_undone(form):
            half = self.lit(Fraction(1, 2))
            law = self.axiom("sqrt_def", x=self.nf(form))
            return self.chain(law, self.then(self.axiom("pow_exp_ln", x=self.nf(form), y=half)))
        if root is None:
            return self._root_of_product(row, parts)
        apart = self.arguments(row, self.taken_apart(form, [root, root]))
        return self.chain(apart, self.then(self.axiom("sqrt_mul_self", x=self.nf(root))))

    def _root_of_product(self, row: int, parts: Sequence[int]) -> int:
        """The root of a product, as the product of the roots of its factors."""
        steps = [self.arguments(row, self.taken_apart(self._normal[int(self.table.rows[row][2])], parts))]
        for k in range(len(parts) - 1, 0, -1):
            law = self.axiom("sqrt_mul", x=self.product_row(parts[:k]), y=self.nf(parts[k]))
            at = self.right(steps[-1])
            rest = [self.app("sqrt", self.nf(g)) for g in parts[k + 1 :]]
            to = self.joined("*", [self.right(law), *rest])
            steps.append(law if at == self.left(law) else self.builder.cong(at, to, [law]))
        return self.chain(*steps, self.proved(self.right(steps[-1]))[1])

    def abs(self, form: int) -> int:
        f = self.forms
        row = self.app("abs", self.nf(form))
        target = f.abs(form)
        if row == self.nf(target):
            return self.refl(row)
        if f.value(form) is not None and self.theory.symbol["abs"].kind == "builtin":
            value = abs(Fraction(f.value(form) or 0))
            return self.builder.add(Step("eval", self.table.eq(row, self.lit(value))))
        if f.is_real(form):
            sign = f.sign(form)
            if sign & Sign.NOT_NEGATIVE:
                return self.axiom("abs_same", x=self.nf(form))
            if sign & Sign.NOT_POSITIVE:
                return self.then(self.axiom("abs_opposite", x=self.nf(form)))
        only = f.single(form)
        if only is not None and f.is_real(only[0][1]):
            m, c = only
            rows = self.factor_rows(m)
            factors = [f.number(c)] if c != 1 else []
            factors += [self._normal_factor(r) for r in rows]
            if len(factors) == 1:
                return self._abs_of_power(rows[0])
        else:
            factors = [f.number(f.content(form)), f.scale(form, Fraction(1) / f.content(form))]
        apart = self.arguments(row, self.taken_apart(form, factors))
        steps = [apart]
        for k in range(len(factors) - 1, 0, -1):
            law = self.axiom("abs_mul", x=self.product_row(factors[:k]), y=self.nf(factors[k]))
            at = self.right(steps[-1])
            rest = [self.app("abs", self.nf(g)) for g in factors[k + 1 :]]
            to = self.joined("*", [self.right(law), *rest])
            steps.append(law if at == self.left(law) else self.builder.cong(at, to, [law]))
        return self.chain(self.chain(*steps), self.proved(self.right(steps[-1]))[1])

    def _abs_of_power(self, factor: int) -> int:
        cells = self.table.rows[factor]
        if self._text(factor) != ("^", 2):
            raise NoProof("an absolute value")
        return self.then(self.axiom("abs_pow", x=int(cells[2]), n=int(cells[3])))

    # Exponentials and logarithms

    def exp(self, exponent: int) -> int:
        """exp(nf(w)) = normal row."""
        f = self.forms
        if exponent == ZERO:
            return self.axiom("exp_zero")
        row = self.app("exp", self.nf(exponent))
        if f.split(exponent) is None:
            return self.refl(row)
        for c, m in self.terms(exponent):
            base = f.logged(m)
            whole = 0 if base is None else Fraction(c).__floor__()
            if base is None or not whole:
                continue
            part = f.make({m: whole})
            rest = f.sum(((exponent, 1), (part, -1)))
            steps = []
            if rest == ZERO:
                powered = row
            else:
                split = self.sym(self.sum_of(part, rest))
                steps.append(self.arguments(row, split))
                steps.append(self.axiom("exp_add", x=self.nf(part), y=self.nf(rest)))
                powered = self.app("exp", self.nf(part))
            undone = self._undone(powered, m, base, whole)
            if rest == ZERO:
                return self.chain(*steps, undone) if steps else undone
            power = f.signed_power(base, whole)
            steps.append(self.arguments(self.right(steps[-1]), undone, self.exp(rest)))
            return self.chain(*steps, self.product_of(power, f.exp(rest)))
        raise NoProof("an exponential")

    def _undone(self, row: int, m: Monomial, base: int, n: int) -> int:
        """exp(n ln(b)) = normal row of b^n."""
        log = self.monomial_row(m)
        undo = self.axiom("exp_ln", x=self.nf(base))
        if n == 1:
            return undo
        turned = self.ac(self.table.rows[row][2], self.app("*", log, self.lit(n)))  # type: ignore[arg-type]
        name, variable = ("exp_pow", "y") if self.sort == "Real" else ("exp_pow_whole", "n")
        law = self.sym(self.axiom(name, x=log, **{variable: self.lit(n)}))
        inside = self.arguments(self.right(law), undo, self.refl(self.lit(n)))
        return self.chain(self.arguments(row, turned), law, inside, self.signed(base, n))

    def signed(self, base: int, n: int) -> int:
        """nf(b)^n = normal row of `signed_power`."""
        step = self.power(base, n)
        self._expect(step, self.forms.signed_power(base, n))
        return step

    def exponentials(self, a: int, b: int) -> int:
        law = self.sym(self.axiom("exp_add", x=self.nf(a), y=self.nf(b)))
        inside = self.arguments(self.right(law), self.sum_of(a, b))
        return self.chain(law, inside, self.exp(self.forms.add(a, b)))

    def ln(self, form: int) -> int:
        """ln(nf(form)) = normal row."""
        f = self.forms
        row = self.app("ln", self.nf(form))
        target = f.ln(form)
        if row == self.nf(target):
            return self.refl(row)
        if form == ONE:
            return self.axiom("ln_one")
        value = f.value(form)
        if value is not None:
            return self._ln_of_number(row, Fraction(value))
        parts = f.logarithm_parts(form)
        if len(parts) == 1:
            return self._ln_of_factor(parts[0])
        steps = [self.arguments(row, self.taken_apart(form, parts))]
        for k in range(len(parts) - 1, 0, -1):
            law = self.axiom("ln_mul", x=self.product_row(parts[:k]), y=self.nf(parts[k]))
            at = self.right(steps[-1])
            rest = [self.app("ln", self.nf(g)) for g in parts[k + 1 :]]
            to = self.joined("+", [self.right(law), *rest])
            steps.append(law if at == self.left(law) else self.builder.cong(at, to, [law]))
        lemmas = [self._ln_of_factor(p) for p in parts]
        at = self.right(steps[-1])
        to = self.joined("+", [self.right(s) for s in lemmas])
        changed = [s for s in lemmas if self.left(s) != self.right(s)]
        if changed:
            steps.append(self.builder.cong(at, to, changed))
        terms = [t for p in parts for t in self.terms(f.ln(p))]
        return self.chain(*steps, self.collected(to, terms))

    def _ln_of_factor(self, form: int) -> int:
        f = self.forms
        row = self.app("ln", self.nf(form))
        if row == self.nf(f.ln(form)):
            return self.refl(row)
        cells = self.table.rows[self.nf(form)]
        text = self._text(self.nf(form))
        if text == ("exp", 1):
            return self.axiom("ln_exp", x=int(cells[2]))
        if text == ("^", 2):
            return self.then(self.axiom("ln_pow", x=int(cells[2]), y=int(cells[3])))
        return self.ln(form)

    def _ln_of_number(self, row: int, value: Fraction) -> int:
        if value.denominator > 1:
            over = self.app("/", self.lit(1), self.lit(value.denominator))
            one_over = self.builder.add(Step("eval", self.table.eq(over, self.lit(Fraction(1, value.denominator)))))
            law = self.axiom("ln_inv", x=self.lit(value.denominator))
            inverse = self.chain(self.sym(self.arguments(self.left(law), one_over)), law)
            if value.numerator == 1:
                return self.then(inverse)
            parts = Fraction(value.numerator), Fraction(1, value.denominator)
        else:
            prime = self.forms.first_factor(value.numerator)
            parts = Fraction(prime), value / prime
        product = self.app("*", self.lit(parts[0]), self.lit(parts[1]))
        apart = self.arguments(row, self.sym(self.computed(product)))
        return self.chain(apart, self.then(self.axiom("ln_mul", x=self.lit(parts[0]), y=self.lit(parts[1]))))

    # Sine and cosine

    def wave(self, kind: int, angle: int) -> int:
        """cos or sin of nf(u) = normal row."""
        f = self.forms
        row = self.wave_row(kind, angle)
        name = "cos" if kind == COS else "sin"
        if row == self.nf(f.wave(kind, angle)):
            return self.refl(row)
        if angle == ZERO:
            return self.axiom(f"{name}_zero")
        pi: Monomial = (((f.pi, 1),), 0, None)
        turns = Fraction(f.terms[angle].get(pi, 0)) * 2
        rest = f.make({m: c for m, c in f.terms[angle].items() if m != pi})
        lead = f.terms[rest][f.leading(rest)] if rest != ZERO else turns
        if lead < 0:
            opposite = f.negative(angle)
            written = self.app("-", self.nf(opposite))
            start = self.arguments(row, self.sym(self.proved(written)[1]))
            return self.chain(start, self.then(self.axiom(f"{name}_neg", x=self.nf(opposite))))
        if turns < 0:
            return self._shifted(row, angle, f"{name}_period", 2, up=True)
        if turns >= 4:
            return self._shifted(row, angle, f"{name}_period", 2)
        if turns >= 2 and not (rest == ZERO and turns == 2):
            return self._shifted(row, angle, f"{name}_shift_pi", 1)
        if turns >= 1 and not (rest == ZERO and turns <= 2):
            return self._shifted(row, angle, f"{name}_shift_pi_2", Fraction(1, 2))
        values = {2: "pi", 1: "pi_2", Fraction(2, 3): "pi_3", Fraction(1, 2): "pi_4", Fraction(1, 3): "pi_6"}
        if turns in values:
            return self.then(self.axiom(f"{name}_{values[turns]}"))
        # u > pi/4: u = -(pi/2 - u) + pi/2
        return self._shifted(row, angle, f"{name}_shift_pi_2", Fraction(1, 2))

    def _shifted(self, row: int, angle: int, law: str, by: int | Fraction, up: bool = False) -> int:
        """A wave by the law that moves its angle by so many pi, down or up."""
        f = self.forms
        pi = f.of_atom(f.pi)
        rest = f.sum(((angle, 1), (pi, by if up else -by)))
        shift = self.app("pi") if by == 1 else self.app("*", self.lit(by), self.app("pi"))
        if up:
            step = self.axiom(law, x=self.nf(angle))
            moved = self.app("+", self.nf(angle), shift)
            inside = self.arguments(self.left(step), self.proved(moved)[1])
            return self.chain(self.sym(step), self.chain(inside, self.proved(self.right(inside))[1]))
        step = self.axiom(law, x=self.nf(rest))
        moved = self.app("+", self.nf(rest), shift)
        start = self.arguments(row, self.sym(self.proved(moved)[1]))
        return self.chain(start, self.then(step))

    def waves(self, v: tuple[int, int], w: tuple[int, int]) -> int:
        row = self.app("*", self.wave_row(*v), self.wave_row(*w))
        if v[0] == w[0]:
            law = self.axiom("cos_cos" if v[0] == COS else "sin_sin", x=self.nf(v[1]), y=self.nf(w[1]))
        else:
            sine, cosine = (v, w) if v[0] == SIN else (w, v)
            law = self.axiom("sin_cos", x=self.nf(sine[1]), y=self.nf(cosine[1]))
        return self.chain(self.ac(row, self.left(law)), self.then(law))

    # Fractions

    def closing(self, form: int) -> int:
        """nf(form) = nf(closed form)."""
        f = self.forms
        closed = f.closed(form)
        if closed == form:
            return self.refl(self.nf(form))
        met = f.met(form)
        if met != form:
            return self.chain(self._met(form), self.closing(met))
        over = f.denominators(form)
        atoms = sorted(over, key=f.atom_key)
        inverse_rows = [self.power_row(a, over[a]) for a in atoms]
        below = self.joined("*", inverse_rows)
        numerator = ZERO
        lines: list[int] = []
        parts: list[int] = []
        for c, m in self.terms(form):
            powers = dict(m[0])
            left: Monomial = (tuple(p for p in m[0] if p[0] not in over), m[1], m[2])
            factors = [f.make({left: c})]
            pairs: list[int] = []
            for a in atoms:
                missing = over[a] - powers.get(a, 0)
                base = self.nf(int(f.atoms[a][1]))
                if missing:
                    factors.append(f.power(int(f.atoms[a][1]), missing))
                    pair = self.exponents_of(base, missing, -over[a])
                    opened = self.power_or_one(int(f.atoms[a][1]), missing)
                    turned = self.arguments(self.left(pair), opened, self.refl(self.power_row(a, over[a])))
                    pairs.append(self.chain(self.sym(turned), pair))
                else:
                    pairs.append(self.refl(self.power_row(a, over[a])))
            whole = factors[0]
            for g in factors[1:]:
                whole = f.mul(whole, g)
            # nf(whole) * below = part * (p^missing * p^-over) .. = term
            start = self.app("*", self.nf(whole), below)
            apart = self.arguments(start, self.taken_apart(whole, factors), self.refl(below))
            rows = self.joined("*", [self.nf(factors[0]), *(self.left(p) for p in pairs)])
            ends = self.joined("*", [self.nf(factors[0]), *(self.right(p) for p in pairs)])
            changed = [p for p in pairs if self.left(p) != self.right(p)]
            met = self.builder.cong(rows, ends, changed) if changed else self.refl(rows)
            lines.append(self.chain(apart, self.ac(self.right(apart), rows), met, self.ac(ends, self.term_row(c, m))))
            parts.append(whole)
            numerator = f.add(numerator, whole)
        start = self.nf(form)
        total = self.joined("+", [self.left(s) for s in lines])
        steps = [self.sym(self.builder.cong(total, start, lines))] if total != start else [self.refl(start)]
        summands = self.joined("+", [self.nf(p) for p in parts])
        product = self.app("*", below, summands)
        spread = self.distributed(below, summands, len(parts))
        steps += [self.ac(total, self.right(spread)), self.sym(spread)]
        terms = [t for p in parts for t in self.terms(p)]
        steps.append(self.arguments(product, self.refl(below), self.collected(summands, terms)))
        left_over = dict(over)
        for a in atoms:
            p = int(f.atoms[a][1])
            while left_over[a]:
                quotient = divided(f, numerator, p)
                if quotient is None:
                    break
                steps.append(self._cancelled(atoms, left_over, a, numerator, quotient))
                numerator = quotient
                left_over[a] -= 1
        forms = [f.of_atom(a, left_over[a]) for a in atoms if left_over[a]]
        last = self.right(steps[-1])
        ordered = [numerator, *forms]
        turned = self.product_row(ordered)
        steps += [self.ac(last, turned), self.multiplied(turned, ordered)]
        step = self.chain(*steps)
        self._expect(step, closed)
        return step

    def _met(self, form: int) -> int:
        """nf(form) = normal row of the form in which powers of atoms and of their inverses have met."""
        f = self.forms
        lines: list[int] = []
        terms: list[tuple[Number, Monomial]] = []
        for c, m in self.terms(form):
            other = f.met_powers(m)
            terms.append((c, other or m))
            if other is None:
                lines.append(self.refl(self.term_row(c, m)))
                continue
            pairs = f.meeting(m)
            lemmas = [self._meeting(b, dict(m[0])[b], dict(m[0])[a]) for a, b in pairs]
            alone: Monomial = (tuple(p for p in m[0] if all(p[0] not in pair for pair in pairs)), m[1], m[2])
            rest = self.term_row(c, alone)
            start = self.joined("*", [*(self.left(s) for s in lemmas), rest])
            end = self.joined("*", [*(self.right(s) for s in lemmas), rest])
            row = self.term_row(c, m)
            inside = self.builder.cong(start, end, lemmas)
            lines.append(self.chain(self.ac(row, start), inside, self.ac(end, self.term_row(c, other))))
        start = self.nf(form)
        end = self.joined("+", [self.right(s) for s in lines])
        changed = [s for s in lines if self.left(s) != self.right(s)]
        return self.chain(self.builder.cong(start, end, changed), self.collected(end, terms))

    def _meeting(self, atom: int, m: int, k: int) -> int:
        """b^m * b^-k with the powers brought together, as far as b^-1 is left."""
        base = self.base(atom)[0]
        if m < k:
            return self.exponents_of(base, m, -k)
        row = self.app("*", self.exponent_row(base, m), self.exponent_row(base, -k))
        apart = self.sym(self.exponents_of(base, m - k + 1, k - 1))
        opened = self.arguments(row, apart, self.refl(self.exponent_row(base, -k)))
        pair = self.exponents_of(base, k - 1, -k)
        first = self.exponent_row(base, m - k + 1)
        turned = self.app("*", first, self.left(pair))
        met = self.arguments(turned, self.refl(first), pair)
        return self.chain(opened, self.ac(self.right(opened), turned), met)

    def _cancelled(self, atoms: Sequence[int], over: dict[int, int], a: int, numerator: int, quotient: int) -> int:
        """below * nf(q p) = below' * nf(q), where 1/p stands once less below."""
        f = self.forms
        p = int(f.atoms[a][1])
        below = self.joined("*", [self.power_row(b, over[b]) for b in atoms if over[b]])
        rest = [self.power_row(b, over[b]) for b in atoms if over[b] and b != a]
        start = self.app("*", below, self.nf(numerator))
        apart = self.arguments(start, self.refl(below), self.taken_apart(numerator, [quotient, p]))
        pair = self.exponents_of(self.nf(p), 1, -over[a])
        grouped = self.joined("*", [self.left(pair), *rest, self.nf(quotient)])
        met = self.joined("*", [self.right(pair), *rest, self.nf(quotient)])
        after = {**over, a: over[a] - 1}
        to = self.app(
            "*", self.joined("*", [self.power_row(b, after[b]) for b in atoms if after[b]]), self.nf(quotient)
        )
        return self.chain(
            apart, self.ac(self.right(apart), grouped), self.builder.cong(grouped, met, [pair]), self.ac(met, to)
        )
