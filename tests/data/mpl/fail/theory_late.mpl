sort N = 0 | s(N)
var x y : N
theory Late
