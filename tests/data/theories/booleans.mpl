-- Truth values: every law holds by cases.
theory Booleans
sort B = T | F
var p q r : B
op neg : B -> B
  neg(T) = F
  neg(F) = T
op _/\_ : B B -> B infixr 50
  T /\ q = q
  F /\ q = F
op _\/_ : B B -> B infixr 40
  T \/ q = T
  F \/ q = q
op xor : B B -> B
  xor(T, q) = neg(q)
  xor(F, q) = q
