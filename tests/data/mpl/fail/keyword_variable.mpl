sort N = 0 | s(N)
var and : N
