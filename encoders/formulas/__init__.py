"""Compiled models as CNF and as 0/1 programs."""
