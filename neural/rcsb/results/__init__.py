"""Counterfactual images that came back: kept, joined, shown."""
