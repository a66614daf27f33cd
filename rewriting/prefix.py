"""Terms as text in prefix notation, `f(a,g(b))`: in full, or as much of them as can be read.

A term is a DAG, its text a tree, which may be exponentially larger: ask for `tree_size` first.
"""

from __future__ import annotations

from collections import Counter

from .syntax import TermTable, children


def tree_size(terms: TermTable, root: int, most: int) -> int:
    """How many symbols the text in full has, or `most` if there are more. Linear in the DAG."""
    sizes: dict[int, int] = {}
    for i in terms.reachable([root]):
        sizes[i] = min(most, 1 + sum(sizes[c] for c in children(terms.rows[i])))
    return sizes[root]


def full_text(terms: TermTable, root: int) -> str:
    """The text in full. Linear in the DAG and in the text.

    >>> t = TermTable()
    >>> full_text(t, t.app("f", t.app("a"), t.app("g", t.app("a"))))
    'f(a,g(a))'
    """
    rows = terms.rows
    order = terms.reachable([root])
    parents = Counter(c for i in order for c in children(rows[i]))
    # A shared subterm is spelt once. All their texts together are no longer than the whole: of the places where such
    # a subterm stands take the second one below a first place; those do not overlap.
    spelt: dict[int, str] = {}
    for i in order:
        if parents[i] == 1:
            continue
        pieces: list[str] = []
        waiting: list[int | str] = [i]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                pieces.append(item)
            elif item in spelt:
                pieces.append(spelt[item])
            else:
                row = rows[item]
                below = children(row)
                if below:
                    pieces.append(f"{row[1]}(")
                    waiting.append(")")
                    for c in reversed(below[1:]):
                        waiting += (c, ",")
                    waiting.append(below[0])
                else:
                    pieces.append(str(row[1]))
        spelt[i] = "".join(pieces)
    return spelt[root]


def short_text(terms: TermTable, root: int, most: int) -> str:
    """The text with only its first `most` (at least 1) symbols; each of the subterms left out is a `…`.

    >>> t = TermTable()
    >>> short_text(t, t.app("f", t.app("g", t.app("a")), t.app("b")), 2)
    'f(g(…),…)'
    """
    pieces: list[str] = []
    waiting: list[int | str] = [root]
    left = most
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if not left:
            pieces.append("…")
            continue
        left -= 1
        row = terms.rows[item]
        below = children(row)
        pieces.append(f"{row[1]}(" if below else str(row[1]))
        if below:
            waiting.append(")")
            for c in reversed(below[1:]):
                waiting += (c, ",")
            waiting.append(below[0])
    return "".join(pieces)
