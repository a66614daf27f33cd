"""Terms modulo associativity, commutativity and units, in the bank: one row for every class of equal terms.

    associative, commutative   ("ac", f)      operand, multiplicity, operand, multiplicity ...   operands in order
    associative                ("assoc", f)   operand, operand ...
    commutative                ("app", f)     the two arguments in order

The order is the structural one. Multiplicities are literals of sort Int. No operand is headed by the same symbol, none
is the unit, and there are at least two (counted with multiplicity): f of one operand is the operand, f of none the
unit. So terms that the laws make equal have one id. `TermBank.load` makes such rows of nested applications, for symbols
with attributes; `TermBank.dump` writes nested applications again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from .bank import FLAT, BankSymbol, TermBank, TermId, app_symbol
from .literals import literal_value
from .syntax import TermTable, children
from .theory import IllTyped, Symbol

SEQUENCE = "..."  # ends the sort of a sequence variable, and the last argument sort of a variadic symbol
_MOST = 1 << 28  # operands of one term that keep their order
_WRITTEN_OUT = 64  # copies of one operand that are written side by side; more are written as sums of sums

Operands = list[tuple[TermId, int]]


def has_laws(symbol: Symbol) -> bool:
    """Is anything about the symbol to be taken modulo laws?"""
    return bool(symbol.attributes) or symbol.unit is not None


def is_variadic(symbol: Symbol) -> bool:
    """Does it take any number of arguments, of the last sort, behind the first ones?"""
    return bool(symbol.arguments) and symbol.arguments[-1].endswith(SEQUENCE)


def check_laws(symbol: Symbol) -> None:
    """Raises IllTyped (of no row) if a symbol cannot have the laws that it is said to have."""
    alike = symbol.arity == 2 and len(set(symbol.arguments)) == 1
    if has_laws(symbol) and not alike:
        raise IllTyped(f"{symbol.name!r} has laws, so it takes two arguments of one sort", -1)
    if ("assoc" in symbol.attributes or symbol.unit is not None) and symbol.arguments[0] != symbol.result:
        raise IllTyped(f"{symbol.name!r} has laws by which it must give the sort that it takes", -1)


def is_ac(symbol: Symbol) -> bool:
    """Associative and commutative?"""
    return len(symbol.attributes) == 2


def unit_term(bank: TermBank, symbol: Symbol) -> TermId | None:
    """The unit: a constant of that name, for a built-in operation the literal of that text."""
    if symbol.unit is None:
        return None
    if symbol.kind == "builtin":
        return bank.literal(literal_value(symbol.unit), symbol.result)
    return bank.node(bank.symbol_id(BankSymbol("app", symbol.unit, (), symbol.result)), [])


def term(bank: TermBank, symbol: Symbol, arguments: Sequence[int]) -> TermId:
    """The term symbol(arguments), modulo the symbol's laws. The arguments must fit.

    A variadic symbol has one bank symbol for each number of arguments.
    """
    if is_variadic(symbol):
        *first, last = symbol.arguments
        sorts = (*first, *[last.removesuffix(SEQUENCE)] * (len(arguments) - len(first)))
        return bank.node(bank.symbol_id(BankSymbol("app", symbol.name, sorts, symbol.result)), arguments)
    if is_ac(symbol):
        return ac_term(bank, symbol, [(t, 1) for t in arguments])
    if "assoc" in symbol.attributes:
        return assoc_term(bank, symbol, arguments)
    unit = unit_term(bank, symbol)
    kept = [t for t in arguments if t != unit] if unit is not None else list(arguments)
    if unit is not None and len(kept) < 2:
        return TermId(kept[0]) if kept else unit
    return bank.node(bank.symbol_id(app_symbol(symbol)), bank.order.sorted(kept) if symbol.attributes else kept)


def ac_term(bank: TermBank, symbol: Symbol, given: Iterable[tuple[int, int]]) -> TermId:
    """The term of an associative and commutative symbol, from operands with multiplicities (at least 0).

    Operands that have the symbol as head are merged. n log n comparisons for n distinct operands. Raises ValueError if
    nothing is left and the symbol has no unit.
    """
    counts: dict[int, int] = {}
    for t, n in given:
        for u, m in operands(bank, t) if is_flat(bank, symbol, t) else [(TermId(t), 1)]:
            counts[u] = counts.get(u, 0) + n * m
    unit = unit_term(bank, symbol)
    if unit is not None:
        counts.pop(unit, None)
    left = [t for t, n in counts.items() if n]
    if len(left) < 2:
        if not left:
            return _nothing(symbol, unit)
        if counts[left[0]] == 1:
            return TermId(left[0])
    row: list[int] = []
    for t in bank.order.sorted(left):
        row += (t, bank.literal(counts[t], "Int"))
    sort = symbol.result
    return bank.node(bank.symbol_id(BankSymbol("ac", symbol.name, (sort, "Int") * len(left), sort)), row)


def assoc_term(bank: TermBank, symbol: Symbol, given: Iterable[int]) -> TermId:
    """The term of an associative symbol, from operands in order, some of which may have the symbol as head.

    Raises ValueError if nothing is left and the symbol has no unit.
    """
    unit = unit_term(bank, symbol)
    parts = (bank.arguments(t) if is_flat(bank, symbol, t) else [t] for t in given)
    row = [u for part in parts for u in part if u != unit]
    if len(row) < 2:
        return TermId(row[0]) if row else _nothing(symbol, unit)
    sort = symbol.result
    return bank.node(bank.symbol_id(BankSymbol("assoc", symbol.name, (sort,) * len(row), sort)), row)


def _nothing(symbol: Symbol, unit: TermId | None) -> TermId:
    if unit is None:
        raise ValueError(f"{symbol.name!r} of no operands, without a unit")
    return unit


def ac_operands(bank: TermBank, symbol: Symbol, term: int) -> Operands:
    """A term as a multiset of operands of an associative and commutative symbol; [] for its unit.

    A term with another head is its own only operand.
    """
    if term == unit_term(bank, symbol):
        return []
    return operands(bank, term) if is_flat(bank, symbol, term) else [(TermId(term), 1)]


def assoc_operands(bank: TermBank, symbol: Symbol, term: int) -> list[TermId]:
    """A term as a sequence of operands of an associative symbol; [] for its unit."""
    if term == unit_term(bank, symbol):
        return []
    return bank.arguments(term) if is_flat(bank, symbol, term) else [TermId(term)]


def is_flat(bank: TermBank, symbol: Symbol, term: int) -> bool:
    """Is the term a flattened application of the symbol?"""
    head = bank.head(term)
    return head.kind in FLAT and head.name == symbol.name and head.result == symbol.result


def operands(bank: TermBank, term: int) -> Operands:
    """The operands of an ("ac", ...) row with their multiplicities, in structural order."""
    cells = bank.arguments(term)
    return [(t, _count(bank, n)) for t, n in zip(cells[::2], cells[1::2], strict=True)]


def _count(bank: TermBank, literal: int) -> int:
    value = bank.literal_value(literal)
    assert isinstance(value, int)
    return value


def subterms(bank: TermBank, term: int) -> list[TermId]:
    """The arguments or operands of any term, each once for an ("ac", ...) row: its children but for multiplicities."""
    cells = bank.arguments(term)
    return cells[::2] if bank.head(term).kind == "ac" else cells


def arguments(bank: TermBank, term: int) -> list[TermId]:
    """The arguments of any term, or its operands as often as they occur. Raises MemoryError for very many."""
    if bank.head(term).kind != "ac":
        return bank.arguments(term)
    given = operands(bank, term)
    if sum(n for _, n in given) > _MOST:
        raise MemoryError("a term has too many operands to be listed")
    return [t for t, n in given for _ in range(n)]


# Plain tables in and out


def inner_rows(table: TermTable, roots: Iterable[int], below: Sequence[int], symbols: Mapping[str, Symbol]) -> set[int]:
    """The rows below `roots` that stand only as operands of larger applications of their own associative symbol."""
    rows = table.rows
    heads = {name for name, s in symbols.items() if "assoc" in s.attributes}
    flat = {i for i in below if rows[i][0] == "app" and rows[i][1] in heads}
    outer = set(roots)
    for i in below:
        outer.update(c for c in children(rows[i]) if c in flat and rows[c][:2] != rows[i][:2])
    return flat - outer


def row_term(bank: TermBank, symbol: Symbol, table: TermTable, row: int, moved: Mapping[int, TermId]) -> TermId:
    """The term of an application of a symbol with laws, when those of all operands are known."""
    if is_ac(symbol):
        return ac_term(bank, symbol, [(moved[i], n) for i, n in row_operands(table, row)])
    if "assoc" in symbol.attributes:
        if sum(n for _, n in row_operands(table, row)) > _MOST:
            raise MemoryError("a term has too many operands that keep their order")
        return assoc_term(bank, symbol, [moved[i] for i in _row_sequence(table, row)])
    return term(bank, symbol, [moved[c] for c in children(table.rows[row])])


def row_operands(table: TermTable, root: int) -> list[tuple[int, int]]:
    """The rows that nested applications of one symbol are applied to, with how often each occurs. Linear in the DAG."""
    rows = table.rows
    head = rows[root][:2]
    counts, out = Counter({root: 1}), Counter[int]()
    heap = [-root]
    while heap:  # larger rows first: when one comes, all that mention it have come
        i = -heappop(heap)
        for c in children(rows[i]):
            if rows[c][:2] != head:
                out[c] += counts[i]
                continue
            if c not in counts:
                heappush(heap, -c)
            counts[c] += counts[i]
    return list(out.items())


def _row_sequence(table: TermTable, root: int) -> list[int]:
    rows = table.rows
    head = rows[root][:2]
    out: list[int] = []
    stack = [root]
    while stack:
        i = stack.pop()
        if rows[i][:2] == head:
            stack.extend(reversed(children(rows[i])))
        else:
            out.append(i)
    return out


def nested_row(bank: TermBank, term: int, table: TermTable, row: Callable[[int], int]) -> int:
    """Add a flattened term to a table as nested applications, the first two operands innermost.

    `row` gives the rows of its operands. Many copies of one operand are written as sums of sums of it, so that the
    result is small whatever the multiplicity.
    """
    head = bank.head(term)
    parts = operands(bank, term) if head.kind == "ac" else [(t, 1) for t in bank.arguments(term)]
    whole: int | None = None
    for t, n in parts:
        power = row(t)
        if n <= _WRITTEN_OUT:
            blocks = [power] * n
        else:
            blocks = [power] if n & 1 else []
            while n := n >> 1:
                power = table.app(head.name, power, power)
                if n & 1:
                    blocks.append(power)
        for block in blocks:
            whole = block if whole is None else table.app(head.name, whole, block)
    assert whole is not None
    return whole
