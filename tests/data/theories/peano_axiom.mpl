-- Addition is defined; of h only two things are assumed. No standard model is at hand.
theory PeanoAxiom
sort N = 0 | s(N)
var x y : N
op _+_ : N N -> N
  x + 0    = x
  x + s(y) = s(x + y)
op h : N -> N
axiom h(x + y) = h(x) + h(y)
axiom h(s(0)) = s(s(0))
theorem twice: h(x) = x + x
