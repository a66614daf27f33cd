theory Overloading
sort N = 0 | s(N)
sort Z = pos(N) | neg(N)
sort A
sort B
sort List(X) = nil | cons(X, List(X))
sort Either(X, Y) = left(X) | right(Y)
sort Rose(X) = rose(X, List(Rose(X)))
sort Set(X)
sort Either(A, Either(N, Z))
var m n : N
var i j : Z
var a : A
var xs ys : List(A)
var bs : List(B)
var r : Rose(A)
var u : Set(N)
op f : A -> B
op _+_ : N N -> N
  m + 0 = m
  m + s(n) = s(m + n)
op _+_ : Z Z -> Z
op map : List(A) -> List(B)
  map(nil) = nil
  map(cons(a, xs)) = cons(f(a), map(xs))
op _++_ : List(A) List(A) -> List(A)
  nil ++ ys = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)
op _++_ : List(B) List(B) -> List(B)
op size : Rose(A) -> N
op e : Set(N)
pred m <= n iff exists k. m + k = n
pred i <= j iff exists k. i + k = j
axiom nil@List(B) = nil
axiom size(rose(a, nil)) = 1
axiom cons@List(B)(f(a), nil) = nil
axiom left@Either(A, Either(N, Z))(a) = right(left(0))
theorem map_append: map(xs ++ ys) = map(xs) ++ map(ys)
theorem some: exists v : Either(A, Either(N, Z)). v = left(a)
