"""The term bank: hash-consed rows in one flat int32 arena.

A term is the offset of its row, so equal terms are the same number and a DAG costs its distinct nodes:

    cells:   [ - | 0 | s 1 | + 2 1 | var 7 ]        0 at offset 1, s(0) at 2, s(0)+0 at 4, a variable at 7
               0   1   2 3   4 5 6   7 8

A row is a symbol followed by its children, or for a leaf by one payload cell (the number of a name). Ids of rows are
positive. An integer of sort Int with -2**30 <= n < 2**30 is an *immediate*: it has no row, and its id is the negative
number n - 2**30. Ids are not stable: `collect` slides the live rows together. Whoever keeps terms across a collection
holds handles (`handle`), which collection updates; equal terms have one handle. Nothing that a user sees may depend on
ids; ties are broken by the structure of terms.

Ctrl-C may strike wherever a call returns. What belongs together is therefore made first and then stored with no call
in between.

Symbols are numbered in the order in which they are first met. A symbol is identified by its kind, name and sorts, so
two instances of one overloaded name live side by side. Variables are leaves: ("var", sort) with the name as payload;
bound variables ("bound", sort) with the de Bruijn index, written "#k". Pattern variables exist in rules only. Literals
that are no immediates are leaves too: ("lit", sort) with their canonical text. ("lit", "Int") is symbol number 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import NewType, cast

import numpy as np
import numpy.typing as npt

from . import opcodes
from .literals import Value, has_literal, literal_order, literal_text, literal_value
from .structural import Head, StructuralOrder, head
from .syntax import PROP, Row, TermTable, children
from .theory import Symbol

TermId = NewType("TermId", int)
SymbolId = NewType("SymbolId", int)
Ints = npt.NDArray[np.int32]

_LEAVES = ("var", "bound", "lit")
FLAT = ("ac", "assoc")  # kinds of rows that stand for nested applications of an associative symbol


@dataclass(frozen=True)
class BankSymbol:
    """What a symbol number stands for. `kind` is the kind of row in `syntax`; leaves have one payload cell."""

    kind: str
    name: str
    arguments: tuple[str, ...]
    result: str

    @property
    def payload(self) -> int:
        return int(self.kind in _LEAVES)


class TermBank:
    """Mutable arena of immutable terms. Not safe for use from several threads at once.

    `capacity` is the cells and slots to begin with, a power of two (else ValueError); both grow as needed.
    """

    def __init__(self, capacity: int = 1 << 12) -> None:
        if capacity < 1 or capacity & (capacity - 1):
            raise ValueError(f"the capacity of a term bank is a power of two, not {capacity}")
        self.cells: Ints = np.zeros(capacity, np.int32)
        self.slots: Ints = np.zeros(capacity, np.int32)
        self.state = np.array([1, 0], np.int64)
        self._views = self.cells.data, self.slots.data, self.state.data  # quicker cell by cell
        self._reserved = self.cells  # the array that `cells` is a part of
        self.rebuild: Callable[[TermBank, Ints], None] = _rebuild  # enters the terms in a longer table of slots
        self.symbols: list[BankSymbol] = []
        self.arity: Ints = np.zeros(64, np.int32)
        self.payload: Ints = np.zeros(64, np.int32)
        self.names: list[str] = []
        self.collections = 0  # ids from before a collection are void; caches compare this number
        self._symbol_ids: dict[BankSymbol, SymbolId] = {}
        self._name_ids: dict[str, int] = {}
        self._literal_ids: dict[tuple[type[Value], Value], int] = {}
        self._literals: dict[int, Value] = {}  # by the number of the text
        self._handles: list[int] = []  # the term of each handle; 0 marks a free one
        self._holders: dict[int, int] = {}  # how often each handle was given out and not given back
        self._free_handles: list[int] = []
        self._handle_of: dict[int, int] = {}  # by term
        self._released: list[int] = []  # given back, but still in the books above
        self._order: StructuralOrder | None = None
        self.symbol_id(literal_symbol("Int"))

    def __len__(self) -> int:
        """The number of distinct terms."""
        return self._views[2][opcodes.COUNT]

    # Symbols and names

    def symbol_id(self, symbol: BankSymbol) -> SymbolId:
        """The number of a symbol, new if it has not been met."""
        found = self._symbol_ids.get(symbol)
        if found is None:
            found = SymbolId(len(self.symbols))
            if found >= len(self.arity):
                self.arity = np.concatenate([self.arity, np.zeros_like(self.arity)])
                self.payload = np.concatenate([self.payload, np.zeros_like(self.payload)])
            self.arity[found] = len(symbol.arguments)
            self.payload[found] = symbol.payload
            self.symbols.append(symbol)
            self._symbol_ids[symbol] = found
        return found

    def name_id(self, name: str) -> int:
        """The number of a name, new if it has not been met."""
        found = self._name_ids.get(name)
        if found is None:
            found = self._name_ids[name] = len(self.names)
            self.names.append(name)
        return found

    def name_ranks(self) -> Ints:
        """For each name number its place in alphabetical order: what orders variables, whatever their numbers.

        The texts of literals have places among themselves, in their own order.
        """
        ranks = np.zeros(max(1, len(self.names)), np.int32)
        literals = sorted(self._literals, key=lambda n: literal_order(self.names[n]))
        others = sorted(set(range(len(self.names))) - self._literals.keys(), key=self.names.__getitem__)
        for numbers in (literals, others):
            ranks[np.array(numbers, np.int64)] = np.arange(len(numbers), dtype=np.int32)
        return ranks

    # Terms

    def reserve(self, cells: int, rows: int) -> None:
        """Make room for that many more cells and rows. Existing ids stay valid."""
        old_cells, old_slots, state = self._views
        top, count = state
        if top + cells > len(old_cells) and top + cells <= len(self._reserved):
            grown = self._reserved[: min(len(self._reserved), max(top + cells, 2 * len(old_cells)))]
            views = grown.data, old_slots, state
            self.cells, self._views = grown, views
        elif top + cells > len(old_cells):
            if max(top + cells, 2 * len(old_cells)) >= 2**31:
                raise MemoryError("the term bank is full: ids have 31 bits")
            grown = np.zeros(max(top + cells, 2 * len(old_cells)), np.int32)
            grown[:top] = self.cells[:top]
            views = grown.data, old_slots, state
            self.cells, self._views = grown, views
        if (count + rows) * 8 > len(old_slots) * 5:
            size = len(old_slots)
            while (count + rows) * 8 > size * 5:
                size *= 2
            slots = np.zeros(size, np.int32)
            self.rebuild(self, slots)
            views = self._views[0], slots.data, state
            self.slots, self._views = slots, views

    def move_to(self, reserved: Ints) -> None:
        """Lay the arena into a larger array, in which it grows from then on without being copied.

        A collection may take it out again.
        """
        if self._reserved is reserved:
            return
        top = self._views[2][opcodes.TOP]
        reserved[:top] = self.cells[:top]
        cells = reserved[: len(self.cells)]
        views = cells.data, *self._views[1:]
        self.cells, self._views, self._reserved = cells, views, reserved

    def rewind(self, top: int, slots: Ints, rows: int) -> None:
        """Drop all terms from `top` on, which nobody may hold; `slots` has the `rows` others."""
        state = np.array([top, rows], np.int64)
        views = self._views[0], slots.data, state.data
        self.slots, self.state, self._views = slots, state, views
        self._order = None
        self.collections += 1

    def node(self, symbol: SymbolId, arguments: Sequence[int]) -> TermId:
        """The term symbol(arguments). The arguments must fit the symbol's arity."""
        return self._intern([symbol, *arguments])

    def leaf(self, symbol: SymbolId, name: str) -> TermId:
        """A leaf such as a variable."""
        return self._intern([symbol, self.name_id(name)])

    def literal(self, value: Value, sort: str) -> TermId:
        """A literal. Raises ValueError if the sort has no such literal."""
        if not has_literal(sort, value):
            raise ValueError(f"{sort} has no literals of type {type(value).__name__}, or not this one")
        if sort == "Int" and type(value) is int and -opcodes.IMMEDIATE <= value < opcodes.IMMEDIATE:
            return TermId(value - opcodes.IMMEDIATE)
        return self._intern([self.symbol_id(literal_symbol(sort)), self.literal_name(value)])

    def literal_name(self, value: Value) -> int:
        """The number of a literal's text, new if it has not been met. No name that is no literal has this number."""
        key = (type(value), value)
        number = self._literal_ids.get(key)
        if number is None:
            text = literal_text(value)
            number = self._literal_ids[key] = len(self.names)
            self.names.append(text)
            self._literals[number] = value
        return number

    def named_value(self, number: int) -> Value | None:
        """The value of the literal whose text has this number; None for any other name."""
        return self._literals.get(number)

    def literal_value(self, term: int) -> Value | None:
        """The value of a literal; None for any other term."""
        if term < 0:
            return term + opcodes.IMMEDIATE
        return self._literals[int(self.cells[term + 1])] if self.head(term).kind == "lit" else None

    def _intern(self, row: list[int]) -> TermId:
        """As `kernels.intern`, in Python: for a single row that is quicker than a call of compiled code."""
        width = len(row)
        self.reserve(width, 1)
        cells, slots, state = self._views
        mask = len(slots) - 1
        place = _hash(row) & mask
        while term := slots[place]:
            if cells[term : term + width].tolist() == row:
                return TermId(term)
            place = (place + 1) & mask
        term = state[opcodes.TOP]
        for k, cell in enumerate(row):
            cells[term + k] = cell
        state[opcodes.TOP] = term + width
        state[opcodes.COUNT] += 1
        slots[place] = term
        return TermId(term)

    def nodes(self, symbol: SymbolId, arguments: Ints) -> Ints:
        """Many terms with one head: `arguments` has a row of children for each. Returns their ids, int32."""
        count, arity = arguments.shape
        self.reserve(count * (arity + 1), count)
        out = np.empty(count, np.int32)
        given = np.ascontiguousarray(arguments, np.int32)
        _kernels().intern_many(self.cells, self.slots, self.state, symbol, given, out)
        return out

    def head(self, term: int) -> BankSymbol:
        return self.symbols[self._views[0][term] if term > 0 else opcodes.LIT_INT]

    def arguments(self, term: int) -> list[TermId]:
        """The children of a term, left to right."""
        if term < 0:
            return []
        cells = self._views[0]
        n = len(self.symbols[cells[term]].arguments)
        return cast("list[TermId]", cells[term + 1 : term + 1 + n].tolist())

    def leaf_name(self, term: int) -> str:
        return self.names[int(self.cells[term + 1])] if term > 0 else str(term + opcodes.IMMEDIATE)

    def sort(self, term: int) -> str:
        return self.head(term).result

    @property
    def order(self) -> StructuralOrder:
        """The structural order of the terms, until the next collection."""
        if self._order is None:
            self._order = StructuralOrder(self._head, lambda t: () if t < 0 else self.arguments(t))
        return self._order

    def _head(self, term: int) -> Head:
        symbol = self.head(term)
        if symbol.kind == "lit":
            value = self.literal_value(term)
            assert value is not None
            return head("lit", value, symbol.result)
        if symbol.payload:
            name = self.leaf_name(term)
            return head(symbol.kind, int(name[1:]) if symbol.kind == "bound" else name, symbol.result)
        return head(symbol.kind, symbol.name, symbol.result, symbol.arguments, len(symbol.arguments))

    # Plain tables in and out

    def load(self, table: TermTable, roots: Iterable[int], symbols: Mapping[str, Symbol]) -> list[TermId]:
        """Add terms of a plain table; `symbols` is their signature. Linear in the DAG size.

        Applications of symbols with laws become rows of their own kinds (`ac.py`).
        """
        roots = list(roots)
        moved: dict[int, TermId] = {}
        below = table.reachable(roots)
        modulo = {name for name, s in symbols.items() if s.attributes or s.unit is not None or _ac().is_variadic(s)}
        inner = _ac().inner_rows(table, roots, below, symbols) if modulo else frozenset()
        for i in below:
            row = table.rows[i]
            if row[0] == "app" and row[1] in modulo:
                if i not in inner:
                    moved[i] = _ac().row_term(self, symbols[str(row[1])], table, i, moved)
                continue
            if row[0] == "lit":
                moved[i] = self.literal(literal_value(str(row[1])), str(row[2]))
                continue
            symbol = self._row_symbol(row, moved, symbols)
            number = self.symbol_id(symbol)
            if symbol.payload:
                moved[i] = self.leaf(number, str(row[1]) if row[0] == "var" else f"#{row[1]}")
            else:
                moved[i] = self.node(number, [moved[c] for c in children(row)])
        return [moved[r] for r in roots]

    def _row_symbol(self, row: Row, moved: Mapping[int, TermId], symbols: Mapping[str, Symbol]) -> BankSymbol:
        kind = str(row[0])
        if kind in _LEAVES:
            return BankSymbol(kind, "", (), str(row[2]))
        if kind == "app":
            return app_symbol(symbols[str(row[1])])
        if kind == "eq":
            sort = self.sort(moved[int(row[1])])
            return BankSymbol("eq", "", (sort, sort), PROP)
        if kind in ("all", "ex"):
            return BankSymbol(kind, str(row[1]), (PROP,), PROP)
        return BankSymbol(kind, "", (PROP,) * len(children(row)), PROP)

    def dump(self, terms: Iterable[int], table: TermTable, known: dict[int, int] | None = None) -> list[int]:
        """Add terms to a plain table; their rows there. `known` is a memo of term to row that calls may share.

        Names of bound variables are not kept in the bank, so they come back without hints.
        """
        moved: dict[int, int] = {} if known is None else known
        terms = list(terms)
        stack = list(terms)
        while stack:
            t = stack[-1]
            if t in moved:
                stack.pop()
                continue
            symbol = self.head(t)
            if symbol.payload:
                name = self.leaf_name(t)
                cell: str | int = int(name[1:]) if symbol.kind == "bound" else name
                moved[t] = table.add((symbol.kind, cell, symbol.result))
                stack.pop()
                continue
            below = self.arguments(t)[:: 2 if symbol.kind == "ac" else 1]
            missing = [c for c in below if c not in moved]
            if missing:
                stack.extend(missing)
                continue
            if symbol.kind in FLAT:
                moved[t] = _ac().nested_row(self, t, table, moved.__getitem__)
                stack.pop()
                continue
            extra = (symbol.name,) if symbol.kind in ("app", "all", "ex") else ()
            moved[t] = table.add((symbol.kind, *extra, *(moved[c] for c in below)))
            stack.pop()
        return [moved[t] for t in terms]

    # Handles and collection

    def handle(self, term: int) -> int:
        """Keep a term alive; the handle is the number by which `held` finds it after any collection.

        Equal terms get the same handle, until it has been released as often as it was given out.
        """
        self._take_back()
        slot = self._handle_of.get(term)
        if slot is None:
            if self._free_handles:
                slot = self._free_handles.pop()
            else:
                slot = len(self._handles)
                self._handles.append(0)
            self._holders[slot] = 0
            self._handles[slot] = term
            self._handle_of[term] = slot
        self._holders[slot] += 1
        return slot

    def held(self, handle: int) -> TermId:
        """The term of a handle that has not been released."""
        return TermId(self._handles[handle])

    def release(self, handle: int) -> None:
        """Give a handle back, once for each time it was given out. May be called at any moment, as `__del__` does."""
        self._released.append(handle)

    def _take_back(self) -> None:
        while self._released:
            handle = self._released.pop()
            self._holders[handle] -= 1
            if not self._holders[handle]:
                del self._handle_of[self._handles[handle]]
                self._handles[handle] = 0
                self._free_handles.append(handle)

    def collect(
        self,
        extra: Iterable[npt.NDArray[np.int32] | npt.NDArray[np.int64]] = (),
        collector: Collector | None = None,
    ) -> int:
        """Drop every term that nothing reaches; the number of cells freed. All ids change, handles stay good.

        Besides handles, every positive cell of the arrays in `extra` counts as a term; it is replaced by the new id.
        Should Ctrl-C strike meanwhile, `collections` may have gone up while arrays of `extra` are still as they were.
        The usual collector takes time linear in the arena, of which it needs a copy meanwhile. Only between runs:
        kernels keep ids on their stacks.
        """
        self._take_back()
        top = self._views[2][opcodes.TOP]
        extra = tuple(extra)
        held = np.array(self._handles, np.int32)
        done = (collector or _compact)(self, [held, *extra])
        moved, cells, slots, state = done.moved, done.cells, done.slots, done.state
        handles = np.where(held > 0, moved[np.maximum(held, 0)], held).tolist()
        updated = [np.where(array > 0, moved[np.maximum(array, 0)], array) for array in extra]
        handle_of = {t: handle for handle, t in enumerate(handles) if t}
        views = cells.data, slots.data, state.data
        reserved = self._reserved if cells is self.cells else cells
        self.cells, self.slots, self.state, self._views, self._reserved = cells, slots, state, views, reserved
        self._handles, self._handle_of = handles, handle_of
        self._order = None
        self.collections += 1
        for array, terms in zip(extra, updated, strict=True):
            array[:] = terms
        return int(top - state[opcodes.TOP])


@dataclass(frozen=True)
class Collected:
    """A bank's arrays after a collection. `moved[t]` is the new id of every term t that was kept."""

    cells: Ints
    slots: Ints
    state: npt.NDArray[np.int64]
    moved: Ints


# Keeps what the positive cells of the roots reach. It may work in the bank's own arrays.
Collector = Callable[[TermBank, Sequence[npt.NDArray[np.int32] | npt.NDArray[np.int64]]], Collected]


def _rebuild(bank: TermBank, slots: Ints) -> None:
    top = int(bank.state[opcodes.TOP])
    _kernels().rebuild_slots(bank.cells, slots, bank.arity, bank.payload, top)


def _compact(bank: TermBank, roots: Sequence[npt.NDArray[np.int32] | npt.NDArray[np.int64]]) -> Collected:
    """By `kernels.compact`, in a copy of the arena."""
    top = int(bank.state[opcodes.TOP])
    moved = np.zeros(top, np.int32)
    for array in roots:
        moved[array[array > 0]] = 1
    cells, slots = bank.cells.copy(), np.zeros_like(bank.slots)
    new_top = int(_kernels().compact(cells, bank.arity, bank.payload, moved, top))
    _kernels().rebuild_slots(cells, slots, bank.arity, bank.payload, new_top)
    return Collected(cells, slots, np.array([new_top, np.count_nonzero(slots)], np.int64), moved)


_MULTIPLIER = -7046029254386353131
_WORD = (1 << 64) - 1


def _hash(row: Sequence[int]) -> int:
    """The hash of `kernels`, on 64-bit words."""
    h = len(row)
    for cell in row:
        h = ((h ^ cell) * _MULTIPLIER) & _WORD
        if h >> 63:
            h -= 1 << 64
        h ^= h >> 29
    return h >> 5


@cache
def _kernels() -> ModuleType:
    """The compiled loops, imported when first needed: a bank of a few terms never waits for Numba."""
    from . import kernels

    return kernels


@cache
def _ac() -> ModuleType:
    """Terms modulo laws, imported when first needed, for that module builds on this one."""
    from . import ac

    return ac


def literal_symbol(sort: str) -> BankSymbol:
    """The bank's symbol for the literals of a sort."""
    return BankSymbol("lit", "", (), sort)


def app_symbol(symbol: Symbol) -> BankSymbol:
    """The bank's symbol for an operation, constructor or predicate of a theory."""
    return BankSymbol("app", symbol.name, symbol.arguments, symbol.result)
