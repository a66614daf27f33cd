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
    head[n * 2]         int32   of a class the first of the cells that mention it, -1 for none, and how many there are
    link[n * k]         int32   of a cell the next one that mentions the same class, -1 at the end
    slots[2^b]          int64   open addressing: 31 bits of the hash, then the node + 1; 0 is empty. A slot whose node
                                has changed since matches nothing and is left until the table is next filled
    unions[m * 3]       int32   left node (~left: the two were one class already), right node, place in the log
                                (CONGRUENCE: it needs none)
    log                 int32   see `history.py`
    lost                int32   names of classes that were merged into others
"""

from __future__ import annotations

import numpy as np
from numba import int32, int64, njit, uint64, void

from ..prefetch import prefetch
from ..unowned import unowned
from .layout import (
    AGE,
    AHEAD_CELL,
    AHEAD_INDEX,
    ANY,
    ATOM,
    ATOMS,
    BATCH,
    CELL,
    CHECKS,
    CLASSES,
    CONGRUENCE,
    CONSTANT,
    COUNT_ONLY,
    DEAD,
    DIFFER,
    DONE,
    EXACT,
    FAR,
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
    MOST_BATCHED,
    MOST_MATCHES,
    MOST_NODES,
    NAMED,
    NEW,
    NODES,
    NOW,
    OLD,
    OP,
    ORDERS,
    PAUSE,
    PLAN,
    PROGRAM,
    RECORDED,
    REGISTERS,
    REPAIRED,
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


@njit(int64(_I, _L, _L, int64, int64, _L, int64, uint64), cache=True, boundscheck=False)
def _look_up(rows, pairs, slots, half, op, words, at, h):  # type: ignore[no-untyped-def]
    """The node of that op with the row words[at : at + half], but for its first word; or ~j, j the free slot for it.

    `pairs` are the rows as words.
    """
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
                    if pairs[uint64(base + i)] != words[uint64(at + i)]:
                        same = False
                        break
                if same:
                    return r
        j = (j + uint64(1)) & mask


@njit(int64(_I, _I, _I, _L, int64, int64), cache=True, boundscheck=False)
def merge(parent, head, lost, s, a, b):  # type: ignore[no-untyped-def]
    """Join the classes of two nodes; 1 if they were apart. The one that is mentioned less loses its name."""
    x = find(parent, a)
    y = find(parent, b)
    if x == y:
        return 0
    if head[2 * x + 1] < head[2 * y + 1] or (head[2 * x + 1] == head[2 * y + 1] and x > y):
        x, y = y, x
    parent[y] = int32(x)
    head[2 * x + 1] += head[2 * y + 1]
    lost[s[LOST]] = int32(y)
    s[LOST] += 1
    s[CLASSES] -= 1
    return 1


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _L, _L, int64, int64, _I, int64, int64, int64, uint64, int64),
    cache=True,
    boundscheck=False,
)
def _make(  # type: ignore[no-untyped-def]
    rows, first, stamp, parent, member, head, link, slots, s, width, arity, cells, key, j, op, h, cls
):
    """Append the node op(cells[key + 2 : key + width]) of an existing class, or of a new one where `cls` is -1.

    Its slot j is free.
    """
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
    head[2 * r] = -1
    head[2 * r + 1] = 0
    rows[base] = int32(op)
    stamp[r] = int32(s[STAMP])
    at = r * k
    for i in range(k):
        c = cells[uint64(key + 2 + i)]
        rows[uint64(base + 2 + i)] = c
        first[uint64(at + i)] = c
        if i < arity:
            link[uint64(at + i)] = head[uint64(2 * c)]
            head[uint64(2 * c)] = int32(at + i)
            head[uint64(2 * c + 1)] += int32(1)
    slots[uint64(j)] = (int64(h >> uint64(33)) << 32) | (r + 1)
    s[FILLED] += 1
    return r


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _I, _L),
    cache=True,
    boundscheck=False,
)
def add(rows, first, stamp, parent, member, head, link, slots, arity, ops, children, out, s):  # type: ignore[no-untyped-def]
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
        r = _look_up(rows, pairs, slots, half, op, key, 0, h)
        if r < 0:
            r = _make(
                rows, first, stamp, parent, member, head, link, slots, s, width, n, cells, 0, ~r, op, h, int64(-1)
            )
        out[i] = int32(r)
    return DONE


@njit(int64(_I, _L, int64, _I), cache=True, boundscheck=False)
def look_up(rows, slots, op, cells):  # type: ignore[no-untyped-def]
    """The node of an op over the classes cells[2:], or of a leaf whose name is cells[2]; -1 if there is none."""
    key = cells.view(np.int64)
    half = cells.shape[0] // 2
    r = _look_up(rows, rows.view(np.int64), slots, half, op, key, 0, _hash(op, key, 1, half - 1))
    return r if r >= 0 else int64(-1)


@njit(void(_I, _L, int64, int64), cache=True, boundscheck=False)
def fill_slots(rows, slots, width, nodes):  # type: ignore[no-untyped-def]
    """Enter the live nodes in an all-zero table."""
    half = width // 2
    pairs = rows.view(np.int64)
    mask = int64(slots.shape[0] - 1)
    hashes = np.empty(MOST_BATCHED, np.int64)
    for low in range(0, nodes, MOST_BATCHED):
        high = min(low + MOST_BATCHED, nodes)
        for r in range(low, high):
            h = int64(_hash(int64(rows[r * width]), pairs, r * half + 1, half - 1))
            hashes[r - low] = h
            prefetch(slots, h & mask)
        for r in range(low, high):
            if rows[r * width] >= 0:
                h = hashes[r - low]
                j = h & mask
                while slots[j] != 0:
                    j = (j + 1) & mask
                slots[j] = (int64(uint64(h) >> uint64(33)) << 32) | (r + 1)


@njit(
    int64(_I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _L),
    cache=True,
    boundscheck=False,
)
def repair(rows, stamp, parent, member, head, link, slots, arity, unions, lost, s):  # type: ignore[no-untyped-def]
    """Give the rows that mention lost classes their new cells, and merge the classes of nodes that are then the same.

    Works through `lost` from place s[REPAIRED] on. It goes on after PAUSE, when s[FUEL] rows have been looked at, after
    GROW_SLOTS, and GROW_LOG, which is for unions and lost names.
    """
    rows, stamp, parent, member = unowned(rows), unowned(stamp), unowned(parent), unowned(member)
    head, link, slots, arity = unowned(head), unowned(link), unowned(slots), unowned(arity)
    unions, lost, s = unowned(unions), unowned(lost), unowned(s)
    width = rows.shape[0] // stamp.shape[0]
    half = width // 2
    k = width - 2
    pairs = unowned(rows.view(np.int64))
    own = np.zeros(width, np.int32)
    cells = unowned(own)
    key = unowned(own.view(np.int64))
    new = int32(s[STAMP])
    most = int64(slots.shape[0]) // 8 * 5
    room = min(int64(unions.shape[0]) // 3, int64(lost.shape[0]))
    while s[REPAIRED] < s[LOST]:
        y = int64(lost[s[REPAIRED]])
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
            s[CELL] = head[2 * y]
            s[TAIL] = -1
        while s[CELL] >= 0:
            if s[FUEL] <= 0:
                return PAUSE
            s[FUEL] -= 1
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
                other = _look_up(rows, pairs, slots, half, op, key, 0, h)
                if other < 0:
                    slots[~other] = (int64(h >> uint64(33)) << 32) | (r + 1)
                    s[FILLED] += 1
                elif other != r:
                    rows[base] = int32(~op)
                    s[DEAD] += 1
                    u = 3 * s[UNIONS]
                    if merge(parent, head, lost, s, other, r) == 1:
                        unions[u] = int32(other)
                        unions[u + 1] = int32(r)
                        unions[u + 2] = CONGRUENCE
                        s[UNIONS] += 1
            s[TAIL] = cell
            s[CELL] = link[cell]
        # What mentioned the lost class now mentions the other.
        if s[TAIL] >= 0:
            link[s[TAIL]] = head[2 * x]
            head[2 * x] = head[2 * y]
            head[2 * y] = -1
        s[CELL] = -1
        s[REPAIRED] += 1
    return DONE


@njit(void(_I, _I, _I, _I, _I, int64, int64, int64), cache=True, boundscheck=False)
def index_ops(rows, stamp, bucket, bounds, cursor, ops, nodes, now):  # type: ignore[no-untyped-def]
    """Sort the live nodes by op, within an op those that are new in this round last, into bucket[: nodes].

    A new node r is written ~r. bounds[2 o] is where the nodes of op o begin, bounds[2 o + 1] where its new ones do;
    bounds[2 ops] is the end. `cursor` is as long as `bounds`.
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
            new = stamp[r] >= now
            group = 2 * op + (1 if new else 0)
            bucket[cursor[group]] = int32(~r if new else r)
            cursor[group] += 1


@njit(int64(_I, _I, _I, _I, int64, _I, _I), cache=True, boundscheck=False)
def choose(plans, places, bounds, since, now, chosen, needed):  # type: ignore[no-untyped-def]
    """Of each plan the order that begins with the fewest nodes: chosen[p], -1 if one of its atoms has no nodes at all.

    needed[i] becomes 1 for the indices that are read. Returns how many these are.
    """
    plan = int64(0)
    total = int64(0)
    while plan < places.shape[0]:
        base = int64(places[plan])
        orders = int64(plans[base + ORDERS])
        before = int64(since[int64(plans[base + RULE])])
        best = int64(-1)
        fewest = int64(1) << 60
        for k in range(orders):
            ab = int64(plans[int64(places[plan + k]) + HEADER])
            op = int64(plans[ab + OP])
            begin = int64(bounds[2 * op])
            end = int64(bounds[2 * op + 2])
            if before == now - 1:
                if plans[ab + AGE] == NEW:
                    begin = int64(bounds[2 * op + 1])
                elif plans[ab + AGE] == OLD:
                    end = int64(bounds[2 * op + 1])
            if end - begin < fewest:
                fewest = end - begin
                best = int64(k)
        if fewest == 0 or (plans[base + FIRST] != 0 and before < 0):
            best = int64(-1)
        chosen[plan] = int32(best)
        if best >= 0:
            base = int64(places[plan + best])
            if plans[base + AHEAD_INDEX] >= 0:
                needed[int64(plans[base + AHEAD_INDEX])] = 1
            for level in range(1, int64(plans[base + ATOMS])):
                ab = int64(plans[base + HEADER + level])
                for i in range(int64(plans[ab + JOINS])):
                    needed[int64(plans[ab + ATOM + 2 * i])] = 1
        plan += orders
    for i in range(needed.shape[0]):
        total += int64(needed[i])
    return total


@njit(void(_I, _I, _I, _I, _I, _I, _I, int64, int64), cache=True, boundscheck=False)
def index_cells(rows, bucket, bounds, start, indices, needed, where, width, nodes):  # type: ignore[no-untyped-def]
    """Sort the nodes of ops by one of their cells, for the indices that are needed, into `bucket` behind `nodes`.

    Index i is over op indices[2 i] and cell indices[2 i + 1]. Those with c there are bucket[start[f]] up to
    bucket[start[f + 1]], where f = where[i] + c, for c below `nodes`; where[i] is set here.
    """
    shift = int64(0)
    offset = nodes
    for index in range(needed.shape[0]):
        if needed[index] == 0:
            continue
        op = int64(indices[2 * index])
        cell = int64(indices[2 * index + 1])
        low = int64(bounds[2 * op])
        high = int64(bounds[2 * op + 2])
        where[index] = int32(shift)
        for i in range(nodes + 2):
            start[shift + i] = 0
        # Counted two places up, so that running sums, moved on while filling, end one place up: where the next begins.
        for i in range(low, high):
            r = int64(bucket[i])
            start[shift + int64(rows[(r ^ (r >> 63)) * width + cell]) + 2] += 1
        total = int32(offset)
        for i in range(nodes + 2):
            total += start[shift + i]
            start[shift + i] = total
        for i in range(low, high):
            r = int64(bucket[i])
            c = shift + int64(rows[(r ^ (r >> 63)) * width + cell]) + 1
            bucket[start[c]] = int32(r)
            start[c] += 1
        shift += nodes + 2
        offset += high - low


@njit(
    int64(_I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _I, _I, int64, _I, _I, _L, _I, int64, int64, _I, _L, _L),
    cache=True,
    boundscheck=False,
)
def _apply(  # type: ignore[no-untyped-def]
    rows,
    first,
    stamp,
    parent,
    member,
    head,
    link,
    slots,
    arity,
    unions,
    log,
    lost,
    plans,
    base,
    constants,
    leaves,
    counts,
    batch,
    stride,
    record,
    cells,
    hashes,
    s,
):
    """Apply the matches of one rule that wait in `batch`: make their right-hand sides and merge.

    A match has `stride` cells there, its registers and from `record` on the nodes of its premises. All matches take
    each step of the program together, so that what they look up is fetched while others are looked at. Returns DONE,
    or FULL with the matches that are left in the batch, or what has to grow first.
    """
    rows, first, stamp, parent = unowned(rows), unowned(first), unowned(stamp), unowned(parent)
    member, head, link, slots = unowned(member), unowned(head), unowned(link), unowned(slots)
    arity, unions, log, lost, plans = unowned(arity), unowned(unions), unowned(log), unowned(lost), unowned(plans)
    constants, leaves, counts, batch = unowned(constants), unowned(leaves), unowned(counts), unowned(batch)
    cells, hashes, s = unowned(cells), unowned(hashes), unowned(s)
    width = rows.shape[0] // stamp.shape[0]
    half = width // 2
    words = unowned(cells.view(np.int64))
    pairs = unowned(rows.view(np.int64))
    mask = int64(slots.shape[0] - 1)
    far = s[NODES] > FAR
    rule = int64(plans[base + RULE])
    program = int64(plans[base + PROGRAM])
    size = int64(plans[program])
    recorded = int64(plans[base + RECORDED])
    root_of = int64(plans[base + ROOT])
    result = int64(plans[base + RESULT])
    total = s[BATCH]
    each = 1 + recorded + size
    if s[NODES] + total * size > int64(stamp.shape[0]):
        return GROW_NODES
    if s[FILLED] + total * size > int64(slots.shape[0]) // 8 * 5:
        return GROW_SLOTS
    if (
        s[UNIONS] + total > int64(unions.shape[0]) // 3
        or s[LOST] + total > int64(lost.shape[0])
        or s[LOG] + total * each > int64(log.shape[0])
    ):
        return GROW_LOG
    done = int64(0)
    while done < total:
        # Near the limit one by one, so that it is met.
        count = total
        if s[NODES] - s[DEAD] + (total - done) * size > s[MOST_NODES]:
            count = done + 1
            if s[NODES] - s[DEAD] + size > s[MOST_NODES]:
                for i in range(done * stride, total * stride):
                    batch[i - done * stride] = batch[i]
                s[BATCH] = total - done
                return FULL
        at = program + 1
        for step in range(size):
            op = int64(plans[at])
            n = int64(plans[at + 1])
            to = int64(plans[at + 2])
            if n < 0:
                constant = int64(plans[at + 3])
                if constants[2 * constant] < 0:
                    for i in range(2, width):
                        cells[i] = 0
                    cells[2] = leaves[2 * constant + 1]
                    code = _hash(op, words, 1, half - 1)
                    r = _look_up(rows, pairs, slots, half, op, words, 0, code)
                    if r < 0:
                        r = _make(
                            rows, first, stamp, parent, member, head, link, slots, s,
                            width, int64(0), cells, 0, ~r, op, code, int64(-1),
                        )  # fmt: skip
                        counts[3 * rule + 1] += 1
                    constants[2 * constant] = rows[r * width + 1]
                    constants[2 * constant + 1] = int32(r)
                for b in range(done, count):
                    batch[b * stride + to] = constants[2 * constant]
                    batch[b * stride + record + recorded + step] = constants[2 * constant + 1]
                at += 4
                continue
            whole = step == size - 1
            if half == 2 and n <= 2:
                # Rows of four cells, by far the most: the children are one word.
                base_hash = uint64(op + 1) * _K
                left_of = int64(plans[at + 3]) if n > 0 else int64(0)
                right_of = int64(plans[at + 4]) if n > 1 else int64(0)
                for b in range(done, count):
                    o = b * stride
                    word = int64(0)
                    if n > 0:
                        word = int64(batch[uint64(o + left_of)]) if left_of >= 0 else int64(constants[2 * ~left_of])
                        if far:
                            prefetch(head, 2 * word)
                    if n > 1:
                        c = int64(batch[uint64(o + right_of)]) if right_of >= 0 else int64(constants[2 * ~right_of])
                        word |= c << 32
                        if far:
                            prefetch(head, 2 * c)
                    code = (base_hash ^ uint64(word)) * _K
                    code ^= code >> uint64(32)
                    words[uint64(2 * b + 1)] = word
                    hashes[uint64(b)] = int64(code)
                    if far:
                        prefetch(slots, int64(code) & mask)
                if far:
                    for b in range(done, count):
                        found = slots[uint64(hashes[uint64(b)] & mask)]
                        prefetch(rows, ((found & _LOW) - 1) * width)
                for b in range(done, count):
                    code = uint64(hashes[uint64(b)])
                    word = words[uint64(2 * b + 1)]
                    tag = int64(code >> uint64(33))
                    j = int64(code) & mask
                    r = int64(-1)
                    while True:
                        found = slots[uint64(j)]
                        if found == 0:
                            break
                        if found >> 32 == tag:
                            r = (found & _LOW) - 1
                            if pairs[uint64(2 * r + 1)] == word and rows[uint64(4 * r)] == op:
                                break
                            r = int64(-1)
                        j = (j + 1) & mask
                    root = int64(-1)
                    o = b * stride
                    if r < 0:
                        if whole:
                            root = int64(batch[o + root_of]) if root_of >= 0 else int64(constants[2 * ~root_of])
                        r = _make(
                            rows, first, stamp, parent, member, head, link, slots, s,
                            width, n, cells, b * width, j, op, code, root,
                        )  # fmt: skip
                        counts[3 * rule + 1] += 1
                        if root >= 0:
                            hashes[uint64(b)] = -1
                    batch[uint64(o + to)] = rows[uint64(4 * r + 1)]
                    batch[uint64(o + record + recorded + step)] = int32(r)
                at += 3 + n
                continue
            for b in range(done, count):
                key = b * width
                for i in range(2, width):
                    cells[uint64(key + i)] = 0
                for i in range(n):
                    operand = int64(plans[uint64(at + 3 + i)])
                    c = batch[uint64(b * stride + operand)] if operand >= 0 else constants[2 * ~operand]
                    cells[uint64(key + 2 + i)] = c
                    if far:
                        prefetch(head, 2 * int64(c))
                code = _hash(op, words, b * half + 1, half - 1)
                hashes[uint64(b)] = int64(code)
                if far:
                    prefetch(slots, int64(code) & mask)
            if far:
                for b in range(done, count):
                    found = slots[uint64(hashes[uint64(b)] & mask)]
                    prefetch(rows, ((found & _LOW) - 1) * width)
            for b in range(done, count):
                code = uint64(hashes[uint64(b)])
                r = _look_up(rows, pairs, slots, half, op, words, b * half, code)
                root = int64(-1)
                if r < 0:
                    if whole:
                        root = int64(batch[b * stride + root_of]) if root_of >= 0 else int64(constants[2 * ~root_of])
                    r = _make(
                        rows, first, stamp, parent, member, head, link, slots, s,
                        width, n, cells, b * width, ~r, op, code, root,
                    )  # fmt: skip
                    counts[3 * rule + 1] += 1
                    if root >= 0:
                        hashes[uint64(b)] = -1
                batch[uint64(b * stride + to)] = rows[uint64(r * width + 1)]
                batch[uint64(b * stride + record + recorded + step)] = int32(r)
            at += 3 + n
        for b in range(done, count):
            root = int64(batch[b * stride + root_of]) if root_of >= 0 else int64(constants[2 * ~root_of])
            left = root
            if size > 0 and n >= 0 and hashes[uint64(b)] == -1:
                right = int64(batch[b * stride + record + recorded + size - 1])
            else:
                right = int64(batch[b * stride + result]) if result >= 0 else int64(constants[2 * ~result])
                if right == root:
                    continue
                if merge(parent, head, lost, s, root, right) == 1:
                    counts[3 * rule + 2] += 1
                elif s[SPARE] > 0:
                    s[SPARE] -= 1
                    left = ~root
                else:
                    continue
            place = s[LOG]
            u = 3 * s[UNIONS]
            unions[uint64(u)] = int32(left)
            unions[uint64(u + 1)] = int32(right)
            unions[uint64(u + 2)] = int32(place)
            s[UNIONS] += 1
            log[uint64(place)] = int32(rule)
            for i in range(recorded + size):
                log[uint64(place + 1 + i)] = batch[uint64(b * stride + record + i)]
            s[LOG] = place + each
        done = count
    s[BATCH] = 0
    return DONE


@njit(
    int64(
        _I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _I, _I, _I, _I, _I, _I, _I, _I, _I, _I, _I, _I, _L, _I, _I, _L, _L,
        _I, _I, int64, _I, _L, _L,
    ),
    cache=True,
    boundscheck=False,
)  # fmt: skip
def match(  # type: ignore[no-untyped-def]
    rows,
    first,
    stamp,
    parent,
    member,
    head,
    link,
    slots,
    arity,
    unions,
    log,
    lost,
    bucket,
    bounds,
    start,
    where,
    plans,
    places,
    chosen,
    since,
    constants,
    leaves,
    counts,
    hosted,
    registers,
    low,
    high,
    record,
    batch,
    stride,
    cells,
    hashes,
    s,
):
    """Match the plans from s[PLAN] to s[LAST_PLAN], and apply what is found.

    `plans` has the plans, plan p from cell places[p] on (`plans.py`); `choose` chose among them, `index_cells` made the
    indices. since[rule] is the last round in which a rule was
    matched: nodes with a greater stamp are new to it. constants[2 i], [2 i + 1] are the class and the node of the i-th
    leaf that rules mention, or -1, leaves[2 i], [2 i + 1] its op and name. counts[3 r ..] are the matches, new
    nodes and unions of rule r. What Python has to decide goes to `hosted`: the rule, the nodes of its premises, its
    registers. The others are scratch, kept from slice to slice; `batch` has MOST_BATCHED times `stride` cells, `cells`
    as many times a row, `hashes` as many.
    """
    rows, first, stamp, parent = unowned(rows), unowned(first), unowned(stamp), unowned(parent)
    member, head, link, slots = unowned(member), unowned(head), unowned(link), unowned(slots)
    arity, unions, log, lost, bucket = unowned(arity), unowned(unions), unowned(log), unowned(lost), unowned(bucket)
    bounds, start, plans, places = unowned(bounds), unowned(start), unowned(plans), unowned(places)
    where, chosen = unowned(where), unowned(chosen)
    since, constants, leaves = unowned(since), unowned(constants), unowned(leaves)
    counts, hosted, registers, low = unowned(counts), unowned(hosted), unowned(registers), unowned(low)
    high, record, batch, cells = unowned(high), unowned(record), unowned(batch), unowned(cells)
    hashes, s = unowned(hashes), unowned(s)
    width = rows.shape[0] // stamp.shape[0]
    now = s[NOW]
    known = s[SNAPSHOT]
    fuel = s[FUEL]
    plan = s[PLAN]
    level = s[LEVEL]
    waiting = s[BATCH]
    notes = stride - int64(record.shape[0])
    status = int64(DONE)
    while plan < s[LAST_PLAN]:
        base = int64(places[plan])
        orders = int64(plans[base + ORDERS])
        if chosen[plan] < 0:
            plan += orders
            continue
        base = int64(places[plan + int64(chosen[plan])])
        rule = int64(plans[base + RULE])
        atoms = int64(plans[base + ATOMS])
        recorded = int64(plans[base + RECORDED])
        width_of_match = int64(plans[base + REGISTERS])
        before = int64(since[rule])
        recent = before == now - 1
        ahead = int64(plans[base + AHEAD_CELL])
        shift_ahead = int64(0)
        if ahead >= 0:
            shift_ahead = int64(where[int64(plans[base + AHEAD_INDEX])])
        if level < 0 and waiting == 0:
            ab = int64(plans[base + HEADER])
            op = int64(plans[ab + OP])
            low[0] = bounds[2 * op + (1 if recent and plans[ab + AGE] == NEW else 0)]
            high[0] = bounds[2 * op + (1 if recent and plans[ab + AGE] == OLD else 2)]
            level = 0
        while True:
            if waiting == MOST_BATCHED or (level < 0 and waiting > 0):
                s[BATCH] = waiting
                status = _apply(
                    rows, first, stamp, parent, member, head, link, slots, arity, unions, log, lost, plans, base,
                    constants, leaves, counts, batch, stride, notes, cells, hashes, s,
                )  # fmt: skip
                waiting = s[BATCH]
                if status != DONE:
                    break
            if level < 0:
                break
            i = low[level]
            if i >= high[level]:
                level -= 1
                continue
            if fuel <= 0:
                status = int64(PAUSE)
                break
            fuel -= 1
            low[level] = i + 1
            r = int64(bucket[uint64(i)])
            new = r < 0
            r ^= r >> 63
            if level == 0 and ahead >= 0 and i + 12 < high[0] and known > FAR:
                c = int64(bucket[uint64(i + 12)])
                prefetch(rows, (c ^ (c >> 63)) * width)
                c = int64(bucket[uint64(i + 8)])
                c = shift_ahead + int64(rows[uint64((c ^ (c >> 63)) * width + ahead)])
                prefetch(start, c)
                c = int64(bucket[uint64(i + 4)])
                c = shift_ahead + int64(rows[uint64((c ^ (c >> 63)) * width + ahead)])
                c = int64(start[uint64(c)])
                prefetch(bucket, c)
                c = int64(bucket[uint64(i + 2)])
                c = shift_ahead + int64(rows[uint64((c ^ (c >> 63)) * width + ahead)])
                c = int64(bucket[uint64(start[uint64(c)])])
                prefetch(rows, (c ^ (c >> 63)) * width)
            ab = int64(plans[base + HEADER + level])
            age = plans[ab + AGE]
            if age != ANY:
                if not recent:
                    new = stamp[uint64(r)] > before
                if new != (age == NEW):
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
                elif constants[2 * operand] == registers[int64(plans[at])]:
                    fits = False
                    break
                at += 3
            if not fits:
                continue
            record[int64(plans[ab + SLOT])] = int32(r)
            if level + 1 < atoms:
                level += 1
                ab = int64(plans[base + HEADER + level])
                joins = int64(plans[ab + JOINS])
                op = int64(plans[ab + OP])
                begin = int64(bounds[2 * op])
                finish = int64(bounds[2 * op + 2])
                at = ab + ATOM
                for _ in range(joins):
                    operand = int64(plans[uint64(at + 1)])
                    c = int64(registers[uint64(operand)]) if operand >= 0 else int64(constants[2 * ~operand])
                    if c < 0 or c >= known:
                        finish = begin
                        break
                    shift = int64(where[int64(plans[uint64(at)])]) + c
                    f = int64(start[uint64(shift)])
                    g = int64(start[uint64(shift + 1)])
                    if g - f < finish - begin:
                        begin = f
                        finish = g
                    at += 2
                low[level] = begin
                high[level] = finish
                continue
            if s[COUNT_ONLY] == 1:
                s[MATCHES] += 1
                if s[MATCHES] > s[MOST_MATCHES]:
                    status = int64(PAUSE)
                    break
                continue
            # A match: all atoms have their nodes.
            named = int64(plans[base + NAMED])
            for k in range(int64(plans[named])):
                operand = int64(plans[named + 2 + 2 * k])
                c = int64(registers[operand]) if operand >= 0 else int64(constants[2 * ~operand])
                record[int64(plans[named + 1 + 2 * k])] = int32(c)
            if plans[base + HOST] == 1:
                size = 1 + recorded + width_of_match
                if s[HOSTED] + size > hosted.shape[0]:
                    low[level] = i
                    status = int64(GROW_HOSTED)
                    break
                to = s[HOSTED]
                hosted[to] = int32(rule)
                for k in range(recorded):
                    hosted[to + 1 + k] = record[k]
                for k in range(width_of_match):
                    hosted[to + 1 + recorded + k] = registers[k]
                s[HOSTED] += size
            else:
                to = waiting * stride
                for k in range(width_of_match):
                    batch[uint64(to + k)] = registers[uint64(k)]
                for k in range(recorded):
                    batch[uint64(to + notes + k)] = record[uint64(k)]
                waiting += 1
            s[MATCHES] += 1
            counts[3 * rule] += 1
        if status != DONE:
            break
        level = -1
        plan += orders
    s[PLAN] = plan
    s[LEVEL] = level
    s[BATCH] = waiting
    s[FUEL] = fuel
    return status
