sort N = 0 | s(N)
var x y : N
var p : N
pred x <= y iff x = p
