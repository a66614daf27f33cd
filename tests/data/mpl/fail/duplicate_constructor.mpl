sort B = t | t
