-- Groups from a left unit and left inverses. There is no induction here: G is any sort.
theory Groups

sort G
var x y z : G

op e : G
op _*_ : G G -> G
op inv : G -> G

axiom left_unit:     e * x = x
axiom left_inverse:  inv(x) * x = e
axiom associativity: (x * y) * z = x * (y * z)

theorem right_unit:         x * e = x
theorem right_inverse:      x * inv(x) = e
theorem inverse_of_product: inv(x * y) = inv(y) * inv(x)
