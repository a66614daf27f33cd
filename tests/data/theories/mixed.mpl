-- Addition by recursion on the second argument, multiplication on the first.
theory Mixed
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op _*_ : N N -> N
  0 * y    = 0
  s(x) * y = x * y + y
