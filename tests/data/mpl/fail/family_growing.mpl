sort A
sort P(X, Y) = pair(X, Y)
sort T(X) = leaf(X) | node(T(P(X, X)))
var t : T(A)
