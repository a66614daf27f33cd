sort N = 0 | s(N)
var x : N
axiom x = ‮x
