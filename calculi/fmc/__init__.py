"""The Functional Machine Calculus (Heijltjes; Barrett, Heijltjes and McCusker; Heijltjes: Control) [T, M, R].

Terms push, pop, execute, jump and handle jumps; a machine with a stack for each location runs them (docs/fmc.md).

>>> run(parse("[2].[3].$add")).memory
{'': [Term('5')]}
>>> infer(parse("<x:Z>.[x].[x]"))
Term('Z => Z Z')
"""

from .closures import branches, distribution, run, steps
from .executor import execute
from .machine import Ending, Request, Run, State, Step
from .normalising import normal_form
from .parsing import Program, parse, parse_program, parse_type
from .reduction import reduced, trace
from .terms import Term, same
from .typing import checks, infer

__all__ = [
    "Ending",
    "Program",
    "Request",
    "Run",
    "State",
    "Step",
    "Term",
    "branches",
    "checks",
    "distribution",
    "execute",
    "infer",
    "normal_form",
    "parse",
    "parse_program",
    "parse_type",
    "reduced",
    "run",
    "same",
    "steps",
    "trace",
]
