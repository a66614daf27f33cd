sort N = 0 | s(N)
var x y : N
op s : N -> N
