"""Sampling a counterfactual: steps, guidance, targets."""
