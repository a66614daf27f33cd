"""Simplification: a hidden term found, a refusal and what lifts it, a proof, SymPy at both ends.

Run it: python examples/simplify.py
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from lemmata import simplification, simplify

HIDDEN = "-(-(3*(x^2/2) + (-(2*(ln(exp(x^2))/2))) + x^2/(1*(1*2)))^1)"


def lines() -> Iterator[str]:
    found = simplification(HIDDEN)
    yield f"{HIDDEN}"
    yield f"  is {found.result}: {found.cost_after} nodes instead of {found.cost_before}"
    proof = found.proof()
    yield f"  proved in {len(proof.theorems[0].steps)} steps, accepted: {found.check().accepted}"

    for assumed in ([], ["x >= 0"], ["x < 0"]):
        found = simplification("sqrt(x^2)", assume=assumed)
        yield f"sqrt(x^2) is {found.result} if {' and '.join(assumed) or 'x is any real number'}"

    t = sympy.Symbol("t", real=True)
    velocity = sympy.Matrix([sympy.cos(t), sympy.sin(t)]).diff(t)
    speed = sympy.sqrt(velocity.dot(velocity), evaluate=False)
    yield f"the speed {speed} on the unit circle is {simplify(speed)}"

    de_morgan = simplify("not (not p or not q) or (p and r and not r)")
    yield f"not (not p or not q) or (p and r and not r) is {de_morgan}"


if __name__ == "__main__":
    for line in lines():
        print(line)  # noqa: T201
