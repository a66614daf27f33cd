theory Triangular
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op _*_ : N N -> N
  x * 0    = 0
  x * s(y) = x * y + x
op tri : N -> N
  tri(0)    = 0
  tri(s(x)) = tri(x) + s(x)
theorem gauss: tri(x) + tri(x) = x * s(x)
