"""Drivers that run another library, in an environment of its own, on the same models and instances."""
