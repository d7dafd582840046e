"""LightGBM: fitted models and its files."""
