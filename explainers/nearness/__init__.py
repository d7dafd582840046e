"""Inputs near the instance: how far cells are, what is nearest, and reasons that hold within a distance."""
