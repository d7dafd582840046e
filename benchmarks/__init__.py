"""Measures this library, and peers beside it, on the same models and instances."""
