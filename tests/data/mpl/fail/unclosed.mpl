sort N = 0 | s(N)
var x y : N
theorem t: s(s(x) = y
theorem u: x = x
