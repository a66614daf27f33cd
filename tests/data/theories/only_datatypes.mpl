theory OnlyDatatypes
sort N = 0 | s(N)
sort Pair = pair(N, N)
