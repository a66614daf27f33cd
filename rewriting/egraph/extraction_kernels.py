"""The compiled loops of extraction: costs of classes, and the choice among terms of one cost.

Arrays are those of a `View`; `users` and `members` come in two parts, as there. Costs are int64 or float64. A sum never
passes `limit`: of whole numbers that is LIMIT, which then means "at least so much", of others infinity.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int32, int64, njit, void

LIMIT = 1 << 61

_I1 = int32[::1]
_L1 = int64[::1]
_F1 = float64[::1]
_B1 = boolean[::1]


@njit
def _less(cost, size, height, a, b):  # type: ignore[no-untyped-def]
    """Does class a come before class b: by cost, then size, then height?"""
    if cost[a] != cost[b]:
        return cost[a] < cost[b]
    if size[a] != size[b]:
        return size[a] < size[b]
    return height[a] < height[b]


@njit
def _rise(heap, place, cost, size, height, at):  # type: ignore[no-untyped-def]
    """Move an entry of the heap up to where it belongs."""
    c = heap[at]
    while at > 0:
        above = (at - 1) >> 2
        if not _less(cost, size, height, c, heap[above]):
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = c
    place[c] = at


@njit
def _sink(heap, place, cost, size, height, count):  # type: ignore[no-untyped-def]
    """Move the first entry of the heap down to where it belongs."""
    c = heap[0]
    at = int64(0)
    while True:
        least = int64(4 * at + 1)
        if least >= count:
            break
        for other in range(least + 1, min(least + 4, count)):
            if _less(cost, size, height, heap[other], heap[least]):
                least = int64(other)
        if not _less(cost, size, height, heap[least], c):
            break
        heap[at] = heap[least]
        place[heap[at]] = at
        at = least
    heap[at] = c
    place[c] = at


@njit
def _times(value, count, limit):  # type: ignore[no-untyped-def]
    if count == 1:
        return value
    return limit if float(value) * float(count) >= float(limit) else value * count


@njit
def _evaluate(node, weight, deepest, start, child, count, cost, size, height, limit):  # type: ignore[no-untyped-def]
    """Cost, size and height of the least term of a node whose children have theirs."""
    total = weight[node]
    zero = total - total
    below = zero
    nodes = int64(1)
    high = int32(0)
    for j in range(start[node], start[node + 1]):
        c = child[j]
        here = _times(cost[c], count[j], limit)
        below = max(below, cost[c]) if deepest else min(limit, below + here)
        nodes = min(int64(LIMIT), nodes + _times(size[c], count[j], int64(LIMIT)))
        high = max(high, height[c])
    return min(limit, total + below), nodes, int32(high + 1)


def _settle(  # type: ignore[no-untyped-def]
    weight, barred, deepest, of, start, child, count, first_user, user, limit, cost, size, height, level
):
    """Give every class the least cost, size and height of its terms, and a level; how many classes have a term.

    Knuth's generalisation of Dijkstra's algorithm (1977): of the classes with a candidate, the one with the least is
    final, for whatever has it below itself is no less. `level` counts the different triples of the final classes, in
    order; it must be -1 at first. Nodes of `barred` are left out.
    """
    nodes, classes = len(of), len(cost)
    missing = np.empty(nodes, np.int32)
    heap = np.empty(classes, np.int32)
    place = np.full(classes, -1, np.int32)
    waiting = int64(0)
    settled = int64(0)
    levels = int32(-1)
    last = int64(-1)
    for i in range(nodes):
        missing[i] = start[i + 1] - start[i]
        if missing[i] == 0 and not barred[i]:
            c = of[i]
            here, inside, high = _evaluate(i, weight, deepest, start, child, count, cost, size, height, limit)
            waiting = _offer(heap, place, cost, size, height, waiting, c, here, inside, high)
    while waiting > 0:
        c = heap[0]
        waiting -= 1
        if waiting > 0:
            heap[0] = heap[waiting]
            _sink(heap, place, cost, size, height, waiting)
        if last < 0 or _less(cost, size, height, last, c):
            levels += int32(1)
        last = int64(c)
        level[c] = levels
        settled += 1
        for u in range(first_user[c], first_user[c + 1]):
            i = user[u]
            missing[i] -= 1
            if missing[i] == 0 and not barred[i] and level[of[i]] < 0:
                here, inside, high = _evaluate(i, weight, deepest, start, child, count, cost, size, height, limit)
                waiting = _offer(heap, place, cost, size, height, waiting, of[i], here, inside, high)
    return settled


@njit
def _offer(heap, place, cost, size, height, waiting, c, here, inside, high):  # type: ignore[no-untyped-def]
    """Take a candidate for a class that is not final if it is better; the length of the heap."""
    if place[c] < 0:
        place[c] = waiting
        heap[waiting] = c
        waiting += 1
    elif cost[c] < here or (cost[c] == here and (size[c] < inside or (size[c] == inside and height[c] <= high))):
        return waiting
    cost[c] = here
    size[c] = inside
    height[c] = high
    _rise(heap, place, cost, size, height, place[c])
    return waiting


def _tighten(  # type: ignore[no-untyped-def]
    weight, barred, deepest, of, start, child, count, limit, cost, size, height, level, tight
):
    """Mark the nodes that give their classes the triple that these have."""
    for i in range(len(of)):
        ready = level[of[i]] >= 0 and not barred[i]
        for j in range(start[i], start[i + 1]):
            ready = ready and level[child[j]] >= 0
        if ready:
            c = of[i]
            here, inside, high = _evaluate(i, weight, deepest, start, child, count, cost, size, height, limit)
            tight[i] = here == cost[c] and inside == size[c] and high == height[c]


_VIEW = (boolean, _I1, _I1, _I1, _L1)
settle = njit(
    [
        int64(_L1, _B1, *_VIEW, _I1, _I1, int64, _L1, _L1, _I1, _I1),
        int64(_F1, _B1, *_VIEW, _I1, _I1, float64, _F1, _L1, _I1, _I1),
    ],
    cache=True,
)(_settle)
tighten = njit(
    [
        void(_L1, _B1, *_VIEW, int64, _L1, _L1, _I1, _I1, _B1),
        void(_F1, _B1, *_VIEW, float64, _F1, _L1, _I1, _I1, _B1),
    ],
    cache=True,
)(_tighten)


@njit(int64(_I1, _B1, _I1, _I1, _I1, _I1, _B1, _I1), cache=True)
def reach(roots, tight, first, member, start, child, seen, found):  # type: ignore[no-untyped-def]
    """The classes that tight nodes reach from the roots, into `found`; their number. `seen` must be false at first."""
    count = int64(0)
    for c in roots:
        if not seen[c]:
            seen[c] = True
            found[count] = c
            count += 1
    done = int64(0)
    while done < count:
        c = found[done]
        done += 1
        for m in range(first[c], first[c + 1]):
            i = member[m]
            if tight[i]:
                for j in range(start[i], start[i + 1]):
                    d = child[j]
                    if not seen[d]:
                        seen[d] = True
                        found[count] = d
                        count += 1
    return count


@njit
def _compare(x, y, head, start, child, count, rank):  # type: ignore[no-untyped-def]
    """Negative, zero or positive as the term of node x comes before, is or comes after that of y."""
    if head[x] != head[y]:
        return int64(head[x]) - int64(head[y])
    wide = start[x + 1] - start[x]
    if wide != start[y + 1] - start[y]:
        return wide - int64(start[y + 1] - start[y])
    for j in range(wide):
        a, b = start[x] + j, start[y] + j
        if child[a] != child[b]:
            return int64(rank[child[a]]) - int64(rank[child[b]])
        if count[a] != count[b]:
            return count[a] - count[b]
    return int64(0)


@njit
def _sort(order, spare, begin, end, chosen, head, start, child, count, rank):  # type: ignore[no-untyped-def]
    """Sort the classes of one level by their chosen nodes, merging longer and longer runs."""
    width = int64(1)
    while width < end - begin:
        left = begin
        while left + width < end:
            middle = left + width
            right = min(middle + width, end)
            spare[left:middle] = order[left:middle]
            a, b, out = left, middle, left
            while a < middle and b < right:
                if _compare(chosen[order[b]], chosen[spare[a]], head, start, child, count, rank) < 0:
                    order[out] = order[b]
                    b += 1
                else:
                    order[out] = spare[a]
                    a += 1
                out += 1
            order[out : out + middle - a] = spare[a:middle]
            left = right
        width *= 2


@njit(void(_I1, _I1, _B1, _I1, _I1, _I1, _I1, _I1, _L1, _I1, _I1), cache=True)
def choose(order, level, tight, head, first, member, start, child, count, rank, chosen):  # type: ignore[no-untyped-def]
    """For each class of `order`, ascending by level, the tight node of the first term by heads and then by children.

    The children of tight nodes have lower levels. `rank` gets the place of each class by its term.
    """
    spare = np.empty(len(order), np.int32)
    begin = int64(0)
    while begin < len(order):
        end = begin
        while end < len(order) and level[order[end]] == level[order[begin]]:
            c = order[end]
            best = int64(-1)
            for m in range(first[c], first[c + 1]):
                i = member[m]
                if tight[i] and (best < 0 or _compare(i, best, head, start, child, count, rank) < 0):
                    best = int64(i)
            chosen[c] = best
            end += 1
        _sort(order, spare, begin, end, chosen, head, start, child, count, rank)
        for k in range(begin, end):
            rank[order[k]] = k
        begin = end
