sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0 = x
  x + s(y) = s(x + y)
theorem t: x + z = x
