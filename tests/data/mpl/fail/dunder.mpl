sort N = 0 | s(N)
var __import__ : N
