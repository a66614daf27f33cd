"""The machine calculi as programming languages over the rewriting core, and languages that translate into them.

`fmc` is the Functional Machine Calculus; `lambda_calculus` and `imperative` are read, and run as its terms.
"""
