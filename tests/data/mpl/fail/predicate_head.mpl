sort N = 0 | s(N)
var x y : N
pred s(x) <= y iff x = y
