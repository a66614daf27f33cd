"""Theories as text (MPL), conjectures, refutation, proof search, and the proof graph as plain data."""
