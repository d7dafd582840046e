"""The queries that a user asks, one file a family of models."""
