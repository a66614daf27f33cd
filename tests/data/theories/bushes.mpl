-- Trees with labels of any sort.
theory Bushes
sort N = 0 | s(N)
sort L
sort Bush = stub | fork(Bush, L, Bush)
var x y : N
var t u : Bush
var l : L
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op flip : Bush -> Bush
  flip(stub)          = stub
  flip(fork(t, l, u)) = fork(flip(u), l, flip(t))
op count : Bush -> N
  count(stub)          = 0
  count(fork(t, l, u)) = s(count(t) + count(u))
