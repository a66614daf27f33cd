"""Terms of a bank as text in prefix notation, `f(a,g(b))`, without a detour over plain rows.

`prefix.py` does the same for rows of a table, and for what this does not: leaves other than constants.
"""

from __future__ import annotations

import numpy as np

from .bank import TermBank
from .prefix import full_text, tree_size
from .syntax import TermTable

_BYTES = 24  # room for a symbol of a text, brackets included; longer names make do with fewer symbols

_STRANGE = -2  # what `write` answers to terms with numbers or variables


def text(bank: TermBank, term: int, most: int) -> str | None:
    """The text in full; None if it has more than `most` symbols. Linear in the text."""
    from . import native

    length = _STRANGE
    names = [s.name.encode() if s.kind == "app" else b"" for s in bank.symbols]
    offsets = np.cumsum([1, *map(len, names)], dtype=np.int64)
    offsets[:-1][[s.kind != "app" for s in bank.symbols]] *= -1
    spelling = np.frombuffer(b" " + b"".join(names), np.uint8)
    out = np.empty(_BYTES * most, np.uint8)
    stack = np.empty(2 * most + 2, np.int64)
    if native.available():
        length = native.runtime(False).write(
            *(bank.cells.ctypes.data, bank.arity.ctypes.data, term, offsets.ctypes.data, spelling.ctypes.data),
            *(out.ctypes.data, len(out), most, stack.ctypes.data),
        )
    if length == _STRANGE:
        table = TermTable()
        (root,) = bank.dump([term], table)
        return None if tree_size(table, root, most + 1) > most else full_text(table, root)
    return None if length < 0 else out[:length].tobytes().decode()


def beginning(bank: TermBank, term: int, most: int) -> str:
    """The text with only its first `most` (at least 1) symbols; each of the subterms left out is a `…`."""
    pieces: list[str] = []
    waiting: list[int | str] = [term]
    left = most
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif not left:
            pieces.append("…")
        else:
            left -= 1
            symbol = bank.head(item)
            below = bank.arguments(item)[:: 2 if symbol.kind == "ac" else 1]
            name = bank.leaf_name(item) if symbol.payload else symbol.name
            pieces.append(f"{name}(" if below else name)
            if below:
                waiting.append(")")
                for c in reversed(below[1:]):
                    waiting += (c, ",")
                waiting.append(below[0])
    return "".join(pieces)
