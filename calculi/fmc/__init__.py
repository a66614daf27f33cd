"""The Functional Machine Calculus (Heijltjes; Barrett, Heijltjes and McCusker): syntax, machines, types, reduction."""
