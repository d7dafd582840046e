"""Hitting sets: minimal, cheapest, listed; no model is known here."""
