sort N = 0 | s(N)
var x y : N
op _!: N -> N
