"""Forms of the terms in a table."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from ..literals import literal_value
from ..syntax import TermTable, children
from .functions import NEGATIVE, POSITIVE, Functions, Sign, sign_of_number, sign_of_power, sign_of_product, sign_of_sum
from .normal import Number
from .vocabulary import Vocabulary

_DIGITS = re.compile("[0-9]+")
_PLACES = 6
SUMS = {("+", 2): (1, 1), ("-", 2): (1, -1), ("-", 1): (-1,)}


def _ordering(name: str) -> str:
    """What orders names: x2 before x10."""
    return f"{_DIGITS.sub(lambda digits: digits[0].zfill(_PLACES), name)} {name}" if _DIGITS.search(name) else name


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

    def _known(self, root: int) -> Sign:
        """What is known of the sign of a row that was read, from how it is written and from its form."""
        stack = [root]
        while stack:
            i = stack[-1]
            if i in self._sign:
                stack.pop()
                continue
            row = self._table.rows[i]
            operation = self._operation.get(str(row[1])) if row[0] == "app" else None
            below = children(row)
            if operation == ("^", 2):
                below = below[:1]
            elif operation not in SUMS and operation not in (("*", 2), ("/", 2)):
                below = ()
            waiting = [c for c in below if c not in self._sign]
            if waiting:
                stack.extend(waiting)
                continue
            found = self._written(i, operation, below)
            decided = POSITIVE in found or NEGATIVE in found
            self._sign[i] = found if decided or i not in self._form else found | self.forms.sign(self._form[i])
            stack.pop()
        return self._sign[root]

    def _written(self, i: int, operation: tuple[str, int] | None, below: tuple[int, ...]) -> Sign:
        signs = [self._sign[c] for c in below]
        if not below:
            return Sign.ANY
        if operation in SUMS:
            parts = [sign_of_product(s, sign_of_number(by)) for s, by in zip(signs, SUMS[operation], strict=True)]
            return parts[0] if len(parts) == 1 else sign_of_sum(*parts)
        if operation == ("^", 2):
            n = self.forms.value(self._form[children(self._table.rows[i])[1]])
            whole = n is not None and n.denominator == 1 and n != 0
            return sign_of_power(signs[0], int(n)) if whole and self.forms.real and n is not None else Sign.ANY
        found = sign_of_product(*signs)
        if operation == ("*", 2) and self.forms.real and self._form[below[0]] == self._form[below[1]]:
            found |= Sign.NOT_NEGATIVE
        return found

    def _made(self, i: int, operation: tuple[str, int] | None) -> int:
        row = self._table.rows[i]
        forms = self.forms
        if row[0] == "lit":
            value = literal_value(str(row[1]))
            if isinstance(value, Fraction):
                return forms.number(value)
        if row[0] != "app":
            return forms.of_atom(forms.atom(("row", i), _ordering(str(row[1]))))
        below = children(row)
        if operation is None:
            return forms.of_atom(forms.atom(("app", str(row[1]), *(self._closed(c) for c in below))))
        match operation:
            case ("*", 2):
                a, b = below
                return forms.mul(self._form[a], self._form[b])
            case ("/", 2):
                a, b = below
                return forms.mul(self._form[a], self._denominator(b))
            case ("^", 2):
                return self._power(i, *below)
        if operation[0] in ("ln", "sqrt", "abs"):
            forms.note(self._closed(below[0]), self._known(below[0]))
        return forms.apply(operation[0], [self._closed(c) for c in below])

    def _closed(self, i: int) -> int:
        return self.forms.closed(self._form[i])

    def _denominator(self, i: int) -> int:
        form = self._closed(i)
        self.forms.note(form, self._known(i))
        return self.forms.inverse(form)

    def _power(self, i: int, base: int, exponent: int) -> int:
        forms = self.forms
        n = forms.value(self._closed(exponent))
        if n is not None and n.denominator == 1 and n > 0:
            return forms.pow(self._form[base], forms.number(n))
        form = self._closed(base)
        forms.note(form, self._known(base))
        return forms.pow(form, self._closed(exponent))
