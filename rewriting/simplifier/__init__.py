"""Simplification: normal forms of sums and products first, e-graphs second; each result with a proof."""
