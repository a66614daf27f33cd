import Naturals
op twice : N -> N
  twice(x) = x + x
