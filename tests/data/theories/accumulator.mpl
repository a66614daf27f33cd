-- Reversal with an accumulator: only a generalised lemma proves it equal to the plain one.
theory Accumulator
sort A
sort List(X) = nil | cons(X, List(X))
var a : A
var xs ys zs : List(A)
op _++_ : List(A) List(A) -> List(A)
  nil ++ ys         = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)
op rev : List(A) -> List(A)
  rev(nil)         = nil
  rev(cons(a, xs)) = rev(xs) ++ cons(a, nil)
op onto : List(A) List(A) -> List(A)
  onto(nil, ys)         = ys
  onto(cons(a, xs), ys) = onto(xs, cons(a, ys))
theorem onto_rev: onto(xs, ys) = rev(xs) ++ ys
theorem fast_rev: onto(xs, nil) = rev(xs)
