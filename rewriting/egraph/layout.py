"""The numbers that the e-graph's kernels and their callers agree on.

A node is a row of `width` cells, a power of two from 4 on, as many as the largest arity needs:

    rows:    [ op | class | child 0 | child 1 | .. ]        children and class are node ids, unused cells are 0

Nodes are numbered in the order in which they are made, for ever; a class is called by the number of one of its nodes.
A leaf has no children but the number of its name. A node that became congruent to another is dead: its op is ~op.
"""

from __future__ import annotations

# State of a graph, in an int64 array of COUNTERS cells.
NODES = 0  # made so far, dead ones too
DEAD = 1
CLASSES = 2
LOG = 3  # cells of the log in use
UNIONS = 4  # unions in the log
LOST = 5  # classes on the worklist of lost names
FILLED = 6  # slots in use, stale ones too
HOSTED = 7  # cells of the buffer of matches that Python decides
NOW = 8  # the round: nodes made or changed before it have a smaller or equal stamp
MATCHES = 9
# Of a run of `match`
PLAN = 10
LEVEL = 11
BATCH = 12  # matches found and not yet applied
FUEL = 13  # rows that may still be visited in this slice
MOST_NODES = 14  # live ones
LAST_PLAN = 15
COUNT_ONLY = 16  # 1: matches are counted and not applied, until MOST_MATCHES
MOST_MATCHES = 17
# Of a run of `repair`
REPAIRED = 23  # how many of the lost classes have been dealt with
CELL = 18  # where the walk through a lost class's uses stands; -1: not begun
TAIL = 19  # the last cell of that walk
SNAPSHOT = 20  # nodes at the beginning of the round: those the indices know
SPARE = 21  # unions of what is already one class that may still be noted
STAMP = 22  # of nodes that are made or changed now: NOW + 1 in a round, NOW between rounds
COUNTERS = 24


# What a kernel returns.
DONE, PAUSE, GROW_NODES, GROW_SLOTS, GROW_LOG, GROW_HOSTED, FULL = range(7)

# Reasons in the log that are no rules.
CONGRUENCE, ASSERTED, EVALUATED, REARRANGED, MODULO = -1, -2, -3, -4, -5

# Atoms of a plan check their cells by these.
STORE, SAME, CONSTANT, EXACT, DIFFER, DIFFER_CONSTANT = range(6)

# A plan's header, then the places of its atoms. FIRST is the number of the atom that takes the new nodes; ORDERS plans
# stand together that do the same in different orders. RECORDED is how many nodes of premises the log has; at NAMED
# stand those that are just the class in a register. AHEAD_CELL is the cell of the first atom by which the second is
# looked up in index AHEAD_INDEX, or -1: there the kernel fetches ahead.
RULE, ATOMS, PROGRAM, ROOT, RESULT, HOST, REGISTERS, FIRST, RECORDED, NAMED, AHEAD_CELL, AHEAD_INDEX, ORDERS = range(13)
HEADER = 13
FAR = 1 << 16  # nodes above which arrays are too long for fetching ahead to be idle
MOST_BATCHED = 64  # matches that are applied together

# An atom: op, age, its place in the record, joins, checks, then these.
OP, AGE, SLOT, JOINS, CHECKS = range(5)
ATOM = 5
ANY, NEW, OLD = range(3)  # ages
