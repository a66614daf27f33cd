-- Every form of operator, with usual and declared levels, and statements over several lines.
theory Operators

sort N = 0 | s(N)
var x y é : N

op _+_ : N N -> N
op _-_ : N N -> N
op -_ : N -> N
op _^_ : N N -> N
op _^-1 : N -> N
op _' : N -> N
op _#_ : N N -> N infix 30
op _div_ : N N -> N infixl 50
op neg_ : N -> N prefix 71
op _fact : N -> N
op _<>_ : N N -> N
op _->_ : N N -> N infixr 20
op _·_ : N N -> N
pred _|_ : N N
pred _divides_ : N N
pred x ≤ y  iff  exists p. x + p = y
pred even(x)  iff  exists y. x = y + y
pred x small  iff  x ≤ 2
pred raining

axiom x + y - x' = -y'
axiom - -x = x
axiom x -> y -> x = (x # y) -> 0
axiom neg x fact = (neg x) fact
axiom x div y · x = x^-1^-1
axiom x ^ y ^ x = (x ^ y) ^ -1
theorem long:
  x | y and
  y divides x
    or raining
  implies
  (x + y
   = 3)
theorem connectives: ∀x. ¬ x ≠ 0 ∧ even(x) → x small ↔ é = é ∨ ⊥
