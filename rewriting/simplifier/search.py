"""The search for a term of least cost among the equals of a given one, in algebra, trigonometry and logarithms.

WHAT THE OTHERS MAY BUILD ON (the bodies follow; this text will go):

    simplify_row(table, row, theory, assumptions=(), cost=SIZE, goal=None, limits=...) -> Found
        table        a TermTable; row: the term's; both are left as they are, but that result and steps are added
        theory       a lemmata.rewriting.theory.Theory of E's (real or complex), symbols named + - (binary "-", unary
                     as E names it) * / ^ sin cos tan exp ln sqrt abs pi, literals ("lit", "3/1", "Real")
        assumptions  formulas, rows of `table`
        cost         Cost: (symbol or "lit" or "var", costs of the arguments) -> float, monotone; SIZE, DEPTH, weights()
        goal         None, or a cost at which to stop
    prove(builder, theory, found, assumptions=()) -> step
        the step input = result, over builder.table (the same table). What it rests on of the assumptions are "assume"
        steps with exactly those formulas: the caller discharges them with imp_intro.

WHAT I NEED OF theories.py AND signs.py (engineer E): looked up by *statement* up to names of variables, so names are
yours. Real (Complex the same unless marked R). `a # b` means not (a = b).

    x + y = y + x      (x + y) + z = x + (y + z)     x + 0 = x     x * y = y * x     (x * y) * z = x * (y * z)
    x * 1 = x          x * 0 = 0     x * (y + z) = x * y + x * z     x - y = x + (-1) * y     -x = (-1) * x
    x / y = x * y^(-1)      literals by eval of the built-in + and * (and -, /, ^ if you like)
    x^1 = x     x^2 = x * x     0 <= n or some such: x^(n + 1) = x^n * x for literal n; x # 0 -> x^0 = 1
    x^(-n) = (x^(-1))^n for literal n     (x * y)^(-1) = x^(-1) * y^(-1)     (x^(-1))^(-1) = x
    x # 0 -> x * x^(-1) = 1
    0 < x -> x^y = exp(y * ln(x))      0 <= x -> sqrt(x) * sqrt(x) = x (C: always)    sqrt(x) = x^(1/2)
    sqrt(x * x) = abs(x) (R)     abs(x) * abs(x) = x * x (R)   0 <= x -> abs(x) = x   x <= 0 -> abs(x) = -x (R)
    abs(x * y) = abs(x) * abs(y)
    exp(x + y) = exp(x) * exp(y)     exp(0) = 1     ln(exp(x)) = x (R)     0 < x -> exp(ln(x)) = x (C: x # 0)
    0 < x, 0 < y -> ln(x * y) = ln(x) + ln(y)    ln(1) = 0
    sin(-x) = -sin(x)   cos(-x) = cos(x)   sin(0) = 0   cos(0) = 1   tan(x) = sin(x) * cos(x)^(-1)
    sin(x) * sin(y) = 1/2 * (cos(x - y) - cos(x + y)), and the like for cos * cos, sin * cos
    sin(x)^2 + cos(x)^2 = 1, sin(x + y), cos(x + y), sin(2 * x), cos(2 * x) as usual
    sin(x + pi) = -sin(x), cos(x + pi) = -cos(x), sin(x + 1/2 * pi) = cos(x), cos(x + 1/2 * pi) = -sin(x), values at
    1/3 pi, 1/4 pi, 1/6 pi
    signs: a function that proves formulas of the forms 0 < t, 0 <= t, t # 0 through a Builder, or says None; and a fast
    one that only answers yes or no
"""
