"""What an e-graph remembers of its making, as plain arrays: all that explanations read.

A *node* is one term for ever: an operation over earlier nodes, or a leaf. Merging classes never changes a node; it adds
a row to `unions`, which says that the terms of two nodes are equal and, in `log`, why:

    unions:  [left | right | place]     in the order in which they were made
                             |
    log:     [ ... | reason | what it rests on ... ]

    reason   behind it                                    the terms of left and right are equal because
    r >= 0   the node of each atom of rules[r],           the rule's premises were matched at these nodes, the first
             then the node of each of its results         by the class of left; right is in the class of the result
    -1                                                    they have one operation and pairwise equal children
    -2       k                                            the user said so: asserted[k]
    -3       the literal node equal to each child         left is a built-in operation with the value right there
    -4       a number of parts, then of each a member of  they are sums of an associative and commutative symbol; left
             left, what is equal to it, how often         is right when each member is replaced by its equal
    -5       a rule, the node of each row of its premises rules[r], one or both of its sides with such a symbol, was
             and right side, children first, then how     applied to a part of the sum left: with what was left over of
             much was left over of a sum, each a node     it, right is the right side (`modulo.py`)
             and how often

The *effective* unions, those that merged two classes, form a forest over the nodes: between two nodes of one class
there is exactly one path, and if they were equal before a certain union then all unions on it are older than that one.
Whatever a union rests on was equal before it. The others may be used as short cuts for what is younger than they.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..bank import BankSymbol
from ..syntax import Row, TermTable, children
from ..system import RewriteRule

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Op:
    """What a node is made by: a symbol over its children or, as a `leaf`, the variables or the literals of one sort."""

    symbol: BankSymbol
    leaf: bool


@dataclass(frozen=True)
class CompiledRule:
    """A rule over a table, and which of its rows a log has nodes for.

    `atoms` are the applications in the premises, that is in the left side, root first, then in both sides of each
    condition that is matched; in pre-order, and each row once. Constants and literals have no atom, nor have variables
    that the rule does not bind: the class of their only node is meant. A premise that is just a variable of the rule is
    an atom itself, matched by any node of the class. The value of a variable is the node that matched it or else the
    matched node's child at its first place, in the order of the atoms.

    `results` are the subterms of the right side in post-order, leaves included and variables of the rule left out,
    each row once.

    `matched` has the numbers of the conditions that are premises to match. The other conditions are decided on the
    values of the variables: two classes differ, or a Python function says so.
    """

    rule: RewriteRule
    table: TermTable
    atoms: tuple[int, ...]
    results: tuple[int, ...]
    matched: frozenset[int] = frozenset()

    @property
    def premises(self) -> tuple[int, ...]:
        """The rows that are matched whole: the left side, then both sides of each condition that is matched."""
        sides = [(c.left, c.right) for n, c in enumerate(self.rule.conditions) if n in self.matched]
        return (self.rule.lhs, *(side for pair in sides for side in pair))


def compiled(table: TermTable, rule: RewriteRule, matched: Iterable[int]) -> CompiledRule:
    """The rule with its atoms and results; the conditions of the numbers in `matched` are premises."""
    bare = CompiledRule(rule, table, (), (), frozenset(matched))
    atoms: dict[int, None] = {}
    for premise in bare.premises:
        if premise in rule.variables:
            atoms[premise] = None
        stack = [premise]
        while stack:
            row = stack.pop()
            below = children(table.rows[row])
            if below and row not in atoms:
                atoms[row] = None
                stack.extend(reversed(below))
    results = tuple(row for row in table.reachable([rule.rhs]) if row not in rule.variables)
    return replace(bare, atoms=tuple(atoms), results=results)


@dataclass(frozen=True)
class History:
    """The nodes ever made, 0 to n - 1 in order of creation, and the unions; see the module's text.

    `op` is int32[n], a number in `ops`. `children` is int32[n, w]: the children as nodes, each smaller than the node
    itself (what lies behind the operation's arity means nothing); of a leaf, the first is its number in `leaves`. Of a
    sum, whose op has a symbol of kind "ac", it is the number of its members in `multisets`: nodes, ascending, each with
    how often it occurs; its term has them side by side in that order, grouped to the left.
    `leaves` are rows of a plain table, ("var", name, sort) and ("lit", text, sort).

    `unions` is int32[m, 3], `effective` bool[m], `log` int32[k]. `asserted` says in words why the user merged classes;
    explanations carry the equation of the two nodes' terms as a hypothesis.
    """

    ops: tuple[Op, ...]
    op: Ints
    children: Ints
    leaves: tuple[Row, ...]
    unions: Ints
    effective: npt.NDArray[np.bool_]
    log: Ints
    asserted: tuple[str, ...]
    rules: tuple[CompiledRule, ...]
    multisets: tuple[tuple[tuple[int, int], ...], ...] = ()
