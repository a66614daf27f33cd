sort N = 0 | s(N)
var x y : N
op _div_ : N N -> N
op div : N -> N
