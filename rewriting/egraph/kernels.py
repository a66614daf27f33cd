"""The e-graph's compiled loops: indices, matching with applying, repair of congruence. One kernel serves all rule sets.

Matching reads the graph as it stood when the round began: new nodes are appended, merged classes keep their names in
the rows, and the indices are a snapshot. A union only joins the two in the union-find and puts the lost name on a
worklist; `repair` then gives the rows that mention lost names their new cells, finds nodes that became congruent, and
merges their classes, until the worklist is empty (deferred rebuilding, Willsey et al. 2021, section 3).

Matching is semi-naive (Zhang et al. 2022, "Relational e-matching"): a rule has a plan for each of its atoms, in which
that atom takes new nodes only and the atoms before it old ones only. An atom that is joined on several bound cells
reads the smallest of the buckets.

All kernels stand in one file, with explicit signatures, for the reasons that `rewriting/kernels.py` gives. No kernel
grows an array: it returns a status (`layout.py`), Python makes room and calls again.

Arrays of a graph with n nodes of `width` cells, k = width - 2 of them children:

    rows[n * width]     int32   see `layout.py`
    first[n * k]        int32   the children as they were when the node was made
    stamp[n]            int32   the round in which a node is first new
    parent[n]           int32   union-find, with path halving
    member[n]           int32   the nodes of a class as a circle
    head[n], link[n*k]  int32   the cells that mention a class, as a list of cell numbers; -1 ends it
    uses[n]             int32   the length of that list
    slots[2^b]          int64   open addressing: 31 bits of the hash, then the node + 1; 0 is empty. A slot whose node has
                                changed since matches nothing and is left until the table is next filled
    unions[m * 3]       int32   left node (~left: the two were one class already), right node, place in the log
                                (CONGRUENCE: it needs none)
    log                 int32   see `history.py`
    lost                int32   names of classes that were merged into others
"""

from __future__ import annotations

import numpy as np
from numba import int32, int64, njit, uint64, void

from ..unowned import unowned
from .layout import (
    AGE,
    ATOM,
    ATOMS,
    CELL,
    CHECKS,
    CLASSES,
    CONGRUENCE,
    CONSTANT,
    COUNT_ONLY,
    DEAD,
    DIFFER,
    DIFFER_CONSTANT,
    DONE,
    EXACT,
    FILLED,
    FIRST,
    FUEL,
    FULL,
    GROW_HOSTED,
    GROW_LOG,
    GROW_NODES,
    GROW_SLOTS,
    HEADER,
    HOST,
    HOSTED,
    JOINS,
    LAST_PLAN,
    LEVEL,
    LOG,
    LOST,
    MATCHES,
    MOST_MATCHES,
    MOST_NODES,
    NAMED,
    NEW,
    NODES,
    NOW,
    OLD,
    OP,
    PAUSE,
    PENDING,
    PLAN,
    PROGRAM,
    RECORDED,
    REGISTERS,
    RESULT,
    ROOT,
    RULE,
    SAME,
    SLOT,
    SNAPSHOT,
    SPARE,
    STAMP,
    STORE,
    TAIL,
    UNIONS,
)

_I = int32[::1]
_L = int64[::1]
_K = np.uint64(0x9E3779B97F4A7C15)
_LOW = (1 << 32) - 1


@njit(int64(_I, int64), cache=True, boundscheck=False)
def find(parent, x):  # type: ignore[no-untyped-def]
    """The class of a node."""
    while True:
        up = int64(parent[uint64(x)])
        if up == x:
            return x
        top = parent[uint64(up)]
        parent[uint64(x)] = top
        x = int64(top)


@njit(uint64(int64, _L, int64, int64), cache=True, boundscheck=False)
def _hash(op, words, at, count):  # type: ignore[no-untyped-def]
    h = uint64(op + 1) * _K
    for i in range(count):
        h = (h ^ uint64(words[uint64(at + i)])) * _K
        h ^= h >> uint64(32)
    return h


@njit(int64(_I, _L, _L, int64, int64, _L, uint64), cache=True, boundscheck=False)
def _look_up(rows, pairs, slots, half, op, key, h):  # type: ignore[no-untyped-def]
    """The node op(key), or ~j where j is the free slot for it. `pairs` are the rows as words, `key` the children."""
    mask = uint64(slots.shape[0] - 1)
    tag = int64(h >> uint64(33))
    j = h & mask
    while True:
        found = slots[j]
        if found == 0:
            return ~int64(j)
        if found >> 32 == tag:
            r = (found & _LOW) - 1
            base = r * half
            if rows[uint64(2 * base)] == op:
                same = True
                for i in range(1, half):
                    if pairs[uint64(base + i)] != key[uint64(i)]:
                        same = False
                        break
                if same:
                    return r
        j = (j + uint64(1)) & mask


@njit(int64(_I, _I, _I, _L, int64, int64), cache=True, boundscheck=False)
def merge(parent, uses, lost, s, a, b):  # type: ignore[no-untyped-def]
    """Join the classes of two nodes; 1 if they were apart. The one that is mentioned less loses its name."""
    x = find(parent, a)
    y = find(parent, b)
    if x == y:
        return 0
    if uses[x] < uses[y] or (uses[x] == uses[y] and x > y):
        x, y = y, x
    parent[y] = int32(x)
    uses[x] += uses[y]
    lost[s[LOST]] = int32(y)
    s[LOST] += 1
    s[CLASSES] -= 1
    return 1


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _I, _L, _L, int64, int64, _I, int64, int64, uint64, int64),
    cache=True,
    boundscheck=False,
)
def _make(  # type: ignore[no-untyped-def]
    rows, first, stamp, parent, member, head, link, uses, slots, s, width, arity, cells, j, op, h, cls
):
    """Append the node op(cells[2:]) of an existing class, or of a new one where `cls` is -1. Its slot j is free."""
    r = s[NODES]
    s[NODES] = r + 1
    base = r * width
    k = width - 2
    if cls < 0:
        parent[r] = int32(r)
        member[r] = int32(r)
        s[CLASSES] += 1
        rows[base + 1] = int32(r)
    else:
        parent[r] = int32(cls)
        member[r] = member[cls]
        member[cls] = int32(r)
        rows[base + 1] = int32(cls)
    head[r] = -1
    uses[r] = 0
    rows[base] = int32(op)
    stamp[r] = int32(s[STAMP])
    at = r * k
    for i in range(k):
        c = cells[2 + i]
        rows[base + 2 + i] = c
        first[at + i] = c
        if i < arity:
            link[at + i] = head[c]
            head[c] = int32(at + i)
            uses[c] += 1
    slots[j] = (int64(h >> uint64(33)) << 32) | (r + 1)
    s[FILLED] += 1
    return r


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _I, _L),
    cache=True,
    boundscheck=False,
)
def add(rows, first, stamp, parent, member, head, link, uses, slots, arity, ops, children, out, s):  # type: ignore[no-untyped-def]
    """Find or make many nodes. `children` has width - 2 cells for each: places in `out` of nodes before it, or for a
    leaf the number of its name. Needs room for all. `out` gets their node ids."""
    width = rows.shape[0] // stamp.shape[0]
    half = width // 2
    k = width - 2
    cells = np.zeros(width, np.int32)
    key = cells.view(np.int64)
    pairs = rows.view(np.int64)
    for i in range(ops.shape[0]):
        op = int64(ops[i])
        n = int64(arity[op])
        for c in range(k):
            given = children[i * k + c]
            cells[2 + c] = int32(find(parent, int64(out[given]))) if c < n else given
        h = _hash(op, key, 1, half - 1)
        r = _look_up(rows, pairs, slots, half, op, key, h)
        if r < 0:
            r = _make(
                rows, first, stamp, parent, member, head, link, uses, slots, s, width, n, cells, ~r, op, h, int64(-1)
            )
        out[i] = int32(r)
    return DONE


@njit(int64(_I, _L, int64, int64, int64), cache=True, boundscheck=False)
def leaf(rows, slots, width, op, name):  # type: ignore[no-untyped-def]
    """The node of a leaf, or of a symbol without arguments (name 0); -1 if there is none."""
    cells = np.zeros(width, np.int32)
    cells[2] = int32(name)
    key = cells.view(np.int64)
    half = width // 2
    r = _look_up(rows, rows.view(np.int64), slots, half, op, key, _hash(op, key, 1, half - 1))
    return r if r >= 0 else int64(-1)


@njit(void(_I, _L, int64, int64), cache=True, boundscheck=False)
def fill_slots(rows, slots, width, nodes):  # type: ignore[no-untyped-def]
    """Enter the live nodes in an all-zero table."""
    half = width // 2
    pairs = rows.view(np.int64)
    mask = uint64(slots.shape[0] - 1)
    for r in range(nodes):
        op = int64(rows[r * width])
        if op < 0:
            continue
        h = _hash(op, pairs, r * half + 1, half - 1)
        j = h & mask
        while slots[j] != 0:
            j = (j + uint64(1)) & mask
        slots[j] = (int64(h >> uint64(33)) << 32) | (r + 1)


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _L),
    cache=True,
    boundscheck=False,
)
def repair(rows, stamp, parent, member, head, link, uses, slots, arity, unions, lost, s):  # type: ignore[no-untyped-def]
    """Give the rows that mention lost classes their new cells, and merge the classes of nodes that are then the same.

    Works through `lost`; may be resumed after GROW_SLOTS or GROW_LOG (room for unions and lost names).
    """
    rows, stamp, parent, member = unowned(rows), unowned(stamp), unowned(parent), unowned(member)
    head, link, uses, slots, arity = unowned(head), unowned(link), unowned(uses), unowned(slots), unowned(arity)
    unions, lost, s = unowned(unions), unowned(lost), unowned(s)
    width = rows.shape[0] // stamp.shape[0]
    half = width // 2
    k = width - 2
    pairs = rows.view(np.int64)
    cells = np.zeros(width, np.int32)
    key = cells.view(np.int64)
    new = int32(s[STAMP])
    most = int64(slots.shape[0]) // 8 * 5
    room = min(int64(unions.shape[0]) // 3, int64(lost.shape[0]))
    while s[LEVEL] < s[LOST]:
        y = int64(lost[s[LEVEL]])
        x = find(parent, y)
        if s[CELL] == -1:
            # The nodes of the lost class now belong to the other.
            r = y
            while True:
                if rows[r * width] >= 0:
                    rows[r * width + 1] = int32(x)
                    stamp[r] = new
                r = int64(member[r])
                if r == y:
                    break
            swap = member[x]
            member[x] = member[y]
            member[y] = swap
            s[CELL] = head[y]
            s[TAIL] = -1
        while s[CELL] >= 0:
            if s[FILLED] >= most:
                return GROW_SLOTS
            if s[UNIONS] + 1 >= room or s[LOST] + 1 >= room:
                return GROW_LOG
            cell = s[CELL]
            r = cell // k
            base = r * width
            op = int64(rows[base])
            if op >= 0:
                n = int64(arity[op])
                cells[1] = 0
                for i in range(k):
                    c = rows[base + 2 + i]
                    if i < n:
                        c = int32(find(parent, int64(c)))
                        rows[base + 2 + i] = c
                    cells[2 + i] = c
                stamp[r] = new
                h = _hash(op, key, 1, half - 1)
                other = _look_up(rows, pairs, slots, half, op, key, h)
                if other < 0:
                    slots[~other] = (int64(h >> uint64(33)) << 32) | (r + 1)
                    s[FILLED] += 1
                elif other != r:
                    rows[base] = int32(~op)
                    s[DEAD] += 1
                    u = 3 * s[UNIONS]
                    if merge(parent, uses, lost, s, other, r) == 1:
                        unions[u] = int32(other)
                        unions[u + 1] = int32(r)
                        unions[u + 2] = CONGRUENCE
                        s[UNIONS] += 1
            s[TAIL] = cell
            s[CELL] = link[cell]
        # What mentioned the lost class now mentions the other.
        if s[TAIL] >= 0:
            link[s[TAIL]] = head[x]
            head[x] = head[y]
            head[y] = -1
        s[CELL] = -1
        s[LEVEL] += 1
    s[LOST] = 0
    s[LEVEL] = 0
    return DONE


@njit(void(_I, _I, _I, _I, _I, int64, int64, int64), cache=True, boundscheck=False)
def index_ops(rows, stamp, bucket, bounds, cursor, ops, nodes, now):  # type: ignore[no-untyped-def]
    """Sort the live nodes by op, within an op those that are new in this round last, into bucket[: nodes].

    bounds[2 o] is where the nodes of op o begin, bounds[2 o + 1] where its new ones do; bounds[2 ops] is the end.
    `cursor` is as long as `bounds`.
    """
    width = rows.shape[0] // stamp.shape[0]
    for i in range(2 * ops + 1):
        bounds[i] = 0
    for r in range(nodes):
        op = int64(rows[r * width])
        if op >= 0:
            bounds[2 * op + (2 if stamp[r] >= now else 1)] += 1
    cursor[0] = 0
    for i in range(2 * ops):
        bounds[i + 1] += bounds[i]
        cursor[i + 1] = bounds[i + 1]
    for r in range(nodes):
        op = int64(rows[r * width])
        if op >= 0:
            group = 2 * op + (1 if stamp[r] >= now else 0)
            bucket[cursor[group]] = int32(r)
            cursor[group] += 1


@njit(void(_I, _I, _I, _I, int64, int64, int64, int64, int64, int64), cache=True, boundscheck=False)
def index_cells(rows, bucket, bounds, start, width, shift, op, cell, offset, nodes):  # type: ignore[no-untyped-def]
    """Sort the nodes of an op by one of their cells, into `bucket` from place `offset` on.

    Those with c there are bucket[start[shift + c]] up to bucket[start[shift + c + 1]], for c below `nodes`.
    """
    low = int64(bounds[2 * op])
    high = int64(bounds[2 * op + 2])
    for i in range(nodes + 2):
        start[shift + i] = 0
    # Counted two places up, so that the running sums, moved on while filling, end one place up: where the next begins.
    for i in range(low, high):
        start[shift + int64(rows[int64(bucket[i]) * width + cell]) + 2] += 1
    total = int32(offset)
    for i in range(nodes + 2):
        total += start[shift + i]
        start[shift + i] = total
    for i in range(low, high):
        r = bucket[i]
        c = shift + int64(rows[int64(r) * width + cell]) + 1
        bucket[start[c]] = r
        start[c] += 1


@njit(
    int64(
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _L,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _I,
        _L,
        _I,
        _I,
        _L,
        _L,
        _I,
        _I,
        _L,
    ),
    cache=True,
    boundscheck=False,
)
def match(  # type: ignore[no-untyped-def]
    rows,
    first,
    stamp,
    parent,
    member,
    head,
    link,
    uses,
    slots,
    arity,
    unions,
    log,
    lost,
    bucket,
    bounds,
    start,
    plans,
    places,
    since,
    constants,
    leaves,
    flags,
    counts,
    hosted,
    registers,
    low,
    high,
    record,
    cells,
    s,
):
    """Match the plans from s[PLAN] to s[LAST_PLAN], and apply what is found.

    `plans` has the plans, plan p from cell places[p] on (`plans.py`). since[rule] is the last round in which a rule was
    matched: nodes with a greater stamp are new to it. constants[2 i], [2 i + 1] are the class and the node of the i-th
    leaf that rules mention, or -1, leaves[2 i], [2 i + 1] its op and name. flags[c] are bits of class c that conditions
    test. counts[3 r ..] are the matches, new nodes and unions of rule r. What Python has to decide goes to `hosted`:
    the rule, the nodes of its atoms, its registers. The others are scratch, kept from slice to slice.
    """
    rows, first, stamp, parent = unowned(rows), unowned(first), unowned(stamp), unowned(parent)
    member, head, link, uses, slots = unowned(member), unowned(head), unowned(link), unowned(uses), unowned(slots)
    arity, unions, log, lost, bucket = unowned(arity), unowned(unions), unowned(log), unowned(lost), unowned(bucket)
    bounds, start, plans, places = unowned(bounds), unowned(start), unowned(plans), unowned(places)
    since, constants, leaves, flags = unowned(since), unowned(constants), unowned(leaves), unowned(flags)
    counts, hosted, registers, low = unowned(counts), unowned(hosted), unowned(registers), unowned(low)
    high, record, s = unowned(high), unowned(record), unowned(s)
    width = rows.shape[0] // stamp.shape[0]
    half = width // 2
    key = cells.view(np.int64)
    pairs = rows.view(np.int64)
    now = s[NOW]
    known = s[SNAPSHOT]
    room_nodes = int64(stamp.shape[0])
    room_slots = int64(slots.shape[0]) // 8 * 5
    room_unions = min(int64(unions.shape[0]) // 3, int64(lost.shape[0])) - 2
    room_log = int64(log.shape[0])
    fuel = s[FUEL]
    plan = s[PLAN]
    level = s[LEVEL]
    pending = s[PENDING] == 1
    status = int64(DONE)
    while plan < s[LAST_PLAN]:
        base = int64(places[plan])
        rule = int64(plans[base + RULE])
        atoms = int64(plans[base + ATOMS])
        before = int64(since[rule])
        if level < 0:
            ab = int64(plans[base + HEADER])
            op = int64(plans[ab + OP])
            if plans[base + FIRST] != 0 and before < 0:
                plan += 1
                continue
            low[0] = bounds[2 * op + (1 if before == now - 1 else 0)]
            high[0] = bounds[2 * op + 2]
            level = 0
        while level >= 0:
            if not pending:
                i = low[level]
                if i >= high[level]:
                    level -= 1
                    continue
                if fuel <= 0:
                    status = PAUSE
                    break
                fuel -= 1
                low[level] = i + 1
                r = int64(bucket[uint64(i)])
                ab = int64(plans[base + HEADER + level])
                age = plans[ab + AGE]
                if age == NEW:
                    if stamp[uint64(r)] <= before:
                        continue
                elif age == OLD:
                    if stamp[uint64(r)] > before:
                        continue
                at = ab + ATOM + 2 * int64(plans[ab + JOINS])
                end = at + 3 * int64(plans[ab + CHECKS])
                row = r * width
                fits = True
                while at < end:
                    action = plans[uint64(at + 1)]
                    operand = int64(plans[uint64(at + 2)])
                    if action == STORE:
                        registers[uint64(operand)] = rows[uint64(row + int64(plans[uint64(at)]))]
                    elif action == SAME:
                        if registers[uint64(operand)] != rows[uint64(row + int64(plans[uint64(at)]))]:
                            fits = False
                            break
                    elif action == CONSTANT:
                        if constants[2 * operand] != rows[row + int64(plans[at])]:
                            fits = False
                            break
                    elif action == EXACT:
                        if operand != rows[row + int64(plans[at])]:
                            fits = False
                            break
                    elif action == DIFFER:
                        if registers[operand] == registers[int64(plans[at])]:
                            fits = False
                            break
                    elif action == DIFFER_CONSTANT:
                        if constants[2 * operand] == registers[int64(plans[at])]:
                            fits = False
                            break
                    elif flags[int64(registers[int64(plans[at])])] & operand == 0:
                        fits = False
                        break
                    at += 3
                if not fits:
                    continue
                record[1 + int64(plans[ab + SLOT])] = int32(r)
                if level + 1 < atoms:
                    level += 1
                    ab = int64(plans[base + HEADER + level])
                    joins = int64(plans[ab + JOINS])
                    op = int64(plans[ab + OP])
                    l = int64(bounds[2 * op])
                    h = int64(bounds[2 * op + 2])
                    at = ab + ATOM
                    for _ in range(joins):
                        operand = int64(plans[uint64(at + 1)])
                        c = int64(registers[uint64(operand)]) if operand >= 0 else int64(constants[2 * ~operand])
                        if c < 0 or c >= known:
                            h = l
                            break
                        shift = int64(plans[uint64(at)]) * (known + 2) + c
                        f = int64(start[uint64(shift)])
                        g = int64(start[uint64(shift + 1)])
                        if g - f < h - l:
                            l = f
                            h = g
                        at += 2
                    low[level] = l
                    high[level] = h
                    continue
                if s[COUNT_ONLY] == 1:
                    s[MATCHES] += 1
                    if s[MATCHES] > s[MOST_MATCHES]:
                        status = PAUSE
                        break
                    continue
            # A match: all atoms have their nodes.
            pending = True
            named = int64(plans[base + NAMED])
            for i in range(int64(plans[named])):
                operand = int64(plans[named + 2 + 2 * i])
                named_class = registers[operand] if operand >= 0 else constants[2 * ~operand]
                record[1 + int64(plans[named + 1 + 2 * i])] = named_class
            recorded = int64(plans[base + RECORDED])
            if plans[base + HOST] == 1:
                size = 1 + recorded + int64(plans[base + REGISTERS])
                if s[HOSTED] + size > hosted.shape[0]:
                    status = GROW_HOSTED
                    break
                to = s[HOSTED]
                hosted[to] = int32(rule)
                for i in range(recorded):
                    hosted[to + 1 + i] = record[1 + i]
                for i in range(int64(plans[base + REGISTERS])):
                    hosted[to + 1 + recorded + i] = registers[i]
                s[HOSTED] += size
                pending = False
                s[MATCHES] += 1
                counts[3 * rule] += 1
                continue
            at = int64(plans[base + PROGRAM])
            size = int64(plans[at])
            at += 1
            if s[NODES] + size > room_nodes:
                status = GROW_NODES
                break
            if s[FILLED] + size > room_slots:
                status = GROW_SLOTS
                break
            if s[UNIONS] >= room_unions or s[LOST] >= room_unions or s[LOG] + 1 + recorded + size > room_log:
                status = GROW_LOG
                break
            if s[NODES] - s[DEAD] + size > s[MOST_NODES]:
                status = FULL
                break
            pending = False
            s[MATCHES] += 1
            counts[3 * rule] += 1
            operand = int64(plans[base + ROOT])
            root = int64(registers[operand]) if operand >= 0 else int64(constants[2 * ~operand])
            result = int64(plans[base + RESULT])
            made = int64(-1)
            value = int64(-1)
            for step in range(size):
                op = int64(plans[uint64(at)])
                n = int64(plans[uint64(at + 1)])
                to = int64(plans[uint64(at + 2)])
                if n < 0:
                    constant = int64(plans[at + 3])
                    if constants[2 * constant] < 0:
                        for i in range(2, width):
                            cells[i] = 0
                        cells[2] = leaves[2 * constant + 1]
                        code = _hash(op, key, 1, half - 1)
                        r = _look_up(rows, pairs, slots, half, op, key, code)
                        if r < 0:
                            r = _make(
                                rows,
                                first,
                                stamp,
                                parent,
                                member,
                                head,
                                link,
                                uses,
                                slots,
                                s,
                                width,
                                int64(0),
                                cells,
                                ~r,
                                op,
                                code,
                                int64(-1),
                            )
                            counts[3 * rule + 1] += 1
                        constants[2 * constant] = rows[r * width + 1]
                        constants[2 * constant + 1] = int32(r)
                    registers[to] = constants[2 * constant]
                    record[1 + recorded + step] = constants[2 * constant + 1]
                    value = int64(registers[to])
                    at += 4
                    continue
                for i in range(2, width):
                    cells[uint64(i)] = 0
                for i in range(n):
                    operand = int64(plans[uint64(at + 3 + i)])
                    if operand >= 0:
                        cells[uint64(2 + i)] = registers[uint64(operand)]
                    else:
                        cells[uint64(2 + i)] = constants[2 * ~operand]
                code = _hash(op, key, 1, half - 1)
                r = _look_up(rows, pairs, slots, half, op, key, code)
                if r < 0:
                    whole = step == size - 1
                    r = _make(
                        rows,
                        first,
                        stamp,
                        parent,
                        member,
                        head,
                        link,
                        uses,
                        slots,
                        s,
                        width,
                        n,
                        cells,
                        ~r,
                        op,
                        code,
                        root if whole else int64(-1),
                    )
                    counts[3 * rule + 1] += 1
                    if whole:
                        made = r
                registers[to] = rows[uint64(r * width + 1)]
                record[uint64(1 + recorded + step)] = int32(r)
                value = int64(registers[to])
                at += 3 + n
            if size == 0:
                value = int64(registers[result]) if result >= 0 else int64(constants[2 * ~result])
            u = 3 * s[UNIONS]
            left = root
            if made >= 0:
                right = made
            elif value != root:
                right = value
                if merge(parent, uses, lost, s, root, value) == 1:
                    counts[3 * rule + 2] += 1
                elif s[SPARE] > 0:
                    s[SPARE] -= 1
                    left = ~root
                else:
                    continue
            else:
                continue
            place = s[LOG]
            unions[u] = int32(left)
            unions[u + 1] = int32(right)
            unions[u + 2] = int32(place)
            s[UNIONS] += 1
            log[place] = int32(rule)
            for i in range(1, 1 + recorded + size):
                log[place + i] = record[i]
            s[LOG] = place + 1 + recorded + size
        if status != DONE:
            break
        level = -1
        plan += 1
    s[PLAN] = plan
    s[LEVEL] = level
    s[PENDING] = 1 if pending else 0
    s[FUEL] = fuel
    return status
