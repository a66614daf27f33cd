theory Double
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op double : N -> N
  double(0)    = 0
  double(s(x)) = s(s(double(x)))
