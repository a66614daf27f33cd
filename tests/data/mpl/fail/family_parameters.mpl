sort T(X, X) = c(X)
