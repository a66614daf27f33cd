-- Lists of numbers, and lists of them.
theory Sums
sort N = 0 | s(N)
sort List(X) = nil | cons(X, List(X))
var x y : N
var xs ys : List(N)
var xss yss : List(List(N))
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op _++_ : List(N) List(N) -> List(N)
  nil ++ ys         = ys
  cons(x, xs) ++ ys = cons(x, xs ++ ys)
op sum : List(N) -> N
  sum(nil)         = 0
  sum(cons(x, xs)) = x + sum(xs)
op concat : List(List(N)) -> List(N)
  concat(nil)           = nil
  concat(cons(xs, xss)) = xs ++ concat(xss)
op total : List(List(N)) -> N
  total(nil)           = 0
  total(cons(xs, xss)) = sum(xs) + total(xss)
