sort N = 0 | s(N)
var x y : N
op f : N N -> N
  f(0, y) = y
  f(s(x), 0) = 0
  f(s(x), s(y)) = f(s(s(x)), y)
  
op g : N N -> N
  g(x, y) = g(y, x)
