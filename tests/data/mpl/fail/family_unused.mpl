sort A
sort List(X) = nil | cons(X, List(X))
axiom nil = nil
