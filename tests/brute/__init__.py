"""Brute force: a slow, plain reading of docs/semantics.md for small models."""
