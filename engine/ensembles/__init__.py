"""Additive ensembles of trees: one question about an instance, and all that answers it."""
