"""Fitted and hand-built models compiled to the exact forms of the engine."""
