"""The lambda-calculus, with effects, and its two translations into the Functional Machine Calculus.

    M ::= x | \\x.M | M N | n | (M + N) | c := N ; M | !c

A number is a value of base type; (M + N) is M or N, by the toss of a fair coin; c := N ; M puts the value of N into the
cell c, and !c is its contents.
"""

from .terms import LambdaTerm, parse
from .translation import STRATEGIES, Strategy, translate

__all__ = ["STRATEGIES", "LambdaTerm", "Strategy", "parse", "translate"]
