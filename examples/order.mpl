-- An order on the natural numbers, defined by addition.
theory Order

import Peano

var z : N

pred x <= y  iff  exists p. x + p = y

theorem cancel:   x + z = y + z  implies  x = y
theorem le_refl:  x <= x
theorem le_trans: x <= y and y <= z  implies  x <= z
theorem le_zero:  x <= 0  implies  x = 0
theorem sum_zero:    x + y = 0        implies  x = 0
theorem no_detour:   x + (y + z) = z  implies  x = 0
theorem le_antisym: x <= y and y <= x  implies  x = y
