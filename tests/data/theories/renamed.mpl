-- Peano arithmetic in other words: nothing of what is found may hang on names.
theory Zahlen
sort Zahl = null | nach(Zahl)
var p q : Zahl
op _&_ : Zahl Zahl -> Zahl infixl 30
  p & null    = p
  p & nach(q) = nach(p & q)
op mal : Zahl Zahl -> Zahl
  mal(p, null)    = null
  mal(p, nach(q)) = mal(p, q) & p
