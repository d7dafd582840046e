"""Solver backends: protocols, registry, one file a backend, and a conformance kit."""
