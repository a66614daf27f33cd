theory Power
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op _*_ : N N -> N
  x * 0    = 0
  x * s(y) = x * y + x
op _^_ : N N -> N
  x ^ 0    = s(0)
  x ^ s(y) = x ^ y * x
