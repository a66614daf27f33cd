theory Group
sort G
var x y z : G
op e : G
op _*_ : G G -> G
op inv : G -> G
axiom e * x = x
axiom inv(x) * x = e
axiom (x * y) * z = x * (y * z)
