sort N = 0 | s(N)
var x y : N
theorem t: x = y iff y = x iff x = x
