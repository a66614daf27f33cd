"""Which term interface a term wants."""

from __future__ import annotations

import ast
import sys
from typing import Any

from .interface import TermInterface, Terms
from .nested import NestedTuples
from .python_trees import PythonTrees
from .source import LemmataError
from .sympy_trees import SympyTrees
from .terms import Term


def interface_of(term: object) -> TermInterface[Any]:
    """The interface of a Lemmata term or expression, an `ast` node, a SymPy expression or a nested tuple.

    Raises LemmataError for anything else: ids of a bank are numbers like any other, so their interface must be named.
    """
    if isinstance(term, Term):
        return Terms(term.signature)
    if isinstance(term, ast.AST):
        return PythonTrees()
    if isinstance(term, tuple):
        return NestedTuples()
    expressions = sys.modules.get(f"{__package__}.expressions")  # whoever has an expression has imported its module
    if expressions is not None and isinstance(term, expressions.Expr):
        from .expression_interface import Expressions

        return Expressions()
    sympy = sys.modules.get("sympy")
    if sympy is not None and isinstance(term, sympy.Basic):
        return SympyTrees()
    raise LemmataError(
        f"a {type(term).__name__} is no term that strategies know",
        hint="name its interface: strategy(term, over=BankTerms(bank)) for ids of a bank",
    )
