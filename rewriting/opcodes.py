"""The numbers that rule tables and the executors that run them agree on.

Code of a rule table (made by `rules.py`), int32, executed for one term f(t1 .. tn) whose arguments are normal forms;
registers 0 .. n-1 hold them. What begins at a head symbol's entry is a tree: each path ends in RETURN, TAIL or STUCK.

    SWITCH r other k s1 a1 .. sk ak   continue at ai if register r starts with symbol si (ascending), else at `other`
    LOAD r d n              registers d .. d+n-1 = the children of register r
    SAME r q fail           go to fail unless registers r and q are the same term
    DIFFER r q fail         go to fail if they are
    IS r c fail             go to fail unless register r is constant c
    CONST d c               register d = constant c: a ground term without redexes
    CONS d s n a1 .. an     register d = the term s(registers a1 .. an), not rewritten
    CALL d s n a1 .. an k v1 .. vk   register d = the normal form of s(registers a1 .. an); of all registers only
                            v1 .. vk are needed afterwards
    BELOW r q fail          go to fail unless register r is smaller than register q in the path order
    FIRE rule               from here on it is settled that this rule applies
    TAIL s n a1 .. an       the term rewrites to s(registers a1 .. an), which is rewritten in turn
    RETURN r                the term rewrites to register r, a normal form
    COMPUTE k n l1 .. ln    if every register i < n is a literal, with symbol li where it is no immediate, the term
                            rewrites to the value of its operation, which is the k-th of COMPUTED where that is not -1;
                            if they are not all literals, or there is no value, go on
    STUCK s n               no rule applies to s(registers 0 .. n-1), the term itself
"""

TOP, COUNT = range(2)  # cells of a bank's state
STACKED, STEPS, RESULTS, VISITS = range(4)  # cells of the state of a run
FINISHED, GROW_CELLS, GROW_STACK, OUT_OF_FUEL, EVALUATE = range(5)  # statuses
SWITCH, LOAD, SAME, DIFFER, IS, CONST, CONS, CALL, BELOW, FIRE, TAIL, RETURN, STUCK, COMPUTE = range(14)  # opcodes
# In `by`, where there is no rule: the children were normalised; the operation has that value; it has no value.
BY_CHILDREN, EVALUATED, NO_VALUE = -1, -2, -3

LIT_INT = 0  # the symbol of integers in every bank
IMMEDIATE = 1 << 30  # integers from -IMMEDIATE up to IMMEDIATE - 1 are ids: value - IMMEDIATE
COMPUTED = ("+", "-", "*", "div", "mod", "<", "<=", ">", ">=", "=", "<>", "neg")  # on two immediates; `neg` on one
