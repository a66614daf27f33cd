"""E-graphs: equality saturation on flat arrays, with a proof for every equality.

An e-graph holds many terms at once, in classes of terms that are known to be equal; rules add terms and merge classes
without forgetting any (Willsey et al. 2021, "egg"; Zhang et al. 2023, "egglog").
"""
