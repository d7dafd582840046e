"""The queries that users ask, the same for all families of models."""
