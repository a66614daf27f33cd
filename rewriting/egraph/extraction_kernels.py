"""The compiled loops of extraction: costs of classes, and the choice among terms of one cost.

Arrays are those of a `View`; `users` and `members` come in two parts, as there. Costs are int64 or float64. A sum never
passes `limit`: of whole numbers that is LIMIT, which then means "at least so much", of others infinity.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int32, int64, njit, void

LIMIT = 1 << 61
_NOT_MET, _FINAL = -1, -2  # places of classes that are not in the heap

_I1 = int32[::1]
_L1 = int64[::1]
_F1 = float64[::1]
_B1 = boolean[::1]


@njit(void(_I1, _I1, _I1, _I1), cache=True)
def group(start, key, first, owner):  # type: ignore[no-untyped-def]
    """Sort owners by their keys: owner i has cells start[i] to start[i + 1] of `key`, and those of key c get together.

    They go to cells first[c] to first[c + 1] of `owner`, ascending. `first` must be 0 at first.
    """
    for c in key:
        first[c + 1] += 1
    for c in range(len(first) - 1):
        first[c + 1] += first[c]
    for i in range(len(start) - 2, -1, -1):
        for j in range(start[i + 1] - 1, start[i] - 1, -1):
            c = key[j]
            first[c + 1] -= 1
            owner[first[c + 1]] = i
    for c in range(len(first) - 2):
        first[c + 1] = first[c + 2]
    first[-1] = len(key)


@njit
def _rise(heap, place, cost, at):  # type: ignore[no-untyped-def]
    """Move an entry of the heap up to where it belongs."""
    c = heap[at]
    while at > 0:
        above = (at - 1) >> 2
        if cost[heap[above]] <= cost[c]:
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = c
    place[c] = at


@njit
def _sink(heap, place, cost, count):  # type: ignore[no-untyped-def]
    """Move the first entry of the heap down to where it belongs."""
    c = heap[0]
    at = int64(0)
    while True:
        least = int64(4 * at + 1)
        if least >= count:
            break
        for other in range(least + 1, min(least + 4, count)):
            if cost[heap[other]] < cost[heap[least]]:
                least = int64(other)
        if cost[c] <= cost[heap[least]]:
            break
        heap[at] = heap[least]
        place[heap[at]] = at
        at = least
    heap[at] = c
    place[c] = at


@njit
def _evaluate(node, weight, deepest, start, child, count, cost, limit):  # type: ignore[no-untyped-def]
    """The least cost of a term of a node whose children have theirs."""
    own = weight[node]
    below = own - own
    for j in range(start[node], start[node + 1]):
        here = cost[child[j]]
        if deepest:
            below = max(below, here)
        elif count[j] == 1:
            below = min(limit, below + here)
        elif float(here) * float(count[j]) >= float(limit):
            below = limit
        else:
            below = min(limit, below + here * count[j])
    return min(limit, own + below)


def _sweep(weight, barred, deepest, of, start, child, count, limit, sweeps, cost):  # type: ignore[no-untyped-def]
    """Give every class the least cost of its terms; False if that many sweeps do not suffice.

    A sweep looks at all nodes in order. Costs must be -1 at first, and stay so for classes without terms. What no sweep
    improves any more is the least, for a term never costs less than what is below it.
    """
    for _ in range(sweeps):
        changed = False
        for i in range(len(of)):
            ready = not barred[i]
            for j in range(start[i], start[i + 1]):
                ready = ready and cost[child[j]] >= 0
            if ready:
                c = of[i]
                here = _evaluate(i, weight, deepest, start, child, count, cost, limit)
                if cost[c] < 0 or here < cost[c]:
                    cost[c] = here
                    changed = True
        if not changed:
            return True
    return False


def _settle(  # type: ignore[no-untyped-def]
    weight, barred, deepest, of, start, child, count, limit, first_user, user, cost
):
    """As `sweep`, in time m log k for m children in k classes, whatever their order.

    Knuth's generalisation of Dijkstra's algorithm (1977): of the classes with a candidate, the one with the least is
    final, for whatever has it below itself is no less.
    """
    nodes, classes = len(of), len(cost)
    missing = np.empty(nodes, np.int32)
    heap = np.empty(classes, np.int32)
    place = np.full(classes, _NOT_MET, np.int32)
    waiting = int64(0)
    for i in range(nodes):
        missing[i] = start[i + 1] - start[i]
        if missing[i] == 0 and not barred[i]:
            here = _evaluate(i, weight, deepest, start, child, count, cost, limit)
            waiting = _offer(heap, place, cost, waiting, of[i], here)
    while waiting > 0:
        c = heap[0]
        waiting -= 1
        if waiting > 0:
            heap[0] = heap[waiting]
            _sink(heap, place, cost, waiting)
        place[c] = _FINAL
        for u in range(first_user[c], first_user[c + 1]):
            i = user[u]
            missing[i] -= 1
            if missing[i] == 0 and not barred[i] and place[of[i]] != _FINAL:
                here = _evaluate(i, weight, deepest, start, child, count, cost, limit)
                waiting = _offer(heap, place, cost, waiting, of[i], here)


@njit
def _offer(heap, place, cost, waiting, c, here):  # type: ignore[no-untyped-def]
    """Take a candidate for a class that is not final if it is better; the length of the heap."""
    if place[c] == _NOT_MET:
        place[c] = waiting
        heap[waiting] = c
        waiting += 1
    elif cost[c] <= here:
        return waiting
    cost[c] = here
    _rise(heap, place, cost, place[c])
    return waiting


def _bar_others(weight, barred, deepest, of, start, child, count, limit, cost):  # type: ignore[no-untyped-def]
    """Bar the nodes that cost more than the least of their class, or nothing finite."""
    for i in range(len(of)):
        ready = not barred[i]
        for j in range(start[i], start[i + 1]):
            ready = ready and cost[child[j]] >= 0
        if not ready or _evaluate(i, weight, deepest, start, child, count, cost, limit) != cost[of[i]]:
            barred[i] = True


_VIEW = (_B1, boolean, _I1, _I1, _I1, _L1)
sweep = njit([boolean(_L1, *_VIEW, int64, int64, _L1), boolean(_F1, *_VIEW, float64, int64, _F1)], cache=True)(_sweep)
settle = njit([void(_L1, *_VIEW, int64, _I1, _I1, _L1), void(_F1, *_VIEW, float64, _I1, _I1, _F1)], cache=True)(_settle)
bar_others = njit([void(_L1, *_VIEW, int64, _L1), void(_F1, *_VIEW, float64, _F1)], cache=True)(_bar_others)


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


@njit
def _arrange(child, count, begin, end, rank):  # type: ignore[no-untyped-def]
    """Sort the members of a multiset by rank."""
    for j in range(begin + 1, end):
        c, n = child[j], count[j]
        k = int64(j)
        while k > begin and rank[child[k - 1]] > rank[c]:
            child[k] = child[k - 1]
            count[k] = count[k - 1]
            k -= 1
        child[k] = c
        count[k] = n


@njit(void(_I1, _I1, _B1, _I1, _B1, _I1, _I1, _I1, _I1, _L1, _I1, _I1), cache=True)
def choose(  # type: ignore[no-untyped-def]
    order, ends, tight, head, multiset, first, member, start, child, count, rank, chosen
):
    """For each class of `order` the tight node of the first term by heads and then by children.

    The classes stand in groups, which end at `ends`; the children of their tight nodes are in earlier groups. `rank`
    gets the place of each class by its term. The children of multisets are sorted by rank on the way.
    """
    spare = np.empty(len(order), np.int32)
    begin = int64(0)
    for end in ends:
        for k in range(begin, end):
            c = order[k]
            best = int64(-1)
            for m in range(first[c], first[c + 1]):
                i = member[m]
                if not tight[i]:
                    continue
                if multiset[i]:
                    _arrange(child, count, start[i], start[i + 1], rank)
                if best < 0 or _compare(i, best, head, start, child, count, rank) < 0:
                    best = int64(i)
            chosen[c] = best
        _sort(order, spare, begin, int64(end), chosen, head, start, child, count, rank)
        for k in range(begin, end):
            rank[order[k]] = k
        begin = int64(end)


UNFINISHED, FINISHED, NO_ROOM = range(3)
TOP, HEAD, TAIL, FUEL, STAMP = range(5)  # cells of the state of `unite`


@njit(
    int64(_I1, _I1, _I1, _F1, _I1, _I1, _I1, _B1, _I1, _I1, _L1, _L1, _L1, _F1, _L1),
    cache=True,
)
def unite(  # type: ignore[no-untyped-def]
    of, start, child, weight, first_user, user, queue, queued, classes, nodes, mark, begin, length, cost, state
):
    """Greedy costs of DAGs: every class gets a set of classes with a node for each, closed below and without cycles.

    A node unites the sets of its children (where two have one class, the first decides how that is made) and adds its
    own class, unless that is among them; a class keeps the set of least total weight, its `cost`. What improves has its
    users try again. The set of class c is the cells from begin[c] on, length[c] of them, of `classes` and `nodes`;
    `queue` is a ring of the nodes to try, `queued` says which are in it. Returns FINISHED, NO_ROOM when `classes` has
    no room for another set, and UNFINISHED when the fuel is spent: a unit for each entry looked at.
    """
    while state[HEAD] < state[TAIL]:
        i = queue[state[HEAD] % len(queue)]
        c = of[i]
        if state[TOP] + len(cost) > len(classes):
            return NO_ROOM
        if state[FUEL] <= 0:
            return UNFINISHED
        state[HEAD] += 1
        queued[i] = False
        state[STAMP] += 1
        stamp = state[STAMP]
        top = state[TOP]
        total = weight[i]
        mark[c] = stamp
        for j in range(start[i], start[i + 1]):
            d = child[j]
            ready = cost[d] < np.inf
            for e in range(begin[d], begin[d] + length[d]) if ready else range(0):
                state[FUEL] -= 1
                at = classes[e]
                if mark[at] == stamp:
                    if at == c:
                        ready = False
                        break
                else:
                    mark[at] = stamp
                    classes[top] = at
                    nodes[top] = nodes[e]
                    top += 1
                    total += weight[nodes[e]]
                    if total >= cost[c]:
                        ready = False
                        break
            if not ready:
                total = np.inf
                break
        if total < cost[c]:
            classes[top] = c
            nodes[top] = i
            begin[c] = state[TOP]
            length[c] = top + 1 - state[TOP]
            cost[c] = total
            state[TOP] = top + 1
            for u in range(first_user[c], first_user[c + 1]):
                if not queued[user[u]]:
                    queued[user[u]] = True
                    queue[state[TAIL] % len(queue)] = user[u]
                    state[TAIL] += 1
    return FINISHED


@njit
def _worth(choice, start, child, weight, root, most, stack, mark, stamp, fuel):  # type: ignore[no-untyped-def]
    """The weight of what a choice needs for the root; infinity from `most` on, or where it has a cycle.

    A class is marked 2 * stamp on the way down and 2 * stamp + 1 when all below it has been seen.
    """
    total = 0.0
    depth = int64(1)
    stack[0] = root
    while depth > 0:
        c = stack[depth - 1]
        if c < 0:
            mark[~c] = 2 * stamp + 1
            depth -= 1
            continue
        if mark[c] >= 2 * stamp:
            depth -= 1
            continue
        i = choice[c]
        total += weight[i]
        fuel[0] -= 1
        if total >= most:
            return np.inf
        mark[c] = 2 * stamp
        stack[depth - 1] = ~c
        for j in range(start[i], start[i + 1]):
            d = child[j]
            if mark[d] == 2 * stamp:
                return np.inf
            if mark[d] < 2 * stamp:
                stack[depth] = d
                depth += 1
    return total


@njit(float64(_I1, _I1, _I1, _F1, _I1, _I1, _I1, int64, float64, _L1), cache=True)
def exchange(order, start, child, weight, first, member, choice, root, cost, fuel):  # type: ignore[no-untyped-def]
    """Make a choice cheaper by giving single classes of `order` other nodes; its cost for the root then.

    `choice` has a node for every class and changes in place. Ends when the fuel is spent: a unit for each class that
    is walked through.
    """
    mark = np.zeros(len(choice), np.int64)
    stack = np.empty(len(child) + len(choice) + 1, np.int32)
    stamp = int64(0)
    for c in order:
        for m in range(first[c], first[c + 1]):
            if fuel[0] <= 0:
                return cost
            before = choice[c]
            if member[m] != before:
                choice[c] = member[m]
                stamp += 1
                found = _worth(choice, start, child, weight, root, cost, stack, mark, stamp, fuel)
                if found < cost:
                    cost = found
                else:
                    choice[c] = before
    return cost
