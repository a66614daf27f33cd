-- Binary trees: mirroring, size, and the list of their labels.
theory Trees

sort N = 0 | s(N)
sort A
sort List(X) = nil | cons(X, List(X))
sort Tree(X) = leaf | node(Tree(X), X, Tree(X))
var m n : N
var a : A
var xs ys : List(A)
var t u : Tree(A)

op _+_ : N N -> N
  m + 0    = m
  m + s(n) = s(m + n)

op _++_ : List(A) List(A) -> List(A)
  nil ++ ys         = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)

op rev : List(A) -> List(A)
  rev(nil)         = nil
  rev(cons(a, xs)) = rev(xs) ++ cons(a, nil)

op mirror : Tree(A) -> Tree(A)
  mirror(leaf)          = leaf
  mirror(node(t, a, u)) = node(mirror(u), a, mirror(t))

op size : Tree(A) -> N
  size(leaf)          = 0
  size(node(t, a, u)) = s(size(t) + size(u))

op labels : Tree(A) -> List(A)
  labels(leaf)          = nil
  labels(node(t, a, u)) = labels(t) ++ cons(a, labels(u))

theorem mirror_mirror: mirror(mirror(t)) = t
theorem size_mirror:   size(mirror(t)) = size(t)
theorem labels_mirror: labels(mirror(t)) = rev(labels(t))
