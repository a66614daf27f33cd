theory Monoid
sort M
var x y z : M
op e : M
op _*_ : M M -> M
axiom e * x = x
axiom x * e = x
axiom (x * y) * z = x * (y * z)
