sort N = 0 | s(N)
var x y : N
op f : N -> N
  f(x) = g(x)
op g : N -> N
  g(x) = f(x)
