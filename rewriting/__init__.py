"""Terms, rules, normal forms, theories as data, the proof format and its checker, and the compiled kernels.

This is the bottom room of the house: it imports none of the others. `syntax`, `theory`, `certificate`, `check` and
`printing` are plain Python; `bank`, `kernels`, `rules` and `rewriter` are the array side.
"""
