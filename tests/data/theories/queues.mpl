-- A queue as two lists; what it holds, first to last.
theory Queues
sort A
sort List(X) = nil | cons(X, List(X))
sort Queue = queue(List(A), List(A))
var a : A
var xs ys : List(A)
var q : Queue
op _++_ : List(A) List(A) -> List(A)
  nil ++ ys         = ys
  cons(a, xs) ++ ys = cons(a, xs ++ ys)
op rev : List(A) -> List(A)
  rev(nil)         = nil
  rev(cons(a, xs)) = rev(xs) ++ cons(a, nil)
op items : Queue -> List(A)
  items(queue(xs, ys)) = xs ++ rev(ys)
op enqueue : Queue A -> Queue
  enqueue(queue(xs, ys), a) = queue(xs, cons(a, ys))
theorem items_enqueue: items(enqueue(q, a)) = items(q) ++ cons(a, nil)
