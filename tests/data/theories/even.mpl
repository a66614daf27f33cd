-- Even numbers as a function with values of its own.
theory Even
sort N = 0 | s(N)
sort B = T | F
var x y : N
var p q : B
op neg : B -> B
  neg(T) = F
  neg(F) = T
op even : N -> B
  even(0)    = T
  even(s(x)) = neg(even(x))
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
