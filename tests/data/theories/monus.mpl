-- Subtraction that stops at 0.
theory Monus
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op prev : N -> N
  prev(0)    = 0
  prev(s(x)) = x
op _-_ : N N -> N
  x - 0    = x
  x - s(y) = prev(x - y)
