sort N = 0 | s(N)
var x y : N
op f : N -> N infixl 50
