sort N = 0 | s(N)
var x' : N
op _' : N -> N
