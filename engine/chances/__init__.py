"""Distributions over the cells of a space: products of masses, mixtures of them, and rows."""
