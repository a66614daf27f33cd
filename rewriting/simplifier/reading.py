"""Forms of the terms in a table."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from ..literals import literal_value
from ..syntax import TermTable, children
from .functions import Functions, Sign, sign_of_number, sign_of_power, sign_of_product, sign_of_sum
from .normal import Number
from .vocabulary import Vocabulary

SUMS = {("+", 2): (1, 1), ("-", 2): (1, -1), ("-", 1): (-1,)}


class Reader:
    """Reads rows of one table."""

    def __init__(self, forms: Functions, vocabulary: Vocabulary, table: TermTable) -> None:
        self.forms = forms
        self._table = table
        self._operation = {name: key for key, name in vocabulary.by_text.items()}
        self._form: dict[int, int] = {}
        self._sign: dict[int, Sign] = {}

    def form(self, root: int) -> int:
        """The form of a row, closed: what cancels is cancelled."""
        return self.forms.closed(self.read(root))

    def sign(self, root: int) -> Sign:
        """What is known of the sign of a row, from how it is written and from its form."""
        return self._sign[root] | self.forms.sign(self.form(root))

    def read(self, root: int) -> int:
        """The form of a row, not closed."""
        if root in self._form:
            return self._form[root]
        rows = self._table.rows
        uses = Counter(c for i in self._table.reachable([root]) for c in children(rows[i]))
        stack = [root]
        sums: dict[int, list[tuple[int, Number]]] = {}
        while stack:
            i = stack[-1]
            if i in self._form:
                stack.pop()
                continue
            row = rows[i]
            operation = self._operation.get(str(row[1])) if row[0] == "app" else None
            if operation in SUMS:
                if i not in sums:
                    sums[i] = self._summands(i, uses)
                    waiting = [c for c, _ in sums[i] if c not in self._form]
                    if waiting:
                        stack.extend(reversed(waiting))
                        continue
                parts = sums.pop(i)
                self._form[i] = self.forms.sum([(self._form[c], by) for c, by in parts])
                self._sign[i] = self._sign_of_sum(parts)
            else:
                waiting = [c for c in children(row) if c not in self._form]
                if waiting:
                    stack.extend(reversed(waiting))
                    continue
                self._form[i] = self._made(i, operation)
            stack.pop()
        return self._form[root]

    def _summands(self, root: int, uses: Counter[int]) -> list[tuple[int, Number]]:
        """The terms of a sum with their signs; sums within it that stand nowhere else are opened."""
        out: list[tuple[int, Number]] = []
        stack: list[tuple[int, Number]] = [(root, 1)]
        while stack:
            i, by = stack.pop()
            row = self._table.rows[i]
            signs = SUMS.get(self._operation.get(str(row[1]), ("", 0))) if row[0] == "app" else None
            if signs is None or (i != root and (uses[i] > 1 or i in self._form)):
                out.append((i, by))
            else:
                pairs = zip(children(row), signs, strict=True)
                stack.extend(reversed([(c, by * sign) for c, sign in pairs]))
        return out

    def _sign_of_sum(self, parts: list[tuple[int, Number]]) -> Sign:
        total: Sign | None = None
        for c, by in parts:
            one = sign_of_product(self._known(c), sign_of_number(by))
            total = one if total is None else sign_of_sum(total, one)
        return total or Sign.ANY

    def _known(self, i: int) -> Sign:
        return self._sign.get(i, Sign.ANY) | self.forms.sign(self._form[i])

    def _made(self, i: int, operation: tuple[str, int] | None) -> int:
        row = self._table.rows[i]
        forms = self.forms
        self._sign[i] = Sign.ANY
        if row[0] == "lit":
            value = literal_value(str(row[1]))
            if isinstance(value, Fraction):
                return forms.number(value)
        if row[0] != "app":
            return forms.of_atom(forms.atom(("row", i), str(row[1])))
        below = children(row)
        if operation is None:
            return forms.of_atom(forms.atom(("app", str(row[1]), *(self._closed(c) for c in below))))
        match operation:
            case ("*", 2):
                a, b = below
                signs = sign_of_product(self._known(a), self._known(b))
                if forms.real and self._form[a] == self._form[b]:
                    signs |= Sign.NOT_NEGATIVE
                self._sign[i] = signs
                return forms.mul(self._form[a], self._form[b])
            case ("/", 2):
                a, b = below
                denominator = self._denominator(b)
                self._sign[i] = sign_of_product(self._known(a), self._known(b))
                return forms.mul(self._form[a], denominator)
            case ("^", 2):
                return self._power(i, *below)
        return forms.apply(operation[0], [self._closed(c) for c in below])

    def _closed(self, i: int) -> int:
        return self.forms.closed(self._form[i])

    def _denominator(self, i: int) -> int:
        form = self._closed(i)
        self.forms.note(form, self._known(i) if self.forms.real else self._known(i) & Sign.NOT_ZERO)
        return self.forms.inverse(form)

    def _power(self, i: int, base: int, exponent: int) -> int:
        forms = self.forms
        n = forms.value(self._closed(exponent))
        if n is not None and n.denominator == 1:
            if n and forms.real:
                self._sign[i] = sign_of_power(self._known(base), int(n))
            if n > 0:
                return forms.pow(self._form[base], forms.number(n))
        form = self._closed(base)
        forms.note(form, self._known(base) if forms.real else self._known(base) & Sign.NOT_ZERO)
        return forms.pow(form, self._closed(exponent))
