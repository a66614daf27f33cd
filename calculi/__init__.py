"""The Functional and Relational Machine Calculi, as programming languages over the rewriting core.

Nothing is here yet: both calculi are planned, and their specifications decide this room's shape.
"""
