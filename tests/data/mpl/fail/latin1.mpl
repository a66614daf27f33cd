sort N = 0 | s(N) -- für
