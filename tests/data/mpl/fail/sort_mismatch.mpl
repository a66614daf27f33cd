sort N = 0 | s(N)
sort A
var a : A
axiom s(a) = 0
