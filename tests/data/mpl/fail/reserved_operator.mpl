sort N = 0 | s(N)
var x y : N
op _=_ : N N -> N
