sort N = 0 | s(N)
var x y : N
op f : N -> N
  f(x) = x and x = x
