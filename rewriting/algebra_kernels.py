"""The compiled loops of the algebra: normal forms of sums and products, replacing, differentiating.

The rows are those of `algebra.py`. Beside the arrays of the bank (`kernels.py`) there are

    role[symbol]        what its rows are: NUMBER, SUM, PRODUCT, or OTHER
    sums[k]             the symbol of a sum of k pairs, 0 where it is not yet made; products[k] likewise
    digest[t]           the structural hash of term t, 0 where it is not yet known
    symbol_digest[s], name_digest[p]   what they are made from: texts, never numbers of the bank
    numerator[p], denominator[p]       the value of numeral p; denominator 0 where it is none, or too large
    numerals            an open-addressing table of numerals + 1 by value, 0 meaning empty
    derivative[s]       four cells, of which `recipe` in `differentiate` tells

Numbers here are whole ones below 2**62 and fractions n/d in lowest terms with |n|, d < 2**31, and nothing overflows on
the way. What needs more, or has an exponent that is no number, or asks for a rule about numbers under a root, is not
done here: a kernel then returns ASK, and Python works that one node out with exact numbers and calls again. Every
status is about the node at run[AT]; the nodes before it are finished.

Scratch space for the pairs of one node: `who` has three blocks of ids, order, spare; `many` has three of keys,
numerators, denominators. A block has room for the sums' pairs in its first half and the products' in its second.
"""

from __future__ import annotations

from numba import int32, int64, njit, uint64, void

from .kernels import intern
from .unowned import unowned

FINISHED, ASK, NUMERAL, SYMBOL, CELLS, SCRATCH = range(6)
OTHER, NUMBER, SUM, PRODUCT = range(4)
AT, NUMERATOR, DENOMINATOR, FIRST = range(4)  # cells of `run`; then those of the sum and the factor being made
TOTAL, FACTOR = 4, 7
ADD, MULTIPLY, POWER, APPLY = range(1, 5)  # instructions of `build`
NO_RECIPE, BY_FUNCTION, BY_POWER = range(3)

_I1 = int32[::1]
_L1 = int64[::1]
_BIAS = 1 << 30
_LIMIT = 1 << 31
_WHOLE = 1 << 62


@njit
def _mix(h):  # type: ignore[no-untyped-def]
    """Unsigned inside: LLVM takes it for granted that signed products do not overflow."""
    u = uint64(h) * uint64(0x9E37_79B9_7F4A_7C15)
    return int64(u ^ (u >> uint64(29)))


@njit
def _gcd(a, b):  # type: ignore[no-untyped-def]
    if a < 0:
        a = -a
    while b != 0:
        a, b = b, a % b
    return a


@njit
def _plus(n, d, m, e):  # type: ignore[no-untyped-def]
    """n/d + m/e; denominator 0 if it is too large."""
    if d == 1 and e == 1:
        n += m
        return (n, d) if -_WHOLE < n < _WHOLE else (int64(0), int64(0))
    if abs(n) >= _LIMIT or abs(m) >= _LIMIT:
        return int64(0), int64(0)
    n, d = n * e + m * d, d * e
    g = _gcd(n, d)
    n, d = n // g, d // g
    if n >= _LIMIT or n <= -_LIMIT or d >= _LIMIT:
        return int64(0), int64(0)
    return n, d


@njit
def _times(n, d, m, e):  # type: ignore[no-untyped-def]
    """n/d * m/e; denominator 0 if it is too large."""
    if d == 1 and e == 1:
        if (abs(n) >= _LIMIT or abs(m) >= _LIMIT) and m != 0 and abs(n) >= _WHOLE // abs(m):
            return int64(0), int64(0)
        return n * m, d
    if abs(n) >= _LIMIT or abs(m) >= _LIMIT:
        return int64(0), int64(0)
    n, d = n * m, d * e
    g = _gcd(n, d)
    n, d = n // g, d // g
    if n >= _LIMIT or n <= -_LIMIT or d >= _LIMIT:
        return int64(0), int64(0)
    return n, d


@njit
def _to_the(n, d, k):  # type: ignore[no-untyped-def]
    """(n/d)**k for n other than 0; denominator 0 if it is too large."""
    if k < 0:
        n, d, k = d, n, -k
        if d < 0:
            n, d = -n, -d
    if (n == 1 or n == -1) and d == 1:
        return int64(1) if n == 1 or k % 2 == 0 else int64(-1), int64(1)
    rn, rd = int64(1), int64(1)
    for _ in range(k):
        rn, rd = _times(rn, rd, n, d)
        if rd == 0:
            break
    return rn, rd


@njit
def _value(cells, numerator, denominator, number):  # type: ignore[no-untyped-def]
    """The fraction that a number (immediate or leaf) is."""
    if number < 0:
        return int64(number) + _BIAS, int64(1)
    return numerator[cells[number + 1]], denominator[cells[number + 1]]


@njit
def _numeral(numerator, denominator, numerals, n, d):  # type: ignore[no-untyped-def]
    """Where n/d stands in `numerals`, or the empty place where it would."""
    mask = int64(numerals.shape[0] - 1)
    j = (_mix(_mix(n) ^ d) >> int64(5)) & mask
    while numerals[j] != 0 and (numerator[numerals[j] - 1] != n or denominator[numerals[j] - 1] != d):
        j = (j + 1) & mask
    return j


@njit(void(_L1, _L1, _I1, int64, int64), cache=True)
def fill_numerals(numerator, denominator, numerals, start, end):  # type: ignore[no-untyped-def]
    """Enter the numerals among the names start .. end-1 into the table."""
    for p in range(start, end):
        if denominator[p] != 0:
            numerals[_numeral(numerator, denominator, numerals, numerator[p], denominator[p])] = int32(p + 1)


@njit
def _digest_of(digest, number):  # type: ignore[no-untyped-def]
    if number < 0:
        return int64(uint64(number) * uint64(0xD6E8_FEB8_6659_FD93))
    return digest[number]


@njit
def _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t):  # type: ignore[no-untyped-def]
    symbol = cells[t]
    if payload[symbol] != 0:
        h = _mix(symbol_digest[symbol] ^ name_digest[cells[t + 1]])
    else:
        h = symbol_digest[symbol]
        for i in range(arity[symbol]):
            h = _mix(h ^ _digest_of(digest, cells[t + 1 + i]))
    digest[t] = h if h != 0 else int64(1)


@njit(void(_I1, _I1, _I1, _I1, _L1, _L1, _L1, int64, int64), cache=True, boundscheck=False)
def digest_rows(  # type: ignore[no-untyped-def]
    cells, arity, payload, role, symbol_digest, name_digest, digest, start, top
):
    """The digests of all rows in cells[start:top]; those before must be known."""
    cells, arity, payload, role = unowned(cells), unowned(arity), unowned(payload), unowned(role)
    symbol_digest, name_digest, digest = unowned(symbol_digest), unowned(name_digest), unowned(digest)
    t = start
    while t < top:
        symbol = cells[t]
        _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
        t += 1 + arity[symbol] + payload[symbol]


@njit(int64(_I1, _I1, _I1, _I1, _I1), cache=True, boundscheck=False)
def reach(cells, arity, marked, roots, found):  # type: ignore[no-untyped-def]
    """All terms below the roots, themselves included, each once and in no order; how many.

    -1 is returned where `found` has no room for them. `marked` is all 0, before and after.
    """
    room = int64(found.shape[0])
    count = int64(0)
    full = roots.shape[0] > room
    if not full:
        for root in roots:
            if marked[root] == 0:
                marked[root] = 1
                found[count] = root
                count += 1
    at = int64(0)
    while at < count and not full:
        t = int64(found[at])
        at += 1
        for i in range(arity[cells[t]]):
            child = cells[t + 1 + i]
            if child > 0 and marked[child] == 0:
                if count == room:
                    full = True
                    break
                marked[child] = 1
                found[count] = child
                count += 1
    for k in range(count):
        marked[found[k]] = 0
    return int64(-1) if full else count


@njit
def _order(many, who, base, count):  # type: ignore[no-untyped-def]
    """Sort the pairs at base .. base+count-1 by their keys: a merge of the runs that are there.

    The order is written as a permutation to who[block 2]. Linear for runs in order, which operands are.
    """
    block = int64(who.shape[0]) // 3
    order = block + base
    spare = 2 * block + base
    for k in range(count):
        who[order + k] = int32(k)
    while True:
        runs = 0
        i = int64(0)
        while i < count:  # merge two runs after another
            middle = i + 1
            while middle < count and many[base + who[order + middle - 1]] <= many[base + who[order + middle]]:
                middle += 1
            end = middle
            if middle < count:
                end = middle + 1
                while end < count and many[base + who[order + end - 1]] <= many[base + who[order + end]]:
                    end += 1
            a, b, w = i, middle, i
            while a < middle or b < end:
                if b >= end or (a < middle and many[base + who[order + a]] <= many[base + who[order + b]]):
                    who[spare + w] = who[order + a]
                    a += 1
                else:
                    who[spare + w] = who[order + b]
                    b += 1
                w += 1
            i = end
            runs += 1
        order, spare = spare, order
        if runs <= 1:
            break
    return order


@njit
def _push(who, many, digest, base, count, t, n, d):  # type: ignore[no-untyped-def]
    """One more pair. There must be room."""
    block = int64(who.shape[0]) // 3
    who[base + count] = int32(t)
    many[base + count] = digest[t]
    many[block + base + count] = n
    many[2 * block + base + count] = d


@njit
def _scratch_left(who, count):  # type: ignore[no-untyped-def]
    return int64(who.shape[0]) // 6 - count


@njit
def _is_multiple(cells, arity, t):  # type: ignore[no-untyped-def]
    """Is the sum t a coefficient times one term?"""
    return arity[cells[t]] == 3 and cells[t + 1] == -_BIAS


@njit
def _add_operand(cells, arity, role, numerator, denominator, digest, who, many, run, total, t, n, d):  # type: ignore[no-untyped-def]
    """Add n/d times term t to the sum being made. total = [pairs, constant's n, d]. A status."""
    if n == 0:
        return FINISHED
    kind = role[cells[t]]
    if kind == NUMBER:
        m, e = _value(cells, numerator, denominator, t)
        if e == 0:
            return ASK
        m, e = _times(n, d, m, e)
        if e == 0:
            return ASK
        total[1], total[2] = _plus(total[1], total[2], m, e)
        return FINISHED if total[2] != 0 else ASK
    if kind == SUM and _is_multiple(cells, arity, t) and role[cells[cells[t + 2]]] == SUM:
        m, e = _value(cells, numerator, denominator, cells[t + 3])
        if e == 0:
            return ASK
        n, d = _times(n, d, m, e)
        if d == 0:
            return ASK
        t = int64(cells[t + 2])
    if kind != SUM:
        if _scratch_left(who, total[0]) < 1:
            run[NUMERATOR] = total[0] + 1
            return SCRATCH
        _push(who, many, digest, int64(0), total[0], t, n, d)
        total[0] += 1
        return FINISHED
    pairs = int64(arity[cells[t]]) // 2
    if _scratch_left(who, total[0]) < pairs:
        run[NUMERATOR] = total[0] + pairs
        return SCRATCH
    m, e = _value(cells, numerator, denominator, cells[t + 1])
    if e == 0:
        return ASK
    m, e = _times(n, d, m, e)
    if e == 0:
        return ASK
    total[1], total[2] = _plus(total[1], total[2], m, e)
    if total[2] == 0:
        return ASK
    for i in range(pairs):
        m, e = _value(cells, numerator, denominator, cells[t + 3 + 2 * i])
        if e == 0:
            return ASK
        m, e = _times(n, d, m, e)
        if e == 0:
            return ASK
        _push(who, many, digest, int64(0), total[0], cells[t + 2 + 2 * i], m, e)
        total[0] += 1
    return FINISHED


@njit
def _merge(who, many, base, count):  # type: ignore[no-untyped-def]
    """Sort pairs and add the numbers of equal ones; the place of the order, how many are left (-1: ask Python).

    What is left is marked by a nonzero numerator. A pair that came from several has its denominator negated.
    """
    block = int64(who.shape[0]) // 3
    order = _order(many, who, base, count)
    kept = int64(0)
    last = int64(-1)
    for i in range(count):
        j = base + int64(who[order + i])
        if last >= 0 and many[j] == many[last]:
            if who[j] != who[last]:
                return order, int64(-1)
            if many[2 * block + j] == 0 or many[2 * block + last] == 0:
                return order, int64(-1)
            n, d = _plus(many[block + last], abs(many[2 * block + last]), many[block + j], abs(many[2 * block + j]))
            if d == 0:
                return order, int64(-1)
            many[block + last] = n
            many[2 * block + last] = -d
            many[block + j] = 0
            continue
        last = j
    for i in range(count):
        if many[block + base + int64(who[order + i])] != 0:
            kept += 1
    return order, kept


@njit
def _number_cell(cells, slots, state, numerator, denominator, numerals, leaf, row, n, d):  # type: ignore[no-untyped-def]
    """n/d as coefficient or exponent; 0 if it has no numeral yet."""
    if d == 1 and -_BIAS <= n < _BIAS:
        return n - _BIAS
    return _number(cells, slots, state, numerator, denominator, numerals, leaf, row, n, d)


@njit
def _number(cells, slots, state, numerator, denominator, numerals, leaf, row, n, d):  # type: ignore[no-untyped-def]
    """n/d as an expression; 0 if it has no numeral yet."""
    p = numerals[_numeral(numerator, denominator, numerals, n, d)]
    if p == 0:
        return int64(0)
    last = row.shape[0] - 2
    row[last] = leaf
    row[last + 1] = int32(p - 1)
    return intern(cells, slots, state, row, int64(last), int64(2))


@njit
def _finish_sum(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    total,
    leaf,
):
    """The sum of the pairs pushed: (status, term)."""
    block = int64(who.shape[0]) // 3
    count = total[0]
    if state[0] + 8 * count + 16 > cells.shape[0] or (state[1] + 2 * count + 8) * 8 > slots.shape[0] * 5:
        run[NUMERATOR] = 8 * count + 16
        return CELLS, int64(0)
    order, kept = _merge(who, many, int64(0), count)
    if kept < 0:
        return ASK, int64(0)
    if kept == 0:
        t = _number(cells, slots, state, numerator, denominator, numerals, leaf, row, total[1], total[2])
        if t == 0:
            run[NUMERATOR], run[DENOMINATOR] = total[1], total[2]
            return NUMERAL, int64(0)
        if digest[t] == 0:
            _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
        return FINISHED, t
    if kept >= sums.shape[0] or sums[kept] == 0:
        run[NUMERATOR] = kept
        return SYMBOL, int64(0)
    row[0] = sums[kept]
    cell = _number_cell(cells, slots, state, numerator, denominator, numerals, leaf, row, total[1], total[2])
    if cell == 0:
        run[NUMERATOR], run[DENOMINATOR] = total[1], total[2]
        return NUMERAL, int64(0)
    row[1] = int32(cell)
    w = int64(2)
    for i in range(count):
        j = int64(who[order + i])
        n, d = many[block + j], abs(many[2 * block + j])
        if n == 0:
            continue
        if kept == 1 and total[1] == 0 and n == 1 and d == 1:
            return FINISHED, int64(who[j])
        cell = _number_cell(cells, slots, state, numerator, denominator, numerals, leaf, row, n, d)
        if cell == 0:
            run[NUMERATOR], run[DENOMINATOR] = n, d
            return NUMERAL, int64(0)
        if cell > 0 and digest[cell] == 0:
            _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, cell)
        row[w] = who[j]
        row[w + 1] = int32(cell)
        w += 2
    if row[1] > 0 and digest[row[1]] == 0:
        _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, int64(row[1]))
    t = intern(cells, slots, state, row, int64(0), w)
    if digest[t] == 0:
        _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
    return FINISHED, t


@njit
def _multiply_operand(  # type: ignore[no-untyped-def]
    cells, arity, role, numerator, denominator, digest, who, many, run, total, t, n, d
):
    """Multiply the product being made by t**(n/d). total = [pairs, coefficient's n, d]. A status."""
    if n == 0:
        return FINISHED
    base = int64(who.shape[0]) // 6
    kind = role[cells[t]]
    if kind == SUM and d == 1 and _is_multiple(cells, arity, t):  # (c u)**n = c**n u**n
        m, e = _value(cells, numerator, denominator, cells[t + 3])
        if e == 0:
            return ASK
        m, e = _to_the(m, e, n)
        if e == 0:
            return ASK
        total[1], total[2] = _times(total[1], total[2], m, e)
        if total[2] == 0:
            return ASK
        t = int64(cells[t + 2])
        kind = role[cells[t]]
    if kind == NUMBER:
        m, e = _value(cells, numerator, denominator, t)
        if e == 0 or d != 1:
            return ASK
        if m == 0:
            if n < 0:
                return ASK
            total[1], total[2] = int64(0), int64(1)
            return FINISHED
        m, e = _to_the(m, e, n)
        if e == 0:
            return ASK
        total[1], total[2] = _times(total[1], total[2], m, e)
        return FINISHED if total[2] != 0 else ASK
    if kind != PRODUCT or d != 1:
        if _scratch_left(who, total[0]) < 1:
            run[NUMERATOR] = total[0] + 1
            return SCRATCH
        _push(who, many, digest, base, total[0], t, n, d)
        total[0] += 1
        return FINISHED
    pairs = int64(arity[cells[t]]) // 2
    if _scratch_left(who, total[0]) < pairs:
        run[NUMERATOR] = total[0] + pairs
        return SCRATCH
    for i in range(pairs):
        exponent = int64(cells[t + 2 + 2 * i])
        if exponent > 0 and role[cells[exponent]] != NUMBER:
            if n != 1:
                return ASK
            _push(who, many, digest, base, total[0], cells[t + 1 + 2 * i], exponent, int64(0))
        else:
            m, e = _value(cells, numerator, denominator, exponent)
            if e == 0:
                return ASK
            m, e = _times(n, d, m, e)
            below = int64(cells[cells[t + 1 + 2 * i]])
            # An integer power of what stood under a root may come out of it.
            if e == 0 or (
                n != 1
                and (role[below] == NUMBER or role[below] == PRODUCT or (role[below] == SUM and arity[below] == 3))
            ):
                return ASK
            _push(who, many, digest, base, total[0], cells[t + 1 + 2 * i], m, e)
        total[0] += 1
    return FINISHED


@njit
def _finish_product(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    products,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    total,
    leaf,
):
    """The product of the pairs pushed, but for its coefficient: (status, term)."""
    block = int64(who.shape[0]) // 3
    base = block // 2
    count = total[0]
    if state[0] + 8 * count + 16 > cells.shape[0] or (state[1] + 2 * count + 8) * 8 > slots.shape[0] * 5:
        run[NUMERATOR] = 8 * count + 16
        return CELLS, int64(0)
    order, kept = _merge(who, many, base, count)
    if kept < 0:
        return ASK, int64(0)
    if kept == 0:
        t = _number(cells, slots, state, numerator, denominator, numerals, leaf, row, int64(1), int64(1))
        if t == 0:
            run[NUMERATOR], run[DENOMINATOR] = 1, 1
            return NUMERAL, int64(0)
        if digest[t] == 0:
            _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
        return FINISHED, t
    if kept >= products.shape[0] or products[kept] == 0:
        run[NUMERATOR] = kept
        return SYMBOL, int64(0)
    row[0] = products[kept]
    w = int64(1)
    for i in range(count):
        j = base + int64(who[order + i])
        n, d = many[block + j], many[2 * block + j]
        if n == 0:
            continue
        kind = role[cells[who[j]]]
        if d < 0:
            d = -d
            if kind in (NUMBER, PRODUCT) or (kind == SUM and arity[cells[who[j]]] == 3):
                return ASK, int64(0)
        if d == 0:
            cell = n
        else:
            if kept == 1 and n == 1 and d == 1:
                return FINISHED, int64(who[j])
            cell = _number_cell(cells, slots, state, numerator, denominator, numerals, leaf, row, n, d)
            if cell == 0:
                run[NUMERATOR], run[DENOMINATOR] = n, d
                return NUMERAL, int64(0)
            if cell > 0 and digest[cell] == 0:
                _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, cell)
        row[w] = who[j]
        row[w + 1] = int32(cell)
        w += 2
    t = intern(cells, slots, state, row, int64(0), w)
    if digest[t] == 0:
        _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
    return FINISHED, t


@njit
def _scaled(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    total,
    leaf,
    t,
    n,
    d,
):
    """n/d times a term, as a product: a sum is not multiplied out. (status, term)"""
    if n == 1 and d == 1:
        return FINISHED, int64(t)
    total[0], total[1], total[2] = 0, 0, 1
    if role[cells[t]] == NUMBER:
        status = _add_operand(cells, arity, role, numerator, denominator, digest, who, many, run, total, t, n, d)
        if status != FINISHED:
            return status, int64(0)
    else:
        _push(who, many, digest, int64(0), int64(0), t, n, d)
        total[0] = 1
    return _finish_sum(
        cells,
        slots,
        state,
        arity,
        payload,
        role,
        sums,
        numerator,
        denominator,
        numerals,
        symbol_digest,
        name_digest,
        digest,
        who,
        many,
        row,
        run,
        total,
        leaf,
    )


@njit
def _finish_zero(cells, slots, state, numerator, denominator, numerals, row, run, total, leaf):  # type: ignore[no-untyped-def]
    t = _number(cells, slots, state, numerator, denominator, numerals, leaf, row, int64(0), int64(1))
    run[NUMERATOR], run[DENOMINATOR] = 0, 1
    return (NUMERAL if t == 0 else FINISHED), t


@njit
def _times_term(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    products,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    total,
    leaf,
    t,
    n,
    d,
):
    """n/d times any term: (status, term)."""
    total[0], total[1], total[2] = 0, n, d
    status = _multiply_operand(
        cells, arity, role, numerator, denominator, digest, who, many, run, total, t, int64(1), int64(1)
    )
    if status != FINISHED:
        return status, int64(0)
    if total[1] == 0:
        return _finish_zero(cells, slots, state, numerator, denominator, numerals, row, run, total, leaf)
    status, u = _finish_product(
        cells,
        slots,
        state,
        arity,
        payload,
        role,
        products,
        numerator,
        denominator,
        numerals,
        symbol_digest,
        name_digest,
        digest,
        who,
        many,
        row,
        run,
        total,
        leaf,
    )
    if status != FINISHED:
        return status, int64(0)
    return _scaled(
        cells,
        slots,
        state,
        arity,
        payload,
        role,
        sums,
        numerator,
        denominator,
        numerals,
        symbol_digest,
        name_digest,
        digest,
        who,
        many,
        row,
        run,
        total,
        leaf,
        u,
        total[1],
        total[2],
    )


@njit
def _applied(  # type: ignore[no-untyped-def]
    cells, slots, state, arity, payload, role, symbol_digest, name_digest, digest, row, run, symbol, k
):
    """The symbol applied to row[1 : k+1]: (status, term)."""
    if state[0] + k + 16 > cells.shape[0] or (state[1] + 8) * 8 > slots.shape[0] * 5:
        run[NUMERATOR] = k + 16
        return CELLS, int64(0)
    row[0] = int32(symbol)
    t = intern(cells, slots, state, row, int64(0), k + 1)
    if digest[t] == 0:
        _digest_row(cells, arity, payload, role, symbol_digest, name_digest, digest, t)
    return FINISHED, t


_SHARED = (
    *(_I1, _I1, _L1, _I1, _I1),  # cells, slots, state, arity, payload
    *(_I1, _I1, _I1),  # role, sums, products
    *(_L1, _L1, _I1),  # numerator, denominator, numerals
    *(_L1, _L1, _L1),  # symbol_digest, name_digest, digest
    *(_I1, _L1, _I1, _L1, int64),  # who, many, row, run, leaf
)


@njit(int64(*_SHARED, _L1, _I1), cache=True, boundscheck=False)
def build(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    products,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    leaf,
    code,
    results,
):
    """The nodes of `code` from run[AT] on, each written to `results`. run[FIRST] is where in `code` the next begins.

    A node is [instruction, k, symbol] and k operands [operand, n, d]: a term; ~i, the i-th result; or 0, the number
    n/d. ADD sums n/d times the operands, MULTIPLY multiplies their (n/d)-th powers, POWER raises the first to the
    second, APPLY applies the symbol. d = 0 marks a number that is too large for here.
    """
    cells = unowned(cells)
    slots = unowned(slots)
    state = unowned(state)
    arity = unowned(arity)
    payload = unowned(payload)
    role = unowned(role)
    sums = unowned(sums)
    products = unowned(products)
    numerator = unowned(numerator)
    denominator = unowned(denominator)
    numerals = unowned(numerals)
    symbol_digest = unowned(symbol_digest)
    name_digest = unowned(name_digest)
    digest = unowned(digest)
    who = unowned(who)
    many = unowned(many)
    row = unowned(row)
    run = unowned(run)
    code = unowned(code)
    results = unowned(results)
    total = run[TOTAL : TOTAL + 3]
    at = run[FIRST]
    position = run[AT]
    while at < code.shape[0]:
        instruction, k, symbol = code[at], code[at + 1], code[at + 2]
        total[0] = 0
        total[1] = 0 if instruction == ADD else 1
        total[2] = 1
        status = FINISHED
        t = int64(0)
        for i in range(k):
            operand = code[at + 3 + 3 * i]
            n, d = code[at + 4 + 3 * i], code[at + 5 + 3 * i]
            if d == 0:
                status = ASK
                break
            if operand < 0:
                operand = int64(results[~operand])
            if instruction == APPLY:
                if role[cells[operand]] == NUMBER or row.shape[0] < k + 4:
                    status = ASK
                    break
                row[i + 1] = int32(operand)
            elif instruction == ADD:
                if operand == 0:
                    total[1], total[2] = _plus(total[1], total[2], n, d)
                    status = FINISHED if total[2] != 0 else ASK
                else:
                    status = _add_operand(
                        cells, arity, role, numerator, denominator, digest, who, many, run, total, operand, n, d
                    )
            elif instruction == MULTIPLY:
                if operand == 0:
                    total[1], total[2] = _times(total[1], total[2], n, d)
                    status = FINISHED if total[2] != 0 else ASK
                else:
                    status = _multiply_operand(
                        cells, arity, role, numerator, denominator, digest, who, many, run, total, operand, n, d
                    )
            elif i == 0:
                t = operand
                if role[cells[t]] == NUMBER:
                    status = ASK
                    break
            elif role[cells[operand]] == NUMBER:
                n, d = _value(cells, numerator, denominator, operand)
                status = (
                    ASK
                    if d == 0
                    else _multiply_operand(
                        cells, arity, role, numerator, denominator, digest, who, many, run, total, t, n, d
                    )
                )
            else:
                _push(who, many, digest, int64(who.shape[0]) // 6, int64(0), t, operand, int64(0))
                total[0] = 1
            if status != FINISHED:
                break
        if status == FINISHED:
            if instruction == ADD:
                status, t = _finish_sum(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    sums,
                    numerator,
                    denominator,
                    numerals,
                    symbol_digest,
                    name_digest,
                    digest,
                    who,
                    many,
                    row,
                    run,
                    total,
                    leaf,
                )
            elif instruction == APPLY:
                status, t = _applied(
                    cells, slots, state, arity, payload, role, symbol_digest, name_digest, digest, row, run, symbol, k
                )
            elif total[1] == 0:
                status, t = _finish_zero(cells, slots, state, numerator, denominator, numerals, row, run, total, leaf)
            else:
                status, t = _finish_product(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    products,
                    numerator,
                    denominator,
                    numerals,
                    symbol_digest,
                    name_digest,
                    digest,
                    who,
                    many,
                    row,
                    run,
                    total,
                    leaf,
                )
                if status == FINISHED:
                    status, t = _scaled(
                        cells,
                        slots,
                        state,
                        arity,
                        payload,
                        role,
                        sums,
                        numerator,
                        denominator,
                        numerals,
                        symbol_digest,
                        name_digest,
                        digest,
                        who,
                        many,
                        row,
                        run,
                        total,
                        leaf,
                        t,
                        total[1],
                        total[2],
                    )
        if status != FINISHED:
            run[AT] = position
            run[FIRST] = at
            return status
        results[position] = int32(t)
        position += 1
        at += 3 + 3 * k
    run[AT] = position
    run[FIRST] = at
    return FINISHED


@njit(int64(*_SHARED, _I1, _I1), cache=True, boundscheck=False)
def replace(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    products,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    leaf,
    nodes,
    image,
):
    """image[t] for every t of `nodes` (children first) from run[AT] on, where it is not yet set: t over the images."""
    cells = unowned(cells)
    slots = unowned(slots)
    state = unowned(state)
    arity = unowned(arity)
    payload = unowned(payload)
    role = unowned(role)
    sums = unowned(sums)
    products = unowned(products)
    numerator = unowned(numerator)
    denominator = unowned(denominator)
    numerals = unowned(numerals)
    symbol_digest = unowned(symbol_digest)
    name_digest = unowned(name_digest)
    digest = unowned(digest)
    who = unowned(who)
    many = unowned(many)
    row = unowned(row)
    run = unowned(run)
    nodes = unowned(nodes)
    image = unowned(image)
    total = run[TOTAL : TOTAL + 3]
    for position in range(run[AT], nodes.shape[0]):
        t = int64(nodes[position])
        if image[t] != 0:
            continue
        symbol = int64(cells[t])
        n = int64(arity[symbol])
        kind = role[symbol]
        moved = False
        for j in range(n):
            child = cells[t + 1 + j]
            if child > 0 and image[child] != child:
                moved = True
                break
        if not moved:
            image[t] = int32(t)
            continue
        status = FINISHED
        new = int64(0)
        total[0], total[1], total[2] = 0, 0, 1
        if kind == SUM and _is_multiple(cells, arity, t):
            m, e = _value(cells, numerator, denominator, cells[t + 3])
            if e == 0:
                status = ASK
            else:
                status, new = _times_term(
                    *(cells, slots, state, arity, payload, role, sums, products, numerator, denominator, numerals),
                    *(symbol_digest, name_digest, digest, who, many, row, run, total, leaf),
                    *(int64(image[cells[t + 2]]), m, e),
                )
        elif kind == SUM:
            total[1], total[2] = _value(cells, numerator, denominator, cells[t + 1])
            if total[2] == 0:
                status = ASK
            i = int64(2)
            while i < n and status == FINISHED:
                m, e = _value(cells, numerator, denominator, cells[t + i + 1])
                if e == 0:
                    status = ASK
                else:
                    status = _add_operand(
                        cells,
                        arity,
                        role,
                        numerator,
                        denominator,
                        digest,
                        who,
                        many,
                        run,
                        total,
                        int64(image[cells[t + i]]),
                        m,
                        e,
                    )
                i += 2
            if status == FINISHED:
                status, new = _finish_sum(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    sums,
                    numerator,
                    denominator,
                    numerals,
                    symbol_digest,
                    name_digest,
                    digest,
                    who,
                    many,
                    row,
                    run,
                    total,
                    leaf,
                )
        elif kind == PRODUCT:
            total[1] = 1
            i = int64(1)
            while i < n and status == FINISHED:
                exponent = int64(cells[t + i + 1])
                if exponent > 0:
                    exponent = int64(image[exponent])
                base = int64(image[cells[t + i]])
                if exponent > 0 and role[cells[exponent]] != NUMBER:
                    if role[cells[base]] == NUMBER:
                        status = ASK
                    elif _scratch_left(who, total[0]) < 1:
                        run[NUMERATOR] = total[0] + 1
                        status = SCRATCH
                    else:
                        _push(who, many, digest, int64(who.shape[0]) // 6, total[0], base, exponent, int64(0))
                        total[0] += 1
                else:
                    m, e = _value(cells, numerator, denominator, exponent)
                    status = (
                        ASK
                        if e == 0
                        else _multiply_operand(
                            cells, arity, role, numerator, denominator, digest, who, many, run, total, base, m, e
                        )
                    )
                i += 2
            if status == FINISHED and total[1] == 0:
                status, new = _finish_zero(cells, slots, state, numerator, denominator, numerals, row, run, total, leaf)
            elif status == FINISHED:
                status, new = _finish_product(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    products,
                    numerator,
                    denominator,
                    numerals,
                    symbol_digest,
                    name_digest,
                    digest,
                    who,
                    many,
                    row,
                    run,
                    total,
                    leaf,
                )
                if status == FINISHED:
                    status, new = _scaled(
                        cells,
                        slots,
                        state,
                        arity,
                        payload,
                        role,
                        sums,
                        numerator,
                        denominator,
                        numerals,
                        symbol_digest,
                        name_digest,
                        digest,
                        who,
                        many,
                        row,
                        run,
                        total,
                        leaf,
                        new,
                        total[1],
                        total[2],
                    )
        else:
            if row.shape[0] < n + 4:
                run[NUMERATOR] = n + 4
                status = SCRATCH
            else:
                for j in range(n):
                    child = int64(image[cells[t + 1 + j]])
                    if role[cells[child]] == NUMBER:
                        status = ASK
                        break
                    row[1 + j] = int32(child)
            if status == FINISHED:
                status, new = _applied(
                    cells, slots, state, arity, payload, role, symbol_digest, name_digest, digest, row, run, symbol, n
                )
        if status != FINISHED:
            run[AT] = position
            return status
        image[t] = int32(new)
    run[AT] = nodes.shape[0]
    return FINISHED


@njit(int64(*_SHARED, _I1, _I1, _I1, int64), cache=True, boundscheck=False)
def differentiate(  # type: ignore[no-untyped-def]
    cells,
    slots,
    state,
    arity,
    payload,
    role,
    sums,
    products,
    numerator,
    denominator,
    numerals,
    symbol_digest,
    name_digest,
    digest,
    who,
    many,
    row,
    run,
    leaf,
    recipe,
    nodes,
    slope,
    zero,
):
    """slope[t], the derivative, for every t of `nodes` (children first) from run[AT] on, where it is not yet set.

    recipe[4 s :] tells how the derivative of s(u) begins: BY_FUNCTION c g for c g(u), BY_POWER c p for c u**p;
    anything else asks. A numeral has slope zero, and so has a leaf whose slope was not set before.
    """
    cells = unowned(cells)
    slots = unowned(slots)
    state = unowned(state)
    arity = unowned(arity)
    payload = unowned(payload)
    role = unowned(role)
    sums = unowned(sums)
    products = unowned(products)
    numerator = unowned(numerator)
    denominator = unowned(denominator)
    numerals = unowned(numerals)
    symbol_digest = unowned(symbol_digest)
    name_digest = unowned(name_digest)
    digest = unowned(digest)
    who = unowned(who)
    many = unowned(many)
    row = unowned(row)
    run = unowned(run)
    recipe = unowned(recipe)
    nodes = unowned(nodes)
    slope = unowned(slope)
    total = run[TOTAL : TOTAL + 3]
    factor = run[FACTOR : FACTOR + 3]
    for position in range(run[AT], nodes.shape[0]):
        t = int64(nodes[position])
        if slope[t] != 0:
            continue
        symbol = int64(cells[t])
        n = int64(arity[symbol])
        kind = role[symbol]
        constant = True
        for j in range(n):
            child = cells[t + 1 + j]
            if child > 0 and slope[child] != zero:
                constant = False
                break
        if constant:
            slope[t] = int32(zero)
            continue
        status = FINISHED
        new = int64(0)
        parts = 0  # how many summands the derivative has, and the last of them
        only, only_n, only_d = int64(0), int64(0), int64(1)
        total[0], total[1], total[2] = 0, 0, 1
        if kind == SUM:
            i = int64(2)
            while i < n and status == FINISHED:
                child = int64(slope[cells[t + i]])
                if child != zero:
                    m, e = _value(cells, numerator, denominator, cells[t + i + 1])
                    if e == 0:
                        status = ASK
                    else:
                        parts += 1
                        only, only_n, only_d = child, m, e
                        status = _add_operand(
                            cells, arity, role, numerator, denominator, digest, who, many, run, total, child, m, e
                        )
                i += 2
        elif kind == PRODUCT:
            i = int64(1)
            while i < n and status == FINISHED:
                inner = int64(slope[cells[t + i]])
                exponent = int64(cells[t + i + 1])
                if exponent > 0 and role[cells[exponent]] != NUMBER:
                    if inner != zero or slope[exponent] != zero:
                        status = ASK
                elif inner != zero:
                    scale_n, scale_d = _value(cells, numerator, denominator, exponent)
                    if scale_d == 0:
                        status = ASK
                    factor[0], factor[1], factor[2] = 0, 1, 1
                    k = int64(1)
                    while k < n and status == FINISHED:
                        power = int64(cells[t + k + 1])
                        if power > 0 and role[cells[power]] != NUMBER:
                            if _scratch_left(who, factor[0]) < 1:
                                run[NUMERATOR] = factor[0] + 1
                                status = SCRATCH
                            else:
                                half = int64(who.shape[0]) // 6
                                _push(who, many, digest, half, factor[0], cells[t + k], power, int64(0))
                                factor[0] += 1
                        else:
                            m, e = _value(cells, numerator, denominator, power)
                            if e != 0 and k == i:
                                m, e = _plus(m, e, int64(-1), int64(1))
                            if e == 0:
                                status = ASK
                            else:
                                status = _multiply_operand(
                                    cells,
                                    arity,
                                    role,
                                    numerator,
                                    denominator,
                                    digest,
                                    who,
                                    many,
                                    run,
                                    factor,
                                    int64(cells[t + k]),
                                    m,
                                    e,
                                )
                        k += 2
                    if status == FINISHED:
                        status = _multiply_operand(
                            cells,
                            arity,
                            role,
                            numerator,
                            denominator,
                            digest,
                            who,
                            many,
                            run,
                            factor,
                            inner,
                            int64(1),
                            int64(1),
                        )
                    if status == FINISHED:
                        status, child = _finish_product(
                            cells,
                            slots,
                            state,
                            arity,
                            payload,
                            role,
                            products,
                            numerator,
                            denominator,
                            numerals,
                            symbol_digest,
                            name_digest,
                            digest,
                            who,
                            many,
                            row,
                            run,
                            factor,
                            leaf,
                        )
                        if status == FINISHED:
                            m, e = _times(factor[1], factor[2], scale_n, scale_d)
                            parts += 1
                            only, only_n, only_d = child, m, e
                            status = (
                                ASK
                                if e == 0
                                else _add_operand(
                                    cells,
                                    arity,
                                    role,
                                    numerator,
                                    denominator,
                                    digest,
                                    who,
                                    many,
                                    run,
                                    total,
                                    child,
                                    m,
                                    e,
                                )
                            )
                i += 2
        elif n != 1 or recipe[4 * symbol] == NO_RECIPE:
            status = ASK
        else:
            u = int64(cells[t + 1])
            factor[0], factor[1], factor[2] = 0, int64(recipe[4 * symbol + 1]), 1
            if recipe[4 * symbol] == BY_POWER:
                status = _multiply_operand(
                    cells,
                    arity,
                    role,
                    numerator,
                    denominator,
                    digest,
                    who,
                    many,
                    run,
                    factor,
                    u,
                    int64(recipe[4 * symbol + 2]),
                    int64(1),
                )
            else:
                row[1] = int32(u)
                status, child = _applied(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    symbol_digest,
                    name_digest,
                    digest,
                    row,
                    run,
                    int64(recipe[4 * symbol + 2]),
                    int64(1),
                )
                if status == FINISHED:
                    status = _multiply_operand(
                        cells,
                        arity,
                        role,
                        numerator,
                        denominator,
                        digest,
                        who,
                        many,
                        run,
                        factor,
                        child,
                        int64(1),
                        int64(1),
                    )
            if status == FINISHED:
                status = _multiply_operand(
                    cells,
                    arity,
                    role,
                    numerator,
                    denominator,
                    digest,
                    who,
                    many,
                    run,
                    factor,
                    int64(slope[u]),
                    int64(1),
                    int64(1),
                )
            if status == FINISHED:
                status, child = _finish_product(
                    cells,
                    slots,
                    state,
                    arity,
                    payload,
                    role,
                    products,
                    numerator,
                    denominator,
                    numerals,
                    symbol_digest,
                    name_digest,
                    digest,
                    who,
                    many,
                    row,
                    run,
                    factor,
                    leaf,
                )
            if status == FINISHED:
                parts, only, only_n, only_d = 1, child, factor[1], factor[2]
        if status == FINISHED and parts == 1:
            status, new = _times_term(
                *(cells, slots, state, arity, payload, role, sums, products, numerator, denominator, numerals),
                *(symbol_digest, name_digest, digest, who, many, row, run, total, leaf),
                *(only, only_n, only_d),
            )
        elif status == FINISHED:
            status, new = _finish_sum(
                cells,
                slots,
                state,
                arity,
                payload,
                role,
                sums,
                numerator,
                denominator,
                numerals,
                symbol_digest,
                name_digest,
                digest,
                who,
                many,
                row,
                run,
                total,
                leaf,
            )
        if status != FINISHED:
            run[AT] = position
            return status
        slope[t] = int32(new)
    run[AT] = nodes.shape[0]
    return FINISHED
