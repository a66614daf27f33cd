"""The state of a run: what the executors of a rule table share, so that each can go on where another stopped.

A run evaluates one call f(t1 .. tn) of normal forms. It stops only where a call or a return is *pending*; registers are
dead there, and `stack` and `state` are the whole run.

`stack`, int32, holds frames from bottom to top. A positive cell is a term (a collector may renumber it), any other cell
is none: integers carried in their ids are negative, and so is what the machines store for themselves. The top cell of a
frame tells what it is:

    v1 .. vk  ~pc               the CALL at address pc of the code waits: the registers that are live after it, in the
                                order in which the instruction lists them
    a1 .. an  ~(len(code) + f)  f(a1 .. an) was not in the memo: whatever is returned is its normal form, to be entered
                                there and returned in turn

`state`, int64, has the cells:

    DEPTH      cells in use on the stack, arguments of a pending call included
    BASE       the depth at which a pending return ends the run
    SYMBOL     of the pending call, whose arguments are the top cells of the stack; -1: a return is pending
    VALUE      what is returned; 0 while a call is pending
    RESUME     -1; or an address where the code of the pending call goes on, because an operation before it that Python
               was asked for has no value
    STEPS      rules fired and operations computed
    CALLS      pending calls that were carried out, and hits: what fuel is measured in
    MEMO_HITS  calls that the memo answered
    SAVED      the steps that those would have taken, as far as is known
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .bank import Ints, SymbolId, TermBank, TermId
from .memo import Memo
from .operations import evaluate
from .rules import RuleTable

Host = Callable[[Sequence[TermId]], TermId | None]  # computes the normal form of a symbol's term, or leaves it
Roots = npt.NDArray[np.int32] | npt.NDArray[np.int64]  # an array of terms that a collection updates

DEPTH, BASE, SYMBOL, VALUE, RESUME, STEPS, CALLS, MEMO_HITS, SAVED = range(9)
STATE_CELLS = 16  # there is room for what single executors need
HOST = -2  # in `entry`: Python computes this symbol; -1 is a symbol without rules


class RunState:
    """A run of one rule table over one bank. `collections` is the bank's number for which its terms are good."""

    def __init__(self, bank: TermBank, memo: Memo, cells: int = 256) -> None:
        self.stack: Ints = np.zeros(cells, np.int32)
        self.state: npt.NDArray[np.int64] = np.zeros(STATE_CELLS, np.int64)
        self.state[RESUME] = -1
        self.memo = memo
        self.collections = bank.collections

    def call(self, symbol: int, arguments: Sequence[int]) -> None:
        """Make a call pending, on top of what is there; the run ends with its normal form."""
        depth = int(self.state[DEPTH])
        self.reserve(len(arguments))
        self.stack[depth : depth + len(arguments)] = arguments
        self.state[[DEPTH, BASE, SYMBOL, VALUE]] = depth + len(arguments), depth, symbol, 0

    def pending(self, bank: TermBank) -> tuple[SymbolId, list[TermId]] | None:
        """Symbol and arguments of the pending call; None if a return is pending."""
        symbol, depth = int(self.state[SYMBOL]), int(self.state[DEPTH])
        if symbol < 0:
            return None
        return SymbolId(symbol), [TermId(t) for t in self.stack[depth - int(bank.arity[symbol]) : depth].tolist()]

    def answer(self, bank: TermBank, value: int) -> None:
        """The pending call returns this normal form."""
        depth = int(self.state[DEPTH]) - int(bank.arity[self.state[SYMBOL]])
        self.state[[DEPTH, SYMBOL, VALUE, RESUME]] = depth, -1, value, -1

    @property
    def value(self) -> TermId:
        """What is returned: the result of a run that is finished."""
        return TermId(int(self.state[VALUE]))

    @property
    def steps(self) -> int:
        """Rules fired and operations computed."""
        return int(self.state[STEPS])

    def term(self, bank: TermBank) -> TermId:
        """What the run is working on: the pending call as a term, or what is returned."""
        call = self.pending(bank)
        return self.value if call is None else bank.node(call[0], call[1])

    def reserve(self, cells: int) -> None:
        """Make room on the stack for that many more cells."""
        needed = int(self.state[DEPTH]) + cells
        if needed > len(self.stack):
            grown = np.zeros(max(needed, 2 * len(self.stack)), np.int32)
            grown[: len(self.stack)] = self.stack
            self.stack = grown

    def collect(self, bank: TermBank, extra: Iterable[Roots] = ()) -> None:
        """Collect the bank; the terms of this run, and those in the arrays of `extra`, are kept and updated."""
        bank.collect((*self.roots(), *extra))
        self.collections = bank.collections

    def roots(self) -> tuple[Roots, ...]:
        """Views of all cells that hold terms, for a collection to update; only positive cells are terms."""
        return self.stack[: int(self.state[DEPTH])], self.state[VALUE : VALUE + 1]


def compute(
    bank: TermBank, table: RuleTable, hosts: Mapping[int, Host], symbol: int, arguments: Sequence[TermId]
) -> TermId | None:
    """What Python makes of a term: by its host, or as a built-in operation on literals; None if that has no value."""
    host = hosts.get(symbol)
    if host is not None:
        return host(arguments)
    operation = table.signature[bank.symbols[symbol].name]
    values = [v for t in arguments if (v := bank.literal_value(t)) is not None]
    result = evaluate(operation.notation.text, values, operation.arguments)
    return None if result is None else bank.literal(result, operation.result)
