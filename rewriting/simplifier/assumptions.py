"""What a user states about the variables of an expression, for the simplifier to use.

    x > 0   x >= 0   x < y   x + y <= 1   0 < x < 1     comparisons; of complex numbers they say "real" as well
    x != 0  cos(x) != 0  x = 2*y                        also written ≠, <>, ≤, ≥
    x in Real   n in Int                                is real; is whole

joined by `and`, or given one by one. A name that is no function or constant is a variable.

>>> given = read_assumptions(["0 < x < 1 and n in Int", "y != 0"], "real")
>>> given.texts
('0 < x', 'x < 1', 'n in Int', 'y != 0')
>>> read_assumptions("x > > 0", "real")
Traceback (most recent call last):
lemmata.rewriting.source.SourceError: an operand of '>' is wanted here, not '>'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ..printing import Printer
from ..syntax import TermTable
from .theories import SORTS, Domain, symbols
from .vocabulary import Vocabulary

_MEMBERSHIP = {"whole": "Int", "real": "Real"}


@dataclass(frozen=True)
class Assumptions:
    """Formulas about the numbers of a domain, that are taken to hold. Made by `read_assumptions`."""

    domain: Domain
    formulas: tuple[int, ...]
    terms: TermTable = field(repr=False)

    def into(self, table: TermTable) -> list[int]:
        """Add the formulas to a table; their rows there."""
        return self.terms.copy_into(table, self.formulas)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The formulas as one writes them."""
        printer = Printer(symbols(self.domain))
        return tuple(_written(printer, self.terms, f) for f in self.formulas)

    def __str__(self) -> str:
        return " and ".join(self.texts)


def read_assumptions(given: str | Iterable[str], domain: Domain) -> Assumptions:
    """What texts state. Raises SourceError."""
    vocabulary = Vocabulary(symbols(domain), SORTS[domain])
    table = TermTable()
    texts = [given] if isinstance(given, str) else list(given)
    formulas = [formula for text in texts for formula in vocabulary.conditions(text, table)]
    return Assumptions(domain, tuple(dict.fromkeys(formulas)), table)


def _written(printer: Printer, table: TermTable, formula: int) -> str:
    row = table.rows[formula]
    if row[0] == "eq" and table.rows[int(row[2])] == ("lit", "true", "Bool"):
        test = table.rows[int(row[1])]
        if test[0] == "app" and test[1] in _MEMBERSHIP:
            return f"{printer.show(table, int(test[2]))} in {_MEMBERSHIP[str(test[1])]}"
        return printer.show(table, int(row[1]))
    return printer.show(table, formula)
