-- Addition and multiplication by recursion on the first argument.
theory FirstArgument
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  0 + y    = y
  s(x) + y = s(x + y)
op _*_ : N N -> N
  0 * y    = 0
  s(x) * y = y + x * y
