sort A
sort B
op a : A
op b : B
theorem t: exists x. x = x
