sort N = 0 | s(N)
var x y : N
pred even(x) iff x = 0 or exists y. x = s(s(y)) and even(y)
