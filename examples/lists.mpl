-- Lists over any sort, their lengths, reversal, and a function applied to every element.
theory Lists

sort N = 0 | s(N)
sort A
sort List(X) = nil | cons(X, List(X))
var m n : N
var a : A
var xs ys zs : List(A)

op _+_ : N N -> N
  m + 0    = m
  m + s(n) = s(m + n)

op _++_ : List(A) List(A) -> List(A)
  nil ++ ys         = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)

op rev : List(A) -> List(A)
  rev(nil)         = nil
  rev(cons(a, xs)) = rev(xs) ++ cons(a, nil)

op length : List(A) -> N
  length(nil)         = 0
  length(cons(a, xs)) = s(length(xs))

op f : A -> A                       -- any function

op map : List(A) -> List(A)
  map(nil)         = nil
  map(cons(a, xs)) = cons(f(a), map(xs))

theorem append_assoc:  (xs ++ ys) ++ zs = xs ++ (ys ++ zs)
theorem append_nil:    xs ++ nil = xs
theorem rev_append:    rev(xs ++ ys) = rev(ys) ++ rev(xs)
theorem rev_rev:       rev(rev(xs)) = xs
theorem length_append: length(xs ++ ys) = length(xs) + length(ys)
theorem map_append:    map(xs ++ ys) = map(xs) ++ map(ys)
