"""The numbers that compiled rule tables and the kernels that run them agree on. See `kernels.py` for what they mean."""

TOP, COUNT = range(2)  # cells of a bank's state
STACKED, STEPS, RESULTS, VISITS = range(4)  # cells of the state of a run
FINISHED, GROW_CELLS, GROW_STACK, OUT_OF_FUEL = range(4)  # statuses
SWITCH, LOAD, SAME, LEAF, CONS, NAME, BELOW, DONE, STUCK = range(9)  # opcodes
BY_CHILDREN = -1  # in `by`: the children were normalised; otherwise the index of a rule
