sort A
var a : A
axiom a = 3
