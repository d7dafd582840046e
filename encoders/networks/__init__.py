"""Binarized neural networks."""
