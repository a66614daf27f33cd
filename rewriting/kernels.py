"""The compiled loops: interning, normalising with a rule table, comparing in the path order, compacting the bank.

All kernels stand in this one file, because Numba's cache does not notice an edit to a callee in another file; nor does
it notice other numbers in `opcodes`, `runs` or `memo`. Each has an explicit signature and never grows an array: it
returns a status, Python makes room and calls again. All state between calls lies in arrays, so a run may be stopped
after any slice.

Layout of the bank (see `bank.py`). `cells` is one int32 arena; a term is the offset of its row:

    cells[t]            symbol
    cells[t+1 ...]      children (terms), or payload cells for leaves such as variables

Integers that are ids themselves (see `bank.py`) are negative: there is no row to look at, and their symbol is LIT_INT.

`arity[symbol]` counts children, `payload[symbol]` payload cells; one of them is zero. Children stand before parents.
`slots` is an open-addressing table of offsets, 0 meaning empty, its length a power of two. `state[TOP]` is the first
free cell, `state[COUNT]` the number of rows.

What the code of a rule table means is told in `opcodes.py`.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, int8, int32, int64, njit, uint64, void

from .memo import HITS, OFF, PROBES, SAVED
from .opcodes import (
    BELOW,
    BY_CHILDREN,
    CALL,
    COMPUTE,
    CONS,
    CONST,
    COUNT,
    DIFFER,
    EVALUATE,
    EVALUATED,
    FINISHED,
    FIRE,
    GROW_CELLS,
    GROW_STACK,
    IMMEDIATE,
    IS,
    LIT_INT,
    LOAD,
    NO_VALUE,
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
from .runs import BASE, CALLS, DEPTH, HOST, MEMO_HITS, RESUME, SYMBOL, VALUE
from .runs import SAVED as RUN_SAVED
from .runs import STEPS as RUN_STEPS

_I1 = int32[::1]
_L1 = int64[::1]


@njit(int64(_I1, int64), cache=True)
def _at(array, i):  # type: ignore[no-untyped-def]
    """array[i] for an i that is not negative: Numba need not look at its sign.

    LLVM inlines it; were Numba told to, it would count references to the array each time.
    """
    return int64(array[uint64(i)])


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
                if cells[t + 1 + k] > 0:
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
                cell = cells[t + k]
                cells[free + k] = moved[cell] if k <= children and cell > 0 else cell
            free += width
    return free


@njit(boolean(_I1, _I1, int64, int64), cache=True, inline="always")
def _immediate_greater(cells, precedence, a, b):  # type: ignore[no-untyped-def]
    """Is a above b in the path order? One of them is an immediate: 0, -1, 1, -2, 2, ..., then all other integers."""
    if a < 0 and b < 0:
        m = a + IMMEDIATE
        n = b + IMMEDIATE
        return (-2 * m - 1 if m < 0 else 2 * m) > (-2 * n - 1 if n < 0 else 2 * n)
    if a < 0:
        return precedence[LIT_INT] > precedence[cells[b]]
    return cells[a] == LIT_INT or precedence[cells[a]] > precedence[LIT_INT]


@njit(boolean(_I1, _I1, _I1, _I1, int64, int64, int32[:, ::1], _L1), cache=True, boundscheck=False)
def greater(cells, arity, precedence, names, s, t, frames, compared):  # type: ignore[no-untyped-def]
    """Is s above t in the lexicographic path order? Total on terms without pattern variables.

    Leaves compare by the precedence of their symbol, then by names[payload]. `frames` (rows of four) is the stack; a
    comparison that would need more frames, or more than 4096 times as many steps, is answered False, which every caller
    takes as "do not rewrite". `compared` remembers pairs from call to call, without which shared subterms would cost
    exponential time: a power of two of cells, each 0 or 2 * pair + answer; a new pair overwrites an old one.
    """
    if s < 0 or t < 0:
        return _immediate_greater(cells, precedence, s, t)
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
        if call_a < 0 or call_b < 0:
            answer = _immediate_greater(cells, precedence, call_a, call_b)
            returned = True
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


@njit(int64(int64, int64, int64), cache=True, inline="always")
def _compute(k, x, y):  # type: ignore[no-untyped-def]
    """The k-th operation of COMPUTED on small integers; relations give 0 or 1. Division by zero must not come here."""
    if k == 0:
        return x + y
    if k == 1:
        return x - y
    if k == 2:
        return x * y
    if k == 3:
        return x // y
    if k == 4:
        return x - y * (x // y)
    if k == 5:
        return int64(x < y)
    if k == 6:
        return int64(x <= y)
    if k == 7:
        return int64(x > y)
    if k == 8:
        return int64(x >= y)
    if k == 9:
        return int64(x == y)
    if k == 10:
        return int64(x != y)
    return -x


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
    BY_CHILDREN or EVALUATED). Together they are the proof: nothing else is recorded. `constants` ends with the literals
    false and true. At a built-in operation that it cannot compute here it returns EVALUATE: the term on top of the
    stack then wants its link, or NO_VALUE in `by`. run[STACKED] terms wait on `stack`;
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
            if roots[position] < 0:
                position += 1
                continue
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
        if u < 0:
            normal[t] = int32(u)
            sp -= 1
            continue
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
            if child < 0:
                continue
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
                child = cells[t + 1 + i]
                registers[i + 1] = child if child < 0 else normal[child]
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
                child = registers[code[pc + 1]]
                pc = _branch(code, pc, int32(LIT_INT) if child < 0 else cells[child])
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
            elif op == COMPUTE:
                k = int64(code[pc + 1])
                n = int64(code[pc + 2])
                literals = bool(by[t] != NO_VALUE)
                small = bool(k >= 0)
                for i in range(n):
                    child = registers[i]
                    small = small and child < 0
                    literals = literals and (child < 0 or cells[child] == code[pc + 3 + i])
                if not literals:
                    pc += 3 + n
                    continue
                x = int64(registers[0]) + IMMEDIATE
                y = int64(registers[n - 1]) + IMMEDIATE
                if not small or (y == 0 and (k == 3 or k == 4)):
                    status = EVALUATE
                    break
                x = _compute(k, x, y)
                if 5 <= k <= 10:
                    link[t] = constants[constants.shape[0] - 2 + x]
                elif -IMMEDIATE <= x < IMMEDIATE:
                    link[t] = int32(x - IMMEDIATE)
                else:
                    status = EVALUATE
                    break
                by[t] = EVALUATED
                steps += 1
                break
            else:  # STUCK
                normal[t] = int32(t)
                sp -= 1
                break
        if status == EVALUATE:
            break
    run[STACKED] = sp
    run[RESULTS] = position
    run[STEPS] = steps
    run[VISITS] -= fuel
    return int64(status)


@njit(int64(_I1, int64, int64, int64), cache=True, inline="always")
def _row(registers, symbol, n, mask):  # type: ignore[no-untyped-def]
    """Where the memo has its row for symbol(the last n registers); the symbol is put before them."""
    first = int64(registers.shape[0]) - n - 1
    registers[uint64(first)] = symbol
    return 8 * (_hash(registers, first, n + 1) & mask)


@njit(
    int64(
        *(_I1, _I1, _I1, _I1),  # cells, slots, arity, payload
        *(_L1, _I1, _I1, _I1),  # state, code, entry, constants
        *(_I1, _I1),  # precedence, names
        *(_I1, _L1, _I1, int32[:, ::1], _L1),  # stack, run, registers, frames, compared
        *(int8[::1], _I1, int64[:, ::1]),  # modes, memo, counts
        *(int64, int64),  # fuel, margin
    ),
    cache=True,
    boundscheck=False,
)
def evaluate(  # type: ignore[no-untyped-def]
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
    stack,
    run,
    registers,
    frames,
    compared,
    modes,
    memo,
    counts,
    fuel,
    margin,
):
    """Go on with a run (`runs.py` tells what `stack` and `run` hold) for at most `fuel` calls, until its call returns.

    `entry` may have HOST for symbols that Python computes; for those, and for built-in operations that cannot be
    computed here, it returns EVALUATE with the call pending. `constants` ends with the literals false and true.
    `modes`, `memo` and `counts` are those of `memo.py`. `margin` bounds the cells and rows added between two looks at
    the room that is left; the stack must have room for three times the registers, whose end serves to build rows.
    """
    sp = run[DEPTH]
    base = run[BASE]
    symbol = run[SYMBOL]
    value = run[VALUE]
    steps = run[RUN_STEPS]
    saved = run[RUN_SAVED]
    top = state[TOP]
    count = state[COUNT]
    capacity = int64(cells.shape[0]) - margin
    rows = int64(slots.shape[0]) * 5 // 8 - margin
    deepest = int64(stack.shape[0]) - 3 * int64(registers.shape[0])
    mask = int64(slots.shape[0]) - 1
    memo_mask = int64(memo.shape[0]) // 8 - 1
    width = int64(registers.shape[0])  # the end of the registers is the row being built
    end = int64(code.shape[0])
    given = fuel
    status = FINISHED
    pc = int64(-1)
    if top > capacity or count > rows:
        return int64(GROW_CELLS)
    if sp > deepest:
        return int64(GROW_STACK)
    if symbol >= 0:
        n = int64(arity[symbol])
        sp -= n
        for i in range(n):
            registers[i] = stack[sp + i]
        pc = run[RESUME]
        run[RESUME] = -1
    pending = True
    if pc >= 0:
        pending = False
    while True:
        if not pending:
            op = _at(code, pc)
            if op == SWITCH:
                child = _at(registers, _at(code, pc + 1))
                head = int64(LIT_INT) if child < 0 else _at(cells, child)
                k = _at(code, pc + 3)
                if k > 8:
                    pc = _branch(code, pc, int32(head))
                else:
                    at = pc + 4
                    pc = _at(code, pc + 2)
                    for _ in range(k):
                        if _at(code, at) == head:
                            pc = _at(code, at + 1)
                            break
                        at += 2
                if _at(code, pc) == LOAD:  # as below, without going round
                    d = _at(code, pc + 2)
                    for i in range(_at(code, pc + 3)):
                        registers[uint64(d + i)] = _at(cells, child + 1 + i)
                    pc += 4
                if _at(code, pc) == FIRE:
                    steps += 1
                    pc += 2
                continue
            elif op == LOAD:
                child = _at(registers, _at(code, pc + 1))
                d = _at(code, pc + 2)
                for i in range(_at(code, pc + 3)):
                    registers[uint64(d + i)] = _at(cells, child + 1 + i)
                pc += 4
                continue
            elif op == FIRE:
                steps += 1
                pc += 2
                continue
            elif op == SAME:
                same = _at(registers, _at(code, pc + 1)) == _at(registers, _at(code, pc + 2))
                pc = pc + 4 if same else _at(code, pc + 3)
                continue
            elif op == DIFFER:
                same = _at(registers, _at(code, pc + 1)) == _at(registers, _at(code, pc + 2))
                pc = _at(code, pc + 3) if same else pc + 4
                continue
            elif op == IS:
                same = _at(registers, _at(code, pc + 1)) == _at(constants, _at(code, pc + 2))
                pc = pc + 4 if same else _at(code, pc + 3)
                continue
            elif op == CONST:
                registers[uint64(_at(code, pc + 1))] = _at(constants, _at(code, pc + 2))
                pc += 3
                continue
            elif op == BELOW:
                a = _at(registers, _at(code, pc + 1))
                b = _at(registers, _at(code, pc + 2))
                smaller = greater(cells, arity, precedence, names, b, a, frames, compared)
                pc = pc + 4 if smaller else _at(code, pc + 3)
                continue
            elif op == CALL or op == TAIL:  # noqa: SIM109 -- with `in`, Numba looks through a tuple
                at = pc + 2 if op == CALL else pc + 1
                symbol = _at(code, at)
                n = _at(code, at + 1)
                at += 2
                mode = OFF
                row = int64(0)
                if op == CALL:
                    mode = int64(modes[uint64(symbol)])
                    live = _at(code, at + n)
                    if mode != OFF:
                        for i in range(n):
                            registers[width - n + i] = _at(registers, _at(code, at + i))
                        counts[symbol, PROBES] += 1
                        row = _row(registers, symbol, n, memo_mask)
                        same = _at(memo, row) == symbol + 1 and _at(memo, row + 1) != 0
                        for i in range(n):
                            same = same and _at(memo, row + 2 + i) == _at(registers, width - n + i)
                        if same:
                            fuel -= 1
                            counts[symbol, HITS] += 1
                            counts[symbol, SAVED] += memo[row + 7]
                            saved += memo[row + 7]
                            run[MEMO_HITS] += 1
                            registers[uint64(_at(code, pc + 1))] = _at(memo, row + 1)
                            pc = at + n + 1 + live
                            continue
                    for i in range(live):
                        stack[uint64(sp + i)] = _at(registers, _at(code, at + n + 1 + i))
                    stack[uint64(sp + live)] = ~pc
                    sp += live + 1
                if n == 1:
                    registers[0] = _at(registers, _at(code, at))
                elif n == 2:
                    child = _at(registers, _at(code, at))
                    registers[1] = _at(registers, _at(code, at + 1))
                    registers[0] = child
                else:
                    for i in range(n):
                        registers[uint64(width - n + i)] = _at(registers, _at(code, at + i))
                    for i in range(n):
                        registers[uint64(i)] = _at(registers, width - n + i)
                if mode != OFF:
                    memo[row] = symbol + 1
                    memo[row + 1] = 0
                    for i in range(n):
                        memo[row + 2 + i] = registers[i]
                        stack[sp + i] = registers[i]
                    memo[row + 7] = (steps + saved) & 0x7FFFFFFF
                    stack[sp + n] = ~(end + symbol)
                    sp += n + 1
            elif op == RETURN:
                value = _at(registers, _at(code, pc + 1))
                symbol = int64(-1)
            elif op == COMPUTE:
                k = _at(code, pc + 1)
                n = _at(code, pc + 2)
                literals = True
                small = k >= 0
                for i in range(n):
                    child = _at(registers, i)
                    if child >= 0:
                        small = False
                        literals = literals and _at(cells, child) == _at(code, pc + 3 + i)
                if not literals:
                    pc += 3 + n
                    continue
                x = _at(registers, 0) + IMMEDIATE
                y = _at(registers, n - 1) + IMMEDIATE
                if not small or (y == 0 and (k == 3 or k == 4)):
                    status = EVALUATE
                    break
                x = _compute(k, x, y)
                if 5 <= k <= 10:
                    value = _at(constants, constants.shape[0] - 2 + x)
                elif -IMMEDIATE <= x < IMMEDIATE:
                    value = x - IMMEDIATE
                else:
                    status = EVALUATE
                    break
                steps += 1
                symbol = int64(-1)
            else:  # CONS or STUCK: as in `intern`, a call of which would take as long again
                symbol = _at(code, pc + 2) if op == CONS else _at(code, pc + 1)
                n = _at(code, pc + 3) if op == CONS else _at(code, pc + 2)
                first = width - n - 1
                registers[uint64(first)] = symbol
                for i in range(n):
                    place = _at(code, pc + 4 + i) if op == CONS else i
                    registers[uint64(first + 1 + i)] = _at(registers, place)
                j = _hash(registers, first, n + 1) & mask
                while True:
                    t = _at(slots, j)
                    if t == 0:
                        t = top
                        for i in range(n + 1):
                            cells[uint64(t + i)] = _at(registers, first + i)
                        top += n + 1
                        count += 1
                        slots[uint64(j)] = t
                        break
                    same = True
                    for i in range(n + 1):
                        if _at(cells, t + i) != _at(registers, first + i):
                            same = False
                            break
                    if same:
                        break
                    j = (j + 1) & mask
                if op == CONS:
                    registers[uint64(_at(code, pc + 1))] = t
                    pc += 4 + n
                    continue
                value = t
                symbol = int64(-1)
        pending = False
        if top > capacity or count > rows:
            status = GROW_CELLS
            break
        if symbol >= 0:
            if fuel <= 0:
                status = OUT_OF_FUEL
                break
            if sp > deepest:
                status = GROW_STACK
                break
            pc = int64(entry[uint64(symbol)])
            if pc >= 0:
                fuel -= 1
                continue
            if pc == HOST:
                status = EVALUATE
                break
            fuel -= 1
            n = int64(arity[symbol])
            registers[width - n - 1] = symbol
            for i in range(n):
                registers[width - n + i] = registers[i]
            state[TOP] = top
            state[COUNT] = count
            value = intern(cells, slots, state, registers, width - n - 1, n + 1)
            top = state[TOP]
            count = state[COUNT]
            symbol = int64(-1)
        while sp > base:
            pc = ~_at(stack, sp - 1)
            if pc < end:
                break
            symbol = pc - end
            n = int64(arity[symbol])
            sp -= n + 1
            for i in range(n):
                registers[width - n + i] = stack[sp + i]
            row = _row(registers, symbol, n, memo_mask)
            same = _at(memo, row) == symbol + 1 and _at(memo, row + 1) == 0
            for i in range(n):
                same = same and _at(memo, row + 2 + i) == _at(registers, width - n + i)
                memo[row + 2 + i] = registers[width - n + i]
            memo[row] = symbol + 1
            memo[row + 1] = value
            memo[row + 7] = (steps + saved - memo[row + 7]) & 0x7FFFFFFF if same else 0
            symbol = int64(-1)
        if sp <= base:
            break
        at = pc + 4 + _at(code, pc + 3)
        live = _at(code, at)
        sp -= live + 1
        for i in range(live):
            registers[uint64(_at(code, at + 1 + i))] = _at(stack, sp + i)
        registers[uint64(_at(code, pc + 1))] = value
        pc = at + 1 + live
    if symbol >= 0:
        n = int64(arity[symbol])
        for i in range(n):
            stack[sp + i] = registers[i]
        sp += n
        value = int64(0)
    state[TOP] = top
    state[COUNT] = count
    run[DEPTH] = sp
    run[SYMBOL] = symbol
    run[VALUE] = value
    run[RUN_STEPS] = steps
    run[RUN_SAVED] = saved
    run[CALLS] += given - fuel
    return int64(status)
