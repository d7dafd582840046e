"""CatBoost: fitted models and its files."""
