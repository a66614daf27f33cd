theory Lattice
sort L
var x y z : L
op _/\_ : L L -> L infixl 50
op _\/_ : L L -> L infixl 50
axiom x /\ y = y /\ x
axiom x \/ y = y \/ x
axiom (x /\ y) /\ z = x /\ (y /\ z)
axiom (x \/ y) \/ z = x \/ (y \/ z)
axiom x /\ (x \/ y) = x
axiom x \/ (x /\ y) = x
