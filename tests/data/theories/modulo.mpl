-- The integers modulo 3, by name.
theory Modulo
sort Z = a0 | a1 | a2
var x y z : Z
op next : Z -> Z
  next(a0) = a1
  next(a1) = a2
  next(a2) = a0
op _+_ : Z Z -> Z
  a0 + y = y
  a1 + y = next(y)
  a2 + y = next(next(y))
op -_ : Z -> Z
  -a0 = a0
  -a1 = a2
  -a2 = a1
