sort N = 0 | +(N)
