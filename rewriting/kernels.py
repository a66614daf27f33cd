"""The compiled loops: interning, normalising with a rule table, comparing in the path order, compacting the bank.

All kernels stand in this one file, because Numba's cache does not notice an edit to a callee in another file. Each has
an explicit signature and never grows an array: it returns a status, Python makes room and calls again. All state
between calls lies in arrays, so a run may be stopped after any slice.

Layout of the bank (see `bank.py`). `cells` is one int32 arena; a term is the offset of its row:

    cells[t]            symbol
    cells[t+1 ...]      children (terms), or payload cells for leaves such as variables

`arity[symbol]` counts children, `payload[symbol]` payload cells; one of them is zero. Children stand before parents.
`slots` is an open-addressing table of offsets, 0 meaning empty, its length a power of two. `state[TOP]` is the first
free cell, `state[COUNT]` the number of rows.

What the code of a rule table means is told in `opcodes.py`.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, int32, int64, njit, void

from .opcodes import (
    BELOW,
    BY_CHILDREN,
    CALL,
    CONS,
    CONST,
    COUNT,
    DIFFER,
    FINISHED,
    FIRE,
    GROW_CELLS,
    GROW_STACK,
    IS,
    LOAD,
    OUT_OF_FUEL,
    RESULTS,
    RETURN,
    SAME,
    STACKED,
    STEPS,
    SWITCH,
    TAIL,
    TOP,
    VISITS,
)

_I1 = int32[::1]
_L1 = int64[::1]


@njit(inline="always")
def _mix(h):  # type: ignore[no-untyped-def]
    h = h * int64(-7046029254386353131)
    return h ^ (h >> int64(29))


@njit(int64(_I1, int64, int64), cache=True, inline="always")
def _hash(row, start, width):  # type: ignore[no-untyped-def]
    h = int64(width)
    for i in range(width):
        h = _mix(h ^ int64(row[start + i]))
    return h >> int64(5)


@njit(int64(_I1, int64, int32), cache=True, inline="always")
def _branch(code, pc, head):  # type: ignore[no-untyped-def]
    """Where the SWITCH at pc goes for a head symbol: by bisection."""
    low = int64(0)
    high = int64(code[pc + 3])
    while low < high:
        middle = (low + high) // 2
        if code[pc + 4 + 2 * middle] < head:
            low = middle + 1
        else:
            high = middle
    if low < code[pc + 3] and code[pc + 4 + 2 * low] == head:
        return int64(code[pc + 5 + 2 * low])
    return int64(code[pc + 2])


@njit(int64(_I1, _I1, _L1, _I1, int64, int64), cache=True, boundscheck=False)
def intern(cells, slots, state, row, start, width):  # type: ignore[no-untyped-def]
    """The term whose row is row[start : start+width]. There must be room for it in cells and slots."""
    mask = int64(slots.shape[0] - 1)
    j = _hash(row, start, width) & mask
    while True:
        t = int64(slots[j])
        if t == 0:
            break
        same = True
        for i in range(width):
            if cells[t + i] != row[start + i]:
                same = False
                break
        if same:
            return t
        j = (j + 1) & mask
    t = state[TOP]
    for i in range(width):
        cells[t + i] = row[start + i]
    state[TOP] = t + width
    state[COUNT] += 1
    slots[j] = int32(t)
    return t


@njit(void(_I1, _I1, _I1, _I1, int64), cache=True, boundscheck=False)
def rebuild_slots(cells, slots, arity, payload, top):  # type: ignore[no-untyped-def]
    """Fill an all-zero `slots` with the rows of cells[1:top]."""
    mask = int64(slots.shape[0] - 1)
    t = int64(1)
    while t < top:
        symbol = cells[t]
        width = int64(1 + arity[symbol] + payload[symbol])
        j = _hash(cells, t, width) & mask
        while slots[j] != 0:
            j = (j + 1) & mask
        slots[j] = int32(t)
        t += width


@njit(int64(_I1, _I1, _L1, int64, int32[:, ::1], _I1), cache=True, boundscheck=False)
def intern_many(cells, slots, state, symbol, children, out):  # type: ignore[no-untyped-def]
    """out[i] = symbol(children[i, :]) for every i. There must be room for all of them."""
    n = int64(children.shape[1])
    row = np.empty(n + 1, np.int32)
    row[0] = symbol
    for i in range(children.shape[0]):
        for k in range(n):
            row[k + 1] = children[i, k]
        out[i] = intern(cells, slots, state, row, int64(0), n + 1)
    return int64(children.shape[0])


@njit(int64(_I1, _I1, _I1, _I1, int64), cache=True, boundscheck=False)
def compact(cells, arity, payload, moved, top):  # type: ignore[no-untyped-def]
    """Slide the rows marked by moved[t] != 0 to the front, children remapped; moved[t] becomes the new offset.

    Marks spread to children first: rows stand after their children, so one pass from the end reaches them all. Returns
    the new top.
    """
    count = int64(0)
    t = int64(1)
    while t < top:
        symbol = cells[t]
        t += 1 + arity[symbol] + payload[symbol]
        count += 1
    starts = np.empty(count, np.int32)
    t = int64(1)
    for i in range(count):
        starts[i] = t
        symbol = cells[t]
        t += 1 + arity[symbol] + payload[symbol]
    for i in range(count - 1, -1, -1):
        t = int64(starts[i])
        if moved[t] != 0:
            for k in range(arity[cells[t]]):
                moved[cells[t + 1 + k]] = 1
    free = int64(1)
    for i in range(count):
        t = int64(starts[i])
        if moved[t] != 0:
            symbol = cells[t]
            children = int64(arity[symbol])
            width = 1 + children + int64(payload[symbol])
            moved[t] = int32(free)
            cells[free] = symbol
            for k in range(1, width):
                cells[free + k] = moved[cells[t + k]] if k <= children else cells[t + k]
            free += width
    return free


@njit(boolean(_I1, _I1, _I1, _I1, int64, int64, int32[:, ::1], _L1), cache=True, boundscheck=False)
def greater(cells, arity, precedence, names, s, t, frames, compared):  # type: ignore[no-untyped-def]
    """Is s above t in the lexicographic path order? Total on terms without pattern variables.

    Leaves compare by the precedence of their symbol, then by names[payload]. `frames` (rows of four) is the stack; a
    comparison that would need more frames, or more than 4096 times as many steps, is answered False, which every caller
    takes as "do not rewrite". `compared` remembers pairs from call to call, without which shared subterms would cost
    exponential time: a power of two of cells, each 0 or 2 * pair + answer; a new pair overwrites an old one.
    """
    mask = int64(compared.shape[0] - 1)
    depth = 0
    frames[0, 0] = int32(s)
    frames[0, 1] = int32(t)
    frames[0, 2] = 0  # next child of s to try, then arity+1+j: child j of t to check
    frames[0, 3] = 0
    answer = False
    returned = False  # has the frame on top just got `answer` from a call?
    for _ in range(4096 * frames.shape[0]):
        if depth < 0:
            return answer
        a = int64(frames[depth, 0])
        b = int64(frames[depth, 1])
        stage = int64(frames[depth, 2])
        f = cells[a]
        g = cells[b]
        n = int64(arity[f])
        call_a = int64(0)
        call_b = int64(0)
        finished = False
        value = False
        if stage == 0 and not returned and a == b:
            finished = True
        elif stage < n:  # is some child of a equal to or above b?
            if returned and answer:
                finished = True
                value = True
            else:
                if returned:
                    stage += 1
                if stage < n:
                    call_a = int64(cells[a + 1 + stage])
                    call_b = b
                    if call_a == b:
                        finished = True
                        value = True
                returned = False
                frames[depth, 2] = int32(stage)
        if not finished and call_a == 0:
            m = int64(arity[g])
            if stage == n:  # decide by the heads
                returned = False
                if f == g and n == 0:
                    finished = True
                    value = names[cells[a + 1]] > names[cells[b + 1]]
                elif f == g:
                    i = int64(0)
                    while cells[a + 1 + i] == cells[b + 1 + i]:
                        i += 1
                    call_a = int64(cells[a + 1 + i])
                    call_b = int64(cells[b + 1 + i])
                    frames[depth, 2] = int32(n + 1)
                    frames[depth, 3] = int32(i)
                elif precedence[f] > precedence[g]:
                    stage = n + 2
                    frames[depth, 2] = int32(stage)
                    frames[depth, 3] = 0
                else:
                    finished = True
            elif stage == n + 1:  # the first difference of a and b was compared
                returned = False
                if answer:
                    stage = n + 2
                    frames[depth, 2] = int32(stage)
                    frames[depth, 3] += 1
                else:
                    finished = True
            if not finished and stage == n + 2 and call_a == 0:  # a must be above the remaining children of b
                j = int64(frames[depth, 3])
                if returned:
                    returned = False
                    if not answer:
                        finished = True
                    j += 1
                if not finished:
                    if j >= m:
                        finished = True
                        value = True
                    else:
                        frames[depth, 3] = int32(j)
                        call_a = a
                        call_b = int64(cells[b + 1 + j])
        if finished:
            answer = value
            returned = True
            depth -= 1
            pair = (a << int64(31)) | b
            compared[(_mix(pair) >> int64(5)) & mask] = (pair << int64(1)) | int64(value)
            continue
        pair = (call_a << int64(31)) | call_b
        remembered = compared[(_mix(pair) >> int64(5)) & mask]
        if remembered >> int64(1) == pair:
            answer = (remembered & int64(1)) == 1
            returned = True
        else:
            depth += 1
            if depth >= frames.shape[0]:
                return False
            frames[depth, 0] = int32(call_a)
            frames[depth, 1] = int32(call_b)
            frames[depth, 2] = 0
            frames[depth, 3] = 0
            returned = False
    return False


@njit(
    int64(
        *(_I1, _I1, _I1, _I1),  # cells, slots, arity, payload
        *(_L1, _I1, _I1, _I1),  # state, code, entry, constants
        *(_I1, _I1),  # precedence, names
        *(_I1, _I1, _I1),  # normal, link, by
        *(_L1, _I1, _I1, _I1, int32[:, ::1], _L1),  # run, roots, stack, registers, frames, compared
        *(int64, int64),  # fuel, margin
    ),
    cache=True,
    boundscheck=False,
)
def normalise(  # type: ignore[no-untyped-def]
    cells,
    slots,
    arity,
    payload,
    state,
    code,
    entry,
    constants,
    precedence,
    names,
    normal,
    link,
    by,
    run,
    roots,
    stack,
    registers,
    frames,
    compared,
    fuel,
    margin,
):
    """Innermost normal forms of roots[run[RESULTS]:], each written over its root.

    `normal[t]` is the normal form of t or 0; `link[t]` the term that t was rewritten to, `by[t]` how (a rule or
    BY_CHILDREN). Together they are the proof: nothing else is recorded. run[STACKED] terms wait on `stack`;
    run[STEPS] counts rewrites and run[VISITS] visits of terms, both over all calls. `fuel` bounds the visits of this
    call, `margin` the cells and rows that one visit may add, and the children that it may push.
    """
    sp = run[STACKED]
    position = run[RESULTS]
    steps = run[STEPS]
    run[VISITS] += fuel
    capacity = int64(cells.shape[0]) - margin
    rows = int64(slots.shape[0]) * 5 // 8 - margin
    deepest = int64(stack.shape[0]) - margin
    status = FINISHED
    while True:
        if sp == 0:
            if position >= roots.shape[0]:
                break
            if normal[roots[position]] != 0:
                roots[position] = normal[roots[position]]
                position += 1
                continue
            stack[0] = roots[position]
            sp = 1
        if fuel <= 0:
            status = OUT_OF_FUEL
            break
        if state[TOP] > capacity or state[COUNT] > rows:
            status = GROW_CELLS
            break
        if sp > deepest:
            status = GROW_STACK
            break
        fuel -= 1
        t = int64(stack[sp - 1])
        if normal[t] != 0:
            sp -= 1
            continue
        u = int64(link[t])
        if u != 0:
            if normal[u] != 0:
                normal[t] = normal[u]
                sp -= 1
            else:
                stack[sp] = int32(u)
                sp += 1
            continue
        symbol = cells[t]
        n = int64(arity[symbol])
        waiting = False
        moved = False
        for i in range(n):
            child = cells[t + 1 + i]
            if normal[child] == 0:
                stack[sp] = child
                sp += 1
                waiting = True
            elif normal[child] != child:
                moved = True
        if waiting:
            continue
        if moved:
            registers[0] = symbol
            for i in range(n):
                registers[i + 1] = normal[cells[t + 1 + i]]
            u = intern(cells, slots, state, registers, int64(0), n + 1)
            link[t] = int32(u)
            by[t] = BY_CHILDREN
            continue
        pc = int64(entry[symbol])
        if pc < 0:
            normal[t] = int32(t)
            sp -= 1
            continue
        for i in range(n):
            registers[i] = cells[t + 1 + i]
        rule = int64(-1)  # the rule that applies, once that is settled
        while True:
            op = code[pc]
            if op == SWITCH:
                pc = _branch(code, pc, cells[registers[code[pc + 1]]])
            elif op == LOAD:
                child = registers[code[pc + 1]]
                d = int64(code[pc + 2])
                for i in range(code[pc + 3]):
                    registers[d + i] = cells[child + 1 + i]
                pc += 4
            elif op == SAME:
                same = registers[code[pc + 1]] == registers[code[pc + 2]]
                pc = pc + 4 if same else int64(code[pc + 3])
            elif op == DIFFER:
                same = registers[code[pc + 1]] == registers[code[pc + 2]]
                pc = int64(code[pc + 3]) if same else pc + 4
            elif op == IS:
                same = registers[code[pc + 1]] == constants[code[pc + 2]]
                pc = pc + 4 if same else int64(code[pc + 3])
            elif op == CONST:
                registers[code[pc + 1]] = constants[code[pc + 2]]
                pc += 3
            elif op in (CONS, CALL, TAIL):
                at = pc if op == TAIL else pc + 1
                n = int64(code[at + 2])
                top = int64(registers.shape[0]) - n - 1  # the end of the registers is the row being built
                registers[top] = code[at + 1]
                for i in range(n):
                    registers[top + 1 + i] = registers[code[at + 3 + i]]
                u = intern(cells, slots, state, registers, top, n + 1)
                if op == TAIL:
                    link[t] = int32(u)
                    by[t] = int32(rule)
                    steps += 1
                    break
                if op == CALL and rule < 0:  # a condition: its normal form comes first
                    if normal[u] == 0:
                        stack[sp] = int32(u)
                        sp += 1
                        break
                    u = int64(normal[u])
                registers[code[pc + 1]] = int32(u)
                pc += 4 + n
                if op == CALL:
                    pc += 1 + int64(code[pc])
            elif op == BELOW:
                a = int64(registers[code[pc + 1]])
                b = int64(registers[code[pc + 2]])
                smaller = greater(cells, arity, precedence, names, b, a, frames, compared)
                pc = pc + 4 if smaller else int64(code[pc + 3])
            elif op == FIRE:
                rule = int64(code[pc + 1])
                pc += 2
            elif op == RETURN:
                link[t] = registers[code[pc + 1]]
                by[t] = int32(rule)
                steps += 1
                break
            else:  # STUCK
                normal[t] = int32(t)
                sp -= 1
                break
    run[STACKED] = sp
    run[RESULTS] = position
    run[STEPS] = steps
    run[VISITS] -= fuel
    return int64(status)
