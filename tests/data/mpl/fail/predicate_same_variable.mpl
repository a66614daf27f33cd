sort N = 0 | s(N)
var x y : N
pred x <= x iff x = x
