"""The compiled loops of polynomials in packed form, and the ways between them and rows of the bank.

A monomial is one int64: the sum of exponent * weight over the generators, the weights being powers of a radix that no
exponent exceeds, so that multiplying monomials is adding numbers and different monomials are different numbers. A
polynomial is an array of such keys, ascending and without repetition, and one of int64 coefficients, none 0. No loop
here looks for overflow: `polynomials.py` calls them where bounds exclude it.
"""

from __future__ import annotations

import numpy as np
from numba import int32, int64, njit, uint64

from .kernels import intern
from .unowned import unowned

INSIDE, GENERATOR = 1, 2  # marks of `survey`
PLAIN, ODD, FULL = range(3)  # its answers
FOUND, DEGREE, NEGATIVE = range(3)  # cells of its report
_SUM, _PRODUCT = 2, 3  # roles, as in algebra_kernels
_NUMBER = 1
_BIAS = 1 << 30
_MOST = 1 << 20  # of a degree

_I1 = int32[::1]
_L1 = int64[::1]


@njit(int64(_I1, _I1, _I1, _I1, _L1, int64, _I1, _I1, _L1), cache=True, boundscheck=False)
def survey(cells, arity, role, mark, degree, root, found, stack, report):  # type: ignore[no-untyped-def]
    """The terms of which `root` is a polynomial: `found` gets the sums and products, then what they stand on.

    Children come before parents; mark[t] becomes INSIDE for a term that is opened, GENERATOR for one that is not;
    degree[t] a bound of the total degree, negative exponents counted without their sign. report: how many were found,
    the greatest degree, whether an exponent is negative. ODD if there is an exponent that is no whole number, or a
    negative one over a sum; FULL if `found` or `stack` has no room. `mark` must be 0 at first.
    """
    count = int64(0)
    depth = int64(1)
    stack[0] = int32(root)
    while depth > 0:
        t = int64(stack[depth - 1])
        kind = role[cells[t]]
        if mark[t] != 0:
            depth -= 1
            continue
        n = int64(arity[cells[t]])
        if count + 1 >= found.shape[0] or depth + n + 2 >= stack.shape[0]:
            return FULL
        if kind != _SUM and kind != _PRODUCT:
            mark[t] = GENERATOR
            degree[t] = 0 if kind == _NUMBER else 1
            found[count] = int32(t)
            count += 1
            report[FOUND] = count
            depth -= 1
            continue
        waiting = False
        bound = int64(0)
        i = int64(1) if kind == _SUM else int64(0)
        while i < n:
            child = int64(cells[t + 1 + i])
            if kind == _PRODUCT:
                exponent = int64(cells[t + 2 + i])
                if exponent >= 0 or role[cells[child]] == _NUMBER:
                    return ODD
                exponent += _BIAS
                if exponent < 0:
                    if role[cells[child]] == _SUM or role[cells[child]] == _PRODUCT:
                        return ODD
                    report[NEGATIVE] = 1
                    exponent = -exponent
                if role[cells[child]] == _PRODUCT:
                    return ODD
                if mark[child] == 0:
                    stack[depth] = int32(child)
                    depth += 1
                    waiting = True
                elif exponent > _MOST or degree[child] * exponent > _MOST:
                    return ODD
                bound += degree[child] * exponent
            else:
                if mark[child] == 0:
                    stack[depth] = int32(child)
                    depth += 1
                    waiting = True
                bound = max(bound, degree[child])
            i += 2
        if waiting:
            continue
        if bound > _MOST:
            return ODD
        mark[t] = INSIDE
        degree[t] = bound
        report[DEGREE] = max(report[DEGREE], bound)
        found[count] = int32(t)
        count += 1
        report[FOUND] = count
        depth -= 1
    return PLAIN


@njit(int64(_I1, _I1, _I1, _L1, int64, _L1, _L1), cache=True, boundscheck=False)
def read(cells, arity, role, weight, t, keys, coefficients):  # type: ignore[no-untyped-def]
    """A sum of monomials, in the order of its row, the constant last; how many, or -1 if it is no such thing.

    A coefficient must be a whole number below 2**30; weight[g] is nonzero for the generators.
    """
    count = int64(0)
    n = int64(arity[cells[t]])
    for i in range(1, n, 2):
        term = int64(cells[t + 1 + i])
        number = int64(cells[t + 2 + i])
        if number >= 0:
            return int64(-1)
        key = int64(0)
        if role[cells[term]] == _PRODUCT:
            for j in range(0, arity[cells[term]], 2):
                by = weight[cells[term + 1 + j]]
                if by == 0:
                    return int64(-1)
                key += by * (int64(cells[term + 2 + j]) + _BIAS)
        else:
            key = weight[term]
            if key == 0:
                return int64(-1)
        keys[count] = key
        coefficients[count] = number + _BIAS
        count += 1
    constant = int64(cells[t + 1])
    if constant >= 0:
        return int64(-1)
    if constant != -_BIAS:
        keys[count] = 0
        coefficients[count] = constant + _BIAS
        count += 1
    return count


@njit(int64(_L1, _L1, _L1, _L1, int64, _L1), cache=True, boundscheck=False)
def multiply_dense(a, a_by, b, b_by, least, out):  # type: ignore[no-untyped-def]
    """Add the product to out[key - least]; how many of `out` are nonzero then."""
    for i in range(a.shape[0]):
        at = a[i] - least
        by = a_by[i]
        for j in range(b.shape[0]):
            out[at + b[j]] += by * b_by[j]
    count = int64(0)
    for k in range(out.shape[0]):
        if out[k] != 0:
            count += 1
    return count


@njit(int64(_L1, int64, _L1, _L1), cache=True, boundscheck=False)
def gather(dense, least, keys, coefficients):  # type: ignore[no-untyped-def]
    """The nonzero cells of a dense array, ascending."""
    count = int64(0)
    for k in range(dense.shape[0]):
        if dense[k] != 0:
            keys[count] = k + least
            coefficients[count] = dense[k]
            count += 1
    return count


@njit
def _place(table, key):  # type: ignore[no-untyped-def]
    mask = int64(table.shape[0] - 1)
    h = uint64(key) * uint64(0x9E37_79B9_7F4A_7C15)
    return int64(h >> uint64(20)) & mask


@njit(int64(_L1, _L1, _L1, _L1, _L1, _L1, int64), cache=True, boundscheck=False)
def multiply_sparse(a, a_by, b, b_by, table, values, free):  # type: ignore[no-untyped-def]
    """Add the product to an open-addressing table, where `free` marks an empty place; its size, or -1: too small."""
    mask = int64(table.shape[0] - 1)
    count = int64(0)
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            key = a[i] + b[j]
            h = _place(table, key)
            while table[h] != key:
                if table[h] == free:
                    table[h] = key
                    count += 1
                    if 2 * count > mask:
                        return int64(-1)
                    break
                h = (h + 1) & mask
            values[h] += a_by[i] * b_by[j]
    return count


@njit(int64(_L1, _L1, int64, int64[:, ::1], int64[:, ::1], int64, _L1), cache=True, boundscheck=False)
def power_dense(keys, coefficients, n, binomial, powers, least, out):  # type: ignore[no-untyped-def]
    """Add the n-th power of a polynomial of m >= 2 terms to out[key - least], by the multinomial theorem.

    binomial[r, k] for r up to n; powers[i, k] = coefficients[i]**k. Returns how many of `out` are nonzero.
    """
    m = keys.shape[0]
    taken = np.zeros(m, np.int64)  # how often each term was chosen, for the levels above
    left = np.zeros(m, np.int64)
    key = np.zeros(m, np.int64)
    by = np.zeros(m, np.int64)
    left[0] = n
    key[0] = -least
    by[0] = 1
    level = int64(0)
    while level >= 0:
        if level == m - 2:
            r = left[level]
            at = key[level] + r * keys[m - 1]
            step = keys[m - 2] - keys[m - 1]
            for k in range(r + 1):
                out[at] += by[level] * binomial[r, k] * powers[m - 2, k] * powers[m - 1, r - k]
                at += step
            level -= 1
            if level >= 0:
                taken[level] += 1
            continue
        k = taken[level]
        r = left[level]
        if k > r:
            taken[level] = 0
            level -= 1
            if level >= 0:
                taken[level] += 1
            continue
        left[level + 1] = r - k
        key[level + 1] = key[level] + k * keys[level]
        by[level + 1] = by[level] * binomial[r, k] * powers[level, k]
        level += 1
        taken[level] = 0
    count = int64(0)
    for k in range(out.shape[0]):
        if out[k] != 0:
            count += 1
    return count


@njit(int64(_I1, _I1, _L1, _I1, _L1, int64, int64, _I1, _I1, _I1), cache=True, boundscheck=False, error_model="numpy")
def write(cells, slots, state, generators, keys, radix, least, products, row, out):  # type: ignore[no-untyped-def]
    """out[i] = the term of the monomial keys[i], 0 for key 0. There must be room.

    `generators` stand in the order of rows; the i-th has weight radix**i and exponents from `least` on. products[k] is
    the symbol of a product of k pairs. `row` is room for one row.
    """
    cells, slots, state, row = unowned(cells), unowned(slots), unowned(state), unowned(row)
    shift = int64(0)
    weight = int64(1)
    for _ in range(generators.shape[0]):
        shift -= least * weight
        weight *= radix
    for i in range(keys.shape[0]):
        key = uint64(keys[i] + shift)  # unsigned division is quicker
        w = int64(1)
        for g in range(generators.shape[0]):
            if key == 0 and least == 0:
                break
            rest = key // uint64(radix)
            exponent = int64(key - rest * uint64(radix)) + least
            key = rest
            if exponent != 0:
                row[w] = generators[g]
                row[w + 1] = int32(exponent - _BIAS)
                w += 2
        if w == 1:
            out[i] = 0
        elif w == 3 and row[2] == 1 - _BIAS:
            out[i] = row[1]
        else:
            row[0] = products[w // 2]
            out[i] = intern(cells, slots, state, row, int64(0), w)
    return int64(keys.shape[0])
