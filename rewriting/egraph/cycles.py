"""CPU cycles of each numeric operation, as compiled loops over arrays spend them.

The table was measured by `measure` (see `benchmarks/`).
"""
CYCLES = {"+": 1}
CALL = 100
