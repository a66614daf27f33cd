"""A small imperative language: its syntax, an interpreter, and its translation into the Functional Machine Calculus.

    s ::= skip | c := e | print e | read c | s ; s | if b {s} [else {s}] | while b {s} | break | continue
        | throw E [e] | try {s} catch E[(c)] {s} | {s}
    e ::= n | c | e + e | e - e | e * e | e / e | e % e | (e)
    b ::= true | false | e = e | e < e | e <= e | !b | b && b | b || b | (b)

Cells hold integers of any size; / and % round down.
"""

from .interpreter import Outcome, interpret
from .syntax import Statement, parse
from .translation import translate

__all__ = ["Outcome", "Statement", "interpret", "parse", "translate"]
