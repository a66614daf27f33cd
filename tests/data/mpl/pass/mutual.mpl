theory Mutual
sort Tree = node(Forest)
sort Forest = none | some(Tree, Forest)
sort A
sort List(A) = nil | cons(A, List(A))
var t u : Tree
var f g h : Forest
op ack : Forest Forest -> Forest
  ack(none, g) = g
  ack(some(t, f), none) = ack(f, some(t, none))
  ack(some(t, f), some(node(none), g)) = ack(f, ack(some(t, f), g))
  ack(some(t, f), some(node(some(u, g)), h)) = h
