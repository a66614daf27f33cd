-- Two functions of which nothing is known, applied to every element, and after one another.
theory TwoMaps
sort A
sort List(X) = nil | cons(X, List(X))
var a : A
var xs ys : List(A)
op f : A -> A
op g : A -> A
op _++_ : List(A) List(A) -> List(A)
  nil ++ ys         = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)
op mapf : List(A) -> List(A)
  mapf(nil)         = nil
  mapf(cons(a, xs)) = cons(f(a), mapf(xs))
op mapg : List(A) -> List(A)
  mapg(nil)         = nil
  mapg(cons(a, xs)) = cons(g(a), mapg(xs))
op mapgf : List(A) -> List(A)
  mapgf(nil)         = nil
  mapgf(cons(a, xs)) = cons(g(f(a)), mapgf(xs))
