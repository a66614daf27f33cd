sort N = 0 | s(N)
var x y : N
axiom x = [y]
