-- Greatest and least by recursion on both arguments at once.
theory Maximum
sort N = 0 | s(N)
var x y : N
op max : N N -> N
  max(0, y)       = y
  max(s(x), 0)    = s(x)
  max(s(x), s(y)) = s(max(x, y))
op min : N N -> N
  min(0, y)       = 0
  min(s(x), 0)    = 0
  min(s(x), s(y)) = s(min(x, y))
