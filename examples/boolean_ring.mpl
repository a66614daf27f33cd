-- Rings in which every element is its own square. That they are commutative is a classic of equational proof:
-- completion finds it. No sort here has constructors, so there is no induction.
theory BooleanRing

sort R
var x y z : R

op zero : R
op _+_ : R R -> R
op -_ : R -> R
op _*_ : R R -> R

axiom zero_add:   zero + x = x
axiom neg_add:    -x + x = zero
axiom add_assoc:  (x + y) + z = x + (y + z)
axiom add_comm:   x + y = y + x
axiom mul_assoc:  (x * y) * z = x * (y * z)
axiom left_dist:  x * (y + z) = x * y + x * z
axiom right_dist: (x + y) * z = x * z + y * z
axiom square:     x * x = x

theorem own_negative: -x = x
theorem commutative:  x * y = y * x
