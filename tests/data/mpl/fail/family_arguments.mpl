sort A
sort List(X) = nil | cons(X, List(X))
var xs : List(A, A)
