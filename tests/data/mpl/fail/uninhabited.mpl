sort T = c(T)
