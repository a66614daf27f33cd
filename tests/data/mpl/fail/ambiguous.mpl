sort A
sort List(X) = nil | cons(X, List(X))
var xs : List(A)
var xss : List(List(A))
theorem t: nil = nil
