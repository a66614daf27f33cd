sort N = 0 | s(N)
var x y : N
theorem t: x = x
axiom t: x = y
