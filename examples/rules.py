"""Rules as mathematics: derivatives, sorted lists, primes, and why two expressions are equal.

Run it: python examples/rules.py
"""

from __future__ import annotations

from lemmata import RuleSet, function, operations, rule, rules

DERIVATIVES = rules(
    "constant: d(n) = 0 if is_number(n)",
    "itself: d(var) = 1",
    "sum: d(x + y) = d(x) + d(y)",
    "product: d(x * y) = d(x) * y + x * d(y)",
    "power: d(x ^ n) = n * x ^ (n - 1) * d(x) if is_number(n)",
    "chain: d(sin(x)) = cos(x) * d(x)",
    "x + 0 = x",
    "0 + x = x",
    "x * 0 = 0",
    "0 * x = 0",
    "x * 1 = x",
    "1 * x = x",
    "x ^ 1 = x",
    functions={"is_number": lambda n: isinstance(n, int)},
)

SORTING = rules(
    "sort(nil) = nil",
    "sort(cons(x, xs)) = insert(x, sort(xs))",
    "insert(x, nil) = cons(x, nil)",
    "insert(x, cons(y, ys)) = cons(x, cons(y, ys)) if x <= y",
    "insert(x, cons(y, ys)) = cons(y, insert(x, ys)) if x > y",
)

RING = rules(
    "x + 0 = x",
    "x * 1 = x",
    "x * (y + z) = x * y + x * z",
    laws={"+": "AC 0", "*": "AC 1"},
)


@function
def is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def primes() -> RuleSet:
    """The sum of the primes up to a number, by rules that Python functions write."""
    (total,) = operations("total")

    @rule
    def end(n: int) -> object:
        return total(n), 0, n < 2

    @rule
    def take(n: int) -> object:
        return total(n), n + total(n - 1), is_prime(n)

    @rule
    def leave(n: int) -> object:
        return total(n), total(n - 1)

    return rules(end, take, leave)


def main() -> list[str]:
    """What there is to show, line by line."""
    why = RING.why("(a + b) * (c + d)", "b * d + c * a + c * b + a * d")
    return [
        f"d(sin(var ^ 2)) = {DERIVATIVES.normalize('d(sin(var ^ 2))')}",
        f"sorted: {SORTING.normalize('sort(cons(3, cons(1, cons(2, nil))))')}",
        f"the primes to 100 make {primes().normalize('total(100)')}",
        str(why),
        f"accepted by the checker: {why.check().accepted if why else False}",
    ]


if __name__ == "__main__":
    for line in main():
        print(line)  # noqa: T201
