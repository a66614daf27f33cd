-- A monoid that acts on a sort of another size.
theory Action
sort M
sort S
var x y : M
var p q : S
op e : M
op _*_ : M M -> M
op act : M S -> S
axiom e * x = x
axiom x * e = x
axiom act(e, p) = p
axiom act(x * y, p) = act(x, act(y, p))
